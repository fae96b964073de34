"""Text of any encoding, and its rows of cells; whatever is wrong is found by line and column."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from .._util.columns import as_number
from .._util.validation import check_named
from .._util.warn import warn_user
from ..errors import InvalidTypeError, LabelFileError, LabelFileNotFoundError, shown

__all__ = [
    "Table",
    "as_path",
    "called",
    "check_cells",
    "parse_table",
    "plain_name",
    "read_text",
    "refuse_at",
]

_MARKS = (  # of UTF-32 first: that of UTF-16 begins alike
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CLOCK = re.compile(r"\s*[-+]?\d+(:\d+)+(\.\d*)?\s*")

_THOUSANDS = re.compile(r"\s*[-+]?[1-9]\d{0,2}(,\d{3})+\s*")
_WITH_POINT = re.compile(r"\s*[-+]?\d*\.\d+\s*")


def as_path(path: object, name: str = "path") -> Path:
    """Return a path, or say that it is none, as the argument of a name."""
    if isinstance(path, str | os.PathLike):
        text = os.fspath(path)
        if isinstance(text, str):
            return Path(check_named(name, text, "the path of a table"))
    raise InvalidTypeError(
        f"{name} is of type {type(path).__name__}. It must be the path of a table of labels."
    )


def called(path: Path) -> str:
    """Return a path as messages call it: with its folder, as each of a season may have the file."""
    folder = path.parent.name
    return f"{folder}/{path.name}" if folder else path.name


def read_text(path: Path, encoding: str | None) -> str:
    r"""Return a file's text, its lines ended by ``\n``.

    Without a name of an encoding it is what a mark at the beginning says, or UTF-16 where every
    other byte is 0, or UTF-8; what is none of these is read as Windows-1252, with a warning.
    """
    if os.path.isdir(path):  # which fails for no name that is too long
        raise LabelFileError(
            f"{shown(str(path))} is a folder",
            remedy="Give the table in it that is of the recording; with_labels and with_scores of "
            "all recordings take the folder.",
        )
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise LabelFileNotFoundError(
            f"There is no file {shown(str(path))} (looked for from {shown(str(Path.cwd()))}). "
            "Check the path."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LabelFileError(f"{shown(str(path))} cannot be read: {reason}.") from error
    if data.startswith(b"PAR1"):
        raise LabelFileError(
            f"{shown(called(path))} is a Parquet file. Give the frame that is in it: "
            f"pandas.read_parquet({shown(path.name)})."
        )
    if data.startswith(b"ooBinaryFile"):  # which holds numbers, and with them bytes of 0
        raise LabelFileError(
            f"{shown(called(path))} is a binary file of Praat. Save it there as a text file."
        )
    text = _decode(path, data, encoding).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        _refuse_binary(path, text.count("\n", 0, text.index("\0")) + 1)
    return without_separator(text)


def without_separator(text: str) -> str:
    """Return a text without what Excel writes first, ``sep=;``; other lines stay where they are."""
    return re.sub(r'\A(\s*)"?sep=[^\w\n]*$', r"\1", text, flags=re.MULTILINE)


def _refuse_binary(path: Path, line: int) -> NoReturn:
    raise LabelFileError(
        f"{shown(called(path))} holds bytes of 0 from line {line} on: it is no text. Give a table "
        "that a program has exported as text."
    )


def _decode(path: Path, data: bytes, encoding: str | None) -> str:
    name = encoding or next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if name is None:
        even, odd = (part.count(0) > len(part) / 4 > 0 for part in (data[:400:2], data[1:400:2]))
        name = {(False, True): "utf-16-le", (True, False): "utf-16-be"}.get((even, odd), "utf-8")
    try:
        return data.decode(name)
    except (LookupError, ValueError) as error:
        if isinstance(error, UnicodeError) and not isinstance(error, UnicodeEncodeError):
            return _not_decoded(path, data, encoding, name, error)
        # The name is none, or nothing that a codec can be asked for.
        raise LabelFileError(
            f"encoding={shown(encoding)} is no encoding that Python knows. "
            'Examples are "utf-8", "utf-16", "cp1252" and "mac-roman".'
        ) from None


def _not_decoded(
    path: Path, data: bytes, encoding: str | None, name: str, error: UnicodeError
) -> str:
    """Return text that is not in its encoding as Windows-1252, or say where it is not."""
    if encoding is None and name == "utf-8":
        if b"\0" in data:
            _refuse_binary(path, data.count(b"\n", 0, data.index(b"\0")) + 1)
        warn_user(
            f"{called(path)} is no UTF-8, and was read as Windows-1252 (Latin-1). Where its names "
            "look wrong, give encoding=."
        )
        return data.decode("latin-1").translate(_WINDOWS)
    where = ""
    if isinstance(error, UnicodeDecodeError):
        n_before = data[: error.start].count(b"\n")
        where = f", line {n_before + 1}"
    raise LabelFileError(
        f"{shown(called(path))}{where}: its bytes are no {name}. Give the encoding that it "
        'was written in, such as encoding="cp1252".'
    ) from None


# The five bytes that Windows-1252 leaves out are those of Latin-1.
_WINDOWS = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in b"\x81\x8d\x8f\x90\x9d"
}


def refuse_at(file: str, line: int, column: int, name: str, reason: str) -> NoReturn:
    """Raise an error that says where in a file something is wrong; both count from 1."""
    named = f" ({shown(name)})" if name else ""
    error = LabelFileError(f"{shown(file)}, line {line}, column {column}{named}: {reason}")
    error.line, error.column = line, column
    raise error


@dataclasses.dataclass(frozen=True)
class Table:
    """Cells by column, and where each row stood.

    Attributes
    ----------
    file : str
        The file's name.
    header : list of str
    columns : list of list of str
        The cells of every column.
    lines : list of int
        The line of every row, from 1.
    delimiter : str
        What stands between cells.
    """

    file: str
    header: list[str]
    columns: list[list[str]]
    lines: list[int]
    delimiter: str = "\t"

    def find(self, names: Iterable[str]) -> int | None:
        """Return the column with the first of some names that is there, in whatever case.

        What is there twice is refused: nobody knows which one counts.
        """
        known = [plain_name(name) for name in self.header]
        name = next((name for name in map(plain_name, names) if name in known), None)
        if name is None:
            return None
        first, *others = (column for column, other in enumerate(known) if other == name)
        if others:
            self.refuse_column(others[0], "is there twice. Rename or remove one of them.")
        return first

    def texts(self, column: int | None) -> list[str] | None:
        """Return the cells of a column, without blanks around them."""
        return None if column is None else [cell.strip() for cell in self.columns[column]]

    def known(self, column: int | None) -> NDArray[np.float64] | None:
        """Return the numbers of a column that may be missing, NaN where a cell is blank."""
        return None if column is None else self.numbers(column, blank=True)

    def numbers(self, column: int, *, blank: bool = False) -> NDArray[np.float64]:
        """Return the numbers of a column; where cells may be blank, those are NaN."""
        cells = self.columns[column]
        commas = [row for row, cell in enumerate(cells) if "," in cell]
        if commas:
            self._check_commas(column, commas)
        numbers = np.empty(len(cells))
        for row, cell in enumerate(cells):
            text = cell.replace(",", ".") if commas else cell
            try:
                number = as_number(text)
                if number - number != 0:  # infinite or not a number
                    raise ValueError
            except ValueError:
                if not (blank and (not text.strip() or text.strip().lower() in ("nan", "na"))):
                    reason = f"{shown(cell)} is no number." if text.strip() else "is empty."
                    if _CLOCK.fullmatch(text):
                        reason = f"{shown(cell)} is a time of a clock, and must be in seconds."
                    self.refuse(row, column, reason)
                number = np.nan
            numbers[row] = number
        return numbers

    def _check_commas(self, column: int, rows: list[int]) -> None:
        """Refuse numbers with commas that may part thousands, and not whole from parts."""
        cells, cell = self.columns[column], self.columns[column][rows[0]]
        if any(_WITH_POINT.fullmatch(cell) for cells in self.columns for cell in cells):
            self.refuse(
                rows[0], column, f"{shown(cell)} has a comma, and other numbers have points."
            )
        if self.delimiter == "," and all(_THOUSANDS.fullmatch(cells[row]) for row in rows):
            self.refuse(
                rows[0], column,
                f"{shown(cell)} may be {cell.replace(',', '')} or {cell.replace(',', '.', 1)}. "
                "Write it without the comma, or with a point.",
            )  # fmt: skip

    def take(self, rows: Iterable[int]) -> Table:
        """Return a table of some of the rows, perhaps several times."""
        rows = [*rows]
        columns = [[cells[row] for row in rows] for cells in self.columns]
        return dataclasses.replace(self, columns=columns, lines=[self.lines[row] for row in rows])

    def without_blank(self, columns: Iterable[int]) -> Table:
        """Return the rows in which some of these columns says something."""
        cells = zip(*(self.columns[column] for column in columns), strict=True)
        said = [any(cell.strip() for cell in row) for row in cells]
        return self if all(said) else self.take(row for row, says in enumerate(said) if says)

    def refuse(self, row: int, column: int, reason: str) -> NoReturn:
        """Raise an error that says where something is wrong."""
        name = self.header[column] if self.header else ""
        refuse_at(self.file, self.lines[row], column + 1, name, reason)

    def refuse_column(self, column: int, reason: str) -> NoReturn:
        """Raise an error that says what is wrong with a column."""
        refuse_at(self.file, 1, column + 1, self.header[column], reason)

    def at(self, **columns: int | None) -> Callable[[int, str, str], NoReturn]:
        """Return what raises an error about a row and a quantity, which some columns hold."""

        def refuse(row: int, name: str, reason: str) -> NoReturn:
            self.refuse(row, columns.get(name) or 0, reason)

        return refuse

    def missing(self, wanted: str, found: str = "") -> NoReturn:
        """Raise an error that says which columns are wanted, and which there are."""
        columns = found or ", ".join(map(repr, self.header))
        refuse_at(self.file, 1, 1, "", f"wanted {wanted}; found the columns {columns}.")


def plain_name(name: object) -> str:
    """Return the name of a column without what makes no difference: case, blanks, - and _."""
    return "".join(re.sub(r"[_\-]", " ", str(name).lower()).split())


def rows_of(
    file: str, text: str, delimiter: str, **options: Any
) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, and the line on which it begins; options are csv.reader's."""
    rows, line = csv.reader(io.StringIO(text), delimiter=delimiter, **options), 1
    try:
        for row in rows:
            yield line, row
            line = rows.line_num + 1
    except csv.Error as error:
        refuse_at(file, line, 1, "", f"{error}. A quotation mark may be missing.")


