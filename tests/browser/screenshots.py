"""Draw the documentation's pictures of the player: ``python tests/browser/screenshots.py``."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import patchviz as pv

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def main() -> None:
    patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    player = pv.player(patches, audio=True, index=30)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = player.save(Path(folder) / "page.html").as_uri()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"]
        )
        for scheme in ("light", "dark"):
            for width, height in ((1200, 576), (360, 560)):
                page = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    device_scale_factor=1.5,
                )
                page.goto(url)
                page.wait_for_function(
                    "() => document.querySelector('.patchviz-player').player?.ready"
                )
                page.locator(".patch canvas").hover(position={"x": width / 3, "y": 120})
                page.screenshot(path=FOLDER / f"player-{scheme}-{width}.png")
        browser.close()


if __name__ == "__main__":
    main()
