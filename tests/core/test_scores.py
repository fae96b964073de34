"""Scores of patches: from arrays and from tables by number or by time."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import soundfile

import patchviz as pv
from patchviz._util import warn
from patchviz.core.windows import scored_at_windows
from patchviz.errors import InvalidTypeError, InvalidValueError, LabelFileError
from patchviz.io.scores import read_scores

NAN = float("nan")


def patches(n_frames: int = 100, **carving: Any) -> pv.Patches:
    """By default nine patches of 0.2 s, every 0.1 s, in frames of 10 ms."""
    spec = pv.Spectrogram(np.zeros((1, n_frames)), sr=1000, hop_length=10, name="a.wav")
    return spec.patches(**(carving or {"duration": 0.2, "hop_duration": 0.1}))


def test_numbers_of_classes_are_told_from_scores() -> None:
    said = (
        r"^with_scores: whole numbers, 0 to 8, are taken for scores of one class\. .*np\.eye\(9\)"
    )
    with pytest.warns(UserWarning, match=said):
        scored = patches().with_scores(np.arange(9))
    assert scored.classes == ("score",)
    for scores in (np.arange(9.0), np.eye(9, dtype=int), np.arange(9) % 2, np.arange(9) > 3):
        patches().with_scores(scores)


def test_arrays_are_not_copied() -> None:
    scores = np.random.default_rng(0).random((9, 3), np.float32)
    scored = patches().with_scores(scores, classes=["a", "b", "c"])
    assert np.shares_memory(scored.scores, scores)
    assert not scored.scores.flags.writeable
    assert scores.flags.writeable
    assert scored.classes == ("a", "b", "c")
    assert patches().with_scores(scores).classes == ("0", "1", "2")
    one = patches().with_scores([k % 2 for k in range(9)])
    assert (one.scores.shape, one.scores.dtype, one.classes) == ((9, 1), np.float64, ("score",))
    plain = patches()
    assert plain.with_scores(scores) is not plain
    assert plain.scores is None
    assert plain.with_scores(scores).spectrogram is plain.spectrogram


def test_some_patches_keep_their_scores() -> None:
    scored = patches().with_scores(np.arange(9.0), classes=["a"])
    assert scored[[2, 5]].scores.tolist() == [[2], [5]]
    assert scored[scored.scores[:, 0] > 6].numbers.tolist() == [7, 8]
    assert scored[2:].with_scores(np.ones(7)).scores.shape == (7, 1)


def test_labels_and_scores_share_classes() -> None:
    scored = patches().with_scores(np.zeros((9, 2)), classes=["wren", "robin"])
    spec = scored.spectrogram.with_labels([(0, 0.05, "robin"), (0.9, 1.0, "crow")])
    both = spec.patches(duration=0.2, hop_duration=0.1).with_scores(
        np.zeros((9, 2)), classes=["wren", "robin"]
    )
    assert both.classes == ("wren", "robin", "crow")
    np.testing.assert_array_equal(
        both.targets().astype(int).T, [[0] * 9, [1] + [0] * 8, [0] * 8 + [1]]
    )


def test_tables_go_to_opensoundscape_and_to_parquet_and_come_back(tmp_path: Path) -> None:
    """opensoundscape takes clips by (file, start_time, end_time), with a column for each class.

    Its AudioFileDataset refuses other names, and warns where the first file is not found or where
    values are not 0 and 1: github.com/kitzeslab/opensoundscape, opensoundscape/ml/datasets.py.
    """
    pytest.importorskip("pyarrow")
    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(8800)) / 2, 8000)
    labels = [(0.1, 0.35, "wren, young"), (0.72, 0.78, "robin")]
    spec = pv.Spectrogram.from_file(tmp_path / "a.wav", n_fft=80, hop_length=80, kind="stft")
    carved = spec.with_labels(labels).patches(duration=0.2, hop_duration=0.1, tail="pad")
    scores = np.random.default_rng(0).random((len(carved), 2), np.float32)
    scores[3, 1] = NAN
    carved = carved.with_scores(scores, classes=["robin", "owl"])

    table = carved.to_frame(truth={"min_share": 0.5})
    clips = table.set_index(["file", "start_time", "end_time"])
    taught = pd.DataFrame(carved.targets(), columns=carved.classes, index=clips.index)
    assert list(taught.index.names) == ["file", "start_time", "end_time"]
    assert list(taught.columns) == ["robin", "owl", "wren, young"]
    assert set(taught.to_numpy().ravel().tolist()) <= {0, 1}
    for (file, start, end), row in taught.iterrows():  # type: ignore[misc]
        assert Path(file).is_file()
        assert row.tolist() == [start < 0.78 and end > 0.72, False, start < 0.35 and end > 0.1]

    path, known = tmp_path / "known.parquet", carved.spectrogram.labels
    for frame in (table, taught, clips[["robin", "owl"]], known):
        frame.to_parquet(path)
        pd.testing.assert_frame_equal(pd.read_parquet(path), frame)
    again = spec.with_labels(pd.read_parquet(path))
    pd.testing.assert_frame_equal(again.labels, known)
    with pytest.raises(LabelFileError, match=r"/known.parquet' is a Parquet file\. Give the frame"):
        spec.with_labels(path)
    for frame in (table, clips[["robin", "owl"]]):  # by number, and by time as predict returns them
        frame.to_parquet(path)
        for read in (pd.read_parquet, pl.read_parquet):
            scored = carved.with_scores(read(path), classes=["robin", "owl"])
            np.testing.assert_array_equal(scored.scores, scores)


def test_tables_by_number() -> None:
    expected = np.full((9, 2), NAN)
    expected[[3, 0, 8]] = [[1, 2], [3, 4], [5, NAN]]
    columns = {"robin": [1, 3, 5], "wren": [2.0, 4.0, NAN]}
    for table in (
        pd.DataFrame(columns, index=[3, 0, 8]),
        pd.DataFrame(columns, index=pd.Index([3, 0, 8], name="patch")),
        pd.DataFrame({"patch": [3, 0, 8], **columns}),
        pl.DataFrame({"patch": [3, 0, 8], **columns}),
    ):
        scored = patches().with_scores(table)
        np.testing.assert_array_equal(scored.scores, expected)
        assert scored.classes == ("robin", "wren")
    some = patches()[[3, 8]].with_scores(pd.DataFrame(columns, index=[3, 8, 3])[:2])
    np.testing.assert_array_equal(some.scores, [[1, 2], [3, 4]])
    assert patches().with_scores(pl.DataFrame({"a": range(9)})).scores[:, 0].tolist() == [*range(9)]


def test_tables_by_time() -> None:
    whole = patches()
    start = np.arange(9) / 10
    table = pd.DataFrame(
        {"file": "x/a.wav", "start_time": start, "end_time": start + 0.2, "robin": np.arange(9)}
    )
    jittered = table.assign(start_time=start + np.resize([0.004, -0.004], 9))
    for frame in (
        table,
        table.sample(frac=1, random_state=0),
        jittered,
        table.set_index(["file", "start_time", "end_time"]),
        pl.DataFrame(table.to_dict("list")),
        pd.concat([table, table.assign(file="b.wav")]),
    ):
        scored = whole.with_scores(frame)
        assert scored.scores[:, 0].tolist() == [*range(9)]
        assert scored.classes == ("robin",)
    np.testing.assert_array_equal(
        whole.with_scores(table[2:4]).scores[:, 0], [NAN, NAN, 2, 3, *[NAN] * 5]
    )


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (NAN, "no window, first one from nan to nan s. It must be a start_time"),
        (1e300, "no patch, first that from 1"),
    ],
)
def test_a_time_that_is_none_is_of_no_patch(time: float, said: str) -> None:
    table = pd.DataFrame({"start_time": [0.1, time], "duration": 0.2, "x": [1.0, 2.0]})
    with pytest.raises(InvalidValueError) as caught:
        patches().with_scores(table)
    assert str(caught.value).startswith("1 of 2 rows of scores are of no ")
    assert said in str(caught.value)
    assert len(str(caught.value)) <= 500


def test_times_say_which_patches_are_meant_whatever_their_numbers(tmp_path: Path) -> None:
    table = patches(duration=0.2).with_scores(np.arange(5.0), classes=["robin"]).to_frame()
    assert table.index.tolist() == [0, 1, 2, 3, 4]
    (file := tmp_path / "a.csv").write_text(table.to_csv())
    expected = [0, NAN, 1, NAN, 2, NAN, 3, NAN, 4]
    for one in (table, table.reset_index(), table.reset_index(drop=True), file):
        np.testing.assert_array_equal(patches().with_scores(one).scores[:, 0], expected)
    with pytest.raises(InvalidValueError) as caught:
        patches(duration=0.2, hop_duration=0.07).with_scores(table)
    assert str(caught.value) == (
        "4 of 5 rows of scores are of no patch, first that from 0.200 to 0.400 s: the nearest "
        "patch begins at 0.210 s, and patch 1, as it is numbered, is from 0.070 to 0.270 s. Carve "
        "them where the scores are: spec.patches(duration=0.2, "
        "starts=np.unique(table.start_time)). Rows without times are found by their numbers."
    )
    # Items of a batch have numbers alone.
    items = pv.Patches.from_batch(np.zeros((3, 4, 10), np.float32))
    scored = items.with_scores([3, 1, 2], classes=["robin"])
    assert scored.to_frame()["start_time"].isna().all()
    again = items.with_scores(scored.to_frame()[::-1])
    np.testing.assert_array_equal(again.scores, scored.scores)


def test_windows_that_are_no_patches_become_patches() -> None:
    # Frames of 23.2 ms: every start, and the length, is rounded down.
    spec = pv.Spectrogram.example()
    for step in (0.1, 0.025, 1.0):
        start = np.arange(0, 11.5, step)
        table = pd.DataFrame({"start_time": start, "end_time": start + 3, "robin": start})
        windows = spec.patches(duration=3, starts=table.start_time)
        scored = windows.with_scores(table)
        np.testing.assert_array_equal(scored.scores[:, 0], start)


def test_detections_of_birdnet(tmp_path: Path) -> None:
    file = tmp_path / "a.BirdNET.results.csv"
    file.write_text(
        "Start (s),End (s),Scientific name,Common name,Confidence\n"
        "0.0,0.2,E. rubecula,Robin,0.8\n0.0,0.2,T. troglodytes,Wren,0.3\n"
        "0.4,0.6,T. troglodytes,Wren,0.9\n"
    )
    for table in (file, str(file), pv.read_labels(file)):
        scored = patches().with_scores(table)
        assert scored.classes == ("Robin", "Wren")
        expected = np.full((9, 2), NAN)
        expected[0], expected[4, 1] = [0.8, 0.3], 0.9
        np.testing.assert_array_equal(scored.scores, expected)
    wider = patches().with_scores(file, classes=["Wren", "Crow", "Robin"])
    np.testing.assert_array_equal(wider.scores[0], [0.3, NAN, 0.8])
    with pytest.raises(InvalidValueError) as caught:
        patches().with_scores(file, classes=["Wren"])
    assert str(caught.value) == (
        "classes=['Wren'] lack 'Robin': 1 of 3 rows of scores are of none of them. Leave such rows "
        "out, or name their classes."
    )


TIMES = {"start_time": [0.0, 0.1, 0.37], "end_time": [0.2, 0.3, 0.57]}


@pytest.mark.parametrize(
    ("scores", "options", "error", "message"),
    [
        (np.zeros(8), {}, InvalidValueError, "scores of shape (8,) are not of 9 patches. They must "
         "have the shape (9,) or (9, n_classes)."),
        (np.zeros((3, 9)), {}, InvalidValueError, "scores of shape (3, 9) are not of 9 patches. "
         "They must have the shape (9,) or (9, n_classes): scores.T has it."),
        (np.full(9, np.inf), {}, InvalidValueError,
         "9 of 9 scores are infinite, of 'score'. They must be finite, or NaN for"),
        (["a"] * 9, {}, InvalidTypeError, "scores of type list are no array of numbers (dtype"),
        (None, {}, InvalidTypeError, "scores of type NoneType are no array of numbers"),
        (np.zeros((9, 2)), {"classes": ["a"]}, InvalidValueError,
         "classes=['a'] are 1 names, and the scores have 2 columns. Name each of them."),
        (np.zeros((9, 2)), {"classes": ["a", "a"]}, InvalidValueError,
         "classes=['a', 'a'] name 'a' twice. Give each class a name of its own."),
        (np.zeros((9, 2)), {"classes": "ab"}, InvalidTypeError,
         "classes='ab' are no names. It must be a list of texts."),
        (pd.DataFrame({**TIMES, "a": 1}), {}, InvalidValueError, "1 of 3 rows of scores are of no "
         "patch, first that from 0.370 to 0.570 s: the nearest patch begins at 0.400 s. "
         "Carve them where the scores are: spec.patches(duration=0.2, starts=np.unique(table."),
        (pd.DataFrame({"start_time": [0, 0.1], "end_time": [0.3, 0.4], "a": 1}), {},
         InvalidValueError, "2 of 2 rows of scores are of no patch"),
        (pd.DataFrame({"start_time": [0, 0], "end_time": [0.2, 0.2], "a": 1}), {},
         InvalidValueError, "1 patch has several rows of scores, first patch 0. Leave one"),
        (pd.DataFrame({"start_time": [0, 0.1, 0.1] * 2, "end_time": [0.2, 0.3, 0.3] * 2,
                       "label": [*"aabbba"], "score": 1}), {}, InvalidValueError,
         "1 patch has several rows of scores for one class, first patch 1. Leave one"),
        (pd.DataFrame({"start_time": [0.06], "end_time": [0.26], "a": 1}), {}, InvalidValueError,
         "1 of 1 rows of scores are of no patch, first that from 0.060 to 0.260 s: the nearest "
         "patch begins at 0.100 s. Carve them"),
        (pd.DataFrame({"start_time": [200], "end_time": [400], "a": 1}), {}, InvalidValueError,
         "1 of 1 rows of scores are of no patch, first that from 200.000 to 400.000 s: the sound "
         "ends at 1.000 s. Times must be seconds of the recording."),
        (pd.DataFrame({"a": [1, 2]}, index=[3, 9]), {}, InvalidValueError, "1 of 2 rows of scores "
         "are of no patch, first that of patch 9: there are 9 patches, 0 to 8."),
        (pd.DataFrame({"a": [1, 2]}), {}, InvalidValueError, "scores have 2 rows, and there are 9 "
         "patches. Say which they are of by an index or a column 'patch', by start_time and "
         "end_time, or, of one patch per file, by a column 'file'."),
        (pd.DataFrame({"start_time": pd.Series([10**8], dtype="timedelta64[ns]"), "a": 1}), {},
         InvalidTypeError, "scores: the column 'start_time' holds timedelta64[ns], and times are "
         "seconds from the start of the recording, as numbers. "
         "table['start_time'].dt.total_seconds() are."),
        (pd.DataFrame({"start_time": [0.1], "a": 1,
                       "end_time": pd.Series([0], dtype="datetime64[ns, UTC]")}), {},
         InvalidTypeError, "scores: the column 'end_time' holds datetime64[ns, UTC], and times are "
         "seconds from the start of the recording, as numbers. Take away when the recording began: "
         "(table['end_time'] - began).dt.total_seconds()."),
        (pd.DataFrame({"a": [1]}, index=["x"]), {}, InvalidValueError, "scores have neither "
         "start_time and end_time nor numbers of patches as their index or a column 'patch'; "),
        (pd.DataFrame({"a": range(9), "note": "x"}), {}, InvalidTypeError,
         "scores: the column 'note' holds 'x', no number. If it names each row's class, call it "
         "'label', and its number 'score'; if not, leave it out, or say classes=[...]."),
        (pd.DataFrame({**TIMES, "label": "a", "Predicted": "b", "score": 1.0})[:2], {},
         InvalidValueError, "scores: the columns 'label' and 'Predicted' may both name classes. "
         "Leave out the one that is not the model's: table.drop(columns='label')."),
        (pd.DataFrame({"a": ["0.5", 0.2, "n/a", *"123456"]}), {}, InvalidTypeError,
         "scores: the column 'a' holds 'n/a', no number."),
        (pd.DataFrame({"patch": [0.5, 1.0], "a": 1}), {}, InvalidValueError,
         "scores: the column 'patch' holds 0.5, and numbers of patches are whole."),
        (pd.DataFrame(), {}, InvalidValueError, "scores have no column of a class; found the "
         "columns none. Add one, named as the class is."),
        (pd.DataFrame({**TIMES, "filled": 1.0})[:2], {}, InvalidValueError, "scores have no column "
         "of a class; found the columns 'start_time', 'end_time', 'filled'."),
        (np.zeros((9, 0)), {}, InvalidValueError, "scores of shape (9, 0) are of no class. They "
         "must have a column for each."),
        (pd.DataFrame({"a": range(9)}), {"classes": ["b"]}, InvalidValueError,
         "classes=['b']: scores have no column 'b'. They have 'a'."),
        (np.ones((9, 3)), {"classes": 3}, InvalidTypeError,
         "classes=3 are no names. It must be a list of texts."),
        (pd.DataFrame({"a": range(9)}), {"classes": np.array("a")}, InvalidTypeError,
         "classes=array('a', dtype='<U1') are no names. It must be a list of texts."),
        (pd.DataFrame({"a": range(9)}), {"classes": "a"}, InvalidTypeError,
         "classes='a' are no names. It must be a list of texts."),
        (pd.DataFrame({"a": [10**400] * 9}, dtype=object), {}, InvalidTypeError,
         "scores: the column 'a' holds 1000"),
    ],
)  # fmt: skip
def test_scores_that_are_wrong(
    scores: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        patches().with_scores(scores, **options)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) <= 500


def test_everything_as_a_table() -> None:
    whole = patches(95, frame_length=20, tail="pad")
    table = whole.to_frame()
    assert list(table) == ["file", "start_time", "end_time", "filled"]
    assert table["filled"].tolist() == [1, 1, 1, 1, 0.75]
    assert (table.index.name, table.index.tolist()) == ("patch", [0, 1, 2, 3, 4])
    assert set(table["file"]) == {"a.wav"}
    np.testing.assert_allclose(table[["start_time", "end_time"]], whole.times)
    spec = patches().spectrogram.with_labels([(0.1, 0.5, "b"), (0.3, 0.35, "a")])
    scored = spec.patches(frame_length=20).with_scores(np.eye(5, 2), classes=["b", "file"])
    some = scored[[1, 3]].to_frame()
    assert some.index.tolist() == [1, 3]
    assert some["labels"].tolist() == ["b, a", ""]
    assert some["b"].tolist() == [0, 0]
    assert some["score of file"].tolist() == [1, 0]
    again = scored.with_scores(scored.to_frame(), classes=["b"])  # comes back as it is
    np.testing.assert_array_equal(again.scores, scored.scores[:, :1])
    assert scored.to_frame().nlargest(1, "b").index.tolist() == [0]


def test_classes_that_are_called_as_columns_are_come_back(tmp_path: Path) -> None:
    """None is lost, be it between tables in memory or through a file, and no index is twice."""
    names = ["patch", "number", "file", "labels", "filled", "start_timestamp", "duration", "row"]
    names += ["label", "score", "name", "stop", "", "score of file", "score of robin", "error"]
    scored = patches().with_scores(np.arange(9.0 * len(names)).reshape(9, -1), classes=names)
    table = scored.to_frame()
    assert table.reset_index().shape == (9, 5 + len(names))
    table.to_csv(tmp_path / "t.csv")
    recordings = pd.read_csv(tmp_path / "t.csv").rename(columns={"Unnamed: 17": ""})
    for again in (table, tmp_path / "t.csv", recordings):
        found = scored.with_scores(again)
        assert found.classes == tuple(names)
        np.testing.assert_array_equal(found.scores, scored.scores)
        one = scored.with_scores(again, classes=["file"])
        np.testing.assert_array_equal(one.scores[:, 0], scored.scores[:, 2])


def test_times_that_went_through_a_file_are_the_same(tmp_path: Path) -> None:
    """Not rounded, or no row is found by them."""
    spec = pv.Spectrogram(np.zeros((2, 1000)), sr=22050, hop_length=512, name="a.wav")
    scored = spec.patches(duration=0.2, hop_duration=0.1).with_scores(np.zeros(249))
    table = scored.to_frame()
    table.to_csv(tmp_path / "t.csv")
    assert scored.with_scores(table).to_frame().equals(table)
    read = scored.with_scores(tmp_path / "t.csv").to_frame()
    pd.testing.assert_frame_equal(read, table, check_exact=False, rtol=1e-14)  # as pandas reads


@pytest.mark.parametrize(("end", "said"), [(0.1, "0.5 to 0.1"), (np.nan, "0.5 to nan")])
def test_rows_that_end_before_they_begin_are_of_no_window(end: float, said: str) -> None:
    table = pd.DataFrame({"start_time": [0.0, 0.5], "end_time": [0.2, end], "robin": 0.5})
    with pytest.raises(InvalidValueError) as caught:
        patches().with_scores(table)
    assert str(caught.value) == (
        f"1 of 2 rows of scores are of no window, first one from {said} s. It must be a start_time "
        "and, after it, an end_time, in seconds."
    )


def test_the_tables_file_is_the_path(tmp_path: Path) -> None:
    file = Path(pv.__file__).parent / "data" / "sonnet1.ogg"
    spec = pv.Spectrogram.from_file(file, n_mels=8)
    assert set(spec.patches(frame_length=100).to_frame()["file"]) == {str(file)}


def test_labels_without_scores_are_no_scores(tmp_path: Path) -> None:
    track = tmp_path / "track.txt"
    track.write_text("0.1\t0.3\trobin\n")
    with pytest.raises(
        InvalidValueError, match=r"^scores: none of 1 rows says one in the column 'score'. Labels"
    ):
        patches().with_scores(track)


@pytest.mark.parametrize("title", ["predicted", "Predicted class", "prediction"])
def test_a_table_of_the_class_that_was_predicted(tmp_path: Path, title: str) -> None:
    """And of its number: other classes were not named, which score what is missing."""
    table = pd.DataFrame(
        {"start_time": [0.0, 0.1, 0.3], title: ["robin", "owl", "robin"], "confidence": 0.75}
    )
    table.to_csv(tmp_path / "predicted.csv", index=False)
    for given in (table, tmp_path / "predicted.csv"):
        scored = patches().with_scores(given, missing=0.0)
        assert scored.classes == ("owl", "robin")
        assert scored.scores is not None
        assert np.argwhere(scored.scores == 0.75).tolist() == [[0, 1], [1, 0], [3, 1]]
        assert np.count_nonzero(scored.scores) == 3
    each = table.assign(robin=[0.9, 0.2, 0.8], owl=0.5)  # the scores of all classes beside it
    scored = patches().with_scores(each, classes=["robin", "owl"])
    assert scored.scores is not None
    assert scored.scores[[0, 1, 3]].tolist() == [[0.9, 0.5], [0.2, 0.5], [0.8, 0.5]]
    with pytest.raises(InvalidTypeError, match=f"the column '{title}' holds 'robin', no number"):
        patches().with_scores(each)
    numbers = patches().with_scores(table.assign(**{title: [1, 0, 1]}))
    assert numbers.classes == (title, "confidence")  # a class of that name


@pytest.mark.parametrize("kind", ["datetime64[ns]", "datetime64[ns, UTC]", "m8[ns]", "complex"])
def test_a_column_of_dates_is_of_no_class(kind: str) -> None:
    """As pandas reads them; their scores would be nanoseconds since 1970."""
    some = patches()
    table = pd.DataFrame(dict(zip(("start_time", "end_time"), some.times.T, strict=True)))
    table["robin"], table["recorded"] = 0.5, pd.Series(np.arange(len(some))).astype(kind)
    with pytest.raises(InvalidTypeError, match=r"the column 'recorded' holds .*, no number\. If"):
        some.with_scores(table)
    assert some.with_scores(table, classes=["robin"]).classes == ("robin",)


def test_a_class_whose_scores_count_the_rows_is_told() -> None:
    """As ``id`` does; numbers that do not, and a class that is alone, are taken as they are."""
    some = patches()
    times = dict(zip(("start_time", "end_time"), some.times.T, strict=True))
    n = np.arange(len(some))
    table = pd.DataFrame({**times, "id": n + 7, "robin": n / 10, "wren": n % 2})
    said = (
        r"^the scores of 'id' count the rows of their table, and are taken for a model's\. Leave "
        r"out what is no class: classes=\['robin', 'wren'\]\.$"
    )
    with pytest.warns(UserWarning, match=said):
        scored = some.with_scores(table)
    assert scored.classes == ("id", "robin", "wren")
    assert some.with_scores(table, classes=["robin", "wren"]).classes == ("robin", "wren")
    assert some.with_scores(table, classes=["id"]).classes == ("id",)
    with pytest.warns(UserWarning, match=said):
        some.with_scores(table.sample(frac=1, random_state=0))
    for other in (table.drop(columns=["robin", "wren"]), table.assign(id=3 * n)):
        assert "id" in some.with_scores(other).classes
    back = some.with_scores(np.stack([n, n / 10], 1), classes=["age", "robin"]).to_frame()
    assert some.with_scores(back).classes == ("age", "robin")
    unnamed = pd.array([None, *[some.spectrogram.name] * (len(some) - 1)], dtype="string")
    with pytest.warns(UserWarning, match=said):
        some.with_scores(table.assign(file=unnamed))
    of_both = r"of 'id', 'clip' count .* class: classes=\['robin'\]"
    with pytest.warns(UserWarning, match=of_both) as told:
        some.with_scores(table.assign(clip=n)[["start_time", "end_time", "id", "clip", "robin"]])
    assert len(told) == 1
    assert warn.said(told[0].message, str).endswith("Leave out what is no class.")  # in a shell
    # Once, and as what they are: also in a table of patches, and where they are on another scale.
    own = some.with_scores(np.stack([n / 99, n % 2], 1), classes=["robin", "wren"]).to_frame()
    for given in (table.assign(robin=n / 99), own.assign(id=n + 7)):
        with pytest.warns(UserWarning, match=said) as told:
            some.with_scores(given)
        assert len(told) == 1


def test_a_class_on_another_scale_than_others_is_told() -> None:
    """As a level is that was added to a table: with it no class would have the usual threshold."""
    some = pv.Spectrogram.example().patches(duration=1.0)
    n = np.arange(len(some))
    table = some.with_scores(np.stack([n / 20, n % 2], 1), classes=["robin", "wren"]).to_frame()
    assert some.with_scores(table).threshold == 0.5
    said = (
        r"^the scores of 'loud' go beyond 0 to 1, those of 'robin', 'wren' do not, and one "
        r"threshold is that of all\. Leave out what is no class: classes=\['robin', 'wren'\]\.$"
    )
    for loud in (-40.0 - n, 300 * n, 12 - 2.0 * n):
        with pytest.warns(UserWarning, match=said):
            scored = some.with_scores(table.assign(loud=loud))
        assert scored.threshold != 0.5
        assert some.with_scores(table.assign(loud=loud), classes=["robin", "wren"]).threshold == 0.5
    with pytest.warns(UserWarning, match="'loud' go beyond.*those of 'robin', 'wren' do not, and"):
        some.with_scores(table.drop(columns="filled").assign(loud=3.5))
    logits = table.assign(robin=n - 7.0, wren=-n / 9)
    for other in (0.0, np.where(n < 9, n / 10, np.nan)):  # nothing, and a few by chance
        assert some.with_scores(logits.assign(owl=other)).threshold == 0.0
    percent = table.assign(robin=n / 50, wren=40 + 2.0 * n).assign(owl=60 - 2.02 * n)
    assert some.with_scores(percent).threshold is None
    probabilities = table.drop(columns="filled").assign(robin=np.where(n < 3, np.nan, n / 20))
    assert some.with_scores(probabilities, missing=-1.0).threshold == 0.5


def test_of_sigmoids_in_percent_a_rare_class_is_on_their_scale() -> None:
    some = pv.Spectrogram.example().patches(duration=1.0)
    n = np.arange(len(some))
    plain = pv.Spectrogram.example().patches(duration=1.0).to_frame().drop(columns="filled")
    shares = np.linspace(0.03, 98.2, len(some))
    percent = plain.assign(robin=shares, wren=n % 5 / 7, owl=shares[::-1] / 1.5)
    assert some.with_scores(percent).threshold is None  # and nothing is told
    for other in (
        6 * n,
        52.2 + n,
        0.1 + n,
        0.1 + 8.0 * n,
        0.5 - n,
    ):  # counts, far from 0, and so on
        with pytest.warns(UserWarning, match="'other' go beyond 0 to 1, those of 'wren' do not"):
            some.with_scores(plain.assign(wren=n / 20, other=other))


def test_what_counts_rows_is_left_out_of_all_that_is_said_of_scales() -> None:
    some = pv.Spectrogram.example().patches(duration=1.0)
    n = np.arange(len(some))
    plain = some.to_frame().drop(columns="filled").assign(id=n + 7)
    with pytest.warns(UserWarning, match="no class") as told:
        some.with_scores(plain.assign(robin=n / 20, loud=-40.0 - n))
    what = [r"'id' count the rows", r"'loud' go beyond 0 to 1, those of 'robin' do not"]
    assert len(told) == len(what)
    for one, said in zip(told, what, strict=True):
        assert re.search(rf"of {said}.* what is no class: classes=\['robin'\]\.$", str(one.message))
    shares = np.linspace(0.03, 98.2, len(some))
    for other in (n % 5 / 7, 100 - shares):  # a rare class, and the rest of one whole
        with pytest.warns(UserWarning, match="'id' count the rows") as told:
            some.with_scores(plain.assign(robin=shares, wren=other))
        assert len(told) == 1


def test_of_infinite_scores_it_is_told_alone_that_they_are() -> None:
    some = pv.Spectrogram.example().patches(duration=1.0)
    n = np.arange(len(some))
    scores = np.stack([n / 20, np.where(n == 3, np.inf, n / 30)], 1)
    table = some.with_scores(np.stack([n / 20, n / 30], 1), classes=["a", "b"]).to_frame()
    for given in (table.assign(b=scores[:, 1]), scores):
        classes = None if given is not scores else ["a", "b"]
        said = rf"^1 of {scores.size} scores are infinite, of 'b'\. They must be finite, or"
        with pytest.raises(InvalidValueError, match=said):  # 'b' may be a level, and no class
            some.with_scores(given, classes=classes, missing=0.0)


@pytest.mark.parametrize("beyond", [np.nextafter(np.float32(1), np.float32(2)), -1e-9])
def test_what_a_model_rounded_is_on_no_other_scale(beyond: float) -> None:
    some = pv.Spectrogram.example().patches(duration=1.0)
    scores = np.stack([np.arange(len(some)) / 20, np.arange(len(some)) % 2], 1)
    scores[1, 1] = beyond
    scored = some.with_scores(scores, classes=["robin", "wren"])
    assert scored.threshold == 0.5
    table = scored.to_frame().assign(owl=np.nan)
    assert some.with_scores(table).threshold == 0.5  # and nothing is told
    assert pv.player(scored).state["known"]["range"] == [0.0, 1.0]


@pytest.mark.parametrize("title", ["score", "Confidence"])
def test_a_score_of_no_class_is_of_the_one_that_is_asked_for_or_labelled(title: str) -> None:
    labelled = pv.Spectrogram.example().with_labels([(4, 6, "chirp")])
    patches = labelled.patches(duration=2.0, starts=[0.0, 4.0, 8.0])
    table = pd.DataFrame({"start_time": [4.0, 8.0], "end_time": [6.0, 10.0], title: [0.9, 0.8]})
    said = (
        rf"^the column '{title}' of scores names no class, and is taken for that of 'chirp', the "
        r"only one that is labelled\. Another is named by a column 'label', or by "
        r"classes=\[\.\.\.\]\.$"
    )
    with pytest.warns(UserWarning, match=said):
        scored = patches.with_scores(table, missing=0.0)
    assert scored.classes == ("chirp",)
    mistakes = scored.mistakes(threshold=0.5)
    assert mistakes[["patch", "label", "mistake"]].to_numpy().tolist() == [
        [2, "chirp", "false positive"]
    ]
    assert patches.with_scores(table, classes=["chirp"]).classes == ("chirp",)
    assert patches.with_scores(table, classes=["wren"]).classes == ("wren", "chirp")
    assert patches.with_scores(table, classes=[title]).classes == (title, "chirp")
    both = labelled.with_labels([(4, 6, "chirp"), (8, 9, "wren")]).patches(
        duration=2.0, starts=[0.0, 4.0, 8.0]
    )
    said = (
        rf"^the column '{title}' of scores names no class, and is taken for one of '{title}': none "
        r"that is labelled\. That is named by a column 'label', or by classes=\[\.\.\.\]\.$"
    )
    with pytest.warns(UserWarning, match=said):
        assert both.with_scores(table).classes == (title, "chirp", "wren")
    with pytest.raises(InvalidValueError, match=rf"They have '{title}', of one class\.$"):
        both.with_scores(table, classes=["chirp", "wren"])


def test_numbers_of_rows_and_what_is_empty_are_no_classes_beside_a_score() -> None:
    patches = pv.Spectrogram.example().with_labels([(4, 6, "chirp")]).patches(duration=2.0)
    table = pd.DataFrame({"start_time": [4.0], "end_time": [6.0], "score": [0.9]})
    table = table.assign(id=7, comment=np.nan, note=None)
    with pytest.warns(UserWarning, match="is taken for that of 'chirp'"):
        scored = patches.with_scores(table)
    assert scored.classes == ("chirp",)
    assert scored.threshold == 0.5


@pytest.mark.parametrize("name", [None, "", " "])
def test_detections_of_no_class(name: str | None) -> None:
    table = pd.DataFrame(
        {"start_time": [0.0, 0.1], "end_time": [0.2, 0.3], "label": ["robin", name], "score": 0.5}
    )
    with pytest.raises(
        InvalidValueError, match=r"^scores: 1 of 2 rows name no class in the column 'label'. Leave"
    ):
        patches().with_scores(table)


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_table_of_classes_is_read_from_a_file(delimiter: str, tmp_path: Path) -> None:
    scored = patches().with_scores(np.linspace(-1, 1, 18).reshape(9, 2), classes=["a", "b"])
    path = tmp_path / "scores.csv"
    scored.to_frame().to_csv(path, sep=delimiter)
    again = patches().with_scores(path)
    assert again.classes == ("a", "b")
    np.testing.assert_allclose(again.scores, scored.scores)
    np.testing.assert_allclose(patches().with_scores(str(path), classes=["b"]).scores[:, 0],
                               scored.scores[:, 1])  # fmt: skip
    path.write_text("patch,a\n0,0.5\n1,0.5,7\n", encoding="utf-8")
    with pytest.raises(LabelFileError, match=r"/scores\.csv', line 3, column 3: the row has 3"):
        patches().with_scores(path)


def test_a_table_that_excel_wrote_says_its_delimiter_first(tmp_path: Path) -> None:
    file = tmp_path / "scores.csv"
    for titles, row in (("a;b", "0,5;0,25"), ("label;score", "a;0,5")):
        file.write_text(f"sep=;\nstart_time;end_time;{titles}\n0;1;{row}\n", encoding="utf-8")
        plain = tmp_path / "plain.csv"
        plain.write_text(file.read_text("utf-8").partition("\n")[2], encoding="utf-8")
        expected = read_scores(plain)
        pd.testing.assert_frame_equal(read_scores(file), expected)
        assert expected.iloc[0, -1] == (0.25 if titles == "a;b" else 0.5)


def test_an_index_that_may_be_an_order_is_refused() -> None:
    """0, 1, 2 ... of picked patches: numbers, or how a model's rows came out of it?"""
    table = pd.DataFrame({"a": [0.0, 0.1, 0.2]})
    for positions, listed in (([1, 2, 3], "1, 2, 3"), ([0, 2, 4], "0, 2, 4")):
        some = patches()[positions]
        with pytest.raises(InvalidValueError) as caught:
            some.with_scores(table)
        row = 1 if positions[0] else 2
        assert str(caught.value) == (
            f"scores have the index 0 to 2, and these are picked patches: their numbers are "
            f"{listed}. Row {row} may be of the patch of this number, or of that in this place. In "
            "their order: table.set_index(patches.numbers); by number: table.loc[patches.numbers]."
        )
        in_order = some.with_scores(table.set_index(some.numbers))
        assert in_order.scores[:, 0].tolist() == [0, 0.1, 0.2]
        whole = pd.DataFrame({"a": np.arange(9) / 10})
        by_number = some.with_scores(whole.loc[some.numbers])
        np.testing.assert_array_equal(by_number.scores[:, 0], some.numbers / 10)
        # Without an index there is nothing but the order.
        assert some.with_scores(pl.DataFrame(table.to_dict("list"))).scores[1, 0] == 0.1
    for positions in ([0, 1, 2], [4, 6, 8]):  # both mean the same, or no number is meant
        assert patches()[positions].with_scores(table).scores[:, 0].tolist() == [0, 0.1, 0.2]


