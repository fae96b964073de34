"""A scrubber's page: whatever moves its index moves the rest, and Python hears of it."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

import patchviz as pv

from ..numbered import recording
from .scrubbing import Scrubbing


def numbers(n_frames: int = 640, **fields: Any) -> pv.Patches:
    return recording(n_frames, name="numbers", **fields).patches(frame_length=215, hop_length=4)


def show(scrubbing: Scrubbing, n_views: int = 1, **options: Any) -> pv.Scrubber:
    scrubber = pv.scrub(numbers(), **options)
    scrubbing.show(scrubber, n_views)
    return scrubber


# -- what moves the index ------------------------------------------------------------------------


def test_it_opens_as_python_made_it(scrubbing: Scrubbing) -> None:
    scrubber = pv.scrub(numbers(), index=3, loop=True, speed=1.5)
    scrubber.index = 40  # before any page knows it
    scrubbing.show(scrubber)
    assert scrubbing.index == 40
    assert scrubbing.find(".speed").input_value() == "1.5"
    scrubbing.exchange()
    assert scrubbing.told == []
    assert scrubber.controls.play.repeat
    scrubber.index = 104
    scrubbing.deliver()
    scrubbing.find(".widget-play button").first.click()
    scrubbing.run_for(480)  # 8 patches of 92.9 ms / 1.5, and on from the first
    assert scrubbing.index == 104 + 8 - 107


def test_slider_and_keys_on_it_move_everything(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    for key, index in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 106),
                       ("Home", 0), ("ArrowRight", 1)]:  # fmt: skip
        scrubbing.find(".noUi-handle").press(key)
        assert scrubbing.index == index
        scrubbing.run_for(50)
        scrubbing.exchange()
        assert scrubber.index == index
    assert scrubber.controls.slider.value == 1
    assert scrubbing.find(".patchviz-readout").inner_text() == "patch 1 / 106 · 0.093-5.085 s"


def test_overview_is_clicked_dragged_and_takes_keys(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    box = scrubbing.find(".map").bounding_box()
    x, y, width = box["x"], box["y"] + 20, box["width"]
    mouse, keyboard = scrubbing.page.mouse, scrubbing.page.keyboard
    mouse.click(x + width - 4, y)
    assert scrubbing.index == 106
    keyboard.press("ArrowLeft")
    assert scrubbing.index == 105
    keyboard.press("Shift+ArrowLeft")
    assert scrubbing.index == 51
    mouse.move(x + width / 2, y)
    mouse.down()
    mouse.move(x - 30, y, steps=4)
    mouse.up()
    assert scrubbing.index == 0
    keyboard.press("ArrowRight")
    scrubbing.run_for(50)
    scrubbing.exchange()
    assert scrubber.index == 1


def test_python_moves_everything_and_hears_nothing_back(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    for index in (7, 106, 0):
        scrubber.index = index
        scrubbing.deliver()
        assert scrubbing.index == index
    scrubber.controls.slider.value = 9
    scrubbing.deliver()
    assert scrubbing.index == 9
    scrubbing.run_for(1000)
    assert scrubbing.js("kernel.said") == []


def test_a_callback_that_sets_another_index_is_obeyed(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubber.observe(lambda change: setattr(scrubber, "index", min(scrubber.index, 6)), "index")
    scrubbing.find(".noUi-handle").press("End")
    assert scrubbing.index == 106
    scrubbing.exchange()
    assert scrubbing.index == scrubber.index == 6


def test_keys_of_the_scrubber_are_no_shortcuts_but_with_ctrl(scrubbing: Scrubbing) -> None:
    """JupyterLab looks, before anybody else, whether something around the focus forbids it."""
    show(scrubbing)
    scrubbing.run("""globalThis.keys = [];
        const isFree = (target) => !target.closest("[data-lm-suppress-shortcuts]");
        const note = ({ key, target, isTrusted }) => isTrusted && keys.push([key, isFree(target)]);
        document.addEventListener("keydown", note, true);""")
    shortcuts = [["q", False], ["Control", True], ["s", True], ["q", False]]
    for selector in ("button", ".noUi-handle", ".speed", ".hear"):
        scrubbing.find(selector).first.focus()
        for key in ("q", "Control+s", "q"):
            scrubbing.page.keyboard.press(key)
        assert scrubbing.js("keys.splice(0)") == shortcuts
    elsewhere = "document.body.appendChild(document.createElement('button'))"
    scrubbing.run(f"globalThis.elsewhere = {elsewhere}; elsewhere.focus();")
    scrubbing.page.keyboard.press("q")
    assert scrubbing.js("keys.splice(0)") == [["q", True]]


def test_controls_have_names(scrubbing: Scrubbing) -> None:
    show(scrubbing)
    names = {"Play or pause": "button", "Stop": "button", "Loop": "button", "Patch": "*",
             "Speed": ".speed"}  # fmt: skip
    for name, tag in names.items():
        assert scrubbing.find(f"{tag}[aria-label='{name}']").count() >= 1, name
    assert scrubbing.find(".noUi-handle").get_attribute("aria-label") == "Patch"


# -- playing -------------------------------------------------------------------------------------


def test_buttons_play_pause_stop_and_loop(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, index=100)
    play, stop = (scrubbing.find(".widget-play button").nth(i) for i in range(2))
    loop = scrubbing.find(".loop")
    play.click()
    assert play.inner_text() == "pause"
    scrubbing.run_for(1000)
    assert scrubbing.index == 106
    assert play.inner_text() == "play"  # at the end it stops
    scrubbing.exchange()
    assert (scrubber.index, scrubber.controls.play.playing) == (106, False)
    loop.click()
    play.click()  # from the first patch
    scrubbing.run_for(107 * 93)
    assert scrubbing.index < 50
    assert play.inner_text() == "pause"
    scrubbing.exchange()
    assert scrubber.controls.play.repeat
    stop.click()
    assert scrubbing.index == 0
    scrubbing.run_for(1000)
    scrubbing.exchange()
    assert (scrubber.index, scrubber.controls.play.playing) == (0, False)


def test_a_speed_in_the_place_of_another_one_is_heard_of(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubber.speed = 0.75  # third in the menu, as 1 was
    scrubber.playing = True
    scrubbing.deliver()
    scrubbing.run_for(1984)
    assert scrubbing.index == 16  # 2 s at three quarters of the speed
    assert scrubbing.find(".speed").input_value() == "0.75"


def test_python_plays_pauses_loops_and_sets_the_speed(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubber.speed = 4.0
    scrubber.playing = True
    scrubbing.deliver()
    scrubbing.run_for(992)
    assert scrubbing.index == 44  # 1.024 s at four times the speed
    scrubber.playing = False
    scrubbing.deliver()
    paused = scrubbing.index
    scrubbing.run_for(1008)
    assert scrubbing.index == paused
    scrubber.loop = True
    scrubber.index = 106
    scrubber.playing = True
    scrubbing.deliver()
    scrubbing.run_for(160)
    assert scrubbing.index < 10


def test_space_on_the_overview_plays(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing)
    scrubbing.find(".map").press("Space")
    scrubbing.run_for(500)
    assert scrubbing.index > 3
    assert scrubbing.find(".widget-play button").first.inner_text() == "pause"
    scrubbing.exchange()
    assert scrubber.controls.play.playing
    scrubbing.find(".map").press("Space")
    scrubbing.exchange()
    assert not scrubber.controls.play.playing


def test_only_the_page_where_somebody_pressed_the_button_plays(scrubbing: Scrubbing) -> None:
    """What the page says of playing is not sent back to it, or to others."""
    show(scrubbing)
    scrubbing.find(".widget-play button").first.click()
    scrubbing.hear()
    assert [message for message in scrubbing.posted if "playing" in message.names] == []


def test_the_widgets_own_clock_stands_still(scrubbing: Scrubbing) -> None:
    """It keeps no time, and at the end it would go to the first patch."""
    show(scrubbing, 2, index=106)
    play = scrubbing.find(".widget-play button").first
    play.click()
    scrubbing.run_for(2000)
    assert scrubbing.index == 21
    assert scrubbing.js("play._timerId") is None
    play.click()
    assert not scrubbing.js("play.get('playing')")


# -- what is shown -------------------------------------------------------------------------------

GREY = """(() => {
    const { width, height } = pictureOf();
    const copy = new OffscreenCanvas(width, height).getContext("2d");
    copy.drawImage(pictureOf(), 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    return data.every((value, i) => i % 4 === 3 || value === data[i - (i % 4)]);
})()"""


def test_colours_title_and_recording_change_in_place(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, index=40)
    assert not scrubbing.js(GREY)
    scrubbing.run("pictureOf().marked = true;")
    scrubber.cmap = "gray"
    scrubber.title = "in <b>grey</b>"
    scrubbing.deliver()
    scrubbing.wait(GREY)
    assert scrubbing.index == 40
    scrubber.spec = recording(900)
    scrubbing.deliver()
    scrubbing.wait("readout.get('value').includes('/ 171')")
    assert scrubbing.index == 40
    # ipywidgets' slider takes End for the end that it had at first.
    scrubbing.find(".noUi-handle").press("End")
    assert scrubbing.index == 171
    scrubbing.run_for(50)
    scrubbing.exchange()
    assert scrubber.index == 171
    scrubber.patches = numbers()
    scrubbing.deliver()
    scrubbing.wait("readout.get('value').includes('/ 106')")
    assert scrubbing.index == scrubber.index == 106
    assert scrubbing.js("pictureOf().marked")  # nothing was built anew


def test_another_recording_of_the_same_size_is_another_picture(scrubbing: Scrubbing) -> None:
    scrubber = show(scrubbing, index=3)
    values = scrubber.spec.values[:, ::-1]
    scrubber.spec = pv.Spectrogram(values, sr=22050, hop_length=512, y_axis="none", unit="dB")
    scrubbing.deliver()
    scrubbing.wait(f"shownIndex() === {(639 - 12) / 4}")  # its columns count backwards
    assert scrubbing.js("box.get('index')") == 3


def test_a_link_moves_both_and_tells_each_python_side_once(scrubbing: Scrubbing) -> None:
    other = pv.scrub(numbers(), cmap="viridis")
    scrubbing.show(other)
    scrubber = pv.scrub(numbers())
    scrubbing.show(scrubber)
    tie = ipywidgets.jslink((scrubber, "index"), (other, "index"))
    scrubbing.deliver()
    scrubbing.run(f"link(kernel, '{tie.model_id}');")
    for n, key, index in [(1, "End", 106), (0, "ArrowLeft", 105), (1, "ArrowLeft", 104)]:
        scrubbing.find(".noUi-handle", n).press(key)
        scrubbing.run_for(50)
        assert scrubbing.index == index  # in both pictures
        scrubbing.exchange()
        assert (scrubber.index, other.index) == (index, index)
    other.index = 9
    scrubbing.exchange()
    assert scrubbing.index == 9
    scrubbing.run_for(50)
    scrubbing.exchange()
    assert (scrubber.index, other.index) == (9, 9)
    said = len(scrubbing.js("kernel.said"))
    scrubbing.run_for(1000)
    assert len(scrubbing.js("kernel.said")) == said  # they do not go on telling one another


def test_two_buttons_go_to_the_next_event_and_the_one_before(scrubbing: Scrubbing) -> None:
    patches = numbers()
    scores = np.zeros(len(patches))
    scores[[20, 21, 60]] = 0.7, 0.9, 0.8
    scrubber = pv.scrub(patches.with_scores(scores, classes=["wren"]))
    scrubbing.show(scrubber)
    for name, index in [("Next event (N)", 21), ("Next event (N)", 60), ("Next event (N)", 60),
                        ("Previous event (P)", 21), ("Previous event (P)", 21)]:  # fmt: skip
        scrubbing.find(f"[aria-label='{name}']").click()
        assert scrubbing.index == index
        scrubbing.run_for(50)
        scrubbing.exchange()
        assert scrubber.index == scrubber.controls.slider.value == index
    assert "wren: 0.90" in scrubbing.find(".patchviz-readout").inner_text()
    scrubber.stops = [5, 30]
    scrubbing.deliver()
    scrubbing.find("[aria-label='Previous stop (P)']").click()
    assert scrubbing.index == 5


def test_classes_that_are_chosen_on_a_page_are_those_of_all_views_and_of_python(
    scrubbing: Scrubbing,
) -> None:
    names = [f"<b>{k}" for k in range(9)]
    patches = numbers()
    scores = np.zeros((len(patches), 9))
    scores[range(9), range(9)] = 0.9
    scrubber = pv.scrub(patches.with_scores(scores, classes=names))
    scrubbing.show(scrubber, 2)

    def lanes(n: int) -> list[str]:
        return scrubbing.find(".lane span", n).all_text_contents()

    assert lanes(0) == lanes(1) == list(scrubber.classes) == names[:8]
    scrubbing.find(".choice summary", 1).click()
    scrubbing.find(".menu input", 1).first.click()
    scrubbing.exchange()
    assert lanes(0) == lanes(1) == list(scrubber.classes) == names[1:8]
    assert scrubber.stops == list(range(1, 8))
    scrubber.classes = names[8:]
    scrubbing.deliver()
    assert scrubber._to_player().state["known"]["shown"] == 1
    for n in (0, 1):
        scrubbing.find(".choice summary", n).filter(has_text="1 of 9 classes").wait_for()
        assert lanes(n) == names[8:]


def test_without_events_there_are_no_buttons_for_them(scrubbing: Scrubbing) -> None:
    show(scrubbing)
    for name in ("Next event (N)", "Previous event (P)"):
        assert not scrubbing.find(f"[aria-label='{name}']").is_visible()
