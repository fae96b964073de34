"""Which columns are patch *i*: compared with librosa, and without copying anything."""

from __future__ import annotations

import copy
import html.parser
import itertools
import pickle
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import patchviz
from patchviz.core.patches import Patches
from patchviz.core.spectrogram import Spectrogram
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError

RATES = [44100, 8000, 22050, 48000, 11025.5]


def make_spec(n_frames: int = 10, n_bins: int = 2, **meaning: Any) -> Spectrogram:
    values = np.arange(float(n_bins * n_frames)).reshape(n_bins, n_frames)
    return Spectrogram(values, **meaning)


@pytest.fixture
def example() -> Patches:
    return patchviz.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)


# -- the views ---------------------------------------------------------------------------------


def test_the_example(example: Patches) -> None:
    spec = example.spectrogram
    assert spec.values.shape == (128, 640)
    assert example.values.shape == (128, 215, 107)
    assert len(example) == 107
    assert (example.frame_length, example.hop_length, example.n_tail) == (215, 4, 1)
    assert repr(example) == (
        "107 patches of (128, 215): 4.992 s every 0.09288 s (asked for 5 s every 0.1 s), "
        "overlap 98.1 %, tail of 1 frame, 0 bytes added"
    )
    framed = librosa.util.frame(spec.values, frame_length=215, hop_length=4)
    np.testing.assert_array_equal(example.values, framed)
    for index in range(107):
        np.testing.assert_array_equal(example[index], framed[..., index])


def test_patches_are_views(example: Patches) -> None:
    spec = example.spectrogram
    for view in (example.values, example[7], example[-1], next(iter(example))):
        assert np.shares_memory(view, spec.values)
        assert not view.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        example[0][0, 0] = 1.0


def test_patches_take_no_memory() -> None:
    spec = make_spec(640, 128)
    tracemalloc.start()
    patches = spec.patches(frame_length=215, hop_length=4)
    for patch in patches:
        assert patch.shape == (128, 215)
    assert patches.values.shape == (128, 215, 107)
    repr(patches)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < patches[0].nbytes / 2


def test_a_million_patches_of_a_file(tmp_path: Path) -> None:
    file = np.memmap(tmp_path / "values", np.float32, "w+", shape=(16, 1_000_099))
    file[:, -1] = 7
    spec = Spectrogram(file)
    tracemalloc.start()
    patches = spec.patches(frame_length=100, hop_length=1)
    assert len(patches) == 1_000_000
    assert patches.values.shape == (16, 100, 1_000_000)
    assert patches[999_999][0, -1] == patches.values[0, -1, -1] == 7
    assert patches.index_at(patches.time(765_432)[0]) == 765_432
    assert repr(patches).startswith("1,000,000 patches of (16, 100): 2.322 s every 0.02322 s")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.shares_memory(patches.values, file)
    assert not patches.values.flags.writeable
    assert peak < 100_000


@st.composite
def carvings(draw: st.DrawFn) -> tuple[Spectrogram, int, int]:
    """A spectrogram, a frame length and a hop length that suit it."""
    n_bins, n_frames = draw(st.integers(1, 4)), draw(st.integers(1, 60))
    values = np.arange(n_bins * n_frames, dtype=draw(st.sampled_from([np.int16, np.float32])))
    values = values.reshape((n_bins, n_frames), order=draw(st.sampled_from("CF")))
    spec = Spectrogram(
        values,
        sr=draw(st.sampled_from(RATES)),
        hop_length=draw(st.sampled_from([1, 160, 512, 1000])),
        start=draw(st.sampled_from([0.0, -3.7, 0.1, 86_400.0])),
    )
    return spec, draw(st.integers(1, n_frames)), draw(st.integers(1, 70))


