"""Which recording each of several tables in files is of: decided once, for all of them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from .._util.columns import texts_in
from .._util.warn import warn_user
from ..core.names import NONE, SEVERAL, UNSURE, plain, stem, tail
from ..errors import listed, shown
from ..io.table import match_columns
from .given import ENDINGS

if TYPE_CHECKING:
    import pandas as pd

    from ..core.names import Names

__all__ = ["ELSEWHERE", "NOT_GIVEN", "Claim", "claims_of", "file_column"]

# What a table may be of, beside what a name may be: a recording in a folder that is not given, and
# one that lies beside those that are.
ELSEWHERE, NOT_GIVEN = UNSURE - 1, UNSURE - 2


class Claim(NamedTuple):
    """What a table calls a recording, or is called as."""

    name: str
    row: int  # of the recording, or less than 0
    n_rows: int  # of the table


def file_column(table: pd.DataFrame) -> int | None:
    """Return the column that says the file of each row, if there is one."""
    return match_columns(table.columns).get("file")


def claims_of(
    what: str, tables: Mapping[str, pd.DataFrame], names: Names
) -> dict[str, list[Claim]]:
    """Return of which recordings tables are, by their paths.

    A table with a column ``file`` has a claim for each different name in it, any other has one by
    its own name, as far as a recording's is the beginning of that. Of ``north/a.txt`` and
    ``south/a.txt`` one alone is of ``north/a.wav``; so it is where ``north`` has tables of other
    recordings only, and where nothing but ``north`` is given.

    Warns
    -----
    UserWarning
        If tables in different folders are of one recording, and nothing tells which is. If a table
        lies in a folder called as that of another recording of the same name.
    """
    claims = {path: [*_claims_in(path, table, names)] for path, table in tables.items()}
    folders = _folders_of(claims)
    of: dict[str, list[str]] = {}  # of which tables a name is
    if len({*folders.values()}) > 1:
        for path, called in claims.items():
            for claim in called:
                if claim.row != NONE:
                    of.setdefault(_placed(claim.name, folders[path]), []).append(path)
    rows = dict(zip(of, names.rows([*of], {*folders.values()}).tolist(), strict=True))
    beside = _Beside(names)
    taken: list[tuple[str, str, str]] = []
    for path, called in claims.items():
        is_own = file_column(tables[path]) is None
        for k, claim in enumerate(called):
            row = rows.get(_placed(claim.name, folders[path]))
            if row == NONE:
                called[k] = claim._replace(row=ELSEWHERE)
            elif claim.row == NONE and is_own and beside.has(path):
                called[k] = claim._replace(row=NOT_GIVEN)
            elif claim.row >= 0 and (other := beside.other(path, claim)):
                taken.append((path, names.path(claim.row), other))
    _tell_unsure(what, {name: of[name] for name, row in rows.items() if row == UNSURE}, names)
    _tell_taken(what, taken)
    return claims


def _claims_in(path: str, table: pd.DataFrame, names: Names) -> Iterator[Claim]:
    """Yield what a table calls recordings, each as it would be alone."""
    place = file_column(table)
    if place is None:
        yield Claim(*_own_claim(path, names), len(table))
        return
    folder = os.path.dirname(path)
    for name, count in texts_in(table.iloc[:, place]).value_counts(sort=False).items():
        name = str(name)
        row = names.row(name)
        if row == SEVERAL:
            row = max(row, names.row(os.path.join(folder, tail(plain(name), 1))))
        yield Claim(name, row, int(count))


def _own_claim(path: str, names: Names) -> tuple[str, int]:
    """Return as which recording a file is called, up to a point of its name; and its row."""
    folder, name = os.path.split(path)
    first, row = stem(name), NONE
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        for known in (os.path.join(folder, name), name):
            found = names.row(known)
            if found >= 0:
                return name, found
            row = min(row, found)  # SEVERAL, if it is of any
    return first, row


def _folders_of(paths: Mapping[str, object]) -> dict[str, str]:
    """Return the folders of tables, as far as they differ: all of them end with a slash."""
    folders = {path: plain(os.path.dirname(os.path.abspath(path))).split("/") for path in paths}
    levels = zip(*folders.values(), strict=False)
    n_common = sum(1 for _ in itertools.takewhile(lambda level: len({*level}) == 1, levels))
    return {
        path: "".join(f"{part}/" for part in parts[n_common:]) for path, parts in folders.items()
    }


def _placed(name: str, folder: str) -> str:
    """Return a name with the folder of its table, unless it has one of its own."""
    name = plain(name)
    return name if "/" in name else folder + name


class _Beside:
    """Recordings on the disk that lie beside those that are given.

    Parameters
    ----------
    names : Names
        Of those that are given.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._found: dict[str, dict[str, str]] = {}

    @cached_property
    def _given(self) -> set[str]:
        """Folders of those that are given."""
        return {os.path.dirname(path) for path in self._names.paths}

    def has(self, path: str) -> bool:
        """Whether a table is called as a recording beside one that is given."""
        folder, name = os.path.split(plain(os.path.abspath(path)))
        called = (one for own in self._given for one in (own, *_called_as(folder, own)))
        return any(self._recording(one, name) for one in called)

    def other(self, path: str, claim: Claim) -> str:
        """Return another recording of that name, in a folder called as a table's, or nothing."""
        if "/" in plain(claim.name):
            return ""
        own = self._names.path(claim.row)
        folder = os.path.dirname(plain(os.path.abspath(path)))
        found = (
            self._recording(one, tail(own, 1)) for one in _called_as(folder, os.path.dirname(own))
        )
        return next(filter(None, found), "")

    def _recording(self, folder: str, name: str) -> str:
        """Return the recording in a folder whose name another's begins with, at a point."""
        if folder not in self._found:
            self._found[folder] = {
                stem(one).casefold(): f"{folder}/{one}"
                for one in (os.listdir(folder) if os.path.isdir(folder) else ())
                if os.path.splitext(one)[1].lower() in ENDINGS
            }
        known, name = self._found[folder], name.casefold()
        while name not in known and stem(name) != name:
            name = stem(name)
        return known.get(name, "")


def _called_as(folder: str, own: str) -> list[str]:
    """Return what a recording's folder would be if its end were that of a table's folder."""
    known = own.split("/")
    found = ("/".join([*known[:-n], tail(folder, n)]) for n in range(1, len(known)))
    return [one for one in found if one != own]


def _tell_unsure(what: str, unsure: Mapping[str, list[str]], names: Names) -> None:
    """Warn of names that are one recording's, where no folder says of which site they are."""
    if not unsure:
        return
    row = names.row(next(iter(unsure)))
    paths = {
        tail(plain(path), 2): None
        for name in unsure
        if names.row(name) == row
        for path in unsure[name]
    }
    warn_user(
        f"tables of {what} in different folders are taken for those of one recording: "
        f"{listed([*paths], 3)} for {shown(tail(names.path(row), 2))}. If they are of others, "
        "leave them out, or let folders be called as those of recordings are."
    )


def _tell_taken(what: str, taken: list[tuple[str, str, str]]) -> None:
    """Warn of tables whose folder is called as that of another recording of the same name."""
    if not taken:
        return
    n = len({path for path, *_ in taken})
    path, own, other = (shown(tail(plain(one), 2)) for one in taken[0])
    which = f"a table of {what} lies" if n == 1 else f"{n:,} tables of {what} lie"
    warn_user(
        f"{which} where the folder is called as that of another recording of the same name: {path} "
        f"is taken for {own}, and {other} is there. If it is of that, leave it out."
    )
