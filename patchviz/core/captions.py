"""What is written about a patch: its number and its time, alike in every view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._util.text import one_line
from .batch import batch_of
from .times import decimals_for, format_span, format_time, longest_time

if TYPE_CHECKING:
    from .patches import Patches

__all__ = ["known_text", "longest", "panel_title", "patch_title", "plural", "title_forms"]


def patch_title(patches: Patches, index: int) -> str:
    """Return which patch it is, of the last one, and when it sounds."""
    return title_forms(patches, index)[0]


def panel_title(patches: Patches, index: int) -> str:
    """Return which patch it is and when it sounds, as short as panels side by side need it."""
    number, decimals = patches.framing.number(index), decimals_for(_step(patches), 2)
    if (batch := batch_of(patches)) is not None:
        return _joined(f"item {number}", batch.text(number))
    return f"patch {number} · {_span(patches, index, decimals)}"


def _joined(*texts: str) -> str:
    return " · ".join(filter(None, texts))


def _step(patches: Patches) -> float:
    """Return the least time that tells one patch from the next, in seconds."""
    framing = patches.framing
    return min(framing.least_hop, framing.frame_length) * framing.frame_duration


def _span(patches: Patches, index: int, decimals: int) -> str:
    return format_span(*patches.time(index), longest(patches), decimals)


def longest(patches: Patches) -> float:
    """Return the time furthest from 0: all captions and axes of patches write times alike."""
    return longest_time(patches.spectrogram, patches.time(-1))  # whose end may be padded


def title_forms(patches: Patches, index: int) -> list[str]:
    """Return how a patch may be called, from what says most to what takes least room."""
    step, number = _step(patches), patches.framing.number(index)
    if (batch := batch_of(patches)) is not None:
        short, text = f"item {number}", batch.text(number)
        whole = _joined(f"{short} / {patches.framing.last_number}", text)
        return [whole, _joined(short, text), _joined(f"{number}", text), short, short, f"{number}"]
    fine, coarse = decimals_for(step, 3), decimals_for(step, 0)
    exact, rounded = (_span(patches, index, decimals) for decimals in (fine, coarse))
    furthest = longest(patches)
    onset = format_time(patches.time(index)[0], furthest, coarse) + (" s" if furthest < 60 else "")
    return [
        f"patch {number} / {patches.framing.last_number} · {exact}",
        f"patch {number} · {exact}",
        f"patch {number} · {rounded}",
        f"patch {number} · {onset}",
        f"patch {number}",
        f"{number}",
    ]


def known_text(
    patches: Patches, index: int, *, labels: bool = True, scores: bool = True, of: str | None = None
) -> str:
    """Return what is known of a patch: its labels, and its highest score or that of a class.

    ``label robin, wren · scored robin: 0.93``; labels alone are only named.
    """
    said = score = ""
    if labels and patches.spectrogram.labels is not None:
        names = list(dict.fromkeys(map(one_line, patches.labels_in(index)["label"])))
        said = ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
    if scores and patches.scores is not None:
        row = patches.scores[index]
        column = patches.classes.index(of) if of is not None else None
        if column is None and not np.isnan(row).all():
            column = int(np.nanargmax(row))
        if column is not None and not np.isnan(row[column]):
            score = f"scored {one_line(patches.classes[column])}: {row[column]:.2f}"
    return _joined(f"label {said}" if said and score else said, score)


def plural(number: int, noun: str) -> str:
    """Write a number of things: ``1 patch``, ``2 patches``."""
    plural = noun + ("es" if noun.endswith("ch") else "s")
    return f"{number:,} {noun if number == 1 else plural}"
