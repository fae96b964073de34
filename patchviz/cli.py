"""The shell's face: from a recording to a page, a picture or a film of its patches."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import sys
import warnings
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from . import __version__
from ._util.files import are_one, check_writable, written
from ._util.text import one_line
from ._util.validation import check_choice, check_int, check_number
from .core.framing import TAILS
from .errors import Argument, InvalidValueError, PatchvizError, rendered, shorten

if TYPE_CHECKING:
    from .core.patches import Patches
    from .core.spectrogram import Spectrogram

__all__ = ["main"]

KINDS = ("mel", "stft", "cqt", "chroma", "mfcc")

ENDINGS = (".html", ".png", ".gif", ".mp4", ".webp", ".apng")

# What arguments in Python are called in a shell.
_OPTIONS = {
    "duration": "--duration",
    "hop_duration": "--hop",
    "tail": "--tail",
    "kind": "--kind",
    "sr": "--sr",
    "mono": "--mono",
    "cmap": "--cmap",
    "n": "-n",
    "audio": "--no-audio",
    "image_format": "--image-format",
    "column_step": "--column-step",
    "max_bytes": "--max-bytes",
}

# How one asks for standard input.
_STDIN = ("-", "/dev/stdin")

# Which outputs heed an option; the others are heeded by all.
_ONLY_FOR = {
    "-n": (".png",),
    "--no-audio": (".html", ".mp4"),
    "--image-format": (".html",),
    "--column-step": (".html",),
    "--max-bytes": (".html",),
}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as everything else does."""

    def error(self, message: str) -> NoReturn:
        raise InvalidValueError(f"{message}. See patchviz --help.")

    def _print_message(self, message: str, file: object = None) -> None:
        _print(message.rstrip("\n"), sys.stdout)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the ``patchviz`` command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        Exit code: 0 when the output was written, 1 if it could not be, 2 for bad input, 128 and the
        number of the signal when it was stopped.
    """
    doing, name = "write", "standard output"
    try:
        options = _parser().parse_args(arguments)
        out = _output(options)
        name = str(out)
        check_writable(out)
        _check(options, out.suffix.lower())
        doing, name = "read", options.file or "the embedded clip"
        patches = _carve(options)
        doing, name = "write", str(out)
        _print(str(patches), sys.stdout)
        _write(patches, out, options)
        _print(one_line(f"wrote {out} ({out.stat().st_size / 1000:,.0f} kB)"), sys.stdout)
    except PatchvizError as error:
        return _fail(error.render(_spell), 2)
    except OSError as error:
        return _fail(f"cannot {doing} {error.filename or name}: {error.strerror or error}", 1)
    except KeyboardInterrupt as stop:  # by Ctrl-C, or by the signal that it names
        return _fail("stopped", 128 + int(stop.args[0] if stop.args else signal.SIGINT))
    if options.open and not webbrowser.open(out.resolve().as_uri()):
        return _fail(f"found no program to open it with; open {out} in a browser", 1)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="patchviz",
        description="Carve a recording's spectrogram into overlapping patches, and make a page "
        "that plays them, a picture or a film.",
    )
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE", help="a sound file, or - for what standard input gives "
        "(default: a clip that is built in)")  # fmt: skip
    add("-o", "--out", metavar="OUT", help=f"what to write: {', '.join(ENDINGS)} "
        "(default: NAME.html here): a page with a player, a mosaic or an animation")  # fmt: skip
    add("--duration", type=float, default=5.0, metavar="S", help="a patch's length (default: 5.0)")
    add("--hop", type=float, default=0.1, metavar="S",
        help="time from one patch's start to the next one's (default: 0.1)")  # fmt: skip
    add("--tail", default="drop", metavar="{drop,pad,overlap}",
        help="leave out the frames after the last whole patch, pad them, or move one more patch "
        "back to the end")  # fmt: skip
    add("--kind", default="mel", help=f"front end: {', '.join(KINDS)} (default: mel)")
    add("--sr", metavar="{RATE,native}", help="sampling rate of the analysis in Hz, above half of "
        "which nothing is seen; or native, the file's own (default: 22050)")  # fmt: skip
    add("--mono", action="store_true", help="mix the channels of the file to one")
    add("--cmap", metavar="NAME", help="matplotlib colormap (default: magma)")
    add("-n", type=_whole, help="patches in a mosaic, 1 to 24 (default: 3)")
    add("--no-audio", action="store_true", default=None, help="leave the sound out")
    add("--image-format", metavar="{png,webp}",
        help="a page's picture: exact (the default), or lossy and a fifth of the size")  # fmt: skip
    add("--column-step", type=_whole, metavar="N",
        help="let a page show the maximum of every N columns, to make it smaller")  # fmt: skip
    add("--max-bytes", type=_whole, metavar="N", help="how large a page may become")
    add("--open", action="store_true", help="open what was written")
    add("--version", action="version", version=f"patchviz {__version__}")
    return parser


def _whole(text: str) -> int:
    """Return a whole number, also of the form 1e6."""
    with contextlib.suppress(ValueError):
        return int(text)
    with contextlib.suppress(ValueError):
        if (number := float(text)).is_integer():
            return int(number)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number")


def _output(options: argparse.Namespace) -> Path:
    """Return where to write, checked before anything slow begins."""
    if options.file is not None:
        _check_file(options.file)
    out = Path(_default_name(options.file) if options.out is None else options.out)
    if not out.name or out.name in ENDINGS:
        raise InvalidValueError(
            f"--out {shlex.quote(options.out)} names no file. Give it a name and one of the "
            f"endings {', '.join(ENDINGS)}."
        )
    stem = Path(_default_name(options.file)).stem
    if os.path.isdir(out):
        raise InvalidValueError(
            f"--out {out} is a folder. Name a file in it: --out {shlex.quote(f'{out / stem}.html')}"
        )
    if out.suffix.lower() not in ENDINGS:
        ending = f"the ending {out.suffix!r}" if out.suffix else "no ending"
        raise InvalidValueError(
            f"--out {out} has {ending}. It must be one of {', '.join(ENDINGS)}."
        )
    if not os.path.isdir(out.parent):
        raise InvalidValueError(
            f"--out {out}: there is no folder {out.parent}. Make it first: "
            f"mkdir -p {shlex.quote(str(out.parent))}"
        )
    if options.file is not None and are_one(options.file, out):
        raise InvalidValueError(f"--out {out} is the recording itself. Give another name.")
    return out


def _check_file(file: str) -> None:
    if not file:
        raise InvalidValueError("FILE '' names no file. Give the path of a sound file.")
    if os.path.isdir(file):
        raise InvalidValueError(f"FILE {shlex.quote(file)} is a folder. Name a sound file in it.")


def _default_name(file: str | None) -> str:
    """Return the name of a recording's page."""
    if file is None:
        return "sonnet1.html"
    return "stdin.html" if file in _STDIN else f"{Path(file).stem}.html"


