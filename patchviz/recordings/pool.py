"""Work on many recordings, a few at once: on threads or processes of this machine."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from .._util.threads import n_processors, one_thread
from .._util.validation import check_bool, check_int
from .._util.warn import held
from ..errors import said_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.patches import Patches
    from .mapped import MappedRecordings
    from .table import Table

__all__ = [
    "Done",
    "Outcome",
    "Part",
    "Work",
    "Workers",
    "WrongResultError",
    "as_done",
    "batches_of",
]

MOST_BYTES, MOST_FILES = 1 << 28, 512  # of samples, and files, that are one batch


Rows = TypeVar("Rows", list[int], tuple[int, ...])
F = TypeVar("F", bound=Hashable)  # a future
D = TypeVar("D")  # what it is of
Pack: TypeAlias = "Callable[[MappedRecordings, list[Outcome]], Part]"


class Outcome(NamedTuple):
    """What became of one recording."""

    row: int
    value: Any = None
    error: str = ""
    remarks: tuple[str, ...] = ()


class Part(NamedTuple):
    """What became of a batch, as a file that is kept."""

    name: str
    content: bytes


class Done(NamedTuple):
    """What became of a batch of recordings; values are in its part, if there is one."""

    outcomes: list[Outcome]
    part: Part | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class Work:
    """What is done with each recording.

    Parameters
    ----------
    recordings : Recordings
    function : callable
        What is done with the patches of each.
    pack : callable, optional
        What makes a file of the outcomes of a batch, where it was worked on: it is given the
        recordings, too.
    is_shared : bool
        Whether other workers are busy beside this one.
    """

    recordings: MappedRecordings
    function: Callable[[Patches], Any]
    pack: Pack | None = None
    is_shared: bool = False

    def __call__(self, rows: list[int]) -> Done:
        """Return what becomes of some recordings; one that fails is an outcome with its error."""
        with one_thread() if self.is_shared else contextlib.nullcontext():
            return self.done([self._of(row) for row in rows])

    def done(self, outcomes: list[Outcome]) -> Done:
        """Return outcomes, or the file that holds what they are."""
        if self.pack is None:
            return Done(outcomes)
        part = self.pack(self.recordings, outcomes)
        return Done([outcome._replace(value=None) for outcome in outcomes], part)

    def killed(self, row: int) -> Done:
        """Return that a recording ended the process that worked on it."""
        text = "the process that worked on it died: killed, out of memory, or crashed"
        return self.done([Outcome(row, error=text)])

    def _of(self, row: int) -> Outcome:
        with held() as remarks:
            try:
                value = self.function(self.recordings._looked_at(row, keep=False))
            except WrongResultError:  # which would be wrong of all others, too
                raise
            except (KeyboardInterrupt, SystemExit, GeneratorExit):
                raise
            # Whatever a file, or what a user does with it, raises is said in its row: also what is
            # no Exception, as the panic of a library in Rust.
            except BaseException as error:
                return Outcome(row, error=said_by(error), remarks=tuple(remarks))
        return Outcome(row, value, remarks=tuple(remarks))

    def elsewhere(self, rows: Rows) -> Work:
        """Return the work for some recordings alone, which is little to send to a process."""
        part = self.recordings._of_files(np.array(rows, np.int64))
        return dataclasses.replace(self, recordings=part)

    def all(self, rows: Rows) -> Done:
        """Return what becomes of all these recordings, of which it is told what they are called."""
        done = self(list(range(len(rows))))
        return done._replace(outcomes=[o._replace(row=rows[o.row]) for o in done.outcomes])


class WrongResultError(Exception):
    """A function returned what cannot be of patches: its argument is the error to raise."""


@dataclasses.dataclass(frozen=True)
class Workers:
    """Who works: so many threads, or processes, of this machine.

    Parameters
    ----------
    jobs : int, optional
        How many recordings at once; by default one for each processor.
    processes : bool, default: False
        Whether each worker is a process of its own.
    """

    jobs: int | None = None
    processes: bool = False

    def __post_init__(self) -> None:
        if self.jobs is not None:
            jobs = check_int("jobs", self.jobs, minimum=1)
            object.__setattr__(self, "jobs", jobs)  # some of numpy's types end at 255
        check_bool("processes", self.processes)

    @property
    def n(self) -> int:
        """How many work at once."""
        return self.jobs or n_processors()

    def run(self, work: Work, batches: list[list[int]]) -> Generator[Done, None, None]:
        """Yield what becomes of batches, in the order in which they are done."""
        work = dataclasses.replace(work, is_shared=self.n > 1 and len(batches) > 1)
        if self.processes:
            yield from _in_processes(work, batches, self.n)
        elif self.n == 1 or len(batches) == 1:
            yield from map(work, batches)
        else:
            with ThreadPoolExecutor(self.n, "patchviz") as pool:
                for _, done in _through(lambda rows: pool.submit(work, rows), self.n, batches):
                    yield done


def _through(
    submit: Callable[[Rows], Future[Done]], n: int, batches: Iterable[Rows]
) -> Iterator[tuple[Rows, Done]]:
    """Yield batches and what became of them, from threads or processes of this machine."""

    def ended(futures: list[Future[Done]]) -> Iterator[tuple[Future[Done], Done]]:
        found = wait(futures, return_when=FIRST_COMPLETED).done
        # What is done comes before what ends the work.
        for future in sorted(found, key=lambda future: future.exception() is not None):
            yield future, future.result()

    return as_done(batches, submit, lambda: 2 * n, ended, lambda future: future.cancel())


def as_done(
    batches: Iterable[Rows],
    submit: Callable[[Rows], F],
    most: Callable[[], int],
    ended: Callable[[list[F]], Iterable[tuple[F, D]]],
    forget: Callable[[F], object],
) -> Iterator[tuple[Rows, D]]:
    """Yield batches and what became of them, as they are done, of which a few wait for a worker.

    Parameters
    ----------
    batches : iterable
    submit : callable
        Has a batch worked on, and returns its future.
    most : callable
        How many may wait or be worked on, now.
    ended : callable
        Waits until some of these futures have ended, and returns them with what became of each.
    forget : callable
        Takes back a future, where nobody wants it any more.
    """
    rest = iter(batches)
    waiting: dict[F, Rows] = {}
    try:
        while True:
            for rows in islice(rest, max(0, most() - len(waiting))):
                waiting[submit(rows)] = rows
            if not waiting:
                return
            for future, done in ended(list(waiting)):
                yield waiting.pop(future), done
    finally:
        for future in waiting:
            forget(future)


def _in_processes(work: Work, batches: list[list[int]], n: int) -> Iterator[Done]:
    """Yield outcomes of batches from processes; what kills its process is told, the rest goes on.

    A process takes with it whatever else was at work. What was not done is then tried again file
    by file, one at a time: so the one that did it is found.
    """
    # It sends functions that were typed into a notebook, too.
    from joblib.externals.loky import ProcessPoolExecutor

    left = [tuple(rows) for rows in batches]
    while left:
        done = set()
        with ProcessPoolExecutor(n) as pool:
            try:
                for rows, found in _through(partial(_sent, pool, work), n, left):
                    done.add(rows)
                    yield found
            except BrokenProcessPool:
                left = [rows for rows in left if rows not in done]
                if n == 1 and len(left[0]) == 1:  # one at a time, in their order
                    yield work.killed(left[0][0])
                    del left[0]
                left, n = [(row,) for rows in left for row in rows], 1
            else:
                return


def _sent(pool: Executor, work: Work, rows: tuple[int, ...]) -> Future[Done]:
    return pool.submit(work.elsewhere(rows).all, rows)


def batches_of(table: Table, rows: NDArray[np.int64], n_workers: int) -> list[list[int]]:
    """Return the rows of files in batches, none of which has much more to decode than others.

    Each has as many samples as make some batches for each worker, so that none waits for long.
    """
    if not len(rows):
        return []
    headers = table.headers
    n_bytes = 4 * headers.n_samples[rows] * headers.n_channels[rows]
    most = max(1, min(MOST_BYTES, int(n_bytes.sum()) // (8 * n_workers)))
    which = (np.cumsum(n_bytes) - n_bytes) // most
    which += np.arange(len(rows)) // MOST_FILES * (int(which[-1]) + 1)
    _, first = np.unique(which, return_index=True)
    return [part.tolist() for part in np.split(rows, np.sort(first)[1:])]
