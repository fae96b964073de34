"""One mesh that shows one patch, and the one index that moves it."""

from __future__ import annotations

import sys
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

import patchviz
from patchviz.core.patches import Patches
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.plot.view import PatchView


def make_patches(**meaning: Any) -> Patches:
    values = np.random.default_rng(0).normal(size=(12, 60))
    spec = Spectrogram(values, **{"y_axis": "mel", "unit": "dB", **meaning})
    return spec.patches(frame_length=20, hop_length=2)


def make_view(**options: Any) -> PatchView:
    return PatchView(make_patches(), ax=Figure().add_subplot(), **options)


def test_a_view_shows_a_patch() -> None:
    patches = patchviz.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    view = PatchView(patches, ax=Figure().add_subplot())
    assert list(view.ax.collections) == [view.mesh]
    assert isinstance(view.mesh, QuadMesh)
    assert view.artists == [view.mesh, view.title]
    for index in (0, 7, 106, -1):
        view.index = index
        np.testing.assert_array_equal(view.mesh.get_array(), patches[index])
        assert np.shares_memory(view.mesh.get_array(), patches.spectrogram.values)
    assert view.index == 106
    assert view.title.get_text() == "patch 106 / 106 · 9.845-14.838 s"
    assert list(view.ax.collections) == [view.mesh]
    assert view.mesh.get_clim() == (-80.0, 0.0)
    assert view.ax.get_xlim() == pytest.approx((0, patches.duration))
    assert (view.ax.get_xlabel(), view.ax.get_ylabel()) == ("Time in patch (s)", "Frequency (Hz)")
    assert repr(view) == f"PatchView of patch 106 of {patches!r}"


@pytest.mark.parametrize(
    ("meaning", "title"),
    [
        ({}, "patch 3 / 20 · 0.139-0.604 s"),
        ({"start": 60.0}, "patch 3 / 20 · 1:00.139-1:00.604"),
        ({"start": 7200.0}, "patch 3 / 20 · 2:00:00.139-2:00:00.604"),
        ({"start": -1.0}, "patch 3 / 20 · -0.861 to -0.396 s"),
        ({"start": -100.0}, "patch 3 / 20 · -1:39.861 to -1:39.396"),
    ],
)
def test_titles(meaning: dict[str, Any], title: str) -> None:
    view = PatchView(make_patches(**meaning), ax=Figure().add_subplot(), index=3)
    assert view.title.get_text() == title
    assert view.ax.get_title(loc="left") == title


def test_the_scale_is_that_of_the_whole_spectrogram() -> None:
    view = make_view()
    low, high = view.patches.spectrogram.finite_range
    for index in range(len(view.patches)):
        view.index = index
        assert view.mesh.get_clim() == (low, high)


def test_options_of_the_mesh() -> None:
    norm = Normalize(-1, 1)
    view = make_view(index=-1, cmap="gray", norm=norm, mesh_kws={"alpha": 0.5, "zorder": 3})
    assert view.index == 20
    assert view.mesh.norm is norm
    assert view.mesh.get_cmap().name == "gray"
    assert (view.mesh.get_alpha(), view.mesh.get_zorder()) == (0.5, 3)
    assert (view.mesh.reduce, make_view(reduce="median").mesh.reduce) == ("max", "median")
    assert make_view(clim=(-2, 0)).mesh.get_clim() == (-2, 0)


# -- where it is drawn -------------------------------------------------------------------------


def test_with_an_axes_pyplot_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)  # importing it fails
    figure = Figure()
    view = PatchView(make_patches(), ax=figure.add_subplot())
    assert view.figure is figure
    assert len(figure.axes) == 1  # no colour bar in somebody's axes


def test_without_an_axes_pyplot_shows_it() -> None:
    view = PatchView(make_patches())
    assert plt.gcf() is view.figure
    assert len(plt.gcf().axes) == 2
    assert plt.gcf().axes[1].get_ylabel() == "dB"
    assert plt.gcf().get_layout_engine() is not None
    assert len(PatchView(make_patches(), colorbar=False).ax.figure.axes) == 1


def test_in_a_subfigure() -> None:
    part = Figure().subfigures(1, 2)[1]
    view = PatchView(make_patches(), ax=part.add_subplot(), colorbar=True)
    assert view.figure is part
    assert len(part.axes) == 2


