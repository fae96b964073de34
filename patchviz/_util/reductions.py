"""Passes over arrays that may be larger than memory: block by block, never a copy of the whole."""

from __future__ import annotations

import functools
import itertools
import math
import operator
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .threads import n_processors

__all__ = [
    "REDUCTIONS",
    "STEP",
    "FiniteRange",
    "Reduction",
    "Summary",
    "above_medians",
    "blocks",
    "finite_median",
    "finite_range",
    "finite_reduced",
    "finite_values",
    "groups_by_chance",
    "is_column_major",
    "least_positive",
    "percentiles",
    "summarize",
]

# What several columns become where they share one, or a pixel.
Reduction = Literal["max", "mean", "median"]
REDUCTIONS: tuple[Reduction, ...] = ("max", "mean", "median")

# Blocks that stay in a core's cache between the minimum and the maximum: 512 KiB of float32.
_BLOCK_SIZE = 1 << 17

# Columns of which a summary keeps the maximum: few beside the thousands that share a pixel in the
# picture of a day, and so many that what is kept is small beside the array.
STEP = 256

# Of arrays with fewer columns nothing is kept: they are drawn in a moment.
_LONG = 1 << 18

# Of longer arrays percentiles are those of as many values, in columns spread over them: what is
# looked at for each picture may not take longer than the picture.
_SAMPLE = 1 << 23

# What a thread looks at in one go: few enough values for the caches, and so many that it does not
# matter what handing over Python's lock takes.
_SHARE = 1 << 20


class FiniteRange(NamedTuple):
    """The range of an array's finite values, and how many are not finite (NaN or infinite).

    The range of several arrays is that of each, merged by ``|`` in any order and any grouping;
    ``FiniteRange()`` is the range of no values.
    """

    minimum: float = math.nan
    maximum: float = math.nan
    n_nonfinite: int = 0

    def __or__(self, other: FiniteRange) -> FiniteRange:
        return FiniteRange(
            float(np.fmin(self.minimum, other.minimum)),
            float(np.fmax(self.maximum, other.maximum)),
            self.n_nonfinite + other.n_nonfinite,
        )


def _merged(ranges: Iterable[FiniteRange]) -> FiniteRange:
    return functools.reduce(operator.or_, ranges, FiniteRange())


def is_column_major(values: NDArray[Any]) -> bool:
    """Whether the values of a column lie closer together in memory than those of a row."""
    return abs(values.strides[0]) < abs(values.strides[1])


