"""Where sound comes from: samples in memory, or a file that is read only when asked, in blocks."""

from __future__ import annotations

import dataclasses
import io
import math
import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import ArrayLike

from .._util.validation import check_int, check_number, check_text
from ..errors import Argument, AudioFileError, InvalidTypeError, InvalidValueError
from .decode import (
    check_all_was_decoded,
    check_header,
    checked_file,
    decode_samples,
    in_quotes,
    mend_header,
    open_sound,
    seek_sample,
)
from .resample import Samples, check_rate, resampled, resampled_size

__all__ = ["Audio", "example_audio"]

# Samples of each channel that are decoded at a time: about 6 s at 44.1 kHz, 1 MB.
BLOCK_SIZE = 1 << 18


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Audio:
    """A sound that belongs to a spectrogram: samples in memory, or a file read only when asked.

    Made by :meth:`from_array` and :meth:`from_file`, and given to a :class:`Spectrogram` of your
    own values. (:meth:`Spectrogram.from_file` and :meth:`Spectrogram.from_audio` bring theirs.)

    Parameters
    ----------
    sr : float
        Sampling rate in Hz.
    n_samples : int
        Samples in each channel.
    n_channels : int
        Number of channels.
    name : str
        What the recording is called: the file's name without its folder, or ``""``.
    start : float
        Time of the first sample in seconds, on the clock of the spectrogram: the sample heard at
        time *t* is number ``(t - start) * sr``.
    source : ndarray, pathlib.Path or binary file object
        Where the samples are.

    See Also
    --------
    Spectrogram : Takes one as `audio`.
    player : Embeds it into a page.
    PatchAnimation.save : Puts it into a video.

    Examples
    --------
    >>> import numpy as np
    >>> import patchviz as pv
    >>> y = np.sin(2 * np.pi * 440 * np.arange(30 * 512) / 22050)
    >>> audio = pv.Audio.from_array(y, 22050)
    >>> audio
    Audio: 0.697 s, 22050 Hz, 1 channel
    >>> loudness = np.square(y).reshape(1, 30, 512).mean(axis=2)
    >>> spec = pv.Spectrogram(loudness, hop_length=512, audio=audio)
    >>> pv.player(spec.patches(frame_length=10), audio=True)
    Player(3 patches from 1 × 30 cells, ... kB, ... kB of them sound)
    """

    sr: float
    n_samples: int
    n_channels: int
    name: str
    start: float
    source: Samples | Path | IO[bytes]

    @classmethod
    def from_array(cls, y: ArrayLike, sr: float, *, name: str = "", start: float = 0.0) -> Audio:
        """Take samples that are in memory; they are not copied.

        Parameters
        ----------
        y : array_like, shape (n,) or (n_channels, n)
            Finite floating-point samples, as a rule between -1 and 1.
        sr : float
            Sampling rate in Hz.
        name : str, optional
            What the recording is called.
        start : float, default: 0.0
            Time of the first sample in seconds.

        Returns
        -------
        Audio
            Its blocks are views of `y`, in `y`'s own precision (half precision becomes single).

        Raises
        ------
        InvalidTypeError
            If `y` are no floating-point numbers.
        InvalidValueError
            If `y` is empty, of more than two dimensions or not finite everywhere.
        """
        rate = _rate("sr", sr)
        samples = _checked_samples(y, rate)
        begin = check_number("start", start, unit="s")
        return cls(
            rate, samples.shape[1], samples.shape[0], check_text("name", name), begin, samples
        )

    @classmethod
    def from_file(cls, file: str | os.PathLike[str] | IO[bytes], *, start: float = 0.0) -> Audio:
        """Look at a sound file's header; its samples are decoded when they are asked for.

        Parameters
        ----------
        file : path or binary file object
            WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF and what else libsndfile decodes. A file
            object must be seekable; it is read from its beginning, and left open.
        start : float, default: 0.0
            Time of the first sample in seconds.

        Returns
        -------
        Audio
            At the file's own rate, with all its channels.

        Raises
        ------
        AudioFileNotFoundError
            If there is no such file.
        AudioFileError
            If the file cannot be read, is not audio, or is shorter than its header says.
        InvalidTypeError
            If `file` is neither a path nor a seekable binary file object.

        Warns
        -----
        UserWarning
            If an Ogg file has no mark at its end, and so may have been cut short.
        """
        begin = check_number("start", start, unit="s")
        source, name = checked_file(file)
        with open_sound(source, name) as (sound, handle):
            rate = sound.samplerate
            n_samples, n_channels = sound.frames, sound.channels
            check_header(sound, handle, name)
        return cls(rate, n_samples, n_channels, name, begin, source)

    @property
    def duration(self) -> float:
        """Length in seconds: ``n_samples / sr``."""
        return self.n_samples / self.sr

    @property
    def end(self) -> float:
        """Time at which the last sample ends, in seconds: ``start + duration``."""
        return self.start + self.duration

    @property
    def dtype(self) -> np.dtype[np.floating[Any]]:
        """Precision of the samples: float32 from a file, an array's own otherwise."""
        source = self.source
        return source.dtype if isinstance(source, np.ndarray) else np.dtype(np.float32)

    def __repr__(self) -> str:
        named = f" {self.name!r}" if self.name else ""
        channels = f"{self.n_channels} channel{'s' if self.n_channels != 1 else ''}"
        begin = f" from {self.start:.3f} s on" if self.start else ""
        return f"Audio{named}: {self.duration:.3f} s{begin}, {self.sr:g} Hz, {channels}"

    def resampled_length(self, sr: float | None = None) -> int:
        """Return the samples in each channel at another rate: ``ceil(n_samples * sr / self.sr)``.

        Parameters
        ----------
        sr : float, optional
            Sampling rate in Hz; by default the sound's own.

        Returns
        -------
        int
            As many as ``librosa.load`` gives.
        """
        return resampled_size(self.n_samples, self.sr, sr)

    def blocks(
        self,
        *,
        sr: float | None = None,
        mono: bool = False,
        start: float | None = None,
        end: float | None = None,
        blocksize: int = BLOCK_SIZE,
    ) -> Iterator[Samples]:
        """Decode, mix and resample the sound block by block.

        Joined, the blocks are what ``librosa.load`` returns for the same `sr` and `mono`,
        sample by sample, while no more than a block is in memory.

        Parameters
        ----------
        sr : float, optional
            Sampling rate in Hz to resample to (soxr's high quality, as librosa's default); by
            default the sound's own.
        mono : bool, default: False
            Whether channels are mixed to one, their mean.
        start, end : float, optional
            The part to read, in seconds on the clock of its `start`; by default all. An `end`
            after the sound's own stands for the sound's own.
        blocksize : int, optional
            Samples of each channel that are decoded at a time.

        Returns
        -------
        iterator of ndarray, shape (n_channels, n)
            In float32 from a file; from an array, in its own precision.

        Raises
        ------
        AudioFileError
            If fewer samples can be decoded than the file's header says, or some are not finite.
        InvalidValueError, InvalidTypeError
            If an argument is out of range.
        """
        rate = self.sr if sr is None else check_rate("sr", sr, self.sr)
        check_int("blocksize", blocksize, minimum=1, unit="samples")
        first, last = self._span(start, end)
        decoded = self._decoded(first, last, blocksize)
        if mono and self.n_channels > 1:
            decoded = (block.mean(axis=0, keepdims=True) for block in decoded)
        if rate == self.sr:
            return decoded
        return resampled(decoded, self.sr, rate, resampled_size(last - first, self.sr, rate))

    def read(
        self,
        start: float | None = None,
        end: float | None = None,
        *,
        sr: float | None = None,
        mono: bool = False,
    ) -> Samples:
        """Return a part of the sound as one array; by default all of it.

        Parameters
        ----------
        start, end : float, optional
            The part to read, in seconds on the clock of its `start`. An `end` after the
            sound's own stands for the sound's own.
        sr : float, optional
            Sampling rate in Hz to resample to; by default the sound's own.
        mono : bool, default: False
            Whether channels are mixed to one, their mean.

        Returns
        -------
        ndarray, shape (n_channels, n)
            The samples of :meth:`blocks`, joined.

        Raises
        ------
        AudioFileError, InvalidValueError, InvalidTypeError
            As :meth:`blocks` does.
        """
        blocks = self.blocks(sr=sr, mono=mono, start=start, end=end)
        first, last = self._span(start, end)
        shape = 1 if mono else self.n_channels, resampled_size(last - first, self.sr, sr)
        try:
            samples = np.empty(shape, self.dtype)
        except (MemoryError, ValueError) as error:
            raise InvalidValueError(
                f"{shape[1]} samples of {shape[0]} channel{'s' if shape[0] != 1 else ''} take "
                f"{math.prod(shape) * self.dtype.itemsize / 1e9:.0f} GB, more memory than there is",
                remedy="Read a part, at a lower rate, or block by block: audio.blocks().",
            ) from error
        at = 0
        for block in blocks:
            samples[:, at : at + block.shape[1]] = block
            at += block.shape[1]
        return samples

    def _span(self, start: float | None, end: float | None) -> tuple[int, int]:
        """Return the first sample of a part in seconds, and the one after its last."""
        start = self.start if start is None else start
        check_number("start", start, minimum=self.start, unit="s")
        first, last = round((start - self.start) * self.sr), self.n_samples
        if end is not None:
            check_number("end", end, above=start, unit="s")
            last = min(last, round((end - self.start) * self.sr))
        if first >= last:
            raise InvalidValueError(
                Argument("start", start, "s"),
                " to ",
                Argument("end", end, "s"),
                " holds no sample: the sound is there from "
                f"{self.start:.3f} s to {self.end:.3f} s, {self.n_samples} samples",
                remedy="Choose a part of that.",
            )
        return first, last

    def _decoded(self, first: int, last: int, blocksize: int) -> Iterator[Samples]:
        """Yield samples `first` to `last` as they are: all channels, the sound's own rate."""
        source = self.source
        if isinstance(source, np.ndarray):
            for at in range(first, last, blocksize):
                yield source[:, at : min(at + blocksize, last)]
            return
        with open_sound(source, self.name) as (sound, handle):
            at = seek_sample(sound, first)
            while at < last:
                block = decode_samples(sound, min(blocksize, last - at))
                if at < first or not len(block):
                    at = max(at, first)
                    raise AudioFileError(
                        f"{in_quotes(self.name)} cannot be decoded from {at / self.sr:.3f} s "
                        f"(sample {at}) on, and its header says {self.duration:.3f} s "
                        f"({self.n_samples} samples): it was cut short or "
                        f"damaged. {mend_header(self.name)}"
                    )
                if not np.isfinite(block).all():
                    bad = at + int(np.argmin(np.isfinite(block).all(axis=1)))
                    raise AudioFileError(
                        f"{in_quotes(self.name)} holds samples that are not finite, the first at "
                        f"{bad / self.sr:.3f} s (sample {bad}). Mend them: read the file, apply "
                        "numpy.nan_to_num, and write it again."
                    )
                at += len(block)
                yield block.T
            if last == self.n_samples:
                check_all_was_decoded(sound, handle, self)


