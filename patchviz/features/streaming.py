"""Transforms of a signal that arrives in blocks: the same as of the whole signal, bit for bit.

What is computed at a time depends on the signal and the transform only, never on how the signal
was cut into blocks, so a file that is streamed and an array in memory give the same values.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .._util.reductions import blocks as blocks_of
from ..audio.resample import Samples, resampled
from ..errors import Argument, InvalidValueError

__all__ = [
    "PAD_MODES",
    "RANGE",
    "SampleBuffer",
    "chunk_rows",
    "frame_count",
    "framed",
    "halved",
    "powers",
    "spectra",
    "to_decibels",
]

# Modes of numpy.pad that need only the samples near an edge.
PAD_MODES = ("constant", "edge", "reflect", "symmetric")

# Samples or values of a spectrum that are held at a time: 6 s with librosa's defaults, 1 MB.
_CHUNK_SIZE = 1 << 18

# Samples of frames that go through one FFT call: fewer cost calls, for which threads wait in turns,
# and more do not fit into a core's cache.
_FFT_SIZE = 1 << 17

RANGE = 80.0  # dB, from the loudest value down: what `top_db` is by default


class SampleBuffer:
    """Spans of a signal that arrives in blocks; only what may still be asked for is kept.

    ``buffer.take(start, stop)`` equals ``signal[start:stop]``, for starts that never decrease.
    """

    def __init__(self, blocks: Iterable[Samples]) -> None:
        self._blocks = iter(blocks)
        self._held: list[Samples] = []
        self._start = self._stop = 0  # what is held, in samples of the signal

    def take(self, start: int, stop: int) -> Samples:
        """Return samples `start` to `stop`: a view, where one block has them."""
        while True:
            while self._held and self._start + self._held[0].size <= start:
                self._start += self._held.pop(0).size
            if self._stop >= stop:
                break
            self._held.append(next(self._blocks))
            self._stop += self._held[-1].size
        parts, at = [], self._start
        for block in self._held:
            parts.append(block[max(0, start - at) : stop - at])
            at += block.size
            if at >= stop:
                break
        return np.concatenate(parts) if len(parts) > 1 else parts[0]


def frame_count(n_samples: int, *, n_fft: int, hop_length: int, pad: int) -> int:
    """Return how many whole frames a signal has that is padded by `pad` on both sides."""
    return max(0, 1 + (n_samples + 2 * pad - n_fft) // hop_length)


def chunk_rows(n_fft: int, hop_length: int, n_together: int = 1) -> int:
    """Return how many frames to transform at a time, so that neither they nor samples pile up.

    Of several signals that are transformed side by side, each has less: down to a quarter, below
    which most of the time would go into handing pieces on.
    """
    return max(1, _CHUNK_SIZE // (min(4, n_together) * max(1 + n_fft // 2, hop_length)))


def framed(
    blocks: Iterable[Samples],
    n_samples: int,
    *,
    n_fft: int,
    hop_length: int,
    pad: int,
    pad_mode: str,
    rows: int,
    n_frames: int | None = None,
    begin: int = 0,
) -> Iterator[Samples]:
    """Yield a padded signal's frames, `rows` at a time, each as views of shape (rows, n_fft).

    Frame *k* is ``np.pad(signal, pad, pad_mode)[at : at + n_fft]``, with
    ``at = begin + k * hop_length``; by default there are as many as are whole.
    """
    blocks = iter(blocks)
    buffer = SampleBuffer(blocks)
    if n_frames is None:
        n_frames = frame_count(n_samples, n_fft=n_fft, hop_length=hop_length, pad=pad)
    for first in range(0, n_frames, rows):
        last = min(first + rows, n_frames) - 1
        start, stop = (begin + k * hop_length - pad for k in (first, last))
        stop += n_fft
        # One sample more than the frames need on either side: reflections leave out the edge's.
        low, high = max(0, start - 1), min(n_samples, stop + 1)
        left, right = max(0, -start), max(0, stop - n_samples)
        span = buffer.take(low, high)
        if left or right:
            span = np.pad(span, (left, right), mode=pad_mode)  # type: ignore[call-overload]
        skip = start + left - low
        yield sliding_window_view(span[skip : skip + stop - start], n_fft)[::hop_length]
    for _ in blocks:  # what is in no frame may be damaged, too
        pass


def spectra(frames: Samples, window: NDArray[np.float64]) -> NDArray[np.complexfloating[Any, Any]]:
    """Return the spectra of frames, shape (n_frames, 1 + n_fft // 2).

    They are the columns of :func:`librosa.stft`, as precise as the frames are.
    """

    def take(spectrum: NDArray[Any], out: NDArray[Any]) -> None:
        out[...] = spectrum

    return _transformed(frames, window, _complex(frames), take)


def powers(
    frames: Samples, window: NDArray[np.float64], power: float, *, exact: bool = True
) -> NDArray[Any]:
    """Return the magnitudes of the spectra of frames to a power, shape (n_frames, n_bins).

    As librosa takes them, unless not `exact`: then squares are taken without their roots.
    """
    precision = _complex(frames)

    def take_squares(spectrum: NDArray[Any], out: NDArray[Any]) -> None:
        squares = spectrum.view(np.float64)
        np.square(squares, out=squares)
        np.add(squares[:, ::2], squares[:, 1::2], out=out, casting="same_kind")

    def take(spectrum: NDArray[Any], out: NDArray[Any]) -> None:
        np.abs(spectrum.astype(precision, copy=False), out=out)
        if power == 2:  # the same numbers, in a third of the time
            np.square(out, out=out)
        elif power != 1:
            np.power(out, power, out=out)

    is_quick = power == 2 and not exact
    return _transformed(frames, window, frames.dtype, take_squares if is_quick else take)


def _complex(frames: Samples) -> np.dtype[Any]:
    return np.dtype(np.complex128 if frames.dtype == np.float64 else np.complex64)


def _transformed(
    frames: Samples,
    window: NDArray[np.float64],
    dtype: np.dtype[Any],
    take: Callable[[NDArray[Any], NDArray[Any]], None],
) -> NDArray[Any]:
    """Return what becomes of the spectra of frames, which `take` is given a few at a time."""
    n_frames, n_fft = frames.shape
    result = np.empty((n_frames, 1 + n_fft // 2), dtype)
    rows = min(n_frames, max(1, _FFT_SIZE // n_fft))
    memory = _scratch(rows * (2 * (1 + n_fft // 2) + n_fft))
    spectrum = memory[: -rows * n_fft].view(np.complex128).reshape(rows, -1)
    weighted = memory[-rows * n_fft :].reshape(rows, n_fft)
    for at in range(0, n_frames, rows):
        n = min(rows, n_frames - at)
        weighted[:n] = frames[at : at + n]
        weighted[:n] *= window
        take(np.fft.rfft(weighted[:n], out=spectrum[:n]), result[at : at + n])
    return result


_own = threading.local()


def _scratch(n: int) -> NDArray[np.float64]:
    """Return memory for `n` numbers, which a thread keeps for the next time, if they are few.

    Of short files, asking the system for it again takes longer than the FFT, where freed memory
    goes back at once, as in workers of Dask.
    """
    most = 3 * _FFT_SIZE  # what fills one call, of windows of any length
    if n > most:
        return np.empty(n)
    if not hasattr(_own, "memory"):
        _own.memory = np.empty(most)
    memory: NDArray[np.float64] = _own.memory[:n]
    return memory


def halved(blocks: Iterable[Samples], n_samples: int, factor: int = 2) -> Iterator[Samples]:
    """Resample a signal to a `factor`-th of its rate, keeping its energy: ceil(n / factor) samples.

    Equal to ``librosa.resample(y, orig_sr=factor, target_sr=1, scale=True)``.
    """
    scale = np.sqrt(1 / factor)
    channels = (block[np.newaxis] for block in blocks)
    for block in resampled(channels, factor, 1, math.ceil(n_samples / factor)):
        yield (block[0] / scale).astype(block.dtype)


def to_decibels(
    values: NDArray[Any],
    *,
    ref: float | Callable[..., Any],
    amin: float,
    top_db: float | None,
    amplitudes: bool = False,
    relative: bool = False,
    exact: bool = True,
) -> None:
    """Turn powers (or amplitudes) into decibels in place, as :func:`librosa.power_to_db` does.

    To the bit, unless not `exact`: then to a rounding of each value, by numpy's faster logarithm.
    With `relative`, `amin` is 80 dB below the loudest value at most, so that quiet sounds do not
    drown in it.
    """
    reference = ref(values) if callable(ref) else np.abs(ref)
    if np.ndim(reference):
        raise InvalidValueError(
            Argument("ref", ref),
            f" gives an array of the shape {np.shape(reference)}. It must give one number for all "
            "values, as numpy.max does.",
        )
    if relative:
        loudest = reference if ref is np.max else max(block.max() for block in blocks_of(values))
        depth = RANGE if top_db is None else min(top_db, RANGE)
        tiny = float(np.finfo(values.dtype).tiny)
        lowest = float(loudest) * 10.0 ** (-depth / (20 if amplitudes else 10))
        amin = min(amin, max(lowest, math.sqrt(tiny) if amplitudes else tiny))
    if amplitudes:
        # librosa's power may be rounded otherwise than the square of the values.
        reference, amin = reference**2 if exact else np.square(reference), amin**2
    logarithm, factor = (np.log10, 10.0) if exact else (np.log, 10.0 / math.log(10.0))
    # By the same steps as values, so that on any processor the loudest is at 0 dB of itself.
    reference_db = factor * logarithm(np.maximum(amin, reference))
    loudest = -math.inf
    for block in blocks_of(values):
        if amplitudes:
            np.square(block, out=block)
        logarithm(np.maximum(amin, block, out=block), out=block)
        np.multiply(block, factor, out=block)
        np.subtract(block, reference_db, out=block)
        loudest = max(loudest, block.max())
    if top_db is not None:
        floor = loudest - top_db
        for block in blocks_of(values):
            np.maximum(block, floor, out=block)
