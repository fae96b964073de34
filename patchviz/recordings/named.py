"""Labels of many recordings: which file each is of, and where they lie side by side."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import text_column
from .._util.text import plural
from .._util.warn import warn_user
from ..core.labelindex import LabelIndex
from ..core.labels import tell_names
from ..core.matching import of_which
from ..core.overlaps import is_heard
from ..core.placing import in_ticks
from ..errors import InvalidValueError, shown
from ..io.frame import SILENT
from ..io.labels import as_labels
from .claims import rows_of
from .tablefiles import Joined, tables_in, tell_untabled

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ..core.names import Names
    from .layout import Layout
    from .table import Table

__all__ = ["FiledLabels"]


@dataclasses.dataclass(frozen=True, eq=False)
class FiledLabels:
    """Labels in the order of their files.

    Attributes
    ----------
    frame : DataFrame
        As :func:`read_labels` returns it; ``file`` is written as the recordings write it.
    rows : ndarray of int, shape (n_labels,)
        The file of each, by its row; it rises.
    classes : tuple of str
        Of all labels, in alphabetical order.
    elsewhere : frozenset of str
        Classes of labels that are left out, since they are of other files.
    looked_at : ndarray of bool, shape (n_files,)
        Of which files somebody says something: they have a label, or a row without one, or a table
        of their own, be it empty.
    is_each : bool
        Whether tables are of a file each. One of several may name those alone in which something
        is: whether somebody looked at others is not known then.
    """

    frame: pd.DataFrame
    rows: NDArray[np.int64]
    classes: tuple[str, ...]
    elsewhere: frozenset[str]
    looked_at: NDArray[np.bool_]
    is_each: bool

    @classmethod
    def of(cls, labels: object, table: Table, names: Names, *, is_told: bool = True) -> FiledLabels:
        """Return the labels that are of some files, or say that none is.

        It is told which files have no table of their own where others have, unless that is no news.
        """
        tables = tables_in("labels", labels, as_labels)
        frames = [as_labels(labels)] if tables is None else [*tables.frames.values()]
        silent = [name for frame in frames for name in frame.attrs.get(SILENT, ())]
        joined = Joined(frames[0]) if tables is None else tables.joined(names)
        frame, own, is_each = joined
        frame = frame.copy(deep=False)
        frame.attrs.clear()  # which pandas would copy at each step
        if is_each and is_told:
            heard = np.setdiff1d(np.arange(len(table)), [*table.errors])
            tell_untabled(own, heard.tolist(), names)
        elsewhere = frozenset[str]()
        if "file" in frame:
            rows = rows_of(names, "labels", frame["file"])
            elsewhere = frozenset(frame["label"][rows < 0])
            frame, rows = frame[rows >= 0], rows[rows >= 0]
        elif len(table) == 1 or not len(frame):
            rows = np.zeros(len(frame), np.int64)
        else:
            raise InvalidValueError(
                f"labels have no column 'file', and there are {len(table):,} files",
                remedy=of_which("labels"),
            )
        is_whole = np.isinf(frame["end_time"].to_numpy())
        if is_whole.any():
            # As far as there are frames, of which the last goes on after the sound.
            headers, layout = table.headers, table.layout
            origin, seconds = layout.origin[rows], np.zeros(len(rows))
            if layout.groups:
                seconds = layout.n_frames[rows] * layout.frame_duration[layout.group[rows]]
            heard = headers.n_samples[rows] / np.maximum(headers.sr[rows], 1)
            end = origin + np.maximum(heard, seconds)
            frame = frame.assign(
                start_time=frame["start_time"].mask(is_whole, origin),
                end_time=frame["end_time"].mask(is_whole, end),
            )
        order = np.argsort(rows, kind="stable")
        frame, rows = frame.iloc[order].reset_index(drop=True), rows[order]
        if len(frame):
            paths = {row: table.paths[row] for row in np.unique(rows).tolist()}
            frame["file"] = text_column(paths[row] for row in rows.tolist())
        tell_names(frame)
        classes = tuple(sorted(set(frame["label"])))
        named = names.rows(silent).tolist() if silent else []  # of none less than 0
        looked_at = np.isin(np.arange(len(table)), [*own, *rows.tolist(), *named])
        found = cls(frame, rows, classes, elsewhere, looked_at, is_each)
        found._tell_outside(table)
        return found

    def _tell_outside(self, table: Table) -> None:
        """Say which labels lie outside of their recordings, and which are of none that is heard."""
        failed = np.flatnonzero(np.isin(self.rows, [*table.errors]))
        if failed.size:
            first = self.frame.iloc[failed[0]]
            warn_user(
                f"{failed.size:,} of {plural(len(self.rows), 'label')} "
                f"{'is' if failed.size == 1 else 'are'} of files that failed, and in no patch, "
                f"first {shown(first['label'])} of {shown(first['file'])} at "
                f"{first['start_time']:.3f} s."
            )
        is_known = table.layout.n_frames[self.rows] > 0
        outside = np.flatnonzero(is_known & ~self._inside(table.layout))
        if outside.size:
            row = int(outside[0])
            label = self.frame.iloc[row]
            lie = "lies outside of its recording:"
            if outside.size > 1:
                lie = "lie outside of their recordings, first"
            warn_user(
                f"{outside.size:,} of {len(self.rows):,} labels {lie} "
                f"{shown(label['label'])} of {shown(label['file'])} from {label['start_time']:.3f} "
                f"to {label['end_time']:.3f} s: no patch has it."
            )

    def of_file(self, row: int) -> pd.DataFrame:
        """Return the labels of one file."""
        first, stop = np.searchsorted(self.rows, [row, row + 1])
        return self.frame.iloc[first:stop].reset_index(drop=True)

    def index_of(self, labels: pd.DataFrame) -> LabelIndex:
        """Return the index of some of these labels, among the classes of all."""
        return LabelIndex.of(labels, self.elsewhere).among(self.classes)

    def take(self, rows: NDArray[np.int64]) -> FiledLabels:
        """Return the labels of some files, whose rows rise; classes stay those of all."""
        kept = np.isin(self.rows, rows)
        own = np.searchsorted(rows, self.rows[kept])
        frame = self.frame[kept].reset_index(drop=True)
        return dataclasses.replace(self, frame=frame, rows=own, looked_at=self.looked_at[rows])

    def is_labelled(self, row: int) -> bool:
        """Return whether somebody looked at a file, as far as one can know it."""
        return not self.is_each or bool(self.looked_at[row])

    @cached_property
    def index(self) -> LabelIndex:
        """Labels by class, of all that there are; by time, each of its own recording."""
        return self.index_of(self.frame)

    def _inside(self, layout: Layout) -> NDArray[np.bool_]:
        """Whether each label reaches into its recording."""
        if not layout.groups:
            return np.ones(len(self.rows), bool)
        start, end = (self.frame[name].to_numpy() for name in ("start_time", "end_time"))
        seconds = layout.frame_duration[layout.group[self.rows]]
        ticks = in_ticks(start, end, layout.origin[self.rows], seconds)
        return is_heard(*ticks, layout.n_frames[self.rows])
