"""Which files are meant: a folder, a glob, paths, or a table of them."""

from __future__ import annotations

import dataclasses
import glob
import numbers
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.columns import as_number, texts_in
from .._util.warn import held, warn_user
from ..errors import Argument, AudioFileNotFoundError, InvalidTypeError, InvalidValueError, shown
from ..io.columns import match_columns
from ..io.parsed import parsed
from ..io.raven import frame_in_files
from ..io.table import delimiter_of, plain_frame
from ..io.text import check_cells, plain_name, rows_of, without_separator
from .headers import Headers
from .paths import Paths
from .starts import OFFSET, starts_in

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Given", "Windows", "given_files", "is_sound"]

# What a folder is looked through for: what libsndfile and ffmpeg know as sound.
ENDINGS = frozenset(
    [
        *(".wav", ".wave", ".w64", ".rf64", ".bw64", ".aif", ".aiff", ".aifc", ".au", ".snd"),
        *(".caf", ".voc", ".flac", ".ogg", ".oga", ".opus", ".mp3"),
        *(".m4a", ".aac", ".wma", ".wv", ".ape", ".amr", ".mka"),
    ]
)

_HEADER = ("sr", "n_channels", "n_samples", "size")
_OWN_COLUMNS = (
    *("file", *_HEADER, "modified", "start", OFFSET, "n_patches", "first", "error", "labelled"),
)

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
    start, end : ndarray of float, shape (n,)
        In seconds, as the table has them: rows are found by them again.
    others : DataFrame
        What else the table says of each.
    rows : ndarray of int, shape (n,)
        Which row of the table each is.
    """

    file: NDArray[np.int64]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    others: pd.DataFrame
    rows: NDArray[np.int64]

    @property
    def duration(self) -> NDArray[np.float64]:
        """How long each is, in seconds."""
        return self.end - self.start


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
        Times of their first samples, where the table says them; NaN where it does not.
    windows : Windows or None
    labels : DataFrame or None
        What people wrote down, by a column ``label``: those rows of the table, by their numbers.
    """

    paths: Paths
    others: pd.DataFrame | None = None
    headers: Headers | None = None
    is_known: bool = False
    seconds: NDArray[np.float64] | None = None
    windows: Windows | None = None
    labels: pd.DataFrame | None = None


