"""Which patches of many recordings belong together, so that no split parts them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.validation import check_int, check_number, check_text
from ..core.coverage import LEAKS
from ..core.patches import Patches
from ..errors import Argument, InvalidValueError, listed, shown
from .judged import JudgedRecordings
from .pool import Work, Workers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["SplitRecordings"]

_OWN = ("file", "folder", "day", "sound")


class SplitRecordings(JudgedRecordings):
    """What recordings know of the sound that their patches share."""

    def groups(self, by: str = "file") -> NDArray[Any]:
        """Return to which group every patch belongs, for splits that part no group.

        Parameters
        ----------
        by : {"file", "folder", "day", "sound"} or str, default: "file"
            A group for each file; for each folder that files are in; for each day on the place's
            clock, by when recordings began; for each sound, where files of one sound under several
            names are one group, for which all are computed; or for each value of a column of
            :attr:`files` or of the table's rows, such as ``"site"``.

        Returns
        -------
        ndarray, shape (n_patches,)
            Names of groups: for scikit-learn's ``GroupKFold().split(X, groups=groups)``. Of one
            sound, the first of its files.

        Raises
        ------
        InvalidValueError
            If there is no such column, if it is empty somewhere, or if it is not known when
            recordings began.

        See Also
        --------
        blocks : Groups put together, as many as are wanted.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> clip = str(files("patchviz") / "data" / "sonnet1.ogg")
        >>> table = {"file": [clip], "site": ["Globe"]}
        >>> recordings = pv.Recordings(table, duration=5.0)
        >>> recordings.groups(by="site").tolist()
        ['Globe', 'Globe']
        """
        by = check_text("by", by)
        if by in ("file", "sound"):
            return self._of_files_named(self._first_of_sound() if by == "sound" else None)
        if by == "day":
            return self._days()
        files = self._index.find(np.arange(len(self._index)))[0]
        if self._rows is not None and by in self._rows.columns:
            values = self._rows[by].to_numpy()
        else:
            values = self._named_of_files(by)[files]
        self._refuse_empty(by, values, files, "patches")
        return np.asarray(values)

    def _places(self, by: str) -> NDArray[Any]:
        """Return which value of a column each file has, or which folder it is in."""
        values = self._named_of_files(check_text("by", by), ("folder",))
        usable = np.flatnonzero(self._table.headers.n_samples > 0)
        self._refuse_empty(by, values[usable], usable, "files")
        return values

    def _named_of_files(self, by: str, own: Sequence[str] = _OWN) -> NDArray[Any]:
        others, rows = self._table.others, self._rows
        if others is not None and by in others.columns:
            return np.asarray(others[by].to_numpy())
        if rows is not None and by in rows.columns:
            return self._same_in_files(by, rows[by].to_numpy())
        if by == "folder":
            folders = [os.path.dirname(path) or "." for path in self._table.paths]
            return np.array(folders, object)
        known = [name for frame in (others, rows) if frame is not None for name in frame.columns]
        new = "site" if by in ("file", "start") else by  # these say something else in a table
        raise InvalidValueError(
            Argument("by", by), " is no column", allowed=f"one of {listed([*own, *known])}",
            remedy="Columns of a table come along, not what is put into recordings.files, a copy: "
            f"Recordings(pd.DataFrame({{'file': ..., {new!r}: ...}}), ...).",
        )  # fmt: skip

    def _same_in_files(self, by: str, values: NDArray[Any]) -> NDArray[Any]:
        """Return for every file what the rows of its patches say, which is the same of all."""
        import pandas as pd

        files = self._index.find(np.arange(len(values)))[0]
        codes = pd.factorize(values, use_na_sentinel=False)[0]
        parted = np.flatnonzero((files[1:] == files[:-1]) & (codes[1:] != codes[:-1]))
        if parted.size:
            path = self._table.paths[int(files[parted[0]])]
            raise InvalidValueError(
                Argument("by", by), f" parts {shown(path)}", allowed="the same of all of a file"
            )
        of_files = np.full(len(self._table), None, object)
        of_files[files] = values
        return of_files

    def _refuse_empty(
        self, by: str, values: NDArray[Any], files: NDArray[np.int64], what: str
    ) -> None:
        import pandas as pd

        empty = np.flatnonzero(pd.isna(values))
        if empty.size:
            raise InvalidValueError(
                Argument("by", by),
                f": {empty.size:,} of {len(values):,} {what} have no value, first one of "
                f"{shown(self._table.paths[int(files[empty[0]])])}",
                remedy="Fill the column, or leave these files out.",
            )

    def _of_files_named(self, row_of: NDArray[np.int64] | None) -> NDArray[Any]:
        """Return for every patch the path of its file, or of that which stands for it."""
        rows, _ = self._index.find(np.arange(len(self._index)))
        names = np.array(list(self._table.paths), object)
        return np.asarray(names[rows if row_of is None else row_of[rows]])

    def _days(self) -> NDArray[Any]:
        """Return the day of every patch, by the clock of its recorder."""
        rows, patches = self._index.find(np.arange(len(self._index)))
        seconds = self._table.layout.times(rows, patches)[:, 0]
        moments = self._table.headers.began[rows] + (1e6 * seconds).astype("timedelta64[us]")
        missing = np.flatnonzero(np.isnat(moments))
        if missing.size:
            path = self._table.paths[int(rows[missing[0]])]
            raise InvalidValueError(
                Argument("by", "day"), f": nothing says when {shown(path)} began",
                remedy='Say where it is written: Recordings(..., start="filename").',
            )  # fmt: skip
        return np.asarray(np.datetime_as_string(moments, "D"))

    def _first_of_sound(self) -> NDArray[np.int64]:
        """Return for each file the first that has the same sound."""
        rows = np.flatnonzero(self._index.counts)
        found = self._worked(Work(self, _fingerprint), rows, Workers(), doing="Comparing")
        first: dict[bytes, int] = {}
        result = np.arange(len(self._table))
        for outcome in found:
            if not outcome.error:
                result[outcome.row] = first.setdefault(outcome.value, outcome.row)
        return result

    def blocks(self, n: int, *, by: str = "file", gap: float = 0.0) -> NDArray[np.int64]:
        """Part the recordings into blocks of about as many patches, for splits that leak nothing.

        Parameters
        ----------
        n : int
            How many blocks, 2 or more.
        by : str, default: "file"
            What is not parted, as for :meth:`groups`. Where there are fewer of these than blocks,
            such as a single file, blocks are stretches of time, one after the other, and patches
            across a border are in none.
        gap : float, default: 0.0
            Least time between patches of two blocks of one file, in seconds.

        Returns
        -------
        ndarray of int, shape (n_patches,)
            The block of every patch, 0 to ``n - 1``; -1 for those across a border. The largest
            groups are dealt out first, each to the block that has least: the same each time.

        Raises
        ------
        InvalidValueError
            If a block would hold no patch, or there is nothing to tell groups by.

        See Also
        --------
        Patches.blocks : Of one recording.
        leaks : What a split leaks.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=1.0, hop_duration=0.1)
        >>> np.unique(recordings.blocks(3), return_counts=True)[1]
        array([22, 43, 42, 43])
        """
        n = check_int("n", n, minimum=2, unit="blocks")
        gap = check_number("gap", gap, minimum=0, unit="s")
        groups = self.groups(by)
        names, which, counts = np.unique(groups, return_inverse=True, return_counts=True)
        if len(names) < n:
            return self._flat.blocks(n, gap=gap)
        block = np.zeros(len(names), np.int64)
        sizes = np.zeros(n, np.int64)
        for k in np.argsort(-counts, kind="stable").tolist():
            block[k] = np.argmin(sizes)
            sizes[block[k]] += counts[k]
        return block[which]

    def leaks(self, train: Any, test: Any, *, by: str | None = None) -> pd.DataFrame:
        """Return the test patches that share frames, or a group, with training patches.

        Copies of a file share its frames, too, whatever they are called. Files of one sound that
        were packed in several ways are told by ``by="sound"``, for which all are computed.

        That one speaker, animal, site or night is on both sides of a split shares no frame, and a
        model may have learned these all the same: ``by="speaker"``, a column of the files' table,
        finds it, and :meth:`blocks` and :meth:`groups` keep each on one side.

        Parameters
        ----------
        train, test : array_like of int or bool
            Positions among these patches, or a mask.
        by : str, optional
            What must not be on both sides, as for :meth:`groups`; by default frames.

        Returns
        -------
        pandas.DataFrame
            As :meth:`Patches.leaks` returns it, with numbers of patches among all. Of groups, a
            row for each test patch of one that is in training: ``patch``; ``train``, the first
            training patch of the group; ``n_train``, how many it has; and ``group``, its name.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If `train` or `test` choose no patches, or there is nothing to tell groups by.
        PatchIndexError
            If there is no patch at a position.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=1.0, hop_duration=0.5)
        >>> recordings.leaks(train=[0, 1, 20], test=[2, 10]).round(3)
           patch  train  n_train  seconds  share
        0      2      1        2    0.511  0.512
        >>> recordings.leaks(train=[0, 1], test=[20], by="folder").iloc[:, :3]
           patch  train  n_train
        0     20      0        2
        """
        if by is None:
            return self._flat.leaks(train, test)
        import pandas as pd

        flat, groups = self._flat, self.groups(by)
        train, test = flat._positions("train", train), flat._positions("test", test)
        codes, names = pd.factorize(groups)
        first = np.full(len(names), len(groups))
        np.minimum.at(first, codes[train], train)
        test = np.sort(test)
        test = test[first[codes[test]] < len(groups)]
        code, numbers = codes[test], self.numbers
        n_train = np.bincount(codes[train], minlength=len(names))
        columns = numbers[test], numbers[first[code]], n_train[code], names[code]
        return pd.DataFrame(dict(zip((*LEAKS[:3], "group"), columns, strict=True)))


def _fingerprint(patches: Patches) -> bytes:
    """Return what is the same where the values of a recording are, but for how it was packed."""
    values = np.round(patches.spectrogram.values.astype(np.float64), 2) + 0.0  # no -0
    return hashlib.sha256(repr(values.shape).encode() + values.tobytes()).digest()
