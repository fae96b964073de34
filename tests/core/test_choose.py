"""Which patches to look at: beside plain implementations."""

from __future__ import annotations

import copy
import dataclasses
import functools
import pickle
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import patchviz as pv
from patchviz.core.choice import Choice
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.plot.scored import Scored


def spectrogram(n_frames: int = 100, seed: int = 0) -> pv.Spectrogram:
    values = np.random.default_rng(seed).normal(size=(3, n_frames))
    return pv.Spectrogram(values, sr=1000, hop_length=10)


@st.composite
def carved(draw: st.DrawFn) -> pv.Patches:
    n = draw(st.integers(5, 80))
    spec, length = spectrogram(n), draw(st.integers(1, n))
    if draw(st.booleans()):
        starts = draw(st.lists(st.integers(0, n - length), min_size=1, max_size=20, unique=True))
        return spec.patches(frame_length=length, starts=sorted(starts))
    hop, tail = draw(st.integers(1, 12)), draw(st.sampled_from(["drop", "pad", "overlap"]))
    return spec.patches(frame_length=length, hop_length=hop, tail=tail)


def share_frames(patches: pv.Patches, i: int, j: int) -> bool:
    return abs(int(patches.starts[i]) - int(patches.starts[j])) < patches.frame_length


def greedy(patches: pv.Patches, order: list[int], n: int) -> list[int]:
    """The best, then the best of those that share no frame with it, and so on."""
    found: list[int] = []
    for i in order:
        if len(found) < n and not any(share_frames(patches, i, j) for j in found):
            found.append(i)
    return found


@pytest.mark.filterwarnings("ignore:choose", "ignore:threshold=2.5 is above")
@given(carved(), st.integers(1, 9), st.integers(0, 5))
def test_the_best_that_are_apart_are_those_of_greed(patches: pv.Patches, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 6, len(patches)).astype(float)  # with equals
    scores[rng.random(len(patches)) < 0.2] = np.nan
    scored = patches.with_scores(scores)
    numbers = [i for i in range(len(patches)) if not np.isnan(scores[i])]
    for by, key in (("highest", -scores), ("lowest", scores), ("near", abs(scores - 2.5))):
        order = sorted(numbers, key=lambda i: key[i])
        chosen = scored.choose(n, by=by, threshold=2.5)
        assert chosen.tolist() == greedy(patches, order, n)
        assert chosen.dtype == np.int64
        assert scored.choose(n, by=by, threshold=2.5, apart=False).tolist() == order[:n]
        assert patches.choose(n, by=by, of=scores, threshold=2.5).tolist() == chosen.tolist()
    levels = np.array([patch.mean() for patch in patches])
    for by, order in (("loudest", np.argsort(-levels)), ("quietest", np.argsort(levels))):
        assert patches.choose(n, by=by).tolist() == greedy(patches, order.tolist(), n)
    some = patches.choose(n, by="random", seed=seed)
    assert some.tolist() == patches.choose(n, by="random", seed=seed).tolist()
    assert some.tolist() == greedy(patches, some.tolist(), n)
    others = [i for i in range(len(patches)) if all(not share_frames(patches, i, j) for j in some)]
    assert len(some) == n or not others


@pytest.mark.filterwarnings("ignore:choose")
@given(carved(), st.integers(1, 9))
def test_even_ones_are_as_many_as_fit_and_even(patches: pv.Patches, n: int) -> None:
    most = len(greedy(patches, list(range(len(patches))), 99))
    chosen = patches.choose(n).tolist()
    assert len(chosen) == min(n, most)
    assert chosen == sorted(chosen) == greedy(patches, chosen, n)
    free = patches.choose(n, apart=False).tolist()
    assert len(free) == min(n, len(patches)) == len(set(free))
    if patches.framing.is_even and n > 1 and len(patches) >= 2 * n:
        assert free[0] == 0
        assert free[-1] == len(patches) - 1
        assert np.ptp(np.diff(free)) <= 2


def test_one_event_is_seen_once() -> None:
    """Three bumps, each seen by ten patches: the ten best are all of the first."""
    level = np.zeros(300)
    level[[50, 150, 250]] = 3, 2, 1
    spec = pv.Spectrogram(level[np.newaxis], sr=1000, hop_length=10)
    patches = spec.patches(frame_length=10, hop_length=1)
    scores = np.array([patch.max() for patch in patches])
    top = patches.choose(3, by="highest", of=scores)
    assert [patches[i].max() for i in top] == [3, 2, 1]
    alike = patches.choose(3, by="highest", of=scores, apart=False)
    assert [patches[i].max() for i in alike] == [3, 3, 3]
    assert patches.choose(3, by="highest", of=np.max).tolist() == top.tolist()
    assert isinstance(patches[np.sort(top)], pv.Patches)


def labelled() -> pv.Patches:
    """Ten patches without overlap: robins in 0 to 3, a wren in 4."""
    spec = spectrogram().with_labels([(0, 0.4, "robin"), (0.4, 0.5, "wren")])
    scores = np.full((10, 2), 0.1)
    scores[[0, 1, 6, 7], 0] = 0.9, 0.6, 0.8, 0.5
    scores[8, 0] = np.nan
    return spec.patches(frame_length=10).with_scores(scores, classes=["robin", "wren"])


