"""A run over many recordings with which everything goes wrong ends as a quiet one does."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import patchviz as pv
from patchviz.errors import ClusterError
from patchviz.recordings.parts import Parts

from .conftest import Write
from .test_map import OPTIONS, means

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is killed by signals there")

N_FILES = 40
ROOT = Path(__file__).parents[2]

# A client that is killed when some batches are kept.
KILLED = """
import os, signal, sys
import cloudpickle
from distributed import Client
from patchviz.recordings.parts import Parts

address, work, out, n_left = *sys.argv[1:4], [int(sys.argv[4])]
keep = Parts.keep

def kept(parts, part):
    keep(parts, part)
    n_left[0] -= 1
    if not n_left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

Parts.keep = kept
with open(work, "rb") as file:
    recordings, f = cloudpickle.load(file)
recordings.map(f, out=out, client=Client(address), progress=False)
"""


class Dask:
    """A scheduler and two workers, each a process that can be killed."""

    client: Any

    def __init__(self, folder: Path) -> None:
        self.folder, self.n_started = folder, 0
        self.environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2",
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start()

    def start(self) -> None:
        from distributed import Client

        self.n_started += 1
        where = self.folder / f"scheduler-{self.n_started}.json"
        own = ["--scheduler-file", str(where), "--no-dashboard"]
        for options in (
            ["scheduler", "--port", "0", *own],
            ["worker", "--nworkers", "2", "--nthreads", "1", *own],
        ):
            command = [sys.executable, "-m", "dask", *options]
            with open(self.folder / f"{options[0]}.log", "ab") as log:
                self.processes.append(
                    subprocess.Popen(
                        command, env=self.environment, cwd=self.folder, stdout=log, stderr=log
                    )
                )
        self.client = Client(scheduler_file=str(where), timeout=60)
        self.client.wait_for_workers(2, timeout=60)

    def kill_workers(self) -> None:
        for pid in self.client.run(os.getpid, on_error="ignore").values():
            with contextlib.suppress(ProcessLookupError):  # its file has killed it since
                os.kill(pid, signal.SIGKILL)

    def kill_scheduler(self) -> None:
        self.processes[0].kill()
        self.processes[0].wait()

    def stop(self) -> None:
        self.client.close(timeout=1)
        # Workers end with the process that watches over them.
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:  # one that lost its worker or scheduler as it ended
                process.kill()
                process.wait()
        self.processes.clear()


@pytest.fixture
def dask(require: Callable[..., None], tmp_path: Path) -> Iterator[Dask]:
    require("distributed")
    (tmp_path / "dask").mkdir()
    dask = Dask(tmp_path / "dask")
    yield dask
    dask.stop()


class Round:
    """One run, with faults that a seed decides."""

    def __init__(self, seed: int, dask: Dask, write: Write, folder: Path) -> None:
        self.rng, self.dask, self.folder = np.random.default_rng(seed), dask, folder
        self.out = folder / "out"
        self.is_faulty = folder / "faulty"
        paths = [write(f"sounds/{k:02d}.wav", 1.5) for k in range(N_FILES)]
        self.recordings = pv.Recordings(paths, **OPTIONS)
        self.quiet = self.recordings.map(means)
        crashing, slow, gone = self.rng.choice(N_FILES, 3, replace=False)
        self.crashing, self.gone = paths[crashing], paths[gone]
        self.f = faulty(str(self.is_faulty), self.crashing.name, paths[slow].name)

    def map(self, f: Any = None, **options: Any) -> pd.DataFrame:
        return self.recordings.map(
            f or self.f, out=self.out, client=self.dask.client, progress=False, **options
        )

    def with_fault(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Run until a fault ends it, or in spite of it."""
        n = int(self.rng.integers(1, 4))
        if name == "client":
            self.kill_client(n)
            return
        n_kept, keep = [0], Parts.keep

        def kept(parts: Parts, part: Any) -> None:
            n_kept[0] += 1
            if name == "disk" and n_kept[0] == n:
                monkeypatch.setattr(os, "fsync", full)
            keep(parts, part)
            if name == "workers" and n_kept[0] in (n, n + 2):
                self.dask.kill_workers()
            if name == "scheduler" and n_kept[0] == n:
                self.dask.kill_scheduler()

        with monkeypatch.context() as patched, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of what failed, held to below
            patched.setattr(Parts, "keep", kept)
            if name == "workers":
                self.map()
            elif name == "scheduler":
                with pytest.raises(ClusterError, match="The work on the cluster was lost: "):
                    self.map()
                self.dask.stop()
                self.dask.start()
            else:
                with pytest.raises(OSError, match=r"No space left on device"):
                    self.map()
        monkeypatch.undo()
        assert n_kept[0] >= n

    def kill_client(self, n: int) -> None:
        import cloudpickle

        work = self.folder / "work.pickle"
        work.write_bytes(cloudpickle.dumps((self.recordings, self.f)))
        address = self.dask.client.scheduler.address
        arguments = [address, str(work), str(self.out), str(n)]
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, *arguments], env=self.dask.environment,
            capture_output=True, text=True,
        )  # fmt: skip
        assert ended.returncode == -signal.SIGKILL, ended.stderr


def faulty(flag: str, crashing: str, slow: str) -> Callable[[pv.Patches], list[float]]:
    """Return a function that a file kills, and that another one holds up, as long as a flag is."""

    def f(patches: pv.Patches) -> list[float]:
        name = patches.spectrogram.name
        if os.path.exists(flag) and name == crashing:
            os.kill(os.getpid(), signal.SIGKILL)
        if os.path.exists(flag) and name == slow:
            threading.Event().wait(2)
        return [float(np.mean(patch)) for patch in patches]

    return f


def full(file: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


SEEDS = [
    pytest.param(seed, marks=pytest.mark.slow if seed == 0 else pytest.mark.soak)
    for seed in range(20)
]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_all_goes_wrong_with_is_a_quiet_one_in_the_end(
    seed: int, dask: Dask, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Round(seed, dask, write, tmp_path)
    run.is_faulty.touch()
    away = run.gone.rename(run.gone.with_suffix(".away"))
    # Killed workers end no run, so that nothing is left to do after that.
    faults = run.rng.permutation(["client", "scheduler", "disk"])
    for name in [*faults[: 3 if seed == 0 else run.rng.integers(0, 3)], "workers"]:
        run.with_fault(name, monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        table = run.map()
    failed = table[table["error"] != ""]
    assert failed["file"].tolist() == sorted(map(str, (run.crashing, run.gone)))
    said = dict(zip(failed["file"], failed["error"], strict=True))
    assert said[str(run.crashing)].startswith("the process that worked on it died")
    assert said[str(run.gone)].startswith("There is no file")
    is_right = ~run.quiet["file"].isin(failed["file"])
    pd.testing.assert_frame_equal(table[table["error"] == ""], run.quiet[is_right])

    run.is_faulty.unlink()
    away.rename(run.gone)
    pd.testing.assert_frame_equal(run.map(retry=True), run.quiet)
    assert {path.suffix for path in run.out.iterdir()} == {".parquet"}
