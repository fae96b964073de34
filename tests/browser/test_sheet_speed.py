"""A sheet of 1,000 patches of 50 recordings: how large, how soon, how smooth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv

from ..slowness import is_smooth, slowness
from .conftest import ALIVE
from .test_player_hour import FRAME, smoothness
from .test_player_speed import FRAMES

pytestmark = pytest.mark.pace

# What is done in each of 60 frames; there is more to see than they go through.
SCROLL = "root.querySelector('.scroller').scrollTop += times.length % 60 < 30 ? 60 : 20"
OPENED = """async () => {
    await document.querySelector(".patchviz-sheet").sheet.ready;
    return performance.now() - performance.getEntriesByType("navigation")[0].loadEventEnd;
}"""


@pytest.fixture(scope="module")
def sheet() -> pv.Sheet:
    """Of real sound, each recording another stretch of it at another level, 10 s long."""
    audio = pv.Spectrogram.example().audio
    assert audio is not None
    samples = audio.read(0.0, audio.duration)
    recordings, numbers = [], []
    for k in range(50):
        part = (0.5 + k / 100) * np.roll(samples, 4000 * k)[: 10 * audio.sr]
        spec = pv.Spectrogram.from_audio(part, sr=audio.sr, name=f"recording {k}")
        patches = spec.patches(duration=1.0, hop_duration=0.45)
        numbers += range(k * len(patches), k * len(patches) + 20)
        recordings.append(patches)
    return pv.sheet(recordings, numbers, max_bytes=12_000_000)


@pytest.fixture
def page(chromium: Any, sheet: pv.Sheet, tmp_path: Path) -> Any:
    opened = chromium.new_context(viewport={"width": 1200, "height": 800}).new_page()
    opened.goto(sheet.save(tmp_path / "sheet.html").as_uri())
    opened.evaluate(ALIVE)
    opened.evaluate("document.querySelector('.patchviz-sheet').sheet.ready")
    yield opened
    opened.context.close()


def scroll(page: Any) -> list[float]:
    times: list[float] = page.evaluate(
        "() => { const { shadowRoot: root } = document.querySelector('.patchviz-sheet');"
        f" return {FRAMES.replace('EACH', SCROLL)}; }}"
    )
    page.locator(".scroller").evaluate("(scroller) => { scroller.scrollTop = 0; }")
    return times


def test_it_takes_at_most_12_mb_with_sound(sheet: pv.Sheet) -> None:
    html = sheet.to_html()
    print(f"{len(html) / 1e6:.2f} MB", end=" ")
    assert len(html.encode()) < 12_000_000
    assert html.count("<audio ") == html.count("<img ") == 50


def test_it_opens_within_a_second_after_load(page: Any) -> None:
    took = []
    for _ in range(3):  # others may keep the machine busy for a while
        page.reload()
        page.evaluate(ALIVE)
        took.append(page.evaluate(OPENED))
        if took[-1] < 1000:
            break
    print(f"opened after {', '.join(f'{ms:.0f}' for ms in took)} ms", end=" ")
    assert page.locator(".tile").first.is_visible()
    assert min(took) < 1000


def test_every_frame_is_drawn_while_it_scrolls(page: Any) -> None:
    ms, share = smoothness(page, lambda: scroll(page), n=3)
    slow = slowness(page)
    print(f"scrolling: {ms:.1f} ms a frame, {100 * share:.1f} % dropped; {slow:.1f} × as slow")
    assert ms < FRAME * slow
    assert is_smooth(share, slow)
