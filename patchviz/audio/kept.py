"""A sound file that is needed long after it was looked at, and must still be what it was."""

from __future__ import annotations

import dataclasses
import hashlib
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
        The SHA-256 of the first ones, and of the last.
    """

    size: int
    head: str
    tail: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """Look at a file."""
        size, head = _identity(path)
        return cls(size, head, _tail(path, size))

    def is_of(self, path: Path) -> bool:
        """Whether a file is what it was, be it longer."""
        size, head = _identity(path)
        return size >= self.size and head == self.head and _tail(path, self.size) == self.tail


@dataclasses.dataclass(frozen=True)
class Kept:
    """Decodes a file if that is what it was, which is looked at when its sound is needed.

    Parameters
    ----------
    decoder : BySndfile or ByFfmpeg
        What decodes it.
    size : int
        How many bytes it had.
    head : str
        The SHA-256 of the first ones.
    """

    decoder: BySndfile | ByFfmpeg
    size: int
    head: str

    @property
    def title(self) -> str:
        """What is said of how it was decoded."""
        return self.decoder.title

    @classmethod
    def of(cls, decoder: BySndfile | ByFfmpeg | Kept, path: Path) -> Self:
        """Remember a file as it is."""
        decoder = decoder.decoder if isinstance(decoder, Kept) else decoder
        return cls(decoder, *_identity(path))

    def is_of(self, path: Path) -> bool:
        """Whether a file is there, and what it was."""
        try:
            return _identity(path) == (self.size, self.head)
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
            size, head = _identity(path)
        except OSError as error:
            raise AudioFileNotFoundError(
                f"The sound of the saved spectrogram cannot be read: {shown(str(path))} "
                f"({error.strerror or error}), nor was it found beside what was saved. Put the "
                "file back, or lay it there; without its sound the spectrogram can still be drawn."
            ) from error
        if (size, head) != (self.size, self.head):
            what = (
                f"it has {size:,} bytes, and had {self.size:,}"
                if size != self.size
                else "its first bytes are others"
            )
            raise AudioFileError(
                f"{shown(str(path))} is no longer the file that the saved spectrogram was made "
                f"of: {what}. Put that one back, or compute the spectrogram again: "
                "Spectrogram.from_file(...)."
            )

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        facts: dict[str, Any] = {"size": self.size, "sha256_of_head": self.head}
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
        return cls(decoder, facts["size"], facts["sha256_of_head"])


def _identity(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        head = hashlib.sha256(file.read(_SOME)).hexdigest()
        return file.seek(0, 2), head


def _tail(path: Path, size: int) -> str:
    with path.open("rb") as file:
        file.seek(max(0, size - _SOME))
        return hashlib.sha256(file.read(min(size, _SOME))).hexdigest()
