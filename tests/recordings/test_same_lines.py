"""The same lines for one clip, for a day in one file, for many files, and on a cluster."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile

import patchviz as pv

pytestmark = pytest.mark.slow

SR = 1000
CALLS = 12


def loudest(patches: pv.Patches) -> dict[str, list[float]]:
    return {"call": [float(patch.max()) for patch in patches]}


def ten_lines(where: Any, page: Path, **how: Any) -> tuple[pd.DataFrame, list[str]]:
    """What a person writes, whatever there is to look at."""
    recordings = pv.Recordings(
        where, duration=2.0, sr=None, kind="stft", n_fft=256, hop_length=125, level="dbfs",
        progress=False,
    )  # fmt: skip
    table = recordings.map(loudest, progress=False, **how)
    scored = recordings.with_scores(table)
    chosen = scored.choose(CALLS, by="highest", of="call")
    mosaic = pv.plot_mosaic(scored, chosen, of="call")
    pv.sheet(scored, chosen, audio=True).save(page)
    return scored.to_frame().loc[chosen], [ax.get_title(loc="left") for ax in mosaic.panels]


def call(seconds: float = 1.0) -> np.ndarray[Any, Any]:
    t = np.arange(round(seconds * SR)) / SR
    sound = 8000 * np.hanning(len(t)) * np.sin(2 * np.pi * 200 * t)
    return sound.astype("<i2")


def day(path: Path) -> list[float]:
    """Write a day of silence with some calls, and return when they begin."""
    at = np.sort(np.random.default_rng(0).choice(43_000, CALLS, replace=False)) * 2.0 + 0.5
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SR, 0, "NONE", ""))
        file.writeframes(np.zeros(86_400 * SR, "<i2").tobytes())
    with path.open("r+b") as raw:
        for second in at:
            raw.seek(44 + 2 * round(second * SR))
            raw.write(call().tobytes())
    return at.tolist()


def many(folder: Path, n: int) -> set[str]:
    """Write many short files, and return the names of those with a call."""
    folder.mkdir()
    sounds = {name: folder / f"{name}.raw" for name in ("quiet", "call")}
    silence = np.random.default_rng(0).integers(-9, 9, 2 * SR).astype("<i2")
    soundfile.write(sounds["quiet"], silence, SR, format="WAV")
    silence[SR // 2 : SR // 2 + SR] += call()
    soundfile.write(sounds["call"], silence, SR, format="WAV")
    has = np.random.default_rng(1).choice(n, CALLS, replace=False)
    for k in range(n):
        os.link(sounds["call" if k in has else "quiet"], folder / f"{k:05}.wav")
    return {f"{k:05}.wav" for k in has}


def test_one_clip(tmp_path: Path) -> None:
    clip = files("patchviz") / "data" / "sonnet1.ogg"
    with pytest.warns(UserWarning, match="there are only 7 patches"):
        frame, titles = ten_lines(clip, tmp_path / "page.html")
    assert len(frame) == len(titles) == 7
    assert (tmp_path / "page.html").stat().st_size > 10_000


def test_a_day_in_one_file(tmp_path: Path) -> None:
    at = day(tmp_path / "day.wav")
    frame, titles = ten_lines(tmp_path / "day.wav", tmp_path / "page.html")
    assert sorted(frame["start_time"]) == [second - 0.5 for second in at]
    assert len(titles) == CALLS
    page = (tmp_path / "page.html").stat().st_size
    assert page < 5_000_000, "the parts around the calls, and not the day"


def test_many_files(tmp_path: Path) -> None:
    has = many(tmp_path / "many", 2000)
    frame, titles = ten_lines(tmp_path / "many", tmp_path / "page.html")
    assert {Path(name).name for name in frame["file"]} == has
    assert {title.splitlines()[0] for title in titles} == has


def test_a_cluster_of_two_processes(tmp_path: Path, require: Callable[..., None]) -> None:
    require("distributed")
    from distributed import Client, LocalCluster

    has = many(tmp_path / "many", 200)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
        ) as workers,
        Client(workers) as client,
    ):
        frame, titles = ten_lines(tmp_path / "many", tmp_path / "page.html", client=client)
    assert {Path(name).name for name in frame["file"]} == has
    alone, again = ten_lines(tmp_path / "many", tmp_path / "page.html")
    pd.testing.assert_frame_equal(frame, alone)
    assert titles == again
