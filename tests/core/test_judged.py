"""All mistakes as a table, beside arithmetic of single cells, and beside what is chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import patchviz as pv
from patchviz.errors import InvalidTypeError, InvalidValueError, PatchIndexError

N = 9
NAMES = ["robin", "wren", "owl"]
LABELS = [(0.2, 1.4, "robin"), (3.1, 3.2, "wren"), (4.0, 6.5, "wren"), (8.0, 9.0, "robin")]


def patches_of(labels: object = LABELS) -> pv.Patches:
    """Nine patches of a second, one after the other."""
    values = np.zeros((4, 10 * N))
    spec = pv.Spectrogram(values, sr=1000, hop_length=100, y_axis="linear", name="a noise")
    return spec.with_labels(labels).patches(frame_length=10)


@pytest.mark.slow
@given(
    scores=arrays(
        float, (N, 3),
        elements=st.sampled_from([-1.0, 0.0, 0.2, 0.5, 0.7, 0.8, 1.0, np.nan]),
    ),
    precision=st.sampled_from([np.float16, np.float32, np.float64]),  # in which 0.7 is another
    threshold=st.sampled_from([0.0, 0.2, 0.5, 0.7]),
    truth=st.sampled_from([None, {"min_overlap": 0.3}, {"min_share": 0.5}]),
)  # fmt: skip
@example(np.full((N, 3), 0.7), np.float32, 0.7, None)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_cell_is_looked_at(scores, precision, threshold, truth):
    scores = scores.astype(precision)
    patches = patches_of().with_scores(scores, classes=NAMES)
    has = patches.targets(**(truth or {}))
    found = patches.mistakes(threshold=threshold, truth=truth)
    expected = set()
    for i in range(N):
        for k, name in enumerate(NAMES):
            if np.isnan(scores[i, k]):
                continue
            is_said, is_there = scores[i, k] >= threshold, has[i, patches.classes.index(name)]
            if is_said and not is_there:
                expected.add((i, name, scores[i, k], "false positive"))
            elif is_there and not is_said:
                expected.add((i, name, scores[i, k], "missed"))
    columns = ["patch", "label", "score", "mistake"]
    rows = [*found[columns].itertuples(index=False, name=None)]
    assert set(rows) == expected
    assert len(rows) == len(expected)
    assert (np.diff(abs(found["score"] - threshold)) <= 0).all(), "the worst first"
    if expected:
        chosen = patches.choose(N, by="disagree", threshold=threshold, truth=truth, apart=False)
        assert set(found["patch"]) == set(chosen.tolist())
        assert found["patch"][0] == chosen[0]


def test_a_row_says_when_and_what_is_there() -> None:
    patches = patches_of([(0.2, 1.4, "robin"), (0.5, 0.9, "fox, red")]).with_scores(
        np.stack([np.linspace(0.9, 0.1, N), np.linspace(0.9, 0.1, N) / 2], axis=1),
        classes=["robin", "fox, red"],
    )
    picked = patches[[1, 4, 8]]
    expected = pd.DataFrame(
        {"patch": [1, 1, 4], "file": "a noise", "start_time": [1.0, 1, 4], "end_time": [2.0, 2, 5]}
    )
    assert patches.mistakes()["patch"].tolist() == [2, 3, 0, 4]
    found = picked.mistakes(truth=np.array([[0, 1], [0, 0], [1, 0]]), threshold=0.49)
    assert found["mistake"].tolist() == ["missed", "false positive"] * 2
    assert found["patch"].tolist() == [8, 1, 1, 4]
    assert found["truth"].tolist() == ["robin", '"fox, red"', '"fox, red"', ""]
    pd.testing.assert_frame_equal(
        found.loc[1:, expected.columns].reset_index(drop=True), expected, check_dtype=False
    )


@pytest.mark.filterwarnings("ignore:.*no row in the table of labels")
def test_of_many_recordings_they_are_one_table(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("20240512_053000.wav", "20240512_063000.wav"):
        soundfile.write(tmp_path / name, rng.normal(0, 0.1, 32_000), 8000)
    labels = [{"file": "20240512_063000.wav", "start_time": 1.0, "end_time": 2.0, "label": "owl"}]
    recordings = pv.Recordings(tmp_path, duration=1.0, sr=None, start="filename")
    judged = recordings.with_labels(labels).with_scores(
        np.array([0.9, 0, 0, 0, 0, 0.3, 0, 0.6])[: len(recordings)], classes=["owl"]
    )
    found = judged.mistakes(truth={"min_share": 0.5})
    assert [(row.patch, row.mistake) for row in found.itertuples()] == [
        (0, "false positive"), (5, "missed"), (7, "false positive"),
    ]  # fmt: skip
    assert found["file"].map(lambda path: Path(path).name).tolist() == [
        "20240512_053000.wav", "20240512_063000.wav", "20240512_063000.wav",
    ]  # fmt: skip
    at = found["start_timestamp"][1]
    assert abs(at - pd.Timestamp("2024-05-12 06:30:01")) < pd.Timedelta("50ms")
    of_each = [judged.patches(k).mistakes(truth={"min_share": 0.5}) for k in range(2)]
    assert sum(map(len, of_each)) == len(found)


def test_what_may_not_be_meant_is_told() -> None:
    patches = patches_of()
    with pytest.warns(UserWarning, match=r"^nobody labelled 'owl': every patch counts as one"):
        patches.with_scores(np.zeros((N, 3)), classes=NAMES).mistakes()
    of_wrens = patches_of(LABELS[1:3])
    with pytest.warns(UserWarning, match=r"^threshold=2.0 is above every score"):
        of_wrens.with_scores(np.ones(N), classes=["wren"]).mistakes(threshold=2)
    with pytest.warns(UserWarning, match=r"^mistakes: no patch is scored\.$"):
        assert (
            patches_of(LABELS[:1])
            .with_scores(np.full(N, np.nan), classes=["robin"])
            .mistakes()
            .empty
        )
    with pytest.warns(
        UserWarning, match=r"^mistakes: 'wren' is labelled and not scored, and so no mistake"
    ):
        patches.with_scores(np.zeros(N), classes=["robin"]).mistakes()
    unscored = np.where(np.arange(N) == 3, np.nan, 1.0)
    with pytest.warns(UserWarning, match=r"^no score stands against the label in 1 patch of"):
        of_wrens.with_scores(unscored, classes=["wren"]).mistakes()
    shares = np.tile([0.4, 0.3, 0.3], (N, 1))
    of_all = patches_of([*LABELS, (8.0, 9.0, "owl")])
    with pytest.warns(UserWarning, match="add up to 1") as told:
        of_all.with_scores(shares, classes=NAMES).mistakes()
    (said,) = [str(one.message) for one in told if "add up to 1" in str(one.message)]
    assert said == (
        "mistakes: the scores of a patch add up to 1, as those of a model that names one class. In "
        "3 of 7 patches with a mistake the class that scores highest is there, and they are "
        "mistakes only by the threshold. Let what the model names score 1, and all else 0: "
        "with_scores(scores == scores.max(axis=1, keepdims=True), classes=...)."
    )


def test_none_is_an_empty_table() -> None:
    has = patches_of().targets()
    found = patches_of().with_scores(has, classes=["robin", "wren"]).mistakes()
    assert found.empty
    assert [*found] == [
        "patch", "file", "start_time", "end_time", "label", "score", "mistake", "truth",
    ]  # fmt: skip


def test_what_it_needs() -> None:
    patches = patches_of()
    with pytest.raises(InvalidValueError, match=r"^no class is scored. Give the patches scores: "):
        patches.mistakes()
    with pytest.raises(InvalidValueError, match=r"have no usual threshold. Say from which score "):
        patches.with_scores(np.linspace(2, 3, N), classes=["wren"]).mistakes()
    with pytest.raises(InvalidTypeError, match=r"It must be one number. Where each class has its"):
        patches.with_scores(np.ones(N), classes=["wren"]).mistakes(threshold=[0.2])
    bare = pv.Spectrogram(np.zeros((4, 90)), sr=1000, hop_length=100, y_axis="linear")
    scored = bare.patches(frame_length=10).with_scores(np.ones(N), classes=["wren"])
    with pytest.raises(InvalidValueError, match=r"^the spectrogram has no labels. Give it some"):
        scored.mistakes()


def test_the_column_patch_of_a_table_holds_numbers_wherever_patches_are_chosen() -> None:
    """Of some patches a number is no position: without its name the patches would be others."""
    scores = np.full((N, 2), 0.1)
    scores[8] = 0.0  # the worst one
    some = patches_of().with_scores(scores, classes=NAMES[:2])[[2, 3, 5, 6, 8]]
    wrong = some.mistakes()["patch"]
    assert wrong.unique().tolist() == [8, 3, 5, 6]
    assert some[wrong.drop_duplicates().sort_values()].numbers.tolist() == [3, 5, 6, 8]
    is_labelled = some.to_frame()["labels"] != ""
    assert some[some.to_frame().index[is_labelled]].numbers.tolist() == [3, 5, 6, 8]
    mosaic = pv.plot_mosaic(some, wrong.drop_duplicates(), overview=False)
    assert [axes.get_title(loc="left")[:7] for axes in mosaic.panels] == [
        "patch 8", "patch 3", "patch 5", "patch 6",
    ]  # fmt: skip
    sheet = pv.sheet(some, wrong.drop_duplicates())
    assert some.numbers[sheet.state["tiles"]].tolist() == [8, 3, 5, 6]
    with pytest.raises(PatchIndexError, match="index holds the patch 4, which is none of these 5"):
        some[pd.Series([4], name="patch")]
    assert some[wrong.to_numpy()[:1] - 8].numbers.tolist() == [2], "an array holds positions"
