"""Which score is said of each patch: of the class asked for, what it was chosen for, or highest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .patches import Patches

__all__ = ["said_scores"]


def said_scores(
    patches: Patches, of: str | None = None, chosen_for: Mapping[int, str] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the class of the score that is said of every patch, and that score.

    Parameters
    ----------
    patches : Patches
    of : str, optional
        The class that is asked for: no other one is said.
    chosen_for : mapping of int to str, optional
        What some patches were chosen for, by position; it is said where it is scored.

    Returns
    -------
    column : ndarray of int, shape (n_patches,)
        Of `scores`, as of `classes`; -1 where none is said.
    score : ndarray of float, shape (n_patches,)
        NaN where none is.
    """
    n = len(patches)
    if patches.scores is None or not patches.scores.size:
        return np.full(n, -1), np.full(n, np.nan)
    names = patches.classes[: patches.scores.shape[1]]
    filled = np.where(np.isnan(patches.scores), -np.inf, patches.scores).astype(np.float64)
    if of is not None:
        filled[:, [name != of for name in names]] = -np.inf
    column = filled.argmax(axis=1)
    for index, name in (chosen_for or {}).items() if of is None else ():
        if name in names and filled[index, names.index(name)] > -np.inf:
            column[index] = names.index(name)
    score = filled[np.arange(n), column]
    is_said = score > -np.inf
    return np.where(is_said, column, -1), np.where(is_said, score, np.nan)
