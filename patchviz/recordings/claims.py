"""Which recording each of several tables in files is of: decided once, for all of them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .._util.columns import texts_in
from .._util.warn import warn_user
from ..core.names import NONE, SEVERAL, UNSURE, Names, plain, stem, tail
from ..errors import listed, shown
from ..io.table import match_columns
from .names import unique_ends
from .surroundings import with_surroundings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ELSEWHERE", "NOT_GIVEN", "Claim", "called_so", "claims_of", "file_column"]

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
    one alone is of ``north/a.wav``, whichever recordings are given. Where all tables are of others,
    they were meant: then folders say nothing.

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
        If tables in different folders are of one recording, and nothing tells which is. If all are
        of recordings that are not given.
    """
    called = {path: [*_names_in(path, table)] for path, table in tables.items()}
    folders = {path: plain(os.path.dirname(os.path.abspath(path))) for path in tables}
    named = {plain(name).rpartition("/")[0] for names in called.values() for name, _ in names}
    world = with_surroundings(given, folders.values(), named)
    claims = _decided(what, tables, called, folders, world, len(given))
    if any(claim.row == NOT_GIVEN for each in claims.values() for claim in each) and not any(
        claim.row >= 0 for each in claims.values() for claim in each
    ):
        as_given = _decided(what, tables, called, folders, given, len(given))
        if any(claim.row >= 0 for each in as_given.values() for claim in each):
            _tell_taken(what, claims, as_given)
            return as_given
    return claims


