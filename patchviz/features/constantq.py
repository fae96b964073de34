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

from .._util.validation import check_choice, check_int, check_number
from ..audio.resample import Samples
from ..errors import InvalidTypeError, InvalidValueError
from . import streaming
from .base import Part
from .filters import window_values
from .framed import InDecibels, check_norm
from .options import Window
from .spectral import Stft, tuning_of

if TYPE_CHECKING:
    from .base import Signal

__all__ = []


class _Octave(NamedTuple):
    """Some bins of a constant-Q transform, computed at a sampling rate that suits them."""

    rows: slice
    factor: int  # from the rate of the octave above, or of the sound, down to this one's
    sr: float
    hop_length: int


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Cqt(InDecibels):
    """``amplitude_to_db(abs(cqt(y, sr)), ref=np.max)``.

    By Schörkhuber and Klapuri's recursion, as in librosa: the filters of an octave are applied to
    spectra of the sound, which is resampled to half its rate for the octave below.
    """

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
    y_axis: ClassVar[str] = "cqt_note"
    of_amplitudes: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_int("hop_length", self.hop_length, minimum=1, unit="samples")
        check_int("n_bins", self.n_bins, minimum=1)
        check_int("bins_per_octave", self.bins_per_octave, minimum=1)
        if self.fmin is not None:
            check_number("fmin", self.fmin, above=0, unit="Hz")
        if self.tuning is not None:
            check_number("tuning", self.tuning)
        check_number("filter_scale", self.filter_scale, above=0)
        check_number("sparsity", self.sparsity, minimum=0)
        if self.sparsity >= 1:
            raise InvalidValueError(
                f"sparsity={self.sparsity!r} drops all of every filter. It must be less than 1."
            )
        check_norm("norm", self.norm)
        if isinstance(self.window, np.ndarray):
            raise InvalidTypeError(
                "window is an array, and filters of a constant-Q transform differ in length. "
                "Give the window's name, or a tuple of name and parameters."
            )
        window_values(self.window, 16)
        check_choice("pad_mode", self.pad_mode, streaming.PAD_MODES)

    @property
    def n_rows(self) -> int:
        return self.n_bins

    @property
    def _lowest(self) -> float:
        """Frequency of the lowest bin in Hz, by default C1, tuning included."""
        fmin = 440.0 * 2.0 ** (-45 / 12) if self.fmin is None else self.fmin
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

    @cached_property
    def _octaves(self) -> list[_Octave]:
        """The octaves from the highest one down, with librosa's choice of their rates."""
        from importlib import metadata

        cutoff = self._lengths(self.sr)[1]
        nyquist = self.sr / 2
        if cutoff > nyquist:
            fit = self.n_bins - math.ceil(self.bins_per_octave * math.log2(cutoff / nyquist))
            raise InvalidValueError(
                f"n_bins={self.n_bins} from {self._lowest:.2f} Hz reach {cutoff:.0f} Hz, beyond "
                f"{nyquist:g} Hz, half the sampling rate. Choose "
                + (f"at most {fit} bins, " if fit > 0 else "")
                + "a lower fmin, or a higher sr."
            )
        n_octaves = math.ceil(self.n_bins / self.bins_per_octave)
        hop_length, sr = self.hop_length, self.sr
        factors_of_two = (hop_length & -hop_length).bit_length() - 1
        factor = 2 ** max(
            0,
            min(math.ceil(math.log2(nyquist / cutoff)) - 2, factors_of_two - n_octaves + 1),
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

    def n_frames(self, n_samples: int) -> int:
        counts = []
        for octave in self._octaves:
            n_samples = math.ceil(n_samples / octave.factor)
            counts.append(1 + n_samples // octave.hop_length)
        return min(counts)

    def surveyed(self, signal: Signal) -> Self:
        if self.tuning is not None:
            return self
        amplitudes = Stft(sr=self.sr).powers(signal, "tuning", 1)
        return dataclasses.replace(
            self, tuning=tuning_of(amplitudes, self.sr, self.bins_per_octave)
        )

    def parts(self, signal: Signal) -> Iterator[Part]:
        complex_type = np.result_type(signal.audio.dtype, np.complex64)
        filters = [self._filters(octave).astype(complex_type) for octave in self._octaves]
        rows = min(
            streaming.chunk_rows(2 * (bank.shape[1] - 1), self.hop_length) for bank in filters
        )
        blocks, n_samples = signal.blocks(self.title), signal.n_samples
        responses = []
        for octave, bank in zip(self._octaves, filters, strict=True):
            if octave.factor > 1:
                blocks = streaming.halved(blocks, n_samples, octave.factor)
                n_samples = math.ceil(n_samples / octave.factor)
            own = blocks
            if octave.rows.start:
                own, blocks = itertools.tee(blocks)
            responses.append(self._responses(octave, bank, own, n_samples, rows))
        del own, blocks  # a tee keeps what one of its ends has not read
        # All octaves go through the sound together, so that little waits for the slowest.
        for together in itertools.zip_longest(*responses):
            yield from (part for part in together if part is not None)

    def _filters(self, octave: _Octave) -> Any:
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
        return sparse * np.sqrt(self._octaves[0].sr / octave.sr)

    def _responses(
        self, octave: _Octave, filters: Any, blocks: Iterable[Samples], n_samples: int, rows: int
    ) -> Iterator[Part]:
        """Yield the magnitudes of an octave's bins."""
        n_fft = 2 * (filters.shape[1] - 1)
        lengths = self._lengths(self._octaves[0].sr)[0]
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
            response = filters.dot(streaming.spectra(frames, np.ones(n_fft)).T)
            response /= scale
            yield Part(octave.rows, np.abs(response).T)

    def meaning(self) -> dict[str, Any]:
        return {
            **super().meaning(),
            "hop_length": self.hop_length,
            "fmin": self._lowest,
            "bins_per_octave": self.bins_per_octave,
        }
