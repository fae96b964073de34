"""A split of many recordings, drawn: a row for each, and red where several groups see the same."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError

N = 2000  # cells of a row


def write(path: Path, seconds: float, sr: int = 8000) -> Path:
    rng = np.random.default_rng(len(path.name) + round(100 * seconds))
    soundfile.write(path, rng.normal(0, 0.1, round(seconds * sr)), sr)
    return path


@pytest.fixture
def recordings(tmp_path: Path) -> pv.Recordings:
    """Three of other lengths and rates, the last one with a tail that no patch sees."""
    paths = [
        write(tmp_path / "a.wav", 3.0),
        write(tmp_path / "b.wav", 1.7, 6000),
        write(tmp_path / "c.wav", 2.3),
    ]
    return pv.Recordings(paths, duration=0.5, hop_duration=0.2, sr=None, n_mels=8)


def test_rows_are_named_in_one_form(tmp_path: Path) -> None:
    for name in ("north/1.wav", "south/1.wav", "south/2.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, 1.0)
    recordings = pv.Recordings(tmp_path, duration=0.5, sr=None, n_mels=8)
    for chosen, names in (
        (recordings, ["north/1.wav", "south/1.wav", "south/2.wav"]),
        (recordings[recordings.to_frame()["file"].str.contains("south")], ["1.wav", "2.wav"]),
    ):
        ax = pv.plot_coverage(chosen)
        assert [text.get_text() for text in ax.get_yticklabels()] == names


def test_rows_of_a_journals_column_are_told_apart(tmp_path: Path) -> None:
    """Two recorders, of which one writes .WAV, in letters that can be read and do not touch."""
    times = ("20240512_060000", "20240512_063000", "20240513_060000")
    for k, time in enumerate(times):
        for site, ending in (("north", "WAV"), ("south", "wav")):
            (tmp_path / site).mkdir(exist_ok=True)
            write(tmp_path / site / f"{time}.{ending}", 1.0 + k / 10)
    recordings = pv.Recordings(tmp_path, duration=0.5, sr=None, n_mels=8)
    figure = Figure((3.4, 2.4), layout="constrained")
    half = np.arange(len(recordings)) % 2 == 0
    groups = {"train": half, "test": ~half}
    ax = pv.plot_coverage(recordings, groups, ax=figure.add_subplot())
    figure.draw_without_rendering()
    names = ax.get_yticklabels()
    said = [text.get_text().replace("\n", "") for text in names]
    assert said == [
        f"{s}/{time}.{e}" for s, e in (("north", "WAV"), ("south", "wav")) for time in times
    ]
    assert names[0].get_fontsize() >= 6
    boxes = [text.get_window_extent() for text in names]
    assert all(below.y1 <= above.y0 for above, below in itertools.pairwise(boxes))
    legend = ax.get_legend()
    assert legend is not None
    assert {text.get_text() for text in legend.get_texts()} >= {"train", "test", "shared: none"}


def rows_of(ax: Any) -> np.ndarray:
    """Return what each recording shows, without the lines between them."""
    values = np.ma.masked_invalid(ax.collections[0].get_array()).filled(np.nan)
    return np.asarray(values[::2])


def plain_loop(recordings: pv.Recordings, groups: list[np.ndarray]) -> np.ndarray:
    """Look at each frame of each recording by itself: 0 unseen, k + 1 seen by k, then shared."""
    in_file, longest = [], 0.0
    for row, first in enumerate(recordings.files["first"]):
        patches = recordings.patches(row)
        spec = patches.spectrogram
        sees = np.zeros((len(groups), spec.n_frames), bool)
        for k, group in enumerate(groups):
            for number in group[(group >= first) & (group < first + len(patches))]:
                sees[k, slice(*patches.frames(number - first))] = True
        which = np.where(sees.any(axis=0), len(groups) - np.argmax(sees[::-1], axis=0), 0)
        code = np.where(sees.sum(axis=0) > 1, len(groups) + 1, which)
        in_file.append((code, spec.frame_duration))
        longest = max(longest, spec.n_frames * spec.frame_duration)
    result = np.full((len(in_file), N), np.nan)
    cell, eps = longest / N, longest / N / 1000
    for row, (code, lasting) in enumerate(in_file):
        for k in range(N):
            first = int((k * cell + eps) // lasting)
            own = code[first : int(((k + 1) * cell - eps) // lasting) + 1]
            if own.size:
                result[row, k] = own.max()
    return result


@pytest.mark.parametrize("n_groups", [1, 2, 6])
def test_each_moment_shows_who_sees_it(recordings: pv.Recordings, n_groups: int) -> None:
    which = np.random.default_rng(1).integers(0, n_groups + 1, len(recordings))  # one in none
    groups = [np.flatnonzero(which == k) for k in range(n_groups)]
    ax = pv.plot_coverage(recordings, {f"{k}": group for k, group in enumerate(groups)})
    np.testing.assert_array_equal(rows_of(ax), plain_loop(recordings, groups))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a.wav", "b.wav", "c.wav"]
    assert ax.get_title(loc="left") == "3 recordings"
    assert ax.get_xlabel() == "Time in recording (s)"
    shared = ["shared"] * (n_groups > 1)
    said = [text.get_text() for text in ax.get_legend().get_texts()]
    assert [text.split(":")[0] for text in said] == [*map(str, range(n_groups)), *shared, "unseen"]
    for k, text in enumerate(said[:n_groups]):
        assert (text == f"{k}:\nall shared") == (not (rows_of(ax) == k + 1).any())


def test_a_legend_names_what_is_to_be_seen(tmp_path: Path) -> None:
    """Not the last frames of a file, less than a pixel; and why a group has no colour."""
    frames = 15 + 7 * 80 + 1  # of patches of 15 frames, one every 7, and one more
    y = np.random.default_rng(0).normal(0, 0.1, 512 * (frames - 1))
    soundfile.write(tmp_path / "a.wav", y, 8000)
    recordings = pv.Recordings(tmp_path, duration=1.0, hop_duration=0.5, sr=8000)
    n = len(recordings)
    assert recordings.patches(0).n_tail == 1

    def said(groups: dict[str, Any] | None) -> list[str]:
        ax = pv.plot_coverage(recordings, groups)
        return [text.get_text() for text in ax.get_legend().get_texts()]

    assert said(None) == ["seen"]
    odd = np.arange(n) % 2 == 1
    assert said({"train": odd}) == ["train", "unseen"]
    assert said({"train": ~odd, "test": odd}) == ["train", "test:\nall shared", "shared"]
    half = np.arange(n) < n // 2
    assert said({"a": half, "b": ~half}) == ["a", "b", "shared"]


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_what_is_shared_stands_out_from_its_ground_and_from_groups(
    recordings: pv.Recordings, style: str
) -> None:
    """And the legend says where there is nothing of it."""
    test = np.arange(len(recordings)) % 3 == 0
    with plt.style.context(style):
        ax = pv.plot_coverage(recordings, {"train": ~test, "test": test})
        legend = ax.get_legend()
        colors = [patch.get_facecolor()[:3] for patch in legend.get_patches()]
        texts = [text.get_text() for text in legend.get_texts()]
        ground = np.array(to_rgb(ax.get_facecolor()))
    away = {name: np.abs(ground - color).max() for name, color in zip(texts, colors, strict=True)}
    assert away["shared"] == max(away.values())
    block = recordings.blocks(3)
    apart = pv.plot_coverage(recordings, {"train": block > 0, "test": block == 0})
    assert "shared: none" in [text.get_text() for text in apart.get_legend().get_texts()]


def test_all_patches_are_one_group(recordings: pv.Recordings) -> None:
    ax = pv.plot_coverage(recordings, title="a $split$")
    np.testing.assert_array_equal(rows_of(ax), plain_loop(recordings, [np.arange(len(recordings))]))
    assert ax.get_title(loc="left").replace("\\", "") == "a $split$"
    # Some of them, in fewer files.
    some = recordings[recordings.groups() != recordings.files["file"][1]]
    ax = pv.plot_coverage(some[::3])
    np.testing.assert_array_equal(rows_of(ax), plain_loop(some[::3], [np.arange(len(some[::3]))]))


def test_what_is_red_is_what_leaks(recordings: pv.Recordings) -> None:
    test = np.random.default_rng(0).uniform(size=len(recordings)) < 0.2
    block = recordings.blocks(3)
    for train, tested in ((~test, test), (block != 0, block == 0)):
        red = rows_of(pv.plot_coverage(recordings, {"train": train, "test": tested})) == 3
        leaks = recordings.leaks(train, tested)["patch"].to_numpy()
        rows, _ = recordings.find(leaks)
        assert np.flatnonzero(red.any(axis=1)).tolist() == np.unique(rows).tolist()


def test_copies_share_all_that_both_sides_see(recordings: pv.Recordings, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "a.wav", tmp_path / "copy.wav")
    found = pv.Recordings(tmp_path, duration=0.5, hop_duration=0.2, sr=None, n_mels=8)
    files = found.files
    groups = found.groups()
    test = groups == str(tmp_path / "copy.wav")
    test &= np.arange(len(found)) - files["first"][3] < 3  # its first three
    train = groups != groups[-1]
    shown = rows_of(pv.plot_coverage(found, {"train": train, "test": test}))
    end = found.times[files["first"][3] + 2, 1]
    in_copy = np.arange(N) / N * 3.0 < end - 0.05
    assert (shown[[0, 3]][:, in_copy] == 3).all(), "in both"
    assert set(np.unique(shown[0][~in_copy])) <= {0, 1, 3}
    assert not (shown[[1, 2]] == 3).any()
    assert len(found.leaks(train, test)) == 3


def of_headers(n: int) -> pv.Recordings:
    """Return recordings of a minute whose headers are believed."""
    table = pd.DataFrame({"file": [f"{k}.wav" for k in range(n)], "sr": 8000, "n_channels": 1,
                          "n_samples": 480_000, "size": np.arange(n) + 1, "modified": 0,
                          "error": ""})  # fmt: skip
    return pv.Recordings(table, duration=5.0, sr=None)


def test_many_are_counted_and_not_named() -> None:
    found = of_headers(50)
    block = found.blocks(2)
    ax = pv.plot_coverage(found, {"train": block == 0, "test": block == 1})
    assert ax.collections[0].get_array().shape == (50, N)
    assert ax.get_ylabel() == "Recording"
    assert ax.get_xlabel() == "Time in recording (min:s)"


def test_it_is_drawn_where_one_says_on_dark_too(recordings: pv.Recordings) -> None:
    with plt.style.context("dark_background"):
        figure, ax = plt.subplots(figsize=(3.5, 2.4), layout="constrained")
        assert pv.plot_coverage(recordings, {"a": [0], "b": [1, 2]}, ax=ax) is ax
        figure.canvas.draw()
    right = max(text.get_window_extent().x1 for text in ax.get_legend().get_texts())
    assert right <= figure.bbox.x1
    assert all(label.get_window_extent().x0 >= 0 for label in ax.get_yticklabels())


def test_what_cannot_be_drawn_is_refused(recordings: pv.Recordings, tmp_path: Path) -> None:
    rows = pd.DataFrame({"file": str(tmp_path / "a.wav"), "start_time": [1.0, 0.0],
                         "end_time": [1.5, 0.5]})  # fmt: skip
    with pytest.warns(UserWarning, match="are moved"):
        moved = pv.Recordings(rows, sr=None, n_mels=8)
    many: Any = {f"{k}": [k] for k in range(13)}
    for patches, groups, kind, message in (
        (recordings, {}, InvalidValueError, r"^groups={} names none\. Give one or more, such as"),
        (recordings, many, InvalidValueError,
         r"^groups are 13 groups\. It must be 12 at most\. Draw one of them and the others: {\"tr"),
        (recordings, {"a": [99]}, PatchIndexError, r"^groups\['a'\]=99 is out of range"),
        (recordings, recordings.blocks(2), InvalidTypeError, r"Of blocks: {k: groups == k for k"),
        (moved, {"a": [True, False]}, InvalidValueError, r"^groups\['a'\]: nothing says of which"),
        (of_headers(4001), None, InvalidValueError,
         r"^patches are 4,001 recordings\. It must be 4,000 at most\. Choose some: recordings\[n"),
        ("a.wav", None, InvalidTypeError, r"^patches is of type str\. It must be Patches: spe.*"),
    ):  # fmt: skip
        with pytest.raises(kind, match=message):
            pv.plot_coverage(patches, groups)  # type: ignore[arg-type]
    assert not plt.get_fignums()
