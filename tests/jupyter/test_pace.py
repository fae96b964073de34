"""How quick it is, beside what people use today."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

from .conftest import SETUP, Notebook

pytestmark = pytest.mark.slow

# Frames of 23.2 ms, one patch each: at 4× every frame of the screen shows another patch.
LONG = """
patches = recording(8000, 15).patches(frame_length=215, hop_length=1)
scrubber = pv.scrub(patches)
scrubber
"""

INTERACT = """
%matplotlib inline
%config InlineBackend.print_figure_kwargs = {"bbox_inches": None}
import ipywidgets
import matplotlib.pyplot as plt

@ipywidgets.interact(index=ipywidgets.IntSlider(0, 0, len(patches) - 1))
def draw(index):
    ax = plt.figure(figsize=(6, 3)).add_axes((0, 0, 1, 1))
    ax.pcolormesh(patches[index], cmap="magma")
    plt.show()
"""

# For each key: from the event to the first frame after which the picture is another one.
WATCH = """() => {
    globalThis.latencies = [];
    addEventListener("keydown", (event) => {
        const before = shownIndex();
        const { port1, port2 } = new MessageChannel();
        const look = () => requestAnimationFrame(() => port2.postMessage(null));
        port1.onmessage = () => {
            const now = performance.now();
            const index = shownIndex();
            if (index === null || index === before) return look();
            latencies.push(now - event.timeStamp);
            port1.close();
        };
        look();
    }, { capture: true });
}"""


def latencies(notebook: Notebook, n: int) -> list[float]:
    """Milliseconds from a key on the slider to changed pixels, n times."""
    notebook.page.evaluate(WATCH)
    for i in range(n):
        notebook.page.locator(".noUi-handle").last.press("ArrowRight")
        notebook.wait(f"latencies.length === {i + 1}")
    return sorted(notebook.js("latencies"))


def test_key_to_pixels(notebook: Notebook, record_property: Any) -> None:
    path = notebook.server.write("keys", SETUP, "pv.scrub(patches)")
    notebook.open(path).run().wait_index(0)
    times = latencies(notebook, 60)
    record_property("median_ms", median(times))
    record_property("p95_ms", times[57])
    assert median(times) <= 17
    assert times[57] <= 50


def test_ten_times_quicker_than_interact(lab: Notebook, record_property: Any) -> None:
    lab.open(lab.server.write("interact", SETUP, INTERACT)).run()
    lab.js('selector = ".widget-output"')
    lab.wait_index(0)
    theirs = median(latencies(lab, 15))
    lab.open(lab.server.write("scrub", SETUP, "pv.scrub(patches)")).run().wait_index(0)
    ours = median(latencies(lab, 15))
    record_property("interact_ms", theirs)
    record_property("scrub_ms", ours)
    assert ours * 10 <= theirs


def watch(notebook: Notebook, seconds: float) -> list[tuple[float, float]]:
    """Times in seconds, and the patches shown then, frame by frame."""
    return [
        (time, index)
        for time, index in notebook.js(
            """new Promise((done) => {
                const seen = [];
                const until = performance.now() + 1000 * argument;
                const look = () => {
                    seen.push([performance.now() / 1000, shownIndex()]);
                    if (performance.now() < until) requestAnimationFrame(look);
                    else done(seen);
                };
                requestAnimationFrame(look);
            })""",
            seconds,
        )
    ]


def play(notebook: Notebook, speed: float) -> None:
    notebook.js("Object.assign(globalThis, { nBits: 15, hopLength: 1 })")
    notebook.find("select").select_option(f"{speed:g}×")
    notebook.find(".widget-play button").first.click()
    notebook.wait("shownIndex() > 5")


def test_plays_at_the_true_hop(lab: Notebook, record_property: Any) -> None:
    lab.open(lab.server.write("playing", SETUP, LONG)).run()
    play(lab, 1.0)
    seen = watch(lab, 60)
    (first_time, first), (last_time, last) = seen[0], seen[-1]
    hop = (last_time - first_time) / (last - first)
    record_property("hop_ms", 1000 * hop)
    assert hop == pytest.approx(512 / 22050, rel=0.01)


def test_shows_sixty_patches_a_second(lab: Notebook, record_property: Any) -> None:
    lab.open(lab.server.write("fast", SETUP, LONG)).run()
    play(lab, 4.0)
    seen = watch(lab, 10)
    shown = len({index for _, index in seen}) / (seen[-1][0] - seen[0][0])
    record_property("patches_per_second", shown)
    assert shown >= 57


HOUR = """
import time
patches = recording(155_039, 20).patches(duration=5.0, hop_duration=0.1)
started = time.time()
scrubber = pv.scrub(patches, max_bytes=20_000_000)
"""


def test_an_hour(lab: Notebook, record_property: Any) -> None:
    lab.open(lab.server.write("hour", SETUP, HOUR, "scrubber"))
    lab.js("Object.assign(globalThis, { nBits: 20 })")
    lab.run().wait_index(0)
    opened = lab.js("Date.now() / 1000") - float(lab.python("print(started)"))
    times = latencies(lab, 60)
    record_property("opened_s", opened)
    record_property("median_ms", median(times))
    record_property("p95_ms", times[57])
    assert int(lab.python("print(scrubber.nbytes)")) < 20_000_000
    assert opened < 5
    assert median(times) <= 17
    assert times[57] <= 50
