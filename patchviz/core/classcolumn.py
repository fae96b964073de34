"""Which class a column of scores is of, and what it is called in a table of patches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._util.warn import warn_user
from ..errors import InPython, listed, shown
from .patchtable import NUMBERS, PatchTable

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["class_in", "class_of_score", "column_of", "tell_counted"]

# What tables of patches say besides scores. A class of such a name has another column.
_TAKEN = frozenset(
    [
        *(*NUMBERS, "file", "start_time", "end_time", "duration", "start_timestamp"),
        *("filled", "labels", "error", "n_frames", "row"),
    ]
)
_SCORE_OF = "score of "


def column_of(name: str) -> str:
    """Return what the column of a class is called in a table of patches."""
    return f"{_SCORE_OF}{name}" if _without_prefixes(name) in _TAKEN else name


def class_in(title: str) -> str:
    """Return of which class a column is: the inverse of `column_of`."""
    return title.removeprefix(_SCORE_OF) if _without_prefixes(title) in _TAKEN else title


def _without_prefixes(name: str) -> str:
    while name.startswith(_SCORE_OF):
        name = name.removeprefix(_SCORE_OF)
    return name


def class_of_score(
    title: str, classes: tuple[str, ...] | None, labelled: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the class of a table's only column, which is called as scores are, and not as a class.

    It is the one that is asked for; or, with a warning, the only one that there are labels of. Of
    several, it is told that nothing says which.
    """
    if classes is not None:
        return classes if len(classes) == 1 else (title,)
    if not labelled or title in labelled:
        return (title,)
    is_one = len(labelled) == 1
    of = f"that of {shown(labelled[0])}, the only one" if is_one else f"one of {shown(title)}: none"
    warn_user((
        f"the column {shown(title)} of scores names no class, and is taken for {of} that is "
        f"labelled. {'Another' if is_one else 'That'} is named by a column 'label'",
        InPython(", or by classes=[...]"), ".",
    ))  # fmt: skip
    return labelled if is_one else (title,)


def tell_counted(table: PatchTable, places: list[int]) -> None:
    """Warn of classes whose scores are numbers of rows: 0, 1, 2, or from anywhere on.

    Parameters
    ----------
    table : PatchTable
        In which they may be counted anew in each file.
    places : list of int
        Of the columns of the classes.
    """
    titles, files = [str(name) for name in table.frame.columns], None
    if "file" in table.found:
        files = table.frame.iloc[:, table.found["file"]].to_numpy(object)
    counted = [k for k in places if _is_counted(table.frame.iloc[:, k], files)]
    if not counted or len(places) == 1:
        return
    classes = [titles[k] for k in places if k not in counted]
    warn_user((
        f"the scores of {listed(titles[k] for k in counted)} count the rows of their table, and "
        "are taken for a model's. Leave out what is no class",
        InPython(f": classes={shown(classes)}" if classes else ""), ".",
    ))  # fmt: skip


def _is_counted(column: pd.Series, files: NDArray[Any] | None) -> bool:
    """Return whether a column has numbers that go up by one, in all of a table or in each file."""
    if column.dtype.kind not in "iu" or len(column) < 3:
        return False
    goes_up = column.diff()[1:].eq(1).to_numpy(bool, na_value=False)
    if files is None or goes_up.all():
        return bool(goes_up.all())
    is_within = files[1:] == files[:-1]  # in one of two rows, 0 and 1 may be scores
    return bool((is_within[1:] & is_within[:-1]).any() and goes_up[is_within].all())
