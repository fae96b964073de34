"""Tables of recordings in files: one for each, or several, or one of all of them."""

from __future__ import annotations

import dataclasses
import glob
import itertools
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .._util.columns import text_column, texts_in
from .._util.warn import held, warn_user
from ..core.matching import MISSING, tell_missing, tell_taken
from ..core.names import NONE, SEVERAL, beginnings, fold, stem, tail
from ..core.patchtable import NUMBERS
from ..errors import Argument, InPython, InvalidValueError, LabelFileError, listed, shown
from ..io.columns import match_columns, match_scores
from .claims import ELSEWHERE, NOT_GIVEN, Claim, called_so, claims_of
from .remarks import by_kind

if TYPE_CHECKING:
    import pandas as pd

    from ..core.names import Names

__all__ = ["Joined", "Tables", "tables_in", "tell_untabled"]

ENDINGS = (".txt", ".csv", ".tsv", ".textgrid", ".rttm")

_COLUMN = "or a column say the file."
# Of what a table is that is called so itself, and what to do about that.
_LEFT_OUT = {
    NONE: ("no recording", f"Their names must begin as those of recordings do, {_COLUMN}"),
    SEVERAL: (
        "several recordings",
        "Let them lie in folders as these do, or a column say the file; of one recording in two "
        "formats, give one.",
    ),
    ELSEWHERE: (
        "recordings in other folders",
        "If not, let a column say the file, as recordings' paths are.",
    ),
    NOT_GIVEN: ("recordings that are not given", ""),
}
_GIVE = "Give those, too, or tables of these; or none, where there are none."

# Of what files are that are named in a column.
_NAMED = MISSING | {
    ELSEWHERE: "recordings in other folders",
    NOT_GIVEN: "recordings that are not given",
}


