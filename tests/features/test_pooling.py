"""Pooling in time: no sound is skipped, a long sound is as a short one, and times stay true."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from typing import Any

import librosa
import numpy as np
import pytest
import soundfile
from hypothesis import example, given
from hypothesis import strategies as st

import patchviz as pv
from patchviz._util.reductions import REDUCTIONS
from patchviz.audio.source import Audio
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.features import custom, streaming
from patchviz.features.compute import compute
from patchviz.features.pooling import Pooling

SR = 22050
REDUCE = {"max": np.max, "mean": np.mean, "median": np.median}


def noise(n: int) -> np.ndarray:
    return (0.1 * np.random.default_rng(n).standard_normal(n)).astype(np.float32)


def by_numpy(frames: np.ndarray, pool: int, reduce: str) -> np.ndarray:
    """Return what the columns are, shape (n_bins, n_columns), one after the other."""
    starts = range(0, frames.shape[1], pool)
    return np.stack([REDUCE[reduce](frames[:, k : k + pool], axis=1) for k in starts], axis=1)


class Chopped(Audio):
    """A sound whose blocks are of the given sizes, over and over."""

    sizes: tuple[int, ...]

    def blocks(self, **options: Any) -> Iterator[np.ndarray]:
        y = np.concatenate(list(super().blocks(**options)), axis=1)
        at, turn = 0, 0
        while at < y.shape[1]:
            yield y[:, at : at + self.sizes[turn % len(self.sizes)]]
            at += self.sizes[turn % len(self.sizes)]
            turn += 1


class Energy:
    """A front end of one's own that has a context: the power in two halves of every window."""

    context = 256

    def __call__(self, y: np.ndarray, sr: float, hop_length: int = 128) -> pv.Features:
        padded = np.pad(y.astype(np.float64), 256) ** 2
        windows = np.lib.stride_tricks.sliding_window_view(padded, 512)[::hop_length]
        values = windows.reshape(len(windows), 2, 256).mean(axis=2).T
        return pv.Features(values, sr=sr, hop_length=hop_length, n_fft=512)


IN_DECIBELS = {"ref": 1.0, "amin": 1e-12, "top_db": None}
KINDS: dict[str, Any] = {
    "mel": pv.Mel(n_fft=512, hop_length=128, n_mels=20, **IN_DECIBELS),
    "stft": pv.Stft(n_fft=256, center=False, **IN_DECIBELS),
    "cqt": pv.Cqt(n_bins=24, fmin=220, **IN_DECIBELS),
    "chroma": pv.Chroma(n_fft=512, hop_length=200, tuning=0.0),
    "mfcc": pv.Mfcc(n_fft=512, hop_length=128, n_mels=20, n_mfcc=5),
    "pcen": pv.Pcen(n_fft=512, hop_length=128, n_mels=20),
    "custom": Energy(),
}


def of_the_whole(
    kind: str,
    y: np.ndarray,
    pool: int,
    reduce: str,
    front_end: Any = None,
    first: int = 0,
    n_frames: int | None = None,
) -> np.ndarray:
    """Return the pooled values of samples, or of some of their frames, looked at together."""
    frames = np.asarray((front_end or KINDS[kind])(y, SR).values, np.float64)
    frames = frames[:, first:][:, :n_frames]
    if kind in ("mel", "stft", "cqt"):  # decibels: what is pooled is power
        return 10 * np.log10(by_numpy(10 ** (frames / 10), pool, reduce))
    return by_numpy(frames, pool, reduce)


@given(
    kind=st.sampled_from(list(KINDS)),
    n_samples=st.integers(600, 8000),
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=3).map(lambda s: [*s, 400]),
    rows=st.integers(3, 70),
    pool=st.integers(1, 100),
    reduce=st.sampled_from(REDUCTIONS),
)
@pytest.mark.filterwarnings("ignore:pool=")
def test_blocks_are_as_the_whole(
    kind: str, n_samples: int, sizes: list[int], rows: int, pool: int, reduce: str
) -> None:
    y = noise(n_samples)
    expected = of_the_whole(kind, y, pool, reduce)
    audio = Chopped.from_array(y, SR)
    vars(audio)["sizes"] = tuple(sizes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "_CHUNK_SIZE", rows * 257)
        patch.setattr(custom, "_PIECE", 2048)
        result = compute(audio, kind=KINDS[kind], pooling=Pooling(pool, reduce))
    assert result.values.shape == expected.shape
    np.testing.assert_allclose(result.values, expected, rtol=1e-5, atol=1e-4)


RECORDING = np.stack([noise(9000), noise(9001)[:9000], noise(9002)[:9000]])


