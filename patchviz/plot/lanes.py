"""What is known, as lanes under an overview: labels as bars, scores as steps."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform

from .._util.spans import begins_of_runs
from .._util.text import class_name
from ..core.overlaps import heard_of
from ..core.patches import Patches
from ..core.steps import covered, steps
from .brackets import is_dark, root_figure
from .classes import ClassLooks, group_color
from .figures import axes_width
from .frames import dashed, outlines, sides
from .labels import CASING, LINE, LabelBoxes, framing_of
from .wanted import FIRST, GAP, HEIGHT, KEY, KEY_HEIGHT, lane_names, names_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ..core.spectrogram import Spectrogram
    from .wanted import Wanted

__all__ = ["draw_lanes"]

_LINE = np.array([Path.MOVETO, Path.LINETO], Path.code_type)


@dataclasses.dataclass(frozen=True)
class _Lane:
    """A lane: bars, or steps."""

    name: str
    color: str | None = None
    times: NDArray[np.float64] | None = None  # of bars, shape (n, 2), in seconds
    codes: NDArray[np.int64] | None = None  # of their styles
    colors: tuple[str, ...] = ()  # of styles
    turns: tuple[int, ...] = (0,)  # how often each of these colours came before
    key: tuple[str, tuple[float, ...]] | None = None  # colour and dash of the class's boxes


class Lanes(Artist):
    """Lanes between an overview and its time axis, as one artist.

    Attributes
    ----------
    lanes : list
        From the top.
    """

    zorder = 3

    def __init__(
        self,
        ax: Axes,
        patches: Spectrogram | Patches,
        lanes: Sequence[_Lane],
        wanted: Wanted,
        width: float,
    ) -> None:
        super().__init__()
        self.lanes = list(lanes)
        self._patches, self._scored = patches, wanted.scored
        size, self._names = lane_names(wanted.names, width)
        self._font = FontProperties(size=size)
        self._note, self._has_keys = wanted.note, wanted.has_keys
        self.height = wanted.height
        self.set_label("_lanes")
        ax.add_artist(self)
        self.set_clip_on(False)
        _make_room(ax, self.height)

    def boxes(self, pixel: float) -> NDArray[np.float64]:
        """Return where lanes are: left, bottom, right and top in pixels, shape (n, 4)."""
        assert self.axes is not None
        frame = self.axes.bbox
        tops = frame.y0 - pixel * (FIRST + np.arange(len(self.lanes)) * (HEIGHT + GAP))
        sides = np.full((len(tops), 1), frame.x0), np.full((len(tops), 1), frame.x1)
        return np.hstack([sides[0], tops[:, None] - HEIGHT * pixel, sides[1], tops[:, None]])

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return the place of lanes and names."""
        ax: Any = self.axes
        pixel, frame = ax.bbox.width / axes_width(ax), ax.bbox
        size = self._font.get_size_in_points()
        wide = names_width(self._names, size, has_keys=self._has_keys) * pixel
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
        limits = self.axes.get_xlim()
        text = matplotlib.rcParams["text.color"]
        places = self.boxes(pixel)
        if self._scored.columns:
            self._draw_steps(renderer, places[-len(self._scored.columns) :], limits)
        for lane, name, place in zip(self.lanes, self._names, places, strict=True):
            if lane.times is not None:
                self._draw_bars(renderer, lane, place, limits)
            middle = (place[1] + place[3]) / 2
            color = lane.color or text
            right = place[0] - (4 + self._has_keys * (KEY + GAP)) * pixel
            self._write(renderer, name, right, middle, color, "right")
            if lane.key is not None:
                self._draw_key(renderer, place, *lane.key)
        if self._note:
            self._draw_rest(renderer, places[-1], text)
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
        inset = 0.2 * (place[3] - place[1])
        shown = codes[seen]
        top, height = place[3] - inset, place[3] - place[1] - 2 * inset
        if not len(x):
            return
        rank, count = _shares(shown, x)
        most = int(count.max()) + 1
        kind = (shown * most + rank) * most + count
        order = np.lexsort((x[:, 0], kind))
        x = x[order]
        # Kinds are laid end to end, so that one pass joins the bars of all.
        shift = kind[order] * (place[2] - place[0] + 2)
        begins = begins_of_runs(*(x + shift[:, np.newaxis]).T)
        start, end = x[begins, 0], np.maximum.reduceat(x[:, 1], begins)
        code, rank, count = (of_bars[order[begins]] for of_bars in (shown, rank, count))
        edge = top - rank * height / count  # the first is at the top
        boxes = np.stack([start, edge - height / count, end, edge], axis=1)
        lines, bar = _slit(boxes, np.array(lane.turns)[code])
        colors = np.array(lane.colors)[code[bar]]
        for color in dict.fromkeys(colors.tolist()):
            self._fill(renderer, outlines(lines[colors == color]), color)

    def _draw_steps(
        self,
        renderer: Any,
        places: NDArray[np.float64],
        limits: tuple[float, float],
    ) -> None:
        """Draw the scores of all lanes: which patches are where is looked up once."""
        assert isinstance(self._patches, Patches)
        assert self._patches.scores is not None
        scored, scores = self._scored, self._patches.scores
        left, right = places[0, 0::2]
        x = np.linspace(left, right, max(2, round(right - left) + 1))
        edges = np.linspace(min(limits), max(limits), len(x))
        values = [scores[:, column] for column in scored.columns]
        seen = steps(self._patches.framing, values, edges, scored.overlapping)
        if limits[0] > limits[1]:
            seen = seen[:, ::-1]
        at = np.clip((seen - scored.low) / (scored.high - scored.low), 0.0, 1.0)
        tall = places[0, 3] - places[0, 1]
        heights = np.where(np.isnan(at), 0.0, at * tall + 0.75)
        lanes = self.lanes[-len(values) :]
        for lane, place, height in zip(lanes, places, heights, strict=True):
            self._fill(renderer, _stairs(x, height, place, lane.turns[0]), lane.color, 0.35)
        if scored.threshold is None:
            return
        with np.errstate(invalid="ignore"):
            hits = np.where(seen >= scored.threshold, heights, 0.0)
        for lane, place, height in zip(lanes, places, hits, strict=True):
            self._fill(renderer, _stairs(x, height, place, lane.turns[0]), lane.color)
        y = (scored.threshold - scored.low) / (scored.high - scored.low)
        if 0 <= y <= 1:
            self._draw_threshold(renderer, left, right, places[:, 1] + y * tall)

    def _draw_threshold(
        self, renderer: Any, left: float, right: float, y: NDArray[np.float64]
    ) -> None:
        gc, pixel = renderer.new_gc(), renderer.points_to_pixels(1.0)
        gc.set_foreground(to_rgba(matplotlib.rcParams["text.color"], 0.6), isRGBA=True)
        gc.set_linewidth(0.6 * pixel)
        gc.set_dashes(0, [0.8 * pixel, 1.6 * pixel])
        ends = np.stack([np.tile([left, right], len(y)), np.repeat(y, 2)], axis=1)
        lines = Path(ends, np.tile(_LINE, len(y)))
        renderer.draw_path(gc, lines, IdentityTransform())
        gc.restore()

    def _draw_rest(self, renderer: Any, last: NDArray[np.float64], text: str) -> None:
        """Name the boxes that have no name in the picture, and no lane: beside the note."""
        assert self.axes is not None
        boxes = [artist for artist in self.axes.artists if isinstance(artist, LabelBoxes)]
        shown, looks = {lane.name for lane in self.lanes}, ClassLooks.of(self._patches)
        rest = [k for one in boxes for k in one.unnamed if looks.names[k] not in shown]
        pixel = renderer.points_to_pixels(1.0)
        place = last - np.array([0.0, 1.0, 0.0, 1.0]) * (HEIGHT + GAP) * pixel
        middle = (place[1] + place[3]) / 2
        sizes = {
            name: renderer.get_text_width_height_descent(name, self._font, False)[0]
            for name in (self._note, *(class_name(looks.names[k]) for k in rest), "+000")
        }
        room = place[2] - sizes[self._note] - sizes["+000"] - 2 * GAP * pixel
        left = place[0] - 4 * GAP * pixel
        for n, k in enumerate(rest):
            name, beside = class_name(looks.names[k]), left + (KEY + 5 * GAP) * pixel
            if beside + sizes[name] > room:
                more = f"+{len(rest) - n}" if n else f"{len(rest)} without a name"
                self._write(
                    renderer, more, left + (4 - 2 * (n > 0)) * GAP * pixel, middle, text, "left"
                )
                break
            key = place.copy()
            key[0] = beside + 1.5 * pixel
            self._draw_key(renderer, key, looks.color(k), looks.dash(k))
            self._write(renderer, name, beside, middle, text, "left")
            left = beside + sizes[name]

    def _draw_key(
        self, renderer: Any, place: NDArray[np.float64], color: str, dash: tuple[float, ...]
    ) -> None:
        """Draw a small box as those in the picture: a lane beside it may be deeper in colour."""
        pixel = renderer.points_to_pixels(1.0)
        right, line = place[0] - (1.5 + GAP) * pixel, LINE * pixel
        inset = (HEIGHT - KEY_HEIGHT) / 2 * pixel
        ground = np.array([[right - KEY * pixel, place[1] + inset, right, place[3] - inset]])
        self._fill(renderer, outlines(ground), "black", 0.8)
        # In the middle of a rim that is as wide as around boxes.
        bars = sides(ground + CASING / 2 * pixel * np.array([1.0, 1.0, -1.0, -1.0]), line)
        bars = bars.reshape(-1, 4)
        if dash:
            bars = dashed(bars, [line * length for length in dash])
        self._fill(renderer, outlines(bars), color)

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


