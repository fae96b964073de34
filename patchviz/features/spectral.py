"""Front ends made of the short-time Fourier transform: mel bands, STFT, MFCC, chroma."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from .._util.validation import check_choice, check_field, check_int, check_number
from ..errors import Argument, InvalidValueError, Setting
from ..errors import Part as TextPart
from .base import ALL_ROWS, Part
from .calibrated import Calibrated
from .framed import MAX_TUNING, QUIET, Framed, MelBased, check_bank, check_norm

if TYPE_CHECKING:
    from .base import Signal

__all__ = ["Chroma", "Mel", "Mfcc", "Stft", "tuning_of"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mel(Calibrated, MelBased):
    """A front end: the mel spectrogram in dB, ``kind="mel"``.

    ``librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr), ref=np.max)``, to the bit.

    Parameters
    ----------
    n_fft : int, default: 2048
        Samples in a window, padded with zeros.
    hop_length : int, default: 512
        Samples from one frame to the next.
    win_length : int, optional
        Samples in a window before padding, by default `n_fft`.
    window : str, tuple, float or ndarray, default: "hann"
        As in :func:`scipy.signal.get_window`; or the window's values.
    center : bool, default: True
        Whether frame *k* is centred on sample ``k * hop_length``, the sound being padded at its
        ends, or begins there. It is drawn where its middle is, either way.
    pad_mode : {"constant", "edge", "reflect", "symmetric"}
        What a centred frame sees beyond the sound's ends: zeros, by default.
    power : float, default: 2.0
        Exponent of the magnitudes.
    n_mels : int, default: 128
        Number of mel bands.
    fmin : float, default: 0.0
        Lowest frequency in Hz.
    fmax : float, optional
        Highest frequency in Hz, by default half the sampling rate.
    htk : bool, default: False
        The HTK formula in place of Slaney's.
    ref : float or callable, default: numpy.max
        What becomes 0 dB, or a function of all values that says so, as :data:`numpy.max` does.
    amin : float, default: 1e-10
        The least value that is told from 0. Unless it is given, it is lowered for a sound that
        stays 80 dB below full scale: to 80 dB below the sound's own loudest value.
    top_db : float or None, default: 80.0
        How many dB below the loudest value values are clipped; None clips nothing.
    level : {"relative", "psd"}, default: "relative"
        What 0 dB is: relative to `ref`, as librosa has it; or of a power spectral density, of
        which each band is the mean over its triangle. That is the same at every `n_fft`, window
        and hop.
    sensitivity : float, optional
        With ``level="psd"``, the root mean square of samples, in dB re 1, that a sound of 1 `unit`
        makes: see :class:`Stft`. Without it, densities are in dB re full scale²/Hz.
    unit : str, optional
        What `sensitivity` is per, by default ``"µPa"``.
    norm : {"slaney"}, float or None
        How each band is normalised: to the area of 1, by default; to a norm, as in
        :func:`librosa.util.normalize`; or not at all. With ``level="psd"`` it makes no difference.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is out of range; what depends on the sampling rate is checked when a sound
        comes.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example(kind=pv.Mel(n_mels=64))
    >>> spec
    Spectrogram 'Sonnet 1' of (64, 640): mel, 22050 Hz, hop 512 samples, 0.000-14.861 s, dB
    >>> ax = pv.plot_spectrogram(spec)
    """

    norm: str | float | None = "slaney"

    title: ClassVar[str] = "mel spectrogram"
    y_axis: ClassVar[str] = "mel"
    no_tones: ClassVar[tuple[TextPart, ...]] = (
        "a tone between two mel bands is in both, and reads less in each. Choose ",
        Setting("kind", "stft"),
        ", or ",
        Setting("level", "psd"),
        ", the mean density in each band.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.level == "psd" and self.power != 2:
            raise InvalidValueError(
                Argument("power", self.power),
                " is given beside ",
                Argument("level", self.level),
                ", and densities are of powers",
                remedy="Leave it out.",
            )

    @property
    def _band_norm(self) -> tuple[str, str | float | None]:
        return "norm", self.norm

    @property
    def _n_rows(self) -> int:
        return self.n_mels

    def _parts(self, signal: Signal) -> Iterator[Part]:
        for powers in self._mel_powers(signal, self.title):
            if self.level == "psd":
                powers /= self._areas(signal.sr)
            yield Part(ALL_ROWS, powers.T)

    def _areas(self, sr: float) -> NDArray[np.float32]:
        """Return the sums of the bands' weights, shape (n_mels, 1); 1 where there are none."""
        areas = self._bands(sr).sum(axis=1, keepdims=True)
        return np.where(areas == 0, np.float32(1), areas)

    def _meaning(self, sr: float) -> dict[str, Any]:
        return {**super()._meaning(sr), "fmin": self.fmin, "fmax": self._top(sr), "htk": self.htk}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stft(Calibrated):
    """A front end: the magnitudes of the short-time Fourier transform in dB, ``kind="stft"``.

    ``librosa.amplitude_to_db(abs(librosa.stft(y)), ref=np.max)``, to the bit.

    Parameters
    ----------
    n_fft : int, default: 2048
        Samples in a window, padded with zeros.
    hop_length : int, optional
        Samples from one frame to the next, by default a quarter of `win_length`.
    win_length : int, optional
        Samples in a window before padding, by default `n_fft`.
    window : str, tuple, float or ndarray, default: "hann"
        As in :func:`scipy.signal.get_window`; or the window's values.
    center : bool, default: True
        Whether frame *k* is centred on sample ``k * hop_length``, the sound being padded at its
        ends, or begins there. It is drawn where its middle is, either way.
    pad_mode : {"constant", "edge", "reflect", "symmetric"}
        What a centred frame sees beyond the sound's ends: zeros, by default.
    ref : float or callable, default: numpy.max
        What becomes 0 dB, or a function of all values that says so, as :data:`numpy.max` does.
    amin : float, default: 1e-5
        The least value that is told from 0. Unless it is given, it is lowered for a sound that
        stays 80 dB below full scale: to 80 dB below the sound's own loudest value.
    top_db : float or None, default: 80.0
        How many dB below the loudest value values are clipped; None clips nothing.
    level : {"relative", "dbfs", "psd"}, default: "relative"
        What 0 dB is: relative to `ref`, as librosa has it; or of the sound itself, the same at
        every `n_fft`, window and hop, so that recordings compare. With ``"dbfs"``, the level of a
        tone in dB re full scale, that of a full-scale sine, as AES17 defines it: a sine of
        amplitude 0.1 reads -20 dB. With ``"psd"``, the power spectral density in dB re full
        scale²/Hz, where full scale is a sample of 1: one-sided, as
        :func:`scipy.signal.spectrogram` has it. Silence is -300 dB; `ref`, `amin` and `top_db` are
        of relative levels alone.
    sensitivity : float, optional
        With ``"dbfs"`` and ``"psd"``, the root mean square of samples, in dB re 1, that a sound of
        1 `unit` makes. Levels are then in dB re 1 `unit`, root mean square, or re 1 `unit`²/Hz.
        That of a hydrophone (dB re 1 V/µPa), plus the gain (dB), minus ``20 * log10(V)`` of the
        peak voltage *V* of full scale; where samples are in volts, without that; and 0 where they
        are in `unit`.
    unit : str, optional
        What `sensitivity` is per, by default ``"µPa"``. Levels in air are relative to
        ``"20 µPa"``: 94 dB less than what is given in dB re 1 V/Pa.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is out of range; what depends on the sampling rate is checked when a sound
        comes.

    Notes
    -----
    Tones between two rows read less by the window's scalloping loss: 1.4 dB at most with
    ``"hann"``, less than 0.1 dB with `n_fft` four times `win_length` or ``window="flattop"``.
    Columns that ``pool=`` makes of several frames have the largest density of them, unless
    ``reduce="mean"`` has their mean power.
    Sensitivities are those of Merchant et al., "Measuring acoustic habitats", Methods in Ecology
    and Evolution 6, 2015.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example(kind=pv.Stft(n_fft=1024))
    >>> spec
    Spectrogram 'Sonnet 1' of (513, 1279): linear, 22050 Hz, hop 256 samples, 0.000-14.849 s, dB
    >>> ax = pv.plot_spectrogram(spec)
    """

    hop_length: int | None = None
    amin: float = 1e-5

    title: ClassVar[str] = "spectrogram"
    y_axis: ClassVar[str] = "linear"
    of_amplitudes: ClassVar[bool] = True

    @property
    def _n_rows(self) -> int:
        return 1 + self.n_fft // 2

    def _parts(self, signal: Signal) -> Iterator[Part]:
        for amplitudes in self._powers(signal, self.title, 1):
            self._halve_ends(amplitudes)
            yield Part(ALL_ROWS, amplitudes.T)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mfcc(MelBased):
    """A front end: mel-frequency cepstral coefficients, ``kind="mfcc"``.

    ``librosa.feature.mfcc(y=y, sr=sr)``, to the bit: the cosine transform of the mel spectrum in
    dB. The sound is read twice, since quiet bands are raised to 80 dB below the loudest.
    Powers below 1e-10 are none, but for a sound that stays 80 dB below full scale.

    Parameters
    ----------
    n_fft : int, default: 2048
        Samples in a window, padded with zeros.
    hop_length : int, default: 512
        Samples from one frame to the next.
    win_length : int, optional
        Samples in a window before padding, by default `n_fft`.
    window : str, tuple, float or ndarray, default: "hann"
        As in :func:`scipy.signal.get_window`; or the window's values.
    center : bool, default: True
        Whether frame *k* is centred on sample ``k * hop_length``, the sound being padded at its
        ends, or begins there. It is drawn where its middle is, either way.
    pad_mode : {"constant", "edge", "reflect", "symmetric"}
        What a centred frame sees beyond the sound's ends: zeros, by default.
    power : float, default: 2.0
        Exponent of the magnitudes.
    n_mels : int, default: 128
        Number of mel bands.
    fmin : float, default: 0.0
        Lowest frequency in Hz.
    fmax : float, optional
        Highest frequency in Hz, by default half the sampling rate.
    htk : bool, default: False
        The HTK formula in place of Slaney's.
    n_mfcc : int, default: 20
        Number of coefficients.
    dct_type : {2, 1, 3}
        Type of the discrete cosine transform.
    norm : {"ortho"} or None
        Norm of the cosine transform.
    mel_norm : {"slaney"}, float or None
        How each mel band is normalised, as `norm` of :class:`Mel`.
    lifter : float, default: 0.0
        Strength of liftering; 0 for none.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is out of range; what depends on the sampling rate is checked when a sound
        comes.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example(kind=pv.Mfcc(n_mfcc=13))
    >>> spec
    Spectrogram 'Sonnet 1' of (13, 640): 22050 Hz, hop 512 samples, 0.000-14.861 s
    >>> ax = pv.plot_spectrogram(spec)
    """

    n_mfcc: int = 20
    dct_type: int = 2
    norm: str | None = "ortho"
    mel_norm: str | float | None = "slaney"
    lifter: float = 0.0

    title: ClassVar[str] = "MFCC"
    no_level: ClassVar[str] = "coefficients are no levels"
    y_axis: ClassVar[str] = "none"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_field(self, "n_mfcc", check_int, minimum=1)
        if self.n_mfcc > self.n_mels:
            raise InvalidValueError(
                Argument("n_mfcc", self.n_mfcc),
                " is more than there are mel bands, ",
                Argument("n_mels", self.n_mels),
                remedy="Choose fewer coefficients, or more bands.",
            )
        check_field(self, "dct_type", check_int, minimum=1, maximum=3)
        if self.norm is not None:
            check_choice("norm", self.norm, ["ortho"])
        check_field(self, "lifter", check_number, minimum=0, most=1e6)
        if self.lifter:
            check_number("lifter", self.lifter, above=0, most=1e6)

    @property
    def _band_norm(self) -> tuple[str, str | float | None]:
        return "mel_norm", self.mel_norm

    @property
    def _n_rows(self) -> int:
        return self.n_mfcc

    def _context(self) -> int | None:
        return None  # of the loudest band depends how far quieter ones are raised

    def _parts(self, signal: Signal) -> Iterator[Part]:
        from scipy import fft

        loudest, most = -math.inf, 0.0
        for powers in self._mel_powers(signal, "loudness"):
            loudest, most = max(loudest, _levels(powers, _AMIN).max()), max(most, powers.max())
        amin = _AMIN
        if signal.levels.analysed.peak < QUIET:
            amin = min(amin, max(1e-8 * float(most), float(np.finfo(signal.audio.dtype).tiny)))
            loudest = 10.0 * math.log10(max(amin, most))
        floor = float(loudest - 80.0)
        for powers in self._mel_powers(signal, self.title):
            raised = np.maximum(_levels(powers, amin), floor)
            values = fft.dct(raised, axis=-2, type=self.dct_type, norm=self.norm)[: self.n_mfcc]
            if self.lifter:
                orders = np.arange(1, 1 + self.n_mfcc, dtype=values.dtype)
                lift = np.sin(np.pi * orders / self.lifter)
                values *= (1 + (self.lifter / 2) * lift)[:, np.newaxis]
            yield Part(ALL_ROWS, values.T)

    def _meaning(self, sr: float) -> dict[str, Any]:
        return {**super()._meaning(sr), "quantity": "Coefficient", "y_label": "MFCC"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chroma(Framed):
    """A front end: the power in each pitch class, 0 to 1, ``kind="chroma"``.

    ``librosa.feature.chroma_stft(y=y, sr=sr)``, to the bit.

    Parameters
    ----------
    n_fft : int, default: 2048
        Samples in a window, padded with zeros.
    hop_length : int, default: 512
        Samples from one frame to the next.
    win_length : int, optional
        Samples in a window before padding, by default `n_fft`.
    window : str, tuple, float or ndarray, default: "hann"
        As in :func:`scipy.signal.get_window`; or the window's values.
    center : bool, default: True
        Whether frame *k* is centred on sample ``k * hop_length``, the sound being padded at its
        ends, or begins there. It is drawn where its middle is, either way.
    pad_mode : {"constant", "edge", "reflect", "symmetric"}
        What a centred frame sees beyond the sound's ends: zeros, by default.
    norm : float or None, default: inf
        Norm of a frame, as in :func:`librosa.util.normalize`; None normalises nothing.
    n_chroma : int, default: 12
        Number of pitch classes.
    tuning : float, optional
        Deviation from A = 440 Hz in bins; by default it is estimated from the whole sound, which
        reads it once more.
    ctroct : float, default: 5.0
        The octave that counts most, above A0, 27.5 Hz.
    octwidth : float or None, default: 2.0
        Width of the octaves that count, in octaves; None for all alike.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is out of range; what depends on the sampling rate is checked when a sound
        comes.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example(kind=pv.Chroma(tuning=0.0))
    >>> spec
    Spectrogram 'Sonnet 1' of (12, 640): chroma, 22050 Hz, hop 512 samples, 0.000-14.861 s
    >>> ax = pv.plot_spectrogram(spec)
    """

    norm: float | None = math.inf
    n_chroma: int = 12
    tuning: float | None = None
    ctroct: float = 5.0
    octwidth: float | None = 2.0

    title: ClassVar[str] = "chromagram"
    no_level: ClassVar[str] = "a pitch class is relative to the others in its frame"
    y_axis: ClassVar[str] = "chroma"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_field(self, "n_chroma", check_int, minimum=1)
        check_bank("n_chroma", self.n_chroma, "n_fft", self.n_fft)
        check_norm(self, "norm")
        check_field(self, "ctroct", check_number, most=1e3)
        check_field(self, "octwidth", check_number, optional=True, above=0, most=1e3)
        check_field(self, "tuning", check_number, optional=True, most=MAX_TUNING)

    @property
    def _n_rows(self) -> int:
        return self.n_chroma

    def _context(self) -> int | None:
        return None if self.tuning is None else super()._context()

    def _prepared(self, signal: Signal) -> Self:
        if self.tuning is not None:
            return self
        powers = self._powers(signal, "tuning", 2)
        return dataclasses.replace(self, tuning=tuning_of(powers, signal.sr, self.n_chroma))

    def _parts(self, signal: Signal) -> Iterator[Part]:
        import librosa

        filters = librosa.filters.chroma(
            sr=signal.sr,
            n_fft=self.n_fft,
            n_chroma=self.n_chroma,
            tuning=self.tuning or 0.0,
            ctroct=self.ctroct,
            octwidth=self.octwidth,
        )
        for powers in self._powers(signal, self.title, 2):
            raw = np.einsum("cf,...ft->...ct", filters, powers, optimize=True)
            yield Part(ALL_ROWS, librosa.util.normalize(raw, norm=self.norm, axis=-2).T)

    def _meaning(self, sr: float) -> dict[str, Any]:
        quantity = "Relative power"
        return {**super()._meaning(sr), "quantity": quantity, "bins_per_octave": self.n_chroma}


_AMIN = 1e-10  # librosa's: the least power that is told from 0


def _levels(powers: NDArray[Any], amin: float) -> NDArray[Any]:
    levels: NDArray[Any] = 10.0 * np.log10(np.maximum(amin, powers))
    return levels


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
