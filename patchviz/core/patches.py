"""Which columns of a spectrogram are patch *i*: arithmetic, and views that copy nothing."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from numpy.lib.stride_tricks import sliding_window_view

from .._util.validation import check_choice, check_int, check_number
from ..errors import InvalidTypeError, InvalidValueError, PatchIndexError
from .captions import format_span
from .framing import TAILS, format_duration, format_requested, frames_from, pad_spectrogram, plural
from .spectrogram import Spectrogram

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Patches", "check_patches"]


class Patches:
    """Overlapping patches of fixed duration: read-only views of one spectrogram.

    Patch *i* is ``spectrogram.values[:, i*hop_length : i*hop_length + frame_length]``:
    left-aligned, and not copied. Once made, patches do not change.

    Parameters
    ----------
    spectrogram : Spectrogram
        What is carved.
    frame_length : int, optional
        Columns in a patch, in frames. Give this or `duration`.
    hop_length : int, optional
        Columns from one patch's start to the next one's, in frames. Give this or
        `hop_duration`; without either, patches follow one another without overlap.
    duration : float, optional
        Length of a patch in seconds, rounded down to whole frames as
        :func:`librosa.time_to_frames` does.
    hop_duration : float, optional
        Time from one patch's start to the next one's in seconds, rounded down likewise.
    tail : {"drop", "pad"}, default: "drop"
        What becomes of the frames after the last whole patch. ``"drop"`` leaves them out of
        the patches (`n_tail` says how many they are). ``"pad"`` appends `pad_value` until they
        fill one more patch, as data loaders do; the padded spectrogram is one copy, made once,
        and `n_padded` says how many frames of it are padding.
    pad_value : float, optional
        The value of padding. By default the smallest finite value of the spectrogram.

    Attributes
    ----------
    spectrogram : Spectrogram
        What the patches are views of (with ``tail="pad"``, the padded one).
    frame_length, hop_length : int
        In frames.
    tail : str
        ``"drop"`` or ``"pad"``, as it was given.
    n_tail : int
        Frames after the last whole patch that belong to no patch.
    n_padded : int
        Frames of padding at the end of the spectrogram.
    requested_duration, requested_hop_duration : float or None
        What was asked for in seconds; `duration` and `hop_duration` say what it became.

    Raises
    ------
    InvalidValueError
        If a length is not positive or rounds down to no frame, if both or neither of
        `frame_length` and `duration` are given, or if a patch is longer than the spectrogram
        and ``tail="drop"``.
    InvalidTypeError
        If an argument is of the wrong type.

    See Also
    --------
    Spectrogram.patches : The same, from the spectrogram.
    librosa.util.frame : The same views, without the times.

    Examples
    --------
    >>> import numpy as np
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram(np.arange(20.0).reshape(2, 10), sr=10, hop_length=1)
    >>> patches = pv.Patches(spec, frame_length=4, hop_length=2)
    >>> patches
    4 patches of (2, 4): 0.400 s every 0.200 s, overlap 50 %, no tail, 0 bytes added
    >>> patches[1]
    array([[ 2.,  3.,  4.,  5.],
           [12., 13., 14., 15.]])
    >>> np.shares_memory(patches.values, spec.values)
    True
    """

    def __init__(
        self,
        spectrogram: Spectrogram,
        *,
        frame_length: int | None = None,
        hop_length: int | None = None,
        duration: float | None = None,
        hop_duration: float | None = None,
        tail: str = "drop",
        pad_value: float | None = None,
    ) -> None:
        if not isinstance(spectrogram, Spectrogram):
            raise InvalidTypeError(
                f"spectrogram is of type {type(spectrogram).__name__}. It must be a Spectrogram; "
                "wrap an array: patchviz.Spectrogram(values, sr=..., hop_length=...)."
            )
        self.tail = check_choice("tail", tail, TAILS)
        if pad_value is not None and tail != "pad":
            raise InvalidValueError(
                f'pad_value={pad_value!r} has no use with tail={tail!r}. Set tail="pad".'
            )
        if frame_length is None and duration is None:
            raise InvalidValueError(
                "frame_length and duration are both missing. Give one of them: "
                "frame_length in frames or duration in seconds."
            )
        self.frame_length = frames_from(
            spectrogram, ("frame_length", frame_length), ("duration", duration)
        )
        if hop_length is None and hop_duration is None:
            self.hop_length = self.frame_length
        else:
            self.hop_length = frames_from(
                spectrogram, ("hop_length", hop_length), ("hop_duration", hop_duration)
            )
        self.requested_duration = duration
        self.requested_hop_duration = hop_duration

        n_frames = spectrogram.n_frames
        if self.frame_length > n_frames and tail == "drop":
            asked = (
                f"frame_length={self.frame_length} frames"
                if duration is None
                else f"duration={duration} s ({self.frame_length} frames)"
            )
            shorter = "frame_length" if duration is None else "duration"
            raise InvalidValueError(
                f"{asked} is longer than the spectrogram: {n_frames} frames, "
                f'{spectrogram.duration:.2f} s. Choose a shorter {shorter}, or tail="pad".'
            )
        beyond = n_frames - self.frame_length
        self.n_padded = 0
        if tail == "pad":
            n_patches = max(0, -(-beyond // self.hop_length)) + 1
            self.n_padded = (n_patches - 1) * self.hop_length - beyond
            # A hop longer than a patch can start the padded patch after the last frame.
            if self.n_padded >= self.frame_length:
                n_patches -= 1
                self.n_padded = 0
            if self.n_padded:
                spectrogram = pad_spectrogram(spectrogram, self.n_padded, pad_value)
        else:
            n_patches = beyond // self.hop_length + 1
        self.spectrogram = spectrogram
        self.n_tail = max(0, beyond - (n_patches - 1) * self.hop_length) if not self.n_padded else 0
        self._n_patches = n_patches  # the last attribute that can be set

    def __setattr__(self, name: str, value: object) -> None:
        if "_n_patches" in vars(self):
            raise AttributeError(
                f"{name} cannot be set: patches do not change. Make new ones: "
                "spectrogram.patches(duration=..., hop_duration=...)."
            )
        super().__setattr__(name, value)

    # -- the views -------------------------------------------------------------------------

    @property
    def values(self) -> NDArray[Any]:
        """All patches as one read-only view, shape (n_bins, frame_length, n_patches).

        ``values[..., i]`` is patch *i*. No memory is added until something copies it:
        ``values.copy()`` would take ``values.nbytes``.
        """
        windows = sliding_window_view(self.spectrogram.values, self.frame_length, axis=-1)
        return windows[:, :: self.hop_length].swapaxes(-1, -2)

    def __len__(self) -> int:
        return self._n_patches

    def __getitem__(self, index: int) -> NDArray[Any]:
        """Patch `index` as a read-only view, shape (n_bins, frame_length)."""
        if isinstance(index, slice):  # type: ignore[unreachable]  # untyped callers will try
            raise InvalidTypeError(
                f"a patch is numbered by one whole number, not by {index}. "
                "For several patches slice the view: patches.values[..., start:stop]."
            )
        start, stop = self.frames(index)
        return self.spectrogram.values[:, start:stop]

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[index] for index in range(len(self)))

    def check_index(self, index: int) -> int:
        """Return `index` counted from the start, as a list counts it.

        Parameters
        ----------
        index : int
            Number of a patch; negative numbers count from the end.

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
        number = check_int("index", index)
        if not -len(self) <= number < len(self):
            raise PatchIndexError(
                f"index={number} is out of range: there are {len(self)} patches, "
                f"0 to {len(self) - 1} (or -{len(self)} to -1 from the end)."
            )
        return number % len(self)

    # -- the times -------------------------------------------------------------------------

    @property
    def duration(self) -> float:
        """True length of a patch in seconds: ``frame_length * spectrogram.frame_duration``."""
        return self.frame_length * self.spectrogram.frame_duration

    @property
    def hop_duration(self) -> float:
        """True time from one patch's start to the next one's, in seconds."""
        return self.hop_length * self.spectrogram.frame_duration

    @property
    def overlap(self) -> float:
        """Share of a patch that the next one repeats, 0 to 1 (0 where there are gaps)."""
        return max(0.0, 1.0 - self.hop_length / self.frame_length)

    def frames(self, index: int) -> tuple[int, int]:
        """Return the columns of patch `index`: ``values[:, start:stop]`` of the spectrogram.

        Parameters
        ----------
        index : int
            Number of a patch.

        Returns
        -------
        tuple of int
            First column, and the one after the last, in frames.
        """
        start = self.check_index(index) * self.hop_length
        return start, start + self.frame_length

    def time(self, index: int) -> tuple[float, float]:
        """Return when patch `index` starts and ends in the recording, in seconds.

        Parameters
        ----------
        index : int
            Number of a patch.

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
        start, stop = self.frames(index)
        step, origin = self.spectrogram.frame_duration, self.spectrogram.start
        return origin + start * step, origin + stop * step

    def index_at(self, time: float) -> int:
        """Return the last patch that starts at or before a time of the recording.

        Parameters
        ----------
        time : float
            In seconds, from the spectrogram's start to its end; a start that was rounded to a
            millisecond finds its patch. In the tail it is the last patch.

        Returns
        -------
        int
            ``patches.index_at(patches.time(i)[0]) == i`` for every patch *i*.

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
        """
        spec = self.spectrogram
        time = check_number("time", time, unit="s")
        # Times are shown to a millisecond: one that is typed as it was shown is found.
        shown = min(0.0005, self.hop_duration / 2)
        if not spec.start - shown <= time <= spec.end + shown:
            raise InvalidValueError(
                f"time={time} s is outside the spectrogram, "
                f"{format_span(spec.start, spec.end, 0.0, 3)}. Choose a time within it."
            )
        index = math.floor((time - spec.start + shown) / self.hop_duration)
        return min(max(index, 0), len(self) - 1)

    # -- what a person must know -----------------------------------------------------------

    @property
    def nbytes_added(self) -> int:
        """Bytes that the patches take beyond the spectrogram: 0, or its padded copy's."""
        return self.spectrogram.values.nbytes if self.n_padded else 0

    def _asked(self) -> str:
        asked = []
        if self.requested_duration is not None:
            asked.append(f"{self.requested_duration:g} s")
        if self.requested_hop_duration is not None:
            asked.append(f"every {self.requested_hop_duration:g} s")
        return f" (asked for {' '.join(asked)})" if asked else ""

    def _tail(self) -> str:
        if self.n_padded:
            return f"last patch padded by {plural(self.n_padded, 'frame')}"
        return f"tail of {plural(self.n_tail, 'frame')}" if self.n_tail else "no tail"

    def __repr__(self) -> str:
        shape = (self.spectrogram.n_bins, self.frame_length)
        return (
            f"{plural(len(self), 'patch')} of {shape}: {format_duration(self.duration)} every "
            f"{format_duration(self.hop_duration)}{self._asked()}, {self._spacing()}, "
            f"{self._tail()}, {self.nbytes_added:,} bytes added"
        )

    def _spacing(self) -> str:
        if self.hop_length > self.frame_length:
            return f"gaps of {plural(self.hop_length - self.frame_length, 'frame')}"
        return f"overlap {100 * self.overlap:.3g} %"

    def _repr_html_(self) -> str:
        rows = {
            "patches": f"{len(self):,}",
            "shape": f"{self.spectrogram.n_bins} bins × {self.frame_length} frames",
            "duration": format_requested(self.duration, self.requested_duration),
            "hop": format_requested(self.hop_duration, self.requested_hop_duration),
            "neighbours": self._spacing(),
            "end": self._tail(),
            "memory added": f"{self.nbytes_added:,} bytes",
        }
        if self.spectrogram.name:
            rows = {"recording": self.spectrogram.name, **rows}
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left">{name}</th>'
            f'<td style="text-align:left">{html.escape(text)}</td></tr>'
            for name, text in rows.items()
        )
        return f"<table><tbody>{cells}</tbody></table>"


def check_patches(patches: object) -> Patches:
    """Return `patches`, or say how to make them."""
    if not isinstance(patches, Patches):
        raise InvalidTypeError(
            f"patches is of type {type(patches).__name__}. It must be Patches: "
            "spectrogram.patches(duration=5.0, hop_duration=0.1)."
        )
    return patches
