"""What was decided of patches, as a table says it: which of a sheet's tiles each row is of."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._util.columns import texts_in
from .._util.text import class_name, plural
from .._util.warn import warn_user
from ..core.labels import KEEP, REJECT
from ..core.matching import tell_missing, tell_taken
from ..core.names import NONE, SEVERAL, UNSURE, Names
from ..errors import Argument, InvalidValueError, shown
from ..io.labels import read_labels
from ..io.table import delimiter_of, labels_from, plain_frame
from ..io.text import as_path, plain_name, read_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Tile", "decisions_in"]

_NEAR = 1.5e-3  # s: tables are written with at least three decimals


class Tile(NamedTuple):
    """A patch that may be decided: what it is called, where it lies, and for which class.

    Which is that whose score it says, and "" where it says none.
    """

    number: int
    file: str
    start: float
    end: float
    scored: str = ""


def decisions_in(table: object, tiles: Sequence[Tile], among: Iterable[str] = ()) -> dict[int, str]:
    """Return what a table says of tiles, by their numbers.

    Parameters
    ----------
    table : DataFrame, records or path
    tiles : sequence of Tile
    among : iterable of str
        The files of all recordings, of which some have tiles: what is of the others is of none.

    Raises
    ------
    InvalidTypeError, InvalidValueError, LabelFileError
        If it is no table, is of none of the tiles, says two things of one or nothing, or cannot say
        which it is of.

    Warns
    -----
    UserWarning
        If some rows are of none, or keep and reject for another class than the tile's; if some
        name files in other folders.
    """
    frame = _read(table)
    if not len(frame):
        return {}
    places = [tile[1:4] for tile in tiles]
    if len({*places}) < len(places):
        raise InvalidValueError(
            Argument("table"), " cannot say which of these it is of: some have one file and time",
            remedy="Give the items of a batch names: Patches.from_batch(x, names=[...]).",
        )  # fmt: skip
    found = _tiles_of(frame, tiles, among)
    missing = np.flatnonzero(found == NONE)
    if missing.size:
        _tell_missing(frame, missing, is_any=bool((found >= 0).any()))
    labels = frame["label"].str.strip()
    folded = labels.str.casefold()  # a spreadsheet writes words with a capital
    labels = labels.mask(folded.isin([KEEP, REJECT]), folded)
    _leave_others(frame, labels, found, tiles)
    said: dict[int, str] = {}
    for place, label in zip(found.tolist(), labels, strict=True):
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


def _read(table: object) -> pd.DataFrame:
    """Return a table as labels, with the class of each row's score, if it has that, as `scored`."""
    import pandas as pd

    if isinstance(table, str | os.PathLike):
        frame, scored = read_labels(table), _scored_in(table)
    else:
        given = plain_frame("table", table)
        frame, at = labels_from("table", given), [*map(plain_name, given.columns)]
        scored = texts_in(given.iloc[:, at.index("scored")]) if "scored" in at else None
    if scored is None or len(scored) != len(frame):
        return frame
    return frame.assign(scored=pd.Series([*map(str.strip, scored)], frame.index, dtype=object))


