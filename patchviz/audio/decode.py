"""Sound files, opened and read whole: what a file holds, or an error that says what is missing."""

from __future__ import annotations

import contextlib
import io
import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import (
    Argument,
    AudioFileError,
    AudioFileNotFoundError,
    InvalidTypeError,
    shown,
)

if TYPE_CHECKING:
    import soundfile

    from .source import Audio

__all__ = [
    "check_all_was_decoded",
    "check_header",
    "checked_file",
    "decode_samples",
    "in_quotes",
    "mend_header",
    "open_sound",
    "seek_sample",
]

# What writers put into a header whose length they do not know yet; no promise about the file.
_UNKNOWN_LENGTH = (range(0x7FFFF000, 0x80000001), range(0xFFFFF000, 0x100000000))


def checked_file(file: str | os.PathLike[str] | IO[bytes]) -> tuple[Path | IO[bytes], str]:
    """Return a path or a file object, and the file's name."""
    if isinstance(file, str | os.PathLike):
        path = os.fspath(file)
        if isinstance(path, str):
            return Path(path), Path(path).name
    elif hasattr(file, "read"):
        if isinstance(cast(object, file), io.TextIOBase):
            raise InvalidTypeError(
                _file(file), " is open as text", remedy="Open it in binary mode: open(path, 'rb')."
            )
        closed = getattr(file, "closed", False)
        if not closed and not (hasattr(file, "seekable") and file.seekable()):
            raise InvalidTypeError(
                _file(file),
                " cannot seek, and decoding needs to",
                remedy="Read it into memory first: io.BytesIO(file.read()).",
            )
        name = getattr(file, "name", "")
        return file, Path(name).name if isinstance(name, str) else ""
    raise InvalidTypeError(
        _file(file),
        f" is of type {type(file).__name__}",
        allowed="a path or a binary file object; samples in memory go to from_audio(y, sr=...)",
    )


def _file(file: object) -> Argument:
    return Argument("file", shown(file, repr))


def in_quotes(name: str) -> str:
    """Name a file in a message; a file object has no name."""
    return shown(name) if name else "The file object"


def mend_header(name: str) -> str:
    """Say how what is left of a damaged file, or one with a wrong header, becomes a whole file."""
    name = _in_command(name, "clip.wav")
    stem, ending = os.path.splitext(name)
    lossless = ending.lower() not in {".mp3", ".ogg", ".opus"}
    made = f"{stem}-mended.{'flac' if lossless else 'wav'}"
    return f'Write what can be decoded to a new file: ffmpeg -i "{name}" "{made}".'


def _in_command(name: str, example: str) -> str:
    """Return a file's name for a command, or an example for one that is missing or long."""
    return name if 0 < len(name) <= 60 else example


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
                    f"There is no file {shown(str(source))} (looked for from "
                    f"{shown(str(Path.cwd()))}). Check the path."
                ) from error
            except OSError as error:
                what = "is a folder" if source.is_dir() else f"cannot be read ({error.strerror})"
                raise AudioFileError(
                    f"{shown(str(source))} {what}. Give the path of a readable sound file."
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
            given = _in_command(name, "clip.m4a")
            raise AudioFileError(
                f"{in_quotes(name)} cannot be decoded as sound. WAV, FLAC, Ogg Vorbis, Opus, MP3 "
                "and AIFF can be; convert others (M4A, WMA, video, raw samples), for example: "
                f'ffmpeg -i "{given}" "{os.path.splitext(given)[0]}.flac".'
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
