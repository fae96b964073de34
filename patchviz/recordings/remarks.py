"""What is to be said of some of many files: each kind of it once, and of which others."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable

from .._util.text import plural
from .._util.warn import is_named, kind_of
from ..core.names import plain, tail
from ..errors import Said, listed, parts_of

__all__ = ["by_kind"]


@dataclasses.dataclass
class _Kind:
    """What is said of the first file, and the others of which the same is to be said."""

    path: str
    remark: str
    others: dict[str, None] = dataclasses.field(default_factory=dict)
    differs: bool = False  # in its names or numbers


def by_kind(remarks: Iterable[tuple[str, str]], noun: str, n: int | None = None) -> list[Said]:
    """Return each kind of remark once: the first, and of which others the same is to be said.

    Those that differ by the name of their file and by numbers are of a kind. What is word for word
    the same of all is of no file alone, and none is named.

    Parameters
    ----------
    remarks : iterable of (str, str)
        The path of a file, and what is to be said of it.
    noun : str
        What such a file is called.
    n : int, optional
        How many files there are; by default what is the same of several is the same of all.
    """
    kinds: dict[str, _Kind] = {}
    for path, remark in remarks:
        kind = kind_of(remark, os.path.basename(path))
        first = kinds.setdefault(kind, _Kind(path, remark))
        if path != first.path:
            first.others[path] = None
            first.differs |= str(remark) != str(first.remark)
    return [_said(kind, noun, n) for kind in kinds.values()]


def _said(kind: _Kind, noun: str, n: int | None) -> Said:
    n_said = len(kind.others) + 1
    is_of_all = not kind.differs and (n_said > 1 if n is None else n_said == n)
    if is_of_all:
        return Said(*parts_of(kind.remark))
    name = os.path.basename(kind.path)
    start = "" if is_named(kind.remark, name) else f"{tail(plain(kind.path), 2)}: "
    others = [tail(plain(path), 2) for path in kind.others]
    more = (
        f" The same is to be said of {plural(len(others), f'other {noun}')}: {listed(others, 3)}."
        if others
        else ""
    )
    return Said(start, *parts_of(kind.remark), more)
