"""The recordings that a sheet is of, and which of their patches are its tiles."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sized
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.text import there_are
from .._util.validation import check_int, items_of, positions_of
from ..core.batch import batch_of
from ..core.choice import chosen_by, class_of_each
from ..core.labels import OfOtherRecordingsError
from ..core.patches import Patches, check_patches
from ..core.trimming import over_frames
from ..errors import Argument, InvalidTypeError, InvalidValueError, PatchIndexError
from ..recordings.recordings import Recordings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Tiled"]

_AROUND = 3.0  # seconds, or a patch, that are seen before and after a tile
_LEAST_SAVED = 60.0  # seconds in all, for which recordings are parted


@dataclasses.dataclass(frozen=True)
class Tiled:
    """Recordings whose patches are counted through, and those of them that are tiles.

    Attributes
    ----------
    recordings : list of Patches
        Those given, or parts of them; of `Recordings` those alone that have tiles, since each is
        computed.
    starts : ndarray of int, shape (n_recordings,)
        How many patches there are before each.
    n_patches : int
        How many there are in all.
    chosen : ndarray of int or None
        Which are tiles, in their order; None: all.
    numbers : ndarray of int, shape (n_patches,), or None
        What patches of `Recordings` are called among all; None: what they are in their recording.
    given : Sized
        What has a row for each of them all.
    chosen_for : dict of int to str
        The class that tiles were chosen for, of those of which it is known.
    paths : list of str or None
        What `Recordings` call the file of each of them; None of other ones.
    among : iterable of str
        What they call all of their files.
    """

    recordings: list[Patches]
    starts: NDArray[np.int64]
    n_patches: int
    chosen: NDArray[np.int64] | None
    numbers: NDArray[np.int64] | None = None
    given: Sized = ()
    chosen_for: dict[int, str] = dataclasses.field(default_factory=dict)
    paths: list[str] | None = None
    among: Iterable[str] = ()

    @classmethod
    def of(
        cls, patches: Patches | Iterable[Patches] | Recordings, numbers: Iterable[int] | None
    ) -> Tiled:
        """Return what somebody gave."""
        if isinstance(patches, Recordings):
            n = len(patches)
            if not n:
                raise InvalidValueError(Argument("patches"), " hold no patch")
            numbers = chosen_by("numbers", numbers, patches)
            chosen = None if numbers is None else _numbers(numbers, patches)
            rows = np.unique(patches.find(np.arange(n) if chosen is None else chosen)[0])
            recordings = [patches.patches(row) for row in rows.tolist()]
            return cls(
                recordings, patches._index.first[rows], n, chosen, patches.numbers, patches,
                _classes(numbers, chosen), [patches._table.paths[row] for row in rows.tolist()],
                patches._table.paths,
            )  # fmt: skip
        recordings = _recordings(patches)
        ends = np.cumsum([len(one) for one in recordings])
        n = int(ends[-1])
        given = _Several(recordings)
        numbers = chosen_by("numbers", numbers, given)
        chosen = None if numbers is None else _numbers(numbers, given)
        starts = np.concatenate([[0], ends[:-1]])
        chosen_for = _classes(numbers, chosen)
        return cls(recordings, starts, n, chosen, given=given, chosen_for=chosen_for)

    @property
    def shown(self) -> NDArray[np.int64]:
        """Which patches are tiles, in their order."""
        return np.arange(self.n_patches) if self.chosen is None else self.chosen

    def place(self, numbers: ArrayLike) -> NDArray[np.int64]:
        """Return which recording each of some patches is of."""
        return np.asarray(np.searchsorted(self.starts, numbers, side="right") - 1)

    def chosen_in(self, k: int) -> dict[int, str]:
        """Return the same of the tiles of a recording, by their positions in it."""
        start, stop = int(self.starts[k]), int(self.starts[k]) + len(self.recordings[k])
        return {at - start: name for at, name in self.chosen_for.items() if start <= at < stop}

    def number(self, position: int) -> int:
        """Return what a patch is called in tables."""
        if self.numbers is not None:
            return int(self.numbers[position])
        return self._number_in_its(position)

    def in_file(self, position: int) -> int | None:
        """Return what a patch of `Recordings` is called in its own; None of other ones."""
        return None if self.numbers is None else self._number_in_its(position)

    def _number_in_its(self, position: int) -> int:
        k = int(self.place(position))
        return self.recordings[k].framing.number(position - int(self.starts[k]))

    def with_tiles(self) -> Tiled:
        """Return the same with those recordings alone that have tiles."""
        used = np.unique(self.place(self.shown))
        recordings = [self.recordings[k] for k in used.tolist()]
        return dataclasses.replace(self, recordings=recordings, starts=self.starts[used])

    def in_parts(self) -> Tiled:
        """Return the same with those parts of recordings alone that tiles are in, or near to.

        A recording is left whole where these are more than half of it, and all are where parts
        would not save much.
        """
        if self.chosen is None:
            return self
        at, parts, starts, saved = self.place(self.chosen), [], [], 0.0
        for k, (one, start) in enumerate(zip(self.recordings, self.starts.tolist(), strict=True)):
            spans = [] if batch_of(one) else _spans(one, self.chosen[at == k] - start)
            whole, needed = one.framing.n_frames, sum(stop - first for first, stop in spans)
            if not spans or 2 * needed > whole:
                parts.append(one)
                starts.append(start)
                continue
            saved += (whole - needed) * one.framing.frame_duration
            for first, stop in spans:
                ends = one.starts + one.frame_length
                inside = np.flatnonzero((one.starts >= first) & (ends <= stop))
                parts.append(over_frames(one, inside, first, stop))
                starts.append(start + int(inside[0]))
        if saved < _LEAST_SAVED:
            return self
        return dataclasses.replace(self, recordings=parts, starts=np.array(starts, np.int64))


class _Several:
    """All patches of some recordings, as tables of these have them, one after the other."""

    def __init__(self, recordings: list[Patches]) -> None:
        self._recordings = recordings

    def __len__(self) -> int:
        return sum(map(len, self._recordings))

    @property
    def numbers(self) -> NDArray[np.int64]:
        return np.concatenate([one.numbers for one in self._recordings])

    @property
    def _file(self) -> list[str] | str:
        """What the items are called, where all are those of batches."""
        files = [one._file for one in self._recordings]
        lists = [file for file in files if isinstance(file, list)]
        return [name for some in lists for name in some] if len(lists) == len(files) else ""

    def places_of_rows(self, name: str, table: Any) -> NDArray[np.int64]:
        """Return the positions of the patches that rows of a table are of; -1 of other files."""
        places, start, errors = np.full(len(table), -1), 0, []
        for one in self._recordings:
            try:
                found = one._numbers_in(name, table)
            except OfOtherRecordingsError as error:
                errors.append(error)
            else:
                is_own = found >= 0
                if (places[is_own] >= 0).any():
                    raise InvalidValueError(
                        Argument("numbers"), " is a table with rows of patches of several of these "
                        "recordings",
                        remedy="Say in its column file which each row is of, and name each "
                        "recording, as Spectrogram.from_audio(y, sr=sr, name=...) does.",
                    )  # fmt: skip
                places[is_own] = start + np.searchsorted(one.numbers, found[is_own])
            start += len(one)
        if len(errors) == len(self._recordings):
            raise errors[0]
        return places


def _spans(patches: Patches, tiles: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the first frame of each part of a recording that has tiles in it, and its end.

    As much is seen before a tile as after it, as far as the recording reaches, whether patches
    begin there or not.
    """
    framing = patches.framing
    around = math.ceil(max(_AROUND, patches.duration) / framing.frame_duration - 1e-6)
    begins = np.sort(framing.starts[tiles])
    ends = begins + framing.frame_length
    firsts = np.maximum(begins - around, 0)
    stops = np.maximum(ends, np.minimum(ends + around, framing.n_frames))  # one may be padded
    apart = np.flatnonzero(firsts[1:] - stops[:-1] > around) + 1
    firsts, stops = firsts[np.append(0, apart)], stops[np.append(apart, len(tiles)) - 1]
    return list(zip(firsts.tolist(), stops.tolist(), strict=True))


