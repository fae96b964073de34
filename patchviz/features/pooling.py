"""Pooling in time: of every few frames one column, so that a day fits and no sound is skipped."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._util.reductions import REDUCTIONS, finite_reduced
from .._util.validation import MAX_INT, check_choice, check_int
from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError, Setting
from .base import Features

__all__ = ["Filling", "Pooler", "Pooling"]


@dataclasses.dataclass(frozen=True)
class Pooling:
    """How many frames become one column, and how.

    Column *j* stands for frames ``j * size`` to ``(j + 1) * size - 1`` and lasts as long as they
    do together; the last one stands for those that are left.
    """

    size: int = 1
    reduce: str = "max"

    @classmethod
    def of(cls, pool: object, reduce: object) -> Pooling:
        """Return the pooling that the options of these names ask for."""
        check_choice("reduce", reduce, REDUCTIONS)
        size = check_int("pool", pool, minimum=1, unit="frames")
        if size == 1 and reduce != "max":
            raise InvalidValueError(
                Argument("reduce", reduce),
                " does nothing to single frames",
                remedy=("Say of how many a column is made, such as ", Setting("pool", 64),
                        "; or give it to the view: what pixels show of columns."),
            )  # fmt: skip
        return cls(size, str(reduce))

    def n_columns(self, n_frames: int) -> int:
        """Return how many columns a number of frames becomes."""
        return -(-n_frames // self.size)

    def column_length(self, hop_length: int) -> int:
        """Return how many samples lie between columns, where there are `hop_length` per frame."""
        if self.size * hop_length > MAX_INT:
            raise InvalidValueError(
                Argument("pool", self.size, "frames"),
                f" of {hop_length} samples each are too many",
                allowed=f"at most {MAX_INT // hop_length}",
            )
        return self.size * hop_length

    def warn_of(self, n_frames: int) -> None:
        """Say that a sound has fewer frames than a column."""
        if self.size > n_frames:
            warn_user(
                (
                    Argument("pool", self.size, "frames"),
                    f" are more than the sound has, {n_frames}: its only column lasts "
                    f"{self.size / n_frames:.3g} times as long as the sound. Choose at most that.",
                )
            )

    def pooled(self, features: Features, columns: NDArray[Any]) -> Features:
        """Return the columns, shape (n_columns, n_bins), with the meaning of their frames."""
        meaning = {f.name: getattr(features, f.name) for f in dataclasses.fields(Features)}
        hop_length = self.column_length(features.hop_length)
        return Features(**(meaning | {"values": columns.T, "hop_length": hop_length}))

    def __str__(self) -> str:
        if self.size == 1:
            return ""
        return f"each column the {self.of_frames}"

    @property
    def of_frames(self) -> str:
        """What a column is: "maximum of 64 frames"."""
        name = {"max": "maximum"}.get(self.reduce, self.reduce)
        return f"{name} of {self.size} frames"


class Pooler:
    """Pools frames that arrive in parts; holds those of one column and one part.

    The mean and the median of amplitudes are those of powers.
    """

    def __init__(self, pooling: Pooling, *, of_amplitudes: bool = False) -> None:
        self._pooling = pooling
        self._squares = of_amplitudes and pooling.reduce != "max"
        self._held: list[NDArray[Any]] = []
        self._n_held = 0

    def add(self, frames: NDArray[Any]) -> NDArray[Any]:
        """Take frames, shape (n_frames, n_bins); return the columns that are whole."""
        size = self._pooling.size
        if size == 1:
            return frames
        self._held.append(frames)
        self._n_held += len(frames)
        n_columns = self._n_held // size
        if not n_columns:
            return self._reduced(frames[:0, np.newaxis])
        held = np.concatenate(self._held) if len(self._held) > 1 else frames
        whole, rest = held[: n_columns * size], held[n_columns * size :]
        self._held, self._n_held = [rest.copy()], len(rest)
        return self._reduced(whole.reshape(n_columns, size, -1))

    def rest(self) -> NDArray[Any] | None:
        """Return the column of the frames that are left, shape (1, n_bins), if there are any."""
        return self._reduced(np.concatenate(self._held)[np.newaxis]) if self._n_held else None

    def _reduced(self, frames: NDArray[Any]) -> NDArray[Any]:
        """Reduce frames, shape (n_columns, size, n_bins), along the second axis."""
        if self._squares:
            squares = finite_reduced(np.square(frames, dtype=np.float64), 1, self._pooling.reduce)
            return np.asarray(np.sqrt(squares), frames.dtype)
        return finite_reduced(frames, 1, self._pooling.reduce)


class Filling:
    """Rows of an array that are filled with the columns of `n_frames` frames, part by part."""

    def __init__(self, out: NDArray[Any], n_frames: int, pooler: Pooler) -> None:
        self._out = out  # shape (n_columns, n_rows)
        self._n_left = n_frames
        self._pooler = pooler
        self._n_filled = 0

    def add(self, frames: NDArray[Any]) -> None:
        """Take the next frames, shape (n_frames, n_rows); those beyond the last are left out."""
        self._put(self._pooler.add(frames[: self._n_left]))
        self._n_left -= min(len(frames), self._n_left)

    def finish(self) -> None:
        """Fill the last column."""
        rest = self._pooler.rest()
        if rest is not None:
            self._put(rest)

    def _put(self, columns: NDArray[Any]) -> None:
        first = self._n_filled
        self._n_filled += len(columns)
        self._out[first : self._n_filled] = columns
