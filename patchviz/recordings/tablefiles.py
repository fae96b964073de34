"""Tables of recordings in files: one for each, or several, or one of all of them."""

from __future__ import annotations

import dataclasses
import glob
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import text_column, texts_in
from .._util.warn import warn_user
from ..core.names import NONE, SEVERAL, plain, tail, tell_taken
from ..core.patchtable import NUMBERS
from ..errors import Argument, InvalidValueError, listed, shown
from ..io.table import match_columns
from .claims import ELSEWHERE, NOT_GIVEN, Claim, claims_of, file_column

if TYPE_CHECKING:
    import pandas as pd

    from ..core.names import Names

__all__ = ["Tables", "tables_in"]

ENDINGS = (".txt", ".csv", ".tsv", ".textgrid", ".rttm")

_COLUMN = "or a column say the file."
_LEFT_OUT = {
    NONE: ("no recording", f"Their names must begin as those of recordings do, {_COLUMN}"),
    SEVERAL: ("several recordings", f"They must lie in folders as recordings do, {_COLUMN}"),
    ELSEWHERE: (
        "recordings in other folders",
        "If not, say in a column the file, as recordings' paths are.",
    ),
    NOT_GIVEN: ("recordings that are not given", ""),
}
_GIVE = "Give those, too, or tables of these."


@dataclasses.dataclass(frozen=True, eq=False)
class Tables:
    """Tables that were read from files.

    Attributes
    ----------
    what : str
        What they hold: labels, or scores.
    frames : dict of str to DataFrame
        By their paths.
    is_one : bool
        Whether a file was named, and no folder or list of them: that may be of all recordings.
    """

    what: str
    frames: dict[str, pd.DataFrame]
    is_one: bool = False

    def joined(self, names: Names) -> tuple[pd.DataFrame, frozenset[int]]:
        """Return them as one that says the file of each row; and which recordings they are of.

        The second is empty where all tables are of many recordings: then one that has no row is
        nothing to be told.

        Those without a column ``file`` are of the recording whose name theirs begins with:
        ``a.Table.1.selections.txt`` is of ``a.wav``. Where a name in such a column may be of
        several recordings, it is of the one in a folder as that of the table.

        Raises
        ------
        InvalidValueError
            If several are of none of the recordings.

        Warns
        -----
        UserWarning
            If some are of none: how many, and which. If some name other folders.
        """
        import pandas as pd

        claims = claims_of(self.what, self.frames, names)
        if self.is_one:
            ((path, frame),) = self.frames.items()
            return self._of_one(path, frame, claims[path], names)
        frames: list[pd.DataFrame] = []
        left_out: dict[int, list[str]] = {row: [] for row in _LEFT_OUT}
        own, in_columns = set[int](), set[int]()
        for path, frame in self.frames.items():
            if file_column(frame) is None:
                (claim,) = claims[path]
                if claim.row < 0:
                    left_out[claim.row].append(path)
                else:
                    frames.append(_of(frame, names.path(claim.row)))
                    own.add(claim.row)
                continue
            is_other = {claim.name for claim in claims[path] if claim.row == ELSEWHERE}
            if is_other and len(is_other) == len(claims[path]):
                left_out[ELSEWHERE].append(path)
                continue
            frames.append(_by_place(frame, claims[path], names))
            in_columns.update(claim.row for claim in claims[path] if claim.row >= 0)
            self._tell_other_rows(path, claims[path])
        self._tell_left_out(left_out, is_any=bool(frames))
        self._tell_taken(claims, names)
        frames = [frame for frame in frames if len(frame)] or frames[:1]
        return pd.concat(frames, ignore_index=True), frozenset(own and own | in_columns)

    def _of_one(
        self, path: str, frame: pd.DataFrame, claims: Sequence[Claim], names: Names
    ) -> tuple[pd.DataFrame, frozenset[int]]:
        """Return the one table, with what its own path says of it."""
        if file_column(frame) is not None:
            self._tell_taken({path: claims}, names)
            return _by_place(frame, claims, names), frozenset()
        (claim,) = claims
        is_timed = "start_time" in match_columns(frame.columns)
        if claim.row < 0 or not is_timed or any(name in frame.columns for name in NUMBERS):
            return frame, frozenset()
        return _of(frame, names.path(claim.row)), frozenset([claim.row])

    def _tell_taken(self, claims: Mapping[str, Sequence[Claim]], names: Names) -> None:
        """Warn of names that mean a recording by the folder of their table, and name another."""
        pairs = [
            (claim.name, names.path(claim.row), claim.n_rows)
            for path, called in claims.items()
            if file_column(self.frames[path]) is not None
            for claim in called
            if claim.row >= 0 and names.row(claim.name) == SEVERAL
        ]
        tell_taken(self.what, pairs, sum(map(len, self.frames.values())))

    def _tell_other_rows(self, path: str, claims: Iterable[Claim]) -> None:
        """Warn of rows of a table that are left out, since they are of another site."""
        n = sum(claim.n_rows for claim in claims if claim.row == ELSEWHERE)
        if n:
            warn_user(
                f"{n:,} of {len(self.frames[path]):,} rows of {self.what} in "
                f"{shown(tail(plain(path), 2))} {'is' if n == 1 else 'are'} of recordings in other "
                "folders, and left out."
            )

    def _tell_left_out(self, left_out: Mapping[int, Sequence[str]], *, is_any: bool) -> None:
        """Say which tables are left out, or refuse where all are."""
        n, all_of_them = len(self.frames), list[str]()
        for row, paths in left_out.items():
            if not paths:
                continue
            be, their = ("is", "its name") if len(paths) == 1 else ("are", "their names")
            of, remedy = _LEFT_OUT[row]
            text = f"{len(paths):,} of {n:,} tables of {self.what} {be} of {of}"
            named = listed([tail(plain(path), 2) for path in paths], 3)
            if is_any:
                warn_user(f"{text}, by {their}, and left out: {named}. {remedy}".rstrip())
            else:
                all_of_them.append(f"{text}: {named}. {remedy or _GIVE}")
        if all_of_them:
            raise InvalidValueError(" ".join(all_of_them))