def example_audio() -> Audio:
    """Return the embedded clip: speech, 14.84 s at 22050 Hz, in the public domain.

    Returns
    -------
    Audio
        Shakespeare, Sonnet 1, the first four lines, read for LibriVox.
    """
    clip = resources.files("patchviz").joinpath("data", "sonnet1.ogg").read_bytes()
    return dataclasses.replace(Audio.from_file(io.BytesIO(clip)), name="sonnet1.ogg")


def _rate(name: str, sr: float) -> float:
    rate = check_number(name, sr, above=0, unit="Hz")
    return int(rate) if rate.is_integer() else rate


def _checked_samples(y: ArrayLike, sr: float) -> Samples:
    """Return `y` as a read-only view of shape (n_channels, n), or say why it is no sound."""
    if isinstance(y, np.ma.MaskedArray):
        raise InvalidTypeError(
            "y is a masked array, and a sound has no gaps. Fill them: y.filled(0.0)."
        )
    try:
        samples = np.asarray(y)
    except ValueError as error:
        raise InvalidValueError(
            f"y of type {type(y).__name__} does not form an array ({error}). It must be "
            "floating-point samples of shape (n,), or (n_channels, n)."
        ) from error
    if samples.dtype.kind in "iu":
        zero = f" - {2 ** (8 * samples.itemsize - 1)}" if samples.dtype.kind == "u" else ""
        y_zeroed = f"(y.astype(np.float32){zero})" if zero else "y.astype(np.float32)"
        raise InvalidTypeError(
            f"y holds integers ({samples.dtype}). It must hold floating-point samples, as a rule "
            f"between -1 and 1: give {y_zeroed} / {2 ** (8 * samples.itemsize - 1)}."
        )
    if samples.dtype.kind != "f":
        remedy = " Give y.real." if samples.dtype.kind == "c" else ""
        raise InvalidTypeError(
            f"y has the dtype {samples.dtype}. It must hold floating-point samples, as a rule "
            f"between -1 and 1.{remedy}"
        )
    if samples.ndim not in (1, 2):
        raise InvalidValueError(
            f"y has the shape {samples.shape}, {samples.ndim}-D. It must be (n,) samples, or "
            "(n_channels, n)."
        )
    if not samples.size:
        raise InvalidValueError(
            f"y is empty: shape {samples.shape}. It must hold at least one sample."
        )
    samples = np.atleast_2d(samples)
    if samples.shape[0] > samples.shape[1]:
        raise InvalidValueError(
            f"y has the shape {samples.shape}: {samples.shape[0]} channels of "
            f"{samples.shape[1]} samples. Channels come first, as in librosa: give y.T."
        )
    finite = np.isfinite(samples)
    if not finite.all():
        first = int(np.argmin(finite.all(axis=0)))
        raise InvalidValueError(
            f"y is not finite everywhere: {finite.size - np.count_nonzero(finite)} of "
            f"{finite.size} samples are NaN or infinite, the first at {first / sr:.3f} s (sample "
            f"{first}). Mend them, for example np.nan_to_num(y)."
        )
    precision = np.float64 if samples.dtype.itemsize >= 8 else np.float32
    view = samples.astype(precision, copy=False).view()
    view.flags.writeable = False
    return cast(Samples, view)
