"""What was written down, drawn over the sound: where it is, what it looks like, what it costs."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError
from patchviz.plot import labels as drawn
from patchviz.plot.blit import Repainter
from patchviz.plot.classes import (
    DASHES,
    GROUPS_ON_DARK,
    GROUPS_ON_LIGHT,
    ON_DARK,
    ON_LIGHT,
    ClassLooks,
)
from patchviz.plot.frames import met_by
from patchviz.plot.labels import LabelBoxes
from patchviz.plot.mosaic import plot_mosaic
from patchviz.plot.overview import plot_spectrogram
from patchviz.plot.view import PatchView

from ..seldom import seldom

CALL: dict[str, Any] = {
    "start_time": 2.125,
    "end_time": 2.875,
    "label": "wren",
    "low_f": 900.0,
    "high_f": 2000.0,
}

AXES: dict[str, dict[str, Any]] = {
    "mel": {"y_axis": "mel", "fmin": 0.0, "fmax": 4000.0},
    "linear": {"y_axis": "linear"},
    "log": {"y_axis": "log"},
    "cqt_hz": {"y_axis": "cqt_hz", "fmin": 55.0, "bins_per_octave": 12},
}


def spectrogram(y_axis: str = "mel", labels: Any = (CALL,), **meaning: Any) -> Spectrogram:
    values = np.full((65, 160), -40.0)
    values[0, 0], values[-1, -1] = -80.0, 0.0
    spec = Spectrogram(
        values,
        sr=8000,
        hop_length=200,
        start=0.5,
        **{**AXES.get(y_axis, {"y_axis": y_axis}), **meaning},
    )
    return spec.with_labels(list(labels))


def fraction(hz: float, y_axis: str) -> float:
    """How high a frequency lies in the axes, from 0 to 1, from how rows are laid out."""
    if y_axis == "mel":

        def mel(f: float) -> float:
            return 3 * f / 200 if f < 1000 else 15 + 27 * np.log(f / 1000) / np.log(6.4)

        step = mel(4000.0) / 66
        return (mel(hz) / step - 0.5) / 65
    if y_axis == "cqt_hz":
        return (12 * np.log2(hz / 55.0) + 0.5) / 65
    low, high = -31.25, 4031.25  # half a row beyond 0 and 4000 Hz
    if y_axis == "linear":
        return (hz - low) / (high - low)

    def straight_then_octaves(f: float) -> float:  # 0.5 octaves wide up to C2
        c2 = 2 * 440 * 2 ** (-69 / 12 + 24 / 12)
        return c2 * (f / c2 if f < c2 else 1 + np.log2(f / c2) / (0.5 / (1 - 1 / 2)))

    a, b, c = (straight_then_octaves(f) for f in (low, hz, high))
    return (b - a) / (c - a)


def picture(figure: Figure) -> NDArray[np.int64]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).astype(int)


def lines_of(
    ax: Axes, color: str, pixels: NDArray[np.int64] | None = None
) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of all pixels of a colour in an axes, in pixels of the figure."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    pixels = (picture(figure) if pixels is None else pixels)[::-1]
    near = np.abs(pixels[..., :3] - 255 * np.array(to_rgb(color))).max(axis=-1) < 40
    x0, y0, x1, y1 = (round(edge) for edge in ax.bbox.extents)
    rows, columns = np.nonzero(near[y0:y1, x0:x1])
    left, right = columns.min() + x0 + 0.5, columns.max() + x0 + 0.5  # middles of lines
    return left, rows.min() + y0 + 0.5, right, rows.max() + y0 + 0.5


@pytest.mark.parametrize(
    ("view", "y_axis"),
    [
        *(("overview", y_axis) for y_axis in ("mel", "log")),
        *(("patch", y_axis) for y_axis in ("linear", "cqt_hz")),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                *(("overview", y_axis) for y_axis in ("linear", "cqt_hz")),
                *(("patch", y_axis) for y_axis in ("mel", "log")),
                ("mosaic", "log"),
            )
        ),
    ],
)
def test_a_box_is_where_its_seconds_and_hertz_are(
    view: str, y_axis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LabelBoxes, "_draw_names", lambda *_: None)
    monkeypatch.setattr(drawn, "LINE", 0.72)  # a pixel
    patches = spectrogram(y_axis).patches(duration=2.0, hop_duration=0.25)
    figure = Figure((6, 5) if view == "mosaic" else (4, 3))
    if view == "mosaic":
        ax, (start, end) = plot_mosaic(patches, 4, ax=figure).panels[3], patches.time(3)
    else:
        ax, (start, end) = figure.add_subplot(), (0.5, 4.5)
        if view == "patch":
            start, end = patches.time(3)
            PatchView(patches, ax=ax, index=3)
        else:
            plot_spectrogram(patches, ax=ax)
    left, bottom, right, top = lines_of(ax, ON_DARK[0])
    frame = ax.bbox
    for found, wanted in (
        (left, frame.x0 + frame.width * (2.125 - start) / (end - start)),
        (right, frame.x0 + frame.width * (2.875 - start) / (end - start)),
        (bottom, frame.y0 + frame.height * fraction(900.0, y_axis)),
        (top, frame.y0 + frame.height * fraction(2000.0, y_axis)),
    ):
        assert abs(found - wanted) <= 1.0


@pytest.mark.parametrize(
    "y_axis",
    ["mel", *(pytest.param(axis, marks=pytest.mark.slow) for axis in ("linear", "cqt_hz"))],
)
def test_in_a_mosaic_a_box_is_where_matplotlib_draws_a_rectangle(
    y_axis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LabelBoxes, "_draw_names", lambda *_: None)
    monkeypatch.setattr(drawn, "LINE", 0.72)  # a pixel
    patches = spectrogram(y_axis).patches(duration=2.0, hop_duration=0.25)
    mosaic = plot_mosaic(patches, [0, 1, 3], ax=Figure((6, 5)))
    low, high = CALL["low_f"], CALL["high_f"]
    figure = np.array(picture(mosaic.figure))
    assert mosaic.overview is not None
    for ax, end in zip((mosaic.overview, *mosaic.panels), (2.875, 2.5, 2.75, 2.875), strict=True):
        # Where a patch ends before the call does, its box is open.
        shown = Rectangle((2.125, low), end - 2.125, high - low, transform=ax.transData)
        left, bottom, right, top = lines_of(ax, ON_DARK[0], figure)
        wanted = shown.get_window_extent().extents
        np.testing.assert_allclose([left, bottom, right, top], wanted, atol=1.0)
        heights = [ax.bbox.y0 + ax.bbox.height * fraction(f, y_axis) for f in (low, high)]
        np.testing.assert_allclose([bottom, top], heights, atol=1.0)


@pytest.mark.parametrize("y_axis", ["mel", "none", "chroma"])
def test_without_frequencies_a_box_is_as_high_as_the_axes(y_axis: str) -> None:
    labels = [(1.0, 2.0, "a"), *([CALL] if y_axis != "mel" else [])]
    ax = Figure().add_subplot()
    octave = {"bins_per_octave": 65} if y_axis == "chroma" else {}
    plot_spectrogram(spectrogram(y_axis, labels, **octave), ax=ax)
    (boxes,) = (artist for artist in ax.artists if isinstance(artist, LabelBoxes))
    heights = boxes.shown().boxes[:, 1::2]
    np.testing.assert_allclose(heights, np.tile([ax.bbox.y0, ax.bbox.y1], (len(labels), 1)))


def labels_artist(ax: Axes) -> LabelBoxes:
    (found,) = (artist for artist in ax.artists if isinstance(artist, LabelBoxes))
    return found


LABELS = [
    (0.6, 1.0, "robin"),
    (1.5, 2.5, "wren"),
    (2.0, 2.25, "robin"),
    (3.0, 9.0, "wren"),
    (4.0, 4.0, "click"),
]


def test_a_view_shows_the_labels_of_its_patch() -> None:
    patches = spectrogram(labels=LABELS).patches(duration=1.0, hop_duration=0.25)
    view = PatchView(patches, ax=Figure().add_subplot())
    boxes = labels_artist(view.ax)
    assert view.artists == [view.mesh, view.title, boxes]
    for index in (0, 3, 6, 11, -1):
        view.index = index
        assert boxes.shown().rows.tolist() == patches.labels_in(index).index.tolist()
    view.ax.set_xlim(-5, 5)  # zoomed out, there is no more of the patch
    assert boxes.shown().rows.tolist() == patches.labels_in(-1).index.tolist()
    view.index = 3
    view.ax.set_xlim(0.9, 0.99)  # zoomed in
    assert boxes.shown().rows.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("cmap", "file_format"),
    [("gray", "png"), ("gray_r", "svg"), *seldom(("gray_r", "png"), ("gray", "svg"))],
)
def test_a_label_around_all_of_a_patch_has_a_name_and_no_frame(cmap: str, file_format: str) -> None:
    """Lines along the edges say nothing; a side within the patch says when."""
    patches = spectrogram(labels=[(1.0, 4.0, "wren")]).patches(duration=1.0, hop_duration=0.5)
    pictures = []
    for index in (1, 2, 0):  # 1.0-2.0 s, 1.5-2.5 s, 0.5-1.5 s
        view = PatchView(patches, ax=Figure().add_subplot(), index=index, cmap=cmap)
        if file_format == "svg":
            written = io.StringIO()
            view.figure.savefig(written, format="svg")
            (group,) = written.getvalue().split('<g id="labels')[1:]
            pictures.append(group.partition("</g>\n   </g>")[0].count("<path"))
            continue
        pixels = picture(view.figure)[::-1, :, :3]
        near = np.abs(pixels - 255 * np.array(to_rgb(ON_DARK[0]))).max(axis=-1) < 40
        pictures.append(int(near.sum()))
    assert pictures[0] == pictures[1] > 0  # the name alone
    assert pictures[2] > pictures[0]


def test_labels_can_be_left_out() -> None:
    patches = spectrogram(labels=LABELS).patches(duration=1.0)
    view = PatchView(patches, ax=Figure().add_subplot(), labels=False)
    ax = plot_spectrogram(patches, ax=Figure().add_subplot(), labels=False)
    mosaic = plot_mosaic(patches, ax=Figure(), labels=False)
    bare = PatchView(
        patches.spectrogram.with_labels([]).patches(duration=1.0), ax=Figure().add_subplot()
    )
    for axes in (view.ax, ax, mosaic.overview, *mosaic.panels):
        assert not any(isinstance(artist, LabelBoxes) for artist in axes.get_children())
    assert view.artists == [view.mesh, view.title]
    assert labels_artist(bare.ax).shown().rows.size == 0
    with pytest.raises(
        InvalidTypeError, match=r"labels='no' is of type str\. It must be True or False"
    ):
        plot_spectrogram(patches, labels="no")  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("dpi", [72, pytest.param(150, marks=pytest.mark.slow)])
def test_a_repainted_view_is_the_whole_drawing(dpi: int) -> None:
    """Names, lines and the caption move with the patch, whatever was drawn before."""

    def view() -> PatchView:
        patches = spectrogram(labels=[*LABELS, CALL]).patches(duration=1.0, hop_duration=0.25)
        scores = np.linspace(0, 1, 2 * len(patches)).reshape(-1, 2)
        patches = patches.with_scores(scores, classes=["wren", "Tawny owl"])
        return PatchView(patches, ax=Figure((4, 3), dpi=dpi).add_subplot())

    looks: list[dict[str, Any]] = [
        {},
        {"fontsize": 9.3, "color": "red"},
        {"family": "serif", "style": "italic"},
        {"parse_math": True, "rotation": 2},
    ]
    moving = view()
    repainter = Repainter(moving.figure, moving.artists)  # type: ignore[arg-type]
    for look, indices in zip(looks, ((3, 8, 7), (8,), (3, 7), (8,)), strict=True):
        moving.title.set(**look)
        for index in indices:
            moving.index = index
            still = view()
            for each in looks[: looks.index(look) + 1]:
                still.title.set(**each)
            still.index = index
            assert "\n" in still.title.get_text()
            assert (repainter.rgba() == picture(still.figure)).all()  # type: ignore[arg-type]
    assert repainter.n_full_draws == 1


def test_names_meet_no_other_and_stay_in_the_axes(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tuple[float, float, float, float]] = []

    def noting(_self: Any, chip: Any, left: float, bottom: float) -> None:
        found.append((left, bottom, left + chip.width, bottom + chip.height))

    monkeypatch.setattr(drawn._Screen, "name", noting)
    rng = np.random.default_rng(3)
    starts = rng.uniform(0.4, 4.5, 60)
    labels = [(s, s + 0.4, f"name {k % 5}") for k, s in enumerate(starts)]
    ax = plot_spectrogram(spectrogram(labels=labels), ax=Figure((5, 3)).add_subplot())
    picture(ax.figure)  # type: ignore[arg-type]
    written = np.array(found)
    assert 5 <= len(written) < 60
    assert (written[:, :2] >= ax.bbox.min).all()
    assert (written[:, 2:] <= ax.bbox.max).all()
    for k, a in enumerate(written):
        others = np.delete(written, k, axis=0)
        apart = (others[:, 2] <= a[0]) | (others[:, 0] >= a[2])
        apart |= (others[:, 3] <= a[1]) | (others[:, 1] >= a[3])
        assert apart.all()


def test_no_class_is_without_a_name_where_there_is_room_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second row is for what would have no name at all."""
    written: list[tuple[str, float]] = []

    def noting(_self: Any, chip: Any, _left: float, bottom: float) -> None:
        written.append((chip._name, bottom))

    monkeypatch.setattr(drawn._Screen, "name", noting)
    labels = [
        (0.5, 4.0, "a long name of a wren, and of all that it sings"),
        (0.6, 1.0, "another long name of an owl"),
    ]
    for more in ([], [(1.1, 1.2, "a long name of a wren, and of all that it sings")]):
        written.clear()
        ax = plot_spectrogram(spectrogram(labels=[*labels, *more]), ax=Figure((4, 3)).add_subplot())
        picture(ax.figure)  # type: ignore[arg-type]
        assert sorted(name for name, _ in written) == sorted(name for *_, name in labels)
        assert len({bottom for _, bottom in written}) == 2


