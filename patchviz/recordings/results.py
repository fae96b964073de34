"""What a function says of patches, as columns; and the table of all of it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.columns import frame_of, text_column, titles_of
from .._util.order import check_rows
from .._util.validation import check_array
from ..core.classcolumn import column_of
from ..errors import Argument, Code, InvalidTypeError, InvalidValueError
from ..features.custom import name_of
from .pool import WrongResultError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ..core.patches import Patches
    from .index import Index
    from .mapped import MappedRecordings
    from .pool import Outcome

__all__ = ["OWN", "Tabulated", "joined", "table_of"]

OWN = ("file", "start_time", "end_time", "error")  # columns that are no score


@dataclasses.dataclass(frozen=True)
class Tabulated:
    """A function of patches, whose result becomes columns, one row for each patch.

    Parameters
    ----------
    function : callable
    classes : tuple of str, optional
        What columns are called.
    """

    function: Callable[[Patches], Any]
    classes: tuple[str, ...] | None = None

    def __call__(self, patches: Patches) -> dict[str, NDArray[Any]]:
        """Return the columns, each of shape (n_patches,)."""
        columns = self._named(self._columns(self.function(patches), patches))
        for name, column in columns.items():
            if column.shape != (len(patches),):
                self._refuse(f" returned an array of shape {column.shape} as {name!r}", patches)
        return columns

    def _named(self, given: list[tuple[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
        """Return columns by their names, each of which is one column's."""
        names = [name for name, _ in given]
        if self.classes is not None:
            if len(self.classes) != len(names):
                raise WrongResultError(
                    InvalidValueError(
                        Argument("classes", list(self.classes)),
                        f" are {len(self.classes)} names, and f returns {len(names)} columns",
                        remedy="Name each of them.",
                    )
                )
            names = list(self.classes)
        for name, count in Counter(names).items():
            is_own = name in OWN or column_of(name) != name  # which tables of patches have
            why = "which says where a patch is" if is_own else "and another one of this name"
            if is_own or count > 1:
                raise WrongResultError(
                    InvalidValueError(
                        "f returns a column ", Argument("name", name), f", {why}",
                        remedy="Call it something else.",
                    )
                )  # fmt: skip
        return dict(zip(names, (column for _, column in given), strict=True))

    def _columns(self, result: Any, patches: Patches) -> list[tuple[str, NDArray[Any]]]:
        if hasattr(result, "columns") or isinstance(result, Mapping):
            titles = titles_of(result) if hasattr(result, "columns") else list(result)
            of_pandas = hasattr(result, "iloc")  # by place, as two columns may have one name
            columns = (
                result.iloc[:, k] if of_pandas else result[name] for k, name in enumerate(titles)
            )
            arrays = [self._array(column, patches) for column in columns]
            return [*zip(map(str, titles), arrays, strict=True)]
        array = self._array(result, patches)
        if array.ndim == 2:
            return [(str(k), array[:, k]) for k in range(array.shape[1])]
        name = getattr(result, "name", None) if hasattr(result, "to_frame") else None
        return [("score" if name in (None, "") else str(name), array)]

    def _array(self, values: Any, patches: Patches) -> NDArray[Any]:
        allowed = "of shape (n_patches,) or (n_patches, k), or a mapping of names to such"
        try:
            check_rows("f(patches)", values, patches)
        except InvalidValueError as error:
            raise WrongResultError(error) from None
        array = check_array("f(patches)", values, allowed=allowed)
        if array.dtype.kind not in "biuf" or not array.ndim:
            raise WrongResultError(
                InvalidTypeError(
                    Argument("f", Code(name_of(self.function))),
                    f" returned {type(values).__name__} of dtype {array.dtype}",
                    allowed=f"a function that returns numbers {allowed}",
                )
            )
        if array.dtype.kind == "f" and array.dtype.itemsize > 8:
            return array.astype(np.float64)  # Parquet holds no longer ones
        return array

    def _refuse(self, what: str, patches: Patches) -> None:
        n = len(patches)
        raise WrongResultError(
            InvalidValueError(
                Argument("f", Code(name_of(self.function))),
                f"{what} for {n} patches",
                allowed=f"a function that returns ({n},) or ({n}, k), a row for each patch",
            )
        )


