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
from numpy.typing import NDArray

from .._util.progress import is_watched
from ..audio.resample import Samples
from ..audio.source import Audio

__all__ = ["ALL_ROWS", "Features"]


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
