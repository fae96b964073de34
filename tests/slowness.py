"""How slow this machine is, at this moment: what takes a frame on a desktop may take two here."""

from __future__ import annotations

from typing import Any

EASE = 12  # ms, that the calculation takes on a desktop at its ease

CALCULATION = """() => {
    const took = [];
    for (let n = 0; n < 9; n++) {
        const start = performance.now();
        let value = 0;
        for (let i = 0; i < 2_600_000; i++) value = Math.sqrt(value + i);
        took.push(value && performance.now() - start);
    }
    return took.sort((a, b) => a - b)[4];
}"""


def slowness(page: Any) -> float:
    """Return how many times as long a calculation takes on a page as on a desktop; at least 1."""
    return max(1.0, page.evaluate(CALCULATION) / EASE)


def is_smooth(dropped: float, slow: float) -> bool:
    """Whether a machine that is so slow draws 59 frames of 60, of which it drops a share."""
    return slow * (1 - dropped) >= 0.98
