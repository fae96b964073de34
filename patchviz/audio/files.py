"""What people give as a file: a path, a file object or a stream, opened to be read by many."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from .._util.files import temporary_folder
from .._util.validation import check_named
from ..errors import (
    Argument,
    AudioFileError,
    AudioFileNotFoundError,
    InvalidTypeError,
    shown,
)

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "Stretch",
    "bytes_at",
    "checked_file",
    "found_at",
    "how_to_mend",
    "in_quotes",
    "on_disk",
    "opened",
    "refuse_pipe",
]

# Held while one block of a file object is read: its position belongs to all who read it.
_READING = threading.RLock()


class Stretch(io.RawIOBase):
    """Some of a file's bytes as a file, with a position of its own.

    Parameters
    ----------
    file : binary file object
        It must be seekable. Its own position is moved.
    start, end : int
        The first byte, and the one after the last; by default all there are.
    is_owner : bool
        Whether the file is closed with the stretch, or when nothing holds that any more.
    mended : (int, bytes), optional
        Bytes that are read in place of the stretch's own, and where.
    """

    def __init__(
        self,
        file: IO[bytes],
        start: int = 0,
        end: int | None = None,
        *,
        is_owner: bool = False,
        mended: tuple[int, bytes] | None = None,
    ) -> None:
        super().__init__()
        self._mended = mended
        self._file, self._start, self._is_owner = file, start, is_owner
        with _READING:
            size = file.seek(0, os.SEEK_END)
        self._size = (size if end is None else min(end, size)) - start
        self._at = 0

    def readable(self) -> bool:
        """Return True: that is what it is for."""
        return True

    def seekable(self) -> bool:
        """Return True, always."""
        return True

    def tell(self) -> int:
        """Return the next byte's number."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte, counted from the start, from the next one or from the end."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Buffer) -> int:
        """Read the next bytes, whoever else reads the file."""
        view = memoryview(buffer).cast("B")
        with _READING:
            self._file.seek(self._start + self._at)
            data = self._file.read(max(0, min(len(view), self._size - self._at)))
        view[: len(data)] = data
        if self._mended and self._at < self._mended[0] + len(self._mended[1]):
            where, what = self._mended
            first, last = max(where, self._at), min(where + len(what), self._at + len(data))
            if first < last:
                view[first - self._at : last - self._at] = what[first - where : last - where]
        self._at += len(data)
        return len(data)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle its bytes: what is open here is so nowhere else."""
        whole = Stretch(self._file, self._start, self._start + self._size, mended=self._mended)
        return Stretch, (io.BytesIO(whole.read()),)

    def close(self) -> None:
        """Close the stretch, and the file if it is its own."""
        super().close()
        if self._is_owner:
            self._file.close()


def checked_file(file: str | os.PathLike[str] | IO[bytes]) -> tuple[Path | IO[bytes], str]:
    """Return a path or a seekable file object, and the file's name.

    What comes once, from a pipe, is read to its end into a temporary file.
    """
    if isinstance(file, str | os.PathLike):
        path = os.fspath(file)
        if isinstance(path, str):
            check_named("file", path, "the path of a sound file")
            return _checked_path(Path(path)), Path(path).name
    elif hasattr(file, "read"):
        if isinstance(cast(object, file), io.TextIOBase):
            raise InvalidTypeError(
                _argument(file),
                " is open as text",
                remedy="Open it in binary mode: open(path, 'rb'), or sys.stdin.buffer.",
            )
        name = getattr(file, "name", "")
        name = Path(name).name.strip("<>") if isinstance(name, str) else ""
        if getattr(file, "closed", False) or (hasattr(file, "seekable") and file.seekable()):
            return file, name
        return _spooled(file), name
    raise InvalidTypeError(
        _argument(file),
        f" is of type {type(file).__name__}",
        allowed="a path or a binary file object; samples in memory go to from_audio(y, sr=...), "
        "and a file's bytes into io.BytesIO(data)",
    )


def _argument(file: object) -> Argument:
    return Argument("file", shown(file, repr))


def _checked_path(path: Path) -> Path | IO[bytes]:
    state = _stat(path)
    if state is None:
        return path
    if _is_pipe(state):
        with path.open("rb") as pipe:
            return _spooled(pipe)
    if stat.S_ISCHR(state.st_mode) or stat.S_ISBLK(state.st_mode):
        raise AudioFileError(
            f"{shown(str(path))} is a device. Give the path of a readable sound file."
        )
    return path


def refuse_pipe(path: str) -> os.stat_result | None:
    """Refuse what comes once, where a file is read more than once; return what it is else."""
    state = _stat(path)
    if state is not None and _is_pipe(state):
        raise AudioFileError(
            f"{shown(path)} is a pipe, whose sound comes once, and recordings are read whenever "
            "they are looked at. Write it to a file, or open it alone: Spectrogram.from_file(...)."
        )
    return state


def _stat(path: str | Path) -> os.stat_result | None:
    """Return what a file is; None where nobody can say, which is told where it is opened."""
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None


def _is_pipe(state: os.stat_result) -> bool:
    return stat.S_ISFIFO(state.st_mode) or stat.S_ISSOCK(state.st_mode)


def _spooled(stream: IO[bytes]) -> IO[bytes]:
    """Read a stream to its end, into a temporary file that goes with whoever holds it."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(stream, file, 1 << 20)
        except OSError as error:
            raise _not_copied(error) from error
        stack.pop_all()  # the stretch closes it
    return cast("IO[bytes]", Stretch(cast("IO[bytes]", file), is_owner=True))


