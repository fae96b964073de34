"""What is heard while patches are shown: the sound of a film."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..audio.encode import heard, peak_of
from ..audio.formats import ANY_RATE, FILM_ENCODERS, rates_of_encoder
from ..errors import Argument, Code, InPython, InvalidValueError, Setting
from ..web.options import MAX_SPEED, MIN_SPEED

if TYPE_CHECKING:
    from typing import BinaryIO

    from ..audio.source import Audio
    from ..core.patches import Patches

__all__ = ["SoundTrack", "sound_track"]


class SoundTrack:
    """The sound of a film, decoded block by block into a file that ffmpeg reads.

    Parameters
    ----------
    audio : Audio
    spans : sequence of (float, float)
        The parts that are heard, one after the other, in seconds on the clock of ``audio.start``.
        Where there is no sound, a part is silent, and it is as long as its picture is seen; but a
        single one ends with the sound.
    n_frames_after : int
        Frames for which the last picture stays, so that all of it is heard.
    speed : float
        How much faster than the recording; the pitch follows.
    encoder : str
        What encodes it, by ffmpeg's name; empty where ffmpeg chooses.
    """

    def __init__(
        self,
        audio: Audio,
        spans: Sequence[tuple[float, float]],
        n_frames_after: int,
        *,
        speed: float = 1.0,
        encoder: str = "aac",
    ) -> None:
        self.audio = audio
        self.spans = spans
        self.n_frames_after = n_frames_after
        self.speed = speed
        rates = rates_of_encoder(encoder)
        self.rate = rates.nearest(audio.sr * speed)
        remedy = (
            ""
            if rates.highest == ANY_RATE.highest
            else InPython(' A film.mkv with extra_args=["-c:a", "flac"] holds more.')
        )
        what = f"{encoder} in a film" if encoder else "the codec that ffmpeg chooses for it"
        rates.tell_loss(audio.sr, what, speed=speed, remedy=remedy)
        self.path: Path | None = None

    def write(self, path: Path) -> None:
        """Write the samples, raw: no header limits their number.

        Parameters
        ----------
        path : Path
        """
        self.path = path
        rate = self.rate / self.speed  # samples in a second of the recording
        sounding = ((self._begin(start), end) for start, end in self.spans)
        peak = peak_of(self.audio, (span for span in sounding if self._sounds(*span)))
        due = 0.0
        with open(path, "wb") as file:
            for start, end in self.spans:
                n_before, due = round(due), due + (end - start) * rate
                n_left = round(due) - n_before
                n_left -= self._write(file, start, end, rate, peak, n_left)
                if len(self.spans) > 1:
                    file.write(bytes(n_left * 4))

    def _begin(self, start: float) -> float:
        return max(start, self.audio.start)

    def _sounds(self, begin: float, end: float) -> bool:
        return begin < min(end, self.audio.end)

    def _write(
        self, file: BinaryIO, start: float, end: float, rate: float, peak: float, most: int
    ) -> int:
        """Write a part, of which other parts follow one of `most` samples; return its length."""
        begin = self._begin(start)
        silence = min(round((begin - start) * rate), most)
        file.write(bytes(silence * 4))
        n, is_last = silence, len(self.spans) == 1
        if not self._sounds(begin, end):
            return n
        for block in heard(self.audio, begin, end, sr=rate, peak=peak):
            samples = block[0] if is_last else block[0, : most - n]
            file.write(np.ascontiguousarray(samples, dtype="<f4").data)
            n += len(samples)
        return n

    @property
    def input_args(self) -> list[str]:
        """What tells ffmpeg how to read the file."""
        return ["-f", "f32le", "-ar", str(self.rate), "-ac", "1", "-i", str(self.path)]


def _encoder(ending: str, extra_args: Sequence[str] | None) -> str:
    """Return what encodes the sound of a film: what ffmpeg is told, or takes by itself.

    It is empty where that depends on how ffmpeg was built.
    """
    for option, value in itertools.pairwise(extra_args or ()):
        if option in ("-c:a", "-codec:a", "-acodec"):
            return value
    return FILM_ENCODERS.get(ending.lower(), "aac")


def sound_track(
    patches: Patches,
    interval: float,
    fps: object,
    ending: str,
    extra_args: Sequence[str] | None,
) -> SoundTrack:
    """Return what is heard while patches are shown, one every `interval` milliseconds.

    Parameters
    ----------
    patches : Patches
    interval : float
    fps : object
        What was said of the film's rate; only None keeps pace with the sound.
    ending : str
        Of the film's name, such as ``".mp4"``.
    extra_args : sequence of str, optional
        What ffmpeg is told besides.
    """
    shown = patches.framing.shown_duration
    speed = 1000 * shown / interval
    if fps is not None:
        raise InvalidValueError(
            Argument("audio", True),
            " is not possible with ",
            Argument("fps", fps),
            ": picture and sound keep pace only at the animation's own rate",
            remedy=("Leave ", Argument("fps"), " out, and animate with another speed."),
        )
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise InvalidValueError(
            Argument("audio", True),
            " is not possible with ",
            Argument("speed", Code(f"{speed:g}")),
            f": sound is played at {MIN_SPEED} to {MAX_SPEED} times its speed",
            remedy=("Animate with such a speed, or leave ", Setting("audio", False), "."),
        )
    audio = patches.spectrogram.audio
    if audio is None:
        raise InvalidValueError(
            Argument("audio", True),
            ", but the spectrogram has no sound",
            remedy="Make it by Spectrogram.from_file or Spectrogram.from_audio, or give the sound "
            "to your own values: Spectrogram(values, ..., audio=Audio.from_array(y, sr)).",
        )
    spans = [patches.time(index) for index in range(len(patches))]
    n_frames_after = 0
    if patches.framing.step is not None:
        _check_last(patches)
        # The last picture stays until its patch has been heard.
        n_frames_after = max(0, round(patches.duration / shown) - 1)
        spans = [(spans[0][0], spans[-1][1])]
    return SoundTrack(
        audio,
        spans,
        n_frames_after,
        speed=1.0 if abs(speed - 1) < 1e-9 else speed,
        encoder=_encoder(ending, extra_args),
    )


def _check_last(patches: Patches) -> None:
    """Refuse a last patch that does not begin a hop after the one before it."""
    shown = (len(patches) - 1) * patches.framing.shown_duration
    late = shown - (patches.time(-1)[0] - patches.time(0)[0])
    if late > 1e-6:
        raise InvalidValueError(
            Argument("audio", True),
            " is not possible with ",
            Argument("tail", patches.tail),
            f": the last patch, moved back to the end, begins {late:.3f} s before its picture "
            "would be seen",
            remedy='Leave it out, animate(patches[:-1]), or carve with tail="pad".',
        )
