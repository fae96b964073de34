"""Whether what is given by place is in the order of that for which it is given.

A column of pandas says by its index of what its rows are. Taken by place, as an array is, one that
was sorted or filtered would be of others without a word.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import Argument, InvalidValueError, PatchIndexError, shown

__all__ = ["NAME", "check_order", "check_rows", "check_unmoved", "index_of", "places_of"]

NAME = "patch"  # of the index that tables of patches have


def check_order(
    name: str, value: object, n: int, others: ArrayLike | None = None, *, called: str = "numbers"
) -> None:
    """Refuse a column or a frame that is not in order, by its index.

    Parameters
    ----------
    name : str
    value : object
        Whatever has no index, an array for instance, is taken as it stands.
    n : int
        How many rows it should have; where it has others, that is told where they are needed.
    others : array_like, optional
        What its index may hold in place of 0, 1, 2 ...
    called : str
        What these are.
    """
    index = index_of(value)
    if index is None or len(index) != n:
        return
    given, orders = np.asarray(index), [np.arange(n)]
    if others is not None:
        orders.append(np.asarray(others))
    if any(np.array_equal(given, order) for order in orders):
        return
    few = ", ".join(map(repr, given[:3].tolist()))
    is_mixed = given.dtype.kind in "iu" and any(
        np.array_equal(np.sort(given), order) for order in orders
    )
    raise InvalidValueError(
        Argument(name),
        f": the index is {shown(few, str)}{' ...' if n > 3 else ''}, and rows are taken as they "
        "stand",
        allowed=f"in order, with the index 0 to {n - 1}"
        + ("" if others is None else f" or {called}"),
        remedy=("x.sort_index() puts it in order. " if is_mixed else "")
        + "If its rows are in order as they stand, give x.to_numpy().",
    )


def check_rows(name: str, value: object, patches: Sized) -> None:
    """Refuse what has a row for each of some patches, in what may be another order than theirs.

    Parameters
    ----------
    name : str
    value : object
        An array, a list, or a column or frame of any library.
    patches : Patches, Recordings, or anything with a length
        What has `numbers` may be called by these, too.
    """
    index = index_of(value)
    if index is None or index.name != NAME:
        check_unmoved(name, patches)
    if index is not None:
        numbers = getattr(patches, "numbers", None)
        check_order(name, value, len(patches), numbers, called="patches.numbers")


def check_unmoved(name: str, patches: Sized) -> None:
    """Refuse what goes by place where a table named the patches in another order than theirs."""
    if getattr(patches, "_is_resorted", False):
        raise InvalidValueError(
            Argument(name),
            ": nothing says of which patch each row is, as rows of the table were moved: patches "
            "are in the order of file and start_time",
            remedy='Take the order of the table along: frame = recordings.to_frame(); frame["x"] = '
            'x[frame["row"]]; and give frame["x"]. Or sort the table before.',
        )


def places_of(name: str, value: Any, patches: Sized) -> Any:
    """Return the positions of patches that a column or an index called ``patch`` names.

    That is what tables of patches call their numbers, which of some patches are no positions.
    Whatever else is given is returned as it is.

    Raises
    ------
    InvalidValueError
        If they are positions that were chosen among more patches, or fewer: those of others here.
    PatchIndexError
        If one of the numbers is none of these patches.
    """
    among = getattr(value, "_among", None)  # of a Choice
    if among and among != {len(patches)}:
        these = " and ".join(f"{n:,}" for n in sorted(among))
        raise InvalidValueError(
            Argument(name), f" is of positions chosen among {these} patches, and there are "
            f"{len(patches):,}, which are others at these positions",
            remedy="Give the patches that they were chosen of; or numbers, which a part of these "
            'has of all: pd.Series(part.numbers[chosen], name="patch").',
        )  # fmt: skip
    if not hasattr(value, "to_numpy") or getattr(value, "name", None) != NAME:
        return value
    given = value.to_numpy()
    numbers = np.asarray(getattr(patches, "numbers", range(len(patches))))
    if given.dtype.kind not in "iu" or np.array_equal(numbers, np.arange(len(numbers))):
        return value
    if (np.diff(numbers) <= 0).any():  # of several recordings, each from 0 on: none says of which
        return value
    places = np.searchsorted(numbers, given)
    is_there = numbers[np.minimum(places, len(numbers) - 1)] == given
    if not is_there.all():
        raise PatchIndexError(
            Argument(name), f" holds the patch {given[~is_there][0]}, which is none of these "
            f"{len(numbers)}",
            remedy="A column that is called patch holds numbers, as tables have them; give "
            "x.to_numpy() where they are positions.",
        )  # fmt: skip
    return places


def index_of(value: object) -> Any:
    """Return the index of a column or a frame of pandas; None of anything else."""
    return getattr(value, "index", None) if hasattr(value, "iloc") else None
