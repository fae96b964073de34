"""How often each moment is seen: counts, gaps, padding, and what two groups share."""

from __future__ import annotations

import itertools
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.core.patches import Patches
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot.padding import Padding

from ..seldom import seldom


def make_patches(n: int = 100, **carving: Any) -> Patches:
    return pv.Spectrogram(np.zeros((4, n)), sr=10, hop_length=1, start=2.0).patches(**carving)


def counted(ax: Axes, line: int, times: np.ndarray) -> np.ndarray:
    edges, counts = ax.lines[line].get_data()
    return np.asarray(counts)[np.searchsorted(np.asarray(edges), times, side="right") - 1]


@pytest.mark.parametrize(
    "carving",
    [
        {"frame_length": 10, "hop_length": 3},
        {"frame_length": 7, "hop_length": 12},
        {"frame_length": 20, "starts": [0, 5, 70]},
        {"frame_length": 30, "hop_length": 8, "tail": "pad"},
    ],
)
def test_counts_are_those_of_a_plain_loop(carving: dict[str, Any]) -> None:
    patches = make_patches(**carving)
    chosen = {"a": np.arange(0, len(patches), 2), "b": np.arange(1, len(patches), 2)}
    ax = pv.plot_coverage(patches, chosen, ax=Figure().add_subplot())
    n_frames = patches.spectrogram.n_frames
    times = 2.0 + (np.arange(n_frames) + 0.5) / 10
    total = np.zeros(n_frames, int)
    for line, numbers in enumerate(chosen.values()):
        wanted = np.zeros(n_frames, int)
        for number in numbers:
            wanted[slice(*patches.frames(number))] += 1
        np.testing.assert_array_equal(counted(ax, line, times), wanted)
        total += wanted
    unseen = np.zeros(n_frames, bool)
    for span in (patch for patch in ax.patches if patch.get_label() == "_unseen"):
        left, right = span.get_x(), span.get_x() + span.get_width()  # type: ignore[attr-defined]
        unseen |= (times > left) & (times < right)
    np.testing.assert_array_equal(unseen, total == 0)
    has_padding = [isinstance(artist, Padding) for artist in ax.get_children()]
    assert sum(has_padding) == bool(patches.n_padded)


def test_what_two_groups_see_is_red() -> None:
    patches = make_patches(frame_length=10, hop_length=5)  # 19 of them
    ax = pv.plot_coverage(patches, {"train": [0, 1], "test": [2, 10]}, ax=Figure().add_subplot())
    (shared,) = (area for area in ax.collections if area.get_label() == "shared")
    inside = shared.get_paths()[0].vertices
    (x, y) = np.asarray(inside)[np.asarray(inside)[:, 1] > 0].T
    assert (x.min(), x.max(), set(y)) == (pytest.approx(3.0), pytest.approx(3.5), {1.0})
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["train", "test", "shared", "unseen"]
    apart = pv.plot_coverage(patches, {"a": [0], "b": [10]}, ax=Figure().add_subplot())
    (shared,) = (area for area in apart.collections if area.get_label() == "shared")
    assert np.asarray(shared.get_paths()[0].vertices)[:, 1].max() == 0


def test_what_is_shared_is_red_also_where_there_are_more_patches_than_pixels() -> None:
    patches = make_patches(20_000, frame_length=8, hop_length=2)
    test = np.random.default_rng(0).random(len(patches)) < 0.2
    figure = Figure(figsize=(3, 1.5), dpi=50)
    ax = pv.plot_coverage(patches, {"train": ~test, "test": test}, ax=figure.add_subplot())
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    x, y = ax.transData.transform([[100.0, 0.5], [1900.0, 0.5]]).T.round().astype(int)
    row = np.asarray(canvas.buffer_rgba())[-y[0], x[0] : x[1], :3].astype(int)
    is_red = (row[:, 0] > 150) & (row[:, 1] < 70)  # orange, as the line of the test, has 84
    assert is_red.mean() > 0.9


