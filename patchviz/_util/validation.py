"""Checks of what users pass: numbers, choices, texts, files."""

from __future__ import annotations

import difflib
import errno
import math
import numbers
import operator
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sized
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import (
    Argument,
    FolderNotFoundError,
    InvalidTypeError,
    InvalidValueError,
    PatchIndexError,
    shown,
)
from .order import check_rows, places_of
from .text import there_are

__all__ = [
    "CHOSEN",
    "MAX_INT",
    "MAX_TIME",
    "check_array",
    "check_bool",
    "check_choice",
    "check_chosen",
    "check_field",
    "check_file",
    "check_folder",
    "check_int",
    "check_named",
    "check_number",
    "check_position",
    "check_text",
    "chosen_from",
    "detached",
    "positions_of",
    "scalar",
]

CHOSEN = "a list of whole numbers, a mask, or a slice"  # what chooses patches

# Beyond these nobody means what was typed, and arithmetic goes wrong: squares and inverses of
# numbers overflow, counts do not fit where they are kept, times cannot be told apart.
MAX_INT, MAX_NUMBER = 2**31 - 1, 1e100
MAX_TIME = 1e15  # s
_MOST = {"Hz": 1e12, "s": MAX_TIME}  # the inverse of so high a rate is 30,000 years


def _with_unit(number: object, unit: str) -> str:
    text = f"{number:g}" if isinstance(number, float) and abs(number) >= 1e9 else f"{number}"
    return f"{text} {unit}" if unit else text


def _bounds(minimum: float | None, above: float | None, maximum: float | None, unit: str) -> str:
    parts = []
    if above is not None:
        parts.append(f"more than {_with_unit(above, unit)}")
    if minimum is not None:
        parts.append(f"at least {_with_unit(minimum, unit)}")
    if maximum is not None:
        parts.append(f"at most {_with_unit(maximum, unit)}")
    return " and ".join(parts)


def _wrong_type(name: str, value: object, allowed: str) -> InvalidTypeError:
    kind = type(value).__name__
    return InvalidTypeError(Argument(name, value), f" is of type {kind}", allowed=allowed)


def _wrong_number(
    name: str, value: object, unit: str, reason: str, allowed: str
) -> InvalidValueError:
    # Numbers of other libraries are shown as numbers, not as code: 0.5, not np.float32(0.5).
    number = value if type(value) in (int, float) else shown(value, str)
    return InvalidValueError(Argument(name, number, unit), f" {reason}", allowed=allowed)


def scalar(value: object) -> object:
    """Return the number in an array of no dimensions, which stands for it; else what was given."""
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def items_of(value: object) -> list[Any] | None:
    """Return what a list, an array, a generator … holds; None where it is one value or a text."""
    if isinstance(value, str | bytes | Mapping):
        return None
    try:
        items = iter(value)  # type: ignore[call-overload]  # an array of no dimensions has none
    except TypeError:
        return None
    return list(items)


def positions_of(name: str, value: object, patches: Sized) -> list[Any] | None:
    """Return what :func:`items_of` does; of a mask of some patches, which of them it chooses."""
    listed, n = items_of(value := places_of(name, value, patches)), len(patches)
    if not listed or not all(isinstance(item, bool | np.bool_) for item in listed):
        return listed
    check_rows(name, value, patches)
    if len(listed) != n:
        raise InvalidValueError(
            Argument(name), f" is a mask of {len(listed)} patches", allowed=f"one of all {n}"
        )
    return [k for k, is_chosen in enumerate(listed) if is_chosen]


def check_int(
    name: str,
    value: object,
    *,
    minimum: int | None = None,
    maximum: int | None = None,
    unit: str = "",
    most: int | None = MAX_INT,
) -> int:
    """Return `value` as an ``int``, or say which argument is none and what is allowed.

    The bounds are for people to read; beyond `most` lies what nobody means, and is said only there.
    """
    value = scalar(value)

    def allowed() -> str:
        bounds = _bounds(minimum, None, maximum, "")
        number = "a whole number" + (f" of {unit}" if unit else "")
        return f"{number}, {bounds}" if bounds else number

    if isinstance(value, bool | np.bool_):
        raise _wrong_type(name, value, allowed())
    try:
        number = operator.index(value)  # type: ignore[arg-type]  # each object knows if it is one
    except TypeError:
        if not isinstance(value, numbers.Real):
            raise _wrong_type(name, value, allowed()) from None
        try:
            real = float(value)
        except OverflowError:  # a fraction beyond the range of floats
            raise _wrong_number(name, value, "", "is not allowed", allowed()) from None
        if not math.isfinite(real):
            reason = "is not finite"
        elif real.is_integer():
            raise _wrong_type(name, real, f"{allowed()}: {name}={int(real)}") from None
        else:
            reason = "is not a whole number"
        raise _wrong_number(name, value, "", reason, allowed()) from None
    if maximum is None and most is not None and number > most:
        maximum = most
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise _wrong_number(name, number, unit, "is not allowed", allowed())
    return number


