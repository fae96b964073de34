"""A figure as a widget: drawn in the kernel, repainted at the cost of what moves in it."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np

from .blit import Repainter
from .errors import InvalidValueError
from .figures import forget_figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .view import PatchView

__all__ = ["LiveFigure", "close_widget", "encode_png"]


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
        self._figure = figure
        self._repainter = Repainter(figure, view.artists)
        self._moving = view.artists
        self._drawing = False
        forget_figure(figure)
        self._canvas: Any = None
        if isinstance(figure.canvas, ipywidgets.DOMWidget):
            self.widget = self._canvas = figure.canvas
            self._connection = self._canvas.mpl_connect("draw_event", self._after_draw)
        else:
            layout = ipywidgets.Layout(max_width="100%", align_self="flex-start")
            self.widget = ipywidgets.Image(format="png", layout=layout)
        self.paint()

    @property
    def is_stale(self) -> bool:
        """Whether the figure has changed since it was painted."""
        return self._figure.stale or any(artist.stale for artist in self._moving)

    def paint(self) -> None:
        """Bring the widget up to date."""
        if self._canvas is None:
            self.widget.value = self.png()
            return
        self._drawing = True
        try:
            self._repainter.paint(self._canvas.get_renderer())
        finally:
            self._drawing = False
        self._canvas.blit(self._figure.bbox)

    def png(self) -> bytes:
        """Return the figure as it is, as a PNG file."""
        return encode_png(self._repainter.rgba()[..., :3])

    def close(self) -> None:
        """Give the figure back, and close the widget."""
        if self._canvas is not None:
            self._canvas.mpl_disconnect(self._connection)
        self._repainter.close()
        forget_figure(self._figure)
        close_widget(self.widget)

    def _after_draw(self, event: Any) -> None:
        # Resizing, panning and zooming draw the canvas anew, without what moves.
        if event.canvas is self._canvas and not self._drawing:
            self._repainter.invalidate()
            self.paint()


def close_widget(widget: ipywidgets.Widget) -> None:
    """Close a widget, and the layout and the style that were made for it."""
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if part is not None:
            part.close()
    widget.close()


def encode_png(rgb: NDArray[np.uint8]) -> bytes:
    """Return a picture as a PNG file, quickly.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    """
    height, width = rgb.shape[:2]
    # Unfiltered and lightly compressed: three times as fast as Pillow's best, at the same size,
    # because a mesh repeats its pixels.
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = rgb.reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.data, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
