"""The player with its sound: what is heard, and which patch is shown meanwhile.

Most of it with a fake sound under a fake clock, at every frame; in the end with real ones.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

import patchviz as pv
from patchviz.audio.encode import Sound
from patchviz.audio.source import Audio

from .conftest import HOP, SR, make_audio, make_spectrogram, page_with

MS = Fraction(4 * HOP * 1000, SR)  # from one patch to the next: 92.88 ms
FRAME = 16  # ms from one frame to the next, under a fake clock

WATCH = "[now, element.audio.position, player.index, player.playing, element.audio.seeking]"


def index_at(seconds: float) -> int:
    """Return the patch that begins at a time or before it; 10 µs early are in time."""
    return int((seconds + 1e-5) * 1000 / MS)


@pytest.fixture(scope="session")
def five_minutes() -> pv.Patches:
    return make_spectrogram(8, 300 * SR // HOP).patches(frame_length=40, hop_length=4)


@pytest.fixture
def faked(open_page):
    """Open a player with a fake sound as long as the spectrogram, and watch every frame."""

    def faked(patches, *, sound=None, duration=None, width=320, **options):
        duration = duration or patches.spectrogram.duration
        made = pv.player(patches, **options)
        html = page_with(made, sound=f"new FakeSound({duration}, {json.dumps(sound or {})})")
        opened = open_page(html, clock=True, width=width)
        opened.run_for(40 * FRAME)  # the first seek is done
        opened.watch(WATCH)
        return opened

    return faked


@pytest.fixture
def opened(faked, patches):
    return faked(patches)


def play(opened) -> float:
    """Start to play, at once; return when that was."""
    opened.js("void player.play()")
    return opened.now


def shown(opened) -> str:
    return str(opened.find(".number").inner_text())


# -- the sound is the clock ------------------------------------------------------------------


@pytest.mark.parametrize(("speed", "seconds"), [(1, 60), (0.25, 20), (4, 74), (16, 4)])
def test_every_frame_shows_the_patch_that_is_heard(faked, five_minutes, speed, seconds):
    opened = faked(five_minutes, speed=speed)
    start = play(opened)
    opened.run_for(1000 * seconds)
    seen = opened.seen()
    assert len(seen) == 1000 * seconds // FRAME
    assert opened.js("element.audio.playbackRate") == speed
    for now, position, index, playing, _ in seen:
        heard = (int(now) - int(start)) * Fraction(speed)
        assert position * 1000 == pytest.approx(float(heard))
        assert index == int((heard + Fraction(1, 100)) / MS)
        assert playing
    assert shown(opened) == str(opened.index)


def test_five_minutes_end_with_the_last_patch(faked, five_minutes):
    opened = faked(five_minutes, speed=4, index=3000)
    play(opened)
    opened.run_for(10_000)
    end = five_minutes.time(len(five_minutes) - 1)[1]
    last = len(five_minutes) - 1
    for _, position, index, playing, _ in opened.seen():
        assert playing == (position < end)
        assert index == (min(index_at(position), last) if playing else last)
        assert position < end + 4 * FRAME / 1000
    assert opened.index == last
    assert opened.js("element.audio.paused")


@pytest.mark.parametrize("ticks", [20, 44.1, 1000, 1e6])
def test_a_sound_that_counts_coarsely_is_never_a_hop_apart(faked, patches, ticks):
    """Up to 50 ms where a patch comes each 93 ms."""
    opened = faked(patches, sound={"ticks": ticks})
    play(opened)
    opened.run_for(9000)
    for _, position, index, *_ in opened.seen():
        assert index == index_at(int(position * ticks) / ticks)
        at = position * 1000 / MS
        assert index - at <= 1e-3
        assert at - index < 1 + 1000 / ticks / MS


def test_while_the_sound_stalls_the_picture_waits(opened):
    play(opened)
    opened.run_for(1000)
    opened.js("element.audio.stall(3000)")
    opened.run_for(2000)
    stalled = opened.index
    assert opened.js("player.playing")
    opened.run_for(3000)
    seen = opened.seen()
    assert [index for _, _, index, *_ in seen] == [index_at(position) for _, position, *_ in seen]
    assert sum(index == stalled for _, _, index, *_ in seen) > 3000 / FRAME
    assert seen[-1][1] == pytest.approx(3.0, abs=FRAME / 1000)


def test_a_change_of_speed_loses_no_time(opened):
    play(opened)
    heard = 0.0
    for speed in (4, 0.25, 2, 1):
        opened.run_for(1100)
        heard += 1.1 * opened.js("element.audio.playbackRate")
        opened.find(".speed").select_option(str(speed))
        assert opened.js("element.audio.playbackRate") == speed
        assert opened.js("element.audio.defaultPlaybackRate") == speed
        assert opened.js("element.audio.position") == pytest.approx(heard)
    for _, position, index, *_ in opened.seen():
        assert index == index_at(position)


def test_what_is_paused_goes_on_from_where_it_was(opened):
    """Not from the start of its patch: what was heard need not be heard again."""
    play(opened)
    opened.run_for(1234)
    opened.find("button.play").click()
    assert opened.js("element.audio.paused")
    opened.run_for(5000)
    assert opened.js("element.audio.position") == pytest.approx(1.234)
    assert opened.index == index_at(1.234)
    opened.seen()
    opened.find("button.play").click()
    opened.run_for(1000)
    assert opened.js("element.audio.position") == pytest.approx(2.234)
    for _, position, index, *_ in opened.seen():
        assert index == index_at(position)


def test_a_pause_that_is_taken_back_at_once_is_none(opened):
    """The sound tells of a pause and of a start a moment later, when they are past."""
    play(opened)
    opened.run_for(500)
    opened.js("(player.pause(), void player.play())")
    opened.run_for(500)
    assert opened.js("player.playing && !element.audio.paused")
    assert opened.index == index_at(1.0)
    heard = opened.js(
        """(() => {
            window.heard = [];
            player.on("playing", (playing) => window.heard.push(playing));
            player.pause();
            void player.play();
            player.pause();
            return window.heard;
        })()"""
    )
    opened.run_for(500)
    assert opened.js("window.heard") == heard == [False, True, False]
    assert not opened.js("player.playing")
    assert opened.js("element.audio.paused")


def test_a_spectrogram_that_starts_later_has_its_own_part_of_the_sound(faked):
    spec = make_spectrogram(16, 400, start=3.0)
    patches = spec.patches(frame_length=40, hop_length=4)
    opened = faked(patches, index=2)
    assert opened.js("element.audio.currentTime") == pytest.approx(patches.time(2)[0] - 3, abs=1e-6)
    play(opened)
    opened.run_for(3000)
    for _, position, index, *_ in opened.seen():
        assert index == index_at(position)
    assert opened.index == index_at(patches.time(2)[0] - 3.0 + 2.99)


# -- seeking ---------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [0, 7, 300])
def test_moving_the_window_seeks_the_sound(faked, patches, late):
    opened = faked(patches, sound={"seekTakes": late})
    opened.find("input").focus()
    for key, index in (("End", 106), ("Home", 0), ("ArrowRight", 1), ("Shift+ArrowRight", 55)):
        opened.page.keyboard.press(key)
        assert opened.js("element.audio.seeking")
        opened.run_for(late + 1)
        assert not opened.js("element.audio.seeking")
        start = patches.time(index)[0]
        assert opened.js("element.audio.position") == pytest.approx(start, abs=1e-9)
        opened.run_for(100)
        assert opened.index == index


@pytest.mark.parametrize("late", [0, 40, 300])
def test_moving_while_it_plays_goes_on_from_there(faked, patches, late):
    """Until the seek is done the sound stands still, and so does the window."""
    opened = faked(patches, sound={"seekTakes": late})
    play(opened)
    opened.run_for(1000)
    opened.seen()
    opened.js("player.index = 40")
    moved = opened.now
    opened.run_for(2000)
    seen = opened.seen()
    assert [index for _, _, index, *_ in seen] == [index_at(position) for _, position, *_ in seen]
    assert [seeking for *_, seeking in seen] == [now < moved + late for now, *_ in seen]
    assert all(playing for *_, playing, _ in seen)
    heard = patches.time(40)[0] + (2000 - late) / 1000
    assert opened.js("element.audio.position") == pytest.approx(heard, abs=2e-3)


def test_of_many_moves_during_a_seek_only_the_last_is_sought(faked, patches):
    """A seek that is begun again and again never ends, and nothing would be heard."""
    opened = faked(patches, sound={"seekTakes": 50})
    opened.js(
        """(() => {
            window.sought = [];
            window.heard = [];
            element.audio.addEventListener("seeking", () => window.sought.push(player.index));
            player.on("index", (...what) => window.heard.push(what));
        })()"""
    )
    for index in range(1, 101):
        opened.js("player.index = argument", index)
        opened.run_for(2)
    opened.run_for(100)
    # A seek lasts 50 ms, 25 moves; the last one is sought once more.
    assert len(opened.js("window.sought")) <= 6
    assert opened.js("window.heard") == [[index, "set"] for index in range(1, 101)]
    assert opened.index == 100
    assert opened.js("element.audio.position") == pytest.approx(patches.time(100)[0], abs=1e-9)


def test_a_drag_while_it_plays_is_heard_where_it_ends(faked, patches):
    opened = faked(patches, sound={"seekTakes": 30}, width=800)
    play(opened)
    opened.run_for(500)
    box = opened.find(".map").bounding_box()
    opened.page.mouse.move(box["x"] + 5, box["y"] + 30)
    opened.page.mouse.down()
    for step in range(1, 21):
        opened.page.mouse.move(box["x"] + 5 + box["width"] * step * 0.03, box["y"] + 30)
        opened.run_for(10)
    dragged = opened.index
    opened.page.mouse.up()
    opened.seen()
    opened.run_for(100)
    seen = opened.seen()
    assert dragged > 40
    assert seen[0][2] in (dragged, dragged + 1)
    opened.run_for(1000)
    for _, position, index, playing, seeking in opened.seen():
        assert index == index_at(position)
        assert playing
        assert not seeking
    start = patches.time(dragged)[0]
    assert start + 1.0 < opened.js("element.audio.position") < start + 1.1


def test_seeking_the_sound_moves_the_window(faked, patches):
    """As media keys do."""
    opened = faked(patches, sound={"seekTakes": 40})
    opened.js(
        """(() => {
            window.heard = [];
            player.on("index", (...what) => window.heard.push(what));
        })()"""
    )
    for index in (33, 0, 106, 57):
        opened.js("element.audio.currentTime = argument", patches.time(index)[0] + 0.01)
        opened.run_for(41)
        assert opened.index == index
    assert opened.js("window.heard") == [[index, "sound"] for index in (33, 0, 106, 57)]
    opened.js("element.audio.currentTime = 1000")  # within the last patch
    opened.run_for(41)
    assert opened.index == 106


@pytest.mark.parametrize("start", [0.0, 3.0, 12345.6789])
def test_no_patch_is_lost_between_index_and_clock(faked, start):
    """Browsers count microseconds, and leave the rest out: what was sought comes back early."""
    patches = make_spectrogram(8, 640, start=start).patches(frame_length=40, hop_length=4)
    opened = faked(patches)
    opened.js(
        """(() => {
            const lost = (window.lost = []);
            let index = 1;
            element.audio.addEventListener("seeked", () => { // after the player has heard it
                if (player.index !== index) lost.push([index, player.index]);
                window.sought = index;
                player.index = ++index;
            });
            player.index = index;
        })()"""
    )
    opened.run_for(1000)
    assert opened.js("window.lost") == []
    assert opened.js("window.sought") == len(patches) - 1


# -- hear ------------------------------------------------------------------------------------


@pytest.fixture
def seconds_of_sound():
    """Patches of a second, each half a second."""
    spec = make_spectrogram(8, 1000, sr=1000, hop_length=10)
    return spec.patches(frame_length=100, hop_length=50)


@pytest.mark.parametrize("late", [0, 100])
@pytest.mark.parametrize("speed", [0.5, 1, 4])
def test_hear_this_patch_plays_just_its_span(faked, seconds_of_sound, late, speed):
    opened = faked(seconds_of_sound, index=5, speed=speed, sound={"seekTakes": late})
    opened.run_for(1000)
    opened.seen()
    opened.find("button.hear").click()
    begun = opened.now
    assert opened.find("button.hear").get_attribute("aria-pressed") == "true"
    opened.run_for(3000)
    seen = opened.seen()
    ends = late + 1000 / speed
    assert [playing for *_, playing, _ in seen] == [now - begun < ends for now, *_ in seen]
    heard = [position for _, position, _, playing, _ in seen if playing]
    assert min(heard) >= 2.5
    assert max(heard) < 3.5
    assert {index for _, _, index, *_ in seen} == {5}
    assert opened.find("button.hear").get_attribute("aria-pressed") == "false"
    assert opened.js("element.audio.paused")
    assert opened.js("element.audio.position") == 2.5  # back, to be heard again


def test_hear_goes_back_to_the_start_of_the_patch(faked, seconds_of_sound):
    """Also while all is playing."""
    opened = faked(seconds_of_sound)
    play(opened)
    opened.run_for(1730)
    assert opened.index == 3
    opened.seen()
    opened.find("button.hear").click()
    opened.run_for(3000)
    seen = opened.seen()
    heard = [position for _, position, _, playing, _ in seen if playing]
    assert heard[0] < 1.5 + 2 * FRAME / 1000
    assert max(heard) >= 2.5 - FRAME / 1000
    assert {index for _, _, index, *_ in seen} == {3}


@pytest.mark.parametrize(("late", "speed"), [(0, 1), (0, 4), (100, 2)])
def test_hear_this_patch_again_and_again(faked, seconds_of_sound, late, speed):
    sound = {"seekTakes": late}
    opened = faked(seconds_of_sound, index=3, loop=True, speed=speed, sound=sound)
    opened.find("button.hear").click()
    opened.run_for(20_000)
    seen = opened.seen()
    assert {index for _, _, index, *_ in seen} == {3}
    assert all(playing for *_, playing, _ in seen)
    heard = [position for _, position, *_ in seen]
    assert min(heard) >= 1.5
    assert max(heard) < 2.5 + speed * FRAME / 1000
    turns = sum(after < before for before, after in pairwise(heard))
    # Each turn lasts the span, the seek, and until the frame that finds its end.
    assert 20_000 / (1000 / speed + late + 2 * FRAME) - 1 <= turns <= 20_000 / (1000 / speed)
    opened.find("button.hear").click()
    assert not opened.js("player.playing")
    assert opened.js("element.audio.paused")


def test_moving_while_a_patch_is_heard_hears_the_other(faked, seconds_of_sound):
    opened = faked(seconds_of_sound, index=5)
    opened.find("button.hear").click()
    opened.run_for(400)
    opened.page.keyboard.press("ArrowRight")
    opened.seen()
    opened.run_for(900)
    seen = opened.seen()
    assert all(3.0 <= position < 4.0 for _, position, *_ in seen)
    assert {index for _, _, index, *_ in seen} == {6}
    assert opened.js("player.playing")
    opened.run_for(200)
    assert not opened.js("player.playing")


def test_seeking_elsewhere_within_a_patch_that_is_heard_hears_it_to_its_end(
    faked, seconds_of_sound
):
    """Patches overlap: the time is that of the next one, too."""
    opened = faked(seconds_of_sound, index=5)
    opened.find("button.hear").click()
    opened.run_for(100)
    opened.js("void (element.audio.currentTime = 3.2)")
    opened.seen()
    opened.run_for(290)
    seen = opened.seen()
    assert all(3.2 <= position < 3.5 for _, position, *_ in seen)
    assert {index for _, _, index, *_ in seen} == {5}
    assert opened.js("player.playing")
    opened.run_for(40)
    assert not opened.js("player.playing")
    assert opened.index == 5


# -- ends and loops --------------------------------------------------------------------------


def test_it_plays_to_the_end_of_the_last_patch_and_then_anew(faked, patches):
    opened = faked(patches, speed=4, index=90)
    begun = play(opened)
    opened.run_for(4000)
    start, end = patches.time(90)[0], patches.time(106)[1]
    for now, position, index, playing, _ in opened.seen():
        assert playing == (start + (now - begun) * 4 / 1000 < end)
        assert index == (min(index_at(position), 106) if playing else 106)
    assert end <= opened.js("element.audio.position") < end + 4 * FRAME / 1000
    assert opened.js("element.audio.paused")
    opened.find("button.play").click()
    assert opened.index == 0
    opened.run_for(1000)
    for _, position, index, playing, _ in opened.seen():
        assert index == index_at(position)
        assert playing
    assert opened.js("element.audio.position") == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize("late", [0, 200])
@pytest.mark.parametrize("short", [0.0, 0.3])
def test_loop_with_sound(faked, patches, late, short):
    """Also where the sound ends before the picture does, and tells so itself."""
    duration = patches.time(106)[1] - short
    opened = faked(
        patches, speed=4, loop=True, index=80, duration=duration, sound={"seekTakes": late}
    )
    play(opened)
    opened.run_for(20_000)
    seen = opened.seen()
    assert all(playing for *_, playing, _ in seen)
    heard = [position for _, position, *_ in seen]
    turns = [(before, after) for before, after in pairwise(heard) if after < before]
    assert len(turns) == pytest.approx(20_000 / (duration * 250 + late), abs=1)
    for before, after in turns:
        assert before > duration - 4 * 2 * FRAME / 1000
        assert after < 4 * FRAME / 1000
    for _, position, index, *_ in seen:
        assert index == min(index_at(position), 106)


def test_a_sound_that_is_too_short_ends_the_play(faked, patches):
    opened = faked(patches, duration=10.0, index=90)
    play(opened)
    opened.run_for(3000)
    assert not opened.js("player.playing")
    assert opened.index == 106
    assert opened.js("element.audio.ended")
    opened.find("button.play").click()
    opened.run_for(1000)
    assert opened.index == index_at(0.99)


# -- what may go wrong -----------------------------------------------------------------------


def test_the_sound_can_be_muted(opened):
    button = opened.find("button.sound")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert opened.js("element.audio.muted && player.muted")
    opened.run_for(FRAME)
    assert button.get_attribute("aria-pressed") == "false"
    play(opened)
    opened.run_for(2000)  # the clock still runs
    for _, position, index, *_ in opened.seen():
        assert index == index_at(position)
    assert opened.index == index_at(1.99)
    button.click()
    assert not opened.js("element.audio.muted")
    opened.run_for(FRAME)
    assert button.get_attribute("aria-pressed") == "true"


def test_where_no_sound_may_be_made_it_plays_without(faked, patches):
    """Before a click browsers let only what is muted play."""
    opened = faked(patches, sound={"allowed": "muted"})
    play(opened)
    opened.run_for(1000)
    assert opened.js("player.playing && player.muted")
    assert opened.index == index_at(0.99)
    assert opened.find("button.sound").get_attribute("aria-pressed") == "false"
    assert opened.find(".message").inner_text() == ""


def test_a_sound_that_may_never_play_is_said(faked, patches):
    opened = faked(patches, sound={"allowed": "never"})
    play(opened)
    opened.run_for(1000)
    assert not opened.js("player.playing")
    assert opened.index == 0
    assert opened.find(".message").inner_text() == "The sound cannot be played: it may not play"
    assert opened.find("button.play").get_attribute("aria-label") == "Play"


def test_a_promise_that_was_broken_stops_nothing(faked, patches):
    opened = faked(patches, sound={"seekTakes": 500})
    opened.js("player.index = 10")
    play(opened)
    opened.js("element.audio.abort()")
    opened.run_for(2000)
    assert opened.js("player.playing")
    assert opened.find(".message").inner_text() == ""
    assert opened.index == index_at(10 * float(MS) / 1000 + 1.49)


@pytest.mark.parametrize(
    ("code", "why"), [(3, "here, perhaps for want of a sound device"), (4, "by this browser")]
)
def test_where_a_sound_breaks_off_the_picture_plays_on(faked, patches, code, why):
    opened = faked(patches, speed=2)
    begun = play(opened)
    opened.run_for(2000)
    opened.js("element.audio.fail(argument)", code)
    opened.run_for(2000)
    words = opened.find(".message").inner_text()
    assert words == f"The sound cannot be played {why}; the picture can."
    assert not opened.find("button.sound").is_visible()
    assert not opened.find("button.hear").is_visible()
    for now, _, index, playing, _ in opened.seen():
        assert index == index_at(2 * (now - begun) / 1000)
        assert playing


def test_hearing_a_patch_ends_where_the_sound_breaks_off(faked, seconds_of_sound):
    opened = faked(seconds_of_sound, index=5)
    opened.find("button.hear").click()
    opened.run_for(300)
    opened.js("element.audio.fail()")
    opened.run_for(1000)
    assert not opened.js("player.playing")
    assert opened.index == 5


def test_pausing_elsewhere_pauses_the_player(opened):
    """As media keys do, and other pages that want to be heard."""
    play(opened)
    opened.run_for(500)
    opened.js("element.audio.pause()")
    opened.run_for(500)
    assert not opened.js("player.playing")
    assert opened.index == index_at(0.5)
    opened.js("void element.audio.play()")
    opened.run_for(1000)
    assert opened.js("player.playing")
    assert opened.index == index_at(1.49)


def test_of_two_sounds_only_the_new_one_counts(opened, patches):
    play(opened)
    opened.run_for(1000)
    opened.js("player.speed = 2")
    new = "new element.audio.constructor(argument.duration, {})"
    state = pv.player(patches).state | {"audio": {"start": 0.0}}
    opened.js(
        f"(window.old = element.audio, element.audio = {new},"
        " player.setSpectrogram(argument.state, undefined, element.audio))",
        {"state": state, "duration": patches.spectrogram.duration},
    )
    opened.run_for(100)
    assert opened.js("window.old.paused")
    assert not opened.js("player.playing")
    reached = opened.index
    assert reached == index_at(0.99)
    opened.js("(window.old.currentTime = 5, void window.old.play(), window.old.muted = true)")
    opened.run_for(500)
    assert opened.index == reached
    assert not opened.js("player.playing || player.muted")
    play(opened)
    opened.run_for(1000)
    assert opened.js("element.audio.playbackRate") == 2
    assert opened.index == index_at(patches.time(reached)[0] + 1.98)


def test_a_player_that_is_gone_leaves_the_sound_alone(opened):
    play(opened)
    opened.run_for(1000)
    opened.js("(player.destroy(), window.left = player.index)")
    assert opened.js("element.audio.paused")
    opened.js("(element.audio.currentTime = 7, void element.audio.play())")
    opened.run_for(1000)
    assert not opened.js("player.playing || element.audio.paused")
    assert opened.js("player.index === window.left")
    opened.js("(element.audio.pause(), element.audio.fail())")
    opened.run_for(100)


# -- what is seen of it ----------------------------------------------------------------------


def test_the_playheads_are_where_the_sound_is(faked, patches):
    """In the patch and in the overview, in every frame."""
    opened = faked(patches, index=40, width=800)
    opened.watch(
        """[element.audio.position, player.index,
            ...[".patch .playhead", ".map .playhead"].flatMap((name) => {
                const { hidden, style } = root.querySelector(name);
                return [hidden, parseFloat(style.left)];
            })]"""
    )
    assert not opened.find(".patch .playhead").is_visible()
    opened.js("void player.hear()")
    opened.run_for(2000)
    start, end = patches.time(40)
    whole = patches.spectrogram.duration
    seen = opened.seen()
    assert len(seen) == 2000 // FRAME
    for position, index, hidden, left, hidden_above, left_above in seen:
        assert index == 40
        assert not hidden
        assert not hidden_above
        assert left == pytest.approx(100 * (position - start) / (end - start), abs=1e-3)
        assert left_above == pytest.approx(100 * position / whole, abs=1e-3)
    patch, head = (opened.find(name).bounding_box() for name in (".patch", ".patch .playhead"))
    at = (head["x"] - patch["x"]) / patch["width"]
    assert at == pytest.approx(seen[-1][3] / 100, abs=0.01)


# -- a hidden page draws no frames -----------------------------------------------------------


def test_on_a_hidden_page_the_sound_tells_when_it_ends(faked, seconds_of_sound):
    opened = faked(seconds_of_sound, index=5)
    opened.js("(document.hidden = true, void player.hear())")
    opened.run_for(2000)
    assert not opened.js("player.playing")
    assert opened.js("element.audio.paused")
    assert opened.js("element.audio.position") == 2.5
    assert opened.index == 5


def test_on_a_hidden_page_a_loop_goes_on(faked, seconds_of_sound):
    opened = faked(seconds_of_sound, index=5, loop=True)
    opened.js("(document.hidden = true, void player.hear())")
    for _ in range(100):
        opened.run_for(100)
        assert 2.5 <= opened.js("element.audio.position") <= 3.75  # a quarter of a second late
    assert opened.js("player.playing")
    opened.js("player.pause()")
    play(opened)
    opened.run_for(4000)
    assert opened.index == pytest.approx(13, abs=1)  # 2.5 s + 4 s, half a second each
    opened.js("void (document.hidden = false)")
    opened.run_for(FRAME)
    assert opened.index == 13


# -- real sounds -----------------------------------------------------------------------------

# Looks at the index and the sound's clock once a frame, after the player has drawn; returns how
# many hops the sound is outside the hop that belongs to the index. The sound goes on while a busy
# machine lets the page wait: what passed since the frame began does not count.
OUTSIDE = """new Promise((done) => {
    const audio = element.querySelector("audio");
    const { count, hop, speed } = argument;
    const seen = [];
    const look = (began) => {
        const at = Math.min(audio.currentTime / hop, count - 1);
        const late = (((performance.now() - began) / 1000) * speed) / hop;
        const apart = Math.max(0, player.index - at, at - late - player.index - 1);
        if (player.playing && !audio.seeking) seen.push(apart);
        if (player.playing) requestAnimationFrame(look);
        else done({ seen, ended: audio.currentTime, rate: audio.playbackRate });
    };
    // The player asks for its frame first, so that it has drawn when this looks.
    player.play().then(() => requestAnimationFrame(look));
})"""


def test_the_last_ten_seconds_of_five_minutes(open_page):
    spec = make_spectrogram(16, 300 * SR // HOP, audio=make_audio(300.0))
    patches = spec.patches(duration=1.0, hop_duration=0.1)
    hop = patches.hop_duration
    opened = open_page(pv.player(patches, audio=True, speed=4, index=int(290 / hop)))
    watched = opened.js(OUTSIDE, {"count": len(patches), "hop": hop, "speed": 4})
    assert watched["rate"] == 4
    assert watched["ended"] > 299
    assert len(watched["seen"]) > 10
    assert max(watched["seen"]) <= 1.0
    assert opened.index == len(patches) - 1


def test_a_real_sound_plays_pauses_seeks_and_is_muted(open_page, sounding_patches):
    opened = open_page(pv.player(sounding_patches, audio=True))
    opened.find("button.play").click()
    opened.wait("player.index > 0 && element.querySelector('audio').currentTime > 0.1")
    opened.find("button.sound").click()
    opened.wait("root.querySelector('button.sound').getAttribute('aria-pressed') === 'false'")
    opened.js("element.querySelector('audio').pause()")  # as media keys do
    opened.wait("!player.playing")
    opened.find("input").focus()
    opened.page.keyboard.press("End")
    opened.wait("!element.querySelector('audio').seeking")
    now = "element.querySelector('audio').currentTime"
    assert opened.js(now) == pytest.approx(sounding_patches.time(106)[0], abs=1e-5)
    opened.js("element.querySelector('audio').currentTime = argument", 33 * float(MS) / 1000 + 0.01)
    opened.wait("player.index === 33")
    opened.js("void player.hear()")
    opened.wait("player.playing && root.querySelector('.patch .playhead').hidden === false")
    opened.find("button.hear").click()
    assert opened.js("element.querySelector('audio').paused")


def test_no_patch_is_lost_between_index_and_a_real_clock(open_page, sounding_patches):
    """Browsers count a sound's time in microseconds; the index must survive the way back."""
    opened = open_page(pv.player(sounding_patches, audio=True))
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
