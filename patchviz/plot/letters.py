"""Text on a screen, written with letters that have been drawn before."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib import ft2font
from matplotlib.backends import backend_agg
from matplotlib.backends.backend_agg import RendererAgg
from numpy.typing import NDArray

__all__ = ["Letters"]

# The releases that draw text as it is drawn here. Before 3.11 a line was one picture, and no letter
# drawn alone; of a later one nobody knows: it writes by itself until somebody has looked.
_IS_KNOWN = mpl.__version_info__[:2] == (3, 11)

_MOST_LINES, _MOST_LETTERS = 256, 4096  # that are remembered


class Letters:
    """What letters look like, and where those of a line are.

    matplotlib draws a line of text letter by letter, and each of them anew, which takes more of
    an index step than all else together. Here a letter is drawn once for each place within a
    pixel, and those of a line that share no pixel are laid on as one picture: the pixels are the
    same. What is turned, and mathematics, is left to matplotlib.
    """

    def __init__(self) -> None:
        self.line = functools.lru_cache(_MOST_LINES)(_line)
        self.picture = functools.lru_cache(_MOST_LETTERS)(_picture)
        self.box = functools.lru_cache(_MOST_LETTERS)(_box)

    @contextlib.contextmanager
    def written_by(self, renderer: Any) -> Iterator[None]:
        """Have an Agg renderer write with them for a while; others write as ever."""
        attributes: dict[str, Any] = vars(renderer) if isinstance(renderer, RendererAgg) else {}
        is_free = attributes.keys().isdisjoint(_PEN)  # or somebody writes in a way of their own
        if not (_IS_KNOWN and attributes and is_free):
            yield
            return
        pen = _Pen(self, renderer)
        attributes.update({name: getattr(pen, name) for name in _PEN})
        try:
            yield
        finally:
            for name in _PEN:
                del attributes[name]


_PEN = ("draw_text", "get_text_width_height_descent")


class _Pen:
    """The methods of a renderer that ask for letters."""

    def __init__(self, letters: Letters, renderer: Any) -> None:
        self._letters, self._renderer = letters, renderer
        self._draw = renderer.draw_text
        self._measure = renderer.get_text_width_height_descent

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        """Write a line."""
        if ismath or angle:
            self._draw(gc, x, y, s, prop, angle, ismath=ismath, mtext=mtext)
            return
        how: tuple[Any, ...] = ()
        if mtext is not None:
            how = mtext.get_fontfeatures(), mtext.get_language()
        line, size = self._line(s, prop, *how)
        height, is_smooth = self._renderer.height, bool(gc.get_antialiased())
        up = height - y
        run = _Run()
        for letter in line:
            # In 64ths of a pixel, rounded as matplotlib does.
            right, above = round(64 * (x + letter.x)), round(64 * (up + letter.y))
            picture = self._letters.picture(
                letter.font, letter.glyph, *size, is_smooth, right % 64, above % 64
            )
            if not picture.coverage.size:
                continue
            left, top = right // 64 + picture.left, int(height) - above // 64 - picture.top
            if left < run.right:
                run.draw(self._renderer, gc)
                run = _Run()
            run.add(left, top, picture.coverage)
        run.draw(self._renderer, gc)

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
        """Return where each letter of a line is; nothing if one differs from what it is alone."""
        line, size = self._line(s, prop)
        boxes = []
        for letter in line:
            alone = self._letters.box(letter.font, letter.char, *size)
            if alone is None or alone.glyph != letter.glyph:
                return []
            low, high, end, glyph = alone
            boxes.append(_Box(low + letter.y, high + letter.y, end + letter.x, glyph))
        return boxes

    def _line(
        self, s: str, prop: Any, features: Any = None, language: Any = None
    ) -> tuple[tuple[_Letter, ...], tuple[Any, ...]]:
        """Return the letters of a line, and what they depend on besides their font."""
        font = self._renderer._prepare_font(prop)
        flags = backend_agg.get_hinting_flag()  # type: ignore[no-untyped-call]
        size = prop.get_size_in_points(), self._renderer.dpi, flags
        return self._letters.line(font, s, *size, features, language), size


class _Letter(NamedTuple):
    """One of a line, by the number of its glyph, and where it is, in pixels."""

    font: Any
    char: str
    glyph: int
    x: float
    y: float


class _Box(NamedTuple):
    """How low and high a letter reaches, and where the next begins, in pixels."""

    low: float
    high: float
    end: float
    glyph: int


class _Picture(NamedTuple):
    """How much of each pixel a letter covers, and where that is from where it is written."""

    coverage: NDArray[np.uint8]
    left: int
    top: int


def _line(
    font: Any, text: str, size: float, dpi: float, flags: Any, features: Any, language: Any
) -> tuple[_Letter, ...]:
    font.set_size(size, dpi)
    laid = font._layout(text, flags=flags, features=features, language=language)
    return tuple(_Letter(it.ft_object, it.char, it.glyph_index, it.x, it.y) for it in laid)


def _box(font: Any, char: str, size: float, dpi: float, flags: Any) -> _Box | None:
    """Return the box of a letter by itself; None if that is not one of this font's."""
    line = _line(font, char, size, dpi, flags, None, None)
    if len(line) != 1 or line[0].font is not font:
        return None
    font.set_text(char, 0.0, flags=flags)
    (width, height), descent = font.get_width_height(), font.get_descent()
    return _Box(-descent / 64, (height - descent) / 64, width / 64, line[0].glyph)


def _picture(
    font: Any, glyph: int, size: float, dpi: float, flags: Any, is_smooth: bool, x: int, y: int
) -> _Picture:
    mode = ft2font.RenderMode.NORMAL if is_smooth else ft2font.RenderMode.MONO
    font.set_size(size, dpi)
    font._set_transform(0x10000 * np.eye(2, dtype=int), [x, y])
    drawn = font._render_glyph(glyph, flags, mode)
    coverage = np.array(drawn.buffer)
    return _Picture(coverage if is_smooth else coverage * np.uint8(255), drawn.left, drawn.top)


class _Run:
    """Letters side by side, no two of which share a pixel."""

    def __init__(self) -> None:
        self.right: float = -np.inf
        self._letters: list[tuple[int, int, NDArray[np.uint8]]] = []

    def add(self, left: int, top: int, coverage: NDArray[np.uint8]) -> None:
        """Add one on the right."""
        self._letters.append((left, top, coverage))
        self.right = left + coverage.shape[1]

    def draw(self, renderer: Any, gc: Any) -> None:
        """Lay them on what has been drawn."""
        if not self._letters:
            return
        first = self._letters[0][0]
        top = min(top for _, top, _ in self._letters)
        bottom = max(top + len(coverage) for _, top, coverage in self._letters)
        together = np.zeros((bottom - top, int(self.right) - first), np.uint8)
        for left, upper, coverage in self._letters:
            rows, columns = coverage.shape
            together[upper - top :, left - first :][:rows, :columns] = coverage
        renderer._renderer.draw_text_image(together, first, bottom, 0, gc)
