"""What the headers of many files say, read by a few threads at once."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._util.progress import progress_bar
from .._util.threads import n_processors
from .._util.warn import held
from ..audio.files import refuse_pipe
from ..audio.part import Extent
from ..audio.recorded import Start, when_began
from ..audio.source import Audio
from ..errors import (
    AudioFileError,
    InvalidValueError,
    PatchvizError,
    Said,
    parts_of,
    said_by,
    shown,
    unstopped,
)
from .remarks import by_kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NAIVE", "Headers", "note_starts", "read_headers"]

NAIVE = -(1 << 15)  # minutes: the offset from UTC of a clock of which nothing says where it is

_AT_ONCE = 32  # files that a thread looks at before it is given more


@dataclasses.dataclass(frozen=True, eq=False)
class Headers:
    """What is known of each of some files, shape (n_files,).

    Attributes
    ----------
    sr : ndarray of float
        In Hz.
    n_channels, n_samples, size : ndarray of int
        Samples are those of each channel; the size is that of the file, in bytes. All are 0 where
        nothing could be read.
    modified : ndarray of int
        When the file was last written, in nanoseconds since 1970.
    began : ndarray of datetime64[us]
        When its first sample was recorded, by the clock of the place; NaT if that is not known.
    offset : ndarray of int
        How far that clock is from UTC, in minutes.
    errors : dict
        Why files cannot be read, by their row.
    """

    sr: NDArray[np.float64]
    n_channels: NDArray[np.int32]
    n_samples: NDArray[np.int64]
    size: NDArray[np.int64]
    modified: NDArray[np.int64]
    began: NDArray[np.datetime64]
    offset: NDArray[np.int16]
    errors: dict[int, str]

    @classmethod
    def empty(cls, n: int) -> Headers:
        """Return headers of which nothing is known yet."""
        whole = (np.zeros(n, np.int64) for _ in range(3))
        n_samples, size, modified = whole
        return cls(
            np.zeros(n), np.zeros(n, np.int32), n_samples, size, modified,
            np.full(n, "NaT", "datetime64[us]"), np.full(n, NAIVE, np.int16), {},
        )  # fmt: skip

    @property
    def are_timed(self) -> NDArray[np.bool_]:
        """Of which files something was read, and it is known when they began, by a clock."""
        return (self.n_samples > 0) & ~np.isnat(self.began)

    def take(self, rows: NDArray[np.int64]) -> Headers:
        """Return those of some files."""
        arrays = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        errors = arrays.pop("errors")
        kept = {k: errors[row] for k, row in enumerate(rows.tolist()) if row in errors}
        return Headers(**{name: array[rows] for name, array in arrays.items()}, errors=kept)

    def set_began(self, row: int | NDArray[np.bool_], moment: datetime) -> None:
        """Note when a file began, or some did."""
        self.began[row], self.offset[row] = _clock(moment)


class _Found(NamedTuple):
    """What was found of one file."""

    row: int
    path: str
    sr: float = 0.0
    n_channels: int = 0
    n_samples: int = 0
    size: int = 0
    modified: int = 0
    began: datetime | None = None
    error: str = ""
    remarks: tuple[str, ...] = ()
    no_time: str = ""


def _clock(moment: datetime) -> tuple[np.datetime64, int]:
    """Return the time of the place's clock, and how far that is from UTC in minutes."""
    offset = moment.utcoffset()
    minutes = NAIVE if offset is None else round(offset.total_seconds() / 60)
    return np.datetime64(moment.replace(tzinfo=None), "us"), minutes


def read_headers(
    paths: Iterable[str],
    n_files: int,
    *,
    channel: int | None,
    on_damage: str,
    start: Start,
    progress: bool,
) -> tuple[Headers, list[str]]:
    """Return what the headers of files say, and what a person should be told of them.

    Parameters
    ----------
    paths : iterable of str
    n_files : int
        How many they are.
    channel : int, optional
        A channel that each must have.
    on_damage : {"raise", "keep"}
        As for :meth:`Audio.from_file`.
    start : float, str or datetime
        As for :meth:`Spectrogram.from_file`: where a file's name or what is written in it says
        when it began, that is noted.
    progress : bool
        Whether work that takes longer than a second shows a bar.
    """
    headers = Headers.empty(n_files)
    remarks: list[tuple[str, str]] = []
    without_time: list[str] = []
    looked = _looked_at(enumerate(paths), channel, on_damage, start)
    with progress_bar("Reading headers", n_files, "files", is_wanted=progress) as bar:
        for found in looked:
            _note(headers, found)
            remarks += [(found.path, remark) for remark in found.remarks]
            without_time += [found.no_time] if found.no_time else []
            bar.update()
    return headers, by_kind(remarks, "file") + _of_times(without_time, n_files)


