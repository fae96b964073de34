"""A file that is decoded once for several readers, such as one of each of its channels."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .decode import BySndfile
    from .ffmpeg import ByFfmpeg
    from .kept import Kept

__all__ = ["Shared"]

Block: TypeAlias = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, eq=False)
class Shared:
    """Decodes a file once for readers that go through the same samples of it side by side.

    A block is held until all of them have had it: little, as long as none is far ahead.

    Parameters
    ----------
    decoder : BySndfile, ByFfmpeg or Kept
        What decodes it.
    n_readers : int
        How many there are. Each asks once, and all for the same.
    """

    decoder: BySndfile | ByFfmpeg | Kept
    n_readers: int
    _waiting: list[Generator[Block, None, None]] = dataclasses.field(
        default_factory=list, init=False, repr=False
    )

    @property
    def title(self) -> str:
        """What is said of how it was decoded."""
        return self.decoder.title

    def blocks(
        self, source: Path | IO[bytes], name: str, first: int, last: int, blocksize: int
    ) -> Generator[Block, None, None]:
        """Yield samples `first` to `last`, shape (n, n_channels), as far as they can be decoded."""
        if not self._waiting:
            blocks = self.decoder.blocks(source, name, first, last, blocksize)
            self._waiting.extend(_side_by_side(blocks, self.n_readers))
        return self._waiting.pop()


def _side_by_side(blocks: Iterator[Block], n_readers: int) -> list[Generator[Block, None, None]]:
    """Return iterators over the same blocks, as itertools.tee does, which would hold 57 of them."""
    held: list[collections.deque[Block]] = [collections.deque() for _ in range(n_readers)]

    def reader(own: collections.deque[Block]) -> Generator[Block, None, None]:
        while True:
            if not own:
                block = next(blocks, None)
                if block is None:
                    return
                for each in held:
                    each.append(block)
                del block
            yield own.popleft()

    return [reader(own) for own in held]
