"""Labels of a long recording: a million on a million patches."""

from __future__ import annotations

import gc
import time
import tracemalloc

import numpy as np
import pandas as pd

import patchviz as pv

from .measure import Outcome, Settings, megabytes, seconds

TITLE = "Labels"


def targets(settings: Settings) -> list[Outcome]:
    """Find which of ten classes are in which patches."""
    n = settings.pick(1_000_000, 10_000)
    rng = np.random.default_rng(0)
    start = rng.uniform(0, n / 100, n)
    labels = pd.DataFrame(
        {
            "start_time": start,
            "end_time": start + rng.exponential(1.0, n),
            "label": rng.choice([*"abcdefghij"], n),
        }
    )
    values = np.broadcast_to(np.float32(0), (1, n + 99))
    spec = pv.Spectrogram(values, sr=1000, hop_length=10).with_labels(labels)
    patches = spec.patches(frame_length=100, hop_length=1)
    patches.labels_in(0)  # which labels there are is found once
    taken = []
    for _ in range(settings.repeats):
        gc.collect()
        began = time.perf_counter()
        result = patches.targets(min_overlap=0.5)
        taken.append(time.perf_counter() - began)
    took = float(np.median(taken))
    del result
    tracemalloc.start()
    size = patches.targets(min_overlap=0.5).nbytes
    extra = tracemalloc.get_traced_memory()[1] - labels[["start_time"]].to_numpy().nbytes
    tracemalloc.stop()
    what = f"`patches.targets` of {n:,} labels in ten classes, {len(patches):,} patches"
    return [
        Outcome(what, "one second", seconds(took), "1 s", took, 1.0, "s", at_least=False),
        Outcome(
            f"{what}: memory", "its result, and ten numbers for each label", megabytes(extra),
            megabytes(size + 80 * n), extra / (size + 80 * n), 1.0, "× as much", at_least=False,
        ),
    ]  # fmt: skip


FIGURES = [targets]
