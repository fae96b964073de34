"""Work on many recordings on a cluster of Dask: what dies there is named, what is lost is told."""

from __future__ import annotations

import contextlib
import dataclasses
from asyncio import CancelledError
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from .._util.warn import warn_user
from ..errors import (
    Argument,
    ClusterError,
    InvalidTypeError,
    InvalidValueError,
    PatchvizError,
    said_by,
    shorten,
    shown,
)
from .pool import Done, Work, WrongResultError, as_done

if TYPE_CHECKING:
    from distributed import Client, Future

    from ..core.patches import Patches
    from .mapped import MappedRecordings
    from .pool import Pack

__all__ = ["Cluster"]

PATIENCE = 30.0  # seconds without any result, after which one looks whether there are workers


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The workers that a client of Dask has.

    Parameters
    ----------
    client : distributed.Client

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If it is none, is closed, or belongs to an event loop.
    """

    client: Client

    def __post_init__(self) -> None:
        try:
            from distributed import Client as kind  # noqa: N813
        except ImportError:
            kind = ()
        if not isinstance(self.client, kind):
            raise InvalidTypeError(
                Argument("client", self.client), f" is of type {type(self.client).__name__}",
                allowed='a distributed.Client, which pip install "patchviz-audio[dask]" brings',
            )  # fmt: skip
        if self.client.asynchronous:
            raise InvalidValueError(
                Argument("client", self.client), " is asynchronous, and nothing here awaits it",
                remedy="Make it without asynchronous=True.",
            )  # fmt: skip
        if self.client.status != "running":
            raise InvalidValueError(
                Argument("client", self.client), f" is {self.client.status}",
                allowed="connected to a scheduler",
            )  # fmt: skip

    @property
    def n(self) -> int:
        """How many work at once, now: clusters grow and shrink."""
        with _heeded():
            n_threads: dict[str, int] = self.client.nthreads()
        return max(1, sum(n_threads.values()))

    def run(self, work: Work, batches: list[list[int]]) -> Generator[Done, None, None]:
        """Yield what becomes of batches, in the order in which they are done.

        A worker that dies takes with it whatever else was at work, and Dask gives up what was on
        several of them. Files of such batches are tried again at the end, one at a time: so the one
        that did it is found.
        """
        given = _Given(self.client, work)
        suspects: list[int] = []
        for rows, done in self._through(partial(self._batch, work, given.future), batches):
            if done is None:
                suspects += rows
            else:
                yield done
        alone = partial(self._batch, work, given.pickled)
        for (row,), done in self._through(alone, ([row] for row in suspects), at_once=1):
            yield work.killed(row) if done is None else done

    def _batch(self, work: Work, function: Callable[[], object], rows: list[int]) -> Future:
        part = work.elsewhere(rows).recordings
        return _submitted(self.client, mapped, function(), part, rows)

    def _through(
        self,
        submit: Callable[[list[int]], Future],
        batches: Iterable[list[int]],
        at_once: int | None = None,
    ) -> Iterator[tuple[list[int], Done | None]]:
        """Yield batches and what became of them, as they are done: None where workers died of it.

        Only a few wait for a worker, as a scheduler should know neither a million files nor more
        than it has to give up when a worker dies.
        """

        def ended(futures: list[Future]) -> Iterator[tuple[Future, Done | None]]:
            for future in _ended(self.client, futures):
                done = _result(future)
                future.release()  # or it is computed again when its worker dies
                yield future, done

        return as_done(
            batches,
            _heeded()(submit),
            lambda: at_once or 2 * self.n + 2,
            ended,
            lambda future: future.release(),  # which takes back what nobody waits for
        )


class _Given:
    """A function that workers are given once, each by another or by the scheduler."""

    def __init__(self, client: Client, work: Work) -> None:
        self._client, self._name = client, work.function
        try:
            import cloudpickle

            self._pickled: bytes = cloudpickle.dumps((work.function, work.pack))
        except Exception as error:
            self._refuse(
                " cannot be sent to workers", error,
                "Open in it what it needs, such as a model or a file: not before.",
            )  # fmt: skip
        with _heeded():
            self._future = self._sent()
        _ended(client, [self._future])
        with _heeded():
            if self._future.status == "error":
                self._refuse(
                    " cannot be used by workers", self._future.exception(),
                    "Install there what it needs, or send its file: client.upload_file(...).",
                )  # fmt: skip

    def _refuse(self, what: str, error: BaseException | None, remedy: str) -> NoReturn:
        said = "" if error is None else shorten(said_by(error), 200).rstrip(".")
        raise InvalidValueError(
            Argument("f", getattr(self._name, "function", self._name)), f"{what}: {said}",
            remedy=remedy,
        ) from error  # fmt: skip

    def _sent(self) -> Future:
        return _submitted(self._client, loaded, self._pickled)

    def future(self) -> Future:
        """Return the function as what the scheduler can make again, wherever it is lost."""
        if self._future.status == "error":  # it was on its way to workers that died
            self._future = self._sent()
        return self._future

    def pickled(self) -> bytes:
        """Return the function as it is sent: what depends on no other work dies of itself alone."""
        return self._pickled


def loaded(function: bytes) -> object:
    """Return, on a worker, what it is given."""
    import cloudpickle

    return cloudpickle.loads(function)


def mapped(
    function: bytes | tuple[Callable[[Patches], Any], Pack | None],
    recordings: MappedRecordings,
    rows: list[int],
) -> Done:
    """Return, on a worker, what becomes of recordings that are called `rows`."""
    given: Any = loaded(function) if isinstance(function, bytes) else function
    f, pack = given
    return Work(recordings, f, pack, is_shared=True).all(rows)


def _submitted(client: Client, function: Callable[..., object], *given: object) -> Future:
    import dask

    # A model is large, is sent once, and cannot be loaded where it is needed instead.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"}):
        return client.submit(function, *given, pure=False)


def _ended(client: Client, futures: list[Future]) -> set[Future]:
    """Return what has ended of some work, when anything has."""
    from distributed import wait

    is_told = False
    while True:
        with _heeded():
            try:
                return set(wait(futures, PATIENCE, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                is_idle = not client.nthreads()
        if is_idle and not is_told:
            is_told = True
            warn_user(
                "The cluster has no workers: nothing goes on until there are some. Start them, or "
                "interrupt this: what is done is kept where out= is given."
            )


def _result(future: Future) -> Done | None:
    """Return what became of a batch, or None if workers died of it, or while they had it."""
    from distributed.scheduler import KilledWorker

    with _heeded():
        try:
            done: Done = future.result()
        except KilledWorker:
            return None
        return done


@contextlib.contextmanager
def _heeded() -> Iterator[None]:
    """Tell what a cluster fails at as that."""
    try:
        yield
    except (PatchvizError, WrongResultError):
        raise
    except (Exception, CancelledError) as error:
        said = " ".join(said_by(error).split()).rstrip(".")
        raise ClusterError(
            f"The work on the cluster was lost: {shown(said, str)}",
            remedy="What was done until then is kept where out= is given. Call this again, with a "
            "client that is connected, and it goes on.",
        ) from error