def parse_table(file: str, text: str, delimiter: str, *, quotes: bool) -> Table:
    """Return the table of a text whose first row that is not empty has the names of columns."""
    header: list[str] = []
    cells, lines = [], []
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    for line, row in rows_of(file, text, delimiter, quoting=quoting, strict=True):
        if not any(cell.strip() for cell in row):
            continue
        if not header:
            header = [name.strip() for name in row]
        else:
            _check_width(file, line, row, len(header))
            cells.append(row[: len(header)])
            lines.append(line)
    columns = [list(column) for column in zip(*cells, strict=True)] or [[] for _ in header]
    return Table(file, header, columns, lines, delimiter)


def _check_width(file: str, line: int, row: list[str], n: int) -> None:
    """Refuse a row that has fewer cells than there are columns, or more that say something."""
    if len(row) < n or any(cell.strip() for cell in row[n:]):
        reason = f"the row has {len(row)} columns, and the first one {n}."
        refuse_at(file, line, min(len(row), n) + 1, "", reason)


def check_cells(file: str, text: str, delimiter: str, names: list[str]) -> None:
    """Refuse what pandas reads otherwise than it is written, without a word.

    That is two columns of one name, and a row that has not as many as there are names: it would be
    shifted, or filled.
    """
    for column, name in enumerate(names):
        if name and name in names[:column]:
            refuse_at(file, 1, column + 1, name, "is there twice. Rename or remove one of them.")
    for line, row in rows_of(file, text, delimiter):
        if len(row) != len(names) and any(cell.strip() for cell in row):
            _check_width(file, line, row, len(names))
