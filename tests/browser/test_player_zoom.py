"""What is zoomed to, in a patch and in the overview, with real wheels, keys, boxes and fingers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import patchviz as pv

from .conftest import make_spectrogram
from .touch import Fingers

COLUMNS, ROWS = 40, 16


@pytest.fixture(scope="module")
def spec() -> pv.Spectrogram:
    """10 frames a second; each cell of 40 frames has a value of its own, 0 to 639."""
    values = np.tile(np.arange(COLUMNS), (ROWS, 3)) + COLUMNS * np.arange(ROWS)[:, np.newaxis]
    return pv.Spectrogram(values.astype(np.float32), sr=1000, hop_length=100, y_axis="linear")


@pytest.fixture
def opened(open_page, spec) -> Any:
    """A player at patch 1, of frames 40 to 80, in grey, whose slider has the focus."""
    made = pv.player(spec.patches(frame_length=COLUMNS), index=1, cmap="gray")
    page = open_page(f"<!DOCTYPE html><meta charset=utf-8>{made.to_html()}")
    page.find("input").focus()
    return page


def box_of(opened, selector: str = ".patch canvas") -> dict[str, float]:
    return opened.find(selector).bounding_box()


def move_to(opened, x: float, y: float, selector: str = ".patch canvas") -> None:
    """Move the pointer to fractions of an element, from its left and its top."""
    box = box_of(opened, selector)
    opened.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])


def drag_box(opened, start: tuple[float, float], end: tuple[float, float]) -> None:
    opened.page.keyboard.down("Shift")
    move_to(opened, *start)
    opened.page.mouse.down()
    move_to(opened, *end)
    assert opened.js("root.querySelector('.patch .zoom').hidden") is False
    opened.page.mouse.up()
    opened.page.keyboard.up("Shift")
    opened.settle()


def wheel(opened, delta: float, *keys: str) -> None:
    for key in keys:
        opened.page.keyboard.down(key)
    opened.page.mouse.wheel(0, delta)
    opened.settle()  # the event comes with a frame
    for key in keys:
        opened.page.keyboard.up(key)
    opened.settle()


def zoomed_to(opened) -> str:
    opened.settle()
    return str(opened.js("root.querySelector('.zoomed-to:not([hidden])')?.textContent ?? ''"))


def test_a_box_with_shift_shows_its_cells_sharp_and_the_axes_follow(opened, spec):
    drag_box(opened, (0.75, 0.5), (0.25, 0.25))
    assert zoomed_to(opened) == "zoomed: 1.00-3.00 s of the patch, 250-383 Hz ✕"
    # Columns 10 to 30 of the patch, of 16 rows those from 8 to 12 below the top's quarter.
    seen = opened.cells(".patch canvas", (np.arange(4) + 0.5) / 4, (np.arange(20) + 0.5) / 20)
    values = spec.values[8:12, 50:70][::-1]
    expected = np.floor(values / spec.values.max() * 256).clip(0, 255)
    assert np.abs(seen[..., 0].astype(int) - expected).max() <= 1
    # One picture has no colours but those of its cells: nothing is smoothed.
    assert len(np.unique(opened.pixels(".patch canvas")[..., 0])) <= len(np.unique(expected))
    ticks = "[...root.querySelectorAll('.{} > *')].map((tick) => tick.textContent)"
    assert opened.js(ticks.format("time-ticks"))[::10] == ["5.0 s", "6.0 s", "7.0 s"]
    assert opened.js(ticks.format("row-ticks"))[:4] == ["380", "360", "340", "320"]
    move_to(opened, 0.5 / 20, 0.99)
    opened.settle()
    time, hertz, value = opened.find(".pointed").inner_text().split(" · ")
    assert (time, hertz) == ("5.050 s", "266.7 Hz")
    assert float(value) == pytest.approx(spec.values[8, 50], abs=1.5)  # half a colour
    assert opened.find(".number").inner_text() == "1"  # the patch stays the unit
    inner, outer = box_of(opened, ".window .zoom"), box_of(opened, ".window")
    assert (inner["x"] - outer["x"]) / outer["width"] == pytest.approx(0.25, abs=0.02)
    opened.find(".zoomed-to").click()
    assert zoomed_to(opened) == ""


def test_a_zoom_stays_while_patches_move(opened, spec):
    drag_box(opened, (0.25, 0.02), (0.75, 0.021))  # a flat box is of all frequencies
    assert zoomed_to(opened) == "zoomed: 1.00-3.00 s of the patch ✕"
    opened.page.keyboard.press("ArrowRight")
    opened.settle()
    assert zoomed_to(opened) == "zoomed: 1.00-3.00 s of the patch ✕"
    assert opened.js("root.querySelector('.time-ticks > *').textContent") == "9.0 s"


def test_the_wheel_zooms_with_ctrl_about_the_pointer_and_alone_scrolls_the_page(open_page, spec):
    html = pv.player(spec.patches(frame_length=COLUMNS)).to_html()
    opened = open_page(f'<!DOCTYPE html><meta charset=utf-8><body style="height:5000px">{html}')
    move_to(opened, 0.25, 0.5)
    wheel(opened, -100, "Control")
    assert zoomed_to(opened) == "zoomed: 0.50-2.50 s of the patch ✕"
    wheel(opened, -100, "Control", "Shift")
    assert zoomed_to(opened) == "zoomed: 0.50-2.50 s of the patch, 117-384 Hz ✕"
    assert opened.page.evaluate("scrollY") == 0
    opened.page.mouse.wheel(0, 50)
    opened.page.wait_for_function("() => scrollY === 50")
    assert zoomed_to(opened) == "zoomed: 0.50-2.50 s of the patch, 117-384 Hz ✕"


def test_the_wheel_over_the_frequencies_is_for_these(opened):
    move_to(opened, 0.5, 0.5, ".row-ticks")
    wheel(opened, -100, "Meta")
    assert re.fullmatch(r"zoomed: 11\d-38\d Hz ✕", zoomed_to(opened))


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (["+"], "zoomed: 0.67-3.33 s of the patch ✕"),
        (["=", "-"], ""),
        (["Alt+="], "zoomed: 72.2-428 Hz ✕"),
        (["+", "Alt+ArrowLeft"], "zoomed: 0.00-2.67 s of the patch ✕"),
        (["+", "Alt+ArrowRight", "Alt+ArrowRight"], "zoomed: 1.33-4.00 s of the patch ✕"),
        (["Alt+=", "Alt+ArrowUp"], "zoomed: 161-517 Hz ✕"),
        (["+", "0"], ""),
        (["+", "Alt+=", "Escape"], ""),
        (["+"] * 12, "zoomed: 1.900-2.100 s of the patch ✕"),  # two frames
    ],
)
def test_keys(opened, keys, says):
    for key in keys:
        opened.page.keyboard.press(key)
    opened.settle()
    assert zoomed_to(opened) == says
    assert opened.index == 1


def test_where_nothing_is_zoomed_escape_is_the_pages(opened):
    opened.page.evaluate(
        "document.addEventListener('keydown', (event) => (window.got = event.defaultPrevented))"
    )
    opened.page.keyboard.press("Escape")
    assert opened.page.evaluate("window.got") is False


def test_a_double_click_goes_back(opened):
    opened.page.keyboard.press("+")
    opened.find(".patch canvas").dblclick()
    opened.settle()
    assert zoomed_to(opened) == ""


def test_two_fingers_zoom_and_carry_along(open_page, spec):
    opened = open_page(pv.player(spec.patches(frame_length=COLUMNS)), has_touch=True)
    fingers = Fingers(opened.page, box_of(opened))
    fingers.put((0.4, 0.5), (0.6, 0.5))
    fingers.move((0.2, 0.5), (0.6, 0.5))  # twice as far apart, and to the left
    fingers.lift()
    opened.settle()
    assert zoomed_to(opened) == "zoomed: 1.20-3.20 s of the patch ✕"


def test_the_line_of_sound_is_where_the_zoom_is(open_page, sounding_patches):
    opened = open_page(pv.player(sounding_patches, audio=True, max_bytes=10**7))
    opened.find("input").focus()
    opened.js("(element.querySelector('audio').currentTime = 1)")
    opened.wait("player.index > 0")
    assert opened.js("player.band") is None
    opened.js("player.hear()")
    opened.wait("!root.querySelector('.patch .playhead').hidden")
    for key in ("+", "+", "Alt+ArrowRight", "Alt+ArrowRight", "Alt+ArrowRight"):
        opened.page.keyboard.press(key)
    opened.wait("root.querySelector('.patch .playhead').hidden")
    assert opened.js("root.querySelector('.map .playhead').hidden") is False


# -- the overview ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_patches() -> pv.Patches:
    """900 patch lengths: the overview shows their mean with one, 30."""
    spec = make_spectrogram(n_bins=8, n_frames=9000, sr=1000, hop_length=100)
    spec = spec.with_labels([{"start_time": 450.0, "end_time": 451.0, "label": "there"}])
    return spec.patches(frame_length=10, hop_length=1)


def window_at(opened) -> tuple[float, float]:
    """Return the window's place and width, as fractions of the overview."""
    window, overview = box_of(opened, ".window"), box_of(opened, ".map .cells")
    return (window["x"] - overview["x"]) / overview["width"], window["width"] / overview["width"]


