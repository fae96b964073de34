"""Cases that only the CI's step `slow` tries: the default run has others of the same family."""

from __future__ import annotations

from typing import Any

import pytest


def seldom(*cases: Any) -> list[Any]:
    """Return the cases, for a list of parameters; a tuple has one of each name."""
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
        for case in cases
    ]
