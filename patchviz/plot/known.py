"""What is known of patches, written where there is little room."""

from __future__ import annotations

import bisect
import dataclasses
import math
import re
from collections.abc import Callable, Iterable

from ..core.captions import Known
from .text import points, shortened, shortened_among, text_width

__all__ = ["are_named", "fitting_known", "least_width", "says_all", "whole_lines"]

_BRIEF = 9  # letters of a name, with a mark, that say enough of it

_DIGIT = re.compile("[1-9]")

Fits = Callable[[str], bool]


def fitting_known(
    known: Known,
    width: float,
    size: float | str,
    classes: tuple[str, ...] = (),
    *,
    named: bool = True,
    n_lines: int = 1,
) -> str:
    """Return what is known, in one line or two, with less of it where there is no room for all.

    Whether the class whose score is said first is labelled stays as long as that score does: other
    labels go before it, and other scores; and names are cut as far as they can be told apart.
    `classes` are all that there are, from which a shortened one is told; `named`: whether labels
    say what they are, which all of a view do, or none: see :func:`are_named`.
    """
    fitting = _Fitting(width, size, classes, named, n_lines)
    forms = [dataclasses.replace(known, scores=known.scores[:n]) for n in _counts(known)]
    few = forms[-1]
    for form in forms:
        said = fitting.whole(form)
        # Of one name in both, a word says more than what is left of it.
        if said is None and form is few and few.scores and not (named or _is_of_another(few)):
            said = fitting.first(_status(few))
        if said is None:
            said = fitting.cut(form)
        if said is not None:
            return said
    if not known.scores:
        return shortened(str(known), width, size)
    return (
        fitting.first(_status(few))
        or fitting.cut_status(few)
        or fitting.first((_only_scores(few).scored(),))
        # A bare number would be of any class.
        or fitting.cut(_only_scores(few))
        or shortened(few.scores[0][1], width, size)
    )


def says_all(known: Known, width: float, size: float | str, *, named: bool = True) -> bool:
    """Return whether a line has room for all scores of a patch, and for what is told of them.

    Of labels some may be counted.
    """
    return _Fitting(width, size, (), named, 1).whole(known) is not None


def least_width(known: Known, n_lines: int, *, is_short: bool = False) -> float:
    """Return how wide a panel must be, in points, for a caption that says what matters.

    `is_short`: of names as little as can be told from others, mostly.
    """
    size, few = points("x-small"), dataclasses.replace(known, scores=known.scores[:1])
    brief = _brief(few, 3 if is_short else _BRIEF)
    if not known.scores:
        return text_width(brief.labels(most=1, named=False), size)
    parts = [brief.scored(), *_status(few)[1:]]
    return text_width(parts if n_lines > 1 else ", ".join(parts), size)


def _brief(known: Known, n: int = _BRIEF) -> Known:
    """Return the same with names of so many letters."""
    names = tuple(name[:n] for name in known.names)
    scores = tuple((name[:n], number) for name, number in known.scores)
    return dataclasses.replace(known, names=names, scores=scores)


def _counts(known: Known) -> range:
    """Return of how many scores there are forms, from all to one."""
    return range(max(len(known.scores), 1), 0, -1)


def _is_of_another(known: Known) -> bool:
    """Return whether one label is all that a patch has, and the score is of another class."""
    return known.is_told(1) and known.scores[0][0] not in known.names


def _status(known: Known) -> tuple[str, ...]:
    """Return a score, and whether its class is labelled, if any is."""
    has_labels = known.names or known.what == "truth"
    return (known.scored(), known.status) if has_labels else (known.scored(),)


def _only_scores(known: Known) -> Known:
    return dataclasses.replace(known, names=(), what="label")


@dataclasses.dataclass(frozen=True)
class _Fitting:
    """What fits into lines of some width."""

    width: float
    size: float | str
    classes: tuple[str, ...]
    named: bool
    n_lines: int

    def _fits(self, said: str) -> bool:
        # Digits are equally wide: of patches one after the other only scores differ, mostly.
        lines = _DIGIT.sub("0", said).split("\n")
        return all(text_width(line, self.size) <= self.width for line in lines)

    def first(self, parts: Iterable[str], mark: str = ", ") -> str | None:
        """Return parts that follow one another, or stand below one another, if they fit."""
        said = ("\n" if self.n_lines > 1 else mark).join(filter(None, parts))
        return said if self._fits(said) else None

    def told(self, known: Known, most: int | None) -> str | None:
        """Return so many labels and all scores, if they fit."""
        labels = known.labels(most=most, named=self.named)
        return self.first((labels, known.scored()), " · ")

    def whole(self, known: Known) -> str | None:
        """Return all scores, and labels that tell whether these are labelled, if they fit."""
        counts = (most for most in (None, 2, 1) if most is None or known.is_told(most))
        found = (self.told(known, most) for most in counts)
        return next((said for said in found if said is not None), None)

    def cut(self, known: Known) -> str | None:
        """Return the same of one label, with the longest names that fit."""
        if not known.is_told(1):
            return None
        least = 5.0 if known.scores and known.labels() else 3.0 if known.scores else 1.0

        def form(room: float) -> str | None:
            names = tuple(self._called(name, room) for name in known.ordered)
            short = dataclasses.replace(known, names=names, scores=self._scores(known, room))
            return self.told(short, 1)

        return self._longest(known, least, form)

    def cut_status(self, known: Known) -> str | None:
        """Return a score of the longest name that fits, and whether that is labelled."""

        def form(room: float) -> str | None:
            _, *status = _status(known)
            short = dataclasses.replace(known, scores=self._scores(known, room))
            return self.first((short.scored(), *status))

        return self._longest(known, 3.0, form)

    def _called(self, name: str, room: float) -> str:
        return shortened_among(name, self.classes, room, self.size)

    def _scores(self, known: Known, room: float) -> tuple[tuple[str, str], ...]:
        return tuple((self._called(name, room), number) for name, number in known.scores)

    def _longest(
        self, known: Known, least: float, form: Callable[[float], str | None]
    ) -> str | None:
        """Return the form with most room for a name that fits, if that is so many letters wide."""
        names = {*known.names[:1], *(name for name, _ in known.scores)}
        most = max((text_width(name, self.size) for name in names), default=0.0)
        rooms = range(math.ceil(least * points(self.size)), math.ceil(most))
        n_fitting = bisect.bisect_left(rooms, True, key=lambda room: form(room) is None)
        return form(rooms[n_fitting - 1]) if n_fitting else None


def are_named(
    of_patches: Iterable[Known], width: float, size: float | str, *, n_lines: int = 1
) -> bool:
    """Return whether there is room to say of all labels of a view what they are, or of none.

    Names that would have to be cut for that are rather whole, but not those of a truth: of a bare
    "none" one has to guess what it is of.
    """
    fitting = _Fitting(width, size, (), True, n_lines)

    return all(
        fitting.told(known if known.what == "label" else _brief(known), 1) is not None
        for known in of_patches
        if known.labels() != known.labels(named=False) and known.is_told(1)
    )


def whole_lines(known: Known, n_lines: int) -> list[str]:
    """Return the shortest form of each line that leaves out no name."""
    labels, scored = known.labels(named=n_lines > 1), known.scored()
    return [labels, scored] if n_lines > 1 else [" · ".join(filter(None, (labels, scored)))]
