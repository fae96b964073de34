"""When a recording began: as its user says, as its file's name or what is written in it says."""

from __future__ import annotations

import contextlib
import numbers
import os
import re
import stat
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import PurePath
from typing import IO, Any, TypeAlias

import numpy as np

from .._util.validation import check_number, scalar
from .._util.warn import warn_user
from ..errors import (
    Argument,
    AudioFileError,
    InPython,
    InvalidTypeError,
    InvalidValueError,
    Setting,
    shown,
)
from .files import bytes_at, checked_file, opened

__all__ = ["Start", "check_began", "when_began"]

Start: TypeAlias = float | str | date

_ALLOWED = (
    InPython("seconds, a datetime or "),
    "a time as ISO 8601 writes it, such as 2024-05-12T06:30; or filename or metadata",
)

_SINCE_1970 = (1e8, 1e10)  # s; no recording lasts three years, nor is of the year 2286

# What pandas has nanoseconds for, and nobody's recordings are beyond.
_YEARS = (1678, 2261)

# Of those that there are: what else follows is a number.
_ZONE = r"(?P<zone>Z|[+-](?:0\d|1[0-4]):?(?:00|15|30|45))?"
_DATE = r"(?P<y>(?:19|20)\d\d){}(?P<m>[01]\d){}(?P<d>[0-3]\d)"
_TIME = r"(?P<H>[0-2]\d){}(?P<M>[0-5]\d){}(?P<S>[0-5]\d)(?P<f>[.]\d{{1,6}}(?=\D|$))?"

# What recorders write, what says most first; no digit stands beside any of them.
_NAMES = [
    re.compile(rf"(?<!\d){pattern}(?!\d)")
    for pattern in (
        # AudioMoth, SM2 to SM4 (with $ where they compress), Frontier Labs (with a zone), icListen
        _DATE.format("", "") + r"[_T$ -]?" + _TIME.format("", "") + _ZONE,
        # ISO 8601, as Unix and Windows let one write it
        _DATE.format("-", "-") + r"[_T -]" + _TIME.format("[:.h_-]", "[:.m_-]") + _ZONE,
        # SoundTrap: 5146.240512063000; Zoom and Tascam: 240512_063000, 240512-063000
        r"(?P<y>\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)[_-]?" + _TIME.format("", ""),
    )
]
# AudioMoth until 2019: seconds since 1970, of 2012 to 2029, so that no date is taken for them.
_HEX = re.compile(r"[56][0-9A-F]{7}")

# "Recorded at 19:17:30 06/04/2018 (UTC-7) by AudioMoth ..."; the first ones named no zone, and
# their clocks were UTC
_AUDIOMOTH = re.compile(
    r"Recorded at (?P<H>\d\d):(?P<M>\d\d):(?P<S>\d\d)(?P<f>\.\d{1,6})? "
    r"(?P<d>\d\d)/(?P<m>\d\d)/(?P<y>\d{4}) "
    r"(?:\(UTC(?P<zone>[+-]\d{1,2}(?::?\d\d)?)?\)|by AudioMoth)"
)
_GUANO = re.compile(r"^Timestamp:[ \t]*(\S.*?)\s*$", re.MULTILINE)
_EXPANSION = re.compile(rb"^TE:[ \t]*(\d{1,3})\s*$", re.MULTILINE)

_BEXT = re.compile(r"(?P<y>\d{4})\D(?P<m>\d\d)\D(?P<d>\d\d)(?P<H>\d\d)\D(?P<M>\d\d)\D(?P<S>\d\d)")

_MOST = 1 << 20  # bytes of a chunk of text


def when_began(
    file: str | os.PathLike[str] | IO[bytes] | None, start: Start
) -> tuple[float, datetime | None]:
    """Return the time of a recording's first sample, and when that was, if it is known.

    Parameters
    ----------
    file : path or binary file object, optional
        The recording; samples have none.
    start : float, str or datetime
        Seconds; a datetime, or one as ISO 8601 writes it; ``"filename"`` or ``"metadata"``.
        A date is its midnight.
    """
    if isinstance(start, date | np.datetime64):
        return 0.0, check_began("start", start)
    if isinstance(start, str):
        if start in ("filename", "metadata"):
            return 0.0, _of_file(file, start)
        with contextlib.suppress(ValueError):
            return 0.0, check_began("start", datetime.fromisoformat(start))
        raise InvalidValueError(Argument("start", start), " is no time", allowed=_ALLOWED)
    if isinstance(scalar(start), numbers.Real) and not isinstance(start, bool):
        number = check_number("start", start, unit="s")
        if number >= _SINCE_1970[0] or _is_date(number):
            _tell_no_seconds(number)
        return number, None
    kind = type(start).__name__
    raise InvalidTypeError(Argument("start", start), f" is of type {kind}", allowed=_ALLOWED)


