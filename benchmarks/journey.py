"""From files to the patches that matter, in the same ten lines, and the memory that takes."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import soundfile

import patchviz as pv

from .measure import Outcome, Settings, in_new_process, megabytes, peak_memory, seconds

TITLE = "From files to the patches that matter"

SR = 22_050


class Taken(NamedTuple):
    """What a journey took.

    Attributes
    ----------
    n_patches : int
    times : dict
        Seconds of each step.
    memory : int
        The most that the process held, in bytes.
    """

    n_patches: int
    times: dict[str, float]
    memory: int


def journey(settings: Settings) -> list[Outcome]:
    """Go all the way with many short files, and with forty hours of long ones."""
    n, few = settings.pick((20_000, 2_000), (40, 20))
    short = linked(settings.folder / "short", n, 1.0, timedelta(minutes=1))
    first = linked(settings.folder / "first", few, 1.0, timedelta(minutes=1))
    n_long, length = settings.pick((240, 600.0), (3, 6.0))
    long = linked(settings.folder / "long", n_long, length, timedelta(minutes=10))
    fewer = in_new_process(travelled, first, 0.5)
    outcomes = []
    for folder, what, duration, limits, more in (
        (short, f"{n:,} files of a second", 0.5, (10, 300, 1, 5, 5), 1.15),
        # Two are computed at a time, and some of 13 MB each are kept.
        (long, f"{n_long} files of {length:g} s", 3.0, (2, 300, 1, 5, 20), 3.0),
    ):
        taken = in_new_process(travelled, folder, duration)
        of = f"{what}, {taken.n_patches:,} patches"
        for (step, took), limit in zip(taken.times.items(), limits, strict=True):
            outcomes.append(
                Outcome(
                    f"{step}, {of}",
                    "what one waits for",
                    seconds(took),
                    seconds(limit),
                    took,
                    limit,
                    "s",
                    at_least=False,
                )
            )
        outcomes.append(
            Outcome(
                f"memory of all of it, {of}",
                f"{few:,} files of a second",
                megabytes(taken.memory),
                megabytes(fewer.memory),
                taken.memory / fewer.memory,
                more,
                "× as much",
                at_least=False,
            )
        )
    return outcomes


def travelled(folder: Path, duration: float) -> Taken:
    """Find the twelve loudest patches of a folder, and see them."""
    matplotlib.use("Agg")
    clock = Clock()
    recordings = pv.Recordings(folder, duration=duration, start="filename", progress=False)
    clock.passed("index")
    table = recordings.map(levels, progress=False)
    clock.passed("`map`")
    scored = recordings.with_scores(table)
    chosen = scored.choose(12, by="highest", of="level")
    clock.passed("`with_scores`, `choose`")
    pv.timeline(scored, table["level"]).figure.savefig(folder.with_suffix(".png"))
    plt.close("all")
    clock.passed("`timeline`, drawn")
    pv.sheet(scored, chosen, audio=True).save(folder.with_suffix(".html"))
    clock.passed("`sheet` of 12 with their sound")
    return Taken(len(recordings), clock.times, peak_memory())


def levels(patches: pv.Patches) -> dict[str, list[float]]:
    """Return the mean of every patch."""
    return {"level": [float(np.mean(patch)) for patch in patches]}


class Clock:
    """How long each step took."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}
        self._began = time.perf_counter()

    def passed(self, step: str) -> None:
        """Note how long a step took, and begin the next."""
        now = time.perf_counter()
        self.times[step], self._began = now - self._began, now


def linked(folder: Path, n: int, length: float, interval: timedelta) -> Path:
    """Write a few sounds, and give them many names that say when they began."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    sounds = []
    for k in range(min(4, n)):
        sounds.append(folder / f"{k}.raw")
        samples = rng.uniform(-0.1, 0.1, round(length * SR) + k)
        soundfile.write(sounds[-1], samples, SR, format="WAV")
    start = datetime(2024, 5, 12)
    for k in range(n):
        name = f"{start + k * interval:%Y%m%d_%H%M%S}.wav"
        os.link(sounds[k % len(sounds)], folder / name)
    return folder


FIGURES = [journey]
