"""Front ends as objects, and what is accepted as one: names, functions, objects of one's own."""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError
from patchviz.features import custom
from patchviz.features.compute import FRONT_ENDS

SR = 22050
HOP = 512


def noise(n: int) -> np.ndarray:
    return (0.1 * np.random.default_rng(0).standard_normal(n)).astype(np.float32)


def levels(y: np.ndarray, hop_length: int = HOP) -> np.ndarray:
    """Return the power around every frame's centre, in four bands of lag."""
    padded = np.pad(y, hop_length) ** 2
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop_length)[::hop_length]
    return frames.reshape(len(frames), 4, -1).mean(axis=2).T


class Levels:
    """A front end whose frames depend on a hop before and behind them."""

    def __init__(self, context: Any = HOP, **meaning: Any) -> None:
        self.context = context
        self.meaning = {"hop_length": HOP, **meaning}
        self.lengths: list[int] = []

    def __call__(self, y: np.ndarray, sr: float) -> pv.Features:
        self.lengths.append(len(y))
        return pv.Features(levels(y), **{"sr": sr, **self.meaning})


def test_an_object_is_its_name_with_options() -> None:
    y = noise(30_000)
    named = pv.Spectrogram.from_audio(y, sr=SR, kind="mel", n_mels=64, htk=True)
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=pv.Mel(n_mels=64, htk=True))
    np.testing.assert_array_equal(spec.values, named.values)
    assert repr(spec) == repr(named)


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_a_front_end_can_be_called(name: str) -> None:
    y = noise(30_000)
    front_end = FRONT_ENDS[name]()
    assert isinstance(front_end, pv.FrontEnd)
    features = front_end(y, SR)
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=name)
    assert isinstance(spec, pv.Features)
    for field in dataclasses.fields(pv.Features):
        np.testing.assert_array_equal(getattr(features, field.name), getattr(spec, field.name))


def test_a_front_end_is_a_value() -> None:
    mel = pv.Mel(n_mels=64)
    assert mel == pv.Mel(n_mels=64) != pv.Mel()
    assert hash(mel) == hash(pv.Mel(n_mels=64))
    assert dataclasses.replace(mel, n_mels=128) == pv.Mel()
    with pytest.raises(dataclasses.FrozenInstanceError):
        mel.n_mels = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("front_end", "context"),
    [
        (pv.Mel(), None),
        (pv.Mel(ref=1.0), None),
        (pv.Mel(ref=1.0, top_db=None), 2048),
        (pv.Stft(n_fft=512, ref=1.0, top_db=None), 512),
        (pv.Mfcc(), None),
        (pv.Pcen(), None),
        (pv.Chroma(), None),
        (pv.Chroma(tuning=0.0), 2048),
        (pv.Cqt(ref=1.0, top_db=None), None),
    ],
)
def test_context(front_end: pv.FrontEnd, context: int | None) -> None:
    assert front_end.context == context


def test_what_is_wrong_at_any_rate_is_refused_at_construction() -> None:
    message = "fmin=500 Hz to fmax=400 Hz is no range. They must rise."
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        pv.Mel(fmin=500, fmax=400)
    with pytest.raises(InvalidValueError, match=re.escape("n_bins=0 is not allowed.")):
        pv.Cqt(n_bins=0)
    front_end = pv.Mel(fmax=16_000)
    with pytest.raises(InvalidValueError, match="at a sampling rate of 22050 Hz"):
        front_end(noise(9000), SR)


def test_several_channels_are_no_signal() -> None:
    message = (
        "y has the shape (2, 9000), and a front end takes one channel. Choose one, y[0], or mix "
        "them: y.mean(axis=0)."
    )
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        pv.Mel()(noise(18_000).reshape(2, -1), SR)


