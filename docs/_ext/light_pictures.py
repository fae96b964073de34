"""Pictures of a third of their size: those that a build makes have a palette of 256 colours.

A figure has hardly more: a colormap, and letters. What would change by more than one can see
stays as it is.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

# How far a colour may move, in steps of 255.
TOLERANCE = 8

# What is older has been through it, in the build that made it.
BEGAN = time.time()


def lighten(file: Path) -> None:
    """Write a picture anew with a palette, if none of its colours moves visibly by that.

    It stays as old as it was: pages with newer pictures are built anew.
    """
    known = file.stat()
    with Image.open(file) as picture:
        if picture.mode not in ("RGB", "RGBA"):
            return
        if picture.mode == "RGBA" and picture.getextrema()[3] != (255, 255):
            return  # what is behind it shows through
        full = picture.convert("RGB")
    light = full.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    before, after = (np.asarray(image, np.int16) for image in (full, light.convert("RGB")))
    if np.abs(after - before).max() <= TOLERANCE:
        light.save(file, dpi=picture.info.get("dpi"))
        os.utime(file, ns=(known.st_atime_ns, known.st_mtime_ns))


def lighten_all(app: Sphinx, env: BuildEnvironment) -> None:
    """Lighten what the build has made; those of the repository are as they were committed."""
    files = {Path(app.srcdir, name) for name in env.images if not name.startswith("pictures/")}
    # Sphinx-Gallery copies its own.
    files.update(Path(app.srcdir, "auto_gallery", "images").glob("*.png"))
    for file in files:
        if file.suffix == ".png" and file.stat().st_mtime >= BEGAN - 2:  # some systems count in 2 s
            lighten(file)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("env-updated", lighten_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
