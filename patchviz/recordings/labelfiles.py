"""Labels of many recordings that lie in a file for each: which recording each is of."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError, shown
from ..io.labels import as_labels, read_labels

if TYPE_CHECKING:
    import pandas as pd

    from .names import Names

__all__ = ["labels_from_files"]

ENDINGS = (".txt", ".csv", ".tsv", ".textgrid", ".rttm")


def labels_from_files(labels: object, names: Names) -> pd.DataFrame:
    """Return labels that are in a frame or a file; or in many, each of which says of what it is.

    Parameters
    ----------
    labels : path, list of paths, DataFrame or records
        A folder or a glob stands for the files in it. Those without a column ``file`` are of the
        recording whose name theirs begins with: ``a.Table.1.selections.txt`` is of ``a.wav``.
    names : Names

    Raises
    ------
    LabelFileError
        If a file cannot be read.
    InvalidTypeError, InvalidValueError
        If there are none, or they are of none of the recordings.
    """
    paths = _paths(labels)
    if paths is None:
        return as_labels(labels)
    import pandas as pd

    frames, without = [], []
    for path in paths:
        frame = read_labels(path)
        if "file" not in frame:
            name = _recording_of(path, names)
            if name is None:
                without.append(path)
                continue
            frame.insert(0, "file", name)
        frames.append(frame)
    if without:
        listed = ", ".join(shown(os.path.basename(path)) for path in without[:3])
        more = f" and {len(without) - 3:,} more" if len(without) > 3 else ""
        be = "is" if len(without) == 1 else "are"
        text = f"{len(without):,} of {len(paths):,} tables of labels {be} of no recording"
        remedy = "Their names must begin as those of recordings do, or a column say the file."
        if not frames:
            raise InvalidValueError(f"{text}: {listed}{more}", remedy=remedy)
        warn_user(f"{text}, by their names, and left out: {listed}{more}. {remedy}")
    frames = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(frames, ignore_index=True)


def _paths(labels: object) -> list[str] | None:
    """Return the files that are meant, if they are several."""
    if isinstance(labels, list | tuple) and labels:
        if all(isinstance(path, str | os.PathLike) for path in labels):
            return [str(os.fspath(path)) for path in labels]
        return None
    if not isinstance(labels, str | os.PathLike):
        return None
    name = str(os.fspath(labels))
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
            Argument("labels", name), " holds no table of labels",
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
