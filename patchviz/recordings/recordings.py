"""Many recordings, carved in one way: all their patches by one number, none computed unseen."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self, Unpack, cast, overload

import numpy as np

from .._util.order import places_of
from .._util.reductions import Reduction
from .._util.validation import (
    CHOSEN,
    check_array,
    check_bool,
    check_chosen,
    check_int,
    check_position,
    chosen_from,
)
from .._util.warn import once, warn_user
from ..audio.recorded import Start
from ..core.grid import filled, windows_end
from ..core.patches import Patches
from ..core.patchtable import usual_length
from ..core.times import asked_for, format_duration
from ..errors import (
    Argument,
    InPython,
    InvalidTypeError,
    InvalidValueError,
    unstopped,
)
from ..features.frontend import FrontEndLike
from ..features.options import FrontEndOptions
from .given import Given, Windows, given_files
from .index import Index
from .kept import Kept
from .layout import lay_out
from .named import FiledLabels
from .recipe import Recipe
from .splits import SplitRecordings
from .table import table_of
from .windows import any_goes_on

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Recordings"]


class Recordings(SplitRecordings):
    """Many recordings, carved in one way: every patch of every file has a number.

    Only headers are read, of several files at once. A recording is computed when one of its
    patches is looked at; a few are kept. Nothing is kept for each patch: where they lie is
    arithmetic.

    Parameters
    ----------
    files : path, list of paths, or DataFrame
        A folder, which is looked through for sound; a glob such as ``"data/**/*.wav"``; paths; or
        a frame of any library with a column ``file``, whose other columns come along. Where it has
        ``start_time`` and ``end_time`` in seconds, each row is a patch; patches are in the order of
        files, as they are first named, and of time. Or the path of such a table, CSV or Parquet.
        What :attr:`files` returned is one, whose headers are not read again.
    duration : float, optional
        Length of a patch in seconds, rounded down to frames; by default that of the rows.
    hop_duration : float, optional
        From one patch's start to the next one's, in seconds; by default patches do not overlap.
    starts : array_like, optional
        Where patches start in every recording, in seconds, in place of a hop. What has no whole
        patch behind it is left out, and a warning counts that.
    tail, pad_value, min_filled : optional
        What becomes of the frames after the last whole patch, as for :class:`Patches`.
    sr : float or None, default: 22050
        Sampling rate in Hz to resample to; None keeps each file's own.
    kind, mono, channel, channels, pool, reduce : optional
        How each is computed, as for :meth:`Spectrogram.from_file`.
    start : float, datetime, "filename" or "metadata", default: 0.0
        When each began, as for :meth:`Spectrogram.from_file`; where a column ``start`` of `files`
        says it of one, that holds; where rows are patches, if all of each file say one moment.
        Of files whose name or metadata say nothing, times are seconds, and a warning counts them.
    on_damage, cache : optional
        As for :meth:`Spectrogram.from_file`.
    labels : path, DataFrame or records, optional
        What people wrote down, as for :meth:`Recordings.with_labels`; by default the column
        ``label`` of `files`, of whole files or of the patches that rows are, where no ``score``
        beside it says that it is a model's.
    progress : bool, default: True
        Whether reading headers for longer than a second shows a progress bar.
    **options
        Fields of the front end that `kind` names, as for :meth:`Spectrogram.from_file`.

    Raises
    ------
    AudioFileNotFoundError
        If `files` is a path of nothing.
    InvalidTypeError, InvalidValueError
        If `files` are none, or none of them can be used; if rows have no whole patch in their
        file, or a ``start_time`` and no ``end_time``; or if an option is out of range.

    Warns
    -----
    UserWarning
        If some files cannot be used: `files` says which, and why. If files or rows are named twice,
        in one way or another, or hold more or less than their headers say. If rows that are patches
        come in another order than their patches: :meth:`to_frame` says which row each is, and
        what goes by place, such as an array of scores, must say that it does so by a column of it.
        If folders cannot be looked through.

    See Also
    --------
    Spectrogram.from_file : One recording.

    Examples
    --------
    >>> import patchviz as pv
    >>> from importlib.resources import files
    >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0, hop_duration=0.5)
    >>> recordings
    Recordings: 27 patches of 1.997 s every 0.488 s (asked for 2 s every 0.5 s), of 1 file, 14.840 s
    >>> recordings[26]
    1 patch of (128, 86): 1.997 s ..., some of 27, ...
    >>> recordings.files[["sr", "n_samples", "n_patches", "first"]]
          sr  n_samples  n_patches  first
    0  22050     327222         27      0
    """

    def __init__(
        self,
        files: Any,
        *,
        duration: float | None = None,
        hop_duration: float | None = None,
        starts: ArrayLike | None = None,
        tail: str = "drop",
        pad_value: float | str | None = None,
        min_filled: float | None = None,
        sr: float | None = 22050,
        kind: FrontEndLike = "mel",
        mono: bool = False,
        channel: int | None = None,
        channels: str | None = None,
        pool: int = 1,
        reduce: Reduction = "max",
        start: Start = 0.0,
        on_damage: str = "raise",
        cache: bool | str | os.PathLike[str] = False,
        labels: object = None,
        progress: bool = True,
        **options: Unpack[FrontEndOptions],
    ) -> None:
        progress = check_bool("progress", progress)
        given = given_files(files)
        self._recipe = Recipe(
            duration=_duration(duration, hop_duration, starts, given.windows),
            hop_duration=hop_duration, starts=cast(Any, starts), tail=tail, pad_value=pad_value,
            min_filled=min_filled, sr=sr, kind=kind, mono=mono, channel=channel, channels=channels,
            pool=pool, reduce=reduce, start=start, on_damage=on_damage, cache=cache,
            options=options,
        )  # fmt: skip
        self._table, remarks, named = table_of(given, self._recipe, progress=progress)
        self._index = Index(self._table.layout.counts)
        self._kept = Kept()
        self._told: set[str] = set()  # what was warned of in some recording
        if given.windows is not None and named is not None:
            first = np.searchsorted(np.maximum.accumulate(named), np.arange(len(self._index)))
            self._rows = given.windows.others.iloc[first].reset_index(drop=True)
            self._row_numbers = given.windows.rows[first]
            n_again = int(np.count_nonzero(named >= 0)) - len(first)
            if n_again:
                own = given.labels is not None and labels is None
                remarks.append(
                    f"{n_again:,} of {len(named):,} rows name a patch again, by file and "
                    "start_time: each is taken once, with "
                    f"{'the labels of all and what else' if own else 'what'} its first row says."
                )
        self._tell(remarks)
        labels = self._labels_in(given, named) if labels is None else labels
        if labels is not None:
            self._labels = FiledLabels.of(labels, self._table, self._names)
            self._tell_unseen()

    def _at_windows(
        self, scores: pd.DataFrame, starts: NDArray[np.float64], *, tail: str, fill: bool
    ) -> Self:
        """Return the same with patches at the windows of a table, or at all that these are some of.

        Those that go on after a recording are padded where the table has any, or `tail` says so.
        """
        table, duration = self._table, self._recipe.duration
        layout = table.layout
        tail = "pad" if any_goes_on(table, self._names, scores, duration) else tail
        if fill:
            is_padded = tail == "pad"
            frame = layout.longest_frame
            last = windows_end(layout.last_frame + frame, duration, frame, is_padded=is_padded)
            starts = filled(starts, duration, float(layout.origin.min()), last)
        recipe = dataclasses.replace(self._recipe, hop_duration=None, starts=starts, tail=tail)
        layout, errors, remarks, _ = lay_out(
            recipe, table.headers, table.paths, table.seconds, None
        )
        table = dataclasses.replace(table, layout=layout, errors=errors)
        new = self._new(_recipe=recipe, _table=table, _index=Index(layout.counts), _kept=Kept())
        # Else shorter recordings have not all of them, of which nobody has asked that.
        new._tell(remarks if tail == "pad" else [])
        return new

    def _labels_in(self, given: Given, named: NDArray[np.int64] | None) -> pd.DataFrame | None:
        """Return the labels of the table of files; those of rows that name patches are these'."""
        labels = given.labels
        if labels is None or given.windows is None or named is None:
            return labels
        own = (named >= 0) & np.isin(given.windows.rows, labels.index)
        start, end = self._table.layout.table_times(*self._index.find(named[own])).T
        labels = labels.loc[given.windows.rows[own]]
        labels = labels.assign(start_time=start, end_time=end)
        return labels[~labels.astype({"label": str}).duplicated()]

    def _tell(self, remarks: list[str]) -> None:
        """Say what is odd of the files, or that none can be used."""
        errors, n = self._table.errors, len(self._table)
        if errors:
            if not len(self):
                raise self._unusable()
            said = f"{len(errors):,} of {n:,} files cannot be used, "
            warn_user((said, *self._first_error, InPython(" See recordings.files.error for all.")))
        for remark in remarks:
            warn_user(remark)
        if self._row_numbers is not None and self._is_resorted:
            moved = self._row_numbers != np.sort(self._row_numbers)
            warn_user(
                f"{np.count_nonzero(moved):,} of {len(self):,} rows of the table are moved: "
                "patches are in the order of file and start_time, and recordings.to_frame().row "
                "says which row each is. Sort the table before to have them in its order."
            )

    # -- sizes -----------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._index)

    @property
    def files(self) -> pd.DataFrame:
        """A row for each file, made anew: a column that is put into it changes nothing here.

        ``file`` as it was given and the other columns of a table, those that are called as one of
        these and say something else as ``size in the table``; ``sr`` in Hz, ``n_channels``,
        ``n_samples`` of each channel, ``size`` in bytes and when it was last ``modified``, in
        nanoseconds since 1970; ``start``, when it began or in seconds, as text where some say the
        one and some the other, or nobody knows the offset of some clocks alone; ``utc_offset``, the
        minutes from UTC of each clock, where these differ; ``n_patches``, and the number of the
        ``first`` one among all; ``error``, why it cannot be used; and where there are labels,
        whether somebody `labelled` it. With columns of yours, or kept as Parquet or CSV, it becomes
        Recordings again, in seconds: nothing is read.
        ``Recordings(recordings.files.assign(site=sites), ...)``.
        """
        labelled = None if self._labels is None else self._labels.looked_at
        return self._table.to_frame(self._index.counts, self._index.first, labelled)

    @property
    def duration(self) -> float:
        """True length of a patch in seconds; where rates differ, of the first one."""
        return self._table.layout.carved[0].duration

    @property
    def times(self) -> NDArray[np.float64]:
        """When every patch starts and ends in its recording, in seconds, shape (n_patches, 2)."""
        rows, patches = self._index.find(np.arange(len(self)))
        return self._table.layout.times(rows, patches)

    # -- one, and some ---------------------------------------------------------------------

    def check_index(self, index: int) -> int:
        """Return the position of a patch counted from the start, as a list counts it.

        Parameters
        ----------
        index : int
            Position of a patch; negative ones count from the end.

        Returns
        -------
        int
            From 0 to ``len(self) - 1``.

        Raises
        ------
        PatchIndexError
            If there is no such patch.
        InvalidTypeError, InvalidValueError
            If `index` is not a whole number.
        """
        return check_position(index, len(self), of=f" of {len(self._table):,} files")

    def find(self, index: ArrayLike) -> tuple[Any, Any]:
        """Return which file each of some patches is of, and which patch of it.

        Parameters
        ----------
        index : int or array_like of int
            Positions of patches, in any order.

        Returns
        -------
        row : int or ndarray of int
            Row of :attr:`files`.
        patch : int or ndarray of int
            Number of the patch in its recording: ``recordings.patches(row)``, as captions say it.

        Raises
        ------
        PatchIndexError
            If there is no such patch.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0)
        >>> recordings.find([6, 0])
        (array([0, 0]), array([6, 0]))
        """
        index = places_of("index", index, self)
        positions = check_array("index", index, allowed="positions of patches: whole numbers")
        if not positions.ndim:
            rows, patches = self._index.find(np.array([self.check_index(cast(int, index))]))
            return int(rows[0]), int(patches[0])
        if positions.size and positions.dtype.kind not in "iu":
            raise InvalidTypeError(
                Argument("index", index), " are no positions of patches", allowed="whole numbers"
            )
        positions = positions.astype(np.int64)
        for end in (positions.min(), positions.max()) if positions.size else ():
            self.check_index(int(end))
        return self._index.find(positions % len(self))

    @overload
    def __getitem__(self, index: int) -> Patches: ...
    @overload
    def __getitem__(self, index: slice | Sequence[int] | NDArray[Any]) -> Self: ...
    def __getitem__(self, index: int | slice | Sequence[int] | NDArray[Any]) -> Patches | Self:
        """Patch `index`, as Patches of its recording that hold this one; or some as Recordings.

        ``recordings[10:20]``, ``recordings[[41, 59]]`` and ``recordings[mask]`` are Recordings
        with the files that these patches are of; positions must rise. A column of a table that is
        called ``patch`` holds numbers, not positions. ``recordings[i]`` computes its recording,
        unless it is kept.
        """
        if not isinstance(index, slice):
            index = places_of("index", index, self)
            array = check_chosen("index", index, self, allowed=CHOSEN)
            if not array.ndim:
                row, patch = self.find(cast(int, index))
                patches = self.patches(row)
                return patches[np.searchsorted(patches.numbers, [patch])]
        chosen = chosen_from(len(self), index, self.check_index)
        return self._some(chosen)

    def _some(self, chosen: NDArray[np.int64]) -> Self:
        rows, index = self._index.subset(chosen)
        return self._part(rows, index, chosen)

    def __iter__(self) -> Iterator[Patches]:
        for row in np.flatnonzero(self._index.counts).tolist():
            patches = self.patches(row)
            for k in range(len(patches)):
                yield patches[[k]]

    def patches(self, file: int | str | os.PathLike[str]) -> Patches:
        """Return those patches of a recording that are among these, and what is known of them.

        Parameters
        ----------
        file : int or path
            Row of :attr:`files`, or the path that it has there.

        Returns
        -------
        Patches
            Patch *k* of them is ``recordings[files.first[file] + k]``. The recording is computed,
            unless it is kept.

        Raises
        ------
        AudioFileError
            If it cannot be read, or has changed since its header was.
        InvalidTypeError, InvalidValueError
            If there is no such file, or it has no patches.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0)
        >>> recordings.patches(0)
        7 patches of (128, 86): 1.997 s every 1.997 s (asked for 2 s), overlap 0 %, ...
        """
        return self._looked_at(self._row(file))

    def _looked_at(self, row: int, *, keep: bool = True) -> Patches:
        """Return the patches of a recording; what is looked at once need not be kept."""
        if not self._index.counts[row]:
            reason = self._table.errors.get(row, "none of its patches is among these")
            raise InvalidValueError(
                Argument("file", self._table.paths[row]), " has no patches: ", *unstopped(reason),
            )  # fmt: skip
        table, recipe = self._table, self._recipe
        key = int(table.ids[row])
        with once(self._told, os.path.basename(table.paths[row])):
            patches = self._kept.get(key, lambda: table.patches(row, recipe), keep=keep)
        chosen = self._index.of(row)
        return self._informed(row, patches if chosen is None else patches[chosen])

    def _row(self, file: int | str | os.PathLike[str]) -> int:
        """Return the row of a file."""
        n = len(self._table)
        if isinstance(file, str | os.PathLike):
            wanted = str(os.fspath(file))
            row = self._row_of.get(wanted)
            if row is None:
                raise InvalidValueError(
                    Argument("file", wanted), f" is none of the {n:,} files",
                    remedy="Their paths are recordings.files.file.",
                )  # fmt: skip
            return row
        row = check_int("file", file, minimum=-n, maximum=n - 1)
        return row % n

    # -- what a person must know -----------------------------------------------------------

    def __repr__(self) -> str:
        n, headers = len(self._table), self._table.headers
        has = headers.sr > 0
        seconds = float((headers.n_samples[has] / headers.sr[has]).sum())
        n_wrong = len(self._table.errors)
        wrong = f" ({n_wrong:,} cannot be used)" if n_wrong else ""
        some = "" if self._index.numbers is None else f", some of {self._index.n_numbered:,}"
        lasting = format_duration(seconds) if seconds < 3600 else f"{seconds / 3600:,.1f} h"
        return (
            f"Recordings: {len(self):,} patch{'es' if len(self) != 1 else ''} of "
            f"{self._lasting()}{self._every()}{self._asked()}{some}, of {n:,} "
            f"file{'s' if n != 1 else ''}{wrong}, {lasting}"
        )

    def _lasting(self) -> str:
        """Return how long patches are; where rates differ, from which to which."""
        durations = [carved.duration for carved in self._table.layout.carved]
        ends = [format_duration(end) for end in (min(durations), max(durations))]
        return " to ".join(dict.fromkeys(ends))

    def _every(self) -> str:
        if self._table.layout.given is not None:
            return " at starts of their own"
        carved = self._table.layout.carved[0]
        return f" every {format_duration(carved.hop_length * carved.frame_duration)}"

    def _asked(self) -> str:
        """Return what was asked for, where whole frames made something else of it."""
        recipe, hop = self._recipe, self._recipe.hop_duration
        is_same = self._lasting() == format_duration(recipe.duration)
        is_same &= hop is None or self._every() == f" every {format_duration(hop)}"
        return "" if is_same else asked_for(recipe.duration, hop)


def _duration(
    duration: float | None, hop_duration: object, starts: object, windows: Windows | None
) -> float:
    """Return how long patches are to be, in seconds."""
    if windows is not None:
        for name, value in (("hop_duration", hop_duration), ("starts", starts)):
            if value is not None:
                raise InvalidValueError(
                    Argument(name), " has no use where each row of ", Argument("files"),
                    " is a patch, by its start_time and end_time",
                    remedy="Leave one of them out.",
                )  # fmt: skip
    if duration is not None:
        return duration
    if windows is None:
        raise InvalidValueError("duration is missing: how long a patch is, in seconds.")
    usual = usual_length(windows.duration)
    is_last = np.r_[np.diff(windows.file) != 0, True]  # which may be cut to the end of the sound
    other = abs(windows.duration - usual) > 1e-3
    if (other & ~(is_last & (windows.duration < usual))).any():
        low, high = windows.duration.min(), windows.duration.max()
        raise InvalidValueError(
            Argument("files"),
            f": {np.count_nonzero(other):,} of {len(other):,} rows are not {usual:g} s long, as "
            f"most are, but {low:.3f} to {high:.3f} s, and patches have one length",
            remedy="Give it: duration=...; each then begins with its row.",
        )
    return usual