@given(carvings())
def test_patches_are_those_of_librosa(carving: tuple[Spectrogram, int, int]) -> None:
    spec, frame_length, hop_length = carving
    patches = Patches(spec, frame_length=frame_length, hop_length=hop_length)
    framed = librosa.util.frame(spec.values, frame_length=frame_length, hop_length=hop_length)
    np.testing.assert_array_equal(patches.values, framed)
    assert len(patches) == framed.shape[-1] == len(list(patches))
    for index, patch in enumerate(patches):
        np.testing.assert_array_equal(patch, framed[..., index])
        np.testing.assert_array_equal(patches[index - len(patches)], patch)
        start, stop = patches.frames(index)
        np.testing.assert_array_equal(spec.values[:, start:stop], patch)
    assert patches.n_tail == spec.n_frames - patches.frames(-1)[1]
    assert patches.n_padded == 0
    assert patches.nbytes_added == 0
    assert patches.spectrogram is spec


@given(carvings(), st.integers(1, 100))
def test_padding_fills_one_more_patch(
    carving: tuple[Spectrogram, int, int], frame_length: int
) -> None:
    spec, _, hop_length = carving
    padded = Patches(spec, frame_length=frame_length, hop_length=hop_length, tail="pad")
    n_frames = padded.spectrogram.n_frames
    assert n_frames == spec.n_frames + padded.n_padded
    assert padded.n_padded < frame_length
    np.testing.assert_array_equal(padded.spectrogram.values[:, : spec.n_frames], spec.values)
    assert (padded.spectrogram.values[:, spec.n_frames :] == 0).all()  # the smallest value
    framed = librosa.util.frame(
        padded.spectrogram.values, frame_length=frame_length, hop_length=hop_length
    )
    np.testing.assert_array_equal(padded.values, framed)
    # No frame is left over, unless it lies in the gap before where the next patch would start.
    next_start = padded.frames(-1)[0] + hop_length
    assert padded.n_tail == max(0, spec.n_frames - padded.frames(-1)[1])
    assert next_start + frame_length > n_frames
    assert padded.n_tail == 0 or next_start >= spec.n_frames
    if padded.n_padded == 0:
        assert padded.spectrogram is spec
    if frame_length <= spec.n_frames:
        whole = Patches(spec, frame_length=frame_length, hop_length=hop_length)
        np.testing.assert_array_equal(padded.values[..., : len(whole)], whole.values)
        assert len(padded) in (len(whole), len(whole) + 1)


def test_padding_is_one_copy() -> None:
    spec = make_spec(10, y_axis="mel", name="a clip")
    patches = spec.patches(frame_length=4, hop_length=3, tail="pad")
    assert len(patches) == 3
    assert patches.n_padded == 0
    patches = spec.patches(frame_length=4, hop_length=4, tail="pad", pad_value=-1)
    np.testing.assert_array_equal(patches[2], [[8, 9, -1, -1], [18, 19, -1, -1]])
    assert patches.spectrogram.name == "a clip"
    assert patches.nbytes_added == patches.spectrogram.values.nbytes == 2 * 12 * 8
    assert repr(patches).endswith("overlap 0 %, last patch padded by 2 frames, 192 bytes added")
    assert not patches.values.flags.writeable


def test_a_recording_shorter_than_a_patch_is_padded() -> None:
    patches = make_spec(3).patches(frame_length=5, tail="pad", pad_value=float("nan"))
    assert len(patches) == 1
    assert patches.n_padded == 2
    assert patches.spectrogram.n_nonfinite == 4


def test_patches_do_not_change() -> None:
    patches = make_spec().patches(frame_length=4)
    with pytest.raises(AttributeError) as caught:
        patches.hop_length = 1
    assert str(caught.value) == (
        "hop_length cannot be set: patches do not change. Make new ones: "
        "spectrogram.patches(duration=..., hop_duration=...)."
    )
    assert patches.hop_length == 4


