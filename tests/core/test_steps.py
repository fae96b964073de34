"""What overlapping patches say of one moment, against plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import patchviz as pv
from patchviz.core.framing import Framing
from patchviz.core.steps import check_groups, covered, steps
from patchviz.errors import InvalidTypeError, PatchIndexError


def random_framing(rng: np.random.Generator) -> Framing:
    n, length = int(rng.integers(20, 60)), int(rng.integers(1, 12))
    meaning = {"frame_duration": 0.25, "origin": -1.0}
    if rng.random() < 0.5:
        return Framing(n, length, int(rng.integers(1, 9)), tail="pad", **meaning)
    starts = np.unique(rng.integers(0, n - length + 1, 9))
    return Framing(n, length, given_starts=starts, **meaning)


@pytest.mark.parametrize("seed", range(40))
def test_steps_are_what_the_patches_there_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    framing = random_framing(rng)
    values = rng.normal(size=framing.n_patches)
    values[rng.random(framing.n_patches) < 0.2] = np.nan
    edges = np.linspace(-2.0, 15.0, int(rng.integers(2, 90))) + 0.0123
    spans, middles = list(itertools.pairwise(edges)), (edges[1:] + edges[:-1]) / 2
    wanted: dict[str, list[float]] = {"max": [], "mean": [], "center": []}
    for (low, high), middle in zip(spans, middles, strict=True):
        inside = [i for i, (a, b) in enumerate(framing.times) if a < high and b > low]
        numbers = [values[i] for i in inside if not np.isnan(values[i])]
        wanted["max"].append(max(numbers, default=np.nan))
        there = [i for i, (a, b) in enumerate(framing.times) if a <= middle < b]
        there = [i for i in there if not np.isnan(values[i])]
        half = framing.frame_length * 0.25 / 2
        near = [1 - abs(middle - framing.times[i].mean()) / half for i in there]
        wanted["mean"].append(np.mean([values[i] for i in there]) if there else np.nan)
        total = sum(w * values[i] for w, i in zip(near, there, strict=True))
        wanted["center"].append(total / sum(near) if there else np.nan)
    for how, numbers in wanted.items():
        found = steps(framing, [values, -values, values], edges, how)
        np.testing.assert_allclose(found[[0, 2]], [numbers, numbers], atol=1e-9)
        if how != "max":
            np.testing.assert_allclose(found[1], np.negative(numbers), atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_covered_times_are_joined_where_they_meet(seed: int) -> None:
    rng = np.random.default_rng(seed)
    framing = random_framing(rng)
    chosen = rng.permutation(framing.n_patches)[: int(rng.integers(0, framing.n_patches + 1))]
    is_covered = np.zeros(100, bool)
    for i in chosen:
        is_covered[slice(*framing.frames(i))] = True
    ends = np.flatnonzero(np.diff(np.r_[0, is_covered, 0]))
    np.testing.assert_allclose(
        covered(framing, chosen), (-1.0 + 0.25 * ends).reshape(-1, 2), atol=1e-12
    )


def test_groups_are_numbers_or_masks() -> None:
    spec = pv.Spectrogram(np.zeros((2, 20)), sr=1, hop_length=1)
    patches = spec.patches(frame_length=4, hop_length=2)
    mask = np.arange(9) > 6
    found = check_groups("mark", {"train": [3, 1, -1, 1], "test": mask, "none": []}, patches)
    assert {name: numbers.tolist() for name, numbers in found.items()} == {
        "train": [1, 3, 8],
        "test": [7, 8],
        "none": [],
    }
    with pytest.raises(PatchIndexError, match=r"^mark\['train'\]=9 is out of range: there are 9"):
        check_groups("mark", {"train": [9]}, patches)
    with pytest.raises(InvalidTypeError, match=r"mark\['a'\]=.* is no list of positions"):
        check_groups("mark", {"a": [0.5]}, patches)
    with pytest.raises(InvalidTypeError, match=r"groups=3 is of type int\. It must be a mapping"):
        check_groups("groups", 3, patches)
    with pytest.raises(InvalidTypeError, match=r"Of blocks: {k: mark == k for k in range\(mark\."):
        check_groups("mark", np.zeros(9, int), patches)
