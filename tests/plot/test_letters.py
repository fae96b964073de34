"""Text of letters that are remembered equals what matplotlib writes: its pixels and its room."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from patchviz.plot import letters as of_letters
from patchviz.plot.letters import Letters

from ..seldom import seldom

LETTERS = "abcefgijlrtvyAVTLWoÄéß^_|()[]·,:;-–0123456789  /\"'žфб日مرحبا"
FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "STIXGeneral", "cmr10")


def written(
    text: str, font: FontProperties, x: float, y: float, *, dpi: float, smooth: bool, seed: int,
    letters: Letters | None,
) -> tuple[Any, np.ndarray]:  # fmt: skip
    """What a line measures, and what it looks like over a coloured ground."""
    renderer: Any = RendererAgg(320.5, 60.7, dpi)
    pixels = np.asarray(renderer.buffer_rgba())
    pixels[:] = np.random.default_rng(seed).integers(0, 256, pixels.shape)
    gc = renderer.new_gc()
    gc.set_foreground((0.2, 0.7, 0.3, 0.8), isRGBA=True)
    gc.set_antialiased(smooth)
    with (letters or Letters()).written_by(renderer if letters else None):
        measured = renderer.get_text_width_height_descent(text, font, False)
        renderer.draw_text(gc, x, y, text, font, 0.0)
    return measured, pixels.copy()


@pytest.mark.filterwarnings("ignore:Glyph .* missing")
@pytest.mark.parametrize(
    "hinting",
    [
        "default",
        # Whatever Python it is, matplotlib hints alike: once is enough.
        *seldom("none", "no_autohint", "force_autohint"),
    ],
)
@pytest.mark.parametrize("family", [*FONTS[:2], *seldom(*FONTS[2:])])
def test_a_line_is_what_matplotlib_writes(family: str, hinting: str) -> None:
    rng = np.random.default_rng(FONTS.index(family))
    letters = Letters()
    with mpl.rc_context({"text.hinting": hinting}):
        for seed in range(25):
            text = "".join(rng.choice([*LETTERS], rng.integers(1, 40)))
            size, dpi = rng.choice([6, 8.33, 10, 17.5]), float(rng.choice([60, 100, 133.3]))
            font = FontProperties(family=[family, "DejaVu Sans"], size=size)
            place, smooth = rng.uniform((-20, -5), (300, 70)), bool(seed % 4)
            ours, theirs = (
                written(text, font, *place, dpi=dpi, smooth=smooth, seed=seed, letters=each)
                for each in (letters, None)
            )
            assert ours[0] == theirs[0], text
            np.testing.assert_array_equal(ours[1], theirs[1], text)


CAPTION = "label AVA, fi _ · (To): 0.{}7\npatch {} / 106 · 0.650-5.642 s"

LOOKS: dict[str, Callable[[Text], object]] = {
    "plain": lambda text: None,
    "turned": lambda text: text.set_rotation(30),
    "in the middle": lambda text: text.set(ha="center", va="center", multialignment="right"),
    "clear": lambda text: text.set(alpha=0.4, color="red"),
    "rough": lambda text: text.set_antialiased(False),
    "bold": lambda text: text.set(weight="bold", style="italic", family="serif"),
    "boxed": lambda text: text.set_bbox({"facecolor": "lime", "alpha": 0.5}),
    "with mathematics": lambda text: text.set_text(text.get_text() + "\n$x_1^2$ Hz"),
    "outlined": lambda text: text.set_path_effects(
        [patheffects.withStroke(linewidth=2, foreground="white")]
    ),
    "clipped": lambda text: text.set(clip_on=True, clip_box=text.axes and text.axes.bbox),
    "another size": lambda text: text.set_fontsize(17.3),
}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_a_figure_is_what_matplotlib_draws(look: str) -> None:
    figure = Figure((3, 2), dpi=90)
    text = figure.add_subplot().text(0.3, 0.4, CAPTION.format(1, 7))
    LOOKS[look](text)
    letters = Letters()
    for change in (
        lambda: None,
        lambda: text.set_text(text.get_text().replace("7", "8")),
        lambda: figure.set_dpi(64.5),
        lambda: figure.set_size_inches(3.3, 2.1),
        lambda: text.set_position((0.313, 0.377)),
    ):
        change()
        renderer: Any = RendererAgg(*figure.bbox.size, figure.dpi)
        with letters.written_by(renderer):
            figure.draw(renderer)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        np.testing.assert_array_equal(renderer.buffer_rgba(), canvas.buffer_rgba())


def test_on_paper_there_is_text() -> None:
    figure = Figure((3, 2))
    figure.text(0.3, 0.4, "a line")
    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none"}):
        renderer: Any = RendererSVG(*figure.bbox.size, file)
        with Letters().written_by(renderer):
            figure.draw(renderer)
        renderer.finalize()
    assert ">a line</text>" in file.getvalue()


def test_a_renderer_writes_by_itself_again() -> None:
    renderer: Any = FigureCanvasAgg(Figure((2, 1))).get_renderer()
    before = dict(vars(renderer))
    with pytest.raises(ZeroDivisionError), Letters().written_by(renderer):
        raise ZeroDivisionError
    assert vars(renderer) == before
    with Letters().written_by(renderer):
        with Letters().written_by(renderer):
            pass
        assert (vars(renderer) != before) == of_letters._IS_KNOWN
    assert vars(renderer) == before


def test_who_writes_in_another_way_goes_on() -> None:
    renderer: Any = FigureCanvasAgg(figure := Figure((2, 1))).get_renderer()
    figure.text(0.1, 0.5, "a line")
    lines: list[str] = []
    renderer.draw_text = lambda gc, x, y, s, *args, **kwargs: lines.append(s)
    with Letters().written_by(renderer):
        figure.draw(renderer)
    assert lines == ["a line"]
    assert "draw_text" in vars(renderer)


def test_how_this_matplotlib_writes_is_known() -> None:
    """Of a later release somebody has to look whether it writes as `letters` does, and say so."""
    assert mpl.__version_info__[:2] <= (3, 11)
