"""How much room text takes, before anything is drawn."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.cbook import is_math_text
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from matplotlib.textpath import text_to_path

from .apart import MOST, middle_cut, told_apart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.text import Text

__all__ = [
    "fitting_label",
    "is_mathematics",
    "points",
    "shortened",
    "shortened_among",
    "size_for",
    "text_width",
    "write",
]

# More letters, whose parsing would take long.
_MOST_OF_MATHEMATICS = 500


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

_LEAST = 6.0  # points, of letters that can be read in print


def points(size: float | str) -> float:
    """Return a font size in points, given as one or by its name ("small")."""
    return float(FontProperties(size=size).get_size_in_points())


def text_width(texts: str | Iterable[str], size: float | str) -> float:
    """Return the width of a text, or of the widest of several, in points."""
    font = FontProperties(size=1)
    fonts = (*mpl.rcParams["font.sans-serif"], *mpl.rcParams["font.serif"])
    lines = [texts] if isinstance(texts, str) else texts
    widths = (_width(line, font, fonts) for line in lines)
    # On a screen, letters are moved to whole pixels, which makes them a little wider.
    return 1.08 * points(size) * max(widths, default=0.0)


@functools.lru_cache(maxsize=4096)
def _width(text: str, font: FontProperties, _fonts: tuple[str, ...]) -> float:
    """Return the width of a line per point of its size: of a slow measure many sizes are served."""
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def size_for(texts: str | Iterable[str], width: float, size: float | str) -> float:
    """Return the largest size, at most `size`, in which as many texts fit as do at 6 points.

    Smaller letters say more than names that are cut; where none would fit it is `size`.
    """
    wanted, lines = points(size), {texts} if isinstance(texts, str) else {*texts}
    least = min(wanted, _LEAST)
    # Of a million letters nobody needs to be told how wide they are.
    fitting = [line for line in lines if len(line) <= MOST and text_width(line, least) <= width]
    if not fitting:
        return wanted
    widest = max(fitting, key=lambda line: text_width(line, wanted))
    sizes = np.linspace(wanted, least, 1 + math.ceil(2 * (wanted - least)))
    return next((float(one) for one in sizes if text_width(widest, one) <= width), least)


def shortened(text: str, width: float, size: float | str) -> str:
    """Return `text`, or as much of its beginning and end as fits into `width` points."""
    return middle_cut(text, lambda form: text_width(form, size) <= width)


@functools.lru_cache(maxsize=1024)
def shortened_among(name: str, names: tuple[str, ...], width: float, size: float | str) -> str:
    """Return a name as `shortened` does, or what tells it from others that would look the same."""
    return told_apart(name, names, lambda form: text_width(form, size) <= width)


def fitting_label(label: str, width: float, size: float | str) -> str:
    """Return the label of an axis, or its unit, or as much of it as fits into `width` points."""
    if len(label) <= MOST and text_width(label, size) <= width:
        return label
    unit = label.partition("(")[2].rstrip(")")
    return shortened(unit or label, width, size)
