"""What is chosen: an array of positions that knows for which class each patch was chosen."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._util.columns import texts_in
from .._util.order import NAME, places_of
from .._util.warn import warn_user
from ..errors import Argument, InvalidTypeError, InvalidValueError, shown
from ..io.columns import match_columns
from ..io.table import plain_frame
from .batch import check_files
from .patchtable import PatchTable

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Choice", "chosen_by", "class_of_each"]

# What returns positions that it was given, in another order or number: of these nothing is lost.
_KEEPING = frozenset(
    [
        *(np.append, np.concatenate, np.copy, np.delete, np.flip, np.hstack, np.intersect1d),
        *(np.roll, np.setdiff1d, np.sort, np.union1d, np.unique),
    ]
)

# Of these, what joins several: of what they were chosen is known only where it is of all.
_JOINING = frozenset([np.append, np.concatenate, np.hstack, np.union1d])

# The same, of its first argument alone.
_OF_FIRST = frozenset([np.ravel, np.repeat, np.reshape, np.squeeze, np.take])


class Choice(np.ndarray[tuple[int, ...], np.dtype[np.int64]]):
    """Positions of patches, as :meth:`Patches.choose` returns them: an array of int.

    What each was chosen for is known by its position, not by its place in the array. So it stays
    right in whichever order they are, and goes away in whatever is computed from positions and is
    none: ``chosen[:5]``, ``chosen.ravel()``, ``np.sort(chosen)`` and ``np.concatenate([a, b])``
    know it,
    ``chosen + 1`` and ``list(chosen)`` do not.

    Parameters
    ----------
    positions : array_like of int
    classes : iterable of str
        What each was chosen for; ``""`` where that is no class.
    among : int, optional
        Of how many patches they were chosen: among more or fewer, they are positions of others.
    """

    _class_of: dict[int, str]
    _among: frozenset[int]

    def __new__(
        cls, positions: Iterable[int], classes: Iterable[str], among: int | None = None
    ) -> Self:
        """Return the positions as an array."""
        listed = [*positions]
        new = np.array(listed, np.int64).view(cls)
        new._class_of = dict(zip(map(int, listed), classes, strict=True))
        new._among = frozenset() if among is None else frozenset([among])
        return new

    def __array_finalize__(self, _: object) -> None:
        """Know nothing of an array that comes out of this one, unless it is known to be right."""
        self._class_of, self._among = {}, frozenset()

    @property
    def classes(self) -> NDArray[np.str_]:
        """What each was chosen for, of the shape of the positions: a class, or "" for none."""
        names = [self._class_of.get(int(one), "") for one in self.flat]
        return np.array(names, np.str_).reshape(self.shape)

    def __getitem__(self, key: Any) -> Any:
        """Return one, or some, which know what they were chosen for."""
        return _knowing(super().__getitem__(key), self._class_of, self._among)

    def copy(self, order: Any = "C") -> Self:
        """Return a copy, which knows it too."""
        copied: Self = _knowing(super().copy(order), self._class_of, self._among)
        return copied

    def __copy__(self) -> Self:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any] | None, /) -> Self:
        return self.copy()

    def __reduce__(self) -> Any:
        """Know it in another process, too."""
        return _made, (np.asarray(self), self._class_of, self._among)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Return what is computed as a plain array."""
        if "out" in options:
            options["out"] = tuple(map(_plain, options["out"]))
        return getattr(ufunc, method)(*map(_plain, inputs), **options)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        """Return a choice where positions only moved, and a plain array of all else."""
        result = super().__array_function__(func, types, args, kwargs)
        if func in _OF_FIRST:  # of others it takes what is at these places
            return result if args and isinstance(args[0], Choice) else _all_plain(result)
        if func not in _KEEPING or not isinstance(result, np.ndarray):
            return _all_plain(result)
        known: dict[int, str] = {}
        choices = [*_choices_in(args)]
        for choice in choices:
            for position, name in choice._class_of.items():
                # Chosen for two, it is of neither.
                known[position] = name if known.get(position, name) == name else ""
        among = frozenset[int]().union(*(choice._among for choice in choices))
        if func in _JOINING and not all(isinstance(part, Choice) for part in _joined(args)):
            among = frozenset()
        return _knowing(result.view(type(self)), known, among)


def _keeping(name: str) -> Callable[..., Any]:
    """Return a method of arrays after which what each was chosen for is still known."""
    method = getattr(np.ndarray, name)

    @functools.wraps(method)
    def kept(self: Choice, *args: Any, **options: Any) -> Any:
        return _knowing(method(self, *args, **options), self._class_of, self._among)

    return kept


for _name in ("compress", "flatten", "ravel", "repeat", "reshape", "squeeze", "take"):
    setattr(Choice, _name, _keeping(_name))


