"""What people wrote down, drawn over the sound: boxes with names."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from .._util.text import one_line
from ..core.patches import Patches
from .axis import FrequencyAxis
from .classes import N_STYLES, ON_DARK, ClassLooks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

    from ..core.spectrogram import Spectrogram

__all__ = ["LabelBoxes", "Shown", "draw_labels", "outlines"]

MEETING = 1e-6  # seconds: times that differ by less are one

MANY = 400  # labels in one view: more are drawn as the runs that they are at this size

MOST_NAMES = 40  # in one view

MOST_NAMED = 100  # boxes in a view whose names all have a try

NEAR = 40.0  # points; boxes of a class that are nearer than this have one name

CORNER = 4.0  # points; of a box without sides

MOST_SIDES = 0.1  # of the picture: where the sides of boxes took more, only corners are drawn

LINE, CASING = 1.2, 2.6  # points; the casing tells a line from what is bright

GROUND = (0.0, 0.0, 0.0, 0.65)  # behind lines and names


class Shown(NamedTuple):
    """The labels that a view shows.

    Attributes
    ----------
    rows : ndarray of int
        Their numbers in ``spectrogram.labels``.
    codes : ndarray of int
        Their classes, by number in `ClassLooks`.
    boxes : ndarray of float, shape (n, 4)
        Left, bottom, right and top in pixels of the figure, and beyond what is shown.
    """

    rows: NDArray[np.int64]
    codes: NDArray[np.int64]
    boxes: NDArray[np.float64]


class LabelBoxes(Artist):
    """All labels that lie within an axes, as one artist: outlines, and names where there is room.

    A box never fills what it frames. Where its edges are beyond the axes it stays open. Where
    their sides would hide much of the sound, boxes have corners alone, and of those as high as
    the axes the upper ones; of a hundred and more, the upper edges are drawn. Boxes of a class
    that are near one another have one name.

    Attributes
    ----------
    span : (float, float)
        Times of the recording that are shown, in seconds.
    origin : float
        Time of the recording at 0 of the time axis, in seconds.
    """

    zorder = 3

    def __init__(
        self, ax: Axes, spec: Spectrogram, looks: ClassLooks, span: tuple[float, float]
    ) -> None:
        super().__init__()
        known, labels = spec._label_index, spec.labels
        self._known = known
        self._looks = looks
        self._codes = np.array([looks.number(name) for name in known.classes], np.int64)
        axis = FrequencyAxis.of(spec)
        bottom, top = axis.edges[0], axis.edges[-1]
        low, high = (labels[name].to_numpy(float) for name in ("low_f", "high_f"))
        if not axis.is_hertz:
            low, high = np.full(len(labels), bottom), np.full(len(labels), top)
        self._low = np.clip(np.where(np.isnan(low), bottom, low), bottom, top)
        self._high = np.clip(np.where(np.isnan(high), top, high), bottom, top)
        self._font = FontProperties(size="x-small")
        self._hues = [to_rgba(color) for color in ON_DARK]
        self._colors = [to_rgba(looks.color(code)) for code in range(len(looks.names))]
        self._chips: dict[tuple[int, float, bool], _Chip] = {}
        self.span, self.origin = span, 0.0
        self.set_label("_labels")
        ax.add_artist(self)

    def show(self, span: tuple[float, float], origin: float = 0.0) -> None:
        """Show the labels of another part of the recording."""
        self.span, self.origin = span, origin
        self.stale = True

    def shown(self) -> Shown:
        """Return the labels in the axes as it is now, those below others first."""
        ax, known = self.axes, self._known
        assert ax is not None
        left, right = sorted(ax.get_xlim())
        start = max(self.span[0], left + self.origin)
        end = min(self.span[1], right + self.origin)
        rows = known.around(start, end)
        starts, ends = known.start[rows], known.end[rows]
        bottom, top = sorted(ax.get_ylim())
        # What meets an edge lies on one side of it, however the times were computed.
        seen = (starts < end - MEETING) & (
            (ends > start + MEETING) | ((starts == ends) & (ends >= start - MEETING))
        )
        seen &= (self._low[rows] < top) & (self._high[rows] > bottom)
        rows, starts, ends = rows[seen], starts[seen], ends[seen]
        if not rows.size:
            return Shown(rows, rows, np.empty((0, 4)))
        corners = np.empty((len(rows), 2, 2))
        corners[:, 0, 0], corners[:, 0, 1] = starts - self.origin, self._low[rows]
        corners[:, 1, 0], corners[:, 1, 1] = ends - self.origin, self._high[rows]
        boxes = ax.transData.transform(corners.reshape(-1, 2)).reshape(-1, 4)
        return Shown(rows, self._codes[known.codes[rows]], boxes)

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return the frame of the axes, within which all is drawn."""
        assert self.axes is not None
        return self.axes.bbox

    def draw(self, renderer: Any) -> None:
        """Draw what is shown now, wherever the axes is."""
        if not self.get_visible():
            return
        shown = self.shown()
        if shown.rows.size:
            assert self.axes is not None
            pixel = renderer.points_to_pixels(1.0)
            frame = np.asarray(self.axes.bbox.extents)
            codes, boxes = shown.codes, _within(shown.boxes, frame, pixel)
            if len(codes) > MANY:
                codes, boxes = _runs(codes, boxes, 3 * pixel)
            renderer.open_group("labels", self.get_gid())
            self._draw_lines(renderer, codes, boxes, frame)
            self._draw_names(renderer, codes, boxes, frame)
            renderer.close_group("labels")
        self.stale = False

    def _gc(self, renderer: Any) -> Any:
        gc = renderer.new_gc()
        self._set_gc_clip(gc)  # type: ignore[attr-defined]
        gc.set_joinstyle("miter")
        gc.set_capstyle("butt")
        gc.set_snap(True)
        return gc

    def _draw_lines(
        self,
        renderer: Any,
        codes: NDArray[np.int64],
        boxes: NDArray[np.float64],
        frame: NDArray[np.float64],
    ) -> None:
        gc, still, pixel = self._gc(renderer), IdentityTransform(), renderer.points_to_pixels(1.0)
        is_crowd = len(boxes) > MOST_NAMED
        if is_crowd:  # of which boxes would hide the sound: their upper edges say when
            boxes = boxes[:, [0, 3, 2, 3]]
        path = outlines if is_crowd else _framing(boxes, frame, pixel)
        if not is_crowd:
            gc.set_linewidth(CASING * pixel)
            gc.set_foreground(GROUND, isRGBA=True)
            renderer.draw_path(gc, path(boxes), still)
        gc.set_linewidth((CASING if is_crowd else LINE) * pixel)
        styles = codes % (len(ON_DARK) if is_crowd else N_STYLES)
        for style in set(styles.tolist()):
            gc.set_foreground(self._hues[style % len(ON_DARK)], isRGBA=True)
            dash = [LINE * pixel * length for length in self._looks.dash(style)]
            gc.set_dashes(0, None if is_crowd else dash or None)
            renderer.draw_path(gc, path(boxes[styles == style]), still)
        gc.restore()

    def _draw_names(
        self,
        renderer: Any,
        codes: NDArray[np.int64],
        boxes: NDArray[np.float64],
        frame: NDArray[np.float64],
    ) -> None:
        """Write a name on the upper edge of a box of each run, where it meets no other."""
        order, begins = _run_begins(codes, boxes, NEAR * renderer.points_to_pixels(1.0))
        runs = np.split(order, begins[1:])
        # Those that have most room first: a short one beside them is named where it can be.
        runs.sort(key=lambda run: boxes[run[0], 0] - boxes[run, 2].max())
        taken: list[tuple[float, float, float, float]] = []
        gc = self._gc(renderer)
        for run in runs[: 4 * MOST_NAMES if len(boxes) < MOST_NAMED else 12]:  # measuring is slow
            chip = self._chip(int(codes[run[0]]), renderer)
            tries = (
                _place(box, chip.width, chip.height, frame, taken)
                for box in boxes[run[:8]].tolist()
            )
            place = next(filter(None, tries), None)
            if place is not None:
                taken.append(place)
                chip.draw(renderer, gc, place[0], place[1])
            if len(taken) == MOST_NAMES:
                break
        gc.restore()

    def _chip(self, code: int, renderer: Any) -> _Chip:
        pixel = renderer.points_to_pixels(1.0)
        key = (code, pixel, isinstance(renderer, RendererAgg))
        if key not in self._chips:
            if len(self._chips) > 4 * MOST_NAMES:
                self._chips.clear()
            name = one_line(self._looks.names[code])
            self._chips[key] = _Chip(name, self._colors[code], self._font, renderer, pixel)
        return self._chips[key]


