"""What of the arguments can be checked before a recording is read."""

from __future__ import annotations

import argparse
import glob
import os
import shlex
import warnings
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from .._util.files import are_one
from .._util.validation import check_choice, check_file, check_int, check_number
from ..core.framing import TAILS
from ..errors import InvalidValueError
from .arguments import ENDINGS, FRONT_END, ONLY_FOR, PICTURES, TABLE, VIDEOS

__all__ = ["STDIN", "check", "computing", "given", "output_of"]

# How one asks for standard input.
STDIN = ("-", "/dev/stdin")


def output_of(options: argparse.Namespace) -> Path:
    """Return where to write, checked before anything slow begins."""
    if options.file is not None:
        _check_file(options.file)
    for option in ("labelled", "jobs", "dask"):
        if getattr(options, option) is not None:
            raise InvalidValueError(
                f"--{option} has no use with one recording. Leave it out, or name a folder."
            )
    default = _default_name(options.file)
    out = check_file("out", default if options.out is None else options.out, example=default)
    if os.path.isdir(out):
        raise InvalidValueError(
            f"--out {out} is a folder. Name a file in it: --out {shlex.quote(str(out / default))}"
        )
    if out.suffix.lower() not in ENDINGS:
        ending = f"the ending {out.suffix!r}" if out.suffix else "no ending"
        raise InvalidValueError(
            f"--out {out} has {ending}. It must be one of {', '.join(ENDINGS)}."
        )
    if options.file is not None and are_one(options.file, out):
        raise InvalidValueError(f"--out {out} is the recording itself. Give another name.")
    return out


def _check_file(file: str) -> None:
    if not file:
        raise InvalidValueError("FILE '' names no file. Give the path of a sound file.")


def _default_name(file: str | None) -> str:
    """Return the name of a recording's page."""
    if file is None:
        return "sonnet1.html"
    return "stdin.html" if file in STDIN else f"{Path(file).stem}.html"


def check(options: argparse.Namespace, ending: str) -> None:
    """Check everything that can be checked before the file is read."""
    for option, endings in ONLY_FOR.items():
        value = getattr(options, option.strip("-").replace("-", "_"))
        if value is not None and ending not in endings:
            raise InvalidValueError(
                f"{option} has no use with {ending}. Leave it out; it belongs to "
                f"{', '.join(endings)}."
            )
    _check_stops(options, ending)
    if ending == TABLE:
        _check_table(options)
    from ..animation.ffmpeg import ffmpeg_path
    from ..audio.resample import rate_from
    from ..features.compute import FRONT_ENDS
    from ..features.pooling import Pooling
    from ..plot.chosen import MOST_PATCHES
    from ..plot.color import find_cmap
    from ..web.options import PlayerOptions
    from ..web.stops import check_stops

    if options.duration is not None:
        check_number("duration", options.duration, above=0, unit="s")
    if options.hop is not None:
        check_number("hop_duration", options.hop, above=0, unit="s")
    check_choice("tail", options.tail, TAILS)
    check_choice("kind", options.kind, FRONT_ENDS)
    for option, value in {
        "--sr": options.sr, "--channel": options.channel, "--channels": options.channels,
        "--from": options.begin, "--to": options.end, "--start": options.start,
        "--on-damage": options.on_damage, "--pool": options.pool,
        "--cache": options.cache or None,
    }.items():  # fmt: skip
        if value is not None and options.file is None:
            raise InvalidValueError(
                f"{option} has no use without a FILE. Leave it out, or name one."
            )
    if options.sr is not None:
        rate_from(options.sr)
    # Without --pool it is what pixels show.
    Pooling.of(2 if options.pool is None else options.pool, options.reduce)
    reading(options)
    if options.channels is not None:
        check_choice("channels", options.channels, ("all",))
    find_cmap(options.cmap)
    _read_texts(options)
    if isinstance(options.stops, str):
        has_scores, has_labels = options.scores is not None, options.labels is not None
        check_stops(options.stops, has_scores=has_scores, has_labels=has_labels)
    for option in ("truth", "labelled"):
        if getattr(options, option) is not None and options.labels is None:
            raise InvalidValueError(f"--{option} is about labels. Give --labels.")
    if ending in VIDEOS:
        ffmpeg_path()
    if options.n is not None:
        check_int("n", options.n, minimum=1, maximum=MOST_PATCHES, unit="patches")
    PlayerOptions(**given(options))
    # What is no file, such as a pipe, can be read only once.
    if ending == ".html" and not options.no_audio:
        for file in filter(os.path.isfile, options.files):
            _check_size(options, file)


