"""Which recordings tables are of, where names and disks are less tidy than one hopes."""

from __future__ import annotations

import os
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import patchviz as pv
from patchviz.core.names import Names
from patchviz.recordings.claims import claims_of

from .conftest import Write

OPTIONS: dict[str, Any] = {"duration": 1.0, "sr": None, "n_mels": 16}


def write_table(path: Path, label: str, *files: str) -> Path:
    """Write a table of a label, or of one of each of some files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if files:
        rows = "".join(f"{file},0.5,1.0,{label}\n" for file in files)
        path.write_text(f"file,start_time,end_time,label\n{rows}", encoding="utf-8")
    else:
        path.write_text(f"0.5\t1.0\t{label}\n", encoding="utf-8")
    return path


def labels_of(recordings: pv.Recordings) -> list[tuple[str, str]]:
    assert recordings.labels is not None
    files = ["/".join(Path(file).parts[-2:]) for file in recordings.labels["file"]]
    return list(zip(files, recordings.labels["label"], strict=True))


@pytest.mark.parametrize("is_list", [True, False])
def test_no_row_of_another_site_is_lost_without_a_word(
    write: Write, tmp_path: Path, is_list: bool
) -> None:
    north = pv.Recordings([write("season/north/1.wav"), write("season/north/2.wav")], **OPTIONS)
    names = [f"/pc/season/{name}.wav" for name in ("north/1", "south/1", "south/2")]
    path = write_table(tmp_path / "all.csv", "wren", *names)
    said = (
        r"^2 of 3 labels name files of recordings in other folders: '/pc/season/south/1\.wav', "
        r"'/pc/season/south/2\.wav'\. They are left out\.$"
    )
    with pytest.warns(UserWarning, match=said):
        known = north.with_labels([path] if is_list else path)
    assert labels_of(known) == [("north/1.wav", "wren")]
    rows = pd.DataFrame({"file": names, "start_time": 0.0, "end_time": 1.0, "wren": 0.5})
    rows.to_csv(tmp_path / "scores.csv", index=False)
    with pytest.warns(UserWarning, match=said.replace("labels name", "rows of scores name")):
        scored = north.with_scores(tmp_path / "scores.csv")
    assert scored.scores is not None
    assert np.isfinite(scored.scores).sum() == 1


def test_what_may_be_of_several_is_of_the_one_that_is_given_and_told(
    write: Write, tmp_path: Path
) -> None:
    """The same is said of a table that is called so, and of a name in its column."""
    north = pv.Recordings([write("season/north/1.wav")], **OPTIONS)
    write("season/south/1.wav")
    for path, named in (
        (write_table(tmp_path / "lab" / "1.txt", "wren"), r"'lab/1\.txt'"),
        (write_table(tmp_path / "lab" / "all.csv", "wren", "1.wav"), r"'1\.wav' in 'lab/all\.csv'"),
    ):
        # That there is another one is known where anything says the name of its folder.
        other = write_table(tmp_path / "lab" / "south" / "2.txt", "owl")
        write("season/south/2.wav")
        said = (
            rf"^a table of labels may be of several recordings, of which one is given: {named} is "
            r"taken for 'north/1\.wav'\. If it is of another, leave it out\.$"
        )
        with (
            pytest.warns(UserWarning, match=said),
            pytest.warns(UserWarning, match=r"^1 of 2 tables of labels is .*: 'south/2\.txt'"),
        ):
            known = north.with_labels([path, other])
        assert labels_of(known) == [("north/1.wav", "wren")]


@pytest.mark.parametrize("inner", ["", "/Data"])
@pytest.mark.parametrize("is_frame", [True, False])
def test_a_table_above_several_recordings_of_a_name_is_told(
    write: Write, tmp_path: Path, inner: str, is_frame: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frame is where somebody works."""
    north = pv.Recordings([write(f"season/north{inner}/1.wav")], **OPTIONS)
    write(f"season/south{inner}/1.wav")
    path = write_table(tmp_path / "season" / "all.csv", "wren", "1.wav")
    monkeypatch.chdir(path.parent)
    given: Any = pv.read_labels(path) if is_frame else path
    said = (
        rf"^labels {'' if is_frame else '.*'}name files without their folders, and recordings in "
        rf"several have the same names: '1\.wav' is taken for 'north{inner}/1\.wav', and "
        rf"'south{inner}/1\.wav' is there\. If they are of that, leave them out\.$"
    )
    with pytest.warns(UserWarning, match=said):
        known = north.with_labels(given)
    assert [label for _, label in labels_of(known)] == ["wren"]
    scores = pd.DataFrame({"file": ["1.wav"], "start_time": [0.0], "wren": [0.5]})
    with pytest.warns(UserWarning, match="scores name files without their folders"):
        north.with_scores(scores)
    elsewhere = write_table(tmp_path / "season" / "north" / "all.csv", "wren", "1.wav")
    assert len(labels_of(north.with_labels(elsewhere))) == 1
    monkeypatch.chdir(elsewhere.parent)
    assert len(labels_of(north.with_labels(pv.read_labels(elsewhere)))) == 1


