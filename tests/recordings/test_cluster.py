"""A function over many recordings, on workers of Dask: what one machine finds, and what is lost."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import patchviz as pv
from patchviz.errors import ClusterError, InvalidTypeError, InvalidValueError
from patchviz.recordings import cluster
from patchviz.recordings.pool import Work

from .conftest import Write
from .test_map import OPTIONS, Counted, means

Client = Any


@pytest.mark.slow
def test_what_is_no_client_is_refused(folder: Path) -> None:
    recordings = pv.Recordings(folder, **OPTIONS)
    called = Counted()
    with pytest.raises(InvalidTypeError, match=r"client='tcp://x:1' is of type str. It must be a"):
        recordings.map(called, client="tcp://x:1")  # type: ignore[arg-type]
    for name, value in (("jobs", 2), ("processes", True)):
        options: dict[str, Any] = {name: value, "client": 3}
        with pytest.raises(InvalidValueError, match=f"{name}={value} has no use with client"):
            recordings.map(called, **options)
    assert not called.calls


@pytest.fixture(scope="module")
def client(require: Callable[..., None]) -> Iterator[Client]:
    require("distributed")
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0"
        ) as workers,
        Client(workers) as client,
    ):
        yield client


@pytest.mark.slow
class TestInOneProcess:
    """Workers are threads of this process, so that it can be seen what they do."""

    def test_rows_are_those_of_one_machine(
        self, client: Client, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        found = pv.Recordings(["a.wav", "sub/b.flac", "c.wav"], **OPTIONS)
        some = found[[2, 5, 40]]
        for recordings in (found, some):
            expected = recordings.map(means)
            pd.testing.assert_frame_equal(recordings.map(means, client=client), expected)
        assert expected["file"].tolist() == ["a.wav", "a.wav", "c.wav"]
        f = Counted()
        kept = found.map(means, out=tmp_path, client=client)
        pd.testing.assert_frame_equal(found.map(f, out=tmp_path), kept)
        assert not f.calls
        with pytest.warns(UserWarning, match="do not compare"):
            loudness = found.loudness(client=client), found.loudness()
        np.testing.assert_array_equal(*loudness)
        assert found.levels(client=client) == found.levels()

    def test_paths_are_those_of_the_folder_where_they_were_given(
        self, client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        found = pv.Recordings(["a.wav"], **OPTIONS)
        expected = found.map(means)
        here, batch = os.getcwd(), cluster.mapped

        def elsewhere(*given: Any) -> Any:
            os.chdir("/")
            try:
                return batch(*given)
            finally:
                os.chdir(here)

        monkeypatch.setattr(cluster, "mapped", elsewhere)
        pd.testing.assert_frame_equal(found.map(means, client=client), expected)

    def test_what_fails_is_a_row_and_what_is_wrong_of_all_an_error(
        self, client: Client, folder: Path
    ) -> None:
        recordings = pv.Recordings(folder, **OPTIONS)

        def fails(patches: pv.Patches) -> list[float]:
            if patches.spectrogram.name == "c.wav":
                raise RuntimeError("not today")
            return [0.0] * len(patches)

        with pytest.warns(UserWarning, match="1 of 3 recordings failed, first "):
            table = recordings.map(fails, client=client)
        assert table["error"].unique().tolist() == ["", "RuntimeError: not today"]
        with pytest.raises(InvalidValueError, match=r"f=<lambda> returned an array of shape \(1,"):
            recordings.map(lambda patches: [1.0], client=client)

    def test_a_function_that_cannot_be_there_is_refused(self, client: Client, folder: Path) -> None:
        recordings = pv.Recordings(folder, **OPTIONS)
        lock = threading.Lock()
        with pytest.raises(InvalidValueError, match=r"f=.* cannot be sent to workers: TypeError"):
            recordings.map(lambda patches: lock, client=client)
        with pytest.raises(
            InvalidValueError, match=r"cannot be used by workers: ModuleNotFoundError: No.*upload"
        ):
            recordings.map(Homesick(), client=client)

    def test_few_batches_wait(
        self, client: Client, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = pv.Recordings([write(f"{k}.wav", 1.5) for k in range(30)], **OPTIONS)
        n_waiting: list[int] = []
        submitted = cluster._submitted

        def counted(client: Client, *given: Any) -> Any:
            n_waiting.append(sum(key.startswith("mapped") for key in client.futures))
            return submitted(client, *given)

        monkeypatch.setattr(cluster, "_submitted", counted)
        found.map(means, client=client)
        assert len(n_waiting) >= 16
        assert max(n_waiting) <= 2 * 2 + 2

    def test_an_interruption_leaves_nothing_at_work(
        self, client: Client, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from patchviz.recordings.parts import Parts

        found = pv.Recordings([write(f"{k}.wav", 1.5) for k in range(12)], **OPTIONS)
        keep = Parts.keep

        def interrupted(parts: Parts, part: Any) -> None:
            keep(parts, part)
            raise KeyboardInterrupt

        monkeypatch.setattr(Parts, "keep", interrupted)
        with pytest.raises(KeyboardInterrupt):
            found.map(means, out=tmp_path / "s", client=client)
        client.nthreads()  # after what was asked of it before
        assert not [key for key in client.futures if key.startswith("mapped")]
        monkeypatch.undo()
        f = Counted()
        table = found.map(f, out=tmp_path / "s")
        assert 1 <= sum(f.calls.values()) < 12
        pd.testing.assert_frame_equal(table, found.map(means))

    def test_work_that_somebody_takes_away_is_an_error(
        self, client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recordings = pv.Recordings(folder, **OPTIONS)
        result = cluster._result

        def taken(future: Any) -> Any:
            client.cancel([future], force=True)
            return result(future)

        monkeypatch.setattr(cluster, "_result", taken)
        with pytest.raises(ClusterError, match=r"The work on the cluster was lost: .*Call this"):
            recordings.map(means, client=client)

    def test_waiting_for_workers_is_told_once(
        self, folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from distributed import Client, LocalCluster

        monkeypatch.setattr(cluster, "PATIENCE", 0.05)
        recordings = pv.Recordings(folder, **OPTIONS)
        nthreads, asked = Client.nthreads, []

        def counted(client: Client) -> Any:  # the third time, workers come
            asked.append(nthreads(client))
            if len(asked) == 3:
                workers.scale(1)
            return asked[-1]

        monkeypatch.setattr(Client, "nthreads", counted)
        with (
            LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as workers,
            Client(workers) as alone,
            pytest.warns(UserWarning, match=r"The cluster has no workers: nothing goes on") as said,
        ):
            table = recordings.map(means, client=alone)
        assert len(said) == 1
        pd.testing.assert_frame_equal(table, recordings.map(means))

    def test_a_client_that_cannot_work_is_refused(self, client: Client, folder: Path) -> None:
        from distributed import Client

        recordings = pv.Recordings(folder, **OPTIONS)
        closed = Client(client.scheduler.address)
        closed.close()
        with pytest.raises(InvalidValueError, match=r"is closed. It must be connected to a sched"):
            recordings.map(means, client=closed)

        async def awaited() -> None:
            async with Client(client.scheduler.address, asynchronous=True) as other:
                with pytest.raises(InvalidValueError, match=r"is asynchronous, and nothing here"):
                    recordings.map(means, client=other)

        asyncio.run(awaited())


class Homesick:
    """A function that only this process can load."""

    def __call__(self, patches: pv.Patches) -> list[float]:
        raise AssertionError("it is never called")

    def __reduce__(self) -> Any:
        return __import__, ("no_such_module_anywhere",)


def test_what_a_batch_is_called_is_not_lost(folder: Path) -> None:
    recordings = pv.Recordings(folder, **OPTIONS)
    done = cluster.mapped((means, None), recordings._of_files(np.array([0, 2])), [0, 2])
    assert [outcome.row for outcome in done.outcomes] == [0, 2]
    assert [outcome.value for outcome in Work(recordings, means)([0, 2]).outcomes] == [
        outcome.value for outcome in done.outcomes
    ]
