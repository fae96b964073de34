"""Thousands of recordings by chance: none crashes, hangs, or is shorter or longer without a word.

PATCHVIZ_FUZZ_FILES says how many (3,000), PATCHVIZ_FUZZ_SEED the number of the first (0). One
recording again: its number as PATCHVIZ_FUZZ_SEED, and PATCHVIZ_FUZZ_FILES=1. Files at fault stay
in pytest's temporary folder.
"""

from __future__ import annotations

import collections
import os
from collections.abc import Callable

import pytest

from .recordings import Recording, recording

pytestmark = pytest.mark.soak


def test_recordings_by_chance(
    judged: Callable[[Recording], str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    n_files = int(os.environ.get("PATCHVIZ_FUZZ_FILES", "3000"))
    first = int(os.environ.get("PATCHVIZ_FUZZ_SEED", "0"))
    faults: dict[str, list[int]] = collections.defaultdict(list)
    for seed in range(first, first + n_files):
        made = recording(seed)
        if found := judged(made):
            faults[f"{made.form} {made.change}: {found}"].append(seed)
    with capsys.disabled():
        print(f"\n{n_files} recordings from number {first} on; faults, numbers of the first:")
        for words, seeds in sorted(faults.items(), key=lambda each: -len(each[1])):
            print(f"{len(seeds):6d}  {words}: {', '.join(map(str, seeds[:3]))}")
    assert not faults
