"""Saving films: how long it takes, and what memory it needs."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import patchviz as pv
from patchviz.animation.ffmpeg import FilmWriter, with_ffmpeg
from patchviz.animation.writers import FrameWriter

from .example import example_patches, librosa_animation
from .measure import Outcome, Settings, faster, in_new_process, in_turns, peak_memory, seconds

TITLE = "Saving a film"


def save_time(settings: Settings) -> list[Outcome]:
    """Save the 107 patches as a GIF and as an MP4."""
    patches = example_patches()
    n = settings.pick(len(patches), 3)
    ours = pv.animate(pv.Patches(patches.spectrogram, frame_length=patches.frame_length,
                                 hop_length=patches.hop_length * (106 // (n - 1))))  # fmt: skip
    theirs = librosa_animation(patches, n)
    outcomes = []
    preset = ["-preset", "veryfast"]  # patchviz's own; matplotlib would leave x264's
    for name, writer, extra in (("film.gif", "pillow", None), ("film.mp4", "ffmpeg", preset)):
        path = settings.folder / name

        def save_ours(
            path: Path = path, writer: str = writer, extra: list[str] | None = extra
        ) -> None:
            ours.save(path, writer=writer, extra_args=extra, progress=False)

        def save_theirs(
            path: Path = path, writer: str = writer, extra: list[str] | None = extra
        ) -> None:
            theirs.save(path, writer=writer, extra_args=extra)

        with with_ffmpeg():
            times = in_turns(save_ours, save_theirs, settings.repeats)
        outcomes.append(
            faster(
                f"`save` of {n} frames to {path.suffix[1:].upper()}",
                f"matplotlib's `FuncAnimation.save`, `writer={writer!r}`, same size",
                *times,
                target=10,
            )
        )
    plt.close("all")
    return outcomes


class _Recorder(FrameWriter):
    """Keeps the frames of a film."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[np.ndarray] = []

    def _write(self, frame: np.ndarray) -> None:
        self.frames.append(frame)

    def finish(self) -> None:
        Path(self.outfile).touch()


def encoder_time(settings: Settings) -> list[Outcome]:
    """Save the 107 patches as an MP4, and give ffmpeg the same frames, painted before."""
    patches = example_patches()
    n = settings.pick(len(patches), 3)
    ours = pv.animate(pv.Patches(patches.spectrogram, frame_length=patches.frame_length,
                                 hop_length=patches.hop_length * (106 // (n - 1))))  # fmt: skip
    recorder = _Recorder()
    ours.save(settings.folder / "frames", writer=recorder, progress=False)

    def save() -> None:
        ours.save(settings.folder / "ours.mp4", progress=False)

    def encode() -> None:
        writer = FilmWriter(10)
        with writer.saving(ours.view.figure, settings.folder / "alone.mp4", recorder.dpi):
            for frame in recorder.frames:
                writer.add(frame)

    mine, alone = in_turns(save, encode, settings.repeats)
    plt.close("all")
    return [
        Outcome(
            f"`save` of {n} frames to MP4",
            "ffmpeg alone, given the same frames",
            seconds(mine),
            seconds(alone),
            mine / alone,
            1.1,
            "× its time",
            at_least=False,
        )
    ]


def save_memory(settings: Settings) -> list[Outcome]:
    """Compare the peaks of memory of a short and a long film."""
    outcomes = []
    n_theirs = settings.pick(220, 6)
    theirs = _bytes_per_frame(save_theirs_tiny, settings.folder / "theirs.gif", 3, n_theirs)
    for ending in settings.pick(("gif", "webp", "apng", "mp4"), ("gif",)):
        few, many = settings.pick((200, 10_000), (3, 6))
        ours = _bytes_per_frame(save_ours_tiny, settings.folder / f"ours.{ending}", few, many)
        outcomes.append(
            Outcome(
                f"`save` to {ending.upper()}: memory for each further frame, {many:,} tried",
                f"matplotlib's GIF, {n_theirs} tried",
                f"{ours:,.0f} bytes",
                f"{theirs:,.0f} bytes",
                100 * ours / FRAME_BYTES,
                1,
                "% of a frame",
                at_least=False,
            )
        )
    return outcomes


WIDTH, HEIGHT, DPI = 320, 240, 100
FRAME_BYTES = 4 * WIDTH * HEIGHT


def _bytes_per_frame(save: object, path: Path, few: int, many: int) -> float:
    peaks = [in_new_process(save, path, n) for n in (few, many)]  # type: ignore[arg-type, var-annotated]
    return max(0, peaks[1] - peaks[0]) / (many - few)


def _tiny_view(n: int) -> pv.PatchView:
    values = np.random.default_rng(0).random((4, 10_008), dtype=np.float32)
    patches = pv.Spectrogram(values[:, : n + 7]).patches(frame_length=8, hop_length=1)
    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI)
    ax = figure.add_axes((0, 0, 1, 1))
    view = pv.PatchView(patches, ax=ax)
    ax.axis("off")
    view.title.set_visible(False)
    return view


def save_ours_tiny(path: Path, n: int) -> int:
    """Save `n` tiny frames and return the peak of memory."""
    pv.animate(_tiny_view(n)).save(path, progress=False)
    return peak_memory()


def save_theirs_tiny(path: Path, n: int) -> int:
    """Save the same by matplotlib, and return the peak of memory."""
    from matplotlib.animation import FuncAnimation

    view = _tiny_view(n)

    def show(index: int) -> list[object]:
        view.index = index
        return list(view.artists)

    FuncAnimation(view.figure, show, frames=n, blit=True).save(path, writer="pillow")
    return peak_memory()


FIGURES = [save_time, encoder_time, save_memory]
