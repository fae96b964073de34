"""What a data loader returns: items side by side, which know no time of a recording."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.text import one_line
from .._util.validation import check_array
from ..errors import Argument, InvalidTypeError, InvalidValueError, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Batch", "as_items", "as_lengths", "as_names", "batch_of", "item_labels"]


@dataclasses.dataclass(frozen=True)
class Batch:
    """What is known of the items.

    Attributes
    ----------
    names : tuple of str
        What each is called; may be empty.
    lengths : ndarray of int or None
        How many frames of each are no padding.
    frame_length : int
        Frames of each.
    duration : float
        How long each is: in seconds where it has times, else 1.
    has_times : bool
        Whether a frame is known to last some time.
    """

    names: tuple[str, ...]
    lengths: NDArray[np.int64] | None
    frame_length: int
    duration: float
    has_times: bool

    def text(self, number: int) -> str:
        """Return what is said of an item beside its number."""
        parts = [self.names[number]] if self.names and self.names[number] else []
        if self.lengths is not None and self.lengths[number] < self.frame_length:
            parts.append(f"{self.lengths[number]} of {self.frame_length} frames")
        return " · ".join(parts)


def batch_of(of: object) -> Batch | None:
    """Return what is known of the items that patches, or the columns of a spectrogram, are."""
    batch: Batch | None = vars(of).get("_batch")
    return batch


def as_items(x: Any) -> NDArray[Any]:
    """Return a batch as an array of shape (n_items, n_bins, n_frames)."""
    items = check_array("x", x, allowed="numbers of the shape (n_items, n_bins, n_frames)")
    if items.ndim == 4 and items.shape[1] == 1:
        items = items[:, 0]
    if items.ndim != 3 or not items.size:
        remedy = {
            2: " One item is x[np.newaxis].",
            4: f" Choose one of {items.shape[1] if items.ndim == 4 else 0} channels: x[:, 0].",
        }.get(items.ndim, "")
        raise InvalidValueError(
            f"x has the shape {items.shape}. It must be (n_items, n_bins, n_frames), or "
            f"(n_items, 1, n_bins, n_frames), and hold something.{remedy}"
        )
    return items


def _each(name: str, values: object, n: int) -> list[Any]:
    """Return something for each of some items."""
    for step in ("detach", "cpu", "tolist"):
        if hasattr(values, step):
            values = getattr(values, step)()
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise InvalidTypeError(
            Argument(name, values), " is no list", allowed=f"one for each of {n} items"
        )
    if len(values) != n:
        raise InvalidValueError(
            Argument(name), f" has {len(values)} entries", allowed=f"one for each of {n} items"
        )
    return list(values)


def as_names(names: object, n: int) -> tuple[str, ...]:
    """Return what the items are called."""
    if names is None:
        return ()
    return tuple(one_line(str(name)) for name in _each("names", names, n))


def as_lengths(lengths: object, n: int, frame_length: int) -> NDArray[np.int64] | None:
    """Return how many frames of each item are no padding."""
    if lengths is None:
        return None
    array = np.array(_each("lengths", lengths, n))
    if array.dtype.kind not in "iu" or array.min() < 0 or array.max() > frame_length:
        raise InvalidValueError(
            Argument("lengths", array.tolist()), " is not allowed",
            allowed=f"whole numbers of frames, 0 to {frame_length}",
        )  # fmt: skip
    return array.astype(np.int64)


def item_labels(labels: object, n: int, duration: float) -> list[tuple[float, float, str]] | None:
    """Return labels of items as records: each lasts as long as its item."""
    if labels is None:
        return None
    records = []
    for k, label in enumerate(_each("labels", labels, n)):
        several = label if isinstance(label, list | tuple) else [label]
        for name in several:
            if name is not None and not isinstance(name, str | int | np.integer):
                raise InvalidTypeError(
                    f"labels[{k}] is {shown(label)}. It must be a name, a list of names, or None "
                    "where there is none."
                )
        names = [str(name) for name in several if name is not None]
        records += [(k * duration, (k + 1) * duration, name) for name in names]
    return records
