"""Every way to move the player: keys, slider, overview, touch."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import pytest

import patchviz as pv

from .conftest import make_spectrogram


@pytest.fixture
def opened(open_page, patches):
    """A player at patch 50 whose slider has the focus."""
    opened = open_page(pv.player(patches, index=50))
    opened.find("input").focus()
    return opened


# -- keys ------------------------------------------------------------------------------------


@pytest.mark.parametrize("focus", ["input", "button.play", "button.time-mode"])
def test_a_key_moves_the_index(opened, focus):
    for key, index in (
        ("ArrowRight", 51),
        ("ArrowLeft", 49),
        ("Shift+ArrowRight", 50 + 54),  # 215 frames of 4 each
        ("Shift+ArrowLeft", 0),
        ("Home", 0),
        ("End", 106),
    ):
        opened.js("(player.index = 50)")
        opened.find(focus).focus()
        opened.page.keyboard.press(key)
        assert opened.index == index, key
        opened.settle()
        assert opened.find(".number").inner_text() == str(index)
        assert opened.find("input").input_value() == str(index)


def test_keys_stop_at_the_ends(opened):
    for key, index in (("Home", 0), ("ArrowLeft", 0), ("End", 106), ("ArrowRight", 106)):
        opened.page.keyboard.press(key)
        assert opened.index == index


def test_space_plays_and_pauses(open_page, patches):
    opened = open_page(pv.player(patches, index=50), clock=True)
    opened.find("input").focus()
    opened.page.keyboard.press("Space")
    assert opened.js("player.playing")
    opened.run_for(200)
    opened.page.keyboard.press("Space")
    assert not opened.js("player.playing")
    opened.run_for(1000)
    assert opened.index == 52


def test_space_on_a_button_presses_just_that_button(opened):
    opened.find("button.loop").focus()
    opened.page.keyboard.press("Space")
    assert opened.js("player.loop")
    assert not opened.js("player.playing")


def test_keys_outside_the_player_are_the_pages(open_page, patches):
    html = pv.player(patches, index=50).to_html()
    opened = open_page(f"<!DOCTYPE html><meta charset=utf-8><textarea></textarea>{html}")
    opened.page.locator("textarea").focus()
    for key in ("ArrowRight", "End", "Space", "Home", "Shift+ArrowLeft"):
        opened.page.keyboard.press(key)
    assert opened.index == 50
    assert opened.page.locator("textarea").input_value() == " "
    assert not opened.js("player.playing")


def test_a_key_the_player_uses_goes_no_further_and_others_do(opened):
    opened.page.evaluate(
        """() => {
            window.keys = [];
            document.addEventListener("keydown", (event) => window.keys.push(event.key));
        }"""
    )
    for key in ("ArrowRight", "a", "Home", "Control+c", "Enter"):
        opened.page.keyboard.press(key)
    assert opened.page.evaluate("window.keys") == ["a", "Control", "c", "Enter"]
    assert opened.index == 0


def test_jupyterlab_is_told_to_leave_the_keys_but_with_ctrl(opened):
    """Lumino looks, before anybody else, at where the event seems to come from, and upwards."""
    opened.js(
        """(globalThis.kept = [], document.addEventListener("keydown", ({ key, target }) =>
            kept.push([key, target.hasAttribute("data-lm-suppress-shortcuts")]), true))"""
    )
    for selector in (".map", ".speed", ".play"):
        opened.find(selector).focus()
        for key in ("q", "Control+s", "Meta+s", "Control+z", "q"):
            opened.page.keyboard.press(key)
        keys = opened.js("kept.splice(0)")
        assert [key for key, is_kept in keys if is_kept] == ["q", "z", "q"]
        assert [key for key, is_kept in keys if not is_kept] == [
            "Control", "s", "Meta", "s", "Control",
        ]  # fmt: skip


def test_tab_goes_through_what_can_be_used_and_shows_where_it_is(open_page, patches):
    opened = open_page(pv.player(patches))
    names = []
    for _ in range(8):
        opened.page.keyboard.press("Tab")
        names.append(opened.js("root.activeElement.getAttribute('aria-label')"))
        assert opened.js("getComputedStyle(root.activeElement).outlineStyle") == "solid"
    assert names == [
        "Lowest colour", "Highest colour", "Contrast", "Time in recording; switch",
        "Play", "Patch", "Speed", "Loop",
    ]  # fmt: skip


# -- slider and overview ---------------------------------------------------------------------


def test_the_slider_reaches_every_patch(opened):
    box = opened.find("input").bounding_box()
    middle = box["y"] + box["height"] / 2
    opened.page.mouse.move(box["x"] + box["width"] / 2, middle)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + box["width"] + 5, middle)
    assert opened.index == 106
    opened.page.mouse.move(box["x"] - 5, middle)
    assert opened.index == 0
    opened.page.mouse.up()
    seen = opened.js(
        """(() => {
            const slider = root.querySelector("input");
            const seen = [];
            player.on("index", (index) => seen.push(index));
            for (let i = 1; i <= 106; i++) {
                slider.value = i;
                slider.dispatchEvent(new InputEvent("input"));
            }
            return seen;
        })()"""
    )
    assert seen == list(range(1, 107))


def test_a_click_on_the_overview_goes_there(opened, patches):
    box = opened.find(".map").bounding_box()
    for frame in (400, 380, 150, 450):  # within the window and beside it
        opened.page.mouse.click(box["x"] + box["width"] * frame / 640, box["y"] + 30)
        start, stop = patches.frames(opened.index)
        assert (start + stop) / 2 == pytest.approx(frame, abs=3)
    for x, index in ((1, 0), (box["width"] - 1, 106)):
        opened.page.mouse.click(box["x"] + x, box["y"] + 30)
        assert opened.index == index


def test_a_drag_moves_the_window_with_the_pointer(opened, patches):
    over, window = (opened.find(name).bounding_box() for name in (".map", ".window"))
    at = window["x"] + 10  # near its edge: where it is held, it stays held
    opened.page.mouse.move(at, over["y"] + 30)
    opened.page.mouse.down()
    assert opened.index == 50
    opened.page.mouse.move(at + over["width"] * 80 / 640, over["y"] + 30, steps=7)
    assert opened.index == 70
    opened.page.mouse.move(at - over["width"] * 40 / 640, over["y"] + 300, steps=3)  # far below
    assert opened.index == 40
    opened.page.mouse.up()
    opened.page.mouse.move(at + 200, over["y"] + 30)
    assert opened.index == 40


def test_only_the_first_button_drags(opened):
    box = opened.find(".map").bounding_box()
    opened.page.mouse.click(box["x"] + 5, box["y"] + 30, button="right")
    assert opened.index == 50


def test_a_click_on_the_overview_gives_the_keys_to_the_player(open_page, patches):
    opened = open_page(pv.player(patches))
    box = opened.find(".map").bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 30)
    index = opened.index
    opened.page.keyboard.press("ArrowRight")
    assert opened.index == index + 1


def test_a_finger_drags_the_window(open_page, patches):
    opened = open_page(pv.player(patches, index=50), width=360, has_touch=True, is_mobile=True)
    box = opened.find(".map").bounding_box()
    opened.page.touchscreen.tap(box["x"] + 3, box["y"] + 20)
    assert opened.index == 0
    client = opened.page.context.new_cdp_session(opened.page)

    # A tenth of a second for each step: a finger that is lifted while it still moves fast makes a
    # fling, and the browser takes the next tap for what ends that fling, not for a click.
    events = [
        ("touchStart", [0]),
        *(("touchMove", [step]) for step in range(1, 9)),
        ("touchEnd", []),
    ]
    start = time.time() - 2
    for at, (kind, steps) in enumerate(events):
        points = [
            {"x": box["x"] + 20 + step * box["width"] * 10 / 640, "y": box["y"] + 20}
            for step in steps
        ]
        client.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": points, "timestamp": start + at / 10},
        )
    assert opened.index == 20
    opened.find("button.play").tap()
    assert opened.js("player.playing")


def test_a_finger_plays_and_points(open_page, patches):
    made = pv.player(patches, index=20)
    opened = open_page(made, clock=True, width=360, has_touch=True, is_mobile=True)
    opened.find("button.play").tap()
    assert opened.js("player.playing")
    opened.run_for(200)
    opened.find("button.play").tap()
    assert not opened.js("player.playing")
    assert opened.index == 22
    patch = opened.find(".patch canvas").bounding_box()
    opened.page.touchscreen.tap(patch["x"] + 50, patch["y"] + 50)
    opened.settle()
    assert opened.find(".pointed").inner_text().count("·") == 2


def test_on_a_narrow_page_the_buttons_are_in_one_row(open_page, sounding_patches):
    html = pv.player(sounding_patches, audio=True, stops=[40]).to_html()
    for width in (280, 328, 360):
        opened = open_page(f"<!DOCTYPE html><style>body {{ margin: 0 }}</style>{html}", width=width)
        boxes = [button.bounding_box() for button in opened.find(".buttons > :visible").all()]
        assert len({box["y"] for box in boxes}) == 1
        assert len(boxes) == 8
        assert boxes[-1]["x"] + boxes[-1]["width"] <= width
        assert min(box["width"] for box in boxes) >= (40 if width >= 328 else 32)


def test_what_a_finger_touches_is_large_enough(open_page, sounding_patches):
    opened = open_page(pv.player(sounding_patches, audio=True), width=360)
    for target in opened.find(":is(button, select, input):visible").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 40


def test_one_patch_has_nothing_to_play(open_page):
    patches = make_spectrogram(16, 40).patches(frame_length=40)
    opened = open_page(pv.player(patches))
    assert opened.find("button.play").is_disabled()
    assert opened.find(".readout").inner_text().startswith("patch 0 / 0 · ")


# -- time ------------------------------------------------------------------------------------


def test_the_time_axis_counts_from_the_recording_or_from_the_patch(opened, patches):
    start, _ = patches.time(50)
    ticks = opened.find(".time-ticks")
    first = float(ticks.inner_text().split(" s")[0])
    assert start <= first <= start + 1
    opened.find("button.time-mode").click()
    opened.settle()
    assert opened.js("player.time") == "patch"
    assert ticks.inner_text().split(" s")[0] == "0.0"
    opened.page.keyboard.press("ArrowRight")
    opened.settle()
    assert ticks.inner_text().split(" s")[0] == "0.0"
    opened.find("button.time-mode").click()
    opened.settle()
    assert float(ticks.inner_text().split(" s")[0]) >= start


def test_where_the_recording_knows_when_it_began_the_time_of_day_is_shown(open_page):
    night = datetime(2024, 12, 31, 23, 59, 57, tzinfo=timezone(timedelta(hours=1)))
    spec = make_spectrogram(16, 300, y_axis="linear", recording_start=night)
    patches = spec.patches(duration=2.0, hop_duration=1.0)
    opened = open_page(pv.player(patches))
    mode, readout = opened.find("button.time-mode"), opened.find(".readout")
    assert readout.inner_text().endswith(" · 2024-12-31 23:59:57.000-23:59:58.997")
    assert mode.inner_text() == "on 2024-12-31, UTC+01:00 ⇄"
    assert mode.get_attribute("aria-label") == "Time of day on 2024-12-31, UTC+01:00; switch"
    opened.js("player.index = 2")  # over midnight: its last ticks are of the next day
    opened.settle()
    assert mode.inner_text() == "from 2024-12-31, UTC+01:00 ⇄"
    opened.js("player.index = 4")
    opened.settle()
    assert mode.inner_text() == "on 2025-01-01, UTC+01:00 ⇄"  # as it goes on
    assert opened.find(".time-ticks").inner_text().split()[0].startswith("00:00:01")
    mode.click()
    opened.settle()
    assert mode.inner_text() == "in patch ⇄"
    assert opened.find(".time-ticks").inner_text().split(" s")[0] == "0.0"


# -- two on a page ---------------------------------------------------------------------------


def test_two_players_on_a_page_are_independent(open_page, patches):
    other = make_spectrogram(64, 300, y_axis="linear").patches(frame_length=50, hop_length=10)
    first, second = pv.player(patches, index=5), pv.player(other, cmap="gray", index=9)
    opened = open_page(
        f"<!DOCTYPE html><meta charset=utf-8>{first.to_html()}<hr>{second.to_html()}"
    )
    before = opened.pixels(".patch canvas", n=1)
    opened.find("input").focus()
    opened.page.keyboard.press("ArrowRight")
    opened.find("button.loop").click()
    opened.find(".speed").select_option("4")
    opened.find("button.time-mode").click()
    opened.settle()
    assert (opened.js("player.index"), opened.js("player.index", n=1)) == (6, 9)
    assert not opened.js("player.loop", n=1)
    assert opened.js("player.speed", n=1) == 1
    assert opened.js("player.time", n=1) == "recording"
    assert (opened.pixels(".patch canvas", n=1) == before).all()
    assert opened.find(".readout", n=1).inner_text().startswith("patch 9 / 25 · ")


def test_what_others_set_and_hear(open_page, patches):
    """The handle that the Jupyter widget and page authors use."""
    opened = open_page(pv.player(patches))
    heard = opened.js(
        """(() => {
            const heard = [];
            const stop = player.on("index", (...what) => heard.push(what));
            player.index = 7;
            player.index = 7;
            player.index = 1000;
            player.index = -3;
            player.index = NaN;
            stop();
            player.index = 9;
            return heard;
        })()"""
    )
    assert heard == [[7, "set"], [106, "set"], [0, "set"]]
    assert opened.index == 9
    assert opened.js("player.interval(7)") == pytest.approx(patches.time(7))
