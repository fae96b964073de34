"""Plain tables, and frames of any library, by the usual names of their columns."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from .._util.columns import (
    as_number,
    blank_rows,
    in_seconds,
    names_in,
    numbers_of,
    text_column,
    texts_in,
    without_blank_rows,
)
from .._util.warn import warn_user
from ..errors import InvalidTypeError, InvalidValueError, shown
from .cells import is_of_patches, parted_names, refuse_mistakes
from .clips import Clips, clips_in
from .columns import (
    are_placed,
    match_columns,
    missing_columns,
    names_whole_files,
    second_of,
    tell_rivals,
)
from .frame import SILENT, Refuse, label_frame, with_silent
from .raven import frame_in_files, in_one_view, times_in_files
from .text import Table, parse_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "delimiter_of",
    "labels_from",
    "other_columns",
    "plain_frame",
    "read_table",
    "table_text",
]

_SAID = ("start_time", "end_time", "duration", "label")  # by a row of what is there

_TRUTHS = {"true": 1.0, "false": 0.0, "": np.nan, "na": np.nan}


def delimiter_of(text: str) -> str:
    """Return what most likely parts the columns of a table, from its first line that says some."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return max("\t;,", key=first.count)


def read_table(
    file: str, text: str, label: str | None, *, whole_files: bool = False
) -> pd.DataFrame:
    """Return the labels of a table whose first line names its columns.

    With `whole_files` a table need not have times: its labels are from minus to plus infinity.
    """
    delimiter = delimiter_of(text)
    table = parse_table(file, text, delimiter, quotes=True)
    if label is None:
        refuse_mistakes(file, table.header, table.columns.__getitem__)
    found = match_columns(table.header)
    if label is not None:
        named = table.find([label])
        if named is None:
            table.missing(f"one named {shown(label)}")
        found["label"] = named
    clips: Clips | str = ""
    files = table.texts(found.get("file")) or []
    if are_placed(found, whole_files=whole_files):
        clips = clips_in(
            file, table.header, found, lambda place: _cells_as_numbers(table.columns[place])
        )
    if not isinstance(clips, str):
        table = table.take(clips.rows.tolist())
        table = dataclasses.replace(
            table, header=[*table.header, "label"], columns=[*table.columns, clips.names]
        )
        found["label"] = len(table.header) - 1
    is_untimed = whole_files and names_whole_files(found)
    wanted = missing_columns(found)
    if wanted and not is_untimed:
        table.missing(wanted + _of_scores(table.header, clips))
    twice = second_of(table.header, found)
    if twice is not None:
        table.refuse_column(twice, "is there twice. Rename or remove one of them.")
    tell_rivals(file, table.header, found, table.columns.__getitem__, label=label)
    if is_of_patches(table.header) and table.header[found["label"]] == "labels":
        table = _one_name_each(table, found["label"])
    if is_untimed:
        columns: dict[str, Any] = {
            name: table.known(found[name]) for name in ("low_f", "high_f", "score") if name in found
        }
        columns["file"] = table.texts(found["file"])
        columns["label"] = [name or None for name in table.texts(found["label"]) or []]
        return with_silent(labels_from("labels", columns, whole_files=True), files)
    # A row without times and without a label: the file was looked at, and there is nothing.
    table = table.without_blank([found[name] for name in _SAID if name in found])
    start, end = times_in_files(table, found)
    labels = label_frame(
        start, end, table.texts(found["label"]) or [],
        table.at(**{"end_time": found.get("duration"), **found}),
        low=table.known(found.get("low_f")),
        high=table.known(found.get("high_f")),
        score=table.known(found.get("score")),
        file=table.texts(found.get("file")),
    )  # fmt: skip
    return with_silent(in_one_view(labels, table.header, table.columns.__getitem__), files)


