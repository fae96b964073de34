"""What a model said: numbers for every patch and class, from arrays or tables."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._util.validation import scalar
from .._util.warn import warn_user
from ..errors import Argument, InvalidTypeError, InvalidValueError, shown
from ..io.labels import read_labels
from ..io.table import match_columns, plain_frame
from .labels import LabelledPatches, of_recording
from .truth import as_truth, usual_threshold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["ScoredPatches"]

_NUMBERS = ("patch", "number")  # columns that say which patch a row is of


class ScoredPatches(LabelledPatches):
    """What patches know of their scores."""

    _scores: NDArray[Any] | None = None
    _threshold: float | None = None

    @property
    def scores(self) -> NDArray[Any] | None:
        """What a model said, read-only, shape (n_patches, n_scored); NaN is "not scored".

        Column *k* is of ``classes[k]``. None without :meth:`with_scores`.
        """
        return self._scores

    @property
    def threshold(self) -> float | None:
        """From which score on a class is there, in pictures and choices, where nobody says.

        0.5 where all scores lie within 0 to 1; 0 where they lie on both sides of it, as before a
        sigmoid; None where neither is so, or without scores. Some of the patches keep that of all.
        """
        return self._threshold

    def with_scores(
        self, scores: ArrayLike | object, *, classes: Sequence[str] | None = None
    ) -> Self:
        """Return the same patches, that know what a model said of them.

        Parameters
        ----------
        scores : array_like, shape (n_patches,) or (n_patches, n_classes); DataFrame or path
            Numbers, NaN where a patch is not scored; arrays are not copied. Or a frame of any
            library with a row for a patch, known by its number (the index, or a column ``patch``)
            or by ``start_time`` and ``end_time``, within half a frame; and a column for each
            class, or else the columns ``label`` and ``score``, a row for each detection. Or the
            path of such detections, as BirdNET writes them. What a table does not hold is not
            scored.
        classes : sequence of str, optional
            Names of the classes. By default those of the table, or numbers. Of a table with a
            column for each class: which columns are taken.

        Returns
        -------
        Patches
            Of the same spectrogram; see `scores` and `classes`.

        Raises
        ------
        InvalidValueError
            If there are not as many scores as patches, if rows of a table are of no patch, or two
            of one, or if scores are infinite.
        InvalidTypeError
            If `scores` are no numbers.
        LabelFileError
            If a file cannot be read.

        Warns
        -----
        UserWarning
            If a class is written like a label but for case, blanks or hyphens: the two are
            different classes, and nobody labelled the one nor scored the other.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=5.0)
        >>> scored = patches.with_scores([[0.1, 0.7], [0.9, np.nan]], classes=["robin", "wren"])
        >>> scored.to_frame()[["start_time", "robin", "wren"]].round(3)
               start_time  robin  wren
        patch
        0           0.000    0.1   0.7
        1           4.992    0.9   NaN

        Windows that are no patches become patches:

        >>> table = scored.to_frame()
        >>> again = patches.spectrogram.patches(duration=5.0, starts=table["start_time"])
        >>> again.with_scores(table, classes=["robin"]).scores.tolist()
        [[0.1], [0.9]]
        """
        if classes is not None:
            classes = _texts(classes)
        if isinstance(scores, str | os.PathLike):
            scores = read_labels(scores)
        if isinstance(scores, np.ndarray | list | tuple) or not _is_frame(scores):
            values, names = self._from_array(scores, classes)
        else:
            values, names = self._from_frame(plain_frame("scores", scores), classes)
        infinite = np.count_nonzero(np.isinf(values))
        if infinite:
            raise InvalidValueError(
                f"{infinite} of {values.size} scores are infinite. They must be finite, or NaN for "
                "what is not scored: np.clip(scores, -100, 100)."
            )
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InvalidValueError(
                Argument("classes", list(names)),
                f" name {shown(twice)} twice",
                remedy="Give each class a name of its own.",
            )
        values = values.view()
        values.flags.writeable = False
        new = copy.copy(self)
        object.__setattr__(new, "_scores", values)
        object.__setattr__(new, "_score_classes", names)
        object.__setattr__(new, "_threshold", usual_threshold(values))
        new._tell_alike()
        return new

    def _labelled(self) -> tuple[str, ...]:
        labels = self.spectrogram.labels
        return () if labels is None else self.spectrogram._label_index.classes

    def _tell_alike(self) -> None:
        """Warn of classes that are labels but for the way they are written."""
        labels = self._labelled()
        unscored = {_bare(name): name for name in labels if name not in self._score_classes}
        pairs = [
            f"{shown(name)} and the label {shown(unscored[_bare(name)])}"
            for name in self._score_classes
            if name not in labels and _bare(name) in unscored
        ]
        if pairs:
            more = f", and {len(pairs) - 3} more" if len(pairs) > 3 else ""
            warn_user(
                f"with_scores: {'; '.join(pairs[:3])}{more} are written differently, and so are "
                "different classes. Write them alike: with_scores(S, classes=[...])."
            )

    def _tell_unlabelled(self, names: Sequence[str]) -> None:
        """Warn of classes without any label: whatever scores is taken for wrong."""
        labels = self._labelled()
        missing = [name for name in names if name not in labels]
        if missing and self.spectrogram.labels is not None:
            listed = ", ".join(map(shown, missing[:4])) + (" ..." if len(missing) > 4 else "")
            has = ", ".join(map(shown, labels[:4])) + (" ..." if len(labels) > 4 else "")
            warn_user(
                f"nobody labelled {listed}: every patch counts as one without it, and is a mistake "
                f"where it scores. The labels are {has or 'none'}."
            )

    def _from_array(
        self, scores: object, classes: tuple[str, ...] | None
    ) -> tuple[NDArray[Any], tuple[str, ...]]:
        try:
            values = np.asarray(scores)
            if values.dtype.kind in "biu":
                values = values.astype(np.float64)
            elif values.dtype.kind != "f":
                raise TypeError(f"dtype {values.dtype}")
        except (TypeError, ValueError, RuntimeError) as error:  # the last as tensors raise it
            raise InvalidTypeError(
                f"scores of type {type(scores).__name__} are no array of numbers ({error}). They "
                "must be of shape (n_patches,) or (n_patches, n_classes); a tensor becomes an "
                "array by tensor.detach().cpu().numpy()."
            ) from error
        n = len(self)
        if values.ndim not in (1, 2) or len(values) != n:
            turned = values.ndim == 2 and values.shape[1] == n
            raise InvalidValueError(
                f"scores of shape {values.shape} are not of {n} patches. They must have the shape "
                f"({n},) or ({n}, n_classes)" + (": scores.T has it." if turned else ".")
            )
        plain = ("score",) if values.ndim == 1 else tuple(map(str, range(values.shape[1])))
        values = values.reshape(n, -1)
        return values, _names(classes, values.shape[1]) if classes is not None else plain

    def _from_frame(
        self, frame: pd.DataFrame, classes: tuple[str, ...] | None
    ) -> tuple[NDArray[Any], tuple[str, ...]]:
        found = match_columns(frame.columns)
        if "file" in found:
            files = frame.iloc[:, found["file"]].fillna("").map(str)
            frame = frame[of_recording("scores", files, self.spectrogram)]
        titles = [str(name) for name in frame.columns]
        number = next((titles.index(name) for name in _NUMBERS if name in titles), None)
        if number is not None or "start_time" not in found:
            rows = self._rows_by_number(frame, number)
        else:
            rows = self._rows_by_time(frame, found)
        if "label" in found and "score" in found and "filled" not in titles:
            return self._detections(frame, found, rows, classes)
        taken = {
            number,
            *(found.get(name) for name in ("file", "start_time", "end_time", "duration")),
        }
        # What to_frame() adds of its own.
        own = {"filled", "labels"}
        places = [k for k, name in enumerate(titles) if k not in taken and name not in own]
        if classes is not None:
            missing = [name for name in classes if name not in titles]
            if missing:
                raise InvalidValueError(
                    Argument("classes", list(classes)),
                    f": scores have no column {shown(missing[0])}",
                    remedy=f"They have {', '.join(map(repr, (titles[k] for k in places)))}.",
                )
            places = [titles.index(name) for name in classes]
        if _n_different(rows) < len(rows):
            self._refuse_twice(rows)
        values = np.full((len(self), len(places)), np.nan)
        for k, place in enumerate(places):
            values[rows, k] = _column(frame.iloc[:, place])
        return values, tuple(titles[place] for place in places)

    def _rows_by_number(self, frame: pd.DataFrame, column: int | None) -> NDArray[np.int64]:
        """Return which patch each row of a table is of, and take away what is of none."""
        numbers = np.asarray(frame.index if column is None else frame.iloc[:, column])
        if numbers.dtype.kind not in "iu":
            raise InvalidValueError(
                "scores have neither start_time and end_time nor numbers of patches as their "
                f"index or a column 'patch'; found the columns "
                f"{', '.join(repr(str(name)) for name in frame.columns)}."
            )
        if column is None and numbers.size and (numbers == np.arange(len(numbers))).all():
            if len(numbers) != len(self):
                raise InvalidValueError(
                    f"scores have {len(numbers)} rows, and there are {len(self)} patches. Say "
                    "which they are of by an index or a column 'patch', or by start_time and "
                    "end_time."
                )
            return numbers
        index = np.full(self.framing.last_number + 1, -1)
        index[self.numbers] = np.arange(len(self))
        outside = (numbers < 0) | (numbers >= len(index))
        rows = np.where(outside, -1, index[np.where(outside, 0, numbers)])
        if (rows < 0).any():
            wrong = numbers[rows < 0]
            raise InvalidValueError(
                f"{len(wrong)} of {len(rows)} rows of scores are of no patch, first that of patch "
                f"{wrong[0]}: there are {len(self)} patches, {self.numbers[0]} to "
                f"{self.numbers[-1]}."
            )
        return rows

    def _rows_by_time(self, frame: pd.DataFrame, found: dict[str, int]) -> NDArray[np.int64]:
        """Return which patch each row of a table is of, by its times."""
        start = _column(frame.iloc[:, found["start_time"]])
        if "end_time" in found:
            length = _column(frame.iloc[:, found["end_time"]]) - start
        elif "duration" in found:
            length = _column(frame.iloc[:, found["duration"]])
        else:
            length = np.full(len(start), self.duration)
        framing = self.framing
        at = (start - framing.origin) / framing.frame_duration
        # Lengths were rounded down to frames, and starts perhaps, too.
        fits = abs(length / framing.frame_duration - framing.frame_length) < 1 + 1e-6
        tries = []
        for frames in (np.rint(at), np.floor(at + 1e-6)):
            rows = np.searchsorted(framing.starts, frames).clip(0, len(self) - 1)
            is_there = fits & (framing.starts[rows] == frames)
            tries.append(np.where(is_there, rows, -1))
            if is_there.all() and _n_different(rows) == _n_different(start):
                return rows
        rows = max(tries, key=lambda rows: np.count_nonzero(rows >= 0))
        wrong = np.flatnonzero(rows < 0)
        if wrong.size:
            first = wrong[0]
            raise InvalidValueError(
                f"{len(wrong)} of {len(rows)} rows of scores are of no patch, first that from "
                f"{start[first]:.3f} to {start[first] + length[first]:.3f} s: patches are "
                f"{self.duration:.3f} s long. Carve them where the scores are: "
                f"spec.patches(duration={length[first]:g}, starts=np.unique(table.start_time))."
            )
        return rows

    def _detections(
        self,
        frame: pd.DataFrame,
        found: dict[str, int],
        rows: NDArray[np.int64],
        classes: tuple[str, ...] | None,
    ) -> tuple[NDArray[Any], tuple[str, ...]]:
        """Return the scores of a table with a row for each patch and class that was detected."""
        column = frame.iloc[:, found["label"]]
        n_unnamed = int(column.isna().sum())
        if n_unnamed:
            title = str(frame.columns[found["label"]])
            raise InvalidValueError(
                f"scores: {n_unnamed} of {len(column)} rows name no class in the column "
                f"{shown(title)}. Leave them out: table.dropna(subset=[{shown(title)}])."
            )
        label = column.map(str).to_numpy()
        names = tuple(sorted(set(label))) if classes is None else classes
        unknown = set(label) - set(names)
        if unknown:
            n = int(np.count_nonzero(np.isin(label, list(unknown))))
            raise InvalidValueError(
                Argument("classes", list(names)),
                f" lack {shown(min(unknown))}: {n} of {len(label)} rows of scores are of "
                "none of them",
                remedy="Leave such rows out, or name their classes.",
            )
        place = {name: k for k, name in enumerate(names)}
        columns = np.array([place[name] for name in label], np.int64)
        cells = rows * len(names) + columns
        if _n_different(cells) < len(cells):
            self._refuse_twice(cells, len(names))
        score = _column(frame.iloc[:, found["score"]])
        if len(score) and np.isnan(score).all():
            raise InvalidValueError(
                f"scores: none of {len(score)} rows says one in the column "
                f"{shown(str(frame.columns[found['score']]))}. Labels without scores belong to the "
                "spectrogram: spec.with_labels(...)."
            )
        values = np.full((len(self), len(names)), np.nan)
        values[rows, columns] = score
        return values, names

    def _refuse_twice(self, cells: NDArray[np.int64], n_classes: int = 1) -> None:
        there, counts = np.unique(cells, return_counts=True)
        number = self.numbers[there[counts > 1][0] // n_classes]
        raise InvalidValueError(
            f"{np.count_nonzero(counts > 1)} patches have several rows of scores"
            f"{' for one class' if n_classes > 1 else ''}, first patch {number}. Leave one: "
            "table.groupby(...).max()."
        )

    # -- all of it as a table --------------------------------------------------------------

    def to_frame(self, *, truth: Mapping[str, float] | ArrayLike | None = None) -> pd.DataFrame:
        """Return a row for every patch: where it is, and what is known of it.

        Parameters
        ----------
        truth : mapping or array_like, optional
            Which classes ``labels`` names, as for :meth:`choose`: ``{"min_share": 0.5}``. By
            default those of which something lies in the patch.

        Returns
        -------
        pandas.DataFrame
            The index ``patch`` holds `numbers`, not positions: ``table.iloc[i]`` and
            ``table.loc[patches.numbers[i]]`` are of the patch at *i*. ``file`` is the recording's
            path or name; ``start_time`` and ``end_time`` are in seconds; ``filled`` is the share
            that is no padding; ``labels`` names the classes that are in the patch, parted by
            a comma and a blank, if the spectrogram has labels or `truth` says them; and each
            scored class has a column.

        Examples
        --------
        >>> import patchviz as pv
        >>> spec = pv.Spectrogram.example().with_labels([(4.0, 6.0, "thereby")])
        >>> spec.patches(duration=5.0).to_frame().round(3)
                   file  start_time  end_time  filled   labels
        patch
        0      Sonnet 1       0.000     4.992     1.0  thereby
        1      Sonnet 1       4.992     9.985     1.0  thereby

        Where the robin is loudest, and as opensoundscape has it::

            table.nlargest(10, "robin")
            table.set_index(["file", "start_time", "end_time"])[list(patches.classes)]
        """
        import pandas as pd

        columns = self._where()
        columns["filled"] = self.filled
        if self.spectrogram.labels is not None or truth is not None:
            columns["labels"] = self._label_texts(as_truth(self, truth))
        if self._scores is not None:
            for k, name in enumerate(self._score_classes):
                columns[name if name not in columns else f"score of {name}"] = self._scores[:, k]
        return pd.DataFrame(columns, index=pd.Index(self.numbers, name="patch"))

    def _label_texts(self, truth: NDArray[np.bool_]) -> NDArray[Any]:
        """Return the names of the classes in every patch, put together once for each set."""
        sets = np.packbits(truth, axis=1)
        if not sets.shape[1]:
            return np.full(len(self), "", object)
        rows = np.ascontiguousarray(sets).view(np.dtype((np.void, sets.shape[1])))[:, 0]
        _, first, which = np.unique(rows, return_index=True, return_inverse=True)
        there = np.unpackbits(sets[first], axis=1, count=len(self.classes)).astype(bool)
        names = np.array(self.classes, object)
        texts = np.array([", ".join(names[row]) for row in there], object)
        result: NDArray[Any] = texts[which]
        return result


def _n_different(numbers: NDArray[Any]) -> int:
    """Return how many numbers there are; to sort many is quicker than numpy's unique is."""
    return int(np.count_nonzero(np.diff(np.sort(numbers)))) + (len(numbers) > 0)


