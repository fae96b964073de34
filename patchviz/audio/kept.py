"""A sound file that is needed long after it was looked at, and must still be what it was."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import AudioFileError, AudioFileNotFoundError, shown
from .decode import BySndfile, Part, RawSound
from .ffmpeg import ByFfmpeg

__all__ = ["Kept", "LookedAt"]

_SOME = 1 << 16  # bytes that are compared


@dataclasses.dataclass(frozen=True)
class LookedAt:
    """What a file was when it was looked at, by what it begins and ends with.

    A file that has grown since then, as one that is still recorded does, begins as it did, and has
    the same there where it ended.

    Parameters
    ----------
    size : int
        How many bytes it had.
    head, tail : str
        The SHA-256 of the first ones, and of the last; no `tail` where nobody has kept that, and
        the file must then be as long as it was.
    """

    size: int
    head: str
    tail: str = ""

    @classmethod
    def of(cls, path: Path) -> Self:
        """Look at a file."""
        with path.open("rb") as file:
            size = file.seek(0, 2)
            return cls(size, *_ends(file, size))

    def is_of(self, path: Path) -> bool:
        """Whether a file is what it was, be it longer."""
        if (size := _size(path)) < self.size:
            return False
        with path.open("rb") as file:
            head, tail = _ends(file, self.size)
        if not self.tail:
            return size == self.size and head == self.head
        return (head, tail) == (self.head, self.tail)


@dataclasses.dataclass(frozen=True)
class Kept:
    """Decodes a file if that is what it was, which is looked at when its sound is needed.

    Parameters
    ----------
    decoder : BySndfile or ByFfmpeg
        What decodes it.
    looked_at : LookedAt
        What it was.
    """

    decoder: BySndfile | ByFfmpeg
    looked_at: LookedAt

    @property
    def title(self) -> str:
        """What is said of how it was decoded."""
        return self.decoder.title

    def is_of(self, path: Path) -> bool:
        """Whether a file is there, and what it was."""
        try:
            return self.looked_at.is_of(path)
        except OSError:
            return False

    def blocks(
        self, source: Path | IO[bytes], name: str, first: int, last: int, blocksize: int
    ) -> Generator[NDArray[np.float32], None, None]:
        """Yield samples `first` to `last`, shape (n, n_channels), as far as they can be decoded."""
        assert isinstance(source, Path)
        self._check(source)
        yield from self.decoder.blocks(source, name, first, last, blocksize)

    def _check(self, path: Path) -> None:
        try:
            size, is_same = _size(path), self.looked_at.is_of(path)
        except OSError as error:
            raise AudioFileNotFoundError(
                f"The sound of the saved spectrogram cannot be read: {shown(str(path))} "
                f"({error.strerror or error}), nor was it found beside what was saved. Put the "
                "file back, or lay it there; without its sound the spectrogram can still be drawn."
            ) from error
        if not is_same:
            what = (
                f"it has {size:,} bytes, and had {self.looked_at.size:,}"
                if size != self.looked_at.size
                else "what it begins or ends with is another"
            )
            raise AudioFileError(
                f"{shown(str(path))} is no longer the file that the saved spectrogram was made "
                f"of: {what}. Put that one back, or compute the spectrogram again: "
                "Spectrogram.from_file(...)."
            )

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        was = self.looked_at
        facts: dict[str, Any] = {"size": was.size, "sha256_of_head": was.head}
        facts["sha256_of_tail"] = was.tail
        if isinstance(self.decoder, ByFfmpeg):
            return {**facts, "ffmpeg": list(self.decoder.options)}
        parts = []
        for part in self.decoder.parts:
            mended = part.mended and (part.mended[0], part.mended[1].hex())
            raw = part.raw and part.raw._asdict()
            parts.append({**part._asdict(), "raw": raw, "mended": mended})
        return {**facts, "libsndfile": parts}

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Self:
        """Return what was kept."""
        decoder: BySndfile | ByFfmpeg
        if "ffmpeg" in facts:
            decoder = ByFfmpeg(tuple(facts["ffmpeg"]))
        else:
            parts = []
            for part in facts["libsndfile"]:
                mended = part["mended"] and (part["mended"][0], bytes.fromhex(part["mended"][1]))
                raw = part["raw"] and RawSound(**part["raw"])
                parts.append(Part(**{**part, "raw": raw, "mended": mended}))
            decoder = BySndfile(tuple(parts))
        tail = facts.get("sha256_of_tail", "")  # which not all have kept
        return cls(decoder, LookedAt(facts["size"], facts["sha256_of_head"], tail))


def _size(path: Path) -> int:
    """Return how many bytes a file has; a pipe has none, and is not waited for."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return path.stat().st_size


def _ends(file: IO[bytes], size: int) -> tuple[str, str]:
    """Return what the first bytes of a file are that has had so many, and the last."""
    n = min(size, _SOME)
    found = []
    for at in (0, size - n):
        file.seek(at)
        found.append(hashlib.sha256(file.read(n)).hexdigest())
    return found[0], found[1]
