"""When a frame is, and whether values and their sound are in step."""

from __future__ import annotations

import dataclasses
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import patchviz as pv
from patchviz.errors import InvalidValueError

SR = 22050


def click(at: float, duration: float = 4.0, sr: int = SR) -> np.ndarray:
    y = np.zeros(round(duration * sr))
    y[round(at * sr) :][: sr // 1000] = 0.9
    return y


def loudest_frame(spec: pv.Spectrogram) -> int:
    return int(spec.values.sum(axis=0).argmax())


# -- where the middle of a frame is ------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mel", "stft", "chroma"])
@pytest.mark.parametrize("center", [True, False])
def test_a_click_is_seen_when_it_is_heard(kind: str, center: bool) -> None:
    options: dict[str, Any] = {"n_fft": 8192, "hop_length": 128, "center": center}
    if kind == "chroma":
        options |= {"tuning": 0.0, "norm": None}
    y, start = click(0.75, duration=1.5), -7.5
    spec = pv.Spectrogram.from_audio(y, sr=SR, kind=kind, start=start, **options)
    seen = spec.start + loudest_frame(spec) * spec.frame_duration
    assert seen == pytest.approx(0.75 + start, abs=spec.frame_duration)
    assert spec.audio is not None
    assert spec.audio.start == start  # the sound has not moved


@pytest.mark.slow
def test_figures_patches_pages_and_films_have_one_clock() -> None:
    centred, not_centred = (
        pv.Spectrogram.from_audio(click(2.0), sr=SR, n_fft=8192, center=center)
        for center in (True, False)
    )
    assert not_centred.start == 4096 / SR
    # The same windows are at the same times.
    np.testing.assert_array_equal(not_centred.values, centred.values[:, 8 : 8 + 157])
    assert not_centred.start == 8 * centred.frame_duration
    for spec in (centred, not_centred):
        frame = loudest_frame(spec)
        ax = pv.plot_spectrogram(spec, ax=Figure().add_subplot())
        edges = ax.collections[0].get_coordinates()[0, :, 0]
        assert edges[frame] <= 2.0 < edges[frame + 1]
        assert ax.get_xlim() == (spec.start, spec.end)
        patches = spec.patches(frame_length=1)
        assert patches.times[frame] == pytest.approx(edges[frame : frame + 2])
        assert patches.index_at(2.0) == frame
        state = pv.player(patches, audio=True).state
        assert state["columns"]["start"] == state["audio"]["start"] == spec.start


def test_a_front_end_of_ones_own_says_where_the_middle_of_a_frame_is() -> None:
    def energy(y: np.ndarray, sr: float) -> pv.Features:
        frames = np.lib.stride_tricks.sliding_window_view(y, 1000)[::100]
        return pv.Features((frames**2).sum(axis=1)[np.newaxis], sr=sr, hop_length=100, middle=500)

    spec = pv.Spectrogram.from_audio(click(2.0), sr=SR, kind=energy, start=1.0)
    assert spec.start == 1 + 500 / SR
    loud = np.flatnonzero(spec.values[0])
    middle = spec.start + (loud[0] + loud[-1]) / 2 * spec.frame_duration
    assert middle == pytest.approx(3.0, abs=spec.frame_duration)
    again = dataclasses.replace(spec, name="a clip")
    assert again.start == spec.start  # moved once
    with pytest.raises(InvalidValueError, match=r"^middle=nan samples is not allowed"):
        pv.Features(np.ones((1, 2)), middle=float("nan"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_fft": 1024, "hop_length": 24_000},
         "hop_length=24000 is longer than a window of 1024 samples: 96% of the sound is in no "
         "frame, and a click may be in none. Choose a shorter hop_length; for as few columns "
         "that miss nothing, hop_length=256, pool=94."),
        ({"win_length": 400, "hop_length": 512},
         "hop_length=512 is longer than a window of 400 samples: 22% of the sound"),
    ],
)  # fmt: skip
def test_sound_between_the_windows_is_told(options: dict[str, Any], message: str) -> None:
    with pytest.warns(UserWarning, match="^hop_length=") as caught:
        pv.Spectrogram.from_audio(click(2.0), sr=SR, **options)
    assert [str(warning.message)[: len(message)] for warning in caught] == [message]
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pv.Spectrogram.from_audio(click(2.0), sr=SR, win_length=512, hop_length=512)


