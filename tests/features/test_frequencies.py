"""Which frequencies rows have, beside librosa."""

from __future__ import annotations

from typing import Any

import librosa
import numpy as np
import pytest

from patchviz.core.spectrogram import Spectrogram


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, librosa.mel_frequencies(130, fmax=11025)[1:-1]),
        (
            {"n_mels": 40, "fmin": 300, "fmax": 4000, "htk": True},
            librosa.mel_frequencies(42, fmin=300, fmax=4000, htk=True)[1:-1],
        ),
        ({"kind": "stft", "n_fft": 512}, librosa.fft_frequencies(sr=22050, n_fft=512)),
        (
            {"kind": "cqt", "bins_per_octave": 24, "n_bins": 96},
            librosa.cqt_frequencies(96, fmin=librosa.note_to_hz("C1"), bins_per_octave=24),
        ),
    ],
)
def test_rows_have_the_frequencies_of_librosa(
    options: dict[str, Any], expected: np.ndarray
) -> None:
    y = np.random.default_rng(0).uniform(-0.1, 0.1, 22050)
    spec = Spectrogram.from_audio(y, sr=22050, **options)
    np.testing.assert_allclose(spec.frequencies, expected)
    two = Spectrogram.from_audio(np.stack([y, y]), sr=22050, channels="all", **options)
    np.testing.assert_allclose(two.frequencies, np.tile(expected, 2))


@pytest.mark.parametrize("y_axis", ["none", "chroma"])
def test_rows_without_a_frequency_say_so(y_axis: Any) -> None:
    assert Spectrogram(np.zeros((12, 5)), sr=10, hop_length=1, y_axis=y_axis).frequencies is None
