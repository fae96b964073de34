"""Where ticks are."""

from __future__ import annotations

import pytest

from patchviz.plot.ticker import CountLocator


@pytest.mark.parametrize("unit", [1.0, 0.01, 0.008, 512 / 22050, 1 / 3])
def test_frames_of_each_item_have_the_same_ticks(unit: float) -> None:
    """However far away the item lies, whose times are sums of many frames."""
    for n_frames in range(20, 130, 10):
        found = set()
        for item in (0, 1, 3, 7, 13, 57, 200, 999):
            start, end = item * n_frames * unit, (item + 1) * n_frames * unit
            locator = CountLocator(unit, start)
            locator.set_params(nbins=4)  # as a narrow panel has room for
            ticks = locator.tick_values(start, end)
            found.add(tuple(round((tick - start) / unit, 3) for tick in ticks))
        assert len(found) == 1, (n_frames, found)
