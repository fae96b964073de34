"""Which recording a name in a table means: by its whole path, else by the end of it."""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "NONE",
    "SEVERAL",
    "UNSURE",
    "Names",
    "agree",
    "beginnings",
    "fold",
    "on_disk",
    "plain",
    "stem",
    "tail",
]

# What a name may be of, where it is of no one recording.
NONE, SEVERAL, UNSURE = -1, -2, -3


class _Claim(NamedTuple):
    """What a name of a table says to be of a recording."""

    row: int  # or NONE, or SEVERAL
    is_whole: bool = False  # whether all of the name is the end of the path, or the other way round
    n_parts: int = 0  # of the end that both have
    roots: tuple[str, str] = ("", "")  # what comes before that, of the name and of the path
    is_exact: bool = True  # and not but for its case

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """How well they fit."""
        return self.is_whole, self.n_parts, self.is_exact


class Names:
    """The names of recordings.

    A name means the recording that alone has its path, or as much of its end as can be; without
    the ending of the file, too, and in another case where none is written so. Folders may differ,
    as where a table comes from another computer, unless the table contradicts that: other names of
    it fit better.

    Parameters
    ----------
    paths : iterable of str
        That can be gone through several times.
    rows : sequence of int, optional
        Of which recording each path is, by default one after the other.
    """

    def __init__(self, paths: Iterable[str], rows: Sequence[int] | None = None) -> None:
        self._paths, self._given_rows = paths, rows
        self._ends: dict[tuple[int, bool], dict[str, int]] = {}

    @cached_property
    def _plain(self) -> list[str]:
        return [*map(plain, self._paths)]

    @cached_property
    def _rows(self) -> Sequence[int]:
        return range(len(self._plain)) if self._given_rows is None else self._given_rows

    @cached_property
    def _n_parts(self) -> int:
        return max(path.count("/") + 1 for path in self._plain)

    def __len__(self) -> int:
        """How many recordings there are."""
        return max(self._rows, default=-1) + 1

    def _note(self, found: dict[str, int], end: str, place: int) -> None:
        """Note of which path an end is; of several of one recording it is of the first."""
        first = found.setdefault(end, place)
        if first != SEVERAL and self._rows[first] != self._rows[place]:
            found[end] = SEVERAL

    def _by(self, n_parts: int, has_ending: bool) -> dict[str, int]:
        """Return the place of each different end of a path, of so many parts."""
        key = n_parts, has_ending
        if key not in self._ends:
            found: dict[str, int] = {}
            for place, path in enumerate(self._plain):
                end = tail(path, n_parts)
                self._note(found, end if has_ending else stem(end), place)
            self._ends[key] = found
        return self._ends[key]

    @cached_property
    def _bare(self) -> dict[int, dict[str, int]]:
        """Files whose own names have no ending, by their ends."""
        found: dict[int, dict[str, int]] = {}
        for place, path in enumerate(self._plain):
            if stem(path) == path:
                for n_parts in range(1, path.count("/") + 2):
                    self._note(found.setdefault(n_parts, {}), tail(path, n_parts), place)
        return found

    def row(self, name: str) -> int:
        """Return the row of a recording by itself; NONE if there is none, SEVERAL if it may be."""
        return self._claim(name).row

    def fit(self, name: str) -> tuple[int, int]:
        """Return the row of a recording by itself, and how many parts of its path the name has."""
        claim = self._claim(name)
        return claim.row, claim.n_parts

    @cached_property
    def _called(self) -> set[str]:
        """What files are called without their endings, in any case."""
        return {fold(stem(tail(path, 1))) for path in self._plain}

    def is_called(self, name: str) -> bool:
        """Whether a file is called as one of the recordings, up to a point of its name."""
        return any(fold(one) in self._called for one in beginnings(tail(plain(name), 1)))

    @cached_property
    def _below(self) -> dict[tuple[str, str], str]:
        """What recordings are called below a folder, by that and by their names; "" of several."""
        found: dict[tuple[str, str], str] = {}
        for path in self._plain:
            *folders, own = path.split("/")
            called = {fold(own), fold(stem(own))}
            firsts = {fold(folder): k for k, folder in reversed([*enumerate(folders)])}
            for folder, first in firsts.items():
                below = "/".join((*folders[first:], own))
                for name in called:
                    if found.setdefault((folder, name), below) != below:
                        found[folder, name] = ""
        return found

    def within(self, name: str, folder: str) -> str:
        """Return what the one recording of a name is called that lies somewhere below a folder.

        As ``south/Data/1.wav`` does below ``south``; nothing if there is none, or several.
        """
        own, folder = fold(tail(plain(name), 1)), fold(folder)
        below = self._below.get((folder, own))
        return self._below.get((folder, stem(own)), "") if below is None else below

    @property
    def paths(self) -> Sequence[str]:
        """Their paths as they are compared."""
        return self._plain

    def path(self, row: int) -> str:
        """Return the path of a recording."""
        return self._plain[row]

    @cached_property
    def _folded(self) -> Names:
        """The same where neither case matters, as on a recorder's card, nor outer blanks."""
        return Names([*map(fold, self._plain)], self._rows)

    def _claim(self, name: str) -> _Claim:
        """Return the best claim: where a folder fits but for its case, before a name alone."""
        claim, folded = self._as_written(plain(name)), self._folded._as_written(fold(plain(name)))
        is_longer = folded.row >= 0 and (claim.row < 0 or folded.n_parts > claim.n_parts)
        return folded._replace(is_exact=False) if is_longer or claim.row == NONE else claim

    def _place(self, end: str, n_parts: int) -> int | None:
        """Return which path has such an end, of so many parts; SEVERAL, or None if none has."""
        place = self._by(n_parts, True).get(end)
        if place is None:  # one of the two may be written without its ending
            place = self._by(n_parts, False).get(end)
        if place is None and stem(end) != end:
            place = self._bare.get(n_parts, {}).get(stem(end))
        return place

    def _as_written(self, path: str) -> _Claim:
        is_several = False
        if self._place(tail(path, 1), 1) is None:  # and no longer end is there, either
            return _Claim(NONE)
        for n_parts in range(min(path.count("/") + 1, self._n_parts), 0, -1):
            place = self._place(tail(path, n_parts), n_parts)
            if place is not None and place >= 0:
                own = self._plain[place]
                is_whole = n_parts == min(path.count("/"), own.count("/")) + 1
                roots = _root(path, n_parts), _root(own, n_parts)
                return _Claim(self._rows[place], is_whole, n_parts, roots)
            is_several = is_several or place == SEVERAL
        return _Claim(SEVERAL if is_several else NONE)

    def rows(self, names: Sequence[str], folders: Iterable[str] = ()) -> NDArray[np.int64]:
        """Return the row of each of the different names of a table.

        Parameters
        ----------
        names : sequence of str
        folders : iterable of str
            That are known beside those of names. One that is called as that of a recording is
            taken for it: what is of a recording there lies in no other.

        Returns
        -------
        ndarray of int, shape (n_names,)
            NONE where it is none of the recordings, SEVERAL where it may be several of them, and
            UNSURE where several of the names may be one recording and nothing tells which is.
        """
        claims = [self._claim(name) for name in names]
        rows = np.array([claim.row for claim in claims], np.int64)
        # Where two have a folder in common, what lies above it in the one is that in the other.
        roots = [(fold(claim.roots[0]), fold(claim.roots[1])) for claim in claims]
        same = {pair for pair, claim in zip(roots, claims, strict=True) if claim.n_parts > 1}
        same |= self._same(folders)
        is_other = {
            pair: _is_contradicted(*pair, same)
            for pair in {roots[k] for k, claim in enumerate(claims) if not claim.is_whole}
        }
        of_row: dict[int, list[int]] = {}
        for k, claim in enumerate(claims):
            if claim.row < 0:
                continue
            if not claim.is_whole and (is_other[roots[k]] or self._is_gone(names[k], claim)):
                rows[k] = NONE
            else:
                of_row.setdefault(claim.row, []).append(k)
        for several in of_row.values():
            if len(several) > 1:
                _decide(names, claims, several, rows)
        return rows

    def _is_gone(self, name: str, claim: _Claim) -> bool:
        """Whether a name is of a folder of recordings, of which it fits none."""
        folder = fold(plain(name).rpartition("/")[0])
        if folder.count("/") + 1 < claim.n_parts or not folder:
            return False
        return tail(folder, claim.n_parts) in self._by_folder_end

    @cached_property
    def _by_folder_end(self) -> dict[str, list[str]]:
        """Folders of recordings by the ends of their paths, of any number of parts."""
        found: dict[str, list[str]] = {}
        for folder in {fold(path.rpartition("/")[0]) for path in self._plain} - {""}:
            parts = folder.split("/")
            for first in range(len(parts)):
                found.setdefault("/".join(parts[first:]), []).append(folder)
        return found

    def _same(self, folders: Iterable[str]) -> set[tuple[str, str]]:
        """Return what lies above folders that are called alike, of others and of recordings."""
        same = set[tuple[str, str]]()
        for folder in {fold(plain(one).rstrip("/")) for one in folders} - {""}:
            n_parts = folder.count("/") + 1
            ends = ((n, tail(folder, n)) for n in range(n_parts, 0, -1))
            n, end = next(((n, end) for n, end in ends if end in self._by_folder_end), (0, ""))
            same.update(
                (_root(folder, n), _root(own, n)) for own in self._by_folder_end.get(end, ())
            )
        return same


