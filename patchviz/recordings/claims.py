"""Which recording each of several tables in files is of: decided once, for all of them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Self

from .._util.columns import texts_in
from .._util.warn import warn_user
from ..core.matching import matched
from ..core.names import NONE, SEVERAL, UNSURE, Names, beginnings, plain, stem, tail
from ..errors import listed, shown
from ..io.columns import match_columns
from .names import unique_ends
from .surroundings import namesake, with_surroundings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "ELSEWHERE",
    "NOT_GIVEN",
    "Claim",
    "called_so",
    "claims_of",
    "file_column",
    "rows_of",
]

# What a table may be of, beside what a name may be: a recording in a folder that is not given, and
# one on the disk that is not.
ELSEWHERE, NOT_GIVEN = UNSURE - 1, UNSURE - 2


class Claim(NamedTuple):
    """What a table calls a recording, or is called as."""

    name: str
    row: int  # of the recording, or less than 0
    n_rows: int  # of the table
    path: str  # of the recording, also of one that is not given; or ""
    is_own: bool  # whether the table has no names, and is called so itself
    is_bare: bool = False  # whether no folder says that it is this one


class _Table(NamedTuple):
    """A table, as far as it says of which recordings it is."""

    path: str
    folder: str  # on the disk
    differs: str  # what of that tells it from those of other tables
    is_own: bool
    names: dict[str, int]  # what it calls recordings, or is called, and of how many rows each is


class _Decided(NamedTuple):
    """Which recording each name means, among some."""

    claims: dict[str, list[Claim]]  # of tables, by their paths
    unsure: dict[int, list[str]]  # tables of a recording of which nothing tells that all are

    @property
    def is_any(self) -> bool:
        """Whether any is of a recording that is given."""
        return any(claim.row >= 0 for each in self.claims.values() for claim in each)

    def where(self, rows: set[int], other: Self) -> _Decided:
        """Return the same with what others have decided of what is of one of some rows here."""
        claims = {
            path: [
                taken if claim.row in rows and taken.row >= 0 else claim
                for claim, taken in zip(each, other.claims[path], strict=True)
            ]
            for path, each in self.claims.items()
        }
        return _Decided(claims, self.unsure | other.unsure)


def file_column(table: pd.DataFrame) -> int | None:
    """Return the column that says the file of each row, if there is one, and a row."""
    return match_columns(table.columns).get("file") if len(table) else None


def claims_of(
    what: str, tables: Mapping[str, pd.DataFrame], given: Names
) -> dict[str, list[Claim]]:
    """Return of which recordings tables are, by their paths.

    A table with a column ``file`` has a claim for each different name in it, any other has one by
    its own name, as far as a recording's is the beginning of that. A name says which recording it
    means by its own folders, or else by that of the table: of ``north/a.txt`` and ``south/a.txt``
    one alone is of ``north/a.wav``, whichever recordings are given. What may be of several, of
    which one is given, is of that; and where all tables are of recordings that are not given, those
    that are were meant. Both are told.

    Parameters
    ----------
    what : str
        What they hold, for messages.
    tables : mapping
        By their paths.
    given : Names
        Of the recordings, by their paths on the disk.

    Warns
    -----
    UserWarning
        If tables in different folders are of one recording, and nothing tells which is. If some may
        be of recordings that are not given, or all are.
    """
    called = _tables_of(tables)
    named = {plain(name).rpartition("/")[0] for table in called for name in table.names}
    world = with_surroundings(given, {table.folder for table in called}, named)
    found = _decided(called, world, len(given))
    is_open = {SEVERAL} if found.is_any else {SEVERAL, NOT_GIVEN}
    if any(claim.row in is_open for each in found.claims.values() for claim in each):
        taken = found.where(is_open, _decided(called, given, len(given)))
        _tell_taken(what, found.claims, taken.claims)
        found = taken
    else:
        _tell_bare(what, found, called, given)
    _tell_unsure(what, found, given)
    return found.claims


def _tables_of(tables: Mapping[str, pd.DataFrame]) -> list[_Table]:
    """Return what tables say of which recordings they are."""
    folders = {path: plain(os.path.dirname(os.path.abspath(path))) for path in tables}
    differ = _parts_that_differ(folders)
    found = []
    for path, table in tables.items():
        place = file_column(table)
        names = {os.path.basename(path): len(table)}
        if place is not None:
            counts = texts_in(table.iloc[:, place]).value_counts(sort=False)
            names = {str(name): int(count) for name, count in counts.items()}
        found.append(_Table(path, folders[path], differ[path], place is None, names))
    return found


def _decided(tables: Sequence[_Table], among: Names, n_given: int) -> _Decided:
    """Return which recording each name of each table means, of those that are there."""
    whole: dict[tuple[str, str], str] = {}  # the name with as much of its folder as says something
    for table in tables:
        find = _own_name if table.is_own else _name_by_place
        whole |= {(table.path, name): find(name, table, among) for name in table.names}
    fits = {name: among.fit(name) for name in dict.fromkeys(whole.values())}
    there = [name for name, (row, _) in fits.items() if row != NONE]
    folders = {table.differs for table in tables}
    rows = dict(zip(there, among.rows(there, folders).tolist(), strict=True))
    claims: dict[str, list[Claim]] = {}
    for table in tables:
        claims[table.path] = []
        for name, n_rows in table.names.items():
            asked = whole[table.path, name]
            row = ELSEWHERE if rows.get(asked) == NONE else fits[asked][0]
            path = among.path(row) if row >= 0 else ""
            row = NOT_GIVEN if row >= n_given else row
            is_bare = fits[asked][1] == 1 and "/" not in plain(name)
            claims[table.path].append(Claim(name, row, n_rows, path, table.is_own, is_bare))
    _leave_others(claims, whole, fits)
    unsure: dict[int, list[str]] = {}
    for table in tables:
        for claim in claims[table.path]:
            if claim.row >= 0 and rows.get(whole[table.path, claim.name]) == UNSURE:
                unsure.setdefault(claim.row, []).append(table.path)
    return _Decided(claims, unsure)


def _own_name(name: str, table: _Table, among: Names) -> str:
    """Return as which recording a file is called, up to a point of its name, and where it lies."""
    is_several = ""
    for one in beginnings(name):
        row, n_parts = among.fit(f"{table.folder}/{one}")
        if row >= 0:
            return _placed(one, table, n_parts)
        if row == SEVERAL and (found := among.within(one, tail(table.folder, 1))):
            return found
        is_several = is_several or (one if row == SEVERAL else "")
    return is_several or stem(name)


def _name_by_place(name: str, table: _Table, among: Names) -> str:
    """Return a name as it says which recording it means, or else as the table's folder does."""
    row, n_parts = among.fit(name)
    if row == NONE or (row >= 0 and n_parts > 1):
        return name
    own, folder = tail(plain(name), 1), plain(name).rpartition("/")[0]
    in_folder, n_parts = among.fit(f"{table.folder}/{own}")
    if in_folder >= 0 and n_parts > 1:
        return _placed(own, table, n_parts)
    if folder and (found := among.within(own, tail(folder, 1))):
        return found
    if row == SEVERAL and (found := among.within(own, tail(table.folder, 1))):
        return found
    return name if folder else f"{table.differs}{name}"


