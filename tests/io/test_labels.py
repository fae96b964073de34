"""Tables of labels, as the programs write them: read, refused where damaged, and written back."""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz.errors import (
    InvalidTypeError,
    InvalidValueError,
    LabelFileError,
    LabelFileNotFoundError,
)
from patchviz.io.cells import joined_names, parted_names
from patchviz.io.frame import SILENT
from patchviz.io.labels import as_labels

NAN = float("nan")
NUMBERS = ["start_time", "end_time", "low_f", "high_f", "score"]


def tabs(*rows: str) -> str:
    """Rows whose cells are parted by | here, and by tabs in the file."""
    return "".join(row.replace("|", "\t") + "\n" for row in rows)


RAVEN = tabs(
    "Selection|View|Channel|Begin Time (s)|End Time (s)|Low Freq (Hz)|High Freq (Hz)|Species",
    "1|Spectrogram 1|1|0.5|1.25|2000.0|4000.5|robin",
    "2|Spectrogram 1|1|2.0|2.5|1000.0|3000.0|wren",
)
AUDACITY = "0.500000\t1.250000\trobin\n\\\t2000.000000\t4000.500000\n2.000000\t2.500000\twren\n"
LONG = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 3
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "birds"
        xmin = 0
        xmax = 3
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = ""
        intervals [2]:
            xmin = 0.5
            xmax = 1.25
            text = "robin"
        intervals [3]:
            xmin = 1.25
            xmax = 3
            text = "a ""wren"""
    item [2]:
        class = "TextTier"
        name = "peaks"
        xmin = 0
        xmax = 3
        points: size = 1
        points [1]:
            number = 0.75
            mark = "peak"
