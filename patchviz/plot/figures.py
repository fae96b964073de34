"""The one place that knows pyplot: figures for people who gave no axes."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Literal

import matplotlib
from matplotlib.transforms import Bbox

from ..errors import InvalidTypeError, InvalidValueError
from .text import fitting_label, points, size_for, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure

    from .color import ColorScale

__all__ = [
    "add_colorbar",
    "axes_or_new",
    "axes_width",
    "drawn_beside",
    "forget_figure",
    "forget_if_inline",
    "new_figure",
    "settle",
    "wide_size",
]

# What a label may do without: "Spectral density, " of "Spectral density, mean of 64 frames (dB)".
_FIRST = re.compile(r"^[^(]*, ")

_WIDE = (10.0, 3.6)  # inches: a recording is longer than its spectrum is high


def new_figure(figsize: tuple[float, float] | None = None) -> Figure:
    """Return a new pyplot figure, which inline Jupyter and Sphinx-Gallery show by themselves."""
    import matplotlib.pyplot as plt

    return plt.figure(figsize=figsize, layout="constrained")


def wide_size(height: float = _WIDE[1]) -> tuple[float, float]:
    """Return the size of a new figure for a recording, in inches, unless a style says one."""
    width, usual = matplotlib.rcParams["figure.figsize"]
    return (_WIDE[0], height) if has_usual_size() else (width, usual)


def has_usual_size() -> bool:
    """Whether no style says how large figures are."""
    usual = matplotlib.rcParamsDefault["figure.figsize"]
    return [*matplotlib.rcParams["figure.figsize"]] == [*usual]


def axes_or_new(ax: Axes | None, size: tuple[float, float] | None = None) -> Axes:
    """Return `ax`, or if it is None the axes of a new figure of a size in inches."""
    from matplotlib.axes import Axes

    if ax is None:
        return new_figure(size).add_subplot()
    if not isinstance(ax, Axes):
        raise InvalidTypeError(
            f"ax is of type {type(ax).__name__}. "
            "It must be a matplotlib Axes, or None for a new one."
        )
    if ax.name in ("polar", "3d"):
        raise InvalidValueError(
            f"ax is a {ax.name} axes, which cannot show a spectrogram. Give one with straight "
            "axes, as plt.subplots() makes."
        )
    return ax


def axes_width(ax: Axes) -> float:
    """Return the present width of an axes, in points."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return float(ax.bbox.width * 72 / figure.dpi)


def settle(ax: Axes) -> None:
    """Move an axes to where the layout of its figure, which it has for itself, puts it.

    A layout takes as long as a drawing: in a figure of many axes it waits for that.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def drawn_beside(ax: Axes, name: Literal["x", "y"]) -> list[Axes]:
    """Return the other axes that share an axis and show something: their limits are kept."""
    shared = ax.get_shared_x_axes() if name == "x" else ax.get_shared_y_axes()
    return [other for other in shared.get_siblings(ax) if other is not ax and other.has_data()]


def forget_if_inline(figure: Figure) -> None:
    """Forget a figure that Jupyter's inline backend would show by itself at the end of the cell."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is not None and plt.get_backend().lower().endswith("inline"):
        forget_figure(figure)


def forget_figure(figure: Figure) -> None:
    """Take a figure off pyplot's list: it lives on, and nobody shows it by themselves."""
    from matplotlib._pylab_helpers import Gcf

    for number, manager in list(Gcf.figs.items()):
        if manager.canvas.figure is figure:
            del Gcf.figs[number]


def add_colorbar(
    mappable: ScalarMappable,
    axes: Axes | list[Axes],
    scale: ColorScale,
    *,
    location: Literal["right", "bottom"] = "right",
    length: float | None = None,
    thickness: float | None = None,
    pad: float = 0.02,
    size: str | None = None,
) -> Colorbar:
    """Put the colour bar of a scale beside one axes, or beside several that share it.

    It is `length` points long, by default as long as the axes are high, and `thickness` points
    thick, by default a twentieth of that or of their width; `pad` (a fraction of the axes' size)
    away. Its label has the font size `size`, by default that of all axes, or less where it would
    not fit; where letters would be tiny, of how many frames it is and the unit, or the unit alone.
    """
    neighbours = axes if isinstance(axes, list) else [axes]
    figure = neighbours[0].get_figure(root=False)
    assert figure is not None
    around = Bbox.union([ax.bbox for ax in neighbours])
    if length is None:
        length = around.height * 72 / figure.dpi
    if thickness is None:  # beside a narrow picture a bar has room for no more, and is as long
        thickness = min(length, around.width * 72 / figure.dpi) / 20
    bar = figure.colorbar(
        mappable,
        ax=axes,
        location=location,
        pad=pad,
        aspect=length / thickness,
    )
    usual = matplotlib.rcParams["axes.labelsize"] if size is None else size
    room = length if location == "bottom" else 1.1 * length  # there is none beside its ends
    label = scale.label
    fits = size_for(label, room, usual)
    if label.endswith(")") and fits < points("x-small"):
        label = _FIRST.sub("", label)
        label = label[:1].upper() + label[1:]
        fits = size_for(label, room, usual)
    if label.endswith(")") and fits < points("x-small"):
        fits = points(usual)  # of its unit alone
    label = fitting_label(label, room, fits)
    bar.set_label(label, fontsize=fits)
    write((bar.ax.xaxis if location == "bottom" else bar.ax.yaxis).label, label)
    bar.outline.set_visible(False)
    return bar
