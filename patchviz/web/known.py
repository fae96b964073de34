"""What a page's player is told of labels and scores: numbers, not pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .._util.text import one_line
from .._util.validation import scalar
from ..core.steps import check_groups, covered
from ..core.truth import as_truth
from ..errors import Argument, InvalidTypeError, InvalidValueError
from ..plot.axis import FrequencyAxis
from ..plot.classes import ClassLooks, group_color
from ..plot.lanes import Scored, note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.patches import Patches
    from .options import PlayerOptions

__all__ = ["known_of"]


def known_of(patches: Patches, options: PlayerOptions) -> dict[str, Any] | None:
    """Return what is known of patches, and where one may stop; None if that is nothing."""
    scored = Scored()
    if options.scores:
        scored = Scored.of(patches, options.classes, options.threshold, options.overlapping)
    groups = {} if options.mark is None else check_groups("mark", options.mark, patches.framing)
    has_labels = options.labels and patches.spectrogram.labels is not None
    stops = _stops(patches, options, scored, has_labels)
    if not (has_labels or scored.names or groups or stops):
        return None
    looks = ClassLooks.of(patches)
    top = _top(patches) if options.scores else None
    numbers = {looks.number(name): None for name in scored.names}
    labels: list[list[float]] = []
    if has_labels:
        labels, codes = _labels(patches, looks)
        numbers |= dict.fromkeys(codes)
    if top is not None:
        numbers |= dict.fromkeys(
            looks.number(patches.classes[k]) for k in np.unique(top[0]) if k >= 0
        )
    place = {number: k for k, number in enumerate(numbers)}
    for label in labels:
        label[2] = place[int(label[2])]
    return {
        "classes": [
            [
                one_line(looks.names[k]), looks.color(k), looks.color(k, on_dark=False),
                looks.dash(k), looks.turn(k),
            ]
            for k in numbers
        ],
        "labels": labels,
        "scores": [
            [place[looks.number(name)], _bytes(patches, column, scored)]
            for name, column in zip(scored.names, scored.columns, strict=True)
        ],
        "threshold": _part(scored.threshold, scored),
        "overlapping": scored.overlapping,
        "note": note(scored),
        "top": None if top is None else _packed(patches, looks, place, top),
        "groups": [
            [
                one_line(name), group_color(k), group_color(k, on_dark=False),
                np.round(covered(patches.framing, chosen), 4).tolist(),
            ]
            for k, (name, chosen) in enumerate(groups.items())
        ],
        "stops": stops,
    }  # fmt: skip


def _labels(patches: Patches, looks: ClassLooks) -> tuple[list[list[float]], list[int]]:
    """Return labels by start, as [start, end, class] and, if they have some, low and high.

    These are fractions of the height of the axis.
    """
    spec = patches.spectrogram
    known, frame, axis = spec._label_index, spec.labels, FrequencyAxis.of(spec)
    codes = [looks.number(name) for name in known.classes]
    low, high = (frame[name].to_numpy(float) for name in ("low_f", "high_f"))
    heights = axis.fractions(low, 0.0), axis.fractions(high, 1.0)
    labels: list[list[float]] = []
    for row in known.by_start.tolist():
        start, end = known.start[row], known.end[row]  # known.js tells microseconds apart
        label = [round(float(start), 6), round(float(end), 6), codes[known.codes[row]]]
        ends = [round(float(side[row]), 4) for side in heights]
        labels.append(label if ends == [0, 1] else label + ends)
    return labels, [codes[k] for k in np.unique(known.codes)]


def _part(value: float | None, scored: Scored) -> float | None:
    """Return a score as a part of the height of its lane."""
    if value is None:
        return None
    return round((value - scored.low) / (scored.high - scored.low), 4)


def _bytes(patches: Patches, column: int, scored: Scored) -> str:
    """Return the scores of a class as bytes, 0 to 254; 255 where there is none.

    Each stays on its side of the threshold.
    """
    assert patches.scores is not None
    scores = patches.scores[:, column]
    values = np.clip((scores - scored.low) / (scored.high - scored.low), 0, 1)
    known = ~np.isnan(values)
    result = np.full(len(values), 255, np.uint8)
    numbers = np.rint(values[known] * 254)
    least = _part(scored.threshold, scored)
    if scored.threshold is not None and least is not None:
        first = np.ceil(254 * least - 1e-6)
        reaches = scores[known] >= scored.threshold
        numbers = np.where(reaches, np.maximum(numbers, first), np.minimum(numbers, first - 1))
    result[known] = np.clip(numbers, 0, 254)
    return base64.b64encode(result.tobytes()).decode()


def _top(patches: Patches) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Return the class of every patch's highest score, -1 where it has none, and that score."""
    if patches.scores is None or not patches.scores.size:
        return None
    filled = np.where(np.isnan(patches.scores), -np.inf, patches.scores)
    column = filled.argmax(axis=1)
    score = filled[np.arange(len(filled)), column]
    return np.where(np.isinf(score), -1, column), score


