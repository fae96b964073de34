"""A spectrogram as values and what they mean. (How values are computed: test_features.py.)"""

from __future__ import annotations

import copy
import dataclasses
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.features.base import Y_AXES

VALUES = np.arange(24.0).reshape(4, 6)


# -- values ------------------------------------------------------------------------------------


def test_values_are_a_read_only_view() -> None:
    values = VALUES.copy()
    spec = Spectrogram(values)
    assert np.shares_memory(spec.values, values)
    with pytest.raises(ValueError, match="read-only"):
        spec.values[0, 0] = 1
    values[0, 0] = 7  # the array is still its owner's
    assert spec.values[0, 0] == 7


def test_a_memmap_is_not_copied(tmp_path: Path) -> None:
    file = np.memmap(tmp_path / "values", np.float32, "w+", shape=(4, 6))
    spec = Spectrogram(file)
    assert np.shares_memory(spec.values, file)
    assert not spec.values.flags.writeable


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int32, np.float16, np.float32, np.float64])
def test_real_types_are_kept(dtype: type) -> None:
    assert Spectrogram(np.ones((2, 3), dtype)).values.dtype == dtype


def test_nested_lists_are_values() -> None:
    spec = Spectrogram([[1, 2, 3], [4, 5, 6]])
    assert (spec.n_bins, spec.n_frames) == (2, 3)


class Tensor:
    """Refuses to become an array, as a tensor that needs its gradient does."""

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad")


REAL = "They must be real numbers"


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ("clip.ogg", InvalidTypeError,
         "values='clip.ogg' is a path. It must be an array of shape (n_bins, n_frames). A sound "
         "file becomes one by Spectrogram.from_file(path), what was saved by pv.open(path)."),
        (np.zeros((4, 6), complex), InvalidTypeError,
         "values are complex (complex128). They must be real: take np.abs(values), or in dB "
         "librosa.amplitude_to_db(np.abs(values), ref=np.max)."),
        (np.array([["a", "b"]], object), InvalidTypeError,
         f"values have dtype object. {REAL}; convert them: np.asarray(values, dtype=float)."),
        (np.array([["a", "b"]]), InvalidTypeError,
         f"values have dtype <U1. {REAL}; convert them: np.asarray(values, dtype=float)."),
        (None, InvalidTypeError,
         f"values have dtype object. {REAL}; convert them: np.asarray(values, dtype=float)."),
        (np.zeros(100), InvalidValueError,
         "values have the shape (100,), 1-D. They must be 2-D, (n_bins, n_frames). Samples of "
         "sound become one by Spectrogram.from_audio(values, sr=...); one row of data by "
         "values[np.newaxis, :]."),
        (np.float64(3), InvalidValueError,
         "values have the shape (), 0-D. They must be 2-D, (n_bins, n_frames)."),
        (np.zeros((2, 4, 6)), InvalidValueError,
         "values have the shape (2, 4, 6), 3-D. They must be 2-D, (n_bins, n_frames). Choose one "
         "channel: values[0]."),
        (np.zeros((1, 2, 4, 6)), InvalidValueError,
         "values have the shape (1, 2, 4, 6), 4-D. They must be 2-D, (n_bins, n_frames)."),
        (np.zeros((0, 6)), InvalidValueError,
         "values are empty: shape (0, 6). They must hold at least one bin and one frame."),
        (np.zeros((4, 0)), InvalidValueError,
         "values are empty: shape (4, 0). They must hold at least one bin and one frame."),
        (np.ma.masked_less(VALUES, 3), InvalidTypeError,
         "values are a masked array, and a patch would lose the mask. Give values.filled(np.nan): "
         "gaps are drawn where values are NaN."),
        (Tensor(), InvalidValueError,
         "no array can be made of values of type Tensor (Can't call numpy() on Tensor that "
         "requires grad). It must be real numbers of shape (n_bins, n_frames)."),
    ],
)  # fmt: skip
def test_values_that_are_none(values: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        Spectrogram(values)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_ragged_values() -> None:
    with pytest.raises(InvalidValueError, match=r"^no array can be made of values of type list"):
        Spectrogram([[1, 2], [3]])


def test_gaps_are_counted() -> None:
    values = VALUES.copy()
    values[1, :3] = np.nan, np.inf, -np.inf
    spec = Spectrogram(values)
    assert spec.finite_range == (0.0, 23.0)
    assert spec.n_nonfinite == 3
    assert "3 of its values not finite" in repr(spec)
    assert "not finite" not in repr(Spectrogram(VALUES))


def test_nothing_but_gaps() -> None:
    spec = Spectrogram(np.full((2, 3), np.nan))
    assert np.isnan(spec.finite_range).all()
    assert spec.n_nonfinite == 6


def test_the_range_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = Spectrogram(VALUES)
    assert spec.finite_range == (0.0, 23.0)
    monkeypatch.setattr("patchviz.core.spectrogram.summarize", None)
    assert spec.finite_range == (0.0, 23.0)
    assert spec.n_nonfinite == 0


# -- what they mean ----------------------------------------------------------------------------


def test_sizes_and_times() -> None:
    spec = Spectrogram(np.zeros((128, 640)), sr=22050, hop_length=512, start=2.0)
    assert (spec.n_bins, spec.n_frames) == (128, 640)
    assert spec.frame_duration == 512 / 22050
    assert spec.duration == pytest.approx(14.8607710)
    assert spec.end == pytest.approx(16.8607710)


def test_frozen() -> None:
    spec = Spectrogram(VALUES)
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.sr = 8000  # type: ignore[misc]
    slower = dataclasses.replace(spec, sr=8000)
    assert slower.sr == 8000
    assert np.shares_memory(slower.values, spec.values)


@pytest.mark.parametrize(
    "remake", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))]
)
def test_copies(remake: Any) -> None:
    spec = Spectrogram(VALUES, sr=8000, y_axis="mel", name="a clip", start=1.0)
    again = remake(spec)
    assert repr(again) == repr(spec)
    np.testing.assert_array_equal(again.values, spec.values)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "Spectrogram of (4, 6): 22050 Hz, hop 512 samples, 0.000-0.139 s"),
        ({"sr": 11025.5, "hop_length": 1, "y_axis": "mel", "unit": "dB", "start": 60.5},
         "Spectrogram of (4, 6): mel, 11025.5 Hz, hop 1 sample, 60.500-60.501 s, dB"),
        ({"start": -0.1}, "Spectrogram of (4, 6): 22050 Hz, hop 512 samples, -0.100 to 0.039 s"),
        ({"name": "it's\n<b>.wav", "sr": np.float64(48000.0)},
         "Spectrogram \"it's\\n<b>.wav\" of (4, 6): 48000 Hz, hop 512 samples, 0.000-0.064 s"),
    ],
)  # fmt: skip
def test_repr(options: dict[str, Any], expected: str) -> None:
    assert repr(Spectrogram(VALUES, **options)) == expected


