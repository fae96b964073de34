"""What is written about a patch: its number and its time, alike in every view."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.text import class_name
from .batch import batch_of
from .said import said_besides
from .times import TimeFormat, decimals_for, time_format

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .patches import Patches

__all__ = [
    "Known",
    "are_numbers",
    "class_names",
    "hundredths",
    "known_of",
    "known_text",
    "named_alike",
    "panel_title",
    "patch_title",
    "times_of",
    "title_forms",
    "widest",
]


MOST_NAMES = 3  # of labels of a patch


def patch_title(patches: Patches, index: int) -> str:
    """Return which patch it is, of the last one, and when it sounds."""
    return title_forms(patches, index)[0]


def panel_title(patches: Patches, index: int) -> str:
    """Return which patch it is and when it sounds, as short as panels side by side need it."""
    number, decimals = patches.framing.number(index), decimals_for(_step(patches), 2)
    if (batch := batch_of(patches)) is not None:
        return _joined(f"item {number}", batch.text(number))
    return f"patch {number} · {_span(patches, index, decimals)}"


def _joined(*texts: str) -> str:
    return " · ".join(filter(None, texts))


def _step(patches: Patches) -> float:
    """Return the least time that tells one patch from the next, in seconds."""
    framing = patches.framing
    return min(framing.least_hop, framing.frame_length) * framing.frame_duration


def _span(patches: Patches, index: int, decimals: int) -> str:
    return times_of(patches).span(*_time(patches, index), decimals)


def _time(patches: Patches, index: int) -> tuple[float, float]:
    """Return when a patch sounds as tables have it: as it was asked for, where its frames do."""
    return patches.framing.table_time(index)


def times_of(patches: Patches) -> TimeFormat:
    """Return how times are written: all captions and axes of patches write them alike."""
    return time_format(patches.spectrogram, patches.time(-1))  # whose end may be padded


def widest(patches: Patches) -> list[int]:
    """Return patches of which one has the widest caption: its number, or two dates."""
    ends, times = [0, len(patches) - 1], times_of(patches)
    if times.dated and batch_of(patches) is None:
        days = np.floor((times.zero + patches.framing.table_times) / 86_400)
        ends += np.flatnonzero(days[:, 0] != days[:, 1])[:1].tolist()
    return ends


def title_forms(patches: Patches, index: int) -> list[str]:
    """Return how a patch may be called, from what says most to what takes least room."""
    step, number = _step(patches), patches.framing.number(index)
    if (batch := batch_of(patches)) is not None:
        short, text = f"item {number}", batch.text(number)
        whole = _joined(f"{short} / {patches.framing.last_number}", text)
        return [whole, _joined(short, text), _joined(f"{number}", text), short, short, f"{number}"]
    fine, coarse = decimals_for(step, 3), decimals_for(step, 0)
    exact, rounded = (_span(patches, index, decimals) for decimals in (fine, coarse))
    onset = times_of(patches).moment(_time(patches, index)[0], coarse)
    return [
        f"patch {number} / {patches.framing.last_number} · {exact}",
        f"patch {number} · {exact}",
        f"patch {number} · {rounded}",
        f"patch {number} · {onset}",
        f"patch {number}",
        f"{number}",
    ]


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known of a patch. A name with a number is a score, one without what somebody wrote.

    Whether a class whose score is said is labelled is always seen, as that is what a mistake is.

    Attributes
    ----------
    names : tuple of str
        The classes that it has.
    scores : tuple of (str, str)
        Classes with their scores: one, in a confusion two, or several that are wrong.
    what : {"label", "truth"}
        What the names are.
    is_scored : bool
        Whether patches beside it have scores: the names then say what they are.
    are_numbers : bool
        Whether some class has a name without letters: of a bare 0 nobody knows what it is, and
        names and scores say it, of all classes alike.
    """

    names: tuple[str, ...] = ()
    scores: tuple[tuple[str, str], ...] = ()
    what: str = "label"
    is_scored: bool = False
    are_numbers: bool = False

    def __bool__(self) -> bool:
        return bool(self.names or self.scores or self.what == "truth")

    @property
    def ordered(self) -> tuple[str, ...]:
        """The names, those first whose scores are said."""
        said = [name for name, _ in self.scores if name in self.names]
        return tuple(dict.fromkeys((*said, *self.names)))

    def _first(self, most: int) -> tuple[str, ...]:
        return self.names if len(self.names) <= most else self.ordered[:most]

    def is_told(self, most: int) -> bool:
        """Return whether so many names say which classes whose scores are said are labelled."""
        shown = self._first(most)
        return len(shown) == len(self.names) or all(name in shown for name, _ in self.scores)

    @property
    def status(self) -> str:
        """Whether the class whose score is said first is labelled, or others are."""
        is_its = self.scores[0][0] in self.names
        if self.what == "truth":
            return "in truth" if is_its else "not in truth"
        return "labelled" if is_its else "other labels"

    def labels(self, *, most: int | None = None, named: bool = True) -> str:
        """Return the names, by default three, or all where one cannot know what the others are.

        `named`: and what they are.
        """
        if most is None:
            most = MOST_NAMES if self.is_told(MOST_NAMES) else len(self.names)
        said = ", ".join(self._first(most)) or ("none" if self.what == "truth" else "")
        if len(self.names) > most:
            said += f" +{len(self.names) - most}"
        has_word = self.what == "truth" or self.is_scored or self.are_numbers
        return f"{self.what} {said}" if said and has_word and named else said

    def scored(self) -> str:
        """Return the scores."""
        said = ", ".join(f"{name}: {number}" for name, number in self.scores)
        return f"scored {said}" if said and self.are_numbers else said

    def __str__(self) -> str:
        return _joined(self.labels(), self.scored())


