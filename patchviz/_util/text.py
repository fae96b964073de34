"""Text from people and from file names, made safe to be shown anywhere."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["class_name", "contained", "isolated", "one_line", "plain", "plural", "there_are"]

# What moves a terminal's cursor, or makes an XML file none; line breaks and tabs aside.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")

# What changes the direction of all that follows.
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""Return text that figures, SVG, pages and terminals can show.

    What cannot be written as UTF-8 (lone surrogates, as in names of files that are none) and
    control characters become ``�``; line breaks ``\n``; tabs spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for old, new in (("\r\n", "\n"), ("\r", "\n"), ("\t", " ")):
        text = text.replace(old, new)
    return _CONTROLS.sub("�", text)


def contained(text: str) -> str:
    """Return the same for text that others follow: its direction ends where it does."""
    return _DIRECTIONS.sub("�", plain(text))


def one_line(text: str) -> str:
    """Return the same in one line, with single spaces."""
    return " ".join(contained(text).split())


def class_name(name: str) -> str:
    """Return the name of a class as it is shown, where it has none too."""
    return one_line(name) or "(no name)"


def isolated(text: str) -> str:
    """Return the same, between marks that keep numbers beside it in their order."""
    text = one_line(text)
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return f"\u2068{text}\u2069"
    return text


def plural(number: int, noun: str) -> str:
    """Write a number of things: ``1 patch``, ``2 patches``."""
    plural = noun + ("es" if noun.endswith("ch") else "s")
    return f"{number:,} {noun if number == 1 else plural}"


def there_are(n: int, of: str = "") -> str:
    """Write how many patches there are, and what they are called by place."""
    if n < 2:
        return f"there is 1 patch{of}, 0 (or -1)" if n else f"there is no patch{of}"
    return f"there are {n:,} patches{of}, 0 to {n - 1} (or -{n} to -1 from the end)"
