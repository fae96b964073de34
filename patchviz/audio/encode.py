"""The sound of a player: the recording once, compressed."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .source import Audio

__all__ = ["AUDIO_FORMATS", "Sound", "encode_sound"]


@dataclasses.dataclass(frozen=True)
class _Format:
    media_type: str
    container: str
    subtype: str
    rates: tuple[int, ...] | None  # sampling rates it can have, in Hz; None if all


_MPEG = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)

AUDIO_FORMATS = {
    "ogg": _Format("audio/ogg", "OGG", "VORBIS", None),
    "mp3": _Format("audio/mpeg", "MP3", "MPEG_LAYER_III", _MPEG),
    "opus": _Format("audio/ogg", "OGG", "OPUS", (8000, 12000, 16000, 24000, 48000)),
    "flac": _Format("audio/flac", "FLAC", "PCM_16", None),
    "wav": _Format("audio/wav", "WAV", "PCM_16", None),
}

# A minute at 44.1 kHz in one call overflows the stack of libsndfile's Vorbis encoder.
_BLOCK = 1 << 16


@dataclasses.dataclass(frozen=True)
class Sound:
    """A compressed sound and where in the recording it starts.

    Attributes
    ----------
    data : bytes
        A whole sound file.
    media_type : str
        For instance ``"audio/ogg"``.
    start : float
        Time in the recording at which the sound starts, in seconds.
    """

    data: bytes
    media_type: str
    start: float


def encode_sound(
    audio: Audio,
    start: float,
    end: float,
    *,
    audio_format: str,
    on_size: Callable[[int], object] | None = None,
) -> Sound:
    """Return the part of a recording that a spectrogram shows, as a compressed sound.

    Parameters
    ----------
    audio : Audio
    start, end : float
        In seconds on the clock of ``audio.start``; where there is no sound, it is left out.
    audio_format : {"ogg", "mp3", "opus", "flac", "wav"}
        A key of `AUDIO_FORMATS`.
    on_size : callable, optional
        Called with the size so far in bytes; what it raises ends the encoding.
    """
    import soundfile

    form = AUDIO_FORMATS[audio_format]
    rate = _rate(audio.sr, form.rates)
    n_channels = audio.n_channels if audio.n_channels <= 2 else 1
    start = max(start, audio.start)
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", rate, n_channels, format=form.container, subtype=form.subtype
    ) as writer:
        for block in audio.blocks(sr=rate, mono=n_channels == 1, start=start, end=end):
            for first in range(0, block.shape[1], _BLOCK):
                writer.write(block[:, first : first + _BLOCK].T)
                if on_size is not None:
                    on_size(file.tell())
    return Sound(file.getvalue(), form.media_type, start)


def _rate(rate: float, allowed: tuple[int, ...] | None) -> int:
    """Return the lowest allowed rate that keeps all of the sound, or else the highest."""
    if allowed is None:
        return round(rate)
    return min((r for r in allowed if r >= rate), default=max(allowed))
