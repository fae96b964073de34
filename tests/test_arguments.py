"""What a shell says of how a page shows and plays patches."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.cli import main
from patchviz.errors import InvalidValueError
from patchviz.web.marks import marks_from
from patchviz.web.seen import times_from
from patchviz.web.stops import stops_from


@pytest.fixture(autouse=True)
def _in_a_folder_with_a_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("noise.wav", np.random.default_rng(0).uniform(-0.1, 0.1, 8000), 8000)


def state_of(page: str) -> dict[str, Any]:
    text = Path(page).read_text("utf-8")
    (state,) = re.findall(r'<script type="application/json">(.*?)</script>', text)
    return dict(json.loads(state))


def test_a_page_is_shown_and_played_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    spec = pv.Spectrogram.from_file("noise.wav", sr=None)
    patches = spec.patches(duration=0.5, hop_duration=0.1)
    scores = [0.2, 0.9, 0.3, 0.8, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0]
    patches.with_scores(scores, classes=["robin"]).to_frame().to_csv("scores.csv")
    arguments = [
        *("noise.wav", "--sr", "native", "--duration", "0.5", "--hop", "0.1"),
        *("--scores", "scores.csv", "--threshold", "0.85", "--stops", "events"),
        *("--tlim", "0.128,0.256", "--speed", "0.5", "--pitch", "keep", "--gain-db", "-6.5"),
        *("--height", "480", "--mark", "train=0:4,9", "--mark", "a=b=7"),
    ]
    assert main(arguments) == 0, capsys.readouterr().err
    state = state_of("noise.html")
    options = state["options"]
    played = [options[name] for name in ("speed", "pitch", "gain", "height")]
    assert played == [0.5, "keep", -6.5, 480]
    assert state["known"]["threshold"] == 0.85
    assert state["known"]["stops"] == [1]
    marked = pv.player(patches, mark={"train": [0, 1, 2, 3, 9], "a=b": [7]}).state["known"]
    assert state["known"]["groups"] == marked["groups"]
    first, last = state["view"]["time"]
    assert last - first == pytest.approx(0.128 / 0.48, abs=0.02)


@pytest.mark.slow  # as a film that Python saves
def test_a_film_has_a_speed(tmp_path: Path) -> None:
    from PIL import Image

    lasts = []
    for speed in ("1", "0.5"):
        film = ["--duration", "0.5", "--hop", "0.25", "--speed", speed, "-o", "film.gif"]
        assert main(["noise.wav", "--sr", "native", *film]) == 0
        with Image.open("film.gif") as opened:
            lasts.append(opened.info["duration"])
    assert 2 * lasts[0] == pytest.approx(lasts[1], abs=20)


@pytest.mark.parametrize("option", ["--tlim", "--pitch", "--stops", "--mark", "--gain-db"])
def test_what_a_page_has_and_a_film_has_not(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["noise.wav", option, "1", "-o", "film.gif"]) == 2
    of = ".html, .png, .pdf, .svg, .csv" if option == "--stops" else ".html"  # those of mistakes
    said = f"patchviz: {option} has no use with .gif. Leave it out; it belongs to {of}.\n"
    assert capsys.readouterr().err == said


def test_times_and_stops_are_written_as_people_write_them() -> None:
    assert times_from("3.2, 4") == (3.2, 4.0)
    assert times_from("1:23,1:25.5") == (83.0, 85.5)
    assert stops_from("mistakes") == "mistakes"
    assert stops_from("3, 50,-1") == [3, 50, -1]
    with pytest.raises(InvalidValueError, match=r"tlim='3-4' is not two times. It must be such as"):
        times_from("3-4")
    with pytest.raises(InvalidValueError, match=r"stops='all' is not allowed. It must be events,"):
        stops_from("all")


def test_groups_of_patches_have_names_and_spans() -> None:
    assert marks_from("train=0:3, 7; a=b = 5") == {"train": [0, 1, 2, 7], "a=b": [5]}
    refused = [
        "",
        "0:3",
        "=3",
        "a=",
        "a=3:3",
        "a=8:2",
        "a=1;a=2",
        "a=x",
        "a=0:99999999999",
        "a=0:" + "9" * 99,
    ]
    for text in refused:
        with pytest.raises(
            InvalidValueError, match=r"is not allowed\. It must be names, each once,"
        ):
            marks_from(text)
