"""Which patches of many recordings to look at: some, chosen by what is known, or all mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .._util.order import NAME
from .._util.validation import check_choice
from ..core.choice import Choice
from ..core.choose import BY
from .mapped import MappedRecordings

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["JudgedRecordings"]


class JudgedRecordings(MappedRecordings):
    """What can be chosen of many recordings, and what a model got wrong in them."""

    def choose(
        self,
        n: int,
        *,
        by: str = "even",
        of: str | ArrayLike | Callable[[NDArray[Any]], float] | None = None,
        apart: bool = True,
        per: str | None = None,
        threshold: float | None = None,
        truth: Mapping[str, float] | ArrayLike | None = None,
        seed: int = 0,
        table: object = None,
    ) -> Choice:
        """Choose patches of all recordings to look at, with the words of :meth:`Patches.choose`.

        Parameters
        ----------
        n : int
            How many; with ``per="class"`` of each class.
        by : {"even", "random", "loudest", "quietest", "highest", "lowest", "near", "disagree"}
            As there: evenly is from the first recording to the last. By loudness, all are computed,
            by :meth:`loudness`.
        of : str, array_like of shape (n_patches,) or callable, optional
            A class, numbers of one's own, or a function of a patch, for which all are computed.
        apart : bool, default: True
            Whether no two share a frame.
        per : {"class"}, optional
            Choose `n` for each class.
        threshold : float, optional
            Scores from here on mean: it is there.
        truth : mapping or array_like, optional
            What is true: options of :meth:`targets`, or what it returned.
        seed : int, default: 0
            Of ``by="random"``.
        table : DataFrame, path or array_like, optional
            Scores, such as :meth:`map` returned: ``with_scores(table).choose(...)``.

        Returns
        -------
        Choice
            An array of int: positions among all patches. ``recordings[i]`` is one,
            ``recordings[np.sort(chosen)]`` are Recordings; ``chosen.classes`` says what each was
            chosen for.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If an argument is not what it must be, or what it asks of is not known.

        Warns
        -----
        UserWarning
            As :meth:`Patches.choose` does; and of ``by="disagree"`` as :meth:`mistakes` does.
        """
        if table is not None:
            return self.with_scores(table).choose(
                n, by=by, of=of, apart=apart, per=per, threshold=threshold, truth=truth, seed=seed
            )  # fmt: skip
        flat = self._flat
        by = check_choice("by", by, BY)
        if by in ("loudest", "quietest") and flat._levels_found is None:
            vars(flat)["_levels_found"] = self.loudness()
        if callable(of) and by in ("highest", "lowest", "near", "disagree"):
            import pandas as pd

            of = pd.Series(self._of_each(of), pd.Index(self.numbers, name=NAME))
        chosen = (flat.judged(truth) if by == "disagree" else flat).choose(
            n, by=by, of=of, apart=apart, per=per, threshold=threshold, truth=truth, seed=seed
        )  # fmt: skip
        if by == "disagree":
            flat.tell_without_row(truth)
        return chosen

    def mistakes(
        self,
        *,
        threshold: float | None = None,
        truth: Mapping[str, float] | ArrayLike | None = None,
    ) -> pd.DataFrame:
        """Return all mistakes as a table: each class of a patch whose score and label disagree.

        Parameters
        ----------
        threshold : float, optional
            Scores from here on mean: it is there.
        truth : mapping or array_like, optional
            What is true: options of :meth:`targets`, or what it returned.

        Returns
        -------
        pandas.DataFrame
            As :meth:`Patches.mistakes` returns it, of all recordings together, the worst first.
            By labels, recordings that have no table of labels where others have their own make no
            mistakes, as nobody looked at them.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            As :meth:`Patches.mistakes` does.

        Warns
        -----
        UserWarning
            As :meth:`Patches.mistakes` does; if one table of labels says nothing of some
            recordings, which count as looked at.

        Examples
        --------
        >>> import numpy as np
        >>> import patchviz as pv
        >>> from importlib.resources import files
        >>> recordings = pv.Recordings(files("patchviz") / "data", duration=2.0)
        >>> labels = [{"file": "sonnet1.ogg", "start_time": 3.0, "end_time": 4.5, "label": "rose"}]
        >>> scores = np.array([0.1, 0.4, 0.9, 0.8, 0.2, 0.2, 0.1])
        >>> judged = recordings.with_labels(labels).with_scores(scores, classes=["rose"])
        >>> judged.mistakes()[["patch", "label", "score", "mistake"]]
           patch label  score         mistake
        0      3  rose    0.8  false positive
        1      1  rose    0.4          missed
        """
        found = self._flat.judged(truth).mistakes(threshold=threshold, truth=truth)
        self._flat.tell_without_row(truth)
        return found