# -- the index and who hears of it -------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (21, PatchIndexError,
         "index=21 is out of range: there are 21 patches, 0 to 20 (or -21 to -1 from the end)."),
        (-22, PatchIndexError,
         "index=-22 is out of range: there are 21 patches, 0 to 20 (or -21 to -1 from the end)."),
        (2.5, InvalidValueError, "index=2.5 is not a whole number. It must be a whole number."),
        ("3", InvalidTypeError, "index='3' is of type str. It must be a whole number."),
    ],
)  # fmt: skip
def test_a_wrong_index_changes_nothing(index: Any, error: type[Exception], message: str) -> None:
    view = make_view(index=4)
    title, heard = view.title.get_text(), []
    view.on_index(heard.append)
    with pytest.raises(error) as caught:
        view.index = index
    assert str(caught.value) == message
    assert (view.index, view.title.get_text(), heard) == (4, title, [])
    np.testing.assert_array_equal(view.mesh.get_array(), view.patches[4])
    with pytest.raises(error):
        make_view(index=index)


def test_callbacks_hear_of_changes() -> None:
    view, heard = make_view(), []
    disconnect = view.on_index(lambda index: heard.append((index, view.mesh.get_array()[0, 0])))
    for index in (3, 3, -1, 0):
        view.index = index
    values = view.patches
    assert heard == [(3, values[3][0, 0]), (20, values[20][0, 0]), (0, values[0][0, 0])]
    disconnect()
    disconnect()
    view.index = 5
    assert len(heard) == 3


def test_one_function_may_be_connected_twice() -> None:
    view, heard = make_view(), []
    first, second = view.on_index(heard.append), view.on_index(heard.append)
    view.index = 1
    first()
    first()  # does not disconnect the second
    view.index = 2
    second()
    view.index = 3
    assert heard == [1, 1, 2]


def test_a_callback_may_move_on() -> None:
    view, heard = make_view(), []
    view.on_index(lambda index: setattr(view, "index", 9) if index == 3 else None)
    view.on_index(heard.append)
    view.index = 3
    assert view.index == 9
    assert heard == [9]  # nobody is told of the 3 after the 9


def test_a_callback_may_move_on_and_back() -> None:
    view, heard = make_view(), []

    def look_ahead(index: int) -> None:
        if index == 3 and not heard:
            view.index = 9
            view.index = 3

    view.on_index(look_ahead)
    view.on_index(heard.append)
    view.index = 3
    assert heard == [9, 3]


def test_a_callback_may_disconnect_itself() -> None:
    view, heard = make_view(), []

    def once(index: int) -> None:
        heard.append(index)
        disconnect()

    disconnect = view.on_index(once)
    view.on_index(heard.append)
    view.index = 1
    view.index = 2
    assert heard == [1, 1, 2]


def test_a_callback_that_fails_is_heard() -> None:
    view = make_view()
    view.on_index(lambda index: [][index])
    with pytest.raises(IndexError, match="list index"):
        view.index = 2
    assert view.index == 2
    np.testing.assert_array_equal(view.mesh.get_array(), view.patches[2])


def test_callbacks_are_functions() -> None:
    with pytest.raises(InvalidTypeError) as caught:
        make_view().on_index(3)  # type: ignore[arg-type]
    assert str(caught.value) == "callback=3 must be callable with one argument, the index."


def test_a_new_index_makes_the_figure_stale() -> None:
    view = make_view()
    figure = view.figure
    assert isinstance(figure, Figure)
    FigureCanvasAgg(figure).draw()
    assert not figure.stale
    view.index = 1
    assert figure.stale


# -- what bad input gets -----------------------------------------------------------------------


def test_only_patches_are_viewed() -> None:
    with pytest.raises(InvalidTypeError) as caught:
        PatchView(make_patches().spectrogram)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "patches is of type Spectrogram. It must be Patches: "
        "spectrogram.patches(duration=5.0, hop_duration=0.1)."
    )


def test_only_axes_are_drawn_into() -> None:
    with pytest.raises(InvalidTypeError) as caught:
        PatchView(make_patches(), ax=Figure())  # type: ignore[arg-type]
    assert str(caught.value) == (
        "ax is of type Figure. It must be a matplotlib Axes, or None for a new one."
    )


