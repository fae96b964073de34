import _thread
import dataclasses
import signal
import threading
from collections.abc import Callable, Generator, Iterator

import numpy as np
import pytest

from patchviz._util import threads
from patchviz._util.threads import ahead, in_threads
from patchviz._util.warn import held, warn_user


@pytest.fixture(params=[1, 2, 4])
def n_threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(threads, "n_threads", lambda: request.param)
    return int(request.param)


def helpers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("patchviz")]


def test_results_come_in_the_order_of_the_items(n_threads: int) -> None:
    def later_for_even_ones(i: int) -> int:
        threading.Event().wait(0.002 * (i % 2 == 0))
        return i * i

    assert list(in_threads(later_for_even_ones, range(50))) == [i * i for i in range(50)]
    assert not helpers()


def test_work_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    meeting = threading.Barrier(2, timeout=30)  # nobody passes alone

    def meet(i: int) -> str:
        if i in (0, 3):  # the second one finds that enough wait for the helper
            meeting.wait()
        return threading.current_thread().name

    names = set(in_threads(meet, range(5)))
    assert names == {"patchviz_0", threading.current_thread().name}


def test_no_more_is_taken_than_is_soon_given(n_threads: int) -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for i in range(1, 1001):
            taken = i
            yield i

    results = in_threads(lambda i: i, items())
    assert next(results) == 1
    assert taken <= 4 * n_threads
    results.close()
    assert not helpers()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("where", ["function", "items"])
def test_threads_end_with_an_error(n_threads: int, where: str, error: type[BaseException]) -> None:
    def fail_at(i: int, place: str) -> int:
        if i == 7 and where == place:
            raise error("seven")
        return i

    items = (fail_at(i, "items") for i in range(100))
    with pytest.raises(error, match="seven"):
        list(in_threads(lambda i: fail_at(i, "function"), items))
    assert not helpers()


def test_what_numpy_is_told_of_errors_holds_in_threads(n_threads: int) -> None:
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
        list(in_threads(lambda i: 1 / np.float64(i - 9), range(20)))


@dataclasses.dataclass
class Taking:
    """Who took each of some items, and whether the last one is behind."""

    takers: list[str] = dataclasses.field(default_factory=list)
    is_over: bool = False

    def numbers(
        self, n: int, look: Callable[[int], object] = lambda i: None
    ) -> Generator[int, None, None]:
        """Yield 0 to n, taken ahead; each is looked at by who takes it."""

        def items() -> Generator[int, None, None]:
            try:
                for i in range(n):
                    self.takers.append(threading.current_thread().name)
                    look(i)
                    yield i
            finally:
                self.is_over = True

        return ahead(items())


def test_what_is_taken_ahead_keeps_its_order(n_threads: int) -> None:
    taking = Taking()
    assert list(in_threads(lambda i: i * i, taking.numbers(99))) == [i * i for i in range(99)]
    assert taking.is_over
    assert not helpers()


def test_a_helper_takes_the_next_item_while_one_is_worked_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    taking, is_taken = Taking(), threading.Event()

    def used() -> Iterator[int]:
        for i in taking.numbers(3, lambda i: is_taken.set() if i == 1 else None):
            assert i or is_taken.wait(30)  # the second is there before anybody asks for it
            yield i

    assert list(in_threads(lambda i: i, used())) == [0, 1, 2]
    assert taking.takers[1] == "patchviz_0"


def test_nobody_waits_for_an_item_that_no_helper_has_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    taking, is_taken = Taking(), threading.Event()

    def work(i: int) -> int:
        assert i or is_taken.wait(30)  # on the first, until all the others have been taken
        return i

    numbers = taking.numbers(4, lambda i: is_taken.set() if i == 3 else None)
    assert list(in_threads(work, numbers)) == [0, 1, 2, 3]
    assert taking.takers[3] == threading.current_thread().name


def test_what_is_warned_of_while_an_item_is_taken_ahead_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    taking, is_taken = Taking(), threading.Event()

    def look(i: int) -> None:
        warn_user(f"item {i}")
        if i == 1:
            is_taken.set()

    def used() -> Iterator[int]:
        for i in taking.numbers(3, look):
            assert i or is_taken.wait(30)
            yield i

    with held() as remarks:
        assert list(in_threads(lambda i: i, used())) == [0, 1, 2]
    assert taking.takers[1] == "patchviz_0"
    assert list(map(str, remarks)) == ["item 0", "item 1", "item 2"]


def test_without_helpers_nothing_is_taken_ahead() -> None:
    taking = Taking()
    numbers = taking.numbers(3)
    assert next(numbers) == 0
    assert taking.takers == [threading.current_thread().name]
    numbers.close()
    assert taking.is_over


def test_what_is_taken_ahead_ends_where_it_is_closed(n_threads: int) -> None:
    taking = Taking()
    results = in_threads(lambda i: i, taking.numbers(100))
    assert next(results) == 0
    results.close()
    assert taking.is_over
    assert not helpers()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("where", ["function", "items", "between"])
def test_what_is_taken_ahead_ends_with_an_error(
    n_threads: int, where: str, error: type[BaseException]
) -> None:
    def fail_at(i: int, place: str) -> int:
        if i == 7 and where == place:
            raise error("seven")
        return i

    taking = Taking()
    between = (fail_at(i, "between") for i in taking.numbers(99, lambda i: fail_at(i, "items")))
    with pytest.raises(error, match="seven"):
        list(in_threads(lambda i: fail_at(i, "function"), between))
    assert not helpers()
    assert taking.is_over


def test_an_interrupt_while_a_helper_takes_an_item_ends_both(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    taking, begun = Taking(), threading.Semaphore(0)
    # A shell has what it starts in the background ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))

    def look(i: int) -> None:
        if i:
            begun.release()
        if i == 2:
            _thread.interrupt_main()

    def used() -> Iterator[int]:
        for i in taking.numbers(100, look):
            assert begun.acquire(timeout=30)  # a helper is taking the next
            yield i

    with pytest.raises(KeyboardInterrupt):
        list(in_threads(lambda i: i, used()))
    assert not helpers()
    assert taking.is_over
    assert taking.takers[2] == "patchviz_0"
