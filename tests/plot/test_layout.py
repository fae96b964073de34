"""How the panels of a mosaic are arranged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchviz.errors import InvalidValueError
from patchviz.plot.layout import LEAST, Margins, choose_layout

MARGINS = Margins(sides=100, between=15, top=40, below=16, bottom=14)


def titles(n: int) -> list[str]:
    return [f"patch {index} · 0.00-5.00 s" for index in range(n)]


@given(n=st.integers(1, 24), width=st.floats(250, 1000), height=st.floats(150, 1000))
def test_every_panel_has_its_place(n: int, width: float, height: float) -> None:
    layout = choose_layout(titles(n), MARGINS, width, height, may_grow=True)
    assert (layout.n_rows - 1) * layout.n_columns < n <= layout.n_rows * layout.n_columns
    row = layout.n_columns * layout.panel_width + (layout.n_columns - 1) * MARGINS.between
    assert row + MARGINS.sides == pytest.approx(width)
    assert layout.height >= height
    assert layout.overview_height >= LEAST
    assert layout.panel_height >= LEAST
    column = layout.overview_height + layout.n_rows * layout.panel_height
    assert column + MARGINS.top + MARGINS.bottom < layout.height


@pytest.mark.parametrize(("n", "columns"), [(1, 1), (2, 2), (3, 3), (4, 2), (6, 3), (12, 4)])
def test_grids_are_full_where_they_can_be(n: int, columns: int) -> None:
    layout = choose_layout(titles(n), MARGINS, 600, 450, may_grow=True)
    assert (layout.n_columns, layout.n_rows) == (columns, n // columns)


def test_three_leave_no_hole() -> None:
    """Their times of day are too long for three columns."""
    times = [f"patch {k} · 06:30:0{k}.00-06:30:0{k + 1}.99" for k in range(3)]
    layout = choose_layout(times, MARGINS, 400, 345, may_grow=True)
    assert (layout.n_columns, layout.n_rows) == (1, 3)


def test_a_figure_grows_only_if_it_has_to() -> None:
    assert choose_layout(titles(3), MARGINS, 460, 350, may_grow=True).height == 350
    assert choose_layout(titles(24), MARGINS, 460, 350, may_grow=True).height > 450


def test_titles_are_broken_before_they_overlap() -> None:
    wide = choose_layout(titles(3), MARGINS, 800, 500, may_grow=False)
    narrow = choose_layout(titles(3), MARGINS, 340, 200, may_grow=False)
    assert wide.one_line
    assert wide.n_columns == narrow.n_columns == 3
    assert not narrow.one_line


def test_the_overview_has_about_a_third() -> None:
    layout = choose_layout(titles(2), MARGINS, 460, 350, may_grow=False)
    pictures = layout.overview_height + layout.n_rows * layout.panel_height
    assert layout.overview_height == pytest.approx(pictures / 3)
    tall = choose_layout(titles(2), MARGINS, 460, 1500, may_grow=False)
    assert tall.overview_height == 108  # it would else be a panel of its own


def test_too_small() -> None:
    with pytest.raises(InvalidValueError) as low:
        choose_layout(titles(6), MARGINS, 300, 100, may_grow=False)
    assert str(low.value) == (
        "n=6 patches do not fit into 4.2 x 1.4 in. Make it 7.8 in high, or choose a smaller n."
    )
    with pytest.raises(InvalidValueError) as narrow:
        choose_layout(titles(6), MARGINS, 100, 600, may_grow=True)
    assert str(narrow.value) == (
        "n=6 patches do not fit into 1.4 x 8.3 in. A mosaic needs a width of at least 2.4 in."
    )
