"""Where sound comes from: samples in memory, or a file that is read only when asked, in blocks."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike

from .._util.validation import (
    check_bool,
    check_choice,
    check_field,
    check_int,
    check_number,
    check_text,
)
from ..errors import Argument, InvalidTypeError, InvalidValueError
from .decode import BySndfile
from .ffmpeg import ByFfmpeg
from .files import checked_file
from .info import ON_DAMAGE
from .kept import Kept, LookedAt
from .levels import Levels
from .part import Extent, samples_behind, tell_origin
from .probe import probe
from .reading import decoded, span_of
from .resample import Samples, check_rate, resampled, resampled_size
from .samples import checked_samples
from .shared import Shared

__all__ = ["Audio"]

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
        Where the samples are. Many threads may read them at once.
    decoder : optional
        What decodes a file, as :meth:`from_file` found.
    truncated : bool, default: False
        Whether sound is missing at its end, since the file was cut short or is damaged.
    first : int, default: 0
        Where the sound begins in its source, in samples: a part of a recording begins later.
    channel : int, optional
        Which channel of the source it is, counted from 0; by default all.

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
    decoder: BySndfile | ByFfmpeg | Kept | Shared | None = None
    truncated: bool = False
    first: int = 0
    channel: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "sr", _rate("sr", self.sr))
        for name in ("n_samples", "n_channels"):
            check_field(self, name, check_int, minimum=1, most=None)
        check_field(self, "first", check_int, minimum=0, most=None)
        check_field(self, "channel", check_int, optional=True, minimum=0)
        check_text("name", self.name)
        check_field(self, "start", check_number, unit="s")
        if not isinstance(self.source, np.ndarray | Path) and not hasattr(self.source, "read"):
            raise InvalidTypeError(
                Argument("source", self.source),
                f" is of type {type(self.source).__name__}",
                allowed="an array, a path or a binary file object; Audio.from_array and "
                "Audio.from_file take more, and look at what they get",
            )
        check_field(self, "truncated", check_bool)
        if not isinstance(self.decoder, BySndfile | ByFfmpeg | Kept | Shared | None):
            raise InvalidTypeError(
                Argument("decoder", self.decoder),
                f" is of type {type(self.decoder).__name__}",
                allowed="left out: Audio.from_file finds it",
            )

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
            If `y` is empty, of more than two dimensions, not finite everywhere or beyond 1e12.
        """
        samples = checked_samples(y, _rate("sr", sr))
        return cls(sr, samples.shape[1], samples.shape[0], name, start, samples)

    @classmethod
    def from_file(
        cls,
        file: str | os.PathLike[str] | IO[bytes],
        *,
        offset: float = 0.0,
        duration: float | None = None,
        channel: int | None = None,
        start: float = 0.0,
        on_damage: str = "raise",
    ) -> Audio:
        """Look at a sound file's bytes; its samples are decoded when they are asked for.

        Only a file that does not say how long it is, such as an MP3 without a Xing header, and one
        that libsndfile cannot read, are decoded once to find out.

        Parameters
        ----------
        file : path or binary file object
            WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF and what else libsndfile decodes; with ffmpeg
            M4A, WMA, WavPack, the sound of a film and what else that decodes. A seekable file
            object is read from its beginning, and left open; a pipe to its end.
        offset, duration, channel : optional
            A part of the file, or one of its channels, as for :meth:`part`.
        start : float, default: 0.0
            Time of the file's first sample in seconds: a part begins at ``start + offset``.
        on_damage : {"raise", "keep"}, default: "raise"
            Whether a file that was cut short or is damaged is refused, or what comes before the
            damage is kept, with a warning. To find that, a compressed file is decoded once. An
            Ogg that only lacks its end is kept in any case, with a warning.

        Returns
        -------
        Audio
            At the file's own rate, with all its channels unless one was chosen.

        Raises
        ------
        AudioFileNotFoundError
            If there is no such file.
        AudioFileError
            If the file cannot be read, is not audio, is shorter than its header says or damaged,
            or holds recordings of different rates; or if only ffmpeg could decode it, and there
            is none.
        InvalidTypeError
            If `file` is neither a path nor a binary file object.
        InvalidValueError
            If there is no such part or channel.

        Warns
        -----
        UserWarning
            If a part would go on after the end; if the file holds more or less than its header
            says, may have been cut short, or is followed by another one; if a film's sound begins
            later than its pictures.
        """
        begin = check_number("start", start, unit="s")
        extent = Extent(offset, duration, channel)
        keep = check_choice("on_damage", on_damage, ON_DAMAGE) == "keep"
        audio = cls._probed(file, begin, keep=keep)
        if isinstance(audio.source, Path):
            vars(audio)["_looked_at"] = LookedAt.of(audio.source)
        return audio if extent.is_whole else audio._of(extent)

    @classmethod
    def _probed(
        cls, file: str | os.PathLike[str] | IO[bytes], start: float, *, keep: bool
    ) -> Audio:
        """Return a file as a sound, by its header alone: whether it stays that file, none asks."""
        source, name = checked_file(file)
        found, truncated = probe(source, name, keep=keep)
        # Where it is now, wherever the process goes.
        absolute = source.absolute() if isinstance(source, Path) else source
        audio = cls(
            found.sr, found.n_samples, found.n_channels, name, start, absolute, found.decoder,
            truncated,
        )  # fmt: skip
        vars(audio)["_given"] = source
        return audio

    def part(
        self, *, offset: float = 0.0, duration: float | None = None, channel: int | None = None
    ) -> Audio:
        """Return a part of the sound, or one of its channels; it is read when it is asked for.

        Parameters
        ----------
        offset : float, default: 0.0
            Seconds of the sound before the part.
        duration : float, optional
            Length of the part in seconds; by default up to the end.
        channel : int, optional
            One channel, counted from 0 as those of an array; by default all.

        Returns
        -------
        Audio
            On the clock of the whole: it starts at ``start + offset``, to the sample. Its samples
            are those of the whole, ``read(start + offset, start + offset + duration)``.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If there is no such part or channel.

        Warns
        -----
        UserWarning
            If the part would go on after the end, and is shorter for that.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> audio = pv.Audio.from_array(np.zeros((8, 96000)), 96000)
        >>> audio.part(offset=0.25, duration=0.5, channel=7)
        Audio: 0.500 s from 0.250 s on, 96000 Hz, 1 channel, channel 7
        """
        return self._of(Extent(offset, duration, channel))

    def _of(self, extent: Extent) -> Audio:
        extent.check_channel(self)
        first, last = extent.samples(self)
        chosen = extent.channel is not None
        part = dataclasses.replace(
            self,
            n_samples=last - first,
            n_channels=1 if chosen else self.n_channels,
            start=self.start + first / self.sr,
            first=self.first + first,
            channel=extent.channel if chosen and self.channel is None else self.channel,
            truncated=self.truncated and last == self.n_samples,
        )
        n_behind = samples_behind(self) + self.n_samples - last
        tell_origin(part, self, n_behind)
        return part

    @property
    def given(self) -> Samples | Path | IO[bytes]:
        """The source as it was given: a path that may be relative, as a user's tables have it."""
        given: Samples | Path | IO[bytes] = vars(self).get("_given", self.source)
        return given

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
        facts = [f"{self.duration:.3f} s{begin}", f"{self.sr:.10g} Hz", channels, self.origin()]
        return f"Audio{named}: {', '.join(filter(None, facts))}"

    def origin(self, sr: float | None = None, *, mono: bool = False) -> str:
        """Return how samples came about, where that is not plain.

        Parameters
        ----------
        sr : float, optional
            Sampling rate in Hz that the sound is resampled to; by default its own.
        mono : bool, default: False
            Whether channels are mixed to one.

        Returns
        -------
        str
            For example ``"decoded by ffmpeg, resampled from 300000 Hz"``; empty if it is plain.
        """
        is_resampled = sr is not None and check_rate("sr", sr, self.sr) != self.sr
        mono = check_bool("mono", mono)
        facts = [
            self.decoder.title if self.decoder else "",
            f"resampled from {self.sr:.10g} Hz" if is_resampled else "",
            f"mixed from {self.n_channels} channels" if mono and self.n_channels > 1 else "",
            "" if self.channel is None else f"channel {self.channel}",
            f"truncated at {self.end:.2f} s" if self.truncated else "",
        ]
        return ", ".join(filter(None, facts))

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
        rate = None if sr is None else check_rate("sr", sr, self.sr)
        return resampled_size(self.n_samples, self.sr, rate)

    def blocks(
        self,
        *,
        sr: float | None = None,
        mono: bool = False,
        start: float | None = None,
        end: float | None = None,
        blocksize: int = BLOCK_SIZE,
        gaps: list[tuple[float, float]] | None = None,
        levels: Levels | None = None,
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
        gaps : list, optional
            Where a file's samples are not finite: from when to when, in seconds, is appended.
        levels : Levels, optional
            Measures how much of the sound mixing and resampling leave.

        Returns
        -------
        iterator of ndarray, shape (n_channels, n)
            In float32 from a file; from an array, in its own precision.

        Raises
        ------
        AudioFileError
            If fewer samples can be decoded than the file's header says.
        InvalidValueError, InvalidTypeError
            If an argument is out of range.

        Warns
        -----
        UserWarning
            If a file's samples are not finite, or too large for any sound: they become zeros.
        """
        rate = self.sr if sr is None else check_rate("sr", sr, self.sr)
        blocksize = check_int("blocksize", blocksize, minimum=1, unit="samples")
        mono = check_bool("mono", mono)
        first, last = span_of(self, start, end)
        gaps = [] if gaps is None else gaps
        samples = decoded(self, first, last, blocksize, gaps, to_resample=rate != self.sr)
        if not isinstance(levels, Levels | None):
            raise InvalidTypeError(
                Argument("levels", levels), f" is of type {type(levels).__name__}", allowed="Levels"
            )
        if levels is not None:
            samples = levels.of_decoded(samples)
        if mono and self.n_channels > 1:
            samples = (block.mean(axis=0, keepdims=True) for block in samples)
            samples = samples if levels is None else levels.of_mixed(samples)
        if rate == self.sr:
            return samples
        blocks = resampled(samples, self.sr, rate, resampled_size(last - first, self.sr, rate))
        return blocks if levels is None else levels.of_resampled(blocks)

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
        first, last = span_of(self, start, end)
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


def _rate(name: str, sr: float) -> float:
    rate = check_number(name, sr, above=0, unit="Hz")
    return int(rate) if rate.is_integer() else rate
