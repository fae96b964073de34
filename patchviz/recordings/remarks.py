"""What is to be said of some of many files: each kind of it once, and of which others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from .._util.text import plural
from .._util.warn import kind_of
from ..core.names import plain, tail
from ..errors import Said, listed, parts_of

__all__ = ["by_kind"]


def by_kind(remarks: Iterable[tuple[str, str]], noun: str) -> list[Said]:
    """Return each kind of remark once: the first, and of which others the same is to be said.

    Those that differ by the name of their file and by numbers are of a kind. What is word for word
    the same of several is of no file alone, and others are not named.

    Parameters
    ----------
    remarks : iterable of (str, str)
        The path of a file, and what is to be said of it.
    noun : str
        What such a file is called.
    """
    kinds: dict[str, tuple[str, list[str]]] = {}
    for path, remark in remarks:
        kind = kind_of(remark, os.path.basename(path))
        first, others = kinds.setdefault(kind, (remark, []))
        if str(remark) != str(first) and others[-1:] != [path]:
            others.append(path)
    return [
        Said(*parts_of(first), _and_of(others, noun) if others else "")
        for first, others in kinds.values()
    ]


def _and_of(others: Sequence[str], noun: str) -> str:
    first = [tail(plain(path), 2) for path in others[:3]]
    more = f" and {len(others) - 3:,} more" if len(others) > 3 else ""
    n = plural(len(others), f"other {noun}")
    return f" The same is to be said of {n}: {listed(first)}{more}."
