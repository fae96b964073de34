"""Patches where a table of scores has its windows: for faces in which nobody computes starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError
from ..io.table import match_columns
from .grid import filled
from .labels import of_recording
from .patchtable import NUMBERS, PatchTable, usual_length
from .scoretable import NoPatchThereError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .patches import Patches
    from .spectrogram import Spectrogram

__all__ = [
    "DURATION",
    "HOP",
    "carved_as_usual",
    "check_missing",
    "scored_at_windows",
    "windows_in",
]

DURATION, HOP = 5.0, 0.1  # s, of patches, and from one to the next, where nobody says


def windows_in(scores: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return when the rows of a table begin and how long they are, in s; None of other tables."""
    found = match_columns(scores.columns)
    if "start_time" not in found or not ({"end_time", "duration"} & found.keys()):
        return None
    return PatchTable(scores, found).spans(0.0)


def scored_at_windows(
    spec: Spectrogram,
    scores: pd.DataFrame,
    *,
    duration: float | None = None,
    tail: str = "drop",
    missing: float | None = None,
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
    missing : float, optional
        The score of what has none: then windows that the table leaves out are patches, too.
    """
    windows = windows_in(scores)
    if windows is None:
        return None
    start, length = windows
    found = match_columns(scores.columns)
    if "file" in found:
        is_own = of_recording("scores", PatchTable(scores, found).files, spec)
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
    if missing is not None:
        starts = filled(starts, duration, spec.start, spec.end - spec.frame_duration)
    if starts[-1] + duration > spec.end:
        tail = "pad"
    patches = spec.patches(duration=duration, starts=starts, tail=tail)
    # Numbers are those of another carving.
    numbers = [name for name in scores.columns if name in NUMBERS]
    return patches.with_scores(scores[inside].drop(columns=numbers), missing=missing)


def check_missing(missing: float | None, *, has_scores: bool) -> None:
    """Refuse a score of what has none where no table says what has some."""
    if missing is not None and not has_scores:
        raise InvalidValueError(
            Argument("missing", missing), " has no use without ", Argument("scores"),
            remedy="Leave it out, or give a table of scores.",
        )  # fmt: skip


def carved_as_usual(
    spec: Spectrogram,
    *,
    scores: pd.DataFrame | None = None,
    duration: float | None = None,
    hop: float | None = None,
    tail: str = "drop",
    missing: float | None = None,
) -> Patches:
    """Return patches as whoever names no numbers wants them.

    Parameters
    ----------
    spec : Spectrogram
    scores : DataFrame, optional
        Without a `hop`, patches are where its windows are.
    duration, hop : float, optional
        In seconds; `DURATION`, or as long as a recording that is shorter, every `HOP`, or every
        frame where these are longer.
    tail : str
        As for :meth:`Spectrogram.patches`.
    missing : float, optional
        As for :meth:`Patches.with_scores`.
    """
    check_missing(missing, has_scores=scores is not None)
    if scores is not None and hop is None:
        scored = scored_at_windows(spec, scores, duration=duration, tail=tail, missing=missing)
        if scored is not None:
            return scored
    length: dict[str, Any] = {"duration": DURATION if duration is None else duration}
    if duration is None and spec.duration < DURATION:
        length = {"frame_length": spec.n_frames}
    every = max(HOP, spec.frame_duration) if hop is None else hop
    patches = spec.patches(**length, hop_duration=every, tail=tail)
    if scores is None:
        return patches
    try:
        return patches.with_scores(scores, missing=missing)
    except NoPatchThereError as error:
        raise error.said_without(hop_duration=hop, duration=duration) from error
