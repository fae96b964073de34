"""A PatchMesh is a QuadMesh, drawn faster: the same pixels, the same behaviour, and no copy."""

from __future__ import annotations

import base64
import copy
import functools
import io
import itertools
import pickle
import re
import sys
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib
import matplotlib.patches
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backend_bases import MouseEvent, PickEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import QuadMesh
from matplotlib.colors import (
    CenteredNorm,
    Colormap,
    LogNorm,
    Normalize,
    SymLogNorm,
    TwoSlopeNorm,
)
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.transforms import Affine2D
from numpy.testing import assert_allclose, assert_array_equal

import patchviz as pv
import patchviz.plot.mesh
import patchviz.plot.raster
from patchviz._util.mel import hz_to_mel, mel_to_hz
from patchviz._util.reductions import STEP, summarize
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.plot.color import ColorScale, byte_colors
from patchviz.plot.inputs import PROPERTIES
from patchviz.plot.mesh import PatchMesh, draw_mesh
from patchviz.plot.raster import CellGroups, EvenEdges, group_cells, reduce_cells

from ..seldom import seldom

RNG = np.random.default_rng(7)
VALUES = (-80 * RNG.random((128, 215))).astype(np.float32)
SECONDS = np.arange(216) * 512 / 22050
MELS = mel_to_hz(np.linspace(0, float(hz_to_mel(11025)), 129))
Setup = Callable[[Axes], object]


def scale(low: float = -80, high: float = 0, cmap: str = "magma") -> ColorScale:
    return ColorScale(matplotlib.colormaps[cmap], Normalize(low, high), "dB")


def axes(dpi: float = 100, **kwargs: Any) -> Axes:
    figure = Figure(dpi=dpi)
    FigureCanvasAgg(figure)
    ax: Axes = figure.subplots(**kwargs)
    return ax


def pixels(ax: Axes) -> np.ndarray:
    figure = ax.get_figure()
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba()).copy()


def mesh_pixels(mesh: QuadMesh) -> np.ndarray:
    """The pixels of the mesh alone, on nothing."""
    mesh.axes.viewLim  # noqa: B018  # brings the limits up to date
    canvas = mesh.axes.get_figure().canvas
    renderer = canvas.get_renderer()
    renderer.clear()
    mesh.axes.draw_artist(mesh)
    return np.asarray(renderer.buffer_rgba()).copy()


def assert_same_picture(ours: np.ndarray, reference: np.ndarray) -> None:
    assert ours.shape == reference.shape
    assert reference.std() > 10, "there is nothing to compare"
    off = np.abs(ours.astype(int) - reference.astype(int)).max(axis=-1)
    assert (off <= 3).mean() >= 0.999, f"{(off > 3).sum()} pixels are off, by up to {off.max()}"


def assert_same_meshes(ours: Axes, reference: Axes) -> None:
    """Compare the meshes alone: the text around them takes longer to draw."""
    assert_same_picture(mesh_pixels(ours.collections[0]), mesh_pixels(reference.collections[0]))


def mel_axis(ax: Axes) -> None:
    ax.set_yscale("function", functions=(hz_to_mel, mel_to_hz))


def both(
    setup: Setup | None = None,
    values: np.ndarray = VALUES,
    x: np.ndarray = SECONDS,
    y: np.ndarray = MELS,
    dpi: float = 100,
    subplot_kw: dict[str, Any] | None = None,
    **mesh_kws: Any,
) -> tuple[Axes, Axes]:
    """Two axes with the same cells: as a PatchMesh, and as matplotlib's own mesh."""
    ours, reference = axes(dpi, subplot_kw=subplot_kw), axes(dpi, subplot_kw=subplot_kw)
    draw_mesh(ours, values, x, y, scale(), mesh_kws=mesh_kws)
    colours = scale()
    reference.pcolormesh(x, y, values, cmap=colours.cmap, norm=colours.norm, **mesh_kws)
    for ax in (ours, reference):
        (setup or mel_axis)(ax)
    return ours, reference


def inverted(ax: Axes) -> None:
    mel_axis(ax)
    ax.invert_xaxis()
    ax.invert_yaxis()


AXES: dict[str, tuple[np.ndarray, Setup]] = {
    "linear": (np.linspace(0, 11025, 129), lambda ax: None),
    "log": (np.geomspace(32, 11025, 129), lambda ax: ax.set_yscale("log", base=2)),
    "log from zero": (
        np.r_[0, np.geomspace(32, 11025, 128)],
        lambda ax: ax.set(yscale="log", ylim=(20, 11025)),
    ),
    "symlog": (MELS, lambda ax: ax.set_yscale("symlog", linthresh=1000.0)),
    "mel": (MELS, mel_axis),
    "mel, inverted": (MELS, inverted),
    "mel, falling edges": (MELS[::-1], mel_axis),
}


# Other axes, and these at other resolutions, where there is time.
OFTEN = {("linear", 72), ("log from zero", 133), ("mel", 100), ("mel, inverted", 133)}


# --- pixels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "dpi"),
    [
        pytest.param(name, dpi, marks=() if (name, dpi) in OFTEN else pytest.mark.slow)
        for name in AXES
        for dpi in (72, 100, 133)
    ],
)
def test_pixels_are_those_of_a_quadmesh(name: str, dpi: float) -> None:
    y, axis = AXES[name]
    ours, reference = both(axis, y=y, dpi=dpi)
    assert_same_meshes(ours, reference)
    for limits in ((1.0, 1.7), (2.2, 2.23), (-1.0, 6.0)):
        ours.set_xlim(limits)
        reference.set_xlim(limits)
        assert_same_meshes(ours, reference)


def test_the_whole_figure_is_the_same() -> None:
    ours, reference = both(mel_axis)
    assert_same_picture(pixels(ours), pixels(reference))


def test_pixels_with_both_axes_logarithmic_and_uneven() -> None:
    x = np.geomspace(1, 100, 41) * (1 + 0.02 * RNG.random(41))
    y = np.cumsum(1 + RNG.random(31))

    def setup(ax: Axes) -> None:
        ax.set_xscale("log")
        ax.set_xlim(3, 300)
        ax.set_ylim(y[-1] + 3, -3)

    assert_same_meshes(*both(setup, VALUES[:30, :40], x, y))


@pytest.mark.parametrize("bad", [None, "lime"])
@pytest.mark.parametrize("alpha", [None, 0.4])
def test_masked_nan_and_infinite_cells_have_the_colour_for_bad_values(
    alpha: float | None, bad: str | None
) -> None:
    values = np.ma.array(VALUES.copy(), mask=VALUES > -5)
    values[10:20, 30:50] = np.nan
    values[40:50, 30:50] = np.inf
    values[60:70, 30:50] = -np.inf
    given = values.copy()
    ours, reference = both(mel_axis, values, alpha=alpha)
    if bad is not None:
        for ax in (ours, reference):
            ax.collections[0].set_cmap(matplotlib.colormaps["magma"].with_extremes(bad=bad))
    assert_same_meshes(ours, reference)
    assert_array_equal(values.mask, given.mask)  # the user's own mask is as it was


