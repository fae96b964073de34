"""Names where there is no room for whole ones: short, but never the same for two."""

from __future__ import annotations

import bisect
import itertools
import re
from typing import TYPE_CHECKING

from .._util.text import one_line
from ..core.names import plain, tail
from ..recordings.names import unique_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["FileNames", "middle_cut", "told_apart", "words"]

# More letters than fit anywhere, whose measuring would take long.
MOST = 2000

_SEAM = re.compile(r"[\W_]")  # between words, also those of a file's name

_ENDING = re.compile(r"\.\w+")  # that says of which format a file is

_BREAK = re.compile(r"(?<=[\s/_-])")  # after which a line may end, as on a sheet


class FileNames:
    """What to call files: all in one way, and none as another could be called.

    A name is as much of the end of a path as no other has. Where that is too long, what all have
    in common is cut, and what still would not fit or looks like another takes more lines.

    Parameters
    ----------
    paths : iterable of str
        Different ones.
    among : iterable of str
        Those of which they are some. What is common to those that are chosen, but not to all,
        such as the name of a site, is not cut.

    Attributes
    ----------
    names : list of str
        Whole ones, in the order of the paths.
    """

    def __init__(self, paths: Iterable[str], among: Iterable[str] = ()) -> None:
        ends = unique_ends(paths, among)
        n_parts = max((end.count("/") + 1 for end in ends), default=1)
        self.names = [*map(one_line, ends)]
        self._others = sorted(
            {one_line(tail(plain(path), n_parts)) for path in among} - {*self.names}
        )
        self._extremes = _extremes(self._others)

    def fitting(self, fits: Callable[[str, int], bool]) -> list[str]:
        """Return them in the fewest lines, given whether a name fits into so many."""
        names, n_different = self.names, len(set(self.names))
        for n_lines in itertools.count(1):
            for forms in self._forms(lambda form, n=n_lines: fits(form, n)):  # type: ignore[misc]
                if (
                    len(set(forms)) == n_different
                    and all(fits(form, n_lines) for form in forms)
                    and not any(map(self._may_be_another, forms, names))
                ):
                    return forms
        raise AssertionError  # each name fits into as many lines as it has letters

    def _forms(self, fits: Callable[[str], bool]) -> Iterator[list[str]]:
        """Go through ways to write names, from whole ones on: of all alike, then of long ones."""
        names = self.names
        yield names
        yield from _without_common(names, self._extremes, fits)
        long = [name for name in names if not fits(name)]
        if len(long) < len(names):
            for forms in _without_common(long, self._extremes, fits):
                short = dict(zip(long, forms, strict=True))
                yield [short.get(name, name) for name in names]
        yield [middle_cut(name, fits) for name in names]

    def _may_be_another(self, form: str, name: str) -> bool:
        """Whether a name from which the middle is cut is that of a file that is not chosen, too."""
        if form == name or form.count("…") != 1:
            return False  # what all have in common was cut
        begin, _, end = form.partition("…")
        first = bisect.bisect_left(self._others, begin)
        alike = itertools.takewhile(
            lambda other: other.startswith(begin), itertools.islice(self._others, first, None)
        )
        return any(other.endswith(end) for other in alike)


def _without_common(
    names: list[str], others: list[str], fits: Callable[[str], bool]
) -> Iterator[list[str]]:
    """Leave out what all end with alike; then, of what they begin with, as little as fits."""
    n_begin, n_end = _in_common([*names, *others])
    if len({*names, *others}) == 1 or not n_begin + n_end:
        return
    # That all are of one format says nothing of any.
    is_ending = _ENDING.fullmatch(names[0], len(names[0]) - n_end) is not None
    mark = "…" if n_end and not is_ending else ""
    if n_end:
        yield [f"{name[: len(name) - n_end]}{mark}" for name in names]
    if n_begin < 2:
        return
    own = [f"…{name[n_begin : len(name) - n_end]}{mark}" for name in names]

    def is_too_much(kept: int) -> bool:
        return not all(fits(name[:kept] + one) for name, one in zip(names, own, strict=True))

    kept = max(bisect.bisect_left(range(n_begin), True, key=is_too_much) - 1, 0)
    yield [name[:kept] + one for name, one in zip(names, own, strict=True)]


def _extremes(names: list[str]) -> list[str]:
    """Return those few of sorted names that begin and end alike as little as all of them do."""
    if not names:
        return []
    by_end = [min(names, key=_reversed), max(names, key=_reversed)]
    return [names[0], names[-1], *by_end, min(names, key=len)]


def _reversed(name: str) -> str:
    return name[::-1]


def middle_cut(text: str, fits: Callable[[str], bool]) -> str:
    """Return a text, or as much of its beginning and end as fits."""

    def short(kept: int) -> str:
        return f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"

    text = text if len(text) <= MOST else f"{text[: MOST // 2]}{text[-MOST // 2 :]}"
    if fits(text):
        return text
    too_many = bisect.bisect_left(range(len(text)), True, key=lambda kept: not fits(short(kept)))
    return short(max(too_many - 1, 0))


def told_apart(name: str, names: Iterable[str], fits: Callable[[str], bool]) -> str:
    """Return a name, or a form of it that fits and tells it from others, as far as one line can."""
    short = middle_cut(name, fits)
    if short == name:
        return name
    begin, _, end = short.partition("…")
    alike = {name, *(other for other in names if other.startswith(begin) and other.endswith(end))}
    if len(alike) == 1:
        return short
    n_begin, n_end = _in_common([name, *alike])
    if n_begin + n_end >= len(name):
        return short
    own = name[n_begin : len(name) - n_end] + ("…" if n_end else "")
    for kept in range(n_begin - 1, -1, -1):
        if fits(form := f"{name[:kept]}…{own}"):
            return form
    return middle_cut(own, fits)


def _in_common(names: list[str]) -> tuple[int, int]:
    """Return how many letters names begin and end with alike: whole words of the first."""
    if not names:
        return 0, 0
    n_begin, n_end = _n_common(names), _n_common(name[::-1] for name in names)
    n_end = min(n_end, min(map(len, names)) - n_begin)
    first = names[0]
    seams = [match.start() for match in _SEAM.finditer(first)]
    n_begin = max((place + 1 for place in seams if place < n_begin), default=0)
    n_end = max((len(first) - place for place in seams if place >= len(first) - n_end), default=0)
    return n_begin, n_end


def _n_common(texts: Iterable[str]) -> int:
    """Return how many letters all texts begin with alike."""
    ordered = sorted(texts)
    pairs = enumerate(zip(ordered[0], ordered[-1], strict=False))
    return next((k for k, (a, b) in pairs if a != b), len(ordered[0]))


def words(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Return the lines of a text that is broken after words, and in them where it must be."""
    lines = [""]
    for word in _BREAK.split(text):
        if fits(lines[-1] + word.rstrip()):
            lines[-1] += word
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and not fits(lines[-1] + letter):
                lines.append("")
            lines[-1] += letter
    return [line.rstrip() for line in lines]