@pytest.mark.parametrize("remake", [copy.copy, copy.deepcopy])
def test_copies(remake: Callable[[Patches], Patches]) -> None:
    patches = make_spec(640, 16).patches(frame_length=200, hop_length=1)
    pickled = pickle.dumps(patches)
    assert len(pickled) < 2 * patches.spectrogram.values.nbytes
    for again in (remake(patches), pickle.loads(pickled)):
        assert repr(again) == repr(patches)
        np.testing.assert_array_equal(again.values, patches.values)


# -- numbers of patches ------------------------------------------------------------------------


def test_indices_are_those_of_a_list(example: Patches) -> None:
    np.testing.assert_array_equal(example[-1], example[106])
    np.testing.assert_array_equal(example[np.int64(3)], example[3])
    np.testing.assert_array_equal(example[-107], example[0])
    assert example.check_index(-2) == 105
    assert [patch[0, 0] for patch in itertools.islice(example, 3)] == [
        example[index][0, 0] for index in range(3)
    ]


@pytest.mark.parametrize("ask", ["__getitem__", "time", "frames", "check_index"])
@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (4, PatchIndexError,
         "index=4 is out of range: there are 4 patches, 0 to 3 (or -4 to -1 from the end)."),
        (-5, PatchIndexError,
         "index=-5 is out of range: there are 4 patches, 0 to 3 (or -4 to -1 from the end)."),
        (1.5, InvalidValueError, "index=1.5 is not a whole number. It must be a whole number."),
        (1.0, InvalidTypeError, "index=1.0 is of type float. It must be a whole number: index=1."),
        ("1", InvalidTypeError, "index='1' is of type str. It must be a whole number."),
        (True, InvalidTypeError, "index=True is of type bool. It must be a whole number."),
        (None, InvalidTypeError, "index=None is of type NoneType. It must be a whole number."),
        (np.array([1, 2]), InvalidTypeError,
         "index=array([1, 2]) is of type ndarray. It must be a whole number."),
    ],
)  # fmt: skip
def test_there_is_no_such_patch(
    ask: str, index: object, error: type[Exception], message: str
) -> None:
    patches = make_spec().patches(frame_length=4, hop_length=2)
    if ask == "__getitem__" and isinstance(index, np.ndarray):
        assert len(patches[index]) == 2  # several patches are Patches
        return
    with pytest.raises(error) as caught:
        getattr(patches, ask)(index)
    assert str(caught.value) == message


def test_of_one_patch_there_is_one() -> None:
    patches = make_spec().patches(frame_length=4, hop_length=2)[[2]]
    with pytest.raises(PatchIndexError) as error:
        patches.time(1)
    assert str(error.value) == "index=1 is out of range: there is 1 patch, 0 (or -1)."


def test_a_loop_ends() -> None:
    patches = make_spec().patches(frame_length=4, hop_length=2)
    assert len(list(patches)) == 4
    assert len(list(reversed(patches))) == 4  # type: ignore[call-overload]


# -- times -------------------------------------------------------------------------------------


def test_times(example: Patches) -> None:
    assert example.time(7) == pytest.approx((28 * 512 / 22050, 243 * 512 / 22050))
    assert example.time(-1) == example.time(106)
    assert example.frames(7) == (28, 243)
    assert example.duration == pytest.approx(4.992290)
    assert example.hop_duration == pytest.approx(0.0928798)
    assert example.overlap == pytest.approx(1 - 4 / 215)


@given(carvings())
def test_times_and_back(carving: tuple[Spectrogram, int, int]) -> None:
    spec, frame_length, hop_length = carving
    patches = Patches(spec, frame_length=frame_length, hop_length=hop_length)
    for index in range(len(patches)):
        start, end = patches.time(index)
        assert patches.index_at(start) == index
        assert end - start == pytest.approx(patches.duration)
        assert spec.start <= start < end <= spec.end + 1e-9
    assert patches.index_at(spec.start) == 0
    assert patches.index_at(spec.end) == len(patches) - 1


