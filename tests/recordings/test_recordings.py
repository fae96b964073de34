"""Many recordings: every patch of every file has a number, and is what its own file gives."""

from __future__ import annotations

import os
import pickle
import re
import struct
import tracemalloc
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz.audio import kept
from patchviz.errors import (
    AudioFileError,
    AudioFileNotFoundError,
    InvalidTypeError,
    InvalidValueError,
    PatchIndexError,
)
from patchviz.recordings import recordings as module
from patchviz.recordings.paths import Paths

from .conftest import SR, Write

OPTIONS: dict[str, Any] = {"duration": 1.0, "hop_duration": 0.25, "sr": None, "n_mels": 16}


@pytest.fixture
def recordings(folder: Path) -> pv.Recordings:
    return pv.Recordings(folder, **OPTIONS)


def alone(file: str) -> pv.Patches:
    """The same patches from the file alone."""
    spec = pv.Spectrogram.from_file(file, sr=None, n_mels=16)
    return spec.patches(duration=1.0, hop_duration=0.25)


# -- which patch is which ----------------------------------------------------------------------


def test_every_number_is_one_patch_of_one_file(recordings: pv.Recordings) -> None:
    files = recordings.files
    assert [Path(file).name for file in files["file"]] == ["a.wav", "c.wav", "b.flac"]
    assert files["first"].tolist() == [0, *np.cumsum(files["n_patches"])[:-1]]
    assert len(recordings) == files["n_patches"].sum()
    position = 0
    for row, file in enumerate(files["file"]):
        own = alone(file)
        assert files["n_patches"][row] == len(own)
        for k in range(len(own)):
            assert recordings.find(position) == (row, k)
            one = recordings[position]
            np.testing.assert_array_equal(one[0], own[k])
            assert (one.numbers.tolist(), one.time(0)) == ([k], own.time(k))
            assert one.spectrogram.name == Path(file).name
            position += 1
    assert position == len(recordings)
    np.testing.assert_allclose(recordings.times[-1], own.time(-1))


def test_iteration_gives_what_numbers_give(recordings: pv.Recordings) -> None:
    found = [(one.spectrogram.name, int(one.numbers[0])) for one in recordings]
    assert len(found) == len(recordings)
    expected = [recordings[i] for i in (0, 8, len(recordings) - 1)]
    assert [found[0], found[8], found[-1]] == [
        (one.spectrogram.name, int(one.numbers[0])) for one in expected
    ]


def test_some_are_recordings_again(recordings: pv.Recordings) -> None:
    last = len(recordings) - 1
    some = recordings[[2, 5, last]]
    assert (len(some), some.numbers.tolist()) == (3, [2, 5, last])
    assert [Path(file).name for file in some.files["file"]] == ["a.wav", "b.flac"]
    assert some.files["n_patches"].tolist() == [2, 1]
    assert some.patches(0).numbers.tolist() == [2, 5]
    np.testing.assert_array_equal(some[1][0], recordings[5][0])
    np.testing.assert_array_equal(some.times, recordings.times[[2, 5, last]])
    again = some[[False, True, True]]
    assert again.numbers.tolist() == [5, last]
    assert again.find([0, 1])[1].tolist() == [5, recordings.find(last)[1]]
    assert recordings[3:6].numbers.tolist() == [3, 4, 5]
    assert repr(again) == (
        "Recordings: 2 patches of 0.960 s every 0.192 s (asked for 1 s every 0.25 s), some of 42, "
        "of 2 files, 8.000 s"
    )


def test_a_position_that_is_not_there_is_refused(recordings: pv.Recordings) -> None:
    n = len(recordings)
    with pytest.raises(PatchIndexError, match=f"index={n} is out of range: there are {n} patches"):
        recordings[n]
    with pytest.raises(PatchIndexError, match="of 3 files"):
        recordings.find([0, -n - 1])
    with pytest.raises(InvalidValueError, match="do not rise"):
        recordings[[5, 2]]
    with pytest.raises(InvalidTypeError, match="no positions of patches"):
        recordings.find([0.5])
    assert recordings.find(-1) == recordings.find(n - 1)


def check_counts(
    folder: Path, seconds: list[float], sr: int, rate: int | None, carving: dict[str, Any]
) -> None:
    """Compare what headers tell of files with what these become."""
    paths = []
    for k, length in enumerate(seconds):
        path = folder / f"{k}.{('wav', 'flac', 'ogg', 'aiff')[k]}"
        soundfile.write(path, np.full(round(length * sr), 0.01), sr)
        paths.append(path)
    options: dict[str, Any] = {"sr": rate, "kind": "stft", "n_fft": 256, "hop_length": 64}
    expected = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sounds that are shorter than a window
        for path in paths:
            spec = pv.Spectrogram.from_file(path, **options)
            try:
                expected.append(len(spec.patches(**carving)))
            except InvalidValueError:  # it is shorter than a patch
                expected.append(0)
        if not sum(expected):
            with pytest.raises(InvalidValueError, match=f"none of {len(paths)} can be used"):
                pv.Recordings(paths, **carving, **options)
            return
        found = pv.Recordings(paths, **carving, **options)
        assert found.files["n_patches"].tolist() == expected
        row = int(np.argmax(expected))
        patches = found.patches(row)
    first = found.files["first"][row]
    assert len(patches) == expected[row]
    np.testing.assert_allclose(found.times[first : first + len(patches)], patches.times)


@pytest.mark.parametrize(
    ("tail", "rate", "hop"), [("drop", 16000, 0.05), ("pad", None, 0.7), ("overlap", 11025, None)]
)
def test_headers_tell_how_many_patches_there_are(
    tmp_path: Path, tail: str, rate: int | None, hop: float | None
) -> None:
    carving = {"duration": 0.35, "hop_duration": hop, "tail": tail}
    check_counts(tmp_path, [1.0, 0.35, 0.2, 1.913], 11025, rate, carving)


@pytest.mark.soak
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=st.lists(st.floats(0.02, 2.0), min_size=1, max_size=4),
    sr=st.sampled_from([8000, 11025, 44100]),
    rate=st.sampled_from([None, 8000, 16000]),
    duration=st.sampled_from([0.1, 0.35, 1.0]),
    hop=st.sampled_from([None, 0.05, 0.7]),
    tail=st.sampled_from(["drop", "pad", "overlap"]),
)
def test_headers_tell_how_many_patches_there_are_whatever_is_asked(
    tmp_path: Path,
    seconds: list[float],
    sr: int,
    rate: int | None,
    duration: float,
    hop: float | None,
    tail: str,
) -> None:
    carving = {"duration": duration, "hop_duration": hop, "tail": tail}
    check_counts(tmp_path, seconds, sr, rate, carving)


