"""From sound to values: what a front end is, and what those built in have in common.

A front end of patchviz's own is one frozen dataclass. Its fields are its options, with librosa's
names and defaults; its methods turn a signal that arrives in blocks into values. To add one, write
its class, enter it in `FRONT_ENDS`, and list its new options in `FrontEndOptions`.

Importing librosa compiles for about 20 seconds on a fresh installation, so what the mel
spectrogram, the STFT and the MFCC need of it is computed here. The tests hold every front end
against librosa's own values.
"""

from __future__ import annotations

import abc
import dataclasses
import itertools
import math
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeAlias, runtime_checkable

import numpy as np

from .._util.warn import warn_user
from ..audio.source import Audio
from ..errors import InPython, InvalidValueError, Setting, Text
from .base import Features, Part, Signal
from .channels import loudest, remarks_on, rows_of, side_by_side
from .pooling import Filling, Pooler, Pooling

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["BlockwiseFrontEnd", "FrontEnd", "FrontEndLike"]


@runtime_checkable
class FrontEnd(Protocol):
    """What turns sound into values: any object that is called as ``front_end(y, sr)``.

    :class:`Mel`, :class:`Stft`, :class:`Cqt`, :class:`Chroma`, :class:`Mfcc` and :class:`Pcen` are;
    so is what your own model sees. It goes to :meth:`Spectrogram.from_file` as ``kind=``.

    A plain function will do, ``f(y, sr)`` that returns an array of shape (n_bins, n_frames) or a
    tensor, which is detached and brought to the CPU. It is given the whole sound, and a warning
    says so where that is more than a gigabyte. What has a `context`, which a function may be given
    (``f.context = n_fft``), is given a long sound piece by piece; a frame at each seam is computed
    twice, and must be the same. Of a part of a recording it is given so much around the part, whose
    frames are then those of the whole. What is returned must last as long as the sound, and be
    (n_bins, n_frames), not the other way round; values that are not finite are warned of.

    Attributes
    ----------
    context : int or None
        How many samples before and behind sample ``k * hop_length`` frame *k* depends on; None if
        it depends on the whole sound.

    See Also
    --------
    Features : What a front end returns.

    Examples
    --------
    >>> import numpy as np
    >>> import patchviz as pv
    >>> class Loudness:
    ...     context = 512
    ...
    ...     def __call__(self, y, sr):
    ...         frames = np.pad(y, (0, -len(y) % 512)).reshape(-1, 512)
    ...         levels = 10 * np.log10(np.maximum(1e-10, np.mean(frames**2, axis=1)))
    ...         return pv.Features(levels[np.newaxis], sr=sr, hop_length=512, unit="dB")
    >>> isinstance(Loudness(), pv.FrontEnd)
    True
    >>> spec = pv.Spectrogram.example(kind=Loudness())
    >>> spec.values.shape
    (1, 640)
    >>> ax = pv.plot_spectrogram(spec)
    """

    def __init__(self) -> None:
        """Take nothing: help() would show a protocol's own ``*args, **kwargs``."""

    @property
    def context(self) -> int | None:
        """How many samples before and behind sample ``k * hop_length`` frame *k* depends on."""

    def __call__(self, y: NDArray[Any], sr: float, /) -> Features:
        """Return the features of samples, shape (n_samples,), at `sr` Hz."""


FrontEndLike: TypeAlias = "str | FrontEnd | Callable[[NDArray[Any], float], Features | ArrayLike]"


