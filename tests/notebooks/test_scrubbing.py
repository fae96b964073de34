"""A scrubber in real notebooks: it shows, takes keys, and Python and the page move one another.

What needs no notebook is in tests/browser/test_scrubber*.py, at every frame and in every order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ..numbered import SETUP
from .conftest import SLIDER, Notebook


@pytest.fixture(scope="module")
def opened(document: Callable[[str], Any]) -> Iterator[Callable[[str], Notebook]]:
    """Open a scrubber in a face, once."""
    with ExitStack() as stack:

        @functools.cache
        def opened(face: str) -> Notebook:
            notebook: Notebook = stack.enter_context(document(face))
            code = "scrubber = pv.scrub(patches)\nscrubber"
            path = notebook.server.write(f"scrubbing-{face}", SETUP, code)
            return notebook.open(path).run()

        yield opened


@pytest.fixture
def scrubber(
    opened: Callable[[str], Notebook], request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    """A scrubber as it is at first, in JupyterLab unless a test asks; nothing may go wrong."""
    notebook = opened(getattr(request, "param", "lab")).show()
    notebook.python("scrubber.playing = scrubber.loop = False; scrubber.index = 0")
    notebook.wait_index(0)
    yield notebook
    assert notebook.errors == []


@pytest.mark.parametrize("scrubber", ["lab", "notebooks"], indirect=True)
def test_shows_and_takes_keys(scrubber: Notebook) -> None:
    handle = scrubber.find(SLIDER)
    handle.focus()
    for key, index in [("End", 106), ("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2),
                       ("ArrowLeft", 1), ("ArrowUp", 2), ("ArrowUp", 3)]:  # fmt: skip
        scrubber.page.keyboard.press(key)
        scrubber.wait_index(index)
    scrubber.wait_python(3)  # where it has not been before: Python is told later
    assert scrubber.readout == "patch 3 / 106 · 0.279-5.271 s"
    assert scrubber.python("print(scrubber.controls.slider.value)") == "3"
    box = scrubber.find(".map").bounding_box()
    scrubber.page.mouse.click(box["x"] + box["width"] - 4, box["y"] + 20)
    scrubber.wait_index(106)
    scrubber.page.keyboard.press("ArrowLeft")
    scrubber.wait_index(105)
    scrubber.page.keyboard.press("Shift+ArrowLeft")
    scrubber.wait_index(51)
    scrubber.wait_python(51)
    assert handle.get_attribute("aria-valuenow") == "51.0"
    names = ["Play or pause", "Stop", "Loop", "Speed"]
    labels = [scrubber.find(f"[aria-label='{name}']").count() for name in names]
    assert labels == [1] * len(names)
    assert handle.get_attribute("aria-label") == "Patch"


def test_slider_is_dragged_to_the_last_patch(scrubber: Notebook) -> None:
    handle = scrubber.find(".noUi-handle").bounding_box()
    track = scrubber.find(".noUi-base").bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    mouse = scrubber.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(track["x"] + track["width"] / 2, y, steps=5)
    mouse.move(track["x"] + track["width"] + 40, y, steps=5)
    mouse.up()
    scrubber.wait_index(106)
    scrubber.wait_python(106)


def test_python_moves_everything(scrubber: Notebook) -> None:
    scrubber.python("scrubber.index = 7")
    scrubber.wait_index(7)
    assert scrubber.readout == "patch 7 / 106 · 0.650-5.642 s"
    assert scrubber.find(".noUi-handle").get_attribute("aria-valuenow") == "7.0"
    assert scrubber.python("print('%.3f %.3f' % scrubber.interval)") == "0.650 5.642"
    refused = scrubber.python("scrubber.index = 107")
    assert "index=107 is out of range" in refused
    assert scrubber.js("shownIndex()") == 7


def test_play_stop_and_loop(scrubber: Notebook) -> None:
    scrubber.python("scrubber.index = 103")
    scrubber.wait_index(103)
    play, stop = (scrubber.find(".widget-play button").nth(i) for i in range(2))
    loop = scrubber.find(".loop")
    play.click()
    scrubber.wait_index(106)
    scrubber.wait("scope.querySelector('.widget-play .fa-play')")  # at the end it stops
    scrubber.wait_python("(scrubber.index, scrubber.controls.play.playing) == (106, False)")
    loop.click()
    scrubber.python("scrubber.index = 105")
    play.click()
    scrubber.wait("shownIndex() < 50")
    scrubber.wait_python("scrubber.controls.play.repeat")
    stop.click()
    scrubber.wait_index(0)
    scrubber.wait_python("(scrubber.index, scrubber.controls.play.playing) == (0, False)")
    scrubber.python("scrubber.controls.play.playing = True")
    scrubber.wait("shownIndex() > 1")
    scrubber.python("scrubber.controls.play.playing = False")
    scrubber.wait("scope.querySelector('.widget-play .fa-play')")


def test_colours_title_and_recording_change_in_place(scrubber: Notebook) -> None:
    scrubber.python("scrubber.index = 40")
    scrubber.wait_index(40)
    scrubber.js("pictureOf().marked = true")
    scrubber.python("scrubber.cmap = 'gray'; scrubber.title = 'in <b>grey</b>'")
    colors = """(() => {
        const { width, height } = pictureOf();
        const data = pictureOf().getContext("2d").getImageData(0, 0, width, height).data;
        return data.every((value, i) => i % 4 === 3 || value === data[i - (i % 4)]);
    })()"""
    scrubber.wait(colors)
    scrubber.wait_index(40)
    assert scrubber.find(".patchviz-title").inner_text().strip() == "in <b>grey</b>"
    scrubber.python("scrubber.spec = recording(900)")
    scrubber.wait("scope.querySelector('.patchviz-readout').textContent.includes('/ 171')")
    scrubber.find(SLIDER).press("End")  # the new end, not that which it had at first
    scrubber.wait_index(171)
    scrubber.python("scrubber.patches = patches; scrubber.cmap = 'magma'")
    scrubber.wait_index(106)
    scrubber.wait_python(106)
    assert scrubber.js("pictureOf().marked")  # nothing was built anew


@pytest.mark.parametrize("scrubber", ["lab", "notebooks"], indirect=True)
@pytest.mark.parametrize("focused", [SLIDER, ".map"])
def test_ctrl_s_saves_the_notebook(scrubber: Notebook, focused: str) -> None:
    scrubber.lab("panel.context.model.dirty = true; globalThis.model = panel.context.model;")
    scrubber.find(focused).first.focus()
    scrubber.page.keyboard.press("Control+s")
    scrubber.page.wait_for_function("() => !model.dirty")
    scrubber.page.keyboard.press("ArrowRight")
    scrubber.wait_index(1)
