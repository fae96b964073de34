"""Where one stops: once in each run of patches that follow one another."""

from __future__ import annotations

import numpy as np
import pytest

import patchviz as pv


@pytest.fixture
def scored() -> pv.Patches:
    """Two hundred patches of half a second at a hop of a tenth; six of them are mistakes."""
    spec = pv.Spectrogram(np.zeros((4, 2100), np.float32), sr=1000, hop_length=10, name="quiet")
    spec = spec.with_labels([{"start_time": 0.0, "end_time": 0.001, "label": "robin"}])
    patches = spec.patches(duration=0.5, hop_duration=0.1)
    scores = np.zeros((len(patches), 1))
    scores[[5, 6, 40, 80, 120, 121]] = 0.9
    scores[0] = 0.9  # which is right
    return patches.with_scores(scores, classes=["robin"])


def stops(patches: pv.Patches, kind: str) -> list[int]:
    return list(pv.player(patches, stops=kind).state["known"]["stops"])


def test_neighbours_are_one_stop(scored: pv.Patches) -> None:
    assert stops(scored, "mistakes") == [5, 40, 80, 120]
    assert stops(scored, "events") == [0, 5, 40, 80, 120]


def test_picked_patches_that_are_no_neighbours_are_stops_each(scored: pv.Patches) -> None:
    picked = scored[[5, 6, 40, 80, 120]]
    assert stops(picked, "mistakes") == [0, 2, 3, 4]
    assert stops(picked, "events") == [0, 2, 3, 4]
    assert stops(scored[40:121:40], "mistakes") == [0, 1, 2]  # at a hop of their own


def test_windows_behind_a_gap_are_stops_of_their_own() -> None:
    spec = pv.Spectrogram(np.zeros((4, 2100), np.float32), sr=1000, hop_length=10)
    patches = spec.patches(duration=3.0, starts=[0.0, 3.0, 9.0, 12.01])
    scored = patches.with_scores(np.full((4, 1), 0.9), classes=["robin"])
    assert stops(scored, "events") == [0, 2]
    gaps = spec.patches(duration=1.0, hop_duration=3.0)  # a regular hop leaves none out
    scored = gaps.with_scores(np.full((len(gaps), 1), 0.9), classes=["robin"])
    assert stops(scored, "events") == [0]


def test_items_of_a_batch_are_sounds_of_their_own() -> None:
    batch = pv.Patches.from_batch(np.zeros((3, 4, 20), np.float32))
    scored = batch.with_scores(np.full((3, 1), 0.9), classes=["robin"])
    assert stops(scored, "events") == [0, 1, 2]
