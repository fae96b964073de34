"""Which labels lie in which patches: against brute force."""

from __future__ import annotations

import dataclasses
import pickle
import re
import tracemalloc
import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

import patchviz as pv
from patchviz.errors import InvalidValueError, LabelFileError, LabelFileNotFoundError

from ..seldom import seldom

MS_PER_FRAME = 10


def recording(n_frames: int = 100, **meaning: Any) -> pv.Spectrogram:
    """A recording whose frames are 10 ms."""
    return pv.Spectrogram(np.zeros((1, n_frames)), sr=1000, hop_length=MS_PER_FRAME, **meaning)


def frame(labels: list[tuple[int, int, str]], origin: int = 0) -> pd.DataFrame:
    """Labels whose times are whole milliseconds after a time of their own."""
    return pd.DataFrame(
        [((origin + a) / 1000, (origin + b) / 1000, name) for a, b, name in labels],
        columns=["start_time", "end_time", "label"],
    )


def brute(patches: pv.Patches, labels: list[tuple[int, int, str]], ask: dict[str, Any]) -> Any:
    """Patch by patch and label by label, in whole milliseconds; ask is in ms or eighths."""
    length = patches.frame_length * MS_PER_FRAME
    end = patches.framing.n_frames * MS_PER_FRAME
    result = np.zeros((len(patches), len(patches.classes)), bool)
    for i, frame in enumerate(patches.starts.tolist()):
        start, stop = frame * MS_PER_FRAME, frame * MS_PER_FRAME + length
        for a, b, name in labels:
            overlap = min(b, stop) - max(a, start)
            if a == b:
                is_in = start <= a < stop and "ms" not in ask and "share" not in ask
            elif "ms" in ask:
                is_in = overlap >= ask["ms"]
            elif "fraction" in ask:
                is_in = overlap > 0 and 8 * overlap >= ask["fraction"] * (b - a)
            elif "share" in ask:
                is_in = overlap > 0 and 8 * overlap >= ask["share"] * length
            else:
                heard = min(b, end) - max(a, 0)
                is_in = overlap > 0 and (overlap >= MS_PER_FRAME or 2 * overlap >= heard)
            result[i, patches.classes.index(name)] |= is_in and a < end  # not padding alone
    return result


def asked(ask: dict[str, Any]) -> dict[str, float]:
    names = {"ms": "min_overlap", "fraction": "min_fraction", "share": "min_share"}
    return {names[key]: value / (1000 if key == "ms" else 8) for key, value in ask.items()}


def check(rng: np.random.Generator) -> None:
    n, origin = int(rng.integers(1, 80)), int(rng.choice([0, -3700, 86_400_000]))
    length = int(rng.integers(1, n + 1))
    carving: dict[str, Any] = {"hop_length": int(rng.integers(1, 30))}
    tail = "drop"
    if rng.random() < 0.3:
        starts = rng.integers(0, n - length + 1, rng.integers(1, 9))
        carving = {"starts": np.unique(starts)}
    elif rng.random() < 0.5:
        tail = str(rng.choice(pv.core.framing.TAILS))
    labels = []
    for _ in range(rng.integers(1, 9)):
        a, b = sorted(rng.integers(-100, 10 * n + 100, 2).tolist())
        labels.append((a, a if rng.random() < 0.1 else b, str(rng.choice(["a", "b", "c"]))))
    labels.append((0, 10 * n, "z"))  # one lies in it
    spec = recording(n, start=origin / 1000).with_labels(frame(labels, origin))
    patches = spec.patches(frame_length=length, tail=tail, **carving)
    ask: dict[str, Any] = [
        {}, {"ms": int(rng.integers(1, 10 * length + 1))},
        {"fraction": int(rng.integers(1, 9))}, {"share": int(rng.integers(1, 9))},
    ][rng.integers(4)]  # fmt: skip
    expected = brute(patches, labels, ask)
    np.testing.assert_array_equal(patches.targets(**asked(ask)), expected)
    index = int(rng.integers(len(patches)))
    inside = patches.labels_in(index)
    has = brute(patches, labels, {})[index]
    assert {*inside["label"]} == {*np.array(patches.classes)[has].tolist()}
    assert inside.index.is_monotonic_increasing


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* outside of the recording")
@pytest.mark.filterwarnings("ignore:.* in no patch, first")
def test_targets_are_those_of_brute_force() -> None:
    for seed in range(50):
        check(np.random.default_rng(seed))


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore:.* outside of the recording")
@pytest.mark.filterwarnings("ignore:.* no patch begins there")
@pytest.mark.filterwarnings("ignore:.* in no patch, first")
def test_twenty_thousand_targets_are_those_of_brute_force() -> None:
    for seed in range(20_000):
        check(np.random.default_rng(1_000_000 + seed))


