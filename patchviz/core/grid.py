"""The windows of a detector, which lie in one grid, also those of which it wrote nothing down."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["filled", "go_on", "said", "step_of", "windows_end"]

_ROUNDED = 5e-3  # s: as tables round times
_NEAR = 1 / 40  # of a step: what is nearer to a window begins with it
_MOST = 1e7  # windows; what is nearer together are no windows
_FINEST = 12  # windows that begin within one; beginnings that are nearer together are of events


def step_of(starts: NDArray[Any], duration: float) -> float | None:
    """Return how far it is from a window to the next, or None where these are events.

    Parameters
    ----------
    starts : ndarray, shape (n,)
        Some of the beginnings, which rise. One alone says nothing against windows side by side.
    duration : float
        How long windows are, in the same unit.
    """
    least = float(np.diff(starts).min()) if len(starts) > 1 else np.inf
    if least > duration + _ROUNDED:  # windows beside one another, none of which is the next one
        return _fitting(starts, duration)
    # Those of an overlap: between any two some may be missing.
    steps = (least / n for n in range(1, _FINEST + 1) if least / n >= duration / _FINEST)
    return next((step for step in (_fitting(starts, one) for one in steps) if step), None)


def filled(starts: NDArray[Any], duration: float, begin: float, end: float) -> NDArray[Any]:
    """Return all windows between two times of a detector that wrote down some; events as they are.

    Those that begin before `begin`, or at or after `end`, are left out, unless all do: then
    nothing says where windows are between these.
    """
    inside = starts[(starts > begin - _ROUNDED) & (starts < end)]
    if not len(inside):
        return starts
    starts = inside
    first, step = _grid(starts, duration, begin)
    n = max(np.ceil((end - first) / step), np.rint((starts[-1] - first) / step) + 1) if step else 0
    if not 0 < n <= _MOST:
        return starts
    grid = first + step * np.arange(n)
    grid[np.rint((starts - first) / step).astype(int)] = starts
    result: NDArray[Any] = grid.round(9)
    return result


def said(starts: NDArray[Any], duration: float, begin: float, end: float) -> str:
    """Return what somebody types to have all windows that `filled` returns; "" for events."""
    first, step = _grid(starts, duration, begin)
    if not step or (end - first) / step > _MOST:
        return ""
    n = int(np.ceil((end - first) / step))
    # Where what is typed is rounded up to one more, half a step ends it.
    typed = (f"{value:.12g}" for value in (first, first + step * n, step))
    values = [*map(float, typed)]
    if len(np.arange(*values)) != n:
        values[1] = first + step * (n - 0.5)
    return f"starts=np.arange({values[0]:.12g}, {values[1]:.12g}, {values[2]:.12g})"


def windows_end(end: Any, duration: float, frame: Any, *, is_padded: bool) -> Any:
    """Return before when the windows of a recording begin.

    Parameters
    ----------
    end : float or ndarray
        When its last frame ends.
    duration : float
        How long windows are, in the same unit.
    frame : float or ndarray
        How long frames are.
    is_padded : bool
        Whether windows that go on after the recording are some of them.
    """
    return end - frame if is_padded else end - duration + frame / 2


def go_on(starts: Any, duration: float, end: Any, frame: Any) -> Any:
    """Return which windows go on after a recording, by what is no rounding; see `windows_end`."""
    return starts >= windows_end(end, duration, frame, is_padded=False)


def _grid(starts: NDArray[Any], duration: float, begin: float) -> tuple[float, float]:
    """Return the first window after a time, and how far it is from one to the next; or 0."""
    step = step_of(starts, duration)
    if step is None:
        return float(starts[0]), 0.0
    after = (starts[0] - begin) % step
    # Binary fractions leave a little of a step, or almost all of it.
    is_first = min(after, step - after) < min(_ROUNDED, _NEAR * step)
    return (begin if is_first else float(begin + after)), step


def _fitting(starts: NDArray[Any], step: float) -> float | None:
    """Return a step, as exactly as beginnings that may each be rounded say it, if all are at one.

    The farther two are apart, the better they say it, once it is known how many steps that is.
    """
    offsets, k, reach, guess = starts - starts[0], 0, 8 * step, step
    while 0 < offsets[-1] <= _MOST * step and abs(step - guess) <= 2 * _ROUNDED:
        k = max(bisect.bisect_right(offsets, reach) - 1, k + 1)  # no farther than need be
        n = round(float(offsets[k]) / step)
        step = float(offsets[k]) / n if n else step
        if k == len(offsets) - 1:
            places = np.rint(offsets / step)
            apart = float(abs(offsets - step * places).max())
            is_one = apart <= min(_ROUNDED, _NEAR * step) and bool(np.diff(places).all())
            return step if is_one and abs(step - guess) <= 2 * _ROUNDED else None
        reach = max(4 * reach, float(offsets[k]))
    return step if len(offsets) == 1 else None
