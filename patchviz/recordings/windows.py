"""Where the windows of a table of scores lie in many recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..core.grid import go_on
from ..core.windows import windows_in
from ..io.columns import match_columns
from .claims import rows_of

if TYPE_CHECKING:
    import pandas as pd

    from ..core.names import Names
    from .table import Table

__all__ = ["any_goes_on"]


def any_goes_on(table: Table, names: Names, scores: pd.DataFrame, duration: float) -> bool:
    """Return whether a window of a model goes on after its recording, as of one that pads the last.

    Parameters
    ----------
    table : Table
        Of the recordings.
    names : Names
        Likewise.
    scores : DataFrame
        With a column ``file``, or of one recording.
    duration : float
        How long its windows are, in seconds; the last of a table may be cut.
    """
    windows, found = windows_in(scores), match_columns(scores.columns)
    if windows is None:
        return False
    rows = np.zeros(len(scores), np.int64)
    if "file" in found:
        rows = rows_of(names, "scores", scores.iloc[:, found["file"]])
    layout = table.layout
    # Where nothing can be read, nobody knows where it ends.
    is_own = (rows >= 0) & (layout.n_frames[rows] > 0)
    rows = rows[is_own]
    frame = layout.frame_duration[layout.group[rows]]
    end = layout.origin[rows] + layout.n_frames[rows] * frame
    return bool(go_on(windows[0][is_own], duration, end, frame).any())
