"""Praat's TextGrids, long and short: texts in quotation marks and numbers; the rest is comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import numpy as np

from ..errors import LabelFileError, shown
from .frame import label_frame
from .text import refuse_at

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["is_textgrid", "read_textgrid"]

# What Praat reads: a text, a number or a flag that stands free. It skips all other words, and what
# follows an exclamation mark.
_TOKEN = re.compile(
    r'"(?P<text>(?:[^"]|"")*)"|(?P<open>")|![^\n]*'
    r"|(?<!\S)(?P<flag><\w+>)(?!\S)|(?<!\S)(?P<number>[-+]?(?:\d|\.\d)[^\s\"]*)|[^\s\"!]+"
)

_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?|[-+]?\d+\.")


class _Token(NamedTuple):
    kind: str
    value: str
    at: int  # in the text


def is_textgrid(text: str) -> bool:
    """Whether a text begins as Praat's do."""
    return bool(re.match(r'\s*(File type\s*=\s*)?"?(ooTextFile|Praat chronological)', text))


class _Reader:
    """The tokens of a TextGrid, one after the other."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.tokens = [
            _Token(match.lastgroup, match[match.lastgroup], match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup
        ]
        self.next = 0

    def refuse(self, at: int, reason: str) -> NoReturn:
        line = self.text.count("\n", 0, at) + 1
        refuse_at(self.file, line, at - self.text.rfind("\n", 0, at), "", reason)

    def take(self, kind: str, what: str) -> _Token:
        """Return the next token, which must be of a kind."""
        if self.next == len(self.tokens):
            self.refuse(len(self.text), f"the file ends where {what} is wanted: it is cut short.")
        token = self.tokens[self.next]
        self.next += 1
        if token.kind == "open":
            self.refuse(token.at, "a text begins here, and its second quotation mark is missing.")
        wrong = token.kind != kind or (kind == "number" and not _NUMBER.fullmatch(token.value))
        if wrong:
            self.refuse(token.at, f"{shown(token.value)} stands where {what} is wanted.")
        return token

    def number(self, what: str) -> float:
        return float(self.take("number", what).value)

    def count(self, what: str) -> int:
        token = self.take("number", what)
        if not token.value.isdecimal():
            self.refuse(token.at, f"{shown(token.value)} is no number of {what}.")
        return int(token.value)

    def words(self, what: str) -> str:
        return self.take("text", what).value.replace('""', '"')


def read_textgrid(file: str, text: str) -> pd.DataFrame:
    """Return the intervals and points of all tiers that say something."""
    if "Praat chronological" in text[:100]:
        raise LabelFileError(
            f"{shown(file)} is a chronological TextGrid of Praat. Save it there as a text file."
        )
    reader = _Reader(file, text)
    reader.words("the file type")
    kind = reader.words("the object class")
    if not kind.startswith("TextGrid"):
        reader.refuse(reader.tokens[1].at, f"{shown(kind)} of Praat is no TextGrid.")
    reader.number("the start"), reader.number("the end")
    flag = reader.take("flag", "<exists>").value
    n_tiers = reader.count("tiers") if flag == "<exists>" else 0
    rows: list[tuple[float, float, str, str]] = []
    ends: list[int] = []
    for _ in range(n_tiers):
        kind_at = reader.next
        kind, tier = reader.words("the class of a tier"), reader.words("the name of a tier")
        if kind not in ("IntervalTier", "TextTier"):
            reader.refuse(
                reader.tokens[kind_at].at, f"{shown(kind)} is neither IntervalTier nor TextTier."
            )
        reader.number("the start of a tier"), reader.number("the end of a tier")
        for _ in range(reader.count("entries")):
            start = end = reader.number("a time")
            ends.append(reader.next)
            if kind == "IntervalTier":
                end = reader.number("the end of an interval")
            rows.append((start, end, reader.words("a text").strip(), tier))
    if reader.next < len(reader.tokens):
        reader.refuse(
            reader.tokens[reader.next].at, "the file holds more than the sizes in it say."
        )
    starts, stops = (np.array([row[k] for row in rows], float) for k in (0, 1))

    def refuse(row: int, name: str, reason: str) -> NoReturn:
        reader.refuse(reader.tokens[ends[row]].at, reason)

    frame = label_frame(
        starts, stops, [row[2] for row in rows], refuse, tier=[row[3] for row in rows]
    )
    return frame[frame["label"] != ""].reset_index(drop=True)
