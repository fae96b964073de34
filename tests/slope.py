"""By how much something grows each time it is done: leaks found in a few dozen repetitions."""

from __future__ import annotations

from collections.abc import Sequence


def slope(values: Sequence[float]) -> float:
    """Return the growth from one value to the next: the median of all pairs' slopes.

    What rises once (a cache that grows, a heap that the collector has not yet swept) counts little
    or nothing in this estimate of Theil and Sen, where a least-squares line leans towards it; what
    rises every time counts in full.

    Parameters
    ----------
    values : sequence of float
        One measurement after each repetition; the first of them once caches are filled.
    """
    if len(values) < 3:
        raise ValueError(f"a slope through {len(values)} values says nothing: measure more often.")
    from scipy.stats import theilslopes  # a second that most runs can do without

    return float(theilslopes(values).slope)