def _names_in(path: str, table: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """Yield what a table calls recordings, or is called, and how many rows are of each."""
    place = file_column(table)
    if place is None:
        yield os.path.basename(path), len(table)
        return
    for name, count in texts_in(table.iloc[:, place]).value_counts(sort=False).items():
        yield str(name), int(count)


def _decided(
    what: str, tables: Mapping[str, pd.DataFrame], called: Mapping[str, list[tuple[str, int]]],
    folders: Mapping[str, str], world: Names, n_given: int,
) -> dict[str, list[Claim]]:  # fmt: skip
    """Return which recording of the world each name of each table means."""
    differ = _parts_that_differ(folders)
    meant: dict[tuple[str, str], str] = {}  # what a name of a table is looked for as
    for path, names in called.items():
        is_own = file_column(tables[path]) is None
        for name, _ in names:
            find = _own_name if is_own else _name_by_place
            meant[path, name] = find(name, folders[path], differ[path], world)
    wholes = [*dict.fromkeys(meant.values())]
    alone = {whole: world.fit(whole) for whole in wholes}
    there = [whole for whole, (row, _) in alone.items() if row != NONE]
    rows = dict(zip(there, world.rows(there, {*differ.values()}).tolist(), strict=True))
    claims: dict[str, list[Claim]] = {}
    of_row: dict[int, dict[str, None]] = {}  # which tables are of a recording
    for path, names in called.items():
        is_own = file_column(tables[path]) is None
        claims[path] = []
        for name, n_rows in names:
            whole = meant[path, name]
            row, _ = alone[whole]
            if rows.get(whole) == NONE:
                row = ELSEWHERE
            if row >= 0:
                of_row.setdefault(row, {})[path] = None
            found = world.path(row) if row >= 0 else ""
            row = NOT_GIVEN if row >= n_given else row
            claims[path].append(Claim(name, row, n_rows, found, is_own))
    _leave_others(claims, of_row, meant, alone)
    unsure = [whole for whole, row in rows.items() if row == UNSURE]
    if unsure:
        row = world.row(unsure[0])
        _tell_unsure(what, [*of_row.get(row, ())], world.path(row))
    return claims


def _own_name(name: str, folder: str, differs: str, world: Names) -> str:
    """Return as which recording a file is called, up to a point of its name, and where it lies."""
    first, is_several = stem(name), ""
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        row, n_parts = world.fit(f"{folder}/{name}")
        if row >= 0:
            return _placed(name, folder, differs, n_parts)
        if row == SEVERAL and (found := world.within(name, tail(folder, 1))):
            return found
        is_several = is_several or (name if row == SEVERAL else "")
    return is_several or first


def _name_by_place(name: str, folder: str, differs: str, world: Names) -> str:
    """Return a name as it says which recording it means, or else as the table's folder does."""
    row, n_parts = world.fit(name)
    if row == NONE or (row >= 0 and n_parts > 1):
        return name
    own = tail(plain(name), 1)
    row, n_parts = world.fit(f"{folder}/{own}")
    if row >= 0 and n_parts > 1:
        return _placed(own, folder, differs, n_parts)
    for one in (plain(name).rpartition("/")[0], folder):
        if row == SEVERAL and one and (found := world.within(own, tail(one, 1))):
            return found
    return name if "/" in plain(name) else f"{differs}{name}"


def _placed(name: str, folder: str, differs: str, n_parts: int) -> str:
    """Return a name with as much of a folder as fits, or else as differs from those of others."""
    fits = f"{tail(folder, n_parts - 1)}/" if n_parts > 1 else ""
    return max(fits, differs, key=len) + name


def _parts_that_differ(folders: Mapping[str, str]) -> dict[str, str]:
    """Return the folders of tables, as far as they differ: all of them end with a slash."""
    parts = {path: folder.split("/") for path, folder in folders.items()}
    levels = zip(*parts.values(), strict=False)
    n_common = sum(1 for _ in itertools.takewhile(lambda level: len({*level}) == 1, levels))
    return {path: "".join(f"{part}/" for part in each[n_common:]) for path, each in parts.items()}


def _leave_others(
    claims: dict[str, list[Claim]], of_row: Mapping[int, Mapping[str, None]],
    meant: Mapping[tuple[str, str], str], alone: Mapping[str, tuple[int, int]],
) -> None:  # fmt: skip
    """Leave a recording to the tables of its name that lie in its folder, where there are some."""
    for paths in of_row.values():
        own = [path for path in paths if claims[path][0].is_own]
        fit = {path: alone[meant[path, claims[path][0].name]][1] for path in own}
        for path in own:
            if fit[path] == 1 < max(fit.values()):
                claims[path] = [claims[path][0]._replace(row=ELSEWHERE, path="")]


def _tell_unsure(what: str, paths: list[str], recording: str) -> None:
    """Warn of names that are one recording's, where no folder says of which site they are."""
    warn_user(
        f"tables of {what} in different folders are taken for those of one recording: "
        f"{listed(called_so(paths), 3)} for {shown(tail(recording, 2))}. If they are of others, "
        "leave them out, or let folders be called as those of recordings are."
    )


def called_so(paths: Sequence[str], among: Iterable[str] = ()) -> list[str]:
    """Return paths as messages call them: with their folders, and as much as tells them apart."""
    found = zip(unique_ends(paths, among), paths, strict=True)
    return [end if "/" in end else tail(plain(path), 2) for end, path in found]


def _tell_taken(
    what: str, claims: Mapping[str, list[Claim]], taken: Mapping[str, list[Claim]]
) -> None:
    """Warn of tables that are taken for those of recordings that are given, as none is of these."""
    pairs = [
        (path, one.path, other.path)
        for path in claims
        for one, other in zip(taken[path], claims[path], strict=True)
        if one.row >= 0
    ]
    if not pairs:
        return
    path, own, other = pairs[0]
    n = len({path for path, *_ in pairs})
    (table,), (own, other) = called_so([path], claims), unique_ends([own, other])
    which = f"a table of {what} is" if n == 1 else f"{n:,} tables of {what} are"
    warn_user(
        f"by names and folders {which} of recordings that are not given: "
        f"{shown(table)} is taken for {shown(own)}, and {shown(other)} is there. If that is meant, "
        "leave it out."
    )
