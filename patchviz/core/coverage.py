"""Which patches share frames: groups that do not, and what a split into train and test leaks."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.copies import first_of_copies
from .._util.validation import check_chosen, check_int, check_number
from .._util.warn import warn_user
from ..errors import (
    Argument,
    InvalidTypeError,
    InvalidValueError,
    PatchIndexError,
    PatchvizError,
)
from .batch import batch_of
from .carved import Carved
from .carving import ORIGIN, memory_of
from .judged import JudgedPatches

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from .spectrogram import Spectrogram

__all__ = ["LEAKS", "SplitPatches", "blocks_of", "shared"]

LEAKS = ("patch", "train", "n_train", "seconds", "share")  # columns of what a split leaks


class SplitPatches(JudgedPatches):
    """What patches know of the frames that they share."""

    def _part(self, name: str, chosen: Any) -> Any:
        """Return some patches in the order of time, by positions or a mask, or as they are."""
        if isinstance(chosen, Carved):
            return chosen
        return self[self._positions(name, chosen)]  # type: ignore[index]

    def _positions(self, name: str, chosen: Any) -> NDArray[np.int64]:
        """Return the positions of some patches, in the order of time."""
        allowed = "patches, positions of patches, or a mask"
        array = check_chosen(name, chosen, self, allowed=allowed)
        if array.ndim != 1 or (array.size and array.dtype.kind not in "biu"):
            held = f" holds numbers of type {array.dtype}" if array.dtype.kind == "f" else ""
            is_of = held if array.ndim and held else f" is of type {type(chosen).__name__}"
            raise InvalidTypeError(Argument(name, chosen), is_of, allowed=allowed)
        differ = array if array.dtype == bool else np.unique(array)
        if len(array) == len(self) > len(differ):
            raise InvalidValueError(
                Argument(name, chosen),
                f" has a number for each patch, of which {len(differ)} differ",
                allowed=f"{allowed}, such as {name} == {differ[-1]}",
            )  # fmt: skip
        try:
            return self.framing.choice(differ)
        except PatchvizError as error:
            kind = PatchIndexError if isinstance(error, PatchIndexError) else InvalidValueError
            raise kind(Argument(name), f": {error}") from error

    def blocks(self, n: int, *, gap: float = 0.0) -> NDArray[np.int64]:
        """Part the recording into blocks of equal length, for splits that leak nothing.

        In one recording all overlapping patches hang together; patches of different blocks share
        no frame.

        Parameters
        ----------
        n : int
            How many blocks, 2 or more.
        gap : float, default: 0.0
            Least time between patches of two blocks, in seconds.

        Returns
        -------
        ndarray of int, shape (n_patches,)
            The block of every patch, 0 to ``n - 1``, and -1 for those that lie across a border.
            Leave these out: to scikit-learn's ``PredefinedSplit`` -1 means "always train".

        Raises
        ------
        InvalidValueError
            If a block holds no patch.

        See Also
        --------
        leaks : What another split leaks.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=1.0, hop_duration=0.1)
        >>> groups = patches.blocks(3)
        >>> np.unique(groups, return_counts=True)
        (array([-1,  0,  1,  2]), array([22, 43, 42, 43]))
        >>> kept = np.flatnonzero(groups >= 0)  # GroupKFold(3).split(X[kept], groups=groups[kept])
        >>> len(patches.leaks(groups > 0, groups == 0))
        0
        """
        n = check_int("n", n, minimum=2, unit="blocks")
        gap = check_number("gap", gap, minimum=0, unit="s")
        starts, frame = self.starts, self.framing.frame_duration
        stops = starts + self.frame_length
        ends = int(starts[0]), int(stops[-1])
        return blocks_of(starts, stops, ends, n, gap=gap / frame, unit=frame)

    def leaks(self, train: Any, test: Any) -> pd.DataFrame:
        """Return the test patches that share frames with training patches.

        Parameters
        ----------
        train, test : array_like of int or bool, or Patches
            Positions among these patches, as :meth:`choose` returns them, or a mask; or other
            Patches, which leak nothing where they are of another recording. Recordings are one
            that have one file or copies of it, or one array, or, from memory, one name. Items of
            batches know no time: those leak that are in training too, the same in every cell.

        Returns
        -------
        pandas.DataFrame
            A row for each test patch that leaks: ``patch``, its number, as captions have it, not
            its position; ``train``, that of the training patch that shares most with it;
            ``n_train``, how many share frames with it; ``seconds``, how long it is heard in
            training; and ``share``, what part of it that is.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If `train` or `test` choose no patches.
        PatchIndexError
            If there is no patch at a position.

        Warns
        -----
        UserWarning
            If nothing says whether they are of one recording, or whether items of a batch overlap.

        See Also
        --------
        blocks : Groups that share no frame.

        Examples
        --------
        >>> import pandas as pd
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=1.0, hop_duration=0.5)
        >>> patches.leaks(train=[0, 1, 20], test=[2, 10]).round(3)
           patch  train  n_train  seconds  share
        0      2      1        2    0.511  0.512
        """
        import pandas as pd

        train, test = self._part("train", train), self._part("test", test)
        if batch_of(train) is not None and batch_of(test) is not None:
            return _equal_items(train, test)
        is_one = _is_one(train.spectrogram, test.spectrogram)
        if is_one is None:
            warn_user(
                "leaks: nothing says whether train and test are of one recording, as one of them "
                "is from memory or from a file object; they are taken for two, which share "
                "nothing. If they are one, give both the same name: from_audio(..., name=...)."
            )
        if not is_one:
            empty = np.array([], np.int64)
            return pd.DataFrame(dict(zip(LEAKS, (empty, empty, empty, [], []), strict=True)))
        least = 1e-6 * min(train.framing.frame_duration, test.framing.frame_duration)
        leaking, nearest, n_train, seconds = shared(test.times.T, train.times.T, least)
        columns = (
            test.numbers[leaking], train.numbers[nearest], n_train, seconds,
            seconds / test.duration,
        )  # fmt: skip
        return pd.DataFrame(dict(zip(LEAKS, columns, strict=True)))


def _equal_items(train: Any, test: Any) -> pd.DataFrame:
    """Return the items of a batch that are in training, too."""
    import pandas as pd

    warn_user(
        "leaks: items of a batch know no time of a recording. Those that are the same in every "
        "cell are found, and not those that overlap: patches of recordings know that."
    )
    in_train: dict[bytes, list[int]] = {}
    for position, item in enumerate(train):
        in_train.setdefault(_digest(item), []).append(position)
    found = [in_train.get(_digest(item), []) for item in test]
    leaking = [position for position, same in enumerate(found) if same]
    batch = batch_of(test)
    seconds = batch.duration if batch is not None and batch.has_times else np.nan
    columns = (
        test.numbers[leaking], train.numbers[[found[position][0] for position in leaking]],
        np.array([len(found[position]) for position in leaking], np.int64),
        np.full(len(leaking), seconds), np.ones(len(leaking)),
    )  # fmt: skip
    return pd.DataFrame(dict(zip(LEAKS, columns, strict=True)))


def _digest(item: NDArray[Any]) -> bytes:
    # By value, whatever the type; of two zeros, and of what is no number, there is one.
    values = np.asarray(item, np.float64) + 0.0
    return hashlib.sha256(np.where(np.isnan(values), np.nan, values).tobytes()).digest()


def blocks_of(
    starts: NDArray[Any],
    stops: NDArray[Any],
    ends: tuple[ArrayLike, ArrayLike],
    n: int,
    *,
    gap: float,
    unit: float = 1.0,
) -> NDArray[np.int64]:
    """Part what patches see of one recording, or of several side by side, into equal blocks.

    Parameters
    ----------
    starts, stops : ndarray, shape (n_patches,)
        Where patches start and stop; they rise.
    ends : tuple of number, or of ndarray of shape (n_patches,)
        Where the recording of each patch begins and ends: a border there needs no gap.
    n : int
        How many blocks.
    gap : float
        Least distance between patches of two blocks of one recording.
    unit : float, default: 1.0
        How many seconds one is, for the message.
    """
    nearly = 1e-6  # what differs by less is one place
    borders = np.linspace(starts[0], stops[-1], n + 1)
    block = np.searchsorted(borders[1:-1] - nearly, starts, side="right")
    begin, end = ends
    after, before = borders[block], borders[block + 1]
    # The first has no border before it, nor the last one behind it.
    is_inside = (block > 0) & (after > np.asarray(begin) + nearly)
    after = after + np.where(is_inside, gap / 2, 0)
    is_inside = (block < n - 1) & (before < np.asarray(end) - nearly)
    before = before - np.where(is_inside, gap / 2, 0)
    block[(starts < after - nearly) | (stops > before + nearly)] = -1
    empty = np.setdiff1d(np.arange(n), block)
    if empty.size:
        raise InvalidValueError(
            Argument("n", n, "blocks"),
            f": no patch lies within block {empty[0]}, of {n} of "
            f"{(borders[1] - borders[0]) * unit:.3f} s",
            remedy="Choose fewer blocks, or a smaller gap.",
        )
    return block.astype(np.int64)


def shared(
    test: NDArray[Any], train: NDArray[Any], least: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
    """Return which test patches share something with training patches.

    Parameters
    ----------
    test, train : ndarray, shape (2, n)
        Where patches start and stop; both rise.
    least : float
        What is as short is nothing.

    Returns
    -------
    leaking, nearest, n_train : ndarray of int, shape (n_leaking,)
        Which test patches; the training patch that shares most with each; how many share.
    length : ndarray, shape (n_leaking,)
        How much of each lies in training.
    """
    (start, stop), (begin, end) = test, train
    # What is in training up to some place: the runs before it, and what is passed of its own.
    is_new = np.r_[True, begin[1:] > end[:-1]]
    first, last = begin[is_new], end[np.r_[np.flatnonzero(is_new)[1:] - 1, len(end) - 1]]
    before = np.r_[0, np.cumsum(last - first)]

    def trained(place: NDArray[Any]) -> NDArray[Any]:
        run = np.searchsorted(first, place, side="right")
        past = np.maximum(last[run - 1] - place, 0)
        return np.where(run > 0, before[run] - past, 0)

    length = trained(stop) - trained(start)
    low = np.searchsorted(end, start + least, side="right")
    high = np.searchsorted(begin, stop - least, side="left")
    leaking = np.flatnonzero((high > low) & (length > least))
    low, high = low[leaking], high[leaking]
    # Those of a recording are equally long: that whose middle is nearest shares most.
    middle, middles = (start + stop)[leaking] / 2, (begin + end) / 2
    place = np.searchsorted(middles, middle)
    left, right = (k.clip(low, high - 1) for k in (place - 1, place))
    nearest = np.where(middle - middles[left] <= middles[right] - middle, left, right)
    return leaking, nearest, high - low, length[leaking]


def _is_one(one: Spectrogram, other: Spectrogram) -> bool | None:
    """Whether two spectrograms are of one recording; None if nothing says so or otherwise."""
    files = [spec.audio.source for spec in (one, other) if spec.audio is not None]
    paths = [file.resolve() for file in files if isinstance(file, Path)]
    if len(paths) == 2:
        return paths[0] == paths[1] or _are_copies(paths)
    if len(files) == 2 and not paths and memory_of(files[0]) == memory_of(files[1]):
        return True
    if one.name and other.name and (one.name == other.name or not paths):
        return one.name == other.name
    places = [vars(spec).get(ORIGIN) or memory_of(spec.values) for spec in (one, other)]
    return True if places[0] == places[1] else None


def _are_copies(paths: list[Path]) -> bool:
    """Whether two files hold the same bytes."""
    sizes = np.array([path.stat().st_size if path.is_file() else -1 for path in paths])
    return not first_of_copies([str(path) for path in paths], sizes).any()
