"""What a data loader returns: items side by side, which know no time of a recording."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.text import one_line
from .._util.validation import check_array, detached
from .._util.warn import warn_user
from ..errors import Argument, InvalidTypeError, InvalidValueError, shown
from .names import agree

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Batch",
    "as_items",
    "as_lengths",
    "as_names",
    "batch_of",
    "check_files",
    "item_labels",
    "warn_of_gaps",
]


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


def check_files(what: str, files: Iterable[str], patches: Any, places: Iterable[int]) -> None:
    """Refuse rows whose file is called otherwise than the item is that their number says.

    Parameters
    ----------
    what : str
        What the rows are of, for the message.
    files : iterable of str
        What each row calls its file; "" where it says none.
    patches : Patches, or several side by side
        Items of a batch; of others nothing is refused.
    places : iterable of int
        Which of these each row is of.
    """
    own = getattr(patches, "_file", "")
    if not isinstance(own, list):
        return
    for file, place in zip(files, places, strict=True):
        if not 0 <= place < len(own):  # which is told where it is looked for
            continue
        if file and own[place] and not agree(file, own[place]):
            raise InvalidValueError(
                f"{what}: a row of {shown(file)} is that of patch {patches.numbers[place]}, "
                f"which is {shown(own[place])}, as in a batch of another order",
                remedy="Where the numbers are right, leave the column 'file' out.",
            )


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


def warn_of_gaps(items: NDArray[Any]) -> None:
    """Say in which items there are values that are not finite."""
    if items.dtype.kind != "f":
        return
    counts = np.array([item.size - np.count_nonzero(np.isfinite(item)) for item in items])
    odd = np.flatnonzero(counts)
    if odd.size:
        which = ", ".join(map(str, odd[:10])) + (", ..." if odd.size > 10 else "")
        warn_user(
            f"{counts.sum():,} of {items.size:,} values of x are not finite, in "
            f"{odd.size} of {len(items)} items: {which}. They are drawn as gaps."
        )


def _each(name: str, values: object, n: int) -> list[Any]:
    """Return something for each of some items."""
    values = detached(values)
    values = values.tolist() if hasattr(values, "tolist") else values
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
    allowed = f"whole numbers of frames, 0 to {frame_length}"
    array = check_array("lengths", _each("lengths", lengths, n), allowed=allowed)
    is_whole = array.ndim == 1 and array.dtype.kind in "iu"
    if not is_whole or array.min() < 0 or array.max() > frame_length:
        raise InvalidValueError(
            Argument("lengths", array.tolist()), " is not allowed",
            allowed=allowed,
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