def chosen_by(name: str, given: Any, patches: Sized) -> Any:
    """Return the patches that rows of a table of mistakes are of, each for the class of its first.

    In a table of what was decided that class is ``scored``, and ``label`` the decision. Whatever
    else is given is returned as it is, unless it is another table.

    Parameters
    ----------
    name : str
        Of the argument.
    given : object
        A frame of any library with the columns ``patch`` and ``label``.
    patches : Patches or Recordings
    """
    columns = getattr(given, "columns", None)
    if columns is None:
        return given
    if not {NAME, "label"} <= {*map(str, columns)}:
        raise InvalidTypeError(
            Argument(name), " is a table, and no table of mistakes, with the columns patch and "
            "label",
            remedy='Give the patches that its rows are of: table["patch"], or table.index where '
            "that is called patch; or add it: table.assign(patch=patches.numbers_of(table)).",
        )  # fmt: skip
    table = plain_frame(name, given)
    positions = _places(name, table, patches)
    labels = texts_in(table["scored" if "scored" in table else "label"]).to_numpy()
    is_other, known = positions < 0, getattr(patches, "_flat", patches)
    if is_other.any() and not getattr(known, "_tells_others", False):
        warn_user(
            f"{np.count_nonzero(is_other):,} of {len(positions):,} rows of {name} are of other "
            "recordings, and are left out."
        )
    positions, labels = positions[~is_other], labels[~is_other]
    rows = np.sort(np.unique(positions, return_index=True)[1])
    _tell_once(name, positions, labels, rows)
    return Choice(positions[rows].tolist(), labels[rows].tolist(), len(patches))


def _tell_once(
    name: str, positions: NDArray[np.int64], labels: NDArray[Any], rows: NDArray[np.int64]
) -> None:
    """Warn of rows of patches that another row has chosen for another class."""
    first = dict(zip(positions[rows].tolist(), labels[rows].tolist(), strict=True))
    others = [
        (at, label)
        for at, label in zip(positions.tolist(), labels.tolist(), strict=True)
        if first[at] != label
    ]
    if others:
        n, (at, label) = len(others), others[0]
        warn_user(
            f"{n:,} of {len(positions):,} rows of {name} {'is' if n == 1 else 'are'} of patches "
            f"chosen for another class, first {shown(label)} of one for {shown(first[at])}: each "
            "patch is there once."
        )


def _places(name: str, table: pd.DataFrame, patches: Any) -> NDArray[np.int64]:
    """Return of which patches the rows of a table of mistakes are; -1 for other recordings.

    By their files and times: numbers may be those of more recordings, or of another carving.
    """
    rows = PatchTable(table, match_columns(table.columns))
    if not rows.is_timed:
        found = np.asarray(places_of(name, _numbered(name, table[NAME]), patches), np.int64)
        if "file" in rows.found:
            check_files(name, rows.files, patches, found.tolist())
        return found
    if hasattr(patches, "places_of_rows"):  # of several that are given side by side
        places: NDArray[np.int64] = patches.places_of_rows(name, table)
        return places
    found = getattr(patches, "_flat", patches)._numbers_in(name, table)
    return np.where(found < 0, -1, np.searchsorted(patches.numbers, found))


def _numbered(name: str, column: pd.Series) -> pd.Series:
    """Return numbers of patches as such, however they are written; or say which is none."""
    import pandas as pd

    numbers = pd.to_numeric(column.astype(object), errors="coerce").to_numpy(float, na_value=np.nan)
    is_wrong = ~((numbers >= 0) & (numbers % 1 == 0))
    if is_wrong.any():
        raise InvalidValueError(
            Argument(name), f": the column 'patch' holds {shown(column[is_wrong].iloc[0], str)}",
            allowed="numbers of patches, which are whole, from 0 on",
        )  # fmt: skip
    return pd.Series(numbers.astype(np.int64), name=NAME)


def class_of_each(numbers: object, positions: Iterable[int]) -> dict[int, str]:
    """Return what patches were chosen for, by position: of a choice, those that have a class.

    Parameters
    ----------
    numbers : object
        As somebody gave them.
    positions : iterable of int
        The same, counted from 0.
    """
    if not isinstance(numbers, Choice):
        return {}
    return {
        position: name
        for position, name in zip(positions, numbers.classes.tolist(), strict=True)
        if name
    }


def _made(positions: NDArray[np.int64], known: dict[int, str], among: frozenset[int]) -> Choice:
    made: Choice = _knowing(positions.view(Choice), known, among)
    return made


def _knowing(array: Any, known: dict[int, str], among: frozenset[int]) -> Any:
    if isinstance(array, Choice):
        array._class_of, array._among = known, among
    return array


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Choice) else value


def _all_plain(result: Any) -> Any:
    """Return what a function returned, be it several arrays, without a choice in it."""
    if not isinstance(result, list | tuple):
        return _plain(result)
    made: Any = getattr(result, "_make", type(result))  # some tuples have names
    return made(map(_all_plain, result))


def _joined(args: tuple[Any, ...]) -> Sequence[Any]:
    """Return what is joined: a list of all, or the first two arguments."""
    return args[0] if isinstance(args[0], list | tuple) else args[:2]


def _choices_in(values: Iterable[Any]) -> Iterator[Choice]:
    """Yield the choices among arguments, and in lists of them."""
    for value in values:
        if isinstance(value, Choice):
            yield value
        elif isinstance(value, list | tuple):
            yield from _choices_in(value)
