"""The windows of a detector, which lie in one grid, also those of which it wrote nothing down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["filled", "said"]

_ROUNDED = 1e-3  # s: as tables round times
_MOST = 1e7  # windows; what is nearer together are no windows


def filled(starts: NDArray[Any], duration: float, begin: float, end: float) -> NDArray[Any]:
    """Return all windows between two times of a detector that wrote down some, in seconds."""
    first, step = _grid(starts, duration, begin)
    places = np.rint((starts - first) / step)
    if not _is_grid(starts, first, step, end):
        return starts
    grid = first + step * np.arange(np.ceil((end - first) / step))
    grid[places.astype(int)] = starts
    result: NDArray[Any] = grid.round(9)
    return result


def said(starts: NDArray[Any], duration: float, begin: float, end: float) -> str:
    """Return what somebody types for all of them; of events for windows without gaps."""
    first, step = _grid(starts, duration, begin)
    if not _is_grid(starts, first, step, end):
        first, step = _grid(starts[:1], duration, begin)
    end = first + step * np.ceil((end - first) / step)
    return f"starts=np.arange({first:.6g}, {end:.6g}, {step:.6g})"


def _is_grid(starts: NDArray[Any], first: float, step: float, end: float) -> bool:
    """Whether all begin at a step; else they are events, and where these are."""
    n, places = np.ceil((end - first) / step), np.rint((starts - first) / step)
    is_inside = n <= _MOST and places.max() < n
    return bool(is_inside and abs(first + step * places - starts).max() <= _ROUNDED)


def _grid(starts: NDArray[Any], duration: float, begin: float) -> tuple[float, float]:
    """Return the first window after a time, and how far it is from one to the next."""
    step = float(np.diff(starts).min(initial=duration))
    whole = float(starts[-1] - starts[0])
    mean = whole / max(round(whole / step), 1)
    step = mean if abs(mean - step) < _ROUNDED else step  # as each may be rounded
    after = (starts[0] - begin) % step
    # Binary fractions leave a little of a step, or almost all of it.
    is_first = min(after, step - after) < min(_ROUNDED, step / 100)
    return (begin if is_first else float(begin + after)), step
