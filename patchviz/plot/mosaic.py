"""The overview on top and the first patches below, on one colour scale."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .._util.validation import check_bool, check_int, check_text
from ..core.batch import batch_of
from ..core.captions import longest, panel_title
from ..core.patches import check_patches
from ..errors import InvalidTypeError, InvalidValueError
from .axis import FrequencyAxis, TimeAxis
from .brackets import mark_extents, span_color
from .color import ColorScale
from .figures import add_colorbar, new_figure
from .inputs import check_mesh_kws
from .labels import draw_labels
from .layout import BAR_THICKNESS, GAP, NARROW, Layout, Margins, choose_layout
from .mesh import draw_mesh
from .overview import draw_overview, set_title
from .text import fitting_label, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.gridspec import SubplotSpec

    from ..core.patches import Patches
    from .mesh import PatchMesh

__all__ = ["MOST_PATCHES", "Mosaic", "plot_mosaic"]

MOST_PATCHES = 24


@dataclasses.dataclass(frozen=True, eq=False)
class Mosaic:
    """The parts of a mosaic, to change what one wants to. Made by :func:`plot_mosaic`.

    Parameters
    ----------
    figure : matplotlib.figure.Figure or SubFigure
        What holds the rest.
    overview : matplotlib.axes.Axes
        The whole recording, with a bracket for each patch below.
    panels : tuple of matplotlib.axes.Axes
        Panel *i* shows patch *i*.
    colorbar : matplotlib.colorbar.Colorbar
        The one colour bar.

    See Also
    --------
    plot_mosaic : Makes one.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> mosaic = pv.plot_mosaic(patches, n=3)
    >>> mosaic.panels[0].axvline(2.5, color="white")
    <matplotlib.lines.Line2D object at ...>
    >>> mosaic.colorbar.set_label("Level (dB)")
    """

    figure: Figure | SubFigure
    overview: Axes
    panels: tuple[Axes, ...]
    colorbar: Colorbar

    def __repr__(self) -> str:
        return f"Mosaic of an overview and {len(self.panels)} patches"


def plot_mosaic(
    patches: Patches,
    n: int = 3,
    *,
    ax: Axes | Figure | SubFigure | None = None,
    cmap: str | Colormap | None = None,
    clim: tuple[float, float] | None = None,
    norm: Normalize | None = None,
    title: str | None = None,
    labels: bool = True,
    mesh_kws: Mapping[str, Any] | None = None,
) -> Mosaic:
    """Draw the full spectrogram and the first patches below it, on one colour scale.

    A bracket above the overview shows where each patch lies, in the colour of its title. Time
    is the recording's on every axis.

    Parameters
    ----------
    patches : Patches
        The patches of a recording.
    n : int, default: 3
        How many of the first patches to draw, 1 to 24. Where there are fewer patches, all are
        drawn.
    ax : Axes, Figure or SubFigure, optional
        Where to draw: an empty figure, or an axes of a grid, whose place the mosaic takes. By
        default a new pyplot figure is made, as wide as ``rcParams["figure.figsize"]`` says and,
        where `n` needs it, higher.
    cmap : str or Colormap, default: "magma"
        A matplotlib colormap, or its name.
    clim : (float, float), optional
        Values of the lowest and the highest colour; by default those of the whole spectrogram.
    norm : Normalize, optional
        A norm of one's own, in place of `clim`.
    title : str, optional
        Title of the overview; by default the recording's name.
    labels : bool, default: True
        Frame what was written down, where the spectrogram knows it.
    mesh_kws : mapping, optional
        What the meshes take besides; see :class:`matplotlib.collections.QuadMesh`.

    Returns
    -------
    Mosaic
        Its figure, axes and colour bar.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not what it must be.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> mosaic = pv.plot_mosaic(patches, n=3)
    >>> mosaic.panels[2].get_title(loc="left")
    'patch 2 · 0.19-5.18 s'
    """
    spec = check_patches(patches).spectrogram
    n = min(check_int("n", n, minimum=1, maximum=MOST_PATCHES, unit="patches"), len(patches))
    if title is not None:
        check_text("title", title)
    check_bool("labels", labels)
    check_mesh_kws(mesh_kws)  # before there is a figure
    scale = ColorScale.of(spec, cmap=cmap, clim=clim, norm=norm)
    frequency = FrequencyAxis.of(spec)
    titles = [panel_title(patches, index) for index in range(n)]
    width, height = _size(ax)
    margins = Margins.of(patches, n, scale, width)
    layout = choose_layout(titles, margins, width, height, may_grow=ax is None)
    figure, place = _place(ax, (width, layout.height))

    grid = place.subgridspec(
        1 + layout.n_rows,
        layout.n_columns,
        height_ratios=[layout.overview_height, *[layout.panel_height] * layout.n_rows],
    )
    overview = figure.add_subplot(grid[0, :])
    mesh = draw_overview(overview, spec, scale, mesh_kws=mesh_kws)
    if labels:
        draw_labels(overview, patches)
    brackets_height = mark_extents(overview, patches, range(n))
    set_title(
        overview, spec.name if title is None else title, brackets_height, width - margins.sides,
        literal=title is None,
    )  # fmt: skip

    panels: list[Axes] = []
    for index in range(n):
        row, column = divmod(index, layout.n_columns)
        panel = figure.add_subplot(grid[1 + row, column])
        _draw_patch(panel, patches, index, frequency, scale, mesh_kws)
        if labels:
            draw_labels(panel, patches, patches.time(index))
        panel.set_title(
            titles[index] if layout.one_line else titles[index].replace(" · ", "\n"),
            loc="left", color=span_color(index, figure), fontsize=layout.title_size,
            parse_math=False,
        )  # fmt: skip
        panels.append(panel)
    _label(overview, panels, frequency, layout, margins.below)
    bar = _add_colorbar(mesh, [overview, *panels], scale, margins, width, layout.height)
    return Mosaic(figure, overview, tuple(panels), bar)


def _draw_patch(
    panel: Axes,
    patches: Patches,
    index: int,
    frequency: FrequencyAxis,
    scale: ColorScale,
    mesh_kws: Mapping[str, Any] | None,
) -> None:
    start, end = patches.time(index)
    axis = TimeAxis(start, end, longest=longest(patches))
    if batch_of(patches):
        frame = patches.spectrogram.frame_duration
        axis = TimeAxis(start, end, name="Frame", unit=frame, zero=start)
    edges = np.linspace(axis.start, axis.end, patches.frame_length + 1)
    draw_mesh(panel, patches[index], edges, frequency.edges, scale, mesh_kws=mesh_kws)
    axis.apply(panel)


def _label(
    overview: Axes, panels: list[Axes], frequency: FrequencyAxis, layout: Layout, below: float
) -> None:
    """Label the axes, each only where no neighbour does."""
    for ax in (overview, *panels):
        frequency.apply(ax, short=True)
        ax.tick_params(labelsize="small")
        ax.xaxis.label.set_fontsize("small")
        room = layout.overview_height if ax is overview else layout.panel_height
        ax.yaxis.label.set_fontsize("small")
        write(ax.yaxis.label, fitting_label(frequency.label, room + below, "small"))
    for index, panel in enumerate(panels):
        if index % layout.n_columns:
            panel.tick_params(labelleft=False)
            panel.set_ylabel("")
        if index + layout.n_columns < len(panels):  # there is a panel below
            panel.set_xlabel("")
    overview.set_xlabel("")  # the panels say it


def _add_colorbar(
    mesh: PatchMesh,
    axes: list[Axes],
    scale: ColorScale,
    margins: Margins,
    width: float,
    height: float,
) -> Colorbar:
    """Put a thin colour bar beside the panels, or below them in a narrow figure."""
    if width < NARROW:
        length, pad = width - margins.sides, GAP / height
        bar = add_colorbar(
            mesh, axes, scale, location="bottom", length=length, thickness=BAR_THICKNESS, pad=pad
        )
    else:
        length, pad = height - margins.top - margins.below - margins.bottom, GAP / width
        bar = add_colorbar(mesh, axes, scale, length=length, thickness=BAR_THICKNESS, pad=pad)
    bar.ax.tick_params(labelsize="small")
    for axis in (bar.ax.xaxis, bar.ax.yaxis):
        axis.label.set_fontsize("small")
    return bar


def _size(ax: Axes | Figure | SubFigure | None) -> tuple[float, float]:
    """Return the width and height of the place to draw in, in points."""
    if ax is None:
        width, height = matplotlib.rcParams["figure.figsize"]
        return 72 * width, 72 * height
    if not isinstance(ax, (Axes, Figure, SubFigure)):
        raise InvalidTypeError(
            f"ax is of type {type(ax).__name__}. It must be a matplotlib Axes, Figure or "
            "SubFigure, or None for a new figure."
        )
    figure = ax.get_figure(root=True)
    if figure is None:
        raise InvalidValueError("ax has been removed from its figure. Give one that is drawn.")
    return 72 * ax.bbox.width / figure.dpi, 72 * ax.bbox.height / figure.dpi


def _place(
    ax: Axes | Figure | SubFigure | None, size: tuple[float, float]
) -> tuple[Figure | SubFigure, SubplotSpec]:
    """Return the figure to draw in, and the part of it that the mosaic may take."""
    if ax is not None:
        _check_layout(ax)
    if isinstance(ax, Axes):
        place, figure = ax.get_subplotspec(), ax.get_figure(root=False)
        if place is None:
            raise InvalidValueError(
                "ax has no place in a grid that a mosaic's axes could share. Give an axes made "
                "by subplots or subplot_mosaic, or a figure."
            )
        assert figure is not None
        ax.remove()
    else:
        figure = new_figure((size[0] / 72, size[1] / 72)) if ax is None else ax
        place = figure.add_gridspec(1, 1)[0]
    root = figure.get_figure(root=True)
    if root.get_layout_engine() is None:
        root.set_layout_engine("constrained")
    return figure, place


def _check_layout(ax: Axes | Figure | SubFigure) -> None:
    """Refuse figures whose layout a mosaic's colour bar does not fit into."""
    root = ax.get_figure(root=True)
    assert root is not None
    engine = root.get_layout_engine()
    if engine is None:
        bars = [other for other in root.axes if other.get_label() == "<colorbar>"]
        fits = all(bar.get_subplotspec() is None for bar in bars)
    else:
        fits = isinstance(engine, ConstrainedLayoutEngine)
    if not fits:
        raise InvalidValueError(
            "ax lies in a figure whose layout a mosaic and its colour bar do not fit into. Make "
            'the figure with layout="constrained", as plt.subplots(..., layout="constrained").'
        )