def test_each_class_has_a_name_before_any_has_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of one class are wide, and far from one another."""
    written: list[str] = []
    monkeypatch.setattr(drawn._Screen, "name", lambda _self, chip, *_: written.append(chip._name))
    names = [f"an owl of kind {k}" for k in range(6)]
    labels = [(s, s + 0.6, "wide") for s in (0.5, 2.0, 3.5)]
    labels += [(0.6 + k / 2, 0.7 + k / 2, name) for k, name in enumerate(names)]
    ax = plot_spectrogram(spectrogram(labels=labels), ax=Figure((3, 3)).add_subplot())
    picture(ax.figure)  # type: ignore[arg-type]
    assert {*written} == {"wide", *names}


def test_a_name_hides_no_box_of_its_neighbours_where_it_need_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Above a box, from its left edge on, it would lie on the one behind it."""
    written: dict[str, tuple[float, float, float, float]] = {}

    def noting(_self: Any, chip: Any, left: float, bottom: float) -> None:
        written[chip._name] = (left, bottom, left + chip.width, bottom + chip.height)

    monkeypatch.setattr(drawn._Screen, "name", noting)
    columns = ("start_time", "end_time", "low_f", "high_f", "label")
    rows = [(1.0, 1.4, 900.0, 1200.0, "woodpecker"), (1.5, 2.5, 1250.0, 3000.0, "wren")]
    labels = [dict(zip(columns, row, strict=True)) for row in rows]
    ax = plot_spectrogram(spectrogram(labels=labels), ax=Figure((5, 3)).add_subplot())
    picture(ax.figure)  # type: ignore[arg-type]
    tit, wren = labels_artist(ax).shown().boxes
    left, bottom, right, top = written["woodpecker"]
    from_corner = (tit[0], tit[3] + 1, tit[0] + right - left, tit[3] + 1 + top - bottom)
    assert met_by(from_corner, [tuple(wren)]), "the case is one"
    assert not met_by(written["woodpecker"], [tuple(wren)])


