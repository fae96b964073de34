"""The extents of patches over a recording: stacked brackets that stay tellable."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
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


_LANE, _NUMBER = 5.0, 6.0  # points: of a bracket, and of the letters of a number above it

_MOST = 60.0  # points, of all of them

_DIGIT = 0.018  # of the recording: more than a digit is wide


class Brackets(NamedTuple):
    """Where brackets stand, stacked where their patches overlap."""

    spans: list[tuple[float, float]]  # in seconds
    lanes: list[int]  # from the lowest, 0
    lane_height: float  # in points
    height: float  # in points, of all of them
    numbers: list[str]  # above them, or none


def brackets(patches: Patches, indices: Sequence[int], *, numbered: bool = False) -> Brackets:
    """Stack the brackets of some patches, less high where they are many.

    They are `numbered` where colours are those of classes, as far as there is room.
    """
    spans = [patches.time(index) for index in indices]
    numbers = [f"{patches.framing.number(index)}" for index in indices] if numbered else []
    least = patches.spectrogram.duration * _DIGIT
    lane_of = lanes([_widened(*both, least) for both in zip_longest(spans, numbers)])
    n_lanes, lane_height = max(lane_of, default=-1) + 1, _LANE + (_NUMBER + 1) * numbered
    if numbered and n_lanes * lane_height > _MOST:
        return brackets(patches, indices)
    lane_height = min(lane_height, _MOST / max(1, n_lanes))
    height = n_lanes * lane_height + 0.5 * min(_LANE, lane_height) if spans else 0.0
    return Brackets(spans, lane_of, lane_height, height, numbers)


def _widened(span: tuple[float, float], number: str | None, digit: float) -> tuple[float, float]:
    """Return what a bracket takes, or its number, which may be wider."""
    more = max(0.0, len(number or "") * digit - (span[1] - span[0])) / 2
    return span[0] - more, span[1] + more


def mark_extents(
    ax: Axes, patches: Patches, indices: Sequence[int], *, numbered: bool = False
) -> float:
    """Draw a bracket above the axes for each patch, stacked where they overlap.

    Each has a colour, or where they are `numbered`, that of text.

    Returns how high the brackets stand above the axes, in points.
    """
    spans, lane_of, lane_height, height, numbers = brackets(patches, indices, numbered=numbered)
    thick = min(_LANE, lane_height)
    # Zoomed in, brackets end with the axes.
    beside = TransformedBbox(Bbox([[-0.005, 1], [1.005, 100]]), ax.transAxes)
    for order, (span, lane) in enumerate(zip(spans, lane_of, strict=True)):
        # Across: seconds. Up: points above the axes, whatever the size of the figure.
        high = lane * lane_height + 0.8 * thick
        lift = ScaledTranslation(0, high / 72, root_figure(ax).dpi_scale_trans)
        place = blended_transform_factory(ax.transData, ax.transAxes) + lift
        color = span_color(order, ax.get_figure(root=False))
        bracket = Line2D(
            span, [1, 1], color=ax.title.get_color() if numbered else color,
            linewidth=max((0.16 if numbers else 0.24) * thick, 0.8), solid_capstyle="butt",
            marker=TICKDOWN,  # type: ignore[arg-type]  # typed as any int
            markersize=0.5 * thick, markeredgewidth=(0.16 if numbers else 0.24) * thick,
            transform=place, label=f"_patch {indices[order]}",
        )  # fmt: skip
        ax.add_artist(bracket)
        bracket.set_clip_box(beside)
        if numbers:
            up = ScaledTranslation(0, 1.5 / 72, root_figure(ax).dpi_scale_trans)
            text = ax.text(
                sum(span) / 2, 1, numbers[order], transform=place + up, ha="center",
                fontsize=_NUMBER, clip_on=True,
            )  # fmt: skip
            # One of the highest stands for all, or where no title is above they would be cut.
            is_highest = lane == max(lane_of) and lane not in lane_of[:order]
            text.set_in_layout(is_highest)
            text.set_clip_box(beside)
    return height


def root_figure(ax: Axes) -> Figure:
    """Return the figure that an axes is in, however deep."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def lanes(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Stack spans: give each, by start, the lowest lane in which it meets no earlier one."""
    ends: list[float] = []
    chosen = [0] * len(spans)
    for k in sorted(range(len(spans)), key=lambda k: spans[k]):
        start, end = spans[k]
        lane = next((k for k, last in enumerate(ends) if last <= start), len(ends))
        ends[lane : lane + 1] = [end]
        chosen[k] = lane
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
