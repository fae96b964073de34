"""Which part of a sound is meant: from when on, for how long, and in which channel."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._util.validation import check_field, check_int, check_number
from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError
from .files import in_quotes
from .shared import Shared

if TYPE_CHECKING:
    from .source import Audio

__all__ = [
    "Extent",
    "decoded_together",
    "part_from",
    "samples_behind",
    "seconds_from",
    "tell_origin",
    "widened",
]

_SHOWN = 0.0005  # s; a length that was typed as it is shown, in ms, is that length


def seconds_from(name: str, text: str) -> float:
    """Return a time as a shell or a page has it: ``1:23:45`` or ``83:45.5``; or seconds alone."""
    try:
        *larger, seconds = text.strip().split(":")
        if len(larger) > 2 or not all(part.isascii() and part.isdigit() for part in larger):
            raise ValueError
        whole = functools.reduce(lambda total, part: 60 * (total + int(part)), larger, 0)
        number = float(seconds)
        if larger and not 0 <= number < 60:
            raise ValueError
    except ValueError:
        raise InvalidValueError(
            Argument(name, text),
            " is no time",
            allowed="seconds, such as 83.5, or minutes or hours before them: 1:23.5, 1:23:45",
        ) from None
    return check_number(name, whole + number, minimum=0, unit="s")


def part_from(begin: float | None, end: float | None) -> dict[str, float]:
    """Return `offset` and `duration` of the part between two times of a file, in seconds."""
    offset = begin or 0.0
    if end is None:
        return {"offset": offset}
    if end <= offset:
        at = ("after ", Argument("from", begin, "s")) if begin else ("after the beginning",)
        raise InvalidValueError(Argument("to", end, "s"), " leaves nothing", allowed=at)
    return {"offset": offset, "duration": end - offset}


@dataclasses.dataclass(frozen=True)
class Extent:
    """A part of a sound as it was asked for, checked as far as that goes without the sound.

    Parameters
    ----------
    offset : float, default: 0.0
        Seconds of the sound before the part.
    duration : float, optional
        Its length in seconds; by default up to the sound's end.
    channel : int, optional
        One channel, counted from 0; by default all.
    """

    offset: float = 0.0
    duration: float | None = None
    channel: int | None = None

    def __post_init__(self) -> None:
        check_field(self, "offset", check_number, minimum=0, unit="s")
        check_field(self, "duration", check_number, optional=True, above=0, unit="s")
        check_field(self, "channel", check_int, optional=True, minimum=0)

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the sound."""
        return not self.offset and self.duration is None and self.channel is None

    def samples(self, audio: Audio) -> tuple[int, int]:
        """Return the first sample of the part, and the one after its last; each is rounded once.

        A part that would go on after the sound ends with it, and a warning says so.
        """
        named, length = in_quotes(audio.name) if audio.name else "the sound", audio.duration
        first, last = round(self.offset * audio.sr), audio.n_samples
        if first >= last:
            raise InvalidValueError(
                Argument("offset", self.offset, "s"),
                f" is not before the end of {named}, which lasts {length:.3f} s",
                remedy="Choose less than that.",
            )
        if self.duration is None:
            return first, last
        end = self.offset + self.duration
        if round(end * audio.sr) <= first:
            raise InvalidValueError(
                Argument("duration", self.duration, "s"),
                f" holds no sample: one lasts {1 / audio.sr:.3g} s",
                remedy="Choose at least that.",
            )
        if end > length + _SHOWN:
            warn_user(
                f"{named[0].upper()}{named[1:]} ends at {length:.3f} s, and the part was to end "
                f"at {end:.3f} s: it holds {length - self.offset:.3f} s in place of "
                f"{self.duration:.3f} s."
            )
        return first, min(last, round(end * audio.sr))

    def check_channel(self, audio: Audio) -> None:
        """Refuse a channel that a sound has not."""
        if self.channel is not None and self.channel >= audio.n_channels:
            named = in_quotes(audio.name) if audio.name else "the sound"
            n = audio.n_channels
            raise InvalidValueError(
                Argument("channel", self.channel),
                f" is not there: {named} has {n} channel{'s' if n != 1 else ''}",
                allowed=f"a number from 0 to {n - 1}: channels are counted from 0"
                if n > 1
                else "0, or left out",
            )


def samples_behind(audio: Audio) -> int:
    """Return how many samples of the recording lie behind the last one of a part of it."""
    return int(vars(audio).get("_behind", 0))


def tell_origin(new: Audio, audio: Audio, n_behind: int) -> None:
    """Tell a sound of another one's file what is known of that, and how much lies behind it."""
    looked_at = vars(audio).get("_looked_at")
    vars(new).update(_given=audio.given, _looked_at=looked_at, _behind=n_behind)


def decoded_together(audios: Sequence[Audio]) -> list[Audio]:
    """Return channels of a file so that one pass over it decodes all, read side by side."""
    decoder = audios[0].decoder
    if len(audios) == 1 or decoder is None or isinstance(decoder, Shared):
        return list(audios)
    shared = Shared(decoder, len(audios))
    together = [dataclasses.replace(audio, decoder=shared) for audio in audios]
    for new, audio in zip(together, audios, strict=True):
        tell_origin(new, audio, samples_behind(audio))
    return together


def widened(audio: Audio, before: int, after: int) -> Audio:
    """Return a part with so many samples more of its recording, which must be there."""
    wider = dataclasses.replace(
        audio,
        n_samples=before + audio.n_samples + after,
        start=audio.start - before / audio.sr,
        first=audio.first - before,
    )
    tell_origin(wider, audio, samples_behind(audio) - after)
    return wider
