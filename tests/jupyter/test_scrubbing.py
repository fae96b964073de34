"""One index for slider, keys, pointer, Python and whoever is linked, in real notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ..numbered import SETUP
from .conftest import Notebook


@pytest.fixture(scope="module", params=["lab", "notebooks"])
def opened(
    new_notebook_page: Callable[[str], Notebook], request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    notebook = new_notebook_page(request.param)
    path = notebook.server.write(
        f"scrubbing-{request.param}", SETUP, "scrubber = pv.scrub(patches)\nscrubber"
    )
    notebook.open(path).run().wait_index(0)
    yield notebook
    assert notebook.errors == []
    notebook.page.context.close()


@pytest.fixture
def scrubber(opened: Notebook) -> Notebook:
    """A scrubber as it is at first."""
    opened.python(
        "scrubber.controls.play.playing = scrubber.controls.play.repeat = False; "
        "scrubber.controls.speed.value = 1.0; scrubber.index = 0; scrubber.unobserve_all('seen')"
    )
    opened.wait_index(0)
    return opened


def wait_python(notebook: Notebook, condition: int | str) -> None:
    """Wait until Python's index is what it should be, or until something else holds there."""
    if isinstance(condition, int):
        condition = f"scrubber.index == {condition}"
    notebook.lab(
        """
        const { kernel } = panel.sessionContext.session;
        for (let i = 0; i < 500; i++) {
            const future = kernel.requestExecute(
                { code: "", user_expressions: { holds: argument }, store_history: false });
            const { content } = await future.done;
            if (content.user_expressions.holds.data["text/plain"] === "True") return;
        }
        throw new Error(`Python was not told: ${argument}`);
        """,
        condition,
    )


def test_keys_on_the_slider(scrubber: Notebook) -> None:
    handle = scrubber.find(".noUi-handle")
    handle.focus()
    for key, index in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 106),
                       ("Home", 0), ("ArrowUp", 1)]:  # fmt: skip
        scrubber.page.keyboard.press(key)
        scrubber.wait_index(index)
    wait_python(scrubber, 1)
    assert scrubber.readout == "patch 1 / 107 · 0.093-5.085 s"
    assert scrubber.python("print(scrubber.controls.slider.value)") == "1"


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
    wait_python(scrubber, 106)


def test_overview_is_clicked_and_takes_keys(scrubber: Notebook) -> None:
    box = scrubber.find(".map").bounding_box()
    scrubber.page.mouse.click(box["x"] + box["width"] - 4, box["y"] + 20)
    scrubber.wait_index(106)
    scrubber.page.keyboard.press("ArrowLeft")
    scrubber.wait_index(105)
    scrubber.page.keyboard.press("Shift+ArrowLeft")
    scrubber.wait_index(51)
    wait_python(scrubber, 51)
    assert scrubber.find(".noUi-handle").get_attribute("aria-valuenow") == "51.0"


def test_python_moves_everything(scrubber: Notebook) -> None:
    scrubber.python("scrubber.index = 7")
    scrubber.wait_index(7)
    assert scrubber.readout == "patch 7 / 107 · 0.650-5.642 s"
    assert scrubber.find(".noUi-handle").get_attribute("aria-valuenow") == "7.0"
    assert scrubber.python("print('%.3f %.3f' % scrubber.interval)") == "0.650 5.642"
    refused = scrubber.python("scrubber.index = 107")
    assert "index=107 is out of range" in refused
    assert scrubber.js("shownIndex()") == 7


def test_play_stop_and_loop(scrubber: Notebook) -> None:
    scrubber.python("scrubber.index = 100")
    scrubber.wait_index(100)
    play, stop, loop = (scrubber.find(".widget-play button").nth(i) for i in range(3))
    play.click()
    scrubber.wait_index(106)
    scrubber.wait("document.querySelector('.widget-play .fa-play')")  # at the end it stops
    wait_python(scrubber, 106)
    assert scrubber.python("print(scrubber.controls.play.playing)") == "False"
    loop.click()
    scrubber.python("scrubber.index = 104")
    play.click()
    scrubber.wait("shownIndex() < 50")
    assert scrubber.python("print(scrubber.controls.play.repeat)") == "True"
    stop.click()
    scrubber.wait_index(0)
    wait_python(scrubber, 0)


def test_python_plays_and_pauses(scrubber: Notebook) -> None:
    scrubber.python("scrubber.controls.speed.value = 4.0; scrubber.controls.play.playing = True")
    scrubber.wait("shownIndex() > 8")
    scrubber.python("scrubber.controls.play.playing = False")
    scrubber.wait("document.querySelector('.widget-play .fa-play')")
    index = scrubber.js("shownIndex()")
    wait_python(scrubber, index)


def test_space_on_the_overview_plays(scrubber: Notebook) -> None:
    scrubber.find(".map").focus()
    scrubber.page.keyboard.press("Space")
    scrubber.wait("document.querySelector('.widget-play .fa-pause') && shownIndex() > 1")
    scrubber.page.keyboard.press("Space")
    scrubber.wait("document.querySelector('.widget-play .fa-play')")


def test_python_sees_the_index_some_twenty_times_a_second(scrubber: Notebook) -> None:
    scrubber.python(
        "seen = []\n"
        "watch = lambda change: seen.append(change.new)\n"
        "scrubber.observe(watch, 'index'); scrubber.controls.speed.value = 4.0"
    )
    started = scrubber.js("performance.now()")
    scrubber.find(".widget-play button").first.click()
    scrubber.wait_index(106)
    seconds = (scrubber.js("performance.now()") - started) / 1000
    wait_python(scrubber, 106)
    seen = eval(scrubber.python("scrubber.unobserve(watch, 'index'); print(seen)"))
    assert seen == sorted(seen)
    assert seen[-1] == 106
    assert 10 < len(seen) <= 22 * seconds + 2


def test_a_slow_callback_holds_up_nothing(scrubber: Notebook) -> None:
    scrubber.python(
        "import time; seen = []\n"
        "def slow(change): time.sleep(0.5); seen.append((change.new, time.time()))\n"
        "scrubber.observe(slow, 'index')"
    )
    frames = scrubber.js(
        """(async () => {
            document.querySelector(".widget-play button").click();
            const shown = new Set();
            let frames = 0;
            const start = performance.now();
            while (performance.now() < start + 3000) {
                await new Promise(requestAnimationFrame);
                frames++;
                shown.add(shownIndex());
            }
            document.querySelector(".widget-play button").click();
            return { frames, shown: shown.size, last: shownIndex(), stopped: Date.now() / 1000 };
        })()"""
    )
    wait_python(scrubber, f"seen[-1][0] == {frames['last']}")
    seen = eval(scrubber.python("scrubber.unobserve(slow, 'index'); print(seen)"))
    assert frames["shown"] > 0.9 * 3 / 0.0929
    assert seen[-1][0] == frames["last"]
    # Half a second for the call under way, half a second for the last one.
    assert seen[-1][1] - frames["stopped"] < 1.2
    assert len(seen) <= 9


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
    scrubber.wait("document.querySelector('.patchviz-readout').textContent.includes('/ 172')")
    scrubber.find(".noUi-handle").focus()
    scrubber.page.keyboard.press("End")
    scrubber.wait_index(171)
    scrubber.python("scrubber.patches = patches; scrubber.cmap = 'magma'")
    scrubber.wait_index(106)
    wait_python(scrubber, 106)
    assert scrubber.js("pictureOf().marked")  # nothing was built anew
