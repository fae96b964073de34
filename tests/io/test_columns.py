"""Columns of which several may say the same: which is taken, and what is said of the others."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import patchviz as pv
from patchviz.errors import InvalidValueError

TIMES = {"start_time": [0.0, 1.0, 2.0], "end_time": [1.0, 2.0, 3.0]}


def spec() -> pv.Spectrogram:
    return pv.Spectrogram(np.zeros((2, 900)), sr=1000, hop_length=10, name="a.wav")


def told(labels: object) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        spec().with_labels(labels)
    return [str(warning.message) for warning in caught]


def as_raven(table: pd.DataFrame, path: Path) -> Path:
    """Write a selection table."""
    names = {"start_time": "Begin Time (s)", "end_time": "End Time (s)"}
    table.rename(columns=names).to_csv(path, sep="\t", index=False)
    return path


def as_csv(table: pd.DataFrame, path: Path) -> Path:
    table.to_csv(path, index=False)
    return path


def as_frame(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    return table


FACES = pytest.mark.parametrize("face", [as_frame, as_csv, as_raven])


@FACES
def test_a_second_column_of_classes_is_told(face, tmp_path):
    table = pd.DataFrame(
        {**TIMES, "label": ["call", "song", "call"], "species": ["robin", "robin", "wren"]}
    )
    (said,) = told(face(table, tmp_path / "a.txt"))
    assert "of the columns 'label', 'species', each of which may be the label, the first" in said
    assert "Leave out those that are not; of a file, pv.read_labels(path, label='species')" in said


@FACES
@pytest.mark.parametrize("other", ["Scientific name", "order", "name"])
def test_other_names_of_the_same_or_larger_classes_are_not(face, other, tmp_path):
    """Nor what need not be a name of a class: comments, people."""
    names = {
        "Scientific name": ["Erithacus rubecula", "Troglodytes troglodytes", "Erithacus rubecula"],
        "order": ["Passeriformes"] * 3,
        "name": ["Ann", "Bo", "Bo"],
    }
    table = pd.DataFrame({**TIMES, "Common name": ["robin", "wren", "robin"], other: names[other]})
    assert told(face(table, tmp_path / "a.txt")) == []


@FACES
def test_a_second_column_of_scores_is_told_where_it_says_another(face, tmp_path):
    table = pd.DataFrame({**TIMES, "label": "robin", "confidence": [0.5, 0.25, 1.0]})
    same = table.assign(score=table["confidence"])
    other = table.assign(score=[0.5, 0.75, np.nan])
    assert told(face(same, tmp_path / "a.txt")) == []
    (said,) = told(face(other, tmp_path / "a.txt"))
    assert "of the columns 'score', 'confidence', each of which may be the score, the first" in said
    assert said.endswith("Leave out those that are not.")


def test_numbers_with_commas_that_are_the_same_are_not_told(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("start;end;label;confidence;score\n0;1;robin;0,5;0,50\n1;2;wren;1;1,0\n")
    assert told(file) == []


@FACES
def test_of_two_columns_of_scores_the_same_is_taken_in_all_faces(face, tmp_path):
    table = pd.DataFrame(
        {**TIMES, "label": "robin", "confidence": [0.5, 0.25, 1.0], "score": [0.5, 0.75, 0.0]}
    )
    with pytest.warns(UserWarning, match="may be the score"):
        labels = spec().with_labels(face(table, tmp_path / "a.txt")).labels
    assert [*labels["score"]] == [0.5, 0.75, 0.0]


def test_a_label_that_is_named_is_the_one(tmp_path):
    table = pd.DataFrame(
        {**TIMES, "label": ["call", "song", "call"], "species": ["robin", "robin", "wren"]}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        labels = pv.read_labels(as_csv(table, tmp_path / "a.csv"), label="species")
    assert [*labels["label"]] == ["robin", "robin", "wren"]


def test_scores_of_detections_are_told_once(tmp_path):
    table = pd.DataFrame(
        {**TIMES, "label": "robin", "confidence": [0.5, 0.25, 1.0], "score": [0.5, 0.75, 0.0]}
    )
    patches = spec().patches(duration=1.0)
    for scores in (table, as_csv(table, tmp_path / "a.csv")):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            patches.with_scores(scores)
        assert len([w for w in caught if "may be the score" in str(w.message)]) == 1


# -- scores ------------------------------------------------------------------------------------


def scores(title: str, values: list[float]) -> pd.DataFrame:
    """Return scores of two classes, of which one is called as a column of labels may be."""
    return pd.DataFrame({**TIMES, "robin": [0.25, 0.5, 0.75], title: values})


@pytest.mark.parametrize("face", [as_frame, as_csv])
@pytest.mark.parametrize("title", ["species", "text", "label"])
def test_a_class_that_is_called_as_labels_are_has_its_scores(face, title, tmp_path):
    """Of a file it was refused: it was read for detections."""
    patches = spec().patches(duration=1.0)
    given = face(scores(title, [0.5, 0.25, 1.0]), tmp_path / "a.csv")
    scored = patches.with_scores(given)
    assert scored.classes == ("robin", title)
    assert scored.scores[:3].tolist() == [[0.25, 0.5], [0.5, 0.25], [0.75, 1.0]]


@pytest.mark.parametrize("face", [as_frame, as_csv])
def test_labels_that_are_numbers_are_no_scores_unless_their_class_is_named(face, tmp_path):
    """They became the scores of a class 'label': 0 and 1 of each patch."""
    patches = spec().patches(duration=1.0)
    given = face(scores("label", [1, 0, 1]), tmp_path / "a.csv")
    said = "'label' says what was found, and none what it scores.*or leave 'label' out where each"
    with pytest.raises(pv.errors.InvalidValueError, match=said):
        patches.with_scores(given)
    assert patches.with_scores(given, classes=["label"]).scores[:3, 0].tolist() == [1, 0, 1]


@pytest.mark.parametrize("also", [{}, {"level": [60.0, 50.0, 55.0]}])
@pytest.mark.parametrize("names", [["robin", "wren", "robin"], [3, 1, 3]])
def test_what_people_wrote_is_not_taken_for_what_a_model_predicted(names, also, tmp_path):
    """Neither of a file, nor where another column of numbers stands beside the score."""
    table = pd.DataFrame({**TIMES, "label": names, "prediction": names[::-1], "score": 0.5, **also})
    patches = spec().patches(duration=1.0)
    said = "^scores: the columns 'label' and 'prediction' may both name classes. Leave out the one"
    for sep in ",;":
        file = tmp_path / "a.csv"
        table.to_csv(file, sep=sep, decimal="," if sep == ";" else ".", index=False)
        for scores in (table, file):
            with pytest.raises(InvalidValueError, match=said):
                patches.with_scores(scores)


def test_a_prediction_that_says_whether_is_no_class(tmp_path):
    table = pd.DataFrame({**TIMES, "label": "robin", "score": [0.9, 0.2, 0.7]})
    table = table.assign(prediction=[1, 0, 1])
    for scores in (table, as_csv(table, tmp_path / "a.csv")):
        assert spec().patches(duration=1.0).with_scores(scores).classes == ("robin",)


def test_a_second_column_of_predictions_is_told(tmp_path):
    table = pd.DataFrame({**TIMES, "predicted": "robin", "score": 0.5, "annotations": [*"abc"]})
    patches = spec().patches(duration=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what people wrote is no rival of it
        patches.with_scores(table)
    table["pred"] = ["robin", "wren", "owl"]
    for scores in (table, as_csv(table, tmp_path / "a.csv")):
        with pytest.warns(UserWarning, match="columns 'predicted', 'pred', each of which may be"):
            assert patches.with_scores(scores).classes == ("robin",)


@pytest.mark.parametrize("face", [as_frame, as_csv])
@pytest.mark.parametrize("other", [{}, {"prediction": ["wren", "robin", "wren"]}])
def test_columns_that_are_asked_for_are_the_classes(face, other, tmp_path):
    """Whatever else the table says: a label and its score were taken in their place."""
    table = scores("wren", [0.5, 0.25, 1.0]).assign(label="robin", score=0.125, **other)
    scored = (
        spec()
        .patches(duration=1.0)
        .with_scores(face(table, tmp_path / "a.csv"), classes=["wren", "robin"])
    )
    assert scored.classes == ("wren", "robin")
    assert scored.scores[:3].tolist() == [[0.5, 0.25], [0.25, 0.5], [1.0, 0.75]]


@pytest.mark.parametrize("face", [as_frame, as_csv])
@pytest.mark.parametrize("columns", [["label"], ["label", "score"]])
def test_a_table_in_which_nothing_was_found_has_no_class(face, columns, tmp_path):
    table = pd.DataFrame(columns=[*TIMES, *columns])
    with pytest.warns(UserWarning, match="^the table of scores has no rows"):
        scored = spec().patches(duration=1.0).with_scores(face(table, tmp_path / "a.csv"))
    assert scored.classes == ()
