"""Lanes below the overview that answer: to clicks, to hovering, to a threshold that is dragged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import patchviz as pv

from .conftest import make_spectrogram
from .touch import Fingers

EVENTS = {"a": {30: 0.9, 120: 0.6, 135: 0.3}, "<b>": {70: 0.8}}


def scored_patches() -> pv.Patches:
    labels = [
        {"start_time": 3.0, "end_time": 4.0, "label": "call <i>"},
        {"start_time": 6.0, "end_time": 12.0, "label": "song"},
    ]
    spec = make_spectrogram().with_labels(labels)
    patches = spec.patches(duration=2.0, hop_duration=0.1)
    scores = np.zeros((len(patches), 2))
    for k, events in enumerate(EVENTS.values()):
        for index, score in events.items():
            scores[index, k] = score
    return patches.with_scores(scores, classes=list(EVENTS))


def lane(opened: Any, which: int, n: int = 0) -> dict[str, float]:
    return dict(opened.find(".lane svg", n).nth(which).bounding_box())


def drag(opened: Any, box: dict[str, float], start: float, end: float, x: float = 0.9) -> None:
    """Drag in a lane, from one part of its height to another."""
    mouse = opened.page.mouse
    mouse.move(box["x"] + x * box["width"], box["y"] + (1 - start) * box["height"])
    mouse.down()
    mouse.move(box["x"] + x * box["width"], box["y"] + (1 - end) * box["height"], steps=3)
    mouse.up()


def events_of(opened: Any) -> list[int]:
    """Where N stops, from the first patch on."""
    opened.js("(player.index = 0)")
    found = []
    for _ in range(4):
        opened.find("[aria-label^='Next '][aria-label$='(N)']").click()
        found.append(opened.index)
    return sorted(set(found))


def test_names_are_told_apart_in_little_room(open_page: Any) -> None:
    patches = make_spectrogram().patches(duration=2.0, hop_duration=1.0)
    numbered = [f"class number {k} with a long name" for k in range(8)]
    birds = ["Phylloscopus collybita", "Phylloscopus trochilus", "Great Tit", "\U0001d400" * 14]
    written = """[...root.querySelectorAll(".lane span")].map((name) => {
        const { content } = getComputedStyle(name, "::after");
        return content === "none" ? null : content.slice(1, -1);
    })"""
    for names in (numbered, birds):
        scores = np.zeros((len(patches), len(names)))
        opened = open_page(pv.player(patches.with_scores(scores, classes=names)))
        assert opened.js(written) == [None] * len(names)
        opened.page.set_viewport_size({"width": 390, "height": 800})
        opened.settle()
        short = opened.js(written)
        assert opened.find(".lane span").all_text_contents() == names  # read aloud as they are
        if names is numbered:
            assert all(short[k].startswith(f"…{k} ") for k in range(8))
        else:
            assert len({*short}) == 4
            assert short[0].startswith("Ph")
            assert short[0].endswith("ta")
            assert short[2] is None
            assert "�" not in short[3]  # whole letters
        assert opened.js(
            """[...root.querySelectorAll(".lane span")].every(
                (name) => name.scrollWidth <= name.clientWidth
            )"""
        )


def test_a_threshold_is_dragged_by_its_line(open_page: Any) -> None:
    opened = open_page(pv.player(scored_patches(), threshold=0.5))
    assert events_of(opened) == [30, 70, 120]
    index = opened.index
    box = lane(opened, 1)
    drag(opened, box, 0.5, 0.78)
    text = opened.find(".level").inner_text()
    score = float(text.removeprefix("≥ "))
    assert score == pytest.approx(0.78, abs=0.05)
    assert opened.index == index  # nothing was clicked
    assert events_of(opened) == [30, 70]
    opened.js("(player.index = 120)")
    back = []
    for _ in range(3):
        opened.find("[aria-label='Previous event (P)']").click()
        back.append(opened.index)
    assert back == [70, 30, 30]
    y = [path.get_attribute("d") for path in opened.find(".lane .threshold").all()]
    assert len(y) == 2
    assert len(set(y)) == 1  # one line for all classes
    part = 1 - float(y[0].removeprefix("M0 ").removesuffix("H1"))
    opened.page.mouse.dblclick(box["x"] + 9, box["y"] + (1 - part) * box["height"])
    assert events_of(opened) == [30, 70, 120]
    assert opened.js("getComputedStyle(root.querySelector('.level')).opacity") == "0"


def test_no_button_leads_to_events_that_no_score_reaches(open_page: Any) -> None:
    opened = open_page(pv.player(scored_patches(), threshold=0.5))
    button, level = opened.find("[aria-label='Next event (N)']"), opened.find(".level")
    for _ in range(6):
        level.press("PageUp")
    assert not button.is_visible()
    for _ in range(254):
        level.press("ArrowDown")
        if button.is_visible():
            break
    highest = max(score for events in EVENTS.values() for score in events.values())
    assert float(level.inner_text().removeprefix("≥ ")) == pytest.approx(highest, abs=0.01)
    assert len(events_of(opened)) == 1


def test_a_threshold_is_moved_by_keys(open_page: Any) -> None:
    opened = open_page(pv.player(scored_patches(), threshold=0.5))
    handle = opened.find(".level")
    handle.focus()
    for _ in range(3):
        opened.page.keyboard.press("PageDown")
    assert handle.get_attribute("aria-valuetext") == handle.inner_text()
    assert float(handle.inner_text().removeprefix("≥ ")) == pytest.approx(0.5 - 75 / 254, abs=0.01)
    assert events_of(opened) == [30, 70, 120, 135]
    handle.focus()
    opened.page.keyboard.press("Escape")
    assert events_of(opened) == [30, 70, 120]


@pytest.mark.parametrize("threshold", [1e-6, 1e-12])
def test_a_threshold_just_above_nothing_is_taken_back(open_page: Any, threshold: float) -> None:
    """Of what a model found none of it scores 0, which is no hit."""
    player = pv.player(scored_patches(), threshold=threshold, stops="events")
    assert player.stops == (30, 70, 120, 135)
    opened = open_page(player)
    opened.find(".level").focus()
    opened.page.keyboard.press("PageUp")
    opened.page.keyboard.press("Escape")
    assert events_of(opened) == [30, 70, 120, 135]


def test_a_threshold_that_is_rounded_to_zero_has_no_sign(open_page: Any) -> None:
    patches = scored_patches()
    scores = np.linspace(-1, 2, 2 * len(patches)).reshape(-1, 2)  # 0 lies at a third
    opened = open_page(pv.player(patches.with_scores(scores, classes=["a", "b"]), threshold=0))
    assert opened.find(".level").text_content() == "≥ 0.00"


def test_what_reaches_the_threshold_is_drawn_once_a_frame(open_page: Any) -> None:
    """However many steps come before it: an hour of many classes is much to draw."""
    opened = open_page(pv.player(scored_patches(), threshold=0.5))
    n_lanes = opened.find(".lane .threshold").count()
    counts = opened.js(
        """new Promise((done) => {
            const handle = root.querySelector(".level");
            const up = { key: "ArrowUp", bubbles: true };
            const counts = { hits: 0, lines: 0 };
            const observer = new MutationObserver((records) => {
                for (const { target } of records)
                    counts[target.classList.contains("threshold") ? "lines" : "hits"] += 1;
            });
            const options = { attributes: true, attributeFilter: ["d"], subtree: true };
            observer.observe(root.querySelector(".lanes"), options);
            for (let step = 0; step < 20; step++)
                handle.dispatchEvent(new KeyboardEvent("keydown", up));
            requestAnimationFrame(() => requestAnimationFrame(() => done(counts)));
        })"""
    )
    assert counts == {"hits": n_lanes, "lines": 20 * n_lanes}


@pytest.mark.parametrize("start", [0.5, 0.02])
def test_a_finger_drags_the_line_and_leaves_the_page_where_it_is(
    open_page: Any, start: float
) -> None:
    """From anywhere in the lane, which no finger hits to the pixel; and it moves slower there."""
    made = pv.player(scored_patches(), threshold=0.5, height=900)
    opened = open_page(made, has_touch=True, height=400)
    box = lane(opened, 1)
    Fingers(opened.page, box).drag((0.9, 1 - start), (0.9, 1 - start - 2))
    assert 0.65 < float(opened.find(".level").inner_text().removeprefix("≥ ")) < 0.75
    assert opened.page.evaluate("scrollY") == 0
    assert events_of(opened) == [30, 70]


@pytest.mark.parametrize("has_touch", [False, True])
def test_what_hardly_moves_drags_no_line(open_page: Any, has_touch: bool) -> None:
    """A finger that taps goes there; a mouse that stays on the line leaves all as it is."""
    made = pv.player(scored_patches(), threshold=0.5)
    opened = open_page(made, has_touch=has_touch)
    box = lane(opened, 1)
    px = 1 / box["height"]
    if has_touch:
        Fingers(opened.page, box).drag((0.5, 0.5), (0.5, 0.5 + 6 * px))
    else:
        drag(opened, box, 0.5, 0.5 + 2 * px, x=0.5)
    assert opened.find(".level").inner_text().startswith("≥ 0.5")
    n = len(scored_patches())
    assert opened.index == (pytest.approx(n / 2, abs=15) if has_touch else 0)


def test_a_mouse_grabs_no_line_that_is_far(open_page: Any) -> None:
    opened = open_page(pv.player(scored_patches(), threshold=0.5))
    before = opened.find(".level").inner_text()
    drag(opened, lane(opened, 1), 0.05, 0.8)
    assert opened.find(".level").inner_text() == before


def test_stops_that_are_no_events_stay_and_it_is_said(open_page: Any) -> None:
    opened = open_page(pv.player(scored_patches(), threshold=0.5, stops=[5, 50]))
    drag(opened, lane(opened, 1), 0.5, 0.9)
    assert opened.find(".message").inner_text().startswith("N and P stop where they did")
    assert events_of(opened) == [5, 50]


def test_lanes_name_what_is_under_the_pointer_and_go_there(open_page: Any) -> None:
    patches = scored_patches()
    made = pv.player(patches, threshold=0.5, mark={"train <b>": np.arange(10)})
    opened = open_page(made)
    duration = patches.spectrogram.duration
    title = "root.querySelector('.lanes').title"
    for which, time, words, middle in (
        (0, 3.2, "call <i>", 3.5),  # short enough to be shown whole
        (0, 11.0, "song", 11.0),
        (0, 13.2, "labels", 13.2),
        (1, 0.3, "train <b>", None),
        (2, patches.time(120)[0] + 1.0, "a 0.60", patches.time(120)[0] + 1.0),
    ):
        box = lane(opened, which)
        x, y = box["x"] + time / duration * box["width"], box["y"] + 0.9 * box["height"]
        opened.page.mouse.move(x, y)
        assert opened.js(title) == words
        opened.page.mouse.click(x, y)
        if middle is not None:
            assert sum(patches.time(opened.index)) / 2 == pytest.approx(middle, abs=0.06)
