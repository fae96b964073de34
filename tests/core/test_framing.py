"""Which frames are patch *i*: brute force beside closed forms."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz.core.framing import Framing
from patchviz.errors import InvalidTypeError, InvalidValueError

SR, HOP = 22050, 512


@st.composite
def framings(draw: st.DrawFn) -> Framing:
    n_frames = draw(st.integers(1, 80))
    tail = draw(st.sampled_from(["drop", "pad"]))
    length = draw(st.integers(1, n_frames if tail == "drop" else 100))
    how: dict[str, Any] = {"hop_length": draw(st.integers(1, 90))}
    if draw(st.booleans()):
        last = n_frames - (length if tail == "drop" else 1)
        starts = draw(st.sets(st.integers(0, last), min_size=1))
        how = {"given_starts": np.array(sorted(starts))}
    seconds = draw(st.sampled_from([0.01, HOP / SR, 1.0]))
    origin = draw(st.sampled_from([0.0, -3.7, 86_400.0]))
    return Framing(n_frames, length, tail=tail, frame_duration=seconds, origin=origin, **how)


@settings(deadline=None)
@given(framings())
def test_patches_are_where_counting_finds_them(framing: Framing) -> None:
    n, length = framing.n_frames, framing.frame_length
    if framing.given_starts is not None:
        starts = list(framing.given_starts)
    elif framing.tail == "drop":
        starts = [s for s in range(0, n, framing.hop_length) if s + length <= n]
    else:  # until all frames are in some patch, and none begins behind the last
        starts = [0]
        while starts[-1] + length < n and starts[-1] + framing.hop_length < n:
            starts.append(starts[-1] + framing.hop_length)
    assert framing.starts.tolist() == starts
    assert framing.n_patches == len(starts)
    assert framing.n_padded == max(0, starts[-1] + length - n)
    assert framing.n_tail == max(0, n - starts[-1] - length)
    assert framing.n_padded == 0 or framing.tail == "pad"
    for index, start in enumerate(starts):
        assert framing.frames(index) == (start, start + length)
        np.testing.assert_allclose(framing.times[index], framing.time(index))


@settings(deadline=None)
@given(framings(), st.lists(st.floats(-1, 2), min_size=1))
def test_a_time_has_the_last_patch_that_starts_at_or_before_it(
    framing: Framing, shares: list[float]
) -> None:
    assert framing.index_at(framing.times[:, 0]).tolist() == list(range(framing.n_patches))
    duration = framing.n_frames * framing.frame_duration
    times = framing.origin + duration * np.array(shares)
    early = min(0.0005, framing.hop_duration / 2)
    found = framing.index_at(times)
    for time, index in zip(times, found, strict=True):
        assert framing.index_at(time) == index
        begun = framing.starts * framing.frame_duration <= time - framing.origin + early
        near = framing.starts * framing.frame_duration - (time - framing.origin + early)
        if abs(near).min() > 1e-9:
            assert index == max(0, np.count_nonzero(begun) - 1)


def spectrogram(n_frames: int = 60, **meaning: Any) -> pv.Spectrogram:
    values = np.random.default_rng(0).uniform(-80, 0, (4, n_frames))
    return pv.Spectrogram(values, sr=SR, hop_length=HOP, **meaning)


def test_starts_in_seconds_are_rounded_one_by_one() -> None:
    spec = spectrogram(5000, start=2.0)
    starts = 2.0 + np.arange(0, 100, 0.1)
    patches = spec.patches(duration=5.0, starts=starts)
    expected = [int(np.floor((s - 2.0) * SR / HOP + 1e-6)) for s in starts]
    assert patches.starts.tolist() == expected
    assert abs(patches.times[:, 0] - starts).max() < HOP / SR  # at a hop of 0.1 s it were 7 s
    again = spec.patches(duration=5.0, starts=patches.times[:, 0])
    assert again.starts.tolist() == expected
    assert np.shares_memory(patches[-1], spec.values)
    assert repr(patches) == (
        "1,000 patches of (4, 215): 4.992 s (asked for 5 s), at starts of their own, "
        f"tail of {5000 - expected[-1] - 215} frames, 0 bytes added"
    )
    with pytest.raises(InvalidValueError, match=r"Take them one by one, patches\[i\]; or copy"):
        patches.values  # noqa: B018
    assert "starts of their own" in patches._repr_html_()


@pytest.mark.parametrize(
    ("carving", "message"),
    [
        ({"starts": [0, 5, 5]}, "starts[2] is frame 5, and the one before it frame 5. They must"),
        ({"starts": [5, 0]}, "np.unique(starts) sorts them and leaves out what is there twice"),
        ({"starts": []}, "starts have the shape (0,). They must be a list of one start or more"),
        ({"starts": [[1]]}, "starts have the shape (1, 1)"),
        ({"starts": [-1, 3]}, "1 of 2 starts have no whole patch of 20 frames behind them, first "
         "that at frame -1: the recording has 60 frames. Give starts from 0 to 40."),
        ({"starts": [0, 41, 59]}, '2 of 3 starts have no whole patch of 20 frames behind them, '
         'first that at frame 41: the recording has 60 frames. Give starts from 0 to 40, or '
         'tail="pad".'),
        ({"starts": [0, 2.5]}, "starts hold 2.5, which is no whole number of frames. With "
         "frame_length, starts are frames; give duration for starts in seconds"),
        ({"starts": [0, np.nan]}, "1 of 2 starts are not finite"),
        ({"starts": [0], "hop_length": 2}, "hop_length and starts are given together. Give one"),
    ],
)  # fmt: skip
def test_starts_that_are_wrong_are_refused(carving: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        spectrogram().patches(frame_length=20, **carving)


def test_starts_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InvalidTypeError, match="starts of type list are no numbers"):
        spectrogram().patches(frame_length=20, starts=["a"])


# -- other patches, carved alike ---------------------------------------------------------------


def test_another_recording_is_carved_alike() -> None:
    spec, other = spectrogram(), spectrogram(100)
    for carving in (
        {"frame_length": 20, "hop_length": 7, "tail": "pad", "pad_value": -100.0},
        {"frame_length": 20, "starts": [0, 3, 30]},
    ):
        patches = dataclasses.replace(spec.patches(**carving), spectrogram=other)
        expected = other.patches(**carving)
        assert patches.starts.tolist() == expected.starts.tolist()
        assert repr(patches) == repr(expected)
        for ours, theirs in zip(patches, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_part_of_the_carving_is_changed() -> None:
    patches = spectrogram().patches(frame_length=20, hop_length=7, tail="pad", pad_value=-100)
    assert patches.n_padded
    shorter = dataclasses.replace(patches, frame_length=10)
    assert repr(shorter) == repr(
        spectrogram().patches(frame_length=10, hop_length=7, tail="pad", pad_value=-100)
    )
    dropped = dataclasses.replace(patches, tail="drop", pad_value=None)
    assert repr(dropped) == repr(spectrogram().patches(frame_length=20, hop_length=7))
    other = dataclasses.replace(patches, pad_value=-50)
    assert other[-1][0, -1] == -50
    assert (patches.n_padded, patches[-1][0, -1]) == (other.n_padded, -100)
    same = dataclasses.replace(patches)
    np.testing.assert_array_equal(same.values, patches.values)
    assert same.n_padded == patches.n_padded
