"""The full spectrogram, and where its patches lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

import matplotlib

from .._util.reductions import REDUCTIONS, Reduction
from .._util.text import contained
from .._util.validation import check_bool, check_choice, check_int, check_text, positions_of, scalar
from ..core.batch import batch_of
from ..core.patches import Patches
from ..core.spectrogram import Spectrogram, column_maxima
from ..core.steps import check_groups
from ..errors import Argument, InvalidTypeError, InvalidValueError
from .axis import FrequencyAxis
from .brackets import mark_extents, root_figure
from .color import ColorScale
from .figures import add_colorbar, axes_or_new, wide_size
from .inputs import check_mesh_kws
from .labels import draw_labels
from .lanes import draw_lanes
from .limits import ColorLimits
from .mesh import draw_mesh
from .padding import Padding, hatch_items
from .raster import EvenEdges
from .scored import MOST_CLASSES, Scored
from .text import fitting_label, is_mathematics, points, shortened, write
from .times import TimeAxis
from .wanted import GAP, HEIGHT, Wanted, tell_left_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from numpy.typing import ArrayLike

    from .band import FrequencyLimits
    from .mesh import PatchMesh

__all__ = ["draw_overview", "plot_spectrogram", "set_title"]


def plot_spectrogram(
    spectrogram: Spectrogram | Patches,
    *,
    ax: Axes | None = None,
    mark: int | Iterable[int] | Mapping[str, ArrayLike] | None = None,
    cmap: str | Colormap | None = None,
    clim: ColorLimits | None = None,
    norm: Normalize | None = None,
    flim: FrequencyLimits | None = None,
    colorbar: bool | None = None,
    title: str | None = None,
    reduce: Reduction = "max",
    labels: bool = True,
    scores: bool = True,
    classes: Sequence[str] | None = None,
    threshold: float | None = None,
    overlapping: Literal["max", "mean", "center"] = "max",
    mesh_kws: Mapping[str, Any] | None = None,
) -> Axes:
    """Draw the full spectrogram; given patches, mark where some of them lie.

    What is known is shown: labels as boxes and, in a lane below, as bars; scores as steps in a
    lane for each class. Where several columns share a pixel, their maximum is drawn, so that a
    click in an hour of recording stays visible.

    Parameters
    ----------
    spectrogram : Spectrogram or Patches
        What to draw. Patches stand for their spectrogram.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default a new pyplot figure is made.
    mark : int or iterable of int, optional
        Only with patches: how many of the first patches to mark with a bracket each above the
        spectrogram, or the positions, or a mask, of the patches to mark. Or groups of patches by
        name, such as ``{"train": a, "test": b}``: a lane shows where each lies.
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
        or ``(None, 8000)``. By default all in which there can be sound: of a file of 8 kHz those up
        to 4 kHz, whatever it is analysed at; ``(None, None)`` are all rows.
    colorbar : bool, optional
        Whether to put a colour bar beside the axes; by default only in a figure made here.
    title : str, optional
        By default the recording's name.
    reduce : {"max", "mean", "median"}, default: "max"
        What a pixel shows of the cells that share it. The mean of decibels is that of powers.
    labels : bool, default: True
        Show what was written down, where the spectrogram knows it.
    scores : bool, default: True
        Only with patches: show their scores, where they have some.
    classes : sequence of str, optional
        Which classes have a lane of scores, at most eight; by default those that are
        labelled, then those of the highest scores.
    threshold : float, optional
        From which score on a lane has its full colour; by default ``patches.threshold``: 0.5 of
        scores from 0 to 1, 0 of those on both sides of it.
    overlapping : {"max", "mean", "center"}, default: "max"
        Which score a moment has that several patches share: the largest, the mean, or the mean
        weighted by how near the moment is to the middle of each.
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

    Warns
    -----
    UserWarning
        If lanes are left out of a figure that is too low for them.

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
    groups = {}
    if patches is not None and isinstance(mark, Mapping):
        mark, groups = None, check_groups("mark", mark, patches)
    indices = _marked(patches, mark)  # type: ignore[arg-type]  # a mapping needs patches too
    if title is not None:
        check_text("title", title)
    check_choice("reduce", reduce, REDUCTIONS)
    scale = ColorScale.of(
        spec, cmap=cmap, clim=clim, norm=norm, n_columns=spec.n_frames, reduce=reduce
    )
    colorbar = ax is None if colorbar is None else check_bool("colorbar", colorbar)
    check_bool("labels", labels)
    check_bool("scores", scores)
    scored = Scored.of(spectrogram, classes, threshold, overlapping) if scores else Scored()
    check_mesh_kws(mesh_kws)  # before there is a figure
    frequency = FrequencyAxis.of(spec, flim)
    width, height = wide_size()
    wanted = Wanted.of(spectrogram, groups, scored, labels=labels)
    height += max(0.0, (len(groups) - MOST_CLASSES) * (HEIGHT + GAP)) / 72
    ax = axes_or_new(ax, (width, height))
    mesh = draw_overview(
        ax, spectrogram, scale, frequency=frequency, reduce=reduce, mesh_kws=mesh_kws
    )
    if labels:
        draw_labels(ax, spectrogram, frequency)
    brackets_height = 0.0
    if patches is not None:  # where classes are shown, colours are theirs
        brackets_height = mark_extents(ax, patches, indices, numbered=len(wanted) > 0)
    lanes_height = _draw_fitting(ax, spectrogram, wanted, brackets_height)
    set_title(ax, spec.name if title is None else title, brackets_height, literal=title is None)
    if colorbar:
        length = _length_beside(ax, brackets_height + lanes_height)
        add_colorbar(mesh, ax, scale, length=length)
    return ax


