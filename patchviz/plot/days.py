"""Which row of a timeline is which day; of several sites, a block of rows for each."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num, num2date
from matplotlib.ticker import FixedFormatter, FixedLocator

from .._util.text import one_line, plain, plural
from ..errors import Argument, InvalidValueError
from ..recordings.names import unique_ends
from .figures import axes_width
from .text import points, shortened, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ..recordings.recordings import Recordings
    from .clocks import Clocks

__all__ = ["Days", "Sites"]

DAY = 24 * 60 * 60_000_000  # microseconds

_MOST_ROWS = 4000
_FEW = 8  # days that are all written

# Of the days of a site at most so many are written, each so many days, or months, after another.
_MOST_TICKS = 6
_DAYS = (1, 2, 4, 7, 14)
_SEASON = 92  # days of which nobody needs to be told the year
_MONTHS = (1, 2, 3, 4, 6, 12, 24, 60, 120)

_NAME = 2.0  # of the size of its letters: the height of the row above a block, which names it


@dataclasses.dataclass(frozen=True, eq=False)
class Sites:
    """Sites that have a block of rows each, and which of them each file is of.

    Attributes
    ----------
    names : tuple of str
        In their order; without any, all files are in the same rows.
    of_files : ndarray of int, shape (n_files,)
        Which site each file is of; -1 where that is never asked.
    """

    names: tuple[str, ...]
    of_files: NDArray[np.int64]

    @classmethod
    def of(cls, recordings: Recordings, by: str | None) -> Sites:
        """Return the sites of recordings, by a column of their files, or by their folders.

        They are those of files that have a bar; of others there would be an empty block.
        """
        import pandas as pd

        of_files = np.zeros(len(recordings._table), np.int64)
        if by is None:
            return cls((), of_files)
        are_timed = recordings._table.headers.are_timed
        codes, values = pd.factorize(recordings._places(by)[are_timed])
        texts = [plain(str(value)) for value in values]
        order = sorted(range(len(texts)), key=lambda k: _sorting(values[k]))
        place = np.append(np.argsort(order), -1)
        if by == "folder":
            texts = unique_ends(texts)
        of_files[:] = -1
        of_files[are_timed] = place[codes]
        return cls(tuple(one_line(texts[k]) for k in order), of_files)

    def __len__(self) -> int:
        return max(1, len(self.names))

    def parted(self, files: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Return those of some files that are of each site."""
        order = files[np.argsort(self.of_files[files], kind="stable")]
        return np.split(order, np.searchsorted(self.of_files[order], np.arange(1, len(self))))


def _sorting(value: Any) -> list[tuple[bool, Any]]:
    """Return by what names are sorted: numbers by size, in text too."""
    if isinstance(value, int | float | np.number):
        return [(False, value)]
    parts = re.split(r"([0-9]+)", str(value))
    return [(not k % 2, int(part) if k % 2 else part) for k, part in enumerate(parts)]


