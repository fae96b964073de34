"""Labels by class and by time, to find those around a patch among many."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["LabelIndex", "least_of"]


def least_of(
    start: NDArray[Any], end: NDArray[Any], first: float, last: float, frame: float
) -> NDArray[Any]:
    """Return how much of a label there is at least in a patch that has it.

    A frame, or half of what the recording, from `first` to `last`, has of it: so of patches that
    meet one has each label. Times are in any one unit.
    """
    heard = np.minimum(end, last) - np.maximum(start, first)
    return np.asarray(np.minimum(frame, heard / 2))


@dataclasses.dataclass(frozen=True)
class LabelIndex:
    """Labels by class and by time.

    Attributes
    ----------
    start, end : ndarray of float, shape (n_labels,)
        In seconds.
    classes : tuple of str
        The different labels, in alphabetical order.
    codes : ndarray of int, shape (n_labels,)
        Which class each label is.
    by_start : ndarray of int, shape (n_labels,)
        The labels' numbers in the order in which they start.
    rising : ndarray of float, shape (n_labels,)
        When they start, in that order.
    latest : ndarray of float, shape (n_labels,)
        When the last of those that have started ends, in that order.
    elsewhere : frozenset of str
        Classes that were looked for here, too: their table has them in recordings that are not.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    classes: tuple[str, ...]
    codes: NDArray[np.int64]
    by_start: NDArray[np.int64]
    rising: NDArray[np.float64]
    latest: NDArray[np.float64]
    elsewhere: frozenset[str] = frozenset()

    @classmethod
    def of(cls, labels: pd.DataFrame, elsewhere: frozenset[str] = frozenset()) -> LabelIndex:
        """Return the index of a frame of labels."""
        import pandas as pd

        start, end = labels["start_time"].to_numpy(), labels["end_time"].to_numpy()
        codes, classes = pd.factorize(labels["label"], sort=True)
        by_start = np.argsort(start, kind="stable")
        latest = np.maximum.accumulate(end[by_start])
        names, rising = tuple(map(str, classes)), start[by_start]
        return cls(start, end, names, codes, by_start, rising, latest, elsewhere)

    def among(self, classes: tuple[str, ...]) -> LabelIndex:
        """Return the same labels among more classes, as many recordings together have them."""
        places = {name: k for k, name in enumerate(classes)}
        place = np.array([places[name] for name in self.classes], np.int64)
        codes = place[self.codes] if len(self.codes) else self.codes
        return dataclasses.replace(self, classes=classes, codes=codes)

    def around(self, start: float, end: float) -> NDArray[np.int64]:
        """Return the numbers of labels of which some may lie between two times, in seconds."""
        first = np.searchsorted(self.latest, start, side="left")
        stop = np.searchsorted(self.rising, end, side="right")
        return np.sort(self.by_start[first:stop])
