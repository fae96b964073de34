"""Measuring between two points of the picture."""

from __future__ import annotations

from typing import Any

import numpy as np

import patchviz as pv

from .touch import Fingers


def test_two_points_are_so_far_apart(open_page: Any) -> None:
    values = np.add.outer(np.arange(20.0), np.zeros(100)).astype(np.float32)
    spec = pv.Spectrogram(values, sr=1000, hop_length=10, y_axis="linear", unit="dB")
    grants = {"permissions": ["clipboard-read", "clipboard-write"]}
    made = pv.player(spec.patches(frame_length=50))
    opened = open_page(made, **grants)
    opened.find("input").focus()
    opened.page.keyboard.press("m")
    box = opened.find(".patch canvas").bounding_box()
    for x, y in ((0.2, 0.825), (0.6, 0.325)):  # rows 3 and 13 from the bottom
        opened.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    hertz = [made.state["rows"]["values"][row] for row in (3, 13)]
    text = opened.find(".measured").text_content()
    assert text.startswith("Δt 0.200 s · Δf ")
    assert f"Δf {hertz[1] - hertz[0]:.1f} Hz" in text
    assert text.endswith("Δ 10.0 dB")
    opened.page.keyboard.press("c")
    opened.wait("root.querySelector('.message').textContent")
    names, cells = opened.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert names.split("\t") == ["start_time", "end_time", "low_f", "high_f", "level"]
    got = [float(cell) for cell in cells.split("\t")]
    np.testing.assert_allclose(got, [0.1, 0.3, *hertz, 10], rtol=1e-4, atol=2e-3 + 0.05)
    opened.page.keyboard.press("Escape")
    opened.find(".measured").wait_for(state="hidden")
    assert opened.index == 0


def test_fingers_measure_and_copy(open_page: Any) -> None:
    values = np.zeros((20, 100), np.float32)
    spec = pv.Spectrogram(values, sr=1000, hop_length=10, y_axis="linear", unit="dB")
    grants = {"permissions": ["clipboard-read", "clipboard-write"]}
    opened = open_page(
        pv.player(spec.patches(frame_length=50)), has_touch=True, width=360, **grants
    )
    opened.find(".more summary").tap()
    opened.find("[data-take=measure]").tap()
    fingers = Fingers(opened.page, opened.find(".patch canvas").bounding_box())
    for x in (0.2, 0.6):
        fingers.tap(x, 0.5)
        opened.settle()
    assert opened.find(".measured").text_content().startswith("Δt 0.200 s")
    opened.find(".measured").tap()
    opened.wait("root.querySelector('.message').textContent")
    cells = opened.page.evaluate("navigator.clipboard.readText()").split("\n")[1].split("\t")
    np.testing.assert_allclose([float(cell) for cell in cells[:2]], [0.1, 0.3], atol=0.01)
