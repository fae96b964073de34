"""How much sound a file holds, and what decodes all of it: found by its bytes where they tell."""

from __future__ import annotations

import contextlib
import math
import os
import struct
from pathlib import Path
from typing import IO, NamedTuple

from .._util.ffmpeg import HOW_TO_INSTALL, find_ffmpeg
from .._util.warn import warn_user
from ..errors import AudioFileError, InPython
from .chunks import SoundChunk, find_sound_chunk, second_file
from .decode import UNKNOWN_LENGTH, BySndfile, Part, RawSound, decoded_size, opened_part
from .ffmpeg import ByFfmpeg, FfmpegError, Report
from .files import how_to_mend, in_quotes, opened
from .ogg import OggLink, ogg_counts_too_few, ogg_links
from .streams import MP3_UNSURE, flac_length, flac_parts, last_flac_sample, mp3_damage, mp3_doubt

__all__ = ["OR_KEEP", "SoundInfo", "probe"]

TOLERANCE = 0.1  # s; what is said of a file is right to that

OR_KEEP = 'Or keep what can be decoded: on_damage="keep".'
_WIDTHS = {"PCM_S8": 1, "PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4}
_WIDTHS |= {"FLOAT": 4, "DOUBLE": 8, "ULAW": 1, "ALAW": 1}
_CHUNKED = {"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "SVX"}


class SoundInfo(NamedTuple):
    """What a file holds, and what decodes it."""

    sr: int
    n_channels: int
    n_samples: int
    decoder: BySndfile | ByFfmpeg
    remarks: tuple[str, ...] = ()  # what a person should know, without the file's name
    damage: str = ""  # what is missing, without the file's name
    is_sure: bool = True  # False: it is as it seems, but ffmpeg should be asked
    is_intact: bool = False  # nothing is damaged, whatever ffmpeg takes a tag for
    is_estimate: bool = False  # of how many samples there are, as in some MP3 files
    is_counted: bool = False  # by the bytes themselves, so that decoding finds nothing else
    remedy: str | None = None  # of the damage, if it is not to write what is left to a new file

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.sr


class _DoubtError(Exception):
    """libsndfile does not know how much there is in a file, or cannot decode it.

    Parameters
    ----------
    text : str
        Why; empty where it cannot decode it.
    seconds : float
        How much of it there is at least. Where ffmpeg finds no more either, a person is told why.
    options : tuple of str
        What ffmpeg is to be told.
    damage : str
        What is missing, whatever ffmpeg finds.
    is_intact : bool
        Whether nothing is damaged, whatever ffmpeg takes a tag between its frames for.
    """

    def __init__(
        self,
        text: str = "",
        seconds: float = 0.0,
        options: tuple[str, ...] = (),
        damage: str = "",
        is_intact: bool = False,
    ) -> None:
        super().__init__(text)
        self.text, self.seconds, self.options, self.damage = text, seconds, options, damage
        self.is_intact = is_intact


def probe(source: Path | IO[bytes], name: str, *, keep: bool) -> tuple[SoundInfo, bool]:
    """Return what a file holds, and whether some of it is missing.

    Raises
    ------
    AudioFileError
        If it is no sound, or if some is missing and is not to be kept.

    Warns
    -----
    UserWarning
        Of what is odd.
    """
    with opened(source, name) as handle:
        if not handle.seek(0, os.SEEK_END):
            raise AudioFileError(f"{in_quotes(name)} is empty: 0 bytes. Give a sound file.")
        try:
            found = _by_sndfile(handle)
        except _DoubtError as doubt:
            found = _by_ffmpeg(source, name, doubt)
    if not found.is_sure and find_ffmpeg():
        found = _compared(found, source, name)
    if not (found.n_samples or found.damage):
        raise AudioFileError(f"{in_quotes(name)} holds no samples. Give a sound file that does.")
    remarks = list(found.remarks)
    damage = found.damage
    if keep and not found.is_counted and isinstance(found.decoder, BySndfile):
        found, undecoded = _decodable(found, source, name)
        damage = damage or undecoded
    if damage:
        if not keep or not found.n_samples:
            remedy = [InPython(f" {OR_KEEP}")] if found.n_samples else []
            mend = how_to_mend(name) if found.remedy is None else found.remedy
            raise AudioFileError(f"{in_quotes(name)} {damage}. {mend}".rstrip(), *remedy)
        remarks.append(f"{damage}. {found.duration:.3f} s of it are kept")
    for remark in remarks:
        warn_user(f"{in_quotes(name)} {remark}.")
    return found, bool(damage) or any(_CUT_OGG in remark for remark in remarks)


# -- libsndfile ------------------------------------------------------------------------------


def _by_sndfile(handle: IO[bytes]) -> SoundInfo:
    """Return what libsndfile makes of a file, if that is all that there is."""
    links = _ogg_links(handle)
    part, chunk = Part(), find_sound_chunk(handle)
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
            raise _DoubtError(text, math.inf, _ignoring_length(chunk))
        size = handle.seek(0, os.SEEK_END)
        if chunk and chunk.start + (chunk.promised or 0) - size > 1024:
            raise _DoubtError(damage=_cut_short(chunk, size))
        raise _DoubtError
    sr, n_channels, n_samples, form, raw = opening
    decoder = BySndfile((part._replace(n_samples=n_samples),))
    plain = SoundInfo(sr, n_channels, n_samples, decoder)
    if form == "FLAC":
        return _flac(handle, plain)
    if form in _CHUNKED and chunk:
        return _chunked(handle, plain, chunk, raw)
    if form == "OGG":
        return _ogg(handle, links, plain)
    if not 0 < n_samples < UNKNOWN_LENGTH:
        raise _DoubtError("does not say how long it is")
    if form == "MP3":
        return _mp3(handle, plain)
    return plain._replace(is_sure=False)


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


def _in_parts(handle: IO[bytes], parts: list[Part], plain: SoundInfo) -> SoundInfo:
    """Return what a file holds in which several recordings follow one another."""
    read: list[Part] = []
    for part in parts:
        opening = _opened(handle, part)
        if opening is None or not 0 < opening.n_samples < _MOST:
            raise _DoubtError("holds several recordings, one of which is damaged")
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


_MOST = 1 << 50  # samples that a file may count; more is a mistake in it
_CUT_OGG = "has no end-of-stream mark"


def _ogg_links(handle: IO[bytes]) -> list[OggLink]:
    """Return the links of an Ogg file that libsndfile may read; none of another file."""
    handle.seek(0)
    if handle.read(4) != b"OggS":
        return []
    links = ogg_links(handle)
    if any(link.n_streams > 1 for link in links):
        raise _DoubtError("holds several streams at once")
    if any(ogg_counts_too_few(handle, link) for link in links if link.is_complete):
        raise _DoubtError("counts its samples wrongly", math.inf)
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
        raise _DoubtError("does not say how long it is", math.inf)
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
            f"{_CUT_OGG} after {found.n_samples} samples ({found.duration:.3f} s): it may have "
            "been cut short, and what came after is missing"
        )
    return found._replace(remarks=tuple(remarks))


def _has_sound(handle: IO[bytes], part: Part) -> bool:
    opening = _opened(handle, part)
    return opening is not None and opening.n_samples > 0


def _mp3(handle: IO[bytes], plain: SoundInfo) -> SoundInfo:
    doubt, damaged_at = mp3_doubt(handle), mp3_damage(handle)
    if doubt and doubt != MP3_UNSURE:
        seconds = plain.duration if "goes on" in doubt else 0.0
        raise _DoubtError(doubt, seconds, is_intact=damaged_at is None)
    if not damaged_at or damaged_at < 0:
        is_intact = damaged_at is None
        return plain._replace(is_sure=not doubt, is_estimate=bool(doubt), is_intact=is_intact)
    part = Part(end=damaged_at, n_samples=plain.n_samples)
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
        raise _DoubtError("does not say how long it is")
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
        is_estimate = raw.subtype.startswith("MPEG")
        return _coded(handle, plain._replace(is_estimate=is_estimate), chunk)
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
    if len(chunk.format) < 16:
        return ()
    _, n_channels, rate, n_bytes, block, bits = struct.unpack("<HHIIHH", chunk.format)
    if block == n_channels * -(-bits // 8) and n_bytes == rate * block:
        return ()
    return (
        f"has a header that contradicts itself: {n_channels} channels of {bits} bits in "
        f"{block} bytes, {rate} times a second in {n_bytes} bytes. What is read may be wrong",
    )


def _not_read(chunk: SoundChunk) -> str:
    """Say what follows a sound and is none; empty where it may be more of it."""
    if chunk.rest[:4] in (b"RIFF", b"RF64", b"RIFX", b"FORM", b"riff", b"caff", b".snd"):
        return _joined(chunk.n_rest)
    if chunk.is_blank:
        return f"is followed by {chunk.n_rest} bytes of zeros, which are not read"
    return ""


def _joined(n_rest: int) -> str:
    return (
        f"is followed by another file, {n_rest} bytes that are not read: several were joined. "
        "Split them to see all"
    )


def _coded(handle: IO[bytes], plain: SoundInfo, chunk: SoundChunk) -> SoundInfo:
    """Return what a file of chunks holds in which samples are not one by one."""
    size = handle.seek(0, os.SEEK_END)
    if not 0 < plain.n_samples < UNKNOWN_LENGTH:
        raise _DoubtError("does not say how long it is")
    rate = max(1, chunk.end - chunk.start) / plain.duration  # bytes a second
    opening = _opened(handle, Part(end=chunk.end)) if chunk.n_rest else None
    if opening and (remark := _not_read(chunk)):
        part = Part(end=chunk.end, n_samples=opening.n_samples)
        decoder = BySndfile((part,))
        return plain._replace(n_samples=part.n_samples, decoder=decoder, remarks=(remark,))
    if chunk.n_rest > TOLERANCE * rate:
        seconds = (chunk.end - chunk.start) / rate
        text = f"goes on after the {seconds:.3f} s of its header"
        raise _DoubtError(text, math.inf, _ignoring_length(chunk))
    missing = chunk.start + (chunk.promised or 0) - size
    if missing > TOLERANCE * rate:
        return plain._replace(damage=_cut_short(chunk, size))
    return plain._replace(is_sure=False)


def _ignoring_length(chunk: SoundChunk) -> tuple[str, ...]:
    """Return what ffmpeg is told of a WAV whose header says less than there is."""
    return ("-ignore_length", "1") if chunk.format else ()


def _decodable(found: SoundInfo, source: Path | IO[bytes], name: str) -> tuple[SoundInfo, str]:
    """Return as much of a file as can be decoded, and what to say if that is not all."""
    assert isinstance(found.decoder, BySndfile)
    parts = []
    with opened(source, name) as handle:
        for part in found.decoder.parts:
            n = decoded_size(handle, part)
            parts.append(part._replace(n_samples=n))
            if n < part.n_samples:
                break
    n_samples = sum(part.n_samples for part in parts)
    if n_samples == found.n_samples:
        return found, ""
    damage = (
        f"cannot be decoded from {n_samples / found.sr:.3f} s (sample {n_samples}) on, and its "
        f"header says {found.duration:.3f} s: it was cut short or damaged"
    )
    return found._replace(n_samples=n_samples, decoder=BySndfile(tuple(parts))), damage


# -- ffmpeg ----------------------------------------------------------------------------------


def _by_ffmpeg(source: Path | IO[bytes], name: str, doubt: _DoubtError) -> SoundInfo:
    """Return what ffmpeg makes of a file, decoding it to its end."""
    if find_ffmpeg() is None:
        what = (
            f"{doubt.text}: only ffmpeg reads it to its end"
            if doubt.text
            else "cannot be decoded as sound. WAV, FLAC, Ogg Vorbis, Opus, MP3 and AIFF can be; "
            "others (M4A, WMA, WavPack, video) are read by ffmpeg"
        )
        raise AudioFileError(
            f"{in_quotes(name)} {what}, and there is none. Install it {HOW_TO_INSTALL}."
        )
    decoder = ByFfmpeg(doubt.options)
    found = _understood(decoder.probe(source, name), decoder, doubt)
    with opened(source, name) as handle:
        at, size = second_file(handle), handle.seek(0, os.SEEK_END)
    remark = (_joined(size - at),) if at else ()
    return found._replace(remarks=(*remark, *found.remarks))


def _understood(report: Report, decoder: ByFfmpeg, doubt: _DoubtError) -> SoundInfo:
    """Return what is to be made of what ffmpeg reports."""
    found = SoundInfo(report.sr, report.n_channels, report.n_samples, decoder, damage=doubt.damage)
    remarks = []
    if found.duration < doubt.seconds + TOLERANCE and doubt.seconds:
        remarks.append(f"{doubt.text}, and {found.duration:.3f} s of it are decoded")
    if report.n_sounds > 1:
        remarks.append(f"holds {report.n_sounds} tracks of sound, of which one is read")
    if report.begins > TOLERANCE:
        remarks.append(
            f"has sound only from {report.begins:.3f} s of the film on: times count from there"
        )
    if doubt.is_intact:
        return found._replace(remarks=tuple(remarks))
    if report.n_before / found.sr < found.duration - TOLERANCE / 2:
        when = f"{report.n_before / found.sr:.3f} s"
        damage = (
            f"has no sound between {when} and {report.gap_end:.3f} s, by its own times"
            if report.gap_end
            else f"cannot be decoded from {when} on, says ffmpeg ({report.complaint})"
        )
        damage = doubt.damage or f"{damage}: it was cut or is damaged there"
        return found._replace(n_samples=report.n_before, damage=damage, remarks=tuple(remarks))
    if report.complaint and not doubt.damage:
        promised = report.promised or 0
        if found.duration < promised - TOLERANCE:
            damage = (
                f"holds {found.duration:.3f} s of sound that ffmpeg can decode, and its header "
                f"says {promised:.3f} s: it was cut short or damaged ({report.complaint})"
            )
            return found._replace(damage=damage, remarks=tuple(remarks))
        remarks.append(
            f"is damaged, says ffmpeg ({report.complaint}); {found.duration:.3f} s are decoded"
        )
    return found._replace(remarks=tuple(remarks))


def _compared(found: SoundInfo, source: Path | IO[bytes], name: str) -> SoundInfo:
    """Return what ffmpeg makes of a file if that is more or less than it seems to be."""
    decoder = ByFfmpeg()
    try:
        other = _understood(
            decoder.probe(source, name), decoder, _DoubtError(is_intact=found.is_intact)
        )
    except FfmpegError:  # it does not know everything
        return found
    if not other.n_samples:
        remark = f"is {found.duration:.3f} s long by its header, and ffmpeg decodes nothing of it"
        return found._replace(remarks=(*found.remarks, remark))
    if other.n_samples == found.n_samples:
        return found
    if abs(other.duration - found.duration) <= TOLERANCE / 2:
        return other if found.is_estimate else found
    remark = (
        f"is {found.duration:.3f} s long by its header, and ffmpeg decodes {other.duration:.3f} s; "
        "that is taken"
    )
    return other._replace(remarks=(*found.remarks, *other.remarks, remark))
