"""Where the patches of many recordings lie, side by side on one axis.

Each recording keeps its own frames, whatever its rate. They lie one behind the other on an axis on
which only whole frames are counted; times are always those of a recording.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.validation import check_position, chosen_from
from ..core.placing import TICKS, Placing, Windows
from .index import Index
from .layout import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Beside", "OfRows"]


@dataclasses.dataclass(frozen=True, eq=False)
class Beside:
    """Which frames are patch *i* of many recordings, as a framing says it of one.

    Parameters
    ----------
    layout : Layout
    index : Index
    """

    layout: Layout
    index: Index

    @property
    def n_patches(self) -> int:
        """How many patches there are."""
        return len(self.index)

    @property
    def numbers(self) -> NDArray[np.int64] | None:
        """Which of others these patches are."""
        return self.index.numbers

    @property
    def last_number(self) -> int:
        """The last number that a patch may have."""
        return (self.index.n_numbered or len(self.index)) - 1

    def check_index(self, index: int, name: str = "index") -> int:
        """Return the position of a patch counted from the start."""
        return check_position(index, self.n_patches, name)

    def choice(self, chosen: Any) -> NDArray[np.int64]:
        """Return the positions of some patches."""
        return chosen_from(self.n_patches, chosen, self.check_index)

    @cached_property
    def found(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which file each patch is of, and what it is called there."""
        return self.index.find(np.arange(len(self.index)))

    @cached_property
    def offset(self) -> NDArray[np.int64]:
        """Where on the axis each recording begins, and, last, where the last of them ends."""
        offset: NDArray[np.int64] = np.r_[0, np.cumsum(self.layout.seen)]
        return offset

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where on the axis each patch begins."""
        rows, in_file = self.found
        return self.offset[rows] + self.layout.start_frames(rows, in_file)

    @property
    def stops(self) -> NDArray[np.int64]:
        """Where on the axis each patch ends."""
        layout = self.layout
        return np.asarray(self.starts + layout.frame_length[layout.group[self.found[0]]])

    @property
    def follows(self) -> NDArray[np.bool_]:
        """Whether each patch but the first is the next one of its recording's carving."""
        rows, in_file = self.found
        return np.asarray((np.diff(rows) == 0) & (np.diff(in_file) == 1))

    def sharing(self, index: int) -> tuple[int, int]:
        """Return the first patch that shares a frame with a patch, and the one after the last."""
        row, start = self.found[0][index], self.starts[index]
        length = self.layout.frame_length[self.layout.group[row]]
        near = np.searchsorted(self.starts, [start - length + 1, start + length])
        first = int(self.index.first[row])
        stop = first + int(self.index.counts[row])
        return max(first, int(near[0])), min(stop, int(near[1]))

    def of(self, rows: NDArray[np.int64]) -> OfRows:
        """Return where patches lie in the recordings of some rows."""
        return OfRows(self, rows)


class OfRows(Placing):
    """Where patches lie in the recording of each of some rows, that need not be of all.

    Parameters
    ----------
    beside : Beside
    files : ndarray of int, shape (n_rows,)
        Which file each row is of.
    """

    def __init__(self, beside: Beside, files: NDArray[np.int64]) -> None:
        self.beside, self.files = beside, files

    @property
    def origin(self) -> NDArray[np.float64]:
        """Time of the first frame, in seconds."""
        return self.beside.layout.origin[self.files]

    @property
    def n_frames(self) -> NDArray[np.int64]:
        """Frames of the recording."""
        return self.beside.layout.n_frames[self.files]

    @property
    def frame_length(self) -> NDArray[np.int64]:
        """Frames of a patch."""
        layout = self.beside.layout
        return layout.frame_length[layout.group[self.files]]

    @property
    def frame_duration(self) -> NDArray[np.float64]:
        """Seconds from one frame to the next."""
        layout = self.beside.layout
        return layout.frame_duration[layout.group[self.files]]

    @property
    def begin(self) -> NDArray[np.int64]:
        """Position of the first patch of the recording."""
        return self.beside.index.first[self.files]

    @property
    def stop(self) -> NDArray[np.int64]:
        """Position after the last patch of the recording."""
        return self.begin + self.beside.index.counts[self.files]

    @property
    def windows(self) -> Windows | None:
        """When patches begin and end as they were asked for; None where nobody said it."""
        layout, offset = self.beside.layout, self.beside.offset
        if layout.asked is None:
            return None
        rows, in_file = self.beside.found
        times = layout.table_times(rows, in_file) - layout.origin[rows, np.newaxis]
        frames = times / layout.frame_duration[layout.group[rows], np.newaxis]
        # What was asked for reaches up to two frames beyond what it became.
        shift = (offset[:-1] + 4 * np.arange(len(offset) - 1)) * TICKS
        return Windows.of(frames, rows, shift, self.files)

    def n_before(self, frame: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many patches lie before each frame, with those of recordings before it."""
        offset = self.beside.offset
        begin, end = offset[self.files], offset[self.files + 1]
        place = begin + np.clip(frame, 0, end - begin)
        return np.searchsorted(self.beside.starts, place, side="left")

    def start_of(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the first frame of a patch for each row, counted in the recording of the row."""
        return np.asarray(self.beside.starts[index] - self.beside.offset[self.files])
