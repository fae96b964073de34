"""Thousands of recordings by chance: none is a fault of a kind that is not known.

PATCHVIZ_FUZZ_FILES says how many (3,000), PATCHVIZ_FUZZ_SEED the number of the first (0). One
recording again: its number as PATCHVIZ_FUZZ_SEED, and PATCHVIZ_FUZZ_FILES=1. Files at fault stay
in pytest's temporary folder.
"""

from __future__ import annotations

import collections
import os
import re
from collections.abc import Callable

import pytest

from .recordings import Recording, recording

pytestmark = pytest.mark.soak

FFMPEG_ALONE = (
    "M4A|AAC|WMA|WavPack|TTA|AC-3|DTS|AMR|Matroska|MP4|AVI|MPEG-TS|OGG FLAC|CAF ALAC of ffmpeg|"
    "VOC of ffmpeg|WAV (adpcm_yamaha|g722)"
)
# Found in the words "format change: fault", and what it is.
KNOWN = {
    r" joined.*: shorter": "joined files: what comes after the first is not read",
    r" (size|length|flipped in its header).*: shorter": "a header says less than follows",
    r" bits .*: shorter": "a header contradicts itself, and ffmpeg believes the other half",
    r"^MP3 .*no Xing.*: (shorter|longer|refused)": "MP3 without a Xing header",
    r"^(MP3 layer 2|WAV MP3) (whole|named).*: refused": "MP3 without a Xing header",
    r"^MP3 .*: shorter": "a damaged MP3 whose length is an estimate",
    r"^OGG O\w+ .*: foreign ValueError": "Opus whose last page counts less than its lead",
    r"^FLAC to a pipe .*: refused": "FLAC without a length",
    r"samples (nan|inf): refused": "samples that are not finite refuse a whole file",
    r": (numpy's warnings|not finite)": "samples near the largest float",
    r" named \.raw: refused": "a good file that is called .raw",
    rf"^({FFMPEG_ALONE}) .*: refused": "what only ffmpeg decodes",
    r"^SDS .*: longer": "SDS is as long as its header says, the rest silence",
    r"^(SVX|VOC|W64) .*: longer": "what follows the sound in SVX, VOC and W64 is read as sound",
}


def test_recordings_by_chance(
    judged: Callable[[Recording], str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    n_files = int(os.environ.get("PATCHVIZ_FUZZ_FILES", "3000"))
    first = int(os.environ.get("PATCHVIZ_FUZZ_SEED", "0"))
    known: dict[str, list[int]] = collections.defaultdict(list)
    unknown: dict[str, list[int]] = collections.defaultdict(list)
    for seed in range(first, first + n_files):
        made = recording(seed)
        if found := judged(made):
            words = f"{made.form} {made.change}: {found}"
            kind = next((KNOWN[each] for each in KNOWN if re.search(each, words)), None)
            (known[kind] if kind else unknown[words]).append(seed)
    with capsys.disabled():
        print(f"\n{n_files} recordings from number {first} on; faults, numbers of the first:")
        for kinds in (known, unknown):
            for kind, seeds in sorted(kinds.items(), key=lambda each: -len(each[1])):
                print(f"{len(seeds):6d}  {kind}: {', '.join(map(str, seeds[:3]))}")
    assert not unknown
