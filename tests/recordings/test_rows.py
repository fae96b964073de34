"""A table whose rows are patches: in which order they are, and what goes by place there."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import patchviz as pv
from patchviz.errors import InvalidValueError

from .conftest import Write

OPTIONS: dict[str, Any] = {"sr": None, "n_mels": 16}
SCORES = np.array([0.9, 0.1, 0.5, 0.3])


@pytest.fixture
def table(folder: Path) -> pd.DataFrame:
    """Four patches of two files, by no order."""
    a, b = str(folder / "a.wav"), str(folder / "sub" / "b.flac")
    rows = [(b, 2.048, "w"), (a, 1.024, "x"), (b, 0.0, "y"), (a, 0.0, "z")]
    table = pd.DataFrame(rows, columns=["file", "start_time", "who"])
    return table.assign(end_time=table["start_time"] + 1.024)


def made(table: object) -> pv.Recordings:
    with pytest.warns(UserWarning, match="rows of the table are moved: patches are in the order"):
        return pv.Recordings(table, **OPTIONS)


def test_that_rows_are_moved_is_told_and_which_are_where(table: pd.DataFrame) -> None:
    with pytest.warns(UserWarning, match="moved") as told:
        found = pv.Recordings(table.set_index("who"), **OPTIONS)
    assert [str(one.message) for one in told] == [
        "4 of 4 rows of the table are moved: patches are in the order of file and start_time, and "
        "recordings.to_frame().row says which row each is. Sort the table before to have them in "
        "its order."
    ]
    frame = made(table).to_frame()
    assert frame["row"].tolist() == [2, 0, 3, 1]
    assert frame["who"].tolist() == table["who"].iloc[frame["row"]].tolist()
    np.testing.assert_allclose(
        frame["start_time"], table["start_time"].iloc[frame["row"]], atol=0.07
    )
    assert found[[1, 3]].to_frame()["row"].tolist() == [0, 1]


def test_a_table_in_order_is_not_spoken_of(table: pd.DataFrame) -> None:
    table = table.sort_values(["file", "start_time"], ignore_index=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = pv.Recordings(table, **OPTIONS).with_scores(SCORES)
    assert found.to_frame()["row"].tolist() == [0, 1, 2, 3]
    assert found.to_frame()["score"].tolist() == SCORES.tolist()


@pytest.mark.parametrize(
    "take",
    [
        lambda recordings, x: recordings.with_scores(x),
        lambda recordings, x: recordings.with_scores(pd.Series(x)),
        lambda recordings, x: recordings.with_scores(pd.DataFrame({"robin": x})),
        lambda recordings, x: recordings.with_scores({"robin": x}),
        lambda recordings, x: recordings.choose(1, by="highest", of=x),
        lambda recordings, x: recordings.choose(1, by="highest", table=x),
        lambda recordings, x: recordings[x > 0.4],
        lambda recordings, x: recordings[pd.Series(x > 0.4)],
        lambda recordings, x: recordings[(x > 0.4).tolist()],
        lambda recordings, x: recordings.leaks(x > 0.4, x < 0.4),
        lambda recordings, x: recordings.to_frame(truth=x > 0.4),
        lambda recordings, x: pv.timeline(recordings, x),
        lambda recordings, x: pv.plot_mosaic(recordings, x > 0.4),
        lambda recordings, x: pv.sheet(recordings, x > 0.4),
        lambda recordings, x: pv.sheet(recordings, truth=(x > 0.4)[:, np.newaxis]),
    ],
)
def test_what_goes_by_place_is_refused_where_rows_were_moved(
    take: Any, table: pd.DataFrame
) -> None:
    with pytest.raises(InvalidValueError) as error:
        take(made(table), SCORES)
    assert str(error.value).partition(" ")[2] == (
        "nothing says of which patch each row is, as rows of the table were moved: patches are in "
        "the order of file and start_time. Take the order of the table along: frame = "
        'recordings.to_frame(); frame["x"] = x[frame["row"]]; and give frame["x"]. Or sort the '
        "table before."
    )


def test_a_column_of_its_frame_says_of_which_patch_it_is(table: pd.DataFrame) -> None:
    found = made(table)
    frame = found.to_frame()
    frame["robin"] = SCORES[frame["row"]]
    scored = found.with_scores(frame[["robin"]])
    by_file = found.with_scores(table.assign(robin=SCORES), classes=["robin"])
    for one in (scored, by_file, found.with_scores(frame["robin"], classes=["robin"])):
        assert one.to_frame()["robin"].tolist() == [0.5, 0.9, 0.3, 0.1]
    plain = frame.drop(columns="who")
    assert found.with_scores(plain).classes == ("robin",)  # the number of a row is no score
    assert found.choose(1, by="highest", of=frame["robin"]).tolist() == [1]
    assert found[frame["robin"] > 0.4].numbers.tolist() == [0, 1]
    assert scored.to_frame(truth=frame[["robin"]] > 0.4)["labels"].tolist() == [
        "robin", "robin", "", "",
    ]  # fmt: skip
    assert found.choose(1, by="highest", of=np.mean).shape == (1,)
    assert found.map(lambda patches: np.ones(len(patches)))["score"].tolist() == [1.0] * 4


def test_some_that_are_in_order_take_arrays(table: pd.DataFrame) -> None:
    found = made(table)[[0, 2]]  # rows 2 and 3
    assert found.with_scores([0.1, 0.2]).to_frame()["row"].tolist() == [2, 3]


# -- columns of other names -----------------------------------------------------------------------


def test_no_column_of_a_table_of_files_is_replaced(write: Write) -> None:
    path = write("a.wav")
    table = pd.DataFrame({"file": [path], "size": ["big"], "error": ["noisy"], "sr": [8000]})
    files = pv.Recordings(table, duration=1.0, **OPTIONS).files
    assert files.columns.tolist() == [
        "file", "size in the table", "error in the table", "sr", "n_channels", "n_samples", "size",
        "modified", "start", "n_patches", "first", "error",
    ]  # fmt: skip
    assert files["size in the table"].tolist() == ["big"]
    assert files["size"].tolist() == [path.stat().st_size]
    assert files["error"].tolist() == [""]
    again = pv.Recordings(files, duration=1.0, **OPTIONS).files
    pd.testing.assert_frame_equal(again, files)


def test_no_column_of_a_table_of_patches_is_replaced(folder: Path) -> None:
    a = str(folder / "a.wav")
    table = pd.DataFrame(
        {"file": a, "start_time": [0.0, 1.024], "end_time": [1.024, 2.048], "robin": [7, 8],
         "filled": [1.0, 1.0], "error": ["wind", "rain"], "row": [40, 41]}
    )  # fmt: skip
    found = pv.Recordings(table, **OPTIONS).with_scores([0.1, 0.2], classes=["robin"])
    frame = found.to_frame()
    assert frame.columns.tolist() == [
        "file", "start_time", "end_time", "filled", "robin", "row", "robin in the table",
        "error in the table", "row in the table",
    ]  # fmt: skip
    assert frame["robin"].tolist() == [0.1, 0.2]
    assert frame["robin in the table"].tolist() == [7, 8]
    assert frame["error in the table"].tolist() == ["wind", "rain"]
    again = found.with_scores(frame, classes=["robin"])  # no row is of a file that failed
    assert again.scores[:, 0].tolist() == [0.1, 0.2]
    same = pv.Recordings(frame[["file", "start_time", "end_time", "row"]], **OPTIONS).to_frame()
    assert same.columns.tolist() == ["file", "start_time", "end_time", "filled", "row"]
    part = pv.Recordings(frame[["file", "start_time", "end_time"]][1:], **OPTIONS).to_frame()
    assert part["patch in the table"].tolist() == [1]


def test_a_patch_has_the_labels_of_all_of_its_rows(table: pd.DataFrame) -> None:
    """As tables of several labels a window have them; of a file that is gone there are none."""
    table = table.assign(label=["wren", None, "robin", "owl"])
    again = table.iloc[[0, 0]].assign(label=["robin", "wren"], who=["v", "u"])
    gone = table.iloc[[1]].assign(file="gone.wav", label="gull")
    rows = pd.concat([gone, table, again], ignore_index=True)
    said = (
        "^2 of 7 rows name a patch again, by file and start_time: each is taken once, with the "
        r"labels of all and what else its first row says\.$"
    )
    with (
        pytest.warns(UserWarning, match="1 of 3 files cannot be used"),
        pytest.warns(UserWarning, match="moved"),
        pytest.warns(UserWarning, match=said),
    ):
        found = pv.Recordings(rows, **OPTIONS)
    frame = found.to_frame()
    assert frame["labels"].tolist() == ["robin", "robin, wren", "owl", ""]
    assert frame["who"].tolist() == ["y", "w", "z", "x"]
    assert frame["row"].tolist() == [3, 1, 4, 2]
    assert len(found.patches(str(table["file"][0])).spectrogram.labels) == 3  # each once


def test_a_label_of_a_row_is_all_of_its_window(write: Write) -> None:
    """As it was asked for: frames begin before it, and end before it does."""
    path = str(write("a.wav", 9.5))
    starts = np.arange(0.0, 9, 3)
    rows = pd.DataFrame({"file": path, "start_time": starts, "end_time": starts + 3})
    found = pv.Recordings(rows.assign(label=["wren", "owl", "wren"]), sr=22050, n_mels=16)
    assert (found.times != rows[["start_time", "end_time"]].to_numpy()).any()
    expected = [[False, True], [True, False], [False, True]]
    for least in ({}, {"min_share": 1.0}, {"min_overlap": 3.0}, {"min_fraction": 1.0}):
        assert found.targets(**least).tolist() == expected
        assert found[1:].targets(**least).tolist() == expected[1:]
    scored = found.with_scores(np.array(expected, float), classes=["owl", "wren"])
    assert scored.mistakes(truth={"min_share": 1.0}).empty


def test_rows_of_a_patch_without_labels_say_so(table: pd.DataFrame) -> None:
    rows = pd.concat([table, table.iloc[[0]].assign(who="v")], ignore_index=True)
    said = "1 of 5 rows name a patch again, .*: each is taken once, with what its first row says"
    with pytest.warns(UserWarning, match="moved"), pytest.warns(UserWarning, match=said):
        found = pv.Recordings(rows, **OPTIONS)
    assert len(found) == 4
    rows["label"] = [["x"], ["y"], ["x"], ["z"], ["w"]]  # which cannot be looked up
    said = r"^labels, row 0, column 'label': \['x'\] is no one name"
    with (
        pytest.warns(UserWarning, match="moved"),
        pytest.warns(UserWarning, match="of all"),
        pytest.raises(InvalidValueError, match=said),
    ):
        pv.Recordings(rows, **OPTIONS)


# -- which files are meant ------------------------------------------------------------------------


def test_a_file_is_one_however_its_path_is_written(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("x/a.wav")
    monkeypatch.chdir(tmp_path)
    around = "x/../x/a.wav"
    with pytest.warns(UserWarning, match="again") as told:
        found = pv.Recordings([path, around, "x/a.wav"], duration=1.0, **OPTIONS)
    assert found.files["file"].tolist() == [str(path)]
    assert f"2 of 3 files are named again, first '{around}', which is '" in str(told[0].message)
    with pytest.warns(UserWarning, match="1 of 2 rows name a file again, first 'x/a.wav', which"):
        found = pv.Recordings({"file": [path, "x/a.wav"], "n": [1, 2]}, duration=1.0, **OPTIONS)
    assert found.files["n"].tolist() == [1]
    rows = {"file": ["x/a.wav", around], "start_time": [0.0, 1.0], "end_time": [1.0, 2.0]}
    with pytest.warns(UserWarning, match=f"1 of 2 rows write a file otherwise .*'{around}', which"):
        found = pv.Recordings(rows, **OPTIONS)
    assert found.files[["file", "n_patches"]].values.tolist() == [["x/a.wav", 2]]


def test_links_are_followed_and_each_folder_looked_through_once(
    write: Write, tmp_path: Path
) -> None:
    for name in ("disk/b.wav", "season/a.wav", "season/sub/c.wav"):
        write(name)
    season = tmp_path / "season"
    (season / "all").symlink_to(season / "sub")
    (season / "far").symlink_to(tmp_path / "disk")
    (season / "round").symlink_to(season)
    files = pv.Recordings(season, duration=1.0, **OPTIONS).files["file"]
    assert [str(Path(file).relative_to(season)) for file in files] == [
        "a.wav", "far/b.wav", "sub/c.wav",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_looked_through_is_told(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    write("a.wav")
    write("closed/b.wav")
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.warns(
        UserWarning, match="^1 folder in .* cannot be looked through, first .*closed"
    ):
        found = pv.Recordings(tmp_path, duration=1.0, **OPTIONS)
    assert len(found.files) == 1


def test_what_is_no_path_is_named(write: Write) -> None:
    for files in ([write("a.wav"), None], {write("a.wav"), None}):
        with pytest.raises(pv.errors.InvalidTypeError, match="files hold None, of type NoneType"):
            pv.Recordings(files, duration=1.0)


def test_a_column_called_label_is_what_people_wrote_down(write: Write) -> None:
    files = [write(name, 2.0) for name in ("a.wav", "b.wav", "c.wav")]
    carving: Any = {"sr": None, "n_mels": 16}
    table = pd.DataFrame({"file": files, "label": ["wren", None, 8], "site": ["x", "y", "x"]})
    found = pv.Recordings(table, duration=1.0, **carving)
    expected = pv.Recordings(files, duration=1.0, **carving).with_labels(table.dropna())
    assert found.classes == expected.classes == ("8", "wren")
    np.testing.assert_array_equal(found.targets(), expected.targets())
    assert found.files["label"][0] == "wren"  # it comes along as other columns do
    rows = pd.DataFrame(
        {"file": files[0], "start_time": [0.0, 1.0], "end_time": [1.0, 2.0], "label": ["wren", ""]}
    )
    assert pv.Recordings(rows, **carving).targets().tolist() == [[True], [False]]
    # What somebody gives, and what a model said, is something else.
    given = pv.Recordings(table, duration=1.0, labels=table[:1], **carving)
    assert given.classes == ("wren",)
    assert not pv.Recordings(rows.assign(score=0.5), **carving).classes
    twice = pd.DataFrame({"file": files[:1] * 2, "label": ["wren", "robin"]})
    with pytest.warns(UserWarning, match="the first row of each is taken, and the labels of all"):
        assert pv.Recordings(twice, duration=1.0, **carving).classes == ("robin", "wren")


@pytest.mark.parametrize("form", ["frame", "polars", "file", "long", "long file", "some"])
def test_a_row_for_each_file_is_enough_where_each_has_one_patch(
    write: Write, tmp_path: Path, form: str
) -> None:
    """As a classifier of clips writes its scores, in any order."""
    files = [str(write(f"{name}/{k}.wav", 0.4)) for name in ("one", "two") for k in range(3)]
    clips = pv.Recordings(files, duration=0.5, tail="pad", **OPTIONS)
    assert len(clips) == len(files)
    scores = np.linspace(0, 1, 6)
    table = pd.DataFrame({"file": files, "owl": scores, "wren": 1 - scores})
    table = table.sample(frac=1, random_state=3).reset_index(drop=True)
    expected = np.stack([scores, 1 - scores], axis=1)
    given: Any = table
    if form == "polars":
        given = pytest.importorskip("polars").from_pandas(table)
    elif form.startswith("long"):
        given = table.melt("file", var_name="label", value_name="score")
    elif form == "some":
        given, left = table.iloc[:4], ~np.isin(files, table["file"].iloc[:4])
        expected[left] = np.nan
    if form.endswith("file"):
        given.to_csv(tmp_path / "scores.csv", index=False)
        given = tmp_path / "scores.csv"
    scored = clips.with_scores(given)
    assert scored.classes == ("owl", "wren")
    np.testing.assert_allclose(scored.scores, expected)


def test_a_row_for_each_file_says_nothing_of_several_patches(write: Write) -> None:
    paths = [str(write(f"{k}.wav", 2.0)) for k in range(2)]
    found = pv.Recordings(paths, duration=0.5, **OPTIONS)
    with pytest.raises(InvalidValueError, match="scores have 2 rows, and there are"):
        found.with_scores(pd.DataFrame({"file": paths, "owl": 0.5}))
