"""A scrubber keeps time exactly, and tells Python at its own pace: every frame of it looked at."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

import patchviz as pv

from ..numbered import recording
from .scrubbing import Scrubbing

SR, HOP = 22050, 512


def patch_at(milliseconds: float) -> int:
    """Return which patch plays so long after the first one began, in whole numbers.

    A patch counts from 10 µs before its time (see ``indexAt`` in static/framing.js).
    """
    microseconds = 1000 * milliseconds
    assert microseconds == int(microseconds)
    return (int(microseconds) + 10) * SR // (1_000_000 * HOP)


def show_long(scrubbing: Scrubbing, n_frames: int = 2900, **options: object) -> pv.Scrubber:
    """Show a scrubber of a patch each frame (23.2 ms), and let Python answer at once."""
    patches = recording(n_frames, 12).patches(frame_length=215, hop_length=1)
    scrubber = pv.scrub(patches, **options)
    scrubbing.page.evaluate("Object.assign(globalThis, { nBits: 12, hopLength: 1 })")
    scrubbing.show(scrubber)
    scrubbing.run("kernel.answersAfter = 0;")
    return scrubber


def play(scrubbing: Scrubbing) -> float:
    """Press the button; return when that was."""
    scrubbing.find(".widget-play button").first.click()
    return float(scrubbing.js("performance.now()"))


def look_at_every_frame(
    scrubbing: Scrubbing, milliseconds: int, expected: Callable[[float], int]
) -> None:
    """Let time pass, and see in each frame the index that is expected at its time."""
    scrubbing.watch("box.get('index')")
    scrubbing.run_for(milliseconds)
    assert scrubbing.seen
    wrong = [(now, index) for now, index in scrubbing.seen if index != expected(now)]
    assert wrong == []


ALL = "[shownIndex(), box.get('index'), slider.get('value'), play.get('value')]"


def test_a_minute_of_play_is_right_at_every_frame(scrubbing: Scrubbing) -> None:
    show_long(scrubbing)
    start = play(scrubbing)
    scrubbing.watch(ALL)
    scrubbing.run_for(60_000)
    seen = scrubbing.seen
    assert len(seen) == 60_000 // 16
    wrong = [(now, all_) for now, all_ in seen if set(all_) != {patch_at(now - start)}]
    assert wrong == []
    assert seen[-1][1][0] == 2583


@pytest.mark.parametrize("speed", [0.25, 0.5, 2.0, 4.0])
def test_each_speed_is_right_at_every_frame(scrubbing: Scrubbing, speed: float) -> None:
    show_long(scrubbing)
    scrubbing.find(".speed").select_option(f"{speed:g}×")
    start = play(scrubbing)
    look_at_every_frame(scrubbing, 10_000, lambda now: patch_at((now - start) * speed))


def test_another_speed_while_it_plays_loses_no_time(scrubbing: Scrubbing) -> None:
    scrubber = show_long(scrubbing)
    start = play(scrubbing)
    scrubbing.watch("box.get('index')")
    played = 0.0
    changes = [(start, 0.0, 1.0)]
    for speed in (4.0, 0.25, 2.0, 0.5, 1.0):
        scrubbing.run_for(2000)
        played += 2000 * changes[-1][2]
        changes.append((scrubbing.js("performance.now()"), played, speed))
        scrubber.speed = speed
        scrubbing.deliver()
    scrubbing.run_for(2000)
    for now, index in scrubbing.seen:
        since, played, speed = next(change for change in reversed(changes) if change[0] < now)
        assert index == patch_at(played + (now - since) * speed)


def test_a_loop_does_not_drift(scrubbing: Scrubbing) -> None:
    scrubber = show_long(scrubbing, 215 + 29, loop=True)
    assert len(scrubber.patches) == 30
    start = play(scrubbing)
    look_at_every_frame(scrubbing, 20_000, lambda now: patch_at(now - start) % 30)  # 28 turns


def test_it_stops_when_the_last_patch_has_been_shown(scrubbing: Scrubbing) -> None:
    show_long(scrubbing, 215 + 99)
    start = play(scrubbing)
    scrubbing.watch("[box.get('index'), play.get('playing')]")
    scrubbing.run_for(3000)
    for now, (index, playing) in scrubbing.seen:
        assert index == min(patch_at(now - start), 99)
        assert playing == (patch_at(now - start) < 100)
    # Once more from the beginning.
    scrubbing.run("seen.length = 0;")
    start = play(scrubbing)
    scrubbing.run_for(160)
    assert [index for _, (index, _) in scrubbing.seen] == [
        patch_at(now - start) for now, _ in scrubbing.seen
    ]


def test_a_pause_stands_still_and_the_patch_that_is_shown_begins_anew(scrubbing: Scrubbing) -> None:
    show_long(scrubbing)
    play(scrubbing)
    scrubbing.run_for(1008)
    play(scrubbing)
    assert scrubbing.index == patch_at(1008) == 43
    scrubbing.run_for(5000)
    assert scrubbing.index == 43
    start = play(scrubbing)
    look_at_every_frame(scrubbing, 1008, lambda now: 43 + patch_at(now - start))


def test_moved_while_it_plays_it_goes_on_from_there(scrubbing: Scrubbing) -> None:
    scrubber = show_long(scrubbing)
    play(scrubbing)
    scrubbing.run_for(1008)
    scrubbing.exchange()
    scrubber.index = 2000
    scrubbing.deliver()
    start = scrubbing.js("performance.now()")
    look_at_every_frame(scrubbing, 5008, lambda now: 2000 + patch_at(now - start))


def test_stop_goes_to_the_first_patch(scrubbing: Scrubbing) -> None:
    scrubber = show_long(scrubbing)
    play(scrubbing)
    scrubbing.run_for(1008)
    scrubbing.find(".widget-play button").nth(1).click()
    assert scrubbing.index == 0
    scrubbing.run_for(1008)
    assert scrubbing.index == 0
    scrubbing.exchange()
    assert (scrubber.index, scrubber.controls.play.playing) == (0, False)


# -- what Python is told -------------------------------------------------------------------------


def gaps(told: list[tuple[float, int]]) -> list[float]:
    """Return the milliseconds from each message to the next."""
    times = [time for time, _ in told]
    return [after - before for before, after in itertools.pairwise(times)]


def test_python_is_told_every_50_ms_and_the_last_one_always(scrubbing: Scrubbing) -> None:
    show_long(scrubbing, 215 + 399)
    start = play(scrubbing)
    scrubbing.run_for(9600)
    told = scrubbing.told
    # The first at once, and each is what was shown in the frame before.
    assert told[0] == (start + 32, 1)
    assert set(gaps(told[:-1])) == {50}
    assert [index for _, index in told[1:-1]] == [
        patch_at((now - start - 1) // 16 * 16) for now, _ in told[1:-1]
    ]
    # The last comes in its turn, and nothing after it.
    assert told[-1][1] == 399
    assert 50 <= gaps(told)[-1] < 100
    assert told[-1][0] - start < 400 * 1000 * HOP / SR + 50


def test_what_happens_seldom_is_told_at_once(scrubbing: Scrubbing) -> None:
    show_long(scrubbing)
    scrubbing.run_for(1008)
    for index in (1, 2, 3):
        scrubbing.find(".map").press("ArrowRight")
        assert scrubbing.told[-1] == (scrubbing.js("performance.now()"), index)
        scrubbing.run_for(64)
    # Quicker than that, they are told together.
    for _ in range(5):
        scrubbing.find(".map").press("ArrowRight")
    assert [index for _, index in scrubbing.told] == [1, 2, 3, 4]
    scrubbing.run_for(50)
    assert [index for _, index in scrubbing.told] == [1, 2, 3, 4, 8]


def test_a_slow_python_holds_up_nothing_and_hears_the_last(scrubbing: Scrubbing) -> None:
    show_long(scrubbing)
    scrubbing.run("kernel.answersAfter = 500;")
    start = play(scrubbing)
    scrubbing.watch("shownIndex()")
    scrubbing.run_for(3008)
    play(scrubbing)
    wrong = [(now, index) for now, index in scrubbing.seen if index != patch_at(now - start)]
    assert wrong == []
    stopped = scrubbing.js("performance.now()")
    scrubbing.run_for(2000)
    told = scrubbing.told
    # As often as it has time for, never what is old by then.
    assert set(gaps(told)) == {500}
    assert told[-1][1] == scrubbing.index == patch_at(3008)
    assert told[-1][0] - stopped <= 500 + 50


def test_a_python_that_says_nothing_is_told_once_and_then_the_last(scrubbing: Scrubbing) -> None:
    scrubber = show_long(scrubbing, 215 + 99, loop=True)
    scrubbing.run("kernel.answersAfter = null;")  # Python is busy and says nothing at all
    play(scrubbing)
    scrubbing.run_for(10_000)
    play(scrubbing)
    said = scrubbing.js("kernel.said.filter(({ model }) => model === box.model_id)")
    assert [message["state"] for message in said] == [{"playing": True}]
    scrubbing.run_for(50)
    scrubbing.exchange()
    assert len(scrubbing.told) == 1
    assert scrubbing.told[-1][1] == scrubber.index == scrubbing.index
