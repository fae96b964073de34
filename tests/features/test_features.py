"""Features equal librosa's, whatever they are computed from and however it arrives."""

from __future__ import annotations

import dataclasses
import inspect
import io
import math
import os
import pydoc
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from patchviz.audio.example import example_audio
from patchviz.audio.source import Audio
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.features import streaming
from patchviz.features.compute import FRONT_ENDS, compute
from patchviz.features.options import FrontEndOptions

from ..seldom import seldom

SR = 22050
# What holds of these two does of the others, as a rule.
AS_A_RULE = ["mel", "cqt", *seldom(*(kind for kind in FRONT_ENDS if kind not in ("mel", "cqt")))]


def noise(n: int, n_channels: int = 1, seed: int = 0) -> np.ndarray:
    y = 0.1 * np.random.default_rng(seed).standard_normal((n_channels, n))
    return np.squeeze(y, axis=0).astype(np.float32) if n_channels == 1 else y.astype(np.float32)


def tones(n: int, sr: float = SR) -> np.ndarray:
    """Return a mixture with loud and faint parts: a chord a bit off tune, a sweep, a hiss."""
    t = np.arange(n) / sr
    chord = sum(
        np.sin(2 * np.pi * 440 * 2 ** ((semitone + 0.2) / 12) * t) for semitone in (0, 4, 7)
    )
    sweep = np.sin(2 * np.pi * (100 + 40 * t) * t)
    return np.asarray(0.1 * chord * (1 + t % 1) + 1e-3 * sweep + 1e-2 * noise(n), np.float32)


def computed(y: np.ndarray, kind: str, sr: float = SR, **options: Any) -> np.ndarray:
    return compute(Audio.from_array(y, sr), kind=kind, progress=False, **options).values


def by_librosa(y: np.ndarray, kind: str, sr: float = SR, **options: Any) -> np.ndarray:
    """Return what librosa's own function gives for the whole signal."""
    in_db = {name: options.pop(name) for name in ("ref", "amin", "top_db") if name in options}
    in_db = {"ref": np.max, **in_db}
    if kind == "mel":
        powers = librosa.feature.melspectrogram(y=y, sr=sr, **options)
        return librosa.power_to_db(powers, **in_db)
    if kind == "stft":
        return librosa.amplitude_to_db(np.abs(librosa.stft(y, **options)), **in_db)
    if kind == "cqt":
        return librosa.amplitude_to_db(np.abs(librosa.cqt(y, sr=sr, **options)), **in_db)
    if kind == "pcen":
        mel = {"n_fft", "hop_length", "n_mels", "htk", "fmax", "center"} & options.keys()
        mel = {name: options[name] for name in mel} | {"power": options.pop("mel_power", 1)}
        powers = librosa.feature.melspectrogram(y=y, sr=sr, **mel) * options.pop("scale", 2**31)
        own = inspect.signature(librosa.pcen).parameters.keys() & options.keys()
        normalised = librosa.pcen(powers, sr=sr, **{name: options[name] for name in own})
        return normalised.astype(y.dtype)
    function = {"chroma": librosa.feature.chroma_stft, "mfcc": librosa.feature.mfcc}[kind]
    return function(y=y, sr=sr, **options)


@pytest.fixture(scope="module")
def clip() -> np.ndarray:
    return example_audio().read()[0]


@pytest.fixture
def all_cores() -> Iterator[None]:
    """BLAS adds in the order in which it does in a process that has the machine for itself."""
    with threadpool_limits(os.cpu_count(), user_api="blas"):
        yield


# -- the same as librosa ---------------------------------------------------------------------


@pytest.mark.usefixtures("all_cores")
@pytest.mark.parametrize("kind", FRONT_ENDS)
def test_embedded_clip_equals_librosa_to_the_bit(clip: np.ndarray, kind: str) -> None:
    values, expected = computed(clip, kind), by_librosa(clip, kind)
    assert values.dtype == expected.dtype == np.float32
    np.testing.assert_array_equal(values, expected)


@pytest.mark.usefixtures("all_cores")
def test_sums_over_bands_are_librosas_however_many_frames_there_are() -> None:
    y = np.random.default_rng(0).normal(scale=0.1, size=256 * 512).astype(np.float32)
    for n_samples in (255 * 512 + 1, 256 * 512):  # of so few frames BLAS adds in another order
        part = y[:n_samples]
        np.testing.assert_array_equal(computed(part, "mel"), by_librosa(part, "mel"))


