"""Patches of a part of their recording: the same numbers and times, over a slice of the array."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from .._util.validation import check_number
from ..errors import Argument, InvalidValueError
from .batch import batch_of
from .carving import slice_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .patches import Patches

__all__ = ["over_frames", "trimmed"]


def trimmed(patches: Patches, start: float | None, end: float | None) -> Patches:
    """Return the patches between two times, over the frames between these; `Patches.trim`."""
    if batch_of(patches) is not None:
        raise InvalidValueError(
            "items of a batch have no times that it could be trimmed to. Choose some by position: "
            "patches[[3, 7]]."
        )
    framing, times = patches.framing, patches.framing.table_times  # as captions say them
    begin, stop = times[0, 0], times[-1, 1]
    least = framing.tolerance
    if start is not None:
        begin = max(begin, check_number("start", start, unit="s"))
    if end is not None:
        stop = min(stop, check_number("end", end, unit="s"))
    inside = np.flatnonzero((times[:, 0] >= begin - least) & (times[:, 1] <= stop + least))
    if begin > stop and start is not None and end is not None and start > end:
        raise InvalidValueError(
            Argument("end", end, "s"), " is before ", Argument("start", start, "s"),
            remedy="Choose an end that comes after the start.",
        )  # fmt: skip
    if begin > times[-1, 1] or stop < times[0, 0]:
        name, value = ("start", start) if begin > times[-1, 1] else ("end", end)
        raise InvalidValueError(
            Argument(name, value, "s"),
            f" is outside of the patches, which are from {times[0, 0]:.3f} to {times[-1, 1]:.3f} s",
            remedy="Choose a time within these.",
        )
    if not inside.size:
        raise InvalidValueError(
            f"no patch of {patches.duration:.3f} s lies between {begin:.3f} and {stop:.3f} s",
            remedy=f"Patches are from {times[0, 0]:.3f} to {times[-1, 1]:.3f} s: choose a start "
            "and an end that are further apart.",
        )
    return over_frames(
        patches, inside, framing.frames(int(inside[0]))[0], framing.frames(int(inside[-1]))[1]
    )


def over_frames(patches: Patches, inside: NDArray[np.int64], first: int, last: int) -> Patches:
    """Return some patches over a part of the frames, from `first` up to `last`, that has them."""
    part = patches[inside]
    known = patches.framing.n_frames  # without padding
    spec = slice_of(patches.spectrogram, first, last, max(0, last - known))
    some = part.framing
    moved = dataclasses.replace(
        some,
        n_frames=min(last, known) - first,
        first=some.first - first if some.given_starts is None else 0,
        given_starts=None if some.given_starts is None else some.given_starts - first,
        origin=spec.start,
    )
    part = copy.copy(part)
    object.__setattr__(part, "spectrogram", spec)
    object.__setattr__(part, "framing", moved)
    return part
