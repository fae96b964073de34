"""Sound that libsndfile decodes, whose word on how much there is holds for most files."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from .files import Stretch, opened

if TYPE_CHECKING:
    import soundfile

__all__ = ["UNKNOWN_LENGTH", "BySndfile", "Part", "RawSound", "decoded_size", "opened_part"]

UNKNOWN_LENGTH = int(np.iinfo(np.int64).max)  # what libsndfile calls it


class RawSound(NamedTuple):
    """How samples are written that no header describes, or a wrong one."""

    sr: int
    n_channels: int
    subtype: str
    endian: str


class Part(NamedTuple):
    """A stretch of a file that libsndfile reads as if it were the file; by default all of it."""

    start: int = 0  # in bytes
    end: int | None = None
    n_samples: int = UNKNOWN_LENGTH
    raw: RawSound | None = None
    mended: tuple[int, bytes] | None = None  # what its header should say, and where
    seekable: int = 0  # samples of Vorbis before its last page: from there on one decodes


@dataclasses.dataclass(frozen=True)
class BySndfile:
    """Decodes a file by libsndfile, part by part.

    Parameters
    ----------
    parts : tuple of Part
        One, but for files in which several recordings follow one another.
    """

    parts: tuple[Part, ...]
    title = ""

    def blocks(
        self, source: Path | IO[bytes], name: str, first: int, last: int, blocksize: int
    ) -> Iterator[NDArray[np.float32]]:
        """Yield samples `first` to `last`, shape (n, n_channels), as far as they can be decoded."""
        begin = 0
        with opened(source, name) as handle:
            for part in self.parts:
                end = begin + part.n_samples
                if end > first and begin < last:
                    start, stop = max(first, begin) - begin, min(last, end) - begin
                    at = start
                    for block in _blocks(handle, part, start, stop, blocksize):
                        at += len(block)
                        yield block
                    if at < stop:  # what follows would be heard too early
                        return
                begin = end


def _blocks(
    handle: IO[bytes], part: Part, first: int, last: int, blocksize: int
) -> Iterator[NDArray[np.float32]]:
    with opened_part(handle, part) as sound:
        # In its last page libvorbis takes a sample for another, where that counts less than it
        # holds (so the end is cut to the sample).
        is_sure = sound.subtype != "VORBIS" or first < part.seekable
        target = first if is_sure else max(0, part.seekable - 1)
        at = _seek(sound, target)
        if at < target:  # it is damaged
            return
        while at < last:
            block = _decoded(sound, min(blocksize, (first if at < first else last) - at))
            if not len(block):
                return
            at += len(block)
            if at > first:
                yield block


def opened_part(handle: IO[bytes], part: Part = Part()) -> soundfile.SoundFile:  # noqa: B008
    """Open a part of a file for decoding.

    Raises
    ------
    soundfile.LibsndfileError
        If it is nothing that libsndfile knows.
    """
    import soundfile

    file: IO[bytes] | int
    if part.start or part.end is not None or part.mended:
        stretch = Stretch(handle, part.start, part.end, mended=part.mended)
        file = cast("IO[bytes]", stretch)
    elif isinstance(handle, io.BufferedReader):
        file = handle.fileno()  # its name does not matter; libsndfile reads by itself
        os.lseek(file, 0, os.SEEK_SET)
    else:
        handle.seek(0)
        file = handle
    raw = part.raw
    if raw is None:
        return soundfile.SoundFile(file, closefd=False)
    return soundfile.SoundFile(
        file,
        samplerate=raw.sr,
        channels=raw.n_channels,
        subtype=raw.subtype,
        endian=raw.endian,
        format="RAW",
        closefd=False,
    )


def decoded_size(handle: IO[bytes], part: Part) -> int:
    """Return how many samples of a part can be decoded, by decoding it."""
    return sum(map(len, _blocks(handle, part, 0, part.n_samples, 1 << 16)))


def _seek(sound: soundfile.SoundFile, sample: int) -> int:
    """Go to a sample, and return where that leads; before it, if the file is damaged there."""
    import soundfile

    with contextlib.suppress(soundfile.LibsndfileError):
        return int(sound.seek(sample)) if sample else 0
    return -1


def _decoded(sound: soundfile.SoundFile, n_samples: int) -> NDArray[np.float32]:
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