def test_a_warning_points_at_the_line_that_asked() -> None:
    for compute in (
        lambda: pv.Spectrogram.from_audio(noise(1000), sr=SR),
        lambda: pv.Spectrogram.from_audio(noise(1000), sr=SR, kind=pv.Mel()),
        lambda: pv.Mel()(noise(1000), SR),
    ):
        with pytest.warns(UserWarning, match="most of a frame is padding") as caught:
            compute()
        assert caught[0].filename == __file__


# -- functions -------------------------------------------------------------------------------


def with_hop(y: np.ndarray, sr: float, hop_length: int = HOP) -> np.ndarray:
    return levels(y, hop_length)


class WithHop:
    hop_length = HOP

    def __call__(self, y: np.ndarray, sr: float) -> np.ndarray:
        return levels(y)


@pytest.mark.parametrize(
    ("kind", "options", "hop_length"),
    [
        (lambda y, sr: levels(y), {"hop_length": HOP}, HOP),
        (lambda y, sr: levels(y).tolist(), {"hop_length": HOP}, HOP),
        (with_hop, {}, HOP),
        (functools.partial(with_hop, hop_length=100), {}, 100),
        (WithHop(), {}, HOP),
        (lambda y, sr: pv.Features(levels(y), sr=sr, hop_length=HOP), {}, HOP),
        (lambda y, sr: pv.Spectrogram(levels(y), sr=sr, hop_length=HOP), {}, HOP),
    ],
)
def test_what_your_own_model_sees(kind: Any, options: dict[str, Any], hop_length: int) -> None:
    y = noise(30_000)
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=kind, start=3.0, **options)
    np.testing.assert_array_equal(spec.values, levels(y, hop_length))
    assert (spec.sr, spec.hop_length, spec.start) == (SR, hop_length, 3.0)
    assert type(spec) is pv.Spectrogram


def test_a_function_is_given_one_channel_at_the_rate_asked_for() -> None:
    seen = {}

    def look(y: np.ndarray, sr: float) -> np.ndarray:
        seen.update(shape=y.shape, dtype=y.dtype, sr=sr)
        return levels(y)

    stereo = np.stack([noise(30_000), -noise(30_000)])
    with pytest.warns(UserWarning, match="^Mixing the 2 channels of the sound leaves 0 of their"):
        spec = pv.Spectrogram.from_audio(stereo, sr=SR, kind=look, mono=True, hop_length=HOP)
    assert seen == {"shape": (30_000,), "dtype": np.float32, "sr": SR}
    assert not spec.values.any()


