"""The sound of films: its rate, its channel, its level and its speed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.animation.ffmpeg import ffmpeg_path
from patchviz.animation.sound import sound_track
from patchviz.errors import InvalidValueError


def tone(frequency: float, sr: float, *, seconds: float = 1.0, channels: int = 1) -> np.ndarray:
    y = 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * sr)) / sr)
    return np.tile(y, (channels, 1))


def film(y: np.ndarray, sr: float, path: Path, *, speed: float = 1.0, **options: Any) -> None:
    """Save a film of some ten small pictures with a sound."""
    n_frames = 20
    hop_length = y.shape[1] // n_frames
    audio = pv.Audio.from_array(y, sr)
    spec = pv.Spectrogram(np.eye(n_frames), sr=sr, hop_length=hop_length, audio=audio)
    figure = Figure(figsize=(3.2, 2.4), dpi=20)
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    view = pv.PatchView(spec.patches(frame_length=2, hop_length=2), ax=ax)
    anim = pv.animate(view, speed=speed)
    anim.save(path, audio=True, progress=False, **options)


def heard(path: Path, sr: int) -> np.ndarray:
    """What is in a film, shape (n_channels, n)."""
    command = [ffmpeg_path(), "-i", path, "-vn", "-ar", sr, "-f", "f32le", "-"]
    found = subprocess.run([*map(str, command)], check=True, capture_output=True)
    channels = re.search(r"Audio: .*?, (\d+) Hz, (\w+)", found.stderr.decode())
    assert channels is not None
    assert channels[2] == "mono"
    return np.frombuffer(found.stdout, np.float32)


def frames(path: Path) -> int:
    command = [ffmpeg_path(), "-i", path, "-an", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    found = subprocess.run([*map(str, command)], check=True, capture_output=True)
    sizes = re.search(r"Video: .*? (\d+)x(\d+)", found.stderr.decode())
    assert sizes is not None
    return len(found.stdout) // (int(sizes[1]) * int(sizes[2]))


def loudest(y: np.ndarray, sr: float) -> float:
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y)), 4 * len(y)))
    return float(spectrum.argmax() * sr / (4 * len(y)))


@pytest.mark.parametrize(
    ("name", "sr", "channels"),
    [
        *(("a.mp4", 8000, 9), ("a.webm", 48_000, 3), ("a.mkv", 200, 8)),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                *(("a.mp4", 22050, 32), ("a.webm", 22050, 4)),
                *(("a.avi", 44_100, 2), ("a.mov", 11_025.5, 1)),
            )
        ),
    ],
)
def test_a_film_holds_any_rate_and_any_number_of_channels(
    name: str, sr: float, channels: int, tmp_path: Path
) -> None:
    """MP4 of nine channels and WebM of three were ffmpeg's complaint."""
    frequency = 0.3 * min(sr, 16_000)
    film(tone(frequency, sr, channels=channels), sr, tmp_path / name)
    y = heard(tmp_path / name, 48_000)
    assert len(y) / 48_000 == pytest.approx(1.0, abs=0.15)
    assert loudest(y[:48_000], 48_000) == pytest.approx(frequency, rel=0.01)
    assert np.abs(y[12_000:36_000]).max() == pytest.approx(0.5, rel=0.15)


@pytest.mark.parametrize("speed", [0.1, pytest.param(0.5, marks=pytest.mark.slow), 4])
def test_a_film_is_heard_at_its_speed_and_its_pitch_follows(speed: float, tmp_path: Path) -> None:
    """Slowed ten times a bat's 30 kHz are heard at 3 kHz."""
    sr, frequency, seconds = 192_000, 30_000 if speed < 1 else 1_000, 0.4
    y = tone(frequency, sr, seconds=seconds)
    if sr * speed > 48_000:
        limit = {0.5: "48", 4: "6"}[speed]
        said = (
            f"Sound above {limit} kHz is left out: aac in a film holds at most 48000 Hz, and the "
            f"recording has 192000 Hz played at a speed of {speed:g}. A film.mkv with"
        )
        with pytest.warns(UserWarning, match=re.escape(said)):
            film(y, sr, tmp_path / "a.mp4", speed=speed)
    else:
        film(y, sr, tmp_path / "a.mp4", speed=speed)
    found = heard(tmp_path / "a.mp4", 48_000)
    assert len(found) / 48_000 == pytest.approx(seconds / speed, abs=0.1)
    assert loudest(found, 48_000) == pytest.approx(frequency * speed, rel=0.01)


