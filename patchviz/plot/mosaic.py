"""The overview on top and the first patches below, on one colour scale."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .._util.reductions import REDUCTIONS, Reduction
from .._util.validation import check_bool, check_choice, check_int, check_text, positions_of
from ..core.batch import batch_of
from ..core.captions import class_names, known_texts, panel_title, plural, times_of
from ..core.patches import check_patches
from ..core.steps import check_groups
from ..errors import Argument, InvalidTypeError, InvalidValueError
from .axis import FrequencyAxis
from .brackets import brackets, is_dark, mark_extents, span_color
from .classes import ClassLooks
from .color import ColorScale
from .figures import add_colorbar, new_figure, wide_size
from .inputs import check_mesh_kws
from .labels import draw_labels
from .lanes import Scored, draw_lanes, lanes_height, note
from .layout import BAR_THICKNESS, GAP, NARROW, Layout, Margins, choose_layout
from .limits import ColorLimits
from .mesh import draw_mesh
from .overview import draw_overview, set_title
from .padding import Padding, has_padding, padding_of
from .text import fitting_known, fitting_label, points, write
from .times import TimeAxis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.gridspec import SubplotSpec
    from numpy.typing import ArrayLike, NDArray

    from ..core.patches import Patches
    from .band import FrequencyLimits
    from .mesh import PatchMesh

__all__ = ["MOST_PATCHES", "Mosaic", "plot_mosaic"]

MOST_PATCHES = 24

_HEIGHT = 4.8  # inches, of a figure with one row of panels


@dataclasses.dataclass(frozen=True, eq=False)
class Mosaic:
    """The parts of a mosaic, to change what one wants to. Made by :func:`plot_mosaic`.

    Parameters
    ----------
    figure : matplotlib.figure.Figure or SubFigure
        What holds the rest.
    overview : matplotlib.axes.Axes or None
        The whole recording, with a bracket for each patch below; None without it.
    panels : tuple of matplotlib.axes.Axes
        They show the patches in their order.
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
    overview: Axes | None
    panels: tuple[Axes, ...]
    colorbar: Colorbar

    def __repr__(self) -> str:
        above = "" if self.overview is None else "an overview and "
        return f"Mosaic of {above}{len(self.panels)} patches"


