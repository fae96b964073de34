"""How much sound a file holds, and what decodes all of it: found by its bytes where they tell."""

from __future__ import annotations

import contextlib
import math
import os
import shlex
import struct
from pathlib import Path
from typing import IO, NamedTuple

from .._util.ffmpeg import HOW_TO_INSTALL, find_ffmpeg
from .._util.warn import warn_user
from ..errors import AudioFileError, InPython
from .chunks import SoundChunk, find_sound_chunk
from .decode import UNKNOWN_LENGTH, BySndfile, Part, RawSound, decoded_size, opened_part
from .ffmpeg import ByFfmpeg, FfmpegError, Report
from .files import in_quotes, opened
from .streams import (
    MP3_UNSURE,
    OggLink,
    flac_length,
    flac_parts,
    last_flac_sample,
    mp3_doubt,
    ogg_counts_too_few,
    ogg_links,
)

__all__ = ["OR_KEEP", "SoundInfo", "how_to_mend", "probe"]

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
    is_estimate: bool = False  # of how many samples there are, as in some MP3 files
    is_counted: bool = False  # by the bytes themselves, so that decoding finds nothing else

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
    """

    def __init__(
        self,
        text: str = "",
        seconds: float = 0.0,
        options: tuple[str, ...] = (),
        damage: str = "",
    ) -> None:
        super().__init__(text)
        self.text, self.seconds, self.options, self.damage = text, seconds, options, damage


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
    if not found.n_samples:
        raise AudioFileError(f"{in_quotes(name)} holds no samples. Give a sound file that does.")
    remarks = list(found.remarks)
    damage = found.damage
    if keep and not (damage or found.is_counted) and isinstance(found.decoder, BySndfile):
        found, damage = _decodable(found, source, name)
    if damage:
        if not keep or not found.n_samples:
            remedy = [InPython(f" {OR_KEEP}")] if found.n_samples else []
            raise AudioFileError(f"{in_quotes(name)} {damage}. {how_to_mend(name)}", *remedy)
        remarks.append(f"{damage}. {found.duration:.3f} s of it are kept")
    for remark in remarks:
        warn_user(f"{in_quotes(name)} {remark}.")
    return found, bool(damage) or any(_CUT_OGG in remark for remark in remarks)


def how_to_mend(name: str) -> str:
    """Say how what is left of a damaged file, or one with a wrong header, becomes a whole file."""
    name = name if 0 < len(name) <= 60 else "clip.wav"
    stem, ending = os.path.splitext(name)
    lossless = ending.lower() not in {".mp3", ".ogg", ".opus"}
    made = f"{stem}-mended.{'flac' if lossless else 'wav'}"
    command = f"ffmpeg -i {shlex.quote(name)} {shlex.quote(made)}"
    return f"{command} writes what can be decoded to a new file."


# -- libsndfile ------------------------------------------------------------------------------


def _by_sndfile(handle: IO[bytes]) -> SoundInfo:
    """Return what libsndfile makes of a file, if that is all that there is."""
    links = _ogg_links(handle)
    part, chunk = Part(), find_sound_chunk(handle)
    opening = _opened(handle, part)
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
        doubt = mp3_doubt(handle)
        if doubt and doubt != MP3_UNSURE:
            raise _DoubtError(doubt, plain.duration if "goes on" in doubt else 0.0)
        return plain._replace(is_sure=not doubt, is_estimate=bool(doubt))
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


def _in_parts(handle: IO[bytes], bounds: list[tuple[int, int]], plain: SoundInfo) -> SoundInfo:
    """Return what a file holds in which several recordings follow one another."""
    parts = []
    for start, end in bounds:
        opening = _opened(handle, Part(start, end))
        if opening is None or not 0 < opening.n_samples < UNKNOWN_LENGTH:
            raise _DoubtError("holds several recordings, one of which is damaged")
        if (opening.sr, opening.n_channels) != (plain.sr, plain.n_channels):
            raise _DoubtError("holds several recordings of different rates or channels", math.inf)
        parts.append(Part(start, end, opening.n_samples))
    n_samples = sum(part.n_samples for part in parts)
    return plain._replace(n_samples=n_samples, decoder=BySndfile(tuple(parts)))


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
    if len(links) > 1:
        plain = _in_parts(handle, [(link.start, link.end) for link in links], plain)
    if not 0 < plain.n_samples < _MOST:
        raise _DoubtError("does not say how long it is", math.inf)
    if not links or not all(link.is_complete for link in links):
        remark = (
            f"{_CUT_OGG} after {plain.n_samples} samples ({plain.duration:.3f} s): it may have "
            "been cut short, and what came after is missing"
        )
        return plain._replace(remarks=(remark,))
    return plain


def _flac(handle: IO[bytes], plain: SoundInfo) -> SoundInfo:
    size = handle.seek(0, os.SEEK_END)
    starts = flac_parts(handle)
    if len(starts) > 1:
        return _in_parts(handle, list(zip(starts, [*starts[1:], size], strict=True)), plain)
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
        return (
            f"is followed by another file, {chunk.n_rest} bytes that are not read: several were "
            "joined. Split them to see all"
        )
    if chunk.is_blank:
        return f"is followed by {chunk.n_rest} bytes of zeros, which are not read"
    return ""


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
    for part in found.decoder.parts:
        n = decoded_size(source, name, part)
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
    return _understood(decoder.probe(source, name), decoder, doubt)


def _understood(report: Report, decoder: ByFfmpeg, doubt: _DoubtError) -> SoundInfo:
    """Return what is to be made of what ffmpeg reports."""
    found = SoundInfo(report.sr, report.n_channels, report.n_samples, decoder, damage=doubt.damage)
    remarks = []
    if found.duration < doubt.seconds + TOLERANCE and doubt.seconds:
        remarks.append(f"{doubt.text}, and {found.duration:.3f} s of it are decoded")
    if report.n_sounds > 1:
        remarks.append(f"holds {report.n_sounds} tracks of sound, of which one is read")
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
        other = _understood(decoder.probe(source, name), decoder, _DoubtError())
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
