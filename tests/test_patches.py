"""Patches are librosa's frames of a spectrogram, as views, with times that are true."""

from __future__ import annotations

import copy
import pickle
import tracemalloc
from pathlib import Path

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError


def spectrogram(n_frames: int = 640, n_bins: int = 3, **meaning: object) -> pv.Spectrogram:
    """Return a spectrogram whose values are all different."""
    values = np.arange(n_bins * n_frames, dtype=np.float32).reshape(n_bins, n_frames)
    return pv.Spectrogram(values, **meaning)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def clip() -> pv.Spectrogram:
    return pv.Spectrogram.example()


# -- views -------------------------------------------------------------------------------------


def test_the_embedded_clip(clip: pv.Spectrogram) -> None:
    patches = clip.patches(duration=5.0, hop_duration=0.1)
    assert clip.values.shape == (128, 640)
    assert patches.values.shape == (128, 215, 107)
    assert len(patches) == 107
    assert (patches.frame_length, patches.hop_length, patches.n_tail) == (215, 4, 1)
    assert np.shares_memory(patches.values, clip.values)
    assert not patches.values.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        patches[7][0, 0] = 1.0


def test_every_patch_is_librosas_frame(clip: pv.Spectrogram) -> None:
    patches = clip.patches(duration=5.0, hop_duration=0.1)
    frames = librosa.util.frame(np.asarray(clip.values), frame_length=215, hop_length=4)
    assert np.array_equal(patches.values, frames)
    for index, patch in enumerate(patches):
        assert np.array_equal(patch, frames[..., index])
        assert np.array_equal(patches[index], frames[..., index])


def test_carving_allocates_nothing(clip: pv.Spectrogram) -> None:
    tracemalloc.start()
    try:
        patches = clip.patches(duration=5.0, hop_duration=0.1)
        seventh, everything = patches[7], patches.values
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seventh.nbytes == 128 * 215 * 4
    assert everything.nbytes > 11_000_000
    assert peak < 20_000


def test_a_million_patches_of_an_array_on_disk(tmp_path: Path) -> None:
    on_disk = np.memmap(tmp_path / "long.dat", np.float32, "w+", shape=(4, 1_000_099))
    on_disk[:, -1] = 7
    spec = pv.Spectrogram(on_disk)
    tracemalloc.start()
    try:
        patches = pv.Patches(spec, frame_length=100, hop_length=1)
        last = patches[-1]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(patches) == 1_000_000
    assert np.shares_memory(patches.values, on_disk)
    assert (last[:, -1] == 7).all()
    assert peak < 20_000


@given(
    n_bins=st.integers(1, 5),
    n_frames=st.integers(1, 60),
    frame_length=st.integers(1, 60),
    hop_length=st.integers(1, 70),
    fortran=st.booleans(),
)
def test_patches_for_any_lengths(
    n_bins: int, n_frames: int, frame_length: int, hop_length: int, fortran: bool
) -> None:
    frame_length = min(frame_length, n_frames)
    values = np.arange(n_bins * n_frames, dtype=float).reshape(n_bins, n_frames)
    if fortran:
        values = np.asfortranarray(values)
    spec = pv.Spectrogram(values)
    patches = pv.Patches(spec, frame_length=frame_length, hop_length=hop_length)
    frames = librosa.util.frame(values, frame_length=frame_length, hop_length=hop_length)
    assert np.array_equal(patches.values, frames)
    assert np.shares_memory(patches.values, values)
    assert patches.nbytes_added == 0
    last_stop = patches.frames(-1)[1]
    assert patches.n_tail == n_frames - last_stop
    assert 0 <= patches.n_tail < hop_length or len(patches) == 1


@given(n_frames=st.integers(1, 60), frame_length=st.integers(1, 80), hop_length=st.integers(1, 70))
def test_padding_shows_every_frame_and_no_patch_of_padding_alone(
    n_frames: int, frame_length: int, hop_length: int
) -> None:
    spec = spectrogram(n_frames, 2)
    patches = pv.Patches(
        spec, frame_length=frame_length, hop_length=hop_length, tail="pad", pad_value=-1
    )
    assert 0 <= patches.n_padded < frame_length
    starts = np.arange(len(patches)) * hop_length
    assert starts[-1] < n_frames
    if hop_length <= frame_length:
        assert starts[-1] + frame_length == n_frames + patches.n_padded
        assert patches.n_tail == 0
    for index, start in enumerate(starts):
        held = spec.values[:, start : start + frame_length]
        assert np.array_equal(patches[index][:, : held.shape[1]], held)
        assert (patches[index][:, held.shape[1] :] == -1).all()
    expected = 2 * (n_frames + patches.n_padded) * 4 if patches.n_padded else 0
    assert patches.nbytes_added == expected


