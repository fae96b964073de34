"""Which values have the lowest and the highest colour: numbers, or percentiles of what is seen."""

from __future__ import annotations

import contextlib
import difflib
import math
from typing import TYPE_CHECKING, Any, TypeAlias

from .._util.reductions import (
    STEP,
    FiniteRange,
    Reduction,
    are_decibels,
    groups_by_chance,
    percentiles,
)
from .._util.validation import check_number
from ..core.spectrogram import Spectrogram, column_maxima
from ..errors import Argument, Code, InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "MAX_LIMIT",
    "ColorLimits",
    "check_clim",
    "limits_from",
    "limits_of",
    "limits_of_range",
    "numbers_of",
]

# What a view takes as `clim`: numbers, percentiles such as "1%", or a name.
ColorLimits: TypeAlias = "str | tuple[float | str, float | str]"

ROBUST = ("2%", "98%")

MAX_LIMIT = 1e300  # of colours: the distance of two is a number too

# How wide pictures are, about.
_PIXELS = 1000


def check_clim(clim: Any) -> tuple[float | str, float | str]:
    """Return colour limits as two numbers or percentiles, or say what they must be."""
    if isinstance(clim, str):
        _check_name(clim, 'limits such as (-80, 0) or ("1%", "99.5%")')
        return ROBUST
    try:
        low, high = clim
    except (TypeError, ValueError):
        raise InvalidTypeError(
            Argument("clim", clim),
            ' must be a pair of numbers or percentiles, (lowest, highest) or ("1%", "99.5%"), '
            'or "robust".',
        ) from None
    low, high = (_check_end(f"clim[{k}]", end) for k, end in enumerate((low, high)))
    if isinstance(low, str) == isinstance(high, str) and _number(low) >= _number(high):
        raise _not_rising(low, high)
    return low, high


def _check_name(clim: str, others: str) -> str:
    """Return the name of limits, or say what they may be."""
    if clim != "robust":
        near = difflib.get_close_matches(clim, ["robust"])
        raise InvalidValueError(
            Argument("clim", clim),
            " is not allowed",
            allowed=f"'robust', or {others}",
            remedy="Did you mean 'robust'?" if near else "",
        )
    return clim


def _number(end: float | str) -> float:
    return float(end.removesuffix("%")) if isinstance(end, str) else end


def limits_from(text: str) -> str | tuple[float | str, float | str]:
    """Return colour limits as a shell or a page has them: ``-80:0``, ``1%:99.5%`` or ``robust``."""
    if ":" not in text:
        return _check_name(text, "limits such as -80:0 or 1%:99.5%")
    ends: list[Any] = text.split(":")
    for k, end in enumerate(ends):
        with contextlib.suppress(ValueError):
            ends[k] = float(end)
    if len(ends) != 2 or not all(isinstance(end, float) or end.endswith("%") for end in ends):
        raise InvalidValueError(
            Argument("clim", text),
            " is no range",
            allowed="numbers or percentiles, such as -80:0 or 1%:99.5%; or robust",
        )
    return check_clim(ends)


def _check_end(name: str, end: Any) -> float | str:
    """Return a limit as a number, or as a percentile: ``"99.5%"``."""
    if not (isinstance(end, str) and end.endswith("%")):
        return check_number(name, end)
    try:
        percent = _number(end)
    except ValueError:
        percent = math.nan
    if not 0 <= percent <= 100:
        raise InvalidValueError(
            Argument(name, end),
            " is not allowed",
            allowed='a number, or a percentile from "0%" to "100%"',
        )
    return f"{percent:.12g}%"


def _not_rising(low: float | str, high: float | str) -> InvalidValueError:
    low, high = (end if isinstance(end, str) else f"{end:g}" for end in (low, high))
    return InvalidValueError(
        Argument("clim", Code(f"({low}, {high})")),
        " does not rise",
        allowed="(lowest, highest) with lowest < highest",
    )


def numbers_of(clim: tuple[float | str, float | str]) -> tuple[float, float]:
    """Return limits that are numbers, or say that no values tell them."""
    low, high = clim
    if isinstance(low, str) or isinstance(high, str):
        raise InvalidValueError(
            Argument("clim", Code(f"({low}, {high})")),
            " has percentiles, which a range alone does not tell",
            remedy="Give numbers.",
        )
    return low, high


def limits_of(
    spectrogram: Spectrogram,
    clim: tuple[float | str, float | str],
    n_columns: int,
    reduce: Reduction,
) -> tuple[float, float]:
    """Return limits as numbers: percentiles are those of finite values, as they are seen."""
    percents = [_number(end) for end in clim if isinstance(end, str)]
    if not percents:
        return numbers_of(clim)
    # The level of what holds nothing, such as empty mel bands: no recording has it.
    is_absolute = spectrogram.unit.startswith("dB re ") and spectrogram.floor is not None
    above = (spectrogram.floor or 0.0) + 1e-3 if is_absolute else -math.inf
    values = _as_seen(spectrogram, n_columns, reduce)
    found = iter(percentiles(values, percents, above=above).tolist())
    low, high = (next(found) if isinstance(end, str) else end for end in clim)
    if low < high:
        return low, high
    if len(percents) == 2 or math.isnan(low + high):  # nearly all values are one, or none is finite
        return limits_of_range(FiniteRange(*spectrogram.finite_range))
    raise _not_rising(low, high)


def _as_seen(spectrogram: Spectrogram, n_columns: int, reduce: Reduction) -> NDArray[Any]:
    """Return values as a picture of so many columns shows them, of long ones some."""
    values, size = spectrogram.values, n_columns // _PIXELS
    if size <= 1:
        return values
    maxima = column_maxima(spectrogram) if reduce == "max" and size >= STEP else None
    if maxima is not None:
        values, size = maxima, size // STEP
    decibels = are_decibels(spectrogram.unit)
    return groups_by_chance(values, size, reduce, decibels=decibels)


def limits_of_range(found: FiniteRange) -> tuple[float, float]:
    """Return limits that span a range, also one without extent."""
    low, high = found[:2]
    if math.isnan(low):
        return 0.0, 1.0  # nothing finite to show: everything is a gap
    if max(abs(low), abs(high)) > MAX_LIMIT:
        raise InvalidValueError(
            f"values from {low:g} to {high:g} are beyond what a colour scale spans",
            remedy=(
                "Divide them, or give ",
                Argument("clim", Code("(lowest, highest)")),
                f" within {MAX_LIMIT:g}.",
            ),
        )
    if low < high:
        return low, high
    half = max(0.5, abs(low) * 1e-6)  # which numbers of single precision tell apart
    return low - half, high + half
