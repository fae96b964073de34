"""Writers of GIF, WebP, APNG and numbered PNG files that hold one frame, however many there are.

They are matplotlib writers. Pillow compresses every frame, but keeps all of them when it is to
join them; so the frames are joined here, as they come. A frame holds only the rectangle that
differs from the frame before.
"""

from __future__ import annotations

import io
import struct
from abc import abstractmethod
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.animation import AbstractMovieWriter
from PIL import GifImagePlugin, Image, PngImagePlugin

from ..errors import Argument, Code, InvalidValueError, Setting
from .palette import GrowingPalette

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["ApngWriter", "FrameWriter", "GifWriter", "PngFolderWriter", "WebPWriter"]

# Deflate's own default costs four times the time of this level and saves a tenth of the size.
PNG_LEVEL = 3


class FrameWriter(AbstractMovieWriter):
    """A writer that gets frames as arrays.

    Parameters
    ----------
    fps : int, float or Fraction
        Frames per second. A Fraction is kept exactly.
    loop : bool, default: True
        Whether the film begins again at its end.
    """

    holds_transparency = True

    outfile: str | Path
    dpi: float
    fig: Figure

    def __init__(self, fps: float | Fraction = 5, *, loop: bool = True) -> None:
        super().__init__(fps=fps)  # type: ignore[arg-type]  # typed int, kept as it is
        self.loop = loop
        self.period = 1 / Fraction(fps)
        self.n_written = 0

    def setup(self, fig: Figure, outfile: str | Path, dpi: float | None = None) -> None:
        """Begin a film.

        Parameters
        ----------
        fig : Figure
        outfile : path
        dpi : float, optional
            Dots per inch; by default the figure's.
        """
        super().setup(fig, str(outfile), dpi)
        self._size = self.frame_size

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        """Write the figure as the next frame.

        Parameters
        ----------
        **savefig_kwargs
            What `Figure.savefig` takes, except for `dpi`, `format` and `bbox_inches`.
        """
        buffer = io.BytesIO()
        self.fig.savefig(buffer, format="rgba", dpi=self.dpi, **savefig_kwargs)
        width, height = self.frame_size
        self.add(np.frombuffer(buffer.getbuffer(), np.uint8).reshape(height, width, 4))

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Write a picture as the next frame.

        Parameters
        ----------
        frame : ndarray of uint8, shape (height, width, 4)
            Red, green, blue and opacity. It is kept until the next one comes.
        """
        width, height = self._size
        if frame.shape != (height, width, 4):
            raise InvalidValueError(
                f"frame {self.n_written} is not of {width} × {height} pixels, as the film is. "
                "Leave the figure's size and dpi alone while it is saved."
            )
        self._write(frame)
        self.n_written += 1

    @abstractmethod
    def _write(self, frame: NDArray[np.uint8]) -> None:
        """Write a frame, shape (height, width, 4)."""

    def _ticks(self, per_second: int) -> int:
        """Return how long the frame lasts in whole ticks, so that their sums stay true."""
        start, end = (
            round(n * self.period * per_second) for n in (self.n_written, self.n_written + 1)
        )
        return end - start


class _FileWriter(FrameWriter):
    """A frame writer with one file, open from the first frame to the last.

    Of each frame it writes the rectangle in which it is new.
    """

    max_pixels: int
    _file: IO[bytes]
    _shown: NDArray[np.uint32] | None = None

    def setup(self, fig: Figure, outfile: str | Path, dpi: float | None = None) -> None:
        """Open the file.

        Parameters
        ----------
        fig : Figure
        outfile : path
        dpi : float, optional
            Dots per inch; by default the figure's.
        """
        super().setup(fig, outfile, dpi)
        if max(self.frame_size) > self.max_pixels:
            raise InvalidValueError(
                f"frames of {self.frame_size[0]} × {self.frame_size[1]} pixels are too large for "
                f"{Path(outfile).suffix}: it holds {self.max_pixels} a side",
                remedy=("Lower ", Argument("dpi", self.dpi), "."),
            )
        self._file = open(outfile, "wb")  # noqa: SIM115  # closed by finish

    def finish(self) -> None:
        """Write what belongs at the end, and close the file."""
        with self._file:
            if self.n_written:
                self._end()

    def _write(self, frame: NDArray[np.uint8]) -> None:
        width, height = self._size
        pixels = frame.view("<u4")[..., 0]
        box = _Box(0, 0, width, height) if self._shown is None else _changed(self._shown, pixels)
        self._write_box(frame, box)
        self._shown = pixels

    @abstractmethod
    def _write_box(self, frame: NDArray[np.uint8], box: _Box) -> None:
        """Write a frame; outside of `box` it is as the one before."""

    @abstractmethod
    def _end(self) -> None:
        """Write what belongs at the end."""


def _rate(fps: float | Fraction) -> Argument:
    return Argument("fps", Code(f"{float(fps):.6g}"))


class GifWriter(_FileWriter):
    """Write a GIF. Times are hundredths of a second there; their rounding does not add up."""

    holds_transparency = False
    max_pixels = 65535

    def __init__(self, fps: float | Fraction = 5, *, loop: bool = True) -> None:
        super().__init__(fps, loop=loop)
        if self.period < Fraction(1, 50):
            raise InvalidValueError(
                _rate(fps),
                " is not possible in a GIF: its frames last hundredths of a second, and browsers "
                "slow down those shorter than two",
                remedy=(
                    "Give ",
                    Setting("fps", 50),
                    " or less, which plays slower than the sound; or save .webp, .apng or .mp4; "
                    "or make patches with a longer hop.",
                ),
            )
        if self.period > 655:
            raise InvalidValueError(
                _rate(fps), " is not possible in a GIF: a frame lasts at most 655 s."
            )
        self._palette = GrowingPalette()
        self._global_table = b""

    def _write_box(self, frame: NDArray[np.uint8], box: _Box) -> None:
        indices = self._palette.indices(frame[box.rows, box.columns])
        table = self._palette.table
        image = Image.fromarray(indices)
        image.putpalette(table)
        if not self._global_table:
            self._global_table = table
            options = {"duration": 1, **({"loop": 0} if self.loop else {})}
            self._file.writelines(GifImagePlugin.getheader(image, info=options)[0])
        data = GifImagePlugin.getdata(
            image,
            (box.left, box.top),
            duration=10 * self._ticks(100),
            include_color_table=table != self._global_table,
        )
        self._file.writelines(data)

    def _end(self) -> None:
        self._file.write(b";")


class WebPWriter(_FileWriter):
    """Write an animated WebP, lossless. Times are milliseconds; their rounding does not add up."""

    max_pixels = 16383

    def __init__(self, fps: float | Fraction = 5, *, loop: bool = True) -> None:
        super().__init__(fps, loop=loop)
        if not Fraction(1, 1000) <= self.period <= 16777:
            raise InvalidValueError(
                _rate(fps), " is not possible in WebP: a frame lasts 1 ms to 16,777 s."
            )

    def _write_box(self, frame: NDArray[np.uint8], box: _Box) -> None:
        if not self.n_written:
            self._begin()
        box = _Box(box.left & ~1, box.top & ~1, box.right, box.bottom)  # offsets are halved
        still = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(frame[box.rows, box.columns])).save(
            still, format="webp", lossless=True, exact=True, method=0, quality=20
        )
        head = b"".join(
            value.to_bytes(3, "little")
            for value in (
                box.left // 2,
                box.top // 2,
                box.right - box.left - 1,
                box.bottom - box.top - 1,
                self._ticks(1000),
            )
        )
        replace = b"\2"  # in place of blending
        self._chunk(b"ANMF", head + replace + _webp_picture(still.getvalue()))

    def _begin(self) -> None:
        width, height = (size - 1 for size in self.frame_size)
        animated, with_alpha = 0x02, 0x10
        self._file.write(b"RIFF\0\0\0\0WEBP")
        self._chunk(
            b"VP8X",
            struct.pack("<I", animated | with_alpha)
            + width.to_bytes(3, "little")
            + height.to_bytes(3, "little"),
        )
        self._chunk(b"ANIM", struct.pack("<IH", 0, 0 if self.loop else 1))

    def _chunk(self, name: bytes, data: bytes) -> None:
        if self._file.tell() + len(data) + 16 >= 1 << 32:
            raise InvalidValueError(
                f"a WebP file holds 4 GB, and {self.n_written} frames fill it. "
                "Lower the dpi, or save .mp4."
            )
        self._file.write(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2))

    def _end(self) -> None:
        size = self._file.tell() - 8
        self._file.seek(4)
        self._file.write(struct.pack("<I", size))


class ApngWriter(_FileWriter):
    """Write an animated PNG, lossless. Times are milliseconds; their rounding does not add up."""

    max_pixels = 2**31 - 1

    def __init__(self, fps: float | Fraction = 5, *, loop: bool = True) -> None:
        super().__init__(fps, loop=loop)
        if not Fraction(1, 10000) <= self.period <= 65534:
            raise InvalidValueError(
                _rate(fps), " is not possible in APNG: a frame lasts 0.1 ms to 65,534 s."
            )
        self._n_parts = 0

    def _write_box(self, frame: NDArray[np.uint8], box: _Box) -> None:
        picture = Image.fromarray(np.ascontiguousarray(frame[box.rows, box.columns]))
        chunks = PngImagePlugin.getchunks(picture, compress_level=PNG_LEVEL)
        if not self.n_written:
            self._file.write(b"\x89PNG\r\n\x1a\n")
            (header,) = (data for name, data, _ in chunks if name == b"IHDR")
            PngImagePlugin.putchunk(self._file, b"IHDR", header)
            self._after_header = self._file.tell()
            self._count(0)
        left, top, right, bottom = box
        place = struct.pack(">IIII", right - left, bottom - top, left, top)
        keep, replace = 0, 0  # what becomes of the frame afterwards, and of what it covers
        how = struct.pack(">HHBB", *self._delay(), keep, replace)
        self._part(b"fcTL", place + how)
        for name, data, _ in chunks:
            if name == b"IDAT" and not self.n_written:
                PngImagePlugin.putchunk(self._file, b"IDAT", data)
            elif name == b"IDAT":
                self._part(b"fdAT", data)

    def _delay(self) -> tuple[int, int]:
        """Return the frame's time as a fraction of a second, in parts that 16 bits can hold.

        Any fraction could stand here, but browsers cut off what exceeds whole milliseconds, and
        with the same fraction for every frame that would add up.
        """
        per_second = next(n for n in (10000, 1000, 100, 10, 1) if self._fits(n))
        return self._ticks(per_second), per_second

    def _fits(self, per_second: int) -> bool:
        too_fine = per_second > 1000 and self.period >= Fraction(1, 1000)
        return not too_fine and self.period * per_second <= 65534

    def _part(self, name: bytes, data: bytes) -> None:
        PngImagePlugin.putchunk(self._file, name, struct.pack(">I", self._n_parts) + data)
        self._n_parts += 1

    def _count(self, n_frames: int) -> None:
        PngImagePlugin.putchunk(
            self._file, b"acTL", struct.pack(">II", n_frames, 0 if self.loop else 1)
        )

    def _end(self) -> None:
        PngImagePlugin.putchunk(self._file, b"IEND")
        self._file.seek(self._after_header)
        self._count(self.n_written)


class PngFolderWriter(FrameWriter):
    """Write each frame into a file of its own: ``patch_0000.png``, ``patch_0001.png`` ...

    Parameters
    ----------
    fps : int, float or Fraction
        Has no effect: single pictures have no time.
    """

    n_digits = 4

    def prepare(self, folder: Path, n_frames: int) -> None:
        """Choose the number of digits, and refuse to mix with another film's pictures.

        Parameters
        ----------
        folder : Path
            Where the pictures go in the end.
        n_frames : int
        """
        self.n_digits = max(self.n_digits, len(str(n_frames - 1)))
        ours = {self.name(number) for number in range(n_frames)}
        others = sorted(path.name for path in folder.glob("patch_*.png") if path.name not in ours)
        if others:
            raise InvalidValueError(
                Argument("filename", str(folder)),
                " holds pictures of another film, which has more patches: "
                f"{others[0]} to {others[-1]}",
                remedy="Remove them, or choose another folder.",
            )

    def setup(self, fig: Figure, outfile: str | Path, dpi: float | None = None) -> None:
        """Make the folder.

        Parameters
        ----------
        fig : Figure
        outfile : path
        dpi : float, optional
            Dots per inch; by default the figure's.
        """
        super().setup(fig, outfile, dpi)
        Path(outfile).mkdir(exist_ok=True)

    def name(self, number: int) -> str:
        """Return the name of a frame's file."""
        return f"patch_{number:0{self.n_digits}}.png"

    def _write(self, frame: NDArray[np.uint8]) -> None:
        path = Path(self.outfile) / self.name(self.n_written)
        Image.fromarray(frame).save(path, compress_level=PNG_LEVEL, dpi=(self.dpi, self.dpi))

    def finish(self) -> None:
        """Do nothing: every file is complete."""


class _Box(NamedTuple):
    """A rectangle of pixels; the right column and the bottom row do not belong to it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def rows(self) -> slice:
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        return slice(self.left, self.right)


def _changed(before: NDArray[np.uint32], after: NDArray[np.uint32]) -> _Box:
    """Return the smallest rectangle outside which nothing differs; never an empty one."""
    differs = before != after
    rows, columns = (np.flatnonzero(differs.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return _Box(0, 0, 1, 1)
    return _Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _webp_picture(file: bytes) -> bytes:
    """Return the chunks of a still WebP that hold its pixels."""
    parts: list[bytes] = []
    at = 12  # after "RIFF", the size and "WEBP"
    while at < len(file):
        size = int.from_bytes(file[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if file[at : at + 4] in (b"VP8L", b"VP8 ", b"ALPH"):
            parts.append(file[at:end])
        at = end
    return b"".join(parts)