@pytest.mark.slow
@given(
    kind=st.sampled_from(list(KINDS)),
    offset=st.integers(0, 6000),
    n_samples=st.integers(600, 3000),
    channel=st.sampled_from([0, 2, "all"]),
    rows=st.integers(3, 70),
    pool=st.integers(2, 30),
    reduce=st.sampled_from(REDUCTIONS),
)
@example(kind="cqt", offset=2029, n_samples=1021, channel=0, rows=7, pool=10, reduce="max")
@pytest.mark.filterwarnings("ignore:pool=")
def test_a_part_and_a_channel_are_as_in_the_whole(
    kind: str, offset: int, n_samples: int, channel: Any, rows: int, pool: int, reduce: Any
) -> None:
    file = io.BytesIO()
    soundfile.write(file, RECORDING.T, SR, format="WAV", subtype="FLOAT")
    chosen = {"channels": "all"} if channel == "all" else {"channel": channel}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "_CHUNK_SIZE", rows * 257)
        patch.setattr(custom, "_PIECE", 2048)
        spec = pv.Spectrogram.from_file(
            file, sr=None, offset=offset / SR, duration=n_samples / SR, kind=KINDS[kind],
            pool=pool, reduce=reduce, **chosen,
        )  # fmt: skip
    parts = RECORDING[::-1] if channel == "all" else RECORDING[[channel]]  # 0 is at the top
    part = [y[offset : offset + n_samples] for y in parts]
    front_end = KINDS[kind]
    if kind in ("mel", "chroma", "mfcc", "pcen"):  # whose windows reach beyond the part
        front_end = dataclasses.replace(front_end, center=False)
        part = [np.pad(y, 256)[offset : offset + n_samples + 512] for y in parts]
    n_before, n_frames = 0, None
    if kind in ("cqt", "custom"):  # which see as much of the recording as they need
        hop_length = front_end(RECORDING[0], SR).hop_length
        part = [y[offset % hop_length :] for y in parts]
        n_before = offset // hop_length
        # As many as a sound of that length has: where its rate is lowered, its end is rounded up.
        n_frames = front_end(parts[0][:n_samples], SR).values.shape[1]
    expected = np.concatenate(
        [of_the_whole(kind, y, pool, reduce, front_end, n_before, n_frames) for y in part]
    )
    np.testing.assert_allclose(spec.values, expected, rtol=1e-5, atol=1e-4)
    middle = 128 if kind == "stft" else 0  # of the first window, which is not centred
    assert spec.start == pytest.approx((offset + middle) / SR)


@pytest.mark.parametrize("reduce", REDUCTIONS)
def test_decibels_are_relative_to_the_loudest_column(reduce: str) -> None:
    y = noise(60_000)
    powers = by_numpy(librosa.feature.melspectrogram(y=y, sr=SR), 16, reduce)
    amplitudes = np.sqrt(by_numpy(np.abs(librosa.stft(y)) ** 2, 16, reduce))
    for kind, expected in (
        ("mel", librosa.power_to_db(powers, ref=np.max)),
        ("stft", librosa.amplitude_to_db(amplitudes, ref=np.max)),
    ):
        spec = pv.Spectrogram.from_audio(y, sr=SR, kind=kind, pool=16, reduce=reduce)
        np.testing.assert_allclose(spec.values, expected, rtol=0, atol=1e-4)
        assert spec.values.dtype == np.float32


def test_a_file_is_as_its_samples() -> None:
    file, y = io.BytesIO(), noise(60_000)
    soundfile.write(file, y, SR, format="WAV", subtype="FLOAT")
    specs = [
        pv.Spectrogram.from_file(file, sr=None, pool=10, reduce="mean"),
        pv.Spectrogram.from_audio(y, sr=SR, pool=10, reduce="mean"),
    ]
    np.testing.assert_allclose(specs[0].values, specs[1].values, rtol=0, atol=1e-3)
    assert specs[0].hop_length == specs[1].hop_length == 5120


def test_repr_and_meaning_say_what_a_column_is() -> None:
    spec = pv.Spectrogram.from_audio(noise(60_000), sr=SR, pool=10, reduce="median", start=3.0)
    assert repr(spec) == (
        "Spectrogram of (128, 12): mel, 22050 Hz, hop 5120 samples, 3.000-5.786 s, dB, each column "
        "the median of 10 frames"
    )
    one = pv.Spectrogram.from_audio(noise(60_000), sr=SR, pool=1)
    assert (one.hop_length, one.origin) == (512, "")


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("at", [0.31, 0.5, 0.77, 1.49, 1.93])
def test_a_click_is_in_the_column_that_is_drawn_when_it_is_heard(at: float, center: bool) -> None:
    y = np.zeros(2 * SR, np.float32)
    y[round(at * SR)] = 1.0
    mel = pv.Mel(n_fft=512, hop_length=128, center=center)
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=mel, pool=32, start=5.0)
    loudest = int(np.argmax(spec.values.max(axis=0)))
    begin = spec.start + loudest * spec.frame_duration
    # To half a frame, as without pooling.
    assert begin - 64 / SR <= 5.0 + at <= begin + spec.frame_duration + 64 / SR
    assert spec.frame_duration == 32 * 128 / SR


