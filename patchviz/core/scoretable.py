"""Scores as a table has them: which patch and which class each row is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np

from .._util.columns import names_in, texts_in
from .._util.order import NAME, check_unmoved
from .._util.warn import warn_user
from ..errors import Argument, InPython, InvalidValueError, shown
from ..io.cells import refuse_own_tables
from ..io.columns import match_columns, match_scores, tell_rivals
from ..io.scores import plain_scores
from ..io.table import plain_frame
from .batch import batch_of, check_files
from .carving import times_asked
from .classcolumn import (
    class_in,
    class_of_score,
    failures_in,
    refuse_infinite,
    refuse_unscored,
    row_numbers_in,
    tell_doubtful,
    unscored_in,
)
from .grid import filled, go_on, said, windows_end
from .labels import LabelledPatches, of_recording
from .patchtable import PatchTable, numbers_in, rows_at, usual_length, wrong_number

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .placing import Placing

__all__ = ["NoPatchThereError", "TabledPatches"]

_IF_NAMES = (
    "If it names each row's class, call it 'label', and its number 'score'; if not, leave it out"
)


class NoPatchThereError(InvalidValueError):
    """Rows of scores are of windows that are no patches, which patches could be."""

    def said_without(self, **given: float | None) -> InvalidValueError:
        """Return the same for a face in which patches are at the windows, unless one says others.

        Parameters
        ----------
        **given : float or None
            What says others, by the names of arguments, that which does so first; None where it
            was not given.
        """
        reason = str(self).removesuffix(self.remedy).rstrip(" .")
        name = next((name for name, value in given.items() if value is not None), None)
        if name is None:
            return InvalidValueError(
                f"{reason}. Rows that begin anywhere are of events, and no windows: give them as ",
                Argument("labels"), ".",
            )  # fmt: skip
        return InvalidValueError(
            f"{reason}. Leave out ", Argument(name),
            ", and there is a patch for each window of the scores.",
        )  # fmt: skip


class TabledPatches(LabelledPatches):
    """What patches find in a table of scores."""

    _carver: ClassVar[str] = "spec.patches("  # what makes such patches, for messages
    _tells_others: ClassVar[bool] = False  # whether rows of a table that are of none are told of

    # What to_frame() adds of its own.
    _own_columns: frozenset[str] = frozenset({"filled", "labels", "start_timestamp"})

    def numbers_of(self, table: object) -> NDArray[np.int64]:
        """Return which patch each row of a table is of, by its times, as scores are found.

        Parameters
        ----------
        table : DataFrame, of any library, or records
            With a column ``start_time`` in seconds, if need be ``file``, and perhaps ``end_time``
            or ``duration``; of other columns nothing is asked. Names and index as for
            :meth:`with_scores`.

        Returns
        -------
        ndarray of int, shape (n_rows,)
            Numbers as :meth:`to_frame` has them in its index; -1 for rows of other recordings.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If `table` is none, says no times, or rows are of no patch at these times; if none of
            its rows is of these recordings.

        Warns
        -----
        UserWarning
            If some rows name the recording's file in another folder. Those of other files are not
            told: a table of many recordings is the rule.

        Examples
        --------
        A table of one's own gets what is known of its patches:

        >>> import pandas as pd
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0)
        >>> heard = pd.DataFrame({"start_time": [5.0, 0.0], "by": ["Ann", "Bo"]})
        >>> patches.numbers_of(heard)
        array([1, 0])
        >>> heard["patch"] = patches.numbers_of(heard)
        >>> heard.join(patches.to_frame()["end_time"].round(3), on="patch")
           start_time   by  patch  end_time
        0         5.0  Ann      1     9.985
        1         0.0   Bo      0     4.992
        """
        return self._numbers_in("table", table)

    def _numbers_in(self, name: str, table: object) -> NDArray[np.int64]:
        """Return the same of a table that is another argument, which errors name."""
        frame = plain_frame(name, table).reset_index(drop=True)
        rows = PatchTable(frame, match_columns(frame.columns), name, f"rows of {name}")
        if not rows.is_timed:
            why = "its start_time is empty"
            if "start_time" not in rows.found:
                titles = ", ".join(repr(str(name)) for name in frame.columns)
                why = f"found the columns {titles or 'none'}"
            raise InvalidValueError(
                f"{name} says no times; {why}",
                remedy="Add start_time, in seconds of the recording, and file where there are "
                "several; numbers of patches need not be looked for.",
            )
        found, indices, _ = self._rows_of(rows)
        numbers = np.full(len(frame), -1)
        numbers[found.frame.index] = self.numbers[indices]
        return numbers

    def _from_frame(
        self, data: object, classes: tuple[str, ...] | None
    ) -> tuple[NDArray[Any], tuple[str, ...], NDArray[np.float64] | None]:
        """Return scores, names of classes, and the times of patches where the table has others."""
        frame = plain_scores(data)
        is_asked = classes is not None and {*classes} <= {*map(str, frame.columns)}
        found = match_columns(frame.columns) if is_asked else match_scores(frame)
        table = PatchTable(frame, found, has_index=hasattr(data, "index"))
        table, rows, asked = self._rows_of(table)
        frame, titles = table.frame, [str(name) for name in table.frame.columns]
        if not len(frame) and len(titles):
            warn_user("the table of scores has no rows.")
        if "label" in found and "filled" not in titles:
            refuse_own_tables("scores", titles)
            if not is_asked and ("score" in found or not len(frame)):  # or nothing was found
                tell_rivals("scores", titles, found, lambda k: texts_in(frame.iloc[:, k]))
                return *self._detections(frame, found, rows, classes), asked
            if classes is None:
                refuse_unscored(frame.iloc[:, found["label"]], titles)
        taken = {table.number, *map(found.get, ("file", "start_time", "end_time", "duration"))}
        own = self._own_columns | failures_in(frame) | row_numbers_in(frame)
        if "score" in found and "filled" not in titles:
            own |= unscored_in(frame)
        places = [k for k, name in enumerate(titles) if k not in taken and name not in own]
        names = tuple(titles[k] for k in places)
        if "filled" in titles:  # it is a table that patches wrote
            names = tuple(map(class_in, names))
        elif places == [found.get("score")]:
            names = class_of_score(titles[places[0]], classes, self._labelled_anywhere())
        if not places:
            raise InvalidValueError(
                "scores have no column of a class; found the columns "
                f"{', '.join(map(repr, titles)) or 'none'}. Add one, named as the class is."
            )
        if classes is not None:
            place_of = dict(zip([*titles, *names], [*range(len(titles)), *places], strict=True))
            missing = [name for name in classes if name not in place_of]
            if missing:
                raise InvalidValueError(
                    Argument("classes", list(classes)),
                    f": scores have no column {shown(missing[0])}",
                    remedy=f"They have {', '.join(map(repr, names))}"
                    f"{', of one class' if places == [found.get('score')] else ''}.",
                )
            names, places = classes, [place_of[name] for name in classes]
        if _n_different(rows) < len(rows):
            self._refuse_twice(rows)
        values = np.full((len(self), len(places)), np.nan)
        for k, place in enumerate(places):
            values[rows, k] = _column(frame.iloc[:, place])
        refuse_infinite(values, names)
        if classes is None:
            tell_doubtful(table, places, names, values)
        return values, names, asked

    def _rows_of(
        self, table: PatchTable
    ) -> tuple[PatchTable, NDArray[np.int64], NDArray[np.float64] | None]:
        """Return the rows of a table that are of these patches, and which patch each is of.

        And the times of all patches, where they have others in the table. Times say what was
        scored. Numbers do where there are none: another carving has others.
        """
        is_timed = table.is_timed and batch_of(self) is None  # items know no time
        table, placing = self._placing_of_rows(table, is_timed=is_timed)
        if is_timed:
            return table, *self._rows_by_time(table, placing)
        kept, rows = self._rows_by_file(table, placing)
        if rows is not None:
            return kept, rows, None
        rows = self._rows_by_number(table)
        self._check_files(table, rows, placing)
        return table, rows, None

    def _rows_by_file(
        self, table: PatchTable, placing: Placing
    ) -> tuple[PatchTable, NDArray[np.int64] | None]:
        """Return which patch each row is of, where files have one each; else None."""
        return table, None

    def _placing_of_rows(self, table: PatchTable, *, is_timed: bool) -> tuple[PatchTable, Placing]:
        """Return the rows of a table that are of the recording, and where its patches lie."""
        # Items of a batch are of files of their own, which are looked at with their numbers.
        if "file" in table.found and batch_of(self) is None:
            table = table.take(
                of_recording(table.counted, table.files, self.spectrogram, table.what)
            )
        return table, self.framing

    def _rows_by_number(self, table: PatchTable) -> NDArray[np.int64]:
        """Return which patch each row of a table is of, and take away what is of none."""
        frame, column, what = table.frame, table.number, table.what
        numbers = np.asarray(frame.index if column is None else frame.iloc[:, column])
        if not len(numbers):
            return np.zeros(0, np.int64)
        if column is not None and numbers.dtype.kind == "f" and (abs(numbers) < 2**53).all():
            whole = numbers.astype(np.int64)  # as pandas has them, once some were missing
            numbers = whole if (whole == numbers).all() else numbers
        if column is not None and numbers.dtype.kind not in "iu":
            raise InvalidValueError(
                f"{what}: the column {shown(str(frame.columns[column]))} holds "
                f"{wrong_number(numbers, whole=True)}, and numbers of patches are whole."
            )
        if numbers.dtype.kind not in "iu":
            raise InvalidValueError(
                f"{what} have neither start_time and end_time nor numbers of patches as their "
                f"index or a column 'patch'; found the columns "
                f"{', '.join(repr(str(name)) for name in frame.columns)}."
            )
        if column is None:
            check_unmoved(what, self)
        if column is None and numbers.size and (numbers == np.arange(len(numbers))).all():
            if len(numbers) != len(self):
                raise InvalidValueError(
                    f"{what} have {len(numbers)} rows, and there are {len(self)} patches. Say "
                    "which they are of by an index or a column 'patch', by start_time and "
                    "end_time, or, of one patch per file, by a column 'file'."
                )
            if table.has_index:
                self._refuse_either(what, len(numbers))
            return numbers
        if column is None and table.has_index:
            self._refuse_moved(what, frame.index)
        index = np.full(self.framing.last_number + 1, -1)
        index[self.numbers] = np.arange(len(self))
        outside = (numbers < 0) | (numbers >= len(index))
        rows = np.where(outside, -1, index[np.where(outside, 0, numbers)])
        if (rows < 0).any():
            wrong = numbers[rows < 0]
            raise InvalidValueError(
                f"{len(wrong)} of {len(rows)} rows of {what} are of no patch, first that of patch "
                f"{wrong[0]}: there are {len(self)} patches, {self.numbers[0]} to "
                f"{self.numbers[-1]}."
            )
        return rows

    def _refuse_moved(self, what: str, index: Any) -> None:
        """Refuse a table that was sorted or shuffled, whose index may be rows of another one."""
        n = len(self)
        if index.name != NAME and len(index) == n and (np.sort(index) == np.arange(n)).all():
            raise InvalidValueError(
                f"{what} have the index {_listed(np.asarray(index))}: a table that was sorted or "
                "shuffled keeps the numbers of its rows. If these are numbers of patches, say so: "
                "table.rename_axis('patch'); if it is in the order of the patches: "
                "table.reset_index(drop=True)."
            )

    def _refuse_either(self, what: str, n: int) -> None:
        """Refuse an index 0 to n - 1 that would be right as numbers, and as another order too."""
        numbers = self.numbers
        is_both = (numbers < n) & (numbers != np.arange(n))
        if is_both.any():
            place = int(np.argmax(is_both))
            raise InvalidValueError(
                f"{what} have the index 0 to {n - 1}, and these are picked patches: their numbers "
                f"are {_listed(numbers)}. Row {numbers[place]} may be of the patch of this number, "
                f"or of that in this place. In their order: table.set_index(patches.numbers); by "
                "number: table.loc[patches.numbers]."
            )

    def _rows_by_time(
        self, table: PatchTable, placing: Placing
    ) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
        """Return which patch each row of a table is of, by its times, and these where they differ.

        Whoever joins the table with another one of the patches finds its rows by its own times.
        """
        span = table.spans(placing.frame_length * placing.frame_duration)
        rows, fits = rows_at(*span, placing)
        wrong = np.flatnonzero(rows < 0)
        if wrong.size:
            self._refuse_times(table, span, wrong, fits, placing)
        times = self._table_times
        start, length = span
        if "end_time" in table.found:
            asked = np.stack([start, table.times("end_time")], axis=1)
        elif "duration" in table.found:
            asked = times_asked(start, length)
        else:  # as it was asked for
            asked = times_asked(start, np.diff(times[rows])[:, 0])
        if not len(rows) or np.array_equal(asked, times[rows]):
            return rows, None
        times = times.copy()
        times[rows] = asked
        return rows, times

    def _refuse_times(
        self,
        table: PatchTable,
        span: tuple[NDArray[np.float64], NDArray[np.float64]],
        wrong: NDArray[np.int64],
        fits: NDArray[np.bool_],
        placing: Placing,
    ) -> NoReturn:
        """Say of which rows there is no patch at their times, and what may be meant."""
        start, length = span
        none = np.flatnonzero(~((length > 0) & np.isfinite(start)))  # NaN is not
        if none.size:
            at = start[none[0]]
            raise InvalidValueError(
                f"{none.size:,} of {len(start):,} rows of {table.what} are of no window, first one "
                f"from {at:.6g} to {at + length[none[0]]:.6g} s",
                allowed="a start_time and, after it, an end_time, in seconds",
            )
        first, n = wrong[0], len(start)
        number = None if table.number is None else table.frame.iloc[first, table.number]
        origin, frame, frame_length, end = (
            np.broadcast_to(values, n)
            for values in (
                placing.origin, placing.frame_duration, placing.frame_length, placing.end
            )
        )  # fmt: skip
        usual = usual_length(length)
        pad = ', tail="pad"' if go_on(start, usual, end, frame).any() else ""
        kept, last = np.unique(start), windows_end(end, usual, frame, is_padded=bool(pad)).max()
        every = filled(kept, usual, float(origin.min()), last)
        # A table of detections lacks windows in which nothing was found.
        starts = f"starts=np.unique(table.start_time){pad}"
        if len(every) > len(kept):
            starts = said(kept, usual, float(origin.min()), last) + pad
        remedy = f"Carve them where the scores are: {self._carver}duration={usual:.12g}, {starts})."
        kind: type[InvalidValueError] = NoPatchThereError
        why = f"patches are {frame_length[first] * frame[first]:.3f} s long"
        if start[first] + length[first] > 2 * end[first]:
            why = f"the sound ends at {end[first]:.3f} s"
            remedy, kind = "Times must be seconds of the recording.", InvalidValueError
        elif start[first] + length[first] <= origin[first]:
            why, remedy = _before_a_part(origin[first], end[first])
        elif fits[first]:
            nearest = placing.nearest((start - origin) / frame)[first]
            why = f"the nearest patch begins at {self._table_times[nearest, 0]:.3f} s"
        if 0 < len(self) <= self.framing.last_number:
            are_scores = table.what == "scores"
            first_all = "give all of them their scores, and then pick; or " if are_scores else ""
            remedy = f"These are picked patches: {first_all}give the rows of these alone."
        place = np.flatnonzero(self.numbers == number)
        if place.size:
            low, high = self._table_times[place[0]]
            why += f", and patch {number}, as it is numbered, is from {low:.3f} to {high:.3f} s"
            remedy += " Rows without times are found by their numbers."
        raise kind(
            f"{len(wrong):,} of {n:,} rows of {table.what} are of no patch, first that"
            f"{self._recording_of(placing, first)} from {start[first]:.3f} to "
            f"{start[first] + length[first]:.3f} s: {why}",
            remedy=InPython(remedy) if kind is NoPatchThereError else remedy,
        )

    def _recording_of(self, placing: Placing, row: int) -> str:
        """Return of which recording a row is, for a message; nothing where there is but one."""
        return ""

    def _check_files(self, table: PatchTable, rows: NDArray[np.int64], placing: Placing) -> None:
        """Refuse numbers of patches that are of other files than their rows."""
        if "file" in table.found:
            check_files(table.what, table.files, self, rows.tolist())

    def _detections(
        self,
        frame: pd.DataFrame,
        found: dict[str, int],
        rows: NDArray[np.int64],
        classes: tuple[str, ...] | None,
    ) -> tuple[NDArray[Any], tuple[str, ...]]:
        """Return the scores of a table with a row for each patch and class that was detected."""
        column = frame.iloc[:, found["label"]]
        label = np.array(names_in(column, _refuse_name), object)
        is_unnamed = np.array([not text.strip() for text in label], bool)
        n_unnamed = int(is_unnamed.sum())
        if n_unnamed and not (classes is not None and "" in classes):
            title = str(frame.columns[found["label"]])
            raise InvalidValueError(
                f"scores: {n_unnamed} of {len(column)} rows name no class in the column "
                f"{shown(title)}. Leave them out",
                InPython(f": table[table[{shown(title)}].str.strip() > '']"),
                ".",
            )
        names = tuple(sorted(set(label))) if classes is None else classes
        unknown = set(label) - set(names)
        if unknown:
            n = int(np.count_nonzero(np.isin(label, list(unknown))))
            raise InvalidValueError(
                Argument("classes", list(names)),
                f" lack {shown(min(unknown))}: {n} of {len(label)} rows of scores are of "
                "none of them",
                remedy="Leave such rows out, or name their classes.",
            )
        place = {name: k for k, name in enumerate(names)}
        columns = np.array([place[name] for name in label], np.int64)
        cells = rows * len(names) + columns
        if _n_different(cells) < len(cells):
            self._refuse_twice(cells, len(names))
        score = _column(frame.iloc[:, found["score"]]) if len(frame) else np.empty(0)
        if len(score) and np.isnan(score).all():
            raise InvalidValueError(
                f"scores: none of {len(score)} rows says one in the column "
                f"{shown(str(frame.columns[found['score']]))}. Labels without scores are ",
                Argument("labels"),
                InPython(" of the spectrogram: spec.with_labels(...)"),
                ".",
            )
        values = np.full((len(self), len(names)), np.nan)
        values[rows, columns] = score
        return values, names

    def _refuse_twice(self, cells: NDArray[np.int64], n_classes: int = 1) -> None:
        there, counts = np.unique(cells, return_counts=True)
        twice = np.unique(there[counts > 1] // n_classes)
        number = self.numbers[twice[0]]
        raise InvalidValueError(
            f"{_several(len(twice))} several rows of scores"
            f"{' for one class' if n_classes > 1 else ''}, first patch {number}. Leave one",
            InPython(": table.groupby(...).max()"),
            ".",
        )


def _refuse_name(_: int, __: str, reason: str) -> NoReturn:
    raise InvalidValueError(f"scores: {reason}")


def _several(n: int) -> str:
    return "1 patch has" if n == 1 else f"{n} patches have"


def _n_different(numbers: NDArray[Any]) -> int:
    """Return how many numbers there are; to sort many is quicker than numpy's unique is."""
    return int(np.count_nonzero(np.diff(np.sort(numbers)))) + (len(numbers) > 0)


def _column(column: pd.Series) -> NDArray[np.float64]:
    said = f"scores: the column {shown(str(column.name))} holds"
    return numbers_in(column, said, (_IF_NAMES, InPython(", or say classes=[...]"), "."))


def _listed(numbers: NDArray[np.int64]) -> str:
    return ", ".join(map(str, numbers[:4].tolist())) + (" ..." if len(numbers) > 4 else "")


def _before_a_part(begin: float, end: float) -> tuple[str, str]:
    """Return why there is no patch before a part of a recording, and what leaves out such rows."""
    return f"what they are of begins at {begin:.3f} s", (
        "Times must be seconds of the recording; of a part, leave out the rows before and after: "
        f"table[(table.start_time >= {begin:.12g}) & (table.end_time <= {end:.12g})]."
    )
