"""What is given by place, a row for each patch, is in their order, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import polars as pl
import pytest
import soundfile

import patchviz as pv
from patchviz.errors import InvalidValueError

N = 19
SR = 8000


def scored(patches: Any) -> Any:
    return patches.with_scores(np.arange(len(patches)) / 100, classes=["robin"])


@pytest.fixture
def patches() -> pv.Patches:
    spec = pv.Spectrogram(np.random.default_rng(0).random((4, 100)), sr=10, hop_length=1)
    return scored(spec.patches(frame_length=10, hop_length=5))


@pytest.fixture
def recordings(tmp_path: Path) -> pv.Recordings:
    for k, seconds in enumerate((1.0, 0.9)):
        sound = np.random.default_rng(k).uniform(-1, 1, round(seconds * SR))
        soundfile.write(tmp_path / f"20240512_06000{k}.wav", sound, SR)
    found = pv.Recordings(
        tmp_path, duration=0.1, hop_duration=0.1, sr=SR, kind="stft", n_fft=160, hop_length=80,
        win_length=160, tail="pad", start="filename",
    )  # fmt: skip
    return scored(found)


# Each takes a column with a number for each patch, or what can be made of it.
TAKERS: dict[str, Callable[[Any, Any], object]] = {
    "with_scores": lambda patches, x: patches.with_scores(x).scores,
    "choose(of=)": lambda patches, x: patches.choose(3, by="highest", of=x, apart=False),
    "truth, one class": lambda patches, x: patches.to_frame(truth=x > 0.05)["labels"],
    "truth, a frame": lambda patches, x: patches.to_frame(truth=(x > 0.05).to_frame("robin")),
    "[mask]": lambda patches, x: patches[x > 0.05].numbers,
    "leaks": lambda patches, x: patches.leaks(x > 0.05, x <= 0.05),
    "plot_mosaic": lambda patches, x: pv.plot_mosaic(patches, x > 0.15),
    "sheet": lambda patches, x: pv.sheet(patches, x > 0.15, audio=False),
    "sheet(truth=)": lambda patches, x: pv.sheet(patches, audio=False, truth=x > 0.05),
}
OF_ONE: dict[str, Callable[[pv.Patches, Any], object]] = {
    "mark=": lambda patches, x: pv.plot_spectrogram(patches, mark=x > 0.05),
    "mark= groups": lambda patches, x: pv.plot_spectrogram(patches, mark={"train": x > 0.05}),
    "groups=": lambda patches, x: pv.plot_coverage(patches, groups={"train": x > 0.05}),
    "stops=": lambda patches, x: pv.player(patches, stops=x > 0.05, audio=False),
}
OF_MANY: dict[str, Callable[[pv.Recordings, Any], object]] = {
    "timeline": lambda recordings, x: pv.timeline(recordings, x),
    "choose(table=)": lambda recordings, x: recordings.choose(2, by="highest", table=x),
}


def check(take: Callable[[Any, Any], object], patches: Any) -> None:
    n = len(patches)
    x = pd.Series(np.arange(n) / n * 0.2, name="robin")
    for in_order in (x, x.set_axis(pd.Index(patches.numbers, name="patch"))):
        take(patches, in_order)
    mixed = x.sort_values(ascending=False)
    message = (
        rf": the index is {n - 1}, {n - 2}, {n - 3} \.\.\., and rows are taken as they stand\. It "
        rf"must be in order, with the index 0 to {n - 1}.*\. x\.sort_index\(\) puts it in order\."
    )
    with pytest.raises(InvalidValueError, match=message):
        take(patches, mixed)
    named = x.set_axis([f"clip {k}" for k in range(n)])
    with pytest.raises(InvalidValueError, match=r"index is 'clip 0', .* as they stand, give x\.to"):
        take(patches, named)
    plt.close("all")


@pytest.mark.slow
@pytest.mark.parametrize("take", (TAKERS | OF_ONE).values(), ids=(TAKERS | OF_ONE).keys())
def test_a_column_in_another_order_is_refused_by_one(take: Any, patches: pv.Patches) -> None:
    assert len(patches) == N
    check(take, patches)
    check(take, patches[3:12])


@pytest.mark.slow
@pytest.mark.parametrize("take", (TAKERS | OF_MANY).values(), ids=(TAKERS | OF_MANY).keys())
def test_a_column_in_another_order_is_refused_by_many(take: Any, recordings: pv.Recordings) -> None:
    check(take, recordings)
    check(take, recordings[5:18])


def test_what_has_no_index_is_taken_as_it_stands(patches: pv.Patches) -> None:
    x = np.arange(N)[::-1] / N
    for given in (x, list(x), pl.Series("robin", x)):
        assert patches.with_scores(given).scores[0] == x[0]
        assert patches.choose(1, by="highest", of=given).tolist() == [0]


def test_another_length_is_told_as_such(patches: pv.Patches) -> None:
    with pytest.raises(InvalidValueError, match=r"scores of shape \(3,\) are not of 19 patches"):
        patches.with_scores(pd.Series([0.1, 0.2, 0.3], index=[2, 1, 0]))


def test_a_number_for_each_file_is_of_files_in_order(recordings: pv.Recordings) -> None:
    paths = recordings.files["file"]
    x = pd.Series([1.0, 2.0], index=paths)
    for in_order in (x, x.reset_index(drop=True)):
        pv.timeline(recordings, in_order)
    with pytest.raises(InvalidValueError, match=r"values: the index is .*0\.wav', .* their paths"):
        pv.timeline(recordings, x.iloc[::-1])
    plt.close("all")


def test_what_a_function_returns_is_in_the_order_of_its_patches(recordings: pv.Recordings) -> None:
    def levels(patches: pv.Patches) -> pd.Series:
        return pd.Series([patch.mean() for patch in patches], patches.numbers, name="level")

    table = recordings.map(levels)
    assert table.columns.tolist()[3:-1] == ["level"]
    for mixed in (
        lambda p: levels(p).sort_values(),
        lambda p: levels(p).sort_values().to_frame(),
        lambda p: {"level": levels(p).sort_values()},
    ):
        with pytest.raises(InvalidValueError, match=r"^f\(patches\): the index is .* stand\."):
            recordings.map(mixed)


def test_a_column_without_a_name_is_a_score(recordings: pv.Recordings) -> None:
    table = recordings.map(lambda p: pd.Series(np.ones(len(p))))
    assert table["score"].tolist() == [1.0] * len(recordings)
    table = recordings.map(lambda p: pl.Series("robin", np.ones(len(p))))
    assert table["robin"].tolist() == [1.0] * len(recordings)
