"""How far something is that takes long, where that is of use."""

from __future__ import annotations

import sys
import uuid
from typing import TYPE_CHECKING, Any

from .text import one_line

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["progress_bar"]


class _Output:
    """What tqdm writes to in a notebook: one output of the running cell, empty in the end.

    On standard error a bar would be a red stripe, and stay in the notebook that is saved.
    """

    encoding = "utf-8"

    def __init__(self) -> None:
        self._id = uuid.uuid4().hex
        self._text = ""
        self._is_there = False

    def write(self, text: str) -> None:
        from IPython.display import publish_display_data

        text = text.strip()
        if text == self._text:
            return
        publish_display_data(  # type: ignore[no-untyped-call]
            {"text/plain": text} if text else {},
            transient={"display_id": self._id},
            update=self._is_there,
        )
        self._text, self._is_there = text, True

    def flush(self) -> None:
        """Do nothing: it was published at once."""


def progress_bar(doing: str, total: float, unit: str, *, is_wanted: bool) -> tqdm[Any]:
    """Return a bar that appears after a second, in a terminal or a notebook, and then goes.

    In a log, and on a page of documentation, it would be a heap of lines.

    Parameters
    ----------
    doing : str
    total : float
        How much there is to do, which ``update`` counts.
    unit : str
        What that is counted in.
    is_wanted : bool
        Whether there is to be one at all.
    """
    from tqdm import tqdm

    stream: Any = sys.stderr  # None in a program without a console
    is_notebook = type(stream).__module__.startswith("ipykernel.")
    is_seen = is_notebook or (stream is not None and stream.isatty())
    return tqdm(
        desc=one_line(doing),
        total=total,
        unit=unit,
        delay=1,
        leave=False,
        disable=not (is_wanted and is_seen),
        file=_Output() if is_notebook else None,
        ncols=80 if is_notebook else None,
        bar_format="{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} {unit} "
        "[{elapsed}<{remaining}]",
    )