def test_of_a_long_recording_the_overview_shows_a_stretch_below_a_line_of_all(
    open_page, long_patches
):
    opened = open_page(pv.player(long_patches, index=4500, max_bytes=10**7))
    at, wide = window_at(opened)
    assert (at, wide) == (pytest.approx(0.483, abs=0.01), pytest.approx(1 / 30, abs=0.002))
    bright = "parseFloat(root.querySelector('.stretch').style.{}) * 90"
    assert opened.js(bright.format("left")) == pytest.approx(4355, abs=1)
    assert opened.js(bright.format("width")) == pytest.approx(300, abs=1)
    bars = "root.querySelector('.lane path').getBBox().x"
    assert opened.js(bars) == pytest.approx(145 / 300, abs=0.01)  # the label's, in its lane
    # A step out of it moves it by as little as that takes; a jump puts it into the middle.
    opened.js("player.index = 4656")
    opened.settle()
    assert window_at(opened)[0] == pytest.approx(1 - 1 / 30, abs=0.01)
    move_to(opened, 0.1, 0.5, ".whole")
    opened.page.mouse.down()
    opened.page.mouse.up()
    opened.settle()
    assert opened.index == 895
    assert opened.js("root.querySelector('.lane path').getAttribute('d')") == ""
    assert window_at(opened)[0] == pytest.approx(0.483, abs=0.01)
    move_to(opened, 0.75, 0.5, ".map .cells")
    opened.page.mouse.down()
    opened.page.mouse.up()
    assert opened.index == 895 + 75


