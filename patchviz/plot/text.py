"""How much room text takes, before anything is drawn."""

from __future__ import annotations

import functools
import math
import re
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
    "fitting_known",
    "fitting_label",
    "is_mathematics",
    "points",
    "shortened",
    "shortened_among",
    "size_for",
    "text_width",
    "whole_known",
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
    font = FontProperties(size=size)
    fonts = (*mpl.rcParams["font.sans-serif"], *mpl.rcParams["font.serif"])
    lines = [texts] if isinstance(texts, str) else texts
    widths = (_width(line, font, fonts) for line in lines)
    # On a screen, letters are moved to whole pixels, which makes them a little wider.
    return 1.08 * max(widths, default=0.0)


@functools.lru_cache(maxsize=256)
def _width(text: str, font: FontProperties, _fonts: tuple[str, ...]) -> float:
    """Return the width of a line in points, for the fonts that there are; measuring is slow."""
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def size_for(texts: str | Iterable[str], width: float, size: float | str) -> float:
    """Return the largest size, at most `size`, in which as many texts fit as do at 6 points.

    Smaller letters say more than names that are cut; where none would fit it is `size`.
    """
    wanted, lines = points(size), {texts} if isinstance(texts, str) else {*texts}
    least = min(wanted, _LEAST)
    fitting = [line for line in lines if text_width(line, least) <= width]
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


def fitting_known(known: str, width: float, size: float | str, names: tuple[str, ...] = ()) -> str:
    """Return what is known, with shorter names where there is no room for whole ones.

    `names` are those of all classes, from which a shortened one is told.
    """
    if not known.rpartition(" · ")[2].startswith("scored "):
        return _fitting_labels(known, width, size, names)
    # Digits are equally wide: of patches one after the other only scores differ, mostly.
    alike = _DIGIT.sub("0", known)
    form = _first_fitting(alike, width, FontProperties(size=size))
    forms = _forms(known)
    n = len(forms)
    is_whole = form is not None and form < (2 if " · " in known else n - 1)
    if names and not is_whole:
        short = _with_short_names(known, names, width, size, may_drop=form is None or form == n - 1)
        if short:
            return short
    return shortened(forms[-2], width, size) if form is None else forms[form]


def _fitting_labels(said: str, width: float, size: float | str, names: tuple[str, ...]) -> str:
    """Return the labels of a patch, or the first of them and how many more there are."""
    if text_width(said, size) <= width:
        return said
    what = match[0] if (match := _WHAT.match(said)) else ""
    rest, plus, more = said[len(what) :].rpartition(" +")
    if not plus or not more.isdecimal():
        rest, more = said[len(what) :], "0"
    each: list[str] = []
    while rest:  # commas may be in names, too
        known = (name for name in names if f"{rest}, ".startswith(f"{name}, "))
        each.append(max(known, key=len, default=rest.partition(", ")[0]))
        rest = rest[len(each[-1]) :].removeprefix(", ")
    for n in range(len(each), 0, -1):
        n_left = len(each) - n + int(more)
        form = what + ", ".join(each[:n]) + (f" +{n_left}" if n_left else "")
        if text_width(form, size) <= width:
            return form
    counted = f" +{n_left}" if n_left else ""
    room = width - text_width(what + counted, size)
    short = shortened_among(each[0], names, room, size)
    return f"{what}{short}{counted}" if len(short) > 1 else shortened(said, width, size)


def _with_short_names(
    known: str, names: tuple[str, ...], width: float, size: float | str, *, may_drop: bool
) -> str | None:
    """Return label and score, or the score alone, by names that still say something, or None."""
    labels, _, score = known.rpartition(" · ")
    label = _WHAT.sub("", labels)
    name, colon, number = score.removeprefix("scored ").rpartition(": ")
    whole = f"{label} · {name}{colon}{number}"
    if label and text_width(whole, size) <= width:
        return whole
    least = 5.0 * points(size)
    for before in [*([f"{label} · "] if label else []), *([""] if may_drop else [])]:
        room = width - text_width(f"{before and ' · '}{colon}{number}", size)
        each = room / 2 if before else room
        if each >= least:
            called = shortened_among(name, names, each, size)
            left = room - text_width(called, size)
            said = f"{_fitting_labels(label, left, size, names)} · " if before else ""
            return f"{said}{called}{colon}{number}"
    return None


def whole_known(known: str) -> str:
    """Return the shortest form of what is known that leaves out no name."""
    return _forms(known)[1] if " · " in known else known.removeprefix("scored ")


_DIGIT = re.compile("[1-9]")

_WHAT = re.compile("^(label|truth(?! none( |$))) ")  # of "none" alone nobody knows what is none


def _forms(known: str) -> list[str]:
    labels, _, score = known.rpartition(" · ")
    short = score.removeprefix("scored ")
    said = _WHAT.sub("", labels)
    shorter = f"{said} · {short if said == labels else score}" if labels else score
    forms = [known, shorter, *([f"… · {score}"] if labels else []), score]
    return [*forms, short, short.rpartition(" ")[2]]


@functools.lru_cache(maxsize=1024)
def _first_fitting(known: str, width: float, font: FontProperties) -> int | None:
    size = font.get_size_in_points()
    fitting = (k for k, form in enumerate(_forms(known)) if text_width(form, size) <= width)
    return next(fitting, None)
