"""Names where there is no room for whole ones."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchviz.plot.apart import FileNames, words

SEASON = [
    f"season/SITE{site}_202605{day:02}_0{time}00.ogg"
    for site in (1, 2)
    for day in range(1, 9)
    for time in (500, 530, 600)
]


def called(paths: list[str], letters: int, among: Iterable[str] = ()) -> list[str]:
    return FileNames(paths, among).fitting(lambda form, n_lines: len(form) <= letters * n_lines)


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


TWO_SITES = [
    f"season/{site}/202405{day}_053000.wav" for site in ("north", "river") for day in range(12, 16)
]


def test_files_are_told_from_those_that_are_not_chosen_and_are_of_one_form() -> None:
    """A name without its site would be that of the other site's file, too."""
    among = [*TWO_SITES, "season/river/20240516_053000.wav"]
    chosen = [among[0], among[2], among[-1]]
    assert called(chosen, 40, among) == [path.removeprefix("season/") for path in chosen]
    assert called(chosen[-1:], 40, among) == ["20240516_053000.wav"]
    assert called(chosen[:1], 40, among) == ["north/20240512_053000.wav"]


@pytest.mark.parametrize("room", range(1, 30))
def test_what_is_cut_does_not_hide_the_site(room: int) -> None:
    for chosen in (TWO_SITES[:4], TWO_SITES[2:3], [TWO_SITES[0], TWO_SITES[5]]):
        for form, path in zip(called(chosen, room, TWO_SITES), chosen, strict=True):
            begin, _, end = form.partition("…")
            ends = [other.removeprefix("season/") for other in TWO_SITES]
            alike = [one for one in ends if one.startswith(begin) and end.strip("…") in one]
            assert alike == [path.removeprefix("season/")]


def test_sites_in_names_of_files_are_not_cut() -> None:
    one_site = [path for path in SEASON if "SITE1" in path][:4]
    names = called(one_site, 16, SEASON)
    assert len(set(names)) == 4
    assert all("1" in name.partition("_2026")[0] for name in names)


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
