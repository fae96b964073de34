"""Which frames are patch *i*: brute force beside closed forms."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import patchviz as pv
from patchviz.core.captions import panel_title, title_forms
from patchviz.core.framing import Framing, count_patches, last_start, start_of
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError

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


@pytest.mark.parametrize(
    ("carving", "message"),
    [
        ({"starts": [0.0, 0.5]}, "2 of 2 starts have no whole patch of 0.200 s behind them, first "
         "that at 0 s: {}. Give starts from 1.000 to 1.405 s."),
        ({"starts": [1.0, 1.5]}, "1 of 2 starts have no whole patch of 0.200 s behind them, first "
         'that at 1.5 s: {}. Give starts from 1.000 to 1.405 s, or tail="pad".'),
        ({"starts": [1.0, 1.5, 1.7], "tail": "pad"}, "1 of 3 starts lie outside of the recording, "
         "first that at 1.7 s: {}. Give starts from 1.000 to 1.595 s."),
    ],
)  # fmt: skip
def test_starts_in_seconds_are_refused_in_seconds(carving: dict[str, Any], message: str) -> None:
    spec = pv.Spectrogram(np.zeros((2, 60)), sr=1000, hop_length=10, start=1.0)
    with pytest.raises(InvalidValueError) as caught:
        spec.patches(duration=0.2, **carving)
    whole = "the recording lasts from 1.000 to 1.600 s"
    assert str(caught.value) == message.format(whole)
    last = float(message.split(" to ")[-1].split(" s")[0])
    spec.patches(duration=0.2, starts=[1.0, last], tail=carving.get("tail", "drop"))


@pytest.mark.parametrize(("sr", "start"), [(1000, 5.1234), (96_000, 0.3), (22_050, 0.1 + 0.2)])
def test_the_starts_that_are_offered_are_taken(sr: int, start: float) -> None:
    """However short frames are, and whenever the recording begins."""
    spec = pv.Spectrogram(np.zeros((2, 600)), sr=sr, hop_length=10, start=start)
    length = 20.5 * spec.frame_duration
    with pytest.raises(InvalidValueError, match="no whole patch") as caught:
        spec.patches(duration=length, starts=[1e3])
    found = re.search(r"Give starts from (\S+) to (\S+) s", str(caught.value))
    assert found is not None
    first, last = map(float, found.groups())
    patches = spec.patches(duration=length, starts=[first, last])
    assert patches.starts.tolist() == [0, 580]


def test_starts_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InvalidTypeError, match="starts of type list are no numbers"):
        spectrogram().patches(frame_length=20, starts=["a"])
    with pytest.raises(InvalidTypeError, match=r"starts .* are no numbers \(they are complex\)"):
        spectrogram().patches(frame_length=20, starts=np.array([1j, 30]))


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


# -- the tail that overlaps, and padding ---------------------------------------------------------


@given(n_frames=st.integers(1, 80), length=st.integers(1, 30), hop=st.integers(1, 30))
def test_a_tail_that_overlaps_ends_with_the_recording(n_frames: int, length: int, hop: int) -> None:
    length = min(length, n_frames)
    spec = spectrogram(n_frames)
    dropped = spec.patches(frame_length=length, hop_length=hop)
    patches = spec.patches(frame_length=length, hop_length=hop, tail="overlap")
    expected = dropped.starts.tolist()
    if dropped.n_tail:
        expected.append(n_frames - length)
    assert patches.starts.tolist() == expected
    assert [patches.frames(i)[0] for i in range(len(patches))] == expected
    assert (patches.n_tail, patches.n_padded, patches.nbytes_added) == (0, 0, 0)
    assert patches.spectrogram is spec
    for i, start in enumerate(expected):
        np.testing.assert_array_equal(patches[i], spec.values[:, start : start + length])
    assert patches.index_at(patches.times[:, 0]).tolist() == list(range(len(expected)))
    assert patches.framing.n_before(np.arange(n_frames + 2)).tolist() == [
        sum(start < frame for start in expected) for frame in range(n_frames + 2)
    ]
    assert patches.hop_length == hop
    if len({*np.diff(expected).tolist(), hop}) == 1:
        np.testing.assert_array_equal(patches.values, np.stack(list(patches), axis=-1))
    else:
        with pytest.raises(InvalidValueError, match="are no single view of the spectrogram"):
            patches.values  # noqa: B018


def test_no_tail_overlaps_where_no_patch_fits() -> None:
    with pytest.raises(InvalidValueError, match=r"is longer than the spectrogram: 60 frames"):
        spectrogram().patches(frame_length=61, tail="overlap")


def test_a_padded_patch_must_be_filled_enough() -> None:
    spec = spectrogram(50)  # a third patch of 20 would be half padding
    for least, n in ((None, 3), (0.0, 3), (0.5, 3), (0.51, 2), (1, 2)):
        patches = spec.patches(frame_length=20, tail="pad", min_filled=least)
        assert len(patches) == n
        assert patches.n_padded == (10 if n == 3 else 0)
        assert patches.framing.filled.tolist() == [1, 1, 0.5][:n]
        other = dataclasses.replace(patches, spectrogram=spectrogram(44))
        assert len(other) == (3 if (least or 0) <= 0.2 else 2)
    for carving, message in (
        ({"min_filled": 0.5}, "min_filled=0.5 has no use with tail='drop'. Set tail=\"pad\"."),
        ({"min_filled": 0.5, "tail": "pad", "starts": [0]}, "min_filled=0.5 has no use with "
         "starts. Leave out the starts whose patches are filled less."),
        ({"min_filled": 1.5, "tail": "pad"}, "min_filled=1.5 is not allowed. It must be a finite "
         "number, at least 0 and at most 1."),
        ({"frame_length": 100, "min_filled": 0.6, "tail": "pad"}, "min_filled=0.6 leaves no patch: "
         "the recording has 50 frames, and a patch 100. Choose at most 0.5, or a shorter "
         "duration."),
    ):  # fmt: skip
        with pytest.raises(InvalidValueError) as caught:
            spec.patches(**{"frame_length": 20, **carving})
        assert str(caught.value) == message


def test_padding_is_alike_in_every_recording() -> None:
    rng = np.random.default_rng(0)
    padded = []
    for level in (1.0, 0.01):
        y = level * rng.normal(size=30_000)
        spec = pv.Spectrogram.from_audio(y, sr=SR, n_mels=16)
        assert spec.floor == -80
        padded.append(spec.patches(duration=1.0, tail="pad")[-1][:, -1])
        assert spec.patches(duration=1.0, tail="pad", pad_value="floor")[-1][0, -1] == -80
        assert spec.patches(duration=1.0, tail="pad", pad_value=-5)[-1][0, -1] == -5
    assert (np.array(padded) == -80).all()
    power = pv.Spectrogram.from_audio(y, sr=SR, kind=pv.Mel(n_mels=16, ref=1.0, top_db=None))
    assert power.floor == -100
    assert pv.Cqt(ref=2.0, amin=1e-3)._floor() == pytest.approx(20 * np.log10(1e-3 / 2))
    assert pv.Mel(ref=np.median)._floor() is None
    own = spectrogram(50)
    assert own.patches(frame_length=20, tail="pad")[-1][0, -1] == own.values.min()
    assert spectrogram(50, floor=-90).patches(frame_length=20, tail="pad")[-1][0, -1] == -90
    with pytest.raises(InvalidValueError) as caught:
        own.patches(frame_length=20, tail="pad", pad_value="floor")
    assert str(caught.value) == (
        "pad_value='floor': the spectrogram does not say which value silence has. Give a number, "
        "or say it: Spectrogram(values, ..., floor=-80)."
    )


# -- some of the patches -------------------------------------------------------------------------

CARVINGS: list[dict[str, Any]] = [
    {"hop_length": 7},
    {"hop_length": 7, "tail": "pad"},
    {"hop_length": 9, "tail": "overlap"},
    {"starts": [0, 3, 4, 20, 33, 40]},
]


@pytest.mark.parametrize("carving", CARVINGS)
@pytest.mark.parametrize(
    "choice", [[0, 2, 5], [1, 2, 3], [-1], np.array([4, 5]), slice(1, None, 2), slice(-3, None),
               range(0, 4), "mask"],
)  # fmt: skip
def test_some_patches_are_patches(carving: dict[str, Any], choice: Any) -> None:
    patches = spectrogram(60).patches(frame_length=20, **carving)
    if choice == "mask" if isinstance(choice, str) else False:
        choice = patches.starts > 15
    numbers = np.arange(len(patches))[choice].tolist()
    some = patches[choice]
    assert isinstance(some, pv.Patches)
    assert some.spectrogram is patches.spectrogram
    assert some.numbers.tolist() == numbers
    assert some.starts.tolist() == patches.starts[numbers].tolist()
    np.testing.assert_array_equal(some.times, patches.times[numbers])
    for i, number in enumerate(numbers):
        assert some.frames(i) == patches.frames(number)
        np.testing.assert_array_equal(some[i], patches[number])
        assert panel_title(some, i).startswith(f"patch {number} · ")
        assert title_forms(some, i)[0].startswith(f"patch {number} / {len(patches) - 1} · ")
    assert some.index_at(some.times[:, 0]).tolist() == list(range(len(numbers)))
    assert some.n_padded == patches.n_padded
    again = some[[len(some) - 1]]
    assert again.numbers.tolist() == numbers[-1:]
    copied = dataclasses.replace(some, pad_value=-1.0 if carving.get("tail") == "pad" else None)
    assert copied.numbers.tolist() == numbers
    assert copied.starts.tolist() == some.starts.tolist()
    if some.framing.is_even:
        np.testing.assert_array_equal(some.values, np.stack(list(some), axis=-1))


def test_slices_keep_a_hop() -> None:
    patches = spectrogram().patches(duration=0.4, hop_duration=0.05)
    some = patches[3:9:2]
    assert (some.hop_length, some.starts.tolist()) == (4, [6, 10, 14])
    assert repr(some) == (
        "3 patches of (4, 17): 0.395 s every 0.09288 s (asked for 0.4 s), some of 22, "
        "overlap 76.5 %, 0 bytes added"
    )
    assert repr(patches[[0, 5, 7]]).startswith(
        "3 patches of (4, 17): 0.395 s (asked for 0.4 s), some of 22,"
    )
    # Carved anew they are all; of another recording they are the same ones.
    assert len(dataclasses.replace(some, hop_length=2)) == len(patches)
    other = dataclasses.replace(some, spectrogram=spectrogram(200))
    assert (other.starts.tolist(), other.numbers.tolist()) == ([6, 10, 14], [3, 5, 7])
    with pytest.raises(InvalidValueError, match="1 of 3 starts have no whole patch of 17 frames"):
        dataclasses.replace(some, spectrogram=spectrogram(30))


@pytest.mark.parametrize(
    ("choice", "error", "message"),
    [
        ([5, 3], InvalidValueError, "the numbers [5, 3] do not rise from patch to patch, as times "
         "do. np.unique(numbers) sorts them and leaves out what is there twice; of a column of a "
         "table, x.drop_duplicates().sort_values()."),
        ([3, 3], InvalidValueError, "the numbers [3, 3] do not rise"),
        ([], InvalidValueError, "no patch is chosen. Choose one or more."),
        (slice(5, 5), InvalidValueError, "no patch is chosen"),
        ([0, 99], PatchIndexError, "index=99 is out of range: there are 9 patches"),
        ([0.5], InvalidTypeError, "[0.5] are no positions of patches. They must be a list of w"),
        ([[1, 2], [3]], InvalidValueError, "no array can be made of index of type list"),
        ([[0]], InvalidTypeError, "[[0]] are no positions of patches"),
        (np.ones(5, bool), InvalidValueError, "a mask of shape (5,) does not choose from 9"),
    ],
)  # fmt: skip
def test_choices_that_are_wrong(choice: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        spectrogram().patches(frame_length=20, hop_length=5)[choice]
    assert str(caught.value).startswith(message)


def test_times_may_be_arrays() -> None:
    patches = spectrogram(60, start=2.0).patches(frame_length=20, hop_length=5)
    times = patches.times[:, 0].reshape(3, 3)
    assert patches.index_at(times).tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert type(patches.index_at(2.0)) is int
    with pytest.raises(InvalidValueError, match=r"^time=9\.0 s is outside the spectrogram, 2\.000"):
        patches.index_at([2.0, 9.0, 10.0])


# -- every face shows which patches they are -----------------------------------------------------


@pytest.mark.slow
def test_every_face_shows_uneven_and_numbered_patches() -> None:
    some = spectrogram(60).patches(frame_length=20, hop_length=9, tail="overlap")[[1, 3, 5]]
    assert some.starts.tolist() == [9, 27, 40]
    view = pv.PatchView(some, index=2)
    assert view.title.get_text().startswith("patch 5 / 5 · 0.929-1.393 s")
    np.testing.assert_array_equal(view.mesh.get_array(), some.spectrogram.values[:, 40:60])
    mosaic = pv.plot_mosaic(some)
    assert [ax.get_title(loc="left")[:9] for ax in mosaic.panels] == [
        "patch 1 ·",
        "patch 3 ·",
        "patch 5 ·",
    ]
    spans = [line.get_xdata() for line in mosaic.overview.lines]
    np.testing.assert_allclose(spans, some.times)
    state = pv.player(some, index=1).state["patches"]
    assert (state["starts"], state["numbers"], state["last"]) == ([9, 27, 40], [1, 3, 5], 5)
    scrubber = pv.scrub(some)
    scrubber.index = 1
    assert (scrubber.interval, scrubber.patches.numbers.tolist()) == (some.time(1), [1, 3, 5])
    film = pv.animate(some.spectrogram.patches(frame_length=20, hop_length=9)[1:4])
    assert film.interval == pytest.approx(1000 * 9 * HOP / SR)
    film._draw_frame(2)
    assert film.view.title.get_text().startswith("patch 3 / 4 · 0.627")


@given(st.lists(st.integers(1, 200), min_size=1), st.sampled_from(["drop", "pad", "overlap"]),
       st.integers(1, 40), st.integers(1, 60))  # fmt: skip
def test_starts_of_many_recordings_are_those_of_each(
    n_frames: list[int], tail: str, length: int, hop: int
) -> None:
    counts = count_patches(n_frames, length, hop, tail)
    for n, count in zip(n_frames, counts.tolist(), strict=True):
        if not count:
            assert n < length
            continue
        framing = Framing(n, length, hop, tail=tail)
        starts = start_of(np.arange(count), hop, n, length, tail)
        np.testing.assert_array_equal(starts, framing.starts)
        assert [framing.frames(i)[0] for i in range(count)] == starts.tolist()
        assert starts[-1] <= last_start(n, length, tail)


@given(framings(), st.data())
def test_patches_that_share_a_frame(framing: Framing, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, framing.n_patches - 1))
    starts = framing.starts
    near = np.flatnonzero(abs(starts - starts[index]) < framing.frame_length)
    assert framing.sharing(index) == (near[0], near[-1] + 1)
