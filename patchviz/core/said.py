"""Which scores are said of each patch.

The first is that of the class asked for, of what it was chosen for, or the highest. Where a patch
has a label and the highest score is of another class, that is a confusion, and both are said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .patches import Patches

__all__ = ["confused", "said_scores"]


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


def confused(
    scores: NDArray[np.floating], first: NDArray[np.int64], has: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the class of the score that is said besides, of patches that are taken for another.

    Parameters
    ----------
    scores : ndarray of float, shape (n_patches, n_scored)
    first : ndarray of int, shape (n_patches,)
        The class whose score is said first; -1 where none is.
    has : ndarray of bool, shape (n_patches, n_classes)
        Which classes are in patches; the first are those that are scored.

    Returns
    -------
    ndarray of int, shape (n_patches,)
        That which scores highest, or, where this is said, the highest of those that are in the
        patch; -1 where nothing is in it, or one that scores highest.
    """
    filled = np.where(np.isnan(scores), -np.inf, scores)
    its = np.where(has[:, : scores.shape[1]], filled, -np.inf)
    top, best = filled.max(axis=1), its.max(axis=1)
    own = np.where(best > -np.inf, its.argmax(axis=1), -1)
    second = np.where(filled[np.arange(len(filled)), first] < top, filled.argmax(axis=1), own)
    return np.where(has.any(axis=1) & (best < top) & (first >= 0), second, -1)