def _draw_fitting(
    ax: Axes, known: Spectrogram | Patches, wanted: Wanted, brackets_height: float
) -> float:
    """Draw the lanes that leave a picture that can be read; return how high they are, in points."""
    room = _height_within(ax, brackets_height)
    shown = wanted.fitting(room)
    more = 2 * wanted.with_fewer_classes(0.0).height - room
    tell_left_out("plot_spectrogram", wanted.left_out(shown), more / 72)
    draw_lanes(ax, known, shown)
    _fit_label(ax, room - shown.height)
    return shown.height


def _height_within(ax: Axes, above: float) -> float:
    """Return how high a picture and its lanes may be, in points: what a layout leaves of axes."""
    height, rc = ax.bbox.height * 72 / root_figure(ax).dpi, matplotlib.rcParams
    if root_figure(ax).get_layout_engine() is None:
        return height
    texts = [rc["axes.titlesize"], rc["xtick.labelsize"], rc["axes.labelsize"]]
    gaps = [rc["axes.titlepad"], rc["xtick.major.size"], rc["xtick.major.pad"], rc["axes.labelpad"]]
    around = above + 1.2 * sum(map(points, texts)) + sum(gaps)
    usual = rc["figure.subplot.top"] - rc["figure.subplot.bottom"]  # before there is a layout
    return float(height / usual - around)


def _fit_label(ax: Axes, height: float) -> None:
    """Write the unit alone beside a picture that is too low for the name of its axis."""
    label = ax.yaxis.label
    room = height + 2 * points(matplotlib.rcParams["axes.titlesize"])
    write(label, fitting_label(label.get_text(), room, label.get_fontsize()))


def _length_beside(ax: Axes, taken: float) -> float:
    """Return how long axes will be, in points, of which a layout has yet to take some."""
    figure = root_figure(ax)
    length = ax.bbox.height * 72 / figure.dpi
    if figure.get_layout_engine() is None:
        return length
    return max(0.2 * length, length - taken)


def draw_overview(
    ax: Axes,
    known: Spectrogram | Patches,
    scale: ColorScale,
    *,
    frequency: FrequencyAxis | None = None,
    reduce: Reduction = "max",
    mesh_kws: Mapping[str, Any] | None = None,
) -> PatchMesh:
    """Draw a whole spectrogram with its axes; of patches, hatch what is padding."""
    spec = known.spectrogram if isinstance(known, Patches) else known
    frequency = frequency or FrequencyAxis.of(spec)
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
    if isinstance(known, Patches):
        hatch_items(ax, known)
        if batch_of(known) is None and known.n_padded:
            Padding(ax, known._filled_end, spec.end)
    return mesh


def set_title(
    ax: Axes, title: str, above: float, width: float | None = None, *, literal: bool
) -> None:
    """Give an overview its title, `above` points higher than where titles are.

    It is shortened to `width` points, by default the present width of the axes; the label of the
    Text keeps it whole. A name, unlike a title, is taken literally. Mathematics is not shortened.
    """
    title = contained(title)
    pad = matplotlib.rcParams["axes.titlepad"] + above
    if width is None:
        width = ax.bbox.width * 72 / root_figure(ax).dpi
    shown = title
    if literal or not is_mathematics(title):
        size = matplotlib.rcParams["axes.titlesize"]
        shown = "\n".join(shortened(line, width, size) for line in title.split("\n"))
    text = ax.set_title("", loc="left", pad=pad)
    write(text, shown, literal=literal)
    text.set_label(title)


def _marked(patches: Patches | None, mark: int | Iterable[int] | None) -> list[int]:
    mark = cast("int | Iterable[int] | None", scalar(mark))
    if mark is None:
        return []
    if patches is None:
        raise InvalidValueError(
            Argument("mark", mark),
            " needs patches",
            remedy="Give them in place of the spectrogram: "
            "plot_spectrogram(spectrogram.patches(duration=5.0), mark=3).",
        )
    if isinstance(cast(object, mark), str):  # iterable too
        raise InvalidTypeError(
            Argument("mark", mark),
            " is of type str",
            allowed="how many of the first patches to mark, such as mark=3, or the positions of "
            "patches, such as mark=[0, 5]",
        )
    if (listed := positions_of("mark", mark, patches)) is not None:
        return [patches.framing.check_index(index, "mark") for index in listed]
    return list(range(check_int("mark", mark, minimum=0, maximum=len(patches), unit="patches")))