def table_of(recordings: MappedRecordings, outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Return what became of recordings: a row for each patch, or for a file that failed.

    The index holds numbers of patches; a file that failed has that of its first one.

    Raises
    ------
    InvalidValueError
        If a function returned other columns of one recording than of another.
    """
    outcomes = list(outcomes)
    fails = np.array([bool(outcome.error) for outcome in outcomes], bool)
    frames, places = [], []
    for is_failed, rows_of in ((False, _scored), (True, _failed)):
        which = np.flatnonzero(fails == is_failed)
        if which.size or (is_failed and not outcomes):
            frame, counts = rows_of(recordings, [outcomes[k] for k in which])
            frames.append(frame)
            places.append(np.repeat(which, counts))
    if len(frames) == 1:
        return frames[0]
    return joined(frames).iloc[np.argsort(np.concatenate(places), kind="stable")]


def _scored(
    recordings: MappedRecordings, outcomes: list[Outcome]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return a row for each patch of recordings, and how many each has."""
    table, index = recordings._table, recordings._index
    rows = np.array([outcome.row for outcome in outcomes], np.int64)
    counts, positions = index.counts[rows], index.positions(rows)
    times = table.layout.table_times(*index.find(positions))
    names = list(outcomes[0].value)
    for outcome in outcomes:
        if list(outcome.value) != names:
            raise _differing(names, list(outcome.value), table.paths[outcome.row])
    values = {name: np.concatenate([outcome.value[name] for outcome in outcomes]) for name in names}
    paths = np.array([table.paths[row] for row in rows.tolist()], object)
    return _frame(index, np.repeat(paths, counts), positions, times, values, ""), counts


def _failed(
    recordings: MappedRecordings, outcomes: list[Outcome]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return a row for each recording that failed, and that it is one."""
    table, index = recordings._table, recordings._index
    rows = np.array([outcome.row for outcome in outcomes], np.int64)
    paths = [table.paths[row] for row in rows.tolist()]
    errors = text_column([outcome.error for outcome in outcomes])
    times = np.full((len(rows), 2), np.nan)
    return _frame(index, paths, index.first[rows], times, {}, errors), np.ones(len(rows), np.int64)


def _frame(
    index: Index,
    paths: Iterable[str],
    positions: NDArray[np.int64],
    times: NDArray[np.float64],
    values: dict[str, NDArray[Any]],
    errors: object,
) -> pd.DataFrame:
    import pandas as pd

    where = {"file": text_column(paths), "start_time": times[:, 0], "end_time": times[:, 1]}
    numbers = positions if index.numbers is None else index.numbers[positions]
    frame = frame_of({**where, **values, "error": errors})
    return frame.set_axis(pd.Index(numbers, name="patch"))


def joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables as one, or say that their columns are not the same.

    Raises
    ------
    InvalidValueError
        If a function returned other columns of one recording than of another.
    """
    import pandas as pd

    scored = [frame for frame in frames if (frame["error"] == "").any()]
    if scored:
        wanted = list(scored[0].columns)
        for frame in scored:
            if list(frame.columns) != wanted:
                names, others = ([name for name in part.columns if name not in OWN]
                                 for part in (scored[0], frame))  # fmt: skip
                raise _differing(names, others, frame["file"].iloc[0])
        frames = [_with_columns(frame, scored[0]) for frame in frames]
    whole = pd.concat(frames) if len(frames) != 1 else frames[0]
    # Of a file that failed before and has not now, what was missing is there.
    plain = {
        name: values.dtype.numpy_dtype
        for name, values in whole.items()
        if isinstance(values.dtype, pd.api.extensions.ExtensionDtype)
        and hasattr(values.dtype, "numpy_dtype")
        and not values.hasnans
    }
    return whole.astype(plain) if plain else whole


def _with_columns(frame: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the columns of another, of which it may say nothing.

    They keep their type: whole numbers and truths, of which none is none, become pandas' that can
    be missing.
    """
    import pandas as pd

    missing: dict[Any, Any] = {}
    for name in scored.columns.difference(frame.columns):
        dtype = scored[name].dtype
        if isinstance(dtype, np.dtype) and dtype.kind in "iub":
            nullable = _NULLABLE[dtype.kind].format(8 * dtype.itemsize)
            missing[name] = pd.array([pd.NA] * len(frame), dtype=nullable)
        else:
            missing[name] = pd.array([np.nan] * len(frame), dtype=dtype)
    return frame.assign(**missing)[list(scored.columns)]


_NULLABLE = {"i": "Int{}", "u": "UInt{}", "b": "boolean"}


def _differing(names: list[str], others: list[str], path: str) -> InvalidValueError:
    return InvalidValueError(
        f"f returns the columns {names} of one recording, and {others} of {path!r}. They must be "
        "the same of all."
    )
