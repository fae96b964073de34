"""Raven's selection tables, which other programs write as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import numbers_of
from ..errors import Argument, InvalidTypeError, InvalidValueError, shown
from .columns import tell_rivals
from .frame import label_frame
from .text import Table, parse_table, plain_name

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "frame_in_files",
    "in_one_view",
    "is_raven",
    "label_column",
    "raven_text",
    "read_raven",
    "times_in_files",
]

# Columns that Raven fills itself; so are those with a unit, as "Peak Freq (Hz)".
_OWN = re.compile(
    r"(selection|view|channel|begin path|(begin|end) file|(beg|end) file samp|begin (date|clock).*"
    r"|end (date|clock).*|date time|occupancy|.*\(.*\))",
    re.IGNORECASE,
)

_BEGIN, _END, _OFFSET = "Begin Time (s)", "End Time (s)", "File Offset (s)"

# Names that people give to the column of labels, likeliest first.
_USUAL = (
    "annotation", "annotations", "label", "labels", "common name", "species", "species code",
    "class", "category", "type", "call type", "sound type", "song type", "call", "tag", "id",
    "name",
)  # fmt: skip


def is_raven(text: str) -> bool:
    """Whether the first line has the columns of a selection table."""
    names = text.lstrip().partition("\n")[0].lower().split("\t")
    return len(names) > 1 and any(name.strip() == "begin time (s)" for name in names)


def read_raven(file: str, text: str, label: str | None) -> pd.DataFrame:
    """Return the labels of a selection table, each selection once."""
    table = parse_table(file, text, "\t", quotes=False)
    begin, end, delta, offset, path, low, high, score = map(
        table.find,
        (
            [_BEGIN], [_END], ["Delta Time (s)"], [_OFFSET],
            ["Begin Path", "Begin File"], ["Low Freq (Hz)"], ["High Freq (Hz)"],
            ["Score", "Confidence"],
        ),
    )  # fmt: skip
    if begin is None or (end is None and delta is None):
        table.missing('"Begin Time (s)", and "End Time (s)" or "Delta Time (s)"')
    start = table.numbers(begin)
    if end is not None:
        last = table.numbers(end)
        if (last < start).any():
            row = int(np.argmax(last < start))
            table.refuse(row, end, f"{last[row]:.10g} s is before the start, {start[row]:.10g} s.")
    elif delta is not None:
        last = start + table.numbers(delta)
    files = table.texts(path)
    if offset is not None:
        start, last = _in_file(start, last, table.numbers(offset))
    elif files and len(set(files)) > 1:
        at = next(row for row, name in enumerate(files) if name != files[0])
        table.refuse(
            at, path or 0, f"times count along {len(set(files))} files, and nothing says where "
            'each begins. Export the table with the measurement "File Offset (s)".',
        )  # fmt: skip
    place = label_column(table, label)
    texts = [""] * len(table.lines) if place is None else table.texts(place) or []
    taken = {"label": place, "score": score}
    tell_rivals(
        file, table.header, {name: k for name, k in taken.items() if k is not None},
        table.columns.__getitem__, label=label,
    )  # fmt: skip
    frame = label_frame(
        start, last, texts,
        table.at(start_time=begin, end_time=delta if end is None else end, low_f=low, high_f=high),
        low=table.known(low), high=table.known(high),
        score=table.known(score), file=files,
    )  # fmt: skip
    return in_one_view(frame, table.header, table.columns.__getitem__)


def _in_file(
    start: NDArray[np.float64], end: NDArray[np.float64], offset: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times in files: where several were opened as one, others count along all of them."""
    moved = abs(offset - start) > 1e-6
    return np.where(moved, offset, start), np.where(moved, offset + (end - start), end)


