"""Which of many files a table means: by whole path, else by as much of its end as is unique."""

from __future__ import annotations

import functools
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .._util.warn import warn_user
from ..errors import InvalidValueError, listed
from .paths import Paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Names", "unique_ends"]

_SEVERAL = -2  # files have the name


class Names:
    """The names of many files.

    Parameters
    ----------
    paths : Paths
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._tails: dict[tuple[int, bool], dict[str, int]] = {}

    @cached_property
    def _parts(self) -> int:
        return max(path.count("/") + 1 for path in map(_plain, self._paths))

    def _by(self, n_parts: int, has_ending: bool) -> dict[str, int]:
        """Return the row of each different end of a path, of so many parts."""
        key = n_parts, has_ending
        if key not in self._tails:
            found: dict[str, int] = {}
            for row, path in enumerate(map(_plain, self._paths)):
                tail = _tail(path, n_parts)
                tail = tail if has_ending else _stem(tail)
                found[tail] = _SEVERAL if tail in found else row
            self._tails[key] = found
        return self._tails[key]

    def row(self, name: str) -> int:
        """Return the row of a file; -1 if there is none, -2 if it may be several."""
        path = _plain(name)
        is_several = False
        for n_parts in range(min(path.count("/") + 1, self._parts), 0, -1):
            tail = _tail(path, n_parts)
            row = self._by(n_parts, True).get(tail)
            if row is None:  # one of the two may be written without its ending
                row = self._by(n_parts, False).get(tail)
            if row is None and _stem(tail) != tail:
                row = self._bare.get((n_parts, _stem(tail)))
            if row is not None and row >= 0:
                return row
            is_several = is_several or row == _SEVERAL
        return _SEVERAL if is_several else -1

    @cached_property
    def _bare(self) -> dict[tuple[int, str], int]:
        """Files whose own names have no ending, by their ends."""
        found: dict[tuple[int, str], int] = {}
        for row, path in enumerate(map(_plain, self._paths)):
            if _stem(path) == path:
                for n_parts in range(1, path.count("/") + 2):
                    key = n_parts, _tail(path, n_parts)
                    found[key] = _SEVERAL if key in found else row
        return found

    def match(self, what: str, files: pd.Series) -> NDArray[np.int64]:
        """Return the row of each file that a table names, and -1 where it is none of these.

        Parameters
        ----------
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
            If some are of none: how many, and which.
        """
        import pandas as pd

        codes, names = pd.factorize(files)
        if not len(names):
            return np.zeros(0, np.int64)
        rows = np.array([self.row(name) for name in names], np.int64)
        counts = np.bincount(codes, minlength=len(names))
        for missing, of in ((-1, "none of the recordings"), (_SEVERAL, "several recordings")):
            which = np.flatnonzero(rows == missing)
            if not which.size:
                continue
            n = int(counts[which].sum())
            text = (
                f"{n:,} of {len(files):,} {what} name {'a file' if len(which) == 1 else 'files'} "
                f"of {of}: {listed(names[which], 3)}"
            )
            if not (rows >= 0).any():
                raise InvalidValueError(
                    text, remedy="Write their paths as recordings.files.file does."
                )
            warn_user(f"{text}. They are left out.")
        return np.asarray(np.maximum(rows, -1)[codes])


def unique_ends(paths: Sequence[str]) -> list[str]:
    """Return of each path as much of its end as none of the others has.

    Examples
    --------
    >>> unique_ends(["data/north/1.wav", "data/south/1.wav", "data/south/2.wav"])
    ['north/1.wav', 'south/1.wav', '2.wav']
    """
    plain = [*map(_plain, paths)]

    @functools.cache
    def counts(n_parts: int) -> Counter[str]:
        return Counter(_tail(path, n_parts) for path in plain)

    def is_unique(end: str) -> bool:
        return counts(end.count("/") + 1)[end] == 1

    forms = ([_tail(path, n + 1) for n in range(path.count("/") + 1)] for path in plain)
    return [next(filter(is_unique, ends), ends[-1]) for ends in forms]


def _plain(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def _tail(path: str, n_parts: int) -> str:
    return "/".join(path.split("/")[-n_parts:])


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    return f"{folder}{slash}{stem}" if stem else path
