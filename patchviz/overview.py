"""The full spectrogram, and where its patches lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import matplotlib
from matplotlib.cbook import is_math_text
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN
from matplotlib.transforms import (
    Bbox,
    ScaledTranslation,
    TransformedBbox,
    blended_transform_factory,
)

from .axes import FrequencyAxis, TimeAxis
from .errors import InvalidTypeError, InvalidValueError, check_int, check_text
from .figures import add_colorbar, axes_or_new
from .mesh import check_mesh_kws, draw_mesh
from .patches import Patches
from .raster import EvenEdges
from .scale import ColorScale
from .spectrogram import Spectrogram, column_maxima
from .text import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure, SubFigure

    from .mesh import PatchMesh

__all__ = ["draw_overview", "lanes", "mark_extents", "plot_spectrogram", "span_color"]

# Okabe and Ito's hues for colour-blind readers, deep enough to be read as text on white
# (contrast 4.8 and more), and light enough to be read on black.
ON_LIGHT = ("#0072b2", "#c04a00", "#007a5a", "#b0508a", "#4d4d4d")
ON_DARK = ("#56b4e9", "#e87722", "#1fae85", "#e59ac9", "#f0e442")


def plot_spectrogram(
    spectrogram: Spectrogram | Patches,
    *,
    ax: Axes | None = None,
    mark: int | Iterable[int] | None = None,
    cmap: str | Colormap | None = None,
    clim: tuple[float, float] | None = None,
    norm: Normalize | None = None,
    colorbar: bool | None = None,
    title: str | None = None,
    reduce: Literal["max", "mean"] = "max",
    mesh_kws: Mapping[str, Any] | None = None,
) -> Axes:
    """Draw the full spectrogram; given patches, mark where some of them lie.

    Where several columns share a pixel, their maximum is drawn, so that a click in an hour of
    recording stays visible.

    Parameters
    ----------
    spectrogram : Spectrogram or Patches
        What to draw. Patches stand for their spectrogram.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default a new pyplot figure is made.
    mark : int or iterable of int, optional
        Only with patches: how many of the first patches to mark with a bracket each above the
        spectrogram, or the numbers of the patches to mark.
    cmap : str or Colormap, default: "magma"
        A matplotlib colormap, or its name.
    clim : (float, float), optional
        Values of the lowest and the highest colour; by default those of the spectrogram.
    norm : Normalize, optional
        A norm of one's own, in place of `clim`.
    colorbar : bool, optional
        Whether to put a colour bar beside the axes; by default only in a figure made here.
    title : str, optional
        By default the recording's name.
    reduce : {"max", "mean"}, default: "max"
        What a pixel shows of the cells that share it.
    mesh_kws : mapping, optional
        What the mesh takes besides; see :class:`matplotlib.collections.QuadMesh`.

    Returns
    -------
    matplotlib.axes.Axes
        The time axis is in seconds; the mesh is ``ax.collections[0]``.

    Raises
    ------
    InvalidTypeError, InvalidValueError, PatchIndexError
        If an argument is not what it must be.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example()
    >>> ax = pv.plot_spectrogram(spec)
    >>> ax.get_ylabel()
    'Frequency (Hz)'
    >>> patches = spec.patches(duration=5.0, hop_duration=0.1)
    >>> ax = pv.plot_spectrogram(patches, mark=[0, 50, 106])
    """
    patches = spectrogram if isinstance(spectrogram, Patches) else None
    spec = spectrogram.spectrogram if isinstance(spectrogram, Patches) else spectrogram
    if not isinstance(spec, Spectrogram):
        raise InvalidTypeError(
            f"spectrogram is of type {type(spec).__name__}. It must be a Spectrogram or Patches; "
            "wrap an array: patchviz.Spectrogram(values, sr=..., hop_length=...)."
        )
    indices = _marked(patches, mark)
    if title is not None:
        check_text("title", title)
    scale = ColorScale.of(spec, cmap=cmap, clim=clim, norm=norm)
    if colorbar is None:
        colorbar = ax is None
    check_mesh_kws(mesh_kws)  # before there is a figure
    ax = axes_or_new(ax)
    mesh = draw_overview(ax, spec, scale, reduce=reduce, mesh_kws=mesh_kws)
    brackets_height = mark_extents(ax, patches, indices) if patches is not None else 0.0
    set_title(ax, spec, title, brackets_height)
    if colorbar:
        add_colorbar(mesh, ax, scale)
    return ax


def draw_overview(
    ax: Axes,
    spec: Spectrogram,
    scale: ColorScale,
    *,
    reduce: Literal["max", "mean"] = "max",
    mesh_kws: Mapping[str, Any] | None = None,
) -> PatchMesh:
    """Draw a whole spectrogram with its axes, and nothing else."""
    frequency = FrequencyAxis.of(spec)
    x_edges = EvenEdges(spec.start, spec.frame_duration, spec.n_frames)
    mesh = draw_mesh(
        ax,
        spec.values,
        x_edges,
        frequency.edges,
        scale,
        reduce=reduce,
        find_maxima=partial(column_maxima, spec),
        mesh_kws=mesh_kws,
    )
    frequency.apply(ax)
    TimeAxis.of(spec).apply(ax)
    return mesh


def set_title(
    ax: Axes, spec: Spectrogram, title: str | None, above: float, width: float | None = None
) -> None:
    """Give an overview its title, `above` points higher than where titles are.

    It is shortened to `width` points, by default the present width of the axes; the label of the
    Text keeps it whole. A name, unlike a title, is taken literally. Mathematics is not shortened.
    """
    pad = matplotlib.rcParams["axes.titlepad"] + above
    if width is None:
        width = ax.bbox.width * 72 / root_figure(ax).dpi
    whole, is_literal = (spec.name, True) if title is None else (title, False)
    shown = whole
    if is_literal or not is_math_text(whole):
        size = matplotlib.rcParams["axes.titlesize"]
        shown = "\n".join(shortened(line, width, size) for line in whole.split("\n"))
    text = ax.set_title(shown, loc="left", pad=pad, parse_math=not is_literal)
    text.set_label(whole)


class Brackets(NamedTuple):
    """Where brackets stand, stacked where their patches overlap."""

    spans: list[tuple[float, float]]  # in seconds
    lanes: list[int]  # from the lowest, 0
    lane_height: float  # in points
    height: float  # in points, of all of them


def brackets(patches: Patches, indices: Sequence[int]) -> Brackets:
    """Stack the brackets of some patches, less high where they are many."""
    spans = [patches.time(index) for index in indices]
    lane_of = lanes(spans)
    n_lanes = max(lane_of, default=-1) + 1
    lane_height = min(5.0, 60.0 / max(1, n_lanes))
    return Brackets(spans, lane_of, lane_height, (n_lanes + 0.5) * lane_height if spans else 0.0)


def mark_extents(ax: Axes, patches: Patches, indices: Sequence[int]) -> float:
    """Draw a bracket above the axes for each patch, stacked where they overlap.

    Returns how high the brackets stand above the axes, in points.
    """
    spans, lane_of, lane_height, height = brackets(patches, indices)
    # Zoomed in, brackets end with the axes.
    beside = TransformedBbox(Bbox([[-0.005, 1], [1.005, 100]]), ax.transAxes)
    for order, (span, lane) in enumerate(zip(spans, lane_of, strict=True)):
        # Across: seconds. Up: points above the axes, whatever the size of the figure.
        lift = ScaledTranslation(
            0, (lane + 0.8) * lane_height / 72, root_figure(ax).dpi_scale_trans
        )
        bracket = Line2D(
            span, [1, 1], color=span_color(order, ax.get_figure(root=False)),
            linewidth=max(0.24 * lane_height, 0.8), solid_capstyle="butt",
            marker=TICKDOWN,  # type: ignore[arg-type]  # typed as any int
            markersize=0.5 * lane_height, markeredgewidth=0.24 * lane_height,
            transform=blended_transform_factory(ax.transData, ax.transAxes) + lift,
            label=f"_patch {indices[order]}",
        )  # fmt: skip
        ax.add_artist(bracket)
        bracket.set_clip_box(beside)
    return height


def root_figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def lanes(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Stack spans: give each the lowest lane in which it meets no earlier one."""
    ends: list[float] = []
    chosen = []
    for start, end in spans:
        lane = next((k for k, last in enumerate(ends) if last <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = end
        chosen.append(lane)
    return chosen


def span_color(order: int, figure: Figure | SubFigure | None) -> str:
    """Return the colour of the bracket, and of the title, of the patch drawn in this order."""
    colors = ON_DARK if _is_dark(figure) else ON_LIGHT
    return colors[order % len(colors)]


def _is_dark(figure: Figure | SubFigure | None) -> bool:
    while figure is not None:
        red, green, blue, alpha = to_rgba(figure.get_facecolor())
        if alpha > 0.5:
            return bool(0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18)
        parent = figure.get_figure(root=False)
        figure = None if parent is figure else parent
    return False  # nothing is known of the page: most are white


def _marked(patches: Patches | None, mark: int | Iterable[int] | None) -> list[int]:
    if mark is None:
        return []
    if patches is None:
        raise InvalidValueError(
            f"mark={mark!r} needs patches. Give them in place of the spectrogram: "
            "plot_spectrogram(spectrogram.patches(duration=5.0), mark=3)."
        )
    if isinstance(cast(object, mark), str):  # iterable too
        raise InvalidTypeError(
            f"mark={mark!r} is of type str. It must be how many of the first patches to mark, "
            "such as mark=3, or the numbers of patches, such as mark=[0, 5]."
        )
    if isinstance(mark, Iterable):
        return [patches.check_index(index) for index in mark]
    return list(range(check_int("mark", mark, minimum=0, maximum=len(patches), unit="patches")))
