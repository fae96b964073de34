"""How much room text takes, before anything is drawn."""

from __future__ import annotations

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from patchviz.plot.text import fitting_label, points, shortened, text_width

TEXTS = ["patch 12 · 0.19-5.18 s", "1:02:05", "Frequency (Hz)", "A♯4", "a_name_$of$_a.wav", ""]


@pytest.mark.parametrize("dpi", [72, 100, 300])
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_not_wider_when_it_is_drawn(text: str, dpi: float) -> None:
    figure = Figure(dpi=dpi)
    FigureCanvasAgg(figure)
    for size in (7, 10, "small"):
        drawn = figure.text(0, 0, text, fontsize=size, parse_math=False)
        width = drawn.get_window_extent().width * 72 / dpi
        assert width <= text_width(text, size) + 0.5
        assert width >= 0.8 * text_width(text, size)


def test_the_widest_of_several() -> None:
    assert text_width(TEXTS, 10) == max(text_width(text, 10) for text in TEXTS)
    assert text_width([], 10) == 0


def test_sizes_by_name() -> None:
    with matplotlib.rc_context({"font.size": 12}):
        assert points("medium") == 12
        assert points("small") == pytest.approx(10, abs=0.1)
        assert points(7.5) == 7.5


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(max_codepoint=0x17F, categories=["L", "N", "P"])), st.floats(0, 300))
def test_shortened(text: str, width: float) -> None:
    short = shortened(text, width, 10)
    if text_width(text, 10) <= width:
        assert short == text
        return
    start, _, end = short.partition("…")
    assert text.startswith(start)
    assert text.endswith(end)
    assert len(short) <= len(text)
    assert text_width(short, 10) <= max(width, text_width("…", 10))


@pytest.mark.parametrize(
    ("label", "width", "expected"),
    [
        ("Frequency (Hz)", 200, "Frequency (Hz)"), ("Frequency (Hz)", 40, "Hz"),
        ("Level relative to the maximum (dB)", 100, "dB"),
    ],
)  # fmt: skip
def test_labels_that_fit(label: str, width: float, expected: str) -> None:
    assert fitting_label(label, width, 10) == expected


def test_a_label_without_a_unit_is_shortened() -> None:
    short = fitting_label("Mel-frequency cepstral coefficient", 80, 10)
    assert short.startswith("Mel")
    assert short.endswith("ent")
    assert text_width(short, 10) <= 80