@pytest.mark.filterwarnings("ignore:.* in no patch, first")
@pytest.mark.filterwarnings("ignore:.* the recording, 0.000 to 0.600 s")
@settings(deadline=None, max_examples=15)
@given(
    starts=st.lists(st.integers(0, 59), min_size=1, max_size=8, unique=True).map(sorted),
    length=st.integers(1, 20),
    tail=st.sampled_from(["pad", "drop"]),
    labels=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 300)), min_size=1, max_size=6),
    ask=st.one_of(
        st.just({}),
        st.builds(lambda n: {"fraction": n}, st.integers(1, 8)),
        st.builds(lambda n: {"share": n}, st.integers(1, 8)),
    ),
)
def test_targets_at_any_starts(
    starts: list[int], length: int, tail: str, labels: list[tuple[int, int]], ask: dict[str, Any]
) -> None:
    if tail == "drop":
        starts = [start for start in starts if start + length <= 60] or [0]
    named = [(a, a + d, f"c{k % 3}") for k, (a, d) in enumerate(labels)]
    spec = recording(60).with_labels(frame(named))
    patches = spec.patches(frame_length=length, starts=starts, tail=tail)
    found = patches.targets(**asked(ask))
    np.testing.assert_array_equal(found, brute(patches, named, ask))


@pytest.mark.parametrize("sr", [22050, 48000, 32000])
@pytest.mark.parametrize("length", [3.0, 2.96, 5.0])
def test_labels_that_were_written_for_windows_are_in_these_alone(sr: int, length: float) -> None:
    """Windows of decimal seconds begin within a frame; a model that is right makes no mistake."""
    starts = np.round(np.arange(12) * length, 6)
    labels = [(t, t + length, f"c{k % 3}") for k, t in enumerate(starts.tolist())]
    spec = pv.Spectrogram(np.zeros((2, int(70 * sr / 512))), sr=sr, hop_length=512)
    patches = spec.with_labels(labels).patches(duration=length, starts=starts, tail="pad")
    wanted = np.eye(3, dtype=bool)[np.arange(12) % 3]
    np.testing.assert_array_equal(patches.targets(), wanted)
    inside = [patches.labels_in(k)["label"].tolist() for k in range(12)]
    assert inside == [[f"c{k % 3}"] for k in range(12)]
    scored = patches.with_scores(wanted.astype(float), classes=["c0", "c1", "c2"])
    with pytest.warns(UserWarning, match="agree"):
        assert len(scored.choose(3, by="disagree")) == 0
    # As do tables of these windows, whatever they say of them.
    table = scored.to_frame()[["start_time", "end_time"]].assign(label=["c0", "c1", "c2"] * 4)
    again = dataclasses.replace(patches, spectrogram=spec.with_labels(table))
    np.testing.assert_array_equal(again.targets(), wanted)


def test_a_least_overlap_may_be_what_patches_were_asked_to_last() -> None:
    """Of 3 s, which are 2.995 s in frames of 23 ms."""
    spec = pv.Spectrogram(np.zeros((2, 600)), sr=22050, hop_length=512)
    labels = [(0.0, 3.0, "a"), (3.0, 6.0, "b"), (6.5, 9.0, "c")]
    patches = spec.with_labels(labels).patches(duration=3.0, starts=[0.0, 3.0, 6.0, 9.0])
    assert patches.duration < 2.996
    wanted = [[True, False, False], [False, True, False]] + [[False] * 3] * 2
    assert patches.targets(min_overlap=3.0).tolist() == wanted
    assert patches.to_frame(truth={"min_overlap": 3.0})["labels"].tolist() == ["a", "b", "", ""]
    said = r"^min_overlap=3\.02 s is longer than a patch\. It must be .* at most 2\.99537 s\.$"
    with pytest.raises(InvalidValueError, match=said):
        patches.targets(min_overlap=3.02)
    single = spec.with_labels(labels).patches(frame_length=1)
    assert single.targets(min_overlap=0.0233).sum() > 300


