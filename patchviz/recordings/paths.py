"""Many paths in little memory: one text, and where each of them ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Paths"]


@dataclasses.dataclass(frozen=True, eq=False)
class Paths:
    """Paths as they were given: each takes its own bytes and 8 more.

    Parameters
    ----------
    text : bytes
        All of them, one after the other.
    ends : ndarray of int, shape (n,)
        Where each ends.
    """

    text: bytes
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, paths: Iterable[str]) -> Paths:
        """Return paths without an object for each."""
        text = bytearray()
        ends = np.fromiter(_appended(text, paths), np.int64)
        return cls(bytes(text), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, index: int) -> str:
        begin = int(self.ends[index - 1]) if index else 0
        return _decoded(self.text[begin : int(self.ends[index])])

    def __iter__(self) -> Iterator[str]:
        begin = 0
        for end in self.ends.tolist():
            yield _decoded(self.text[begin:end])
            begin = end

    def take(self, rows: NDArray[np.int64]) -> Paths:
        """Return some of them."""
        return Paths.of(self[row] for row in rows.tolist())


def _appended(text: bytearray, paths: Iterable[str]) -> Iterator[int]:
    for path in paths:
        text += path.encode("utf-8", "surrogatepass")  # names that are no text have halves of it
        yield len(text)


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
