"""How much sound ffmpeg finds in a file, decoding it to its end, and what it complains of."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from .._util.ffmpeg import HOW_TO_INSTALL, find_ffmpeg
from ..errors import AudioFileError
from .chunks import second_file
from .ffmpeg import ByFfmpeg, FfmpegError, Report
from .files import in_quotes, opened
from .info import TOLERANCE, DoubtError, SoundInfo, joined

__all__ = ["compared", "found_by_ffmpeg"]

# Of a file with sound alone, what may be something else: a part, and bytes of a header.
_MOST_ELSE, _LONGEST_HEADER = 0.45, 4096

_WAVS = (b"RIFF", b"RIFX", b"RF64")
_LEAST_WAV = 44  # bytes of the shortest header


def found_by_ffmpeg(source: Path | IO[bytes], name: str, doubt: DoubtError) -> SoundInfo:
    """Return what ffmpeg makes of a file, decoding it to its end."""
    if not (doubt.text or doubt.damage):
        with opened(source, name) as handle:
            head, size = handle.read(12), handle.seek(0, os.SEEK_END)
        # Of a WAV that ends within its header nobody can decode anything.
        if head[:4] in _WAVS and b"WAVE".startswith(head[8:]) and size < _LEAST_WAV:
            raise AudioFileError(
                f"{in_quotes(name)} is a WAV that ends after {size} bytes, within its header: it "
                "was cut short, and holds no sound",
                remedy="Fetch it again, or leave it out.",
            )
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
    report = decoder.probe(source, name)
    found = _understood(report, decoder, doubt)
    is_told = found.remarks or found.damage
    remark = _not_read(source, name, None if is_told else report)
    return found._replace(remarks=(*remark, *found.remarks))


def _not_read(source: Path | IO[bytes], name: str, report: Report | None) -> tuple[str, ...]:
    """Say what of a file ffmpeg does not read: another one, some at its end, half of its bytes."""
    with opened(source, name) as handle:
        at, size = second_file(handle), handle.seek(0, os.SEEK_END)
    if at:
        return (joined(size - at),)
    duration = report.n_samples / report.sr if report else 0.0
    if report and report.n_streams == 1 and duration < (report.promised or 0) - TOLERANCE:
        return (
            f"is {report.promised:.3f} s long by its header, and ffmpeg decodes {duration:.3f} s",
        )
    n_coded = report.n_coded if report and report.n_streams == 1 else size
    if size - n_coded > _MOST_ELSE * size + _LONGEST_HEADER:
        return (f"has {size} bytes, of which {n_coded} are sound that ffmpeg finds",)
    return ()


def _understood(report: Report, decoder: ByFfmpeg, doubt: DoubtError) -> SoundInfo:
    """Return what is to be made of what ffmpeg reports."""
    found = SoundInfo(report.sr, report.n_channels, report.n_samples, decoder, damage=doubt.damage)
    remarks = []
    if found.duration < doubt.seconds + TOLERANCE and doubt.seconds:
        remarks.append(f"{doubt.text}, and {found.duration:.3f} s of it are decoded")
    if report.n_sounds > 1:
        remarks.append(
            f"holds {report.n_sounds} tracks of sound, of which number {report.track} is read "
            "(ffmpeg -i FILE -map 0:a:NUMBER other.flac writes another to a file)"
        )
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


def compared(found: SoundInfo, source: Path | IO[bytes], name: str) -> SoundInfo:
    """Return what ffmpeg makes of a file if that is more or less than it seems to be."""
    decoder = ByFfmpeg()
    try:
        other = _understood(
            decoder.probe(source, name), decoder, DoubtError(is_intact=found.is_intact)
        )
    except FfmpegError:  # it does not know everything
        return found
    if not other.n_samples:
        remark = f"is {found.duration:.3f} s long by its header, and ffmpeg decodes nothing of it"
        return found._replace(remarks=(*found.remarks, remark))
    if (other.n_samples, other.sr) == (found.n_samples, found.sr):
        return found
    is_intact = not (other.remarks or other.damage)
    if is_intact and 0 < found.n_samples - other.n_samples < found.slack:
        return found
    if abs(other.duration - found.duration) <= TOLERANCE / 2:
        return other if found.is_estimate else found
    taken = _not_read(source, name, None) or (
        f"is {found.duration:.3f} s long by its header, and ffmpeg decodes {other.duration:.3f} s; "
        "that is taken",
    )
    return other._replace(remarks=(*found.remarks, *other.remarks, *taken))
