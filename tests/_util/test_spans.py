"""Runs of spans, against marking what each of them covers."""

from __future__ import annotations

import numpy as np
import pytest

from patchviz._util.spans import begins_of_runs, joined, runs_of


@pytest.mark.parametrize("seed", range(20))
def test_spans_are_joined_where_they_overlap_or_meet(seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = np.sort(rng.integers(0, 60, int(rng.integers(1, 12))))
    end = start + rng.integers(1, 9, len(start))
    is_in = np.zeros(70, bool)
    for a, b in zip(start, end, strict=True):
        is_in[a:b] = True
    for found, wanted in zip(joined(start, end), runs_of(is_in), strict=True):
        assert found.tolist() == wanted.tolist()
    first, last = runs_of(is_in)
    assert all(is_in[a:b].all() for a, b in zip(first, last, strict=True))
    assert (last - first).sum() == is_in.sum()


def test_spans_that_are_near_are_one_run() -> None:
    start, end = np.array([0.0, 2.0, 3.5, 10.0]), np.array([1.0, 5.0, 4.0, 11.0])
    assert begins_of_runs(start, end).tolist() == [0, 1, 3]
    assert begins_of_runs(start, end, near=1.0).tolist() == [0, 3]
    assert begins_of_runs(start, end, near=5.0).tolist() == [0]
    assert [part.size for part in joined(start[:0], end[:0])] == [0, 0]
