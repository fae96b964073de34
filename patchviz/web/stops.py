"""The patches that one goes to from one to the next: events, mistakes, or any."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

import numpy as np

from .._util.spans import runs_of
from .._util.validation import positions_of
from ..core.batch import batch_of
from ..core.choice import chosen_by, class_of_each
from ..errors import Argument, InPython, InvalidTypeError, InvalidValueError, Part, Setting
from .mistakes import Mistakes, follows
from .scorebytes import score_bytes

if TYPE_CHECKING:
    from ..core.patches import Patches
    from ..plot.scored import Scored
    from .options import PlayerOptions

__all__ = ["check_stops", "mistakes_of", "stops_from", "stops_of", "with_positions"]

_LABELLED = "spectrogram.with_labels(labels)"


def stops_from(text: str) -> str | list[int]:
    """Return stops as a shell or a page has them: ``events``, ``mistakes`` or ``3,50``."""
    if text.strip() in ("events", "mistakes"):
        return text.strip()
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InvalidValueError(
            Argument("stops", text),
            " is not allowed",
            allowed="events, mistakes or positions of patches, such as 3,50",
        ) from None


def check_stops(
    stops: str,
    *,
    has_scores: bool,
    has_labels: bool,
    labelled: str = _LABELLED,
) -> None:
    """Refuse stops by what is known of patches where that is not known, and name what is missing.

    A shell knows that before it reads a recording. `labelled` is how such patches get labels.
    """
    needed = {"scores": (has_scores, "patches.with_scores(S, classes=[...])")}
    if stops == "mistakes":
        needed["labels"] = (has_labels, labelled)
    missing = {name: example for name, (is_there, example) in needed.items() if not is_there}
    if not missing:
        return
    named: list[Part] = []
    for name, example in missing.items():
        named += [" and " if named else "Give ", Argument(name), InPython(f": {example}")]
    raise InvalidValueError(
        Argument("stops", stops), f" needs {' and '.join(missing)}", remedy=(*named, ".")
    )


def mistakes_of(
    patches: Patches, options: PlayerOptions, scored: Scored, has_labels: bool
) -> Mistakes | None:
    """Return the mistakes that one goes to; None where that is something else.

    Raises
    ------
    InvalidValueError
        If what is known of patches does not say where to stop.
    """
    asked = options.stops
    if not isinstance(asked, str):
        return None
    if asked not in ("events", "mistakes"):
        raise InvalidValueError(
            Argument("stops", asked),
            " is not allowed",
            allowed='"events", "mistakes" or positions of patches',
        )
    is_true = has_labels or options.truth is not None
    for name, needed, is_there in (
        ("scores", True, patches.scores is not None),
        ("labels", asked == "mistakes" and not is_true, patches.spectrogram.labels is not None),
    ):
        if needed and is_there and not getattr(options, name):
            raise InvalidValueError(
                Argument("stops", asked), " needs ", Argument(name), ", which ",
                Setting(name, False), " hides", remedy=("Leave ", Setting(name, False), " out."),
            )  # fmt: skip
    has_no_class = patches.scores is not None and not patches.scores.shape[1]
    is_batch = batch_of(patches) is not None
    check_stops(
        asked, has_scores=bool(scored.names) or has_no_class, has_labels=is_true,
        labelled="Patches.from_batch(x, labels=[...])" if is_batch else _LABELLED,
    )  # fmt: skip
    if has_no_class:
        raise InvalidValueError(
            Argument("stops", asked), " needs the score of a class, and the scores have none",
            remedy=(
                "A table without a row names no class",
                InPython(": with_scores(table, classes=[...], missing=0.0) does"), ".",
            ),
        )  # fmt: skip
    if scored.threshold is None:
        raise InvalidValueError(
            Argument("stops", asked), " needs a threshold, from which on a score means: there",
            remedy=("Give one: ", Setting("threshold", 0.5), "."),
        )  # fmt: skip
    mistakes = Mistakes.of(patches, options)
    if mistakes is not None:
        mistakes.tell()
    return mistakes


def stops_of(
    patches: Patches,
    options: PlayerOptions,
    scored: Scored,
    mistakes: Mistakes | None,
    *,
    has_labels: bool,
) -> list[int]:
    """Return the patches that one goes to from one to the next, in their order.

    Those that somebody gave are positions: see :func:`with_positions`.
    """
    asked = options.stops
    if asked is None:
        if scored.names and scored.threshold is not None:
            return _events(patches, scored)
        return _labelled(patches) if has_labels else []
    if options.is_without_mistakes:
        return []
    if isinstance(asked, str):
        return _events(patches, scored) if mistakes is None else mistakes.stops
    return [*asked]


def with_positions(patches: Patches, options: PlayerOptions) -> PlayerOptions:
    """Return options in which stops that somebody gave are positions, in their order.

    What they were chosen for, captions say there.
    """
    if options.stops is None or isinstance(options.stops, str):
        return options
    asked = chosen_by("stops", options.stops, patches)
    positions = positions_of("stops", asked, patches)
    if positions is None:
        raise InvalidTypeError(
            Argument("stops", asked), f" is of type {type(asked).__name__}",
            allowed='"events", "mistakes" or positions of patches, such as stops=[3, 50]',
        )  # fmt: skip
    found = [patches.framing.check_index(index, "stops") for index in positions]
    chosen_for = class_of_each(asked, found) | dict(options.chosen_for or {})
    return dataclasses.replace(options, stops=sorted({*found}), chosen_for=chosen_for)


def _events(patches: Patches, scored: Scored) -> list[int]:
    """Return the patch that scores highest in each run above the threshold.

    That is the first of those that are the same to a page, which finds them again from bytes where
    somebody sets another threshold.
    """
    assert patches.scores is not None
    found, in_runs = set[int](), follows(patches)
    for column in scored.columns:
        seen = score_bytes(patches, column, scored)
        hit = patches.scores[:, column] >= cast("float", scored.threshold)
        for first, stop in zip(*runs_of(hit, in_runs), strict=True):
            found.add(int(first + np.argmax(seen[first:stop])))
    return sorted(found)


def _labelled(patches: Patches) -> list[int]:
    """Return of the patches that have each label the one whose middle is nearest to its own."""
    known, middles = patches.spectrogram._label_index, patches.times.mean(axis=1)
    first, stop = patches._label_ranges(None, None, None)
    wanted = (known.start + known.end) / 2
    right = np.clip(np.searchsorted(middles, wanted), 1, len(middles) - 1)  # 0 of a single one
    left = np.maximum(right - 1, 0)
    nearest = np.where(wanted - middles[left] <= middles[right] - wanted, left, right)
    has = first < stop
    found: list[int] = np.unique(np.clip(nearest[has], first[has], stop[has] - 1)).tolist()
    return found
