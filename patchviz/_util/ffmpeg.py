"""Where ffmpeg is: it reads sound and makes films."""

from __future__ import annotations

import contextlib
import shutil

__all__ = ["HOW_TO_INSTALL", "find_ffmpeg"]

HOW_TO_INSTALL = (
    "by the system's package manager (apt-get install ffmpeg, brew install ffmpeg) or by "
    'pip install "patchviz-audio[ffmpeg]"'
)


def find_ffmpeg(program: str = "ffmpeg") -> str | None:
    """Return the system's ffmpeg, or the one of the ``ffmpeg`` extra; None if there is neither.

    Parameters
    ----------
    program : str, default: "ffmpeg"
        What the system calls it.
    """
    if found := shutil.which(program):
        return found
    with contextlib.suppress(ImportError, RuntimeError):  # not installed, or brings none here
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    return None
