"""How much room text takes, before anything is drawn."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.cbook import is_math_text
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from matplotlib.textpath import text_to_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.text import Text

__all__ = ["fitting_label", "is_mathematics", "points", "shortened", "text_width", "write"]

# More letters than fit anywhere, whose measuring would take long.
_MOST, _MOST_OF_MATHEMATICS = 2000, 500


def write(artist: Text, text: str, *, literal: bool = False) -> None:
    """Set the text of an artist; what is no mathematics, or is to be `literal`, stays as it is."""
    artist.set_text(text)
    lines = text.split("\n")
    artist.set_parse_math(not literal and all(map(_can_be_parsed, lines)))
    if literal:
        artist.set_usetex(False)


def is_mathematics(text: str) -> bool:
    """Return whether matplotlib can typeset a text as mathematics, and would."""
    return is_math_text(text) and _can_be_parsed(text)


def _can_be_parsed(text: str) -> bool:
    """Return whether drawing a line of text will not fail for the mathematics in it."""
    if not is_math_text(text) or mpl.rcParams["text.usetex"]:
        return True
    if len(text) > _MOST_OF_MATHEMATICS:
        return False
    try:
        _PARSER.parse(text)
    except (ValueError, RecursionError):
        return False
    return True


_PARSER = MathTextParser("path")


def points(size: float | str) -> float:
    """Return a font size in points, given as one or by its name ("small")."""
    return float(FontProperties(size=size).get_size_in_points())


def text_width(texts: str | Iterable[str], size: float | str) -> float:
    """Return the width of a text, or of the widest of several, in points."""
    font = FontProperties(size=size)
    lines = [texts] if isinstance(texts, str) else texts
    widths = (text_to_path.get_text_width_height_descent(s, font, False)[0] for s in lines)
    # On a screen, letters are moved to whole pixels, which makes them a little wider.
    return 1.08 * max((float(width) for width in widths), default=0.0)


def shortened(text: str, width: float, size: float | str) -> str:
    """Return `text`, or as much of its beginning and end as fits into `width` points."""

    def short(kept: int) -> str:
        return f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"

    text = text if len(text) <= _MOST else f"{text[: _MOST // 2]}{text[-_MOST // 2 :]}"
    if text_width(text, size) <= width:
        return text
    lengths = range(len(text))
    too_many = bisect.bisect_right(lengths, width, key=lambda kept: text_width(short(kept), size))
    return short(max(too_many - 1, 0))


def fitting_label(label: str, width: float, size: float | str) -> str:
    """Return the label of an axis, or its unit, or as much of it as fits into `width` points."""
    if len(label) <= _MOST and text_width(label, size) <= width:
        return label
    unit = label.partition("(")[2].rstrip(")")
    return shortened(unit or label, width, size)
