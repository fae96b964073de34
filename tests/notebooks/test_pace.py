"""How quick it is on this machine, beside what people use today.

That the right patch is shown at every moment is in tests/browser/test_scrubber_time.py.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import pytest

from ..numbered import SETUP
from .conftest import Notebook

pytestmark = pytest.mark.pace

# Frames of 23.2 ms, one patch each: at 4× every frame of the screen shows another patch.
LONG = """
patches = recording(8000, 15).patches(frame_length=215, hop_length=1)
scrubber = pv.scrub(patches)
scrubber
"""

# What librosa's example draws, under a slider.
INTERACT = """
%matplotlib inline
import ipywidgets
import librosa.display
import matplotlib.pyplot as plt

@ipywidgets.interact(index=ipywidgets.IntSlider(0, 0, len(patches) - 1))
def draw(index):
    fig, ax = plt.subplots()
    mesh = librosa.display.specshow(patches[index], sr=22050, x_axis="time", y_axis="mel", ax=ax)
    fig.colorbar(mesh, ax=ax, format="%+2.f dB")
    ax.set(title=f"Patch {index}")
    plt.show()
"""

# For each key: from the event to the first frame after which the picture is another one.
WATCH = """() => {
    globalThis.watching?.abort(); // by the test before
    globalThis.watching = new AbortController();
    const latencies = (globalThis.latencies = []);
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
    }, { capture: true, signal: watching.signal });
}"""


def latencies(notebook: Notebook, n: int) -> list[float]:
    """Milliseconds from a key on the slider to changed pixels, n times."""
    notebook.page.evaluate(WATCH)
    for i in range(n):
        notebook.locator(".noUi-handle").last.press("ArrowRight")
        notebook.wait(f"latencies.length === {i + 1}")
    return sorted(notebook.js("latencies"))


def test_key_to_pixels(lab: Notebook) -> None:
    lab.open(lab.server.write("keys", SETUP, "pv.scrub(patches)")).run().wait_index(0)
    times = latencies(lab, 60)
    print(f"key to pixels: median {median(times):.1f} ms, p95 {times[57]:.1f} ms")
    assert median(times) <= 17
    assert times[57] <= 50


def test_ten_times_quicker_than_interact(
    lab: Notebook, own_document: Callable[[str], Notebook]
) -> None:
    other = own_document("lab")
    other.open(other.server.write("interact", SETUP, INTERACT)).run()
    # Where a picture's axes are does not matter: another picture shows another patch.
    picture = "scope.querySelector('.widget-output img')"
    other.js(f"globalThis.shownIndex = () => {picture}?.complete ? {picture}.src : null")
    other.wait("shownIndex() !== null")
    theirs = median(latencies(other, 15))
    lab.open(lab.server.write("scrub", SETUP, "pv.scrub(patches)")).run().wait_index(0)
    ours = median(latencies(lab, 15))
    print(f"key to pixels: interact {theirs:.0f} ms, scrub {ours:.1f} ms")
    assert ours * 10 <= theirs


SHOWN = """new Promise((done) => {
    const shown = new Set();
    const start = performance.now();
    const look = () => {
        shown.add(shownIndex());
        const seconds = (performance.now() - start) / 1000;
        if (seconds < 5) requestAnimationFrame(look);
        else done(shown.size / seconds);
    };
    requestAnimationFrame(look);
})"""


def test_shows_sixty_patches_a_second(lab: Notebook) -> None:
    lab.open(lab.server.write("fast", SETUP, LONG)).run()
    lab.js("Object.assign(globalThis, { nBits: 15, hopLength: 1 })")
    lab.find("select").select_option("4×")
    lab.find(".widget-play button").first.click()
    lab.wait("shownIndex() > 5")
    shown = lab.js(SHOWN)
    print(f"{shown:.1f} patches a second")
    assert shown >= 57


HOUR = """
import time
patches = recording(155_039, 20).patches(duration=5.0, hop_duration=0.1)
started = time.time()
scrubber = pv.scrub(patches, index=5, max_bytes=20_000_000)
"""


def test_an_hour(lab: Notebook) -> None:
    lab.open(lab.server.write("hour", SETUP, HOUR, "scrubber"))
    lab.js("Object.assign(globalThis, { nBits: 20 })")
    lab.run().wait_index(5)
    opened = lab.js("Date.now() / 1000") - float(lab.python("print(started)"))
    times = latencies(lab, 60)
    print(f"an hour: opened in {opened:.1f} s", end=", ")
    print(f"key to pixels: median {median(times):.1f} ms, p95 {times[57]:.1f} ms")
    assert int(lab.python("print(scrubber.nbytes)")) < 20_000_000
    assert opened < 5
    assert median(times) <= 17
    assert times[57] <= 50
