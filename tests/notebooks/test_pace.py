"""How quick it is, beside what people use today and what the browser alone takes.

A machine that is busy is slow with everything: the limits are those of a browser at its ease, or
what it takes there and then for a page that does nothing but change a picture. On a slower machine
than a desktop they are as much wider as that is slower.

That the right patch is shown at every moment is in tests/browser/test_scrubber_time.py.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import pytest

from ..numbered import SETUP
from ..slowness import slowness
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
WATCH = """(shownIndex) => {
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


# A picture of the same size as a patch, and a key that changes it at once.
ALONE = """() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 215, height: 128 });
    const context = canvas.getContext("2d");
    Object.assign(canvas, { id: "alone", tabIndex: 0 });
    canvas.style.cssText = "position: fixed; inset: 0 0 auto auto; width: 600px; z-index: 1000";
    let n = 0;
    canvas.addEventListener("keydown", (event) => {
        event.stopPropagation();
        context.fillStyle = `rgb(${++n} 0 0)`;
        context.fillRect(0, 0, 215, 128);
    });
    document.body.append(canvas);
    globalThis.shownAlone = () => context.getImageData(0, 0, 1, 1).data[0];
}"""


def latencies(notebook: Notebook, n: int, shown: str = "shownIndex") -> np.ndarray:
    """Milliseconds from a key on the slider to changed pixels, n times."""
    notebook.js(f"({WATCH})({shown})")
    return press(notebook, notebook.locator(".noUi-handle").last, n)


def alone(notebook: Notebook, n: int) -> np.ndarray:
    """What the browser itself takes, in the same page: a key that changes a picture at once."""
    notebook.page.evaluate(ALONE)
    notebook.js(f"({WATCH})(shownAlone)")
    times = press(notebook, notebook.page.locator("#alone"), n)
    notebook.js("document.querySelector('#alone').remove()")
    return times


def press(notebook: Notebook, element: Any, n: int) -> np.ndarray:
    for i in range(n):
        element.press("ArrowRight")
        notebook.wait(f"latencies.length === {i + 1}")
    return np.array(notebook.js("latencies"))


def check_latencies(notebook: Notebook) -> None:
    """A key's picture is there in a frame, or a frame after what the browser takes alone.

    In the best of five spells: others may keep the machine busy, a slow scrubber always is.
    """
    for _ in range(5):
        typical, slowest = np.percentile(latencies(notebook, 20), [50, 95])
        least_typical, least_slowest = np.percentile(alone(notebook, 20), [50, 95])
        print(f"key to pixels: median {typical:.1f} ms, p95 {slowest:.1f} ms", end=" ")
        slow = slowness(notebook.page)
        print(
            f"(the browser alone: {least_typical:.1f}, {least_slowest:.1f}; {slow:.1f} × as slow)"
        )
        is_quick = typical <= slow * max(17, least_typical + 17)
        if is_quick and slowest <= slow * max(50, least_slowest + 34):
            return
    pytest.fail("no spell was quick enough")


def test_key_to_pixels(lab: Notebook) -> None:
    lab.open(lab.server.write("keys", SETUP, "pv.scrub(patches)")).run().wait_index(0)
    check_latencies(lab)


def test_ten_times_quicker_than_interact(document: Callable[[str], Any]) -> None:
    """In the best of five spells, as others may keep the machine busy."""
    # Where a picture's axes are does not matter: another picture shows another patch.
    picture = "scope.querySelector('.widget-output img')"
    shown = f"(() => {picture}?.complete ? {picture}.src : null)"
    with document("lab") as notebook:
        notebook.open(notebook.server.write("interact", SETUP, INTERACT)).run()
        notebook.wait(f"{shown}() !== null")
        theirs = median(latencies(notebook, 15, shown))
    with document("lab") as notebook:
        notebook.open(notebook.server.write("scrub", SETUP, "pv.scrub(patches)"))
        notebook.run().wait_index(0)
        ours = min(median(latencies(notebook, 15)) for _ in range(5))
    print(f"key to pixels: interact {theirs:.0f} ms, scrub {ours:.1f} ms")
    assert ours * 10 <= theirs


# How many patches were shown in two seconds, and how many frames the browser drew in them.
SHOWN = """new Promise((done) => {
    const shown = new Set();
    let frames = 0;
    const start = performance.now();
    const look = () => {
        shown.add(shownIndex());
        frames++;
        const seconds = (performance.now() - start) / 1000;
        if (seconds < 2) requestAnimationFrame(look);
        else done([shown.size / seconds, frames / seconds]);
    };
    requestAnimationFrame(look);
})"""


def test_shows_sixty_patches_a_second(lab: Notebook) -> None:
    """In the best of ten spells: others may keep the machine busy, a slow scrubber always is."""
    lab.open(lab.server.write("fast", SETUP, LONG)).run()
    lab.js("Object.assign(globalThis, { nBits: 15, hopLength: 1 })")
    lab.find(".speed").select_option("4×")
    lab.find(".widget-play button").first.click()
    lab.wait("shownIndex() > 5")
    best = 0.0
    for _ in range(10):
        shown, frames = lab.js(SHOWN)
        slow = slowness(lab.page)
        print(f"{shown:.1f} patches a second, in {frames:.1f} frames; {slow:.1f} × as slow")
        best = max(best, shown * slow)
        if best >= 57:
            break
    assert best >= 57


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
    print(f"an hour: opened in {opened:.1f} s", end=", ")
    check_latencies(lab)
    assert int(lab.python("print(scrubber.nbytes)")) < 20_000_000
    assert opened < 5
