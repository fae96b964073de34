"""The full spectrogram, and where its patches lie."""

from __future__ import annotations

import itertools
import pickle
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import patchviz
import patchviz.plot.raster
from patchviz.core.patches import Patches
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.plot.axis import FrequencyAxis
from patchviz.plot.brackets import ON_DARK, ON_LIGHT, lanes, mark_extents, span_color
from patchviz.plot.overview import plot_spectrogram
from patchviz.plot.text import points

from ..seldom import seldom


def make_spec(**meaning: Any) -> Spectrogram:
    values = np.random.default_rng(0).normal(size=(12, 60))
    return Spectrogram(values, **{"y_axis": "mel", "sr": 10, "hop_length": 1, **meaning})


def make_patches(**meaning: Any) -> Patches:
    return make_spec(**meaning).patches(frame_length=20, hop_length=2)


def make_axes(**options: Any) -> Axes:
    figure = Figure(**options)
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def brackets(ax: Axes) -> list[Line2D]:
    return [line for line in ax.lines if str(line.get_label()).startswith("_patch ")]


# -- the spectrogram ---------------------------------------------------------------------------


def test_the_example() -> None:
    spec = patchviz.Spectrogram.example()
    ax = plot_spectrogram(spec, ax=make_axes())
    (mesh,) = ax.collections
    assert isinstance(mesh, QuadMesh)
    assert np.shares_memory(mesh.get_array(), spec.values)
    assert mesh.get_clim() == (-80.0, 0.0)
    coordinates = mesh.get_coordinates()
    np.testing.assert_allclose(coordinates[0, :, 0], np.arange(641) * 512 / 22050)
    np.testing.assert_allclose(coordinates[:, 0, 1], FrequencyAxis.of(spec).edges)
    assert ax.get_xlim() == pytest.approx((0, spec.end))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Time (s)", "Frequency (Hz)")
    assert ax.get_title(loc="left") == "Sonnet 1"


def test_time_begins_where_the_recording_does() -> None:
    ax = plot_spectrogram(make_spec(start=100.0), ax=make_axes())
    assert ax.get_xlim() == pytest.approx((100, 106))
    assert ax.get_xlabel() == "Time (min:s)"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_axes_that_others_share_keep_the_larger_limits(order: tuple[int, ...]) -> None:
    specs = [
        Spectrogram(np.ones((4, n_frames)), sr=sr, hop_length=1, start=start, y_axis="linear")
        for n_frames, start, sr in ((10, 0.0, 10), (4, -0.5, 10), (1000, 0.0, 8))
    ]
    shared = Figure().subplots(3, 1, sharex=True, sharey=True)
    for i in order:
        plot_spectrogram(specs[i], ax=shared[i])
    for ax in shared:
        assert ax.get_xlim() == (-0.5, 125.0)
        assert ax.get_xlabel() == "Time (min:s)"
        assert ax.xaxis.get_major_formatter()(65.0) == "1:05"
        assert ax.get_ylim() == pytest.approx((-5 / 6, 5 * 7 / 6))


def test_an_axes_of_its_own_has_the_limits_of_what_was_drawn_last() -> None:
    ax = make_axes()
    for n_frames in (100, 40):
        plot_spectrogram(make_spec(), ax=ax)
        spec = Spectrogram(np.ones((12, n_frames)), sr=10, hop_length=1)
        plot_spectrogram(spec, ax=ax)
        assert ax.get_xlim() == (0, n_frames / 10)
        assert ax.get_ylim() == (-0.5, 11.5)
    beside = Figure().subplots(1, 2, sharey=True)  # of which the other one is empty
    plot_spectrogram(spec, ax=beside[0])
    assert beside[1].get_ylim() == (-0.5, 11.5)


def test_patches_stand_for_their_spectrogram() -> None:
    patches = make_patches()
    ax = plot_spectrogram(patches, ax=make_axes())
    assert ax.collections[0].get_array().shape == patches.spectrogram.values.shape
    assert brackets(ax) == []


