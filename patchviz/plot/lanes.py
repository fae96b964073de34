"""What is known, as lanes under an overview: labels as bars, scores as steps."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform

from .._util.text import one_line
from .._util.validation import check_choice, check_number
from ..core.patches import Patches
from ..core.steps import OVERLAPPING, covered, steps
from ..errors import Argument, InvalidTypeError, InvalidValueError
from .brackets import is_dark, root_figure
from .classes import ClassLooks, group_color
from .figures import axes_width
from .labels import outlines
from .text import shortened, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ..core.spectrogram import Spectrogram

__all__ = ["MOST_CLASSES", "Scored", "draw_lanes", "lanes_height", "note"]

MOST_CLASSES = 8

HEIGHT, GAP = 9.0, 2.5  # of a lane, points

NAME = 72.0  # most that a lane's name takes, points

SIZE = "x-small"


@dataclasses.dataclass(frozen=True)
class Scored:
    """Which scores a view shows, and how: checked before there is a figure.

    Attributes
    ----------
    names : tuple of str
        At most eight classes.
    columns : tuple of int
        Where they are in ``patches.scores``.
    n_classes : int
        How many there are.
    low, high : float
        What the bottom and the top of a lane stand for.
    threshold : float or None
        From which on a score is a hit.
    overlapping : {"max", "mean", "center"}
    order : tuple of int
        The positions of names, those first that stay longest where there is little room.
    """

    names: tuple[str, ...] = ()
    columns: tuple[int, ...] = ()
    n_classes: int = 0
    low: float = 0.0
    high: float = 1.0
    threshold: float | None = None
    overlapping: str = "max"
    order: tuple[int, ...] = ()

    def fewer(self, n: int) -> Scored:
        """Return at most `n` of them, those that matter most."""
        kept = sorted(self.order[:n])
        return dataclasses.replace(
            self,
            names=tuple(self.names[k] for k in kept),
            columns=tuple(self.columns[k] for k in kept),
            order=tuple(range(len(kept))),
        )

    def within(self, room: float, n_others: int) -> Scored:
        """Return those whose lanes have room, in points, below other lanes; at least one."""
        n = max(1, int(min(room - GAP, 1e6) // (HEIGHT + GAP)) - n_others - 1)
        return self.fewer(n) if n < len(self.names) else self

    @classmethod
    def of(
        cls,
        known: Spectrogram | Patches,
        classes: Sequence[str] | None,
        threshold: float | None,
        overlapping: str = "max",
    ) -> Scored:
        """Return the scores to show: those of some classes, or of those that score highest."""
        check_choice("overlapping", overlapping, OVERLAPPING)
        if threshold is not None:
            check_number("threshold", threshold)
        scores = known.scores if isinstance(known, Patches) else None
        if scores is None:
            for name, value in (("classes", classes), ("threshold", threshold)):
                if value is not None:
                    raise InvalidValueError(
                        Argument(name, value),
                        " needs scores",
                        remedy="Give the patches some: patches.with_scores(S, classes=[...]).",
                    )
            return cls(overlapping=overlapping)
        assert isinstance(known, Patches)
        scored = known.classes[: scores.shape[1]]
        with np.errstate(invalid="ignore"):
            highest = np.fmax.reduce(scores, axis=0) if len(scores) else np.empty(0)
        if classes is None:
            ranked = np.argsort(-np.nan_to_num(highest, nan=-np.inf), kind="stable")
            columns = np.sort(ranked[:MOST_CLASSES])
            order = np.searchsorted(columns, ranked[:MOST_CLASSES])
        else:
            columns = np.array(_columns(classes, scored), np.int64)
            order = np.arange(len(columns))
        shown = scores[:, columns]
        low = float(np.fmin.reduce(shown, axis=None, initial=np.inf))
        high = float(np.fmax.reduce(shown, axis=None, initial=-np.inf))
        if threshold is None:
            threshold = known.threshold
        if 0 <= low <= high <= 1 or low > high:
            limits = (0.0, 1.0)
        else:
            limits = (low, high if high > low else low + 1)
        names = tuple(scored[k] for k in columns)
        return cls(
            names, tuple(columns.tolist()), len(scored), *limits, threshold, overlapping,
            tuple(order.tolist()),
        )  # fmt: skip


def _columns(classes: object, scored: Sequence[str]) -> list[int]:
    """Return the columns of some classes, given by name."""
    if isinstance(classes, str) or not isinstance(classes, Sequence):
        raise InvalidTypeError(
            Argument("classes", classes),
            f" is of type {type(classes).__name__}",
            allowed='a list of names, such as classes=["robin", "wren"]',
        )
    if not 1 <= len(classes) <= MOST_CLASSES:
        raise InvalidValueError(
            f"{len(classes)} classes are asked for. A view shows 1 to {MOST_CLASSES} of them: "
            "give their names."
        )
    for name in classes:
        if name not in scored:
            near = difflib.get_close_matches(str(name), scored, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "patches.classes lists them."
            raise InvalidValueError(
                Argument("classes", list(classes)),
                f": {name!r} is none of the {len(scored)} classes that are scored",
                remedy=hint,
            )
    return [scored.index(name) for name in classes]


@dataclasses.dataclass(frozen=True)
class _Lane:
    """A lane: bars, or steps."""

    name: str
    color: str | None = None
    values: NDArray[np.floating] | None = None  # of patches
    times: NDArray[np.float64] | None = None  # of bars, shape (n, 2), in seconds
    codes: NDArray[np.int64] | None = None  # of their colours
    colors: tuple[str, ...] = ()
    turns: tuple[int, ...] = (0,)  # how often each of these colours came before


class Lanes(Artist):
    """Lanes between an overview and its time axis, as one artist.

    Attributes
    ----------
    lanes : list
        From the top.
    """

    zorder = 3

    def __init__(
        self, ax: Axes, patches: Spectrogram | Patches, lanes: Sequence[_Lane], scored: Scored
    ) -> None:
        super().__init__()
        self.lanes = list(lanes)
        self._patches, self._scored = patches, scored
        self._font = FontProperties(size=SIZE)
        self._names = [shortened(one_line(lane.name), NAME, SIZE) for lane in lanes]
        self._note = note(scored)
        self.height = lanes_height(len(lanes), bool(self._note))
        self.set_label("_lanes")
        ax.add_artist(self)
        self.set_clip_on(False)
        _make_room(ax, self.height)

    def boxes(self, pixel: float) -> NDArray[np.float64]:
        """Return where lanes are: left, bottom, right and top in pixels, shape (n, 4)."""
        assert self.axes is not None
        frame = self.axes.bbox
        tops = frame.y0 - pixel * (GAP + np.arange(len(self.lanes)) * (HEIGHT + GAP))
        sides = np.full((len(tops), 1), frame.x0), np.full((len(tops), 1), frame.x1)
        return np.hstack([sides[0], tops[:, None] - HEIGHT * pixel, sides[1], tops[:, None]])

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return the place of lanes and names."""
        ax: Any = self.axes
        pixel, frame = ax.bbox.width / axes_width(ax), ax.bbox
        wide = (text_width(self._names, SIZE) + 5) * pixel
        return Bbox([[frame.x0 - wide, frame.y0 - self.height * pixel], [frame.x1, frame.y0]])

    def get_tightbbox(self, renderer: Any = None) -> Bbox:
        """Return the same: nothing of it is cut."""
        return self.get_window_extent(renderer)

    def draw(self, renderer: Any) -> None:
        """Draw the lanes for the times that the axes shows now."""
        if not self.get_visible():
            return
        assert self.axes is not None
        renderer.open_group("lanes", self.get_gid())
        pixel = renderer.points_to_pixels(1.0)
        left, right = self.axes.get_xlim()
        text = matplotlib.rcParams["text.color"]
        places = self.boxes(pixel)
        for lane, name, place in zip(self.lanes, self._names, places, strict=True):
            draw = self._draw_bars if lane.values is None else self._draw_steps
            draw(renderer, lane, place, (left, right))
            middle = (place[1] + place[3]) / 2
            color = lane.color or text
            self._write(renderer, name, place[0] - 4 * pixel, middle, color, "right")
        if self._note:
            y = places[-1, 1] - (GAP + HEIGHT / 2) * pixel
            self._write(renderer, self._note, places[-1, 2], y, to_rgba(text, 0.7), "right")
        renderer.close_group("lanes")
        self.stale = False

    def _fill(self, renderer: Any, path: Path, color: Any, alpha: float = 1.0) -> None:
        gc = renderer.new_gc()
        gc.set_linewidth(0.0)
        gc.set_snap(False)
        renderer.draw_path(gc, path, IdentityTransform(), to_rgba(color, alpha))
        gc.restore()

    def _draw_bars(
        self,
        renderer: Any,
        lane: _Lane,
        place: NDArray[np.float64],
        limits: tuple[float, float],
    ) -> None:
        times, codes, (left, right) = lane.times, lane.codes, limits
        assert times is not None
        assert codes is not None
        low, high = min(limits), max(limits)
        seen = (times[:, 1] >= low) & (times[:, 0] <= high)
        x = (np.clip(times[seen], low, high) - left) / (right - left)
        x = place[0] + x * (place[2] - place[0])
        if left > right:
            x = x[:, ::-1]
        x[:, 1] = np.maximum(x[:, 1], x[:, 0] + 1.0)  # what is short is seen
        shown = codes[seen]
        inset = 0.2 * (place[3] - place[1])
        for code in np.unique(shown).tolist():
            runs = _joined(x[shown == code])
            boxes = np.tile(place, (len(runs), 1))
            boxes[:, 0::2] = runs
            boxes[:, 1::2] += inset, -inset
            self._fill(renderer, outlines(_slit(boxes, lane.turns[code])), lane.colors[code])

    def _draw_steps(
        self,
        renderer: Any,
        lane: _Lane,
        place: NDArray[np.float64],
        limits: tuple[float, float],
    ) -> None:
        assert lane.values is not None
        assert isinstance(self._patches, Patches)
        scored = self._scored
        x = np.linspace(place[0], place[2], max(2, round(place[2] - place[0]) + 1))
        edges = np.linspace(min(limits), max(limits), len(x))
        values = steps(self._patches.framing, lane.values, edges, scored.overlapping)
        if limits[0] > limits[1]:
            values = values[::-1]
        at = np.clip((values - scored.low) / (scored.high - scored.low), 0.0, 1.0)
        tall = place[3] - place[1]
        heights = np.where(np.isnan(at), 0.0, at * tall + 0.75)
        color = lane.color
        self._fill(renderer, _stairs(x, heights, place[1]), color, 0.35)
        if scored.threshold is not None:
            with np.errstate(invalid="ignore"):
                hits = np.where(values >= scored.threshold, heights, 0.0)
            self._fill(renderer, _stairs(x, hits, place[1]), color)
            y = (scored.threshold - scored.low) / (scored.high - scored.low)
            if 0 <= y <= 1:
                self._draw_threshold(renderer, place, place[1] + y * tall)

    def _draw_threshold(self, renderer: Any, place: NDArray[np.float64], y: float) -> None:
        gc, pixel = renderer.new_gc(), renderer.points_to_pixels(1.0)
        gc.set_foreground(to_rgba(matplotlib.rcParams["text.color"], 0.6), isRGBA=True)
        gc.set_linewidth(0.6 * pixel)
        gc.set_dashes(0, [0.8 * pixel, 1.6 * pixel])
        renderer.draw_path(gc, Path([[place[0], y], [place[2], y]]), IdentityTransform())
        gc.restore()

    def _write(
        self, renderer: Any, text: str, x: float, middle: float, color: Any, align: str
    ) -> None:
        width, height, descent = renderer.get_text_width_height_descent(text, self._font, False)
        gc = renderer.new_gc()
        gc.set_foreground(to_rgba(color), isRGBA=True)
        left, y = x - width if align == "right" else x, middle - height / 2 + descent
        if renderer.flipy():
            y = renderer.height - y
        renderer.draw_text(gc, left, y, text, self._font, 0.0, False)
        gc.restore()


