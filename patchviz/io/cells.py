"""Several names in one cell of a table, and apart again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..errors import InPython, InvalidValueError, shown
from .text import plain_name

__all__ = [
    "is_of_patches",
    "joined_names",
    "parted_names",
    "refuse_mistakes",
    "refuse_own_tables",
]

_NAME = re.compile(r'"((?:[^"]|"")*)"(?:, |$)|(.*?)(?:, |$)', re.DOTALL)


def joined_names(names: Iterable[str]) -> str:
    """Return names parted by a comma and a blank; one that holds these is quoted as in a CSV."""
    return ", ".join(map(_quoted, names))


def parted_names(cell: str) -> list[str]:
    """Return the names in a cell: the inverse of `joined_names`."""
    names, place = [], 0
    while place < len(cell):
        found = _NAME.match(cell, place)
        assert found is not None  # the last form holds any text
        quoted, plain = found.groups()
        names.append(plain if quoted is None else quoted.replace('""', '"'))
        place = found.end()
    return names


def is_of_patches(columns: Iterable[object]) -> bool:
    """Whether a table is that of ``patches.to_frame()``, whose ``labels`` holds several names."""
    return {"filled", "labels"} <= set(columns)


def refuse_mistakes(
    what: str, columns: Iterable[object], cells: Callable[[int], Iterable[str]]
) -> None:
    """Refuse ``patches.mistakes()`` as labels: what a model invented is not there.

    `cells` returns the texts of a column, by its place.
    """
    titles = [*map(str, columns)]
    plain = [*map(plain_name, titles)]
    if not {"mistake", "truth"} <= {*plain}:
        return
    place = plain.index("mistake")
    said = [*map(plain_name, cells(place))]
    n = said.count(plain_name("false positive"))
    if n:
        title = shown(titles[place])
        raise InvalidValueError(
            f"{what}: the column {title} says that {n:,} of {len(said):,} rows are false "
            "positives, and what a model invented is no label",
            remedy=InPython(
                f"table[table[{title}] == 'missed'] is what is there; pv.sheet(patches, table) "
                "shows all. Where people wrote the labels since, leave the column out."
            ),
        )


def refuse_own_tables(what: str, columns: Iterable[object]) -> None:
    """Refuse as scores what people decided of a model's, and ``patches.mistakes()``."""
    titles = {*map(plain_name, columns)}
    if "scored" in titles:
        raise InvalidValueError(
            f"{what}: the column 'scored' says that this is a table of what was decided of "
            "patches, and no model's",
            remedy=InPython("sheet.decide(table) takes it, and so does with_labels."),
        )
    if {"mistake", "truth"} <= titles:
        raise InvalidValueError(
            f"{what}: the column 'mistake' says that this is a table of mistakes, in which what is "
            "right has no score",
            remedy=InPython("pv.sheet(patches, table) takes it, as do mosaics and stops."),
        )


def _quoted(name: str) -> str:
    if name and ", " not in name and not name.startswith('"'):
        return name
    return '"' + name.replace('"', '""') + '"'
