"""Rows of a table of mistakes are patches of their file at their time, wherever they are given."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.core.scoretable import NoPatchThereError
from patchviz.errors import InvalidValueError

SR = 8000

pytestmark = pytest.mark.filterwarnings("ignore:.*no row in the table of labels")


@pytest.fixture
def scored(tmp_path: Path) -> pv.Recordings:
    """Two recordings of 13 and 29 patches; three inventions in the second, two in the first."""
    for name, seconds in (("a.wav", 4), ("b.wav", 8)):
        rng = np.random.default_rng(seconds)
        soundfile.write(tmp_path / name, rng.normal(0, 0.1, seconds * SR), SR)
    recordings = pv.Recordings(
        [tmp_path / "a.wav", tmp_path / "b.wav"], duration=1.0, hop_duration=0.25, sr=SR,
        hop_length=80,
    )  # fmt: skip
    labels = pd.DataFrame({"file": "b.wav", "start_time": [7.0], "end_time": 7.5, "label": "wren"})
    scores = np.zeros((len(recordings), 1))
    scores[[3, 8, 15, 17, 30], 0] = [0.6, 0.7, 0.9, 0.8, 0.75]
    return recordings.with_labels(labels).with_scores(scores, classes=["wren"])


def inventions(scored: pv.Recordings) -> pd.DataFrame:
    table = scored.mistakes()
    return table[table["mistake"] != "missed"]


def tiles(patches: Any, table: pd.DataFrame) -> list[float]:
    sheet: Any = pv.sheet(patches, table)
    sheet.picked = sheet._content.tiled.shown
    return sorted(sheet.to_frame()["start_time"].round(2).tolist())


def panels(patches: Any, table: pd.DataFrame) -> list[float]:
    mosaic = pv.plot_mosaic(patches, table, ax=Figure((12, 9)))
    titles = [panel.get_title(loc="left") for panel in mosaic.panels]
    return sorted(float(re.findall(r"· (\d+\.\d+)-", title)[0]) for title in titles)


def stops(patches: Any, table: pd.DataFrame) -> list[float]:
    player = pv.player(patches, stops=table)
    return [round(float(patches.time(stop)[0]), 2) for stop in player.stops]


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [stops, panels, tiles])
def test_of_one_recording_they_are_found_by_file_and_time(
    scored: pv.Recordings, chosen: Callable[..., list[float]]
) -> None:
    """Their numbers count through all recordings."""
    table = inventions(scored)
    own = table[table["file"].str.endswith("b.wav")]
    one = scored.patches(1)
    expected = sorted(own["start_time"].round(2).tolist())
    assert len(expected) == 3
    assert chosen(one, own) == expected
    with pytest.warns(UserWarning, match="2 of 5 rows of .* are of other recordings, and are left"):
        assert chosen(one, table) == expected
    some = one[np.sort([0, 1, 20, *own["patch_in_file"]])]
    assert chosen(some, own) == expected


@pytest.mark.parametrize("chosen", [stops, panels, tiles])
def test_of_another_carving_they_are_refused(
    scored: pv.Recordings, chosen: Callable[..., list[float]]
) -> None:
    one = scored.patches(1)
    other = one.spectrogram.patches(duration=1.0, hop_duration=0.4)
    own = inventions(scored).query("file.str.endswith('b.wav')")
    name = {stops: "stops", panels: "n", tiles: "numbers"}[chosen]
    with pytest.raises(NoPatchThereError, match=f"of 3 rows of {name} are of no patch"):
        chosen(other, own)


@pytest.mark.parametrize("how", [object, str])
def test_times_may_be_written_in_any_way(scored: pv.Recordings, how: type) -> None:
    """As where a table was read with dtype=str."""
    table = inventions(scored)
    own = table[table["file"].str.endswith("b.wav")]
    assert stops(scored.patches(1), own.astype({"start_time": how})) == stops(
        scored.patches(1), own
    )


def test_of_recordings_in_another_order_they_are_found(scored: pv.Recordings) -> None:
    table = inventions(scored)
    turned = pv.Recordings(
        scored.files["file"].tolist()[::-1], duration=1.0, hop_duration=0.25, sr=SR, hop_length=80
    )
    player = pv.player(turned, stops=table)
    rows, numbers = turned.find(player.stops)
    found = {(turned.files["file"][row], number) for row, number in zip(rows, numbers, strict=True)}
    assert found == {*zip(table["file"], table["patch_in_file"], strict=True)}


@pytest.mark.slow
def test_of_several_recordings_in_a_list_they_are_found(scored: pv.Recordings) -> None:
    table = inventions(scored)
    a, b = scored.patches(0), scored.patches(1)
    for some in ([a, b], [b, a]):
        sheet: Any = pv.sheet(some, table)
        sheet.picked = sheet._content.tiled.shown
        found = sheet.to_frame()[["file", "start_time"]]
        assert {*map(tuple, found.round(3).to_numpy().tolist())} == {
            *map(tuple, table[["file", "start_time"]].round(3).to_numpy().tolist())
        }
        sheet.close()
    with pytest.raises(InvalidValueError, match="none is of the recording"):
        pv.sheet([a, a], table[table["file"].str.endswith("b.wav")])


def test_of_several_rows_that_are_of_no_patch_are_refused_as_of_one(scored: pv.Recordings) -> None:
    table, some = inventions(scored), [scored.patches(0), scored.patches(1)]
    first = table.index[0]
    for changed, said in (
        ({"start_time": 60.0, "end_time": 61.0}, "the sound ends at 8"),
        ({"start_time": np.nan}, "are of no window"),
        ({"start_time": 0.1, "end_time": 1.1}, "the nearest patch begins at 0.000 s"),
    ):
        other = table.copy()
        other.loc[first, [*changed]] = [*changed.values()]
        with pytest.raises(InvalidValueError, match=said):
            pv.sheet(some, other)


def test_a_table_of_mistakes_is_none_of_scores(scored: pv.Recordings) -> None:
    """All that it scores is wrong: a model would have nothing right any more."""
    one = scored.patches(0)
    for patches, table in ((scored, scored.mistakes()), (one, one.mistakes())):
        with pytest.raises(InvalidValueError, match="'mistake' says that this is a table of mist"):
            patches.with_scores(table)


def test_rows_that_may_be_of_several_recordings_are_refused(scored: pv.Recordings) -> None:
    rng, some = np.random.default_rng(0), list[pv.Patches]()
    for scores in ([0.9, 0.1, 0.1], [0.1, 0.1, 0.9]):
        spec = pv.Spectrogram.from_audio(rng.normal(0, 0.1, 3 * SR), sr=SR)
        some.append(spec.patches(duration=1.0).with_scores(np.array(scores), classes=["wren"]))
    table = some[0].mistakes(truth=np.zeros((3, 1), bool))
    assert len(table) == 1
    for recordings, rows in (
        (some, table),
        ([scored.patches(0), scored.patches(1)], inventions(scored).drop(columns="file")[:1]),
        ([scored.patches(1)] * 2, inventions(scored)),
    ):
        with pytest.raises(InvalidValueError, match="rows of patches of several of these"):
            pv.sheet(recordings, rows)


def test_items_of_a_batch_are_found_by_their_numbers() -> None:
    x = np.random.default_rng(0).random((6, 4, 20))
    batch = pv.Patches.from_batch(x, names=[f"{k}.wav" for k in range(6)])
    scored = batch.with_scores(np.linspace(0, 1, 6), classes=["wren"])
    truth = np.array([1, 0, 1, 0, 0, 1], bool)[:, np.newaxis]
    table = scored.mistakes(truth=truth)
    assert len(table) > 1
    for some, rows in ((scored, table), (scored[[0, 2, 4]], table[table["patch"] % 2 == 0])):
        sheet: Any = pv.sheet(some, rows)
        assert some.numbers[sheet._content.tiled.shown].tolist() == rows["patch"].tolist()
        sheet.close()
        stops = pv.player(some, stops=rows).stops
        assert some.numbers[list(stops)].tolist() == sorted(rows["patch"])


def test_rows_of_other_files_are_told_once(scored: pv.Recordings) -> None:
    table = inventions(scored)
    for some in (scored[13:], scored.patches(1)):
        with pytest.warns(UserWarning, match="of 5 rows|of none") as told:
            pv.player(some, stops=table)
        assert len(told) == 1, [str(one.message) for one in told]


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA])
def test_a_row_without_a_label_is_of_no_class(scored: pv.Recordings, nothing: Any) -> None:
    table = inventions(scored).astype({"label": object})
    table.loc[table.index[0], "label"] = nothing
    scrubber: Any = pv.scrub(scored, stops=table)
    assert scrubber.stops == sorted(table["patch"])
    chosen = scrubber._now.options.chosen_for
    assert {*chosen} == {*table["patch"][1:]}
    scrubber.close()


@pytest.mark.slow
def test_rows_without_times_are_found_by_their_numbers(scored: pv.Recordings) -> None:
    table = inventions(scored).assign(start_time=np.nan, end_time=np.nan)
    some = scored[np.sort([*table["patch"], 0, 1])]
    for how in (int, float, str, object, "Int64"):
        written = table.astype({"patch": how})
        assert list(pv.player(scored, stops=written).stops) == sorted(table["patch"])
        assert some.numbers[list(pv.player(some, stops=written).stops)].tolist() == sorted(
            table["patch"]
        )


@pytest.mark.parametrize("wrong", [1.5, -2, None, "third"])
def test_what_is_no_number_of_a_patch_is_refused(scored: pv.Recordings, wrong: object) -> None:
    table = inventions(scored).drop(columns="start_time").astype({"patch": object})
    table.loc[table.index[0], "patch"] = wrong
    for view in (stops, panels, tiles):
        with pytest.raises(InvalidValueError, match="the column 'patch' holds"):
            view(scored, table)


@pytest.mark.parametrize("is_file", [False, True])
def test_what_a_model_invented_is_no_label(
    scored: pv.Recordings, tmp_path: Path, is_file: bool
) -> None:
    table = scored.mistakes()
    given: Any = table
    if is_file:
        given = tmp_path / "mistakes.csv"
        table.to_csv(given, index=False)
    n = len(inventions(scored))
    said = (
        rf"the column 'mistake' says that {n} of {len(table)} rows are false positives, and what a "
        r"model invented is no label\. table\[table\['mistake'\] == 'missed'\] is what is there; "
        r"pv\.sheet\(patches, table\) shows all\. Where people wrote the labels since, leave the "
        r"column out\.$"
    )
    for labelled in (scored, scored.patches(1).spectrogram):
        with pytest.raises(InvalidValueError, match=said):
            labelled.with_labels(given)
    # As somebody writes it who likes capitals.
    shouted = table.rename(columns=str.title).assign(Mistake=table["mistake"].str.title())
    said = said.replace("'mistake'", "'Mistake'")
    with pytest.raises(InvalidValueError, match=said):
        scored.with_labels(shouted)
    missed = table[table["mistake"] == "missed"]
    assert len(scored.with_labels(missed).labels) == len(missed) > 0
    written = table.drop(columns="mistake")
    assert len(scored.with_labels(written).labels) == len(written)


@pytest.mark.parametrize("ending", ["", ".csv", ".selections.txt"])
def test_what_was_decided_and_what_is_wrong_are_no_scores(
    scored: pv.Recordings, tmp_path: Path, ending: str
) -> None:
    wrong = scored.mistakes()
    decided = wrong.assign(scored=wrong["label"], label="keep").drop(columns=["mistake", "truth"])
    for table, said in ((wrong, "this is a table of mistakes"), (decided, "what was decided of")):
        given: Any = table
        if ending:
            given, raven = tmp_path / f"table{ending}", {"label": "Annotation", "scored": "Scored"}
            table.rename(columns=raven if ending != ".csv" else {}).to_csv(
                given, index=False, sep="\t" if ending != ".csv" else ","
            )
        for some in (scored, scored.patches(1)):
            with pytest.raises(InvalidValueError, match=f"(scores|{ending}): the .*{said}"):
                some.with_scores(given)


@pytest.mark.parametrize("is_file", [False, True])
def test_nobody_has_decided_what_a_model_invented(
    scored: pv.Recordings, tmp_path: Path, is_file: bool
) -> None:
    table = scored.mistakes()
    table.to_csv(tmp_path / "mistakes.csv", index=False)
    given: Any = tmp_path / "mistakes.csv" if is_file else table
    sheet = pv.sheet(scored)
    said = r"the column 'mistake' says .* what a model invented is no label"
    with pytest.raises(InvalidValueError, match=said):
        sheet.decide(given)
    assert not sheet.names
    sheet.close()
    with pytest.raises(InvalidValueError, match=said):
        pv.read_labels(tmp_path / "mistakes.csv")
    truth = pv.read_labels(tmp_path / "mistakes.csv", label="truth")
    assert truth["label"].tolist() == table["truth"].tolist()
    with pytest.warns(UserWarning, match="are left out: a CSV table of labels"):
        pv.write_labels(table, tmp_path / "seen.csv")  # to look at them elsewhere
