"""One colour for each class, the same in every view."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING

from ..core.patches import Patches

if TYPE_CHECKING:
    from ..core.spectrogram import Spectrogram

__all__ = ["N_STYLES", "ClassLooks", "class_order", "group_color"]

# Far from one another for readers with and without colour blindness, light enough to be read on
# the dark of a spectrogram; and of the same hues, deep enough to be read as text on white (4.5:1).
ON_DARK = ("#43b7ef", "#e9e64a", "#f5705c", "#9bf9fc", "#c48bb6", "#fd91a0", "#918ef8", "#b1bd08")

ON_LIGHT = ("#1573b4", "#7d6a00", "#d02f20", "#0b5a55", "#7d2a75", "#8d3a52", "#2026a8", "#3b4700")

# Beyond eight classes colours come again, with another dash, and bars with slits: a ninth colour
# would not be told from these by everybody. Lengths in line widths.
DASHES: tuple[tuple[float, ...], ...] = ((), (4.0, 2.0), (1.0, 1.5), (5.0, 1.5, 1.0, 1.5))


# Of groups of patches, such as train and test: no class has these.
GROUPS_ON_DARK = ("#d0d0d0", "#ff9a3d", "#3ddc84", "#8c8c8c")

GROUPS_ON_LIGHT = ("#4d4d4d", "#b85400", "#0b8430", "#767676")

N_STYLES = len(ON_DARK) * len(DASHES)  # from here on they come again


@dataclasses.dataclass(frozen=True)
class ClassLooks:
    """What each class looks like.

    Attributes
    ----------
    names : tuple of str
        The classes, in an order that does not depend on which of them a view shows.
    """

    names: tuple[str, ...]

    @classmethod
    def of(cls, known: Spectrogram | Patches) -> ClassLooks:
        """Return the looks of the classes of a recording."""
        return cls(class_order(known))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    def number(self, name: str) -> int:
        """Return which class it is."""
        return self._numbers[name]

    def color(self, number: int, *, on_dark: bool = True) -> str:
        """Return the colour of a class."""
        return (ON_DARK if on_dark else ON_LIGHT)[number % len(ON_DARK)]

    def dash(self, number: int) -> tuple[float, ...]:
        """Return the dash of a class, in line widths; empty where its lines are whole."""
        return DASHES[self.turn(number)]

    def turn(self, number: int) -> int:
        """Return how often the colour of a class was given before; bars have as many slits."""
        return number // len(ON_DARK) % len(DASHES)


def group_color(order: int, *, on_dark: bool = True) -> str:
    """Return the colour of the group that comes in this order."""
    colors = GROUPS_ON_DARK if on_dark else GROUPS_ON_LIGHT
    return colors[order % len(colors)]


def class_order(known: Spectrogram | Patches) -> tuple[str, ...]:
    """Return the classes in the order in which they take colours: those of labels come first.

    So a class has one colour, whether a view knows of the scores or not.
    """
    spec = known.spectrogram if isinstance(known, Patches) else known
    labelled = () if spec.labels is None else spec._label_index.classes
    if not isinstance(known, Patches):
        return labelled
    rest = dict.fromkeys(known.classes)
    for name in labelled:
        rest.pop(name, None)
    return labelled + tuple(rest)
