"""Patches of a scrubber picked on its page, and by Python."""

from __future__ import annotations

import patchviz as pv

from ..numbered import recording
from .scrubbing import Scrubbing


def show(scrubbing: Scrubbing, n_views: int = 1, **options: object) -> pv.Scrubber:
    spec = recording(name="numbers", labels=[(1.0, 2.0, "robin")])
    patches = spec.patches(frame_length=215, hop_length=4)
    scrubber = pv.scrub(patches, **options)  # type: ignore[arg-type]
    scrubbing.show(scrubber, n_views)
    return scrubber


def picks(scrubber: pv.Scrubber) -> tuple[object, ...]:
    return scrubber.picked, scrubber.rejected, scrubber.names


def test_keys_and_buttons_pick_and_python_knows(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    bar = scrubbing.find(".triage")
    assert bar.locator("button").all_inner_texts() == ["", "", "1 robin", "Undo"]
    scrubbing.find(".map").focus()
    for key in ("k", "ArrowRight", "Shift+X", "ArrowRight", "1", "ArrowRight", "7"):
        scrubbing.page.keyboard.press(key)
    scrubbing.exchange()
    assert picks(scrubber) == ((0, 2), (1,), {2: "robin"})
    assert bar.locator("[role=status]").inner_text() == "2 picked · 1 rejected"
    assert bar.locator("[aria-pressed=true]").count() == 0  # of patch 3 nothing is decided
    # The slider has the player's keys, too.
    handle = scrubbing.find(".noUi-handle")
    handle.press("ArrowLeft")
    assert bar.locator("[aria-pressed=true]").inner_text() == "1 robin"
    handle.press("x")
    scrubbing.exchange()
    assert picks(scrubber) == ((0,), (1, 2), {})
    handle.press("Control+z")
    handle.press("p")
    scrubbing.run_for(60)
    scrubbing.exchange()
    assert (picks(scrubber), scrubber.index) == (((0, 2), (1,), {2: "robin"}), scrubber.stops[0])
    handle.press("?")
    assert "keep this patch" in scrubbing.find("dialog[open]").inner_text()
    scrubbing.page.keyboard.press("Escape")
    bar.get_by_label("Keep").click()  # a second time takes it back
    bar.get_by_text("robin").click()
    bar.get_by_text("Undo").click()
    bar.get_by_label("Reject").click()
    scrubbing.exchange()
    assert picks(scrubber) == ((2,), (0, 1), {2: "robin"})


def test_ten_names_have_a_key_each(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, names=[*"abcdefghijk"])
    keys = scrubbing.find(".triage").locator("kbd").all_inner_texts()
    assert keys == [*"1234567890"]
    scrubbing.find(".map").focus()
    for key in ("0", "ArrowRight", "1"):
        scrubbing.page.keyboard.press(key)
    scrubbing.exchange()
    assert picks(scrubber) == ((0, 1), (), {0: "j", 1: "a"})


def test_python_picks_in_all_views(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, 2, names=[])
    bars = scrubbing.page.locator(".triage")
    assert [bars.nth(k).is_hidden() for k in range(2)] == [True, True]
    scrubber.names, scrubber.rejected = {0: "wren"}, [3]
    scrubbing.exchange()
    for k in range(2):
        assert bars.nth(k).locator("[role=status]").inner_text() == "1 picked · 1 rejected"
    scrubber.index = 3
    scrubbing.exchange()
    assert bars.locator("[aria-label^=Reject][aria-pressed=true]").count() == 2
    scrubbing.find(".map").press("k")
    scrubbing.exchange()
    assert picks(scrubber) == ((0, 3), (), {0: "wren"})
    assert bars.locator("[role=status]").all_inner_texts() == ["2 picked"] * 2


def test_who_goes_on_without_a_kernel_reads_that_nobody_hears_of_it(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    status = scrubbing.find(".triage").locator("[role=status]")
    scrubbing.run("box.lose()")
    assert status.inner_text() == ""  # there is nothing to be lost
    scrubbing.find(".map").press("k")
    assert status.inner_text() == "1 picked · Python is gone and hears of no more"
    scrubbing.exchange()
    assert picks(scrubber) == ((), (), {})


def test_what_was_decided_before_the_kernel_ended_is_said_to_be_all_that_it_heard(
    scrubbing: Scrubbing,
) -> None:
    show(scrubbing)
    scrubbing.find(".map").press("x")
    scrubbing.exchange()
    scrubbing.run("box.lose()")
    said = scrubbing.find(".triage").locator("[role=status]").inner_text()
    assert said == "1 rejected · Python is gone and hears of no more"
