"""A table as it is written: its columns keep their names, and what names something stays text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .columns import match_columns
from .text import rows_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["parsed", "says_of_what"]

# What counts has no zeros before it; what is called so has.
_NAME = re.compile(r"0\d+")
_BLANK = re.compile(r"^[,;\t ]+$", re.MULTILINE)
_MAY_BE = re.compile(r"(?<![\d.:\-])0\d")


def parsed(
    text: str,
    delimiter: str,
    names: Sequence[str],
    *,
    decimal: str = ".",
    are_scores: bool = False,
) -> pd.DataFrame:
    """Return a table with its own names of columns, of which pandas makes others.

    Files and labels are text; and so are columns without a meaning of their own in which a whole
    number begins with 0, as of a site 001, unless they may be scores.
    """
    import pandas as pd

    named, found = dict(enumerate(names)), match_columns(names)
    if _BLANK.search(text) and says_of_what(names):
        text = _without_blank_rows(text, delimiter)
    # Without a score, a column of numbers that is called as a label is a class of that name.
    is_label = not are_scores or "score" in found
    texts = {found[name] for name in ("file", "label")[: 1 + is_label] if name in found}
    if not are_scores:
        texts |= (_columns_of_names(text, delimiter) & named.keys()) - {*found.values()}
    table = pd.read_csv(
        io.StringIO(text), sep=delimiter, decimal=decimal, header=0, names=[*named],
        index_col=False, usecols=[*named], skip_blank_lines=True, dtype=dict.fromkeys(texts, str),
    )  # fmt: skip
    # Lines of a table may end with what parts columns.
    empty = [k for k, name in named.items() if not name and table[k].isna().all()]
    return table.drop(columns=empty).rename(columns=named)


def says_of_what(names: Iterable[object]) -> bool:
    """Whether each row says what it is of: one of nothing is of none, as spreadsheets leave some.

    Of others it is one that is not scored, in its place.
    """
    names = [*names]
    return bool({"file", "start_time"} & match_columns(names).keys() or "patch" in names)


def _without_blank_rows(text: str, delimiter: str) -> str:
    kept = io.StringIO()
    rows = (row for _, row in rows_of("table", text, delimiter))
    csv.writer(kept, delimiter=delimiter, lineterminator="\n").writerows(
        row for row in rows if any(cell.strip() for cell in row)
    )
    return kept.getvalue()


def _columns_of_names(text: str, delimiter: str) -> set[int]:
    """Return the places of columns in which a whole number begins with 0."""
    if not _MAY_BE.search(text):  # as a rule, and then no row is looked at
        return set()
    rows = (row for _, row in rows_of("table", text, delimiter))
    return {k for row in rows for k, cell in enumerate(row) if _NAME.fullmatch(cell.strip())}
