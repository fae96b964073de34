"""Passes over arrays see each value once, whatever the memory's order."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from patchviz.arrays import blocks, finite_range


@pytest.mark.parametrize("shape", [(1, 1), (3, 700_000), (700_000, 3), (600, 600)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_blocks_hold_every_value_once(shape: tuple[int, int], order: str) -> None:
    values = np.arange(shape[0] * shape[1]).reshape(shape)
    values = np.asarray(values, order=order)  # type: ignore[call-overload]
    parts = list(blocks(values))
    assert all(np.shares_memory(part, values) for part in parts)
    seen = np.concatenate([part.ravel() for part in parts])
    assert np.array_equal(np.sort(seen), np.arange(values.size))


@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=20),
        elements=st.floats(width=32),
    ),
    st.booleans(),
)
def test_the_range_of_what_is_finite(values: np.ndarray, transposed: bool) -> None:
    finite = values[np.isfinite(values)]
    found = finite_range(values.T if transposed else values)
    assert found.n_nonfinite == values.size - finite.size
    if finite.size:
        assert (found.minimum, found.maximum) == (finite.min(), finite.max())
    else:
        assert np.isnan(found.minimum)
        assert np.isnan(found.maximum)


def test_a_large_array_is_not_copied() -> None:
    values = np.zeros((64, 200_000), np.float32)
    values[5, 100] = np.nan
    tracemalloc.start()
    try:
        assert finite_range(values) == (0, 0, 1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < values.nbytes / 10
