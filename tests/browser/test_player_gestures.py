"""Every row of the list of keys and every button, with real input: nothing is listed in vain."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.web.html import static_text

from .test_player_tuning import sounding

LISTED = re.findall(r'^  \["(.+?)", ', static_text("keys.js"), re.MULTILINE)
LABELS = [{"start_time": 1.02, "end_time": 1.05, "label": "call", "low_f": 2e4, "high_f": 4e4}]


@pytest.fixture
def opened(open_page: Any) -> Any:
    """Patch 100 of ultrasound, with a label in it and two events."""
    spec = sounding(np.random.default_rng(0).uniform(-0.5, 0.5, 3 * 96_000), 96_000)
    spec = spec.patches.spectrogram.with_labels(LABELS)
    made = pv.player(
        spec.patches(frame_length=10, hop_length=1), audio=True, index=100,
        stops=[40, 200], max_bytes=10**7,
    )  # fmt: skip
    page = open_page(made, permissions=["clipboard-read", "clipboard-write"])
    page.find("input[aria-label=Patch]").focus()
    return page


def says(opened: Any, selector: str) -> str:
    opened.settle()
    return "" if opened.find(selector).is_hidden() else str(opened.find(selector).inner_text())


def drag(opened: Any, selector: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    box = opened.find(selector).bounding_box()
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    opened.page.mouse.move(*spots[0])
    opened.page.mouse.down()
    opened.page.mouse.move(*spots[1])
    opened.page.mouse.up()


def held(opened: Any, key: str, do: Callable[[], None]) -> None:
    opened.page.keyboard.down(key)
    do()
    opened.page.keyboard.up(key)


def check_space(opened: Any) -> None:
    opened.page.keyboard.press(" ")
    opened.wait("player.playing && player.index > 100")
    opened.page.keyboard.press(" ")
    assert opened.js("player.playing") is False


def check_moves(opened: Any, *pairs: tuple[str, int]) -> None:
    for key, index in pairs:
        opened.page.keyboard.press(key)
        assert opened.index == index


def check_zoom(opened: Any) -> None:
    opened.page.keyboard.press("+")
    assert says(opened, ".zoomed-to").startswith("zoomed: ")
    opened.page.keyboard.press("-")
    assert says(opened, ".zoomed-to") == ""
    opened.page.keyboard.press("Alt+Equal")
    assert opened.js("player.band") is not None
    opened.page.keyboard.press("0")
    assert says(opened, ".zoomed-to") == ""


def check_pan(opened: Any) -> None:
    opened.page.keyboard.press("+")
    before = says(opened, ".zoomed-to")
    opened.page.keyboard.press("Alt+ArrowRight")
    assert says(opened, ".zoomed-to") != before
    opened.page.keyboard.press("Alt+ArrowLeft")
    assert says(opened, ".zoomed-to") == before


def check_wheel(opened: Any) -> None:
    opened.find(".patch canvas").hover()
    opened.page.mouse.wheel(0, -100)  # the player has the page for its own
    opened.wait("!root.querySelector('.zoomed-to').hidden")


def check_box(opened: Any) -> None:
    held(opened, "Shift", lambda: drag(opened, ".patch canvas", (0.25, 0.1), (0.75, 0.9)))
    assert says(opened, ".zoomed-to").startswith("zoomed: 0.025-0.075 s")
    opened.find(".patch canvas").dblclick(position={"x": 5, "y": 5})
    assert says(opened, ".zoomed-to") == ""


def check_region(opened: Any) -> None:
    opened.page.keyboard.press("r")
    assert opened.js("player.region") == pytest.approx([1.0, 1.1])
    opened.page.keyboard.press("r")
    held(opened, "Alt", lambda: drag(opened, ".patch canvas", (0.25, 0.1), (0.75, 0.1)))
    assert opened.js("player.region") == pytest.approx([1.025, 1.075], abs=0.001)


def check_label(opened: Any) -> None:
    opened.page.keyboard.press("o")
    opened.wait("player.sound.looping")
    assert opened.js("player.region") == [1.02, 1.05]
    opened.page.keyboard.press("o")
    assert opened.js("player.region") is None
    drag(opened, ".patch canvas", (0.35, 0.4), (0.35, 0.4))
    assert opened.js("player.region") == [1.02, 1.05]


def check_mixing(opened: Any) -> None:
    opened.page.keyboard.press("h")
    assert opened.js("player.sound.mix") > 20_000
    opened.page.keyboard.press("h")
    assert opened.js("player.sound.mix") is None


def check_bar(opened: Any) -> None:
    drag(opened, ".bar", (0.5, 0.99), (0.5, 0.7))
    assert says(opened, ".unlike").startswith("colours: ")
    opened.find(".bar").dblclick()
    assert says(opened, ".unlike") == ""


def check_measuring(opened: Any) -> None:
    opened.page.keyboard.press("m")
    for x in (0.2, 0.6):
        drag(opened, ".patch canvas", (x, 0.9), (x, 0.9))
    assert says(opened, ".measured").startswith("Δt 0.040 s")
    opened.page.keyboard.press("Enter")  # the first of two others
    for _ in range(3):
        opened.page.keyboard.press("Shift+ArrowLeft")
    opened.page.keyboard.press("Enter")
    assert says(opened, ".measured").startswith("Δt 0.030 s")
    opened.page.keyboard.press("Escape")
    assert says(opened, ".measured") == ""


def copied(opened: Any) -> str:
    opened.wait("root.querySelector('.message').textContent.startsWith('Copied')")
    return str(opened.page.evaluate("navigator.clipboard.readText()"))


def check_copy(opened: Any) -> None:
    """Without a measure, the times of the patch."""
    opened.page.keyboard.press("c")
    assert copied(opened) == "start_time\tend_time\n1\t1.1"


def check_link(opened: Any) -> None:
    opened.page.keyboard.press("l")
    assert copied(opened).endswith(".html#patch=100")


def check_full(opened: Any) -> None:
    opened.page.keyboard.press("f")
    opened.page.wait_for_function("() => document.fullscreenElement !== null")
    opened.page.keyboard.press("f")
    opened.page.wait_for_function("() => document.fullscreenElement === null")


def check_help(opened: Any) -> None:
    opened.page.keyboard.press("?")
    assert [row.strip() for row in opened.find(".help th").all_text_contents()] == LISTED
    opened.find(".help .close").click()
    assert opened.find(".help").is_hidden()


def check_overview(opened: Any) -> None:
    drag(opened, ".map", (0.25, 0.5), (0.25, 0.5))
    assert opened.index == pytest.approx(70, abs=2)
    drag(opened, ".map", (0.25, 0.5), (0.5, 0.5))
    assert opened.index == pytest.approx(145, abs=2)


def check_lane(opened: Any) -> None:
    drag(opened, ".lane svg", (0.345, 0.5), (0.345, 0.5))  # on the label, shown in the middle
    assert opened.index == pytest.approx(98, abs=1)
    drag(opened, ".lane svg", (0.75, 0.5), (0.75, 0.5))
    assert opened.index == pytest.approx(220, abs=2)


def check_pointer(opened: Any) -> None:
    opened.find(".patch canvas").hover()
    assert re.fullmatch(r"1\.05\d* s · \d\d\.\d+ kHz · .*", says(opened, ".pointed"))


CHECKS: dict[str, Callable[[Any], None]] = {
    "Space": check_space,
    "← →": lambda opened: check_moves(opened, ("ArrowRight", 101), ("ArrowLeft", 100)),
    "Shift+← →": lambda opened: check_moves(
        opened, ("Shift+ArrowRight", 110), ("Shift+ArrowLeft", 100)
    ),
    "Home End": lambda opened: check_moves(opened, ("Home", 0), ("End", 290)),
    "N P": lambda opened: check_moves(opened, ("n", 200), ("p", 40)),
    "+ - 0": check_zoom,
    "Alt+arrows": check_pan,
    "Wheel, two fingers": check_wheel,
    "Shift+drag": check_box,
    "R, Alt+drag": check_region,
    "O, click on a label": check_label,
    "H": check_mixing,
    "Drag on the colour bar": check_bar,
    "M": check_measuring,
    "C": check_copy,
    "L": check_link,
    "F": check_full,
    "?": check_help,
    "Click, drag in the overview": check_overview,
    "Click on a lane": check_lane,
    "Pointer over the patch": check_pointer,
}


def test_every_row_of_the_list_has_its_check() -> None:
    assert list(CHECKS) == LISTED


@pytest.mark.parametrize("row", CHECKS)
def test_what_the_list_says_happens(opened: Any, row: str) -> None:
    CHECKS[row](opened)


def test_every_button_does_what_it_is_called(opened: Any) -> None:
    """Each that is seen, by its words; one that is new has to be added here."""
    state = """[player.index, player.playing, player.loop, player.muted, player.time,
        !root.querySelector('.tuning')?.isConnected, root.querySelector('.more').open,
        !!document.fullscreenElement]"""
    at_first = opened.js(state)
    assert at_first == [100, False, False, False, "recording", True, False, False]
    changes = {
        "Play": (1, True),
        "Previous stop (P)": (0, 40),
        "Next stop (N)": (0, 200),
        "Hear this patch": (1, True),
        "Loop": (2, True),
        "Sound": (3, True),
        "How it is heard": (5, False),
        "Full screen (F)": (7, True),
        "Take along": (6, True),
        "Time in recording; switch": (4, "patch"),
    }
    buttons = opened.js(
        """[...root.querySelectorAll("button, summary")].filter((node) => node.checkVisibility())
            .map((node) => node.ariaLabel ?? node.getAttribute("aria-label") ?? node.textContent)"""
    )
    assert sorted(buttons) == sorted(changes)
    for name, (position, value) in changes.items():
        if name == "Full screen (F)":
            continue  # see F
        # A patch of 53 ms may have been heard to its end before one asks: its loop has none.
        opened.js(
            "(player.pause(), player.index = 100, player.loop = argument)",
            name == "Hear this patch",
        )
        opened.find(f"[aria-label='{name}']").first.click()
        opened.settle()
        assert opened.js(state)[position] == value, name
        if name in ("Loop", "Sound", "How it is heard", "Take along"):
            opened.find(f"[aria-label='{name}']").first.click()
            opened.settle()
            assert opened.js(state)[position] == at_first[position], name


def test_the_menu_measures_links_and_fills_the_screen(opened: Any) -> None:
    def choose(what: str) -> None:
        opened.find(".more summary").click()
        opened.find(f"[data-take={what}]").click()

    choose("measure")
    assert says(opened, ".measured") == "measuring: the first point"
    choose("link")
    assert copied(opened).endswith("#patch=100")
    choose("help")
    assert opened.find(".help").is_visible()
    opened.page.keyboard.press("Escape")
    choose("full")
    opened.page.wait_for_function("() => document.fullscreenElement !== null")
