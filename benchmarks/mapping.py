"""A function over many recordings: what it costs beside a loop, and with two workers."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

import patchviz as pv

from .measure import Outcome, Settings, cores, faster, in_turns, on_cores, seconds

TITLE = "A function over many recordings"

CARVING = {"duration": 0.5, "hop_duration": 0.25}
SR = 22_050


def levels(patches: pv.Patches) -> list[float]:
    """Return the mean of every patch."""
    return [float(np.mean(patch)) for patch in patches]


def minutes(settings: Settings) -> list[Outcome]:
    """Go through recordings of a minute: beside a loop over them, and with two workers."""
    n, length = settings.pick((60, 60), (4, 2))
    paths = linked(settings.folder / "minutes", n, length)
    recordings = pv.Recordings(paths, **CARVING, ref=1.0, progress=False)

    def looped() -> list[list[float]]:
        return [
            levels(pv.Spectrogram.from_file(path, ref=1.0).patches(**CARVING)) for path in paths
        ]

    one, two = partial(mapped, recordings, jobs=1), partial(mapped, recordings, jobs=2)
    alone, loop = in_turns(one, looped, settings.repeats)
    what = f"`map` over {n} files of {length} s"
    outcomes = [
        Outcome(
            f"{what}, one worker", "a loop over `from_file`", seconds(alone), seconds(loop),
            alone / loop, 1.15, "× as long", at_least=False,
        )
    ]  # fmt: skip
    if len(cores()) != 2:
        return outcomes
    sides = (
        (f"`loudness` of {n} files of {length} s", recordings.loudness, recordings.loudness),
        (f"{what}, which calls Python for each patch", two, one),
    )
    for name, both, side in sides:
        ours, theirs = in_turns(both, partial(on_one_core, side), settings.repeats)
        outcomes.append(
            faster(f"{name}, two workers on two cores", "one on one core", ours, theirs, 1.8)
        )
    ours, theirs = in_turns(two, one, settings.repeats)
    outcomes.append(
        faster(f"{what}, two workers on two cores", "one worker on both cores", ours, theirs, 1.0)
    )
    return outcomes


def cluster(settings: Settings) -> list[Outcome]:
    """Go through ten thousand files of a second, on Dask and on processes of this machine."""
    if not importlib.util.find_spec("distributed"):
        return []
    from distributed import Client, LocalCluster

    n = settings.pick(10_000, 20)
    paths = linked(settings.folder / "seconds", n, 1)
    recordings = pv.Recordings(paths, **CARVING, progress=False)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1"
        ) as workers,
        Client(workers) as client,
    ):
        ours, theirs = in_turns(
            partial(mapped, recordings, client=client),
            partial(mapped, recordings, jobs=2, processes=True),
            min(settings.repeats, 3),
        )
    return [
        Outcome(
            f"`map(client=)` over {n:,} files of a second, Dask with two workers",
            "two processes without Dask", seconds(ours), seconds(theirs), ours / theirs, 1.05,
            "× as long", at_least=False,
        )
    ]  # fmt: skip


def mapped(recordings: pv.Recordings, **options: object) -> object:
    """Return the levels of all patches."""
    map_: Callable[..., object] = recordings.map
    return map_(levels, progress=False, **options)


def on_one_core(work: Callable[[], object]) -> object:
    """Do work on one core, where workers are as many as cores."""
    with on_cores(1):
        return work()


def linked(folder: Path, n: int, length: int) -> list[Path]:
    """Write a sound of so many seconds, and give it many names."""
    folder.mkdir()
    sound = folder / "sound"
    samples = np.random.default_rng(0).uniform(-0.1, 0.1, length * SR)
    soundfile.write(sound, samples, SR, format="WAV")
    paths = [folder / f"{k:05d}.wav" for k in range(n)]
    for path in paths:
        os.link(sound, path)
    return paths


FIGURES = [minutes, cluster]
