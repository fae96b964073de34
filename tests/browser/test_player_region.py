"""What is heard in place of a patch: what is dragged over, zoomed to, or the span of a label."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import patchviz as pv

from .test_player_page import HOSTILE, shown
from .test_player_tuning import OFFLINE, SR, rendered, sounding, tones
from .touch import Fingers

LABELS = [
    {"start_time": 0.205, "end_time": 0.235, "label": "low", "low_f": 2e3, "high_f": 6e3},
    {"start_time": 0.26, "end_time": 0.28, "label": "high <b>", "low_f": 15e3, "high_f": 20e3},
    {"start_time": 0.29, "end_time": 0.29, "label": "point"},
]  # fmt: skip


def labelled(y: np.ndarray, **options: Any) -> pv.Player:
    spec = pv.Spectrogram(
        np.random.default_rng(0).random((50, len(y) * 100 // SR)),
        sr=SR, hop_length=SR // 100, y_axis="linear", audio=pv.Audio.from_array(y, SR),
    )  # fmt: skip
    patches = spec.with_labels(LABELS).patches(frame_length=10, hop_length=1)
    return pv.player(patches, audio=True, audio_format="wav", index=20, **options)


def spot(opened: Any, time: float, hertz: float) -> tuple[float, float]:
    """Where a time and a frequency of patch 20 are on the page."""
    box = opened.find(".patch canvas").bounding_box()
    high = hertz / (SR / 2)
    return box["x"] + (time - 0.2) / 0.1 * box["width"], box["y"] + (1 - high) * box["height"]


def test_a_label_is_clicked_and_its_samples_turn(open_page: Any) -> None:
    """Of 0.205 to 0.235 s: 1,440 samples, again and again, a hundred times."""
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * SR)
    opened = open_page(labelled(y), script=OFFLINE)
    opened.page.mouse.click(*spot(opened, 0.22, 4e3))
    message = "Heard in place of the patch: low, 0.205-0.235 s. R, Alt+click or the menu ends that."
    assert opened.find(".message").inner_text() == message
    exact, turn = rendered(opened, 1440)
    assert exact
    inner = slice(240, 1200)  # 5 ms from either end
    first = round(0.205 * SR)
    np.testing.assert_allclose(turn[inner], y[first : first + 1440][inner], atol=1e-4)
    assert opened.js("[player.region, player.loop, player.index]") == [[0.205, 0.235], True, 20]


def test_a_label_ends_as_it_began_and_its_name_is_shown(open_page: Any) -> None:
    opened = open_page(labelled(tones(440)))
    at = spot(opened, 0.27, 18e3)
    opened.page.mouse.move(*at)
    canvas = opened.find(".patch canvas")
    assert canvas.get_attribute("title") == "high <b>"
    assert canvas.evaluate("canvas => canvas.style.cursor") == "pointer"
    opened.page.mouse.click(*at)
    opened.wait("player.sound.looping && player.region")
    assert opened.js("player.region") == [0.26, 0.28]
    opened.page.mouse.click(*at)
    assert opened.js("[player.region, player.playing, player.loop]") == [None, False, False]
    opened.page.mouse.move(*spot(opened, 0.27, 10e3))
    assert canvas.get_attribute("title") == ""
    opened.page.mouse.click(*spot(opened, 0.27, 10e3))  # no label
    assert opened.js("player.region") is None


def test_a_click_on_a_name_is_one_on_its_label(open_page: Any) -> None:
    opened = open_page(labelled(tones(440)))
    x, y = spot(opened, 0.205, 6e3)
    opened.page.mouse.click(x + 6, y - 8)  # above the box stands "low"
    assert opened.js("player.region") == [0.205, 0.235]


def test_a_key_goes_through_the_labels_of_a_patch(open_page: Any) -> None:
    opened = open_page(labelled(tones(440)))
    opened.find("input[aria-label=Patch]").focus()
    heard = []
    for _ in range(4):
        opened.page.keyboard.press("o")
        heard.append(opened.js("player.region"))
    assert heard == [[0.205, 0.235], [0.26, 0.28], None, [0.205, 0.235]]
    opened.js("(player.pause(), player.region = null, player.index = 100)")
    opened.page.keyboard.press("o")
    assert opened.find(".message").inner_text() == "There is no label to be heard in this patch."
    assert opened.js("player.playing") is False


def test_where_nothing_sounds_a_label_is_only_pointed_at(open_page: Any) -> None:
    made = labelled(tones(440))
    opened = open_page(pv.player(made.patches, index=20))
    opened.page.mouse.click(*spot(opened, 0.22, 4e3))
    assert opened.js("[player.region, player.playing]") == [None, False]


def test_hostile_names_are_text_wherever_they_are_shown(open_page: Any) -> None:
    """On lanes, in the list of classes, under the pointer and in what is said of a label."""
    names = [" ".join(shown(text).split()).replace("\u202e", "\ufffd") for text in HOSTILE]
    labels = [
        {"start_time": 0.2 + 0.005 * k, "end_time": 0.204 + 0.005 * k, "label": name}
        for k, name in enumerate(names)
    ]
    made = sounding(tones(440))
    patches = made.patches.spectrogram.with_labels(labels).patches(frame_length=10, hop_length=1)
    scores = np.random.default_rng(0).random((len(patches), len(names)))
    patches = patches.with_scores(scores, classes=names)
    opened = open_page(pv.player(patches, audio=True, index=20, max_bytes=10**7))
    opened.find(".choice summary").click()
    said = [text.strip() for text in opened.find(".menu label").all_text_contents()]
    assert sorted(said) == sorted(names)
    slider = opened.find("input[aria-label=Patch]")
    for label in labels:
        slider.focus()
        opened.page.keyboard.press("o")
        start, end = label["start_time"], label["end_time"]
        message = f"{label['label']}, {start:.3f}-{end:.3f} s. R, Alt+click or the menu ends that."
        assert opened.find(".message").text_content() == f"Heard in place of the patch: {message}"
        opened.page.mouse.move(*spot(opened, (start + end) / 2, 12e3))
        assert opened.find(".patch canvas").get_attribute("title") in names
    assert opened.page.evaluate("window.hacked") is None


def test_a_finger_chooses_from_the_menu_and_drags(open_page: Any) -> None:
    opened = open_page(labelled(tones(440)), has_touch=True)
    opened.find(".more summary").tap()
    opened.find("[data-take=mark]").tap()
    said = "Drag over what is to be heard in place of the patch."
    assert opened.find(".message").inner_text() == said
    fingers = Fingers(opened.page, opened.find(".patch canvas").bounding_box())
    fingers.drag((0.25, 0.1), (0.75, 0.9))  # also down: the page must not scroll
    assert opened.js("player.region") == pytest.approx([0.225, 0.275], abs=0.001)
    assert opened.page.evaluate("scrollY") == 0
    opened.find(".more summary").tap()
    opened.find("[data-take=mark]").tap()
    assert opened.js("player.region") is None
    fingers.tap(0.2, 1 - 4 / 24)
    opened.wait("player.region")
    assert opened.js("player.region") == [0.205, 0.235]
    fingers.drag((0.1, 0.5), (0.4, 0.5))  # what is dragged then is not marked
    assert opened.js("player.region") == [0.205, 0.235]


def test_a_region_is_dragged_over_and_turns(open_page: Any) -> None:
    opened = open_page(sounding(tones(440), loop=True, index=20))
    box = opened.find(".patch canvas").bounding_box()
    y = box["y"] + box["height"] / 2
    opened.page.keyboard.down("Alt")
    opened.page.mouse.move(box["x"] + 0.75 * box["width"], y)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 0.25 * box["width"], y)
    opened.page.mouse.up()
    opened.page.keyboard.up("Alt")
    assert opened.js("player.region") == pytest.approx([0.225, 0.275], abs=0.001)
    said = "Heard in place of the patch: 0.225-0.275 s. R, Alt+click or the menu ends that."
    assert opened.find(".message").inner_text() == said
    shown = opened.find(".region").bounding_box()
    assert shown["x"] == pytest.approx(box["x"] + 0.25 * box["width"], abs=2)
    assert shown["width"] == pytest.approx(box["width"] / 2, abs=3)
    opened.find("button.hear").click()
    opened.wait("player.sound.looping && player.sound.time > 0.25")
    opened.page.keyboard.press("r")
    assert opened.js("player.region") is None
    opened.find(".region").wait_for(state="hidden")
