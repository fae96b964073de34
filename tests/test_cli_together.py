"""Several recordings come onto one page, each with a player."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from patchviz.cli import main

SR = 8000
CARVED = ["--duration", "0.5", "--hop", "0.25", "--sr", "native"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for k, name in enumerate(("a.wav", "b.wav")):
        t = np.arange((1 + k) * SR) / SR
        soundfile.write(name, 0.5 * np.sin(2 * np.pi * (500 + 700 * k) * t), SR)
    Path("labels.csv").write_text(
        "file,start_time,end_time,label\na.wav,0.1,0.3,wren\nb.wav,1.2,1.5,robin\n"
    )
    return tmp_path


def test_each_has_a_player_with_what_is_known_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a.wav", "-o", "page.html", "b.wav", *CARVED, "--labels", "labels.csv"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("Recordings: 13 patches of 0.")
    assert out[-1].startswith("wrote page.html (")
    text = Path("page.html").read_text("utf-8")
    first, second = text.split('class="patchviz-player ')[1:]
    assert ("wren" in first, "robin" in first) == (True, False)
    assert ("wren" in second, "robin" in second) == (False, True)
    assert text.count("<script>") == 1


def test_files_of_one_name_are_told_apart() -> None:
    for site in ("north", "river"):
        Path(site).mkdir()
        shutil.copy("a.wav", f"{site}/a.wav")
    assert main(["north/a.wav", "river/a.wav", "b.wav", "-o", "page.html", *CARVED]) == 0
    text = Path("page.html").read_text("utf-8")
    assert re.findall(r'"title":"(.*?)"', text) == ["north/a.wav", "river/a.wav", "b.wav"]
    assert main(["north/a.wav", "b.wav", "-o", "page.html", *CARVED]) == 0
    text = Path("page.html").read_text("utf-8")
    assert re.findall(r'"title":"(.*?)"', text) == ["a.wav", "b.wav"]


def test_a_file_that_is_named_twice_has_one_player(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a.wav", "b.wav", "a.wav", "-o", "page.html", *CARVED]) == 0
    assert "1 of 3 files are named again, first 'a.wav'" in capsys.readouterr().err
    assert Path("page.html").read_text("utf-8").count('class="patchviz-player ') == 2


def test_limits_are_those_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--clim=-60:-10", "--flim", "300:3k"]
    assert main(["a.wav", "b.wav", "-o", "page.html", *CARVED, *options]) == 0, capsys.readouterr()
    first, second = Path("page.html").read_text("utf-8").split('class="patchviz-player ')[1:]
    for player in (first, second):
        assert '"vmin":-60' in player.replace(" ", "")
        assert '"vmax":-10' in player.replace(" ", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("a.wav b.wav", "2 recordings come onto one page. Say where it is to be, such as --out"),
        ("a.wav b.wav -o x.png", "--out x.png: 2 recordings come onto one page. Name an .html"),
        ("a.wav - -o x.html", "FILE - is no file's name, and several recordings are files."),
        (
            "a.wav . -o x.html",
            "FILE . is a folder, and several recordings are files. Name it, or "
            "the folder above several, alone, and --out, the folder of its site; or files: "
            "season/*/*.wav.",
        ),
        (". . -o x.html", "FILE . is a folder, and several recordings are files."),
        (". a.wav -o site", "FILE . is a folder, and several recordings are files."),
        ("a.wav b.wav -o x.html --from 1", "--from has no use with 2 recordings. Leave it out"),
        ("a.wav b.wav -o x.html --stops 1,2", "--stops 1,2 are numbers of patches, and each of 2"),
        (
            "a.wav b.wav -o x.html --stops mistake",
            "--stops mistake is not allowed. It must be events, mistakes or positions of patches",
        ),
        (
            "a.wav b.wav -o x.html --stops mistakes --labels labels.csv",
            "--stops mistakes needs scores. Give --scores.\n",
        ),
        ("a.wav -o x.html --stops events", "--stops events needs scores. Give --scores.\n"),
        (
            "a.wav -o x.html --stops mistakes",
            "--stops mistakes needs scores and labels. Give --scores and --labels.\n",
        ),
        ("a.wav -o x.html --threshold 0.5", "--threshold 0.5 needs scores. Give --scores.\n"),
        ("a.wav -o x.html --mark a=0:999", "--mark a=998 is out of range: there are "),
        ("a.wav c.wav -o x.html", "c.wav"),
        ("a.wav kept.html -o kept.html", "--out kept.html is a recording itself."),
    ],
)
def test_what_cannot_be_is_said(
    arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("kept.html").write_bytes(Path("a.wav").read_bytes())
    assert main([*shlex.split(arguments), *CARVED]) == 2
    assert said in capsys.readouterr().err
    assert not Path("x.html").exists()


def test_a_recording_that_cannot_be_used_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write("two.wav", np.zeros((SR, 2)), SR)
    assert main(["a.wav", "two.wav", "-o", "x.html", *CARVED]) == 2
    assert "FILE two.wav: has 2 channels" in capsys.readouterr().err.splitlines()[-1]
