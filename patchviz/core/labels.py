"""What people wrote down: which labels are of a recording, and in which patches each lies."""

from __future__ import annotations

import copy
import re
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._util.columns import text_column
from .._util.spans import joined
from .._util.warn import warn_user
from ..errors import InPython, InvalidValueError, listed, shown
from ..io.labels import as_labels
from .batch import batch_of
from .carved import Carved
from .framing import Framing
from .labelindex import LabelIndex
from .matching import tell_taken
from .names import NONE, UNSURE, Names
from .overlaps import heard_of, in_patch, least_from, ranges_of
from .unseen import tell_unseen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .placing import Placing
    from .spectrogram import Spectrogram
    from .unseen import Starts

__all__ = [
    "KEEP",
    "REJECT",
    "LabelledPatches",
    "LabelledRecording",
    "OfOtherRecordingsError",
    "bare",
    "is_name",
    "of_recording",
    "tell_names",
]

KEEP, REJECT = "keep", "reject"  # what tables of decisions say of patches that nobody named


class LabelledRecording:
    """What a spectrogram knows of its labels."""

    labels: Any

    def with_labels(self, labels: object) -> Self:
        """Return the same spectrogram, over the same array, that knows what people wrote down.

        Parameters
        ----------
        labels : path, DataFrame or records
            A file that :func:`read_labels` reads; a frame of any library with columns
            ``start_time``, ``end_time`` and ``label`` or their usual other names, and perhaps
            ``low_f``, ``high_f``, ``score`` and ``file``; or records, such as
            ``(start, end, label)``. Times are those of the recording, in seconds. Where there is
            a ``file``, labels of others than this recording are left out; it is found by its path,
            or by as much of the end as fits best: ``site/a.wav``, ``a.wav``. Labels of a table of
            files that says no times are of the whole recording.

        Returns
        -------
        Spectrogram
            Its `labels` are a pandas frame as :func:`read_labels` returns it.

        Raises
        ------
        LabelFileError
            If a file cannot be read.
        InvalidTypeError, InvalidValueError
            If `labels` are none, or are all of other files.

        See Also
        --------
        Patches.targets : Which classes are in which patches.
        Patches.labels_in : The labels in one patch.

        Examples
        --------
        >>> import patchviz as pv
        >>> spec = pv.Spectrogram.example().with_labels([(0.5, 1.9, "from fairest creatures")])
        >>> spec.labels["label"].tolist()
        ['from fairest creatures']
        """
        new = copy.copy(self)
        vars(new).pop("_label_index", None)
        new._set_labels(labels)
        return new

    def _set_labels(self, labels: object) -> None:
        """Give this spectrogram, which is new, those of some labels that are its own."""
        found, elsewhere = _labels_of(self, labels)  # type: ignore[arg-type]
        object.__setattr__(self, "labels", found)
        if elsewhere:
            vars(self)["_label_index"] = LabelIndex.of(found, elsewhere)

    @property
    def _whole(self: Spectrogram) -> Framing:  # type: ignore[misc]  # which it is mixed into
        """Where it lies, as one patch."""
        n, frame = self.n_frames, self.frame_duration
        return Framing(n, n, 1, frame_duration=frame, origin=self.start)

    @cached_property
    def _label_index(self) -> LabelIndex:
        if self.labels is None and batch_of(self) is not None:
            raise InvalidValueError(
                "the items have no labels. Give some, one name, several or None for each: "
                "Patches.from_batch(x, labels=[...])."
            )
        if self.labels is None:
            raise InvalidValueError(
                "the spectrogram has no labels. Give it some, then carve it: "
                'spec.with_labels("birds.selections.txt").patches(duration=5.0).'
            )
        return LabelIndex.of(self.labels)


