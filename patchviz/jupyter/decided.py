"""What was decided of patches, as a table says it: which of those that are here each row is of."""

from __future__ import annotations

import dataclasses
import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from .._util.columns import texts_in
from .._util.text import class_name, one_line, plural
from .._util.warn import warn_user
from ..core.labels import KEEP, REJECT
from ..core.matching import tell_missing, tell_taken
from ..core.names import NONE, SEVERAL, UNSURE, Names
from ..errors import Argument, InvalidValueError, listed, shown
from ..io.cells import refuse_mistakes
from ..io.columns import match_columns
from ..io.labels import read_labels
from ..io.table import delimiter_of, labels_from, plain_frame
from ..io.text import as_path, plain_name, read_text

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["Decidable", "decisions_in", "tell_changed"]

_BESIDE = ("scored", "patch")  # the class of each row's score, and the number of its patch

_NEAR = 1.5e-3  # s: tables are written with at least three decimals
_ROUNDED = 5e-3 + 1e-9  # s: as much are times off that a spreadsheet writes with two


@dataclasses.dataclass(frozen=True, eq=False)
class Decidable:
    """Patches that may be decided: what they are called, where they lie, and for which class.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
    files : sequence of str
    rows : ndarray of int, shape (n,)
        Which of `files` each is of.
    times : ndarray of float, shape (n, 2)
        When each starts and ends in its file, in seconds, as tables say it.
    scored : callable
        Returns of numbers that rise the class whose score is said of each, and that; "" where none
        is.
    called : ndarray of int, shape (n,)
        Their numbers as tables say them.
    sheet_of : str
        How one makes a sheet for another class, whose name stands for "{}" there.
    items : sequence of str, optional
        What all items of their batch are called, of which no time says which is which, also those
        that are not here; None where they are no items.
    """

    numbers: NDArray[np.int64]
    files: Sequence[str]
    rows: NDArray[np.int64]
    times: NDArray[np.float64]
    scored: Callable[[Sequence[int]], list[tuple[str, float]]]
    called: NDArray[np.int64]
    sheet_of: str
    items: Sequence[str] | None = None

    @classmethod
    def of(
        cls,
        numbers: Sequence[int],
        files: Sequence[str],
        times: NDArray[np.float64],
        scored: Callable[[Sequence[int]], list[tuple[str, float]]],
        called: Sequence[int],
        sheet_of: str,
        items: Sequence[str] | None,
    ) -> Self:
        """Return patches with the file of each."""
        row = {file: k for k, file in enumerate(dict.fromkeys(files))}
        rows = np.array([row[file] for file in files], np.int64)
        return cls(
            np.array(numbers, np.int64), [*row], rows, times.reshape(-1, 2), scored,
            np.array(called, np.int64), sheet_of, items,
        )  # fmt: skip

    @property
    def share_names(self) -> bool:
        """Whether some items of their batch, of which these may be a few, are called alike."""
        return self.items is not None and len({*self.items}) < len(self.items)

    @property
    def are_counted(self) -> bool:
        """Whether it takes their numbers to tell them apart: items without names of their own."""
        have_none = self.share_names or (self.items is not None and not any(self.items))
        return have_none and len({*self.called.tolist()}) == len(self.called)