@pytest.mark.parametrize("reduce", REDUCTIONS)
def test_samples_that_are_none_are_a_gap_of_whole_columns(reduce: str) -> None:
    y, file = noise(60_000), io.BytesIO()
    y[20_000:20_100] = np.nan
    soundfile.write(file, y, SR, format="WAV", subtype="FLOAT")
    with pytest.warns(UserWarning, match="100 samples that are NaN"):
        spec = pv.Spectrogram.from_file(file, sr=None, pool=3, reduce=reduce)
    with pytest.warns(UserWarning, match="100 samples that are NaN"):
        frames = pv.Spectrogram.from_file(file, sr=None).values
    gaps = np.unique(np.flatnonzero(np.isnan(frames).any(axis=0)) // 3)
    assert np.flatnonzero(np.isnan(spec.values).all(axis=0)).tolist() == gaps.tolist()
    assert np.isnan(spec.values).sum() == 128 * len(gaps)


@pytest.mark.parametrize(
    ("reduce", "expected"),
    [("max", [4.0, np.nan, 3.0]), ("mean", [2.5, np.nan, 3.0]), ("median", [2.5, np.nan, 3.0])],
)
@pytest.mark.filterwarnings("ignore:kind=")
def test_values_that_are_none_do_not_count(reduce: Any, expected: list[float]) -> None:
    def gappy(y: np.ndarray, sr: float) -> pv.Features:
        values = [1, np.nan, 4, -np.inf, np.nan, np.inf, np.nan, 3, np.nan]
        return pv.Features(np.array([values], np.float32), sr=sr, hop_length=100)

    spec = pv.Spectrogram.from_audio(noise(900), sr=SR, kind=gappy, pool=3, reduce=reduce)
    np.testing.assert_array_equal(spec.values, [expected])


@pytest.mark.parametrize(("reduce", "expected"), [("max", 7), ("mean", 3.0), ("median", 2.0)])
def test_whole_numbers_stay_such_where_they_can(reduce: Any, expected: float) -> None:
    def counts(y: np.ndarray, sr: float, hop_length: int = 100) -> np.ndarray:
        return np.array([[1, 7, 2, 2, 1, 1, 1, 2, 1, 1, 1, 7]], np.int16)

    spec = pv.Spectrogram.from_audio(noise(1200), sr=SR, kind=counts, pool=4, reduce=reduce)
    assert spec.values[0, 0] == expected
    assert spec.values.dtype == (np.int16 if reduce == "max" else np.float32)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"pool": 0}, InvalidValueError, "pool=0 frames is not allowed. It must be a whole number"),
        ({"pool": 2.5}, InvalidValueError, "pool=2.5 is not a whole number."),
        ({"pool": "64"}, InvalidTypeError, "pool='64' is of type str."),
        ({"pool": 1 << 28}, InvalidValueError,
         "pool=268435456 frames of 512 samples each are too many. It must be at most 4194303."),
        ({"reduce": "min"}, InvalidValueError,
         "reduce='min' is not allowed. It must be one of 'max', 'mean', 'median'."),
        ({"reduce": "mean"}, InvalidValueError, "reduce='mean' does nothing to single frames. Say "
         "of how many a column is made, such as pool=64; or give it to the view"),
    ],
)  # fmt: skip
def test_what_is_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    for kind in ("mel", lambda y, sr, hop_length=512: np.ones((3, 1 + len(y) // 512))):
        with pytest.raises(error, match=re.escape(message)):
            pv.Spectrogram.from_audio(noise(9000), sr=SR, kind=kind, **options)


def test_what_the_warning_of_long_hops_advises_misses_nothing() -> None:
    y = np.zeros(SR, np.float32)
    y[6500] = 1.0
    warning = "for as few columns that miss nothing, hop_length=512, pool=16."
    with pytest.warns(UserWarning, match=re.escape(warning)):
        skipped = pv.Spectrogram.from_audio(y, sr=SR, hop_length=8192, top_db=None)
    assert np.ptp(skipped.values) == 0
    spec = pv.Spectrogram.from_audio(y, sr=SR, hop_length=512, pool=16, top_db=None)
    assert spec.hop_length == 8192
    assert np.argmax(spec.values.max(axis=0)) == 0
    assert np.ptp(spec.values) > 60


def test_a_column_longer_than_the_sound_is_told() -> None:
    for kind in ("mel", lambda y, sr, hop_length=512: np.ones((3, 1 + len(y) // 512))):
        message = "pool=36 frames are more than the sound has, 18: its only column lasts 2 times"
        with pytest.warns(UserWarning, match=message):
            pv.Spectrogram.from_audio(noise(9000), sr=SR, kind=kind, pool=36)


def test_what_a_level_is_of_is_said_where_it_is_read() -> None:
    spec = pv.Spectrogram.from_audio(noise(9000), sr=SR, level="psd", pool=4)
    assert spec.quantity == "Spectral density, maximum of 4 frames"
    assert pv.Spectrogram.from_audio(noise(9000), sr=SR, pool=4).quantity == (
        "Level relative to the maximum"
    )
