"""Ultrasound that is mixed down from the frequency that the pointer is at."""

from __future__ import annotations

from typing import Any

import pytest

import patchviz as pv

from .test_player_tuning import TAP, listened, sounding, tones


def point_at(opened: Any, hertz: float, top: float) -> float:
    box = opened.find(".patch canvas").bounding_box()
    y = box["y"] + (1 - hertz / top) * box["height"]
    opened.page.mouse.move(box["x"] + box["width"] / 2, y)
    return y


def test_a_tone_is_heard_as_far_from_the_pointer_as_it_is(open_page: Any) -> None:
    """Of 45 kHz, seen from 44: 1 kHz, as loud; of 30 kHz, beyond what is mixed down, nothing."""
    made = sounding(tones(45_000, 30_000, sr=192_000, seconds=10), sr=192_000)
    opened = open_page(made, script=TAP)
    assert opened.find(".mixed").is_hidden()
    y = point_at(opened, 44_000, 97_000)
    opened.find("input[aria-label=Patch]").focus()
    opened.page.keyboard.press("h")
    opened.page.keyboard.press(" ")
    mix = opened.js("player.sound.mix")
    assert mix == pytest.approx(44_000, abs=1000)
    assert opened.find(".mixed").bounding_box()["y"] == pytest.approx(y, abs=1)
    heard = listened(opened, [45_000 - mix, mix - 30_000, 45_000, 30_000])
    tone, *others = heard["levels"]
    assert max(others) < tone - 40
    assert 0.14 < heard["highest"] < 0.24  # about as loud as it is: 0.2
    # The pointer tunes while it is heard.
    point_at(opened, 31_000, 97_000)
    mix = opened.js("player.sound.mix")
    near, far = listened(opened, [mix - 30_000, 45_000 - mix])["levels"]
    assert far < near - 40
    opened.find("button.tune").click()
    box = opened.find(".tuning label").nth(2)
    assert box.inner_text() == f"mixed down from {mix / 1000:.1f} kHz"
    box.click()
    assert opened.js("player.sound.mix") is None
    assert opened.find(".mixed").is_hidden()


def mixed_down(open_page: Any) -> Any:
    """Return a page that plays ultrasound, and from somewhere after 0.6 s on mixes it down."""
    opened = open_page(sounding(tones(45_000, sr=192_000), sr=192_000, index=50))
    opened.find("button.play").click()
    opened.wait("player.sound.time > 0.6")
    opened.js("(player.sound.mix = 44000)")
    opened.wait("player.sound.time > 0.9 && element.querySelector('audio').paused")
    return opened


def test_what_is_mixed_down_plays_on_from_where_it_is(open_page: Any) -> None:
    """Of samples, of which a part is decoded at a time; and back to the element."""
    opened = mixed_down(open_page)
    assert opened.js("element.querySelector('audio').paused")
    assert opened.js("player.playing") is True
    opened.js("(player.index = 150)")
    opened.wait("player.sound.time > 1.6 && player.index >= 160")
    opened.js("(player.sound.mix = null)")
    opened.wait("player.sound.time > 1.8 && !element.querySelector('audio').paused")
    opened.js("(player.sound.mix = 44000, player.hear())")
    opened.wait("!player.playing")  # it ends where the patch does
    opened.js("player.play()")
    opened.wait("!player.playing")  # and where the recording does
    assert opened.index == opened.js("player.framing.last")


def test_a_pause_before_it_sounds_again_is_quiet(open_page: Any) -> None:
    opened = mixed_down(open_page)
    opened.js("(player.sound.mix = null, player.pause())")
    opened.js("player.play()")
    opened.wait("!element.querySelector('audio').paused && player.index > 60")
    assert opened.find(".message").inner_text() == ""


def test_what_aliases_is_said(open_page: Any) -> None:
    opened = open_page(sounding(tones(45_000, sr=384_000), sr=384_000, speed=2))
    opened.js("(player.sound.mix = 60000)")
    said = "At 2× nothing above 48.0 kHz is mixed down; slower, more is."
    assert opened.find(".message").inner_text() == said
    opened.js("(player.speed = 1, player.sound.mix = 60000)")
    assert opened.find(".message").inner_text() == ""


@pytest.mark.parametrize("sound", [True, False])
def test_without_ultrasound_there_is_nothing_to_mix_down(open_page: Any, sound: bool) -> None:
    made = sounding(tones(1000))
    opened = open_page(made if sound else pv.player(made.patches))
    if sound:
        opened.find("button.tune").click()
        assert opened.find(".tuning label").nth(1).is_visible()
        assert opened.find(".tuning label").nth(2).is_hidden()
    opened.find("input[aria-label=Patch]").focus()
    opened.page.keyboard.press("h")
    assert opened.find(".message").inner_text() == "There is no ultrasound to be mixed down."
    assert opened.js("player.sound.mix") is None
