"""Rows of a table of mistakes are patches of their file at their time, wherever they are given."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.core.scoretable import NoPatchThereError

SR = 8000

pytestmark = pytest.mark.filterwarnings("ignore:.*no row in the table of labels")


@pytest.fixture
def scored(tmp_path: Path) -> pv.Recordings:
    """Two recordings of 13 and 29 patches; three inventions in the second, two in the first."""
    for name, seconds in (("a.wav", 4), ("b.wav", 8)):
        rng = np.random.default_rng(seconds)
        soundfile.write(tmp_path / name, rng.normal(0, 0.1, seconds * SR), SR)
    recordings = pv.Recordings(
        [tmp_path / "a.wav", tmp_path / "b.wav"], duration=1.0, hop_duration=0.25, sr=SR,
        hop_length=80,
    )  # fmt: skip
    labels = pd.DataFrame({"file": "b.wav", "start_time": [7.0], "end_time": 7.5, "label": "wren"})
    scores = np.zeros((len(recordings), 1))
    scores[[3, 8, 15, 17, 30], 0] = [0.6, 0.7, 0.9, 0.8, 0.75]
    return recordings.with_labels(labels).with_scores(scores, classes=["wren"])


def inventions(scored: pv.Recordings) -> pd.DataFrame:
    table = scored.mistakes()
    return table[table["mistake"] != "missed"]


def tiles(patches: Any, table: pd.DataFrame) -> list[float]:
    sheet: Any = pv.sheet(patches, table)
    sheet.picked = sheet._content.tiled.shown
    return sorted(sheet.to_frame()["start_time"].round(2).tolist())


def panels(patches: Any, table: pd.DataFrame) -> list[float]:
    mosaic = pv.plot_mosaic(patches, table, ax=Figure((12, 9)))
    titles = [panel.get_title(loc="left") for panel in mosaic.panels]
    return sorted(float(re.findall(r"· (\d+\.\d+)-", title)[0]) for title in titles)


def stops(patches: Any, table: pd.DataFrame) -> list[float]:
    player = pv.player(patches, stops=table)
    return [round(float(patches.time(stop)[0]), 2) for stop in player.stops]


@pytest.mark.parametrize("chosen", [stops, panels, tiles])
def test_of_one_recording_they_are_found_by_file_and_time(
    scored: pv.Recordings, chosen: Callable[..., list[float]]
) -> None:
    """Their numbers count through all recordings."""
    table = inventions(scored)
    own = table[table["file"].str.endswith("b.wav")]
    one = scored.patches(1)
    expected = sorted(own["start_time"].round(2).tolist())
    assert len(expected) == 3
    assert chosen(one, own) == expected
    with pytest.warns(UserWarning, match="2 of 5 rows of .* are of other recordings, and are left"):
        assert chosen(one, table) == expected
    some = one[np.sort([0, 1, 20, *own["patch_in_file"]])]
    assert chosen(some, own) == expected


@pytest.mark.parametrize("chosen", [stops, panels, tiles])
def test_of_another_carving_they_are_refused(
    scored: pv.Recordings, chosen: Callable[..., list[float]]
) -> None:
    one = scored.patches(1)
    other = one.spectrogram.patches(duration=1.0, hop_duration=0.4)
    own = inventions(scored).query("file.str.endswith('b.wav')")
    with pytest.raises(NoPatchThereError, match="of 3 rows of table are of no patch"):
        chosen(other, own)


def test_of_recordings_in_another_order_they_are_found(scored: pv.Recordings) -> None:
    table = inventions(scored)
    turned = pv.Recordings(
        scored.files["file"].tolist()[::-1], duration=1.0, hop_duration=0.25, sr=SR, hop_length=80
    )
    player = pv.player(turned, stops=table)
    rows, numbers = turned.find(player.stops)
    found = {(turned.files["file"][row], number) for row, number in zip(rows, numbers, strict=True)}
    assert found == {*zip(table["file"], table["patch_in_file"], strict=True)}