class Joined(NamedTuple):
    """Tables as one.

    Attributes
    ----------
    frame : DataFrame
        Or what was given in place of tables in files.
    tabled : frozenset of int
        The rows of recordings that have a table of their own.
    is_each : bool
        Whether all tables are such: where one is of many recordings, one that has no row in it is
        nothing to be told.
    """

    frame: Any
    tabled: frozenset[int] = frozenset()
    is_each: bool = False


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
    unread : dict of str to LabelFileError
        Files of a folder that are no such tables, as the settings of a recorder.
    """

    what: str
    frames: dict[str, pd.DataFrame]
    is_one: bool = False
    unread: dict[str, LabelFileError] = dataclasses.field(default_factory=dict)

    def joined(self, names: Names, *, is_told: bool = True) -> Joined:
        """Return them as one that says the file of each row, without rows of other recordings.

        Those without a column ``file`` are of the recording whose name theirs begins with:
        ``a.Table.1.selections.txt`` is of ``a.wav``. Where a name in such a column may be of
        several recordings, it is of the one in a folder as that of the table.

        Parameters
        ----------
        names : Names
            Of the recordings.
        is_told : bool, default: True
            Whether it is told how many rows are of others. Of one recording that is no news.

        Raises
        ------
        InvalidValueError
            If several are of none of the recordings, or no row is, or they have scores of the same
            windows.

        Warns
        -----
        UserWarning
            If some are of none: how many, and which. If some name other folders.
        """
        import pandas as pd

        self._tell_unread(names)
        claims = claims_of(self.what, self.frames, names)
        if self.is_one and (known := self._of_one(claims)) is not None:
            return known
        left_out: dict[int, list[str]] = {row: [] for row in _LEFT_OUT}
        own, of_others, is_combined = set[int](), set[int](), False
        frames: dict[str, pd.DataFrame] = {}
        for path, frame in self.frames.items():
            (first, *rest) = claims[path]
            rows = {claim.row for claim in claims[path]}
            if rows in ({ELSEWHERE}, {NOT_GIVEN}) or (first.is_own and first.row < 0):
                left_out[first.row].append(path)
                continue
            frames[path] = _named(frame, claims[path])
            is_own = first.is_own or (not rest and _is_called_as(path, first.path))
            (own if is_own else of_others).update(row for row in rows if row >= 0)
            is_combined = is_combined or bool(rest)
        is_any = any(map(len, frames.values())) or bool(own)
        self._tell_left_out(left_out, is_any=bool(frames))
        if is_told or not is_any:
            kept = itertools.chain.from_iterable(claims[path] for path in frames)
            self._tell_missing([*kept], is_any=is_any)
        self._tell_named(claims)
        with_rows = [frame for frame in frames.values() if len(frame)] or [*frames.values()][:1]
        joined = pd.concat(with_rows, ignore_index=True)
        if self.what == "labels":
            self._tell_scored(frames.values())
            self._tell_twice(joined, frames)
        else:
            self._refuse_twice(joined, frames)
        is_each = bool(own) and not is_combined
        return Joined(joined, frozenset(own | of_others if is_each else own), is_each)

    def _of_one(self, claims: Mapping[str, Sequence[Claim]]) -> Joined | None:
        """Return one table that is of all recordings, or of one by its name; None of others."""
        ((path, frame),) = self.frames.items()
        first = claims[path][0]
        if not first.is_own:
            return None
        is_timed = "start_time" in match_columns(frame.columns)
        if not is_timed or any(name in frame.columns for name in NUMBERS):
            return Joined(frame)
        if first.row == NOT_GIVEN:
            own, (table,) = shown(tail(first.path, 2)), called_so([path])
            warn_user(
                f"the table of {self.what} {shown(table)} is called as {own}, which is not given. "
                "If it is of that, leave it out."
            )
        if first.row < 0:
            return Joined(frame)
        return Joined(_named(frame, claims[path]), frozenset([first.row]), is_each=True)

    def _tell_missing(self, claims: Sequence[Claim], *, is_any: bool) -> None:
        """Say which rows name files of other recordings than these, or of none."""
        missing: dict[str, dict[str, int]] = {of: {} for of in _NAMED.values()}
        for claim in claims:
            if claim.row < 0 and not claim.is_own and claim.name:
                counts = missing[_NAMED[claim.row]]
                counts[claim.name] = counts.get(claim.name, 0) + claim.n_rows
        n = sum(map(len, self.frames.values()))
        what = self.what if self.what == "labels" else f"rows of {self.what}"
        tell_missing(what, missing, n, is_any=is_any)

    def _tell_unread(self, names: Names) -> None:
        """Leave out files that are no tables, or raise where one is called as a recording is."""
        for path, error in self.unread.items():
            if names.is_called(path):
                raise error
        if self.unread:
            one = len(self.unread) == 1
            warn_user(
                f"{len(self.unread):,} of {len(self.unread) + len(self.frames):,} files "
                f"{'is no table' if one else 'are no tables'} of {self.what}, and left out: "
                f"{listed(called_so([*self.unread]), 3)}."
            )

    def _without_labels(self) -> Tables:
        """Return the same without tables of labels that have no scores, as people make them."""
        unscored = [
            path
            for path, frame in self.frames.items()
            if len(frame) and "label" in match_scores(frame) and not _has_scores(frame)
        ]
        if not unscored:
            return self
        n, named = len(self.frames), listed(called_so(unscored, self.frames), 3)
        if len(unscored) == n:
            raise InvalidValueError(
                f"{n:,} of {n:,} tables of scores hold labels without any: {named}. Those are ",
                Argument("labels"), ".",
            )  # fmt: skip
        hold = "holds" if len(unscored) == 1 else "hold"
        warn_user(
            f"{len(unscored):,} of {n:,} tables of scores {hold} labels without any, and are left "
            f"out: {named}."
        )
        kept = {path: frame for path, frame in self.frames.items() if path not in {*unscored}}
        return dataclasses.replace(self, frames=kept)

    def _tell_named(self, claims: Mapping[str, Sequence[Claim]]) -> None:
        """Warn of names in columns that are taken for a recording in another folder."""
        pairs = [
            (claim.name, claim.path, claim.n_rows)
            for called in claims.values()
            for claim in called
            if claim.row >= 0 and not claim.is_own
        ]
        tell_taken(self.what, pairs, sum(map(len, self.frames.values())))

    def _refuse_twice(self, joined: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> None:
        """Refuse scores of a window that several tables have, as one of all beside each its own."""
        found = match_scores(joined)
        n_twice, named = self._in_several(joined, found, frames)
        if n_twice:
            raise InvalidValueError(
                f"{n_twice:,} of {len(joined):,} rows of scores are of one window"
                f"{' and class' if 'label' in found else ''} in several tables: {named}",
                remedy="Give one of them.",
            )

    def _tell_twice(self, joined: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> None:
        """Warn of labels that several tables have, as one annotation in two programs' formats."""
        n_twice, named = self._in_several(joined, match_columns(joined.columns), frames)
        if n_twice:
            warn_user(
                f"{n_twice:,} of {len(joined):,} labels are in several tables, with the same times "
                f"and name, and count in each: {named}. If they are the same, give one of them."
            )

    def _in_several(
        self, joined: pd.DataFrame, found: Mapping[str, int], frames: Mapping[str, pd.DataFrame]
    ) -> tuple[int, str]:
        """Return how many rows are of one window and class in several tables, and of which."""
        names = ("file", "start_time", "end_time", "label")
        wanted = [name for name in names if name in found]
        if "start_time" not in wanted:
            return 0, ""
        table = np.repeat(np.arange(len(frames)), [len(frame) for frame in frames.values()])
        rows = joined.iloc[:, [found[name] for name in wanted]].assign(table=table)
        rows = rows.drop_duplicates()  # what one table has twice is another matter
        twice = rows[rows.duplicated([*rows.columns[:-1]], keep=False)]
        named = called_so([[*frames][place] for place in np.unique(twice["table"])], self.frames)
        return len(twice), listed(named, 3)

    def _tell_scored(self, frames: Collection[pd.DataFrame]) -> None:
        """Warn where some tables of labels have scores: a model's detections may lie among them."""
        scored = [path for path, frame in self.frames.items() if _has_scores(frame)]
        if 0 < len(scored) < len(frames):
            have = "has" if len(scored) == 1 else "have"
            warn_user(
                f"{len(scored):,} of {len(self.frames):,} tables of labels {have} scores, as a "
                f"model's detections do: {listed(called_so(scored, self.frames), 3)}. If nobody "
                "labelled them, leave them out: a model would be compared with itself."
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
            named = listed(called_so(paths, self.frames), 3)
            if is_any:
                warn_user(f"{text}, by {their}, and left out: {named}. {remedy}".rstrip())
            else:
                all_of_them.append(f"{text}: {named}. {remedy or _GIVE}")
        if all_of_them:
            raise InvalidValueError(" ".join(all_of_them))


def tables_in(
    what: str,
    given: object,
    read: Callable[[str], pd.DataFrame],
    besides: Iterable[Tables] = (),
) -> Tables | None:
    """Return the tables in one or several files; None where no file is given.

    Parameters
    ----------
    what : str
        What they hold: labels, or scores.
    given : object
        A folder or a glob stands for the files in it.
    read : callable
        Returns the table of a file.
    besides : iterable of Tables, default: ()
        What other tables are read as: such a one is none of these, but where it alone is named.

    Raises
    ------
    LabelFileError
        If a file that is named cannot be read, or none in a folder.
    InvalidValueError
        If there are none, or those of scores are all of labels.

    Warns
    -----
    UserWarning
        If some are odd: of each kind the first, and which others. If some are left out, since they
        hold labels where scores are asked for, or are read as something else.
    """
    if isinstance(given, Tables):
        return given
    paths = _paths_of(what, given)
    if paths is not None:
        for other in besides:
            paths = _without(paths, what, other)
        frames, unread = dict[str, "pd.DataFrame"](), dict[str, LabelFileError]()
        told: list[tuple[str, str]] = []
        for path in paths:
            try:
                with held() as remarks:
                    frames[path] = read(path)
            except LabelFileError as error:
                if isinstance(given, list | tuple):
                    raise
                unread[path] = error
            told += [(path, remark) for remark in remarks]
        for remark in by_kind(told, "table"):
            warn_user(remark)
        if not frames:
            raise next(iter(unread.values()))
        tables = Tables(what, frames, unread=unread)
        return tables._without_labels() if what == "scores" else tables
    if isinstance(given, str | os.PathLike):
        path = str(os.fspath(given))
        return Tables(what, {path: read(path)}, is_one=True)
    return None


def tell_untabled(own: frozenset[int], heard: Sequence[int], names: Names) -> None:
    """Warn of recordings that no table of labels is of: nobody may have looked at them."""
    without = np.setdiff1d(heard, [*own])
    if without.size:
        first = shown(tail(names.path(int(without[0])), 2))
        has, it = ("has", "it") if without.size == 1 else ("have", "them")
        warn_user((
            f"{without.size:,} of {len(heard):,} recordings {has} no table of labels, first "
            f"{first}: nobody is taken to have looked at {it}, and nothing is a mistake there. ",
            InPython("recordings."), Argument("labelled"),
            f" leaves {it} out; an empty table says that somebody looked.",
        ))  # fmt: skip


def _is_called_as(path: str, recording: str) -> bool:
    """Whether a table is called as a recording, up to a point of its name."""
    own = fold(stem(tail(recording, 1)))
    return any(fold(name) == own for name in beginnings(os.path.basename(path)))


def _has_scores(table: pd.DataFrame) -> bool:
    place = match_columns(table.columns).get("score")
    return place is not None and bool(table.iloc[:, place].notna().any())


def _named(table: pd.DataFrame, claims: Sequence[Claim]) -> pd.DataFrame:
    """Return those rows of a table that are of the recordings, with the paths of these.

    What names no file stays as it is.
    """
    titles = [*table.columns]
    place = match_columns(titles).get("file")
    if place is None:
        table = table.copy(deep=False)
        table.insert(0, "file", claims[0].path)
        return table
    titles[place] = "file"
    table = table.set_axis(titles, axis=1)
    if not len(table):
        return table
    files = texts_in(table["file"])
    paths = {claim.name: claim.path for claim in claims if claim.row >= 0 or not claim.name}
    table = table[files.isin([*paths]).to_numpy(bool)]
    files = texts_in(table["file"])
    return table.assign(file=text_column(paths[name] for name in files).set_axis(table.index))


def _without(paths: list[str], what: str, other: Tables) -> list[str]:
    """Return the files that are not read as others: a model would be compared with itself."""
    taken = {os.path.realpath(path) for path in other.frames}
    kept, left_out = list[str](), list[str]()
    for path in paths:
        (left_out if os.path.realpath(path) in taken else kept).append(path)
    if not kept:
        raise InvalidValueError(
            f"all that there is, {listed(called_so(paths), 3)}, is read as {other.what}, and so "
            f"not as {what}",
            remedy=f"Let tables of {what} lie in another folder, or name the one that holds them.",
        )
    if left_out:
        are = "is a table" if len(left_out) == 1 else "are tables"
        warn_user(
            f"{len(left_out):,} of {len(paths):,} tables of {what} {are} of {other.what}, and no "
            f"{what} are taken from there: {listed(called_so(left_out, paths), 3)}."
        )
    return kept


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