def _is_date(number: float) -> bool:
    """Return whether the digits of a number are a date, as of a column that says 20240512."""
    try:
        return 1900 <= date.fromisoformat(f"{number:.0f}").year <= 2100
    except ValueError:
        return False


def _tell_no_seconds(number: float) -> None:
    """Warn of a number of seconds that is a moment, as computers and recorders write them."""
    what, moment = "seconds since 1970", "datetime.fromtimestamp(start, UTC)"
    lasting = f"{number / 31_557_600:,.0f} years"
    if number >= _SINCE_1970[1]:
        what, moment = "milliseconds since 1970 or the digits of a date", '"2024-05-12T06:30"'
    elif number < _SINCE_1970[0]:
        what, moment = "the digits of a date", '"2024-05-12"'
        lasting = f"{number / 86_400:.0f} days"
    warn_user((
        Argument("start", number, "s"),
        f" is {lasting}: {what}, it seems. Give the moment, and axes show the time of day",
        InPython(f": start={moment}"), ".",
    ))  # fmt: skip


def _of_file(file: Any, start: str) -> datetime:
    if file is None:
        raise InvalidValueError(
            Argument("start", start), ", and samples are no file", remedy="Give a time."
        )
    return _of_name(file) if start == "filename" else _of_metadata(file)


def check_began(name: str, value: object, last: float = 0.0) -> datetime:
    """Return when time 0 was, with one offset from UTC for the whole of a recording.

    Parameters
    ----------
    name : str
        What the argument is called.
    value : datetime
    last : float
        The time furthest from 0 in the recording, in seconds: it must have a date.
    """
    given = value.astype("datetime64[us]").item() if isinstance(value, np.datetime64) else value
    if isinstance(value, np.datetime64) and isinstance(given, int):  # beyond the years of datetime
        given = datetime.max
    if type(given) is date:  # as text without a time of day is, which pandas makes of midnights
        given = datetime.combine(given, time.min)
    if not isinstance(given, datetime):
        kind = type(value).__name__
        raise InvalidTypeError(
            Argument(name, value), f" is of type {kind}", allowed="a datetime.datetime"
        )
    try:
        moment = datetime.combine(given.date(), given.time(), _fixed(given))
        years = [one.year for one in (moment, moment + timedelta(seconds=last))]
    except (OverflowError, ValueError, NotImplementedError):  # also of NaT and years of pandas
        years = [0]
    if not _YEARS[0] <= min(years) <= max(years) <= _YEARS[1]:
        raise InvalidValueError(
            Argument(name, shown(value, str)),
            " is not allowed",
            allowed=f"such that all of the recording is in the years {_YEARS[0]} to {_YEARS[1]}",
        )
    return moment


def _fixed(moment: datetime) -> timezone | None:
    """Return the offset from UTC; no clock is changed while a recording goes on."""
    offset = moment.utcoffset()
    return None if offset is None else timezone(offset)


# -- names -----------------------------------------------------------------------------------


def _of_name(file: Any) -> datetime:
    path = file if isinstance(file, str | os.PathLike) else getattr(file, "name", "")
    name = PurePath(path).name if isinstance(path, str | os.PathLike) else ""
    stem = PurePath(name).stem
    for pattern in _NAMES:
        for match in pattern.finditer(stem):
            if (moment := _moment(match)) is not None:
                return moment
    if _HEX.fullmatch(stem.upper()):
        return datetime.fromtimestamp(int(stem, 16), UTC)
    named = shown(name) if name else "of a file object without one"
    raise InvalidValueError(
        Argument("start", "filename"),
        f": the name {named} holds no date and time that a recorder writes, such as "
        "20240512_063000, 20240512T063000+0200, 5146.240512063000 or 5CD7E6F0",
        remedy=("Give a time: ", Setting("start", "2024-05-12T06:30"), "."),
    )


def _moment(match: re.Match[str]) -> datetime | None:
    """Return the date and time of a match, or None if there is no such."""
    found = match.groupdict()
    year = int(found["y"])
    try:
        month, day, hour, minute, second = (int(found[part]) for part in "mdHMS")
        return datetime(
            year + 2000 if year < 100 else year, month, day, hour, minute, second,
            round(1e6 * float(found.get("f") or 0)), _zone(found.get("zone")),
        )  # fmt: skip
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | None:
    """Return the offset from UTC that is written: Z, +0200, +02:00 or -7."""
    if not text:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


