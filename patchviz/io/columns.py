"""What the columns of a table are called, and which of them says what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from .._util.columns import as_number, texts_in
from .._util.warn import warn_user
from ..errors import InPython, InvalidValueError, listed, shown
from .text import plain_name

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SYNONYMS",
    "are_placed",
    "is_counted",
    "match_columns",
    "match_scores",
    "missing_columns",
    "names_predicted",
    "names_whole_files",
    "second_of",
    "tell_rivals",
]

# Case, blanks, hyphens and underscores do not matter. In the order in which they are looked for.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "start_time": ("start_time", "start", "start (s)", "begin time (s)", "begin_time", "begin",
                   "onset", "onset_s", "start_s", "t_start", "tmin", "xmin", "start_seconds"),
    "end_time": ("end_time", "end", "end (s)", "end time (s)", "stop_time", "stop", "offset_s",
                 "end_s", "t_end", "tmax", "xmax", "end_seconds"),
    "duration": ("duration", "duration_s", "duration (s)", "delta time (s)", "length_s"),
    "label": ("label", "labels", "annotation", "event_label", "class", "class_name", "common name",
              "species", "category", "scientific name", "name", "tag", "text", "sound_type",
              "call_type", "primary_label", "ebird_code", "species_code"),
    "low_f": ("low_f", "low_freq", "low freq (hz)", "low_frequency", "min_freq", "min_frequency",
              "freq_low", "freq_min", "fmin", "f_min", "low_hz"),
    "high_f": ("high_f", "high_freq", "high freq (hz)", "high_frequency", "max_freq",
               "max_frequency", "freq_high", "freq_max", "fmax", "f_max", "high_hz"),
    "score": ("score", "confidence", "probability", "prob", "conf"),
    "file": ("file", "audio_file", "filename", "file_name", "filepath", "file_path", "audio_path",
             "path", "begin path", "begin file", "recording"),
}  # fmt: skip


# Others that name classes as well, where the label is another column.
_CLASSES = {
    plain_name(name)
    for name in (
        "label", "labels", "annotation", "annotations", "event_label", "class", "class_name",
        "common name", "species", "category", "scientific name", "sound_type", "call_type",
        "song_type", "primary_label", "ebird_code", "species_code",
    )
}  # fmt: skip
# What a model says that a patch is, where its table has a row for each.
_PREDICTED = ("predicted", "predictedclass", "predictedlabel", "prediction", "pred")
# Columns of numbers that are no scores.
_COUNTED = ("patch", "window", "index", "number", "row", "id", "selection", "channel", "rank",
            "filled", "", "unnamed:0")  # fmt: skip

_PLAIN = {name: [plain_name(other) for other in others] for name, others in SYNONYMS.items()}


def is_counted(title: object) -> bool:
    """Return whether a column of numbers is called as none of scores is."""
    return plain_name(title) in _COUNTED


def match_columns(names: Iterable[object]) -> dict[str, int]:
    """Return the place of every wanted column that is there."""
    plain = [plain_name(name) for name in names]
    found = {
        wanted: next((plain.index(other) for other in others if other in plain), None)
        for wanted, others in _PLAIN.items()
    }
    if found["end_time"] is None and "onset" in plain and "offset" in plain:
        found["end_time"] = plain.index("offset")  # by itself it may be anything
    return {wanted: place for wanted, place in found.items() if place is not None}


def match_scores(frame: pd.DataFrame) -> dict[str, int]:
    """Return the same of a table of scores, whose label is the class that was predicted.

    Not where there are other columns of numbers, which are the scores of each class, and no label
    that has the score.
    """
    found = match_columns(frame.columns)
    plain = [plain_name(name) for name in frame.columns]
    is_number = [dtype.kind in "biuf" for dtype in frame.dtypes]
    # A row for each class: what else counts, as a level does, is no class's score.
    is_found = {"label", "score"} <= found.keys() and "filled" not in plain
    places = [plain.index(name) for name in _PREDICTED if name in plain]
    may_be_numbers = bool(places) and is_found and _are_whole(frame.iloc[:, found["label"]])
    places = [
        place
        for place in places
        if not is_number[place] or (may_be_numbers and _are_whole(frame.iloc[:, place]))
    ]
    others = {k for k, name in enumerate(plain) if is_number[k] and name not in _COUNTED}
    if not places or (others - {*found.values()} and not is_found):
        return found
    if "label" in found:
        label, predicted = (
            shown(str(frame.columns[place])) for place in (found["label"], places[0])
        )
        raise InvalidValueError(
            f"scores: the columns {label} and {predicted} may both name classes. Leave out the one "
            "that is not the model's",
            InPython(f": table.drop(columns={label})"), ".",
        )  # fmt: skip
    return {**found, "label": places[0]}


def _are_whole(column: pd.Series) -> bool:
    """Whether a column has whole numbers, as classes of digits are called."""
    return bool(texts_in(column).str.fullmatch(r"\s*\d+(\.0*)?\s*").all())


def names_predicted(names: Iterable[object]) -> bool:
    """Whether a column is called as what a model says that a patch is."""
    return not {*_PREDICTED}.isdisjoint(map(plain_name, names))


def missing_columns(found: Mapping[str, int]) -> str:
    """Name the columns that are wanted, with their usual other names, and are not there."""
    has_end = "end_time" in found or "duration" in found
    wanted = [
        name
        for name in ("start_time", "end_time", "label")
        if not (has_end if name == "end_time" else name in found)
    ]
    return "; ".join(
        f"{name} (or {', '.join(SYNONYMS[name][1:4])}"
        f"{', duration' if name == 'end_time' else ''} ...)"
        for name in wanted
    )


def names_whole_files(found: Mapping[str, int]) -> bool:
    """Whether a table says which labels files have, and not when."""
    return {"file", "label"} <= found.keys() and not found.keys() & {
        "start_time", "end_time", "duration"
    }  # fmt: skip


def are_placed(found: Mapping[str, int], *, whole_files: bool) -> bool:
    """Whether a table says when its rows are, or need not."""
    if "start_time" in found:
        return bool({"end_time", "duration"} & found.keys())
    return whole_files and "file" in found and not {"end_time", "duration"} & found.keys()


def second_of(names: Iterable[object], found: Mapping[str, int]) -> int | None:
    """Return the place of a second column that is named as one of those found."""
    plain = [plain_name(name) for name in names]
    taken = {plain[place]: place for place in found.values()}
    return next((k for k, name in enumerate(plain) if taken.get(name, k) != k), None)


def tell_rivals(
    what: str,
    titles: Iterable[object],
    found: Mapping[str, int],
    cells: Callable[[int], Iterable[str]],
    label: str | None = None,
) -> None:
    """Warn of columns that may be the label, or the score, as well as those that are taken for it.

    Not of what the column that is taken says, too: names of the same classes in another language.

    Parameters
    ----------
    what : str
        What messages call the table; of a file, whose column of labels can be named, its path.
    titles : iterable
        Names of its columns.
    found : mapping
        The places of those that are taken.
    cells : callable
        Returns the texts of a column by its place.
    label : str, optional
        The column of labels, where it was named.
    """
    titles = [*map(str, titles)]
    plain = [*map(plain_name, titles)]
    for name, others in (("label", _CLASSES), ("score", {*_PLAIN["score"]})):
        # Who gives a table of patches a label knows the labels that they had.
        is_named = name == "label" and (label is not None or "filled" in titles)
        if name not in found or is_named:
            continue
        place = found[name]
        if name == "label" and plain[place] in _PREDICTED:
            others = {*_PREDICTED}
        rivals = [k for k, title in enumerate(plain) if title in others and k != place]
        taken = [*map(str.strip, cells(place))] if rivals else []
        lost = [k for k in rivals if _says_more([*map(str.strip, cells(k))], taken, name)]
        if lost:
            other = shown(titles[lost[0]])
            named = InPython(f"; of a file, pv.read_labels(path, label={other}) does")
            warn_user((
                f"{what}: of the columns {listed(titles[k] for k in (place, *lost))}, each of "
                f"which may be the {name}, the first is, and what else the others say is lost. "
                "Leave out those that are not", named if name == "label" else "", ".",
            ))  # fmt: skip


def _says_more(other: list[str], taken: list[str], name: str) -> bool:
    """Whether a column says what does not follow from the one that is taken."""
    pairs = {(a, b) for a, b in zip(taken, other, strict=True) if b}
    if name == "label":  # the same classes, or larger ones, by other names
        return len(pairs) > len({a for a, _ in pairs})
    return any(a != b and not _is_same_number(a, b) for a, b in pairs)


def _is_same_number(a: str, b: str) -> bool:
    try:
        return as_number(a.replace(",", ".")) == as_number(b.replace(",", "."))
    except ValueError:
        return False
