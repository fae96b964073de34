"""How often each moment is seen, and by whom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.ticker import MaxNLocator

from .._util.text import contained, one_line
from .._util.validation import check_bool, check_text
from ..core.batch import batch_of
from ..core.patches import check_patches
from ..core.steps import check_groups
from ..errors import InvalidValueError
from ..recordings.recordings import Recordings
from .brackets import is_dark, root_figure, span_color
from .classes import GROUPS_ON_LIGHT, group_color
from .color import ColorScale
from .figures import add_colorbar, axes_or_new, axes_width, new_figure, wide_size
from .overview import draw_overview, set_title
from .padding import Padding
from .split import draw_split, shared_color
from .text import fitting_label, points, shortened, size_for, text_width, write
from .times import TimeAxis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from ..core.patches import Patches

__all__ = ["plot_coverage"]

MOST_TOGETHER = len(GROUPS_ON_LIGHT)  # groups whose colours differ; more have a row each

ROW = 12.0  # points


class _Size(NamedTuple):
    """How much room something takes, in points."""

    width: float
    height: float


def plot_coverage(
    patches: Patches | Recordings,
    groups: Mapping[str, ArrayLike] | None = None,
    *,
    ax: Axes | None = None,
    spectrogram: bool = True,
    title: str | None = None,
) -> Axes:
    """Draw how many patches see each moment: gaps, the tail, padding, and what groups share.

    Parameters
    ----------
    patches : Patches or Recordings
        The patches of a recording, grey, "unseen", where none sees it; or of many, which have a
        row each, in the colours of the groups that see it: red where several do.
    groups : mapping, optional
        Positions or masks of patches by name, such as ``{"train": a, "test": b}``: each has a
        line of its own, and what several of them see is filled in red: a split that leaks there.
        More than four have a row each. By default all patches are one group. Of
        recordings twelve at most; where several share a pixel, the last of them is seen there, and
        above all what they share.
    ax : matplotlib.axes.Axes, optional
        Where to draw the numbers. By default a new pyplot figure is made.
    spectrogram : bool, default: True
        In a figure made here: draw the spectrogram above, of one recording.
    title : str, optional
        By default the recording's name, or how many they are.

    Returns
    -------
    matplotlib.axes.Axes
        That of the numbers; its lines are the groups in their order, those in rows raised. Of
        recordings, that of their rows.

    Raises
    ------
    InvalidTypeError, InvalidValueError, PatchIndexError
        If an argument is not what it must be.

    See Also
    --------
    Patches.leaks : The test patches that share frames with training patches.
    Patches.blocks : Groups that share none.
    Recordings.groups : What a split of many recordings should not part.

    Examples
    --------
    >>> import numpy as np
    >>> import patchviz as pv
    >>> patches = pv.Spectrogram.example().patches(duration=2.0, hop_duration=0.5)
    >>> ax = pv.plot_coverage(patches)
    >>> int(ax.lines[0].get_ydata().max())
    5
    >>> odd = np.arange(len(patches)) % 2 == 1
    >>> ax = pv.plot_coverage(patches, {"train": ~odd, "test": odd}, spectrogram=False)

    Of many recordings, of which this is one:

    >>> from importlib.resources import files
    >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0)
    >>> block = recordings.blocks(4)
    >>> ax = pv.plot_coverage(recordings, {"train": block > 0, "test": block == 0})
    >>> ax.get_xlabel()
    'Time in recording (s)'
    """
    check_bool("spectrogram", spectrogram)
    if title is not None:
        check_text("title", title)
    if isinstance(patches, Recordings):
        return draw_split(patches, _named(groups, patches._flat), ax=ax, title=title)
    spec = check_patches(patches, ", or Recordings").spectrogram
    if batch_of(patches) is not None:
        raise InvalidValueError(
            "items of a batch lie side by side and share no frames. Give the patches of a "
            "recording: spectrogram.patches(duration=5.0, hop_duration=0.1)."
        )
    named = _named(groups, patches)
    above = None
    if ax is None:
        above, ax = _new_axes(len(named) * (len(named) > MOST_TOGETHER), spectrogram)
    if above is not None:
        scale = ColorScale.of(spec)
        mesh = draw_overview(above, patches, scale)
        add_colorbar(mesh, [above], scale)
    ax = axes_or_new(ax)
    legend = _draw_counts(ax, patches, named)
    TimeAxis.of(spec).apply(ax)
    if above is not None:
        for one in (above, ax):
            _shorten_label(one)
        above.set_xlabel("")
        above.tick_params(labelbottom=False)
    top = ax if above is None else above
    text = contained(spec.name if title is None else title)
    size = matplotlib.rcParams["axes.titlesize"]
    wide = max(text_width(line, size) for line in text.split("\n")) + legend.width
    is_beside = above is not None or wide <= axes_width(ax)
    set_title(top, text, 0.0 if is_beside else legend.height, literal=title is None)
    return ax


def _shorten_label(ax: Axes) -> None:
    """Write the vertical label as small as it must be beside that of another axes."""
    height, label = 0.9 * ax.bbox.height * 72 / root_figure(ax).dpi, ax.yaxis.label
    text, size = label.get_text(), label.get_fontsize()
    text = fitting_label(text, height, size) if text.endswith(")") else text
    write(label, text)
    label.set_fontsize(size_for(text, height, size))


def _named(groups: object, patches: Patches) -> dict[str, NDArray[np.int64]]:
    """Return the positions of groups by their names; without any, that without a name is of all."""
    if groups is None:
        return {"": np.arange(len(patches))}
    named = check_groups("groups", groups, patches)
    if not named:
        raise InvalidValueError(
            'groups={} names none. Give one or more, such as {"train": a, "test": b}.'
        )
    return named


def _new_axes(n_rows: int, spectrogram: bool) -> tuple[Axes | None, Axes]:
    """Return the axes of a new figure, high enough for rows: for a spectrogram, and for counts."""
    width, height = wide_size(4.8 if spectrogram else 3.6)
    counts = height / 3 if spectrogram else height
    grown = max(counts, (n_rows * ROW + 40) / 72)
    figure = new_figure((width, height - counts + grown))
    if not spectrogram:
        return None, figure.add_subplot()
    heights = [2 * height / 3, grown]
    above, ax = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": heights})
    return above, ax


def _draw_counts(ax: Axes, patches: Patches, groups: Mapping[str, NDArray[np.int64]]) -> _Size:
    """Draw a line for each group, and red where several see the same.

    Returns how large the legend above is.
    """
    legend = _Size(0.0, 0.0)
    framing, spec, figure = patches.framing, patches.spectrogram, ax.get_figure(root=False)
    counts = np.array([_counts(patches, numbers) for numbers in groups.values()])
    most = max(1, int(counts.max()))
    changes = np.flatnonzero((np.diff(counts, prepend=-1) != 0).any(axis=0))
    edges = framing.origin + np.r_[changes, spec.n_frames] * framing.frame_duration
    seen = counts[:, [*changes, -1]]
    bottoms = _bottoms(len(groups), most)
    steps: dict[str, Any] = {"step": "post", "linewidth": 0.0}
    for order, (name, count, bottom) in enumerate(zip(groups, seen, bottoms, strict=True)):
        color = group_color(order, on_dark=is_dark(figure)) if name else span_color(0, figure)
        top = bottom + count
        ax.plot(edges, top, drawstyle="steps-post", color=color, label=name or "_patches")
        ax.fill_between(edges, top, bottom, color=color, alpha=0.3, **steps)
    if len(groups) > 1:
        shared = np.where((seen > 0).sum(axis=0) > 1, seen, 0)
        if not bottoms.any():  # one before the other: as high as the lowest of those that share
            lowest = np.where(shared > 0, shared, most).min(axis=0)
            shared = np.where(shared.any(axis=0), lowest, 0)[np.newaxis]
        red = shared_color(on_dark=is_dark(figure))
        for count, bottom in zip(shared, bottoms, strict=False):
            # Above the lines: where there are more steps than pixels, these fill what they bound.
            ax.fill_between(
                edges, bottom + count, bottom, color=red, alpha=0.75, label="shared",
                zorder=2.5, **steps,
            )  # fmt: skip
    grey = _mark_unseen(ax, edges, counts.sum(axis=0)[changes])
    if groups.keys() != {""}:
        legend = _add_names(ax, [*groups], bottoms, grey)
    if patches.n_padded:
        padding = Padding(ax, patches._filled_end, spec.end)
        padding.set_edgecolor((0.5, 0.5, 0.5, 0.8))
    ax.set_ylim(0, bottoms[0] + (1.3 if bottoms.any() else 1.1) * most)
    if bottoms.any():
        ax.set_ylabel(f"Patches (0 to {most} each)")
    else:
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.set_ylabel("Patches")
    return legend


def _bottoms(n: int, most: int) -> NDArray[np.float64]:
    """Return where the counts of each group begin: rows, where there are more than colours."""
    rise = 1.3 * most if n > MOST_TOGETHER else 0.0
    bottoms: NDArray[np.float64] = rise * np.arange(n, dtype=np.float64)[::-1]
    return bottoms


def _add_names(
    ax: Axes, names: list[str], bottoms: NDArray[np.float64], grey: list[Artist]
) -> _Size:
    """Name the groups, in a legend or beside their rows; return how large the legend is."""
    red = [ax.collections[-1]] if len(names) > 1 else []
    areas: dict[str, Artist] = {name: each[0] for name, each in
                                (("shared", red), ("unseen", grey)) if each}  # fmt: skip
    if not bottoms.any():
        return _add_legend(ax, [*names, *areas], [*ax.lines[-len(names) :], *areas.values()])
    row = ax.bbox.height * 72 / root_figure(ax).dpi / len(names)
    size = min(points("x-small"), max(3.0, 0.9 * row))
    short = [shortened(one_line(name), axes_width(ax) / 4, size) for name in names]
    middles = bottoms + 0.5 * (bottoms[0] - bottoms[1]) / 1.3
    looks: dict[str, Any] = {"parse_math": False, "usetex": False}
    ax.set_yticks(middles, short, fontsize=size, **looks)
    ax.tick_params(axis="y", length=0)
    for tick, line in zip(ax.yaxis.get_major_ticks(), ax.lines[-len(names) :], strict=True):
        tick.label1.set_color(line.get_color())
    return _add_legend(ax, [*areas], [*areas.values()])


def _add_legend(ax: Axes, names: list[str], handles: list[Artist]) -> _Size:
    """Name what is drawn, whatever it is called, in as many columns as the axes has room for.

    It stands above, where it hides no count. Returns how large it is.
    """
    wide = 3.8 * points("small")  # of a line and its gaps
    short = [shortened(one_line(name), axes_width(ax) / 2, "small") for name in names]
    n = max(1, int(axes_width(ax) // (text_width(short, "small") + wide)))
    # Handed over, names that begin with _ would be left out, and $ taken for mathematics.
    legend = ax.legend(
        handles, list(map(str, range(len(names)))), fontsize="small",
        ncols=min(len(names), n), loc="lower right", bbox_to_anchor=(1.0, 1.0), frameon=False,
        borderaxespad=0.1, borderpad=0.2, handlelength=1.6, columnspacing=1.2,
    )  # fmt: skip
    for text, name in zip(legend.get_texts(), short, strict=True):
        write(text, name, literal=True)
    n_columns = min(len(names), n)
    width = n_columns * (text_width(short, "small") + wide)
    return _Size(width, (1.5 * math.ceil(len(names) / n_columns) + 0.4) * points("small"))


def _mark_unseen(ax: Axes, edges: NDArray[np.float64], total: NDArray[np.int64]) -> list[Artist]:
    """Mark gaps and the tail, which no patch sees."""
    looks: dict[str, Any] = {"color": "0.5", "alpha": 0.12, "linewidth": 0, "label": "_unseen"}
    return [ax.axvspan(edges[k], edges[k + 1], **looks) for k in np.flatnonzero(total == 0)]


def _counts(patches: Patches, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of some patches see each frame."""
    starts = patches.framing.starts[numbers]
    rises = np.zeros(patches.spectrogram.n_frames + 1, np.int64)
    np.add.at(rises, starts, 1)
    np.add.at(rises, np.minimum(starts + patches.frame_length, len(rises) - 1), -1)
    return np.cumsum(rises)[:-1]