def test_padding_is_the_smallest_value_by_default() -> None:
    values = np.array([[np.nan, 3.0, 5.0]])
    patches = pv.Spectrogram(values).patches(frame_length=2, hop_length=2, tail="pad")
    assert patches[1].tolist() == [[5.0, 3.0]]


def test_indices_are_those_of_a_list() -> None:
    patches = spectrogram(10).patches(frame_length=4, hop_length=2)
    assert np.array_equal(patches[-1], patches[3])
    assert np.array_equal(patches[np.int64(2)], patches[2])
    assert [p[0, 0] for p in patches] == [0, 2, 4, 6]
    for index in (4, -5):
        with pytest.raises(PatchIndexError, match=rf"index={index} is out of range: there are 4"):
            patches[index]
    with pytest.raises(InvalidTypeError, match=r"index=1\.0 .*must be a whole number"):
        patches[1.0]  # type: ignore[index]
    with pytest.raises(InvalidTypeError, match=r"slice the view: patches\.values"):
        patches[1:2]  # type: ignore[index]


# -- times -------------------------------------------------------------------------------------


def test_true_durations_of_the_clip(clip: pv.Spectrogram) -> None:
    patches = clip.patches(duration=5.0, hop_duration=0.1)
    assert patches.duration == pytest.approx(215 * 512 / 22050)
    assert 1000 * patches.hop_duration == pytest.approx(92.8798, abs=1e-4)
    assert patches.time(7) == pytest.approx((0.650159, 5.642449), abs=1e-6)
    assert patches.index_at(0.7) == 7


@given(seconds=st.floats(0.03, 100), sr=st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000]))
def test_durations_are_rounded_as_librosa_does(seconds: float, sr: int) -> None:
    n_frames = int(librosa.time_to_frames(seconds, sr=sr, hop_length=160))
    spec = spectrogram(n_frames + 3, 1, sr=sr, hop_length=160)
    patches = spec.patches(duration=seconds, hop_duration=seconds)
    assert patches.frame_length == patches.hop_length == n_frames
    assert (patches.requested_duration, patches.requested_hop_duration) == (seconds, seconds)


@given(
    sr=st.sampled_from([8000, 11025.5, 22050, 44100, 48000, 1]),
    hop=st.integers(1, 2048),
    start=st.sampled_from([0.0, -3.7, 86_000.123]),
    frame_length=st.integers(1, 50),
    hop_length=st.integers(1, 50),
    index=st.integers(0, 10**6),
)
def test_a_patch_is_found_by_its_start(
    sr: float, hop: int, start: float, frame_length: int, hop_length: int, index: int
) -> None:
    values = np.broadcast_to(np.float32(0), (1, 3_800_000))  # 24 hours of frames, in 4 bytes
    spec = pv.Spectrogram(values, sr=sr, hop_length=hop, start=start)
    patches = spec.patches(frame_length=frame_length, hop_length=hop_length)
    index %= len(patches)
    begin, end = patches.time(index)
    assert patches.index_at(begin) == index
    assert end - begin == pytest.approx(patches.duration, abs=1e-6)
    assert patches.index_at(spec.end) == len(patches) - 1


def test_the_tail_belongs_to_the_last_patch() -> None:
    patches = spectrogram(11, 1, sr=1, hop_length=1).patches(frame_length=4, hop_length=4)
    assert [patches.index_at(t) for t in (0, 3.9, 4, 10.5, 11)] == [0, 0, 1, 1, 1]
    for outside in (-0.1, 11.1):
        with pytest.raises(InvalidValueError, match=r"outside the spectrogram, 0\.000-11\.000 s"):
            patches.index_at(outside)
    with pytest.raises(InvalidValueError, match="time=nan s"):
        patches.index_at(float("nan"))


