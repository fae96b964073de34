"""Tables of many recordings, one for each, in files: which recording each is of."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from .._util.columns import text_column, texts_in
from .._util.warn import warn_user
from ..core.names import NONE, SEVERAL, UNSURE, plain, tail, tell_taken
from ..core.patchtable import NUMBERS
from ..errors import Argument, InvalidValueError, listed, shown
from ..io.table import match_columns

if TYPE_CHECKING:
    import pandas as pd

    from ..core.names import Names

__all__ = ["joined", "placed", "tables_in"]

_Replaced: TypeAlias = tuple[str, str, int]  # a name, what it is taken for, and of how many rows

_COLUMN = ", or a column say the file."
_OTHER = min(NONE, SEVERAL, UNSURE) - 1  # of a recording in a folder that is not given
_LEFT_OUT = {
    NONE: ("no recording", f"Their names must begin as those of recordings do{_COLUMN}"),
    SEVERAL: ("several recordings", f"They must lie in folders as recordings do{_COLUMN}"),
    _OTHER: (
        "recordings in other folders",
        "If not, say in a column the file, as recordings' paths are.",
    ),
}

ENDINGS = (".txt", ".csv", ".tsv", ".textgrid", ".rttm")


def tables_in(
    what: str, given: object, read: Callable[[str], pd.DataFrame]
) -> dict[str, pd.DataFrame] | None:
    """Return the tables in several files, by their paths; None where it is not several.

    Parameters
    ----------
    what : str
        What they hold: labels, or scores.
    given : object
        A folder or a glob stands for the files in it.
    read : callable
        Returns the table of a file.

    Raises
    ------
    LabelFileError
        If a file cannot be read.
    InvalidValueError
        If there are none.
    """
    paths = _paths_of(what, given)
    return None if paths is None else {path: read(path) for path in paths}


def placed(what: str, given: object, table: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return a table with what its own path says of it, where it came from a file.

    Parameters
    ----------
    what : str
        What it holds.
    given : object
        Its path, or anything else, of which nothing is known.
    table : DataFrame
    names : Names
    """
    if not isinstance(given, str | os.PathLike):
        return table
    path, replaced = str(os.fspath(given)), list[_Replaced]()
    found = match_columns(table.columns)
    if "file" in found:
        table = _by_place(path, table, found["file"], names, replaced)
        tell_taken(what, replaced, len(table))
    elif "start_time" in found and not any(name in table.columns for name in NUMBERS):
        row, _ = _recording_of(path, names)
        table = table if row < 0 else _of(table, names.path(row))
    return table


def joined(
    what: str, tables: Mapping[str, pd.DataFrame], names: Names, heard: Sequence[int] = ()
) -> pd.DataFrame:
    """Return tables in several files as one, each of which says of what it is.

    Parameters
    ----------
    what : str
        What they hold.
    tables : mapping
        By their paths. Those without a column ``file`` are of the recording whose name theirs
        begins with: ``a.Table.1.selections.txt`` is of ``a.wav``. Where a name in such a column may
        be of several recordings, it is of the one in a folder as that of the table.
    names : Names
    heard : sequence of int
        The rows of recordings of which it is told where others have tables and they have none.

    Raises
    ------
    InvalidValueError
        If they are of none of the recordings.

    Warns
    -----
    UserWarning
        If some are of none: how many, and which. If some name other folders. If recordings have
        tables of labels of their own, and some have none.
    """
    import pandas as pd

    frames: list[pd.DataFrame] = []
    replaced: list[_Replaced] = []
    left_out: dict[int, list[str]] = {row: [] for row in _LEFT_OUT}
    elsewhere, tabled = _Elsewhere(tables, names), set[int]()
    has_own = False  # whether recordings have tables of their own
    for path, frame in tables.items():
        place = match_columns(frame.columns).get("file")
        if place is not None:
            frame = _by_place(path, frame, place, names, replaced)
            files = texts_in(frame["file"])
            is_other = files.isin([name for name in files.unique() if elsewhere.has(path, name)])
            n_other = int(np.count_nonzero(is_other))
            if 0 < n_other == len(frame):
                left_out[_OTHER].append(path)
                continue
            if n_other:
                where = shown(tail(plain(path), 2))
                warn_user(
                    f"{n_other:,} of {len(frame):,} rows of {what} in {where} "
                    f"{'is' if n_other == 1 else 'are'} of recordings in other folders, and left "
                    "out."
                )
            frames.append(frame[~is_other.to_numpy(bool)])
            tabled.update(names.rows(files[~is_other].unique().tolist()).tolist())
            continue
        row, name = _recording_of(path, names)
        row = _OTHER if row >= 0 and elsewhere.has(path, name) else row
        if row < 0:
            left_out[row].append(path)
        else:
            frames.append(_of(frame, names.path(row)))
            tabled.add(row)
            has_own = True
    for row, (text, remedy) in _LEFT_OUT.items():
        paths = left_out[row]
        if not paths:
            continue
        be, their = ("is", "its name") if len(paths) == 1 else ("are", "their names")
        text = f"{len(paths):,} of {len(tables):,} tables of {what} {be} of {text}"
        named = listed([tail(plain(path), 2 if row == _OTHER else 1) for path in paths], 3)
        if not frames:
            raise InvalidValueError(f"{text}: {named}", remedy=remedy)
        warn_user(f"{text}, by {their}, and left out: {named}. {remedy}")
    elsewhere.tell(what)
    if has_own:
        _tell_untabled(tabled, heard, names)
    frames = [frame for frame in frames if len(frame)] or frames[:1]
    tell_taken(what, replaced, sum(map(len, frames)))
    return pd.concat(frames, ignore_index=True)


