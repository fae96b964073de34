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
import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._util.progress import is_watched
from .._util.validation import check_choice, check_int, check_number, check_text
from ..audio.resample import Samples
from ..audio.source import Audio
from ..errors import InvalidTypeError, InvalidValueError

__all__ = ["ALL_ROWS", "Y_AXES", "Features"]


Y_AXES = ("mel", "linear", "log", "cqt_hz", "cqt_note", "chroma", "none")


@dataclasses.dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Features:
    """What a front end makes of a sound: values and what they mean. Frozen, and never a copy.

    A :class:`Spectrogram` is Features that know when they are, what they are called and how they
    sound.

    Parameters
    ----------
    values : array_like, shape (n_bins, n_frames)
        Real numbers; row 0 is the lowest frequency.
    sr, hop_length, n_fft, y_axis, fmin, fmax, htk, bins_per_octave, quantity, unit, y_label
        As for :class:`Spectrogram`.

    Raises
    ------
    InvalidTypeError
        If `values` are no real numbers or a masked array.
    InvalidValueError
        If `values` are not two-dimensional or are empty, or an option is out of range.
    """

    values: NDArray[Any] = dataclasses.field(kw_only=False)
    sr: float = 22050
    hop_length: int = 512
    n_fft: int | None = None
    y_axis: str = "none"
    fmin: float | None = None
    fmax: float | None = None
    htk: bool = False
    bins_per_octave: int = 12
    quantity: str = ""
    unit: str = ""
    y_label: str | None = None

    def __post_init__(self) -> None:
        set_field = object.__setattr__  # the dataclass is frozen to everyone else
        set_field(self, "values", _read_only(self.values))
        set_field(self, "sr", check_number("sr", self.sr, above=0, unit="Hz"))
        if float(self.sr).is_integer():
            set_field(self, "sr", int(self.sr))
        for name in ("hop_length", "n_fft"):
            if getattr(self, name) is not None:
                number = check_int(name, getattr(self, name), minimum=1, unit="samples")
                set_field(self, name, number)
        check_choice("y_axis", self.y_axis, Y_AXES)
        bins_per_octave = check_int("bins_per_octave", self.bins_per_octave, minimum=1)
        set_field(self, "bins_per_octave", bins_per_octave)
        self._check_frequencies()
        for name in ("quantity", "unit", "y_label"):
            if name != "y_label" or self.y_label is not None:
                check_text(name, getattr(self, name))

    def _check_frequencies(self) -> None:
        if self.fmin is not None:
            lowest_allowed = {"above": 0} if self.y_axis.startswith("cqt") else {"minimum": 0}
            check_number("fmin", self.fmin, unit="Hz", **lowest_allowed)
        if self.fmax is not None:
            check_number("fmax", self.fmax, above=self.fmin or 0, unit="Hz")
        elif self.y_axis == "mel" and self.fmin is not None and self.fmin >= self.sr / 2:
            raise InvalidValueError(
                f"fmin={self.fmin} Hz is not below half the sampling rate, {self.sr / 2:g} Hz, "
                "which is fmax unless given. Choose a lower fmin, or give fmax."
            )
        n_bins = len(self.values)
        if not isinstance(self.htk, bool):
            raise InvalidTypeError(f"htk={self.htk!r} must be True or False.")
        if self.y_axis in ("linear", "log") and self.n_fft is not None:
            expected = 1 + self.n_fft // 2
            if n_bins != expected:
                raise InvalidValueError(
                    f"values have {n_bins} rows, and y_axis={self.y_axis!r} with "
                    f"n_fft={self.n_fft} means {expected}. Give the n_fft that the values were "
                    "computed with, or leave it out."
                )
        if self.y_axis == "chroma" and n_bins % self.bins_per_octave:
            raise InvalidValueError(
                f'values have {n_bins} rows; y_axis="chroma" needs whole octaves of '
                f"bins_per_octave={self.bins_per_octave}. Give the bins_per_octave that they have."
            )

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.values.flags.writeable = False  # an array forgets that when it is pickled

    def __repr__(self) -> str:
        shown = ("sr", "hop_length", "y_axis", "unit")
        facts = [f"{name}={getattr(self, name)!r}" for name in shown]
        return f"Features of {self.values.shape}: {', '.join(facts)}"


def _read_only(values: ArrayLike) -> NDArray[Any]:
    """Return `values` as a read-only 2-D view of real numbers, or say why they cannot be shown."""
    if isinstance(values, np.ma.MaskedArray):
        raise InvalidTypeError(
            "values are a masked array, and a patch would lose the mask. "
            "Give values.filled(np.nan): gaps are drawn where values are NaN."
        )
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, RuntimeError) as error:  # the last two as tensors raise them
        raise InvalidValueError(
            f"values of type {type(values).__name__} do not form an array ({error}). "
            "They must be real numbers of shape (n_bins, n_frames)."
        ) from error
    if array.dtype.kind == "c":
        raise InvalidTypeError(
            f"values are complex ({array.dtype}). They must be real: take np.abs(values), "
            "or in dB librosa.amplitude_to_db(np.abs(values), ref=np.max)."
        )
    if array.dtype.kind not in "biuf":
        raise InvalidTypeError(
            f"values have dtype {array.dtype}. They must be real numbers; "
            "convert them: np.asarray(values, dtype=float)."
        )
    if array.ndim != 2:
        remedy = {
            1: "Samples of sound become one by Spectrogram.from_audio(values, sr=...); "
            "one row of data by values[np.newaxis, :].",
            3: "Choose one channel: values[0].",
        }.get(array.ndim, "")
        raise InvalidValueError(
            f"values have the shape {array.shape}, {array.ndim}-D. They must be 2-D, "
            f"(n_bins, n_frames). {remedy}".rstrip()
        )
    if not array.size:
        raise InvalidValueError(
            f"values are empty: shape {array.shape}. They must hold at least one bin and one frame."
        )
    view = array.view()
    view.flags.writeable = False
    return view


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
