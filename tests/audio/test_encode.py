"""What is heard of a recording: which part of it each format holds, and what is told."""

from __future__ import annotations

import io
import re
import warnings

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.audio.encode import encode_sound, heard
from patchviz.audio.formats import AUDIO_FORMATS
from patchviz.audio.ogg import ogg_links
from patchviz.errors import InvalidValueError

from ..seldom import seldom

SMALL = {"mp3", "opus"}  # hold 48,000 Hz at most


def tone(frequency: float, sr: float, *, seconds: float = 0.5, channels: int = 1) -> pv.Audio:
    """A tone; each channel has another one, some per mille higher than the one before."""
    time = np.arange(round(seconds * sr)) / sr
    higher = 1 + np.arange(channels)[:, np.newaxis] / 200
    return pv.Audio.from_array(0.4 * np.sin(2 * np.pi * frequency * higher * time), sr)


def embedded(audio: pv.Audio, audio_format: str) -> tuple[np.ndarray, int]:
    made = encode_sound(audio, audio.start, audio.end, audio_format=audio_format)
    y, sr = soundfile.read(io.BytesIO(made.data), always_2d=True)
    assert y.shape[1] == 1
    return y[:, 0], sr


def loudest(y: np.ndarray, sr: float) -> float:
    """The frequency of the highest peak in a spectrum, in Hz."""
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y)), 4 * len(y)))
    return float(spectrum.argmax() * sr / (4 * len(y)))


@pytest.mark.parametrize("audio_format", AUDIO_FORMATS)
@pytest.mark.parametrize("sr", [200, 22050.5, 65537, 384_000])
def test_each_format_holds_what_it_can_of_each_rate_and_what_it_cannot_is_told(
    sr: float, audio_format: str
) -> None:
    """Rates above 200,000 Hz killed the process in Vorbis; 65,537 Hz is none of FLAC's."""
    highest = 48_000 if audio_format in SMALL else 192_000
    frequency = 0.36 * min(sr, highest, 44_100 if audio_format == "mp3" else highest)
    audio = tone(frequency, sr, seconds=5 if sr < 1000 else 0.3)
    if sr <= highest:
        y, rate = embedded(audio, audio_format)
        assert rate >= sr
    else:
        more = (
            "The formats ogg, flac and wav hold more."
            if audio_format in SMALL
            else "No page plays more."
        )
        said = (
            f"Sound above {highest // 2000} kHz is left out: audio_format='{audio_format}' holds "
            f"at most {highest} Hz, and the recording has {sr} Hz. {more}"
        )
        with pytest.warns(UserWarning, match=f"^{re.escape(said)}$") as caught:
            y, rate = embedded(audio, audio_format)
        assert len(caught) == 1
        assert caught[0].filename == __file__
        assert rate == highest
    assert 8000 <= rate <= 192_000
    assert len(y) / rate == pytest.approx(audio.duration, abs=0.021)
    assert loudest(y, rate) == pytest.approx(frequency, rel=0.02)
    middle = y[len(y) // 4 : 3 * len(y) // 4]
    assert np.std(middle) * np.sqrt(2) == pytest.approx(0.4, rel=0.25)


@pytest.mark.parametrize("audio_format", AUDIO_FORMATS)
@pytest.mark.parametrize("sr", [0.3, 1e-9, 1e11])
def test_rates_that_nobody_hears_are_refused(sr: float, audio_format: str) -> None:
    audio = pv.Audio.from_array(np.zeros(100), sr)
    with pytest.raises(InvalidValueError, match=r"cannot be heard: .* Leave the sound out, or say"):
        encode_sound(audio, 0.0, audio.end, audio_format=audio_format)


@pytest.mark.parametrize("channels", [1, 3, *seldom(2, 8, 32)])
def test_channels_are_heard_as_they_are_seen(channels: int) -> None:
    """As one, their mean: of what cancels in the picture nothing is heard."""
    audio = tone(1000, 22050, channels=channels)
    y, _ = embedded(audio, "wav")
    assert y == pytest.approx(audio.read().mean(axis=0), abs=1e-4)
    spec = pv.Spectrogram.from_audio(audio.read(), sr=22050, mono=channels > 1)
    made = pv.player(spec.patches(frame_length=9), audio=True, audio_format="wav")
    assert made.sound is not None
    y, _ = soundfile.read(io.BytesIO(made.sound.data))
    assert y == pytest.approx(audio.read(mono=True)[0], abs=1e-4)


@pytest.mark.parametrize(
    ("sr", "duration"),
    [
        *((8000, 0.5), (22050, 1.0), (44100, 0.5)),
        *(
            pytest.param(sr, duration, marks=pytest.mark.slow)
            for sr in (8000, 22050, 44100)
            for duration in (0.5, 1.0, 3.0)
            if (sr, duration) not in ((8000, 0.5), (22050, 1.0), (44100, 0.5))
        ),
    ],
)
def test_no_sound_ends_in_a_pop(sr: int, duration: float) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(round(duration * sr)) / sr)
    audio = pv.Audio.from_array(tone.astype(np.float32), sr)
    for audio_format in ("ogg", "mp3", "opus"):
        sound = encode_sound(audio, 0, duration, audio_format=audio_format)
        y, rate = soundfile.read(io.BytesIO(sound.data))
        assert abs(y[round((duration - 0.005) * rate) :]).max() < 0.62, audio_format


