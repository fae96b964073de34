"""What a scrubber shows of what is known, and where it stops: set at first, and later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError
from patchviz.jupyter.canvas import Canvas

MARK = {"train": [0, 1, 2], "test": [8, 9]}


def known_patches() -> pv.Patches:
    spec = pv.Spectrogram(np.zeros((4, 120)), sr=10, hop_length=1, labels=[(2.0, 2.8, "wren")])
    patches = spec.patches(frame_length=10)
    scores = np.zeros((12, 3))
    scores[[4, 9], [0, 1]] = 0.9, 0.6
    return patches.with_scores(scores, classes=["robin", "wren", "owl"])


def state_of(scrubber: pv.Scrubber) -> dict[str, Any]:
    (canvas,) = (child for child in scrubber.children if isinstance(child, Canvas))
    state: dict[str, Any] = canvas.state
    return state


def names(state: dict[str, Any]) -> list[str]:
    known = state["known"]
    return [known["classes"][k][0] for k, _ in known["scores"][: known["shown"]]]


def test_it_takes_what_a_player_takes_and_says_what_that_is() -> None:
    options: dict[str, Any] = {
        "classes": ["wren", "owl"], "threshold": 0.5, "overlapping": "mean", "stops": [7, 3, -1],
        "mark": MARK,
    }  # fmt: skip
    patches = known_patches()
    scrubber = pv.scrub(patches, **options)
    assert state_of(scrubber)["known"] == pv.player(patches, **options).state["known"]
    assert scrubber.classes == ("wren", "owl")
    assert (scrubber.stops, scrubber.mark, scrubber.threshold) == ([3, 7, 11], MARK, 0.5)
    # The wren that nobody scored, and what was scored and nobody wrote down.
    with pytest.warns(UserWarning, match="nobody labelled 'robin', 'owl'"):
        by_truth = pv.scrub(patches, stops="mistakes", truth={"min_share": 0.5})
    with pytest.warns(UserWarning, match="nobody labelled 'robin', 'owl'"):
        plain = pv.scrub(patches, stops="mistakes")
    assert by_truth.stops == plain.stops == [2, 4, 9]
    for each in (scrubber, by_truth, plain):
        each.close()


@pytest.mark.filterwarnings("ignore:nobody labelled .robin., .owl.")
def test_a_readout_says_against_what_a_mistake_is_one() -> None:
    said = []
    for share in (0.8, 0.9):  # of the patch at 2, of which the wren takes 0.8
        scrubber = pv.scrub(known_patches(), index=2, stops="mistakes", truth={"min_share": share})
        said.append(scrubber.controls.readout.value.split(" · ")[-2])
    scrubber.stops = "events"
    assert [*said, scrubber.controls.readout.value.split(" · ")[-2]] == [
        "truth wren", "truth none", "truth none",
    ]  # fmt: skip


def test_what_is_set_later_reaches_page_readout_and_what_is_saved() -> None:
    scrubber = pv.scrub(known_patches(), index=2)
    assert (scrubber.stops, scrubber.classes) == ([4, 9], ("robin", "wren", "owl"))
    assert scrubber.controls.readout.value.endswith("label wren · robin: 0.00, wren: 0.00")
    tiles = scrubber.nbytes
    scrubber.stops = np.array([2, 4])
    assert scrubber.stops == [2, 4]
    scrubber.stops = (k for k in (1, 5))
    scrubber.classes = ["owl"]
    scrubber.mark = MARK
    scrubber.threshold = 0.7
    state = state_of(scrubber)
    assert state["known"]["stops"] == scrubber.stops == [1, 5]
    assert names(state) == ["owl"]
    assert [name for name, *_ in state["known"]["groups"]] == ["train", "test"]
    assert state["known"]["threshold"] == 0.7
    assert scrubber._to_player().state["known"] == state["known"]
    assert (scrubber.index, scrubber.nbytes) == (2, tiles)
    scrubber.labels = scrubber.scores = False
    assert scrubber.controls.readout.value.count(" · ") == 1
    assert state_of(scrubber)["known"]["labels"] == []
    assert scrubber.classes == ()
    scrubber.scores = True
    assert scrubber.controls.readout.value.endswith("s · robin: 0.00")
    scrubber.close()


def test_what_is_chosen_on_the_page_is_pythons_too_and_not_sent_back() -> None:
    scrubber = pv.scrub(known_patches(), classes=["wren"])
    before = state_of(scrubber)
    scrubber.set_state({"_chosen": ["owl", "robin"]})
    assert state_of(scrubber) is before
    assert scrubber.classes == ("owl", "robin")
    assert scrubber.stops == [4]
    assert names(scrubber._to_player().state) == ["owl", "robin"]
    scrubber.classes = ["owl"]  # what Python says takes its place
    assert (names(state_of(scrubber)), scrubber._chosen) == (["owl"], [])
    scrubber.close()


def test_what_cannot_be_is_refused_and_nothing_changes() -> None:
    scrubber = pv.scrub(known_patches(), stops=[3])
    for name, value, error in [
        ("stops", [99], PatchIndexError), ("classes", ["wern"], InvalidValueError),
        ("mark", {"a": [50]}, PatchIndexError), ("labels", 3, InvalidTypeError),
    ]:  # fmt: skip
        before = state_of(scrubber)
        with pytest.raises(error) as caught:
            setattr(scrubber, name, value)
        assert str(caught.value)[:60].replace("'", "&#x27;") in scrubber.controls.message.value
        assert state_of(scrubber) is before
    assert scrubber.stops == [3]
    scrubber.close()


@pytest.mark.slow
def test_buttons_beside_a_figure_of_ones_own_go_to_the_same_stops() -> None:
    view = pv.PatchView(known_patches())
    scrubber = pv.scrub(view, stops=[3, 6])
    assert state_of(scrubber)["known"]["stops"] == [3, 6]
    scrubber.stops = "events"
    assert state_of(scrubber)["known"]["stops"] == [4, 9]
    with pytest.raises(InvalidValueError, match="title of this scrubber are those of its PatchV"):
        scrubber.title = "mine"
    scrubber.close()


def test_other_labels_leave_the_threshold_that_was_known_of_more() -> None:
    """Some of the patches keep that of all, and what had no score makes no other scale."""
    spec = pv.Spectrogram(np.zeros((4, 60)), sr=10, hop_length=1).with_labels([(0, 1, "wren")])
    patches = spec.patches(frame_length=10)
    logits = patches.with_scores(np.array([-1, 0.2, 0.3, 0.8, 0.1, 0.9]), classes=["wren"])
    shares = patches.with_scores(
        np.array([np.nan, 0.2, 0.3, 0.8, 0.1, 0.9]), classes=["wren"], missing=-1
    )
    for known, threshold, stops in ((logits[1:], 0.0, [1, 2, 3, 4]), (shares, 0.5, [0, 1, 3, 5])):
        scrubber = pv.scrub(known, stops="mistakes")
        scrubber.spec = spec.with_labels([(0, 2, "wren")])
        assert (scrubber.threshold, scrubber.stops) == (threshold, stops)
        scrubber.close()
