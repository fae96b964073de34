"""Text from people and from file names, made safe to be shown anywhere."""

from __future__ import annotations

import re

__all__ = ["one_line", "plain"]

_BREAK = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

# What no XML file may hold, what moves a terminal's cursor, and what turns the direction of all
# that follows, in other people's text too. (Marks that only sit between letters may stay.)
_UNSHOWN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


def plain(text: str) -> str:
    r"""Return text that figures, SVG, pages and terminals can show.

    What cannot be written as UTF-8 (lone surrogates, as in names of files that are none), control
    characters and changes of direction become ``�``; breaks of all kinds ``\n``; tabs spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNSHOWN.sub("�", _BREAK.sub("\n", text).replace("\t", " "))


def one_line(text: str) -> str:
    """Return the same in one line, with single spaces."""
    return " ".join(plain(text).split())
