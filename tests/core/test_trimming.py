"""A part of the patches of a recording: the same numbers, times and values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError

VALUES = np.random.default_rng(0).normal(size=(3, 100))


@pytest.mark.parametrize(
    "carving",
    [
        {"frame_length": 8, "hop_length": 3},
        {"frame_length": 8, "hop_length": 3, "tail": "pad"},
        {"frame_length": 8, "hop_length": 3, "tail": "overlap"},
        {"frame_length": 8, "starts": [0, 5, 6, 40, 41, 90], "tail": "drop"},
    ],
)
def test_a_part_has_the_patches_that_lie_between_two_times(carving: dict[str, Any]) -> None:
    patches = pv.Spectrogram(VALUES, sr=10, hop_length=1, start=2.0).patches(**carving)
    patches = patches.with_scores(patches.times[:, 0], classes=["a"])
    for start, end in ((None, None), (2.6, 8.0), (2.61, 11.9), (6.0, None), (None, 4.0)):
        begin = -np.inf if start is None else start
        stop = np.inf if end is None else end
        wanted = (patches.times[:, 0] > begin - 1e-9) & (patches.times[:, 1] < stop + 1e-9)
        if not wanted.any():
            continue
        part = patches.trim(start, end)
        assert part.numbers.tolist() == patches.numbers[wanted].tolist()
        assert np.allclose(part.times, patches.times[wanted])
        assert np.array_equal(part.filled, patches.filled[wanted])
        assert np.array_equal(part.scores, patches.scores[wanted])
        for index, number in enumerate(np.flatnonzero(wanted)):
            assert np.array_equal(part[index], patches[number])
            assert np.shares_memory(part[index], patches[number])
        spec = part.spectrogram
        assert (spec.start, spec.end) == pytest.approx((part.times[0, 0], part.times[-1, 1]))
        assert part.n_padded == (patches.n_padded if wanted[-1] else 0)


def test_a_part_keeps_labels_classes_and_whose_recording_it_is() -> None:
    spec = pv.Spectrogram(VALUES, sr=10, hop_length=1, name="dawn")
    patches = spec.with_labels([(1.0, 2.0, "wren"), (7.0, 8.0, "robin")]).patches(
        duration=1.0, hop_duration=0.5
    )
    part = patches.trim(5.0)
    assert part.classes == patches.classes == ("robin", "wren")
    assert np.array_equal(part.targets(), patches.targets()[part.numbers])
    leaks = patches.leaks(train=[12], test=part)
    assert leaks["patch"].tolist() == [11, 12, 13]
    picked = patches[[3, 9, 10]].trim()
    assert picked.numbers.tolist() == [3, 9, 10]
    assert picked.spectrogram.n_frames == 45


def test_the_page_of_a_part_holds_no_more_than_the_part() -> None:
    spec = pv.Spectrogram.example().with_labels([(1.0, 2.0, "from"), (5.0, 6.0, "thereby")])
    patches = spec.patches(duration=1.0, hop_duration=0.5)
    whole, part = (pv.player(known, audio=True) for known in (patches, patches.trim(4.0, 9.0)))
    assert len(part.sound.data) < 0.4 * len(whole.sound.data)
    state = part.state
    assert state["audio"]["start"] == state["columns"]["start"] == pytest.approx(4.389, abs=1e-3)
    assert state["known"]["labels"] == [[5.0, 6.0, 0]]
    assert [name for name, *_ in state["known"]["classes"]] == ["thereby"]
    assert state["patches"]["numbers"] == list(range(9, 17))


def test_what_cannot_be_a_part() -> None:
    patches = pv.Spectrogram(VALUES, sr=10, hop_length=1).patches(duration=1.0)
    with pytest.raises(
        InvalidValueError,
        match=r"no patch of 1.000 s lies between 3.200 and 3.900 s. Patches are from 0.000 to "
        r"10.000 s: choose a start and an end that are further apart.",
    ):
        patches.trim(3.2, 3.9)
    for times, message in (
        ((5, 2), "end=2 s is before start=5 s. Choose an end that comes after the start."),
        ((50, 60), "start=50 s is outside of the patches, which are from 0.000 to 10.000 s. Choose "
         "a time within these."),
        ((None, -2), "end=-2 s is outside of the patches, which are from 0.000 to 10.000 s."),
    ):  # fmt: skip
        with pytest.raises(InvalidValueError) as caught:
            patches.trim(*times)
        assert str(caught.value).startswith(message)
    with pytest.raises(InvalidTypeError, match=r"start=.3. is of type str"):
        patches.trim("3")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"items of a batch have no times"):
        pv.Patches.from_batch(np.zeros((4, 3, 5))).trim(1.0)
