"""The command: what it writes, what it says, and how it ends."""

from __future__ import annotations

import io
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import threading
import types
import webbrowser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

import patchviz as pv
from patchviz import __main__, __version__
from patchviz.audio.part import seconds_from
from patchviz.cli import main
from patchviz.errors import InvalidValueError


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Three seconds of a rising tone."""
    t = np.arange(3 * 22050) / 22050
    path = tmp_path / "rising tone.wav"
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * (200 + 300 * t) * t), 22050)
    return path


def test_without_a_file_it_writes_a_page_of_the_embedded_clip(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 0
    said = capsys.readouterr()
    summary, wrote = said.out.splitlines()
    assert summary.startswith("107 patches of (128, 215): 4.992 s every 0.09288 s")
    assert re.fullmatch(r"wrote sonnet1\.html \(\d+ kB\)", wrote)
    assert said.err == "patchviz: reading the embedded clip ...\n"
    page = Path("sonnet1.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "data:audio/" in page


def test_after_two_dashes_there_are_files(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip.rename("-rising.wav")
    options = ["--duration", "1", "--no-audio", "-o", "page.html"]
    assert main([*options, "--", "-rising.wav"]) == 0
    assert "-rising.wav" in Path("page.html").read_text(encoding="utf-8")
    shutil.copy("-rising.wav", "-r.wav")
    assert main(["./-r.wav", *options, "--", "-rising.wav"]) == 0
    assert "of 2 files, 6.000 s" in capsys.readouterr().out


def test_a_file_gives_its_name_to_the_page(clip: Path) -> None:
    assert main([str(clip), "--duration", "1", "--hop", "0.5", "--no-audio"]) == 0
    page = Path("rising tone.html").read_text(encoding="utf-8")
    assert "rising tone.wav" in page
    assert "<audio" not in page


def test_a_png_is_a_mosaic(clip: Path) -> None:
    assert main([str(clip), "--duration", "1", "-n", "2", "-o", "mosaic.PNG"]) == 0
    with Image.open("mosaic.PNG") as picture:
        assert picture.size == (1350, 900)


def test_a_gif_has_a_frame_for_each_patch(clip: Path) -> None:
    assert main([str(clip), "--duration", "1", "--hop", "0.5", "-o", "film.gif"]) == 0
    with Image.open("film.gif") as film:
        assert film.n_frames == 5


@pytest.mark.slow
def test_a_film_has_the_sound(clip: Path) -> None:
    assert main([str(clip), "--duration", "1", "--hop", "0.5", "-o", "film.mp4"]) == 0
    assert b"mp4a" in Path("film.mp4").read_bytes()


@pytest.mark.parametrize("kind", ["stft", "mfcc"])
def test_kinds(kind: str, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(clip), "--duration", "1", "--kind", kind]) == 0
    n_bins = {"stft": 1025, "mfcc": 20}[kind]
    assert f"of ({n_bins}, 43)" in capsys.readouterr().out


def test_frames_are_pooled(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(clip), "--pool", "10", "--reduce", "median", "--duration", "1"]
    assert main([*arguments, "-o", "page.html"]) == 0
    assert "10 patches of (128, 4): 0.929 s every 0.232 s" in capsys.readouterr().out
    assert '"reduce": "median"' in Path("page.html").read_text("utf-8").replace('":"', '": "')


def test_a_file_that_begins_with_a_dash_is_told_where_to_stand(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(clip, "-a.ogg")
    assert main(["-a.ogg"]) == 2
    assert capsys.readouterr().err == (
        "patchviz: unrecognized arguments: -a.ogg. A file of this name comes last: patchviz -- "
        "-a.ogg. See patchviz --help.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["missing.wav"], "There is no file 'missing.wav'"),
        (["CLIP", "--duration", "20"],
         '--duration 20.0 s (861 frames) is longer than the spectrogram: 130 frames, 3.02 s. '
         "Choose a shorter --duration, or --tail pad."),
        (["CLIP", "--hop", "0"], "--hop 0.0 s is not allowed"),
        (["CLIP", "--kind", "mell"], "--kind mell is not allowed. It must be one of 'mel', 'stft', "
         "'cqt', 'chroma', 'mfcc', 'pcen'. Did you mean 'mel'?"),
        (["CLIP", "--pool", "0"], "--pool 0 frames is not allowed."),
        (["--pool", "2"], "--pool has no use without a FILE."),
        (["CLIP", "--reduce", "min"], "--reduce min is not allowed. It must be one of 'max', 'mea"),
        (["CLIP", "--tail", "cut"], "--tail cut is not allowed. It must be one of 'drop', 'pad'"),
        (
            ["CLIP", "-o", "page.txt"],
            "--out page.txt has the ending '.txt'. It must be one of .html",
        ),
        (["CLIP", "-o", "page"], "--out page has no ending. It must be one of .html"),
        (["CLIP", "-o", ".html"], "--out .html has no ending. It must be one of .html, .png"),
        (["CLIP", "-o", ""], "--out '' names no file. It must be a path, such as \"rising tone."
         'html".'),
        (["CLIP", "-o", "."], "--out . names no file. It must be a path"),
        (["CLIP", "-o", "p" * 300 + ".html"], "cannot be written: file name too long. It must be"),
        (["CLIP", "--jobs", "2"], "--jobs has no use with one recording. Leave it out, or name a"),
        (["--dask", "tcp://a:1"], "--dask has no use with one recording. Leave it out, or name a"),
        (["."], "FILE . is a folder. Say where its site is to be, such as --out site, or name a"),
        ([""], "FILE '' names no file. Give the path of a sound file."),
        (["CLIP", "-o", "nowhere/page.html"],
         "--out nowhere/page.html: there is no folder 'nowhere'. Make it first."),
        (["CLIP", "--cmap", "magmaa"], "--cmap magmaa is no colormap of matplotlib. "
         "matplotlib.colormaps lists them. Did you mean 'magma'?"),
        (["CLIP", "-n", "0", "-o", "m.png", "--duration", "1"], "-n 0 patches is not allowed"),
        (["CLIP", "-o", "m.png", "-n", "30"], "-n 30 patches is not allowed. It must be a whole "
         "number of patches, at least 1 and at most 24."),
        (["CLIP", "-o", "a folder.html"], "--out a folder.html is a folder. Name a file in it: "
         "--out 'a folder.html/rising tone.html'"),
        (["CLIP", "-n", "3", "-o", "n.html"],
         "-n has no use with .html. Leave it out; it belongs to .png, .pdf, .svg."),
        (["CLIP", "--no-audio", "-o", "x.gif"],
         "--no-audio has no use with .gif. Leave it out; it belongs to .html, .mp4, .avi, .m4v, "
         ".mkv, .mov, .webm."),
        (["CLIP", "--image-format", "webp", "-o", "x.png"], "--image-format has no use with .png."),
        (["CLIP", "--column-step", "2", "-o", "x.png"], "--column-step has no use with .png."),
        (["CLIP", "--max-bytes", "0", "-o", "x.mp4"], "--max-bytes has no use with .mp4."),
        (["CLIP", "--image-format", "jpeg"], "--image-format jpeg is not allowed. It must be one "
         "of 'png', 'webp'."),
        (["CLIP", "--column-step", "0"], "--column-step 0 frames is not allowed."),
        (["CLIP", "--max-bytes", "75000"], "more than --max-bytes 75000 allows: page "),
        (["CLIP", "--max-bytes", "75000"], "Raise --max-bytes, or make it smaller: --column-step "
         "2 halves the picture; --image-format webp takes a fifth, with loss; --no-audio leaves "
         "out the sound; --assets folder writes files beside the page; fewer bins help too."),
        (["CLIP", "--max-bytes", "1"], "Raise --max-bytes: no page is smaller."),
        (["CLIP", "--max-bytes", "1.5"], "argument --max-bytes: '1.5' is no whole number."),
        (["CLIP", "--max-bytes", "7.5e4"], "more than --max-bytes 75000 allows: page "),
        (["CLIP", "--duration", "abc"],
         "argument --duration: 'abc' is no number, such as 0.5 or 1e3. See patchviz --help."),
        (["CLIP", "--duration", "2", "--duration=3"], "argument --duration: given twice, 2.0 and "
         "3.0. See patchviz --help."),
        (["CLIP", "--labels", "a.txt", "--labels", "b c.csv"], "argument --labels: given twice, "
         "a.txt and 'b c.csv'. A folder, or a glob in quotes, stands for several tables. See "),
        (["CLIP", "--hop", "0.001"],
         "--hop 0.001 s is shorter than one frame, 0.02322 s. Choose at least that, "
         "or a spectrogram with a smaller --hop-length or a higher --sr."),
        (["CLIP", "--kind", "a mel"], "--kind 'a mel' is not allowed."),
        (["CLIP", "--sped", "2"],
         "unrecognized arguments: --sped 2. Did you mean --speed? See patchviz --help."),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_one_line(
    arguments: list[str], reason: str, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a folder.html").mkdir()
    duration = [] if "--duration" in arguments else ["--duration", "1"]
    assert main([str(clip) if a == "CLIP" else a for a in arguments] + duration) == 2
    *_, last = capsys.readouterr().err.splitlines()
    assert last.startswith("patchviz: ")
    assert reason in last
    assert [path.name for path in Path().glob("*.html")] == ["a folder.html"]


@pytest.mark.slow
def test_a_mosaic_that_does_not_fit(
    clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("patchviz.plot.chosen.MOST_PATCHES", 80)
    assert main([str(clip), "-o", "m.png", "-n", "80", "--duration", "1", "--hop", "0.03"]) == 2
    *_, last = capsys.readouterr().err.splitlines()
    assert last.startswith("patchviz: -n 80 patches do not fit into 9.0 x 6.0 in. Make it ")
    assert last.endswith(" in high, or choose a smaller -n.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--duration", "0"], ["--hop", "-1"], ["--kind", "x"], ["--tail", "x"], ["--cmap", "x"],
        ["--image-format", "x"], ["--column-step", "0"], ["--max-bytes", "0"],
        ["-n", "25", "-o", "x.png"], ["--max-bytes", "9", "-o", "x.png"], ["-o", "no/x.html"],
        ["--speed", "17"], ["--pitch", "x"], ["--gain-db", "61"], ["--height", "3"],
        ["--tlim", "3:4"], ["--stops", "x"], ["--truth", "x=1"], ["--truth", "min_share=0.5"],
        ["--truth", "min_share=7", "--labels", "x"], ["--truth", "min_overlap=nan"],
        ["--pitch", "keep", "--speed", "0.05"],
    ],
)  # fmt: skip
def test_options_are_checked_before_the_file_is_read(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["missing.wav", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("patchviz: -")
    assert "missing.wav" not in line


@pytest.mark.parametrize(
    ("arguments", "end"),
    [
        (["LONG"], "). Check the path."),
        (["--kind", "LONG"], "It must be one of 'mel', 'stft', 'cqt', 'chroma', 'mfcc', 'pcen'."),
        (["--cmap", "LONG"], " is no colormap of matplotlib. matplotlib.colormaps lists them."),
        (["-n", "9" * 300, "-o", "x.png"], "a whole number of patches, at least 1 and at most 24."),
        (["--duration", "LONG"], ". See patchviz --help."),
        (
            ["-o", "LONG"],
            ".pdf, .svg, .gif, .webp, .apng, .mp4, .avi, .m4v, .mkv, .mov, .webm, .csv.",
        ),
        (["a file", "LONG", "-o", "x.html"], "). Check the path."),
    ],
)
def test_what_is_wrong_is_never_long(
    arguments: list[str], end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["long name " * 20 if a == "LONG" else a for a in arguments]) == 2
    *_, last = capsys.readouterr().err.splitlines()
    assert last.endswith(end)
    assert len(last) <= len("patchviz: ") + 500


def test_a_lossy_picture_makes_a_smaller_page(clip: Path) -> None:
    assert main([str(clip), "--duration", "1", "-o", "exact.html"]) == 0
    lossy = ["--image-format", "webp", "--column-step", "2", "--max-bytes", "200000"]
    assert main([str(clip), "--duration", "1", "-o", "lossy.html", *lossy]) == 0
    assert "data:image/webp" in Path("lossy.html").read_text(encoding="utf-8")
    assert Path("lossy.html").stat().st_size < Path("exact.html").stat().st_size


def test_a_higher_rate_is_said_and_warnings_speak_of_the_shells_own_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "one.wav", np.ones(1), 200)
    carving = ["--hop", "5", "--tail", "pad", "--no-audio"]
    assert main(["one.wav", "--sr", "200", *carving]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "patchviz: reading one.wav ...",
        "patchviz: The sound has 1 sample at 200 Hz, less than one frame of --n-fft 2048: most "
        "of a frame is padding. Choose a smaller --n-fft.",
    ]
    assert main(["one.wav", *carving]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == (
        "patchviz: resampled from 200 Hz to 22050 Hz: there is nothing above 100 Hz; "
        "--sr native leaves that out"
    )


def test_what_comes_before_damage_is_kept_where_asked(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip.write_bytes(clip.read_bytes()[:-66_150])
    damage = (
        "patchviz: 'rising tone.wav' holds 66150 bytes of sound, and its header says 132300: it "
        "was cut short."
    )
    page = [str(clip), "--duration", "1"]
    assert main([*page, "--no-audio"]) == main(page) == 2
    refused = (
        f"{damage} ffmpeg -i 'rising tone.wav' 'rising tone-mended.flac' writes what can be "
        "decoded to a new file. Or keep what can be decoded: --on-damage keep."
    )
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == refused
    assert main([*page, "--on-damage", "keep"]) == 0
    assert capsys.readouterr().err.splitlines()[1:] == [f"{damage} 1.500 s of it are kept."]


@pytest.fixture
def bat(tmp_path: Path) -> Path:
    """A second of a sound that nobody hears, 40 kHz, and half as loud one that some do, 8 kHz."""
    t = np.arange(192_000) / 192_000
    y = 0.5 * np.sin(2 * np.pi * 40_000 * t) + 0.25 * np.sin(2 * np.pi * 8000 * t)
    soundfile.write(tmp_path / "bat.wav", y, 192_000)
    return tmp_path / "bat.wav"


def test_what_a_lower_rate_drops_is_said(bat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = ["--duration", ".5", "--kind", "stft", "--no-audio", str(bat)]
    assert main(page) == 0
    assert capsys.readouterr().err.splitlines() == [
        f"patchviz: reading {bat} ...",
        "patchviz: 80% of the power of 'bat.wav' lies above 11025 Hz, half the rate of the "
        "analysis, and is not seen. Choose a higher --sr, or --sr native, which keeps the sound's "
        "own 192000 Hz.",
        "patchviz: resampled from 192000 Hz to 22050 Hz: nothing above 11025 Hz is seen; "
        "--sr native keeps all",
    ]
    assert main([*page, "--sr", "100000"]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines()[1:] == [
        "patchviz: resampled from 192000 Hz to 100000 Hz: nothing above 50000 Hz is seen; "
        "--sr native keeps all"
    ]
    assert main([*page, "--sr", "native"]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines()[1:] == []
    assert "patches of (1025, 187)" in said.out  # half a second of 192000 Hz


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["CLIP", "--sr", "fast"], "--sr fast is no sampling rate. It must be a number of Hz, such "
         "as 48000, or native, which is the file's own rate."),
        (["CLIP", "--sr", "0"], "--sr 0.0 Hz is not allowed. It must be a finite number, more than "
         "0 Hz."),
        (["--sr", "48000"], "--sr has no use without a FILE. Leave it out, or name one."),
        (["CLIP", "--on-damage", "drop"], "--on-damage drop is not allowed. It must be one of "
         "'raise', 'keep'."),
        (["--on-damage", "keep"], "--on-damage has no use without a FILE. Leave it out, or name "
         "one."),
        (["--to", "48"], "--to has no use without a FILE. Leave it out, or name one."),
        (["CLIP", "--from", "1:60"], "--from 1:60 is no time. It must be seconds, such as 83.5, or "
         "minutes or hours before them: 1:23.5, 1:23:45."),
        (["CLIP", "--from", "0:02", "--to", "1.5"], "--to 1.5 s leaves nothing. It must be after "
         "--from 2.0 s."),
        (["CLIP", "--from", "1:00:00"], "--from 3600.0 s is not before the end of 'rising "
         "tone.wav', which lasts 3.000 s. Choose less than that."),
        (["--start", "filename"], "--start has no use without a FILE. Leave it out, or name one."),
        (["CLIP", "--start", "filename"], "--start filename: the name 'rising tone.wav' holds no "
         "date and time that a recorder writes, such as 20240512_063000, 20240512T063000+0200, "
         "5146.240512063000 or 5CD7E6F0. Give a time: --start 2024-05-12T06:30."),
        (["CLIP", "--start", "noon"], "--start noon is no time. It must be a time as ISO 8601 "
         "writes it, such as 2024-05-12T06:30; or filename or metadata."),
        (["CLIP", "--level", "dbfs"], "--level dbfs cannot be promised: a tone between two mel "
         "bands is in both, and reads less in each. Choose --kind stft, or --level psd, the mean "
         "density in each band."),
        (["CLIP", "--clim", "0"], "--clim 0 is not allowed. It must be 'robust', or limits such as "
         "-80:0 or 1%:99.5%."),
        (["CLIP", "--clim=0:-9"], "--clim '(0, -9)' does not rise. It must be (lowest, highest) "
         "with lowest < highest."),
        (["CLIP", "--clim=1%:b"], "--clim 1%:b is no range. It must be numbers or percentiles, "
         "such as -80:0 or 1%:99.5%; or robust."),
        (["CLIP", "--channel", "1"], "--channel 1 is not there: 'rising tone.wav' has 1 channel. "
         "It must be 0, or left out."),
    ],
)  # fmt: skip
def test_rates_and_parts_that_are_none(
    arguments: list[str], reason: str, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(clip) if a == "CLIP" else a for a in arguments]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"patchviz: {reason}"


def test_channels_are_mixed_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stereo = tmp_path / "stereo.wav"
    soundfile.write(stereo, np.random.default_rng(0).uniform(-0.1, 0.1, (44100, 2)), 22050)
    assert main([str(stereo), "--duration", "1"]) == 2
    *_, last = capsys.readouterr().err.splitlines()
    assert last == (
        "patchviz: 'stereo.wav' has 2 channels, and a spectrogram shows one. Mix them: --mono; "
        "choose one of 0 to 1: --channel 0; or show each: --channels all."
    )
    assert main([str(stereo), "--duration", "1", "--mono"]) == 0
    capsys.readouterr()
    assert main([str(stereo), "--duration", "1", "--channels", "all"]) == 0
    assert "patches of (256, 43)" in capsys.readouterr().out
    assert main([str(stereo), "--channels", "both"]) == 2
    assert "--channels both is not allowed. It must be one of 'all'" in capsys.readouterr().err


def test_a_part_keeps_the_times_of_its_file(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "part.html"
    part = [str(clip), "--from", "0:01", "--to", "0:02.5", "-o", str(out), "--duration", "1"]
    assert main(part) == 0
    assert "6 patches of (128, 43)" in capsys.readouterr().out  # of 1.5 s
    page = out.read_text("utf-8")
    assert re.search(r'"columns": ?\{[^}]*"start": ?1\.0\b', page)
    assert re.search(r'"audio": ?\{"start": ?1\.0\b', page)


def test_levels_their_colours_and_the_time_of_day(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "levels.html"
    options = ["--kind", "stft", "--level", "psd", "--sensitivity", "-170", "--unit", "Pa"]
    options += ["--clim=20:1e2", "--start", "2024-05-12T06:30", "--duration", "1", "--hop", "0.5"]
    assert main([str(clip), *options, "--no-audio", "-o", str(out)]) == 0
    page = out.read_text("utf-8")
    assert "· 20 to 100 dB re 1 Pa²/Hz</figcaption>" in page
    assert "2024-05-12 06:30:00.00-06:30:03." in page


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), (" 83.5 ", 83.5), ("1:30", 90), ("1:23:45", 5025), ("0:00:00.25", 0.25)],
)
def test_times_are_written_as_people_write_them(text: str, seconds: float) -> None:
    assert seconds_from("from", text) == seconds


@pytest.mark.parametrize("text", ["", "1:2:3:4", "1:-5", "-5", "a:05", "1:", "nan", "²:05"])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(InvalidValueError, match=f"^from='?{re.escape(text.strip())}"):
        seconds_from("from", text)


def test_ffmpeg_is_looked_for_before_the_file_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("patchviz.animation.ffmpeg.find_ffmpeg", lambda program: None)
    assert main(["missing.wav", "-o", "film.mp4"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("patchviz: There is no ffmpeg, which makes video files. Install it ")


def test_a_film_does_not_replace_its_own_recording(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film = clip.rename("clip.mp4")
    before = film.read_bytes()
    assert main(["clip.mp4", "-o", "./clip.mp4"]) == 2
    assert "--out clip.mp4 is the recording itself. Give another name." in capsys.readouterr().err
    assert film.read_bytes() == before


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input(
    name: str,
    clip: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(clip.read_bytes())))
    assert main([name, "--duration", "1", "--no-audio"]) == 0
    said = capsys.readouterr()
    assert said.err == "patchviz: reading standard input ...\n"
    assert re.search(r"^wrote stdin\.html ", said.out, re.MULTILINE)
    assert "<title>stdin</title>" in Path("stdin.html").read_text(encoding="utf-8")


def test_what_cannot_be_read_is_not_what_cannot_be_written(
    clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("patchviz.core.spectrogram.Spectrogram.from_file", fail)
    assert main([clip.name]) == 1
    assert "patchviz: cannot read rising tone.wav: Input/output error" in capsys.readouterr().err


class Pipe(io.StringIO):
    """Standard output of a process, and what happens to it."""

    encoding = "ascii"

    def __init__(self, error: OSError | None, descriptor: int) -> None:
        super().__init__()
        self.error, self.descriptor = error, descriptor

    def flush(self) -> None:
        if self.error is not None:
            raise self.error

    def fileno(self) -> int:
        return self.descriptor


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BrokenPipeError(32, "Broken pipe"), 0, []),
        (
            OSError(28, "No space left on device"),
            1,
            ["patchviz: cannot write standard output: No space left on device"],
        ),
    ],
)
def test_nobody_who_listens_is_no_failure_of_the_page(
    error: OSError,
    code: int,
    said: list[str],
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open(tmp_path / "pipe", "w") as pipe:
        monkeypatch.setattr(sys, "stdout", Pipe(error, pipe.fileno()))
        assert main([clip.name, "--duration", "1", "--no-audio"]) == code
        pipe.write("what Python has left to write at its end")
    assert not (tmp_path / "pipe").read_text()  # it goes nowhere, and so fails no more
    assert capsys.readouterr().err.splitlines()[1:] == said
    assert Path("rising tone.html").exists() is (code == 0)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_no_terminal_shows(
    clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "caf\udce9 \x1b[31m\n \N{RIGHT-TO-LEFT OVERRIDE}ünï"
    clip.rename(f"{odd}.wav")
    assert main([f"{odd}.wav", "--duration", "1", "--no-audio"]) == 0
    said = capsys.readouterr()
    assert said.err == "patchviz: reading caf� �[31m �ünï.wav ...\n"
    assert "wrote caf� �[31m �ünï.html (" in said.out
    assert Path(f"{odd}.html").exists()
    printed = Pipe(None, 1)
    monkeypatch.setattr(sys, "stdout", printed)
    assert main([f"{odd}.wav", "--duration", "1", "--no-audio"]) == 0
    assert "wrote caf\\ufffd \\ufffd[31m \\ufffd\\xfcn\\xef.html (" in printed.getvalue()


def test_what_cannot_be_written_is_no_bad_input(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")
    Path("full.html").symlink_to("/dev/full")
    assert main([str(clip), "--duration", "1", "-o", "full.html"]) == 1
    assert "patchviz: cannot write full.html: No space left" in capsys.readouterr().err


@pytest.mark.parametrize(("opened", "code"), [(True, 0), (False, 1)])
def test_open(
    opened: bool,
    code: int,
    clip: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = []
    monkeypatch.setattr(webbrowser, "open", lambda url: asked.append(url) or opened)
    assert main([str(clip), "--duration", "1", "-o", "p.html", "--open"]) == code
    assert asked == [Path("p.html").resolve().as_uri()]
    assert ("open p.html in a browser" in capsys.readouterr().err) is not opened


def test_python_m_is_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["patchviz", "--version"])
    monkeypatch.delitem(sys.modules, "patchviz.__main__")  # or it is not run once more
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    with pytest.raises(SystemExit) as end:
        runpy.run_module("patchviz", run_name="__main__")
    assert end.value.code == 0
    assert capsys.readouterr().out == f"patchviz {__version__}\n"


def test_who_stops_it_while_it_is_imported_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Slow(types.ModuleType):
        def __getattr__(self, name: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "patchviz.cli", Slow("patchviz.cli"))
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    assert __main__.main() == 130
    assert capsys.readouterr().err == "patchviz: stopped\n"


def test_an_interruption_while_an_object_is_deleted_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python itself prints what is raised there, and goes on."""

    class Deleted:
        def __del__(self) -> None:
            raise KeyboardInterrupt(*self.args)

        args: tuple[int, ...] = (signal.SIGTERM,)

    def work() -> int:
        Deleted()
        threading.Event().wait(20)
        return 0

    monkeypatch.setattr("patchviz.cli.main", work)
    handlers = {
        number: signal.getsignal(number)
        for number in signal.valid_signals()
        & {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", 0)}
    }
    # A shell starts what runs in its background with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert __main__.main() == 128 + signal.SIGTERM
        Deleted.args = ()
        assert __main__.main() == 130
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert capsys.readouterr().err == 2 * "patchviz: stopped\n"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
def test_who_ends_it_ends_ffmpeg_too_and_leaves_nothing_behind() -> None:
    command = ["--duration", "1", "--hop", "0.03", "-o", "film.mp4"]
    process = subprocess.Popen(
        [sys.executable, "-m", "patchviz", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    with process:
        said = [process.stderr.readline(), process.stderr.readline()]
        assert said[-1].startswith("patchviz: drawing ")
        process.terminate()
        assert process.stderr.read() == "patchviz: stopped\n"
    assert process.returncode == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert list(Path().iterdir()) == []


def test_a_sound_too_large_for_a_page_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pv.Spectrogram, "from_file", None)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 8000 * 600)
    soundfile.write("long.wav", noise, 8000)
    assert main(["long.wav", "--max-bytes", "500000"]) == 2
    said = capsys.readouterr().err
    assert "patchviz: the player would take about" in said
    assert "more than --max-bytes 500000 allows: sound " in said
    assert "--no-audio leaves out the sound; --assets folder writes files beside the " in said
    assert "reading" not in said


def test_of_ultrasound_a_page_leaves_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("bat.wav", 0.1 * np.sin(np.arange(38400) / 9), 384_000)
    assert main(["bat.wav", "--sr", "native", "--duration", "0.02", "--hop", "0.01"]) == 0
    assert "left out" not in capsys.readouterr().err
    assert '"rate":48000,"stretch":8' in Path("bat.html").read_text("utf-8")


def write_what_is_known(clip: Path) -> list[str]:
    """Labels and scores of the clip, as they are named in a shell."""
    Path("calls.txt").write_text("0.5\t1.0\twren\n2\t2.5\trobin\n", encoding="utf-8")
    patches = pv.Spectrogram.from_file(clip).patches(duration=1.0, hop_duration=0.5)
    scored = patches.with_scores(np.linspace(0, 1, len(patches)), classes=["wren"])
    scored.to_frame().to_csv("scores.csv")
    return ["--labels", "calls.txt", "--scores", "scores.csv"]


def test_what_is_known_is_shown(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = [*write_what_is_known(clip), "--flim", "200:5k"]
    assert main([str(clip), "--duration", "1", "--hop", "0.5", "--no-audio", *known]) == 0
    page = Path("rising tone.html").read_text(encoding="utf-8")
    assert '"wren"' in page
    assert '"robin"' in page
    assert "\nWarning" not in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_known_is_in_pictures(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And the frequencies that are asked for."""
    known, pictures = write_what_is_known(clip), []
    for number, options in enumerate(([*known, "--flim", "200:5k"], known, [])):
        picture = ["--duration", "1", "--hop", "0.5", "-n", "1", "-o", f"{number}.png"]
        assert main([str(clip), *options, *picture]) == 0
        pictures.append(Path(f"{number}.png").read_bytes())
    assert len(set(pictures)) == 3
    assert "\nWarning" not in capsys.readouterr().err


@pytest.mark.slow
def test_how_much_of_a_label_counts_is_said(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A short call is in the window, but not where nine tenths of that are asked for."""
    found = {"label": ["robin"], "start_time": [0.3], "end_time": [0.6], "score": [0.9]}
    pd.DataFrame(found).to_csv("found.csv", index=False)
    call = {"start_time": [0.35], "end_time": [0.45], "label": ["robin"]}
    pd.DataFrame(call).to_csv("labels.csv", index=False)
    known = ["--scores", "found.csv", "--labels", "labels.csv", "--missing", "0", "--no-audio"]
    for truth, stops in (([], "[]"), (["--truth", "min_share=0.9"], "[1]")):
        assert main([str(clip), *known, "--stops", "mistakes", *truth]) == 0
        assert f'"stops":{stops}' in Path(f"{clip.stem}.html").read_text("utf-8")
    pictures = []
    for truth in ([], ["--truth", "min_share=0.9"]):  # whose caption says it
        assert main([str(clip), *known[:-1], *truth, "-n", "1", "-o", "mosaic.png"]) == 0
        pictures.append(Path("mosaic.png").read_bytes())
    assert pictures[0] != pictures[1]
    for truth, said in (
        (
            "share=0.5",
            "--truth share=0.5 is not allowed. It must be the least that counts of a label: "
            "seconds, as min_overlap=0.3; a part of the label up to 1, as min_fraction=0.5; or "
            "one of the patch, as min_share=0.5.",
        ),
        ("min_share=half", "--truth min_share=half is not allowed. "),
        ("min_share=1.5", "--truth min_share=1.5 is not allowed. "),
        ("min_overlap=9", "min_overlap=9.0 s is longer than a patch."),
    ):
        assert main([str(clip), *known, "--truth", truth]) == 2
        assert said in capsys.readouterr().err
    assert main([str(clip), "--truth", "min_share=0.5"]) == 2
    assert "--truth is about labels. Give --labels.\n" in capsys.readouterr().err


def test_windows_that_a_detector_left_out_are_patches_where_it_is_said_what_they_score(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("robin", 0.3, 0.6, 0.9), ("robin", 0.9, 1.2, 0.2)]
    found = pd.DataFrame(rows, columns=["label", "start_time", "end_time", "score"])
    found.to_csv("found.csv", index=False)
    labels = pd.DataFrame({"start_time": [0.3, 0.6], "end_time": [0.6, 0.9], "label": "robin"})
    labels.to_csv("labels.csv", index=False)
    known = [str(clip), "--scores", "found.csv", "--labels", "labels.csv", "--no-audio"]
    assert main(known) == 0
    said = capsys.readouterr()
    assert said.out.startswith("2 patches of")
    assert (
        "1 of 2 labels is in no patch, first 'robin' from 0.600 to 0.900 s: no patch begins "
        "there. Carve the windows between, too; where they are those of a table of detections, "
        "which has no row where nothing was found, let them score --missing 0.0."
    ) in said.err
    assert main([*known, "--missing", "0", "--stops", "mistakes"]) == 0
    said = capsys.readouterr()
    n = int(np.ceil((pv.Audio.from_file(clip).duration - 512 / 22050) / 0.3))
    assert said.out.startswith(f"{n} patches of")
    assert "in no patch" not in said.err
    page = Path(f"{clip.stem}.html").read_text("utf-8")
    assert '"stops":[2]' in page  # the third window, which was labelled, and scores 0
    assert main([str(clip), "--missing", "0"]) == 2
    assert "--missing 0.0 has no use without --scores." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("scores", "labels", "said"),
    [
        ("0.3,0.6,Robin,0.9\n", "0.3,0.6,robin\n",
         "'Robin' and the label 'robin' are written differently, and so are different classes. "
         "Write them alike."),
        ("0.3,0.6,robin,0.9\n0.3,0.6,robin,0.8\n", "0.3,0.6,robin\n",
         "1 patch has several rows of scores, first patch 0. Leave one."),
        ("0.3,0.6,robin,0.9\n", "0.3,0.6,robin\n0.3,0.6,\n",
         "1 of 2 labels has no name: they are of the class ''. Leave them out."),
        ("0.3,0.6,robin,\n", "0.3,0.6,robin\n",
         "none of 1 rows says one in the column 'score'. Labels without scores are --labels."),
    ],
)  # fmt: skip
def test_what_is_said_of_tables_has_no_words_of_python(
    clip: Path, capsys: pytest.CaptureFixture[str], scores: str, labels: str, said: str
) -> None:
    Path("s.csv").write_text(f"start_time,end_time,label,score\n{scores}")
    Path("l.csv").write_text(f"start_time,end_time,label\n{labels}")
    main([str(clip), "--scores", "s.csv", "--labels", "l.csv", "--no-audio"])
    lines = [line for line in capsys.readouterr().err.splitlines() if said in line]
    assert len(lines) == 1
    assert lines[0].endswith(said)


def test_patches_are_where_the_scores_are(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """BirdNET's windows of a length that is no whole number of frames, of which the last is cut."""
    head = "Start (s),End (s),Scientific name,Common name,Confidence\n"
    length = pv.Audio.from_file(clip).duration
    starts = np.arange(0, length - 0.1, 0.3)
    rows = [f"{t:.1f},{min(t + 0.3, length):.4f},T. troglodytes,Wren,0.9\n" for t in starts]
    Path("bn.csv").write_text(head + "".join(rows) + "100,100.3,T. troglodytes,Wren,0.2\n")
    assert main([str(clip), "--scores", "bn.csv", "--no-audio"]) == 0
    said = capsys.readouterr()
    assert f"{len(rows)} patches of (128, 12): 0.279 s" in said.out
    assert f"1 of {len(rows) + 1} rows of scores begin outside of the recording" in said.err
    Path("bn.csv").write_text(head + "".join(rows))
    # Their own hop is theirs; another one has patches that follow frames.
    assert main([str(clip), "--scores", "bn.csv", "--hop", "0.3", "--no-audio"]) == 0
    assert f"{len(rows)} patches of (128, 12): 0.279 s" in capsys.readouterr().out
    assert main([str(clip), "--scores", "bn.csv", "--duration", "0.3", "--hop", "0.28"]) == 2
    assert (
        capsys.readouterr()
        .err.splitlines()[-1]
        .endswith(
            "8 of 10 rows of scores are of no patch, first that from 0.600 to 0.900 s: the nearest "
            "patch begins at 0.557 s. Leave out --hop, and there is a patch for each window of "
            "the scores."
        )
    )
    assert main([str(clip), "--scores", "bn.csv", "--duration", "0.2"]) == 2
    said_last = capsys.readouterr().err.splitlines()[-1]
    assert "s long. Leave out --duration, and there is a patch for each window" in said_last
    scored = pv.Spectrogram.from_file(clip).patches(duration=0.5, hop_duration=0.2)
    scored.with_scores(np.linspace(0, 1, len(scored)), classes=["Wren"])[::2].to_frame().to_csv(
        "own.csv"
    )
    assert main([str(clip), "--scores", "own.csv", "--no-audio"]) == 0
    assert f"{len(range(0, len(scored), 2))} patches of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--labels", "no.txt"], "--labels no.txt: There is no file 'no.txt' (looked for from"),
        (["--scores", "no.csv"], "--scores no.csv: There is no file 'no.csv' (looked for from"),
        (["--labels", "wrong.csv"], "--labels wrong.csv: "),
        (["--scores", "few.csv"], "1 of 1 rows of scores"),
        (["--flim", "5k:200"], "--flim 5k:200 is no range of frequencies. It must be such as"),
        (["--flim", "20k:120k"], "--flim 20000:120000 shows no row: there are rows from"),
    ],
)
def test_what_is_known_and_cannot_be_shown_is_told(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("wrong.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    Path("few.csv").write_text("start_time,end_time,wren\n100,105,0.5\n", encoding="utf-8")
    assert main([*arguments, "--no-audio"]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert message in said
    assert len(said) <= 520
    assert not Path("sonnet1.html").exists()


@pytest.mark.parametrize("ending", ["webm", "mkv", "mov"])
def test_films_have_the_endings_that_ffmpeg_has(
    ending: str, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = []

    def save(animation: pv.PatchAnimation, out: Path, **how: object) -> None:
        animation._draw_was_started = True  # or matplotlib warns that nobody has seen it
        saved.append(how)
        out.touch()

    monkeypatch.setattr(pv.PatchAnimation, "save", save)
    assert main([str(clip), "--duration", "1", "--hop", "0.5", "-o", f"film.{ending}"]) == 0
    assert [how["audio"] for how in saved] == [True]


def test_a_spectrogram_is_kept_and_opened(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("patchviz.core.cache._folder", lambda: tmp_path / "kept")
    pages = [tmp_path / "first.html", tmp_path / "second.html"]
    for page in pages:
        options = ["--duration", "1", "--no-audio", "-o", str(page)]
        assert main([str(clip), "--cache", *options]) == 0
        monkeypatch.setattr("patchviz.core.computed.compute", None)  # the second time nobody calls
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert pages[0].read_bytes() == pages[1].read_bytes()
    capsys.readouterr()
    assert main(["--cache", "-o", str(tmp_path / "none.png")]) == 2
    assert "--cache has no use without a FILE. Leave it out" in capsys.readouterr().err
