"""What public functions have made and somebody still holds, for whoever shows all of it."""

from __future__ import annotations

import itertools
from typing import TypeVar
from weakref import WeakValueDictionary

__all__ = ["living", "remember"]

_T = TypeVar("_T")

_made: WeakValueDictionary[int, object] = WeakValueDictionary()
_numbers = itertools.count()


def remember(value: _T) -> _T:
    """Return what has been made, and know of it as long as somebody else holds it."""
    _made[next(_numbers)] = value
    return value


def living() -> list[object]:
    """Return what was remembered and is still held, in the order in which it was made."""
    return list(_made.values())
