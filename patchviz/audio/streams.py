"""Files that are streams of frames, FLAC and MP3: what their bytes tell."""

from __future__ import annotations

import functools
import os
import re
import struct
from typing import IO

from .files import bytes_at, found_at

__all__ = [
    "MP3_UNSURE",
    "flac_length",
    "flac_parts",
    "last_flac_sample",
    "mp3_damage",
    "mp3_doubt",
    "mp3_size",
]


# -- FLAC ------------------------------------------------------------------------------------

_STEREO = {1, 8, 9, 10}  # two channels, as they are or one of them as a difference


def flac_parts(handle: IO[bytes]) -> list[int]:
    """Return where recordings begin in a FLAC file: in several places if files were joined."""
    head = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
    return [at for at in found_at(handle, b"fLaC", 0) if head.match(bytes_at(handle, at, 8))]


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


def mp3_size(handle: IO[bytes], end: int | None = None) -> tuple[int, bytes] | None:
    """Return where the header of an MP3 says how many bytes there are, and what it should say.

    None if it is right to a hundredth, or says nothing: of what is not libmpg123 complains on
    standard error, past everybody who would want to know.
    """
    size = handle.seek(0, os.SEEK_END)
    at, frame, found = _xing(handle)
    if found is None or frame[found.end() + 3] & 3 != 3:
        return None
    (said,) = struct.unpack_from(">I", frame, found.end() + 8)
    n_bytes = (size if end is None else end) - at
    if abs(n_bytes - said) < 0.01 * n_bytes or n_bytes >> 32:
        return None
    return at + found.end() + 8, n_bytes.to_bytes(4, "big")


def _xing(handle: IO[bytes]) -> tuple[int, bytes, re.Match[bytes] | None]:
    """Return the first frame of an MP3, where it begins, and its name if it is a header."""
    at = _after_tags(handle, 0)
    frame = bytes_at(handle, at, 400).ljust(400, b"\0")
    name = rb"\xff[\xe0-\xff].{2}\0*(?:.{2}\0*)?(Xing|Info)"
    return at, frame, re.match(name, frame, re.DOTALL)


def mp3_doubt(handle: IO[bytes]) -> str:
    """Return why the length that an MP3 file seems to have is no promise; empty if it is one.

    That is one where its first frame says how many frames and bytes there are, and no more bytes
    follow. (Where there are fewer, decoding ends early.)
    """
    size = handle.seek(0, os.SEEK_END)
    at, frame, found = _xing(handle)
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


_KILOBITS = (  # a second, of layer III, by number: MPEG 1; MPEG 2 and 2.5
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
)
_MPEG_RATES = (44100, 48000, 32000, 1)  # Hz, by number


def mp3_damage(handle: IO[bytes]) -> int | None:
    """Return where in an MP3 file a frame should begin and does not.

    None if all of them follow, perhaps with tags between them; -1 if the first does not tell how
    long it is. What is shorter than two frames, at the end, may be padding or an unknown tag.
    """
    end = _without_tags(handle, handle.seek(0, os.SEEK_END))
    at = start = _after_tags(handle, 0)
    begin, block = at, b""
    while end - at > 2 * 1441:
        if at + 4 > begin + len(block):
            begin, block = at, bytes_at(handle, at, 1 << 20)
        n = _mp3_frame(block[at - begin : at - begin + 3])
        if not n:
            n = max(_after_tags(handle, at) - at, 128 * (bytes_at(handle, at, 3) == b"TAG"))
        if not n:
            return at if at > start else -1
        at += n
    return None


@functools.lru_cache(maxsize=256)  # a file has thousands of frames, with a few heads
def _mp3_frame(head: bytes) -> int:
    """Return how many bytes a frame has, by the three of its head; 0 where that does not tell."""
    if head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # only layer III
        return 0
    version = head[1] >> 3 & 3  # 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
    bits = 1000 * _KILOBITS[version != 3][head[2] >> 4]
    rate = _MPEG_RATES[head[2] >> 2 & 3] // {3: 1, 2: 2, 1: 1, 0: 4}[version]
    if not bits or rate < 8000:
        return 0
    return (144 if version == 3 else 72) * bits // rate + (head[2] >> 1 & 1)


def _after_tags(handle: IO[bytes], at: int) -> int:
    """Return where the sound begins: after the tags that begin somewhere."""
    while (tag := bytes_at(handle, at, 10))[:3] == b"ID3" and len(tag) == 10:
        n = tag[6] << 21 | tag[7] << 14 | tag[8] << 7 | tag[9]
        at += 10 + n + (10 if tag[5] & 0x10 else 0)
    return at


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
