"""What a model said, as files: what a person writes who has a number for each patch and class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import patchviz as pv
from patchviz.errors import InvalidValueError, LabelFileError

N, CLASSES = 10, ["speech", "pause"]


@pytest.fixture
def patches() -> pv.Patches:
    return pv.Spectrogram(np.zeros((4, 100)), sr=100, hop_length=1).patches(frame_length=10)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(0).uniform(size=(N, 2)).round(3), columns=CLASSES)


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_classes_alone_are_of_all_patches_in_their_order(
    patches: pv.Patches, frame: pd.DataFrame, tmp_path: Path, index: bool, sep: str
) -> None:
    frame.to_csv(tmp_path / "scores.csv", index=index, sep=sep)
    scored = patches.with_scores(tmp_path / "scores.csv")
    assert scored.classes == tuple(CLASSES)
    np.testing.assert_allclose(scored.scores, frame, rtol=1e-6)  # type: ignore[arg-type]


def test_an_index_says_which_patches(
    patches: pv.Patches, frame: pd.DataFrame, tmp_path: Path
) -> None:
    frame.iloc[[7, 2]].to_csv(tmp_path / "scores.csv")
    scored = patches.with_scores(tmp_path / "scores.csv").scores
    assert scored is not None
    np.testing.assert_allclose(scored[[7, 2]], frame.iloc[[7, 2]], rtol=1e-6)
    assert np.isnan(scored).sum() == 16


def test_blank_rows_of_a_spreadsheet_are_of_no_patch(patches: pv.Patches, tmp_path: Path) -> None:
    file = tmp_path / "scores.csv"
    file.write_text("start_time;end_time;a\n0;0,1;0,5\n;;\n0,1;0,2;0,25\n;;\n ; ;\n")
    scored = patches.with_scores(file).scores
    assert scored is not None
    assert scored[:2, 0].tolist() == [0.5, 0.25]
    file.write_text("a,b\n" + "1,0\n" * 4 + ",\n" + "0,1\n" * 5)  # without places it is a patch
    scored = patches.with_scores(file).scores
    assert scored is not None
    assert np.flatnonzero(np.isnan(scored).all(axis=1)).tolist() == [4]


def test_another_number_of_rows_is_refused(
    patches: pv.Patches, frame: pd.DataFrame, tmp_path: Path
) -> None:
    frame[:4].to_csv(tmp_path / "scores.csv", index=False)
    with pytest.raises(InvalidValueError, match="scores have 4 rows, and there are 10 patches"):
        patches.with_scores(tmp_path / "scores.csv")


def test_what_holds_words_is_none(patches: pv.Patches, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("speech,who\n0.4,me\n")
    with pytest.raises(LabelFileError, match="wanted start_time"):
        patches.with_scores(tmp_path / "scores.csv")


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    """No class gets another name or another's numbers, and 001 is no 1."""
    patches = pv.Spectrogram(np.zeros((4, 100)), sr=100, hop_length=1, name="001").patches(
        frame_length=50
    )
    path = tmp_path / "s.csv"

    def read(text: str) -> pv.Patches:
        path.write_text(text)
        return patches.with_scores(path)

    wrong = {
        "patch,a,b,a\n0,1,2,3\n": "line 1, column 4 ('a'): is there twice. Rename or remove one",
        "\n,,\n": "line 1, column 1: wanted start_time",
        "a,b\n1,2,3\n4,5,6\n": "line 2, column 3: the row has 3 columns, and the first one 2",
        "sep=;\n\npatch;a;b\n0;1;2\n1;3\n": "line 5, column 3: the row has 2 columns",
        "patch,a,b\n0,1,2\n1,3\n": "line 3, column 3: the row has 2 columns, and the first one 3",
    }
    for text, message in wrong.items():
        with pytest.raises(LabelFileError) as caught:
            read(text)
        assert str(caught.value).startswith(f"'{tmp_path.name}/s.csv', {message}")
    for end in (",", ""):  # as some programs end lines
        scored = read(f"patch,a{end}\n0,1,\n1,2,\n")
        assert (scored.classes, scored.scores[:, 0].tolist()) == (("a",), [1, 2])
    assert read("file,patch,a\n001,0,1\n1,0,2\n").scores[0, 0] == 1
    assert read('patch,"a\nb"\n0,1\n').classes == ("a\nb",)
    assert read("nan,b\n0.1,0.2\n0.3,0.4\n").classes == ("nan", "b")
    assert read("patch,a\n1.0,3\n0.0,2\n").scores[:, 0].tolist() == [2, 3]  # as of a join


