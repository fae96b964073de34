"""Columns of tables: text of whatever characters, and names that are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..errors import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "as_number",
    "blank_rows",
    "frame_of",
    "in_seconds",
    "names_in",
    "numbers_of",
    "text_column",
    "texts_in",
    "titles_of",
    "with_others",
    "without_blank_rows",
]


def frame_of(columns: Mapping[str, object]) -> pd.DataFrame:
    """Return columns as a frame, of whatever characters their names are; see `text_column`."""
    import pandas as pd

    try:
        return pd.DataFrame(columns)
    except UnicodeEncodeError:
        frame = pd.DataFrame(dict(enumerate(columns.values())))
        return frame.set_axis(pd.Index(list(columns), dtype=object), axis=1)


def titles_of(table: Any) -> list[Any]:
    """Return what the columns of a table are called; those of Arrow's are no names."""
    is_arrow = hasattr(type(table), "column_names")
    return list(table.column_names if is_arrow else table.columns)


def text_column(texts: Iterable[str]) -> pd.Series:
    """Return texts as a column of str; of objects, if there is one that Arrow cannot hold.

    Linux writes the name of a file of another encoding with halves of characters. A frame that is
    made of a bare array tries Arrow again, and fails: hence a Series.
    """
    import pandas as pd

    texts = list(texts)
    try:
        return pd.Series(texts, dtype=str)
    except UnicodeEncodeError:
        return pd.Series(texts, dtype=object)


def texts_in(column: pd.Series) -> pd.Series:
    """Return what is in a column as texts, a column of objects: "" where nothing is."""
    import pandas as pd

    known = column.astype(object)
    texts = [str(value) for value in known.where(known.notna(), "")]
    return pd.Series(texts, column.index, dtype=object)


def without_blank_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as it is, or a copy without rows in which nothing is."""
    blank = blank_rows(frame)
    return frame[~blank].reset_index(drop=True) if blank.any() else frame


def blank_rows(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether nothing is in a row, be it written as texts."""
    blank = np.ones(len(frame), bool)
    for _, column in frame.items():
        if not blank.any():  # as a rule after the first, of what may be thousands
            break
        is_there = column.dtype.kind in "biufmM"
        nothing = column.isna() if is_there else texts_in(column).str.strip() == ""
        blank &= nothing.to_numpy(bool)
    return blank


def names_in(column: pd.Series, refuse: Callable[[int, str, str], NoReturn]) -> list[str]:
    """Return names in a column as texts, of which each is one: a list, or bytes, would be others.

    `refuse` raises an error about a row, by its place, ``"label"``, and a reason.
    """
    title = shown(str(column.name))
    for row, value in enumerate(column if column.dtype.kind not in "biuf" else ()):
        if isinstance(value, bytes):
            refuse(row, "label", f"{shown(value)} is no text: table[{title}].str.decode('utf-8').")
        if isinstance(value, list | tuple | set | dict | np.ndarray):
            refuse(
                row, "label",
                f"{shown(value)} is no one name: table.explode({title}) has a row for each.",
            )  # fmt: skip
    return list(texts_in(column))


def as_number(value: Any) -> float:
    """Return a number, or one that people write; 1_000 is one in Python alone, a ValueError."""
    if isinstance(value, str) and "_" in value:
        raise ValueError(value)
    return float(value)


def numbers_of(column: pd.Series) -> NDArray[np.float64]:
    """Return the numbers in a column, NaN where nothing is; as `as_number` where they are texts."""
    if column.dtype.kind not in "biuf" and any("_" in x for x in column if isinstance(x, str)):
        raise ValueError
    if column.dtype.kind in "mMc":  # dates and lengths of time would be so many of some unit
        raise TypeError
    numbers: NDArray[np.float64] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers


def in_seconds(column: pd.Series) -> str:
    """Say how a column of dates, or of lengths of time, becomes seconds of a recording."""
    title = shown(str(column.name))
    if column.dtype.kind == "m":
        return f"table[{title}].dt.total_seconds() are."
    return f"Take away when the recording began: (table[{title}] - began).dt.total_seconds()."


def with_others(
    frame: pd.DataFrame,
    others: Mapping[Any, Any] | pd.DataFrame,
    meant: Mapping[object, object] | None = None,
    *,
    first: int | None = None,
) -> pd.DataFrame:
    """Return a frame with the columns of a table that it comes from, of which none is lost.

    One whose name is taken, and that says something else, is called so "in the table".

    Parameters
    ----------
    frame : DataFrame
    others : mapping or DataFrame
        Columns of as many rows.
    meant : mapping, optional
        Names that mean something though the frame has no such columns, and what these would hold.
    first : int, optional
        Before which column they stand; by default they are the last ones.
    """
    taken: dict[object, object] = {**(meant or {})}
    taken |= {name: frame[name] for name in frame.columns}
    added: dict[object, object] = {}
    for name in others:
        column, called = others[name], name
        if name in taken and _is_same(column, taken[name]):
            continue
        while called in taken:
            called = f"{called} in the table"
        column = column.set_axis(frame.index) if hasattr(column, "set_axis") else column
        taken[called] = added[called] = column
    names = list(frame.columns)
    before = names if first is None else names[:first]
    columns = {name: frame[name] for name in before} | added
    return frame_of(columns | {name: frame[name] for name in names})


def _is_same(column: object, known: object) -> bool:
    """Whether a column says what another one does, or a single value throughout."""
    import pandas as pd

    ours = np.asarray(column)
    theirs = np.broadcast_to(np.asarray(known), ours.shape)
    if ours.dtype.kind in "iufb" and theirs.dtype.kind in "iufb":
        return np.array_equal(ours, theirs, equal_nan=True)
    texts = (texts_in(pd.Series(values.astype(object))) for values in (ours, theirs))
    return bool(np.equal(*texts).all())
