"""The mosaic that answers, with real keys, pointers and downloads."""

from __future__ import annotations

import base64
import dataclasses
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.colors import to_rgb

import patchviz as pv
from patchviz.core.captions import known_text
from patchviz.plot.classes import ON_DARK, ON_LIGHT

from .conftest import HOP, SR, PlayerPage, make_audio, make_spectrogram
from .test_player_page import HOSTILE, shown

LABELS = [(3.0, 4.0, "wren"), (6.0, 7.0, "robin")]


@pytest.fixture(scope="module")
def patches() -> pv.Patches:
    """107 patches with sound, labels and scores."""
    spec = make_spectrogram(name="glides", audio=make_audio(640 * HOP / SR)).with_labels(LABELS)
    patches = spec.patches(duration=5.0, hop_duration=0.1)
    n = len(patches)
    scores = np.stack([np.arange(n) / n, 1 - np.arange(n) / n], axis=1)
    scores[5] = np.nan
    return patches.with_scores(scores, classes=["robin", "wren"])


class SheetPage:
    """A page with a sheet on it."""

    def __init__(self, opened: PlayerPage) -> None:
        self.opened, self.page = opened, opened.page
        self.ready()

    def ready(self) -> SheetPage:
        self.opened.alive()
        self.page.evaluate("document.querySelector('.patchviz-sheet').sheet.ready")
        self.opened.settle()
        self.page.locator(".list").focus()
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def js(self, expression: str) -> Any:
        return self.page.evaluate(
            "() => { const { sheet, shadowRoot: root } = document.querySelector('.patchviz-sheet');"
            f" return {expression}; }}"
        )

    @property
    def id(self) -> int:
        return int(self.js("sheet.id"))

    @property
    def decided(self) -> dict[int, str]:
        return dict(self.js("sheet.picks.decided"))

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).first.text_content())

    def shown_ids(self) -> list[int]:
        """What the first tiles are, as their captions say it."""
        return [int(name.split()[1]) for name in self.captions(".name")]

    def captions(self, line: str = ".said") -> list[str]:
        """What a line of the first tiles' captions says."""
        return list(
            self.js(f"""[...root.querySelectorAll(".tile:not([hidden])")]
            .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
            .map((tile) => tile.querySelector("{line}").textContent)""")
        )

    def save(self, button: str, file: Path) -> pd.DataFrame:
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=button, exact=True).click()
        assert download.value.suggested_filename.startswith("glides.")
        download.value.save_as(file)
        return pv.read_labels(file)


@pytest.fixture
def open_sheet(open_page: Callable[..., PlayerPage], tmp_path: Path) -> Callable[..., SheetPage]:
    def open_it(sheet: pv.Sheet, **options: Any) -> SheetPage:
        file = sheet.save(tmp_path / "sheet.html")
        return SheetPage(open_page(file.read_text("utf-8"), **options))

    return open_it


@pytest.mark.parametrize("size", [(1200, 800), (800, 440), (360, 640)])
@pytest.mark.parametrize("n", [100, 4])
def test_a_page_of_its_own_has_one_scroll_bar(
    open_sheet: Callable[..., SheetPage], patches: pv.Patches, n: int, size: tuple[int, int]
) -> None:
    """As in a frame: that of the tiles."""
    width, height = size
    names = ["robin", "wren", "somebody else's bird", "noise"]
    opened = open_sheet(pv.sheet(patches, range(n), names=names), width=width, height=height)
    assert opened.page.evaluate("document.documentElement.scrollHeight") <= height
    hints, tiles = (opened.page.locator(name).bounding_box() for name in (".labels", ".scroller"))
    assert hints["y"] + hints["height"] <= height
    assert tiles["height"] >= 130
    if n == 100:  # no more is left below than margins
        assert hints["y"] + hints["height"] > height - 32


def test_two_hundred_tiles_by_keyboard_alone_are_taken_along_and_read_back(
    open_sheet: Any, patches: pv.Patches, tmp_path: Path
) -> None:
    spec = patches.spectrogram
    many = spec.patches(duration=1.0, hop_duration=0.05)
    sheet = pv.sheet(many, range(200), names=["robin", "wren, or owl"])
    opened = open_sheet(sheet)
    assert opened.text(".readout") == "0 of 200 heard · 0 decided"
    keys = ["k", "x", "1", "2"] * 50
    opened.press(*keys)
    assert opened.text(".readout") == "0 of 200 heard · 200 decided"
    labels = dict(
        zip(("k", "x", "1", "2"), ("keep", "reject", "robin", "wren, or owl"), strict=True)
    )
    wanted = {number: labels[key] for number, key in enumerate(keys)}
    assert opened.decided == wanted
    kept = {number: name for number, name in wanted.items() if name != "reject"}
    sheet.picked, sheet.rejected = list(kept), sorted(wanted.keys() - kept.keys())
    sheet.names = {number: name for number, name in kept.items() if name != "keep"}
    frame = sheet.to_frame().reset_index(drop=True)
    for button, name in (("CSV", "a.csv"), ("Raven", "a.txt")):
        read = opened.save(button, tmp_path / name)
        again = pv.sheet(many, range(200))
        again.decide(tmp_path / name)
        assert dict(again.to_frame()["label"]) == wanted
        pd.testing.assert_frame_equal(read[frame.columns], frame)
    sheet.close()


@pytest.mark.parametrize("of", [None, "wren"])
def test_what_was_judged_is_taken_along(
    open_sheet: Any, patches: pv.Patches, tmp_path: Path, of: str | None
) -> None:
    """A tile that is kept or rejected is so for its class and its score."""
    sheet = pv.sheet(patches, [3, 5, 100], names=["owl"], of=of)
    opened = open_sheet(sheet)
    opened.press("k", "x", "1")
    sheet.picked, sheet.rejected, sheet.names = [3, 100], [5], {100: "owl"}
    frame = sheet.to_frame()
    assert frame["label"].tolist() == ["keep", "reject", "owl"]
    assert frame["scored"].tolist() == ["wren", "", "robin" if of is None else "wren"]
    column = patches.scores[[3, 5, 100], 1]
    wanted = [column[0], np.nan, patches.scores[100, 0] if of is None else column[2]]
    np.testing.assert_array_equal(frame["score"], wanted)
    opened.save("CSV", tmp_path / "a.csv")
    read = pd.read_csv(tmp_path / "a.csv", index_col="patch", keep_default_na=False)
    read["score"] = pd.to_numeric(read["score"])
    pd.testing.assert_frame_equal(read[frame.columns], frame, check_dtype=False, rtol=1e-6)
    raven = opened.save("Raven", tmp_path / "a.txt")
    np.testing.assert_allclose(raven["score"], wanted, rtol=1e-6)
    sheet.close()


