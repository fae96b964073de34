"""From what was asked for, in frames or in seconds, to a framing; and padding at the end."""

from __future__ import annotations

import dataclasses
import math
import numbers
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .._util.validation import as_floats, check_array, check_choice, check_int, check_number, scalar
from ..errors import Argument, InvalidTypeError, InvalidValueError, Setting
from .framing import TAILS, Framing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from .spectrogram import Spectrogram

__all__ = [
    "ORIGIN",
    "PADDING",
    "Carving",
    "frames_from",
    "memory_of",
    "pad",
    "rows_of",
    "slice_of",
    "starts_from",
    "times_asked",
    "without_padding",
]

_NEARLY = 1e-6  # of a frame: what is as near to a whole number of them is that number

MOST_PADDING = 1 << 29  # bytes that a patch may have beyond the length of its recording


class Carving(NamedTuple):
    """How patches are to be carved, as it was given."""

    frame_length: int | None
    hop_length: int | None
    duration: float | None
    hop_duration: float | None
    starts: ArrayLike | None
    tail: str | None
    min_filled: float | None = None

    def framing(self, spec: Spectrogram, like: Framing | None) -> Framing:
        """Return the framing of a spectrogram; what is not given is that of another framing."""
        length = self._frame_length(spec, like)
        hop, starts = self._hop_and_starts(spec, like, length)
        tail = self.tail
        if tail is None:
            tail = like.tail if like else "drop"
        check_choice("tail", tail, TAILS)
        if length > spec.n_frames and tail in ("drop", "overlap"):
            asked, in_frames = Argument("frame_length", length, "frames"), ""
            if self.duration is not None:
                asked, in_frames = Argument("duration", self.duration, "s"), f" ({length} frames)"
            raise InvalidValueError(
                asked,
                f"{in_frames} is longer than the spectrogram: {spec.n_frames} frames, "
                f"{spec.duration:.2f} s",
                remedy=(
                    "Choose a shorter ",
                    Argument(asked.name),
                    ", or ",
                    Setting("tail", "pad"),
                    ".",
                ),
            )
        filled = self._min_filled(tail, starts, like)
        times = like.asked if like is not None and not self._places() else None
        if self.starts is not None and self.duration is not None:
            times = times_asked(as_floats(self.starts), self.duration)
        if like is not None and like.numbers is not None and not self._places():
            return dataclasses.replace(
                like, n_frames=spec.n_frames, frame_length=length, tail=tail, min_filled=filled,
                frame_duration=spec.frame_duration, origin=spec.start,
            )  # fmt: skip
        return Framing(
            spec.n_frames, length, hop, starts, tail, spec.frame_duration, spec.start,
            min_filled=filled, asked=times,
        )  # fmt: skip

    def _places(self) -> list[str]:
        """Return what is given of where patches start."""
        names = ("hop_length", "hop_duration", "starts")
        return [name for name in names if getattr(self, name) is not None]

    def _min_filled(
        self, tail: str, starts: NDArray[np.int64] | None, like: Framing | None
    ) -> float:
        if self.min_filled is None:
            return like.min_filled if like and tail == "pad" else 0.0
        if tail != "pad" or starts is not None:
            raise InvalidValueError(
                Argument("min_filled", self.min_filled),
                " has no use with ",
                Argument("starts") if starts is not None else Argument("tail", tail),
                remedy="Leave out the starts whose patches are filled less."
                if starts is not None
                else ("Set ", Setting("tail", "pad"), "."),
            )
        return check_number("min_filled", self.min_filled, minimum=0, maximum=1)

    def _frame_length(self, spec: Spectrogram, like: Framing | None) -> int:
        in_frames = self.frame_length
        if in_frames is None and self.duration is None:
            if like is None:
                raise InvalidValueError(
                    "frame_length and duration are both missing. Give one of them: "
                    "frame_length in frames or duration in seconds."
                )
            in_frames = like.frame_length
        return frames_from(
            spec.sr, spec.hop_length, ("frame_length", in_frames), ("duration", self.duration)
        )

    def _hop_and_starts(
        self, spec: Spectrogram, like: Framing | None, length: int
    ) -> tuple[int | None, NDArray[np.int64] | None]:
        given = self._places()
        if len(given) > 1 and "starts" in given:
            raise InvalidValueError(
                f"{' and '.join(given)} are given together. Give one of them: a hop, or the starts "
                "of all patches."
            )
        if self.starts is not None:
            return None, starts_from(
                self.starts,
                in_seconds=self.duration is not None,
                frame_duration=spec.frame_duration,
                origin=spec.start,
            )
        if not given:
            return (like.hop_length, like.given_starts) if like else (length, None)
        hop = ("hop_length", self.hop_length), ("hop_duration", self.hop_duration)
        return frames_from(spec.sr, spec.hop_length, *hop), None


