"""Every button of a scrubber and of a player in real notebooks: it does what it says, and no more.

What each does in detail is in tests/browser; here it is whether notebooks let it.
"""

from __future__ import annotations

from typing import Any

import pytest

from ..numbered import SETUP
from .conftest import Notebook

SOUNDING = """
from patchviz.audio.source import Audio
tone = (0.1 * np.sin(2 * np.pi * 440 / 22050 * np.arange(640 * 512))).astype(np.float32)
spec = recording(name="numbers", audio=Audio.from_array(tone, 22050), labels=[(6.0, 7.0, "wren")])
patches = spec.patches(frame_length=215, hop_length=4)
a, b = pv.scrub(patches, audio=True), pv.scrub(patches, audio=True)
a
"""

STATE = """((notebook) => ({
    cells: notebook.widgets.map((cell) => `${cell.model.type}: ${cell.model.sharedModel.source}`),
    selected: notebook.selectedCells.length,
    mode: notebook.mode,
}))(jupyterapp.shell.currentWidget.content)"""

# Of what is no file; in the order in which they stand there.
TAKEN = {"wav": ".wav", "png": ".png", "csv": ".csv", "raven": ".selections.txt"}


def pressed(box: Any, selector: str) -> bool:
    return bool(box.locator(selector).get_attribute("aria-pressed") == "true")


def press_all(notebook: Notebook, box: Any, other_index: int) -> None:
    """Press each button of a player, and the keys that have none."""
    page = notebook.page
    readout = box.locator(".patchviz-readout, .readout").first
    for button, text in ((".stop >> nth=1", f"patch {other_index} "), (".stop >> nth=0", "patch ")):
        box.locator(button).click()
        readout.filter(has_text=text).wait_for()
    box.locator(".speed").select_option("0.5")
    for name in (".loop", ".hear"):
        box.locator(name).click()
        box.locator(f"{name}[aria-pressed=true]").wait_for()
        box.locator(name).click()
        box.locator(f"{name}[aria-pressed=false]").wait_for()
    box.locator(".sound").click()
    box.locator(".sound[aria-pressed=false]").wait_for()
    box.locator(".tune").click()
    box.get_by_label("Gain").press("ArrowRight")
    assert "1 dB" in box.locator(".tuning").inner_text()
    box.locator(".tune").click()
    box.locator(".contrast").select_option("robust")
    box.get_by_label("Highest colour").press("ArrowDown")
    box.locator(".unlike").click()
    assert box.locator(".contrast").input_value() == "given"
    box.locator(".time-mode").click()
    assert "in patch" in box.locator(".time-mode").inner_text()
    box.locator(".time-mode").click()
    keys = box.locator("[aria-label=Patch]").first
    for key in "+mc":
        keys.press(key)
    box.get_by_text("Copied:").first.wait_for()
    page.keyboard.press("Escape")
    box.locator(".zoomed-to").click()
    box.locator(".zoomed-to").wait_for(state="hidden")  # in the next frame
    for key, ending in TAKEN.items():
        box.locator("details.more summary").click()
        assert box.locator("[data-take=link]").is_hidden()
        with page.expect_download() as download:
            box.locator(f"[data-take={key}]").click()
        assert download.value.suggested_filename.endswith(ending)
    keys.press("l")
    box.get_by_text("No link leads here").wait_for()
    box.locator("details.more summary").click()
    box.locator("[data-take=help]").click()
    box.locator("dialog[open] .close").click()
    full = box.locator(".full")
    for is_full in ("true", "false"):
        full.click()
        box.locator(f".full[aria-pressed={is_full}]").wait_for()


@pytest.mark.parametrize(
    "notebook", ["lab", pytest.param("notebooks", marks=pytest.mark.soak)], indirect=True
)
def test_every_button_works_and_concerns_nobody_else(notebook: Notebook) -> None:
    path = notebook.server.write(
        f"buttons-{notebook.face}", SETUP, SOUNDING, "b", "pv.player(patches, audio=True)"
    )
    notebook.open(path).run().wait_index(0, 1)
    first, second = (notebook.locator(".patchviz-scrubber").nth(n) for n in range(2))
    first.locator(".map").focus()
    before = notebook.js(STATE)
    press_all(notebook, first, 43)
    for label in ("Keep", "Reject"):
        first.locator(".triage").get_by_label(label).click()
    first.locator(".triage").get_by_text("wren").click()
    notebook.wait_python("(a.picked, a.rejected, a.names) == ((43,), (), {43: 'wren'})")
    first.locator(".triage").get_by_text("Undo").click()
    notebook.wait_python("(a.rejected, a.speed, a.muted) == ((43,), 0.5, True)")
    assert notebook.js(STATE) == before
    # Of the other nothing is another; and this one does not follow it.
    second.locator(".map").press("ArrowRight")
    notebook.wait_python("(b.index, b.speed, b.muted, b.picked) == (1, 1, False, ())")
    assert notebook.python("print(a.index, a.speed)") == "43 0.5"
    players = notebook.locator(".jp-OutputArea-output > div > .patchviz-player, "
                               ".jp-RenderedHTML > .patchviz-player")  # fmt: skip
    press_all(notebook, players.last, 43)
    assert notebook.js(STATE) == before
    notebook.wait_python("(a.index, b.index) == (43, 1)")
    assert notebook.errors == []
