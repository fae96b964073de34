"""Which patches to look at: a few, by what is known of them, that are events of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.order import check_rows
from .._util.text import plural
from .._util.validation import as_floats, check_bool, check_choice, check_int, items_of
from .._util.warn import warn_user
from ..errors import Argument, InvalidTypeError, InvalidValueError, listed, shown
from .apart import ApartPatches
from .choice import Choice
from .truth import (
    are_shares,
    as_truth,
    check_threshold,
    is_wrong,
    no_threshold,
    tell_right,
    tell_unreached,
    tell_unscored,
    usual_threshold,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["BY", "ChoosablePatches"]

BY = ("even", "random", "loudest", "quietest", "highest", "lowest", "near", "disagree")

BY_SCORE = ("highest", "lowest", "near", "disagree")

_BLOCK = 1 << 14  # frames that are looked at in one go


@dataclasses.dataclass
class _Share:
    """What one gets of those that choose, and what it would have had alone."""

    what: Any
    whose: Any  # of which class: of one, or of each patch
    n_may: int  # how many it might have
    found: list[int]
    best: list[int] = dataclasses.field(default_factory=list)
    worth: Any = None  # of the best
    has_lost: bool = False  # whether there are fewer, as others have them
    is_second: bool = False  # whether others are worth more than what was found


class ChoosablePatches(ApartPatches):
    """What can be chosen of patches."""

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
    ) -> Choice:
        """Choose patches to look at.

        Parameters
        ----------
        n : int
            How many; with ``per="class"`` of each class; by a score, of each that is scored.
        by : {"even", "random", "loudest", "quietest", "highest", "lowest", "near", "disagree"}
            Evenly in time; at random; by the mean of their values; by the score of a class, the
            highest, the lowest, or the nearest to `threshold`; or where label and score disagree,
            on either side of `threshold`, most first: of the class `of`, or of whichever it is.
        of : str, array_like of shape (n_patches,) or callable, optional
            What is scored: a class, numbers of one's own, or a function of a patch that returns
            one. Of a single class it need not be said. With the other ways, the label that
            patches must have.
        apart : bool, default: True
            Whether no two share a frame: of overlapping patches around one event all score high,
            and n patches are n events.
        per : {"class"}, optional
            Choose `n` for each class. A patch is chosen for one of them: where several would have
            it, or what shares frames with it, the one for which it is the better one (second of its
            own, not fifth), and the others get their next best. A warning names them.
        threshold : float, optional
            Scores from here on mean: it is there. By default what pictures draw: 0.5 where all
            scores lie within 0 to 1, 0 where they lie on both sides of it, as before a sigmoid.
        truth : mapping or array_like, optional
            What is true, and so what a mistake is: what the model was taught. Options of `targets`,
            such as ``{"min_share": 0.5}``, or what it returned; of one class a single column will
            do. By default those of `targets`.
        seed : int, default: 0
            Of ``by="random"``: the same chooses the same.

        Returns
        -------
        Choice
            An array of int: positions among these patches, 0 to ``len(self) - 1``;
            ``self.numbers[chosen]`` are what captions say. Best first; in time where they are even;
            with ``per="class"`` one class after the other. ``patches[np.sort(chosen)]`` are
            Patches. ``chosen.classes`` says which class each was chosen for, or ``""``, and
            :func:`sheet` and :func:`plot_mosaic` say that class's score. Some of it, as
            ``chosen[:5]``, sorted or with others, knows it too; ``list(chosen)``, and what is
            computed of it, does not.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If an argument is not what it must be, or what it asks of is not known.

        Warns
        -----
        UserWarning
            If there are fewer than asked: why. If what is chosen of a class is not its best.

        Examples
        --------
        >>> import patchviz as pv
        >>> patches = pv.Spectrogram.example().patches(duration=2.0, hop_duration=0.1)
        >>> patches.choose(4)
        Choice([  0,  46,  92, 138])
        >>> patches.choose(3, by="loudest")
        Choice([ 96,  26, 126])
        >>> scored = patches.with_scores(patches.times, classes=["robin", "wren"])
        >>> scored.choose(3, by="highest", of="robin")
        Choice([138, 116,  94])
        >>> scored.choose(1, by="near", threshold=6.0, per="class").classes.tolist()
        ['robin', 'wren']
        """
        n = check_int("n", n, minimum=1, unit="patches")
        check_choice("by", by, BY)
        apart = check_bool("apart", apart)
        if threshold is not None:
            threshold = check_threshold(threshold)
        seed = check_int("seed", seed, minimum=0)
        asked = self._chosen_by(by, of, per, truth is not None)
        if truth is not None:
            truth = as_truth(self, truth, of if isinstance(of, str) else None)
        if threshold is not None and by in ("near", "disagree"):
            self._tell_unreached(threshold, of)
        chosen: list[int] = []
        classes: list[str] = []
        shares = self._shares(n, asked, by, threshold, truth, seed, apart)
        for share in shares:
            chosen += share.found
            classes += _names_at(share.whose, share.found)
        self._tell_fewer(n, shares, by, apart)
        self._tell_taken(n, by, [share.what for share in shares if share.is_second])
        if by == "disagree" and of is None:
            self._tell_right(chosen, truth)
        return Choice(chosen, classes, len(self))

    # -- what to choose by -----------------------------------------------------------------

    def _chosen_by(self, by: str, of: Any, per: str | None, has_truth: bool) -> list[Any]:
        """Return what is chosen by, one after the other."""
        if per is None:
            return [of]
        check_choice("per", per, ("class",))
        if of is not None:
            raise InvalidValueError(
                Argument("of"), " has no use with ", Argument("per", per),
                remedy="Leave one out.",
            )  # fmt: skip
        if by in BY_SCORE:
            if self._score_classes:
                return list(self._score_classes)
            none, remedy = "scores", "Give them some: patches.with_scores(...)."
        else:
            if self.classes and (has_truth or self.spectrogram.labels is not None):
                return list(self.classes)
            none = "labels"
            remedy = (
                "Give the spectrogram some: spec.with_labels(...); say what is true: truth=...; or "
                'choose by a score: by="highest".'
            )
        raise InvalidValueError(
            Argument("per", per), f": the patches have no {none}",
            remedy=remedy,
        )  # fmt: skip

    def _shares(
        self,
        n: int,
        asked: list[Any],
        by: str,
        threshold: float | None,
        truth: NDArray[np.bool_] | None,
        seed: int,
        apart: bool,
    ) -> list[_Share]:
        """Return what each of those asked for gets; no patch is in two."""
        is_free = np.ones(len(self), bool)
        if by == "even":
            shares = []
            for what in asked:
                may = np.flatnonzero(self._may(what, truth))
                free = may[is_free[may]]
                found = self._evenly(n, free, apart)
                self._take(found, is_free, apart)
                shares.append(_Share(what, what, len(may), found, has_lost=len(free) < len(may)))
            return shares

        def order_of(k: int) -> tuple[NDArray[np.int64], NDArray[np.float64], Any]:
            own = np.random.SeedSequence(seed, spawn_key=(k,) if k else ())
            return self._order(by, asked[k], threshold, truth, np.random.default_rng(own))

        shares = []
        if by == "disagree":
            self._tell_unsaid([name for what in asked for name in self._names_of(what)], truth)
        for k, what in enumerate(asked):
            order, worth, whose = order_of(k)
            best = self._best(n, order, is_free, apart)
            shares.append(_Share(what, whose, len(order), [], best, worth[best]))
        # In turn: the first of each, then the second. What several want is whose it is first.
        for rank in range(max(len(share.best) for share in shares)):
            for share in shares:
                one = share.best[rank : rank + 1]
                if one and is_free[one[0]]:
                    share.found += one
                    self._take(one, is_free, apart)
        for k, share in enumerate(shares):
            if len(share.found) == len(share.best):
                continue
            order, worth, _ = order_of(k)
            more = self._best(n - len(share.found), order, is_free, apart)
            self._take(more, is_free, apart)
            both = [*share.found, *more]
            share.found = order[np.isin(order, both)].tolist()
            share.has_lost = len(share.found) < len(share.best)
            is_other = worth[share.found] != share.worth[: len(share.found)]
            share.is_second = by != "random" and bool(is_other.any())
        return shares

    def _order(
        self,
        by: str,
        of: Any,
        threshold: float | None,
        truth: NDArray[np.bool_] | None,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], Any]:
        """Return the patches that may be chosen, best first, and what every patch is worth.

        And of which class: of one, or an array of them where that is not the same of all.
        """
        whose = of
        if by == "random":
            candidates = np.flatnonzero(self._may(of, truth))
            return rng.permutation(candidates), np.zeros(len(self)), whose
        if by in ("loudest", "quietest"):
            value = np.where(self._may(of, truth), self._levels(), np.nan)
        elif by == "disagree":
            names = self._names_of(of)
            value, which = np.full(len(self), np.nan), np.zeros(len(self), np.int64)
            for k, name in enumerate(names):
                wrong = self._disagreement(name, threshold, truth)
                which[~np.isnan(wrong) & ~(wrong <= value)] = k
                value = np.fmax(value, wrong)
            whose = names[0] if len(names) == 1 else np.array(names, object)[which]
        else:
            value = self._score(of)
            whose = self._class(of) if of is None else of
            if by == "near":
                value = -abs(value - self._threshold_for(of, value, threshold))
        if by in ("quietest", "lowest"):
            value = -value
        candidates = np.flatnonzero(~np.isnan(value))
        return candidates[np.argsort(-value[candidates], kind="stable")], value, whose

    def _names_of(self, of: Any) -> tuple[str, ...]:
        """Return the classes that mistakes are of: that one, or all."""
        return (self._score_classes if of is None else ()) or (self._class(of),)

    def _tell_unsaid(self, names: Sequence[str], truth: NDArray[np.bool_] | None) -> None:
        """Tell of classes that nobody labelled, and of labels that no score stands against."""
        has = np.stack([self._may(name, truth) for name in names], axis=1)
        self._tell_unlabelled(names, has)
        scores = np.stack([self._score(name) for name in names], axis=1)
        if not np.isnan(scores).all():  # else why none is chosen says it
            tell_unscored(has, scores, names)

    def _disagreement(
        self, name: str, threshold: float | None, truth: NDArray[np.bool_] | None
    ) -> NDArray[np.float64]:
        """Return how far each score is on the wrong side of the threshold; NaN on the right one."""
        score, has = self._score(name), self._may(name, truth)
        threshold = self._threshold_for(name, score, threshold)
        return np.where(is_wrong(score, has, threshold), abs(score - threshold), np.nan)

    def _threshold_for(
        self, of: Any, score: NDArray[np.floating], threshold: float | None
    ) -> float:
        """Return the threshold that was given, or the usual one of the scores, or of numbers."""
        is_its = of is None or isinstance(of, str)
        if threshold is not None:
            if not is_its:
                tell_unreached(threshold, score)
            return threshold
        threshold = self.threshold if is_its else usual_threshold(score)
        if threshold is None:
            raise no_threshold()
        return threshold

    def _tell_unreached(self, threshold: float, of: Any) -> None:
        """Tell of a threshold that no score of the class reaches, or, of several, none of any."""
        names = self._score_classes
        if of is None:
            tell_unreached(threshold, self._score_range)
        elif isinstance(of, str) and of in names:
            tell_unreached(threshold, self._score_range[:, names.index(of)], of)

    def _may(self, label: Any, truth: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """Whether each patch may be chosen: what has the label, or all without one."""
        if label is None:
            return np.ones(len(self), bool)
        if not isinstance(label, str):
            raise InvalidTypeError(
                Argument("of", label), " is no class", allowed="the name of a label"
            )
        if truth is not None:
            if label not in self.classes:
                self._refuse_class(label, self.classes)
            column: NDArray[np.bool_] = truth[:, self.classes.index(label)]
            return column
        if label not in self.spectrogram._label_index.classes:
            if label in self._score_classes:  # it was looked for, and is nowhere
                return np.zeros(len(self), bool)
            self._refuse_class(label, self.spectrogram._label_index.classes)
        return self._has(label)

    def _class(self, of: Any) -> str:
        if of is None and len(self._score_classes) == 1:
            return self._score_classes[0]
        if not isinstance(of, str):
            if not self._score_classes:
                raise InvalidValueError(
                    "no class is scored. Give the patches scores: patches.with_scores(S, "
                    "classes=[...])."
                )
            raise InvalidValueError(
                Argument("of", of), " does not say which class is meant",
                allowed=f"one of {listed(self._score_classes)}",
                remedy='Or choose of each: per="class".',
            )  # fmt: skip
        return of

    def _score(self, of: Any) -> NDArray[np.floating]:
        """Return a number for every patch; scores of a class as they are, of whatever precision."""
        if callable(of):
            spec = self.spectrogram.values
            frames = (self.framing.frames(index) for index in range(len(self)))
            values = np.array([_number(of(spec[:, start:stop])) for start, stop in frames])
        elif of is not None and not isinstance(of, str):
            names = items_of(of)
            if names and all(isinstance(name, str) for name in names):
                raise InvalidTypeError(
                    Argument("of", of), " are several classes",
                    allowed='the name of one, or per="class" to choose of each',
                )  # fmt: skip
            try:
                values = as_floats(of)
            except (TypeError, ValueError, RuntimeError, OverflowError) as error:
                raise InvalidTypeError(
                    Argument("of", of), f" is no array of numbers ({error})",
                    allowed="a class, an array of shape (n_patches,), or a function of a patch",
                ) from error  # fmt: skip
            check_rows("of", of, self)
            if values.shape != (len(self),):
                shape = f"has the shape {values.shape}" if values.ndim else "is one number"
                raise InvalidValueError(
                    Argument("of", of), f" {shape}",
                    allowed=f"one for each patch, ({len(self)},), or the name of a class, a text",
                )  # fmt: skip
        else:
            if self._scores is None:
                raise InvalidValueError(
                    "the patches have no scores. Give them some: patches.with_scores(S, "
                    "classes=[...]); or an array, or a function of a patch: of=np.mean."
                )
            name = self._class(of)
            if name not in self._score_classes:
                self._refuse_class(name, self._score_classes)
            values = self._scores[:, self._score_classes.index(name)]
        return values

    def _refuse_class(self, name: str, classes: Iterable[str]) -> None:
        raise InvalidValueError(
            Argument("of", name), " is not known",
            allowed=f"one of {listed(classes) or 'no class at all'}",
        )  # fmt: skip

    def _levels(self) -> NDArray[np.float64]:
        """Return the mean of every patch's finite values, in one pass over the spectrogram."""
        values = self.spectrogram.values
        sums, counts = np.zeros((2, values.shape[1] + 1))
        for first in range(0, values.shape[1], _BLOCK):
            block = values[:, first : first + _BLOCK]
            finite = np.isfinite(block)
            part = slice(first + 1, first + 1 + block.shape[1])
            sums[part] = np.where(finite, block, 0).sum(axis=0, dtype=np.float64)
            counts[part] = finite.sum(axis=0)
        total, number = (
            np.cumsum(x)[self.starts + self.frame_length] - np.cumsum(x)[self.starts]
            for x in (sums, counts)
        )
        with np.errstate(invalid="ignore"):  # patches of gaps alone
            level: NDArray[np.float64] = total / number
        return level

    # -- what is told ----------------------------------------------------------------------

    def _tell_fewer(self, n: int, shares: list[_Share], by: str, apart: bool) -> None:
        """Say that there are fewer than asked, and why: once of all classes of which it is so."""
        of_which: dict[str, list[Any]] = {}
        for share in shares:
            if len(share.found) < n:
                of_which.setdefault(self._why_fewer(share, by, apart), []).append(share.what)
        for why, asked in of_which.items():
            names = [what for what in asked if isinstance(what, str)]
            name = f" of {listed(names, 4)}" if names else ""
            warn_user(f"choose({n}, by={by!r}){name}: {why}.")

    def _why_fewer(self, share: _Share, by: str, apart: bool) -> str:
        found, n_may = len(share.found), share.n_may
        called = plural(found, "mistake" if by == "disagree" else "patch")
        there = f"there {'is' if found == 1 else 'are'} only {called}"
        if not n_may:
            return self._why_none(by, share.what)
        if found == n_may:
            return there
        if not found:
            return "all that may be chosen are taken by other classes, or share frames with those"
        if not apart:
            return f"{there} that no other class has"
        more = ", or with those of other classes" if share.has_lost else ": apart=False allows it"
        if found == 1:
            return f"{there}, with which all others share frames{more}"
        return f"{there} that share no frame with one another{more}"

    def _tell_right(self, chosen: list[int], truth: NDArray[np.bool_] | None) -> None:
        """Warn of what is chosen as a mistake and is none of a model that names one class."""
        if self._scores is not None and are_shares(self._scores[chosen]):
            names = self._score_classes
            has = np.stack([self._has(name) for name in names], 1) if truth is None else truth
            tell_right("choose", self._scores[chosen], has[chosen])

    def _tell_taken(self, n: int, by: str, names: list[str]) -> None:
        """Say of which classes other patches were chosen than each has alone."""
        if names:
            warn_user(
                f"choose({n}, by={by!r}, per='class'): of {listed(names, 4)} the best are not "
                "chosen, as other classes have them, or patches that share frames with them. "
                f"choose({n}, by={by!r}, of={shown(names[0])}) returns them."
            )

    def _why_none(self, by: str, of: Any) -> str:
        if by in ("even", "random"):
            return "no patch has this label"
        if by in ("loudest", "quietest"):
            return "no patch " + ("" if of is None else "with this label ") + "has finite values"
        if by == "disagree" and self._scores is not None and not np.isnan(self._scores).all():
            return "score and label agree wherever there is a score"
        return "no patch is scored" + (self._of_judged if by == "disagree" else "")

    @property
    def _of_judged(self) -> str:
        """What is said of which none is scored: nothing of all, but others may be scored."""
        has_any = self._scores is not None and not np.isnan(self._score_range).all()
        return " of what somebody looked at" if has_any else ""


def _names_at(whose: Any, found: list[int]) -> list[str]:
    """Return what each of some patches is chosen for; "" where that is no class."""
    if isinstance(whose, np.ndarray) and whose.dtype == object:
        return [str(name) for name in whose[found]]
    return [whose if isinstance(whose, str) else ""] * len(found)


def _number(value: object) -> float:
    """Return what a function said of a patch, if that is a number."""
    try:
        return float(value)  # type: ignore[arg-type]  # which is found out here
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidTypeError(
            Argument("of"), f" returned {shown(value)} of a patch",
            allowed="a function that returns a number, or NaN",
        ) from error  # fmt: skip
