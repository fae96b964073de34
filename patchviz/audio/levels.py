"""How much of a sound is left on its way to an analysis, from sums over blocks that pass by."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..errors import InvalidValueError
from .resample import Samples

__all__ = ["TOO_LOUD", "Level", "Levels", "check_loudness"]

# No sound: its square, summed over a window of a million samples, still is a float.
TOO_LOUD = 1e12

_PRODUCT = 1 << 13  # samples that are squared and summed in one go


def check_loudness(samples: Samples, sr: float) -> None:
    """Refuse samples, shape (n_channels, n), whose squares might not be finite."""
    if samples.max() > TOO_LOUD or samples.min() < -TOO_LOUD:
        odd = (samples > TOO_LOUD) | (samples < -TOO_LOUD)
        first = int(np.argmax(odd.any(axis=0)))
        raise InvalidValueError(
            f"y holds what no sound is: {np.count_nonzero(odd)} of {odd.size} samples are beyond "
            f"{TOO_LOUD:g}, the first at {first / sr:.3f} s (sample {first}). Mend them, for "
            "example np.where(np.abs(y) > 1, 0, y); or scale them all, to between -1 and 1."
        )


class Level:
    """Of samples that have passed: their mean square without their mean, and their peak."""

    def __init__(self) -> None:
        # Sums are of what differs from an offset: beside it, single precision would lose the rest.
        self._n, self._sum, self._squares, self._offset = 0, 0.0, 0.0, 0.0
        self.peak = 0.0

    def take(self, block: Samples) -> None:
        """Take note of a block, shape (n_channels, n)."""
        flat = block.ravel(order="K")
        if not self._n:
            mean = float(flat.mean())
            self._offset = mean if abs(mean) > 0.1 * float(flat.std()) else 0.0
        rest = flat - flat.dtype.type(self._offset) if self._offset else flat
        self._n += flat.size
        self._sum += float(np.einsum("i->", rest))  # sum() takes three times as long
        self._squares += _squared(rest)
        self.peak = max(self.peak, float(flat.max()), -float(flat.min()))

    @property
    def power(self) -> float:
        """Their variance: what one hears of them."""
        return max(0.0, self._squares / self._n - (self._sum / self._n) ** 2) if self._n else 0.0


def _squared(samples: Samples) -> float:
    """Return the sum of the squares of samples, 1-D."""
    # In half the time that einsum takes; and of longer products BLAS would make threads of its own.
    n_whole = samples.size - samples.size % _PRODUCT
    parts = samples[:n_whole].reshape(-1, _PRODUCT), samples[n_whole:]
    return sum(float(np.vecdot(part, part).sum()) for part in parts)


class Levels:
    """The levels of a sound as it is decoded, as it is mixed, and as it is analysed.

    They are those of the last time that it was read.
    """

    def __init__(self) -> None:
        self.decoded = self.mixed = self.analysed = Level()

    def of_decoded(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        """Let blocks pass that nothing has been done to."""
        self.decoded = self.mixed = self.analysed = Level()
        return _measured(blocks, self.decoded)

    def of_mixed(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        """Let blocks pass whose channels are mixed to one."""
        self.mixed = self.analysed = Level()
        return _measured(blocks, self.mixed)

    def of_resampled(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        """Let blocks pass that are at another rate."""
        self.analysed = Level()
        return _measured(blocks, self.analysed)


def _measured(blocks: Iterator[Samples], level: Level) -> Iterator[Samples]:
    for block in blocks:
        level.take(block)
        yield block
