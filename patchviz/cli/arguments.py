"""The arguments that the shell's face takes, and what arguments in Python are called there."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn, TextIO

from .. import __version__
from ..audio.formats import FILM_ENCODERS
from ..errors import Argument, InvalidValueError

__all__ = [
    "ENDINGS",
    "FRONT_END",
    "NO_FOLDER",
    "ONLY_FOR",
    "PICTURES",
    "TABLE",
    "VIDEOS",
    "parsed",
    "say",
    "spell",
]

# Films that ffmpeg makes, which have the sound.
VIDEOS = (".mp4", *sorted(FILM_ENCODERS.keys() - {".mp4"}))

PICTURES = (".png", ".pdf", ".svg")

TABLE = ".csv"  # of mistakes

ENDINGS = (".html", *PICTURES, ".gif", ".webp", ".apng", *VIDEOS, TABLE)
NO_FOLDER = (*ENDINGS, ".htm", ".jpeg", ".jpg", ".json", ".parquet", ".tsv", ".txt", ".xlsx")

# What arguments in Python are called in a shell.
_OPTIONS = {
    "files": "FILE",
    "duration": "--duration",
    "hop_duration": "--hop",
    "tail": "--tail",
    "kind": "--kind",
    "n_fft": "--n-fft",
    "hop_length": "--hop-length",
    "n_mels": "--n-mels",
    "fmin": "--fmin",
    "fmax": "--fmax",
    "pool": "--pool",
    "cache": "--cache",
    "reduce": "--reduce",
    "sr": "--sr",
    "on_damage": "--on-damage",
    "out": "--out",
    "mono": "--mono",
    "channel": "--channel",
    "channels": "--channels",
    "offset": "--from",
    "from": "--from",
    "to": "--to",
    "start": "--start",
    "level": "--level",
    "sensitivity": "--sensitivity",
    "unit": "--unit",
    "cmap": "--cmap",
    "clim": "--clim",
    "flim": "--flim",
    "labels": "--labels",
    "scores": "--scores",
    "missing": "--missing",
    "labelled": "--labelled",
    "n": "-n",
    "tlim": "--tlim",
    "speed": "--speed",
    "pitch": "--pitch",
    "gain_db": "--gain-db",
    "threshold": "--threshold",
    "stops": "--stops",
    "truth": "--truth",
    "mark": "--mark",
    "height": "--height",
    "assets": "--assets",
    "audio": "--no-audio",
    "image_format": "--image-format",
    "column_step": "--column-step",
    "max_bytes": "--max-bytes",
    "jobs": "--jobs",
    "client": "--dask",
}

# Options of the front end, by their names in Python.
FRONT_END = ("n_fft", "hop_length", "n_mels", "fmin", "fmax")

# Which outputs heed an option; the others are heeded by all.
ONLY_FOR: dict[str, tuple[str, ...]] = {
    "-n": PICTURES,
    "--no-audio": (".html", *VIDEOS),
    "--speed": tuple(ending for ending in ENDINGS if ending not in (*PICTURES, TABLE)),
    **dict.fromkeys(("--threshold", "--stops"), (".html", *PICTURES, TABLE)),
    **dict.fromkeys(
        ("--cmap", "--clim", "--flim"), tuple(ending for ending in ENDINGS if ending != TABLE)
    ),
    **dict.fromkeys(
        (
            *("--tlim", "--pitch", "--gain-db", "--mark", "--height", "--assets"),
            *("--image-format", "--column-step", "--max-bytes"),
        ),
        (".html",),
    ),
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as everything else does."""

    def error(self, message: str) -> NoReturn:
        _, _, unknown = message.partition("unrecognized arguments: ")
        near = get_close_matches(re.split("[ =]", unknown)[0], self._option_string_actions, n=1)
        remedy = f"Did you mean {near[0]}? " if near else ""
        if os.path.exists(unknown):  # its name begins with a dash
            remedy = f"A file of this name comes last: patchviz -- {shlex.quote(unknown)}. "
        raise InvalidValueError(f"{message}. {remedy}See patchviz --help.")

    def _print_message(self, message: str, file: object = None) -> None:
        say(message.rstrip("\n"), sys.stdout)


class _Once(argparse.Action):
    """Keeps what an option says, which is said once: the last of several would hide the others."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        given = vars(namespace).setdefault("_given", {})
        if option_string is not None and self.dest in given:
            more = ". A folder, or a glob in quotes, stands for several tables"
            raise argparse.ArgumentError(
                self, f"given twice, {shlex.quote(str(given[self.dest]))} and "
                f"{shlex.quote(str(values))}{more if self.dest in ('labels', 'scores') else ''}",
            )  # fmt: skip
        given[self.dest] = values
        setattr(namespace, self.dest, values)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what arguments say. After ``--`` there are files, whatever they are called."""
    at = list(arguments).index("--") if "--" in arguments else len(arguments)
    options = _make_parser().parse_intermixed_args(list(arguments[:at]))
    options.files += arguments[at + 1 :]
    return options