def _labels_of(spec: Spectrogram, labels: object) -> tuple[pd.DataFrame, frozenset[str]]:
    """Return those of some labels that are of a recording, and the classes of all others."""
    frame = as_labels(labels)
    elsewhere = frozenset[str]()
    if "file" in frame and len(frame):
        is_own = of_recording("labels", frame["file"], spec)
        elsewhere = frozenset(frame["label"][~is_own])
        frame = frame[is_own].reset_index(drop=True)
    is_whole = np.isinf(frame["end_time"])
    frame = frame.assign(
        start_time=frame["start_time"].mask(is_whole, spec.start),
        end_time=frame["end_time"].mask(is_whole, spec.end),
    )
    frame.attrs.clear()
    tell_names(frame)
    start, end = frame["start_time"].to_numpy(), frame["end_time"].to_numpy()
    outside = ~heard_of(start, end, spec._whole)
    if len(frame) and outside.all():
        warn_user(
            f"none of {len(frame)} labels lies in the recording, {spec.start:.3f} to "
            f"{spec.end:.3f} s: they are from {frame['start_time'].min():.3f} to "
            f"{frame['end_time'].max():.3f} s. Their times must be seconds of the recording."
        )
    elif outside.any() and not (spec.audio and spec.audio.first):  # of a part others are elsewhere
        n = int(outside.sum())
        row = int(np.argmax(outside))
        warn_user(
            f"{n} of {len(frame)} labels {'lies' if n == 1 else 'lie'} outside of the recording, "
            f"{spec.start:.3f} to {spec.end:.3f} s, first {shown(frame['label'][row])} from "
            f"{frame['start_time'][row]:.3f} to {frame['end_time'][row]:.3f} s: no patch has it."
        )
    _tell_unseen(frame, spec)
    return frame, elsewhere


def _tell_unseen(frame: pd.DataFrame, spec: Spectrogram) -> None:
    """Warn of labels above all frequencies of the spectrogram, and of those in kHz."""
    if not (spec.y_axis in ("mel", "linear", "log") or str(spec.y_axis).startswith("cqt")):
        return
    low, high = frame["low_f"], frame["high_f"]
    top = spec.fmax or spec.sr / 2
    above = low >= top
    if above.any():
        n, row = int(above.sum()), int(np.argmax(above))
        warn_user(
            f"{n} of {len(frame)} labels {'lies' if n == 1 else 'lie'} above the frequencies of "
            f"the spectrogram, which end at {top:.6g} Hz, first {shown(frame['label'][row])} from "
            f"{low[row]:.6g} Hz on: no box of theirs is seen. A file has those that it holds with "
            "from_file(..., sr=None)."
        )
    elif 0 < high.max() <= 1.05e-3 * top:
        warn_user(
            f"the labels' highest frequency is {high.max():.6g} Hz, of a spectrogram up to "
            f"{top:.6g} Hz. If they are in kHz, multiply low_f and high_f by 1000."
        )


def tell_names(frame: pd.DataFrame) -> None:
    """Warn of labels without a name, of decisions in place of names, and of names in two ways."""
    decided = int(frame["label"].isin([KEEP, REJECT]).sum())
    if decided:
        warn_user((
            f"{decided} of {len(frame)} labels {'is' if decided == 1 else 'are'} 'keep' or "
            "'reject', as is decided of patches that nobody names: these are classes now. Name the "
            "patches where you decide, by 1 to 9, or leave them out",
            InPython(", labels[~labels.label.isin(['keep', 'reject'])]"),
            ".",
        ))  # fmt: skip
    unnamed = int((frame["label"] == "").sum())
    if unnamed:
        warn_user((
            f"{unnamed} of {len(frame)} labels {'has' if unnamed == 1 else 'have'} no name: they "
            "are of the class ''. Leave them out",
            InPython(
                ', labels[labels.label != ""], or say which column names them: '
                "read_labels(path, label=...)"
            ),
            ".",
        ))  # fmt: skip

    ways: dict[str, list[str]] = {}
    for name in dict.fromkeys(frame["label"]):
        ways.setdefault(bare(name), []).append(name)
    # Of symbols, as those of phones, one letter and its capital may well be two.
    alike = [names for plain, names in ways.items() if len(names) > 1 and len(plain) > 2]
    if alike:
        more = f", and {len(alike) - 3} more" if len(alike) > 3 else ""
        said = "; ".join(" and ".join(map(shown, names)) for names in alike[:3])
        warn_user(
            f"the labels {said}{more} are written differently, and so are different classes. Write "
            "them alike where they are one."
        )


def is_name(text: str) -> bool:
    """Return whether it says what a patch is, and not just what was decided (static/picks.js)."""
    return text.casefold() not in ("", KEEP, REJECT)


def bare(name: str) -> str:
    """Return a name without what people write in one way or another."""
    name = re.sub("[ _-]+", "-", unicodedata.normalize("NFC", name).casefold().strip())
    return re.sub(r"(?<=\D)-|-(?!\d)", "", name)  # but 1-12 is not 11-2, nor -200 what 200 is


class OfOtherRecordingsError(InvalidValueError):
    """No row of a table is of a recording."""


