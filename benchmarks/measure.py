"""How the figures are measured: in turns, several times, by the median."""

from __future__ import annotations

import concurrent.futures
import contextlib
import gc
import multiprocessing
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Settings(NamedTuple):
    """How much is measured.

    Attributes
    ----------
    smoke : bool
        Whether everything is tiny, to see only that it runs.
    repeats : int
        How often each side is measured.
    folder : Path
        For files; it is removed afterwards.
    """

    smoke: bool
    repeats: int
    folder: Path

    def pick(self, full: T, tiny: T) -> T:
        """Return the size for this run."""
        return tiny if self.smoke else full


class Outcome(NamedTuple):
    """One figure.

    Attributes
    ----------
    figure, against : str
        What is measured, and what it is compared with.
    ours, theirs : str
        The two measured values, with their units.
    measured : float
        What is held against the target, mostly their ratio.
    target : float
    unit : str
        Of both, such as "× faster".
    at_least : bool
        Whether `measured` must reach the target, or stay within it.
    """

    figure: str
    against: str
    ours: str
    theirs: str
    measured: float
    target: float
    unit: str
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.measured >= self.target if self.at_least else self.measured <= self.target


def in_turns(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Run two functions alternately and return the median time of each, in seconds.

    Both are run once before, so that neither pays for fonts, caches and imports; who wants a single
    run of each gets that one. What else the machine does meanwhile slows both; where differences
    are small and there is one thread, ``time.process_time`` leaves it out.
    """
    sides = (ours, theirs)
    times: tuple[list[float], list[float]] = ([], [])
    for repeat in range(-1 if repeats > 1 else 0, repeats):
        for side, taken in zip(sides, times, strict=True):
            gc.collect()
            start = clock()
            side()
            if repeat >= 0:
                taken.append(clock() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def cores() -> list[int]:
    """Return which cores this process may use; none where the system does not tell."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextlib.contextmanager
def on_cores(n: int) -> Iterator[None]:
    """Keep this thread, and those that it starts, on some cores."""
    every = cores()
    if every:
        os.sched_setaffinity(0, every[:n])
    try:
        yield
    finally:
        if every:
            os.sched_setaffinity(0, every)


def faster(
    figure: str, against: str, ours: float, theirs: float, target: float, each: str = ""
) -> Outcome:
    """Return an outcome that compares two times in seconds."""
    return Outcome(
        figure, against, f"{seconds(ours)}{each}", f"{seconds(theirs)}{each}",
        theirs / ours, target, "× faster",
    )  # fmt: skip


def seconds(value: float) -> str:
    """Return a time as people read it."""
    return f"{1000 * value:.3g} ms" if value < 1 else f"{value:.3g} s"


def megabytes(value: float) -> str:
    """Return a number of bytes as people read it."""
    return f"{value / 1e6:,.3g} MB" if value < 1e9 else f"{value / 1e9:,.3g} GB"


def in_new_process(function: Callable[..., T], *arguments: object) -> T:
    """Call a function in a process of its own: its peak of memory is nobody else's."""
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(max_workers=1, mp_context=spawn) as pool:
        return pool.submit(function, *arguments).result()


def peak_memory() -> int:
    """Return the most memory that this process has held so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would count what the process held that started this one.
        (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        return 1024 * int(peak)
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
