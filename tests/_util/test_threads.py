import threading
from collections.abc import Iterator

import numpy as np
import pytest

from patchviz._util import threads
from patchviz._util.threads import in_threads


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
