"""Sound that libsndfile decodes, whose word on how much there is holds for most files."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

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
    ) -> Generator[NDArray[np.float32], None, None]:
        """Yield samples `first` to `last`, shape (n, n_channels), as far as they can be decoded."""
        begin = 0
        with opened(source, name) as handle:
            for part in self.parts:
                end = begin + part.n_samples
                if end > first and begin < last:
                    start, stop = max(first, begin) - begin, min(last, end) - begin
                    at = start
                    with contextlib.closing(
                        _blocks(handle, part, start, stop, blocksize)
                    ) as blocks:
                        for block in blocks:
                            at += len(block)
                            yield block
                    if at < stop:  # what follows would be heard too early
                        return
                begin = end


# Samples that are decoded at a time where a file is damaged: a piece in which damage begins is
# lost as a whole.
_SMALL = 1 << 12

_OPUS_PACKET = 5760  # samples in the longest, of 120 ms


def _blocks(
    handle: IO[bytes], part: Part, first: int, last: int, blocksize: int
) -> Generator[NDArray[np.float32], None, None]:
    """Yield samples `first` to `last` of a part, in large pieces as far as nothing is damaged."""
    at = first
    with contextlib.closing(_pieces(handle, part, first, last, blocksize)) as pieces:
        for block in pieces:
            if len(block) < min(blocksize, last - at):
                break
            at += len(block)
            yield block
    if at == last:
        return
    # From the beginning again: after an error nobody knows where libsndfile is.
    n_given = at - first
    for piece in _pieces(handle, part, first, last, _SMALL):
        if len(piece) > n_given:
            yield piece[n_given:]
        n_given = max(0, n_given - len(piece))


def _pieces(
    handle: IO[bytes], part: Part, first: int, last: int, size: int
) -> Generator[NDArray[np.float32], None, None]:
    """Yield samples `first` to `last` of a part, as far as they can be decoded."""
    import soundfile

    with opened_part(handle, part) as sound, contextlib.suppress(soundfile.LibsndfileError):
        # In its last page libvorbis takes a sample for another, where that counts less than it
        # holds (so the end is cut to the sample); in the last packet of Opus libsndfile does,
        # unless one reading goes from before it to where nothing more is wanted.
        undivided = max(0, sound.frames - _OPUS_PACKET) if sound.subtype == "OPUS" else last
        seekable = part.seekable if sound.subtype == "VORBIS" else undivided + 1
        target = first if first < seekable else max(0, seekable - 1)
        at = int(sound.seek(target)) if target else 0
        if at < target:  # it is damaged
            return
        while at < last:
            end = min(at + size, first if at < first else last)
            end = last if end > undivided else end
            piece = sound.read(out=np.empty((end - at, sound.channels), np.float32))
            if not len(piece):
                return
            wanted = piece[max(0, first - at) :]
            at += len(piece)
            for begin in range(0, len(wanted), size):
                yield wanted[begin : begin + size]


@contextlib.contextmanager
def opened_part(handle: IO[bytes], part: Part = Part()) -> Iterator[soundfile.SoundFile]:  # noqa: B008
    """Open a part of a file for decoding.

    Raises
    ------
    soundfile.LibsndfileError
        If it is nothing that libsndfile knows.
    BaseException
        What reading the file raises, an interruption among it.
    """
    import soundfile

    from .virtual import virtual_file

    raw: dict[str, Any] = {}
    if part.raw is not None:
        raw = {
            "samplerate": part.raw.sr,
            "channels": part.raw.n_channels,
            "subtype": part.raw.subtype,
            "endian": part.raw.endian,
            "format": "RAW",
        }
    if not (part.start or part.end is not None or part.mended) and isinstance(
        handle, io.BufferedReader
    ):
        file = handle.fileno()  # its name does not matter; libsndfile reads by itself
        os.lseek(file, 0, os.SEEK_SET)
        with soundfile.SoundFile(file, closefd=False, **raw) as sound:
            yield sound
    else:
        stretch = Stretch(handle, part.start, part.end, mended=part.mended)
        with virtual_file(cast("IO[bytes]", stretch), **raw) as sound:
            yield sound


def decoded_size(handle: IO[bytes], part: Part) -> int:
    """Return how many samples of a part can be decoded, by decoding it."""
    return sum(map(len, _blocks(handle, part, 0, part.n_samples, 1 << 16)))