def test_while_it_plays_the_overview_turns_pages(open_page, long_patches):
    opened = open_page(pv.player(long_patches, index=289, max_bytes=10**7), clock=True)
    assert window_at(opened)[0] == pytest.approx(289 / 300, abs=0.005)
    opened.js("player.play()")
    opened.run_for(350)
    assert opened.index == 292
    assert window_at(opened)[0] == pytest.approx(0.05, abs=0.01)


def test_the_wheel_over_the_overview_shows_more_of_the_recording(open_page, long_patches):
    opened = open_page(pv.player(long_patches, index=4500, max_bytes=10**7))
    move_to(opened, 0.5, 0.5, ".map .cells")
    wheel(opened, 100, "Control")
    assert window_at(opened)[1] == pytest.approx(1 / 60, abs=0.001)
    for _ in range(5):
        wheel(opened, 100, "Control")
    assert opened.js("root.querySelector('.whole').hidden") is True  # all of it is there
    box = box_of(opened, ".map .cells")
    opened.page.mouse.dblclick(box["x"] + 5, box["y"] + 5)
    opened.settle()
    assert opened.js("root.querySelector('.whole').hidden") is False


def test_a_short_recording_has_no_such_line(opened):
    assert opened.js("root.querySelector('.whole').hidden") is True