def test_the_spectrogram_stands_above() -> None:
    ax = pv.plot_coverage(make_patches(frame_length=10, hop_length=5), title="night")
    figure = ax.get_figure(root=True)
    assert figure is not None
    above = figure.axes[0]
    assert above.get_title(loc="left") == "night"
    assert ax.get_xlim() == above.get_xlim() == pytest.approx((2.0, 12.0))
    assert (above.get_xlabel(), ax.get_xlabel()) == ("", "Time (s)")
    assert ax.get_ylabel() == "Patches"
    alone = pv.plot_coverage(make_patches(frame_length=10, hop_length=5), spectrogram=False)
    assert len(alone.figure.axes) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"groups": [[0]]}, InvalidTypeError, r"groups=\[\[0\]\] is of type list"),
        ({"groups": {}}, InvalidValueError, "groups={} names none"),
        ({"groups": {"a": [99]}}, IndexError, "99"),
        ({"spectrogram": "no"}, InvalidTypeError, "spectrogram='no'"),
    ],
)
def test_what_cannot_be_drawn(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        pv.plot_coverage(make_patches(frame_length=10), **arguments)
    batch = Patches.from_batch(np.zeros((2, 3, 4)))
    with pytest.raises(InvalidValueError, match="items of a batch lie side by side"):
        pv.plot_coverage(batch)


@pytest.mark.parametrize("gap", [False, True])
def test_one_group_is_named_too(gap: bool) -> None:
    patches = make_patches(frame_length=10, hop_length=5)
    wrong = np.arange(0, 4) if gap else np.arange(19)
    ax = pv.plot_coverage(patches, {"wrong": wrong}, ax=Figure().add_subplot())
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["wrong", *["unseen"] * gap]
    (line,) = ax.lines
    assert legend.legend_handles[0].get_color() == line.get_color()  # type: ignore[union-attr]
    assert pv.plot_coverage(patches, ax=Figure().add_subplot()).get_legend() is None


@pytest.mark.slow
def test_every_group_is_named_within_the_axes() -> None:
    """Also one whose name matplotlib takes for hidden or for mathematics, and many."""
    patches = pv.Spectrogram.example().patches(duration=1.0, hop_duration=0.5)
    ax = pv.plot_coverage(
        patches, {"_t": [1, 2], "$a$": [7, 8]}, ax=Figure((6, 3)).add_subplot(), spectrogram=False
    )
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["_t", "$a$", "shared", "unseen"]
    assert not any(text.get_parse_math() for text in legend.get_texts())
    groups = {f"group {k}": [k] for k in range(26)}
    ax = pv.plot_coverage(patches, {**groups, "$a$": [3]}, spectrogram=False)
    ax.get_figure().draw_without_rendering()
    texts = ax.get_yticklabels()
    assert [text.get_text() for text in texts] == [*groups, "$a$"]
    assert not any(text.get_parse_math() for text in texts)
    boxes = [text.get_window_extent() for text in texts]
    for box, below in itertools.pairwise(boxes):
        assert box.y0 >= below.y1  # the figure is as high as they need


def test_more_groups_than_colours_have_rows() -> None:
    patches = make_patches(frame_length=10, hop_length=5)  # 19 of them
    groups = {f"fold {k}": [3 * k, 3 * k + 1] for k in range(6)}
    together = pv.plot_coverage(patches, dict([*groups.items()][:4]), ax=Figure().add_subplot())
    assert {line.get_ydata().min() for line in together.lines} == {0}
    ax = pv.plot_coverage(patches, {**groups, "leak": [1]}, ax=Figure().add_subplot())
    assert ax.get_ylabel() == "Patches (0 to 2 each)"
    grounds = [line.get_ydata().min() for line in ax.lines]
    rises = -np.diff(grounds)
    assert rises == pytest.approx(np.full(6, rises[0]))
    assert rises[0] > 2
    for line, bottom, numbers in zip(ax.lines, grounds, [*groups.values(), [1]], strict=True):
        edges, counts = line.get_data()
        times = 2.05 + 0.1 * np.arange(100)
        found = np.asarray(counts)[np.searchsorted(np.asarray(edges), times, side="right") - 1]
        seen = sum((times > 2 + 0.5 * k) & (times < 3 + 0.5 * k) for k in numbers)
        np.testing.assert_allclose(found - bottom, seen)
    red = [area for area in ax.collections if area.get_label() == "shared"]
    reds = [np.ptp(np.asarray(area.get_paths()[0].vertices)[:, 1]) > 0 for area in red]
    assert reds == [True, False, False, False, False, False, True]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "spectrogram"),
    [
        *(((10.0, 4.8), True), ((3.5, 2.5), True), ((3.5, 2.5), False)),
        *seldom(((3.0, 8.0), True), ((16.0, 2.0), True)),
        *seldom(*((size, False) for size in ((10.0, 4.8), (3.0, 8.0), (16.0, 2.0)))),
    ],
)
def test_the_legend_hides_nothing(size: tuple[float, float], spectrogram: bool) -> None:
    patches = make_patches(frame_length=10, hop_length=5)
    with matplotlib.rc_context({"figure.figsize": size}):
        groups = {"train": [0, 1, 2], "test": [3, 4, 5]}
        ax = pv.plot_coverage(
            patches, groups, spectrogram=spectrogram, title="a name of some length"
        )
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    legend = ax.get_legend()
    assert legend is not None
    boxes = [legend.get_window_extent(), ax.get_window_extent(), ax.xaxis.get_tightbbox()]
    boxes += [one.yaxis.label.get_window_extent() for one in figure.axes[:2]]
    top = figure.axes[0]
    boxes += [top._left_title.get_window_extent(), *([top.bbox] if spectrogram else [])]
    boxes = [box for box in boxes if box is not None and box.width]
    met = [(a, b) for a, b in itertools.combinations(boxes, 2) if a.padded(-1).overlaps(b)]
    assert not met
    plt.close(figure)
