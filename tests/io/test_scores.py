"""What a model said, as files: what a person writes who has a number for each patch and class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import patchviz as pv
from patchviz.errors import InvalidValueError, LabelFileError

N, CLASSES = 10, ["speech", "pause"]


@pytest.fixture
def patches() -> pv.Patches:
    return pv.Spectrogram(np.zeros((4, 100)), sr=100, hop_length=1).patches(frame_length=10)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(0).uniform(size=(N, 2)).round(3), columns=CLASSES)


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_classes_alone_are_of_all_patches_in_their_order(
    patches: pv.Patches, frame: pd.DataFrame, tmp_path: Path, index: bool, sep: str
) -> None:
    frame.to_csv(tmp_path / "scores.csv", index=index, sep=sep)
    scored = patches.with_scores(tmp_path / "scores.csv")
    assert scored.classes == tuple(CLASSES)
    np.testing.assert_allclose(scored.scores, frame, rtol=1e-6)  # type: ignore[arg-type]


def test_an_index_says_which_patches(
    patches: pv.Patches, frame: pd.DataFrame, tmp_path: Path
) -> None:
    frame.iloc[[7, 2]].to_csv(tmp_path / "scores.csv")
    scored = patches.with_scores(tmp_path / "scores.csv").scores
    assert scored is not None
    np.testing.assert_allclose(scored[[7, 2]], frame.iloc[[7, 2]], rtol=1e-6)
    assert np.isnan(scored).sum() == 16


def test_another_number_of_rows_is_refused(
    patches: pv.Patches, frame: pd.DataFrame, tmp_path: Path
) -> None:
    frame[:4].to_csv(tmp_path / "scores.csv", index=False)
    with pytest.raises(InvalidValueError, match="scores have 4 rows, and there are 10 patches"):
        patches.with_scores(tmp_path / "scores.csv")


def test_what_holds_words_is_none(patches: pv.Patches, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("speech,who\n0.4,me\n")
    with pytest.raises(LabelFileError, match="wanted start_time"):
        patches.with_scores(tmp_path / "scores.csv")
