"""A sheet in a real JupyterLab: what is picked on the page Python knows, and vice versa."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..numbered import SETUP

CODE = 'sheet = pv.sheet(patches, [40, 5, 9], names=["robin"])\nsheet'

# Each test has other patches: the browser keeps what is picked of the same ones.
MINE = CODE.replace("[40, 5, 9]", "[41, 6, 8]")
BOXED = """import ipywidgets
boxed = pv.sheet(patches, [1, 2])
ipywidgets.HBox([ipywidgets.VBox([ipywidgets.Label("beside"), boxed])])"""


def test_what_is_picked_is_saved_and_comes_back_elsewhere(
    lab: Any, own_document: Callable[..., Any]
) -> None:
    path = lab.server.write("picked", SETUP, MINE, BOXED)
    lab.open(path).run().show()
    for n, keys in enumerate(["k1x", "xk"]):
        lab.locator(".patchviz-sheet-widget .list").nth(n).focus()
        for key in keys:
            lab.page.keyboard.press(key)
    lab.wait_python("boxed.picked == (2,)")
    lab.wait_python("sheet.rejected == (8,)")
    lab.lab("await new Promise(requestAnimationFrame)")
    lab.save()
    copied = path.with_name("picked-elsewhere.ipynb")
    copied.write_text(path.read_text("utf-8"), "utf-8")
    other = own_document("lab")  # a browser that has kept nothing
    other.goto(copied)
    tags = other.locator(".patchviz-sheet .tag")
    other.wait("scope.querySelectorAll('.patchviz-sheet').length === 2")
    tags.nth(4).wait_for(state="attached")
    assert tags.all_text_contents() == ["✓", "✓ robin", "✕", "✕", "✓"]
    other._wait_for_kernel().run()
    other.wait_python("(sheet.picked, sheet.names) == ((6, 41), {6: 'robin'})")
    other.wait_python("(sheet.rejected, boxed.picked, boxed.rejected) == ((8,), (2,), (1,))")
    assert other.errors == []


def test_python_hears_though_the_thread_that_widgets_speak_to_is_ended(lab: Any) -> None:
    code = CODE.replace("[40, 5, 9]", "[42, 7]")
    lab.open(lab.server.write("ended-sheet", SETUP, code)).run().show()
    live = lab.locator(".patchviz-sheet-widget .list")
    for key, picked in {"k": "(42,)", "1": "(7, 42)"}.items():
        live.focus()
        lab.page.keyboard.press(key)
        lab.wait_python(f"sheet.picked == {picked}")
        lab.end_subshells()


def test_python_and_the_page_pick_together(document: Callable[[str], Any]) -> None:
    with document("lab") as notebook:
        path = notebook.server.write("sheet", SETUP, CODE)
        notebook.open(path).run().show()
        live = notebook.locator(".patchviz-sheet-widget")
        live.locator(".tile").first.wait_for()
        names = live.locator(".tile .name").all_text_contents()
        assert [name.split(" · ")[0] for name in names] == ["patch 40", "patch 5", "patch 9"]
        live.locator(".list").focus()
        for key in ("k", "1", "x"):  # which JupyterLab's command mode would take
            notebook.page.keyboard.press(key)
        notebook.wait_python("sheet.rejected == (9,)")
        assert notebook.python("print(sheet.picked, sheet.names)") == "(5, 40) {5: 'robin'}"
        notebook.page.keyboard.press("u")
        notebook.wait_python("sheet.rejected == ()")
        notebook.python("sheet.names = {9: 'robin', 5: 'robin'}; sheet.picked = [9]")
        live.locator(".tag", has_text="✓ robin").wait_for()
        tags = live.locator(".tile .tag").all_text_contents()
        assert tags == ["", "", "✓ robin"]
        live.locator(".list").focus()
        notebook.page.keyboard.press("Enter")
        live.locator(".opened .number", has_text="9").wait_for()
        notebook.page.keyboard.press("Escape")

        # It is shown once, by the widget; what the notebook saves begins with what was picked then.
        notebook.save()
        saved = json.loads(path.read_text("utf-8"))
        html = "".join(
            "".join(output.get("data", {}).get("text/html", ""))
            for output in saved["cells"][-1]["outputs"]
        )
        assert '"tiles":[40,5,9]' in html
        assert notebook.locator(".patchviz-saved").is_hidden()

        # The cell runs again, in what might be another kernel: the browser has kept it.
        notebook.run_cell(1)
        live = notebook.locator(".patchviz-sheet-widget")
        notebook.wait_python("sheet.names == {9: 'robin'}")
        assert notebook.errors == []


TOLD = """
def tell(change):
    if change.new == (9,):
        raise ValueError("nine <b>is</b> too many")
sheet.observe(tell, "picked")
scrubber = pv.scrub(patches, names=["robin"])
scrubber"""


def test_errors_of_observers_are_seen_and_picks_outlive_a_reload(
    own_document: Callable[..., Any],
) -> None:
    lab = own_document("lab")
    lab.open(lab.server.write("reloaded-sheet", SETUP, CODE, TOLD)).run().show().wait_index(0)
    sheet = lab.locator(".patchviz-sheet-widget")
    sheet.locator(".list").focus()
    for key in ("End", "k"):
        lab.page.keyboard.press(key)
    message = sheet.locator(".patchviz-message")
    message.get_by_text("nine <b>is</b> too many").wait_for()
    said = "Of picked=(9,) somebody was told, and failed: ValueError: nine <b>is</b> too many"
    assert message.inner_text() == said
    assert message.evaluate("(node) => node.offsetHeight") < 25
    for key in ("k", "x"):
        lab.page.keyboard.press(key)
    lab.wait_python("sheet.rejected == (9,)")
    assert message.inner_text() == ""
    lab.find(".map").focus()
    for key in ("x", "End", "1"):
        lab.page.keyboard.press(key)
    lab.wait_python("(scrubber.rejected, scrubber.names) == ((0,), {106: 'robin'})")
    lab.python("sheet.names = {40: 'robin'}")  # while the page is there, and after that
    lab.save()
    lab.reload().wait_index(106)
    sheet = lab.locator(".patchviz-sheet-widget")
    tags = sheet.locator(".tile .tag")
    tags.filter(has_text="✓ robin").wait_for()
    assert tags.all_text_contents() == ["✓ robin", "", "✕"]
    assert lab.find(".triage [role=status]").inner_text() == "1 picked · 1 rejected"
    assert lab.find(".triage [aria-pressed=true]").inner_text() == "1 robin"
    lab.find(".map").press("u")  # what was decided before the page was loaded stays
    sheet.locator(".list").press("u")
    lab.find(".map").press("k")
    sheet.locator(".list").press("k")
    lab.wait_python("(scrubber.picked, scrubber.names, scrubber.rejected) == ((106,), {}, (0,))")
    lab.wait_python("(sheet.picked, sheet.names, sheet.rejected) == ((40,), {}, (9,))")
    assert lab.errors == []
