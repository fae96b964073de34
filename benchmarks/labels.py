"""Labels of a long recording: a million on a million patches."""

from __future__ import annotations

import contextlib
import gc
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import patchviz as pv
from patchviz._util.text import plural
from patchviz.plot.blit import Repainter

from .measure import Outcome, Settings, in_turns, megabytes, seconds

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


def overview(settings: Settings) -> list[Outcome]:
    """Draw an overview with a thousand labels and the scores of a hundred classes."""
    n = settings.pick(100_000, 1_000)
    rng = np.random.default_rng(0)
    names = [f"species {k}" for k in range(100)]
    values = rng.normal(size=(128, n + 9)).astype(np.float32)
    spec = pv.Spectrogram(values, sr=16_000, hop_length=160, y_axis="mel", unit="dB")
    start = np.sort(rng.uniform(0, n / 100 - 1, 1000))
    labels = pd.DataFrame(
        {"start_time": start, "end_time": start + 0.5, "label": np.resize(names, 1000)}
    )
    patches = spec.with_labels(labels).patches(frame_length=10, hop_length=1)
    patches = patches.with_scores(rng.uniform(size=(n, 100)).astype(np.float32), classes=names)

    def draw(known: bool) -> None:
        figure = Figure((10, 5), layout="constrained")
        pv.plot_spectrogram(patches, ax=figure.add_subplot(), labels=known, scores=known)
        FigureCanvasAgg(figure).draw()

    both, bare = in_turns(
        lambda: draw(True), lambda: draw(False), settings.repeats, time.process_time
    )
    what = f"an overview with {len(labels):,} labels and scores of {n:,} patches, 100 classes"
    return [
        Outcome(
            what, "the bare overview", seconds(both), seconds(bare), both / bare, 1.5,
            "× as long", at_least=False,
        )
    ]  # fmt: skip


def step(settings: Settings) -> list[Outcome]:
    """Move to another patch with labels in it and repaint what changes, as films do."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(128, 6400)).astype(np.float32)
    spec = pv.Spectrogram(values, sr=22_050, hop_length=512, y_axis="mel", unit="dB")

    def carved(n_labels: int) -> pv.Patches:
        labels = [
            {"start_time": 5.0 * k + 4.0 * j / max(3, n_labels), "label": f"class {j % 12}",
             "end_time": 5.0 * k + 4.0 * j / max(3, n_labels) + 1.0,
             "low_f": 1000.0 + 200 * (j % 10), "high_f": 4000.0}
            for k in range(29) for j in range(n_labels)
        ]  # fmt: skip
        known = spec.with_labels(labels) if labels else spec
        return known.patches(duration=5.0, hop_duration=0.1)

    def stepping(patches: pv.Patches, *, as_matplotlib: bool = False) -> Callable[[], None]:
        view = pv.PatchView(patches, ax=Figure((8, 4), layout="constrained").add_subplot())
        repainter = Repainter(view.figure, view.artists)
        if as_matplotlib:  # which draws each letter anew
            repainter._letters.written_by = lambda _: contextlib.nullcontext()

        def steps() -> None:
            for _ in range(4):
                view.index = (view.index + 37) % len(view.patches)
                repainter.rgba()

        return steps

    def compared(what: str, ours: pv.Patches) -> list[Outcome]:
        outcomes = []
        for against, as_matplotlib in (
            ("the bare step, its title as matplotlib writes it", True),
            ("the bare step", False),
        ):
            taken, without = in_turns(
                stepping(ours), stepping(bare, as_matplotlib=as_matplotlib),
                settings.pick(80, 1), time.process_time,
            )  # fmt: skip
            outcome = Outcome(
                f"an index step with {what}", against, f"{seconds(taken / 4)} a step",
                f"{seconds(without / 4)} a step", taken / without, 1.1, "× as long",
                at_least=False,
            )  # fmt: skip
            outcomes.append(outcome)
        return outcomes

    bare = carved(0)
    scores = rng.uniform(size=(len(bare), 100)).astype(np.float32)
    scored = carved(3).with_scores(scores, classes=[f"class {k}" for k in range(100)])
    n_labels = settings.pick((1, 3, 12, 40), (3,))
    views = {plural(n, "label") + " in view": carved(n) for n in n_labels}
    views["3 labels in view and scores of 100 classes"] = scored
    return [outcome for what, ours in views.items() for outcome in compared(what, ours)]


FIGURES = [targets, overview, step]
