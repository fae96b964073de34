"""Who has the keys of a page: a player that stands alone on it, and one that is clicked on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.cli.command import main

from .conftest import PlayerPage

FOCUSED = "document.activeElement === document.body"


def check_keys(opened: PlayerPage) -> None:
    """Move and play a player that nobody has clicked on."""
    page = opened.page
    start = opened.index
    page.keyboard.press("ArrowRight")
    assert opened.index == start + 1
    page.keyboard.press("+")
    opened.find(".zoomed-to").wait_for()  # it is drawn with the next frame
    page.keyboard.press("Space")
    opened.wait("player.playing")
    assert page.evaluate("scrollY") == 0
    assert page.evaluate(FOCUSED)


def test_on_a_page_of_its_own_it_has_the_keys(open_page: Any, patches: pv.Patches) -> None:
    check_keys(open_page(pv.player(patches)))


def test_on_the_page_of_a_recording_in_a_site_it_has_the_keys(
    open_page: Any, tmp_path: Path, chromium: Any
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    soundfile.write(folder / "one.wav", np.random.default_rng(0).uniform(-0.5, 0.5, 88200), 22050)
    assert not main([str(folder), "-o", str(tmp_path / "site"), "--duration", "1"])
    (file,) = (tmp_path / "site" / "recordings").glob("*.html")
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    opened = PlayerPage(page)
    page.goto(file.as_uri())
    check_keys(opened.ready())
    assert page.evaluate("document.documentElement.scrollHeight") == 800
    assert page.get_by_text("All recordings").is_visible()
    assert opened.find(".hint").is_visible()
    page.close()


def test_a_sheet_has_those_of_its_page(open_page: Any, patches: pv.Patches, tmp_path: Path) -> None:
    html = pv.sheet(patches, [3, 30, 60]).save(tmp_path / "sheet.html").read_text("utf-8")
    opened = open_page(html, ready=False).alive()
    opened.page.locator(".patchviz-sheet [role=option]").first.wait_for()
    opened.page.keyboard.press("k")
    assert opened.page.evaluate(
        "document.querySelector('.patchviz-sheet').sheet.picks.decided.length"
    ) == 1  # fmt: skip


def test_where_there_is_more_on_a_page_nobody_has_the_keys_until_it_is_clicked_on(
    open_page: Any, patches: pv.Patches, tmp_path: Path
) -> None:
    two = pv.page([pv.player(patches), pv.player(patches)], tmp_path / "two.html")
    other = f"<!DOCTYPE html><meta charset=utf-8><p>Text</p>{pv.player(patches).to_html()}"
    for content in (two.read_text("utf-8"), other):
        opened = open_page(content)
        opened.page.keyboard.press("ArrowRight")
        assert opened.index == 0
        opened.find(".patch canvas").click()
        opened.page.keyboard.press("ArrowRight")
        assert opened.index == 1


@pytest.mark.parametrize("place", [".patch canvas", ".row-ticks", ".time-ticks", ".header"])
def test_a_click_anywhere_gives_it_the_keys(
    open_page: Any, patches: pv.Patches, place: str
) -> None:
    html = pv.player(patches).to_html()
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8>{html}")
    opened.find(place).click()
    opened.page.keyboard.press("End")
    assert opened.index == len(patches) - 1
    assert opened.js("root.activeElement.type") == "range"


def test_in_a_frame_it_takes_no_focus(open_page: Any, patches: pv.Patches, tmp_path: Path) -> None:
    pv.player(patches).save(tmp_path / "own.html")
    opened = open_page(
        "<!DOCTYPE html><meta charset=utf-8><textarea autofocus></textarea>"
        "<iframe src=own.html width=1000 height=700></iframe>",
        ready=False,
    )
    page = opened.page
    frame = page.frame_locator("iframe")
    frame.locator(".patch canvas").wait_for()
    page.keyboard.type("n 0")
    assert page.locator("textarea").input_value() == "n 0"
    assert frame.locator(".number").text_content() == "0"
