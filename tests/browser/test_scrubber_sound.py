"""A scrubber with a sound: the sound is its clock, and buttons, page and Python agree about it."""

from __future__ import annotations

from typing import Any

import pytest

import patchviz as pv

from ..numbered import recording
from .conftest import make_audio
from .scrubbing import Scrubbing

SR, HOP = 22050, 512


def sounding(n_frames: int = 640) -> pv.Patches:
    audio = make_audio(n_frames * HOP / SR)
    spec = recording(n_frames, name="numbers", audio=audio)
    return spec.patches(frame_length=215, hop_length=4)


@pytest.fixture
def scrubber(scrubbing: Scrubbing) -> pv.Scrubber:
    scrubber = pv.scrub(sounding(), audio=True)
    scrubbing.show(scrubber)
    return scrubber


def pressed(scrubbing: Scrubbing) -> dict[str, Any]:
    """What the buttons show, and what the sound does."""
    return dict(
        scrubbing.js(
            "({ play: play.get('playing'), hear: box.get('hearing'), sound: !box.get('muted'),"
            " paused: sounds.at(-1).paused, muted: sounds.at(-1).muted })"
        )
    )


QUIET = {"play": False, "hear": False, "sound": True, "paused": True, "muted": False}


def test_the_sound_is_the_clock(scrubbing: Scrubbing, scrubber: pv.Scrubber) -> None:
    scrubbing.run("sounds[0].ticks = 100;")  # it says its time in steps of 10 ms
    scrubbing.find(".widget-play button").first.click()
    scrubbing.watch("[shownIndex(), box.get('index'), sounds[0].currentTime]")
    scrubbing.run_for(480)
    scrubbing.run("sounds[0].stall(1000);")
    scrubbing.run_for(3000)
    seen = [values for _, values in scrubbing.seen]
    assert all(shown == index == int((time + 1e-5) * SR / (4 * HOP)) for shown, index, time in seen)
    assert seen[-1][0] == int((3.480 - 1.0) * SR / (4 * HOP))
    assert pressed(scrubbing) == QUIET | {"play": True, "paused": False}


def test_a_patch_is_heard_and_the_index_stays(scrubbing: Scrubbing, scrubber: pv.Scrubber) -> None:
    scrubber.index = 20
    scrubbing.deliver()
    scrubbing.find(".hear").click()
    assert pressed(scrubbing) == QUIET | {"hear": True, "paused": False}
    scrubbing.watch("[box.get('index'), sounds[0].position]")
    scrubbing.run_for(6000)
    start, end = scrubber.interval
    indices, positions = zip(*(values for _, values in scrubbing.seen), strict=True)
    assert set(indices) == {20}
    assert start <= min(positions)
    assert max(positions) == pytest.approx(end, abs=0.02)
    assert pressed(scrubbing) == QUIET  # at the end of the patch
    scrubbing.exchange()
    assert (scrubber.hearing, scrubber.playing) == (False, False)
    assert scrubbing.told == []


def test_to_hear_and_to_play_take_the_place_of_one_another(
    scrubbing: Scrubbing, scrubber: pv.Scrubber
) -> None:
    play, hear = scrubbing.find(".widget-play button").first, scrubbing.find(".hear")
    play.click()
    scrubbing.run_for(480)
    hear.click()
    assert pressed(scrubbing) == QUIET | {"hear": True, "paused": False}
    play.click()
    assert pressed(scrubbing) == QUIET | {"play": True, "paused": False}
    hear.click()
    hear.click()
    scrubbing.run_for(16)
    assert pressed(scrubbing) == QUIET
    scrubbing.exchange()
    assert (scrubber.hearing, scrubber.playing) == (False, False)


def test_python_hears_a_patch_and_stops(scrubbing: Scrubbing, scrubber: pv.Scrubber) -> None:
    scrubber.hearing = True
    scrubbing.deliver()
    scrubbing.run_for(160)
    assert pressed(scrubbing) == QUIET | {"hear": True, "paused": False}
    scrubber.hearing = False
    scrubbing.deliver()
    scrubbing.run_for(160)
    assert pressed(scrubbing) == QUIET


def test_the_sound_is_muted_by_its_button_and_by_python(
    scrubbing: Scrubbing, scrubber: pv.Scrubber
) -> None:
    scrubbing.find(".sound").click()
    scrubbing.run_for(16)
    assert pressed(scrubbing) == QUIET | {"sound": False, "muted": True}
    scrubbing.exchange()
    assert scrubber.muted
    assert scrubber.muted
    scrubber.muted = False
    scrubbing.deliver()
    scrubbing.run_for(16)
    assert pressed(scrubbing) == QUIET


def test_a_page_that_may_make_no_sound_says_that_it_is_muted(
    scrubbing: Scrubbing, scrubber: pv.Scrubber
) -> None:
    """So it is where Python plays before anybody has clicked on the page."""
    scrubbing.run("sounds[0].allowed = 'muted';")
    scrubber.controls.play.playing = True
    scrubbing.deliver()
    scrubbing.run_for(480)
    assert pressed(scrubbing) == QUIET | {
        "play": True, "paused": False, "sound": False, "muted": True
    }  # fmt: skip
    assert scrubbing.index > 3
    scrubbing.exchange()
    assert scrubber.muted


def test_a_title_keeps_the_sound_and_another_recording_brings_its_own(
    scrubbing: Scrubbing,
) -> None:
    scrubber = pv.scrub(sounding(), audio=True, audio_format="flac")
    scrubbing.show(scrubber)
    first = scrubbing.js("sounds[0].uri")
    assert first.startswith("data:audio/flac;base64,")
    scrubber.title = "another"
    scrubber.cmap = "gray"
    scrubbing.deliver()
    scrubbing.wait("pictures.nWaiting === 0")
    scrubbing.find(".widget-play button").first.click()
    scrubbing.run_for(480)
    assert scrubbing.js("sounds.length") == 1
    scrubber.patches = sounding(400)
    scrubbing.deliver()
    scrubbing.wait("readout.get('value').includes('/ 46 ')")
    scrubbing.run_for(160)
    assert scrubbing.js("sounds.map((sound) => sound.paused)") == [True, False]  # it plays on
    assert scrubbing.js("sounds[1].uri") != first
    assert scrubbing.index > 5


def test_another_sound_alone_is_another_clock(scrubbing: Scrubbing, scrubber: pv.Scrubber) -> None:
    """One trait of a message may come without the others."""
    canvas = scrubber.children[1]
    canvas.sound = {"type": "audio/wav", "data": b"RIFF"}
    scrubbing.deliver()
    scrubbing.wait("sounds.length === 2")
    assert scrubbing.js("sounds[1].uri") == "data:audio/wav;base64,UklGRg=="
    scrubbing.find(".map").press("ArrowRight")
    assert scrubbing.index == 1
    assert scrubbing.js("sounds[1].position") == pytest.approx(scrubber.patches.time(1)[0])


def test_closing_stops_the_sound(scrubbing: Scrubbing, scrubber: pv.Scrubber) -> None:
    scrubbing.find(".widget-play button").first.click()
    scrubbing.run_for(480)
    scrubber.close()
    scrubbing.deliver()
    assert scrubbing.page.evaluate("sounds[0].paused")