def _check(options: argparse.Namespace, ending: str) -> None:
    """Check everything that can be checked before the file is read."""
    for option, endings in _ONLY_FOR.items():
        given = getattr(options, option.strip("-").replace("-", "_")) is not None
        if given and ending not in endings:
            raise InvalidValueError(
                f"{option} has no use with {ending}. Leave it out; it belongs to "
                f"{', '.join(endings)}."
            )
    from .animation.ffmpeg import ffmpeg_path
    from .audio.resample import rate_from
    from .plot.color import find_cmap
    from .plot.mosaic import MOST_PATCHES

    check_number("duration", options.duration, above=0, unit="s")
    check_number("hop_duration", options.hop, above=0, unit="s")
    check_choice("tail", options.tail, TAILS)
    check_choice("kind", options.kind, KINDS)
    if options.sr is not None:
        if options.file is None:
            raise InvalidValueError("--sr has no use without a FILE. Leave it out, or name one.")
        rate_from(options.sr)
    find_cmap(options.cmap)
    if ending == ".mp4":
        ffmpeg_path()
    if options.n is not None:
        check_int("n", options.n, minimum=1, maximum=MOST_PATCHES, unit="patches")
    if options.image_format is not None:
        check_choice("image_format", options.image_format, ("png", "webp"))
    for name in ("column_step", "max_bytes"):
        if getattr(options, name) is not None:
            check_int(name, getattr(options, name), minimum=1)
    # What is no file, such as a pipe, can be read only once.
    if ending == ".html" and not options.no_audio and os.path.isfile(options.file or ""):
        _check_size(options)