class _Chip:
    """A name on dark ground; on a screen its picture, as drawing text takes milliseconds."""

    def __init__(
        self, name: str, color: Any, font: FontProperties, renderer: Any, pixel: float
    ) -> None:
        self._name, self._color, self._font = name, color, font
        width, height, self._descent = renderer.get_text_width_height_descent(name, font, False)
        self._pad = 1.5 * pixel
        self.width = math.ceil(width + 2 * self._pad)
        self.height = math.ceil(height + 2 * self._pad)
        self._picture: NDArray[np.uint8] | None = None

    def draw(self, renderer: Any, gc: Any, left: float, bottom: float) -> None:
        if not isinstance(renderer, RendererAgg):
            self._write(renderer, gc, left, bottom)
            return
        if self._picture is None:
            size = self.width, self.height, renderer.dpi
            small: Any = RendererAgg(*size)  # type: ignore[no-untyped-call]
            self._write(small, small.new_gc(), 0.0, 0.0)
            self._picture = np.array(small.buffer_rgba())[::-1]
        renderer.draw_image(gc, round(left), round(bottom), self._picture)

    def _write(self, renderer: Any, gc: Any, left: float, bottom: float) -> None:
        ground = np.array([[left, bottom, left + self.width, bottom + self.height]])
        gc.set_linewidth(0.0)
        renderer.draw_path(gc, outlines(ground), IdentityTransform(), GROUND)
        gc.set_foreground(self._color, isRGBA=True)
        x, y = left + self._pad, bottom + self._pad + self._descent
        if renderer.flipy():
            y = renderer.height - y
        renderer.draw_text(gc, x, y, self._name, self._font, 0.0, False)


