"""A split of many recordings: a row for each, in the colours of the groups that see it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap, Normalize, to_rgb
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from .._util.text import one_line, plural
from ..errors import Argument, InvalidValueError
from ..recordings.stretches import Stretches, met, seen_by
from .apart import FileNames, words
from .brackets import is_dark, root_figure
from .cells import painted
from .classes import GROUPS_ON_LIGHT, ON_DARK, ON_LIGHT, group_color
from .color import ColorScale
from .figures import axes_or_new, axes_width, wide_size
from .mesh import draw_mesh
from .overview import set_title
from .text import points, shortened, text_width, write
from .times import TimeAxis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ..recordings.recordings import Recordings

__all__ = ["draw_split", "shared_color"]

# What two groups hear is heard in red.
_SHARED_ON_DARK, _SHARED_ON_LIGHT = "#ff5263", "#c8102e"

# Of a recording, what no patch sees.
_UNSEEN_ON_DARK, _UNSEEN_ON_LIGHT = "#3a3a3a", "#e6e6e6"

# How much of their colours groups have, the rest is the ground's: red stands out from all of them.
_TINT = 0.6
_COLUMNS = 2000  # more than a figure has pixels
_MOST_ROWS = 4000
_MOST_GROUPS = 12
_NAMED = 40  # rows that are written, and apart

# What a cell shows is the highest of what lies in it: where something is shared, that.
_NOBODY = 0.0

_FINE = 1 << 12  # parts of a cell, to which times are rounded


def draw_split(
    recordings: Recordings,
    groups: Mapping[str, NDArray[np.int64]],
    *,
    ax: Axes | None,
    title: str | None,
) -> Axes:
    """Draw which groups see each moment of many recordings; one without a name is of all."""
    rows = np.flatnonzero(recordings._index.counts)
    for what, found, most, remedy in (
        ("recordings", len(rows), _MOST_ROWS, "Choose some: recordings[numbers]."),
        ("groups", len(groups), _MOST_GROUPS,
         'Draw one of them and the others: {"train": block != 0, "test": block == 0}.'),
    ):  # fmt: skip
        if found > most:
            name = Argument("patches" if what == "recordings" else what)
            raise InvalidValueError(
                name, f" are {found:,} {what}", allowed=f"{most:,} at most", remedy=remedy
            )
    height = min(9.0, max(2.4, 1.2 + 0.2 * len(rows), 0.8 + 0.2 * len(groups)))
    ax = axes_or_new(ax, wide_size(height))
    cells, longest, are_shared = _cells(recordings, rows, [*groups.values()])
    colors = _colors(groups, on_dark=is_dark(ax.get_figure(root=False)))
    is_apart = len(rows) <= _NAMED
    edges = np.arange(len(rows) + 1.0)
    if is_apart:  # a row of nothing between two of them
        cells = np.insert(cells, np.arange(1, len(rows)), np.nan, axis=0)
        edges = np.append(0.0, np.arange(1, len(rows))[:, np.newaxis] + [-0.1, 0.1])
        edges = np.append(edges, float(len(rows)))
    scale = ColorScale(ListedColormap(colors), Normalize(0, len(colors) - 1), "")
    times = np.linspace(0, longest, _COLUMNS + 1)
    draw_mesh(ax, cells, times, edges, scale, reduce="max")
    TimeAxis(0.0, longest, name="Time in recording").apply(ax)
    ax.set_ylim(len(rows), 0)
    paths = [recordings._table.paths[row] for row in rows.tolist()]
    if is_apart:
        _name_rows(ax, FileNames(paths, recordings._table.paths))
    else:
        ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        ax.set_ylabel("Recording")
    hidden = dict(zip(groups, are_shared, strict=True))
    has_unseen = _has_unseen(cells, math.ceil(_COLUMNS / axes_width(ax)))
    has_shared = bool((cells == len(colors) - 1).any())
    _add_legend(ax, hidden, colors, has_unseen=has_unseen, has_shared=has_shared)
    usual = plural(len(rows), "recording")
    set_title(ax, usual if title is None else title, 0.0, literal=title is None)
    return ax


def _colors(groups: Mapping[str, Any], *, on_dark: bool) -> list[Any]:
    """Return the colour of what nobody sees, those of groups, and that of what several see."""
    n = len(groups)
    if n > len(GROUPS_ON_LIGHT):
        named = [*matplotlib.colormaps["viridis"](np.linspace(0, 1, n))]
    elif "" in groups:
        named = [ON_DARK[0] if on_dark else ON_LIGHT[0]]
    else:
        named = [group_color(k, on_dark=on_dark) for k in range(n)]
        ground = 0.0 if on_dark else 1.0
        named = [ground + _TINT * (np.array(to_rgb(color)) - ground) for color in named]
    unseen = _UNSEEN_ON_DARK if on_dark else _UNSEEN_ON_LIGHT
    return [unseen, *named, shared_color(on_dark=on_dark)]


def shared_color(*, on_dark: bool) -> str:
    """Return the colour of what several groups see."""
    return _SHARED_ON_DARK if on_dark else _SHARED_ON_LIGHT


def _name_rows(ax: Axes, files: FileNames) -> None:
    """Write whose rows they are, as large as there is room for them, which may take some lines."""
    figure, room = root_figure(ax), axes_width(ax) / 3
    height = ax.bbox.height * 72 / figure.dpi / len(files.names)
    largest = max(3.0, min(points("small"), 0.8 * height))
    for size in np.append(np.arange(largest, 3.0, -0.5), 3.0).tolist():
        lines = _in_lines(files, size, room)
        if size * max(map(len, lines)) <= 0.8 * height:
            break
    looks: dict[str, Any] = {"parse_math": False, "usetex": False}
    texts = ["\n".join(some) for some in lines]
    ax.set_yticks(np.arange(len(texts)) + 0.5, texts, fontsize=size, **looks)
    ax.tick_params(axis="y", length=0)


def _in_lines(files: FileNames, size: float, room: float) -> list[list[str]]:
    """Return what to call files, in as few lines as letters of some size take."""

    def broken(name: str) -> list[str]:
        return words(name, lambda line: text_width(line, size) <= room)

    return [*map(broken, files.fitting(lambda name, n_lines: len(broken(name)) <= n_lines))]


def _has_unseen(cells: NDArray[np.float64], least: int) -> bool:
    """Return whether what nobody sees is to be seen: less than so many cells others hide."""
    counts = np.cumsum(np.pad(cells == _NOBODY, ((0, 0), (1, 0))), axis=1)
    return bool((counts[:, least:] - counts[:, :-least] == least).any())


def _add_legend(
    ax: Axes, groups: Mapping[str, bool], colors: list[Any], *, has_unseen: bool, has_shared: bool
) -> None:
    """Say what colours are, beside the rows, and which groups have none there: all is shared."""
    named = [("seen", colors[1])]
    if "" not in groups:
        most = axes_width(ax) / 4
        names = [shortened(one_line(name), most, "small") for name in groups]
        named = [
            (f"{name}:\nall shared" if is_shared else name, color)
            for name, is_shared, color in zip(names, groups.values(), colors[1:], strict=False)
        ]
    if len(groups) > 1:
        named.append(("shared" if has_shared else "shared: none", colors[-1]))
    if has_unseen:
        named.append(("unseen", colors[0]))
    legend = ax.legend(
        [Patch(color=color) for _, color in named], [*map(str, range(len(named)))],
        fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False,
        handlelength=1.0,
    )  # fmt: skip
    for text, (name, _) in zip(legend.get_texts(), named, strict=True):
        write(text, name, literal=True)


def _cells(
    recordings: Recordings, rows: NDArray[np.int64], groups: list[NDArray[np.int64]]
) -> tuple[NDArray[np.float64], float, list[bool]]:
    """Return what each moment of recordings shows, and how long the longest of them is.

    And of each group whether others see all that it does. A moment shows which group sees it, or
    that several do. Of copies of a file, what is shared is shared in each of them.
    """
    flat, layout = recordings._flat, recordings._table.layout
    lasting = layout.frame_duration[layout.group]
    longest = float((layout.n_frames * lasting)[rows].max())
    row_of = np.zeros(len(layout.n_frames), np.int64)
    row_of[rows] = np.arange(len(rows))

    def cells(found: Stretches, value: float) -> NDArray[np.float64]:
        frames = np.stack([found.begin, np.minimum(found.end, layout.n_frames[found.files])])
        at = frames * lasting[found.files] / longest + row_of[found.files]
        begin, end = np.rint(at * (_COLUMNS * _FINE)).astype(np.int64)
        values = np.full(len(begin), value)
        return painted([(begin, end, values)], (len(rows), _COLUMNS), "max", unit=_FINE)

    shown = cells(Stretches(rows, np.zeros(len(rows), np.int64), layout.n_frames[rows]), _NOBODY)
    for k, group in enumerate(groups):
        shown = np.fmax(shown, cells(seen_by(flat, group), k + 1.0))
    are_shared = [False] * len(groups)
    if len(groups) > 1:
        first = flat.first_copies(rows)
        seen = [seen_by(flat, group, first) for group in groups]
        shared = met(flat, seen)
        are_shared = [_n_frames(met(flat, [one, shared])) == _n_frames(one) for one in seen]
        of_copies = cells(shared, len(groups) + 1.0)[row_of[first[rows]]]
        shown = np.where(shown > _NOBODY, np.fmax(shown, of_copies), shown)
    return shown, longest, are_shared


def _n_frames(found: Stretches) -> int:
    return int((found.end - found.begin).sum())
