"""An example in Sphinx-Gallery, built twice: it differs in its animation, and in nothing else.

It does what librosa's patch generation example does: a clip of 15 s, its log-mel spectrogram, the
framed patches, two figures and an animation of all patches. librosa computes and draws on both
sides. Needs the `docs` extra.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import patchviz

from .measure import Outcome, Settings, faster, megabytes

TITLE = "Sphinx-Gallery"

CLIP = Path(patchviz.__file__).parent / "data" / "sonnet1.ogg"

EXAMPLE = """\
'''
Patches
=======

Excerpts of equal length from a recording.
'''

import librosa
import matplotlib.pyplot as plt
import numpy as np

y, sr = librosa.load({clip!r})

# %%
# The spectrogram.
levels = librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr), ref=np.max)
print(levels.shape)

# %%
fig, ax = plt.subplots()
librosa.display.specshow(levels, x_axis="time", y_axis="mel", ax=ax)
ax.set(title="The whole")

# %%
# Patches of five seconds.
frame_length = librosa.time_to_frames(5.0)
hop_length = librosa.time_to_frames({hop})
patches = librosa.util.frame(levels, frame_length=frame_length, hop_length=hop_length)
print(patches.shape)

# %%
fig, ax = plt.subplot_mosaic([list("AAA"), list("012")])
librosa.display.specshow(levels, x_axis="time", y_axis="mel", ax=ax["A"])
ax["A"].set(title="The whole", xlabel=None)
for index in range(3):
    panel = ax[str(index)]
    librosa.display.specshow(patches[..., index], x_axis="time", y_axis="mel", ax=panel)
    panel.set(title=f"Patch {{index}}")
    panel.label_outer()

# %%
# All of them.
{animation}
"""

MATPLOTLIB = """\
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots()
mesh = librosa.display.specshow(patches[..., 0], x_axis="time", y_axis="mel", ax=ax)


def update(index):
    mesh.set_array(patches[..., index])
    return (mesh,)


animation = FuncAnimation(fig, update, frames=patches.shape[-1], interval=100, blit=True)
"""

PATCHVIZ = """\
import patchviz

spectrogram = patchviz.Spectrogram(levels, sr=sr, y_axis="mel", unit="dB")
animation = patchviz.animate(
    spectrogram.patches(frame_length=frame_length, hop_length=hop_length)
)
"""

CONF = """\
extensions = ["sphinx_gallery.gen_gallery"]
exclude_patterns = ["examples"]
html_theme = "alabaster"
sphinx_gallery_conf = {{
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "image_scrapers": {scrapers!r},
    "matplotlib_animations": True,
    "abort_on_example_error": True,
}}
"""


class Side(NamedTuple):
    """What differs."""

    animation: str
    scrapers: tuple[str, ...]
    frames: str  # found once for each frame, or once with their number


OURS = Side(PATCHVIZ, ("matplotlib", "patchviz"), r'"patches":\{"count":(\d+)')
THEIRS = Side(MATPLOTLIB, ("matplotlib",), r"frames\[\d+\] = ()")


class Built(NamedTuple):
    """What a build took and gave."""

    seconds: float
    page: int  # bytes
    frames: int


def build(side: Side, folder: Path, hop: float) -> Built:
    """Build one side in a new folder."""
    examples = folder / "examples"
    examples.mkdir(parents=True)
    (examples / "GALLERY_HEADER.rst").write_text("Gallery\n=======\n\nOne example.\n")
    example = EXAMPLE.format(clip=str(CLIP), hop=hop, animation=side.animation)
    (examples / "plot_patches.py").write_text(example)
    (folder / "conf.py").write_text(CONF.format(scrapers=side.scrapers))
    (folder / "index.rst").write_text("Index\n=====\n\n.. toctree::\n\n   gallery/index\n")
    html = folder / "html"
    command = [sys.executable, "-m", "sphinx", "-Q", "-b", "html", str(folder), str(html)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    start = time.perf_counter()
    subprocess.run(command, check=True, env=environment)
    seconds = time.perf_counter() - start
    page = (html / "gallery" / "plot_patches.html").read_bytes()
    found = re.findall(side.frames, page.decode())
    return Built(seconds, len(page), int(found[0]) if found[0] else len(found))


def gallery(settings: Settings) -> list[Outcome]:
    """Build the example with matplotlib's animation and with ours."""
    hop = settings.pick(0.1, 3.0)
    if not settings.smoke:
        build(OURS, settings.folder / "first", hop)  # librosa compiles, matplotlib looks for fonts
    ours, theirs = [], []
    for repeat in range(settings.repeats):
        ours.append(build(OURS, settings.folder / f"ours{repeat}", hop))
        theirs.append(build(THEIRS, settings.folder / f"theirs{repeat}", hop))
    against = "matplotlib's `FuncAnimation` in the same example"
    pages = ours[0].page, theirs[0].page
    return [
        faster(
            f"build of a page with an animation of {ours[0].frames} patches, Sphinx's start and "
            "librosa's work included",
            against,
            *(statistics.median(built.seconds for built in side) for side in (ours, theirs)),
            target=5,
        ),
        Outcome(
            "that page", against, *map(megabytes, pages), pages[1] / pages[0], 50, "× smaller"
        ),
        Outcome(
            "frames in that page", against, str(ours[0].frames), str(theirs[0].frames),
            ours[0].frames, settings.pick(107, 4), "frames",
        ),
    ]  # fmt: skip


FIGURES = [gallery]
