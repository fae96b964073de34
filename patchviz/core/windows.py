"""Patches where a table of scores has its windows: for faces in which nobody computes starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError
from ..io.columns import match_columns
from .grid import filled, go_on, step_of, windows_end
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
    "window_grid",
    "windows_in",
]

DURATION, HOP = 5.0, 0.1  # s, of patches, and from one to the next, where nobody says

_TYPED = 5e-4  # s: as near as somebody types a hop


class WindowGrid(NamedTuple):
    """Where the windows of a table begin, all of which lie in one grid, as a detector's do.

    Attributes
    ----------
    starts : ndarray of float
        In seconds, rising, each once.
    duration : float
        How long most are.
    step : float
        From one to the next, where none is missing.
    """

    starts: NDArray[np.float64]
    duration: float
    step: float

    def has_step(self, hop: float) -> bool:
        """Return whether a hop is theirs."""
        return abs(self.step - hop) <= _TYPED


def windows_in(scores: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return when the rows of a table begin and how long they are, in s; None of other tables."""
    found = match_columns(scores.columns)
    if "start_time" not in found or not ({"end_time", "duration"} & found.keys()):
        return None
    return PatchTable(scores, found).spans(0.0)


def window_grid(scores: pd.DataFrame) -> WindowGrid | None:
    """Return where windows of a table are; None where there are none, or these are events."""
    windows = windows_in(scores) if len(scores) else None
    if windows is None:
        return None
    starts, duration = np.unique(windows[0]), usual_length(windows[1])
    step = step_of(starts, duration)
    return None if step is None else WindowGrid(starts, duration, step)


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
        Windows of the table that go on after the recording are padded in any case.
    missing : float, optional
        The score of what has none: then windows that the table leaves out are patches, too; those
        that go on after the recording where the table has one of them, or `tail` is ``"pad"``.
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
    if go_on(starts[-1], duration, spec.end, spec.frame_duration):
        tail = "pad"
    if missing is not None:
        is_padded = tail == "pad"
        last = windows_end(spec.end, duration, spec.frame_duration, is_padded=is_padded)
        starts = filled(starts, duration, spec.start, last)
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
        Without a `hop`, patches are where its windows are; with that of its windows, too, where
        some of these are no patches that follow frames.
    duration, hop : float, optional
        In seconds; as the windows of `scores` are, or else `DURATION`, or as long as a recording
        that is shorter, every `HOP`, or every frame where these are longer.
    tail : str
        As for :meth:`Spectrogram.patches`.
    missing : float, optional
        As for :meth:`Patches.with_scores`.
    """
    check_missing(missing, has_scores=scores is not None)
    if scores is not None and hop is None:
        try:
            scored = scored_at_windows(spec, scores, duration=duration, tail=tail, missing=missing)
        except NoPatchThereError as error:
            raise error.said_without(duration=duration) from error
        if scored is not None:
            return scored
    grid = None if scores is None or hop is None else window_grid(scores)
    usual = DURATION if grid is None else grid.duration
    length: dict[str, Any] = {"duration": usual if duration is None else duration}
    if duration is None and spec.duration < usual:
        length = {"frame_length": spec.n_frames}
    every = max(HOP, spec.frame_duration) if hop is None else hop
    patches = spec.patches(**length, hop_duration=every, tail=tail)
    if scores is None:
        return patches
    try:
        return patches.with_scores(scores, missing=missing)
    except NoPatchThereError as error:
        if grid is not None and hop is not None and grid.has_step(hop):
            return carved_as_usual(
                spec, scores=scores, duration=duration, tail=tail, missing=missing
            )
        raise error.said_without(hop_duration=hop, duration=duration) from error
