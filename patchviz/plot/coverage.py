"""How often each moment is seen, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from .._util.validation import check_bool, check_text
from ..core.batch import batch_of
from ..core.patches import check_patches
from ..core.steps import check_groups
from ..errors import InvalidValueError
from .axis import TimeAxis
from .brackets import is_dark, span_color
from .classes import group_color
from .color import ColorScale
from .figures import add_colorbar, axes_or_new, new_figure
from .overview import draw_overview, set_title
from .padding import Padding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from ..core.patches import Patches

__all__ = ["plot_coverage"]

SHARED = "#c8102e"  # what two groups hear is heard in red


def plot_coverage(
    patches: Patches,
    groups: Mapping[str, ArrayLike] | None = None,
    *,
    ax: Axes | None = None,
    spectrogram: bool = True,
    title: str | None = None,
) -> Axes:
    """Draw how many patches see each moment: gaps, the tail, padding, and what groups share.

    Parameters
    ----------
    patches : Patches
        The patches of a recording.
    groups : mapping, optional
        Positions or masks of patches by name, such as ``{"train": a, "test": b}``, two or more:
        each has a line of its own, and what several of them see is filled in red: a split that
        leaks there. By default all patches are one group.
    ax : matplotlib.axes.Axes, optional
        Where to draw the numbers. By default a new pyplot figure is made.
    spectrogram : bool, default: True
        In a figure made here: draw the spectrogram above.
    title : str, optional
        By default the recording's name.

    Returns
    -------
    matplotlib.axes.Axes
        That of the numbers; its lines are the groups in their order.

    Raises
    ------
    InvalidTypeError, InvalidValueError, PatchIndexError
        If an argument is not what it must be.

    See Also
    --------
    Patches.leaks : The test patches that share frames with training patches.
    Patches.blocks : Groups that share none.

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
    """
    spec = check_patches(patches).spectrogram
    if batch_of(patches) is not None:
        raise InvalidValueError(
            "items of a batch lie side by side and share no frames. Give the patches of a "
            "recording: spectrogram.patches(duration=5.0, hop_duration=0.1)."
        )
    check_bool("spectrogram", spectrogram)
    if title is not None:
        check_text("title", title)
    named = {"": np.arange(len(patches))}
    if groups is not None:
        named = check_groups("groups", groups, patches.framing)
        if not named:
            raise InvalidValueError(
                'groups={} names none. Give one or more, such as {"train": a, "test": b}.'
            )
    above = None
    if ax is None and spectrogram:
        above, ax = new_figure().subplots(
            2, 1, sharex=True, gridspec_kw={"height_ratios": [2, 1]}, squeeze=True
        )
        scale = ColorScale.of(spec)
        mesh = draw_overview(above, patches, scale)
        add_colorbar(mesh, [above], scale)
    ax = axes_or_new(ax)
    _draw_counts(ax, patches, named)
    TimeAxis.of(spec).apply(ax)
    if above is not None:
        above.set_xlabel("")
        above.tick_params(labelbottom=False)
    top = ax if above is None else above
    set_title(top, spec.name if title is None else title, 0.0, literal=title is None)
    return ax


def _draw_counts(ax: Axes, patches: Patches, groups: Mapping[str, NDArray[np.int64]]) -> None:
    """Draw a line for each group, and red where several see the same."""
    framing, spec, figure = patches.framing, patches.spectrogram, ax.get_figure(root=False)
    counts = [_counts(patches, numbers) for numbers in groups.values()]
    changes = np.flatnonzero(np.any([np.diff(count, prepend=-1) != 0 for count in counts], axis=0))
    edges = framing.origin + np.r_[changes, spec.n_frames] * framing.frame_duration
    steps: dict[str, Any] = {"step": "post", "linewidth": 0.0}
    for order, (name, count) in enumerate(zip(groups, counts, strict=True)):
        seen = np.r_[count[changes], count[-1]]
        color = group_color(order, on_dark=is_dark(figure)) if name else span_color(0, figure)
        ax.plot(edges, seen, drawstyle="steps-post", color=color, label=name or "_patches")
        ax.fill_between(edges, seen, color=color, alpha=0.2, **steps)
    if len(counts) > 1:
        shared = np.sum([count > 0 for count in counts], axis=0) > 1
        where = np.r_[shared[changes], shared[-1]]
        most = np.min(
            [np.where(count > 0, count, np.iinfo(np.int64).max) for count in counts], axis=0
        )
        heights = np.where(where, np.r_[most[changes], most[-1]], 0)
        ax.fill_between(edges, heights, color=SHARED, alpha=0.75, label="shared", **steps)
        ax.legend(loc="upper right", fontsize="small", ncols=len(counts) + 1)
    _mark_unseen(ax, edges, np.sum(counts, axis=0)[changes])
    if patches.n_padded:
        padding = Padding(ax, spec.end - patches.n_padded * spec.frame_duration, spec.end)
        padding.set_edgecolor((0.5, 0.5, 0.5, 0.8))
    ax.set_ylim(0, 1.3 * max(1, max(int(count.max()) for count in counts)))
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.set_ylabel("Patches")


def _mark_unseen(ax: Axes, edges: NDArray[np.float64], total: NDArray[np.int64]) -> None:
    """Mark gaps and the tail, which no patch sees."""
    for k in np.flatnonzero(total == 0):
        ax.axvspan(edges[k], edges[k + 1], color="0.5", alpha=0.25, linewidth=0, label="_unseen")


def _counts(patches: Patches, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of some patches see each frame."""
    starts = patches.framing.starts[numbers]
    rises = np.zeros(patches.spectrogram.n_frames + 1, np.int64)
    np.add.at(rises, starts, 1)
    np.add.at(rises, np.minimum(starts + patches.frame_length, len(rises) - 1), -1)
    return np.cumsum(rises)[:-1]
