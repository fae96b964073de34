"""What a model said: numbers for every patch and class, from arrays or tables."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._util.columns import frame_of, text_column
from .._util.order import check_rows
from .._util.validation import check_number, items_of, unmasked
from .._util.warn import warn_user
from ..errors import Argument, InPython, InvalidTypeError, InvalidValueError, listed, shown
from ..io.cells import joined_names
from ..io.scores import read_scores
from .classcolumn import column_of, refuse_infinite
from .labels import bare
from .scoretable import TabledPatches
from .truth import as_truth, sets_of, usual_threshold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["ScoredPatches", "check_classes"]


class ScoredPatches(TabledPatches):
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

        0.5 where all scores lie within 0 to 1, but for rounding; 0 where they lie on both sides of
        it, as before a sigmoid; None where neither is so, or without scores. Some of the patches
        keep that of all.
        """
        return self._threshold

    def with_scores(
        self,
        scores: ArrayLike | object,
        *,
        classes: Sequence[str] | None = None,
        missing: float | None = None,
    ) -> Self:
        """Return the same patches, that know what a model said of them.

        Parameters
        ----------
        scores : array_like, shape (n_patches,) or (n_patches, n_classes); DataFrame or path
            Numbers, NaN where a patch is not scored, in the order of the patches; arrays are not
            copied, and the index of a column must be in that order, too. Or a frame of any library
            with a row for a patch, known by ``start_time`` and ``end_time``, within half a frame,
            where the last window may be cut to the end of the sound, or, without times and of items
            of a batch, by its number (the index, or a column ``patch``); and a column for each
            class, or else the columns ``label`` and ``score``, a row for each detection. Rows
            without any of these, of a library without an index, are in the order of the patches; so
            are those of a mapping of columns, ``{"robin": [0.1, 0.9]}``. Or the path of such a
            table: CSV, or detections as BirdNET writes them. What a table does not hold is not
            scored, unless `missing` says its score.
        classes : sequence of str, optional
            Names of the classes. By default those of the table, or of a single column, or numbers.
            Of a table with a column for each class: which columns are taken. Of one whose only
            column is called ``score``, as of a detector of one class: which class that is, by
            default the one that is labelled.
        missing : float, optional
            The score of what has none. A detector writes down what it found from some confidence
            on, and with ``missing=0.0`` what it did not find is a mistake where somebody did.

        Returns
        -------
        Patches
            Of the same spectrogram; see `scores` and `classes`.

        Raises
        ------
        InvalidValueError
            If there are not as many scores as patches, if rows of a table are of no patch, or two
            of one, if an index 0, 1, 2 ... may be numbers of picked patches or their order, if
            that of a column is in another order, if there is no class, or if scores are infinite.
        InvalidTypeError
            If `scores` are no numbers.
        LabelFileError
            If a file cannot be read.

        Warns
        -----
        UserWarning
            If a class is written like a label but for case, blanks or hyphens: the two are
            different classes, and nobody labelled the one nor scored the other; if a table has no
            rows; if its only column is called ``score`` and taken for the one class with labels; if
            the scores of a class count its rows, as an ``id`` does, or go beyond 0 to 1 where those
            of others do not, as a level does: no threshold is that of both.

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
            classes = check_classes(classes)
        if isinstance(scores, str | os.PathLike):
            scores = read_scores(scores, classes=classes)
        asked = None
        if isinstance(scores, np.ndarray | list | tuple) or not _is_frame(scores):
            values, names = self._from_array(scores, classes)
        else:
            values, names, asked = self._from_frame(scores, classes)
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InvalidValueError(
                Argument("classes", list(names)),
                f" name {shown(twice)} twice",
                remedy="Give each class a name of its own.",
            )
        refuse_infinite(values, names)
        are_probabilities = False
        if missing is not None:
            missing = check_number("missing", missing)
            self._tell_filled(missing, np.isnan(values).all(axis=1))
            # A -1 in place of what a model did not say makes no other scale.
            are_probabilities = usual_threshold(values) == 0.5
            values = np.where(np.isnan(values), missing, values)
            self._tell_without_score(names)
        values = values.view()
        values.flags.writeable = False
        new = copy.copy(self)
        new._set_scores(values)
        if asked is not None:
            new._set_asked(asked)
        object.__setattr__(new, "_score_classes", names)
        threshold = 0.5 if are_probabilities else usual_threshold(new._score_range)
        object.__setattr__(new, "_threshold", threshold)
        new._tell_alike()
        return new

    def _set_scores(self, scores: NDArray[Any]) -> None:
        """Give these patches, which are new, their scores."""
        object.__setattr__(self, "_scores", scores)
        vars(self).pop("_score_range", None)
        vars(self).pop("_range_of_all", None)

    def _set_of_all(self, threshold: float | None, score_range: NDArray[np.floating]) -> None:
        """Give these patches, which are new, what is known of the scores of all of them."""
        object.__setattr__(self, "_threshold", threshold)
        vars(self)["_range_of_all"] = score_range

    def _set_asked(self, asked: NDArray[np.float64]) -> None:
        """Give these patches, which are new, the times that a table has for them."""
        object.__setattr__(self, "framing", self.framing.asked_for(asked))

    @cached_property
    def _score_range(self) -> NDArray[np.floating]:
        """The lowest and the highest score of each class, shape (2, n_classes); NaN without one."""
        assert self._scores is not None
        ends = (ends.reduce(self._scores, axis=0) for ends in (np.fmin, np.fmax))
        return np.stack([*ends])

    @cached_property
    def _range_of_all(self) -> NDArray[np.floating]:
        """The same of all recordings that these patches are one of."""
        return self._score_range

    def _tell_alike(self) -> None:
        """Warn of classes that are labels but for the way they are written."""
        labels = self._labelled()
        unscored = {bare(name): name for name in labels if name not in self._score_classes}
        pairs = [
            f"{shown(name)} and the label {shown(unscored[bare(name)])}"
            for name in self._score_classes
            if name not in labels and bare(name) in unscored
        ]
        if pairs:
            more = f", and {len(pairs) - 3} more" if len(pairs) > 3 else ""
            warn_user((
                InPython("with_scores: "),
                f"{'; '.join(pairs[:3])}{more} are written differently, and so are "
                "different classes. Write them alike",
                InPython(": with_scores(S, classes=[...])"), ".",
            ))  # fmt: skip

    def _tell_filled(self, missing: float, is_filled: NDArray[np.bool_]) -> None:
        """Warn of recordings that no row is of; of one alone something is known of each patch."""

    def _tell_without_score(self, names: tuple[str, ...]) -> None:
        """Warn of labelled classes that a model may know, and of which there is no score at all."""
        others = [name for name in self._labelled() if name not in names]
        if others:
            warn_user((
                Argument("missing"),
                f": nothing scores {listed(others, 3)}, which somebody labelled, and so it is no "
                "mistake. If the model knows it, ",
                InPython("name it: classes=[...] of a table of detections. Or else "),
                "let a column of its own, or a row of detections, score it 0.",
            ))  # fmt: skip

    def _tell_unlabelled(self, names: Sequence[str], has: NDArray[np.bool_]) -> None:
        """Warn of classes without any label: whatever scores is taken for wrong.

        `has` says which of them are in which patches, by whatever truth.
        """
        if self.spectrogram.labels is None:
            return
        known = self._labelled_anywhere()
        untrue = np.flatnonzero(~has.any(axis=0)).tolist()
        missing = [names[k] for k in untrue if names[k] not in known]
        if missing:
            warn_user(
                f"nobody labelled {listed(missing, 4)}: every patch counts as one without it, and "
                f"is a mistake where it scores. The labels are {listed(known, 4) or 'none'}."
            )

    def _from_array(
        self, scores: object, classes: tuple[str, ...] | None
    ) -> tuple[NDArray[Any], tuple[str, ...]]:
        check_rows("scores", scores, self)
        try:
            values = unmasked(scores)
            is_whole = values.dtype.kind in "iu"
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
        if not values.size and n:
            raise InvalidValueError(
                f"scores of shape {values.shape} are of no class. They must have a column for each."
            )
        if is_whole and values.ndim == 1 and classes is None:
            _tell_numbers_of_classes(values)
        called = getattr(scores, "name", None)  # that of a frame's column
        one = called if isinstance(called, str) and called else "score"
        plain = (one,) if values.ndim == 1 else tuple(map(str, range(values.shape[1])))
        values = values.reshape(n, -1)
        return values, _names(classes, values.shape[1]) if classes is not None else plain

    # -- all of it as a table --------------------------------------------------------------

    def to_frame(self, *, truth: Mapping[str, float] | ArrayLike | None = None) -> pd.DataFrame:
        """Return a row for every patch: where it is, and what is known of it.

        Parameters
        ----------
        truth : mapping or array_like, optional
            Which classes ``labels`` names, as for :meth:`choose`: ``{"min_share": 0.5}``. By
            default those of `targets`.

        Returns
        -------
        pandas.DataFrame
            The index ``patch`` holds `numbers`, not positions: ``table.iloc[i]`` and
            ``table.loc[patches.numbers[i]]`` are of the patch at *i*. ``file`` is the recording's
            path or name; ``start_time`` and ``end_time`` are in seconds: as they were asked for, by
            starts in seconds or by a table of scores, whose rows a join then finds; and else those
            of frames, as `times` are; ``start_timestamp`` is when that was, if the recording's
            start is known; ``filled`` is the share that is no padding; ``labels`` names the classes
            that are in the patch, parted by a comma and a blank, if the spectrogram has labels or
            `truth` says them (a name that holds these two stands in quotation marks); and each
            scored class has a column, which is called ``score of file`` of a class ``file``, whose
            name another column has.

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
            columns["labels"] = text_column(self._label_texts(as_truth(self, truth)))
        if self._scores is not None:
            for k, name in enumerate(self._score_classes):
                columns[column_of(name)] = self._scores[:, k]
        return frame_of(columns).set_axis(pd.Index(self.numbers, name="patch"))

    def _label_texts(self, truth: NDArray[np.bool_]) -> NDArray[Any]:
        """Return the names of the classes in every patch, put together once for each set."""
        there, which = sets_of(truth)
        names = np.array(self.classes, object)
        texts = np.array([joined_names(names[row]) for row in there], object)
        result: NDArray[Any] = texts[which]
        return result


