"""Files that are written whole or not at all.

What is being written lies in a folder of its own beside its final place, ``.patchviz-PID-RANDOM``,
and is renamed at the end. As long as the process lives it holds a lock on a file in there: when it
is killed, the system lets go of the lock, and whoever writes beside it next removes the folder.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import re
import secrets
import shutil
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType
from typing import IO, Any

__all__ = [
    "are_one",
    "check_writable",
    "folder_beside",
    "held_alone",
    "temporary_folder",
    "write_whole",
    "written",
]

fcntl: Any = None  # on Windows, where nobody can remove a file that somebody holds open
with contextlib.suppress(ImportError):
    fcntl = importlib.import_module("fcntl")

_NAME = re.compile(r"\.patchviz-\d+-[0-9a-f]{8}")
_LOCK = "lock"
_UNLOCKED_FOR = 60.0  # seconds, after which a folder without a lock is nobody's

# What ends a process without a word to Python.
_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]

# Folders in which something is being written, and by which process: a fork inherits the list.
_unfinished: dict[Path, int] = {}


def check_writable(path: str | os.PathLike[str]) -> Path:
    """Return where a path leads to, through links.

    Raises
    ------
    OSError
        If nothing can be written there, as far as can be seen without writing.
    """
    place = Path(os.path.realpath(path))
    needed = [place.parent]
    try:
        is_file = stat.S_ISREG(os.stat(place).st_mode)
    except FileNotFoundError:
        pass
    except OSError as error:
        error.filename = os.fspath(path)
        raise
    else:
        needed = [place, *needed] if is_file else [place]
    for what in needed:
        if not os.access(what, os.W_OK):
            named = path if what == place else what
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(named))
    return place


@contextlib.contextmanager
def written(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a path to write a file or a folder to, which takes the place of `target` in the end.

    The path has the target's name. If what is done there fails, the target is as it was, and
    nothing is left behind. A file keeps its permissions; what is in a folder and not written anew
    stays. What else is written beside the path goes beside the target. Devices and pipes, which
    nothing can take the place of, are written to as they are.

    Parameters
    ----------
    target : path
        Its folder must be there.

    Yields
    ------
    Path

    Raises
    ------
    OSError
        If it cannot be written; if that is seen at once, before anything is yielded.
    """
    place = check_writable(target)
    if _is_device(place):
        yield Path(target)
        return
    try:
        with folder_beside(target) as folder:
            path = folder / "new" / Path(target).name
            path.parent.mkdir()
            yield path
            for beside in set(path.parent.iterdir()) - {path}:
                _put(beside, place.parent / beside.name)
            _put(path, place)
    except OSError as error:
        if isinstance(error.filename, str) and _is_in_ours(Path(error.filename)):
            # Nobody knows the other one.
            raise OSError(error.errno, error.strerror, os.fspath(target)) from error
        raise


@contextlib.contextmanager
def held_alone(path: Path) -> Iterator[bool]:
    """Hold a file, which is made, for as long as this lasts: whether nobody else does.

    Who holds it and dies lets go of it. Where a file system knows no locks, nobody else does.
    """
    if fcntl is None:
        try:
            path.unlink(missing_ok=True)
        except PermissionError:
            yield False
            return
    with path.open("ab") as file:
        is_alone = True
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                is_alone = False
            except OSError:
                pass
        yield is_alone


def are_one(file: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Return whether two paths lead to one file."""
    with contextlib.suppress(OSError):  # one of them is not there, or cannot be
        return os.path.samefile(file, other)
    return False


def write_whole(target: str | os.PathLike[str], data: bytes) -> None:
    """Write bytes into a file; see `written`."""
    with written(target) as path:
        path.write_bytes(data)


def _put(new: Path, place: Path) -> None:
    """Put a file, or the files of a folder, into their place."""
    if not new.is_dir():
        with open(new, "rb+") as file:
            os.fsync(file)  # or a full disk might be noticed too late
        _replace(new, place)
        return
    if not place.is_dir():
        try:
            new.rename(place)
            return
        except OSError:
            if not place.is_dir():  # somebody else has made it meanwhile
                raise
    for path in sorted(new.iterdir()):
        _replace(path, place / path.name)


def _replace(new: Path, place: Path) -> None:
    """Rename a file to another, whose owner and permissions it gets."""
    with contextlib.suppress(FileNotFoundError):
        old = place.stat()
        with contextlib.suppress(PermissionError, AttributeError):  # nobody else's; Windows
            os.chown(new, old.st_uid, old.st_gid)
        new.chmod(stat.S_IMODE(old.st_mode))
    new.replace(place)


# -- folders that are ours ---------------------------------------------------------------------


def _is_in_ours(path: Path) -> bool:
    return any(map(_NAME.fullmatch, path.parts))


def _is_device(place: Path) -> bool:
    return place.exists() and not (place.is_file() or place.is_dir())


def folder_beside(target: str | os.PathLike[str]) -> AbstractContextManager[Path]:
    """Return what makes a new folder beside a file, or in a folder, and removes it in the end."""
    place = Path(os.path.realpath(target))
    if _is_device(place):
        return temporary_folder()
    return temporary_folder(place if place.is_dir() else place.parent)


@contextlib.contextmanager
def temporary_folder(parent: Path | None = None) -> Iterator[Path]:
    """Yield a new folder in another, by default where the system has them.

    It is removed in the end: also by a signal that ends the process, and else by the next process
    that asks for a folder there.
    """
    parent = Path(tempfile.gettempdir()) if parent is None else parent
    for left in parent.glob(".patchviz-*"):
        if _NAME.fullmatch(left.name) and _is_nobodys(left):
            shutil.rmtree(left, ignore_errors=True)  # somebody else may be doing the same
    folder = parent / f".patchviz-{os.getpid()}-{secrets.token_hex(4)}"
    try:  # from here on, as an interruption may come at any moment
        _unfinished[folder] = os.getpid()
        folder.mkdir(0o700)
        _heed_signals()
        with _lock_in(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # as is done with it later, if now it cannot be
        _unfinished.pop(folder, None)
        _heed_signals()


def _lock_in(folder: Path) -> IO[bytes]:
    """Return a file in a folder, under a lock that lasts as long as the file is open."""
    if fcntl is None:
        return open(folder / _LOCK, "wb")
    lock = open(folder / "new-lock", "wb")  # noqa: SIM115  # closed by who calls
    # Where there are no locks, nobody can take it either.
    with contextlib.suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    (folder / "new-lock").rename(folder / _LOCK)  # so that it is never seen without
    return lock


def _is_nobodys(folder: Path) -> bool:
    """Return whether the process that made a folder has ended."""
    try:
        if fcntl is None:
            (folder / _LOCK).unlink()
            return True
        with open(folder / _LOCK, "rb+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except FileNotFoundError:
        with contextlib.suppress(FileNotFoundError):
            return time.time() - folder.stat().st_mtime > _UNLOCKED_FOR
        return False
    except OSError:  # it is locked, or not ours
        return False


def _heed_signals() -> None:
    """Have signals that end the process remove what is unfinished, as long as anything is.

    That is for the main thread to arrange, and only where nobody else heeds them.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    before, after = (signal.SIG_DFL, _end) if _unfinished else (_end, signal.SIG_DFL)
    for number in _SIGNALS:
        if signal.getsignal(number) is before:
            signal.signal(number, after)


def _end(number: int, frame: FrameType | None) -> None:
    """Remove what is unfinished, and end as if nothing had been arranged."""
    for folder, process in tuple(_unfinished.items()):
        if process == os.getpid():
            shutil.rmtree(folder, ignore_errors=True)
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
