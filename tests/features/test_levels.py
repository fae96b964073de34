"""What of a sound reaches the picture, and what is said of the rest."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import patchviz as pv
from patchviz.audio.levels import Level
from patchviz.plot.color import ColorScale

from ..seldom import seldom

SR = 22050


def tone(hertz: float, sr: float, duration: float = 0.3, amplitude: float = 0.5) -> NDArray[Any]:
    t = np.arange(round(duration * sr)) / sr
    return (amplitude * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


@pytest.fixture
def quietly() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# -- above half the rate -----------------------------------------------------------------------


@pytest.fixture(params=["file", "front end of one's own"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    def read(y: NDArray[Any], file_sr: int, **options: Any) -> pv.Spectrogram:
        soundfile.write(tmp_path / "bat.wav", y.T, file_sr, subtype="FLOAT")
        options["kind"] = "stft"
        if request.param != "file":
            options["kind"] = lambda y, sr: pv.Features(
                np.ones((2, 1 + len(y) // 512)), sr=sr, hop_length=512
            )
        return pv.Spectrogram.from_file(tmp_path / "bat.wav", **options)

    return read


def test_what_the_rate_of_the_analysis_drops_is_told(read: Any) -> None:
    y = tone(40_000, 300_000, amplitude=0.8) + tone(3000, 300_000, amplitude=0.4) + 0.3
    message = (
        r"^80% of the power of 'bat\.wav' lies above 11025 Hz, half the rate of the analysis, and "
        r"is not seen\. Choose a higher sr, or sr=None, which keeps the sound's own 300000 Hz\.$"
    )
    with pytest.warns(UserWarning, match=message) as caught:
        read(y, 300_000)
    assert caught[0].filename == __file__


def test_what_is_kept_is_not_spoken_of(read: Any, quietly: None) -> None:
    high, low = tone(40_000, 300_000), tone(3000, 300_000)
    read(0.9 * high + low, 300_000)  # less than half
    read(high, 300_000, sr=None)
    read(high, 300_000, sr=100_000)
    read(tone(3000, 8000), 8000)  # resampled upwards


# -- channels that cancel, and silence ---------------------------------------------------------


def test_channels_in_antiphase_are_told(read: Any) -> None:
    y = tone(1000, SR)
    with pytest.warns(UserWarning, match=r"^Mixing the 2 channels of 'bat\.wav' leaves 0 of their"):
        read(np.stack([y, -y]), SR, mono=True)
    message = "leaves 0.0028 of their power: they cancel one another, as channels in antiphase do"
    with pytest.warns(UserWarning, match=message):
        read(np.stack([y, -0.9 * y]), SR, mono=True)


def test_channels_that_differ_are_not_spoken_of(read: Any, quietly: None) -> None:
    rng = np.random.default_rng(0)
    read(rng.uniform(-0.5, 0.5, (2, SR)).astype(np.float32), SR, mono=True)
    read(np.stack([tone(1000, SR), 0 * tone(1000, SR)]), SR, mono=True)


@pytest.mark.parametrize("amplitude", [1e-4, 1e-5])
def test_an_offset_hides_no_quiet_sound(read: Any, quietly: None, amplitude: float) -> None:
    noise = np.random.default_rng(0).normal(0.1, amplitude, (2, 20 * SR)).astype(np.float32)
    read(noise, SR, mono=True)


def test_power_does_not_depend_on_offset_and_blocks() -> None:
    y = np.random.default_rng(0).normal(0.5, 1e-5, (2, 5000)).astype(np.float32)
    level = Level()
    for block in np.split(y, [1, 700, 4000], axis=1):
        level.take(block)
    assert level.power == pytest.approx(y.astype(float).var(), rel=1e-5)
    assert level.peak == y.max()
    assert Level().power == 0


@pytest.mark.parametrize("kind", ["mel", "stft", "cqt"])
@pytest.mark.parametrize("top_db", [80.0, 40.0, None])
def test_silence_is_told_and_is_the_floor_of_the_scale(kind: str, top_db: float | None) -> None:
    with pytest.warns(UserWarning, match=r"^The sound is silent: all of its samples are 0\.$"):
        spec = pv.Spectrogram.from_audio(np.zeros(SR), sr=SR, kind=kind, top_db=top_db)
    floor = -(80.0 if top_db is None else top_db)
    assert (spec.values == floor).all()
    scale = ColorScale.of(spec)
    assert (scale.vmin, scale.vmax) == (floor, 0.0)
    assert scale.norm(floor) == 0


def test_silence_in_decibels_of_ones_own_is_the_lowest_colour() -> None:
    values = librosa.power_to_db(np.zeros((4, 10)), ref=np.max)
    scale = ColorScale.of(pv.Spectrogram(values, unit="dB"))
    assert (scale.vmin, scale.vmax) == (0.0, 1.0)


# -- quiet sounds ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mel", "stft", "cqt"])
@pytest.mark.parametrize("dtype", [np.float32, *seldom(np.float64)])
def test_quiet_sounds_are_seen_as_loud_ones_are(kind: str, dtype: Any, quietly: None) -> None:
    noise = np.random.default_rng(0).normal(size=2 * SR)
    y = np.concatenate([2e-8 * noise[:SR], 2e-6 * noise[SR:]]).astype(dtype)
    loud = pv.Spectrogram.from_audio(y * dtype(2**18), sr=SR, kind=kind)
    for scale in (1.0, 2.0**-10, 2.0**-30):
        quiet = pv.Spectrogram.from_audio(y * dtype(scale), sr=SR, kind=kind)
        assert quiet.finite_range[0] < -55
        np.testing.assert_allclose(quiet.values, loud.values, atol=1e-3)


def test_coefficients_of_quiet_sounds_are_those_of_loud_ones(quietly: None) -> None:
    y = np.random.default_rng(0).uniform(-1, 1, SR) * np.geomspace(1e-3, 1, SR)
    loud, quiet = (
        pv.Spectrogram.from_audio(scale * y, sr=SR, kind="mfcc").values for scale in (0.5, 1e-7)
    )
    np.testing.assert_allclose(quiet[1:], loud[1:], atol=1e-6)  # the first is the level itself


@pytest.mark.parametrize("amplitude", [1.0, 1e-3, 2e-4])
@pytest.mark.parametrize("kind", ["mel", "stft"])
def test_sounds_as_they_are_recorded_are_as_with_librosa(kind: str, amplitude: float) -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, 2 * SR)
    y = (amplitude * noise * np.geomspace(1e-4, 1, 2 * SR)).astype(np.float32)
    if kind == "mel":
        expected = librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=SR), ref=np.max)
    else:
        expected = librosa.amplitude_to_db(np.abs(librosa.stft(y)), ref=np.max)
    values = pv.Spectrogram.from_audio(y, sr=SR, kind=kind).values
    np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize(
    "options", [{"amin": 1e-9}, {"ref": 1.0}, {"ref": 1.0, "top_db": None}], ids=str
)
def test_levels_that_somebody_chose_are_kept(options: dict[str, Any]) -> None:
    y = tone(1000, SR, amplitude=2e-6)
    power = librosa.feature.melspectrogram(y=y, sr=SR)
    expected = librosa.power_to_db(power, **({"ref": np.max} | options))
    values = pv.Spectrogram.from_audio(y, sr=SR, **options).values
    np.testing.assert_array_equal(values, expected)