def check_position(
    value: object,
    n: int,
    name: str = "index",
    *,
    of: str = "",
    hint: Callable[[int], str] = lambda number: "",
) -> int:
    """Return the position of a patch from 0, or say that there are only `n` patches.

    Parameters
    ----------
    value : object
        Counted from the end where it is less than 0, as in a list.
    n : int
    name : str
    of : str, optional
        What the patches are of, for the message.
    hint : callable, optional
        Returns what may have been meant by a number that is none.
    """
    number = check_int(name, value, most=None)
    if not -n <= number < n:
        raise PatchIndexError(
            Argument(name, number),
            f" is out of range: {there_are(n, of)}.{hint(number)}",
        )
    return number % n


def check_number(
    name: str,
    value: object,
    *,
    above: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    unit: str = "",
    most: float | None = None,
) -> float:
    """Return `value` as a finite ``float``, or say which argument is none and what is allowed.

    The bounds are for people to read; beyond `most` (by default what its unit allows), and below
    its inverse where the number must be above 0, lies what nobody means. It is said only there.
    """
    value = scalar(value)
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    try:
        number = float(value) if is_number else math.nan  # type: ignore[arg-type]
    except OverflowError:  # a whole number beyond the range of floats
        number = math.inf
    if most is None:
        most = _MOST.get(unit, MAX_NUMBER)
    if maximum is None and most < number < math.inf:
        maximum = most
    if minimum is None and above is None and -math.inf < number < -most:
        minimum = -most
    if above == 0 and 0 < number < 1 / most:
        above, minimum = None, 1 / most
    is_allowed = (
        math.isfinite(number)
        and (above is None or number > above)
        and (minimum is None or number >= minimum)
        and (maximum is None or number <= maximum)
    )
    if not is_allowed:
        bounds = _bounds(minimum, above, maximum, unit)
        allowed = "a finite number" + (f", {bounds}" if bounds else "")
        if not is_number:
            raise _wrong_type(name, value, allowed)
        raise _wrong_number(name, value, unit, "is not allowed", allowed)
    return number


def check_field(
    owner: object,
    name: str,
    check: Callable[..., object],
    *,
    optional: bool = False,
    **bounds: object,
) -> None:
    """Check a field of a frozen dataclass, and keep what the check makes of it.

    None is a value like any other, unless the field is `optional`. Whole numbers stay such: 500 Hz.
    """
    value = getattr(owner, name)
    if value is None and optional:
        return
    checked = check(name, value, **bounds)
    if type(value) is not int or abs(value) > MAX_INT:
        object.__setattr__(owner, name, checked)


def check_array(name: str, value: object, *, allowed: str) -> NDArray[Any]:
    """Return what a value holds as an array, not copied where it is one: also a tensor's."""
    try:
        return unmasked(detached(value))
    except Exception as error:  # whatever the conversion of an object of any kind raises
        raise InvalidValueError(
            "no array can be made of ",
            Argument(name),
            f" of type {type(value).__name__} ({shown(error, str)})",
            allowed=allowed,
        ) from error


def check_chosen(name: str, value: object, patches: Sized, *, allowed: str) -> NDArray[Any]:
    """Return what chooses some of patches as an array: a mask of all, in their order, or positions.

    A column of a table that is called ``patch`` names them by their numbers.
    """
    value = places_of(name, value, patches)
    array = check_array(name, value, allowed=allowed)
    if array.dtype == bool:
        check_rows(name, value, patches)
    return array


def chosen_from(n: int, chosen: Any, check_index: Callable[[int], int]) -> NDArray[np.int64]:
    """Return the positions of some of `n` patches: a slice, a mask, or a list that rises.

    `check_index` refuses a position that is not there.
    """
    if isinstance(chosen, slice):
        indices = np.arange(n)[chosen]
    else:
        indices = check_array("index", chosen, allowed=CHOSEN)
        if indices.dtype == bool:
            if indices.shape != (n,):
                raise InvalidValueError(
                    f"a mask of shape {indices.shape} does not choose from {n} patches. It "
                    f"must have the shape ({n},)."
                )
            indices = np.flatnonzero(indices)
        elif indices.size and (indices.dtype.kind not in "iu" or indices.ndim != 1):
            raise InvalidTypeError(
                f"{shown(chosen)} are no positions of patches. They must be {CHOSEN}."
            )
    if not indices.size:
        raise InvalidValueError("no patch is chosen. Choose one or more.")
    outside = (indices < -n) | (indices >= n)
    if outside.any():
        check_index(int(indices[outside][0]))
    indices = indices.astype(np.int64) % n
    if (np.diff(indices) <= 0).any():
        raise InvalidValueError(
            f"the numbers {shown(indices.tolist())} do not rise from patch to patch, as times "
            "do. np.unique(numbers) sorts them and leaves out what is there twice; of a column of "
            "a table, x.drop_duplicates().sort_values()."
        )
    return indices


