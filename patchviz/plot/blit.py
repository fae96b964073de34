"""Draw a figure once, and from then on only what moves in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, finalize

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from .letters import Letters

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["Repainter"]

# Each drawing refines a constrained layout, and moves axes some thousand times less than the one
# before: after a move of this many pixels nobody sees the next. Layouts of other kinds are drawn
# until they settle, or three times.
LAYOUT_TOLERANCE = 0.1


class Repainter:
    """Repaint a figure at the cost of the artists that move in it.

    The rest of the figure is drawn once, and again only after something in it has changed. What
    lies in front of the moving artists (the frame of their axes, lines drawn over a mesh) is
    repainted with them, so that the picture equals a full drawing, pixel by pixel.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    moving : sequence of Artist
        Looked at anew whenever the rest is drawn, so that artists may be added.

    Attributes
    ----------
    n_full_draws : int
        How often the rest had to be drawn.

    Notes
    -----
    While a repainter is at work its artists are ``animated``: an artist that is does not make
    its figure stale, which is how a change of anything else is noticed. :meth:`close` ends that.
    """

    def __init__(self, figure: Figure, moving: Sequence[Artist]) -> None:
        self.figure = figure
        self.n_full_draws = 0
        self._moving = moving
        self._order: list[Artist | _AxisEdge] = []
        self._held: set[Artist] = set()
        self._settled: list[Artist] = []
        self._background: Any = None
        self._painted_on: tuple[object, ...] = ()
        self._renderer: Any = None
        self._letters = Letters()
        # Whoever else draws the figure takes note of its changes, and leaves none to be noticed.
        self._connection = figure.canvas.mpl_connect("draw_event", self.invalidate)
        finalize(self, _release, self._held).atexit = False

    @property
    def is_stale(self) -> bool:
        """Whether something in the figure has changed since the last painting."""
        artists = (*self._settled, *self._moving)
        return self.figure.stale or any(artist.stale for artist in artists)

    def invalidate(self, _event: object = None) -> None:
        """Draw everything anew with the next painting."""
        self._background = None

    def paint(self, renderer: Any) -> None:
        """Bring the picture in an Agg renderer up to date."""
        painted_on = (renderer, renderer.width, renderer.height, renderer.dpi, *self._moving)
        is_changed = (
            self._background is None
            or self.figure.stale
            or painted_on != self._painted_on
            or any(artist.stale for artist in self._settled)
        )
        # Ticks and legends call themselves stale when they are measured or drawn.
        tell, self.figure.stale_callback = self.figure.stale_callback, None
        try:
            with self._letters.written_by(renderer):
                if is_changed:
                    self._draw_background(renderer)
                    self._painted_on = painted_on
                renderer.restore_region(self._background)
                for artist in self._order:
                    artist.draw(renderer)
            # Text without letters stays stale: it says nothing.
            self._settled = [a for a in self._held - set(self._moving) if not a.stale]
            self.figure.stale = False
        finally:
            self.figure.stale_callback = tell

    def rgba(self) -> NDArray[np.uint8]:
        """Return the picture at the figure's present size and dpi.

        Returns
        -------
        ndarray of uint8, shape (height, width, 4)
            A view of the renderer's buffer: the next call overwrites it.
        """
        width, height = (int(size) for size in self.figure.bbox.size)
        made_for = (width, height, self.figure.dpi)
        renderer: Any = self._renderer
        if renderer is None or (renderer.width, renderer.height, renderer.dpi) != made_for:
            self._renderer = renderer = RendererAgg(*made_for)  # type: ignore[no-untyped-call]
        self.paint(renderer)
        return np.asarray(renderer.buffer_rgba())

    def close(self) -> None:
        """Give the artists back to the figure's ordinary drawing, until the next painting."""
        self._hold(set())
        self._order, self._settled = [], []
        self._background = self._renderer = None
        self._painted_on = ()

    def disconnect(self) -> None:
        """Close it for good: it hears of no drawing any more."""
        self.close()
        self.figure.canvas.mpl_disconnect(self._connection)

    def _draw_background(self, renderer: Any) -> None:
        # Only a drawn figure knows what lies in front of what moves; mostly it is what it seems.
        if not self._held:
            self._hold(_seemingly_in_front(self._moving))
        for _ in range(3):
            places = _places(self.figure)
            renderer.clear()
            self.figure.draw(renderer)
            self._order = _in_front(self.figure, self._moving, renderer)
            in_front = {part.axis if isinstance(part, _AxisEdge) else part for part in self._order}
            is_other_order = self._hold(in_front)
            if not is_other_order and np.allclose(
                places, _places(self.figure), 0, LAYOUT_TOLERANCE
            ):
                break
        for artist in self._order:
            if isinstance(artist, _AxisEdge):
                artist.draw_around(renderer)
        self._background = renderer.copy_from_bbox(self.figure.bbox)
        self.n_full_draws += 1

    def _hold(self, artists: set[Artist]) -> bool:
        """Keep these artists, and no others, out of ordinary drawing; return if that is news."""
        if artists == self._held:
            return False
        _hold(artists - self._held)
        _release(self._held - artists)
        self._held.clear()
        self._held |= artists
        return True