def test_values_beyond_the_limits_have_their_own_colours() -> None:
    ours, reference = both(mel_axis)
    for ax in (ours, reference):
        extremes = matplotlib.colormaps["magma"].with_extremes(under="cyan", over="lime")
        ax.collections[0].set(cmap=extremes, clim=(-60, -20))
    assert_same_meshes(ours, reference)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float16, ">f4"])
def test_any_real_dtype_has_the_same_pixels(dtype: Any) -> None:
    ours, reference = both(mel_axis, values=(-VALUES + 30).astype(dtype))
    for ax in (ours, reference):
        ax.collections[0].set(clim=(0, 110), alpha=0.7)
    assert_same_meshes(ours, reference)


def test_clip_path() -> None:
    def setup(ax: Axes) -> None:
        mel_axis(ax)
        circle = matplotlib.patches.Circle((320, 240), 100, transform=None)
        ax.collections[0].set_clip_path(circle)

    ours, reference = (mesh_pixels(ax.collections[0]) for ax in both(setup))
    assert_array_equal(ours, reference)  # the border of the path too, which snaps as the mesh does
    assert len(np.unique(ours[..., 3])) > 2  # soft


@pytest.mark.parametrize(
    ("name", "alpha"),
    [
        *(("magma", None), ("viridis", 0.7), ("tab10", None), ("tab10", 0.3)),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                *(("magma", 0.3), ("magma", 0.7), ("viridis", None), ("viridis", 0.3)),
                ("tab10", 0.7),
            )
        ),
    ],
)
def test_colours_are_rounded_to_bytes_as_matplotlib_rounds_them(
    name: str, alpha: float | None
) -> None:
    cmap = matplotlib.colormaps[name].with_extremes(
        under=(0.1, 0.2, 0.3, 0.4), over="0.27", bad=(0.999, 0.001, 0.5)
    )
    values = np.linspace(-0.2, 1.2, 400).reshape(20, 20)
    values[3, 4] = np.nan
    ours, reference = both(lambda ax: None, values, np.arange(21.0), np.arange(21.0), alpha=alpha)
    for ax in (ours, reference):
        ax.collections[0].set(cmap=cmap, clim=(0, 1))
    assert_array_equal(mesh_pixels(ours.collections[0]), mesh_pixels(reference.collections[0]))


def test_colours_of_a_colormap_of_ones_own_are_rounded_too() -> None:
    class Greens(Colormap):
        def __call__(self, X: Any, alpha: Any = None, bytes: bool = False) -> Any:  # noqa: N803
            colors = np.zeros((*np.shape(X), 4))
            colors[..., 1], colors[..., 3] = np.ma.filled(X, 0), 1
            return colors

    assert_array_equal(
        byte_colors(Greens("greens"), np.ma.masked_array([0.0, 0.5, 0.999]), None)[:, 1],
        [0, 128, 255],
    )


@pytest.mark.parametrize("antialiased", [True, False])
def test_snap_is_honoured(antialiased: bool) -> None:
    ours, reference = both(mel_axis, VALUES[:16, :16], SECONDS[:17], MELS[:17], snap=False,
                           antialiased=antialiased)  # fmt: skip
    unsnapped = mesh_pixels(ours.collections[0])
    assert_array_equal(unsnapped, mesh_pixels(reference.collections[0]))
    ours.collections[0].set_snap(True)
    assert (mesh_pixels(ours.collections[0]) != unsnapped).any()


def test_colours_can_be_asked_for_once_they_are_drawn() -> None:
    ours, reference = (ax.collections[0] for ax in both(mel_axis, alpha=0.5))
    assert_array_equal(ours.get_facecolor(), reference.get_facecolor())  # not yet those of values
    for mesh in (ours, reference):
        mesh_pixels(mesh)
    assert ours.get_facecolor().shape == (VALUES.size, 4)
    assert_array_equal(ours.get_facecolor(), reference.get_facecolor())
    assert_array_equal(ours.get_fc(), reference.get_fc())


def test_clipping_can_be_turned_off() -> None:
    def setup(ax: Axes) -> None:
        mel_axis(ax)
        ax.collections[0].set_clip_on(False)
        ax.set_xlim(2, 3)

    assert_same_meshes(*both(setup))


def test_twin_axes_each_have_their_mesh() -> None:
    def draw(ax: Axes, mesh: Callable[..., object]) -> None:
        mesh(ax, VALUES, SECONDS, np.linspace(0, 128, 129))
        twin = ax.twinx()
        mesh(twin, VALUES[::-1, :100], SECONDS[:101] + 1, MELS)
        mel_axis(twin)

    def reference_mesh(ax: Axes, values: Any, x: Any, y: Any) -> None:
        ax.pcolormesh(x, y, values, cmap="magma", vmin=-80, vmax=0, alpha=0.5)

    ours, reference = axes(), axes()
    draw(ours, lambda *args: draw_mesh(*args, scale(), mesh_kws={"alpha": 0.5}))
    draw(reference, reference_mesh)
    assert_same_picture(pixels(ours), pixels(reference))


@pytest.mark.parametrize(
    "options",
    [
        {"dpi": 61.3},
        *(
            pytest.param(o, marks=pytest.mark.slow)
            for o in ({"dpi": 160}, {"bbox_inches": "tight"})
        ),
    ],
)
def test_saved_picture(options: dict[str, Any]) -> None:
    pictures = []
    for ax in both(mel_axis):
        ax.tick_params(labelbottom=False, labelleft=False)
        pixels(ax)  # the canvas has another resolution first
        file = io.BytesIO()
        ax.get_figure().savefig(file, format="png", **options)
        file.seek(0)
        pictures.append((255 * imread(file)).astype(int))
    assert_same_picture(*pictures)


def test_resizing_zooming_and_panning_redraw() -> None:
    ours, reference = both(mel_axis)
    changes: list[Setup] = [
        lambda ax: ax.get_figure().set_size_inches(8, 5),
        lambda ax: ax.get_figure().set_dpi(80),
        lambda ax: ax.set_xlim(1, 2),
        lambda ax: ax.set_xlim(1.01, 2.01),
        lambda ax: ax.set_yscale("symlog", linthresh=1000.0),
        lambda ax: ax.set_position([0.2, 0.2, 0.5, 0.5]),
        lambda ax: ax.invert_yaxis(),
        lambda ax: ax.collections[0].set_transform(Affine2D().translate(0.2, 50) + ax.transData),
    ]
    previous = None
    for change in changes:
        change(ours)
        change(reference)
        picture = mesh_pixels(ours.collections[0])
        assert_same_picture(picture, mesh_pixels(reference.collections[0]))
        assert not np.array_equal(picture, previous)
        previous = picture


def test_nothing_is_drawn_outside_the_view_or_when_invisible() -> None:
    ax = axes()
    mesh = draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    ax.set_xlim(100, 101)
    pixels(ax)
    assert not mesh_pixels(mesh)[..., 3].any()
    ax.set_xlim(0, 1)
    mesh.set_visible(False)
    assert not mesh_pixels(mesh)[..., 3].any()