# -- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "frame_length and duration are both missing"),
        ({"frame_length": 3, "duration": 1.0}, "say the same thing twice"),
        ({"frame_length": 3, "hop_length": 1, "hop_duration": 1.0}, "say the same thing twice"),
        ({"frame_length": 0}, "frame_length=0 frames is not allowed"),
        ({"frame_length": -2}, "frame_length=-2 frames is not allowed"),
        ({"frame_length": 2.5}, r"frame_length=2\.5 is not a whole number"),
        ({"frame_length": 3, "hop_length": 0}, "hop_length=0 frames is not allowed"),
        ({"frame_length": 3, "hop_length": 1.5}, r"hop_length=1\.5 is not a whole number"),
        ({"duration": 0}, "duration=0 s is not allowed"),
        ({"duration": -1.0}, r"duration=-1\.0 s is not allowed"),
        ({"duration": float("nan")}, "duration=nan s is not allowed"),
        ({"duration": 0.01}, r"duration=0\.01 s is shorter than one frame, 0\.02322 s"),
        ({"duration": 1.0, "hop_duration": 0.001}, r"hop_duration=0\.001 s is shorter than one"),
        ({"duration": 20.0},
         r"duration=20\.0 s \(861 frames\) is longer than the spectrogram: 640 frames, 14\.86 s\. "
         r'Choose a shorter duration, or tail="pad"\.'),
        ({"frame_length": 641}, "frame_length=641 frames is longer than the spectrogram: 640"),
        ({"frame_length": 3, "tail": "padd"}, "Did you mean 'pad'"),
        ({"frame_length": 3, "pad_value": 0}, 'Set tail="pad"'),
    ],
)  # fmt: skip
def test_bad_values(options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message) as error:
        spectrogram().patches(**options)  # type: ignore[arg-type]
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"frame_length": "3"}, "frame_length='3' is of type str"),
        ({"frame_length": [3]}, r"frame_length=\[3\] is of type list"),
        ({"duration": "5"}, "duration='5' is of type str"),
        ({"duration": 5.0, "hop_duration": True}, "hop_duration=True is of type bool"),
        ({"frame_length": 3, "tail": "pad", "pad_value": "0"}, "pad_value='0' is of type str"),
    ],
)
def test_bad_types(options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidTypeError, match=message) as error:
        spectrogram().patches(**options)  # type: ignore[arg-type]
    assert isinstance(error.value, TypeError)


def test_an_array_is_told_how_to_become_a_spectrogram() -> None:
    with pytest.raises(InvalidTypeError, match=r"wrap an array: patchviz\.Spectrogram"):
        pv.Patches(np.zeros((2, 3)), frame_length=2)  # type: ignore[arg-type]


# -- what a person must know -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"duration": 5.0, "hop_duration": 0.1},
         "107 patches of (3, 215): 4.992 s every 0.09288 s (asked for 5 s every 0.1 s), "
         "overlap 98.1 %, tail of 1 frame, 0 bytes added"),
        ({"frame_length": 640}, "1 patch of (3, 640): 14.861 s every 14.861 s, "
         "overlap 0 %, no tail, 0 bytes added"),
        ({"frame_length": 10, "hop_length": 100}, "7 patches of (3, 10): 0.232 s every 2.322 s, "
         "gaps of 90 frames, tail of 30 frames, 0 bytes added"),
        ({"frame_length": 400, "hop_length": 200, "tail": "pad"},
         "3 patches of (3, 400): 9.288 s every 4.644 s, overlap 50 %, "
         "last patch padded by 160 frames, 9,600 bytes added"),
    ],
)  # fmt: skip
def test_repr_is_one_line_that_says_it_all(options: dict[str, object], line: str) -> None:
    assert repr(spectrogram().patches(**options)) == line  # type: ignore[arg-type]


def test_html_says_the_same_and_escapes_names() -> None:
    patches = spectrogram(name='<img src=x onerror="alert(1)">').patches(duration=5.0)
    html = patches._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert "4.992 s (asked for 5 s)" in html


def test_patches_are_fixed_and_can_be_copied_and_pickled() -> None:
    patches = spectrogram().patches(duration=5.0, hop_duration=0.1)
    with pytest.raises(AttributeError, match="patches do not change"):
        patches.hop_length = 3
    for other in (copy.copy(patches), pickle.loads(pickle.dumps(patches))):
        assert repr(other) == repr(patches)
        assert np.array_equal(other.values, patches.values)
    # The values are pickled once, and not once for each patch.
    assert len(pickle.dumps(patches)) < 2 * patches.spectrogram.values.nbytes