def tables_in(what: str, given: object, read: Callable[[str], pd.DataFrame]) -> Tables | None:
    """Return the tables in one or several files; None where no file is given.

    Parameters
    ----------
    what : str
        What they hold: labels, or scores.
    given : object
        A folder or a glob stands for the files in it.
    read : callable
        Returns the table of a file.

    Raises
    ------
    LabelFileError
        If a file cannot be read.
    InvalidValueError
        If there are none.
    """
    if isinstance(given, Tables):
        return given
    paths = _paths_of(what, given)
    if paths is not None:
        return Tables(what, {path: read(path) for path in paths})
    if isinstance(given, str | os.PathLike):
        path = str(os.fspath(given))
        return Tables(what, {path: read(path)}, is_one=True)
    return None


def tell_untabled(own: frozenset[int], heard: Sequence[int], names: Names) -> None:
    """Warn of recordings that no table of labels is of: nobody may have looked at them."""
    without = np.setdiff1d(heard, [*own])
    if without.size:
        first = shown(tail(names.path(int(without[0])), 2))
        one = without.size == 1
        warn_user(
            f"{without.size:,} of {len(names):,} recordings {'has' if one else 'have'} no table of "
            f"labels, first {first}, and {'counts' if one else 'count'} as without any. If nobody "
            f"looked at {'it, leave it' if one else 'them, leave them'} out."
        )


def _of(table: pd.DataFrame, path: str) -> pd.DataFrame:
    """Return a table that says of which file all of it is."""
    table = table.copy(deep=False)
    table.insert(0, "file", path)
    return table


def _by_place(table: pd.DataFrame, claims: Sequence[Claim], names: Names) -> pd.DataFrame:
    """Return a table whose names of files say which are meant, without those that are elsewhere."""
    place = file_column(table)
    assert place is not None
    titles = [*table.columns]
    titles[place] = "file"
    table = table.set_axis(titles, axis=1)
    files = texts_in(table["file"])
    meant = {
        claim.name: names.path(claim.row)
        for claim in claims
        if claim.row >= 0 and names.row(claim.name) == SEVERAL
    }
    table = table.assign(
        file=text_column(meant.get(name, name) for name in files).set_axis(table.index)
    )
    is_other = files.isin([claim.name for claim in claims if claim.row == ELSEWHERE])
    return table[~is_other.to_numpy(bool)]


def _paths_of(what: str, given: object) -> list[str] | None:
    """Return the files that are meant, if they are several."""
    if isinstance(given, list | tuple) and given:
        if all(isinstance(path, str | os.PathLike) for path in given):
            return [str(os.fspath(path)) for path in given]
        return None
    if not isinstance(given, str | os.PathLike):
        return None
    name = str(os.fspath(given))
    if os.path.isdir(name):
        pattern = os.path.join(glob.escape(name), "**", "*")
        found = [p for p in glob.glob(pattern, recursive=True) if p.lower().endswith(ENDINGS)]
    elif glob.has_magic(name) and not os.path.exists(name):
        found = glob.glob(name, recursive=True)
    else:
        return None
    found = sorted(path for path in found if os.path.isfile(path))
    if not found:
        raise InvalidValueError(
            Argument(what, name), f" holds no table of {what}",
            allowed=f"a folder with files that end with {', '.join(ENDINGS)}; or a glob",
        )  # fmt: skip
    return found