def decisions_in(table: object, patches: Decidable, among: Iterable[str] = ()) -> dict[int, str]:
    """Return what a table says of patches, by their numbers.

    Parameters
    ----------
    table : DataFrame, records or path
    patches : Decidable
    among : iterable of str
        The files of all recordings, of which some are here: what is of the others is of none.

    Raises
    ------
    InvalidTypeError, InvalidValueError, LabelFileError
        If it is no table, or one of mistakes, which no person decided; if it is of none of the
        patches, says two things of one or nothing, or cannot say which it is of.

    Warns
    -----
    UserWarning
        If some rows are of none, or keep and reject for another class than the one whose score is
        said; if some name files in other folders.
    """
    frame = _read(table)
    if not len(frame):
        return {}
    among = [*among, *(patches.items or ())]
    if patches.are_counted and "patch" in frame:
        found, nearest = _items_of(frame, patches, among), np.full(len(frame), NONE)
    else:
        found, nearest = _patches_of(frame, patches, _in_order(patches), among)
    missing = np.flatnonzero(found == NONE)
    if missing.size:
        near = nearest[missing[0]]
        times = None if near < 0 else patches.times[near]
        _tell_missing(frame, missing, times, is_any=bool((found >= 0).any()))
    _tell_rounded(frame, found, patches.times)
    labels = frame["label"].map(one_line)
    folded = labels.str.casefold()  # a spreadsheet writes words with a capital
    labels = labels.mask(folded.isin([KEEP, REJECT]), folded)
    _leave_others(frame, labels, found, patches)
    said: dict[int, str] = {}
    for place, label in zip(found.tolist(), labels, strict=True):
        if place < 0:
            continue
        number = int(patches.numbers[place])
        if not label:
            raise InvalidValueError(
                Argument("table"), f" says nothing of patch {number}: its label is empty",
                allowed='"keep", "reject" or a name',
            )  # fmt: skip
        if said.setdefault(number, label) != label:
            rows = np.flatnonzero(found == place)
            raise _two_things(table, frame, number, labels.iloc[rows])
    return said


def _two_things(
    table: object, frame: pd.DataFrame, number: int, labels: pd.Series
) -> InvalidValueError:
    """Return what is said of a patch of which a table says several things, in some of its rows."""
    one = labels.iloc[0]
    other = labels[labels != one]
    of = " of read_labels(table)" if isinstance(table, str | os.PathLike) else ""
    return InvalidValueError(
        Argument("table"),
        f" says two things of patch {number},{_where(frame.loc[labels.index[0]])}: {shown(one)} in "
        f"row {labels.index[0]} and {shown(other.iloc[0])} in row {other.index[0]}{of}, from 0",
        remedy="Leave out one of these rows. Or give what several people decided in a table for "
        "each, one after the other: the later counts.",
    )


def tell_changed(before: Mapping[int, str], said: Mapping[int, str]) -> None:
    """Warn of patches of which a table says something else than was decided before, by number."""
    changed = [number for number in said if before.get(number, said[number]) != said[number]]
    if not changed:
        return
    first, n = changed[0], len(changed)
    warn_user(
        f"{plural(n, 'patch')} of {len(said):,} in the table {'was' if n == 1 else 'were'} decided "
        f"otherwise before, first patch {first} as {shown(before[first])} and now as "
        f"{shown(said[first])}: what the table says counts. If it is the older, give it first."
    )


def _read(table: object) -> pd.DataFrame:
    """Return a table as labels, with what else it says of decisions, as text."""
    import pandas as pd

    if isinstance(table, str | os.PathLike):
        path = as_path(table, "table")
        frame, beside = read_labels(path), _beside_in(path)
    else:
        given = plain_frame("table", table)
        refuse_mistakes("table", given.columns, lambda place: texts_in(given.iloc[:, place]))
        frame, beside = labels_from("table", given), _beside_of(given)
    return frame.assign(**{
        name: pd.Series([*map(str.strip, texts)], frame.index, dtype=object)
        for name, texts in beside.items()
        if len(texts) == len(frame)
    })  # fmt: skip