def _is_frame(data: object) -> bool:
    """Whether something has columns: a data frame of whatever library, or a mapping."""
    return isinstance(data, Mapping) or hasattr(data, "collect_schema") or hasattr(data, "columns")


def check_classes(classes: Any) -> tuple[str, ...]:
    """Return names of classes, which must be a list of texts."""
    names = items_of(classes)
    if names is None or not all(isinstance(name, str) for name in names):
        raise InvalidTypeError(
            Argument("classes", classes), " are no names", allowed="a list of texts"
        )
    return tuple(names)


def _names(names: tuple[str, ...], n: int) -> tuple[str, ...]:
    if len(names) != n:
        raise InvalidValueError(
            Argument("classes", list(names)),
            f" are {len(names)} names, and the scores have {n} columns",
            remedy="Name each of them.",
        )
    return names


def _tell_numbers_of_classes(values: NDArray[Any]) -> None:
    """Warn of whole numbers, one for each patch, that may say which class it is of."""
    if values.size and values.max() > 1:
        n = int(values.max()) + 1
        warn_user(
            f"with_scores: whole numbers, {values.min():g} to {n - 1}, are taken for scores of one "
            "class. Where each is the number of a class, give a score for every class: "
            f"np.eye({n})[numbers]; where they are scores, numbers.astype(float)."
        )
