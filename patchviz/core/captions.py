"""What is written about a patch: its number and its time, alike in every view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._util.text import class_name
from .batch import batch_of
from .times import TimeFormat, decimals_for, time_format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from .patches import Patches

__all__ = [
    "class_names",
    "hundredths",
    "known_text",
    "panel_title",
    "patch_title",
    "plural",
    "times_of",
    "title_forms",
    "widest",
]


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
    return times_of(patches).span(*patches.time(index), decimals)


def times_of(patches: Patches) -> TimeFormat:
    """Return how times are written: all captions and axes of patches write them alike."""
    return time_format(patches.spectrogram, patches.time(-1))  # whose end may be padded


def widest(patches: Patches) -> list[int]:
    """Return patches of which one has the widest caption: its number, or two dates."""
    ends, times = [0, len(patches) - 1], times_of(patches)
    if times.dated and batch_of(patches) is None:
        days = np.floor((times.zero + patches.times) / 86_400)
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
    onset = times_of(patches).moment(patches.time(index)[0], coarse)
    return [
        f"patch {number} / {patches.framing.last_number} · {exact}",
        f"patch {number} · {exact}",
        f"patch {number} · {rounded}",
        f"patch {number} · {onset}",
        f"patch {number}",
        f"{number}",
    ]


def known_text(
    patches: Patches,
    index: int,
    *,
    labels: bool = True,
    scores: bool = True,
    of: str | None = None,
    truth: NDArray[np.bool_] | None = None,
) -> str:
    """Return what is known of a patch: its labels, and its highest score or that of a class.

    ``label robin, wren · scored robin: 0.93``; labels alone are only named, if they have letters:
    of a bare 0 nobody knows what it is. Where a `truth` was
    given, as `truth.as_truth` returns it, that is said in place of labels: ``truth none``.
    """
    said = score = ""
    what = "label" if truth is None else "truth"
    if truth is not None:
        said = _listed(patches.classes[k] for k in np.flatnonzero(truth[index])) or "none"
    elif labels and patches.spectrogram.labels is not None:
        known = patches.spectrogram._label_index
        codes = dict.fromkeys(known.codes[patches._labels_in(index)].tolist())
        said = _listed(known.classes[code] for code in codes)
    if scores and patches.scores is not None:
        row = patches.scores[index]
        column = patches.classes.index(of) if of is not None else None
        if column is None and not np.isnan(row).all():
            column = int(np.nanargmax(row))
        if column is not None and not np.isnan(row[column]):
            score = f"scored {class_name(patches.classes[column])}: {row[column]:.2f}"
    is_plain = truth is None and not score and any(map(str.isalpha, said))
    return _joined(f"{what} {said}" if said and not is_plain else said, score)


def hundredths(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return scores in hundredths, rounded as captions write them."""
    scaled = np.asarray(scores, np.float64) * 100
    result = np.rint(scaled)
    # What times 100 is half a hundredth may be more or less than that: its digits tell.
    halves = np.flatnonzero(abs(abs(scaled - result) - 0.5) < 1e-6)
    result[halves] = [round(float(f"{score:.2f}") * 100) for score in scores[halves]]
    return result


def _listed(classes: Iterable[str]) -> str:
    names = [class_name(name) for name in classes]
    return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")


def class_names(patches: Patches) -> tuple[str, ...]:
    """Return the names of classes as captions write them."""
    return tuple(map(class_name, patches.classes))


def plural(number: int, noun: str) -> str:
    """Write a number of things: ``1 patch``, ``2 patches``."""
    plural = noun + ("es" if noun.endswith("ch") else "s")
    return f"{number:,} {noun if number == 1 else plural}"
