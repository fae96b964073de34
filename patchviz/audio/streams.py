"""Files that are streams of pages or frames, Ogg, FLAC and MP3: what their bytes tell."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from typing import IO, NamedTuple

from .files import bytes_at

__all__ = [
    "MP3_UNSURE",
    "OggLink",
    "flac_length",
    "flac_parts",
    "last_flac_sample",
    "mp3_doubt",
    "ogg_counts_too_few",
    "ogg_links",
]


# -- Ogg -------------------------------------------------------------------------------------


class OggLink(NamedTuple):
    """One of the recordings that are chained in an Ogg file, as far as its pages tell."""

    start: int  # in bytes
    end: int
    n_streams: int
    is_complete: bool  # its last page is whole, and marked as the last
    last: int  # where that begins
    counted: int  # samples to the end of the page before


def ogg_links(handle: IO[bytes]) -> list[OggLink]:
    """Return the links of a chained Ogg file: one for a plain file, none for a damaged start."""
    size = handle.seek(0, os.SEEK_END)
    links: list[OggLink] = []
    at = most = 0
    was_first = False  # the page before was the first of a stream
    while at < size:
        handle.seek(at)
        head = handle.read(27 + 255)
        if head[:4] != b"OggS" or len(head) < 27:
            at = _next_page(handle, at + 1, size)
            continue
        table = head[27 : 27 + head[26]]
        end = at + 27 + head[26] + sum(table)
        (granule,) = struct.unpack_from("<q", head, 6)
        is_first, is_last = bool(head[5] & 2), bool(head[5] & 4)
        if is_first and not was_first:
            links.append(OggLink(at, end, 0, False, at, 0))
            most = 0
        was_first = is_first
        if links:
            link = links[-1]
            links[-1] = link._replace(
                end=min(end, size),
                n_streams=link.n_streams + is_first,
                is_complete=is_last and end <= size,
                last=at,
                counted=most,
            )
            most = max(most, granule)
        at = end
    return links


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
        held, slack = sum(map(_opus_samples, packets)), 2 * 5760
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


def _next_page(handle: IO[bytes], at: int, size: int) -> int:
    """Return where the next page begins, after some damage."""
    return next(_found(handle, b"OggS", at), size)


# -- FLAC ------------------------------------------------------------------------------------

_STEREO = {1, 8, 9, 10}  # two channels, as they are or one of them as a difference


def flac_parts(handle: IO[bytes]) -> list[int]:
    """Return where recordings begin in a FLAC file: in several places if files were joined."""
    head = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
    return [at for at in _found(handle, b"fLaC", 0) if head.match(bytes_at(handle, at, 8))]


def last_flac_sample(handle: IO[bytes], start: int) -> int:
    """Return how many samples there are to the last frame's end, 0 if none is found.

    `start` is where the recording begins.
    """
    size = handle.seek(0, os.SEEK_END)
    smallest, largest = struct.unpack(">HH", bytes_at(handle, start + 8, 4).ljust(4, b"\0"))
    at, head = start + 4, b"\0"
    while head[0] < 0x80 and len(head := bytes_at(handle, at, 4)) == 4:
        at += 4 + int.from_bytes(head[1:], "big")
    first = bytes_at(handle, at, 4)  # what is said there, but for a length, all frames say
    tail = bytes_at(handle, max(at, size - (1 << 17)), 1 << 17)  # a frame is hardly longer
    at = len(tail)
    while len(first) == 4 and (at := tail.rfind(first[:2], 0, at)) >= 0:
        frame = tail[at : at + 16].ljust(16, b"\0")
        are_channels = frame[3] >> 4 == first[3] >> 4 or {frame[3] >> 4, first[3] >> 4} <= _STEREO
        if are_channels and frame[3] & 15 == first[3] & 15 and frame[2] & 15 == first[2] & 15:
            found = _flac_frame(frame, smallest if smallest == largest else 0)
            if found:
                return found
    return 0


def flac_length(handle: IO[bytes], start: int, n_samples: int) -> tuple[int, bytes]:
    """Return where the header of a recording says how long it is, and what it should say there."""
    at = start + 21  # after four bits of the rate, the channels and the bits of a sample
    (bits,) = bytes_at(handle, at, 1)
    return at, ((bits >> 4) << 36 | n_samples).to_bytes(5, "big")


def _flac_frame(head: bytes, size: int) -> int:
    """Return the number of the sample after a frame; 0 for what is no frame's head."""
    n_more = 0  # bytes of the number, after the first: as in UTF-8
    while n_more < 7 and head[4] & 0x80 >> n_more:
        n_more += 1
    n_more = max(0, n_more - 1)
    number = head[4] & 0x3F >> n_more if n_more else head[4]
    for byte in head[5 : 5 + n_more]:
        number = number << 6 | byte & 0x3F
    at, code = 5 + n_more, head[2] >> 4
    if code in (6, 7):
        n_samples = int.from_bytes(head[at : at + code - 5], "big") + 1
        at += code - 5
    else:
        n_samples = 192 if code == 1 else 144 << code if code < 6 else 1 << code
    at += {12: 1, 13: 2, 14: 2}.get(head[2] & 15, 0)
    if not code or at > 15 or _crc8(head[:at]) != head[at]:
        return 0
    return (number if head[1] & 1 else number * (size or n_samples)) + n_samples


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc << 1 ^ 0x107 if crc & 0x80 else crc << 1
    return crc & 0xFF