def test_a_doubtful_one_is_no_sure_other_one(
    open_sheet: Any, patches: pv.Patches, tmp_path: Path
) -> None:
    """A tile speaks of the class that it was chosen for, wherever it speaks."""
    chosen = np.concatenate([patches.choose(2, by="lowest", of=name) for name in patches.classes])
    sheet = pv.sheet(patches, chosen)
    opened = open_sheet(sheet)
    said = [known_text(patches, k, of=name) for k, name in zip(chosen, chosen.classes, strict=True)]
    assert all(": 0." in text for text in said)
    assert opened.captions() == said
    opened.press("Enter")
    opened.page.locator(".opened .known", has_text="robin: 0.00").wait_for()
    opened.press("k", "Escape")
    opened.page.locator(".list:focus").wait_for()
    opened.press("ArrowRight", "ArrowRight", "k")
    sheet.picked = [int(chosen[0]), int(chosen[2])]
    opened.save("CSV", tmp_path / "a.csv")
    read, columns = pd.read_csv(tmp_path / "a.csv", index_col="patch"), ["scored", "score"]
    assert sorted(read["scored"]) == ["robin", "wren"]
    assert (read["score"] < 0.1).all()
    wanted = sheet.to_frame()[columns]
    pd.testing.assert_frame_equal(read[columns], wanted, check_dtype=False, rtol=1e-6)
    sheet.close()


def test_the_list_points_at_the_tile_that_is_seen(open_sheet: Any, patches: pv.Patches) -> None:
    """Tiles that are left over name no position that another one has."""
    opened = open_sheet(pv.sheet(patches, range(100)), height=500)
    opened.press("PageDown", "PageDown", "Home", "k", "k", "k")
    opened.opened.settle()
    opened.page.get_by_label("Show").select_option("kept")
    opened.opened.settle()
    ids = opened.js("[...root.querySelectorAll('.tile[id]')].map(({ id }) => id)")
    assert sorted(ids) == ["tile-0", "tile-1", "tile-2"]
    active = (
        "root.getElementById(root.querySelector('.list').getAttribute('aria-activedescendant'))"
    )
    assert opened.js(f"[{active}.hidden, {active}.ariaSelected]") == [False, "true"]


def test_keys_move_decide_and_undo(open_sheet: Any, patches: pv.Patches) -> None:
    opened = open_sheet(pv.sheet(patches))
    columns = opened.js("sheet.tiles.columns")
    for key, wanted in (
        ("ArrowRight", 1), ("ArrowDown", 1 + columns), ("ArrowLeft", columns), ("ArrowUp", 0),
        ("ArrowUp", 0), ("End", 106), ("ArrowRight", 106), ("Home", 0),
    ):  # fmt: skip
        opened.press(key)
        assert opened.id == wanted, key
    opened.press("k", "x", "2")
    assert opened.decided == {0: "keep", 1: "reject", 2: "wren"}
    assert opened.id == 3
    assert opened.text(".status") == "patch 2: kept as wren"
    opened.press("Home", "n")
    assert opened.id == 3
    opened.press("u")
    assert (opened.id, opened.decided) == (2, {0: "keep", 1: "reject"})
    opened.press("Control+z")
    assert (opened.id, opened.decided) == (1, {0: "keep"})
    opened.press("Home", "k")  # a second time takes it back
    assert (opened.id, opened.decided) == (0, {})
    assert opened.text(".status") == "patch 0: undecided"


def test_keys_are_for_tiles_after_a_click_on_a_button(
    open_sheet: Any, patches: pv.Patches, tmp_path: Path
) -> None:
    """Enter opens the tile, and does not download the table again."""
    opened = open_sheet(pv.sheet(patches, range(6)))
    opened.press("k", "Home")
    for button in ("CSV", "Raven"):
        opened.save(button, tmp_path / button)
        downloads: list[object] = []
        opened.page.on("download", lambda download, to=downloads: to.append(download))
        opened.page.keyboard.press("ArrowRight")
        opened.page.keyboard.press("Enter")
        assert opened.js("root.querySelector('dialog').open")
        opened.page.keyboard.press("Escape")
        assert not downloads
    opened.page.get_by_role("button", name="Undo").click()
    opened.page.keyboard.press("x")
    assert set(opened.decided.values()) == {"reject"}


def test_the_status_says_that_a_name_is_one(open_sheet: Any) -> None:
    items = pv.Patches.from_batch(np.zeros((2, 4, 10)), labels=["0", "1"])
    opened = open_sheet(pv.sheet(items))
    opened.press("0")
    assert opened.text(".status") == "item 0: kept as 0"
    assert opened.page.locator(".tile .spoken").first.text_content() == "kept as 0"


def test_space_plays_just_that_patch(open_sheet: Any, patches: pv.Patches) -> None:
    short = patches.spectrogram.patches(duration=0.3, hop_duration=0.3)
    opened = open_sheet(pv.sheet(short))
    # So short, it may be over before a test looks: what happens is noted where it does.
    opened.page.evaluate(
        """() => {
            const audio = document.querySelector(".patchviz-sheet audio");
            window.noted = [];
            const note = (what) => noted.push([what, audio.currentTime]);
            const frame = () => {
                if (audio.paused) return;
                note("frame");
                requestAnimationFrame(frame);
            };
            audio.addEventListener("playing", () => (note("playing"), frame()));
            audio.addEventListener("pause", () => note("pause"));
        }"""
    )
    opened.press("End", "ArrowLeft", " ")
    opened.page.wait_for_function("() => noted.some(([what]) => what === 'pause')")
    noted = opened.page.evaluate("noted")
    what, times = zip(*noted, strict=True)
    start, end = short.time(len(short) - 2)
    assert what[0] == "playing"
    assert times[0] >= start - 0.01
    assert times[what.index("pause")] >= end
    frames = [time for time, of in zip(times, what, strict=True) if of == "frame"]
    assert all(time < end for time in frames[:-1])  # it stops in the first frame after that
    assert opened.text(".readout").startswith(f"1 of {len(short)} heard")


def test_space_again_stops_it(open_sheet: Any, patches: pv.Patches) -> None:
    opened = open_sheet(pv.sheet(patches))
    opened.press(" ")
    opened.page.locator(".tile .playhead").wait_for()
    opened.press(" ")
    assert opened.page.locator(".playhead").count() == 0
    assert opened.js("document.querySelector('audio').paused")


