"""The overview on top and the first patches below, on one colour scale."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from .axes import FrequencyAxis, TimeAxis, format_time
from .errors import InvalidTypeError, InvalidValueError, check_int
from .figures import add_colorbar, new_figure
from .mesh import draw_mesh
from .overview import brackets, draw_overview, mark_extents, set_title, span_color
from .scale import ColorScale
from .text import points, shortened, text_width
from .view import check_patches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.gridspec import SubplotSpec

    from .patches import Patches

__all__ = ["Mosaic", "plot_mosaic"]

MOST_PATCHES = 24

# All in points.
BAR_THICKNESS = 8.0
GAP = 7.0  # between neighbours
NARROW = 4.5 * 72  # a journal's column: the colour bar goes below the panels
LEAST_HEIGHT = 0.6 * 72  # of a panel in a figure that may grow


@dataclasses.dataclass(frozen=True, eq=False)
class Mosaic:
    """The parts of a mosaic, to change what one wants to.

    Attributes
    ----------
    figure : matplotlib.figure.Figure or SubFigure
    overview : matplotlib.axes.Axes
        The whole recording, with a bracket for each patch below.
    panels : tuple of matplotlib.axes.Axes
        Panel *i* shows patch *i*.
    colorbar : matplotlib.colorbar.Colorbar
        The one colour bar.
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
    mesh_kws: Mapping[str, Any] | None = None,
) -> Mosaic:
    """Draw the full spectrogram and the first patches below it, on one colour scale.

    A bracket above the overview shows where each patch lies, in the colour of its title. Time
    is the recording's on every axis.

    Parameters
    ----------
    patches : Patches
    n : int, default: 3
        How many of the first patches to draw, 1 to 24. Where there are fewer patches, all are
        drawn.
    ax : Axes, Figure or SubFigure, optional
        Where to draw: an empty figure, or an axes of a grid, whose place the mosaic takes. By
        default a new pyplot figure is made, as wide as ``rcParams["figure.figsize"]`` says and,
        where `n` needs it, higher.
    cmap : str or Colormap, default: "magma"
    clim : (float, float), optional
        Values of the lowest and the highest colour; by default those of the whole spectrogram.
    norm : Normalize, optional
        A norm of one's own, in place of `clim`.
    title : str, optional
        Title of the overview; by default the recording's name.
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
    scale = ColorScale.of(spec, cmap=cmap, clim=clim, norm=norm)
    frequency = FrequencyAxis.of(spec)
    times = [TimeAxis.of(spec, patches.time(index)) for index in range(n)]
    titles = [f"patch {index} · {time.span(decimals=2)}" for index, time in enumerate(times)]
    width, height = _size(ax)
    layout = _Layout.of(patches, titles, scale, width, height, may_grow=ax is None)
    figure, place = _place(ax, (width, layout.height))

    grid = place.subgridspec(
        1 + layout.n_rows,
        layout.n_columns,
        height_ratios=[layout.overview_height, *[layout.panel_height] * layout.n_rows],
    )
    overview = figure.add_subplot(grid[0, :])
    mesh = draw_overview(overview, spec, scale, mesh_kws=mesh_kws)
    brackets_height = mark_extents(overview, patches, range(n))
    set_title(overview, spec, title, brackets_height, layout.overview_width)
    panels: list[Axes] = []
    for index in range(n):
        row, column = divmod(index, layout.n_columns)
        panel = figure.add_subplot(grid[1 + row, column])
        start, end = patches.time(index)
        x_edges = np.linspace(start, end, patches.frame_length + 1)
        draw_mesh(panel, patches[index], x_edges, frequency.edges, scale, mesh_kws=mesh_kws)
        times[index].apply(panel)
        panel.set_title(
            titles[index] if layout.one_line else titles[index].replace(" · ", "\n"),
            loc="left", color=span_color(index, figure), fontsize=layout.title_size,
        )  # fmt: skip
        panels.append(panel)

    for axes in (overview, *panels):
        frequency.apply(axes, short=True)
        axes.tick_params(labelsize="small")
        axes.xaxis.label.set_fontsize("small")
        room = layout.overview_height if axes is overview else layout.panel_height
        axes.set_ylabel(_fitting(frequency.label, room + layout.below), fontsize="small")
    for index, panel in enumerate(panels):
        if index % layout.n_columns:
            panel.tick_params(labelleft=False)
            panel.set_ylabel("")
        if index < n - layout.n_in_last_row:
            panel.set_xlabel("")
    overview.set_xlabel("")  # the panels say it

    bar = add_colorbar(
        mesh,
        [overview, *panels],
        scale,
        location="bottom" if layout.is_narrow else "right",
        aspect=layout.bar_length / BAR_THICKNESS,
        pad=GAP / (layout.height if layout.is_narrow else width),
    )
    bar.ax.tick_params(labelsize="small")
    for axis in (bar.ax.xaxis, bar.ax.yaxis):
        axis.label.set_fontsize("small")
    return Mosaic(figure, overview, tuple(panels), bar)


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


@dataclasses.dataclass(frozen=True)
class _Layout:
    """How the panels are arranged; lengths in points."""

    n_rows: int
    n_columns: int
    n_in_last_row: int
    one_line: bool
    title_size: float
    height: float
    overview_height: float
    overview_width: float
    panel_height: float
    below: float  # an axes, for its times
    is_narrow: bool
    bar_length: float

    @classmethod
    def of(
        cls,
        patches: Patches,
        titles: list[str],
        scale: ColorScale,
        width: float,
        height: float,
        *,
        may_grow: bool,
    ) -> _Layout:
        """Choose the grid whose panels have the best shape, among those whose titles fit."""
        n, rc, small = len(titles), matplotlib.rcParams, points("small")
        is_narrow = width < NARROW
        below = rc["xtick.major.size"] + rc["xtick.major.pad"] + small
        label = rc["axes.labelpad"] + 1.1 * small
        frequencies = [text for _, text in FrequencyAxis.of(patches.spectrogram).ticks(8)]
        levels = [f"{value:.4g}" for value in (scale.vmin, scale.vmax)]
        time = TimeAxis.of(patches.spectrogram).longest
        overhang = text_width(format_time(time, time, 0), small)

        sides = below + text_width(frequencies, small) + label + GAP
        bottom = label
        if is_narrow:
            bottom += GAP + BAR_THICKNESS + below + label
        else:
            sides += GAP + BAR_THICKNESS + below + text_width(levels, small) + label
        sides += 0.02 * width
        most_overview = max(1.5 * 72, width / 5)
        top = (
            rc["axes.titlepad"] + brackets(patches, range(n)).height + points(rc["axes.titlesize"])
        )

        best: tuple[float, _Layout] | None = None
        for size in (small, points("x-small")):
            one_line = max(text_width(title, size) for title in titles)
            two_lines = max(text_width(title.split(" · "), size) for title in titles)
            for n_columns in range(1, n + 1):
                between = (GAP + overhang) * (n_columns - 1)
                panel_width = (width - sides - between) / n_columns
                if n_columns > 1 and panel_width < two_lines:
                    break
                fits = panel_width >= one_line
                n_rows = math.ceil(n / n_columns)
                above = rc["axes.titlepad"] + 1.2 * size * (1 if fits else 2)
                around = top + below + GAP + bottom + n_rows * (above + below + GAP)
                around += 0.02 * height
                pictures = height - around
                if may_grow:
                    pictures = max(pictures, n_rows * LEAST_HEIGHT + LEAST_HEIGHT)
                pictures = max(pictures, 1.0)
                least_overview = LEAST_HEIGHT if may_grow else 0.0
                overview_height = min(max(pictures / 3, least_overview), most_overview)
                panel_height = (pictures - overview_height) / n_rows
                # Doublings away from the best shape, then empty places, growth, broken titles.
                cost = (
                    abs(math.log2(max(panel_width, 1.0) / panel_height / 1.5))
                    + 2.0 * (n_rows * n_columns - n) / n
                    + 0.5 * max(0.0, (pictures + around) / height - 1)
                    + (0 if fits else 0.2)
                    + (0 if size == small else 0.15)
                )
                layout = cls(
                    n_rows, n_columns, n - (n_rows - 1) * n_columns, fits, size,
                    max(height, pictures + around), overview_height, width - sides, panel_height,
                    below, is_narrow, width - sides if is_narrow else pictures + around - top,
                )  # fmt: skip
                if best is None or cost < best[0] - 1e-9:
                    best = cost, layout
        assert best is not None  # a single column is always tried
        return best[1]


def _fitting(label: str, room: float) -> str:
    """Return a label, or as much of it as does not run into the next axes': the unit, if any."""
    if text_width(label, "small") <= room:
        return label
    unit = label.partition("(")[2].rstrip(")")
    return unit or shortened(label, room, "small")
