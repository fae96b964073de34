"""Where a progress bar is of use."""

from __future__ import annotations

import sys

__all__ = ["is_watched"]


def is_watched() -> bool:
    """Return whether a bar on standard error is seen as it moves.

    In a terminal and in a notebook it is; in a log, and on a page of documentation, it would be
    a heap of lines.

    Returns
    -------
    bool
    """
    stream = sys.stderr
    if stream is None:  # a program without a console
        return False
    return stream.isatty() or type(stream).__module__.startswith("ipykernel.")