def _place(
    box: Sequence[float],
    width: float,
    height: float,
    frame: NDArray[np.float64],
    taken: Sequence[tuple[float, float, float, float]],
) -> tuple[float, float, float, float] | None:
    """Return where a name is in the frame and meets no other: above, below or in its box."""
    if width > frame[2] - frame[0]:
        return None
    left = min(max(box[0], frame[0]), frame[2] - width)
    for bottom in (box[3] + 1.0, box[1] - 1.0 - height, min(box[3], frame[3]) - height):
        place = (left, bottom, left + width, bottom + height)
        is_within = bottom >= frame[1] and place[3] <= frame[3]
        if is_within and not any(_meet(place, other) for other in taken):
            return place
    return None


def _within(
    boxes: NDArray[np.float64], frame: NDArray[np.float64], pixel: float
) -> NDArray[np.float64]:
    """Return boxes whose edges are beyond a frame as far as nobody sees, or just within it.

    Left and right they stay open there. An upper or lower edge at the frame, as that of a label
    without frequencies, is drawn within it.
    """
    far, inset = 8 * pixel, 0.5 * CASING * pixel
    result = boxes.copy()
    result[:, 0::2] = np.clip(boxes[:, 0::2], frame[0] - far, frame[2] + far)
    result[:, 1::2] = np.clip(boxes[:, 1::2], frame[1] + inset, frame[3] - inset)
    # What is as short as a point is seen too.
    middle, narrow = result[:, 0::2].mean(axis=1), result[:, 2] - result[:, 0] < pixel
    result[narrow, 0], result[narrow, 2] = (
        middle[narrow] - pixel / 2,
        middle[narrow] + pixel / 2,
    )
    return result