def test_bad_options_leave_no_figure_behind() -> None:
    for options in (
        {"cmap": "magna"},
        {"clim": (1, 0)},
        {"index": 99},
        {"mesh_kws": 3},
        {"reduce": "min"},
    ):
        with pytest.raises(patchviz.PatchvizError):
            PatchView(make_patches(), **options)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("size", "font", "start"),
    [
        *(((3.5, 2.5), 10, 0.0), ((3.5, 2.5), 14, 190_000.0)),
        *(
            pytest.param(size, font, start, marks=pytest.mark.slow)
            for size in ((3.5, 2.5), (5, 3.5), (6.4, 4.8))
            for font in (10, 14)
            for start in (0.0, 190_000.0)
            if size != (3.5, 2.5) or (font == 10) != (start == 0.0)
        ),
    ],
)
def test_the_title_fits_above_the_axes(
    size: tuple[float, float], font: float, start: float
) -> None:
    with plt.rc_context({"figure.figsize": size, "font.size": font}):
        view = PatchView(make_patches(start=start), index=20)
        view.ax.figure.draw_without_rendering()
        assert view.title.get_window_extent().x1 <= view.ax.bbox.x1 + 2
        assert view.title.get_text().startswith("patch 20")


@pytest.mark.slow
def test_of_many_views_in_a_figure_its_layout_is_made_when_it_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Figure] = []
    make = ConstrainedLayoutEngine.execute

    def execute(engine: ConstrainedLayoutEngine, figure: Figure) -> Any:
        made.append(figure)
        return make(engine, figure)

    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", execute)
    figure = Figure(layout="constrained")
    axes = figure.subplots(1, 3).flat
    views = [PatchView(make_patches(start=190_000.0), ax=ax, index=20) for ax in axes]
    assert made == []
    views[0].title.set_text("mine")
    figure.draw_without_rendering()
    assert made == [figure]
    titles = [view.title.get_text() for view in views]
    assert titles[0] == "mine"
    assert titles[1:] == ["patch 20"] * 2
    for view in views:
        assert view.title.get_window_extent().x1 <= view.ax.bbox.x1 + 2
    figure.set_size_inches(16, 5)
    figure.draw_without_rendering()
    assert views[2].title.get_text() == "patch 20 / 20 · 52:46:40.929-52:46:41.393"


def test_titles_have_the_decimals_that_the_hop_asks_for() -> None:
    spec = Spectrogram(np.zeros((8, 4000)), sr=192000, hop_length=48)
    view = PatchView(spec.patches(frame_length=40, hop_length=1), ax=Figure().add_subplot())
    view.index = 1
    assert view.title.get_text() == "patch 1 / 3960 · 0.0003-0.0103 s"


@pytest.mark.parametrize("projection", ["polar", "3d"])
def test_axes_that_cannot_show_it(projection: str) -> None:
    with pytest.raises(InvalidValueError, match=f"ax is a {projection} axes"):
        PatchView(make_patches(), ax=Figure().add_subplot(projection=projection))


def test_the_title_says_what_is_known_of_a_scored_patch() -> None:
    spec = Spectrogram(np.zeros((8, 60)), sr=10, hop_length=1, labels=[(1.0, 2.0, "wren")])
    bare = spec.patches(frame_length=10)
    patches = bare.with_scores([[0.5, 0.125]] * 5 + [[np.nan] * 2], classes=["robin", "wren"])
    titles = ["label wren · robin: 0.50, wren: 0.12", "robin: 0.50", ""]
    view = PatchView(patches, ax=Figure().add_subplot())
    for index, title in zip((1, 4, 5), titles, strict=True):
        view.index = index
        time = f"{index}.000-{index + 1}.000 s"
        assert view.title.get_text() == f"patch {index} / 5 · {time}\n{title}"
    view = PatchView(patches, ax=Figure().add_subplot(), index=1, labels=False)
    assert view.title.get_text().endswith("\nrobin: 0.50")
    view = PatchView(patches, ax=Figure().add_subplot(), index=1, truth={"min_share": 1.0})
    assert view.title.get_text().endswith("\ntruth wren · robin: 0.50, wren: 0.12")
    view.index = 4
    assert view.title.get_text().endswith("\ntruth none · robin: 0.50")
    for of, scores in ((patches, False), (bare, True)):
        view = PatchView(of, ax=Figure().add_subplot(), index=1, scores=scores)
        assert "\n" not in view.title.get_text()
        others = "none" if scores else "robin"  # which only the scored ones have
        for truth, said in ((of.targets(), "wren"), (~of.targets(), others)):
            view = PatchView(of, ax=Figure().add_subplot(), index=1, scores=scores, truth=truth)
            assert view.title.get_text().endswith(f"\ntruth {said}")
    narrow = Figure(figsize=(2.2, 2))
    view = PatchView(patches, ax=narrow.add_subplot(), index=1)
    narrow.draw_without_rendering()
    assert view.title.get_text().split("\n") == ["patch 1 · 1-2 s", "wren · robin: 0.50"]
    assert view.title.get_window_extent().x1 <= view.ax.bbox.x1 + 2
