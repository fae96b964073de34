"""What is wrong with what patchviz says of a file, ffmpeg being the second opinion."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path
from typing import Any

from patchviz.animation.ffmpeg import ffmpeg_path

TOLERANCE = 0.1  # s


def ffmpeg_seconds(path: Path) -> float | None:
    """Return how much sound ffmpeg decodes; None if it cannot tell what the file is."""
    command = [ffmpeg_path(), "-nostdin", "-v", "quiet", "-i", str(path)]
    with subprocess.Popen(
        [*command, "-bsf:a", "setts=ts=N", "-c:a", "pcm_s16be", "-f", "au", "pipe:1"],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        head = process.stdout.read(24)
        if len(head) < 24:
            return None
        _, start, _, _, rate, n_channels = struct.unpack(">6I", head)
        n_bytes = 24 - start
        while block := process.stdout.read(1 << 20):
            n_bytes += len(block)
    return n_bytes / (2 * n_channels * rate)


def fault(name: str, said: dict[str, Any], seconds: float | None, is_whole: bool) -> str | None:
    """Return what is wrong, in a few words; None if nothing is.

    Parameters
    ----------
    name : str
        The file's.
    said : dict
        What the reader says of it.
    seconds : float or None
        How long it is, where that is known.
    is_whole : bool
        Whether nothing is missing or damaged, so that an error is wrong.
    """
    if "died" in said:
        return f"died: {said['died']}"
    if any(category == "RuntimeWarning" for category, _ in said["warnings"]):
        return "numpy's warnings"
    if "error" in said:
        if not said["is_documented"]:
            return f"foreign {said['error']}"
        if name not in said["message"] or len(said["message"]) >= 500:
            return "words that do not help"
        return "refused" if is_whole and seconds else None
    if not said["is_all_seen"]:
        return "the picture is of another length"
    if any(name in text for _, text in said["warnings"]):
        return None
    if not said["is_finite"]:
        return "not finite, no word"
    if seconds is not None and said["seconds"] < seconds - TOLERANCE:
        return "shorter, no word"
    if seconds is not None and said["seconds"] > seconds + TOLERANCE:
        return "longer, no word"
    return None