def test_many_labels_are_drawn_as_the_runs_that_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    boxes = rng.uniform(0, 900, (3000, 4))
    boxes[:, 2:] = boxes[:, :2] + rng.uniform(0, 2, (3000, 2))
    codes = rng.integers(0, 3, 3000)
    of_runs, runs = drawn._runs(codes, boxes, 3.0)
    assert len(runs) < 1000
    for code in range(3):
        mine, own = runs[of_runs == code], boxes[codes == code]
        assert (mine[1:, 0] > mine[:-1, 2] + 3.0).all()  # no two are one
        home = np.searchsorted(mine[:, 0], own[:, 0], side="right") - 1
        assert (own[:, :2] >= mine[home, :2]).all()
        assert (own[:, 2:] <= mine[home, 2:]).all()
    drawn_boxes: list[int] = []
    lines = LabelBoxes._draw_lines
    monkeypatch.setattr(
        LabelBoxes, "_draw_lines", lambda *a: (drawn_boxes.append(len(a[3])), lines(*a))
    )
    labels = [(s, s + 1e-4, "a") for s in np.linspace(0.5, 4.4, 5000)]
    ax = plot_spectrogram(spectrogram(labels=labels), ax=Figure().add_subplot())
    picture(ax.figure)  # type: ignore[arg-type]
    assert drawn_boxes == [1]


