"""What is found out about a file, by whoever looks into it."""

from __future__ import annotations

from typing import NamedTuple

from .decode import BySndfile
from .ffmpeg import ByFfmpeg

__all__ = ["ON_DAMAGE", "TOLERANCE", "DoubtError", "SoundInfo", "joined"]

ON_DAMAGE = ("raise", "keep")  # what becomes of a file that is damaged
TOLERANCE = 0.1  # s; what is said of a file is right to that


class SoundInfo(NamedTuple):
    """What a file holds, and what decodes it."""

    sr: int
    n_channels: int
    n_samples: int
    decoder: BySndfile | ByFfmpeg
    remarks: tuple[str, ...] = ()  # what a person should know, without the file's name
    damage: str = ""  # what is missing, without the file's name
    is_sure: bool = True  # False: it is as it seems, but ffmpeg should be asked
    is_intact: bool = False  # nothing is damaged, whatever ffmpeg takes a tag for
    is_estimate: bool = False  # of how many samples there are, as in some MP3 files
    is_counted: bool = False  # by the bytes themselves, so that decoding finds nothing else
    slack: int = 0  # samples at its end that ffmpeg may miss
    is_cut: bool = False  # its end is not where it should be, but nothing tells what is missing
    remedy: str | None = None  # of the damage, if it is not to write what is left to a new file

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.sr


class DoubtError(Exception):
    """libsndfile does not know how much there is in a file, or cannot decode it.

    Parameters
    ----------
    text : str
        Why; empty where it cannot decode it.
    seconds : float
        How much of it there is at least. Where ffmpeg finds no more either, a person is told why.
    options : tuple of str
        What ffmpeg is to be told.
    damage : str
        What is missing, whatever ffmpeg finds.
    is_intact : bool
        Whether nothing is damaged, whatever ffmpeg takes a tag between its frames for.
    """

    def __init__(
        self,
        text: str = "",
        seconds: float = 0.0,
        options: tuple[str, ...] = (),
        damage: str = "",
        is_intact: bool = False,
    ) -> None:
        super().__init__(text)
        self.text, self.seconds, self.options, self.damage = text, seconds, options, damage
        self.is_intact = is_intact


def joined(n_rest: int) -> str:
    """Say that another file follows, of so many bytes."""
    return (
        f"is followed by another file, {n_rest} bytes that are not read: several were joined. "
        "Split them to see all"
    )
