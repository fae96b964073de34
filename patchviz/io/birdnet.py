"""Detections of BirdNET: its CSV, and its form of Raven's selection table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .._util.columns import texts_in
from .frame import with_silent
from .raven import is_raven, read_raven
from .table import delimiter_of, read_table
from .text import plain_name

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["is_birdnet", "of_what_was_found", "read_birdnet"]


def is_birdnet(text: str) -> bool:
    """Whether the first line has the columns that BirdNET writes."""
    line = text.lstrip().partition("\n")[0].lower()
    return _are_birdnets(name.strip(' "') for name in line.split(delimiter_of(line)))


def _are_birdnets(names: Iterable[object]) -> bool:
    plain = {plain_name(name) for name in names}
    return {"commonname", "confidence"} <= plain and not plain.isdisjoint(
        {"start(s)", "begintime(s)"}
    )


def read_birdnet(file: str, text: str, label: str | None) -> pd.DataFrame:
    """Return detections, named by their common names, with their confidence as score."""
    read = read_raven if is_raven(text) else read_table
    frame = read(file, text, "Common name" if label is None else label)
    found = frame[_is_found(frame["label"])].reset_index(drop=True)
    return with_silent(found, frame.get("file", ()))


def of_what_was_found(frame: pd.DataFrame) -> pd.DataFrame:
    """Return BirdNET's table as a frame without the rows that say that nothing was found.

    Any other as it is.
    """
    if not _are_birdnets(frame.columns):
        return frame
    names = next(frame[name] for name in frame.columns if plain_name(name) == "commonname")
    kept = _is_found(names)
    return frame if kept.all() else frame[kept].reset_index(drop=True)


def _is_found(names: pd.Series) -> pd.Series:
    """Whether a name is of a bird, and not how BirdNET writes that it found none."""
    return texts_in(names).str.strip().str.lower() != "nocall"
