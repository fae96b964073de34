"""Which lanes there are under an overview, and which of them have room."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from .._util.text import class_name
from .._util.warn import warn_user
from ..core.patches import Patches
from .scored import Scored
from .text import shortened_among, size_for, text_width

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..core.spectrogram import Spectrogram

__all__ = [
    "FIRST",
    "GAP",
    "HEIGHT",
    "KEY",
    "KEY_HEIGHT",
    "Wanted",
    "lane_names",
    "names_width",
    "tell_left_out",
]

HEIGHT, GAP = 9.0, 2.5  # of a lane, points

KEY, KEY_HEIGHT = 13.0, 7.5  # of a small box as those in the picture, points

FIRST = 4.5  # points above the first, where a tick's text may reach

_ENOUGH = 72.0  # points of a picture beside which there may be any number of lanes

_NAME = 84.0  # most that a lane's name takes, points

_NAME_SHARE = 0.28  # of the width of the picture, likewise

_SIZE = "x-small"


@dataclasses.dataclass(frozen=True, eq=False)
class Wanted:
    """Lanes: one of labels, one for each group, one for each class with scores.

    Attributes
    ----------
    labels : bool
        Whether there is one of labels.
    groups : mapping
        The patches of each.
    scored : Scored
    """

    labels: bool
    groups: Mapping[str, NDArray[np.int64]]
    scored: Scored

    @classmethod
    def of(
        cls,
        known: Spectrogram | Patches,
        groups: Mapping[str, NDArray[np.int64]],
        scored: Scored,
        *,
        labels: bool,
    ) -> Wanted:
        """Return those for what is known."""
        spec = known.spectrogram if isinstance(known, Patches) else known
        return cls(labels and spec.labels is not None and len(spec.labels) > 0, groups, scored)

    def __len__(self) -> int:
        return self.labels + len(self.groups) + len(self.scored.names)

    @property
    def names(self) -> tuple[str, ...]:
        """What stands beside them, from the top."""
        names = (*["labels"] * self.labels, *self.groups, *self.scored.names)
        return tuple(map(class_name, names))

    @property
    def has_keys(self) -> bool:
        """Whether lanes of scores have a small box beside their names, as those in the picture."""
        return self.labels and len(self.scored.names) > 0

    @property
    def note(self) -> str:
        """How many of all classes are shown, where it is not all."""
        shown, n_all = len(self.scored.names), self.scored.n_classes
        return f"{shown} of {n_all} classes" if 0 < shown < n_all else ""

    @property
    def height(self) -> float:
        """How much room they take, in points."""
        n = len(self) + bool(self.note)
        return n * (HEIGHT + GAP) + FIRST if n else 0.0

    def with_fewer_classes(self, room: float, most: float = 0.0) -> Wanted:
        """Return those that have so many points of room, with at least one class.

        Those that a view is about may have `most` of it.
        """
        n, n_about = map(self._n_classes, (room, most))
        n = max(1, n, min(self.scored.n_about, n_about))
        if n >= len(self.scored.names):
            return self
        return dataclasses.replace(self, scored=self.scored.fewer(n))

    def _n_classes(self, room: float) -> int:
        n_others = self.labels + len(self.groups)
        return int(min(room - FIRST, 1e6) // (HEIGHT + GAP)) - n_others - 1

    def fewer(self) -> Iterator[Wanted]:
        """Go through what may stay where not all have room: what matters most stays longest.

        Labels are in the picture, too; groups are there only for whoever asks for them.
        """
        none, groups = Scored(), self.groups
        yield self
        for labels, its_groups, scored in (
            (False, groups, self.scored), (self.labels, groups, none), (False, groups, none),
            (self.labels, {}, none), (False, {}, none),
        ):  # fmt: skip
            yield Wanted(labels, its_groups, scored)

    def fitting(self, height: float) -> Wanted:
        """Return those beside which a picture can be read, if both are so many points high.

        They take a third of that; with one class half of it, or more where the rest is enough.
        """
        most = max(height / 2, height - _ENOUGH)
        least = self.with_fewer_classes(height / 3).fewer()
        return next(some for some in least if some.height <= most or not len(some))

    def left_out(self, shown: Wanted) -> list[str]:
        """Return what of these is not among those that are shown, in words."""
        kinds = {
            "labels": self.labels and not shown.labels,
            "groups": bool(self.groups) and not shown.groups,
            "scores": bool(self.scored.names) and not shown.scored.names,
        }
        missing = " and ".join(kind for kind, is_missing in kinds.items() if is_missing)
        return [f"lanes of {missing}"] if missing else []


def tell_left_out(name: str, missing: list[str], more: float | None) -> None:
    """Warn of what has no room in a figure; `more` inches of height would give it some."""
    if missing:
        higher = "" if more is None else f"{math.ceil(10 * max(more, 0.1)) / 10:.1f} in "
        warn_user(
            f"{name}: {' and '.join(missing)} are not drawn: pictures would have no room beside "
            f"them. Make the figure {higher}higher{'' if higher else ', and wider'}."
        )


def lane_names(names: tuple[str, ...], width: float) -> tuple[float, list[str]]:
    """Return the size of letters, and names, for lanes under a picture of this width in points."""
    room = min(_NAME, _NAME_SHARE * width)
    size = size_for(names, room, _SIZE)
    return size, [shortened_among(name, names, room, size) for name in names]


def names_width(names: list[str], size: float, *, has_keys: bool) -> float:
    """Return how wide lanes' names are, with the gap beside them and keys, in points."""
    return text_width(names, size) + 5 + has_keys * (KEY + GAP) if names else 0.0
