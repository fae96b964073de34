"""Which recordings the rows of a table are of, and what is told of those that are of none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from unicodedata import normalize

import numpy as np

from .._util.warn import warn_user
from ..errors import InPython, InvalidValueError, Text, listed, shown
from .names import NONE, SEVERAL, UNSURE, Names, agree, fold, plain, tail

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["MISSING", "matched", "of_which", "tell_missing", "tell_taken"]

MISSING = {
    NONE: "none of the recordings",
    SEVERAL: "several recordings",
    UNSURE: "which several may be one recording",
}


def matched(names: Names, what: str, files: pd.Series) -> NDArray[np.int64]:
    """Return the row of each file that a table names, and less than 0 where it is none.

    Parameters
    ----------
    names : Names
        Of the recordings.
    what : str
        What the table holds, for messages.
    files : Series of str

    Raises
    ------
    InvalidValueError
        If none is of these files.

    Warns
    -----
    UserWarning
        If some are of none: how many, and which. If some name other folders.
    """
    import pandas as pd

    codes, called = pd.factorize(files)
    if not len(called):
        return np.zeros(0, np.int64)
    rows = names.rows(called)
    counts = np.bincount(codes, minlength=len(called))
    missing = {
        of: {called[k]: int(counts[k]) for k in np.flatnonzero(rows == row)}
        for row, of in MISSING.items()
    }
    tell_missing(what, missing, len(files), is_any=bool((rows >= 0).any()))
    there = np.flatnonzero(rows >= 0)
    pairs = [(called[k], names.path(rows[k]), int(counts[k])) for k in there.tolist()]
    tell_taken(what, pairs, len(files))
    return np.asarray(rows[codes])


def of_which(what: str) -> Text:
    """Return what to do about a table that does not say of which of several files it is."""
    return (
        "Say in a column 'file' which each row is of", InPython(f': {what}.assign(file="...")'),
        "; or, of a table of one recording in a file, let its name begin as that of the recording.",
    )  # fmt: skip


def tell_missing(
    what: str, missing: Mapping[str, Mapping[str, int]], n: int, *, is_any: bool
) -> None:
    """Say which rows of tables name files of no recording, or refuse where all do.

    Parameters
    ----------
    what : str
        What the rows hold.
    missing : mapping
        Of what such files are; of each, what it is called and how many rows name it.
    n : int
        How many rows there are.
    is_any : bool
        Whether some rows are of a recording.
    """
    for of, names in missing.items():
        if not names:
            continue
        text = (
            f"{sum(names.values()):,} of {n:,} {what} name "
            f"{'a file' if len(names) == 1 else 'files'} of {of}: {listed(names, 3)}"
        )
        if not is_any:
            raise InvalidValueError(
                text,
                remedy=(
                    "Write their paths as those of the recordings are",
                    InPython(", in recordings.files.file"),
                    ".",
                ),
            )
        warn_user(f"{text}. They are left out.")


def tell_taken(what: str, pairs: Iterable[tuple[str, str, int]], n: int) -> None:
    """Warn of rows that are taken for those of a file in another folder, or of another case.

    Parameters
    ----------
    what : str
        What the table holds.
    pairs : iterable of (str, str, int)
        A file that it names, the path that this is taken for, and of how many rows.
    n : int
        How many rows there are.
    """
    pairs = [*pairs]
    if others := [pair for pair in pairs if _are_apart(*pair[:2])]:
        name, path = (shown(tail(plain(one), 2)) for one in others[0][:2])
        warn_user(
            f"{sum(count for *_, count in others):,} of {n:,} {what} name files in other folders, "
            f"and are matched by the files' own names: {name} is taken for {path}. If that is "
            "another recording, leave its rows out."
        )
    if others := [pair for pair in pairs if _differ_in_case(*pair[:2])]:
        name, path = (shown(tail(plain(one), 1)) for one in others[0][:2])
        warn_user(
            f"{sum(count for *_, count in others):,} of {n:,} {what} name files in another case, "
            f"and no file in theirs is there: {name} is taken for {path}."
        )


def _differ_in_case(name: str, path: str) -> bool:
    """Whether the own names of two files are the same but for capitals, be it without ending."""
    one, two = (normalize("NFC", tail(plain(each), 1)) for each in (name, path))
    return not agree(one, two) and agree(fold(one), fold(two))


def _are_apart(name: str, path: str) -> bool:
    """Whether two paths name the folders that their files are in, and neither lies in the other."""
    one, two = (normalize("NFC", plain(each)).split("/")[:-1] for each in (name, path))
    named = [parts[-1] for parts in (one, two) if parts]
    if len(named) < 2 or any(part in ("", ".", "..") or ":" in part for part in named):
        return False
    return named[0] not in two and named[1] not in one
