"""What a player is made of besides its patches."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .._util.reductions import REDUCTIONS, Reduction
from .._util.text import plain
from .._util.validation import (
    check_bool,
    check_choice,
    check_int,
    check_number,
    check_text,
)
from ..audio.encode import AUDIO_FORMATS
from ..errors import Argument, InvalidValueError, Setting
from .beside import ASSETS
from .texture import MEDIA_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.colors import Colormap, Normalize
    from numpy.typing import ArrayLike

    from ..plot.band import FrequencyLimits
    from ..plot.classes import ClassLooks
    from ..plot.limits import ColorLimits

__all__ = ["MAX_SPEED", "MIN_SPEED", "SLOWEST", "PlayerOptions"]

# What browsers play at, with the sound; and what a sound that is stretched is slowed to.
MIN_SPEED, MAX_SPEED = 0.0625, 16
SLOWEST = 0.02


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlayerOptions:
    """What a player is made of besides its patches; :func:`player` says what each is."""

    title: str | None = None
    cmap: str | Colormap | None = None
    clim: ColorLimits | None = None
    norm: Normalize | None = None
    flim: FrequencyLimits | None = None
    seen: Mapping[str, list[float]] | None = None
    audio: bool = False
    audio_format: str = "ogg"
    image_format: str = "png"
    column_step: int = 1
    reduce: Reduction = "max"
    max_bytes: int = 8_000_000
    loop: bool = False
    speed: float = 1.0
    pitch: str = "expand"
    gain_db: float = 0.0
    time: str = "recording"
    autoplay: bool = False
    width: int | None = None
    height: int | None = None
    assets: str = "page"
    has_page: bool = True  # beside which files can lie
    alt: str | None = None
    labels: bool = True
    scores: bool = True
    of: str | None = None  # the class whose scores patches say, in place of the highest
    chosen_for: Mapping[int, str] | None = None  # the same of some patches, by position
    classes: Sequence[str] | None = None
    threshold: float | None = None
    overlapping: str = "max"
    stops: str | Iterable[int] | None = None
    truth: Mapping[str, float] | ArrayLike | None = None
    mark: Mapping[str, ArrayLike] | None = None
    lanes: Sequence[str] | None = None  # in place of `classes`, which mistakes are of all the same
    is_judged: bool = True  # whether mistakes can be: somebody looked at the recording
    elsewhere: bool = False  # whether one goes on to stops of other recordings
    looks: ClassLooks | None = None  # of the classes of more recordings than this one

    def __post_init__(self) -> None:
        check_choice("image_format", self.image_format, MEDIA_TYPES)
        check_choice("reduce", self.reduce, REDUCTIONS)
        check_choice("audio_format", self.audio_format, AUDIO_FORMATS)
        hint = "the sound is the spectrogram's own, and audio_format= says how it is compressed"
        check_bool("audio", self.audio, hint=hint)
        checked = {
            "column_step": check_int("column_step", self.column_step, minimum=1, unit="frames"),
            "max_bytes": check_int("max_bytes", self.max_bytes, minimum=1, most=None),
            "loop": check_bool("loop", self.loop),
            "speed": check_number("speed", self.speed, minimum=SLOWEST, maximum=MAX_SPEED),
            "pitch": check_choice("pitch", self.pitch, ("expand", "keep")),
            "gain_db": check_number("gain_db", self.gain_db, minimum=-60, maximum=60, unit="dB"),
            "assets": check_choice("assets", self.assets, ASSETS),
            "time": check_choice("time", self.time, ("recording", "patch")),
            "autoplay": check_bool("autoplay", self.autoplay),
            "labels": check_bool("labels", self.labels),
            "scores": check_bool("scores", self.scores),
        }
        if isinstance(self.stops, Iterator):
            checked["stops"] = tuple(self.stops)  # asked more than once
        if self.width is not None:
            checked["width"] = check_int("width", self.width, minimum=320, unit="CSS pixels")
        if self.height is not None:
            checked["height"] = check_int("height", self.height, minimum=240, unit="CSS pixels")
        for name in ("title", "alt"):
            if getattr(self, name) is not None:
                checked[name] = plain(check_text(name, getattr(self, name)))
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.pitch == "keep" and self.speed < MIN_SPEED:
            raise InvalidValueError(
                Argument("speed", self.speed),
                f" is below {MIN_SPEED}, the slowest at which browsers keep the pitch",
                remedy=("Choose ", Setting("pitch", "expand"), ", or a speed that is not so slow."),
            )

    @property
    def stops_called(self) -> str:
        """What one of the stops is called that somebody asked for; empty where nobody did."""
        if self.stops is None:
            return ""
        of_rules = {"events": "event", "mistakes": "mistake"}
        return of_rules.get(self.stops, "") if isinstance(self.stops, str) else "stop"

    @property
    def is_at_mistakes(self) -> bool:
        """Whether one goes from mistake to mistake."""
        return isinstance(self.stops, str) and self.stops == "mistakes"

    @property
    def is_without_mistakes(self) -> bool:
        """Whether one would go from mistake to mistake, and there can be none."""
        return self.is_at_mistakes and not self.is_judged
