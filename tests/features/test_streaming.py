"""Decibels as they are made in blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from patchviz.features.streaming import to_decibels


@given(
    st.integers(1, 40), st.floats(-9, 9), st.sampled_from([np.float32, np.float64]), st.booleans(),
    st.booleans(), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_the_loudest_is_at_0_db_of_itself(
    n: int, exponent: float, dtype: type, amplitudes: bool, exact: bool, seed: int
) -> None:
    """On any processor: whichever way its logarithms are rounded.

    But for librosa's squares of what it is relative to, where it is followed to the bit.
    """
    values = (np.random.default_rng(seed).random((3, n)) * 10.0**exponent).astype(dtype)
    to_decibels(
        values, ref=np.max, amin=1e-10, top_db=80.0, amplitudes=amplitudes, relative=True,
        exact=exact,
    )  # fmt: skip
    assert abs(values.max()) <= (200 * np.finfo(dtype).eps if exact and amplitudes else 0)