@pytest.mark.parametrize("sr", RATES)
@pytest.mark.parametrize("hop_length", [1, 512])
def test_times_and_back_after_a_day(sr: float, hop_length: int, tmp_path: Path) -> None:
    # 24 hours before, and of, one bin: a file of zeros that takes no room on disk.
    n_frames = int(24 * 3600 * 8000 / 512)
    file = np.memmap(tmp_path / "values", np.uint8, "w+", shape=(1, n_frames))
    spec = Spectrogram(file, sr=sr, hop_length=hop_length, start=86_400.0)
    patches = spec.patches(frame_length=50, hop_length=3)
    random = np.random.default_rng(0)
    for index in (0, 1, len(patches) - 1, *random.integers(0, len(patches), 300)):
        assert patches.index_at(patches.time(index)[0]) == index


@pytest.mark.parametrize("sr", RATES)
def test_a_start_is_found_as_it_is_shown(sr: float) -> None:
    patches = make_spec(500, sr=sr).patches(frame_length=100, hop_length=4)
    for index in range(len(patches)):
        assert patches.index_at(round(patches.time(index)[0], 3)) == index
    assert patches.index_at(round(patches.spectrogram.end, 3)) == len(patches) - 1


def test_the_patch_at_a_time(example: Patches) -> None:
    assert [example.index_at(time) for time in (0, 0.092, 0.093, 0.65, 0.7)] == [0, 0, 1, 7, 7]
    assert example.index_at(12.0) == 106  # in the last patch
    assert example.index_at(example.spectrogram.end) == 106  # in the tail
    later = make_spec(start=-1.0, sr=10, hop_length=1).patches(frame_length=2)
    assert [later.index_at(time) for time in (-1, -0.79, 0.0)] == [0, 1, 4]


