"""How times are written: one table for the figures and the page, which agree beyond it as well."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import patchviz as pv
from patchviz.core.captions import known_text, patch_title
from patchviz.core.times import TimeFormat, decimals_for, format_span, format_time
from patchviz.plot.ticker import _STEPS, _multiples

from ..node import Ask, asking

HERE = Path(__file__).parent
TABLE = json.loads((HERE / "times.json").read_text(encoding="utf-8"))


def ticks(
    start: float, end: float, most: int, longest: float, clock: dict[str, Any] | None = None
) -> list[tuple[float, str]]:
    """What the page's ticks must be, from what the ticks of a figure's axis are made of."""
    least = (end - start) / most * (1 - 1e-9)
    step = next((step for step in _STEPS if step >= least), _STEPS[-1] * -(-least // _STEPS[-1]))
    decimals = decimals_for(step, 0)
    if clock is not None:
        times, whole = as_written(clock), decimals if step < 60 else None
        found = _multiples(step, start, end, times.zero)
        return [(time, times.clock(time, whole)[1]) for time in found]
    unit = " s" if longest < 60 else ""
    found = _multiples(step, start, end)
    return [(time, format_time(time, longest, decimals) + unit) for time in found]


def as_written(clock: dict[str, Any]) -> TimeFormat:
    """How times are written where time 0 was at what the page is told."""
    began = datetime.fromisoformat(clock["date"]) + timedelta(seconds=clock["zero"])
    return TimeFormat(began=began, dated=clock["dated"])


WRITTEN: dict[str, Callable[..., Any]] = {
    "format_time: time, longest, decimals": format_time,
    "format_span: start, end, longest, decimals": format_span,
    "decimals_for: step, least": decimals_for,
    "time_ticks: start, end, most, longest": lambda *args: [text for _, text in ticks(*args)],
}


def test_the_table_has_what_is_written_and_nothing_else() -> None:
    assert list(TABLE) == list(WRITTEN)


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        pytest.param(name, args, expected, id=f"{name.partition(':')[0]} {args}")
        for name, rows in TABLE.items()
        for *args, expected in rows
    ],
)
def test_as_the_table_says(name: str, args: list[float], expected: object) -> None:
    assert WRITTEN[name](*args) == expected


@given(st.floats(-1e6, 1e6), st.sampled_from([15.0, 300.0, 7200.0]), st.integers(0, 3))
def test_times_can_be_read_back(time: float, longest: float, decimals: int) -> None:
    text = format_time(time, longest, decimals)
    sign = -1 if text.startswith("-") else 1
    parts = [float(part) for part in text.lstrip("-").split(":")]
    assert all(part < 60 for part in parts[1:])
    seconds = sign * sum(part * 60**power for power, part in enumerate(reversed(parts)))
    assert seconds == pytest.approx(time, abs=0.5001 * 10**-decimals)
    assert text.strip("-0:.") or not text.startswith("-")


# -- what is written about patches --------------------------------------------------------------


def test_the_last_patch_is_that_of_the_last_index() -> None:
    patches = pv.Spectrogram(np.zeros((2, 20)), sr=10, hop_length=1).patches(frame_length=4)
    assert [patch_title(patches, index) for index in (0, 4)] == [
        "patch 0 / 4 · 0.000-0.400 s", "patch 4 / 4 · 1.600-2.000 s",
    ]  # fmt: skip


def test_where_the_last_patch_is_padded_to_a_minute_all_times_have_minutes(ask: Ask) -> None:
    spec = pv.Spectrogram(np.zeros((2, 590)), sr=10, hop_length=1, start=-0.5)
    for tail, expected in (
        ("drop", ["patch 0 / 28 · -0.500 to 1.500 s", "patch 28 / 28 · 55.500-57.500 s"]),
        ("pad", ["patch 0 / 29 · -0.500 to 1.500 s", "patch 29 / 29 · 57.500-59.500 s"]),
    ):
        check_titles(ask, spec.patches(frame_length=20, tail=tail), expected)
    spec = pv.Spectrogram(np.zeros((2, 590)), sr=10, hop_length=1)
    expected = ["patch 0 / 9 · 0:00.000-0:06.100", "patch 9 / 9 · 0:54.900-1:01.000"]
    check_titles(ask, spec.patches(frame_length=61, tail="pad"), expected)
    mosaic = pv.plot_mosaic(spec.patches(frame_length=61, tail="pad"), 1)
    assert mosaic.panels[0].get_title(loc="left") == "patch 0 · 0:00.00-0:06.10"
    assert mosaic.panels[0].get_xlabel() == "Time (min:s)"


def test_captions_say_the_times_that_were_asked_for(ask: Ask) -> None:
    """As tables do, where the frames are these: 3 s begin with the frame before."""
    spec = pv.Spectrogram(np.zeros((2, 1000)), sr=22050, hop_length=512)
    starts = [0.0, 3.0, 15.0]
    first = "patch 0 / 2 · 0.000-3.000 s"
    patches = spec.patches(duration=3.0, starts=starts)
    assert patches.time(1)[0] < 2.996
    check_titles(ask, patches, [first, "patch 2 / 2 · 15.000-18.000 s"])
    began = dataclasses.replace(spec, recording_start=datetime(2024, 5, 12, 5))
    clocked = began.patches(duration=3.0, starts=starts)
    said = ["patch 0 / 2 · 05:00:00.000-05:00:03.000", "patch 2 / 2 · 05:00:15.000-05:00:18.000"]
    check_titles(ask, clocked, said)
    check_titles(ask, clocked[[0, 2]], said)
    mosaic = pv.plot_mosaic(clocked, [2], overview=False)
    assert mosaic.panels[0].get_title(loc="left") == "patch 2 · 05:00:15.00-05:00:18.00"
    assert mosaic.panels[0].get_xlim()[0] == pytest.approx(clocked.time(2)[0]), "axes are exact"
    times = patches.to_frame()[["start_time", "end_time"]].to_numpy()
    np.testing.assert_array_equal(times, patches.framing.table_times)
    assert patches.trim(3.0, 18.0).numbers.tolist() == [1, 2], "what captions say is found"
    # What was asked of other frames is not said of these.
    moved = dataclasses.replace(patches.framing, asked=patches.framing.asked + 0.1)
    assert moved.table_time(1) == moved.time(1)
    regular = spec.patches(duration=3.0, hop_duration=3.0)
    assert patch_title(regular, 1) == "patch 1 / 6 · 2.995-5.991 s"


def check_titles(ask: Ask, patches: pv.Patches, expected: list[str]) -> None:
    """The first and the last patch are called so, in figures and on the page."""
    ends = [0, len(patches) - 1]
    assert [patch_title(patches, index) for index in ends] == expected
    state = pv.player(patches).state
    assert ask([("readout", state, index) for index in ends]) == expected


# -- as the page writes them -------------------------------------------------------------------


@pytest.fixture(scope="module")
def ask(require_command: Callable[..., str]) -> Iterator[Ask]:
    with asking(require_command("node")) as ask:
        yield ask


# Short, long, before 0, and just beside where one unit ends and the next begins.
BORDERS = st.builds(
    lambda border, beside, sign: sign * (border + beside),
    st.sampled_from([0.0, 0.5, 1.0, 10.0, 60.0, 600.0, 3600.0, 36_000.0, 86_400.0]),
    st.floats(-0.01, 0.01) | st.sampled_from([-0.0005, -0.00049999, -5e-7, 0.0, 5e-7, 0.0005]),
    st.sampled_from([-1, 1]),
)
TIMES = BORDERS | st.floats(-60, 60) | st.floats(-1e5, 1e5) | st.floats(-1e9, 1e9)
LENGTHS = st.floats(1e-5, 1e8) | st.sampled_from([0.1, 1.0, 5.0, 10.0, 60.0, 3600.0, 86_400.0])
LONGEST = st.sampled_from([15.0, 59.9999, 60.0, 3599.9, 3600.0, 1e5]) | TIMES.map(abs)
DECIMALS = st.integers(0, 6)

CLOCKS = st.fixed_dictionaries(
    {
        "date": st.sampled_from(["2024-02-28", "2024-12-31", "1969-12-31"]),
        # As Python tells it, to the last bit.
        "zero": st.integers(0, 86_399_999).map(lambda ms: ms // 1000 + ms % 1000 * 1000 / 1e6),
        "zone": st.just(""),
        "dated": st.booleans(),
    }
)

CALLS = (
    st.tuples(st.just("formatTime"), TIMES, LONGEST, DECIMALS)
    | st.tuples(st.just("formatSpan"), TIMES, TIMES, LONGEST, DECIMALS)
    | st.tuples(st.just("decimalsFor"), st.floats(1e-7, 1e6), DECIMALS)
    | st.tuples(st.just("timeTicks"), TIMES, LENGTHS, st.integers(2, 30), LONGEST).map(
        lambda call: (*call[:2], call[1] + call[2], *call[3:])
    )
    | st.tuples(st.just("clockSpan"), CLOCKS, TIMES, TIMES, DECIMALS)
    | st.tuples(st.just("timeTicks"), TIMES, LENGTHS, st.integers(2, 30), LONGEST, CLOCKS).map(
        lambda call: (*call[:2], call[1] + call[2], *call[3:])
    )
)
HERE_NAMED = {
    "formatTime": format_time,
    "formatSpan": format_span,
    "decimalsFor": decimals_for,
    "clockSpan": lambda clock, *args: as_written(clock).span(*args),
    "timeTicks": lambda *args: [list(tick) for tick in ticks(*args)],
}


@pytest.mark.slow
@given(calls=st.lists(CALLS, min_size=10, max_size=25))
def test_whatever_it_is_the_page_writes_the_same(ask: Ask, calls: list[tuple[Any, ...]]) -> None:
    for (name, *args), answer in zip(calls, ask(calls), strict=True):
        assert answer == HERE_NAMED[name](*args), (name, args)


NAMES = ["robin", "wren", "", "none", "label", "0", "12", "שלום", "3 a"]
LABELS = st.lists(
    st.tuples(
        st.integers(-5, 40).map(lambda tenth: tenth / 10),
        st.sampled_from([0.0, 0.1, 0.45, 2.0]),
        st.sampled_from(NAMES),
    ),
    max_size=6,
)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* labels? (lie|ha|is in no|are in no):UserWarning")
@pytest.mark.filterwarnings("ignore:none of:UserWarning")
@given(data=st.data())
def test_whatever_is_known_the_page_says_the_same(ask: Ask, data: st.DataObject) -> None:
    """Of labels in any order of a table, as people group them by class."""
    labels = [(start, start + length, name) for start, length, name in data.draw(LABELS)]
    spec = pv.Spectrogram(np.eye(4, 40), sr=100, hop_length=10).with_labels(labels)
    hop = data.draw(st.sampled_from([0.1, 0.3, 0.5, 1.0]))
    patches = spec.patches(duration=0.5, hop_duration=hop)
    if data.draw(st.booleans()):
        scores = np.random.default_rng(data.draw(st.integers(0, 99))).normal(size=(len(patches), 3))
        scores[scores < -1] = np.nan
        classes = data.draw(st.permutations(NAMES))[:3]
        patches = patches.with_scores(scores, classes=classes)
    state = pv.player(patches).state
    said = ask([("knownText", state, index) for index in range(len(patches))])
    assert said == [known_text(patches, index) for index in range(len(patches))]
