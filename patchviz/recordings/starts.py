"""When recordings began, as the column ``start`` of a table says it."""

from __future__ import annotations

import contextlib
import numbers
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._util.columns import as_number, numbers_of
from .._util.validation import check_number, scalar
from ..audio.recorded import check_began, when_began
from ..errors import Argument, InvalidValueError, shown
from .headers import Headers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["OFFSET", "Starts", "starts_in"]

OFFSET = "utc_offset"  # of each clock, in minutes, where these differ and `start` is in UTC


class Starts(NamedTuple):
    """What a column says: by the clock, in seconds, or nothing of some.

    Attributes
    ----------
    headers : Headers or None
        With `began` and `offset`, and nothing else; None where no row says a moment.
    seconds : ndarray of float or None
        NaN where a row says none; None where all that say some say 0, as :attr:`Recordings.files`
        has it where nobody said when they began.
    """

    headers: Headers | None
    seconds: NDArray[np.float64] | None


def starts_in(column: pd.Series, offsets: pd.Series | None = None) -> Starts:
    """Return when each of some files began; `offsets` are those that :data:`OFFSET` says.

    Raises
    ------
    InvalidValueError
        If something there is no time.
    """
    headers = Headers.empty(len(column))
    seconds = np.full(len(column), np.nan)
    if column.dtype.kind in "iuf":
        seconds[:] = column.to_numpy(np.float64, na_value=np.nan)
    elif column.dtype.kind == "M" and column.dtype.type is not date:  # as Arrow has them
        _note_clocks(headers, column)
    else:
        for row, value in enumerate(column):
            said = _said(value)
            if isinstance(said, datetime):
                headers.set_began(row, said)
            elif said is not None:
                seconds[row] = said
    if offsets is not None:
        _set_offsets(headers, offsets)
    known = seconds[~np.isnan(seconds)]
    if known.size:
        check_number("start", float(known.min()), unit="s")
        when_began(None, float(known.max()))  # which tells those that count from 1970
    return Starts(
        None if np.isnat(headers.began).all() else headers, seconds if known.any() else None
    )


def _note_clocks(headers: Headers, column: pd.Series) -> None:
    """Note what a column of moments says."""
    known = column.dropna()
    for moment in (known.min(), known.max()) if len(known) else ():
        check_began("start", moment)
    clock = column.dt.tz_localize(None) if column.dt.tz is not None else column
    headers.began[:] = clock.to_numpy("datetime64[us]")
    if column.dt.tz is not None:
        since = clock - column.dt.tz_convert("UTC").dt.tz_localize(None)
        headers.offset[:] = np.rint(since.dt.total_seconds().fillna(0).to_numpy() / 60)


def _set_offsets(headers: Headers, offsets: pd.Series) -> None:
    """Put clocks that are in UTC to those of their places."""
    import pandas as pd

    said = (None if isinstance(one, str) and not one.strip() else one for one in offsets)
    try:
        minutes = numbers_of(pd.Series([*said], dtype=object))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError(
            Argument("files"), f": {OFFSET}, of type {offsets.dtype}, is no column of numbers",
            allowed="minutes from UTC, as Recordings.files returned it",
            remedy="Leave it out: clocks are those of start then.",
        ) from error  # fmt: skip
    known = np.flatnonzero((headers.offset == 0) & ~np.isnan(minutes))
    for number in minutes[known].tolist():
        if number % 1:  # of which hours are likely
            raise InvalidValueError(
                Argument("files"), f": {OFFSET} is {number}", allowed="whole minutes from UTC",
                remedy="Of hours they are 60 times as many.",
            )  # fmt: skip
        check_number(OFFSET, number, minimum=-1439, maximum=1439)
    headers.offset[known] = minutes[known]
    headers.began[known] += headers.offset[known].astype("timedelta64[m]")


def _said(value: object) -> datetime | float | None:
    """Return what one row says: a moment, seconds, or nothing."""
    import pandas as pd

    value = scalar(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, str):
        if not value.strip():
            return None
        with contextlib.suppress(ValueError):  # or they are seconds
            value = datetime.fromisoformat(value)
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else check_began("start", value)
    if isinstance(value, date):
        return check_began("start", value)
    # A length of time is, to numpy, so many of its own unit.
    is_number = isinstance(value, numbers.Real | Decimal | str)
    try:
        if is_number and not isinstance(value, bool | np.timedelta64):
            return as_number(value)
    except (ValueError, OverflowError) as error:
        raise _no_time(value) from error
    raise _no_time(value)


def _no_time(value: object) -> InvalidValueError:
    return InvalidValueError(
        Argument("files"), f": start is {shown(value)}, which is no time",
        allowed="seconds, or times as ISO 8601 writes them",
    )  # fmt: skip
