"""What the shell's face says to a person who waits; the result alone goes to standard output."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator

from .._util.text import one_line
from .._util.warn import said
from ..errors import shorten
from .arguments import say, spell

__all__ = ["fail", "tell", "warnings_said"]


@contextlib.contextmanager
def warnings_said() -> Iterator[None]:
    """Say each warning once, in a line of its own."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        try:
            yield
        finally:
            for message in dict.fromkeys(said(warning.message, spell) for warning in caught):
                tell(message)


def tell(text: str) -> None:
    """Tell what is going on."""
    say(f"patchviz: {one_line(text)}", sys.stderr)


def fail(reason: str, code: int) -> int:
    """Tell why it ends, and return the exit code."""
    tell(shorten(one_line(reason)))
    return code