def test_folders_differ_in_case(write: Write, tmp_path: Path) -> None:
    """As where a table was made on a disk that knows none."""
    first, second = write("Season/North/1.WAV"), write("Season/South/1.WAV")
    for site in ("north", "south"):
        write_table(tmp_path / "lab" / site / "1.txt", site)
    both = pv.Recordings([first, second], **OPTIONS).with_labels(tmp_path / "lab")
    assert labels_of(both) == [("North/1.WAV", "north"), ("South/1.WAV", "south")]
    said = r"^1 of 2 tables of labels is of recordings that are not given, .*: 'south/1\.txt'"
    with pytest.warns(UserWarning, match=said):
        known = pv.Recordings([first], **OPTIONS).with_labels(tmp_path / "lab")
    assert labels_of(known) == [("North/1.WAV", "north")]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="a system without links")
def test_one_file_by_two_paths_is_one(write: Write, tmp_path: Path) -> None:
    for name in "ab":
        write(f"real/north/{name}.wav")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    linked = pv.Recordings(tmp_path / "link" / "north", **OPTIONS)
    paths = [
        write_table(tmp_path / "link" / "north" / "a.txt", "wren"),
        write_table(tmp_path / "real" / "north" / "b.txt", "owl"),
    ]
    assert labels_of(linked.with_labels(paths)) == [("north/a.wav", "wren"), ("north/b.wav", "owl")]
    real = [str(tmp_path / "real" / "north" / name) for name in ("a.wav", "b.wav")]
    known = linked.with_labels(write_table(tmp_path / "all.csv", "tit", *real))
    assert labels_of(known) == [("north/a.wav", "tit"), ("north/b.wav", "tit")]
    for name in ("a.wav", "loop"):  # what leads nowhere is no recording, and no folder
        (tmp_path / "real" / name).with_suffix(".link").symlink_to(tmp_path / "real" / "x.link")
    (tmp_path / "real" / "x.link").symlink_to(tmp_path / "real" / "a.link")
    (tmp_path / "picked").mkdir()
    (tmp_path / "picked" / "b.wav").symlink_to(real[1])
    picked = pv.Recordings(tmp_path / "picked", **OPTIONS)
    assert labels_of(picked.with_labels([paths[1]])) == [("picked/b.wav", "owl")]


def test_letters_with_marks_are_put_together_in_two_ways(write: Write, tmp_path: Path) -> None:
    """A Mac takes them apart in names of files; no program does in a column."""
    apart, whole = (unicodedata.normalize(form, "Gärten") for form in ("NFD", "NFC"))
    recordings = pv.Recordings([write(f"{apart}.wav"), write("b.wav")], **OPTIONS)
    tables = [write_table(tmp_path / "lab" / f"{name}.txt", "wren") for name in (whole, "b")]
    assert len(labels_of(recordings.with_labels(tables))) == 2
    path = write_table(tmp_path / "all.csv", "wren", f"{whole}.wav", "b.wav")
    assert len(labels_of(recordings.with_labels(path))) == 2
    # Folders are one, too: no file is said to be taken for another that looks the same.
    names = [f"{whole}/1.wav", "b/1.wav"]
    recordings = pv.Recordings([write(name) for name in names], **OPTIONS)
    path = write_table(tmp_path / "two.csv", "wren", f"{apart}/1.wav", names[1])
    assert len(labels_of(recordings.with_labels(path))) == 2


