"""What a directive shows, without a build."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from patchviz.sphinxext.cache import CachedView
from patchviz.sphinxext.directive import PatchvizDirective


def test_frames_are_pooled(tmp_path: Path) -> None:
    clip = tmp_path / "noise.wav"
    soundfile.write(clip, np.random.default_rng(0).normal(scale=0.01, size=44100), 22050)
    given = {"kind": "stft", "pool": "10", "reduce": "median"}
    options = {name: PatchvizDirective.option_spec[name](text) for name, text in given.items()}
    made = CachedView.of(clip, "player", options, tmp_path / "kept")
    assert made.html is not None
    written = re.search(r'<script type="application/json">(.*?)</script>', made.html.read_text())
    assert written is not None
    state = json.loads(written[1])
    assert state["columns"]["count"] == 9  # of 87 frames
    assert state["columns"]["note"] == "pixels show the median"
    assert CachedView.of(clip, "overview", options, tmp_path / "kept").html is None


def test_levels_their_colours_and_the_time_of_day(tmp_path: Path) -> None:
    clip = tmp_path / "a_20240512_063000.wav"
    soundfile.write(clip, np.random.default_rng(0).normal(scale=0.01, size=44100), 22050)
    given = {"kind": "stft", "level": "psd", "sensitivity": "-170", "clim": "30:99.5%"}
    given["start"] = "filename"
    options = {name: PatchvizDirective.option_spec[name](text) for name, text in given.items()}
    made = CachedView.of(clip, "player", options, tmp_path / "kept")
    assert made.html is not None
    written = re.search(r'<script type="application/json">(.*?)</script>', made.html.read_text())
    assert written is not None
    state = json.loads(written[1])
    assert state["color"]["label"] == "Spectral density (dB re 1 µPa²/Hz)"
    assert state["color"]["vmin"] == 30
    assert 90 < state["color"]["vmax"] < 100
    assert state["columns"]["clock"]["date"] == "2024-05-12"
    assert CachedView.of(clip, "overview", options, tmp_path / "kept").html is None


def test_the_front_end_has_its_options(tmp_path: Path) -> None:
    given = {"n-fft": "512", "hop-length": "2048", "n-mels": "40", "fmin": "300", "fmax": "4000"}
    options = {name: PatchvizDirective.option_spec[name](text) for name, text in given.items()}
    made = CachedView.of(None, "player", options, tmp_path / "kept")
    assert made.html is not None
    assert any("hop_length=2048 is longer" in remark for remark in made.remarks)
    written = re.search(r'<script type="application/json">(.*?)</script>', made.html.read_text())
    assert written is not None
    state = json.loads(written[1])
    assert len(state["rows"]["values"]) == 40
    assert state["columns"]["count"] == 160


def test_what_is_known_is_shown_as_long_as_its_tables_stay(tmp_path: Path) -> None:
    table, scores = tmp_path / "calls.txt", tmp_path / "scores.csv"
    table.write_text("0.5\t1.0\twren\n", encoding="utf-8")
    scores.write_text("patch,robin\n0,0.75\n", encoding="utf-8")
    options = {"labels": str(table), "scores": str(scores), "duration": 5.0, "hop": 5.0}
    options["flim"] = PatchvizDirective.option_spec["flim"]("500:4k")

    def state() -> Any:
        made = CachedView.of(None, "player", options, tmp_path / "kept")
        assert made.html is not None
        page = made.html.read_text("utf-8")
        written = re.search(r'<script type="application/json">(.*?)</script>', page)
        assert written is not None
        return json.loads(written[1])

    first = state()
    assert [name for name, *_ in first["known"]["classes"]] == ["robin", "wren"]
    assert first["rows"]["positions"][0] < 0
    assert first["rows"]["positions"][-1] > 1
    table.write_text("0.5\t1.0\towl\n", encoding="utf-8")
    assert [name for name, *_ in state()["known"]["classes"]] == ["robin", "owl"]
    assert state()["known"]["truth"] is None
    options["truth"] = PatchvizDirective.option_spec["truth"]("min_share=0.5")
    assert state()["known"]["truth"] is not None
    mosaics = []
    for without in ("", "truth"):
        own = {name: value for name, value in options.items() if name != without}
        made = CachedView.of(None, "mosaic", own, tmp_path / "kept")
        mosaics.append(made.still.read_bytes())
    assert mosaics[0] != mosaics[1]


def test_what_was_kept_and_is_damaged_is_made_again(tmp_path: Path) -> None:
    """As a machine leaves it whose current fails."""
    made = CachedView.of(None, "overview", {}, tmp_path)
    for left in (b"", b'{"remarks": ['):
        made.still.with_suffix(".json").write_bytes(left)
        assert CachedView.of(None, "overview", {}, tmp_path) == made
