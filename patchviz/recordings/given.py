"""Which files are meant: a folder, a glob, paths, or a table of them."""

from __future__ import annotations

import dataclasses
import glob
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.columns import texts_in
from .._util.warn import warn_user
from ..errors import Argument, AudioFileNotFoundError, InvalidTypeError, InvalidValueError, shown
from ..io.table import delimiter_of, match_columns, plain_frame
from .headers import Headers
from .paths import Paths

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["OWN_COLUMNS", "Given", "Windows", "given_files"]

# What a folder is looked through for: what libsndfile and ffmpeg know as sound.
ENDINGS = frozenset(
    [
        *(".wav", ".wave", ".w64", ".rf64", ".bw64", ".aif", ".aiff", ".aifc", ".au", ".snd"),
        *(".caf", ".voc", ".flac", ".ogg", ".oga", ".opus", ".mp3"),
        *(".m4a", ".aac", ".wma", ".wv", ".ape", ".amr", ".mka"),
    ]
)

_HEADER = ("sr", "n_channels", "n_samples", "size")
OWN_COLUMNS = ("file", *_HEADER, "modified", "start", "n_patches", "first", "error")

_ALLOWED = (
    'a folder, a glob such as "data/**/*.wav", a list of paths, a data frame with a column '
    '"file", or the path of such a table'
)


@dataclasses.dataclass(frozen=True, eq=False)
class Windows:
    """Patches that are named one by one, by file and in each file by time.

    Attributes
    ----------
    file : ndarray of int, shape (n,)
        Which file, by its row; it rises.
    start, duration : ndarray of float, shape (n,)
        In seconds.
    others : DataFrame
        What else the table says of each.
    """

    file: NDArray[np.int64]
    start: NDArray[np.float64]
    duration: NDArray[np.float64]
    others: pd.DataFrame


@dataclasses.dataclass(frozen=True, eq=False)
class Given:
    """Files as they were given.

    Attributes
    ----------
    paths : Paths
    others : DataFrame or None
        What else is said of each file.
    headers : Headers or None
        What is known of them already.
    is_known : bool
        Whether that is all; otherwise they must be looked at.
    seconds : ndarray of float or None
        Times of their first samples, where the table says them.
    windows : Windows or None
    """

    paths: Paths
    others: pd.DataFrame | None = None
    headers: Headers | None = None
    is_known: bool = False
    seconds: NDArray[np.float64] | None = None
    windows: Windows | None = None


def given_files(files: Any) -> Given:
    """Return the files that are meant.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If none are.
    AudioFileNotFoundError
        If there is no such file or folder.
    """
    if isinstance(files, str | os.PathLike):
        name = os.fspath(files)
        if not isinstance(name, str):
            raise InvalidTypeError(Argument("files", files), " is of type bytes", allowed=_ALLOWED)
        if Path(name).suffix.lower() in (".csv", ".tsv", ".parquet") and os.path.isfile(name):
            return _from_table(_read(name))
        return Given(Paths.of(_found(name)))
    if hasattr(files, "tolist") and getattr(files, "ndim", 0) == 1:  # an array, or a column
        files = files.tolist()
    is_list = isinstance(files, list | tuple | set | frozenset | Iterator)
    if is_list:
        listed = sorted(files) if isinstance(files, set | frozenset) else list(files)
        if all(isinstance(file, str | os.PathLike) for file in listed):
            return Given(Paths.of(_once([str(os.fspath(file)) for file in listed])))
        wrong = next((file for file in listed if not isinstance(file, dict)), None)
        if wrong is not None:
            raise InvalidTypeError(
                Argument("files"), f" hold {shown(wrong)}, of type {type(wrong).__name__}",
                allowed=_ALLOWED,
            )  # fmt: skip
        files = listed
    is_table = hasattr(files, "collect_schema") or hasattr(files, "columns")
    if not (is_list or is_table or isinstance(files, dict)):
        kind = type(files).__name__
        raise InvalidTypeError(Argument("files", files), f" is of type {kind}", allowed=_ALLOWED)
    return _from_table(plain_frame("files", files))


def _found(name: str) -> list[str]:
    """Return the files of a folder or of a pattern, in the order of their names."""
    if os.path.isdir(name):
        found = sorted(
            os.path.join(folder, file)
            for folder, _, inside in os.walk(name)
            for file in inside
            if os.path.splitext(file)[1].lower() in ENDINGS and not file.startswith(".")
        )
        if not found:
            raise InvalidValueError(
                Argument("files", name), ": no file in this folder ends as sound does",
                remedy='Give a glob: "folder/**/*.xyz".',
            )  # fmt: skip
        return found
    if os.path.isfile(name):
        return [name]
    if glob.has_magic(name):
        found = sorted(file for file in glob.iglob(name, recursive=True) if os.path.isfile(file))
        if found:
            return found
    raise AudioFileNotFoundError(
        Argument("files", name),
        f": there is no such file (looked for from {shown(str(Path.cwd()))})",
        remedy="Check the path.",
    )


def _once(paths: list[str]) -> list[str]:
    """Return paths without those that are there twice, which are told."""
    if not paths:
        raise InvalidValueError(Argument("files", []), " are none", allowed=_ALLOWED)
    once = list(dict.fromkeys(paths))
    if len(once) < len(paths):
        seen: set[str] = set()
        twice = next(path for path in paths if path in seen or seen.add(path))  # type: ignore[func-returns-value]
        warn_user(
            f"{len(paths) - len(once):,} of {len(paths):,} files are named again, first "
            f"{shown(twice)}: each is taken once."
        )
    return once


