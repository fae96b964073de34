"""What is told of one of many recordings: which one, and the same of others once."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import patchviz as pv
from patchviz.recordings.remarks import by_kind


@pytest.fixture
def clips(tmp_path: Path) -> pv.Recordings:
    for k, n in enumerate([1500, 1600, 4000, 1700]):
        noise = np.random.default_rng(k).uniform(-0.5, 0.5, n)
        sf.write(tmp_path / f"clip {k}.wav", noise, 8000)
    return pv.Recordings(tmp_path, duration=0.25, sr=None, tail="pad", n_mels=16)


def remarks(looked: list[warnings.WarningMessage]) -> list[str]:
    return [str(one.message) for one in looked if "less than one frame" in str(one.message)]


def test_what_is_the_same_of_several_is_told_once_and_of_which(clips: pv.Recordings) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for row in (3, 0, 1, 2):
            clips.patches(row)
        clips.with_scores(np.zeros((len(clips), 1)), classes=["a"]).patches(0)
    assert remarks(told) == [
        "clip 3.wav: The sound has 1700 samples at 8000 Hz, less than one frame of n_fft=2048: "
        "most of a frame is padding. Choose a smaller n_fft."
    ]


def test_whoever_goes_through_all_counts_them(clips: pv.Recordings, tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        clips.loudness()
        clips.map(lambda patches: {"n": np.ones(len(patches))})
    counted = remarks(told)
    assert len(counted) == 2
    for text in counted:
        assert text.startswith("clip 0.wav: The sound has 1500 samples")
        assert text.endswith(
            f" The same is to be said of 2 other recordings: '{tmp_path.name}/clip 1.wav', "
            f"'{tmp_path.name}/clip 3.wav'."
        )


def test_empty_tables_are_told_once_and_which(clips: pv.Recordings, tmp_path: Path) -> None:
    for name in ("clip 0", "clip 1", "clip 3"):
        (tmp_path / f"{name}.txt").write_text("")
    (tmp_path / "clip 2.txt").write_text("0.1\t0.2\trobin\n")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        labels = clips.with_labels(tmp_path).labels
    assert [str(one.message) for one in told] == [
        f"{tmp_path.name}/clip 0.txt is empty: no labels, as of a track without any, or a file "
        "that was not written to its end. The same is to be said of 2 other tables: "
        f"'{tmp_path.name}/clip 1.txt', '{tmp_path.name}/clip 3.txt'."
    ]
    assert labels is not None
    assert labels["label"].tolist() == ["robin"]


def test_remarks_of_different_kinds_are_all_told() -> None:
    said = by_kind(
        [
            ("n/a.wav", "'n/a.wav' has 3 holes."),
            ("n/b.wav", "b.wav is cut at 7 s."),
            ("s/a.wav", "'s/a.wav' has 12 holes."),
            ("s/c.wav", "Levels are those of each recording."),
            ("s/d.wav", "Levels are those of each recording."),
            *[(f"n/{k}.wav", f"{k}.wav is cut at 1 s.") for k in range(5)],
        ],
        "recording",
    )
    assert said == [
        "'n/a.wav' has 3 holes. The same is to be said of 1 other recording: 's/a.wav'.",
        "b.wav is cut at 7 s. The same is to be said of 5 other recordings: 'n/0.wav', 'n/1.wav', "
        "'n/2.wav' and 2 more.",
        "Levels are those of each recording.",
    ]


def test_what_is_not_said_of_all_names_its_recording() -> None:
    remarks = [("n/a.wav", "No score is there."), ("n/b.wav", "No score is there.")]
    assert by_kind(remarks, "recording", 2) == ["No score is there."]
    assert by_kind(remarks, "recording", 3) == [
        "n/a.wav: No score is there. The same is to be said of 1 other recording: 'n/b.wav'."
    ]
    assert by_kind(remarks[:1], "recording", 3) == ["n/a.wav: No score is there."]
