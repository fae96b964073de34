"""What can be set of a scrubber, checked before anything changes."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import traitlets

from .._util.validation import check_number
from ..web.options import MAX_SPEED, MIN_SPEED

__all__ = ["Index", "Speed"]


class Index(traitlets.TraitType[int, int]):
    """The number of a patch, which is checked before anything changes."""

    default_value = 0

    def validate(self, obj: Any, value: Any) -> int:
        """Return the number from 0 of what may be counted from the end."""
        with obj._now.controls.telling() if obj._held else nullcontext():
            return int(obj.patches.check_index(value))


class Speed(traitlets.TraitType[float, float]):
    """How fast it plays, checked as the option is."""

    default_value = 1.0

    def validate(self, obj: Any, value: Any) -> float:
        """Return the speed as a float."""
        return check_number("speed", value, minimum=MIN_SPEED, maximum=MAX_SPEED)
