"""What bad input gets: errors that name the argument, the value, what is allowed and the remedy."""

from __future__ import annotations

__all__ = [
    "AudioFileError",
    "AudioFileNotFoundError",
    "InvalidTypeError",
    "InvalidValueError",
    "PatchIndexError",
    "PatchvizError",
]


class PatchvizError(Exception):
    """Base of everything patchviz raises on purpose, so that one ``except`` tells it from a bug.

    Examples
    --------
    >>> import patchviz as pv
    >>> try:
    ...     pv.Spectrogram.example().patches(duration=60.0)
    ... except pv.PatchvizError as error:
    ...     print(type(error).__name__)
    InvalidValueError
    """


class InvalidValueError(PatchvizError, ValueError):
    """An argument has the right type and a value that is not allowed."""


class InvalidTypeError(PatchvizError, TypeError):
    """An argument has a type that is not allowed."""


class PatchIndexError(PatchvizError, IndexError):
    """There is no patch of that number."""


class AudioFileError(PatchvizError, ValueError, OSError):
    """A file cannot be decoded as audio."""

    # Without these, OSError's own formatting and pickling take over from the message.
    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class AudioFileNotFoundError(AudioFileError, FileNotFoundError):
    """There is no file of that name."""
