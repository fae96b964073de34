"""How times are written, in every view alike.

``web/static/time.js`` writes them on a page in the same way: ``tests/core/times.json`` holds for
both.
"""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .spectrogram import Spectrogram

__all__ = [
    "TimeFormat",
    "decimals_for",
    "format_duration",
    "format_requested",
    "format_span",
    "format_time",
    "time_format",
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


_DAY = 86_400


@dataclasses.dataclass(frozen=True)
class TimeFormat:
    """How the times of one recording are written, in all of its views alike.

    Attributes
    ----------
    longest : float
        The time furthest from 0, in seconds: it decides whether there are minutes and hours.
    began : datetime, optional
        When time 0 was, if that is known: times are then those of the day.
    dated : bool
        Whether the recording goes on from one day to another, so that captions say which it is.
    """

    longest: float = 0.0
    began: datetime | None = None
    dated: bool = False

    @property
    def zero(self) -> float:
        """When time 0 was, in seconds of its day; 0 where that is not known."""
        if self.began is None:
            return 0.0
        time = self.began.time()
        return time.hour * 3600 + time.minute * 60 + time.second + time.microsecond / 1e6

    @property
    def zone(self) -> str:
        """The offset from UTC, if it is known: ``"UTC+02:00"``."""
        return (self.began and self.began.tzname()) or ""

    @property
    def unit(self) -> str:
        """What times are counted in, without the time of day."""
        return "s" if self.longest < 60 else "min:s" if self.longest < 3600 else "h:min:s"

    def clock(self, time: float, decimals: int | None) -> tuple[int, str]:
        """Write a time of the day, to the minute or with decimals, and say on which day it is.

        Days are counted from that of time 0.
        """
        unit = 10 ** (decimals or 0)
        units = math.floor((self.zero + time) * unit + 0.5)  # halves up, as people and browsers
        day, units = divmod(units, _DAY * unit)
        whole, fraction = divmod(units, unit)
        text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}"
        if decimals is not None:
            text += f":{whole % 60:02d}" + (f".{fraction:0{decimals}d}" if decimals else "")
        return day, text

    def date(self, day: int) -> str:
        """Write the date of a day, counted from that of time 0."""
        assert self.began is not None
        return (self.began.date() + timedelta(days=day)).isoformat()

    def time(self, time: float, decimals: int) -> str:
        """Write a time as an axis has it, whose label says the unit."""
        if self.began is None:
            return format_time(time, self.longest, decimals)
        return self.clock(time, decimals)[1]

    def moment(self, time: float, decimals: int) -> str:
        """Write a time that stands alone."""
        if self.began is None:
            unit = " s" if self.longest < 60 else ""
            return format_time(time, self.longest, decimals) + unit
        day, text = self.clock(time, decimals)
        return f"{self.date(day)} {text}" if self.dated else text

    def span(self, start: float, end: float, decimals: int) -> str:
        """Write two times, and the date where the recording has several."""
        if self.began is None:
            return format_span(start, end, self.longest, decimals)
        (first, begins), (last, ends) = (self.clock(time, decimals) for time in (start, end))
        if first != last:
            return f"{self.date(first)} {begins} to {self.date(last)} {ends}"
        span = f"{begins}-{ends}"
        return f"{self.date(first)} {span}" if self.dated else span


def time_format(spec: Spectrogram, span: tuple[float, float] | None = None) -> TimeFormat:
    """Return how the times of a recording are written, and of a span that may go beyond it."""
    ends = (spec.start, spec.end, *(span or ()))
    written = TimeFormat(max(map(abs, ends)), spec.recording_start)
    if spec.recording_start is None:
        return written
    days = {written.clock(time, 3)[0] for time in (min(ends), max(ends))}
    return dataclasses.replace(written, dated=len(days) > 1)


def format_duration(time: float) -> str:
    """Write a duration: to a hundredth of a millisecond where it is short."""
    return f"{time:.{5 if time < 0.1 else 3}f} s"


def asked_for(duration: float | None, hop_duration: float | None) -> str:
    """Write what patches were asked to be, in seconds; empty where that was in frames."""
    asked = [] if duration is None else [f"{duration:g} s"]
    if hop_duration is not None:
        asked.append(f"every {hop_duration:g} s")
    return f" (asked for {' '.join(asked)})" if asked else ""


def format_requested(true: float, asked: float | None) -> str:
    """Write a duration, and what was asked for in its place."""
    duration = format_duration(true)
    return duration if asked is None else f"{duration} (asked for {asked:g} s)"