def _not_copied(error: OSError) -> AudioFileError:
    return AudioFileError(
        f"The sound cannot be copied into a temporary file ({error.strerror or error}). Set TMPDIR "
        "to a folder with more room, or give the path of a file."
    )


def in_quotes(name: str) -> str:
    """Name a file in a message; a file object has no name."""
    return shown(name) if name else "The file object"


def how_to_mend(name: str) -> str:
    """Say how what is left of a damaged file, or one with a wrong header, becomes a whole file."""
    name = name if 0 < len(name) <= 60 else "clip.wav"
    stem, ending = os.path.splitext(name)
    lossless = ending.lower() not in {".mp3", ".ogg", ".opus"}
    made = f"{stem}-mended.{'flac' if lossless else 'wav'}"
    command = f"ffmpeg -i {shlex.quote(name)} {shlex.quote(made)}"
    return f"{command} writes what can be decoded to a new file."


@contextlib.contextmanager
def opened(source: Path | IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """Open a file for one reader: a file object is left open, and others read it at once."""
    if isinstance(source, Path):
        try:
            handle = source.open("rb")
        except (FileNotFoundError, ValueError) as error:  # a null byte is in no path
            raise AudioFileNotFoundError(
                f"There is no file {shown(str(source))} (looked for from "
                f"{shown(str(Path.cwd()))}). Check the path."
            ) from error
        except OSError as error:
            what = "is a folder" if os.path.isdir(source) else f"cannot be read ({error.strerror})"
            raise AudioFileError(
                f"{shown(str(source))} {what}. Give the path of a readable sound file."
            ) from error
        with handle:
            yield handle
    elif source.closed:
        raise AudioFileError(
            f"{in_quotes(name)} is closed. Keep the file object open as long as its sound is "
            "needed, or give a path."
        )
    else:
        yield cast("IO[bytes]", Stretch(source))


@contextlib.contextmanager
def on_disk(source: Path | IO[bytes], name: str) -> Iterator[Path]:
    """Return where another program finds a file; of a file object that is a copy, for a while."""
    with opened(source, name) as handle:
        if isinstance(source, Path):
            yield source
            return
        with temporary_folder() as folder:
            path = folder / "sound"
            try:
                with path.open("wb") as copy:
                    shutil.copyfileobj(cast(Any, handle), copy, 1 << 20)
            except OSError as error:
                raise _not_copied(error) from error
            yield path


def bytes_at(handle: IO[bytes], at: int, n: int) -> bytes:
    """Return `n` bytes of a file from one of them on, or as many as there are; none before it."""
    if not 0 <= at < 1 << 63:  # no system has more
        return b""
    handle.seek(at)
    return handle.read(n)


def found_at(handle: IO[bytes], what: bytes, at: int) -> Iterator[int]:
    """Yield where a file has some bytes, from one of its bytes on."""
    before = b""
    handle.seek(at)
    while block := handle.read(1 << 20):
        text = before + block
        found = -1
        while (found := text.find(what, found + 1)) >= 0:
            yield at - len(before) + found
            handle.seek(at + len(block))  # whoever asks may read in between
        at += len(block)
        before = text[1 - len(what) :]
