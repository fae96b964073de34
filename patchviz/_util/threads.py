"""Work that a few threads do at once, with results in the order of what they are made from."""

from __future__ import annotations

import collections
import contextlib
import contextvars
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_threads", "n_processors", "n_threads", "one_thread"]

MOST = 4  # each holds a block; reading the next one keeps no more than that busy

_alone: contextvars.ContextVar[bool] = contextvars.ContextVar("_alone", default=False)

Item = TypeVar("Item")
Result = TypeVar("Result")


def n_processors() -> int:
    """Return how many processors this process may use: in a container less than there are."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS, nor on Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def n_threads() -> int:
    """Return how many threads are worth while: as many as there are processors, at most 4."""
    return 1 if _alone.get() else min(MOST, n_processors())


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Have what is done in here start no threads of its own, as others are at work beside it."""
    token = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(token)


def in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], *, n_together: int = 1
) -> Generator[Result, None, None]:
    """Yield ``function(item)`` for all items, in their order.

    Where `n_together` of these go on side by side, so many fewer items wait for their turn.

    The items are taken in the thread that asks for results, which also lends a hand where the
    others have enough to do while it takes the next ones. Threads end with the generator: when it
    is exhausted or closed, and when anything fails or is interrupted. ``numpy.errstate`` holds in
    all of them.
    """
    n_helpers = n_threads() - 1
    if not n_helpers:
        yield from map(function, items)
        return
    most = max(1, 4 * n_helpers // n_together)
    waiting: collections.deque[Future[Result]] = collections.deque()
    with ThreadPoolExecutor(n_helpers, "patchviz") as pool:
        try:
            for item in items:
                if sum(not future.done() for future in waiting) <= 2 * n_helpers:
                    context = contextvars.copy_context()
                    waiting.append(pool.submit(context.run, function, item))
                else:
                    waiting.append(_done(function(item)))
                while waiting and (waiting[0].done() or len(waiting) > most):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _done(result: Result) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(result)
    return future
