"""A part of a sound, or a channel of it, is what the whole holds there, on the whole's clock."""

from __future__ import annotations

import io
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import example, given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz._util.ffmpeg import find_ffmpeg
from patchviz.audio.source import Audio
from patchviz.features import custom
from patchviz.features.compute import compute

SR = 44100
FORMATS = [
    ("WAV", "PCM_24"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
]  # fmt: skip


@cache
def recording(form: str, subtype: str, n_channels: int = 2) -> bytes:
    y = np.random.default_rng(0).uniform(-0.3, 0.3, (SR * 3, n_channels))
    y *= np.linspace(0.1, 1, len(y))[:, np.newaxis]
    file, sr = io.BytesIO(), 48000 if subtype == "OPUS" else SR
    soundfile.write(file, y, sr, format=form, subtype=subtype)
    return file.getvalue()


@cache
def whole(form: str, subtype: str) -> np.ndarray:
    return Audio.from_file(io.BytesIO(recording(form, subtype))).read()


@pytest.mark.slow
@pytest.mark.parametrize(("form", "subtype"), FORMATS)
@settings(deadline=None, max_examples=8)
@given(
    first=st.integers(0, 3 * SR - 1), n=st.integers(1, 2 * SR),
    channel=st.sampled_from([None, 0, 1]), blocksize=st.integers(500, 100_000),
)  # fmt: skip
@example(first=130_101, n=2176, channel=None, blocksize=725)  # ends in the last packet of Opus
def test_part_of_a_file_is_that_of_the_whole_to_the_sample(
    form: str, subtype: str, first: int, n: int, channel: int | None, blocksize: int
) -> None:
    y = whole(form, subtype)
    sr = 48000 if subtype == "OPUS" else SR
    first, n = min(first, y.shape[1] - 1), min(n, y.shape[1] - min(first, y.shape[1] - 1))
    part = Audio.from_file(
        io.BytesIO(recording(form, subtype)), offset=first / sr, duration=n / sr, channel=channel
    )
    expected = y[:, first : first + n] if channel is None else y[[channel], first : first + n]
    blocks = list(part.blocks(blocksize=blocksize))
    assert max(block.shape[1] for block in blocks) <= blocksize
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), expected)
    assert part.start == first / sr
    assert part.n_samples == n


@pytest.mark.slow
def test_part_of_a_film_is_that_of_the_whole_to_the_sample(tmp_path: Path) -> None:
    program = find_ffmpeg()
    if program is None:
        pytest.skip("there is no ffmpeg")
    file = tmp_path / "film.m4a"
    command = [program, "-v", "error", "-f", "wav", "-i", "pipe:0", str(file)]
    subprocess.run(command, input=recording("WAV", "PCM_24"), check=True)
    expected = Audio.from_file(file).read()[[1], 30_001:60_002]
    part = Audio.from_file(file, offset=30_001 / SR, duration=30_001 / SR, channel=1)
    np.testing.assert_array_equal(part.read(), expected)
    np.testing.assert_array_equal(part.read(part.start + 0.1), expected[:, round(0.1 * SR) :])


