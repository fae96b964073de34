"""Films by ffmpeg: where it is, the true frame rate, true colours, and the sound beside them."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FFMpegWriter

from ..errors import InvalidValueError, PatchvizError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..audio.source import Audio

__all__ = ["PIPE", "FilmWriter", "SoundTrack", "ffmpeg_path", "with_ffmpeg"]

PIPE = "patchviz-film"  # name of the thread that hands frames to ffmpeg


def ffmpeg_path() -> str:
    """Return the system's ffmpeg, or the one of the ``video`` extra.

    Returns
    -------
    str
        The executable.

    Raises
    ------
    PatchvizError
        If there is neither.
    """
    found: str | None = shutil.which(mpl.rcParams["animation.ffmpeg_path"])
    if found is not None:
        return found
    with contextlib.suppress(ImportError, RuntimeError):  # not installed, or brings none here
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    raise PatchvizError(
        "There is no ffmpeg, which makes video files. Install it by the system's package manager "
        "(apt-get install ffmpeg, brew install ffmpeg) or by "
        'pip install "patchviz-audio[video]"; or save .gif, .webp or .apng, which need none.'
    )


@contextlib.contextmanager
def with_ffmpeg() -> Iterator[None]:
    """Let matplotlib's writers find the ffmpeg that `ffmpeg_path` finds."""
    with mpl.rc_context({"animation.ffmpeg_path": ffmpeg_path()}):
        yield


class SoundTrack:
    """The sound of a film, decoded block by block into a file that ffmpeg reads.

    Parameters
    ----------
    audio : Audio
    start, end : float
        The part that is heard, in seconds on the clock of ``audio.start``. Where the sound
        begins later, it is silent until then.
    n_frames_after : int
        Frames for which the last picture stays, so that all of it is heard.
    """

    def __init__(self, audio: Audio, start: float, end: float, n_frames_after: int) -> None:
        if float(audio.sr) != int(audio.sr):
            raise InvalidValueError(
                f"audio=True with a sampling rate of {audio.sr} Hz: ffmpeg takes whole numbers. "
                "Resample the sound."
            )
        self.audio = audio
        self.start = start
        self.end = end
        self.n_frames_after = n_frames_after
        self.path: Path | None = None

    def write(self, path: Path) -> None:
        """Write the samples, raw: no header limits their number.

        Parameters
        ----------
        path : Path
        """
        self.path = path
        audio = self.audio
        begin = max(self.start, audio.start)
        n_silent = round((begin - self.start) * audio.sr)
        with open(path, "wb") as file:
            file.write(bytes(n_silent * audio.n_channels * 4))
            for block in audio.blocks(start=begin, end=self.end):
                file.write(np.ascontiguousarray(block.T, dtype="<f4").data)

    @property
    def input_args(self) -> list[str]:
        """What tells ffmpeg how to read the file."""
        form = ["-f", "f32le", "-ar", str(int(self.audio.sr)), "-ac", str(self.audio.n_channels)]
        return [*form, "-i", str(self.path)]


class FilmWriter(FFMpegWriter):
    """matplotlib's ffmpeg writer, with an exact frame rate, true colours and, if given, sound.

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
        super().__init__(fps, codec, bitrate, extra_args, metadata)  # type: ignore[arg-type]
        self.sound = sound

    def setup(self, fig: Figure, outfile: str | Path, dpi: float | None = None) -> None:
        """Start ffmpeg, as `FFMpegWriter.setup` does."""
        super().setup(fig, outfile, dpi)
        self._pipe = ThreadPoolExecutor(max_workers=1, thread_name_prefix=PIPE)
        self._taken: Future[int] | None = None

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        """Hand the figure to ffmpeg as the next frame, as `FFMpegWriter.grab_frame` does."""
        self.fig.set_size_inches(self._w, self._h)  # type: ignore[attr-defined]
        frame = io.BytesIO()
        self.fig.savefig(frame, format=self.frame_format, dpi=self.dpi, **savefig_kwargs)
        if self._taken is not None:
            self._taken.result()
        ffmpeg: subprocess.Popen[bytes] = self._proc  # type: ignore[attr-defined]
        assert ffmpeg.stdin is not None
        self._taken = self._pipe.submit(ffmpeg.stdin.write, frame.getbuffer())

    def finish(self) -> None:
        """Wait until ffmpeg has written the file; raise what it said if it has not."""
        self._pipe.shutdown()
        super().finish()
        if self._taken is not None:
            self._taken.result()

    def _args(self) -> list[str]:
        # Below 5 frames per second ffmpeg takes a rate it is told as -framerate for a measured
        # one, and puts the nearest usual one in its place. What it is told as -r it keeps.
        args: list[str] = super()._args()  # type: ignore[misc]  # matplotlib declares no type
        args[args.index("-framerate")] = "-r"
        return args

    @property
    def output_args(self) -> list[str]:
        """What tells ffmpeg how to write the file."""
        args: list[str] = super().output_args
        args = [*self._added_args(args), *args]
        return args if self.sound is None else [*self.sound.input_args, *args]

    def _added_args(self, args: Sequence[str]) -> list[str]:
        """Return what is added unless `args` say otherwise."""
        added = []
        if self.codec == "webm" and "-pix_fmt" not in args:
            # Its encoder has planes of red, green and blue as well, which hardly a player shows.
            added += ["-pix_fmt", "yuva420p"]
        filters = {"-vf", "-filter:v", "-filter_complex"}
        if self.codec in ("h264", "webm") and not filters & set(args):
            # Without a tag players guess the matrix by the height of the picture.
            added += ["-vf", "scale=out_color_matrix=bt709:out_range=tv"]
            for name in ("colorspace", "color_primaries", "color_trc"):
                added += [f"-{name}", "bt709"]
        if self.codec == "h264" and not {"-preset", "-preset:v"} & set(args):
            # Encoding by x264's own default takes twice the time of painting, and saves 4 %.
            added += ["-preset", "veryfast"]
        return added
