"""Recordings of every rate and number of channels: heard on a page in every format, and in films.

Fifteen pairs of them are in the long form (``pytest -m soak tests/browser/test_formats.py``), of
which a few are always tried.
"""

from __future__ import annotations

import io
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.animation.ffmpeg import ffmpeg_path
from patchviz.audio.formats import AUDIO_FORMATS
from patchviz.web.html import page

FEW = [(200, 3), (384_000, 32)]
PAIRS = [
    *((200, 1), (1000, 32), (4000, 2), (8000, 8), (11_025, 3), (16_000, 1), (22_050, 2)),
    *((44_100, 16), (48_000, 9), (65_537, 4), (96_000, 1), (192_000, 2), (500_000, 32)),
]
EACH = [*FEW, *(pytest.param(*pair, marks=pytest.mark.soak) for pair in PAIRS)]


def recording(sr: int, channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples of a second or more, in each channel a tone of its own, and their frequencies."""
    frequencies = min(sr, 40_000) * (0.08 + 0.25 * np.arange(channels) / channels)
    time = np.arange(sr * (10 if sr < 5000 else 1), dtype=np.float32) / sr
    phases = 2 * np.pi * np.multiply.outer(frequencies, time) + np.arange(channels)[:, np.newaxis]
    return (0.9 * np.sin(phases)).astype(np.float32), frequencies


def seen(y: np.ndarray, sr: int) -> pv.Spectrogram:
    sizes = {"n_fft": 256, "hop_length": 4} if sr <= 1000 else {"n_fft": 2048, "hop_length": 512}
    return pv.Spectrogram.from_audio(y, sr=sr, mono=len(y) > 1, kind="stft", **sizes)


def assert_tones(y: np.ndarray, sr: float, frequencies: np.ndarray) -> None:
    """Check that a sound holds each tone as loud as the mean of the channels does."""
    time = np.arange(len(y)) / sr
    window = np.hanning(len(y))
    at = np.exp(-2j * np.pi * np.multiply.outer(frequencies, time))
    found = 2 * np.abs(at @ (window * y)) / window.sum()
    assert found == pytest.approx(0.9 / len(frequencies), rel=0.5)
    spectrum = np.abs(np.fft.rfft(window * y))
    strongest = np.fft.rfftfreq(len(y), 1 / sr)[spectrum.argmax()]
    assert np.abs(frequencies - strongest).min() < 0.02 * frequencies.max()


@pytest.mark.parametrize(("sr", "channels"), EACH)
def test_every_format_of_a_page_is_heard_as_it_is_seen(
    open_page: Any, sr: int, channels: int
) -> None:
    y, frequencies = recording(sr, channels)
    spec = seen(y, sr)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sound above .* kHz is left out")
        # In FLAC the last 3 × 1,152 samples cannot be sought in Chromium.
        frame_length = int(np.ceil((0.1 if sr > 40_000 else 0.5) / spec.frame_duration))
        patches = spec.patches(frame_length=frame_length, hop_length=1)
        players = [pv.player(patches, audio=True, audio_format=name) for name in AUDIO_FORMATS]
    opened = open_page(page("formats", "\n".join(player.to_html() for player in players)))
    seconds, window = y.shape[1] / sr, spec.n_fft / sr
    assert spec.duration == pytest.approx(seconds, abs=window)
    for n, player in enumerate(players):
        assert player.sound is not None
        embedded, rate = soundfile.read(io.BytesIO(player.sound.data))
        assert embedded.ndim == 1
        stretch = player.state["audio"]["stretch"]  # of ultrasound, embedded slower
        assert (stretch > 1) == (sr > 96_000)
        assert_tones(embedded, rate * stretch, frequencies)
        opened.wait("element.querySelector('audio').readyState > 0", n)
        lasts = opened.js("element.querySelector('audio').duration", n=n)
        # What Chromium counts, and is not heard; in Opus silence follows the sound.
        lead = {"ogg": 256 / rate, "opus": 312 / 48_000 + 0.02}
        name = [*AUDIO_FORMATS][n]
        lasts = (lasts - lead.get(name, 0)) / stretch
        assert lasts == pytest.approx(spec.duration, abs=window), name
        # A seek near the end comes to an end: in FLAC with large frames it never did.
        opened.js("player.index = argument", len(patches) - 1, n)
        opened.wait("!element.querySelector('audio').seeking", n)
        opened.js("player.index = 0, void player.play()", n=n)
        opened.wait("player.index > 2 || !player.playing", n)
        assert opened.find(".message", n).inner_text() == ""
        opened.js("player.pause()", n=n)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
@pytest.mark.parametrize(("sr", "channels"), EACH)
def test_a_film_is_heard_as_it_is_seen(
    chromium: Any, tmp_path: Path, sr: int, channels: int, name: str
) -> None:
    y, frequencies = recording(sr, channels)
    spec = seen(y, sr)
    figure = Figure(figsize=(3.2, 2.4), dpi=20)
    FigureCanvasAgg(figure)
    step = spec.n_frames // 10
    view = pv.PatchView(
        spec.patches(frame_length=step, hop_length=step), ax=figure.add_axes((0, 0, 1, 1))
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sound above .* kHz is left out")
        pv.animate(view).save(tmp_path / name, audio=True, progress=False)
    command = [ffmpeg_path(), "-v", "error", "-i", tmp_path / name, "-ar", "48000", "-f", "f32le"]
    raw = subprocess.run([*map(str, command), "-"], check=True, capture_output=True).stdout
    embedded = np.frombuffer(raw, np.float32)
    assert_tones(embedded[: round(48_000 * y.shape[1] / sr)], 48_000, frequencies)

    opened = chromium.new_page()
    (tmp_path / "a.html").write_text(f"<video muted src={name}></video>")
    opened.goto((tmp_path / "a.html").as_uri())
    lasts, played, at, error = opened.evaluate(
        """async () => {
            const video = document.querySelector("video");
            const told = (name) => new Promise((done) => video.addEventListener(name, done));
            if (!video.readyState && !video.error) {
                await Promise.race([told("loadedmetadata"), told("error")]);
            }
            if (video.error) return [0, false, 0, video.error.message];
            const { duration } = video;
            const moved = told("timeupdate");
            await video.play();
            await moved;
            const ended = told("ended");
            video.currentTime = Math.max(0.1, duration - 0.5);
            await ended;
            return [duration, video.ended, video.currentTime, video.error?.message];
        }"""
    )
    opened.close()
    assert error is None
    assert played
    window = spec.n_fft / sr
    assert at == pytest.approx(lasts, abs=0.05)
    assert lasts == pytest.approx(view.patches.time(-1)[1], abs=max(window, 0.05))
    assert view.patches.time(-1)[1] == pytest.approx(
        y.shape[1] / sr, abs=window + step * spec.frame_duration
    )
