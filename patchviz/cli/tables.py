"""The tables of labels and of scores that the arguments name."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..errors import InvalidValueError, PatchvizError
from .arguments import spell
from .checks import STDIN
from .messages import tell, warnings_said

if TYPE_CHECKING:
    import pandas as pd

    from ..recordings.tablefiles import Tables

__all__ = ["read_known", "tables_asked"]


def tables_asked(options: argparse.Namespace) -> dict[str, Tables]:
    """Return the tables of labels and of scores that are named, each by the name of its option.

    A table that is named by itself is that, and so are those of a glob beside a folder; in a folder
    of both, what has scores is no label.
    """
    from ..io.labels import as_labels
    from ..io.scores import read_scores
    from ..recordings.tablefiles import tables_in

    readers: dict[str, Callable[[str], pd.DataFrame]] = {
        "scores": read_scores,
        "labels": as_labels,
    }
    asked = {name: path for name in readers if (path := getattr(options, name)) is not None}
    found: dict[str, Tables] = {}
    for name in sorted(asked, key=lambda name: _n_meant(asked[name])):
        with _said_of(name, asked[name]):
            tables = tables_in(name, asked[name], readers[name], found.values())
            assert tables is not None
            found[name] = tables
    _tell_of_one(asked)
    return found


def _tell_of_one(asked: dict[str, str]) -> None:
    """Say that one table is labels and scores, where it is: then a model agrees with itself."""
    paths = [*asked.values()]
    if len(paths) == 2 and all(map(os.path.isfile, paths)) and os.path.samefile(*paths):
        tell(
            f"--labels and --scores are one table, {shlex.quote(asked['labels'])}: unless somebody "
            "wrote its labels, a model is compared with itself; --labels names those of people"
        )


def _n_meant(path: str) -> int:
    """Return an order of paths: a file is but that, a glob may be many, and a folder all in it."""
    return 0 if os.path.isfile(path) else 2 if os.path.isdir(path) else 1


@contextlib.contextmanager
def _said_of(name: str, path: str) -> Iterator[None]:
    """Say with an error which option names the table."""
    try:
        with warnings_said():
            yield
    except PatchvizError as error:
        raise InvalidValueError(f"--{name} {shlex.quote(path)}: {error.render(spell)}") from error


def read_known(options: argparse.Namespace) -> None:
    """Read the tables of labels and scores, in place of their names.

    Of a folder or a glob of tables it is that which is named as the recording is.
    """
    from ..core.names import Names, on_disk

    is_piped = options.file in STDIN  # then what a table calls its sound is not known
    is_file = options.file is not None and not is_piped
    names = Names(on_disk([options.file]) if is_file else ["sonnet1.ogg"])
    for name, tables in tables_asked(options).items():
        if is_piped and tables.is_one:
            (frame,) = tables.frames.values()
        else:
            with _said_of(name, getattr(options, name)):
                frame = tables.joined(names, is_told=False).frame
        setattr(options, name, frame)