def _placed(name: str, table: _Table, n_parts: int) -> str:
    """Return a name with as much of a folder as fits, or else as differs from those of others."""
    fits = f"{tail(table.folder, n_parts - 1)}/" if n_parts > 1 else ""
    return max(fits, table.differs, key=len) + name


def _parts_that_differ(folders: Mapping[str, str]) -> dict[str, str]:
    """Return the folders of tables, as far as they differ: all of them end with a slash."""
    parts = {path: folder.split("/") for path, folder in folders.items()}
    levels = zip(*parts.values(), strict=False)
    n_common = sum(1 for _ in itertools.takewhile(lambda level: len({*level}) == 1, levels))
    return {path: "".join(f"{part}/" for part in each[n_common:]) for path, each in parts.items()}


def _leave_others(
    claims: dict[str, list[Claim]], whole: Mapping[tuple[str, str], str],
    fits: Mapping[str, tuple[int, int]],
) -> None:  # fmt: skip
    """Leave a recording to the tables of its name that lie in its folder, where there are some."""
    own: dict[str, dict[str, int]] = {}  # of how many parts tables fit, by the recording
    for path, (first, *_) in claims.items():
        if first.is_own and first.path:
            own.setdefault(first.path, {})[path] = fits[whole[path, first.name]][1]
    for n_parts in own.values():
        for path, n in n_parts.items():
            if n == 1 < max(n_parts.values()):
                claims[path] = [claims[path][0]._replace(row=ELSEWHERE, path="")]


