"""Several channels have one clock and one scale; each is what it is alone, and none is a copy."""

from __future__ import annotations

import dataclasses
import re
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz.audio.decode import BySndfile
from patchviz.audio.source import Audio
from patchviz.errors import AudioFileError
from patchviz.features import custom, streaming
from patchviz.features.compute import compute
from patchviz.features.pooling import Pooling

from ..seldom import seldom

SR = 8000


def sound(n_channels: int = 3, n: int = 12_000) -> np.ndarray:
    y = np.random.default_rng(0).uniform(-1, 1, (n_channels, n)).astype(np.float32)
    return y * np.array([0.5, 0.1, 0.02, 0.3])[:n_channels, np.newaxis].astype(np.float32)


def rows(spec: Any, channel: int) -> np.ndarray:
    first = (spec.n_channels - 1 - channel) * spec.bins_per_channel
    return spec.values[first : first + spec.bins_per_channel]


@pytest.mark.parametrize("kind", ["mel", "stft", "mfcc"])
def test_each_channel_is_what_it_is_alone(kind: str) -> None:
    y = sound()
    fixed: Any = {"ref": 1.0, "top_db": None} if kind in ("mel", "stft") else {}
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=kind, channels="all", **fixed)
    assert spec.n_channels == 3
    for channel in range(3):
        alone = pv.Spectrogram.from_audio(y[channel], sr=SR, kind=kind, **fixed)
        np.testing.assert_array_equal(rows(spec, channel), alone.values)
        one = spec.channel(channel)
        np.testing.assert_array_equal(one.values, alone.values)
        assert np.shares_memory(one.values, spec.values)
        assert (one.n_channels, one.start, one.y_axis) == (1, spec.start, alone.y_axis)
        assert one.audio is not None
        np.testing.assert_array_equal(one.audio.read()[0], y[channel])


def test_channels_have_one_reference() -> None:
    y = sound()
    spec = pv.Spectrogram.from_audio(y, sr=SR, channels="all")
    plain = pv.Spectrogram.from_audio(y, sr=SR, channels="all", ref=1.0, top_db=None).values
    expected = np.maximum(plain - plain.max(), -80)
    np.testing.assert_allclose(spec.values, expected, atol=1e-4)
    highest = [rows(spec, channel).max() for channel in range(3)]
    assert highest[0] == 0.0
    assert highest[1] == pytest.approx(-14, abs=1.5)  # a fifth
    assert highest[2] == pytest.approx(-28, abs=1.5)


def test_front_end_of_ones_own_is_called_for_each_channel() -> None:
    y = sound()

    def loudness(y: np.ndarray, sr: float) -> np.ndarray:
        return np.abs(np.pad(y, (0, -len(y) % 100))).reshape(1, -1, 100).max(axis=2)

    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=loudness, hop_length=100, channels="all")
    np.testing.assert_array_equal(spec.values, np.abs(y).reshape(3, -1, 100).max(axis=2)[::-1])


def check_streaming(folder: Path, kind: str, seed: int, **options: Any) -> None:
    """Hold channels and a part of a file, read in small blocks, against the same in memory."""
    rng = np.random.default_rng(seed)
    y = rng.uniform(-0.5, 0.5, (2, 12_000)).astype(np.float32)
    first, n, blocksize = rng.integers([0, 2500, 700], [5000, 7000, 20_000]).tolist()
    file = folder / "array.wav"
    soundfile.write(file, y.T, SR, subtype="FLOAT")
    part = Audio.from_file(file, offset=first / SR, duration=n / SR)
    held_part = Audio.from_array(y, SR).part(offset=first / SR, duration=n / SR)
    held = compute(held_part, kind=kind, **options)
    with pytest.MonkeyPatch.context() as patched:
        whole, own = Audio.blocks, {"blocksize": blocksize}
        patched.setattr(Audio, "blocks", lambda *args, **given: whole(*args, **given | own))
        streamed = compute(part, kind=kind, **options)
        np.testing.assert_allclose(streamed.values, held.values, atol=1e-4)
        if options.pop("channels", None):
            one = compute(part.part(channel=1), kind=kind, **options)
            alone = compute(held_part.part(channel=1), kind=kind, **options)
            np.testing.assert_allclose(one.values, alone.values, atol=1e-4)


