"""What was decided of patches, as a table says it: which of a sheet's tiles each row is of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._util.warn import warn_user
from ..core.names import Names
from ..errors import Argument, InvalidValueError, shown
from ..io.labels import as_labels

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Tile", "decisions_in"]

_NEAR = 1.5e-3  # s: tables are written with at least three decimals


class Tile(NamedTuple):
    """A patch that may be decided: what it is called, and where it lies."""

    number: int
    file: str
    start: float
    end: float


def decisions_in(table: object, tiles: Sequence[Tile]) -> dict[int, str]:
    """Return what a table says of tiles, by their numbers.

    Raises
    ------
    InvalidTypeError, InvalidValueError, LabelFileError
        If it is no table, is of none of the tiles, says two things of one or nothing, or cannot say
        which it is of.

    Warns
    -----
    UserWarning
        If some rows are of none.
    """
    frame = as_labels(table)
    if not len(frame):
        return {}
    places = [tile[1:] for tile in tiles]
    if len({*places}) < len(places):
        raise InvalidValueError(
            Argument("table"), " cannot say which of these it is of: some have one file and time",
            remedy="Give the items of a batch names: Patches.from_batch(x, names=[...]).",
        )  # fmt: skip
    found = _tiles_of(frame, tiles)
    missing = np.flatnonzero(found < 0)
    if missing.size:
        _tell_missing(frame, missing)
    said: dict[int, str] = {}
    for place, label in zip(found.tolist(), frame["label"].str.strip(), strict=True):
        if place < 0:
            continue
        number = tiles[place].number
        if not label:
            raise InvalidValueError(
                Argument("table"), f" says nothing of patch {number}: its label is empty",
                allowed='"keep", "reject" or a name',
            )  # fmt: skip
        if said.setdefault(number, label) != label:
            raise InvalidValueError(
                Argument("table"),
                f" says two things of patch {number}, {shown(said[number])} and {shown(label)}",
                remedy="Leave one: table.drop_duplicates(['file', 'start_time'], keep='last').",
            )
    return said


def _tiles_of(frame: pd.DataFrame, tiles: Sequence[Tile]) -> NDArray[np.int64]:
    """Return the place of the tile that each row is of, or -1."""
    found = np.full(len(frame), -1)
    start, end = (frame[name].to_numpy(float) for name in ("start_time", "end_time"))
    files = [*dict.fromkeys(tile.file for tile in tiles)]
    number = {file: k for k, file in enumerate(files)}
    of_tile = np.array([number[tile.file] for tile in tiles])
    named = frame.get("file")
    if named is None or files == [""]:
        of_row = np.zeros(len(frame), int) if len(files) == 1 else np.full(len(frame), -1)
    else:
        names = [*dict.fromkeys(named)]
        of_row = named.map(dict(zip(names, Names(files).rows(names).tolist(), strict=True)))
        of_row = of_row.to_numpy()
    for k in range(len(files)):
        rows = np.flatnonzero(of_row == k)
        places = sorted(np.flatnonzero(of_tile == k).tolist(), key=lambda at: tiles[at].start)
        begins, ends = np.array([tiles[at][2:] for at in places]).T
        after = np.searchsorted(begins, start[rows]).clip(1, max(1, len(begins) - 1))
        left, right = after - 1, np.minimum(after, len(begins) - 1)
        at = np.where(start[rows] - begins[left] <= begins[right] - start[rows], left, right)
        is_it = (abs(begins[at] - start[rows]) <= _NEAR) & (abs(ends[at] - end[rows]) <= _NEAR)
        found[rows[is_it]] = np.array(places)[at[is_it]]
    return found


def _tell_missing(frame: pd.DataFrame, missing: NDArray[np.int64]) -> None:
    row = frame.iloc[missing[0]]
    of = f" of {shown(str(row['file']))}" if "file" in frame else ""
    text = (
        f"{missing.size:,} of {len(frame):,} rows of table are of patches that have no tile here, "
        f"first that{of} from {row['start_time']:.3f} to {row['end_time']:.3f} s"
    )
    if missing.size == len(frame):
        raise InvalidValueError(
            text, remedy="Make a sheet of those; numbers_of(table) says which patches they are."
        )
    warn_user(f"{text}. They are left out.")
