"""The sound of a player: the recording once, compressed."""

from __future__ import annotations

import dataclasses
import io
import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .._util.warn import warn_user
from ..errors import InPython
from .formats import AUDIO_FORMATS, AudioFormat
from .ogg import numbered_by_content

if TYPE_CHECKING:
    from .resample import Samples
    from .source import Audio

__all__ = ["AUDIO_FORMATS", "Sound", "encode_sound", "estimate_size", "heard", "peak_of", "rate_of"]

# A minute at 44.1 kHz in one call overflows the stack of libsndfile's Vorbis encoder.
_BLOCK = 1 << 16

# How large a long sound is going to be is judged by so many samples, in so many pieces of it.
_JUDGED, _PIECES = 1 << 17, 8

# Files in which the middle is found without reading what lies before.
_INDEXED = {".aif", ".aiff", ".flac", ".oga", ".ogg", ".opus", ".wav"}

# Decoders overshoot full scale by less; what goes beyond is on another scale.
_OVERSHOOT = 1.5


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
    stretch : int
        How many seconds of the file are a second of the recording.
    """

    data: bytes
    media_type: str
    start: float
    stretch: int = 1


def heard(
    audio: Audio, start: float, end: float, *, sr: float, peak: float | None = None
) -> Iterator[Samples]:
    """Yield what is heard of a recording, on a page as in a film.

    It is one channel, the mean of all, as in the spectrogram; and it fits full scale, -1 to 1: a
    sound that goes beyond is scaled as a whole.

    Parameters
    ----------
    audio : Audio
    start, end : float
        In seconds on the clock of ``audio.start``.
    sr : float
        Sampling rate in Hz.
    peak : float, optional
        What the whole reaches, of which this is a part; see `peak_of`.

    Yields
    ------
    ndarray, shape (1, n)

    Warns
    -----
    UserWarning
        If the sound goes so far beyond full scale that it must be on another scale.
    """
    if peak is None:
        peak = peak_of(audio, [(start, end)])
    for block in audio.blocks(sr=sr, mono=True, start=start, end=end):
        yield block / peak if peak > 1 else block


def peak_of(audio: Audio, spans: Iterable[tuple[float, float]]) -> float:
    """Return what the samples of some spans reach, of which `heard` tells if it is too much."""
    blocks = itertools.chain.from_iterable(
        audio.blocks(mono=True, start=start, end=end) for start, end in spans
    )
    peak = max((max(float(block.max()), -float(block.min())) for block in blocks), default=0.0)
    if peak > _OVERSHOOT:
        warn_user(
            f"The samples reach {peak:g}, where full scale is 1: they are heard scaled to fit. "
            "If they are 16-bit integers as floats, give y / 32768."
        )
    return peak


def encode_sound(
    audio: Audio,
    start: float,
    end: float,
    *,
    audio_format: str,
    stretch: int = 1,
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
    stretch : int, default: 1
        How much slower and lower the file is than the recording: the way to keep sound that lies
        above what browsers, or the format, can hold.
    on_size : callable, optional
        Called with the size so far in bytes; what it raises ends the encoding.

    Warns
    -----
    UserWarning
        If the format holds less of the sound than there is, or see `heard`.
    """
    form = AUDIO_FORMATS[audio_format]
    rate = rate_of(audio, audio_format, stretch)
    is_least = form.rates.highest < AUDIO_FORMATS["flac"].rates.highest
    more = " The formats ogg, flac and wav hold more." if is_least else " No page plays more."
    what = (InPython("audio_format="), repr(audio_format))
    form.rates.tell_loss(audio.sr, what, speed=1 / stretch, remedy=more)
    start = max(start, audio.start)
    level = form.compression_level(rate * stretch)
    data = _encoded(heard(audio, start, end, sr=rate * stretch), form, rate, level, on_size)
    return Sound(data, form.media_type, start, stretch)


def rate_of(audio: Audio, audio_format: str, stretch: int = 1) -> int:
    """Return the sampling rate in Hz that the file of `encode_sound` has."""
    return AUDIO_FORMATS[audio_format].rates.nearest(audio.sr / stretch)


def estimate_size(
    audio: Audio, start: float, end: float, *, audio_format: str, stretch: int = 1
) -> int:
    """Return about how many bytes `encode_sound` gives, at once and however many they are.

    Parameters
    ----------
    audio, start, end, audio_format, stretch
        As for `encode_sound`.
    """
    form = AUDIO_FORMATS[audio_format]
    rate = rate_of(audio, audio_format, stretch)
    sr = rate * stretch
    start, end = max(start, audio.start), min(end, audio.end)
    if form.container == "WAV":
        return 44 + 2 * math.ceil((end - start) * sr)
    is_short = (end - start) * sr <= 4 * _JUDGED
    seconds = end - start if is_short else _JUDGED / sr
    is_indexed = isinstance(audio.source, np.ndarray) or (
        Path(audio.name).suffix.lower() in _INDEXED and not (audio.decoder and audio.decoder.title)
    )
    n_pieces = _PIECES if is_indexed and not is_short else 1
    each = seconds / n_pieces
    starts = np.linspace(start, end - each, n_pieces) if n_pieces > 1 else np.array([start])
    pieces = [audio.read(at, at + each, sr=sr, mono=True) for at in starts.tolist()]
    scale = max(1.0, *(float(np.abs(piece).max()) for piece in pieces))
    level = form.compression_level(sr)
    size = len(_encoded((piece / scale for piece in pieces), form, rate, level))
    header = len(_encoded((), form, rate, level))
    return header + math.ceil((size - header) * (end - start) / seconds)


def _encoded(
    blocks: Iterable[Samples],
    form: AudioFormat,
    rate: int,
    compression_level: float | None,
    on_size: Callable[[int], object] | None = None,
) -> bytes:
    """Return one channel as a sound file: the same whenever it is encoded."""
    from .virtual import virtual_file

    file = io.BytesIO()
    with virtual_file(
        file, "w", samplerate=rate, channels=1, format=form.container, subtype=form.subtype,
        compression_level=compression_level,
    ) as writer:  # fmt: skip
        for block in blocks:
            for first in range(0, block.shape[1], _BLOCK):
                writer.write(block[:, first : first + _BLOCK].T)
                if on_size is not None:
                    on_size(file.tell())
        writer.write(np.zeros((round(form.silence * rate), 1)))
    content = file.getvalue()
    return numbered_by_content(content) if form.container == "OGG" else content
