"""Many recordings of one shell command: how they are read, and what is of one alone."""

from __future__ import annotations

import argparse
import os
import shlex
from typing import TYPE_CHECKING, Any

import numpy as np

from ..audio.resample import rate_from
from ..errors import InvalidValueError, parts_of
from .checks import STDIN, computing, tables_asked
from .messages import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from ..recordings.recordings import Recordings

__all__ = [
    "recordings_of",
    "refuse_numbered_stops",
    "refuse_options",
    "refuse_unread",
    "refuse_what_is_no_file",
]

# What options of another name are called in Python.
_NAMES = {"--from": "begin", "--to": "end"}


def refuse_options(options: argparse.Namespace, refused: Sequence[str], why: str) -> None:
    """Refuse options that have no use, and say with what."""
    for option in refused:
        name = _NAMES.get(option, option.strip("-").replace("-", "_"))
        if getattr(options, name) is not None:
            raise InvalidValueError(
                f"{option} has no use with {why}. Leave it out, or name one recording."
            )


def refuse_numbered_stops(options: argparse.Namespace, what: str) -> None:
    """Refuse stops that are numbers of patches, of which each recording has its own."""
    from ..web.stops import stops_from

    if options.stops is not None and not isinstance(stops_from(options.stops), str):
        raise InvalidValueError(
            f"--stops {shlex.quote(options.stops)} are numbers of patches, and each of {what} has "
            "its own. Choose events or mistakes, or name one recording."
        )


def refuse_unread(recordings: Recordings) -> None:
    """Refuse files that were named, and cannot be read."""
    for row, error in recordings._table.errors.items():
        raise InvalidValueError(
            f"FILE {shlex.quote(recordings._table.paths[row])}: ", *parts_of(error)
        )


def refuse_what_is_no_file(files: Sequence[str]) -> None:
    """Refuse what is no file among several that are named."""
    for file in files:
        if file in STDIN or not file:
            raise InvalidValueError(
                f"FILE {shlex.quote(file)} is no file's name, and several recordings are files. "
                "Name it alone, or name files."
            )
        if os.path.isdir(file):
            raise InvalidValueError(
                f"FILE {shlex.quote(file)} is a folder, and several recordings are files. Name it "
                "alone, and --out, the folder of its site."
            )


def recordings_of(options: argparse.Namespace, files: str | list[str]) -> Recordings:
    """Return the recordings, with what is known about them."""
    from ..core.names import Names, on_disk
    from ..core.scoretable import NoPatchThereError
    from ..core.windows import check_missing
    from ..recordings.given import given_files
    from ..recordings.recordings import Recordings

    how = computing(options)
    del how["offset"]  # which is of one file
    check_missing(options.missing, has_scores=options.scores is not None)
    given, joined = given_files(files), None
    tables = tables_asked(options)
    if "scores" in tables:
        # Before recordings are carved: where their patches are may depend on where their own scores
        # are, and not on those of others.
        joined = tables["scores"].joined(Names(on_disk(given.paths)))
    carving, starts = _carving(options, joined and joined.frame)
    recordings = Recordings(given, **carving, **how)
    _tell_resampled(recordings)
    if starts is not None:
        recordings = recordings._with_all_windows(starts)
    if "labels" in tables:
        recordings = recordings.with_labels(tables["labels"])
    if joined is None:
        return recordings
    try:
        return recordings._scored(joined, missing=options.missing)
    except NoPatchThereError as error:
        carved = {"hop_duration": options.hop, "duration": options.duration}
        raise error.said_without(**carved) from error


def _tell_resampled(recordings: Recordings) -> None:
    """Say of how many recordings the highest frequencies are not seen."""
    sr, rate = recordings._table.headers.sr, recordings._recipe.sr
    if rate is not None and (n := int(np.count_nonzero(sr > rate))):
        tell(
            f"{n:,} of {np.count_nonzero(sr):,} resampled to {rate:.10g} Hz: nothing above "
            f"{rate / 2:.10g} Hz is seen; --sr native keeps all"
        )


def _carving(
    options: argparse.Namespace, scores: pd.DataFrame | None
) -> tuple[dict[str, Any], NDArray[np.float64] | None]:
    """Return how each is carved: where the windows of the scores are, unless a hop is given.

    And the starts of windows that are to be filled up, once it is known how long recordings are.
    """
    from ..core.windows import DURATION, HOP, window_grid

    carving = {"duration": options.duration, "tail": options.tail}
    grid = None if scores is None else window_grid(scores)
    usual, frame_duration = DURATION if grid is None else grid.duration, _frame_duration(options)
    is_theirs = grid is not None and options.hop and grid.is_at(options.hop, frame_duration)
    if grid is None or not (options.hop is None or is_theirs):
        hop = max(HOP, frame_duration or 0.0) if options.hop is None else options.hop
        return carving | {"duration": options.duration or usual, "hop_duration": hop}, None
    # The last window of a recording goes on after it.
    carving = {"duration": options.duration or usual, "tail": "pad"}
    if options.missing is None and not is_theirs:
        return carving | {"starts": grid.starts}, None
    return carving, grid.starts


def _frame_duration(options: argparse.Namespace) -> float | None:
    """Return how long a column is where all have one rate, in seconds; else None."""
    rate = 22050.0 if options.sr is None else rate_from(options.sr)
    if rate is None:
        return None
    return (options.hop_length or 512) * (options.pool or 1) / rate
