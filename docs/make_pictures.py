"""Draw the pictures that are committed: `python docs/make_pictures.py`, or some, by their names.

Those of other tools need the tool, and Playwright with Chromium. The windows of programs are
taken by hand, as their page says, and made small by `keep(Image.open(...), "audacity")`.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

import patchviz as pv

PICTURES = Path(__file__).with_name("pictures")
CLIP = Path(pv.__file__).parent / "data" / "sonnet1.ogg"

# The lines of the verse, as somebody heard them.
LINES = [(2.4, 5.1, "line 1"), (5.6, 8.3, "line 2"), (8.9, 11.3, "line 3"), (11.6, 14.0, "line 4")]


def readme() -> None:
    """Write ``mosaic.png``: the patches that hiss most, of a verse with its lines."""
    spec = pv.Spectrogram.example().with_labels(LINES)
    patches = spec.patches(duration=1.0, hop_duration=0.1)
    hiss = np.array([np.mean(patch[spec.frequencies > 4000] > -40) for patch in patches])
    patches = patches.with_scores(hiss / hiss.max(), classes=["hiss"])
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    chosen = patches.choose(4, by="highest", of="hiss")
    pv.plot_mosaic(patches, chosen, of="hiss", labels=True, ax=figure)
    figure.savefig(PICTURES / "mosaic.png", dpi=140)


def opensoundscape() -> None:
    """Write the clip as opensoundscape draws it, and the grid of its ``inspect``."""
    import pandas as pd
    from opensoundscape import Audio, Spectrogram
    from opensoundscape.visualization import inspect

    figure = Figure(figsize=(10, 3.6), layout="constrained")
    spec = Spectrogram.from_audio(Audio.from_file(CLIP))
    spec.plot(ax=figure.subplots())
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=90)
    keep(Image.open(drawn), "opensoundscape")

    starts = np.array([2.0, 3.0, 5.2, 6.5, 8.4, 9.9, 11.2, 12.9])
    clips = pd.DataFrame({"file": str(CLIP), "start_time": starts, "end_time": starts + 1.0})
    grid = inspect(clips, N=len(clips), display_inline=False)
    keep(page(f"<!DOCTYPE html><body>{grid.data}", (1056, 288)), "opensoundscape_inspect")


def specrender() -> None:
    """Write what specrender's page of the clip shows."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "clip.html")
        subprocess.run(["specrender", CLIP, "-o", out], check=True)
        keep(page(out.read_text(encoding="utf-8"), (900, 560)), "specrender")


def page(html: str, size: tuple[int, int]) -> Image.Image:
    """Return what a browser shows of a page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(html, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"]
        )
        shown = browser.new_page(viewport={"width": size[0], "height": size[1]})
        shown.goto(file.as_uri(), wait_until="networkidle")
        taken = shown.screenshot()
        browser.close()
    return Image.open(io.BytesIO(taken))


def keep(picture: Image.Image, name: str, max_bytes: int = 60_000) -> None:
    """Write another tool's picture as well as the room for it allows."""
    for quality in range(90, 40, -5):
        written = io.BytesIO()
        picture.convert("RGB").save(written, "WEBP", quality=quality, method=6)
        if written.tell() <= max_bytes:
            (PICTURES / "compare" / f"{name}.webp").write_bytes(written.getvalue())
            return
    raise ValueError(f"{name} is larger than {max_bytes} bytes at any quality: cut it")


if __name__ == "__main__":
    for made in sys.argv[1:] or ["readme", "opensoundscape", "specrender"]:
        {"readme": readme, "opensoundscape": opensoundscape, "specrender": specrender}[made]()