def test_the_pointer_points_hears_and_opens(open_sheet: Any, patches: pv.Patches) -> None:
    opened = open_sheet(pv.sheet(patches))
    opened.page.mouse.move(5, 5)
    tile = opened.page.locator("#tile-3")
    tile.hover(position={"x": 20, "y": 20})
    assert opened.id == 3
    tile.click(position={"x": 20, "y": 20})
    assert opened.js("sheet.playing")
    opened.page.get_by_role("button", name="Stop (space)").click()
    assert not opened.js("sheet.playing")
    opened.page.get_by_role("button", name="Reject (X)").click()
    assert opened.decided == {3: "reject"}
    opened.page.locator("#tile-7").hover(position={"x": 20, "y": 20})
    opened.page.get_by_role("button", name="Open (Enter)").click()
    assert opened.page.locator(".opened .number").text_content() == "7"
    assert not opened.js("sheet.playing")


def test_enter_opens_a_patch_in_its_place_and_keys_decide_there(
    open_sheet: Any, patches: pv.Patches
) -> None:
    opened = open_sheet(pv.sheet(patches, [60, 20]))
    opened.press("Enter")
    opened.page.locator(".opened [type=range]:focus").wait_for()
    assert opened.page.locator(".opened .number").text_content() == "60"
    opened.press("ArrowRight")  # the player's
    opened.page.locator(".opened .number", has_text="61").wait_for()
    opened.press("k")
    assert opened.decided == {60: "keep"}
    opened.press("Escape")
    opened.page.locator(".opened .large").wait_for(state="detached")
    assert opened.id == 60
    opened.press("ArrowRight")
    assert opened.id == 20


def test_an_open_patch_says_what_is_decided_of_it(open_sheet: Any, patches: pv.Patches) -> None:
    opened = open_sheet(pv.sheet(patches, [60, 20], names=["robin"]))
    opened.page.locator("select").last.select_option(label="undecided")
    opened.page.locator(".list").focus()
    opened.press("Enter")
    opened.page.locator(".opened [type=range]:focus").wait_for()
    verdict = opened.page.locator(".opened .verdict")
    keep, reject = (verdict.get_by_role("button", name=name) for name in ("Keep (K)", "Reject (X)"))

    def said() -> tuple[str | None, str | None, str | None]:
        pressed = (button.get_attribute("aria-pressed") for button in (keep, reject))
        return verdict.locator(".decided").text_content(), *pressed

    assert said() == ("patch 60: undecided", "false", "false")
    for press, wanted in (
        (lambda: opened.press("k"), ("patch 60: kept", "true", "false")),
        (lambda: opened.press("1"), ("patch 60: kept as robin", "true", "false")),
        (reject.click, ("patch 60: rejected", "false", "true")),
        (lambda: opened.press("u"), ("patch 60: kept as robin", "true", "false")),
        (keep.click, ("patch 60: kept", "true", "false")),
    ):
        press()
        assert said() == wanted
    # It is no longer among the tiles: all of that was decided of the one that is open.
    assert opened.decided == {60: "keep"}
    opened.press("Escape")
    verdict.wait_for(state="hidden")
    assert (opened.id, opened.decided) == (20, {60: "keep"})


@pytest.mark.parametrize("n", [1, 3])
def test_a_question_mark_lists_the_keys(open_sheet: Any, patches: pv.Patches, n: int) -> None:
    opened = open_sheet(pv.sheet([patches] * n))
    listed = opened.page.get_by_role("dialog", name="Keys")
    opened.press("?")
    assert listed.locator("th").all_text_contents()[5:8] == ["K", "X", "1-9, 0"]
    opened.press("k", "1", "ArrowRight")  # which go nowhere meanwhile
    opened.press("Escape")
    listed.wait_for(state="hidden")
    assert (opened.id, opened.decided) == (0, {})
    opened.page.get_by_role("button", name="Keys").click()
    listed.get_by_role("button", name="Close").click()
    listed.wait_for(state="hidden")


def test_keys_of_names_are_no_part_of_them(open_sheet: Any, patches: pv.Patches) -> None:
    names = ["7", *(f"line {k}" for k in range(1, 11))]
    opened = open_sheet(pv.sheet(patches, names=names))
    chips = opened.page.locator(".chip")
    assert chips.locator("bdi").all_text_contents() == names
    assert chips.locator("kbd").all_text_contents() == [*"1234567890"]
    boxes = chips.locator("kbd").evaluate_all(
        "(all) => all.map((kbd) => getComputedStyle(kbd).borderStyle)"
    )
    assert boxes == ["solid"] * 10
    opened.press("2", "0", "7", "Enter")
    opened.page.locator(".opened [type=range]:focus").wait_for()
    opened.press("0")  # which is the player's where nobody has ten names
    assert opened.decided == {0: "line 1", 1: "line 9", 2: "line 6", 3: "line 9"}


def test_names_that_are_digits_have_their_own_keys(open_sheet: Any, patches: pv.Patches) -> None:
    opened = open_sheet(pv.sheet(patches, names=[*"0123456789"]))
    assert opened.page.locator(".chip kbd").all_text_contents() == [*"0123456789"]
    opened.press("8", "0", "9")
    assert opened.decided == {0: "8", 1: "0", 2: "9"}
    assert open_sheet(pv.sheet(patches, names=["8", "3"])).text(".chip") == "8 8"


@pytest.mark.parametrize("width", [312, 280])
def test_where_it_is_narrow_two_are_side_by_side_and_more_are_told(
    open_sheet: Any, patches: pv.Patches, width: int
) -> None:
    opened = open_sheet(pv.sheet(patches, range(0, 50, 5), height=300), width=width)
    assert opened.js("sheet.tiles.columns") == 2
    assert not opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    rest = opened.page.locator(".rest")

    def below() -> int:
        return int(
            opened.js("""(() => {
            const { bottom } = root.querySelector(".scroller").getBoundingClientRect();
            const tiles = [...root.querySelectorAll(".tile:not([hidden])")];
            const isSeen = (tile) => tile.getBoundingClientRect().bottom <= bottom + 1;
            const seen = tiles.filter(isSeen).map((tile) => Number(tile.ariaPosInSet));
            return 10 - Math.max(...seen);
        })()""")
        )

    assert below() > 0
    while (n := below()) > 0:
        assert rest.text_content() == f"↓ {n} more"
        rest.click()
        opened.opened.settle()
        assert below() < n
    assert rest.is_hidden()
    few = open_sheet(pv.sheet(patches, [0, 1], height=300), width=width)
    assert few.page.locator(".rest").is_hidden()