def test_samples_that_one_block_has_are_not_copied() -> None:
    blocks = np.split(np.arange(30), [10, 20])
    buffer = streaming.SampleBuffer(iter(blocks))
    assert np.shares_memory(buffer.take(2, 10), blocks[0])
    np.testing.assert_array_equal(buffer.take(7, 25), np.arange(7, 25))
    assert np.shares_memory(buffer.take(21, 30), blocks[2])


@pytest.mark.parametrize("kind", AS_A_RULE)
def test_file_of_the_clip_gives_what_its_samples_give(clip: np.ndarray, kind: str) -> None:
    values, expected = compute(example_audio(), kind=kind).values, computed(clip, kind)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-4)


def test_default_is_the_example_of_librosa(clip: np.ndarray) -> None:
    expected = librosa.power_to_db(librosa.feature.melspectrogram(y=clip, sr=SR), ref=np.max)
    result = compute(example_audio())
    assert result.values.shape == (128, 640)
    np.testing.assert_allclose(result.values, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", FRONT_ENDS)
def test_double_precision_is_kept(clip: np.ndarray, kind: str) -> None:
    y = clip[:50_000].astype(np.float64)
    values, expected = computed(y, kind), by_librosa(y, kind)
    assert values.dtype == expected.dtype == np.float64
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-9)


OPTIONS: list[Any] = [
    ("mel", {"n_fft": 1024, "hop_length": 160, "win_length": 400, "n_mels": 40}),
    ("mel", {"fmin": 50.0, "fmax": 8000.0, "htk": True, "norm": None, "power": 1.0}),
    ("mel", {"norm": 1, "window": ("kaiser", 8.0), "center": False}),
    ("mel", {"norm": math.inf, "pad_mode": "reflect", "n_fft": 1001, "hop_length": 333}),
    ("mel", {"ref": np.median, "top_db": 30.0, "hop_length": 5000}),
    ("stft", {"n_fft": 512}),
    ("stft", {"n_fft": 512, "win_length": 300, "window": "hamming", "pad_mode": "edge"}),
    ("stft", {"window": np.linspace(0, 1, 2048), "pad_mode": "symmetric", "ref": 0.5}),
    ("mfcc", {"n_mfcc": 13, "lifter": 22, "dct_type": 3, "n_mels": 64}),
    ("mfcc", {"norm": None, "mel_norm": None, "htk": True, "fmax": 8000, "dct_type": 2}),
    ("pcen", {"n_fft": 1024, "hop_length": 160, "n_mels": 40, "htk": True, "time_constant": 0.06}),
    ("pcen", {"gain": 0.8, "bias": 10, "power": 0.25, "eps": 1e-3, "scale": 1.0, "mel_power": 2}),
    ("pcen", {"b": 0.2, "max_size": 3, "bias": 0, "center": False}),
    ("pcen", {"power": 0, "b": 1, "fmax": 8000}),
    ("chroma", {"tuning": 0.1, "norm": 2, "n_fft": 4096}),
    ("chroma", {"n_chroma": 24, "octwidth": None, "hop_length": 1024}),
    ("cqt", {"fmin": 55.0, "n_bins": 60, "tuning": 0.25, "hop_length": 256}),
    ("cqt", {"hop_length": 441, "n_bins": 48}),  # odd: the rate is never halved
    ("cqt", {"n_bins": 20, "hop_length": 512}),  # low: the rate is lowered first
    *seldom(
        ("mel", {"ref": 1.0, "amin": 1e-4, "top_db": None}),
        ("chroma", {"norm": None, "ctroct": 4.0}),
        ("cqt", {"bins_per_octave": 24, "n_bins": 150, "filter_scale": 0.8, "norm": 2}),
        ("cqt", {"tuning": None, "sparsity": 0.0, "window": "hamming", "pad_mode": "reflect"}),
        ("cqt", {"n_bins": 97, "hop_length": 64}),  # high, with a single bin in the lowest octave
        ("cqt", {"n_bins": 1}),
    ),
]


