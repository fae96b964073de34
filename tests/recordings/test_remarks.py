"""What is told of one of many recordings: which one, and the same of others once."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import patchviz as pv


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


def test_whoever_goes_through_all_counts_them(clips: pv.Recordings) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        clips.loudness()
        clips.map(lambda patches: {"n": np.ones(len(patches))})
    counted = remarks(told)
    assert len(counted) == 2
    for text in counted:
        assert text.startswith("clip 0.wav: The sound has 1500 samples")
        assert text.endswith(" There are remarks on 2 others.")