def test_it_sorts_and_leaves_out(open_sheet: Any, patches: pv.Patches) -> None:
    opened = open_sheet(pv.sheet(patches, [9, 5, 80, 2, 40]))
    choose = opened.page.get_by_label("sort").select_option
    assert opened.shown_ids() == [9, 5, 80, 2, 40]
    for way, wanted in (
        ("by time", [2, 5, 9, 40, 80]), ("by highest score", [2, 9, 80, 40, 5]),
        ("by score of robin", [80, 40, 9, 2, 5]), ("as given", [9, 5, 80, 2, 40]),
    ):  # fmt: skip
        choose(label=way)
        assert opened.shown_ids() == wanted
    choose(label="by score of robin")
    opened.page.get_by_label("score ≥").fill("0.3")
    assert opened.shown_ids() == [80, 40]
    assert opened.text(".readout").endswith(" · 2 shown")
    opened.page.get_by_label("score ≥").fill("")
    opened.page.locator("select").last.select_option(label="labelled wren")
    assert opened.shown_ids() == [
        k for k in (80, 40, 9, 2, 5) if patches.time(k)[0] < 4 < 3 + patches.time(k)[1]
    ]
    opened.page.locator("select").last.select_option(label="undecided")
    opened.page.locator(".list").focus()
    opened.press("Home", "x")  # what is decided gives way to the next
    assert opened.shown_ids() == [40, 9, 2, 5]
    assert opened.id == 40
    opened.press("u")
    assert opened.id == 80
    opened.page.locator("select").last.select_option(label="rejected")
    assert opened.text(".message") == "No patch is like that. Show all, or lower the least score."
    opened.press("ArrowRight", " ", "Enter", "k")  # nothing is there to answer


def test_tiles_say_the_score_that_is_asked_for_and_are_sorted_by_it(
    open_sheet: Any, patches: pv.Patches
) -> None:
    numbers = [2, 80, 5, 40]
    opened = open_sheet(pv.sheet(patches, numbers, of="wren"))
    assert opened.shown_ids() == numbers, "whoever lists patches has an order in mind"
    assert opened.captions() == [known_text(patches, k, of="wren") for k in numbers]
    opened.page.get_by_label("sort").select_option(label="by score of wren")
    assert opened.shown_ids() == [2, 40, 80, 5]  # of which the last has no scores
    opened.page.get_by_label("score ≥").fill("0.5")
    assert opened.shown_ids() == [2, 40]  # by the score that they say
    highest = open_sheet(pv.sheet(patches, numbers))
    assert highest.captions() == [known_text(patches, k) for k in numbers]
    every = open_sheet(pv.sheet(patches, of="wren"))
    assert every.shown_ids()[:3] == [0, 1, 2]
    assert every.page.get_by_label("sort").input_value() == "score wren"


def test_picks_outlive_the_page(open_sheet: Any, patches: pv.Patches) -> None:
    sheet = pv.sheet(patches)
    opened = open_sheet(sheet)
    opened.press("k", "x")
    opened.page.reload()
    opened.ready()
    assert opened.decided == {0: "keep", 1: "reject"}
    assert opened.text(".status").startswith("2 decided on an earlier visit.")
    opened.page.get_by_role("button", name="Begin again").click()
    assert opened.decided == {}
    opened.press("u", "u")  # what is begun again by a slip is not lost
    assert opened.decided == {0: "keep", 1: "reject"}
    opened.page.reload()
    opened.ready()
    opened.page.get_by_role("button", name="Begin again").click()
    opened.page.reload()
    opened.ready()
    assert opened.decided == {}
    # Nonsense that somebody else has written is none of it.
    opened.press("k")
    opened.page.evaluate("localStorage.setItem(Object.keys(localStorage)[0], '{\"heard\": 3}')")
    opened.page.reload()
    opened.ready()
    assert opened.decided == {}


def test_two_tabs_of_a_page_lose_nothing_of_one_another(
    open_sheet: Any, patches: pv.Patches
) -> None:
    opened = open_sheet(pv.sheet(patches))
    page = opened.page.context.new_page()
    page.goto(opened.page.url)
    other = SheetPage(PlayerPage(page))

    def wait(sheet: SheetPage, n_decided: int) -> None:
        decided = "document.querySelector('.patchviz-sheet').sheet.picks.nDecided"
        sheet.page.wait_for_function(f"() => {decided} === {n_decided}")

    opened.press("k")
    wait(other, 1)
    other.press("ArrowRight", "x")
    wait(opened, 2)
    assert opened.text(".readout") == "0 of 107 heard · 2 decided"
    opened.page.reload()
    opened.ready()
    assert opened.decided == {0: "keep", 1: "reject"}
    # Taken back in the one is taken back in the other.
    opened.page.get_by_role("button", name="Begin again").click()
    wait(other, 0)
    assert not other.opened.said


def test_what_a_tab_was_not_told_is_not_written_over(open_sheet: Any, patches: pv.Patches) -> None:
    """One that was left and is gone back to, or has this sheet twice."""
    deaf = "addEventListener('storage', (event) => event.stopImmediatePropagation(), true)"
    opened = open_sheet(pv.sheet(patches), script=deaf)
    page = opened.page.context.new_page()
    page.goto(opened.page.url)
    other = SheetPage(PlayerPage(page))
    other.press("k", "k")
    assert opened.decided == {}
    opened.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert opened.decided == {0: "keep", 1: "keep"}
    opened.press("End", "x")
    other.page.evaluate("document.activeElement.blur()")
    other.page.locator(".list").focus()
    other.press("u")  # nothing of its own is the last any more
    other.press("Home", "ArrowRight", "ArrowRight", "k")
    assert other.decided == {0: "keep", 1: "keep", 2: "keep", 106: "reject"}
    other.page.reload()
    assert other.ready().decided == {0: "keep", 1: "keep", 2: "keep", 106: "reject"}


def test_what_cannot_be_kept_is_told_whatever_is_shown(
    open_sheet: Any, patches: pv.Patches
) -> None:
    refused = "Object.defineProperty(window, 'localStorage', { get() { throw new Error() } })"
    opened = open_sheet(pv.sheet(patches), script=refused)
    opened.page.get_by_label("Show").select_option("undecided")
    opened.page.locator(".list").focus()
    for key in "ku":
        opened.press(key)
        assert opened.text(".message").startswith("This browser keeps nothing of it: take it along")
    assert opened.decided == {}


def test_what_python_has_picked_and_somebody_took_back_stays_so(
    open_sheet: Any, patches: pv.Patches
) -> None:
    sheet = pv.sheet(patches)
    sheet.picked = [1]
    opened = open_sheet(sheet)
    opened.press("ArrowRight", "k")
    opened.page.reload()
    assert opened.ready().decided == {}
    opened.page.get_by_role("button", name="Begin again").click()
    assert opened.decided == {1: "keep"}