@pytest.mark.parametrize(("kind", "options"), OPTIONS)
@pytest.mark.filterwarnings("ignore")
def test_options_mean_what_they_mean_to_librosa(kind: str, options: dict[str, Any]) -> None:
    y = tones(40_001)
    values, expected = computed(y, kind, **options), by_librosa(y, kind, **options)
    assert values.shape == expected.shape
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("sr", [11025.5, *seldom(8000, 16000, 44100)])
@pytest.mark.parametrize("kind", FRONT_ENDS)
@pytest.mark.filterwarnings("ignore")
def test_rates(kind: str, sr: float) -> None:
    y = tones(30_000, sr)
    options = {"n_bins": 82} if kind == "cqt" else {}
    values, expected = computed(y, kind, sr, **options), by_librosa(y, kind, sr, **options)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-4)


def test_every_default_is_that_of_librosa() -> None:
    decibels = {"ref": np.max}  # as in librosa's examples
    mel = [librosa.filters.mel, librosa.feature.melspectrogram]
    functions: dict[str, list[Callable[..., Any]]] = {
        "mel": [*mel, librosa.power_to_db],
        "stft": [librosa.stft, librosa.amplitude_to_db],
        "cqt": [librosa.cqt, librosa.amplitude_to_db],
        "chroma": [librosa.filters.chroma, librosa.feature.chroma_stft],
        "mfcc": [*mel, librosa.feature.mfcc],
        "pcen": [*mel, librosa.pcen],
    }
    for kind in FRONT_ENDS:
        defaults: dict[str, Any] = {}
        for function in functions[kind]:
            parameters = inspect.signature(function).parameters
            defaults |= {name: parameter.default for name, parameter in parameters.items()}
        defaults |= decibels | {"mel_power": 1, "scale": 2**31}
        defaults |= {"level": "relative", "sensitivity": None, "unit": None}  # librosa has none
        for field in dataclasses.fields(FRONT_ENDS[kind]):
            if field.name in FrontEndOptions.__annotations__:
                assert field.default == defaults[field.name], (kind, field.name)


# -- the same however it arrives -------------------------------------------------------------


class Chopped(Audio):
    """A sound whose blocks are cut anywhere."""

    def blocks(self, **options: Any) -> Iterator[np.ndarray]:
        sizes = np.random.default_rng(self.n_samples)
        for block in super().blocks(**options):
            at = 0
            while at < block.shape[1]:
                size = int(sizes.choice([1, 7, 500, 3000, 20_000]))
                yield block[:, at : at + size]
                at += size


@pytest.mark.parametrize(
    ("kind", "options"),
    [(kind, {}) for kind in FRONT_ENDS]
    + [("mel", {"center": False}), ("cqt", {"hop_length": 440})]
    + seldom(*((kind, {"center": False}) for kind in ("stft", "chroma", "mfcc", "pcen")))
    + seldom(("cqt", {"tuning": None})),
)
def test_blocks_and_chunks_do_not_matter(
    monkeypatch: pytest.MonkeyPatch, kind: str, options: dict[str, Any]
) -> None:
    y = tones(100_000)
    expected = by_librosa(y, kind, **options)
    monkeypatch.setattr(streaming, "_CHUNK_SIZE", 64 * 1025)  # 64 frames of 2048 samples
    values = compute(Chopped.from_array(y, SR), kind=kind, **options).values
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", AS_A_RULE)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what librosa.load imports
def test_file_equals_array(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.stack([tones(60_000, 44100), noise(60_000)]).T, 44100)
    for sr in (None, 22050):
        y, rate = librosa.load(path, sr=sr)
        for file in (path, io.BytesIO(path.read_bytes()))[: 1 if sr else 2]:
            result = compute(Audio.from_file(file), sr=sr, kind=kind, mono=True)
            assert result.sr == rate
            np.testing.assert_allclose(result.values, by_librosa(y, kind, rate), rtol=0, atol=1e-4)


