"""What can be set of a scrubber, checked before anything changes."""

from __future__ import annotations

from typing import Any

import traitlets

from .._util.validation import check_bool, check_number
from ..web.options import MAX_SPEED, SLOWEST

__all__ = ["Flag", "Index", "Speed", "Told"]


class Told:
    """What says beside the picture why a value is refused, whoever set it."""

    def _validate(self: Any, obj: Any, value: Any) -> Any:
        obj._check_open()
        with obj._telling(f"{self.name}="):
            return super()._validate(obj, value)  # type: ignore[misc]


class Index(Told, traitlets.TraitType[int, int]):
    """The number of a patch, which is checked before anything changes."""

    default_value = 0

    def validate(self, obj: Any, value: Any) -> int:
        """Return the number from 0 of what may be counted from the end."""
        return int(obj.patches.check_index(value))


class Speed(Told, traitlets.TraitType[float, float]):
    """How fast it plays, checked as the option is."""

    default_value = 1.0

    def validate(self, obj: Any, value: Any) -> float:
        """Return the speed as a float."""
        return check_number("speed", value, minimum=SLOWEST, maximum=MAX_SPEED)


class Flag(Told, traitlets.TraitType[bool, bool]):
    """Whether something is so."""

    default_value = False

    def validate(self, obj: Any, value: Any) -> bool:
        """Return it as a bool."""
        return check_bool(self.name or "", value)