def _make_parser() -> argparse.ArgumentParser:
    """Return what reads the arguments."""
    parser = Parser(
        prog="patchviz",
        description="Carve a recording's spectrogram into overlapping patches, and make a page "
        "that plays them, a picture or a film.",
    )
    parser.register("action", None, _Once)
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="a sound file, or - for what standard input "
        "gives (default: a clip that is built in); several, which come onto one page; or a folder, "
        "which becomes a site")  # fmt: skip
    add("-o", "--out", metavar="OUT", help=f"what to write: {', '.join(ENDINGS)} "
        "(default: NAME.html here): a page with a player, a mosaic, an animation, or the table of "
        "--stops mistakes; of a folder, the folder of its site, or the mosaic or the table of its "
        "mistakes")  # fmt: skip
    _add_computing(add)
    add("--clim", metavar="LOW:HIGH", help="values of the first and the last colour, such as "
        "--clim=-80:0 or 1%%:99.5%%; robust is 2%%:98%%")  # fmt: skip
    add("--cmap", metavar="NAME", help="matplotlib colormap (default: magma)")
    add("--flim", metavar="LOW:HIGH", help="frequencies to show, such as 20k:120k "
        "(default: those in which there can be sound)")  # fmt: skip
    add("--labels", metavar="FILE", help="show what was written down: a table of Raven, Audacity, "
        "Praat, RTTM, BirdNET or CSV")  # fmt: skip
    add("--scores", metavar="SCORES", help="show what a model said: a CSV with a row for each "
        "patch and a column for each class, or detections")  # fmt: skip
    add("--missing", type=_number, metavar="X", help="the score of what SCORES leave out, such as "
        "0 for birds that BirdNET did not find (default: it is not scored)")  # fmt: skip
    add("--labelled", action="store_true", default=None, help="of several recordings, leave those "
        "out that nobody labelled: of which there is no table, be it empty")  # fmt: skip
    _add_views(add)
    add("--jobs", type=_whole, metavar="N", help="how many pages of a site are made at once "
        "(default: one for each processor)")  # fmt: skip
    add("--dask", metavar="ADDRESS", help="make the pages of a site on the workers of this "
        "scheduler, such as tcp://scheduler:8786")  # fmt: skip
    add("--open", action="store_true", help="open what was written")
    add("--version", action="version", version=f"patchviz {__version__}")
    return parser


def _add_computing(add: Callable[..., argparse.Action]) -> None:
    """Add what says how a recording is read, computed and carved."""
    from ..features.compute import FRONT_ENDS

    add("--duration", type=_number, metavar="S", help="a patch's length (default: 5.0, or that of "
        "the windows in SCORES)")  # fmt: skip
    add("--hop", type=_number, metavar="S", help="time from one patch's start to the next one's "
        "(default: 0.1, or a column where that is longer; or where the windows in SCORES "
        "start)")  # fmt: skip
    add("--tail", default="drop", metavar="{drop,pad,overlap}",
        help="leave out the frames after the last whole patch, pad them, or move one more patch "
        "back to the end")  # fmt: skip
    add("--kind", default="mel", help=f"front end: {', '.join(FRONT_ENDS)} (default: mel)")
    add("--sr", metavar="{RATE,native}", help="sampling rate of the analysis in Hz, above half of "
        "which nothing is seen; or native, the file's own (default: 22050)")  # fmt: skip
    add("--n-fft", type=_whole, metavar="N", help="samples of a window (default: 2048)")
    add("--hop-length", type=_whole, metavar="N", help="samples from one column to the next "
        "(default: 512)")  # fmt: skip
    add("--n-mels", type=_whole, metavar="N", help="mel bands (default: 128)")
    add("--fmin", type=_number, metavar="HZ", help="the lowest frequency of the front end")
    add("--fmax", type=_number, metavar="HZ", help="the highest")
    add("--on-damage", metavar="{raise,keep}", help="refuse a damaged file (the default; an Ogg "
        "that only ends early is shown, and told), or keep what comes before")  # fmt: skip
    add("--cache", action="store_true", help="keep what is computed, and open it the next time")
    add("--pool", type=_whole, metavar="N", help="let N frames be one column each (default: 1)")
    add("--reduce", metavar="{max,mean,median}", default="max",
        help="what a column is of them, and a pixel of columns (default: max)")  # fmt: skip
    add("--mono", action="store_true", help="mix the channels of the file to one")
    add("--channel", type=_whole, metavar="N", help="see and hear one channel, counted from 0")
    add("--channels", metavar="all", help="see all channels, each in a row of its own")
    add("--from", dest="begin", metavar="TIME",
        help="where in the file to begin, such as 1:23:45 (default: at its start)")  # fmt: skip
    add("--to", dest="end", metavar="TIME", help="where in the file to end (default: at its end)")
    add("--start", metavar="TIME", help="when the recording began, such as 2024-05-12T06:30, or "
        "filename or metadata to find it there: the time of day is shown")  # fmt: skip
    add("--level", metavar="{relative,dbfs,psd}", help="what 0 dB is: the loudest cell (default), "
        "a full-scale tone, or full scale squared per Hz")  # fmt: skip
    add("--sensitivity", type=_number, metavar="DB", help="of the recorder, in dB re full scale "
        "per unit: levels are in that unit")  # fmt: skip
    add("--unit", metavar="UNIT", help="of the sensitivity (default: µPa)")