def _recordings(patches: Patches | Iterable[Patches]) -> list[Patches]:
    if isinstance(patches, Patches):
        return [patches]
    listed = items_of(patches)
    if listed is None:
        raise InvalidTypeError(
            f"patches is of type {type(patches).__name__}. It must be Patches, or a list of them."
        )
    recordings = [check_patches(one) for one in listed]
    if not recordings:
        raise InvalidValueError(Argument("patches", []), " holds no recording")
    return recordings


def _classes(numbers: object, chosen: NDArray[np.int64] | None) -> dict[int, str]:
    """Return what tiles were chosen for."""
    return {} if chosen is None else class_of_each(numbers, chosen.tolist())


def _numbers(numbers: Iterable[int], patches: Sized) -> NDArray[np.int64]:
    """Return which patches are shown, counted from 0, in the order given."""
    listed, n = positions_of("numbers", numbers, patches), len(patches)
    if listed is None:
        raise InvalidTypeError(
            Argument("numbers", numbers), " says no patches", allowed="a list of their numbers"
        )
    found = np.array([check_int("numbers", one, most=None) for one in listed], np.int64)
    if not len(found):
        raise InvalidValueError(Argument("numbers", []), " chooses no patch", remedy="Choose one.")
    outside = (found < -n) | (found >= n)
    if outside.any():
        raise PatchIndexError(Argument("numbers"), f" hold {found[outside][0]}: {there_are(n)}.")
    found %= n
    _, first, counts = np.unique(found, return_index=True, return_counts=True)
    if (counts > 1).any():
        again = first[counts > 1][0]
        given, once = found[again], "list(dict.fromkeys(numbers))"
        if hasattr(numbers, "drop_duplicates"):  # a column, which may hold numbers, and not places
            given, once = np.asarray(numbers)[again], "numbers.drop_duplicates()"
        raise InvalidValueError(
            Argument("numbers"), f" hold {given} more than once",
            remedy=f"A patch has one tile: {once} leaves out the others.",
        )  # fmt: skip
    return found
