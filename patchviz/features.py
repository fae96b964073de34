"""From sound to values: librosa's features, computed block by block.

A kind of feature is one dataclass. Its fields are the feature's options, with librosa's names and
defaults; its methods turn a signal that arrives in blocks into the feature's values. To add a
kind, write its class, enter it in `KINDS`, and explain its new options in `FeatureOptions`.

Importing librosa compiles for about 20 seconds on a fresh installation, so what the mel
spectrogram, the STFT and the MFCC need of it is computed here. The tests hold every kind against
librosa's own values.
"""

from __future__ import annotations

import abc
import collections
import dataclasses
import difflib
import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Self, Unpack, cast

import numpy as np
from numpy.typing import NDArray

from . import streaming
from .audio import Audio, Samples
from .errors import (
    InvalidTypeError,
    InvalidValueError,
    check_bool,
    check_choice,
    check_int,
    check_number,
)
from .feature_options import FeatureOptions, Window
from .filters import mel_bands, window_values
from .progress import is_watched

__all__ = ["KINDS", "Features", "compute"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Features:
    """The values of a feature and what they mean: a spectrogram's fields, computed from a sound.

    `values` has the shape (n_bins, n_frames), row 0 the lowest; a frame is contiguous in memory.
    """

    values: NDArray[np.floating[Any]]
    sr: float
    hop_length: int
    y_axis: str
    n_fft: int | None = None
    fmin: float | None = None
    fmax: float | None = None
    htk: bool = False
    bins_per_octave: int = 12
    quantity: str = ""
    unit: str = ""
    y_label: str | None = None


def compute(
    audio: Audio,
    *,
    sr: float | None = None,
    kind: str = "mel",
    mono: bool = False,
    progress: bool = True,
    **options: Unpack[FeatureOptions],
) -> Features:
    """Compute a feature of a sound of any length; memory holds the result and one block.

    The values are those of librosa's function for the whole sound, and do not depend on whether
    it is in memory or in a file.

    Parameters
    ----------
    audio : Audio
        The sound.
    sr : float, optional
        Sampling rate in Hz to resample to; by default the sound's own.
    kind : {"mel", "stft", "cqt", "chroma", "mfcc"}
        ``power_to_db(melspectrogram(y, sr), ref=np.max)``, ``amplitude_to_db(abs(stft(y)),
        ref=np.max)``, ``amplitude_to_db(abs(cqt(y, sr)), ref=np.max)``, ``chroma_stft(y, sr)``
        or ``mfcc(y, sr)``.
    mono : bool, default: False
        Whether several channels are mixed to one, their mean.
    progress : bool, default: True
        Whether work that takes longer than a second shows a progress bar, in a terminal or a
        notebook.
    **options
        Options of the feature.

    Returns
    -------
    Features
        float32; float64 where `audio` holds float64 samples.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is not one of `kind`, or out of range; if the sound has several channels and
        `mono` is False.
    AudioFileError
        If the sound cannot be decoded to its end.

    Warns
    -----
    UserWarning
        If the sound is shorter than a frame, or mel bands are so narrow that they stay empty.

    Examples
    --------
    >>> from patchviz.audio import example_audio
    >>> compute(example_audio(), kind="mel").values.shape
    (128, 640)
    """
    if sr is not None:
        check_number("sr", sr, above=0, unit="Hz")
    if audio.n_channels > 1 and not mono:
        named = repr(audio.name) if audio.name else "The sound"
        raise InvalidValueError(
            f"{named} has {audio.n_channels} channels, and a spectrogram shows one. Mix them: "
            "mono=True; or choose one and give its samples: Spectrogram.from_audio(y[0], sr=sr)."
        )
    signal = Signal(audio, audio.sr if sr is None else sr, progress)
    feature = _chosen(kind, signal.sr, options)
    for remark in feature.remarks(signal.n_samples):
        warnings.warn(remark, UserWarning, stacklevel=3)
    feature = feature.surveyed(signal)
    values = _values(feature, signal)
    feature.finish(values)
    return Features(values=values, sr=signal.sr, **feature.meaning())


def _chosen(kind: str, sr: float, options: Mapping[str, Any]) -> Kind:
    """Return the feature of a name, with its options; an option of another kind is refused."""
    chosen = KINDS[check_choice("kind", kind, KINDS)]
    own = _options_of(chosen)
    for name in options:
        if name in own:
            continue
        others = [repr(other) for other in KINDS if name in _options_of(KINDS[other])]
        near = difflib.get_close_matches(name, own, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Its options are {', '.join(own)}."
        raise InvalidTypeError(
            f"{name} is no option of kind={kind!r}"
            + (f"; it is one of kind={', '.join(others)}. Leave it out." if others else f". {hint}")
        )
    return chosen(sr=sr, **options)


def _options_of(kind: type[Kind]) -> list[str]:
    names = {field.name for field in dataclasses.fields(kind)}
    return [name for name in FeatureOptions.__annotations__ if name in names]


def _values(feature: Kind, signal: Signal) -> NDArray[Any]:
    """Allocate a feature's values and fill them, part by part as they come."""
    shape = (feature.n_frames(signal.n_samples), feature.n_rows)
    try:
        frames = np.empty(shape, signal.audio.dtype)
    except MemoryError as error:
        size = math.prod(shape) * signal.audio.dtype.itemsize / 1e9
        raise InvalidValueError(
            f"The {feature.title} of {signal.audio!r} has {shape[1]} x {shape[0]} values, "
            f"{size:.1f} GB, more than there is memory for. Choose a longer hop_length, fewer "
            'bins, kind="mel", or a part of the sound.'
        ) from error
    filled: collections.Counter[int] = collections.Counter()
    for rows, part in feature.parts(signal):
        first = filled[rows.start]
        filled[rows.start] = last = min(first + len(part), len(frames))
        frames[first:last, rows] = part[: last - first]
    return frames.T


@dataclasses.dataclass(frozen=True)
class Signal:
    """One channel at the rate of the analysis, read as often as a feature needs it."""

    audio: Audio
    sr: float
    progress: bool

    @property
    def n_samples(self) -> int:
        return self.audio.resampled_length(self.sr)

    def blocks(self, doing: str) -> Iterator[Samples]:
        """Yield the samples, and show how far that is once it takes longer than a second."""
        from tqdm import tqdm

        name = f" of {self.audio.name}" if self.audio.name else ""
        with tqdm(
            desc=doing + name,
            total=self.n_samples / self.sr,
            delay=1,
            leave=False,
            disable=not (self.progress and is_watched()),
            bar_format="{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s of sound "
            "[{elapsed}<{remaining}]",
        ) as bar:
            for block in self.audio.blocks(sr=self.sr, mono=True):
                yield block[0]
                bar.update(block.shape[1] / self.sr)


# -- what a kind of feature is ---------------------------------------------------------------


class Part(NamedTuple):
    """Values of the next frames of some of a feature's rows."""

    rows: slice
    values: NDArray[Any]  # (n_frames, n_rows)


ALL_ROWS = slice(0, None)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Kind(abc.ABC):
    """A feature and its options."""

    sr: float

    title: ClassVar[str]
    y_axis: ClassVar[str]

    def __post_init__(self) -> None:  # noqa: B027 - a kind may have nothing to check
        """Check the options."""

    @property
    @abc.abstractmethod
    def n_rows(self) -> int:
        """Number of values in a frame."""

    @abc.abstractmethod
    def n_frames(self, n_samples: int) -> int:
        """Return how many frames a sound has."""

    @abc.abstractmethod
    def parts(self, signal: Signal) -> Iterator[Part]:
        """Yield the values, those of a row in the order of time."""

    def remarks(self, n_samples: int) -> Iterator[str]:
        """Yield what a person should be warned of."""
        yield from ()

    def surveyed(self, signal: Signal) -> Self:
        """Return the feature with what it must know of the whole sound beforehand."""
        return self

    def finish(self, values: NDArray[Any]) -> None:  # noqa: B027 - most have nothing to finish
        """Do in place what needs all values, shape (n_rows, n_frames)."""

    def meaning(self) -> dict[str, Any]:
        """Return the fields of `Features` that say what the values mean."""
        return {"y_axis": self.y_axis}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Framed(Kind):
    """A feature of windowed frames."""

    n_fft: int = 2048
    hop_length: int | None = 512
    win_length: int | None = None
    window: Window = "hann"
    center: bool = True
    pad_mode: str = "constant"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_int("n_fft", self.n_fft, minimum=2, unit="samples")
        if self.win_length is not None:
            check_int("win_length", self.win_length, minimum=1, maximum=self.n_fft, unit="samples")
        if self.hop_length is not None:
            check_int("hop_length", self.hop_length, minimum=1, unit="samples")
        check_bool("center", self.center)
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

    def n_frames(self, n_samples: int) -> int:
        n_frames = streaming.frame_count(n_samples, **self._framing)
        if not n_frames:
            raise InvalidValueError(
                f"The sound has {n_samples} samples at {self.sr:g} Hz, less than one frame of "
                f"n_fft={self.n_fft}. Choose a smaller n_fft, or center=True, which pads the sound."
            )
        return n_frames

    def powers(self, signal: Signal, doing: str, power: float) -> Iterator[NDArray[Any]]:
        """Yield magnitudes to a power, shape (1 + n_fft // 2, n_frames), chunk by chunk."""
        window = window_values(self.window, self._window_length)
        before = (self.n_fft - self._window_length) // 2
        window = np.pad(window, (before, self.n_fft - self._window_length - before))
        chunks = streaming.framed(
            signal.blocks(doing),
            signal.n_samples,
            pad_mode=self.pad_mode,
            rows=streaming.chunk_rows(self.n_fft, self._hop_length),
            **self._framing,
        )
        for frames in chunks:
            yield (np.abs(streaming.spectra(frames, window)) ** power).T

    def remarks(self, n_samples: int) -> Iterator[str]:
        if self.center and n_samples < self.n_fft:
            yield (
                f"The sound has {n_samples} samples at {self.sr:g} Hz, less than one frame of "
                f"n_fft={self.n_fft}: most of a frame is padding. Choose a smaller n_fft."
            )

    def meaning(self) -> dict[str, Any]:
        return {**super().meaning(), "hop_length": self._hop_length, "n_fft": self.n_fft}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class InDecibels(Kind):
    """A feature whose values become decibels."""

    ref: float | Callable[..., Any] = np.max
    amin: float = 1e-10
    top_db: float | None = 80.0

    of_amplitudes: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.ref):
            check_number("ref", self.ref)
        check_number("amin", self.amin, above=0)
        if self.top_db is not None:
            check_number("top_db", self.top_db, minimum=0, unit="dB")

    def finish(self, values: NDArray[Any]) -> None:
        streaming.to_decibels(
            values,
            ref=self.ref,
            amin=self.amin,
            top_db=self.top_db,
            amplitudes=self.of_amplitudes,
        )

    def meaning(self) -> dict[str, Any]:
        is_relative = self.ref is np.max
        quantity = "Level relative to the maximum" if is_relative else "Level"
        return {**super().meaning(), "quantity": quantity, "unit": "dB"}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MelBased(Framed):
    """A feature of powers in mel bands."""

    power: float = 2.0
    n_mels: int = 128
    fmin: float = 0.0
    fmax: float | None = None
    htk: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("power", self.power, above=0)
        check_int("n_mels", self.n_mels, minimum=1)
        check_number("fmin", self.fmin, minimum=0, unit="Hz")
        if self.fmax is not None:
            check_number("fmax", self.fmax, above=0, unit="Hz")
        if not self.fmin < self._top <= self.sr / 2:
            raise InvalidValueError(
                f"fmin={self.fmin:g} Hz to fmax={self._top:g} Hz is no range at a sampling rate of "
                f"{self.sr:g} Hz. They must rise, to at most {self.sr / 2:g} Hz, half that rate."
            )
        check_bool("htk", self.htk)
        check_norm(*self._band_norm, "slaney")

    @property
    @abc.abstractmethod
    def _band_norm(self) -> tuple[str, str | float | None]:
        """The option that normalises bands: its name and its value."""

    @property
    def _top(self) -> float:
        return self.sr / 2 if self.fmax is None else self.fmax

    @cached_property
    def _bands(self) -> NDArray[np.float32]:
        norm = cast(Any, self._band_norm[1])
        bands = mel_bands(
            sr=self.sr,
            n_fft=self.n_fft,
            n_mels=self.n_mels,
            fmin=self.fmin,
            fmax=self._top,
            htk=self.htk,
            slaney=norm == "slaney",
        )
        if norm is None or norm == "slaney":
            return bands
        import librosa

        return cast(NDArray[np.float32], librosa.util.normalize(bands, norm=norm, axis=-1))

    def mel_powers(self, signal: Signal, doing: str) -> Iterator[NDArray[Any]]:
        """Yield powers in mel bands, shape (n_mels, n_frames), chunk by chunk."""
        for powers in self.powers(signal, doing, self.power):
            # librosa's own expression, so that the sums are taken in the same order.
            yield np.einsum("...ft,mf->...mt", powers, self._bands, optimize=True)

    def remarks(self, n_samples: int) -> Iterator[str]:
        yield from super().remarks(n_samples)
        n_empty = np.count_nonzero(self._bands.max(axis=1) == 0)
        if n_empty:
            yield (
                f"{n_empty} of n_mels={self.n_mels} mel bands are narrower than a bin of "
                f"n_fft={self.n_fft} and stay empty. Choose fewer bands, or a larger n_fft."
            )


# -- the kinds -------------------------------------------------------------------------------


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


KINDS: Mapping[str, type[Kind]] = {
    "mel": Mel,
    "stft": Stft,
    "cqt": Cqt,
    "chroma": Chroma,
    "mfcc": Mfcc,
}


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


def check_norm(name: str, value: object, *names: str) -> None:
    """Check an order of a norm, None for no normalisation, or one of some names."""
    if isinstance(value, str) and names:
        check_choice(name, value, names)
    elif value is not None and value not in (math.inf, -math.inf):
        check_number(name, value, minimum=0)
