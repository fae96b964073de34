"""A table whose rows are of patches: when each begins, and which patch is there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.columns import as_number, in_seconds, numbers_of, texts_in
from ..errors import InvalidTypeError, Text, shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .placing import Placing

__all__ = [
    "NUMBERS",
    "PatchTable",
    "numbers_in",
    "rows_at",
    "usual_length",
    "wrong_number",
]

NUMBERS = ("patch", "number")  # columns that say which patch a row is of


@dataclasses.dataclass(frozen=True)
class PatchTable:
    """A table whose rows are of patches, by their times or by their numbers.

    Attributes
    ----------
    frame : DataFrame
    found : dict of str to int
        Where the columns are that say what a row is of.
    what : str
        What messages call it.
    counted : str
        What they say of which there are so many.
    has_index : bool
        Whether its index is one that somebody made, or may have moved.
    """

    frame: pd.DataFrame
    found: dict[str, int]
    what: str = "scores"
    counted: str = "scores"
    has_index: bool = False

    @property
    def number(self) -> int | None:
        """The place of a column that says which patch a row is of."""
        names = [str(name) for name in self.frame.columns]
        return next((names.index(name) for name in NUMBERS if name in names), None)

    @property
    def is_timed(self) -> bool:
        """Whether rows are found by their times."""
        if "start_time" not in self.found:
            return False
        return not len(self.frame) or not self.frame.iloc[:, self.found["start_time"]].isna().all()

    @property
    def files(self) -> pd.Series:
        """The file that each row names."""
        return texts_in(self.frame.iloc[:, self.found["file"]])

    def take(self, kept: NDArray[np.bool_]) -> PatchTable:
        """Return the same with some of its rows."""
        return dataclasses.replace(self, frame=self.frame[kept])

    def times(self, column: str) -> NDArray[np.float64]:
        """Return what a column of times holds, in seconds of the recording."""
        return _seconds(self.frame.iloc[:, self.found[column]], self.what)

    def spans(
        self, duration: float | NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return when its rows begin and how long they are, by default as a patch, in s."""
        start = self.times("start_time")
        if "end_time" in self.found:
            return start, self.times("end_time") - start
        if "duration" in self.found:
            return start, self.times("duration")
        return start, np.full(len(start), duration)


def rows_at(
    start: NDArray[np.float64], length: NDArray[np.float64], placing: Placing
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return which patch each window is, or -1, and whether it is as long as one."""
    at = (start - placing.origin) / placing.frame_duration
    # Lengths were rounded down to frames, and starts perhaps, too.
    n_long = length / placing.frame_duration
    short = placing.frame_length - n_long
    # The last window may end with the sound, and its patch goes on with padding.
    is_cut = (short > 0) & (abs(at + n_long - placing.n_frames) < 1.5)
    fits = (abs(short) < 1 + 1e-6) | is_cut
    found = []
    # As they may have been rounded: the first by which all are patches of their own, or else that
    # by which most are, is right.
    for frame in (np.rint(at), np.floor(at + 1e-6)):
        is_real = abs(frame) < 2.0**53
        rows = placing.at(np.where(is_real, frame, -1).astype(np.int64))
        rows = np.where(fits & is_real, rows, -1)
        if (rows >= 0).all() and not _are_mixed(rows, at):
            return rows, fits
        found.append(rows)
    return max(found, key=lambda rows: np.count_nonzero(rows >= 0)), fits


def _are_mixed(rows: NDArray[np.int64], at: NDArray[np.float64]) -> bool:
    """Whether windows that begin at different places are one patch."""
    order = np.argsort(rows, kind="stable")
    is_one = np.diff(rows[order]) == 0
    return bool((is_one & (np.diff(at[order]) != 0)).any())


def usual_length(length: NDArray[np.float64]) -> float:
    """Return how long most windows are, in seconds; the last may be cut, and be as many."""
    _, which, counts = np.unique(np.round(length, 6), return_inverse=True, return_counts=True)
    usual = len(counts) - 1 - np.argmax(counts[::-1])
    return float(length[which == usual].max())  # of times in binary, not one less


def _seconds(column: pd.Series, what: str) -> NDArray[np.float64]:
    """Return times of a recording, which are numbers."""
    kind, title = column.dtype.kind, shown(str(column.name))
    if kind in "mM":
        raise InvalidTypeError(
            f"{what}: the column {title} holds {column.dtype}, and times are seconds from the "
            "start of the recording, as numbers",
            remedy=in_seconds(column),
        )
    return numbers_in(
        column,
        f"{what}: the column {title} holds",
        "Times are seconds from the start of the recording.",
    )


def numbers_in(column: pd.Series, said: str, remedy: Text) -> NDArray[np.float64]:
    """Return a column of numbers, or say that it has others, and what may be meant."""
    try:
        return numbers_of(column)
    except (TypeError, ValueError, OverflowError):
        raise InvalidTypeError(f"{said} {wrong_number(column)}, no number", remedy=remedy) from None


def wrong_number(values: Iterable[Any], *, whole: bool = False) -> str:
    """Return the first that is no number, or no whole one, as it is shown."""
    for value in values:
        try:
            is_right = as_number(value).is_integer() or not whole
        except (TypeError, ValueError, OverflowError):
            is_right = value is None
        if not is_right:
            return f"{shown(value, str) if isinstance(value, float) else shown(value)}"
    return "what is no int, float or bool"
