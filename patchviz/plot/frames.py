"""Frames around what is in a picture, as bars: on a screen whole pixels, which take no time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.path import Path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Look", "Overlay", "dashed", "met_by", "outlines", "sides", "surrounding"]

_BOX = np.array(
    [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], Path.code_type
)


def outlines(boxes: NDArray[np.float64]) -> Path:
    """Return boxes (left, bottom, right, top) as one path."""
    left, bottom, right, top = boxes.T
    corners = np.array([[left, right, right, left, left], [bottom, bottom, top, top, bottom]])
    return Path(corners.T.reshape(-1, 2), np.tile(_BOX, len(boxes)))


def surrounding(
    boxes: NDArray[np.float64], frame: NDArray[np.float64], inset: float
) -> NDArray[np.bool_]:
    """Return which boxes have a frame within them, but for `inset` below and above."""
    near = np.array([0.5, inset + 0.5])
    is_low = boxes[:, :2] <= frame[:2] + near
    return np.asarray((is_low & (boxes[:, 2:] >= frame[2:] - near)).all(axis=1))


# Of a box (left, bottom, right, top), the corners of its lower, upper, left and right side.
_SIDES = np.array([[0, 1, 2, 1], [0, 3, 2, 3], [0, 1, 0, 3], [2, 1, 2, 3]])

_OUTWARD = np.array([-0.5, -0.5, 0.5, 0.5])


def sides(
    boxes: NDArray[np.float64], thick: float, size: float | None = None, least: float = np.inf
) -> NDArray[np.float64]:
    """Return the lines around boxes as bars, shape (n, 4 or 6, 4).

    With a `size` the upright ones are only the ends that are as long; of boxes as high as `least`
    all bars are at the top.
    """
    bars: NDArray[np.float64] = boxes[:, _SIDES] + thick * _OUTWARD
    if size is None:
        return bars
    height = boxes[:, 3] - boxes[:, 1]
    of_upright = np.minimum(size, height / 3)[:, np.newaxis]
    lower, upper, ends, feet = bars[:, :1], bars[:, 1:2], bars[:, 2:].copy(), bars[:, 2:].copy()
    ends[..., 1] = boxes[:, 3:] - of_upright
    feet[..., 3] = boxes[:, 1:2] + of_upright
    tall = (height >= least)[:, np.newaxis, np.newaxis]
    lower, feet = np.where(tall, upper, lower), np.where(tall, ends, feet)
    return np.concatenate([lower, upper, ends, feet], axis=1)


def dashed(bars: NDArray[np.float64], lengths: Sequence[float]) -> NDArray[np.float64]:
    """Cut bars along into dashes, given the lengths of dashes and gaps in turn, shape (n, 4)."""
    is_flat = bars[:, 2] - bars[:, 0] > bars[:, 3] - bars[:, 1]
    first = np.where(is_flat, bars[:, 0], bars[:, 1])
    last = np.where(is_flat, bars[:, 2], bars[:, 3])
    ends = np.cumsum([0.0, *lengths])
    n_turns = np.ceil((last - first) / ends[-1]).astype(np.int64)
    bar = np.repeat(np.arange(len(bars)), n_turns)
    turn = np.arange(len(bar)) - np.repeat(np.cumsum(n_turns) - n_turns, n_turns)
    parts = []
    for begin, end in zip(ends[:-1:2], ends[1::2], strict=True):
        part = bars[bar].copy()
        for column, at in ((0, begin), (2, end)):
            place = np.minimum(first[bar] + turn * ends[-1] + at, last[bar])
            part[np.arange(len(bar)), np.where(is_flat[bar], column, column + 1)] = place
        parts.append(part)
    return np.concatenate(parts)


def met_by(
    place: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]]
) -> list[float]:
    """Return where those places end on the right that one meets."""
    left, bottom, right, top = place
    return [r for x, y, r, t in taken if left < r and x < right and bottom < t and y < top]


class Look(NamedTuple):
    """What bars look like on a screen.

    Attributes
    ----------
    color : ndarray of uint32, shape ()
        Red, green, blue and alpha, a byte each; numpy copies an array faster than a number.
    dash : ndarray of bool or None
        Which pixels along a bar have it; None where all do.
    """

    color: NDArray[np.uint32]
    dash: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, color: Sequence[float], lengths: Sequence[float] = (), most: int = 0) -> Look:
        """Return it, for bars of `most` pixels, given the lengths of dashes and gaps in turn."""
        packed = np.rint(255 * np.asarray(color)).astype(np.uint8).view(np.uint32).reshape(())
        if not lengths:
            return cls(packed)
        ends = np.cumsum(lengths)
        turn = np.searchsorted(ends, (np.arange(most) + 0.5) % ends[-1], side="right")
        return cls(packed, turn % 2 == 0)


class Overlay:
    """A picture of a part of a screen, clear where nothing has been written.

    Parameters
    ----------
    extents : array_like of float
        Left, bottom, right and top, in pixels.
    size : (int, int)
        Width and height of the screen.
    """

    def __init__(self, extents: Any, size: Sequence[int]) -> None:
        # As Agg clips: at whole pixels of the screen.
        ends = [math.floor(edge + 0.5) for edge in extents]
        self._ends = [
            min(max(end, 0), most) for end, most in zip(ends, (*size, *size), strict=True)
        ]
        self._bars: list[tuple[NDArray[np.int64], Sequence[Look]]] = []
        self._pictures: list[tuple[int, int, NDArray[np.uint8]]] = []

    def fill(self, bars: NDArray[np.float64], looks: Sequence[Look]) -> None:
        """Write bars, shape (n, k, 4), over what is there: k that look alike, n times."""
        self._bars.append((np.rint(bars).astype(np.int64).reshape(len(bars), -1), looks))

    def paste(self, picture: NDArray[np.uint8], left: float, bottom: float) -> None:
        """Write a picture, from its lowest row, over all bars."""
        self._pictures.append((round(left), round(bottom), picture))

    def draw(self, renderer: Any, gc: Any) -> None:
        """Lay it over what has been drawn."""
        x0, y0, x1, y1 = self._used()
        if x0 >= x1 or y0 >= y1:
            return
        pixels = np.zeros((y1 - y0, x1 - x0), np.uint32)  # from the bottom
        for whole, looks in self._bars:
            corners = whole.reshape(len(whole), -1, 2) - (x0, y0)
            rows = np.maximum(corners, 0).reshape(whole.shape).tolist()
            for bars, (color, dash) in zip(rows, looks, strict=True):
                for k in range(0, len(bars), 4):
                    left, bottom, right, top = bars[k : k + 4]
                    if dash is None:
                        pixels[bottom:top, left:right] = color
                        continue
                    part = pixels[bottom:top, left:right]
                    is_flat = right - left > top - bottom
                    where = dash[: part.shape[1]] if is_flat else dash[: part.shape[0], np.newaxis]
                    np.copyto(part, color, where=where)
        for left, bottom, picture in self._pictures:
            x, y = max(left - x0, 0), max(bottom - y0, 0)
            part = pixels[y : y + picture.shape[0], x : x + picture.shape[1]]
            part[...] = picture.view(np.uint32)[: part.shape[0], : part.shape[1], 0]
        renderer.draw_image(gc, x0, y0, pixels.view(np.uint8).reshape(*pixels.shape, 4))

    def _used(self) -> tuple[int, int, int, int]:
        """Return left, bottom, right and top of what is written within it."""
        low, high = [*self._ends[2:]], [*self._ends[:2]]
        if self._bars:
            bars = np.concatenate([whole.reshape(-1, 4) for whole, _ in self._bars])
            lowest, highest = bars.min(axis=0).tolist(), bars.max(axis=0).tolist()
            low = [min(low[k], lowest[k]) for k in (0, 1)]
            high = [max(high[k], highest[k + 2]) for k in (0, 1)]
        for left, bottom, picture in self._pictures:
            low = [min(low[0], left), min(low[1], bottom)]
            high = [max(high[0], left + picture.shape[1]), max(high[1], bottom + picture.shape[0])]
        left, bottom, right, top = self._ends
        return max(low[0], left), max(low[1], bottom), min(high[0], right), min(high[1], top)