def test_what_python_has_picked_begins_the_page(open_sheet: Any, patches: pv.Patches) -> None:
    sheet = pv.sheet(patches)
    sheet.picked, sheet.names, sheet.rejected, sheet.heard = [3], {4: "robin"}, [5], [5, 6]
    opened = open_sheet(sheet)
    assert opened.decided == {3: "keep", 4: "robin", 5: "reject"}
    assert opened.text(".readout") == "2 of 107 heard · 3 decided"
    assert [tag for tag in opened.page.locator(".tag").all_text_contents() if tag] == [
        "✓", "✓ robin", "✕",
    ]  # fmt: skip


def test_pages_that_begin_otherwise_are_kept_beside_each_other(
    open_sheet: Any, patches: pv.Patches, tmp_path: Path
) -> None:
    sheet = pv.sheet(patches)
    opened = open_sheet(sheet)
    opened.press("k", "x")
    sheet.picked = [3]
    page = opened.page.context.new_page()
    page.goto(sheet.save(tmp_path / "round2.html").as_uri())
    other = SheetPage(PlayerPage(page))
    other.press("End", "k")
    for tab, decided in ((opened, {0: "keep", 1: "reject"}), (other, {3: "keep", 106: "keep"})):
        tab.page.reload()
        assert tab.ready().decided == decided


def test_tiles_are_crops_of_the_picture(open_sheet: Any) -> None:
    """Each tile shows the columns of its patch, also one far down, drawn when it is seen."""
    values = np.zeros((4, 4000))
    values[:, ::10] = 1.0  # a line at the start of each patch
    values[2, 3990:] = 1.0
    spec = pv.Spectrogram(values, name="lines")
    sheet = pv.sheet(spec.patches(frame_length=10), cmap="gray")
    opened = open_sheet(sheet)
    opened.press("End")
    assert opened.page.locator(".tile").count() < 60
    rows = opened.js("""(() => {
        const canvas = root.querySelector("#tile-399 canvas");
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        const at = (x, y) => data[4 * (Math.floor(y * height) * width + Math.floor(x * width))];
        return [[0.05, 0.1], [0.15, 0.1], [0.95, 0.1], [0.95, 0.4]].map(([x, y]) => at(x, y));
    })()""")
    assert rows == [255, 0, 0, 255]


def test_padding_is_hatched_in_a_tile(open_sheet: Any) -> None:
    """Silence is black and so is what no sound is: lines tell one from the other."""
    spec = pv.Spectrogram(np.pad(np.zeros((4, 15)), ((0, 0), (1, 0)), constant_values=1.0))
    opened = open_sheet(pv.sheet(spec.patches(frame_length=10, tail="pad"), cmap="gray"))
    seen = opened.js("""["#tile-0", "#tile-1"].map((tile) => {
        const canvas = root.querySelector(`${tile} canvas`);
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        const at = (x) => data[4 * (Math.floor(height / 2) * width + x)];
        const row = Array.from({ length: width }, (_, x) => at(x));
        return [row.slice(0.2 * width, 0.58 * width), row.slice(0.62 * width)];
    })""")
    (sound, more), (end, padding) = [[set(row) for row in rows] for rows in seen]
    assert sound == more == end == {0}
    assert {0} < padding


def test_tiles_show_the_frequencies_that_are_asked_for(open_sheet: Any) -> None:
    """Of four rows of 0 to 4 kHz the upper two: the brighter one below."""
    values = np.repeat([[0.0], [0.0], [1.0], [0.5]], 100, axis=1)
    spec = pv.Spectrogram(values, sr=8000, hop_length=80, y_axis="linear")
    sheet = pv.sheet(spec.patches(frame_length=10), [3], cmap="gray", flim=(2100, 4000))
    opened = open_sheet(sheet)
    opened.page.locator("#tile-0").wait_for()
    rows = opened.js("""(() => {
        const canvas = root.querySelector("#tile-0 canvas");
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        return [0.1, 0.9].map((y) => data[4 * (Math.floor(y * height) * width + 20)]);
    })()""")
    assert rows == [pytest.approx(128, abs=2), 255]


@pytest.mark.parametrize("text", [HOSTILE[0], HOSTILE[1]])
def test_hostile_text_is_text(open_sheet: Any, text: str) -> None:
    spec = make_spectrogram(4, 20, name=text).with_labels([(0.0, 0.1, text)])
    patches = spec.patches(frame_length=10, hop_length=5)
    opened = open_sheet(pv.sheet(patches, names=[text], title=text))
    assert opened.text(".title") == shown(text)
    opened.press("1")
    assert opened.text("#tile-0 .tag") == f"✓ {' '.join(shown(text).split())}"
    assert opened.page.evaluate("window.hacked") is None


# What of the captions cannot be read: what reaches beyond the tile, or its own box.
CUT = """[...root.querySelectorAll(".tile:not([hidden])")].flatMap((tile) => {
    const box = tile.getBoundingClientRect();
    const nodes = [...tile.querySelectorAll(".caption, .caption *:not(wbr)")];
    return nodes.filter((node) => node.checkVisibility()).filter((node) => {
        const { left, right, bottom } = node.getBoundingClientRect();
        const isBeyond = left < box.left || right > box.right + 0.5 || bottom > box.bottom + 0.5;
        return isBeyond || node.scrollWidth > node.clientWidth + 1 && node.clientWidth
            || node.scrollHeight > node.clientHeight + 1 && node.clientHeight;
    }).map((node) => node.textContent);
})"""


@pytest.mark.parametrize("width", [1200, 360, 312])
def test_captions_of_many_recordings_are_never_cut(
    open_sheet: Any, width: int, tmp_path: Path
) -> None:
    recordings = []
    for k in range(9):
        name = f"nocturnal-migration_station-{'north' if k % 2 else 'south'}_20240512_18{k}509.wav"
        start = datetime(2024, 5, 12, 18, k, 9)
        spec = make_spectrogram(8, 100, name=name, recording_start=start)
        patches = spec.with_labels([(0.0, 0.5, "Eastern Wood-Pewee"), (0.0, 1.0, "Song Thrush")])
        one = patches.patches(duration=0.5, hop_duration=0.5)
        recordings.append(one.with_scores(np.full(len(one), k / 9), classes=["Great Spotted Wren"]))
    numbers = [k * len(recordings[0]) for k in range(9)]
    opened = open_sheet(pv.sheet(recordings, numbers), width=width)
    assert opened.js(CUT) == []
    files = opened.captions(".file")
    assert len(files) == len(set(files)) > 1
    assert files[1].endswith("north_20240512_181509")
    wanted = [known_text(recordings[k], 0) for k in range(len(files))]
    assert opened.captions() == wanted
    assert not opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    opened.page.set_viewport_size({"width": 900, "height": 700})
    opened.opened.settle()
    assert opened.js(CUT) == []