def test_columns_that_are_named_are_scores_whatever_stands_beside_them(
    patches: pv.Patches, tmp_path: Path
) -> None:
    """Such as what people wrote down, as a table in memory may have it."""
    table = pd.DataFrame({"patch": range(N), "label": "speech", "speech": 0.25, "pause": 0.75})
    table.to_csv(tmp_path / "scores.csv", index=False)
    for scores in (table, tmp_path / "scores.csv"):
        scored = patches.with_scores(scores, classes=CLASSES)
        assert scored.scores[0].tolist() == [0.25, 0.75]


@pytest.mark.parametrize("begin", ["Start (s)", "Begin Time (s)"])
def test_birdnets_rows_of_nothing_are_none_in_a_frame_either(
    patches: pv.Patches, tmp_path: Path, begin: str
) -> None:
    end = begin.replace("Start", "End").replace("Begin", "End")
    table = pd.DataFrame(
        {begin: [0.0, 0.1, 0.2], end: [0.1, 0.2, 0.3]}
        | {"Common name": ["Robin", "nocall", "Wren"], "Confidence": [0.5, 1.0, 0.7]}
    )
    table.to_csv(tmp_path / "a.csv", index=False)
    own = patches.with_scores(tmp_path / "a.csv")
    for frame in (table, pl.from_pandas(table)):
        scored = patches.with_scores(frame)
        assert scored.classes == own.classes == ("Robin", "Wren")
        np.testing.assert_array_equal(scored.scores, own.scores)  # type: ignore[arg-type]
        labelled = patches.spectrogram.with_labels(frame)
        assert labelled.labels["label"].tolist() == ["Robin", "Wren"]  # type: ignore[index]
        pv.write_labels(frame, tmp_path / "b.csv")
        assert pv.read_labels(tmp_path / "b.csv")["label"].tolist() == ["Robin", "Wren"]
    # Another's class of this name is one.
    other = table.rename(columns={"Common name": "label"})
    assert patches.with_scores(other).classes == ("Robin", "Wren", "nocall")


def test_blank_rows_are_left_out_of_a_frame_as_of_a_file(patches: pv.Patches) -> None:
    timed = pd.DataFrame({"start_time": [0.1, 0.0], "end_time": [0.2, 0.1], "robin": [0.7, 0.5]})
    told = pd.DataFrame({"start_time": [0.1, 0.0], "label": ["b", "a"], "score": [0.7, 0.5]})
    numbered = pd.DataFrame({"patch": [1, 0], "robin": [0.7, 0.5]})
    for table in (timed, told, numbered):
        own = patches.with_scores(table)
        blank = pd.DataFrame([dict.fromkeys(table, np.nan)])
        spoilt = pd.concat([table[:1], blank, table[1:], blank], ignore_index=True)
        for frame in (spoilt, pl.from_pandas(spoilt), spoilt.replace({"label": {np.nan: " "}})):
            scored = patches.with_scores(frame)
            assert scored.classes == own.classes
            np.testing.assert_array_equal(scored.scores, own.scores)  # type: ignore[arg-type]
    # A row that says when it was, and nothing else, is of a patch without scores.
    unscored = patches.with_scores(timed.assign(robin=[np.nan, 0.5]))
    assert np.isnan(unscored.scores[1:]).all()  # type: ignore[index]
    # In the order of the patches each row is of one.
    with pytest.raises(InvalidValueError, match="have 11 rows, and there are 10 patches"):
        patches.with_scores(pd.DataFrame({"robin": [np.nan] * (N + 1)}))
    with pytest.raises(InvalidValueError, match="1 of 2 rows of scores are of no window"):
        patches.with_scores(timed.assign(start_time=[None, 0.0], end_time=[None, 0.1]))