@pytest.mark.parametrize("name", ["a.mkv", "a.avi"])
def test_a_codec_that_only_ffmpeg_knows_is_not_named(name: str, tmp_path: Path) -> None:
    said = (
        "Sound above 24 kHz is left out: the codec that ffmpeg chooses for it holds at most 48000"
    )
    with pytest.warns(UserWarning, match=re.escape(said)):
        film(tone(1000, 96_000, seconds=0.3), 96_000, tmp_path / name)


@pytest.mark.slow
def test_ultrasound_is_told_and_kept_where_a_codec_holds_it(tmp_path: Path) -> None:
    y = tone(70_000, 384_000, seconds=0.5)
    said = "Sound above 24 kHz is left out: aac in a film holds at most 48000 Hz, and the recording"
    with pytest.warns(UserWarning, match=re.escape(said)):
        film(y, 384_000, tmp_path / "a.mp4")
    assert np.abs(heard(tmp_path / "a.mp4", 192_000)).max() < 0.05
    for encoder in ("libvorbis", "mp2"):
        with pytest.warns(UserWarning, match=f"above 24 kHz is left out: {encoder} in a film"):
            film(y, 384_000, tmp_path / "a.mkv", extra_args=["-c:a", encoder])
    with pytest.warns(UserWarning, match="Sound above 96 kHz is left out: flac in a film"):
        film(y, 384_000, tmp_path / "a.mkv", codec="ffv1", extra_args=["-c:a", "flac"])
    found = heard(tmp_path / "a.mkv", 192_000)
    assert loudest(found, 192_000) == pytest.approx(70_000, rel=0.01)


def test_samples_on_the_scale_of_integers_are_scaled_and_told(tmp_path: Path) -> None:
    y = (tone(500, 8000) * 2 * 32767).astype(np.int16).astype(float)
    with pytest.warns(UserWarning, match="The samples reach 32767, where full scale is 1"):
        film(y, 8000, tmp_path / "a.mkv", codec="ffv1", extra_args=["-c:a", "pcm_s16le"])
    assert heard(tmp_path / "a.mkv", 8000)[:8000] == pytest.approx(y[0] / 32767, abs=1e-3)


def test_what_cannot_be_heard_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    never = (
        "audio=True is not possible with speed=0.05: sound is played at 0.0625 to 16 times its "
        "speed. Animate with such a speed, or leave audio=False."
    )
    slow = "a sound of 0.001 Hz cannot be heard: it would be resampled to 8000 Hz, by more than"
    for y, sr, speed, message in (
        (tone(100, 8000), 8000, 0.05, never),
        (np.zeros((1, 100)), 1e-3, 1.0, slow),
    ):
        with pytest.raises(InvalidValueError, match=f"^{re.escape(message)}"):
            film(y, sr, tmp_path / "a.mp4", speed=speed)
    assert not [*tmp_path.iterdir()]


def test_a_film_of_picks_sounds_like_them_one_after_the_other(tmp_path: Path) -> None:
    sr, hertz = 8000, np.arange(300, 2300, 200)  # another tone in every second
    y = np.concatenate([tone(each, sr)[0] for each in hertz])
    audio = pv.Audio.from_array(y, sr)
    spec = pv.Spectrogram(np.zeros((4, 100)), sr=sr, hop_length=800, audio=audio)
    patches = spec.patches(duration=1.0, hop_duration=0.5)[[2, 8, 10, 18]]
    figure = Figure(figsize=(3.2, 2.4), dpi=20)
    FigureCanvasAgg(figure)
    anim = pv.animate(pv.PatchView(patches, ax=figure.add_subplot()), speed=2.0)
    anim.save(tmp_path / "picks.mkv", audio=True, progress=False, extra_args=["-c:a", "flac"])
    found = heard(tmp_path / "picks.mkv", 16000)
    assert len(found) == pytest.approx(4 * 8000, abs=16)
    for k, number in enumerate([1, 4, 5, 9]):
        second = found[k * 8000 + 200 : (k + 1) * 8000 - 200]
        assert loudest(second, 16000) == pytest.approx(2 * hertz[number], rel=0.01)
    n_frames = frames(tmp_path / "picks.mkv")
    assert n_frames == 4


