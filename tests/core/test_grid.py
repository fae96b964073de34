"""Windows of a detector that wrote down some of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from patchviz.core.grid import filled, said, step_of


@pytest.mark.parametrize(
    ("starts", "duration", "span", "wanted", "typed"),
    [
        ([0.0, 6.0], 3.0, (0.0, 14.5), [0, 3, 6, 9, 12], "0, 15, 3)"),
        ([6.0], 3.0, (0.0, 9.0), [0, 3, 6], "0, 9, 3)"),
        ([1.5, 4.5], 3.0, (0.0, 9.0), [1.5, 4.5, 7.5], "1.5, 10.5, 3)"),
        ([103.0], 3.0, (100.0, 109.0), [100, 103, 106], "100, 109, 3)"),
        # The one after the first that was found is not the one after it.
        ([0.0, 6.0, 15.0], 3.0, (0.0, 18.0), [0, 3, 6, 9, 12, 15], "0, 18, 3)"),
        ([0.0, 2.0, 5.0], 3.0, (0.0, 6.0), range(6), '0, 6, 1)'),
        # One of a longer recording.
        ([0.0, 3.0, 57.0], 3.0, (0.0, 9.0), [0, 3, 6], "0, 9, 3)"),
        # One of before, and all of another time: nothing says where windows are between these.
        ([-6.0, 3.0], 3.0, (0.0, 9.0), [0, 3, 6], "0, 9, 3)"),
        ([0.0, 3.0, 6.0], 3.0, (20.0, 29.0), [0, 3, 6], ""),
        # They overlap, and are rounded to milliseconds.
        ([0.0, 1.5, 6.0], 3.0, (0.0, 9.0), [0, 1.5, 3, 4.5, 6, 7.5], '0, 9, 1.5)'),
        ([0.0, 0.667, 1.333], 2.0, (0.0, 3.4), [0, 0.667, 1.333, 2, 2.666, 3.333],
         '0, 3.999, 0.6665)'),
        # Binary fractions are a little less than a step.
        ([0.3, 0.6], 0.3, (0.0, 1.0), [0, 0.3, 0.6, 0.9], '0, 1.2, 0.3)'),
        ([1.0, 1.1], 0.1, (1.0, 1.3), [1, 1.1, 1.2], "1, 1.25, 0.1)"),
        # Events are where they are.
        ([0.1, 0.75, 5.2], 3.0, (0.0, 9.0), [0.1, 0.75, 5.2], ""),
        ([0.45, 0.8], 0.15, (0.0, 0.95), [0.45, 0.8], ""),
        ([0.0, 1e-9], 3.0, (0.0, 9.0), [0, 1e-9], ""),
        # In frames.
        ([0, 30, 90], 30, (0, 1_234_560), np.arange(0, 1_234_560, 30), "0, 1234560, 30)"),
    ],
)  # fmt: skip
def test_all_windows_of_a_grid(
    starts: list[float],
    duration: float,
    span: tuple[float, float],
    wanted: list[float],
    typed: str,
) -> None:
    begin, end = span
    given = np.array(starts)
    found = filled(given, duration, begin, end)
    np.testing.assert_allclose(found, wanted, atol=2e-3, rtol=1e-9)
    inside = (given > begin - 5e-3) & (given < end)
    assert np.isin(given[inside], found).all()  # as the table has them
    if not inside.any():
        return
    said_here = said(given, duration, begin, end)
    assert said_here == (typed and f"starts=np.arange({typed}")
    if typed:  # and it means what it says
        meant = eval(typed.partition(")")[0].join(("np.arange(", ")")), {"np": np})
        np.testing.assert_allclose(meant, found, atol=2e-3)


def test_windows_of_milliseconds_lie_in_their_grid() -> None:
    """Half a millisecond is much of a short step."""
    step = 0.02707
    seen = [3, 4, 6, 7, 8, 10, 16, 17, 18, 22, 24, 29, 33, 39]
    found = filled(np.round(step * np.array(seen), 3), step, 0.0, 41 * step)
    np.testing.assert_allclose(found, step * np.arange(41), atol=2e-3)


@given(
    step=st.floats(0.05, 20),
    overlap=st.sampled_from([1, 2, 3, 6]),
    begin=st.floats(0, 100),
    seen=st.sets(st.integers(0, 3000), min_size=3, max_size=40),
    digits=st.sampled_from([3, 6, 9]),
)
def test_a_detectors_windows_are_found_however_few_it_wrote(
    step: float, overlap: int, begin: float, seen: set[int], digits: int
) -> None:
    """Those that overlap, where any two are one after the other; those side by side in any case."""
    if overlap > 1:
        seen |= {min(seen) + 1}
    apart = np.diff(sorted(seen))
    far = np.cumsum(apart)
    near = np.r_[apart.min(), far[:-1]]
    # What is rounded says how many steps the next one is away, if that is not too far; and where
    # those before and after all are.
    unit = 10.0**-digits
    astray = unit * (max(seen) + 6) / far[-1]
    assume((unit * far / near < step / 4).all() and astray < min(step / 50, 4e-3))
    every = begin + step * np.arange(3100)
    starts = np.round(every[sorted(seen)], digits)
    found = step_of(starts, step * overlap)
    assert found == pytest.approx(step, abs=unit)
    end = float(every[max(seen)] + 5.5 * step)
    full = filled(starts, step * overlap, begin, end)
    first = (min(seen) - np.rint((starts[0] - begin) / step)) or 0
    np.testing.assert_allclose(full, every[int(first) : max(seen) + 6], atol=unit + astray)
