"""Which patch begins at a frame, asked row by row: of one recording, or each of its own."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Placing"]


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
        after = np.minimum(self.n_before(np.ceil(frame).astype(np.int64)), self.stop - 1)
        before = np.maximum(after - 1, self.begin)
        is_nearer = frame - self.start_of(before) <= self.start_of(after) - frame
        return np.asarray(np.where(is_nearer, before, after))