def _shares(
    codes: NDArray[np.int64], x: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return of bars, shape (n, 2), which of the styles at its place each is, and of how many.

    Bars of several styles at one place share its height, or one would hide the others.
    """
    whole = np.rint(x - x.min()).astype(np.int64)
    _, place = np.unique(whole[:, 0] * (whole.max() + 1) + whole[:, 1], return_inverse=True)
    n_styles = int(codes.max()) + 1
    pairs, pair = np.unique(place * n_styles + codes, return_inverse=True)
    counts = np.bincount(pairs // n_styles)
    ranks = np.arange(len(pairs)) - np.repeat(np.cumsum(counts) - counts, counts)
    return ranks[pair], counts[place]


def _slit(
    boxes: NDArray[np.float64], n: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cut boxes along into ``n + 1`` lines each, as thick as the slits between them.

    Returns the lines, shape (n_lines, 4), and which box each is of.
    """
    box = np.repeat(np.arange(len(boxes)), n + 1)
    place = np.arange(len(box)) - np.repeat(np.cumsum(n + 1) - (n + 1), n + 1)
    lines = boxes[box]
    thick = (lines[:, 3] - lines[:, 1]) / (2 * n[box] + 1)
    lines[:, 1] += 2 * thick * place
    lines[:, 3] = lines[:, 1] + thick
    return lines, box


def _stairs(
    x: NDArray[np.float64], heights: NDArray[np.float64], place: NDArray[np.float64], n_slits: int
) -> Path:
    """Return the area under a step for each span of a lane, as a path; cut along, as bars are."""
    kept = np.r_[True, np.diff(heights) != 0]
    x, heights = np.r_[x[:-1][kept], x[-1]], heights[kept]
    lines, _ = _slit(place[np.newaxis], np.array([n_slits]))
    paths = []
    for low, high in lines[:, 1::2] - place[1]:
        most = high - low if n_slits else np.inf
        above = np.clip(heights - low, 0.0, most)
        corners_x = np.r_[np.repeat(x, 2), x[0]]
        corners_y = place[1] + low + np.r_[0.0, np.repeat(above, 2), 0.0, 0.0]
        paths.append(Path(np.c_[corners_x, corners_y], closed=True))
    return Path.make_compound_path(*paths) if n_slits else paths[0]


def draw_lanes(
    ax: Axes, known: Spectrogram | Patches, wanted: Wanted, width: float | None = None
) -> Lanes | None:
    """Put lanes between an overview and its time axis; None where there are none.

    Their names have a part of the `width` of the picture, by default the present one, in points.
    """
    if not len(wanted):
        return None
    width = axes_width(ax) if width is None else width
    return Lanes(ax, known, _list_lanes(ax, known, wanted), wanted, width)


def _list_lanes(ax: Axes, known: Spectrogram | Patches, wanted: Wanted) -> list[_Lane]:
    figure = ax.get_figure(root=False)
    on_dark, looks = is_dark(figure), ClassLooks.of(known)
    spec = known.spectrogram if isinstance(known, Patches) else known
    lanes = []
    if wanted.labels:
        index = spec._label_index
        shown = map(looks.number, index.classes)
        styles = [(looks.color(k, on_dark=on_dark), looks.turn(k)) for k in shown]
        is_heard = heard_of(index.start, index.end, framing_of(known))
        rows = index.by_start[is_heard[index.by_start]]
        times = np.stack([index.start[rows], index.end[rows]], axis=1)
        place = {style: k for k, style in enumerate(dict.fromkeys(styles))}
        codes = np.array([place[style] for style in styles], np.int64)[index.codes[rows]]
        colors, turns = zip(*place, strict=True)
        lanes.append(_Lane("labels", times=times, codes=codes, colors=colors, turns=turns))
    for order, (name, numbers) in enumerate(wanted.groups.items()):
        assert isinstance(known, Patches)
        color, times = group_color(order, on_dark=on_dark), covered(known.framing, numbers)
        codes = np.zeros(len(times), np.int64)
        lanes.append(_Lane(name, color, times=times, codes=codes, colors=(color,)))
    labelled = spec._label_index.classes if wanted.has_keys else ()
    for name in wanted.scored.names:
        k = looks.number(name)
        key = (looks.color(k), looks.dash(k)) if name in labelled else None
        color = looks.color(k, on_dark=on_dark)
        lanes.append(_Lane(name, color, turns=(looks.turn(k),), key=key))
    return lanes
