"""Mistakes of a model, of one recording or of many: a picture of the worst, or a table of all."""

from __future__ import annotations

import argparse
import os
import shlex
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
from .many import recordings_of, refuse_options, refuse_unread, refuse_what_is_no_file
from .messages import tell, warnings_said

if TYPE_CHECKING:
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
    if os.path.isdir(out):
        raise InvalidValueError(f"--out {shlex.quote(str(out))} is a folder. Name a file.")
    if len(options.files) > 1:
        refuse_what_is_no_file(options.files)
    refuse_options(options, _OF_ONE, "many recordings, whose mistakes are looked at")
    check_writable(out)
    check(options, out.suffix.lower())
    tell(f"reading {files if isinstance(files, str) else f'{len(files)} recordings'} ...")
    with warnings_said():
        recordings = recordings_of(options, files, are_judged=True)
    if len(options.files) > 1:
        refuse_unread(recordings)
    say(str(recordings), sys.stdout)
    write_mistakes(recordings, out, options)
    return out


def write_mistakes(known: Patches | Recordings, out: Path, options: argparse.Namespace) -> None:
    """Write a mosaic of the worst, or a table with a row for each wrong class of a patch."""
    told: dict[str, Any] = {"threshold": options.threshold, "truth": options.truth}
    is_table = out.suffix.lower() == TABLE
    with warnings_said():
        table = known.mistakes(**told)
        n_wrong = table["patch"].nunique()
        _tell(known, len(table), n_wrong)
        if not is_table:
            if not n_wrong:
                raise InvalidValueError("there is no mistake to be drawn.")
            worst = known.choose(options.n or min(n_wrong, _N_WORST), by="disagree", **told)
    if is_table:
        with written(out) as path:
            table.to_csv(path, index=False)
        return
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


def _tell(known: Patches | Recordings, n: int, n_wrong: int) -> None:
    """Say how many there are, and what is no mistake because nobody scored it."""
    assert known.scores is not None
    n_unscored = int(np.isnan(known.scores).all(axis=1).sum())
    unscored = f", of which {n_unscored:,} have no score" if n_unscored else ""
    said = f"{plural(n, 'mistake')} in {n_wrong:,} of {plural(len(known), 'patch')}{unscored}"
    say(said, sys.stdout)