def test_what_patches_wrote_is_read_again(tmp_path: Path) -> None:
    """Also where labels stand beside the scores, and from a file."""
    spec = patches().spectrogram.with_labels([(0.1, 0.3, "a"), (0.5, 0.6, "Warbler, Yellow")])
    known = spec.patches(duration=0.2, hop_duration=0.1).with_scores(
        np.linspace(0, 1, 9), classes=["a"]
    )
    known.to_frame().to_csv(tmp_path / "t.csv")
    for options in ({}, {"classes": ["a"]}):
        again = known.with_scores(tmp_path / "t.csv", **options)
        assert again._score_classes == ("a",)
        np.testing.assert_allclose(again.scores, known.scores)


def test_scores_with_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("patch;a;b\n0;0,25;1\n3;0,5;0,75\n")
    scored = patches().with_scores(path)
    assert scored.scores[[0, 3]].tolist() == [[0.25, 1], [0.5, 0.75]]
    path.write_text("patch;a\n0;0.25\n3;0.5\n")
    assert patches().with_scores(path).scores[[0, 3], 0].tolist() == [0.25, 0.5]


def test_tables_without_rows_are_told(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("patch,robin\n")
    with pytest.warns(UserWarning, match=r"^the table of scores has no rows\.$"):
        scored = patches().with_scores(path)
    assert scored.classes == ("robin",)
    assert np.isnan(scored.scores).all()
    path.write_text("")
    with (
        pytest.warns(UserWarning, match=r"^the table of scores has no rows\.$"),
        pytest.warns(UserWarning, match=r"/scores\.csv is empty: no scores, as of a model that"),
    ):
        scored = patches().with_scores(path)
    with pytest.raises(InvalidValueError, match=r"^no class is scored\. Give the patches scores: "):
        scored.choose(1, by="highest")


def test_the_last_window_may_be_cut_to_the_end_of_the_sound() -> None:
    whole = patches(95, duration=0.2, starts=[0.0, 0.4, 0.8], tail="pad")
    table = pd.DataFrame(
        {"start_time": [0, 0.4, 0.8], "end_time": [0.2, 0.6, 0.95], "label": "a", "score": 0.5}
    )
    assert whole.with_scores(table).scores[:, 0].tolist() == [0.5, 0.5, 0.5]
    with pytest.raises(InvalidValueError) as caught:  # and the advice is of the usual length
        patches(95).with_scores(table[1:].assign(start_time=[0.45, 0.8]))
    assert str(caught.value).endswith("duration=0.15, starts=np.unique(table.start_time)).")
    with pytest.raises(InvalidValueError, match=r"ration=0\.2, starts=np\.unique\(table\.start_time"
                       r'\), tail="pad"\)\.$'):  # fmt: skip
        patches(95).with_scores(table.assign(start_time=[0, 0.41, 0.8], end_time=[0.2, 0.61, 0.95]))


def test_what_a_mask_hides_is_no_score() -> None:
    masked = np.ma.masked_array(
        [[k, -k] for k in range(9)], mask=[[k == 4, False] for k in range(9)]
    )
    scores = patches().with_scores(masked, classes=["a", "b"]).scores
    assert scores is not None
    np.testing.assert_array_equal(scores[:, 0], [0, 1, 2, 3, NAN, 5, 6, 7, 8])
    np.testing.assert_array_equal(scores[:, 1], -np.arange(9))


def test_names_of_classes_may_hold_halves_of_characters() -> None:
    """As they come from names of files of another encoding, for example folders of classes."""
    name = "caf\udce9"
    spec = pv.Spectrogram(np.zeros((1, 100)), sr=1000, hop_length=10, name="a.wav")
    labelled = spec.with_labels([(0.0, 0.3, name)]).patches(duration=0.2, hop_duration=0.1)
    scored = labelled.with_scores(np.arange(9.0), classes=[name])
    table = scored.to_frame()
    assert table.columns.tolist()[-2:] == ["labels", name]
    assert table["labels"].tolist() == [name] * 3 + [""] * 6
    again = patches().with_scores(table)
    assert again.classes == (name,)
    np.testing.assert_array_equal(again.scores, scored.scores)
    with pytest.warns(UserWarning, match="6 of 9 patches"):
        back = spec.with_labels(table)
    assert back.labels is not None
    assert back.labels["label"].unique().tolist() == [name]


def test_a_mapping_is_a_table_without_an_index() -> None:
    picked = patches()[[1, 4, 7]]
    scored = picked.with_scores({"robin": np.arange(3.0), "wren": [0.5, NAN, 0.25]})
    assert scored.classes == ("robin", "wren")
    np.testing.assert_array_equal(scored.scores, [[0, 0.5], [1, NAN], [2, 0.25]])
    by_number = picked.with_scores({"patch": [7, 4], "robin": [0.7, 0.4]})
    np.testing.assert_array_equal(by_number.scores, [[NAN], [0.4], [0.7]])
    for odd, message in (
        ({"robin": np.arange(2.0)}, "scores have 2 rows, and there are 3 patches"),
        ({"robin": [1.0], "wren": [1.0, 2.0]}, "scores of type dict is no table"),
    ):
        with pytest.raises(InvalidValueError, match=message):
            picked.with_scores(odd)


def test_why_files_failed_is_no_class(tmp_path: Path) -> None:
    table = patches().to_frame()[["start_time", "end_time"]].assign(robin=0.5, error="")
    table.to_csv(tmp_path / "scores.csv", index=False)
    for given in (table, tmp_path / "scores.csv"):
        assert patches().with_scores(given).classes == ("robin",)
    scored = patches().with_scores(table.assign(error=0.25))  # of a model that calls its score so
    assert scored.classes == ("robin", "error")


def test_the_index_that_pandas_writes_is_no_class(tmp_path: Path) -> None:
    carved = patches()
    table = carved.to_frame()[["start_time", "end_time"]].assign(robin=np.arange(9) / 10)
    table.reset_index(drop=True).to_csv(tmp_path / "a.csv")
    for given in (tmp_path / "a.csv", pd.read_csv(tmp_path / "a.csv")):
        scored = carved.with_scores(given)
        assert scored.classes == ("robin",)
        np.testing.assert_allclose(scored.scores[:, 0], np.arange(9) / 10)


def test_windows_have_as_many_frames_as_those_that_were_scored() -> None:
    """A duration in decimals, or one that times in binary give, is not a frame less."""
    spec = pv.Spectrogram(np.zeros((2, 640)), sr=22050, hop_length=512)
    for seconds in (0.7, 1.1, 3.0, 5.0):
        table = spec.patches(duration=seconds, hop_duration=0.5).to_frame()
        frames = spec.patches(duration=seconds).frame_length
        scores = table[["start_time", "end_time"]].assign(robin=0.5)
        assert scored_at_windows(spec, scores).frame_length == frames
        with pytest.raises(InvalidValueError) as error:
            spec.patches(duration=0.2).with_scores(scores)
        told = float(re.search(r"duration=([0-9.]+)", str(error.value))[1])
        assert spec.patches(duration=told).frame_length == frames


def test_a_table_without_ends_leaves_those_that_were_asked_for() -> None:
    spec = pv.Spectrogram(np.zeros((2, 1000)), sr=22050, hop_length=512)
    patches = spec.patches(duration=0.17, starts=[0.0, 0.13, 0.26])
    ends = patches.to_frame()["end_time"].tolist()
    assert ends == [0.17, 0.3, 0.43]
    scored = patches.with_scores(pd.DataFrame({"start_time": [0.0, 0.13, 0.26], "a": 1.0}))
    assert scored.to_frame()["end_time"].tolist() == ends
    assert scored.to_frame()["start_time"].tolist() == [0.0, 0.13, 0.26]


def test_tables_say_the_times_that_were_asked_for() -> None:
    spec = pv.Spectrogram(np.zeros((2, 1000)), sr=22050, hop_length=512, name="a.wav")
    starts = np.arange(0, 18, 3.0)
    birdnet = pd.DataFrame(
        {"file": "a.wav", "start_time": starts, "end_time": starts + 3, "robin": 0.5}
    )
    on = ["file", "start_time", "end_time"]
    patches = spec.patches(duration=3.0, starts=starts)
    assert patches.times[4, 0] < 11.99  # those of frames
    for asked in (patches, patches[[1, 4]], patches[2:], patches.trim(5, 14)):
        frame = asked.to_frame()
        assert len(frame.merge(birdnet, on=on)) == len(asked)
        assert (frame["start_time"] / 3 == asked.numbers).all()
        assert (abs(asked.times - frame[on[1:]]) < 2 * spec.frame_duration).all(axis=None)
    # A hop that was rounded becomes the table's own, as far as it is the same window.
    hopped = spec.patches(duration=3.0)[:2]
    scored = hopped.with_scores(birdnet[:2])
    assert not len(hopped.to_frame().merge(birdnet, on=on))
    assert len(scored.to_frame().merge(birdnet, on=on)) == 2
    np.testing.assert_array_equal(scored.times, hopped.times)
    # What a table says comes back with it.
    again = patches.with_scores(scored.to_frame(), classes=["robin"])
    assert again.to_frame().loc[:1, on].equals(scored.to_frame()[on])
    # Frames that are those of another carving have their own times.
    slow = dataclasses.replace(spec, hop_length=1024)
    other = dataclasses.replace(patches, spectrogram=slow)
    np.testing.assert_array_equal(other.to_frame()["start_time"][1:], other.times[1:, 0])
    by_frames = spec.patches(frame_length=129, starts=patches.starts)
    np.testing.assert_array_equal(by_frames.to_frame()["start_time"], patches.times[:, 0])


def test_a_window_that_was_written_in_decimals_ends_as_it_was_written() -> None:
    spec = pv.Spectrogram(np.zeros((2, 1000)), sr=22050, hop_length=512)
    frame = spec.patches(duration=0.2, starts=[0.1, 0.7]).to_frame()
    assert frame["end_time"].tolist() == [0.3, 0.9]


def test_a_table_that_was_shuffled_may_be_of_another_order() -> None:
    patches = pv.Spectrogram.example().patches(duration=5.0)
    table = pd.DataFrame({"robin": [0.1, 0.2]})
    moved = table.iloc[[1, 0]]
    with pytest.raises(InvalidValueError, match=r"scores have the index .*1.*0.*rename_axis"):
        patches.with_scores(moved)
    by_number = patches.with_scores(moved.rename_axis("patch"))
    assert by_number.scores is not None
    assert by_number.scores[:, 0].tolist() == [0.1, 0.2]
    in_place = patches.with_scores(moved.reset_index(drop=True))
    assert in_place.scores is not None
    assert in_place.scores[:, 0].tolist() == [0.2, 0.1]


def test_a_column_of_a_frame_keeps_its_name() -> None:
    scores = pd.DataFrame({"wren": np.linspace(0, 1, 9)})
    assert patches().with_scores(scores["wren"]).classes == ("wren",)
    assert patches().with_scores(scores["wren"].rename(None)).classes == ("score",)


def test_letters_with_marks_that_are_put_together_otherwise_are_told() -> None:
    """Programs of a Mac take them apart."""
    apart, whole = (unicodedata.normalize(form, "Mésange") for form in ("NFD", "NFC"))
    known = patches().spectrogram.with_labels([(0, 0.1, apart)]).patches(frame_length=10)
    with pytest.warns(UserWarning, match="are written differently, and so are different classes"):
        known.with_scores(np.ones(len(known)), classes=[whole])


def test_scores_of_all_are_no_scores_of_picked_patches() -> None:
    scored = patches().with_scores(np.linspace(0, 1, 9), classes=["wren"])
    table = scored.to_frame().reset_index(drop=True)[["start_time", "end_time", "wren"]]
    said = (
        r"These are picked patches: give all of them their scores, and then pick; or give the row"
    )
    with pytest.raises(InvalidValueError, match=said):
        patches()[[0, 3]].with_scores(table)
    of_others = r"picked patches: give the rows of these alone\.$"  # which may be no scores at all
    with pytest.raises(InvalidValueError, match=of_others):
        patches()[[0, 3]].numbers_of(table)
    assert patches()[[0, 3]].with_scores(table.iloc[[0, 3]]).scores[:, 0].tolist() == [0, 0.375]


def test_where_the_nearest_patch_begins_is_said_as_its_table_has_it() -> None:
    """It was asked for from 9.0 s on, and its first frame begins 14 ms before."""
    some = pv.Spectrogram.example().patches(duration=3.0, starts=[0.0, 9.0])
    rows = pd.DataFrame({"start_time": [0.0, 9.3], "end_time": [3.0, 12.3], "patch": [0, 0]})
    said = "patch begins at 9.000 s, and patch 0, as it is numbered, is from 0.000 to 3.000 s"
    with pytest.raises(InvalidValueError, match=said):
        some.with_scores(rows.assign(wren=1.0))


def test_a_table_of_what_was_found_says_its_scores() -> None:
    said = r"^scores: the column 'label' says what was found, and none what it scores; found the c"
    with pytest.raises(InvalidValueError, match=said):
        patches().with_scores(
            pd.DataFrame({"start_time": [0.0], "end_time": [0.2], "label": ["wren"]})
        )


def test_what_was_decided_is_no_score() -> None:
    scored = patches().with_scores(np.linspace(0, 1, 9), classes=["wren"])
    sheet = pv.sheet(scored, [0, 3])
    sheet.picked = [3]
    with pytest.raises(
        InvalidValueError, match="a table of what was decided of patches, and no mo"
    ):
        scored.with_scores(sheet.to_frame())
    sheet.close()


@pytest.mark.parametrize("rows", [slice(None), slice(3), slice(2, 6)])
def test_windows_before_a_part_are_no_patches_of_it(rows: slice) -> None:
    """A table of the whole file, and a part of it."""
    spec = pv.Spectrogram(np.zeros((1, 400)), sr=1000, hop_length=10, start=20.0)
    part = spec.patches(duration=1.0)
    start = np.array([0.0, 1.0, 2.0, 19.0, 20.0, 21.0])
    table = pd.DataFrame({"start_time": start, "end_time": start + 1, "wren": 0.5})
    said = (
        "rows of scores are of no patch, first that from .*: what they are of begins at 20.000 s. "
        "Times must be seconds of the recording; of a part, leave out the rows before and "
        r"after: table\[\(table.start_time >= 20\) & \(table.end_time <= 24\)\]\."
    )
    with pytest.raises(InvalidValueError, match=said):
        part.with_scores(table[rows])
    inside = table[(table.start_time >= 20) & (table.end_time <= 24)]
    np.testing.assert_array_equal(part.with_scores(inside).scores[:2, 0], [0.5, 0.5])
