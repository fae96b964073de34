"""Which patch of which recording is number *i*: a running sum, and nothing for each patch."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Index"]


@dataclasses.dataclass(frozen=True, eq=False)
class Index:
    """How many patches each recording has; of some that were chosen, which these are.

    Parameters
    ----------
    counts : ndarray of int, shape (n_files,)
    chosen : ndarray of int, shape (n_patches,), optional
        What patches are called in their recordings; by default 0, 1, 2 ... in each.
    numbers : ndarray of int, shape (n_patches,), optional
        What they are called among all; by default 0, 1, 2 ...
    n_numbered : int, optional
        How many all are.
    """

    counts: NDArray[np.int64]
    chosen: NDArray[np.int64] | None = None
    numbers: NDArray[np.int64] | None = None
    n_numbered: int | None = None

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """Position of the first patch of each recording, shape (n_files,)."""
        return self._ends - self.counts

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.cumsum(self.counts, dtype=np.int64)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def find(self, positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the recording of each position, by its row, and what the patch is called there."""
        rows = np.searchsorted(self._ends, positions, side="right")
        if self.chosen is not None:
            return rows, self.chosen[positions]
        return rows, positions - self.first[rows]

    def of(self, row: int) -> NDArray[np.int64] | None:
        """Return what the patches of a recording are called in it; None where it is all of them."""
        if self.chosen is None:
            return None
        first = int(self.first[row])
        return self.chosen[first : first + int(self.counts[row])]

    def positions(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of all patches of some recordings, whose rows rise."""
        counts = self.counts[rows]
        ends = np.cumsum(counts)
        within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
        return np.asarray(np.repeat(self.first[rows], counts) + within)

    def take(self, rows: NDArray[np.int64]) -> Index:
        """Return the index of some recordings, with all of their patches."""
        positions = self.positions(rows)
        return Index(
            self.counts[rows],
            None if self.chosen is None else self.chosen[positions],
            positions if self.numbers is None else self.numbers[positions],
            self.n_numbered or len(self),
        )

    def subset(self, positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], Index]:
        """Return the recordings that some patches, which rise, are of, and the index of these."""
        rows, chosen = self.find(positions)
        kept, counts = np.unique(rows, return_counts=True)
        numbers = positions if self.numbers is None else self.numbers[positions]
        n_numbered = self.n_numbered or len(self)
        return kept, Index(counts.astype(np.int64), chosen, numbers, n_numbered)
