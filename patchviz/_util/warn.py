"""Warnings that name the line of whoever called patchviz, however deep inside they arise.

No other file warns: so each is safe to show, and as short as an error.
"""

from __future__ import annotations

import contextlib
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from ..errors import Argument, Said, Text, parts_of, rendered, shown
from .text import one_line

__all__ = ["held", "is_named", "is_ours", "kind_of", "noted", "once", "said", "warn_user"]

# Those of patchviz itself, and what calls them: context managers, at whose end some warn, and
# properties that are made when they are first asked for.
_NOT_CALLERS = (__package__.split(".")[0], "contextlib", "functools")

_NUMBERS = re.compile(r"[\d.,]+")

_notes: ContextVar[list[str] | None] = ContextVar("_notes", default=None)
_held: ContextVar[list[str] | None] = ContextVar("_held", default=None)


@contextlib.contextmanager
def noted() -> Iterator[list[str]]:
    """Yield a list of what is being warned of, here and in threads that are started here."""
    notes: list[str] = []
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)


@contextlib.contextmanager
def held() -> Iterator[list[str]]:
    """Yield a list of what would be warned of, and is not: whoever asks says it together."""
    remarks: list[str] = []
    token = _held.set(remarks)
    try:
        yield remarks
    finally:
        _held.reset(token)


@contextlib.contextmanager
def once(told: set[str], name: str = "") -> Iterator[None]:
    """Say once what is warned of several; whoever holds warnings is told all of them.

    Parameters
    ----------
    told : set of str
        What was said of others; it is added to.
    name : str, optional
        What this one is called, where the warnings are of it alone: it is said, and those that
        differ by names and numbers are the same. Without one, they are the same word for word.
    """
    with held() as remarks:
        yield
    for remark in remarks:
        kind = kind_of(remark, name)
        if kind in told and _held.get() is None:
            continue
        told.add(kind)
        start = f"{name}: " if name and not is_named(remark, name) else ""
        warn_user((start, *parts_of(remark)))


def is_named(remark: str, name: str) -> bool:
    """Whether a remark names the file that it is of."""
    return _called(name).search(str(remark)) is not None


def kind_of(remark: str, name: str = "") -> str:
    """Return what is the same in remarks that differ by numbers and by the names of their files.

    Without a name it is all of it.
    """
    return _NUMBERS.sub("", _called(name).sub("", str(remark))) if name else str(remark)


def _called(name: str) -> re.Pattern[str]:
    """Return what finds a file in a message: the end of a path, be it shortened, or a word."""
    folder = r"(?:[^\s'\"]*[/\\])?"
    return re.compile(
        rf"{folder}{re.escape(shown(name)[1:])}|(?<!\w){folder}{re.escape(name)}(?!\w)"
    )


def warn_user(message: Text) -> None:
    """Warn at the nearest line that is not patchviz's own.

    The warning keeps the parts of its message, for faces that spell arguments in their own way.
    """
    parts = parts_of(message)
    text = Said(*parts)
    if (notes := _notes.get()) is not None:
        notes.append(text)
    if (remarks := _held.get()) is not None:
        remarks.append(text)
        return
    warning = UserWarning(str(text))
    vars(warning).update(parts=parts)
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in _NOT_CALLERS:
        frame, level = frame.f_back, level + 1
    warnings.warn(warning, stacklevel=level)


def is_ours(warning: Warning | str) -> bool:
    """Whether it was patchviz that warned."""
    return hasattr(warning, "parts")


def said(warning: Warning | str, spell: Callable[[Argument], str]) -> str:
    """Return what a warning says in another face than Python, in one line."""
    parts = getattr(warning, "parts", None)
    return one_line(rendered(parts, spell) if parts else str(warning))
