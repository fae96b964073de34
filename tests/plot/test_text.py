"""How much room text takes, before anything is drawn."""

from __future__ import annotations

import matplotlib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from patchviz.plot.text import (
    fitting_label,
    points,
    shortened,
    shortened_among,
    size_for,
    text_width,
)

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


WARBLERS = tuple(f"Black-throated {color} Warbler" for color in ("Green", "Gray", "Blue"))


def test_shortened_names_are_told_apart() -> None:
    """What is cut is what they have in common."""
    width = text_width("Black-th…Warbler", 7)
    short = [shortened_among(name, WARBLERS, width, 7) for name in WARBLERS]
    assert len(set(short)) == 3
    for name, color in zip(short, ("Green", "Gray", "Blue"), strict=True):
        assert f"…{color}…" in name
        assert name.startswith("B")
        assert text_width(name, 7) <= width
    species = tuple(f"species number {k:04} with long name" for k in range(300))
    assert len({shortened_among(name, species, width, 7) for name in species[::30]}) == 10
    assert shortened_among("robin", ("robin", "wren"), width, 7) == "robin"
    other = ("A warbler of which there is no other", "wren")
    assert shortened_among(other[0], other, width, 7) == shortened(other[0], width, 7)
    within = ("a long name of the one", "a long name of the one the one")
    for name in within:
        assert text_width(shortened_among(name, within, 40, 7), 7) <= 40


def test_names_of_files_keep_what_tells_them_apart() -> None:
    days = tuple(f"ridge_202405{day}_053000.flac" for day in range(12, 16))
    short = [shortened_among(name, days, 90, 7) for name in days]
    assert short == [f"ridge…202405{day}…" for day in range(12, 16)]


def test_letters_are_smaller_before_names_are_cut() -> None:
    name = "American Crow: 0.90"
    width = text_width(name, 8.0)
    assert size_for(name, width, "small") == pytest.approx(8.0, abs=0.5)
    assert size_for(name, 2 * width, "small") == points("small")
    # As many are whole as can be: one that never fits does not make the others smaller.
    long = "an animal of which nobody knows the name: 0.90"
    assert size_for([long, name], width, "small") == size_for(name, width, "small")
    assert size_for(long, width, "small") == points("small")
    assert size_for(name, text_width(name, 6.0), 8.3) == 6.0
    assert size_for(name, text_width(name, 5.0), 5.0) == 5.0  # somebody wants them so small
    assert size_for([], 1.0, 10.0) == 10.0
