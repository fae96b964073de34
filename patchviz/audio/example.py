"""The embedded clip."""

from __future__ import annotations

import dataclasses
import io
from importlib import resources

from .source import Audio

__all__ = ["example_audio"]


def example_audio() -> Audio:
    """Return the embedded clip: speech, 14.84 s at 22050 Hz, in the public domain.

    Returns
    -------
    Audio
        Shakespeare, Sonnet 1, the first four lines, read for LibriVox.
    """
    clip = resources.files("patchviz").joinpath("data", "sonnet1.ogg").read_bytes()
    return dataclasses.replace(Audio.from_file(io.BytesIO(clip)), name="sonnet1.ogg")