@functools.lru_cache(maxsize=16)
def are_numbers(classes: tuple[str, ...]) -> bool:
    """Return whether some class has a name without letters."""
    return any(name and not any(map(str.isalpha, name)) for name in classes)


def named_alike(of_patches: list[Known]) -> list[Known]:
    """Return what is known of patches of several recordings: all say what names are, or none."""
    are_scored = any(known.is_scored for known in of_patches)
    numbers = any(known.are_numbers for known in of_patches)
    return [
        dataclasses.replace(known, is_scored=are_scored, are_numbers=numbers)
        for known in of_patches
    ]


def known_of(
    patches: Patches,
    index: int,
    *,
    labels: bool = True,
    scores: bool = True,
    of: str | None = None,
    truth: NDArray[np.bool_] | None = None,
    wrong: NDArray[np.int64] | None = None,
) -> Known:
    """Return what is known of a patch: its labels, and its highest score or that of a class.

    ``label robin, wren · robin: 0.93``. Where the highest score is of a class that the patch has
    not, that of its own stands beside it: ``label robin · owl: 0.64, robin: 0.20``. Where a `truth`
    was given, as `truth.as_truth` returns it, that is said in place of labels: ``truth none``. Of
    patches with classes that are `wrong`, as `said.said_scores` takes them, these are said.
    """
    has: list[str] = []
    if truth is not None:
        has = [patches.classes[k] for k in np.flatnonzero(truth[index])]
    elif labels and patches.spectrogram.labels is not None:
        known = patches.spectrogram._label_index
        rows = patches._labels_in(index)
        rows = rows[np.argsort(known.start[rows], kind="stable")]  # as a page has them
        codes = dict.fromkeys(known.codes[rows].tolist())
        has = [known.classes[code] for code in codes]
    is_scored = scores and patches.scores is not None and patches.scores.size > 0
    said = _scores_of(patches, index, of, has, wrong) if is_scored else ()
    what = "label" if truth is None else "truth"
    names = tuple(map(class_name, has))
    return Known(names, said, what, is_scored, are_numbers(patches.classes))


def known_text(patches: Patches, index: int, **shown: Any) -> str:
    """Return the same as a text; the arguments are those of :func:`known_of`."""
    return str(known_of(patches, index, **shown))


def _scores_of(
    patches: Patches,
    index: int,
    of: str | None,
    has: list[str],
    wrong: NDArray[np.int64] | None,
) -> tuple[tuple[str, str], ...]:
    assert patches.scores is not None
    row = np.asarray(patches.scores[index : index + 1])
    if np.isnan(row).all():
        return ()
    wrong = None if wrong is None else wrong[index : index + 1]
    if of is not None:
        first = patches.classes.index(of)
    else:
        worst = -1 if wrong is None else int(wrong[0, 0])
        first = int(np.nanargmax(row)) if worst < 0 else worst
    if np.isnan(row[0, first]):
        return ()
    its = np.array([[name in has for name in patches.classes]])
    rest = said_besides(row, np.array([first]), its, wrong)[0].tolist()
    return tuple((class_name(patches.classes[k]), f"{row[0, k]:z.2f}") for k in (first, *rest))


def hundredths(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return scores in hundredths, rounded as captions write them."""
    scaled = np.asarray(scores, np.float64) * 100
    result = np.rint(scaled)
    # What times 100 is half a hundredth may be more or less than that: its digits tell.
    halves = np.flatnonzero(abs(abs(scaled - result) - 0.5) < 1e-6)
    result[halves] = [round(float(f"{score:.2f}") * 100) for score in scores[halves]]
    return result


def class_names(patches: Patches) -> tuple[str, ...]:
    """Return the names of classes as captions write them."""
    return tuple(map(class_name, patches.classes))
