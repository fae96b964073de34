"""Draw a figure once, and from then on only what moves in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["Repainter"]


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

    Notes
    -----
    While a repainter is at work its artists are ``animated``: an artist that is does not make
    its figure stale, which is how a change of anything else is noticed. :meth:`close` ends that.
    """

    def __init__(self, figure: Figure, moving: Sequence[Artist]) -> None:
        self.figure = figure
        self._moving = moving
        self._were_animated: dict[Artist, bool] = {}
        self._order: list[Artist] = []
        self._background: Any = None
        self._painted_on: tuple[object, ...] = ()
        self._renderer: RendererAgg | None = None
        self.n_full_draws = 0

    def invalidate(self) -> None:
        """Draw everything anew with the next painting."""
        self._background = None

    def paint(self, renderer: RendererAgg) -> None:
        """Bring the picture in an Agg renderer up to date."""
        painted_on = (renderer, renderer.width, renderer.height, renderer.dpi, tuple(self._moving))
        if self._background is None or self.figure.stale or painted_on != self._painted_on:
            self._draw_background(renderer)
            self._painted_on = painted_on
        renderer.restore_region(self._background)
        for artist in self._order:
            artist.draw(renderer)

    def rgba(self) -> NDArray[np.uint8]:
        """Return the picture at the figure's present size and dpi.

        Returns
        -------
        ndarray of uint8, shape (height, width, 4)
            A view of the renderer's buffer: the next call overwrites it.
        """
        width, height = (int(size) for size in self.figure.bbox.size)
        renderer = self._renderer
        if renderer is None or (renderer.width, renderer.height, renderer.dpi) != (
            width,
            height,
            self.figure.dpi,
        ):
            self._renderer = renderer = RendererAgg(width, height, self.figure.dpi)
        self.paint(renderer)
        return np.asarray(renderer.buffer_rgba())

    def close(self) -> None:
        """Give the artists back to the figure's ordinary drawing."""
        for artist, was_animated in self._were_animated.items():
            artist.set_animated(was_animated)
        self._were_animated.clear()
        self._order = []
        self._background = self._renderer = None
        self._painted_on = ()

    def _draw_background(self, renderer: RendererAgg) -> None:
        self._animate(self._moving)
        # First without asking what is in front: only a drawn figure knows where things are.
        renderer.clear()
        self.figure.draw(renderer)
        in_front = _in_front_of(self._moving, self.figure, renderer)
        if any(not artist.get_animated() for artist in in_front):
            self._animate(in_front)
            renderer.clear()
            self.figure.draw(renderer)
        self._order = in_front
        self._background = renderer.copy_from_bbox(self.figure.bbox)
        self.n_full_draws += 1

    def _animate(self, artists: Sequence[Artist]) -> None:
        for artist in artists:
            self._were_animated.setdefault(artist, artist.get_animated())
            artist.set_animated(True)


def _in_front_of(
    moving: Sequence[Artist], figure: Figure, renderer: RendererAgg
) -> list[Artist]:
    """Return the moving artists and what overlaps them from in front, in drawing order."""
    hosts = [ax for ax in figure.axes if any(artist.axes is ax for artist in moving)]
    order: list[Artist] = [artist for artist in moving if artist.axes is None]
    for ax in sorted(figure.axes, key=lambda ax: ax.get_zorder()):
        if ax in hosts:
            order += _in_front_within(ax, [artist for artist in moving if artist.axes is ax])
        elif any(host in order or _is_behind(host, ax, figure) for host in hosts):
            order.append(ax)
    covered = [host.bbox.padded(1) for host in hosts]
    for artist in (*figure.texts, *figure.legends, *figure.lines, *figure.patches[1:]):
        box = artist.get_window_extent(renderer)
        if artist not in order and any(box.overlaps(other) for other in covered):
            order.append(artist)
    return order


def _in_front_within(ax: Axes, moving: Sequence[Artist]) -> list[Artist]:
    children = sorted(ax.get_children(), key=lambda artist: artist.get_zorder())
    first = min(children.index(artist) for artist in moving)
    frame = set(ax.spines.values()) if not (ax.axison and ax.get_frame_on()) else set()
    return [
        child
        for child in children[first:]
        if child in moving or not (child is ax.patch or child in frame or _stays_outside(child))
    ]


def _stays_outside(artist: Artist) -> bool:
    """Whether it is an axis whose ticks and labels lie wholly outside its axes."""
    if not isinstance(artist, Axis):
        return False
    ticks = [*artist.get_major_ticks(), *artist.get_minor_ticks()]
    return not any(tick.gridline.get_visible() or tick.get_tickdir() != "out" for tick in ticks)


def _is_behind(host: Axes, ax: Axes, figure: Figure) -> bool:
    """Whether `host` is drawn before `ax` and shares some place with it."""
    rank = {a: (a.get_zorder(), n) for n, a in enumerate(figure.axes)}
    return rank[host] < rank[ax] and host.bbox.overlaps(ax.bbox.padded(-1))
