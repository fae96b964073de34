"""Clips by class, as opensoundscape has them: a column for each, 1 in the clips that have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._util.text import plural
from .._util.warn import warn_user
from ..errors import InvalidValueError, listed, shown
from .text import plain_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Clips", "clips_in"]

_NOT_CLASSES = {
    *map(plain_name, ("", "Unnamed: 0", "index", "id", "patch", "number", "selection", "view")),
    *map(plain_name, ("channel", "chan", "tier", "row", "fold", "split", "train", "test", "valid")),
    *map(plain_name, ("validation", "verified", "reviewed", "checked", "is_train", "is_test")),
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
    what: str,
    titles: Sequence[object],
    found: Mapping[str, int],
    numbers: Callable[[int], NDArray[np.float64] | str],
) -> Clips | str:
    """Return the labels of a table of clips; or why it is none, for a message; "" of any other.

    Parameters
    ----------
    what : str
        What messages call the table.
    titles : sequence
        Names of its columns.
    found : mapping
        The places of those with a meaning of their own.
    numbers : callable
        Returns the numbers in a column by its place, or the first cell that holds none.

    Raises
    ------
    InvalidValueError
        If it may as well be one of labels that are called 0 and 1.

    Warns
    -----
    UserWarning
        If a class is in no clip.
    """
    if "score" in found or "filled" in titles:  # it is a table of patches
        return ""
    places = [
        k
        for k, title in enumerate(titles)
        if k not in found.values() and plain_name(title) not in _NOT_CLASSES
    ]
    if "label" in found:
        _refuse_class(what, titles, found["label"], places, numbers)
        return ""
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
            wrong = wrong or (
                f"{_MEANT}, and {shown(str(titles[k]))} has empty cells: fill them with 0"
            )
        elif other.any():
            may_score = 0 <= values.min() <= values.max() <= 1
            what = "give scores as scores, or make labels of them, 1 from a threshold on and else 0"
            wrong = wrong or (
                f"{_MEANT}, and {shown(str(titles[k]))} holds {values[other][0]:.6g}: "
                f"{what if may_score else 'leave it out'}"
            )
    if not any(((values >= 0) & (values <= 1)).any() for values in columns.values()):
        return ""  # no column could be of a class
    if wrong:
        return wrong
    names = [str(titles[k]) for k in columns]
    if twice := [name for k, name in enumerate(names) if name in names[:k]]:
        return f"{_MEANT}, and {shown(twice[0])} is there twice: rename or remove one of them"
    rows, which = np.nonzero(np.stack([*columns.values()], axis=1))
    if unseen := [name for k, name in enumerate(names) if k not in {*which.tolist()}]:
        warn_user(
            f"{len(unseen):,} of {plural(len(names), 'column')} of a table of clips "
            f"{'is' if len(unseen) == 1 else 'are'} 0 throughout, and of no class of the labels: "
            f"{listed(unseen, 3)}. Targets have no column of a class that has no label."
        )
    return Clips(rows, [names[k] for k in which.tolist()])


def _refuse_class(
    what: str,
    titles: Sequence[object],
    label: int,
    others: Sequence[int],
    numbers: Callable[[int], NDArray[np.float64] | str],
) -> None:
    """Refuse a table whose labels are 0 and 1, as those of a class are, among other classes."""
    if plain_name(titles[label]) == "label":
        return
    other = next((k for k in others if _is_class(numbers(k))), None)
    if other is not None and _is_class(numbers(label)):
        title = shown(str(titles[label]))
        raise InvalidValueError(
            f"{what}: the column {title} holds 0 and 1 as {shown(str(titles[other]))} does, and "
            "may be a class of clips, or name the classes 0 and 1",
            remedy="Rename it: a class may have any other name, names are in a column 'label'.",
        )


def _is_class(values: NDArray[np.float64] | str) -> bool:
    """Whether numbers are those of a class of clips."""
    return not isinstance(values, str) and len(values) > 0 and bool(np.isin(values, (0, 1)).all())