def test_mistakes_are_where_label_and_score_disagree() -> None:
    patches = labelled()
    # 2 and 3 are missed by 0.4, 6 is wrong by 0.3, and 7 just: from the threshold on it is there.
    assert patches.choose(4, by="disagree", of="robin").tolist() == [2, 3, 6, 7]
    with pytest.warns(UserWarning, match="choose") as caught:
        found = patches.choose(9, by="disagree", of="robin", threshold=0.85, apart=False)
    assert found.tolist() == [2, 3, 1]
    assert str(caught[0].message) == (
        "choose(9, by='disagree') of 'robin': there are only 3 mistakes."
    )


def test_without_a_class_the_worst_mistakes_are_of_any() -> None:
    # The wren in 4 is missed by 0.4, as are the robins in 2 and 3.
    assert labelled().choose(5, by="disagree").tolist() == [2, 3, 4, 6, 7]
    rng = np.random.default_rng(0)
    patches = labelled().with_scores(rng.uniform(size=(10, 2)), classes=["robin", "wren"])
    truth, scores = patches.targets(), patches.scores
    wrong = np.where(truth != (scores >= 0.5), abs(scores - 0.5), 0).max(axis=1)  # type: ignore[operator]
    expected = [k for k in np.argsort(-wrong).tolist() if wrong[k]]
    assert patches.choose(len(expected), by="disagree", truth=truth).tolist() == expected


@pytest.mark.parametrize(
    "through", [copy.copy, copy.deepcopy, lambda choice: pickle.loads(pickle.dumps(choice))]
)
def test_a_choice_that_is_copied_or_sent_knows_what_it_was_for(
    through: Callable[[Choice], Choice],
) -> None:
    chosen = Choice([7, 2, 5], ["crow", "robin", "owl"])
    again = through(chosen)
    assert (type(again), again.tolist()) == (Choice, [7, 2, 5])
    assert again.classes.tolist() == ["crow", "robin", "owl"]
    again[0] = 2
    assert chosen.tolist() == [7, 2, 5], "it is another array"


def test_as_many_as_there_are_of_each_class_take_no_longer() -> None:
    """What is asked for is not counted through: this took a quarter of an hour."""
    with pytest.warns(UserWarning, match="choose") as told:
        found = labelled().choose(2**31 - 1, by="highest", per="class", apart=False)
    assert any("there are only" in str(one.message) for one in told)
    assert sorted(found.tolist()) == list(range(10))


def test_classes_that_nobody_labelled_are_told_together() -> None:
    scored = labelled().with_scores(np.eye(10, 3), classes=["owl", "crow", "robin"])
    with pytest.warns(UserWarning, match="nobody labelled") as told:
        scored.choose(1, by="disagree", per="class")
    texts = [str(one.message) for one in told]
    assert [text[:34] for text in texts if "nobody" in text] == [
        "nobody labelled 'owl', 'crow': eve"
    ]


def test_of_many_classes_some_are_listed() -> None:
    scores, classes = np.zeros((10, 10)), list("abcdefghij")
    patches = spectrogram().patches(frame_length=10).with_scores(scores, classes=classes)
    for of in (None, "z"):
        with pytest.raises(InvalidValueError, match=r"'a', .*'g', 'h' and 2 more\."):
            patches.choose(3, by="highest", of=of)


def test_classes_by_turns() -> None:
    patches = labelled()
    assert patches.choose(1, by="highest", per="class").tolist() == [0, 1]  # 0 is the robin's
    assert patches.choose(2, by="highest", per="class").tolist() == [0, 6, 1, 2]
    with pytest.warns(UserWarning, match=r"of 'wren': there is only 1 patch\.$"):
        found = patches.choose(2, by="random", per="class")
    with pytest.warns(UserWarning, match="of 'wren'"):
        again = patches.choose(2, by="random", per="class")
    assert again.tolist() == found.tolist()
    assert again.classes.tolist() == ["robin", "robin", "wren"]  # each pick says what it is of
    assert set(found[:2].tolist()) < {0, 1, 2, 3}
    assert found[2:].tolist() == [4]
    assert patches.choose(2, of="robin").tolist() == [0, 3]
    assert patches.choose(1, by="loudest", of="wren").tolist() == [4]


def test_a_class_whose_best_another_one_took_is_told() -> None:
    patches = spectrogram().patches(frame_length=25, hop_length=25)
    scores = [[0.9, 0.9, 0.3], [0.1, 0.2, 0.3], [0.8, 0.1, 0.3], [0.3, 0.1, 0.4]]
    patches = patches.with_scores(scores, classes=["a", "b", "c"])
    with pytest.warns(UserWarning, match="choose") as told:
        assert patches.choose(1, by="highest", per="class").tolist() == [0, 1, 3]
    assert [str(one.message) for one in told] == [
        "choose(1, by='highest', per='class'): of 'b' the best are not chosen, as other classes "
        "have them, or patches that share frames with them. choose(1, by='highest', of='b') "
        "returns them."
    ]
    assert patches.choose(1, by="highest", of="b").tolist() == [0]
    # One that is worth as much is as good.
    alike = patches.with_scores(patches.scores[:, [0, 2]] > 0.35, classes=["a", "c"])
    assert alike.choose(1, by="lowest", per="class").tolist() == [1, 0]


@pytest.mark.parametrize("apart", [True, False])
def test_what_several_classes_want_is_for_the_one_whose_better_it_is(apart: bool) -> None:
    patches = spectrogram().patches(frame_length=25, hop_length=25)
    scores = [[0.9, 0.8], [0.8, 0.9], [0.7, 0.2], [0.1, 0.7]]
    patches = patches.with_scores(scores, classes=["a", "b"])
    with pytest.warns(UserWarning, match="of 'a', 'b' the best are not chosen"):
        chosen = patches.choose(2, by="highest", per="class", apart=apart)
    # Each would have 0 and 1; not both go to the class that is first by its name.
    assert dict(zip(chosen.tolist(), chosen.classes, strict=True)) == {
        0: "a", 2: "a", 1: "b", 3: "b",
    }  # fmt: skip