def _packed(
    patches: Patches,
    looks: ClassLooks,
    place: dict[int, int],
    top: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> str:
    """Return top scores for JavaScript: a class (-1: none) and hundredths, four bytes each."""
    at = {k: place[looks.number(patches.classes[k])] for k in np.unique(top[0]) if k >= 0}
    pairs = np.empty((len(top[0]), 2), "<i4")
    pairs[:, 0] = [at.get(k, -1) for k in top[0]]
    hundredths = np.rint(np.where(np.isinf(top[1]), 0.0, top[1]) * 100)
    pairs[:, 1] = np.clip(hundredths, -(2**31), 2**31 - 1)
    return base64.b64encode(pairs.tobytes()).decode()


def _stops(patches: Patches, options: PlayerOptions, scored: Scored, has_labels: bool) -> list[int]:
    """Return the patches that one goes to from one to the next, in their order."""
    asked: object = options.stops
    if options.truth is not None and asked != "mistakes":
        raise InvalidValueError(
            Argument("truth", options.truth), " has no use with ", Argument("stops", asked),
            remedy='Leave it out, or say stops="mistakes".',
        )  # fmt: skip
    if asked is None:
        if scored.names and scored.threshold is not None:
            return _events(patches, scored)
        return _labelled(patches) if has_labels else []
    if isinstance(asked, str):
        if asked not in ("events", "mistakes"):
            raise InvalidValueError(
                Argument("stops", asked),
                " is not allowed",
                allowed='"events", "mistakes" or positions of patches',
            )
        is_true = has_labels or options.truth is not None
        if not scored.names or scored.threshold is None or (asked == "mistakes" and not is_true):
            raise InvalidValueError(
                Argument("stops", asked),
                " needs scores with a threshold" + (" and labels" if asked == "mistakes" else ""),
                remedy="Give the patches some: patches.with_scores(S, classes=[...]), "
                "player(patches, threshold=0.5).",
            )
        if asked == "events":
            return _events(patches, scored)
        return _mistakes(patches, scored, options.truth)
    if not isinstance(scalar(asked), Iterable) or isinstance(scalar(asked), str):
        raise InvalidTypeError(
            Argument("stops", asked), f" is of type {type(asked).__name__}",
            allowed='"events", "mistakes" or positions of patches, such as stops=[3, 50]',
        )  # fmt: skip
    return sorted({patches.check_index(index) for index in cast("Iterable[int]", asked)})


def _events(patches: Patches, scored: Scored) -> list[int]:
    """Return the patch that scores highest in each run above the threshold."""
    assert patches.scores is not None
    found: set[int] = set()
    for column in scored.columns:
        values = patches.scores[:, column]
        for first, stop in _runs(values >= cast("float", scored.threshold)):
            found.add(first + int(np.argmax(values[first:stop])))
    return sorted(found)


def _mistakes(patches: Patches, scored: Scored, truth: object) -> list[int]:
    """Return the middle patch of each run in which labels and scores disagree."""
    assert patches.scores is not None
    if truth is None:
        patches._tell_unlabelled(scored.names)
    columns = list(scored.columns)
    values = patches.scores[:, columns]
    said = values >= cast("float", scored.threshold)
    wrong = (said != as_truth(patches, truth)[:, columns]) & ~np.isnan(values)
    found = (_runs(wrong[:, k]) for k in range(len(columns)))
    return sorted({(first + stop - 1) // 2 for runs in found for first, stop in runs})


def _labelled(patches: Patches) -> list[int]:
    """Return the patch whose middle is nearest to that of each label."""
    known, times = patches.spectrogram._label_index, patches.times
    middles = times.mean(axis=1)
    wanted = (known.start + known.end) / 2
    right = np.clip(np.searchsorted(middles, wanted), 1, len(middles) - 1)  # 0 of a single one
    left = np.maximum(right - 1, 0)
    nearest = np.where(wanted - middles[left] <= middles[right] - wanted, left, right)
    inside = (known.end > times[nearest, 0]) & (known.start < times[nearest, 1])
    return [int(index) for index in np.unique(nearest[inside])]


def _runs(is_in: NDArray[np.bool_]) -> list[tuple[int, int]]:
    ends = np.flatnonzero(np.diff(np.r_[False, is_in, False].astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(ends[::2], ends[1::2], strict=True)]
