"""Tables in files of their own: their names, and where they lie, say of what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.errors import InvalidValueError

from .conftest import Write

OPTIONS: dict[str, Any] = {"duration": 1.0, "sr": None, "n_mels": 16}
RTTM = "SPEAKER {} 1 {} 0.5 <NA> <NA> {} <NA> <NA>\n"
CSV = "file,start_time,end_time,label,score\n{},{},{},{},0.75\n"


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
    np.testing.assert_array_equal(again[:, 0], scores)
