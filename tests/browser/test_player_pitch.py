"""What is heard at another speed, in Chromium: the pitch follows, as that of a tape, or is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import patchviz as pv

from .test_player_tuning import HEAR

# The strongest frequency that an <audio> element sounds, in Hz, when it has played for a while.
LISTEN = f"""(async () => {{
    const audio = element.querySelector("audio");
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaElementSource(audio).connect(analyser);
    analyser.connect(context.destination);
    await context.resume();
    await ({HEAR})(analyser);
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const loudest = levels.indexOf(Math.max(...levels));
    return (loudest * context.sampleRate) / analyser.fftSize;
}})()"""


@pytest.mark.parametrize(
    ("sr", "frequency", "speed", "heard"),
    [
        (22_050, 8000, 0.1, 800),
        (22_050, 8000, 1, 8000),
        (22_050, 500, 4, 2000),
        (22_050, 8000, 0.02, 160),
        (96_000, 40_000, 0.1, 4000),
        (192_000, 90_000, 0.0625, 5625),
        (384_000, 45_000, 0.1, 4500),
        (384_000, 150_000, 0.02, 3000),
        (384_000, 4000, 1, 4000),
    ],
)
def test_the_pitch_follows_the_speed(
    open_page: Any, sr: int, frequency: float, speed: float, heard: float
) -> None:
    """Of a bat at 60 kHz nothing was heard at any speed: the pitch stayed."""
    opened = tone_page(open_page, sr, frequency, speed=speed)
    assert opened.js(LISTEN) == pytest.approx(heard, rel=0.02, abs=6)
    assert opened.js("player.speed") == speed
    assert not opened.js("player.muted")
    assert opened.js("player.playing")


def test_the_pitch_can_be_kept(open_page: Any) -> None:
    opened = tone_page(open_page, 22_050, 8000, speed=0.1, pitch="keep")
    assert opened.js(LISTEN) == pytest.approx(8000, rel=0.02)


def tone_page(open_page: Any, sr: int, frequency: float, speed: float, **options: Any) -> Any:
    """Open a player of a tone, and play it: for five seconds at least, however fast."""
    seconds = round(5 * max(1, speed))
    y = 0.5 * np.sin(2 * np.pi * frequency * np.arange(seconds * sr) / sr).astype(np.float32)
    audio = pv.Audio.from_array(y, sr)
    spec = pv.Spectrogram(np.eye(8, 50 * seconds), sr=sr, hop_length=sr // 50, audio=audio)
    made = pv.player(spec.patches(frame_length=2), audio=True, speed=speed, **options)
    opened = open_page(made)
    opened.find("button.play").click()  # browsers let no page make a sound without
    return opened


@pytest.mark.slow
def test_ultrasound_is_heard_where_it_is_seen_after_a_minute(open_page: Any) -> None:
    """From 60.0 s on a tone of 45 kHz for one hop, before it one of 40 kHz, after it one of 50."""
    sr, hop = 384_000, 0.1
    n = np.arange(61 * sr, dtype=np.float32)
    frequency = np.where(n < 60 * sr, 40_000, np.where(n < (60 + hop) * sr, 45_000, 50_000))
    y = 0.5 * np.sin(2 * np.pi * np.cumsum(frequency / sr)).astype(np.float32)
    spec = pv.Spectrogram(
        np.eye(8, 610), sr=sr, hop_length=sr // 10, audio=pv.Audio.from_array(y, sr)
    )
    made = pv.player(
        spec.patches(frame_length=1), audio=True, speed=0.1, index=599, max_bytes=80_000_000
    )
    opened = open_page(made)
    opened.find("button.play").click()
    opened.wait("player.index === 600")  # which is on for a second, from 60.0 s on
    assert opened.js(LISTEN) == pytest.approx(4500, rel=0.01)
    assert opened.index == 600
