"""Which recording a name in a table means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

import patchviz as pv
from patchviz.core.names import NONE, SEVERAL, UNSURE, Names
from patchviz.errors import InvalidValueError

SOUTH = ["/x/sites/south/1.wav", "/x/sites/south/2.wav"]


@pytest.mark.parametrize(
    ("paths", "names", "rows"),
    [
        # One has a folder that another's name does not have: it is of another recording.
        (SOUTH, ["north/1.wav", "south/1.wav"], [NONE, 0]),
        (SOUTH, ["south/1.wav", "north/1.wav"], [0, NONE]),
        (SOUTH, ["/d/north/1.wav", "/d/south/1.wav"], [NONE, 0]),
        (SOUTH, ["D:\\north\\1.wav", "D:\\south\\1.wav"], [NONE, 0]),
        # So it is where nothing was found in the recording itself.
        (SOUTH, ["south/1.wav", "north/2.wav"], [0, NONE]),
        (SOUTH, ["/d/south/1.wav", "/d/north/2.wav"], [0, NONE]),
        (["south/1.wav", "south/2.wav"], ["south/1.wav", "north/2.wav"], [0, NONE]),
        ([*SOUTH, "/x/sites/north/1.wav"], ["north/1.wav", "north/2.wav"], [2, NONE]),
        (SOUTH, ["/x/sites/south/1.wav", "/x/sites/north/2.wav"], [0, NONE]),
        # On another computer folders have other names.
        (SOUTH, ["elsewhere/1.wav", "elsewhere/2.wav"], [0, 1]),
        (SOUTH, ["/d/south/1.wav", "/d/south/2.wav"], [0, 1]),
        (["/h/a/b/1.wav", "/h/c/2.wav"], ["D:/a/b/1.wav", "D:/c/2.wav"], [0, 1]),
        (["1.wav", "2.wav"], ["/d/1.wav", "/d/2.wav"], [0, 1]),
        # Nothing tells which of two is meant.
        (SOUTH, ["north/1.wav", "east/1.wav", "east/2.wav"], [UNSURE, UNSURE, 1]),
        (["1.wav"], ["north/1.wav", "south/1.wav"], [UNSURE, UNSURE]),
        # One recording may be written in several ways.
        (SOUTH, ["1.wav", "south/1.wav", "1", "sites\\south\\1", "./1.wav"], [0, 0, 0, 0, 0]),
        (SOUTH, ["1.wav", "elsewhere/1.wav"], [0, NONE]),
        (["a/1.wav", "b/1.wav"], ["1.wav", "c/1.wav", "b/1", "3.wav"], [SEVERAL, SEVERAL, 1, NONE]),
        # Blanks around cells say nothing, unless files differ in them.
        ([" a.wav", "b.wav"], ["a.wav", " b.wav"], [0, 1]),
        (["a.wav", " a.wav"], [" a.wav", "a.wav"], [1, 0]),
        # Case tells files apart where they are written so, and only there.
        (["a.wav", "b.wav"], ["A.WAV", "b.WAV"], [0, 1]),
        (["a.wav", "A.wav"], ["A.wav", "a.wav", "a.WAV"], [1, 0, SEVERAL]),
        (["a.wav"], ["A.wav", "a.wav"], [NONE, 0]),
        (["a.wav"], ["A.wav", "a.WAV"], [UNSURE, UNSURE]),
        (["north/a.wav", "south/a.wav"], ["North/A.WAV", "D:\\South\\a"], [0, 1]),
    ],
)
def test_names_mean_the_recording_that_fits(
    paths: list[str], names: list[str], rows: list[int]
) -> None:
    assert Names(paths).rows(names).tolist() == rows


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["north/1.wav", "south/1.wav"], [1]),
        (["/d/north/1.wav", "/d/south/1.wav"], [1]),
        (["1.wav", "south/1.wav", "2.wav"], [0, 1]),
        (["east/1.wav", "north/1.wav"], None),
        (["south/2.wav", "south/3.wav"], None),
    ],
)
def test_one_rule_for_one_recording_and_for_many(
    names: list[str], kept: list[int] | None, tmp_path_factory: pytest.TempPathFactory
) -> None:

    path = tmp_path_factory.mktemp("sites") / "south" / "1.wav"
    path.parent.mkdir()
    soundfile.write(path, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    spec = pv.Spectrogram.from_file(path, sr=None, n_mels=8)
    many = pv.Recordings([path], duration=0.25, sr=None, n_mels=8)
    patches = many.patches(0)
    times = {"file": names, "start_time": 0.0, "end_time": patches.duration}
    labels = pd.DataFrame(times).assign(label=[*"abc"][: len(names)])
    scores = pd.DataFrame(times).assign(x=np.arange(len(names)) / 10)
    if kept is None:
        for known, table in ((spec, labels), (many, labels)):
            with pytest.raises(InvalidValueError, match=r"are of|name files of"):
                known.with_labels(table)
        for known, table in ((patches, scores), (many, scores)):
            with pytest.raises(InvalidValueError, match=r"are of|name files of"):
                known.with_scores(table)
        return
    expected = labels["label"][kept].tolist()
    assert spec.with_labels(labels).labels["label"].tolist() == expected
    with pytest.warns(UserWarning, match=r"^1 of \d labels name a file of none of the recordings"):
        assert many.with_labels(labels).labels["label"].tolist() == expected
    if len(kept) == 1:
        assert patches.with_scores(scores).scores[0] == scores["x"][kept[0]]
        with pytest.warns(UserWarning, match=r"^1 of 2 scores name a file of none of the rec"):
            assert many.with_scores(scores).scores[0] == scores["x"][kept[0]]


def test_names_of_which_nothing_tells_are_counted(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:

    folder = tmp_path_factory.mktemp("sites")
    for name in ("1.wav", "2.wav"):
        soundfile.write(folder / name, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    found = pv.Recordings(folder, duration=0.25, sr=None, n_mels=8)
    names = ["north/1.wav", "east/1.wav", "east/2.wav"]
    labels = {"file": names, "start_time": 0.0, "end_time": 0.1, "label": "x"}
    with (
        pytest.warns(
            UserWarning,
            match="^2 of 3 labels name files of which several may be one re"
            "cording: 'north/1.wav', 'east/1.wav'. They are left out.$",
        ),
        pytest.warns(UserWarning, match="^1 of 3 labels name files in other folders, and are"),
    ):
        known = found.with_labels(labels)
    assert known.targets().any(axis=1).sum() == known.patches(1).targets().sum()


def test_names_in_another_case_are_told(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.wav" for name in "ab"]
    for file in files:
        soundfile.write(file, np.zeros(8000), 8000)
    recordings = pv.Recordings(files, duration=1.0, sr=None, n_mels=16)
    rows = [("A.WAV", 0.0, 0.5, "robin"), ("b.wav", 0.0, 0.5, "wren")]
    labels = pd.DataFrame(rows, columns=["file", "start_time", "end_time", "label"])
    said = (
        r"^1 of 2 labels name files in another case, and no file in theirs is there: 'A\.WAV' is "
        r"taken for 'a\.wav'\.$"
    )
    with pytest.warns(UserWarning, match=said):
        known = recordings.with_labels(labels)
    assert known.targets().tolist() == [[True, False], [False, True]]
    with pytest.warns(UserWarning, match=said):
        spec = pv.Spectrogram.from_audio(np.ones(8000), sr=8000, name="a.wav").with_labels(labels)
    assert spec.labels["label"].tolist() == ["robin"]