def note_starts(paths: Iterable[str], headers: Headers, start: Start) -> list[str]:
    """Note when files began whose headers are known, but not that; return what should be told."""
    without_time = []
    for row, path in enumerate(paths):
        is_read = row not in headers.errors
        if not (np.isnat(headers.began[row]) and (is_read or start == "filename")):
            continue
        began, no_time = _began(path, start)
        if began is not None:
            headers.set_began(row, began)
        elif is_read:
            without_time.append(no_time)
    return _of_times(without_time, len(headers.sr))


def _of_times(without: list[str], n_files: int) -> list[str]:
    """Say how many files do not say when they began."""
    if not without:
        return []
    say = "does not say when it" if len(without) == 1 else "do not say when they"
    n = f"{len(without):,} of {n_files:,} files"
    text = f"{n} {say} began, and their times are seconds: first "
    return [Said(text, *parts_of(without[0]))]


def _looked_at(
    numbered: Iterator[tuple[int, str]], channel: int | None, on_damage: str, start: Start
) -> Iterator[_Found]:
    """Yield what is found of files, in their order, a few batches being looked at at once."""

    def look(batch: list[tuple[int, str]]) -> list[_Found]:
        return [_of_file(row, path, channel, on_damage, start) for row, path in batch]

    # Files may lie where each takes its time to answer: more wait than there are processors.
    n_threads = 2 * n_processors() + 2
    batches = iter(lambda: list(islice(numbered, _AT_ONCE)), [])
    with ThreadPoolExecutor(n_threads, "patchviz") as pool:
        waiting = [pool.submit(look, batch) for batch in islice(batches, 2 * n_threads)]
        try:
            while waiting:
                yield from waiting.pop(0).result()
                waiting += [pool.submit(look, batch) for batch in islice(batches, 1)]
        finally:
            for future in waiting:
                future.cancel()


def _of_file(row: int, path: str, channel: int | None, on_damage: str, start: Start) -> _Found:
    with held() as remarks:
        try:
            refuse_pipe(path)
            audio = Audio._probed(path, 0.0, keep=on_damage == "keep")
            Extent(channel=channel).check_channel(audio)
            state = os.stat(path)
        # Whatever a file makes a decoder raise is said in its row.
        except Exception as error:
            # Its name may say when it began all the same.
            began = _began(path, start)[0] if start == "filename" else None
            return _Found(row, path, error=_said_of(error), began=began)
        found = _Found(
            row, path, audio.sr, audio.n_channels, audio.n_samples, state.st_size,
            state.st_mtime_ns, remarks=tuple(remarks),
        )  # fmt: skip
    if start not in ("filename", "metadata"):
        return found
    with held() as remarks:
        began, no_time = _began(path, start)
    remarks = [*found.remarks, *remarks]
    return found._replace(began=began, no_time=no_time, remarks=tuple(remarks))


def _said_of(error: Exception) -> str:
    """Return what an error says; of what decoders raise, without its type."""
    return said_by(error) if isinstance(error, PatchvizError) else str(error) or said_by(error)


def _began(path: str, start: Start) -> tuple[datetime | None, str]:
    """Return when a file began, as its name or what is written in it says; or why not."""
    try:
        return when_began(path, start)[1], ""
    except (InvalidValueError, AudioFileError) as error:
        return None, Said(f"{shown(os.path.basename(path))} (", *unstopped(error._reason), ")")


def _note(headers: Headers, found: _Found) -> None:
    if found.began is not None:
        headers.set_began(found.row, found.began)
    if found.error:
        headers.errors[found.row] = found.error
        return
    for name in ("sr", "n_channels", "n_samples", "size", "modified"):
        getattr(headers, name)[found.row] = getattr(found, name)
