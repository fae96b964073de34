"""Which recording a name in a table means: by its whole path, else by the end of it."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._util.warn import warn_user
from ..errors import InPython, InvalidValueError, Text, listed, shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "NONE",
    "SEVERAL",
    "UNSURE",
    "Names",
    "of_which",
    "on_disk",
    "plain",
    "stem",
    "tail",
    "tell_taken",
]

# What a name may be of, where it is of no one recording.
NONE, SEVERAL, UNSURE = -1, -2, -3

_MISSING = {
    NONE: "none of the recordings",
    SEVERAL: "several recordings",
    UNSURE: "which several may be one recording",
}


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
    def _called(self) -> dict[str, list[int]]:
        """Rows by what files are called without their endings, in any case."""
        found: dict[str, list[int]] = {}
        for row, path in zip(self._rows, self._plain, strict=True):
            found.setdefault(_fold(stem(tail(path, 1))), []).append(row)
        return found

    def within(self, name: str, folder: str) -> str:
        """Return what the one recording of a name is called that lies somewhere below a folder.

        As ``south/Data/1.wav`` does below ``south``; nothing if there is none, or several.
        """
        own = tail(plain(name), 1)
        for called in (own, stem(own)):
            rows = self._called.get(_fold(called), [])
            parts = [self._plain[row].split("/") for row in rows]
            below = [path for path in parts if _fold(folder) in map(_fold, path[:-1])]
            if len(below) == 1:
                first = [*map(_fold, below[0])].index(_fold(folder))
                return "/".join(below[0][first:])
        return ""

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
        return Names([*map(_fold, self._plain)], self._rows)

    def _claim(self, name: str) -> _Claim:
        claim = self._as_written(plain(name))
        if claim.row < 0:
            folded = self._folded._as_written(_fold(plain(name)))
            if folded.row >= 0 or claim.row == NONE:
                return folded._replace(is_exact=False)
        return claim

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
        same = {claim.roots for claim in claims if claim.n_parts > 1}
        same |= self._same(folders)
        is_other = {
            roots: _is_contradicted(*roots, same)
            for roots in {claim.roots for claim in claims if not claim.is_whole}
        }
        of_row: dict[int, list[int]] = {}
        for k, claim in enumerate(claims):
            if claim.row >= 0 and not claim.is_whole and is_other[claim.roots]:
                rows[k] = NONE
            elif claim.row >= 0:
                of_row.setdefault(claim.row, []).append(k)
        for several in of_row.values():
            if len(several) > 1:
                _decide(names, claims, several, rows)
        return rows

    def _same(self, folders: Iterable[str]) -> set[tuple[str, str]]:
        """Return what lies above folders that are called alike, of others and of recordings."""
        by_name: dict[str, list[str]] = {}
        for own in {path.rpartition("/")[0] for path in self._plain} - {""}:
            by_name.setdefault(_fold(tail(own, 1)), []).append(own)
        same = set[tuple[str, str]]()
        for folder in {plain(one).rstrip("/") for one in folders} - {""}:
            alike = by_name.get(_fold(tail(folder, 1)), [])
            n_parts = [_n_alike(_fold(folder), _fold(own)) for own in alike]
            most = max(n_parts, default=0)
            same.update(
                (_root(folder, n), _root(own, n))
                for own, n in zip(alike, n_parts, strict=True)
                if n == most
            )
        return same

    def match(self, what: str, files: pd.Series) -> NDArray[np.int64]:
        """Return the row of each file that a table names, and less than 0 where it is none.

        Parameters
        ----------
        what : str
            What the table holds, for messages.
        files : Series of str

        Raises
        ------
        InvalidValueError
            If none is of these files.

        Warns
        -----
        UserWarning
            If some are of none: how many, and which. If some name other folders.
        """
        import pandas as pd

        codes, names = pd.factorize(files)
        if not len(names):
            return np.zeros(0, np.int64)
        rows = self.rows(names)
        counts = np.bincount(codes, minlength=len(names))
        for missing, of in _MISSING.items():
            which = np.flatnonzero(rows == missing)
            if not which.size:
                continue
            n = int(counts[which].sum())
            text = (
                f"{n:,} of {len(files):,} {what} name {'a file' if len(which) == 1 else 'files'} "
                f"of {of}: {listed(names[which], 3)}"
            )
            if not (rows >= 0).any():
                raise InvalidValueError(
                    text,
                    remedy=(
                        "Write their paths as those of the recordings are",
                        InPython(", in recordings.files.file"),
                        ".",
                    ),
                )
            warn_user(f"{text}. They are left out.")
        there = np.flatnonzero(rows >= 0)
        pairs = [(names[k], self._plain[rows[k]], int(counts[k])) for k in there.tolist()]
        tell_taken(what, pairs, len(files))
        return np.asarray(rows[codes])


def of_which(what: str) -> Text:
    """Return what to do about a table that does not say of which of several files it is."""
    return (
        "Say in a column 'file' which each row is of", InPython(f': {what}.assign(file="...")'),
        "; or, of a table of one recording in a file, let its name begin as that of the recording.",
    )  # fmt: skip


def tell_taken(what: str, pairs: Iterable[tuple[str, str, int]], n: int) -> None:
    """Warn of rows that are taken for those of a file in another folder, or of another case.

    Parameters
    ----------
    what : str
        What the table holds.
    pairs : iterable of (str, str, int)
        A file that it names, the path that this is taken for, and of how many rows.
    n : int
        How many rows there are.
    """
    pairs = [*pairs]
    if others := [pair for pair in pairs if _are_apart(*pair[:2])]:
        name, path = (shown(tail(plain(one), 2)) for one in others[0][:2])
        warn_user(
            f"{sum(count for *_, count in others):,} of {n:,} {what} name files in other folders, "
            f"and are matched by the files' own names: {name} is taken for {path}. If that is "
            "another recording, leave its rows out."
        )
    if others := [pair for pair in pairs if _differ_in_case(*pair[:2])]:
        name, path = (shown(tail(plain(one), 1)) for one in others[0][:2])
        warn_user(
            f"{sum(count for *_, count in others):,} of {n:,} {what} name files in another case, "
            f"and no file in theirs is there: {name} is taken for {path}."
        )


def _differ_in_case(name: str, path: str) -> bool:
    """Whether the own names of two files are the same but for capitals, be it without ending."""
    one, two = (tail(plain(each), 1) for each in (name, path))
    return not _agree(one.strip(), two.strip()) and _agree(_fold(one), _fold(two))


def _are_apart(name: str, path: str) -> bool:
    """Whether two paths name the folders that their files are in, and neither lies in the other."""
    one, two = (plain(each).split("/")[:-1] for each in (name, path))
    named = [parts[-1] for parts in (one, two) if parts]
    if len(named) < 2 or any(part in ("", ".", "..") or ":" in part for part in named):
        return False
    return named[0] not in two and named[1] not in one


def _decide(
    names: Sequence[str], claims: list[_Claim], several: list[int], rows: NDArray[np.int64]
) -> None:
    """Leave a recording to that of several names which fits best, or to none of them."""
    best = max(several, key=lambda k: claims[k].rank)
    others = [
        k
        for k in several
        if claims[k].is_whole < claims[best].is_whole or not _agree(names[k], names[best])
    ]
    if any(claims[k].rank == claims[best].rank for k in others):
        rows[several] = UNSURE
    else:
        rows[others] = NONE


def plain(path: str) -> str:
    """Return a path as it is compared."""
    return path.replace("\\", "/").removeprefix("./")


def _fold(path: str) -> str:
    """Return a path without what tables and disks write in one way or another."""
    return "/".join(part.strip() for part in path.casefold().split("/"))


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


def _n_alike(folder: str, other: str) -> int:
    """Return how many parts of their ends two folders have in common."""
    pairs = zip(reversed(folder.split("/")), reversed(other.split("/")), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1] != "", pairs))


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


def _agree(name: str, other: str) -> bool:
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
