"""What is taken for true of patches, and from which score on a model says that it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .._util.columns import titles_of
from .._util.order import check_rows
from .._util.validation import check_array, check_number
from .._util.warn import warn_user
from ..errors import (
    Argument,
    InPython,
    InvalidTypeError,
    InvalidValueError,
    Setting,
    listed,
    shown,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from .scores import ScoredPatches

__all__ = [
    "MIN_NAMES",
    "are_shares",
    "as_truth",
    "check_threshold",
    "is_by_labels",
    "is_wrong",
    "no_threshold",
    "sets_of",
    "tell_right",
    "tell_unreached",
    "tell_unscored",
    "truth_from",
    "usual_threshold",
    "within_unit",
]

MIN_NAMES = ("min_overlap", "min_fraction", "min_share")

_ROUNDED = 1e-3  # what a softmax of half precision goes beyond 0 to 1

_ALLOWED = 'options of targets such as {"min_share": 0.5}, or what targets(...) returned'


def usual_threshold(scores: NDArray[Any]) -> float | None:
    """Return from which score on something is there, where nobody says.

    Within 0 to 1 it is 0.5; of numbers on both sides of 0, as before a sigmoid, 0; of others there
    is none.
    """
    low = np.fmin.reduce(scores, axis=None, initial=np.inf)
    high = np.fmax.reduce(scores, axis=None, initial=-np.inf)
    if low > high or within_unit(low, high):
        return 0.5
    return 0.0 if low < 0 < high else None


def within_unit(low: ArrayLike, high: ArrayLike) -> NDArray[np.bool_]:
    """Return whether scores lie within 0 to 1, but for rounding; not where there is none."""
    return np.greater_equal(low, -_ROUNDED) & np.less_equal(high, 1 + _ROUNDED)


def no_threshold() -> InvalidValueError:
    """Return the error that scores have no usual threshold."""
    return InvalidValueError(
        "scores that go beyond 0 to 1 and lie on one side of 0 have no usual threshold",
        remedy=("Say from which score on it is there, with ", Argument("threshold"), "."),
    )


def is_wrong(
    scores: NDArray[np.floating], has: NDArray[np.bool_], threshold: float
) -> NDArray[np.bool_]:
    """Return where a score says what is not true: from the threshold on it says that it is there.

    What has no score says nothing.
    """
    wrong: NDArray[np.bool_] = ((scores >= threshold) != has) & ~np.isnan(scores)
    return wrong


def check_threshold(threshold: object) -> float:
    """Return a threshold that was given as a ``float``; it is that of all classes."""
    if isinstance(threshold, Mapping | list | tuple) or np.ndim(cast("Any", threshold)):
        raise InvalidTypeError(
            Argument("threshold", threshold), f" is of type {type(threshold).__name__}",
            allowed="one number",
            remedy="Where each class has its own, take them away from the scores, and give "
            "threshold=0: patches.with_scores(scores - thresholds, classes=[...]).",
        )  # fmt: skip
    return check_number("threshold", threshold)


def tell_unreached(threshold: float, scores: NDArray[Any], name: str | None = None) -> None:
    """Tell of a threshold that no score reaches: it may be on another scale, or a class is low."""
    high = np.fmax.reduce(scores, axis=None, initial=-np.inf)
    if high > -np.inf and not high >= threshold:  # in their own precision, as mistakes are found
        of = "" if name is None else f" of {shown(name)}"
        warn_user((
            Argument("threshold", threshold),
            f" is above every score{of}: the highest is {high:.4g}, so none reaches it.",
        ))  # fmt: skip


def tell_unscored(has: NDArray[np.bool_], scores: NDArray[Any], names: Sequence[str]) -> None:
    """Tell of labels that no score stands against.

    Parameters
    ----------
    has : ndarray of bool, shape (n_patches, n_classes)
        Which classes are in which patches.
    scores : ndarray, shape (n_patches, n_classes)
    names : sequence of str
        What these classes are called.
    """
    is_unscored = np.isnan(scores)
    unsaid = has & is_unscored
    n = int(np.count_nonzero(unsaid.any(axis=1)))
    if n:
        missing = [names[k] for k in np.flatnonzero(unsaid.any(axis=0)).tolist()]
        of = f"{n:,} {'patch' if n == 1 else 'patches'} of {listed(missing, 3)}"
        warn_user((
            f"no score stands against the label in {of}, where no mistake is looked for, as in "
            "those that no model was asked of. If what has no score was not found, say so: ",
            Setting("missing", 0.0), InPython(" of with_scores"), ".",
        ))  # fmt: skip


def truth_from(text: str) -> dict[str, float]:
    """Return which labels count, as a shell or a page has it: ``min_overlap=0.3``."""
    name, _, number = (word.strip() for word in text.partition("="))
    try:
        least, most = float(number), np.inf if name == "min_overlap" else 1.0
        if name not in MIN_NAMES or not (0 < least <= most and least < np.inf):
            raise ValueError
        return {name: least}
    except ValueError:
        raise InvalidValueError(
            Argument("truth", text), " is not allowed",
            allowed="the least that counts of a label: seconds, as min_overlap=0.3; a part of the "
            "label up to 1, as min_fraction=0.5; or one of the patch, as min_share=0.5",
        ) from None  # fmt: skip


def is_by_labels(truth: object) -> bool:
    """Whether labels say what is true of patches, and no table or array of all of them."""
    return truth is None or isinstance(truth, Mapping)


def as_truth(patches: ScoredPatches, truth: Any, of: str | None = None) -> NDArray[np.bool_]:
    """Return which classes are in which patches, shape (n_patches, n_classes).

    Parameters
    ----------
    patches : Patches
    truth : mapping, DataFrame, array_like or None
        Options of ``patches.targets``; what that returned; a frame with a column for each class
        that is scored; or one column, of one class.
    of : str, optional
        The class that one column is of; by default the only one that is scored.
    """
    if truth is None:
        return patches.targets()
    if isinstance(truth, Mapping):
        unknown = [name for name in truth if name not in MIN_NAMES]
        if unknown:
            raise InvalidValueError(
                Argument("truth", truth), f" has {unknown[0]!r}",
                allowed=f"with one of {', '.join(MIN_NAMES)}, as targets takes them",
            )  # fmt: skip
        return patches.targets(**truth)
    classes, shape = patches.classes, (len(patches), len(patches.classes))
    result = np.zeros(shape, bool)
    is_frame = hasattr(truth, "columns")
    names = _named(truth, classes) if is_frame else None
    check_rows("truth", truth, patches)
    values = _bools(truth)
    if values.ndim == 1 and names is None:
        scored = patches._score_classes
        called = getattr(truth, "name", None)
        name = of if of is not None else scored[0] if len(scored) == 1 else None
        if name not in classes:
            raise InvalidValueError(
                Argument("truth"),
                f" has the shape {values.shape}, and nothing says of which class",
                allowed=f"of the shape {shape}, a column for each of patches.classes",
            )  # fmt: skip
        if called in classes and called != name:
            raise InvalidValueError(
                Argument("truth"), f" is called {shown(called)}, and is to be of {shown(name)}",
                allowed="the column of that class, or a frame with a column for each",
            )  # fmt: skip
        names, values = [name], values[:, np.newaxis]
    if values.ndim != 2 or len(values) != len(patches) or (names is None and values.shape != shape):
        raise InvalidValueError(
            Argument("truth"), f" has the shape {values.shape}",
            allowed=f"{shape}: a row for each patch, a column for each of patches.classes",
        )  # fmt: skip
    result[:, [classes.index(name) for name in (classes if names is None else names)]] = values
    scored = patches._score_classes if of is None else (of,)
    lacking = [name for name in scored if is_frame and name not in (names or ())]
    if lacking:
        raise InvalidValueError(
            Argument("truth"), f" has no column {shown(lacking[0])}, which is scored",
            allowed="a frame with a column for each class that is looked at",
            remedy="What is nowhere is False throughout.",
        )  # fmt: skip
    return result


def _named(truth: Any, classes: tuple[str, ...]) -> list[str]:
    """Return which classes the columns of a frame are of."""
    names = [str(name) for name in titles_of(truth)]
    for k, name in enumerate(names):
        if name not in classes:
            raise InvalidValueError(
                Argument("truth"), f" has a column {name!r}",
                allowed=f"of the classes {', '.join(map(repr, classes[:8]))}",
            )  # fmt: skip
        if name in names[:k]:
            raise InvalidValueError(
                Argument("truth"), f" has the column {shown(name)} twice",
                remedy="Rename or remove one of them.",
            )  # fmt: skip
    return names


def sets_of(truth: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the rows that differ, shape (n_sets, n_classes), and which of them each row is.

    Examples
    --------
    >>> import numpy as np
    >>> sets_of(np.array([[True, False], [False, False], [True, False]]))
    (array([[False, False],
           [ True, False]]), array([1, 0, 1]))
    """
    packed = np.packbits(truth, axis=1)
    if not packed.shape[1]:
        return truth[:1], np.zeros(len(truth), np.int64)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1])))[:, 0]
    _, first, which = np.unique(rows, return_index=True, return_inverse=True)
    return truth[first], which


