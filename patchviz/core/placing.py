"""Which patch begins at a frame, asked row by row: of one recording, or each of its own."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TICKS", "Placing", "Windows", "in_ticks"]

# Times are counted in millionths of a frame: what is equal to them is equal.
TICKS = 1 << 20

_FAR = float(1 << 60)  # ticks; nothing lies further from the recording
_MOST = 2.0**53  # frames; beyond, floats count no single ones


def in_ticks(
    start: NDArray[np.float64], end: NDArray[np.float64], origin: Any, frame_duration: Any
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when labels begin and end, in ticks since `origin`; a point is one long."""
    a, b = (
        np.rint(np.clip((times - origin) / frame_duration * TICKS, -_FAR, _FAR)).astype(np.int64)
        for times in (start, end)
    )
    return a, np.maximum(b, a + 1)


class Windows(NamedTuple):
    """When patches begin and end as they were asked for, on one axis for all recordings, in ticks.

    Attributes
    ----------
    begins, ends : ndarray of int, shape (n_patches,)
        Neither falls.
    length : int or ndarray of int
        Of the longest of the recording of each row: a table may cut the last, or say when some are.
    shift : int or ndarray of int
        Where on the axis the recording of each row begins.
    """

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    length: Any
    shift: Any

    @classmethod
    def of(
        cls,
        frames: NDArray[np.float64],
        recording: NDArray[np.int64],
        shift: NDArray[np.int64],
        rows: NDArray[np.int64] | int,
    ) -> Self:
        """Return them of patches that were asked for from and to such frames, shape (n, 2).

        Each is of a recording of those that begin at `shift`, as each of `rows` is.
        """
        ticks = np.rint(frames * TICKS).astype(np.int64)
        length = np.zeros_like(shift)
        np.maximum.at(length, recording, np.diff(ticks)[:, 0])
        on_axis = ticks + shift[recording, np.newaxis]
        begins, ends = np.maximum.accumulate(on_axis, axis=0).T  # which may be rounded
        return cls(begins, ends, length[rows], shift[rows])


class Placing(abc.ABC):
    """Where patches lie in the recording of each of some rows, be they labels or scores.

    What it says of a recording is a number where all rows are of one, or else an array with one
    for each row. Frames are those of the row's own recording; positions are among all patches.

    Attributes
    ----------
    origin, frame_duration : float or ndarray
        Time of the first frame, and from one to the next, in seconds.
    frame_length, n_frames : int or ndarray
        Frames of a patch, and of the recording.
    begin, stop : int or ndarray
        Position of the first patch of the recording, and the one after the last.
    """

    origin: Any
    frame_duration: Any
    frame_length: Any
    n_frames: Any

    begin: Any
    stop: Any

    @property
    def end(self) -> Any:
        """When the last frame of the recording ends, in seconds; padding is none of its."""
        return self.origin + self.n_frames * self.frame_duration

    @property
    @abc.abstractmethod
    def windows(self) -> Windows | None:
        """When patches begin and end as they were asked for; None where nobody said it."""

    def ticks(
        self, start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return when labels begin and end; what is as short as a point is a tick long."""
        return in_ticks(start, end, self.origin, self.frame_duration)

    @abc.abstractmethod
    def n_before(self, frame: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many patches lie before each frame: the position of the first that does not.

        Those of recordings before it count, too.
        """

    @abc.abstractmethod
    def start_of(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the first frame of a patch for each row."""

    def at(self, frame: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the patch that begins at each frame, or -1."""
        index = self.n_before(frame)
        start = self.start_of(np.clip(index, 0, self.stop - 1))
        return np.where((index < self.stop) & (start == frame), index, -1)

    def nearest(self, frame: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the patch that begins nearest to each frame."""
        frame = np.clip(np.nan_to_num(frame), -_MOST, _MOST)
        after = np.minimum(self.n_before(np.ceil(frame).astype(np.int64)), self.stop - 1)
        before = np.maximum(after - 1, self.begin)
        is_nearer = frame - self.start_of(before) <= self.start_of(after) - frame
        return np.asarray(np.where(is_nearer, before, after))