@pytest.mark.slow
def test_windows_at_a_step_of_seconds_are_shown_as_they_sound(tmp_path: Path) -> None:
    """Of 2 s, one every second, which is no whole number of frames: as at a hop."""
    sr, hertz = 8000, np.arange(300, 2300, 200)  # another tone in every second
    y = np.concatenate([tone(each, sr)[0] for each in hertz])
    spec = pv.Spectrogram(
        np.zeros((4, 234)), sr=sr, hop_length=343, audio=pv.Audio.from_array(y, sr)
    )
    windows = spec.patches(duration=2.0, starts=np.arange(0, 9, 1.0), tail="pad")
    assert len(set(np.diff(windows.starts))) == 2
    figure = Figure(figsize=(3.2, 2.4), dpi=20)
    FigureCanvasAgg(figure)
    anim = pv.animate(pv.PatchView(windows, ax=figure.add_subplot()))
    assert anim.interval == pytest.approx(1000, rel=0.005)
    anim.save(tmp_path / "a.mkv", audio=True, progress=False, extra_args=["-c:a", "flac"])
    found = heard(tmp_path / "a.mkv", sr)
    assert len(found) == pytest.approx(10 * sr, abs=2 * 343)
    for k, number in enumerate(hertz):
        assert loudest(found[k * sr + 200 : (k + 1) * sr - 200], sr) == pytest.approx(
            number, rel=0.01
        )
    assert frames(tmp_path / "a.mkv") == 10, "the last stays until it has been heard"


@pytest.mark.parametrize(
    ("starts", "shown"),
    [
        ([0.0, 1.0, 2.0, 3.0], 1.0),
        ([0.0, 0.7, 1.4, 2.1], 0.7),
        ([0.0, 2.0, 4.0], 2.0),
        ([0.0, 1.0, 3.0, 4.0], 2.0),  # here and there: each as long as it is heard
        ([0.0, 3.0, 6.0], 2.0),
        ([4.0], 2.0),
    ],
)
def test_how_long_windows_are_shown(starts: list[float], shown: float) -> None:
    spec = pv.Spectrogram(np.zeros((4, 234)), sr=8000, hop_length=343)
    windows = spec.patches(duration=2.0, starts=starts)
    assert windows.framing.shown_duration == pytest.approx(shown, abs=0.043)  # a frame


def test_picks_beside_the_sound_are_silent(tmp_path: Path) -> None:
    audio = pv.Audio.from_array(tone(500, 8000)[0], 8000, start=3.5)
    spec = pv.Spectrogram(np.zeros((4, 100)), sr=8000, hop_length=800, audio=audio)
    picks = spec.patches(duration=1.0)[[0, 3, 8]]
    track = sound_track(picks, 1000.0, None, ".mkv", ["-c:a", "flac"])
    track.write(tmp_path / "sound")
    y = np.fromfile(tmp_path / "sound", "<f4")
    assert len(y) == 3 * 8000
    assert not y[:12000].any()
    assert not y[16000:].any()
    assert np.abs(y[12000:16000]).max() == pytest.approx(0.5, abs=0.01)


def test_a_last_patch_that_was_moved_back_has_no_sound_in_step(tmp_path: Path) -> None:
    audio = pv.Audio.from_array(tone(500, 8000)[0], 8000)
    spec = pv.Spectrogram(np.zeros((4, 10)), sr=8000, hop_length=800, audio=audio)
    patches = spec.patches(duration=0.4, tail="overlap")
    anim = pv.animate(pv.PatchView(patches, ax=Figure().add_subplot()))
    with pytest.raises(
        InvalidValueError,
        match=r"audio=True is not possible with tail='overlap': the last patch, moved back to the "
        r"end, begins 0.200 s before its picture would be seen. Leave it out, animate",
    ):
        anim.save(tmp_path / "a.mp4", audio=True)
