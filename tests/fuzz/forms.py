"""Every format that libsndfile or ffmpeg writes, and sounds to put into it."""

from __future__ import annotations

import dataclasses
import functools
import io
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from patchviz.animation.ffmpeg import ffmpeg_path

from .ogg import with_serial

RATES = (8000, 11025, 16000, 22050, 32000, 44100, 48000)
ALL_RATES = (*RATES, 96000, 192000, 256000, 384000)


@dataclasses.dataclass(frozen=True)
class Form:
    """How samples become a file."""

    container: str  # WAV, FLAC, MP3 ...
    variety: str  # of the container: an encoding, or what its encoder was told
    ending: str
    rates: tuple[int, ...] = ALL_RATES
    n_channels: int = 2  # at most
    options: tuple[str, ...] = ()  # of ffmpeg, which writes it; libsndfile writes what has none

    def __str__(self) -> str:
        return f"{self.container} {self.variety}"

    def encode(self, y: NDArray[np.float64], sr: int) -> bytes:
        """Return the file of `y`, shape (n, n_channels): the same bytes each time."""
        content = _by_ffmpeg(y, sr, self) if self.options else _by_libsndfile(y, sr, self)
        return with_serial(content, 1) if content.startswith(b"OggS") else content


_LIBSNDFILE = {
    "WAV": "PCM_U8 PCM_16 PCM_24 PCM_32 FLOAT DOUBLE ULAW ALAW IMA_ADPCM MS_ADPCM GSM610 G721_32",
    "WAVEX": "PCM_U8 PCM_16 PCM_24 PCM_32 FLOAT DOUBLE ULAW ALAW",
    "RF64": "PCM_U8 PCM_16 PCM_24 PCM_32 FLOAT DOUBLE ULAW ALAW",
    "W64": "PCM_U8 PCM_16 PCM_24 PCM_32 FLOAT DOUBLE ULAW ALAW IMA_ADPCM MS_ADPCM GSM610",
    "AIFF": "PCM_S8 PCM_U8 PCM_16 PCM_24 PCM_32 FLOAT DOUBLE ULAW ALAW IMA_ADPCM GSM610",
    "AU": "PCM_S8 PCM_16 PCM_24 PCM_32 FLOAT DOUBLE ULAW ALAW G721_32 G723_24 G723_40",
    "CAF": "PCM_S8 PCM_16 PCM_24 PCM_32 FLOAT DOUBLE ULAW ALAW ALAC_16 ALAC_24",
    "FLAC": "PCM_S8 PCM_16 PCM_24",
    "OGG": "VORBIS OPUS",
    "MP3": "MPEG_LAYER_III",
    "AVR": "PCM_S8 PCM_U8 PCM_16",
    "HTK": "PCM_16",
    "IRCAM": "PCM_16 PCM_32 FLOAT ULAW ALAW",
    "MAT4": "PCM_16 PCM_32 FLOAT DOUBLE",
    "MAT5": "PCM_U8 PCM_16 PCM_32 FLOAT DOUBLE",
    "MPC2K": "PCM_16",
    "NIST": "PCM_S8 PCM_16 PCM_24 PCM_32 ULAW ALAW",
    "PAF": "PCM_S8 PCM_16 PCM_24",
    "PVF": "PCM_S8 PCM_16 PCM_32",
    "SDS": "PCM_S8 PCM_16 PCM_24",
    "SVX": "PCM_S8 PCM_16",
    "VOC": "PCM_U8 PCM_16 ULAW ALAW",
    "WVE": "ALAW",
    "XI": "DPCM_8 DPCM_16",
}
_ONE_CHANNEL = {"GSM610", "G721_32", "G723_24", "G723_40", "HTK", "SDS", "SVX", "WVE", "XI"}
_TWO_CHANNELS = {"ALAC_16", "ALAC_24", "IMA_ADPCM", "MS_ADPCM", "MP3", "AVR", "MPC2K", "VOC"}
_OPUS = (8000, 12000, 16000, 24000, 48000)
# Above 200,000 Hz libsndfile's Vorbis encoder ends the process, and its ALAC encoder now and then.
_RATES = {
    "MP3": RATES,
    "OPUS": _OPUS,
    "VORBIS": (*RATES, 96000, 192000),
    "ALAC_16": RATES,
    "ALAC_24": RATES,
    "MPC2K": RATES,
    "SVX": RATES,
    "VOC": (8000,),  # one of few that its header can say
    "WVE": (8000,),
    "XI": (44100,),
}

