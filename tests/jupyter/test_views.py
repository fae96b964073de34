"""Several views, several scrubbers, several kernels: one page keeps them straight."""

from __future__ import annotations

import os
import signal

from ..numbered import SETUP
from .conftest import Notebook

SCRUB = "scrubber = pv.scrub(patches)\nscrubber"

TWO = """
import ipywidgets
other = pv.scrub(patches, cmap="viridis")
link = ipywidgets.jslink((scrubber, "index"), (other, "index"))
other
"""


def own(errors: list[str]) -> list[str]:
    """Leave out what JupyterLab says when its kernel goes."""
    theirs = ("Canceled future", "Could not restore the debugger state", "WebSocket", "Kernel")
    return [error for error in errors if not any(text in error for text in theirs)]


def test_two_views_and_a_linked_scrubber_move_together(notebook: Notebook) -> None:
    notebook.open(notebook.server.write("views", SETUP, SCRUB, TWO, "scrubber")).run()
    for n in range(3):  # a view, the other scrubber, a second view
        notebook.wait_index(0, n)
    for n, key, index in [(0, "End", 106), (1, "ArrowLeft", 105), (2, "ArrowLeft", 104)]:
        notebook.find(".noUi-handle", n).press(key)
        for view in range(3):
            notebook.wait_index(index, view)
    # The second view's own picture takes drags and keys, and plays.
    notebook.find(".map", 2).press("Home")
    notebook.page.keyboard.press("Space")
    notebook.wait("[0, 1, 2].every((n) => shownIndex(n) > 3)")
    apart = notebook.js(
        """new Promise((done) => {
            const apart = [];
            const look = () => {
                const shown = [0, 1, 2].map(shownIndex);
                apart.push(Math.max(...shown) - Math.min(...shown));
                if (apart.length < 60) requestAnimationFrame(look);
                else done(Math.max(...apart));
            };
            look();
        })"""
    )
    assert apart <= 1
    notebook.find(".map", 2).press("Space")
    notebook.wait("document.querySelectorAll('.widget-play .fa-pause').length === 0")
    notebook.wait("new Set([0, 1, 2].map(shownIndex)).size === 1")
    assert notebook.errors == []


def test_a_view_that_goes_leaves_the_others(lab: Notebook) -> None:
    lab.open(lab.server.write("leaving", SETUP, SCRUB, "scrubber")).run()
    lab.wait_index(0, 1)
    lab.lab("panel.content.widgets[1].outputArea.model.clear()")  # the first view
    lab.wait("document.querySelectorAll('.patchviz-scrubber').length === 1")
    lab.find(".noUi-handle").press("End")
    lab.wait_index(106)
    lab.find(".map").press("Home")
    lab.wait_index(0)
    lab.run_cell(2)
    lab.wait_index(0)
    assert lab.errors == []


def test_tab_is_reloaded(notebook: Notebook) -> None:
    path = notebook.server.write("reloaded", SETUP, SCRUB)
    notebook.open(path).run().wait_index(0)
    notebook.find(".noUi-handle").press("End")
    notebook.python("scrubber.cmap = 'viridis'; scrubber.index = 50")
    notebook.save()
    notebook.open(path).wait_index(50)
    notebook.find(".noUi-handle").press("ArrowRight")
    notebook.wait_index(51)
    notebook.wait("document.querySelector('.patchviz-saved').offsetHeight === 0")
    assert notebook.errors == []


def test_kernel_is_restarted(notebook: Notebook) -> None:
    notebook.open(notebook.server.write("restarted", SETUP, SCRUB)).run().wait_index(0)
    notebook.lab("await panel.sessionContext.restartKernel()")
    notebook.find(".noUi-handle").press("End")
    notebook.wait_index(106)  # no Python any more, and it still moves
    notebook.run().wait_index(0)
    assert notebook.js("document.querySelectorAll('.patchviz-scrubber').length") == 1
    notebook.python("scrubber.index = 9")
    notebook.wait_index(9)
    assert own(notebook.errors) == []


def test_kernel_dies_while_scrubbing(notebook: Notebook) -> None:
    notebook.open(notebook.server.write("dying", SETUP, SCRUB)).run().wait_index(0)
    pid = int(notebook.python("import os; print(os.getpid())"))
    notebook.find(".widget-play button").first.click()
    notebook.wait("shownIndex() > 2")
    os.kill(pid, signal.SIGKILL)
    index = notebook.js("shownIndex()")
    notebook.wait(f"shownIndex() > {index + 20}")
    notebook.page.locator(".jp-Dialog button").last.click()  # that it is restarting
    notebook.find(".widget-play button").first.click()
    notebook.find(".noUi-handle").press("Home")
    notebook.wait_index(0)
    notebook.find(".noUi-handle").press("ArrowRight")
    notebook.wait_index(1)
    assert notebook.readout == "patch 1 / 107 · 0.093-5.085 s"
    assert own(notebook.errors) == []
