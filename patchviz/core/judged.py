"""What a model got wrong of patches: one rule of it, and a table of all mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import frame_of, text_column
from .._util.warn import warn_user
from ..errors import listed
from .choose import ChoosablePatches
from .truth import as_truth, check_threshold, is_wrong, no_threshold, tell_right

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["JudgedPatches"]

_WHERE = ("file", "start_timestamp", "start_time", "end_time")


class JudgedPatches(ChoosablePatches):
    """What a model says of patches, against what is true of them."""

    def mistakes(
        self,
        *,
        threshold: float | None = None,
        truth: Mapping[str, float] | ArrayLike | None = None,
    ) -> pd.DataFrame:
        """Return all mistakes as a table: each class of a patch whose score and label disagree.

        ``choose(n, by="disagree")`` chooses among the patches that are named here.

        Parameters
        ----------
        threshold : float, optional
            Scores from here on mean: it is there. By default what pictures draw, as for
            :meth:`choose`.
        truth : mapping or array_like, optional
            What is true, as for :meth:`choose`. By default the labels, as `targets` has them.

        Returns
        -------
        pandas.DataFrame
            A row for each class of a patch that is wrong, those farthest from the threshold first.
            ``patch`` is one of `numbers`, and ``patch_in_file``, of several recordings, is what
            captions call it; ``file``, ``start_timestamp`` (where it is known), ``start_time`` and
            ``end_time`` are as in :meth:`to_frame`; ``label`` is the class and
            ``score`` its score; ``mistake`` is ``"false positive"`` where it is not there, and
            ``"missed"`` where it is; ``truth`` names all classes that are in the patch. What has no
            score is no mistake.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If there are no scores or no labels, or an argument is not what it must be.

        Warns
        -----
        UserWarning
            If nobody labelled a class, a label is of none that is scored, no score stands against
            some labels, or none is there at all or reaches the threshold; and of a model that names
            one class, where the right one scores highest.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> spec = pv.Spectrogram.example().with_labels([(3.0, 4.5, "rose"), (8.0, 9.0, "rose")])
        >>> patches = spec.patches(duration=2.0).with_scores(
        ...     np.array([0.1, 0.4, 0.9, 0.8, 0.7, 0.2, 0.1]), classes=["rose"]
        ... )
        >>> mistakes = patches.mistakes()
        >>> mistakes[["patch", "label", "score", "mistake"]]
           patch label  score         mistake
        0      3  rose    0.8  false positive
        1      1  rose    0.4          missed
        >>> mistakes.groupby(["label", "mistake"]).size().to_dict()
        {('rose', 'false positive'): 1, ('rose', 'missed'): 1}
        """
        if threshold is not None:
            threshold = check_threshold(threshold)
        true, names = as_truth(self, truth), self._names_of(None)
        threshold = self._judged_from(threshold)
        assert self._scores is not None
        scores, has = self._scores, true[:, : len(names)]
        self._tell_unsaid(names, true)
        if np.isnan(scores).all():
            warn_user("mistakes: no patch is scored" + self._of_judged + ".")
        self._tell_not_scored(true)
        rows, columns = np.nonzero(is_wrong(scores, has, threshold))
        tell_right("mistakes", scores[wrong := np.unique(rows)], has[wrong])
        order = np.argsort(-abs(scores[rows, columns] - threshold), kind="stable")
        rows, columns = rows[order], columns[order]
        where = frame_of(self._where()).iloc[rows].reset_index(drop=True)
        titles = [title for title in _WHERE if title in where]
        kinds = np.where(has[rows, columns], "missed", "false positive")
        found = {
            "patch": self.numbers[rows],
            **self._in_files(rows),
            **{title: where[title] for title in titles},
            "label": text_column(names[k] for k in columns.tolist()),
            "score": scores[rows, columns],
            "mistake": text_column(kinds.tolist()),
            "truth": text_column(self._label_texts(true)[rows].tolist()),
        }
        return frame_of(found)

    def _in_files(self, _: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """Return a column that says what some patches are called in their own files, if need be."""
        return {}

    def _judged_from(self, threshold: float | None) -> float:
        """Return the threshold of all classes: one that was given, or the usual one."""
        if threshold is not None:
            self._tell_unreached(threshold, None)
            return threshold
        if self.threshold is None:
            raise no_threshold()
        return self.threshold

    def _tell_not_scored(self, true: NDArray[np.bool_]) -> None:
        """Tell of classes that are labelled alone, of which nothing is said."""
        n = len(self._score_classes)
        others = [self.classes[k] for k in n + np.flatnonzero(true[:, n:].any(axis=0))]
        if others:
            are = "is" if len(others) == 1 else "are"
            warn_user(
                f"mistakes: {listed(others, 3)} {are} labelled and not scored, and so no mistake."
            )
