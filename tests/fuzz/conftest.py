"""Files judged: read by patchviz in a process of its own, and by ffmpeg."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .judge import fault, ffmpeg_seconds
from .reader import Reader
from .recordings import Recording


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """patchviz in a process that starts with the first file."""
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture
def judged(reader: Reader, tmp_path: Path) -> Callable[[Recording], str | None]:
    """Return a function that says what is wrong with how a recording is read; None if nothing.

    Files at fault stay in `tmp_path`.
    """

    def judged(recording: Recording) -> str | None:
        path = tmp_path / recording.name
        path.write_bytes(recording.content)
        opinions = [ffmpeg_seconds(path), recording.seconds]
        known = [seconds for seconds in opinions if seconds is not None]
        said = reader.read(path)
        found = fault(path.name, said, max(known, default=None), recording.is_whole)
        if found is None:
            path.unlink()
        return found

    return judged