def of_recording(
    what: str, files: pd.Series, spec: Spectrogram, table: str = ""
) -> NDArray[np.bool_]:
    """Whether each of some files is the recording, or none is named; a table names them."""
    audio = spec.audio
    own = [str(name) for name in (audio and audio.source, audio and audio.name, spec.name)
           if (isinstance(name, str) and name) or hasattr(name, "__fspath__")]  # fmt: skip
    names = sorted({name for name in files.unique() if name})
    rows = Names(own, [0] * len(own)).rows(names) if own else np.full(len(names), NONE)
    matching = [name for name, row in zip(names, rows.tolist(), strict=True) if row == 0]
    known = spec.name or (audio.name if audio else "")
    if not matching and (len(names) > 1 or (names and known)):
        which = "several are" if (rows == UNSURE).any() else "none is"
        raise OfOtherRecordingsError(
            f"{what} are of {listed(names, 3)}; {which} of the recording, "
            f"{shown(known or 'without a name')}. Choose its rows",
            InPython(f': {table or what}[{table or what}["file"] == ...]'),
            "; without a column 'file', all are taken for its own.",
        )
    counts = files.value_counts()
    pairs = [(name, own[0], int(counts[name])) for name in matching]
    tell_taken(what, pairs, len(files))
    result: NDArray[np.bool_] = files.isin([*(matching or names), ""]).to_numpy()
    return result