def test_a_least_filling_counts_as_patches_count_it(write: Write) -> None:
    paths = [write(f"{k}.wav", seconds) for k, seconds in enumerate((1.1, 1.6, 0.3))]
    options = {"sr": None, "duration": 1.0, "tail": "pad", "min_filled": 0.4, "n_mels": 8}
    with pytest.warns(UserWarning, match="1 of 3 files cannot be used") as said:
        found = pv.Recordings(paths, **options)
    assert "lasts 0.300 s: fills no patch by min_filled=0.4" in str(said[0].message)
    assert found.files["n_patches"].tolist() == [1, 2, 0]
    assert len(found.patches(1)) == 2


# -- which files -------------------------------------------------------------------------------


def test_a_glob_a_folder_paths_and_tables_name_the_same_files(
    folder: Path, recordings: pv.Recordings, tmp_path: Path
) -> None:
    files = recordings.files["file"]
    (tmp_path / "files.csv").write_text("file;site\n" + "".join(f"{f};x\n" for f in files))
    for given_as in (
        f"{folder}/**/*.*",
        [Path(file) for file in files],
        iter(files),
        {"file": files},
        pd.DataFrame({"audio_path": files}),
        pl.DataFrame({"file": list(files)}),
        pl.LazyFrame({"file": list(files)}),
        tmp_path / "files.csv",
    ):
        found = pv.Recordings(given_as, **OPTIONS)
        assert sorted(found.files["file"]) == sorted(files)
        assert len(found) == len(recordings)


def test_other_columns_come_along(recordings: pv.Recordings) -> None:
    table = pd.DataFrame({"site": [4, 5, 6], "file": recordings.files["file"], "who": list("xyz")})
    files = pv.Recordings(table, **OPTIONS).files
    assert (files["site"].tolist(), files["who"].tolist()) == ([4, 5, 6], list("xyz"))
    assert files.columns.tolist() == [
        "file", "site", "who", "sr", "n_channels", "n_samples", "size", "modified", "start",
        "n_patches", "first", "error",
    ]  # fmt: skip


def test_what_cannot_be_read_is_a_row_and_one_warning(write: Write, tmp_path: Path) -> None:
    good = write("good.wav")
    (tmp_path / "text.wav").write_text("no sound")
    stereo, short = write("stereo.wav", n_channels=2), write("short.wav", 0.2)
    paths = [tmp_path / "gone.wav", good, tmp_path / "text.wav", stereo, short]
    with pytest.warns(UserWarning, match="^4 of 5 files cannot be used, first ") as said:
        found = pv.Recordings(paths, **OPTIONS)
    assert len(said) == 1
    assert said[0].filename == __file__
    files = found.files
    assert files["n_patches"].tolist() == [0, len(found), 0, 0, 0]
    assert "There is no file" in files["error"][0]
    assert files["error"][1] == ""
    assert "has 2 channels, and a spectrogram shows one" in files["error"][3]
    assert "lasts 0.200 s, less than a patch of 1 s" in files["error"][4]
    with pytest.raises(InvalidValueError, match=r"has no patches: has 2 channels"):
        found.patches(3)
    assert len(pv.Recordings([good, stereo], mono=True, **OPTIONS)) == 2 * len(found)


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        (3, InvalidTypeError, "files=3 is of type int. It must be a folder, a glob"),
        ([3], InvalidTypeError, "files hold 3, of type int"),
        (
            ["/"],
            InvalidValueError,
            "files are folders, first '/'. Name files of several by a "
            r"pattern, such as .season/\*/\*.wav., or the folder above\.",
        ),
        ([], InvalidValueError, "are none"),
        (
            "nowhere/*.wav",
            AudioFileNotFoundError,
            r"files='nowhere/\*.wav': there is no such "
            "file, and as a pattern it fits none",
        ),
        ({"name": ["a"]}, InvalidValueError, "have the columns 'name'"),
        ({"file": ["a", None]}, InvalidValueError, "1 of 2 rows name no file"),
        ({"file": []}, InvalidValueError, "the table has no rows"),
    ],
)
def test_files_that_are_none_are_refused(files: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        pv.Recordings(files, duration=1.0)


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "files.csv"
    for content, message in ((b"", "No columns to parse"), (b"\xff\x00", "can't decode byte")):
        path.write_bytes(content)
        with pytest.raises(InvalidValueError, match=f"cannot be read as a table: .*{message}"):
            pv.Recordings(path, duration=1.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("site,file\nx,{0},{1}\ny,{1},{0}\n", "line 2, column 3: the row has 3 columns"),
        ("file,site\n{0}\n{1},y\n", "line 2, column 2: the row has 1 columns"),
        ("file,site,site\n{0},x,1\n{1},y,1\n", "line 1, column 3 ('site'): is there twice"),
    ],
)
def test_a_table_of_files_is_read_as_it_is(
    folder: Path, tmp_path: Path, text: str, message: str
) -> None:
    """No row is shifted: a column more would make files of what is in another one."""
    sounds = sorted(folder.glob("*.wav"))[:2]
    path = tmp_path / "files.csv"
    path.write_text(text.format(*sounds))
    with pytest.raises(InvalidValueError, match=f"table: .*{re.escape(message)}"):
        pv.Recordings(path, duration=0.1)


def test_what_a_table_of_files_calls_so_stays_text(write: Write, tmp_path: Path) -> None:
    """Site 001 is no number 1, and blanks beside commas are no part of a name."""
    one, two = write("001.wav"), write("002.wav")
    path = tmp_path / "files.csv"
    path.write_text(
        "file, site,n,lat,at, by,\n"
        f"{one},001,7,0.50,05:30, Ann ,\n"
        f"{two},002,08,-1.5,05:40,Bo,\n"
    )  # fmt: skip
    recordings = pv.Recordings(path, **OPTIONS)
    files = recordings.files
    assert files["site"].tolist() == ["001", "002"]
    assert files["n"].tolist() == ["7", "08"]
    assert files["lat"].tolist() == [0.5, -1.5]
    assert files["at"].tolist() == ["05:30", "05:40"]
    assert files["by"].tolist() == ["Ann", "Bo"]
    assert not [name for name in files.columns if "Unnamed" in name]
    assert set(recordings.groups(by="site")) == {"001", "002"}
    assert set(recordings.groups(by="by")) == {"Ann", "Bo"}
    files.to_csv(path, index=False)
    assert pv.Recordings(path, **OPTIONS).files["site"].tolist() == ["001", "002"]


def test_labels_of_a_table_of_files_are_text(write: Write, tmp_path: Path) -> None:
    """As read_labels has them: class 01 is not class 1, and 1.50 is not 1.5."""
    path = tmp_path / "files.csv"
    rows = f"{write('a.wav')},01\n{write('b.wav')},1.50\n{write('c.wav')},\n"
    path.write_text(f"file,label\n{rows}", encoding="utf-8")
    recordings = pv.Recordings(path, **OPTIONS)
    assert recordings.classes == ("01", "1.50")
    assert recordings.files["label"].fillna("").tolist() == ["01", "1.50", ""]


