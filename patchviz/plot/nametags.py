"""The names of boxes, and where they have room: beside the box that they are of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.transforms import IdentityTransform

from .frames import met_by, outlines

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from numpy.typing import NDArray

__all__ = ["GROUND", "Chip", "Places", "named_runs"]

GROUND = (0.0, 0.0, 0.0, 0.65)  # behind lines and names

MOST_TRIED = 8  # boxes of a run at which its name may stand

MOST_HIDDEN = 0.25  # of others' boxes by a second name of a class, in areas of it

Place = tuple[float, float, float, float]


class Chip:
    """A name on dark ground."""

    def __init__(
        self, name: str, color: Any, font: FontProperties, renderer: Any, pixel: float
    ) -> None:
        self._name, self._color, self._font = name, color, font
        width, height, self._descent = renderer.get_text_width_height_descent(name, font, False)
        self._pad = 1.5 * pixel
        self.width = math.ceil(width + 2 * self._pad)
        self.height = math.ceil(height + 2 * self._pad)
        self._picture: NDArray[np.uint8] | None = None

    def picture(self, dpi: float) -> NDArray[np.uint8]:
        """Return it as pixels, from the lowest row: drawing text takes milliseconds."""
        if self._picture is None:
            small: Any = RendererAgg(self.width, self.height, dpi)  # type: ignore[no-untyped-call]
            self.draw(small, small.new_gc(), 0.0, 0.0)
            self._picture = np.array(small.buffer_rgba())[::-1]
        return self._picture

    def draw(self, renderer: Any, gc: Any, left: float, bottom: float) -> None:
        """Write it."""
        ground = np.array([[left, bottom, left + self.width, bottom + self.height]])
        gc.set_linewidth(0.0)
        renderer.draw_path(gc, outlines(ground), IdentityTransform(), GROUND)
        gc.set_foreground(self._color, isRGBA=True)
        x, y = left + self._pad, bottom + self._pad + self._descent
        if renderer.flipy():
            y = renderer.height - y
        renderer.draw_text(gc, x, y, self._name, self._font, 0.0, False)


class Places:
    """Where names stand: none meets another, and as little as can be of others' boxes is hidden.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        The classes of the boxes that are seen.
    boxes : ndarray of float, shape (n, 4)
        Left, bottom, right and top in pixels.
    frame : ndarray of float, shape (4,)
        In which all names stay.

    Attributes
    ----------
    taken : list of (float, float, float, float)
    named : set of int
        The classes that have a name.
    """

    def __init__(
        self, codes: NDArray[np.int64], boxes: NDArray[np.float64], frame: NDArray[np.float64]
    ) -> None:
        self._codes, self._boxes = codes, boxes
        self._frame: Place = tuple(frame.tolist())
        self.taken: list[Place] = []
        self.named: set[int] = set()

    def take(
        self, code: int, run: list[list[float]], size: tuple[float, float], row: int
    ) -> tuple[float, float] | None:
        """Return the left and bottom of a name at a box of a run, if there is room in a row."""
        if size[0] > self._frame[2] - self._frame[0]:
            return None
        for box in run[:MOST_TRIED]:
            free = [
                place
                for place in self._around(box, size, row)
                if place[1] >= self._frame[1] and place[3] <= self._frame[3]
                and not met_by(place, self.taken)
            ]  # fmt: skip
            if row == 1 and (behind := self._behind(box, size)) is not None:
                free.append(behind)
            if not free:
                continue
            place, hidden = self._least_hiding(code, free)
            # What has a name needs no second one at that price.
            if code not in self.named or hidden <= MOST_HIDDEN * size[0] * size[1]:
                self.taken.append(place)
                self.named.add(code)
                return place[:2]
        return None

    def _around(self, box: Sequence[float], size: tuple[float, float], row: int) -> Iterator[Place]:
        """Go through the places above, below and in a box, from what is nearest to its corner."""
        width, height = size
        low, high = self._frame[0], self._frame[2] - width
        lefts = [min(max(left, low), high) for left in (box[0], box[2] - width)]
        more = (row - 1) * (height + 1.0)
        top, within = min(box[3], self._frame[3]) - height - more, max(box[1], self._frame[1])
        bottoms = [box[3] + 1.0 + more, box[1] - 1.0 - height - more]
        bottoms += [top] if row == 1 or top >= within else []
        for left in dict.fromkeys(lefts):
            for bottom in bottoms:
                yield (left, bottom, left + width, bottom + height)

    def _behind(self, box: Sequence[float], size: tuple[float, float]) -> Place | None:
        """Return the first place along the upper edge, within a box, that meets no name."""
        width, height = size
        left, bottom = max(box[0], self._frame[0]), min(box[3], self._frame[3]) - height
        while left + width <= min(box[2], self._frame[2]) and bottom >= self._frame[1]:
            place = (left, bottom, left + width, bottom + height)
            met = met_by(place, self.taken)
            if not met:
                return place
            left = max(met) + 1.0
        return None

    def _least_hiding(self, code: int, places: list[Place]) -> tuple[Place, float]:
        """Return the place that hides least of the boxes of other classes, and how much."""
        others = self._boxes[self._codes != code]
        if not len(others):
            return places[0], 0.0
        each = np.array(places)[:, np.newaxis]
        met = np.minimum(each[..., 2:], others[:, 2:]) - np.maximum(each[..., :2], others[:, :2])
        hidden = np.round(np.maximum(met, 0.0).prod(axis=-1).sum(axis=1))
        least = int(np.argmin(hidden))  # the first of several
        return places[least], float(hidden[least])


_Run = tuple[int, list[list[float]]]  # a class, and its boxes


def named_runs(codes: list[int], boxes: list[list[float]], near: float) -> list[_Run]:
    """Return the boxes of a class that are so near that one name is of all.

    First that run of each class which has most room, then the others: a short one beside them is
    named where it can be. Of so few, this is faster without numpy.
    """
    runs: list[_Run] = []
    wide: list[float] = []
    last, end = -1, 0.0
    for code, box in sorted(zip(codes, boxes, strict=True), key=lambda item: (item[0], item[1][0])):
        if code == last and box[0] <= end + near:
            runs[-1][1].append(box)
            end = max(end, box[2])
        else:
            last, end = code, box[2]
            runs.append((code, [box]))
            wide.append(0.0)
        wide[-1] = end - runs[-1][1][0][0]
    order = sorted(range(len(runs)), key=lambda k: -wide[k])
    first = {code: k for k in reversed(order) for code in [runs[k][0]]}
    order.sort(key=lambda k: first[runs[k][0]] != k)
    return [runs[k] for k in order]