@pytest.mark.parametrize("y_axis", Y_AXES)
def test_every_axis_of_rows(y_axis: str) -> None:
    assert Spectrogram(np.zeros((12, 5)), y_axis=y_axis).y_axis == y_axis


RATE = "It must be a finite number, more than 0 Hz."
SAMPLES = "It must be a whole number of samples, at least 1"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sr": 0}, InvalidValueError, f"sr=0 Hz is not allowed. {RATE}"),
        ({"sr": -1.5}, InvalidValueError, f"sr=-1.5 Hz is not allowed. {RATE}"),
        ({"sr": float("nan")}, InvalidValueError, f"sr=nan Hz is not allowed. {RATE}"),
        ({"sr": None}, InvalidTypeError, f"sr=None is of type NoneType. {RATE}"),
        ({"hop_length": 0}, InvalidValueError, f"hop_length=0 samples is not allowed. {SAMPLES}."),
        ({"hop_length": 2.5}, InvalidValueError,
         f"hop_length=2.5 is not a whole number. {SAMPLES}."),
        ({"hop_length": 512.0}, InvalidTypeError,
         f"hop_length=512.0 is of type float. {SAMPLES}: hop_length=512."),
        ({"n_fft": 0}, InvalidValueError, f"n_fft=0 samples is not allowed. {SAMPLES}."),
        ({"bins_per_octave": 0}, InvalidValueError,
         "bins_per_octave=0 is not allowed. It must be a whole number, at least 1."),
        ({"start": float("inf")}, InvalidValueError,
         "start=inf s is not allowed. It must be a finite number."),
        ({"start": "0"}, InvalidTypeError,
         "start='0' is of type str. It must be a finite number."),
        ({"y_axis": "mels"}, InvalidValueError,
         "y_axis='mels' is not allowed. It must be one of 'mel', 'linear', 'log', 'cqt_hz', "
         "'cqt_note', 'chroma', 'none'. Did you mean 'mel'?"),
        ({"y_axis": None}, InvalidTypeError,
         "y_axis=None is of type NoneType. It must be one of 'mel', 'linear', 'log', 'cqt_hz', "
         "'cqt_note', 'chroma', 'none'."),
        ({"y_axis": "linear", "n_fft": 2048}, InvalidValueError,
         "values have 4 rows, and y_axis='linear' with n_fft=2048 means 1025. Give the n_fft that "
         "the values were computed with; or, if they are some of its rows, fmin, the frequency of "
         "the first one: rows are 10.7666 Hz apart."),
        ({"y_axis": "log", "n_fft": 2048, "fmin": 1000, "fmax": 2000}, InvalidValueError,
         "values have 4 rows, and fmin=1000 Hz to fmax=2000 Hz with n_fft=2048 means 94, 10.7666 "
         "Hz apart. Give the frequencies of the first and the last row, or leave n_fft out."),
        ({"y_axis": "linear", "n_fft": 8, "fmin": 5000}, InvalidValueError,
         "values have 4 rows, 2756.25 Hz apart with n_fft=8, and would reach from 5000 Hz to "
         "13268.8 Hz: the sound is between 0 and 11025 Hz, half the sampling rate. Give the "
         "frequency of the first row as fmin."),
        ({"y_axis": "linear", "n_fft": 8, "fmax": 5000}, InvalidValueError,
         "values have 4 rows, 2756.25 Hz apart with n_fft=8, and would reach from -3268.75 Hz to "
         "5000 Hz: the sound is between 0 and 11025 Hz, half the sampling rate. Give the "
         "frequency of the first row as fmin."),
        ({"y_axis": "linear", "fmax": 24000}, InvalidValueError,
         "fmax=24000 Hz is above half the sampling rate, 11025 Hz. Give the sr that the values "
         "were computed at, or a lower fmax."),
        ({"y_axis": "mel", "fmax": 16000}, InvalidValueError,
         "fmax=16000 Hz is above half the sampling rate, 11025 Hz. Give the sr that the values "
         "were computed at, or a lower fmax."),
        ({"y_axis": "log", "fmin": 12000}, InvalidValueError,
         "fmin=12000 Hz is not below half the sampling rate, 11025 Hz, which is fmax unless given. "
         "Choose a lower fmin, or give fmax."),
        ({"fmin": 500}, InvalidValueError,
         "fmin=500 Hz has no use with y_axis='none', whose rows are numbers. Leave it out, or "
         'choose y_axis="linear" for rows that are evenly spaced in Hz.'),
        ({"y_axis": "chroma", "bins_per_octave": 4, "fmax": 500}, InvalidValueError,
         "fmax=500 Hz has no use with y_axis='chroma', whose rows are pitch classes. Leave it out, "
         'or choose y_axis="linear" for rows that are evenly spaced in Hz.'),
        ({"y_axis": "cqt_note", "fmin": 100, "fmax": 8000, "bins_per_octave": 3}, InvalidValueError,
         "fmax=8000 Hz has no use with y_axis='cqt_note': fmin and bins_per_octave=3 put the last "
         "row at 200 Hz. Leave it out."),
        ({"y_axis": "cqt_hz", "fmin": 6000, "bins_per_octave": 3}, InvalidValueError,
         "values have 4 rows, which from fmin=6000 Hz on with bins_per_octave=3 reach 12000 Hz, "
         "beyond half the sampling rate, 11025 Hz. Give the bins_per_octave, fmin and sr that they "
         "were computed with."),
        ({"y_axis": "chroma"}, InvalidValueError,
         'values have 4 rows; y_axis="chroma" needs whole octaves of bins_per_octave=12. Give the '
         "bins_per_octave that they have."),
        ({"y_axis": "cqt_note", "fmin": 0}, InvalidValueError,
         "fmin=0 Hz is not allowed. It must be a finite number, more than 0 Hz."),
        ({"y_axis": "mel", "fmin": -1}, InvalidValueError,
         "fmin=-1 Hz is not allowed. It must be a finite number, at least 0 Hz."),
        ({"y_axis": "mel", "fmin": 300, "fmax": 300}, InvalidValueError,
         "fmax=300 Hz is not allowed. It must be a finite number, more than 300 Hz."),
        ({"y_axis": "mel", "fmin": 12000}, InvalidValueError,
         "fmin=12000 Hz is not below half the sampling rate, 11025 Hz, which is fmax unless given. "
         "Choose a lower fmin, or give fmax."),
        ({"htk": "yes"}, InvalidTypeError, "htk='yes' is of type str. It must be True or False."),
        ({"name": Path("clip.wav")}, InvalidTypeError,
         f"name={Path('clip.wav')!r} is of type PosixPath. It must be text."),
        ({"unit": 3}, InvalidTypeError, "unit=3 is of type int. It must be text."),
        ({"quantity": None}, InvalidTypeError,
         "quantity=None is of type NoneType. It must be text."),
        ({"audio": np.zeros(9)}, InvalidTypeError,
         "audio is of type ndarray. It must be a patchviz.Audio: Audio.from_array(y, sr) of "
         "samples, or Audio.from_file(path)."),
        ({"audio": "clip.ogg"}, InvalidTypeError,
         "audio is of type str. It must be a patchviz.Audio: Audio.from_array(y, sr) of samples, "
         "or Audio.from_file(path)."),
        ({"audio": patchviz.Audio.from_array(np.zeros(22050), 22050), "start": 100},
         InvalidValueError,
         "audio is there from 0.000 s to 1.000 s, and the spectrogram from start=100.0 s to "
         "100.139 s: nothing of it would be heard. Say when the sound begins: for example "
         "Audio.from_array(y, sr, start=100.0)."),
        ({"y_label": 5}, InvalidTypeError, "y_label=5 is of type int. It must be text."),
    ],
)  # fmt: skip
def test_meanings_that_are_none(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        Spectrogram(VALUES, **options)
    assert str(caught.value) == message


def test_options_are_named() -> None:
    with pytest.raises(TypeError, match="positional"):
        Spectrogram(VALUES, 22050)  # type: ignore[misc]


def test_the_example() -> None:
    spec = patchviz.Spectrogram.example()
    assert spec.values.shape == (128, 640)
    assert (spec.sr, spec.hop_length, spec.y_axis, spec.unit) == (22050, 512, "mel", "dB")
    assert spec.finite_range == (-80.0, 0.0)
    assert spec.audio is not None


@pytest.mark.parametrize("start", [0.0, 5.0, -5.0, 100.0])
def test_the_first_column_is_the_first_sample_wherever_the_clock_starts(
    start: float, tmp_path: Path
) -> None:
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 22050).astype(np.float32)
    soundfile.write(tmp_path / "clip.wav", y, 22050, subtype="FLOAT")
    for spec in (
        Spectrogram.from_audio(y, sr=22050, start=start),
        Spectrogram.from_file(tmp_path / "clip.wav", start=start),
    ):
        assert spec.audio is not None
        assert spec.start == spec.audio.start == start
        np.testing.assert_array_equal(spec.audio.read(spec.start, spec.end)[0], y)


