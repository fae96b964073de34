"""What is known of many recordings is what is known of each of them, one after the other."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, LabelFileError

from .conftest import SR, Write

OPTIONS: dict[str, Any] = {"duration": 1.0, "hop_duration": 0.25, "sr": None, "n_mels": 16}
LABELS = [
    ("a.wav", 0.2, 0.9, "robin"),
    ("a.wav", 1.1, 1.3, "wren"),
    ("b.flac", 0.0, 0.064, "wren"),
    ("b.flac", -0.5, 0.5, "robin"),
    ("b.flac", 4.5, 9.0, "owl"),
    ("c.wav", 1.024, 2.048, "robin"),  # whole frames
]


@pytest.fixture
def labels() -> pd.DataFrame:
    return pd.DataFrame(LABELS, columns=["file", "start_time", "end_time", "label"])


@pytest.fixture
def recordings(folder: Path) -> pv.Recordings:
    return pv.Recordings(folder, **OPTIONS)


def each(recordings: pv.Recordings) -> list[pv.Patches]:
    return [recordings.patches(row) for row in range(len(recordings.files))]


# -- labels ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "least", [{}, {"min_overlap": 0.3}, {"min_fraction": 0.5}, {"min_share": 0.2}]
)
def test_targets_are_those_of_each_file(
    recordings: pv.Recordings, labels: pd.DataFrame, least: dict[str, float]
) -> None:
    known = recordings.with_labels(labels)
    assert known.classes == ("owl", "robin", "wren")
    found = known.targets(**least)
    assert found.shape == (len(recordings), 3)
    expected = []
    for patches in each(recordings):  # without labels
        name = patches.spectrogram.name
        own = patches.spectrogram.with_labels(labels[labels["file"] == name]).patches(
            duration=1.0, hop_duration=0.25
        )
        columns = pd.DataFrame(own.targets(**least), columns=own.classes)
        expected.append(columns.reindex(columns=known.classes, fill_value=False))
    np.testing.assert_array_equal(found, pd.concat(expected).to_numpy(bool))
    assert found.any()
    assert not found.all()
    for row, patches in enumerate(each(known)):
        first = known.files["first"][row]
        np.testing.assert_array_equal(patches.targets(**least), found[first : first + len(patches)])
        assert patches.classes == known.classes
    some = known[[3, 20, 21]]
    assert some.classes == known.classes
    np.testing.assert_array_equal(some.targets(**least), found[[3, 20, 21]])


def test_a_part_of_a_recording_knows_the_classes_of_all(
    recordings: pv.Recordings, labels: pd.DataFrame
) -> None:
    """Columns, colours and what nobody labelled are the same of a part, and beside padding."""
    known = recordings.with_labels(labels)
    for patches in each(known.with_scores(np.ones(len(known)), classes=["wren"])):
        part = patches.trim(0, 1.5)
        assert part.classes == patches.classes == ("wren", "owl", "robin")
        np.testing.assert_array_equal(part.targets(), patches.targets()[: len(part)])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            part.choose(1, by="disagree")
    file = recordings.files["file"][0]
    spec = pv.Spectrogram.from_file(file, sr=None, n_mels=16).with_labels(labels)
    assert spec.labels["label"].nunique() == 2
    padded = spec.patches(duration=1.1, tail="pad")
    assert padded.n_padded
    scored = padded.with_scores(np.zeros(len(padded)), classes=["owl"])
    # The owl was looked for, and is elsewhere: nothing else is told.
    with pytest.warns(UserWarning, match="labelled and not scored, and so no mistake"):
        pv.player(scored, stops="mistakes")


def test_rates_that_differ_have_one_axis(write: Write) -> None:
    paths = [write("a.wav", 3.0, 8000), write("b.wav", 4.0, 11025), write("c.wav", 3.0, 16000)]
    rows = [("a.wav", 0.5, 0.9), ("b.wav", 1.1, 3.0), ("c.wav", 2.9, 3.0)]
    labels = pd.DataFrame([(*row, "x") for row in rows], columns=["file", "start_time", "end_time",
                                                                  "label"])  # fmt: skip
    known = pv.Recordings(paths, labels=labels, **OPTIONS)
    assert "patches of 0.960 s to 0.992 s" in repr(known)
    for least in ({}, {"min_share": 0.3}, {"min_fraction": 1.0}):
        expected = [patches.targets(**least) for patches in each(known)]
        np.testing.assert_array_equal(known.targets(**least), np.concatenate(expected))
    chosen = known.choose(8, by="even")
    rows_of, _ = known.find(chosen)
    assert np.bincount(rows_of).tolist() == [3, 3, 2]
    for row in range(3):
        starts = np.sort(known.times[chosen[rows_of == row], 0])
        assert (np.diff(starts) >= known.patches(row).duration - 1e-9).all()


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("north/a.wav", 0),
        ("south/a.wav", 1),
        ("/data/season/south/a.wav", 1),
        ("south\\a.wav", 1),
        ("south/a", 1),
        ("b.wav", 2),
        ("elsewhere/b.wav", 2),
        ("b", 2),
    ],
)
def test_a_name_is_found_by_its_path_or_its_end(write: Write, name: str, row: int) -> None:
    paths = [write("north/a.wav"), write("south/a.wav"), write("north/b.wav")]
    found = pv.Recordings(paths, **OPTIONS)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        known = found.with_labels({"file": [name], "start_time": 1, "end_time": 2, "label": "x"})
    assert [str(one.message) for one in told] == [
        "1 of 1 labels name files in other folders, and are matched by the files' own names: "
        f"{name!r} is taken for 'north/b.wav'. If that is another recording, leave its rows out."
    ][: name.startswith("elsewhere/")]
    assert known.labels is not None
    assert known.labels["file"].tolist() == [str(paths[row])]
    assert len(known.patches(row).spectrogram.labels) == 1


def test_labels_of_other_files_are_counted_and_named(write: Write) -> None:
    paths = [write("north/a.wav"), write("south/a.wav"), write("north/b.wav")]
    found = pv.Recordings(paths, **OPTIONS)
    names = ["b.wav", "x.wav", "x.wav", "a.wav", "y.wav"]
    labels = {"file": names, "start_time": 1.0, "end_time": 2.0, "label": "robin"}
    with pytest.warns(UserWarning, match="labels name") as said:
        known = found.with_labels(labels)
    assert [str(one.message) for one in said] == [
        "3 of 5 labels name files of none of the recordings: 'x.wav', 'y.wav'. They are left out.",
        "1 of 5 labels name a file of several recordings: 'a.wav'. They are left out.",
    ]
    assert known.targets().sum() == known.patches(2).targets().sum() > 0
    with pytest.raises(InvalidValueError, match=r"2 of 2 labels name a file of none of the record"):
        found.with_labels({"file": ["x.wav"] * 2, "start_time": 1, "end_time": 2, "label": "x"})
    with pytest.raises(InvalidValueError, match="labels have no column 'file', and there are 3"):
        found.with_labels([(1, 2, "x")])
    alone = pv.Recordings([paths[0]], labels=[(1, 2, "x")], **OPTIONS)
    assert alone.targets().any()


def test_a_folder_of_tables_has_one_for_each_recording(write: Write, tmp_path: Path) -> None:
    paths = [write("a.wav"), write("a.b.wav"), write("c.flac")]
    found = pv.Recordings(paths, **OPTIONS)
    tables = {"a.Table.1.selections.txt": "x", "a.b.txt": "y", "c.flac.txt": "z"}
    (tmp_path / "labels" / "sub").mkdir(parents=True)
    for name, label in tables.items():
        (tmp_path / "labels" / "sub" / name).write_text(f"0.5\t1.25\t{label}\n")
    for tables_of in (
        tmp_path / "labels",
        f"{tmp_path}/labels/**/*.txt",
        [tmp_path / "labels" / "sub" / name for name in tables],
    ):
        known = found.with_labels(tables_of)
        assert known.labels is not None
        own = dict(zip(known.labels["file"], known.labels["label"], strict=True))
        assert own == {str(path): label for path, label in zip(paths, "xyz", strict=True)}
    (tmp_path / "labels" / "d.csv").write_text("0.5\t1.25\tx\n")
    with pytest.warns(UserWarning, match=r"1 of 4 tables of labels is of no recording.*/d.csv'"):
        assert len(found.with_labels(tmp_path / "labels").labels) == 3
    with pytest.raises(InvalidValueError, match=r"1 of 1 tables of labels is of no recording: '"):
        found.with_labels([tmp_path / "labels" / "d.csv"])
    twice = pv.Recordings([write("n/e.wav"), write("s/e.wav")], **OPTIONS)
    (tmp_path / "e.txt").write_text("0.5\t1.25\tx\n")
    with pytest.raises(
        InvalidValueError,
        match=r"^1 of 1 tables of labels is of several recordings: '.*/e\.txt'\. Let them lie in "
        r"folders as these do, or a column say the file; of one recording in two formats, give one",
    ):
        twice.with_labels([tmp_path / "e.txt"])
    with pytest.raises(InvalidValueError, match="holds no table of labels"):
        found.with_labels(f"{tmp_path}/none/*.txt")


def test_labels_outside_of_their_recording_are_told(recordings: pv.Recordings) -> None:
    labels = {"file": ["a.wav", "c.wav"], "start_time": [1, 50], "end_time": [2, 51],
              "label": ["x", "late"]}  # fmt: skip
    with pytest.warns(UserWarning, match=r"1 of 2 labels lies outside of its recording: '"):
        known = recordings.with_labels(labels)
    assert known.classes == ("late", "x")
    assert known.targets().any(axis=0).tolist() == [False, True]


@pytest.mark.parametrize("span", [(-1.0, 0.0), (1.024, 1.5), (1.024, 1.024)])
def test_labels_that_meet_a_recording_are_outside(write: Write, span: tuple[float, float]) -> None:
    paths = [write("a.wav", 1.0), write("b.wav", 3.0)]
    found = pv.Recordings(paths, duration=0.5, tail="pad", sr=None, n_mels=16)
    frame = float(found.files["sr"][0]) and found.patches(0).spectrogram.end
    times = (span[0], span[1]) if span[0] < 0 else (frame, frame + span[1] - span[0])
    labels = pd.DataFrame([("a.wav", *times, "x"), ("a.wav", 0.0, 0.0, "point")],
                          columns=["file", "start_time", "end_time", "label"])  # fmt: skip
    with pytest.warns(UserWarning, match=r"1 of 2 labels lies outside of its recording: 'x' of '"):
        known = found.with_labels(labels)
    assert known.targets().any(axis=0).tolist() == [True, False]


def test_recordings_of_which_a_table_of_several_says_nothing_are_told_where_mistakes_are_judged(
    recordings: pv.Recordings,
) -> None:
    """They may hold nothing, or nobody may have looked."""
    every = [Path(path).name for path in recordings.files["file"]]

    def scored(files: list[str]) -> pv.Recordings:
        labels = {"file": files, "start_time": 0, "end_time": 1, "label": "x"}
        known = recordings.with_labels(labels)
        return known.with_scores(np.full((len(known), 1), 0.9), classes=["x"])

    said = (
        f"{len(every) - 1} of {len(every)} recordings have no row in the table of labels, first "
        f"'.*{every[1]}', and count as heard: what a model finds there is a mistake. If nobody "
        r"looked at them, recordings\.labelled leaves them out\."
    )
    with pytest.warns(UserWarning, match=said):
        scored(every[:1]).mistakes()
    with pytest.warns(UserWarning, match=said):
        scored(every[:1]).choose(1, by="disagree")
    with pytest.warns(UserWarning, match=f"1 of {len(every)} recordings has no row in the table"):
        scored(every[:-1]).mistakes()
    scored(every).mistakes()
    some = scored(every[:1])
    with pytest.raises(InvalidTypeError):  # and nothing else
        some.mistakes(threshold="x")  # type: ignore[arg-type]
    some.labelled.mistakes()
    some.choose(1, by="highest")


@pytest.mark.filterwarnings("ignore:.*no row in the table of labels")
def test_a_table_of_mistakes_says_what_captions_call_its_patches(
    recordings: pv.Recordings,
) -> None:
    known = recordings.with_labels(
        {"file": ["a.wav"], "start_time": 0, "end_time": 1, "label": "x"}
    )
    scored = known.with_scores(np.full((len(known), 1), 0.9), classes=["x"])
    for some in (scored, scored[2:], scored[[1, len(scored) - 1]]):
        table = some.mistakes()
        assert len(table) > 0
        for number, in_file, start in table[["patch", "patch_in_file", "start_time"]].to_numpy():
            position = int(np.flatnonzero(some.numbers == number)[0])
            one = some.patches(some.find(position)[0])
            index = int(np.flatnonzero(one.numbers == in_file)[0])
            assert one.to_frame()["start_time"].iloc[index] == pytest.approx(start)
    assert "patch_in_file" not in scored.patches(0).mistakes()


def test_without_labels_nothing_is_in_a_patch(recordings: pv.Recordings) -> None:
    scored = recordings.with_scores(np.zeros((len(recordings), 1)), classes=["owl"])
    said = r"^the recordings have no labels\. Give them some: recordings\.with_labels\(\.\.\.\)\.$"
    for asked in (
        recordings.targets, scored.mistakes, lambda: recordings.labelled,
        lambda: scored.choose(2, by="disagree"), lambda: pv.scrub(scored, stops="mistakes"),
    ):  # fmt: skip
        with pytest.raises(InvalidValueError, match=said):
            asked()
    assert recordings.labels is None
    assert recordings.classes == ()


# -- scores ------------------------------------------------------------------------------------


def test_scores_are_those_of_each_file(recordings: pv.Recordings) -> None:
    scores = np.random.default_rng(0).uniform(size=(len(recordings), 2))
    scored = recordings.with_scores(scores, classes=["robin", "wren"])
    assert scored.threshold == 0.5
    assert recordings.scores is None
    start = 0
    for patches in each(scored):
        np.testing.assert_array_equal(patches.scores, scores[start : start + len(patches)])
        assert (patches.classes, patches.threshold) == (("robin", "wren"), 0.5)
        start += len(patches)
    np.testing.assert_array_equal(scored[7].scores, scores[[7]])
    some = scored[[2, 9, 30]]
    np.testing.assert_array_equal(some.scores, scores[[2, 9, 30]])
    np.testing.assert_array_equal(some.patches(0).scores, scores[[2, 9]])
    with pytest.raises(InvalidValueError, match=r"scores of shape \(3,\) are not of 42 patches"):
        recordings.with_scores([1, 2, 3])


@pytest.mark.parametrize("chosen", [None, [2, 9, 30, 31]])
def test_a_table_finds_its_patches_whatever_its_order(
    recordings: pv.Recordings, chosen: list[int] | None
) -> None:
    part = recordings if chosen is None else recordings[chosen]
    scores = np.random.default_rng(1).uniform(size=(len(part), 2))
    table = part.with_scores(scores, classes=["robin", "wren"]).to_frame()
    mixed = table.sample(frac=1, random_state=0)
    for table in (mixed, mixed.reset_index(drop=True), mixed.drop(columns="end_time")):
        np.testing.assert_array_equal(part.with_scores(table).scores, scores)
    by_number = mixed.drop(columns=["file", "start_time", "end_time"])
    np.testing.assert_array_equal(part.with_scores(by_number).scores, scores)
    rounded = mixed.round({"start_time": 3, "end_time": 3})
    rounded["file"] = [Path(file).name for file in rounded["file"]]
    again = part.with_scores(rounded[2:])
    assert np.isnan(again.scores).any(axis=1).sum() == 2
    detections = mixed[["file", "start_time", "end_time"]].assign(label="owl", score=0.25)
    assert part.with_scores(detections).classes == ("owl",)


def test_one_rule_finds_rows_of_one_recording_and_of_many(folder: Path) -> None:
    paths = [folder / "a.wav", folder / "c.wav"]

    def scored(hop: float) -> pd.DataFrame:
        other = pv.Recordings(paths, **{**OPTIONS, "hop_duration": hop})
        return other.with_scores(np.arange(len(other)), classes=["x"]).to_frame()

    found = pv.Recordings(paths, **OPTIONS)  # every 0.192 s
    table = scored(0.4)  # every second of these
    many = found.with_scores(table)
    for path, patches in zip(map(str, paths), each(found), strict=True):
        rows = table[table["file"] == path]
        own = patches.with_scores(rows)
        np.testing.assert_array_equal(own.scores, many.patches(path).scores)
        there = own.to_frame().dropna()
        np.testing.assert_allclose(there["start_time"], rows["start_time"])
        assert there["x"].tolist() == rows["x"].tolist()
    said = []
    table = scored(0.45)
    for one in (found, found.patches(0)):
        with pytest.raises(InvalidValueError, match="are of no patch, first that") as caught:
            one.with_scores(table)
        said.append(str(caught.value).partition(" first that ")[2].partition(" Carve")[0])
    assert said[0] == f"of {str(paths[0])!r} {said[1]}"
    assert said[1] == (
        "from 0.448 to 1.408 s: the nearest patch begins at 0.384 s, and patch 1, as it is "
        "numbered, is from 0.192 to 1.152 s."
    )


@pytest.mark.parametrize("seed", range(3))
def test_numbers_of_rows_are_those_of_to_frame(recordings: pv.Recordings, seed: int) -> None:
    rng = np.random.default_rng(seed)
    some = recordings[np.sort(rng.choice(len(recordings), 20, replace=False))]
    table = some.to_frame().sample(40, replace=True, random_state=seed)  # a patch several times
    numbers = table.index.to_numpy()
    np.testing.assert_array_equal(some.numbers_of(table), numbers)
    elsewhere = table.assign(file=["/of/another/" + Path(file).name for file in table["file"]])
    own = elsewhere[["start_time", "file"]].round(3).reset_index(drop=True)
    with pytest.warns(UserWarning, match="40 of 40 rows of table name files in other folders"):
        np.testing.assert_array_equal(recordings.numbers_of(own), numbers)
    joined = own.assign(patch=numbers).join(some.to_frame()["end_time"], on="patch")
    assert joined["end_time"].tolist() == table["end_time"].tolist()


def test_rows_of_others_have_no_number(recordings: pv.Recordings) -> None:
    table = recordings.to_frame().reset_index()[["file", "start_time"]]
    table.loc[[3, 7], "file"] = "elsewhere/none.wav"
    said = "2 of 42 rows of table name a file of none of the recordings: 'elsewhere/none.wav'"
    with pytest.warns(UserWarning, match=said):
        numbers = recordings.numbers_of(table)
    np.testing.assert_array_equal(np.flatnonzero(numbers < 0), [3, 7])
    assert (numbers == np.arange(42)).sum() == 40
    own = recordings.patches(0).numbers_of(table)
    np.testing.assert_array_equal(own, np.where(table["file"] == table["file"][0], table.index, -1))


def test_recordings_that_no_row_is_of_are_told_where_they_score(recordings: pv.Recordings) -> None:
    table = recordings.to_frame().reset_index()[["file", "start_time", "end_time"]]
    found = table.assign(label="owl", score=0.75)[lambda frame: frame["file"] != frame["file"][0]]
    said = r"^missing=0\.0: 1 of 3 recordings has no row of scores, first '.*a\.wav', and scores "
    with pytest.warns(UserWarning, match=said):
        scored = recordings.with_scores(found, missing=0.0)
    assert scored.scores is not None
    is_first = (table["file"] == table["file"][0]).to_numpy()
    np.testing.assert_array_equal(scored.scores[:, 0], np.where(is_first, 0.0, 0.75))
    recordings.with_scores(table.assign(label="owl", score=0.75)[::5], missing=0.0)


def test_labels_of_classes_that_nothing_scores_are_told_whichever_comes_first(
    recordings: pv.Recordings, labels: pd.DataFrame
) -> None:
    """What a detector never found has no column, and with `missing` would be forgotten."""
    table = recordings.to_frame().reset_index()[["file", "start_time", "end_time"]]
    found = table.assign(label="robin", score=0.75)
    said = (
        "^missing: nothing scores 'owl', 'wren', which somebody labelled, and so it is no mistake. "
        r"If the model knows it, name it: classes=\[\.\.\.\] of a table of detections. Or else "
        "let a column of its own, or a row of detections, score it 0.$"
    )
    with pytest.warns(UserWarning, match=said):
        recordings.with_labels(labels).with_scores(found, missing=0.0)
    scored = recordings.with_scores(found, missing=0.0)
    with pytest.warns(UserWarning, match=said):
        scored.with_labels(labels)
    recordings.with_scores(found).with_labels(labels)
    rows = pd.DataFrame([("owl", 0.0), ("wren", 0.0)], columns=["label", "score"])
    found = pd.concat([found, table.iloc[:1].merge(rows, how="cross")])
    known = scored.with_scores(found, missing=0.0).with_labels(labels)
    has_owl = known.targets()[:, known.classes.index("owl")]
    wrong = known.choose(int(has_owl.sum()), by="disagree", of="owl", apart=False)
    np.testing.assert_array_equal(np.sort(wrong), np.flatnonzero(has_owl))


def test_a_table_that_says_no_patch_is_refused(recordings: pv.Recordings) -> None:
    table = recordings.to_frame().reset_index()[["file", "start_time"]]
    assert recordings.numbers_of(table[:0]).shape == (0,)
    for wrong, said in (
        (table[["start_time"]], "table: there is no column 'file', and there are 3 files"),
        (table[["file"]], "table says no times; found the columns 'file'. Add start_time, in sec"),
        (table.assign(start_time="soon"), "table: the column 'start_time' holds 'soon', no number"),
        (table.assign(start_time=table["start_time"] + 0.1), "42 of 42 rows of table are of no pa"),
    ):
        with pytest.raises((InvalidValueError, InvalidTypeError), match=said):
            recordings.numbers_of(wrong)


def test_numbers_find_rows_where_no_file_is_named(recordings: pv.Recordings) -> None:
    scores = np.random.default_rng(0).uniform(size=len(recordings))
    table = recordings.with_scores(scores, classes=["x"]).to_frame().sample(frac=1, random_state=1)
    for without in (["file"], ["start_time", "end_time"], ["file", "start_time", "end_time"]):
        again = recordings.with_scores(table.drop(columns=without))
        np.testing.assert_array_equal(again.scores[:, 0], scores)  # type: ignore[index]
    with pytest.raises(InvalidValueError, match="scores: there is no column 'file', and there are"):
        recordings.with_scores(table.drop(columns="file").reset_index(drop=True))
    moved = table.drop(columns=["start_time", "end_time"]).sort_index()
    moved.loc[0, "file"] = moved["file"].iloc[-1]
    with pytest.raises(
        InvalidValueError,
        match=r"^1 of 42 rows of scores name another file than their patch is of, first that of '",
    ):
        recordings.with_scores(moved)


def test_rows_of_files_that_failed_may_be_read_from_a_table(
    recordings: pv.Recordings, tmp_path: Path
) -> None:
    recordings.map(lambda part: np.zeros(len(part))).to_csv(tmp_path / "scores.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an empty column of errors is one of numbers
        assert (recordings.with_scores(tmp_path / "scores.csv").scores == 0).all()
    files = recordings.files
    files.loc[0, "n_samples"] = 0
    for column in (files["error"], np.nan):
        with pytest.warns(UserWarning, match="1 of 3 files cannot be used"):
            assert len(pv.Recordings(files.assign(error=column), **OPTIONS)) < len(recordings)


def test_rows_that_are_of_no_patch_are_told(recordings: pv.Recordings) -> None:
    table = recordings.with_scores(np.zeros(len(recordings)), classes=["x"]).to_frame()
    table.loc[40, "start_time"] += 0.1
    with pytest.raises(InvalidValueError, match="1 of 42 rows of scores are of no patch, first"):
        recordings.with_scores(table)
    table = table.iloc[:3].assign(file=["a.wav", "z.wav", "a.wav"])
    with pytest.warns(UserWarning, match=r"1 of 3 scores name a file of none of the recordings"):
        scored = recordings.with_scores(table)
    assert np.isfinite(scored.scores).sum() == 2


def test_the_last_window_of_a_file_may_be_cut_to_its_end(write: Write) -> None:
    paths = [write("a.wav", 2.5), write("b.wav", 3.0)]
    found = pv.Recordings(paths, duration=1.0, sr=None, tail="pad", n_mels=8)
    table = {"file": ["a.wav", "a.wav"], "start_time": [0.0, 1.92], "end_time": [1.0, 2.5],
             "x": [1.0, 2.0]}  # fmt: skip
    scores = found.with_scores(pd.DataFrame(table)).scores
    assert scores[:3, 0].tolist()[::2] == [1.0, 2.0]
    assert np.isnan(scores[3:]).all()


# -- which to look at --------------------------------------------------------------------------


def test_the_highest_of_all_files_share_nothing(recordings: pv.Recordings) -> None:
    scores = np.random.default_rng(2).uniform(size=len(recordings))
    scored = recordings.with_scores(scores, classes=["robin"])
    chosen = scored.choose(6, by="highest")
    assert chosen[0] == np.argmax(scores)
    assert (np.diff(scores[chosen]) < 0).all()
    rows, _ = recordings.find(chosen)
    times = recordings.times[chosen]
    for a in range(6):
        for b in range(a):
            assert rows[a] != rows[b] or abs(times[a, 0] - times[b, 0]) >= times[0, 1] - times[0, 0]
    # With neighbours it is what sorting gives.
    plain = scored.choose(6, by="highest", apart=False)
    np.testing.assert_array_equal(plain, np.argsort(-scores)[:6])
    table = scored.to_frame()
    np.testing.assert_array_equal(
        recordings.choose(6, by="highest", of="robin", table=table), chosen
    )


def test_the_last_of_a_file_and_the_first_of_the_next_are_apart(recordings: pv.Recordings) -> None:
    border = int(recordings.files["first"][1])
    scores = np.zeros(len(recordings))
    scores[[border - 1, border]] = 1.0
    chosen = recordings.with_scores(scores).choose(2, by="highest")
    assert sorted(chosen) == [border - 1, border]


@pytest.mark.filterwarnings("ignore:choose.99, by='random'")
def test_mistakes_are_found_over_all_files(recordings: pv.Recordings, labels: pd.DataFrame) -> None:
    known = recordings.with_labels(labels)
    truth = known.targets(min_share=0.2)
    scores = np.where(truth, 0.9, 0.1)
    wrong = [4, 18, 33]
    scores[wrong, 1] = 1 - scores[wrong, 1]
    scored = known.with_scores(scores, classes=known.classes)
    chosen = scored.choose(3, by="disagree", of="robin", truth={"min_share": 0.2}, apart=False)
    assert sorted(chosen) == wrong
    has = scored.choose(99, by="random", of="owl", apart=False)
    assert sorted(has) == np.flatnonzero(known.targets()[:, 0]).tolist()


def test_loudness_and_functions_look_at_all_recordings(recordings: pv.Recordings) -> None:
    values = [np.mean(patch) for patches in each(recordings) for patch in patches]
    with pytest.warns(UserWarning, match=r"^loudness: levels are relative to the maximum of each"):
        loudness = recordings.loudness()
    np.testing.assert_allclose(loudness, values, rtol=1e-6)
    with pytest.warns(UserWarning, match="do not compare"):
        assert recordings.choose(1, by="loudest", apart=False) == [np.argmax(loudness)]
    quietest = recordings.choose(1, by="lowest", of=np.mean)
    assert quietest == [np.argmin(values)]


def test_one_row_for_every_patch(recordings: pv.Recordings, labels: pd.DataFrame) -> None:
    known = recordings.with_labels(labels).with_scores(np.arange(42.0), classes=["robin"])
    frame = known.to_frame()
    expected = pd.concat([patches.to_frame() for patches in each(known)])
    assert frame.columns.tolist() == expected.columns.tolist()
    assert frame.index.tolist() == list(range(42))
    for name in frame.columns:
        assert frame[name].tolist() == expected[name].tolist()
    assert known[[5, 41]].to_frame().index.tolist() == [5, 41]


def test_what_a_table_says_of_each_patch_comes_along(folder: Path) -> None:
    table = pd.DataFrame(
        [("b.flac", 3.0, 4.0, "x"), ("a.wav", 0.5, 1.5, "y"), ("b.flac", 0.25, 1.25, "z")],
        columns=["file", "start_time", "end_time", "who"],
    )
    table["file"] = [str(next(folder.rglob(name))) for name in table["file"]]
    with pytest.warns(UserWarning, match="3 of 3 rows of the table are moved"):
        found = pv.Recordings(table, sr=None, n_mels=16)
    assert found.to_frame()["who"].tolist() == ["z", "x", "y"]
    assert found[[1, 2]].to_frame()["who"].tolist() == ["x", "y"]


def test_a_frame_says_when_patches_were(write: Write) -> None:
    paths = [write("20240512_063000.wav"), write("20240512_073000.wav")]
    found = pv.Recordings(paths, start="filename", **OPTIONS)
    frame = found.to_frame()
    expected = pd.concat([patches.to_frame() for patches in each(found)])
    assert frame["start_timestamp"].tolist() == expected["start_timestamp"].tolist()


def test_padding_is_told_of_every_file(write: Write) -> None:
    found = pv.Recordings([write("a.wav", 2.5), write("b.wav", 1.2)], duration=1.0, sr=SR,
                          tail="pad", n_mels=8)  # fmt: skip
    expected = np.concatenate([patches.filled for patches in each(found)])
    np.testing.assert_allclose(found.to_frame()["filled"], expected)
    assert expected.min() < 0.6


@pytest.mark.soak
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_known_is_known_of_each_file(folder: Path, data: st.DataObject) -> None:
    seconds = st.floats(0.1, 2.0)  # a frame lasts 0.064 s
    hop, tail = data.draw(seconds), data.draw(st.sampled_from(["drop", "pad", "overlap"]))
    options = {"duration": data.draw(seconds), "hop_duration": hop, "tail": tail,
               "sr": data.draw(st.sampled_from([None, 8000, 11025]))}  # fmt: skip
    times = st.tuples(st.floats(-1, 6), st.floats(0, 4), st.sampled_from("xyz"))
    rows = [
        (name, start, start + length, label)
        for name in ("a.wav", "b.flac", "c.wav")
        for start, length, label in data.draw(st.lists(times, max_size=6))
    ]
    labels = pd.DataFrame(rows, columns=["file", "start_time", "end_time", "label"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known = pv.Recordings(folder, n_mels=8, **options).with_labels(labels)
    if not data.draw(st.booleans()):
        picked = data.draw(st.sets(st.integers(0, len(known) - 1), min_size=1))
        known = known[sorted(picked)]
    least = data.draw(st.sampled_from([{}, {"min_share": 0.3}, {"min_fraction": 0.5}]))
    expected = [patches.targets(**least) for patches in each(known)]
    np.testing.assert_array_equal(known.targets(**least), np.concatenate(expected))
    scores = np.random.default_rng(0).uniform(size=len(known))
    scored = known.with_scores(scores, classes=["x"])
    found = known.with_scores(scored.to_frame().sample(frac=1, random_state=0))
    np.testing.assert_array_equal(found.scores, scored.scores)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chosen = scored.choose(5, by="highest", of="x")
    for row, first in enumerate(known.files["first"]):
        n = known.files["n_patches"][row]
        own = chosen[(chosen >= first) & (chosen < first + n)] - first
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            alone = scored.patches(row).choose(5, by="highest", of="x")
        assert own.tolist() == alone[: len(own)].tolist()


@pytest.mark.skipif(os.name == "nt", reason="names of files are Unicode there")
def test_names_of_another_encoding_are_in_tables(tmp_path: Path, write: Write) -> None:
    """Linux gives bytes that are no UTF-8 as halves of characters, which Arrow does not hold."""
    path = write("a.wav", 3.0).rename(tmp_path / os.fsdecode(b"caf\xe9.wav"))
    found = pv.Recordings(tmp_path, duration=1.0)
    label = {"file": str(path), "start_time": 0.5, "end_time": 1.2, "label": "robin"}
    for known in (found.with_labels([label]), found[:1].with_labels([label])):
        table = known.to_frame()
        assert set(table["file"]) == {str(path)} == set(known.files["file"])
        assert known.labels is not None
        assert known.labels["file"].tolist() == [str(path)]
        scored = known.with_scores(table.assign(robin=0.5))
        assert scored.scores.tolist() == [[0.5]] * len(known)
    patches = found.patches(0)
    scored = patches.with_scores(patches.to_frame().assign(robin=0.5))
    assert set(scored.to_frame()["file"]) == {str(path)}
    assert set(found.map(lambda part: np.zeros(len(part)))["file"]) == {str(path)}
    assert len(pv.Recordings(found.to_frame(), duration=1.0)) == len(found)


BIRDNET = "Start (s),End (s),Scientific name,Common name,Confidence\n"


def test_a_table_of_scores_for_each_recording(write: Write, tmp_path: Path) -> None:
    files = [write("season/a.wav", 7.0), write("season/b.wav", 4.0), write("season/c.wav", 4.0)]
    tables = tmp_path / "birdnet"
    tables.mkdir()
    windows = [(0.0, 3.0), (3.0, 6.0), (6.0, 9.0)]
    for name, of in (("a", windows), ("b", windows[:2])):
        rows = (f"{start},{end},Parus major,Great Tit,0.{int(end)}" for start, end in of)
        path = tables / f"{name}.BirdNET.results.csv"
        path.write_text(BIRDNET + "\n".join(rows) + "\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = pv.Recordings(
            files, duration=3.0, starts=[0.0, 3.0, 6.0], tail="pad", sr=None, n_mels=16
        )
    assert found.files["n_patches"].tolist() == [3, 2, 2]
    expected = [0.3, 0.6, 0.9, 0.3, 0.6, np.nan, np.nan]
    for some in (tables, str(tables / "*.csv"), sorted(tables.iterdir())):
        scored = found.with_scores(some)
        assert scored.classes == ("Great Tit",)
        np.testing.assert_allclose(scored.scores[:, 0], expected)  # type: ignore[index]
    (tables / "z.csv").write_text(BIRDNET + "0,3,Parus major,Great Tit,0.5\n")
    with pytest.warns(UserWarning, match="1 of 3 tables of scores is of no recording, by its name"):
        found.with_scores(tables)
    at_hop = pv.Recordings(files, duration=3.0, sr=None, n_mels=16)
    with pytest.raises(
        InvalidValueError,
        match=r"rows of scores are of no patch.*Carve them where the scores are: Recordings\(files,"
        r" duration=3, starts=np\.unique\(table\.start_time\), tail=\"pad\"\)\.$",
    ):
        at_hop.with_scores(sorted(tables.iterdir())[:2])


def test_a_class_that_counts_the_rows_of_each_file_is_told(recordings: pv.Recordings) -> None:
    """In one table, or in one for each; what is 0 and then 1 in some may be scores."""
    table = recordings.to_frame()[["file", "start_time", "end_time"]]
    own = table.groupby("file").cumcount()
    assert own.max() > 1
    table = table.assign(id=own + 1, robin=own / 100)
    with pytest.warns(UserWarning, match="the scores of 'id' count the rows of their table"):
        assert recordings.with_scores(table).classes == ("id", "robin")
    one_hot = table[own < 2].assign(id=own % 2)
    assert recordings.with_scores(one_hot).classes == ("id", "robin")


def test_starts_outside_of_every_recording_are_told(write: Write) -> None:
    files = [write("a.wav", 7.0), write("b.wav", 4.0)]
    with pytest.warns(UserWarning, match=r"^2 of 5 starts lie outside of every recording, and are"):
        found = pv.Recordings(
            files, duration=3.0, starts=[0.0, 3.0, 6.0, 9.0, 12.0], tail="pad", sr=None, n_mels=16
        )
    assert found.files["n_patches"].tolist() == [3, 2]


def test_a_least_overlap_may_be_what_patches_were_asked_to_last(write: Write) -> None:
    """At each rate it is another number of frames, and each is a little less."""
    files = [write("a.wav", 3.0), write("b.wav", 3.0, sr=11025)]
    labels = pd.DataFrame(
        {"file": ["a.wav", "b.wav"], "start_time": 1, "end_time": 2, "label": "a"}
    )
    recordings = pv.Recordings(
        files, starts=[0.0, 1.0, 2.0], duration=1.0, sr=None, n_mels=16, tail="pad", labels=labels
    )
    assert (np.diff(recordings.times) < 1).all()
    assert recordings.targets(min_overlap=1.0)[:, 0].tolist() == [False, True, False] * 2
    with pytest.raises(InvalidValueError, match=r"^min_overlap=1\.05 s is longer than a patch"):
        recordings.targets(min_overlap=1.05)


def test_labels_in_windows_that_starts_leave_out_are_told_once(write: Write) -> None:
    files = [write("north/1.wav", 4.0), write("south/1.wav", 5.0)]
    labels = pd.DataFrame(
        {"file": ["north/1.wav", "south/1.wav"], "start_time": 2.0, "end_time": 3.0, "label": "a"}
    )
    options: dict[str, Any] = {"sr": None, "n_mels": 16, "tail": "pad", "duration": 1.0}
    said = (
        r"^2 of 2 labels are in no patch, first 'a' from 2\.000 to 3\.000 s: no patch begins there"
        r"\. .* too, starts=np\.arange\(0, 5, 1\); where .*, let them score missing=0\.0\.$"
    )
    with pytest.warns(UserWarning, match=said):
        pv.Recordings(files, starts=[0.0, 1.0, 3.0], labels=labels, **options)
    recordings = pv.Recordings(files, starts=[0.0, 1.0, 3.0], **options)
    with pytest.warns(UserWarning, match=said):
        known = recordings.with_labels(labels)
    known.targets()
    known.patches(1).targets()
    recordings[[0, 3]].with_labels(labels)  # somebody chose them
    every = pv.Recordings(files, starts=np.arange(5.0), labels=labels, **options)
    assert every.targets().sum() == 2


def test_labels_without_times_are_of_whole_recordings(write: Write) -> None:
    files = [write("a.wav", 3.0), write("b.wav", 2.0), write("c.wav", 2.5)]
    found = pv.Recordings(files, duration=1.0, sr=None, n_mels=16)
    table = pd.DataFrame({"file": ["b.wav", "a.wav"], "species": ["wren", "robin"]})
    known = found.with_labels(table)
    labels = known.labels
    assert labels is not None
    assert labels[["start_time", "end_time", "label"]].to_numpy().tolist() == [
        [0.0, 3.008, "robin"], [0.0, 2.048, "wren"],  # to the end of the last frame
    ]  # fmt: skip
    is_robin = known.targets(min_share=0.9)[:, known.classes.index("robin")]
    assert np.flatnonzero(is_robin).tolist() == list(range(found.files["n_patches"][0]))
    with pytest.warns(UserWarning, match="x.wav"):
        found.with_labels([{"file": "x.wav", "label": "crow"}, {"file": "a.wav", "label": "crow"}])
    (folder := files[0].parent / "labels").mkdir()
    table.to_csv(folder / "all.csv", index=False)
    table.assign(species="owl")[:1].to_csv(folder / "b.csv", index=False, sep="\t")
    pd.DataFrame(LABELS[:1], columns=["file", "start", "end", "name"]).to_csv(folder / "c.csv")
    for path in (folder / "all.csv", str(folder / "all.csv")):
        again = found.with_labels(path)
        pd.testing.assert_frame_equal(again.labels, labels)
        assert pv.Recordings(files, duration=1.0, sr=None, n_mels=16, labels=path).classes == (
            "robin", "wren",
        )  # fmt: skip
    mixed = found.with_labels(folder).labels  # of whole files, and of parts, side by side
    assert mixed is not None
    assert mixed[["start_time", "end_time", "label"]].to_numpy().tolist() == [
        [0.0, 3.008, "robin"], [0.2, 0.9, "robin"], [0.0, 2.048, "wren"], [0.0, 2.048, "owl"],
    ]  # fmt: skip
    (folder / "none.csv").write_text("file,label\nc.wav,\na.wav,robin\n")  # c.wav: looked at
    assert len(found.with_labels(folder / "none.csv").labels) == 1
    with pytest.raises(LabelFileError, match="start_time"):
        pv.read_labels(folder / "all.csv")
    alone = found.patches(0).spectrogram.with_labels(folder / "all.csv")
    assert alone.labels[["file", "label"]].to_numpy().tolist() == [["a.wav", "robin"]]
    clock = pv.Recordings({"file": files[:1], "start": [100.0]}, duration=1.0, sr=None, n_mels=16)
    assert clock.with_labels(table[1:]).targets().all()


@pytest.mark.parametrize("options", [{"ref": 1.0, "top_db": None}, {"level": "psd"}])
def test_loudness_compares_where_levels_are_of_all(tmp_path: Path, options: Any) -> None:
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 2 * SR)
    for k in range(2):
        soundfile.write(tmp_path / f"{k}.wav", y / 10**k, SR, subtype="FLOAT")
    found = pv.Recordings(tmp_path, duration=1.0, sr=None, n_mels=16, **options)
    first, second = found.loudness().reshape(2, -1)
    np.testing.assert_allclose(second - first, -20, atol=0.1)


def test_scores_of_a_file_that_failed_or_was_cut_are_left_out(write: Write) -> None:
    paths = [write("a.wav", 2.0), write("b.wav", 1.0), write("c.wav", 1.0)]
    whole = pv.Recordings(paths, duration=0.5, tail="pad", sr=None)
    table = whole.to_frame()[["file", "start_time", "end_time"]].assign(robin=0.5)
    write("a.wav", 1.0)
    paths[2].write_bytes(b"RIFF")
    with pytest.warns(UserWarning, match="^1 of 3 files cannot be used"):
        found = pv.Recordings(paths, duration=0.5, tail="pad", sr=None)
    with (
        pytest.warns(UserWarning, match=r"^3 of 11 rows .* are of files that failed.*c\.wav"),
        pytest.warns(UserWarning, match=r"^2 of 8 rows .* begin after the sound.*a\.wav' at 1.344"),
    ):
        scored = found.with_scores(table)
    assert scored.scores[:, 0].tolist() == [0.5] * 6
    with (
        pytest.warns(UserWarning, match=r"^3 of 11 rows .* are of files that failed"),
        pytest.raises(InvalidValueError, match="8 of 8 rows of scores are of no patch"),
    ):
        found.with_scores(table.assign(start_time=1e4, end_time=1e4 + 0.5))


def test_a_file_without_a_patch_is_one_that_failed(write: Write) -> None:
    """To whatever a table says of it: it is left out, or else the error says why."""
    paths = [write("a.wav", 1.0), write("s.wav", 0.1)]
    with pytest.warns(UserWarning, match="^1 of 2 files cannot be used"):
        found = pv.Recordings(paths, duration=1.0, sr=None, n_mels=16)
    rows = pd.DataFrame({"file": [*map(str, paths)], "start_time": 0.0, "end_time": 1.0})
    why = rf" of '{paths[1]}': lasts 0\.100 s, less than a patch of 1 s\. Choose .*\.$"
    told = r"^1 of 2 rows of %s are of files that failed, and are left out, first that" + why
    refused = "^no row of %s is of a file that can be used, first that" + why
    for table in (rows.assign(robin=0.5), rows[["file"]].assign(robin=0.5)):
        with pytest.warns(UserWarning, match=told % "scores"):
            scored = found.with_scores(table)
        assert scored.scores.tolist() == [[0.5]]  # type: ignore[union-attr]
        with pytest.raises(InvalidValueError, match=refused % "scores"):
            found.with_scores(table[1:])
    with pytest.warns(UserWarning, match=told % "table"):
        assert found.numbers_of(rows).tolist() == [0, -1]
    with pytest.raises(InvalidValueError, match=refused % "table"):
        found.numbers_of(rows[1:])
    said = "^1 of 2 labels is of files that failed, and in no patch"
    with pytest.warns(UserWarning, match=said) as caught:
        known = found.with_labels(rows.assign(label="robin"))
    assert len(caught) == 1  # and not again as a label between patches
    assert known.targets().tolist() == [[True]]


def len_of_each(patches: pv.Patches) -> list[int]:
    return [patch.size for patch in patches]


@pytest.mark.parametrize("how", ["starts", "rows", "scores"])
def test_tables_of_all_say_the_times_that_were_asked_for(tmp_path: Path, how: str) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    starts = np.round(np.arange(0, 0.9, 0.3), 1)
    birdnet = pd.DataFrame(
        [
            (str(tmp_path / f"{name}.wav"), t, round(t + 0.3, 1), 0.5)
            for name in "ab"
            for t in starts
        ],
        columns=["file", "start_time", "end_time", "owl"],
    )
    options: Any = {"sr": 8000, "n_fft": 256, "hop_length": 64, "progress": False}
    if how == "rows":
        recordings = pv.Recordings(birdnet, **options)
    elif how == "starts":
        recordings = pv.Recordings(tmp_path, duration=0.3, starts=starts, **options)
    else:  # the hop is rounded, and all windows are still in their frames
        recordings = pv.Recordings(tmp_path, duration=0.3, **options | {"hop_length": 70})
        assert not len(recordings[1::3].to_frame().merge(birdnet, on=["file", "start_time"]))
        recordings = recordings.with_scores(birdnet)
    on = ["file", "start_time", "end_time"]
    some = recordings[[1, 5]]
    for frame in (
        recordings.to_frame(), some.to_frame(), recordings.map(len_of_each),
        recordings.patches(1).to_frame(), some[1].to_frame(),
    ):  # fmt: skip
        assert len(frame.drop(columns="owl", errors="ignore").merge(birdnet, on=on)) == len(frame)
    rows, in_file = recordings.find(np.arange(6))
    wanted = [recordings.patches(row).time(k) for row, k in zip(rows, in_file, strict=True)]
    np.testing.assert_array_equal(recordings.times, wanted)  # those of frames


def test_moments_that_no_column_holds_are_told(write: Write) -> None:
    files = [write("a.wav", 2.0), write("b.wav", 2.0)]
    start = ["2024-05-12T06:30:00+02:00", "2024-05-12T06:30:00"]
    found = pv.Recordings({"file": files, "start": start}, duration=1.0, sr=None, n_mels=16)
    with pytest.warns(UserWarning, match=r"^there is no start_timestamp: .* from UTC"):
        assert "start_timestamp" not in found.to_frame()
    alike = pv.Recordings({"file": files, "start": start[:1] * 2}, duration=1.0, sr=None, n_mels=16)
    assert str(alike.to_frame()["start_timestamp"][0]) == "2024-05-12 06:30:00+02:00"


@pytest.mark.parametrize(
    ("carving", "first"),
    [
        ({"hop_duration": 1.0}, r"'owl' from 0\.600 to 0\.800 s: between patches, or after the"),
        (
            {"starts": [0.0, 0.7, 1.5]},
            r"'wren' from 2\.800 to 2\.850 s: no patch begins there\. More",
        ),
        ({"hop_duration": 0.4}, r"'wren' from 2\.800 to 2\.850 s: between patches, or after the"),
    ],
)
def test_labels_that_no_patch_has_are_told(
    write: Write, carving: dict[str, Any], first: str
) -> None:
    """No mistake can be found there, whether patches have gaps or the tail is dropped."""
    path = write("a.wav", 2.9)
    labels = [
        {"file": "a.wav", "start": start, "end": end, "label": label}
        for start, end, label in ((0.1, 0.2, "tit"), (0.6, 0.8, "owl"), (2.8, 2.85, "wren"))
    ]
    found = pv.Recordings([path], duration=0.5, sr=None, n_mels=16, **carving)
    with pytest.warns(UserWarning, match=f"first {first}") as said:
        known = found.with_labels(labels)
    unseen = int((~known.targets().any(axis=0)).sum())
    assert unseen > 0
    assert str(said[0].message).startswith(f"{unseen} of 3 labels")
    picked = found[[0]].with_labels(labels).labels  # which are meant
    assert picked is not None
    assert len(picked) == 3
    padded = pv.Recordings(
        [path], duration=0.5, hop_duration=0.4, tail="pad", sr=None, n_mels=16, labels=labels
    )
    assert padded.targets().any(axis=0).all()


def test_a_label_of_a_whole_file_is_in_all_of_its_patches(write: Write) -> None:
    """Also in one that sees less than a frame of sound, and padding."""
    path = write("0.wav", 0.635)
    clips = pv.Recordings(
        [path], duration=0.6, tail="pad", sr=None, n_mels=16,
        labels=pd.DataFrame({"file": ["0.wav"], "label": ["0"]}),
    )  # fmt: skip
    assert clips.targets().tolist() == [[True], [True]]
    alone = pv.Spectrogram.from_file(path, sr=None, n_mels=16)
    alone = alone.with_labels([{"file": "0.wav", "label": "0"}])
    assert alone.patches(duration=0.6, tail="pad").targets().all()