def _tell_unsure(what: str, found: _Decided, given: Names) -> None:
    """Warn of names that are one recording's, where no folder says of which site they are."""
    if found.unsure:
        row, paths = next(iter(found.unsure.items()))
        more = f", and so for {len(found.unsure) - 1:,} more" if len(found.unsure) > 1 else ""
        warn_user(
            f"tables of {what} in different folders are taken for those of one recording: "
            f"{listed(called_so([*dict.fromkeys(paths)]), 3)} for "
            f"{shown(tail(given.path(row), 2))}{more}. If they are of others, leave them out, or "
            "let folders be called as those of recordings are."
        )


def rows_of(names: Names, what: str, files: pd.Series) -> NDArray[np.int64]:
    """Return the row of each file that a frame names, and less than 0 where it is none.

    Parameters
    ----------
    names : Names
        Of the recordings that are given.
    what : str
        What the frame holds.
    files : Series of str
    """
    rows = matched(names, what, files)
    is_first = (rows >= 0) & ~files.duplicated().to_numpy()
    called = zip(rows[is_first].tolist(), files[is_first], strict=True)
    bare = {names.path(row): name for row, name in called if "/" not in plain(name)}
    if pair := namesake(bare, names, plain(os.getcwd())):
        _tell_namesake(what, bare[pair[0]], pair)
    return rows


def _tell_bare(what: str, found: _Decided, tables: Sequence[_Table], given: Names) -> None:
    """Warn of a table above several recordings of one name, of which it says no folder."""
    folders = {table.path: table.folder for table in tables}
    bare: dict[str, dict[str, tuple[str, str]]] = {}  # names, and of which table, by its folder
    for path, claims in found.claims.items():
        for claim in claims:
            if claim.row >= 0 and claim.is_bare:
                bare.setdefault(folders[path], {}).setdefault(claim.path, (claim.name, path))
    for folder, names in bare.items():  # which is looked through once
        if pair := namesake(names, given, folder):
            name, path = names[pair[0]]
            (table,) = called_so([path], found.claims)
            _tell_namesake(f"{what} in {shown(table)}", name, pair)
            return


def _tell_namesake(what: str, name: str, pair: tuple[str, str]) -> None:
    """Warn of names without folders, of which one is of either of two recordings."""
    own, other = unique_ends(pair)
    warn_user(
        f"{what} name files without their folders, and recordings in several have the same names: "
        f"{shown(name)} is taken for {shown(own)}, and {shown(other)} is there. If they are of "
        "that, leave them out."
    )


def called_so(paths: Sequence[str], among: Iterable[str] = ()) -> list[str]:
    """Return paths as messages call them: with their folders, and as much as tells them apart."""
    found = zip(unique_ends(paths, among), paths, strict=True)
    return [end if "/" in end else tail(plain(path), 2) for end, path in found]


def _tell_taken(
    what: str, claims: Mapping[str, list[Claim]], taken: Mapping[str, list[Claim]]
) -> None:
    """Warn of tables that are taken for those of recordings that are given, though others fit."""
    pairs = [
        (path, claim, one)
        for path in claims
        for claim, one in zip(claims[path], taken[path], strict=True)
        if claim.row != one.row
    ]
    for is_several in (False, True):
        some = [pair for pair in pairs if (pair[1].row == SEVERAL) == is_several]
        if not some:
            continue
        path, other, own = some[0]
        n = len({path for path, *_ in some})
        (table,) = called_so([path], claims)
        which = f"a table of {what}" if n == 1 else f"{n:,} tables of {what}"
        if is_several:
            named = shown(table) if own.is_own else f"{shown(own.name)} in {shown(table)}"
            warn_user(
                f"{which} may be of several recordings, of which one is given: {named} is taken "
                f"for {shown(tail(own.path, 2))}. If it is of another, leave it out."
            )
            continue
        ours, theirs = unique_ends([own.path, other.path])
        warn_user(
            f"by names and folders {which} {'is' if n == 1 else 'are'} of recordings that are not "
            f"given: {shown(table)} is taken for {shown(ours)}, and {shown(theirs)} is there. If "
            "it is of that, do not give it."
        )