def _scored_in(path: str | os.PathLike[str]) -> pd.Series | None:
    """Return the column `scored` of a file: its rows are read again, with that as their labels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what there is to tell of it was told before
        for line in read_text(as_path(path), None).lstrip().split("\n", 2)[:2]:
            cells = line.split(delimiter_of(line))
            if "scored" in (plain_name(cell.strip('"')) for cell in cells):
                return read_labels(path, label="scored")["label"]
    return None


def _leave_others(
    frame: pd.DataFrame, labels: pd.Series, found: NDArray[np.int64], tiles: Sequence[Tile]
) -> None:
    """Leave out rows that keep or reject a patch for another class than its tile does.

    A name says by itself what the patch is, whichever class it was looked at for.
    """
    if "scored" not in frame:
        return
    others = [
        row
        for row, (place, label, name) in enumerate(
            zip(found.tolist(), labels, frame["scored"], strict=True)
        )
        if place >= 0 and label in (KEEP, REJECT) and name and tiles[place].scored
        and class_name(name) != class_name(tiles[place].scored)
    ]  # fmt: skip
    if not others:
        return
    first, tile = others[0], tiles[found[others[0]]]
    text = (
        f"{len(others):,} of {plural(len(frame), 'decision')} in the table "
        f"{'is' if len(others) == 1 else 'are'} for another class than this sheet's, "
        f"first patch {tile.number} for {shown(frame['scored'].iloc[first])} "
        f"and not for {shown(tile.scored)}"
    )
    remedy = f"Make a sheet of that class: of={shown(frame['scored'].iloc[first])}."
    found[others] = -1
    if (found < 0).all():
        raise InvalidValueError(text, remedy=remedy)
    warn_user(f"{text}. They are left out. {remedy}")


def _tiles_of(
    frame: pd.DataFrame, tiles: Sequence[Tile], among: Iterable[str]
) -> NDArray[np.int64]:
    """Return the place of the tile that each row is of.

    Less than 0 are NONE, and what may be of several files, which is told here.
    """
    start, end = (frame[name].to_numpy(float) for name in ("start_time", "end_time"))
    files = [*dict.fromkeys(tile.file for tile in tiles)]
    number = {file: k for k, file in enumerate(files)}
    of_tile = np.array([number[tile.file] for tile in tiles])
    named = frame.get("file")
    if named is None and len(files) > 1:
        raise InvalidValueError(
            Argument("table"), f" has no column 'file', and the tiles are of {len(files):,} files",
            remedy="Say in one which each row is of.",
        )  # fmt: skip
    if named is None or files == [""]:
        of_row = np.zeros(len(frame), int) if len(files) == 1 else np.full(len(frame), -1)
    else:
        of_row = _files_named(named, [*dict.fromkeys([*files, *among])])
    found: NDArray[np.int64] = np.minimum(of_row, NONE)
    for k in range(len(files)):
        rows = np.flatnonzero(of_row == k)
        places = sorted(np.flatnonzero(of_tile == k).tolist(), key=lambda at: tiles[at].start)
        begins, ends = np.array([tiles[at][2:4] for at in places]).T
        after = np.searchsorted(begins, start[rows]).clip(1, max(1, len(begins) - 1))
        left, right = after - 1, np.minimum(after, len(begins) - 1)
        at = np.where(start[rows] - begins[left] <= begins[right] - start[rows], left, right)
        is_it = (abs(begins[at] - start[rows]) <= _NEAR) & (abs(ends[at] - end[rows]) <= _NEAR)
        found[rows[is_it]] = np.array(places)[at[is_it]]
    return found


def _files_named(named: pd.Series, files: Sequence[str]) -> NDArray[np.int64]:
    """Return which file each row of a table is of, and less than 0 of none or of several."""
    names, known = named.value_counts(sort=False).to_dict(), Names(files)
    rows = dict(zip(names, known.rows([*names]).tolist(), strict=True))
    several = {name: names[name] for name, row in rows.items() if row in (SEVERAL, UNSURE)}
    is_any = any(row not in (SEVERAL, UNSURE) for row in rows.values())
    tell_missing("rows of table", {"several recordings": several}, len(named), is_any=is_any)
    taken = [(name, known.path(row), names[name]) for name, row in rows.items() if row >= 0]
    tell_taken("rows of table", taken, len(named))
    of_row: NDArray[np.int64] = named.map(rows).to_numpy(np.int64)
    return of_row


def _tell_missing(frame: pd.DataFrame, missing: NDArray[np.int64], *, is_any: bool) -> None:
    row = frame.iloc[missing[0]]
    of = f" of {shown(str(row['file']))}" if "file" in frame else ""
    text = (
        f"{missing.size:,} of {len(frame):,} rows of table are of patches that have no tile here, "
        f"first that{of} from {row['start_time']:.3f} to {row['end_time']:.3f} s"
    )
    if not is_any:
        raise InvalidValueError(
            text, remedy="Make a sheet of those; numbers_of(table) says which patches they are."
        )
    warn_user(f"{text}. They are left out.")