def _read(name: str) -> pd.DataFrame:
    """Return a table of files."""
    import pandas as pd

    if name.lower().endswith(".parquet"):
        try:
            return pd.read_parquet(name)
        except ImportError as error:
            raise InvalidValueError(
                Argument("files", name), " is a Parquet file, and pyarrow is not installed",
                remedy='pip install "patchviz-audio[dask]", or give a CSV.',
            ) from error  # fmt: skip
    try:
        with open(name, encoding="utf-8-sig") as file:
            first = file.readline()
        return pd.read_csv(name, sep=delimiter_of(first), encoding="utf-8-sig")
    except ValueError as error:  # no text, or no table
        raise InvalidValueError(
            Argument("files", name), f" cannot be read as a table: {shown(error, str)}",
            allowed='a CSV in UTF-8 with a column "file"',
        ) from error  # fmt: skip


def _from_table(frame: pd.DataFrame) -> Given:
    """Return the files that a table names, and what else it says of them."""
    import pandas as pd

    found = match_columns(frame.columns)
    if "file" not in found:
        listed = ", ".join(repr(str(name)) for name in frame.columns) or "none"
        raise InvalidValueError(
            Argument("files"), f" have the columns {listed}", allowed='a frame with a column "file"'
        )
    files = frame.iloc[:, found["file"]]
    if files.isna().any() or not len(files):
        what = f"{int(files.isna().sum()):,} of {len(files):,} rows name no file"
        raise InvalidValueError(
            Argument("files"), f": {what if len(files) else 'the table has no rows'}",
            remedy="Leave such rows out: table.dropna(subset=[...])." if len(files) else "",
        )  # fmt: skip
    if {"start_time", "end_time"} <= found.keys():
        codes, names = pd.factorize(np.array(list(map(_text, files)), object))
        return Given(Paths.of(names), windows=_windows(frame, found, codes))
    again = files.duplicated().to_numpy()
    if again.any():
        warn_user(
            f"{np.count_nonzero(again):,} of {len(files):,} rows name a file again, first "
            f"{shown(_text(files[again].iloc[0]))}: the first row of each is taken."
        )
        frame, files = frame[~again], files[~again]
    paths = Paths.of(map(_text, files))
    place = found["file"]
    kept = [k for k, name in enumerate(frame.columns) if k != place and name not in OWN_COLUMNS]
    others = frame.iloc[:, kept].reset_index(drop=True) if kept else None
    headers = _headers(frame)
    is_known, seconds = headers is not None, None
    if "start" in frame.columns:
        column = frame["start"]
        if column.dtype.kind in "iuf":
            seconds = None if column.isna().all() else column.fillna(0.0).to_numpy(np.float64)
        else:
            headers = Headers.empty(len(frame)) if headers is None else headers
            _set_began(headers, column)
    return Given(paths, others, headers, is_known, seconds)


def _text(file: str | os.PathLike[str]) -> str:
    return str(os.fspath(file))


def _windows(frame: pd.DataFrame, found: dict[str, int], codes: NDArray[np.int64]) -> Windows:
    """Return the rows of a table that say from when to when, by file and time."""
    times = [frame.iloc[:, found[name]].to_numpy() for name in ("start_time", "end_time")]
    if any(time.dtype.kind not in "iuf" for time in times) or not np.isfinite(times).all():
        raise InvalidTypeError(
            Argument("files"), ": start_time and end_time are not finite numbers everywhere",
            allowed="seconds of the file",
        )  # fmt: skip
    start, end = (time.astype(np.float64) for time in times)
    if not (end > start).all():
        row = int(np.argmin(end > start))
        raise InvalidValueError(
            Argument("files"), f", row {row}: {end[row]:.10g} s is not after {start[row]:.10g} s"
        )
    order = np.lexsort([start, codes])
    taken = {found[name] for name in ("file", "start_time", "end_time")}
    others = frame.iloc[order, [k for k in range(len(frame.columns)) if k not in taken]]
    others = others.reset_index(drop=True)
    return Windows(codes[order].astype(np.int64), start[order], (end - start)[order], others)


def _headers(frame: pd.DataFrame) -> Headers | None:
    """Return what a table that `Recordings.files` returned knows already."""
    if not {*_HEADER} <= {*map(str, frame.columns)}:
        return None
    headers = Headers.empty(len(frame))
    for name in (*_HEADER, "modified"):
        if name in frame.columns:
            getattr(headers, name)[:] = frame[name].fillna(0).to_numpy()
    missing = np.flatnonzero(headers.n_samples <= 0)
    if missing.size:
        texts = list(texts_in(frame["error"])) if "error" in frame.columns else [""] * len(frame)
        for row in missing.tolist():
            headers.errors[row] = texts[row] or "unread"
    return headers


def _set_began(headers: Headers, column: pd.Series) -> None:
    """Note what a column says of when files began."""
    if column.dtype.kind == "M":
        clock = column.dt.tz_localize(None) if column.dt.tz is not None else column
        headers.began[:] = clock.to_numpy("datetime64[us]")
        if column.dt.tz is not None:
            since = clock - column.dt.tz_convert("UTC").dt.tz_localize(None)
            minutes = since.dt.total_seconds().fillna(0).to_numpy() / 60
            headers.offset[:] = np.rint(minutes)
        return
    for row, value in enumerate(column):
        moment = _moment(value)
        if moment is not None:
            headers.set_began(row, moment)


def _moment(value: object) -> datetime | None:
    if isinstance(value, str) and value:
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise InvalidValueError(
                Argument("files"), f": start is {shown(value)}, which is no time",
                allowed="seconds, or times as ISO 8601 writes them",
            ) from error  # fmt: skip
    return value if isinstance(value, datetime) else None
