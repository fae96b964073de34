"""Labels that are heard, and in no patch: which these are, and which carving has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .._util.text import plural
from .._util.warn import warn_user
from ..errors import Argument, InPython, Setting, shown
from .grid import filled, go_on, said, windows_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .labelindex import LabelIndex

__all__ = ["Starts", "tell_unseen"]


class Starts(NamedTuple):
    """Where patches begin, in seconds or in frames, as somebody gave it.

    Attributes
    ----------
    given : ndarray, shape (n,)
        They rise.
    duration : float
        How long a patch is.
    begin, end : float
        When recordings begin, and when the last frame of all ends.
    frame : float
        How long a frame is; of several rates the longest.
    origin, unit : float
        When 0 of these is, and how long 1, in seconds of the recording.
    """

    given: NDArray[Any]
    duration: float
    begin: float
    end: float
    frame: float
    origin: float = 0.0
    unit: float = 1.0

    def grid(self, *, is_padded: bool) -> NDArray[Any]:
        """Return all windows of a detector that these are some of, or else these."""
        if len(self.given) < 2:  # one says nothing of others
            return self.given
        return filled(self.given, self.duration, self.begin, self._last(is_padded))

    def said(self, *, is_padded: bool) -> str:
        """Return what somebody types to have that."""
        return said(self.given, self.duration, self.begin, self._last(is_padded))

    def _last(self, is_padded: bool) -> float:
        end: float = windows_end(self.end, self.duration, self.frame, is_padded=is_padded)
        return end


def tell_unseen(
    known: LabelIndex, unseen: NDArray[np.int64], tail: str, min_filled: float, at: Starts | None
) -> None:
    """Warn of labels that are heard, and in no patch, as hops, starts or tails leave them out.

    Parameters
    ----------
    known : LabelIndex
    unseen : ndarray of int
        The numbers of these labels.
    tail : {"drop", "pad", "overlap"}
    min_filled : float
    at : Starts or None
        Of patches that were carved at starts.
    """
    k = unseen[0]
    which = (
        f"{unseen.size:,} of {plural(len(known.start), 'label')} "
        f"{'is' if unseen.size == 1 else 'are'} in no patch, "
        f"first {shown(known.classes[known.codes[k]])} from {known.start[k]:.3f} to "
        f"{known.end[k]:.3f} s"
    )
    if at is not None:
        times = (np.stack([known.start[unseen], known.end[unseen]]) - at.origin) / at.unit
        return _tell_of_starts(which, times, at, tail)
    after: tuple[Any, ...] = ()
    if tail == "drop":
        after = (", and ", Setting("tail", "pad"), " those after")
    elif min_filled:
        after = (", and a smaller ", Argument("min_filled"), " those after")
    warn_user((
        f"{which}: between patches, or after the last. A shorter hop has those between",
        *after, ".",
    ))  # fmt: skip


def _tell_of_starts(which: str, times: NDArray[Any], at: Starts, tail: str) -> None:
    """Warn of the same, that begin and end at some times; a grid of windows may have them."""
    is_padded = tail == "pad"
    every = at.grid(is_padded=is_padded)
    if not _has(every, times, at) and not is_padded:
        every, is_padded = at.grid(is_padded=True), True
    if len(every) == len(at.given) or not _has(every, times, at):
        near = (", those near the end with ", Setting("tail", "pad")) if tail != "pad" else ()
        return warn_user((f"{which}: no patch begins there. More starts have them", *near, "."))
    carved = at.said(is_padded=is_padded)
    pads = is_padded and bool(go_on(every[-1], at.duration, at.end, at.frame))
    if pads and tail != "pad" and times[0].min() >= at.given[-1]:
        return warn_user((
            f"{which}: after the last patch. Windows up to the end have them: ",
            InPython(f"{carved}, "), Setting("tail", "pad"), "; where they are those of a table "
            "of scores, let what has no row there score ", Setting("missing", 0.0), ".",
        ))  # fmt: skip
    return warn_user((
        f"{which}: no patch begins there. Carve the windows between, too",
        InPython(f", {carved}" + (', tail="pad"' if pads else "")), "; where they are those of a "
        "table of detections, which has no row where nothing was found, let them score ",
        Setting("missing", 0.0), ".",
    ))  # fmt: skip


def _has(every: NDArray[Any], times: NDArray[Any], at: Starts) -> bool:
    """Return whether each label lies in one of some windows, as `ranges_of` has it by default."""
    begins, ends = np.maximum(times[0], at.begin), np.minimum(times[1], at.end)
    least = np.minimum(at.frame, (ends - begins) / 2)
    last = np.searchsorted(every, ends - least + 1e-9 * at.duration, side="right") - 1
    has = every[np.maximum(last, 0)] + at.duration >= begins + least - 1e-9 * at.duration
    return bool((has & (last >= 0)).all())