def _beside_in(path: Path) -> dict[str, pd.Series]:
    """Return such columns of a file: its rows are read again, with each as their labels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what there is to tell of it was told before
        header = read_text(path, None).lstrip().partition("\n")[0]
        names = {plain_name(cell.strip('"')) for cell in header.split(delimiter_of(header))}
        return {name: read_labels(path, label=name)["label"] for name in _BESIDE if name in names}


def _beside_of(given: pd.DataFrame) -> dict[str, pd.Series]:
    """Return such columns of a frame, in the same way: so none is of another row."""
    at, found = [*map(plain_name, given.columns)], match_columns(given.columns)
    if "label" not in found:
        return {}
    title = given.columns[found["label"]]
    read = {name: given.iloc[:, at.index(name)] for name in _BESIDE if name in at}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            name: labels_from("table", given.assign(**{title: column}))["label"]
            for name, column in read.items()
        }


def _in_order(patches: Decidable) -> NDArray[np.int64]:
    """Return the order of file and time, in which no two are alike."""
    begins, ends = patches.times.T
    order = np.lexsort((ends, begins, patches.rows))
    is_one = np.diff([column[order] for column in (patches.rows, begins, ends)]) == 0
    if patches.share_names or is_one.all(axis=0).any():
        raise InvalidValueError(
            Argument("table"), " cannot say which of these it is of: some have one file and time",
            remedy="Give the items of a batch names of their own: Patches.from_batch(x, "
            "names=[...]). Without these, a column 'patch' says it.",
        )  # fmt: skip
    return order


def _items_of(frame: pd.DataFrame, patches: Decidable, among: Iterable[str]) -> NDArray[np.int64]:
    """Return the place of the item that each row is of by its number, NONE of none of them."""
    place = {str(number): place for place, number in enumerate(patches.called.tolist())}
    # Beside a row of none they are floats to pandas.
    said = frame["patch"].str.removesuffix(".0")
    found: NDArray[np.int64] = said.map(lambda number: place.get(number, NONE)).to_numpy()
    if "file" in frame and patches.files != [""]:  # a loader may have them in another order
        of_row = _files_named(frame["file"], [*dict.fromkeys([*patches.files, *among])])
        found = np.where(of_row == patches.rows[found], found, np.minimum(of_row, NONE))
    return found


def _leave_others(
    frame: pd.DataFrame, labels: pd.Series, found: NDArray[np.int64], patches: Decidable
) -> None:
    """Leave out rows that keep or reject a patch for another class than the one said of it.

    A name says by itself what the patch is, whichever class it was looked at for.
    """
    if "scored" not in frame:
        return
    names = frame["scored"]
    rows = np.flatnonzero((found >= 0) & labels.isin([KEEP, REJECT]) & (names != ""))
    numbers = patches.numbers[found[rows]].tolist()
    asked = sorted({*numbers})
    said = {n: name for n, (name, _) in zip(asked, patches.scored(asked), strict=True)}
    others = [
        row
        for row, number in zip(rows.tolist(), numbers, strict=True)
        if said[number] and class_name(names.iloc[row]) != class_name(said[number])
    ]
    if not others:
        return
    number = int(patches.numbers[found[others[0]]])
    name = shown(names.iloc[others[0]])
    text = (
        f"{len(others):,} of {plural(len(frame), 'decision')} in the table "
        f"{'is' if len(others) == 1 else 'are'} for another class than the one whose score is said "
        f"here, first patch {number} for {name} and not for {shown(said[number])}"
    )
    remedy = f"A sheet of that class takes them: {patches.sheet_of.format(name)}."
    found[others] = NONE
    if (found < 0).all():
        raise InvalidValueError(text, remedy=remedy)
    warn_user(f"{text}. They are left out. {remedy}")


def _patches_of(
    frame: pd.DataFrame, patches: Decidable, order: NDArray[np.int64], among: Iterable[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the place of the patch that each row is of, and of that which begins nearest to it.

    Less than 0 are NONE, and what may be of several files, which is told here. `order` is that of
    file and time.
    """
    start, end = (frame[name].to_numpy(float) for name in ("start_time", "end_time"))
    files, named = [*patches.files], frame.get("file")
    if named is None and len(files) > 1:
        raise InvalidValueError(
            Argument("table"), f" has no column 'file', and these are of {len(files):,} files",
            remedy="Say in one which each row is of.",
        )  # fmt: skip
    if named is not None and files == [""] and len(called := sorted({*named} - {""})) > 1:
        raise InvalidValueError(
            Argument("table"), f" is of {listed(called, 3)}, and the recording has no name",
            remedy="Choose its rows, table[table['file'] == ...], or give it a name.",
        )  # fmt: skip
    if named is None or files == [""]:
        of_row = np.zeros(len(frame), int) if len(files) == 1 else np.full(len(frame), NONE)
    else:
        of_row = _files_named(named, [*dict.fromkeys([*files, *among])])
    are_rounded = [(abs(times * 100 - np.rint(times * 100)) < 1e-6).all() for times in (start, end)]
    found: NDArray[np.int64] = np.minimum(of_row, NONE)
    nearest = np.full(len(frame), NONE)
    firsts = np.searchsorted(patches.rows[order], np.arange(len(files) + 1))
    for k in np.unique(of_row[(of_row >= 0) & (of_row < len(files))]).tolist():
        rows, places = np.flatnonzero(of_row == k), order[firsts[k] : firsts[k + 1]]
        if not places.size:  # a recording without any
            continue
        begins, ends = patches.times[places].T
        after = np.searchsorted(begins, start[rows]).clip(1, max(1, len(begins) - 1))
        left, right = after - 1, np.minimum(after, len(begins) - 1)
        at = np.where(start[rows] - begins[left] <= begins[right] - start[rows], left, right)
        # Of patches that lie closer together, nothing says which is meant.
        is_clear = all(are_rounded) and (np.diff(begins) > 2 * _ROUNDED).all()
        near = _ROUNDED if is_clear else _NEAR
        is_it = (abs(begins[at] - start[rows]) <= near) & (abs(ends[at] - end[rows]) <= near)
        nearest[rows] = places[at]
        found[rows[is_it]] = places[at[is_it]]
    return found, nearest


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


