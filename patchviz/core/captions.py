"""What is written about a patch: its number and its time, alike in every view.

``web/static/time.js`` writes times on a page in the same way: ``tests/core/times.json`` holds for
both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .patches import Patches
    from .spectrogram import Spectrogram

__all__ = [
    "decimals_for",
    "format_duration",
    "format_requested",
    "format_span",
    "format_time",
    "longest_time",
    "panel_title",
    "patch_title",
    "plural",
    "title_forms",
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


def patch_title(patches: Patches, index: int) -> str:
    """Return which patch it is, of the last one, and when it sounds."""
    return title_forms(patches, index)[0]


def panel_title(patches: Patches, index: int) -> str:
    """Return which patch it is and when it sounds, as short as panels side by side need it."""
    decimals = decimals_for(min(patches.hop_duration, patches.duration), 2)
    return f"patch {index} · {_span(patches, index, decimals)}"


def _span(patches: Patches, index: int, decimals: int) -> str:
    start, end = patches.time(index)
    return format_span(start, end, longest_time(patches.spectrogram, (start, end)), decimals)


def longest_time(spec: Spectrogram, span: tuple[float, float] | None = None) -> float:
    """Return the time furthest from 0 of a recording, and of a span of it that may go beyond.

    It decides how all times of the recording are written.
    """
    longest: float = max(map(abs, (spec.start, spec.end, *(span or ()))))
    return longest


def title_forms(patches: Patches, index: int) -> list[str]:
    """Return how a patch may be called, from what says most to what takes least room."""
    step = min(patches.hop_duration, patches.duration)
    fine, coarse = decimals_for(step, 3), decimals_for(step, 0)
    exact, rounded = (_span(patches, index, decimals) for decimals in (fine, coarse))
    start, end = patches.time(index)
    longest = longest_time(patches.spectrogram, (start, end))
    onset = format_time(start, longest, coarse) + (" s" if longest < 60 else "")
    return [
        f"patch {index} / {len(patches) - 1} · {exact}",
        f"patch {index} · {exact}",
        f"patch {index} · {rounded}",
        f"patch {index} · {onset}",
        f"patch {index}",
        f"{index}",
    ]


def plural(number: int, noun: str) -> str:
    """Write a number of things: ``1 patch``, ``2 patches``."""
    plural = noun + ("es" if noun.endswith("ch") else "s")
    return f"{number:,} {noun if number == 1 else plural}"


def format_duration(time: float) -> str:
    """Write a duration: to a hundredth of a millisecond where it is short."""
    return f"{time:.{5 if time < 0.1 else 3}f} s"


def format_requested(true: float, asked: float | None) -> str:
    """Write a duration, and what was asked for in its place."""
    duration = format_duration(true)
    return duration if asked is None else f"{duration} (asked for {asked:g} s)"