def test_rows_that_name_patches_are_found_by_their_times(recordings: pv.Recordings) -> None:
    on = ["file", "start_time", "end_time"]
    table = recordings.to_frame()[on]
    again = pv.Recordings(table, sr=None, n_mels=16).to_frame()
    assert len(again.merge(table, on=on)) == len(table)


def test_options_are_checked_before_a_file_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "table_of", lambda *_, **__: pytest.fail("a header was read"))
    for options, message in (
        ({}, "duration is missing"),
        ({"duration": 0}, "duration=0"),
        ({"duration": 1, "tail": "cut"}, "tail='cut' is not allowed"),
        ({"duration": 1, "kind": "mal"}, "Did you mean 'mel'"),
        ({"duration": 1, "n_mel": 3}, "n_mel is no option of kind='mel'"),
        ({"duration": 1, "offset": 3}, "offset is an option of one recording, and not of many"),
        ({"duration": 1, "name": "a"}, "Leave it out: recordings are called as their files are"),
        ({"duration": 1, "fmax": 9000, "sr": 8000}, "is no range at a sampling rate of 8000 Hz"),
        ({"duration": 0.001}, "is shorter than one frame"),
        ({"duration": 1, "hop_duration": 1, "starts": [1]}, "are given together"),
        ({"duration": 1, "starts": [2, 1]}, "do not rise"),
        ({"duration": 1, "pad_value": 1}, "pad_value=1 has no use with tail='drop'"),
        ({"duration": 1, "channel": 1, "mono": True}, "mixes them"),
        ({"duration": 1, "start": "noon"}, "is no time"),
        ({"duration": 1, "kind": lambda y, sr: y, "cache": True}, "is not known by its name alone"),
        ({"duration": 1, "on_damage": "x"}, "on_damage='x' is not allowed"),
    ):
        with pytest.raises((InvalidValueError, InvalidTypeError), match=message):
            pv.Recordings(folder, **options)


def test_a_folder_without_sound_and_files_named_twice_are_told(
    write: Write, tmp_path: Path
) -> None:
    path = write("a.wav")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidValueError, match="no file in this folder ends as sound does"):
        pv.Recordings(tmp_path / "empty", duration=1.0)
    with pytest.warns(UserWarning, match="1 of 2 files are named again, first .*a.wav"):
        found = pv.Recordings([path, str(path)], **OPTIONS)
    assert len(found.files) == 1
    with pytest.warns(UserWarning, match="1 of 2 rows name a file again"):
        found = pv.Recordings({"file": [path, path], "n": [1, 2]}, **OPTIONS)
    assert found.files["n"].tolist() == [1]


def test_remarks_on_headers_are_said_once(write: Write) -> None:
    paths = [write(f"{k}.wav") for k in range(3)]
    for path in paths[1:]:
        path.write_bytes(path.read_bytes()[:-4])  # two samples less than its header says
    with pytest.warns(UserWarning, match="'1.wav' is 4 bytes shorter than its header") as said:
        pv.Recordings(paths, **OPTIONS)
    assert len(said) == 1
    assert str(said[0].message).endswith(
        f"The same is to be said of 1 other file: '{paths[2].parent.name}/2.wav'."
    )


