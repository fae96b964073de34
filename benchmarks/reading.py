"""From a sound file to its mel spectrogram, beside decoding, resampling and the FFT alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import soxr

import patchviz as pv

from .measure import (
    Outcome,
    Settings,
    cores,
    in_new_process,
    megabytes,
    on_cores,
    peak_memory,
    seconds,
)

TITLE = "Reading sound files"
SR, MINUTES = 44_100, 10
N_FFT, HOP = 2048, 512
ROWS = 16
ENDINGS = ("wav", "flac", "mp3")


def one_thread(settings: Settings) -> list[Outcome]:
    """Compare the processor's time."""
    return [
        _compared(settings, ending, sr, n_cores=1, target=1.25)
        for ending in ENDINGS
        for sr in (None, 22050)
    ]


def two_threads(settings: Settings) -> list[Outcome]:
    """Compare the processor's time of the busier thread, with two cores for patchviz."""
    if len(cores()) < 2:
        return []
    return [
        _compared(settings, ending, sr, n_cores=2, target=0.8)
        for ending in ENDINGS
        for sr in (None, 22050)
    ]


def a_day(settings: Settings) -> list[Outcome]:
    """Read an hour at 24 kHz, of which a day is made of 24: memory is the result, and some."""
    duration = settings.pick(3600, 5)
    path = _noise(settings.folder / "hour.flac", duration, 24_000)
    used, size = in_new_process(memory_beside, str(path), duration)
    hour, columns = in_new_process(memory_pooled, str(path))
    pooled = hour + 23 * columns
    return [
        Outcome(
            "memory of `from_file` beside its result, an hour at 24 kHz", "its result",
            megabytes(used), megabytes(size), used / 1e6, 150, "MB", at_least=False,
        ),
        Outcome(
            "memory of Python with a day at 24 kHz, `pool=64`", "the day's columns alone",
            megabytes(pooled), megabytes(24 * columns), pooled / 1e6, 400, "MB", at_least=False,
        ),
    ]  # fmt: skip


def memory_beside(path: str, duration: float) -> tuple[int, int]:
    """Return what reading takes beside its result, and that, in bytes."""
    pv.Spectrogram.example()
    before = peak_memory()
    spec = pv.Spectrogram.from_file(path, sr=None, progress=False)
    return max(0, peak_memory() - before - spec.values.nbytes), spec.values.nbytes


def memory_pooled(path: str) -> tuple[int, int]:
    """Return what the process takes that reads and pools, and its result, in bytes."""
    spec = pv.Spectrogram.from_file(path, sr=None, pool=64, progress=False)
    return peak_memory(), spec.values.nbytes


def _compared(
    settings: Settings,
    ending: str,
    sr: float | None,
    *,
    n_cores: int,
    target: float,
) -> Outcome:
    path = _noise(settings.folder / f"long.{ending}", settings.pick(60 * MINUTES, 5), SR)

    def ours() -> object:
        with on_cores(n_cores):
            return pv.Spectrogram.from_file(path, sr=sr, progress=False)

    def theirs() -> object:
        with on_cores(1):
            return decoded_and_transformed(path, sr)

    sides: tuple[Callable[[], object], ...] = (ours, theirs)
    times: tuple[list[float], ...] = ([], [])
    for repeat in range(-1, settings.repeats):
        for side, taken in zip(sides, times, strict=True):
            needed = processor_time(side)
            if repeat >= 0:
                taken.append(needed)
    mine, others = map(statistics.median, times)
    rate = "at its own rate" if sr is None else f"at {sr:g} Hz"
    cores = "in one thread" if n_cores == 1 else "in two threads"
    return Outcome(
        f"`from_file` of {MINUTES} minutes of {ending.upper()} {rate}, {cores}",
        f"{'decoding' if sr is None else 'decoding, resampling'} and FFT alone, in one",
        seconds(mine), seconds(others), mine / others, target, "× as long", at_least=False,
    )  # fmt: skip


def processor_time(side: Callable[[], object]) -> float:
    """Return the processor's time that the busier thread takes, this one or all the others, in s.

    Of one helper that is how long somebody waits where nothing else runs; what else does run, and
    makes everybody wait, does not count.
    """
    begin, own = time.process_time(), time.thread_time()
    side()
    own = time.thread_time() - own
    return max(own, time.process_time() - begin - own)


def decoded_and_transformed(path: Path, sr: float | None) -> None:
    """Decode a file in large blocks and transform its windows, as librosa.stft transforms them.

    That is in double precision. Some windows at a time, in memory that stays in a core's cache, is
    the fastest of what was tried; by scipy's FFT it takes as long.
    """
    window = np.hanning(N_FFT + 1)[:-1]
    weighted = np.empty((ROWS, N_FFT))
    spectrum = np.empty((ROWS, 1 + N_FFT // 2), complex)
    with soundfile.SoundFile(path) as sound:
        stream = soxr.ResampleStream(sound.samplerate, sr or sound.samplerate, 1, "float32")
        for block in sound.blocks(1 << 18, dtype="float32"):
            samples = stream.resample_chunk(block) if sr else block
            frames = np.lib.stride_tricks.sliding_window_view(samples, N_FFT)[::HOP]
            for at in range(0, len(frames), ROWS):
                few = frames[at : at + ROWS]
                weighted[: len(few)] = few
                weighted[: len(few)] *= window
                np.fft.rfft(weighted[: len(few)], out=spectrum[: len(few)])


def _noise(path: Path, duration: float, sr: int) -> Path:
    """Write noise that comes and goes over tones, as a recording outdoors might be."""
    if path.exists():
        return path
    generator = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", sr, 1) as file:
        for begin in range(round(duration)):
            t = begin + np.arange(sr) / sr
            samples = generator.normal(scale=0.01, size=sr) * (0.3 + np.abs(np.sin(9 * t)))
            file.write(np.cumsum(samples) * 0.02 + samples + 0.2 * np.sin(2 * np.pi * 440 * t))
    return path


FIGURES = [one_thread, two_threads, a_day]
