"""Per-channel energy normalisation: mel bands, each relative to what it has been of late."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .._util.validation import check_field, check_int, check_number
from .base import ALL_ROWS, Part
from .framed import MelBased

if TYPE_CHECKING:
    from .base import Signal

__all__ = ["Pcen"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pcen(MelBased):
    """A front end: the mel spectrogram after per-channel energy normalisation, ``kind="pcen"``.

    ``librosa.pcen(S * 2**31, sr=sr)`` of ``S = librosa.feature.melspectrogram(y=y, sr=sr,
    power=1)``, in the precision of the samples. Each band is divided by its own average of late,
    so that a steady hum fades and a call in it stands out, near or far. The average goes on from
    one block of a long sound to the next.

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
    power : float, default: 0.5
        Exponent of the compression; 0 for a logarithm.
    n_mels : int, default: 128
        Number of mel bands.
    fmin : float, default: 0.0
        Lowest frequency in Hz.
    fmax : float, optional
        Highest frequency in Hz, by default half the sampling rate.
    htk : bool, default: False
        The HTK formula in place of Slaney's.
    mel_power : float, default: 1.0
        Exponent of the magnitudes in the mel bands, as `power` of :class:`Mel`.
    norm : {"slaney"}, float or None
        How each mel band is normalised, as for :class:`Mel`.
    scale : float, default: 2147483648.0
        What mel bands are multiplied with, ``2**31``: the other options are meant for samples
        that are whole numbers of 32 bits.
    gain : float, default: 0.98
        How much of the average is divided by, as its exponent.
    bias : float, default: 2.0
        What is added before the compression.
    time_constant : float, default: 0.4
        How far back the average reaches, in seconds.
    eps : float, default: 1e-6
        Which average counts as silence.
    b : float, optional
        Coefficient of the average's filter, in place of `time_constant`: above 0, at most 1.
    max_size : int, default: 1
        Bands whose largest the average is taken of; 1 for each band's own.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is out of range; what depends on the sampling rate is checked when a sound
        comes.

    Examples
    --------
    >>> import patchviz as pv
    >>> spec = pv.Spectrogram.example(kind=pv.Pcen(n_mels=64))
    >>> spec
    Spectrogram 'Sonnet 1' of (64, 640): mel, 22050 Hz, hop 512 samples, 0.000-14.861 s
    >>> ax = pv.plot_spectrogram(spec)
    """

    # Wang and others, "Trainable frontend for robust and far-field keyword spotting", 2017.

    power: float = 0.5
    mel_power: float = 1.0
    norm: str | float | None = "slaney"
    scale: float = 2.0**31
    gain: float = 0.98
    bias: float = 2.0
    time_constant: float = 0.4
    eps: float = 1e-6
    b: float | None = None
    max_size: int = 1

    title: ClassVar[str] = "PCEN"
    y_axis: ClassVar[str] = "mel"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_field(self, "power", check_number, minimum=0, most=10)
        check_field(self, "scale", check_number, above=0, most=1e15)
        check_field(self, "gain", check_number, minimum=0, most=10)
        check_field(self, "bias", check_number, minimum=0, most=1e9)
        check_field(self, "time_constant", check_number, above=0, unit="s", most=1e6)
        check_field(self, "eps", check_number, above=0, most=1e30)
        check_field(self, "b", check_number, optional=True, above=0, maximum=1)
        check_field(self, "max_size", check_int, minimum=1, most=1 << 16)

    @property
    def _exponent(self) -> tuple[str, float]:
        return "mel_power", self.mel_power

    @property
    def _band_norm(self) -> tuple[str, str | float | None]:
        return "norm", self.norm

    @property
    def _n_rows(self) -> int:
        return self.n_mels

    def _context(self) -> int | None:
        return None  # the average never forgets

    def _parts(self, signal: Signal) -> Iterator[Part]:
        import librosa

        average = None  # the filter's state
        for powers in self._mel_powers(signal, self.title):
            with np.errstate(divide="ignore"):  # the logarithm of silence, without a bias
                values, average = librosa.pcen(
                    powers * self.scale,
                    sr=signal.sr,
                    hop_length=self._hop_length,
                    gain=self.gain,
                    bias=self.bias,
                    power=self.power,
                    time_constant=self.time_constant,
                    eps=self.eps,
                    b=self.b,
                    max_size=self.max_size,
                    zi=average,
                    return_zf=True,
                )
            yield Part(ALL_ROWS, values.T)

    def _meaning(self, sr: float) -> dict[str, Any]:
        return {
            **super()._meaning(sr),
            "fmin": self.fmin,
            "fmax": self._top(sr),
            "htk": self.htk,
            "quantity": "Normalised energy (PCEN)",
            "floor": 0.0,
        }
