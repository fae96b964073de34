"""What is heard at another speed, in Chromium: the pitch follows, as that of a tape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import patchviz as pv

# The strongest frequency that an <audio> element sounds, in Hz, when it has played for a while.
LISTEN = """(async () => {
    const audio = element.querySelector("audio");
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaElementSource(audio).connect(analyser);
    analyser.connect(context.destination);
    await context.resume();
    const levels = new Float32Array(analyser.frequencyBinCount);
    const start = context.currentTime;
    let loudest = -1;
    do {
        await new Promise((done) => setTimeout(done, 20));
        analyser.getFloatFrequencyData(levels);
        loudest = levels.indexOf(Math.max(...levels));
    } while (context.currentTime < start + 0.6);
    return (loudest * context.sampleRate) / analyser.fftSize;
})()"""


@pytest.mark.parametrize(
    ("frequency", "speed"), [(8000, 0.1), (8000, 1), (60_000, 0.1), (90_000, 0.0625), (500, 4)]
)
def test_the_pitch_follows_the_speed(open_page: Any, frequency: float, speed: float) -> None:
    """Of a bat at 60 kHz nothing was heard at any speed: the pitch stayed."""
    sr = 192_000 if frequency > 10_000 else 22_050
    y = 0.5 * np.sin(2 * np.pi * frequency * np.arange(5 * sr) / sr).astype(np.float32)
    audio = pv.Audio.from_array(y, sr)
    spec = pv.Spectrogram(np.eye(8, 250), sr=sr, hop_length=sr // 50, audio=audio)
    opened = open_page(pv.player(spec.patches(frame_length=2), audio=True, speed=speed))
    opened.find("button.play").click()  # browsers let no page make a sound without
    assert opened.js(LISTEN) == pytest.approx(frequency * speed, rel=0.02)
    assert not opened.js("player.muted")
    assert opened.js("player.playing")
