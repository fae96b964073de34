"""Two scrubbers that are linked, a tab that is reloaded, and kernels that restart or die."""

from __future__ import annotations

from collections.abc import Callable

from ..numbered import SETUP
from .conftest import SLIDER, Notebook

SCRUB = "scrubber = pv.scrub(patches)\nscrubber"

TWO = """
import ipywidgets
other = pv.scrub(patches, cmap="viridis")
link = ipywidgets.jslink((scrubber, "index"), (other, "index"))
other
"""

BESIDE = """
import ipywidgets
texts = ["a long name of a recording " * 9, "short"]
wide = ipywidgets.Layout(width="720px")
ipywidgets.HBox([*(pv.scrub(patches, title=one) for one in texts)], layout=wide)
"""
WITH_SHEET = 'ipywidgets.HBox([pv.scrub(patches), pv.sheet(patches, [3], title="long " * 90)])'

OF_A_PAGE = 'pv.sheet(patches, [3], assets="folder")'


def own(errors: list[str]) -> list[str]:
    """Leave out what JupyterLab says when its kernel goes."""
    theirs = ("Canceled future", "Could not restore the debugger state", "WebSocket", "Kernel")
    return [error for error in errors if not any(text in error for text in theirs)]


def test_two_views_and_a_linked_scrubber_move_together(lab: Notebook) -> None:
    lab.open(lab.server.write("views", SETUP, SCRUB, TWO, "scrubber")).run()
    for n in range(3):  # a view, the other scrubber, a second view
        lab.wait_index(0, n)
    for n, key, index in [(0, "End", 106), (1, "ArrowLeft", 105), (2, "ArrowLeft", 104)]:
        lab.find(SLIDER, n).press(key)
        for view in range(3):
            lab.wait_index(index, view)
    # The second view's own picture takes drags and keys, and plays.
    lab.find(".map", 2).press("Home")
    lab.page.keyboard.press("Space")
    lab.wait("[0, 1, 2].every((n) => shownIndex(n) > 3)")
    lab.find(".map", 2).press("Space")
    lab.wait("scope.querySelectorAll('.widget-play .fa-pause').length === 0")
    lab.wait("new Set([0, 1, 2].map(shownIndex)).size === 1")
    # The first view goes, and the others live.
    lab.lab("panel.content.widgets[1].outputArea.model.clear()")
    lab.wait("scope.querySelectorAll('.patchviz-scrubber').length === 2")
    lab.find(SLIDER, 1).press("End")
    lab.wait_index(106, 1)
    lab.find(".map", 1).press("Home")
    lab.wait_index(0, 0)
    assert lab.errors == []


def test_tab_is_reloaded(own_document: Callable[[str], Notebook]) -> None:
    lab = own_document("lab")
    path = lab.server.write("reloaded", SETUP, SCRUB)
    lab.open(path).run().wait_index(0)
    lab.find(SLIDER).press("End")
    lab.wait_python(106)
    lab.python("scrubber.cmap = 'viridis'; scrubber.index = 50")
    lab.save()
    lab.reload().wait_index(50)
    lab.find(SLIDER).press("ArrowRight")
    lab.wait_index(51)
    lab.wait("scope.querySelector('.patchviz-saved').offsetHeight === 0")
    lab.wait_python(51)
    assert lab.errors == []


def test_kernel_is_restarted(lab: Notebook) -> None:
    lab.open(lab.server.write("restarted", SETUP, SCRUB)).run().wait_index(0)
    lab.lab("await panel.sessionContext.restartKernel()")
    lab.find(SLIDER).press("End")
    lab.wait_index(106)  # no Python any more, and it still moves
    lab.run().wait_index(0)
    assert lab.js("scope.querySelectorAll('.patchviz-scrubber').length") == 1
    lab.python("scrubber.index = 9")
    lab.wait_index(9)
    assert own(lab.errors) == []


def test_kernel_dies_while_scrubbing(lab: Notebook) -> None:
    lab.open(lab.server.write("dying", SETUP, SCRUB)).run().wait_index(0)
    lab.find(".widget-play button").first.click()
    lab.wait("shownIndex() > 2")
    lab.kill()
    index = lab.js("shownIndex()")
    lab.wait(f"shownIndex() > {index + 20}")
    lab.page.locator(".jp-Dialog button").last.click()  # that it is restarting
    lab.find(".widget-play button").first.click()
    lab.find(SLIDER).press("Home")
    lab.wait_index(0)
    lab.find(SLIDER).press("ArrowRight")
    lab.wait_index(1)
    assert lab.readout == "patch 1 / 106 · 0.093-5.085 s"
    assert own(lab.errors) == []


def test_side_by_side_they_are_alike_whatever_they_are_called(lab: Notebook) -> None:
    path = lab.server.write("beside", SETUP, BESIDE, WITH_SHEET, OF_A_PAGE)
    lab.open(path).run().show().wait_index(0, 2)
    sizes = """Array.from(scope.querySelectorAll('.patchviz-scrubber, .patchviz-sheet-widget'),
        ({ offsetWidth, offsetHeight }) => [offsetWidth, offsetHeight])"""
    one, other, beside, sheet, _ = lab.js(sizes)
    assert one == other
    assert one[0] == 360
    assert beside[0] == sheet[0] > 300
    title = lab.locator(".patchviz-title span[title]").first
    assert title.get_attribute("title") == "a long name of a recording " * 9
    assert title.evaluate("(node) => node.offsetHeight") < 40
    said = lab.locator(":text('files beside a page'):visible").all_inner_texts()
    assert said == [
        'Its pictures and sounds are files beside a page: sheet.save("review.html") writes one.'
    ]
    assert lab.errors == []
