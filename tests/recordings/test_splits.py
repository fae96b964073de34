"""Splits over many recordings: what belongs together stays together."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError

from .conftest import Write

OPTIONS: dict[str, Any] = {"duration": 1.0, "hop_duration": 0.25, "sr": None, "n_mels": 16}


@pytest.fixture
def recordings(folder: Path) -> pv.Recordings:
    table = {"file": sorted(map(str, folder.rglob("*.*"))), "site": ["n", "s", "n"]}
    return pv.Recordings(table, **OPTIONS)


def test_groups_are_what_is_asked_for(recordings: pv.Recordings) -> None:
    frame = recordings.to_frame()
    assert recordings.groups().tolist() == frame["file"].tolist()
    site = dict(zip(recordings.files["file"], recordings.files["site"], strict=True))
    assert recordings.groups(by="site").tolist() == [site[file] for file in frame["file"]]
    some = recordings[[0, 1, 41]]
    assert some.groups(by="site").tolist() == [site[file] for file in some.to_frame()["file"]]


def test_a_folder_is_a_group(write: Write, tmp_path: Path) -> None:
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
    paths = [write(f"{name}.wav") for name in ("north/1", "south/1", "north/2")]
    found = pv.Recordings(paths, **OPTIONS)
    folders = [str(Path(file).parent) for file in found.groups()]
    assert found.groups(by="folder").tolist() == folders
    assert set(found.blocks(2, by="folder")[found.groups(by="folder") == folders[0]]) == {0}
    table = found.files.assign(folder=["x", "x", "y"])  # what somebody says is meant
    assert set(pv.Recordings(table, **OPTIONS).groups(by="folder")) == {"x", "y"}


def test_columns_that_are_added_to_the_files_are_groups(recordings: pv.Recordings) -> None:
    again = pv.Recordings(recordings.files.assign(speaker=["a", "a", "b"]), **OPTIONS)
    rows, _ = recordings.find(np.arange(len(recordings)))
    assert again.groups(by="speaker").tolist() == [["a", "a", "b"][row] for row in rows]


def test_a_day_ends_at_midnight(write: Write) -> None:
    paths = [write("20240512_235958.wav", 5.0), write("20240513_120000.wav")]
    found = pv.Recordings(paths, start="filename", **OPTIONS)
    days = found.groups(by="day")
    expected = found.to_frame()["start_timestamp"].dt.strftime("%Y-%m-%d")
    assert days.tolist() == expected.tolist()
    assert np.unique(days[: found.files["n_patches"][0]]).tolist() == ["2024-05-12", "2024-05-13"]


def test_one_sound_under_several_names_is_one_group(write: Write) -> None:
    first, other = write("a.wav"), write("bb.wav")
    y, sr = soundfile.read(first)
    for name in ("copy.flac", "copy.wav"):
        soundfile.write(first.with_name(name), y, sr)
    found = pv.Recordings(first.parent, **OPTIONS)
    groups = zip(found.groups(), found.groups(by="sound"), strict=True)
    names = {Path(file).name: Path(group).name for file, group in groups}
    assert names == {"a.wav": "a.wav", "copy.flac": "a.wav", "copy.wav": "a.wav",
                     other.name: other.name}  # fmt: skip
    blocks = found.blocks(2, by="sound")
    rows, _ = found.find(np.arange(len(found)))
    by_file = [set(blocks[rows == row]) for row in range(4)]
    assert by_file == [{0}, {1}, {0}, {0}]


def test_columns_of_rows_tell_groups_too(folder: Path) -> None:
    file = str(folder / "a.wav")
    table = pd.DataFrame({"file": file, "start_time": [0.0, 1.0], "end_time": [1.0, 2.0],
                          "bird": ["x", "y"]})  # fmt: skip
    found = pv.Recordings(table, sr=None, n_mels=16)
    assert found.groups(by="bird").tolist() == ["x", "y"]


@pytest.mark.parametrize(
    ("by", "message"),
    [
        (
            "place",
            r"by='place' is no column\. It must be one of 'file', 'folder', 'day', 'sound', "
            r"'site'\. Columns of a table come along, not what is put into recordings\.files, a "
            r"copy: Recordings\(pd\.DataFrame\({'file': \.\.\., 'place': \.\.\.}\), \.\.\.\)\.$",
        ),
        ("day", r"nothing says when .* began. Say where it is written: Recordings\("),
    ],
)
def test_groups_that_nobody_knows_are_refused(
    recordings: pv.Recordings, by: str, message: str
) -> None:
    with pytest.raises(InvalidValueError, match=message):
        recordings.groups(by=by)


def test_a_group_without_a_name_is_refused(folder: Path) -> None:
    table = {"file": [str(folder / "a.wav"), str(folder / "c.wav")], "site": ["n", None]}
    found = pv.Recordings(table, **OPTIONS)
    with pytest.raises(InvalidValueError, match=r"by='site': 9 of 20 patches have no value, first"):
        found.groups(by="site")


def test_blocks_keep_groups_whole_and_are_as_large(write: Write) -> None:
    seconds = [5.0, 1.5, 2.0, 3.5, 1.2, 4.0]
    found = pv.Recordings([write(f"{k}.wav", s) for k, s in enumerate(seconds)], **OPTIONS)
    blocks = found.blocks(3)
    groups = found.groups()
    assert all(len(set(blocks[groups == name])) == 1 for name in np.unique(groups))
    sizes = np.bincount(blocks)
    assert len(sizes) == 3
    assert sizes.max() - sizes.min() <= 6
    assert len(found.leaks(blocks > 0, blocks == 0)) == 0


def test_a_single_file_is_parted_in_time(recordings: pv.Recordings) -> None:
    one = recordings[recordings.groups() == recordings.files["file"][2]]
    patches = one.patches(0)
    for gap in (0.0, 0.5):
        np.testing.assert_array_equal(one.blocks(2, gap=gap), patches.blocks(2, gap=gap))
    with pytest.raises(InvalidValueError, match="no patch lies within block"):
        one.blocks(40)


def test_copies_of_a_file_leak_whatever_they_are_called(write: Write) -> None:
    first, other = write("b.wav", 2.0), write("c.wav", 2.0)
    other.write_bytes(other.read_bytes()[:-2] + b"\1\1")  # one sample is another
    copies = [first.with_name(name) for name in ("a.wav", "z.wav")]
    for copy in copies:
        shutil.copy(first, copy)
    found = pv.Recordings([copies[0], first, other, copies[1]], **OPTIONS)
    row, n = np.arange(len(found)) // len(found.patches(0)), len(found.patches(0))
    table = found.leaks(row > 0, row == 0)
    expected = found.patches(0).leaks(np.arange(n), np.arange(n))
    for name in ("patch", "seconds", "share"):
        np.testing.assert_allclose(table[name], expected[name])
    assert table["n_train"].tolist() == (2 * expected["n_train"]).tolist()
    assert (table["train"] % n == table["patch"] % n).all()
    assert set(row[table["train"]]) <= {1, 3}
    assert len(found.leaks(row != 2, row == 2)) == 0


def test_leaks_of_groups_are_those_on_both_sides(recordings: pv.Recordings) -> None:
    rng = np.random.default_rng(0)
    part = rng.integers(-1, 3, len(recordings))  # some are in neither
    train, test = np.flatnonzero(part > 0), np.flatnonzero(part == 0)
    for by in ("file", "folder", "sound"):
        groups = recordings.groups(by)
        found = recordings.leaks(rng.permutation(train), rng.permutation(test), by=by)
        assert list(found) == ["patch", "train", "n_train", "group"]
        expected = [
            (k, own[0], len(own), groups[k])
            for k in test.tolist()
            if (own := [j for j in train.tolist() if groups[j] == groups[k]])
        ]
        assert list(found.itertuples(index=False, name=None)) == expected
    alone = groups == groups[0]
    assert len(recordings.leaks(alone, ~alone, by="sound")) == 0
    with pytest.raises(InvalidValueError, match="by='speaker' is no column"):
        recordings.leaks([0], [1], by="speaker")


def test_leaks_are_those_within_a_file(recordings: pv.Recordings) -> None:
    rng = np.random.default_rng(0)
    train = rng.uniform(size=len(recordings)) < 0.5
    found = recordings.leaks(train, ~train)
    expected = []
    for row, first in enumerate(recordings.files["first"]):
        patches = recordings.patches(row)
        own = train[first : first + len(patches)]
        frame = patches.leaks(own, ~own)
        expected.append(frame.assign(patch=frame["patch"] + first, train=frame["train"] + first))
    together = pd.concat(expected, ignore_index=True)
    for name in ("patch", "n_train"):
        assert found[name].tolist() == together[name].tolist()
    for name in ("seconds", "share"):
        np.testing.assert_allclose(found[name], together[name])
    # Of two that share as much either may be named.
    nearest = abs(found["train"] - found["patch"])
    assert nearest.tolist() == abs(together["train"] - together["patch"]).tolist()
    with pytest.raises(InvalidTypeError, match="train='x' is of type str"):
        recordings.leaks("x", [1])
    with pytest.raises(PatchIndexError, match="test: index=99 is out of range"):
        recordings.leaks([1], [99])
