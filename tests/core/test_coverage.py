"""Which patches share frames: brute force, and scikit-learn's splitters."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError

from .test_choose import carved, share_frames, spectrogram


def frames_of(patches: pv.Patches, i: int) -> set[int]:
    return set(range(*patches.frames(i)))


@given(carved(), st.integers(2, 5), st.integers(0, 9))
def test_blocks_are_those_of_brute_force(patches: pv.Patches, n: int, gap: int) -> None:
    first, last = int(patches.starts[0]), int(patches.starts[-1]) + patches.frame_length
    expected = []
    for start in patches.starts.tolist():
        stop, group = start + patches.frame_length, -1
        for k in range(n):  # borders and gaps in 1/2n frames, so that all are whole numbers
            low = 2 * (first * n + (last - first) * k) + (gap * n if k else 0)
            high = 2 * (first * n + (last - first) * (k + 1)) - (gap * n if k < n - 1 else 0)
            if low <= 2 * n * start and 2 * n * stop <= high:
                group = k
        expected.append(group)
    if set(range(n)) <= set(expected):
        groups = patches.blocks(n, gap=gap / 100)
        assert groups.tolist() == expected
        for i, a in enumerate(expected):
            for j, b in enumerate(expected):
                if a >= 0 and b >= 0 and a != b:
                    assert not share_frames(patches, i, j)
                    between = abs(int(patches.starts[i] - patches.starts[j])) - patches.frame_length
                    assert between >= gap
    else:
        with pytest.raises(InvalidValueError, match="no patch lies within block"):
            patches.blocks(n, gap=gap / 100)


@given(carved(), st.data())
def test_leaks_are_those_of_brute_force(patches: pv.Patches, data: st.DataObject) -> None:
    numbers = st.lists(st.integers(0, len(patches) - 1), min_size=1, unique=True)
    train, test = data.draw(numbers), data.draw(numbers)
    table = patches.leaks(train, test)
    trained = set().union(*(frames_of(patches, j) for j in train))
    expected = []
    for i in sorted(test):
        shared = len(frames_of(patches, i) & trained)
        if shared:
            n = sum(share_frames(patches, i, j) for j in train)
            most = max(len(frames_of(patches, i) & frames_of(patches, j)) for j in train)
            expected.append((i, n, shared, most))
    assert table["patch"].tolist() == [row[0] for row in expected]
    assert table["n_train"].tolist() == [row[1] for row in expected]
    np.testing.assert_allclose(table["seconds"], [row[2] / 100 for row in expected])
    np.testing.assert_allclose(table["share"], [row[2] / patches.frame_length for row in expected])
    for i, j, row in zip(table["patch"], table["train"], expected, strict=True):
        assert j in train
        assert len(frames_of(patches, i) & frames_of(patches, j)) == row[3]


def test_a_random_split_leaks_and_blocks_do_not() -> None:
    patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    test = np.zeros(len(patches), bool)
    test[np.random.default_rng(0).permutation(len(patches))[: len(patches) // 5]] = True
    table = patches.leaks(~test, test)
    assert list(table) == ["patch", "train", "n_train", "seconds", "share"]
    assert len(table) == np.count_nonzero(test)  # each of them
    assert table["share"].min() > 0.95
    short = patches.spectrogram.patches(duration=1.0, hop_duration=0.1)
    groups = short.blocks(5, gap=0.5)
    for k in range(5):
        assert len(short.leaks((groups >= 0) & (groups != k), groups == k)) == 0
    assert len(short.leaks(groups != 0, groups == 0)) > 0  # those across the border are left out


@pytest.mark.slow  # to import it
def test_groups_are_those_of_scikit_learn() -> None:
    selection = pytest.importorskip("sklearn.model_selection")
    patches = spectrogram(400).patches(frame_length=20, hop_length=5)
    groups = patches.blocks(4)
    kept = np.flatnonzero(groups >= 0)
    values = np.zeros((len(kept), 1))
    by_group = selection.GroupKFold(4).split(values, groups=groups[kept])
    for splits in (by_group, selection.PredefinedSplit(groups[kept]).split()):
        split = list(splits)
        assert len(split) == 4
        for train, test in split:
            assert len(set(groups[kept][test])) == 1
            assert len(patches.leaks(kept[train], kept[test])) == 0


def test_other_recordings_leak_nothing(tmp_path: Path) -> None:
    values = spectrogram().values
    named = [pv.Spectrogram(values, name=name).patches(frame_length=10) for name in ("a", "b", "a")]
    assert len(named[0].leaks(named[0], named[1])) == 0
    assert len(named[0].leaks(named[0], named[2])) == 10
    assert list(named[0].leaks(named[0], named[1])) == [
        "patch",
        "train",
        "n_train",
        "seconds",
        "share",
    ]
    spec, other = pv.Spectrogram(values), pv.Spectrogram(values.copy())
    coarse, fine = spec.patches(frame_length=30, tail="pad"), spec.patches(frame_length=10)
    table = fine.leaks(train=coarse[[3]], test=fine)
    assert table["patch"].tolist() == [9]
    assert table["train"].tolist() == [3]
    with pytest.warns(UserWarning, match="^leaks: nothing says whether train and test are of one "):
        assert len(fine.leaks(other.patches(frame_length=30), fine)) == 0
    assert len(fine.leaks(spec.with_labels([(0, 1, "a")]).patches(frame_length=30), fine)) == 9


def test_items_of_batches_leak_where_they_are_the_same() -> None:
    x = np.random.default_rng(0).normal(size=(6, 4, 16)).astype(np.float32)
    both = pv.Patches.from_batch(np.concatenate([x, x[[4, 1]], x[:1] + 1e-3]))
    said = "^leaks: items of a batch know no time of a recording"
    with pytest.warns(UserWarning, match=said):
        table = both.leaks(train=[0, 1, 2, 3, 4, 7], test=[5, 6, 7, 8])
    assert table["patch"].tolist() == [6, 7]
    assert table["train"].tolist() == [4, 1]
    assert table["n_train"].tolist() == [1, 2]
    assert table["share"].tolist() == [1, 1]
    assert table["seconds"].isna().all()
    like = pv.Spectrogram(np.zeros((4, 100)), sr=1000, hop_length=10)
    train, test = (pv.Patches.from_batch(part, like=like) for part in (x, x[3:4]))
    with pytest.warns(UserWarning, match=said):
        table = train.leaks(train, test)
    assert (table["train"][0], table["seconds"][0]) == (3, pytest.approx(0.16))


def test_a_million_patches_are_split_at_once() -> None:
    values = np.broadcast_to(np.float32(0), (1, 200_099))
    patches = pv.Spectrogram(values, sr=1000, hop_length=10).patches(frame_length=100, hop_length=1)
    groups = patches.blocks(5)
    table = patches.leaks(groups != 0, groups == 0)
    assert isinstance(table, pd.DataFrame)
    assert len(table) == 99  # of those that the 99 across the border share frames with


def test_groups_are_no_part() -> None:
    patches = spectrogram().patches(frame_length=10, hop_length=5)
    groups = patches.blocks(2)
    with pytest.raises(InvalidValueError) as caught:
        patches.leaks(groups == 0, groups)
    assert str(caught.value).endswith(
        " has a number for each patch, of which 3 differ. It must be patches, positions of "
        "patches, or a mask, such as test == 1."
    )
    with pytest.raises(
        InvalidTypeError, match=r"^train=\[0\.5\] holds numbers of type float64\. It"
    ):
        patches.leaks([0.5], [1])


def test_a_part_of_no_patches() -> None:
    patches = spectrogram().patches(frame_length=10)
    for empty in ([], np.zeros(10, bool), np.array([], np.int64)):
        with pytest.raises(InvalidValueError, match=r"^test: no patch is chosen"):
            patches.leaks([0], empty)
        with pytest.raises(InvalidValueError, match=r"^train: no patch is chosen"):
            patches.leaks(empty, [0])


def test_a_recording_is_known_by_its_file_wherever_one_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = pytest.importorskip("soundfile")
    y = np.random.default_rng(0).normal(size=8000).astype(np.float32) / 10
    sound.write(tmp_path / "a.wav", y, 8000)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    relative = pv.Spectrogram.from_file("a.wav", sr=None).patches(duration=0.2)
    monkeypatch.chdir(tmp_path / "elsewhere")
    absolute = pv.Spectrogram.from_file(tmp_path / "a.wav", sr=None).patches(duration=0.2)
    n = len(absolute)
    assert len(absolute.leaks(relative, absolute)) == n
    assert relative.spectrogram.audio is not None
    assert relative.spectrogram.audio.read(0, 0.1).shape == (1, 800)  # it is found from here
    assert set(relative.to_frame()["file"]) == {"a.wav"}  # as the user's tables have it

    def excerpt(name: str) -> pv.Patches:
        part = pv.Spectrogram.from_audio(y[4000:].copy(), sr=8000, start=0.5, name=name)
        return part.patches(duration=0.2)

    said = "^leaks: nothing says whether train and test are of one recording, as one of them"
    with pytest.warns(UserWarning, match=said) as caught:
        assert not len(absolute.leaks(excerpt(""), absolute))
    assert len(str(caught[0].message)) <= 500
    with pytest.warns(UserWarning, match=said):
        assert not len(absolute.leaks(excerpt("a, from 0.5 s"), absolute))
    assert len(absolute.leaks(excerpt("a.wav"), absolute)) > 0
    data = io.BytesIO((tmp_path / "a.wav").read_bytes())
    with pytest.warns(UserWarning, match=said):
        absolute.leaks(pv.Spectrogram.from_file(data, sr=None).patches(duration=0.2), absolute)
    named = pv.Spectrogram.from_file(data, sr=None, name="a.wav").patches(duration=0.2)
    assert len(absolute.leaks(named, absolute)) == n
    assert not len(excerpt("a").leaks(excerpt("a"), excerpt("b")))  # by name two, and no word