_MP3 = "-c:a libmp3lame"
_PICTURES = "-f lavfi -i color=size=16x16:rate=10 -shortest -c:v mpeg4"
_FFMPEG: dict[tuple[str, str], tuple[str, tuple[int, ...]]] = {
    # container and variety, ending and options, rates; "pipe:1" stands for a pipe
    ("MP3", "constant rate"): (f"mp3 {_MP3} -b:a 64k", RATES),
    ("MP3", "variable rate"): (f"mp3 {_MP3} -q:a 4", RATES),
    ("MP3", "constant rate, no Xing"): (f"mp3 {_MP3} -b:a 64k -write_xing 0", RATES),
    ("MP3", "variable rate, no Xing"): (f"mp3 {_MP3} -q:a 4 -write_xing 0", RATES),
    ("MP3", "ID3v1"): (f"mp3 {_MP3} -metadata title=a -write_id3v1 1", RATES),
    ("MP3", "layer 2"): ("mp2 -c:a mp2", RATES[2:]),
    ("WAV", "of ffmpeg"): ("wav -c:a pcm_s16le", ALL_RATES),
    ("WAV", "to a pipe"): ("wav -c:a pcm_s16le pipe:1", ALL_RATES),
    ("WAV", "adpcm_ima_wav"): ("wav -c:a adpcm_ima_wav", RATES),
    ("WAV", "adpcm_ms"): ("wav -c:a adpcm_ms", RATES),
    ("WAV", "adpcm_yamaha"): ("wav -c:a adpcm_yamaha", RATES),
    ("WAV", "g722"): ("wav -c:a g722", (16000,)),
    ("WAV", "MP3"): (f"wav {_MP3}", RATES),
    ("RF64", "of ffmpeg"): ("wav -c:a pcm_s16le -rf64 always", RATES),
    ("W64", "of ffmpeg"): ("w64 -c:a pcm_s16le", ALL_RATES),
    ("AIFF", "of ffmpeg"): ("aiff -c:a pcm_s16be", RATES),
    ("AU", "of ffmpeg"): ("au -c:a pcm_s16be", ALL_RATES),
    ("CAF", "of ffmpeg"): ("caf -c:a pcm_s16be", ALL_RATES),
    ("CAF", "ALAC of ffmpeg"): ("caf -c:a alac", RATES),
    ("VOC", "of ffmpeg"): ("voc -c:a pcm_u8", (8000,)),
    ("FLAC", "of ffmpeg"): ("flac -c:a flac", ALL_RATES),
    ("FLAC", "to a pipe"): ("flac -c:a flac pipe:1", RATES),
    ("OGG", "Vorbis of ffmpeg"): ("ogg -c:a libvorbis", RATES),
    ("OGG", "Opus of ffmpeg"): ("opus -c:a libopus", _OPUS),
    ("OGG", "FLAC"): ("oga -c:a flac", RATES),
    ("M4A", "AAC"): ("m4a -c:a aac", RATES),
    ("M4A", "ALAC"): ("m4a -c:a alac", RATES),
    ("AAC", "ADTS"): ("aac -c:a aac", RATES),
    ("WMA", "1"): ("wma -c:a wmav1", RATES),
    ("WMA", "2"): ("wma -c:a wmav2", RATES),
    ("WavPack", "lossless"): ("wv -c:a wavpack", ALL_RATES),
    ("TTA", "lossless"): ("tta -c:a tta", RATES),
    ("AC-3", "raw"): ("ac3 -c:a ac3", (32000, 44100, 48000)),
    ("DTS", "raw"): ("dts -c:a dca -strict -2", (44100, 48000)),
    ("AMR", "narrow band"): ("amr -c:a libopencore_amrnb -ac 1", (8000,)),
    ("Matroska", "FLAC"): ("mka -c:a flac", RATES),
    ("Matroska", "Opus"): ("webm -c:a libopus", _OPUS),
    ("MP4", "with pictures"): (f"mp4 {_PICTURES} -c:a aac", RATES),
    ("AVI", "with pictures"): (f"avi {_PICTURES} {_MP3}", RATES),
    ("MPEG-TS", "AAC"): ("ts -c:a aac", RATES),
}