@dataclasses.dataclass(frozen=True, kw_only=True)
class BlockwiseFrontEnd(abc.ABC):
    """A front end that goes through a sound block by block; memory holds the result and one block.

    Its fields are its options. What depends on the rate is checked when a sound comes.
    """

    title: ClassVar[str]
    y_axis: ClassVar[str]
    no_level: ClassVar[str] = "its values are no levels"  # why `level` is not among its options
    of_amplitudes: ClassVar[bool] = False  # and not of powers, before they become decibels

    def __post_init__(self) -> None:  # noqa: B027 - a front end may have nothing to check
        """Check the options."""

    def __call__(self, y: ArrayLike, sr: float) -> Features:
        """Compute the features of samples.

        Parameters
        ----------
        y : array_like, shape (n_samples,)
            Real floating-point samples.
        sr : float
            Their sampling rate in Hz.

        Returns
        -------
        Features
            float32; float64 where `y` is.
        """
        audio = Audio.from_array(y, sr)
        if audio.n_channels > 1:
            raise InvalidValueError(
                f"y has the shape {np.shape(y)}, and a front end takes one channel. Choose one, "
                "y[0], or mix them: y.mean(axis=0)."
            )
        return self._features([Signal(audio, audio.sr, progress=False)], Pooling())

    @property
    def context(self) -> int | None:
        """How many samples before and behind sample ``k * hop_length`` frame *k* depends on.

        None where it depends on the whole sound, as dB relative to the maximum do.
        """
        return self._context()

    def _features(self, signals: Sequence[Signal], pooling: Pooling) -> Features:
        """Compute the features of signals of any length, pooled before they become decibels.

        Channels have one scale: what is found in the whole sound is found in all of them.
        """
        signal = signals[0]  # as long as the others
        self._check_rate(signal.sr)
        for remark in self._remarks(signal):
            warn_user(remark)
        prepared = self._prepared(signal)
        prepared._check_rate(signal.sr)  # as it is now
        meaning = prepared._meaning(signal.sr)
        meaning["hop_length"] = pooling.column_length(meaning["hop_length"])
        pooling.warn_of(self._n_frames(signal))
        if pooling.size > 1 and meaning.get("unit", "").startswith("dB re "):
            # Somebody reads the level there: of noise the largest is dB above the mean.
            meaning["quantity"] += f", {pooling.of_frames}"
        values = prepared._values(signals, pooling)
        for remark in remarks_on(signals):
            warn_user(remark)
        prepared._finish(values, loudest(signals))
        return Features(values=values, sr=signal.sr, n_channels=len(signals), **meaning)

    def _values(self, signals: Sequence[Signal], pooling: Pooling) -> NDArray[Any]:
        """Allocate the values, shape (n_rows, n_columns), and fill them, those of each signal."""
        signal, n_signals = signals[0], len(signals)
        shape = (pooling.n_columns(self._n_frames(signal)), n_signals * self._n_rows)
        try:
            columns = np.empty(shape, signal.audio.dtype)
        except MemoryError as error:
            size = math.prod(shape) * signal.audio.dtype.itemsize / 1e9
            raise InvalidValueError(
                f"The {self.title} of {signal.audio!r} has {shape[1]} x {shape[0]} values, "
                f"{size:.1f} GB, more than there is memory for",
                remedy=(
                    "Choose ",
                    Setting("pool", 64 * pooling.size),
                    ", ",
                    InPython("fewer bins, "),
                    Setting("kind", "mel"),
                    ", or a part of the sound.",
                ),
            ) from error
        filling = [
            self._fill(columns[:, rows_of(channel, n_signals, self._n_rows)], own, pooling)
            for channel, own in enumerate(side_by_side(signals))
        ]
        try:
            for _ in itertools.zip_longest(*filling):
                pass
        finally:
            for each in filling:
                each.close()
        return columns.T

    def _fill(
        self, columns: NDArray[Any], signal: Signal, pooling: Pooling
    ) -> Generator[None, None, None]:
        """Fill the values of a signal, shape (n_columns, n_rows), a part at a time."""
        n_frames = self._n_frames(signal)
        filled: dict[int, Filling] = {}
        for rows, part in self._parts(signal):
            if rows.start not in filled:
                pooler = Pooler(pooling, of_amplitudes=self.of_amplitudes)
                filled[rows.start] = Filling(columns[:, rows], n_frames, pooler)
            filled[rows.start].add(part)
            yield
        for filling in filled.values():
            filling.finish()

    def _context(self) -> int | None:
        return None

    @property
    @abc.abstractmethod
    def _n_rows(self) -> int:
        """Number of values in a frame."""

    @abc.abstractmethod
    def _n_frames(self, signal: Signal) -> int:
        """Return how many frames a sound has."""

    @abc.abstractmethod
    def _parts(self, signal: Signal) -> Iterator[Part]:
        """Yield the values, those of a row in the order of time."""

    def _check_rate(self, sr: float) -> None:  # noqa: B027 - most fit every rate
        """Check the options against the sampling rate of a sound."""

    def _remarks(self, signal: Signal) -> Iterator[Text]:
        """Yield what a person should be warned of."""
        yield from ()

    def _prepared(self, signal: Signal) -> Self:
        """Return the front end with what it must know of the whole sound beforehand."""
        return self

    def _finish(self, values: NDArray[Any], signal: Signal) -> None:  # noqa: B027 - most have nothing to finish
        """Do in place what needs all values, shape (n_rows, n_frames)."""

    def _meaning(self, sr: float) -> dict[str, Any]:
        """Return the fields of `Features` that say what the values mean."""
        return {"y_axis": self.y_axis}