def _check_stops(options: argparse.Namespace, ending: str) -> None:
    """Refuse stops that are of pages, and a table that is of nothing."""
    if ending in (*PICTURES, TABLE) and options.stops not in (None, "mistakes"):
        raise InvalidValueError(
            f"--stops {shlex.quote(options.stops)} has no use with {ending}. Leave it out, or "
            "choose mistakes."
        )
    if ending == TABLE and options.stops is None:
        raise InvalidValueError(
            f"--out {options.out} is to be a table, and that is of mistakes. Add --stops mistakes, "
            "--labels and --scores."
        )


def _check_table(options: argparse.Namespace) -> None:
    """Refuse a table that lies among those that are read: it would be one of them the next time."""
    out = Path(options.out).resolve()
    for option, source in {"--labels": options.labels, "--scores": options.scores}.items():
        if source is None:
            continue
        if os.path.isdir(source):
            is_among = out.is_relative_to(Path(source).resolve())
        elif os.path.exists(source):
            is_among = are_one(source, out)
        else:
            folders = {Path(path).resolve().parent for path in glob.glob(source, recursive=True)}
            is_among = out.parent in folders and fnmatch(out.name, os.path.basename(source))
        if is_among:
            raise InvalidValueError(
                f"--out {shlex.quote(options.out)} is, or is beside, what {option} names, and "
                "would be read with it. Write it to another folder."
            )


def given(options: argparse.Namespace) -> dict[str, Any]:
    """Return what a player is told besides its look and the times it shows."""
    names = (
        *("speed", "pitch", "gain_db", "threshold", "stops", "truth", "mark", "height"),
        *("assets", "image_format", "column_step", "max_bytes"),
    )
    return {name: value for name in names if (value := getattr(options, name)) is not None}


def computing(options: argparse.Namespace) -> dict[str, Any]:
    """Return how a recording, or each of many, is read and becomes a spectrogram."""
    from ..audio.resample import rate_from

    names = ("level", "sensitivity", "unit", "start", "channels", *FRONT_END)
    how: dict[str, Any] = {"kind": options.kind, "mono": options.mono, "cache": options.cache}
    how |= {name: value for name in names if (value := getattr(options, name)) is not None}
    how |= reading(options)
    if options.pool is not None:
        how |= {"pool": options.pool, "reduce": options.reduce}
    if options.sr is not None:
        how["sr"] = rate_from(options.sr)
    return how


def reading(options: argparse.Namespace) -> dict[str, Any]:
    """Return which part and channel of the file is meant, and what to do if it is damaged."""
    from ..audio.info import ON_DAMAGE
    from ..audio.part import part_from, seconds_from

    begin, end = (
        None if text is None else seconds_from(name, text)
        for name, text in (("from", options.begin), ("to", options.end))
    )
    how: dict[str, Any] = {**part_from(begin, end)}
    if options.channel is not None:
        how["channel"] = check_int("channel", options.channel, minimum=0)
    if options.on_damage is not None:
        how["on_damage"] = check_choice("on_damage", options.on_damage, ON_DAMAGE)
    return how


def _read_texts(options: argparse.Namespace) -> None:
    """Read limits, times and patches, in place of their texts."""
    from ..core.truth import truth_from
    from ..plot.band import band_from
    from ..plot.limits import limits_from
    from ..web.marks import marks_from
    from ..web.seen import times_from
    from ..web.stops import stops_from

    if options.mark is not None:
        options.mark = "; ".join(options.mark)
    for name, read in {
        "clim": limits_from, "flim": band_from, "tlim": times_from, "stops": stops_from,
        "truth": truth_from, "mark": marks_from,
    }.items():  # fmt: skip
        if (text := getattr(options, name)) is not None:
            setattr(options, name, read(text))


def _check_size(options: argparse.Namespace, file: str) -> None:
    """Refuse a recording whose sound is too large for a page before it is decoded."""
    from ..audio.source import Audio
    from ..web.encode import check_sound_fits
    from ..web.options import PlayerOptions

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # said when it is read
        audio = Audio.from_file(file, **reading(options))
        check_sound_fits(audio, PlayerOptions(audio=True, **given(options)))
