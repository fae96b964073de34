"""The overview on top and the first patches below, on one colour scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, cast

from .._util.files import written
from .._util.reductions import REDUCTIONS, Reduction
from .._util.text import plural
from .._util.validation import check_bool, check_choice, check_file, check_no_folder, check_text
from ..core.steps import check_groups
from ..errors import Argument, InvalidTypeError, InvalidValueError, Setting, listed, shown
from ..recordings.recordings import Recordings
from .arranged import Above, Arranged
from .brackets import root_figure
from .chosen import Chosen
from .color import ColorScale
from .figures import add_colorbar
from .inputs import check_mesh_kws
from .layout import BAR_THICKNESS, GAP, NARROW, Layout, Margins
from .limits import ColorLimits
from .panels import Panels, label_rows
from .place import size_of, take_place, tell_grown
from .scored import Scored
from .wanted import Wanted

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.gridspec import SubplotSpec
    from numpy.typing import ArrayLike

    from ..core.patches import Patches
    from .band import FrequencyLimits
    from .mesh import PatchMesh

__all__ = ["Mosaic", "plot_mosaic"]

_BETWEEN = 0.04  # of two panels, in widths of one
_ONE_OF_MANY = "recordings.patches(row) are those of one file, which have an overview."


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
    >>> mosaic.save("figure_2.pdf")  # doctest: +SKIP
    """

    figure: Figure | SubFigure
    overview: Axes | None
    panels: tuple[Axes, ...]
    colorbar: Colorbar

    def save(self, path: str | os.PathLike[str], **savefig_options: Any) -> Path:
        """Write the figure that it is in, whole or not at all.

        Parameters
        ----------
        path : str or path-like
            The file to write, of an ending that matplotlib knows, such as ``.pdf``, ``.svg`` or
            ``.png``; its folder must exist.
        **savefig_options
            What :meth:`matplotlib.figure.Figure.savefig` takes besides, such as ``dpi=300``.

        Returns
        -------
        pathlib.Path
            The file written.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If `path` is no path, is a folder or lies in none, or has another ending; or savefig
            takes no such option.
        OSError
            If the file cannot be written.
        """
        file = check_file("path", path, example="figure_2.pdf")
        check_no_folder("path", file, example="figure_2.pdf")
        figure = root_figure(self.panels[0])
        known = figure.canvas.get_supported_filetypes()
        if "format" not in savefig_options and file.suffix.lower().lstrip(".") not in known:
            raise InvalidValueError(
                Argument("path", file.name),
                f" ends in {shown(file.suffix)}" if file.suffix else " has no ending",
                allowed=f"a name that ends in {listed([f'.{name}' for name in sorted(known)], 20)}",
                remedy=("Or say which it is: ", Setting("format", "png"), "."),
            )
        try:
            with written(file) as new:
                figure.savefig(new, **savefig_options)
        except TypeError as error:
            if "unexpected keyword argument" not in str(error):
                raise
            raise InvalidTypeError(
                f"matplotlib's savefig refuses an option: {error}",
                remedy="It must be one of matplotlib.figure.Figure.savefig, such as dpi=300.",
            ) from error
        return file

    def __repr__(self) -> str:
        above = "" if self.overview is None else "an overview and "
        return f"Mosaic of {above}{plural(len(self.panels), 'patch')}"


