"""A figure of one's own under the slider, drawn in the kernel."""

from __future__ import annotations

from typing import Any

import pytest

from ..numbered import SETUP
from .conftest import SLIDER, Notebook

OWN = """
{magic}
import matplotlib.pyplot as plt
figure = plt.figure(figsize=(6, 3))
ax = figure.add_axes((0, 0, 1, 1))  # nothing but cells, so that the test can read them
view = pv.PatchView(patches, ax=ax)
(line,) = ax.plot([4, 4], [0, 120], color="red")
view.on_index(lambda index: line.set_xdata([4 - index / 100] * 2))
scrubber = pv.scrub(view)
scrubber
"""

# Where the red line is, as a fraction of the width.
LINE = """(() => {
    let picture = pictureOf();
    if (picture instanceof HTMLImageElement) {
        const copy = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight);
        copy.getContext("2d").drawImage(picture, 0, 0);
        picture = copy;
    }
    const { width, height } = picture;
    if (!width || !height) return null;
    const row = picture.getContext("2d").getImageData(0, Math.floor(height / 30), width, 1).data;
    for (let x = 0; x < width; x++) {
        if (row[4 * x] > 200 && row[4 * x + 1] < 60 && row[4 * x + 2] < 60) return x / width;
    }
})()"""


def test_inline(lab: Notebook) -> None:
    code = OWN.format(magic="%matplotlib inline")
    more = "plt.subplots(figsize=(3, 2))[1].plot([1, 2]);"
    lab.open(lab.server.write("own", SETUP, code, more)).run()
    lab.wait_index(0)
    # One figure for the first cell, and one for the second.
    assert lab.js("scope.querySelectorAll('.jp-OutputArea img').length") == 3  # and saved
    assert lab.js("scope.querySelector('.patchviz-saved').offsetHeight") == 0
    before = lab.js(LINE)
    lab.find(SLIDER).press("End")
    lab.wait_index(106)
    assert lab.js(LINE) == pytest.approx(before - 1.06 / 4.992, abs=0.01)
    lab.python("view.index = 9")
    lab.wait_index(9)
    assert lab.readout == "patch 9 / 106 · 0.836-5.828 s"
    lab.python("scrubber.index = 100")
    lab.wait_index(100)
    # It plays, in time, what the kernel can draw.
    lab.find(".widget-play button").first.click()
    lab.wait_index(106)
    assert lab.python("print(view.index, scrubber.index)") == "106 106"
    # What is drawn later, in whatever cell, is seen.
    lab.python("line.set_color('black')")
    lab.wait(f"{LINE} === undefined")
    lab.python("scrubber.close()")
    lab.wait("scope.querySelectorAll('.patchviz-scrubber').length === 0")
    assert lab.python("print(plt.get_fignums(), figure.axes == [ax])") == "[] True"
    assert lab.errors == []


def test_no_flicker_and_the_latest_wins(lab: Notebook) -> None:
    code = OWN.format(magic="%matplotlib inline")
    lab.open(lab.server.write("flicker", SETUP, code)).run().wait_index(0)
    handle, track = (lab.find(name).bounding_box() for name in (".noUi-handle", ".noUi-base"))
    lab.js(
        """(() => {
            globalThis.seen = [];
            const look = () => {
                seen.push([pictureOf().getBoundingClientRect().height, shownIndex()]);
                requestAnimationFrame(look);
            };
            look();
        })()"""
    )
    mouse = lab.page.mouse
    y = handle["y"] + handle["height"] / 2
    mouse.move(handle["x"] + handle["width"] / 2, y)
    mouse.down()
    mouse.move(track["x"] + track["width"] + 20, y, steps=60)
    mouse.up()
    lab.wait_index(106)
    seen = lab.js("seen")
    assert {height for height, _ in seen} == {seen[0][0]}
    indices = [index for _, index in seen if index is not None]
    assert indices == sorted(indices)


def test_ipympl(lab: Notebook, require: Any) -> None:
    require("ipympl")
    code = OWN.format(magic="%matplotlib widget")
    lab.open(lab.server.write("ipympl", SETUP, code)).run()
    lab.js('pictureOf = () => scope.querySelector(".jupyter-matplotlib-canvas-div canvas")')
    lab.wait(f"{LINE} > 0")
    assert lab.js("scope.querySelectorAll('.jupyter-matplotlib').length") == 1
    before = lab.js(LINE)
    lab.find(SLIDER).press("End")
    lab.wait_index(106)
    lab.wait(f"Math.abs({LINE} - {before - 1.06 / 4.992}) < 0.01")
    lab.python("figure.canvas.draw()")  # as its own buttons do
    lab.python("scrubber.index = 50")
    lab.wait_index(50)
    lab.python("scrubber.close()")
    lab.wait("scope.querySelectorAll('.jupyter-matplotlib').length === 0")
    assert lab.python("print(plt.get_fignums())") == "[]"
    assert lab.errors == []
