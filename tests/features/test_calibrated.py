"""Levels relative to full scale or to a unit: the same at every window and hop, or refused."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import patchviz as pv
from patchviz.errors import InvalidValueError
from patchviz.plot.color import ColorScale

SR = 16000
SECONDS = np.arange(SR) / SR
# (n_fft, win_length, window, hop_length)
SETTINGS: list[tuple[int, int | None, Any, int]] = [
    (256, None, "hann", 64),
    (512, None, "hamming", 512),
    (1024, 1024, "blackman", 100),
    (1024, 400, "hann", 160),
    (1000, None, ("kaiser", 8.0), 250),
    (2048, None, "flattop", 512),
    (2048, 333, "bartlett", 333),
    (2047, None, "hann", 512),
    (512, None, 3.0 * np.hanning(512), 128),
    (4096, None, "nuttall", 1024),
]


def spectrogram(
    y: NDArray[Any], setting: tuple[int, int | None, Any, int], **options: Any
) -> pv.Spectrogram:
    n_fft, win_length, window, hop_length = setting
    return pv.Spectrogram.from_audio(
        y, sr=SR, n_fft=n_fft, win_length=win_length, window=window, hop_length=hop_length,
        center=False, **options,
    )  # fmt: skip


def tone(hertz: float, amplitude: float = 0.1) -> NDArray[Any]:
    return amplitude * np.sin(2 * np.pi * hertz * SECONDS + 0.3)


NOISE = np.random.default_rng(5).normal(scale=0.01, size=2 * SR)
DENSITY = 10 * np.log10(2 * 0.01**2 / SR)  # dB re 1/Hz, of both halves of its spectrum


def mean_level(spec: pv.Spectrogram, rows: slice = slice(2, -2)) -> float:
    return float(10 * np.log10(np.mean(10 ** (spec.values[rows].astype(float) / 10))))


@pytest.mark.parametrize("setting", SETTINGS)
def test_tones_and_noise_read_what_they_are(setting: Any) -> None:
    n_fft = setting[0]
    hertz = round(3000 / SR * n_fft) * SR / n_fft
    spec = spectrogram(tone(hertz), setting, kind="stft", level="dbfs")
    np.testing.assert_allclose(spec.values.max(axis=0), -20, atol=0.01)
    for kind, options in (("stft", {}), ("mel", {"n_mels": 8, "fmin": 500, "norm": None})):
        spec = spectrogram(NOISE, setting, kind=kind, level="psd", **options)
        assert mean_level(spec) == pytest.approx(DENSITY, abs=0.2)


def test_a_tone_between_rows_reads_its_level_with_a_flat_window_or_a_padded_one() -> None:
    y = tone(3000.0 + SR / 1024 / 2)
    for options in ({"window": "flattop"}, {"win_length": 256}):
        spec = pv.Spectrogram.from_audio(
            y, sr=SR, kind="stft", n_fft=1024, center=False, level="dbfs", **options
        )
        np.testing.assert_allclose(spec.values.max(axis=0), -20, atol=0.1)


def test_a_constant_and_half_the_rate_have_no_other_half() -> None:
    setting = (512, None, "hann", 512)
    constant = spectrogram(np.full(SR, 0.1), setting, kind="stft", level="dbfs")
    np.testing.assert_allclose(constant.values[0], -20 + 10 * np.log10(2), atol=1e-4)
    fastest = spectrogram(0.1 * (-1.0) ** np.arange(SR), setting, kind="stft", level="dbfs")
    np.testing.assert_allclose(fastest.values[-1], -20 + 10 * np.log10(2), atol=1e-4)
    noise = spectrogram(NOISE, setting, kind="stft", level="psd").values
    assert 10 ** (noise[[0, -1]] / 10).mean() < 10 ** (noise[100:110] / 10).mean() * 0.7


def test_a_density_is_that_of_scipy() -> None:
    from scipy.signal import spectrogram as scipy_spectrogram

    setting = (512, None, "hann", 256)
    ours = spectrogram(NOISE, setting, kind="stft", level="psd").values
    theirs = scipy_spectrogram(
        NOISE, SR, window="hann", nperseg=512, noverlap=256, detrend=False, scaling="density"
    )[2]
    np.testing.assert_allclose(ours, 10 * np.log10(theirs), atol=1e-6)


@pytest.mark.parametrize(
    ("level", "sensitivity", "unit", "what", "said"),
    [
        ("dbfs", None, None, -20.0, "Level (dB re full scale)"),
        ("dbfs", -170.0, None, 150 - 10 * np.log10(2), "Level (dB re 1 µPa)"),
        ("dbfs", -130.0, "20 µPa", 110 - 10 * np.log10(2), "Level (dB re 20 µPa)"),
        ("psd", None, None, None, "Spectral density (dB re full scale²/Hz)"),
        ("psd", -170.0, None, None, "Spectral density (dB re 1 µPa²/Hz)"),
        ("psd", 0.0, "m/s", None, "Spectral density (dB re 1 (m/s)²/Hz)"),
        ("psd", -130.0, "20 µPa", None, "Spectral density (dB re (20 µPa)²/Hz)"),
    ],
)
def test_the_colour_bar_says_what_it_is(
    level: str, sensitivity: float | None, unit: str | None, what: float | None, said: str
) -> None:
    y = tone(3000.0) if level == "dbfs" else NOISE
    spec = spectrogram(
        y, (1024, None, "hann", 256), kind="stft", level=level, sensitivity=sensitivity, unit=unit
    )
    assert ColorScale.of(spec).label == said
    if what is None:
        assert mean_level(spec) == pytest.approx(DENSITY - (sensitivity or 0), abs=0.2)
    else:
        assert spec.values.max() == pytest.approx(what, abs=0.01)


def test_a_long_file_reads_as_its_samples(tmp_path: Path) -> None:
    y = np.concatenate([NOISE, np.zeros(SR)]).astype(np.float32)
    soundfile.write(tmp_path / "noise.wav", y, SR, subtype="FLOAT")
    for kind in ("stft", "mel"):
        options: dict[str, Any] = {"kind": kind, "level": "psd", "sensitivity": -170.0}
        whole = pv.Spectrogram.from_audio(y, sr=SR, **options)
        streamed = pv.Spectrogram.from_file(tmp_path / "noise.wav", sr=None, **options)
        np.testing.assert_allclose(streamed.values, whole.values, atol=1e-4)
        assert streamed.unit == whole.unit
    # Frames of silence read what silence does, whatever else is in the recording.
    assert streamed.floor == -130.0
    np.testing.assert_allclose(streamed.values[:, -5:], streamed.floor, atol=1e-3)


def test_a_picture_shows_the_loudest_80_db_of_what_nothing_cuts_off() -> None:
    y = np.concatenate([tone(3000.0), np.zeros(SR)])
    spec = spectrogram(y, (1024, None, "hann", 256), kind="stft", level="dbfs")
    assert spec.finite_range[0] == pytest.approx(-300)
    scale = ColorScale.of(spec)
    assert (scale.vmin, scale.vmax) == pytest.approx((spec.finite_range[1] - 80, -20), abs=0.01)
    assert pv.Stft(level="dbfs").context == 2048  # so that a long sound may come in pieces
    assert pv.Stft().context is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"level": "dbfs"},
            "level='dbfs' cannot be promised: a tone between two mel bands is in both, and reads "
            'less in each. Choose kind="stft", or level="psd", the mean density in each band.',
        ),
        (
            {"kind": "cqt", "level": "dbfs"},
            "level='dbfs' cannot be promised by kind='cqt': each of its filters has a length and a "
            'bandwidth of its own. Choose kind="stft", or leave it out.',
        ),
        (
            {"kind": "mfcc", "level": "psd"},
            "level='psd' cannot be promised by kind='mfcc': coefficients are no levels. "
            'Choose kind="stft", or leave it out.',
        ),
        (
            {"kind": "chroma", "sensitivity": 1.0},
            "sensitivity=1.0 cannot be promised by kind='chroma': a pitch class is relative to the "
            'others in its frame. Choose kind="stft", or leave it out.',
        ),
        (
            {"kind": "stft", "level": "dBFS"},
            "level='dBFS' is not allowed. It must be one of 'relative', 'dbfs', 'psd'.",
        ),
        (
            {"kind": "stft", "sensitivity": -170},
            "sensitivity=-170 dB is given, and levels are relative to ref. "
            'Choose level="dbfs" for tones, or level="psd" for noise.',
        ),
        (
            {"kind": "stft", "level": "psd", "unit": "Pa"},
            "unit='Pa' is given without sensitivity, the samples that one of it makes. "
            "Give it in dB; where samples are in that unit, sensitivity=0.0.",
        ),
        (
            {"kind": "stft", "level": "psd", "top_db": 60},
            "top_db=60 is given beside level='psd', whose 0 dB is fixed and which cuts nothing "
            "off. Leave it out; clim sets what a picture shows.",
        ),
        (
            {"kind": "stft", "level": "psd", "ref": 1.0},
            "ref=1.0 is given beside level='psd', whose 0 dB is fixed and which cuts nothing off.",
        ),
        (
            {"kind": "stft", "level": "dbfs", "window": np.repeat([1.0, -1.0], 1024)},
            "window has values whose sum is 0, and level='dbfs' divides by it. "
            "Choose one whose values are not negative, such as hann.",
        ),
        (
            {"level": "psd", "power": 1.0},
            "power=1.0 is given beside level='psd', and densities are of powers. Leave it out.",
        ),
        (
            {"kind": "stft", "level": "psd", "sensitivity": 300},
            "sensitivity=300 dB is not allowed. It must be a finite number, at most 250 dB.",
        ),
    ],
)
def test_what_cannot_be_promised_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        pv.Spectrogram.from_audio(NOISE, sr=SR, **options)
    assert str(caught.value).startswith(message)


def test_samples_far_beyond_full_scale_are_told() -> None:
    y = np.sin(np.arange(4000.0)) * 32767
    message = r"^Samples reach 3\.28e\+04, and full scale is 1: levels are 90 dB above it\. Divide"
    with pytest.warns(UserWarning, match=message):
        pv.Spectrogram.from_audio(y, sr=8000, kind="stft", level="dbfs")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pv.Spectrogram.from_audio(y, sr=8000, kind="stft", level="dbfs", sensitivity=0.0)
