"""The full spectrogram, and where its patches lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.lines import TICKDOWN, Line2D
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from .axes import FrequencyAxis, TimeAxis
from .errors import InvalidTypeError, InvalidValueError, check_int
from .figures import add_colorbar, axes_or_new
from .mesh import draw_mesh
from .patches import Patches
from .scale import ColorScale
from .spectrogram import Spectrogram

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize

    from .mesh import PatchMesh

__all__ = ["draw_overview", "lanes", "mark_extents", "plot_spectrogram", "span_color"]

# Okabe and Ito's palette for colour-blind readers, less the ones that vanish on white.
SPAN_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b07d00", "#3a9bdc")


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
    scale = ColorScale.of(spec, cmap=cmap, clim=clim, norm=norm)
    if colorbar is None:
        colorbar = ax is None
    ax = axes_or_new(ax)
    mesh = draw_overview(ax, spec, scale, reduce=reduce, mesh_kws=mesh_kws)
    brackets_height = 0.0
    if patches is not None and indices:
        brackets_height = mark_extents(ax, patches, indices)
    ax.set_title(
        spec.name if title is None else title, loc="left", pad=6 + brackets_height, parse_math=False
    )
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
    x_edges = spec.start + np.arange(spec.n_frames + 1) * spec.frame_duration
    mesh = draw_mesh(
        ax, spec.values, x_edges, frequency.edges, scale, reduce=reduce, mesh_kws=mesh_kws
    )
    frequency.apply(ax)
    TimeAxis.of(spec).apply(ax)
    return mesh


def mark_extents(ax: Axes, patches: Patches, indices: Sequence[int]) -> float:
    """Draw a bracket above the axes for each patch, stacked where they overlap.

    Returns how high the brackets stand above the axes, in points.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    spans = [patches.time(index) for index in indices]
    lane_of = lanes(spans)
    n_lanes = max(lane_of) + 1
    lane_height = min(5.0, 48.0 / n_lanes)
    for order, (span, lane) in enumerate(zip(spans, lane_of, strict=True)):
        # Across: seconds. Up: points above the axes, whatever the size of the figure.
        lift = ScaledTranslation(0, (lane + 0.8) * lane_height / 72, figure.dpi_scale_trans)
        bracket = Line2D(
            span, [1, 1], color=span_color(order), linewidth=0.24 * lane_height,
            solid_capstyle="butt", marker=TICKDOWN, markersize=0.5 * lane_height,
            markeredgewidth=0.24 * lane_height, clip_on=False,
            transform=blended_transform_factory(ax.transData, ax.transAxes) + lift,
            label=f"_patch {indices[order]}",
        )  # fmt: skip
        ax.add_artist(bracket)
    return (n_lanes + 0.5) * lane_height


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


def span_color(order: int) -> str:
    """Return the colour of the bracket, and of the title, of the patch drawn in this order."""
    return SPAN_COLORS[order % len(SPAN_COLORS)]


def _marked(patches: Patches | None, mark: int | Iterable[int] | None) -> list[int]:
    if mark is None:
        return []
    if patches is None:
        raise InvalidValueError(
            f"mark={mark!r} needs patches. Give them in place of the spectrogram: "
            "plot_spectrogram(spectrogram.patches(duration=5.0), mark=3)."
        )
    if isinstance(mark, Iterable):
        return [patches.check_index(index) for index in mark]
    return list(range(check_int("mark", mark, minimum=0, maximum=len(patches), unit="patches")))
