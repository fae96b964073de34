"""Ogg files, which are streams of pages: what their bytes tell, and the number of a stream."""

from __future__ import annotations

import os
import struct
import zlib
from typing import IO, NamedTuple

from .files import bytes_at, found_at

__all__ = ["OggLink", "numbered_by_content", "ogg_counts_too_few", "ogg_links"]

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class OggLink(NamedTuple):
    """One of the recordings that are chained in an Ogg file, as far as its pages tell."""

    start: int  # in bytes
    end: int  # before the first damage
    n_streams: int
    is_complete: bool  # its last page is whole, and marked as the last
    last: int  # where that begins
    counted: int  # samples to the end of the page before
    granule: int  # samples to the end of the last page
    is_damaged: bool = False
    is_late: bool = False  # it begins in the middle of what was sent


def ogg_links(handle: IO[bytes]) -> list[OggLink]:
    """Return the links of a chained Ogg file: one for a plain file, none for a damaged start."""
    size = handle.seek(0, os.SEEK_END)
    links: list[OggLink] = []
    numbers: dict[int, int] = {}  # the next page's, for each stream
    at = most = 0
    was_first = False  # the page before was the first of a stream
    while at < size:
        page = bytes_at(handle, at, 27 + 255)
        end = _page_end(page, at)
        if end > at + len(page):
            page = bytes_at(handle, at, end - at)
        following = at
        if end > size or not end or _checksum(page[: end - at]) != page[22:26]:
            following = next(found_at(handle, b"OggS", at + 1), size)
            is_cut = end > size or (not end and b"OggS".startswith(page[:4]))
            if following < size or not is_cut:
                if links and not links[-1].is_complete:
                    links[-1] = links[-1]._replace(is_damaged=True)
                at = following
                continue
            if not end:  # of the last page not even the head is left
                break
        granule, serial, number = struct.unpack_from("<qII", page, 6)
        is_first, is_last = bool(page[5] & 2), bool(page[5] & 4)
        if is_first and not was_first:
            links.append(OggLink(at, end, 0, False, at, 0, 0))
            numbers = {}
            most = 0
        was_first = is_first
        if links and not links[-1].is_damaged:
            link = links[-1]
            if numbers.setdefault(serial, number) != number:
                # The listener of a radio station gets the headers, and then what is being sent.
                link = link._replace(is_damaged=most > 0, is_late=most == 0)
            numbers[serial] = number + 1 & 0xFFFFFFFF
            if not link.is_damaged:
                link = link._replace(
                    end=min(end, size),
                    n_streams=link.n_streams + is_first,
                    is_complete=is_last and end <= size,
                    last=at,
                    counted=most,
                    granule=max(most, granule),
                )
                most = max(most, granule)
            links[-1] = link
        at = end
    return links


def _page_end(page: bytes, at: int) -> int:
    """Return where a page ends that begins somewhere, as its head says; 0 if it has none."""
    if page[:4] != b"OggS" or len(page) < 27 or len(page) < 27 + page[26]:
        return 0
    return at + 27 + page[26] + sum(page[27 : 27 + page[26]])


def _checksum(page: bytes) -> bytes:
    """Return what should stand where a page has its checksum.

    zlib's has the same polynomial, takes each byte from its other end, and starts at ones.
    """
    blank = page[:22] + bytes(4) + page[26:]
    mirrored = zlib.crc32(blank.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return mirrored.to_bytes(4, "big").translate(_MIRRORED)


def numbered_by_content(content: bytes) -> bytes:
    """Return an Ogg file of one stream, whose number depends on what it holds, and not on chance.

    Streams that are chained need numbers that differ, and so encoders draw them by chance: what
    is encoded twice would be two files.
    """
    pages, at = [], 0
    while at < len(content):
        end = _page_end(content[at : at + 27 + 255], 0) + at
        pages.append(bytearray(content[at:end]))
        at = end
    number = 0
    for page in pages:
        page[14:18] = bytes(4)
        number = zlib.crc32(page[26:], number)
    for page in pages:
        page[14:18] = number.to_bytes(4, "little")
        page[22:26] = _checksum(bytes(page))
    return b"".join(pages)


def ogg_counts_too_few(handle: IO[bytes], link: OggLink) -> bool:
    """Whether the last page of Vorbis or Opus counts fewer samples than its packets hold.

    It may count some less: so the end is cut to the sample.
    """
    first = bytes_at(handle, link.start, 27 + 255 + 64)
    codec = first[27 + first[26] :]
    page = bytes_at(handle, link.last, 27 + 255 + 255 * 255)
    (granule,) = struct.unpack_from("<q", page, 6)
    table, at, packets, size = page[27 : 27 + page[26]], 27 + page[26], [], 0
    for n in table:
        size += n
        if n < 255:
            packets.append(page[at : at + min(size, 2)])
            at, size = at + size, 0
    if codec.startswith(b"OpusHead"):
        lengths = [_opus_samples(packet) for packet in packets]
        held, slack = sum(lengths), 2 * max(lengths, default=0)
    elif codec.startswith(b"\1vorbis") and len(codec) > 28:
        sizes = (1 << (codec[28] & 15), 1 << (codec[28] >> 4))
        # Encoders have two modes: short blocks, and long ones.
        lengths = [sizes[packet[0] >> 1 & 1] for packet in packets if packet and not packet[0] & 1]
        held = sum((a + b) // 4 for a, b in zip(lengths, lengths[1:]))  # noqa: B905, RUF007
        slack = 2 * sizes[1]
    else:
        return False
    return bool(granule < link.counted + max(0, held - slack))


def _opus_samples(packet: bytes) -> int:
    """Return how many samples an Opus packet holds, at 48 kHz."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        each = (480, 960, 1920, 2880)[config % 4]
    elif config < 16:
        each = (480, 960)[config % 2]
    else:
        each = (120, 240, 480, 960)[config % 4]
    return each * (1 if code == 0 else 2 if code < 3 else packet[1] & 63 if len(packet) > 1 else 1)