def _where(row: pd.Series) -> str:
    """Return of what file a row of a table is, if it says that, and when."""
    of = f" of {shown(str(row['file']))}" if "file" in row else ""
    return f"{of} from {row['start_time']:.3f} to {row['end_time']:.3f} s"


def _tell_missing(
    frame: pd.DataFrame,
    missing: NDArray[np.int64],
    nearest: NDArray[np.float64] | None,
    *,
    is_any: bool,
) -> None:
    """Say which rows are of no patch here, and when that of their file is that begins nearest."""
    near = (
        "" if nearest is None else "; the nearest here is from {:.3f} to {:.3f} s".format(*nearest)
    )
    text = (
        f"{missing.size:,} of {len(frame):,} rows of table are of patches that are not shown here, "
        f"first that{_where(frame.iloc[missing[0]])}{near}"
    )
    if not is_any:
        where = ", if these are carved as those were and no time is rounded"
        if nearest is None:
            where = "; or call files that were renamed as to_frame() calls them here"
        raise InvalidValueError(
            text, remedy=f"Show those: numbers_of(table) says which patches they are{where}."
        )
    warn_user(f"{text}. They are left out.")


def _tell_rounded(
    frame: pd.DataFrame, found: NDArray[np.int64], times: NDArray[np.float64]
) -> None:
    """Say which rows have other times than the patches that they are taken for."""
    said, own = frame[["start_time", "end_time"]].to_numpy(float), times[found]
    rows = np.flatnonzero((found >= 0) & (abs(said - own) > _NEAR).any(axis=1))
    if rows.size:
        is_one, (begin, end) = rows.size == 1, own[rows[0]]
        warn_user(
            f"{rows.size:,} of {len(frame):,} rows of table {'has' if is_one else 'have'} times of "
            f"two decimals, and {'is' if is_one else 'are'} taken for the "
            f"{'patch' if is_one else 'patches'} there, first that{_where(frame.iloc[rows[0]])} "
            f"for the one from {begin:.3f} to {end:.3f} s."
        )
