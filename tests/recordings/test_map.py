"""A function over many recordings: each called once, whatever fails or is interrupted."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import patchviz as pv
from patchviz._util.threads import n_threads
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.recordings import pool
from patchviz.recordings.table import Table

from .conftest import Write

OPTIONS: dict[str, Any] = {"duration": 1.0, "hop_duration": 0.25, "sr": None, "n_mels": 16}


@pytest.fixture
def recordings(folder: Path) -> pv.Recordings:
    return pv.Recordings(folder, **OPTIONS)


def means(patches: pv.Patches) -> list[float]:
    return [float(np.mean(patch)) for patch in patches]


def dies_of_c(patches: pv.Patches) -> list[float]:
    """What crashes takes its process with it."""
    if patches.spectrogram.name == "c.wav":
        os._exit(3)
    return means(patches)


class Counted:
    """Counts which recordings it is called with; some fail."""

    def __init__(self, *failing: str) -> None:
        self.calls: Counter[str] = Counter()
        self.failing = failing

    def __call__(self, patches: pv.Patches) -> list[float]:
        name = patches.spectrogram.name
        self.calls[name] += 1
        if name in self.failing:
            raise RuntimeError(f"no {name} today")
        return means(patches)


# -- what is returned --------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2, np.uint8(2)])
def test_a_row_for_every_patch(recordings: pv.Recordings, jobs: int) -> None:
    table = recordings.map(means, jobs=jobs)
    assert table.columns.tolist() == ["file", "start_time", "end_time", "score", "error"]
    assert table.index.tolist() == list(range(len(recordings)))
    expected = pd.concat([recordings.patches(row).to_frame() for row in range(3)])
    for name in ("file", "start_time", "end_time"):
        assert table[name].tolist() == expected[name].tolist()
    np.testing.assert_array_equal(
        table["score"], np.concatenate([means(recordings.patches(row)) for row in range(3)])
    )
    assert (table["error"] == "").all()
    chosen = recordings.choose(3, by="highest", table=table)
    np.testing.assert_array_equal(
        chosen, recordings.with_scores(table["score"].to_numpy()).choose(3, by="highest")
    )


@pytest.mark.parametrize(
    ("f", "names"),
    [
        (lambda p: np.zeros((len(p), 2)), ["0", "1"]),
        (lambda p: {"low": np.zeros(len(p)), "high": [True] * len(p)}, ["low", "high"]),
        (lambda p: pd.DataFrame({"x": np.arange(len(p))}), ["x"]),
        (lambda p: pd.DataFrame({"column_names": np.arange(len(p))}), ["column_names"]),
        (lambda p: pl.DataFrame({"x": np.arange(len(p)), "y": p.filled}), ["x", "y"]),
        (lambda p: pa.table({"x": np.arange(len(p)), "y": p.filled}), ["x", "y"]),
        (lambda p: p.filled, ["score"]),
    ],
)
def test_columns_are_what_the_function_calls_them(
    recordings: pv.Recordings, f: Callable[..., Any], names: list[str]
) -> None:
    assert recordings.map(f).columns.tolist()[3:-1] == names
    renamed = [f"class {k}" for k in range(len(names))]
    assert recordings.map(f, classes=renamed).columns.tolist()[3:-1] == renamed


@pytest.mark.parametrize(
    ("f", "error", "message"),
    [
        (3, InvalidTypeError, "f=3 is of type int. It must be a function of patches"),
        (lambda p: [1.0], InvalidValueError, r"f=<lambda> returned an array of shape \(1,\) as"),
        (lambda p: None, InvalidTypeError, "f=<lambda> returned NoneType of dtype object"),
        (lambda p: 1.0, InvalidTypeError, "f=<lambda> returned float of dtype float64"),
        (lambda p: {"file": p.filled}, InvalidValueError, "f returns a column name='file'"),
        (lambda p: {"patch": p.filled}, InvalidValueError, "f returns a column name='patch', whi"),
        (
            lambda p: pd.DataFrame([[1.0, 2.0]] * len(p), columns=["robin", "robin"]),
            InvalidValueError,
            "f returns a column name='robin', and another one of this name. Call it something",
        ),
        (lambda p: {1: p.filled, "1": p.filled}, InvalidValueError, "a column name='1', and an"),
    ],
)
def test_what_is_not_of_the_patches_is_refused_at_once(
    recordings: pv.Recordings, f: Any, error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        recordings.map(f)


def test_names_must_be_as_many_as_columns(recordings: pv.Recordings) -> None:
    with pytest.raises(InvalidValueError, match=r"are 2 names, and f returns 1 columns"):
        recordings.map(means, classes=["a", "b"])
    with pytest.raises(InvalidValueError, match=r"a column name='a', and another one"):
        recordings.map(lambda p: np.zeros((len(p), 2)), classes=["a", "a"])
    with pytest.raises(InvalidValueError, match=r"jobs=0 is not allowed"):
        recordings.map(means, jobs=0)
    with pytest.raises(InvalidTypeError, match=r"^jobs=2\.0 is of type float"):
        recordings.map(means, jobs=2.0)  # type: ignore[arg-type]
    sizes = iter([1, 2, 2])
    with pytest.raises(InvalidValueError, match=r"f returns the columns .* of one recording, and"):
        recordings.map(lambda p: np.zeros((len(p), next(sizes))), jobs=1)


def test_some_patches_keep_their_numbers(recordings: pv.Recordings) -> None:
    some = recordings[[2, 5, 40]]
    table = some.map(means)
    assert table.index.tolist() == [2, 5, 40]
    all_of_them = recordings.map(means)
    pd.testing.assert_frame_equal(table, all_of_them.loc[[2, 5, 40]])


# -- what fails --------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_recording_that_fails_is_a_row(recordings: pv.Recordings, jobs: int) -> None:
    with pytest.warns(UserWarning, match="1 of 3 recordings failed, first ") as said:
        table = recordings.map(Counted("c.wav"), jobs=jobs)
    assert len(said) == 1
    assert said[0].filename == __file__
    (row,) = np.flatnonzero(table["error"] != "")
    assert table["error"].iloc[row] == "RuntimeError: no c.wav today"
    assert table["file"].iloc[row].endswith("c.wav")
    assert table["start_time"].isna().sum() == 1
    with pytest.warns(UserWarning, match="1 row of scores is of a file that failed"):
        scored = recordings.with_scores(table)
    is_c = recordings.find(np.arange(len(recordings)))[0] == 1
    assert np.isnan(scored.scores[:, 0]).tolist() == is_c.tolist()


def test_a_file_that_is_gone_is_a_row(write: Write) -> None:
    paths = [write("a.wav"), write("b.wav")]
    found = pv.Recordings(paths, **OPTIONS)
    paths[0].unlink()
    with pytest.warns(UserWarning, match=r"1 of 2 recordings failed.*There is no file"):
        table = found.map(means)
    assert table["error"].iloc[0].startswith("There is no file")
    with (
        pytest.warns(UserWarning, match="do not compare"),
        pytest.warns(UserWarning, match="1 of 2 recordings failed"),
    ):
        loudness = found.loudness()
    assert (
        np.isnan(loudness).tolist()
        == [True] * found.files["n_patches"][0] + [False] * (found.files["n_patches"][1])
    )


def test_a_function_that_always_fails_is_an_error(recordings: pv.Recordings) -> None:
    with pytest.raises(InvalidValueError, match=r"all of 3 recordings failed, first .*: KeyError"):
        recordings.map(lambda patches: {}["x"])


class Panic(BaseException):
    """As libraries in Rust raise them."""


class SilentError(Exception):
    """An exception that fails to say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no text today")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Panic("index out of bounds"), "Panic: index out of bounds"),
        (SilentError(), "SilentError"),
        (ValueError("caf\udce9 \x1b[31m"), "ValueError: caf� �[31m"),
        (KeyError(), "KeyError"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_whatever_is_raised_is_a_row(
    recordings: pv.Recordings, tmp_path: Path, error: BaseException, said: str, jobs: int
) -> None:
    def fails(patches: pv.Patches) -> list[float]:
        if patches.spectrogram.name == "c.wav":
            raise error
        return means(patches)

    with pytest.warns(UserWarning, match=r"1 of 3 recordings failed, first "):
        table = recordings.map(fails, jobs=jobs)
    assert table.loc[table["error"] != "", "error"].tolist() == [said]
    pytest.importorskip("pyarrow")
    with pytest.warns(UserWarning, match=r"1 of 3 recordings failed, first "):
        kept = recordings.map(fails, jobs=jobs, out=tmp_path / "out")
    pd.testing.assert_frame_equal(kept, table)


def test_long_floats_are_kept_as_floats(recordings: pv.Recordings, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")

    def long(patches: pv.Patches) -> Any:
        return np.array(means(patches), np.longdouble)

    table = recordings.map(long, out=tmp_path / "out")
    assert table["score"].dtype == np.float64
    pd.testing.assert_frame_equal(table, recordings.map(means))


def test_remarks_are_said_once(write: Write) -> None:
    paths = [write(f"{k}.wav") for k in range(3)]
    for path in paths:
        path.write_bytes(path.read_bytes()[:-4])
    with pytest.warns(UserWarning, match="bytes shorter than its header says"):
        found = pv.Recordings(paths, **OPTIONS)
    with pytest.warns(UserWarning, match="The same is to be said of 2 other recordings: ") as said:
        found.map(means)
    assert len(said) == 1


@pytest.mark.slow
def test_a_process_that_dies_is_a_row_and_the_rest_is_as_it_was(write: Write) -> None:
    paths = [write(f"{name}.wav", 1.5) for name in "abcdef"]
    found = pv.Recordings(paths, **OPTIONS)
    expected = found.map(means)
    with pytest.warns(UserWarning, match=r"1 of 6 recordings failed.*process that worked on it"):
        table = found.map(dies_of_c, jobs=2, processes=True)
    assert table["error"].str.contains("died").sum() == 1
    is_c = expected["file"].str.endswith("c.wav")
    pd.testing.assert_frame_equal(table[table["error"] == ""], expected[~is_c])


# -- who works ---------------------------------------------------------------------------------


def test_workers_beside_one_another_start_no_threads(recordings: pv.Recordings) -> None:
    def counted(patches: pv.Patches) -> list[int]:
        return [n_threads()] * len(patches)

    assert set(recordings.map(counted, jobs=2)["score"]) == {1}
    assert set(recordings.map(counted, jobs=1)["score"]) == {n_threads()}


def test_batches_have_as_much_to_do() -> None:
    n = np.r_[np.full(300, 1000), np.full(4, 10**9), np.full(2000, 10)]
    headers = pool_headers(n)
    batches = pool.batches_of(headers, np.arange(len(n)), 2)
    assert [row for batch in batches for row in batch] == list(range(len(n)))
    assert max(map(len, batches)) <= pool.MOST_FILES
    assert all(len(batch) <= 301 for batch in batches if set(batch) & {300, 301, 302, 303})
    assert sum(302 in batch or 301 in batch for batch in batches) == 2
    even = pool.batches_of(pool_headers(np.full(1000, 1000)), np.arange(1000), 2)
    assert 16 <= len(even) <= 18
    assert pool.batches_of(headers, np.arange(0), 2) == []


def pool_headers(n_samples: Any) -> Table:
    from types import SimpleNamespace

    headers = SimpleNamespace(n_samples=n_samples, n_channels=np.ones(len(n_samples), int))
    table: Any = SimpleNamespace(headers=headers)
    return table


def test_an_interruption_ends_the_work(recordings: pv.Recordings) -> None:
    def stops(patches: pv.Patches) -> list[float]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recordings.map(stops)
    pickle.dumps(recordings)


# -- what is found so --------------------------------------------------------------------------


def test_one_scale_of_colours(recordings: pv.Recordings) -> None:
    ranges = [recordings.patches(row).spectrogram.finite_range for row in range(3)]
    low, high = np.min(ranges), np.max(ranges)
    assert recordings.levels() == (low, high)


# -- what is kept ------------------------------------------------------------------------------


def test_without_pyarrow_nothing_is_kept(
    recordings: pv.Recordings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    called = Counted()
    with pytest.raises(InvalidValueError, match=r'pip install "patchviz-audio\[dask\]"'):
        recordings.map(called, out=tmp_path / "scores")
    assert not called.calls
    assert not (tmp_path / "scores").exists()


def test_the_only_recording_fails(write: Write) -> None:
    found = pv.Recordings([write("a.wav")], **OPTIONS)
    said = "^the only recording failed, first '.*a.wav': "
    with pytest.raises(InvalidValueError, match=f"{said}ValueError: no"):
        found.map(lambda _: exec("raise ValueError('no')"))
    Path(found.files["file"][0]).write_bytes(b"RIFF")
    for ask in (found.levels, found.loudness):
        with pytest.raises(InvalidValueError, match=said):
            ask()


class TestKept:
    """With pyarrow: what is done is done once."""

    @pytest.fixture(autouse=True)
    def _pyarrow(self) -> None:
        pytest.importorskip("pyarrow")

    def test_what_is_done_is_not_done_again(
        self, recordings: pv.Recordings, tmp_path: Path
    ) -> None:
        expected = recordings.map(means)
        f = Counted()
        for _ in range(2):
            table = recordings.map(f, out=tmp_path / "scores")
            pd.testing.assert_frame_equal(table, expected)
        assert f.calls == {"a.wav": 1, "b.flac": 1, "c.wav": 1}

    @pytest.mark.slow
    @pytest.mark.parametrize("jobs", [1, 2])
    def test_a_run_that_was_interrupted_goes_on(
        self, write: Write, tmp_path: Path, jobs: int
    ) -> None:
        paths = [write(f"{k}.wav", 1.5) for k in range(8)]
        found = pv.Recordings(paths, **OPTIONS)
        expected = found.map(means)
        f, stopped = Counted(), Counted()

        def stops(patches: pv.Patches) -> list[float]:
            if patches.spectrogram.name == "5.wav":
                raise KeyboardInterrupt
            return stopped(patches)

        with pytest.raises(KeyboardInterrupt):
            found.map(stops, out=tmp_path / "scores", jobs=jobs)
        n_done = len(list((tmp_path / "scores").glob("part-*.parquet")))
        assert n_done >= 1
        table = found.map(f, out=tmp_path / "scores", jobs=jobs)
        pd.testing.assert_frame_equal(table, expected)
        assert sum(f.calls.values()) <= 8 - n_done

    def test_times_are_those_of_now(self, recordings: pv.Recordings, tmp_path: Path) -> None:
        """When a recording began changes no value, and so nothing is computed again."""
        f = Counted()
        recordings.map(f, out=tmp_path / "s")
        later = pv.Recordings(recordings.files["file"].tolist(), start=100.0, **OPTIONS)
        table = later.map(f, out=tmp_path / "s")
        pd.testing.assert_frame_equal(table, later.map(means))
        assert table["start_time"].min() == 100
        assert set(f.calls.values()) == {1}

    def test_results_that_somebody_takes_away_are_missed(
        self, recordings: pv.Recordings, tmp_path: Path
    ) -> None:
        def takes(patches: pv.Patches) -> list[float]:
            for part in tmp_path.glob("part-*.parquet"):
                part.unlink()
            return means(patches)

        said = "holds nothing of . recordings, first .*whose results were written there"
        with pytest.raises(InvalidValueError, match=said):
            recordings.map(takes, out=tmp_path, jobs=1)
        pd.testing.assert_frame_equal(recordings.map(means, out=tmp_path), recordings.map(means))

    def test_what_failed_is_tried_again_on_request(
        self, recordings: pv.Recordings, tmp_path: Path
    ) -> None:
        with pytest.warns(UserWarning, match="1 of 3 recordings failed"):
            recordings.map(Counted("c.wav"), out=tmp_path)
        with pytest.warns(UserWarning, match="1 of 1 recordings failed"):  # and not: all
            recordings.map(Counted("c.wav"), out=tmp_path, retry=True)
        f = Counted()
        table = recordings.map(f, out=tmp_path)
        assert not f.calls
        assert (table["error"] != "").sum() == 1
        again = recordings.map(f, out=tmp_path, retry=True)
        assert f.calls == {"c.wav": 1}
        pd.testing.assert_frame_equal(again, recordings.map(means))

    def test_new_and_changed_files_are_computed(self, write: Write, tmp_path: Path) -> None:
        paths = [write("b.wav"), write("c.wav")]
        f = Counted()
        pv.Recordings(paths, **OPTIONS).map(f, out=tmp_path / "s")
        paths = [write("a.wav"), write("b.wav", 2.0), paths[1]]
        found = pv.Recordings(paths, **OPTIONS)
        table = found.map(f, out=tmp_path / "s")
        assert f.calls == {"a.wav": 1, "b.wav": 2, "c.wav": 1}
        pd.testing.assert_frame_equal(table, found.map(means))
        fewer = pv.Recordings(paths[1:], **OPTIONS)
        pd.testing.assert_frame_equal(fewer.map(f, out=tmp_path / "s"), fewer.map(means))
        assert f.calls["b.wav"] == 2

    def test_results_of_other_patches_are_not_mixed(
        self, recordings: pv.Recordings, folder: Path, tmp_path: Path
    ) -> None:
        recordings.map(means, out=tmp_path)
        other = pv.Recordings(folder, **{**OPTIONS, "hop_duration": 0.5})
        with pytest.raises(InvalidValueError, match=r"hop_duration=0.25, now 0.5"):
            other.map(means, out=tmp_path)
        f = Counted()
        recordings[[0, 1, 40]].map(f, out=tmp_path)
        assert f.calls == {"a.wav": 1, "b.flac": 1}
        (tmp_path / "part-000000-0.parquet").write_bytes(b"x")
        with pytest.raises(InvalidValueError, match=r"is none of its results"):
            recordings.map(means, out=tmp_path)

    def test_results_of_other_patches_of_a_file_are_not_taken(
        self, recordings: pv.Recordings, folder: Path, tmp_path: Path
    ) -> None:
        """Also where first frames add up to the same."""
        recordings[[0, 3]].map(means, out=tmp_path / "chosen")
        others = recordings[[1, 2]]
        table = others.map(means, out=tmp_path / "chosen")
        pd.testing.assert_frame_equal(table, others.map(means))
        windows = [
            pv.Recordings(
                {"file": [str(folder / "a.wav")] * 2, "start_time": starts,
                 "end_time": np.add(starts, 0.5)},
                sr=None, n_mels=16,
            )
            for starts in ([0.0, 1.5], [0.5, 1.0])
        ]  # fmt: skip
        windows[0].map(means, out=tmp_path / "windows")
        table = windows[1].map(means, out=tmp_path / "windows")
        pd.testing.assert_frame_equal(table, windows[1].map(means))

    def test_what_an_earlier_format_kept_is_computed_anew(
        self, recordings: pv.Recordings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It knew of chosen patches the sum of their first frames alone."""
        some = recordings[[0, 3]]
        with monkeypatch.context() as patched:
            patched.setattr("patchviz.recordings.known._digest", lambda frames: int(frames.sum()))
            some.map(Counted(), out=tmp_path)
        f = Counted()
        pd.testing.assert_frame_equal(some.map(f, out=tmp_path), some.map(means))
        assert f.calls == {"a.wav": 1}
        some.map(f, out=tmp_path)
        assert f.calls == {"a.wav": 1}

    def test_a_folder_that_is_none_is_refused(
        self, recordings: pv.Recordings, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(InvalidValueError, match="is a file"):
            recordings.map(means, out=tmp_path / "file")
        for nothing in ("", "a\0b", "\ud800"):  # the first is what a shell's variable holds
            with pytest.raises(InvalidValueError, match=r"^out='.*' names no folder\. It must be"):
                recordings.map(means, out=nothing)
        with pytest.raises(InvalidTypeError, match="out=3 is of type int"):
            recordings.map(means, out=3)  # type: ignore[arg-type]

    @pytest.mark.slow
    def test_processes_keep_what_they_do(self, recordings: pv.Recordings, tmp_path: Path) -> None:
        table = recordings.map(means, out=tmp_path, jobs=2, processes=True)
        pd.testing.assert_frame_equal(table, recordings.map(means))

    @pytest.mark.skipif(os.name == "nt", reason="names of files are Unicode there")
    def test_names_that_are_no_utf8_are_kept(self, write: Write, tmp_path: Path) -> None:
        """Each its own, also beside one that is called as the other is written."""
        sounds = tmp_path / os.fsdecode(b"\xe9t\xe9")
        sounds.mkdir()
        names = [os.fsdecode(b"caf\xe9.wav"), "caf\\udce9.wav", "caf.wav"]
        paths = [write(f"{i}.wav", 2.0).rename(sounds / name) for i, name in enumerate(names)]
        recordings = pv.Recordings(paths, **OPTIONS)
        out, function = sounds / "scores", Counted()
        table = recordings.map(function, out=out)
        assert table["file"].tolist() == [str(path) for path in paths for _ in range(6)]
        again = recordings.map(function, out=out)
        assert again["file"].tolist() == table["file"].tolist()
        assert again["score"].tolist() == table["score"].tolist()
        assert sorted(function.calls.values()) == [1, 1, 1]


@pytest.mark.parametrize("out", [None, "kept"])
def test_whole_numbers_stay_whole_where_a_recording_fails(
    recordings: pv.Recordings, tmp_path: Path, out: str | None
) -> None:
    first, fails = 2**60 + 1, [True]

    def numbered(patches: pv.Patches) -> dict[str, Any]:
        if fails[0] and len(patches) == recordings.files["n_patches"][1]:
            raise RuntimeError("the network is down")
        ids = first + np.arange(len(patches))
        return {"id": ids, "even": ids % 2 == 0, "share": (ids % 3).astype(np.float32)}

    options: dict[str, Any] = {"progress": False}
    if out is not None:
        options["out"] = tmp_path / out
    with pytest.warns(UserWarning, match="the network is down"):
        some = recordings.map(numbered, **options)
    assert [str(some[name].dtype) for name in ("id", "even", "share")] == [
        "Int64", "boolean", "float32",
    ]  # fmt: skip
    has = some["error"] == ""
    assert some["id"][has].iloc[1] == first + 1
    assert some.loc[~has, ["id", "even", "share"]].isna().all(axis=None)
    with pytest.warns(UserWarning, match="of a file that failed"):
        scored = recordings.with_scores(some.drop(columns=["id", "share"]))
    assert scored.scores is not None
    assert np.isnan(scored.scores).sum() == recordings.files["n_patches"][1]
    fails[0] = False
    every = recordings.map(numbered, **options, **({"retry": True} if out is not None else {}))
    assert [every[name].dtype for name in ("id", "even", "share")] == [
        np.dtype(np.int64), np.dtype(bool), np.dtype(np.float32),
    ]  # fmt: skip
    assert (every["id"].iloc[:2] == [first, first + 1]).all()
