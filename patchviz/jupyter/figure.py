"""A figure as a widget: drawn in the kernel, repainted at the cost of what moves in it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import ipywidgets

from .._util.png import encode_png
from ..errors import InvalidValueError
from ..plot.blit import Repainter
from ..plot.figures import forget_figure
from .controls import close_parts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..plot.view import PatchView

__all__ = ["LiveFigure"]


class LiveFigure:
    """The figure of a view, as a widget.

    With ipympl's backend that is the figure's own canvas, else a picture that is sent whenever
    it changes. pyplot forgets the figure, so that no notebook shows it a second time.

    Parameters
    ----------
    view : PatchView

    Attributes
    ----------
    widget : ipywidgets.DOMWidget
        An ``ipywidgets.Image`` or the canvas.
    """

    def __init__(self, view: PatchView) -> None:
        figure = view.ax.get_figure(root=True)
        if figure is None:
            raise InvalidValueError("the view's axes has no figure any more. Make a new PatchView.")
        self._figure: Figure = figure
        self._repainter = Repainter(figure, view.artists)
        # Notebooks run cells in one thread and what widgets say in another. The lock is that which
        # drawing takes: with two of them, who paints and who draws could wait for each other.
        self._lock = getattr(figure, "_render_lock", threading.RLock())
        self._painter: int | None = None
        self._is_requested = False
        forget_figure(figure)
        self._canvas: Any = None
        if isinstance(figure.canvas, ipywidgets.DOMWidget):
            self.widget = self._canvas = figure.canvas
            self._connection = self._canvas.mpl_connect("draw_event", self._after_draw)
        else:
            layout = ipywidgets.Layout(max_width="100%", align_self="flex-start")
            self.widget = ipywidgets.Image(format="png", layout=layout)
            self._callback = figure.stale_callback
            figure.stale_callback = lambda figure, stale: self.request_paint()
        self.paint()

    @property
    def css_width(self) -> str:
        """The width of the figure on a page, where the page is not narrower."""
        return f"{max(self._figure.bbox.width, 400):.0f}px"

    def paint(self) -> None:
        """Bring the widget up to date."""
        with self._lock:
            self._painter = threading.get_ident()
            try:
                if self._canvas is None:
                    self.widget.value = self.png()
                elif not self._canvas.syncing_data_url:  # a page shows it: ipympl fails before
                    self._repainter.paint(self._canvas.get_renderer())
                    # All of it: the page loses a difference that is followed by another at once.
                    self._canvas._force_full = True
                    self._canvas.blit(self._figure.bbox)
            finally:
                self._painter = None

    def request_paint(self) -> None:
        """Have it painted once the code that is running is done, if there is need then."""
        if self._is_requested or self._painter == threading.get_ident():
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # no kernel, and so nobody who looks
        self._is_requested = True
        loop.call_soon(self.refresh)

    def refresh(self) -> None:
        """Paint it if something has changed."""
        self._is_requested = False
        if self._repainter.is_stale and self.widget.comm is not None:
            self.paint()

    def png(self) -> bytes:
        """Return the figure as it is, as a PNG file."""
        with self._lock:
            return encode_png(self._repainter.rgba()[..., :3])

    def close(self) -> None:
        """Give the figure back; the widget is to be closed by whoever shows it."""
        if self._canvas is None:
            self._figure.stale_callback = self._callback
        else:
            self._canvas.mpl_disconnect(self._connection)
            close_parts(self._canvas.toolbar)
            self._canvas.toolbar.close()
        self._repainter.disconnect()
        forget_figure(self._figure)

    def _after_draw(self, event: Any) -> None:
        # Resizing, panning and zooming draw the canvas anew, without what moves.
        if event.canvas is self._canvas and self._painter != threading.get_ident():
            self.paint()
