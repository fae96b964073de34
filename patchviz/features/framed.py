"""What front ends made of windowed frames share: frames, decibels, mel bands."""

from __future__ import annotations

import abc
import dataclasses
import math
import numbers
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from .._util.threads import in_threads
from .._util.validation import (
    check_bool,
    check_choice,
    check_field,
    check_int,
    check_number,
    scalar,
)
from ..audio.resample import Samples
from ..errors import Argument, InvalidValueError, Part, Setting, Text
from . import streaming
from .filters import Bank, mel_bands, window_values
from .frontend import BlockwiseFrontEnd
from .options import Window

if TYPE_CHECKING:
    from .base import Signal

__all__ = ["MAX_BANK", "MAX_TUNING", "OWN_SCALE", "QUIET", "check_bank", "check_norm"]

OWN_SCALE = "Level relative to the maximum"  # of the recording: another one has its own

# The longest window, 6 minutes at 44.1 kHz, and the most weights of a bank of filters: with
# what is worked out on the way to them, a gigabyte.
MAX_N_FFT, MAX_BANK = 1 << 24, 1 << 26

# Times as many frames are taken together of samples in memory: of a few BLAS takes sums in another
# order than of the many that librosa gives it.
_IN_MEMORY = 8

MAX_TUNING = 100  # bins: what is tuned further is another note

# The peak of sounds that are quieter than any recording, such as those in units of their own, for
# which librosa's `amin` is not meant: 80 dB below full scale.
QUIET = 1e-4


