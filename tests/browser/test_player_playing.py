"""Playing without sound, at every frame: the index is the time divided by the hop, exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

import patchviz as pv

from .conftest import HOP, SR, make_spectrogram

MS = Fraction(4 * HOP * 1000, SR)  # from one patch to the next: 92.88 ms
FRAME = 16  # ms from one frame to the next, under a fake clock

# What a person sees is what the handle says.
WATCH = "[now, player.index, Number(root.querySelector('.number').textContent), player.playing]"


@pytest.fixture(scope="session")
def long_patches() -> pv.Patches:
    """700 patches, a little more than a minute."""
    return make_spectrogram(8, 4 * 699 + 40).patches(frame_length=40, hop_length=4)


@pytest.fixture
def play(open_page):
    """Open a player that is watched and plays; returned with the time at which it started."""

    def play(patches, **options):
        opened = open_page(pv.player(patches, **options), clock=True, width=320)
        opened.watch(WATCH)
        opened.js("void player.play()")
        return opened, opened.now

    return play


def frames(opened, *, playing: bool | None = True) -> list[tuple[float, int]]:
    """Return time and index of every frame since the last call; none may be missing."""
    seen = opened.seen()
    times = [now for now, *_ in seen]
    assert times == list(range(int(times[0]), int(times[-1]) + 1, FRAME))
    for _, index, shown, is_playing in seen:
        assert shown == index
        assert playing is None or is_playing == playing
    return [(now, index) for now, index, *_ in seen]


# -- the hop ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("speed", "seconds"), [(1, 60), (0.0625, 8), (0.25, 20), (0.5, 20), (2, 20), (4, 15), (16, 3)]
)
def test_every_frame_shows_the_patch_of_its_time(play, long_patches, speed, seconds):
    opened, start = play(long_patches, speed=speed)
    opened.run_for(1000 * seconds)
    seen = frames(opened)
    assert len(seen) == 1000 * seconds // FRAME
    rate = Fraction(speed)
    assert seen == [(now, int((Fraction(now) - int(start)) * rate / MS)) for now, _ in seen]
    assert seen[-1][1] > 4


@pytest.mark.parametrize("speed", [0.5, 1, 2])
def test_a_patch_comes_with_the_very_frame_that_is_its_time(play, speed):
    """A hop of ten frames: binary fractions of a second must not make it eleven."""
    spec = make_spectrogram(8, 4000, sr=1000, hop_length=16)
    opened, start = play(spec.patches(frame_length=20, hop_length=10), speed=speed)
    opened.run_for(30_000)
    seen = frames(opened)
    assert seen == [(now, (now - start) * speed // 160) for now, _ in seen]


def test_a_hop_shorter_than_a_frame_leaves_patches_out_and_loses_no_time(play):
    spec = make_spectrogram(8, 8000, sr=1000, hop_length=1)
    opened, start = play(spec.patches(frame_length=40, hop_length=3))
    opened.run_for(7000)
    seen = frames(opened)
    assert seen == [(now, (now - start) // 3) for now, _ in seen]


def test_it_plays_on_from_the_patch_that_is_shown(play, long_patches):
    opened, start = play(long_patches, index=500)
    opened.run_for(10_000)
    seen = frames(opened)
    assert seen == [(now, 500 + int((int(now) - int(start)) / MS)) for now, _ in seen]


# -- starts of their own ---------------------------------------------------------------------

STARTS = [50, 60, 61, 63, 150, 300, 420, 421, 560]  # frames of 16 ms, the clock's own


@pytest.fixture(scope="session")
def uneven_patches() -> pv.Patches:
    spec = make_spectrogram(8, 600, sr=1000, hop_length=FRAME)
    return spec.patches(frame_length=20, starts=STARTS)


def last_started(frame: float) -> int:
    return max(i for i, start in enumerate(STARTS) if start <= frame)


@pytest.mark.parametrize("speed", [0.5, 1, 2])
def test_at_uneven_starts_every_frame_shows_the_patch_of_its_time(play, uneven_patches, speed):
    opened, start = play(uneven_patches, speed=speed)
    opened.run_for(8000 / speed)
    seen = frames(opened)
    assert seen == [(now, last_started(50 + (now - start) / FRAME * speed)) for now, _ in seen]
    assert {index for _, index in seen} == set(range(8))
    assert opened.find(".times").text_content() == "6.736-7.056 s"


def test_at_uneven_starts_a_loop_begins_with_the_first_patch_and_has_no_drift(play, uneven_patches):
    opened, start = play(uneven_patches, loop=True, speed=4)
    opened.run_for(10_000)
    seen = frames(opened)
    turn = STARTS[-1] + 20 - STARTS[0]  # to the end of the last
    assert seen == [(now, last_started(50 + (now - start) / FRAME * 4 % turn)) for now, _ in seen]


def test_at_uneven_starts_keys_and_pointer_find_the_patches(open_page, uneven_patches):
    opened = open_page(pv.player(uneven_patches), clock=True)
    opened.find("input").focus()
    for key, index in (
        ("ArrowRight", 1), ("Shift+ArrowRight", 3), ("Shift+ArrowRight", 4), ("End", 8),
        ("Shift+ArrowLeft", 7), ("ArrowLeft", 6), ("Home", 0),
    ):  # fmt: skip
        opened.page.keyboard.press(key)
        assert opened.index == index, key
    box = opened.find(".map").bounding_box()
    for i, start in enumerate(STARTS):
        x = box["x"] + box["width"] * (start + 10) / 600  # the middle of the patch
        opened.page.mouse.click(x, box["y"] + box["height"] / 2)
        assert opened.index in (i, *(j for j, other in enumerate(STARTS) if abs(other - start) < 2))


# -- speed -----------------------------------------------------------------------------------


def test_what_has_passed_has_passed_at_the_old_speed(play, long_patches):
    opened, start = play(long_patches)
    passed, since, speed = Fraction(0), int(start), Fraction(1)
    for following, ms in ((4, 1000), (0.25, 712), (2, 3333), (0.5, 512), (1, 5), (4, 1500)):
        opened.run_for(ms)
        for now, index in frames(opened) if ms > FRAME else []:
            assert index == int((passed + (int(now) - since) * speed) / MS)
        passed += ms * speed
        since += ms
        shown = opened.index
        opened.find(".speed").select_option(str(following))
        assert opened.js("player.speed") == following
        assert opened.index == shown
        speed = Fraction(following)
    opened.run_for(2000)
    for now, index in frames(opened):
        assert index == int((passed + (int(now) - since) * speed) / MS)


def test_the_speed_can_change_many_times_in_no_time(play, long_patches):
    opened, start = play(long_patches)
    for _ in range(20):
        opened.run_for(90)
        opened.js("[4, 0.25, 1].forEach((speed) => { player.speed = speed; })")
    seen = frames(opened)
    assert seen == [(now, int((int(now) - int(start)) / MS)) for now, _ in seen]


# -- pause, ends, loops ----------------------------------------------------------------------


def test_what_is_paused_stands_still_and_then_goes_on(play, long_patches):
    opened, _ = play(long_patches)
    opened.run_for(3000)
    reached = int(3000 / MS)
    assert frames(opened)[-1][1] == reached
    opened.find("button.play").click()
    assert not opened.js("player.playing")
    opened.run_for(60_000)
    assert {index for _, index in frames(opened, playing=False)} == {reached}
    opened.find("button.play").click()
    again = opened.now
    opened.run_for(3000)  # anew from the start of the patch that was shown
    seen = frames(opened)
    assert seen == [(now, reached + int((int(now) - int(again)) / MS)) for now, _ in seen]


def test_it_ends_when_the_last_patch_has_been_shown_and_starts_anew(play, patches):
    opened, start = play(patches, index=104, speed=4)
    opened.run_for(1000)
    seen = opened.seen()
    end = 3 * MS / 4
    assert [playing for *_, playing in seen] == [int(now) - start < end for now, *_ in seen]
    assert [index for _, index, *_ in seen] == [
        min(106, 104 + int((int(now) - int(start)) * 4 / MS)) for now, *_ in seen
    ]
    opened.find("button.play").click()
    again = opened.now
    assert opened.index == 0
    opened.run_for(1000)
    seen = frames(opened)
    assert seen == [(now, int((int(now) - int(again)) * 4 / MS)) for now, _ in seen]


@pytest.mark.parametrize("speed", [1, 16])
def test_a_loop_has_no_drift(play, speed):
    """Five patches: 129 turns in a minute, and more at the highest speed."""
    patches = make_spectrogram(8, 40).patches(frame_length=24, hop_length=4)
    assert len(patches) == 5
    opened, start = play(patches, loop=True, speed=speed)
    opened.run_for(60_000)
    seen = frames(opened)
    assert seen == [(now, int((int(now) - int(start)) * speed % (5 * MS) / MS)) for now, _ in seen]


def test_a_loop_can_be_had_and_ended_while_it_plays(play, patches):
    opened, start = play(patches, index=104)
    opened.find("button.loop").click()
    assert opened.find("button.loop").get_attribute("aria-pressed") == "true"
    opened.run_for(1000)
    seen = frames(opened)
    from_start = 104 * MS
    assert seen == [
        (now, int((from_start + int(now) - int(start)) % (107 * MS) / MS)) for now, _ in seen
    ]
    opened.find("button.loop").click()
    opened.run_for(20_000)
    assert not opened.js("player.loop || player.playing")
    assert opened.index == 106


def test_moving_while_it_plays_goes_on_from_there(play, long_patches):
    opened, _ = play(long_patches)
    opened.find("input").focus()
    for key, index in (("Home", 0), ("Shift+ArrowRight", 20), ("Home", 0), ("ArrowRight", 11)):
        opened.run_for(500)
        opened.seen()
        opened.page.keyboard.press(key)
        moved = opened.now
        assert opened.index == index
        opened.run_for(500)
        seen = frames(opened)
        assert seen == [(now, index + int((int(now) - int(moved)) / MS)) for now, _ in seen]


def test_listeners_hear_each_patch_once_and_why(play, long_patches):
    opened, _ = play(long_patches)
    opened.js(
        """(() => {
            window.heard = [];
            for (const type of ["index", "playing", "loop", "speed"]) {
                player.on(type, (...what) => window.heard.push([type, ...what]));
            }
        })()"""
    )
    opened.run_for(math.ceil(5 * MS) + FRAME)
    opened.js("(player.speed = 2, player.loop = true, player.pause(), player.pause())")
    opened.run_for(1000)
    assert opened.js("window.heard") == [
        *(["index", index, "play"] for index in range(1, 6)),
        ["speed", 2],
        ["loop", True],
        ["playing", False],
    ]


def test_no_frame_is_asked_for_where_nothing_moves(open_page, patches):
    opened = open_page(pv.player(patches), clock=True)
    assert opened.js("fakeFrames.asked()") == 0
    opened.js("void player.play()")
    opened.run_for(200)
    assert opened.js("fakeFrames.asked()") == 1
    opened.js("player.pause()")
    opened.run_for(FRAME)  # draws what the pause changed
    assert opened.js("fakeFrames.asked()") == 0
    opened.js("void player.play()")
    opened.run_for(200)
    opened.js("player.destroy()")
    assert opened.js("fakeFrames.asked()") == 0


# -- who starts it ---------------------------------------------------------------------------


def test_autoplay_unless_the_reader_wants_no_motion(open_page, patches):
    made = pv.player(patches, autoplay=True)
    opened = open_page(made, clock=True, ready=False).alive()
    opened.watch(WATCH)
    opened.js("player.ready")  # from now on it plays
    start = opened.now
    opened.run_for(3000)
    seen = frames(opened)
    assert seen == [(now, int((int(now) - int(start)) / MS)) for now, _ in seen]

    still = open_page(made, clock=True, reduced_motion="reduce")
    still.run_for(3000)
    assert not still.js("player.playing")
    assert still.index == 0
    still.find("button.play").click()  # what is asked for is done
    still.run_for(3000)
    assert still.index == int(3000 / MS)


def test_of_two_players_on_a_page_one_plays(open_page, patches):
    first, second = pv.player(patches, index=5), pv.player(patches, index=9)
    opened = open_page(
        f"<!DOCTYPE html><meta charset=utf-8>{first.to_html()}<hr>{second.to_html()}", clock=True
    )
    opened.find("button.play", n=1).click()
    opened.run_for(1000)
    assert opened.js("player.index", n=1) == 9 + int(1000 / MS)
    assert opened.index == 5
    assert not opened.js("player.playing")


# -- a hidden page draws no frames -----------------------------------------------------------


def test_a_page_that_was_hidden_shows_the_patch_of_the_time_when_it_is_seen_again(
    play, long_patches
):
    opened, start = play(long_patches)
    opened.run_for(1000)
    opened.seen()
    opened.js("void (document.hidden = true)")
    opened.run_for(20_000)
    assert opened.seen() == []
    assert opened.index == int(1000 / MS)
    opened.js("void (document.hidden = false)")
    opened.run_for(1000)
    seen = frames(opened)
    assert seen == [(now, int((int(now) - int(start)) / MS)) for now, _ in seen]


def test_a_loop_on_a_hidden_page_keeps_its_time(play):
    patches = make_spectrogram(8, 40).patches(frame_length=24, hop_length=4)
    opened, start = play(patches, loop=True)
    opened.js("void (document.hidden = true)")
    opened.run_for(100_000)
    opened.js("void (document.hidden = false)")
    opened.run_for(5000)
    seen = frames(opened)
    assert seen == [(now, int((int(now) - int(start)) % (5 * MS) / MS)) for now, _ in seen]


def test_what_ended_while_the_page_was_hidden_has_ended(play, patches):
    opened, _ = play(patches)
    opened.js("void (document.hidden = true)")
    opened.run_for(60_000)
    opened.js("void (document.hidden = false)")
    opened.run_for(2 * FRAME)
    assert opened.index == 106
    assert not opened.js("player.playing")
