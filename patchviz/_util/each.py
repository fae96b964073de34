"""Several who are told, or several steps: each has its turn, whatever becomes of those before."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

__all__ = ["all_of", "all_while"]


def all_of(*steps: Callable[[], object]) -> None:
    """Take steps one after the other, all of them, though somebody who is told of one fails."""
    with contextlib.ExitStack() as stack:  # which is left backwards
        for step in reversed(steps):
            stack.callback(step)


def all_while(holds: Callable[[], bool], *steps: Callable[[], object]) -> None:
    """Take steps as :func:`all_of` does, as long as none of them has led to something else."""
    all_of(*(lambda step=step: holds() and step() for step in steps))
