"""Warnings that name the line of whoever called patchviz, however deep inside they arise.

No other file warns: so each is safe to show, and as short as an error.
"""

from __future__ import annotations

import sys
import warnings

from ..errors import Text, parts_of, shorten
from .text import contained

__all__ = ["warn_user"]


def warn_user(message: Text) -> None:
    """Warn at the nearest line that is not patchviz's own.

    The warning keeps the parts of its message, for faces that spell arguments in their own way.
    """
    parts = parts_of(message)
    warning = UserWarning(contained(shorten("".join(map(str, parts)))))
    vars(warning).update(parts=parts)
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] == __package__[:8]:
        frame, level = frame.f_back, level + 1
    warnings.warn(warning, stacklevel=level)
