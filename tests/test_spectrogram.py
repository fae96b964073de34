"""A spectrogram is an array and what it means, and never a copy of the array."""

from __future__ import annotations

import copy
import dataclasses
import io
import pickle
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.errors import (
    AudioFileError,
    AudioFileNotFoundError,
    InvalidTypeError,
    InvalidValueError,
)


def test_the_array_is_shared_and_read_only() -> None:
    values = np.zeros((4, 10), np.float32)
    spec = pv.Spectrogram(values)
    assert np.shares_memory(spec.values, values)
    with pytest.raises(ValueError, match="read-only"):
        spec.values[0, 0] = 1
    values[0, 0] = 1  # the array stays its owner's
    assert spec.values[0, 0] == 1


def test_an_array_on_disk_stays_there(tmp_path: Path) -> None:
    on_disk = np.memmap(tmp_path / "values", np.float32, "w+", shape=(4, 10))
    assert np.shares_memory(pv.Spectrogram(on_disk).values, on_disk)


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint16, np.int64, np.float16, np.float64])
def test_real_numbers_of_any_type(dtype: type) -> None:
    assert pv.Spectrogram(np.ones((2, 3), dtype)).values.dtype == dtype
    assert pv.Spectrogram([[1, 2, 3]]).values.shape == (1, 3)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (np.zeros(()), InvalidValueError, r"shape \(\), 0-D. They must be 2-D"),
        (np.zeros(5), InvalidValueError, r"1-D.*Samples of sound become one by .*from_audio"),
        (np.zeros((2, 3, 4)), InvalidValueError, r"3-D.*Choose one channel: values\[0\]"),
        (np.zeros((0, 4)), InvalidValueError, r"values are empty: shape \(0, 4\)"),
        (np.zeros((4, 0)), InvalidValueError, r"values are empty: shape \(4, 0\)"),
        ([[1], [2, 3]], InvalidValueError, "do not form an array"),
        (np.ones((2, 2)) * 1j, InvalidTypeError, r"complex128.*take np\.abs\(values\)"),
        (np.array([[object()]]), InvalidTypeError, "dtype object. They must be real numbers"),
        ([["a", "b"]], InvalidTypeError, "dtype <U1. They must be real numbers"),
        (np.ma.ones((2, 2)), InvalidTypeError, r"masked array.*values\.filled\(np\.nan\)"),
    ],
)
def test_values_that_cannot_be_shown(values: object, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        pv.Spectrogram(values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("meaning", "error", "message"),
    [
        ({"sr": 0}, InvalidValueError, "sr=0 Hz is not allowed"),
        ({"sr": -22050}, InvalidValueError, "sr=-22050 Hz is not allowed"),
        ({"sr": "22050"}, InvalidTypeError, "sr='22050' is of type str"),
        ({"hop_length": 0}, InvalidValueError, "hop_length=0 samples is not allowed"),
        ({"hop_length": 51.2}, InvalidValueError, r"hop_length=51\.2 is not a whole number"),
        ({"y_axis": "mell"}, InvalidValueError, "Did you mean 'mel'"),
        ({"y_axis": "linear", "n_fft": 2048}, InvalidValueError, "4 rows.*n_fft=2048 means 1025"),
        ({"y_axis": "chroma"}, InvalidValueError, "4 rows.*bins_per_octave=12"),
        ({"y_axis": "cqt_hz", "fmin": 0}, InvalidValueError, "fmin=0 Hz is not allowed"),
        ({"y_axis": "mel", "fmin": 300, "fmax": 200}, InvalidValueError, "fmax=200 Hz"),
        ({"start": float("inf")}, InvalidValueError, "start=inf s is not allowed"),
        ({"name": 3}, InvalidTypeError, "name=3"),
    ],
)
def test_meanings_that_cannot_be(meaning: dict[str, object], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        pv.Spectrogram(np.zeros((4, 10)), **meaning)  # type: ignore[arg-type]


def test_times() -> None:
    spec = pv.Spectrogram(np.zeros((4, 640)), sr=22050, hop_length=512, start=60.0)
    assert spec.frame_duration == 512 / 22050
    assert spec.duration == pytest.approx(14.8608, abs=1e-4)
    assert spec.end == pytest.approx(74.8608, abs=1e-4)


def test_gaps_are_counted() -> None:
    values = np.zeros((4, 1000))
    values[1, 3], values[2, 5:8], values[0, 0] = np.nan, np.inf, -np.inf
    values[3, 3], values[3, 4] = -7, 9
    spec = pv.Spectrogram(values)
    assert spec.n_nonfinite == 5
    assert spec.finite_range == (-7, 9)
    assert repr(spec).endswith("5 of its values not finite")
    nothing = pv.Spectrogram(np.full((2, 2), np.nan))
    assert nothing.n_nonfinite == 4
    assert np.isnan(nothing.finite_range).all()


def test_repr() -> None:
    assert repr(pv.Spectrogram(np.zeros((4, 10)), sr=100, hop_length=1)) == (
        "Spectrogram of (4, 10): 100 Hz, hop 1 sample, 0.000-0.100 s"
    )
    assert repr(pv.Spectrogram.example()) == (
        "Spectrogram 'Sonnet 1' of (128, 640): mel, 22050 Hz, hop 512 samples, 0.000-14.861 s, dB"
    )


def test_frozen_and_copied() -> None:
    spec = pv.Spectrogram.example()
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.sr = 8000  # type: ignore[misc]
    for other in (copy.copy(spec), copy.deepcopy(spec), dataclasses.replace(spec, start=1.0)):
        assert np.array_equal(other.values, spec.values)
    other = pickle.loads(pickle.dumps(spec))
    assert np.array_equal(other.values, spec.values)
    assert not other.values.flags.writeable


# -- from sound --------------------------------------------------------------------------------


def test_the_same_sound_by_three_ways() -> None:
    clip = files("patchviz") / "data" / "sonnet1.ogg"
    y, sr = soundfile.read(str(clip), dtype="float32")
    from_samples = pv.Spectrogram.from_audio(y, sr=sr, name="clip")
    from_path = pv.Spectrogram.from_file(str(clip))
    from_object = pv.Spectrogram.from_file(io.BytesIO(clip.read_bytes()), sr=None, name="clip")
    example = pv.Spectrogram.example()
    for spec in (from_samples, from_path, from_object):
        assert np.abs(spec.values - example.values).max() < 1e-3
        assert (spec.y_axis, spec.unit, spec.sr, spec.hop_length) == ("mel", "dB", 22050, 512)
        assert spec.quantity == "Level relative to the maximum"
        assert spec.audio is not None
        assert spec.audio.duration == pytest.approx(14.84, abs=0.01)
    assert (from_samples.name, from_path.name, from_object.name) == ("clip", "sonnet1.ogg", "clip")


@pytest.mark.parametrize(
    ("kind", "n_bins", "y_axis"),
    [("mel", 128, "mel"), ("stft", 1025, "linear"), ("mfcc", 20, "none")],
)
def test_kinds_say_what_their_rows_are(kind: str, n_bins: int, y_axis: str) -> None:
    spec = pv.Spectrogram.example(kind=kind)
    assert spec.values.shape == (n_bins, 640)
    assert spec.y_axis == y_axis
    assert spec.quantity


def test_a_level_is_relative_to_the_maximum_only_if_it_is() -> None:
    assert pv.Spectrogram.example(ref=1.0).quantity == "Level"


def test_options_are_in_the_signature_and_the_docstring() -> None:
    doc = pv.Spectrogram.from_audio.__doc__ or ""
    assert "n_mels : int" in doc
    assert "**options" not in doc
    with pytest.raises(InvalidTypeError, match="n_mfcc is no option of kind='mel'"):
        pv.Spectrogram.example(n_mfcc=13)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (np.zeros(0, np.float32), InvalidValueError, "y"),
        (np.zeros(1000, np.int16), InvalidTypeError, "32768"),
        (np.zeros((2, 1000), np.float32), InvalidValueError, "mono=True"),
        (np.full(1000, np.nan, np.float32), InvalidValueError, "finite"),
    ],
)
def test_samples_that_are_none(y: np.ndarray, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        pv.Spectrogram.from_audio(y, sr=22050)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(AudioFileNotFoundError, match=r"missing\.wav"):
        pv.Spectrogram.from_file(tmp_path / "missing.wav")
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioFileError, match=r"empty\.wav"):
        pv.Spectrogram.from_file(tmp_path / "empty.wav")
    (tmp_path / "text.ogg").write_text("To be, or not to be")
    with pytest.raises(AudioFileError, match="cannot be decoded"):
        pv.Spectrogram.from_file(tmp_path / "text.ogg")
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.zeros((8000, 2)), 8000)
    with pytest.raises(InvalidValueError, match=r"2 channels.*mono=True"):
        pv.Spectrogram.from_file(path)
    assert pv.Spectrogram.from_file(path, mono=True, sr=None).sr == 8000
    sound = path.read_bytes()
    (tmp_path / "cut.wav").write_bytes(sound[: len(sound) // 2])
    with pytest.raises(AudioFileError, match=r"cut\.wav"):
        pv.Spectrogram.from_file(tmp_path / "cut.wav", mono=True)
