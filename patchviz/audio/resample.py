"""Samples at another rate, block by block."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._util.validation import check_number
from ..errors import Argument, InvalidTypeError, InvalidValueError

__all__ = ["MAX_RATIO", "Samples", "check_rate", "rate_from", "resampled", "resampled_size"]

Samples = NDArray[np.floating[Any]]

# What soxr does for a rate grows with the ratio, and far beyond these it crashes, or comes to no
# end that anybody sees.
MAX_RATIO, MAX_RATE = 10_000, 10_000_000

# Samples that are made at a time, at most.
_PIECE = 1 << 18


def check_rate(name: str, sr: object, rate: float) -> float:
    """Return a rate in Hz that a sound of another can be resampled to, or say which can be."""
    if isinstance(sr, str):
        raise InvalidTypeError(
            Argument(name, sr),
            " is of type str",
            allowed="a number of Hz, or None, which keeps the sound's own rate",
        )
    wanted = check_number(name, sr, above=0, unit="Hz")
    low, high = rate / MAX_RATIO, max(rate, min(rate * MAX_RATIO, MAX_RATE))
    if not low <= wanted <= high:
        raise InvalidValueError(
            Argument(name, sr, "Hz"),
            f" is not possible for a sound of {rate:.10g} Hz",
            allowed=f"from {low:.10g} Hz to {high:.10g} Hz, for which it can be resampled",
        )
    return int(wanted) if wanted.is_integer() else wanted


def rate_from(text: str) -> float | None:
    """Return a rate as a shell or a page has it: Hz, or None for ``native``, the sound's own."""
    word = text.strip().lower()
    if word == "native":
        return None
    try:
        rate = float(word)
    except ValueError:
        raise InvalidValueError(
            Argument("sr", text),
            " is no sampling rate",
            allowed="a number of Hz, such as 48000, or native, which is the file's own rate",
        ) from None
    return check_number("sr", rate, above=0, unit="Hz")


def resampled_size(n_samples: int, rate: float, sr: float | None) -> int:
    """Return how many samples there are at another rate."""
    return n_samples if sr is None or sr == rate else math.ceil(n_samples * (float(sr) / rate))


def resampled(
    blocks: Iterator[Samples], rate: float, sr: float, n_samples: int
) -> Iterator[Samples]:
    """Resample a sound that arrives in blocks to exactly `n_samples` samples."""
    import soxr

    stream, left = None, n_samples
    piece = max(1, int(_PIECE * min(1.0, rate / sr)))
    for block in blocks:
        if stream is None:
            like = np.empty((0, block.shape[0]), block.dtype)
            stream = soxr.ResampleStream(rate, sr, block.shape[0], str(block.dtype), "soxr_hq")
        for first in range(0, block.shape[1], piece):
            part = np.ascontiguousarray(block[:, first : first + piece].T)
            resampled = stream.resample_chunk(part)[:left]
            if len(resampled):
                left -= len(resampled)
                yield resampled.T
    if stream is not None and left:
        rest = stream.resample_chunk(like, last=True)[:left]
        yield np.concatenate([rest, np.zeros((left - len(rest), like.shape[1]), like.dtype)]).T
