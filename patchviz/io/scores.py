"""What a model said, as a file: detections, or a table with a column for each class."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import without_blank_rows
from .._util.warn import warn_user
from ..errors import LabelFileError, shown
from .birdnet import of_what_was_found
from .cells import refuse_own_tables
from .columns import match_columns, match_scores, names_predicted
from .labels import as_labels
from .parsed import parsed, says_of_what
from .table import delimiter_of, labels_from, plain_frame
from .text import as_path, called, check_cells, read_text, rows_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plain_scores", "read_scores"]


def plain_scores(data: object) -> pd.DataFrame:
    """Return a frame of scores of any library as one of pandas, its index as columns.

    What a file of them would be read without is left out: blank rows, where each says what it is
    of, and BirdNET's rows of nothing.
    """
    frame = plain_frame("scores", data)
    if says_of_what(frame.columns):
        frame = without_blank_rows(frame)
    return of_what_was_found(frame)


def read_scores(
    path: str | os.PathLike[str], *, classes: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return a table of scores as `Patches.with_scores` takes it.

    A table whose line of names has times or numbers of patches, and no column of labels, or is
    that of ``patches.to_frame().to_csv(path)``, has a column for each class; and so has one with
    nothing but names and numbers below them, a row for each patch in their order, be it with the
    index that pandas writes; one that names a file in each row; and one that has columns of all
    `classes`, if these are given. Any other holds detections, as :func:`read_labels` reads them,
    or, where it names files and no times, of whole files.

    Raises
    ------
    LabelFileError
        If the file cannot be read.
    InvalidValueError
        If it holds what people decided, or mistakes.
    """
    file = as_path(path, "scores")
    text = read_text(file, None)
    if not text.strip():
        warn_user(
            f"{called(file)} is empty: no scores, as of a model that found nothing, or a file that "
            "was not written to its end."
        )
        return labels_from("scores", [])
    delimiter = delimiter_of(text)
    rows = rows_of(called(file), text, delimiter)
    names = next((row for _, row in rows if any(cell.strip() for cell in row)), [""])
    found = match_columns(names)
    if "label" in found and "filled" not in names:
        refuse_own_tables(called(file), names)
    is_asked = classes is not None and {*classes} <= {*names}
    # Tables of patches say how far each is filled.
    has_detections = {"label", "score"} <= found.keys() and "filled" not in names
    is_by_class = not has_detections or is_asked
    is_placed = "start_time" in found or "patch" in names or "file" in found
    if not is_by_class or not (is_placed or not any(map(_is_number, names))):
        if "label" in found and names_predicted(names):
            match_scores(_parsed(file, text, delimiter, names))  # which may refuse the two
        return _detections(file)
    table = _parsed(file, text, delimiter, names)
    if not is_placed and (not len(table) or _n_numeric(table) < len(table.columns)):
        return _detections(file)
    check_cells(called(file), text, delimiter, names)
    if is_placed or names[0]:
        return table
    return table.set_index(table.columns[0]).rename_axis(None)


def _parsed(file: Path, text: str, delimiter: str, names: list[str]) -> pd.DataFrame:
    """Return a table with its own columns, be the decimals of their numbers parted by commas."""
    try:
        table = parsed(text, delimiter, names, are_scores=True)
        if delimiter != "," and _n_numeric(table) < len(table.columns):
            table = max(
                table, parsed(text, delimiter, names, decimal=",", are_scores=True), key=_n_numeric
            )
    except ValueError as error:
        raise LabelFileError(
            f"{shown(called(file))} cannot be read as a table of scores: {shown(error, str)}"
        ) from error
    return table


def _detections(file: Path) -> pd.DataFrame:
    """Return what a table says was found; of whole files without times."""
    table = as_labels(file)
    is_untimed = len(table) > 0 and np.isinf(table["end_time"]).all()
    return table.drop(columns=["start_time", "end_time"]) if is_untimed else table


def _is_number(name: str) -> bool:
    """Whether a name is a number; a class may be called ``nan``."""
    try:
        return bool(np.isfinite(float(name)))
    except ValueError:
        return False


def _n_numeric(table: pd.DataFrame) -> int:
    return sum(dtype.kind in "biuf" for dtype in table.dtypes)
