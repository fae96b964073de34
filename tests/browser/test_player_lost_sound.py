"""A sound that is lost, in the order in which browsers tell it: the page's clock takes over.

What Firefox does was seen in Firefox (tests/firefox); here it is played back at every frame.
"""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

import patchviz as pv

from .conftest import HOP, SR, page_with

MS = Fraction(4 * HOP * 1000, SR)  # from one patch to the next: 92.88 ms
NO_DEVICE = "The sound cannot be played here, perhaps for want of a sound device; the picture can."
NOT_KNOWN = "The sound cannot be played by this browser; the picture can."


@pytest.fixture
def faked(open_page, patches):
    """Open a player with a fake sound: as in Firefox without a device, unless set otherwise."""

    def faked(*, sound=None, **options):
        settings = json.dumps({"device": False} if sound is None else sound)
        html = page_with(pv.player(patches, **options), sound=f"new FakeSound(60, {settings})")
        opened = open_page(html, clock=True, width=320).run_for(100)  # the first seek is done
        opened.watch("[now, player.index, player.playing]")
        return opened

    return faked


def play(opened) -> float:
    opened.js("void player.play()")
    return opened.now


def assert_in_time(opened, start: float, speed: float = 1, index: int = 0) -> None:
    """Check every frame: a patch is shown when it is its time, and the player plays."""
    seen = opened.seen()
    assert len(seen) > 100
    for now, shown, playing in seen:
        passed = Fraction(now - start) * Fraction(speed)
        assert shown == index + int((passed + Fraction(1, 100)) / MS)
        assert playing


def message(opened) -> str:
    return str(opened.find(".message").inner_text())


@pytest.mark.parametrize("speed", [0.5, 1, 4])
def test_without_a_sound_device_it_plays_on(faked, speed):
    opened = faked(speed=speed)
    start = play(opened)
    opened.run_for(2000)
    assert message(opened) == NO_DEVICE
    assert_in_time(opened, start, speed)
    assert opened.js("element.audio.paused")
    assert not opened.find("button.sound").is_visible()
    assert not opened.find("button.hear").is_visible()


@pytest.mark.parametrize("speed", [0.5, 1, 4])
def test_a_sound_that_is_lost_within_a_patch_loses_no_time(faked, speed):
    opened = faked(speed=speed)
    opened.js("player.muted = true")
    start = play(opened)
    opened.run_for(1037)
    assert message(opened) == ""
    opened.find("button.sound").click()
    opened.run_for(1000)
    assert message(opened) == NO_DEVICE
    assert_in_time(opened, start, speed)


def test_it_goes_on_being_played_paused_and_moved(faked):
    opened = faked()
    play(opened)
    opened.run_for(1000)
    opened.find("button.play").click()
    assert not opened.js("player.playing")
    opened.js("player.index = 50")
    opened.seen()
    opened.find("button.play").click()
    start = opened.now
    opened.run_for(2000)
    assert_in_time(opened, start, index=50)


@pytest.mark.parametrize("promises_first", [False, True], ids=["Chromium", "Firefox"])
@pytest.mark.parametrize("code", [3, 4])
def test_a_sound_that_breaks_while_it_is_waited_for(faked, promises_first, code):
    """A promise is broken, and an error is told; one seek is under way and another is wanted."""
    opened = faked(sound={"seekTakes": 5000})
    opened.js("player.index = 10")
    opened.js("player.index = 20")
    play(opened)
    opened.run_for(500)
    opened.seen()
    opened.js("element.audio.fail(...argument)", [code, promises_first])
    lost = opened.now
    opened.run_for(2000)
    assert message(opened) == (NOT_KNOWN if code == 4 else NO_DEVICE)
    seen = opened.seen()
    assert all(playing for _, _, playing in seen)
    # From the start of what was wanted, and from the time of the error on.
    assert {index for now, index, _ in seen if now - lost < float(MS)} == {20}
    assert seen[-1][1] == 20 + int((seen[-1][0] - lost) / MS)


def test_hearing_one_patch_stops_with_a_word(faked):
    opened = faked(index=30)
    opened.find("button.hear").click()
    opened.run_for(500)
    assert message(opened) == NO_DEVICE
    assert not opened.js("player.playing")
    assert opened.index == 30