def test_labels_between_patches_at_a_hop_or_after_the_last_are_told_where_they_are_carved() -> None:
    """As of many recordings: no mistake is found there."""
    labels = frame([(0, 100, "a"), (250, 280, "b"), (950, 990, "c")])
    spec = recording(100).with_labels(labels)
    for said, hop, length in (
        (r"^1 of 3 labels is in no patch, first 'b' from 0\.250 to 0\.280 s: between pat", 40, 20),
        (r"^1 of 3 labels is in no patch, first 'c' from 0\.950 to 0\.990 s: between pat", 30, 30),
        (
            r"after the last\. A shorter hop has those between, and tail=\"pad\" those after\.$",
            40,
            10,
        ),
    ):
        with pytest.warns(UserWarning, match=said):
            spec.patches(frame_length=length, hop_length=hop)
    assert spec.patches(frame_length=30, hop_length=30, tail="pad").targets().any(axis=0).all()


def test_what_is_filled_too_little_is_told_with_what_has_it() -> None:
    spec = pv.Spectrogram(np.zeros((2, 70)), sr=1000, hop_length=10).with_labels([(0.6, 0.7, "a")])
    said = r"A shorter hop has those between, and a smaller min_filled those after\.$"
    with pytest.warns(UserWarning, match=said):
        spec.patches(frame_length=30, tail="pad", min_filled=0.5)


@given(data=st.data())
def test_a_carving_that_is_told_has_the_labels(data: st.DataObject) -> None:
    """Whatever windows are missing: at the beginning, in between, at the end."""
    n, first = data.draw(st.integers(500, 1300)), data.draw(st.sampled_from([0.0, 0.5, 1.0]))
    origin = data.draw(st.sampled_from([0.0, 100.0]))
    length = data.draw(st.sampled_from([1.0, 2.0, 3.0]))
    hop = length * data.draw(st.sampled_from([0.5, 1.0, 1.5]))
    starts = np.arange(origin + first, origin + n / 100 - length + 0.001, hop)
    kept = data.draw(st.lists(st.booleans(), min_size=len(starts), max_size=len(starts)))
    starts = starts[kept] if any(kept) else starts
    begin = origin + data.draw(st.integers(0, n * 10 - 200)) / 1000
    spec = recording(n, start=origin).with_labels([(begin, begin + 0.15, "a")])
    tail = data.draw(st.sampled_from(["drop", "pad"]))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        patches = spec.patches(duration=length, starts=starts, tail=tail)
    assert len(said) == (not patches.targets().any())
    told = re.search(r"np\.arange\((.*?)\)(, tail=)?", str(said[0].message)) if said else None
    if told is not None:
        every = np.arange(*map(float, told[1].split(",")))
        tail = "pad" if told[2] else tail
        assert spec.patches(duration=length, starts=every, tail=tail).targets().any()


def test_labels_in_windows_that_starts_leave_out_are_told_where_they_are_carved() -> None:
    """A detector's table has no row of a window in which it found nothing."""
    labels = [(0.0, 3.0, "robin"), (3.0, 6.0, "robin"), (6.0, 9.0, "wren"), (20.0, 30.0, "owl")]
    spec = pv.Spectrogram(np.zeros((2, 1200)), sr=1000, hop_length=10)
    with pytest.warns(UserWarning, match="outside of the recording"):
        spec = spec.with_labels(labels)
    said = (
        r"^1 of 4 labels is in no patch, first 'robin' from 3\.000 to 6\.000 s: no patch begins "
        r"there\. .* too, starts=np\.arange\(0, 12, 3\); where .*, let them score missing=0\.0\.$"
    )
    with pytest.warns(UserWarning, match=said):
        patches = spec.patches(duration=3.0, starts=[0.0, 6.0])
    patches.targets()  # it was said
    late = r"2 of 4 labels are in no patch, .*=np\.arange\(0\.5, 12\.5, 3\), tail=\"pad\"; where"
    with pytest.warns(UserWarning, match=late):
        spec.patches(duration=3.0, starts=[6.5, 9.5], tail="pad")
    for events in ([6.5], [6.4, 7.05, 7.3], np.arange(0.0, 12, 8)):
        chosen = r"[12] of 4 .*: no patch begins there\. More starts have them, those near the"
        with pytest.warns(UserWarning, match=chosen):
            spec.patches(duration=3.0, starts=events)
    after = (
        r"^2 of 5 labels are in no patch, first 'owl' from 11\.000 to 11\.500 s: after the last "
        r"patch\. Windows .*: starts=np\.arange\(0, 15, 5\), tail=\"pad\"; where .*missing=0\.0\.$"
    )
    late = [*labels[:3], (11.0, 11.5, "owl"), (11.8, 11.9, "tit")]
    with pytest.warns(UserWarning, match=after):
        spec.with_labels(late).patches(duration=5.0, starts=[0.0, 5.0])
    assert spec.with_labels(late).patches(
        duration=5.0, starts=np.arange(0, 15, 5), tail="pad"
    ).targets().any(axis=0).all()  # fmt: skip
    with pytest.warns(UserWarning, match=r"starts=np\.arange\(0, 1200, 300\)"):
        spec.patches(frame_length=300, starts=[0, 600])
    every = spec.patches(duration=3.0, starts=np.arange(0, 12, 3.0))
    every[[0, 2]].targets()  # somebody chose them
    assert every.targets().any(axis=0).tolist() == [False, True, True]