def _make_room(ax: Axes, height: float) -> None:
    """Move the time axis down by so many points; where no layout does, its axes ends above."""
    ax.spines["bottom"].set_position(("outward", height))
    figure = root_figure(ax)
    if figure.get_layout_engine() is None:
        place = ax.get_position(original=True)
        share = place.height * height / (ax.bbox.height * 72 / figure.dpi)
        if share < place.height:
            ax.set_position((place.x0, place.y0 + share, place.width, place.height - share))


def note(scored: Scored) -> str:
    """Say how many of all classes are shown, where it is not all."""
    shown, n_all = len(scored.names), scored.n_classes
    return f"{shown} of {n_all} classes" if shown < n_all else ""


def lanes_height(n_lanes: int, has_note: bool = False) -> float:
    """Return how much room lanes take, in points."""
    return (n_lanes + has_note) * (HEIGHT + GAP) + GAP if n_lanes else 0.0


def _joined(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Join spans that meet."""
    if (np.diff(x[:, 0]) < 0).any():
        x = x[np.argsort(x[:, 0], kind="stable")]
    latest = np.maximum.accumulate(x[:, 1])
    begins = np.r_[0, np.flatnonzero(x[1:, 0] > latest[:-1]) + 1]
    return np.stack([x[begins, 0], latest[np.r_[begins[1:] - 1, -1]]], axis=1)


def _slit(boxes: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Cut boxes along into ``n + 1`` lines as thick as the slits between them."""
    thick = (boxes[:, 3] - boxes[:, 1])[:, None] / (2 * n + 1)
    lines = np.repeat(boxes[:, None], n + 1, axis=1)
    lines[:, :, 1] += 2 * thick * np.arange(n + 1)
    lines[:, :, 3] = lines[:, :, 1] + thick
    return lines.reshape(-1, 4)


def _stairs(x: NDArray[np.float64], heights: NDArray[np.float64], bottom: float) -> Path:
    """Return the area under a step for each span, as a path."""
    kept = np.r_[True, np.diff(heights) != 0]
    x, heights = np.r_[x[:-1][kept], x[-1]], heights[kept]
    corners_x = np.r_[np.repeat(x, 2), x[0]]
    corners_y = bottom + np.r_[0.0, np.repeat(heights, 2), 0.0, 0.0]
    return Path(np.c_[corners_x, corners_y], closed=True)


def draw_lanes(
    ax: Axes,
    known: Spectrogram | Patches,
    *,
    labels: bool,
    scored: Scored,
    groups: Mapping[str, NDArray[np.int64]],
    room: float | None = None,
) -> Lanes | None:
    """Put lanes between an overview and its time axis; None where nothing is known.

    All together they take `room` points at most, by default a third of the height of the axes,
    if that is enough for one.
    """
    lanes = _list_lanes(ax, known, labels, scored, groups)
    if not lanes:
        return None
    others = sum(lane.values is None for lane in lanes)
    fitting = scored.within(room or ax.bbox.height * 72 / root_figure(ax).dpi / 3, others)
    if fitting is not scored:
        scored, lanes = fitting, _list_lanes(ax, known, labels, fitting, groups)
    return Lanes(ax, known, lanes, scored)


def _list_lanes(
    ax: Axes,
    known: Spectrogram | Patches,
    labels: bool,
    scored: Scored,
    groups: Mapping[str, NDArray[np.int64]],
) -> list[_Lane]:
    figure = ax.get_figure(root=False)
    on_dark, looks = is_dark(figure), ClassLooks.of(known)
    spec = known.spectrogram if isinstance(known, Patches) else known
    lanes = []
    if labels and spec.labels is not None and len(spec.labels):
        index = spec._label_index
        shown = map(looks.number, index.classes)
        styles = [(looks.color(k, on_dark=on_dark), looks.turn(k)) for k in shown]
        times = np.stack([index.rising, index.end[index.by_start]], axis=1)
        place = {style: k for k, style in enumerate(dict.fromkeys(styles))}
        codes = np.array([place[style] for style in styles], np.int64)[index.codes[index.by_start]]
        colors, turns = zip(*place, strict=True)
        lanes.append(_Lane("labels", times=times, codes=codes, colors=colors, turns=turns))
    for order, (name, numbers) in enumerate(groups.items()):
        assert isinstance(known, Patches)
        color, times = group_color(order, on_dark=on_dark), covered(known.framing, numbers)
        codes = np.zeros(len(times), np.int64)
        lanes.append(_Lane(name, color, times=times, codes=codes, colors=(color,)))
    for name, column in zip(scored.names, scored.columns, strict=True):
        assert isinstance(known, Patches)
        assert known.scores is not None
        color = looks.color(looks.number(name), on_dark=on_dark)
        lanes.append(_Lane(name, color, values=known.scores[:, column]))
    return lanes