def table_text(labels: pd.DataFrame, numbers: dict[str, list[str]]) -> str:
    """Return labels as CSV, with the columns in which something is.

    Of files that were looked at, and in which there is nothing, there is a row that says no more.
    """
    columns = {
        "file": [*labels.get("file", ()), *labels.attrs[SILENT]],
        "start_time": numbers["start_time"],
        "end_time": numbers["end_time"],
        "label": list(labels["label"]),
        **{name: numbers[name] for name in ("low_f", "high_f", "score")},
    }
    always = {"start_time", "end_time", "label"}
    kept = {name: cells for name, cells in columns.items() if name in always or any(cells)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([list(kept), *itertools.zip_longest(*kept.values(), fillvalue="")])
    return text.getvalue()


def _one_name_each(table: Table, column: int) -> Table:
    """Return a table with a row for each of the names in a column's cells."""
    names = [parted_names(cell.strip()) for cell in table.columns[column]]
    _tell_unlabelled(sum(not some for some in names), len(names))
    table = table.take(np.repeat(np.arange(len(names)), [len(some) for some in names]).tolist())
    columns = [*table.columns]
    columns[column] = [name for some in names for name in some]
    return dataclasses.replace(table, columns=columns)


def _cells_as_numbers(cells: list[str]) -> NDArray[np.float64] | str:
    """Return the numbers in cells, True as 1 and False as 0, or the first that is none."""
    numbers = np.empty(len(cells))
    for row, cell in enumerate(cells):
        text = cell.strip().lower()
        try:
            numbers[row] = _TRUTHS[text] if text in _TRUTHS else as_number(text)
        except ValueError:
            return shown(cell)
    return numbers


def _column_as_numbers(column: pd.Series) -> NDArray[np.float64] | str:
    """Return the numbers in a column, or how the first value that is none is shown."""
    try:
        return numbers_of(column)
    except (TypeError, ValueError, OverflowError):
        return _cells_as_numbers(list(texts_in(column)))


def _tell_unlabelled(n: int, n_patches: int) -> None:
    if n:
        are = "is of no class, and becomes no label" if n == 1 else (
            "are of no class, and become no labels"
        )  # fmt: skip
        warn_user(f"{n} of {n_patches} patches in the table {are}.")


def _of_scores(names: Iterable[object], clips: Clips | str) -> str:
    """Return what makes labels of a table that has numbers of classes alone."""
    if "filled" in names:
        return "; patches become labels where one is named: table.assign(label='robin')"
    return f"; {clips}" if isinstance(clips, str) and clips else ""


# -- what is in memory -------------------------------------------------------------------------


def plain_frame(argument: str, data: object) -> pd.DataFrame:
    """Return a frame of any library, or records, as a pandas frame with its index as columns."""
    import narwhals as nw
    import pandas as pd

    if isinstance(data, Mapping):
        try:
            data = _frame_of(dict(data))
        except (ValueError, TypeError) as error:
            raise InvalidValueError(
                f"{argument} of type {type(data).__name__} is no table: {error}. It must have "
                "columns of one length."
            ) from error
    elif isinstance(data, list | tuple):
        data = _from_records(argument, data)
    if isinstance(data, pd.DataFrame):
        names = data.columns
    else:  # which Arrow alone may have twice
        names = pd.Index(getattr(data, "column_names", []))
    if not names.is_unique:
        _refuse_twice(argument, names[names.duplicated()][0])
    try:
        frame: Any = nw.from_native(cast("Any", data))
    except TypeError:
        has_frame = callable(getattr(data, "to_frame", None))  # as patches have
        raise InvalidTypeError(
            f"{argument} is of type {type(data).__name__}. It must be a path, a data frame, or "
            'records such as [{"start_time": 0.5, "end_time": 1.2, "label": "robin"}]'
            + (": to_frame() returns what is wanted." if has_frame else ".")
        ) from None
    eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    if isinstance(data, pd.DataFrame):
        # What is there as a column too need not come twice.
        named = [k for k, name in enumerate(data.index.names)
                 if name is not None and name not in data.columns]  # fmt: skip
        return frame_in_files(argument, data.reset_index(level=named) if named else data)
    values = {name: _values(eager[name]) for name in eager.columns}
    return frame_in_files(argument, pd.DataFrame(values))


def _values(series: Any) -> Any:
    """Return the values of a column of any library, for pandas.

    numpy alone would keep no zone of a time, and no large whole number beside one that is missing;
    a date would be a midnight, and what is missing among Arrow's categories the last of these.
    """
    import narwhals as nw
    import pandas as pd

    dtype = series.dtype
    held = nw.Boolean | nw.String | nw.Datetime | nw.Duration
    if not (dtype.is_numeric() or isinstance(dtype, held)):
        return pd.Series(series.to_list(), dtype=object)
    values = series.to_numpy()
    if isinstance(dtype, nw.Datetime) and dtype.time_zone:
        return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(dtype.time_zone)
    if dtype.is_integer() and series.null_count():
        return pd.array(
            series.to_list(), dtype="UInt64" if dtype.is_unsigned_integer() else "Int64"
        )
    return values


def _refuse_twice(argument: str, name: object) -> NoReturn:
    raise InvalidValueError(
        f"{argument}: the column {shown(str(name))} is there twice. Rename or remove one of them."
    )


def _from_records(argument: str, records: list[Any] | tuple[Any, ...]) -> pd.DataFrame:
    for number, record in enumerate(records):
        is_triple = isinstance(record, tuple) and len(record) == 3
        if not is_triple and not isinstance(record, Mapping):
            raise InvalidTypeError(
                f"{argument}[{number}] is {shown(record)}. Records are mappings such as "
                '{"start_time": 0.5, "end_time": 1.2, "label": "robin"}, or (start, end, label).'
            )
    names = ("start_time", "end_time", "label")
    rows = [dict(zip(names, r, strict=True)) if isinstance(r, tuple) else dict(r) for r in records]
    return _frame_of(rows, columns=None if rows else list(names))


def _frame_of(data: Any, columns: list[str] | None = None) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.DataFrame(data, columns=columns)
    except (OverflowError, UnicodeEncodeError):
        # Older releases make no column of numbers beyond all floats; Arrow has no halves of
        # characters, with which Linux writes a file name of another encoding.
        return pd.DataFrame(data, columns=columns, dtype=object)


def labels_from(argument: str, data: object, *, whole_files: bool = False) -> pd.DataFrame:
    """Return the labels of a frame of any library, or of records; see `read_table`.

    With `whole_files` those of whole files may be there as they are returned.
    """
    frame = plain_frame(argument, data)
    found = match_columns(frame.columns)
    frame, clips = _from_clips(argument, frame, found, whole_files=whole_files)
    found = match_columns(frame.columns)
    if whole_files and names_whole_files(found):
        # A row without a label: the file was looked at, and there is nothing.
        frame = frame[~blank_rows(frame.iloc[:, [found["label"]]])].reset_index(drop=True)
        labels = labels_from(argument, frame.assign(start_time=0.0, end_time=0.0))
        return labels.assign(start_time=-np.inf, end_time=np.inf)
    wanted = missing_columns(found)
    if wanted:
        listed = ", ".join(repr(str(name)) for name in frame.columns) or "none"
        raise InvalidValueError(
            f"{argument}: wanted {wanted}; found the columns {listed}"
            f"{_of_scores(frame.columns, clips)}."
        )
    twice = second_of(frame.columns, found)
    if twice is not None:
        _refuse_twice(argument, frame.columns[twice])
    tell_rivals(argument, frame.columns, found, lambda place: texts_in(frame.iloc[:, place]))
    if is_of_patches(frame.columns) and frame.columns[found["label"]] == "labels":
        names = [parted_names(cell) if isinstance(cell, str) else [] for cell in frame["labels"]]
        _tell_unlabelled(sum(not some for some in names), len(names))
        frame = frame.iloc[np.repeat(np.arange(len(names)), [len(some) for some in names])]
        texts = text_column([name for some in names for name in some])
        frame = frame.reset_index(drop=True).assign(labels=texts)
    columns = {name: frame.iloc[:, place] for name, place in found.items()}
    said = [found[name] for name in _SAID if name in found]
    # A row without times and without a label: the file was looked at, and there is nothing.
    kept = ~blank_rows(frame.iloc[:, said])
    numbers = np.flatnonzero(kept)
    columns = {name: column[kept] for name, column in columns.items()}

    def refuse(row: int, name: str, reason: str) -> NoReturn:
        title = frame.columns[found.get(name, found.get("duration", 0))]
        raise InvalidValueError(f"{argument}, row {numbers[row]}, column {shown(title)}: {reason}")

    def known(name: str) -> NDArray[np.float64] | None:
        return _floats(columns[name], name, refuse, True) if name in columns else None

    def words(name: str) -> list[str] | None:
        if name not in columns:
            return None
        return list(texts_in(columns[name]))

    start, end = _spans(columns, refuse, whole_files)
    labels = label_frame(
        start, end, names_in(columns["label"], refuse), refuse,
        low=known("low_f"), high=known("high_f"),
        score=known("score"), file=words("file"),
        tier=list(texts_in(frame["tier"][kept])) if "tier" in frame else None,
    )  # fmt: skip
    return in_one_view(labels, frame.columns, lambda place: texts_in(frame.iloc[:, place][kept]))


def _spans(
    columns: Mapping[str, pd.Series], refuse: Refuse, whole_files: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when labels begin and end; those of whole files, if they may be there, nowhere."""

    def floats(name: str) -> NDArray[np.float64]:
        return _floats(columns[name], name, refuse, False, whole_files)

    start = floats("start_time")
    end = floats("end_time") if "end_time" in columns else start + floats("duration")
    is_whole = (start == -np.inf) & (end == np.inf)
    for name, times in (("start_time", start), ("end_time", end)):
        wrong = np.isinf(times) & ~is_whole
        if wrong.any():
            row = int(np.argmax(wrong))
            refuse(row, name, f"{times[row]} is no finite number.")
    return start, end


def _from_clips(
    argument: str, frame: pd.DataFrame, found: Mapping[str, int], *, whole_files: bool = False
) -> tuple[pd.DataFrame, Clips | str]:
    """Return a frame of clips by class as one of labels; or else as it is, and why it is none."""

    @functools.cache  # most tables are of labels, and nothing is asked of their rows
    def rows() -> pd.DataFrame:
        return without_blank_rows(frame)  # as spreadsheets leave some

    clips: Clips | str = ""
    if are_placed(found, whole_files=whole_files):
        clips = clips_in(
            argument, frame.columns, found, lambda place: _column_as_numbers(rows().iloc[:, place])
        )  # fmt: skip
    if isinstance(clips, str):
        return frame, clips
    labels = rows().iloc[clips.rows, sorted(found.values())].reset_index(drop=True)
    return labels.assign(label=text_column(clips.names)), clips


def other_columns(data: object) -> list[str]:
    """Return the names of columns that are no part of labels."""
    frame = plain_frame("labels", data)
    frame, _ = _from_clips("labels", frame, match_columns(frame.columns))
    known = {*match_columns(frame.columns).values()}
    names = [str(name) for k, name in enumerate(frame.columns) if k not in known]
    return [name for name in names if name != "tier"]


def _floats(
    column: pd.Series, name: str, refuse: Refuse, blank: bool, may_be_infinite: bool = False
) -> NDArray[np.float64]:
    if column.dtype.kind in "mMbc":
        remedy = f" {in_seconds(column)}" if column.dtype.kind in "mM" else ""
        refuse(0, name, f"holds {column.dtype}, not seconds or hertz as numbers.{remedy}")
    try:
        numbers = numbers_of(column)
    except (TypeError, ValueError, OverflowError):
        for row, value in enumerate(column):
            try:
                as_number(value)
            except (TypeError, ValueError, OverflowError):
                if value is not None:
                    refuse(row, name, f"{shown(value)} is no number.")
        raise
    if name == "start_time" and len(numbers) and np.isnan(numbers).all():
        refuse(0, name, "no row has a time; the items of Patches.from_batch have none, either.")
    wrong = np.isinf(numbers) & (not may_be_infinite) | np.isnan(numbers) & (not blank)
    if wrong.any():
        row = int(np.argmax(wrong))
        refuse(row, name, f"{numbers[row]} is no finite number.")
    return numbers
