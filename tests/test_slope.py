"""The line that leaks are found by."""

from __future__ import annotations

import pytest

from .slope import slope


@pytest.mark.slow
def test_what_grows_each_time_is_the_slope() -> None:
    assert slope([7.0, 10.0, 13.0, 16.0]) == pytest.approx(3)
    assert slope([5] * 40) == pytest.approx(0)
    assert slope([0] * 40) == pytest.approx(0)


def test_a_single_step_counts_little_and_noise_hardly() -> None:
    assert slope([0] * 20 + [40] * 20) < 1.2  # in the middle, the worst
    assert slope([0] * 38 + [40] * 2) == slope([0] * 3 + [40] * 37) == 0
    assert slope([100 * (-1) ** i + 2 * i for i in range(40)]) == pytest.approx(2, abs=0.5)


def test_too_few_values_are_refused() -> None:
    with pytest.raises(ValueError, match="a slope through 2 values says nothing"):
        slope([1, 2])
