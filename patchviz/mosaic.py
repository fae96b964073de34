"""The overview on top and the first patches below, on one colour scale."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from .axes import FrequencyAxis, TimeAxis, format_span
from .errors import InvalidTypeError, InvalidValueError, check_int
from .figures import add_colorbar, new_figure
from .mesh import draw_mesh
from .overview import draw_overview, mark_extents, span_color
from .scale import ColorScale
from .view import check_patches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.gridspec import SubplotSpec

    from .patches import Patches

__all__ = ["Mosaic", "plot_mosaic"]

MOST_PATCHES = 24


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
    titles = [_panel_title(patches, index) for index in range(n)]
    size = _size(ax)
    layout = _Layout.of(titles, *size)
    figure, place = _place(ax, (size[0], max(size[1], layout.least_height)))

    grid = place.subgridspec(
        1 + layout.n_rows,
        layout.n_columns,
        height_ratios=[layout.overview_height, *[layout.panel_height] * layout.n_rows],
    )
    frequency = FrequencyAxis.of(spec)
    overview = figure.add_subplot(grid[0, :])
    draw_overview(overview, spec, scale, mesh_kws=mesh_kws)
    brackets_height = mark_extents(overview, patches, range(n))
    overview.set_title(
        spec.name if title is None else title, loc="left", pad=6 + brackets_height, parse_math=False
    )

    panels: list[Axes] = []
    for index in range(n):
        row, column = divmod(index, layout.n_columns)
        panel = figure.add_subplot(grid[1 + row, column])
        start, end = patches.time(index)
        x_edges = start + np.arange(patches.frame_length + 1) * spec.frame_duration
        draw_mesh(panel, patches[index], x_edges, frequency.edges, scale, mesh_kws=mesh_kws)
        TimeAxis(start, end, longest=spec.end).apply(panel)
        panel.set_title(
            titles[index] if layout.one_line else titles[index].replace(" · ", "\n"),
            loc="left", color=span_color(index), fontsize=layout.title_size, parse_math=False,
        )  # fmt: skip
        panels.append(panel)

    for axes, height in ((overview, layout.overview_height), *((p, layout.panel_height) for p in panels)):
        frequency.apply(axes, short=True)
        axes.tick_params(labelsize="small")
        # A label longer than its axis would run into the next one's: its unit says enough.
        fits = _text_width(frequency.label, matplotlib.rcParams["font.size"]) < height
        unit = frequency.label.partition("(")[2].rstrip(")")
        axes.set_ylabel(frequency.label if fits else unit or frequency.label, fontsize="small")
        axes.set_xlabel(axes.get_xlabel() if axes in panels[-layout.n_in_last_row:] else "", fontsize="small")
    for index, panel in enumerate(panels):
        if index % layout.n_columns:
            panel.tick_params(labelleft=False)
            panel.set_ylabel("")
    bar = add_colorbar(overview.collections[0], [overview, *panels], scale)
    return Mosaic(figure, overview, tuple(panels), bar)


def _panel_title(patches: Patches, index: int) -> str:
    start, end = patches.time(index)
    return f"patch {index} · {format_span(start, end, patches.spectrogram.end, decimals=2)}"


def _size(ax: Axes | Figure | SubFigure | None) -> tuple[float, float]:
    """Return the width and height of the place to draw in, in inches."""
    if ax is None:
        width, height = matplotlib.rcParams["figure.figsize"]
        return float(width), float(height)
    if not isinstance(ax, (Axes, Figure, SubFigure)):
        raise InvalidTypeError(
            f"ax is of type {type(ax).__name__}. It must be a matplotlib Axes, Figure or "
            "SubFigure, or None for a new figure."
        )
    figure = ax if isinstance(ax, Figure) else ax.get_figure(root=True)
    assert figure is not None
    box = ax.bbox
    return box.width / figure.dpi, box.height / figure.dpi


def _place(
    ax: Axes | Figure | SubFigure | None, size: tuple[float, float]
) -> tuple[Figure | SubFigure, SubplotSpec]:
    """Return the figure to draw in, and the part of it that the mosaic may take."""
    if isinstance(ax, Axes):
        place = ax.get_subplotspec()
        if place is None:
            raise InvalidValueError(
                "ax has no place in a grid that a mosaic's axes could share. Give an axes made "
                "by subplots or subplot_mosaic, or a figure."
            )
        figure = ax.get_figure(root=False)
        assert figure is not None
        ax.remove()
        return figure, place
    figure = new_figure(size) if ax is None else ax
    if isinstance(figure, Figure) and figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    return figure, figure.add_gridspec(1, 1)[0]


# What surrounds the pictures, in inches: frequency labels at the left and the colour bar at the
# right; between two columns; above and below each row (a title and time labels).
_SIDES, _BETWEEN, _ABOVE_BELOW = 1.6, 0.12, 0.55
_LEAST_PANEL, _MOST_OVERVIEW = 0.5, 1.5


@dataclasses.dataclass(frozen=True)
class _Layout:
    """How the panels are arranged; heights in inches."""

    n_rows: int
    n_columns: int
    n_in_last_row: int
    one_line: bool
    title_size: float
    overview_height: float
    panel_height: float
    least_height: float

    @classmethod
    def of(cls, titles: list[str], width: float, height: float) -> _Layout:
        """Choose the grid whose panels are nearest to squares, among those whose titles fit."""
        n = len(titles)
        points = matplotlib.rcParams["font.size"]
        best: tuple[float, _Layout] | None = None
        for size in (0.9 * points, 0.75 * points):
            margin = 0.08
            one_line = margin + max(_text_width(title, size) for title in titles)
            two_lines = margin + max(_text_width(t, size) for title in titles for t in title.split(" · "))
            for n_columns in range(1, n + 1):
                panel_width = (width - _SIDES - _BETWEEN * (n_columns - 1)) / n_columns
                if n_columns > 1 and panel_width < two_lines:
                    break
                n_rows = math.ceil(n / n_columns)
                least_height = n_rows * (_LEAST_PANEL + _ABOVE_BELOW) + _MOST_OVERVIEW + _ABOVE_BELOW
                pictures = max(height, least_height) - (n_rows + 1) * _ABOVE_BELOW
                overview_height = max(0.2, min(pictures / 3, _MOST_OVERVIEW))
                panel_height = max(0.2, (pictures - overview_height) / n_rows)
                # Doublings away from a square, then empty places, growth and broken titles.
                cost = (
                    abs(math.log2(max(panel_width, 0.1) / panel_height))
                    + 0.5 * (n_rows * n_columns - n) / n
                    + 0.5 * max(0.0, least_height / height - 1)
                    + (0 if panel_width >= one_line else 0.2)
                )
                layout = cls(
                    n_rows, n_columns, n - (n_rows - 1) * n_columns, panel_width >= one_line, size,
                    overview_height, panel_height, least_height,
                )  # fmt: skip
                if best is None or cost < best[0] - 1e-9:
                    best = cost, layout
        assert best is not None  # a single column is always tried
        return best[1]


def _text_width(text: str, size: float) -> float:
    """Return how wide a text is, in inches."""
    font = FontProperties(size=size)
    return float(TextPath((0, 0), text, prop=font, usetex=False).get_extents().width) / 72
