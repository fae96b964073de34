"""Text on a screen, written with letters that have been drawn before."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from matplotlib.backends import backend_agg
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray

__all__ = ["Letters"]

# Before 3.11, matplotlib drew a line of text as one picture, which took a tenth of the time.
_ONE_BY_ONE = hasattr(FT2Font, "_layout") and hasattr(FT2Font, "_render_glyph")

_UPRIGHT = 0x10000 * np.eye(2, dtype=int)  # 16.16, as FreeType has it

_LINES, _LETTERS = 256, 4096  # that are remembered


class Letters:
    """What letters look like, and where those of a line lie.

    Since 3.11 matplotlib draws a line of text letter by letter, and each of them anew: of an index
    step that takes more than all else together. Here the same letters, at the same place within
    a pixel, are drawn once, and those of a line that do not meet are laid on as one picture. The
    pixels are the same. What is turned, and mathematics, is left to matplotlib.
    """

    def __init__(self) -> None:
        self._line = functools.lru_cache(_LINES)(_line)
        self._letter = functools.lru_cache(_LETTERS)(_letter)
        self._alone = functools.lru_cache(_LETTERS)(_alone)

    @contextlib.contextmanager
    def written_by(self, renderer: Any) -> Iterator[None]:
        """Have a renderer write with them for a while; what is none of Agg's does as ever."""
        if not (_ONE_BY_ONE and isinstance(renderer, RendererAgg)):
            yield
            return
        pen = _Pen(self, renderer)
        own = {name: value for name, value in vars(renderer).items() if name in _METHODS}
        vars(renderer).update({name: getattr(pen, name) for name in _METHODS})
        try:
            yield
        finally:
            for name in _METHODS:
                del vars(renderer)[name]
            vars(renderer).update(own)


_METHODS = ("draw_text", "get_text_width_height_descent")


class _Pen:
    """The two methods of a renderer that ask for letters."""

    def __init__(self, letters: Letters, renderer: Any) -> None:
        self._letters, self._renderer = letters, renderer
        self._draw_text = renderer.draw_text
        self._measure = renderer.get_text_width_height_descent

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        """Write a line."""
        if ismath or angle:
            self._draw_text(gc, x, y, s, prop, angle, ismath=ismath, mtext=mtext)
            return
        renderer, letter = self._renderer, self._letters._letter
        features = language = None
        if mtext is not None:
            features, language = mtext.get_fontfeatures(), mtext.get_language()
        line, size = self._line(s, prop, features, language)
        how = *size, bool(gc.get_antialiased())
        up = renderer.height - y
        run = _Run()
        for glyph in line:
            # In 64ths of a pixel, as matplotlib rounds them.
            across, above = round(64 * (x + glyph.x)), round(64 * (up + glyph.y))
            picture = letter(glyph.font, glyph.index, *how, across % 64, above % 64)
            if picture.coverage.size:
                left = across // 64 + picture.left
                top = int(renderer.height) - above // 64 - picture.top
                if left < run.right:
                    run.draw(renderer, gc)
                    run = _Run()
                run.add(left, top, picture.coverage)
        run.draw(renderer, gc)

    def get_text_width_height_descent(
        self, s: str, prop: Any, ismath: Any
    ) -> tuple[float, float, float]:
        """Return how much room a line takes."""
        boxes = [] if ismath else self._boxes(s, prop)
        if not boxes:
            width, height, descent = self._measure(s, prop, ismath)
            return width, height, descent
        low, high = min(box.low for box in boxes), max(box.high for box in boxes)
        return boxes[-1].end, high - low, -low

    def _boxes(self, s: str, prop: Any) -> list[_Box]:
        """Return where each letter of a line is, or none: some look different by themselves."""
        line, size = self._line(s, prop)
        boxes = []
        for glyph in line:
            alone = self._letters._alone(glyph.font, glyph.char, *size)
            if alone is None or alone.index != glyph.index:
                return []
            boxes.append(_Box(alone.low + glyph.y, alone.high + glyph.y, alone.end + glyph.x))
        return boxes

    def _line(
        self, s: str, prop: Any, features: Any = None, language: Any = None
    ) -> tuple[tuple[_Glyph, ...], tuple[Any, ...]]:
        """Return the letters of a line, and what they depend on besides their font."""
        font = self._renderer._prepare_font(prop)
        size = prop.get_size_in_points(), self._renderer.dpi, backend_agg.get_hinting_flag()
        return self._letters._line(font, s, *size, features, language), size


class _Glyph(NamedTuple):
    """A letter of a line, as the font has it, and where it is, in pixels."""

    font: Any
    char: str
    index: int
    x: float
    y: float


class _Box(NamedTuple):
    """How low and high a letter reaches, and where it ends, in pixels."""

    low: float
    high: float
    end: float
    index: int = -1


class _Picture(NamedTuple):
    """How much of its pixels a letter covers, and where it is from where it is written."""

    coverage: NDArray[np.uint8]
    left: int
    top: int


def _line(
    font: Any, text: str, size: float, dpi: float, flags: Any, features: Any, language: Any
) -> tuple[_Glyph, ...]:
    font.set_size(size, dpi)
    laid = font._layout(text, flags=flags, features=features, language=language)
    return tuple(
        _Glyph(each.ft_object, each.char, each.glyph_index, each.x, each.y) for each in laid
    )


def _alone(font: Any, char: str, size: float, dpi: float, flags: Any) -> _Box | None:
    """Return the box of a letter by itself, None if that would be more than one."""
    line = _line(font, char, size, dpi, flags, None, None)
    if len(line) != 1 or line[0].font is not font:
        return None
    font.set_text(char, 0.0, flags=flags)
    (width, height), descent = font.get_width_height(), font.get_descent()
    return _Box(-descent / 64, (height - descent) / 64, width / 64, line[0].index)


def _letter(
    font: Any, index: int, size: float, dpi: float, flags: Any, is_smooth: bool, x: int, y: int
) -> _Picture:
    mode = backend_agg.RenderMode.NORMAL if is_smooth else backend_agg.RenderMode.MONO
    font.set_size(size, dpi)
    font._set_transform(_UPRIGHT, [x, y])
    drawn = font._render_glyph(index, flags, mode)
    coverage = np.array(drawn.buffer)
    return _Picture(coverage if is_smooth else coverage * np.uint8(255), drawn.left, drawn.top)


class _Run:
    """Letters one beside the other, no two of which share a pixel."""

    def __init__(self) -> None:
        self.right = -np.inf
        self._letters: list[tuple[int, int, NDArray[np.uint8]]] = []

    def add(self, left: int, top: int, coverage: NDArray[np.uint8]) -> None:
        """Add a letter on the right."""
        self._letters.append((left, top, coverage))
        self.right = left + coverage.shape[1]

    def draw(self, renderer: Any, gc: Any) -> None:
        """Lay them on the picture."""
        if not self._letters:
            return
        first = self._letters[0][0]
        highest = min(top for _, top, _ in self._letters)
        lowest = max(top + len(coverage) for _, top, coverage in self._letters)
        together = np.zeros((lowest - highest, int(self.right) - first), np.uint8)
        for left, top, coverage in self._letters:
            height, width = coverage.shape
            together[top - highest :, left - first :][:height, :width] = coverage
        # Agg counts downwards, from the lower side of what it is given.
        renderer._renderer.draw_text_image(together, first, lowest, 0, gc)