def blocks(values: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield views that together hold every value of a 2-D array once, in its memory's order."""
    if is_column_major(values):
        values = values.T
    rows = max(1, _BLOCK_SIZE // max(1, values.shape[1]))
    columns = _BLOCK_SIZE if rows == 1 else max(1, values.shape[1])
    for row in range(0, values.shape[0], rows):
        for column in range(0, values.shape[1], columns):
            yield values[row : row + rows, column : column + columns]


def finite_range(values: NDArray[Any]) -> FiniteRange:
    """Return the smallest and largest finite value of a 2-D array in one pass over it.

    An array without a finite value has the range (nan, nan).
    """
    return _merged(_range_of(block, block.min(), block.max()) for block in blocks(values))


def least_positive(values: NDArray[Any]) -> float:
    """Return the smallest value above 0 of a 2-D array, or infinity if there is none.

    That of several arrays is the ``min`` of theirs. To find it takes far longer than to find the
    range, so it is no part of it.
    """
    positive = (block[block > 0] for block in blocks(values))
    return min((float(found.min()) for found in positive if found.size), default=math.inf)


def finite_values(values: NDArray[Any]) -> NDArray[Any]:
    """Return a copy of an array's finite values, 1-D, for what cannot do with less."""
    finite: NDArray[Any] = values[np.isfinite(values)]
    return finite


def percentiles(
    values: NDArray[Any], percents: Sequence[float], *, above: float = -math.inf
) -> NDArray[np.float64]:
    """Return percentiles of a 2-D array's finite values, as :func:`numpy.percentile` does; or NaN.

    Of those `above` a value, if any are.

    Those of a long array are of 8 million values, in columns of which each is taken by chance out
    of as many side by side: always the same ones, and in step with nothing that repeats.
    """
    n_rows, n_columns = values.shape
    n_taken = max(1, _SAMPLE // n_rows)
    if n_taken < n_columns:
        values = values[:, _by_chance(n_taken, n_columns)]
    finite = finite_values(values)
    if not finite.size:
        return np.full(len(percents), np.nan)
    if above > -math.inf:
        higher = finite[finite > above]
        finite = higher if higher.size else finite
    found = np.percentile(finite, percents, overwrite_input=True)
    return np.asarray(found, dtype=np.float64)


def _by_chance(n_taken: int, n: int) -> NDArray[np.int64]:
    """Return so many of n numbers, each out of as many side by side, always the same."""
    offsets = np.random.default_rng(0).random(n_taken)
    return ((np.arange(n_taken) + offsets) * (n / n_taken)).astype(np.int64)


def groups_by_chance(
    values: NDArray[Any], size: int, reduce: Reduction, *, decibels: bool = False
) -> NDArray[Any]:
    """Return what some groups of `size` columns side by side become, spread over an array.

    All of them, where these have no more than 8 million values; of long ones the mean and the
    median are those of 256 columns.
    """
    n_rows, n_columns = values.shape
    n_groups = n_columns // size
    n_taken = min(n_groups, max(64, _SAMPLE // (n_rows * size)))
    step = 1 if reduce == "max" else max(1, size // 256)
    reduced = [
        finite_reduced(values[:, k * size : (k + 1) * size : step], 1, reduce, decibels=decibels)
        for k in _by_chance(n_taken, n_groups).tolist()
    ]
    return np.stack(reduced, axis=1)


def above_medians(values: NDArray[Any]) -> NDArray[Any]:
    """Return how far each value of a 2-D array is above the median of its row's finite ones.

    An array of its own, whose rows lie together, as medians need them.
    """
    result = np.empty(values.shape, np.result_type(values.dtype, np.float32))
    width = max(1, _BLOCK_SIZE // len(values))
    for column in range(0, values.shape[1], width):  # little enough for the caches
        columns = slice(column, column + width)
        result[:, columns] = values[:, columns]
    for row in result:
        is_finite = np.isfinite(row)
        finite = row if is_finite.all() else row[is_finite]
        if finite.size:
            row -= np.median(finite)
    return result


def finite_median(values: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return the median of the finite values along an axis, NaN where there are none.

    Floating-point numbers keep their type; whole numbers become some.
    """
    if values.dtype.kind != "f":
        values = values.astype(np.result_type(values.dtype, np.float32))
    finite = np.isfinite(values)
    if finite.all():
        return np.asarray(np.median(values, axis=axis))
    known = finite.any(axis=axis, keepdims=True)
    # Zeros stand in where there is nothing, or numpy would warn.
    filled = np.where(finite, values, np.where(known, np.nan, 0).astype(values.dtype))
    return np.where(np.squeeze(known, axis), np.nanmedian(filled, axis=axis), np.nan)


def are_decibels(unit: str) -> bool:
    """Whether values in a unit are levels, the mean of which is that of their powers."""
    return unit.split(maxsplit=1)[:1] == ["dB"]


def powers_of(levels: NDArray[Any]) -> NDArray[np.float64]:
    """Return the powers of levels in decibels."""
    with np.errstate(over="ignore"):
        powers: NDArray[np.float64] = np.exp(levels.astype(np.float64) * (np.log(10) / 10))
    return powers


def levels_of(powers: NDArray[Any]) -> NDArray[np.float64]:
    """Return the levels of powers in decibels."""
    with np.errstate(divide="ignore"):
        levels: NDArray[np.float64] = 10 * np.log10(powers)
    return levels


def finite_reduced(
    values: NDArray[Any], axis: int, reduce: str, *, decibels: bool = False
) -> NDArray[Any]:
    """Return the maximum, mean or median of the finite values along an axis, NaN without any.

    Floating-point numbers keep their type, whole ones where they can: of them only maxima are such.
    The mean of `decibels` is that of powers.
    """
    if decibels and reduce == "mean":
        finite = np.where(np.isfinite(values), values, np.nan)
        means = levels_of(finite_reduced(powers_of(finite), axis, reduce))
        return means.astype(np.result_type(values.dtype, np.float32), copy=False)
    if reduce == "median":
        return finite_median(values, axis)
    if reduce == "mean" and values.dtype.kind != "f":
        values = values.astype(np.result_type(values.dtype, np.float32))
    finite = np.isfinite(values)
    has_gaps = not finite.all()
    known = np.ma.MaskedArray(values, ~finite) if has_gaps else values
    result = known.max(axis=axis) if reduce == "max" else known.mean(axis=axis, dtype=np.float64)
    result = np.asarray(result.filled(np.nan) if has_gaps else result)
    return result.astype(values.dtype, copy=False)


def _range_of(block: NDArray[Any], low: Any, high: Any) -> FiniteRange:
    """Return the range of a block whose smallest and largest value are known, or NaN with it."""
    if math.isfinite(low) and math.isfinite(high):
        return FiniteRange(float(low), float(high), 0)
    finite = block[np.isfinite(block)]
    n_nonfinite = block.size - finite.size
    if not finite.size:
        return FiniteRange(n_nonfinite=n_nonfinite)
    return FiniteRange(float(finite.min()), float(finite.max()), n_nonfinite)


class Summary(NamedTuple):
    """What one pass over an array tells of it.

    Attributes
    ----------
    finite_range : FiniteRange
    maxima : ndarray, shape (n_rows, ceil(n_columns / STEP)), or None
        Of a long array, the largest finite value of every `STEP` columns, or -inf: a picture of
        all of it needs no second pass.
    """

    finite_range: FiniteRange
    maxima: NDArray[Any] | None


def summarize(values: NDArray[Any]) -> Summary:
    """Look at every value of a 2-D array once, by all processors if it is long."""
    n_rows, n_columns = values.shape
    if n_columns < _LONG:
        return Summary(finite_range(values), None)
    maxima = np.empty((n_rows, -(-n_columns // STEP)), values.dtype)
    height = n_rows if is_column_major(values) else 1
    width = max(1, _SHARE // height // STEP) * STEP
    corners = list(itertools.product(range(0, n_rows, height), range(0, n_columns, width)))
    is_over = threading.Event()

    def look(corners: list[tuple[int, int]]) -> list[FiniteRange]:
        ranges = []
        for row, column in corners:
            if is_over.is_set():
                break
            block = values[row : row + height, column : column + width]
            largest = _step_maxima(block)
            found = _range_of(block, block.min(), largest.max())
            if found.n_nonfinite:
                largest = _step_maxima(np.where(np.isfinite(block), block, -np.inf))
            first = column // STEP
            maxima[row : row + height, first : first + largest.shape[1]] = largest
            ranges.append(found)
        return ranges

    n_threads = min(8, n_processors())
    # Each goes through a part of its own: memory is at its best read on and on.
    starts = [k * len(corners) // n_threads for k in range(n_threads + 1)]
    shares = [corners[start:stop] for start, stop in itertools.pairwise(starts)]
    with ThreadPoolExecutor(n_threads) as pool:
        try:
            ranges = list(itertools.chain.from_iterable(pool.map(look, shares)))
            return Summary(_merged(ranges), maxima)
        finally:
            is_over.set()  # where somebody interrupts, nobody waits for the rest


def _step_maxima(block: NDArray[Any]) -> NDArray[Any]:
    """Return the maxima of every `STEP` columns, without holding Python's lock."""
    n_rows, n_columns = block.shape
    if n_rows == 1:
        # numpy lets go of the lock in reduceat only where there is one dimension and no `out`.
        return np.maximum.reduceat(block[0], np.arange(0, n_columns, STEP))[np.newaxis]
    n_whole, n_folds = n_columns // STEP, 16
    # Some columns side by side at first: numpy is slow at comparing what is short.
    wide = block.T[: n_whole * STEP].reshape(n_whole, n_folds, STEP // n_folds * n_rows)
    parts = [wide.max(axis=1).reshape(n_whole, STEP // n_folds, n_rows).max(axis=1)]
    if n_columns % STEP:
        parts.append(block.T[n_whole * STEP :].max(axis=0, keepdims=True))
    return np.concatenate(parts).T