@dataclasses.dataclass(frozen=True, kw_only=True)
class Framed(BlockwiseFrontEnd):
    """A front end of windowed frames."""

    n_fft: int = 2048
    hop_length: int | None = 512
    win_length: int | None = None
    window: Window = "hann"
    center: bool = True
    pad_mode: str = "constant"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_field(self, "n_fft", check_int, minimum=2, most=MAX_N_FFT, unit="samples")
        check_field(
            self,
            "win_length",
            check_int,
            optional=True,
            minimum=1,
            maximum=self.n_fft,
            unit="samples",
        )
        check_field(self, "hop_length", check_int, optional=True, minimum=1, unit="samples")
        check_field(self, "center", check_bool)
        check_choice("pad_mode", self.pad_mode, streaming.PAD_MODES)
        window_values(self.window, self._window_length)

    @property
    def _window_length(self) -> int:
        return self.n_fft if self.win_length is None else self.win_length

    @property
    def _hop_length(self) -> int:
        return self.hop_length or max(1, self._window_length // 4)

    @property
    def _framing(self) -> dict[str, int]:
        pad = self.n_fft // 2 if self.center else 0
        return {"n_fft": self.n_fft, "hop_length": self._hop_length, "pad": pad}

    def _context(self) -> int | None:
        return self.n_fft

    def _n_frames(self, signal: Signal) -> int:
        n_frames = streaming.frame_count(signal.n_samples, **self._framing)
        if not n_frames:
            raise InvalidValueError(
                f"The sound has {_samples(signal)} at {signal.sr:g} Hz, less than one frame of ",
                Argument("n_fft", self.n_fft),
                remedy=(
                    "Choose a smaller ",
                    Argument("n_fft"),
                    ", or ",
                    Setting("center", True),
                    ", which pads the sound.",
                ),
            )
        return n_frames

    def _powers(self, signal: Signal, doing: str, power: float) -> Iterator[NDArray[Any]]:
        """Yield magnitudes to a power, shape (1 + n_fft // 2, n_frames), chunk by chunk."""
        window = self._padded_window()
        return self._of_frames(signal, doing, lambda f: streaming.powers(f, window, power).T)

    def _of_frames(
        self, signal: Signal, doing: str, function: Callable[[Samples], NDArray[Any]]
    ) -> Iterator[NDArray[Any]]:
        """Yield what a function makes of frames, chunk by chunk.

        Parameters
        ----------
        signal : Signal
        doing : str
            What is shown beside a progress bar.
        function : callable
            It is called in several threads at once, with views of shape (n_frames, n_fft).
        """
        # Frames at the ends of a part see what its recording has around it.
        wider, begin = signal.widened(self._framing["pad"])
        rows = streaming.chunk_rows(self.n_fft, self._hop_length, signal.n_together)
        if signal.is_in_memory:
            rows *= _IN_MEMORY
        chunks = streaming.framed(
            wider.blocks(doing),
            wider.n_samples,
            pad_mode=self.pad_mode,
            rows=rows,
            n_frames=self._n_frames(signal),
            begin=begin,
            **self._framing,
        )
        return in_threads(function, chunks, n_together=signal.n_together)

    def _padded_window(self) -> NDArray[np.float64]:
        window = window_values(self.window, self._window_length)
        before = (self.n_fft - self._window_length) // 2
        return np.pad(window, (before, self.n_fft - self._window_length - before))

    def _remarks(self, signal: Signal) -> Iterator[Text]:
        if self._hop_length > self._window_length:
            missed = 1 - self._window_length / self._hop_length
            yield (
                Argument("hop_length", self._hop_length),
                f" is longer than a window of {self._window_length} "
                f"samples: {missed:.0%} of the sound is in no frame, and a click may be in none. "
                "Choose a shorter ",
                Argument("hop_length"),
                "; for as few columns that miss nothing, ",
                *self._pooled_instead(),
                ".",
            )
        if self.center and signal.n_samples < self.n_fft:
            yield (
                f"The sound has {_samples(signal)} at {signal.sr:g} Hz, less than one frame of ",
                Argument("n_fft", self.n_fft),
                ": most of a frame is padding.",
                " Choose a smaller ",
                Argument("n_fft"),
                ".",
            )

    def _pooled_instead(self) -> tuple[Part, ...]:
        """Return options with which as many columns show all of the sound."""
        hop_length = max(1, self._window_length // 4)
        pool = -(-self._hop_length // hop_length)
        return (Setting("hop_length", hop_length), ", ", Setting("pool", pool))

    def _meaning(self, sr: float) -> dict[str, Any]:
        return {
            **super()._meaning(sr),
            "hop_length": self._hop_length,
            "n_fft": self.n_fft,
            "middle": 0 if self.center else self.n_fft // 2,
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class InDecibels(BlockwiseFrontEnd):
    """A front end whose values become decibels."""

    ref: float | Callable[..., Any] = np.max
    amin: float = 1e-10
    top_db: float | None = 80.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.ref):
            check_field(self, "ref", check_number, most=1e30)
        # Of which single precision holds the inverse, and the square where that is taken.
        check_field(self, "amin", check_number, above=0, most=1e18 if self.of_amplitudes else 1e36)
        check_field(self, "top_db", check_number, optional=True, minimum=0, unit="dB", most=1e6)

    def _context(self) -> int | None:
        is_of_the_whole = callable(self.ref) or self.top_db is not None
        return None if is_of_the_whole else super()._context()

    def _finish(self, values: NDArray[Any], signal: Signal) -> None:
        # As long as nobody said what is none, and 0 dB is the sound's own loudest value.
        is_relative = callable(self.ref) and self.amin == type(self).amin
        peak = signal.levels.analysed.peak
        if is_relative and not peak:
            values[...] = -(streaming.RANGE if self.top_db is None else self.top_db)
            return
        streaming.to_decibels(
            values,
            ref=self.ref,
            amin=self.amin,
            top_db=self.top_db,
            amplitudes=self.of_amplitudes,
            relative=is_relative and peak < QUIET,
            exact=signal.is_in_memory,
        )

    def _meaning(self, sr: float) -> dict[str, Any]:
        is_relative = self.ref is np.max
        quantity = OWN_SCALE if is_relative else "Level"
        return {
            **super()._meaning(sr), "quantity": quantity, "unit": "dB", "floor": self._floor()
        }  # fmt: skip

    def _floor(self) -> float | None:
        """Return the level of silence, where it is no matter of the recording."""
        if self.ref is np.max:
            return None if self.top_db is None else -float(self.top_db)
        if callable(self.ref):
            return None
        factor = 20.0 if self.of_amplitudes else 10.0
        return float(factor * np.log10(self.amin / max(self.amin, abs(self.ref))))


@dataclasses.dataclass(frozen=True, kw_only=True)
class MelBased(Framed):
    """A front end of powers in mel bands."""

    power: float = 2.0
    n_mels: int = 128
    fmin: float = 0.0
    fmax: float | None = None
    htk: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_field(self, self._exponent[0], check_number, above=0, most=10)
        check_field(self, "n_mels", check_int, minimum=1)
        check_bank("n_mels", self.n_mels, "n_fft", self.n_fft)
        check_field(self, "fmin", check_number, minimum=0, unit="Hz")
        check_field(self, "fmax", check_number, optional=True, above=0, unit="Hz")
        if self.fmax is not None and not self.fmin < self.fmax:
            raise InvalidValueError(
                Argument("fmin", self.fmin, "Hz"),
                " to ",
                Argument("fmax", self.fmax, "Hz"),
                " is no range. They must rise.",
            )
        check_field(self, "htk", check_bool)
        check_norm(self, self._band_norm[0], "slaney")

    @property
    def _exponent(self) -> tuple[str, float]:
        """The option that is the exponent of the magnitudes: its name and its value."""
        return "power", self.power

    @property
    @abc.abstractmethod
    def _band_norm(self) -> tuple[str, str | float | None]:
        """The option that normalises bands: its name and its value."""

    def _top(self, sr: float) -> float:
        return sr / 2 if self.fmax is None else self.fmax

    def _check_rate(self, sr: float) -> None:
        if not self.fmin < self._top(sr) <= sr / 2:
            raise InvalidValueError(
                Argument("fmin", self.fmin, "Hz"),
                " to ",
                Argument("fmax", self._top(sr), "Hz"),
                f" is no range at a sampling rate of {sr:g} Hz. They must rise, to at most "
                f"{sr / 2:g} Hz, half that rate.",
            )

    def _bands(self, sr: float) -> NDArray[np.float32]:
        norm = cast(Any, self._band_norm[1])
        bands = mel_bands(
            sr=sr,
            n_fft=self.n_fft,
            n_mels=self.n_mels,
            fmin=self.fmin,
            fmax=self._top(sr),
            htk=self.htk,
            slaney=norm == "slaney",
        )
        if norm is None or norm == "slaney":
            return bands
        import librosa

        return cast(NDArray[np.float32], librosa.util.normalize(bands, norm=norm, axis=-1))

    def _mel_powers(self, signal: Signal, doing: str) -> Iterator[NDArray[Any]]:
        """Yield powers in mel bands, shape (n_mels, n_frames), chunk by chunk."""
        bands, window, power = self._bands(signal.sr), self._padded_window(), self._exponent[1]
        bank = Bank(bands)

        def as_librosa(frames: Samples) -> NDArray[Any]:
            # Its own expression, so that the sums are taken in the same order.
            powers = streaming.powers(frames, window, power).T
            return cast("NDArray[Any]", np.einsum("...ft,mf->...mt", powers, bands, optimize=True))

        def quickly(frames: Samples) -> NDArray[Any]:
            return bank(streaming.powers(frames, window, power, exact=False)).T

        return self._of_frames(signal, doing, as_librosa if signal.is_in_memory else quickly)

    def _remarks(self, signal: Signal) -> Iterator[Text]:
        yield from super()._remarks(signal)
        n_empty = np.count_nonzero(self._bands(signal.sr).max(axis=1) == 0)
        if n_empty:
            yield (
                f"{n_empty} of n_mels={self.n_mels} mel bands are narrower than a bin of "
                f"n_fft={self.n_fft} and stay empty.",
                " Choose fewer bands, or a larger ",
                Argument("n_fft"),
                ".",
            )


def _samples(signal: Signal) -> str:
    return f"{signal.n_samples} sample{'s' if signal.n_samples != 1 else ''}"


def check_norm(owner: object, name: str, *names: str) -> None:
    """Check a field: the order of a norm, None for no normalisation, or one of some names."""
    value = scalar(getattr(owner, name))
    if isinstance(value, str) and names:
        value = check_choice(name, value, names)
    elif isinstance(value, numbers.Real) and value in (math.inf, -math.inf):
        value = float(value)
    elif value is not None:
        number = check_number(name, value, minimum=0, most=100)
        if 0 < number < 0.01:  # roots of an order like that overflow
            check_number(name, number, minimum=0.01)
        value = value if type(value) is int else number  # librosa knows no numbers but these
    object.__setattr__(owner, name, value)


def check_bank(name: str, n_bands: int, length_name: str, length: int) -> None:
    """Refuse a bank of filters that would fill the memory by itself."""
    if n_bands * length > MAX_BANK:
        raise InvalidValueError(
            Argument(name, n_bands),
            " filters of ",
            Argument(length_name, length, "samples"),
            " are too large together",
            allowed=(f"at most {MAX_BANK // length} with that ", Argument(length_name)),
            remedy=("Choose fewer, or a smaller ", Argument(length_name), "."),
        )
