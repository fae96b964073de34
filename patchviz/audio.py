"""Where sound comes from: samples in memory, or a file that is read only when asked, in blocks."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import math
import os
import re
import warnings
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import (
    AudioFileError,
    AudioFileNotFoundError,
    InvalidTypeError,
    InvalidValueError,
    check_int,
    check_number,
    check_text,
)

if TYPE_CHECKING:
    import soundfile

__all__ = ["Audio", "Samples", "example_audio", "resampled"]

Samples = NDArray[np.floating[Any]]

# Samples of each channel that are decoded at a time: about 6 s at 44.1 kHz, 1 MB.
BLOCK_SIZE = 1 << 18

# What writers put into a header whose length they do not know yet; no promise about the file.
_UNKNOWN_LENGTH = (range(0x7FFFF000, 0x80000001), range(0xFFFFF000, 0x100000000))


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
        rate = self.sr if sr is None else _rate("sr", sr)
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
        return np.concatenate(list(self.blocks(sr=sr, mono=mono, start=start, end=end)), axis=1)

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
                f"start={start!r} s to end={end!r} s holds no sample: the sound is there from "
                f"{self.start:.3f} s to {self.end:.3f} s, {self.n_samples} samples. Choose a part "
                "of that."
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


# -- arguments -------------------------------------------------------------------------------


def _rate(name: str, sr: float) -> float:
    rate = check_number(name, sr, above=0, unit="Hz")
    return int(rate) if rate.is_integer() else rate


def resampled_size(n_samples: int, rate: float, sr: float | None) -> int:
    return n_samples if sr is None or sr == rate else math.ceil(n_samples * (float(sr) / rate))


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


def checked_file(file: str | os.PathLike[str] | IO[bytes]) -> tuple[Path | IO[bytes], str]:
    """Return a path or a file object, and the file's name."""
    if isinstance(file, str | os.PathLike):
        path = os.fspath(file)
        if isinstance(path, str):
            return Path(path), Path(path).name
    elif hasattr(file, "read"):
        if isinstance(cast(object, file), io.TextIOBase):
            raise InvalidTypeError(
                f"file={file!r} is open as text. Open it in binary mode: open(path, 'rb')."
            )
        closed = getattr(file, "closed", False)
        if not closed and not (hasattr(file, "seekable") and file.seekable()):
            raise InvalidTypeError(
                f"file={file!r} cannot seek, and decoding needs to. Read it into memory first: "
                "io.BytesIO(file.read())."
            )
        name = getattr(file, "name", "")
        return file, Path(name).name if isinstance(name, str) else ""
    raise InvalidTypeError(
        f"file={file!r} is of type {type(file).__name__}. It must be a path or a binary file "
        "object; samples in memory go to from_audio(y, sr=...)."
    )


# -- files -----------------------------------------------------------------------------------


def in_quotes(name: str) -> str:
    return repr(name) if name else "The file object"


def mend_header(name: str) -> str:
    """Say how what is left of a damaged file, or one with a wrong header, becomes a whole file."""
    stem, ending = os.path.splitext(name or "clip.wav")
    lossless = ending.lower() not in {".mp3", ".ogg", ".opus"}
    made = f"{stem}-mended.{'flac' if lossless else 'wav'}"
    return f'Write what can be decoded to a new file: ffmpeg -i "{name or "clip.wav"}" "{made}".'


@contextlib.contextmanager
def open_sound(
    source: Path | IO[bytes], name: str
) -> Iterator[tuple[soundfile.SoundFile, IO[bytes]]]:
    """Open a file for decoding; its handle tells how far the decoder has read."""
    import soundfile

    with contextlib.ExitStack() as stack:
        if isinstance(source, Path):
            try:
                handle: IO[bytes] = stack.enter_context(source.open("rb"))
            except FileNotFoundError as error:
                raise AudioFileNotFoundError(
                    f"There is no file {str(source)!r} (looked for from {str(Path.cwd())!r}). "
                    "Check the path."
                ) from error
            except OSError as error:
                what = "is a folder" if source.is_dir() else f"cannot be read ({error.strerror})"
                raise AudioFileError(
                    f"{str(source)!r} {what}. Give the path of a readable sound file."
                ) from error
        elif source.closed:
            raise AudioFileError(
                f"{in_quotes(name)} is closed. Keep the file object open as long as its sound is "
                "needed, or give a path."
            )
        else:
            handle = source
        size = handle.seek(0, os.SEEK_END)
        handle.seek(0)
        if not size:
            raise AudioFileError(f"{in_quotes(name)} is empty: 0 bytes. Give a sound file.")
        try:
            sound = stack.enter_context(soundfile.SoundFile(handle))
        except (soundfile.LibsndfileError, TypeError) as error:  # TypeError: a .raw without header
            raise AudioFileError(
                f"{in_quotes(name)} cannot be decoded as sound. WAV, FLAC, Ogg Vorbis, Opus, MP3 "
                "and AIFF can be; convert others (M4A, WMA, video, raw samples), for example: "
                f'ffmpeg -i "{name or "clip.m4a"}" "{os.path.splitext(name or "clip")[0]}.flac".'
            ) from error
        yield sound, handle