def _bare(name: str) -> str:
    """Return a name without what people write in one way or another."""
    return "".join(mark for mark in name.casefold() if mark not in " _-")


def _is_frame(data: object) -> bool:
    """Whether something has columns: a data frame of whatever library."""
    return hasattr(data, "columns") or hasattr(data, "collect_schema")


def _texts(classes: Any) -> tuple[str, ...]:
    given = scalar(classes)
    names = tuple(given) if isinstance(given, Iterable) else (given,)
    if isinstance(given, str) or not all(isinstance(name, str) for name in names):
        raise InvalidTypeError(
            Argument("classes", classes), " are no names", allowed="a list of texts"
        )
    return names


def _names(names: tuple[str, ...], n: int) -> tuple[str, ...]:
    if len(names) != n:
        raise InvalidValueError(
            Argument("classes", list(names)),
            f" are {len(names)} names, and the scores have {n} columns",
            remedy="Name each of them.",
        )
    return names


def _column(column: pd.Series) -> NDArray[np.float64]:
    try:
        numbers: NDArray[np.float64] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError, OverflowError):
        raise InvalidTypeError(
            f"scores: the column {shown(str(column.name))} holds {column.dtype}, no numbers. Name "
            "the columns that are scores: classes=[...]."
        ) from None
    return numbers
