"""All patches of many recordings, side by side: which of them share sound, or hold a label."""

from __future__ import annotations

import copy
import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from .._util.columns import text_column, texts_in
from .._util.copies import first_of_copies
from .._util.order import NAME
from .._util.warn import warn_user
from ..core.coverage import LEAKS, blocks_of, shared
from ..core.matching import of_which
from ..core.names import Names
from ..core.patches import Patches
from ..core.patchtable import PatchTable, rows_at
from ..core.placing import Placing
from ..core.spectrogram import Spectrogram
from ..core.truth import is_by_labels
from ..errors import Argument, InPython, InvalidValueError, shown, unstopped
from .beside import Beside, OfRows
from .claims import rows_of
from .index import Index

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ..core.labelindex import LabelIndex
    from .named import FiledLabels
    from .table import Table

__all__ = ["SideBySide", "no_labels"]


class _OfNone(Spectrogram):
    """The spectrogram of none of many recordings, which has the labels of all."""

    @cached_property
    def _label_index(self) -> LabelIndex:
        raise no_labels()


class SideBySide(Patches):
    """What is known of the patches of many recordings; their values are nobody's."""

    _carver: ClassVar[str] = "Recordings(files, "
    _tells_others: ClassVar[bool] = True
    _own_columns = Patches._own_columns | {"error", "n_frames"}

    _table: Table
    _names: Names
    _labels: FiledLabels | None
    _levels_found: NDArray[np.float64] | None
    tabled: frozenset[int] = frozenset()  # recordings that have a table of their own, be it empty

    @classmethod
    def of(cls, table: Table, index: Index, names: Names, labels: FiledLabels | None) -> SideBySide:
        """Lay the patches of some recordings side by side."""
        spec = _OfNone(np.zeros((1, 1), np.float32), sr=1, hop_length=1)
        if labels is not None:
            object.__setattr__(spec, "labels", labels.frame)
            vars(spec)["_label_index"] = labels.index
        flat: SideBySide = object.__new__(cls)
        vars(flat).update(
            spectrogram=spec, framing=Beside(table.layout, index), pad_value=None, min_filled=None,
            requested_duration=None, requested_hop_duration=None, _table=table, _names=names,
            _labels=labels, _levels_found=None,
        )  # fmt: skip
        return flat

    @property
    def beside(self) -> Beside:
        """Where patches lie."""
        beside: Beside = vars(self)["framing"]
        return beside

    @property
    def duration(self) -> float:
        """Length of a patch in seconds; where rates differ, the least."""
        return min(carved.duration for carved in self._table.layout.carved)

    @property
    def _longer_than_any(self) -> float:
        carved = self._table.layout.carved
        return min((one.frame_length + 1) * one.frame_duration for one in carved)

    @property
    def filled(self) -> NDArray[np.float64]:
        """Share of every patch that is no padding."""
        layout, (rows, in_file) = self._table.layout, self.beside.found
        length = layout.frame_length[layout.group[rows]]
        left = layout.n_frames[rows] - layout.start_frames(rows, in_file)
        filled: NDArray[np.float64] = np.minimum(left, length) / length
        return filled

    @property
    def times(self) -> NDArray[np.float64]:
        """When every patch starts and ends in its recording, in seconds."""
        return self._table.layout.times(*self.beside.found)

    @property
    def _table_times(self) -> NDArray[np.float64]:
        return self._table.layout.table_times(*self.beside.found)

    def _set_asked(self, asked: NDArray[np.float64]) -> None:
        layout = self._table.layout.asked_for(*self.beside.found, asked)
        vars(self)["_table"] = dataclasses.replace(self._table, layout=layout)

    def _where(self) -> dict[str, Any]:
        import pandas as pd

        rows, times = self.beside.found[0], self._table_times
        columns: dict[str, Any] = {
            "file": text_column(np.array(list(self._table.paths), object)[rows]),
            "start_time": times[:, 0],
            "end_time": times[:, 1],
        }
        if not np.isnat(self._table.headers.began).all():
            began = pd.Series(self._table.starts())
            if began.dtype.kind == "M":
                since = pd.to_timedelta(times[:, 0], unit="s").round("us")
                columns["start_timestamp"] = began.iloc[rows].array + since
            else:  # no column holds both
                warn_user(
                    "there is no start_timestamp: the clocks of some files do not say how "
                    "far they are from UTC, and those of others do. recordings.files.start has "
                    "each."
                )
        return columns

    def _in_files(self, rows: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        return {"patch_in_file": self.beside.found[1][rows]}

    def _levels(self) -> NDArray[np.float64]:
        assert self._levels_found is not None
        return self._levels_found

    @property
    def _placing_of_labels(self) -> Placing:
        assert self._labels is not None
        return self.beside.of(self._labels.rows)

    def tell_without_row(self, truth: object) -> None:
        """Warn of recordings of which a table of several says nothing, where it says the truth."""
        if self._labels is None or not is_by_labels(truth):
            return
        if self._labels.is_each:  # which is told where they are given
            return
        rows = self.beside.found[0]
        every, said = np.unique(rows), np.flatnonzero(self._labels.looked_at)
        without = np.setdiff1d(every, said)
        if without.size:
            have, count, them = (
                ("has", "counts", "it") if without.size == 1 else ("have", "count", "them")
            )
            warn_user((
                f"{without.size:,} of {len(every):,} recordings {have} no row in the table of "
                f"labels, first {shown(self._table.paths[int(without[0])])}, and {count} as heard: "
                f"what a model finds there is a mistake. If nobody looked at {them}, ",
                InPython("recordings."), Argument("labelled"), f" leaves {them} out.",
            ))  # fmt: skip

    def judged(self, truth: object) -> Self:
        """Return the same as a truth judges it: by labels, without scores that nobody looked at.

        Of which recordings these are was told where labels were given. Of one table of several it
        is not known: see :meth:`tell_without_row`.
        """
        if self._labels is None or not self._labels.is_each or not is_by_labels(truth):
            return self
        rows = self.beside.found[0]
        every = np.unique(rows)
        without = every[~self._labels.looked_at[every]]
        if self._scores is None or not without.size:
            return self
        new = copy.copy(self)
        new._set_scores(np.where(np.isin(rows, without)[:, np.newaxis], np.nan, self._scores))
        vars(new)["_score_range"] = self._score_range  # a threshold is one of all
        return new

    # -- in time ---------------------------------------------------------------------------

    @cached_property
    def _clock(self) -> NDArray[np.float64]:
        """When each recording begins and ends, in seconds, if one follows the other."""
        layout = self._table.layout
        seconds = layout.seen * layout.frame_duration[layout.group]
        clock: NDArray[np.float64] = np.r_[0.0, np.cumsum(seconds)]
        return clock

    def _moments(self) -> NDArray[np.float64]:
        """Return when each patch begins, if one recording follows the other, in seconds."""
        layout, (rows, in_file) = self._table.layout, self.beside.found
        since = layout.start_frames(rows, in_file) * layout.frame_duration[layout.group[rows]]
        return self._clock[rows] + since

    def blocks(self, n: int, *, gap: float = 0.0) -> NDArray[np.int64]:
        """Part all recordings, one after the other, into blocks of equal length."""
        layout, rows = self._table.layout, self.beside.found[0]
        lengths = layout.frame_length * layout.frame_duration
        starts = self._moments()
        stops = starts + lengths[layout.group[rows]]
        return blocks_of(starts, stops, (self._clock[rows], self._clock[rows + 1]), n, gap=gap)

    def leaks(self, train: Any, test: Any) -> pd.DataFrame:
        """Return the test patches that share frames with training patches."""
        import pandas as pd

        layout, beside = self._table.layout, self.beside
        train, test = self._positions("train", train), self._positions("test", test)
        spans = np.stack([beside.starts, beside.stops]) + self._to_first_copies(train, test)
        # Copies lie where the first of them does, and so not in the order of patches.
        train, test = (part[np.argsort(spans[0, part], kind="stable")] for part in (train, test))
        leaking, nearest, n_train, frames = shared(spans[:, test], spans[:, train], 0)
        order = np.argsort(test[leaking])
        leaking, nearest, n_train, frames = (
            found[order] for found in (leaking, nearest, n_train, frames)
        )
        patch = test[leaking]
        group = layout.group[beside.found[0][patch]]
        columns = (
            self.numbers[patch], self.numbers[train[nearest]], n_train,
            frames * layout.frame_duration[group], frames / layout.frame_length[group],
        )  # fmt: skip
        return pd.DataFrame(dict(zip(LEAKS, columns, strict=True)))

    def first_copies(self, files: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for every file the first of some that it is a copy of; of others themselves."""
        table, first = self._table, np.arange(len(self._table))
        paths = [table.path(row) for row in files.tolist()]
        first[files] = files[first_of_copies(paths, table.headers.size[files])]
        return first

    def _to_first_copies(self, *parts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how far each patch is from where it lies in the first copy of its file."""
        rows, offset = self.beside.found[0], self.beside.offset
        first = self.first_copies(np.unique(np.concatenate([rows[part] for part in parts])))
        return np.asarray((offset[first] - offset[: len(first)])[rows])

    # -- tables ----------------------------------------------------------------------------

    def _placing_of_rows(self, table: PatchTable, *, is_timed: bool) -> tuple[PatchTable, Placing]:
        """Return the rows of a table that are of these recordings, and where patches lie there."""
        what = table.what
        if "error" in table.frame.columns:  # rows of files that failed
            failed = (texts_in(table.frame["error"]) != "").to_numpy()
            if failed.any():
                warn_user(
                    f"1 row of {what} is of a file that failed, and is left out."
                    if (n := np.count_nonzero(failed)) == 1
                    else f"{n:,} rows of {what} are of files that failed, and are left out."
                )
                table = table.take(~failed)
        if "file" in table.found:
            files = rows_of(self._names, table.counted, table.files)
            table, files = table.take(files >= 0), files[files >= 0]
        elif len(self._table) == 1 or not is_timed:
            files = np.zeros(len(table.frame) if is_timed else 0, np.int64)
        elif table.number is not None:
            files = self.beside.found[0][self._rows_by_number(table)]
        else:
            raise InvalidValueError(
                f"{what}: there is no column 'file', and there are {len(self._table):,} files",
                remedy=of_which(what),
            )
        if is_timed:
            table, files = self._without_late(*self._without_failed(table, files))
        return table, self.beside.of(files)

    def _rows_by_file(
        self, table: PatchTable, placing: Placing
    ) -> tuple[PatchTable, NDArray[np.int64] | None]:
        says_number = table.number is not None or table.frame.index.name == NAME
        if "file" not in table.found or says_number:
            return table, None
        assert isinstance(placing, OfRows)
        counts = placing.stop - placing.begin
        if (counts > 1).any() or not len(counts):
            return table, None
        table, files = self._without_failed(table, placing.files)
        return table, self.beside.index.first[files]

    def _without_failed(
        self, table: PatchTable, files: NDArray[np.int64]
    ) -> tuple[PatchTable, NDArray[np.int64]]:
        """Leave out rows of files that cannot be used, or refuse them where all rows are.

        One file that is damaged, or too short for a patch, is no reason to score none.
        """
        failed = np.isin(files, [*self._table.errors])
        if not failed.any():
            return table, files
        first = int(files[np.argmax(failed)])
        path, why = shown(self._table.paths[first]), (*unstopped(self._table.errors[first]), ".")
        if failed.all():
            raise InvalidValueError(
                f"no row of {table.what} is of a file that can be used, first that of {path}: ",
                *why,
            )
        warn_user((
            f"{np.count_nonzero(failed):,} of {len(failed):,} rows of {table.what} are of files "
            f"that failed, and are left out, first that of {path}: ", *why,
        ))  # fmt: skip
        return table.take(~failed), files[~failed]

    def _without_late(
        self, table: PatchTable, files: NDArray[np.int64]
    ) -> tuple[PatchTable, NDArray[np.int64]]:
        """Leave out rows that begin where their recording has ended, as where it was cut.

        Where other rows are of no patch either, it is not the files.
        """
        placing = self.beside.of(files)
        span = table.spans(placing.frame_length * placing.frame_duration)
        is_late = span[0] > placing.end - placing.frame_duration
        if not is_late.any():  # as a rule, and then nothing is looked for twice
            return table, files
        is_of_none = rows_at(*span, placing)[0] < 0
        is_late &= is_of_none
        kept = ~is_late
        if kept.all() or not kept.any() or is_of_none[kept].any():
            return table, files
        first = int(np.argmax(is_late))
        warn_user(
            f"{np.count_nonzero(is_late):,} of {len(kept):,} rows of {table.what} begin after the "
            f"sound, and are left out, first that{self._recording_of(placing, first)} at "
            f"{span[0][first]:.3f} s."
        )
        return table.take(kept), files[kept]

    def _recording_of(self, placing: Placing, row: int) -> str:
        assert isinstance(placing, OfRows)
        return f" of {shown(self._table.paths[int(placing.files[row])])}"

    def _tell_filled(self, missing: float, is_filled: NDArray[np.bool_]) -> None:
        rows = self.beside.found[0]
        without = np.setdiff1d(rows, [*rows[~is_filled], *self.tabled])
        if without.size:
            have, score, them = (
                ("has", "scores", "it") if without.size == 1 else ("have", "score", "them")
            )
            warn_user((
                Argument("missing", missing),
                f": {without.size:,} of {len(np.unique(rows)):,} recordings {have} no "
                f"{'table' if self.tabled else 'row'} of scores, first "
                f"{shown(self._table.paths[int(without[0])])}, and {score} that throughout. If no "
                f"model heard {them}, leave {them} out.",
            ))  # fmt: skip

    def _check_files(self, table: PatchTable, rows: NDArray[np.int64], placing: Placing) -> None:
        assert isinstance(placing, OfRows)
        files = self.beside.found[0][rows[: len(placing.files)]]
        wrong = np.flatnonzero(files != placing.files)
        if wrong.size:
            row, paths = wrong[0], self._table.paths
            raise InvalidValueError(
                f"{wrong.size:,} of {len(rows):,} rows of {table.what} name another file than "
                f"their patch is of, first that of {shown(paths[int(placing.files[row])])}: patch "
                f"{self.numbers[rows[row]]} is of {shown(paths[int(files[row])])}",
                remedy="Numbers are those of all patches: recordings.to_frame() has them.",
            )


def no_labels() -> InvalidValueError:
    """Return the error of whoever asks recordings of labels that have none."""
    return InvalidValueError(
        "the recordings have no labels. Give them some: recordings.with_labels(...)."
    )