def as_floats(value: object) -> NDArray[np.float64]:
    """Return numbers as floats; complex ones, of which NumPy keeps a part, are a TypeError."""
    array = unmasked(value)
    if array.dtype.kind == "c":
        raise TypeError("they are complex")
    return array.astype(np.float64, copy=False)


def unmasked(value: object) -> NDArray[Any]:
    """Return a value as an array, in which NaN stands where a masked one has nothing."""
    if not isinstance(value, np.ma.MaskedArray) or not np.ma.is_masked(value):
        return np.asarray(value)
    kept: Any = value.astype(np.result_type(value, np.float32))
    return np.asarray(kept.filled(np.nan))


def detached(value: object) -> object:
    """Return a tensor without its gradient, in this computer's memory; anything else as it is."""
    for step in ("detach", "cpu"):  # only then it gives its values
        if hasattr(value, "__array__") and hasattr(value, step):
            value = getattr(value, step)()
    return value


def check_bool(name: str, value: object, *, hint: str = "") -> bool:
    """Return `value` if it is True or False; a hint says what may have been meant."""
    value = scalar(value)
    if not isinstance(value, bool | np.bool_):
        raise _wrong_type(name, value, "True or False" + (f": {hint}" if hint else ""))
    return bool(value)


def check_file(name: str, value: object, *, example: str, hint: str = "") -> Path:
    """Return a path that can be written to as far as its folder is concerned."""
    allowed = f'a path, such as "{example}"{hint}'
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise _wrong_type(name, value, allowed)
    text = os.fspath(value)
    path = Path(text)
    is_nameless = path.name in ("", "..") and not text.endswith(("/", os.sep))
    reason = " names no file" if is_nameless else ""
    try:
        os.stat(text)
    except ValueError:  # it holds what no system takes
        reason = " names no file"
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
            reason = f" cannot be written: {os.strerror(error.errno).lower()}"
    if reason:
        raise InvalidValueError(Argument(name, text), reason, allowed=allowed)
    # A link needs the folder that it leads to.
    folder = Path(os.path.realpath(path)).parent if os.path.islink(path) else path.parent
    if not os.path.isdir(folder):
        raise FolderNotFoundError(
            Argument(name, text),
            f": there is no folder {shown(str(folder))}",
            remedy="Make it first.",
        )
    return path


def check_named(name: str, path: str, allowed: str) -> str:
    """Refuse an empty path of what is read: for pathlib it is the folder in which one works."""
    if not path:
        raise InvalidValueError(Argument(name, path), " names no file", allowed=allowed)
    return path


def check_no_folder(name: str, path: Path, *, example: str) -> None:
    """Refuse a folder where a file is to be written."""
    if path.is_dir():
        raise InvalidValueError(
            Argument(name, str(path)),
            " is a folder",
            remedy=f"Name a file in it: {shown(str(path / example))}.",
        )


def check_folder(name: str, value: object, *, example: str, hint: str = "") -> Path:
    """Return the path of a folder, which need not be there yet."""
    allowed = f'a folder, such as "{example}"{hint}'
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise _wrong_type(name, value, allowed)
    text = os.fspath(value)
    reason = "" if text else " names no folder"  # for pathlib it is the one in which one works
    try:
        is_file = bool(text) and not stat.S_ISDIR(os.stat(text).st_mode)
        reason = " is a file" if is_file else reason
    except ValueError:  # it holds what no system takes
        reason = " names no folder"
    except OSError:
        pass  # it is not there, and who makes it says why it cannot be
    if reason:
        raise InvalidValueError(Argument(name, text), reason, allowed=allowed)
    return Path(text)


def check_choice(name: str, value: object, allowed: Iterable[str]) -> str:
    """Return `value` if it is one of `allowed`; otherwise suggest the nearest that is."""
    choices = tuple(allowed)
    listed = ", ".join(repr(choice) for choice in choices)
    if not isinstance(value, str):
        raise _wrong_type(name, value, f"one of {listed}")
    if value not in choices:
        near = difflib.get_close_matches(value, choices, n=1)
        raise InvalidValueError(
            Argument(name, value),
            " is not allowed",
            allowed=f"one of {listed}",
            remedy=f"Did you mean {near[0]!r}?" if near else "",
        )
    return value


def check_text(name: str, value: object) -> str:
    """Return `value` if it is text, or say which argument is none."""
    if not isinstance(value, str):
        raise _wrong_type(name, value, "text")
    return value
