"""What a page's player is told of labels and scores: numbers, not pictures."""

from __future__ import annotations

import base64
import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .._util.text import class_name, one_line
from ..core.captions import are_numbers, hundredths
from ..core.overlaps import heard_of
from ..core.said import said_besides, said_scores
from ..core.steps import check_groups, covered
from ..core.truth import as_truth, sets_of
from ..plot.axis import FrequencyAxis
from ..plot.classes import ClassLooks, group_color
from ..plot.scored import Scored
from .scorebytes import height_of, score_bytes
from .stops import mistakes_of, stops_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.patches import Patches
    from ..plot.band import FrequencyLimits
    from .mistakes import Mistakes
    from .options import PlayerOptions

__all__ = ["known_of", "name_alike"]

Said: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.float64]]"  # classes, -1: none, and scores

MOST_BYTES = 100_000  # of scores that a page has besides those that it shows


def known_of(patches: Patches, options: PlayerOptions) -> dict[str, Any] | None:
    """Return what is known of patches, and where one may stop; None if that is nothing."""
    groups = {} if options.mark is None else check_groups("mark", options.mark, patches)
    has_labels = options.labels and patches.spectrogram.labels is not None
    scored, mistakes = _scored(patches, options, has_labels)
    stops = stops_of(patches, options, scored, mistakes, has_labels=has_labels)
    has_usual_stops = options.stops is None or (
        isinstance(options.stops, str) and options.stops == "events"
    )
    truth = None if options.truth is None else as_truth(patches, options.truth)
    if not (has_labels or scored.names or groups or stops or truth is not None):
        return None
    looks = options.looks or ClassLooks.of(patches)
    top = _said(patches, options, mistakes, has_labels, truth)
    offered, classes = _offered(patches, scored), patches.classes  # anew at each time: thousands
    names = [classes[column] for column in offered]
    numbers = {looks.number(name): None for name in names}
    labels: list[list[Any]] = []
    if has_labels:
        labels, codes = _labels(patches, looks, options.flim)
        numbers |= dict.fromkeys(codes)
    for said in top:
        numbers |= dict.fromkeys(looks.number(classes[k]) for k in np.unique(said[0]) if k >= 0)
    if truth is not None:
        numbers |= {looks.number(classes[k]): None for k in np.flatnonzero(truth.any(axis=0))}
    place = {number: k for k, number in enumerate(numbers)}
    pairs = _top_pairs(patches, looks, place, top) if top else None
    for label in labels:
        label[2] = place[int(label[2])]
    return {
        "classes": [_look(looks, k) for k in numbers],
        "labels": labels,
        "scores": [
            [place[looks.number(name)], _packed(score_bytes(patches, column, scored))]
            for name, column in zip(names, offered, strict=True)
        ],
        "shown": len(scored.names),
        "scored": scored.n_classes,
        "threshold": height_of(scored.threshold, scored),
        "range": [float(scored.low), float(scored.high)],
        "overlapping": scored.overlapping,
        "top": None if pairs is None else _packed(pairs),
        "wide": pairs is not None and pairs.dtype == np.float64,
        "truth": None if truth is None else _truths(patches, looks, place, truth),
        "groups": [
            [
                one_line(name), group_color(k), group_color(k, on_dark=False),
                np.round(covered(patches.framing, chosen), 4).tolist(),
            ]
            for k, (name, chosen) in enumerate(groups.items())
        ],
        "stops": stops,
        "follow": bool(scored.names) and has_usual_stops,
        "named": bool(top) or are_numbers(patches.classes),
        "numbers": are_numbers(patches.classes),
    }  # fmt: skip


def _scored(
    patches: Patches, options: PlayerOptions, has_labels: bool
) -> tuple[Scored, Mistakes | None]:
    """Return which scores have lanes, and the mistakes that one stops at: their classes first."""
    scored, about = Scored(), _about(options)
    if options.scores:
        scored = Scored.of(
            patches,
            options.lanes or options.classes,
            options.threshold,
            options.overlapping,
            first=about,
        )
        scored = _on_one_scale(patches, scored)
    mistakes = mistakes_of(patches, options, scored, has_labels)
    if mistakes is not None and options.classes is None and options.lanes is None:
        scored = scored.showing(patches, [*about, *mistakes.names])
    return scored, mistakes


def name_alike(of_recordings: Iterable[dict[str, Any] | None]) -> None:
    """Have all of several recordings say what labels are, or none, as figures do."""
    some = [known for known in of_recordings if known is not None]
    for word in ("named", "numbers"):
        value = any(known[word] for known in some)
        for known in some:
            known[word] = value


def _look(looks: ClassLooks, k: int) -> list[Any]:
    """Return the name of a class, its colours on dark and on light, its dash and its turn."""
    name = class_name(looks.names[k])
    return [name, looks.color(k), looks.color(k, on_dark=False), looks.dash(k), looks.turn(k)]