def given_files(files: Any) -> Given:
    """Return the files that are meant; those that were found before as they are.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If none are.
    AudioFileNotFoundError
        If there is no such file or folder.
    """
    if isinstance(files, Given):
        return files
    if isinstance(files, str | os.PathLike):
        name = os.fspath(files)
        if not isinstance(name, str):
            raise InvalidTypeError(Argument("files", files), " is of type bytes", allowed=_ALLOWED)
        if Path(name).suffix.lower() in (".csv", ".tsv", ".parquet") and os.path.isfile(name):
            return _from_table(frame_in_files("files", _read(name)))
        return Given(Paths.of(_found(name)))
    if hasattr(files, "tolist") and getattr(files, "ndim", 0) == 1:  # an array, or a column
        files = files.tolist()
    is_list = isinstance(files, list | tuple | set | frozenset | Iterator)
    if is_list:
        listed = sorted(files, key=str) if isinstance(files, set | frozenset) else list(files)
        are_paths = [isinstance(file, str | os.PathLike) for file in listed]
        if all(are_paths):
            return Given(Paths.of(_once(_no_folder([str(os.fspath(file)) for file in listed]))))
        wanted = str | os.PathLike if any(are_paths) else dict
        wrong = [file for file in listed if not isinstance(file, wanted)]
        if wrong:
            raise InvalidTypeError(
                Argument("files"), f" hold {shown(wrong[0])}, of type {type(wrong[0]).__name__}",
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
        found = sorted(path for path in _inside(name) if is_sound(os.path.basename(path)))
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
    nor = ", and as a pattern it fits none" if glob.has_magic(name) else ""
    raise AudioFileNotFoundError(
        Argument("files", name),
        f": there is no such file{nor} (looked for from {shown(str(Path.cwd()))})",
        remedy="Check the path.",
    )


def is_sound(name: str) -> bool:
    """Whether a file in a folder of recordings is called as one: others are of the system."""
    return os.path.splitext(name)[1].lower() in ENDINGS and not name.startswith(".")


def _inside(folder: str) -> Iterator[str]:
    """Yield the files in a folder, and in those that links in it lead to; each folder once."""
    tops, seen, unread = [folder], set(), list[OSError]()
    for top in tops:
        for path, folders, files in os.walk(top, onerror=unread.append):
            real = os.path.realpath(path)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            inner = [os.path.join(path, name) for name in folders]
            tops += filter(os.path.islink, inner)  # later, so that what lies here is called so
            yield from (os.path.join(path, name) for name in files)
    if unread:
        warn_user(
            f"{len(unread):,} folder{'s' if len(unread) > 1 else ''} in {shown(folder)} cannot be "
            f"looked through, first {shown(unread[0].filename)}: {unread[0].strerror}."
        )


def _numbered(paths: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which of some paths are of files that none before is, and of which each is.

    A file is one however its path is written; no disk is asked.
    """
    codes: dict[str, int] = {}
    which = np.array([codes.setdefault(place, len(codes)) for place in _places(paths)], np.int64)
    return np.unique(which, return_index=True)[1], which


def _places(paths: list[str]) -> Iterator[str]:
    """Yield paths in the one way in which each can be written: of a million, in a second."""
    here = os.path.join(os.getcwd(), "")
    for path in paths:
        if os.name != "posix" or "./" in path or "//" in path:
            yield os.path.normcase(os.path.abspath(path))
        else:
            yield path if path.startswith("/") else here + path


def _again(paths: list[str], first: NDArray[np.int64], codes: NDArray[np.int64]) -> str:
    """Return how a message names the first path of a file that was named before."""
    k = int(np.setdiff1d(np.arange(len(paths)), first)[0])
    path, known = paths[k], paths[first[codes[k]]]
    return shown(path) + ("" if path == known else f", which is {shown(known)}")


def _no_folder(paths: list[str]) -> list[str]:
    """Return paths of files, among which a folder is one that cannot be used; refuse folders."""
    if paths and all(not os.path.splitext(path)[1] and os.path.isdir(path) for path in paths):
        raise InvalidValueError(
            Argument("files"), f" are folders, first {shown(paths[0])}",
            remedy='Name files of several by a pattern, such as "season/*/*.wav", or the folder '
            "above.",
        )  # fmt: skip
    return paths


def _once(paths: list[str]) -> list[str]:
    """Return paths without those of files that are there already, which are told."""
    if not paths:
        raise InvalidValueError(Argument("files", []), " are none", allowed=_ALLOWED)
    first, codes = _numbered(paths)
    if len(first) < len(paths):
        warn_user(
            f"{len(paths) - len(first):,} of {len(paths):,} files are named again, first "
            f"{_again(paths, first, codes)}: each is taken once."
        )
    return [paths[k] for k in first.tolist()]


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
            return _parsed(os.path.basename(name), without_separator(file.read()).lstrip("\n"))
    except ValueError as error:  # no text, or no table
        raise InvalidValueError(
            Argument("files", name), f" cannot be read as a table: {shown(error, str)}",
            allowed='a CSV in UTF-8 with a column "file"',
        ) from error  # fmt: skip


def _parsed(name: str, text: str) -> pd.DataFrame:
    """Return a table of files from its text; blanks around cells say nothing, but of files."""
    delimiter = delimiter_of(text)
    titles = [title.strip() for title in next(rows_of(name, text, delimiter), (1, []))[1]]
    check_cells(name, text, delimiter, titles)
    frame = parsed(text, delimiter, titles)
    frame.columns = [title or f"Unnamed: {k}" for k, title in enumerate(frame.columns)]
    files = match_columns(frame.columns).get("file")
    for k, title in enumerate(frame.columns):
        if k != files and frame[title].dtype.kind not in "biuf":
            frame[title] = frame[title].map(lambda x: x.strip() if isinstance(x, str) else x)
    return frame


def _from_table(frame: pd.DataFrame) -> Given:
    """Return the files that a table names, and what else it says of them."""
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
    texts = [str(os.fspath(file)) for file in files]
    first, codes = _numbered(texts)
    paths, labels = Paths.of(texts[k] for k in first.tolist()), _labels(frame, found)
    if {"start_time", "end_time"} <= found.keys():
        _tell_spelled(texts, first[codes])
        windows, began = _windows(frame, found, codes), _began_of_rows(frame, first, codes)
        return Given(paths, headers=began, windows=windows, labels=labels)
    _check_whole(frame)
    if len(first) < len(texts):
        warn_user(
            f"{len(texts) - len(first):,} of {len(texts):,} rows name a file again, first "
            f"{_again(texts, first, codes)}: the first row of each is taken"
            f"{'' if labels is None else ', and the labels of all'}."
        )
        frame = frame.iloc[first]
    headers = _headers(frame)
    own = {"start", *(_OWN_COLUMNS if headers is not None else ())}
    kept = [k for k, name in enumerate(frame.columns) if k != found["file"] and name not in own]
    others = frame.iloc[:, kept].reset_index(drop=True) if kept else None
    is_known, seconds = headers is not None, None
    if "start" in frame.columns:
        starts = starts_in(frame["start"], frame.get(OFFSET) if is_known else None)
        headers, seconds = _with_began(headers, starts.headers), starts.seconds
    return Given(paths, others, headers, is_known, seconds, labels=labels)


def _check_whole(frame: pd.DataFrame) -> None:
    """Refuse rows that say when they begin and not when they end: they are no whole files."""
    for name, column in frame.items():
        if plain_name(name) != plain_name("start_time") or column.dtype.kind not in "iuf":
            continue  # such as an onset, or a time of day, which come along
        if column.notna().any():
            raise InvalidValueError(
                Argument("files"),
                f": the column {shown(str(name))} says when rows begin, and there is no end_time",
                remedy="Where rows are patches: table.assign(end_time=table.start_time + 3.0). "
                "Where they are whole files, leave the column out.",
            )  # fmt: skip


def _with_began(headers: Headers | None, said: Headers | None) -> Headers | None:
    """Return headers with what is said of when files began."""
    if headers is None or said is None:
        return headers if said is None else said
    return dataclasses.replace(headers, began=said.began, offset=said.offset)


def _began_of_rows(
    frame: pd.DataFrame, first: NDArray[np.int64], codes: NDArray[np.int64]
) -> Headers | None:
    """Return when files began, where a column says it in all rows of each file.

    Numbers, moments that differ from row to row, and what is no time are something of these.
    """
    if "start" not in frame.columns or frame["start"].dtype.kind in "biuf":
        return None
    try:
        with held():  # of numbers, in whichever column they are
            said = starts_in(frame["start"]).headers
    except InvalidValueError:
        return None
    if said is None:
        return None
    of_file = said.take(first[codes])
    is_alike = (said.began == of_file.began) | np.isnat(said.began) & np.isnat(of_file.began)
    is_alike &= said.offset == of_file.offset
    return said.take(first) if is_alike.all() else None


def _labels(frame: pd.DataFrame, found: dict[str, int]) -> pd.DataFrame | None:
    """Return what a table's column ``label`` says of its files or windows.

    Not where there is a score: then somebody's model has said it. Rows without a label say nothing.
    """
    if "label" not in found or "score" in found:
        return None
    if plain_name(frame.columns[found["label"]]) != "label":  # such as a species, or a name
        return None
    names = [name for name in ("file", "label", "low_f", "high_f") if name in found]
    labels = frame.iloc[:, [found[name] for name in names]].reset_index(drop=True)
    labels.columns = names
    column = labels["label"]
    labels = labels[column.notna() & (column.astype(str).str.strip() != "")]
    return labels if len(labels) else None


def _tell_spelled(texts: list[str], first: NDArray[np.int64]) -> None:
    """Say which rows write the path of a file in another way than the first row of it does."""
    other = [k for k, row in enumerate(first.tolist()) if texts[k] != texts[row]]
    if other:
        k = other[0]
        warn_user(
            f"{len(other):,} of {len(texts):,} rows write a file otherwise than a row before them, "
            f"first {shown(texts[k])}, which is {shown(texts[first[k]])}: it is called as it is "
            "there."
        )


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
            Argument("files"), f", row {row}: end_time, {end[row]:.10g} s, is not after "
            f"start_time, {start[row]:.10g} s",
            remedy="Patches last some time: leave such rows out.",
        )  # fmt: skip
    order = np.lexsort([start, codes])
    taken = {found[name] for name in ("file", "start_time", "end_time")}
    others = frame.iloc[order, [k for k in range(len(frame.columns)) if k not in taken]]
    others = others.reset_index(drop=True)
    codes = codes[order].astype(np.int64)
    return Windows(codes, start[order], end[order], others, order)


def _header(column: pd.Series, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return what a column of headers says, 0 where it says nothing; refuse what none has."""
    if column.dtype.kind not in "biuf":  # such as texts, where a whole CSV was read as such
        column = column.astype(object).map(_as_written)
    known = column.dropna()
    if len(known) and known.dtype.kind in "iuf":
        known = known.agg(["min", "max"])
    most = 1e9 if dtype.kind == "f" else np.iinfo(dtype).max
    least = -most if column.name == "modified" else 0  # of a clock that was wrong, before 1970
    for value in known.tolist():
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not (is_number and least <= value <= most):
            raise _no_header(column, value)
    values: NDArray[Any] = column.to_numpy(dtype, na_value=0)
    if dtype.kind == "i" and column.dtype.kind not in "iu":
        written = column.to_numpy(object, na_value=0)
        if (is_cut := written != values).any():
            raise _no_header(column, written[is_cut][0])
    return values


def _no_header(column: pd.Series, value: object) -> InvalidValueError:
    return InvalidValueError(
        Argument("files"), f": {column.name} is {shown(value)}, which no header says",
        allowed="as Recordings.files returned it",
        remedy="Leave the column out: headers are read then.",
    )  # fmt: skip


def _as_written(value: object) -> object:
    """Return the number that a text is, if it says any; of others what is there."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return int(value) if value.isdecimal() else as_number(value)
    except ValueError:
        return value


def _headers(frame: pd.DataFrame) -> Headers | None:
    """Return what a table that `Recordings.files` returned knows already."""
    if not {*_HEADER} <= {*map(str, frame.columns)}:
        return None
    headers = Headers.empty(len(frame))
    for name in (*_HEADER, "modified"):
        if name in frame.columns:
            getattr(headers, name)[:] = _header(frame[name], getattr(headers, name).dtype)
    missing = np.flatnonzero((headers.n_samples <= 0) | (headers.sr <= 0))
    if missing.size:
        texts = list(texts_in(frame["error"])) if "error" in frame.columns else [""] * len(frame)
        for row in missing.tolist():
            headers.errors[row] = texts[row] or "unread"
    return headers
