"""How much sound a file holds, and what decodes all of it: found by its bytes where they tell."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from .._util.ffmpeg import find_ffmpeg
from .._util.warn import warn_user
from ..errors import AudioFileError, Setting
from .decode import BySndfile, decoded_size
from .files import how_to_mend, in_quotes, opened
from .info import DoubtError, SoundInfo
from .probe_ffmpeg import compared, found_by_ffmpeg
from .probe_sndfile import found_by_sndfile

__all__ = ["OR_KEEP", "probe"]

OR_KEEP = ("Or keep what can be decoded: ", Setting("on_damage", "keep"), ".")


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
            found = found_by_sndfile(handle)
        except DoubtError as doubt:
            found = found_by_ffmpeg(source, name, doubt)
    if not found.is_sure and find_ffmpeg():
        found = compared(found, source, name)
    if not (found.n_samples or found.damage):
        raise AudioFileError(f"{in_quotes(name)} holds no samples. Give a sound file that does.")
    remarks = list(found.remarks)
    damage = found.damage
    if keep and not found.is_counted and isinstance(found.decoder, BySndfile):
        found, undecoded = _decodable(found, source, name)
        damage = damage or undecoded
    if damage:
        if not keep or not found.n_samples:
            mend = how_to_mend(name) if found.remedy is None else found.remedy
            remedy = (mend and f"{mend} ", *OR_KEEP) if found.n_samples else (mend,)
            raise AudioFileError(f"{in_quotes(name)} {damage}", remedy=remedy)
        remarks.append(f"{damage}. {found.duration:.3f} s of it are kept")
    for remark in remarks:
        warn_user(f"{in_quotes(name)} {remark}.")
    return found, bool(damage) or found.is_cut


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