def plot_mosaic(
    patches: Patches | Recordings,
    n: int | Iterable[int] | None = None,
    *,
    ax: Axes | Figure | SubFigure | None = None,
    overview: bool | None = None,
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

    A bracket above the overview shows where each patch lies, in the colour of its title; where
    there are lanes, whose colours are those of classes, its number says which it is. Time is the
    recording's on every axis. What is known is shown: labels as boxes, labels and scores
    in lanes under the overview and above each panel.

    Of many recordings those that have panels are computed, and share the scale. There is no
    overview; above each panel stands its file, by as much of its path as no other shown has.

    Parameters
    ----------
    patches : Patches or Recordings
        The patches of a recording, or of many.
    n : int or iterable of int, optional
        How many of the first patches to draw, or the positions of some in the order in which they
        are drawn, such as ``patches.choose(12)``, or a mask of all: 1 to 24; or rows of a table of
        :meth:`~Patches.mistakes`, each patch once, for the class of its first row. Where there are
        fewer patches, all are drawn. By default three from the middles of the thirds of all, which
        differ more than neighbours do.
    ax : Axes, Figure or SubFigure, optional
        Where to draw: an empty figure, or an axes of a grid, whose place the mosaic takes. By
        default a new pyplot figure is made, 10 in wide or as ``rcParams["figure.figsize"]`` says.
        That width is kept, and the height as far as panels have 1.2 in each in it: more of them
        make the figure higher. A figure that is given keeps its size.
    overview : bool, optional
        Draw the full spectrogram above; without it the patches have all the room. By default one
        recording has it; many have none, nor what belongs to it: `title`, `mark`, `classes` and
        `threshold`.
    of : str, optional
        A class that is scored: its score stands above each panel, and frames have its colour. Where
        `n` is a number, panels come from the highest to the lowest score; a list keeps its order.
        By default the class that a patch was chosen for, where `n` is what :meth:`Patches.choose`
        returned, or its highest stands there, and frames have no colour.
    mark : mapping, optional
        Groups of patches by name, such as ``{"train": a, "test": b}``: a lane under the overview
        shows where each lies.
    cmap : str or Colormap, default: "magma"
        A matplotlib colormap, or its name.
    clim : (float, float) or "robust", optional
        Values of the lowest and the highest colour, by default those of all spectrograms shown, but
        of levels in dB re full scale or a unit the loudest 80 dB. Either may be a percentile, as in
        ``("1%", "99.5%")``; ``"robust"`` is ``("2%", "98%")``.
    norm : Normalize, optional
        A norm of one's own, in place of `clim`.
    flim : (float, float), optional
        Lowest and highest frequency to show, in Hz, as far as there are rows: ``(20e3, 120e3)``,
        or ``(None, 8000)``. By default all in which there can be sound: of a file of 8 kHz those up
        to 4 kHz, whatever it is analysed at; ``(None, None)`` are all rows.
    title : str, optional
        Title of the overview; by default the recording's name, and with ``""`` none.
    reduce : {"max", "mean", "median"}, default: "max"
        What a pixel shows of the cells that share it. The mean of decibels is that of powers.
    labels : bool, default: True
        Show what was written down, where the spectrogram knows it; without it captions do not
        say it either, but for a `truth`.
    scores : bool, default: True
        Show the patches' scores, where they have some: above each panel the highest or that of
        `of`. Where that patch has a label and the highest is of another class, both are there.
    classes, threshold : optional
        Which classes have a lane of scores, and from which score on it has its full colour; as
        in :func:`plot_spectrogram`.
    truth : mapping or array_like, optional
        What is said of each panel in place of its labels: that against which
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

    Warns
    -----
    UserWarning
        If lanes, or what is known of each patch, are left out of a figure that is too low for them,
        or a new one is more than twice as high as a style says.

    Examples
    --------
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    >>> mosaic = pv.plot_mosaic(patches, n=3)
    >>> mosaic.panels[2].get_title(loc="left")
    'patch 2 · 0.19-5.18 s'
    >>> mosaic = pv.plot_mosaic(patches, [7, 50, 100], overview=False)

    Of many recordings:

    >>> from importlib.resources import files
    >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0)
    >>> mosaic = pv.plot_mosaic(recordings, recordings.choose(2))
    >>> print(mosaic.panels[0].get_title(loc="left"))
    sonnet1.ogg
    patch 0 · 0.00-2.00 s
    """
    is_many = isinstance(patches, Recordings)
    overview = _has_overview(overview, is_many)
    labels, scores = check_bool("labels", labels), check_bool("scores", scores)
    if not overview:
        lanes = {"mark": mark, "classes": classes, "threshold": threshold}
        _refuse_above(title, lanes, is_many)
    if title is not None:
        check_text("title", title)
    check_choice("reduce", reduce, REDUCTIONS)
    check_mesh_kws(mesh_kws)  # before there is a figure
    chosen = Chosen.of(patches, n, of)
    one = chosen.recordings[0]
    seen = [of] if classes is None and of is not None else classes
    scored = Scored()
    if scores and not is_many:
        scored = Scored.of(one, seen, threshold, first=chosen.classes)
    scale = ColorScale.of_several(chosen.recordings, cmap=cmap, clim=clim, norm=norm, reduce=reduce)
    known = chosen.known(labels=labels, scores=scores, of=of, truth=truth)
    panels = Panels(chosen, known, scale, of, labels, reduce, mesh_kws, flim)
    groups = {} if mark is None else check_groups("mark", mark, one)
    above = Above.of(one, Wanted.of(one, groups, scored, labels=labels)) if overview else None
    return _drawn(ax, panels, above, title)


def _drawn(
    ax: Axes | Figure | SubFigure | None, panels: Panels, above: Above | None, title: str | None
) -> Mosaic:
    """Arrange what is to be drawn, and draw it."""
    width, height = size_of(ax)
    arranged = Arranged.readable(panels, above, (width, height), may_grow=ax is None)
    if ax is None:
        tell_grown(len(panels.chosen), (width, height), arranged.layout.height)
    panels, above = arranged.panels, arranged.above
    margins, layout = arranged.margins, arranged.layout
    figure, place = take_place(ax, (width, layout.height))
    top, places = _grid(place, layout, above is not None, len(panels.chosen))
    overview = None if top is None else figure.add_subplot(top)
    if overview is not None and above is not None:
        high = above.draw(overview, panels, width)
        above.title(overview, title, high, width - margins.sides)
        label_rows(overview, panels.frequencies[0], layout.overview_height + margins.below)
        if not above.is_batch:
            overview.set_xlabel("")  # the panels say it
        overview.xaxis.label.set_fontsize("small")
    drawn = [figure.add_subplot(spot) for spot in places]
    are_colored = above is not None and not above.is_numbered
    panels.draw(drawn, layout, margins.below, are_colored=are_colored)
    axes = drawn if overview is None else [overview, *drawn]
    bar = _add_colorbar(axes, panels.scale, margins, width, layout.height)
    return Mosaic(figure, overview, tuple(drawn), bar)


def _has_overview(overview: bool | None, is_many: bool) -> bool:
    """Return whether there is an overview, which only one recording has."""
    if overview is None:
        return not is_many
    if check_bool("overview", overview) and is_many:
        raise InvalidValueError(
            Argument("overview", overview), " is of one recording, and these are many",
            remedy=f"Leave it out. {_ONE_OF_MANY}",
        )  # fmt: skip
    return bool(overview)


def _refuse_above(title: str | None, lanes: Mapping[str, object], is_many: bool) -> None:
    """Refuse what belongs to an overview, where there is none."""
    which = "which many recordings have not" if is_many else "and there is none"
    if title:  # "" asks for none
        raise InvalidValueError(
            Argument("title", title), f" is an overview's, {which}",
            remedy="Give the figure a title: mosaic.figure.suptitle(...).",
        )  # fmt: skip
    for name, value in lanes.items():
        if value is not None:
            raise InvalidValueError(
                Argument(name), f" is about lanes under an overview, {which}",
                remedy=f"Leave it out. {_ONE_OF_MANY}" if is_many else "Leave it or overview out.",
            )  # fmt: skip


def _grid(
    place: SubplotSpec, layout: Layout, overview: bool, n: int
) -> tuple[SubplotSpec | None, list[SubplotSpec]]:
    """Return the places of the overview, if there is one, and of the panels."""
    heights = [layout.panel_height] * layout.n_rows
    if overview:
        heights.insert(0, layout.overview_height)
    # Times below neighbours have air between them: matplotlib's own gap is a letter wide.
    grid = place.subgridspec(len(heights), layout.n_columns, height_ratios=heights, wspace=_BETWEEN)
    first = int(overview)
    panels = [
        grid[first + row, column]
        for row, column in (divmod(order, layout.n_columns) for order in range(n))
    ]
    return grid[0, :] if overview else None, panels


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
        location: Literal["right", "bottom"] = "bottom"
    else:
        length, pad = height - margins.top - margins.below - margins.bottom, GAP / width
        location = "right"
    bar = add_colorbar(
        mesh, axes, scale, location=location, length=length, thickness=BAR_THICKNESS, pad=pad,
        size="small",
    )  # fmt: skip
    bar.ax.tick_params(labelsize="small")
    return bar
