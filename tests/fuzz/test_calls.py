"""Everything public, called with what nobody means: refused by name, or right.

PATCHVIZ_FUZZ_CALLS says how many calls the long form makes (5,000), PATCHVIZ_FUZZ_SEED the number
of the first (0).
"""

from __future__ import annotations

import collections
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from .calls import call, public_names, targets


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder with a clip in which the calls write what they write."""
    soundfile.write(tmp_path / "clip.wav", np.sin(np.arange(3000.0) ** 1.3), 16000)
    (tmp_path / "labels.csv").write_text("start_time,end_time,label\n0.1,0.3,robin\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def faults(first: int, n_calls: int, folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = collections.defaultdict(list)
    among = targets()
    for seed in range(first, first + n_calls):
        what, fault = call(seed, folder, among)
        if fault is not None:
            found[fault].append(f"{seed}: {what}")
    return found


def test_every_public_name_is_called() -> None:
    called = {target.name.split(".")[0] for target in targets()}
    assert called >= set(public_names()) - {"PatchvizError", "FrontEnd", "Mosaic"}


@pytest.mark.slow
def test_calls_by_chance(folder: Path) -> None:
    assert not faults(0, 40, folder)


@pytest.mark.soak
def test_thousands_of_calls_by_chance(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    n_calls = int(os.environ.get("PATCHVIZ_FUZZ_CALLS", "5000"))
    first = int(os.environ.get("PATCHVIZ_FUZZ_SEED", "0"))
    found = faults(first, n_calls, folder)
    with capsys.disabled():
        print(f"\n{n_calls} calls from number {first} on; faults, and calls that show them:")
        for fault, calls in sorted(found.items(), key=lambda each: -len(each[1])):
            print(f"{len(calls):5d}  {fault}\n       {calls[0]}")
    assert not found
