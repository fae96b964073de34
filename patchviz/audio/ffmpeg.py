"""Sound that ffmpeg decodes, which comes through a pipe."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import re
import struct
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from .._util.ffmpeg import HOW_TO_INSTALL, find_ffmpeg
from .._util.files import temporary_folder
from ..errors import AudioFileError, shorten
from .files import in_quotes, on_disk

__all__ = ["ByFfmpeg", "FfmpegError", "Report"]

_GAP = 0.1  # s; times may be rounded, or those of pictures
_NO_TIME = -(1 << 63)  # of a packet that has none
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
    track: str  # which one that is: its number, counted from 0, its language, its channels
    n_streams: int  # of any kind
    n_coded: int  # bytes of the file that are sound
    begins: float  # s, by the file's times, after what begins first in it
    n_before: int  # samples before the first damage; all, where none is found
    gap_end: float  # s, where the sound goes on, if that damage is a gap between its packets


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
        with temporary_folder() as folder:
            # Its packets' times are copied beside the sound: a gap in them is in no message.
            times = folder / "times"
            copy = ("-vn", "-sn", "-dn", "-c:a", "copy", "-f", "framecrc", f"file:{times}")
            with self._decoding(source, name, after=copy) as (pipe, rate, n_channels, log):
                n_samples = _n_bytes(pipe) // (4 * n_channels)
                told = log()
            begins, length, gap, n_coded = _packets(times)
        n_before, complaint = n_samples, _complaint(told)
        if complaint:  # where it is, it does not say, but would stop there
            stopping = self._decoding(source, name, before=("-xerror",))
            n_before = 0
            with contextlib.suppress(FfmpegError), stopping as (pipe, _, _, _):
                n_before = min(n_samples, _n_bytes(pipe) // (4 * n_channels))
        # Of some formats the first packets are not heard.
        lead = max(0.0, length - n_samples / rate)
        if gap and (gap[0] - lead) * rate < n_before:
            n_before = max(0, int((gap[0] - lead) * rate))
        else:
            gap = None
        inputs = told.split("Output #0")[0]
        is_guess = "Estimating duration from bitrate" in told
        promised = None if is_guess else re.search(r"Duration: (\d+):(\d+):([\d.]+)", told)
        hours, minutes, seconds = map(float, promised.groups()) if promised else (0, 0, 0)
        return Report(
            rate,
            n_channels,
            n_samples,
            3600 * hours + 60 * minutes + seconds if promised else None,
            complaint,
            *_tracks(told),
            len(re.findall(r"^\[info\]\s+Stream #0:\d+.*: \w+:", inputs, re.MULTILINE)),
            n_coded,
            begins,
            n_before,
            gap[1] if gap else 0.0,
        )

    def blocks(
        self, source: Path | IO[bytes], name: str, first: int, last: int, blocksize: int
    ) -> Generator[NDArray[np.float32], None, None]:
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
    def _decoding(
        self,
        source: Path | IO[bytes],
        name: str,
        *,
        before: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
    ) -> Iterator[tuple]:  # type: ignore[type-arg]
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
            command += [*before, *self.options, "-protocol_whitelist", "file", "-i", f"file:{path}"]
            # Samples are counted: times that do not rise would lose some.
            command += ["-vn", "-sn", "-dn", "-bsf:a", "setts=ts=N"]
            command += ["-c:a", "pcm_f32be", "-f", "au", "pipe:1", *after]
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


def _n_bytes(pipe: IO[bytes]) -> int:
    """Return how many bytes come out of a pipe."""
    return sum(map(len, iter(lambda: pipe.read(1 << 20), b"")))


def _packets(path: Path) -> tuple[float, float, tuple[float, float] | None, int]:
    """Return when packets begin, how long all are, and the first gap between them, in seconds.

    And how many bytes they have.

    The gap is counted from where they begin, and from the last two packets before it: those may
    need the next one, as in WMA.

    Parameters
    ----------
    path : Path
        What ffmpeg's framecrc writes of them, a line each: stream, times, duration, size, ....
    """
    unit = begin = length = 0.0
    n_bytes = 0
    last_two = [0.0, 0.0]  # when they begin
    gap = None
    end: float | None = None  # of the packet before, where that says how long it is
    with contextlib.suppress(FileNotFoundError), path.open() as lines:
        for line in lines:
            if line.startswith("#tb 0:"):
                unit = float(Fraction(line.split()[-1]))
            if not line[:1].isdigit():
                continue
            _, _, time, duration, n, *_ = line.split(",")
            n_bytes += int(n)
            if int(time) == _NO_TIME:
                end = math.inf
                continue
            at = int(time) * unit
            if gap is None and end is not None and at > end + _GAP:
                gap = max(0.0, last_two[0] - begin), at - begin
            if end is None:
                begin = max(0.0, at)
            end = at + int(duration) * unit if int(duration) else math.inf
            length += int(duration) * unit
            last_two = [last_two[1], at]
    return begin, length, gap, n_bytes


_SOUND = re.compile(
    r"^\[info\]\s+Stream #0:(\d+)(?:\[\w+\])?(?:\((\w+)\))?: Audio: [^,]*, \d+ Hz, ([^,\n]+)",
    re.MULTILINE,
)


def _tracks(told: str) -> tuple[int, str]:
    """Return how many tracks have sound, and what is known of the one that is decoded."""
    sounds = _SOUND.findall(told.split("Output #0")[0])
    decoded = re.search(r"^\[info\]\s+Stream #0:(\d+) -> #0:0 ", told, re.MULTILINE)
    for number, (stream, *facts) in enumerate(sounds):
        if decoded and stream == decoded[1]:
            return len(sounds), f"{number} ({', '.join(filter(None, facts))})"
    return len(sounds), ""


def _complaint(told: str) -> str:
    """Return what ffmpeg complained of first, in a line."""
    found = re.search(
        r"^(?:\[[^]]* @ [^]]*\] )?\[(?:error|fatal|panic)\] (.*)$", told, re.MULTILINE
    )
    if found is None:
        return ""
    return shorten(re.sub(r"file:\S+: ", "", " ".join(found[1].split())).rstrip("."), 100)
