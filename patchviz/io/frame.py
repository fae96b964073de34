"""Labels as one frame: what every format becomes, checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from .._util.columns import text_column

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["COLUMNS", "SILENT", "Refuse", "label_frame", "with_silent"]

COLUMNS = ("start_time", "end_time", "label", "low_f", "high_f", "score")

SILENT = "silent"  # where a frame says which files its table names, and has no label of

Refuse = Callable[[int, str, str], NoReturn]  # of a row, by number, a column and a reason


def label_frame(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    label: Sequence[str],
    refuse: Refuse,
    *,
    low: NDArray[np.float64] | None = None,
    high: NDArray[np.float64] | None = None,
    score: NDArray[np.float64] | None = None,
    file: Sequence[str] | None = None,
    tier: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return labels as a frame, or refuse the first row whose ends are in the wrong order."""
    import pandas as pd

    unknown = np.full(len(start), np.nan)
    low, high, score = (unknown if numbers is None else numbers for numbers in (low, high, score))
    wrong = end < start
    if wrong.any():
        row = int(np.argmax(wrong))
        refuse(row, "end_time", f"{end[row]:.10g} s is before the start, {start[row]:.10g} s.")
    for name, wrong in (("low_f", low < 0), ("high_f", high < low)):
        if wrong.any():
            row = int(np.argmax(wrong))
            less = "0 Hz" if name == "low_f" else f"the lowest frequency, {low[row]:.10g} Hz"
            refuse(row, name, f"{(low if name == 'low_f' else high)[row]:.10g} Hz is below {less}.")
    columns = (start, end, text_column(label), low, high, score)
    frame = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    if file is not None:
        frame.insert(0, "file", text_column(file))
    if tier is not None:
        frame["tier"] = text_column(tier)
    return frame


def with_silent(labels: pd.DataFrame, files: Iterable[str]) -> pd.DataFrame:
    """Return labels that say which of the files that their table names have none."""
    known = {"", *labels.get("file", ())}
    labels.attrs[SILENT] = [file for file in dict.fromkeys(files) if file not in known]
    return labels
