"""Save a view's patches as a film: matplotlib's writers, fed by a figure that is only repainted."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib import animation
from matplotlib.colors import to_rgba

from .._util.files import are_one, folder_beside, written
from .._util.progress import progress_bar
from .._util.validation import check_bool, check_choice, check_file, check_number
from ..errors import (
    Argument,
    InvalidTypeError,
    InvalidValueError,
    PatchvizError,
    shown,
)
from .ffmpeg import FilmWriter, with_ffmpeg
from .painting import Painter, painted
from .savefig import repainted
from .sound import SoundTrack, sound_track
from .writers import ApngWriter, FrameWriter, GifWriter, PngFolderWriter, WebPWriter

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..plot.view import PatchView

__all__ = ["save_film"]

PICTURES: dict[str, type[GifWriter | WebPWriter | ApngWriter]] = {
    ".gif": GifWriter,
    ".webp": WebPWriter,
    ".apng": ApngWriter,
    ".png": ApngWriter,
}

VIDEOS = (".mp4", ".m4v", ".mov", ".mkv", ".avi", ".webm")

# Frames per second of films that somebody sees, and the most pixels of a side that are drawn.
MIN_FPS, MAX_FPS, MAX_SIDE = 1e-6, 1_000_000, 65535

MIN_DPI = 10  # below, text has no pixels, which its library does not survive

SAVEFIG_KWARGS = ("facecolor", "edgecolor", "transparent")

# These write under the name that they are given, or beside it, and nowhere else.
_PLAIN_WRITERS = (
    animation.FFMpegFileWriter,
    animation.FFMpegWriter,
    animation.ImageMagickFileWriter,
    animation.ImageMagickWriter,
    animation.PillowWriter,
    animation.HTMLWriter,
)


def save_film(
    view: PatchView,
    filename: str | os.PathLike[str],
    *,
    interval: float,
    repeat: bool,
    writer: str | animation.AbstractMovieWriter | None,
    fps: float | Fraction | None,
    dpi: float | str | None,
    codec: str | None,
    bitrate: int | None,
    extra_args: Sequence[str] | None,
    metadata: Mapping[str, str] | None,
    savefig_kwargs: Mapping[str, Any] | None,
    progress_callback: Callable[[int, int], object] | None,
    audio: bool,
    progress: bool,
) -> None:
    """Save every patch of a view as one frame; see `PatchAnimation.save`."""
    figure = view.ax.get_figure(root=True)
    if figure is None:
        raise InvalidValueError("the view's axes has no figure any more. Make a new PatchView.")
    target, is_folder = _check_target(filename, view)
    looks = _check_savefig_kwargs(savefig_kwargs)
    _check_progress(progress, progress_callback)
    check_bool("audio", audio, hint="the sound is the spectrogram's own")
    options = {"codec": codec, "bitrate": bitrate, "extra_args": extra_args, "metadata": metadata}
    options = {name: value for name, value in options.items() if value is not None}
    sound = sound_track(view.patches, interval, fps, target.suffix, extra_args) if audio else None
    with contextlib.ExitStack() as stack:
        if not is_folder and _needs_ffmpeg(writer, target):
            stack.enter_context(with_ffmpeg())
        if writer is None or isinstance(writer, str):
            rate = _frame_rate(interval, fps)
            chosen = _make_writer(writer, target, is_folder, rate, repeat, sound, options)
        else:
            chosen = _check_writer(writer, {"fps": fps, **options})
        if sound is not None and not isinstance(chosen, FilmWriter):
            raise InvalidValueError(
                Argument("audio", True),
                f" is not possible with {_what(writer, target, is_folder)}, which holds no sound",
                remedy="Save .mp4, without naming a writer.",
            )
        if isinstance(chosen, PngFolderWriter):
            chosen.prepare(target, len(view.patches))
        dpi = _check_dpi(dpi, figure)
        place = stack.enter_context(_written_aside(filename, chosen))
        if sound is not None:
            sound.write(stack.enter_context(folder_beside(target)) / "sound")
        painter = stack.enter_context(painted(figure, view.artists))
        if not isinstance(chosen, FrameWriter):
            stack.enter_context(repainted(figure, painter))
        stack.enter_context(_index_restored(view))
        _round_figure_size(figure, dpi)
        with _saving(chosen, figure, place, dpi):
            looks = _composited(looks, chosen, figure)
            film = _Film(chosen, painter, looks)
            doing = f"saving {target.name}" if progress else None
            _write_frames(film, view, progress_callback, doing)
            for _ in range(sound.n_frames_after if sound is not None else 0):
                film.add()


def _check_progress(progress: object, progress_callback: object) -> None:
    check_bool("progress", progress)
    if progress_callback is not None and not callable(progress_callback):
        raise InvalidTypeError(
            Argument("progress_callback", progress_callback),
            " must be callable with two arguments: the frame's number and how many there are.",
        )


def _write_frames(
    film: _Film,
    view: PatchView,
    progress_callback: Callable[[int, int], object] | None,
    doing: str | None,
) -> None:
    """Show patch after patch, and write each; a bar that is called so says how far that is."""
    n_frames = len(view.patches)
    with progress_bar(doing or "", n_frames, "frames", is_wanted=doing is not None) as bar:
        for index in range(n_frames):
            view.index = index
            if progress_callback is not None:
                progress_callback(index, n_frames)
            film.add()
            bar.update()


class _EndedEarlyError(PatchvizError, BrokenPipeError):
    """An encoder took no more frames. If it says why, that is told instead."""

    def __init__(self, writer: animation.AbstractMovieWriter) -> None:
        is_ffmpeg = isinstance(writer, (FilmWriter, animation.FFMpegBase))
        encoder = "ffmpeg" if is_ffmpeg else "the encoder"
        super().__init__(
            f"{encoder} ended {Path(writer.outfile).name} before its last frame, and named no "
            "error. Check extra_args for a limit of frames, time or size."
        )


@dataclass
class _Film:
    """A film that is being written: our own writers get pictures, others save the figure."""

    writer: animation.AbstractMovieWriter
    painter: Painter
    looks: dict[str, Any]

    def add(self) -> None:
        """Write the figure as the next frame."""
        try:
            if isinstance(self.writer, FrameWriter):
                picture = self.painter.rgba(dpi=self.writer.dpi, **self.looks)
                self.writer.add(picture.copy())
            else:
                self.writer.grab_frame(**self.looks)
        except BrokenPipeError as error:
            raise _EndedEarlyError(self.writer) from error


@contextlib.contextmanager
def _saving(
    writer: animation.AbstractMovieWriter,
    figure: Figure,
    place: str | os.PathLike[str],
    dpi: float,
) -> Iterator[None]:
    """Open the writer and finish with it; of two errors, raise the one that says why."""
    stopped_by: BaseException | None = None
    try:
        with _without_encoder_log(), writer.saving(figure, place, dpi):  # type: ignore[arg-type]
            try:
                yield
            except BaseException as error:
                stopped_by = error
                raise
    except subprocess.CalledProcessError as error:
        if stopped_by is not None and not isinstance(stopped_by, OSError):
            raise stopped_by from None
        # The pipe broke because the encoder gave up.
        said = (error.stderr or error.output or "nothing").strip()
        if error.returncode < 0:
            said += f", and ended by {signal.Signals(-error.returncode).name}"
        raise PatchvizError(
            f"{Path(error.cmd[0]).name} could not write {Path(place).name}. It said: "
            f"{said.removesuffix('.')}.\n"
            "Check codec, bitrate, extra_args and the ending of filename."
        ) from error
    except Exception as error:
        # A writer may be unable to finish what was not begun.
        if stopped_by is not None:
            raise stopped_by from None
        if isinstance(error, BrokenPipeError):  # the last frame's
            raise _EndedEarlyError(writer) from error
        raise


@contextlib.contextmanager
def _without_encoder_log() -> Iterator[None]:
    """Keep matplotlib from printing what an encoder said: the error says it."""

    def is_other(record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith("MovieWriter stderr")

    logger = logging.getLogger("matplotlib.animation")
    logger.addFilter(is_other)
    try:
        yield
    finally:
        logger.removeFilter(is_other)


def _check_target(filename: str | os.PathLike[str], view: PatchView) -> tuple[Path, bool]:
    """Return the path, and whether it is a folder."""
    hint = "; or one that ends in '/', for a folder of PNGs"
    path = check_file("filename", filename, example="patches.mp4", hint=hint)
    audio = view.patches.spectrogram.audio
    if audio is not None and isinstance(audio.source, Path) and are_one(path, audio.source):
        raise InvalidValueError(
            Argument("filename", os.fspath(filename)), " is the recording itself",
            remedy="Give another name.",
        )  # fmt: skip
    return path, os.fspath(filename).endswith(("/", os.sep)) or path.is_dir()


@contextlib.contextmanager
def _written_aside(
    filename: str | os.PathLike[str], writer: animation.AbstractMovieWriter
) -> Iterator[str | os.PathLike[str]]:
    """Yield where to write, which takes the place of what is there when all has been written."""
    if isinstance(writer, FrameWriter) or type(writer) in _PLAIN_WRITERS:
        with written(filename) as path:
            yield path
        return
    # Nobody knows what else it writes, and where; and it may look at the name as it was given.
    try:
        yield filename
    except BaseException as error:
        error.add_note(f"{shown(os.fspath(filename), str)} may have been written in part.")
        raise


def _make_writer(
    name: str | None,
    target: Path,
    is_folder: bool,
    rate: Fraction,
    repeat: bool,
    sound: SoundTrack | None,
    options: dict[str, Any],
) -> animation.AbstractMovieWriter:
    ending = target.suffix.lower()
    if is_folder and name is not None:
        raise InvalidValueError(
            Argument("writer", name),
            " writes a file, and ",
            Argument("filename", str(target)),
            " is a folder",
            remedy="Leave writer out, for a PNG per patch.",
        )
    if name == "pillow" and ending not in PICTURES:
        raise InvalidValueError(
            Argument("filename", str(target)),
            f" has the ending {ending!r}, and writer='pillow' writes {', '.join(PICTURES)}.",
        )
    if is_folder or name == "pillow" or (name is None and ending in PICTURES):
        if options:
            given = next(iter(options))
            raise InvalidValueError(
                Argument(given, options[given]),
                f" has no use with {_what(name, target, is_folder)}",
                remedy="Leave it out; it belongs to videos, such as .mp4.",
            )
        return PngFolderWriter(rate) if is_folder else PICTURES[ending](rate, loop=repeat)
    if name == "ffmpeg" or (name is None and ending in VIDEOS):
        return FilmWriter(rate, **options, sound=sound)
    if name is None:
        raise InvalidValueError(
            Argument("filename", str(target)),
            f" has the ending {ending!r}",
            allowed=f"one of {', '.join([*PICTURES, *VIDEOS])}; or end in '/', for a folder of "
            "PNGs; or name a writer of matplotlib for it: writer=",
            remedy="For a page with controls see patchviz.player." if "htm" in ending else "",
        )
    # matplotlib lists ffmpeg's writers only where the system has one.
    names = ("pillow", "ffmpeg", "ffmpeg_file", *animation.writers.list())
    check_choice("writer", name, dict.fromkeys(names))
    if name == "html" and ending not in (".html", ".htm"):
        raise InvalidValueError(
            Argument("filename", str(target)),
            f" has the ending {ending!r}, and writer='html' writes .html",
            remedy="Leave writer out; or save a page with a smooth player: patchviz.player.",
        )
    kind: Any = animation.writers[name]
    if not issubclass(kind, animation.FFMpegBase):
        return kind(float(rate), **options)  # type: ignore[no-any-return]
    return kind(rate, **options)  # type: ignore[no-any-return]


def _check_writer(writer: object, options: Mapping[str, object]) -> animation.AbstractMovieWriter:
    if not isinstance(writer, animation.AbstractMovieWriter):
        raise InvalidTypeError(
            Argument("writer", writer),
            " must be the name of a writer or an instance of one, such as "
            "matplotlib.animation.FFMpegWriter(fps=10).",
        )
    for name, value in options.items():
        if value is not None:
            raise InvalidValueError(
                Argument(name, value),
                " belongs to the writer",
                remedy=f"Give it to {type(writer).__name__}(...).",
            )
    return writer


def _what(writer: object, target: Path, is_folder: bool) -> str:
    if is_folder:
        return "a folder of PNGs"
    if writer is None or writer == "pillow":
        return f"a {target.suffix} file"
    return str(Argument("writer", writer))


def _needs_ffmpeg(writer: object, target: Path) -> bool:
    if isinstance(writer, str):
        return writer.startswith("ffmpeg")
    return isinstance(writer, animation.FFMpegBase) or (
        writer is None and target.suffix.lower() in VIDEOS
    )


def _frame_rate(interval: float, fps: float | Fraction | None) -> Fraction:
    """Return the frames per second that were asked for, or the true ones."""
    if fps is None:
        fps = Fraction(1000.0 / interval).limit_denominator(10**6)
    number = check_number("fps", fps, minimum=MIN_FPS, maximum=MAX_FPS)
    return Fraction(fps if isinstance(fps, (int, Fraction)) else number).limit_denominator(10**6)


def _check_dpi(dpi: float | str | None, figure: Figure) -> float:
    if dpi is None:
        dpi = mpl.rcParams["savefig.dpi"]
    if isinstance(dpi, str) and dpi == "figure":
        return float(figure.dpi)
    number = check_number("dpi", dpi, minimum=MIN_DPI)
    width, height = figure.get_size_inches() * number
    if not 1 <= min(width, height) <= max(width, height) <= MAX_SIDE:
        raise InvalidValueError(
            Argument("dpi", number),
            f" makes frames of {width:.6g} × {height:.6g} pixels",
            allowed=f"such that both are from 1 to {MAX_SIDE}",
        )
    return number


def _round_figure_size(figure: Figure, dpi: float) -> None:
    """Make the figure as large as the frames where a rounding error would cost a pixel."""
    pixels = figure.get_size_inches() * dpi
    whole = np.floor(pixels + 1e-8)  # as matplotlib's writers round
    if (np.floor(pixels) != whole).any():
        width, height = (whole + 1e-6) / dpi
        figure.set_size_inches(width, height)


def _check_savefig_kwargs(savefig_kwargs: Mapping[str, Any] | None) -> dict[str, Any]:
    if savefig_kwargs is not None and not isinstance(savefig_kwargs, Mapping):
        raise InvalidTypeError(
            Argument("savefig_kwargs", savefig_kwargs),
            f" is of type {type(savefig_kwargs).__name__}",
            allowed=f"a mapping with any of {', '.join(SAVEFIG_KWARGS)}",
        )
    looks = dict(savefig_kwargs or {})
    for name, value in looks.items():
        if name not in SAVEFIG_KWARGS:
            raise InvalidValueError(
                Argument("savefig_kwargs", {name: value}),
                " is not possible: frames are repainted, all of one size and kind",
                remedy=f"What is: {', '.join(SAVEFIG_KWARGS)}.",
            )
    return looks


def _composited(
    looks: dict[str, Any], writer: animation.AbstractMovieWriter, figure: Figure
) -> dict[str, Any]:
    """Return the colours with a background on white, where the file holds no transparency."""
    if isinstance(writer, FrameWriter):
        holds_transparency = writer.holds_transparency
    else:
        holds_transparency = writer._supports_transparency()  # type: ignore[attr-defined]
    if holds_transparency:
        return looks
    if looks.get("transparent"):
        raise InvalidValueError(
            "savefig_kwargs={'transparent': True} is not possible: this file holds no "
            "transparency. Save .webp, .apng or a folder of PNGs."
        )
    facecolor = looks.get("facecolor", mpl.rcParams["savefig.facecolor"])
    if isinstance(facecolor, str) and facecolor == "auto":
        facecolor = figure.get_facecolor()
    *rgb, alpha = to_rgba(facecolor)
    return {**looks, "facecolor": alpha * np.array(rgb) + 1 - alpha, "transparent": False}


@contextlib.contextmanager
def _index_restored(view: PatchView) -> Iterator[None]:
    index = view.index
    try:
        yield
    finally:
        view.index = index
