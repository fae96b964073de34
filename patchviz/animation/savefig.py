"""Let `Figure.savefig` repaint only what moves, while others' writers call it per frame."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from PIL import Image

from .painting import Painter, attributes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["repainted"]


@contextlib.contextmanager
def repainted(figure: Figure, painter: Painter) -> Iterator[None]:
    """Make `figure.savefig` cost what moves: writers call it for every frame, unchanged.

    It writes PNG and raw RGBA from a repainted picture, in the colours that its arguments ask
    for. Whatever else it is asked for (vectors, a tight box) is drawn in full, as ever.

    Parameters
    ----------
    figure : Figure
    painter : Painter
        What paints it.
    """
    frames = _Frames(figure, painter)
    with attributes(figure, savefig=frames.savefig, set_size_inches=frames.set_size_inches):
        yield


class _Frames:
    """What stands in for two methods of a figure while it is saved."""

    def __init__(self, figure: Figure, painter: Painter) -> None:
        self.figure = figure
        self._savefig = figure.savefig
        self._set_size_inches = figure.set_size_inches
        self._painter = painter

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
            self._painter.close()
            given = {
                "format": format, "dpi": dpi, "facecolor": facecolor, "edgecolor": edgecolor,
                "transparent": transparent,
            }  # fmt: skip
            given = {name: value for name, value in given.items() if value is not None}
            self._savefig(fname, **given, **others)
            return
        picture = self._painter.rgba(dpi, facecolor, edgecolor, transparent)
        if kind.lower() == "png":
            shown_dpi = (self.figure.dpi, self.figure.dpi)
            Image.fromarray(picture).save(fname, format="png", dpi=shown_dpi)
        elif hasattr(fname, "write"):
            fname.write(picture.data.cast("B"))
        else:
            Path(fname).write_bytes(picture.data)


def _ending(fname: Any) -> str:
    is_path = isinstance(fname, (str, os.PathLike))
    return Path(fname).suffix[1:] if is_path else ""
