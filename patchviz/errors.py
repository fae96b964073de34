"""What bad input gets: errors that name the argument, the value, what is allowed and the remedy.

Their messages are made of parts, so that each face (Python, a shell, a Sphinx page) can name
arguments in its own way; nobody searches a finished text for names.
"""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Callable, Iterable
from typing import Any, Self, TypeAlias

from ._util.text import contained, plain

__all__ = [
    "Argument",
    "AudioFileError",
    "AudioFileNotFoundError",
    "ClusterError",
    "Code",
    "FolderNotFoundError",
    "InPython",
    "InvalidTypeError",
    "InvalidValueError",
    "LabelFileError",
    "LabelFileNotFoundError",
    "NoRecordingError",
    "Part",
    "PatchIndexError",
    "PatchvizError",
    "Said",
    "SavedFileError",
    "SavedFileNotFoundError",
    "Setting",
    "Text",
    "parts_of",
    "rendered",
    "said_by",
    "shorten",
    "shown",
    "unstopped",
]

MAX_MESSAGE, MAX_VALUE = 500, 150  # characters

_REPR = reprlib.Repr()
_REPR.maxstring, _REPR.maxother = MAX_VALUE, 60


class Code(str):
    """Text that stands in a message as it is, without quotation marks."""

    __slots__ = ()
    __repr__ = str.__str__


class InPython(str):
    """Words of a message that help in Python alone; other faces leave them out."""

    __slots__ = ()


def shorten(text: str, length: int = MAX_MESSAGE) -> str:
    """Return text with its middle left out where it is too long."""
    if len(text) <= length:
        return text
    tail = (length - 3) // 2
    return f"{text[: length - 3 - tail]}...{text[-tail:]}"


