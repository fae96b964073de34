"""Which frequencies a view shows: what `flim` may be, in Python and in a shell."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from .._util.validation import check_number, items_of
from ..errors import Argument, InvalidTypeError, InvalidValueError, Setting

if TYPE_CHECKING:
    from ..core.spectrogram import Spectrogram

__all__ = ["FrequencyLimits", "band_from", "check_band", "no_row"]

FrequencyLimits = tuple[float | None, float | None]

_ALLOWED = "two frequencies in Hz, the lower one first, such as flim=(20e3, 120e3); None is an end"

_NUMBER = re.compile(r"([0-9.]+(?:e[0-9]+)?)\s*(k?)(?:hz)?", re.IGNORECASE)


def check_band(flim: object) -> tuple[float, float]:
    """Return the lowest and the highest frequency to show; without an end infinite."""
    ends = items_of(flim)
    if ends is None:
        raise InvalidTypeError(
            Argument("flim", flim), f" is of type {type(flim).__name__}", allowed=_ALLOWED
        )
    if len(ends) != 2:
        raise InvalidValueError(
            Argument("flim", flim), f" has {len(ends)} frequencies", allowed=_ALLOWED
        )
    low, high = (
        infinite if end is None else check_number(f"flim[{k}]", end, minimum=0, unit="Hz")
        for k, (end, infinite) in enumerate(zip(ends, (-math.inf, math.inf), strict=True))
    )
    if not low < high:
        raise InvalidValueError(
            Argument("flim", flim), " begins where it ends, or above", allowed=_ALLOWED
        )
    return low, high


def band_from(text: str) -> FrequencyLimits:
    """Return the frequencies that a person wrote as ``20k:120k``, ``:8000`` or ``500:``."""
    parts = text.split(":")
    found = [_NUMBER.fullmatch(part.strip()) for part in parts]
    is_one = len(parts) == 2 and any(part.strip() for part in parts)
    ends: list[float | None] = []
    for part, number in zip(parts, found, strict=True):
        try:
            ends.append(float(number[1]) * (1000 if number[2] else 1) if number else None)
        except ValueError:  # as 1.2.3
            is_one = False
        is_one &= number is not None or not part.strip()
    low, high = (*ends, None, None)[:2]
    if not is_one or (low is not None and high is not None and low >= high):
        raise InvalidValueError(
            Argument("flim", text), " is no range of frequencies", allowed="such as 20k:120k, in Hz"
        )
    return low, high


def no_row(flim: object, rows: tuple[float, float], spectrogram: Spectrogram) -> InvalidValueError:
    """Return the error of a range in which there is no row, and why there may be none."""
    first, last = max(0.0, rows[0]), rows[1]
    audio = spectrogram.audio
    is_resampled = audio is not None and audio.sr > spectrogram.sr
    return InvalidValueError(
        Argument("flim", flim),
        f" shows no row: there are rows from {first:.6g} to {last:.6g} Hz",
        remedy=(
            f"The sound was resampled to {spectrogram.sr:g} Hz; it has more at its own rate: ",
            Setting("sr", None),
            ".",
        )
        if is_resampled
        else "Choose some of them.",
    )
