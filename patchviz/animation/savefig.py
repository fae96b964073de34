"""Let `Figure.savefig` repaint only what moves, while matplotlib's writers call it per frame."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from PIL import Image

from ..plot.blit import Repainter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["repainted"]


@contextlib.contextmanager
def repainted(figure: Figure, moving: Sequence[Artist]) -> Iterator[None]:
    """Make `figure.savefig` cost what moves: writers call it for every frame, unchanged.

    It writes PNG and raw RGBA from a repainted picture, in the colours that its arguments ask
    for. Whatever else it is asked for (vectors, a tight box) is drawn in full, as ever.
    Afterwards the figure is as it was: size, dpi, colours, and which artists are animated.

    Parameters
    ----------
    figure : Figure
    moving : sequence of Artist
        What moves. Changes of others are noticed, and cost a full drawing.
    """
    (width, height), dpi = figure.get_size_inches(), figure.dpi
    # Whatever else is animated (a cursor, another animation) belongs to a saved picture too.
    animated = [
        child
        for parent in (figure, *figure.axes)
        for child in parent.get_children()
        if child.get_animated() and child not in moving
    ]
    frames = _Frames(figure, [*moving, *animated] if animated else moving)
    # As matplotlib does while it saves: nothing starts by being drawn, no window is resized. And
    # pyplot's interactive mode draws nothing either.
    with (
        _attributes(figure.canvas, _is_saving=True, manager=None),
        _attributes(
            figure,
            savefig=frames.savefig,
            set_size_inches=frames.set_size_inches,
            stale_callback=None,
        ),
    ):
        try:
            yield
        finally:
            frames.close()
            figure.dpi = dpi
            figure.set_size_inches(width, height)
            figure.stale = True


class _Frames:
    """What stands in for two methods of a figure while it is saved."""

    def __init__(self, figure: Figure, moving: Sequence[Artist]) -> None:
        self.figure = figure
        self._savefig = figure.savefig
        self._set_size_inches = figure.set_size_inches
        self._repainter = Repainter(figure, moving)
        self._look: tuple[object, ...] | None = None
        self._undo = contextlib.ExitStack()

    def close(self) -> None:
        """Give artists and colours back."""
        self._repainter.close()
        self._undo.close()
        self._look = None

    def set_size_inches(
        self, w: float | tuple[float, float], h: float | None = None, forward: bool = True
    ) -> None:
        """Set the size, unless it is that already: writers ask for it with each frame."""
        size = w if h is None else (w, h)
        if not np.array_equal(size, self.figure.get_size_inches()):
            self._set_size_inches(size, forward=forward)  # type: ignore[arg-type]

    def savefig(
        self,
        fname: Any,
        *,
        format: str | None = None,
        dpi: float | str | None = None,
        facecolor: Any = None,
        edgecolor: Any = None,
        transparent: bool | None = None,
        **others: Any,
    ) -> None:
        """Write the picture as `Figure.savefig` does."""
        kind = format or _ending(fname) or mpl.rcParams["savefig.format"]
        if others or kind.lower() not in ("png", "raw", "rgba"):
            self.close()
            given = {
                "format": format, "dpi": dpi, "facecolor": facecolor, "edgecolor": edgecolor,
                "transparent": transparent,
            }  # fmt: skip
            given = {name: value for name, value in given.items() if value is not None}
            self._savefig(fname, **given, **others)
            return
        picture = self._paint(dpi, facecolor, edgecolor, transparent)
        if kind.lower() == "png":
            shown_dpi = (self.figure.dpi, self.figure.dpi)
            Image.fromarray(picture).save(fname, format="png", dpi=shown_dpi)
        elif hasattr(fname, "write"):
            fname.write(picture.data.cast("B"))
        else:
            Path(fname).write_bytes(picture.data)

    def _paint(
        self, dpi: float | str | None, facecolor: Any, edgecolor: Any, transparent: bool | None
    ) -> NDArray[np.uint8]:
        look = (dpi, str(facecolor), str(edgecolor), transparent)
        if look != self._look:
            self.close()
            self._dress(dpi, facecolor, edgecolor, transparent)
            self._look = look
        canvas = self.figure.canvas
        # "Saving" would draw animated artists with the background; and as nothing is said to be
        # saved, nobody may take the drawing for one on a screen.
        with (
            _attributes(canvas, _is_saving=False),
            canvas.callbacks.blocked(signal="draw_event"),
        ):
            return self._repainter.rgba()

    def _dress(
        self, dpi: float | str | None, facecolor: Any, edgecolor: Any, transparent: bool | None
    ) -> None:
        """Give the figure the dpi and the colours in which it is saved."""
        figure, rc = self.figure, mpl.rcParams
        wanted_dpi = rc["savefig.dpi"] if dpi is None else dpi
        if wanted_dpi != "figure":
            self._undo.callback(setattr, figure, "dpi", figure.dpi)
            figure.dpi = float(wanted_dpi)
        if rc["savefig.transparent"] if transparent is None else transparent:
            facecolor = "none" if facecolor is None else facecolor
            edgecolor = "none" if edgecolor is None else edgecolor
            for part in (*figure.findobj(Axes), *figure.findobj(SubFigure)):
                self._colour(part.patch, "none", "none")  # type: ignore[attr-defined]
        facecolor = rc["savefig.facecolor"] if facecolor is None else facecolor
        edgecolor = rc["savefig.edgecolor"] if edgecolor is None else edgecolor
        self._colour(figure.patch, facecolor, edgecolor)

    def _colour(self, patch: Any, facecolor: Any, edgecolor: Any) -> None:
        for name, colour in (("facecolor", facecolor), ("edgecolor", edgecolor)):
            if not (isinstance(colour, str) and colour == "auto"):
                self._undo.callback(patch.set, **{name: getattr(patch, f"get_{name}")()})
                patch.set(**{name: colour})


def _ending(fname: Any) -> str:
    is_path = isinstance(fname, (str, os.PathLike))
    return Path(fname).suffix[1:] if is_path else ""


@contextlib.contextmanager
def _attributes(owner: Any, **values: Any) -> Iterator[None]:
    """Set attributes of an object for a while."""
    before = {name: vars(owner)[name] for name in values if name in vars(owner)}
    vars(owner).update(values)
    try:
        yield
    finally:
        for name in values:
            if name in before:
                vars(owner)[name] = before[name]
            else:
                del vars(owner)[name]