def _runs(
    codes: NDArray[np.int64], boxes: NDArray[np.float64], near: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Join the boxes of a class that are so near that they are one at this size."""
    order, begins = _run_begins(codes, boxes, near)
    codes, boxes = codes[order], boxes[order]
    low, high = np.minimum.reduceat(boxes, begins), np.maximum.reduceat(boxes, begins)
    return codes[begins], np.c_[low[:, :2], high[:, 2:]]


def _run_begins(
    codes: NDArray[np.int64], boxes: NDArray[np.float64], near: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return an order of boxes, by class and time, and where in it runs of near ones begin."""
    if len(codes) == 1:  # as often in a patch: quickly
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    order = np.lexsort((boxes[:, 0], codes))
    codes, boxes = codes[order], boxes[order]
    # Classes are laid end to end, so that one pass finds the runs of all.
    shift = codes * (boxes[:, 2].max() - boxes[:, 0].min() + 2 * near)
    latest = np.maximum.accumulate(boxes[:, 2] + shift)
    begins = np.r_[0, np.flatnonzero(boxes[1:, 0] + shift[1:] > latest[:-1] + near) + 1]
    return order, begins


def _framing(
    boxes: NDArray[np.float64], frame: NDArray[np.float64], pixel: float
) -> Callable[[NDArray[np.float64]], Path]:
    """Return how boxes are drawn: whole, or, where their sides would hide much, as corners."""
    tall = frame[3] - frame[1]
    n_sides = ((boxes[:, 0::2] >= frame[0]) & (boxes[:, 0::2] <= frame[2])).sum(axis=1)
    hidden = (n_sides * (boxes[:, 3] - boxes[:, 1])).sum() * CASING * pixel
    if hidden <= MOST_SIDES * tall * (frame[2] - frame[0]):
        return outlines
    return partial(_corners, size=CORNER * pixel, least=tall - 2 * CASING * pixel)


def _corners(boxes: NDArray[np.float64], size: float, least: float) -> Path:
    """Return the corners of boxes as one path; the upper ones where a box is so high at least."""
    left, bottom, right, top = boxes.T
    ticks = np.minimum(size, (top - bottom) / 3)
    upper = np.array([[left, left, right, right], [top - ticks, top, top, top - ticks]])
    lower = np.array([[left, left, right, right], [bottom + ticks, bottom, bottom, bottom + ticks]])
    corners = np.concatenate([upper, lower[:, :, top - bottom < least]], axis=2)
    return Path(corners.T.reshape(-1, 2), np.tile(_BOX[:4], corners.shape[2]))


_BOX = np.array(
    [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], Path.code_type
)


def outlines(boxes: NDArray[np.float64]) -> Path:
    """Return boxes as one path."""
    left, bottom, right, top = boxes.T
    corners = np.array([[left, right, right, left, left], [bottom, bottom, top, top, bottom]])
    return Path(corners.T.reshape(-1, 2), np.tile(_BOX, len(boxes)))


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def draw_labels(
    ax: Axes, known: Spectrogram | Patches, span: tuple[float, float] | None = None
) -> LabelBoxes | None:
    """Draw what is known to lie in a span of the recording; None if nothing was written down."""
    spec = known.spectrogram if isinstance(known, Patches) else known
    if spec.labels is None:
        return None
    return LabelBoxes(ax, spec, ClassLooks.of(known), span or (spec.start, spec.end))