def times_in_files(
    table: Table, found: Mapping[str, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when labels of a table begin and end in their files, be its columns Raven's."""
    start = table.numbers(found["start_time"])
    if "end_time" in found:
        end = table.numbers(found["end_time"])
    else:
        end = start + table.numbers(found["duration"])
    offset = table.find([_OFFSET])
    if offset is None or found["start_time"] != table.find([_BEGIN]):
        return start, end
    return _in_file(start, end, table.numbers(offset, blank=True))


def frame_in_files(what: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in which Raven's times are those of each file, and do not count along all."""
    names = {plain_name(name): name for name in frame.columns}
    begin, end, offset = (names.get(plain_name(name)) for name in (_BEGIN, _END, _OFFSET))
    if begin is None or offset is None:
        return frame
    end = begin if end is None else end
    try:
        start, last = _in_file(*(numbers_of(frame[name]) for name in (begin, end, offset)))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidTypeError(
            f"{what}: of the columns {shown(begin)}, {shown(end)} and {shown(offset)}, which say "
            "where each file begins, some hold no numbers",
            remedy=f"Where times are those of each file, leave {shown(offset)} out.",
        ) from error
    return frame.assign(**{end: last, begin: start})


def in_one_view(
    labels: pd.DataFrame, titles: Iterable[object], cells: Callable[[int], Iterable[str]]
) -> pd.DataFrame:
    """Return labels with each selection once, which Raven lists for every view.

    Those of a table with other `titles`, as they are; `cells` returns a column of it by its place.
    """
    plain = [plain_name(title) for title in titles]
    if not {"selection", "view"} <= {*plain}:
        return labels
    number, view = ([*map(str.strip, cells(plain.index(name)))] for name in ("selection", "view"))
    # Of another label they are two as well: a selection has one in all views.
    key = [name for name in ("file", "start_time", "end_time", "label") if name in labels]
    rows = labels[key].assign(number=number, view=view)
    views = rows.groupby([*key, "number"], sort=False)["view"]
    # Numbered alike in one view, they are two: tables that were joined.
    return labels[rows["view"] == views.transform("first")].reset_index(drop=True)


def label_column(table: Table, label: str | None) -> int | None:
    """Return the place of the labels: the column that was named, or that looks like theirs."""
    own = [k for k, name in enumerate(table.header) if not _OWN.fullmatch(name)]
    found = ", ".join(map(repr, (table.header[k] for k in own))) or "none but Raven's own"
    if label is not None:
        column = table.find([label])
        if column is None:
            table.missing(f"one named {shown(label)}", found)
    else:
        column = table.find(_USUAL)
        if column is None:
            words = [k for k in own if not _all_numbers(table.columns[k])]
            if len(words) > 1:
                names = ", ".join(repr(table.header[k]) for k in words)
                raise InvalidValueError(
                    Argument("label", None),
                    f": {shown(table.file)} has several columns that may hold the labels: {names}",
                    remedy=f"Say which one does: label={table.header[words[0]]!r}.",
                )
            column = words[0] if words else None
    return column


def _all_numbers(cells: list[str]) -> bool:
    try:
        return all(float(cell.replace(",", ".") or 0) is not None for cell in cells)
    except ValueError:
        return False


def raven_text(labels: pd.DataFrame, numbers: dict[str, list[str]]) -> str:
    """Return labels as a selection table."""
    n, is_named = len(labels), "file" in labels
    columns = {
        "Selection": [str(k + 1) for k in range(n)],
        "View": ["Spectrogram 1"] * n,
        "Channel": ["1"] * n,
        "Begin Time (s)": numbers["start_time"],
        "End Time (s)": numbers["end_time"],
        "Low Freq (Hz)": numbers["low_f"],
        "High Freq (Hz)": numbers["high_f"],
        "Annotation": list(labels["label"]),
        "Score": numbers["score"],
        "Begin Path": list(labels["file"]) if is_named else [""] * n,
        "File Offset (s)": numbers["start_time"] if is_named else [""] * n,
    }
    always = {"Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Annotation"}
    kept = {name: cells for name, cells in columns.items() if name in always or any(cells)}
    rows = [list(kept), *map(list, zip(*kept.values(), strict=True))]
    return "".join("\t".join(row) + "\n" for row in rows)
