"""What is known of recordings at several rates is what is known of each of them.

Patches of no two rates have one length in frames, and the least that all these lengths divide is
beyond any number of frames that can be counted.
"""

from __future__ import annotations

import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz.errors import InvalidValueError

from .conftest import RATES

LIGHT: dict[str, Any] = {"sr": None, "kind": "stft", "n_fft": 32, "hop_length": 16}

LEAST: list[dict[str, float]] = [
    {}, {"min_overlap": 0.02}, {"min_fraction": 0.5}, {"min_share": 0.3}
]  # fmt: skip


def of_each(recordings: pv.Recordings) -> list[pv.Patches]:
    """Return the patches of each recording that has some."""
    counts = recordings.files["n_patches"]
    return [recordings.patches(row) for row in np.flatnonzero(counts).tolist()]


def carved(paths: list[Path], **options: Any) -> pv.Recordings:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of starts that not all have
        return pv.Recordings(paths, **{**LIGHT, **options})


def labels_of(rates: dict[int, Path], *rows: tuple[float, float, str]) -> pd.DataFrame:
    frames = [pd.DataFrame(rows, columns=["start_time", "end_time", "label"]) for _ in rates]
    return pd.concat(
        [frame.assign(file=path.name) for frame, path in zip(frames, rates.values(), strict=True)]
    )


