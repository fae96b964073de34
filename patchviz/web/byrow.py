"""What is asked of the patches of many recordings, counted through, as each recording has it."""

from __future__ import annotations

import copy
import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .._util.warn import held
from ..core.said import said_scores
from ..core.steps import check_groups
from ..core.truth import as_truth, is_by_labels
from ..plot.scored import Scored
from .mistakes import Mistakes
from .options import PlayerOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..recordings.recordings import Recordings

__all__ = ["ByRow"]

# The options that say what is a mistake or a given stop, and all by which anything here is another.
_OF_COUNTS = ("stops", "classes", "threshold", "truth", "scores", "is_judged")
_OF_ANY = (*_OF_COUNTS, "labels", "lanes", "overlapping", "chosen_for", "mark")


@dataclasses.dataclass(frozen=True, eq=False)
class ByRow:
    """Options of many recordings, of which some are about patches: truth, stops and marks.

    Parameters
    ----------
    recordings : Recordings
    options : PlayerOptions
        In which patches are counted through all recordings; stops that somebody gave are positions
        (see :func:`with_positions`).

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If there are no such patches, or other options that say where to stop are not what they
        must be.
    """

    recordings: Recordings
    options: PlayerOptions

    def __post_init__(self) -> None:
        _ = self._scored, self._truth, self._groups  # which say what is wrong

    def with_options(self, options: PlayerOptions) -> ByRow:
        """Return the same recordings with others; what is reckoned stays where it is the same."""

        def are_same(names: tuple[str, ...]) -> bool:
            return all(getattr(options, name) is getattr(self.options, name) for name in names)

        if are_same(_OF_ANY):
            new = copy.copy(self)
            object.__setattr__(new, "options", options)
            return new
        new = ByRow(self.recordings, options)
        if are_same(_OF_COUNTS):
            vars(new)["counts"] = self.counts
        return new

    @cached_property
    def _scored(self) -> Scored:
        """Which scores there are to stop at, in all recordings."""
        options = self.options
        if not options.scores:
            return Scored()
        with held():  # each recording tells it
            return Scored.of(
                self.recordings._flat, options.lanes or options.classes, options.threshold,
                options.overlapping,
            )  # fmt: skip

    @cached_property
    def _truth(self) -> NDArray[np.bool_] | None:
        truth = self.options.truth
        return None if is_by_labels(truth) else as_truth(self.recordings._flat, truth)

    @cached_property
    def stops(self) -> NDArray[np.int64] | None:
        """The stops, counted through, where somebody gave patches; None where a rule has them."""
        stops = self.options.stops
        return None if stops is None or isinstance(stops, str) else np.array([*stops], np.int64)

    @cached_property
    def _groups(self) -> dict[str, NDArray[np.int64]]:
        groups = self.options.mark
        return {} if groups is None else check_groups("mark", groups, self.recordings._flat)

    def own(self, row: int) -> dict[str, Any]:
        """Return what is about patches as the recording of a row has it: its own, counted there.

        And whether others have something to stop at, and mistakes can be.
        """
        index = self.recordings._index
        first = int(index.first[row])
        end = first + int(index.counts[row])

        def within(chosen: NDArray[np.int64]) -> list[int]:
            found: list[int] = (chosen[(chosen >= first) & (chosen < end)] - first).tolist()
            return found

        is_elsewhere = bool((self.stopping != row).any())
        own: dict[str, Any] = {"elsewhere": is_elsewhere, "is_judged": self.is_judged(row)}
        if self._truth is not None:
            own["truth"] = self._truth[first:end]
        if (stops := self.stops) is not None:
            classes = self.options.chosen_for or {}
            own["stops"] = within(stops)
            own["chosen_for"] = {
                stop: classes[first + stop] for stop in own["stops"] if first + stop in classes
            }
        if self._groups:
            own["mark"] = {name: within(chosen) for name, chosen in self._groups.items()}
        return own

    def of(self, row: int) -> PlayerOptions:
        """Return all options of the recording of a row."""
        return dataclasses.replace(self.options, **self.own(row))

    @cached_property
    def stopping(self) -> NDArray[np.int64]:
        """The rows of the recordings that may have something to stop at; no other has.

        Of these one may have none where its events are of classes that have no lane. Nothing is
        computed for it.
        """
        if self.counts is not None:
            return np.flatnonzero(self.counts)
        return np.unique(self.recordings._index.find(self._known_events())[0])

    @cached_property
    def counts(self) -> NDArray[np.int64] | None:
        """How many stops each recording has, by row; None of events, which its lanes decide."""
        at = self.stops
        if at is None:
            mistakes = Mistakes.of(self.recordings._flat, self.options)
            if mistakes is None:
                return None
            at = np.array(mistakes.stops, np.int64)
        rows = self.recordings._index.find(at)[0]
        counts = np.bincount(rows, minlength=len(self.recordings._table))
        counts[[not self.is_judged(row) for row in range(len(counts))]] = 0
        return counts

    def tell(self) -> None:
        """Warn of recordings of which nobody knows whether somebody looked at them."""
        if self.options.is_at_mistakes:
            self.recordings._flat.tell_without_row(self.options.truth)

    @cached_property
    def said(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Of every patch the class of the score that is said where it is shown, and that score."""
        flat, options = self.recordings._flat, self.options
        mistakes, wrong = Mistakes.of(flat, options), None
        if mistakes is not None:
            wrong = mistakes.said
            rows = self.recordings._index.find(np.arange(len(flat)))[0]
            is_judged = np.array([self.is_judged(row) for row in range(int(rows.max()) + 1)])
            wrong[~is_judged[rows]] = -1
        return said_scores(flat, chosen_for=options.chosen_for, wrong=wrong)

    def is_judged(self, row: int) -> bool:
        """Return whether somebody looked at a recording, where mistakes are looked for."""
        if not (self.options.is_at_mistakes and is_by_labels(self.options.truth)):
            return True
        return self.recordings._is_labelled(row)

    def _known_events(self) -> NDArray[np.int64]:
        """Return the patches that may be stops by what is known of them."""
        flat, options = self.recordings._flat, self.options
        if self._scored.names and self._scored.threshold is not None:
            scores = cast("NDArray[np.floating]", flat.scores)
            return np.flatnonzero((scores >= self._scored.threshold).any(axis=1))
        if options.labels and options.stops is None and flat.spectrogram.labels is not None:
            first, stop = flat._label_ranges(None, None, None)
            return first[first < stop]
        return np.array([], np.int64)
