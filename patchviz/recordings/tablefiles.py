"""Tables of many recordings, one for each, in files: which recording each is of."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping
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


def joined(what: str, tables: Mapping[str, pd.DataFrame], names: Names) -> pd.DataFrame:
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
            is_other = texts_in(frame["file"]).map(lambda name, of=path: elsewhere.has(of, name))
            if is_other.any():
                left_out[_OTHER].append(path)
                frame = frame[~is_other.to_numpy(bool)]
            frames.append(frame)
            tabled.update(names.rows(texts_in(frame["file"]).unique().tolist()).tolist())
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
        be = "is" if len(paths) == 1 else "are"
        text = f"{len(paths):,} of {len(tables):,} tables of {what} {be} of {text}"
        named = listed([tail(plain(path), 2 if row == _OTHER else 1) for path in paths], 3)
        if not frames:
            raise InvalidValueError(f"{text}: {named}", remedy=remedy)
        warn_user(f"{text}, by their names, and left out: {named}. {remedy}")
    elsewhere.tell(what)
    if what == "labels" and has_own:
        _tell_untabled(tabled, names)
    frames = [frame for frame in frames if len(frame)] or frames[:1]
    tell_taken(what, replaced, sum(map(len, frames)))
    return pd.concat(frames, ignore_index=True)


def _tell_untabled(tabled: set[int], names: Names) -> None:
    """Warn of recordings that no table of labels is of: nobody may have looked at them."""
    without = np.setdiff1d(np.arange(len(names)), [*tabled])
    if without.size:
        n, first = len(names), shown(tail(names.path(int(without[0])), 2))
        warn_user(
            f"{without.size:,} of {n:,} recordings {'has' if without.size == 1 else 'have'} no "
            f"table of labels, first {first}, and count as such in which there is nothing. If "
            "nobody looked at them, leave them out."
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
        folders = {path: os.path.dirname(os.path.abspath(path)) for path in tables}
        root = os.path.commonpath(folders.values()) if len({*folders.values()}) > 1 else None
        self._folders = {} if root is None else {
            path: plain(os.path.relpath(folder, root)).removeprefix(".")
            for path, folder in folders.items()
        }  # fmt: skip
        said = {self._whole(path, name) for path in self._folders
                for name in _names_in(path, tables[path], names)}  # fmt: skip
        self._names, self._said = names, sorted(said)
        self._rows = dict(zip(self._said, names.rows(self._said), strict=True))

    def has(self, path: str, name: str) -> bool:
        """Whether what a table calls a file is of another folder than the recordings are."""
        return bool(self._rows.get(self._whole(path, name), UNSURE) == NONE)

    def _whole(self, path: str, name: str) -> str:
        """Return a name with the folder of its table, as far as tables differ in that."""
        name = plain(name)
        folder = "" if "/" in name else self._folders.get(path, "")
        return f"{folder}/{name}" if folder else name

    def tell(self, what: str) -> None:
        """Warn of names that are one recording's, where no folder says of which site they are."""
        unsure = [name for name in self._said if self._rows[name] == UNSURE]
        if not unsure:
            return
        row = self._names.row(unsure[0])
        alike = listed([name for name in unsure if self._names.row(name) == row], 3)
        warn_user(
            f"tables of {what} in different folders are taken for those of one recording: {alike} "
            f"for {shown(tail(self._names.path(row), 2))}. If they are of others, leave them out, "
            "or let folders be called as those of recordings are."
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