def _tell_untabled(tabled: set[int], heard: Sequence[int], names: Names) -> None:
    """Warn of recordings that no table of labels is of: nobody may have looked at them."""
    without = np.setdiff1d(heard, [*tabled])
    if without.size:
        first = shown(tail(names.path(int(without[0])), 2))
        one = without.size == 1
        warn_user(
            f"{without.size:,} of {len(names):,} recordings {'has' if one else 'have'} no table of "
            f"labels, first {first}, and {'counts' if one else 'count'} as without any. If nobody "
            f"looked at {'it, leave it' if one else 'them, leave them'} out."
        )


class _Elsewhere:
    """Which tables are of recordings in other folders, as others with their names fit better.

    Of ``north/a.txt`` and ``south/a.txt`` one alone is of ``north/a.wav``, also where no other
    recordings are given.

    Parameters
    ----------
    tables : mapping
        By their paths.
    names : Names
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], names: Names) -> None:
        folders = {path: plain(os.path.dirname(os.path.abspath(path))) for path in tables}
        parts = [folder.split("/") for folder in folders.values()]
        n_common = next(
            (k for k, some in enumerate(zip(*parts, strict=False)) if len({*some}) > 1),
            min(map(len, parts)),
        )
        self._folders = {
            path: "".join(f"{part}/" for part in folder.split("/")[n_common:])
            for path, folder in folders.items()
        }
        self._of: dict[str, list[str]] = {}  # of which tables a name is
        for path in tables if any(self._folders.values()) else ():
            for name in _names_in(path, tables[path], names):
                self._of.setdefault(self._whole(path, name), []).append(path)
        self._names = names
        self._rows = dict(zip(self._of, names.rows([*self._of]), strict=True))

    def has(self, path: str, name: str) -> bool:
        """Whether what a table calls a file is of another folder than the recordings are."""
        return bool(self._rows.get(self._whole(path, name), UNSURE) == NONE)

    def _whole(self, path: str, name: str) -> str:
        """Return a name with the folder of its table, as far as tables differ in that."""
        name = plain(name)
        return name if "/" in name else self._folders[path] + name

    def tell(self, what: str) -> None:
        """Warn of names that are one recording's, where no folder says of which site they are."""
        unsure = [name for name, row in self._rows.items() if row == UNSURE]
        if not unsure:
            return
        row = self._names.row(unsure[0])
        alike = [name for name in unsure if self._names.row(name) == row]
        paths = dict.fromkeys(tail(plain(path), 2) for name in alike for path in self._of[name])
        warn_user(
            f"tables of {what} in different folders are taken for those of one recording: "
            f"{listed([*paths], 3)} for {shown(tail(self._names.path(row), 2))}. If they are of "
            "others, leave them out, or let folders be called as those of recordings are."
        )


def _names_in(path: str, table: pd.DataFrame, names: Names) -> list[str]:
    """Return what a table calls the files that it may be of, if it is of any."""
    place = match_columns(table.columns).get("file")
    if place is not None:
        called = texts_in(table.iloc[:, place]).unique()
        return [name for name in map(str, called) if names.row(name) != NONE]
    row, name = _recording_of(path, names)
    return [name] if row >= 0 else []


def _of(table: pd.DataFrame, path: str) -> pd.DataFrame:
    """Return a table that says of which file all of it is."""
    table = table.copy(deep=False)
    table.insert(0, "file", path)
    return table


def _by_place(
    path: str, table: pd.DataFrame, place: int, names: Names, replaced: list[_Replaced]
) -> pd.DataFrame:
    """Return a table whose names of files say which are meant, where its own folder says it.

    Parameters
    ----------
    path : str
        Of the table.
    table : DataFrame
    place : int
        The column of files.
    names : Names
    replaced : list
        What tells of other folders; is added to.
    """
    files = texts_in(table.iloc[:, place])
    own: dict[str, str] = {}
    for name, count in files.value_counts().items():
        name = str(name)
        if names.row(name) == SEVERAL:
            row = names.row(os.path.join(os.path.dirname(path), os.path.basename(plain(name))))
            if row >= 0:
                own[name] = names.path(row)
                replaced.append((name, own[name], int(count)))
    titles = [*table.columns]
    titles[place] = "file"
    table = table.set_axis(titles, axis=1)
    return table.assign(
        file=text_column(own.get(name, name) for name in files).set_axis(table.index)
    )


def _paths_of(what: str, given: object) -> list[str] | None:
    """Return the files that are meant, if they are several."""
    if isinstance(given, list | tuple) and given:
        if all(isinstance(path, str | os.PathLike) for path in given):
            return [str(os.fspath(path)) for path in given]
        return None
    if not isinstance(given, str | os.PathLike):
        return None
    name = str(os.fspath(given))
    if os.path.isdir(name):
        pattern = os.path.join(glob.escape(name), "**", "*")
        found = [p for p in glob.glob(pattern, recursive=True) if p.lower().endswith(ENDINGS)]
    elif glob.has_magic(name) and not os.path.exists(name):
        found = glob.glob(name, recursive=True)
    else:
        return None
    found = sorted(path for path in found if os.path.isfile(path))
    if not found:
        raise InvalidValueError(
            Argument(what, name), f" holds no table of {what}",
            allowed=f"a folder with files that end with {', '.join(ENDINGS)}; or a glob",
        )  # fmt: skip
    return found


def _recording_of(path: str, names: Names) -> tuple[int, str]:
    """Return the row of the recording whose name a file's begins with, at a point; and the name."""
    folder, name = os.path.split(path)
    row = NONE
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        for known in (os.path.join(folder, name), name):
            found = names.row(known)
            if found >= 0:
                return found, name
            row = min(row, found)  # SEVERAL, if it is of any
    return row, name
