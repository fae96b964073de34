"""Films by ffmpeg: where it is, the true frame rate, true colours, and the sound beside them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FFMpegWriter

from .._util.ffmpeg import HOW_TO_INSTALL, find_ffmpeg
from ..errors import Argument, InvalidTypeError, InvalidValueError, PatchvizError
from .writers import FrameWriter

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from .sound import SoundTrack

__all__ = ["PIPE", "FilmWriter", "ffmpeg_path", "with_ffmpeg"]

PIPE = "patchviz-film"  # name of the thread that hands frames to ffmpeg

# Files and codecs whose pictures have an opacity.
WITH_ALPHA = {".apng", ".avif", ".gif", ".webm", ".webp"}
CODECS_WITH_ALPHA = {
    *("apng", "avrp", "bmp", "cfhd", "dpx", "ffv1", "ffvhuff", "gif", "huffyuv", "jpeg2000"),
    *("ljpeg", "png", "prores", "prores_aw", "prores_ks", "qtrle", "rawvideo", "targa", "tiff"),
    *("utvideo", "v408"),
}


def ffmpeg_path() -> str:
    """Return the system's ffmpeg, or the one of the ``ffmpeg`` extra.

    Returns
    -------
    str
        The executable.

    Raises
    ------
    PatchvizError
        If there is neither.
    """
    found = find_ffmpeg(mpl.rcParams["animation.ffmpeg_path"])
    if found is None:
        raise PatchvizError(
            f"There is no ffmpeg, which makes video files. Install it {HOW_TO_INSTALL}; or save "
            ".gif, .webp or .apng, which need none."
        )
    return found


@contextlib.contextmanager
def with_ffmpeg() -> Iterator[None]:
    """Let matplotlib's writers find the ffmpeg that `ffmpeg_path` finds."""
    with mpl.rc_context({"animation.ffmpeg_path": ffmpeg_path()}):
        yield


def _can_be_told(value: object) -> bool:
    """Return whether the texts in an option can be arguments of another program."""
    if isinstance(value, str):
        with contextlib.suppress(UnicodeEncodeError):
            return b"\0" not in os.fsencode(value)
        return False
    texts = [*value, *value.values()] if isinstance(value, Mapping) else value
    return all(_can_be_told(str(text)) for text in cast("Iterable[object]", texts))


class FilmWriter(FrameWriter):
    """A film by ffmpeg, with an exact frame rate, true colours and, if given, sound.

    While ffmpeg takes one frame, the next is painted.

    Parameters
    ----------
    fps : int, float or Fraction
        Frames per second; a Fraction reaches the file as it is.
    codec, bitrate, extra_args, metadata
        As in `matplotlib.animation.FFMpegWriter`. For h264 the preset is ``veryfast`` unless
        `extra_args` name another.
    sound : SoundTrack, optional
    """

    def __init__(
        self,
        fps: float | Fraction,
        codec: str | None = None,
        bitrate: int | None = None,
        extra_args: Sequence[str] | None = None,
        metadata: dict[str, str] | None = None,
        *,
        sound: SoundTrack | None = None,
    ) -> None:
        super().__init__(fps)
        for argument in extra_args or ():
            if not isinstance(argument, str):
                raise InvalidTypeError(
                    Argument("extra_args", list(extra_args or ())),
                    f" holds {argument!r}",
                    allowed="texts alone, as a shell takes them, such as ['-crf', '18']",
                )
        for name, value in (
            ("codec", codec), ("extra_args", extra_args), ("metadata", metadata),
        ):  # fmt: skip
            if value is not None and not _can_be_told(str(value) if name == "codec" else value):
                raise InvalidValueError(
                    Argument(name, value),
                    " holds a null character or half of one, which no program can be told",
                    remedy="Leave it out.",
                )
        # Its options are those of matplotlib, which knows how to tell them to ffmpeg.
        self._options = FFMpegWriter(fps, codec, bitrate, extra_args, metadata)  # type: ignore[arg-type]
        self.sound = sound

    def setup(self, fig: Figure, outfile: str | Path, dpi: float | None = None) -> None:
        """Start ffmpeg.

        Parameters
        ----------
        fig : Figure
        outfile : path
        dpi : float, optional
            Dots per inch; by default the figure's. For h264 the figure loses a row or a column
            of pixels where their number is odd.
        """
        super().setup(fig, outfile, dpi)
        command = [ffmpeg_path(), "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgba"]
        output = self.output_args
        if self._options.codec == "h264":
            width, height = (max(2, size - size % 2) for size in self.frame_size)
            if (width, height) != self.frame_size:
                fig.set_size_inches((width + 1e-6) / self.dpi, (height + 1e-6) / self.dpi)
                self._size = self.frame_size
        # Below 5 frames per second ffmpeg takes a rate it is told as -framerate for a measured
        # one, and puts the nearest usual one in its place. What it is told as -r it keeps.
        command += ["-s", "{}x{}".format(*self._size), "-r", str(self.fps), "-i", "pipe:"]
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # closed by finish; a pipe would fill
        try:
            self._process = subprocess.Popen(
                [*command, *output],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # on Windows
            )
        except BaseException:
            self._said.close()
            raise
        assert self._process.stdin is not None
        self._frames = self._process.stdin
        self._pipe = ThreadPoolExecutor(max_workers=1, thread_name_prefix=PIPE)
        self._taken: Future[int] | None = None

    def _write(self, frame: NDArray[np.uint8]) -> None:
        if self._taken is not None:
            self._taken.result()
        self._taken = self._pipe.submit(self._frames.write, frame.data.cast("B"))

    def finish(self) -> None:
        """Wait until ffmpeg has written the file.

        Raises
        ------
        subprocess.CalledProcessError
            With what ffmpeg said, if it has not.
        """
        with self._said:
            try:
                self._pipe.shutdown()
                self._process.communicate()
            except BaseException:  # a person does not wait for it
                self._process.kill()
                self._process.communicate()
                raise
            self._said.seek(0)
            said = self._said.read().decode(errors="replace")
        code = self._process.returncode
        if code:
            raise subprocess.CalledProcessError(code, self._process.args, stderr=said)
        if self._taken is not None:
            self._taken.result()

    @property
    def holds_transparency(self) -> bool:  # type: ignore[override]  # which depends on the codec
        """Whether the file can keep what is transparent."""
        return Path(self.outfile).suffix in WITH_ALPHA or self._options.codec in CODECS_WITH_ALPHA

    @property
    def output_args(self) -> list[str]:
        """What tells ffmpeg how to write the file."""
        self._options.outfile = str(self.outfile)
        args: list[str] = self._options.output_args
        args = [*self._added_args(args), *args]
        return args if self.sound is None else [*self.sound.input_args, *args]

    def _added_args(self, args: Sequence[str]) -> list[str]:
        """Return what is added unless `args` say otherwise."""
        added = []
        codec = self._options.codec
        if codec == "webm" and "-pix_fmt" not in args:
            # Its encoder has planes of red, green and blue as well, which hardly a player shows.
            added += ["-pix_fmt", "yuva420p"]
        filters = {"-vf", "-filter:v", "-filter_complex"}
        if codec in ("h264", "webm") and not filters & set(args):
            # Without a tag players guess the matrix by the height of the picture.
            added += ["-vf", "scale=out_color_matrix=bt709:out_range=tv"]
            for name in ("colorspace", "color_primaries", "color_trc"):
                added += [f"-{name}", "bt709"]
        if codec == "h264" and not {"-preset", "-preset:v"} & set(args):
            # Encoding by x264's own default takes twice the time of painting, and saves 4 %.
            added += ["-preset", "veryfast"]
        return added
