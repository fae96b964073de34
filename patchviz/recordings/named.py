"""Labels of many recordings: which file each is of, and where they lie side by side."""

from __future__ import annotations

import dataclasses
import os
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import text_column
from .._util.warn import warn_user
from ..core.labels import TICKS, LabelIndex, tell_unnamed
from ..errors import InvalidValueError, shown
from ..io.labels import as_labels, read_labels
from ..io.table import match_columns, plain_frame
from .tablefiles import joined, tables_in

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ..core.names import Names
    from .layout import Layout
    from .table import Table

__all__ = ["FiledLabels"]


def _of_whole_files(labels: object) -> pd.DataFrame | None:
    """Return a table of labels that says no times, with some to be replaced; None of others."""
    if isinstance(labels, str | os.PathLike):
        return None
    frame = plain_frame("labels", labels)
    found = match_columns(frame.columns)
    if not {"file", "label"} <= found.keys() or found.keys() & {
        "start_time",
        "end_time",
        "duration",
    }:
        return None
    return frame.assign(start_time=0.0, end_time=0.0)


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
    """

    frame: pd.DataFrame
    rows: NDArray[np.int64]
    classes: tuple[str, ...]

    @classmethod
    def of(cls, labels: object, table: Table, names: Names) -> FiledLabels:
        """Return the labels that are of some files, or say that none is."""
        tables = tables_in("labels", labels, read_labels)
        frame = None if tables is None else joined("labels", tables, names)
        of_files = _of_whole_files(labels) if frame is None else None
        if frame is None:
            frame = as_labels(labels if of_files is None else of_files)
        if "file" in frame:
            rows = names.match("labels", frame["file"])
            frame, rows = frame[rows >= 0], rows[rows >= 0]
        elif len(table) == 1 or not len(frame):
            rows = np.zeros(len(frame), np.int64)
        else:
            raise InvalidValueError(
                f"labels have no column 'file', and there are {len(table):,} files. Say which file "
                'each is of: labels.assign(file="...").'
            )
        if of_files is not None:
            headers, origin = table.headers, table.layout.origin[rows]
            seconds = headers.n_samples[rows] / np.maximum(headers.sr[rows], 1)
            frame = frame.assign(start_time=origin, end_time=origin + seconds)
        order = np.argsort(rows, kind="stable")
        frame, rows = frame.iloc[order].reset_index(drop=True), rows[order]
        if len(frame):
            paths = {row: table.paths[row] for row in np.unique(rows).tolist()}
            frame["file"] = text_column(paths[row] for row in rows.tolist())
        tell_unnamed(frame)
        classes = tuple(sorted(set(frame["label"])))
        found = cls(frame, rows, classes)
        found._tell_outside(table)
        return found

    def _tell_outside(self, table: Table) -> None:
        """Say which labels lie outside of their recordings."""
        is_known = table.layout.n_frames[self.rows] > 0
        outside = np.flatnonzero(is_known & ~self._inside(table.layout))
        if outside.size:
            row = int(outside[0])
            label = self.frame.iloc[row]
            are = "label lies" if outside.size == 1 else "labels lie"
            warn_user(
                f"{outside.size:,} of {len(self.rows):,} {are} outside of their recordings, first "
                f"{shown(label['label'])} of {shown(label['file'])} from {label['start_time']:.3f} "
                f"to {label['end_time']:.3f} s: no patch has it."
            )

    def of_file(self, row: int) -> pd.DataFrame:
        """Return the labels of one file."""
        first, stop = np.searchsorted(self.rows, [row, row + 1])
        return self.frame.iloc[first:stop].reset_index(drop=True)

    def take(self, rows: NDArray[np.int64]) -> FiledLabels:
        """Return the labels of some files, whose rows rise; classes stay those of all."""
        kept = np.isin(self.rows, rows)
        own = np.searchsorted(rows, self.rows[kept])
        return FiledLabels(self.frame[kept].reset_index(drop=True), own, self.classes)

    @cached_property
    def index(self) -> LabelIndex:
        """Labels by class, of all that there are; by time, each of its own recording."""
        return LabelIndex.of(self.frame).among(self.classes)

    def _inside(self, layout: Layout) -> NDArray[np.bool_]:
        """Whether each label reaches into what patches may see of its recording."""
        if not layout.groups:
            return np.ones(len(self.rows), bool)
        seconds, origin = layout.frame_duration[layout.group[self.rows]], layout.origin[self.rows]
        start, end = (
            np.rint((self.frame[name].to_numpy() - origin) / seconds * TICKS) / TICKS
            for name in ("start_time", "end_time")
        )
        return np.asarray((end >= 0) & (start <= layout.seen[self.rows]))
