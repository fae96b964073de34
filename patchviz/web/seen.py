"""Which times a player shows at first: a part of every patch, or a stretch in its overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._util.validation import check_number, items_of
from ..audio.part import seconds_from
from ..core.batch import batch_of
from ..errors import Argument, InvalidTypeError, InvalidValueError, Setting

if TYPE_CHECKING:
    from ..core.patches import Patches

__all__ = ["seen_of", "times_from"]

_ALLOWED = "two times of the recording in s, the earlier one first, such as tlim=(3.2, 4.0)"


def times_from(text: str) -> tuple[float, float]:
    """Return two times as a shell or a page has them: ``3.2,4`` or ``1:23,1:25.5``."""
    parts = text.split(",")
    if len(parts) != 2:
        raise InvalidValueError(
            Argument("tlim", text), " is not two times", allowed="such as 3.2,4.0 or 1:23,1:25.5"
        )
    start, end = (seconds_from("tlim", part) for part in parts)
    return start, end


def seen_of(patches: Patches, tlim: object, index: int) -> dict[str, list[float]] | None:
    """Return what is seen of each patch, or of the recording, as the page is told; None: all."""
    if tlim is None:
        return None
    ends = items_of(tlim)
    if ends is None:
        raise InvalidTypeError(
            Argument("tlim", tlim), f" is of type {type(tlim).__name__}", allowed=_ALLOWED
        )
    if len(ends) != 2:
        raise InvalidValueError(Argument("tlim", tlim), f" has {len(ends)} times", allowed=_ALLOWED)
    start, end = (check_number(f"tlim[{k}]", time, unit="s") for k, time in enumerate(ends))
    if not start < end:
        raise InvalidValueError(
            Argument("tlim", tlim), " begins where it ends, or later", allowed=_ALLOWED
        )
    if batch_of(patches) is not None:
        raise InvalidValueError(
            Argument("tlim", tlim),
            " needs a recording; items of a batch have no times",
            remedy="Leave it out.",
        )
    spec, nearly = patches.spectrogram, patches.spectrogram.frame_duration / 1000
    if start < spec.start - nearly or end > spec.end + nearly:
        raise InvalidValueError(
            Argument("tlim", tlim),
            f" goes beyond the recording, {spec.start:.3f} to {spec.end:.3f} s",
        )
    if end - start > patches.duration + nearly:
        frames = [(time - spec.start) / spec.frame_duration for time in (start, end)]
        return {"stretch": [max(0.0, frames[0]), min(float(spec.n_frames), frames[1])]}
    times = patches.times
    holds = (times[:, 0] <= start + nearly) & (times[:, 1] >= end - nearly)
    index = patches.check_index(index)
    if not holds[index]:
        away = np.where(holds, abs(times.sum(axis=1) - start - end), np.inf)
        raise InvalidValueError(
            Argument("tlim", tlim),
            f" does not lie in patch {index}, {times[index, 0]:.3f} to {times[index, 1]:.3f} s",
            remedy=("Begin with one that holds it: ", Setting("index", int(away.argmin())), ".")
            if holds.any()
            else "No patch holds it.",
        )
    parts = (np.array([start, end]) - times[index, 0]) / patches.duration
    return {"time": np.clip(parts, 0, 1).round(6).tolist()}
