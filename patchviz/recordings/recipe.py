"""How each of many recordings is computed and carved, checked before any is looked at."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .._util.reductions import Reduction
from .._util.validation import check_array, check_choice, check_field, check_number
from ..audio.info import ON_DAMAGE
from ..audio.part import Extent
from ..audio.recorded import Start, when_began
from ..audio.resample import check_rate, resampled_size
from ..core.cache import check_cache
from ..core.carving import frames_from, starts_from
from ..core.computed import check_channels
from ..core.framing import TAILS
from ..core.spectrogram import Spectrogram
from ..errors import (
    Argument,
    InvalidTypeError,
    InvalidValueError,
    PatchvizError,
    Setting,
    said_by,
)
from ..features.columns import Columns
from ..features.compute import front_end_of
from ..features.custom import name_of
from ..features.frontend import FrontEndLike
from ..features.options import FrontEndOptions
from ..features.pooling import Pooling

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

__all__ = ["Carved", "Recipe"]

# What `Spectrogram.from_file` takes of one file, and what does so of many.
_OF_ONE = {
    "offset": "Leave it out, and say where patches are: starts=[...] in every file, or start_time "
    "and end_time in a table of files.",
    "name": "Leave it out: recordings are called as their files are.",
}


class Carved(NamedTuple):
    """How recordings of one rate are carved."""

    frame_duration: float  # s
    middle: float  # s, from the first sample to the first frame
    frame_length: int  # frames of a patch
    hop_length: int  # frames from one patch's start to the next one's

    @property
    def duration(self) -> float:
        """How long a patch is, in seconds."""
        return self.frame_length * self.frame_duration


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Recipe:
    """What was asked of every recording alike, as for :class:`Recordings`."""

    duration: float
    hop_duration: float | None
    starts: NDArray[np.float64] | None
    tail: str
    pad_value: float | str | None
    min_filled: float | None
    sr: float | None
    kind: FrontEndLike
    mono: bool
    channel: int | None
    channels: str | None
    pool: int
    reduce: Reduction
    start: Start
    on_damage: str
    cache: bool | str | os.PathLike[str]
    options: FrontEndOptions

    def __post_init__(self) -> None:
        check_field(self, "duration", check_number, above=0, unit="s")
        check_field(self, "hop_duration", check_number, optional=True, above=0, unit="s")
        check_choice("tail", self.tail, TAILS)
        self._check_padding()
        if self.starts is not None:
            self._check_starts()
        check_field(self, "sr", check_number, optional=True, above=0, unit="Hz")
        check_channels(self.channel, self.channels, mono=self.mono)
        Extent(channel=self.channel)
        check_choice("on_damage", self.on_damage, ON_DAMAGE)
        _ = self.began  # which refuses what is no time
        self._check_options()
        front_end_of(self.kind, self.options)
        check_cache(self.cache, {"kind": self.kind, "options": self.options})
        if self.sr is not None:
            self.carved(self.sr)  # which refuses what does not fit the rate

    def _check_options(self) -> None:
        """Refuse what only one recording is asked for, as no option of a front end."""
        for name, remedy in _OF_ONE.items():
            if name in self.options:
                raise InvalidTypeError(
                    Argument(name), " is an option of one recording, and not of many", remedy=remedy
                )

    def _check_padding(self) -> None:
        for name, value in (("pad_value", self.pad_value), ("min_filled", self.min_filled)):
            if value is not None and self.tail != "pad":
                raise InvalidValueError(
                    Argument(name, value),
                    " has no use with ",
                    Argument("tail", self.tail),
                    remedy=("Set ", Setting("tail", "pad"), "."),
                )
        check_field(self, "min_filled", check_number, optional=True, minimum=0, maximum=1)

    def _check_starts(self) -> None:
        if self.hop_duration is not None:
            raise InvalidValueError(
                "hop_duration and starts are given together. Give one of them: a hop, or the "
                "starts of all patches."
            )
        if self.min_filled is not None:
            raise InvalidValueError(
                Argument("min_filled", self.min_filled), " has no use with ", Argument("starts"),
                remedy="Leave out the starts whose patches are filled less.",
            )  # fmt: skip
        starts = check_array("starts", self.starts, allowed="times in seconds, which rise")
        starts_from(starts, in_seconds=True, frame_duration=1.0, origin=0.0)
        if starts.ndim != 1 or not starts.size or (np.diff(starts) <= 0).any():
            raise InvalidValueError(
                Argument("starts"), " do not rise from patch to patch",
                allowed="a list of one time or more, each after the one before",
                remedy="np.unique(starts) sorts them and leaves out what is there twice.",
            )  # fmt: skip
        object.__setattr__(self, "starts", starts.astype(np.float64))

    @cached_property
    def began(self) -> tuple[float, datetime | None]:
        """When each began, in seconds, and by the clock, where no file has to say it."""
        if isinstance(self.start, str) and self.start in ("filename", "metadata"):
            return 0.0, None
        return when_began(None, self.start)

    @cached_property
    def pooling(self) -> Pooling:
        """How many frames become one column."""
        return Pooling.of(self.pool, self.reduce)

    @property
    def is_own_scale(self) -> bool:
        """Whether 0 dB is each recording's own maximum, so that levels of two do not compare."""
        front_end = front_end_of(self.kind, self.options)
        is_relative = getattr(front_end, "level", "relative") == "relative"
        return is_relative and callable(getattr(front_end, "ref", None))

    @cached_property
    def _by_rate(self) -> dict[float, tuple[Columns, Carved]]:
        return {}

    @property
    def key(self) -> str:
        """What differs where patches are made otherwise, as JSON; of functions it is the name."""
        facts = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        del facts["cache"], facts["start"]  # which change no value
        facts |= facts.pop("options")
        return json.dumps({name: _written(value) for name, value in facts.items()})

    def rate(self, sr: float) -> float:
        """Return the rate at which a file of some rate is analysed, in Hz."""
        return sr if self.sr is None else check_rate("sr", self.sr, sr)

    def carved(self, rate: float) -> Carved:
        """Return how recordings that are analysed at a rate are carved."""
        return self._at(rate)[1]

    def _at(self, rate: float) -> tuple[Columns, Carved]:
        """Return how columns are counted at a rate, and carved."""
        if rate not in self._by_rate:
            columns = Columns.of(self.kind, self.options, rate, self.pooling)
            clock = columns.sr, columns.hop_length
            length = frames_from(*clock, ("frame_length", None), ("duration", self.duration))
            hop = length
            if self.hop_duration is not None:
                asked = ("hop_duration", self.hop_duration)
                hop = frames_from(*clock, ("hop_length", None), asked)
            seconds = columns.hop_length / columns.sr
            carved = Carved(seconds, columns.middle / columns.sr, length, hop)
            self._by_rate[rate] = columns, carved
        return self._by_rate[rate]

    def frames(
        self, sr: float, n_samples: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], dict[int, str]]:
        """Return how many frames files of one rate have; and why some, by place, have none."""
        try:
            rate = self.rate(sr)
            columns = self._at(rate)[0]
        except PatchvizError as error:
            none = np.zeros(len(n_samples), np.int64)
            return none, dict.fromkeys(range(len(n_samples)), said_by(error))
        if rate != sr:
            lengths, which = np.unique(n_samples, return_inverse=True)
            sizes = [resampled_size(length, sr, rate) for length in lengths.tolist()]
            n_samples = np.array(sizes, np.int64)[which]
        return columns.counts(n_samples)

    def spectrogram(self, path: str, start: Start | datetime) -> Spectrogram:
        """Return what a file becomes."""
        return Spectrogram.from_file(
            path, sr=self.sr, kind=self.kind, mono=self.mono, channel=self.channel,
            channels=self.channels, pool=self.pool, reduce=self.reduce, start=start,
            on_damage=self.on_damage, cache=self.cache, progress=False, **self.options,
        )  # fmt: skip

    def __getstate__(self) -> dict[str, Any]:
        # What is found out again: front ends of one's own are learned by functions.
        return {k: v for k, v in vars(self).items() if k not in ("_by_rate", "pooling")}


def _written(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{len(value)} numbers, {hashlib.sha256(value.tobytes()).hexdigest()[:16]}"
    if callable(value) and not dataclasses.is_dataclass(value):
        return name_of(value)
    return repr(value)
