"""Mistakes of a model, of one recording or of many: a picture of the worst, or a table of all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.files import check_writable, written
from .._util.text import plural
from .._util.validation import check_file
from ..errors import InvalidValueError
from .arguments import PICTURES, TABLE, say
from .checks import check
from .many import recordings_of, refuse_options
from .messages import tell, warnings_said

if TYPE_CHECKING:
    import pandas as pd

    from ..core.patches import Patches
    from ..recordings.recordings import Recordings

__all__ = ["are_asked", "write_mistakes", "write_mistakes_of_many"]

_N_WORST = 12

# What is of one recording, or of pages.
_OF_ONE = ("--from", "--to", "--jobs", "--dask")


def are_asked(options: argparse.Namespace) -> bool:
    """Return whether mistakes are all that is to be written."""
    ending = Path(options.out or "").suffix.lower()
    return options.stops == "mistakes" and ending in (*PICTURES, TABLE)


def write_mistakes_of_many(options: argparse.Namespace) -> Path:
    """Write those of all recordings that are named, or in the folder that is."""
    files = options.files if len(options.files) > 1 else options.file
    out = check_file("out", options.out, example="mistakes.csv")
    refuse_options(options, _OF_ONE, "many recordings, whose mistakes are looked at")
    check_writable(out)
    check(options, out.suffix.lower())
    tell(f"reading {files if isinstance(files, str) else f'{len(files)} recordings'} ...")
    with warnings_said():
        recordings = recordings_of(options, files)
    say(str(recordings), sys.stdout)
    write_mistakes(recordings, out, options)
    return out


def write_mistakes(known: Patches | Recordings, out: Path, options: argparse.Namespace) -> None:
    """Write a mosaic of the worst, or a table with a row for each patch and class."""
    told: dict[str, Any] = {"threshold": options.threshold, "truth": options.truth}
    table = _table(known, **told)
    n_wrong = table["patch"].nunique()
    with warnings_said():  # which tell of labels and thresholds that no score is about
        n = options.n or max(1, min(n_wrong, _N_WORST))
        worst = known.choose(n, by="disagree", **told)
    said = f"{plural(len(table), 'mistake')} in {n_wrong:,} of {plural(len(known), 'patch')}"
    say(said, sys.stdout)
    if out.suffix.lower() == TABLE:
        with written(out) as path:
            table.to_csv(path, index=False)
        return
    if not len(worst):
        raise InvalidValueError("there is no mistake to be drawn.")
    from matplotlib.figure import Figure

    from ..core.patches import Patches
    from ..plot.mosaic import plot_mosaic

    look = {name: getattr(options, name) for name in ("cmap", "clim", "flim", "reduce", "truth")}
    if isinstance(known, Patches):  # it has an overview, with the line of the threshold
        look["threshold"] = options.threshold
    figure = Figure(figsize=(9.0, 6.0), dpi=150, layout="constrained")
    with warnings_said():
        plot_mosaic(known, worst, ax=figure, **look)
        with written(out) as path:
            figure.savefig(path)


def _table(known: Patches | Recordings, threshold: float | None, truth: Any) -> pd.DataFrame:
    """Return what is wrong, the worst first: when, of which class, its score, and what is true."""
    assert known.scores is not None
    threshold = known.threshold if threshold is None else threshold
    if threshold is None:
        raise InvalidValueError(
            "scores that go beyond 0 to 1 and lie on one side of 0 have no usual threshold. Give "
            "--threshold."
        )
    frame = known.to_frame(truth=truth)
    scores = known.scores
    has = known.targets(**(truth or {}))[:, : scores.shape[1]]
    rows, columns = np.nonzero(((scores >= threshold) != has) & ~np.isnan(scores))
    order = np.argsort(-abs(scores[rows, columns] - threshold), kind="stable")
    rows, columns = rows[order], columns[order]
    names = ("file", "start_timestamp", "start_time", "end_time")
    table = frame[[name for name in names if name in frame]].iloc[rows].reset_index()
    return table.assign(
        label=[known.classes[k] for k in columns],
        score=scores[rows, columns],
        mistake=np.where(has[rows, columns], "missed", "false positive"),
        truth=frame["labels"].iloc[rows].to_numpy(),
    )
