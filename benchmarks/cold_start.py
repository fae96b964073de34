"""Cold start: from a new installation to something that moves on the screen."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .measure import Outcome, Settings, faster

TITLE = "From a new installation"

# The steps of librosa's patch generation example, up to its saved animation.
THEIRS = """\
import importlib.resources, sys
import librosa, librosa.display
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

clip = importlib.resources.files("patchviz") / "data" / "sonnet1.ogg"
y, sr = librosa.load(clip)
values = librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr), ref=np.max)
fig, ax = plt.subplots()
librosa.display.specshow(values, x_axis="time", y_axis="mel", ax=ax)
patches = librosa.util.frame(values, frame_length=215, hop_length=4)
fig, axs = plt.subplots(1, 3)
for k in range(3):
    librosa.display.specshow(patches[..., k], x_axis="time", y_axis="mel", ax=axs[k])
fig, ax = plt.subplots()
mesh = librosa.display.specshow(patches[..., 0], x_axis="time", y_axis="mel", ax=ax)
def update(k):
    mesh.set_array(patches[..., k])
    return (mesh,)
n = int(sys.argv[1])
FuncAnimation(fig, update, frames=n, interval=100, blit=True).save("patches.gif", writer="pillow")
"""


def cold_start(settings: Settings) -> list[Outcome]:
    """Run the command, and librosa's example, with nothing compiled yet."""
    theirs_code = settings.pick(THEIRS, "import sys")  # compiling takes half a minute
    ours, theirs = [], []
    for _ in range(min(settings.repeats, 3)):
        ours.append(_cold([sys.executable, "-m", "patchviz", "-o", "page.html"]))
        theirs.append(_cold([sys.executable, "-c", theirs_code, "107"]))
    return [
        faster(
            "the command, to a page on disk", "librosa's example, to its saved animation",
            statistics.median(ours), statistics.median(theirs), target=3,
        )
    ]  # fmt: skip


def _cold(command: list[str]) -> float:
    """Return how long a command takes where numba has compiled nothing."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "MPLBACKEND": "Agg",
            "NUMBA_CACHE_DIR": str(Path(folder, "numba")),
            "PYTHONPATH": os.pathsep.join(filter(None, map(os.path.abspath, sys.path))),
        }
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        return time.perf_counter() - start


FIGURES = [cold_start]
