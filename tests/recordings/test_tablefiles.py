"""Tables in files of their own: their names, and where they lie, say of what they are."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import patchviz as pv
from patchviz.errors import InvalidValueError, LabelFileError, NoRecordingError

from .conftest import Write

OPTIONS: dict[str, Any] = {"duration": 1.0, "sr": None, "n_mels": 16}
RTTM = "SPEAKER {} 1 {} 0.5 <NA> <NA> {} <NA> <NA>\n"
CSV = "file,start_time,end_time,label\n{},{},{},{}\n"


@pytest.fixture
def sites(write: Write) -> pv.Recordings:
    """The same two names at two sites."""
    paths = [write(f"{site}/{name}.wav") for site in ("north", "south") for name in "ab"]
    return pv.Recordings(paths, **OPTIONS)


def labels_of(recordings: pv.Recordings) -> list[tuple[str, str]]:
    assert recordings.labels is not None
    files = [Path(file).parent.name for file in recordings.labels["file"]]
    return list(zip(files, recordings.labels["label"], strict=True))


@pytest.mark.parametrize("name", ["a", "a.wav", "sound/a.wav", "D:\\old\\a.wav"])
@pytest.mark.parametrize("is_one", [True, False])
def test_the_folder_of_a_table_says_the_site_of_its_names(
    sites: pv.Recordings, tmp_path: Path, name: str, is_one: bool
) -> None:
    lab = tmp_path / "lab"
    for site in ("north", "south"):
        (lab / site).mkdir(parents=True)
        row = CSV.format(name, 0.5, 1.0, site)
        (lab / site / "some.csv").write_text(row, encoding="utf-8")
    given = lab / "south" / "some.csv" if is_one else lab
    has_folder = "/" in name or "\\" in name
    if has_folder:  # which may be a site of its own
        with pytest.warns(
            UserWarning, match=r"labels name files in other folders, .* is taken for"
        ):
            known = sites.with_labels(given)
    else:
        known = sites.with_labels(given)
    wanted = [("north", "north"), ("south", "south")]
    assert labels_of(known) == wanted[1 if is_one else 0 :]


def test_speech_of_two_sites_is_told_apart(sites: pv.Recordings, tmp_path: Path) -> None:
    for site in ("north", "south"):
        (tmp_path / "lab" / site).mkdir(parents=True)
        text = RTTM.format("a", 0.5, site) + RTTM.format("b", 0.75, site)
        (tmp_path / "lab" / site / "all.rttm").write_text(text, encoding="utf-8")
    known = sites.with_labels(tmp_path / "lab")
    assert labels_of(known) == [("north", "north")] * 2 + [("south", "south")] * 2
    (tmp_path / "both.rttm").write_text(RTTM.format("a", 0.5, "x"), encoding="utf-8")
    said = (
        r"^1 of 1 labels name a file of several recordings: 'a'\. Write their paths as those of "
        r"the recordings are, in recordings\.files\.file\.$"
    )
    with pytest.raises(InvalidValueError, match=said):
        sites.with_labels(tmp_path / "both.rttm")


def test_a_single_table_is_of_the_recording_that_its_name_begins_as(
    sites: pv.Recordings, tmp_path: Path
) -> None:
    table = "Start (s),End (s),Scientific name,Common name,Confidence\n1,1.992,Strix,Owl,0.75\n"
    path = tmp_path / "lab" / "south" / "b.BirdNET.results.csv"
    path.parent.mkdir(parents=True)
    path.write_text(table, encoding="utf-8")
    scored = sites.with_scores(path)
    assert scored.scores is not None
    found = np.flatnonzero(~np.isnan(scored.scores[:, 0]))
    assert scored.to_frame().iloc[found]["file"].tolist() == [str(sites.files.file[3])]
    with pytest.warns(UserWarning, match=r"^3 of 4 recordings have no table of labels, first 'n"):
        assert labels_of(sites.with_labels(path)) == [("south", "Owl")]
    path = path.rename(tmp_path / "owls.csv")
    said = (
        r"no column 'file', and there are 4 files\. Say in a column 'file' which each row "
        r'is of: scores\.assign\(file="\.\.\."\); or, of a table of one recording in a file, let '
        r"its name begin as that of the recording\.$"
    )
    with pytest.raises(InvalidValueError, match=said):
        sites.with_scores(path)
    with pytest.raises(InvalidValueError, match=said.replace("scores", "labels")):
        sites.with_labels(path)


def test_a_table_in_a_file_that_goes_by_number_is_of_all(
    sites: pv.Recordings, tmp_path: Path
) -> None:
    scores = np.linspace(0, 1, len(sites))
    path = tmp_path / "a.csv"
    sites.with_scores(scores, classes=["owl"]).to_frame()[["owl"]].to_csv(path)
    again = sites.with_scores(path).scores
    assert again is not None
    np.testing.assert_allclose(again[:, 0], scores, rtol=1e-15)  # old pandas' last digit


def test_tables_of_another_site_are_not_of_this_one(
    sites: pv.Recordings, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """Given one site alone, its own tables fit better than those of the other."""
    for site in ("north", "south"):
        folder = tmp_path / "lab" / site
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(f"0.5\t1.0\t{site}\n", encoding="utf-8")
        (folder / "some.csv").write_text(CSV.format("b.wav", 0.5, 1.0, site, 0.5), encoding="utf-8")
    north = sites[np.flatnonzero(sites.to_frame()["file"].str.contains("north"))]
    north = pv.Recordings(north.files.file.tolist(), **OPTIONS)
    said = (
        r"^2 of 4 tables of labels are of recordings that are not given, by their names, and left "
        r"out: 'south/a\.txt', 'south/some\.csv'\.$"
    )
    with pytest.warns(UserWarning, match=said):
        known = north.with_labels(tmp_path / "lab")
    assert labels_of(known) == [("north", "north")] * 2
    # A table of all that lies above them is of each.
    (tmp_path / "lab" / "all.csv").write_text(
        CSV.format("a", 2.0, 2.5, "more", 0.5), encoding="utf-8"
    )
    with pytest.warns(UserWarning, match="^2 of 5 tables"):
        known = north.with_labels(tmp_path / "lab")
    assert sorted(label for _, label in labels_of(known)) == ["more", "north", "north"]
    recwarn.clear()
    assert len(labels_of(sites.with_labels(tmp_path / "lab" / "*" / "*"))) == 4
    assert not [str(one.message) for one in recwarn]


def test_tables_of_two_observers_are_both_of_a_recording(write: Write, tmp_path: Path) -> None:
    recordings = pv.Recordings([write("season/a.wav")], **OPTIONS)
    for name in ("ann", "ben"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"0.5\t1.0\t{name}\n", encoding="utf-8")
    said = (
        r"^tables of labels in different folders are taken for those of one recording: "
        r"'ann/a\.txt', 'ben/a\.txt' for 'season/a\.wav'\. If they are of others, leave them out, "
        r"or let folders be called as those of recordings are\.$"
    )
    with pytest.warns(UserWarning, match=said):
        known = recordings.with_labels([tmp_path / "ann" / "a.txt", tmp_path / "ben" / "a.txt"])
    assert [label for _, label in labels_of(known)] == ["ann", "ben"]


def test_recordings_without_a_table_of_labels_are_told(
    sites: pv.Recordings, tmp_path: Path
) -> None:
    """Nobody may have looked at them; an empty table says that somebody did."""
    for site in ("north", "south"):
        (tmp_path / "lab" / site).mkdir(parents=True)
    (tmp_path / "lab" / "north" / "a.txt").write_text("0.5\t1.0\twren\n", encoding="utf-8")
    (tmp_path / "lab" / "south" / "a.csv").write_text("start_time,end_time,label\n")
    said = (
        r"^2 of 4 recordings have no table of labels, first 'north/b\.wav': nobody is taken to "
        r"have looked at them, and nothing is a mistake there\. recordings\.labelled leaves them "
        r"out; an empty table says that somebody looked\.$"
    )
    with pytest.warns(UserWarning, match=said):
        known = sites.with_labels(tmp_path / "lab")
    assert labels_of(known) == [("north", "wren")]
    assert known.files["labelled"].tolist() == [True, False, True, False]
    # Patches of the two, by the numbers that they have among all; of a part likewise.
    mask = np.isin(known.find(np.arange(len(known)))[0], [0, 2])
    assert known.labelled.files["file"].tolist() == known.files["file"][[0, 2]].tolist()
    rest = known[len(known.patches(0)) :].labelled
    column = pd.Series(rest.numbers[:1], name="patch")
    assert rest[column].numbers.tolist() == column.tolist(), "numbers, which are no positions"
    assert [int(one[0]) for one in rest.find(column)] == [0, 0]
    for some in (known.labelled, known.labelled.labelled):
        np.testing.assert_array_equal(some.numbers, np.flatnonzero(mask))
        pd.testing.assert_frame_equal(some.to_frame(), known[mask].to_frame())
    said = (
        r"^labelled: no table of labels is of the one recording\. Leave it out, or give other "
        r"labels\.$"
    )
    with pytest.raises(InvalidValueError, match=said):
        _ = known[~mask][:1].labelled
    with pytest.raises(InvalidValueError, match=r"^the recordings have no labels\. Give them some"):
        _ = sites.labelled
    assert "labelled" not in sites.files


def test_labelled_recordings_of_which_none_can_be_used_are_refused(
    sites: pv.Recordings, tmp_path: Path
) -> None:
    folder = tmp_path / "some"
    folder.mkdir()
    shutil.copy(sites.files["file"][0], folder / "a.wav")
    (folder / "broken.wav").write_text("no sound")
    with pytest.warns(UserWarning, match="1 of 2 files cannot be used"):
        some = pv.Recordings(folder, duration=0.5)
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "broken.txt").write_text("0.5\t1.0\twren\n", encoding="utf-8")
    with (
        pytest.warns(UserWarning, match="1 of 1 label is of files that failed"),
        pytest.warns(UserWarning, match="1 of 1 recordings has no table of labels"),
    ):
        some = some.with_labels(tmp_path / "lab")
    said = r"^files: none of 1 that are labelled can be used, first '.*broken\.wav': .*\.$"
    with pytest.raises(NoRecordingError, match=said):
        _ = some.labelled


def test_of_one_table_those_that_it_names_are_labelled(sites: pv.Recordings) -> None:
    north = sites.files["file"][0]
    known = sites.with_labels([{"file": north, "start_time": 0, "end_time": 1, "label": "wren"}])
    assert known.labelled.files["file"].tolist() == [north]
    assert known.files["labelled"].tolist() == [True, False, False, False]
    again = pv.Recordings(known.files, duration=0.5)
    assert "labelled" not in again.files, "it is of labels that these have not"


def test_a_row_without_a_label_names_its_recording_too(
    sites: pv.Recordings, tmp_path: Path
) -> None:
    files = sites.files["file"][[0, 2]]
    timed = pd.DataFrame({"file": files, "start_time": [0, None], "end_time": [1, None]})
    clips = pd.DataFrame({"file": files, "wren": [1, 0]})
    tables = [timed.assign(label=["wren", None]), clips.assign(start_time=0, end_time=1), clips]
    birdnet = {"Start (s)": 0, "End (s)": 1, "Common name": ["wren", "nocall"], "Confidence": 1}
    tables += [pd.DataFrame(birdnet | {"File": files.tolist()})]
    for table in [*tables, pd.DataFrame({"file": files, "label": ["wren", None]})]:
        table.to_csv(tmp_path / "all.csv", index=False)
        texts = pd.read_csv(tmp_path / "all.csv", keep_default_na=False)  # of a blank cell ""
        for given in (table, texts, tmp_path / "all.csv"):
            known = sites.with_labels(given)
            assert known.files["labelled"].tolist() == [True, False, True, False]
            assert known.labelled.files["file"].tolist() == files.tolist()
            assert known.classes == ("wren",)


def test_an_empty_table_beside_one_of_several_says_that_somebody_looked(
    sites: pv.Recordings, tmp_path: Path
) -> None:
    north, south = sites.files["file"][[0, 2]]
    (tmp_path / "lab" / "south").mkdir(parents=True)
    rows = [{"file": file, "start_time": 0, "end_time": 1, "label": "wren"} for file in (north,)]
    more = [{"file": sites.files["file"][1], "start_time": 0, "end_time": 1, "label": "wren"}]
    pd.DataFrame(rows + more).to_csv(tmp_path / "lab" / "all.csv", index=False)
    (tmp_path / "lab" / "south" / "a.csv").write_text("start_time,end_time,label\n")
    known = sites.with_labels(tmp_path / "lab")
    assert known.files["labelled"].tolist() == [True, True, True, False]
    assert known.labelled.files["file"].tolist()[-1] == south


def test_labels_of_files_that_failed_are_told(write: Write, tmp_path: Path) -> None:
    """As rows of scores are."""
    good, bad = write("a.wav"), tmp_path / "b.wav"
    bad.write_bytes(b"no sound")
    with pytest.warns(UserWarning, match="1 of 2 files cannot be used"):
        recordings = pv.Recordings([good, bad], **OPTIONS)
    labels = [(name, 0.5, 1.0, "wren") for name in ("a.wav", "b.wav", "b.wav")]
    table = pd.DataFrame(labels, columns=["file", "start_time", "end_time", "label"])
    said = (
        r"^2 of 3 labels are of files that failed, and in no patch, first 'wren' of '.*b\.wav' at"
    )
    with pytest.warns(UserWarning, match=said):
        recordings.with_labels(table)


def test_rows_of_another_site_in_a_table_of_this_one_are_counted(
    write: Write, tmp_path: Path
) -> None:
    recordings = pv.Recordings([write("north/a.wav"), write("south/b.wav")], **OPTIONS)
    for site, names in {"north": "a", "south": "ab"}.items():
        (tmp_path / "lab" / site).mkdir(parents=True)
        rows = "".join(CSV.partition("\n")[2].format(name, 0.5, 1.0, site, 0.5) for name in names)
        (tmp_path / "lab" / site / "all.csv").write_text(CSV.partition("\n")[0] + "\n" + rows)
    said = r"^1 of 3 labels name a file of recordings in other folders: 'a'\. They are left out\.$"
    with pytest.warns(UserWarning, match=said):
        known = recordings.with_labels(tmp_path / "lab")
    assert labels_of(known) == [("north", "north"), ("south", "south")]
    (tmp_path / "lab" / "south" / "all.csv").write_text(CSV.format("a", 0.5, 1.0, "south", 0.5))
    north = pv.Recordings([write("north/a.wav")], **OPTIONS)
    with pytest.warns(UserWarning, match=r"^1 of 2 tables of labels is of .*, by its name, and"):
        assert labels_of(north.with_labels(tmp_path / "lab")) == [("north", "north")]


def write_tables(folder: Path, **labels: str) -> Path:
    """Write a table of one label for each ``site_recording``; return the folder of all."""
    for name, label in labels.items():
        path = folder / name.replace("_", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".txt").write_text(f"0.5\t1.0\t{label}\n", encoding="utf-8")
    return folder


def test_a_recording_without_a_table_gets_none_of_another_site(
    write: Write, tmp_path: Path
) -> None:
    """That its own site has tables at all says how folders are called."""
    first = write("season/north/a.wav")
    tables = write_tables(tmp_path / "lab", north_b="wren", south_a="owl")
    said = (
        r"^1 of 2 tables of labels is of no recording: 'north/b\.txt'\. Their names must begin as "
        r"those of recordings do, or a column say the file\. 1 of 2 tables of labels is of "
        r"recordings in other folders: 'south/a\.txt'\. If not, let a column say the file, as "
        r"recordings' paths are\.$"
    )
    with pytest.raises(InvalidValueError, match=said):
        pv.Recordings([first], **OPTIONS).with_labels(tables)
    both = pv.Recordings([first, write("season/north/b.wav")], **OPTIONS)
    with (
        pytest.warns(UserWarning, match=r"^1 of 2 tables of labels is of recordings in other "),
        pytest.warns(UserWarning, match=r"^1 of 2 recordings has no table of labels, .*north/a"),
    ):
        known = both.with_labels(tables)
    assert labels_of(known) == [("north", "wren")]


@pytest.mark.parametrize("given", [".", "*.wav", ["a.wav"]])
def test_a_folder_has_its_name_also_where_one_stands_in_it(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: Any
) -> None:
    write("season/north/a.wav")
    tables = write_tables(tmp_path / "lab", north_a="wren", south_a="owl")
    monkeypatch.chdir(Path(write("season/south/a.wav")).parent)
    with pytest.warns(UserWarning, match=r"^1 of 2 tables of labels is .* 'north/a\.txt'"):
        known = pv.Recordings(given, **OPTIONS).with_labels(tables)
    assert known.labels is not None
    assert known.labels["label"].tolist() == ["owl"]
    assert Path(known.labels["file"][0]).resolve() == Path.cwd() / "a.wav"


@pytest.mark.parametrize("form", ["lab/south", "lab/south/a.txt", "lab/south/*"])
def test_tables_of_the_wrong_site_alone_are_told(
    write: Write, tmp_path: Path, form: str, recwarn: pytest.WarningsRecorder
) -> None:
    north = pv.Recordings([write("season/north/a.wav")], **OPTIONS)
    write_tables(tmp_path / "lab", south_a="owl")
    north.with_labels(tmp_path / form)  # another folder is the rule: of labels, say
    assert not recwarn
    write("season/south/a.wav")
    said = (
        r"^by names and folders a table of labels is of recordings that are not given: "
        r"'south/a\.txt' is taken for 'north/a\.wav', and 'south/a\.wav' is there\. If it is "
        r"of that, do not give it\.$"
    )
    with pytest.warns(UserWarning, match=said):
        known = north.with_labels(tmp_path / form)
    assert labels_of(known) == [("north", "owl")]


def test_tables_of_what_lies_beside_a_recording_are_called_so(write: Write, tmp_path: Path) -> None:
    first, *_ = [write(f"season/{name}.wav") for name in ("north/a", "north/b", "south/c")]
    tables = write_tables(tmp_path / "lab", north_a="wren", north_b="owl", south_c="tit")
    said = (
        r"^2 of 3 tables of labels are of recordings that are not given, by their names, and left "
        r"out: 'north/b\.txt', 'south/c\.txt'\.$"
    )
    recordings = pv.Recordings([first], **OPTIONS)
    with pytest.warns(UserWarning, match=said):
        assert labels_of(recordings.with_labels(tables)) == [("north", "wren")]
    (tables / "north" / "a.txt").unlink()
    said = (
        r"^2 of 2 tables of labels are of recordings that are not given: 'north/b\.txt', "
        r"'south/c\.txt'\. Give those, too, or tables of these; or none, where there are none\.$"
    )
    with pytest.raises(InvalidValueError, match=said):
        recordings.with_labels(tables)


def test_a_table_of_scores_that_is_empty_was_written_by_a_model(
    write: Write, tmp_path: Path
) -> None:
    """It heard the recording, and found nothing: another than one without a table."""
    recordings = pv.Recordings([write(f"{name}.wav") for name in "abc"], **OPTIONS)
    (tmp_path / "out").mkdir()
    lines = ["start_time,end_time,label,score", "0,1,owl,0.5"]
    for name, n in {"a": 2, "b": 1}.items():
        (tmp_path / "out" / f"{name}.csv").write_text("\n".join(lines[:n]), encoding="utf-8")
    said = (
        r"^missing=0\.0: 1 of 3 recordings has no table of scores, first '.*c\.wav', and scores "
        r"that throughout\. If no model heard it, leave it out\.$"
    )
    with pytest.warns(UserWarning, match=said):
        scored = recordings.with_scores(tmp_path / "out", missing=0.0)
    assert scored.scores is not None
    assert scored.scores.max() == 0.5
    assert np.count_nonzero(scored.scores) == 1


BIRDNET = "Start (s),End (s),Scientific name,Common name,Confidence{}\n0,1,x,{},0.75{}\n"


def write_birdnet(path: Path, label: str, file: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = BIRDNET.format(",File" if file else "", label, f",{file}" if file else "")
    path.write_text(text, encoding="utf-8")


def scored_of(recordings: pv.Recordings, tables: object) -> dict[str, list[str]]:
    """Return the classes that each recording has scores of, by the end of its path."""
    frame = recordings.with_scores(tables).to_frame()
    classes = [name for name in frame if name.isupper()]
    return {
        "/".join(Path(file).parts[-3:]): [name for name in classes if rows[name].notna().any()]
        for file, rows in frame.groupby("file")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["", "1.wav", "{site}/1.wav", "C:\\ann\\rec\\{site}\\1.wav", "/ann/{year}/{site}/1.wav"]
)
def test_tables_are_of_the_same_recordings_whichever_are_given(
    write: Write, tmp_path: Path, name: str
) -> None:
    """Years of sites, in folders called alike, by the tables' own folders or by names in them."""
    files, tables = {}, tmp_path / "birdnet"
    for year, site in itertools.product(("2023", "2024"), ("north", "south")):
        files[f"{year}/{site}/1.wav"] = write(f"rec/{year}/{site}/1.wav")
        file = name.format(year=year, site=site)
        write_birdnet(tables / year / site / "1.BirdNET.results.csv", f"{year}{site}".upper(), file)
    wanted = {end: ["".join(end.split("/")[:2]).upper()] for end in files}
    every = pv.Recordings([*files.values()], **OPTIONS)
    assert scored_of(every, tables) == wanted
    for n_given in (1, 2, 3):
        for given in itertools.combinations(files, n_given):
            some = pv.Recordings([files[end] for end in given], **OPTIONS)
            with pytest.warns(UserWarning, match=r"^\d of 4 tables of scores"):
                assert scored_of(some, tables) == {end: wanted[end] for end in given}


