"""All patches of many recordings as those of one long one, in which these lie side by side.

Which patches a label is in, which to choose, and which share sound is arithmetic of frames. It is
the same for one recording and for many, if what lies between two of these is longer than a patch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.columns import text_column, texts_in
from .._util.warn import warn_user
from ..core.framing import Framing
from ..core.patches import Patches
from ..core.scoretable import rows_at, spans_in, usual_length
from ..core.spectrogram import Spectrogram
from ..errors import InvalidValueError, shown
from .names import Names

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .index import Index
    from .named import FiledLabels
    from .table import Table

__all__ = ["SideBySide"]


class SideBySide(Patches):
    """Patches of many recordings on one axis of frames; their values are nobody's.

    A frame of the axis is a part of one of a recording such that patches of all rates have as many.
    Label times are counted in ticks of a recording's frames, as for one: exact up to 2**32 frames.
    """

    _own_columns = Patches._own_columns | {"error", "n_frames"}

    _table: Table
    _names: Names
    _rows: NDArray[np.int64]  # which file each patch is of
    _in_file: NDArray[np.int64]  # what it is called there
    _levels_found: NDArray[np.float64] | None

    @classmethod
    def of(cls, table: Table, index: Index, names: Names, labels: FiledLabels | None) -> SideBySide:
        """Lay the patches of some recordings side by side."""
        layout = table.layout
        rows, in_file = index.find(np.arange(len(index)))
        length = int(np.lcm.reduce(layout.frame_length))
        scale = (length // layout.frame_length)[layout.group]
        spans = layout.n_frames * scale
        beyond = 0 if labels is None else labels.n_beyond(layout, scale)
        offset = np.cumsum(spans + 2 * length + 2 * beyond) - spans - length - beyond
        starts = offset[rows] + layout.start_frames(rows, in_file) * scale[rows]
        n_frames = int(offset[-1] + spans[-1] + 2 * length + beyond)
        framing = Framing(
            n_frames, length, None, starts, frame_duration=1.0,
            numbers=index.numbers, n_numbered=index.n_numbered,
        )  # fmt: skip
        spec = Spectrogram(np.broadcast_to(np.float32(0), (1, n_frames)), sr=1, hop_length=1)
        if labels is not None:
            frame, known = labels.on(layout, offset, scale)
            object.__setattr__(spec, "labels", frame)
            vars(spec)["_label_index"] = known
        flat: SideBySide = object.__new__(cls)
        vars(flat).update(
            spectrogram=spec, framing=framing, pad_value=None, min_filled=None,
            requested_duration=None, requested_hop_duration=None, _table=table, _names=names,
            _rows=rows, _in_file=in_file, _offset=offset, _scale=scale, _levels_found=None,
        )  # fmt: skip
        return flat

    @property
    def duration(self) -> float:
        """Length of a patch in seconds."""
        layout = self._table.layout
        return float(layout.frame_length[0] * layout.frame_duration[0])

    @property
    def filled(self) -> NDArray[np.float64]:
        """Share of every patch that is no padding."""
        layout, rows = self._table.layout, self._rows
        length = layout.frame_length[layout.group[rows]]
        left = layout.n_frames[rows] - layout.start_frames(rows, self._in_file)
        filled: NDArray[np.float64] = np.minimum(left, length) / length
        return filled

    def _where(self) -> dict[str, Any]:
        import pandas as pd

        times = self._table.layout.times(self._rows, self._in_file)
        columns: dict[str, Any] = {
            "file": text_column(np.array(list(self._table.paths), object)[self._rows]),
            "start_time": times[:, 0],
            "end_time": times[:, 1],
        }
        if not np.isnat(self._table.headers.began).all():
            began = pd.Series(self._table.starts())
            if began.dtype.kind == "M":  # and not on clocks of which some know no zone
                since = pd.to_timedelta(times[:, 0], unit="s").round("us")
                columns["start_timestamp"] = began.iloc[self._rows].array + since
        return columns

    def _levels(self) -> NDArray[np.float64]:
        assert self._levels_found is not None
        return self._levels_found

    # -- tables ----------------------------------------------------------------------------

    def _rows_of(
        self, frame: pd.DataFrame, found: dict[str, int], *, has_index: bool
    ) -> tuple[pd.DataFrame, NDArray[np.int64]]:
        """Return the rows of a table that are of these recordings, and which patch each is of."""
        if "error" in frame.columns:  # rows of files that failed
            failed = frame["error"].fillna("").to_numpy() != ""
            if failed.any():
                warn_user(
                    f"{np.count_nonzero(failed):,} rows of scores are of files that failed, and "
                    "score nothing."
                )
                frame = frame[~failed]
        if not {"file", "start_time"} <= found.keys():
            return super()._rows_of(frame, found, has_index=has_index)
        files = texts_in(frame.iloc[:, found["file"]])
        rows = self._names.match("scores", files)
        frame, rows = frame[rows >= 0], rows[rows >= 0]
        return frame, self._at_times(frame, found, rows)

    def _at_times(
        self, frame: pd.DataFrame, found: dict[str, int], files: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return which patch each row is of, by its file and times."""
        layout = self._table.layout
        start, length = spans_in(frame, found, self.duration)
        group = layout.group[files]
        seconds = layout.frame_duration[group]
        at = (start - layout.origin[files]) / seconds
        short = layout.frame_length[group] - length / seconds
        is_cut = (short > 0) & (abs(at + length / seconds - layout.n_frames[files]) < 1.5)
        fits = (abs(short) < 1 + 1e-6) | is_cut
        offset, scale = vars(self)["_offset"][files], vars(self)["_scale"][files]
        tries = [offset + frames * scale for frames in (np.rint(at), np.floor(at + 1e-6))]
        rows = rows_at(self.framing.starts, tries, fits, offset + at * scale)
        wrong = np.flatnonzero(rows < 0)
        if wrong.size:
            first = wrong[0]
            raise InvalidValueError(
                f"{len(wrong):,} of {len(rows):,} rows of scores are of no patch, first that of "
                f"{shown(self._table.paths[int(files[first])])} from {start[first]:.3f} to "
                f"{start[first] + length[first]:.3f} s: patches are {self.duration:.3f} s long",
                remedy="Carve them where the scores are: Recordings(files, "
                f"duration={usual_length(length):g}, starts=np.unique(table.start_time), "
                'tail="pad").',
            )
        return rows