@pytest.mark.slow
@pytest.mark.parametrize("length", [0.0, 1.99, 2.6, *seldom(0.4, 1.0, 1.3, 2.0, 30.0)])
def test_a_label_between_two_patches_is_in_one_of_them(length: float) -> None:
    """Wherever it lies, in frames, there is one that has a frame of it, or half of it."""
    for begin in np.linspace(4.0, 11.0, 57):
        label = (begin / 100, (begin + length) / 100, "a")
        spec = pv.Spectrogram(np.zeros((2, 60)), sr=1000, hop_length=10).with_labels([label])
        assert spec.patches(frame_length=10).targets().any()


def test_a_label_that_fills_a_patch_is_whole_in_it() -> None:
    # 0.1 + 0.2 is no 0.3, and 5 s of frames of 23.2 ms are not 5 s.
    spec = pv.Spectrogram.example()
    patches = spec.patches(duration=5.0, hop_duration=0.1)
    labels = [(*patches.time(i), "x") for i in range(len(patches))]
    patches = spec.with_labels(labels).patches(duration=5.0, hop_duration=0.1)
    assert patches.targets(min_fraction=1).all()
    assert patches.targets(min_share=1).all()
    for name in ("min_overlap", "min_fraction", "min_share"):  # numbers of whatever kind
        asked = patches.targets(**{name: Fraction(1, 3)})
        np.testing.assert_array_equal(asked, patches.targets(**{name: 1 / 3}))
    assert patches.targets(min_overlap=patches.duration).all()
    one = spec.with_labels(labels[40:41]).patches(duration=5.0, hop_duration=0.1)
    for ask in ({"min_fraction": 1}, {"min_share": 1}, {"min_overlap": patches.duration}):
        assert np.flatnonzero(one.targets(**ask)).tolist() == [40]  # type: ignore[arg-type]


def test_a_million_patches_take_the_memory_of_the_result() -> None:
    rng = np.random.default_rng(0)
    n, n_labels = 400_000, 20_000
    start = rng.uniform(0, n / 100, n_labels)
    labels = pd.DataFrame(
        {"start_time": start, "end_time": start + 2, "label": rng.choice([*"abcdefgh"], n_labels)}
    )
    values = np.broadcast_to(np.zeros((1, 1)), (1, n + 99))
    spec = pv.Spectrogram(values, sr=1000, hop_length=10).with_labels(labels)
    patches = spec.patches(frame_length=100, hop_length=1)
    patches.labels_in(0)  # the index of labels is made once
    tracemalloc.start()
    targets = patches.targets(min_overlap=0.1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert targets.shape == (n, 8)
    assert targets.nbytes < peak < 1.7 * targets.nbytes  # and that of some numbers for each label


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        ({"min_overlap": 1, "min_share": 0.5}, "min_overlap and min_share are given together. Give "
         "one of them: seconds, a part of the label, or a part of the patch."),
        ({"min_overlap": 0.3}, "min_overlap=0.3 s is longer than a patch. It must be more than 0 "
         "and at most 0.2 s."),
        ({"min_fraction": 1.5}, "min_fraction=1.5 is more than 1, all of it. It must be more than "
         "0 and at most 1."),
        ({"min_share": 0}, "min_share=0 is not allowed. It must be a finite number, more than 0."),
    ],
)  # fmt: skip
def test_overlaps_that_are_wrong(ask: dict[str, float], message: str) -> None:
    patches = recording().with_labels([(0, 0.5, "a")]).patches(frame_length=20)
    with pytest.raises(InvalidValueError) as caught:
        patches.targets(**ask)
    assert str(caught.value) == message