'''
SHORT = """File type = "ooTextFile"
Object class = "TextGrid"

0
3
<exists>
1
"IntervalTier"
"birds"
0
3
2
0.5
1.25
"robin"
2
2.5
"wren"
"""
RTTM = (
    ";; who spoke when\nSPKR-INFO a 1 <NA> <NA> <NA> unknown robin <NA> <NA>\n"
    "SPEAKER a 1 0.5 0.75 <NA> <NA> robin 0.9 <NA>\nSPEAKER a 1 2 0.5 <NA> <NA> wren <NA> <NA>\n"
)
BIRDNET = (
    "Start (s),End (s),Scientific name,Common name,Confidence,File\n"
    '0.0,3.0,Erithacus rubecula,"Robin, European",0.8123,a.wav\n'
    "3.0,6.0,Troglodytes troglodytes,Eurasian Wren,0.4,a.wav\n"
)
BIRDNET_RAVEN = tabs(
    "Selection|View|Channel|Begin Time (s)|End Time (s)|Low Freq (Hz)|High Freq (Hz)|Common Name"
    "|Species Code|Confidence|Begin Path|File Offset (s)",
    "1|Spectrogram 1|1|0|3.0|0|15000|Eurasian Wren|winwre4|0.4|/a/a.wav|0",
    "2|Spectrogram 1|1|60.0|63.0|0|15000|Robin|eurrob1|0.9|/a/b.wav|3.0",
    "3|Spectrogram 1|1|63.0|66.0|0|15000|nocall|nocall|1.0|/a/b.wav|6.0",
)
OPENSOUNDSCAPE = (
    "audio_file,annotation_file,annotation,start_time,end_time,low_f,high_f\n"
    "a.wav,a.txt,robin,0.5,1.25,2000.0,4000.5\na.wav,a.txt,wren,2.0,2.5,,\n"
)
PLAIN = "onset;offset;event_label\n0.5;1.25;robin\n2.0;2.5;wren\n"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def read(content: str | bytes, **options: Any) -> pd.DataFrame:
        file = tmp_path / "north" / "labels.txt"  # as messages call it
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return pv.read_labels(file, **options)

    return read


def rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Start, end and label."""
    return list(frame[["start_time", "end_time", "label"]].itertuples(index=False, name=None))


BIRDS = [(0.5, 1.25, "robin"), (2.0, 2.5, "wren")]


@pytest.mark.parametrize(
    ("text", "expected", "more"),
    [
        (RAVEN, BIRDS, {"low_f": [2000, 1000], "high_f": [4000.5, 3000]}),
        (AUDACITY, BIRDS, {"low_f": [2000, NAN], "high_f": [4000.5, NAN]}),
        (LONG, [(0.5, 1.25, "robin"), (1.25, 3.0, 'a "wren"'), (0.75, 0.75, "peak")],
         {"tier": ["birds", "birds", "peaks"]}),
        (SHORT, BIRDS, {"tier": ["birds"] * 2}),
        (RTTM, BIRDS, {"score": [0.9, NAN], "file": ["a", "a"]}),
        (BIRDNET, [(0.0, 3.0, "Robin, European"), (3.0, 6.0, "Eurasian Wren")],
         {"score": [0.8123, 0.4], "file": ["a.wav"] * 2}),
        (BIRDNET_RAVEN, [(0.0, 3.0, "Eurasian Wren"), (3.0, 6.0, "Robin")],
         {"score": [0.4, 0.9], "file": ["/a/a.wav", "/a/b.wav"], "high_f": [15000, 15000]}),
        (OPENSOUNDSCAPE, BIRDS, {"low_f": [2000, NAN], "file": ["a.wav"] * 2}),
        (PLAIN, BIRDS, {}),
        ("start,duration,species\n0.5,0.75,robin\n2,.5,wren\n", BIRDS, {}),
        ("sep=;\nBegin_Time;End-Time;TAG\n0.5;1.25;robin\n2;2.5;wren\n", BIRDS, {}),
        ('\n"sep=,"\nstart,end,label\n0.5,1.25,robin\n2,2.5,wren\n', BIRDS, {}),
        ("0.5\t1.25\trobin\t0.9\n2\t2.5\twren\t0.25\n", BIRDS, {"score": [0.9, 0.25]}),
        ("0\t1\n", [(0.0, 1.0, "")], {}),
    ],
)  # fmt: skip
def test_every_format_is_told_by_its_content(
    read: Any, text: str, expected: list[Any], more: dict[str, list[Any]]
) -> None:
    labels = read(text)
    assert rows(labels) == expected
    known = [*(["file"] if "file" in more else []), "start_time", "end_time", "label",
             "low_f", "high_f", "score", *(["tier"] if "tier" in more else [])]  # fmt: skip
    assert list(labels) == known
    assert labels.index.tolist() == list(range(len(expected)))
    for name, column in more.items():
        if name in NUMBERS:
            np.testing.assert_array_equal(labels[name], column)
        else:
            assert labels[name].tolist() == column
    assert all(labels[name].dtype == np.float64 for name in NUMBERS)


@pytest.mark.parametrize(
    "name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_encoding_and_line_end(read: Any, name: str) -> None:
    for text in (RAVEN, AUDACITY, LONG, RTTM, BIRDNET, PLAIN):
        expected = read(text.replace("robin", "rötlich"))
        for end in ("\n", "\r\n", "\r"):
            found = read(text.replace("robin", "rötlich").replace("\n", end).encode(name))
            pd.testing.assert_frame_equal(found, expected)


def test_what_is_no_unicode_is_latin_with_a_warning(read: Any) -> None:
    data = RAVEN.replace("robin", "grün – €").encode("cp1252")
    with pytest.warns(
        UserWarning, match=r"^north/labels.txt is no UTF-8, and was read as Windows-1252"
    ):
        assert read(data)["label"][0] == "grün – €"
    assert read(data, encoding="cp1252")["label"][0] == "grün – €"
    with pytest.raises(LabelFileError, match=r"line 2: its bytes are no utf-8. Give the encoding"):
        read(data, encoding="utf-8")
    with pytest.raises(LabelFileError, match="encoding='utf-9' is no encoding that Python knows"):
        read(data, encoding="utf-9")
    for name in ("\ud800", "a\0b"):  # which no codec can even be asked for
        with pytest.raises(LabelFileError, match="is no encoding that Python knows"):
            read(data, encoding=name)
    for name in ("punycode", "undefined"):  # whose errors may say no place
        with pytest.raises(
            LabelFileError, match=rf"^'north/labels.txt'.*: its bytes are no {name}\."
        ):
            read(data, encoding=name)


def test_decimal_commas(read: Any) -> None:
    expected = read(RAVEN)
    commas = RAVEN.replace(".", ",")
    pd.testing.assert_frame_equal(read(commas), expected)
    assert rows(read(PLAIN.replace(".", ","))) == BIRDS
    assert rows(read('start,end,label\n"0,5","1,25",robin\n2,"2,5",wren\n')) == BIRDS
    # A comma beside points may part thousands: 4,000 Hz are not 4 Hz.
    with pytest.raises(LabelFileError) as caught:
        read(RAVEN.replace("4000.5", "4,000"))
    assert str(caught.value) == (
        "'north/labels.txt', "
        "line 2, column 7 ('High Freq (Hz)'): '4,000' has a comma, and other numbers "
        "have points."
    )
    # Between quotes in a CSV, too, where no other number tells.
    with pytest.raises(LabelFileError) as caught:
        read('start,end,label\n0,"1,234",robin\n2,"12,345",wren\n')
    assert str(caught.value) == (
        "'north/labels.txt', "
        "line 2, column 2 ('end'): '1,234' may be 1234 or 1.234. Write it without "
        "the comma, or with a point."
    )
    assert rows(read('start,end,label\n0,"1,234",a\n2,"2,5",b\n'))[0][1] == 1.234


# -- traps of the formats ----------------------------------------------------------------------

HEAD = "Selection|View|Channel|Begin Time (s)|End Time (s)|Low Freq (Hz)|High Freq (Hz)"


def test_raven_counts_along_files_that_were_opened_as_one(read: Any) -> None:
    labels = read(
        tabs(
            HEAD + "|Begin File|File Offset (s)|Annotation",
            "1|Spectrogram 1|1|5|6.5|100|200|a.wav|5|x",
            "2|Spectrogram 1|1|65|66.5|100|200|b.wav|4.75|y",
        )
    )
    assert rows(labels) == [(5.0, 6.5, "x"), (4.75, 6.25, "y")]
    assert labels["file"].tolist() == ["a.wav", "b.wav"]
    with pytest.raises(LabelFileError) as caught:
        read(tabs(HEAD + "|Begin File", "1|S|1|5|6|1|2|a.wav", "2|S|1|65|66|1|2|b.wav"))
    assert str(caught.value) == (
        "'north/labels.txt', "
        "line 3, column 8 ('Begin File'): times count along 2 files, and nothing "
        'says where each begins. Export the table with the measurement "File Offset (s)".'
    )


@pytest.mark.parametrize("form", ["csv", "semicolons", "pandas", "polars", "delta", "text"])
def test_what_counts_along_files_does_not_in_a_spreadsheet_or_a_frame(form: str, read: Any) -> None:
    frame = pd.DataFrame({
        "Selection": [1, 2], "Begin Time (s)": [5.5, 65.5], "End Time (s)": [7.0, 67.0],
        "Begin Path": ["a.wav", "b.wav"], "File Offset (s)": [5.5, 4.75], "Species": ["x", "y"],
    })  # fmt: skip
    if form == "delta":
        frame = frame.drop(columns="End Time (s)").assign(**{"Delta Time (s)": 1.5})
    if form == "text":
        frame = frame.astype({"File Offset (s)": str})
    if form == "csv":
        labels = read(frame.to_csv(index=False))
    elif form == "semicolons":
        labels = read(frame.to_csv(index=False, sep=";", decimal=","))
    else:
        labels = as_labels(pl.from_pandas(frame) if form == "polars" else frame)
    assert rows(labels) == [(5.5, 7.0, "x"), (4.75, 6.25, "y")]


def test_offsets_of_a_frame_may_be_missing_and_are_numbers() -> None:
    frame = pd.DataFrame({
        "Begin Time (s)": [5.0, 65.0], "End Time (s)": [6.0, 66.0], "Species": "x",
        "File Offset (s)": [None, 4.75],
    })  # fmt: skip
    assert rows(as_labels(frame)) == [(5.0, 6.0, "x"), (4.75, 5.75, "x")]
    said = (
        r"^labels: of the columns 'Begin .*some hold no numbers\. .* leave 'File Offset \(s\)' out"
    )
    with pytest.raises(InvalidTypeError, match=said):
        as_labels(frame.assign(**{"File Offset (s)": [None, "4.75 s"]}))


def test_raven_lists_a_selection_once_for_each_view(read: Any) -> None:
    labels = read(
        tabs(
            HEAD + "|Annotation",
            "1|Waveform 1|1|5|6|100|200|x",
            "1|Spectrogram 1|1|5|6|100|200|x",
            "2|Waveform 1|1|7|8|100|200|y",
            "2|Spectrogram 1|1|7|8|100|200|y",
        )
    )
    assert rows(labels) == [(5.0, 6.0, "x"), (7.0, 8.0, "y")]
    # Tables that were joined number their rows anew: none of these is twice.
    joined = read(tabs(HEAD + "|A", "1|S|1|5|6|1|2|x", "1|S|1|9|10|1|2|y", "1|S|1|9|10|1|2|z"))
    assert joined["label"].tolist() == ["x", "y", "z"]
    # So do those of two people, of whom each looked at another view.
    joined = read(tabs(HEAD + "|A", "1|Spectrogram 1|1|5|6|1|2|x", "1|Waveform 1|1|5|6|1|2|y"))
    assert joined["label"].tolist() == ["x", "y"]


def test_ravens_views_are_one_in_a_frame_and_in_a_csv_too(read: Any) -> None:
    text = tabs(
        HEAD + "|Annotation",
        "1|Waveform 1|1|5|6|100|200|x",
        "1|Spectrogram 1|1|5|6|100|200|x",
        "2|Spectrogram 1|1|7|8|100|200|y",
        "3|Spectrogram 1|1|7|8|100|200|y",  # two of one view
    )
    own = read(text)
    assert rows(own) == [(5.0, 6.0, "x"), (7.0, 8.0, "y"), (7.0, 8.0, "y")]
    pd.testing.assert_frame_equal(read(text.replace("\t", ",")), own)
    frame = pd.read_csv(StringIO(text), sep="\t")
    pd.testing.assert_frame_equal(as_labels(frame), own)
    blank = pd.concat([frame.iloc[:1].map(lambda _: None), frame], ignore_index=True)
    pd.testing.assert_frame_equal(as_labels(blank), own)


@pytest.mark.parametrize("name", ["Species", "Annotation", "My notes", "Sound Type", "Vogelart"])
def test_ravens_column_of_labels_has_no_fixed_name(read: Any, name: str) -> None:
    text = tabs(
        f"{HEAD}|Peak Freq (Hz)|{name}|Begin Date Time|Rank",
        "1|Spectrogram 1|1|5|6|100|200|150|robin|2024/05/01  06:00:00|3",
    )
    assert rows(read(text)) == [(5.0, 6.0, "robin")]


@pytest.mark.parametrize(
    ("text", "what"),
    [(AUDACITY, "an Audacity label track"), (LONG, "a TextGrid"), (RTTM, "RTTM")],
    ids=["audacity", "textgrid", "rttm"],
)
def test_of_what_has_no_columns_none_is_chosen(read: Any, text: str, what: str) -> None:
    said = (
        rf"^label='Species' chooses no column of north/labels\.txt, which is {what} and has none "
        r"to choose: its labels are read as they stand\.$"
    )
    with pytest.warns(UserWarning, match=said):
        chosen = read(text, label="Species")
    pd.testing.assert_frame_equal(chosen, read(text))


def test_several_columns_may_hold_ravens_labels(read: Any) -> None:
    text = tabs(HEAD + "|Vogel|Beobachter", "1|Spectrogram 1|1|5|6|100|200|robin|me")
    with pytest.raises(InvalidValueError) as caught:
        read(text)
    assert str(caught.value) == (
        "label=None: 'north/labels.txt' has several columns that may hold the labels: 'Vogel', "
        "'Beobachter'. Say which one does: label='Vogel'."
    )
    assert read(text, label="vogel")["label"].tolist() == ["robin"]
    with pytest.raises(LabelFileError, match="wanted one named 'Art'; found the columns 'Vogel'"):
        read(text, label="Art")
    assert read(tabs(HEAD, "1|S|1|5|6|1|2"))["label"].tolist() == [""]


def test_a_file_in_which_there_is_nothing_may_have_a_row_without_times(read: Any) -> None:
    text = "file,start_time,end_time,label,low_f\nb.wav,, ,,\na.wav,0,3,x,1\nc.wav,,,,2\n"
    own = read(text)
    assert rows(own) == [(0.0, 3.0, "x")]
    pd.testing.assert_frame_equal(as_labels(pd.read_csv(StringIO(text), na_values=" ")), own)
    for damaged in ("b.wav,,3,,", "b.wav,,,x,", "b.wav,1,,,"):
        with pytest.raises(LabelFileError, match=r"line 2, column [23] .*: is empty\."):
            read(text.replace("b.wav,, ,,", damaged))


def test_an_empty_table_was_looked_at(read: Any) -> None:
    nocall = "1|S|1|0|3|0|9|nocall|nocall|1|a.wav|0"
    for text in (
        RAVEN.split("\n")[0] + "\n",
        "start_time,end_time,label\n",
        tabs(BIRDNET_RAVEN.split("\n")[0], nocall),
    ):
        labels = read(text)
        assert len(labels) == 0
        assert set(labels) >= {"start_time", "end_time", "label", "low_f", "high_f", "score"}
        assert labels["start_time"].dtype == np.float64
    with pytest.warns(
        UserWarning, match=r"^north/labels.txt is empty: no labels, as of a track without"
    ):
        assert read("").empty


def test_audacitys_frequencies_that_are_not_given(read: Any) -> None:
    labels = read("0\t1\ta\n\\\t-1.000000\t500\n2\t3\tb\n\\\t100\t-1.000000\n")
    np.testing.assert_array_equal(labels[["low_f", "high_f"]], [[NAN, 500], [100, NAN]])


def test_only_turns_of_rttm_are_read(read: Any) -> None:
    with pytest.warns(UserWarning, match=r"only lines of type SPEAKER are read, not 1 LEXEME\.$"):
        assert rows(read(RTTM + "LEXEME a 1 0 1 word lex robin 1\n")) == BIRDS


def test_times_that_are_no_seconds(read: Any) -> None:
    with pytest.raises(LabelFileError, match=r"column 1 \('start_time'\): '0:01\.5' is a time of"):
        read("start_time,end_time,label\n0:01.5,2,robin\n")
    with pytest.raises(LabelFileError, match=r"column 5 \('tdur'\): a turn of -1 s ends before it"):
        read("SPEAKER f 1 0.5 -1.0 <NA> <NA> spk1 <NA> <NA>\n")


def test_textgrids_of_another_writer(read: Any) -> None:
    textgrid_io = pytest.importorskip("praatio.utilities.textgrid_io")
    entries = [(0, 1.5, "a"), (1.5, 3, 'say "hi" 3'), (3, 4, "item [x]:\n xmin = 3 ! no"),
               (4, 10, "")]  # fmt: skip
    tiers = [
        {"class": "IntervalTier", "name": 'my "words"', "xmin": 0, "xmax": 10, "entries": entries},
        {"class": "TextTier", "name": "empty", "xmin": 0, "xmax": 10, "entries": []},
        {"class": "TextTier", "name": "points", "xmin": 0, "xmax": 10, "entries": [(2, "p")]},
    ]
    for form in ("long_textgrid", "short_textgrid"):
        grid = {"xmin": 0, "xmax": 10, "tiers": copy.deepcopy(tiers)}
        labels = read(textgrid_io.getTextgridAsStr(grid, form, True).encode("utf-16"))
        assert rows(labels) == [*entries[:3], (2, 2, "p")]
        assert labels["tier"].tolist() == ['my "words"'] * 3 + ["points"]


# -- what is damaged ---------------------------------------------------------------------------


def damaged_rows(text: str, first: int, part: str, numeric: dict[int, bool]) -> Iterator[Any]:
    """Texts with one cell that is wrong, and the line and column where it is, from 1."""
    lines = text.rstrip("\n").split("\n")
    for line in range(first, len(lines)):
        cells = lines[line].split(part)

        def changed(*row: str, line: int = line) -> str:
            return "\n".join([*lines[:line], part.join(row), *lines[line + 1 :]]) + "\n"

        for column, may_be_blank in numeric.items():
            if column >= len(cells):
                continue
            blank = [] if may_be_blank or part == " " else [""]
            for wrong in ("x", "1.2.3", "1_0", "inf", "12:30", "1e999", *blank):
                yield changed(*cells[:column], wrong, *cells[column + 1 :]), line + 1, column + 1
        for n in range(2, len(cells)):
            if part != " " or n < 8:
                yield changed(*cells[:n]), line + 1, n + 1  # cut short
        yield changed(*cells, "more", "and more", "still"), line + 1, None


def damaged() -> list[tuple[str, int, int | None]]:
    raven = {3: False, 4: False, 5: True, 6: True}
    cases = [*damaged_rows(RAVEN, 1, "\t", raven)]
    cases += damaged_rows(BIRDNET_RAVEN, 1, "\t", {**raven, 9: True, 11: False})
    cases += damaged_rows(OPENSOUNDSCAPE, 1, ",", {3: False, 4: False, 5: True, 6: True})
    cases += damaged_rows(BIRDNET, 2, ",", {0: False, 1: False, 4: True})
    cases += damaged_rows(PLAIN, 1, ";", {0: False, 1: False})
    cases += damaged_rows(RTTM, 2, " ", {3: False, 4: False, 8: True})
    track = "0.5\t1.25\trobin\n" * 3
    cases += [case for case in damaged_rows(track, 1, "\t", {0: False, 1: False}) if case[2] != 3]
    track, grid = "0\t1\ta\n", LONG.replace
    cases += [
        (track + "\\\t1\n", 2, 1),
        (track + "\\\t1\tx\n", 2, 3),
        (track + "\\\ty\t2\n", 2, 2),
        (track + "\\\t9\t2\n", 2, 3),
        (track + "\\\t1\t2\n\\\t1\t2\n", 3, 1),
        (track + "2\n", 2, 2),
        (track + "5\t4\tb\n", 2, 2),
        (RAVEN.replace("1.25", "0.25"), 2, 5),
        (RAVEN.replace("1000.0", "5000.0"), 3, 7),
        (RAVEN.replace("1000.0", "-5"), 3, 6),
        (RTTM.replace("SPEAKER a 1 2", "SPEAK a 1 2"), 4, 1),
        (RTTM.replace(" 0.75 ", " -1 "), 3, 5),
        (BIRDNET.replace('an"', "an"), 2, 1),
        ("a,b\n1,2\n", 1, 1),
        ("hello world\n", 1, 1),
        (grid("xmax = 0.5", "xmax = 0,5"), 17, 20),
        (grid('"robin"', '"robin'), 26, 23),
        (grid("size = 3", "size = 2"), 24, 20),
        (grid("size = 3", "size = 4"), 28, 17),
        (grid('"TextTier"', '"Texttier"'), 28, 17),
        (grid("xmin = 1.25", "xmin = 3.25"), 25, 20),
        (grid('= "peak"', "= "), 36, 1),
        (grid('"TextGrid"', '"Sound"'), 2, 16),
    ]
    lines = SHORT.split("\n")
    cases += [("\n".join(lines[:n]) + "\n", n + 1, 1) for n in range(3, len(lines) - 1)]
    return cases


@pytest.mark.slow
def test_damaged_tables_are_refused_where_they_are_damaged(tmp_path: Path) -> None:
    file, cases = tmp_path / "labels.txt", damaged()
    assert len(cases) >= 200
    for text, line, column in cases:
        file.write_text(text, encoding="utf-8")
        with pytest.raises(LabelFileError) as caught:
            pv.read_labels(file)
        error = caught.value
        assert error.line == line, (text, str(error))
        assert column in (error.column, None), (text, str(error))
        name = f"{tmp_path.name}/labels.txt"
        assert str(error).startswith(f"'{name}', line {line}, column {error.column}")
        assert len(str(error)) <= 500


def test_what_is_no_table(tmp_path: Path, read: Any) -> None:
    with pytest.raises(LabelFileNotFoundError, match=r"There is no file '.*none.txt'"):
        pv.read_labels(tmp_path / "none.txt")
    with pytest.raises(LabelFileError, match=r"is a folder\. Give the table in it that is of the"):
        pv.read_labels(tmp_path)
    with pytest.raises(LabelFileError, match="holds bytes of 0 from line 2 on: it is no text"):
        read(b"RIFF\n\0\1\2\3\4\5\6\7\7\7\7\7\7")
    with pytest.raises(LabelFileError, match=r"is a binary file of Praat. Save it there as a text"):
        read(b"ooBinaryFile\x08TextGrid" + bytes(8) + b"\x40\x02\x66\x66\x66\x66\x66\x66\1")
    with pytest.raises(LabelFileError, match=r"is a chronological TextGrid of Praat. Save it the"):
        read('"Praat chronological TextGrid text file"\n0 1 ! Time domain.\n1 ! Number of tiers.\n')
    with pytest.raises(InvalidTypeError, match=r"path is of type int. It must be the path of a"):
        pv.read_labels(3)  # type: ignore[arg-type]


def test_the_columns_wanted_and_those_found(read: Any) -> None:
    with pytest.raises(LabelFileError) as caught:
        read("from,to,what\n1,2,a\n")
    assert str(caught.value) == (
        "'north/labels.txt', "
        "line 1, column 1: wanted start_time (or start, start (s), begin time (s) "
        "...); end_time (or end, end (s), end time (s), duration ...); label (or labels, "
        "annotation, event_label ...); found the columns 'from', 'to', 'what'."
    )


# -- in memory ---------------------------------------------------------------------------------


def test_frames_of_any_library_and_records() -> None:
    columns = {"Start": [0.5, 2], "stop": [1.25, 2.5], "species": ["robin", "wren"]}
    expected = as_labels(pd.DataFrame(columns))
    assert rows(expected) == BIRDS
    records = [{"start_time": a, "end_time": b, "label": c} for a, b, c in BIRDS]
    for data in (pl.DataFrame(columns), pl.LazyFrame(columns), columns, records, BIRDS,
                 pd.DataFrame(columns).set_index(["Start", "stop"]),
                 pd.DataFrame(columns).astype({"species": "category"})):  # fmt: skip
        pd.testing.assert_frame_equal(as_labels(data), expected)
    again = as_labels(expected)
    pd.testing.assert_frame_equal(again, expected)
    again.loc[0, "label"] = "crow"
    assert expected["label"][0] == "robin"  # a copy
    assert as_labels([]).empty


@pytest.mark.parametrize("form", ["pandas", "polars", "pyarrow", "tuples", "bytes"])
def test_several_names_in_one_cell_are_no_name_of_a_class(form: str) -> None:
    """As tables of clips with several classes have them: ['a', 'b'] was a class of that name."""
    columns: dict[str, Any] = {"start_time": [0.0, 1.0, 2.0], "end_time": [1.0, 2.0, 3.0]}
    names: list[Any] = [["a"], ["b", "c"], []]
    if form == "tuples":
        names = [*map(tuple, names)]
    if form == "bytes":
        names = [b"a", b"b", b"c"]
    makes: dict[str, Any] = {"polars": pl.DataFrame, "pyarrow": pa.table}
    table = makes.get(form, pd.DataFrame)(columns | {"label": names})
    scored = makes.get(form, pd.DataFrame)(columns | {"label": names, "score": [0.5] * 3})
    said = r"\['label'\]\.str\.decode\('utf-8'\)" if form == "bytes" else r"\.explode\('label'\)"
    with pytest.raises(InvalidValueError, match=rf"^labels, row 0, column .*: table{said}"):
        as_labels(table)
    patches = pv.Spectrogram(np.zeros((4, 30)), sr=10, hop_length=1).patches(duration=1.0)
    with pytest.raises(InvalidValueError, match=rf"^scores: .*: table{said}"):
        patches.with_scores(scored)
    if form == "pandas":
        assert as_labels(table.explode("label"))["label"].tolist() == ["a", "b", "c", ""]


def test_what_is_missing_among_categories_is_missing() -> None:
    """Of those of Arrow numpy has the last one there: whom nobody named was a wren."""
    columns = {"start_time": [0.5, 1.0, 2.0], "end_time": [1.0, 2.0, 3.0]}
    labels = pa.array(["robin", None, "wren"])
    for of_any in (labels, labels.dictionary_encode()):
        table = pa.table({**columns, "label": of_any})
        for data in (table, pl.from_arrow(table), table.to_pandas()):
            assert as_labels(data)["label"].tolist() == ["robin", "", "wren"]


def test_an_index_that_is_a_column_too() -> None:
    frame = pd.DataFrame({"start_time": [1.0], "end_time": [2.0], "label": ["robin"]})
    assert rows(as_labels(frame.set_index("start_time", drop=False))) == [(1.0, 2.0, "robin")]
    assert rows(as_labels(frame.set_index(["start_time", "end_time"]))) == [(1.0, 2.0, "robin")]


def test_a_row_of_nothing_was_looked_at() -> None:
    frame = pd.DataFrame(
        {"file": ["a", "b"], "start_time": [NAN, 1.0], "end_time": [NAN, 2.0],
         "annotation": [None, "robin"]}
    )  # fmt: skip
    labels = as_labels(frame)
    assert rows(labels) == [(1.0, 2.0, "robin")]
    assert labels["file"].tolist() == ["b"]


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ({"start": [0, 1], "end": [1, NAN], "label": ["a", "b"]}, InvalidValueError,
         "labels, row 1, column 'end': nan is no finite number."),
        ({"start": [0, 3], "end": [1, 2], "label": ["a", "b"]}, InvalidValueError,
         "labels, row 1, column 'end': 2 s is before the start, 3 s."),
        ({"start": ["0", "x"], "end": [1, 2], "label": ["a", "b"]}, InvalidValueError,
         "labels, row 1, column 'start': 'x' is no number."),
        ({"start": [0, 0], "end": [1, 10**400], "label": ["a", "b"]}, InvalidValueError,
         "labels, row 1, column 'end': 1000"),
        ({"start": pd.to_datetime(["2024"]), "end": [1], "label": ["a"]}, InvalidValueError,
         "labels, row 0, column 'start': holds datetime64"),
        ({"start": [0], "robin": [1]}, InvalidValueError,
         "labels: wanted end_time (or end, end (s), end time (s), duration ...); label (or labels, "
         "annotation, event_label ...); found the columns 'start', 'robin'."),
        ([(0, 1)], InvalidTypeError, "labels[0] is (0, 1). Records are mappings such as"),
        (3, InvalidTypeError, "labels is of type int. It must be a path, a data frame, or records"),
    ],
)  # fmt: skip
def test_frames_that_are_wrong(data: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        as_labels(data)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("times", "remedy"),
    [
        (pd.to_datetime(["2024-05-12"]),
         "Take away when the recording began: (table['start'] - began).dt.total_seconds()."),
        (pd.to_timedelta(["5s"]), "table['start'].dt.total_seconds() are."),
    ],
)  # fmt: skip
def test_how_moments_become_seconds_is_said(times: Any, remedy: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        as_labels({"start": times, "end": [1], "label": ["a"]})
    assert str(caught.value).endswith(f", not seconds or hertz as numbers. {remedy}")


# -- and back ----------------------------------------------------------------------------------

TIMES = st.floats(0, 1e5, allow_subnormal=False)
HERTZ = st.one_of(st.just(NAN), st.floats(0, 1e5, allow_subnormal=False))
NAMES = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" \"',;\\"), min_size=1
).map(str.strip)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    names = ["start_time", "end_time", "label", "low_f", "high_f", "score"]
    table = [
        (*sorted([draw(TIMES), draw(TIMES)]), draw(NAMES),
         *np.sort([draw(HERTZ), draw(HERTZ)]), draw(st.one_of(st.just(NAN), st.floats(0, 1))))
        for _ in range(draw(st.integers(1, 5)))
    ]  # fmt: skip
    return pd.DataFrame(table, columns=names)


@settings(deadline=None, max_examples=15)
@given(table=tables(), format=st.sampled_from(["raven", "audacity", "csv"]))
def test_what_was_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, table: pd.DataFrame, format: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "again.txt"
    if format == "audacity":
        table["score"] = NAN
    if (table["label"].str.len() == 0).any():
        table["label"] += "x"
    assert pv.write_labels(table, file, format=format) == file
    again = pv.read_labels(file)
    pd.testing.assert_frame_equal(again, table, check_exact=True)


def test_writing_for_raven_and_audacity(tmp_path: Path, read: Any) -> None:
    labels = read(OPENSOUNDSCAPE)
    raven = pv.write_labels(labels, tmp_path / "a.selections.txt").read_text(encoding="utf-8")
    assert raven == tabs(
        HEAD + "|Annotation|Begin Path|File Offset (s)",
        "1|Spectrogram 1|1|0.5|1.25|2000|4000.5|robin|a.wav|0.5",
        "2|Spectrogram 1|1|2|2.5|||wren|a.wav|2",
    )
    assert read(raven)["file"].tolist() == ["a.wav", "a.wav"]
    with pytest.warns(UserWarning, match="^file of the labels is left out: an Audacity label"):
        file = pv.write_labels(labels, tmp_path / "a.txt", format="audacity")
    assert file.read_text() == "0.5\t1.25\trobin\n\\\t2000\t4000.5\n2\t2.5\twren\n"


@pytest.mark.parametrize(
    ("format", "where"),
    [
        *(("raven", "a Raven selection table"), ("audacity", "an Audacity label track")),
        ("csv", "a CSV table of labels"),
    ],
)
def test_tiers_are_not_lost_without_a_word(tmp_path: Path, format: str, where: str) -> None:
    labels = pd.DataFrame({"start": [0], "end": 1, "label": "a", "tier": "words", "file": ""})
    with pytest.warns(UserWarning, match=f"^tier of the labels is left out: {where} has no place"):
        pv.write_labels(labels, tmp_path / "a.txt", format=format)


def test_blanks_around_a_label_are_not_lost_without_a_word(tmp_path: Path) -> None:
    said = r"^2 of the labels begin or end with a blank, first ' robin': whoever reads them takes "
    with pytest.warns(UserWarning, match=said):
        file = pv.write_labels(
            [(0, 1, " robin"), (1, 2, "wren "), (2, 3, "owl")], tmp_path / "a.csv"
        )
    assert pv.read_labels(file)["label"].tolist() == ["robin", "wren", "owl"]


def test_picked_patches_are_written(tmp_path: Path) -> None:
    """Patches of several classes, of none, and what a table of labels has no place for."""
    labels = [(0, 0.2, "robin"), (0.1, 0.2, "wren")]
    spec = pv.Spectrogram(np.zeros((2, 100)), sr=1000, hop_length=10).with_labels(labels)
    patches = spec.patches(frame_length=10)
    patches = patches.with_scores(np.linspace(0, 1, 10), classes=["robin"])[[0, 1, 5]]
    lost = "^patch, filled, robin of the labels are left out: a Raven selection table has no place"
    none = r"^1 of 3 patches in the table is of no class, and becomes no label\.$"
    with pytest.warns(UserWarning, match=lost), pytest.warns(UserWarning, match=none):
        file = pv.write_labels(patches.to_frame(), tmp_path / "a.selections.txt")
    again = pv.read_labels(file)
    assert again["label"].tolist() == ["robin", "robin", "wren"]
    assert again["start_time"].tolist() == pytest.approx([0, 0.1, 0.1])
    again.loc[3] = [0.5, 0.6, "", NAN, NAN, NAN]
    with pytest.warns(UserWarning, match="no name") as caught:
        assert spec.with_labels(again)._label_index.classes == ("", "robin", "wren")
    assert str(caught[0].message) == (
        "1 of 4 labels has no name: they are of the class ''. Leave them out, "
        'labels[labels.label != ""], or say which column names them: read_labels(path, label=...).'
    )
    with pytest.raises(InvalidTypeError) as error:
        pv.write_labels(patches, file)
    assert str(error.value).startswith("labels is of type Patches. It must be a path, a data frame")
    assert str(error.value).endswith('"label": "robin"}]: to_frame() returns what is wanted.')
    batch = pv.Patches.from_batch(np.zeros((3, 2, 4)), labels=["a", "b", "a"])
    with pytest.raises(InvalidValueError) as error:
        pv.write_labels(batch.to_frame(), file)
    assert str(error.value) == (
        "labels, row 0, column 'start_time': no row has a time; the items of Patches.from_batch "
        "have none, either."
    )
    with pytest.raises(InvalidValueError) as error:
        pv.write_labels(patches.to_frame().drop(columns="labels"), file)
    assert str(error.value).startswith("labels: wanted label (or labels, annotation, event_label")
    assert str(error.value).endswith(
        "'robin'; patches become labels where one is named: table.assign(label='robin')."
    )
    named = patches.to_frame().assign(label="robin", score=lambda table: table["robin"])
    with pytest.warns(UserWarning, match="^patch, filled, labels, robin of the labels are left"):
        again = pv.read_labels(pv.write_labels(named, file))
    assert again["label"].tolist() == ["robin"] * 3
    np.testing.assert_allclose(again["score"], [0, 1 / 9, 5 / 9])


@pytest.mark.parametrize(
    "labels",
    [
        {"file": ["b.wav", "a.wav"], "start_time": [np.nan, 0], "end_time": [np.nan, 3],
         "label": [None, "wren"]},
        {"file": ["b.wav", "a.wav"], "start_time": 0, "end_time": 3, "wren": [0, 1]},
        {"File": ["b.wav", "a.wav"], "Start (s)": 0, "End (s)": 3, "Confidence": 1.0,
         "Common name": ["nocall", "wren"]},
    ],
)  # fmt: skip
def test_a_file_in_which_there_is_nothing_stays_one_that_somebody_labelled(
    labels: dict[str, Any], tmp_path: Path
) -> None:
    table = pd.DataFrame(labels)
    file = pv.write_labels(table, tmp_path / "all.csv")
    first, *rows = file.read_text().splitlines()
    assert first.startswith("file,start_time,end_time,label")
    assert [row.split(",")[0] for row in rows] == ["a.wav", "b.wav"]
    assert rows[1].strip(",") == "b.wav"
    assert as_labels(file).attrs[SILENT] == as_labels(table).attrs[SILENT] == ["b.wav"]
    with pytest.raises(InvalidValueError, match="labels are those of 2 files, and a Raven"):
        pv.write_labels(table, tmp_path / "a.selections.txt")


def test_what_is_called_csv_is_csv(tmp_path: Path) -> None:
    """Of several files too; Raven's only where that is asked."""
    rows = [("a.wav", 0.5, 1.25, "Warbler, Yellow", 0.75), ("b.wav", 2, 2.5, "wren", np.nan)]
    labels = pd.DataFrame(rows, columns=["file", "start_time", "end_time", "label", "score"])
    file = pv.write_labels(labels, tmp_path / "Both.CSV")
    assert file.read_text() == (
        "file,start_time,end_time,label,score\n"
        'a.wav,0.5,1.25,"Warbler, Yellow",0.75\n'
        "b.wav,2,2.5,wren,\n"
    )
    again = pv.read_labels(file)
    pd.testing.assert_frame_equal(again[labels.columns], pd.DataFrame(labels), check_dtype=False)
    assert pv.write_labels([(0, 1, "a")], file, format="raven").read_text().startswith("Selection")
    assert pv.write_labels([], file).read_text() == "start_time,end_time,label\n"
    assert pv.read_labels(file).empty


@pytest.mark.parametrize("name", ["a.TextGrid", "a.rttm", "a.json", "a.parquet"])
def test_nothing_is_called_as_what_it_is_not(tmp_path: Path, name: str) -> None:
    """These would be Raven's tables, which no program looks for there."""
    with pytest.raises(InvalidValueError) as caught:
        pv.write_labels([(0, 1, "a")], tmp_path / name)
    assert str(caught.value).endswith(
        f"{name}': labels are not written as {Path(name).suffix.lower()}. It must be a name that "
        "ends in .csv or .txt. Or say what it is to be: format='raven', 'audacity' or 'csv'."
    )
    assert not (tmp_path / name).exists()
    assert pv.write_labels([(0, 1, "a")], tmp_path / name, format="raven").exists()


AWKWARD = ["Warbler, Yellow", 'say "hi"', '"quoted"', "a,", "", "plain", ', "', " b"]


@pytest.mark.parametrize("format", ["raven", "audacity", "csv"])
def test_names_of_picked_patches_stay_whole(format: str, tmp_path: Path) -> None:
    """A class whose name holds what parts classes, through every way back."""
    names = ["Warbler, Yellow", "c", 'a "b", d']
    rows = [(0.0, 0.1, names[0]), (0.0, 0.1, names[1]), (0.3, 0.4, names[2])]
    spec = pv.Spectrogram(np.zeros((2, 100)), sr=1000, hop_length=10).with_labels(rows)
    table = spec.patches(frame_length=10).to_frame()
    table.to_csv(tmp_path / "m.csv")
    ways = (
        lambda: pv.read_labels(pv.write_labels(table, tmp_path / "m.txt", format=format)),
        lambda: spec.with_labels(table).labels,
        lambda: pv.read_labels(tmp_path / "m.csv"),
    )
    for way in ways:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            labels = way()
        assert list(labels["label"]) == names
        assert "8 of 10 patches in the table are of no class, and become no labels." in {
            str(warning.message) for warning in caught
        }


def test_names_are_joined_and_parted() -> None:
    for n in range(len(AWKWARD)):
        for some in itertools.permutations(AWKWARD, min(n, 3)):
            assert parted_names(joined_names(some)) == list(some)
    assert joined_names(["robin", "wren"]) == "robin, wren"
    assert parted_names('"unclosed, b') == ['"unclosed', "b"]


def test_columns_that_are_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("start,end,label,Label\n0,1,a,b\n")
    with pytest.raises(LabelFileError) as caught:
        pv.read_labels(path)
    assert str(caught.value) == (
        f"'{tmp_path.name}/a.csv', "
        "line 1, column 4 ('Label'): is there twice. Rename or remove one of them."
    )
    for second in ("label", "Label"):
        twice = pd.DataFrame([[0, 1, "a", "b"]], columns=["start", "end", "label", second])
        with pytest.raises(InvalidValueError) as error:
            pv.write_labels(twice, path)
        assert str(error.value) == (
            f"labels: the column {second!r} is there twice. Rename or remove one of them."
        )
    arrays = [pa.array([value]) for value in (0, 1, "a", "b")]
    of_arrow = pa.table(arrays, names=["start", "end", "label", "label"])
    with pytest.raises(InvalidValueError, match="labels: the column 'label' is there twice"):
        pv.write_labels(of_arrow, path)


@pytest.mark.parametrize("again", ["Annotation", "annotation", "End Time (s)", "Begin_Time (s)"])
def test_columns_of_raven_that_are_there_twice(read: Any, again: str) -> None:
    with pytest.raises(LabelFileError) as caught:
        read(tabs(f"{HEAD}|Annotation|{again}", "1|S|1|5|6|100|200|x|7"))
    assert str(caught.value).endswith(
        f"line 1, column 9 ({again!r}): is there twice. Rename or remove one of them."
    )


def test_how_columns_are_written_makes_no_difference() -> None:
    spec = pv.Spectrogram(np.zeros((2, 100)), sr=1000, hop_length=10)
    labels = spec.with_labels([{"startTime": 0, "EndTime": 0.5, "label": "a", "lowf": 5}]).labels
    assert labels.loc[0, ["end_time", "low_f"]].tolist() == [0.5, 5]


def test_a_folder_is_no_table_of_labels(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r" is a folder\. Name a file in it: .*selections"):
        pv.write_labels([(1, 2, "a")], tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"annotations": [\n {"start": 0.5'),  # not even whole
        ("a.txt", '[{"start_time": 0.5, "end_time": 1, "label": "x"}]'),
        ("a.jsonl", 2 * '{"start_time": 0.5, "end_time": 1, "label": "x"}\n'),
    ],
)
def test_json_is_told_as_what_it_is(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(LabelFileError) as caught:
        pv.read_labels(path)
    assert str(caught.value) == (
        f"'{tmp_path.name}/{name}', line 1, column 1: "
        "is JSON, in which each program lays out labels as it likes. "
        "Read it, and give what is in it as records: spec.with_labels("
        '[{"start_time": 0.5, "end_time": 1.25, "label": "robin"}]), or as a frame: '
        "pandas.read_json(...)."
    )


def test_a_sound_file_is_no_text(tmp_path: Path) -> None:
    """Nothing is said of its encoding first."""
    path = tmp_path / "x.wav"
    path.write_bytes(b"RIFF\xff\xfe\0\0\x99WAVE\n" * 3)
    with pytest.raises(LabelFileError, match=r"/x\.wav' holds bytes of 0 from line 1 on: it"):
        pv.read_labels(path)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("good")
    two = pd.DataFrame({"file": ["a", "b"], "start": [0, 0], "end": [1, 1], "label": ["x", "y"]})
    name = pd.Series(["caf\udce9.wav"], dtype=object)  # as Linux calls a file of another encoding
    named = two[:1].assign(file=name)
    for labels, options, message in (
        ([(0, 1, "a\tb")], {}, r"labels: 'a\\tb' holds a tab, the end of a line or a NUL"),
        ([(0, 1, "\0nul")], {}, r"labels: '\\x00nul' holds a tab, the end of a line or a"),
        ([(0, 1, "caf\udce9")], {}, r"labels: 'caf\\udce9' holds halves of characters"),
        (named, {}, r"labels: 'caf\\udce9.wav' holds halves of characters"),
        (two, {}, "labels are those of 2 files, and a Raven selection table has one. Write one"),
        (two, {"format": "audacity"}, "2 files, and an Audacity label track has one. Write one"),
        ([(0, 1, "a")], {"format": "praat"}, "format='praat' is not allowed. It must be one of"),
    ):
        with pytest.raises(InvalidValueError, match=message):
            pv.write_labels(labels, file, **options)
    assert file.read_text() == "good"
    with pytest.raises(InvalidValueError, match="there is no folder"):
        pv.write_labels([], tmp_path / "none" / "a.txt")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pv.write_labels([], file)
    assert pv.read_labels(file).empty
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