def plot_mosaic(
    patches: Patches,
    n: int | Iterable[int] | None = None,
    *,
    ax: Axes | Figure | SubFigure | None = None,
    overview: bool = True,
    of: str | None = None,
    mark: Mapping[str, ArrayLike] | None = None,
    cmap: str | Colormap | None = None,
    clim: ColorLimits | None = None,
    norm: Normalize | None = None,
    flim: FrequencyLimits | None = None,
    title: str | None = None,
    reduce: Reduction = "max",
    labels: bool = True,
    scores: bool = True,
    classes: Sequence[str] | None = None,
    threshold: float | None = None,
    truth: Mapping[str, float] | ArrayLike | None = None,
    mesh_kws: Mapping[str, Any] | None = None,
) -> Mosaic:
    """Draw the full spectrogram and some patches below it, on one colour scale.

    A bracket above the overview shows where each patch lies, in the colour of its title. Time
    is the recording's on every axis. What is known is shown: labels as boxes, labels and scores
    in lanes under the overview and above each panel.

    Parameters
    ----------
    patches : Patches
        The patches of a recording.
    n : int or iterable of int, optional
        How many of the first patches to draw, or the positions of some in the order in which they
        are drawn, such as ``patches.choose(12)``, or a mask of all: 1 to 24. Where there are fewer
        patches, all are drawn. By default three from the middles of the recording's thirds, which
        differ more than neighbours do.
    ax : Axes, Figure or SubFigure, optional
        Where to draw: an empty figure, or an axes of a grid, whose place the mosaic takes. By
        default a new pyplot figure is made, 10 in wide or as ``rcParams["figure.figsize"]`` says,
        and where `n` needs it higher.
    overview : bool, default: True
        Draw the full spectrogram above. Without it the patches have all the room.
    of : str, optional
        A class that is scored: panels come from its highest to its lowest score, which stands
        above each, and their frames have its colour.
    mark : mapping, optional
        Groups of patches by name, such as ``{"train": a, "test": b}``: a lane under the overview
        shows where each lies.
    cmap : str or Colormap, default: "magma"
        A matplotlib colormap, or its name.
    clim : (float, float) or "robust", optional
        Values of the lowest and the highest colour, by default those of the whole spectrogram, but
        of levels in dB re full scale or a unit the loudest 80 dB. Either may be a percentile, as in
        ``("1%", "99.5%")``; ``"robust"`` is ``("2%", "98%")``.
    norm : Normalize, optional
        A norm of one's own, in place of `clim`.
    flim : (float, float), optional
        Lowest and highest frequency to show, in Hz, as far as there are rows: ``(20e3, 120e3)``,
        or ``(None, 8000)``. By default all.
    title : str, optional
        Title of the overview; by default the recording's name.
    reduce : {"max", "mean", "median"}, default: "max"
        What a pixel shows of the cells that share it. The mean of decibels is that of powers.
    labels : bool, default: True
        Show what was written down, where the spectrogram knows it.
    scores : bool, default: True
        Show the patches' scores, where they have some.
    classes, threshold : optional
        Which classes have a lane of scores, and from which score on it has its full colour; as
        in :func:`plot_spectrogram`.
    truth : mapping or array_like, optional
        What is said of each panel in place of the labels that touch it: that against which
        :meth:`Patches.choose` found mistakes.
    mesh_kws : mapping, optional
        What the meshes take besides; see :class:`matplotlib.collections.QuadMesh`.

    Returns
    -------
    Mosaic
        Its figure, axes and colour bar.

    Raises
    ------
    InvalidTypeError, InvalidValueError, PatchIndexError
        If an argument is not what it must be.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> mosaic = pv.plot_mosaic(patches, n=3)
    >>> mosaic.panels[2].get_title(loc="left")
    'patch 2 · 0.19-5.18 s'
    >>> mosaic = pv.plot_mosaic(patches, [7, 50, 100], overview=False)
    """
    spec = check_patches(patches).spectrogram
    indices = _chosen(patches, n, of)
    for name, value in {"overview": overview, "labels": labels, "scores": scores}.items():
        check_bool(name, value)
    _check_title(title, overview)
    seen = [of] if classes is None and of is not None else classes
    scored = Scored.of(patches, seen, threshold) if scores else Scored()
    check_choice("reduce", reduce, REDUCTIONS)
    check_mesh_kws(mesh_kws)  # before there is a figure
    frequency = FrequencyAxis.of(spec, flim)
    scale = ColorScale.of(
        spec, cmap=cmap, clim=clim, norm=norm, n_columns=patches.frame_length, reduce=reduce
    )
    known = known_texts(patches, indices, labels=labels, scores=scores, of=of, truth=truth)
    titles = [panel_title(patches, index) for index in indices]
    width, height = _size(ax)
    groups = {} if mark is None else check_groups("mark", mark, patches.framing)
    margins = dataclasses.replace(
        Margins.of(patches, indices, scale, width, frequency), has_overview=overview,
        known=1.2 * points("small") if any(known) else 0.0,
    )  # fmt: skip
    margins, scored = _with_lanes(margins, patches, height, scored, labels, len(groups))
    layout = choose_layout(titles, margins, width, height, may_grow=ax is None)
    figure, place = _place(ax, (width, layout.height))
    drawing = _Drawing(patches, scale, frequency, layout, labels, groups, reduce, mesh_kws)
    above, places = _grid(place, layout, overview, len(indices))
    top = None if above is None else figure.add_subplot(above)
    if top is not None:
        drawing.overview(top, indices, scored, margins.lanes)
        drawing.title(top, title, indices, width - margins.sides)
    panels = [figure.add_subplot(spot) for spot in places]
    for order, (panel, index) in enumerate(zip(panels, indices, strict=True)):
        drawing.frame(panel, of)
        texts, color = (titles[order], known[order]), span_color(order, figure)
        drawing.panel(panel, index, texts, color, any(known))
    _label(top, panels, drawing.frequency, layout, margins.below)
    axes = [*panels] if top is None else [top, *panels]
    bar = _add_colorbar(axes, scale, margins, width, layout.height)
    return Mosaic(figure, top, tuple(panels), bar)


