"""Samples of a sound as they are: from memory, or decoded from its file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .._util.threads import ahead
from .._util.validation import check_number
from .._util.warn import warn_user
from ..errors import Argument, AudioFileError, InPython, InvalidValueError
from .decode import BySndfile, Part
from .files import how_to_mend, in_quotes
from .levels import TOO_LOUD
from .probe import OR_KEEP
from .shared import Shared

if TYPE_CHECKING:
    from .resample import Samples
    from .source import Audio

__all__ = ["decoded", "span_of"]


def span_of(audio: Audio, start: float | None, end: float | None) -> tuple[int, int]:
    """Return the first sample of a part in seconds, and the one after its last."""
    start = audio.start if start is None else start
    start = check_number("start", start, minimum=audio.start, unit="s")
    first, last = round((start - audio.start) * audio.sr), audio.n_samples
    if end is not None:
        end = check_number("end", end, above=start, unit="s")
        last = min(last, round((end - audio.start) * audio.sr))
    if first >= last:
        raise InvalidValueError(
            Argument("start", start, "s"),
            " to ",
            Argument("end", end, "s"),
            " holds no sample: the sound is there from "
            f"{audio.start:.3f} s to {audio.end:.3f} s, {audio.n_samples} samples",
            remedy="Choose a part of that.",
        )
    return first, last


def decoded(
    audio: Audio,
    first: int,
    last: int,
    blocksize: int,
    gaps: list[tuple[float, float]],
    *,
    to_resample: bool = False,
) -> Iterator[Samples]:
    """Yield samples `first` to `last` as they are: all channels, the sound's own rate.

    Where the asking thread is to resample them, others decode :func:`ahead`; if not, there is
    little that it could do meanwhile.
    """
    source, channel = audio.source, audio.channel
    chosen = slice(None) if channel is None else slice(channel, channel + 1)
    first, last = audio.first + first, audio.first + last  # of the source
    if isinstance(source, np.ndarray):
        for at in range(first, last, blocksize):
            yield source[chosen, at : min(at + blocksize, last)]
        return
    _check_same(audio)
    decoder = audio.decoder or BySndfile((Part(n_samples=audio.first + audio.n_samples),))
    at, n_odd, n_gaps = first, 0, len(gaps)
    begin = audio.start - audio.first / audio.sr  # of the source, on the clock
    blocks = decoder.blocks(source, audio.name, first, last, blocksize)
    # In other threads runs only code that is known, for one reader.
    if to_resample and isinstance(source, Path) and not isinstance(decoder, Shared):
        blocks = ahead(blocks)
    with contextlib.closing(blocks):
        for samples in blocks:
            block = np.ascontiguousarray(samples[:, chosen])
            if not -TOO_LOUD <= block.min() <= block.max() <= TOO_LOUD:  # NaN is not
                odd = ~(np.abs(block) <= TOO_LOUD)
                block[odd] = 0
                n_odd += int(np.count_nonzero(odd))
                edges = np.flatnonzero(np.diff(odd.any(axis=1), prepend=False, append=False))
                times = begin + (at + edges) / audio.sr
                gaps.extend(zip(times[::2].tolist(), times[1::2].tolist(), strict=True))
            at += len(block)
            if at == last and n_odd:  # after the last block nobody may ask any more
                _warn_of_gaps(audio, n_odd, gaps[n_gaps][0])
            yield block.T
    if at < last:
        raise AudioFileError(
            f"{in_quotes(audio.name)} cannot be decoded from {at / audio.sr:.3f} s "
            f"(sample {at}) on, and there should be sound up to {last / audio.sr:.3f} s ({last} "
            f"samples): it was cut short or damaged",
            remedy=(f"{how_to_mend(audio.name)} ", *OR_KEEP),
        )


def _check_same(audio: Audio) -> None:
    """Refuse a file that is no longer what was looked at: its sound would be of another picture."""
    looked_at, source = vars(audio).get("_looked_at"), audio.source
    if looked_at is None or not isinstance(source, Path):
        return
    try:
        is_same = looked_at.is_of(source)
    except OSError:
        return  # which whoever decodes it says
    if not is_same:
        raise AudioFileError(
            f"{in_quotes(audio.name)} is no longer the file that was looked at: what it begins "
            "or ends with is another",
            remedy=(
                "Put that one back, or look at it again",
                InPython(": Spectrogram.from_file(...)"), ".",
            ),
        )  # fmt: skip


def _warn_of_gaps(audio: Audio, n_odd: int, at: float) -> None:
    samples = f"{n_odd:,} samples that are" if n_odd > 1 else "1 sample that is"
    warn_user(
        f"{in_quotes(audio.name)} holds {samples} NaN, infinite or beyond {TOO_LOUD:g}, the first "
        f"at {at:.3f} s: silence where it is heard, a gap where it is drawn."
    )
