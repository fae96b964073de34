"""Paint a figure frame by frame: only what moves, in the colours and the dpi of a saved picture."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from ..plot.blit import Repainter

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["Painter", "attributes", "painted"]


@contextlib.contextmanager
def painted(figure: Figure, moving: Sequence[Artist]) -> Iterator[Painter]:
    """Yield what paints a figure; afterwards size, dpi, colours and artists are as they were.

    Parameters
    ----------
    figure : Figure
    moving : sequence of Artist
        What moves. Changes of others are noticed, and cost a full drawing.

    Yields
    ------
    Painter
    """
    (width, height), dpi = figure.get_size_inches(), figure.dpi
    # Whatever else is animated (a cursor, another animation) belongs to a saved picture too.
    animated = [
        child
        for parent in (figure, *figure.axes)
        for child in parent.get_children()
        if child.get_animated() and child not in moving
    ]
    painter = Painter(figure, [*moving, *animated] if animated else moving)
    # As matplotlib does while it saves: what is animated is drawn with the rest, nothing starts by
    # being drawn, no window is resized. And pyplot's interactive mode draws nothing.
    with (
        attributes(figure.canvas, _is_saving=True, manager=None),
        attributes(figure, stale_callback=None),
    ):
        try:
            yield painter
        finally:
            painter.disconnect()
            figure.dpi = dpi
            figure.set_size_inches(width, height)
            figure.stale = True


class Painter:
    """A figure as `Figure.savefig` would draw it, repainted where it moves.

    Parameters
    ----------
    figure : Figure
    moving : sequence of Artist
    """

    def __init__(self, figure: Figure, moving: Sequence[Artist]) -> None:
        self.figure = figure
        self._repainter = Repainter(figure, moving)
        self._appearance: tuple[object, ...] | None = None
        self._undo = contextlib.ExitStack()

    def close(self) -> None:
        """Give artists and colours back."""
        self._repainter.close()
        self._undo.close()
        self._appearance = None

    def disconnect(self) -> None:
        """Close it for good."""
        self.close()
        self._repainter.disconnect()

    def rgba(
        self,
        dpi: float | str | None = None,
        facecolor: Any = None,
        edgecolor: Any = None,
        transparent: bool | None = None,
    ) -> NDArray[np.uint8]:
        """Return the picture.

        Parameters
        ----------
        dpi, facecolor, edgecolor, transparent
            As in `Figure.savefig`.

        Returns
        -------
        ndarray of uint8, shape (height, width, 4)
            A view that the next call overwrites.
        """
        appearance = (dpi, str(facecolor), str(edgecolor), transparent)
        if appearance != self._appearance:
            self.close()
            self._set_appearance(dpi, facecolor, edgecolor, transparent)
            self._appearance = appearance
        canvas = self.figure.canvas
        # "Saving" would draw what moves with the background; and as nothing is said to be saved,
        # nobody may take this for a drawing on a screen.
        with (
            attributes(canvas, _is_saving=False),
            canvas.callbacks.blocked(signal="draw_event"),
        ):
            return self._repainter.rgba()

    def _set_appearance(
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


@contextlib.contextmanager
def attributes(owner: Any, **values: Any) -> Iterator[None]:
    """Set attributes of an object for a while.

    Parameters
    ----------
    owner : object
    **values
    """
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