def _decide(
    names: Sequence[str], claims: list[_Claim], several: list[int], rows: NDArray[np.int64]
) -> None:
    """Leave a recording to that of several names which fits best, or to none of them."""
    best = max(several, key=lambda k: claims[k].rank)
    others = [
        k
        for k in several
        if claims[k].is_whole < claims[best].is_whole or not agree(names[k], names[best])
    ]
    if any(claims[k].rank == claims[best].rank for k in others):
        rows[several] = UNSURE
    else:
        rows[others] = NONE


def plain(path: str) -> str:
    """Return a path as it is compared."""
    path = path.replace("\\", "/").removeprefix("./")
    return posixpath.normpath(path) if "//" in path or "/." in path else path


def fold(path: str) -> str:
    """Return a path without what tables and disks write in one way or another.

    That is case, blanks around its parts, and how letters with marks are put together.
    """
    if not path.isascii():
        path = unicodedata.normalize("NFC", path)
    return "/".join(part.strip() for part in path.casefold().split("/"))


def beginnings(name: str) -> Iterator[str]:
    """Yield the name of a file, and what it begins with up to each point, the longest first."""
    yield name
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        yield name


def tail(path: str, n_parts: int) -> str:
    """Return the last parts of a path."""
    return "/".join(path.split("/")[-n_parts:])