def _filling(pad_value: numbers.Real, dtype: np.dtype[Any]) -> float:
    """Return what values of a type are filled with."""
    try:
        fill = float(pad_value)
        with np.errstate(all="ignore"):  # what becomes another number the comparison tells
            kept = np.array(fill).astype(dtype)
        fits = math.isfinite(kept) or not math.isfinite(fill) if dtype.kind == "f" else kept == fill
    except OverflowError:  # beyond the range of floats
        fits = False
    if not fits:
        raise InvalidValueError(
            Argument("pad_value", pad_value),
            f" does not fit the values' type, {dtype}",
            remedy="Choose one that does, or give the spectrogram values.astype(float).",
        )
    return fill


def pad(spec: Spectrogram, n_frames: int, pad_value: float | str | None) -> Spectrogram:
    """Return a spectrogram with more frames at its end, filled with one value."""
    fill, dtype = spec.floor, spec.values.dtype
    if fill is None:
        fill = spec.finite_range[0]
        if pad_value == "floor":
            raise InvalidValueError(
                Argument("pad_value", pad_value),
                ": the spectrogram does not say which value silence has",
                remedy="Give a number, or say it: Spectrogram(values, ..., floor=-80).",
            )
    number = scalar(pad_value)
    if number is not None and not (isinstance(number, str) and number == "floor"):
        if isinstance(number, bool) or not isinstance(number, numbers.Real):
            raise InvalidTypeError(
                Argument("pad_value", pad_value),
                f" is of type {type(pad_value).__name__}",
                allowed='a number, or "floor"',
            )
        fill = _filling(number, dtype)
    n_bytes = spec.n_bins * n_frames * dtype.itemsize
    if n_frames > spec.n_frames and n_bytes > MOST_PADDING:
        raise InvalidValueError(
            f"frame_length: a patch of {spec.n_frames + n_frames} frames at the end of a "
            f"spectrogram of {spec.n_frames} is mostly padding, {n_bytes / 1e9:.3g} GB of it",
            remedy=("Choose a shorter ", Argument("duration"), "."),
        )
    values = np.pad(spec.values, ((0, 0), (0, n_frames)), constant_values=fill)
    padded = _over(spec, values)
    object.__setattr__(padded, PADDING, n_frames)
    return padded


def _over(spec: Spectrogram, values: NDArray[Any], **changes: Any) -> Spectrogram:
    """Return a spectrogram of other values, with all of its labels: they have been looked at.

    And with their index, which may know classes of other recordings: each keeps its colour. It is
    still of the recording whose values these were.
    """
    over = dataclasses.replace(spec, values=values, labels=None, **changes)
    object.__setattr__(over, "labels", spec.labels)
    object.__setattr__(over, ORIGIN, vars(spec).get(ORIGIN) or memory_of(spec.values))
    if (index := vars(spec).get("_label_index")) is not None:
        vars(over)["_label_index"] = index
    return over


ORIGIN = "_origin"  # of what was padded, and of parts: where the values of the whole were


def memory_of(array: Any) -> int:
    """Return where an array lies, alike for all views of it from its beginning."""
    if isinstance(array, np.ndarray):
        return int(array.__array_interface__["data"][0])
    return id(array)


PADDING = "_n_padding"  # of a spectrogram that was padded here, so that it is not padded twice


def without_padding(spec: Spectrogram) -> Spectrogram:
    """Return a spectrogram without what `pad` has put at its end."""
    n_padding = vars(spec).get(PADDING, 0)
    if not n_padding:
        return spec
    return _over(spec, spec.values[:, :-n_padding])


