"""Which frames are patch *i*: lengths, hops and tails, in frames and in seconds."""

from __future__ import annotations

import dataclasses

import numpy as np

from .._util.validation import check_int, check_number
from ..errors import InvalidTypeError, InvalidValueError
from .spectrogram import Spectrogram

__all__ = [
    "TAILS",
    "format_duration",
    "format_requested",
    "frames_from",
    "pad_spectrogram",
    "plural",
]

TAILS = ("drop", "pad")


def frames_from(
    spec: Spectrogram, in_frames: tuple[str, int | None], in_seconds: tuple[str, float | None]
) -> int:
    """Return a length in frames from whichever of the two ways it was given."""
    (frames_name, frames), (seconds_name, seconds) = in_frames, in_seconds
    if frames is not None and seconds is not None:
        raise InvalidValueError(
            f"{frames_name}={frames!r} and {seconds_name}={seconds!r} say the same thing twice. "
            "Give one of them."
        )
    if frames is not None:
        return check_int(frames_name, frames, minimum=1, unit="frames")
    seconds = check_number(seconds_name, seconds, above=0, unit="s")
    # librosa.time_to_frames, step by step: seconds to whole samples to whole frames.
    n_frames = int(seconds * spec.sr) // spec.hop_length
    if n_frames < 1:
        raise InvalidValueError(
            f"{seconds_name}={seconds} s is shorter than one frame, "
            f"{spec.frame_duration:.6g} s. Choose at least that, or a spectrogram with a "
            "smaller hop_length."
        )
    return n_frames


def pad_spectrogram(spec: Spectrogram, n_frames: int, pad_value: float | None) -> Spectrogram:
    """Return a spectrogram with more frames at its end, filled with one value."""
    fill, dtype = spec.finite_range[0], spec.values.dtype
    if pad_value is not None:
        if isinstance(pad_value, bool) or not isinstance(pad_value, (int, float, np.number)):
            raise InvalidTypeError(
                f"pad_value={pad_value!r} is of type {type(pad_value).__name__}. "
                "It must be a number."
            )
        fill = float(pad_value)
    if dtype.kind != "f":
        with np.errstate(invalid="ignore"):  # NaN becomes a number, which the comparison tells
            fits = np.array(fill).astype(dtype) == fill
        if not fits:
            raise InvalidValueError(
                f"pad_value={pad_value} does not fit the values' type, {dtype}. Choose one that "
                "does, or give the spectrogram values.astype(float)."
            )
    values = np.pad(spec.values, ((0, 0), (0, n_frames)), constant_values=fill)
    return dataclasses.replace(spec, values=values)


def plural(number: int, noun: str) -> str:
    """Write a number of things: ``1 patch``, ``2 patches``."""
    plural = noun + ("es" if noun.endswith("ch") else "s")
    return f"{number:,} {noun if number == 1 else plural}"


def format_duration(time: float) -> str:
    """Write a duration: to a hundredth of a millisecond where it is short."""
    return f"{time:.{5 if time < 0.1 else 3}f} s"


def format_requested(true: float, asked: float | None) -> str:
    """Write a duration, and what was asked for in its place."""
    return (
        format_duration(true)
        if asked is None
        else f"{format_duration(true)} (asked for {asked:g} s)"
    )
