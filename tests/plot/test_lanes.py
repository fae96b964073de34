"""What is known, in lanes under an overview: where bars and steps are, and which are shown."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from patchviz.core.patches import Patches
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot import labels
from patchviz.plot.classes import GROUPS_ON_LIGHT, ON_DARK, ON_LIGHT
from patchviz.plot.lanes import HEIGHT, Lanes
from patchviz.plot.overview import plot_spectrogram
from patchviz.plot.scored import Scored


def scored_patches(n_classes: int = 2, labels: Any = ((2.0, 3.0, "c0"),)) -> Patches:
    spec = Spectrogram(np.zeros((8, 100)), sr=1000, hop_length=100).with_labels(list(labels))
    patches = spec.patches(duration=1.0, hop_duration=0.5)  # 19 of them, over 10 s
    scores = np.zeros((len(patches), n_classes))
    scores[6, 0] = 0.9  # 3.0-4.0 s
    scores[5, -1] = 0.6
    return patches.with_scores(scores, classes=[f"c{k}" for k in range(n_classes)])


def lanes_of(ax: Axes) -> Lanes:
    (found,) = (artist for artist in ax.artists if isinstance(artist, Lanes))
    return found


def colored(ax: Axes, lane: int, color: str) -> tuple[float, float]:
    """When the first and last pixel of a colour are in a lane, in seconds."""
    canvas = FigureCanvasAgg(ax.get_figure(root=True))
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1].astype(int)
    left, bottom, right, top = (
        round(edge) for edge in lanes_of(ax).boxes(canvas.figure.dpi / 72)[lane]
    )
    part = pixels[bottom : top + 1, left:right, :3]
    near = (np.abs(part - 255 * np.array(to_rgb(color))).max(axis=-1) < 8).any(axis=0)
    found = np.flatnonzero(near)
    start, end = ax.get_xlim()
    scale = (end - start) / ax.bbox.width
    return start + found[0] * scale, start + (found[-1] + 1) * scale


def test_bars_and_hits_are_where_their_times_are() -> None:
    ax = plot_spectrogram(
        scored_patches(), ax=Figure((6, 4)).add_subplot(), mark={"train": [0, 1, 2], "test": [10]}
    )
    second = ax.bbox.width / 10
    names = [lane.name for lane in lanes_of(ax).lanes]
    assert names == ["labels", "train", "test", "c0", "c1"]
    for lane, color, wanted in (
        (0, ON_LIGHT[0], (2.0, 3.0)),
        (1, GROUPS_ON_LIGHT[0], (0.0, 2.0)),
        (2, GROUPS_ON_LIGHT[1], (5.0, 6.0)),
        (3, ON_LIGHT[0], (3.0, 4.0)),
        (4, ON_LIGHT[1], (2.5, 3.5)),
    ):
        np.testing.assert_allclose(colored(ax, lane, color), wanted, atol=1.01 / second)
    ax.set_xlim(2.5, 5.0)  # lanes go with the axes
    np.testing.assert_allclose(colored(ax, 3, ON_LIGHT[0]), (3.0, 4.0), atol=0.01)


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_beside_a_lane_is_a_box_as_those_in_the_picture(style: str) -> None:
    """Of the same colour, also where lanes are deeper; only of classes that have boxes."""
    with plt.style.context(style):
        figure = Figure((6, 4), dpi=200)
        ax = plot_spectrogram(scored_patches(), ax=figure.add_subplot(), cmap="gray")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1].astype(int)
    first, second = lanes_of(ax).boxes(figure.dpi / 72)[1:]

    def has(lane: np.ndarray, color: str) -> bool:
        left, bottom, _, top = np.round(lane).astype(int)
        part = pixels[bottom:top, left - 50 : left, :3]
        return bool((np.abs(part - 255 * np.array(to_rgb(color))).max(axis=-1) < 8).any())

    assert has(first, ON_DARK[0])
    assert not has(second, ON_DARK[1])
    bare = plot_spectrogram(scored_patches(), ax=Figure((6, 4)).add_subplot(), labels=False)
    assert [lane.key for lane in lanes_of(bare).lanes] == [None, None]


def test_boxes_that_have_no_name_in_the_picture_are_named_below_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """But for those that have a lane; where there is no room there, how many more there are."""
    written: list[str] = []
    named: list[str] = []
    monkeypatch.setattr(
        Lanes, "_write", lambda _self, _renderer, text, *_rest: written.append(text)
    )
    monkeypatch.setattr(
        labels._Screen, "name", lambda _self, chip, *_place: named.append(chip._name)
    )
    boxes = [(k * 0.8, k * 0.8 + 0.7, f"c{k} of long name") for k in range(12)]
    spec = Spectrogram(np.zeros((8, 100)), sr=1000, hop_length=100, labels=boxes)
    patches = spec.patches(duration=1.0)
    classes = patches.classes
    patches = patches.with_scores(np.eye(len(patches), 12), classes=classes)
    for width in (3.6, 5.0, 14.0):
        written.clear()
        named.clear()
        ax = plot_spectrogram(patches, ax=Figure((width, 2.2)).add_subplot())
        FigureCanvasAgg(ax.get_figure(root=True)).draw()
        lanes = [lane.name for lane in lanes_of(ax).lanes]
        rest = {*classes} - {*named} - {*lanes}
        below = [text for text in written if text not in lanes]
        assert {text for text in below if text in classes} <= rest
        n_more = [
            int(text.split()[0])
            for text in below
            if text[0] in "+0123456789" and " of " not in text
        ]
        assert len(rest) == sum(text in classes for text in below) + sum(n_more)
        assert rest or width == 14.0
        written.clear()
        for artist in ax.artists:
            if isinstance(artist, labels.LabelBoxes):
                artist.set_visible(False)
        FigureCanvasAgg(ax.get_figure(root=True)).draw()
        assert not {*written} & rest  # nor is a box named that is not seen


def test_bars_of_more_classes_than_colours_are_told_apart() -> None:
    """Those of a colour that came before are slit along, once for each time."""
    labels = [(k / 4, k / 4 + 0.25, f"{k:02}") for k in range(32)]
    ax = plot_spectrogram(scored_patches(labels=labels), ax=Figure((6, 4), dpi=300).add_subplot())
    canvas = FigureCanvasAgg(ax.get_figure(root=True))
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1].astype(int)
    left, bottom, right, top = (round(edge) for edge in lanes_of(ax).boxes(300 / 72)[0])
    found = set()
    for k in range(32):
        column = pixels[bottom:top, left + round((k + 0.5) / 40 * (right - left)), :3]
        near = np.abs(column - 255 * np.array(to_rgb(ON_LIGHT[k % 8]))).max(axis=-1) < 30
        n_lines = int((np.diff(np.r_[False, near].astype(int)) == 1).sum())
        assert n_lines == 1 + k // 8
        found.add((k % 8, n_lines))
    assert len(found) == 32


def test_scores_of_more_classes_than_colours_are_told_apart() -> None:
    """As bars and dashes do: each time that a colour comes again its steps have a slit more."""
    names = [f"c{k}" for k in range(25)]
    spec = Spectrogram(np.zeros((8, 100)), sr=1000, hop_length=100)
    patches = spec.patches(duration=1.0, hop_duration=0.5)
    patches = patches.with_scores(np.ones((len(patches), 25)), classes=names)
    shown = [names[k] for k in (0, 8, 16, 24)]
    ax = plot_spectrogram(
        patches, ax=Figure((6, 8), dpi=200).add_subplot(), classes=shown, threshold=0.01
    )
    canvas = FigureCanvasAgg(ax.get_figure(root=True))  # type: ignore[arg-type]
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1].astype(int)
    runs = []
    for left, bottom, right, top in lanes_of(ax).boxes(200 / 72).round().astype(int):
        column = pixels[bottom - 1 : top + 1, (left + right) // 3, :3]
        is_own = np.abs(column - 255 * np.array(to_rgb(ON_LIGHT[0]))).max(axis=-1) < 60
        runs.append(int((np.diff(np.r_[0, is_own.astype(int)]) == 1).sum()))
    assert runs == [1, 2, 3, 4]


def test_lanes_stand_between_the_picture_and_its_time_axis() -> None:
    figure = Figure((6, 4), layout="constrained")
    ax = plot_spectrogram(scored_patches(), ax=figure.add_subplot())
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    lanes, renderer = lanes_of(ax), canvas.get_renderer()
    boxes = lanes.boxes(100 / 72)
    assert (boxes[:, 3] <= ax.bbox.y0).all()
    assert (boxes[1:, 3] <= boxes[:-1, 1]).all()
    np.testing.assert_allclose(boxes[:, 3] - boxes[:, 1], HEIGHT * 100 / 72)
    assert (boxes[:, :3:2] == ax.bbox.intervalx).all()
    for tick in ax.xaxis.get_major_ticks():
        assert tick.label1.get_window_extent(renderer).y1 < boxes[:, 1].min()
    box = lanes.get_tightbbox(renderer)
    assert box.x0 >= 0  # names are not cut
    assert box.height < ax.bbox.height / 2


def test_of_many_classes_those_are_shown_that_score_highest() -> None:
    patches = scored_patches(120)
    ax = plot_spectrogram(patches, ax=Figure((6, 8)).add_subplot())
    lanes = lanes_of(ax)
    assert len(lanes.lanes) == 1 + 8
    assert [lane.name for lane in lanes.lanes][:2] == ["labels", "c0"]
    assert lanes.lanes[-1].name == "c119"
    assert lanes._note == "8 of 120 classes"
    ax = plot_spectrogram(patches, ax=Figure((6, 1.5)).add_subplot(), labels=False)
    assert [lane.name for lane in lanes_of(ax).lanes] == ["c0"]
    assert lanes_of(ax)._note == "1 of 120 classes"
    assert 3 * lanes_of(ax).height <= ax.bbox.height * 0.72 + lanes_of(ax).height
    ax = plot_spectrogram(patches, ax=Figure().add_subplot(), classes=["c7", "c3"], labels=False)
    assert [lane.name for lane in lanes_of(ax).lanes] == ["c7", "c3"]


def test_what_is_labelled_has_a_lane_however_low_its_scores_are() -> None:
    bare = scored_patches(120)
    spec = bare.spectrogram.with_labels([(0.0, 0.5, "c5"), (0.6, 0.7, "c60"), (0.1, 0.2, "x")])
    scores = np.tile(np.linspace(0.1, 0.9, 120), (len(bare), 1))
    patches = spec.patches(frame_length=bare.frame_length, hop_length=bare.hop_length)
    patches = patches.with_scores(scores, classes=[f"c{k}" for k in range(120)])
    ax = plot_spectrogram(patches, ax=Figure((6, 8)).add_subplot(), labels=False)
    names = [lane.name for lane in lanes_of(ax).lanes]
    assert names == ["c5", "c60", *(f"c{k}" for k in range(114, 120))]


def test_without_what_is_known_there_are_no_lanes() -> None:
    patches = scored_patches()
    for known, options in (
        (patches, {"labels": False, "scores": False}),
        (Spectrogram(np.zeros((8, 100))), {}),
        (patches.spectrogram.with_labels([]), {}),
    ):
        ax = plot_spectrogram(known, ax=Figure().add_subplot(), **options)
        assert not any(isinstance(artist, Lanes) for artist in ax.artists)
        assert ax.spines["bottom"].get_position() == ("outward", 0.0)


@pytest.mark.parametrize(
    ("values", "limits", "threshold"),
    [
        ([0.0, 0.4], (0.0, 1.0), 0.5),
        ([-3.0, 5.0], (-3.0, 5.0), 0.0),
        ([2.0, 5.0], (2.0, 5.0), None),
        ([7.0, 7.0], (7.0, 8.0), None),
        ([np.nan, np.nan], (0.0, 1.0), 0.5),
    ],
)
def test_lanes_span_the_scores(
    values: list[float], limits: tuple[float, float], threshold: float | None
) -> None:
    patches = Spectrogram(np.zeros((2, 10))).patches(frame_length=5).with_scores(values)
    scored = Scored.of(patches, None, None)
    assert ((scored.low, scored.high), scored.threshold) == (limits, threshold)
    assert Scored.of(patches, None, 0.25).threshold == 0.25


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"classes": "c0"}, InvalidTypeError, r"classes='c0' is of type str\. It must be a list"),
        ({"classes": ["c01"]}, InvalidValueError, r"'c01' is none of the 2 classes.*'c1'\?"),
        ({"classes": []}, InvalidValueError, "0 classes are asked for. A view shows 1 to 8"),
        ({"overlapping": "min"}, InvalidValueError, "overlapping='min'.*max"),
        ({"threshold": "high"}, InvalidTypeError, "threshold='high'"),
        ({"scores": 1}, InvalidTypeError, "scores=1"),
    ],
)
def test_what_cannot_be_shown_is_told(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plot_spectrogram(scored_patches(), **options)
    with pytest.raises(InvalidValueError, match=r"classes=\['c0'\] needs scores.*with_scores"):
        plot_spectrogram(scored_patches().spectrogram, classes=["c0"])


def test_a_new_figure_is_as_high_as_its_lanes_need() -> None:
    patches, heights = scored_patches(), []
    for n in (8, 26):
        ax = plot_spectrogram(patches, mark={f"fold {k}": [k % 19] for k in range(n)}, scores=False)
        figure = ax.get_figure(root=True)
        assert figure is not None
        figure.draw_without_rendering()
        heights.append(ax.bbox.height)
    assert heights[1] == pytest.approx(heights[0], abs=10)


@pytest.mark.parametrize(
    ("size", "left_out"),
    [((2.0, 1.5), "groups and scores"), ((3.4, 2.0), "scores"), ((3.4, 3.0), None)],
)
def test_a_tiny_figure_shows_its_sound(size: tuple[float, float], left_out: str | None) -> None:
    """Lanes go where they would leave nothing of it, and it is said."""
    names = ["Black-throated Green Warbler", "wren"]
    bare = scored_patches(labels=[(2.0, 3.0, names[0])])
    assert bare.scores is not None
    patches = bare.with_scores(bare.scores, classes=names)
    figure = Figure(size, layout="constrained")
    axes, options = figure.add_subplot(), {"mark": {"train": [0], "test": [9]}}
    if left_out:
        told = rf"^plot_spectrogram: lanes of {left_out} are not drawn: pictures would have no "
        with pytest.warns(UserWarning, match=told + r"room .* Make the figure \d\.\d in higher\.$"):
            ax = plot_spectrogram(patches, ax=axes, colorbar=True, **options)
    else:
        ax = plot_spectrogram(patches, ax=axes, colorbar=True, **options)
    figure.draw_without_rendering()  # and no layout collapses
    assert ax.bbox.height > figure.bbox.height / 3
    assert ax.bbox.width > figure.bbox.width / 3
    label = ax.yaxis.label.get_window_extent()
    assert label.y0 > 0
    assert label.y1 < figure.bbox.height
    assert lanes_of(ax).get_window_extent().x0 >= 0
