"""What each format of sound can hold, and browsers play: asked before anything is encoded.

Every one of them holds one channel, and one channel is what is heard (see `encode.heard`).
"""

from __future__ import annotations

import dataclasses
import math
from bisect import bisect_left
from collections.abc import Sequence

from .._util.warn import warn_user
from ..errors import InvalidValueError, Text, parts_of
from .resample import MAX_RATIO

__all__ = ["ANY_RATE", "AUDIO_FORMATS", "FILM_ENCODERS", "AudioFormat", "Rates", "rates_of_encoder"]

# Chromium plays nothing below 3,000 Hz, and a device may begin at 8,000 Hz; above 192,000 Hz each
# browser, and libsndfile's Vorbis, has a limit of its own.
_LOWEST, _HIGHEST = 8_000, 192_000


@dataclasses.dataclass(frozen=True)
class Rates:
    """The sampling rates that a format can have, in Hz: rising, one or several rows of them."""

    rows: tuple[Sequence[int], ...]

    @property
    def highest(self) -> int:
        """The highest of them."""
        return self.rows[-1][-1]

    def nearest(self, rate: float) -> int:
        """Return the lowest that keeps all of a sound, or else the highest.

        Raises
        ------
        InvalidValueError
            If a sound of that rate cannot be resampled to any.
        """
        chosen = self.highest
        for row in self.rows:
            if rate <= row[-1]:
                chosen = row[bisect_left(row, rate)]
                break
        if not 1 / MAX_RATIO <= chosen / rate <= MAX_RATIO:
            raise InvalidValueError(
                f"a sound of {rate:.10g} Hz cannot be heard: it would be resampled to {chosen} Hz, "
                f"by more than a factor of {MAX_RATIO}",
                remedy="Leave the sound out, or say at which rate it was recorded.",
            )
        return chosen

    def tell_loss(self, rate: float, what: Text, *, speed: float = 1.0, remedy: Text = "") -> None:
        """Warn if a sound of a rate, played at a speed, loses its highest frequencies."""
        if math.floor(rate * speed) > self.highest:
            played = f" played at a speed of {speed:g}" if speed != 1 else ""
            warn_user((
                f"Sound above {self.highest / speed / 2000:g} kHz is left out: ",
                *parts_of(what),
                f" holds at most {self.highest} Hz, and the recording has {rate:.10g} Hz{played}.",
                *parts_of(remedy),
            ))  # fmt: skip


ANY_RATE = Rates((range(_LOWEST, _HIGHEST + 1),))
_FLAC = Rates((range(_LOWEST, 65_536), range(65_540, _HIGHEST + 1, 10)))
_MPEG = Rates(((8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),))
_OPUS = Rates(((8000, 12000, 16000, 24000, 48000),))
_AC3 = Rates(((32000, 44100, 48000),))


@dataclasses.dataclass(frozen=True)
class AudioFormat:
    """A format of the sound on a page: what it is called there and by libsndfile."""

    media_type: str
    container: str
    subtype: str
    rates: Rates
    # Silence that follows, in seconds: libsndfile's last frame of Opus overshoots at its end.
    silence: float = 0.0

    def compression_level(self, rate: int) -> float | None:
        """Return how far libsndfile compresses, 0 to 1; None: as it does by itself.

        By itself Vorbis leaves out what nobody hears, from some 20 kHz on; but what is played
        slowly is heard. FLAC has large frames, and a seek into the last three never ends in
        Chromium; its least compression has the smallest. The rate is the recording's.
        """
        if self.subtype == "VORBIS":
            return 0.2 if rate > 48_000 else None
        return 0.0 if self.container == "FLAC" else None


AUDIO_FORMATS = {
    "ogg": AudioFormat("audio/ogg", "OGG", "VORBIS", ANY_RATE),
    "mp3": AudioFormat("audio/mpeg", "MP3", "MPEG_LAYER_III", _MPEG),
    "opus": AudioFormat("audio/ogg", "OGG", "OPUS", _OPUS, silence=0.02),
    "flac": AudioFormat("audio/flac", "FLAC", "PCM_16", _FLAC),
    "wav": AudioFormat("audio/wav", "WAV", "PCM_16", ANY_RATE),
}

# By ffmpeg's names. AAC and Vorbis have higher rates too, and leave out the same by themselves.
_ENCODERS = {
    "aac": _MPEG,
    "alac": ANY_RATE,
    "flac": _FLAC,
    "libmp3lame": _MPEG,
    "libopus": _OPUS,
    "libvorbis": Rates((range(_LOWEST, 48_001),)),
    "opus": _OPUS,
    "tta": ANY_RATE,
    "wavpack": ANY_RATE,
}


def rates_of_encoder(name: str) -> Rates:
    """Return the rates of one of ffmpeg's encoders; of one that is not known, what all have."""
    return _ENCODERS.get(name, ANY_RATE if name.startswith("pcm_") else _AC3)


# What ffmpeg takes by itself; empty where that depends on how it was built.
FILM_ENCODERS = {
    ".avi": "",
    ".m4v": "aac",
    ".mkv": "",
    ".mov": "aac",
    ".mp4": "aac",
    ".webm": "opus",
}
