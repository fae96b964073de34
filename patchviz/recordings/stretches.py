"""Which stretches of many recordings some patches see, and which several groups of them do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._util.spans import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .sidebyside import SideBySide

__all__ = ["Stretches", "met", "seen_by"]


class Stretches(NamedTuple):
    """Stretches of recordings, in the order of files and of time; none meets another.

    Attributes
    ----------
    files : ndarray of int
        Which file each is of.
    begin, end : ndarray of int
        Its first frame there, and the one after its last.
    """

    files: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


def seen_by(
    flat: SideBySide, numbers: NDArray[np.int64], same: NDArray[np.int64] | None = None
) -> Stretches:
    """Return what some patches see.

    Parameters
    ----------
    flat : SideBySide
    numbers : ndarray of int
        Their positions.
    same : ndarray of int, shape (n_files,), optional
        In which file what each holds is looked for: of copies the first.
    """
    beside = flat.beside
    files = beside.found[0][numbers]
    start = beside.starts[numbers] - beside.offset[files]
    length = beside.stops[numbers] - beside.starts[numbers]
    if same is not None:
        files = same[files]
    zero = _zero(flat)
    begin = zero[files] + start
    order = np.argsort(begin, kind="stable")
    return _parted(zero, *joined(begin[order], (begin + length)[order]))


def met(flat: SideBySide, groups: Sequence[Stretches]) -> Stretches:
    """Return what two of some groups see, or more."""
    zero = _zero(flat)
    begins = np.concatenate([zero[one.files] + one.begin for one in groups])
    ends = np.concatenate([zero[one.files] + one.end for one in groups])
    places, at = np.unique(np.concatenate([begins, ends]), return_inverse=True)
    changes = np.repeat([1, -1], [len(begins), len(ends)])
    n_groups = np.cumsum(np.bincount(at, changes, minlength=len(places)).astype(np.int64))
    has_several = np.flatnonzero(n_groups > 1)  # from such a place to the next
    return _parted(zero, *joined(places[has_several], places[has_several + 1]))


def _zero(flat: SideBySide) -> NDArray[np.int64]:
    """Return where each file begins if one follows another, a frame apart, so that none meet."""
    offset = flat.beside.offset[:-1]
    return np.asarray(offset + np.arange(len(offset)))


def _parted(zero: NDArray[np.int64], begin: NDArray[np.int64], end: NDArray[np.int64]) -> Stretches:
    files = np.searchsorted(zero, begin, side="right") - 1
    return Stretches(files, begin - zero[files], end - zero[files])
