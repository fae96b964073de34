"""Sound that ffmpeg decodes, which comes through a pipe."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from .._util.ffmpeg import HOW_TO_INSTALL, find_ffmpeg
from ..errors import AudioFileError, shorten
from .files import in_quotes, on_disk

__all__ = ["ByFfmpeg", "FfmpegError", "Report"]

_HEAD = struct.Struct(">4s5I")  # of an AU file: magic, offset, size, encoding, rate, channels


class FfmpegError(AudioFileError):
    """ffmpeg cannot be run, or finds no sound in a file."""


@dataclasses.dataclass(frozen=True)
class Report:
    """What ffmpeg found in a file, decoded to its end."""

    sr: int
    n_channels: int
    n_samples: int
    promised: float | None  # s, by the file's header, where that says it
    complaint: str  # its last; empty for a file that is intact
    n_sounds: int  # how many tracks have sound; one is decoded


@dataclasses.dataclass(frozen=True)
class ByFfmpeg:
    """Decodes a file by ffmpeg.

    Parameters
    ----------
    options : tuple of str
        What ffmpeg is told about the file.
    """

    options: tuple[str, ...] = ()
    title = "decoded by ffmpeg"

    def probe(self, source: Path | IO[bytes], name: str) -> Report:
        """Decode a file to its end once: how long it is nothing else tells for sure."""
        with self._decoding(source, name) as (pipe, rate, n_channels, log):
            n_bytes = 0
            while block := pipe.read(1 << 20):
                n_bytes += len(block)
            told = log()
        inputs = told.split("Output #0")[0]
        promised = re.search(r"Duration: (\d+):(\d+):([\d.]+)", told)
        hours, minutes, seconds = map(float, promised.groups()) if promised else (0, 0, 0)
        return Report(
            rate,
            n_channels,
            n_bytes // (4 * n_channels),
            3600 * hours + 60 * minutes + seconds if promised else None,
            _complaint(told),
            len(re.findall(r"^\[info\]\s+Stream #0:\d+.*: Audio:", inputs, re.MULTILINE)),
        )

    def blocks(
        self, source: Path | IO[bytes], name: str, first: int, last: int, blocksize: int
    ) -> Iterator[NDArray[np.float32]]:
        """Yield samples `first` to `last`, shape (n, n_channels), as far as they can be decoded."""
        with self._decoding(source, name) as (pipe, _, n_channels, _):
            at, n_bytes = 0, 4 * n_channels
            while at < last:
                # Only decoding from the start finds a sample for sure.
                n = min(blocksize, (first if at < first else last) - at)
                block = np.frombuffer(pipe.read(n * n_bytes), ">f4")
                block = block[: len(block) // n_channels * n_channels].reshape(-1, n_channels)
                if not len(block):
                    return
                at += len(block)
                if at > first:
                    yield block.astype(np.float32)

    @contextlib.contextmanager
    def _decoding(self, source: Path | IO[bytes], name: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        """Start ffmpeg; return its pipe, the rate, the channels, and a function that waits.

        That returns what ffmpeg said. The process ends with the context.
        """
        program = find_ffmpeg()
        if program is None:
            raise FfmpegError(
                f"{in_quotes(name)} is decoded by ffmpeg, and there is none. Install it "
                f"{HOW_TO_INSTALL}."
            )
        with on_disk(source, name) as path, tempfile.TemporaryFile() as log:
            command = [program, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"]
            # A playlist may name files, and must not make us ask another computer.
            command += [*self.options, "-protocol_whitelist", "file", "-i", f"file:{path}"]
            # Samples are counted: times that do not rise would lose some.
            command += ["-vn", "-sn", "-dn", "-bsf:a", "setts=ts=N"]
            command += ["-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # on Windows
                )
            except OSError as error:
                raise _not_decoded(name, f"{program}: {error.strerror or error}") from error

            def told() -> str:
                process.wait()
                log.seek(0)
                return log.read().decode(errors="replace")

            assert process.stdout is not None
            try:
                head = process.stdout.read(_HEAD.size)
                if len(head) < _HEAD.size:
                    raise _not_decoded(name, _complaint(told()) or "no sound in it")
                _, offset, _, _, rate, n_channels = _HEAD.unpack(head)
                process.stdout.read(offset - _HEAD.size)
                yield process.stdout, rate, n_channels, told
            finally:
                process.kill()
                process.stdout.close()
                process.wait()


def _not_decoded(name: str, why: str) -> FfmpegError:
    return FfmpegError(
        f"{in_quotes(name)} cannot be decoded as sound, neither by libsndfile nor by ffmpeg "
        f"({why}). Give a sound file, or one with sound in it."
    )


def _complaint(told: str) -> str:
    """Return what ffmpeg complained of first, in a line."""
    found = re.search(
        r"^(?:\[[^]]* @ [^]]*\] )?\[(?:error|fatal|panic)\] (.*)$", told, re.MULTILINE
    )
    if found is None:
        return ""
    return shorten(re.sub(r"file:\S+: ", "", " ".join(found[1].split())).rstrip("."), 100)
