"""A figure that is repainted equals a figure that is drawn, pixel by pixel."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from patchviz.core.patches import Patches
from patchviz.core.spectrogram import Spectrogram
from patchviz.plot.blit import Repainter
from patchviz.plot.view import PatchView

from ..seldom import seldom


def make_patches(y_axis: str = "mel") -> Patches:
    values = np.random.default_rng(0).normal(size=(12, 60))
    return Spectrogram(values, y_axis=y_axis).patches(frame_length=20, hop_length=2)


def make_view(layout: str | None = None, *, colorbar: bool = False) -> PatchView:
    figure = Figure(figsize=(3, 2.2), dpi=60, layout=layout)
    FigureCanvasAgg(figure)
    return PatchView(make_patches(), ax=figure.add_subplot(), colorbar=colorbar)


def full_draw(figure: Figure) -> NDArray[np.uint8]:
    """The figure as matplotlib draws it."""
    animated = [artist for artist in figure.findobj() if artist.get_animated()]
    for artist in animated:
        artist.set_animated(False)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = np.array(canvas.buffer_rgba())
    for artist in animated:
        artist.set_animated(True)
    return picture


def settle(figure: Figure) -> None:
    """Lay out until a constrained layout, which each time refines, does not change any more."""
    if engine := figure.get_layout_engine():
        for _ in range(4):
            engine.execute(figure)


def assert_repaints(view: PatchView) -> None:
    """Repaint several patches, and compare each with a full drawing of it in the same figure."""
    figure = view.ax.get_figure(root=True)
    assert figure is not None
    settle(figure)
    repainter = Repainter(figure, view.artists)
    painted = []
    for index in (0, 7, 0):
        view.index = index
        painted.append(repainter.rgba().copy())
    assert repainter.n_full_draws == 1
    repainter.close()
    assert not any(artist.get_animated() for artist in figure.findobj())
    for index, picture in zip((0, 7), painted[:2], strict=True):
        view.index = index
        np.testing.assert_array_equal(picture, full_draw(figure))
    assert not np.array_equal(painted[0], painted[1])
    np.testing.assert_array_equal(painted[0], painted[2])


def nothing(view: PatchView) -> None:
    pass


def grid(view: PatchView) -> None:
    view.ax.grid(True, color="white", linewidth=1)


def ticks_inside(view: PatchView) -> None:
    view.ax.tick_params(direction="in", length=8, color="red")


def labels_inside(view: PatchView) -> None:
    view.ax.tick_params(pad=-30, labelcolor="red")


def spine_in_the_middle(view: PatchView) -> None:
    view.ax.spines.left.set_position("center")


def axis_off(view: PatchView) -> None:
    view.ax.grid(True)
    view.ax.set_axis_off()


def no_frame(view: PatchView) -> None:
    view.ax.set_frame_on(False)


def lines_over(view: PatchView) -> None:
    view.ax.axvline(0.2, color="cyan")
    view.ax.add_patch(Rectangle((0.1, 500), 0.2, 2000, fill=False, edgecolor="white"))


def lines_behind(view: PatchView) -> None:
    view.mesh.set_alpha(0.5)
    view.ax.axvline(0.2, color="cyan", zorder=-1)


def twin(view: PatchView) -> None:
    view.ax.twinx().plot([0, 0.4], [0, 1], color="lime", linewidth=4)


def twin_behind(view: PatchView) -> None:
    view.mesh.set_alpha(0.5)
    other = view.ax.twinx()
    other.plot([0, 0.4], [0, 1], color="lime", linewidth=4)
    other.set_zorder(-1)
    view.ax.patch.set_visible(False)


def inset(view: PatchView) -> None:
    view.ax.inset_axes((0.6, 0.6, 0.5, 0.5)).plot([1, 2, 1])


def overlapping_axes(view: PatchView) -> None:
    view.ax.figure.add_axes((0.5, 0.5, 0.4, 0.4)).plot([1, 2, 1])


def overlapping_axes_below(view: PatchView) -> None:
    view.ax.figure.add_axes((0.5, 0.05, 0.45, 0.4), zorder=-1).plot([1, 2, 1])


def legend(view: PatchView) -> None:
    view.ax.plot([0, 0.4], [200, 8000], label="a line")
    view.ax.legend(loc="upper right")


def figure_legend(view: PatchView) -> None:
    view.ax.plot([0, 0.4], [200, 8000], label="a line")
    view.ax.figure.legend(loc="center")


def figure_artists(view: PatchView) -> None:
    figure = view.ax.get_figure(root=True)
    assert figure is not None
    figure.text(0.5, 0.5, "over the mesh", color="white")
    figure.text(0.1, 0.95, "over the title", color="red")
    figure.suptitle("elsewhere")
    figure.add_artist(Rectangle((0.4, 0.4), 0.1, 0.1, color="lime"))
    figure.add_artist(Rectangle((0.6, 0.6), 0.1, 0.1, color="blue", zorder=-2))
    figure.figimage(np.full((20, 30), 5.0), xo=60, yo=60, vmin=0, vmax=9)


def axis_invisible(view: PatchView) -> None:
    view.ax.yaxis.set_visible(False)
    view.ax.xaxis.get_major_ticks()[0].set_visible(False)


def invisible(view: PatchView) -> None:
    view.ax.figure.add_axes((0.2, 0.2, 0.5, 0.5)).set_visible(False)
    view.ax.axvline(0.2).set_visible(False)


def before_and_behind(view: PatchView) -> None:
    for decorate in (grid, lines_over, lines_behind, overlapping_axes_below, legend, invisible):
        decorate(view)


def within_and_beside(view: PatchView) -> None:
    for decorate in (ticks_inside, inset, figure_artists):
        decorate(view)


@pytest.mark.parametrize(
    "decorate",
    [
        *(before_and_behind, within_and_beside, axis_off, twin),  # then each by itself
        *seldom(nothing, grid, ticks_inside, lines_over, lines_behind, inset, legend, invisible),
        *seldom(overlapping_axes_below, figure_artists, labels_inside, spine_in_the_middle),
        *seldom(no_frame, twin_behind, overlapping_axes, figure_legend, axis_invisible),
    ],
)
def test_repainting_equals_drawing(decorate: Callable[[PatchView], None]) -> None:
    view = make_view()
    decorate(view)
    assert_repaints(view)


@pytest.mark.parametrize("decorate", [pytest.param(nothing, marks=pytest.mark.slow), twin])
def test_repainting_equals_drawing_in_a_constrained_layout(
    decorate: Callable[[PatchView], None],
) -> None:
    view = make_view("constrained", colorbar=True)
    decorate(view)
    assert_repaints(view)


@pytest.mark.slow  # a subfigure is in a figure, too
def test_view_in_an_inset_axes() -> None:
    figure = Figure(figsize=(3, 2.2), dpi=60)
    FigureCanvasAgg(figure)
    host = figure.add_subplot()
    host.plot([0, 1], [0, 1], zorder=9)
    view = PatchView(make_patches(), ax=host.inset_axes((0.3, 0.3, 0.6, 0.5)))
    assert_repaints(view)


@pytest.mark.slow
def test_view_in_a_subfigure() -> None:
    figure = Figure(figsize=(4, 2.2), dpi=60)
    FigureCanvasAgg(figure)
    left, right = figure.subfigures(1, 2)
    left.suptitle("left")
    right.subplots().plot([1, 2])
    view = PatchView(make_patches(), ax=left.subplots())
    left.text(0.5, 0.5, "over", color="red")
    assert_repaints(view)


@pytest.mark.slow
def test_two_views_side_by_side() -> None:
    figure = Figure(figsize=(4, 2.2), dpi=60)
    FigureCanvasAgg(figure)
    first, second = (PatchView(make_patches(), ax=ax) for ax in figure.subplots(1, 2))
    second.index = -1
    first.on_index(lambda index: setattr(second, "index", -1 - index))
    first.artists += second.artists
    assert_repaints(first)


@pytest.mark.slow
def test_a_view_over_a_view() -> None:
    figure = Figure(figsize=(3, 2.2), dpi=60)
    FigureCanvasAgg(figure)
    first = PatchView(make_patches(), ax=figure.add_subplot())
    second = PatchView(make_patches(), ax=figure.add_axes((0.5, 0.5, 0.4, 0.3)))
    second.ax.axvline(0.2, color="white")
    second.index = -1
    first.on_index(lambda index: setattr(second, "index", -1 - index))
    first.artists += second.artists
    assert_repaints(first)


def test_artists_of_the_user_move_too() -> None:
    view = make_view()
    (line,) = view.ax.twinx().plot([0, 0.4], [0, 0], color="lime", linewidth=3)
    view.artists.append(line)
    view.on_index(lambda index: line.set_ydata([0, 0.01 * index]))
    assert_repaints(view)


def test_a_change_of_something_else_is_noticed() -> None:
    view = make_view()
    view.ax.set(xticks=[0.2], yticks=[1000])  # few to draw
    figure = view.figure
    assert isinstance(figure, Figure)
    repainter = Repainter(figure, view.artists)
    repainter.rgba()
    for change in (
        lambda: view.ax.set_xlabel("another label"),
        lambda: view.ax.tick_params(color="red"),
        lambda: view.ax.spines.top.set_color("red"),
        lambda: figure.suptitle("a title"),
        lambda: view.ax.axvline(0.2, color="white"),
        lambda: figure.set_facecolor("lightgrey"),
        lambda: figure.set_size_inches(3.5, 2.5),
        lambda: figure.set_dpi(50),
        lambda: figure.axes[0].set_xlim(0.1, 0.3),
    ):
        full_draws = repainter.n_full_draws
        change()
        picture = repainter.rgba().copy()
        assert repainter.n_full_draws == full_draws + 1
        repainter.rgba()
        assert repainter.n_full_draws == full_draws + 1
    np.testing.assert_array_equal(picture, full_draw(figure))


def test_a_change_that_somebody_else_has_drawn_is_noticed() -> None:
    view = make_view()
    figure = view.figure
    assert isinstance(figure, Figure)
    repainter = Repainter(figure, view.artists)
    before = repainter.rgba().copy()
    view.ax.set_xlabel("another label")
    figure.suptitle("another title")
    figure.canvas.draw()
    assert not figure.stale
    after = repainter.rgba().copy()
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(after, full_draw(figure))


def test_an_artist_added_later_moves_too() -> None:
    view = make_view()
    figure = view.figure
    assert isinstance(figure, Figure)
    repainter = Repainter(figure, view.artists)
    repainter.rgba()
    line = view.ax.axvline(0.1, color="white")
    view.artists.append(line)
    repainter.rgba()
    n_full_draws = repainter.n_full_draws
    line.set_xdata([0.3, 0.3])
    np.testing.assert_array_equal(repainter.rgba(), full_draw(figure))
    assert repainter.n_full_draws == n_full_draws

    view.artists.remove(line)
    np.testing.assert_array_equal(repainter.rgba(), full_draw(figure))

    view.artists.append(line)
    line.remove()
    np.testing.assert_array_equal(repainter.rgba(), full_draw(figure))


def test_what_no_longer_covers_is_drawn_as_ever() -> None:
    view = make_view()
    figure = view.figure
    assert isinstance(figure, Figure)
    text = figure.text(0.5, 0.5, "over", color="white")
    repainter = Repainter(figure, view.artists)
    repainter.rgba()
    assert text.get_animated()
    text.set(position=(0.98, 0.01), fontsize=4)
    np.testing.assert_array_equal(repainter.rgba(), full_draw(figure))
    assert not text.get_animated()


def test_close_restores_the_artists() -> None:
    view = make_view()
    figure = view.figure
    assert isinstance(figure, Figure)
    cursor = view.ax.axvline(0.1, animated=True)
    repainter = Repainter(figure, [*view.artists, cursor])
    repainter.rgba()
    assert view.mesh.get_animated()
    repainter.close()
    assert not view.mesh.get_animated()
    assert cursor.get_animated()
    repainter.rgba()  # and works on
    repainter.close()
    assert [a for a in figure.findobj() if a.get_animated()] == [cursor]


@pytest.mark.parametrize("first_closed", [0, *seldom(1)])
def test_two_repainters_of_one_figure(first_closed: int) -> None:
    view = make_view()
    figure = view.figure
    assert isinstance(figure, Figure)
    repainters = [Repainter(figure, view.artists) for _ in range(2)]
    for repainter in repainters:
        repainter.rgba()
    repainters[first_closed].close()
    view.index = 4
    picture = repainters[1 - first_closed].rgba().copy()
    repainters[1 - first_closed].close()
    assert not any(artist.get_animated() for artist in figure.findobj())
    np.testing.assert_array_equal(picture, full_draw(figure))


@pytest.mark.parametrize("is_closed", [False, *seldom(True)])
def test_a_repainter_is_not_kept_alive(is_closed: bool) -> None:
    view = make_view()
    figure = view.figure
    assert isinstance(figure, Figure)
    repainter = Repainter(figure, view.artists)
    repainter.rgba()
    if is_closed:
        repainter.close()
    reference = weakref.ref(repainter)
    del repainter
    gc.collect()
    assert reference() is None
    assert not any(artist.get_animated() for artist in figure.findobj())
    figure.canvas.draw()  # nobody is called


def test_repainting_draws_only_what_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    view = make_view("constrained", colorbar=True)
    figure = view.figure
    assert isinstance(figure, Figure)
    repainter = Repainter(figure, view.artists)
    repainter.rgba()
    drawn: list[Artist] = []
    for artist in figure.findobj():
        draw = artist.draw
        monkeypatch.setattr(
            artist, "draw", lambda *args, a=artist, d=draw, **kw: (drawn.append(a), d(*args, **kw))
        )
    view.index = 3
    repainter.rgba()
    assert {type(artist).__name__ for artist in drawn} == {"PatchMesh", "Text", "Spine"}
    assert drawn[0] is view.mesh


def count_drawings(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that gets an item whenever the whole figure is drawn."""
    drawings: list[int] = []
    draw = figure.draw
    monkeypatch.setattr(figure, "draw", lambda renderer: (drawings.append(1), draw(renderer)))
    return drawings