def seek_sample(sound: soundfile.SoundFile, sample: int) -> int:
    """Go to a sample, and return where that leads; before it, if the file is damaged there."""
    import soundfile

    with contextlib.suppress(soundfile.LibsndfileError):
        return int(sound.seek(sample)) if sample else 0
    return -1


def decode_samples(sound: soundfile.SoundFile, n_samples: int) -> NDArray[np.float32]:
    """Return the next samples of all channels, shape (n, n_channels); none where it is damaged."""
    import soundfile

    block = np.empty((n_samples, sound.channels), np.float32)
    filled = 0
    # In small pieces, because a piece in which damage begins is lost as a whole.
    with contextlib.suppress(soundfile.LibsndfileError):
        while filled < n_samples:
            piece = sound.read(out=block[filled : filled + 4096])
            if not len(piece):
                break
            filled += len(piece)
    return block[:filled]


def check_header(sound: soundfile.SoundFile, handle: IO[bytes], name: str) -> None:
    """Refuse a file that is shorter than its header says, or does not say how long it is."""
    if not sound.frames:
        raise AudioFileError(
            f"{in_quotes(name)} holds no samples, says its header. Give a sound file that does. If "
            f"its recorder could not finish the header: {mend_header(name)}"
        )
    if sound.frames == np.iinfo(np.int64).max:
        raise AudioFileError(
            f"{in_quotes(name)} does not say how long it is: it was written to a pipe. "
            f"{mend_header(name)}"
        )
    # libsndfile mends the length of a file that was cut short, and tells only its log.
    lengths = r"^\s*(?:data|SSND|BODY|Data Size|riff|Riff size)\s*:\s*(\d+) \(should be (\d+)\)"
    for said, found in re.findall(lengths, sound.extra_info, re.MULTILINE):
        promised = int(said)
        if promised > int(found) and not any(promised in unknown for unknown in _UNKNOWN_LENGTH):
            raise AudioFileError(
                f"{in_quotes(name)} holds {int(found)} bytes of sound, and its header says "
                f"{promised}: it was cut short. {mend_header(name)}"
            )
    if sound.format == "OGG" and not _has_end_of_stream(handle):
        warnings.warn(
            f"{in_quotes(name)} has no end-of-stream mark after {sound.frames} samples "
            f"({sound.frames / sound.samplerate:.3f} s): it may have been cut short, and what "
            "came after is missing.",
            UserWarning,
            stacklevel=4,
        )


def _has_end_of_stream(handle: IO[bytes]) -> bool:
    """Whether the last page of an Ogg file is complete, and marked as the last."""
    before = handle.tell()
    size = handle.seek(0, os.SEEK_END)
    handle.seek(max(0, size - (1 << 16)))  # a page is no longer than that
    tail = handle.read()
    handle.seek(before)
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27:
        return False
    table = page[27 : 27 + page[26]]
    return bool(page[5] & 4) and len(page) >= 27 + len(table) + sum(table)


def check_all_was_decoded(sound: soundfile.SoundFile, handle: IO[bytes], audio: Audio) -> None:
    """Refuse an MP3 file whose length was estimated from its first frame, and far too short.

    MP3 files of variable bit rate say how long they are only in an optional header (Xing's);
    without it decoding stops at the estimate, with most of the sound still to come.
    """
    if sound.format != "MP3":
        return
    decoded = handle.tell()
    size = handle.seek(0, os.SEEK_END)
    handle.seek(max(0, size - 160))
    has_tags_at_its_end = b"APETAGEX" in handle.read()
    handle.seek(decoded)
    if size - decoded > 4096 and size - decoded > size // 20 and not has_tags_at_its_end:
        raise AudioFileError(
            f"{in_quotes(audio.name)} goes on after the {audio.n_samples} samples "
            f"({audio.duration:.3f} s) that its header makes it seem to have: "
            f"{size - decoded} of {size} bytes are left. {mend_header(audio.name)}"
        )


# -- rates -----------------------------------------------------------------------------------


def resampled(
    blocks: Iterator[Samples], rate: float, sr: float, n_samples: int
) -> Iterator[Samples]:
    """Resample a sound that arrives in blocks to exactly `n_samples` samples."""
    import soxr

    stream, left = None, n_samples
    for block in blocks:
        if stream is None:
            like = np.empty((0, block.shape[0]), block.dtype)
            stream = soxr.ResampleStream(rate, sr, block.shape[0], str(block.dtype), "soxr_hq")
        resampled = stream.resample_chunk(np.ascontiguousarray(block.T))[:left]
        if len(resampled):
            left -= len(resampled)
            yield resampled.T
    if stream is not None and left:
        rest = stream.resample_chunk(like, last=True)[:left]
        yield np.concatenate([rest, np.zeros((left - len(rest), like.shape[1]), like.dtype)]).T
