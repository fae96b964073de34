"""How times are written, in every view alike.

``web/static/time.js`` writes them on a page in the same way: ``tests/core/times.json`` holds for
both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .spectrogram import Spectrogram

__all__ = [
    "decimals_for",
    "format_duration",
    "format_requested",
    "format_span",
    "format_time",
    "longest_time",
]


def decimals_for(step: float, least: int) -> int:
    """Return how many decimals tell times apart that lie `step` seconds apart, `least` or more."""
    return max(least, math.ceil(-math.log10(step) - 1e-9))


def format_time(time: float, longest: float, decimals: int) -> str:
    """Write a time of a recording whose time furthest from 0 is `longest`, both in seconds."""
    # In units of the last decimal, so that 59.9996 s does not become 0:60.000, nor 0 become -0.
    scaled = abs(time) * 10**decimals
    units = math.floor(scaled)
    units += scaled - units >= 0.5  # halves up, as people and browsers round
    whole, fraction = divmod(units, 10**decimals)
    minutes, seconds = divmod(whole, 60)
    if longest < 60:
        text = f"{whole}"
    elif longest < 3600:
        text = f"{minutes}:{seconds:02d}"
    else:
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}:{minutes:02d}:{seconds:02d}"
    sign = "-" if time < 0 and units else ""
    return f"{sign}{text}" + (f".{fraction:0{decimals}d}" if decimals else "")


def format_span(start: float, end: float, longest: float, decimals: int) -> str:
    """Write two times of a recording whose time furthest from 0 is `longest`, all in seconds."""
    texts = [format_time(time, longest, decimals) for time in (start, end)]
    dash = " to " if any(text.startswith("-") for text in texts) else "-"
    return dash.join(texts) + (" s" if longest < 60 else "")


def longest_time(spec: Spectrogram, span: tuple[float, float] | None = None) -> float:
    """Return the time furthest from 0 of a recording, and of a span of it that may go beyond.

    It decides how all times of the recording are written.
    """
    longest: float = max(map(abs, (spec.start, spec.end, *(span or ()))))
    return longest


def format_duration(time: float) -> str:
    """Write a duration: to a hundredth of a millisecond where it is short."""
    return f"{time:.{5 if time < 0.1 else 3}f} s"


def format_requested(true: float, asked: float | None) -> str:
    """Write a duration, and what was asked for in its place."""
    duration = format_duration(true)
    return duration if asked is None else f"{duration} (asked for {asked:g} s)"
