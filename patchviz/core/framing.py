"""Which frames are patch *i*: the arithmetic of carving, without any values."""

from __future__ import annotations

import copy
import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.validation import check_choice, check_position, chosen_from
from ..errors import Argument, InvalidValueError, Setting
from .placing import Placing, Windows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "TAILS",
    "Framing",
    "as_asked",
    "count_patches",
    "last_start",
    "start_of",
]

TAILS = ("drop", "pad", "overlap")


@dataclasses.dataclass(frozen=True, eq=False)
class Framing(Placing):
    """How a recording is carved: patch *i* is the frames ``starts[i]`` to ``starts[i] + length``.

    Nothing else knows where a patch lies. Where patches follow one another at one hop,
    ``starts[i]`` is ``first + i * hop_length``, and is computed when it is needed: a million
    patches take no memory.

    Parameters
    ----------
    n_frames : int
        Frames of the recording.
    frame_length : int
        Frames of a patch.
    hop_length : int, optional
        Frames from one patch's start to the next one's. Give this or `given_starts`.
    given_starts : ndarray of int, shape (n_patches,), optional
        First frame of every patch, in increasing order.
    tail : {"drop", "pad", "overlap"}, default: "drop"
        Whether what follows the last whole patch is left out, padded to one more patch, or the
        end of one more that is moved back to the recording's end.
    min_filled : float, default: 0.0
        The least part of that one more patch that is not padding.
    frame_duration : float, default: 1.0
        Seconds from one frame to the next.
    origin : float, default: 0.0
        Time of the first frame, in seconds.
    first : int, default: 0
        First frame of the first patch, where patches at one hop are some of others.
    numbers : ndarray of int, shape (n_patches,), optional
        Which of others these patches are, in increasing order.
    n_numbered : int, optional
        How many others there are.
    asked : ndarray of float, shape (n_patches, 2), optional
        When each was asked to start and end, in seconds, where somebody said it.

    Attributes
    ----------
    n_patches : int
        How many patches there are.
    is_even : bool
        Whether each follows the one before at one hop.
    n_padded : int
        Frames of padding behind the recording's end; 0 but for ``tail="pad"``.
    n_tail : int
        Frames of the recording behind the last patch.

    Raises
    ------
    InvalidValueError
        If `given_starts` are empty, negative or not in increasing order, if one of them has no
        whole patch behind it and `tail` is not ``"pad"``, or if no patch is filled enough.
    """

    n_frames: int
    frame_length: int
    hop_length: int | None = None
    given_starts: NDArray[np.int64] | None = None
    tail: str = "drop"
    frame_duration: float = 1.0
    origin: float = 0.0
    first: int = 0
    numbers: NDArray[np.int64] | None = None
    n_numbered: int | None = None
    min_filled: float = 0.0
    asked: NDArray[np.float64] | None = None
    n_patches: int = dataclasses.field(init=False)
    is_even: bool = dataclasses.field(init=False)
    n_padded: int = dataclasses.field(init=False)
    n_tail: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        check_choice("tail", self.tail, TAILS)
        set_field = object.__setattr__  # the dataclass is frozen to everyone else
        given = self.given_starts if self.numbers is None else self.numbers
        set_field(self, "n_patches", self._count() if given is None else len(given))
        set_field(self, "is_even", self._is_even())
        if given is not None:
            self._check_starts(self.starts)
        beyond = self.n_frames - self.frames(self.n_patches - 1)[1]
        set_field(self, "n_padded", max(0, -beyond))
        set_field(self, "n_tail", max(0, beyond))

    def _is_even(self) -> bool:
        if self.hop_length is None:
            return False
        last = self.first + (self.n_patches - 1) * self.hop_length
        return self.tail != "overlap" or last + self.frame_length <= self.n_frames

    def _count(self) -> int:
        """Count the patches that follow one another at one hop."""
        assert self.hop_length is not None
        n_patches = count_patches(
            self.n_frames, self.frame_length, self.hop_length, self.tail, self.min_filled
        )
        if not n_patches:
            raise InvalidValueError(
                Argument("min_filled", self.min_filled),
                f" leaves no patch: the recording has {self.n_frames} frames, and a patch "
                f"{self.frame_length}",
                remedy=f"Choose at most {self.n_frames / self.frame_length:.4g}, or a shorter "
                "duration.",
            )
        return int(n_patches)

    @property
    def begin(self) -> int:
        """Position of the first patch."""
        return 0

    @property
    def stop(self) -> int:
        """Position after that of the last patch."""
        return self.n_patches

    def choice(self, chosen: Any) -> NDArray[np.int64]:
        """Return the positions of some patches: a slice of them, a mask, or a list that rises."""
        return chosen_from(self.n_patches, chosen, self.check_index)

    def subset(self, numbers: NDArray[np.int64]) -> Framing:
        """Return the framing of some of the patches, whose numbers rise."""
        starts = self.starts[numbers]
        steps = np.diff(starts)
        is_even = self.hop_length is not None and bool((steps == steps[:1]).all())
        part = dataclasses.replace(
            self,
            hop_length=(int(steps[0]) if steps.size else self.hop_length) if is_even else None,
            first=int(starts[0]) if is_even else 0,
            given_starts=None if is_even else starts,
            n_numbered=self.last_number + 1,
            numbers=numbers if self.numbers is None else self.numbers[numbers],
            asked=None if self.asked is None else self.asked[numbers],
        )
        object.__setattr__(part, "n_padded", self.n_padded)  # of the same recording
        return part

    def asked_for(self, times: NDArray[np.float64] | None) -> Framing:
        """Return the same of patches that were asked for from when to when, shape (n, 2)."""
        same = copy.copy(self)
        vars(same).pop("windows", None)
        object.__setattr__(same, "asked", times)
        return same

    @property
    def last_number(self) -> int:
        """The last number that a patch may have: of all patches, where these are some of them."""
        return (self.n_numbered or self.n_patches) - 1

    def number(self, index: int) -> int:
        """Return which patch it is, of all of them."""
        return index if self.numbers is None else int(self.numbers[index])

    def _check_starts(self, starts: NDArray[np.int64]) -> None:
        if starts.ndim != 1 or not starts.size:
            raise InvalidValueError(
                f"starts have the shape {starts.shape}. They must be a list of one start or more."
            )
        steps = np.diff(starts)
        if (steps <= 0).any():
            at = int(np.argmax(steps <= 0)) + 1
            one, other = (f"frame {starts[k]}" for k in (at, at - 1))
            if self.asked is not None:
                one, other = (f"{self.asked[k, 0]:.10g} s" for k in (at, at - 1))
                other += f" (a frame is {self.frame_duration:.6g} s)"
            raise InvalidValueError(
                f"starts[{at}] is {one}, and the one before it {other}. They must increase from "
                "patch to patch, by a frame or more: np.unique(starts) sorts them and leaves out "
                "what is there twice."
            )
        self._check_reach(starts)

    def _check_reach(self, starts: NDArray[np.int64]) -> None:
        """Refuse starts that have no patch behind them, in the unit in which they were given."""
        last = int(last_start(self.n_frames, self.frame_length, self.tail))
        is_out = (starts < 0) | (starts > last)
        if not is_out.any():
            return
        first, is_padded = int(np.argmax(is_out)), self.tail == "pad"
        at, begin, end = f"frame {starts[first]}", "0", f"{last}"
        long, whole = f"{self.frame_length} frames", f"has {self.n_frames} frames"
        if self.asked is not None:
            digits = 3 if self.frame_duration > 2e-3 else 6
            at, least = f"{self.asked[first, 0]:.10g} s", 10**-digits
            begin = f"{np.ceil(self.origin / least - 1e-6) * least:.{digits}f}"
            end = f"{self.origin + (last + 0.5) * self.frame_duration:.{digits}f} s"
            long = f"{self.frame_length * self.frame_duration:.3f} s"
            whole = f"lasts from {self.origin:.3f} to {self.end:.3f} s"
        why = f"have no whole patch of {long} behind them"
        if is_padded:
            why = "lie outside of the recording"
        pads = not is_padded and starts[0] >= 0 and starts[-1] < self.n_frames
        raise InvalidValueError(
            f"{is_out.sum()} of {len(starts)} starts {why}, first that at {at}: the "
            f"recording {whole}",
            remedy=(
                f"Give starts from {begin} to {end}",
                *((", or ", Setting("tail", "pad")) if pads else ()),
                ".",
            ),
        )

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """First frame of every patch, shape (n_patches,); read-only."""
        starts = self.given_starts
        if starts is None:
            starts = self.start_of(np.arange(self.n_patches, dtype=np.int64))
        starts = starts.view()
        starts.flags.writeable = False
        return starts

    @property
    def stops(self) -> NDArray[np.int64]:
        """Frame after the last one of every patch, shape (n_patches,)."""
        return np.asarray(self.starts + self.frame_length)

    @property
    def follows(self) -> NDArray[np.bool_]:
        """Whether each patch but the first is the next one of the carving, and not after a gap.

        Where patches are at starts of their own, a gap is more than a patch, or the least hop, and
        two frames, which rounding may take.
        """
        follows = np.ones(self.n_patches - 1, bool)
        if self.numbers is not None:
            follows &= np.diff(self.numbers) == 1
        if not self.is_even:
            follows &= np.diff(self.starts) <= max(self.frame_length, self.least_hop) + 2
        return follows

    @property
    def times(self) -> NDArray[np.float64]:
        """When every patch starts and ends in the recording, in seconds, shape (n_patches, 2)."""
        frames = self.starts[:, np.newaxis] + np.array([0, self.frame_length])
        times: NDArray[np.float64] = self.origin + frames * self.frame_duration
        return times

    @property
    def table_times(self) -> NDArray[np.float64]:
        """The same as tables say it, so that rows of other tables are found: as it was asked for.

        A patch that was asked for from 48 s on begins with a frame that does so a little before.
        """
        return as_asked(self.times, self.asked, self.frame_duration)

    def table_time(self, index: int) -> tuple[float, float]:
        """Return the same of one patch."""
        asked = None if self.asked is None else self.asked[index]
        start, end = as_asked(np.array(self.time(index)), asked, self.frame_duration).tolist()
        return start, end

    @cached_property
    def windows(self) -> Windows | None:
        """When patches begin and end as they were asked for; None where nobody said it."""
        if self.asked is None:
            return None
        frames = (self.table_times - self.origin) / self.frame_duration
        only = np.zeros(self.n_patches, np.int64)  # one recording
        return Windows.of(frames, only, only[:1], 0)

    def check_index(self, index: int, name: str = "index") -> int:
        """Return the position of a patch counted from the start, as a list counts it."""
        return check_position(index, self.n_patches, name, hint=self._hint)

    def _hint(self, number: int) -> str:
        """Return where the patch of that number is, if it is one of some that were picked."""
        if self.numbers is None or number not in self.numbers:
            return ""
        at = int(np.searchsorted(self.numbers, number))
        return f" Patch {number} is at position {at}: np.searchsorted(patches.numbers, {number})."

    def frames(self, index: int) -> tuple[int, int]:
        """Return the first frame of a patch, and the one after its last."""
        start = int(self.start_of(np.int64(index)))
        return start, start + self.frame_length

    def start_of(self, index: NDArray[np.int64] | np.int64) -> NDArray[np.int64]:
        """Return the first frame of each of some patches."""
        if self.given_starts is not None:
            return np.asarray(self.given_starts[index])
        assert self.hop_length is not None
        return start_of(
            index, self.hop_length, self.n_frames, self.frame_length, self.tail, self.first
        )

    def sharing(self, index: int) -> tuple[int, int]:
        """Return the first patch that shares a frame with a patch, and the one after the last."""
        start, stop = self.frames(index)
        near = self.n_before(np.array([start - self.frame_length + 1, stop]))
        return int(near[0]), int(near[1])

    @property
    def filled(self) -> NDArray[np.float64]:
        """Share of every patch that is no padding, shape (n_patches,)."""
        filled = np.minimum(self.n_frames - self.starts, self.frame_length) / self.frame_length
        result: NDArray[np.float64] = filled
        return result

    def time(self, index: int) -> tuple[float, float]:
        """Return when a patch starts and ends in the recording, in seconds."""
        start, stop = self.frames(index)
        return self.origin + start * self.frame_duration, self.origin + stop * self.frame_duration

    @cached_property
    def least_hop(self) -> int:
        """Frames from one start to the next; where they are uneven, the least of them."""
        if self.is_even:
            assert self.hop_length is not None
            return self.hop_length
        steps = np.diff(self.starts)
        return int(steps.min()) if steps.size else self.frame_length

    @property
    def hop_duration(self) -> float:
        """Seconds from one start to the next; where there is no one hop, the least of them."""
        return (self.hop_length or self.least_hop) * self.frame_duration

    @cached_property
    def step(self) -> float | None:
        """Frames from each patch to the next; None of some that were picked here and there.

        Starts in seconds, as one every second, lie on the nearest frames. The last patch may be
        moved back, by ``tail="overlap"``.
        """
        if self.hop_length is None:
            step = float(np.ptp(self.starts) / max(1, self.n_patches - 1))
            away = abs(self.starts - self.starts[0] - step * np.arange(self.n_patches)).max()
            return step if 0 < step < self.frame_length + 1 and away <= 1 else None
        is_dense = self.n_patches > 2 and self.hop_length <= self.frame_length
        is_picked = self.numbers is not None and bool((np.diff(self.numbers) > 1).any())
        return self.hop_length if is_dense or not is_picked else None

    @property
    def shown_duration(self) -> float:
        """Seconds for which each patch is shown where they move by themselves: the hop.

        Those without one follow one another, each as long as it is heard.
        """
        return (self.frame_length if self.step is None else self.step) * self.frame_duration

    @property
    def tolerance(self) -> float:
        """Seconds by which a time that was typed as it is shown may be early."""
        return min(0.0005, self.least_hop * self.frame_duration / 2)

    def n_before(self, frame: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many patches start before each of some frames."""
        if self.is_even:
            assert self.hop_length is not None
            return np.clip(-((self.first - frame) // self.hop_length), 0, self.n_patches)
        return np.searchsorted(self.starts, frame, side="left")

    def index_at(self, time: ArrayLike) -> Any:
        """Return the last patch that starts at or before a time, or each of an array of times.

        Times before the first patch have the first one. A time that lies up to half a millisecond
        before a start, as one that was rounded for reading does, has the patch that starts there.

        Parameters
        ----------
        time : float or array_like of float
            In seconds, of the recording.

        Returns
        -------
        int, or ndarray of int of the shape of `time`
            ``framing.index_at(framing.times[:, 0])`` is ``arange(n_patches)``.
        """
        since = np.asarray(time, np.float64) - self.origin + self.tolerance
        if self.is_even:
            index = np.floor((since - self.first * self.frame_duration) / self.hop_duration)
        else:
            index = np.searchsorted(self.starts * self.frame_duration, since, side="right") - 1.0
        index = np.clip(index, 0, self.n_patches - 1).astype(np.int64)
        return index if index.ndim else int(index)


def as_asked(
    times: NDArray[np.float64], asked: NDArray[np.float64] | None, frame_duration: ArrayLike
) -> NDArray[np.float64]:
    """Return times of patches as they were asked for, where their frames are those.

    Starts were rounded to a frame, and ends with the duration to another. What is further away
    was asked of another carving, and NaN of none.

    Parameters
    ----------
    times, asked : ndarray of float, shape (..., 2)
        When patches start and end, by their frames, and as it was asked for, in seconds.
    frame_duration : float or array_like of float
        Of each, in seconds.
    """
    if asked is None:
        return times
    most = np.multiply.outer(np.asarray(frame_duration), (1 + 1e-6, 2 + 1e-6))
    return np.where(abs(asked - times) < most, asked, times)


def start_of(
    index: ArrayLike,
    hop_length: ArrayLike,
    n_frames: ArrayLike,
    frame_length: ArrayLike,
    tail: str,
    first: int = 0,
) -> NDArray[np.int64]:
    """Return the first frame of patches that follow one another at one hop.

    Parameters
    ----------
    index : int or array_like of int
        Which patch of its recording each is.
    hop_length, n_frames, frame_length : int or array_like of int
        Of the recording of each.
    tail : {"drop", "pad", "overlap"}
    first : int, default: 0
        First frame of patch 0.
    """
    start = np.asarray(np.asarray(index, np.int64) * np.asarray(hop_length) + first)
    if tail != "overlap":
        return start
    return np.asarray(np.minimum(start, last_start(n_frames, frame_length, tail)))


def last_start(n_frames: ArrayLike, frame_length: ArrayLike, tail: str) -> NDArray[np.int64]:
    """Return the last frame at which a patch may start; less than 0 where none may."""
    return np.asarray(n_frames, np.int64) - (1 if tail == "pad" else np.asarray(frame_length))


def count_patches(
    n_frames: ArrayLike, frame_length: int, hop_length: int, tail: str, min_filled: float = 0.0
) -> NDArray[np.int64]:
    """Return how many patches follow one another at one hop in recordings of so many frames.

    Parameters
    ----------
    n_frames : int or array_like of int
        Frames of each recording.
    frame_length, hop_length : int
        Frames of a patch, and from one patch's start to the next one's.
    tail : {"drop", "pad", "overlap"}
    min_filled : float, default: 0.0
        As for :class:`Framing`.

    Returns
    -------
    ndarray of int, of the shape of `n_frames`
        0 where not even one patch fits, and nothing is padded.
    """
    n = np.asarray(n_frames, np.int64)
    beyond = n - frame_length
    if tail == "drop":
        return np.where(beyond < 0, 0, beyond // hop_length + 1)
    n_patches = np.maximum(0, -(-beyond // hop_length)) + 1
    if tail == "overlap":
        return np.where(beyond < 0, 0, n_patches)
    # A hop longer than a patch can start the padded patch after the last frame.
    filled = np.minimum(n - (n_patches - 1) * hop_length, frame_length)
    is_less = (filled <= 0) | (filled < min_filled * frame_length)
    return np.asarray(np.where(is_less, n_patches - 1, n_patches))
