"""Front ends made of the short-time Fourier transform: mel bands, STFT, MFCC, chroma."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from .._util.validation import check_choice, check_int, check_number
from .base import ALL_ROWS, Part
from .framed import Framed, InDecibels, MelBased, check_norm

if TYPE_CHECKING:
    from .base import Signal

__all__ = ["tuning_of"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Mel(InDecibels, MelBased):
    """``power_to_db(melspectrogram(y, sr), ref=np.max)``."""

    norm: str | float | None = "slaney"

    title: ClassVar[str] = "mel spectrogram"
    y_axis: ClassVar[str] = "mel"

    @property
    def _band_norm(self) -> tuple[str, str | float | None]:
        return "norm", self.norm

    @property
    def n_rows(self) -> int:
        return self.n_mels

    def parts(self, signal: Signal) -> Iterator[Part]:
        for powers in self.mel_powers(signal, self.title):
            yield Part(ALL_ROWS, powers.T)

    def meaning(self) -> dict[str, Any]:
        return {**super().meaning(), "fmin": self.fmin, "fmax": self._top, "htk": self.htk}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Stft(InDecibels, Framed):
    """``amplitude_to_db(abs(stft(y)), ref=np.max)``."""

    hop_length: int | None = None
    amin: float = 1e-5

    title: ClassVar[str] = "spectrogram"
    y_axis: ClassVar[str] = "linear"
    of_amplitudes: ClassVar[bool] = True

    @property
    def n_rows(self) -> int:
        return 1 + self.n_fft // 2

    def parts(self, signal: Signal) -> Iterator[Part]:
        for amplitudes in self.powers(signal, self.title, 1):
            yield Part(ALL_ROWS, amplitudes.T)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Mfcc(MelBased):
    """``mfcc(y, sr)``: the cosine transform of the mel spectrum in dB."""

    n_mfcc: int = 20
    dct_type: int = 2
    norm: str | None = "ortho"
    mel_norm: str | float | None = "slaney"
    lifter: float = 0.0

    # What the survey finds: the dB that quieter mel bands are raised to, 80 below the loudest.
    floor: float = -math.inf

    title: ClassVar[str] = "MFCC"
    y_axis: ClassVar[str] = "none"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_int("n_mfcc", self.n_mfcc, minimum=1, maximum=self.n_mels)
        check_int("dct_type", self.dct_type, minimum=1, maximum=3)
        if self.norm is not None:
            check_choice("norm", self.norm, ["ortho"])
        check_number("lifter", self.lifter, minimum=0)

    @property
    def _band_norm(self) -> tuple[str, str | float | None]:
        return "mel_norm", self.mel_norm

    @property
    def n_rows(self) -> int:
        return self.n_mfcc

    def surveyed(self, signal: Signal) -> Self:
        loudest = max(levels.max() for levels in self._levels(signal, "loudness"))
        return dataclasses.replace(self, floor=float(loudest - 80.0))

    def parts(self, signal: Signal) -> Iterator[Part]:
        from scipy import fft

        for levels in self._levels(signal, self.title):
            raised = np.maximum(levels, self.floor)
            values = fft.dct(raised, axis=-2, type=self.dct_type, norm=self.norm)[: self.n_mfcc]
            if self.lifter:
                orders = np.arange(1, 1 + self.n_mfcc, dtype=values.dtype)
                lift = np.sin(np.pi * orders / self.lifter)
                values *= (1 + (self.lifter / 2) * lift)[:, np.newaxis]
            yield Part(ALL_ROWS, values.T)

    def _levels(self, signal: Signal, doing: str) -> Iterator[NDArray[Any]]:
        for powers in self.mel_powers(signal, doing):
            yield 10.0 * np.log10(np.maximum(1e-10, powers))

    def meaning(self) -> dict[str, Any]:
        return {**super().meaning(), "quantity": "Coefficient", "y_label": "MFCC"}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Chroma(Framed):
    """``chroma_stft(y, sr)``: the power in each pitch class, 0 to 1."""

    norm: float | None = math.inf
    n_chroma: int = 12
    tuning: float | None = None
    ctroct: float = 5.0
    octwidth: float | None = 2.0

    title: ClassVar[str] = "chromagram"
    y_axis: ClassVar[str] = "chroma"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_int("n_chroma", self.n_chroma, minimum=1)
        check_norm("norm", self.norm)
        check_number("ctroct", self.ctroct)
        if self.octwidth is not None:
            check_number("octwidth", self.octwidth, above=0)
        if self.tuning is not None:
            check_number("tuning", self.tuning)

    @property
    def n_rows(self) -> int:
        return self.n_chroma

    def surveyed(self, signal: Signal) -> Self:
        if self.tuning is not None:
            return self
        powers = self.powers(signal, "tuning", 2)
        return dataclasses.replace(self, tuning=tuning_of(powers, self.sr, self.n_chroma))

    def parts(self, signal: Signal) -> Iterator[Part]:
        import librosa

        filters = librosa.filters.chroma(
            sr=self.sr,
            n_fft=self.n_fft,
            n_chroma=self.n_chroma,
            tuning=self.tuning or 0.0,
            ctroct=self.ctroct,
            octwidth=self.octwidth,
        )
        for powers in self.powers(signal, self.title, 2):
            raw = np.einsum("cf,...ft->...ct", filters, powers, optimize=True)
            yield Part(ALL_ROWS, librosa.util.normalize(raw, norm=self.norm, axis=-2).T)

    def meaning(self) -> dict[str, Any]:
        quantity = "Relative power"
        return {**super().meaning(), "quantity": quantity, "bins_per_octave": self.n_chroma}


def tuning_of(spectra: Iterable[NDArray[Any]], sr: float, bins_per_octave: int) -> float:
    """Estimate the tuning in bins from magnitudes or powers that arrive in chunks.

    Equal to ``librosa.estimate_tuning(S=..., sr=sr, bins_per_octave=bins_per_octave)`` for all
    of them. Of every chunk, only its peaks are kept.
    """
    import librosa

    peaks = []
    for spectrum in spectra:
        pitches, magnitudes = librosa.piptrack(S=spectrum, sr=sr)
        found = pitches > 0
        peaks.append(np.stack([pitches[found], magnitudes[found]]))
    pitches, magnitudes = np.concatenate(peaks, axis=1)
    if not pitches.size:
        return 0.0  # silence: as good as any
    loud = magnitudes >= np.median(magnitudes)
    return float(librosa.pitch_tuning(pitches[loud], bins_per_octave=bins_per_octave))
