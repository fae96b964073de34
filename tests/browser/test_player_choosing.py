"""A player of many recordings: one is chosen from a list, and of the others nothing is decoded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv

SR = 8000
pytestmark = pytest.mark.filterwarnings("ignore:.*no row in the table of labels")

FILES = ["north/1.wav", "north/2.wav", "south/1.wav"]
NAMES = ["north/1.wav", "north/2.wav", "south/1.wav"]  # told from one another, in one form


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> pv.Recordings:
    """Three recordings of 3, 4 and 5 s: each a tone of its own, the next twice as loud."""
    folder = tmp_path_factory.mktemp("season")
    for k, name in enumerate(FILES):
        t = np.arange((3 + k) * SR) / SR
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, 0.1 * 2**k * np.sin(2 * np.pi * (500 + 900 * k) * t), SR)
    return pv.Recordings(folder, duration=1.0, hop_duration=0.25, sr=SR, hop_length=100)


@pytest.fixture
def visit(chromium: Any, tmp_path: Path) -> Any:
    """Save a player and open its page, perhaps at a place; returns the page and what it said."""
    from .conftest import PlayerPage

    context = chromium.new_context(viewport={"width": 900, "height": 700})

    def open_it(player: Any, hash_: str = "", until: str = ".patchviz-player .play") -> PlayerPage:
        path = player.save(tmp_path / "page.html") if hasattr(player, "save") else player
        opened = PlayerPage(context.new_page())
        opened.page.goto(path.as_uri() + hash_)
        opened.page.wait_for_selector(until)
        return opened.ready()

    yield open_it
    context.close()


def choose(opened: Any, name: str) -> None:
    opened.page.get_by_label("Recording", exact=True).select_option(label=name)
    opened.ready()


def shown(opened: Any) -> str:
    return str(opened.js("element.dataset.recording"))


def test_a_list_chooses_and_only_what_is_chosen_is_decoded(
    visit: Any, recordings: pv.Recordings
) -> None:
    opened = visit(pv.player(recordings, audio=True))
    assert (
        opened.page.get_by_label("Recording", exact=True).locator("option").all_inner_texts()
        == NAMES
    )
    assert opened.page.locator(".patchviz-player").count() == 1
    assert shown(opened) == NAMES[0]
    # Each has its own patches, and its own sound; its colours are those of all.
    assert opened.js("player.framing.last") == 8
    before = opened.pixels(".patch canvas")
    choose(opened, NAMES[2])
    assert opened.page.locator(".patchviz-player").count() == 1
    assert (shown(opened), opened.js("player.framing.last")) == (NAMES[2], 16)
    assert (opened.pixels(".patch canvas") != before).any()
    assert opened.js("element.querySelector('audio').duration") == pytest.approx(5, abs=0.1)
    assert opened.page.locator(".count").inner_text() == "3 of 3"
    assert opened.said == []


def test_each_is_where_it_was_left_and_heard_as_the_one_before(
    visit: Any, recordings: pv.Recordings
) -> None:
    opened = visit(pv.player(recordings))
    opened.js("(player.index = 5, player.speed = 0.5)")
    opened.page.get_by_label("Next recording").click()
    opened.ready()
    assert (shown(opened), opened.index, opened.js("player.speed")) == (NAMES[1], 0, 0.5)
    opened.page.get_by_label("Previous recording").click()
    opened.ready()
    assert (shown(opened), opened.index) == (NAMES[0], 5)
    assert opened.page.get_by_label("Previous recording").is_disabled()


def test_what_is_muted_stays_so(visit: Any, recordings: pv.Recordings) -> None:
    opened = visit(pv.player(recordings, audio=True))
    assert opened.js("player.muted = true")
    opened.page.get_by_label("Next recording").click()
    opened.ready()
    assert opened.js("player.muted")
    assert opened.js("element.querySelector('audio').muted")


def test_back_leads_to_where_one_was(visit: Any, recordings: pv.Recordings) -> None:
    opened = visit(pv.player(recordings))
    opened.page.get_by_label("Next recording").click()
    opened.js("player.index = 3")

    def go(address: str, name: str, index: int) -> None:
        opened.page.evaluate("address => { location.hash = address }", address)
        opened.page.wait_for_selector(f".patchviz-player[data-recording='{name}']")
        opened.ready()
        opened.page.wait_for_function(
            "index => document.querySelector('.patchviz-player').player.index === index", arg=index
        )

    go("#patch=5&recording=south%2F1.wav", NAMES[2], 5)
    go("", NAMES[1], 3)
    go("#patch=4&recording=south%2F1.wav", NAMES[2], 4)
    go("#patch=2", NAMES[0], 2)  # the first is meant, where none is named
    go("#t=1.3", NAMES[0], 5)
    go("", NAMES[1], 3)
    assert opened.said == []


def test_who_points_has_the_keys_of_the_player_at_once(
    visit: Any, recordings: pv.Recordings
) -> None:
    opened = visit(pv.player(recordings))
    opened.page.keyboard.press("ArrowRight")  # it is alone on its page
    assert opened.index == 1
    opened.page.get_by_label("Next recording").click()
    opened.ready()
    opened.page.keyboard.press("End")
    assert (shown(opened), opened.index) == (NAMES[1], 12)
    # By key one stays in the list.
    opened.page.get_by_label("Recording", exact=True).focus()
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    opened.ready()
    assert shown(opened) == NAMES[2]
    assert opened.index == 0


def wrong_at(recordings: pv.Recordings, positions: list[int]) -> pv.Recordings:
    """Return recordings with a score that is right but at these patches, where nobody heard any."""
    scores = np.zeros((len(recordings), 1))
    scores[positions] = 0.9
    labels = [{"file": FILES[0], "start_time": 0.0, "end_time": 0.001, "label": "tone"}]
    scores[0] = 0.9
    return recordings.with_labels(labels).with_scores(scores, classes=["tone"])


def test_mistakes_of_all_recordings_follow_one_another(
    visit: Any, recordings: pv.Recordings
) -> None:
    # 9, 13 and 17 patches: two mistakes in the second recording, one in the third.
    known = wrong_at(recordings, [9 + 2, 9 + 7, 9 + 13 + 4])
    opened = visit(pv.player(known, stops="mistakes"))
    options = opened.page.get_by_label("Recording", exact=True).locator("option")
    assert options.all_inner_texts() == [
        NAMES[0],
        "north/2.wav · 2 mistakes",
        "south/1.wav · 1 mistake",
    ]
    note = opened.page.locator(".note")
    assert (shown(opened), opened.index) == (NAMES[1], 2)  # it begins with the first
    where = []
    for key in "nnnppp":
        opened.page.keyboard.press(key)
        opened.ready()
        where.append((shown(opened), opened.index, note.inner_text()))
    assert where == [
        (NAMES[1], 7, ""),
        (NAMES[2], 4, "south/1.wav: 1 mistake"),
        (NAMES[2], 4, "No mistake after this one."),
        (NAMES[1], 7, "north/2.wav: 2 mistakes"),
        (NAMES[1], 2, ""),
        (NAMES[1], 2, "No mistake before this one."),
    ]
    opened.page.keyboard.press("n")
    assert (opened.index, note.inner_text()) == (7, "")  # no more is said of where one was
    assert note.get_attribute("role") == "status"
    # From where there is none, too, also by the buttons; and it is heard as before.
    choose(opened, NAMES[0])
    opened.page.get_by_role("button", name="Next mistake (N)").click()
    opened.ready()
    assert (shown(opened), opened.index) == (NAMES[1], 2)
    choose(opened, NAMES[0])
    opened.js("player.speed = 0.5")
    opened.page.locator(".patchviz-player").press("n")
    opened.ready()
    assert (shown(opened), opened.index, opened.js("player.speed")) == (NAMES[1], 2, 0.5)
    assert opened.said == []


def test_one_that_is_moved_on_its_page_goes_on_into_the_next(
    visit: Any, recordings: pv.Recordings
) -> None:
    opened = visit(pv.player(wrong_at(recordings, [2, 9 + 7]), stops="mistakes"))
    opened.page.evaluate("""() => {
        const box = document.createElement("div");
        document.body.prepend(box);
        box.append(document.querySelector(".patchviz-player").parentNode);
    }""")
    note = opened.ready().page.locator(".note")
    where = []
    for key in "nnp":
        opened.page.locator(".patchviz-player").press(key)
        opened.ready()
        where.append((shown(opened), opened.index, note.inner_text()))
    assert where == [
        (NAMES[1], 7, "north/2.wav: 1 mistake"),
        (NAMES[1], 7, "No mistake after this one."),
        (NAMES[0], 2, "north/1.wav: 1 mistake"),
    ]
    assert opened.said == []


@pytest.mark.parametrize("width", [360, 900])
def test_what_is_said_of_other_recordings_can_be_read(
    visit: Any, recordings: pv.Recordings, width: int
) -> None:
    opened = visit(pv.player(wrong_at(recordings, [9 + 2]), stops="mistakes"))
    opened.page.set_viewport_size({"width": width, "height": 700})
    opened.page.keyboard.press("n")
    note = opened.page.locator(".note")
    assert note.inner_text() == "No mistake after this one."
    assert note.evaluate("(note) => note.scrollWidth <= note.clientWidth")
    assert opened.js("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [360, 900])
def test_the_ring_around_a_player_that_is_gone_to_touches_nothing_above_it(
    visit: Any, recordings: pv.Recordings, width: int
) -> None:
    opened = visit(pv.player(wrong_at(recordings, [2, 9 + 2]), stops="mistakes"))
    opened.page.set_viewport_size({"width": width, "height": 700})
    opened.page.keyboard.press("n")
    opened.ready()
    note = opened.page.locator(".note")
    assert note.inner_text() == "north/2.wav: 1 mistake"
    player = opened.page.locator(".patchviz-player .player:focus-visible")
    style = player.evaluate("(player) => ({ ...getComputedStyle(player) })")
    ring = float(style["outlineOffset"][:-2]) + float(style["outlineWidth"][:-2])
    assert (style["outlineStyle"], ring) == ("solid", 4)
    said = note.bounding_box()
    assert said["y"] + said["height"] <= player.bounding_box()["y"] - ring


def test_without_mistakes_there_is_no_way_to_any(visit: Any, recordings: pv.Recordings) -> None:
    opened = visit(pv.player(wrong_at(recordings, []), stops="mistakes"))
    assert (shown(opened), opened.index) == (NAMES[0], 0)
    assert opened.page.get_by_role("button", name="Next mistake (N)").count() == 0
    options = opened.page.get_by_label("Recording", exact=True).locator("option")
    assert options.all_inner_texts() == NAMES
    opened.page.keyboard.press("n")
    assert opened.page.locator(".note").inner_text() == "No mistake after this one."


def test_one_recording_begins_with_its_first_mistake(visit: Any, recordings: pv.Recordings) -> None:
    patches = wrong_at(recordings, [9 + 2, 9 + 7]).patches(1)
    assert visit(pv.player(patches, stops="mistakes")).index == 2
    assert pv.player(patches, stops="mistakes", index=0).state["options"]["index"] == 0
    assert pv.player(patches).state["options"]["index"] == 0


def test_it_begins_with_a_patch_of_all_and_with_its_times(
    visit: Any, recordings: pv.Recordings
) -> None:
    opened = visit(pv.player(recordings, index=9 + 4, tlim=(1.2, 1.4)))
    assert (shown(opened), opened.index) == (NAMES[1], 4)
    assert opened.find(".zoomed-to").inner_text().startswith("zoomed: 0.200-0.400 s")
    choose(opened, NAMES[0])
    assert opened.find(".zoomed-to").inner_text() == ""


def test_a_link_leads_to_a_patch_of_a_recording(visit: Any, recordings: pv.Recordings) -> None:
    player = pv.player(recordings)
    opened = visit(player, "#patch=7&recording=south%2F1.wav")
    assert (shown(opened), opened.index) == (NAMES[2], 7)
    choose(opened, NAMES[1])
    assert opened.index == 0  # the link is not about this one
    opened.page.evaluate("location.hash = '#patch=3&recording=south/1.wav'")
    opened.wait(f"element.dataset.recording === '{NAMES[2]}' && player.index === 3")
    opened.page.evaluate("location.hash = '#patch=2'")  # which is of the first
    opened.wait(f"element.dataset.recording === '{NAMES[0]}' && player.index === 2")
    opened.page.evaluate("location.hash = '#patch=2&recording=none.wav'")
    opened.settle()
    assert (shown(opened), opened.index) == (NAMES[0], 2)
    assert (shown(again := visit(player, "#t=1")), again.index) == (NAMES[0], 4)


def test_a_copied_link_names_the_recording(visit: Any, recordings: pv.Recordings) -> None:
    opened = visit(pv.player(recordings, index=30))
    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.find(".player").focus()
    opened.page.keyboard.press("l")
    opened.wait("root.querySelector('.message').textContent")
    link = opened.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("#patch=8&recording=south%2F1.wav")


def test_files_beside_the_page_are_loaded_when_they_are_chosen(
    visit: Any, recordings: pv.Recordings
) -> None:
    opened = visit(pv.player(recordings, audio=True, assets="folder"))

    def pictures() -> int:
        return sum("/picture-" in url for url in opened.requested)

    assert pictures() == 1
    choose(opened, NAMES[1])
    assert pictures() == 2
    assert opened.pixels(".patch canvas").std() > 20
    choose(opened, NAMES[0])
    opened.find("button.play").click()
    opened.wait("player.index > 0")
    assert opened.said == []


def test_several_on_a_page_go_together(
    visit: Any, recordings: pv.Recordings, tmp_path: Path
) -> None:
    players = [pv.player(recordings), pv.player(recordings, cmap="gray")]
    opened = visit(pv.page(players, tmp_path / "both.html", link=True))
    opened.page.get_by_label("Next recording").nth(0).click()
    opened.ready()
    opened.page.keyboard.press("ArrowRight")
    assert [opened.js("player.index", n=n) for n in (0, 1)] == [1, 1]
    opened.find("button.play", 1).click()
    opened.wait("player.playing", 1)
    opened.find("button.play", 0).click()
    opened.wait("player.playing")
    assert not opened.js("player.playing", n=1)
    assert opened.said == []


def test_what_is_moved_on_its_page_stays_linked(
    visit: Any, recordings: pv.Recordings, tmp_path: Path
) -> None:
    patches = recordings.patches(0)
    items = [pv.player(patches), pv.player(recordings), pv.sheet(patches, [0, 1, 2])]
    opened = visit(pv.page(items, tmp_path / "all.html", link=True))

    def places() -> list[int]:
        opened.settle()
        sheet = "document.querySelector('.patchviz-sheet').sheet.id"
        return [*(opened.js("player.index", n=n) for n in (0, 1)), opened.page.evaluate(sheet)]

    moved = ".patchviz-player:not(.patchviz-recordings *), .patchviz-recordings, .patchviz-sheet"
    opened.page.evaluate(
        "(moved) => document.querySelectorAll(moved).forEach((one) => one.parentNode.append(one))",
        moved,
    )
    opened.ready().page.evaluate("document.querySelector('.patchviz-sheet').sheet.ready")
    opened.find("[type=range]", 0).press("ArrowRight")
    assert places() == [1, 1, 1]
    opened.find("[type=range]", 1).press("ArrowRight")
    assert places() == [2, 2, 2]
    opened.page.locator(".list[role=listbox]").press("ArrowLeft")
    assert places() == [1, 1, 1]
    assert opened.said == []


def test_without_scripts_all_are_seen(
    chromium: Any, recordings: pv.Recordings, tmp_path: Path
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pv.player(recordings).save(tmp_path / "page.html").as_uri())
    texts = page.locator("figcaption").all_inner_texts()
    assert [text.split(" · ")[0].strip("\u2068\u2069") for text in texts] == NAMES
    assert all(image.is_visible() for image in page.locator("img").all())
    context.close()


@pytest.mark.filterwarnings("ignore:.*no table of labels")
def test_the_list_says_which_recordings_nobody_labelled(
    visit: Any, recordings: pv.Recordings, tmp_path: Path
) -> None:
    for name in FILES[1:]:
        table = (tmp_path / name).with_suffix(".txt")
        table.parent.mkdir(exist_ok=True)
        table.write_text("0.0\t0.001\ttone\n", encoding="utf-8")
    scores = np.full(len(recordings), 0.9)
    known = recordings.with_labels(tmp_path).with_scores(scores, classes=["tone"])
    opened = visit(pv.player(known, stops="mistakes"))
    texts = opened.page.get_by_label("Recording", exact=True).locator("option").all_inner_texts()
    assert texts[0] == f"{NAMES[0]} · not labelled"
    assert all("mistake" in text for text in texts[1:])
    opened.page.keyboard.press("p")
    assert shown(opened) == NAMES[1]
