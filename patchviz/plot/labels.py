"""What people wrote down, drawn over the sound: boxes with names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import IdentityTransform

from .._util.spans import begins_of_runs
from .._util.text import class_name
from ..core.labelindex import least_of
from ..core.overlaps import heard_of
from ..core.patches import Patches
from .axis import FrequencyAxis
from .classes import N_STYLES, ON_DARK, ClassLooks
from .frames import Look, Overlay, dashed, outlines, sides, surrounding
from .nametags import GROUND, Chip, Places, named_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

    from ..core.framing import Framing
    from ..core.spectrogram import Spectrogram

__all__ = ["LabelBoxes", "Shown", "draw_labels", "framing_of"]

MEETING = 1e-6  # seconds: times that differ by less are one

MANY = 400  # labels in one view: more are drawn as the runs that they are at this size

MOST_NAMES = 40  # in one view

MOST_NAMED = 100  # boxes in a view that are drawn whole, and whose names all have a try

NEAR = 40.0  # points; boxes of a class that are nearer than this have one name

CORNER = 4.0  # points; of a box without sides

MOST_SIDES = 0.1  # of the band with boxes: where their sides took more, only corners are drawn

LINE, CASING = 1.2, 2.6  # points; the casing tells a line from what is bright

ROWS = 3  # of names above, below or in a box


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

    A box never fills what it frames. Where its edges are beyond the axes it stays open; of one
    around all of it there is the name alone. Where their sides would hide much of the sound, boxes
    have corners alone, and of those as high as the axes the upper ones; of more than a hundred, the
    upper edges are drawn. Boxes of a class that are near one another have one name.

    Attributes
    ----------
    span : (float, float)
        Times of the recording of which labels are shown, in seconds: those of a patch as it was
        asked for, which may begin or end within a frame or two of what the axes shows.
    origin : float
        Time of the recording at 0 of the time axis, in seconds.
    unnamed : list of int
        The classes, by number in `ClassLooks`, whose names had no room when it was drawn.
    """

    zorder = 3

    def __init__(
        self,
        ax: Axes,
        spec: Spectrogram,
        looks: ClassLooks,
        framing: Framing,
        span: tuple[float, float],
        axis: FrequencyAxis,
    ) -> None:
        super().__init__()
        known, labels = spec._label_index, spec.labels
        self._known = known
        self._looks = looks
        self._codes = np.array([looks.number(name) for name in known.classes], np.int64)
        bottom, top = axis.edges[0], axis.edges[-1]
        low, high = (labels[name].to_numpy(float) for name in ("low_f", "high_f"))
        self._n_channels, self._frame = spec.n_channels, spec.frame_duration
        self._heard = framing.origin, framing.end
        self._is_band, is_beyond = ~(np.isnan(low) & np.isnan(high)), axis.beyond(low, high)
        if self._n_channels > 1:  # a band is in each of them, all else in all
            bands = axis.fractions(low, 0.0), axis.fractions(high, 1.0)
            low, high = (np.where(self._is_band, band, np.nan) for band in bands)
        elif not axis.is_hertz:
            low, high = np.full(len(labels), bottom), np.full(len(labels), top)
        self._low = np.clip(np.where(np.isnan(low), bottom, low), bottom, top)
        self._high = np.clip(np.where(np.isnan(high), top, high), bottom, top)
        is_beyond |= ~heard_of(known.start, known.end, framing)
        self._low[is_beyond] = self._high[is_beyond] = -np.inf
        self._font = FontProperties(size="x-small")
        self._hues = [to_rgba(color) for color in ON_DARK]
        self._colors = [to_rgba(looks.color(code)) for code in range(len(looks.names))]
        self._chips: dict[tuple[int, float, bool], Chip] = {}
        self._on_screen: dict[Any, Look] = {}
        self.span, self.origin = span, 0.0
        self.unnamed: list[int] = []
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
        left, right = sorted(ax.viewLim.intervalx.tolist())
        start = max(self.span[0], left + self.origin)
        end = min(self.span[1], right + self.origin)
        around = known.around(start - MEETING, end + MEETING)
        rows, shift = self._in_channels(around)
        starts, ends = known.start[rows], known.end[rows]
        lows, highs = self._low[rows] + shift, self._high[rows] + shift
        bottom, top = sorted(ax.viewLim.intervaly.tolist())
        # What meets an edge lies on one side of it, however the times were computed.
        seen = (starts < end - MEETING) & (
            (ends > start + MEETING) | ((ends - starts <= MEETING) & (starts >= start - MEETING))
        )
        # Less of a label than a patch must have of it would be the neighbour's name.
        first, last = self.span
        least = np.minimum(least_of(starts, ends, *self._heard, self._frame), last - first)
        seen &= np.minimum(ends, last) - np.maximum(starts, first) >= least - 2 * MEETING
        seen &= (lows < top) & (highs > bottom)
        rows, starts, ends = rows[seen], starts[seen], ends[seen]
        if not rows.size:
            return Shown(rows, rows, np.empty((0, 4)))
        corners = np.empty((len(rows), 2, 2))
        corners[:, 0, 0], corners[:, 0, 1] = starts - self.origin, lows[seen]
        corners[:, 1, 0], corners[:, 1, 1] = ends - self.origin, highs[seen]
        boxes = ax.transData.transform(corners.reshape(-1, 2)).reshape(-1, 4)
        return Shown(rows, self._codes[known.codes[rows]], boxes)

    def _in_channels(
        self, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64] | int]:
        """Return labels, those with frequencies once for each channel, and how far up each is."""
        if self._n_channels == 1:
            return rows, 0
        counts = np.where(self._is_band[rows], self._n_channels, 1)
        firsts = np.cumsum(counts) - counts
        return np.repeat(rows, counts), np.arange(counts.sum()) - np.repeat(firsts, counts)

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return the frame of the axes."""
        return self.axes.bbox  # type: ignore[union-attr]  # it is in one

    def draw(self, renderer: Any) -> None:
        """Draw what is shown now, wherever the axes is."""
        self.unnamed = []
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
            gc = renderer.new_gc()
            self._set_gc_clip(gc)  # type: ignore[attr-defined]
            canvas = self._canvas(renderer, gc, frame)
            some = ~surrounding(boxes, frame, 0.5 * CASING * pixel)
            is_crowd = int(np.count_nonzero(some)) > MOST_NAMED
            if some.any():
                self._draw_lines(canvas, codes[some], boxes[some], frame, pixel, is_crowd)
            self._draw_names(canvas, codes, boxes, frame, pixel, is_crowd)
            canvas.finish()
            gc.restore()
            renderer.close_group("labels")
        self.stale = False

    def _canvas(self, renderer: Any, gc: Any, frame: NDArray[np.float64]) -> _Canvas:
        common = renderer, gc, self._hues, self._looks
        is_screen = isinstance(renderer, RendererAgg)
        return _Screen(*common, frame, self._on_screen) if is_screen else _Canvas(*common)

    def _draw_lines(
        self,
        canvas: _Canvas,
        codes: NDArray[np.int64],
        boxes: NDArray[np.float64],
        frame: NDArray[np.float64],
        pixel: float,
        is_crowd: bool,
    ) -> None:
        boxes = _nested(codes, boxes, CASING * pixel)
        line, rim = canvas.whole(LINE * pixel), canvas.whole((CASING - LINE) / 2 * pixel)
        if is_crowd:  # of which boxes would hide the sound: their upper edges say when
            line = canvas.whole(CASING * pixel)
            bars = sides(canvas.placed(boxes, line), line)[:, 1:2]
        else:
            bars = _framing(canvas.placed(boxes, line), line, frame, pixel)
            canvas.darken(bars + np.array([-rim, -rim, rim, rim]))
        canvas.frame(bars, codes % (len(ON_DARK) if is_crowd else N_STYLES), not is_crowd)

    def _draw_names(
        self,
        canvas: _Canvas,
        codes: NDArray[np.int64],
        boxes: NDArray[np.float64],
        frame: NDArray[np.float64],
        pixel: float,
        is_crowd: bool,
    ) -> None:
        """Write a name at a box of each run, where it meets no other."""
        runs = named_runs(codes.tolist(), boxes.tolist(), NEAR * pixel)
        n_tried, n_rows = len(runs), ROWS
        if is_crowd:  # measuring is slow, and names hide the sound
            n_tried, n_rows = 12, 2
        places = Places(codes, boxes, frame)
        for row in range(1, n_rows + 1):  # beyond the first only what would have no name at all
            for code, run in runs[:n_tried]:
                if len(places.taken) == MOST_NAMES or (row > 1 and code in places.named):
                    continue
                chip = self._chip(code, canvas.renderer, pixel)
                place = places.take(code, run, (chip.width, chip.height), row)
                if place is not None:
                    canvas.name(chip, *place)
        self.unnamed = sorted({*codes.tolist()} - places.named)

    def _chip(self, code: int, renderer: Any, pixel: float) -> Chip:
        key = (code, pixel, isinstance(renderer, RendererAgg))
        if key not in self._chips:
            if len(self._chips) > 4 * MOST_NAMES:
                self._chips.clear()
            name = class_name(self._looks.names[code])
            self._chips[key] = Chip(name, self._colors[code], self._font, renderer, pixel)
        return self._chips[key]


class _Canvas:
    """Where lines and names are drawn: on paper as paths and text."""

    def __init__(self, renderer: Any, gc: Any, hues: Sequence[Any], looks: ClassLooks) -> None:
        self.renderer = renderer
        self._gc, self._hues, self._looks = gc, hues, looks
        self._pixel = renderer.points_to_pixels(1.0)

    def whole(self, thick: float) -> float:
        """Return how thick a line is drawn."""
        return thick

    def placed(self, boxes: NDArray[np.float64], thick: float) -> NDArray[np.float64]:
        """Return where boxes are drawn, in lines of some thickness."""
        return boxes

    def darken(self, bars: NDArray[np.float64]) -> None:
        """Draw the ground of bars, shape (n, k, 4)."""
        self._fill(bars.reshape(-1, 4), GROUND)

    def frame(self, bars: NDArray[np.float64], styles: NDArray[np.int64], may_dash: bool) -> None:
        """Draw bars, shape (n, k, 4), each k in a style."""
        for style in np.unique(styles).tolist():
            some, lengths = bars[styles == style].reshape(-1, 4), self._dash(style)
            some = dashed(some, lengths) if may_dash and lengths else some
            self._fill(some, self._hues[style % len(ON_DARK)])

    def name(self, chip: Chip, left: float, bottom: float) -> None:
        """Write a name."""
        chip.draw(self.renderer, self._gc, left, bottom)

    def finish(self) -> None:
        """End what was begun."""

    def _dash(self, style: int) -> list[float]:
        return [LINE * self._pixel * length for length in self._looks.dash(style)]

    def _fill(self, bars: NDArray[np.float64], color: Any) -> None:
        self._gc.set_linewidth(0.0)
        self.renderer.draw_path(self._gc, outlines(bars), IdentityTransform(), color)


class _Screen(_Canvas):
    """On a screen they are written into one picture, and that is drawn once."""

    def __init__(
        self,
        renderer: Any,
        gc: Any,
        hues: Sequence[Any],
        looks: ClassLooks,
        frame: NDArray[np.float64],
        known: dict[Any, Look],
    ) -> None:
        super().__init__(renderer, gc, hues, looks)
        self._size = tuple(map(int, renderer.get_canvas_width_height()))
        self._overlay, self._known = Overlay(frame, self._size), known

    def whole(self, thick: float) -> float:
        return max(1.0, float(round(thick)))

    def placed(self, boxes: NDArray[np.float64], thick: float) -> NDArray[np.float64]:
        return np.rint(boxes - thick / 2) + thick / 2

    def darken(self, bars: NDArray[np.float64]) -> None:
        self._overlay.fill(bars, [Look.of(GROUND)] * len(bars))

    def frame(self, bars: NDArray[np.float64], styles: NDArray[np.int64], may_dash: bool) -> None:
        self._overlay.fill(bars, [self._look(style, may_dash) for style in styles.tolist()])

    def name(self, chip: Chip, left: float, bottom: float) -> None:
        self._overlay.paste(chip.picture(self.renderer.dpi), left, bottom)

    def finish(self) -> None:
        self._overlay.draw(self.renderer, self._gc)

    def _look(self, style: int, may_dash: bool) -> Look:
        key = style, may_dash, self._pixel, self._size
        if key not in self._known:
            lengths = self._dash(style) if may_dash else []
            hue = self._hues[style % len(ON_DARK)]
            self._known[key] = Look.of(hue, lengths, max(self._size))
        return self._known[key]


def _nested(
    codes: NDArray[np.int64], boxes: NDArray[np.float64], thick: float
) -> NDArray[np.float64]:
    """Return boxes of which those at the place of another class's lie within it: both are seen."""
    places = list(map(tuple, np.rint(boxes).tolist()))
    if len(set(places)) == len(places):
        return boxes
    rank = np.zeros(len(boxes))
    classes: dict[tuple[float, ...], list[int]] = {}
    for k, (place, code) in enumerate(zip(places, codes.tolist(), strict=True)):
        there = classes.setdefault(place, [])
        if code not in there:
            there.append(code)
        rank[k] = there.index(code)
    inset = rank * thick
    # As far as there is room.
    inset = np.minimum(inset, np.min(boxes[:, 2:] - boxes[:, :2], axis=1) / 4)
    nested: NDArray[np.float64] = boxes + inset[:, np.newaxis] * np.array([1.0, 1.0, -1.0, -1.0])
    return nested


