"""Fingers on a page, as Chromium is told of them."""

from __future__ import annotations

import time
from typing import Any


class Fingers:
    """Touches a box of the page (see ``bounding_box``) at fractions from its left and its top."""

    def __init__(self, page: Any, box: dict[str, float]) -> None:
        self._session = page.context.new_cdp_session(page)
        self._box = box
        self._time = time.time()

    def _send(self, kind: str, *spots: tuple[float, float]) -> None:
        # So slowly that a finger that is lifted flings nothing: what flings eats the next tap.
        self._time = max(self._time + 0.1, time.time())
        box = self._box
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"], "id": k}
            for k, (x, y) in enumerate(spots)
        ]
        event = {"type": kind, "touchPoints": points, "timestamp": self._time}
        self._session.send("Input.dispatchTouchEvent", event)

    def put(self, *spots: tuple[float, float]) -> None:
        """Put one finger after the other down."""
        for n in range(len(spots)):
            self._send("touchStart", *spots[: n + 1])

    def move(self, *spots: tuple[float, float]) -> None:
        self._send("touchMove", *spots)

    def lift(self) -> None:
        self._send("touchEnd")

    def tap(self, x: float, y: float) -> None:
        self.put((x, y))
        self.lift()

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.put(start)
        for part in (0.3, 0.6, 1.0):
            self.move(tuple(a + part * (b - a) for a, b in zip(start, end, strict=True)))
        self.lift()