def test_a_settled_figure_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    view = make_view("constrained", colorbar=True)
    figure = view.figure
    assert isinstance(figure, Figure)
    settle(figure)
    drawings = count_drawings(figure, monkeypatch)
    Repainter(figure, view.artists).rgba()
    assert len(drawings) == 1


def test_a_figure_without_axes() -> None:
    figure = Figure(figsize=(2, 1), dpi=60)
    FigureCanvasAgg(figure)
    text = figure.text(0.2, 0.5, "a")
    repainter = Repainter(figure, [text])
    picture = repainter.rgba().copy()
    repainter.close()
    np.testing.assert_array_equal(picture, full_draw(figure))


@pytest.mark.slow
def test_a_layout_is_drawn_until_it_settles(monkeypatch: pytest.MonkeyPatch) -> None:
    view = make_view("constrained", colorbar=True)
    figure = view.figure
    assert isinstance(figure, Figure)
    settle(figure)
    view.ax.set_ylabel("Frequency\n(Hz)", fontsize=20)
    drawings = count_drawings(figure, monkeypatch)
    repainter = Repainter(figure, view.artists)
    picture = repainter.rgba().copy()
    assert len(drawings) > 1
    repainter.close()
    settle(figure)
    difference = np.abs(picture.astype(int) - full_draw(figure))
    assert (difference > 3).mean() < 0.01
