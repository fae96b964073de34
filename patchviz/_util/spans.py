"""Runs of spans that overlap, meet or are near one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["begins_of_runs", "joined", "runs_of"]

Number = TypeVar("Number", np.int64, np.float64)


def begins_of_runs(
    start: NDArray[Number], end: NDArray[Number], near: float = 0.0
) -> NDArray[np.int64]:
    """Return which of some spans, whose starts rise, begin further than `near` behind all before.

    Examples
    --------
    >>> import numpy as np
    >>> begins_of_runs(np.array([0, 1, 5, 9]), np.array([4, 2, 8, 10])).tolist()
    [0, 2, 3]
    """
    latest = np.maximum.accumulate(end)
    later = np.flatnonzero(start[1:] > latest[:-1] + near) + 1
    return np.concatenate([np.zeros(1, np.int64), later])


def joined(start: NDArray[Number], end: NDArray[Number]) -> tuple[NDArray[Number], NDArray[Number]]:
    """Return spans, whose starts rise, joined where they overlap or meet.

    Examples
    --------
    >>> import numpy as np
    >>> joined(np.array([0, 1, 4, 9]), np.array([4, 2, 8, 10]))
    (array([0, 9]), array([ 8, 10]))
    """
    if not len(start):
        return start, end
    begins = begins_of_runs(start, end)
    return start[begins], np.maximum.reduceat(end, begins)


def runs_of(
    is_in: NDArray[np.bool_], follows: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where runs of True begin, and where they have ended.

    `follows` says of each but the first whether it goes on where the one before it ends.

    Examples
    --------
    >>> import numpy as np
    >>> runs_of(np.array([True, False, True, True]))
    (array([0, 2]), array([1, 4]))
    """
    goes_on = is_in[1:] & is_in[:-1]
    if follows is not None:
        goes_on &= follows
    begins, ends = is_in.copy(), is_in.copy()
    begins[1:] &= ~goes_on
    ends[:-1] &= ~goes_on
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1
