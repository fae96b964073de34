"""Where labels and scores disagree: the stops, what is said there, and which lanes show it."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Self, cast

import numpy as np

from .._util.spans import runs_of
from ..core.batch import batch_of
from ..core.said import MOST_SAID
from ..core.truth import as_truth, is_wrong, tell_right, tell_unscored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.patches import Patches
    from .options import PlayerOptions

__all__ = ["Mistakes", "follows"]


@dataclasses.dataclass(frozen=True, eq=False)
class Mistakes:
    """Patches in which labels and scores disagree, class by class.

    Attributes
    ----------
    patches : Patches
    columns : list of int
        Of ``patches.scores``, in which they are looked for.
    truth : ndarray of bool, shape (n_patches, n_classes)
    threshold : float
    """

    patches: Patches
    columns: list[int]
    truth: NDArray[np.bool_]
    threshold: float

    @classmethod
    def of(cls, patches: Patches, options: PlayerOptions) -> Self | None:
        """Return them, if a player stops at these.

        Of all classes, also those that have no lane, unless somebody says which are meant.
        """
        names = patches._score_classes
        given = options.threshold
        threshold = patches.threshold if given is None else float(given)
        is_asked = options.is_at_mistakes and options.is_judged and options.scores
        if not (is_asked and names) or threshold is None:
            return None
        columns = [*range(len(names))]
        if options.classes is not None:
            columns = [names.index(name) for name in options.classes]
        return cls(patches, columns, as_truth(patches, options.truth), threshold)

    @cached_property
    def _values(self) -> NDArray[np.floating]:
        return cast("NDArray[np.floating]", self.patches.scores)[:, self.columns]

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Which patches are mistakes, shape (n_patches, n_columns)."""
        return is_wrong(self._values, self.truth[:, self.columns], self.threshold)

    @cached_property
    def _middles(self) -> NDArray[np.bool_]:
        """The middle patch of each run, of the same shape: those of a run share frames.

        Windows that share none are mistakes of their own, as to `choose`; so are those in which
        something was missed beside others in which it was invented.
        """
        framing = self.patches.framing
        runs = follows(self.patches) & (framing.starts[1:] < framing.stops[:-1])
        middles, has = np.zeros_like(self.wrong), self.truth[:, self.columns]
        for of_kind in (self.wrong & has, self.wrong & ~has):
            for k in np.flatnonzero(of_kind.any(axis=0)).tolist():  # of thousands a few
                begins, ends = runs_of(of_kind[:, k], runs)
                middles[(begins + ends - 1) // 2, k] = True
        return middles

    @property
    def stops(self) -> list[int]:
        """The patches to stop at."""
        return np.flatnonzero(self._middles.any(axis=1)).tolist()

    @property
    def said(self) -> NDArray[np.int64]:
        """Which classes are wrong in each patch, as many as are said; -1 where there are no more.

        Those come first for which one stops there, and then those that are farthest from right.
        """
        at = np.flatnonzero(self.wrong.any(axis=1))
        far = np.where(self.wrong[at], abs(self._values[at] - self.threshold), -np.inf)
        order = np.lexsort((-far, ~self._middles[at]), axis=1)[:, :MOST_SAID]
        is_wrong = np.take_along_axis(self.wrong[at], order, axis=1)
        found = np.full((len(self.patches), order.shape[1]), -1)
        found[at] = np.where(is_wrong, np.array(self.columns)[order], -1)
        return found

    @property
    def names(self) -> list[str]:
        """The classes to show first: few that have one at each stop, then those at most stops."""
        left, found = self._middles[self.stops], list[int]()
        while left.any():
            found.append(int(left.sum(axis=0).argmax()))
            left = left[~left[:, found[-1]]]
        rest = np.argsort(-self._middles.sum(axis=0), kind="stable").tolist()
        found += [k for k in rest if k not in found and self._middles[:, k].any()]
        return [self.patches._score_classes[self.columns[k]] for k in found]

    def tell(self) -> None:
        """Warn of what is not looked for, or may not be meant."""
        names = [self.patches._score_classes[column] for column in self.columns]
        self.patches._tell_unlabelled(names, self.truth[:, self.columns])
        self.patches._tell_not_scored(self.truth)
        tell_unscored(self.truth[:, self.columns], self._values, names)
        at = np.flatnonzero(self.wrong.any(axis=1))
        scores = cast("NDArray[np.floating]", self.patches.scores)[at]
        tell_right('stops="mistakes"', scores, self.truth[at])


def follows(patches: Patches) -> NDArray[np.bool_]:
    """Return whether each patch but the first goes on with what the one before it shows."""
    if batch_of(patches) is not None:  # each item is a sound of its own
        return np.zeros(len(patches) - 1, bool)
    return patches.framing.follows
