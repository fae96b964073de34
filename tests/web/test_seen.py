"""Which times a player shows at first."""

from __future__ import annotations

import numpy as np
import pytest

import patchviz as pv


@pytest.fixture(scope="module")
def patches() -> pv.Patches:
    """Patches of 4 s each 1 s, of a recording of 20 s with frames of 0.1 s."""
    spec = pv.Spectrogram(np.zeros((2, 200), np.float32), sr=1000, hop_length=100)
    return spec.patches(frame_length=40, hop_length=10)


@pytest.mark.parametrize(
    ("tlim", "index", "seen"),
    [
        (None, 0, {"time": None, "stretch": None}),
        ((3, 4), 2, {"time": [0.25, 0.5], "stretch": None}),
        ((2, 6), 2, {"time": [0, 1], "stretch": None}),
        ([5, 15], 0, {"time": None, "stretch": [50, 150]}),
    ],
)
def test_a_part_of_the_patch_or_of_the_recording(patches, tlim, index, seen):
    assert pv.player(patches, tlim=tlim, index=index).state["view"] == seen


@pytest.mark.parametrize(
    ("tlim", "error", "message"),
    [
        (np.array(3), TypeError, r"tlim=array\(3\) is of type ndarray\. It must be two times"),
        (3, TypeError, r"tlim=3 is of type int\. It must be two times of the recording in s"),
        ((1, 2, 3), ValueError, r"tlim=\(1, 2, 3\) has 3 times"),
        ((4, 3), ValueError, r"tlim=\(4, 3\) begins where it ends, or later"),
        ((3, 21), ValueError, r"goes beyond the recording, 0\.000 to 20\.000 s"),
        ((9, 10), ValueError, r"not lie in patch 0, 0\.000 to 4\.000 s\. .* index=7"),
        (("a", 2), TypeError, r"tlim\[0\]='a'"),
    ],
)
def test_what_is_wrong_with_it(patches, tlim, error, message):
    with pytest.raises(error, match=message):
        pv.player(patches, tlim=tlim)


def test_a_scrubber_takes_it_and_keeps_the_part_wherever_it_is(patches):
    scrubber = pv.scrub(patches, tlim=(3, 4), index=2)
    scrubber.index = 9
    scrubber.title = "another"
    assert scrubber._now.player.state["view"]["time"] == [0.25, 0.5]
    scrubber.close()


def test_items_of_a_batch_have_no_times():
    batch = pv.Patches.from_batch(np.zeros((3, 4, 10), np.float32))
    with pytest.raises(ValueError, match="needs a recording; items of a batch have no times"):
        pv.player(batch, tlim=(0, 0.1))
