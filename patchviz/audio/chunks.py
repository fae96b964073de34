"""Files made of chunks, WAV, VOC, MP4 and their kin: where their sound is, and what follows it."""

from __future__ import annotations

import os
import struct
import zlib
from typing import IO, NamedTuple

from .files import bytes_at, found_at

__all__ = ["SoundChunk", "find_sound_chunk", "second_file"]

# What writers put into a header whose length they do not know yet; no promise about the file.
_UNKNOWN_LENGTH = (range(0x7FFFF000, 0x80000001), range(0xFFFFF000, 0x100000000))
_WRAP = 1 << 32  # a size of 32 bits says less by a multiple of that
_VOC = b"Creative Voice File"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")  # begins a WMA


class _Layout(NamedTuple):
    """How chunks are written: a name, a size, what is in it."""

    magic: bytes
    first: int  # where the first chunk is
    sound: bytes  # what the chunk with the sound is called
    n_name: int = 4
    size: str = "<I"
    lead: int = 0  # bytes in the sound's chunk before the sound
    align: int = 2  # chunks start at multiples of that


_LAYOUTS = (
    _Layout(b"RIFF", 12, b"data"),
    _Layout(b"RF64", 12, b"data"),
    _Layout(b"RIFX", 12, b"data", size=">I"),
    _Layout(b"FORM", 12, b"SSND", size=">I", lead=8),
    _Layout(b"FORM", 12, b"BODY", size=">I"),
    _Layout(b"riff\x2e\x91\xcf\x11", 40, b"data\xf3\xac\xd3\x11", 16, "<Q", align=8),
    _Layout(b"caff", 8, b"data", size=">Q", lead=4, align=1),
)


class SoundChunk(NamedTuple):
    """Where the sound of a file is, by its header and by what follows."""

    start: int  # in bytes
    promised: int | None  # bytes of sound by the header; None where it does not know
    end: int  # where the sound ends; by the header, but for a size that did not fit into it
    rest: bytes  # the beginning of what follows and is no chunk
    n_rest: int  # how much that is
    is_blank: bool  # all of it is zeros
    is_little: bool
    format: bytes  # what a WAV says of its samples
    offset: int = 0  # where in the chunk of an AIFF the sound begins, as it says
    coder: bytes = b""  # what a CAF says of its coder


def find_sound_chunk(handle: IO[bytes]) -> SoundChunk | None:
    """Return where the sound is in a file of chunks; None in another one, or if there is none."""
    size = handle.seek(0, os.SEEK_END)
    head = bytes_at(handle, 0, 24)
    if head[:4] in (b".snd", b"dns."):
        is_big = head[:4] == b".snd"
        start, promised = struct.unpack_from(">II" if is_big else "<II", head, 4)
        known = None if promised == 0xFFFFFFFF else promised
        end = size if known is None else min(size, start + known)
        return _sound(handle, start, known, end, end, not is_big, b"")
    if head.startswith(_VOC):
        return _find_voc(handle, size)
    for layout in _LAYOUTS:
        if head.startswith(layout.magic) and (found := _find(handle, size, layout)):
            return found
    return None


def _find(handle: IO[bytes], size: int, layout: _Layout) -> SoundChunk | None:
    at, long_size, form, coder = layout.first, None, b"", b""
    while (chunk := _chunk(handle, at, layout)) is not None:
        name, n = chunk
        start = at + layout.n_name + struct.calcsize(layout.size)
        if name == b"ds64":
            (long_size,) = struct.unpack_from("<Q", bytes_at(handle, start + 8, 8).ljust(8, b"\0"))
        elif name == b"fmt ":
            form = bytes_at(handle, start, 16)
        elif name == b"kuki":
            coder = bytes_at(handle, start, min(n, 64))
        elif name.startswith(layout.sound):
            n = long_size if long_size is not None and n == 0xFFFFFFFF else n
            is_unknown = n == 2**64 - 1
            if long_size is None:
                is_unknown |= any(n in unknown for unknown in _UNKNOWN_LENGTH)
            promised = None if is_unknown else n - layout.lead
            offset = bytes_at(handle, start, 4) if name == b"SSND" else b""
            start += layout.lead
            end = size if promised is None else min(size, start + promised)
            rest = _after_chunks(handle, _aligned(end, layout), size, layout)
            if end % layout.align and rest < size:  # some writers do not align
                rest = max(rest, _after_chunks(handle, end, size, layout))
            if rest < size and struct.calcsize(layout.size) == 4:
                end, rest = _unwrapped(handle, end, rest, size, layout)
            found = _sound(handle, start, promised, end, rest, "<" in layout.size, form)
            return found._replace(offset=int.from_bytes(offset, "big"), coder=coder)
        at = _aligned(start + n, layout)
    return None


# Blocks of a VOC: which begin with what is said of the sound, in so many bytes; which are sound.
_VOC_LEADS = {1: 2, 9: 12}
_VOC_SOUNDS, _VOC_LAST = (1, 2, 3, 6, 9), 9