def on_disk(paths: Iterable[str]) -> list[str]:
    """Return paths from the root of the disk on: a folder has its name also where one stands in it.

    Parameters
    ----------
    paths : iterable of str
    """
    return [os.path.abspath(path) for path in paths]


def _root(path: str, n_parts: int) -> str:
    """Return what comes before the last parts of a path."""
    return "/".join(path.split("/")[:-n_parts]) or _top(path)


def _top(path: str) -> str:
    """Return what all of a disk lies below; nothing of a path that is relative."""
    if path.startswith("/"):
        return "/"
    return path[:2] if re.match(r"[A-Za-z]:(/|$)", path) else ""


def stem(path: str) -> str:
    """Return a path without the ending of the file."""
    folder, slash, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    return f"{folder}{slash}{stem}" if stem else path


def agree(name: str, other: str) -> bool:
    """Whether one name is the end of the other, but for the ending of the file."""
    name, other = plain(name).strip(), plain(other).strip()
    n_parts = min(name.count("/"), other.count("/")) + 1
    one, two = tail(name, n_parts), tail(other, n_parts)
    return two in (one, stem(one)) or one == stem(two)


def _is_contradicted(name: str, path: str, same: set[tuple[str, str]]) -> bool:
    """Whether two folders that differ lie in two that are known to be the same."""
    pairs = ((above, folder) for above in _above(name) for folder in _above(path))
    return any(pair in same for pair in pairs if pair != (name, path))


def _above(folder: str) -> list[str]:
    """Return a folder, and all that it lies in."""
    parts, top = folder.split("/"), _top(folder)
    return list(dict.fromkeys(["/".join(parts[:n]) or top for n in range(len(parts), -1, -1)]))
