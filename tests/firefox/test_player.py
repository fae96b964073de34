"""The exported page in Firefox: drawn, moved, and played with and without a sound device."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest

import patchviz as pv
from patchviz.audio.source import Audio
from patchviz.plot.axis import FrequencyAxis

from .conftest import SR, Firefox, FirefoxPage, SoundDevice

HOP = 441  # samples in a frame: 20 ms
TONE = 440.0
NO_DEVICE = "The sound cannot be played here, perhaps for want of a sound device; the picture can."

# Keeps what each frame finds, until an expression holds or the player has stopped.
WATCH = """void (window.watched = new Promise((done) => {
    const frames = [];
    let played = false;
    const look = () => {
        played ||= player.playing;
        frames.push({
            page: (performance.now() / 1000) * player.speed,
            sound: audio?.currentTime,
            index: player.index,
            playing: player.playing,
            message: root.querySelector(".message").textContent,
        });
        if ((%s) || (played && !player.playing)) done(frames);
        else requestAnimationFrame(look);
    };
    look();
}))"""


def make_patches(audio: Audio | None = None) -> pv.Patches:
    """101 patches of 2 s, one every 100 ms; no two cells alike, so that a wrong crop shows."""
    values = np.random.default_rng(0).uniform(-80, 0, (24, 600)).astype(np.float32)
    spec = pv.Spectrogram(values, sr=SR, hop_length=HOP, y_axis="mel", unit="dB", audio=audio)
    return spec.patches(duration=2.0, hop_duration=0.1)


@pytest.fixture(scope="module")
def patches() -> pv.Patches:
    return make_patches()


@pytest.fixture(scope="module")
def sounding_patches() -> pv.Patches:
    time = np.arange(600 * HOP) / SR
    tone = (0.1 * np.sin(2 * np.pi * TONE * time)).astype(np.float32)
    return make_patches(Audio.from_array(tone, SR))


Open = Callable[..., FirefoxPage]


@pytest.fixture
def silent(
    open_in: Open, firefox_without_sound_device: Firefox, patches: pv.Patches
) -> FirefoxPage:
    return open_in(firefox_without_sound_device, pv.player(patches))


@pytest.fixture
def unheard(
    open_in: Open, firefox_without_sound_device: Firefox, sounding_patches: pv.Patches
) -> FirefoxPage:
    """With sound, and no device to hear it on."""
    return open_in(firefox_without_sound_device, pv.player(sounding_patches, audio=True, index=20))


@pytest.fixture
def heard(
    open_in: Open, firefox_with_sound_device: Firefox, sounding_patches: pv.Patches
) -> FirefoxPage:
    return open_in(firefox_with_sound_device, pv.player(sounding_patches, audio=True, index=20))


def start(page: FirefoxPage) -> None:
    page.js("root.querySelector('input').focus()")
    page.press(" ")


def watch(page: FirefoxPage, until: str) -> list[dict[str, Any]]:
    """Play from here on and return what each frame finds."""
    page.js(WATCH % until)
    start(page)
    frames = page.js("window.watched")
    assert frames[-1]["playing"], frames[-1]
    return frames


def assert_in_time(frames: list[dict[str, Any]], hop: float) -> None:
    """Check that the page's clock moves the index.

    The player reads the clock once between two frames, and finds it within the hop that belongs to
    its index. That says when the clock stood at 0, and to one that is fast or slow each frame says
    something else.
    """
    earliest = max(a["page"] - (b["index"] + 1) * hop for a, b in pairwise(frames))
    latest = min(b["page"] - b["index"] * hop for b in frames[1:])
    assert earliest <= latest + 1e-3


def test_what_a_page_says_and_asks_for_is_noticed(
    firefox_without_sound_device: Firefox, tmp_path: Path
) -> None:
    """Without this the quiet of the others would prove nothing."""
    file = tmp_path / "page.html"
    file.write_text(
        """<script>
            console.log("a word");
            setTimeout(() => { throw new Error("a fault"); });
            const loaded = fetch("http://patchviz.invalid/").catch(() => {});
        </script>"""
    )
    firefox_without_sound_device.open(file)
    firefox_without_sound_device.call("evaluate", "loaded.then(() => null)")
    noticed = firefox_without_sound_device.close_page()
    assert noticed["requested"] == ["http://patchviz.invalid/"]
    assert noticed["said"][:2] == ["a word", "Error: a fault"]


def test_every_cell_has_the_colour_that_matplotlib_gives_it(
    silent: FirefoxPage, patches: pv.Patches
) -> None:
    low, high = patches.spectrogram.finite_range
    edges = FrequencyAxis.of(patches.spectrogram).positions
    for index in (0, 37, 100):
        silent.js("player.index = argument", index)
        silent.settle()
        picture = silent.pixels(".patch canvas")
        height, width = picture.shape[:2]
        rows = np.floor((1 - (edges[:-1] + edges[1:]) / 2) * height).astype(int)
        columns = np.floor((np.arange(100) + 0.5) / 100 * width).astype(int)
        shown = picture[rows[:, np.newaxis], columns].astype(int)
        expected = matplotlib.colormaps["magma"](
            (patches[index] - low) / (high - low), bytes=True
        ).astype(int)
        assert np.abs(shown - expected).max() <= 1


def test_keys_move_the_window(silent: FirefoxPage) -> None:
    silent.js("root.querySelector('input').focus()")
    for key, held, index in [
        ("ArrowRight", None, 1),
        ("ArrowRight", "Shift", 21),
        ("ArrowLeft", "Shift", 1),
        ("End", None, 100),
        ("ArrowLeft", None, 99),
        ("Home", None, 0),
    ]:
        silent.press(key, held)
        assert silent.index == index
    silent.settle()
    assert silent.js("root.querySelector('.number').textContent") == "0"


def test_the_slider_and_the_overview_move_the_window(silent: FirefoxPage) -> None:
    silent.drag("input", 0.5)
    assert silent.index == pytest.approx(50, abs=2)
    silent.drag("input", 0.5, 0.8, 1.0)
    assert silent.index == 100
    # The window, 2 of 12 s, is centred where the overview is clicked, and then follows the mouse.
    silent.drag(".map", 0.5)
    assert silent.index == pytest.approx(50, abs=1)
    silent.drag(".map", 0.5, 0.6, 0.75)
    assert silent.index == pytest.approx(80, abs=1)
    silent.settle()
    window, overview = silent.box(".window"), silent.box(".map")
    assert window["x"] + window["width"] / 2 == pytest.approx(
        overview["x"] + 0.75 * overview["width"], abs=overview["width"] / 120
    )


@pytest.mark.parametrize("speed", [1, 4])
def test_it_plays_without_sound(silent: FirefoxPage, patches: pv.Patches, speed: float) -> None:
    silent.js("player.speed = argument", speed)
    silent.js("player.loop = true")  # it shall be playing, however late the next key comes
    frames = watch(silent, "player.index >= 15 * player.speed")
    assert_in_time([frame for frame in frames if frame["playing"]], patches.hop_duration)
    silent.press(" ")
    assert not silent.js("player.playing")
    assert silent.message == ""


@pytest.mark.parametrize("speed", [1, 4])
def test_with_a_sound_device_the_sound_is_the_clock(
    heard: FirefoxPage, sounding_patches: pv.Patches, speed: float
) -> None:
    heard.js("player.speed = argument", speed)
    frames = watch(heard, "player.index >= 20 + 15 * player.speed")
    assert heard.js("audio.playbackRate") == speed
    hop = sounding_patches.hop_duration
    for before, after in pairwise(frames):
        assert before["sound"] // hop <= after["index"] <= (after["sound"] + 1e-5) // hop
    assert heard.message == ""


@pytest.mark.parametrize("speed", [0.25, 1, 8])
def test_the_sound_is_heard_and_its_pitch_follows_the_speed(
    heard: FirefoxPage, sound_device: SoundDevice, speed: float
) -> None:
    heard.js("player.speed = argument", speed)
    listening = islice(sound_device.listen(), 300)
    start(heard)
    next(block for block in listening if np.abs(block).max() > 0.05)
    tone = np.concatenate(list(islice(listening, 5)))
    heard_at = np.argmax(np.abs(np.fft.rfft(tone))) * SR / len(tone)
    # Where the device had to wait for the browser, a gap in the tone moves its peak by some bins.
    assert heard_at == pytest.approx(TONE * speed, abs=4, rel=0.005)
    assert heard.message == ""


def test_where_firefox_is_silent_it_says_so(heard: FirefoxPage, sound_device: SoundDevice) -> None:
    """It mutes what is slower than a quarter, and moves on."""
    heard.js("player.speed = 0.1")
    assert heard.message == "Firefox is silent below 0.25×; other browsers are not."
    listening = sound_device.listen()
    start(heard)
    heard.wait("audio.currentTime > 2.05")
    assert not any(np.abs(block).max() > 0.05 for block in islice(listening, 5))
    assert heard.js("player.playing")
    heard.js("player.speed = 0.25")
    assert heard.message == ""


@pytest.mark.parametrize("speed", [1, 4])
def test_without_a_sound_device_the_pages_clock_takes_over(
    unheard: FirefoxPage, sounding_patches: pv.Patches, speed: float
) -> None:
    hop = sounding_patches.hop_duration
    unheard.js("player.speed = argument", speed)
    unheard.js("player.loop = true")
    frames = watch(unheard, "player.index >= 50")
    resting = [frame for frame in frames if not frame["playing"]]
    lost = [frame for frame in frames if frame["message"]]
    assert {frame["message"] for frame in lost} == {NO_DEVICE}
    assert all(frame["playing"] for frame in frames[len(resting) :])
    passed = lost[0]["page"] - resting[-1]["page"]
    assert 20 <= lost[0]["index"] <= 20 + passed // hop + 1
    assert_in_time(lost, hop)
    assert unheard.js("audio.paused")
    assert unheard.box("button.sound")["width"] == unheard.box("button.hear")["width"] == 0
    unheard.press(" ")
    assert not unheard.js("player.playing")
    unheard.js("player.index = 30")
    unheard.press(" ")
    unheard.wait("player.index >= 32")


def test_a_sound_lost_on_the_way_leaves_the_window_where_it_is(
    unheard: FirefoxPage, sounding_patches: pv.Patches
) -> None:
    """Firefox asks for the device when a sound is to be heard: what is muted needs none."""
    hop = sounding_patches.hop_duration
    unheard.js("player.muted = true")
    unheard.js("void player.on('index', (index) => { if (index >= 25) player.muted = false; })")
    frames = watch(unheard, "player.index >= 50")
    heard = [frame for frame in frames if not frame["message"]]
    lost = frames[len(heard) :]
    assert {frame["message"] for frame in lost} == {NO_DEVICE}
    assert heard[-1]["index"] > 20, "it has moved"
    assert lost[0]["index"] >= 25
    passed = lost[0]["page"] - heard[-1]["page"]
    assert heard[-1]["sound"] // hop <= lost[0]["index"] <= (heard[-1]["sound"] + passed) // hop + 1
    assert_in_time(lost, hop)


def test_hearing_one_patch_without_a_sound_device_stops_with_a_word(unheard: FirefoxPage) -> None:
    unheard.click("button.hear")
    unheard.wait("root.querySelector('.message').textContent")
    assert unheard.message == NO_DEVICE
    assert not unheard.js("player.playing")
    assert unheard.index == 20