def shown(value: object, show: Callable[[object], str] = _REPR.repr) -> Code:
    """Return how a value of any size and kind is shown in a message."""
    try:
        text = value if isinstance(value, Code) else show(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        text = f"<{type(value).__name__} of too many digits>"
    return Code(shorten(text, MAX_VALUE))


def listed(values: Iterable[object], most: int = 8) -> str:
    """Return the first of some values as a message lists them, and how many more there are."""
    known = [*values]
    rest = len(known) - most
    return ", ".join(map(shown, known[:most])) + (f" and {rest:,} more" if rest > 0 else "")


@dataclasses.dataclass(frozen=True, init=False)
class Argument:
    """An argument in a message, alone or with a value: ``tail``, ``tail='cut'``, ``sr=0 Hz``.

    Text and numbers are kept, shortened if need be; of other values it is kept how they are shown,
    so that an error holds no array and can be sent to another process.
    """

    name: str
    value: str | float | bool | None
    unit: str
    has_value: bool

    def __init__(self, name: str, value: object = ..., unit: str = "") -> None:
        kept: object = shown(value)
        if type(value) is str:
            kept = shorten(value, MAX_VALUE)
        elif type(value) in (float, bool, type(None)) or (
            type(value) is int and value.bit_length() < 64
        ):
            kept = value
        vars(self).update(name=name, value=kept, unit=unit, has_value=value is not ...)

    @property
    def text(self) -> str:
        """The value as Python shows it, with its unit."""
        return f"{shown(self.value)} {self.unit}".rstrip()

    def __str__(self) -> str:
        return f"{self.name}={self.text}" if self.has_value else self.name


class Setting(Argument):
    """An argument in a remedy, written as one types it: ``tail="pad"``."""

    @property
    def text(self) -> str:
        """The value as one types it."""
        return f'"{self.value}"' if isinstance(self.value, str) else super().text


Part: TypeAlias = str | Argument
Text: TypeAlias = Part | tuple[Part, ...]


class Said(str):
    """What an error or a warning says where it is kept as text, with the parts of its message.

    It goes to other processes, and into tables, as any text does.
    """

    parts: tuple[Part, ...]

    def __new__(cls, *parts: Part) -> Self:
        """Return the text that these parts are."""
        said = super().__new__(cls, contained(shorten("".join(map(str, parts)))))
        said.parts = parts
        return said

    def __getnewargs__(self) -> tuple[Part, ...]:  # type: ignore[override]
        return self.parts


def parts_of(text: Text) -> tuple[Part, ...]:
    """Return the parts of a text."""
    if isinstance(text, Said):
        return text.parts
    return text if isinstance(text, tuple) else (text,)


def unstopped(text: Text) -> tuple[Part, ...]:
    """Return the parts of a text that stands within a sentence: without a full stop at its end."""
    *first, last = parts_of(text)
    return (*first, type(last)(last.rstrip(".")) if isinstance(last, str) else last)


def rendered(parts: tuple[Part, ...], spell: Callable[[Argument], str]) -> str:
    """Return a message for another face than Python; see `PatchvizError.render`."""
    said = (part for part in parts if not isinstance(part, InPython))
    return contained(shorten("".join(spell(p) if isinstance(p, Argument) else p for p in said)))


def said_by(error: BaseException) -> str:
    """Return what an exception of anybody's says, after its type where it is none of ours."""
    kind = type(error).__name__
    if isinstance(error, PatchvizError) and error._parts:
        return Said(*error._parts)
    try:
        said = plain(str(error))
    except Exception:  # whatever it raises in place of its own text
        said = ""
    return f"{kind}: {said}" if said else kind


class PatchvizError(Exception):
    """Base of everything patchviz raises on purpose, so that one ``except`` tells it from a bug.

    Parameters
    ----------
    *message : str or Argument
        What is wrong, in parts; without a full stop at its end if more follows.
    allowed : str, or tuple of parts, optional
        What follows "It must be".
    remedy : str, or tuple of parts, optional
        What to do about it, in whole sentences.

    Attributes
    ----------
    argument : str or None
        Name of the argument that is wrong, where there is one.
    value : str, number or None
        Its value; where that is neither a text nor a number, or is long, how it is shown.
    allowed, remedy : str
        What it must be, and what to do about it; empty where the message says it in other words.

    Examples
    --------
    >>> import patchviz as pv
    >>> try:
    ...     pv.Spectrogram.example().patches(duration=60.0)
    ... except pv.PatchvizError as error:
    ...     print(type(error).__name__, error.argument, error.value)
    ...     print(error.remedy)
    InvalidValueError duration 60.0
    Choose a shorter duration, or tail="pad".
    """

    def __init__(self, *message: Part, allowed: Text = "", remedy: Text = "") -> None:
        parts = message
        if allowed:
            parts += (". It must be ", *parts_of(allowed), ".")
        self._reason = parts
        if remedy and not allowed:
            parts += (".",)
        if remedy:
            parts += (" ", *parts_of(remedy))
        self._parts = parts
        named = next((part for part in message if isinstance(part, Argument)), None)
        self.argument = named.name if named else None
        self.value = named.value if named and named.has_value else None
        self.allowed, self.remedy = (
            "".join(map(str, parts_of(text))) for text in (allowed, remedy)
        )
        super().__init__(contained(shorten("".join(map(str, parts)))))

    def __str__(self) -> str:  # OSError has a form of its own
        return str(self.args[0])

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickled as what makes it: others, Dask among them, make an OSError of its numbers.
        return type(self), self._parts, vars(self)

    def render(self, spell: Callable[[Argument], str]) -> str:
        """Return the message for another face than Python, without what helps in Python alone.

        Parameters
        ----------
        spell : callable
            Returns how an argument is called there, with its value if it has one.

        Returns
        -------
        str
            At most 500 characters.

        Examples
        --------
        >>> from patchviz.errors import Argument, InvalidValueError
        >>> error = InvalidValueError(Argument("tail", "cut"), " is not allowed.")
        >>> print(error)
        tail='cut' is not allowed.
        >>> error.render(lambda argument: f"--{argument.name} {argument.value}")
        '--tail cut is not allowed.'
        """
        return rendered(self._parts, spell)


class InvalidValueError(PatchvizError, ValueError):
    """An argument has the right type and a value that is not allowed."""


class FolderNotFoundError(InvalidValueError, FileNotFoundError):
    """There is no folder to write a file into."""


class NoRecordingError(InvalidValueError):
    """None of many files can be used: `recordings` say of each why."""

    recordings: Any = None


class InvalidTypeError(PatchvizError, TypeError):
    """An argument has a type that is not allowed."""


class PatchIndexError(PatchvizError, IndexError):
    """There is no patch of that number."""


class AudioFileError(PatchvizError, ValueError, OSError):
    """A file cannot be decoded as audio."""


class AudioFileNotFoundError(AudioFileError, FileNotFoundError):
    """There is no file of that name."""


class ClusterError(PatchvizError, ConnectionError):
    """A cluster was lost while it worked."""


class LabelFileError(PatchvizError, ValueError, OSError):
    """A file cannot be read as a table of labels."""

    line: int | None = None  # where it is wrong, from 1
    column: int | None = None


class LabelFileNotFoundError(LabelFileError, FileNotFoundError):
    """There is no file of that name."""


class SavedFileError(PatchvizError, ValueError, OSError):
    """A file cannot be opened as a spectrogram that was saved."""


class SavedFileNotFoundError(SavedFileError, FileNotFoundError):
    """There is no file of that name."""