def _within(
    boxes: NDArray[np.float64], frame: NDArray[np.float64], pixel: float
) -> NDArray[np.float64]:
    """Return boxes whose edges are beyond a frame as far as nobody sees, or just within it.

    Left and right they stay open there. An upper or lower edge at the frame, as that of a label
    without frequencies, is drawn within it.
    """
    far, inset = 8 * pixel, 0.5 * CASING * pixel
    lowest = np.array([frame[0] - far, frame[1] + inset] * 2)
    highest = np.array([frame[2] + far, frame[3] - inset] * 2)
    result: NDArray[np.float64] = np.minimum(np.maximum(boxes, lowest), highest)
    # What is as short as a point is seen too.
    narrow = result[:, 2] - result[:, 0] < pixel
    if narrow.any():
        middle = result[narrow, 0::2].mean(axis=1)
        result[narrow, 0], result[narrow, 2] = middle - pixel / 2, middle + pixel / 2
    return result


def _runs(
    codes: NDArray[np.int64], boxes: NDArray[np.float64], near: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Join the boxes of a class that are so near that they are one at this size."""
    order = np.lexsort((boxes[:, 0], codes))
    codes, boxes = codes[order], boxes[order]
    # Classes are laid end to end, so that one pass finds the runs of all.
    shift = codes * (boxes[:, 2].max() - boxes[:, 0].min() + 2 * near)
    begins = begins_of_runs(boxes[:, 0] + shift, boxes[:, 2] + shift, near)
    low, high = np.minimum.reduceat(boxes, begins), np.maximum.reduceat(boxes, begins)
    return codes[begins], np.c_[low[:, :2], high[:, 2:]]


def _framing(
    boxes: NDArray[np.float64], line: float, frame: NDArray[np.float64], pixel: float
) -> NDArray[np.float64]:
    """Return the bars of boxes: all sides, or, where these would hide much, corners."""
    low, high = boxes[:, 1], boxes[:, 3]
    n_sides = ((boxes[:, 0::2] >= frame[0]) & (boxes[:, 0::2] <= frame[2])).sum(axis=1)
    hidden = (n_sides * (high - low)).sum() * CASING * pixel
    if hidden <= MOST_SIDES * (high.max() - low.min()) * (frame[2] - frame[0]):
        return sides(boxes, line)
    tall = frame[3] - frame[1]
    return sides(boxes, line, size=round(CORNER * pixel), least=tall - 2 * CASING * pixel)


def draw_labels(
    ax: Axes,
    known: Spectrogram | Patches,
    axis: FrequencyAxis,
    span: tuple[float, float] | None = None,
) -> LabelBoxes | None:
    """Draw what is known to lie in a span of the recording; None if nothing was written down."""
    spec = known.spectrogram if isinstance(known, Patches) else known
    if spec.labels is None:
        return None
    span = span or (spec.start, spec.end)
    return LabelBoxes(ax, spec, ClassLooks.of(known), framing_of(known), span, axis)


def framing_of(known: Spectrogram | Patches) -> Framing:
    """Return where patches lie, or a recording that is not carved, as one."""
    return known.framing if isinstance(known, Patches) else known._whole
