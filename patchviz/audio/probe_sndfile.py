"""How much sound libsndfile finds in a file, and whether its bytes agree."""

from __future__ import annotations

import contextlib
import math
import os
import struct
from typing import IO, NamedTuple

from .chunks import SoundChunk, find_sound_chunk
from .decode import UNKNOWN_LENGTH, BySndfile, Part, RawSound, decoded_size, opened_part
from .info import TOLERANCE, DoubtError, SoundInfo, joined
from .ogg import OggLink, ogg_counts_too_few, ogg_links
from .streams import (
    MP3_UNSURE,
    flac_length,
    flac_parts,
    last_flac_sample,
    mp3_damage,
    mp3_doubt,
    mp3_size,
)

__all__ = ["found_by_sndfile"]

_WIDTHS = {"PCM_S8": 1, "PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4}
_WIDTHS |= {"FLOAT": 4, "DOUBLE": 8, "ULAW": 1, "ALAW": 1}
_CHUNKED = {"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "SVX", "VOC"}


def found_by_sndfile(handle: IO[bytes]) -> SoundInfo:
    """Return what libsndfile makes of a file, if that is all that there is."""
    links = _ogg_links(handle)
    part, chunk = Part(mended=mp3_size(handle)), find_sound_chunk(handle)
    if links and links[0].is_damaged:
        part = Part(links[0].start, links[0].end)
    opening = _opened(handle, part)
    if links and links[0].is_damaged and not (opening and opening.n_samples):
        damage = f"is damaged at byte {links[0].end}, before any of its sound can be decoded"
        return SoundInfo(1, 1, 0, BySndfile(()), damage=damage, is_counted=True)
    if opening is None and chunk and chunk.n_rest:
        part = Part(end=chunk.end)  # what follows may be what it stumbles over
        opening = _opened(handle, part)
    if opening is None:
        if chunk and chunk.n_rest > 1024 and not chunk.is_blank:
            text = f"is followed by {chunk.n_rest} bytes of which its header does not tell"
            raise DoubtError(text, math.inf, _ignoring_length(chunk))
        size = handle.seek(0, os.SEEK_END)
        if chunk and chunk.start + (chunk.promised or 0) - size > 1024:
            raise DoubtError(damage=_cut_short(chunk, size))
        raise DoubtError
    sr, n_channels, n_samples, form, raw = opening
    decoder = BySndfile((part._replace(n_samples=n_samples),))
    plain = SoundInfo(sr, n_channels, n_samples, decoder)
    if form == "FLAC":
        return _flac(handle, plain)
    if form in _CHUNKED and chunk:
        return _chunked(handle, plain, chunk, raw)
    if form == "VOC":  # libsndfile takes the heads of further blocks for samples
        raise DoubtError("holds its sound in several blocks")
    if form == "OGG":
        return _ogg(handle, links, plain)
    if not 0 < n_samples < UNKNOWN_LENGTH:
        raise DoubtError("does not say how long it is")
    if form == "MP3":
        return _mp3(handle, plain)
    return plain._replace(is_sure=False, remarks=_more_than_counted(handle, plain, form, raw))


class _Opening(NamedTuple):
    sr: int
    n_channels: int
    n_samples: int
    form: str
    raw: RawSound


def _opened(handle: IO[bytes], part: Part) -> _Opening | None:
    """Return what libsndfile says of a part; None if it cannot tell."""
    import soundfile

    with contextlib.suppress(soundfile.LibsndfileError), opened_part(handle, part) as sound:
        raw = RawSound(sound.samplerate, sound.channels, sound.subtype, sound.endian)
        return _Opening(sound.samplerate, sound.channels, sound.frames, sound.format, raw)
    return None


def _more_than_counted(
    handle: IO[bytes], plain: SoundInfo, form: str, raw: RawSound
) -> tuple[str, ...]:
    """Say what follows the samples that a header counts, where each takes as many bytes."""
    width: float = _WIDTHS.get(raw.subtype, 0)
    if form == "SDS":  # packets of 127 bytes; of each byte in the 120 for samples 7 bits are used
        width = 127 / (120 // -(-8 * width // 7)) if width else 0
    elif (form, raw.subtype) == ("PAF", "PCM_24"):
        width = 32 / 10  # as many samples in as many bytes
    width *= plain.n_channels
    rest = handle.seek(0, os.SEEK_END) - round(plain.n_samples * width)
    if not width or rest < _LONGEST_HEADER + TOLERANCE * plain.sr * width:
        return ()
    return (
        f"holds {rest} bytes more than the {plain.duration:.3f} s of sound that its header counts: "
        "they are not read",
    )


def _in_parts(handle: IO[bytes], parts: list[Part], plain: SoundInfo) -> SoundInfo:
    """Return what a file holds in which several recordings follow one another."""
    read: list[Part] = []
    for part in parts:
        opening = _opened(handle, part)
        if opening is None or not 0 < opening.n_samples < _MOST:
            raise DoubtError("holds several recordings, one of which is damaged")
        if (opening.sr, opening.n_channels) != (plain.sr, plain.n_channels):
            damage = (
                "holds several recordings of different rates or channels, and only the first can "
                f"be read. Split the file at byte {part.start} to read the others"
            )
            plain = plain._replace(damage=damage, remedy="")
            break
        read.append(part._replace(n_samples=opening.n_samples))
    n_samples = sum(part.n_samples for part in read)
    return plain._replace(n_samples=n_samples, decoder=BySndfile(tuple(read)))


_ALAC_PACKET = 4096  # samples
_LONGEST_HEADER = 2048  # bytes, of those that are no chunks: of PAF
_MOST = 1 << 50  # samples that a file may count; more is a mistake in it


def _ogg_links(handle: IO[bytes]) -> list[OggLink]:
    """Return the links of an Ogg file that libsndfile may read; none of another file."""
    handle.seek(0)
    if handle.read(4) != b"OggS":
        return []
    links = ogg_links(handle)
    if any(link.n_streams > 1 for link in links):
        raise DoubtError("holds several streams at once")
    if any(ogg_counts_too_few(handle, link) for link in links if link.is_complete):
        raise DoubtError("counts its samples wrongly", math.inf)
    return links


def _ogg(handle: IO[bytes], links: list[OggLink], plain: SoundInfo) -> SoundInfo:
    n_whole = next((i for i, link in enumerate(links) if link.is_damaged), len(links))
    links = links[: n_whole + 1]  # after the first damage nothing is where it was
    if len(links) > 1:
        parts = [Part(link.start, link.end) for link in links]
        if not links[-1].is_complete and not _has_sound(handle, parts[-1]):
            parts.pop()  # no more than its headers, or some of them, is left
        plain = _in_parts(handle, parts, plain)
    if not 0 < plain.n_samples < _MOST:
        raise DoubtError("does not say how long it is", math.inf)
    assert isinstance(plain.decoder, BySndfile)
    parts = [  # the last page may count fewer samples than it holds
        part._replace(seekable=max(0, link.counted - (link.granule - part.n_samples)))
        for part, link in zip(plain.decoder.parts, links, strict=False)
    ]
    found = plain._replace(decoder=BySndfile(tuple(parts)))
    remarks = []
    if any(link.is_late for link in links):
        remarks.append("begins in the middle of a stream: what came before is not in it")
    if n_whole < len(links) and not found.damage:
        found = found._replace(damage=_until(found, links[-1].end))
    elif not links or not all(link.is_complete for link in links):
        remarks.append(
            f"has no end-of-stream mark after {found.n_samples} samples ({found.duration:.3f} s): "
            "it may have been cut short, and what came after is missing"
        )
        found = found._replace(is_cut=True)
    return found._replace(remarks=tuple(remarks))


def _has_sound(handle: IO[bytes], part: Part) -> bool:
    opening = _opened(handle, part)
    return opening is not None and opening.n_samples > 0


def _mp3(handle: IO[bytes], plain: SoundInfo) -> SoundInfo:
    doubt, damaged_at = mp3_doubt(handle), mp3_damage(handle)
    if doubt and doubt != MP3_UNSURE:
        seconds = plain.duration if "goes on" in doubt else 0.0
        raise DoubtError(doubt, seconds, is_intact=damaged_at is None)
    if not damaged_at or damaged_at < 0:
        is_intact = damaged_at is None
        return plain._replace(is_sure=not doubt, is_estimate=bool(doubt), is_intact=is_intact)
    mended = mp3_size(handle, damaged_at)
    part = Part(end=damaged_at, n_samples=plain.n_samples, mended=mended)
    n_samples = decoded_size(handle, part) if _has_sound(handle, part) else 0
    part = part._replace(n_samples=n_samples)
    found = plain._replace(n_samples=part.n_samples, decoder=BySndfile((part,)), is_counted=True)
    return found._replace(damage=_until(found, damaged_at))


def _until(found: SoundInfo, byte: int) -> str:
    """Say that what was found is what a file holds before its first damage."""
    return (
        f"cannot be decoded from {found.duration:.3f} s (sample {found.n_samples}) on: it is "
        f"damaged, or something is missing, at byte {byte}"
    )


def _flac(handle: IO[bytes], plain: SoundInfo) -> SoundInfo:
    size = handle.seek(0, os.SEEK_END)
    starts = flac_parts(handle)
    if len(starts) > 1:
        ends = [*starts[1:], size]
        parts = [Part(start, end) for start, end in zip(starts, ends, strict=True)]
        return _in_parts(handle, parts, plain)
    start = starts[0] if starts else 0
    n_samples = last_flac_sample(handle, start)
    if plain.n_samples != UNKNOWN_LENGTH and n_samples <= plain.n_samples:
        return plain
    if not n_samples:
        raise DoubtError("does not say how long it is")
    mended = flac_length(handle, start, n_samples)
    found = plain._replace(
        n_samples=n_samples, decoder=BySndfile((Part(n_samples=n_samples, mended=mended),))
    )
    if plain.n_samples == UNKNOWN_LENGTH:  # it was written to a pipe
        return found._replace(is_sure=False)
    remark = (
        f"goes on after the {plain.duration:.3f} s of its header: what follows is read too, "
        f"{found.duration:.3f} s in all"
    )
    return found._replace(remarks=(remark,))


def _chunked(handle: IO[bytes], plain: SoundInfo, chunk: SoundChunk, raw: RawSound) -> SoundInfo:
    """Return what a file of chunks holds, its header being compared with its bytes."""
    size = handle.seek(0, os.SEEK_END)
    width = _WIDTHS.get(raw.subtype, 0) * raw.n_channels
    if not width:
        return _coded(handle, plain, chunk, raw.subtype)
    if raw.endian not in ("LITTLE", "BIG"):
        raw = raw._replace(endian="LITTLE" if chunk.is_little else "BIG")
    end, remarks = chunk.end, list(_contradictions(chunk))
    known = None if chunk.promised is None else max(0, chunk.promised) / width / raw.sr
    if chunk.n_rest >= TOLERANCE * raw.sr * width:
        if remark := _not_read(chunk):
            remarks.append(remark)
        else:
            end = size
            remarks.append(
                f"goes on after the {known:.3f} s of its header: what follows is read too, "
                f"{(end - chunk.start) / width / raw.sr:.3f} s in all"
            )
    n_samples = max(0, end - chunk.start) // width
    found = plain
    if n_samples != plain.n_samples:
        part = Part(chunk.start, chunk.start + n_samples * width, n_samples, raw)
        found = plain._replace(n_samples=n_samples, decoder=BySndfile((part,)))
    damage = ""
    missing = (known or 0) - found.duration
    if missing > TOLERANCE:
        damage = _cut_short(chunk, size)
    elif known is not None and chunk.start + (chunk.promised or 0) > size:
        remarks.append(
            f"is {chunk.start + (chunk.promised or 0) - size} bytes shorter than its header says "
            f"({1000 * missing:.3g} ms); what is there is read"
        )
    return found._replace(remarks=tuple(remarks), damage=damage, is_counted=True)


def _cut_short(chunk: SoundChunk, size: int) -> str:
    return (
        f"holds {size - chunk.start} bytes of sound, and its header says {chunk.promised}: it was "
        "cut short"
    )


def _contradictions(chunk: SoundChunk) -> tuple[str, ...]:
    """Say what in the header of a WAV cannot all be true."""
    if chunk.offset > max(0, chunk.promised or 0):
        return (
            f"has a header that contradicts itself: its sound would begin {chunk.offset} bytes on, "
            f"and there are {chunk.promised}. All of them are read",
        )
    if len(chunk.format) < 16:
        return ()
    layout = "<HHIIHH" if chunk.is_little else ">HHIIHH"
    _, n_channels, rate, n_bytes, block, bits = struct.unpack(layout, chunk.format)
    if block == n_channels * -(-bits // 8) and n_bytes == rate * block:
        return ()
    return (
        f"has a header that contradicts itself: {n_channels} channels of {bits} bits in "
        f"{block} bytes, {rate} times a second in {n_bytes} bytes. What is read may be wrong",
    )


def _not_read(chunk: SoundChunk) -> str:
    """Say what follows a sound and is none; empty where it may be more of it."""
    if chunk.rest[:4] in (b"RIFF", b"RF64", b"RIFX", b"FORM", b"riff", b"caff", b".snd", b"Crea"):
        return joined(chunk.n_rest)
    if chunk.is_blank:
        return f"is followed by {chunk.n_rest} bytes of zeros, which are not read"
    return ""


def _coded(handle: IO[bytes], plain: SoundInfo, chunk: SoundChunk, subtype: str) -> SoundInfo:
    """Return what a file of chunks holds in which samples are not one by one."""
    size = handle.seek(0, os.SEEK_END)
    if not 0 < plain.n_samples < UNKNOWN_LENGTH:
        raise DoubtError("does not say how long it is")
    rate = max(1, chunk.end - chunk.start) / plain.duration  # bytes a second
    is_long = chunk.n_rest >= TOLERANCE * rate
    opening = _opened(handle, Part(end=chunk.end)) if is_long else None
    if opening and (remark := _not_read(chunk)):
        part = Part(end=chunk.end, n_samples=opening.n_samples)
        decoder = BySndfile((part,))
        return plain._replace(n_samples=part.n_samples, decoder=decoder, remarks=(remark,))
    if is_long:
        seconds = (chunk.end - chunk.start) / rate
        text = f"goes on after the {seconds:.3f} s of its header"
        raise DoubtError(text, math.inf, _ignoring_length(chunk))
    missing = chunk.start + (chunk.promised or 0) - size
    if missing > TOLERANCE * rate:
        return plain._replace(damage=_cut_short(chunk, size))
    if subtype.startswith("ALAC"):
        remarks = _two_rates(plain, chunk.coder)
        return plain._replace(is_sure=False, slack=_ALAC_PACKET, remarks=remarks)
    return plain._replace(is_sure=False, is_estimate=subtype.startswith("MPEG"))


def _two_rates(plain: SoundInfo, coder: bytes) -> tuple[str, ...]:
    """Say where ALAC's own header has another rate than that of the file around it."""
    config = coder[12:] if coder[4:8] == b"alac" else coder
    if len(config) < 24 or (rate := int.from_bytes(config[20:24], "big")) in (0, plain.sr):
        return ()
    return (
        f"has a header that contradicts itself: {plain.sr} samples a second, and {rate} by that of "
        f"its coder. It is read at {plain.sr} Hz: what is seen and heard may be "
        f"{rate / plain.sr:.3g} times too long",
    )


def _ignoring_length(chunk: SoundChunk) -> tuple[str, ...]:
    """Return what ffmpeg is told of a WAV whose header says less than there is."""
    return ("-ignore_length", "1") if chunk.format else ()
