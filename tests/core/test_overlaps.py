"""Overlaps are of windows as they were asked for, as tables write them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import patchviz as pv

LENGTH = 30_000  # ms of a recording

windows = st.tuples(
    st.lists(st.integers(0, 250).map(lambda n: 100 * n), min_size=1, max_size=12, unique=True),
    st.integers(2, 40).map(lambda n: 100 * n),
)  # in ms: where they start, and how long they are
labels = st.lists(
    st.tuples(st.integers(-1, LENGTH // 10), st.integers(0, 800), st.sampled_from("ab")),
    min_size=1, max_size=8,
)  # fmt: skip
asked = st.one_of(
    st.just(("", 0)),  # the default
    st.tuples(st.just("min_overlap"), st.integers(1, 40)),
    st.tuples(st.just("min_fraction"), st.integers(1, 8)),
    st.tuples(st.just("min_share"), st.integers(1, 8)),
)


def in_ms(
    table: pd.DataFrame,
    rows: list[tuple[str, int, int, str]],
    ask: tuple[str, int],
    heard: dict[str, tuple[float, float]],
) -> np.ndarray:
    """Reckon from a table of patches, in milliseconds, which classes each has enough of.

    `heard` says of each file how long a frame is, and all of them.
    """
    times = (table[["start_time", "end_time"]] * 1000).round().astype(int).to_numpy()
    name, value = ask
    result = np.zeros((len(table), 2), bool)
    for i, ((start, end), file) in enumerate(zip(times.tolist(), table["file"], strict=True)):
        for of, a, b, label in rows:
            frame, most = heard[of]
            if a >= most:  # what lies in padding alone is in no window
                continue
            if a == b:  # all of a point is in a window, and no time of it
                is_in = start <= a < end and name in ("", "min_fraction")
                result[i, "ab".index(label)] |= of == file and is_in
                continue
            overlap = min(b, end) - max(a, start)
            enough = {
                "": overlap >= min(frame, (min(b, most) - max(a, 0)) / 2) - 1e-3,
                "min_overlap": overlap >= 50 * value,
                "min_fraction": 8 * overlap >= value * (b - a),
                "min_share": 8 * overlap >= value * (end - start),
            }[name]
            result[i, "ab".index(label)] |= of == file and overlap > 0 and enough
    return result


def least(ask: tuple[str, int], duration: int) -> dict[str, float] | None:
    name, value = ask
    if not name:
        return {}
    if name != "min_overlap":
        return {name: value / 8}
    return {name: value / 20} if 50 * value <= duration else None


def columns_ab(known: Any, targets: np.ndarray) -> np.ndarray:
    result = np.zeros((len(targets), 2), bool)
    for k, name in enumerate(known.classes):
        result[:, "ab".index(name)] = targets[:, k]
    return result


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(windows=windows, labels=labels, ask=asked, sr=st.sampled_from([22050, 44100, 8000]))
def test_of_one_recording(windows: Any, labels: Any, ask: tuple[str, int], sr: int) -> None:
    starts, duration = windows
    options = least(ask, duration)
    if options is None:
        return
    rows = [("", 10 * a, 10 * (a + d), name) for a, d, name in labels]
    n_frames = LENGTH * sr // 1000 // 512 + 1
    spec = pv.Spectrogram(np.zeros((2, n_frames), np.float32), sr=sr, hop_length=512)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of labels that are outside, or in no window
        patches = spec.with_labels([(a / 1000, b / 1000, name) for _, a, b, name in rows]).patches(
            duration=duration / 1000, starts=np.sort(starts) / 1000, tail="pad"
        )
    table = patches.to_frame()
    assert_array_equal(table["start_time"], np.sort(starts) / 1000)
    frame = 1000 * spec.frame_duration
    expected = in_ms(table, rows, ask, {"": (frame, n_frames * frame)})
    assert_array_equal(columns_ab(patches, patches.targets(**options)), expected)
    if not options:
        for index, has in enumerate(patches.targets()):
            names = {patches.classes[k] for k in np.flatnonzero(has)}
            assert set(patches.labels_in(index)["label"]) == names
    picked = patches[::2]
    assert_array_equal(columns_ab(picked, picked.targets(**options)), expected[::2])


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    windows=windows,
    labels=st.lists(
        st.tuples(st.sampled_from(["x/1.wav", "x/2.wav", "y/1.wav"]),
                  st.integers(-1, LENGTH // 10), st.integers(0, 800), st.sampled_from("ab")),
        min_size=1, max_size=12,
    ),
    ask=asked,
    rates=st.tuples(*[st.sampled_from([22050, 44100])] * 3),
    seconds=st.tuples(st.just(30), *[st.integers(5, 30)] * 2),
    native=st.booleans(),
)  # fmt: skip
def test_of_many_recordings(
    windows: Any, labels: Any, ask: Any, rates: Any, seconds: Any, native: bool
) -> None:
    starts, duration = windows
    options = least(ask, duration)
    if options is None:
        return
    files = pd.DataFrame(
        {"file": ["x/1.wav", "x/2.wav", "y/1.wav"], "sr": rates, "n_channels": 1,
         "n_samples": np.multiply(rates, seconds), "size": 0, "modified": 0, "error": ""}
    )  # fmt: skip
    rows = [(file, 10 * a, 10 * (a + d), name) for file, a, d, name in labels]
    table = pd.DataFrame(rows, columns=["file", "start_time", "end_time", "label"])
    table[["start_time", "end_time"]] /= 1000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recordings = pv.Recordings(
            files, duration=duration / 1000, starts=np.sort(starts) / 1000, tail="pad",
            sr=None if native else 22050,
        )  # fmt: skip
        known = recordings.with_labels(table)
        frames = [512_000 / (rate if native else 22050) for rate in rates]
        lengths = [
            1000 * length // frame + 1 for length, frame in zip(seconds, frames, strict=True)
        ]
        heard = {
            name: (frame, frame * n)
            for name, frame, n in zip(files["file"], frames, lengths, strict=True)
        }
        expected = in_ms(known.to_frame(), rows, ask, heard)
        assert_array_equal(columns_ab(known, known.targets(**options)), expected)
        picked = known[::3]
        assert_array_equal(columns_ab(picked, picked.targets(**options)), expected[::3])


def test_a_label_that_begins_on_a_window_s_half() -> None:
    """As somebody counts it in seconds, and not as frames of 23 ms that begin before."""
    spec = pv.Spectrogram(np.zeros((2, 9000), np.float32), sr=22050, hop_length=512)
    spec = spec.with_labels([(197.5, 199.0, "warbler"), (3.0, 6.0, "wren")])
    patches = spec.patches(duration=3.0, starts=np.arange(0, 201, 3.0))
    targets = patches.targets(min_overlap=0.5)
    assert np.flatnonzero(targets[:, 0]).tolist() == [65, 66]
    assert np.flatnonzero(patches.targets(min_share=1.0)[:, 1]).tolist() == [1]
    assert np.flatnonzero(patches.targets(min_overlap=3.0)[:, 1]).tolist() == [1]
    assert not patches.targets(min_overlap=0.51)[65, 0]
    with pytest.raises(pv.PatchvizError, match=r"^min_overlap=3\.1 s is longer than a patch"):
        patches.targets(min_overlap=3.1)
    # A little more than a window is in none.
    assert not patches.targets(min_overlap=3.01).any()


def test_a_label_that_reaches_into_a_window_as_it_was_asked_for_is_in_it() -> None:
    """The frames that are drawn begin before it, and end before it does."""
    spec = pv.Spectrogram(np.zeros((2, 9000), np.float32), sr=22050, hop_length=512)
    spec = spec.with_labels([(26.963, 30.5, "reaches 37 ms into it"), (23.0, 24.02, "20 ms")])
    patches = spec.patches(duration=3.0, starts=np.arange(0, 201, 3.0))
    frames, window = patches.times[8], patches.to_frame().loc[8, ["start_time", "end_time"]]
    assert window.tolist() == [24.0, 27.0]
    assert frames[1] - 26.963 < spec.frame_duration
    assert patches.labels_in(8)["label"].tolist() == ["reaches 37 ms into it"]
    assert patches.targets()[8].tolist() == [False, True]
    scored = patches.with_scores(patches.targets().astype(float), classes=patches.classes)
    assert scored.mistakes().empty


@pytest.mark.slow
def test_windows_of_which_some_are_longer() -> None:
    """At a hop they are whole frames, but where a table of scores says other times."""
    spec = pv.Spectrogram(np.zeros((2, 1300)), sr=22050, hop_length=512)
    patches = spec.with_labels([(3.0, 6.0, "wren")]).patches(duration=3.0)
    table = pd.DataFrame({"start_time": [3.0], "end_time": [6.0], "wren": [0.5]})
    scored = patches.with_scores(table)
    assert scored.to_frame()["start_time"].tolist()[:2] == [0.0, 3.0]
    assert np.flatnonzero(scored.targets(min_fraction=1.0)[:, 0]).tolist() == [1]
    assert np.flatnonzero(scored.targets(min_share=0.9)[:, 0]).tolist() == [1]
