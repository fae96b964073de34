"""Recordings in a scrubber in a real JupyterLab: one is chosen, keys decide of its patches."""

from __future__ import annotations

from typing import Any

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
    lab.find(".noUi-handle").focus()
    lab.page.keyboard.press("k")
    lab.wait_python("scrubber.picked == (0,)")
    select.select_option("low.wav")
    lab.wait_python("(scrubber.row, scrubber.picked) == (1, ())")
    assert "low" in lab.find(".patchviz-title").inner_text()
    lab.find(".noUi-handle").focus()
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
    lab.find(".noUi-handle").focus()
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
