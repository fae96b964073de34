"""A function of patches over many recordings, and what is found so: loudness, one colour scale."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._util.progress import progress_bar
from .._util.validation import check_bool
from .._util.warn import warn_user
from ..core.patches import Patches
from ..core.scores import check_classes
from ..errors import Argument, InvalidTypeError, InvalidValueError, shown, unstopped
from .cluster import Cluster
from .known import KnownRecordings
from .parts import Parts
from .pool import Outcome, Work, Workers, WrongResultError, batches_of
from .remarks import by_kind
from .results import Tabulated, table_of

if TYPE_CHECKING:
    import pandas as pd
    from distributed import Client
    from numpy.typing import NDArray

    from .recipe import Recipe

__all__ = ["MappedRecordings"]


class MappedRecordings(KnownRecordings):
    """What is found out of many recordings."""

    _recipe: Recipe
    _looked_at: Callable[..., Patches]

    def _of_files(self, rows: NDArray[np.int64]) -> Self:
        """Return some recordings, with all of their patches that are among these."""
        index = self._index.take(rows)
        return self._part(rows, index, self._index.positions(rows))

    def map(
        self,
        f: Callable[[Patches], Any],
        *,
        out: str | os.PathLike[str] | None = None,
        client: Client | None = None,
        classes: Sequence[str] | None = None,
        jobs: int | None = None,
        processes: bool = False,
        retry: bool = False,
        progress: bool = True,
    ) -> pd.DataFrame:
        """Call a function with the patches of every recording, several at once.

        Parameters
        ----------
        f : callable
            ``f(patches)`` returns numbers of the shape (n_patches,) or (n_patches, k), or a mapping
            or a frame of such: a row for each patch, in their order.
        out : path, optional
            A folder in which what is done is kept, batch by batch, each as a Parquet file that is
            written whole. A call with the same folder goes on where the last one stopped, however
            that ended, and computes the patches of files that are new or have changed; nothing is
            computed twice. What `f` is nobody compares, nor what labels and scores it asks the
            patches for: another function, or other labels of one that asks for them, needs another
            folder. It needs ``pip install "patchviz-audio[dask]"``.
        client : distributed.Client, optional
            Work is done by the cluster that it is connected to, whose workers find files at the
            same paths. What `f` needs must be installed there; a function of a notebook is sent.
            By default work is done by this machine.
        classes : sequence of str, optional
            Names of the columns.
        jobs : int, optional
            How many recordings are at work at once; by default one for each processor.
        processes : bool, default: False
            Whether in processes, for a function that keeps Python busy, or may crash.
        retry : bool, default: False
            Whether what failed in an earlier run is tried again.
        progress : bool, default: True
            Whether work that takes longer than a second shows a progress bar.

        Returns
        -------
        pandas.DataFrame
            A row for each patch, in their order: ``file``, ``start_time`` and ``end_time`` in
            seconds, the columns, and ``error``: a recording that failed is one row that says why.
            The index ``patch`` holds `numbers`. :meth:`with_scores` and :meth:`choose` take it.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If `f` returns what is not of its patches, or in another order by its index, or two
            columns of one name, or cannot be sent to a cluster or to processes; if all recordings
            fail; if `out` holds results of patches that were carved or computed otherwise, or does
            not hold what was put there.
        ClusterError
            If the scheduler of a cluster is lost. A call with the same `out` goes on.
        OSError
            If nothing can be written into `out`, as on a full disk. A call with the same `out`
            goes on.

        Warns
        -----
        UserWarning
            If recordings fail, or something is odd of them: how many, and the first. If a cluster
            has no workers for half a minute.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=5.0)
        >>> table = recordings.map(lambda patches: [np.max(patch) for patch in patches])
        >>> table.round(3)[["start_time", "end_time", "score"]]
               start_time  end_time  score
        patch
        0           0.000     4.992  -4.46
        1           4.992     9.985   0.00
        """
        if not callable(f):
            raise InvalidTypeError(
                Argument("f", f), f" is of type {type(f).__name__}",
                allowed="a function of patches, such as lambda patches: patches.filled",
            )  # fmt: skip
        workers = self._who(jobs, processes, client)
        retry, progress = check_bool("retry", retry), check_bool("progress", progress)
        names = None if classes is None else check_classes(classes)
        function = Tabulated(f, names)
        parts = None if out is None else Parts.of(out, self)
        rows = np.flatnonzero(self._index.counts)
        if parts is not None:
            rows = parts.missing(self, rows, retry=retry)
        work = Work(self, function, None if parts is None else parts.packed)
        outcomes = self._worked(
            work, rows, workers, doing="Mapping", progress=progress, parts=parts
        )
        if parts is not None:
            return parts.collected(self)
        return table_of(self, outcomes)

    def _who(self, jobs: int | None, processes: bool, client: Client | None) -> Workers | Cluster:
        """Return who does the work."""
        workers = Workers(jobs, processes)
        if client is None:
            return workers
        for name, value in (("jobs", jobs), ("processes", processes or None)):
            if value is not None:
                raise InvalidValueError(
                    Argument(name, value), " has no use with ", Argument("client"),
                    ", whose cluster says how many work at once", remedy="Leave it out.",
                )  # fmt: skip
        return Cluster(client)

    def _worked(
        self,
        work: Work,
        rows: NDArray[np.int64],
        workers: Workers | Cluster,
        *,
        doing: str,
        progress: bool = True,
        parts: Parts | None = None,
        may_all_fail: bool = False,
    ) -> list[Outcome]:
        """Return what became of some recordings, in their order; what failed is told."""
        batches = batches_of(self._table, rows, workers.n)
        found: list[Outcome] = []
        try:
            with (
                progress_bar(doing, len(rows), "files", is_wanted=progress) as bar,
                contextlib.closing(workers.run(work, batches)) as results,
            ):
                for done in results:
                    if parts is not None and done.part is not None:
                        parts.keep(done.part)
                    found += done.outcomes
                    bar.update(len(done.outcomes))
        except WrongResultError as error:
            raise error.args[0] from None
        found.sort(key=lambda outcome: outcome.row)
        self._tell_outcomes(found, may_all_fail)
        return found

    def _tell_outcomes(self, outcomes: Iterable[Outcome], may_all_fail: bool = False) -> None:
        n = n_failed = 0
        failed: Outcome | None = None
        remarks: list[tuple[str, str]] = []
        for outcome in outcomes:
            n += 1
            if outcome.error:
                n_failed, failed = n_failed + 1, failed or outcome
            remarks += [(self._table.paths[outcome.row], text) for text in outcome.remarks]
        if failed is not None:
            path = shown(self._table.paths[failed.row])
            why = (*unstopped(failed.error), ".")
            is_all = n_failed == n == np.count_nonzero(self._index.counts)
            if is_all and not may_all_fail:
                every = f"all of {n:,} recordings" if n > 1 else "the only recording"
                raise InvalidValueError(f"{every} failed, first {path}: ", *why)
            warn_user((f"{n_failed:,} of {n:,} recordings failed, first {path}: ", *why))
        for remark in by_kind(remarks, "recording", n):
            warn_user(remark)

    # -- what is found so ------------------------------------------------------------------

    def _numbers_of(
        self, function: Callable[[Patches], NDArray[Any]], client: Client | None = None
    ) -> NDArray[np.float64]:
        """Return a number of each patch, of which a function returns those of a recording."""
        rows = np.flatnonzero(self._index.counts)
        result = np.full(len(self._index), np.nan)
        workers = self._who(None, False, client)
        for outcome in self._worked(Work(self, function), rows, workers, doing="Looking"):
            if not outcome.error:
                first = int(self._index.first[outcome.row])
                result[first : first + len(outcome.value)] = outcome.value
        return result

    def loudness(self, *, client: Client | None = None) -> NDArray[np.float64]:
        """Return the mean of the finite values of every patch.

        All recordings are computed, several at once.

        Parameters
        ----------
        client : distributed.Client, optional
            Who computes them, as for :meth:`map`.

        Returns
        -------
        ndarray of float, shape (n_patches,)
            In the unit of the values; NaN where a patch has no finite value, or its recording
            failed.

        Warns
        -----
        UserWarning
            If recordings fail: how many, and the first. If levels of several are relative to the
            maximum of each, and do not compare.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=5.0, level="psd")
        >>> recordings.loudness().round(1)
        array([-90.6, -85.8])
        """
        if np.count_nonzero(self._index.counts) > 1 and self._recipe.is_own_scale:
            warn_user(
                "loudness: levels are relative to the maximum of each recording, and do not "
                'compare from one to another. Recordings(..., level="psd"), or ref=1.0, do.'
            )
        return self._numbers_of(lambda patches: patches._levels(), client)

    def levels(self, *, client: Client | None = None) -> tuple[float, float]:
        """Return the smallest and the largest value of all recordings: one colour scale for them.

        Parameters
        ----------
        client : distributed.Client, optional
            Who computes them, as for :meth:`map`.

        Returns
        -------
        tuple of float
            For ``clim=`` of every view; NaN where no value is finite.

        Raises
        ------
        InvalidValueError
            If all recordings fail.

        Warns
        -----
        UserWarning
            If some recordings fail: how many, and the first.

        Examples
        --------
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=5.0)
        >>> recordings.levels()
        (-80.0, 0.0)
        """
        rows = np.flatnonzero(self._index.counts)
        work = Work(self, lambda patches: patches.spectrogram.finite_range)
        found = self._worked(work, rows, self._who(None, False, client), doing="Looking")
        ranges = np.array([outcome.value for outcome in found if not outcome.error])
        with np.errstate(invalid="ignore"):
            low, high = np.fmin.reduce(ranges[:, 0]), np.fmax.reduce(ranges[:, 1])
        return float(low), float(high)

    def _of_each(self, function: Callable[[NDArray[Any]], float]) -> NDArray[np.float64]:
        """Return what a function says of each patch."""
        return self._numbers_of(lambda patches: patches._score(function))
