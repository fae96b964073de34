"""What each cell of a grid shows of spans that lie along its rows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SHARE", "Span", "painted"]

# What is worked on at once: patches of a season are more than memory should hold.
SHARE = 1 << 20

# Where some begin and end, in cells' parts of which `painted` knows how many one has, and what is
# shown of them.
Span: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]"


def painted(
    spans: Iterable[Span], shape: tuple[int, int], reduce: str, *, unit: int
) -> NDArray[np.float64]:
    """Return the largest value that lies in each cell, or the mean; NaN where there is none.

    Parameters
    ----------
    spans : iterable of Span
        Rows follow one another without a seam: what crosses the end of one goes on in the next.
    shape : (int, int)
        Rows, and cells of each.
    reduce : {"max", "mean"}
    unit : int
        How long a cell is.
    """
    n_cells = math.prod(shape)
    cells = np.full(n_cells, -np.inf) if reduce == "max" else np.zeros(n_cells)
    counts = np.zeros(n_cells, np.int64)
    for begins, ends, numbers in spans:
        has = np.isfinite(numbers)
        first = begins[has] // unit
        stop = np.maximum(-(-ends[has] // unit), first + 1)
        first, stop = np.clip(first, 0, n_cells), np.clip(stop, 0, n_cells)
        n = stop - first
        parts = np.searchsorted(np.cumsum(n), np.arange(SHARE, int(n.sum()), SHARE))
        for part in np.split(np.arange(len(n)), np.unique(parts)):
            before = np.cumsum(n[part]) - n[part]
            at = np.arange(int(n[part].sum())) + np.repeat(first[part] - before, n[part])
            repeated = np.repeat(numbers[has][part], n[part])
            counts += np.bincount(at, minlength=n_cells)
            if reduce == "max":
                np.maximum.at(cells, at, repeated)
            else:
                cells += np.bincount(at, repeated, minlength=n_cells)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = cells if reduce == "max" else cells / counts
    return np.where(counts > 0, found, np.nan).reshape(shape)