def slice_of(spec: Spectrogram, first: int, last: int, n_padding: int) -> Spectrogram:
    """Return the frames of a spectrogram from `first` up to `last`, with what is known of them."""
    start = spec.start + first * spec.frame_duration
    part = _over(spec, spec.values[:, first:last], start=start)
    object.__setattr__(part, PADDING, n_padding)
    return part


def rows_of(spec: Spectrogram, first: int, last: int, **changes: Any) -> Spectrogram:
    """Return the rows of a spectrogram from `first` up to `last`, whose padding is padding."""
    part = _over(spec, spec.values[first:last], **changes)
    object.__setattr__(part, PADDING, vars(spec).get(PADDING, 0))
    return part


def frames_from(
    sr: float,
    hop_length: int,
    in_frames: tuple[str, int | None],
    in_seconds: tuple[str, float | None],
) -> int:
    """Return a length in frames from whichever of the two ways it was given.

    Seconds are rounded down to whole frames of `hop_length` samples at `sr`, as
    :func:`librosa.time_to_frames` does; but what is within a millionth of a whole number of frames
    is that number, since few durations are exact in binary: 0.29 s of 10 ms frames are 29.
    """
    (frames_name, frames), (seconds_name, seconds) = in_frames, in_seconds
    if frames is not None and seconds is not None:
        raise InvalidValueError(
            Argument(frames_name, frames),
            " and ",
            Argument(seconds_name, seconds),
            " say the same thing twice",
            remedy="Give one of them.",
        )
    if frames is not None:
        return check_int(frames_name, frames, minimum=1, unit="frames")
    seconds = check_number(seconds_name, seconds, above=0, unit="s")
    n_frames = math.floor(min(seconds * sr / hop_length, 2.0**53) + _NEARLY)
    if n_frames < 1:
        raise InvalidValueError(
            Argument(seconds_name, seconds, "s"),
            f" is shorter than one frame, {hop_length / sr:.6g} s",
            remedy=(
                "Choose at least that",
                ", or a spectrogram with a smaller ",
                Argument("hop_length"),
                " or a higher ",
                Argument("sr"),
                ".",
            ),
        )
    return n_frames


def starts_from(
    starts: ArrayLike, *, in_seconds: bool, frame_duration: float, origin: float
) -> NDArray[np.int64]:
    """Return starts in frames, from frames or from seconds of the recording.

    Each is rounded down by itself, so that nothing drifts; what is within a millionth of a frame
    of the next one is that one.
    """
    allowed = "seconds with duration, or whole numbers of frames with frame_length"
    array = check_array("starts", starts, allowed=allowed)
    try:
        numbers = as_floats(array)
        if not numbers.ndim:
            raise TypeError("one number")
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidTypeError(
            f"starts of type {type(starts).__name__} are no numbers ({error}). Give {allowed}."
        ) from error
    if not np.isfinite(numbers).all():
        raise InvalidValueError(
            f"{np.count_nonzero(~np.isfinite(numbers))} of {numbers.size} starts are not finite. "
            "Leave them out: starts[np.isfinite(starts)]."
        )
    if in_seconds:
        numbers = np.floor((numbers - origin) / frame_duration + _NEARLY)
    elif (numbers != np.floor(numbers)).any():
        wrong = numbers[numbers != np.floor(numbers)][0]
        raise InvalidValueError(
            f"starts hold {wrong:g}, which is no whole number of frames. With frame_length, starts "
            f"are frames; give duration for starts in seconds (a frame is {frame_duration:.6g} s)."
        )
    return np.clip(numbers, -(2.0**53), 2.0**53).astype(np.int64)  # beyond, none is a frame


def times_asked(
    starts: NDArray[np.float64], duration: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return when patches are asked to start and end, shape (n, 2); as they were written, in s."""
    with np.errstate(over="ignore"):  # of what is so far away there is no patch
        ends = np.round(starts + duration, 9)  # 0.1 + 0.2 is 0.3 in tables
    return np.stack([starts, ends], axis=1)
