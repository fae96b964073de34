"""Which scores are said of each patch.

The first is that of the class asked for, of what it was chosen for, of what is wrong there, or the
highest. What else is wrong is said besides. Where a patch has a label and the highest score is of
another class, that is a confusion, and both are said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .patches import Patches

__all__ = ["MOST_SAID", "confused", "named_scores", "said_besides", "said_scores", "scored_class"]

MOST_SAID = 3  # scores of a patch of which several are wrong


def said_scores(
    patches: Patches,
    of: str | None = None,
    chosen_for: Mapping[int, str] | None = None,
    wrong: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the class of the score that is said of every patch, and that score.

    Parameters
    ----------
    patches : Patches
    of : str, optional
        The class that is asked for: no other one is said.
    chosen_for : mapping of int to str, optional
        What some patches were chosen for, by position; it is said where it is scored.
    wrong : ndarray of int, shape (n_patches, n), optional
        Which classes are wrong there, the worst first; -1: none.

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
    if wrong is not None and of is None:
        column = np.where(wrong[:, 0] < 0, column, wrong[:, 0])
    for index, name in (chosen_for or {}).items() if of is None else ():
        if name in names and filled[index, names.index(name)] > -np.inf:
            column[index] = names.index(name)
    score = filled[np.arange(n), column]
    is_said = score > -np.inf
    return np.where(is_said, column, -1), np.where(is_said, score, np.nan)


def named_scores(
    classes: Sequence[str], columns: NDArray[np.int64], scores: NDArray[np.float64]
) -> list[tuple[str, float]]:
    """Return what `said_scores` returns by the names of classes; "" where none is said."""
    names = [*classes, ""]  # which is that of column -1
    return [*zip([names[column] for column in columns.tolist()], scores.tolist(), strict=True)]


def scored_class(patches: Patches, index: int, name: str | None) -> str | None:
    """Return the class that a patch was chosen for, if it has a score of it; None without one."""
    if name not in patches._score_classes:
        return None
    scores = np.asarray(patches.scores)
    return None if np.isnan(scores[index, patches._score_classes.index(name)]) else name


def said_besides(
    scores: NDArray[np.floating],
    first: NDArray[np.int64],
    has: NDArray[np.bool_] | None,
    wrong: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Return the classes of the scores that are said besides the `first`, shape (n_patches, n).

    Parameters
    ----------
    scores : ndarray of float, shape (n_patches, n_scored)
    first : ndarray of int, shape (n_patches,)
        The class whose score is said first; -1 where none is.
    has : ndarray of bool, shape (n_patches, n_classes), optional
        Which classes are in patches, where that is said.
    wrong : ndarray of int, shape (n_patches, n), optional
        As `said_scores` takes it.

    Returns
    -------
    ndarray of int
        Those that are wrong, or else what the first is taken for; -1 where there are no more.
    """
    rest = np.full((len(first), 1), -1)
    if wrong is not None:
        rest = np.where(wrong == first[:, np.newaxis], -1, wrong)
        # Those that are none come last.
        rest = np.take_along_axis(rest, np.argsort(rest < 0, axis=1, kind="stable"), axis=1)
    if has is not None:
        second = confused(scores, first, has)
        rest[:, 0] = np.where(rest[:, 0] < 0, second, rest[:, 0])
    rest = rest[:, : MOST_SAID - 1]
    return rest[:, (rest >= 0).any(axis=0)]


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
        patch; -1 where nothing is in it, or one that scores highest, unless another one that
        scores as much is said first.
    """
    filled = np.where(np.isnan(scores), -np.inf, scores)
    its = np.where(has[:, : scores.shape[1]], filled, -np.inf)
    top, best = filled.max(axis=1), its.max(axis=1)
    own = np.where(best > -np.inf, its.argmax(axis=1), -1)
    rows = np.arange(len(filled))
    is_lower = filled[rows, first] < top
    second = np.where(is_lower, filled.argmax(axis=1), own)
    # Of a model that is sure of two, either may be the first: said alone, it would be its answer.
    is_other = (best < top) | ~(is_lower | has[rows, first])
    return np.where(has.any(axis=1) & is_other & (first >= 0), second, -1)
