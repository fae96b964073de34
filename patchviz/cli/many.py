"""Many recordings of one shell command: how they are read, and what is of one alone."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
from typing import TYPE_CHECKING, Any

import numpy as np

from ..audio.resample import rate_from
from ..errors import InvalidValueError, parts_of
from .checks import STDIN, computing
from .messages import tell
from .tables import tables_asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..core.windows import WindowGrid
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
                f"FILE {shlex.quote(file)} is a folder, and several recordings are files. Name it, "
                "or the folder above several, alone, and --out, the folder of its site; or files: "
                "season/*/*.wav."
            )


def recordings_of(
    options: argparse.Namespace, files: str | list[str], *, are_judged: bool = False
) -> Recordings:
    """Return the recordings, with what is known about them.

    Where they `are_judged`, mistakes are all that is asked for: what nobody looked at has none, and
    is left out, as far as tables of labels say it.
    """
    from ..core.names import Names, on_disk
    from ..core.scoretable import NoPatchThereError
    from ..core.windows import check_missing, window_grid
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
    grid = None if joined is None else window_grid(joined.frame)
    recordings = Recordings(given, **_carving(options, grid), **how)
    _tell_resampled(recordings)

    def at_windows() -> Recordings:
        assert joined is not None
        assert grid is not None
        return recordings._at_windows(
            joined.frame, grid.starts, tail=options.tail, fill=options.missing is not None
        )

    def known(carved: Recordings) -> Recordings:
        if "labels" in tables:
            is_told = not (options.labelled or are_judged)
            carved = carved._with_labels(tables["labels"], is_told=is_told)
        if joined is not None:
            carved = carved._scored(joined, missing=options.missing)
        labels = carved._labels
        is_known = are_judged and labels is not None and labels.is_each
        return _labelled(carved) if options.labelled or is_known else carved

    at_hop = {"hop_duration": options.hop, "duration": options.duration}
    is_theirs = grid is not None and options.hop is None
    if grid is not None and options.hop is not None and grid.has_step(options.hop):
        with contextlib.suppress(NoPatchThereError):
            return known(recordings)
        is_theirs, at_hop["hop_duration"] = True, None
    try:
        return known(at_windows() if is_theirs else recordings)
    except NoPatchThereError as error:
        raise error.said_without(**at_hop) from error


def _labelled(recordings: Recordings) -> Recordings:
    """Leave out recordings that nobody labelled, with a word."""
    labelled = recordings.labelled
    # Of what cannot be used, and is told, nobody asks whether it is labelled.
    n, n_labelled = (np.count_nonzero(one._index.counts) for one in (recordings, labelled))
    if n_labelled < n:
        tell(f"left out, as nobody labelled them: {n - n_labelled:,} of {n:,} recordings")
    return labelled


def _tell_resampled(recordings: Recordings) -> None:
    """Say of how many recordings the highest frequencies are not seen."""
    sr, rate = recordings._table.headers.sr, recordings._recipe.sr
    if rate is not None and (n := int(np.count_nonzero(sr > rate))):
        tell(
            f"{n:,} of {np.count_nonzero(sr):,} resampled to {rate:.10g} Hz: nothing above "
            f"{rate / 2:.10g} Hz is seen; --sr native keeps all"
        )


def _carving(options: argparse.Namespace, grid: WindowGrid | None) -> dict[str, Any]:
    """Return how each is carved, where it is not at the windows of the scores."""
    from ..core.windows import DURATION, HOP

    duration = options.duration or (DURATION if grid is None else grid.duration)
    if grid is not None and options.hop is None:
        return {"duration": duration, "tail": "pad"}
    hop = max(HOP, _frame_duration(options)) if options.hop is None else options.hop
    return {"duration": duration, "tail": options.tail, "hop_duration": hop}


def _frame_duration(options: argparse.Namespace) -> float:
    """Return how long a column is where all have one rate, in seconds; else 0."""
    rate = 22050.0 if options.sr is None else rate_from(options.sr)
    if rate is None:
        return 0.0
    return (options.hop_length or 512) * (options.pool or 1) / rate