def test_two_channels_in_antiphase_are_silent() -> None:
    one = tone(1000, 22050).read()[0]
    y, _ = embedded(pv.Audio.from_array(np.stack([one, -one]), 22050), "wav")
    assert not y.any()


@pytest.mark.parametrize("audio_format", ["ogg", "wav"])
def test_samples_on_the_scale_of_integers_are_scaled_and_told(audio_format: str) -> None:
    """They were clipped to noise: every sample at full scale."""
    y = tone(1000, 24_000).read()[0]
    as_integers = (y / 0.4 * 32767).astype(np.int16).astype(float)
    said = "The samples reach 32767, where full scale is 1: they are heard scaled to fit. If they"
    with pytest.warns(UserWarning, match=re.escape(said)):
        loud, sr = embedded(pv.Audio.from_array(as_integers, 24_000), audio_format)
    quiet, _ = embedded(pv.Audio.from_array(y / 0.4, 24_000), audio_format)
    assert loud == pytest.approx(quiet, abs=0.02)
    spectrum = np.abs(np.fft.rfft(loud * np.hanning(len(loud))))
    third = round(3000 * len(loud) / sr)  # where clipping would be heard
    assert spectrum[third - 9 : third + 9].max() < 0.01 * spectrum.max()


def test_a_sound_within_full_scale_stays_as_loud_as_it_is_and_a_little_more_is_not_told() -> None:
    time = np.arange(4096) / 8000
    for peak in (1e-3, 0.5, 1.0, 1.4):
        y = peak * np.sin(2 * np.pi * 500 * time)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            blocks = heard(pv.Audio.from_array(y, 8000), 0.0, 1.0, sr=8000)
            found = np.concatenate([*blocks], axis=1)[0]
        assert found == pytest.approx(y / max(1.0, peak), abs=1e-6)


def test_what_is_told_of_a_player_names_the_line_that_made_it() -> None:
    spec = pv.Spectrogram.from_audio(tone(1000, 384_000).read()[0], sr=384_000, n_mels=16)
    with pytest.warns(UserWarning, match="Sound above 96 kHz is left out") as caught:
        made = pv.player(spec.patches(frame_length=20), audio=True, speed=16)
    assert [warning.filename for warning in caught] == [__file__]
    assert made.sound is not None
    assert soundfile.info(io.BytesIO(made.sound.data)).samplerate == 192_000


@pytest.mark.parametrize("audio_format", ["ogg", "opus"])
@pytest.mark.parametrize(  # the longer is written in several blocks
    "seconds", [0.2, pytest.param(15, marks=pytest.mark.slow)]
)
def test_an_ogg_is_the_same_whenever_it_is_encoded(audio_format: str, seconds: float) -> None:
    """Its stream has a number by what it holds, so that two that are chained are two."""
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, int(seconds * 16000)).astype(np.float32)
    audios = [pv.Audio.from_array(y, 16000) for y in (noise, noise, -noise)]
    first, again, other = (
        encode_sound(audio, 0, seconds, audio_format=audio_format).data for audio in audios
    )
    assert first == again
    assert first[14:18] != other[14:18]
    links = ogg_links(io.BytesIO(first + other))
    assert [link.is_complete and not link.is_damaged for link in links] == [True, True]
    samples, rate = soundfile.read(io.BytesIO(first))
    assert len(samples) / rate >= seconds - 0.01