# How many repainters hold an artist, and whether it was animated before: several may share one.
_holders: WeakKeyDictionary[Artist, tuple[int, bool]] = WeakKeyDictionary()


def _hold(artists: set[Artist]) -> None:
    for artist in artists:
        count, was_animated = _holders.get(artist, (0, artist.get_animated()))
        _holders[artist] = count + 1, was_animated
        artist.set_animated(True)


def _release(artists: set[Artist]) -> None:
    for artist in artists:
        count, was_animated = _holders.pop(artist)
        if count > 1:
            _holders[artist] = count - 1, was_animated
        else:
            artist.set_animated(was_animated)


def _seemingly_in_front(moving: Sequence[Artist]) -> set[Artist]:
    """Return the moving artists, and what their axes draw after them."""
    found = set(moving)
    for ax in {artist.axes for artist in moving if isinstance(artist.axes, Axes)}:
        order = _drawing_order(ax)
        first = min((k for k, child in enumerate(order) if child in found), default=len(order))
        found |= {child for child in order[first:] if child.get_visible()}
    return found


def _places(figure: Figure) -> NDArray[np.float64]:
    """Return where a layout puts the axes, in pixels."""
    places = np.array([ax.get_position(original=True).extents for ax in figure.axes])
    return np.asarray(places.reshape(-1, 4) * np.tile(figure.bbox.size, 2))


def _in_front(
    container: Figure | SubFigure | Axes,
    moving: Sequence[Artist],
    renderer: Any,
    *,
    is_behind: bool = True,
) -> list[Artist | _AxisEdge]:
    """Return the moving artists of a container and what may cover them, in drawing order.

    `is_behind` says that the container itself covers nothing that moves.
    """
    order: list[Artist | _AxisEdge] = []
    area: list[Bbox] = []
    for child in _drawing_order(container):
        if not child.get_visible() and child not in moving:
            continue
        covers = bool(order) and (isinstance(container, Axes) or _covers(child, area, renderer))
        inside: list[Artist | _AxisEdge] = []
        if isinstance(child, (Axes, SubFigure)):
            inside = _in_front(child, moving, renderer, is_behind=is_behind and not covers)
        if covers and isinstance(child, Axis) and is_behind:
            order.append(_AxisEdge.of(child, order, renderer) or child)
        elif covers or child in moving:
            order.append(child)
        order += inside
        if child in moving or inside:
            area += _extents(child, inside, renderer)
    return order


def _drawing_order(container: Figure | SubFigure | Axes) -> list[Any]:
    """Return what a container draws, as it draws it, but for its patch."""
    if not container.get_visible():
        return []
    left_out: set[Artist] = {container.patch}
    if isinstance(container, Axes):
        if not (container.axison and container.get_frame_on()):
            left_out |= set(container.spines.values())
        if not container.axison:
            left_out |= {container.xaxis, container.yaxis}
    children = [child for child in container.get_children() if child not in left_out]
    return sorted(children, key=lambda child: child.get_zorder())


