"""What overlapping patches say of one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .._util.spans import joined
from .._util.validation import check_chosen
from ..errors import Argument, InvalidTypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .framing import Framing
    from .patches import Patches

__all__ = ["OVERLAPPING", "check_groups", "covered", "n_covering", "steps"]

OVERLAPPING = ("max", "mean", "center")


def steps(
    framing: Framing,
    values: Sequence[NDArray[np.floating]],
    edges: NDArray[np.float64],
    overlapping: str = "max",
) -> NDArray[np.float64]:
    """Return numbers for each of some spans of time, given those of each patch.

    Parameters
    ----------
    framing : Framing
    values : sequence of ndarray, shape (n_patches,)
        Those of some classes; NaN where a patch has none.
    edges : ndarray, shape (n_spans + 1,)
        Rising times, in seconds.
    overlapping : {"max", "mean", "center"}, default: "max"
        What counts where patches overlap: the largest number of all that reach into the span;
        or, in its middle, the mean of all, or that mean weighted by how near it is to the middle
        of each patch.

    Returns
    -------
    ndarray of float, shape (n_classes, n_spans)
        NaN where there is no patch that has a number.
    """
    result = np.full((len(values), len(edges) - 1), np.nan)
    if overlapping == "max":
        first, stop = n_covering(framing, edges[:-1], edges[1:])
        ends = np.stack([first, np.maximum(stop, first)], axis=1).ravel()
        for row, of_class in zip(result, values, strict=True):
            padded = np.append(of_class, of_class.dtype.type(np.nan))
            row[:] = np.fmax.reduceat(padded, ends)[::2]
        result[:, stop <= first] = np.nan
        return result
    middle = (edges[:-1] + edges[1:]) / 2
    first, stop = n_covering(framing, middle, middle)
    counts = np.maximum(stop - first, 0)
    span = np.repeat(np.arange(len(middle)), counts)
    before = np.cumsum(counts) - counts
    patch = np.repeat(first, counts) + np.arange(len(span)) - np.repeat(before, counts)
    near = np.ones(len(span))
    if overlapping == "center":
        half = framing.frame_length * framing.frame_duration / 2
        centers = framing.origin + framing.starts[patch] * framing.frame_duration + half
        near = np.maximum(1 - np.abs(middle[span] - centers) / half, 1e-9)
    for row, of_class in zip(result, values, strict=True):
        taken = of_class[patch]
        weights = np.where(np.isnan(taken), 0.0, near)
        total = np.bincount(span, weights, len(middle))
        weighted = np.bincount(span, weights * np.nan_to_num(taken), len(middle))
        np.divide(weighted, total, out=row, where=total > 0)
    return result


def check_groups(name: str, groups: object, patches: Patches) -> dict[str, NDArray[np.int64]]:
    """Return groups of patches by name, given as numbers or masks."""
    n = len(patches)
    if not isinstance(groups, Mapping):
        raise InvalidTypeError(
            Argument(name, groups),
            f" is of type {type(groups).__name__}",
            allowed='a mapping from names to positions of patches, such as {"train": a, "test": b}',
            remedy=f"Of blocks: {{k: {name} == k for k in range({name}.max() + 1)}}."
            if getattr(groups, "shape", None) == (n,)
            else "",
        )
    found = {}
    for key, chosen in groups.items():
        allowed = "a list of positions of patches, or a mask of all of them"
        array = check_chosen(f"{name}[{key!r}]", chosen, patches, allowed=allowed)
        if array.dtype != bool or array.shape != (n,):
            if array.size and (array.ndim != 1 or array.dtype.kind not in "iu"):
                raise InvalidTypeError(
                    Argument(f"{name}[{key!r}]", chosen),
                    " is no list of positions of patches, nor a mask of all of them.",
                )
            for end in (array.min(), array.max()) if array.size else ():
                patches.framing.check_index(int(end), f"{name}[{key!r}]")
            array = np.unique(array.astype(np.int64) % n)
        found[str(key)] = array if array.dtype != bool else np.flatnonzero(array)
    return found


def n_covering(
    framing: Framing, start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first patch of which some lies in each span of time, and the one after the last.

    In a span without duration lie the patches that start there, not those that end there.
    """
    starts = framing.origin + framing.starts * framing.frame_duration
    ends = starts + framing.frame_length * framing.frame_duration
    instant = start == end
    first = np.searchsorted(ends, start, side="right")
    stop = np.where(
        instant,
        np.searchsorted(starts, end, side="right"),
        np.searchsorted(starts, end, side="left"),
    )
    return first, stop


def covered(framing: Framing, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the times that some patches cover, joined where they meet, shape (n, 2)."""
    if not len(numbers):
        return np.empty((0, 2))
    starts = framing.starts[np.unique(numbers)]
    start, end = joined(starts, starts + framing.frame_length)
    frames = np.stack([start, end], axis=1).astype(np.float64)
    return np.asarray(framing.origin + frames * framing.frame_duration)