def test_names_of_files_break_between_their_words(open_sheet: Any) -> None:
    names = [f"{folder}/20240512_184503.wav" for folder in ("northern", "southern")]
    made = [pv.Spectrogram(np.zeros((2, 40)), name=name).patches(frame_length=10) for name in names]
    opened = open_sheet(pv.sheet(made, [0, 4], height=240), width=360)
    assert opened.captions(".file") == names
    lines = opened.js("""[...root.querySelector("#tile-0 .file").childNodes]
        .filter((node) => node.data).map((node) => {
            const range = document.createRange();
            range.selectNode(node);
            return [node.data, [...range.getClientRects()].map(({ top }) => top)];
        })""")
    assert [word for word, _ in lines] == ["northern/", "20240512_", "184503.wav"]
    assert all(len(tops) == 1 for _, tops in lines)
    assert lines[1][1] < lines[2][1]


def test_few_tiles_are_large_and_all_are_seen(open_sheet: Any, patches: pv.Patches) -> None:
    sizes = {}
    for n in (3, 6, 14, 107):
        opened = open_sheet(pv.sheet(patches, range(n), height=600))
        sizes[n] = opened.page.locator(".tile").first.bounding_box()["width"]
        list_, seen = (
            opened.page.locator(name).bounding_box()["height"] for name in (".list", ".scroller")
        )
        assert (list_ <= seen) == (n < 107)
    assert sizes[3] == 320
    assert 320 > sizes[6] > sizes[14] > sizes[107] >= 160
    # As tiles are left out, those that stay are where they were.
    opened.press("End", "k")
    opened.page.locator("select").last.select_option(label="kept")
    assert opened.page.locator(".tile:visible").first.bounding_box()["width"] == sizes[107]


def test_a_score_is_seen_where_names_are_too_long(open_sheet: Any) -> None:
    name = "Eastern Wood-Pewee, of which there are many, " * 8
    patches = make_spectrogram().with_labels([(0.5, 4.0, name)])
    patches = patches.patches(duration=2.0, hop_duration=1.0)
    scores = np.arange(len(patches)) / 8 - 0.25
    patches = patches.with_scores(scores, classes=[f"{name}: 3.5"])
    truth = patches.targets(min_share=0.9)
    opened = open_sheet(pv.sheet(patches, truth=truth))
    whole = opened.js("[...root.querySelectorAll('.said')].map((line) => line.title)")
    assert whole == [known_text(patches, k, truth=truth) for k in range(len(patches))]
    for index, tile in enumerate(opened.page.locator(".tile").all()):
        text, right, bottom = tile.evaluate("""(tile) => {
            const { lastChild: text } = tile.querySelector(".said").lastChild;
            const range = document.createRange();
            range.setStart(text, text.length - 6);
            range.setEnd(text, text.length);
            const { right, bottom } = range.getBoundingClientRect();
            const box = tile.getBoundingClientRect();
            return [text.data, box.right - right, box.bottom - bottom];
        }""")
        assert text.startswith("Eastern Wood-Pewee, of which there are many")
        assert text.endswith(f"…: {scores[index]:.2f}")
        assert min(right, bottom) >= -0.5
    assert opened.js(CUT) == []


def test_recordings_side_by_side(open_sheet: Any) -> None:
    specs = [
        pv.Spectrogram(np.full((4, 40), value), name=f"{value:.0f}.wav", unit="dB")
        for value in (-3.0, -7.0, -5.0)
    ]
    sheet = pv.sheet([spec.patches(frame_length=10) for spec in specs], [4, 0, 11], clim=(-8, 0))
    opened = open_sheet(sheet)
    assert opened.captions(".file") == ["-7.wav", "-3.wav", "-5.wav"]
    opened.press("k", "k", "k")
    frame = opened.js("sheet.table('csv')")
    starts = [spec.patches(frame_length=10).time(0) for spec in specs[:2]]
    assert frame.split("\n")[1:3] == [
        f"{name},0,{end!r},keep,0"
        for name, (_, end) in zip(("-3.wav", "-7.wav"), starts, strict=True)
    ]


def test_recordings_of_files_are_written_by_their_numbers_among_all(
    open_sheet: Any, tmp_path: Path
) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    recordings = pv.Recordings(tmp_path, duration=0.25, sr=8000, progress=False)
    opened = open_sheet(pv.sheet(recordings[[1, 3, 5]], [1, 2]))
    opened.press("k", "x")
    rows = [row.split(",") for row in opened.js("sheet.table('csv')").split("\n")[1:3]]
    table = recordings.to_frame()
    assert [(row[0], *map(int, row[-2:])) for row in rows] == [("a.wav", 3, 3), ("b.wav", 5, 0)]
    assert [recordings.find(number)[1] for number in (3, 5)] == [3, 0]  # as tiles say it
    assert opened.shown_ids() == [3, 0]
    assert opened.text(".status") == "patch 0: rejected"
    assert [float(row[1]) for row in rows] == table["start_time"].loc[[3, 5]].tolist()
    heads = opened.js("sheet.table('raven')").split("\n")[0].split("\t")
    assert heads[-2:] == ["Patch", "Patch in File"]


