"""How patches lie in a recording: their frames and times, without their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.validation import check_array, check_number
from ..errors import Argument, InvalidValueError
from .batch import batch_of
from .times import format_span

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from .framing import Framing
    from .spectrogram import Spectrogram

__all__ = ["Carved"]


class Carved:
    """Where patches lie: what everything that is asked of patches stands on."""

    spectrogram: Spectrogram
    framing: Framing

    def __len__(self) -> int:
        return self.framing.n_patches

    @property
    def frame_length(self) -> int:
        """Columns of a patch, in frames."""
        return self.framing.frame_length

    @property
    def hop_length(self) -> int | None:
        """Columns from one patch's start to the next one's; None where `starts` were given."""
        return self.framing.hop_length

    @property
    def starts(self) -> NDArray[np.int64]:
        """First frame of every patch, shape (n_patches,); read-only."""
        return self.framing.starts

    @property
    def numbers(self) -> NDArray[np.int64]:
        """What patches are called, shape (n_patches,): 0, 1, 2 ..., or which of others they are.

        Captions, ``to_frame()`` and ``leaks(...)`` say it. What is asked for by an index, as in
        ``patches[i]``, `choose` and `leaks`, is a position, 0 to ``len(patches) - 1``; of picked
        patches the two differ: ``part = patches[[41, 59]]``, and ``part.numbers[1]`` is 59.
        """
        numbers = self.framing.numbers
        return np.arange(len(self)) if numbers is None else numbers

    @property
    def filled(self) -> NDArray[np.float64]:
        """Share of every patch that is no padding, 0 to 1, shape (n_patches,)."""
        batch = batch_of(self)
        if batch is None or batch.lengths is None:
            return self.framing.filled
        filled: NDArray[np.float64] = batch.lengths[self.numbers] / batch.frame_length
        return filled

    @property
    def times(self) -> NDArray[np.float64]:
        """When every patch starts and ends in the recording, in seconds, shape (n_patches, 2).

        These are its frames, as of :meth:`time`.
        """
        return self.framing.times

    @property
    def _table_times(self) -> NDArray[np.float64]:
        """The same as tables say it: as it was asked for."""
        return self.framing.table_times

    @property
    def tail(self) -> str:
        """What becomes of the frames after the last whole patch: as it was given."""
        return self.framing.tail

    @property
    def n_tail(self) -> int:
        """Frames after the last whole patch that belong to no patch."""
        return self.framing.n_tail

    @property
    def n_padded(self) -> int:
        """Frames of padding at the end of the spectrogram."""
        return self.framing.n_padded

    @property
    def _filled_end(self) -> float:
        """When padding begins at the end of the spectrogram: with the sound's end, in seconds.

        Sound ends within its last frame, where it is known, which is drawn as long as others.
        """
        spec, framing = self.spectrogram, self.framing
        end = spec.start + (spec.n_frames - framing.n_padded) * spec.frame_duration
        if spec.audio is None:
            return end
        return min(end, max(end - spec.frame_duration, spec.audio.end))

    def check_index(self, index: int) -> int:
        """Return `index` counted from the start, as a list counts it.

        Parameters
        ----------
        index : int
            Position of a patch, as in a list; negative ones count from the end.

        Returns
        -------
        int
            From 0 to ``len(self) - 1``.

        Raises
        ------
        PatchIndexError
            If there is no such patch.
        InvalidTypeError, InvalidValueError
            If `index` is not a whole number.
        """
        return self.framing.check_index(index)

    # -- the times -------------------------------------------------------------------------

    @property
    def duration(self) -> float:
        """True length of a patch in seconds: ``frame_length * spectrogram.frame_duration``."""
        return self.frame_length * self.spectrogram.frame_duration

    @property
    def hop_duration(self) -> float:
        """True time from one patch's start to the next one's, in seconds.

        Where `starts` were given it is the least of these times.
        """
        return self.framing.hop_duration

    @property
    def overlap(self) -> float:
        """Share of a patch that the next one repeats, 0 to 1 (0 where there are gaps)."""
        return max(0.0, 1.0 - self.hop_duration / self.duration)

    def frames(self, index: int) -> tuple[int, int]:
        """Return the columns of patch `index`: ``values[:, start:stop]`` of the spectrogram.

        Parameters
        ----------
        index : int
            Position of a patch.

        Returns
        -------
        tuple of int
            First column, and the one after the last, in frames.
        """
        return self.framing.frames(self.check_index(index))

    def time(self, index: int) -> tuple[float, float]:
        """Return when patch `index` starts and ends in the recording, in seconds.

        These are its frames. What it was asked for by `starts`, which captions, tables and labels
        go by, lies within a frame or two: see ``to_frame``.

        Parameters
        ----------
        index : int
            Position of a patch.

        Returns
        -------
        tuple of float
            Start and end, in seconds.

        See Also
        --------
        index_at : The inverse: ``patches.index_at(patches.time(i)[0]) == i``.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
        >>> start, end = patches.time(7)
        >>> print(f"{start:.3f}-{end:.3f} s")
        0.650-5.642 s
        """
        return self.framing.time(self.check_index(index))

    def index_at(self, time: ArrayLike) -> Any:
        """Return the last patch that starts at or before a time, or each of an array of times.

        Parameters
        ----------
        time : float or array_like of float
            In seconds, from the spectrogram's start to its end; a start that was rounded to a
            millisecond finds its patch. In the tail it is the last patch.

        Returns
        -------
        int, or ndarray of int of the shape of `time`
            ``patches.index_at(patches.times[:, 0])`` is ``arange(len(patches))``.

        Raises
        ------
        InvalidValueError
            If `time` lies outside the spectrogram.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
        >>> patches.index_at(0.65), patches.index_at(0.7), patches.index_at(0.75)
        (7, 7, 8)
        >>> patches.index_at([0.65, 0.75])
        array([7, 8])
        """
        spec = self.spectrogram
        times = check_array("time", time, allowed="seconds: a number, or an array of them")
        if not times.ndim or times.dtype.kind not in "iuf":
            times = np.asarray(check_number("time", time, unit="s"))
        early = self.framing.tolerance
        inside = (spec.start - early <= times) & (times <= spec.end + early)
        if not inside.all():
            wrong = times if not times.ndim else times[~inside].flat[0]
            raise InvalidValueError(
                Argument("time", float(wrong), "s"),
                f" is outside the spectrogram, {format_span(spec.start, spec.end, 0.0, 3)}",
                remedy="Choose a time within it.",
            )
        return self.framing.index_at(times)
