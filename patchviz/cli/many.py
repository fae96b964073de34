"""Many recordings of one shell command: how they are read, and what is of one alone."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import InvalidValueError
from .checks import computing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..recordings.recordings import Recordings

__all__ = ["recordings_of", "refuse_options"]

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


def recordings_of(options: argparse.Namespace, files: str | list[str]) -> Recordings:
    """Return the recordings, with what is known about them."""
    from ..recordings.recordings import Recordings

    how = computing(options)
    del how["offset"]  # which is of one file
    recordings = Recordings(
        files, duration=5.0 if options.duration is None else options.duration,
        hop_duration=0.1 if options.hop is None else options.hop, tail=options.tail,
        labels=options.labels, **how,
    )  # fmt: skip
    return recordings if options.scores is None else recordings.with_scores(options.scores)
