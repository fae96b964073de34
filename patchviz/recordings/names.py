"""What many files are called beside one another: as much of the end of a path as is unique."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

from ..core.names import plain, tail

__all__ = ["numbered", "unique_ends"]


def unique_ends(paths: Sequence[str]) -> list[str]:
    """Return of each path as much of its end as none of the others has.

    Examples
    --------
    >>> unique_ends(["data/north/1.wav", "data/south/1.wav", "data/south/2.wav"])
    ['north/1.wav', 'south/1.wav', '2.wav']
    """
    paths = [*map(plain, paths)]

    @functools.cache
    def counts(n_parts: int) -> Counter[str]:
        return Counter(tail(path, n_parts) for path in paths)

    def is_unique(end: str) -> bool:
        return counts(end.count("/") + 1)[end] == 1

    forms = ([tail(path, n + 1) for n in range(path.count("/") + 1)] for path in paths)
    return [next(filter(is_unique, ends), ends[-1]) for ends in forms]


def numbered(names: Iterable[str]) -> list[str]:
    """Return names, each that was there before with a number behind it.

    Examples
    --------
    >>> numbered(["1.wav", "2.wav", "1.wav"])
    ['1.wav', '2.wav', '1.wav (2)']
    """
    found: dict[str, None] = {}
    for name in names:
        forms = (f"{name} ({n})" if n > 1 else name for n in itertools.count(1))
        found[next(form for form in forms if form not in found)] = None
    return [*found]
