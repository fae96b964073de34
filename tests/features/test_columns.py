"""How many columns a sound has is known from its length alone, of every front end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import patchviz as pv
from patchviz.features.columns import Columns
from patchviz.features.pooling import Pooling

SR = 8000


def strided(kernel: int, hop: int, pad: int) -> Any:
    """A front end with one column for each whole kernel, as a convolution has it."""

    def front_end(y: NDArray[Any], sr: float) -> pv.Features:
        padded = np.pad(y, pad)
        n = 1 + (len(padded) - kernel) // hop
        return pv.Features(np.ones((2, n)), sr=sr, hop_length=hop)

    return front_end


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("mel", {}),
        ("stft", {"n_fft": 512, "hop_length": 100}),
        (pv.Stft(n_fft=1024, hop_length=300, center=False), {}),
        pytest.param("cqt", {"n_bins": 24}, marks=pytest.mark.slow),  # librosa compiles
        (strided(400, 160, 0), {}),
        (strided(400, 160, 200), {}),
        (strided(7, 3, 1), {}),
    ],
)
@pytest.mark.parametrize("pool", [1, 7])
@pytest.mark.filterwarnings("ignore:The sound has", "ignore:pool=7 frames are more")
def test_columns_are_counted_without_the_sound(kind: Any, options: Any, pool: int) -> None:
    columns = Columns.of(kind, options, SR, Pooling.of(pool, "max"))
    lengths = [2047, 8123, 16384, 16543, 24001]
    counted, errors = columns.counts(np.array(lengths))
    assert errors == {}
    for length, n in zip(lengths, counted, strict=True):
        y = np.random.default_rng(length).uniform(-0.1, 0.1, length)
        spec = pv.Spectrogram.from_audio(y, sr=SR, kind=kind, pool=pool, **options)
        assert spec.n_frames == n
        assert (spec.sr, spec.hop_length) == (columns.sr, columns.hop_length)
        assert spec.start == columns.middle / columns.sr


def test_a_function_is_asked_a_few_times_however_many_lengths_there_are() -> None:
    asked = []

    def front_end(y: NDArray[Any], sr: float) -> pv.Features:
        asked.append(len(y))
        return pv.Features(np.ones((2, 1 + len(y) // 160)), sr=sr, hop_length=160)

    counted, _ = Columns.of(front_end, {}, SR, Pooling()).counts(np.arange(20_000, 25_000))
    assert counted.tolist() == (1 + np.arange(20_000, 25_000) // 160).tolist()
    assert len(asked) <= 10
    assert max(asked) <= 17_000  # samples: no more than a little noise


def test_a_function_whose_columns_do_not_fit_its_samples_is_asked_for_every_length() -> None:
    def front_end(y: NDArray[Any], sr: float) -> pv.Features:
        n = round(len(y) / sr * 33.3)
        return pv.Features(np.ones((2, n)), sr=333, hop_length=10)

    lengths = np.array([20_000, 24_000, 24_100])
    counted, _ = Columns.of(front_end, {}, SR, Pooling()).counts(lengths)
    assert counted.tolist() == [round(n / SR * 33.3) for n in lengths]


def test_a_sound_shorter_than_a_frame_has_none_and_it_is_said_why() -> None:
    columns = Columns.of("stft", {"n_fft": 512, "center": False}, SR, Pooling())
    counted, errors = columns.counts(np.array([300, 600, 300]))
    assert counted.tolist() == [0, 1, 0]
    assert sorted(errors) == [0, 2]
    assert "300 samples at 8000 Hz, less than one frame of n_fft=512" in errors[2]
