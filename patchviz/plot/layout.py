"""How the panels of a mosaic are arranged. All lengths are in points."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import matplotlib

from ..errors import Argument, InvalidValueError, Text
from .apart import FileNames, words
from .axis import FrequencyAxis
from .brackets import brackets
from .text import points, text_width
from .times import TimeAxis

if TYPE_CHECKING:
    from ..core.patches import Patches
    from .color import ColorScale

__all__ = ["BAR_THICKNESS", "GAP", "NARROW", "Layout", "Margins", "choose_layout"]

BAR_THICKNESS = 8.0

GAP = 7.0  # between neighbours

NARROW = 4.5 * 72  # a journal's column: the colour bar goes below the panels

GOOD_HEIGHT = 0.6 * 72  # of an overview at least, in a figure that may grow

PANEL_HEIGHT = 1.2 * 72  # of a panel, likewise

READABLE = 0.3 * 72  # of a picture beside which there is anything else

LEAST = 0.12 * 72  # of a picture in any figure

BEST_SHAPE = 1.5  # width of a panel / its height


@dataclasses.dataclass(frozen=True)
class Margins:
    """What lies around the pictures of a mosaic.

    Attributes
    ----------
    sides : float
        Left and right of all of them: frequencies, and the colour bar where it stands.
    between : float
        Two panels in a row.
    top : float
        Above the overview: its brackets and title.
    below : float
        Each axes: its times.
    bottom : float
        Below the last row: the label of its times, and the colour bar where it lies.
    label : float
        The label of the times, which panels above a gap have too.
    lanes : float
        Between the overview and its times.
    known : float
        The line above each panel that says what is known of it.
    rows : float
        Of `sides`, the frequencies.
    has_overview : bool
        Whether there is an overview.
    caption : float
        How wide panels side by side must be for what is known of them.
    """

    sides: float
    between: float
    top: float
    below: float
    bottom: float
    label: float = 0.0
    lanes: float = 0.0
    known: float = 0.0
    rows: float = 0.0
    has_overview: bool = True
    caption: float = 0.0

    @classmethod
    def of(
        cls,
        patches: Patches,
        indices: Sequence[int],
        scale: ColorScale,
        width: float,
        axis: FrequencyAxis | None = None,
    ) -> Margins:
        """Measure them for some patches in a figure of this width."""
        rc, small, spec = matplotlib.rcParams, points("small"), patches.spectrogram
        ticks = rc["xtick.major.size"] + rc["xtick.major.pad"]
        label = rc["axes.labelpad"] + 1.1 * small
        axis = axis or FrequencyAxis.of(spec)
        frequencies = [text for _, text in axis.ticks(8)]
        channels = [f"{text} " for _, text in axis.channel_names()]
        times = TimeAxis.of(spec).times
        lines = 2 if times.dated else 1  # of times, and of dates where these change
        below, bottom = ticks + 1.2 * lines * small - 0.2 * small, label
        rows = label + text_width(frequencies, small) + ticks
        rows += text_width(channels, small) if channels else 0.0
        sides = rows + 2 * GAP + 0.02 * width
        if width < NARROW:
            bottom += GAP + BAR_THICKNESS + ticks + small + label
        else:
            levels = [f"{value:.4g}" for value in (scale.vmin, scale.vmax)]
            sides += GAP + BAR_THICKNESS + ticks + text_width(levels, small) + label
        return cls(
            sides=sides,
            between=GAP + small,  # times lie within their panels
            top=rc["axes.titlepad"]
            + points(rc["axes.titlesize"])
            + brackets(patches, indices).height,
            below=below,
            bottom=bottom,
            label=label,
            rows=rows,
        )

    @classmethod
    def widest(cls, each: Sequence[Margins]) -> Margins:
        """Return what all of several need, such as those of the recordings of one figure."""
        lengths = zip(*map(dataclasses.astuple, each), strict=True)
        return cls(*map(max, lengths))


@dataclasses.dataclass(frozen=True)
class Layout:
    """A grid of panels under an overview.

    Attributes
    ----------
    n_rows, n_columns : int
    title_size : float
        Font size of the panels' titles.
    one_line : bool
        Whether these titles fit into one line.
    names : list of list of str
        What files are called above their panels, in lines; empty of one recording.
    height : float
        Of the whole figure.
    overview_height, panel_height, panel_width : float
    cost : float
        How far it is from what one would like.
    """

    n_rows: int
    n_columns: int
    title_size: float
    one_line: bool
    names: list[list[str]]
    height: float
    overview_height: float
    panel_height: float
    panel_width: float
    cost: float

    @property
    def can_be_read(self) -> bool:
        """Whether all pictures are high enough to see something in them."""
        return self.panel_height >= READABLE and not 0 < self.overview_height < READABLE


def choose_layout(
    titles: Sequence[str],
    margins: Margins,
    width: float,
    height: float,
    *,
    may_grow: bool,
    files: FileNames | None = None,
) -> Layout:
    """Choose the grid whose panels have the best shape, among those whose titles fit.

    Where there are `files`, each panel names one of them above its title.

    Raises
    ------
    InvalidValueError
        If the panels fit in no grid, and the figure may not grow.
    """
    fitting = []
    for measured in (_Titles.of(titles, files, "small"), _Titles.of(titles, files, "x-small")):
        for n_columns in range(1, len(titles) + 1):
            room = (width - margins.sides - margins.between * (n_columns - 1)) / n_columns
            least = max(measured.two_lines, margins.caption) if n_columns > 1 else LEAST
            if room < least:
                continue
            layout = _arrange(measured, n_columns, margins, width, height, may_grow=may_grow)
            if layout.panel_height >= LEAST and (
                layout.overview_height >= LEAST or not margins.has_overview
            ):
                fitting.append(layout)
    if fitting:
        return min(fitting, key=lambda layout: (not layout.can_be_read, layout.cost))
    if may_grow or width < margins.sides + LEAST:
        least = (margins.sides + 72) / 72
        remedy: Text = f"A mosaic needs a width of at least {least:.1f} in."
    else:
        grown = choose_layout(titles, margins, width, height, may_grow=True, files=files)
        high = f"Make it {grown.height / 72:.1f} in high, or choose a smaller "
        remedy = (high, Argument("n"), ".")
    raise InvalidValueError(
        Argument("n", len(titles), "patches"),
        f" do not fit into {width / 72:.1f} x {height / 72:.1f} in",
        remedy=remedy,
    )


class _Titles(NamedTuple):
    """How much room the titles of the panels take in a font size."""

    n: int
    size: float
    one_line: float
    two_lines: float
    files: FileNames | None

    @classmethod
    def of(cls, titles: Sequence[str], files: FileNames | None, size: str) -> _Titles:
        lines = [line for title in titles for line in title.split(" · ")]
        one_line, two_lines = text_width(titles, size), text_width(lines, size)
        return cls(len(titles), points(size), one_line, two_lines, files)

    def names(self, width: float) -> list[list[str]]:
        """Return what files are called in so much room, in lines."""

        def in_lines(form: str) -> list[str]:
            return words(form, lambda line: text_width(line, self.size) <= width)

        def fits(form: str, n_lines: int) -> bool:
            return len(in_lines(form)) <= n_lines

        return [] if self.files is None else [*map(in_lines, self.files.fitting(fits))]


def _arrange(
    titles: _Titles,
    n_columns: int,
    margins: Margins,
    width: float,
    height: float,
    *,
    may_grow: bool,
) -> Layout:
    """Return the grid of so many columns."""
    n_rows = math.ceil(titles.n / n_columns)
    panel_width = (width - margins.sides - margins.between * (n_columns - 1)) / n_columns
    one_line = panel_width >= titles.one_line

    names = titles.names(panel_width)
    n_lines = (1 if one_line else 2) + max(map(len, names), default=0)
    title = matplotlib.rcParams["axes.titlepad"] + 1.2 * titles.size * n_lines
    title += margins.known
    row = title + margins.below + GAP
    not_pictures = n_rows * row + margins.bottom + 0.02 * height
    if margins.has_overview:
        not_pictures += margins.top + margins.lanes + margins.below + GAP
    if n_rows > 1 and titles.n < n_rows * n_columns:
        not_pictures += margins.label
    pictures = height - not_pictures
    # A third of the pictures, if that is neither too little to see nor a panel of its own.
    least, most = GOOD_HEIGHT if may_grow else 0.0, max(1.5 * 72, width / 5)
    most *= margins.has_overview
    if may_grow:
        panels = n_rows * PANEL_HEIGHT
        pictures = max(pictures, panels + min(panels / 2, most))
    overview_height = min(max(pictures / 3, least), most)
    panel_height = (pictures - overview_height) / n_rows

    shape = max(panel_width, 1.0) / max(panel_height, 1.0)
    growth = max(0.0, (pictures + not_pictures) / height - 1)
    n_empty = n_rows * n_columns - titles.n
    cost = (
        abs(math.log2(shape / BEST_SHAPE))
        + 2.5 * n_empty / titles.n
        + (1.0 if n_empty >= n_rows * n_columns / 4 else 0.0)  # a hole
        + 0.5 * growth
        + (0.0 if one_line else 0.2)
        + (0.0 if titles.size == points("small") else 0.15)
    )
    return Layout(
        n_rows, n_columns, titles.size, one_line, names, max(height, pictures + not_pictures),
        overview_height, panel_height, panel_width, cost,
    )  # fmt: skip