# -- MP3 -------------------------------------------------------------------------------------

MP3_UNSURE = "has a header that may be damaged"


def mp3_doubt(handle: IO[bytes]) -> str:
    """Return why the length that an MP3 file seems to have is no promise; empty if it is one.

    That is one where its first frame says how many frames and bytes there are, and no more bytes
    follow. (Where there are fewer, decoding ends early.)
    """
    size = handle.seek(0, os.SEEK_END)
    at = 0
    while (tag := bytes_at(handle, at, 10))[:3] == b"ID3" and len(tag) == 10:
        n = tag[6] << 21 | tag[7] << 14 | tag[8] << 7 | tag[9]
        at += 10 + n + (10 if tag[5] & 0x10 else 0)
    frame = bytes_at(handle, at, 400).ljust(400, b"\0")
    found = re.match(rb"\xff[\xe0-\xff].{2}\0*(?:.{2}\0*)?(Xing|Info)", frame, re.DOTALL)
    if found is None:
        return "has no header that says how long it is"
    flags, _, n_bytes = struct.unpack_from(">III", frame, found.end())
    if not flags & 1:
        return "has a header that does not say how long it is"
    if not flags & 2:
        return MP3_UNSURE
    lame = found.end() + 12 + 100 * bool(flags & 4) + 4 * bool(flags & 8)
    if frame[lame : lame + 4] in (b"LAME", b"Lavf", b"Lavc"):
        (checksum,) = struct.unpack_from(">H", frame, lame + 34)
        blank = frame[: lame + 34] + b"\0\0" + frame[lame + 36 :]
        if checksum not in (_crc16(blank[: lame + 34]), _crc16(blank[:190])):  # LAME's, ffmpeg's
            return MP3_UNSURE
    rest = bytes_at(handle, at + n_bytes, 200)
    is_another = rest.startswith(b"ID3") or b"Xing" in rest or b"Info" in rest
    # What else is shorter than some frames is a tag that we do not know, or padding.
    if is_another or _without_tags(handle, size) - at - n_bytes > 4096:
        return "goes on after what its header says"
    return ""


def _without_tags(handle: IO[bytes], end: int) -> int:
    """Return where the sound ends: before the tags at the end of the file."""
    while True:
        if bytes_at(handle, end - 128, 3) == b"TAG":
            end -= 128
        elif (foot := bytes_at(handle, end - 32, 32))[:8] == b"APETAGEX" and len(foot) == 32:
            n, _, flags = struct.unpack_from("<III", foot, 12)
            end -= n + (32 if flags >> 31 else 0)
        elif bytes_at(handle, end - 9, 9) == b"LYRICS200":
            digits = bytes_at(handle, end - 15, 6)
            end -= 15 + (int(digits) if digits.isdigit() else 0)
        else:
            return end


def _crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def _found(handle: IO[bytes], what: bytes, at: int) -> Iterator[int]:
    """Yield where a file has some bytes, from one of its bytes on."""
    before = b""
    handle.seek(at)
    while block := handle.read(1 << 20):
        text = before + block
        found = -1
        while (found := text.find(what, found + 1)) >= 0:
            yield at - len(before) + found
            handle.seek(at + len(block))  # whoever asks may read in between
        at += len(block)
        before = text[1 - len(what) :]
