"""NIST's RTTM: who spoke when, one turn a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .._util.warn import warn_user
from .frame import label_frame
from .text import Table, refuse_at

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["is_rttm", "read_rttm"]

_TYPES = (
    "SEGMENT", "NOSCORE", "NO_RT_METADATA", "LEXEME", "NON-LEX", "NON-SPEECH", "FILLER", "EDIT",
    "SU", "IP", "CB", "A/P", "SPEAKER", "SPKR-INFO",
)  # fmt: skip

_FIRST = re.compile(rf"({'|'.join(_TYPES)})[ \t]+\S+[ \t]+\S+[ \t]+\S+[ \t]+\S+.*")

_HEADER = ["type", "file", "chnl", "tbeg", "tdur", "ortho", "stype", "name", "conf", "slat"]


def is_rttm(text: str) -> bool:
    """Whether the first line that is no comment has the type and the fields of one."""
    lines = (line.strip() for line in text.split("\n"))
    return bool(_FIRST.fullmatch(next((line for line in lines if line and line[:2] != ";;"), "")))


def read_rttm(file: str, text: str) -> pd.DataFrame:
    """Return the turns: lines of type SPEAKER."""
    rows: list[list[str]] = []
    lines: list[int] = []
    others: dict[str, int] = {}
    for line, content in enumerate(text.split("\n"), 1):
        cells = content.split()
        if not cells or cells[0].startswith(";;"):
            continue
        if cells[0] not in _TYPES:
            refuse_at(file, line, 1, "type", f"{cells[0]!r} is none of {', '.join(_TYPES)}.")
        if not 8 <= len(cells) <= 10:
            refuse_at(
                file, line, min(len(cells), 10) + 1, "",
                f"the line has {len(cells)} fields, and must have 8 to 10.",
            )  # fmt: skip
        if cells[0] == "SPEAKER":
            rows.append(cells + ["<NA>"] * (10 - len(cells)))
            lines.append(line)
        elif cells[0] != "SPKR-INFO":  # which has no times
            others[cells[0]] = others.get(cells[0], 0) + 1
    if others:
        listed = ", ".join(f"{n} {name}" for name, n in others.items())
        warn_user(f"{file}: only lines of type SPEAKER are read, not {listed}.")
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in _HEADER]
    columns[8] = ["" if cell == "<NA>" else cell for cell in columns[8]]
    table = Table(file, _HEADER, columns, lines)
    start, duration = table.numbers(3), table.numbers(4)
    if (duration < 0).any():
        row = int((duration < 0).argmax())
        table.refuse(row, 4, f"a turn of {duration[row]:.10g} s ends before it begins.")
    return label_frame(
        start, start + duration, columns[7], table.at(end_time=4),
        score=table.known(8), file=columns[1],
    )  # fmt: skip
