"""Pages of Ogg files, and their checksums, so that a changed page is as good as its encoder's."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def _table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x104C11DB7 if value & 0x80000000 else 0)
        table.append(value)
    return table


_TABLE = _table()


def pages(content: bytes) -> Iterator[bytearray]:
    """Yield the pages of a whole Ogg file."""
    at = 0
    while at < len(content):
        table = content[at + 27 : at + 27 + content[at + 26]]
        end = at + 27 + len(table) + sum(table)
        yield bytearray(content[at:end])
        at = end


def signed(page: bytearray) -> bytes:
    """Return a page with the checksum of what it holds."""
    page[22:26] = bytes(4)
    checksum = 0
    for byte in page:
        checksum = (checksum << 8) & 0xFFFFFFFF ^ _TABLE[checksum >> 24 ^ byte]
    page[22:26] = struct.pack("<I", checksum)
    return bytes(page)


def with_serial(content: bytes, serial: int) -> bytes:
    """Return an Ogg file whose one stream has another number; encoders choose one by chance."""
    changed = []
    for page in pages(content):
        page[14:18] = struct.pack("<I", serial)
        changed.append(signed(page))
    return b"".join(changed)


def with_length(content: bytes, n_samples: int) -> bytes:
    """Return an Ogg file whose last page counts other samples than there are."""
    *before, last = pages(content)
    last[6:14] = struct.pack("<q", n_samples)
    return b"".join(map(bytes, before)) + signed(last)
