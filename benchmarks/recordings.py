"""Long recordings: an hour, and a day that is larger than one likes to hold in memory."""

from __future__ import annotations

import statistics
import time
import tracemalloc

import matplotlib.pyplot as plt
import numpy as np

import patchviz as pv

from .measure import (
    Outcome,
    Settings,
    faster,
    in_new_process,
    in_turns,
    megabytes,
    peak_memory,
    seconds,
)

TITLE = "Long recordings"
N_BINS = 128
HOUR = 155_000  # frames
DAY = 3_700_000


def one_hour(settings: Settings) -> list[Outcome]:
    """Draw an hour, in both ways."""
    n_frames = settings.pick(HOUR, 2000)
    values = _some_levels(n_frames)
    repeats = min(settings.repeats, 3)
    times = in_turns(lambda: draw_ours(values), lambda: draw_theirs(values), repeats)
    ours, theirs = (in_new_process(extra_memory, side, n_frames) for side in ("ours", "theirs"))
    hour = f"`plot_spectrogram` of an hour (128 × {n_frames:,})"
    return [
        faster(hour, "specshow, drawn", *times, target=50),
        Outcome(
            f"{hour}: extra memory", "specshow, drawn", megabytes(ours), megabytes(theirs),
            ours / theirs, 0.1, "× as much", at_least=False,
        ),
    ]  # fmt: skip


def one_day(settings: Settings) -> list[Outcome]:
    """Draw a day from a memory map; the values take 1.9 GB on disk."""
    n_frames = settings.pick(DAY, 20_000)
    path = settings.folder / "day.f32"
    values = np.memmap(path, np.float32, "w+", shape=(N_BINS, n_frames))
    for row in values:
        row[:] = _some_levels(n_frames, n_bins=1)[0]
    times = in_turns(lambda: draw_ours(values), values.max, settings.repeats)
    # Pages of a mapped file count as memory of the process, so its peak would tell nothing.
    tracemalloc.start()
    draw_ours(values)
    extra = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    path.unlink()
    day = f"`plot_spectrogram` of a day (128 × {n_frames:,}, memory map)"
    return [
        Outcome(
            day, "`values.max()`", seconds(times[0]), seconds(times[1]),
            times[0] / times[1], 3, "× as long", at_least=False,
        ),
        Outcome(
            f"{day}: extra memory", "the array itself", megabytes(extra), megabytes(values.nbytes),
            100 * extra / values.nbytes, 5, "%", at_least=False,
        ),
    ]  # fmt: skip


def saved_day(settings: Settings) -> list[Outcome]:
    """Open a day that was saved, and draw it, in a process that has done neither before."""
    n_frames = settings.pick(DAY, 20_000)
    scratch, path = settings.folder / "day.f32", settings.folder / "day.npz"
    values = np.memmap(scratch, np.float32, "w+", shape=(n_frames, N_BINS))
    for first in range(0, n_frames, 50_000):
        part = values[first : first + 50_000]
        part[:] = _some_levels(len(part)).T
    pv.Spectrogram(values.T, y_axis="mel").save(path)
    scratch.unlink()
    times = [in_new_process(opened_and_drawn, str(path)) for _ in range(settings.repeats)]
    took = statistics.median(times)
    path.unlink()
    return [
        Outcome(
            f"`open` of a saved day (128 × {n_frames:,}), and `plot_spectrogram`", "one second",
            seconds(took), "1 s", took, 1, "s", at_least=False,
        )
    ]  # fmt: skip


def opened_and_drawn(path: str) -> float:
    """Open what was saved, draw it, and return how long that took, in seconds."""
    figure = plt.figure()  # what matplotlib does once is not ours
    figure.canvas.draw()
    begin = time.perf_counter()
    ax = pv.plot_spectrogram(pv.open(path))
    ax.figure.canvas.draw()
    return time.perf_counter() - begin


def _some_levels(n_frames: int, n_bins: int = N_BINS) -> np.ndarray:
    levels = np.random.default_rng(0).random((n_bins, n_frames), dtype=np.float32)
    levels *= -80
    return levels


def draw_ours(values: np.ndarray) -> None:
    """Draw values that patchviz has not seen before."""
    ax = pv.plot_spectrogram(pv.Spectrogram(values, y_axis="mel"))
    ax.figure.canvas.draw()
    plt.close(ax.figure)


def draw_theirs(values: np.ndarray) -> None:
    """Draw them by librosa and matplotlib, with the same colour bar."""
    import librosa.display

    figure, ax = plt.subplots()
    mesh = librosa.display.specshow(values, x_axis="time", y_axis="mel", ax=ax, cmap="magma")
    figure.colorbar(mesh, ax=ax)
    figure.canvas.draw()
    plt.close(figure)


def extra_memory(side: str, n_frames: int) -> int:
    """Return how far the peak of memory rises by drawing, in bytes."""
    draw = {"ours": draw_ours, "theirs": draw_theirs}[side]
    draw(_some_levels(100))
    values = _some_levels(n_frames)
    before = peak_memory()
    draw(values)
    return max(1, peak_memory() - before)


FIGURES = [one_hour, one_day, saved_day]
