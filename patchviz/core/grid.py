"""The windows of a detector, which lie in one grid, also those of which it wrote nothing down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["filled", "said"]

_ROUNDED = 1e-3  # s: as tables round times


def filled(starts: NDArray[Any], duration: float, begin: float, end: float) -> NDArray[Any]:
    """Return all windows between two times of a detector that wrote down some, in seconds."""
    first, step = _grid(starts, duration, begin)
    grid = first + step * np.arange(np.ceil((end - first) / step), dtype=np.float64)
    places = np.rint((starts - first) / step).astype(int)
    if places[-1] >= len(grid) or abs(grid[places] - starts).max() > _ROUNDED:
        return starts  # they are events, and where these are
    grid[places] = starts
    result: NDArray[Any] = grid.round(9)
    return result


def said(starts: NDArray[Any], duration: float, begin: float, end: float) -> str:
    """Return what somebody types for all of them; of events for windows without gaps."""
    if len(filled(starts, duration, begin, end)) == len(starts):
        starts = starts[:1]
    first, step = _grid(starts, duration, begin)
    end = first + step * np.ceil((end - first) / step)
    return f"starts=np.arange({first:.6g}, {end:.6g}, {step:.6g})"


def _grid(starts: NDArray[Any], duration: float, begin: float) -> tuple[float, float]:
    """Return the first window after a time, and how far it is from one to the next."""
    step = float(np.diff(starts).min(initial=duration))
    first = begin + (starts[0] - begin) % step
    # Binary fractions may leave almost all of a step.
    return (begin if step - (first - begin) < _ROUNDED else float(first)), step
