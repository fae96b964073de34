"""Files that libsndfile reads and writes through Python, where nothing that is raised is lost."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import IO, Any

import soundfile

__all__ = ["virtual_file"]


@contextlib.contextmanager
def virtual_file(file: IO[bytes], mode: str = "r", **how: Any) -> Iterator[soundfile.SoundFile]:
    """Open a file object with libsndfile, which calls its methods.

    C cannot pass on what such a call raises. By itself soundfile prints that and goes on as if the
    file had ended; so it is kept until libsndfile is done, and raised then.

    Parameters
    ----------
    file : binary file object
        It is left open.
    mode, **how
        As for `soundfile.SoundFile`.

    Raises
    ------
    soundfile.LibsndfileError
        If it is nothing that libsndfile knows.
    BaseException
        What the file raises, and an interruption that arrives while it is asked.
    """
    raised: list[BaseException] = []
    try:
        with _VirtualFile(raised, file, mode, **how) as sound:
            yield sound
    finally:
        if raised:
            raise raised.pop()


class _VirtualFile(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    """A `SoundFile` whose callbacks keep what is raised in them, wherever that is."""

    def __init__(self, raised: list[BaseException], *args: Any, **how: Any) -> None:
        self._raised = raised
        super().__init__(*args, **how)

    def _init_virtual_io(self, file: Any) -> Any:
        ffi, raised = soundfile._ffi, self._raised

        def keep(_: type, error: BaseException, where: TracebackType) -> None:
            raised[:] = raised or [error]

        def size(_: object) -> int:
            at = file.tell()
            end = int(file.seek(0, os.SEEK_END))
            file.seek(at)
            return end

        def seek(offset: int, whence: int, _: object) -> int:
            return int(file.seek(offset, whence))

        def read(where: object, n_bytes: int, _: object) -> int:
            return 0 if raised else int(file.readinto(ffi.buffer(where, n_bytes)))

        def write(where: object, n_bytes: int, _: object) -> int:
            return 0 if raised else int(file.write(ffi.buffer(where, n_bytes)))

        calls: dict[str, Callable[..., int]] = {
            "get_filelen": size,
            "seek": seek,
            "read": read,
            "write": write,
            "tell": lambda _: int(file.tell()),
        }
        # libsndfile does not hold them
        self._virtual_io = {
            name: ffi.callback(f"sf_vio_{name}", call, onerror=keep) for name, call in calls.items()
        }
        return ffi.new("SF_VIRTUAL_IO*", self._virtual_io)
