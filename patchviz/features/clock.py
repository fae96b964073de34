"""Whether values and their sound are in step, and what is likely where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..audio.source import Audio
from ..errors import Argument, InPython, InvalidTypeError, InvalidValueError, Setting

if TYPE_CHECKING:
    from ..errors import Part
    from .base import Features

__all__ = ["check_audio", "likely_cause", "set_clock", "window"]

# Of a sound: from frame to frame of the values that span it, in seconds. Other values with such
# frames are in step with it: they are a part, or padded.
_CLOCKS = "_frame_durations"


def window(features: Features) -> float:
    """Return by how many seconds values and their sound may differ: a window and a frame."""
    n_fft = features.n_fft or max(2048, 4 * features.hop_length)
    return (n_fft + features.hop_length) / features.sr


def set_clock(features: Features, audio: Audio) -> None:
    """Remember that frames like these are those of a sound."""
    vars(audio).setdefault(_CLOCKS, set()).add(features.hop_length / features.sr)


def check_audio(features: Features, audio: object, start: float) -> None:
    """Refuse what is no sound, or cannot be that of values whose first frame is at `start`."""
    if not isinstance(audio, Audio):
        raise InvalidTypeError(
            Argument("audio"),
            f" is of type {type(audio).__name__}",
            allowed="a patchviz.Audio: Audio.from_array(y, sr) of samples, or "
            "Audio.from_file(path)",
        )
    end = start + features.values.shape[1] * (features.hop_length / features.sr)
    if audio.end <= start or end <= audio.start:
        raise InvalidValueError(
            Argument("audio"),
            f" is there from {audio.start:.3f} s to {audio.end:.3f} s, and the spectrogram from ",
            Argument("start", start, "s"),
            f" to {end:.3f} s: nothing of it would be heard",
            remedy="Say when the sound begins: for example "
            f"Audio.from_array(y, sr, start={start!r}).",
        )
    if abs(start - audio.start) <= window(features):
        _check_clock(features, audio)


def _check_clock(features: Features, audio: Audio) -> None:
    """Refuse values that begin with a sound and last longer or shorter."""
    frame_duration = features.hop_length / features.sr
    if frame_duration in vars(audio).get(_CLOCKS, ()):
        return
    n_frames = features.values.shape[1]
    duration = n_frames * frame_duration
    if abs(duration - audio.duration) <= window(features):
        set_clock(features, audio)
        return
    part = ""
    if duration < audio.duration:
        part = (
            " If they are a part of the sound, give that part of it: "
            f"Audio.from_array(audio.read(end={audio.start + duration:.3f}), audio.sr)."
        )
    raise InvalidValueError(
        Argument("audio"),
        f" lasts {audio.duration:.3f} s, and the spectrogram {duration:.3f} s: {n_frames} frames "
        "with ",
        Argument("hop_length", features.hop_length),
        " and ",
        Argument("sr", features.sr, "Hz"),
        remedy=(*likely_cause(features, audio.n_samples, audio.sr), InPython(part)),
    )


def likely_cause(features: Features, n_samples: int, sr: float) -> tuple[Part, ...]:
    """Return what to do about values whose length is not that of their sound."""
    (n_bins, n_frames), hop_length = features.values.shape, features.hop_length
    tolerance = window(features)
    if abs(n_bins * hop_length / features.sr - n_samples / sr) <= tolerance:
        return ("They are transposed, it seems: give values.T, of shape (n_bins, n_frames).",)
    if features.sr != sr and abs(n_frames * hop_length - n_samples) / sr <= tolerance:
        return ("Their sampling rate is the sound's, it seems: ", Setting("sr", sr), ".")
    return (
        "Give the ",
        Argument("sr"),
        " and ",
        Argument("hop_length"),
        f" that they were computed with: at the sound's {sr:g} Hz a hop of about "
        f"{n_samples / max(1, n_frames - 0.5):.3g} samples.",
    )
