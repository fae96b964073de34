"""Where a mosaic is drawn: in a figure of its own, an empty one, or the place of an axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .._util.text import plural
from .._util.warn import warn_user
from ..errors import InvalidTypeError, InvalidValueError
from .figures import has_usual_size, new_figure, wide_size

if TYPE_CHECKING:
    from matplotlib.gridspec import SubplotSpec

__all__ = ["size_of", "take_place", "tell_grown"]

_HEIGHT = 4.8  # inches, of a figure with one row of panels

MOST_GROWN = 2.0  # of the height that a style says: from here on it is told


def size_of(ax: Axes | Figure | SubFigure | None) -> tuple[float, float]:
    """Return the width and height of the place to draw in, in points."""
    if ax is None:
        width, height = wide_size(_HEIGHT)
        return 72 * width, 72 * height
    if not isinstance(ax, (Axes, Figure, SubFigure)):
        raise InvalidTypeError(
            f"ax is of type {type(ax).__name__}. It must be a matplotlib Axes, Figure or "
            "SubFigure, or None for a new figure."
        )
    figure = ax.get_figure(root=True)
    if figure is None:
        raise InvalidValueError("ax has been removed from its figure. Give one that is drawn.")
    return 72 * ax.bbox.width / figure.dpi, 72 * ax.bbox.height / figure.dpi


def tell_grown(n: int, size: tuple[float, float], height: float) -> None:
    """Warn that a new figure is much higher than a style says; lengths are in points."""
    if has_usual_size() or height <= MOST_GROWN * size[1]:
        return
    width, asked = size[0] / 72, size[1] / 72
    warn_user(
        f"plot_mosaic: the figure becomes much higher than its style says, {width:.3g} x "
        f"{height / 72:.1f} in and not {width:.3g} x {asked:.3g} (figure.figsize), to show "
        f"{plural(n, 'patch')}. Choose fewer, make it wider, or draw in a figure of your own, ax=, "
        "which keeps its size."
    )


def take_place(
    ax: Axes | Figure | SubFigure | None, size: tuple[float, float]
) -> tuple[Figure | SubFigure, SubplotSpec]:
    """Return the figure to draw in, and the part of it that the mosaic may take."""
    if ax is not None:
        _check_layout(ax)
    if isinstance(ax, Axes):
        place, figure = ax.get_subplotspec(), ax.get_figure(root=False)
        if place is None:
            raise InvalidValueError(
                "ax has no place in a grid that a mosaic's axes could share. Give an axes made "
                "by subplots or subplot_mosaic, or a figure."
            )
        assert figure is not None
        ax.remove()
    else:
        figure = new_figure((size[0] / 72, size[1] / 72)) if ax is None else ax
        place = figure.add_gridspec(1, 1)[0]
    root = figure.get_figure(root=True)
    if root.get_layout_engine() is None:
        root.set_layout_engine("constrained")
    return figure, place


def _check_layout(ax: Axes | Figure | SubFigure) -> None:
    """Refuse figures whose layout a mosaic's colour bar does not fit into."""
    root = ax.get_figure(root=True)
    assert root is not None
    engine = root.get_layout_engine()
    if engine is None:
        bars = [other for other in root.axes if other.get_label() == "<colorbar>"]
        fits = all(bar.get_subplotspec() is None for bar in bars)
    else:
        fits = isinstance(engine, ConstrainedLayoutEngine)
    if not fits:
        raise InvalidValueError(
            "ax lies in a figure whose layout a mosaic and its colour bar do not fit into. Make "
            'the figure with layout="constrained", as plt.subplots(..., layout="constrained").'
        )