@pytest.mark.parametrize(
    ("subplot_kw", "mesh_kws"),
    [
        ({"projection": "polar"}, {}),
        (None, {"edgecolors": "white", "linewidths": 0.5}),
        (None, {"edgecolors": "face"}),
        (None, {"alpha": np.linspace(0, 1, 600).reshape(20, 30)}),
        (None, {"snap": False, "antialiased": True}),
    ],
    ids=["polar", "borders", "borders of the face", "alpha per cell", "unsnapped"],
)
def test_what_is_no_grid_of_pixels_is_left_to_quadmesh(
    subplot_kw: dict[str, Any] | None, mesh_kws: dict[str, Any]
) -> None:
    values = VALUES[:20, :30].copy()
    values[3, 3:9] = np.inf
    ours, reference = both(
        lambda ax: None if subplot_kw else ax.set_xlim(1.1, 4.2),
        values,
        x=np.linspace(0, 6, 31),
        y=np.linspace(1, 9, 21),
        subplot_kw=subplot_kw,
        **mesh_kws,
    )
    assert_same_meshes(ours, reference)


def test_rotated() -> None:
    def setup(ax: Axes) -> None:
        ax.collections[0].set_transform(Affine2D().rotate_deg(30) + ax.transData)
        ax.set(xlim=(-10, 20), ylim=(-10, 30))

    assert_same_meshes(*both(setup, VALUES[:20, :30], np.arange(31.0), np.arange(21.0)))


def test_logarithmic_axis_that_has_no_place_for_some_edges() -> None:
    def setup(ax: Axes) -> None:
        ax.set_yscale("log", nonpositive="mask")
        ax.set_ylim(20, 20_000)

    y = np.r_[0, np.geomspace(32, 11025, 20)]
    assert_same_meshes(*both(setup, VALUES[:20], y=y))

    y[0] = -100  # row 0 has no height at all
    ours, reference = both(setup, VALUES[:20], y=y)
    mesh = ours.collections[0]
    quadmesh = QuadMesh(mesh.get_coordinates(), antialiased=False, edgecolors="none")
    quadmesh.set(array=VALUES[:20], cmap="magma", clim=(-80, 0))
    reference.clear()
    reference.add_collection(quadmesh, autolim=False)
    reference.set_xlim(ours.get_xlim())
    setup(reference)
    assert_same_meshes(ours, reference)


def test_colours_as_values() -> None:
    rgb = RNG.random((20, 30, 3))
    ours, reference = both(values=VALUES[:20, :30], x=np.arange(31.0), y=np.arange(21.0))
    for ax in (ours, reference):
        ax.collections[0].set_array(rgb)
    assert_same_meshes(ours, reference)


# --- where cells share a pixel -------------------------------------------------------------------


def brightest(mesh: PatchMesh) -> int:
    red, alpha = mesh_pixels(mesh)[..., [0, 3]].T
    return int(red[alpha > 0].max())


