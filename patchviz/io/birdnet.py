"""Detections of BirdNET: its CSV, and its form of Raven's selection table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .raven import is_raven, read_raven
from .table import delimiter_of, read_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["is_birdnet", "read_birdnet"]


def is_birdnet(text: str) -> bool:
    """Whether the first line has the columns that BirdNET writes."""
    line = text.lstrip().partition("\n")[0].lower()
    names = {name.strip(' "') for name in line.split(delimiter_of(line))}
    return {"common name", "confidence"} <= names and (
        "start (s)" in names or "begin time (s)" in names
    )


def read_birdnet(file: str, text: str, label: str | None) -> pd.DataFrame:
    """Return detections, named by their common names, with their confidence as score."""
    read = read_raven if is_raven(text) else read_table
    frame = read(file, text, "Common name" if label is None else label)
    # How it writes that it found nothing.
    return frame[frame["label"].str.lower() != "nocall"].reset_index(drop=True)
