"""A folder of small recordings, made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

SR = 8000

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a quiet noise of some seconds into a file of this test's folder."""

    def write(name: str, seconds: float = 3.0, sr: int = SR, n_channels: int = 1) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(len(name) + round(1000 * seconds))
        y = rng.uniform(-0.1, 0.1, (round(seconds * sr), n_channels))
        soundfile.write(path, y, sr)
        return path

    return write


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three recordings at 8 kHz of 3, 5 and 2.5 s, each a tone of its own that grows."""
    folder = tmp_path_factory.mktemp("season")
    for k, (name, seconds) in enumerate((("a.wav", 3.0), ("sub/b.flac", 5.0), ("c.wav", 2.5))):
        t = np.arange(round(seconds * SR)) / SR
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        y = 0.01 * (1 + k) * (1 + t) * np.sin(2 * np.pi * (500 + 700 * k) * t)
        soundfile.write(path, y, SR)
    return folder


RATES = [8000, 11025, 22050, 32000, 44100, 48000, 96000, 192_000, 250_000, 256_000, 384_000]


@pytest.fixture(scope="session")
def rates(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A short recording at each of many rates, by its rate."""
    folder = tmp_path_factory.mktemp("rates")
    paths = {sr: folder / f"{sr}.wav" for sr in RATES}
    for k, (sr, path) in enumerate(paths.items()):
        y = np.random.default_rng(k).uniform(-0.1, 0.1, round(sr * (0.4 + 0.04 * k)))
        soundfile.write(path, y, sr)
    return paths
