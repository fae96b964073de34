"""How much of a label lies in a patch, and which range of patches has enough of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .._util.validation import check_number
from ..errors import Argument, InvalidValueError
from .labelindex import LabelIndex, least_of
from .placing import TICKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .framing import Framing
    from .placing import Placing

__all__ = ["Least", "heard_of", "in_patch", "is_heard", "least_from", "ranges_of"]


class Least(NamedTuple):
    """The least overlap that was asked for: its name, as for `targets`, and its value."""

    name: str
    value: float


def least_from(asked: dict[str, float | None], duration: float, longer: float) -> Least | None:
    """Return which least overlap of a label was asked for; None for none.

    Parameters
    ----------
    asked : dict
        By name: ``min_overlap``, ``min_fraction``, ``min_share``.
    duration : float
        Length of a patch, in seconds.
    longer : float
        What no patch was asked to last: each was rounded down to frames.

    Raises
    ------
    InvalidValueError
        If more than one is given, or one is out of range.
    """
    given = {name: value for name, value in asked.items() if value is not None}
    if len(given) > 1:
        raise InvalidValueError(
            f"{' and '.join(given)} are given together. Give one of them: seconds, a part of "
            "the label, or a part of the patch."
        )
    for name, value in given.items():
        is_time = name == "min_overlap"
        most = duration if is_time else 1.0
        least = check_number(name, value, above=0, unit="s" if is_time else "")
        if least > most * (1 + 1e-9) and not (is_time and least < longer):
            what = "is longer than a patch" if is_time else "is more than 1, all of it"
            raise InvalidValueError(
                Argument(name, value, "s" if is_time else ""), f" {what}",
                allowed=f"more than 0 and at most {most:.6g}{' s' if is_time else ''}",
            )  # fmt: skip
        return Least(name, least)
    return None


def heard_of(
    start: NDArray[np.float64], end: NDArray[np.float64], placing: Placing
) -> NDArray[np.bool_]:
    """Return which labels have something of the recording, and not of padding alone."""
    return is_heard(*placing.ticks(start, end), placing.n_frames)


def in_patch(known: LabelIndex, framing: Framing, index: int) -> NDArray[np.int64]:
    """Return the numbers of the labels that are in a patch by default: its column of `ranges_of`.

    Only those around it are looked at.
    """
    if (windows := framing.windows) is None:
        begin, end = (frame * TICKS for frame in framing.frames(index))
        length = end - begin
    else:
        begin, end, length = windows.begins[index], windows.ends[index], windows.length
    near = np.array([begin, end]) / TICKS + [-1, 1]
    rows = known.around(*(framing.origin + near * framing.frame_duration))
    a, b = framing.ticks(known.start[rows], known.end[rows])
    enough = _nearly(_enough(a, b, framing, length, None))
    is_enough = (enough <= b - a) & is_heard(a, b, framing.n_frames)
    return rows[is_enough & (a + enough <= end) & (begin <= b - enough)]


def ranges_of(
    known: LabelIndex, placing: Placing, least: Least | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first patch that has enough of each label, and the one after the last."""
    a, b = placing.ticks(known.start, known.end)
    if (windows := placing.windows) is None:
        length = placing.frame_length * TICKS
        enough = _nearly(_rounded(_enough(a, b, placing, length, least), length, least))
        # A patch from s on has at least m of a label [a, b) where a + m - length <= s <= b - m.
        first = placing.n_before(-((length - a - enough) // TICKS))
        stop = placing.n_before((b - enough) // TICKS + 1)
    else:
        length = windows.length
        enough = _nearly(_enough(a, b, placing, length, least))
        # What ends at e has at least m of it where e >= a + m.
        ends, begins = windows.shift + a + enough, windows.shift + b - enough
        first = np.clip(np.searchsorted(windows.ends, ends), placing.begin, placing.stop)
        stop = np.searchsorted(windows.begins, begins, side="right")
        stop = np.clip(stop, placing.begin, placing.stop)
    is_enough = (enough <= np.minimum(b - a, length)) & is_heard(a, b, placing.n_frames)
    return first, np.where(is_enough, stop, first)


def is_heard(a: NDArray[np.int64], b: NDArray[np.int64], n_frames: Any) -> NDArray[np.bool_]:
    """Return whether something from `a` to `b`, in ticks, lies within so many frames."""
    return np.asarray((a < n_frames * TICKS) & (b > 0))


def _enough(
    a: NDArray[np.int64], b: NDArray[np.int64], placing: Placing, length: Any, least: Least | None
) -> NDArray[Any]:
    """Return the least overlap of each label, in ticks, of patches so many of these long."""
    if least is None:
        heard = least_of(a, b, 0, placing.n_frames * TICKS, TICKS)
        return np.asarray(np.minimum(heard, length))
    name, value = least
    if name == "min_fraction":
        return np.asarray(np.rint(value * (b - a)))
    if name == "min_share":
        return np.broadcast_to(np.rint(value * length), a.shape)
    return np.broadcast_to(np.rint(value / placing.frame_duration * TICKS), a.shape)


def _rounded(enough: NDArray[Any], length: Any, least: Least | None) -> NDArray[Any]:
    """Return the same where more was asked for than a patch is long that was rounded to frames.

    It begins within one of what was asked.
    """
    if least is None or least.name != "min_overlap":
        return enough
    most = np.maximum(length - TICKS, length / 2)
    return np.where(enough > length * (1 + 1e-9) + 2, most, enough)


def _nearly(least: NDArray[Any]) -> NDArray[np.int64]:
    """Return least overlaps as they are compared: ends are rounded, and two ticks may lack."""
    result: NDArray[np.int64] = np.maximum(least - 2, 1).astype(np.int64)
    return result
