"""Samples at another rate, block by block."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Samples", "resampled", "resampled_size"]

Samples = NDArray[np.floating[Any]]


def resampled_size(n_samples: int, rate: float, sr: float | None) -> int:
    """Return how many samples there are at another rate."""
    return n_samples if sr is None or sr == rate else math.ceil(n_samples * (float(sr) / rate))


def resampled(
    blocks: Iterator[Samples], rate: float, sr: float, n_samples: int
) -> Iterator[Samples]:
    """Resample a sound that arrives in blocks to exactly `n_samples` samples."""
    import soxr

    stream, left = None, n_samples
    for block in blocks:
        if stream is None:
            like = np.empty((0, block.shape[0]), block.dtype)
            stream = soxr.ResampleStream(rate, sr, block.shape[0], str(block.dtype), "soxr_hq")
        resampled = stream.resample_chunk(np.ascontiguousarray(block.T))[:left]
        if len(resampled):
            left -= len(resampled)
            yield resampled.T
    if stream is not None and left:
        rest = stream.resample_chunk(like, last=True)[:left]
        yield np.concatenate([rest, np.zeros((left - len(rest), like.shape[1]), like.dtype)]).T
