"""When recordings and their patches were heard, in microseconds of the recordings' own clocks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from .._util.text import plural
from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError, shown
from ..recordings.headers import NAIVE
from .cells import SHARE, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..recordings.recordings import Recordings
    from .days import Sites

__all__ = ["MINUTE", "SHORTEST", "Clocks"]

MINUTE = 60_000_000  # microseconds

SHORTEST = 10  # minutes: what is drawn shorter has no colour that one can read

_MEETING = 1_000_000  # by which one that follows another may seem to begin before its end


@dataclasses.dataclass(frozen=True, eq=False)
class Clocks:
    """When files began and ended, in microseconds of their own clocks, where these are known.

    Where they are recorded by a schedule, or too short to be seen, each stands for all until the
    next one is due, and its patches for all of it.
    """

    recordings: Recordings
    sites: Sites
    began: NDArray[np.int64]
    ended: NDArray[np.int64]
    are_known: NDArray[np.bool_]
    are_scheduled: NDArray[np.bool_]  # and drawn longer than they are
    n_beside: int  # that began while another was recorded

    @classmethod
    def of(cls, recordings: Recordings, sites: Sites, interval: float | None = None) -> Clocks:
        """Return the clocks of recordings of which some say when they began.

        `interval` are the minutes from one to the next of a schedule, that of each site. Without
        one, only those are drawn longer that are shorter than `SHORTEST`.
        """
        headers = recordings._table.headers
        is_read, are_known = headers.n_samples > 0, headers.are_timed
        if not are_known.any():
            raise InvalidValueError(
                Argument("recordings"),
                " do not say when they began",
                remedy='Make them with start="filename" or start="metadata", or of a table with a '
                'column "start".',
            )
        unknown = np.flatnonzero(is_read & ~are_known)
        if unknown.size:
            warn_user(
                f"Nothing says when {unknown.size:,} of {plural(len(is_read), 'file')} began, "
                f"first {shown(recordings._table.paths[int(unknown[0])])}: no bar shows "
                f"{'it' if unknown.size == 1 else 'them'}."
            )
        began = headers.began.astype(np.int64)
        seconds = np.divide(headers.n_samples, headers.sr, where=is_read, out=np.zeros(len(began)))
        ended = began + np.rint(1e6 * seconds).astype(np.int64)
        of_sites = sites.parted(np.flatnonzero(are_known))
        n_beside = _tell_beside(recordings, began, ended, of_sites, named=bool(sites.names))
        least = SHORTEST if interval is None else interval
        are_scheduled = np.full(len(began), interval is not None)
        for known in of_sites:
            starts = np.unique(began[known])
            following = np.append(starts, np.iinfo(np.int64).max)
            nexts = following[np.searchsorted(starts, began[known], side="right")]
            due = np.minimum(began[known] + round(least * MINUTE), nexts)
            are_scheduled[known] |= due > ended[known]
            ended[known] = np.maximum(ended[known], due)
        return cls(recordings, sites, began, ended, are_known, are_scheduled, n_beside)

    def zone(self) -> str:
        """Return how far the clocks are from UTC, where all say the same; tell if some say none."""
        table = self.recordings._table
        known = np.flatnonzero(self.are_known)
        offsets = table.headers.offset[known]
        are_naive = offsets == NAIVE
        if are_naive.any():
            n, n_zoned = int(are_naive.sum()), int((~are_naive).sum())
            if n_zoned:
                first = shown(table.paths[int(known[are_naive][0])])
                warn_user(
                    f"The clocks of {plural(n, 'file')}, first {first}, do not say how far they "
                    f"are from UTC, those of {n_zoned:,} do: each is shown by its own clock."
                )
            return ""
        offset = int(offsets[0])
        if (offsets != offset).any():
            return ""
        sign, minutes = "-" if offset < 0 else "+", abs(offset)
        return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"

    def of_files(self, numbers: NDArray[np.float64]) -> list[Span]:
        """Return when numbers of all files hold."""
        known = self.are_known
        return [(self.began[known], self.ended[known], numbers[known])]

    def of_patches(self, numbers: NDArray[np.float64]) -> Iterator[Span]:
        """Yield when numbers of all patches hold, some at a time: as far as something is heard."""
        for at in range(0, len(numbers), SHARE):
            part = numbers[at : at + SHARE]
            rows, begins, ends = self.of_positions(np.arange(at, at + len(part)))
            kept = self.are_known[rows]
            yield begins[kept], ends[kept], part[kept]

    def of_positions(
        self, positions: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return which file each of some patches is of, when it begins, and when it ends."""
        rows, patches = self.recordings._index.find(positions)
        seconds = self.recordings._table.layout.times(rows, patches)
        moments = self.began[rows, np.newaxis] + np.rint(1e6 * seconds).astype(np.int64)
        whole, began, ended = self.are_scheduled[rows], self.began[rows], self.ended[rows]
        # What follows the end is padding.
        ends = np.where(whole, ended, np.minimum(moments[:, 1], ended))
        return rows, np.where(whole, began, moments[:, 0]), ends

    def heard(self, begin: float, end: float) -> NDArray[np.int64]:
        """Return the positions of all patches of which something is heard between two moments."""
        known = self.are_known & (self.began < end) & (self.ended > begin)
        positions = self.recordings._index.positions(np.flatnonzero(known))
        _, begins, ends = self.of_positions(positions)
        return positions[(begins < end) & (ends > begin)]


def _tell_beside(
    recordings: Recordings,
    began: NDArray[np.int64],
    ended: NDArray[np.int64],
    of_sites: list[NDArray[np.int64]],
    *,
    named: bool,
) -> int:
    """Return how many recordings began while another of their site was recorded, and tell them."""
    found = []
    for files in of_sites:
        known = files[np.argsort(began[files], kind="stable")]
        latest = np.maximum.accumulate(ended[known])[:-1]
        found.append(known[1:][began[known][1:] + _MEETING < latest])
    beside = np.concatenate(found)
    if beside.size:
        n_known = sum(map(len, of_sites))
        by = ': give by=, a column of these, such as by="site", or by="folder"'
        remedy = f"Clocks were put back, or they are of several sites{'' if named else by}."
        warn_user(
            f"{beside.size:,} of {plural(n_known, 'file')} began while another was recorded, "
            f"first {shown(recordings._table.paths[int(beside[0])])}: their bars hide one another. "
            f"{remedy}"
        )
    return int(beside.size)
