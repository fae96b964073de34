"""Work that a few threads do at once, with results in the order of what they are made from."""

from __future__ import annotations

import collections
import contextlib
import contextvars
import functools
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

__all__ = ["ahead", "in_threads", "n_processors", "n_threads", "one_thread"]

MOST = 4  # each holds a block; reading the next one keeps no more than that busy

_alone: contextvars.ContextVar[bool] = contextvars.ContextVar("_alone", default=False)

# Of whoever asks for an item that is to be worked on: its helpers.
_helpers: contextvars.ContextVar[ThreadPoolExecutor | None] = contextvars.ContextVar(
    "_helpers", default=None
)

_END: Any = object()

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
    others have enough to do while it takes the next ones; what is taken :func:`ahead`, they take
    too. Threads end with the generator: when it is exhausted or closed, and when anything fails or
    is interrupted; and items that are a generator are closed. ``numpy.errstate`` holds in all of
    them.
    """
    n_helpers = n_threads() - 1
    if not n_helpers:
        with contextlib.closing(_taken(items)) as taken:
            yield from map(function, taken)
        return
    most = max(1, 4 * n_helpers // n_together)
    waiting: collections.deque[Future[Result]] = collections.deque()
    with (
        ThreadPoolExecutor(n_helpers, "patchviz") as pool,
        contextlib.closing(_taken(items, pool)) as taken,
    ):
        try:
            for item in taken:
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


def ahead(items: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """Yield items; while one is worked on by :func:`in_threads`, a helper takes the next.

    Whoever has time first takes it. The items are closed with the generator.
    """
    coming: Future[Item] | None = None
    try:
        while True:
            is_begun = coming is not None and not coming.cancel()
            item = coming.result() if coming and is_begun else next(items, _END)
            if item is _END:
                return
            helpers = _helpers.get()
            if helpers is None:
                coming = None
            else:  # what is warned of there is held here
                taken = functools.partial(next, items, _END)
                coming = helpers.submit(contextvars.copy_context().run, taken)
            yield item
    finally:
        if coming is not None and not coming.cancel():
            wait([coming])
        items.close()


def _taken(
    items: Iterable[Item], helpers: ThreadPoolExecutor | None = None
) -> Generator[Item, None, None]:
    """Yield items, and say for each while it is taken who may help; close them, if they can be."""
    iterator = iter(items)
    try:
        while True:
            token = _helpers.set(helpers)
            try:
                item = next(iterator, _END)
            finally:
                _helpers.reset(token)
            if item is _END:
                return
            yield item
    finally:
        if isinstance(iterator, Generator):
            iterator.close()


def _done(result: Result) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(result)
    return future
