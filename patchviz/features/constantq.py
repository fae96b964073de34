"""The constant-Q transform, computed in one pass over a sound of any length."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, cast

import numpy as np
from numpy.typing import NDArray

from .._util.mel import C1
from .._util.validation import check_choice, check_field, check_int, check_number
from ..audio.resample import Samples
from ..errors import Argument, InvalidTypeError, InvalidValueError
from . import streaming
from .base import SETTLING, Part
from .filters import window_values
from .framed import MAX_BANK, MAX_TUNING, InDecibels, check_norm
from .options import Window
from .spectral import Stft, tuning_of

if TYPE_CHECKING:
    from .base import Signal

__all__ = ["Cqt"]

MAX_OCTAVES = 40  # from a vibration in a year to ultrasound


class _Octave(NamedTuple):
    """Some bins of a constant-Q transform, computed at a sampling rate that suits them."""

    rows: slice
    factor: int  # from the rate of the octave above, or of the sound, down to this one's
    sr: float
    hop_length: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cqt(InDecibels):
    """A front end: the magnitudes of the constant-Q transform in dB, ``kind="cqt"``.

    ``librosa.amplitude_to_db(abs(librosa.cqt(y, sr=sr)), ref=np.max)``.

    Parameters
    ----------
    ref : float or callable, default: numpy.max
        What becomes 0 dB, or a function of all values that says so, as :data:`numpy.max` does.
    amin : float, default: 1e-5
        The least value that is told from 0. Unless it is given, it is lowered for a sound that
        stays 80 dB below full scale: to 80 dB below the sound's own loudest value.
    top_db : float or None, default: 80.0
        How many dB below the loudest value values are clipped; None clips nothing.
    hop_length : int, default: 512
        Samples from one frame to the next.
    fmin : float, optional
        Frequency of the lowest bin in Hz, by default C1, 32.70 Hz.
    n_bins : int, default: 84
        Number of bins.
    bins_per_octave : int, default: 12
        Bins in an octave.
    tuning : float or None, default: 0.0
        Deviation from A = 440 Hz in bins; None has it estimated from the whole sound, which reads
        it once more.
    filter_scale : float, default: 1.0
        Factor of the filters' lengths.
    norm : float or None, default: 1
        Norm of a filter, as in :func:`librosa.util.normalize`.
    sparsity : float, default: 0.01
        Part of a filter's energy that may be dropped.
    window : str, tuple or float, default: "hann"
        As in :func:`scipy.signal.get_window`.
    pad_mode : {"constant", "edge", "reflect", "symmetric"}
        What a frame sees beyond the sound's ends: zeros, by default.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is out of range; what depends on the sampling rate is checked when a sound
        comes.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example(kind=pv.Cqt(n_bins=60))
    >>> spec
    Spectrogram 'Sonnet 1' of (60, 640): cqt_note, 22050 Hz, hop 512 samples, 0.000-14.861 s, dB
    >>> ax = pv.plot_spectrogram(spec)
    """

    # By Schörkhuber and Klapuri's recursion, as in librosa: the filters of an octave are applied
    # to spectra of the sound, which is resampled to half its rate for the octave below.

    hop_length: int = 512
    fmin: float | None = None
    n_bins: int = 84
    bins_per_octave: int = 12
    tuning: float | None = 0.0
    filter_scale: float = 1.0
    norm: float | None = 1
    sparsity: float = 0.01
    window: Window = "hann"
    pad_mode: str = "constant"
    amin: float = 1e-5

    title: ClassVar[str] = "constant-Q spectrogram"
    no_level: ClassVar[str] = "each of its filters has a length and a bandwidth of its own"
    y_axis: ClassVar[str] = "cqt_note"
    of_amplitudes: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_field(self, "hop_length", check_int, minimum=1, unit="samples")
        check_field(self, "bins_per_octave", check_int, minimum=1, most=1 << 16)
        n_bins = MAX_OCTAVES * self.bins_per_octave
        check_field(self, "n_bins", check_int, minimum=1, most=n_bins)
        check_field(self, "fmin", check_number, optional=True, above=0, unit="Hz")
        check_field(self, "tuning", check_number, optional=True, most=MAX_TUNING)
        check_field(self, "filter_scale", check_number, above=0, most=1e6)
        check_field(self, "sparsity", check_number, minimum=0)
        if self.sparsity >= 1:
            raise InvalidValueError(
                Argument("sparsity", self.sparsity),
                " drops all of every filter",
                allowed="less than 1",
            )
        check_norm(self, "norm")
        if isinstance(self.window, np.ndarray):
            raise InvalidTypeError(
                Argument("window"),
                " is an array, and filters of a constant-Q transform differ in length",
                remedy="Give the window's name, or a tuple of name and parameters.",
            )
        window_values(self.window, 16)
        check_choice("pad_mode", self.pad_mode, streaming.PAD_MODES)

    @property
    def _n_rows(self) -> int:
        return self.n_bins

    @property
    def _lowest(self) -> float:
        """Frequency of the lowest bin in Hz, by default C1, tuning included."""
        fmin = C1 if self.fmin is None else self.fmin
        return float(fmin * 2.0 ** ((self.tuning or 0.0) / self.bins_per_octave))

    @cached_property
    def _frequencies(self) -> NDArray[np.float64]:
        import librosa

        return librosa.interval_frequencies(
            n_bins=self.n_bins,
            fmin=self._lowest,
            intervals="equal",
            bins_per_octave=self.bins_per_octave,
            sort=True,
        )

    @property
    def _filter_options(self) -> dict[str, Any]:
        return {"window": self.window, "filter_scale": self.filter_scale, "gamma": 0}

    @cached_property
    def _bandwidths(self) -> NDArray[np.float64]:
        """Bandwidth of each bin, relative to its frequency."""
        step = 2.0 ** (2 / self.bins_per_octave)
        return np.full(self.n_bins, (step - 1) / (step + 1))

    def _lengths(self, sr: float) -> tuple[NDArray[np.float64], float]:
        """Return the length of each filter in samples, and the highest frequency they let by."""
        import librosa

        return librosa.filters.wavelet_lengths(
            freqs=self._frequencies,
            sr=sr,
            alpha=cast(Any, self._bandwidths),
            **self._filter_options,
        )

    def _check_rate(self, sr: float) -> None:
        lengths, cutoff = self._lengths(sr)
        longest, nyquist = float(np.max(lengths)), sr / 2
        if cutoff > nyquist:
            fit = self.n_bins - math.ceil(self.bins_per_octave * math.log2(cutoff / nyquist))
            raise InvalidValueError(
                Argument("n_bins", self.n_bins),
                f" from {self._lowest:.2f} Hz reach {cutoff:.0f} Hz, beyond {nyquist:g} Hz, half "
                "the sampling rate",
                remedy=(
                    f"Choose {f'at most {fit} bins, ' if fit > 0 else ''}a lower ",
                    Argument("fmin"),
                    ", or a higher ",
                    Argument("sr"),
                    ".",
                ),
            )
        if longest * min(self.n_bins, self.bins_per_octave) > MAX_BANK:
            raise InvalidValueError(
                Argument("filter_scale", self.filter_scale),
                f" with {self.bins_per_octave} bins in an octave from {self._lowest:.4g} Hz makes "
                f"filters of {longest:.3g} samples at ",
                Argument("sr", sr, "Hz"),
                ", which are too large",
                remedy=(
                    "Choose a smaller ",
                    Argument("filter_scale"),
                    ", fewer ",
                    Argument("bins_per_octave"),
                    ", or a higher ",
                    Argument("fmin"),
                    ".",
                ),
            )

    def _octaves(self, sr: float) -> list[_Octave]:
        """Return the octaves from the highest one down, with librosa's choice of their rates."""
        from importlib import metadata

        cutoff = self._lengths(sr)[1]
        n_octaves = math.ceil(self.n_bins / self.bins_per_octave)
        hop_length = self.hop_length
        factors_of_two = (hop_length & -hop_length).bit_length() - 1
        factor = 2 ** max(
            0,
            min(math.ceil(math.log2(sr / 2 / cutoff)) - 2, factors_of_two - n_octaves + 1),
        )
        # Since librosa 1.0, only sounds are halved whose rate is far above what is left of them.
        since_1 = int(metadata.version("librosa").split(".")[0]) >= 1
        octaves: list[_Octave] = []
        top = self.n_bins
        while top:
            if octaves:
                halves = hop_length % 2 == 0 and not (
                    since_1 and self._frequencies[top - 1] > sr / 5
                )
                factor = 2 if halves else 1
            hop_length, sr = hop_length // factor, sr / factor
            bottom = max(0, top - self.bins_per_octave)
            octaves.append(_Octave(slice(bottom, top), factor, sr, hop_length))
            top = bottom
        return octaves

    def _context(self) -> int | None:
        return None  # filters that a rate makes longer

    def _n_frames(self, signal: Signal) -> int:
        counts = []
        n_samples = signal.n_samples
        for octave in self._octaves(signal.sr):
            n_samples = math.ceil(n_samples / octave.factor)
            counts.append(1 + n_samples // octave.hop_length)
        return min(counts)

    def _prepared(self, signal: Signal) -> Self:
        if self.tuning is not None:
            return self
        amplitudes = Stft()._powers(signal, "tuning", 1)
        tuning = tuning_of(amplitudes, signal.sr, self.bins_per_octave)
        return dataclasses.replace(self, tuning=tuning)

    def _parts(self, signal: Signal) -> Iterator[Part]:
        complex_type = np.result_type(signal.audio.dtype, np.complex64)
        octaves = self._octaves(signal.sr)
        filters = [self._filters(octave, octaves[0].sr).astype(complex_type) for octave in octaves]
        rows = min(
            streaming.chunk_rows(2 * (bank.shape[1] - 1), self.hop_length, signal.n_together)
            for bank in filters
        )
        # Of a part, the filters at its ends see what its recording has around it.
        wider, n_before = signal.led(self._reach(octaves, filters), self.hop_length)
        blocks, n_samples = wider.blocks(self.title), wider.n_samples
        lengths = self._lengths(octaves[0].sr)[0]
        responses = []
        for octave, bank in zip(octaves, filters, strict=True):
            if octave.factor > 1:
                blocks = streaming.halved(blocks, n_samples, octave.factor)
                n_samples = math.ceil(n_samples / octave.factor)
            own = blocks
            if octave.rows.start:
                own, blocks = itertools.tee(blocks)
            of_octave = self._responses(octave, bank, lengths, own, n_samples, rows)
            responses.append(_without_first(of_octave, n_before))
        del own, blocks  # a tee keeps what one of its ends has not read
        # All octaves go through the sound together, so that little waits for the slowest.
        for together in itertools.zip_longest(*responses):
            yield from (part for part in together if part is not None)

    @staticmethod
    def _reach(octaves: list[_Octave], filters: list[Any]) -> int:
        """Return how many samples before and behind it a frame depends on, to all that is heard."""
        factors: list[int] = np.cumprod([octave.factor for octave in octaves]).tolist()
        sizes: list[int] = [bank.shape[1] - 1 for bank in filters]  # half of a window
        return max(
            factor * (size + (SETTLING if factor > 1 else 0))
            for factor, size in zip(factors, sizes, strict=True)
        )

    def _filters(self, octave: _Octave, top_sr: float) -> Any:
        """Return an octave's filters as a sparse matrix, shape (n_bins, 1 + n_fft // 2)."""
        import librosa
        from scipy import fft

        filters, lengths = librosa.filters.wavelet(
            freqs=self._frequencies[octave.rows],
            sr=octave.sr,
            alpha=cast(Any, self._bandwidths[octave.rows]),
            norm=self.norm,
            pad_fft=True,
            **self._filter_options,
        )
        n_fft = filters.shape[1]
        filters *= lengths[:, np.newaxis] / n_fft
        spectra = fft.fft(filters, axis=1)[:, : 1 + n_fft // 2]
        sparse = librosa.util.sparsify_rows(spectra, quantile=self.sparsity)
        return sparse * np.sqrt(top_sr / octave.sr)

    def _responses(
        self,
        octave: _Octave,
        filters: Any,
        lengths: NDArray[np.float64],
        blocks: Iterable[Samples],
        n_samples: int,
        rows: int,
    ) -> Iterator[Part]:
        """Yield the magnitudes of an octave's bins."""
        n_fft = 2 * (filters.shape[1] - 1)
        scale = np.sqrt(lengths[octave.rows])[:, np.newaxis]
        chunks = streaming.framed(
            blocks,
            n_samples,
            n_fft=n_fft,
            hop_length=octave.hop_length,
            pad=n_fft // 2,
            pad_mode=self.pad_mode,
            rows=rows,
        )
        for frames in chunks:
            spectra = streaming.spectra(frames, np.ones(n_fft))
            response = filters.dot(spectra.T)
            response /= scale
            yield Part(octave.rows, np.abs(response).T)

    def _meaning(self, sr: float) -> dict[str, Any]:
        return {
            **super()._meaning(sr),
            "hop_length": self.hop_length,
            "fmin": self._lowest,
            "bins_per_octave": self.bins_per_octave,
        }


def _without_first(parts: Iterator[Part], n_frames: int) -> Iterator[Part]:
    """Yield parts but for the first frames."""
    for rows, values in parts:
        left_out = min(n_frames, len(values))
        n_frames -= left_out
        if left_out < len(values):
            yield Part(rows, values[left_out:])
