"""Labels from any table that people have, and back to the programs that they were made with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .._util.columns import texts_in
from .._util.files import write_whole
from .._util.validation import check_choice, check_file, check_no_folder, check_text
from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError, shown
from .audacity import audacity_text, is_audacity, read_audacity
from .birdnet import is_birdnet, of_what_was_found, read_birdnet
from .cells import refuse_mistakes
from .columns import match_columns
from .frame import SILENT, with_silent
from .raven import is_raven, raven_text, read_raven
from .rttm import is_rttm, read_rttm
from .table import labels_from, other_columns, plain_frame, read_table, table_text
from .text import as_path, called, read_text, refuse_at
from .textgrid import is_textgrid, read_textgrid

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_labels", "read_labels", "write_labels"]

# What has no names of columns, and what has.
_TRACKS = (
    ("a TextGrid", is_textgrid, read_textgrid),
    ("RTTM", is_rttm, read_rttm),
    ("an Audacity label track", is_audacity, read_audacity),
)
_TABLES = ((is_birdnet, read_birdnet), (is_raven, read_raven))

# What each format that is written has no column for.
_NO_PLACE = {
    "raven": ("a Raven selection table", ("tier",)),
    "audacity": ("an Audacity label track", ("score", "file", "tier")),
    "csv": ("a CSV table of labels", ("tier",)),
}

_TEXTS = {"raven": raven_text, "audacity": audacity_text, "csv": table_text}
_BY_ENDING = {".csv": "csv", ".txt": "raven", ".tsv": "raven", "": "raven"}


def read_labels(
    path: str | os.PathLike[str], *, label: str | None = None, encoding: str | None = None
) -> pd.DataFrame:
    r"""Read a table of labels: Raven, Audacity, Praat, RTTM, BirdNET, opensoundscape or plain CSV.

    What it is is told from its content. Times are those of the file that was labelled; in a table
    of Raven that was opened as a list of files ``File Offset (s)`` says them, also where a
    spreadsheet has made a CSV of it.

    Parameters
    ----------
    path : str or path-like
        Raven's selection table, Audacity's label track (with its frequencies), Praat's TextGrid
        (long or short), RTTM, BirdNET's results as CSV or for Raven, or any table with a line of
        names of columns, parted by commas, semicolons or tabs. One of clips, as opensoundscape
        trains on it, has a column for each class in place of labels: each 1 or True in it is a
        label of that class, from the start of the clip to its end, and 0 or False is none. Other
        numbers are scores, and refused.
    label : str, optional
        The column that holds the labels, where its name does not tell. TextGrids, RTTM and
        Audacity's tracks have none to choose, and a warning says so.
    encoding : str, optional
        Name of the text's encoding. By default it is found: UTF-8 or UTF-16, else Windows-1252.

    Returns
    -------
    pandas.DataFrame
        One row for each label, in the file's order: ``start_time`` and ``end_time`` in seconds,
        ``label``, ``low_f`` and ``high_f`` in Hz and ``score``, NaN where they are not known;
        ``file`` where the table names one, ``tier`` of a TextGrid. A table without rows, of which
        somebody has looked at the sound and found nothing, is a frame without rows.

    Raises
    ------
    LabelFileNotFoundError
        If there is no such file.
    LabelFileError
        If it is damaged, or has no column of times or labels; `line` and `column` say where.
    InvalidTypeError, InvalidValueError
        If an argument is not what it must be, or several columns may hold the labels; if a table of
        mistakes is read without `label`, of which what a model invented is no label.

    Warns
    -----
    UserWarning
        If the file is empty, or has no columns of which `label` is one.

    See Also
    --------
    Spectrogram.with_labels : A spectrogram that knows its labels.
    write_labels : The way back, to Raven, Audacity and CSV.

    Examples
    --------
    >>> import patchviz as pv
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     track = Path(folder) / "track.txt"
    ...     _ = track.write_text("0.5\t1.25\trobin\n2\t2.5\twren\n")
    ...     labels = pv.read_labels(track)
    >>> labels[["start_time", "end_time", "label"]]
       start_time  end_time  label
    0         0.5      1.25  robin
    1         2.0      2.50   wren
    """
    labels = _read(path, label, encoding, whole_files=False)
    labels.attrs.clear()
    return labels


def _read(
    path: str | os.PathLike[str], label: str | None, encoding: str | None, *, whole_files: bool
) -> pd.DataFrame:
    file = as_path(path)
    for name, value in (("label", label), ("encoding", encoding)):
        if value is not None:
            check_text(name, value)
    text = read_text(file, encoding)
    if not text.strip():
        warn_user(
            f"{called(file)} is empty: no labels, as of a track without any, or a file that was "
            "not written to its end."
        )
        return labels_from("labels", [])
    if _is_json(file, text):
        refuse_at(
            called(file), 1, 1, "",
            "is JSON, in which each program lays out labels as it likes. Read it, and give what is "
            'in it as records: spec.with_labels([{"start_time": 0.5, "end_time": 1.25, '
            '"label": "robin"}]), or as a frame: pandas.read_json(...).',
        )  # fmt: skip
    for what, is_it, read_track in _TRACKS:
        if is_it(text):
            if label is not None:
                warn_user((
                    Argument("label", label), f" chooses no column of {called(file)}, which is "
                    f"{what} and has none to choose: its labels are read as they stand.",
                ))  # fmt: skip
            return read_track(called(file), text)
    for is_it, read in _TABLES:
        if is_it(text):
            return read(called(file), text, label)
    return read_table(called(file), text, label, whole_files=whole_files)


def _is_json(file: Path, text: str) -> bool:
    """Whether a text is JSON, be it damaged, or has some in each line."""
    text = text.lstrip()
    if not text.startswith(("{", "[")):
        return False
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return file.suffix.lower() == ".json"
    return True


def as_labels(labels: object) -> pd.DataFrame:
    """Return labels from a path, a data frame of any library, or records.

    A table that names a file for each label need not have times: they are then from minus to plus
    infinity. Which files it names and has no label of, `SILENT` says.
    """
    if isinstance(labels, str | os.PathLike):
        return _read(as_path(labels, "labels"), None, None, whole_files=True)
    frame = plain_frame("labels", labels)
    refuse_mistakes("labels", frame.columns, lambda place: texts_in(frame.iloc[:, place]))
    return _labels_of(frame, whole_files=True)


def _labels_of(frame: pd.DataFrame, *, whole_files: bool) -> pd.DataFrame:
    """Return the labels of a pandas frame; of which of its files there are none, `SILENT` says."""
    found = match_columns(frame.columns)
    files = texts_in(frame.iloc[:, found["file"]]) if "file" in found else ()
    labels = labels_from("labels", of_what_was_found(frame), whole_files=whole_files)
    return with_silent(labels, files)


def write_labels(
    labels: object, path: str | os.PathLike[str], *, format: str | None = None
) -> Path:
    """Write labels for Raven, for Audacity or as CSV: what was picked goes back to its program.

    Parameters
    ----------
    labels : DataFrame or records
        As :func:`read_labels` returns them; for Raven and Audacity of one recording.
        ``patches.to_frame()`` is such a table, whose patches become labels, one for each class in
        them; patches without a class become none, and a warning counts them.
    path : str or path-like
        The file to write; its folder must exist. Raven's end in ``.selections.txt``.
    format : {"raven", "audacity", "csv"}, optional
        Raven's selection table; Audacity's label track, which has no place for scores; or a table
        with the columns that `read_labels` returns, be they of several files: one that is named
        and has no label has a row that names it alone. By default it is CSV where `path` ends in
        ``.csv``, and Raven's where it ends in ``.txt``, ``.tsv`` or has no ending.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not what it must be, if `path` is a folder, if a label or a file's name
        holds a tab, the end of a line or a NUL, or if labels for Raven or Audacity are those of
        several files.
    OSError
        If the file cannot be written.

    Warns
    -----
    UserWarning
        If `labels` know what the file has no place for, or begin or end with a blank, which is
        lost when the file is read.

    See Also
    --------
    read_labels : The way back.

    Examples
    --------
    >>> import patchviz as pv
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = pv.write_labels([(0.5, 1.25, "robin")], f"{folder}/a.selections.txt")
    ...     print(file.read_text())
    Selection  View           Channel  Begin Time (s)  End Time (s)  Annotation
    1          Spectrogram 1  1        0.5             1.25          robin
    """
    if format is not None:
        check_choice("format", format, tuple(_TEXTS))
    frame = _labels_of(plain_frame("labels", labels), whole_files=False)
    file = check_file("path", path, example="birds.selections.txt")
    check_no_folder("path", file, example="birds.selections.txt")
    if format is None:
        format = _by_ending(file)
    _check_words(frame["label"], "label")
    files = [*frame.get("file", ()), *frame.attrs[SILENT]]
    if format != "audacity":
        _check_words(files, "file")
    numbers = {
        name: ["" if np.isnan(value) else _written(value) for value in frame[name]]
        for name in ("start_time", "end_time", "low_f", "high_f", "score")
    }
    where, without = _NO_PLACE[format]
    if format != "csv":
        _check_one_file(files, where)
    lost = [
        name
        for name in without
        if name in frame and (frame[name].notna() & (frame[name] != "")).any()
    ]
    lost += other_columns(labels)
    if lost:
        more = f" and {len(lost) - 6} more" if len(lost) > 6 else ""
        listed = ", ".join(lost[:6]) + more if len(lost) > 2 else " and ".join(lost)
        warn_user(
            f"{listed} of the labels {'is' if len(lost) == 1 else 'are'} left out: {where} has no "
            f"place for {'it' if len(lost) == 1 else 'them'}."
        )
    write_whole(file, _TEXTS[format](frame, numbers).encode())
    return file


def _check_one_file(files: Iterable[str], where: str) -> None:
    """Refuse labels of several files, whose times would be taken for those of one."""
    n_files = len({*files})
    if n_files > 1:
        raise InvalidValueError(
            f"labels are those of {n_files} files, and {where} has one",
            remedy='Write one for each: for file, part in labels.groupby("file"). Or write CSV, '
            "which says of which each is.",
        )


def _by_ending(file: Path) -> str:
    """Return which format a file's name ends as."""
    ending = file.suffix.lower()
    if ending not in _BY_ENDING:
        raise InvalidValueError(
            Argument("path", str(file)), f": labels are not written as {ending}",
            allowed="a name that ends in .csv or .txt",
            remedy="Or say what it is to be: format='raven', 'audacity' or 'csv'.",
        )  # fmt: skip
    return _BY_ENDING[ending]


def _check_words(words: Iterable[str], name: str) -> None:
    """Refuse what a line of a file cannot hold."""
    for text in words:
        if any(mark in text for mark in "\t\n\r\0"):
            raise InvalidValueError(
                f"labels: {shown(text)} holds a tab, the end of a line or a NUL, which "
                f"no cell of the file can hold. Replace them: {name}.replace('\\t', ' ')."
            )
        if text != text.encode("utf-8", "ignore").decode():
            raise InvalidValueError(
                f"labels: {shown(text)} holds halves of characters, which UTF-8 cannot "
                f"write. Replace them: {name}.encode('utf-8', 'replace').decode()."
            )
    blank = [text for text in words if text != text.strip()]
    if blank:
        warn_user(
            f"{len(blank)} of the {name}s begin or end with a blank, first {shown(blank[0])}: "
            f"whoever reads them takes it away. Do so first: {name}.strip()."
        )


def _written(value: float) -> str:
    """Write a number so that it is read as the same again, without an exponent."""
    return np.format_float_positional(value, trim="-")
