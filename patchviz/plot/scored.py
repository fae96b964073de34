"""Which scores a view shows, and from which one on a class is there."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .._util.validation import check_choice
from ..core.patches import Patches
from ..core.steps import OVERLAPPING
from ..core.truth import check_threshold, tell_unreached, within_unit
from ..errors import Argument, InPython, InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.spectrogram import Spectrogram

__all__ = ["MOST_CLASSES", "Scored", "needs_scores", "not_scored"]

MOST_CLASSES = 8


@dataclasses.dataclass(frozen=True)
class Scored:
    """Which scores a view shows, and how: checked before there is a figure.

    Attributes
    ----------
    names : tuple of str
        At most eight classes.
    columns : tuple of int
        Where they are in ``patches.scores``.
    n_classes : int
        How many there are.
    low, high : float
        What the bottom and the top of a lane stand for.
    threshold : float or None
        From which on a score is a hit.
    overlapping : {"max", "mean", "center"}
    order : tuple of int
        The positions of names, those first that stay longest where there is little room.
    n_about : int
        How many of these a view is about, such as those that its patches were chosen for.
    """

    names: tuple[str, ...] = ()
    columns: tuple[int, ...] = ()
    n_classes: int = 0
    low: float = 0.0
    high: float = 1.0
    threshold: float | None = None
    overlapping: str = "max"
    order: tuple[int, ...] = ()
    n_about: int = 0

    def fewer(self, n: int) -> Scored:
        """Return at most `n` of them, those that matter most."""
        kept = sorted(self.order[:n])
        return dataclasses.replace(
            self,
            names=tuple(self.names[k] for k in kept),
            columns=tuple(self.columns[k] for k in kept),
            order=tuple(range(len(kept))),
            n_about=min(self.n_about, n),
        )

    def showing(self, patches: Patches, first: Sequence[str]) -> Scored:
        """Return the same with lanes of other classes: as many, these first."""
        columns, order = _ranked(patches, first)
        names = tuple(patches.classes[k] for k in columns)
        return dataclasses.replace(
            self, names=names, columns=tuple(columns.tolist()), order=tuple(order.tolist())
        )

    @classmethod
    def of(
        cls,
        known: Spectrogram | Patches,
        classes: Sequence[str] | None,
        threshold: float | None,
        overlapping: str = "max",
        *,
        name: str = "classes",
        first: Sequence[str] = (),
    ) -> Scored:
        """Return the scores to show: of some classes, or of those labelled, then the highest.

        `name` is that of the argument with the classes, or with the one; where none are given,
        those that patches were chosen for come `first`, in their order.
        """
        check_choice("overlapping", overlapping, OVERLAPPING)
        if threshold is not None:
            threshold = check_threshold(threshold)
        scores = known.scores if isinstance(known, Patches) else None
        if scores is None:
            asked = classes[0] if name == "of" and classes else classes
            for argument, value in ((name, asked), ("threshold", threshold)):
                if value is not None:
                    raise needs_scores(argument, value)
            return cls(overlapping=overlapping)
        assert isinstance(known, Patches)
        scored = known.classes[: scores.shape[1]]
        lowest, highest = known._score_range
        if classes is None:
            columns, order = _ranked(known, first)
            n_about = len({*first} & {scored[k] for k in columns})
        else:
            columns = np.array(_columns(name, classes, scored), np.int64)
            order, n_about = np.arange(len(columns)), 0
        low = float(np.fmin.reduce(lowest[columns], initial=np.inf))
        high = float(np.fmax.reduce(highest[columns], initial=-np.inf))
        if threshold is None:
            threshold = known.threshold
        elif known.framing.numbers is None:  # some that were picked may well be below
            tell_unreached(threshold, known._range_of_all[1])
        if within_unit(low, high) or low > high:
            limits = (0.0, 1.0)
        else:
            limits = (low, high if high > low else low + 1)
        names = tuple(scored[k] for k in columns)
        return cls(
            names, tuple(columns.tolist()), len(scored), *limits, threshold, overlapping,
            tuple(order.tolist()), n_about,
        )  # fmt: skip


def _ranked(patches: Patches, first: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the columns of the classes to show, and which of them come first, second and so on."""
    scored, labels = patches._score_classes, patches.spectrogram.labels
    present = set() if labels is None else set(labels["label"])
    asked = {name: k for k, name in enumerate(dict.fromkeys(first))}
    place = np.array([asked.get(name, len(asked)) for name in scored], np.int64)
    is_labelled = np.array([name in present for name in scored], bool)
    highest = np.nan_to_num(patches._score_range[1], nan=-np.inf)
    # What somebody wrote down comes first: where its score is low, that is to be seen.
    ranked = np.lexsort((-highest, ~is_labelled, place))[:MOST_CLASSES]
    columns = np.sort(ranked)
    return columns, np.searchsorted(columns, ranked)


def _columns(argument: str, classes: object, scored: Sequence[str]) -> list[int]:
    """Return the columns of some classes, given by name."""
    if isinstance(classes, str) or not isinstance(classes, Sequence):
        raise InvalidTypeError(
            Argument("classes", classes),
            f" is of type {type(classes).__name__}",
            allowed='a list of names, such as classes=["robin", "wren"]',
        )
    if not 1 <= len(classes) <= MOST_CLASSES:
        raise InvalidValueError(
            f"{len(classes)} classes are asked for. A view shows 1 to {MOST_CLASSES} of them: "
            "give their names."
        )
    for name in classes:
        if name not in scored:
            raise not_scored(
                argument, list(classes) if argument == "classes" else name, name, scored
            )
    return [scored.index(name) for name in classes]


def needs_scores(argument: str, value: object) -> InvalidValueError:
    """Return the error of an argument that is about scores, where there are none."""
    return InvalidValueError(
        Argument(argument, value),
        " needs scores",
        remedy=(
            "Give ", Argument("scores"), InPython(": patches.with_scores(S, classes=[...])"), "."
        ),
    )  # fmt: skip


def not_scored(
    argument: str, value: object, name: object, scored: Sequence[str]
) -> InvalidValueError:
    """Return the error of an argument with the name of a class that has no scores."""
    near = difflib.get_close_matches(str(name), scored, n=1)
    return InvalidValueError(
        Argument(argument, value),
        f": {name!r} is none of the {len(scored)} classes that are scored",
        remedy=f"Did you mean {near[0]!r}?" if near else "patches.classes lists them.",
    )
