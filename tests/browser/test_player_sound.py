"""The player with its sound: what is heard, and which patch is shown meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

import patchviz as pv
from patchviz.audio import Audio
from patchviz.sound import Sound

from .conftest import HOP, SR, make_audio, make_spectrogram

# Looks at the index and the sound's clock once a frame, after the player has drawn; returns how
# many hops the sound is outside the hop that belongs to the index. The sound goes on while a busy
# machine lets the page wait: what passed since the frame began does not count.
WATCH = """new Promise((done) => {
    const audio = element.querySelector("audio");
    const { count, hop, speed } = argument;
    const seen = [];
    const stop = performance.now() + argument.milliseconds;
    const look = (began) => {
        const at = Math.min(audio.currentTime / hop, count - 1);
        const late = (((performance.now() - began) / 1000) * speed) / hop;
        const apart = Math.max(0, player.index - at, at - late - player.index - 1);
        if (player.playing && !audio.seeking) seen.push(apart);
        if (performance.now() < stop && player.playing) requestAnimationFrame(look);
        else done({ seen, ended: audio.currentTime, rate: audio.playbackRate });
    };
    // The player asks for its frame first, so that it has drawn when this looks.
    player.play().then(() => requestAnimationFrame(look));
})"""


@pytest.fixture
def opened(open_page, sounding_patches):
    return open_page(pv.player(sounding_patches, audio=True))


def watch(opened, patches, speed, seconds):
    argument = {
        "milliseconds": 1000 * seconds,
        "count": len(patches),
        "hop": patches.hop_duration,
        "speed": speed,
    }
    return opened.js(WATCH, argument)


def audio(opened, expression):
    return opened.js(f"element.querySelector('audio').{expression}")


@pytest.mark.parametrize("speed", [0.25, 1, 4])
def test_while_it_plays_the_sound_is_the_clock(opened, sounding_patches, speed):
    opened.js("player.speed = argument", speed)
    watched = watch(opened, sounding_patches, speed, 2.0)
    assert watched["rate"] == speed
    assert len(watched["seen"]) > 10
    assert max(watched["seen"]) <= 1.0
    assert watched["ended"] > 0.5 * speed


@pytest.mark.slow
@pytest.mark.parametrize("speed", [1, 4])
def test_sound_and_picture_are_never_a_hop_apart_in_five_minutes(open_page, speed):
    n_frames = 300 * SR // HOP
    spec = make_spectrogram(16, n_frames, audio=make_audio(300.0))
    patches = spec.patches(duration=1.0, hop_duration=0.1)
    opened = open_page(pv.player(patches, audio=True, speed=speed))
    opened.page.set_default_timeout(400_000)
    watched = watch(opened, patches, speed, 310 / speed)
    assert watched["ended"] > 299
    assert max(watched["seen"]) <= 1.0
    assert opened.index == len(patches) - 1


def test_moving_the_window_seeks_the_sound(opened, sounding_patches):
    opened.find("input").focus()
    opened.page.keyboard.press("End")
    opened.wait("!element.querySelector('audio').seeking")
    assert audio(opened, "currentTime") == pytest.approx(sounding_patches.time(106)[0], abs=1e-3)
    opened.js("player.index = 40")
    opened.wait("!element.querySelector('audio').seeking")
    assert audio(opened, "currentTime") == pytest.approx(sounding_patches.time(40)[0], abs=1e-3)


def test_seeking_the_sound_moves_the_window(opened, sounding_patches):
    """As media keys do."""
    for index in (33, 0, 106, 57):
        start, _ = sounding_patches.time(index)
        opened.js("element.querySelector('audio').currentTime = argument", start + 0.01)
        opened.wait(f"player.index === {index}")


def test_no_patch_is_lost_between_index_and_clock(opened):
    """Browsers count a sound's time in microseconds; the index must survive the way back."""
    lost = opened.js(
        """(async () => {
            const audio = element.querySelector("audio");
            const lost = [];
            const once = { once: true };
            for (let index = 1; index < 107; index++) {
                const sought = new Promise((f) => audio.addEventListener("seeked", f, once));
                player.index = index;
                await sought;
                if (player.index !== index) lost.push(index);
            }
            return lost;
        })()"""
    )
    assert lost == []


def test_dragging_while_it_plays_moves_both(opened, sounding_patches):
    opened.find("button.play").click()
    opened.wait("player.playing && element.querySelector('audio').currentTime > 0")
    box = opened.find(".map").bounding_box()
    opened.page.mouse.move(box["x"] + 5, box["y"] + 30)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 30, steps=20)
    opened.page.mouse.up()
    opened.wait("!element.querySelector('audio').seeking")
    start = sounding_patches.time(opened.index)[0]
    assert start > 3
    assert audio(opened, "currentTime") == pytest.approx(start, abs=1.0)
    assert opened.js("player.playing")


def test_hear_this_patch_plays_just_its_span(open_page, sounding_patches):
    spec = sounding_patches.spectrogram
    patches = spec.patches(duration=1.0, hop_duration=0.5)
    opened = open_page(pv.player(patches, audio=True, index=5))
    opened.js(
        """(() => {
            const audio = element.querySelector("audio");
            window.heard = [];
            const look = () => {
                if (player.playing) window.heard.push(audio.currentTime);
                requestAnimationFrame(look);
            };
            look();
        })()"""
    )
    opened.find("button.hear").click()
    assert opened.find("button.hear").get_attribute("aria-pressed") == "true"
    opened.wait("!player.playing")
    heard = opened.js("window.heard")
    start, end = patches.time(5)
    assert start - 1e-6 <= min(heard) <= start + 0.3  # browsers count microseconds
    assert end - 0.2 <= max(heard) <= end + 0.2
    assert opened.index == 5
    opened.wait("!element.querySelector('audio').seeking")
    assert audio(opened, "currentTime") == pytest.approx(start, abs=1e-3)


