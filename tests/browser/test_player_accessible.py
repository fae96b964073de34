"""With everything open: what axe-core finds, and whether fingers can meet it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv

from .conftest import make_audio, make_spectrogram

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LABELS = [
    {"start_time": 1.0, "end_time": 2.2, "label": "vowel", "low_f": 200, "high_f": 3000},
    {"start_time": 3.1, "end_time": 3.6, "label": "noise"},
]  # fmt: skip
SERIOUS = """async () => (await axe.run()).violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)"""


def known_patches() -> pv.Patches:
    """With labels, and scores of more classes than have lanes."""
    spec = make_spectrogram(name="glides", audio=make_audio(640 * 512 / 22050))
    patches = spec.with_labels(LABELS).patches(duration=5.0, hop_duration=0.1)
    classes = ["vowel", "noise", *(f"class {k}" for k in range(10))]
    scores = np.random.default_rng(0).random((len(patches), len(classes)))
    return patches.with_scores(scores, classes=classes)


def open_all(opened: Any) -> None:
    """Zoom, choose other colours, mark a region, measure, open the panel and the menus."""
    slider = opened.find("input[aria-label=Patch]")
    slider.focus()
    opened.page.keyboard.press("+")
    opened.find("select.contrast").select_option("robust")
    opened.find("button.tune").click()
    opened.find(".choice summary").click()
    slider.focus()
    opened.page.keyboard.press("r")
    opened.page.keyboard.press("m")
    opened.page.keyboard.press("Enter")
    opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press("Enter")
    opened.find(".more summary").click()
    opened.settle()
    for shown in (".zoomed-to", ".unlike", ".tuning", ".menu", ".measured", ".region", ".taken"):
        assert opened.find(shown).is_visible(), shown


def serious(opened: Any) -> list[str]:
    if not AXE.is_file():
        pytest.skip("needs axe-core: npm install")
    opened.page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = opened.page.evaluate(SERIOUS)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_of_an_open_player_axe_finds_nothing_serious(open_page: Any, scheme: str) -> None:
    opened = open_page(pv.player(known_patches(), audio=True, max_bytes=10**7), scheme=scheme)
    open_all(opened)
    assert serious(opened) == []
    opened.find("[data-take=help]").click()
    assert opened.find("dialog.help").is_visible()
    assert serious(opened) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_of_an_open_sheet_axe_finds_nothing_serious(
    open_page: Any, tmp_path: Path, scheme: str
) -> None:
    made = pv.sheet(known_patches(), range(0, 100, 5), names=["vowel", "noise"])
    text = made.save(tmp_path / "sheet.html").read_text("utf-8")
    opened = open_page(text, scheme=scheme, ready=False)
    opened.page.locator(".tile").first.wait_for()
    opened.page.locator(".list").focus()
    for key in ("k", "ArrowRight", "x", "ArrowRight", "1"):
        opened.page.keyboard.press(key)
    kept = opened.page.get_by_role("option", name=re.compile(r"^patch 0 .*\bkept$"))
    assert kept.count() == 1  # in words, not as a sign alone
    assert serious(opened) == []
    opened.page.keyboard.press("Enter")
    opened.page.locator(".opened [type=range]:focus").wait_for()
    assert serious(opened) == []


def test_what_fingers_press_is_40_pixels_high(open_page: Any) -> None:
    made = pv.player(known_patches(), audio=True, max_bytes=10**7)
    for width in (360, 1200):
        opened = open_page(made, width=width, has_touch=True)
        open_all(opened)
        low = opened.js(
            """[...root.querySelectorAll("button, select, summary, input, label, [role=slider]")]
                .filter((node) => node.checkVisibility() && !node.matches("label input, .map"))
                .filter((node) => getComputedStyle(node).pointerEvents !== "none")
                .map((node) => [node.className || node.ariaLabel, node.getBoundingClientRect()])
                .filter(([, { height }]) => height < 40).map(([name]) => name)"""
        )
        assert low == []
