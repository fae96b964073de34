"""What is known of the patches of many recordings: labels and scores."""

from __future__ import annotations

import copy
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._util.columns import with_others
from .._util.order import NAME
from ..core.names import Names, on_disk
from ..core.patches import Patches
from ..core.scores import check_classes
from ..core.unseen import Starts
from ..errors import Argument, InvalidValueError, NoRecordingError, Part, shown, unstopped
from ..io.scores import read_scores
from .named import FiledLabels
from .sidebyside import SideBySide, no_labels
from .tablefiles import Joined, tables_in

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from .index import Index
    from .recipe import Recipe
    from .table import Table

__all__ = ["KnownRecordings"]

_OF_LABELS = ("start_time", "end_time", "label", "low_f", "high_f")  # what is shown of them

ROW = "row"  # the column that says which row of a table a patch is

_MADE = ("_flat", "_is_resorted", "_names", "_row_of")  # again, when it is needed


class KnownRecordings:
    """What recordings know of their patches."""

    _recipe: Recipe
    _table: Table
    _index: Index
    _labels: FiledLabels | None = None
    _scores: NDArray[Any] | None = None
    _score_classes: tuple[str, ...] = ()
    _threshold: float | None = None
    _missing: float | None = None  # the score of what a table left out
    _rows: pd.DataFrame | None = None  # what a table says of each patch
    _row_numbers: NDArray[np.int64] | None = None  # which row of the table each patch is

    @cached_property
    def _names(self) -> Names:
        table = self._table
        return Names(on_disk(map(table.path, range(len(table)))))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        """The row of each file, by its path as it was given."""
        return {path: row for row, path in enumerate(self._table.paths)}

    @cached_property
    def _is_resorted(self) -> bool:
        """Whether patches are in another order than the rows of the table that named them."""
        return self._row_numbers is not None and bool((np.diff(self._row_numbers) < 0).any())

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in _MADE}

    @cached_property
    def _flat(self) -> SideBySide:
        """All patches side by side, made when it is asked what is known of them."""
        flat = SideBySide.of(self._table, self._index, self._names, self._labels)
        if self._row_numbers is not None:
            own = flat._own_columns | {ROW}
            vars(flat).update(_is_resorted=self._is_resorted, _own_columns=own)
        if self._scores is not None:
            flat._set_scores(self._scores)
            vars(flat).update(_score_classes=self._score_classes, _threshold=self._threshold)
        return flat

    def _new(self, **attributes: Any) -> Self:
        """Return the same recordings, of which something else is known."""
        new = copy.copy(self)
        for name in _MADE:
            vars(new).pop(name, None)
        vars(new).update(attributes)
        return new

    def _part(self, rows: NDArray[np.int64], index: Index, positions: NDArray[np.int64]) -> Self:
        """Return some of the recordings, with some of their patches, by what is given of them."""
        part = self._new(_index=index, _table=self._table.take(rows))
        if self._rows is not None:
            part._rows = self._rows.iloc[positions].reset_index(drop=True)
        if self._row_numbers is not None:
            part._row_numbers = self._row_numbers[positions]
        if self._labels is not None:
            part._labels = self._labels.take(rows)
        if self._scores is not None:
            part._scores = self._scores[positions]
        return part

    def _states(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what differs where files, or which patches of them these are, have changed.

        Of each, shape (n_rows, 4): its size, when it was last written, how many patches there are,
        and, of those that are at no hop, or chosen, a digest of their first frames.
        """
        headers, index, layout = self._table.headers, self._index, self._table.layout
        digests, counts = np.zeros(len(rows), np.int64), index.counts[rows]
        if layout.given is not None or index.chosen is not None:
            starts = layout.start_frames(*index.find(index.positions(rows)))
            each = np.split(starts, np.cumsum(counts)[:-1])
            digests[:] = [_digest(of_file) for of_file in each]
        return np.stack([headers.size[rows], headers.modified[rows], counts, digests], axis=1)

    def _known_of(self, row: int) -> bytes:
        """Return what differs where what is known of a recording's patches, or is shown, does."""
        known: list[object] = [self.classes, self._threshold]
        if self._labels is not None:
            of_file = self._labels.of_file(row)
            names = [name for name in _OF_LABELS if name in of_file]
            known += [of_file[names].to_numpy(object).tolist(), self._labels.is_labelled(row)]
        text = json.dumps(known, default=str).encode()
        if self._scores is None:
            return text
        first, n = int(self._index.first[row]), int(self._index.counts[row])
        return text + np.ascontiguousarray(self._scores[first : first + n]).tobytes()

    def _is_labelled(self, row: int) -> bool:
        """Return whether somebody looked at a recording, as far as one can know it."""
        return self._labels is None or self._labels.is_labelled(row)

    def _informed(self, row: int, patches: Patches) -> Patches:
        """Return patches of a recording, all that are among these, with what is known of them."""
        new = patches
        numbers = patches.numbers
        asked = self._table.layout.asked_times(np.full(len(numbers), row), numbers)
        if asked is not None:
            new = copy.copy(patches)
            new._set_asked(asked)
        if self._labels is not None:
            spec = copy.copy(patches.spectrogram)
            labels = self._labels.of_file(row)
            object.__setattr__(spec, "labels", labels)
            # Of the classes of all, so that each has one colour.
            vars(spec)["_label_index"] = self._labels.index_of(labels)
            new = copy.copy(new)
            object.__setattr__(new, "spectrogram", spec)
        if self._scores is not None:
            first = int(self._index.first[row])
            new = copy.copy(new)
            new._set_scores(self._scores[first : first + len(new)])
            object.__setattr__(new, "_score_classes", self._score_classes)
            new._set_of_all(self._threshold, self._flat._score_range)
        return new

    @property
    def numbers(self) -> NDArray[np.int64]:
        """What patches are called among all, shape (n_patches,): 0, 1, 2 ..., or which of others.

        As those of :class:`Patches`; what is asked for by an index is a position.
        """
        numbers = self._index.numbers
        return np.arange(len(self._index)) if numbers is None else numbers

    # -- labels ----------------------------------------------------------------------------

    @property
    def labels(self) -> pd.DataFrame | None:
        """What people wrote down, by file, as :func:`read_labels` returns it; None without."""
        return None if self._labels is None else self._labels.frame

    def _unusable(self, which: str = "") -> NoRecordingError:
        """Return the error that none of these recordings can be used."""
        n = len(self._table)
        error = NoRecordingError(
            Argument("files"), f": none of {n:,}{which} can be used, ", *self._first_error
        )
        error.recordings = self
        return error

    @property
    def _first_error(self) -> tuple[Part, ...]:
        """Of the files that cannot be used the first, and why."""
        errors = self._table.errors
        row = min(errors)
        return (f"first {shown(self._table.paths[row])}: ", *unstopped(errors[row]), ".")

    @property
    def labelled(self) -> Self:
        """Those recordings that somebody labelled, with all of their patches.

        Of a table for each recording, those that have one, be it empty: what nobody looked at is no
        recording without labels. Of one table of several, those that it names.

        Raises
        ------
        InvalidValueError
            If there are no labels, or they are of no recording that can be used.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0)
        >>> table = {"file": ["sonnet1.ogg"], "start_time": 4, "end_time": 6, "label": "thereby"}
        >>> recordings.with_labels(table).labelled
        Recordings: 7 patches of 1.997 s every 1.997 s (asked for 2 s), of 1 file, 14.840 s
        """
        if self._labels is None:
            raise no_labels()
        n = len(self._table)
        rows = np.flatnonzero(self._labels.looked_at)
        if not rows.size:
            these = f"any of {n:,} recordings" if n > 1 else "the one recording"
            raise InvalidValueError(
                Argument("labelled"), f": no table of labels is of {these}",
                remedy=("Leave it out, or give other ", Argument("labels"), "."),
            )  # fmt: skip
        if len(rows) == n:
            return self
        some = self._part(rows, self._index.take(rows), self._index.positions(rows))
        if not len(some._index):
            raise some._unusable(" that are labelled")
        return some

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes: those that are scored, then the other labels in their order."""
        labelled = () if self._labels is None else self._labels.classes
        known = set(self._score_classes)
        return self._score_classes + tuple(name for name in labelled if name not in known)

    def with_labels(self, labels: object) -> Self:
        """Return the same recordings, that know what people wrote down.

        Parameters
        ----------
        labels : path, list of paths, DataFrame or records
            As for :meth:`Spectrogram.with_labels`, with a column ``file``. It is found by its whole
            path, or else by as much of its end as only one recording has: ``site/a.wav``, or
            ``a.wav`` where that is unique, and where no other name in the table says that this is
            another site's. A table without times labels whole recordings,
            as that of a folder of clips, each of one class, does. Or a folder, a glob or a list of
            tables, one for each recording, whose name theirs begins with:
            ``a.Table.1.selections.txt``. Where a table names what several recordings are called, it
            means that in a folder which is called as its own.

        Returns
        -------
        Recordings
            Of the same files; their patches have these labels.

        Raises
        ------
        LabelFileError
            If a file cannot be read.
        InvalidTypeError, InvalidValueError
            If `labels` are none, or name none of these files.

        Warns
        -----
        UserWarning
            If some are of other files, or of a name that several have, or lie outside of their
            recording, or in no patch, be it between two or after the last; or if tables are of
            none: how many, and which.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=5.0)
        >>> table = {"file": ["sonnet1.ogg"], "start_time": 4, "end_time": 6, "label": "thereby"}
        >>> recordings.with_labels(table).targets().T
        array([[ True,  True]])
        """
        return self._with_labels(labels)

    def _with_labels(self, labels: object, *, is_told: bool = True) -> Self:
        """Return the same with labels; `is_told` as of `FiledLabels.of`."""
        filed = FiledLabels.of(labels, self._table, self._names, is_told=is_told)
        new = self._new(_labels=filed)
        new._tell_unseen()
        if self._missing is not None:
            new._flat._tell_without_score(self._score_classes)
        return new

    def _tell_unseen(self) -> None:
        """Warn of labels that are in no patch, unless these are picked ones."""
        starts, layout = self._recipe.starts, self._table.layout
        if self._index.numbers is not None or not len(self._index):
            return
        frame, recipe, at = layout.longest_frame, self._recipe, None
        if starts is not None:
            end = layout.last_frame + frame
            at = Starts(starts, recipe.duration, float(layout.origin.min()), end, frame)
        self._flat._tell_unseen(recipe.tail, recipe.min_filled or 0.0, at)

    def targets(
        self,
        *,
        min_overlap: float | None = None,
        min_fraction: float | None = None,
        min_share: float | None = None,
    ) -> NDArray[np.bool_]:
        """Return which classes are in which patches, as :meth:`Patches.targets` does.

        Parameters
        ----------
        min_overlap : float, optional
            Least time of a label in a patch, in seconds.
        min_fraction : float, optional
            Least part of the label that lies in the patch, more than 0 to 1.
        min_share : float, optional
            Least part of the patch that the label takes, more than 0 to 1.

        Returns
        -------
        ndarray of bool, shape (n_patches, n_classes)
            Rows ``first`` to ``first + n_patches`` of a file are ``patches(file).targets()``.
            Nothing is computed of any sound.

        Raises
        ------
        InvalidValueError
            If there are no labels, or a least overlap is out of range.
        """
        return self._flat.targets(
            min_overlap=min_overlap, min_fraction=min_fraction, min_share=min_share
        )

    # -- scores ----------------------------------------------------------------------------

    @property
    def scores(self) -> NDArray[Any] | None:
        """What a model said, read-only, shape (n_patches, n_scored); NaN is "not scored"."""
        return self._scores

    @property
    def threshold(self) -> float | None:
        """From which score on a class is there where nobody says, as :attr:`Patches.threshold`."""
        return self._threshold

    def with_scores(
        self,
        scores: ArrayLike | object,
        *,
        classes: Sequence[str] | None = None,
        missing: float | None = None,
    ) -> Self:
        """Return the same recordings, that know what a model said of their patches.

        Parameters
        ----------
        scores : array_like, shape (n_patches,) or (n_patches, n_classes); DataFrame or path
            As for :meth:`Patches.with_scores`. Rows of a table are found by ``file`` and
            ``start_time``, or by ``file`` where each has one patch, or else by the number of the
            patch among all. Rows whose column
            ``error`` says that their file failed score nothing. What goes by place is refused where
            a table named the patches in another order than theirs: see :meth:`to_frame`. Or a
            folder, a glob or a list of tables, one for each recording, as for :meth:`with_labels`:
            ``a.BirdNET.results.csv`` is of ``a.wav``.
        classes : sequence of str, optional
            Names of the classes, or which columns are taken.
        missing : float, optional
            The score of what has none, as for :meth:`Patches.with_scores`.

        Returns
        -------
        Recordings
            Of the same files; their patches have these scores.

        Raises
        ------
        InvalidTypeError, InvalidValueError, LabelFileError
            As :meth:`Patches.with_scores` does; or if all rows are of other files.

        Warns
        -----
        UserWarning
            If some rows are of other files, or of files that failed.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0)
        >>> scored = recordings.with_scores(np.linspace(0, 1, 7), classes=["robin"])
        >>> scored.choose(2, by="highest")
        Choice([6, 5])
        """
        classes = None if classes is None else check_classes(classes)
        read = functools.partial(read_scores, classes=classes)
        tables = tables_in("scores", scores, read)
        joined = Joined(scores) if tables is None else tables.joined(self._names)
        return self._scored(joined, classes, missing)

    def _scored(
        self, joined: Joined, classes: tuple[str, ...] | None = None, missing: float | None = None
    ) -> Self:
        """Return the same with scores of which it is known which recording they are of."""
        flat = copy.copy(self._flat)
        vars(flat).update(tabled=joined.tabled if joined.is_each else frozenset())
        flat = flat.with_scores(joined.frame, classes=classes, missing=missing)
        return self._new(
            _scores=flat.scores, _score_classes=flat._score_classes, _threshold=flat.threshold,
            _table=flat._table, _missing=missing,
        )  # fmt: skip

    def numbers_of(self, table: object) -> NDArray[np.int64]:
        """Return which patch each row of a table is of, by file and time, as scores are found.

        Parameters
        ----------
        table : DataFrame, of any library, or records
            As for :meth:`Patches.numbers_of`, with a column ``file`` where there are several.

        Returns
        -------
        ndarray of int, shape (n_rows,)
            Numbers among all patches, as :meth:`to_frame` has them in its index; -1 for rows of
            other recordings.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            As :meth:`Patches.numbers_of` does.

        Warns
        -----
        UserWarning
            If some rows are of other files, of files that failed, or name other folders.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0)
        >>> recordings.numbers_of([{"file": "sonnet1.ogg", "start_time": 4.0}])
        array([2])
        """
        return self._flat.numbers_of(table)

    # -- all of it as a table --------------------------------------------------------------

    def to_frame(self, *, truth: Mapping[str, float] | ArrayLike | None = None) -> pd.DataFrame:
        """Return a row for every patch: where it is, and what is known of it.

        Parameters
        ----------
        truth : mapping or array_like, optional
            Which classes ``labels`` names, as for :meth:`Patches.to_frame`.

        Returns
        -------
        pandas.DataFrame
            As :meth:`Patches.to_frame` returns it: the index ``patch`` holds `numbers`, ``file`` is
            written as in :attr:`files`. Where a table named the patches, ``row`` is the row of the
            table, counted from 0: :meth:`with_scores` takes scores in its order as
            ``frame["robin"] = scores[frame["row"]]``. Its other columns come last; one that is
            called as one before, and says something else, is called so ``in the table``.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings([files("patchviz") / "data/sonnet1.ogg"], duration=5.0)
        >>> recordings.to_frame()[["start_time", "end_time", "filled"]].round(3)
               start_time  end_time  filled
        patch
        0           0.000     4.992     1.0
        1           4.992     9.985     1.0
        """
        frame = self._flat.to_frame(truth=truth)
        if self._rows is None:
            return frame
        frame = with_others(frame, {ROW: self._row_numbers})
        # In tables "error" says which files failed, of which these are none; and the index is a
        # column of some.
        return with_others(frame, self._rows, {"error": "", NAME: self.numbers})


def _digest(frames: NDArray[np.int64]) -> int:
    """Return a number that differs where frames, or their order, do."""
    digest = hashlib.blake2b(frames.astype("<i8").tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