def test_what_is_not_in_a_folder_of_recordings_is_in_no_other(write: Write, tmp_path: Path) -> None:
    """It was deleted, as a recording is in which there is nothing."""
    paths = [write(f"season/{name}.wav") for name in ("north/1", "north/2", "east/2")]
    gone = str(paths[2].with_name("1.wav"))
    path = write_table(tmp_path / "all.csv", "wren", gone, *map(str, paths[1:]))
    said = r"^1 of 3 labels name a file of recordings in other folders: '.*/east/1\.wav'\. They are"
    with pytest.warns(UserWarning, match=said):
        known = pv.Recordings(paths, **OPTIONS).with_labels(path)
    assert labels_of(known) == [("north/2.wav", "wren"), ("east/2.wav", "wren")]


def test_a_table_without_an_ending_is_of_the_recording_in_its_folder(
    write: Write, tmp_path: Path
) -> None:
    recordings = pv.Recordings([write("north/a.wav"), write("south/a.wav")], **OPTIONS)
    tables = [write_table(tmp_path / "lab" / site / "a", site) for site in ("north", "south")]
    known = recordings.with_labels(tables)
    assert labels_of(known) == [("north/a.wav", "north"), ("south/a.wav", "south")]


@pytest.mark.parametrize("inner", ["", "/Data"])
def test_no_folder_is_asked_for_that_is_not_there(
    tmp_path: Path, inner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A season of many sites is looked through once, and not each for the name of any other."""
    sites = [f"site{k}" for k in range(40)]
    paths = [tmp_path / "season" / f"{site}{inner}" / "1.wav" for site in sites]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.touch()
    asked: list[str] = []
    scandir = os.scandir

    def counted(path: str) -> Any:
        asked.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counted)
    table = pd.DataFrame({"start_time": [0.0], "end_time": [1.0], "label": ["wren"]})
    tables = {str(tmp_path / "lab" / site / "1.txt"): table for site in sites}
    found = claims_of("labels", tables, Names([str(path) for path in paths[:20]]))
    assert [found[path][0].path for path in tables] == [*map(str, paths)]
    assert len(asked) < 5 * len(sites)


NAMES = st.sampled_from(["1", "2", "1.a"])
SITES = st.sampled_from(["north", "south", "east", "west"])


@pytest.mark.slow
@given(
    recordings=st.sets(st.tuples(SITES, NAMES), min_size=1),
    own=st.lists(st.tuples(SITES | st.just(""), NAMES | st.just("1.Table.1")), max_size=4),
    named=st.lists(st.tuples(SITES, st.sampled_from(["{}.wav", "{}/{}.wav"]), SITES, NAMES)),
    inner=st.sampled_from(["", "/Data"]),
    data=st.data(),
)
def test_the_order_of_tables_and_of_recordings_says_nothing(
    recordings: set[tuple[str, str]], own: list[tuple[str, str]],
    named: list[tuple[str, str, str, str]], inner: str, data: st.DataObject,
) -> None:  # fmt: skip
    paths = [f"/none/season/{site}{inner}/{name}.wav" for site, name in sorted(recordings)]
    table = pd.DataFrame({"start_time": [0.0], "end_time": [1.0], "label": ["wren"]})
    tables = {f"/none/lab/{site}/{name}.txt".replace("//", "/"): table for site, name in own}
    for site, form, other, name in named:
        file = form.format(name) if form == "{}.wav" else form.format(other, name)
        tables[f"/none/lab/{site}/all.csv"] = table.assign(file=file)
    if not tables:
        return

    def found(paths: list[str], tables: dict[str, pd.DataFrame]) -> dict[tuple[str, str], str]:
        claims = claims_of("labels", tables, Names(paths))
        return {
            (path, one.name): one.path if one.row >= 0 else "" for path in claims
            for one in claims[path]
        }  # fmt: skip

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = found(paths, tables)
        others = data.draw(st.permutations([*tables]))
        assert found(paths, {path: tables[path] for path in others}) == expected
        assert found(data.draw(st.permutations(paths)), tables) == expected