def test_a_label_fills_nothing_that_it_frames() -> None:
    """Inside of the lines and outside of the name the picture is that of the bare spectrogram."""
    label = {**CALL, "start_time": 1.0, "end_time": 3.0}
    pictures = []
    for has_labels in (True, False):
        ax = Figure((6, 4)).add_subplot()
        plot_spectrogram(spectrogram(labels=[label]), ax=ax, labels=has_labels)
        pictures.append(picture(ax.figure))  # type: ignore[arg-type]
        if has_labels:
            ((left, bottom, right, top),) = labels_artist(ax).shown().boxes
    assert (pictures[0] != pictures[1]).any()
    rows = slice(len(pictures[0]) - int(top) + 5, len(pictures[0]) - int(bottom) - 5)
    columns = slice(int(left) + 5, int(right) - 5)
    assert (pictures[0][rows, columns] == pictures[1][rows, columns]).all()


def test_text_from_people_is_text_in_svg_too() -> None:
    label = {**CALL, "label": "<b>$x$\x07"}
    ax = Figure().add_subplot()
    plot_spectrogram(spectrogram(labels=[label]), ax=ax)
    file = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        ax.figure.savefig(file, format="svg")
    assert "&lt;b&gt;$x$�</text>" in file.getvalue()


def luminance(color: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_colours_can_be_read_on_their_grounds() -> None:
    assert len(set(ON_DARK)) == len(set(ON_LIGHT)) == 8
    for color in ON_DARK + GROUPS_ON_DARK:
        assert (luminance(color) + 0.05) / 0.05 >= 4.5
    for color in ON_LIGHT + GROUPS_ON_LIGHT:
        assert 1.05 / (luminance(color) + 0.05) >= 4.5


# How the cones of people who lack one see linear RGB (Machado, Oliveira and Fernandes 2009).
SEEN_BY = {
    "everybody": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip


def oklab(linear: np.ndarray) -> np.ndarray:
    """Colours in a space in which what differs by 0.02 is just told apart."""
    cones = [[0.41222147, 0.53633254, 0.05144599], [0.21190350, 0.68069955, 0.10739696],
             [0.08830246, 0.28171884, 0.62997870]]  # fmt: skip
    axes = [[0.21045426, 0.79361779, -0.00407205], [1.97799850, -2.42859221, 0.45059371],
            [0.02590404, 0.78277177, -0.80867577]]  # fmt: skip
    return np.cbrt(np.clip(linear, 0, 1) @ np.array(cones).T) @ np.array(axes).T


@pytest.mark.parametrize("palette", [ON_DARK, ON_LIGHT])
@pytest.mark.parametrize("reader", list(SEEN_BY))
def test_colours_of_classes_are_told_apart_by_whoever_reads(
    palette: tuple[str, ...], reader: str
) -> None:
    rgb = np.array([to_rgb(color) for color in palette])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = oklab(linear @ SEEN_BY[reader].T)
    away = np.linalg.norm(seen[:, np.newaxis] - seen, axis=-1)[np.triu_indices(len(palette), 1)]
    assert away.min() > (0.08 if reader == "everybody" else 0.03)


@pytest.mark.parametrize(
    ("groups", "classes"), [(GROUPS_ON_DARK, ON_DARK), (GROUPS_ON_LIGHT, ON_LIGHT)]
)
def test_groups_have_colours_that_no_class_has(
    groups: tuple[str, ...], classes: tuple[str, ...]
) -> None:
    for k, color in enumerate(groups):
        for other in classes + groups[:k]:
            away = np.linalg.norm(np.subtract(to_rgb(color), to_rgb(other)))
            assert away > 0.2, (color, other)


def looks() -> Iterator[tuple[str, tuple[float, ...]]]:
    named = ClassLooks(tuple(f"class {k}" for k in range(8 * len(DASHES))))
    for number in range(len(named.names)):
        yield named.color(number), named.dash(number)


def test_beyond_eight_classes_dashes_tell_them_apart() -> None:
    assert len(set(looks())) == 8 * len(DASHES)
    assert all(dash == () for _, dash in list(looks())[:8])
    assert all(dash != () for _, dash in list(looks())[8:])


def test_a_crowd_of_boxes_hides_no_sound() -> None:
    labels = [(s, s + 0.02, f"{k % 50}") for k, s in enumerate(np.linspace(0.5, 4.4, 150))]
    pictures = []
    for has_labels in (True, False):
        ax = Figure((6, 4)).add_subplot()
        plot_spectrogram(spectrogram(labels=labels), ax=ax, labels=has_labels, scores=False)
        ax.set_position((0.1, 0.1, 0.8, 0.8))
        pictures.append(picture(ax.figure))  # type: ignore[arg-type]
    same = (pictures[0] == pictures[1]).all(axis=-1)[:, 65:535]
    assert not same[40:50].all()  # upper edges, at the top
    assert same[70:355].all()


def test_a_label_that_meets_a_patch_is_not_in_it() -> None:
    """However its times were computed: the sum of many hops is no product."""
    spec = Spectrogram(np.arange(480.0).reshape(8, 60), sr=22050, hop_length=512, y_axis="none")
    patches = spec.patches(duration=6 * 512 / 22050, hop_duration=6 * 512 / 22050)
    ends = np.cumsum(np.full(len(patches), patches.hop_duration))
    labels = pd.DataFrame(
        {"start_time": ends - patches.hop_duration, "end_time": ends, "label": list("abcdefghij")}
    )
    patches = spec.with_labels(labels).patches(
        duration=patches.duration, hop_duration=patches.hop_duration
    )
    view = PatchView(patches)
    for index in range(len(patches)):
        view.index = index
        [boxes] = [artist for artist in view.ax.artists if artist.get_label() == "_labels"]
        assert boxes.shown().rows.tolist() == patches.labels_in(index).index.tolist() == [index]


def pictures_with_and_without(labels: Any, size: tuple[float, float]) -> NDArray[np.bool_]:
    """Which pixels of the picture labels leave as they are; from the top, without names."""
    pictures = []
    for has_labels in (True, False):
        ax = Figure(size, dpi=100).add_axes((0, 0, 1, 1))
        plot_spectrogram(spectrogram(labels=labels), ax=ax, labels=has_labels)
        ax.set_position((0, 0, 1, 1))
        pictures.append(picture(ax.figure))  # type: ignore[arg-type]
    same: NDArray[np.bool_] = (pictures[0] == pictures[1]).all(axis=-1)
    return same


@pytest.mark.slow
def test_sides_that_would_hide_much_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of boxes side by side corners are drawn; of those as high as the axes, the upper ones."""
    monkeypatch.setattr(LabelBoxes, "_draw_names", lambda *_: None)
    times = [(s, s + 0.1, "ab"[k % 2]) for k, s in enumerate(np.linspace(0.6, 4.2, 20))]
    same = pictures_with_and_without(times, (4, 3))
    assert not same[1:7].all(axis=1).any()  # the axes' own edge aside
    assert same[14:-3].all()
    calls = [{**CALL, "start_time": a, "end_time": b, "label": c} for a, b, c in times[::2]]
    same = pictures_with_and_without(calls, (4, 3))
    rows = [round(300 * (1 - fraction(hz, "mel"))) for hz in (2000.0, 900.0)]
    assert not same[rows[0]].all()
    assert not same[rows[1]].all()
    assert same[rows[0] + 12 : rows[1] - 12].all()
    few = pictures_with_and_without(calls[::3], (4, 3))  # which leave most of their band
    assert not few[rows[0] + 12 : rows[1] - 12].all(axis=1).any()
    alone = pictures_with_and_without(times[:1], (4, 3))
    assert not alone[100:200].all(axis=1).any()  # one hides little, and its sides say when


@pytest.mark.parametrize("high", [2000.0, None])
def test_a_crowd_of_one_class_has_one_name(
    high: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    name = drawn._Screen.name
    monkeypatch.setattr(drawn._Screen, "name", lambda *a: (written.append(a[1]._name), name(*a)))
    song = {"low_f": high and 900.0, "high_f": high}
    labels = [{"start_time": s, "end_time": s + 0.05, "label": "song", **song}
              for s in (0.6, 0.8, 1.0, 1.2, 1.4, 4.0, 4.2)]  # fmt: skip
    labels.append({"start_time": 1.1, "end_time": 1.15, "label": "trill", **song})
    ax = plot_spectrogram(spectrogram(labels=labels), ax=Figure((6, 4)).add_subplot())
    picture(ax.figure)  # type: ignore[arg-type]
    assert sorted(written) == ["song", "song", "trill"]  # of two runs, far apart


def test_two_labels_of_one_place_are_both_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    name = drawn._Screen.name
    monkeypatch.setattr(drawn._Screen, "name", lambda *a: (written.append(a[1]._name), name(*a)))
    labels = [(1.0, 3.0, "dog"), (1.0, 3.0, "cat"), (3.0, 4.0, "cat")]
    ax = plot_spectrogram(spectrogram(labels=labels), ax=Figure((6, 4)).add_subplot())
    outer, inner = (np.array(lines_of(ax, color)) for color in ON_DARK[:2])
    assert {*written} == {"cat", "dog"}
    assert abs(outer[0] - inner[0]) >= 2  # left edges, of the same time
    image = picture(ax.figure)[..., :3].reshape(-1, 3)  # type: ignore[arg-type]
    for color in ON_LIGHT[:2]:  # in the lane below
        assert (np.abs(image - np.rint(np.array(to_rgb(color)) * 255)).max(axis=1) <= 2).any()


@pytest.mark.slow
def test_a_label_of_the_window_before_is_not_drawn_in_this_one() -> None:
    """A window of decimal seconds begins within a frame, in which the one before it ends."""
    spec = Spectrogram.example().with_labels([(0.0, 3.0, "robin"), (6.0, 9.0, "wren")])
    patches = spec.patches(duration=3.0, starts=[0.0, 3.0, 6.0])
    assert patches.times[1, 0] < 3.0
    mosaic = plot_mosaic(patches, [0, 1, 2], ax=Figure((9, 5)))
    mosaic.figure.draw_without_rendering()
    shown = [artist.shown().rows.tolist() for panel in mosaic.panels
             for artist in panel.artists if isinstance(artist, LabelBoxes)]  # fmt: skip
    assert shown == [[0], [], [1]]


@pytest.mark.slow
def test_a_label_in_the_frames_of_a_window_alone_is_not_drawn() -> None:
    """They begin before it, and a label that ends there is of the window before."""
    with pytest.warns(UserWarning, match="outside of the recording, .* first 'padding'"):
        spec = spectrogram(labels=[(1.001, 1.009, "before"), (1.5, 2, "in"), (4.5, 5, "padding")])
    with pytest.warns(UserWarning, match="in no patch, first 'before'"):
        patches = spec.patches(duration=1.0, starts=[1.01, 4.0], tail="pad")
    assert patches.times[0, 0] == 1.0
    assert patches.spectrogram.end > 4.9
    for index, names in enumerate((["in"], [])):
        view = PatchView(patches, ax=Figure((2, 2)).add_subplot(), index=index)
        mosaic = plot_mosaic(patches, [index], ax=Figure((9, 5)))
        mosaic.figure.draw_without_rendering()
        for ax in (view.ax, mosaic.panels[0]):
            boxes = next(artist for artist in ax.artists if isinstance(artist, LabelBoxes))
            assert spec.labels["label"][boxes.shown().rows].tolist() == names
        assert patches.labels_in(index)["label"].tolist() == names


@pytest.mark.parametrize("end", [1.9, np.nextafter(1.9, 2)])
def test_a_point_at_the_start_of_a_patch_is_drawn_however_that_was_computed(end: float) -> None:
    spec = spectrogram(labels=[(1.9, end, "wren")])
    patches = spec.patches(duration=1.0, hop_duration=0.109375)
    assert patches.times[14, 0] > 1.9  # by the last digit
    view = PatchView(patches, ax=Figure((2, 2)).add_subplot(), index=14)
    boxes = next(artist for artist in view.ax.artists if isinstance(artist, LabelBoxes))
    assert boxes.shown().rows.tolist() == patches._labels_in(14).tolist() == [0]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* in no patch, first")
@given(data=st.data())
def test_a_picture_has_the_labels_of_its_patch(data: st.DataObject) -> None:
    """The closed form, in frames, beside what is drawn, in seconds."""
    times = st.tuples(st.floats(-0.5, 4), st.floats(0.0, 1.5))
    spans = data.draw(st.lists(times, min_size=1, max_size=8))
    labels = [(start, start + length, "wren") for start, length in spans]
    spec = spectrogram(labels=())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of those outside
        spec = spec.with_labels(labels)
    carving = {
        "duration": data.draw(st.floats(0.1, 1)),
        "tail": data.draw(st.sampled_from(["drop", "pad"])),
    }
    step = data.draw(st.floats(0.1, 1))
    if data.draw(st.booleans()):
        carving["hop_duration"] = step
    else:  # which are meant as they are, and not as the frames that are drawn
        carving["starts"] = np.arange(spec.start, spec.end - carving["duration"], step)
    view = PatchView(spec.patches(**carving), ax=Figure((2, 2)).add_subplot())
    boxes = next(artist for artist in view.ax.artists if isinstance(artist, LabelBoxes))
    starts, ends = spec.labels[["start_time", "end_time"]].to_numpy().T
    for index in range(len(view.patches)):
        view.index = index
        begin, end = view.patches.times[index]
        # Of what was asked for a frame or two are not drawn.
        is_drawn = (starts < end - 1e-6) & (np.maximum(ends, starts + 2e-6) > begin + 1e-6)
        rows = view.patches._labels_in(index)
        assert np.unique(boxes.shown().rows).tolist() == rows[is_drawn[rows]].tolist()