def test_labels_of_whatever_rates_are_in_their_patches(rates: dict[int, Path]) -> None:
    found = carved([*rates.values()], duration=0.143, hop_duration=0.04)
    lengths = [patches.frame_length for patches in of_each(found)]
    assert math.lcm(*lengths) > 2**40
    known = found.with_labels(labels_of(rates, (0.15, 0.2, "robin"), (0.25, 0.4, "wren")))
    for least in LEAST:
        expected = np.concatenate([patches.targets(**least) for patches in of_each(known)])
        np.testing.assert_array_equal(known.targets(**least), expected)
    assert known.targets().any(axis=0).all()
    texts = pd.concat([patches.to_frame() for patches in of_each(known)])["labels"]
    assert known.to_frame()["labels"].tolist() == texts.tolist()
    has = np.flatnonzero(known.targets()[:, 1])
    assert known.choose(len(has), of="wren", apart=False).tolist() == has.tolist()


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_targets_are_those_of_each_recording(rates: dict[int, Path], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(RATES), min_size=1, max_size=4, unique=True))
    since = data.draw(st.sampled_from([0.0, -3.7, 86_400.1]))
    options: dict[str, Any] = {
        "start": since,
        "duration": data.draw(st.floats(0.05, 0.35)),
        "tail": data.draw(st.sampled_from(["drop", "pad", "overlap"])),
    }
    if data.draw(st.booleans()):
        options["hop_duration"] = data.draw(st.floats(0.03, 0.4))
    elif options["tail"] != "overlap":
        starts = data.draw(st.sets(st.integers(0, 10), min_size=1, max_size=6))
        options["starts"] = since + 0.0371 * np.array(sorted(starts | {1}))
    found = carved([rates[sr] for sr in chosen], **options)
    times = st.tuples(st.floats(-0.5, 1), st.floats(0, 1), st.sampled_from("xyz"))
    rows = [
        (rates[sr].name, since + start, since + start + length, name)
        for sr in chosen
        for start, length, name in data.draw(st.lists(times, max_size=4))
    ]
    table = pd.DataFrame(rows, columns=["file", "start_time", "end_time", "label"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of those outside
        known = found.with_labels(table)
    if data.draw(st.booleans()):
        picked = data.draw(st.sets(st.integers(0, len(known) - 1), min_size=1))
        known = known[sorted(picked)]
    for least in LEAST:
        expected = np.concatenate([patches.targets(**least) for patches in of_each(known)])
        np.testing.assert_array_equal(known.targets(**least), expected)


def test_no_two_that_are_chosen_share_a_frame(rates: dict[int, Path]) -> None:
    found = carved([*rates.values()], duration=0.143, hop_duration=0.04)
    scores = np.random.default_rng(0).uniform(size=len(found))
    scored = found.with_scores(scores, classes=["x"])
    rows, _ = found.find(np.arange(len(found)))
    for how in ({"by": "highest", "of": "x"}, {"by": "even"}, {"by": "random"}):
        with pytest.warns(UserWarning, match="that share no frame with one another"):
            chosen = scored.choose(999, **how)  # type: ignore[call-overload]
        for row, patches in enumerate(of_each(scored)):
            own = chosen[rows[chosen] == row] - found.files["first"][row]
            assert (np.diff(np.sort(patches.starts[own])) >= patches.frame_length).all()
            if how["by"] == "highest":
                with pytest.warns(UserWarning, match="that share no frame with one another"):
                    alone = patches.choose(999, **how)  # type: ignore[call-overload]
                assert own.tolist() == alone.tolist()
    even = found.choose(len(rates), by="even")
    seconds = (found.files["n_samples"] / found.files["sr"]).to_numpy()
    moments = np.r_[0, np.cumsum(seconds)][rows[even]] + found.times[even, 0]
    steps = np.diff(moments)
    assert steps.max() - steps.min() < 0.2


def test_scores_find_their_patches_by_time(rates: dict[int, Path]) -> None:
    found = carved([*rates.values()], duration=0.143, hop_duration=0.04)
    scores = np.random.default_rng(0).uniform(size=len(found))
    table = found.with_scores(scores, classes=["x"]).to_frame().sample(frac=1, random_state=0)
    for rows in (table, table.reset_index(drop=True), table.drop(columns="end_time")):
        again = found.with_scores(rows)
        np.testing.assert_array_equal(again.scores[:, 0], scores)  # type: ignore[index]


def test_leaks_and_blocks_are_those_of_each(rates: dict[int, Path]) -> None:
    found = carved([*rates.values()], duration=0.13, hop_duration=0.03)
    train = np.random.default_rng(0).uniform(size=len(found)) < 0.3
    leaks = found.leaks(train, ~train)
    expected = []
    for first, patches in zip(found.files["first"], of_each(found), strict=True):
        own = train[first : first + len(patches)]
        frame = patches.leaks(own, ~own)
        expected.append(frame.assign(patch=frame["patch"] + first, train=frame["train"] + first))
    together = pd.concat(expected, ignore_index=True)
    for name in ("patch", "n_train"):
        assert leaks[name].tolist() == together[name].tolist()
    for name in ("seconds", "share"):
        np.testing.assert_allclose(leaks[name], together[name])
    n = 2 * len(rates)  # more than there are files: stretches of time
    for gap in (0.0, 0.02):
        blocks = found.blocks(n, gap=gap)
        assert set(blocks) == {-1, *range(n)}
        for block in range(n):
            assert not len(found.leaks((blocks >= 0) & (blocks != block), blocks == block))
        rows, _ = found.find(np.arange(len(found)))
        for row in range(len(rates)):
            there = (rows == row) & (blocks >= 0)
            own, times = blocks[there], found.times[there]
            borders = np.flatnonzero(np.diff(own))
            assert (times[borders + 1, 0] - times[borders, 1] >= gap - 1e-6).all()
    np.testing.assert_array_equal(found.with_labels(labels_of(rates, (0.1, 0.2, "x"))).blocks(n),
                                  found.blocks(n))  # fmt: skip


def test_a_least_overlap_that_is_longer_than_the_patches_of_some_rate(
    rates: dict[int, Path],
) -> None:
    found = carved([rates[8000], rates[11025]], duration=0.13)
    least = min(patches.duration for patches in of_each(found))
    known = found.with_labels(labels_of(rates, (0.0, 0.4, "x")).iloc[:2])
    assert known.targets(min_overlap=least).any()
    assert known.targets(min_overlap=0.13).any()  # as was asked for
    with pytest.raises(InvalidValueError, match=r"^min_overlap=0\.14 s is longer than a patch"):
        known.targets(min_overlap=0.14)


def test_lengths_are_those_of_recordings_that_have_patches(rates: dict[int, Path]) -> None:
    """Whatever the order of their rates, and of some alone."""
    coarse: dict[str, Any] = {"n_fft": 1024, "hop_length": 512}
    found = carved([rates[44100], rates[8000], rates[22050]], duration=0.2, **coarse)
    first, second, third = (patches.duration for patches in of_each(found))
    assert found.duration == first
    n = found.files["first"].tolist()
    assert found[: n[1]].duration == first
    assert found[n[1] : n[2]].duration == second
    each = [re.findall(r"of (\d\S*) s (?:to (\S+) s )?every (\S+) s", repr(some))
            for some in (found, found[: n[1]], found[n[1] :])]  # fmt: skip
    every = [f"{seconds:.3f}" for seconds in (first, second, third)]
    assert each == [
        [(min(every), max(every), every[0])],
        [(every[0], "", every[0])],
        [(*sorted(every[1:]), every[1])],
    ]
    with pytest.warns(UserWarning, match="1 of 2 files cannot be used"):
        short = pv.Recordings(
            [rates[8000], rates[384_000]], duration=0.6, sr=None, kind="stft", **coarse
        )
    assert short.duration == short.patches(1).duration
    assert " to " not in repr(short)