def _check_title(title: str | None, overview: bool) -> None:
    if title is None:
        return
    check_text("title", title)
    if not overview:
        raise InvalidValueError(
            Argument("title", title),
            " is the overview's",
            remedy="Draw one, or give the figure a title: mosaic.figure.suptitle(...).",
        )


def _chosen(patches: Patches, n: int | Iterable[int] | None, of: str | None) -> list[int]:
    """Return the numbers of the patches to draw, in their order."""
    if of is not None:
        check_text("of", of)
    listed = positions_of("n", n, len(patches))
    indices: list[int]
    if n is None:
        indices = np.unique((2 * np.arange(3) + 1) * len(patches) // 6).tolist()
    elif listed is not None:
        indices = [patches.check_index(index) for index in listed]
        if not 1 <= len(indices) <= MOST_PATCHES:
            raise InvalidValueError(
                Argument("n"), f" chooses {plural(len(indices), 'patch')}",
                allowed=f"1 to {MOST_PATCHES} of them",
                remedy="patchviz.sheet(patches, numbers) shows as many as one likes."
                if indices else "patches.choose(12) finds some.",
            )  # fmt: skip
    else:
        count = check_int("n", n, minimum=1, maximum=MOST_PATCHES, unit="patches")
        indices = list(range(min(count, len(patches))))
    if of is None:
        return indices
    scored = Scored.of(patches, [of], None, name="of")  # or says what is wrong with it
    assert patches.scores is not None
    score = np.nan_to_num(patches.scores[indices, scored.columns[0]], nan=-np.inf)
    return [indices[k] for k in np.argsort(-score, kind="stable")]


def _with_lanes(
    margins: Margins,
    patches: Patches,
    height: float,
    scored: Scored,
    labels: bool,
    n_groups: int,
) -> tuple[Margins, Scored]:
    """Leave room for the lanes that have some, and say which these are."""
    has_labels = bool(labels and patches.spectrogram.labels is not None)
    others = n_groups + int(has_labels and len(patches.spectrogram.labels) > 0)
    scored = scored.within(height / 6, others)
    lanes = lanes_height(others + len(scored.names), bool(note(scored)))
    return dataclasses.replace(margins, lanes=lanes), scored


def _grid(
    place: SubplotSpec, layout: Layout, overview: bool, n: int
) -> tuple[SubplotSpec | None, list[SubplotSpec]]:
    """Return the places of the overview, if there is one, and of the panels."""
    heights = [layout.panel_height] * layout.n_rows
    if overview:
        heights.insert(0, layout.overview_height)
    grid = place.subgridspec(len(heights), layout.n_columns, height_ratios=heights)
    first = int(overview)
    panels = [
        grid[first + row, column]
        for row, column in (divmod(order, layout.n_columns) for order in range(n))
    ]
    return grid[0, :] if overview else None, panels


@dataclasses.dataclass(frozen=True)
class _Drawing:
    """What the axes of a mosaic have in common."""

    patches: Patches
    scale: ColorScale
    frequency: FrequencyAxis
    layout: Layout
    labels: bool
    groups: Mapping[str, NDArray[np.int64]]
    reduce: Reduction
    mesh_kws: Mapping[str, Any] | None

    def overview(self, ax: Axes, indices: Sequence[int], scored: Scored, room: float) -> None:
        draw_overview(
            ax, self.patches, self.scale, frequency=self.frequency, reduce=self.reduce,
            mesh_kws=self.mesh_kws,
        )  # fmt: skip
        if self.labels:
            draw_labels(ax, self.patches, self.frequency)
        if room:  # for just these
            draw_lanes(
                ax, self.patches, labels=self.labels, scored=scored, groups=self.groups,
                room=math.inf,
            )  # fmt: skip
        mark_extents(ax, self.patches, indices)

    def panel(
        self, ax: Axes, index: int, texts: tuple[str, str], color: str, has_known: bool
    ) -> None:
        """Draw a patch; above it its number and time, and what is known of it."""
        _draw_patch(ax, self, index)
        if self.labels:
            draw_labels(ax, self.patches, self.frequency, self.patches.time(index))
        if has_padding(self.patches):
            Padding(ax).show(*padding_of(self.patches, index))
        title, known = texts
        if not self.layout.one_line:
            title = title.replace(" · ", "\n")
        if has_known:
            size, names = self.layout.title_size, class_names(self.patches)
            title += "\n" + fitting_known(known, self.layout.panel_width, size, names)
        ax.set_title(
            title, loc="left", color=color, fontsize=self.layout.title_size, parse_math=False
        )

    def title(self, ax: Axes, title: str | None, indices: list[int], width: float) -> None:
        """Write above the overview what it is called."""
        text = self.patches.spectrogram.name if title is None else title
        above = brackets(self.patches, indices).height
        set_title(ax, text, above, width, literal=title is None)

    def frame(self, ax: Axes, of: str | None) -> None:
        """Give an axes a frame in the colour of a class."""
        if of is None:
            return
        looks = ClassLooks.of(self.patches)
        color = looks.color(looks.number(of), on_dark=is_dark(ax.get_figure(root=False)))
        for spine in ax.spines.values():
            spine.set(color=color, linewidth=2.0)


def _draw_patch(panel: Axes, drawing: _Drawing, index: int) -> None:
    patches = drawing.patches
    start, end = patches.time(index)
    axis = TimeAxis(start, end, times=times_of(patches))
    if batch_of(patches):
        frame = patches.spectrogram.frame_duration
        axis = TimeAxis(start, end, name="Frame", unit=frame, zero=start)
    edges = np.linspace(axis.start, axis.end, patches.frame_length + 1)
    draw_mesh(
        panel, patches[index], edges, drawing.frequency.edges, drawing.scale,
        reduce=drawing.reduce, mesh_kws=drawing.mesh_kws,
    )  # fmt: skip
    axis.apply(panel)


def _label(
    overview: Axes | None,
    panels: list[Axes],
    frequency: FrequencyAxis,
    layout: Layout,
    below: float,
) -> None:
    """Label the axes, each only where no neighbour does."""
    for ax in panels if overview is None else (overview, *panels):
        frequency.apply(ax)
        ax.tick_params(which="both", labelsize="small")
        ax.xaxis.label.set_fontsize("small")
        room = layout.overview_height if ax is overview else layout.panel_height
        ax.yaxis.label.set_fontsize("small")
        write(ax.yaxis.label, fitting_label(frequency.label, room + below, "small"))
    for index, panel in enumerate(panels):
        if index % layout.n_columns:
            panel.tick_params(which="both", labelleft=False)
            panel.set_ylabel("")
        if index + layout.n_columns < len(panels):  # there is a panel below
            panel.set_xlabel("")
    if overview is not None:
        overview.set_xlabel("")  # the panels say it


def _add_colorbar(
    axes: list[Axes],
    scale: ColorScale,
    margins: Margins,
    width: float,
    height: float,
) -> Colorbar:
    """Put a thin colour bar beside the panels, or below them in a narrow figure."""
    mesh = cast("PatchMesh", axes[0].collections[0])
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
        width, height = wide_size(_HEIGHT)
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