# -- what is written in a file ---------------------------------------------------------------


def _of_metadata(file: Any) -> datetime:
    if _comes_once(file):
        raise InvalidValueError(
            Argument("start", "metadata"),
            ", and what comes from a pipe is read once, for its sound",
            remedy="Give a time, or the path of a file.",
        )
    source, name = checked_file(file)
    with opened(source, name) as handle:
        found: dict[bytes, bytes] = {}
        for chunk, content in _chunks(handle):  # of some there are several
            found[chunk] = found.get(chunk, b"") + content
    _tell_expanded(found, name)
    for read in (_guano, _wamd, _audiomoth, _bext):
        if (moment := read(found)) is not None:
            return moment
    raise AudioFileError(
        Argument("start", "metadata"),
        f": {shown(name) if name else 'the file object'} does not say when it was recorded. "
        "A WAV does in a GUANO, wamd or bext chunk, or in the comment of an AudioMoth",
        remedy=("Give a time, or ", Setting("start", "filename"), "."),
    )


def _comes_once(file: Any) -> bool:
    """Whether a file is a pipe; what is no file at all is told where it is opened."""
    if isinstance(file, str | os.PathLike):
        with contextlib.suppress(OSError, ValueError):
            return stat.S_ISFIFO(os.stat(file).st_mode)
        return False
    is_open = hasattr(file, "read") and not getattr(file, "closed", False)
    return is_open and not (hasattr(file, "seekable") and file.seekable())


def _chunks(handle: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the names of a WAV's chunks that are texts, and what is in them."""
    head = bytes_at(handle, 0, 12)
    if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
        return
    at, long_size = 12, 0
    while len(head := bytes_at(handle, at, 8)) == 8:
        name, size = head[:4], struct.unpack("<I", head[4:])[0]
        if not (name.isascii() and name.decode().isprintable()):
            return  # sound, of which no header said how much there is
        if name == b"ds64":
            long_size = struct.unpack("<Q", bytes_at(handle, at + 16, 8).ljust(8, b"\0"))[0]
        elif name == b"data" and size == 0xFFFFFFFF:
            size = long_size
        elif name in (b"guan", b"wamd", b"bext", b"LIST"):
            yield name, bytes_at(handle, at + 8, min(size, _MOST))
        at += 8 + size + size % 2


def _guano(chunks: dict[bytes, bytes]) -> datetime | None:
    text = chunks.get(b"guan", b"").decode("utf-8", "replace").rstrip("\0")
    for stamp in _GUANO.findall(text):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(stamp)
    return None


def _tell_expanded(chunks: dict[bytes, bytes], name: str) -> None:
    """Warn of a detector's recording that is slowed down, by which times of day are wrong."""
    match = _EXPANSION.search(chunks.get(b"guan", b""))
    if match is None or (times := int(match[1])) < 2:
        return
    warn_user((
        f"{shown(name) if name else 'the file object'} is {times} times slower than what was "
        f"recorded, says its GUANO (TE: {times}): frequencies are as much too low, and times of "
        "day go on too long. Give its samples the rate they were recorded at",
        InPython(f": Spectrogram.from_audio(y, sr={times} * sr)"), ".",
    ))  # fmt: skip


def _wamd(chunks: dict[bytes, bytes]) -> datetime | None:
    """Return the fifth field of what Song Meters write: its number, its length, a text."""
    data, at = chunks.get(b"wamd", b""), 0
    while at + 6 <= len(data):
        number, length = struct.unpack_from("<HI", data, at)
        if number == 5:
            with contextlib.suppress(ValueError):
                return datetime.fromisoformat(data[at + 6 :][:length].decode("ascii", "replace"))
        at += 6 + length
    return None


def _audiomoth(chunks: dict[bytes, bytes]) -> datetime | None:
    match = _AUDIOMOTH.search(chunks.get(b"LIST", b"").decode("latin-1"))
    if match is None or (moment := _moment(match)) is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bext(chunks: dict[bytes, bytes]) -> datetime | None:
    """Return OriginationDate and OriginationTime (EBU Tech 3285): the separators may differ."""
    match = _BEXT.fullmatch(chunks.get(b"bext", b"")[320:338].decode("latin-1"))
    return None if match is None else _moment(match)
