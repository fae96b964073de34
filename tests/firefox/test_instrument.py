"""The player as an instrument, in Firefox: zoomed, turning, with files beside it; a sheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.audio.source import Audio

from ..browser.conftest import ALIVE
from .conftest import SR, Firefox, FirefoxPage
from .test_player import NO_DEVICE, Open, make_patches

LABELS = [{"start_time": 2.3, "end_time": 2.8, "label": "call"}]


@pytest.fixture(scope="module")
def labelled() -> pv.Patches:
    """Of noise; patch 20 begins at 2 s."""
    noise = np.random.default_rng(0).uniform(-0.2, 0.2, 12 * SR).astype(np.float32)
    spec = make_patches(Audio.from_array(noise, SR)).spectrogram.with_labels(LABELS)
    return spec.patches(duration=2.0, hop_duration=0.1)


def focus(page: FirefoxPage) -> None:
    page.js("root.querySelector('input').focus()")


@pytest.mark.parametrize("device", [True, False])
def test_keys_zoom_mark_and_measure(
    open_in: Open, request: pytest.FixtureRequest, labelled: pv.Patches, device: bool
) -> None:
    """Alike with a sound device and without."""
    which = "firefox_with_sound_device" if device else "firefox_without_sound_device"
    made = pv.player(labelled, audio=True, index=20, max_bytes=10**7)
    page = open_in(request.getfixturevalue(which), made)
    focus(page)
    page.press("+")
    page.press("+")
    page.settle()
    zoomed = "root.querySelector('.zoomed-to').textContent"
    assert page.js(zoomed) == "zoomed: 0.56-1.44 s of the patch ✕"
    page.press("r")
    start, end = page.js("player.region")
    first, last = labelled.time(20)
    middle = (first + last) / 2
    assert (start + end) / 2 == pytest.approx(middle, abs=0.001)
    assert end - start == pytest.approx((last - first) / 1.5**2, abs=0.001)
    page.press("r")
    page.press("0")
    page.settle()
    assert page.js("root.querySelector('.zoomed-to').hidden")
    page.press("m")
    for key in ("Enter", "ArrowRight", "Enter"):
        page.press(key)
    assert page.js("root.querySelector('.measured').textContent").startswith("Δt 0.0")
    page.press("Escape")
    page.press("n")
    assert page.index == pytest.approx(13, abs=8)  # to the label


def test_a_label_turns_with_a_sound_device(
    open_in: Open, firefox_with_sound_device: Firefox, labelled: pv.Patches
) -> None:
    page = open_in(
        firefox_with_sound_device, pv.player(labelled, audio=True, index=20, max_bytes=10**7)
    )
    # Now and then Firefox never answers that, and its page stands still.
    page.js(
        "(Object.defineProperty(AudioContext.prototype, 'outputLatency', "
        "{ get() { throw new Error('it is asked'); } }), 0)"
    )
    focus(page)
    page.press("o")
    page.wait("player.sound.looping && player.sound.time > 2.35")
    page.js("(window.times = [], 0)")
    page.wait("times.push(player.sound.time) > 60")
    times = page.js("times")
    assert min(times) >= 2.3
    assert max(times) <= 2.8
    assert page.js("[player.loop, player.playing, audio.paused]") == [True, True, True]
    page.js("(player.sound.gain = 6)")
    assert page.message.startswith("Heard in place of the patch: call, 2.300-2.800 s.")
    page.press("o")
    assert page.js("[player.region, player.playing, player.loop]") == [None, False, False]


def test_a_label_without_a_sound_device_is_said_or_shown(
    open_in: Open, firefox_without_sound_device: Firefox, labelled: pv.Patches
) -> None:
    page = open_in(
        firefox_without_sound_device, pv.player(labelled, audio=True, index=20, max_bytes=10**7)
    )
    focus(page)
    page.press(" ")
    page.wait("root.querySelector('.message').textContent")
    assert page.message == NO_DEVICE
    page.press("o")
    assert page.message == "There is no label to be heard in this patch."
    page.wait("player.index >= 30")  # the picture plays on


@pytest.mark.parametrize("missing", [False, True])
def test_files_beside_the_page_are_drawn_and_heard_from_a_disk(
    open_in: Open, firefox_with_sound_device: Firefox, labelled: pv.Patches, tmp_path: Path,
    missing: bool,
) -> None:  # fmt: skip
    class Saved:
        def save(self, file: Path) -> Path:
            made = pv.player(labelled, audio=True, index=20, assets="folder").save(file)
            if missing:
                next((tmp_path / "page_files").glob("picture-*")).unlink()
            return made

    page = open_in(firefox_with_sound_device, Saved())
    if missing:
        assert page.message.startswith(
            "The picture cannot be decoded: the file page_files/picture-"
        )
        assert page.message.endswith(" is missing, or is another.")
        return
    assert page.pixels(".patch canvas").std() > 20
    focus(page)
    page.press(" ")
    page.wait("player.sound.time > 2.3 && player.index > 20")
    assert page.message == ""


@pytest.fixture
def open_sheet(tmp_path: Path) -> Any:
    opened: list[Firefox] = []

    def open_it(firefox: Firefox, sheet: pv.Sheet) -> Callable[[str], Any]:
        firefox.open(sheet.save(tmp_path / "sheet.html"))
        firefox.call("evaluate", f"({ALIVE})()")
        opened.append(firefox)

        def js(expression: str) -> Any:
            return firefox.call(
                "evaluate",
                "(async () => { const { sheet, shadowRoot: root } = document.querySelector("
                f"'.patchviz-sheet'); await sheet.ready; return {expression}; }})()",
            )

        js("root.querySelector('.list').focus()")
        return js

    yield open_it
    for firefox in opened:
        assert firefox.close_page() == {"said": [], "requested": []}


@pytest.mark.parametrize("device", [True, False])
def test_a_sheet_is_gone_through_by_keys(
    open_sheet: Any, request: pytest.FixtureRequest, labelled: pv.Patches, device: bool
) -> None:
    which = "firefox_with_sound_device" if device else "firefox_without_sound_device"
    firefox = request.getfixturevalue(which)
    js = open_sheet(firefox, pv.sheet(labelled, [3, 20, 50], names=["robin"], audio=True))
    for key in ("k", "x", "1", "u", "1"):
        firefox.call("press", key, None)
    assert js("sheet.picks.decided") == [[3, "keep"], [20, "reject"], [50, "robin"]]
    number = (
        "[...document.querySelector('.patchviz-sheet').shadowRoot.querySelectorAll('.opened *')]"
        ".find((node) => node.shadowRoot)?.shadowRoot.querySelector('.number')?.textContent"
    )
    firefox.call("press", "Enter", None)
    firefox.call("wait", f"{number} === '50'")  # it opens in its place
    firefox.call("press", "ArrowLeft", None)
    firefox.call("wait", f"{number} === '49'")
    firefox.call("press", "Escape", None)
    if device:
        firefox.call("press", " ", None)
        firefox.call(
            "wait", "document.querySelector('.patchviz-sheet').sheet.picks.heard.includes(50)"
        )