@pytest.mark.parametrize(
    ("time", "error", "message"),
    [
        (-0.1, InvalidValueError,
         "time=-0.1 s is outside the spectrogram, 0.000-14.861 s. Choose a time within it."),
        (15, InvalidValueError,
         "time=15.0 s is outside the spectrogram, 0.000-14.861 s. Choose a time within it."),
        (float("nan"), InvalidValueError,
         "time=nan s is not allowed. It must be a finite number."),
        ("0:05", InvalidTypeError, "time='0:05' is of type str. It must be a finite number."),
    ],
)  # fmt: skip
def test_times_without_a_patch(
    example: Patches, time: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        example.index_at(time)
    assert str(caught.value) == message


def test_a_time_without_a_patch_before_0() -> None:
    patches = make_spec(start=-1.0, sr=10, hop_length=1).patches(frame_length=2)
    with pytest.raises(InvalidValueError) as caught:
        patches.index_at(0.5)
    assert str(caught.value) == (
        "time=0.5 s is outside the spectrogram, -1.000 to 0.000 s. Choose a time within it."
    )


@given(
    seconds=st.floats(1e-4, 1e5, allow_nan=False),
    sr=st.one_of(st.sampled_from(RATES), st.floats(100, 200_000)),
    hop_length=st.integers(1, 4096),
)
def test_seconds_are_rounded_as_librosa_rounds_them(
    seconds: float, sr: float, hop_length: int
) -> None:
    expected = int(librosa.time_to_frames(seconds, sr=sr, hop_length=hop_length))
    frames = seconds * sr / hop_length
    if abs(frames - round(frames)) < 1e-6:
        expected = round(frames)
    spec = make_spec(1, sr=sr, hop_length=hop_length)
    if expected < 1:
        with pytest.raises(InvalidValueError, match=r"^hop_duration=.* is shorter than one frame"):
            spec.patches(frame_length=1, hop_duration=seconds)
        return
    patches = spec.patches(frame_length=1, hop_duration=seconds)
    assert patches.hop_length == expected
    assert patches.requested_hop_duration == seconds
    if expected < 1000:
        longer = Spectrogram(np.zeros((1, expected)), sr=sr, hop_length=hop_length)
        assert longer.patches(duration=seconds).frame_length == expected


def test_durations_lose_no_frame_to_binary_fractions() -> None:
    """A duration of 10 ms frames that is written with two decimals is as many frames."""
    spec = make_spec(sr=100, hop_length=1, n_frames=10_000)
    for frames in range(1, 10_000, 7):
        seconds = float(f"{frames / 100:.2f}")
        patches = spec.patches(duration=seconds, hop_duration=seconds)
        assert (patches.frame_length, patches.hop_length) == (frames, frames), seconds
    assert spec.patches(duration=0.29).frame_length == 29  # of which 100 times is 28.999...


@given(
    frame_length=st.integers(1, 10**7),
    sr=st.one_of(st.sampled_from(RATES), st.floats(0.001, 1e6)),
    hop_length=st.integers(1, 10**5),
)
def test_a_true_duration_is_the_same_number_of_frames(
    frame_length: int, sr: float, hop_length: int
) -> None:
    values = np.broadcast_to(np.float32(0), (1, 10**7))
    spec = Spectrogram(values, sr=sr, hop_length=hop_length)
    patches = spec.patches(frame_length=frame_length)
    again = spec.patches(duration=patches.duration, hop_duration=patches.hop_duration)
    assert (again.frame_length, again.hop_length) == (frame_length, frame_length)


def test_without_a_hop_patches_follow_one_another() -> None:
    patches = make_spec().patches(frame_length=3)
    assert patches.hop_length == 3
    assert len(patches) == 3
    assert patches.overlap == 0
    assert patches.n_tail == 1


# -- what a person reads -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"frame_length": 10},
         "1 patch of (2, 10): 1.000 s every 1.000 s, overlap 0 %, no tail, 0 bytes added"),
        ({"frame_length": 2, "hop_length": 5}, "2 patches of (2, 2): 0.200 s every 0.500 s, "
         "gaps of 3 frames, tail of 3 frames, 0 bytes added"),
        ({"frame_length": 2, "hop_length": 3}, "3 patches of (2, 2): 0.200 s every 0.300 s, "
         "gaps of 1 frame, tail of 2 frames, 0 bytes added"),
        ({"duration": 0.39}, "3 patches of (2, 3): 0.300 s every 0.300 s (asked for 0.39 s), "
         "overlap 0 %, tail of 1 frame, 0 bytes added"),
        ({"frame_length": 3, "hop_duration": 0.11}, "8 patches of (2, 3): 0.300 s every 0.100 s "
         "(asked for every 0.11 s), overlap 66.7 %, no tail, 0 bytes added"),
        ({"duration": Fraction(2, 5), "hop_duration": Fraction(1, 3)}, "3 patches of (2, 4): "
         "0.400 s every 0.300 s (asked for 0.4 s every 0.333333 s), overlap 25 %, no tail, 0 bytes"
         " added"),
    ],
)  # fmt: skip
def test_repr(options: dict[str, Any], expected: str) -> None:
    assert repr(make_spec(sr=10, hop_length=1).patches(**options)) == expected


