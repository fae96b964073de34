"""The small overviews in the index of a site, by their cells."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.web.overviews import HEIGHT, WIDTH, overview_of

SR = 8000


def cells(path: Path, n_channels: int = 1, **options: Any) -> Any:
    """An overview of noise and a tone of 3 kHz, recorded at 8 kHz and seen at 22,050 Hz.

    Rows from the top, of entries of a palette.
    """
    tone = np.sin(2 * np.pi * 3000 * np.arange(2 * SR) / SR)[:, np.newaxis]
    noise = np.random.default_rng(0).normal(0, 0.01, (2 * SR, n_channels))
    soundfile.write(path, 0.3 * tone + noise, SR)
    spec = pv.Spectrogram.from_file(path, sr=22050, channels="all" if n_channels > 1 else None)
    data = base64.b64decode(overview_of(spec.patches(duration=0.5), options))
    return np.frombuffer(data, np.uint8).reshape(HEIGHT, WIDTH)


@pytest.mark.parametrize("n_channels", [1, 2])
def test_there_is_no_row_where_there_is_no_sound(tmp_path: Path, n_channels: int) -> None:
    """As the axes of all views end at half of the file's own rate."""
    rows = np.median(cells(tmp_path / "a.wav", n_channels), axis=1)
    assert rows.min() > 30
    assert rows[: HEIGHT // n_channels // 3].max() == 255, "the tone is near the top"


def test_it_shows_the_frequencies_that_the_pages_do(tmp_path: Path) -> None:
    assert np.median(cells(tmp_path / "a.wav"), axis=1).max() == 255
    assert np.median(cells(tmp_path / "a.wav", flim=(0, 1000)), axis=1).max() < 150
