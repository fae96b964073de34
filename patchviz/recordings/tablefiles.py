"""Tables of many recordings, one for each, in files: which recording each is of."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError, listed

if TYPE_CHECKING:
    import pandas as pd

    from ..core.names import Names

__all__ = ["paths_of", "table_of_files"]

ENDINGS = (".txt", ".csv", ".tsv", ".textgrid", ".rttm")


def table_of_files(
    what: str, given: object, names: Names, read: Callable[[str], pd.DataFrame]
) -> pd.DataFrame | None:
    """Return tables in several files as one, each of which says of what it is; None of others.

    Parameters
    ----------
    what : str
        What they hold: labels, or scores.
    given : object
        A folder or a glob stands for the files in it. Those without a column ``file`` are of the
        recording whose name theirs begins with: ``a.Table.1.selections.txt`` is of ``a.wav``.
    names : Names
    read : callable
        Returns the table of a file.

    Raises
    ------
    LabelFileError
        If a file cannot be read.
    InvalidTypeError, InvalidValueError
        If there are none, or they are of none of the recordings.
    """
    paths = paths_of(what, given)
    if paths is None:
        return None
    import pandas as pd

    frames, without = [], []
    for path in paths:
        frame = read(path)
        if "file" not in frame:
            name = _recording_of(path, names)
            if name is None:
                without.append(path)
                continue
            frame.insert(0, "file", name)
        frames.append(frame)
    if without:
        named = listed(map(os.path.basename, without), 3)
        be = "is" if len(without) == 1 else "are"
        text = f"{len(without):,} of {len(paths):,} tables of {what} {be} of no recording"
        remedy = "Their names must begin as those of recordings do, or a column say the file."
        if not frames:
            raise InvalidValueError(f"{text}: {named}", remedy=remedy)
        warn_user(f"{text}, by their names, and left out: {named}. {remedy}")
    frames = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(frames, ignore_index=True)


def paths_of(what: str, given: object) -> list[str] | None:
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


def _recording_of(path: str, names: Names) -> str | None:
    """Return the recording whose name a file's begins with, at a point."""
    folder, name = os.path.split(path)
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        for known in (os.path.join(folder, name), name):
            if names.row(known) >= 0:
                return known
    return None