# -- what is kept ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["frame", "csv"])
def test_the_files_become_recordings_again_without_a_look_at_them(
    recordings: pv.Recordings, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: Any = recordings.files
    if way == "csv":
        recordings.files.to_csv(tmp_path / "index.csv", index=False)
        kept = tmp_path / "index.csv"
    monkeypatch.setattr(
        "patchviz.recordings.table.read_headers", lambda *_, **__: pytest.fail("read")
    )
    again = pv.Recordings(kept, **OPTIONS)
    pd.testing.assert_frame_equal(again.files, recordings.files)
    assert len(pv.Recordings(kept, duration=0.5, sr=None, n_mels=16)) > 0  # carved otherwise


def test_a_file_of_whose_size_nothing_is_known_has_not_changed(write: Write) -> None:
    files = pv.Recordings([write("a.wav")], **OPTIONS).files
    assert (
        len(pv.Recordings(files.assign(size=None), **OPTIONS).patches(0)) == files["n_patches"][0]
    )


def test_a_file_that_was_written_again_with_as_many_bytes_is_told(write: Write) -> None:
    paths = [write("a.wav"), write("b.wav"), write("c.wav")]
    found = pv.Recordings(paths, **OPTIONS)
    for path in paths[1:]:
        time = path.stat().st_mtime_ns + 3_000_000_000
        os.utime(path, ns=(time, time))
    said = (
        r"b\.wav' was written again, or copied, since its header was read, and has as many bytes\."
    )
    assert len(found.patches(0)) > 0  # and nothing is told
    with pytest.warns(UserWarning, match=said):
        found.patches(1)
    assert len(found.patches(2)) > 0  # of which it would be the same
    with pytest.warns(UserWarning, match=said):
        pv.Recordings(found.files, **OPTIONS).patches(1)
    for unknown in (found.files.drop(columns="modified"), found.files.assign(modified=None)):
        pv.Recordings(unknown, **OPTIONS).patches(1)


def test_a_file_that_has_changed_is_told_when_it_is_needed(write: Write) -> None:
    path = write("a.wav")
    found = pv.Recordings([path], **OPTIONS)
    write("a.wav", 4.0)
    with pytest.raises(AudioFileError, match="has changed since its header was read: it has"):
        found[0]
    soundfile.write(path, np.full(3 * SR, 0.01), 2 * SR)  # as many bytes
    with pytest.raises(AudioFileError, match="24,000 samples at 16000 Hz, and held 24,000 at 8000"):
        found[0]
    path.unlink()
    with pytest.raises(AudioFileNotFoundError, match="There is no file"):
        found[0]


def test_a_recording_is_computed_once_while_there_is_room(
    recordings: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []
    from_file = pv.Spectrogram.from_file

    def counted(file: str, **options: Any) -> pv.Spectrogram:
        computed.append(Path(file).name)
        return from_file(file, **options)

    monkeypatch.setattr(pv.Spectrogram, "from_file", counted)
    assert recordings[0].values.base is recordings[1].values.base or computed == ["a.wav"]
    recordings[[0, 1]].patches(0)
    assert computed == ["a.wav"]
    monkeypatch.setattr("patchviz.recordings.kept.MOST", 1)
    for row in (1, 2, 2, 0):
        recordings.patches(row)
    assert computed == ["a.wav", "c.wav", "b.flac", "a.wav"]


def test_of_headers_alone_nothing_else_is_read(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a file begins with is asked where its sound is decoded, and not of each of a million."""
    for name in ("a.wav", "b.flac"):
        write(name)
    asked, look_at = list[str](), kept.LookedAt.of

    def spied(path: Path) -> kept.LookedAt:
        asked.append(path.name)
        return look_at(path)

    monkeypatch.setattr("patchviz.audio.source.LookedAt.of", spied)
    recordings = pv.Recordings(tmp_path, duration=0.5)
    assert (len(recordings.files), asked) == (2, [])
    assert recordings.patches(1)
    assert asked == ["b.flac"]


def test_a_function_whose_frames_depend_on_the_sound_is_told(write: Write) -> None:
    def front_end(y: Any, sr: float) -> pv.Features:
        n = len(y) // 80 + (1 if y[0] > 0.05 else 0)
        return pv.Features(np.ones((2, n)), sr=sr, hop_length=80)

    path = write("a.wav")
    y, sr = soundfile.read(path)
    y[0] = 0.09
    soundfile.write(path, y, sr)
    found = pv.Recordings([path], duration=1.0, sr=None, kind=front_end)
    with pytest.raises(InvalidValueError, match=r"makes 301 frames of 3.000 s, and 300 were"):
        found[0]


def test_they_go_to_another_process(recordings: pv.Recordings) -> None:
    again = pickle.loads(pickle.dumps(recordings))
    assert repr(again) == repr(recordings)
    np.testing.assert_array_equal(again[9][0], recordings[9][0])


def test_a_file_by_its_path(recordings: pv.Recordings) -> None:
    path = recordings.files["file"][1]
    assert recordings.patches(path).spectrogram.name == "c.wav"
    assert recordings.patches(Path(path)) is recordings.patches(1)
    with pytest.raises(InvalidValueError, match=r"file='d\.wav' is none of the 3 files"):
        recordings.patches("d.wav")
    n_of_first = int(recordings.files["n_patches"][0])
    assert recordings[n_of_first:].patches(path).spectrogram.name == "c.wav"


def test_a_file_is_found_by_its_path_at_once(
    recordings: pv.Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are gone through once, and not for each file."""
    paths, rounds = recordings.files["file"].tolist(), []
    through = Paths.__iter__

    def counted(self: Paths) -> Iterator[str]:
        rounds.append(self)
        return through(self)

    monkeypatch.setattr(Paths, "__iter__", counted)
    for path in paths:
        recordings.patches(path)
    assert len(rounds) <= 1


def test_relative_paths_are_those_of_where_they_were_given(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is made of them elsewhere; they are called as they were."""
    monkeypatch.chdir(folder)
    found = pv.Recordings(["a.wav", "sub/b.flac"], **OPTIONS)
    frame, whole = found.to_frame(), folder / "sub" / "b.flac"
    monkeypatch.chdir(tmp_path)
    n = len(found.patches(0))
    some = pickle.loads(pickle.dumps(found[n - 1 :]))
    for these in (found, some):
        patches = these.patches("sub/b.flac")
        assert patches.spectrogram.name == "b.flac"
        assert set(patches.to_frame()["file"]) == {"sub/b.flac"}
        pd.testing.assert_frame_equal(these.to_frame(), frame.loc[these.numbers])
        row = these.numbers_of([{"file": str(whole), "start_time": 0.0}])
        assert row.tolist() == [n]
    rows = some.groups("sound")
    assert len(set(rows.tolist())) == 2
    assert len(found.leaks([0], [0])) == 1


def test_memory_of_an_index_is_numbers_and_not_objects() -> None:
    n = 5_000
    frame = pd.DataFrame({"file": [f"season/site-{k % 40}/20240512_{k:06d}.wav" for k in range(n)]})
    frame["sr"], frame["n_channels"], frame["n_samples"] = 22050, 1, 22050 * 600 + np.arange(n)
    frame["size"] = 2 * frame["n_samples"] + 44
    pv.Recordings(frame[:9], duration=5.0)  # whatever is loaded at first
    tracemalloc.start()
    found = pv.Recordings(frame, duration=5.0)
    n_bytes = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(found) == 120 * n
    assert n_bytes / n < 180


# -- when they began ---------------------------------------------------------------------------


def test_names_say_when_recordings_began(write: Write) -> None:
    paths = [write("20240512_063000.wav"), write("20240512_073000.wav"), write("x.wav")]
    with pytest.warns(UserWarning, match=r"1 of 3 files does not say when it began.*'x.wav'"):
        found = pv.Recordings(paths, start="filename", **OPTIONS)
    start = found.files["start"]
    assert start.dtype.kind == "M"
    assert start.isna().tolist() == [False, False, True]
    assert str(start[1]) == "2024-05-12 07:30:00"
    assert str(found.patches(1).spectrogram.recording_start) == "2024-05-12 07:30:00"
    assert found.patches(2).spectrogram.recording_start is None
    without = found.files.drop(columns="start")
    with pytest.warns(UserWarning, match="1 of 3 files does not say when it began"):
        named = pv.Recordings(without, start="filename", **OPTIONS)
    pd.testing.assert_frame_equal(named.files, found.files)
    again = pv.Recordings(found.files, **OPTIONS)
    pd.testing.assert_frame_equal(again.files, found.files)
    assert str(again.patches(1).spectrogram.recording_start) == "2024-05-12 07:30:00"


@pytest.mark.parametrize("is_known", [False, True])
def test_what_is_written_in_files_may_be_there_in_some(write: Write, is_known: bool) -> None:
    said, silent = write("a.wav"), write("b.wav")
    guano = b"GUANO|Version:1.0\nTimestamp:2024-05-12 06:30:00\n"
    with open(said, "ab") as file:
        file.write(b"guan" + struct.pack("<I", len(guano)) + guano)
    given: Any = [said, silent]
    if is_known:
        given = pv.Recordings(given, **OPTIONS).files.drop(columns="start")
    with pytest.warns(UserWarning, match=r"1 of 2 files does not say when it.*'b\.wav' does not"):
        found = pv.Recordings(given, start="metadata", **OPTIONS)
    began = [found.patches(row).spectrogram.recording_start for row in range(2)]
    assert began == [datetime(2024, 5, 12, 6, 30), None]
    assert found.files["start"].isna().tolist() == [False, True]


def test_offsets_from_utc_are_kept(write: Write, tmp_path: Path) -> None:
    paths = [write("20240512T063000+0200.wav"), write("20240612T063000+0200.wav")]
    found = pv.Recordings(paths, start="filename", **OPTIONS)
    assert str(found.files["start"][0]) == "2024-05-12 06:30:00+02:00"
    found.files.to_csv(tmp_path / "files.csv", index=False)
    again = pv.Recordings(tmp_path / "files.csv", **OPTIONS)
    assert again.files["start"].tolist() == found.files["start"].tolist()
    assert str(again.patches(1).spectrogram.recording_start) == "2024-06-12 06:30:00+02:00"
    mixed = pv.Recordings([*paths, write("20241212T063000+0100.wav")], start="filename", **OPTIONS)
    assert [str(t) for t in mixed.files["start"]][1:] == [
        "2024-06-12 04:30:00+00:00", "2024-12-12 05:30:00+00:00",
    ]  # fmt: skip
    assert str(mixed.patches(2).spectrogram.recording_start) == "2024-12-12 06:30:00+01:00"


def written(frame: pd.DataFrame, folder: Path, ending: str) -> Path:
    """Write a table; return where."""
    path = folder / f"files.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_clocks_of_several_places_stay_their_own(write: Write, tmp_path: Path, ending: str) -> None:
    names = ["20240512T003000+0200.wav", "20241212T003000+0100.wav", "20241212T003000Z.wav"]
    paths = [*map(write, names), write("x.wav")]
    with pytest.warns(UserWarning, match="does not say when it began"):
        found = pv.Recordings(paths, start="filename", **OPTIONS)
    assert found.files["utc_offset"].tolist() == [120, 60, 0, pd.NA]
    again = pv.Recordings(written(found.files, tmp_path, ending), **OPTIONS)
    pd.testing.assert_frame_equal(again.files, found.files, check_dtype=False)
    for row in range(4):
        began = again.patches(row).spectrogram.recording_start
        assert began == found.patches(row).spectrogram.recording_start
        assert began is None or began.hour == 0
    known = found.files["first"].iloc[3]
    assert set(again[:known].groups("day")) == {"2024-05-12", "2024-12-12"}
    alone = found[: found.files["first"].iloc[1]]
    assert "utc_offset" not in alone.files
    # A column of one's own that is called so says nothing of clocks.
    table = pd.DataFrame({"file": paths[:1], "start": ["2024-05-12T00:30Z"], "utc_offset": [120]})
    own = pv.Recordings(table, **OPTIONS)
    assert str(own.patches(0).spectrogram.recording_start) == "2024-05-12 00:30:00+00:00"
    with pytest.raises(InvalidValueError, match=r"utc_offset=6000\.0 is not allowed"):
        pv.Recordings(found.files.assign(utc_offset=6000), **OPTIONS)
    said = r"files: utc_offset is 1\.5\. It must be whole minutes from UTC\. Of hours they are 60 t"
    with pytest.raises(InvalidValueError, match=said):
        pv.Recordings(found.files.assign(utc_offset=1.5), **OPTIONS)
    of_a_list = found.files.assign(utc_offset=["120", 60, " ", ""])  # as Excel's cells are
    assert pv.Recordings(of_a_list, **OPTIONS).files["utc_offset"].tolist() == [120, 60, 0, pd.NA]
    for no_number in ("two hours", pd.Timestamp("2024-05-12"), pd.Timedelta("2h"), 1j):
        with pytest.raises(InvalidValueError, match=r"utc_offset, of type .*, is no column of num"):
            pv.Recordings(found.files.assign(utc_offset=no_number), **OPTIONS)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("sr", "22 kHz", "sr is '22 kHz'"),
        ("sr", np.inf, "sr is inf"),
        ("sr", -5, "sr is -5"),
        ("n_samples", "many", "n_samples is 'many'"),
        ("n_samples", np.inf, "n_samples is inf"),
        ("n_samples", 24_000.5, r"n_samples is 24000\.5"),
        ("n_channels", "1,5", "n_channels is '1,5'"),
        ("n_channels", "1.5", r"n_channels is 1\.5"),
        ("n_channels", 1 << 40, "n_channels is 1099511627776"),
        ("size", True, "size is True"),
        ("modified", "2024-05-12", "modified is '2024-05-12'"),
    ],
)
def test_what_no_header_says_is_refused(write: Write, name: str, value: Any, said: str) -> None:
    files = pv.Recordings([write("a.wav")], **OPTIONS).files.assign(**{name: value})
    with pytest.raises(InvalidValueError, match=f"files: {said}, which no header says"):
        pv.Recordings(files, **OPTIONS)


def test_a_file_that_was_written_before_1970_is_known(write: Write) -> None:
    """As recorders write them whose clock nobody has set, west of Greenwich."""
    path = write("a.wav")
    os.utime(path, (-3600, -3600))
    files = pv.Recordings([path], **OPTIONS).files
    assert files["modified"].tolist() == [-3_600_000_000_000]
    pd.testing.assert_frame_equal(pv.Recordings(files, **OPTIONS).files, files)


@pytest.mark.parametrize("dtype", ["str", object, "string", "category"])
def test_headers_may_be_texts(write: Write, tmp_path: Path, dtype: Any) -> None:
    found = pv.Recordings([write("a.wav"), write("b.wav")], **OPTIONS)
    found.files.to_csv(tmp_path / "files.csv", index=False)
    table = pd.read_csv(tmp_path / "files.csv", dtype=str).astype(dtype)
    again = pv.Recordings(table.drop(columns="error"), **OPTIONS)
    pd.testing.assert_frame_equal(again.files, found.files)
    with pytest.warns(UserWarning, match="1 of 2 files cannot be used"):
        pv.Recordings(table.assign(sr=pd.Series([str(SR), None], dtype=dtype)), **OPTIONS)


@pytest.mark.parametrize("missing", [True, False])
def test_a_whole_table_may_be_texts(write: Write, tmp_path: Path, missing: bool) -> None:
    """In which a cell of nothing is nothing, as pandas has it, or a text without a mark."""
    paths = [write("a.wav"), write("b.wav"), write("c.wav")]
    starts = ["2024-05-01T22:00+02:00", "2024-12-01T22:00+01:00", None]
    found = pv.Recordings(pd.DataFrame({"file": paths, "start": starts}), **OPTIONS)
    found.files.to_csv(tmp_path / "files.csv", index=False)
    table = pd.read_csv(tmp_path / "files.csv", dtype=str, keep_default_na=missing)
    again = pv.Recordings(table, **OPTIONS)
    pd.testing.assert_frame_equal(again.files, found.files)
    empty = None if missing else " "
    with pytest.warns(UserWarning, match="1 of 3 files cannot be used"):
        pv.Recordings(table.assign(sr=[str(SR), str(SR), empty]), **OPTIONS)


def test_clocks_of_their_places_are_not_put_there_again(write: Write) -> None:
    paths, offsets = [write("a.wav"), write("b.wav")], [120, 60]
    starts = ["2024-05-01T22:00:00+02:00", "2024-12-01T22:00:00"]
    files = pv.Recordings(paths, **OPTIONS).files.assign(start=starts, utc_offset=offsets)
    found = pv.Recordings(files, **OPTIONS)
    began = [found.patches(row).spectrogram.recording_start for row in range(2)]
    assert [moment.isoformat() for moment in began] == starts


def test_a_row_without_a_rate_is_no_recording(write: Write) -> None:
    files = pv.Recordings([write("a.wav"), write("b.wav")], **OPTIONS).files
    with pytest.warns(UserWarning, match="1 of 2 files cannot be used"):
        found = pv.Recordings(files.assign(sr=[0, SR]), **OPTIONS)
    assert found.files["error"].tolist() == ["unread", ""]


def test_seconds_may_be_given_for_each(write: Write) -> None:
    table = {"file": [write("a.wav"), write("b.wav")], "start": [0.0, 100.0]}
    found = pv.Recordings(table, **OPTIONS)
    assert found.files["start"].tolist() == [0.0, 100.0]
    assert found.patches(1).time(0)[0] == 100.0
    assert found.times[found.files["first"][1]][0] == 100.0


def test_seconds_given_to_all_are_in_the_table_of_files(write: Write) -> None:
    found = pv.Recordings([write("a.wav"), write("b.wav")], start=100.0, **OPTIONS)
    assert found.files["start"].tolist() == [100.0, 100.0]
    assert found.times[0][0] == found.patches(0).times[0][0] == 100.0
    for options in ({}, {"start": 100.0}):
        np.testing.assert_array_equal(
            pv.Recordings(found.files, **options, **OPTIONS).times, found.times
        )
    # Where nobody said when they began, the table does not say it either.
    unsaid = pv.Recordings([write("a.wav"), write("b.wav")], **OPTIONS).files
    assert unsaid["start"].tolist() == [0.0, 0.0]
    np.testing.assert_array_equal(pv.Recordings(unsaid, start=100.0, **OPTIONS).times, found.times)


def test_what_a_table_says_of_some_is_given_to_the_others(write: Write) -> None:
    paths = [write("20240512_063000.wav"), write("b.wav")]
    found = pv.Recordings({"file": paths, "start": [5.0, None]}, start=100.0, **OPTIONS)
    assert found.files["start"].tolist() == [5.0, 100.0]
    moments = [None, datetime(2024, 6, 1, 12)]
    table = {"file": paths, "start": moments}
    found = pv.Recordings(table, start="filename", **OPTIONS)
    assert found.files["start"].astype(str).tolist() == [
        "2024-05-12 06:30:00", "2024-06-01 12:00:00",
    ]  # fmt: skip
    with pytest.warns(UserWarning, match="1 of 2 files does not say when it began"):
        found = pv.Recordings({"file": paths, "start": [5.0, 7.0]}, start="filename", **OPTIONS)
    for row, begin in enumerate((5.0, 7.0)):  # as the table says it, whatever its name does
        first = found.files["first"][row]
        assert found.times[first][0] == found.patches(row).times[0][0] == begin


@pytest.mark.parametrize(
    "start",
    [
        datetime(2024, 5, 1, 22),
        datetime(2024, 5, 1, 22, tzinfo=timezone(timedelta(hours=2))),
        np.datetime64("2024-05-01T22:00"),
        "2024-05-01T22:00",
    ],
)
def test_a_moment_given_to_all_is_in_every_table(write: Write, start: Any) -> None:
    found = pv.Recordings([write("a.wav"), write("b.wav")], start=start, **OPTIONS)
    began = found.patches(1).spectrogram.recording_start
    assert began is not None
    assert [moment.isoformat() for moment in found.files["start"]] == [began.isoformat()] * 2
    frame = found.to_frame()
    assert frame["start_timestamp"].iloc[0] == pd.Timestamp(began)
    own = found.patches(1).to_frame()["start_timestamp"]
    first = found.files["first"][1]
    assert frame["start_timestamp"].iloc[first:].tolist() == own.tolist()
    assert set(found.groups("day")) == {"2024-05-01"}
    for options in ({}, {"start": start}):
        again = pv.Recordings(found.files, **options, **OPTIONS)
        assert again.patches(1).spectrogram.recording_start == began


@pytest.mark.parametrize(
    "moment",
    [
        pd.Timestamp("2024-05-01T22:00"),
        np.datetime64("2024-05-01T22:00"),
        "2024-05-01T22:00",
    ],
)
@pytest.mark.parametrize("seconds", [12.5, np.float32(12.5), "12.5", Decimal("12.5")])
def test_a_column_may_say_of_some_a_moment_and_of_others_seconds(
    write: Write, moment: Any, seconds: Any
) -> None:
    table = {
        "file": [write("a.wav"), write("b.wav"), write("c.wav"), write("d.wav")],
        "start": pd.Series([moment, seconds, pd.NaT, " "], dtype=object),
    }
    found = pv.Recordings(pd.DataFrame(table), **OPTIONS)
    began = [found.patches(row).spectrogram.recording_start for row in range(4)]
    assert began == [datetime(2024, 5, 1, 22), None, None, None]
    first = found.files["first"]
    assert found.times[first, 0].tolist() == [0.0, 12.5, 0.0, 0.0]
    again = pv.Recordings(found.files, **OPTIONS)
    np.testing.assert_array_equal(again.times, found.times)
    assert again.patches(0).spectrogram.recording_start == began[0]


@pytest.mark.parametrize("offsets", [[2, 2], ["CEST", "CEST"]])
def test_columns_of_ones_own_are_not_taken_for_those_of_files(write: Write, offsets: Any) -> None:
    paths, start = [write("a.wav"), write("b.wav")], pd.to_datetime(["2024-05-12T06:00Z"] * 2)
    own = {"utc_offset": offsets, "labelled": ["Ann", "Bob"]}
    found = pv.Recordings(pd.DataFrame({"file": paths, "start": start, **own}), **OPTIONS)
    again = pv.Recordings(found.files, **OPTIONS)
    pd.testing.assert_frame_equal(again.files, found.files)
    assert str(again.patches(1).spectrogram.recording_start) == "2024-05-12 06:00:00+00:00"
    for name, values in own.items():
        assert again.files[f"{name} in the table"].tolist() == values


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("other", [12.5, datetime(2024, 5, 1, 22, tzinfo=UTC)])
def test_starts_of_several_kinds_are_kept(
    write: Write, tmp_path: Path, ending: str, other: Any
) -> None:
    """Of such objects Parquet makes moments of one kind: of 12.5 s one of 1970."""
    paths = [write("a.wav"), write("b.wav"), write("c.wav")]
    nothing = np.datetime64("NaT", "ns")
    starts = pd.Series([datetime(2024, 5, 1, 22), other, nothing], dtype=object)
    found = pv.Recordings(pd.DataFrame({"file": paths, "start": starts}), **OPTIONS)
    again = pv.Recordings(written(found.files, tmp_path, ending), **OPTIONS)
    np.testing.assert_array_equal(again.times, found.times)
    assert "utc_offset" not in found.files  # of which each text has its own
    began = [again.patches(row).spectrogram.recording_start for row in range(3)]
    assert began == [starts[0], other if isinstance(other, datetime) else None, None]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([True, False], "files: start is True, which is no time"),
        (pd.to_timedelta([5, 6], unit="s"), "files: start is Timedelta.*, which is no time"),
        (pd.period_range("2024", periods=2), "files: start is Period.*, which is no time"),
        ([np.timedelta64(5, "ns"), 0.0], "files: start is np.timedelta64.*, which is no time"),
        ([np.timedelta64(5, "s"), 0.0], "files: start is .*timedelta.*, which is no time"),
        ([np.array([1.0, 2.0]), 0.0], "files: start is array.*, which is no time"),
        ([np.inf, 0.0], "start=inf s is not allowed. It must be a finite number"),
        ([-np.inf, 0.0], "start=-inf s is not allowed. It must be a finite number"),
        (["5", "nan s"], "files: start is 'nan s', which is no time"),
        (
            np.array(["1600-01-01", "2024-01-01"], "datetime64[s]"),
            "start=1600-01-01 00:00:00 is not allowed. It must be .* the years 1678 to 2261",
        ),
        (
            np.array(["30000-01-01", "2024-01-01"], "datetime64[s]"),
            "start=30000-01-01 00:00:00 is not allowed. It must be .* the years 1678 to 2261",
        ),
        (
            [np.datetime64("30000-01-01"), 0.0],
            "start=30000-01-01 is not allowed. It must be .* 2261",
        ),
        ([10**400, 0.0], "files: start is 10+[.]{3}0+, which is no time"),
        ([Decimal("sNaN"), 0.0], "files: start is Decimal.'sNaN'.*, which is no time"),
    ],
)
def test_what_is_no_time_of_a_column_is_said(write: Write, column: Any, message: str) -> None:
    column = pd.Series(column, dtype=object) if isinstance(column, list) else column
    table = pd.DataFrame({"file": [write("a.wav"), write("b.wav")], "start": column})
    with pytest.raises(InvalidValueError, match=message):
        pv.Recordings(table, **OPTIONS)


def of_arrow(table: dict[str, Any]) -> pd.DataFrame:
    return pa.table(table).to_pandas(types_mapper=pd.ArrowDtype)


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table, of_arrow])
@pytest.mark.parametrize("day", [date(2024, 5, 1), "2024-05-01", datetime(2024, 5, 1)])
def test_a_date_is_its_midnight_however_it_is_said(write: Write, library: Any, day: Any) -> None:
    found = pv.Recordings(library({"file": [str(write("a.wav"))], "start": [day]}), **OPTIONS)
    assert found.patches(0).spectrogram.recording_start == datetime(2024, 5, 1)


def test_midnights_come_back_from_a_table(write: Write, tmp_path: Path) -> None:
    starts = pd.to_datetime(["2024-05-01", "2024-05-02"])
    table = pd.DataFrame({"file": [write("a.wav"), write("b.wav")], "start": starts})
    table.to_csv(tmp_path / "files.csv", index=False)
    assert "2024-05-01\n" in (tmp_path / "files.csv").read_text()  # pandas leaves the hours out
    found = pv.Recordings(tmp_path / "files.csv", **OPTIONS)
    assert found.patches(1).spectrogram.recording_start == datetime(2024, 5, 2)


@pytest.mark.parametrize(
    "nothing", [None, pd.NA, pd.NaT, np.nan, "", " ", np.datetime64("NaT", "ns"), Decimal("NaN")]
)
def test_a_cell_of_nothing_says_no_start(write: Write, nothing: Any) -> None:
    starts = pd.Series([nothing, np.array(1.5)], dtype=object)
    table = pd.DataFrame({"file": [write("a.wav"), write("b.wav")], "start": starts})
    assert pv.Recordings(table, **OPTIONS).files["start"].tolist() == [0.0, 1.5]


def test_seconds_since_1970_in_a_column_are_told(write: Write) -> None:
    table = {"file": [write("a.wav"), write("b.wav")], "start": [1714543200.0, 1714543260.0]}
    said = "54 years: seconds since 1970, it seems"
    with pytest.warns(UserWarning, match=said):
        pv.Recordings(table, **OPTIONS)
    with pytest.warns(UserWarning, match=said) as caught:
        pv.Recordings(table["file"], start=1714543200.0, **OPTIONS)
    assert [warning.filename for warning in caught] == [__file__]  # where it was asked for


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_are_no_recordings(write: Write, tmp_path: Path) -> None:
    """Nobody writes into them: who waited for that would wait for good."""
    write("a.wav"), write("b.wav")
    files = pv.Recordings(tmp_path, **OPTIONS).files
    (tmp_path / "a.wav").unlink()
    os.mkfifo(tmp_path / "a.wav")
    with pytest.warns(UserWarning, match="1 of 2 files cannot be used, first '.*a.wav' is a pipe"):
        found = pv.Recordings(tmp_path, **OPTIONS)
    assert found.files["n_patches"].tolist() == [0, len(found)]
    known = pv.Recordings(files.assign(size=0), **OPTIONS)  # whose size nobody wrote down
    with pytest.raises(AudioFileError, match=r"a\.wav' is a pipe, whose sound comes once, and rec"):
        known.patches(0)


# -- patches that are named --------------------------------------------------------------------


def test_the_same_starts_in_every_recording(folder: Path) -> None:
    options = {"sr": None, "n_mels": 16, "duration": 1.0, "starts": [0.0, 0.7, 1.9, 3.3]}
    with pytest.warns(UserWarning, match=r"3 of 12 starts have no whole patch behind them") as said:
        found = pv.Recordings(folder, **options)
    assert len(said) == 1
    assert found.files["n_patches"].tolist() == [3, 2, 4]
    b = found.patches(2)
    spec = b.spectrogram
    np.testing.assert_array_equal(
        b.starts, spec.patches(duration=1.0, starts=[0.0, 0.7, 1.9, 3.3]).starts
    )
    np.testing.assert_allclose(found.times[5:], b.times)
    assert found[[1, 8]].patches(1).numbers.tolist() == [3]
    with pytest.raises(InvalidValueError, match=r"starts: 1 of 3 lie in the frame of the one befo"):
        pv.Recordings(folder, sr=None, duration=1.0, starts=[0, 0.01, 1])


def test_rows_with_times_become_patches(folder: Path) -> None:
    a, b = str(folder / "a.wav"), str(folder / "sub" / "b.flac")
    rows = [(b, 3.0, 4.0, "x"), (a, 0.5, 1.5, "y"), (b, 0.25, 1.25, "z")]
    table = pd.DataFrame(rows, columns=["file", "start_time", "end_time", "who"])
    with pytest.warns(UserWarning, match="3 of 3 rows of the table are moved"):
        found = pv.Recordings(table, sr=None, n_mels=16)
    assert len(found) == 3
    assert found.files["file"].tolist() == [b, a]
    hop = 512 / SR
    np.testing.assert_allclose(found.times[:, 0], np.floor(np.array([0.25, 3.0, 0.5]) / hop) * hop)
    assert found[1].time(0)[0] == found.times[1, 0]
    np.testing.assert_array_equal(found.patches(0)[1], found[1][0])


@pytest.mark.slow
@pytest.mark.parametrize("as_text", [True, False])
def test_rows_that_are_patches_may_say_when_their_file_began(folder: Path, as_text: bool) -> None:
    a, b = str(folder / "a.wav"), str(folder / "sub" / "b.flac")
    rows = [(a, 0.5, 1.5), (b, 0.25, 1.25), (b, 3.0, 4.0)]
    table = pd.DataFrame(rows, columns=["file", "start_time", "end_time"])
    starts = pd.to_datetime(pd.Series([None, "2024-05-12T06:30", "2024-05-12T06:30"]))
    starts = starts.map(lambda x: "" if pd.isna(x) else x.isoformat()) if as_text else starts
    found = pv.Recordings(table.assign(start=starts), sr=None, n_mels=16)
    assert found.patches(0).spectrogram.recording_start is None
    assert found.patches(1).spectrogram.recording_start == datetime(2024, 5, 12, 6, 30)
    timestamps = found.to_frame()["start_timestamp"]
    assert timestamps.isna().tolist() == [True, False, False]
    assert timestamps.iloc[2] == pd.Timestamp("2024-05-12T06:30:03")
    # What differs from row to row is of these, and so is what is no time.
    moments = pd.to_datetime(pd.Series(["2024-05-12", "2024-05-12", "2024-05-13"]))
    lengths, long_ago = pd.to_timedelta([5, 6, 7], unit="s"), pd.Series([datetime(1600, 1, 1)] * 3)
    texts = ["onset", "onset", "06:30"], ["5", "1714543200000", "7"]
    clocks = [f"2024-05-12T06:30+0{k}:00" for k in (1, 2, 3)]
    for own in (moments, [5, 6, 7], lengths, long_ago, *texts, clocks):
        found = pv.Recordings(table.assign(start=own), sr=None, n_mels=16)
        assert found.files["start"].tolist() == [0.0, 0.0]
        assert found.to_frame()["start"].tolist() == [*own]


def test_rows_that_are_no_patches_are_told(folder: Path) -> None:
    a = str(folder / "a.wav")

    def made(*times: tuple[float, float], **options: Any) -> pv.Recordings:
        rows = [(a, *time) for time in times]
        table = pd.DataFrame(rows, columns=["file", "start_time", "end_time"])
        return pv.Recordings(table, sr=None, n_mels=16, **options)

    with pytest.raises(InvalidValueError, match=r"1 of 2 rows have no whole patch in their file"):
        made((0, 1), (2.5, 3.5))
    assert len(made((0, 1), (2.5, 3.5), tail="pad")) == 2
    with pytest.raises(InvalidValueError, match=r"1 of 3 rows are not 1 s long, as most are"):
        made((0, 1), (1, 3), (1.5, 2.5))
    assert len(made((0, 0.1), (1, 3), duration=1.0)) == 2
    with pytest.warns(UserWarning, match=r"1 of 3 rows name a patch again"):
        assert len(made((0, 1), (1, 2), (1, 2))) == 2
    with pytest.raises(InvalidValueError, match="hop_duration has no use where each row of files"):
        made((0, 1), hop_duration=1.0)
    with pytest.raises(
        InvalidValueError, match="row 1: end_time, 1 s, is not after start_time, 1 s"
    ):
        made((0, 1), (1, 1))
    with pytest.raises(InvalidTypeError, match="start_time and end_time are not finite"):
        made((0, np.nan))


def test_rows_that_begin_and_do_not_end_are_no_whole_files(folder: Path) -> None:
    table = pd.DataFrame({"file": [str(folder / "a.wav")], "start_time": [1.5], "label": ["wren"]})
    with pytest.raises(InvalidValueError) as error:
        pv.Recordings(table, duration=1.0)
    assert str(error.value) == (
        "files: the column 'start_time' says when rows begin, and there is no end_time. Where rows "
        "are patches: table.assign(end_time=table.start_time + 3.0). Where they are whole files, "
        "leave the column out."
    )
    found = pv.Recordings(table.assign(end_time=table.start_time + 1.0))
    assert found.to_frame()["start_time"].tolist() == [1.5]
    # What is no second of the file comes along.
    for own in ("06:30", np.nan, pd.Timestamp("2024-05-12T06:30")):
        assert len(pv.Recordings(table.assign(start_time=own), duration=1.0)) == 3
    assert len(pv.Recordings(table.rename(columns={"start_time": "onset"}), duration=1.0)) == 3


@pytest.mark.parametrize("view", [pv.animate, pv.PatchView])
def test_what_shows_one_recording_names_what_shows_many(view: Any, folder: Path) -> None:
    recordings = pv.Recordings(folder, duration=1.0)
    with pytest.raises(InvalidTypeError) as error:
        view(recordings)
    assert str(error.value).startswith("patches is of type Recordings. It must be Patches")
    ends = {
        pv.PatchView: ". recordings.patches(row) are those of one file; patchviz.player, scrub, "
        "sheet and plot_mosaic show those of many.",
        pv.animate: ". A film is of one recording: animate(recordings.patches(row)) for row in "
        "range(len(recordings.files)), each with its sound, also of recordings[numbers]. "
        'player(recordings[numbers], stops="mistakes") and sheet(recordings, numbers) show '
        "several.",
    }
    assert str(error.value).endswith(ends[view])
    some = recordings[[0, len(recordings) - 1]]  # and that is so
    assert [len(some.patches(row)) for row in range(len(some.files))] == [1, 1]


def test_what_whole_frames_made_of_it_is_told(folder: Path) -> None:
    asked = {"duration": 1.0, "hop_duration": 0.3}
    said = repr(pv.Recordings(folder, sr=8000, **asked))
    assert "patches of 0.960 s every 0.256 s (asked for 1 s every 0.3 s), of" in said
    exact = repr(pv.Recordings(folder, sr=8000, duration=0.96, hop_duration=0.256))
    assert "patches of 0.960 s every 0.256 s, of" in exact
    alone = repr(pv.Recordings(folder, sr=8000, duration=1.0))
    assert "patches of 0.960 s every 0.960 s (asked for 1 s), of" in alone