def test_hear_this_patch_again_and_again(open_page, sounding_patches):
    patches = sounding_patches.spectrogram.patches(duration=0.5)
    opened = open_page(pv.player(patches, audio=True, index=3, loop=True, speed=4))
    opened.js(
        """(() => {
            window.rounds = 0;
            element.querySelector("audio").addEventListener("seeked", () => window.rounds++);
        })()"""
    )
    opened.find("button.hear").click()
    opened.wait("window.rounds >= 4")
    assert opened.index == 3
    assert opened.js("player.playing")
    opened.find("button.hear").click()
    assert not opened.js("player.playing")
    assert audio(opened, "paused")


def test_it_plays_to_the_end_of_the_last_patch_and_then_anew(opened, sounding_patches):
    opened.js("player.speed = 4")
    opened.js("player.index = 90")
    opened.find("button.play").click()
    opened.wait("!player.playing")
    assert opened.index == 106
    assert audio(opened, "currentTime") == pytest.approx(sounding_patches.time(106)[1], abs=0.3)
    opened.find("button.play").click()
    opened.wait("player.playing && player.index < 30")


def test_loop_with_sound(opened):
    opened.js("player.speed = 4")
    opened.js("player.loop = true")
    opened.js("player.index = 105")
    opened.find("button.play").click()
    opened.wait("player.playing && player.index < 30")


def test_the_sound_can_be_muted(opened):
    button = opened.find("button.sound")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert audio(opened, "muted")
    opened.wait("root.querySelector('button.sound').getAttribute('aria-pressed') === 'false'")
    opened.find("button.play").click()
    opened.wait("player.index > 1")  # the clock still runs
    button.click()
    assert not audio(opened, "muted")


def test_the_playhead_is_where_the_sound_is(opened, sounding_patches):
    opened.js("player.index = 40")
    start, end = sounding_patches.time(40)
    opened.js("player.hear()")
    opened.wait(f"element.querySelector('audio').currentTime > {start + 0.2}")
    opened.js("element.querySelector('audio').playbackRate = 0")
    opened.settle()
    now = audio(opened, "currentTime")
    patch, head = (opened.find(name).bounding_box() for name in (".patch", ".patch .playhead"))
    at = (head["x"] - patch["x"]) / patch["width"]
    assert at == pytest.approx((now - start) / (end - start), abs=0.01)


def test_pausing_elsewhere_pauses_the_player(opened):
    opened.find("button.play").click()
    opened.wait("element.querySelector('audio').currentTime > 0")
    opened.js("element.querySelector('audio').pause()")
    opened.wait("!player.playing")
    opened.js("element.querySelector('audio').play()")
    opened.wait("player.playing && player.index > 1")


@pytest.mark.parametrize("audio_format", ["ogg", "mp3", "opus", "flac", "wav"])
def test_a_format_keeps_time(open_page, audio_format):
    """Ten clicks, half a second apart, are heard where they are."""
    y = np.zeros(6 * SR, np.float32)
    y[SR // 2 :: SR // 2] = 0.9
    spec = make_spectrogram(8, 6 * SR // HOP, audio=Audio.from_array(y, SR))
    made = pv.player(spec.patches(duration=1.0), audio=True, audio_format=audio_format)
    opened = open_page(made)
    clicks = opened.js(
        """(async () => {
            const text = atob(element.querySelector("audio").src.split(",")[1]);
            const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
            const context = new OfflineAudioContext(1, 1, 48000);
            const sound = await context.decodeAudioData(bytes.buffer);
            const samples = sound.getChannelData(0);
            const clicks = [];
            let last = -1e9;
            samples.forEach((value, i) => {
                if (Math.abs(value) > 0.2 && i - last > 9600) clicks.push((last = i) / 48000);
            });
            return clicks;
        })()"""
    )
    assert clicks[:10] == pytest.approx(np.arange(1, 11) / 2, abs=0.03)
    opened.js("player.play()")
    opened.wait("element.querySelector('audio').currentTime > 0.05")


def test_a_spectrogram_that_starts_later_has_its_own_part_of_the_sound(open_page):
    spec = make_spectrogram(16, 200, start=3.0, audio=make_audio(12.0))
    patches = spec.patches(duration=1.0, hop_duration=0.5)
    opened = open_page(pv.player(patches, audio=True, index=2))
    assert audio(opened, "duration") == pytest.approx(spec.duration, abs=0.1)
    opened.wait("!element.querySelector('audio').seeking")
    assert audio(opened, "currentTime") == pytest.approx(patches.time(2)[0] - 3.0, abs=1e-3)
    opened.js("player.play()")
    opened.wait("player.index >= 3")


def test_a_sound_that_cannot_be_decoded_is_said_and_the_picture_plays(open_page, sounding_patches):
    made = pv.player(sounding_patches, audio=True)
    sound = Sound(b"no sound at all", "audio/ogg", 0.0)
    opened = open_page(
        pv.Player(made.patches, made.state, made.tiles, sound, scale=made.scale, max_width=None)
    )
    opened.wait("root.querySelector('.message').textContent")
    words = opened.find(".message").inner_text()
    assert words == "The sound cannot be played by this browser; the picture can."
    assert not opened.find("button.sound").is_visible()
    opened.find("button.play").click()
    opened.wait("player.index > 1")