def test_options_of_the_mesh() -> None:
    ax = plot_spectrogram(
        make_spec(), ax=make_axes(), cmap="gray", clim=(-1, 1), reduce="mean",
        mesh_kws={"alpha": 0.5},
    )  # fmt: skip
    mesh = ax.collections[0]
    assert (mesh.get_clim(), mesh.get_cmap().name, mesh.get_alpha()) == ((-1, 1), "gray", 0.5)
    assert mesh.reduce == "mean"


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_long_recording_is_looked_through_once(
    order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding its range leaves what its picture needs; the picture looks at no values again."""
    values = np.zeros((2, 3_000_000), np.float32, order=order)
    values[:, 1_000_000] = 1
    spec = Spectrogram(values, y_axis="none")
    assert spec.finite_range == (0.0, 1.0)
    looked_at = []
    largest = patchviz.plot.raster._largest

    def counting(window: Any, *groups: Any) -> Any:
        looked_at.append(window.size)
        return largest(window, *groups)

    monkeypatch.setattr(patchviz.plot.raster, "_largest", counting)
    ax = plot_spectrogram(spec, cmap="gray")
    ax.figure.canvas.draw()
    assert sum(looked_at) < values.size / 250
    left, bottom, right, top = ax.bbox.extents.astype(int)
    picture = np.asarray(ax.figure.canvas.buffer_rgba())[::-1]
    inside = picture[bottom + 5 : top - 5, left + 5 : right - 5, 0]
    (lit,) = np.unique(np.nonzero(inside > 200)[1])
    assert (lit + 5.5) / (ax.bbox.width) == pytest.approx(1 / 3, abs=1.5 / ax.bbox.width)


@pytest.mark.parametrize(
    "limits",
    [
        {"clim": (0, 1)},
        *(
            pytest.param({"norm": norm}, marks=pytest.mark.slow)
            for norm in (Normalize(0, 1), LogNorm(0.1, 1))
        ),
    ],
)
def test_a_long_recording_is_not_looked_through_for_nothing(
    limits: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.zeros((2, 3_000_000), np.float32)
    monkeypatch.setattr(
        "patchviz.core.spectrogram.summarize", lambda values: pytest.fail("looked at every value")
    )
    ax = plot_spectrogram(Spectrogram(values, y_axis="none"), **limits)
    ax.set_xlim(100, 110)
    ax.figure.canvas.draw()


def test_a_figure_of_a_long_recording_pickles() -> None:
    values = np.random.default_rng(0).random((2, 3_000_000), dtype=np.float32)
    ax = Figure(figsize=(4, 3), dpi=60).subplots()
    plot_spectrogram(Spectrogram(values, y_axis="none"), ax=ax, colorbar=True)
    pickled = pickle.dumps(ax.figure)
    assert len(pickled) < 1.5 * values.nbytes  # which are in it once, with a mask
    pictures = []
    for figure in (ax.figure, pickle.loads(pickled)):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pictures.append(np.asarray(canvas.buffer_rgba()))
    np.testing.assert_array_equal(pictures[0].shape, pictures[1].shape)
    # The copy is drawn from the values themselves.
    assert (np.abs(pictures[0].astype(int) - pictures[1]).max(axis=-1) > 8).mean() < 0.02


def test_with_an_axes_pyplot_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)  # importing it fails
    ax = make_axes()
    assert plot_spectrogram(make_spec(), ax=ax) is ax
    assert len(ax.figure.axes) == 1


def test_without_an_axes_pyplot_shows_it() -> None:
    ax = plot_spectrogram(make_spec(quantity="Level", unit="dB"))
    figure = plt.gcf()
    assert ax is figure.axes[0]
    assert figure.axes[1].get_ylabel() == "Level (dB)"
    plot_spectrogram(make_spec(), ax=ax, colorbar=True)
    assert len(figure.axes) == 3
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    ("size", "label"),
    [
        ((6.4, 4.8), "Level relative to the maximum (dB)"),
        ((3.5, 1.8), "dB"),
        *seldom(((6.4, 2.0), "dB"), ((6.4, 2.4), "Level relative to the maximum (dB)")),  # smaller
    ],
)
def test_the_label_of_the_colour_bar_is_not_cut(size: tuple[float, float], label: str) -> None:
    ax = make_axes(figsize=size, layout="constrained")
    spec = make_spec(quantity="Level relative to the maximum", unit="dB")
    plot_spectrogram(spec, ax=ax, colorbar=True)
    ax.figure.draw_without_rendering()
    drawn = ax.figure.axes[1].yaxis.label
    assert drawn.get_text() == label
    assert drawn.get_fontsize() >= points("x-small")
    box = drawn.get_window_extent()
    assert ax.figure.bbox.padded(1).contains(*box.min)
    assert ax.figure.bbox.padded(1).contains(*box.max)


def test_the_colour_bar_says_of_how_many_frames_it_is_where_the_unit_has_room() -> None:
    for size, label in [
        ((10.0, 6.0), "Spectral density, maximum of 64 frames (dB re full scale²/Hz)"),
        ((10.0, 3.6), "Maximum of 64 frames (dB re full scale²/Hz)"),
        ((3.5, 2.4), "dB re full scale²/Hz"),
    ]:
        ax = make_axes(figsize=size, layout="constrained")
        quantity, unit = "Spectral density, maximum of 64 frames", "dB re full scale²/Hz"
        plot_spectrogram(make_spec(quantity=quantity, unit=unit), ax=ax, colorbar=True)
        assert ax.figure.axes[1].get_ylabel() == label


# -- titles ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["$x_1$ & 5$.wav", r"\frac{1}", "<b>bold</b>", "a_b^c"])
def test_a_name_is_taken_literally(name: str) -> None:
    ax = plot_spectrogram(make_spec(name=name), ax=make_axes())
    assert ax.get_title(loc="left") == name
    ax.figure.draw_without_rendering()


def test_a_title_may_be_mathematics() -> None:
    ax = plot_spectrogram(make_spec(name="a clip"), ax=make_axes(), title="$x^2$")
    assert ax.get_title(loc="left") == "$x^2$"
    assert ax._left_title.get_parse_math()


def test_a_long_name_is_shortened_to_the_axes() -> None:
    name = "a_very_long_name_of_a_recording_" * 8 + "7.wav"
    for width in (3, 8):
        ax = plot_spectrogram(make_spec(name=name), ax=make_axes(figsize=(width, 3)))
        title = ax.get_title(loc="left")
        assert title.startswith("a_very")
        assert title.endswith("7.wav")
        assert "…" in title
        ax.figure.draw_without_rendering()
        assert ax._left_title.get_window_extent().width < ax.bbox.width


def test_a_long_title_is_shortened_too() -> None:
    title = "A very long title " * 20
    ax = plot_spectrogram(make_spec(), ax=make_axes(figsize=(4, 3)), title=title)
    ax.figure.draw_without_rendering()
    assert "…" in ax.get_title(loc="left")
    assert ax._left_title.get_window_extent().width < ax.bbox.width
    assert ax._left_title.get_label() == title  # whole


def test_a_title_is_text() -> None:
    with pytest.raises(InvalidTypeError, match="title=3 is of type int"):
        plot_spectrogram(make_spec(), ax=make_axes(), title=3)  # type: ignore[arg-type]


def test_one_row_has_one_tick() -> None:
    ax = plot_spectrogram(Spectrogram(np.zeros((1, 40))), ax=make_axes())
    low, high = ax.get_ylim()
    assert [tick for tick in ax.get_yticks() if low <= tick <= high] == [0]


def test_titles_stand_above_brackets() -> None:
    for pad in (6, 20):
        with matplotlib.rc_context({"axes.titlepad": pad}):
            ax = make_axes()
            plot_spectrogram(make_patches(name="a clip"), ax=ax, mark=8)
            ax.figure.draw_without_rendering()
            top = max(bracket.get_window_extent().y1 for bracket in brackets(ax))
            assert ax._left_title.get_window_extent().y0 >= top


# -- marks -------------------------------------------------------------------------------------


def test_marks_lie_where_patches_do() -> None:
    patches = make_patches(start=3.0)
    ax = plot_spectrogram(patches, ax=make_axes(), mark=[0, 5, -1])
    assert [tuple(bracket.get_xdata()) for bracket in brackets(ax)] == [
        patches.time(0), patches.time(5), patches.time(20),
    ]  # fmt: skip
    assert [bracket.get_label() for bracket in brackets(ax)] == [
        "_patch 0", "_patch 5", "_patch 20",
    ]  # fmt: skip
    assert [bracket.get_color() for bracket in brackets(ax)] == list(ON_LIGHT[:3])


@pytest.mark.parametrize(
    ("mark", "count"),
    [(None, 0), (0, 0), (3, 3), (np.int64(2), 2), (np.array(2), 2), ([], 0), ((4,), 1),
     (np.array([1, 2]), 2),
     (range(21), 21), (iter([0, 1]), 2)],
)  # fmt: skip
def test_marks(mark: Any, count: int) -> None:
    assert len(brackets(plot_spectrogram(make_patches(), ax=make_axes(), mark=mark))) == count


def test_brackets_that_overlap_in_time_do_not_overlap() -> None:
    for count in (2, 5, 21):
        ax = plot_spectrogram(make_patches(), ax=make_axes(figsize=(8, 4)), mark=count)
        ax.figure.draw_without_rendering()
        boxes = [bracket.get_window_extent() for bracket in brackets(ax)]
        for one, other in itertools.combinations(boxes, 2):
            # Brackets that follow one another share the line of pixels where they meet.
            assert not one.padded(-2, 0).overlaps(other.padded(-2, 0))
        assert min(box.y0 for box in boxes) > ax.bbox.y1
        assert max(box.y1 for box in boxes) - ax.bbox.y1 < 70 * ax.figure.dpi / 72


def test_brackets_keep_the_limits_and_the_legend() -> None:
    ax = make_axes()
    plot_spectrogram(make_patches(), ax=ax, mark=3)
    assert ax.get_xlim() == pytest.approx((0, 6))
    assert ax.get_legend_handles_labels() == ([], [])
    ax.relim()
    ax.autoscale_view()
    assert ax.get_xlim() == pytest.approx((0, 6))


def test_brackets_end_with_a_zoomed_axes() -> None:
    ax = make_axes(figsize=(6, 3), dpi=50)
    plot_spectrogram(make_patches(), ax=ax, mark=3)
    ax.set_xlim(1, 1.5)
    canvas = ax.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()
    picture = np.array(canvas.buffer_rgba())[..., :3]
    rows = slice(0, int(canvas.get_width_height()[1] - ax.bbox.y1) - 3)
    left, right = int(ax.bbox.x0) - 3, int(ax.bbox.x1) + 4
    assert (picture[rows, left:right] != 255).any()
    assert (picture[rows, :left] == 255).all()
    assert (picture[rows, right:] == 255).all()


def test_colours_of_spans() -> None:
    figure = Figure()
    assert [span_color(order, figure) for order in range(6)] == [*ON_LIGHT, ON_LIGHT[0]]


@pytest.mark.parametrize(
    ("facecolor", "palette"),
    [("white", ON_LIGHT), ("none", ON_LIGHT), ("#eeeeee", ON_LIGHT), ("0.8", ON_LIGHT),
     ("black", ON_DARK), ("#111111", ON_DARK), ("#1e1e2e", ON_DARK), ("0.3", ON_DARK)],
)  # fmt: skip
def test_colours_of_spans_suit_the_page(facecolor: str, palette: tuple[str, ...]) -> None:
    figure = Figure(facecolor=facecolor)
    assert span_color(0, figure) == palette[0]
    part = figure.subfigures(1, 2)[0]
    part.set_facecolor("none")
    assert span_color(1, part) == palette[1]
    part.set_facecolor("white")
    assert span_color(1, part) == ON_LIGHT[1]


def luminance(color: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot((0.2126, 0.7152, 0.0722), linear))


@pytest.mark.parametrize(("palette", "page"), [(ON_LIGHT, "white"), (ON_DARK, "#121212")])
def test_colours_of_spans_can_be_read(palette: tuple[str, ...], page: str) -> None:
    assert len(set(palette)) == len(palette)
    for color in palette:
        low, high = sorted((luminance(color), luminance(page)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


# -- lanes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(0, 1)], [0]),
        ([(0, 1), (1, 2), (2, 3)], [0, 0, 0]),
        ([(0, 5), (1, 6), (2, 7), (5, 10), (6, 11)], [0, 1, 2, 0, 1]),
        ([(0, 9), (1, 2), (3, 4), (9, 10)], [0, 1, 1, 0]),
        ([(5, 6), (0, 1)], [0, 0]),
    ],
)
def test_lanes(spans: list[tuple[float, float]], expected: list[int]) -> None:
    assert lanes(spans) == expected


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=12))
def test_no_two_spans_share_a_place(starts: list[tuple[int, int]]) -> None:
    spans = [(start, start + length) for start, length in starts]
    chosen = lanes(spans)
    for i, (start, end) in enumerate(spans):
        for j, (other_start, other_end) in enumerate(spans[:i]):
            if chosen[i] == chosen[j]:
                assert end <= other_start or other_end <= start


def test_patches_that_follow_one_another_share_a_lane() -> None:
    patches = Spectrogram(np.zeros((1, 1000)), start=0.1).patches(frame_length=7)
    assert set(lanes([patches.time(index) for index in range(len(patches))])) == {0}


def test_no_brackets_take_no_room() -> None:
    assert mark_extents(make_axes(), make_patches(), []) == 0.0


# -- what bad input gets -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda ax: plot_spectrogram(np.zeros((2, 3)), ax=ax), InvalidTypeError,
         "spectrogram is of type ndarray. It must be a Spectrogram or Patches; wrap an array: "
         "patchviz.Spectrogram(values, sr=..., hop_length=...)."),
        (lambda ax: plot_spectrogram(make_spec(), ax=ax, mark=3), InvalidValueError,
         "mark=3 needs patches. Give them in place of the spectrogram: "
         "plot_spectrogram(spectrogram.patches(duration=5.0), mark=3)."),
        (lambda ax: plot_spectrogram(make_patches(), ax=ax, mark="all"), InvalidTypeError,  # type: ignore[arg-type]
         "mark='all' is of type str. It must be how many of the first patches to mark, such as "
         "mark=3, or the positions of patches, such as mark=[0, 5]."),
        (lambda ax: plot_spectrogram(make_patches(), ax=ax, mark=22), InvalidValueError,
         "mark=22 patches is not allowed. It must be a whole number of patches, at least 0 and at "
         "most 21."),
        (lambda ax: plot_spectrogram(make_patches(), ax=ax, mark=-1), InvalidValueError,
         "mark=-1 patches is not allowed. It must be a whole number of patches, at least 0 and at "
         "most 21."),
        (lambda ax: plot_spectrogram(make_patches(), ax=ax, mark=[0, 21]), PatchIndexError,
         "mark=21 is out of range: there are 21 patches, 0 to 20 (or -21 to -1 from the end)."),
        (lambda ax: plot_spectrogram(make_spec(), ax=ax.figure), InvalidTypeError,
         "ax is of type Figure. It must be a matplotlib Axes, or None for a new one."),
    ],
)  # fmt: skip
def test_bad_options(draw: Callable[[Axes], object], error: type[Exception], message: str) -> None:
    ax = make_axes()
    with pytest.raises(error) as caught:
        draw(ax)
    assert str(caught.value) == message
    assert not ax.collections


@pytest.mark.parametrize("size", [(10.0, 3.6), (3.5, 2.2), *seldom(((6.0, 3.0),), ((3.0, 8.0),))])
def test_the_colour_bar_is_as_long_as_the_picture_and_its_label_fits(
    size: tuple[float, float],
) -> None:
    """Whatever lanes and brackets take of the height."""
    spec = Spectrogram(np.zeros((8, 200)), sr=1000, hop_length=10)
    spec = spec.with_labels([(0.2, 0.9, "a")])
    patches = spec.patches(frame_length=20)
    patches = patches.with_scores(np.zeros((len(patches), 2)), classes=["a", "b"])
    with matplotlib.rc_context({"figure.figsize": size}):
        ax = plot_spectrogram(patches, mark=2)
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    bar = figure.axes[1]
    label = bar.yaxis.label.get_window_extent()
    assert bar.bbox.height > 0.9 * ax.bbox.height
    assert figure.bbox.y0 <= label.y0
    assert label.y1 <= figure.bbox.y1
    assert label.height < 1.35 * bar.bbox.height
    plt.close(figure)


def test_the_label_of_a_narrow_time_axis_is_its_date() -> None:
    spec = Spectrogram(
        np.zeros((8, 200)), sr=1000, hop_length=10, recording_start=datetime(2024, 5, 12, 6, 30)
    )
    for width, label in ((6.0, "Time of day (2024-05-12)"), (2.0, "2024-05-12")):
        ax = plot_spectrogram(spec, ax=Figure((width, 3)).add_subplot())
        assert ax.get_xlabel() == label