def test_no_labels() -> None:
    patches = recording().patches(frame_length=20)
    assert patches.spectrogram.labels is None
    assert patches.classes == ()
    for ask in (patches.targets, lambda: patches.labels_in(0)):
        with pytest.raises(InvalidValueError, match=r"^the spectrogram has no labels. Give it"):
            ask()
    none = recording().with_labels([]).patches(frame_length=20)  # looked at, nothing there
    assert none.targets().shape == (5, 0)
    assert none.labels_in(3).empty


# -- a spectrogram with labels -----------------------------------------------------------------


def test_labels_are_of_the_same_array(tmp_path: Path) -> None:
    spec = recording(name="a.wav")
    labelled = spec.with_labels([(0, 0.5, "a")])
    assert spec.labels is None
    assert labelled.values is spec.values
    assert labelled.name == "a.wav"
    assert labelled.labels["label"].tolist() == ["a"]
    other = labelled.with_labels([(0, 0.5, "b")])
    assert (labelled.patches(frame_length=9).classes, other.patches(frame_length=9).classes) == (
        ("a",), ("b",)
    )  # fmt: skip
    again = pickle.loads(pickle.dumps(labelled))
    pd.testing.assert_frame_equal(again.labels, labelled.labels)
    file = tmp_path / "a.txt"
    file.write_text("0\t0.5\ta\n")
    for same in (
        spec.with_labels(file),
        dataclasses.replace(labelled, name="b.wav"),
        recording(labels=file),
        labelled.patches(frame_length=30, tail="pad").spectrogram,
        dataclasses.replace(labelled.patches(frame_length=30, tail="pad"), tail="drop").spectrogram,
    ):
        pd.testing.assert_frame_equal(same.labels, labelled.labels)
    with pytest.raises(LabelFileNotFoundError, match=r"There is no file '.*none\.txt'"):
        spec.with_labels(tmp_path / "none.txt")
    with pytest.raises(
        LabelFileError, match=r"^'x+\.\.\.x+' cannot be read: File name too long\.$"
    ):
        spec.with_labels("x" * 5000)


def test_labels_of_other_files_are_left_out() -> None:
    labels = pd.DataFrame(
        {"file": ["x/a.wav", "x/b.wav", "y\\a.wav", None], "start": [0, 0, 0, 0],
         "end": [1, 1, 1, 1], "label": ["a", "b", "c", "d"]}
    )  # fmt: skip
    spec = recording(name="b.wav")
    assert spec.with_labels(labels).labels["label"].tolist() == ["b", "d"]
    assert recording(name="b").with_labels(labels).labels["label"].tolist() == ["b", "d"]
    assert recording(name="y/a.wav").with_labels(labels).labels["label"].tolist() == ["c", "d"]
    assert recording().with_labels(labels[1:2]).labels["label"].tolist() == [
        "b"
    ]  # one file: its own
    for name, reason in (("a.wav", "several are"), ("c.wav", "none is"), ("", "none is")):
        with pytest.raises(InvalidValueError) as caught:
            recording(name=name).with_labels(labels)
        assert str(caught.value).startswith(
            f"labels are of 'x/a.wav', 'x/b.wav', 'y\\\\a.wav'; {reason} of the recording, "
            f"{name or 'without a name'!r}. Choose its rows: "
        )


@pytest.mark.parametrize("span", [(-1.0, 0.0), (0.6, 1.0), (0.6, 0.6), (0.59999999999, 0.7)])
def test_labels_that_meet_a_recording_are_outside(span: tuple[float, float]) -> None:
    """Before or behind it, however the times were computed; of a folder, too."""
    spec = pv.Spectrogram(np.zeros((2, 60)), sr=1000, hop_length=10)
    with pytest.warns(UserWarning, match=r"^1 of 2 labels lies outside of .*: no patch has it\.$"):
        spec = spec.with_labels([(0.0, 0.0, "a point at its start is not"), (*span, "b")])
    patches = spec.patches(frame_length=20, tail="pad", hop_length=30)
    assert patches.targets().any(axis=0).tolist() == [True, False]
    assert patches.labels_in(0)["label"].tolist() == ["a point at its start is not"]