class LabelledPatches(Carved):
    """What patches know of the labels of their recording."""

    _score_classes: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes: those that are scored, then the other labels in their order."""
        scored = self._score_classes
        known = set(scored)
        return scored + tuple(name for name in self._labelled() if name not in known)

    def _labelled(self) -> tuple[str, ...]:
        labels = self.spectrogram.labels
        return () if labels is None else self.spectrogram._label_index.classes

    def _labelled_anywhere(self) -> tuple[str, ...]:
        """Return the classes of all labels that were given, also of those of other recordings."""
        if self.spectrogram.labels is None:
            return ()
        known = self.spectrogram._label_index
        return tuple(sorted({*known.classes, *known.elsewhere}))

    def labels_in(self, index: int) -> pd.DataFrame:
        """Return the labels that are in a patch, as :meth:`targets` has them by default.

        Parameters
        ----------
        index : int
            Position of a patch.

        Returns
        -------
        pandas.DataFrame
            Rows of ``spectrogram.labels``, whole: their times are the recording's.

        Raises
        ------
        InvalidValueError
            If the spectrogram has no labels.
        PatchIndexError
            If there is no such patch.

        Examples
        --------
        >>> import patchviz as pv
        >>> spec = pv.Spectrogram.example().with_labels([(0.5, 1.9, "a"), (6.0, 7.0, "b")])
        >>> spec.patches(duration=5.0).labels_in(1)
           start_time  end_time label  low_f  high_f  score
        1         6.0       7.0     b    NaN     NaN    NaN
        """
        rows = self._labels_in(index)  # which says where there are no labels
        return self.spectrogram.labels.iloc[rows]

    def _labels_in(self, index: int) -> NDArray[np.int64]:
        """Return the numbers of the labels that are in a patch."""
        index = self.framing.check_index(index)
        return in_patch(self.spectrogram._label_index, self.framing, index)

    def targets(
        self,
        *,
        min_overlap: float | None = None,
        min_fraction: float | None = None,
        min_share: float | None = None,
    ) -> NDArray[np.bool_]:
        """Return which classes are in which patches: what a classifier is taught.

        By default a label is in every patch that has as much of it as a frame is long, or, if that
        is less, half of what the recording has of it: times are rounded, and a label that was
        written for one window is not in the next. At most one least overlap may be asked for
        instead. Either is of the patch from ``start_time`` to ``end_time`` as :meth:`to_frame` has
        them, so that who reckons with these comes to the same; what lies beyond the recording, in
        padding alone, is in none. In closed form: a label is a range of patches, whatever their
        number.

        Parameters
        ----------
        min_overlap : float, optional
            Least time of a label in a patch, in seconds. A label that is shorter is in none. What
            was asked for as the length of a patch, which may be a part of a frame more than it is,
            means all of it but for such a part, where patches follow one another at a hop.
        min_fraction : float, optional
            Least part of the label that lies in the patch, more than 0 to 1.
        min_share : float, optional
            Least part of the patch that the label takes, more than 0 to 1. Where labels were
            written for windows of decimal seconds, and patches follow one another at a hop, which
            is in whole frames, a part of a frame may lack: ask for 0.9, not for all.

        Returns
        -------
        ndarray of bool, shape (n_patches, n_classes)
            Column *k* is ``classes[k]``. Memory for it is all that is needed.

        Raises
        ------
        InvalidValueError
            If the spectrogram has no labels, more than one least overlap is given, or one is out
            of range.

        See Also
        --------
        labels_in : The labels in one patch.

        Examples
        --------
        >>> import patchviz as pv
        >>> spec = pv.Spectrogram.example().with_labels([(4.0, 6.0, "a"), (6.0, 7.0, "b")])
        >>> patches = spec.patches(duration=5.0)
        >>> patches.classes, patches.targets().tolist()
        (('a', 'b'), [[True, False], [True, True]])
        >>> patches.targets(min_fraction=0.6).tolist()
        [[False, False], [False, True]]

        As a table, with times, as opensoundscape trains on it::

            where = patches.to_frame().set_index(["file", "start_time", "end_time"]).index
            pd.DataFrame(patches.targets(), columns=patches.classes, index=where)
        """
        known = self.spectrogram._label_index
        first, stop = self._label_ranges(min_overlap, min_fraction, min_share)
        classes = self.classes
        place = {name: k for k, name in enumerate(classes)}
        result = np.zeros((len(classes), len(self)), np.int8)
        by_class = np.argsort(known.codes, kind="stable")
        bounds = np.searchsorted(known.codes[by_class], np.arange(len(known.classes) + 1))
        for code, name in enumerate(known.classes):
            rows = by_class[bounds[code] : bounds[code + 1]]
            rows = rows[first[rows] < stop[rows]]
            if rows.size:
                _fill(result[place[name]], first[rows], stop[rows])
        return result.view(np.bool_).T

    @property
    def _file(self) -> str | list[str]:
        """What tables call the recording: its path as it was given, or its name; items have any."""
        if (batch := batch_of(self)) is not None:
            return [batch.names[k] if batch.names else "" for k in self.numbers]
        audio = self.spectrogram.audio
        given = audio.given if audio is not None else None
        return str(given) if isinstance(given, Path) else self.spectrogram.name or ""

    def _where(self) -> dict[str, Any]:
        """Return columns that say where every patch is."""
        import pandas as pd

        spec, times, file = self.spectrogram, self._table_times, self._file
        if isinstance(file, list):
            return {"file": text_column(file), "start_time": np.nan, "end_time": np.nan}
        files = text_column([file] * len(self))
        columns = {"file": files, "start_time": times[:, 0], "end_time": times[:, 1]}
        if spec.recording_start is not None:
            since = pd.to_timedelta(times[:, 0], unit="s").round("us")
            columns["start_timestamp"] = pd.Timestamp(spec.recording_start) + since
        return columns

    def _has(self, name: str) -> NDArray[np.bool_]:
        """Whether something of a label lies in each patch."""
        known = self.spectrogram._label_index
        first, stop = self._label_ranges(None, None, None)
        row = np.zeros(len(self), np.int8)
        if name not in known.classes:  # nobody wrote it down
            return row.view(np.bool_)
        is_its = (known.codes == known.classes.index(name)) & (first < stop)
        if is_its.any():
            _fill(row, first[is_its], stop[is_its])
        return row.view(np.bool_)

    @property
    def _placing_of_labels(self) -> Placing:
        """Where patches lie in the recording of each label."""
        return self.framing

    def _label_ranges(
        self, min_overlap: float | None, min_fraction: float | None, min_share: float | None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the first patch that has each label, and the one after the last."""
        asked = {"min_overlap": min_overlap, "min_fraction": min_fraction, "min_share": min_share}
        least = least_from(asked, self.duration, self._longer_than_any)
        return ranges_of(self.spectrogram._label_index, self._placing_of_labels, least)

    def _tell_unseen(self, tail: str, min_filled: float, at: Starts | None) -> None:
        """Warn of labels that are heard, and in no patch: those of a carving by a hop, or `at`."""
        known, placing = self.spectrogram._label_index, self._placing_of_labels
        first, stop = self._label_ranges(None, None, None)
        unseen = np.flatnonzero(heard_of(known.start, known.end, placing) & (first >= stop))
        if unseen.size:
            tell_unseen(known, unseen, tail, min_filled, at)

    @property
    def _longer_than_any(self) -> float:
        """What no patch was asked to last, in seconds: each is less than a frame shorter."""
        return self.duration + self.framing.frame_duration


def _fill(row: NDArray[np.int8], first: NDArray[np.int64], stop: NDArray[np.int64]) -> None:
    """Set a row of zeros to 1 within some ranges, which may overlap."""
    order = np.argsort(first)
    begins, ends = joined(first[order], stop[order])  # runs neither meet nor overlap
    row[begins] = 1
    row[ends[ends < len(row)]] = -1
    np.cumsum(row, out=row)