@dataclasses.dataclass(frozen=True, eq=False)
class Days:
    """The rows of a timeline: the same days for each site, one block below the other.

    Of a single day each site has a row, and its name stands where days do.

    Attributes
    ----------
    first : int
        The first day, in days since 1970.
    n_days : int
        How many rows a block has, besides the one that names it.
    sites : Sites
    """

    first: int
    n_days: int
    sites: Sites

    @classmethod
    def of(cls, clocks: Clocks) -> Days:
        """Return all days that something was recorded on."""
        first = int(clocks.began[clocks.are_known].min() // DAY)
        days = cls(
            first, int(-(-clocks.ended[clocks.are_known].max() // DAY)) - first, clocks.sites
        )
        if days.n_rows > _MOST_ROWS:
            span = f" span {days.n_days:,} days"
            if days.sites.names:
                span += f" of {plural(len(days.sites), 'site')}"
            raise InvalidValueError(
                Argument("recordings"),
                span,
                allowed=f"of at most {_MOST_ROWS:,} days{' in all' if days.sites.names else ''}",
                remedy="Choose some: recordings[numbers]. A wrong clock looks like this, too.",
            )
        return days

    @property
    def has_names(self) -> bool:
        """Whether a row above each block names its site."""
        return bool(self.sites.names) and self.n_days > 1

    @property
    def per_block(self) -> int:
        """Rows from one site's first to the next one's."""
        return self.n_days + self.has_names

    @property
    def n_rows(self) -> int:
        """All rows."""
        return len(self.sites) * self.per_block

    def stacked(self, clocks: Clocks) -> Clocks:
        """Return the clocks as if each site's days came after those of the one above it.

        The first row is the day 0.
        """
        block = self.sites.of_files * self.per_block + self.has_names
        later = (block - self.first) * DAY
        return dataclasses.replace(clocks, began=clocks.began + later, ended=clocks.ended + later)

    def edges(self, ax: Axes) -> NDArray[np.float64]:
        """Return where rows begin and end on an axes: of one block, as matplotlib counts days."""
        if not self.sites.names:
            first = date2num(np.datetime64(self.first, "D"))  # type: ignore[no-untyped-call]
            return np.asarray(first - 0.5 + np.arange(self.n_days + 1))
        if not self.has_names:
            return np.arange(self.n_rows + 1.0)
        figure = ax.get_figure(root=True)
        assert figure is not None
        share = _NAME * points("small") * figure.dpi / 72 / ax.bbox.height  # of the axes' height
        share = min(share, 0.5 / len(self.sites))
        heights = np.ones((len(self.sites), self.per_block))
        heights[:, 0] = share * self.n_days / (1 / len(self.sites) - share)
        return np.concatenate([[0.0], np.cumsum(heights)])

    def label(self, ax: Axes, edges: NDArray[np.float64]) -> None:
        """Put the days along the vertical axis of an axes, and the sites above their blocks."""
        ax.set_ylim(edges[-1], edges[0])  # the first day is above
        first = date2num(np.datetime64(self.first, "D"))  # type: ignore[no-untyped-call]
        days = first + np.arange(self.n_days)
        if not self.sites.names:
            _label_days(ax, days)
            return
        if not self.has_names:
            self._label_sites(ax, edges)
            return
        low = np.arange(self.n_rows).reshape(len(self.sites), -1)[:, 1:]
        ticks, texts = _ticks(days, self._room(ax))
        middles = (edges[low] + edges[low + 1]) / 2
        ax.yaxis.set_major_locator(FixedLocator(middles[:, ticks].ravel().tolist()))
        ax.yaxis.set_major_formatter(FixedFormatter(texts * len(self.sites)))
        self._name_sites(ax, edges, low[:, 0])

    def _label_sites(self, ax: Axes, edges: NDArray[np.float64]) -> None:
        """Name the rows of a single day, in the size that they have room for, below lines."""
        figure = ax.get_figure(root=True)
        assert figure is not None
        row = ax.bbox.height * 72 / figure.dpi / self.n_rows
        size = min(points(matplotlib.rcParams["ytick.labelsize"]), max(3.0, 0.8 * row))
        names = [shortened(name, axes_width(ax) / 4, size) for name in self.sites.names]
        looks: dict[str, Any] = {"parse_math": False, "usetex": False, "fontsize": size}
        ax.set_yticks((edges[:-1] + edges[1:]) / 2, names, **looks)
        ax.tick_params(axis="y", length=0)
        for top in edges[1:-1]:
            ax.axhline(top, color=ax.spines["left"].get_edgecolor(), linewidth=0.5)

    def _name_sites(self, ax: Axes, edges: NDArray[np.float64], firsts: NDArray[np.int64]) -> None:
        """Write the name of each site above the first of its days, below a line."""
        size = points("small")
        look: dict[str, Any] = {"color": ax.spines["left"].get_edgecolor(), "linewidth": 0.5}
        for name, top, bottom in zip(
            self.sites.names, edges[firsts - 1], edges[firsts], strict=True
        ):
            if top > edges[0]:
                ax.axhline(top, **look)
            text = ax.annotate(
                "", (0, bottom), (0.5 * size, 0.4 * size), xycoords=("axes fraction", "data"),
                textcoords="offset points", fontsize=size, annotation_clip=True,
            )  # fmt: skip
            write(text, shortened(name, 0.9 * axes_width(ax), size), literal=True)

    def _room(self, ax: Axes) -> int:
        """Return how many days of a block can be written, one below the other, below its name.

        One is beside the name where there is room for no more.
        """
        figure = ax.get_figure(root=True)
        assert figure is not None
        height = ax.bbox.height * 72 / figure.dpi / len(self.sites)
        size = points(matplotlib.rcParams["ytick.labelsize"])
        below = int((height - _NAME * points("small")) / (1.5 * size))
        return max(below, int(height >= 1.3 * size))


def _label_days(ax: Axes, days: NDArray[np.float64]) -> None:
    if len(days) <= _FEW:
        ax.yaxis.set_major_locator(FixedLocator([*days]))
        ax.yaxis.set_major_formatter(FixedFormatter(_days_written(days, "%Y-%m-%d")))
        return
    locator = AutoDateLocator(minticks=4, maxticks=10)  # type: ignore[no-untyped-call]
    formats = ["%Y", "%b %Y", "%d %b", "%d %b", "%d %b", "%d %b"]
    ax.yaxis.set_major_locator(locator)
    ax.yaxis.set_major_formatter(
        ConciseDateFormatter(  # type: ignore[no-untyped-call]
            locator, formats=formats, zero_formats=formats, show_offset=False
        )
    )


def _ticks(days: NDArray[np.float64], most: int) -> tuple[list[int], list[str]]:
    """Return which of the days of each block are written, at most so many, and how.

    A locator of matplotlib's has a least number of ticks, for which there may be no room.
    """
    if len(days) <= min(most, _FEW):
        return [*range(len(days))], _days_written(days, "%Y-%m-%d")
    dates = num2date(days)  # type: ignore[no-untyped-call]
    of_month = np.array([date.day - 1 for date in dates])
    month = np.array([12 * date.year + date.month - 1 for date in dates])
    for step in _DAYS:  # from the first of each month on, and none right before the next one
        found = np.flatnonzero((of_month % step == 0) & (of_month + step <= 31))
        if 0 < len(found) <= min(most, _MOST_TICKS):
            return found.tolist(), _days_written(days[found], "%d %b")
    for step in _MONTHS:
        found = np.flatnonzero((of_month == 0) & (month % step == 0))
        if 0 < len(found) <= min(most, _MOST_TICKS):
            form = "%d %b" if len(days) <= _SEASON else "%b %Y" if step < 12 else "%Y"
            return found.tolist(), _days_written(days[found], form)
    return [*range(min(most, 1))], _days_written(days[: min(most, 1)], "%d %b")


def _days_written(days: NDArray[np.float64], form: str) -> list[str]:
    return [f"{day:{form}}" for day in num2date(days)]  # type: ignore[no-untyped-call]
