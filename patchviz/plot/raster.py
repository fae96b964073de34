"""From cells to pixels: which cells each pixel shows, and one value for those that share one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, overload

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Transform, TransformedPath
from numpy.typing import DTypeLike, NDArray

from .._util.reductions import (
    STEP,
    Reduction,
    finite_median,
    is_column_major,
    levels_of,
    powers_of,
)
from ..errors import InvalidValueError

__all__ = [
    "CellGroups",
    "Edges",
    "EvenEdges",
    "FindMaxima",
    "Geometry",
    "Projection",
    "group_cells",
    "locate_cell",
    "reduce_cells",
]

Projection = Callable[[NDArray[np.float64]], NDArray[np.float64]]

"""From coordinates on an axis to pixels; rising or falling."""

FindMaxima = Callable[[], NDArray[Any] | None]

"""Returns the maxima of every `reductions.STEP` columns, or None; see `reductions.summarize`."""

# What is looked at in one go: large enough to run at the memory's speed, small beside the array.
_BLOCK_SIZE = 1 << 20


class EvenEdges:
    """Borders of cells that are all of one width, worked out when they are asked for.

    They stand in for the array ``start + step * np.arange(n_cells + 1)``, which for a day of
    columns takes 30 MB, and more time to make than the columns take to be drawn.

    Parameters
    ----------
    start : float
        The first border.
    step : float
        From one border to the next; negative where they fall.
    n_cells : int
        How many cells there are, at least one.
    """

    def __init__(self, start: float, step: float, n_cells: int) -> None:
        self.start = start
        self.step = step
        self.size = n_cells + 1
        furthest = max(abs(start), abs(start + step * n_cells))
        if not abs(step) > 2 * np.spacing(furthest):
            raise InvalidValueError(
                f"cells {abs(step):g} wide cannot be told apart at {furthest:g}: numbers there are "
                f"{np.spacing(furthest):g} apart. Count from a start nearer to 0."
            )

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice | list[int] | NDArray[np.intp]) -> NDArray[np.float64]: ...
    def __getitem__(
        self, index: int | slice | list[int] | NDArray[np.intp]
    ) -> float | NDArray[np.float64]:
        if isinstance(index, slice):
            index = np.arange(*index.indices(self.size))
        number = np.asarray(index)
        if ((number < -self.size) | (number >= self.size)).any():
            raise IndexError(f"index {index} is out of range: there are {self.size} edges.")
        edges = self.start + self.step * np.where(number < 0, number + self.size, number)
        return edges if edges.ndim else float(edges)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        return self[:].astype(float if dtype is None else dtype, copy=False)


Edges = NDArray[np.float64] | EvenEdges


@dataclasses.dataclass(frozen=True, eq=False)
class CellGroups:
    """The cells that the pixels of one axis show.

    Pixel ``first_pixel + i`` shows the cells ``start[g]`` to ``stop[g] - 1``, ``g = group[i]``.
    Groups are in the order of their cells, and neighbours that show the same cells are one.
    """

    first_pixel: int
    group: NDArray[np.intp]
    start: NDArray[np.intp]
    stop: NDArray[np.intp]

    @property
    def window(self) -> slice:
        """The cells from the first to the last that is shown."""
        return slice(int(self.start[0]), int(self.stop[-1])) if self.start.size else slice(0, 0)

    @property
    def are_single(self) -> bool:
        """Whether each cell of the window has a group of its own."""
        n_cells = self.window.stop - self.window.start
        return bool(self.start.size == n_cells and (self.stop - self.start == 1).all())

    @property
    def are_wide(self) -> bool:
        """Whether STEP cells are an eighth of a pixel at most.

        The pixels at both ends may show less than a pixel of cells, and do not count.
        """
        inner = slice(1, -1) if self.start.size > 2 else slice(None)
        return bool(self.start.size and (self.stop - self.start)[inner].min() >= 8 * STEP)

    def in_steps(self) -> CellGroups:
        """Return the same groups counted in steps of STEP cells, their ends rounded."""
        first, last = self.start[0] // STEP, -(-self.stop[-1] // STEP)
        start = np.clip((self.start + STEP // 2) // STEP, first, last - 1)
        stop = np.clip((self.stop + STEP // 2) // STEP, start + 1, last)
        # Whatever is visible at either end stays so.
        start[0], stop[-1] = first, last
        return CellGroups(self.first_pixel, self.group, start, stop)

    def same_groups(self, other: CellGroups) -> bool:
        """Whether the same cells are shown together."""
        return bool(
            np.array_equal(self.start, other.start) and np.array_equal(self.stop, other.stop)
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Geometry:
    """Which cells the pixels show, and what that was worked out from."""

    transform: Transform
    watch: TransformedPath
    corners: Path  # another object once a scale has changed
    state: tuple[float, ...]  # canvas, visible box, limits
    rows: CellGroups
    columns: CellGroups


def _count_before(
    edges: Edges, project: Projection, targets: NDArray[np.float64], rising: bool
) -> NDArray[np.intp]:
    """Count the edges and centres of cells (edge 0, centre 0, edge 1, ...) before each target.

    Bisection projects a few thousand edges, however many there are. On a falling axis, "before"
    is above: an edge right on a target is before it there and not before it on a rising one, which
    is what Agg makes of a cell's border in the middle of a pixel.
    """
    low = np.zeros(targets.size, dtype=np.intp)
    high = np.full(targets.size, 2 * edges.size - 1, dtype=np.intp)
    while (searching := low < high).any():
        middle = (low + high) // 2
        # Settled targets may point past the end.
        index = np.minimum(middle, 2 * edges.size - 2)
        ends = np.concatenate([edges[index // 2], edges[(index + 1) // 2]])
        pixel = project(ends).reshape(2, -1).mean(axis=0)
        before = (pixel < targets) if rising else (pixel >= targets)
        low = np.where(searching & before, middle + 1, low)
        high = np.where(searching & ~before, middle, high)
    return low


def locate_cell(edges: Edges, project: Projection, pixel: float) -> int | None:
    """Return the number of the cell that contains a pixel coordinate, None if none does.

    A cell contains the lower of its borders, on the screen, and not the upper.
    """
    first, last = project(edges[[0, -1]])
    target = np.array([np.nextafter(pixel, np.inf)])
    count = _count_before(edges, project, target, bool(first < last))
    cell = (int(count[0]) - 1) // 2
    return cell if 0 <= cell < edges.size - 1 else None


def group_cells(
    edges: Edges, project: Projection, low: float, high: float, size: int
) -> CellGroups | None:
    """Group the cells of one axis by the pixels between `low` and `high` that show them.

    A pixel shows the cell that contains its centre, as Agg has it, and each cell narrower than a
    pixel whose own centre is in the pixel. So a cell that is visible is shown, at every zoom.

    Parameters
    ----------
    edges : ndarray or EvenEdges, shape (n_cells + 1,)
        Rising or falling. Cells between equal edges are not shown.
    project : callable
        From edges to pixels.
    low, high : float
        What is visible, in pixels.
    size : int
        Pixels of the canvas.

    Returns
    -------
    CellGroups or None
        None if the axis has no place for an end of the edges, as a logarithmic one for -1.
    """
    first, last = project(edges[[0, -1]])
    if np.isnan(first) or np.isnan(last):
        return None
    rising = bool(first < last)
    n_cells = edges.size - 1
    low, high = max(low, 0.0), min(high, float(size))
    # Agg rounds the borders of what is visible to whole pixels.
    borders = np.arange(np.floor(low + 0.5), np.floor(high + 0.5) + 1)
    counts = _count_before(
        edges, project, np.concatenate([borders[:-1] + 0.5, borders, [low, high]]), rising
    )
    cell = (counts[: max(borders.size - 1, 0)] - 1) // 2
    painted = np.flatnonzero((cell >= 0) & (cell < n_cells))
    if not painted.size:
        none = np.zeros(0, dtype=np.intp)
        return CellGroups(0, none, none, none)
    left, right = painted[0], painted[-1]
    cell = cell[left : right + 1]
    centres = counts[borders.size - 1 :] // 2  # cells whose centre is before a border
    border = centres[left : right + 2].copy()

    # Up to half a pixel of the mesh is rounded away at either end. Narrow cells there would be
    # lost: the pixel beside shows them too.
    ends = project(edges[[cell[0], cell[0] + 1, cell[-1], cell[-1] + 1]])
    if abs(ends[1] - ends[0]) < 1:
        border[0] = centres[-2] if left == 0 else (0 if rising else n_cells)
    if abs(ends[3] - ends[2]) < 1:
        last_visible = right == borders.size - 2
        border[-1] = centres[-1] if last_visible else (n_cells if rising else 0)

    start = np.minimum(cell, np.minimum(border[:-1], border[1:]))
    stop = np.maximum(cell + 1, np.maximum(border[:-1], border[1:]))
    if isinstance(edges, np.ndarray) and (hidden := np.flatnonzero(edges[1:] == edges[:-1])).size:
        # What lies beyond hidden cells, seen from the centre of a pixel, is in another one.
        following = np.searchsorted(hidden, cell)
        start = np.maximum(start, np.concatenate([[-1], hidden])[following] + 1)
        stop = np.minimum(stop, np.append(hidden, n_cells)[following])
    if not rising:
        start, stop = start[::-1], stop[::-1]
    is_new = np.ones(start.size, dtype=bool)
    is_new[1:] = (np.diff(start) != 0) | (np.diff(stop) != 0)
    group = np.cumsum(is_new) - 1
    return CellGroups(
        first_pixel=int(borders[left]),
        group=group if rising else group[::-1],
        start=start[is_new],
        stop=stop[is_new],
    )


def reduce_cells(
    values: NDArray[Any],
    rows: CellGroups,
    columns: CellGroups,
    reduction: Reduction,
    find_maxima: FindMaxima | None = None,
    decibels: bool = False,
) -> np.ma.MaskedArray[Any, Any]:
    """Return one value for each group of rows and columns: their largest, mean or median.

    Cells that are masked or not finite do not count; a group of nothing else is masked. Where no
    cells share a pixel the result is a view of `values`, otherwise one pass over them, in blocks.

    Parameters
    ----------
    values : ndarray or MaskedArray, shape (n_rows, n_columns)
    rows, columns : CellGroups
    reduction : {"max", "mean", "median"}
    find_maxima : callable, optional
        Returns the largest finite value of every `reductions.STEP` columns, as
        `reductions.summarize` finds them, or None. It is asked where many times more columns
        share a pixel; these are then looked at in place of `values`. Where pixels meet is rounded
        to a whole step by that, and at both ends of what is shown a step counts that is visible in
        part: a sixteenth and an eighth of a pixel at most.
    decibels : bool, default: False
        Whether values are levels, the mean of which is that of their powers.

    Returns
    -------
    MaskedArray, shape (len(rows.start), len(columns.start))
    """
    if reduction == "max" and find_maxima is not None and columns.are_wide:
        maxima = find_maxima()
        if maxima is not None:
            values, columns = maxima, columns.in_steps()
    window = values[rows.window, columns.window]
    if not (rows.are_single and columns.are_single):
        if reduction == "mean":
            window = _mean(window, rows, columns, decibels=decibels)
        else:
            reduced = {"max": _largest, "median": _median}[reduction]
            window = reduced(window, rows, columns)
    data = np.ma.getdata(window)
    return np.ma.MaskedArray(data, mask=~np.isfinite(data) | np.ma.getmask(window))


def _largest(window: NDArray[Any], rows: CellGroups, columns: CellGroups) -> NDArray[Any]:
    parts: list[NDArray[Any]] = []
    for block, bounds in _blocks(window, columns):
        data, mask = np.ma.getdata(block), np.ma.getmask(block)
        largest = _reduce_groups(np.maximum, data, bounds, axis=1)
        if mask is not np.ma.nomask or not np.isfinite(largest).all():
            counts = np.isfinite(data) & ~mask
            largest = _reduce_groups(np.maximum, np.where(counts, data, -np.inf), bounds, axis=1)
        parts.append(largest)
    return _reduce_groups(np.maximum, _joined(parts, window), _bounds(rows), axis=0)


def _mean(
    window: NDArray[Any], rows: CellGroups, columns: CellGroups, *, decibels: bool
) -> NDArray[Any]:
    dtype = np.dtype(float) if decibels else np.result_type(window.dtype, np.float32)
    sums: list[NDArray[Any]] = []
    numbers: list[NDArray[Any]] = []
    for block, bounds in _blocks(window, columns):
        data, mask = np.ma.getdata(block), np.ma.getmask(block)
        if decibels:  # -inf is a gap, and no power of 0
            data = powers_of(np.where(np.isfinite(data), data, np.nan))
        with np.errstate(invalid="ignore"):  # the sum of both infinities
            total = _reduce_groups(np.add, data, bounds, axis=1, dtype=dtype)
        number = np.broadcast_to(np.diff(bounds)[:, 0], total.shape)
        if mask is not np.ma.nomask or not np.isfinite(total).all():
            counts = np.isfinite(data) & ~mask
            total = _reduce_groups(np.add, np.where(counts, data, 0), bounds, axis=1, dtype=dtype)
            number = _reduce_groups(np.add, counts, bounds, axis=1, dtype=dtype)
        sums.append(total)
        numbers.append(number)
    total = _reduce_groups(np.add, _joined(sums, window), _bounds(rows), axis=0, dtype=dtype)
    number = _reduce_groups(np.add, _joined(numbers, window), _bounds(rows), axis=0, dtype=dtype)
    with np.errstate(invalid="ignore"):
        means = np.asarray(total / number)  # NaN where there is nothing to average
    return levels_of(means) if decibels else means


def _median(window: NDArray[Any], rows: CellGroups, columns: CellGroups) -> NDArray[Any]:
    """Return medians: all cells of a pixel are looked at together, column by column of pixels."""
    row_bounds = _bounds(rows)
    sizes = np.diff(row_bounds)[:, 0]
    result = np.empty((len(row_bounds), columns.start.size), np.result_type(window, np.float32))
    for k, (first, stop) in enumerate(_bounds(columns)):
        cells = np.ma.filled(window[:, first:stop].astype(result.dtype), np.nan)
        for size in np.unique(sizes):  # one or two, as a rule
            chosen = sizes == size
            members = row_bounds[chosen, :1] + np.arange(size)
            together = cells[members].reshape(len(members), -1)
            result[chosen, k] = finite_median(together, axis=1)
    return result


def _bounds(groups: CellGroups) -> NDArray[np.intp]:
    """Return where groups start and stop in their window, shape (n_groups, 2)."""
    bounds: NDArray[np.intp] = np.stack([groups.start, groups.stop], axis=1) - groups.start[0]
    return bounds


def _blocks(
    window: NDArray[Any], columns: CellGroups
) -> Iterator[tuple[NDArray[Any], NDArray[np.intp]]]:
    """Yield views of the window in memory's order, and the column groups that each holds whole."""
    bounds = _bounds(columns)
    if is_column_major(window):
        widest = int(np.diff(bounds).max())
        step = max(1, _BLOCK_SIZE // max(1, widest * window.shape[0]))
        for k in range(0, len(bounds), step):
            part = bounds[k : k + step]
            first = part[0, 0]
            yield window[:, first : part[-1, 1]], part - first
    else:
        step = max(1, _BLOCK_SIZE // max(1, window.shape[1]))
        for k in range(0, window.shape[0], step):
            yield window[k : k + step], bounds


def _joined(parts: list[NDArray[Any]], window: NDArray[Any]) -> NDArray[Any]:
    """Join what was made of each of a window's blocks."""
    return np.concatenate(parts, axis=1 if is_column_major(window) else 0)


def _reduce_groups(
    ufunc: np.ufunc,
    data: NDArray[Any],
    bounds: NDArray[np.intp],
    axis: int,
    dtype: np.dtype[Any] | None = None,
) -> NDArray[Any]:
    """Reduce groups of rows (axis 0) or columns (axis 1), which may overlap, each to one."""
    start, last = bounds[:, 0], bounds[:, 1] - 1
    if np.array_equal(start, last) and start.size == data.shape[axis]:
        return data  # each has a group of its own
    if abs(data.strides[axis]) > abs(data.strides[1 - axis]):
        # Across memory's order numpy is at its best with whole slices.
        groups = (data[first:stop] if axis == 0 else data[:, first:stop] for first, stop in bounds)
        return np.stack([ufunc.reduce(group, axis=axis, dtype=dtype) for group in groups], axis)
    # Pairs of indices allow for overlaps, but none may point past the end: all but the last member
    # first, then the last. A group of one is the last, whatever reduceat has for it.
    pairs = np.stack([start, last], axis=1).ravel()
    every_second = (slice(None), slice(None, None, 2)) if axis == 1 else (slice(None, None, 2),)
    heads = ufunc.reduceat(data, pairs, axis=axis, dtype=dtype)[every_second]
    tails = data.take(last, axis=axis)
    alone = start == last
    return np.where(alone if axis == 1 else alone[:, None], tails, ufunc(heads, tails))