def _forms() -> Iterator[Form]:
    for container, varieties in _LIBSNDFILE.items():
        for variety in varieties.split():
            names = {container, variety}
            channels = 1 if names & _ONE_CHANNEL else 2 if names & _TWO_CHANNELS else 8
            rates = _RATES.get(variety) or _RATES.get(container, ALL_RATES)
            yield Form(container, variety, container.lower(), rates, channels)
    for (container, variety), (line, rates) in _FFMPEG.items():
        ending, *options = line.split()
        yield Form(container, variety, ending, rates, options=tuple(options))


FORMS = {str(form): form for form in _forms()}


@functools.cache
def available() -> dict[str, list[Form]]:
    """Return, for each container, the forms that this ffmpeg can write, or libsndfile."""
    listing = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-encoders"], capture_output=True, text=True, check=True
    ).stdout
    encoders = {line.split()[1] for line in listing.splitlines() if len(line.split()) > 1}
    found: dict[str, list[Form]] = {}
    for form in FORMS.values():
        if not form.options or form.options[form.options.index("-c:a") + 1] in encoders:
            found.setdefault(form.container, []).append(form)
    return found


def _by_libsndfile(y: NDArray[np.float64], sr: int, form: Form) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, y, sr, format=form.container, subtype=form.variety)
    content = bytearray(file.getvalue())
    # Some headers hold the time of writing.
    if (peak := content.find(b"PEAK", 0, 4096)) > 0:
        content[peak + 12 : peak + 16] = bytes(4)
    if form.container == "MAT5":
        content[:116] = re.sub(rb"\d{4}-\d\d-\d\d [\d:]{8}", b"2000-01-01 00:00:00", content[:116])
    return bytes(content)


def _by_ffmpeg(y: NDArray[np.float64], sr: int, form: Form) -> bytes:
    raw = ["-f", "f64le", "-ar", str(sr), "-ac", str(y.shape[1]), "-i", "pipe:0"]
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    options = [option for option in form.options if option != "pipe:1"]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, f"a.{form.ending}")
        target = [str(out)] if options == [*form.options] else ["-f", form.ending, "pipe:1"]
        done = subprocess.run(
            [ffmpeg_path(), "-v", "error", *raw, *options, *exact, *target],
            input=y.astype("<f8").tobytes(),
            capture_output=True,
            check=True,
        )
        return done.stdout or out.read_bytes()


def sound(
    rng: np.random.Generator, seconds: float, sr: int, n_channels: int = 1
) -> NDArray[np.float64]:
    """Return a tone under bursts of noise, shape (n, n_channels): loud and silent parts."""
    n = max(1, round(seconds * sr))
    at = np.arange(n) / sr
    pace, level, phase, pitch = rng.uniform([0.2, -0.8, 0, 0.01], [3, 0.8, 6, 0.2])
    bursts = np.sin(2 * np.pi * pace * at + phase) > level
    tone = 0.2 * rng.integers(2) * np.sin(2 * np.pi * pitch * sr * at)
    noise = 0.1 * rng.standard_normal((n, n_channels))
    return tone[:, np.newaxis] + noise * bursts[:, np.newaxis]
