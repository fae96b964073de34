"""Files that are copies of one another, whatever they are called."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["first_of_copies"]

_HEAD = 1 << 12  # bytes, in which a recorder's files differ: a date, or the first noise


def first_of_copies(paths: Sequence[str], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each file the first that holds the same bytes: itself where it is no copy.

    Only those of one size are opened, and only those that begin alike are read to their ends.
    """
    result = np.arange(len(paths))
    sized: Callable[[int], Hashable] = sizes.item
    groups: list[list[int]] = [np.flatnonzero(sizes > 0).tolist()]
    for told in (sized, lambda row: _head(paths[row]), lambda row: _content(paths[row])):
        groups = [alike for group in groups for alike in _parted(group, told)]
    for group in groups:
        result[group] = group[0]
    return result


def _parted(rows: list[int], told: Callable[[int], Hashable]) -> list[list[int]]:
    """Return those that are alike in something, two and more; None is like nothing."""
    found: dict[Hashable, list[int]] = {}
    for row in rows:
        if (value := told(row)) is not None:
            found.setdefault(value, []).append(row)
    return [part for part in found.values() if len(part) > 1]


def _head(path: str) -> bytes | None:
    try:
        with Path(path).open("rb") as file:
            return file.read(_HEAD)
    except OSError:  # gone since: it is told where it is computed
        return None


def _content(path: str) -> bytes | None:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