def _on_one_scale(patches: Patches, scored: Scored) -> Scored:
    """Return the same with the limits of all classes, of which others may be shown."""
    if len(scored.names) == scored.n_classes:
        return scored
    low, high = (
        float(reduce.reduce(ends, initial=end))
        for reduce, ends, end in zip(
            (np.fmin, np.fmax), patches._score_range, (scored.low, scored.high), strict=True
        )
    )
    return dataclasses.replace(scored, low=low, high=high)


def _offered(patches: Patches, scored: Scored) -> list[int]:
    """Return the columns of the classes that a page can show: those that it does, and others.

    These are as many as their bytes allow, those first that score highest.
    """
    columns = list(scored.columns)
    if scored.names:
        room = MOST_BYTES // len(patches)
        highest = np.nan_to_num(patches._score_range[1], nan=-np.inf)
        ranked = np.argsort(-highest, kind="stable").tolist()
        columns += [column for column in ranked if column not in columns][:room]
    return columns


def _labels(
    patches: Patches, looks: ClassLooks, flim: FrequencyLimits | None
) -> tuple[list[list[Any]], list[int]]:
    """Return labels by start, as [start, end, class] and, if they have some, low and high.

    These are fractions of the height of the axis, of labels that lie beyond it 1 and 0, and then
    the frequencies themselves.
    """
    spec = patches.spectrogram
    known, frame, axis = spec._label_index, spec.labels, FrequencyAxis.of(spec, flim)
    codes = [looks.number(name) for name in known.classes]
    low, high = (frame[name].to_numpy(float) for name in ("low_f", "high_f"))
    heights = axis.fractions(low, 0.0), axis.fractions(high, 1.0)
    labels: list[list[Any]] = []
    is_beyond = axis.beyond(low, high)
    rows = known.by_start[heard_of(known.start, known.end, patches.framing)[known.by_start]]
    for row in rows.tolist():
        start, end = known.start[row], known.end[row]  # known.js tells microseconds apart
        label: list[Any] = [
            round(float(start), 6),
            round(float(end), 6),
            codes[known.codes[row]],
        ]
        ends = [round(float(side[row]), 4) for side in heights] if not is_beyond[row] else [1, 0]
        hertz = [None if np.isnan(side[row]) else float(side[row]) for side in (low, high)]
        labels.append(label if hertz == [None, None] else label + ends + hertz)
    return labels, [codes[k] for k in np.unique(known.codes[rows])]


def _truths(
    patches: Patches, looks: ClassLooks, place: dict[int, int], truth: NDArray[np.bool_]
) -> tuple[list[list[int]], str]:
    """Return sets of classes, and for JavaScript which of these each patch has, four bytes each."""
    sets, which = sets_of(truth)
    at = [place.get(looks.number(name)) for name in patches.classes]
    told = [
        [k for k in (at[column] for column in np.flatnonzero(row)) if k is not None] for row in sets
    ]
    return told, _packed(which.astype("<i4"))


def _about(options: PlayerOptions) -> list[str]:
    """Return the classes that patches were chosen for, those of most patches first."""
    chosen = Counter((options.chosen_for or {}).values())
    return [*filter(None, [options.of]), *(name for name, _ in chosen.most_common())]


def _said(
    patches: Patches,
    options: PlayerOptions,
    mistakes: Mistakes | None,
    has_labels: bool,
    truth: NDArray[np.bool_] | None,
) -> list[Said]:
    """Return the scores that are said first, and if there are some, those that are said besides."""
    if not options.scores or patches.scores is None or not patches.scores.size:
        return []
    wrong = None if mistakes is None else mistakes.said
    first = said_scores(patches, options.of, options.chosen_for, wrong)
    has = patches.targets() if truth is None and has_labels else truth
    rest = said_besides(patches.scores, first[0], has, wrong)
    rows = np.arange(len(patches))
    return [
        first,
        *((which, np.where(which < 0, np.nan, patches.scores[rows, which])) for which in rest.T),
    ]


def _top_pairs(
    patches: Patches, looks: ClassLooks, place: dict[int, int], said: list[Said]
) -> NDArray[np.int32] | NDArray[np.float64]:
    """Return the scores that are said: a class (-1: none) and hundredths, first of all patches.

    Where these have no room in 32 bits, they are numbers of 64, and no hundredths.
    """
    found, classes = [], patches.classes
    for columns, scores in said:
        at = {k: place[looks.number(classes[k])] for k in np.unique(columns) if k >= 0}
        pairs = np.empty((len(columns), 2))
        pairs[:, 0] = [at.get(k, -1) for k in columns]
        pairs[:, 1] = np.nan_to_num(scores)
        found.append(pairs)
    result = np.concatenate(found)
    with np.errstate(over="ignore", invalid="ignore"):  # of scores that are no hundredths
        numbers, parts = result[:, 1].copy(), hundredths(result[:, 1])
    if (abs(parts) < 2**31).all():
        result[:, 1] = parts
        return result.astype("<i4")
    # A hundred times a larger one may be less or more than that.
    result[:, 1] = np.where(abs(numbers) < 1e13, parts / 100, numbers)
    return result.astype("<f8")


def _packed(array: NDArray[Any]) -> str:
    """Return the bytes of an array for JavaScript."""
    return base64.b64encode(array.tobytes()).decode()
