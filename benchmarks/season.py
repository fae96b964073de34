"""Many recordings: an index of twenty thousand real files, and one of a million."""

from __future__ import annotations

import gc
import os
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

import patchviz as pv

from .measure import Outcome, Settings, in_turns, megabytes, seconds

TITLE = "Many recordings"


def season(settings: Settings) -> list[Outcome]:
    """Read the headers of many short files, and choose from all of their patches."""
    n = settings.pick(20_000, 60)
    paths = written(settings.folder / "season", n)
    pattern = str(settings.folder / "season" / "**" / "*.wav")

    def indexed() -> pv.Recordings:
        return pv.Recordings(pattern, duration=0.5, hop_duration=0.1, progress=False)

    ours, theirs = in_turns(
        indexed, lambda: [soundfile.info(path) for path in paths], min(settings.repeats, 3)
    )
    recordings = indexed()
    scores = np.random.default_rng(0).uniform(size=len(recordings)).astype(np.float32)
    scored = recordings.with_scores(scores, classes=["robin"])
    table = scored.to_frame()
    n_chosen = settings.pick(200, 20)
    chosen = median(lambda: scored.choose(n_chosen, by="highest"), settings)
    matched = median(lambda: recordings.with_scores(table), settings)
    what, patches = f"`Recordings` of {n:,} WAV files", f"of {len(recordings):,} patches"
    return [
        Outcome(
            what, "`soundfile.info` of each", seconds(ours), seconds(theirs), ours / theirs, 10,
            "× as long", at_least=False,
        ),
        Outcome(
            f"`choose` {n_chosen} {patches}, the highest that share nothing", "a tenth of a second",
            seconds(chosen), "100 ms", chosen, 0.1, "s", at_least=False,
        ),
        Outcome(
            f"`with_scores` of a table {patches}, by file and time", "one second",
            seconds(matched), "1 s", matched, 1.0, "s", at_least=False,
        ),
    ]  # fmt: skip


def million(settings: Settings) -> list[Outcome]:
    """Open the index of many files again, of which only the index is there."""
    n = settings.pick(1_000_000, 1_000)
    path = settings.folder / "files.csv"
    k = np.arange(n)
    frame = pd.DataFrame(
        {
            "file": [f"season/site-{i % 400:03d}/20240512_{i:06d}.wav" for i in range(n)],
            "sr": 48_000, "n_channels": 1, "n_samples": 48_000 * 600 + k % 1000,
        }
    )  # fmt: skip
    frame["size"] = 2 * frame["n_samples"] + 44
    frame.to_csv(path, index=False)
    del frame

    def opened() -> pv.Recordings:
        return pv.Recordings(path, duration=5.0)

    opened()  # with whatever is imported at first
    took = median(opened, settings)
    tracemalloc.start()
    recordings = opened()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    path.unlink()
    last = len(recordings) - 1
    found = median(lambda: recordings.find(last), settings)
    what = f"the index of {n:,} files, {len(recordings):,} patches"
    most = 300e6 * n / 1_000_000
    return [
        Outcome(
            f"{what}: opened again from CSV", "ten seconds", seconds(took), "10 s", took, 10.0,
            "s", at_least=False,
        ),
        Outcome(
            f"{what}: memory", "300 bytes for each file", megabytes(held), megabytes(most),
            held / most, 1.0, "× as much", at_least=False,
        ),
        Outcome(
            f"{what}: which patch is the last", "a tenth of a second", seconds(found), "100 ms",
            found, 0.1, "s", at_least=False,
        ),
    ]  # fmt: skip


def median(function: Callable[[], object], settings: Settings) -> float:
    """Return how long a function takes, in seconds."""
    taken = []
    for _ in range(settings.repeats):
        gc.collect()
        began = time.perf_counter()
        function()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def written(folder: Path, n: int) -> list[Path]:
    """Write a few sounds of a second, and give them many names."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    sounds = []
    for k in range(20):
        sounds.append(folder / f"{k}.raw")
        samples = rng.uniform(-0.1, 0.1, 22_050 + k)
        soundfile.write(sounds[-1], samples, 22_050, format="WAV")
    paths = []
    for k in range(n):
        site = folder / f"site-{k % 50:02d}"
        site.mkdir(exist_ok=True)
        paths.append(site / f"{k:06d}.wav")
        os.link(sounds[k % len(sounds)], paths[-1])
    return paths


FIGURES = [season, million]
