"""Tables of clips, a column for each class: labels where they hold 0 and 1, refused elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import patchviz as pv
from patchviz.errors import InvalidValueError, LabelFileError

WHERE = ["file", "start_time", "end_time"]


@pytest.fixture
def clips() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": "a.wav", "start_time": [0.0, 3.0, 6.0], "end_time": [3.0, 6.0, 9.0],
            "robin": [1, 0, 1], "wren": [False, False, True],
        }
    )  # fmt: skip


def spec(name: str = "a.wav") -> pv.Spectrogram:
    return pv.Spectrogram(np.zeros((2, 900)), sr=1000, hop_length=10, name=name)


def said(labels: pd.DataFrame) -> list[tuple[float, float, str]]:
    columns = ("start_time", "end_time", "label")
    return list(zip(*(labels[name].tolist() for name in columns), strict=True))


WANTED = [(0.0, 3.0, "robin"), (6.0, 9.0, "robin"), (6.0, 9.0, "wren")]


def test_each_one_is_a_label_of_its_clip(clips: pd.DataFrame, tmp_path: Path) -> None:
    for frame in (clips, clips.set_index(WHERE), clips.astype({"robin": float, "wren": int})):
        assert said(spec().with_labels(frame).labels) == WANTED
    assert said(spec().with_labels(pl.from_pandas(clips)).labels) == WANTED
    for frame, options in (
        (clips, {"index": False}),
        (clips, {}),  # whose column without a name holds its index
        (clips.set_index(WHERE), {"sep": ";"}),
        (clips.assign(robin=[1.0, 0.0, 1.0]), {"sep": "\t", "index": False}),
    ):
        frame.to_csv(tmp_path / "clips.csv", **options)
        assert said(pv.read_labels(tmp_path / "clips.csv")) == WANTED
    # As `targets` gives it, of which the other way is documented.
    patches = spec().with_labels(clips).patches(duration=3.0)
    where = patches.to_frame().set_index(WHERE).index
    table = pd.DataFrame(patches.targets(), columns=list(patches.classes), index=where)
    assert said(spec().with_labels(table).labels) == WANTED


def test_blank_rows_are_no_clips(clips: pd.DataFrame, tmp_path: Path) -> None:
    """Of a frame as of a file, as spreadsheets leave some; one that lacks a number is asked for."""
    blank = clips.reindex([0, 7, 1, 2, 8])
    blank.to_csv(tmp_path / "clips.csv", index=False)
    texts = pd.read_csv(tmp_path / "clips.csv", dtype=str, keep_default_na=False)
    for given in (blank, pl.read_csv(tmp_path / "clips.csv"), texts, tmp_path / "clips.csv"):
        assert said(spec().with_labels(given).labels) == WANTED
    with pytest.raises(InvalidValueError, match="'robin' has empty cells: fill them with 0"):
        spec().with_labels(clips.assign(robin=[1, np.nan, 1]))


def test_clips_are_written_as_the_labels_that_they_are(clips: pd.DataFrame, tmp_path: Path) -> None:
    path = pv.write_labels(clips, tmp_path / "labels.csv")
    assert said(pv.read_labels(path)) == WANTED


def test_clips_without_times_are_whole_files(clips: pd.DataFrame, tmp_path: Path) -> None:
    import soundfile

    files = [tmp_path / f"{name}.wav" for name in "abc"]
    for file in files:
        soundfile.write(file, np.linspace(-0.5, 0.5, 8000), 8000)
    table = clips[["robin", "wren"]].assign(file=["a.wav", "b.wav", "c.wav"])
    recordings = pv.Recordings(files, duration=1.0, sr=None, n_mels=16, labels=table)
    assert recordings.classes == ("robin", "wren")
    assert recordings.targets().tolist() == [[True, False], [False, False], [True, True]]
    table.to_csv(tmp_path / "clips.csv", index=False)
    again = recordings.with_labels(tmp_path / "clips.csv")
    np.testing.assert_array_equal(again.targets(), recordings.targets())
    for given in (table, tmp_path / "clips.csv"):  # a recording by itself finds its own
        alone = pv.Spectrogram.from_file(files[2], sr=None, n_mels=16).with_labels(given)
        assert alone.labels["label"].tolist() == ["robin", "wren"]
        assert {*alone.labels["start_time"]} == {alone.start}
        assert {*alone.labels["end_time"]} == {alone.end}


@pytest.mark.parametrize(("start", "end"), [(-np.inf, 1.0), (0.5, np.inf), (np.inf, -np.inf)])
def test_a_label_that_is_half_of_a_whole_file_is_refused(start: float, end: float) -> None:
    column = "end_time" if np.isfinite(start) else "start_time"
    with pytest.raises(InvalidValueError, match=f"row 1, column '{column}': -?inf is no finite"):
        spec().with_labels([(0, 1, "robin"), (start, end, "wren")])


def test_a_table_without_any_is_one_in_which_there_is_nothing(clips: pd.DataFrame) -> None:
    said = (
        r"^2 of 2 columns of a table of clips are 0 throughout, and of no class of the labels: "
        r"'robin', 'wren'\. Targets have no column of a class that has no label\.$"
    )
    with pytest.warns(UserWarning, match=said):
        labelled = spec().with_labels(clips.assign(robin=0, wren=False))
    assert len(labelled.labels) == 0


def test_a_class_in_no_clip_is_told(clips: pd.DataFrame, tmp_path: Path) -> None:
    """A matrix of targets would not fit a model's columns."""
    table = clips.assign(owl=0)
    table.to_csv(tmp_path / "clips.csv", index=False)
    for given in (table, tmp_path / "clips.csv"):
        said = r"^1 of 3 columns of a table of clips is 0 throughout, and of no .*: 'owl'\. Targets"
        with pytest.warns(UserWarning, match=said):
            assert spec().with_labels(given).patches(duration=1.0).classes == ("robin", "wren")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (
            {"robin": [0.5, 0.0, 1.0]},
            "'robin' holds 0.5: give scores as scores, or make labels of them, 1 from a threshold "
            "on and else 0",
        ),
        ({"robin": [2, 0, 1]}, "'robin' holds 2: leave it out"),
        ({"note": ["loud", "", "x"]}, "'note' holds 'loud': leave it out"),
        ({"robin": [np.nan, 0, 1]}, "'robin' has empty cells: fill them with 0"),
    ],
)
def test_numbers_that_are_neither_0_nor_1_are_refused(
    clips: pd.DataFrame, tmp_path: Path, columns: dict[str, Any], reason: str
) -> None:
    table = clips.assign(**columns)
    table.to_csv(tmp_path / "clips.csv", index=False)
    begin = "a table of clips has a column for each class, 1 where a clip has it and else 0, and "
    with pytest.raises(InvalidValueError) as raised:
        spec().with_labels(table)
    assert f"{begin}{reason}" in str(raised.value)
    with pytest.raises(LabelFileError) as read:
        pv.read_labels(tmp_path / "clips.csv")
    assert f"{begin}{reason}" in str(read.value)