def test_what_is_opened_is_called_as_its_tile_is(open_sheet: Any, tmp_path: Path) -> None:
    """Files of two sites have the same names; one of those that are shown has its own."""
    for name in ("north/a.wav", "river/a.wav", "river/b.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    recordings = pv.Recordings(tmp_path, duration=1.0, sr=8000, progress=False)
    opened = open_sheet(pv.sheet(recordings, [1, 2]))
    assert opened.page.locator(".caption .file").all_inner_texts() == ["river/a.wav", "river/b.wav"]
    opened.press("Enter")
    opened.page.locator(".opened [type=range]:focus").wait_for()
    assert opened.page.locator(".opened .title").inner_text() == "river/a.wav"


def test_by_time_is_by_the_recorders_clocks(open_sheet: Any, tmp_path: Path) -> None:
    for name in ("north/20240512_0530", "north/20240513_0530", "river/20240512_0600"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        samples = np.random.default_rng(0).uniform(-0.1, 0.1, 8000)
        soundfile.write(tmp_path / f"{name}00.wav", samples, 8000)
    starts: list[tuple[Any, list[int]]] = [("filename", [1, 2, 0]), (0.0, [1, 0, 2])]
    for start, wanted in starts:
        recordings = pv.Recordings(tmp_path, duration=0.25, sr=8000, start=start, progress=False)
        assert [recordings.find(number)[1] for number in (1, 5, 12)] == [1, 0, 2]
        opened = open_sheet(pv.sheet(recordings, [5, 12, 1]))
        opened.page.get_by_label("sort").select_option(label="by time")
        assert opened.shown_ids() == wanted
        opened.page.close()


def test_what_was_judged_joins_the_table_that_it_was_asked_for_by(
    open_sheet: Any, tmp_path: Path
) -> None:
    """A window from 0.3 s on begins with a frame that does so before; tables say 0.3."""
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    times = np.round(np.arange(10) * 0.1, 1)
    birdnet = pd.DataFrame(
        [(name, t, round(t + 0.1, 1), "owl", t) for name in ("a.wav", "b.wav") for t in times],
        columns=["file", "start_time", "end_time", "label", "score"],
    )
    options: Any = {"sr": 8000, "n_fft": 256, "hop_length": 64, "progress": False}
    recordings = pv.Recordings(tmp_path, duration=0.1, starts=times, tail="pad", **options)
    sheet = pv.sheet(recordings.with_scores(birdnet), [3, 17])
    opened = open_sheet(sheet)
    opened.press("k", "x")
    (tmp_path / "a.csv").write_text(opened.js("sheet.table('csv')"))
    sheet.picked, sheet.rejected = [3], [17]
    own = birdnet.assign(file=[str(tmp_path / name) for name in birdnet["file"]])
    for picks, table in ((sheet.to_frame(), own), (pd.read_csv(tmp_path / "a.csv"), birdnet)):
        joined = picks.merge(table, on=["file", "start_time", "end_time"])
        assert joined["start_time"].tolist() == [0.3, 0.7]
        assert joined["score_x"].tolist() == pytest.approx([0.3, 0.7])
    sheet.close()


def test_a_page_of_several_shares_and_links(
    open_page: Any, patches: pv.Patches, tmp_path: Path
) -> None:
    coarse = patches.spectrogram.patches(duration=2.0, hop_duration=0.5)
    players = pv.player(patches, audio=True), pv.player(coarse, audio=True)
    sheet = pv.sheet(patches, [50, 10, 30])
    file = pv.page([*players, sheet], tmp_path / "all.html", title="All <of> it", link=True)
    text = file.read_text("utf-8")
    assert text.count("data:audio/ogg") == 1
    assert text.count("data:image/png") == 1
    assert file.stat().st_size < players[0].nbytes + 60_000 + sheet.nbytes - players[1].nbytes
    opened = open_page(text, height=1600)
    page = SheetPage(opened)
    assert opened.page.locator("h1").text_content() == "All <of> it"
    opened.find("[type=range]", 0).focus()
    opened.page.keyboard.press("End")
    assert opened.js("player.index", n=1) == coarse.framing.index_at(patches.time(-1)[0])
    assert page.id == 50
    opened.page.locator(".list").focus()
    opened.page.keyboard.press("ArrowRight")
    assert (page.id, opened.js("player.index", n=0)) == (10, 10)
    assert opened.js("player.index", n=1) == coarse.framing.index_at(patches.time(10)[0])
    opened.find("button.play", 0).click()
    opened.wait("player.index > 11")
    opened.find("button.play", 1).click()
    opened.wait("player.playing", n=1)
    assert not opened.js("player.playing", n=0)


def test_a_sheet_of_many_tiles_goes_to_a_time(open_sheet: Any) -> None:
    spec = pv.Spectrogram(np.zeros((2, 130_010)), sr=1000, hop_length=100, unit="dB")
    opened = open_sheet(pv.sheet(spec.patches(duration=1.0, hop_duration=0.1)))
    opened.js("void (sheet.time = 12_000.1)")
    assert opened.id == 120_001
    assert opened.opened.said == []


@pytest.mark.parametrize(
    ("seconds", "width", "start", "last"),
    [
        (10, 500, None, "patch 50 · 5.000-10.000 s"),
        (10, 360, None, "patch 50 · 5.0-10.0 s"),
        (3600, 500, None, "patch 35950 · 0:59:55.0-1:00:00.0"),
        (3600, 360, None, "patch 35950 · 0:59:55.0-1:00:00.0"),
        (3600, 360, datetime(2024, 5, 12, 22, 0), "patch 35950 · 22:59:55.0-23:00:00.0"),
        (
            24 * 3600,
            500,
            datetime(2024, 5, 12, 22, 0),
            "patch 863950 · 2024-05-13 21:59:55.0-22:00:00.0",
        ),
        (24 * 3600, 360, datetime(2024, 5, 12, 22, 0), "863950 · …21:59:55.0-…"),
    ],
)
def test_times_of_narrow_tiles_are_short_and_never_cut(
    open_sheet: Callable[..., SheetPage], seconds: int, width: int, start: Any, last: str
) -> None:
    """On two lines, as short as tells neighbours apart; and whole where the pointer rests."""
    spec = pv.Spectrogram(
        np.zeros((2, 10 * seconds)), sr=1000, hop_length=100, unit="dB", recording_start=start
    )
    patches = spec.patches(duration=5.0, hop_duration=0.1)
    numbers = [0, 1, len(patches) // 2, -1]
    opened = open_sheet(pv.sheet(patches, numbers, max_bytes=10**8), width=width)
    found = opened.js("""[...root.querySelectorAll(".tile:not([hidden]) .name")]
        .map((name) => [name.textContent, name.title, name.offsetHeight])""")
    names, titles, heights = map(list, zip(*found, strict=True))
    assert names[-1] == last
    assert max(heights) <= 2 * 17  # lines
    assert len(set(names)) == 4
    whole = [f"patch {patches.numbers[k]} · " for k in numbers]
    assert all(t.startswith(w) for t, w in zip(titles, whole, strict=True)) or titles == [""] * 4


def test_keys_after_a_patch_is_closed_are_the_sheets(open_sheet: Any, patches: pv.Patches) -> None:
    """Also before the page is told that it is closed."""
    opened = open_sheet(pv.sheet(patches, [0, 20, 40, 60]))
    opened.press("Enter", "k")
    opened.page.locator("dialog .large").wait_for()
    opened.js(
        """(() => {
            const key = (key) => root.querySelector(".list").dispatchEvent(
                new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
            root.querySelector("dialog:has(.large)").close();
            key("ArrowRight");
            key("x");
            key("Enter");
        })()"""
    )
    assert opened.decided == {0: "keep", 20: "reject"}
    # What is opened meanwhile stays, and is the only one.
    opened.page.locator("dialog.opened .verdict", has_text="patch 40").wait_for()
    opened.page.evaluate("() => new Promise((done) => setTimeout(done))")
    assert opened.page.locator("dialog .large").count() == 1
    assert opened.page.locator("dialog .large [type=range]").first.input_value() == "40"


def test_times_of_narrow_tiles_are_near_what_was_asked_for(
    open_sheet: Callable[..., SheetPage],
) -> None:
    """To the second, each other window of one every 1.5 s would be half a second off."""
    begin = datetime(2024, 5, 12, 5, 30)
    spec = pv.Spectrogram(np.zeros((2, 200)), sr=1000, hop_length=100, recording_start=begin)
    patches = spec.patches(duration=3.0, starts=[0, 1.5, 3, 4.5])
    opened = open_sheet(pv.sheet(patches, range(4)), width=360)
    assert opened.captions(".name") == [
        "patch 0 · 05:30:00.0-05:30:03.0",
        "patch 1 · 05:30:01.5-05:30:04.5",
        "patch 2 · 05:30:03.0-05:30:06.0",
        "patch 3 · 05:30:04.5-05:30:07.5",
    ]
    late = dataclasses.replace(spec, recording_start=begin + timedelta(seconds=0.5))
    made = pv.sheet(late.patches(duration=3.0, starts=[0, 3, 6]))
    opened = open_sheet(made, width=360, height=600)  # for one column there is no room
    assert opened.captions(".name")[1] == "patch 1 · 05:30:03.5-05:30:06.5"


def test_a_tile_of_a_long_recording_is_opened_in_the_part_that_is_there(
    open_sheet: Callable[..., SheetPage],
) -> None:
    spec = make_spectrogram(8, 10_000, name="glides", audio=make_audio(10_000 * HOP / SR))
    patches = spec.patches(duration=2.0, hop_duration=0.5)
    opened = open_sheet(pv.sheet(patches, [20, 300, 301], names=["wren"]))
    assert opened.text(".title") == "glides"
    assert opened.shown_ids() == [20, 300, 301]
    assert opened.page.locator(".file").first.bounding_box()["height"] == 0  # there is one
    opened.press("ArrowRight")
    shown = opened.page.locator(".tile.now .name").text_content()
    opened.press(" ")
    opened.page.wait_for_function("() => document.querySelector('.patchviz-sheet').sheet.playing")
    opened.press("Enter")
    large = opened.page.locator("dialog .large")
    around = np.ceil(3 / spec.frame_duration) * spec.frame_duration
    start, end = patches.time(300)[0] - around, patches.time(301)[1] + around
    title = str(large.locator(".title").text_content())
    assert title == f"glides · only 2:{start - 120:05.2f}-2:{end - 120:05.2f}"
    readout = str(large.locator(".readout").first.text_content())
    assert readout.startswith(f"patch 300 / {len(patches) - 1}")
    assert str(shown).split(" · ")[1] in readout  # on the clock of the whole
    opened.press("1", "Escape")
    assert opened.decided == {300: "wren"}


def test_a_sheet_without_sound_says_nothing_of_hearing(open_sheet: Any) -> None:
    mute = make_spectrogram(name="mute").patches(duration=5.0)
    opened = open_sheet(pv.sheet(mute))
    assert "hear" not in opened.text(".hints")
    assert opened.text(".readout") == f"0 of {len(mute)} decided"
    assert opened.page.locator(".bar .hear").count() == 1
    assert not opened.page.locator(".bar .hear").is_visible()
    assert "unheard" not in opened.js("[...root.querySelectorAll('option')].map((o) => o.value)")
    opened.press(" ", "?")
    assert "hear" not in opened.text(".help table")
    assert not opened.js("sheet.playing")


def test_all_tiles_say_what_labels_are_or_none_does(open_sheet: Any) -> None:
    """As captions of figures do: where a name is a number, or where others are scored."""
    numbers = [(0.0, 1.0, "6"), (3.0, 4.0, "wren")]
    spec = make_spectrogram(name="numbers").with_labels(numbers)
    some = spec.patches(duration=1.0)[[0, 3]]
    scored = some.with_scores([0.5, 0.25], classes=["6"])
    for patches in (some, scored):
        found = open_sheet(pv.sheet(patches)).captions()
        assert found == [known_text(patches, k) for k in (0, 1)]
    assert known_text(some, 1) == "label wren"
    assert known_text(scored, 1) == "label wren · scored 6: 0.25"


def test_a_sign_on_a_tile_covers_no_name_of_a_label(open_sheet: Any) -> None:
    names = ["Common Wood Pigeon", "Song Thrush"]
    spec = make_spectrogram().with_labels([(0.0, 3.0, names[0]), (3.0, 6.0, names[1])])
    patches = spec.patches(duration=3.0, starts=[0.0, 3.0])
    opened = open_sheet(pv.sheet(patches, cmap="gray"))

    def letters(tile: int) -> np.ndarray:
        """Where letters in the colour of the label are: rows and columns of the canvas."""
        url = opened.js(f"root.querySelectorAll('.tile canvas')[{tile}].toDataURL()")
        picture = plt.imread(io.BytesIO(base64.b64decode(url.partition(",")[2])))[..., :3]
        return np.argwhere(np.abs(picture - to_rgb(ON_DARK[tile])).max(axis=-1) < 0.12)

    before = [len(letters(tile)) for tile in range(2)]
    assert min(before) > 20
    opened.press("k", "2")  # kept; named as Song Thrush
    for tile in range(2):
        box = opened.js(
            f"""(() => {{ const tag = root.querySelectorAll(".tile .tag")[{tile}];
            return [tag.offsetLeft, tag.offsetTop, tag.offsetLeft + tag.offsetWidth,
                tag.offsetTop + tag.offsetHeight]; }})()"""
        )
        rows, columns = letters(tile).T
        covered = (columns >= box[0]) & (columns <= box[2]) & (rows >= box[1]) & (rows <= box[3])
        assert box[2] > box[0]
        assert not covered.any()
        assert len(rows) > 20
    opened.press("u", "u")
    assert [len(letters(tile)) for tile in range(2)] == before


def test_buttons_of_one_colour_are_cut_as_bars_and_dashes_are(open_sheet: Any) -> None:
    patches = make_spectrogram().patches(duration=3.0)
    opened = open_sheet(pv.sheet(patches, names=[f"class {k}" for k in range(17)]))
    chips = opened.page.locator(".chip")
    cuts = []
    for k in (0, 8, 16):
        shown = plt.imread(io.BytesIO(chips.nth(k).screenshot()))[3:-3, 3, :3]
        is_own = np.abs(shown - to_rgb(ON_LIGHT[0])).max(axis=-1) < 0.1
        cuts.append(int((np.diff(is_own.astype(int)) == -1).sum() + is_own[-1]))
    assert cuts == [1, 2, 3]