@given(
    n_samples=st.integers(1, 6000),
    n_fft=st.integers(2, 3000),
    hop_length=st.integers(1, 4000),
    center=st.booleans(),
    pad_mode=st.sampled_from(streaming.PAD_MODES),
    rows=st.integers(1, 40),
)
def test_frames_are_those_of_the_padded_signal(
    n_samples: int, n_fft: int, hop_length: int, center: bool, pad_mode: str, rows: int
) -> None:
    hop_length = max(hop_length, n_samples // 200)
    y = np.arange(1, n_samples + 1, dtype=np.float32)
    pad = n_fft // 2 if center else 0
    padded = np.pad(y, pad, pad_mode)  # type: ignore[call-overload]
    cuts = np.sort(np.random.default_rng(n_samples).integers(0, n_samples, 5))
    blocks = [block for block in np.split(y, cuts) if block.size]
    framing = {"n_fft": n_fft, "hop_length": hop_length, "pad": pad}
    n_frames = streaming.frame_count(n_samples, **framing)
    chunks = list(streaming.framed(blocks, n_samples, **framing, pad_mode=pad_mode, rows=rows))
    if padded.size < n_fft:
        assert n_frames == 0
        assert not chunks
        return
    expected = librosa.util.frame(padded, frame_length=n_fft, hop_length=hop_length).T
    assert n_frames == len(expected)
    np.testing.assert_array_equal(np.concatenate(chunks), expected)
    assert {len(chunk) for chunk in chunks[:-1]} <= {rows}


@pytest.mark.slow
@given(
    n_samples=st.integers(1, 9000),
    n_fft=st.integers(2, 2500),
    hop_length=st.integers(1, 3000),
    kind=st.sampled_from(["stft", "mel"]),
)
@pytest.mark.filterwarnings("ignore")
def test_number_of_frames_is_that_of_librosa(
    n_samples: int, n_fft: int, hop_length: int, kind: str
) -> None:
    options = {"n_fft": n_fft, "hop_length": max(hop_length, n_samples // 100)}
    y = noise(n_samples)
    values, expected = computed(y, kind, **options), by_librosa(y, kind, **options)
    assert values.shape == expected.shape
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    "n_samples",
    [
        *(1, 2047),
        *seldom(2, 3, 511, 512, 513, 1024),
    ],
)
@pytest.mark.parametrize("kind", FRONT_ENDS)
@pytest.mark.filterwarnings("ignore")
def test_sound_shorter_than_a_frame(kind: str, n_samples: int) -> None:
    y = noise(n_samples, seed=n_samples)
    values, expected = computed(y, kind), by_librosa(y, kind)
    assert values.shape == expected.shape
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-4)


def test_sound_shorter_than_a_frame_warns() -> None:
    message = (
        "The sound has 1000 samples at 22050 Hz, less than one frame of n_fft=2048: most of a "
        "frame is padding. Choose a smaller n_fft."
    )
    with pytest.warns(UserWarning, match=re.escape(message)):
        computed(noise(1000), "mel")


def test_sound_shorter_than_a_frame_that_is_not_centred() -> None:
    message = (
        "The sound has 1000 samples at 22050 Hz, less than one frame of n_fft=2048. Choose a "
        "smaller n_fft, or center=True, which pads the sound."
    )
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        computed(noise(1000), "mel", center=False)


@pytest.mark.parametrize("kind", FRONT_ENDS)
def test_silence(kind: str) -> None:
    with pytest.warns(UserWarning, match=r"^The sound is silent: all of its samples are 0\.$"):
        values = computed(np.zeros(30_000, np.float32), kind)
    assert np.ptp(values, axis=1).max() == 0


# -- what the values mean --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options", "meaning"),
    [
        ("mel", {}, {"y_axis": "mel", "fmin": 0.0, "fmax": 11025.0, "unit": "dB", "n_fft": 2048}),
        ("mel", {"htk": True, "fmax": 8000}, {"htk": True, "fmax": 8000}),
        ("stft", {"n_fft": 1024}, {"y_axis": "linear", "n_fft": 1024, "hop_length": 256}),
        ("cqt", {"fmin": 55, "tuning": 1.2}, {"y_axis": "cqt_note", "fmin": 55 * 2**0.1}),
        ("cqt", {"n_bins": 24}, {"fmin": librosa.note_to_hz("C1"), "bins_per_octave": 12}),
        ("chroma", {"n_chroma": 24}, {"y_axis": "chroma", "bins_per_octave": 24, "unit": ""}),
        ("mfcc", {}, {"y_axis": "none", "y_label": "MFCC", "unit": ""}),
        ("pcen", {"fmax": 8000}, {"y_axis": "mel", "fmax": 8000, "unit": "", "floor": 0.0}),
    ],
)
def test_meaning(kind: str, options: dict[str, Any], meaning: dict[str, Any]) -> None:
    result = compute(Audio.from_array(tones(20_000), SR), kind=kind, **options)
    assert {name: getattr(result, name) for name in meaning} == meaning