@pytest.mark.parametrize("name", ["", "1.wav", "{site}/1.wav"])
def test_a_recorder_has_a_folder_of_its_own_within_that_of_a_site(
    write: Write, tmp_path: Path, name: str
) -> None:
    """As a Song Meter's ``Data``, of which tables know nothing."""
    files = {site: write(f"season/{site}/Data/1.wav") for site in ("north", "south")}
    for site in files:
        path = tmp_path / "birdnet" / site / "1.BirdNET.results.csv"
        write_birdnet(path, site.upper(), name.format(site=site))
    wanted = {f"{site}/Data/1.wav": [site.upper()] for site in files}
    every = pv.Recordings([*files.values()], **OPTIONS)
    assert scored_of(every, tmp_path / "birdnet") == wanted
    for site, file in files.items():
        with pytest.warns(UserWarning, match=r"^1 of 2 tables of scores is of recordings that are"):
            found = scored_of(pv.Recordings([file], **OPTIONS), tmp_path / "birdnet")
        assert found == {f"{site}/Data/1.wav": [site.upper()]}


def test_a_folder_beside_that_may_not_be_read_says_nothing(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings = pv.Recordings([write("season/north/a.wav")], **OPTIONS)
    write("season/south/a.wav")
    tables = write_tables(tmp_path / "lab", south_a="owl")
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).parts[-2:] == ("season", "south"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert labels_of(recordings.with_labels(tables)) == [("north", "owl")]


def test_rows_of_what_is_not_given_are_not_taken_by_their_own_names(
    write: Write, tmp_path: Path
) -> None:
    for year in ("2023", "2024"):
        write(f"rec/{year}/south/1.wav")
    rows = "".join(
        f"/mnt/{year}/south/1.wav,0.5,1.0,in{year}\n" for year in ("2023", "2024", "2024")
    )
    path = tmp_path / "all.csv"
    path.write_text(f"file,start_time,end_time,label\n{rows}", encoding="utf-8")
    recordings = pv.Recordings(tmp_path / "rec" / "2023", **OPTIONS)
    said = r"^2 of 3 labels name a file of recordings that are not given: '/mnt/2024/south/1\.wav'"
    with pytest.warns(UserWarning, match=said):
        assert labels_of(recordings.with_labels(path)) == [("south", "in2023")]


def test_names_with_points_are_those_of_the_recordings_beside(write: Write, tmp_path: Path) -> None:
    first, *_ = [write(f"{name}.wav") for name in ("a", "a.2", "a.b.1")]
    for name in ("a", "a.2", "a.b.1"):
        write_tables(tmp_path / "lab", **{f"{name}.": name.upper()})
    with pytest.warns(UserWarning, match=r"^2 of 3 tables of labels are of .*not given.*'lab/a\.2"):
        known = pv.Recordings([first], **OPTIONS).with_labels(tmp_path / "lab")
    assert [label for _, label in labels_of(known)] == ["A"]


def test_a_table_above_is_of_a_recording_above(write: Write, tmp_path: Path) -> None:
    tables = write_tables(tmp_path / "lab", a="top", north_a="north")
    recordings = pv.Recordings([write("season/north/a.wav")], **OPTIONS)
    with pytest.warns(UserWarning, match=r"^1 of 2 tables of labels is .*other fol.*'lab/a\.txt'"):
        assert labels_of(recordings.with_labels(tables)) == [("north", "north")]


RAVEN = "Selection\tBegin Time (s)\tEnd Time (s)\tBegin Path\tSpecies\n1\t0.5\t1\t{}\t{}\n"


def test_raven_and_audacity_lie_side_by_side(sites: pv.Recordings, tmp_path: Path) -> None:
    """Paths of another computer say nothing of tables without any."""
    tables = write_tables(tmp_path / "lab", south_a="south")
    (tables / "north").mkdir()
    path = tables / "north" / "a.Table.1.selections.txt"
    path.write_text(RAVEN.format("/mnt/ann/season/north/a.wav", "north"), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"^2 of 4 recordings have no table of labels, .*north/b"):
        assert labels_of(sites.with_labels(tables)) == [("north", "north"), ("south", "south")]


def test_detections_among_labels_are_told(sites: pv.Recordings, tmp_path: Path) -> None:
    """As where both lie beside the recordings: a model would be compared with itself."""
    tables = write_tables(tmp_path / "lab", north_a="x", north_b="x", south_a="x", south_b="x")
    write_birdnet(tables / "north" / "a.BirdNET.results.csv", "y")
    said = (
        r"^1 of 5 tables of labels has scores, as a model's detections do: "
        r"'north/a\.BirdNET\.results\.csv'\. If nobody labelled them, leave them out: a model "
        r"would be compared with itself\.$"
    )
    with pytest.warns(UserWarning, match=said):
        sites.with_labels(tables)


def test_labels_among_scores_are_told_and_left_out(sites: pv.Recordings, tmp_path: Path) -> None:
    tables = write_tables(tmp_path / "lab", north_a="x", south_b="x")
    with pytest.raises(InvalidValueError) as caught:
        sites.with_scores(tables)
    assert str(caught.value) == (
        "2 of 2 tables of scores hold labels without any: 'north/a.txt', 'south/b.txt'. Those are "
        "labels."
    )
    (tables / "north" / "a.scores.csv").write_text("start_time,end_time,y\n0,1,0.5\n")
    said = r"^2 of 3 tables of scores hold labels without any, and are left out: 'north/a\.txt', "
    with pytest.warns(UserWarning, match=said):
        known = sites.with_scores(tables)
    assert known.classes == ("y",)
    assert known.scores[:, 0][np.isfinite(known.scores[:, 0])].tolist() == [0.5]


@pytest.mark.parametrize("is_wide", [True, False])
def test_scores_of_a_window_in_several_tables_are_refused(
    sites: pv.Recordings, tmp_path: Path, is_wide: bool
) -> None:
    """As where BirdNET's table of all lies beside those of each."""
    rows = pd.DataFrame({"start_time": [0.0, 1.0], "end_time": [1.0, 2.0]})
    rows = rows.assign(wren=0.5) if is_wide else rows.assign(label="wren", score=0.5)
    folder = tmp_path / "scores" / "north"
    folder.mkdir(parents=True)
    rows.to_csv(folder / "a.csv", index=False)
    path = sites.files["file"][0]
    rows[1:].assign(file=path).to_csv(folder / "combined.csv", index=False)
    rows[1:].assign(file=sites.files["file"][1]).to_csv(folder / "b.csv", index=False)
    with pytest.raises(InvalidValueError) as caught:
        sites.with_scores(folder)
    assert str(caught.value) == (
        f"2 of 4 rows of scores are of one window{'' if is_wide else ' and class'} in several "
        "tables: 'north/a.csv', 'north/combined.csv'. Give one of them."
    )


def test_labels_that_several_tables_have_are_told(sites: pv.Recordings, tmp_path: Path) -> None:
    """One annotation in two formats; what two people heard at other times is another matter."""
    folder = tmp_path / "labels" / "north"
    folder.mkdir(parents=True)
    labels = pd.DataFrame({"start_time": [0.1, 1.0], "end_time": [0.3, 1.5], "label": "wren"})
    pv.write_labels(labels, folder / "a.txt", format="audacity")
    pv.write_labels(labels, folder / "a.csv")
    pv.write_labels(labels.assign(start_time=[0.0, 1.1]), folder / "a.other.csv")
    said = (
        "4 of 6 labels are in several tables, with the same times and name, and count in each: "
        "'north/a.csv', 'north/a.txt'. If they are the same, give one of them."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(said)}$"):
        known = pv.Recordings(sites.files["file"][:1], labels=folder, **OPTIONS)
    assert known.labels is not None
    assert len(known.labels) == 6


def test_tables_of_predictions_are_of_the_class_that_they_predict(
    sites: pv.Recordings, tmp_path: Path
) -> None:
    """One of a class beside one of another; what has no number is no score."""
    folder = tmp_path / "scores" / "north"
    folder.mkdir(parents=True)
    rows = pd.DataFrame({"start_time": [0.0], "end_time": [1.0], "confidence": 0.5})
    rows = rows.assign(file=sites.files["file"][0])
    for name in ("wren", "owl"):
        rows.assign(predicted=name).to_csv(folder / f"{name}.csv", index=False)
    known = sites.with_scores(folder)
    assert known.classes == ("owl", "wren")
    assert known.scores is not None
    assert known.scores[0].tolist() == [0.5, 0.5]
    bare = rows.drop(columns="confidence").assign(predicted="wren")
    bare.to_csv(folder / "bare.csv", index=False)
    said = r"^1 of 3 tables of scores holds labels without any, and are left out: 'north/bare\.csv'"
    with pytest.warns(UserWarning, match=said):
        assert sites.with_scores(folder).classes == ("owl", "wren")


def test_a_table_that_is_called_as_another_recording_is_told(
    write: Write,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, _ = write("north/1.wav"), write("north/2.wav")
    write_tables(tmp_path / "lab", **{"2": "wren"})
    said = (
        r"^the table of labels 'lab/2\.txt' is called as 'north/2\.wav', which is not given\. If "
        r"it is of that, leave it out\.$"
    )
    with pytest.warns(UserWarning, match=said):
        known = pv.Recordings([first], **OPTIONS).with_labels(tmp_path / "lab" / "2.txt")
    assert labels_of(known) == [("north", "wren")]


@pytest.mark.parametrize("given", [".", "*.txt", "a.txt", "../north"])
def test_tables_are_found_from_within_their_folder(
    sites: pv.Recordings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.chdir(write_tables(tmp_path / "lab", north_a="wren") / "north")
    with pytest.warns(UserWarning, match=r"^3 of 4 recordings have no table of labels"):
        assert labels_of(sites.with_labels(given)) == [("north", "wren")]


def test_settings_of_a_recorder_among_tables_are_left_out(
    sites: pv.Recordings, write: Write, tmp_path: Path
) -> None:
    """But what is called as a recording is a table of it that is damaged."""
    tables = write_tables(tmp_path / "lab", north_a="x", north_b="x", south_a="x", south_b="x")
    settings = tables / "CONFIG.TXT"
    settings.write_text("Device ID : 24F3\nFirmware : AudioMoth\n", encoding="utf-8")
    said = r"^1 of 5 files is no table of labels, and left out: 'lab/CONFIG\.TXT'\.$"
    with pytest.warns(UserWarning, match=said):
        assert len(labels_of(sites.with_labels(tables))) == 4
    with_c = pv.Recordings([*sites.files.file, write("north/c.wav")], **OPTIONS)
    with (  # which begins as CONFIG does, but not up to a point
        pytest.warns(UserWarning, match=said),
        pytest.warns(UserWarning, match=r"^1 of 5 recordings has no table"),
    ):
        with_c.with_labels(tables)
    for given in ([settings], [settings, tables / "north" / "a.txt"]):
        with pytest.raises(LabelFileError, match="CONFIG"):
            sites.with_labels(given)
    damaged = tables / "south" / "b.txt"
    damaged.write_text("Device ID : 24F3\n", encoding="utf-8")
    with pytest.raises(LabelFileError, match=r"b\.txt"):
        sites.with_labels(tables)
