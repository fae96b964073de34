"""Which patches go together: those that share no frame, the best first or evenly in time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .scores import ScoredPatches

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ApartPatches"]

_MANY = 1 << 12  # patches that are looked at in one go


class ApartPatches(ScoredPatches):
    """What can be taken of patches, where one leaves out those that share frames with it."""

    def _take(self, found: Iterable[int], is_free: NDArray[np.bool_], apart: bool) -> None:
        """Leave patches, and those that share frames with them, to nobody else."""
        for index in found:
            first, stop = self._near(index, apart)
            is_free[first:stop] = False

    def _near(self, index: int, apart: bool) -> tuple[int, int]:
        """Return the first patch that may not be chosen with another, and that after the last."""
        return self.framing.sharing(index) if apart else (index, index + 1)

    def _moments(self) -> NDArray[Any]:
        """Return when each patch begins, by any clock that is even."""
        return self.starts

    def _best(
        self, n: int, order: NDArray[np.int64], is_free: NDArray[np.bool_], apart: bool
    ) -> list[int]:
        """Return the first of an order that are still free, each as it is taken."""
        is_free, found = is_free.copy(), []
        for first in range(0, len(order), _MANY):
            some = order[first : first + _MANY]
            for index in some[is_free[some]].tolist():
                if is_free[index]:
                    found.append(index)
                    if len(found) == n:
                        return found
                    self._take([index], is_free, apart)
        return found

    def _evenly(self, n: int, candidates: NDArray[np.int64], apart: bool) -> list[int]:
        """Return some candidates as evenly in time as can be."""
        # From behind, the last that each may be, so that those after it find room.
        latest: list[int] = []
        k = len(candidates) - 1
        while k >= 0 and len(latest) < n:
            latest.append(k)
            first, _ = self._near(int(candidates[k]), apart)
            k = int(np.searchsorted(candidates, first)) - 1
        latest.reverse()
        if not latest:
            return []
        found: list[int] = []
        earliest = 0
        moments = self._moments()[candidates]
        evenly = np.linspace(moments[0], moments[-1], len(latest))
        for wanted, last in zip(evenly, latest, strict=True):
            right = int(np.searchsorted(moments, wanted))
            left = max(0, right - 1)
            right = min(right, len(moments) - 1)
            nearest = left if wanted - moments[left] < moments[right] - wanted else right
            k = min(max(nearest, earliest), last)
            found.append(k)
            _, stop = self._near(int(candidates[k]), apart)
            earliest = int(np.searchsorted(candidates, stop))
        return list(map(int, candidates[found]))