def test_estimated_tuning_is_in_the_lowest_frequency() -> None:
    y = tones(100_000)
    tuning = librosa.estimate_tuning(y=y, sr=SR)
    assert abs(tuning) > 0.1
    result = compute(Audio.from_array(y, SR), kind="cqt", tuning=None)
    assert result.fmin == librosa.note_to_hz("C1") * 2.0 ** (tuning / 12)


def test_frames_are_contiguous() -> None:
    values = computed(noise(20_000), "mel")
    assert values.T.flags.c_contiguous


# -- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options", "error", "message"),
    [
        ("mal", {}, InvalidValueError, "Did you mean 'mel'?"),
        (
            "mel",
            {"n_mel": 3},
            InvalidTypeError,
            "n_mel is no option of kind='mel'. Did you mean n_m",
        ),
        (
            "stft",
            {"n_mels": 64},
            InvalidTypeError,
            "n_mels is no option of kind='stft'; it is one of kind 'mel' or 'mfcc' or 'pcen'.",
        ),
        (
            "cqt",
            {"n_fft": 64},
            InvalidTypeError,
            "it is one of kind 'mel' or 'stft' or 'chroma' or 'mfcc' or 'pcen'",
        ),
        ("mfcc", {"floor": 3.0}, InvalidTypeError, "floor is no option of kind='mfcc'."),
        ("mel", {"sparkle": 1}, InvalidTypeError, "Its options are hop_length, n_fft, win_length,"),
        ("mel", {"hop_length": 0}, InvalidValueError, "hop_length=0 samples is not allowed."),
        (
            "mel",
            {"hop_length": 512.5},
            InvalidValueError,
            "hop_length=512.5 is not a whole number.",
        ),
        ("mel", {"hop_length": "512"}, InvalidTypeError, "hop_length='512' is of type str."),
        ("mel", {"n_fft": -2048}, InvalidValueError, "n_fft=-2048 samples is not allowed."),
        ("mel", {"win_length": 4096}, InvalidValueError, "win_length=4096 samples is not allowed."),
        (
            "mel",
            {"window": "hat"},
            InvalidValueError,
            "window='hat' is no window that scipy.signal",
        ),
        (
            "stft",
            {"window": np.ones(5)},
            InvalidValueError,
            "window has the shape (5,) and the dtype float64. Its values must be 2048 real numbers",
        ),
        (
            "mel",
            {"center": 1},
            InvalidTypeError,
            "center=1 is of type int. It must be True or False",
        ),
        ("mel", {"pad_mode": "wrap"}, InvalidValueError, "pad_mode='wrap' is not allowed."),
        ("mel", {"power": 0}, InvalidValueError, "power=0 is not allowed."),
        ("mel", {"n_mels": 0}, InvalidValueError, "n_mels=0 is not allowed."),
        (
            "mel",
            {"fmax": 16000},
            InvalidValueError,
            "fmin=0.0 Hz to fmax=16000 Hz is no range at a sampling rate of 22050 Hz. They must "
            "rise, to at most 11025 Hz, half that rate.",
        ),
        ("mel", {"fmin": 500, "fmax": 400}, InvalidValueError, "fmin=500 Hz to fmax=400 Hz is no"),
        ("mel", {"norm": "slany"}, InvalidValueError, "Did you mean 'slaney'?"),
        ("mfcc", {"mel_norm": -2}, InvalidValueError, "mel_norm=-2 is not allowed."),
        ("mfcc", {"n_mfcc": 200}, InvalidValueError, "n_mfcc=200 is more than there are mel"),
        ("mfcc", {"dct_type": 4}, InvalidValueError, "dct_type=4 is not allowed."),
        ("pcen", {"b": 0}, InvalidValueError, "b=0 is not allowed."),
        ("pcen", {"time_constant": 0}, InvalidValueError, "time_constant=0 s is not allowed."),
        ("pcen", {"max_size": 0}, InvalidValueError, "max_size=0 is not allowed."),
        ("mfcc", {"lifter": -1}, InvalidValueError, "lifter=-1 is not allowed."),
        ("chroma", {"n_chroma": 0}, InvalidValueError, "n_chroma=0 is not allowed."),
        ("chroma", {"octwidth": 0}, InvalidValueError, "octwidth=0 is not allowed."),
        ("chroma", {"tuning": "A"}, InvalidTypeError, "tuning='A' is of type str."),
        ("cqt", {"sparsity": 1.0}, InvalidValueError, "sparsity=1.0 drops all of every filter."),
        ("cqt", {"window": np.ones(9)}, InvalidTypeError, "window is an array, and filters of a"),
        (
            "cqt",
            {"fmin": 110},
            InvalidValueError,
            "n_bins=84 from 110.00 Hz reach 13865 Hz, beyond 11025 Hz, half the sampling rate. "
            "Choose at most 80 bins, a lower fmin, or a higher sr.",
        ),
        ("cqt", {"fmin": 20_000}, InvalidValueError, "Choose a lower fmin, or a higher sr."),
        ("mel", {"amin": 0}, InvalidValueError, "amin=0 is not allowed."),
        ("mel", {"top_db": -80}, InvalidValueError, "top_db=-80 dB is not allowed."),
        ("mel", {"ref": "max"}, InvalidTypeError, "ref='max' is of type str."),
        (
            "mel",
            {"ref": lambda values: np.max(values, axis=0)},
            InvalidValueError,
            "gives an array of the shape (20,). It must give one number for all values",
        ),
    ],
)
def test_what_is_refused(
    kind: str, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        computed(noise(10_000), kind, **options)


@pytest.mark.parametrize("kind", AS_A_RULE)
def test_rate_of_any_type_is_a_rate(kind: str) -> None:
    audio = Audio.from_array(noise(10_000), SR)
    options = {"n_bins": 60} if kind == "cqt" else {}
    expected = compute(audio, sr=16000, kind=kind, **options)
    for sr in (np.array(16000), Fraction(16000), np.float32(16000)):
        found = compute(audio, sr=sr, kind=kind, **options)
        assert found.sr == 16000
        np.testing.assert_array_equal(found.values, expected.values)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("mel", "norm"), ("chroma", "norm"), *seldom(("cqt", "norm"), ("mfcc", "mel_norm"))],
)
def test_norm_of_any_type_is_a_norm(kind: str, name: str) -> None:
    y = noise(4096)
    for norm, same in (
        (3, np.array(3)),
        (1.5, Fraction(3, 2)),
        (math.inf, np.array(math.inf)),
        (math.inf, np.float32(math.inf)),
    ):
        expected = computed(y, kind, **{name: norm})
        np.testing.assert_array_equal(computed(y, kind, **{name: same}), expected)


