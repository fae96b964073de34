"""Rates that a sound can be resampled to, and those at which the resampler would never end."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.audio.resample import check_rate, resampled
from patchviz.errors import InvalidValueError

RATE = 22050
TOO_MANY = [1e11, 1e9, 10_000_001]
TOO_FEW = [2.2, 1e-9, 1e-11]


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, n).astype(np.float32)


@pytest.mark.parametrize("sr", TOO_MANY + TOO_FEW)
def test_rates_without_an_end_are_refused_at_the_call(sr: float, tmp_path: Path) -> None:
    """Each of them killed the process, or could not be interrupted."""
    soundfile.write(tmp_path / "a.wav", noise(RATE), RATE)
    audio = pv.Audio.from_array(noise(RATE), RATE)
    expected = (
        f"sr={sr} Hz is not possible for a sound of 22050 Hz. It must be from 2.205 Hz to "
        "10000000 Hz, for which it can be resampled."
    )
    for call in (
        lambda: audio.read(sr=sr),
        lambda: audio.blocks(sr=sr),
        lambda: pv.Spectrogram.from_file(tmp_path / "a.wav", sr=sr),
    ):
        with pytest.raises(InvalidValueError, match=f"^{re.escape(expected)}$"):
            call()


@pytest.mark.parametrize("sr", [2.205, 3.3, 200, 44100, 1_000_000.5, 10_000_000])
def test_rates_up_to_the_bounds_are_taken(sr: float) -> None:
    y = pv.Audio.from_array(noise(2000), RATE).read(sr=sr)
    assert y.shape == (1, int(np.ceil(2000 * (sr / RATE))))
    assert np.isfinite(y).all()


def test_a_sound_of_an_odd_rate_of_its_own_is_read_at_it() -> None:
    for rate in (1e-9, 1e11):
        audio = pv.Audio.from_array(noise(100), rate)
        assert np.array_equal(audio.read(), audio.read(sr=rate))


def test_no_block_grows_with_the_ratio() -> None:
    blocks = resampled(iter([noise(100_000)[np.newaxis]]), 1, 100, 10_000_000)
    sizes = [block.shape[1] for block in blocks]
    assert sum(sizes) == 10_000_000
    assert max(sizes) < 1_000_000


def test_more_than_memory_holds_is_refused_at_once() -> None:
    a_day = 24 * 3600 * RATE  # which is told by a header; nothing of it is decoded
    audio = dataclasses.replace(pv.Audio.from_array(noise(100), RATE), n_samples=a_day)
    with pytest.raises(InvalidValueError, match=r"take 3456 GB, more memory than there is\."):
        audio.read(sr=10_000_000)


def test_the_own_rate_has_no_name_in_python() -> None:
    message = "^sr='native' is of type str. It must be a number of Hz, or None, which keeps the sou"
    with pytest.raises(TypeError, match=message):
        check_rate("sr", "native", 48000)
