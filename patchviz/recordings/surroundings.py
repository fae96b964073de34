"""Recordings on the disk beside those that are given, which a table may be of as well."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from ..core.names import Names, fold, plain, stem
from .given import is_sound

__all__ = ["namesake", "with_surroundings"]

_ASKED = 20  # recordings, of which it is looked for others of the same name
_MOST = 1000  # folders beside one

_LEVELS = 3  # of a table's folder, of which each may be that of a site, a year or a recorder


def with_surroundings(given: Names, folders: Iterable[str], named: Iterable[str]) -> Names:
    """Return the names of recordings, and of those on the disk that tables may be of as well.

    What a table is of is then the same whichever of a season's recordings are given. They lie where
    those that are given do, and where one of a table's folders stands in place of one of theirs:
    beside ``season/north/Data`` that of a table in ``birdnet/south`` is ``season/south/Data``.

    Parameters
    ----------
    given : Names
        By their paths on the disk, one after the other.
    folders : iterable of str
        Of tables, on the disk.
    named : iterable of str
        Folders of files that tables name.

    Returns
    -------
    Names
        Recordings that are not given come after those that are. What is one that is given by
        another path, as by that of a link, is another name of it.
    """
    own = {path.rpartition("/")[0] for path in given.paths}
    real = _Real()
    of_row = {real.path(path): row for row, path in enumerate(given.paths)}
    known = {fold(stem(path)) for path in of_row}  # another format of one is no other
    others, links = list[str](), dict[str, int]()
    for folder in sorted(own | _called_as([*folders, *named], own)):
        for path in _sounds_in(folder):
            there = real.path(path)
            if there in of_row:
                links[path] = of_row[there]
            elif fold(stem(there)) not in known:
                others.append(path)
    n = len(given)
    rows = [*range(n + len(others)), *links.values()]
    return Names([*given.paths, *others, *links], rows)


def namesake(paths: Iterable[str], given: Names, folder: str) -> tuple[str, str] | None:
    """Return one of some recordings, of which another below a folder has the name, and that one.

    It is looked for in the folders beside that of a recording, and in those of the same name in
    the folders beside the one above; of the first recordings alone, as names of a season are alike.

    Parameters
    ----------
    paths : iterable of str
        Of some recordings, on the disk.
    given : Names
        Of all that are given: those are no others.
    folder : str
        Of a table, on the disk.
    """
    inside, known = cache(_folders_in), {*given.paths}
    for path in itertools.islice(paths, _ASKED):
        parts = path.split("/")
        for place in range(len(parts) - 2, max(0, len(parts) - 4), -1):
            before, after = "/".join(parts[:place]), "/".join(parts[place + 1 :])
            if not f"{before}/".startswith(f"{folder.rstrip('/')}/"):
                break
            for name in inside(before or "/")[:_MOST]:
                other = f"{before}/{name}/{after}"
                is_other = other not in known and os.path.isfile(other)
                if is_other and os.path.realpath(path) != os.path.realpath(other):
                    return path, other
    return None


class _Real:
    """Where files lie in truth: a folder is asked once."""

    def __init__(self) -> None:
        self._folder = cache(os.path.realpath)

    def path(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        return os.path.realpath(path) if os.path.islink(path) else f"{self._folder(folder)}/{name}"


def _called_as(folders: Sequence[str], own: set[str]) -> set[str]:
    """Return the folders of recordings, but for a run of their parts, which is one of a table's."""
    of_recordings = [tuple(folder.split("/")) for folder in own]
    known = {run for parts in of_recordings for run in _runs([*map(fold, parts)])}
    others = {
        run for folder in {fold(plain(one)) for one in folders} for run in _runs(_parts(folder))
    }
    # The beginnings of runs, by the length of these: what is not there need not be asked for.
    begin: dict[int, set[tuple[str, ...]]] = {}
    for run in others - known:
        begin.setdefault(len(run), set()).update(run[:k] for k in range(1, len(run) + 1))
    places = {
        (parts[: stop - n], n, parts[stop:])
        for parts in of_recordings
        for stop in range(max(2, len(parts) - _LEVELS + 1), len(parts) + 1)
        for n in range(1, min(_LEVELS, stop - 1) + 1)
    }
    inside = cache(lambda folder: [(name, fold(name)) for name in _folders_in(folder)])
    found = set[str]()
    for before, n, after in places:
        level: list[tuple[str, tuple[str, ...]]] = []
        if n in begin:
            level = [("/".join(before), ())]
        for _ in range(n):
            level = [
                (f"{folder}/{name}", (*run, called))
                for folder, run in level
                for name, called in inside(folder or "/")
                if (*run, called) in begin[n]
            ]
        found.update("/".join((folder, *after)) for folder, _ in level)
    return found - own


def _parts(folder: str) -> tuple[str, ...]:
    return tuple(part for part in folder.split("/") if part not in ("", ".", ".."))


def _runs(parts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield runs of the last parts of a folder."""
    last = tuple(parts[-_LEVELS:])
    for first, stop in itertools.combinations(range(len(last) + 1), 2):
        yield last[first:stop]


def _folders_in(folder: str) -> list[str]:
    """Return the names of the folders in one that may be looked through."""
    return _inside(folder, os.DirEntry.is_dir)


def _sounds_in(folder: str) -> list[str]:
    """Return the sound files in a folder, if it is one, and may be looked through."""
    names = filter(is_sound, _inside(folder, os.DirEntry.is_file))
    return [f"{folder}/{name}" for name in sorted(names)]


def _inside(folder: str, is_wanted: Callable[[os.DirEntry[str]], bool]) -> list[str]:
    """Return what is in a folder; what is not there, or may not be read, says nothing."""
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            try:
                if is_wanted(entry):
                    found.append(entry.name)
            except OSError:  # as of links in a circle
                continue
    return found