@pytest.mark.parametrize("sr", [0, -1, math.inf, "fast"])
def test_rate_is_refused(sr: Any) -> None:
    with pytest.raises((InvalidValueError, InvalidTypeError), match=re.escape(f"sr={sr!r}")):
        compute(example_audio(), sr=sr)


def test_channels_are_mixed_only_when_asked() -> None:
    y = noise(30_000, n_channels=2)
    audio = Audio.from_array(y, SR, name="duet")
    message = (
        "'duet' has 2 channels, and a spectrogram shows one. Mix them: mono=True; choose one of 0 "
        'to 1: channel=0; or show each: channels="all".'
    )
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        compute(audio)
    values = compute(audio, mono=True).values
    np.testing.assert_array_equal(values, by_librosa(librosa.to_mono(y), "mel"))


def test_empty_mel_bands_warn() -> None:
    message = "of n_mels=512 mel bands are narrower than a bin of n_fft=512 and stay empty."
    with pytest.warns(UserWarning, match=re.escape(message)):
        computed(noise(10_000), "mel", n_mels=512, n_fft=512)


def test_what_does_not_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(shape: Any, dtype: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(np, "empty", full)
    message = "1025 x 640 values, 0.0 GB, more than there is memory for. Choose pool=64, fewer"
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        compute(example_audio(), kind="stft")


# -- options in one list ---------------------------------------------------------------------


def test_options_are_those_of_the_front_ends() -> None:
    fields = {field.name for each in FRONT_ENDS.values() for field in dataclasses.fields(each)}
    assert set(FrontEndOptions.__annotations__) == fields


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_help_shows_every_option_with_its_default(name: str) -> None:
    front_end = FRONT_ENDS[name]
    shown = pydoc.render_doc(front_end, renderer=pydoc.plaintext)
    explained = re.findall(r"^ \|  (\w+(?:, \w+)*) : .*\n \|      \S", shown, re.MULTILINE)
    parameters = inspect.signature(front_end).parameters
    assert ", ".join(explained).split(", ")[: len(parameters)] == list(parameters)
    for parameter in parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert parameter.default is not inspect.Parameter.empty


# -- while it takes long ---------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A clock of the progress bar that goes on by so many seconds each time it is looked at."""
    now, step = 1000.0, 0.0

    def time() -> float:
        nonlocal now
        now += step
        return now

    def set_step(seconds: float) -> None:
        nonlocal step
        step = seconds

    monkeypatch.setattr("tqdm.std.time", time)
    return set_step


@pytest.mark.parametrize(
    ("step", "progress", "watched", "shown"),
    [
        (0.6, True, True, True),
        (0.001, True, True, False),
        (0.6, False, True, False),
        (0.6, True, False, False),
    ],
)
def test_progress_is_shown_after_a_second(
    clock: Callable[[float], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    step: float,
    progress: bool,
    watched: bool,
    shown: bool,
) -> None:
    clock(step)
    monkeypatch.setattr("sys.stderr.isatty", lambda: watched)
    audio = Audio.from_array(noise(700_000), SR, name="clip.ogg")
    compute(audio, kind="mel", progress=progress)
    output = capsys.readouterr()
    assert not output.out
    bar = r"mel spectrogram of clip.ogg: +\d+%\|.*\| \d+/32 s of sound \["
    assert bool(re.search(bar, output.err)) == shown
    if not shown:
        assert not output.err


def test_progress_names_every_pass(
    clock: Callable[[float], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock(0.6)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    compute(Audio.from_array(noise(700_000), SR), kind="chroma")
    output = capsys.readouterr().err
    assert re.search(r"tuning: +\d+%", output)
    assert re.search(r"chromagram: +\d+%", output)


def test_default_needs_no_librosa() -> None:
    code = (
        "import sys\nfrom patchviz.audio.example import example_audio\n"
        "from patchviz.features.compute import compute\n"
        "for kind in ('mel', 'stft', 'mfcc'):\n"
        "    compute(example_audio(), kind=kind)\n"
        "print([name for name in ('librosa', 'numba', 'scipy.signal') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        *("mel", "cqt", "chroma"),
        pytest.param("stft", marks=pytest.mark.soak),  # is a part of mel's way
        pytest.param("mfcc", marks=pytest.mark.soak),  # begins with it
    ],
)
def test_memory_is_the_result_and_a_block(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "long.flac"
    minute = tones(60 * 44100, 44100)
    with soundfile.SoundFile(path, "w", 44100, 1) as file:
        for _ in range(25):
            file.write(minute)
    audio = Audio.from_file(path)
    compute(example_audio(), kind=kind)  # what is imported and compiled does not count
    tracemalloc.start()
    try:
        values = compute(audio, sr=22050, kind=kind, progress=False).values
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert values.shape[1] == 1 + 25 * 60 * 22050 // 512
    assert peak < values.nbytes + 115e6  # the samples alone are 132 MB


# -- threads ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mel", "stft"])
def test_threads_change_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    from patchviz._util import threads

    soundfile.write(tmp_path / "noise.wav", noise(100_000), 22050)
    monkeypatch.setattr(streaming, "_CHUNK_SIZE", 10_000)  # a dozen chunks
    found = []
    for n in (1, 2, 4):
        monkeypatch.setattr(threads, "n_threads", lambda n=n: n)
        found.append(compute(Audio.from_file(tmp_path / "noise.wav"), kind=kind).values)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


@pytest.mark.parametrize("sr", [SR, 8000])
def test_bands_of_a_file_are_within_what_is_promised(tmp_path: Path, sr: int) -> None:
    y = tones(60_000) * np.linspace(0, 1, 60_000) ** 4  # from 0 to far below the loudest
    soundfile.write(tmp_path / "tones.wav", y, SR, subtype="DOUBLE")
    audio = Audio.from_file(tmp_path / "tones.wav")
    for options in ({}, {"n_mels": 17, "htk": True}, {"norm": 1, "power": 1.0}, {"top_db": None}):
        values = compute(audio, sr=sr, **options).values
        samples = np.concatenate([block[0] for block in audio.blocks(sr=sr)])
        expected = compute(Audio.from_array(samples, sr), **options).values
        np.testing.assert_allclose(values, expected, rtol=0, atol=1e-3)
