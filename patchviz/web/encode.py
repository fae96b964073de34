"""The picture and the sound of a player, encoded once and within its budget."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..audio.encode import Sound, encode_sound, estimate_size
from ..errors import Argument, InvalidValueError, Setting
from .html import least_size
from .options import MAX_SPEED, MIN_SPEED, PlayerOptions
from .texture import Quantizer, encode_tiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..audio.source import Audio
    from ..core.spectrogram import Spectrogram

__all__ = ["Budget", "Encoder", "check_sound_fits", "readable_size", "stretch_of"]

# Up to here every browser and device plays a sound as it is; and up to here every format holds it.
_PLAIN, _STRETCHED = 96_000, 48_000


def stretch_of(audio: Audio, options: PlayerOptions) -> int:
    """Return how many seconds of the embedded sound are a second of the recording.

    More than one where browsers do not play as high, or as slowly: a power of two, so that rates
    stay whole.
    """
    stretch = 1
    if options.pitch == "keep":
        return stretch
    while audio.sr > max(_PLAIN, stretch * _STRETCHED) or stretch * options.speed < MIN_SPEED:
        stretch *= 2
    while stretch > 1 and stretch * options.speed > MAX_SPEED:
        stretch //= 2
    return stretch


class Encoder:
    """Encodes pictures and sounds, and keeps the last of each for those who ask for it again."""

    def __init__(self) -> None:
        self._pictured: tuple[NDArray[Any], tuple[object, ...]] | None = None
        self._tiles: tuple[bytes, ...] = ()
        self._sounding: tuple[Audio, tuple[object, ...]] | None = None
        self._sound: Sound | None = None

    def tiles(
        self, values: NDArray[Any], quantizer: Quantizer, options: PlayerOptions, budget: Budget
    ) -> tuple[bytes, ...]:
        """Return the picture's files; the budget is asked as soon as one more is there."""
        key = quantizer.key, options.image_format, options.column_step, options.reduce
        kept = self._pictured
        if kept is None or kept[0] is not values or kept[1] != key:
            tiles: list[bytes] = []
            for tile in encode_tiles(
                values,
                quantizer,
                image_format=options.image_format,
                column_step=options.column_step,
                reduce=options.reduce,
            ):
                tiles.append(tile)
                budget.ask_for_tiles(tiles)
            self._pictured, self._tiles = (values, key), tuple(tiles)
        budget.ask_for_tiles(self._tiles)
        return self._tiles

    def sound(
        self, audio: Audio, spec: Spectrogram, options: PlayerOptions, budget: Budget
    ) -> Sound:
        """Return the sound of a spectrogram; the budget is asked while it grows."""
        sound = self.kept_sound(audio, spec, options)
        if sound is None:
            sound = encode_sound(
                audio, spec.start, spec.end, audio_format=options.audio_format,
                stretch=stretch_of(audio, options), on_size=budget.ask_for_sound,
            )  # fmt: skip
            self._sounding, self._sound = (audio, _sound_key(audio, spec, options)), sound
        budget.ask_for_sound(len(sound.data), whole=True)
        return sound

    def kept_sound(self, audio: Audio, spec: Spectrogram, options: PlayerOptions) -> Sound | None:
        """Return the sound of a spectrogram if it has been encoded before."""
        key = _sound_key(audio, spec, options)
        kept = self._sounding
        return self._sound if kept and kept[0] is audio and kept[1] == key else None


def _sound_key(audio: Audio, spec: Spectrogram, options: PlayerOptions) -> tuple[object, ...]:
    end = min(spec.end, audio.end)
    return spec.start, end, options.audio_format, stretch_of(audio, options)