# -- as long as the sound ----------------------------------------------------------------------

PART = (
    "If they are a part of the sound, give that part of it: "
    "Audio.from_array(audio.read(end={end}), audio.sr)."
)


def sound() -> pv.Audio:
    return pv.Audio.from_array(np.zeros(18_352), 16_000)  # 1.147 s


@pytest.mark.parametrize(
    ("shape", "meaning", "message"),
    [
        ((64, 115), {"sr": 22050},
         "audio lasts 1.147 s, and the spectrogram 2.670 s: 115 frames with hop_length=512 and "
         "sr=22050 Hz. Give the sr and hop_length that they were computed with: at the sound's "
         "16000 Hz a hop of about 160 samples."),
        ((64, 115), {"hop_length": 160},
         "audio lasts 1.147 s, and the spectrogram 0.834 s: 115 frames with hop_length=160 and "
         "sr=22050 Hz. Their sampling rate is the sound's, it seems: sr=16000. "
         + PART.format(end="0.834")),
        ((115, 64), {"sr": 16000, "hop_length": 160},
         "audio lasts 1.147 s, and the spectrogram 0.640 s: 64 frames with hop_length=160 and "
         "sr=16000 Hz. They are transposed, it seems: give values.T, of shape (n_bins, n_frames). "
         + PART.format(end="0.640")),
        ((80, 115), {"sr": 16000, "hop_length": 320},
         "audio lasts 1.147 s, and the spectrogram 2.300 s: 115 frames with hop_length=320 and "
         "sr=16000 Hz. Give the sr and hop_length that they were computed with: at the sound's "
         "16000 Hz a hop of about 160 samples."),
    ],
)  # fmt: skip
def test_values_of_another_length_than_their_sound_are_refused(
    shape: tuple[int, int], meaning: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        pv.Spectrogram(np.zeros(shape), audio=sound(), **meaning)
    assert str(caught.value) == message


@pytest.mark.parametrize("n_frames", [103, 112, 115, 125])
def test_a_window_more_or_less_is_no_other_length(n_frames: int) -> None:
    audio = dataclasses.replace(sound(), start=3.0)
    spec = pv.Spectrogram(np.zeros((4, n_frames)), sr=16000, hop_length=160, start=3.0, audio=audio)
    assert spec.audio is audio


def test_parts_and_padded_values_keep_their_sound() -> None:
    audio = sound()
    own = pv.Spectrogram(np.zeros((4, 115)), sr=16000, hop_length=160, audio=audio)
    computed = pv.Spectrogram.from_audio(np.ones(18_352), sr=16_000, hop_length=160)
    for spec in (own, computed, pickle.loads(pickle.dumps(own))):
        first = dataclasses.replace(spec, values=spec.values[:, :50])
        later = dataclasses.replace(spec, values=spec.values[:, 50:], start=0.5)
        padded = spec.patches(frame_length=100, tail="pad")
        assert first.audio is later.audio is padded.spectrogram.audio is spec.audio
        assert padded.n_padded == 85
        with pytest.raises(InvalidValueError, match=r"the spectrogram 0\.250 s: 50 frames"):
            dataclasses.replace(spec, values=spec.values[:, :50], hop_length=80)


def test_a_model_may_leave_out_what_it_would_have_to_look_at() -> None:
    def trimmed(y: np.ndarray, sr: float, hop_length: int = 100) -> np.ndarray:
        return y[: len(y) - len(y) % 100].reshape(1, -1, 100).mean(axis=2)[:, 40:-40]

    spec = pv.Spectrogram.from_audio(np.ones(20 * 8000), sr=8000, kind=trimmed)
    assert spec.n_frames == 1520  # 19 s
    assert dataclasses.replace(spec, name="b").audio is spec.audio