def _find_voc(handle: IO[bytes], size: int) -> SoundChunk | None:
    """Return where the sound of a VOC is; None where it is in several blocks."""
    sounds, rest = _voc_blocks(handle, size)
    if len(sounds) != 1 or sounds[0][0] not in _VOC_LEADS:
        return None
    kind, start, n = sounds[0]
    start, promised = start + _VOC_LEADS[kind], n - _VOC_LEADS[kind]
    return _sound(handle, start, promised, min(size, start + promised), rest, True, b"")


def _voc_blocks(handle: IO[bytes], size: int) -> tuple[list[tuple[int, int, int]], int]:
    """Return kinds, starts and sizes of the blocks with the sound of a VOC, and what follows."""
    at = int.from_bytes(bytes_at(handle, 20, 2), "little")
    sounds: list[tuple[int, int, int]] = []
    while at < size:
        head = bytes_at(handle, at, 4)
        kind, n = head[0], int.from_bytes(head[1:], "little")
        if not kind:
            return sounds, at + 1
        if kind > _VOC_LAST or (sounds and at + 4 + n > size):  # that is no block
            break
        if kind in _VOC_SOUNDS:
            sounds.append((kind, at + 4, n))
        at += 4 + n
    return sounds, min(at, size)


def _sound(
    handle: IO[bytes],
    start: int,
    promised: int | None,
    end: int,
    rest: int,
    is_little: bool,
    form: bytes,
) -> SoundChunk:
    size = handle.seek(0, os.SEEK_END)
    head = bytes_at(handle, rest, 64)
    handle.seek(rest)
    is_blank = True
    while is_blank and (block := handle.read(1 << 20)):
        is_blank = not block.strip(b"\0")
    return SoundChunk(start, promised, end, head, size - rest, is_blank, is_little, form)


def _unwrapped(
    handle: IO[bytes], end: int, rest: int, size: int, layout: _Layout
) -> tuple[int, int]:
    """Return where a sound ends whose size did not fit into the header, if chunks follow there."""
    last = end + (size - end) // _WRAP * _WRAP
    if last > end and _after_chunks(handle, _aligned(last, layout), size, layout) >= size:
        return last, size
    return end, rest


def _after_chunks(handle: IO[bytes], at: int, size: int, layout: _Layout) -> int:
    """Return where what is no chunk begins; the size where all of it are some."""
    while at < size:
        end = _chunk_end(handle, at, size, layout)
        if not end:
            return at
        at = _aligned(end, layout)
        if end < at < size and not _chunk_end(handle, at, size, layout):
            at = end  # some writers do not align
    return size


def _chunk_end(handle: IO[bytes], at: int, size: int, layout: _Layout) -> int:
    """Return where a chunk ends that is no sound and no other file; 0 if there is none."""
    chunk = _chunk(handle, at, layout)
    if chunk is None or chunk[0].startswith((layout.sound, layout.magic)):
        return 0
    name, n = chunk
    end = at + layout.n_name + struct.calcsize(layout.size) + n
    is_name = name[:4].isascii() and name[:4].decode("ascii").isprintable()
    return end if is_name and end <= size + layout.align else 0


def _chunk(handle: IO[bytes], at: int, layout: _Layout) -> tuple[bytes, int] | None:
    n_head = layout.n_name + struct.calcsize(layout.size)
    head = bytes_at(handle, at, n_head)
    if len(head) < n_head:
        return None
    (n,) = struct.unpack_from(layout.size, head, layout.n_name)
    n -= n_head if layout.n_name == 16 else 0
    return (head[: layout.n_name], n) if n >= 0 else None


def _aligned(at: int, layout: _Layout) -> int:
    return -(-at // layout.align) * layout.align


def second_file(handle: IO[bytes]) -> int:
    """Return where another file of the kinds that ffmpeg reads follows the first; 0 if none does.

    Those are M4A, MP4, WMA, TTA and VOC.
    """
    size = handle.seek(0, os.SEEK_END)
    head = bytes_at(handle, 0, 19)
    if head.startswith(_ASF):
        return next(found_at(handle, _ASF, 16), 0)
    if head.startswith(b"TTA1"):
        return next((at for at in found_at(handle, b"TTA1", 4) if _is_tta(handle, at)), 0)
    if head == _VOC:
        rest = _voc_blocks(handle, size)[1]
        return rest if bytes_at(handle, rest, len(_VOC)) == _VOC else 0
    at, n_types = 0, 0
    while head[4:8] == b"ftyp" and at < size:
        n, name = struct.unpack(">I4s", bytes_at(handle, at, 8).ljust(8, b"\0"))
        if n == 1:
            n = int.from_bytes(bytes_at(handle, at + 8, 8), "big")
        n_types += name == b"ftyp"
        if n_types > 1:
            return at
        if n < 8:  # it goes on to the end, or is none
            break
        at += n
    return 0


def _is_tta(handle: IO[bytes], at: int) -> bool:
    """Whether the head of a TTA is there: it ends with its checksum."""
    head = bytes_at(handle, at, 22)
    return zlib.crc32(head[:18]).to_bytes(4, "little") == head[18:]