def _add_views(add: Callable[..., argparse.Action]) -> None:
    """Add what only some of the outputs heed."""
    add(
        "-n",
        type=_whole,
        help="patches in a mosaic, 1 to 24 of the first (default: three that differ), or of the "
        "worst mistakes (default: 12)",
    )
    add("--tlim", metavar="BEGIN,END", help="times that a page shows at first, such as 3.2,4.0, "
        "of the first patch or of the overview")  # fmt: skip
    add("--speed", type=_number, metavar="X", help="how fast a page or a film plays (default: 1)")
    add("--pitch", metavar="{expand,keep}", help="whether it follows a page's speed (the "
        "default), or stays, as in slowed speech")  # fmt: skip
    add("--gain-db", type=_number, metavar="DB", help="how much louder a page is heard")
    add("--threshold", type=_number, metavar="X", help="the score from which on a class counts as "
        "there (default: what fits the scores)")  # fmt: skip
    add("--stops", metavar="{events,mistakes,I,J...}",
        help="patches that N and P go to on a page (default: events, or labels); a picture or a "
        "table shows mistakes, the worst first")  # fmt: skip
    add("--truth", metavar="NAME=X", help="how much of a label makes a patch one of its class, for "
        "mistakes and captions: min_overlap=0.3, in seconds, min_fraction=0.5 of the label, or "
        "min_share=0.5 of the patch (default: a frame of it, or half)")  # fmt: skip
    add("--mark", action="append", metavar="NAME=I:J",
        help="a group of patches that has a lane on a page, such as train=0:80 or wrong=3,50; any "
        "number of times")  # fmt: skip
    add("--height", type=_whole, metavar="PX", help="how high the player of a page is")
    add("--no-audio", action="store_true", default=None, help="leave the sound out")
    add("--assets", metavar="{page,folder}", help="where the picture and the sound of a page are: "
        "in it (the default), or, however large, in files beside it")  # fmt: skip
    add("--image-format", metavar="{png,webp}",
        help="a page's picture: exact (the default), or lossy and a fifth of the size")  # fmt: skip
    add("--column-step", type=_whole, metavar="N",
        help="let a page show the maximum of every N columns, to make it smaller")  # fmt: skip
    add("--max-bytes", type=_whole, metavar="N", help="how large a page may become")


def _whole(text: str) -> int:
    """Return a whole number, also of the form 1e6."""
    with contextlib.suppress(ValueError):
        return int(text)
    with contextlib.suppress(ValueError):
        if (number := float(text)).is_integer():
            return int(number)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number")


def _number(text: str) -> float:
    """Return a number; whether it may be infinite is asked where it is used."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number, such as 0.5 or 1e3") from None


def say(text: str, stream: TextIO | Any) -> None:
    """Print what may hold letters that the stream has not, to somebody who may be gone."""
    if stream is None:  # a program without a console
        return
    encoding = stream.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError as error:
        # What is left in the stream has no place to go, at the end of the process neither.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            error.filename = "standard output"
            raise


def spell(argument: Argument) -> str:
    """Call an argument by the name of its option, and write its value as in a shell."""
    name, _, group = argument.name.removesuffix("']").partition("['")  # as in mark['train']
    if name not in _OPTIONS:
        return str(argument)
    option = _OPTIONS[name]
    if not argument.has_value or isinstance(argument.value, bool):
        return option
    value = "native" if (argument.name, argument.value) == ("sr", None) else str(argument.value)
    if argument.name == "flim" and value.startswith("("):  # as Python has it
        ends = value.strip("()").split(", ")
        value = ":".join("" if end == "None" else f"{float(end):.10g}" for end in ends)
    if group:
        value = f"{group}={value}"
    return f"{option} {shlex.quote(value)} {argument.unit}".rstrip()
