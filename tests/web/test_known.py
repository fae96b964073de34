"""What the page is told of labels and scores, and where it may stop."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.plot.classes import GROUPS_ON_DARK, GROUPS_ON_LIGHT, ON_DARK, ON_LIGHT

LABELS = [
    {"start_time": 4.0, "end_time": 5.0, "label": "wren", "low_f": 1000.0, "high_f": 3000.0},
    {"start_time": 1.0, "end_time": 2.0, "label": "robin"},
]


def known_patches(scores: Any = None, labels: Any = LABELS) -> pv.Patches:
    spec = pv.Spectrogram(np.zeros((41, 100)), sr=8000, hop_length=800, y_axis="linear")
    patches = spec.with_labels(labels).patches(duration=1.0, hop_duration=0.5)
    return patches if scores is None else patches.with_scores(scores, classes=["wren", "owl"])


def known(patches: pv.Patches, **options: Any) -> Any:
    return pv.player(patches, **options).state["known"]


def test_labels_are_times_classes_and_heights() -> None:
    told = known(known_patches())
    assert told["classes"] == [
        ["robin", ON_DARK[0], ON_LIGHT[0], (), 0],
        ["wren", ON_DARK[1], ON_LIGHT[1], (), 0],
    ]
    place = {name: k for k, (name, *_) in enumerate(told["classes"])}
    # Rows are 100 Hz high, from 50 Hz below 0.
    assert told["labels"] == [
        [1.0, 2.0, place["robin"]],
        [4.0, 5.0, place["wren"], round(1050 / 4100, 4), round(3050 / 4100, 4)],
    ]
    assert told["scores"] == []
    assert told["stops"] == [2, 8]  # whose middles are nearest


def test_scores_are_bytes_and_the_highest_is_told() -> None:
    scores = np.zeros((19, 2))
    scores[3] = 0.5, 0.25
    scores[4] = np.nan
    scores[5] = 0.1, 1.0
    told = known(known_patches(scores))
    place = {name: k for k, (name, *_) in enumerate(told["classes"])}
    (wren, bytes_of_wren), (owl, _) = told["scores"]
    assert (wren, owl) == (place["wren"], place["owl"])
    assert list(base64.b64decode(bytes_of_wren))[2:6] == [0, 127, 255, 25]
    top = np.frombuffer(base64.b64decode(told["top"]), "<i4").reshape(-1, 2)
    assert top[3:6].tolist() == [[place["wren"], 50], [-1, 0], [place["owl"], 100]]
    assert told["threshold"] == 0.5
    assert told["stops"] == [3, 5]


def test_bytes_stay_on_their_side_of_the_threshold() -> None:
    scores = np.zeros((19, 2))
    scores[:, 0] = 0.5 + np.linspace(-0.004, 0.004, 19)
    for low, threshold in ((0.0, 0.5), (0.0, 0.4987), (-3.0, 0.4996)):
        scores[0, 1] = low
        told = known(known_patches(scores), threshold=threshold)
        found = np.frombuffer(base64.b64decode(told["scores"][0][1]), np.uint8)
        reaches = found >= 254 * told["threshold"] - 1e-6
        assert reaches.tolist() == (scores[:, 0] >= threshold).tolist()


def test_a_model_may_have_found_nothing_to_score() -> None:
    patches = known_patches().with_scores(np.empty((19, 0)))
    assert known(patches) == {**known(known_patches()), "threshold": 0.5}


def test_mistakes_are_where_label_and_score_disagree() -> None:
    scores = np.zeros((19, 2))
    scores[[7, 8, 9], 0] = 0.9  # all that hear the wren; those at 2 and 15 do not
    scores[2, 0] = scores[15, 1] = 0.8
    with pytest.warns(UserWarning, match="^nobody labelled 'owl': every patch counts as "):
        assert known(known_patches(scores), stops="mistakes")["stops"] == [2, 15]
    scores[[7, 8, 9], 0] = 0.2
    with pytest.warns(UserWarning, match="^nobody labelled 'owl'"):
        assert known(known_patches(scores), stops="mistakes")["stops"] == [2, 8, 15]
    # Of labels that fill a patch, only the patch at 8 has the wren, and 2 has the robin.
    patches = known_patches(scores)
    for truth in ({"min_share": 1.0}, patches.targets(min_share=1.0)):
        assert known(patches, stops="mistakes", truth=truth)["stops"] == [2, 8, 15]
        scores[8, 0] = 0.9
        assert known(known_patches(scores), stops="mistakes", truth=truth)["stops"] == [2, 15]
        scores[8, 0] = 0.2
    unlabelled = pv.Spectrogram(np.zeros((41, 100)), sr=8000, hop_length=800)
    patches = unlabelled.patches(duration=1.0, hop_duration=0.5).with_scores(scores[:, 0])
    truth = np.arange(19) == 8
    assert known(patches, stops="mistakes", truth=truth)["stops"] == [2, 8]
    assert known(known_patches(scores), stops=[9, -1, 9])["stops"] == [9, 18]
    assert known(known_patches(scores), stops="events", threshold=0.85) == {
        **known(known_patches(scores), threshold=0.85)
    }


def test_groups_are_spans_of_time() -> None:
    patches = pv.Spectrogram(np.zeros((4, 100)), sr=10, hop_length=1).patches(duration=1.0)
    told = known(patches, mark={"train": [0, 1, 4], "test": np.arange(10) == 9})
    assert [(name, spans) for name, *_, spans in told["groups"]] == [
        ("train", [[0.0, 2.0], [4.0, 5.0]]),
        ("test", [[9.0, 10.0]]),
    ]


def test_what_is_not_known_or_not_wanted_is_not_told() -> None:
    assert known(pv.Spectrogram(np.zeros((4, 10))).patches(frame_length=5)) is None
    assert known(known_patches(np.ones((19, 2))), labels=False, scores=False) is None
    assert known(known_patches(np.ones((19, 2))), labels=False)["labels"] == []
    assert known(known_patches(np.ones((19, 2))), scores=False)["scores"] == []


def test_ten_classes_take_less_than_ten_kilobytes() -> None:
    rng = np.random.default_rng(0)
    names = [f"species {k}" for k in range(10)]
    starts = np.linspace(0, 14, 40)
    spec = pv.Spectrogram.example()
    labels = [
        (s, s + 0.5, name) for s, name in zip(starts, np.resize(names, 40).tolist(), strict=True)
    ]
    bare = spec.patches(duration=5.0, hop_duration=0.1)
    patches = spec.with_labels(labels).patches(duration=5.0, hop_duration=0.1)
    patches = patches.with_scores(rng.uniform(size=(107, 10)), classes=names)
    player = pv.player(patches)
    assert player.nbytes - pv.player(bare).nbytes < 10_000
    json.dumps(player.state, allow_nan=False)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"stops": "often"}, InvalidValueError, r"stops='often' is not allowed.*\"mistakes\""),
        ({"stops": "mistakes", "scores": False}, InvalidValueError, "needs scores with a thresh"),
        ({"truth": {"min_share": 0.5}}, InvalidValueError, "truth=.* has no use with stops=None"),
        ({"stops": [99]}, PatchIndexError, "99"),
        ({"stops": 3}, InvalidTypeError, "stops=3 is of type int"),
        ({"stops": np.array(3)}, InvalidTypeError, r"stops=array\(3\) is of type ndarray"),
        ({"stops": np.array("x")}, InvalidTypeError, r"stops=array\('x'.*\) is of type ndarray"),
        ({"mark": [1]}, InvalidTypeError, r"mark=\[1\] is of type list. It must be a mapping"),
        ({"classes": ["wrem"]}, InvalidValueError, r"Did you mean 'wren'\?"),
        ({"labels": "yes"}, InvalidTypeError, "labels='yes'"),
    ],
)
def test_what_cannot_be_told(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        pv.player(known_patches(np.ones((19, 2))), **options)


def test_beyond_eight_classes_the_page_is_told_how_often_a_colour_came_before() -> None:
    labels = [(k / 2, k / 2 + 0.25, f"{k:02}") for k in range(18)]
    told = known(known_patches(labels=labels))["classes"]
    assert [turn for *_, turn in told] == [0] * 8 + [1] * 8 + [2] * 2
    assert len({(dark, turn) for _, dark, _, _, turn in told}) == 18


def test_groups_have_the_colours_that_they_have_in_figures() -> None:
    told = known(known_patches(), mark={"train": [0], "test": [5]})["groups"]
    assert [group[:3] for group in told] == [
        ["train", GROUPS_ON_DARK[0], GROUPS_ON_LIGHT[0]],
        ["test", GROUPS_ON_DARK[1], GROUPS_ON_LIGHT[1]],
    ]


def test_the_page_is_told_what_of_items_is_no_padding() -> None:
    items = pv.Patches.from_batch(np.zeros((3, 4, 10)), lengths=[10, 4, 0])
    assert pv.player(items[[1, 2]]).state["patches"]["filled"] == [10, 4, 0]
    whole = pv.Patches.from_batch(np.zeros((3, 4, 10)))
    assert pv.player(whole).state["patches"]["filled"] is None