@pytest.mark.slow
@settings(deadline=None, max_examples=12)
@given(
    kind=st.sampled_from(["mel", "stft", "mfcc"]), pool=st.sampled_from([1, 3]),
    seed=st.integers(0, 1 << 30), how=st.sampled_from([{"channels": "all"}, {"mono": True}]),
)  # fmt: skip
def test_streamed_channels_of_a_part_equal_those_in_memory(
    tmp_path_factory: pytest.TempPathFactory, kind: str, pool: int, seed: int, how: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    check_streaming(folder, kind, seed, pooling=Pooling(pool), n_fft=512, **how)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cqt", "chroma", "pcen"])
def test_streamed_channels_of_other_kinds_equal_those_in_memory(tmp_path: Path, kind: str) -> None:
    own: Any = {"cqt": {"n_bins": 24, "fmin": 200.0}, "chroma": {"tuning": 0.0}}.get(kind, {})
    for seed in range(8):
        pool = Pooling(1 + seed % 3)
        check_streaming(tmp_path, kind, seed, pooling=pool, channels="all", **own)


def test_gaps_are_those_of_their_channel(tmp_path: Path) -> None:
    y = sound(2)
    y[1, 4000:4100] = np.nan
    file = tmp_path / "gap.wav"
    soundfile.write(file, y.T, SR, subtype="FLOAT")
    with pytest.warns(UserWarning, match="holds 100 samples"):
        spec = pv.Spectrogram.from_file(file, sr=None, channels="all")
    assert not spec.channel(0).n_nonfinite
    assert spec.channel(1).n_nonfinite


def test_patches_hold_all_channels_and_what_is_heard_is_their_mean(tmp_path: Path) -> None:
    y = sound()
    file = tmp_path / "array.wav"
    soundfile.write(file, y.T, SR, subtype="FLOAT")
    spec = pv.Spectrogram.from_file(file, sr=None, channels="all", offset=0.5)
    assert repr(spec) == (
        "Spectrogram 'array.wav' of (384, 16): 3 channels, mel, 8000 Hz, hop 512 samples, "
        "0.500-1.524 s, dB"
    )
    patches = spec.patches(frame_length=4, hop_length=2, tail="pad")
    assert patches.values.shape == (384, 4, 7)
    assert patches.spectrogram.n_channels == 3
    player = pv.player(patches, audio=True, audio_format="wav")
    assert player.sound is not None
    (tmp_path / "heard.wav").write_bytes(player.sound.data)
    heard = soundfile.read(tmp_path / "heard.wav")[0]
    np.testing.assert_allclose(heard[:8000], y.mean(axis=0)[4000:], atol=1e-4)


def test_silent_channels_are_named_once() -> None:
    y = sound(4)
    y[[1, 3]] = 0
    message = r"^Channels 1, 3 of 'array' are silent: all samples are 0\.$"
    with pytest.warns(UserWarning, match=message) as caught:
        pv.Spectrogram.from_audio(y, sr=SR, channels="all", name="array")
    assert len(caught) == 1


def test_padding_of_a_channel_is_padding() -> None:
    spec = pv.Spectrogram(np.ones((4, 50)), n_channels=2, floor=0.0)
    patches = spec.patches(frame_length=20, tail="pad")
    one = dataclasses.replace(patches, spectrogram=patches.spectrogram.channel(1))
    assert one.filled.tolist() == patches.filled.tolist() == [1, 1, 0.5]
    assert one.spectrogram.values.shape == (2, 60)
    # They are still of one recording, without a warning that nothing says so.
    assert len(one.leaks(one[[1]], patches)) == 1
    assert len(one.leaks(spec.channel(0).patches(frame_length=20), one)) == 2


def test_a_channel_has_the_classes_of_other_recordings(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, sound(2).T, SR)
    found = pv.Recordings(tmp_path, duration=1.0, sr=None, channels="all")
    rows = [("a.wav", "wren"), ("b.wav", "robin")]
    labels = [
        {"file": file, "start_time": 0, "end_time": 1, "label": label} for file, label in rows
    ]
    spec = found.with_labels(labels).patches(0).spectrogram
    each = spec.channel(1).patches(duration=1.0)
    assert each.classes == spec.patches(duration=1.0).classes == ("robin", "wren")


def test_one_channel_is_itself() -> None:
    y = sound()[0]
    spec = pv.Spectrogram.from_audio(y, sr=SR, channels="all")
    np.testing.assert_array_equal(spec.values, pv.Spectrogram.from_audio(y, sr=SR).values)
    np.testing.assert_array_equal(spec.channel(0).values, spec.values)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"channels": "all", "mono": True},
            "channels='all' shows each, and mono=True mixes them. Leave one of them out.",
        ),
        (
            {"channels": "all", "channel": 0},
            "channel=0 is one of the channels, and channels='all' are more. Leave one of them out.",
        ),
        ({"channels": "both"}, "channels='both' is not allowed. It must be one of 'all'."),
    ],
)
def test_channels_are_said_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        pv.Spectrogram.from_audio(sound(), sr=SR, **options)


