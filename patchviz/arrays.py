"""Passes over arrays that may be larger than memory: block by block, never a copy of the whole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FiniteRange", "blocks", "finite_range"]

# Blocks that stay in a core's cache between the minimum and the maximum: 512 KiB of float32.
_BLOCK_SIZE = 1 << 17


class FiniteRange(NamedTuple):
    """The range of an array's finite values, and how many are not finite (NaN or infinite)."""

    minimum: float
    maximum: float
    n_nonfinite: int


def blocks(values: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield views that together hold every value of a 2-D array once, in its memory's order."""
    if values.flags.f_contiguous and not values.flags.c_contiguous:
        values = values.T
    rows = max(1, _BLOCK_SIZE // max(1, values.shape[1]))
    columns = _BLOCK_SIZE if rows == 1 else values.shape[1]
    for row in range(0, values.shape[0], rows):
        for column in range(0, values.shape[1], columns):
            yield values[row : row + rows, column : column + columns]


def finite_range(values: NDArray[Any]) -> FiniteRange:
    """Return the smallest and largest finite value of a 2-D array in one pass over it.

    An array without a finite value has the range (nan, nan).
    """
    minimum, maximum, n_nonfinite = np.inf, -np.inf, 0
    for block in blocks(values):
        low, high = float(block.min()), float(block.max())  # NaN propagates through both
        if not (math.isfinite(low) and math.isfinite(high)):
            finite = block[np.isfinite(block)]
            n_nonfinite += block.size - finite.size
            if not finite.size:
                continue
            low, high = float(finite.min()), float(finite.max())
        minimum, maximum = min(minimum, low), max(maximum, high)
    if minimum > maximum:
        return FiniteRange(np.nan, np.nan, n_nonfinite)
    return FiniteRange(minimum, maximum, n_nonfinite)