@given(data=st.data())
def test_choices_of_classes_are_those_of_a_draft_in_turn(data: st.DataObject) -> None:
    n_patches, n_classes = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 4))
    n = data.draw(st.integers(1, 5))
    scores = np.array(
        data.draw(
            st.lists(st.permutations(range(n_patches)), min_size=n_classes, max_size=n_classes)
        ),
        float,
    ).T
    spec = spectrogram(n_frames=25 * n_patches)
    patches = spec.patches(frame_length=25, hop_length=25).with_scores(
        scores, classes=list("abcd"[:n_classes])
    )
    best = {
        name: np.argsort(-scores[:, k])[:n].tolist() for k, name in enumerate("abcd"[:n_classes])
    }
    owner: dict[int, str] = {}
    for rank in range(n):
        for name, wishes in best.items():
            for index in wishes[rank : rank + 1]:
                owner.setdefault(index, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chosen = patches.choose(n, by="highest", per="class")
    assert len(set(chosen.tolist())) == len(chosen) == min(n_patches, n * n_classes)
    found = dict(zip(chosen.tolist(), chosen.classes.tolist(), strict=True))
    assert {index: found[index] for index in owner} == owner
    for name in best:  # of each class the better ones come first
        mine = [
            scores[index, "abcd".index(name)] for index in chosen.tolist() if found[index] == name
        ]
        assert mine == sorted(mine, reverse=True)
        assert len(mine) <= n


def test_what_is_chosen_knows_what_for() -> None:
    patches = labelled()
    for options, expected in (
        ({"by": "highest", "of": "wren"}, {"wren"}),
        ({"by": "near", "per": "class"}, {"robin", "wren"}),
        ({"of": "robin"}, {"robin"}),
        ({"by": "random", "of": "robin"}, {"robin"}),
        ({"by": "highest", "of": np.arange(10)}, {""}),
        ({"by": "lowest", "of": np.mean}, {""}),
        ({"by": "loudest"}, {""}),
        ({}, {""}),
    ):
        chosen = patches.choose(1, **options)  # type: ignore[arg-type]
        assert set(chosen.classes.tolist()) == expected, options
    one = patches.with_scores(np.arange(10.0), classes=["owl"])
    assert one.choose(1, by="lowest").classes.tolist() == ["owl"]


def test_a_mistake_is_of_the_class_that_is_most_wrong() -> None:
    patches = labelled()
    scores, truth = patches.scores, patches.targets()
    assert scores is not None
    chosen = patches.choose(4, by="disagree")
    wrong = np.where(truth != (scores >= 0.5), abs(scores - 0.5), 0)
    for index, name in zip(chosen.tolist(), chosen.classes.tolist(), strict=True):
        assert wrong[index, patches.classes.index(name)] == wrong[index].max() > 0


def test_a_choice_that_is_sorted_picked_or_joined_stays_right() -> None:
    chosen = Choice([7, 2, 5], ["crow", "robin", ""])
    whose = {7: "crow", 2: "robin", 5: ""}
    sorted_in_place = chosen.copy()
    sorted_in_place.sort()
    for some in (
        chosen, chosen[::-1], chosen[[2, 0]], chosen[chosen > 2], chosen.copy(), np.sort(chosen),
        np.flip(chosen), np.unique(chosen), np.concatenate([chosen[:1], chosen[1:]]),
        np.append(chosen[:2], chosen[2:]), chosen[np.newaxis], sorted_in_place,
        np.setdiff1d(chosen, [2]), chosen.take([2, 0]), np.take(chosen, [1]), chosen.ravel(),
        np.ravel(chosen), chosen.reshape(3, 1), np.reshape(chosen, (1, 3)), chosen.flatten(),
        chosen[np.newaxis].squeeze(), chosen.compress([True, False, True]), chosen.repeat(2),
    ):  # fmt: skip
        assert isinstance(some, Choice)
        assert some.classes.ravel().tolist() == [whose[one] for one in some.ravel().tolist()]
    changed = chosen.copy()
    changed[0] = 9  # which was chosen for nothing
    assert changed.classes.tolist() == ["", "robin", ""]
    assert chosen.classes.tolist() == ["crow", "robin", ""]


def test_what_is_computed_of_a_choice_is_none() -> None:
    chosen = Choice([7, 2, 5], ["crow", "robin", "owl"])
    moved = chosen + 1
    chosen_again = chosen.copy()
    chosen_again += 5  # 7 is 2 now, and no crow
    for other in (moved, chosen_again, np.argsort(chosen), chosen > 3, chosen.cumsum()):
        assert type(other) is np.ndarray
    for several in (
        np.unique(chosen, return_index=True), np.intersect1d(chosen, [2, 7], return_indices=True),
        np.unique_all(chosen), np.nonzero(chosen > 2), np.array_split(chosen, 2),
    ):  # fmt: skip
        assert {type(other) for other in several} == {np.ndarray}
    assert np.unique_all(chosen).values.tolist() == [2, 5, 7]
    for other in (np.take(np.arange(9), chosen), np.repeat([1, 2, 5], chosen)):
        assert not hasattr(other, "classes")
    for other in (chosen.argsort(), chosen.astype(float)):
        assert set(getattr(other, "classes").tolist()) <= {""}  # noqa: B009
    # Chosen for two classes, it is of neither.
    joined = np.concatenate([chosen, Choice([2, 7], ["wren", "crow"])])
    assert joined.classes.tolist() == ["crow", "", "owl", "", "crow"]  # type: ignore[attr-defined]


def test_some_patches_choose_among_themselves() -> None:
    patches = labelled()[[1, 2, 6, 7]]
    chosen = patches.choose(2, by="highest", of="robin")
    assert chosen.tolist() == [2, 1] or chosen.tolist() == [2, 0]
    assert patches.numbers[chosen].tolist() == [6, 1]


def test_fewer_than_asked_is_said() -> None:
    patches = spectrogram().patches(frame_length=30, hop_length=5)
    with pytest.warns(UserWarning, match="choose") as caught:
        found = patches.choose(20, by="random")
    assert 2 <= len(found) <= 3
    assert str(caught[0].message) == (
        f"choose(20, by='random'): there are only {len(found)} patches that share no frame with "
        "one another: apart=False allows it."
    )


def test_gaps_are_no_sound() -> None:
    values = np.zeros((2, 40))
    values[:, :10], values[0, 10:20], values[:, 20:] = np.nan, np.nan, -1
    patches = pv.Spectrogram(values).patches(frame_length=10)
    with pytest.warns(UserWarning, match="there are only 3 patches"):
        assert patches.choose(4, by="loudest").tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"by": "best"}, InvalidValueError, "by='best' is not allowed. It must be one of 'even', "),
        ({"by": "highest"}, InvalidValueError, "of=None does not say which class is meant. It must "
         "be one of 'robin', 'wren'."),
        ({"by": "near"}, InvalidValueError, "of=None does not say which class is meant. It must "
         "be one of 'robin', 'wren'. Or choose of each: "
         'per="class".'),
        ({"by": "highest", "of": "crow"}, InvalidValueError,
         "of='crow' is not known. It must be one of 'robin', 'wren'."),
        ({"by": "even", "of": "crow"}, InvalidValueError,
         "of='crow' is not known. It must be one of 'robin', 'wren'."),
        ({"by": "random", "of": [1, 2]}, InvalidTypeError,
         "of=[1, 2] is no class. It must be the name of a label."),
        ({"by": "lowest", "of": [1, 2]}, InvalidValueError,
         "of=[1, 2] has the shape (2,). It must be one for each patch, (10,), or the name of a"),
        ({"by": "lowest", "of": 3}, InvalidValueError, "of=3 is one number. It must"),
        ({"by": "lowest", "of": [1j, 2]}, InvalidTypeError, "of=[1j, 2] is no array of number"),
        ({"by": "lowest", "of": [1, "a"]}, InvalidTypeError, "of=[1, 'a'] is no array of numbers"),
        ({"by": "lowest", "of": ["robin", "wren"]}, InvalidTypeError, "of=['robin', 'wren'] are "
         "several classes. It must be the name of one, or per=\"class\" to choose of each."),
        ({"per": "file"}, InvalidValueError, "per='file' is not allowed. It must be one of"),
        ({"per": "class", "of": "wren"}, InvalidValueError,
         "of has no use with per='class'. Leave one out."),
        ({"n": 0}, InvalidValueError, "n=0 patches is not allowed."),
        ({"apart": "no"}, InvalidTypeError, "apart='no' is of type str. It must be True or False"),
    ],
)  # fmt: skip
def test_choices_that_are_wrong(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        labelled().choose(**{"n": 2, **options})
    assert str(caught.value).startswith(message)


def test_what_is_not_known_is_said() -> None:
    patches = spectrogram().patches(frame_length=10)
    with pytest.raises(InvalidValueError, match=r"^the patches have no scores. Give them some: "):
        patches.choose(2, by="highest")
    for some in (patches, patches.with_scores(np.zeros((10, 2)), classes=["robin", "wren"])):
        for by in ("even", "random", "loudest"):
            with pytest.raises(InvalidValueError) as caught:
                some.choose(2, by=by, per="class")
            assert str(caught.value) == (
                "per='class': the patches have no labels. Give the spectrogram some: "
                "spec.with_labels(...); say what is true: truth=...; or choose by a score: "
                'by="highest".'
            )
    truth = np.eye(10, 2, dtype=bool)  # of the classes that are scored
    assert some.choose(1, by="random", per="class", truth=truth).tolist() == [0, 1]
    with pytest.raises(InvalidValueError, match="^per='class': the patches have no "
                       r"scores. Give them some: patches.with_scores\(...\).$"):  # fmt: skip
        patches.choose(2, by="near", per="class")
    with pytest.raises(InvalidValueError, match="the spectrogram has no labels"):
        patches.choose(2, of="robin")


def test_of_each_class_that_is_scored() -> None:
    spec = spectrogram().with_labels([(0.0, 0.1, "wren"), (0.2, 0.3, "robin")])
    patches = spec.patches(frame_length=10)
    with pytest.raises(InvalidValueError, match="per='class': the patches have no scores"):
        patches.choose(1, by="highest", per="class")
    scored = patches.with_scores(np.arange(len(patches)), classes=["robin"])
    assert scored.choose(1, by="highest", per="class").tolist() == [len(patches) - 1]
    found = scored.choose(1, by="disagree", per="class", threshold=0.5)
    assert found.tolist() == [len(patches) - 1]
    assert len(scored.choose(1, by="random", per="class")) == 2


def taught() -> tuple[pv.Patches, np.ndarray]:
    """A model that says what it was taught, where a label fills at least half of a patch."""
    spec = spectrogram().with_labels([(0.12, 0.38, "robin"), (0.5, 0.6, "wren")])
    patches = spec.patches(frame_length=10, hop_length=5)
    truth = patches.targets(min_share=0.5)
    return patches.with_scores(truth * 0.9, classes=patches.classes), truth


def test_a_truth_that_lacks_a_class_is_no_truth() -> None:
    """It would be False throughout, and whatever the model found there a mistake."""
    patches, truth = taught()
    said = (
        r"^truth has no column 'wren', which is scored\. It must be a frame with a column for each "
        r"class that is looked at\. What is nowhere is False throughout\.$"
    )
    robin = pd.DataFrame({"robin": truth[:, 0]})
    for of in (None, "wren"):
        with pytest.raises(InvalidValueError, match=said):
            patches.choose(2, by="disagree", of=of, truth=robin)
    assert len(patches.choose(2, by="disagree", of="robin", truth=~robin)) == 2
    said = "^truth is called 'robin', and is to be of 'wren'"
    with pytest.raises(InvalidValueError, match=said):
        patches.choose(2, by="disagree", of="wren", truth=robin["robin"])


@pytest.mark.parametrize("form", ["options", "array", "frame", "polars", "arrow", "column"])
def test_what_the_model_was_taught_is_the_truth(form: str) -> None:
    patches, truth = taught()
    by = {
        "options": {"min_share": 0.5},
        "array": truth,
        "frame": pd.DataFrame(truth[:, ::-1], columns=["wren", "robin"]),
        "polars": pl.DataFrame(truth[:, ::-1], schema=["wren", "robin"]),
        "arrow": pa.table([*truth.T[::-1]], names=["wren", "robin"]),
        "column": truth[:, 0],
    }[form]
    touched = patches.targets()[:, 0]
    missed = np.flatnonzero(touched & ~truth[:, 0])
    assert missed.size == 2  # of any touch, what it was not taught is a mistake
    found = patches.choose(2, by="disagree", of="robin", apart=False)
    assert found.tolist() == missed.tolist()
    with pytest.warns(UserWarning, match="^choose") as caught:
        assert not len(patches.choose(2, by="disagree", of="robin", truth=by))
    assert str(caught[0].message) == (
        "choose(2, by='disagree') of 'robin': score and label agree wherever there is a score."
    )
    n = np.count_nonzero(truth[:, 0])
    labelled = patches.choose(n, by="random", of="robin", truth=by, apart=False)
    assert sorted(labelled) == np.flatnonzero(truth[:, 0]).tolist()
    if form != "column":
        texts = patches.to_frame(truth=by)["labels"]
        assert (texts == "robin").sum() == n
        assert (patches.to_frame()["labels"] == "robin").sum() == n + 2


def test_truth_needs_no_labels() -> None:
    patches = spectrogram().patches(frame_length=10).with_scores(np.linspace(0, 1, 10))
    truth = np.arange(10) >= 5
    truth[0] = True
    assert patches.choose(1, by="disagree", truth=truth).tolist() == [0]


@pytest.mark.parametrize(
    ("truth", "error", "message"),
    [
        ({"share": 0.5}, InvalidValueError, "truth={'share': 0.5} has 'share'. It must be with one "
         "of min_overlap, min_fraction, min_share, as targets takes them."),
        ({"min_share": 2}, InvalidValueError, "min_share=2 is more than 1"),
        (np.zeros((19, 3), bool), InvalidValueError, "truth has the shape (19, 3). It must be "
         "(19, 2): a row for each patch, a column for each of patches.classes."),
        (np.zeros(18, bool), InvalidValueError, "truth has the shape (18, 1). It must be (19, 2)"),
        (np.full(19, 0.5), InvalidTypeError, "truth=array([0.5, "),
        pytest.param(-(10**400), InvalidTypeError, "truth=-100000", id="beyond floats"),
        ("any", InvalidTypeError, "truth='any' is not True or False everywhere. It must be opti"),
        (pd.DataFrame({"crow": np.zeros(19, bool)}), InvalidValueError,
         "truth has a column 'crow'. It must be of the classes 'robin', 'wren'."),
        (pd.DataFrame(np.eye(19, 3, dtype=bool), columns=["robin", "wren", "robin"]),
         InvalidValueError, "truth has the column 'robin' twice. Rename or remove one of them."),
    ],
)  # fmt: skip
def test_truths_that_are_wrong(truth: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        taught()[0].choose(2, by="disagree", of="robin", truth=truth)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) <= 500


def test_one_column_of_several_classes_is_of_none() -> None:
    patches, truth = taught()
    with pytest.raises(InvalidValueError, match=r"^truth has the shape \(19,\), and nothing says "):
        patches.choose(2, by="loudest", truth=truth[:, 0])


def test_a_threshold_that_no_score_reaches_is_told() -> None:
    """It may be on another scale: in percent, say."""
    patches = labelled()
    told = r"^threshold=%s is above every score%s: the highest is 0\.%s, so none reaches it\.$"
    choose = functools.partial(patches.choose, 1, by="near")
    calls: list[tuple[tuple[str, str, int], Callable[[], object]]] = [
        (("50.0", " of 'wren'", 1), lambda: choose(by="disagree", of="wren", threshold=50)),
        (("50.0", " of 'robin'", 9), lambda: choose(of="robin", threshold=50)),
        (("0.8", " of 'wren'", 1), lambda: choose(of="wren", threshold=0.8)),
        (("50.0", "", 9), lambda: choose(per="class", threshold=50)),
        (("50.0", "", 9), lambda: Scored.of(patches, ["wren"], 50)),
    ]
    for said, call in calls:
        with pytest.warns(UserWarning, match=told % said) as caught:
            call()
        assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Scored.of(patches, None, 0.9)  # one is just there
        Scored.of(patches[[2, 3]], None, 0.5)  # picked, and none is
        patches.choose(1, by="near", per="class", threshold=0.5)  # one class of two


def test_one_threshold_in_pictures_and_choices() -> None:
    spec = spectrogram().with_labels([(0, 0.5, "robin")])
    logits = np.linspace(-3, 4.2, 10)  # 0.2 from there on: patches 4 to 9
    scored = spec.patches(frame_length=10).with_scores(logits, classes=["robin"])
    assert scored.threshold == 0.0
    assert Scored.of(scored, None, None).threshold == 0.0
    assert scored.choose(1, by="near").tolist() == [4]
    wrong = scored.choose(9, by="disagree", of="robin", apart=False, threshold=0.0)
    assert scored.choose(9, by="disagree", of="robin", apart=False).tolist() == wrong.tolist()
    some = scored[[4, 5]]  # within 0 to 1 by chance: what a score means does not depend on the pick
    assert np.all((some.scores >= 0) & (some.scores <= 1.1))
    assert some.threshold == Scored.of(some, None, None).threshold == 0.0
    shares = spec.patches(frame_length=10).with_scores(np.linspace(0, 1, 10))
    assert shares.threshold == Scored.of(shares, None, None).threshold == 0.5
    percent = spec.patches(frame_length=10).with_scores(np.linspace(0, 100, 10))
    assert percent.threshold is Scored.of(percent, None, None).threshold is None
    for by in ("near", "disagree"):
        with pytest.raises(InvalidValueError) as caught:
            percent.with_scores(percent.scores, classes=["robin"]).choose(1, by=by)
        assert str(caught.value) == (
            "scores that go beyond 0 to 1 and lie on one side of 0 have no usual threshold. Say "
            "from which score on it is there, with threshold."
        )
    assert spec.patches(frame_length=10).threshold is None


def test_why_there_is_none_is_said() -> None:
    patches = labelled()
    nothing = patches.with_scores(np.full((10, 1), np.nan), classes=["robin"])
    for by in ("highest", "disagree", "near"):
        with pytest.warns(UserWarning, match="^choose") as caught:
            assert not len(nothing.choose(2, by=by))
        assert str(caught[0].message) == f"choose(2, by='{by}'): no patch is scored."
    with pytest.warns(UserWarning, match=r"of 'robin': no patch has this label\.$"):
        patches[[5, 6]].choose(2, by="random", of="robin")
    gaps = pv.Spectrogram(np.full((2, 20), np.nan)).patches(frame_length=10)
    with pytest.warns(UserWarning, match=r"^choose\(1, by='loudest'\): no patch has finite values"):
        gaps.choose(1, by="loudest")


def test_labels_that_no_score_stands_against_are_told_or_mistakes() -> None:
    """A detector writes no rows of what it does not find."""
    windows = np.arange(0.0, 10.0)
    labels = [(t, t + 1.0, "robin") for t in (0.0, 3.0, 4.0)] + [(7.0, 8.0, "wren")]
    spec = pv.Spectrogram(np.zeros((2, 100)), sr=100, hop_length=10).with_labels(labels)
    patches = spec.patches(duration=1.0, starts=windows)
    rows = [(0.0, 1.0, "robin", 0.9), (4.0, 5.0, "robin", 0.2), (7.0, 8.0, "wren", 0.8)]
    found = pd.DataFrame(rows, columns=["start_time", "end_time", "label", "score"])
    scored = patches.with_scores(found)
    said = "no score stands against the label in 1 patch of 'robin', where no mistake"
    with pytest.warns(UserWarning, match=said):
        assert scored.choose(1, by="disagree").tolist() == [4]
    with pytest.warns(UserWarning, match=said):
        assert pv.player(scored, stops="mistakes").state["known"]["stops"] == [4]
    whole = patches.with_scores(found, missing=0.0)
    assert sorted(whole.choose(2, by="disagree")) == [3, 4]
    assert pv.player(whole, stops="mistakes").state["known"]["stops"] == [3, 4]
    assert whole.scores is not None
    assert whole.scores[[0, 3, 7]].tolist() == [[0.9, 0.0], [0.0, 0.0], [0.0, 0.8]]
    said = (
        r"^missing: nothing scores 'wren', which somebody labelled, .* name it: classes=\[\.\.\.\]"
    )
    with pytest.warns(UserWarning, match=said):
        patches.with_scores(found[:2], missing=0.0)
    named = patches.with_scores(found[:2], missing=0.0, classes=["robin", "wren"])
    assert sorted(named.choose(3, by="disagree")) == [3, 4, 7]
    bare = dataclasses.replace(spec, labels=None).patches(duration=1.0, starts=windows)
    array = bare.with_scores(np.where(windows > 4, np.nan, 0.7), missing=-0.5)
    assert array.scores is not None
    assert array.scores[:, 0].tolist() == [0.7] * 5 + [-0.5] * 5
    with pytest.raises(InvalidTypeError, match="missing='none' is of type str"):
        patches.with_scores(found, missing="none")  # type: ignore[arg-type]


def test_a_class_without_labels_is_told() -> None:
    spec = spectrogram().with_labels([(0, 0.5, "song"), (0.6, 0.8, "a call")])
    patches = spec.patches(frame_length=10)
    with pytest.warns(UserWarning, match="^with_scores") as caught:
        scored = patches.with_scores(np.zeros((10, 3)), classes=["Song", "A_call", "crow"])
    assert [str(w.message) for w in caught] == [
        "with_scores: 'Song' and the label 'song'; 'A_call' and the label 'a call' are written "
        "differently, and so are different classes. Write them alike: "
        "with_scores(S, classes=[...])."
    ]
    with pytest.warns(UserWarning, match="^nobody labelled 'crow': every patch counts as one") as w:
        scored.choose(1, by="disagree", of="crow", threshold=-1)
    assert len(w) == 1
    assert str(w[0].message).endswith("where it scores. The labels are 'a call', 'song'.")
    has = scored.targets()
    for truth in ({"min_share": 0.5}, has):  # how much of a label counts says no more of it
        with pytest.warns(UserWarning, match="^nobody labelled 'crow'"):
            scored.choose(1, by="disagree", of="crow", threshold=-1, truth=truth)
    has[3, scored.classes.index("crow")] = True
    assert scored.choose(1, by="disagree", of="crow", truth=has).tolist() == [3]


def test_a_number_where_a_position_is_wanted_is_told() -> None:
    some = labelled()[[1, 2, 6, 7]]
    assert some.numbers[some.choose(1, by="highest", of="robin")].tolist() == [6]
    for ask in (lambda: some[6], lambda: some[[0, 6]], lambda: some.labels_in(6)):
        with pytest.raises(PatchIndexError) as caught:
            ask()
        assert str(caught.value) == (
            "index=6 is out of range: there are 4 patches, 0 to 3 (or -4 to -1 from the end). "
            "Patch 6 is at position 2: np.searchsorted(patches.numbers, 6)."
        )
    with pytest.raises(PatchIndexError, match=r"^train: index=7 is .* Patch 7 is at position 3: "):
        some.leaks([7], [0])
    with pytest.raises(PatchIndexError) as caught:
        some[5]
    assert "position" not in str(caught.value)


def test_a_function_that_returns_no_number() -> None:
    patches = pv.Spectrogram(np.zeros((1, 9)), sr=1, hop_length=1).patches(frame_length=3)
    with pytest.raises(InvalidTypeError) as caught:
        patches.choose(1, by="highest", of=lambda patch: "x")
    assert str(caught.value) == (
        "of returned 'x' of a patch. It must be a function that returns a number, or NaN."
    )


def test_a_model_that_names_one_class_is_asked_otherwise() -> None:
    """Shares of ten classes: the right one scores highest, and lies below the threshold."""
    n, k = 12, 10
    spec = pv.Spectrogram(np.zeros((1, 10 * n)), sr=1000, hop_length=10)
    scores = np.full((n, k), 0.7 / (k - 1))
    scores[:, 3] = 0.3
    scores[:3, [3, 5]] = scores[:3, [5, 3]]  # these are wrong
    names = [str(number) for number in range(k)]
    patches = spec.patches(frame_length=10).with_scores(scores, classes=names)
    truth = np.eye(k, dtype=bool)[np.full(n, 3)]
    said = "^choose: the scores of a patch add up to 1, .* In 9 of 12 patches .* class that scores "
    with pytest.warns(UserWarning, match=said):
        patches.choose(12, by="disagree", truth=truth)
    labelled = spec.with_labels([(0.0, 1.2, "3")]).patches(frame_length=10)
    labelled = labelled.with_scores(scores, classes=names)
    with pytest.warns(UserWarning, match=said), pytest.warns(UserWarning, match="labelled '0'"):
        labelled.choose(12, by="disagree")  # of labels, where nobody labelled other classes
    wrong = np.where(scores.argmax(1) != 3, scores.max(1), np.nan)
    assert patches.choose(3, by="highest", of=wrong).tolist() == [0, 1, 2]
    # Independent classes add up to anything.
    patches = patches.with_scores(scores * 1.5, classes=names)
    patches.choose(12, by="disagree", truth=truth)


def test_what_other_classes_took_is_why_there_are_fewer() -> None:
    spec = pv.Spectrogram(np.zeros((1, 40)), sr=1000, hop_length=10)
    scores = np.array([[0.9, 0.8], [0.8, 0.9], [0.2, 0.1], [np.nan, 0.3]])
    patches = spec.patches(frame_length=10).with_scores(scores, classes=["a", "b"])
    with (
        pytest.warns(
            UserWarning, match="^choose.2, by='highest'. of 'b': .*or with those of other"
        ),
        pytest.warns(UserWarning, match="the best are not chosen"),
    ):
        patches[[0, 1, 2]].choose(2, by="highest", per="class")


def test_what_is_so_of_many_classes_is_told_once() -> None:
    spec = pv.Spectrogram(np.zeros((1, 40)), sr=1000, hop_length=10, labels=[(0, 0.1, "robin")])
    names = ["robin", *(f"c{k}" for k in range(9))]
    scores = np.full((4, 10), 0.1)
    scores[:, [1, 2]] = 0.9
    patches = spec.patches(frame_length=10).with_scores(scores, classes=names)
    with pytest.warns(UserWarning, match="nobody labelled|agree wherever") as caught:
        patches.choose(1, by="disagree", per="class")
    assert [str(w.message) for w in caught] == [
        "nobody labelled 'c0', 'c1', 'c2', 'c3' and 5 more: every patch counts as one without it, "
        "and is a mistake where it scores. The labels are 'robin'.",
        "choose(1, by='disagree') of 'c2', 'c3', 'c4', 'c5' and 3 more: score and label agree "
        "wherever there is a score.",
    ]


@pytest.mark.parametrize("threshold", [{"a": 0.5}, [0.5, 0.7], np.array([0.5, 0.7])])
def test_a_threshold_for_each_class_is_refused_with_a_way_on(threshold: Any) -> None:
    spec = pv.Spectrogram(np.zeros((4, 80), np.float32), sr=22050, hop_length=512)
    spec = spec.with_labels([(0.0, 0.1, "a")])
    patches = spec.patches(frame_length=10, hop_length=10)
    scores = np.linspace(0, 1, 16).reshape(8, 2)
    scored = patches.with_scores(scores, classes=["a", "b"])
    for ask in (
        lambda: scored.choose(2, by="near", of="a", threshold=threshold),
        lambda: pv.player(scored, threshold=threshold),
    ):
        with pytest.raises(InvalidTypeError) as caught:
            ask()
        assert str(caught.value).endswith(
            "It must be one number. Where each class has its own, take them away from the scores, "
            "and give threshold=0: patches.with_scores(scores - thresholds, classes=[...])."
        )
    shifted = patches.with_scores(scores - [0.5, 0.7], classes=["a", "b"])
    assert shifted.threshold == 0
    assert (shifted.choose(1, by="near", of="b") == abs(scores[:, 1] - 0.7).argmin()).all()


@pytest.mark.parametrize("kind", ["object", "boolean", "int", "numbers"])
def test_a_truth_of_other_types_is_true_or_false_all_the_same(kind: str) -> None:
    spec = pv.Spectrogram(np.zeros((1, 400)), sr=100, hop_length=10)
    patches = spec.patches(frame_length=40)
    scored = patches.with_scores(np.linspace(0, 1, 20).reshape(10, 2), classes=["a", "b"])
    truth = np.random.default_rng(0).random((10, 2)) < 0.5
    frame = pd.DataFrame(truth, columns=["a", "b"])
    given: Any = {
        "object": truth.astype(object),
        "boolean": frame.astype("boolean"),
        "int": frame.astype("Int8"),
        "numbers": [[float(one) for one in row] for row in truth],
    }[kind]
    pd.testing.assert_frame_equal(scored.mistakes(truth=given), scored.mistakes(truth=truth))
    unknown = frame.astype("boolean")
    unknown.iloc[0, 0] = pd.NA
    with pytest.raises(InvalidTypeError, match="is not True or False everywhere"):
        scored.mistakes(truth=unknown)


@pytest.mark.parametrize(
    "through",
    [
        copy.copy,
        lambda chosen: pickle.loads(pickle.dumps(chosen)),
        np.sort,
        lambda chosen: chosen[:2],
        lambda chosen: np.concatenate([chosen, chosen]),
        np.ravel,
    ],
)
def test_what_was_chosen_among_some_is_no_choice_of_others(
    through: Callable[[Choice], Choice],
) -> None:
    spec = pv.Spectrogram(np.random.default_rng(0).random((4, 400)), sr=100, hop_length=10)
    patches = spec.patches(frame_length=40)
    part = patches[4:]
    chosen = through(part.choose(3, by="loudest"))
    said = (
        r" is of positions chosen among 6 patches, and there are 10, which are others at these "
        r"positions\. Give the patches that they were chosen of; or numbers, which a part of these "
        r'has of all: pd\.Series\(part\.numbers\[chosen\], name="patch"\)\.$'
    )
    asked: dict[str, Callable[[], object]] = {
        "index": lambda: patches[chosen],
        "n": lambda: pv.plot_mosaic(patches, chosen),
        "numbers": lambda: pv.sheet(patches, chosen),
        "stops": lambda: pv.player(patches, stops=chosen),
        r"mark\['a'\]": lambda: pv.player(patches, mark={"a": chosen}),
        "train": lambda: patches.leaks(chosen, [0]),
    }
    for name, ask in asked.items():
        with pytest.raises(InvalidValueError, match=f"^{name}{said}"):
            ask()
    again = part[np.unique(chosen)].numbers
    assert patches[pd.Series(again, name="patch")].numbers.tolist() == again.tolist()
    mixed = np.concatenate([chosen, patches.choose(1)])
    with pytest.raises(InvalidValueError, match="chosen among 6 and 10 patches, and there are 10"):
        pv.plot_mosaic(patches, mixed)


def test_what_was_chosen_of_each_of_several_is_counted_through_and_joined() -> None:
    """The first one's positions are those of all; what is computed of the others is plain."""
    values = np.random.default_rng(0).random((4, 700))
    a, b = (
        pv.Spectrogram(part, sr=100, hop_length=10).patches(frame_length=40)
        for part in (values[:, :400], values[:, 400:])
    )
    first, second = a.choose(2), len(a) + b.choose(2)
    for chosen in (
        np.concatenate([first, second]),
        np.concatenate([second, first]),
        np.hstack((first, second)),
        np.append(first, second),
        np.union1d(first, second),
        np.append(first, 12),
    ):
        sheet = pv.sheet([a, b], chosen)
        assert sheet.to_frame().empty
        sheet.close()
    with pytest.raises(InvalidValueError, match="chosen among 10 patches"):
        pv.sheet([a, b], np.delete(first, 0))


def test_one_patch_that_all_others_share_frames_with() -> None:
    spec = pv.Spectrogram(np.random.default_rng(0).random((4, 30)), sr=1000, hop_length=10)
    patches = spec.patches(frame_length=20, hop_length=2).with_scores(np.linspace(0, 1, 6))
    said = "there is only 1 patch, with which all others share frames: apart=False allows it."
    with pytest.warns(UserWarning, match=re.escape(said)):
        assert len(patches.choose(3)) == 1
