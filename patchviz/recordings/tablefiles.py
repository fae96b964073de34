"""Tables of many recordings, one for each, in files: which recording each is of."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .._util.warn import warn_user
from ..core.names import NONE, SEVERAL
from ..errors import Argument, InvalidValueError, listed

if TYPE_CHECKING:
    import pandas as pd

    from ..core.names import Names

__all__ = ["joined", "tables_in"]

_COLUMN = ", or a column say the file."
_WITHOUT = {
    NONE: ("no recording", f"Their names must begin as those of recordings do{_COLUMN}"),
    SEVERAL: ("several recordings", f"They must lie in folders as recordings do{_COLUMN}"),
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


def joined(what: str, tables: Mapping[str, pd.DataFrame], names: Names) -> pd.DataFrame:
    """Return tables in several files as one, each of which says of what it is.

    Parameters
    ----------
    what : str
        What they hold.
    tables : mapping
        By their paths. Those without a column ``file`` are of the recording whose name theirs
        begins with: ``a.Table.1.selections.txt`` is of ``a.wav``.
    names : Names

    Raises
    ------
    InvalidValueError
        If they are of none of the recordings.

    Warns
    -----
    UserWarning
        If some are of none: how many, and which.
    """
    import pandas as pd

    frames: list[pd.DataFrame] = []
    without: dict[int, list[str]] = {NONE: [], SEVERAL: []}
    for path, frame in tables.items():
        if "file" not in frame:
            row = _recording_of(path, names)
            if row < 0:
                without[row].append(path)
                continue
            frame = frame.copy(deep=False)
            frame.insert(0, "file", names.path(row))
        frames.append(frame)
    for row, (of, remedy) in _WITHOUT.items():
        paths = without[row]
        if not paths:
            continue
        be = "is" if len(paths) == 1 else "are"
        text = f"{len(paths):,} of {len(tables):,} tables of {what} {be} of {of}"
        named = listed(map(os.path.basename, paths), 3)
        if not frames:
            raise InvalidValueError(f"{text}: {named}", remedy=remedy)
        warn_user(f"{text}, by their names, and left out: {named}. {remedy}")
    frames = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(frames, ignore_index=True)


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


def _recording_of(path: str, names: Names) -> int:
    """Return the row of the recording whose name a file's begins with, at a point."""
    folder, name = os.path.split(path)
    row = NONE
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        for known in (os.path.join(folder, name), name):
            found = names.row(known)
            if found >= 0:
                return found
            row = min(row, found)  # SEVERAL, if it is of any
    return row