def test_a_slice_keeps_its_sound() -> None:
    y = np.arange(22050) / 22050
    spec = Spectrogram.from_audio(y, sr=22050, start=5.0)
    part = dataclasses.replace(
        spec, values=spec.values[:, 10:20], start=spec.start + 10 * spec.frame_duration
    )
    assert part.audio is not None
    heard = part.audio.read(part.start, part.end)[0]
    np.testing.assert_array_equal(heard, y[10 * 512 : 20 * 512])


# -- without what is there all the time --------------------------------------------------------


def test_minus_floor_is_above_the_median_of_each_row() -> None:
    values = np.random.default_rng(0).normal(size=(5, 31)).astype(np.float32)
    values[1, 4], values[2] = np.inf, np.nan
    spec = Spectrogram(
        values.T.copy().T, start=3.0, quantity="Level", unit="dB re 1 µPa", floor=-90.0
    ).with_labels([(3.1, 3.2, "a")])
    before = spec.finite_range
    above = spec.minus_floor()
    finite = np.where(np.isfinite(values), values, np.nan)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = values - np.nanmedian(finite, axis=1, keepdims=True)
    np.testing.assert_allclose(above.values, expected, rtol=1e-6, atol=1e-6)
    assert above.values.dtype == np.float32
    assert not above.values.flags.writeable
    assert not np.shares_memory(above.values, spec.values)
    assert spec.finite_range == before != above.finite_range
    assert (above.quantity, above.unit, above.floor) == ("Level", "dB above the median", None)
    assert (above.start, len(above.labels), above.n_nonfinite) == (3.0, 1, 32)


@pytest.mark.parametrize(
    ("unit", "said", "dtype"),
    [("", "above the median", np.uint8), ("m", "m above the median", float)],
)
def test_minus_floor_of_what_is_no_level(unit: str, said: str, dtype: type) -> None:
    spec = Spectrogram(np.array([[3, 1, 2]], dtype), quantity="Depth", unit=unit).minus_floor()
    assert spec.values.tolist() == [[1.0, -1.0, 0.0]]
    assert (spec.quantity, spec.unit) == ("Depth", said)
