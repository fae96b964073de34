"""Several views of one scrubber: one plays, the others follow, and any may come or go."""

from __future__ import annotations

import itertools
from typing import Any

import patchviz as pv

from ..numbered import recording
from .scrubbing import Scrubbing


def show(scrubbing: Scrubbing, n_views: int, **options: Any) -> pv.Scrubber:
    patches = recording(name="numbers").patches(frame_length=215, hop_length=4)
    scrubber = pv.scrub(patches, **options)
    scrubbing.show(scrubber, n_views)
    return scrubber


def test_whichever_view_is_moved_all_show_it(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, 3)
    for n, selector, key, index in [
        (0, ".noUi-handle", "End", 106), (1, ".noUi-handle", "ArrowLeft", 105),
        (2, ".map", "ArrowLeft", 104), (1, ".map", "Home", 0), (0, ".map", "ArrowRight", 1),
    ]:  # fmt: skip
        scrubbing.find(selector, n).press(key)
        assert scrubbing.index == index
        scrubbing.run_for(50)
        scrubbing.exchange()
        assert scrubber.index == index
    scrubber.index = 33
    scrubbing.deliver()
    assert scrubbing.index == 33


def test_a_second_view_plays_and_pauses_for_all(scrubbing: Scrubbing) -> None:
    show(scrubbing, 3)
    scrubbing.watch("[0, 1, 2].map(shownIndex)")
    scrubbing.find(".map", 2).press("Space")
    scrubbing.run_for(2000)
    seen = [shown for _, shown in scrubbing.seen]
    assert seen[-1][0] == 21
    for before, now in itertools.pairwise(seen):
        # What follows is drawn a frame later at the most.
        assert now[1] == now[2]
        assert now[1] in (before[0], now[0])
    assert scrubbing.buttons == ["pause"] * 3
    scrubbing.find(".map", 1).press("Space")
    paused = scrubbing.index
    scrubbing.run_for(1000)
    assert scrubbing.index == paused
    assert scrubbing.buttons == ["play"] * 3


def test_views_that_come_while_it_plays_show_what_plays(scrubbing: Scrubbing) -> None:
    show(scrubbing, 1)
    scrubbing.find(".widget-play button").first.click()
    scrubbing.run_for(1008)
    scrubbing.add_view()
    scrubbing.wait("shownIndex(1) !== null")
    assert scrubbing.index == 11
    scrubbing.run_for(1008)
    assert scrubbing.index == 22


def test_the_first_view_goes_and_the_others_live(scrubbing: Scrubbing) -> None:
    show(scrubbing, 2)
    scrubbing.run("views[0]();")
    scrubbing.find(".noUi-handle").press("End")
    assert scrubbing.index == 106
    scrubbing.find(".map").press("Home")
    assert scrubbing.index == 0
    scrubbing.find(".map").press("Space")
    scrubbing.run_for(1008)
    assert scrubbing.index == 11
    scrubbing.add_view()  # which takes the place of the first
    scrubbing.wait("shownIndex(1) !== null")
    assert scrubbing.index == 11
    scrubbing.run("views[1]();")
    scrubbing.find(".map").press("Home")
    assert scrubbing.index == 0


def n_decoded_for_another(scrubbing: Scrubbing, scrubber: pv.Scrubber) -> int:
    """Show another recording; return how many pictures were decoded: one for each that is there."""
    before = int(scrubbing.js("pictures.nDecoded"))
    scrubber.spec = recording(400, name="short")
    scrubbing.deliver()
    scrubbing.wait("readout.get('value').includes('/ 46 ')")
    return int(scrubbing.js("pictures.nDecoded")) - before


def test_a_view_that_is_gone_before_its_picture_came_follows_no_more(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, 1)
    scrubbing.run("pictures.hold();")
    scrubbing.add_view()
    scrubbing.wait("pictures.nWaiting > 0")
    scrubbing.run("views[1](); pictures.release();")
    scrubbing.wait("pictures.nWaiting === 0")
    scrubbing.find(".noUi-handle").press("End")
    assert scrubbing.index == 106
    assert n_decoded_for_another(scrubbing, scrubber) == 1


def test_all_views_get_another_recording(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, 2, index=100)
    assert n_decoded_for_another(scrubbing, scrubber) == 2
    assert scrubbing.index == scrubber.index == 46
    scrubbing.find(".map", 1).press("End")
    assert scrubbing.index == 46
    scrubbing.find(".map", 1).press("Home")
    assert scrubbing.index == 0


def test_views_that_come_and_go_leave_nothing(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, 1)
    heard = "[...kernel.models.values()].flatMap((model) => model.heard).sort()"
    before = scrubbing.js(heard)
    for _ in range(3):
        scrubbing.add_view()
        scrubbing.wait("shownIndex(1) !== null")
        scrubbing.run("views.pop()();")
    assert scrubbing.js(heard) == before
    assert scrubbing.index == 0
    assert n_decoded_for_another(scrubbing, scrubber) == 1


def test_a_clock_without_a_picture_moves_the_controls(scrubbing: Scrubbing) -> None:
    """A figure of one's own is drawn by Python; the page keeps its time."""
    patches = recording(name="numbers").patches(frame_length=215, hop_length=4)
    scrubber = pv.scrub(pv.PatchView(patches))
    scrubbing.add(scrubber)
    scrubbing.add_view()
    scrubbing.wait("readout.get('value').includes('/ 106')")
    scrubbing.find(".widget-play button").first.click()
    scrubbing.run_for(1008)
    assert scrubbing.js("[box.get('index'), slider.get('value')]") == [10, 10]
    scrubbing.exchange()
    assert scrubber.index == 10
    assert scrubbing.find("canvas").count() == 0