class Cells(html.parser.HTMLParser):
    """The text of a table's cells, and every tag that is in it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html(example: Patches) -> None:
    cells = Cells(example._repr_html_())
    assert dict(zip(cells.texts[::2], cells.texts[1::2], strict=True)) == {
        "recording": "Sonnet 1",
        "patches": "107",
        "shape": "128 bins × 215 frames",
        "duration": "4.992 s (asked for 5 s)",
        "hop": "0.09288 s (asked for 0.1 s)",
        "neighbours": "overlap 98.1 %",
        "end": "tail of 1 frame",
        "memory added": "0 bytes",
    }


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "</td></table><img src=x onerror=y>", '"&amp;', "a\nb"]
)
def test_html_of_a_hostile_name(name: str) -> None:
    cells = Cells(make_spec(name=name).patches(frame_length=2)._repr_html_())
    assert set(cells.tags) == {"table", "tbody", "tr", "th", "td"}
    assert cells.texts[:2] == ["recording", name]


# -- what bad input gets -----------------------------------------------------------------------


FRAMES = "It must be a whole number of frames, at least 1"
SECONDS = "It must be a finite number, more than 0 s."


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, InvalidValueError, "frame_length and duration are both missing. Give one of them: "
         "frame_length in frames or duration in seconds."),
        ({"hop_length": 2}, InvalidValueError, "frame_length and duration are both missing. Give "
         "one of them: frame_length in frames or duration in seconds."),
        ({"frame_length": 2, "duration": 0.2}, InvalidValueError,
         "frame_length=2 and duration=0.2 say the same thing twice. Give one of them."),
        ({"frame_length": 2, "hop_length": 1, "hop_duration": 0.1}, InvalidValueError,
         "hop_length=1 and hop_duration=0.1 say the same thing twice. Give one of them."),
        ({"frame_length": 0}, InvalidValueError,
         f"frame_length=0 frames is not allowed. {FRAMES}."),
        ({"frame_length": -2}, InvalidValueError,
         f"frame_length=-2 frames is not allowed. {FRAMES}."),
        ({"frame_length": 2.5}, InvalidValueError,
         f"frame_length=2.5 is not a whole number. {FRAMES}."),
        ({"frame_length": 2.0}, InvalidTypeError,
         f"frame_length=2.0 is of type float. {FRAMES}: frame_length=2."),
        ({"frame_length": 2, "hop_length": 0}, InvalidValueError,
         f"hop_length=0 frames is not allowed. {FRAMES}."),
        ({"frame_length": 2, "hop_length": 0.5}, InvalidValueError,
         f"hop_length=0.5 is not a whole number. {FRAMES}."),
        ({"frame_length": 2, "hop_length": "1"}, InvalidTypeError,
         f"hop_length='1' is of type str. {FRAMES}."),
        ({"duration": 0}, InvalidValueError, f"duration=0 s is not allowed. {SECONDS}"),
        ({"duration": -1.0}, InvalidValueError, f"duration=-1.0 s is not allowed. {SECONDS}"),
        ({"duration": float("nan")}, InvalidValueError,
         f"duration=nan s is not allowed. {SECONDS}"),
        ({"duration": float("inf")}, InvalidValueError,
         f"duration=inf s is not allowed. {SECONDS}"),
        ({"duration": "5"}, InvalidTypeError, f"duration='5' is of type str. {SECONDS}"),
        ({"duration": 0.2, "hop_duration": 0}, InvalidValueError,
         f"hop_duration=0 s is not allowed. {SECONDS}"),
        ({"duration": 0.05}, InvalidValueError, "duration=0.05 s is shorter than one frame, 0.1 s. "
         "Choose at least that, or a spectrogram with a smaller hop_length or a higher sr."),
        ({"duration": 0.2, "hop_duration": 0.01}, InvalidValueError, "hop_duration=0.01 s is "
         "shorter than one frame, 0.1 s. Choose at least that, or a spectrogram with a smaller "
         "hop_length or a higher sr."),
        ({"frame_length": 11}, InvalidValueError, "frame_length=11 frames is longer than the "
         'spectrogram: 10 frames, 1.00 s. Choose a shorter frame_length, or tail="pad".'),
        ({"duration": 20}, InvalidValueError, "duration=20 s (200 frames) is longer than the "
         'spectrogram: 10 frames, 1.00 s. Choose a shorter duration, or tail="pad".'),
        ({"frame_length": 2, "tail": "keep"}, InvalidValueError,
         "tail='keep' is not allowed. It must be one of 'drop', 'pad', 'overlap'."),
        ({"frame_length": 2, "tail": True}, InvalidTypeError,
         "tail=True is of type bool. It must be one of 'drop', 'pad', 'overlap'."),
        ({"frame_length": 2, "pad_value": 0}, InvalidValueError,
         "pad_value=0 has no use with tail='drop'. Set tail=\"pad\"."),
        ({"frame_length": 4, "tail": "pad", "pad_value": "0"}, InvalidTypeError,
         "pad_value='0' is of type str. It must be a number, or \"floor\"."),
    ],
)  # fmt: skip
def test_bad_options(options: dict[str, Any], error: type[Exception], message: str) -> None:
    spec = make_spec(sr=10, hop_length=1)
    for carve in (spec.patches, lambda **options: Patches(spec, **options)):
        with pytest.raises(error) as caught:
            carve(**options)
        assert str(caught.value) == message


def test_the_message_of_a_patch_that_is_too_long() -> None:
    with pytest.raises(InvalidValueError) as caught:
        patchviz.Spectrogram.example().patches(duration=20.0)
    assert str(caught.value) == (
        "duration=20.0 s (861 frames) is longer than the spectrogram: 640 frames, 14.86 s. "
        'Choose a shorter duration, or tail="pad".'
    )


@pytest.mark.parametrize("pad_value", [-80.5, 300, -1, float("nan"), float("inf")])
def test_padding_that_does_not_fit_the_values(pad_value: float) -> None:
    spec = Spectrogram(np.zeros((2, 5), np.uint8))
    with pytest.raises(InvalidValueError) as caught:
        spec.patches(frame_length=4, tail="pad", pad_value=pad_value)
    assert str(caught.value) == (
        f"pad_value={pad_value} does not fit the values' type, uint8. Choose one that does, or "
        "give the spectrogram values.astype(float)."
    )
    patches = spec.patches(frame_length=4, tail="pad", pad_value=255)
    assert patches[-1].tolist() == [[0, 255, 255, 255]] * 2


@pytest.mark.parametrize("pad_value", [10**400, -(10**400), 1e300])
def test_padding_beyond_the_values(pad_value: float) -> None:
    spec = Spectrogram(np.zeros((2, 5), np.float32))
    with pytest.raises(InvalidValueError, match=r"does not fit the values' type, float32\. Choose"):
        spec.patches(frame_length=4, tail="pad", pad_value=pad_value)


@pytest.mark.parametrize("pad_value", [Fraction(-3, 2), np.array(-1.5), np.float16(-1.5)])
def test_padding_by_a_number_of_any_type(pad_value: Any) -> None:
    patches = make_spec(5).patches(frame_length=4, tail="pad", pad_value=pad_value)
    assert patches[-1][0].tolist()[1:] == [-1.5] * 3


def test_only_spectrograms_are_carved() -> None:
    with pytest.raises(InvalidTypeError) as caught:
        Patches(np.zeros((2, 10)), frame_length=2)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "spectrogram is of type ndarray. It must be a Spectrogram; wrap an array: "
        "patchviz.Spectrogram(values, sr=..., hop_length=...)."
    )


def test_a_hop_beyond_any_memory() -> None:
    patches = make_spec().patches(frame_length=2, hop_length=2**31 - 1)
    assert len(patches) == 1
    assert patches.values.shape == (2, 2, 1)


def test_picked_patches_say_of_how_many_they_are() -> None:
    patches = make_spec().patches(frame_length=3, hop_length=1)
    n = len(patches)
    for picked in ([1, 4], [0, 1, 4]):
        text = repr(patches[picked])
        assert text.endswith(f" s, some of {n}, 0 bytes added")  # no hop, no gaps, no tail
        assert " every " not in text
        assert "starts of their own" in patches[picked]._repr_html_()
    assert f", some of {n}, overlap 66.7 %, 0 bytes added" in repr(patches[1:4])
    assert " every " in repr(patches[1:4])
    padded = make_spec().patches(frame_length=7, tail="pad")
    assert "last patch padded by" in repr(padded[[-1]])
    assert "padded" not in repr(padded[[0]])
