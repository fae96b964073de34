"""A sheet goes on from what was decided before."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile

import patchviz as pv
from patchviz._util.warn import held
from patchviz.errors import InvalidTypeError, InvalidValueError


@pytest.fixture
def recordings(tmp_path: Path) -> pv.Recordings:
    for name in ("north/a.wav", "river/a.wav", "river/b.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    return pv.Recordings(tmp_path, duration=0.2, sr=8000, hop_length=64, progress=False)


OTHERWISE = r"^{} in the table {} decided otherwise before, first patch {} as '"


def decided(sheet: pv.Sheet) -> dict[int, str]:
    return sheet.to_frame()["label"].to_dict()


def test_what_one_sheet_said_another_knows(recordings: pv.Recordings, tmp_path: Path) -> None:
    first = pv.sheet(recordings, [1, 5, 9, 13])
    first.picked, first.rejected, first.names = [1, 9], [13], {9: "owl"}
    said = {1: "keep", 9: "owl", 13: "reject"}
    first.to_frame().to_csv(tmp_path / "a.csv")
    elsewhere = first.to_frame().replace({"file": {str(tmp_path): "/of/another"}}, regex=True)
    for table in (first.to_frame(), tmp_path / "a.csv", elsewhere, elsewhere.round(3)):
        again = pv.sheet(recordings, [13, 9, 5, 1, 0])
        again.picked, again.rejected = [0, 13], [5, 9]  # what the table does not say stays
        with pytest.warns(UserWarning, match=OTHERWISE.format("2 patches of 3", "were", 9)):
            again.decide(table)
        assert decided(again) == {**said, 0: "keep", 5: "reject"}
        again.close()
    first.close()


def test_rows_without_a_tile_are_told(recordings: pv.Recordings) -> None:
    first = pv.sheet(recordings, [1, 5, 13])
    first.picked = [1, 5, 13]
    table = first.to_frame()
    few = pv.sheet(recordings, [5, 6])
    said = r"^2 of 3 rows of table are of patches that are not shown here, first that of '.*/north/"
    with pytest.warns(UserWarning, match=said + r".* from 0\.200 to 0\.400 s\. They are left out"):
        few.decide(table)
    assert decided(few) == {5: "keep"}
    few.decide(table[:0])
    assert decided(few) == {5: "keep"}
    longer = table.assign(end_time=table["end_time"] + 0.1)  # another carving's
    said = r"3 of 3 rows .*0 s\. Show those: numbers_of.*are; or call files that were renamed as to"
    for missing in (longer, table.assign(file="renamed.wav")):
        with pytest.raises(InvalidValueError, match=said):
            few.decide(missing)
    file = recordings.files["file"][0]
    said = (
        r"^3 of 3 rows .* from 0\.200 to 0\.500 s; the nearest here is from 0\.200 to 0\.400 s\. "
        r"Show those: numbers_of\(table\) .*, if these are carved as those were and no time is "
        r"rounded\.$"
    )
    every = pv.scrub(recordings[:5])
    with pytest.raises(InvalidValueError, match=said):
        every.decide(longer.assign(file=file))
    with pytest.warns(
        UserWarning, match=r"^1 of 2 .*0 s; the nearest here is .* They are left out"
    ):
        every.decide(pd.concat([table[:1], longer[:1]]))
    assert decided(every) == {1: "keep"}
    every.close()
    first.close()
    few.close()


@pytest.mark.parametrize("hop", [32, 8])
def test_times_that_a_spreadsheet_rounded_are_those_of_the_patches_there(hop: int) -> None:
    spec = pv.Spectrogram(np.zeros((4, 300)), sr=1000, hop_length=1, name="pond.wav")
    patches = spec.patches(frame_length=63, hop_length=hop)
    first, again = pv.sheet(patches), pv.sheet(patches)
    first.picked, first.rejected = [0, 1, 2], [4]
    table = first.to_frame()
    rounded = table.round(2)
    if hop == 8:  # two patches may have one time
        said = r"^3 of 3 rows .* says which.* if these .* and no time is rounded\.$"
        with pytest.raises(InvalidValueError, match=said):
            again.decide(rounded[1:])
    else:
        said = (
            r"^4 of 4 rows of table have times of two decimals, and are taken for the patches "
            r"there, first that of 'pond.wav' from 0\.000 to 0\.060 s for the one from 0\.000 to "
            r"0\.063 s\.$"
        )
        with pytest.warns(UserWarning, match=said):
            again.decide(rounded)
        assert decided(again) == decided(first)
        exact = pd.concat([rounded[1:], table[:1]])  # three decimals say what was carved otherwise
        with pytest.warns(UserWarning, match="are of patches that are not shown here"):
            again.decide(exact)
    first.close()
    again.close()


def test_rows_that_may_be_of_several_files_are_told_once(recordings: pv.Recordings) -> None:
    first = pv.sheet(recordings, [1, 13])
    first.picked = [1, 13]
    table = first.to_frame().assign(file=lambda rows: [Path(file).name for file in rows["file"]])
    sheet = pv.sheet(recordings, [1, 6, 13])
    with pytest.warns(UserWarning, match="1 of 2 rows of table name a file of several") as told:
        sheet.decide(table)
    assert len(told) == 1
    assert decided(sheet) == {13: "keep"}
    first.close()
    sheet.close()


def test_a_spreadsheet_may_write_keep_and_reject_with_a_capital(recordings: pv.Recordings) -> None:
    sheet = pv.sheet(recordings, [1, 5, 9], names=["owl"])
    sheet.picked, sheet.rejected, sheet.names = [1, 9], [5], {9: "Owl"}
    table = sheet.to_frame()
    again = pv.sheet(recordings, [1, 5, 9])
    again.decide(table.assign(label=["Keep", "REJECT", "Owl"]))
    assert decided(again) == decided(sheet) == {1: "keep", 5: "reject", 9: "Owl"}
    with pytest.raises(InvalidValueError, match="'Reject' is no name"):
        again.names = {1: "Reject"}
    sheet.close()
    again.close()


def test_a_table_says_one_thing_of_a_patch(recordings: pv.Recordings) -> None:
    sheet = pv.sheet(recordings, [1, 5])
    sheet.picked = [1, 5]
    table = sheet.to_frame()
    sheet.decide(pd.concat([table, table]))
    for wrong, said in (
        (3, "table is of type int"),
        (table[["label"]], "start_time"),
        (table[["file", "start_time", "end_time"]], "label"),
        (table.assign(label=["keep", " "]), "table says nothing of patch 5: its label is empty"),
    ):
        with pytest.raises((InvalidTypeError, InvalidValueError), match=said):
            sheet.decide(wrong)
    assert decided(sheet) == {1: "keep", 5: "keep"}
    sheet.close()


@pytest.mark.parametrize("form", ["as it is", "spelled in two ways", "without files", "a path"])
def test_which_rows_say_two_things_of_a_patch(
    recordings: pv.Recordings, tmp_path: Path, form: str
) -> None:
    sheet = pv.sheet(recordings.patches(0))
    sheet.picked, sheet.rejected = [1], [2]
    ann = sheet.to_frame()
    ben = ann.assign(label=["reject", "reject"])
    if form == "spelled in two ways":
        ben["file"] = "north/a.wav"
    two = pd.concat([ann, ben])
    if form == "without files":
        two = two.drop(columns="file")
    given: Any = two
    if form == "a path":
        given = tmp_path / "both.csv"
        two.to_csv(given)
    of, read = ("", "") if form == "without files" else (r" of '.*north.a\.wav'", "")
    if form == "a path":
        read = r" of read_labels\(table\)"
    said = (
        rf"^table says two things of patch 1,{of} from 0\.200 to 0\.400 s: 'keep' in row 0 and "
        rf"'reject' in row 2{read}, from 0\. Leave out one of these rows\. Or give .* one after "
        r"the other: the later counts\.$"
    )
    with pytest.raises(InvalidValueError, match=said):
        sheet.decide(given)
    again = pv.sheet(recordings.patches(0))
    again.decide(two.iloc[[0, 1, 3]])
    assert decided(again) == {1: "keep", 2: "reject"}
    with pytest.warns(UserWarning, match=OTHERWISE.format("1 patch of 2", "was", 1)):
        again.decide(ben)
    assert decided(again) == {1: "reject", 2: "reject"}
    sheet.close()
    again.close()


def test_of_two_annotators_the_later_counts_and_that_is_told(recordings: pv.Recordings) -> None:
    ann, ben, both = (pv.sheet(recordings, [1, 5, 9, 13]) for _ in range(3))
    ann.picked, ann.rejected, ann.names = [1, 5], [9], {5: "owl"}
    ben.picked, ben.rejected = [1, 5, 9], [13]
    both.decide(ann.to_frame())
    both.decide(ann.to_frame())  # nothing changes
    said = OTHERWISE.format("2 patches of 4", "were", 5) + (
        r"owl' and now as 'keep': what the table says counts\. If it is the older, give it first\.$"
    )
    with pytest.warns(UserWarning, match=said) as told:
        both.decide(ben.to_frame())
    assert len(told) == 1
    assert decided(both) == decided(ben)
    with pytest.raises(UserWarning, match=OTHERWISE.format("2 patches of 3", "were", 5)):
        both.decide(ann.to_frame())  # where it is an error, as in these tests
    assert decided(both) == decided(ben)
    for sheet in (ann, ben, both):
        sheet.close()


def test_the_nearest_tile_is_meant_and_a_name_is_taken_back() -> None:
    spec = pv.Spectrogram(np.zeros((4, 200)), sr=1000, hop_length=1, name="pond.wav")
    patches = spec.patches(frame_length=50, hop_length=1)  # every millisecond
    first, second = pv.sheet(patches, range(20)), pv.sheet(patches, range(20))
    first.picked, first.rejected = [5, 19], [6, 0]
    second.picked, second.names = [5, 7], {5: "owl", 7: "wren"}
    with pytest.warns(UserWarning, match=OTHERWISE.format("1 patch of 4", "was", 5)):
        second.decide(first.to_frame())
    assert decided(second) == {0: "reject", 5: "keep", 6: "reject", 7: "wren", 19: "keep"}
    for sheet in (first, second):
        sheet.close()


@pytest.mark.parametrize("is_file", [False, True])
def test_items_without_names_are_known_by_their_numbers(tmp_path: Path, is_file: bool) -> None:
    batch = pv.Patches.from_batch(np.zeros((5, 4, 20)))
    some = batch[[1, 2, 4]]
    widgets: list[Any] = [pv.sheet(some), pv.scrub(some)]
    for first in widgets:
        first.picked, first.rejected, first.names = [0, 2], [1], {2: "owl"}
        table = first.to_frame()
        assert decided(first) == {1: "keep", 2: "reject", 4: "owl"}
        given: Any = table
        if is_file:
            given = tmp_path / "a.csv"
            table.to_csv(given)
        for again in (pv.sheet(batch), pv.scrub(batch), pv.sheet(batch, [4, 2, 1])):
            again.decide(given)
            assert decided(again) == decided(first)
            again.close()
        other = pv.sheet(batch[[2, 3]])
        with pytest.warns(UserWarning, match="^2 of 3 rows of table are of patches that are not"):
            other.decide(given)
        assert decided(other) == {2: "reject"}
        said = (
            r"cannot say which of these .*names=\[\.\.\.\]\)\. Without these, a column 'patch' says"
        )
        with pytest.raises(InvalidValueError, match=said):
            other.decide(table.reset_index(drop=True))
        other.close()
        first.close()


def test_items_of_one_name_are_told_apart_by_their_numbers(tmp_path: Path) -> None:
    """As a loader calls several windows of a file; in another order nothing tells these apart."""
    names = ["a.wav", "a.wav", "b.wav", "b.wav", "c.wav"]
    batch = pv.Patches.from_batch(np.zeros((5, 4, 20)), names=names)
    first = pv.scrub(batch)
    first.picked, first.rejected = [1, 4], [2]
    first.to_frame().to_csv(tmp_path / "a.csv")
    elsewhere = first.to_frame().assign(file=[f"of/another/{names[k]}" for k in (1, 2, 4)])
    for given in (first.to_frame(), tmp_path / "a.csv", elsewhere):
        for again in (pv.scrub(batch), pv.sheet(batch, [4, 2, 1])):
            again.decide(given)
            assert decided(again) == decided(first)
            again.close()
    other = pv.scrub(pv.Patches.from_batch(np.zeros((5, 4, 20)), names=[*names[1:4], *"dd"]))
    with pytest.warns(UserWarning, match="^2 of 3 rows of table are of patches that are not shown"):
        other.decide(first.to_frame())
    assert decided(other) == {2: "reject"}
    with pytest.raises(InvalidValueError, match="cannot say which of these"):
        other.decide(first.to_frame().reset_index(drop=True))
    first.close()
    other.close()


def test_items_are_told_apart_by_their_numbers_also_where_those_of_one_name_are_not_shown() -> None:
    names = ["a.wav", "a.wav", "b.wav", "of/c.wav", "on/c.wav"]
    batch = pv.Patches.from_batch(np.zeros((5, 4, 20)), names=names)
    first = pv.scrub(batch)
    first.picked, first.rejected = [2, 3], [1]
    table = first.to_frame()
    shown: list[Any] = [pv.sheet(batch, [0, 2, 4]), pv.scrub(batch[[0, 2, 4]])]
    for again in shown:
        with pytest.warns(UserWarning, match="^2 of 3 rows of table are of patches that are not"):
            again.decide(table)
        assert decided(again) == {2: "keep"}
        with pytest.raises(InvalidValueError, match="cannot say which of these"):
            again.decide(table.reset_index(drop=True))
        again.close()
    named = pv.Patches.from_batch(np.zeros((2, 4, 20)), names=names[3:])
    other = pv.sheet(named, [1])  # whose file is another one of that name
    with pytest.raises(InvalidValueError, match=r"^1 of 1 rows of table are of pat"):
        other.decide(table[table["file"] == "of/c.wav"])
    other.close()
    first.close()


def test_the_number_of_an_item_says_which_it_is_also_of_one_alone_and_as_a_float() -> None:
    batch = pv.Patches.from_batch(np.zeros((5, 4, 20)))
    first = pv.scrub(batch)
    first.picked = [0, 3]
    table = first.to_frame()
    blank = pd.DataFrame({"file": [""], "start_time": [0.0], "end_time": [2.0], "label": ["keep"]})
    given = pd.concat([table.reset_index(), blank])
    assert given["patch"].dtype == float  # as of a spreadsheet
    for numbers, n_left in ([0, 1, 3], 1), ([3], 2):
        for again in (pv.scrub(batch[numbers]), pv.sheet(batch[numbers])):
            with pytest.warns(UserWarning, match=rf"^{n_left} of 3 rows of table are of pat"):
                again.decide(given)
            assert decided(again) == {k: "keep" for k in numbers if k in (0, 3)}
            again.close()
    for again in (pv.scrub(batch[[1]]), pv.sheet(batch[[1]])):
        with pytest.raises(InvalidValueError, match=r"^2 of 2 rows of table are of patches"):
            again.decide(table)
        again.close()
    first.close()


@pytest.mark.parametrize("name", ["pond.wav", ""])
def test_of_one_recording_and_of_items_of_a_batch(name: str) -> None:
    spec = pv.Spectrogram(np.zeros((4, 120)), sr=10, hop_length=1, name=name)
    patches = spec.patches(frame_length=10)
    lake = dataclasses.replace(spec, name="lake.wav")
    batch = pv.Patches.from_batch(np.zeros((3, 4, 20)), names=["x", "y", "z"])
    cases: list[tuple[Any, list[int]]] = [
        (patches, [2, 7]), ([patches, lake.patches(frame_length=10)], [2, 14]), (batch, [0, 2]),
    ]  # fmt: skip
    for given, numbers in cases:
        first, second = pv.sheet(given, numbers), pv.sheet(given, numbers[::-1])
        first.picked, first.rejected = numbers[:1], numbers[1:]
        second.decide(first.to_frame())
        assert (second.picked, second.rejected) == (first.picked, first.rejected)
        first.close()
        second.close()


def test_of_several_files_none_is_a_recording_without_a_name() -> None:
    spec = pv.Spectrogram(np.zeros((4, 120)), sr=10, hop_length=1)
    patches = spec.patches(frame_length=10)
    given = pd.DataFrame(
        {
            "file": ["a.wav", "b.wav"],
            "start_time": [2.0, 5.0],
            "end_time": [3.0, 6.0],
            "label": "owl",
        }
    )
    for made in (pv.sheet, pv.scrub):
        widget: Any = made(patches)
        with pytest.raises(InvalidValueError, match=r"^table is of 'a.wav', 'b.wav', and the rec"):
            widget.decide(given)
        assert decided(widget) == {}
        widget.decide(given[1:])  # of one, as labels are
        widget.decide(given[:1].assign(file=""))
        assert decided(widget) == {2: "owl", 5: "owl"}
        widget.close()


def of_classes() -> pv.Patches:
    spec = pv.Spectrogram(np.zeros((4, 120)), sr=10, hop_length=1, name="pond.wav")
    scores = np.c_[[0.9, 0.1, 0.2, 0.3], [0.1, 0.9, 0.3, 0.2]]
    return spec.patches(frame_length=30).with_scores(scores, classes=["robin", "wren"])


@pytest.mark.parametrize("form", ["frame", "blank", "views", "csv", "raven"])
def test_what_was_decided_for_one_class_is_not_for_another(form: str, tmp_path: Path) -> None:
    patches = of_classes()
    robin, wren = (pv.sheet(patches, of=name) for name in ("robin", "wren"))
    robin.picked, robin.rejected, robin.names = [1, 2], [0], {2: "owl"}
    table = robin.to_frame()
    given: Any = table
    if form == "blank":  # as of a spreadsheet, between the parts of two people
        given = pd.concat([table[:1], pd.DataFrame([{}]), table[1:]])
    if form == "views":  # as Raven lists each selection, once it has been opened there
        numbered = table.reset_index().assign(Selection=[*range(len(table))])
        given = pd.concat([numbered.assign(View=view) for view in ("Waveform 1", "Spectrogram 1")])
    if form == "csv":
        table.to_csv(tmp_path / "a.csv")
        given = tmp_path / "a.csv"
    if form == "raven":  # as a page writes it, and Raven lists it again for each view
        given = tmp_path / "a.selections.txt"
        lines = ["Selection\tView\tBegin Time (s)\tEnd Time (s)\tAnnotation\tScored"]
        lines += [
            f"{k + 1}\t{view}\t{row.start_time}\t{row.end_time}\t{row.label}\t{row.scored}"
            for k, row in enumerate(table.itertuples())
            for view in ("Waveform 1", "Spectrogram 1")
        ]
        given.write_text("\n".join(lines) + "\n")
    said = (
        r"^2 of 3 decisions in the table are for another class than the one whose score "
        r"is said here, first patch 0 for 'robin' and not for 'wren'\. They are left out\. "
        r"A sheet of that class takes them: of='robin'\.$"
    )
    with pytest.warns(UserWarning, match=said):
        wren.decide(given)
    assert decided(wren) == {2: "owl"}  # a name says itself what the patch is
    again = pv.sheet(patches, of="robin")
    again.decide(given)
    assert decided(again) == decided(robin)
    for sheet in (robin, wren, again):
        sheet.close()


@pytest.mark.parametrize("is_of_many", [False, True])
def test_a_scrubber_says_which_sheet_takes_what_was_decided_for_another_class(
    scored: pv.Recordings, is_of_many: bool
) -> None:
    first = pv.sheet(scored.patches(1), of="robin")
    first.picked = [*range(len(scored.patches(1)))]
    table = first.to_frame().assign(scored="nobody")
    with held():
        scrubber = pv.scrub(scored if is_of_many else scored.patches(1))
    name = "recordings" if is_of_many else "patches"
    call = rf"patchviz\.sheet\(scrubber\.{name}, of='nobody'\)"
    with pytest.raises(InvalidValueError, match=rf"A sheet of that class takes them: {call}\.$"):
        scrubber.decide(table)
    with held():
        sheet = pv.sheet(getattr(scrubber, name), of="robin")
    sheet.decide(first.to_frame())
    assert len(sheet.picked) == len(first.picked)
    for one in (first, scrubber, sheet):
        one.close()


def test_a_table_of_two_classes_is_taken_over_by_the_sheet_of_each() -> None:
    patches = of_classes()
    robin, wren = (pv.sheet(patches, of=name) for name in ("robin", "wren"))
    robin.picked, wren.rejected = [1], [1]
    both = pd.concat([robin.to_frame(), wren.to_frame()])
    for name, label in (("robin", "keep"), ("wren", "reject")):
        again = pv.sheet(patches, of=name)
        with pytest.warns(UserWarning, match="1 of 2 decisions in the table is for another class"):
            again.decide(both)
        assert decided(again) == {1: label}
        again.close()
    with pytest.raises(InvalidValueError, match=r"1 of 1 decision .* 'robin' and not for 'wren'"):
        wren.decide(robin.to_frame())
    assert decided(wren) == {1: "reject"}
    # Where one of both says no class, nothing contradicts.
    plain = pv.sheet(patches.spectrogram.patches(frame_length=30))
    plain.decide(robin.to_frame())
    with pytest.warns(UserWarning, match=OTHERWISE.format("1 patch of 1", "was", 1)):
        wren.decide(plain.to_frame())
    assert decided(plain) == decided(wren) == {1: "keep"}
    for sheet in (robin, wren, plain):
        sheet.close()


def test_what_was_decided_of_another_site_is_of_none_of_these(tmp_path: Path) -> None:
    """Two sites have files of the same names, and one of them has tiles here."""
    for name in ("north/a.wav", "river/a.wav", "river/b.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    recordings = pv.Recordings(tmp_path, duration=0.2, sr=8000, hop_length=64, progress=False)
    first = int(recordings.files["first"][1])  # of river/a.wav
    river = pv.sheet(recordings, [first, first + 2])
    river.picked, river.rejected = [first], [first + 2]
    table = river.to_frame()
    north = pv.sheet(recordings, [0, 2])
    with pytest.raises(InvalidValueError, match=r"2 of 2 rows .* not shown here, first that of .*"):
        north.decide(table)
    with pytest.raises(
        InvalidValueError, match=r"2 of 2 rows of table name a file of several recordings: 'a\.wav'"
    ):
        north.decide(table.assign(file="a.wav"))
    other = table.assign(file="lake/b.wav", start_time=[0.0, 0.4], end_time=[0.2, 0.6])
    both = pv.sheet(recordings, [0, *recordings.files["first"][2] + np.array([0, 2])])
    with pytest.warns(UserWarning, match="name files in other folders, .*'lake/b.wav' is taken"):
        both.decide(other)
    for sheet in (river, north, both):
        sheet.close()


def test_a_scrubber_goes_on_from_what_another_one_kept(tmp_path: Path) -> None:
    patches = of_classes()
    first, told = pv.scrub(patches), []
    first.picked, first.rejected, first.names = [1, 2], [0], {2: "owl"}
    first.to_frame().to_csv(tmp_path / "decided.csv")
    again = pv.scrub(patches)
    again.picked, again.names = [0, 3], {3: "wren"}
    for name in ("picked", "rejected", "names"):
        again.observe(lambda _: told.append((again.picked, again.rejected, again.names)), name)
    with pytest.warns(UserWarning, match=OTHERWISE.format("1 patch of 3", "was", 0)):
        again.decide(tmp_path / "decided.csv")
    assert decided(again) == {0: "reject", 1: "keep", 2: "owl", 3: "wren"}
    assert told == [((1, 2, 3), (0,), {2: "owl", 3: "wren"})] * 3  # at no time anything else
    first.close()
    again.close()
    with pytest.raises(InvalidValueError, match="closed"):
        again.decide(tmp_path / "decided.csv")


def test_a_name_may_be_what_a_column_is_called(tmp_path: Path) -> None:
    scrubber = pv.scrub(pv.Spectrogram(np.zeros((4, 120)), sr=10).patches(frame_length=30))
    scrubber.names = {0: "Scored", 2: "owl"}
    scrubber.to_frame().to_csv(tmp_path / "decided.csv")
    again = pv.scrub(scrubber.patches)
    again.decide(tmp_path / "decided.csv")
    assert again.names == {0: "Scored", 2: "owl"}
    scrubber.close()
    again.close()


def test_what_was_decided_for_no_class_is_for_any() -> None:
    first, again = pv.scrub(of_classes()), pv.scrub(of_classes())
    first.picked, first.rejected = [0, 1], [2]
    again.decide(first.to_frame().assign(scored=["", None, " wren"]))
    assert decided(again) == decided(first)
    first.close()
    again.close()


def test_items_of_a_batch_in_a_scrubber() -> None:
    batch = pv.Patches.from_batch(np.zeros((3, 4, 20)), names=["x", "y", "z"])
    first, again = pv.scrub(batch), pv.scrub(batch)
    first.picked, first.rejected = [0], [2]
    again.decide(first.to_frame())
    assert decided(again) == {0: "keep", 2: "reject"}
    first.close()
    again.close()


def test_decisions_of_a_file_that_cannot_be_read_any_more(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)
    given: dict[str, Any] = {"duration": 0.2, "sr": 8000, "hop_length": 64, "progress": False}
    first = pv.scrub(pv.Recordings(tmp_path, **given))
    first.picked = [1]
    first.row = 1
    first.picked = [2]
    (tmp_path / "a.wav").write_bytes(b"no sound")
    with held():
        again = pv.scrub(pv.Recordings(tmp_path, **given))
    with pytest.warns(UserWarning, match="1 of 2 rows of table are of patches that are not shown"):
        again.decide(first.to_frame())
    assert again.picked == (2,)
    first.close()
    again.close()


@pytest.fixture
def scored(recordings: pv.Recordings, tmp_path: Path) -> pv.Recordings:
    """Of three recordings, the first of which nobody has looked at."""
    overlapping = pv.Recordings(
        recordings.files["file"].tolist(), duration=0.2, hop_duration=0.1, sr=8000, hop_length=64,
        progress=False,
    )  # fmt: skip
    for name, rows in {"a": "0.2\t0.4\trobin\n0.5\t0.7\twren\n", "b": "0.4\t0.6\trobin\n"}.items():
        (tmp_path / "labels" / "river").mkdir(parents=True, exist_ok=True)
        (tmp_path / "labels" / "river" / f"{name}.txt").write_text(rows)
    scores = np.random.default_rng(3).uniform(size=(len(overlapping), 3))
    with held():
        labelled = overlapping.with_labels(tmp_path / "labels")
    return labelled.with_scores(scores, classes=["robin", "wren", "tit"])


@pytest.mark.slow
@pytest.mark.parametrize("stops", [None, "mistakes", "table"])
def test_decisions_of_recordings_that_are_not_shown_wait_for_them(
    scored: pv.Recordings, tmp_path: Path, stops: str | None
) -> None:
    with held():
        given: Any = stops
        if stops == "table":  # of each patch the class that comes last, and not what scores most
            given = scored.mistakes(threshold=0.5).drop_duplicates("patch", keep="last")
        first, again = (pv.scrub(scored, stops=given) for _ in range(2))
        for row, n in enumerate(scored.files["n_patches"]):
            first.row = row
            first.picked, first.rejected = [*range(1, n)], [0]
            first.names = {1: f"owl {row}"}
    table = first.to_frame()
    table.to_csv(tmp_path / "decided.csv")
    again.row = 1
    again.picked = [0]
    with pytest.warns(UserWarning, match=OTHERWISE.format("1 patch of 27", "was", 9)):
        again.decide(tmp_path / "decided.csv")
    pd.testing.assert_frame_equal(again.to_frame(), table)
    for row in (2, 0, 1):
        with held():
            again.row = row
        assert again.rejected == (0,)
        assert again.names == {1: f"owl {row}"}
        # What is said where nothing is computed is what is said where the recording is shown.
        said = again._scored(range(len(again.patches)))
        shown = table[table["file"] == scored.files["file"][row]]
        np.testing.assert_equal(said, [*zip(shown["scored"], shown["score"], strict=True)])
    pd.testing.assert_frame_equal(again.to_frame(), table)
    said = OTHERWISE.format("1 patch of 1", "was", table.index[3])
    with pytest.warns(UserWarning, match=said):  # of one that is not shown
        again.decide(table.iloc[[3]].assign(label="reject"))
    changed = again.to_frame()["label"] != table["label"]
    assert changed[changed].index.tolist() == table.index[[3]].tolist()
    first.close()
    again.close()


def test_decisions_of_some_patches_of_recordings(scored: pv.Recordings) -> None:
    own, table = scored.files["first"].tolist(), scored.to_frame()
    some = scored[[1, own[1] + 1, own[1] + 4, own[2] + 3]]
    with held():
        first, again = pv.scrub(some), pv.scrub(some)
    first.decide(table.loc[[own[1] + 1, own[2] + 3]].assign(label=["keep", "owl"]))
    assert decided(first) == {own[1] + 1: "keep", own[2] + 3: "owl"}
    assert first.to_frame()["patch_in_file"].tolist() == [1, 3]
    more = table.loc[[own[1] + 1, own[1] + 2, own[2] + 3]].assign(label="keep")
    with pytest.warns(UserWarning, match="1 of 3 rows of table are of patches that are not shown"):
        again.decide(more)
    assert decided(again) == {own[1] + 1: "keep", own[2] + 3: "keep"}
    first.close()
    again.close()
