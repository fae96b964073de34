"""The 256 colours that a GIF may use at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GrowingPalette"]

N_COLOURS = 256

# Kept free when a palette is chosen, for the few colours that later frames bring.
N_SPARE = 16

# A new colour within this distance (in 8-bit RGB) of the palette needs no entry of its own.
NEAR = 12.0

# More colours than this are thinned out before a palette is chosen from them.
MANY = 8192


class GrowingPalette:
    """A palette for frames that come one by one, which grows by the colours that it lacks.

    It is picked from the colours themselves, each time the one furthest from those picked before;
    so no colour is far from it, however rare it is. A colormap's 256 colours and the greys of text
    and lines end up within about 3/255 per channel. When it is full, another one is chosen.

    Attributes
    ----------
    table : bytes
        The palette of the last picture: 256 times red, green, blue.
    """

    def __init__(self) -> None:
        self.table = b""
        self._seen = np.zeros(0, np.uint32)  # colours to choose from, as 0xBBGGRR
        self._chosen = np.zeros((0, 3), np.int32)
        self._near = NEAR
        self._number_of = _no_numbers()

    def indices(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the palette numbers of a picture's pixels.

        Parameters
        ----------
        picture : ndarray of uint8, shape (height, width, 4)
            Opaque RGBA.

        Returns
        -------
        ndarray of uint8, shape (height, width)
            Numbers in `table`, which may be another one afterwards.
        """
        colours = np.ascontiguousarray(picture).view("<u4")[..., 0] & 0xFFFFFF
        numbers = self._number_of.take(colours)
        if not numbers.all():
            new = np.unique(colours[numbers == 0])
            if not self._extend(new):
                self._choose(new)
                new = np.unique(colours)
            self._number_of[new] = 1 + _nearest(_channels(new), self._chosen)[0]
            numbers = self._number_of.take(colours)
        return (numbers - 1).astype(np.uint8)

    def _extend(self, new: NDArray[np.uint32]) -> bool:
        """Add those of the new colours that are far from the palette; False if it has no room."""
        if not len(self._chosen):
            return False
        grown, distance = _grown(self._chosen, _channels(new), N_COLOURS, self._near)
        if distance > self._near:
            return False
        if len(grown) > len(self._chosen):
            self._chosen, self.table = grown, _table(grown)
            self._seen = _thinned(np.union1d(self._seen, new))
        return True

    def _choose(self, new: NDArray[np.uint32]) -> None:
        """Choose another palette, from the colours seen so far and new ones."""
        self._seen = _thinned(np.union1d(self._seen, new))
        colours = _channels(self._seen)
        lightest = colours[[colours.sum(axis=1).argmax()]]
        self._chosen, distance = _grown(lightest, colours, N_COLOURS - N_SPARE, 0)
        self._near = max(NEAR, 1.5 * distance)
        self._number_of = _no_numbers()
        self.table = _table(self._chosen)


def _table(palette: NDArray[np.int32]) -> bytes:
    return palette.astype(np.uint8).tobytes().ljust(3 * N_COLOURS, b"\0")


def _no_numbers() -> NDArray[np.uint16]:
    """Return room for each colour's number in the palette plus one.

    Memory that is never written to, nearly all of it, takes no space.
    """
    return np.zeros(1 << 24, np.uint16)


def _channels(colours: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return red, green and blue of 0xBBGGRR, shape (n, 3)."""
    return (colours[:, np.newaxis] >> np.array([0, 8, 16], np.uint32) & 0xFF).astype(np.int32)


def _thinned(colours: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return one of each group of colours that are alike, if there are many."""
    coarse = 0xFF
    while len(colours) > MANY:
        coarse = coarse << 1 & 0xFF
        _, first = np.unique(colours & coarse * 0x010101, return_index=True)
        colours = colours[first]
    return colours


def _grown(
    palette: NDArray[np.int32], colours: NDArray[np.int32], n: int, near: float
) -> tuple[NDArray[np.int32], float]:
    """Add the colour furthest from the palette, and again, until it has `n` or all are near it.

    Returns the palette, and how far the furthest colour then is.
    """
    squares = _nearest(colours, palette)[1] ** 2
    added: list[NDArray[np.int32]] = []
    while squares.max() > near**2 and len(palette) + len(added) < n:
        added.append(colours[squares.argmax()])
        np.minimum(squares, _squares(colours, added[-1]), out=squares)
    return np.vstack([palette, *added]), float(np.sqrt(squares.max()))


def _nearest(
    colours: NDArray[np.int32], palette: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each colour the number of the nearest in the palette, and how far that is."""
    numbers, squares = np.zeros((2, len(colours)), np.int64)
    for at in range(0, len(colours), 1024):
        some = slice(at, at + 1024)
        each = _squares(colours[some, np.newaxis], palette)
        numbers[some], squares[some] = each.argmin(axis=1), each.min(axis=1)
    return numbers, np.sqrt(squares)


def _squares(colours: NDArray[np.int32], one: NDArray[np.int32]) -> NDArray[np.int32]:
    difference = colours - one
    squares: NDArray[np.int32] = np.einsum("...i,...i", difference, difference)
    return squares