def test_other_tables_are_no_clips(clips: pd.DataFrame) -> None:
    for table in (
        clips[WHERE],
        clips[[*WHERE]].assign(channel=1),
        spec().patches(duration=3.0).to_frame(),
        spec().patches(duration=3.0).with_scores(np.zeros(3), classes=["robin"]).to_frame(),
    ):
        with pytest.raises(InvalidValueError, match=r"^labels: wanted label"):
            spec().with_labels(table)
    assert said(spec().with_labels(clips.assign(label="owl")).labels) == [
        (start, start + 3.0, "owl") for start in (0.0, 3.0, 6.0)
    ]


def test_sound_in_memory_is_found_by_its_name(clips: pd.DataFrame) -> None:
    y = np.random.default_rng(0).uniform(-0.1, 0.1, 90_000)
    heard = pv.Spectrogram.from_audio(y, sr=10_000, name="a.wav", n_mels=16)
    assert said(heard.with_labels(clips).labels) == WANTED


def test_a_class_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """One column said that it is in the clip, and the other was told to be 0 throughout."""
    path = tmp_path / "clips.csv"
    path.write_text("file,start_time,end_time,robin,robin\na.wav,0,1,1,0\n")
    with pytest.raises(LabelFileError, match="and 'robin' is there twice: rename or remove one"):
        pv.read_labels(path)


@pytest.mark.parametrize("title", ["species", "Class", "text"])
def test_a_class_that_is_called_as_a_column_of_names_is_refused(
    clips: pd.DataFrame, tmp_path: Path, title: str
) -> None:
    """It was taken for the names, 0 and 1, and robins and wrens were gone."""
    table = clips.assign(**{title: [0, 1, 0]})
    path = tmp_path / "clips.csv"
    table.to_csv(path, index=False)
    reason = f"the column '{title}' holds 0 and 1 as 'robin' does, and may be a class of clips, or"
    for labels in (table, path):
        with pytest.raises(InvalidValueError, match=reason):
            spec().with_labels(labels)
    heard = spec().with_labels(table.rename(columns={title: "birds of any species"}))
    assert {*heard.labels["label"]} == {"robin", "wren", "birds of any species"}
    heard = spec().with_labels(table.rename(columns={title: "label"}))
    assert [*heard.labels["label"]] == ["0", "1", "0"]
    alone = spec().with_labels(table.drop(columns=["robin", "wren"]))
    assert [*alone.labels["label"]] == ["0", "1", "0"]
