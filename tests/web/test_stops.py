"""Where one stops: once in each run of patches that follow one another."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.core.captions import known_text
from patchviz.web import mistakes


@pytest.fixture
def scored() -> pv.Patches:
    """Two hundred patches of half a second at a hop of a tenth; six of them are mistakes."""
    spec = pv.Spectrogram(np.zeros((4, 2100), np.float32), sr=1000, hop_length=10, name="quiet")
    spec = spec.with_labels([{"start_time": 0.0, "end_time": 0.001, "label": "robin"}])
    patches = spec.patches(duration=0.5, hop_duration=0.1)
    scores = np.zeros((len(patches), 1))
    scores[[5, 6, 40, 80, 120, 121]] = 0.9
    scores[0] = 0.9  # which is right
    return patches.with_scores(scores, classes=["robin"])


def stops(patches: pv.Patches, kind: str) -> list[int]:
    return list(pv.player(patches, stops=kind).stops)


def test_neighbours_are_one_stop(scored: pv.Patches) -> None:
    assert stops(scored, "mistakes") == [5, 40, 80, 120]
    assert stops(scored, "events") == [0, 5, 40, 80, 120]


def test_picked_patches_that_are_no_neighbours_are_stops_each(scored: pv.Patches) -> None:
    picked = scored[[5, 6, 40, 80, 120]]
    assert stops(picked, "mistakes") == [0, 2, 3, 4]
    assert stops(picked, "events") == [0, 2, 3, 4]
    assert stops(scored[40:121:40], "mistakes") == [0, 1, 2]  # at a hop of their own


def test_windows_behind_a_gap_are_stops_of_their_own() -> None:
    spec = pv.Spectrogram(np.zeros((4, 2100), np.float32), sr=1000, hop_length=10)
    patches = spec.patches(duration=3.0, starts=[0.0, 3.0, 9.0, 12.01])
    scored = patches.with_scores(np.full((4, 1), 0.9), classes=["robin"])
    assert stops(scored, "events") == [0, 2]
    gaps = spec.patches(duration=1.0, hop_duration=3.0)  # a regular hop leaves none out
    scored = gaps.with_scores(np.full((len(gaps), 1), 0.9), classes=["robin"])
    assert stops(scored, "events") == [0]


@pytest.mark.filterwarnings("ignore:.* outside of the recording", "ignore:.* in no patch, first")
@pytest.mark.parametrize(
    ("labels", "carving", "expected"),
    [
        ([(10.5, 11.5), (1.0, 2.0)], {"hop_duration": 3.0, "tail": "pad"}, [0]),  # padding alone
        ([(0.0, 0.0), (3.0, 3.0)], {"hop_duration": 3.0}, [0, 1]),  # points where patches begin
        ([(5.99, 6.5)], {"starts": [0.0, 6.04]}, [1]),
        ([(5.99, 6.03)], {"starts": [0.0, 6.04]}, []),  # in the frames that are drawn alone
        ([(2.0, 3.2)], {"starts": [0.0, 3.0]}, [0]),
    ],
)
def test_labels_are_stops_in_patches_that_have_them(
    labels: list[tuple[float, float]], carving: dict[str, Any], expected: list[int]
) -> None:
    spec = pv.Spectrogram(np.zeros((4, 100), np.float32), sr=1000, hop_length=100)
    spec = spec.with_labels([(*span, "robin") for span in labels])
    patches = spec.patches(duration=3.0, **carving)
    known = pv.player(patches).state["known"]
    assert (known or {"stops": []})["stops"] == expected
    for index in expected:
        assert len(patches.labels_in(index))


@pytest.mark.filterwarnings("ignore:1 of 1 label is in no patch")
def test_mistakes_of_windows_that_share_no_frame_are_stops_each() -> None:
    """As `choose` has them, which counts what shares none as events of their own."""
    spec = pv.Spectrogram(np.zeros((4, 2100), np.float32), sr=1000, hop_length=10)
    spec = spec.with_labels([{"start_time": 20.0, "end_time": 21.0, "label": "robin"}])
    patches = spec.patches(duration=3.0, starts=[0.0, 3.0, 6.01, 9.0])
    scored = patches.with_scores([[0.9], [0.8], [0.7], [0.1]], classes=["robin"])
    assert stops(scored, "mistakes") == [0, 1, 2]
    assert stops(scored, "events") == [0]
    assert sorted(scored.choose(3, by="disagree")) == [0, 1, 2]


def test_a_miss_and_an_invention_beside_it_are_mistakes_each() -> None:
    """As half overlapping windows have them around a call: neither hides the other."""
    spec = pv.Spectrogram(np.zeros((4, 300)), sr=1000, hop_length=10).with_labels([(1.1, 1.4, "a")])
    patches = spec.patches(duration=0.5, starts=np.arange(0, 2.5, 0.25))
    has = patches.targets()[:, 0]
    assert np.flatnonzero(has).tolist() == [3, 4, 5]
    scores = np.where(has, 0.9, 0.1)
    scores[[2, 3, 4, 6, 7, 8]] = 0.8, 0.2, 0.3, 0.7, 0.9, 0.8
    scored = patches.with_scores(scores[:, None], classes=["a"])
    assert len(scored.mistakes()) == 6
    assert stops(scored, "mistakes") == [2, 3, 7]  # invented, missed twice, invented thrice


def test_where_nothing_scores_no_mistake_is_looked_for_and_that_is_told() -> None:
    """As on the page of a recording in which a detector found nothing, beside others."""
    spec = pv.Spectrogram(np.zeros((4, 900), np.float32), sr=1000, hop_length=10)
    patches = spec.with_labels([(3.5, 4.0, "robin")]).patches(duration=3.0)
    unscored = patches.with_scores(np.full((3, 1), np.nan), classes=["robin"])
    said = (
        "^no score stands against the label in 1 patch of 'robin', where no mistake is looked for"
    )
    with pytest.warns(UserWarning, match=said):
        pv.player(unscored, stops="mistakes", threshold=0.5)


def test_mistakes_are_of_all_classes_that_are_scored() -> None:
    """Not of the eight that have lanes, which score highest: birds that were missed do not."""
    classes = [f"c{k:02}" for k in range(14)]
    windows = np.arange(0.0, 18.0, 3.0)
    labels = [(t, t + 3.0, classes[8 + k]) for k, t in enumerate(windows.tolist())]
    spec = pv.Spectrogram(np.zeros((4, 2100), np.float32), sr=1000, hop_length=10)
    scores = np.random.default_rng(0).uniform(0.2, 0.45, (6, 14))
    scores[:, 8:] -= 0.2
    scores[[0, 2, 4], [8, 10, 12]] = 0.9
    patches = spec.with_labels(labels).patches(duration=3.0, starts=windows)
    scored = patches.with_scores(scores, classes=classes)
    with pytest.warns(UserWarning, match="nobody labelled 'c00', 'c01', 'c02', 'c03'"):
        assert sorted(scored.choose(3, by="disagree")) == [1, 3, 5]
    with pytest.warns(UserWarning, match="nobody labelled 'c00', 'c01', 'c02', 'c03'"):
        state = pv.player(scored, stops="mistakes").state
    assert (state["known"]["stops"], state["known"]["shown"]) == ([1, 3, 5], 8)
    few = pv.player(scored, stops="mistakes", classes=["c11", "c12"])
    assert few.state["known"]["stops"] == [3]


def test_items_of_a_batch_are_sounds_of_their_own() -> None:
    batch = pv.Patches.from_batch(np.zeros((3, 4, 20), np.float32))
    scored = batch.with_scores(np.full((3, 1), 0.9), classes=["robin"])
    assert stops(scored, "events") == [0, 1, 2]


def test_mistakes_of_a_model_that_names_one_class_are_told() -> None:
    spec = pv.Spectrogram(np.zeros((4, 400), np.float32), sr=1000, hop_length=10)
    patches = spec.patches(duration=1.0)
    truth = np.array([[False, True, False]] * 4)
    shares = np.array([[0.3, 0.4, 0.3], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1]])
    classes = ["a", "b", "c"]
    with pytest.warns(
        UserWarning,
        match=r"^stops=\"mistakes\": .*add up to 1.*: with_scores\(scores == scores\.max\(",
    ):
        pv.player(patches.with_scores(shares, classes=classes), stops="mistakes", truth=truth)
    named = patches.with_scores(np.eye(3)[shares.argmax(1)], classes=classes)
    assert pv.player(named, stops="mistakes", truth=truth).state["known"]["stops"] == [2]


def test_stops_can_be_read_of_one_recording_and_counted_through_several(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        soundfile.write(
            tmp_path / f"{name}.wav", np.random.default_rng(0).normal(0, 0.1, 8000), 8000
        )
    recordings = pv.Recordings(tmp_path, duration=0.2, sr=8000, hop_length=64, progress=False)
    each = len(recordings) // 3
    scores = np.zeros((len(recordings), 1))
    scores[[1, each + 2, 2 * each]] = 0.9
    scored = recordings.with_scores(scores, classes=["robin"])
    assert pv.player(scored, stops="events").stops == (1, each + 2, 2 * each)
    assert pv.player(scored.patches(1), stops="events").stops == (2,)
    assert pv.player(recordings.patches(1)).stops == ()


BIRDS = ("robin", "wren", "owl")


def missing_birds() -> pv.Patches:
    """Windows of many labels: an owl that is none, a wren that was missed, both, and neither."""
    names = ["a", "b", "c", *BIRDS[:2]]
    labels = [(t, t + 3.0, name) for t in (0.0, 3.0, 6.0, 9.0) for name in names]
    spec = pv.Spectrogram(np.zeros((4, 1200), np.float32), sr=1000, hop_length=10, labels=labels)
    patches = spec.patches(duration=3.0, starts=[0.0, 3.0, 6.0, 9.0])
    scores = np.full((4, 6), 0.9)
    scores[:, 5] = 0.1
    scores[[0, 2], 5] = 0.6
    scores[[1, 2], 4] = 0.3
    return patches.with_scores(scores, classes=[*names, "owl"])


def told(state: Any, index: int) -> list[tuple[str, int]]:
    """Which scores a page says of a patch, in hundredths."""
    known, n = state["known"], state["patches"]["count"]
    top = np.frombuffer(base64.b64decode(known["top"]), "<i4").reshape(-1, n, 2)[:, index]
    return [(known["classes"][k][0], score) for k, score in top.tolist() if k >= 0]


@pytest.mark.filterwarnings("ignore:nobody labelled .owl.")
def test_a_mistake_says_what_is_wrong_there() -> None:
    """And not what scores highest, which is right; the farthest from right comes first."""
    patches = missing_birds()
    player = pv.player(patches, stops="mistakes")
    assert player.stops == (0, 1, 2)
    assert [told(player.state, k) for k in range(4)] == [
        [("owl", 60)], [("wren", 30)], [("wren", 30), ("owl", 60)], [("a", 90)],
    ]  # fmt: skip
    truth = patches.targets() & (np.array(patches.classes) != "robin")
    player = pv.player(patches, stops="mistakes", truth=truth)
    assert told(player.state, 2) == [("robin", 90), ("wren", 30), ("owl", 60)]
    assert told(pv.player(patches, stops="events").state, 0) == [("a", 90)]


def test_labels_of_a_caption_say_whether_what_is_wrong_is_among_them() -> None:
    patches = missing_birds()
    wrong = np.array([[5, -1], [4, -1], [4, 5], [-1, -1]])
    assert [known_text(patches, k, wrong=wrong) for k in range(4)] == [
        "label a, b, c, robin, wren · owl: 0.60",
        "label wren, a, b +2 · wren: 0.30",
        "label a, b, c, robin, wren · wren: 0.30, owl: 0.60",
        "label a, b, c +2 · a: 0.90",
    ]


def lanes(player: pv.Player) -> list[str]:
    known: Any = player.state["known"]
    return [known["classes"][k][0] for k, _ in known["scores"][: known["shown"]]]


def test_classes_that_are_wrong_at_stops_have_lanes() -> None:
    """Of more than eight, few that have one at each stop; others score higher, or are labelled."""
    windows = np.arange(0.0, 18.0, 3.0)
    classes = [f"c{k:02}" for k in range(16)]
    labels = [(t, t + 3.0, name) for t in windows.tolist() for name in classes[:8]]
    spec = pv.Spectrogram(np.zeros((4, 1800), np.float32), sr=1000, hop_length=10, labels=labels)
    scores = np.full((6, 16), 0.1)
    scores[:, :8] = 0.9
    scores[[1, 3], 15] = 0.6
    scores[4, 14] = 0.6
    scores[1, 8:14] = 0.7
    scored = spec.patches(duration=3.0, starts=windows).with_scores(scores, classes=classes)
    with pytest.warns(UserWarning, match="nobody labelled"):
        player = pv.player(scored, stops="mistakes")
    assert player.stops == (1, 3, 4)
    assert lanes(player) == [*classes[8:14], "c14", "c15"]
    assert lanes(pv.player(scored, stops="mistakes", classes=["c03"])) == ["c03"]
    assert lanes(pv.player(scored)) == classes[:8]


def test_an_opened_tile_has_a_lane_of_what_it_was_chosen_for() -> None:
    scores = np.random.default_rng(0).uniform(0.5, 1, (10, 12))
    scores[:, 11] = np.linspace(0, 0.4, 10)
    spec = pv.Spectrogram(np.zeros((4, 1000), np.float32), sr=1000, hop_length=10)
    patches = spec.patches(duration=1.0, hop_duration=1.0)
    scored = patches.with_scores(scores, classes=[f"c{k:02}" for k in range(12)])
    for sheet in (
        pv.sheet(scored, scored.choose(3, by="highest", of="c11")),
        pv.sheet(scored, of="c11"),
    ):
        content: Any = sheet._content
        assert "c11" in lanes(content.players[0])


@pytest.mark.filterwarnings("ignore:nobody labelled .owl.")
def test_a_scrubber_says_and_decides_what_is_wrong() -> None:
    scrubber = pv.scrub(missing_birds(), stops="mistakes")
    readout = scrubber._now.controls.readout.value
    assert readout.endswith("label a, b, c, robin, wren · owl: 0.60")
    scrubber.rejected = [0, 3]
    assert scrubber.to_frame()["scored"].tolist() == ["owl", "a"]
    scrubber.close()


@pytest.mark.filterwarnings("ignore:nobody labelled")
def test_runs_are_looked_for_in_classes_with_mistakes_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bird detector has 6,522 classes, of which a few are ever wrong."""
    looked: list[int] = []
    of_mistakes = mistakes.runs_of

    def spied(is_in: Any, follows: Any) -> Any:
        looked.append(int(is_in.sum()))
        return of_mistakes(is_in, follows)

    monkeypatch.setattr(mistakes, "runs_of", spied)
    patches = pv.Spectrogram.example().with_labels([(0.5, 1.5, "c7")]).patches(duration=2.0)
    scores = np.zeros((len(patches), 50))
    scores[[3, 4], 9] = 1
    patches = patches.with_scores(scores, classes=[f"c{k}" for k in range(50)])
    assert pv.player(patches, stops="mistakes").stops == (0, 3, 4)
    assert looked == [1, 2]
