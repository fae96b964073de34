"""Which class a column of scores is of, and what it is called in a table of patches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from .._util.warn import warn_user
from ..errors import Argument, InPython, InvalidValueError, Part, listed, shown
from ..io.columns import is_counted
from .patchtable import NUMBERS, PatchTable
from .truth import within_unit

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "class_in",
    "class_of_score",
    "column_of",
    "failures_in",
    "refuse_infinite",
    "refuse_unscored",
    "row_numbers_in",
    "tell_doubtful",
    "unscored_in",
]

# What tables of patches say besides scores. A class of such a name has another column.
_TAKEN = frozenset(
    [
        *(*NUMBERS, "file", "start_time", "end_time", "duration", "start_timestamp"),
        *("filled", "labels", "error", "n_frames", "row"),
    ]
)
_SCORE_OF = "score of "

_FEW = 10  # patches, of which any numbers may lie within 0 to 1 by chance


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


def failures_in(frame: pd.DataFrame) -> set[str]:
    """Return the column that says why files failed, as tables of results have it: no number is."""
    said = frame["error"] if "error" in frame.columns else None
    is_score = said is None or (said.dtype.kind in "biuf" and bool(said.notna().any()))
    return set() if is_score else {"error"}


def row_numbers_in(frame: pd.DataFrame) -> set[str]:
    """Return the column without a name in which pandas writes the index of a table."""
    name = str(frame.columns[0]) if len(frame.columns) else None
    is_unnamed = name in ("", "Unnamed: 0") and frame.iloc[:, 0].dtype.kind in "iu"
    return {str(name)} if is_unnamed else set()


def unscored_in(frame: pd.DataFrame) -> set[str]:
    """Return which columns beside one of scores are no class: of numbers of rows, or of nothing."""
    return {str(name) for name in frame if is_counted(name) or frame[name].isna().all()}


def refuse_unscored(column: pd.Series, titles: Iterable[str]) -> None:
    """Refuse a table with a column of labels and none of scores, unless these are of that class."""
    known = column.dropna()
    is_number = known.dtype.kind in "biuf"
    if not len(known) or (is_number and bool((known % 1 != 0).any())):
        return
    title = shown(str(column.name))
    raise InvalidValueError(
        f"scores: the column {title} says what was found, and none what it scores; found the "
        f"columns {', '.join(map(repr, titles))}. Name one 'score', or leave {title} out where "
        "each class has a column; labels without scores are ",
        Argument("labels"), InPython(" of the spectrogram: spec.with_labels(...)"),
        InPython("; classes=[...] names classes, be one called so") if is_number else "", ".",
    )  # fmt: skip


def refuse_infinite(values: NDArray[np.floating], names: tuple[str, ...]) -> None:
    """Refuse scores that are infinite, before anything else is said of them, and say whose."""
    are_infinite = np.isinf(values)
    n = np.count_nonzero(are_infinite)
    if n:
        of = (names[k] for k in np.flatnonzero(are_infinite.any(axis=0)).tolist())
        raise InvalidValueError(
            f"{n:,} of {values.size:,} scores are infinite, of {listed(of, 3)}. They must be "
            "finite, or NaN for what is not scored: np.clip(scores, -100, 100)."
        )


def tell_doubtful(
    table: PatchTable, places: list[int], names: tuple[str, ...], values: NDArray[np.floating]
) -> None:
    """Warn of columns that are taken for classes, and whose numbers look like no scores of a model.

    Parameters
    ----------
    table : PatchTable
    places : list of int
        Of the columns of the classes.
    names : tuple of str
        What these are called.
    values : ndarray, shape (n_patches, n_classes)
        Their scores.
    """
    counted = _counted_in(table, places)
    scores = values.copy()
    scores[:, counted] = np.nan  # they are of no scale
    inside, beyond = _on_two_scales(scores)
    leave_out = _leave_out([*counted, *beyond], names)
    if counted:
        warn_user((
            f"the scores of {listed((names[k] for k in counted), 3)} count the rows of their "
            "table, and are taken for a model's. ", *leave_out,
        ))  # fmt: skip
    if beyond:
        warn_user((
            f"the scores of {listed((names[k] for k in beyond), 3)} go beyond 0 to 1, those of "
            f"{listed((names[k] for k in inside), 3)} do not, and one threshold is that of all. ",
            *leave_out,
        ))  # fmt: skip


def _leave_out(doubtful: list[int], names: tuple[str, ...]) -> tuple[Part, ...]:
    """Return what to do about columns that are no classes."""
    kept = [name for k, name in enumerate(names) if k not in doubtful]
    which = InPython(f": classes={shown(kept)}" if kept else "")
    return "Leave out what is no class", which, "."


def _on_two_scales(values: NDArray[np.floating]) -> tuple[list[int], list[int]]:
    """Return which columns have scores within 0 to 1, and which have others.

    None where all are on one. Those that say the same of all, or say little, may be of either; in
    percent, one that is small everywhere is on that of the others.
    """
    if np.isclose(np.nansum(values, axis=1), 100, atol=0.5)[~np.isnan(values).all(axis=1)].all():
        return [], []
    low, high = (ends.reduce(values, axis=0) for ends in (np.fmin, np.fmax))
    is_told = np.count_nonzero(~np.isnan(values), axis=0) >= _FEW
    is_within = within_unit(low, high)
    inside, beyond = is_told & is_within & (low < high), ~is_within & ~np.isnan(low)
    if not (inside.any() and beyond.any()):
        return [], []
    if _are_percent(values[:, beyond], low[beyond], high[beyond]):
        return [], []
    return np.flatnonzero(inside).tolist(), np.flatnonzero(beyond).tolist()


def _are_percent(
    values: NDArray[np.floating], low: NDArray[np.floating], high: NDArray[np.floating]
) -> bool:
    """Return whether classes that go beyond 1 look like sigmoids in percent.

    Each is nearly 0 somewhere, one is likely somewhere, none is beyond 100, nor do they count.
    """
    are_counted = np.all(np.isnan(values) | (values % 1 == 0), axis=0)
    are_shares = (low >= 0) & (low < 1) & (high <= 100) & ~are_counted
    return bool(are_shares.all() and high.max() > 50)


def _counted_in(table: PatchTable, places: list[int]) -> list[int]:
    """Return which classes have scores that are numbers of rows: 0, 1, 2, or from anywhere on.

    They may be counted anew in each file.
    """
    frame = table.frame
    if len(frame) < 3 or len(places) == 1:
        return []
    is_within = np.ones(len(frame) - 1, bool)
    if "file" in table.found:
        files = table.files.to_numpy(object)
        alike = files[1:] == files[:-1]
        # Of two rows, 0 and 1 may be scores.
        is_within = alike if (alike[1:] & alike[:-1]).any() else is_within
    return [k for k, place in enumerate(places) if _is_counted(frame.iloc[:, place], is_within)]


def _is_counted(column: pd.Series, is_within: NDArray[np.bool_]) -> bool:
    """Return whether whole numbers go up by one, from each row to the next that is said to.

    Or would, in another order of the rows.
    """
    if column.dtype.kind not in "iu":
        return False
    numbers = column.to_numpy(np.float64, na_value=np.nan)
    if (np.diff(numbers)[is_within] == 1).all():
        return True
    may_be = np.ptp(numbers) == len(numbers) - 1
    return bool(may_be and (np.diff(np.sort(numbers)) == 1).all())
