"""Other limits of the colours, in the browser: bar, presets, and what is said of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import patchviz as pv


@pytest.fixture(scope="module")
def patches() -> pv.Patches:
    """Levels from -100 to 0 dB in equal parts in patch 0, from -60 to -50 in patch 1."""
    values = np.empty((20, 200), np.float32)
    values[:, :100] = np.linspace(-100, 0, 100)
    values[:, 100:] = np.linspace(-60, -50, 100)
    return pv.Spectrogram(values, unit="dB").patches(frame_length=100)


@pytest.fixture
def opened(open_page, patches) -> Any:
    return open_page(pv.player(patches, cmap="gray", image_format="png"))


def says(opened) -> str:
    return str(opened.js("root.querySelector('.unlike').textContent"))


def is_said(opened) -> bool:
    return not opened.js("root.querySelector('.unlike').hidden")


def greys(opened, selector: str = ".patch canvas", n: int = 100) -> np.ndarray:
    at = (np.arange(n) + 0.5) / n
    return opened.cells(selector, np.array([0.5]), at)[0, :, 0].astype(int)


def drag(opened, start: float, end: float) -> None:
    """Drag along the colour bar, between fractions from its bottom."""
    box = opened.find(".scale").bounding_box()
    x, y = box["x"] + 5, box["y"] + box["height"]
    opened.page.mouse.move(x, y - start * box["height"])
    opened.page.mouse.down()
    opened.page.mouse.move(x, y - end * box["height"])
    opened.page.mouse.up()
    opened.settle()


def test_the_ends_of_the_bar_are_dragged_and_all_is_coloured_anew(opened):
    given = greys(opened)
    drag(opened, 0.01, 0.25)
    drag(opened, 0.98, 0.75)
    expected = ((given / 255 - 0.25) / 0.5).clip(0, 1) * 255
    assert np.abs(greys(opened) - expected).max() <= 4
    overview = greys(opened, ".map .cells", 200)[:100]
    assert np.abs(overview - expected).max() <= 6  # the window's frame is another element
    assert says(opened) == "colours: −74.8 dB to −25.2 dB, not the figure's ✕"
    assert opened.find(".contrast").input_value() == "own"
    # The bar's axis is still that of the figure: what is beyond has the colour of an end.
    bar = opened.pixels(".scale")[:, 0, 0].astype(int)
    assert (bar[10], bar[-10]) == (255, 0)
    opened.find(".unlike").click()
    assert (greys(opened) == given).all()
    assert not is_said(opened)


@pytest.mark.parametrize(
    ("preset", "limits"),
    [("robust", (-97, -4)), ("patch", (-59.8, -50.2)), ("given", (-100, 0))],
)
def test_presets(opened, preset, limits):
    opened.js("player.index = 1")
    opened.settle()
    opened.find(".contrast").select_option(preset)
    values = [
        float(text.split()[0].replace("−", "-"))
        for text in opened.js(
            "[...root.querySelectorAll('.end')].map((end) => end.getAttribute('aria-valuetext'))"
        )
    ]
    assert values == pytest.approx(limits, abs=0.7)
    assert is_said(opened) == (preset != "given")


def test_keys_move_the_ends_and_no_patch(opened):
    opened.find(".end").nth(1).focus()
    for key in ("ArrowDown", "PageDown", "ArrowUp", "End", "PageDown"):
        opened.page.keyboard.press(key)
    opened.settle()
    assert opened.find(".end").nth(1).get_attribute("aria-valuenow") == "90"
    opened.find(".end").nth(0).focus()
    opened.page.keyboard.press("End")  # never as high as the other
    assert opened.find(".end").nth(0).get_attribute("aria-valuenow") == "89"
    assert opened.index == 0
    opened.find(".scale").dblclick()
    opened.settle()
    assert not is_said(opened)


def test_the_histogram_is_that_of_what_is_seen(opened):
    path = "root.querySelector('.histogram path').getBBox()"
    # Of patch 1 all cells lie from 40 to 50 % of the scale; of patch 0 everywhere.
    height = opened.js(f"{path}.height / root.querySelector('.scale').height")
    assert height == pytest.approx(1, abs=0.02)
    opened.js("player.index = 1")
    opened.settle()
    columns = opened.js(
        """[0.2, 0.45, 0.7].map((level) => {
            const path = root.querySelector(".histogram path");
            const point = root.querySelector(".histogram").createSVGPoint();
            [point.x, point.y] = [0.9, (1 - level) * root.querySelector(".scale").height];
            return path.isPointInFill(point);
        })"""
    )
    assert columns == [False, True, False]


def test_a_change_of_colours_takes_one_frame_and_no_request(opened):
    opened.find(".contrast").select_option("patch")
    drawn = opened.js(
        """new Promise((done) => {
            const before = root.querySelector(".patch canvas").toDataURL();
            const select = root.querySelector(".contrast");
            select.value = "given";
            select.dispatchEvent(new Event("change"));
            requestAnimationFrame(() =>
                done(root.querySelector(".patch canvas").toDataURL() !== before));
        })"""
    )
    assert drawn is True


@pytest.mark.parametrize("width", [360, 700, 800, 1200])
def test_the_menu_is_whole_and_no_time_runs_into_it(open_page, width):
    one = pv.Spectrogram(np.zeros((20, 100)), sr=100, hop_length=1, unit="dB")
    batch = pv.Patches.from_batch(np.random.default_rng(0).normal(size=(3, 20, 100)))
    for patches in (one.patches(duration=1.0), batch):
        opened = open_page(pv.player(patches), width=width)
        menu = opened.find(".contrast")
        box = menu.bounding_box()
        needed = menu.evaluate(
            """(node) => {
                const context = document.createElement("canvas").getContext("2d");
                context.font = getComputedStyle(node).font;
                return context.measureText(node.selectedOptions[0].text).width;
            }"""
        )
        assert box["width"] > needed
        assert box["x"] + box["width"] <= width
        for tick in opened.page.locator(".time-ticks > *").all():
            other = tick.bounding_box()
            is_left = other["x"] + other["width"] < box["x"]
            assert is_left or other["y"] + other["height"] <= box["y"]