@dataclasses.dataclass
class Budget:
    """What a player may take, and what it takes so far: asked before more is encoded."""

    options: PlayerOptions
    span: tuple[float, float]  # from when to when it shows, in seconds
    audio: Audio | None
    page: int
    n_tiles: int
    max_step: int  # frames in a column of the picture, at most
    kept: Sound | None = None  # the sound, where it has been encoded before
    picture: int = 0

    def ask_for_tiles(self, tiles: Sequence[bytes]) -> None:
        """Raise if the picture, judged by its first files, or the sound will be too large."""
        if self.options.assets == "folder":
            tiles = ()
        self.picture = sum(map(_in_base64, tiles))
        if self.page + self.picture + self._least_sound() > self.options.max_bytes:
            picture = self.picture * self.n_tiles // max(1, len(tiles))
            raise self._exceeded(picture, self._sound_size)

    def ask_for_sound(self, size: int, *, whole: bool = False) -> None:
        """Raise if a sound of so many bytes, or more, is too large."""
        sound = 0 if self.options.assets == "folder" else 4 * math.ceil(size / 3)
        if self.page + self.picture + sound > self.options.max_bytes:
            raise self._exceeded(self.picture, sound if whole else self._sound_size)

    def _least_sound(self) -> float:
        """Return how large the sound is going to be at least, before it is encoded.

        It is judged by pieces, which may say half as much again as the whole.
        """
        if self.options.assets == "folder":
            return 0
        if self.audio is None or self.kept is not None:
            return 0 if self.kept is None else _in_base64(self.kept.data)
        # What takes little even as it is needs no judgement.
        most = 2**13 + estimate_size(self.audio, *self.span, audio_format="wav")
        if self.page + self.picture + 4 * math.ceil(most / 3) <= self.options.max_bytes:
            return 0
        return self._sound_size / 1.5

    @cached_property
    def _sound_size(self) -> int:
        """About how large the sound is going to be."""
        if self.audio is None:
            return 0
        size = estimate_size(
            self.audio, *self.span, audio_format=self.options.audio_format,
            stretch=stretch_of(self.audio, self.options),
        )  # fmt: skip
        return 4 * math.ceil(size / 3)

    def _exceeded(self, picture: int, sound: int) -> InvalidValueError:
        max_bytes, step = self.options.max_bytes, self.options.column_step
        parts = {"page": self.page, "picture": picture, "sound": sound}
        sizes = ", ".join(f"{name} {readable_size(size)}" for name, size in parts.items() if size)
        reason = (
            f"the player would take about {readable_size(sum(parts.values()))}, more than ",
            Argument("max_bytes", max_bytes),
            f" allows: {sizes}",
        )
        raise_it = ("Raise ", Argument("max_bytes"))
        if self.page >= max_bytes:
            return InvalidValueError(*reason, remedy=(*raise_it, ": no page is smaller."))
        remedy: list[str | Argument] = [*raise_it, ", or make it smaller: "]
        if picture and 2 * step <= self.max_step:
            remedy += [Setting("column_step", 2 * step), " halves the picture; "]
        if picture and self.options.image_format == "png":
            remedy += [Setting("image_format", "webp"), " takes a fifth, with loss; "]
        if sound:
            remedy += [Setting("audio", False), " leaves out the sound; "]
        if self.options.has_page and self.options.assets == "page":
            remedy += [Setting("assets", "folder"), " writes files beside the page; "]
        remedy.append("fewer bins help too." if picture else "a shorter recording helps too.")
        return InvalidValueError(*reason, remedy=tuple(remedy))


def check_sound_fits(audio: Audio, options: PlayerOptions) -> None:
    """Raise if a recording's sound alone is too large for a player: before anything is computed."""
    least = least_size()
    page = least if options.max_bytes <= least else 0  # or it is said when all of it is known
    Budget(options, (audio.start, audio.end), audio, page, 0, 0).ask_for_tiles(())


def _in_base64(data: bytes) -> int:
    return 4 * math.ceil(len(data) / 3)


def readable_size(n: int) -> str:
    """Write a number of bytes."""
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{n / 1e3:.0f} kB"