def test_rows_that_channels_cannot_have() -> None:
    message = "n_channels=3 is no divisor of 128, the number of rows of the values. Each channel"
    with pytest.raises(ValueError, match=re.escape(message)):
        pv.Spectrogram(np.zeros((128, 4)), n_channels=3)
    with pytest.raises(ValueError, match=r"^index=2 is not allowed\. .* at most 1"):
        pv.Spectrogram(np.zeros((128, 4)), n_channels=2).channel(2)
    with pytest.raises(ValueError, match=r"^values have 64 rows, and y_axis='linear' with n_fft="):
        pv.Spectrogram(np.zeros((128, 4)), n_channels=2, n_fft=128, y_axis="linear")


def test_what_a_front_end_returns_for_channels_must_agree() -> None:
    def odd(y: np.ndarray, sr: float) -> pv.Features:
        return pv.Features(np.zeros((2 if y[0] > 0 else 3, 120)), sr=sr, hop_length=100)

    y = np.stack([np.ones(12_000), -np.ones(12_000)]).astype(np.float32)
    message = "The front end returns values of the shape (3, 120) for channel 1, and (2, 120) for"
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        pv.Spectrogram.from_audio(y, sr=SR, kind=odd, channels="all")


def peaks(y: Any, sr: float, hop_length: int = 100) -> Any:
    """A front end of one's own, which is given the whole sound."""
    frames = np.abs(y[: len(y) // hop_length * hop_length].reshape(-1, hop_length))
    return np.stack([frames.max(1), frames.mean(1)])


class Peaks:
    """The same, which is given pieces."""

    context = 200
    hop_length = 100

    def __call__(self, y: Any, sr: float) -> Any:
        return peaks(y, sr)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mel", Peaks(), *seldom("stft", "pcen", peaks)])
def test_a_file_is_decoded_once_for_all_channels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    """Side by side, so that little of it is held at a time."""
    y = sound(4, 60_000)
    file = tmp_path / "array.flac"
    soundfile.write(file, y.T, SR)
    decode, n_decoded, held = BySndfile.blocks, 0, set()
    most = 0

    def blocks(self: BySndfile, source: Any, name: str, first: int, last: int, _: int) -> Any:
        nonlocal n_decoded, most
        for block in decode(self, source, name, first, last, 1000):
            n_decoded += len(block)
            held.add(n_decoded)
            weakref.finalize(block, held.discard, n_decoded)
            most = max(most, len(held))
            yield block

    monkeypatch.setattr(BySndfile, "blocks", blocks)
    monkeypatch.setattr(streaming, "_CHUNK_SIZE", 4 * 4000)
    monkeypatch.setattr(custom, "_PIECE", 4000)
    is_relative = kind in ("mel", "stft")
    own: Any = {"ref": 1.0, "top_db": None} if is_relative else {}
    part = {"offset": 1.0, "duration": 5.0}
    spec = pv.Spectrogram.from_file(file, sr=None, kind=kind, channels="all", **part, **own)
    assert 5 * SR <= n_decoded < 6 * SR  # what is around it, or tells the length of a frame, too
    assert most < 20  # of some 40
    for channel in range(4):
        alone = pv.Spectrogram.from_file(file, sr=None, kind=kind, channel=channel, **part, **own)
        np.testing.assert_allclose(rows(spec, channel), alone.values, atol=1e-3)


def test_damage_is_told_of_a_file_that_is_decoded_for_all_channels(tmp_path: Path) -> None:
    file = tmp_path / "array.flac"
    soundfile.write(file, sound(4, 60_000).T, SR)
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    file.write_bytes(data)
    with pytest.raises(AudioFileError, match=r"^'array\.flac' cannot be decoded from"):
        pv.Spectrogram.from_file(file, sr=None, channels="all")
