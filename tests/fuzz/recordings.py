"""A recording from one integer: some sound in some format, whole or changed."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from . import changes
from .forms import FORMS, Form, available, sound

SAMPLES = 600_000  # of all channels together, at most: a file is made and read in no time
WRONG_ENDINGS = ("wav", "mp3", "ogg", "flac", "aiff", "m4a", "raw", "txt")
COMMON = ("WAV", "FLAC", "OGG", "MP3")  # what people have comes more often


@dataclasses.dataclass(frozen=True)
class Recording:
    """A file, and what is known of it."""

    form: Form
    change: str  # what was done to it
    name: str
    content: bytes
    is_whole: bool = False  # nothing is missing or damaged, so that an error would be wrong
    seconds: float | None = None  # of sound that it holds for certain, whatever its header says


def recording(seed: int) -> Recording:
    """Return the recording of a number: always the same bytes, with the same encoders."""
    rng = np.random.default_rng(seed)
    containers = [*available(), *COMMON * 8]
    container = containers[rng.integers(len(containers))]
    form = available()[container][rng.integers(len(available()[container]))]
    sr = int(rng.choice(form.rates))
    n_channels = int(min(form.n_channels, 1 + rng.geometric(0.6) // 2))
    seconds = min(float(np.exp(rng.uniform(np.log(0.2), np.log(6)))), SAMPLES / sr / n_channels)
    y = sound(rng, seconds, sr, n_channels)
    draw = rng.uniform()
    if form.variety in ("FLOAT", "DOUBLE") and draw < 0.1:
        odd = float(rng.choice([np.nan, np.inf, 1e30]))
        content = form.encode(with_odd_samples(y, odd), sr)
        return Recording(form, f"samples {odd:g}", f"{seed}.{form.ending}", content, True, seconds)
    content = form.encode(y, sr)
    if draw < 0.15:
        ending = form.ending if draw < 0.1 else str(rng.choice(WRONG_ENDINGS))
        change = "whole" if ending == form.ending else f"named .{ending}"
        return Recording(form, change, f"{seed}.{ending}", content, True, seconds)
    known = None
    if draw < 0.3:
        other = form if rng.uniform() < 0.8 else FORMS[str(rng.choice(list(FORMS)))]
        other = other if other in available().get(other.container, ()) else form
        rate = sr if sr in other.rates and rng.uniform() < 0.8 else int(rng.choice(other.rates))
        n_others = min(n_channels, other.n_channels)
        again = sound(rng, min(seconds, SAMPLES / rate / n_others), rate, n_others)
        change = "joined" if other == form and rate == sr else "joined with another"
        content = changes.joined(content, other.encode(again, rate))
        if other.container == container in ("FLAC", "OGG") and rate == sr:
            known = seconds + len(again) / sr  # of which ffmpeg loses some
    elif draw < 0.6 and (changed := changes.header_changed(rng, container, content)):
        change, content = changed
        known = seconds if change.startswith(changes.LENGTHS) else None
    else:
        damage = changes.DAMAGES[rng.integers(len(changes.DAMAGES))]
        change, content = damage.__name__.replace("_", " "), damage(rng, content)
    return Recording(form, change, f"{seed}.{form.ending}", content, seconds=known)


def with_odd_samples(y: NDArray[np.float64], odd: float) -> NDArray[np.float64]:
    """Return samples of which 100, or as many as there are, are NaN, infinite or huge."""
    changed = y.copy()
    changed[len(y) // 2 :][:100] = odd
    return changed
