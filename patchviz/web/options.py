"""What a player is made of besides its patches."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .._util.text import plain
from .._util.validation import check_bool, check_choice, check_int, check_number, check_text
from ..audio.encode import AUDIO_FORMATS
from .texture import MEDIA_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.colors import Colormap, Normalize
    from numpy.typing import ArrayLike

__all__ = ["MAX_SPEED", "MIN_SPEED", "PlayerOptions"]

# What browsers play at, with the sound.
MIN_SPEED, MAX_SPEED = 0.0625, 16


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlayerOptions:
    """What a player is made of besides its patches; :func:`player` says what each is."""

    title: str | None = None
    cmap: str | Colormap | None = None
    clim: tuple[float, float] | None = None
    norm: Normalize | None = None
    audio: bool = False
    audio_format: str = "ogg"
    image_format: str = "png"
    column_step: int = 1
    max_bytes: int = 8_000_000
    loop: bool = False
    speed: float = 1.0
    time: str = "recording"
    autoplay: bool = False
    width: int | None = None
    alt: str | None = None
    labels: bool = True
    scores: bool = True
    classes: Sequence[str] | None = None
    threshold: float | None = None
    overlapping: str = "max"
    stops: str | Iterable[int] | None = None
    truth: Mapping[str, float] | ArrayLike | None = None
    mark: Mapping[str, ArrayLike] | None = None

    def __post_init__(self) -> None:
        check_choice("image_format", self.image_format, MEDIA_TYPES)
        check_choice("audio_format", self.audio_format, AUDIO_FORMATS)
        hint = "the sound is the spectrogram's own, and audio_format= says how it is compressed"
        check_bool("audio", self.audio, hint=hint)
        checked = {
            "column_step": check_int("column_step", self.column_step, minimum=1, unit="frames"),
            "max_bytes": check_int("max_bytes", self.max_bytes, minimum=1, most=None),
            "loop": check_bool("loop", self.loop),
            "speed": check_number("speed", self.speed, minimum=MIN_SPEED, maximum=MAX_SPEED),
            "time": check_choice("time", self.time, ("recording", "patch")),
            "autoplay": check_bool("autoplay", self.autoplay),
            "labels": check_bool("labels", self.labels),
            "scores": check_bool("scores", self.scores),
        }
        if self.width is not None:
            checked["width"] = check_int("width", self.width, minimum=320, unit="CSS pixels")
        for name in ("title", "alt"):
            if getattr(self, name) is not None:
                checked[name] = plain(check_text(name, getattr(self, name)))
        for name, value in checked.items():
            object.__setattr__(self, name, value)
