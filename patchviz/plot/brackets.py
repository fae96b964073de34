"""The extents of patches over a recording: stacked brackets that stay tellable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN
from matplotlib.transforms import (
    Bbox,
    ScaledTranslation,
    TransformedBbox,
    blended_transform_factory,
)

from ..core.patches import Patches

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

__all__ = ["brackets", "is_dark", "lanes", "mark_extents", "root_figure", "span_color"]

# Okabe and Ito's hues for colour-blind readers, deep enough to be read as text on white
# (contrast 4.8 and more), and light enough to be read on black.
ON_LIGHT = ("#0072b2", "#c04a00", "#007a5a", "#b0508a", "#4d4d4d")

ON_DARK = ("#56b4e9", "#e87722", "#1fae85", "#e59ac9", "#f0e442")


class Brackets(NamedTuple):
    """Where brackets stand, stacked where their patches overlap."""

    spans: list[tuple[float, float]]  # in seconds
    lanes: list[int]  # from the lowest, 0
    lane_height: float  # in points
    height: float  # in points, of all of them


def brackets(patches: Patches, indices: Sequence[int]) -> Brackets:
    """Stack the brackets of some patches, less high where they are many."""
    spans = [patches.time(index) for index in indices]
    lane_of = lanes(spans)
    n_lanes = max(lane_of, default=-1) + 1
    lane_height = min(5.0, 60.0 / max(1, n_lanes))
    return Brackets(spans, lane_of, lane_height, (n_lanes + 0.5) * lane_height if spans else 0.0)


def mark_extents(ax: Axes, patches: Patches, indices: Sequence[int]) -> float:
    """Draw a bracket above the axes for each patch, stacked where they overlap.

    Returns how high the brackets stand above the axes, in points.
    """
    spans, lane_of, lane_height, height = brackets(patches, indices)
    # Zoomed in, brackets end with the axes.
    beside = TransformedBbox(Bbox([[-0.005, 1], [1.005, 100]]), ax.transAxes)
    for order, (span, lane) in enumerate(zip(spans, lane_of, strict=True)):
        # Across: seconds. Up: points above the axes, whatever the size of the figure.
        lift = ScaledTranslation(
            0, (lane + 0.8) * lane_height / 72, root_figure(ax).dpi_scale_trans
        )
        bracket = Line2D(
            span, [1, 1], color=span_color(order, ax.get_figure(root=False)),
            linewidth=max(0.24 * lane_height, 0.8), solid_capstyle="butt",
            marker=TICKDOWN,  # type: ignore[arg-type]  # typed as any int
            markersize=0.5 * lane_height, markeredgewidth=0.24 * lane_height,
            transform=blended_transform_factory(ax.transData, ax.transAxes) + lift,
            label=f"_patch {indices[order]}",
        )  # fmt: skip
        ax.add_artist(bracket)
        bracket.set_clip_box(beside)
    return height


def root_figure(ax: Axes) -> Figure:
    """Return the figure that an axes is in, however deep."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def lanes(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Stack spans: give each the lowest lane in which it meets no earlier one."""
    ends: list[float] = []
    chosen = []
    for start, end in spans:
        lane = next((k for k, last in enumerate(ends) if last <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = end
        chosen.append(lane)
    return chosen


def span_color(order: int, figure: Figure | SubFigure | None) -> str:
    """Return the colour of the bracket, and of the title, of the patch drawn in this order."""
    colors = ON_DARK if is_dark(figure) else ON_LIGHT
    return colors[order % len(colors)]


def is_dark(figure: Figure | SubFigure | None) -> bool:
    """Whether a figure's ground is dark, so that text on it must be light."""
    while figure is not None:
        red, green, blue, alpha = to_rgba(figure.get_facecolor())
        if alpha > 0.5:
            return bool(0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18)
        parent = figure.get_figure(root=False)
        figure = None if parent is figure else parent
    return False  # nothing is known of the page: most are white
