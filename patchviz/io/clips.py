"""Clips by class, as opensoundscape has them: a column for each, 1 in the clips that have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import shown
from .text import plain_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Clips", "clips_in"]

_NOT_CLASSES = {
    *map(plain_name, ("", "Unnamed: 0", "index", "id", "patch", "number", "selection", "view")),
    *map(plain_name, ("channel", "chan", "tier", "row")),
}

_MEANT = "a table of clips has a column for each class, 1 where a clip has it and else 0"


class Clips(NamedTuple):
    """Which labels clips become: a row for each 1, in the order of the table's rows.

    Attributes
    ----------
    rows : ndarray of int, shape (n_labels,)
        Which clip each is.
    names : list of str
        Of which class.
    """

    rows: NDArray[np.int64]
    names: list[str]


def clips_in(
    titles: Sequence[object],
    found: Mapping[str, int],
    numbers: Callable[[int], NDArray[np.float64] | str],
) -> Clips | str:
    """Return the labels of a table of clips; or why it is none, for a message; "" of any other.

    Parameters
    ----------
    titles : sequence
        Names of its columns.
    found : mapping
        The places of those with a meaning of their own.
    numbers : callable
        Returns the numbers in a column by its place, or the first cell that holds none.
    """
    if {"label", "score"} & found.keys() or "filled" in titles:  # else it is a table of patches
        return ""
    places = [
        k
        for k, title in enumerate(titles)
        if k not in found.values() and plain_name(title) not in _NOT_CLASSES
    ]
    columns: dict[int, NDArray[np.float64]] = {}
    wrong = ""
    for k in places:
        values = numbers(k)
        if isinstance(values, str):
            wrong = wrong or f"{_MEANT}, and {shown(str(titles[k]))} holds {values}: leave it out"
            continue
        columns[k] = values
        other = ~np.isin(values, (0, 1))
        if np.isnan(values[other]).any():
            wrong = (
                wrong or f"{_MEANT}, and {shown(str(titles[k]))} says neither of some: fill them"
            )
        elif other.any():
            wrong = wrong or (
                f"{_MEANT}, and {shown(str(titles[k]))} holds {values[other][0]:.6g}: scores "
                "belong to with_scores, or become labels from a threshold on, "
                f"table[{shown(str(titles[k]))}] >= 0.5"
            )
    if not columns:
        return ""
    if wrong:
        return wrong
    rows, which = np.nonzero(np.stack([*columns.values()], axis=1))
    names = [str(titles[k]) for k in columns]
    return Clips(rows, [names[k] for k in which.tolist()])
