"""Which class a column of scores is of, and what it is called in a table of patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._util.warn import warn_user
from ..errors import Argument, InPython, shown
from .patchtable import NUMBERS

if TYPE_CHECKING:
    import pandas as pd

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


def tell_counted(frame: pd.DataFrame) -> None:
    """Warn of a class whose scores are numbers of rows: 0, 1, 2, or from anywhere on."""
    titles = [str(name) for name in frame.columns]
    for k, title in enumerate(titles):
        column = frame.iloc[:, k]
        is_counted = column.dtype.kind in "iu" and len(column) > 2 and column.diff()[1:].eq(1).all()
        if is_counted and len(titles) > 1:
            warn_user((
                f"the column {shown(title)} of scores counts its rows, and is a class as the "
                "others are. If it is none, say which are: ",
                Argument("classes", [name for name in titles if name != title]), ".",
            ))  # fmt: skip
