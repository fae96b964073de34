"""Windows of a detector that wrote down some of them."""

from __future__ import annotations

import numpy as np
import pytest

from patchviz.core.grid import filled, said


@pytest.mark.parametrize(
    ("starts", "duration", "span", "wanted", "typed"),
    [
        ([0.0, 6.0], 3.0, (0.0, 14.5), [0, 3, 6, 9, 12], "0, 15, 3"),
        ([6.0], 3.0, (0.0, 9.0), [0, 3, 6], "0, 9, 3"),
        ([1.5, 4.5], 3.0, (0.0, 9.0), [1.5, 4.5, 7.5], "1.5, 10.5, 3"),
        ([103.0], 3.0, (100.0, 109.0), [100, 103, 106], "100, 109, 3"),
        # They overlap, and are rounded to milliseconds.
        ([0.0, 1.5, 6.0], 3.0, (0.0, 8.0), [0, 1.5, 3, 4.5, 6, 7.5], "0, 9, 1.5"),
        ([0.0, 0.667, 1.333], 2.0, (0.0, 1.9), [0, 0.667, 1.333], "0, 1.9995, 0.6665"),
        # Binary fractions are a little less than a step.
        ([0.3, 0.6], 0.3, (0.0, 1.0), [0, 0.3, 0.6, 0.9], "0, 1.2, 0.3"),
        # Events are where they are, and windows around them have no gaps.
        ([0.1, 0.75, 5.2], 3.0, (0.0, 9.0), [0.1, 0.75, 5.2], "0.1, 9.1, 3"),
        ([0.45, 0.8], 0.15, (0.0, 0.95), [0.45, 0.8], "0, 1.05, 0.15"),
        ([0.0, 1e-9], 3.0, (0.0, 9.0), [0, 1e-9], "0, 9, 3"),
        ([1.0, 1e300], 3.0, (0.0, 9.0), [1, 1e300], "1, 10, 3"),
    ],
)
def test_all_windows_of_a_grid(
    starts: list[float],
    duration: float,
    span: tuple[float, float],
    wanted: list[float],
    typed: str,
) -> None:
    found = filled(np.array(starts), duration, *span)
    np.testing.assert_allclose(found, wanted, atol=2e-3, rtol=1e-9)
    assert np.isin(starts, found).all()  # as the table has them
    assert said(np.array(starts), duration, *span) == f"starts=np.arange({typed})"
