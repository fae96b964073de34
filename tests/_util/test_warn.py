"""Warnings: at whose line they stand, and how they are written."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import patchviz as pv
from patchviz._util.warn import once, warn_user
from patchviz.errors import shown

LABELS = [(50.0, 60.0, "robin")]
SCORED = [{"start_time": 0, "end_time": 1, "label": "robin", "score": 0.5}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "latin.txt").write_bytes(b"0\t1\tm\xe9sange\n")
    (tmp_path / "a.rttm").write_text(
        "LEXEME a 1 0.5 0.1 word lex x <NA> <NA>\nSPEAKER a 1 0.5 0.1 <NA> <NA> x <NA> <NA>\n"
    )
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "call",
    [
        lambda: pv.Spectrogram(np.ones((2, 99)), labels=LABELS),
        lambda: pv.Spectrogram(np.ones((2, 99))).with_labels(LABELS),
        lambda: pv.Spectrogram(np.ones((2, 99))).patches(frame_length=50).choose(9),
        lambda: pv.Spectrogram(np.ones((2, 99)), labels="latin.txt"),
        lambda: pv.read_labels("latin.txt"),
        lambda: pv.read_labels("empty.txt"),
        lambda: pv.read_labels("a.rttm"),
        lambda: pv.write_labels(SCORED, "out.txt", format="audacity"),
    ],
)
def test_it_is_the_line_of_who_called(call: Callable[[], object]) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert [warning.filename for warning in caught] == [__file__]


def test_all_are_short_and_safe_to_show() -> None:
    with pytest.warns(UserWarning, match="^what \N{REPLACEMENT CHARACTER} says") as caught:
        warn_user(f"what \x1b says {'x' * 1000}")
    assert len(str(caught[0].message)) == 500


def test_one_file_warns() -> None:
    package = Path(pv.__file__).parent
    warning = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if re.search(r"\bwarnings\.warn\(", file.read_text(encoding="utf-8"))
    }
    assert warning == {"_util/warn.py"}


@pytest.mark.parametrize("names", [("a", "r"), ("a.wav", "b.wav"), ("x" * 300, "y" * 300)])
def test_what_is_warned_of_several_is_said_once_and_of_whom(names: tuple[str, str]) -> None:
    told: set[str] = set()
    with warnings.catch_warnings(record=True, action="always") as caught:
        for k, name in enumerate(names):
            with once(told, name):
                warn_user(f"{k + 3} samples are clipped.")
                warn_user(f"The first part of {shown(name)} is silent.")
    assert [str(one.message) for one in caught] == [
        f"{names[0]}: 3 samples are clipped.", f"The first part of {shown(names[0])} is silent.",
    ]  # fmt: skip
