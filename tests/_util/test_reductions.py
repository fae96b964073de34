"""Passes over arrays that may be larger than memory."""

from __future__ import annotations

import functools
import math
import operator
import pickle
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from patchviz._util import reductions as arrays
from patchviz._util.reductions import (
    STEP,
    FiniteRange,
    blocks,
    finite_range,
    finite_values,
    least_positive,
    summarize,
)


@given(
    shape=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    order=st.sampled_from("CF"),
    block_size=st.integers(1, 30),
)
def test_blocks_hold_every_value_once(shape: tuple[int, int], order: str, block_size: int) -> None:
    values = np.arange(shape[0] * shape[1]).reshape(shape).copy(order=order)  # type: ignore[call-overload]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_BLOCK_SIZE", block_size)
        found = list(blocks(values))
    assert sorted(np.concatenate([block.ravel() for block in found])) == list(range(values.size))
    assert all(np.shares_memory(block, values) and block.size <= block_size for block in found)


@given(
    values=st_numpy.arrays(
        st.sampled_from([np.float32, np.float64, np.float16]),
        st_numpy.array_shapes(min_dims=2, max_dims=2, max_side=6),
        elements=st.floats(width=16),
    ),
    block_size=st.integers(1, 10),
)
def test_finite_range(values: NDArray[np.floating], block_size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_BLOCK_SIZE", block_size)
        found = finite_range(values)
    finite = values[np.isfinite(values)]
    assert found.n_nonfinite == values.size - finite.size
    if finite.size:
        assert (found.minimum, found.maximum) == (finite.min(), finite.max())
    else:
        assert np.isnan(found.minimum)
        assert np.isnan(found.maximum)


def test_finite_range_of_nothing() -> None:
    np.testing.assert_array_equal(finite_range(np.zeros((0, 5))), (np.nan, np.nan, 0))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_finite_range_of_any_real_type(dtype: type) -> None:
    found = finite_range(np.array([[0, 1], [1, 1]], dtype=dtype))
    assert found == (0.0, 1.0, 0)
    assert [type(number) for number in found] == [float, float, int]


@pytest.mark.parametrize("order", ["C", "F"])
def test_finite_range_of_a_file_stays_on_disk(tmp_path: Path, order: str) -> None:
    shape = (128, 65536) if order == "C" else (65536, 128)
    file = np.lib.format.open_memmap(
        tmp_path / "values.npy", "w+", np.float32, shape, fortran_order=order == "F"
    )
    file[3, 4] = -80.0
    tracemalloc.start()
    found = finite_range(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == (-80.0, 0.0, 0)
    assert peak < file.nbytes / 20


@given(
    values=st_numpy.arrays(
        st.sampled_from([np.float32, np.float64]),
        st_numpy.array_shapes(min_dims=2, max_dims=2, max_side=8),
        elements=st.floats(width=32),
    ),
    data=st.data(),
)
def test_ranges_of_parts_merge_into_the_range_of_all(
    values: NDArray[np.floating], data: st.DataObject
) -> None:
    """However it is cut, in any order and any grouping, and from another process."""
    cuts = data.draw(st.lists(st.integers(0, values.shape[1]), max_size=5).map(sorted))
    parts = data.draw(st.permutations(np.split(values, cuts, axis=1)))
    ranges = [pickle.loads(pickle.dumps(finite_range(part))) for part in parts]
    merged = functools.reduce(operator.or_, ranges)
    np.testing.assert_array_equal(merged, finite_range(values))
    assert isinstance(merged, FiniteRange)
    while len(ranges) > 1:
        at = data.draw(st.integers(0, len(ranges) - 2))
        ranges[at : at + 2] = [ranges[at] | ranges[at + 1]]
    np.testing.assert_array_equal(ranges[0], merged)
    np.testing.assert_array_equal(FiniteRange() | merged, merged)
    np.testing.assert_array_equal(merged | FiniteRange(), merged)
    assert min(map(least_positive, parts)) == least_positive(values)


@given(
    values=st_numpy.arrays(
        st.sampled_from([np.float32, np.float64, np.int8, np.bool_]),
        st_numpy.array_shapes(min_dims=2, max_dims=2, max_side=6),
    ),
    block_size=st.integers(1, 10),
)
def test_least_positive_value(values: NDArray[Any], block_size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_BLOCK_SIZE", block_size)
        found = least_positive(values)
    assert type(found) is float
    assert found == values[values > 0].astype(float).min(initial=np.inf)


def test_least_positive_value_where_there_is_none() -> None:
    assert least_positive(np.array([[-1.0, 0.0, np.nan, -np.inf]])) == math.inf
    assert least_positive(np.zeros((0, 5))) == math.inf


def test_finite_values() -> None:
    values = np.array([[1.0, np.nan, 2.0], [np.inf, 3.0, -np.inf]])
    np.testing.assert_array_equal(finite_values(values), [1.0, 2.0, 3.0])


@pytest.mark.parametrize("share", [1, 1 << 12])
@pytest.mark.parametrize(
    ("n_rows", "n_columns"),
    [
        *((1, 1), (5, 511), (1, 512), (5, 513), (1, 3000)),
        *(
            pytest.param(*shape, marks=pytest.mark.slow)
            for shape in ((5, 1), (1, 511), (5, 512), (1, 513), (5, 3000))
        ),
    ],
)
@pytest.mark.parametrize("order", ["C", "F", "every second"])
@pytest.mark.parametrize("kind", ["finite", "some gaps", "no numbers", "int16"])
def test_summary_is_one_look_at_every_value(
    kind: str, order: str, n_rows: int, n_columns: int, share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "_LONG", 1)
    monkeypatch.setattr(arrays, "_SHARE", share)
    rng = np.random.default_rng(n_columns)
    stored: NDArray[np.floating] = rng.normal(scale=1e3, size=(n_rows, 2 * n_columns))
    stored = stored.astype("int16" if kind == "int16" else "float32")
    if kind == "some gaps":
        stored[rng.random(stored.shape) < 0.3] = np.nan
        stored[rng.random(stored.shape) < 0.1] = np.inf
        stored[rng.random(stored.shape) < 0.1] = -np.inf
        stored[:, : 2 * STEP] = np.nan
    if kind == "no numbers":
        stored[:] = np.nan
        stored[0, ::5] = np.inf
    values = stored[:, ::2]
    if order in ("C", "F"):
        values = values.copy(order=order)  # type: ignore[call-overload]
    found = summarize(values)
    np.testing.assert_array_equal(found.finite_range, finite_range(values))
    assert found.maxima is not None
    assert found.maxima.shape == (n_rows, -(-n_columns // STEP))
    assert found.maxima.dtype == values.dtype
    for row, step in np.ndindex(found.maxima.shape):
        columns = values[row, step * STEP : (step + 1) * STEP].astype(float)
        expected = columns[np.isfinite(columns)].max(initial=-np.inf)
        assert found.maxima[row, step] == expected


def test_summary_can_be_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads end with the block that they are at, not with the last one."""
    started, interrupted = threading.Semaphore(0), threading.Event()
    n_looked_at = 0

    class Pool(ThreadPoolExecutor):
        def map(self, function: Any, *shares: Any, **options: Any) -> Any:
            super().map(function, *shares, **options)
            for _ in range(2):
                started.acquire()
            raise KeyboardInterrupt

        def __exit__(self, *error: Any) -> None:
            interrupted.set()
            super().__exit__(*error)

    def look(block: NDArray[np.floating]) -> NDArray[np.floating]:
        nonlocal n_looked_at
        n_looked_at += 1
        started.release()
        interrupted.wait()
        return step_maxima(block)

    step_maxima = arrays._step_maxima
    monkeypatch.setattr(arrays, "_LONG", 1)
    monkeypatch.setattr(arrays, "_SHARE", STEP)
    monkeypatch.setattr(arrays, "n_processors", lambda: 2)
    monkeypatch.setattr(arrays, "_step_maxima", look)
    monkeypatch.setattr(arrays, "ThreadPoolExecutor", Pool)
    with pytest.raises(KeyboardInterrupt):
        summarize(np.zeros((1, 2000 * STEP), np.float32))
    assert n_looked_at == 2


def test_summary_keeps_nothing_of_short_arrays() -> None:
    values = np.arange(12.0).reshape(3, 4)
    assert summarize(values) == ((0.0, 11.0, 0), None)


def test_the_mean_of_levels_is_that_of_their_powers() -> None:
    levels = np.array([[0.0, -20.0], [-300.0, -300.0], [np.nan, -10.0], [np.nan, -np.inf]])
    expected = [10 * np.log10(0.505), -300.0, -10.0, np.nan]
    found = arrays.finite_reduced(levels, 1, "mean", decibels=True)
    np.testing.assert_allclose(found, expected)
    found = arrays.finite_reduced(levels.astype(np.float32), 1, "mean", decibels=True)
    assert found.dtype == np.float32