def _carve(options: argparse.Namespace) -> Patches:
    # Constant-Q and chroma are librosa's, which compiles when it is first imported.
    wait = (
        " (the first time, compiling takes some 20 seconds)"
        if options.kind in ("cqt", "chroma")
        else ""
    )
    name = "standard input" if options.file in _STDIN else options.file or "the embedded clip"
    _say(f"reading {name}{wait} ...")
    with _warnings_said():
        spec = _spectrogram(options)
    rate = spec.audio.sr if spec.audio is not None else spec.sr
    resampled = f"resampled from {rate:.10g} Hz to {spec.sr:.10g} Hz"
    if rate > spec.sr:
        _say(f"{resampled}: nothing above {spec.sr / 2:.10g} Hz is seen; --sr native keeps all")
    elif rate < spec.sr:
        _say(f"{resampled}: there is nothing above {rate / 2:.10g} Hz; --sr native leaves that out")
    return spec.patches(duration=options.duration, hop_duration=options.hop, tail=options.tail)


@contextlib.contextmanager
def _warnings_said() -> Iterator[None]:
    """Say each warning once, in a line of its own."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        try:
            yield
        finally:
            for message in dict.fromkeys(_said(warning.message) for warning in caught):
                _say(message)


def _said(warning: Warning | str) -> str:
    parts = getattr(warning, "parts", None)
    return one_line(rendered(parts, _spell) if parts else str(warning))


def _check_size(options: argparse.Namespace) -> None:
    """Refuse a recording whose sound is too large for a page before it is decoded."""
    from .audio.source import Audio
    from .web.encode import check_sound_fits
    from .web.options import PlayerOptions

    given = {} if options.max_bytes is None else {"max_bytes": options.max_bytes}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # said when it is read
        check_sound_fits(Audio.from_file(options.file), PlayerOptions(audio=True, **given))


def _spectrogram(options: argparse.Namespace) -> Spectrogram:
    from .audio.resample import rate_from
    from .core.spectrogram import Spectrogram

    if options.file is None:
        return Spectrogram.example(kind=options.kind)
    how: dict[str, Any] = {"kind": options.kind, "mono": options.mono}
    if options.sr is not None:
        how["sr"] = rate_from(options.sr)
    if options.file in _STDIN:
        return Spectrogram.from_file(sys.stdin.buffer, name="stdin", **how)
    return Spectrogram.from_file(options.file, **how)


def _write(patches: Patches, out: Path, options: argparse.Namespace) -> None:
    ending = out.suffix.lower()
    audio = not options.no_audio
    if ending == ".html":
        from .web.player import player

        names = ("image_format", "column_step", "max_bytes")
        given = {name: value for name in names if (value := getattr(options, name)) is not None}
        with _warnings_said():
            player(patches, cmap=options.cmap, audio=audio, **given).save(out)
        return
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 6.0), dpi=150, layout="constrained")
    if ending == ".png":
        from .plot.mosaic import plot_mosaic

        plot_mosaic(patches, options.n or 3, ax=figure, cmap=options.cmap)
        with written(out) as path:
            figure.savefig(path)
        return
    from .animation.animate import animate
    from .plot.view import PatchView

    figure.set_size_inches(6.4, 4.8)
    view = PatchView(patches, ax=figure.add_subplot(), cmap=options.cmap, colorbar=True)
    _say(f"drawing {len(patches)} frames ...")
    animation = animate(view)  # matplotlib warns of an animation that nobody holds
    with _warnings_said():
        animation.save(out, dpi=100, audio=audio and ending == ".mp4")


def _say(text: str) -> None:
    """Tell a person who waits what is going on; the result alone goes to standard output."""
    _print(f"patchviz: {one_line(text)}", sys.stderr)


def _print(text: str, stream: TextIO | Any) -> None:
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


def _fail(reason: str, code: int) -> int:
    _say(shorten(one_line(reason)))
    return code


def _spell(argument: Argument) -> str:
    """Call an argument by the name of its option, and write its value as in a shell."""
    if argument.name not in _OPTIONS:
        return str(argument)
    option = _OPTIONS[argument.name]
    if not argument.has_value or isinstance(argument.value, bool):
        return option
    value = "native" if (argument.name, argument.value) == ("sr", None) else str(argument.value)
    return f"{option} {shlex.quote(value)} {argument.unit}".rstrip()
