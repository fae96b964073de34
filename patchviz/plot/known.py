"""What is known of patches, written where there is little room."""

from __future__ import annotations

import bisect
import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Sequence

from ..core.captions import Known
from .text import points, shortened, shortened_among, text_width

__all__ = ["are_named", "fitting_known", "in_lines", "whole_lines"]

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
) -> str:
    """Return what is known, with shorter names where there is no room for whole ones.

    `classes` are all that there are, from which a shortened one is told; `named`: whether labels
    say what they are, which all of a view do, or none: see :func:`are_named`.
    """

    def fits(said: str) -> bool:
        # Digits are equally wide: of patches one after the other only scores differ, mostly.
        return text_width(_DIGIT.sub("0", said), size) <= width

    def called(name: str, room: float) -> str:
        return shortened_among(name, classes, room, size)

    least = (5.0 if known.scores else 1.0) * points(size)
    other = [said for said in known.scores if said[0] not in known.names] or [*known.scores]
    few = dataclasses.replace(known, scores=(*other[:1],))
    for form in dict.fromkeys((known, few)):
        whole = (_joined(form, most, named) for most in (3, 2, 1))
        found = next(filter(fits, whole), None)
        found = found or _with_cut_names(form, fits, called, least, size, named=named)
        if found or not known.scores:
            return found or shortened(str(known), width, size)
    alone = few.scored()
    has_labels = known.names or known.what == "truth"
    found = next(filter(fits, [f"… · {alone}", alone][not has_labels :]), None)
    # A bare number would be of any class.
    found = found or _with_cut_names(_only_scores(few), fits, called, 3 * points(size), size)
    return found or shortened(few.scores[0][1], width, size)


def _joined(known: Known, most: int, named: bool) -> str:
    return " · ".join(filter(None, (known.labels(most=most, named=named), known.scored())))


def _with_cut_names(
    known: Known,
    fits: Fits,
    called: Callable[[str, float], str],
    least: float,
    size: float | str,
    *,
    named: bool = False,
) -> str | None:
    """Return the form of the longest names that fits, if none has less room than `least`."""
    names = {*known.names[:1], *(name for name, _ in known.scores)}
    most = max((text_width(name, size) for name in names), default=0.0)

    def form(room: int) -> str:
        cut = dataclasses.replace(
            known,
            names=(*(called(name, room) for name in known.names[:1]), *known.names[1:]),
            scores=tuple((called(name, room), number) for name, number in known.scores),
        )
        return _joined(cut, 1, named)

    rooms = range(math.ceil(least), math.ceil(most))
    n_fitting = bisect.bisect_left(rooms, True, key=lambda room: not fits(form(room)))
    return form(rooms[n_fitting - 1]) if n_fitting else None


def _only_scores(known: Known) -> Known:
    return dataclasses.replace(known, names=(), what="label")


def are_named(lines: Iterable[Known], width: float, size: float | str) -> bool:
    """Return whether there is room to say of all labels of a view what they are, or of none.

    Names that would have to be cut for that are rather whole, but not those of a truth: of a bare
    "none" one has to guess what it is of.
    """

    def least(line: Known) -> Known:
        if line.what == "label":
            return line
        scores = tuple((name[:_BRIEF], number) for name, number in line.scores)
        return dataclasses.replace(
            line, names=tuple(name[:_BRIEF] for name in line.names[:1]), scores=scores
        )

    return all(
        text_width(_DIGIT.sub("0", str(least(line))), size) <= width
        for line in lines
        if line.labels() != line.labels(named=False)
    )


def in_lines(known: Known, *, is_split: bool) -> list[Known]:
    """Return what each line says: all of it, or labels and scores apart."""
    return [dataclasses.replace(known, scores=()), _only_scores(known)] if is_split else [known]


def whole_lines(lines: Sequence[Known]) -> list[str]:
    """Return the shortest form of each line that leaves out no name."""
    return [_joined(line, 3, named=not line.scores) for line in lines]
