"""Names where there is no room for whole ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchviz.plot.apart import file_names, words

SEASON = [
    f"season/SITE{site}_202605{day:02}_0{time}00.ogg"
    for site in (1, 2)
    for day in range(1, 9)
    for time in (500, 530, 600)
]


def called(paths: list[str], letters: int) -> list[str]:
    return file_names(paths, lambda form, n_lines: len(form) <= letters * n_lines)


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        (30, "SITE1_20260501_050000.ogg"),
        (21, "SITE1_20260501_050000"),  # what format they are of says nothing
        (15, "SITE1_20260501_050000.ogg"),  # in two lines
    ],
)
def test_files_of_a_season_are_called_in_one_way(letters: int, first: str) -> None:
    names = called(SEASON, letters)
    assert names[0] == first
    assert len(set(names)) == len(SEASON)
    assert {len(name) for name in names} == {len(first)}


def test_what_files_have_in_common_is_cut() -> None:
    days = [f"ridge_202405{day}_053000.flac" for day in range(12, 16)]
    assert called(days, 16) == [f"ridge_202405{day}…" for day in range(12, 16)]
    assert called(days, 12) == [f"ri…202405{day}…" for day in range(12, 16)]
    long = [f"a-station-in-the-far-north_{day}_night.wav" for day in ("mon", "tue")]
    names = called([*long, "short.wav"], 16)
    assert names == ["a-station-i…mon…", "a-station-i…tue…", "short.wav"]


letters = st.characters(categories=["L", "N", "P"], include_characters="_ .")


@given(
    st.lists(st.text(letters, min_size=1, max_size=40), min_size=1, max_size=8, unique=True),
    st.integers(1, 50),
)
def test_no_two_are_called_alike(paths: list[str], room: int) -> None:
    names = called(paths, room)
    whole = called(paths, 10_000)
    assert len(set(names)) == len(set(whole))


@given(st.text(letters, max_size=60), st.integers(1, 30))
def test_lines_hold_the_whole_text(text: str, room: int) -> None:
    lines = words(text, lambda line: len(line) <= room)
    assert all(len(line) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_lines_end_after_words() -> None:
    assert words("SITE1_20260501_050000.ogg", lambda line: len(line) <= 15) == [
        "SITE1_20260501_",
        "050000.ogg",
    ]
