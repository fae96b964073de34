"""What happens to files: they are cut, damaged, joined, and their headers say what is not so."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .ogg import with_length, with_serial

Change = Callable[[np.random.Generator, bytes], bytes]


def cut_at_the_end(rng: np.random.Generator, content: bytes) -> bytes:
    return content[: int(len(content) * rng.uniform())]


def cut_by_some_bytes(rng: np.random.Generator, content: bytes) -> bytes:
    return content[: -int(rng.integers(1, 40))]


def cut_in_the_middle(rng: np.random.Generator, content: bytes) -> bytes:
    first, last = _part(rng, content)
    return content[:first] + content[last:]


def zeroed(rng: np.random.Generator, content: bytes) -> bytes:
    first, last = _part(rng, content)
    return content[:first] + bytes(last - first) + content[last:]


def flipped(rng: np.random.Generator, content: bytes) -> bytes:
    return _flipped(rng, content, len(content))


def flipped_in_its_header(rng: np.random.Generator, content: bytes) -> bytes:
    return _flipped(rng, content, min(len(content), 128))


def junk_before(rng: np.random.Generator, content: bytes) -> bytes:
    return _junk(rng) + content


def junk_after(rng: np.random.Generator, content: bytes) -> bytes:
    return content + _junk(rng)


def emptied(rng: np.random.Generator, content: bytes) -> bytes:
    return b""


# Any file can suffer these.
DAMAGES: tuple[Change, ...] = (
    cut_at_the_end,
    cut_by_some_bytes,
    cut_in_the_middle,
    zeroed,
    flipped,
    flipped_in_its_header,
    junk_before,
    junk_after,
    emptied,
)


def _part(rng: np.random.Generator, content: bytes) -> tuple[int, int]:
    first = int(rng.integers(len(content)))
    return first, first + 1 + int(rng.exponential(len(content) / 5))


def _flipped(rng: np.random.Generator, content: bytes, end: int) -> bytes:
    changed = bytearray(content)
    for at in rng.integers(end, size=rng.integers(1, 12)):
        changed[at] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _junk(rng: np.random.Generator) -> bytes:
    n = int(rng.integers(1, 9000))
    return rng.bytes(n) if rng.integers(2) else bytes(n)


# -- joined ----------------------------------------------------------------------------------


def joined(first: bytes, second: bytes) -> bytes:
    """Return two files one after the other, as ``cat`` joins them."""
    if first.startswith(b"OggS") and second.startswith(b"OggS"):
        second = with_serial(second, 2)
    return first + second


# -- headers ---------------------------------------------------------------------------------


class Field(NamedTuple):
    """A number in a header, counted from the first byte of its tag."""

    name: str
    tag: bytes
    offset: int
    code: str


_RIFF = (
    Field("RIFF size", b"RIFF", 4, "<I"),
    Field("size", b"data", 4, "<I"),
    Field("rate", b"fmt ", 12, "<I"),
    Field("channels", b"fmt ", 10, "<H"),
    Field("bits", b"fmt ", 22, "<H"),
    Field("block", b"fmt ", 20, "<H"),
    Field("encoding", b"fmt ", 8, "<H"),
    Field("fmt size", b"fmt ", 4, "<I"),
)
FIELDS = {
    "WAV": _RIFF,
    "WAVEX": _RIFF,
    "RF64": (
        *_RIFF[2:],
        Field("RIFF size", b"ds64", 8, "<Q"),
        Field("size", b"ds64", 16, "<Q"),
        Field("length", b"ds64", 24, "<Q"),
    ),
    "W64": (
        Field("RIFF size", b"riff", 16, "<Q"),
        Field("size", b"data\xf3\xac", 16, "<Q"),
        Field("rate", b"fmt \xf3\xac", 28, "<I"),
        Field("channels", b"fmt \xf3\xac", 26, "<H"),
    ),
    "AIFF": (
        Field("FORM size", b"FORM", 4, ">I"),
        Field("size", b"SSND", 4, ">I"),
        Field("offset", b"SSND", 8, ">I"),
        Field("length", b"COMM", 10, ">I"),
        Field("channels", b"COMM", 8, ">H"),
        Field("bits", b"COMM", 14, ">H"),
    ),
    "AU": (
        Field("offset", b".snd", 4, ">I"),
        Field("size", b".snd", 8, ">I"),
        Field("encoding", b".snd", 12, ">I"),
        Field("rate", b".snd", 16, ">I"),
        Field("channels", b".snd", 20, ">I"),
    ),
    "CAF": (
        Field("size", b"data", 4, ">Q"),
        Field("rate", b"desc", 12, ">d"),
        Field("channels", b"desc", 36, ">I"),
        Field("length", b"pakt", 20, ">Q"),
    ),
    "FLAC": (Field("length", b"fLaC", 22, ">I"), Field("rate", b"fLaC", 18, ">I")),
    "MP3": (Field("length", b"Xing", 8, ">I"), Field("length", b"Info", 8, ">I")),
    "SVX": (Field("size", b"BODY", 4, ">I"), Field("rate", b"VHDR", 20, ">H")),
    "VOC": (Field("size", b"Creative", 27, "<H"),),
    "M4A": (Field("size", b"mdat", -4, ">I"), Field("rate", b"mdhd", 16, ">I")),
    "OGG": (Field("rate", b"\1vorbis", 12, "<I"), Field("channels", b"\1vorbis", 11, "<B")),
}


def changed_field(content: bytes, field: Field, change: Callable[[float], float]) -> bytes | None:
    """Return a file whose header says something else there; None where it has no such field."""
    at = content.find(field.tag) + field.offset
    if content.find(field.tag) < 0 or at + struct.calcsize(field.code) > len(content):
        return None
    (value,) = struct.unpack_from(field.code, content, at)
    changed = bytearray(content)
    new = change(value)
    if field.code != ">d":
        new = int(new) & 256 ** struct.calcsize(field.code) - 1
    struct.pack_into(field.code, changed, at, new)
    return None if changed == content else bytes(changed)


# Fields that say how much there is, and nothing of what it is: the sound is there all the same.
LENGTHS = ("RIFF size", "FORM size", "size", "length")

# What becomes of a number.
LIES: dict[str, Callable[[float], float]] = {
    "zero": lambda value: 0,
    "one": lambda value: 1,
    "half": lambda value: value // 2,
    "a little less": lambda value: value - 8,
    "a little more": lambda value: value + 8,
    "a third more": lambda value: value * 4 // 3,
    "a hundredfold": lambda value: value * 100,
    "all bits": lambda value: 0xFFFFFFFFFFFFFFFF,
}


def header_changed(
    rng: np.random.Generator, container: str, content: bytes
) -> tuple[str, bytes] | None:
    """Return what was changed and the file; None if this container has no known field."""
    if container == "OGG" and rng.integers(2):
        length = int(rng.choice([0, 1, 1000, 10**6, 2**40]))
        return f"length {length}", with_length(content, length)
    fields = FIELDS.get(container, ())
    for number in rng.permutation(len(fields)):
        name = str(rng.choice(list(LIES)))
        if changed := changed_field(content, fields[number], LIES[name]):
            return f"{fields[number].name} {name}", changed
    return None