@pytest.mark.parametrize("n_widths", [7, pytest.param(25, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "column",
    [
        *(0, 650_123),
        *seldom(1, 499_999, 999_998, 999_999),
    ],
)
def test_a_click_in_a_million_columns_is_seen_at_every_zoom(column: int, n_widths: int) -> None:
    values = np.zeros((3, 1_000_000), dtype=np.float32)
    values[1, column] = 1
    edges = np.arange(1_000_001) / 100
    ax = axes()
    mesh = draw_mesh(ax, values, edges, np.arange(4.0), scale(0, 1, "gray"))
    for width in np.geomspace(0.05, 10_000, n_widths):
        for position in (0.0, 0.013, 0.5, 0.987, 1.0):
            # Anywhere in the view, unless that shows more than there is.
            left = np.clip(edges[column] - position * (width - 0.01), 0, 10_000 - width)
            ax.set_xlim(left, left + width)
            assert brightest(mesh) == 255, (width, position)
    values[1, column] = 0
    mesh.set_array(values)
    assert brightest(mesh) == 0


@pytest.mark.parametrize("reduce", ["max", "mean", "median"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_pixels_show_the_largest_mean_or_median_of_what_they_share(reduce: Any, order: str) -> None:
    """24 columns and 3 rows to a pixel: known groups."""
    figure = Figure(figsize=(1, 1), dpi=50)
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    values = np.asarray(RNG.random((150, 1200)), order=order)  # type: ignore[call-overload]
    mesh = draw_mesh(ax, values, np.arange(1201), np.arange(151), scale(0, 1), reduce=reduce)
    assert mesh.reduce == reduce
    groups = values.reshape(50, 3, 50, 24)
    expected = getattr(np, reduce)(groups, axis=(1, 3))
    colours = matplotlib.colormaps["magma"](expected, bytes=True)[::-1]
    pixels(ax)
    off = np.abs(mesh_pixels(mesh).astype(int) - colours)
    assert off.max() <= 3


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_mean_of_levels_is_that_of_their_powers(order: str) -> None:
    """Noise of a known density: a pixel shows it, and not 2.5 dB less."""
    powers = RNG.exponential(1e-6, (150, 1200))
    values = np.asarray(10 * np.log10(powers), np.float32, order=order)  # type: ignore[call-overload]
    values[:3, :24], values[3, 5] = np.nan, -np.inf
    ax = Figure(figsize=(1, 1), dpi=50).add_axes((0, 0, 1, 1))
    FigureCanvasAgg(ax.figure)
    spec = pv.Spectrogram(values, unit="dB re full scale²/Hz")
    limits = ColorScale.of(spec, clim=(-100, -20))
    draw_mesh(ax, values, np.arange(1201), np.arange(151), limits, reduce="mean")
    powers[:3, :24] = powers[3, 5] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the mean of nothing
        means = np.nanmean(powers.reshape(50, 3, 50, 24), axis=(1, 3))
    pixels(ax)
    found = ax.collections[0]._shown
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.isnan(means))
    np.testing.assert_allclose(found.filled(np.nan), 10 * np.log10(means), atol=1e-3)
    assert abs(np.median(found.compressed()) + 60) < 0.2


@pytest.mark.parametrize("shift", [0, 0.25, 0.4, 0.6, 0.75])
@pytest.mark.parametrize("falls", [False, True])
@pytest.mark.parametrize("low_high", [(-9, 99), (10.4, 20.6), (10.6, 20.4), (12.5, 17.5)])
def test_no_cell_is_lost_at_the_ends(
    low_high: tuple[float, float], falls: bool, shift: float
) -> None:
    """A thousand cells in ten pixels: each that is visible is in the group of a pixel."""
    edges = np.linspace(10 + shift, 20 + shift, 1001)[:: -1 if falls else 1]
    low, high = low_high
    groups = group_cells(edges, lambda places: places, low, high, 18)
    assert groups is not None
    assert groups.first_pixel >= 0
    assert groups.first_pixel + groups.group.size <= 18
    middles = (edges[1:] + edges[:-1]) / 2
    visible = np.flatnonzero((low < middles) & (middles < min(high, 18)))
    shown = np.unique([k for g in groups.group for k in range(groups.start[g], groups.stop[g])])
    assert set(visible) <= set(shown)
    assert shown.size <= visible.size + 2  # those that reach in with less than half


# -- edges that are counted, not stored ---------------------------------------------------------


@given(
    start=st.floats(-1e6, 1e6),
    step=st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6),
    n_cells=st.integers(1, 40),
    data=st.data(),
)
def test_even_edges_are_those_of_an_array(
    start: float, step: float, n_cells: int, data: st.DataObject
) -> None:
    edges, stored = EvenEdges(start, step, n_cells), start + step * np.arange(n_cells + 1)
    assert edges.size == stored.size
    assert_array_equal(np.asarray(edges), stored)
    index = data.draw(st.integers(-edges.size, n_cells))
    assert edges[index] == stored[index]
    some = data.draw(st.lists(st.integers(-edges.size, n_cells)))
    assert_array_equal(edges[np.array(some, int)], stored[np.array(some, int)])
    with pytest.raises(IndexError, match=f"index {edges.size} is out of range: there are"):
        edges[edges.size]
    assert list(edges) == list(stored)  # type: ignore[call-overload]  # as of any sequence
    part = data.draw(st.slices(edges.size))
    assert_array_equal(edges[part], stored[part])


@pytest.mark.parametrize(("start", "step"), [(-41, 2), (0, 2), (1, 2), (41, -2), (80, -2)])
@pytest.mark.parametrize("scale_name", ["linear", "log"])
def test_a_mesh_on_even_edges_is_that_on_stored_ones(
    scale_name: Any, start: int, step: int
) -> None:
    edges = EvenEdges(start, step, 40)
    pictures, limits = [], []
    for x_edges in (edges, np.asarray(edges)):
        ax = axes()
        ax.set_xscale(scale_name)
        mesh = draw_mesh(ax, VALUES[:5, :40], x_edges, np.arange(6), scale())
        pictures.append(mesh_pixels(mesh))
        limits.append(ax.get_xlim())
        assert_array_equal(mesh.get_coordinates()[0, :, 0], start + step * np.arange(41))
    assert limits[0] == limits[1]
    assert_array_equal(*pictures)


def test_even_edges_that_rounding_would_merge_are_refused() -> None:
    with pytest.raises(InvalidValueError, match=re.escape(
        "cells 0.0001 wide cannot be told apart at 1e+12: numbers there are 0.00012207 apart. "
        "Count from a start nearer to 0."
    )):  # fmt: skip
        EvenEdges(1e12, 1e-4, 3)


def groups_of(bounds: list[tuple[int, int]]) -> CellGroups:
    start, stop = np.array(bounds).T
    return CellGroups(0, np.arange(len(bounds)), start, stop)


ONE_EACH = groups_of([(k, k + 1) for k in range(2, 6)])
OVERLAPPING = groups_of([(2, 3), (2, 4), (4, 5)])
UNEVEN = groups_of([(1, 2), (1, 4), (3, 9), (9, 10), (10, 17), (16, 17)])


@pytest.mark.parametrize(
    ("reduce", "block"),
    [*itertools.product(["max", "mean"], [8, 1 << 20]), ("median", 8)],  # in no blocks
)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "kind",
    [pytest.param("float32", marks=pytest.mark.slow), "nan", "masked", "int16", "masked int16"],
)
@pytest.mark.parametrize("groups", [(ONE_EACH, UNEVEN), (OVERLAPPING, ONE_EACH), (UNEVEN, UNEVEN)])
def test_reduced_groups_ignore_what_is_not_there(
    reduce: Any,
    groups: tuple[CellGroups, CellGroups],
    kind: str,
    order: Any,
    block: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patchviz.plot.raster, "_BLOCK_SIZE", block)
    rng = np.random.default_rng(3)
    values: Any = np.asarray(rng.integers(-99, 99, (20, 20)), order=order).astype(
        kind[-5:] if "int" in kind else "float32"
    )
    if kind == "nan":
        values[rng.random(values.shape) < 0.5] = np.nan
        values[rng.random(values.shape) < 0.1] = np.inf
        values[rng.random(values.shape) < 0.1] = -np.inf
        values[3:9, 3:9] = np.nan
    if "masked" in kind:
        values = np.ma.array(values, mask=rng.random(values.shape) < 0.6)
        values[3:9, 3:9] = np.ma.masked
    rows, columns = groups
    reduced = reduce_cells(values, rows, columns, reduce)
    assert reduced.shape == (rows.start.size, columns.start.size)
    for i, j in np.ndindex(reduced.shape):
        cells = values[rows.start[i] : rows.stop[i], columns.start[j] : columns.stop[j]]
        there = np.ma.masked_invalid(cells).compressed().astype(float)
        if there.size == 0:
            assert reduced.mask[i, j]
        else:
            expected = getattr(np, reduce)(there)
            assert not reduced.mask[i, j]
            assert_allclose(reduced[i, j], expected, rtol=1e-5)


# -- the maxima that a summary leaves of a long recording ---------------------------------------

DAY = 5_000_000  # columns, in 500 pixels
CLICKS = np.array([3, 511, 512, 99_999, 700_123, 1_234_567, DAY - 1])


def draw_day(values: np.ndarray, **options: Any) -> PatchMesh:
    """A mesh in an axes of 500 pixels, a hundred high."""
    figure = Figure(figsize=(5, 1), dpi=100)
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.axis("off")
    edges = EvenEdges(0, 1, values.shape[1])
    rows = np.arange(len(values) + 1)
    return draw_mesh(ax, values, edges, rows, scale(0, 1, "gray"), **options)


def lit(mesh: PatchMesh) -> list[int]:
    """The columns of pixels that are not black."""
    return list(np.flatnonzero(pixels(mesh.axes)[50, :, 0]))


class Maxima:
    """Finds those of an array, and counts how often it is asked."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.n_asked = 0

    def __call__(self) -> np.ndarray | None:
        self.n_asked += 1
        return summarize(self.values).maxima


def clicks(order: Any = "C") -> np.ndarray:
    values = np.zeros((2, DAY), np.float32, order=order)
    values[:, CLICKS] = 1
    return values


@pytest.mark.parametrize(
    ("order", "falls"),
    [
        *(("C", False), ("F", True)),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in (("C", True), ("F", False))),
    ],
)
def test_a_day_keeps_its_clicks_in_their_places(order: Any, falls: bool) -> None:
    values = clicks(order)
    find = Maxima(values)
    quick, exact = draw_day(values, find_maxima=find), draw_day(values)
    places = CLICKS / (DAY / 500)
    if falls:
        places = 500 - places
        for mesh in (quick, exact):
            mesh.axes.set_xlim(DAY, 0)
    seen = lit(quick)
    assert find.n_asked == 1
    assert len(seen) == len(lit(exact)) == np.unique(places.astype(int)).size
    for place in places:  # where pixels meet is rounded by a sixteenth
        assert np.abs(np.array(seen) + 0.5 - place).min() <= 0.5 + 1 / 16


def test_a_day_zoomed_in_is_drawn_from_its_values() -> None:
    values = clicks()
    find = Maxima(values)
    quick, exact = draw_day(values, find_maxima=find), draw_day(values)
    for mesh in (quick, exact):
        mesh.axes.set_xlim(CLICKS[3] - 500_000, CLICKS[3] + 500_000)
    assert lit(quick) == lit(exact)
    assert find.n_asked == 0


def test_a_day_on_a_logarithmic_axis_is_drawn_from_its_values() -> None:
    """There some pixels hold many columns and others few."""
    values = clicks()
    find = Maxima(values)
    quick, exact = draw_day(values, find_maxima=find), draw_day(values)
    for mesh in (quick, exact):
        mesh.axes.set_xscale("log")
        mesh.axes.set_xlim(1e4, DAY)
    assert lit(quick) == lit(exact)
    assert find.n_asked == 0


def test_a_day_of_other_values_is_not_drawn_from_the_maxima_of_those_before() -> None:
    values = np.zeros((1, DAY), np.float32)
    find = Maxima(values)
    mesh = draw_day(values, find_maxima=find)
    assert lit(mesh) == []
    assert find.n_asked == 1
    mesh.set_array(clicks()[:1])
    assert len(lit(mesh)) == np.unique(CLICKS // 10_000).size
    assert find.n_asked == 1


def test_a_mean_needs_every_value_of_a_day() -> None:
    values = RNG.random((1, DAY), dtype=np.float32)
    find = Maxima(values)
    means = [draw_day(values, reduce="mean", find_maxima=f) for f in (find, None)]
    assert_array_equal(*(pixels(mesh.axes) for mesh in means))
    assert find.n_asked == 0


def test_gaps_of_a_day_are_shown_as_gaps() -> None:
    values = np.zeros((1, DAY), np.float32)
    values[:, 1_000_000:2_000_000] = np.nan
    find = Maxima(values)
    gaps = np.flatnonzero(mesh_pixels(draw_day(values, find_maxima=find))[50, :, 3] == 0)
    assert find.n_asked == 1
    # The pixels at its ends may show what is in a step beside it.
    assert set(range(101, 199)) <= set(gaps) <= set(range(100, 200))


@given(
    start=st.integers(0, 10_000),
    widths=st.lists(st.integers(1, 3000), min_size=1, max_size=30),
)
@example(start=0, widths=[1, 2432, 1])
def test_groups_in_steps_hold_every_cell(start: int, widths: list[int]) -> None:
    borders = start + np.cumsum([0, *widths])
    groups = groups_of(list(itertools.pairwise(borders)))
    steps = groups.in_steps()
    assert (steps.start < steps.stop).all()
    assert steps.start[0] * STEP <= start
    assert steps.stop[-1] * STEP >= borders[-1]
    shown = {k for a, b in zip(steps.start, steps.stop, strict=True) for k in range(a, b)}
    assert shown == set(range(steps.start[0], steps.stop[-1]))
    if groups.are_wide:
        moved = np.abs(steps.start[1:] * STEP - groups.start[1:])
        assert moved[:-1].max(initial=0) <= STEP / 2
        assert moved[-1:].max(initial=0) < STEP  # the last may have a few cells of the last step


@given(st.lists(st.integers(8 * STEP, 20 * STEP), min_size=3, max_size=30), st.integers(1, 99))
def test_wide_groups_are_rounded_by_half_a_step(widths: list[int], narrow: int) -> None:
    borders = np.cumsum([narrow, narrow, *widths, narrow])  # narrow ones at the ends
    groups = groups_of(list(itertools.pairwise(borders)))
    assert groups.are_wide
    steps = groups.in_steps()
    assert np.abs(steps.start[2:-1] * STEP - groups.start[2:-1]).max(initial=0) <= STEP / 2
    assert not groups_of([(0, 9000), (9000, 9100), (9100, 18_000)]).are_wide


def increasing(cells: int) -> st.SearchStrategy[np.ndarray]:
    widths = st.lists(st.floats(0.01, 10), min_size=cells, max_size=cells)
    return widths.map(lambda steps: np.r_[0, np.cumsum(steps)])


@st.composite
def views(draw: st.DrawFn) -> tuple[np.ndarray, tuple[float, float], bool]:
    """Edges, limits that overlap them, and whether the edges fall."""
    edges = draw(increasing(draw(st.integers(1, 150))))
    low = draw(st.floats(-0.5, 0.95)) * edges[-1]
    high = low + draw(st.floats(0.02, 2)) * edges[-1]
    limits = (low, max(high, 0.01 * edges[-1]))
    return edges, limits if draw(st.booleans()) else limits[::-1], draw(st.booleans())


@functools.cache
def stripe(xscale: str) -> Axes:
    """Axes of 60 by 10 pixels."""
    figure = Figure(figsize=(6, 1), dpi=10)
    FigureCanvasAgg(figure)
    ax: Axes = figure.add_axes((0, 0, 1, 1), xscale=xscale)
    return ax


@given(view=views(), seed=st.integers(0, 99), xscale=st.sampled_from(["linear", "log"]))
def test_every_pixel_shows_its_cell_and_every_visible_cell_its_pixel(
    view: tuple[np.ndarray, tuple[float, float], bool], seed: int, xscale: str
) -> None:
    edges, limits, falls = view
    n_pixels = 60
    if xscale == "log":
        stretch = 3 / edges[-1]
        edges, limits = np.exp(stretch * edges), tuple(np.exp(stretch * np.array(limits)))
    if falls:
        edges = edges[::-1]
    values = np.random.default_rng(seed).integers(0, 86, (1, edges.size - 1))
    ax = stripe(xscale)
    mesh = draw_mesh(ax, values, edges, [0, 1], scale(0, 85, "gray"))
    ax.set_xlim(limits)
    picture = mesh_pixels(mesh)[5]
    mesh.remove()
    painted = picture[:, 3] > 0
    shown = (picture[:, 0] / 3).round().astype(int)  # three levels of grey to each value

    places = ax.transData.transform(np.column_stack([edges, np.zeros(edges.size)]))[:, 0]
    left, right = np.minimum(places[:-1], places[1:]), np.maximum(places[:-1], places[1:])
    middle, narrow = (left + right) / 2, right - left < 1
    borderline = 1e-6
    for pixel in range(n_pixels):
        centre = pixel + 0.5
        if np.abs(places - centre).min() < borderline or (
            np.abs(middle[:, None] - [pixel, pixel + 1]).min() < borderline
        ):
            continue
        own = (left < centre) & (centre < right)
        assert painted[pixel] == own.any()
        if painted[pixel]:
            sharing = own | (narrow & (pixel <= middle) & (middle < pixel + 1))
            value = values[0, sharing].max()
            at_an_end = not (painted[max(pixel - 1, 0)] and painted[min(pixel + 1, n_pixels - 1)])
            if at_an_end:  # where up to half a pixel of the mesh is rounded away
                sharing |= narrow & (np.abs(middle - centre) <= 1)
                assert value <= shown[pixel] <= values[0, sharing].max()
            else:
                assert shown[pixel] == value


def test_a_cell_is_painted_where_agg_paints_it_on_the_border_of_pixels() -> None:
    """Borders right in the middle of pixels, where rounding decides."""
    pictures = []
    for ours in (True, False):
        figure = Figure(figsize=(4, 4), dpi=20)
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0, 0, 1, 1))
        edges, values = np.arange(0.5, 80, 2.5), np.arange(31 * 31).reshape(31, 31) % 97
        if ours:
            mesh: QuadMesh = draw_mesh(ax, values, edges, edges, scale(0, 97))
        else:
            mesh = ax.pcolormesh(edges, edges, values, cmap="magma", vmin=0, vmax=97)
        for limits in ((0, 80), (80, 0)):
            ax.set(xlim=limits, ylim=limits)
            pixels(ax)
            pictures.append(mesh_pixels(mesh))
    assert_same_picture(pictures[0], pictures[2])
    assert_same_picture(pictures[1], pictures[3])


# --- memory and work -----------------------------------------------------------------------------


def test_the_mesh_keeps_a_view() -> None:
    recording = RNG.random((128, 640))
    patch = recording[:, 100:315]
    mesh = PatchMesh(patch, SECONDS, MELS)
    assert np.shares_memory(mesh.get_array(), recording)
    masked = np.ma.masked_less(recording, 0.1)
    mesh.set_array(masked[:, 7:222])
    assert np.shares_memory(mesh.get_array(), masked.data)
    assert_array_equal(mesh.get_array().mask, masked.mask[:, 7:222])
    mesh.set_array(recording[:, 7:222].ravel())
    assert mesh.get_array().shape == (128, 215)


@pytest.mark.parametrize(
    ("reduce", "gap"),
    [
        *(("max", None), ("mean", np.nan)),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (("max", np.nan), ("mean", None))
        ),
    ],
)
@pytest.mark.slow
def test_memory_of_a_long_recording(reduce: Any, gap: float | None) -> None:
    values = np.zeros((128, 200_000), dtype=np.float32)
    if gap is not None:
        values[:, ::1000] = gap
    edges = np.arange(200_001) * 512 / 22050
    pixels(axes())  # what the first figure of all imports
    ax = axes()
    tracemalloc.start()
    try:
        draw_mesh(ax, values, edges, MELS, scale(), reduce=reduce)
        pixels(ax)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < (0.04 if gap is None else 0.1) * values.nbytes


@pytest.mark.slow
def test_a_long_recording_is_looked_through_once_for_each_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passes = []

    def counting(*args: Any) -> Any:
        passes.append(args)
        return reduce_cells(*args)

    monkeypatch.setattr(patchviz.plot.mesh, "reduce_cells", counting)
    ax = axes()
    values = RNG.random((4, 100_000))
    mesh = draw_mesh(ax, values, np.arange(100_001), np.arange(5), scale(0, 1))

    def passes_after(change: Callable[[], object]) -> int:
        passes.clear()
        change()
        pixels(ax)
        return len(passes)

    assert passes_after(lambda: None) == 1
    assert passes_after(lambda: None) == 0
    assert passes_after(lambda: mesh.set_clim(0.5, 1)) == 0
    assert passes_after(lambda: mesh.set_cmap("gray")) == 0
    assert passes_after(lambda: ax.set_title("title")) == 0
    assert passes_after(lambda: ax.set_xlim(10, 60_000)) == 1
    assert passes_after(lambda: ax.get_figure().set_dpi(120)) == 1
    assert passes_after(lambda: mesh.set_array(values[::-1])) == 1


def test_colour_bar_does_not_look_through_the_values_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ax = axes()
    mesh = draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    monkeypatch.setattr(mesh, "_extremes", lambda: pytest.fail("looked through the values"))
    ax.get_figure().colorbar(mesh)
    pixels(ax)


# --- a QuadMesh's behaviour ----------------------------------------------------------------------


def test_shapes_are_checked_as_quadmesh_checks_them() -> None:
    mesh = PatchMesh(VALUES, SECONDS, MELS)
    reference = axes().pcolormesh(SECONDS, MELS, VALUES)
    for wrong in (VALUES.T, VALUES[:-1], VALUES[None], np.zeros(7), np.float64(3)):
        for each in (mesh, reference):
            with pytest.raises(ValueError, match="shape"):
                each.set_array(wrong)
    with pytest.raises(
        InvalidValueError,
        match=r"values of shape \(215, 128\) do not fit the grid: 129 y_edges and 216 x_edges "
        r"ask for shape \(128, 215\)\.",
    ):
        mesh.set_array(VALUES.T)
    for wrong in (VALUES.astype(complex), VALUES.astype(str), VALUES.astype(object)):
        for each in (mesh, reference):
            with pytest.raises(TypeError):
                each.set_array(wrong)
    with pytest.raises(
        InvalidTypeError, match=r"dtype complex64 have no colours. They must be real"
    ):
        mesh.set_array(VALUES.astype(complex).astype(np.complex64))
    with pytest.raises(InvalidTypeError, match="values are no array of numbers"):
        mesh.set_array([[1, 2], [3]])
    assert_array_equal(mesh.get_array(), VALUES)  # as before


def test_geometry_is_that_of_a_quadmesh() -> None:
    ours, reference = both(mel_axis, VALUES[:16, :20], SECONDS[:21], MELS[:17])
    assert_same_meshes(ours, reference)
    mesh, quadmesh = ours.collections[0], reference.collections[0]
    assert isinstance(mesh, QuadMesh)
    assert_array_equal(mesh.get_coordinates(), quadmesh.get_coordinates())
    assert_allclose(
        mesh.get_datalim(ours.transData).extents, quadmesh.get_datalim(reference.transData).extents
    )
    assert_allclose(mesh.get_tightbbox().extents, quadmesh.get_tightbbox().extents)
    assert_allclose(mesh.get_window_extent().extents, quadmesh.get_window_extent().extents)
    assert len(mesh.get_paths()) == len(quadmesh.get_paths())


def test_limits_are_those_of_pcolormesh() -> None:
    ours, reference = axes(), axes()
    for ax in (ours, reference):
        ax.margins(0.1)
    draw_mesh(ours, VALUES[:2, :3], [0, 3, 10, 100], [5, 6, 7], scale())
    reference.pcolormesh([0, 3, 10, 100], [5, 6, 7], VALUES[:2, :3])
    assert ours.axis() == reference.axis() == (0, 100, 5, 7)  # no margins at a mesh's edges
    for ax in (ours, reference):
        ax.plot([5, 150], [4, 9])
    assert_allclose(ours.axis(), reference.axis())


def test_limits_of_a_logarithmic_axis_reach_down_to_the_smallest_positive_edge() -> None:
    for edges in ([-1, 0, 3, 100], [100, 3, 0, -1], [1, 2, 3, 100]):
        ax = axes(subplot_kw={"xscale": "log"})
        ax.margins(0)
        draw_mesh(ax, VALUES[:2, :3], edges, [5, 6, 7], scale())
        assert_allclose(ax.get_xlim(), (min(edge for edge in edges if edge > 0), 100))


def test_a_mesh_in_axes_coordinates_leaves_the_limits_alone() -> None:
    ax = axes()
    draw_mesh(ax, VALUES, SECONDS, MELS, scale(), mesh_kws={"transform": ax.transAxes})
    assert ax.axis() == (0, 1, 0, 1)


def test_other_limits_and_colormaps_are_seen() -> None:
    ours, reference = both()
    first = pixels(ours)
    for ax in (ours, reference):
        ax.collections[0].set_clim(-30, -10)
    second = pixels(ours)
    assert_same_picture(second, pixels(reference))
    for ax in (ours, reference):
        ax.collections[0].set_cmap("viridis")
    third = pixels(ours)
    assert_same_picture(third, pixels(reference))
    for ax in (ours, reference):
        ax.collections[0].set_norm(SymLogNorm(1, vmin=-80, vmax=80))
    assert_same_picture(pixels(ours), pixels(reference))
    assert not np.array_equal(first, second)
    assert not np.array_equal(second, third)


def test_colour_bar_follows_the_mesh() -> None:
    ax = axes()
    mesh = draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    bar = ax.get_figure().colorbar(mesh)
    assert (bar.vmin, bar.vmax) == (-80, 0)
    before = pixels(ax)
    mesh.set_clim(-40, -1)
    mesh.set_cmap("gray")
    assert (bar.vmin, bar.vmax) == (-40, -1)
    assert bar.cmap.name == "gray"
    assert not np.array_equal(before, pixels(ax))


def test_changes_ask_for_a_redraw() -> None:
    ax = axes()
    mesh = draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    pixels(ax)
    assert not mesh.stale
    for change in (
        lambda: mesh.set_array(VALUES),
        lambda: mesh.set_clim(-1, 0),
        lambda: mesh.set_alpha(0.3),
    ):
        change()
        assert mesh.stale
        assert ax.get_figure().stale
        pixels(ax)


@pytest.mark.parametrize(
    "norm", [None, LogNorm(), TwoSlopeNorm(20), SymLogNorm(0.1), CenteredNorm()]
)
@pytest.mark.parametrize("kind", ["float", "int", "nan and inf", "masked"])
def test_limits_of_the_norm_are_those_of_a_quadmesh(kind: str, norm: Normalize | None) -> None:
    values: Any = 100 * RNG.random((128, 215)) - 3
    if kind == "int":
        values = values.astype(int)
    if kind == "nan and inf":
        values[::2, ::3] = np.nan
        values[::5, ::7] = np.inf
        values[1, 1] = -np.inf
    if kind == "masked":
        values = np.ma.masked_greater(values, 70)
    ours, reference = copy.deepcopy(norm), copy.deepcopy(norm)
    mesh = PatchMesh(values, SECONDS, MELS, norm=ours)
    quadmesh = axes().pcolormesh(SECONDS, MELS, values, norm=reference)
    assert mesh.get_clim() == quadmesh.get_clim()
    for each in (mesh, quadmesh):
        each.set_clim(1, 2 if norm is None else 50)
        each.autoscale_None()
    assert mesh.get_clim() == quadmesh.get_clim()
    for each in (mesh, quadmesh):
        each.autoscale()
    assert mesh.get_clim() == quadmesh.get_clim()


def test_nothing_finite_to_show() -> None:
    ax = axes()
    values = np.full((3, 100_000), np.nan)
    mesh = PatchMesh(values, np.arange(100_001), np.arange(4))
    assert mesh.get_clim() == axes().pcolormesh(values[:, :9]).get_clim()
    mesh = draw_mesh(ax, values, np.arange(100_001), np.arange(4), scale())
    assert not mesh_pixels(mesh)[..., 3].any()
    mesh.set_cmap(matplotlib.colormaps["magma"].with_extremes(bad="lime"))
    assert (mesh_pixels(mesh)[..., 3] == 255).sum() == pytest.approx(496 * 370, rel=0.01)


def test_without_values() -> None:
    ax = axes()
    mesh = draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    mesh.set_array(None)
    assert mesh.get_array() is None
    pixels(ax)
    with pytest.raises(InvalidTypeError, match=r"no values to scale by. Call set_array first."):
        mesh.autoscale()


def pointer(ax: Axes, x: float, y: float) -> MouseEvent:
    ax.viewLim  # noqa: B018  # brings the limits up to date
    place = ax.transData.transform((x, y))
    return MouseEvent("motion_notify_event", ax.get_figure().canvas, *place)


@pytest.mark.parametrize(
    "name",
    [
        *("log", "symlog", "mel, inverted"),
        *seldom("linear", "log from zero", "mel", "mel, falling edges"),
    ],
)
def test_cursor_and_picking_find_the_cell(name: str) -> None:
    y, setup = AXES[name]
    y, values = y[::8], VALUES[:16, :20].copy()  # QuadMesh looks at one cell after the other
    values[7, 9] = np.nan
    ours, reference = both(setup, values, SECONDS[:21], y)
    mesh, quadmesh = ours.collections[0], reference.collections[0]
    middles = (y[1:] + y[:-1]) / 2
    for row, column in ((0, 1), (15, 18), (7, 9), (11, 3)):
        middle = (column + 0.5) * 512 / 22050, middles[row]
        event, other_event = pointer(ours, *middle), pointer(reference, *middle)
        contained, info = mesh.contains(event)
        other, reference_info = quadmesh.contains(other_event)
        assert contained
        assert other
        assert_array_equal(info["ind"], [row * 20 + column])
        assert_array_equal(info["ind"], reference_info["ind"])
        data, reference_data = mesh.get_cursor_data(event), quadmesh.get_cursor_data(other_event)
        assert data.shape == reference_data.shape == (1,)
        assert mesh.format_cursor_data(data) == quadmesh.format_cursor_data(reference_data)
    outside = pointer(ours, -1, 100)
    assert not mesh.contains(outside)[0]
    assert mesh.get_cursor_data(outside) is None


def test_picking() -> None:
    ax = axes()
    mesh = draw_mesh(ax, VALUES, SECONDS, MELS, scale(), mesh_kws={"picker": True})
    pixels(ax)
    picked: list[PickEvent] = []
    canvas = ax.get_figure().canvas
    canvas.mpl_connect("pick_event", picked.append)
    ax.pick(pointer(ax, 1, 1000))
    ax.pick(pointer(ax, 7, 1000))
    assert [event.artist for event in picked] == [mesh]
    mesh.set_visible(False)
    assert not mesh.contains(pointer(ax, 1, 1000))[0]
    mesh.set_visible(True)
    assert not mesh.contains(pointer(axes(), 0.5, 0.5))[0]  # on another canvas


def test_picking_within_a_radius_and_in_polar_axes() -> None:
    ours, reference = both(values=VALUES[:4, :5], x=np.arange(6.0), y=np.arange(5.0))
    pixels(ours), pixels(reference)
    for radius in (0.0, 3.0, 500.0):
        found = []
        for ax in (ours, reference):
            ax.collections[0].set_picker(radius)
            found.append(ax.collections[0].contains(pointer(ax, 1.01, 2.5))[1]["ind"])
        assert_array_equal(*found)
    ours, reference = both(
        values=VALUES[:4, :5],
        x=np.arange(6.0),
        y=np.arange(5.0),
        subplot_kw={"projection": "polar"},
    )
    event = pointer(ours, 2.5, 1.5)
    assert_array_equal(ours.collections[0].contains(event)[1]["ind"], [1 * 5 + 2])


@pytest.mark.parametrize(
    "clone", [copy.deepcopy, lambda figure: pickle.loads(pickle.dumps(figure))]
)
def test_figures_pickle_and_copy(clone: Callable[[Figure], Figure]) -> None:
    ax = axes()
    mesh = draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    ax.set_yscale("symlog", linthresh=1000.0)
    picture = pixels(ax)
    figure = clone(ax.get_figure())
    if not isinstance(figure.canvas, FigureCanvasAgg):
        FigureCanvasAgg(figure)
    copied = figure.axes[0].collections[0]
    assert isinstance(copied, PatchMesh)
    assert copied is not mesh
    assert_array_equal(pixels(figure.axes[0]), picture)
    copied.set_array(VALUES[::-1])
    assert not np.array_equal(pixels(figure.axes[0]), picture)
    assert_array_equal(pixels(ax), picture)


def test_a_pickle_has_no_caches() -> None:
    ax = axes()
    draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    pixels(ax)
    state = ax.collections[0].__getstate__()
    arrays = [item for item in state.values() if isinstance(item, np.ndarray)]
    assert sum(item.nbytes for item in arrays) < VALUES.nbytes + SECONDS.nbytes + MELS.nbytes + 999
    assert not any(isinstance(item, patchviz.plot.raster.Geometry) for item in state.values())


# --- vector output -------------------------------------------------------------------------------


def saved(ax: Axes, file_format: str) -> str:
    file = io.BytesIO()
    with matplotlib.rc_context({"pdf.compression": 0}):
        ax.get_figure().savefig(file, format=file_format)
    return file.getvalue().decode("latin-1")


@pytest.mark.parametrize("columns", [pytest.param(215, marks=pytest.mark.slow), 100_000])
def test_svg_and_pdf_embed_one_image(columns: int) -> None:
    ax = axes()
    values = np.tile(VALUES, 466)[:, :columns]
    draw_mesh(ax, values, np.arange(columns + 1), MELS, scale())
    svg = saved(ax, "svg")
    assert svg.count("<image") == 1
    assert svg.count("<path") < 200  # frame, ticks, digits
    pdf = saved(ax, "pdf")
    assert len(re.findall(r"/Subtype\s*/Image", pdf)) in (1, 2)  # with its transparency
    assert pdf.count(" re\n") + pdf.count(" l\n") < 500
    assert len(pdf) < 2_000_000


def test_vector_output_shows_the_same_picture() -> None:
    """What the embedded image holds: the pixels of the canvas."""
    ax = axes()
    draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    svg = saved(ax, "svg")
    encoded = re.search(r"data:image/png;base64,\s*([^\"]+)\"", svg)
    assert encoded is not None
    embedded = imread(io.BytesIO(base64.b64decode(encoded[1])))
    # An svg has 72 units to the inch, and its images the resolution that was asked for.
    assert embedded.shape[:2] == pytest.approx((370, 496), abs=1)
    pixels(ax)
    drawn = mesh_pixels(ax.collections[0])
    rows, columns = (np.flatnonzero(drawn[..., 3].any(axis=axis)) for axis in (1, 0))
    cropped = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if cropped.shape == embedded.shape:
        assert_same_picture((255 * embedded[::-1]).round().astype(int), cropped)


def test_few_cells_can_stay_vector() -> None:
    ax = axes()
    draw_mesh(
        ax, VALUES[:4, :5], np.arange(6), np.arange(5), scale(), mesh_kws={"rasterized": False}
    )
    svg = saved(ax, "svg")
    assert "<image" not in svg
    assert svg.count("<path") >= 20


# --- what bad input gets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edges", "error", "message"),
    [
        ([0, 2, 1, 3], InvalidValueError, r"x_edges\[2\]=1.0 follows 2.0. Edges must rise or fall"),
        ([3, 2, 1, 2], InvalidValueError, r"x_edges\[3\]=2.0 follows 1.0."),
        ([0, np.nan, 2, 3], InvalidValueError, r"x_edges\[1\]=nan follows 0.0."),
        ([0, 1, 2, np.inf], InvalidValueError, "x_edges from 0.0 to inf must be finite."),
        ([[0, 1]], InvalidValueError, r"x_edges of shape \(1, 2\) are no borders of cells"),
        ([0], InvalidValueError, r"They must have shape \(n_cells \+ 1,\)"),
        (["a", "b"], InvalidTypeError, r"x_edges must be numbers, not \['a', 'b'\]"),
        ([0, 1], InvalidValueError, "3 y_edges and 2 x_edges ask for shape"),
    ],
)
def test_edges_must_make_a_grid(edges: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        PatchMesh(np.zeros((2, 3)), edges, [0, 1, 2])


def test_properties_are_checked() -> None:
    def make(**mesh_kws: Any) -> PatchMesh:
        return PatchMesh(VALUES, SECONDS, MELS, mesh_kws=mesh_kws)

    mesh = make(alpha=0.5, zorder=3, label="mel", gid="mesh", rasterized=False)
    assert (mesh.get_alpha(), mesh.get_zorder(), mesh.get_label()) == (0.5, 3, "mel")
    assert (mesh.get_gid(), mesh.get_rasterized()) == ("mesh", False)
    with pytest.raises(InvalidValueError, match=r"key of mesh_kws='alhpa'.*Did you mean 'alpha'\?"):
        make(alhpa=0.5)
    with pytest.raises(InvalidValueError, match=r"'cmap'.*share.* one colour scale"):
        make(cmap="gray")
    with pytest.raises(InvalidTypeError, match=r"mesh_kws=0.5 must be a mapping"):
        PatchMesh(VALUES, SECONDS, MELS, mesh_kws=0.5)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"reduce='maximum'.*Did you mean 'max'\?"):
        PatchMesh(VALUES, SECONDS, MELS, reduce="maximum")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_is_one(name: str) -> None:
    assert name == "antialiased" or hasattr(PatchMesh, f"set_{name}")


def test_pyplot_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    ax = axes()
    draw_mesh(ax, VALUES, SECONDS, MELS, scale())
    pixels(ax)
    assert "matplotlib.pyplot" not in sys.modules


def test_group_cells_knows_an_axis_without_a_place_for_an_edge() -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        assert group_cells(np.arange(-1.0, 3.0), np.log10, 0, 1, 10) is None
        assert group_cells(np.arange(3.0), np.log10, 0, 1, 10) is not None