def test_part_of_an_array_is_a_view_on_the_clock_of_the_whole() -> None:
    y = np.random.default_rng(0).uniform(-1, 1, (8, 1000))
    audio = Audio.from_array(y, 1000, start=100.0)
    part = audio.part(offset=0.2, duration=0.3, channel=5)
    (block,) = part.blocks()
    assert np.shares_memory(block, y)
    np.testing.assert_array_equal(block, y[5:6, 200:500])
    assert (part.start, part.end, part.n_channels) == (100.2, 100.5, 1)
    inner = part.part(offset=0.1)
    np.testing.assert_array_equal(inner.read(), y[5:6, 300:500])
    np.testing.assert_array_equal(inner.read(100.4, 100.45), y[5:6, 400:450])
    assert repr(inner) == "Audio: 0.200 s from 100.300 s on, 1000 Hz, 1 channel, channel 5"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"offset": 3.0}, ValueError,
            "offset=3.0 s is not before the end of 'noise.wav', which lasts 3.000 s. "
            "Choose less than that.",
        ),
        ({"offset": -1}, ValueError, "offset=-1 s is not allowed. It must be a finite"),
        ({"duration": 0}, ValueError, "duration=0 s is not allowed. It must be a finite"),
        (
            {"offset": 1, "duration": 1e-6}, ValueError,
            "duration=1e-06 s holds no sample: one lasts 2.27e-05 s. Choose at least that.",
        ),
        ({"offset": "1:00"}, TypeError, "offset='1:00' is of type str"),
        (
            {"channel": 2}, ValueError,
            "channel=2 is not there: 'noise.wav' has 2 channels. It must be a number from 0 to 1: "
            "channels are counted from 0.",
        ),
        ({"channel": -1}, ValueError, "channel=-1 is not allowed. It must be a whole number, at"),
    ],
)  # fmt: skip
def test_what_is_no_part_is_refused(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    file = tmp_path / "noise.wav"
    file.write_bytes(recording("WAV", "PCM_24"))
    with pytest.raises(error, match="^" + re.escape(message)):
        pv.Spectrogram.from_file(file, **options)


@pytest.mark.parametrize("options", [{"offset": -1}, {"duration": 0}, {"channel": -1}])
def test_numbers_are_looked_at_before_the_file(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not allowed"):
        pv.Spectrogram.from_file("no such file.wav", **options)


def test_part_longer_than_what_is_left_is_told(tmp_path: Path) -> None:
    file = tmp_path / "noise.wav"
    file.write_bytes(recording("WAV", "PCM_24"))
    message = (
        r"^'noise\.wav' ends at 3\.000 s, and the part was to end at 5\.500 s: it holds 2\.500 s "
        r"in place of 5\.000 s\.$"
    )
    with pytest.warns(UserWarning, match=message) as caught:
        spec = pv.Spectrogram.from_file(file, sr=None, offset=0.5, duration=5, channel=0)
    assert len(caught) == 1
    assert spec.audio is not None
    assert spec.audio.end == 3.0


@pytest.mark.filterwarnings("error")
def test_length_typed_as_it_is_shown_is_that_length() -> None:
    y = np.ones(100_013, np.float32)
    part = Audio.from_array(y, SR).part(duration=2.268)  # 2.26787
    assert part.n_samples == 100_013


def test_times_in_single_precision_are_those_numbers() -> None:
    y = np.broadcast_to(np.float32(0), (1, 6000 * 48_000))
    audio, time = Audio(48_000, y.shape[1], 1, "", 0.0, y), np.float32(5025.3)
    assert (
        audio.part(offset=time, duration=time / 1e5).start == audio.part(offset=float(time)).start
    )
    assert audio.read(time, float(time) + 0.01).shape == (1, 480)
    assert audio.read(float(time) - 0.01, time).shape == (1, 480)


def test_gaps_of_a_part_lie_where_the_file_has_them(tmp_path: Path) -> None:
    y = np.random.default_rng(0).uniform(-0.3, 0.3, (3 * 8000, 2)).astype(np.float32)
    y[12_000:12_400, 0] = np.nan
    file = tmp_path / "gap.wav"
    soundfile.write(file, y, 8000, subtype="FLOAT")
    with pytest.warns(UserWarning, match=r"holds 400 samples .*, the first at 1\.500 s"):
        spec = pv.Spectrogram.from_file(
            file, sr=None, offset=1, channel=0, kind="stft", n_fft=128, hop_length=80
        )
    gap = np.flatnonzero(np.isnan(spec.values[0])) * spec.frame_duration + spec.start
    assert 1.485 <= gap.min() <= 1.5
    assert 1.55 <= gap.max() <= 1.565
    with np.errstate(all="raise"):  # the other channel has none
        other = pv.Spectrogram.from_file(file, sr=None, offset=1, channel=1)
    assert other.n_nonfinite == 0


# -- what is seen of a part --------------------------------------------------------------------


@pytest.mark.parametrize("sr", [None, 22050])
@pytest.mark.filterwarnings("ignore:5.% of the power")
def test_spectrogram_of_a_part_is_a_part_of_the_spectrogram_at_the_times_of_the_file(
    tmp_path: Path, sr: int | None
) -> None:
    file = tmp_path / "noise.ogg"
    file.write_bytes(recording("OGG", "VORBIS"))
    of_all: dict[str, Any] = {"sr": sr, "channel": 1, "start": 60.0, "hop_length": 441}
    of_all |= {"ref": 1.0, "top_db": None}
    spec = pv.Spectrogram.from_file(file, offset=1.0, duration=1.5, **of_all)
    expected = pv.Spectrogram.from_file(file, **of_all).values[:, (sr or SR) // 441 :]
    n_frames = spec.values.shape[1]
    np.testing.assert_allclose(spec.values, expected[:, :n_frames], atol=1e-2 if sr else 1e-3)
    y = whole("OGG", "VORBIS")[1, SR : SR * 5 // 2]
    assert spec.start == 61.0
    assert repr(spec).endswith("channel 1")
    patches = spec.patches(duration=0.5, hop_duration=0.25)
    assert patches.times[0].tolist() == pytest.approx([61.0, 61.5], abs=0.02)
    view = pv.PatchView(patches, index=1)
    assert view.title.get_text().startswith("patch 1 / 4 · 1:01.2")
    player = pv.player(patches, audio=True, audio_format="wav")
    assert player.state["columns"]["start"] == player.state["audio"]["start"] == 61.0
    assert player.sound is not None
    heard, rate = soundfile.read(io.BytesIO(player.sound.data))
    assert len(heard) - y.size < rate  # a little silence at its end
    np.testing.assert_allclose(heard[: y.size], y, atol=1e-4)


class Magnitudes:
    """A front end of a user's own, that says how much a frame depends on."""

    context = 600

    def __init__(self, *, center: bool) -> None:
        self.center = center

    def __call__(self, y: np.ndarray, sr: float) -> pv.Features:
        if self.center:
            y = np.pad(y, 256)
        frames = np.lib.stride_tricks.sliding_window_view(y, 512)[::200]
        values = np.abs(np.fft.rfft(frames)).T
        return pv.Features(values, sr=sr, hop_length=200, n_fft=512, y_axis="linear")


@pytest.mark.parametrize("kind", ["cqt", "centred", "not centred"])
def test_a_part_is_a_slice_of_the_whole_of_front_ends_with_long_or_own_windows(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(custom, "_PIECE", 3000)
    y = np.random.default_rng(1).uniform(-0.3, 0.3, 20_000).astype(np.float32)
    own: Any = Magnitudes(center=kind == "centred")
    options: dict[str, Any] = {"kind": own, "sr": 4000}
    if kind == "cqt":
        options |= {"kind": pv.Cqt(hop_length=200, fmin=60.0, n_bins=48, ref=1.0, top_db=None)}
    spec = pv.Spectrogram.from_audio(y, **options)
    for first, n in ((1, 700), (40, 700 if kind == "not centred" else 3), (40, 8000), (95, 1000)):
        part = pv.Spectrogram.from_audio(y, offset=first / 20, duration=n / 4000, **options)
        # A window that is not centred has no frame at the end of a part but of the whole.
        assert 0 <= part.n_frames - n // 200 + (0 if kind != "not centred" else 3) <= 2
        expected = spec.values[:, first:][:, : part.n_frames]
        np.testing.assert_allclose(part.values[:, : expected.shape[1]], expected, atol=1e-3)
        assert part.start == pytest.approx(spec.start + first / 20)


@pytest.mark.filterwarnings("ignore:.*of the power")
def test_a_part_that_is_resampled_is_a_slice_for_ones_own_front_end_too() -> None:
    y = np.random.default_rng(1).uniform(-0.3, 0.3, 120_000).astype(np.float32)
    audio = Audio.from_array(y, 48_000)
    options: dict[str, Any] = {"kind": Magnitudes(center=True), "sr": 22050}
    whole = compute(audio, **options).values
    part = compute(audio.part(offset=64_000 / 48_000, duration=0.5), **options).values
    np.testing.assert_allclose(part, whole[:, 147:][:, : part.shape[1]], atol=1e-3)
    assert part.shape[1] == 1 + 22050 // 2 // 200


def test_a_part_without_a_frame_is_told() -> None:
    message = (
        "kind=Magnitudes has no frame that lies within the part, of 358 samples at 4000 Hz. Choose "
        "a longer part."
    )
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        pv.Spectrogram.from_audio(
            np.ones(4000), sr=4000, kind=Magnitudes(center=False), offset=0.5, duration=358 / 4000
        )


def test_what_is_known_of_a_part_has_the_times_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "noise.wav"
    file.write_bytes(recording("WAV", "PCM_24"))
    labels = [(0.2, 0.4, "before"), (1.3, 1.6, "within"), (2.9, 3.0, "after")]
    spec = pv.Spectrogram.from_file(file, sr=None, mono=True, offset=1.0, duration=1.0)
    patches = spec.with_labels(labels).patches(duration=0.5, hop_duration=0.25)
    frame = patches.to_frame()
    assert frame["start_time"][0] == 1.0
    assert frame["end_time"].max() == pytest.approx(2.0, abs=0.02)
    assert patches.labels_in(0)["start_time"].tolist() == [1.3]
    targets = patches.targets(min_overlap=0.01)
    assert targets.any(axis=0).tolist() == [name == "within" for name in patches.classes]
    assert pv.plot_spectrogram(patches).get_xlim() == pytest.approx((1.0, 2.0), abs=0.02)


def test_part_of_samples_has_the_times_of_the_whole() -> None:
    y = np.random.default_rng(0).uniform(-0.3, 0.3, (2, 30_000)).astype(np.float32)
    of_all: dict[str, Any] = {"sr": 10_000, "channel": 1, "start": 5.0, "hop_length": 500}
    of_all |= {"ref": 1.0}
    spec = pv.Spectrogram.from_audio(y, offset=1, duration=0.5, **of_all)
    expected = pv.Spectrogram.from_audio(y, **of_all).values[:, 20:31]
    np.testing.assert_allclose(spec.values, expected, atol=1e-4)
    assert spec.start == 6.0
    with pytest.raises(ValueError, match=r"^offset=3 s is not before the end of the sound, which"):
        pv.Spectrogram.from_audio(y, sr=10_000, offset=3, mono=True)


def test_one_of_the_channels_is_not_mixed() -> None:
    y = np.zeros((2, 9000))
    message = "^channel=1 is one of the channels, and mono=True mixes them. Leave one of them out"
    with pytest.raises(ValueError, match=message):
        pv.Spectrogram.from_audio(y, sr=8000, channel=1, mono=True)
