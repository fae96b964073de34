"""How many columns a front end makes of a sound, from its length alone: without its sound."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import PatchvizError, said_by
from .base import Features, Signal
from .compute import front_end_of
from .custom import called
from .frontend import BlockwiseFrontEnd, FrontEndLike
from .options import FrontEndOptions
from .pooling import Pooling

__all__ = ["Columns"]

# Samples of the sound that an unknown front end is tried with, at most seconds of it.
_TRIAL, _SECONDS = 1 << 14, 2.0


class _Length(NamedTuple):
    """As much of a signal as counts its frames."""

    n_samples: int
    sr: float


@dataclasses.dataclass(frozen=True)
class Columns:
    """The columns that a front end makes at one rate.

    Parameters
    ----------
    sr : float
        Rate of the columns' clock, in Hz.
    hop_length : int
        Samples from one column to the next.
    middle : float
        Where the middle of the first window lies, in samples.
    count_frames : callable
        How many frames a sound of so many samples has; it raises where it has none.
    pooling : Pooling
        How many frames are a column.
    """

    sr: float
    hop_length: int
    middle: float
    count_frames: Callable[[int], int]
    pooling: Pooling

    @classmethod
    def of(
        cls, kind: FrontEndLike, options: FrontEndOptions, sr: float, pooling: Pooling
    ) -> Columns:
        """Return those of a front end at a rate, in Hz, at which the sound is analysed.

        A function of the user's own is asked: it gets a little noise, a few times, until it is
        known at which lengths there is one frame more.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If the options are none of the front end, or do not fit the rate.
        """
        front_end = front_end_of(kind, options)
        if isinstance(front_end, BlockwiseFrontEnd):
            front_end._check_rate(sr)
            meaning = front_end._meaning(sr)
            own = front_end

            def count(n_samples: int) -> int:
                return own._n_frames(cast(Signal, _Length(n_samples, sr)))

            hop, middle = meaning["hop_length"], meaning.get("middle", 0.0)
            return cls(sr, pooling.column_length(hop), middle, count, pooling)
        features, learned = _learned(front_end, sr, options.get("hop_length"))
        hop = pooling.column_length(features.hop_length)
        return cls(features.sr, hop, features.middle, learned, pooling)

    def counts(self, n_samples: NDArray[np.int64]) -> tuple[NDArray[np.int64], dict[int, str]]:
        """Return how many columns sounds have; and why some, by their place, have none."""
        lengths, which = np.unique(n_samples, return_inverse=True)
        found = np.zeros(len(lengths), np.int64)
        errors = {}
        for k, length in enumerate(lengths.tolist()):
            try:
                found[k] = self.pooling.n_columns(self.count_frames(length))
            except PatchvizError as error:
                errors[k] = said_by(error)
        if not errors:
            return found[which], {}
        places = np.flatnonzero(np.isin(which, list(errors))).tolist()
        return found[which], {place: errors[which[place]] for place in places}


def _learned(
    front_end: Callable[[NDArray[Any], float], Any], sr: float, hop_length: int | None
) -> tuple[Features, Callable[[int], int]]:
    """Return what a function returns, and how many frames it makes of how many samples.

    A frame more comes with every hop of samples: what has to be found is with which of them.
    """
    rng = np.random.default_rng(0)

    def tried(n_samples: int) -> Features:
        noise = 0.01 * rng.standard_normal(n_samples, np.float32)
        with np.errstate(all="ignore"):
            return called(front_end, noise, sr, hop_length)

    def count(n_samples: int) -> int:
        return int(tried(n_samples).values.shape[1])

    least = max(_TRIAL, round(_SECONDS * sr))
    features = tried(least)
    n_least, hop = features.values.shape[1], features.hop_length * sr / features.sr
    if not float(hop).is_integer() or count(least + int(hop)) != n_least + 1:
        return features, count  # the sound's own length will tell
    low, high = 0, int(hop)  # samples more: with `low` no frame more, with `high` one
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if count(least + middle) > n_least else (middle, high)

    def known(n_samples: int) -> int:
        if n_samples < least:
            return count(n_samples)
        return int(n_least) + 1 + (n_samples - least - high) // int(hop)

    return features, known