def _bools(truth: Any) -> NDArray[np.bool_]:
    array = check_array("truth", truth, allowed=_ALLOWED)
    if array.dtype == object:  # as a frame of pandas' own booleans becomes
        array = _of_objects(array)
    if array.dtype.kind not in "biuf" or not ((array == 0) | (array == 1)).all():
        raise InvalidTypeError(
            Argument("truth", truth), " is not True or False everywhere", allowed=_ALLOWED
        )
    return array.astype(bool)


def _of_objects(array: NDArray[Any]) -> NDArray[Any]:
    """Return objects that are all True or False, or 1 or 0, as these; others as they are."""
    kinds = (bool, np.bool_, int, np.integer, float, np.floating)
    are_bools = all(isinstance(one, kinds) and one in (0, 1) for one in array.flat)
    return array.astype(bool) if are_bools else array


def are_shares(scores: NDArray[np.floating]) -> bool:
    """Return whether scores are those of a model that names one class: they add up to 1."""
    if not len(scores) or scores.shape[1] < 3 or np.isnan(scores).any():
        return False
    return bool((abs(scores.sum(axis=1) - 1) < 1e-3).all())


def tell_right(asked: str, scores: NDArray[np.floating], has: NDArray[np.bool_]) -> None:
    """Warn of mistakes that are none of a model that names one class: it may be right with 0.3.

    Parameters
    ----------
    asked : str
        Who asks for mistakes.
    scores : ndarray of float, shape (n, n_scored)
        Of the patches that are mistakes.
    has : ndarray of bool, shape (n, n_classes)
        Which classes are in them; the first are those that are scored.
    """
    if not are_shares(scores):
        return
    n = int(has[np.arange(len(scores)), scores.argmax(axis=1)].sum())
    if n:
        warn_user((
            f"{asked}: the scores of a patch add up to 1, as those of a model that names one class."
            f" In {n:,} of {len(scores):,} patches with a mistake the class that scores highest is "
            "there, and they are mistakes only by the threshold. Let what the model names score 1, "
            "and all else 0",
            InPython(": with_scores(scores == scores.max(axis=1, keepdims=True), classes=...)"),
            ".",
        ))  # fmt: skip
