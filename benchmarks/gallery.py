"""The patch generation example in Sphinx-Gallery: matplotlib's animation against `animate`.

Run ``python benchmarks/gallery.py``. The same example is built twice by the same Sphinx-Gallery in
the same environment: librosa computes and draws in both, and only the animation differs. It does
what librosa's example does: a clip of 15 s, its log-mel spectrogram, the framed patches, two
figures and the animation of 107 patches.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import patchviz

HERE = Path(__file__).parent
CLIP = Path(patchviz.__file__).parent / "data" / "sonnet1.ogg"

EXAMPLE = '''\
"""
Patches
=======

Excerpts of equal length from a recording.
"""

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
# Patches of five seconds, a tenth of a second apart.
frame_length = librosa.time_to_frames(5.0)
hop_length = librosa.time_to_frames(0.1)
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
'''

MATPLOTLIB = '''\
from matplotlib.animation import FuncAnimation

fig, ax = plt.subplots()
mesh = librosa.display.specshow(patches[..., 0], x_axis="time", y_axis="mel", ax=ax)


def update(index):
    mesh.set_array(patches[..., index])
    return (mesh,)


animation = FuncAnimation(fig, update, frames=patches.shape[-1], interval=100, blit=True)
'''

PATCHVIZ = '''\
import patchviz

spectrogram = patchviz.Spectrogram(levels, sr=sr, y_axis="mel", unit="dB")
animation = patchviz.animate(
    spectrogram.patches(frame_length=int(frame_length), hop_length=int(hop_length))
)
'''

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
    """What differs between the two."""

    name: str
    animation: str
    scrapers: tuple[str, ...]
    frame: str  # what the page has once per frame, or the number of frames


SIDES = (
    Side("matplotlib", MATPLOTLIB, ("matplotlib",), r"frames\[\d+\] = "),
    Side("patchviz", PATCHVIZ, ("matplotlib", "patchviz"), r'"patches":\{"count":(\d+)'),
)


class Built(NamedTuple):
    """What a build took and gave."""

    seconds: float
    page: int  # bytes
    frames: int


def build(side: Side, folder: Path) -> Built:
    """Build one side in an empty folder."""
    examples = folder / "examples"
    examples.mkdir(parents=True)
    (examples / "GALLERY_HEADER.rst").write_text("Gallery\n=======\n\nOne example.\n")
    example = EXAMPLE.format(clip=str(CLIP), animation=side.animation)
    (examples / "plot_patches.py").write_text(example)
    (folder / "conf.py").write_text(CONF.format(scrapers=side.scrapers))
    (folder / "index.rst").write_text("Index\n=====\n\n.. toctree::\n\n   gallery/index\n")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(folder), str(folder / "html")]
    start = time.perf_counter()
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(HERE.parent)})
    seconds = time.perf_counter() - start
    text = (folder / "html" / "gallery" / "plot_patches.html").read_text("utf-8")
    found = re.findall(side.frame, text)
    frames = int(found[0]) if len(found) == 1 else len(found)
    return Built(seconds, len(text.encode()), frames)


def main() -> None:
    """Build both sides in turn, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    builds: dict[str, list[Built]] = {side.name: [] for side in SIDES}
    with tempfile.TemporaryDirectory() as scratch:
        build(SIDES[1], Path(scratch, "warm"))  # librosa compiles, matplotlib looks for fonts
        for repeat in range(repeats):
            for side in SIDES:
                builds[side.name].append(build(side, Path(scratch, f"{side.name}{repeat}")))
    print(f"{'':12}{'whole build':>14}{'page':>12}{'frames':>9}")
    seconds, pages = {}, {}
    for name, built in builds.items():
        seconds[name] = statistics.median(one.seconds for one in built)
        pages[name] = statistics.median(one.page for one in built)
        print(
            f"{name:12}{seconds[name]:12.1f} s{pages[name] / 1e6:9.2f} MB{built[0].frames:9}"
        )
    faster = seconds["matplotlib"] / seconds["patchviz"]
    smaller = pages["matplotlib"] / pages["patchviz"]
    print(f"{'':12}{faster:12.1f} ×{smaller:10.0f} ×")


if __name__ == "__main__":
    main()
