r"""Audacity's label tracks: start, end and label, and frequencies on a line that begins with \."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import shown
from .frame import label_frame
from .text import Table, refuse_at

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["audacity_text", "is_audacity", "read_audacity"]

_NUMBER = r"\s*[-+]?[\d.,]+(?:[eE][-+]?\d+)?\s*"

_FIRST = re.compile(rf"{_NUMBER}\t{_NUMBER}(\t.*)?")

_HEADER = ["start", "end", "label", "score"]


def is_audacity(text: str) -> bool:
    """Whether the first line that is not empty is a label."""
    return bool(_FIRST.fullmatch(text.lstrip().partition("\n")[0]))


def read_audacity(file: str, text: str) -> pd.DataFrame:
    """Return the labels of a track; BirdNET writes scores into a fourth column."""
    rows: list[list[str]] = []
    lines: list[int] = []
    bands: list[list[str]] = []
    band_lines: list[int] = []
    for line, content in enumerate(text.split("\n"), 1):
        cells = content.split("\t")
        if not content.strip():
            continue
        if cells[0].strip() == "\\":
            if len(cells) != 3 or len(bands) != len(rows) - 1:
                reason = (
                    "frequencies stand below the label that they belong to."
                    if len(cells) == 3
                    else f"frequencies are a backslash and two numbers, not {shown(content)}."
                )
                refuse_at(file, line, 1, "", reason)
            bands.append(cells[1:])
            band_lines.append(line)
            continue
        if not 2 <= len(cells) <= 4:
            refuse_at(
                file, line, min(len(cells), 4) + 1, "",
                f"a label has 2 to 4 columns (start, end, label, score), not {len(cells)}.",
            )  # fmt: skip
        while len(bands) < len(rows):  # the label before has no frequencies
            bands.append(["", ""])
            band_lines.append(lines[-1])
        rows.append(cells + [""] * (4 - len(cells)))
        lines.append(line)
    bands += [["", ""]] * (len(rows) - len(bands))
    band_lines += lines[len(band_lines) :]
    table = Table(file, _HEADER, _columns(rows, 4), lines)
    band = Table(file, ["\\", "low", "high"], [[], *_columns(bands, 2)], band_lines)
    low, high = band.numbers(1, blank=True), band.numbers(2, blank=True)
    start, end = table.numbers(0), table.numbers(1)
    low[low == -1] = high[high == -1] = float("nan")  # Audacity's sign for: not given

    def refuse(row: int, name: str, reason: str) -> None:
        if name in ("low_f", "high_f"):
            band.refuse(row, 1 if name == "low_f" else 2, reason)
        table.refuse(row, 1, reason)

    return label_frame(
        start, end, table.texts(2) or [], refuse,  # type: ignore[arg-type]  # it never returns
        low=low, high=high, score=table.known(3),
    )  # fmt: skip


def _columns(rows: list[list[str]], n: int) -> list[list[str]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(n)]


def audacity_text(labels: pd.DataFrame, numbers: dict[str, list[str]]) -> str:
    """Return labels as a track."""
    parts = []
    for start, end, label, low, high in zip(
        numbers["start_time"], numbers["end_time"], labels["label"],
        numbers["low_f"], numbers["high_f"], strict=True,
    ):  # fmt: skip
        parts.append(f"{start}\t{end}\t{label}\n")
        if low or high:
            parts.append(f"\\\t{low or '-1'}\t{high or '-1'}\n")
    return "".join(parts)