def test_labels_of_another_time_are_told() -> None:
    with pytest.warns(UserWarning, match=r"^none of 1 labels lies in the recording, 0.000 to"):
        spec = recording().with_labels([(154.4, 155, "a")])
    assert len(spec.labels) == 1
    with pytest.warns(UserWarning, match="outside") as caught:
        spec = recording().with_labels([(-5, -1, "a"), (100, 200, "b"), (0.1, 0.2, "c")])
    assert str(caught[0].message) == (
        "2 of 3 labels lie outside of the recording, 0.000 to 1.000 s, first 'a' from -5.000 to "
        "-1.000 s: no patch has it."
    )
    assert len(spec.labels) == 3


def test_labels_beyond_all_frequencies_are_told() -> None:
    spec = pv.Spectrogram(np.zeros((41, 100)), sr=8000, hop_length=80, y_axis="linear")
    call = {"start_time": 0.2, "end_time": 0.4, "label": "bat", "low_f": 20e3, "high_f": 50e3}
    with pytest.warns(UserWarning, match="no box") as caught:
        spec.with_labels([call, {**call, "low_f": 1000.0, "high_f": 2000.0}])
    with pytest.warns(UserWarning, match="kHz") as in_khz:
        spec.with_labels([{**call, "low_f": 1.0, "high_f": 2.0}])
    assert [str(one.message) for one in (*caught, *in_khz)] == [
        "1 of 2 labels lies above the frequencies of the spectrogram, which end at 4000 Hz, first "
        "'bat' from 20000 Hz on: no box of theirs is seen. A file has those that it holds with "
        "from_file(..., sr=None).",
        "the labels' highest frequency is 2 Hz, of a spectrogram up to 4000 Hz. If they are in "
        "kHz, multiply low_f and high_f by 1000.",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spec.with_labels([{**call, "low_f": 3999.0}, {**call, "low_f": None}])
        pv.Spectrogram(np.zeros((41, 100)), sr=8000, hop_length=80).with_labels([call])


def test_many_classes_are_compared_once() -> None:
    class Name(str):
        n_hashed = 0
        __slots__ = ()

        def __hash__(self) -> int:
            Name.n_hashed += 1
            return str.__hash__(self)

    names = [Name(f"n{k}") for k in range(50)]
    labelled = recording().with_labels([(0.0, 0.1, f"label {k}") for k in range(50)])
    scored = labelled.patches(frame_length=10).with_scores(np.zeros((10, 50)), classes=names)
    Name.n_hashed = 0
    assert len(scored.classes) == 100
    assert Name.n_hashed <= 50


def test_what_was_decided_is_no_name() -> None:
    """As of who goes a second round, with what was kept and rejected in the first."""
    spec = pv.Spectrogram(np.zeros((2, 100)), sr=1000, hop_length=10)
    rows = [(0, 0.1, "keep"), (0.2, 0.3, "reject"), (0.4, 0.5, "wren")]
    with pytest.warns(UserWarning, match="nobody names") as told:
        known = spec.with_labels(rows)
    assert [str(one.message) for one in told] == [
        "2 of 3 labels are 'keep' or 'reject', as is decided of patches that nobody names: these "
        "are classes now. Name the patches where you decide, by 1 to 9, or leave them out, "
        "labels[~labels.label.isin(['keep', 'reject'])]."
    ]
    assert known.labels["label"].tolist() == ["keep", "reject", "wren"]


def test_names_that_are_written_in_two_ways_are_told(tmp_path: Path) -> None:
    spec = pv.Spectrogram(np.zeros((2, 100)), sr=1000, hop_length=10)
    names = ["wren", " wren ", "Song thrush", "song-thrush", "N", "n", "tit"]
    names += ["type 1-12", "type 11-2", "200", "-200"]  # which are numbers, and others
    table = pd.DataFrame({"start_time": 0.0, "end_time": 0.1, "label": names})
    said = (
        "the labels 'wren' and ' wren '; 'Song thrush' and 'song-thrush' are written differently, "
        "and so are different classes. Write them alike where they are one."
    )
    with pytest.warns(UserWarning, match="written differently") as told:
        known = spec.with_labels(table)
    assert [str(one.message) for one in told] == [said]
    assert known.labels["label"].tolist() == names
    soundfile.write(tmp_path / "a.wav", np.zeros(16000), 8000)
    recordings = pv.Recordings(tmp_path, duration=0.5, sr=8000, progress=False)
    with pytest.warns(UserWarning, match="written differently") as told:
        recordings.with_labels(table.assign(file="a.wav"))
    assert [str(one.message) for one in told] == [said]
