"""Recordings in a scrubber in a real JupyterLab: one is chosen, keys decide of its patches."""

from __future__ import annotations

from typing import Any

from .conftest import SLIDER

CODE = """
import tempfile
from pathlib import Path
import numpy as np
import patchviz as pv
import soundfile

folder = Path(tempfile.mkdtemp())
for k, name in enumerate(("low.wav", "high.wav")):
    t = np.arange(3 * 8000) / 8000
    soundfile.write(folder / name, 0.1 * np.sin(2 * np.pi * (300 + 2500 * k) * t), 8000)
recordings = pv.Recordings(folder, duration=1.0, hop_duration=0.1, sr=8000, hop_length=80)
{}
scrubber
"""


def test_a_file_is_chosen_and_what_is_decided_stays_with_it(lab: Any) -> None:
    lab.open(
        lab.server.write("choosing", CODE.format("scrubber = pv.scrub(recordings)"))
    ).run().show()
    select = lab.find(".widget-dropdown select")
    select.wait_for()
    assert select.locator("option").all_inner_texts() == ["high.wav", "low.wav"]
    lab.find(".patch canvas").first.wait_for()
    lab.find(SLIDER).focus()
    lab.page.keyboard.press("k")
    lab.wait_python("scrubber.picked == (0,)")
    select.select_option("low.wav")
    lab.wait_python("(scrubber.row, scrubber.picked) == (1, ())")
    assert "low" in lab.find(".patchviz-title").inner_text()
    lab.find(SLIDER).focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("x")
    lab.wait_python("scrubber.rejected == (1,)")
    select.focus()
    lab.page.keyboard.press("ArrowUp")  # is the list's here
    lab.wait_python("(scrubber.row, scrubber.picked, scrubber.rejected) == (0, (0,), ())")
    assert lab.python("print(scrubber.to_frame().label.tolist())") == "['keep', 'reject']"
    assert lab.errors == []


def test_n_goes_on_into_the_next_recording_and_p_back(lab: Any) -> None:
    code = CODE.format("scrubber = pv.scrub(recordings, stops=[3, len(recordings) - 5])")
    lab.open(lab.server.write("beyond", code)).run().show()
    lab.find(".patch canvas").first.wait_for()
    lab.find(SLIDER).focus()
    lab.page.keyboard.press("n")
    lab.wait_python("(scrubber.row, scrubber.index) == (0, 3)")
    lab.page.keyboard.press("n")
    lab.wait_python("(scrubber.row, scrubber.index) == (1, len(scrubber.patches) - 5)")
    lab.page.wait_for_function(
        "() => document.querySelector('.patchviz-title').innerText.includes('low')"
    )
    lab.page.keyboard.press("n")
    message = lab.find(".patchviz-message")
    message.get_by_text("No stop after this one.").wait_for()
    lab.page.keyboard.press("p")
    lab.wait_python("(scrubber.row, scrubber.index) == (0, 3)")
    message.wait_for(state="hidden")
    assert lab.errors == []


def test_a_narrow_page_has_room_for_what_is_said_of_a_patch(lab: Any) -> None:
    code = CODE.format(
        "rng = np.random.default_rng(0)\n"
        "table = [('low.wav', 0.2, 2.0, 'Great Tit'), ('high.wav', 0.5, 1.5, 'Great Tit')]\n"
        "import pandas as pd\n"
        "labels = pd.DataFrame(table, columns=['file', 'start_time', 'end_time', 'label'])\n"
        "known = recordings.with_labels(labels).with_scores(\n"
        "    rng.random((len(recordings), 2)), classes=['Great Tit', 'Wren'])\n"
        "scrubber = pv.scrub(known, stops='mistakes')"
    )
    lab.open(lab.server.write("narrow", code)).run().show()
    lab.find(".patch canvas").first.wait_for()
    size = lab.page.viewport_size
    lab.page.set_viewport_size({"width": 620, "height": 900})
    try:
        lab.find(SLIDER).focus()
        readout = lab.find(".patchviz-readout .widget-html-content")
        tops = set()
        for n in range(4):
            lab.wait_python(f"scrubber.index == scrubber.stops[{n}]")
            lab.page.wait_for_function(
                "(text) => document.querySelector('.patchviz-readout').innerText.includes(text)",
                arg=lab.python("print(scrubber.controls.readout.value)"),
            )
            room = "({ scrollWidth: w, clientWidth, scrollHeight: h, clientHeight })"
            assert readout.evaluate(f"{room} => w <= clientWidth && h <= clientHeight")
            tops.add(readout.bounding_box()["height"])
            lab.page.keyboard.press("n")
        assert len(tops) == 1, "the picture stays in place"
        assert lab.errors == []
    finally:
        lab.page.set_viewport_size(size)
