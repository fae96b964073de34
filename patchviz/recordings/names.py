"""What files are called beside one another: as much of the end of their paths as is unique."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from ..core.names import plain, tail

__all__ = ["numbered", "unique_ends"]

_ENDING = re.compile(r"\.[^\W\d]\w*$")


def unique_ends(paths: Iterable[str], among: Iterable[str] = ()) -> list[str]:
    """Return the ends of paths, each of as many parts as tell all of them from any others.

    What differs in its ending alone, as ``.WAV`` and ``.wav`` of two recorders, needs its folder:
    nobody would see that it is of another.

    Parameters
    ----------
    paths : iterable of str
    among : iterable of str
        Those of which they are some: then what they are called does not hide which of these.

    Examples
    --------
    >>> unique_ends(["data/north/1.wav", "data/south/1.wav", "data/south/2.wav"])
    ['north/1.wav', 'south/1.wav', 'south/2.wav']
    >>> unique_ends(["data/north/1.wav"], among=["data/north/1.wav", "data/south/1.wav"])
    ['north/1.wav']
    >>> unique_ends(["data/north/1.WAV", "data/south/1.wav"])
    ['north/1.WAV', 'south/1.wav']
    """
    paths = [*map(plain, paths)]
    alike = {*paths, *map(plain, among)}
    n_parts = max(_parts_of({*paths}, alike), _parts_of({*map(_stem, paths)}, {*map(_stem, alike)}))
    return [tail(path, n_parts) for path in paths]


def _parts_of(paths: set[str], alike: set[str]) -> int:
    """Return how many parts of the end of different paths tell each from any other."""
    for n_parts in itertools.count(1):
        ends = {tail(path, n_parts) for path in paths}
        alike = {path for path in alike if tail(path, n_parts) in ends}
        if len(alike) == len(ends):
            return n_parts
    raise AssertionError  # whole paths differ


def _stem(path: str) -> str:
    """Return a path as it is read where endings and capitals are passed over."""
    return _ENDING.sub("", path).casefold()


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