def _extents(child: Any, inside: Sequence[Artist | _AxisEdge], renderer: Any) -> list[Bbox]:
    """Return the places that something which is repainted takes."""
    if not inside:
        return [child.get_window_extent(renderer)]
    places = [] if isinstance(child, SubFigure) else [child.bbox]
    for artist in inside:
        if isinstance(artist, _AxisEdge):
            places.append(artist.box)
        else:
            places.append(artist.get_window_extent(renderer))
    return [place for place in places if place is not None]


def _covers(artist: Any, area: Sequence[Bbox], renderer: Any) -> bool:
    """Whether an artist that is drawn later may lie over one of some places."""
    box = artist.get_tightbbox(renderer) if isinstance(artist, (Axes, SubFigure)) else None
    box = artist.get_window_extent(renderer) if box is None else box
    is_unknown = not (box.width or box.height)
    return is_unknown or any(box.padded(1).overlaps(place) for place in area)


class _AxisEdge:
    """An axis that lies around its axes, but for the pixels in which its tick marks end.

    Drawing its labels takes longer than all else that is repainted. They are drawn once, and
    only the marks are repainted, in the pixels that the axes share with what moves there.
    """

    def __init__(self, axis: Axis, box: Bbox | None) -> None:
        self.axis = axis
        self.box = box
        self._frame = axis.axes.bbox.frozen()
        # Agg clips at whole pixels, and the last column and row are inside.
        (left, bottom), (right, top) = np.floor(self._frame.get_points() + 0.5)
        self._pixels = Bbox([[left, bottom - 1], [right + 1, top]])
        self._marks: list[Line2D] = []

    @classmethod
    def of(
        cls, axis: Axis, behind: Sequence[Artist | _AxisEdge], renderer: Any
    ) -> _AxisEdge | None:
        """Return an axis that is only an edge, None if it is more than that."""
        ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        ticks = [tick for tick in ticks if tick.get_visible()]
        if any(tick.gridline.get_visible() or tick.get_tickdir() != "out" for tick in ticks):
            return None
        frame, box = axis.axes.bbox, axis.get_tightbbox(renderer)
        if box is not None and box.overlaps(frame.padded(-1)):
            return None
        for artist in behind:
            if isinstance(artist, _AxisEdge) or artist.axes is not axis.axes:
                continue
            clip = artist.get_clip_box()
            if not artist.get_clip_on() or clip is None or not np.allclose(clip, frame):
                return None
        edge = cls(axis, box)
        for lines in ([tick.tick1line for tick in ticks], [tick.tick2line for tick in ticks]):
            edge._add_marks([line for line in lines if line.get_visible()])
        return edge

    def _add_marks(self, lines: Sequence[Line2D]) -> None:
        """Add tick marks as one line for each look that they have."""
        looks: dict[str, list[Line2D]] = {}
        for line in lines:
            look = (line.get_marker(), line.get_markersize(), line.get_markeredgewidth(),
                    line.get_markeredgecolor(), line.get_alpha())  # fmt: skip
            place = line.get_transform().transform(np.asarray(line.get_xydata()))[0]
            if self._pixels.padded(1).contains(*place):
                looks.setdefault(str(look), []).append(line)
        for alike in looks.values():
            marks = Line2D([], [])
            marks.update_from(alike[0])
            marks.set_transform(alike[0].get_transform())
            marks.set_data(*np.concatenate([line.get_xydata() for line in alike]).T)
            marks.set_clip_box(self._frame)
            self._marks.append(marks)

    def draw_around(self, renderer: Any) -> None:
        """Draw the axis, but for the pixels of its axes."""
        pixels = renderer.copy_from_bbox(self._pixels)
        self.axis.draw(renderer)
        renderer.restore_region(pixels)

    def draw(self, renderer: Any) -> None:
        """Draw the tick marks in the pixels of the axes."""
        for marks in self._marks:
            marks.draw(renderer)
