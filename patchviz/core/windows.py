"""Patches where a table of scores has its windows: for faces in which nobody computes starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import texts_in
from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError
from ..io.table import match_columns
from .labels import of_recording
from .scoretable import NUMBERS, spans_in, usual_length

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .patches import Patches
    from .spectrogram import Spectrogram

__all__ = ["scored_at_hop", "scored_at_windows", "windows_in"]


def windows_in(scores: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return when the rows of a table begin and how long they are, in s; None of other tables."""
    found = match_columns(scores.columns)
    if "start_time" not in found or not ({"end_time", "duration"} & found.keys()):
        return None
    return spans_in(scores, found, 0.0)


def scored_at_windows(
    spec: Spectrogram, scores: pd.DataFrame, *, duration: float | None = None, tail: str = "drop"
) -> Patches | None:
    """Return a patch for each window of a table, scored; None where none is of the recording.

    Parameters
    ----------
    spec : Spectrogram
    scores : DataFrame
        As `read_scores` returns it.
    duration : float, optional
        By default that which most windows have, in seconds.
    tail : str
        A last window that goes on after the recording is padded in any case.
    """
    windows = windows_in(scores)
    if windows is None:
        return None
    start, length = windows
    found = match_columns(scores.columns)
    if "file" in found:
        files = texts_in(scores.iloc[:, found["file"]])
        is_own = of_recording("scores", files, spec)
        scores, start, length = scores[is_own], start[is_own], length[is_own]
    inside = (start >= spec.start - 1e-6) & (start < spec.end - spec.frame_duration)
    if not inside.any():
        return None
    if not inside.all():
        warn_user(
            f"{np.count_nonzero(~inside)} of {len(inside)} rows of scores begin outside of the "
            f"recording, {spec.start:.3f} to {spec.end:.3f} s, and are left out."
        )
    starts = np.unique(start[inside])
    duration = usual_length(length[inside]) if duration is None else duration
    if starts[-1] + duration > spec.end:
        tail = "pad"
    patches = spec.patches(duration=duration, starts=starts, tail=tail)
    # Numbers are those of another carving.
    numbers = [name for name in scores.columns if name in NUMBERS]
    return patches.with_scores(scores[inside].drop(columns=numbers))


def scored_at_hop(patches: Patches, scores: pd.DataFrame) -> Patches:
    """Return patches with scores, or say that these need windows of their own."""
    try:
        return patches.with_scores(scores)
    except InvalidValueError as error:
        if not error.remedy.startswith("Carve"):
            raise
        reason = str(error).removesuffix(error.remedy).rstrip(" .")
        raise InvalidValueError(
            f"{reason}. Leave out ",
            Argument("hop_duration"),
            ", and there is a patch for each window of the scores.",
        ) from error
