"""The recordings that a sheet is of, and which of their patches are its tiles."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from .._util.validation import check_int, items_of, positions_of
from ..core.patches import Patches, check_patches
from ..errors import Argument, InvalidTypeError, InvalidValueError, PatchIndexError
from ..recordings.recordings import Recordings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Tiled"]


@dataclasses.dataclass(frozen=True)
class Tiled:
    """Recordings whose patches are counted through, and those of them that are tiles.

    Attributes
    ----------
    recordings : list of Patches
        Those given; of `Recordings` those alone that have tiles, since each is computed.
    starts : ndarray of int, shape (n_recordings,)
        How many patches there are before each.
    n_patches : int
        How many there are in all.
    chosen : ndarray of int or None
        Which are tiles, in their order; None: all.
    """

    recordings: list[Patches]
    starts: NDArray[np.int64]
    n_patches: int
    chosen: NDArray[np.int64] | None

    @classmethod
    def of(
        cls, patches: Patches | Iterable[Patches] | Recordings, numbers: Iterable[int] | None
    ) -> Tiled:
        """Return what somebody gave."""
        if isinstance(patches, Recordings):
            n = len(patches)
            if not n:
                raise InvalidValueError(Argument("patches"), " hold no patch")
            chosen = None if numbers is None else _numbers(numbers, n)
            rows = np.unique(patches.find(np.arange(n) if chosen is None else chosen)[0])
            recordings = [patches.patches(row) for row in rows.tolist()]
            return cls(recordings, patches._index.first[rows], n, chosen)
        recordings = _recordings(patches)
        ends = np.cumsum([len(one) for one in recordings])
        n = int(ends[-1])
        chosen = None if numbers is None else _numbers(numbers, n)
        return cls(recordings, np.concatenate([[0], ends[:-1]]), n, chosen)

    @property
    def shown(self) -> NDArray[np.int64]:
        """Which patches are tiles, in their order."""
        return np.arange(self.n_patches) if self.chosen is None else self.chosen

    def place(self, numbers: ArrayLike) -> NDArray[np.int64]:
        """Return which recording each of some patches is of."""
        return np.asarray(np.searchsorted(self.starts, numbers, side="right") - 1)

    def with_tiles(self) -> Tiled:
        """Return the same with those recordings alone that have tiles."""
        used = np.unique(self.place(self.shown))
        recordings = [self.recordings[k] for k in used.tolist()]
        return dataclasses.replace(self, recordings=recordings, starts=self.starts[used])


def _recordings(patches: Patches | Iterable[Patches]) -> list[Patches]:
    if isinstance(patches, Patches):
        return [patches]
    listed = items_of(patches)
    if listed is None:
        raise InvalidTypeError(
            f"patches is of type {type(patches).__name__}. It must be Patches, or a list of them."
        )
    recordings = [check_patches(one) for one in listed]
    if not recordings:
        raise InvalidValueError(Argument("patches", []), " holds no recording")
    return recordings


def _numbers(numbers: Iterable[int], n: int) -> NDArray[np.int64]:
    """Return which patches are shown, counted from 0, in the order given."""
    listed = positions_of("numbers", numbers, n)
    if listed is None:
        raise InvalidTypeError(
            Argument("numbers", numbers), " says no patches", allowed="a list of their numbers"
        )
    found = np.array([check_int("numbers", one, most=None) for one in listed], np.int64)
    if not len(found):
        raise InvalidValueError(Argument("numbers", []), " chooses no patch", remedy="Choose one.")
    outside = (found < -n) | (found >= n)
    if outside.any():
        raise PatchIndexError(
            Argument("numbers"), f" hold {found[outside][0]}: there are {n} patches, 0 to {n - 1} "
            f"(or -{n} to -1 from the end)."
        )  # fmt: skip
    found %= n
    values, counts = np.unique(found, return_counts=True)
    if (counts > 1).any():
        raise InvalidValueError(
            Argument("numbers"), f" hold {values[counts > 1][0]} more than once",
            remedy="A patch has one tile: list(dict.fromkeys(numbers)) leaves out the others.",
        )  # fmt: skip
    return found
