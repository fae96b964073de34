"""Importing: what a person waits for before anything has happened."""

from __future__ import annotations

import statistics
import subprocess
import sys

from .measure import Outcome, Settings, seconds

TITLE = "Importing"

OURS = "import patchviz"
THEIRS = """\
import librosa, numpy
librosa.feature.melspectrogram(y=numpy.zeros(22050, numpy.float32), sr=22050)
"""


def import_time(settings: Settings) -> list[Outcome]:
    """Import patchviz, and librosa with its first use, each in a new interpreter."""
    ours, theirs = [], []
    for _ in range(settings.repeats):
        ours.append(_time_of(OURS))
        theirs.append(_time_of(settings.pick(THEIRS, "import librosa")))
    own = statistics.median(ours)
    return [
        Outcome(
            "`import patchviz`", "`import librosa` and its first use",
            seconds(own), seconds(statistics.median(theirs)), 1000 * own, 50, "ms", at_least=False,
        )
    ]  # fmt: skip


def _time_of(code: str) -> float:
    timed = f"import time\nstart = time.perf_counter()\n{code}\nprint(time.perf_counter() - start)"
    return float(subprocess.check_output([sys.executable, "-c", timed], text=True))


FIGURES = [import_time]
