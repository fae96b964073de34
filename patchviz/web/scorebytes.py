"""Scores as a page has them: a byte for each patch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.patches import Patches
    from ..plot.scored import Scored

__all__ = ["height_of", "score_bytes"]


def height_of(value: float | None, scored: Scored) -> float | None:
    """Return a score as a part of the height of its lane; of four digits, so that only 0 is 0."""
    if value is None:
        return None
    return float(f"{(value - scored.low) / (scored.high - scored.low):.4g}")


def score_bytes(patches: Patches, column: int, scored: Scored) -> NDArray[np.uint8]:
    """Return the scores of a class as bytes, 0 to 254; 255 where there is none.

    Each stays on its side of the threshold.
    """
    assert patches.scores is not None
    scores = patches.scores[:, column]
    values = np.clip((scores - scored.low) / (scored.high - scored.low), 0, 1)
    known = ~np.isnan(values)
    result = np.full(len(values), 255, np.uint8)
    numbers = np.rint(values[known] * 254)
    least = height_of(scored.threshold, scored)
    if scored.threshold is not None and least is not None:
        first = np.ceil(254 * least)  # known.js finds the same
        reaches = scores[known] >= scored.threshold
        numbers = np.where(reaches, np.maximum(numbers, first), np.minimum(numbers, first - 1))
    result[known] = np.clip(numbers, 0, 254)
    return result
