"""Patches that move in a window: which one is due, by the clock, and repainting it alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.animation import FuncAnimation

from .._util.made import remember
from .._util.validation import check_bool, check_number
from ..errors import InvalidTypeError, InvalidValueError
from ..plot.blit import Repainter
from ..plot.view import PatchView

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

__all__ = ["MovingPatches"]


class MovingPatches(FuncAnimation):
    """What of a `PatchAnimation` moves: its view, by the clock.

    Parameters
    ----------
    view : PatchView
    speed : float, default: 1.0
    repeat : bool, default: True
    """

    def __init__(self, view: PatchView, *, speed: float = 1.0, repeat: bool = True) -> None:
        if not isinstance(view, PatchView):
            raise InvalidTypeError(
                f"view is of type {type(view).__name__}. It must be a PatchView; "
                "patchviz.animate takes patches as well."
            )
        self.view = view
        speed = check_number("speed", speed, above=0, most=1e6)
        repeat = check_bool("repeat", repeat)
        self.interval = 1000.0 * view.patches.framing.shown_duration / speed
        figure = view.ax.get_figure(root=True)
        if figure is None:
            raise InvalidValueError("the view's axes has no figure any more. Make a new PatchView.")
        self._repainter = Repainter(figure, view.artists)
        self._anchor = time.perf_counter(), view.index  # this patch was due at that time
        super().__init__(
            figure,
            self._move,
            frames=len(view.patches),
            interval=self.interval,
            blit=True,
            repeat=repeat,
            cache_frame_data=False,
        )
        remember(self)

    def _move(self, index: int) -> Sequence[Artist]:
        self.view.index = index
        return self.view.artists

    # -- which frame is due ----------------------------------------------------------------

    # matplotlib's stubs take the frames for artists; they are what `_move` is given.

    def new_frame_seq(self) -> Iterator[int]:  # type: ignore[override]
        """Yield the patches that are due, by the clock, from the one that is shown.

        Whoever moves the view meanwhile moves the animation with it.

        Yields
        ------
        int
            Position of a patch.
        """
        last = len(self.view.patches) - 1
        index = self.view.index if self.view.index < last else 0
        self._anchor = time.perf_counter(), index
        yield index
        while index < last:
            now = time.perf_counter()
            if self.view.index != index:
                self._anchor = now, self.view.index
            since, start = self._anchor
            index = min(start + int((now - since) * 1000 / self.interval), last)
            yield index

    def new_saved_frame_seq(self) -> Iterator[int]:  # type: ignore[override]
        """Yield every patch once, from the first to the last.

        Yields
        ------
        int
            Position of a patch.
        """
        yield from range(len(self.view.patches))

    def pause(self) -> None:
        """Stop at the patch that is shown."""
        if self.event_source is not None:  # None after its window was closed
            self.event_source.stop()  # type: ignore[no-untyped-call]
        self._repainter.close()  # so that whoever draws the figure meanwhile draws all of it

    def resume(self) -> None:
        """Go on from the patch that is shown."""
        self._anchor = time.perf_counter(), self.view.index
        if self.event_source is not None:
            self.event_source.start()  # type: ignore[no-untyped-call]

    @property
    def _root(self) -> Figure:
        figure: Figure = getattr(self, "_fig")  # noqa: B009  # matplotlib declares no type for it
        return figure

    # -- drawing in a window ---------------------------------------------------------------
    # matplotlib's own blitting knows one axes and nothing around it; a title lies outside.

    def _draw_frame(self, framedata: int) -> None:
        # As FuncAnimation does, which would also mark the artists animated, and not undo it.
        self._drawn_artists = self._move(framedata)

    def _blit_clear(self, artists: Sequence[Artist]) -> None:
        pass  # painting restores the background by itself

    def _blit_draw(self, artists: Sequence[Artist]) -> None:
        figure = self._repainter.figure
        canvas: Any = figure.canvas  # any that can blit
        self._repainter.paint(canvas.get_renderer())
        canvas.blit(figure.bbox)
