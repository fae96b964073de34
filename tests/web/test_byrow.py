"""What is asked of all recordings, as each of them has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile

import patchviz as pv
from patchviz.web.byrow import ByRow
from patchviz.web.known import known_of
from patchviz.web.options import PlayerOptions

CLASSES = ["wren", "owl"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five recordings of two rates; one of them is too short for a patch."""
    folder = tmp_path_factory.mktemp("recordings")
    rng = np.random.default_rng(0)
    for k, (seconds, sr) in enumerate(((3, 8000), (7, 6000), (0.2, 8000), (5, 8000), (4, 6000))):
        soundfile.write(folder / f"{k}.wav", rng.normal(0, 0.1, round(seconds * sr)), sr)
    return folder


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # chance makes what is warned of, too
@pytest.mark.parametrize("seed", range(12))
def test_how_many_stops_each_has_is_what_its_own_patches_say(folder: Path, seed: int) -> None:
    """Of mistakes and of given stops, without the patches of any; runs end with their recording."""
    rng = np.random.default_rng(seed)
    hop, starts = (0.25, 0.5, 1.0, None)[seed % 4], np.sort(rng.uniform(0, 2, 5))
    how: dict[str, Any] = {"starts": starts} if hop is None else {"hop_duration": hop}
    recordings = pv.Recordings(folder, duration=1.0, sr=None, hop_length=100, **how)
    begin = rng.uniform(0, 3, 12).round(2)
    labels = {
        "file": [f"{k}.wav" for k in rng.choice([0, 1, 3, 4], 12)], "start_time": begin,
        "end_time": begin + 0.7, "label": rng.choice(CLASSES, 12),
    }  # fmt: skip
    scores = rng.choice([0.1, 0.9], (len(recordings), 2), p=[0.4, 0.6])
    known = recordings.with_labels(pd.DataFrame(labels)).with_scores(scores, classes=CLASSES)
    if seed % 3 == 2:
        known = known[rng.random(len(known)) < 0.7]
    n = len(known)
    given = np.unique(rng.integers(0, n, 5))
    for options in (
        {"stops": "mistakes"},
        {"stops": "mistakes", "classes": ["owl"], "threshold": 0.95},
        {"stops": "mistakes", "truth": rng.random((n, 2)) < 0.5},
        {"stops": given.tolist()},
    ):
        asked = ByRow(known, PlayerOptions(**options))
        counts = np.zeros(len(known._table), int)
        for row in np.unique(known.find(np.arange(n))[0]).tolist():
            of_row: Any = known_of(known.patches(row), asked.of(row))
            counts[row] = len(of_row["stops"])
        assert asked.counts is not None
        assert asked.counts.tolist() == counts.tolist()
        assert asked.stopping.tolist() == np.flatnonzero(counts).tolist()
        assert counts.any()
    assert ByRow(known, PlayerOptions(stops="events")).counts is None
