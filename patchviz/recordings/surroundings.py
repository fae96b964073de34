"""Recordings on the disk beside those that are given, which a table may be of as well."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence

from ..core.names import Names, plain, stem
from .given import ENDINGS

__all__ = ["with_surroundings"]

_LEVELS = 3  # of a table's folder, of which each may be that of a site, a year or a recorder


def with_surroundings(given: Names, folders: Iterable[str], named: Iterable[str]) -> Names:
    """Return the names of recordings, and of those on the disk that tables may be of as well.

    What a table is of is then the same whichever of a season's recordings are given. They lie where
    those that are given do, and where one of a table's folders stands in place of one of theirs:
    beside ``season/north/Data`` that of a table in ``birdnet/south`` is ``season/south/Data``.

    Parameters
    ----------
    given : Names
        By their paths on the disk.
    folders : iterable of str
        Of tables, on the disk.
    named : iterable of str
        Folders of files that tables name.

    Returns
    -------
    Names
        Recordings that are not given come after those that are.
    """
    own = {path.rpartition("/")[0] for path in given.paths}
    known = {stem(path).casefold() for path in given.paths}  # another format of one is no other
    paths = [
        path
        for folder in sorted(own | _called_as([*folders, *named], own))
        for path in _recordings_in(folder)
        if stem(path).casefold() not in known
    ]
    return Names([*given.paths, *paths])


def _called_as(folders: Sequence[str], own: set[str]) -> set[str]:
    """Return the folders of recordings, but for a run of their parts, which is one of a table's."""
    of_recordings = [tuple(folder.split("/")) for folder in own]
    runs = {run for parts in of_recordings for run in _runs(parts)}
    others = {run for folder in {*map(plain, folders)} for run in _runs(_parts(folder))} - runs
    places = {
        (parts[: stop - n], n, parts[stop:])
        for parts in of_recordings
        for stop in range(max(2, len(parts) - _LEVELS + 1), len(parts) + 1)
        for n in range(1, min(_LEVELS, stop - 1) + 1)
    }
    of_length: dict[int, list[tuple[str, ...]]] = {}
    for run in others:
        of_length.setdefault(len(run), []).append(run)
    return {
        "/".join((*before, *run, *after))
        for before, n, after in places
        for run in of_length.get(n, ())
    } - own


def _parts(folder: str) -> tuple[str, ...]:
    return tuple(part for part in folder.split("/") if part not in ("", ".", ".."))


def _runs(parts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield runs of the last parts of a folder."""
    last = tuple(parts[-_LEVELS:])
    for first, stop in itertools.combinations(range(len(last) + 1), 2):
        yield last[first:stop]


def _recordings_in(folder: str) -> list[str]:
    """Return the sound files in a folder, if it is one, and may be looked through."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []  # as a rule it is not there; else nothing says what is in it
    return [f"{folder}/{name}" for name in names if os.path.splitext(name)[1].lower() in ENDINGS]