@pytest.mark.parametrize(
    ("kind", "options", "error", "message"),
    [
        (3, {}, InvalidTypeError,
         "kind=3 is of type int. It must be one of 'mel', 'stft', 'cqt', 'chroma', 'mfcc', 'pcen', "
         "a front end such as Mel(n_mels=64), or a function f(y, sr)."),
        (pv.Mel, {}, InvalidTypeError,
         "kind is the class Mel. It must be a front end: kind=Mel(), with its options in the"),
        (pv.Mel(), {"n_mels": 64}, InvalidTypeError,
         "n_mels=64 is given beside kind=Mel, and options go with a name such as \"mel\" only. "
         "Give it to the front end itself: Mel(n_mels=64)."),
        (with_hop, {"n_mels": 64}, InvalidTypeError,
         "n_mels=64 is given beside kind=with_hop, and options go with a name such as \"mel\" "
         "only. Give it to the front end itself: functools.partial(with_hop, n_mels=64)."),
        (lambda y, sr: levels(y), {}, InvalidTypeError,
         "kind=<lambda> returns an array, and nothing says how many samples lie between its "
         "frames. Give hop_length=..., or return patchviz.Features(values, sr=sr, hop_length"),
        (Levels(), {"hop_length": 64}, InvalidTypeError,
         "hop_length=64 is given, and kind=Levels returns Features with hop_length=512. Leave it"),
        (with_hop, {"hop_length": 0}, InvalidValueError, "hop_length=0 samples is not allowed."),
        (Levels(context=-1), {}, InvalidValueError, "context=-1 samples is not allowed."),
        (lambda y, sr, hop_length=HOP: levels(y).T, {}, InvalidValueError,
         "kind=<lambda> returns values of the shape (196, 4), which with hop_length=512 and "
         "sr=22050 Hz last 0.093 s; the sound has 4.535 s. They are transposed, it seems: give "
         "values.T, of shape (n_bins, n_frames)."),
        (lambda y, sr: pv.Features(levels(y), sr=16000, hop_length=HOP), {}, InvalidValueError,
         "with hop_length=512 and sr=16000 Hz last 6.272 s; the sound has 4.535 s. Their sampling "
         "rate is the sound's, it seems: sr=22050."),
        (lambda y, sr: pv.Features(levels(y), sr=sr, hop_length=HOP // 2), {}, InvalidValueError,
         "with hop_length=256 and sr=22050 Hz last 2.276 s; the sound has 4.535 s. Give the sr and "
         "hop_length that they were computed with: at the sound's 22050 Hz a hop of about 512 "
         "samples."),
        (lambda y, sr, hop_length=HOP: y, {}, InvalidValueError, "They must be 2-D"),
    ],
)  # fmt: skip
def test_what_is_refused(
    kind: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        pv.Spectrogram.from_audio(noise(100_000), sr=SR, kind=kind, **options)


# -- piece by piece --------------------------------------------------------------------------


@pytest.mark.parametrize("n", [3000, 16_384 + HOP, 16_384 + HOP + 1, 40_000, 100_000])
def test_a_long_sound_comes_in_pieces(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    monkeypatch.setattr(custom, "_PIECE", 16_384)
    y, kind = noise(n), Levels()
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=kind)
    np.testing.assert_array_equal(spec.values, levels(y))
    assert (len(kind.lengths) > 1) == (n > 16_384 + HOP)
    assert max(kind.lengths) <= 16_384 + 2 * HOP
    assert spec.values.T.flags.c_contiguous


@pytest.mark.parametrize("hop_length", [100, 334, 512, 4098])
def test_pieces_begin_at_frames(monkeypatch: pytest.MonkeyPatch, hop_length: int) -> None:
    monkeypatch.setattr(custom, "_PIECE", 16_384)

    class Other(Levels):
        def __call__(self, y: np.ndarray, sr: float) -> pv.Features:
            return pv.Features(levels(y, hop_length), sr=sr, hop_length=hop_length)

    y = noise(100_001)
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=Other(context=hop_length))
    whole = Other(context=None)(y, SR).values
    np.testing.assert_array_equal(spec.values, whole)


def test_without_a_context_the_whole_sound_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "_PIECE", 16_384)
    kind = Levels(context=None)
    pv.Spectrogram.from_audio(noise(100_000), sr=SR, kind=kind)
    assert kind.lengths == [100_000]


class Louder(Levels):
    def __call__(self, y: np.ndarray, sr: float) -> pv.Features:
        return dataclasses.replace(super().__call__(y, sr), unit=str(len(self.lengths)))


class Shorter(Levels):
    def __call__(self, y: np.ndarray, sr: float) -> pv.Features:
        features = super().__call__(y, sr)
        return dataclasses.replace(features, values=features.values[:, :-3])


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Louder(), "The front end returns unit='2' for a piece of the sound, and '1' for the"),
        (Shorter(), "of which 32 frames from 0 on are needed with 4 bins. Frame k must begin or"),
        (Levels(sr=44100), "kind=Levels returns frames of 512 samples at 44100 Hz, and is given "
                           "pieces of 16384 samples at 22050 Hz, since it has a context."),
        (Levels(hop_length=20_000), "kind=Levels returns frames of 20000 samples at 22050 Hz"),
    ],
)  # fmt: skip
def test_pieces_must_fit(monkeypatch: pytest.MonkeyPatch, kind: Levels, message: str) -> None:
    monkeypatch.setattr(custom, "_PIECE", 16_384)
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        pv.Spectrogram.from_audio(noise(100_000), sr=SR, kind=kind)
