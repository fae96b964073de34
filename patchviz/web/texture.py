"""A spectrogram as one indexed picture: its palette is the colormap, a pixel is a cell."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.colors import Colormap, Normalize
from numpy.typing import NDArray

from .._util.png import indexed_png
from .._util.reductions import finite_reduced
from ..core.spectrogram import Spectrogram
from ..plot.color import ColorScale, normed

__all__ = ["MEDIA_TYPES", "TILE_WIDTH", "Quantizer", "encode_tiles"]

MEDIA_TYPES = {"png": "image/png", "webp": "image/webp"}

# Browsers draw no picture wider than 16,384 pixels everywhere.
TILE_WIDTH = 8192

_GAP, _UNDER = -2, -1


@dataclasses.dataclass(frozen=True)
class Quantizer:
    """Which palette entry a value has, so that its colour is the one matplotlib gives it.

    The palette starts with an entry for gaps, if there are any, and one for values below the
    scale, if they have a colour of their own; then come the levels of the scale, in rising order,
    and last an entry for values above it. The greater of two indices is therefore always the
    greater value.

    Attributes
    ----------
    palette : ndarray, shape (n, 4), uint8
        Red, green, blue and opacity; n is at most 256.
    first, last : int
        Entries of the lowest and the highest level.
    has_gaps : bool
        Whether entry 0 stands for values that are not finite (or that the norm cannot show).
    values : ndarray, shape (last - first + 1,), or None
        The value in the middle of each level; None where levels are equal steps from the
        lowest to the highest value of the scale.
    decibels : bool
        Whether values are levels, the mean of which is that of their powers.
    """

    palette: NDArray[np.uint8]
    first: int
    last: int
    has_gaps: bool
    values: NDArray[np.float64] | None
    decibels: bool
    _norm: Normalize
    _n_colors: int
    _n_levels: int
    _entry_of: NDArray[np.uint8]

    @classmethod
    def of(cls, spectrogram: Spectrogram, scale: ColorScale, *, gaps: bool = True) -> Quantizer:
        """Return the quantizer for a spectrogram's values.

        Parameters
        ----------
        spectrogram : Spectrogram
        scale : ColorScale
        gaps : bool, default: True
            Whether gaps, and values beyond the scale, may have entries of their own; without,
            they take the nearest level's.
        """
        cmap, norm = scale.cmap, scale.norm
        has_gaps, has_under, has_over = _beyond_levels(spectrogram, scale) if gaps else (False,) * 3
        n_reserved = has_gaps + has_under + has_over
        n_levels, colors = _levels(cmap, _is_discrete(norm, scale), 256 - n_reserved)
        middles = _middles(norm, n_levels)

        keep = _without_surplus(colors, 256 - n_reserved)
        first = has_gaps + has_under
        entry = first + np.cumsum(keep) - 1
        last = int(entry[-1])

        # Indexed by level + 2: gaps, values below, the levels, values above.
        entry_of = np.concatenate([[0], [first - has_under], entry, [last + has_over]])
        palette = [
            *([_rgba(cmap.get_bad())] if has_gaps else []),
            *([_rgba(cmap.get_under())] if has_under else []),
            *colors[keep],
            *([_rgba(cmap.get_over())] if has_over else []),
        ]
        equal_steps = type(norm) is Normalize and bool(keep.all())
        return cls(
            palette=np.array(palette, np.uint8),
            first=int(first),
            last=last,
            has_gaps=has_gaps,
            values=None if equal_steps else middles[keep],
            decibels=scale.decibels,
            _norm=norm,
            _n_colors=cmap.N,
            _n_levels=n_levels,
            _entry_of=entry_of.astype(np.uint8),
        )

    @property
    def key(self) -> tuple[object, ...]:
        """What decides which entry a value has and which colour: alike, where that is."""
        norm = {
            name: value.tobytes() if isinstance(value, np.ndarray) else value
            for name, value in vars(self._norm).items()
            if name != "callbacks"
        }
        entries = self._n_levels, self._n_colors, self._entry_of.tobytes()
        facts = self.first, self.has_gaps, self.decibels
        return self.palette.tobytes(), *facts, *entries, type(self._norm), norm

    def __call__(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the palette entries of some values, in an array of the same shape."""
        # As Colormap.__call__ does, with more levels where the colormap has few colours.
        fractions = normed(self._norm, np.ma.masked_invalid(values, copy=False))
        data, mask = np.ma.getdata(fractions), np.ma.getmaskarray(fractions)
        if data.dtype.kind == "f":
            with np.errstate(invalid="ignore", over="ignore"):
                data = data * self._n_levels
                data[data == self._n_levels] = self._n_levels - 1
                # Anything below 0 must stay below it when truncated.
                levels = np.floor(np.clip(data, _UNDER, self._n_levels))
            levels = np.where(mask, _GAP, levels).astype(np.int16)
        else:
            data = data.astype(np.int64) * self._n_levels // self._n_colors
            levels = np.where(mask, _GAP, np.clip(data, _UNDER, self._n_levels)).astype(np.int16)
        return np.asarray(self._entry_of[levels - _GAP])


def _beyond_levels(spectrogram: Spectrogram, scale: ColorScale) -> tuple[bool, bool, bool]:
    """Return whether there are gaps, and values below and above the scale with own colours."""
    low, high = spectrogram.finite_range
    if np.isnan(low):
        return True, False, False
    ends = normed(scale.norm, np.array([low, high]))
    mask, data = np.ma.getmaskarray(ends), np.ma.getdata(ends)
    top = 1.0 if data.dtype.kind == "f" else scale.cmap.N - 1
    under, over = data[0] < 0, data[1] > top
    # A logarithmic norm masks what is not positive.
    has_gaps = spectrogram.n_nonfinite > 0 or bool(mask.any())
    lowest, highest = (_rgba(scale.cmap(end)) for end in (0, scale.cmap.N - 1))
    own_under = not np.array_equal(_rgba(scale.cmap.get_under()), lowest)
    own_over = not np.array_equal(_rgba(scale.cmap.get_over()), highest)
    return (
        has_gaps,
        bool(under and own_under and not mask[0]),
        bool(over and own_over and not mask[1]),
    )


def _is_discrete(norm: Normalize, scale: ColorScale) -> bool:
    """Whether a norm returns numbers of colours (as BoundaryNorm) rather than fractions."""
    return bool(np.ma.getdata(norm(np.array([scale.vmin]))).dtype.kind != "f")


def _levels(cmap: Colormap, discrete: bool, room: int) -> tuple[int, NDArray[np.uint8]]:
    """Return how many levels there are, and the colour of each."""
    # A colormap of few colours gets several levels of each, so that values can be read finely.
    n_levels = min(cmap.N, 256)
    if not discrete:
        n_levels *= max(1, room // cmap.N)
    picked = ((np.arange(n_levels) + 0.5) * cmap.N / n_levels).astype(int)
    return n_levels, _rgba(cmap(picked))


def _without_surplus(colors: NDArray[np.uint8], room: int) -> NDArray[np.bool_]:
    """Return which levels keep an entry: not those whose colour is nearest to the one before."""
    keep = np.ones(len(colors), bool)
    steps = np.abs(np.diff(colors.astype(int), axis=0)).max(axis=1)
    for step in np.argsort(steps, kind="stable"):
        if keep.sum() <= room:
            break
        # No two neighbours: their small steps would add up.
        if keep[step] and keep[step + 2 : step + 3].all():
            keep[step + 1] = False
    return keep


def _rgba(colors: Any) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.asarray(colors) * 255), np.uint8)


def _middles(norm: Normalize, n_levels: int) -> NDArray[np.float64]:
    """Return the value in the middle of each level."""
    fractions = (np.arange(n_levels) + 0.5) / n_levels
    try:
        middles = np.asarray(norm.inverse(fractions), float)
    except (ValueError, NotImplementedError):  # as BoundaryNorm
        middles = np.array([np.nan])
    if not np.isfinite(middles).all():  # look which values go where
        values = np.linspace(float(norm.vmin), float(norm.vmax), 1 << 14)  # type: ignore[arg-type]
        levels = np.ma.getdata(norm(values))
        if levels.dtype.kind == "f":
            levels = levels * n_levels
        middles = np.interp(np.arange(n_levels), levels, values)
    return middles


def encode_tiles(
    values: NDArray[Any],
    quantizer: Quantizer,
    *,
    image_format: str,
    column_step: int,
    reduce: str = "max",
) -> Iterator[bytes]:
    """Yield the picture of a spectrogram as files of at most 8192 columns, from left to right.

    Parameters
    ----------
    values : ndarray, shape (n_bins, n_frames)
        Row 0 is at the bottom of the picture.
    quantizer : Quantizer
    image_format : {"png", "webp"}
        ``"png"`` has the colormap as its palette and is exact; ``"webp"`` holds the indices as
        shades of grey and is lossy.
    column_step : int
        Frames in a column of the picture.
    reduce : {"max", "mean", "median"}
        What the column shows of them.
    """
    n_frames = TILE_WIDTH * column_step
    for start in range(0, values.shape[1], n_frames):
        tile = _indices(values[::-1, start : start + n_frames], quantizer, column_step, reduce)
        yield indexed_png(tile, quantizer.palette) if image_format == "png" else _webp(tile)


def _indices(
    values: NDArray[Any], quantizer: Quantizer, column_step: int, reduce: str
) -> NDArray[np.uint8]:
    """Return the palette entries of the columns of a picture."""
    # In blocks of about a million cells, whatever the step and the number of rows.
    size = column_step * max(1, (1 << 20) // (values.shape[0] * column_step))
    blocks = []
    for first in range(0, values.shape[1], size):
        block = values[:, first : first + size]
        if column_step > 1:
            block = _columns(block, column_step, reduce, decibels=quantizer.decibels)
        blocks.append(quantizer(block))
    return np.concatenate(blocks, axis=1)


def _columns(
    values: NDArray[Any], step: int, reduce: str, *, decibels: bool = False
) -> NDArray[Any]:
    """Return every `step` columns as one; the last is of those that are left."""
    n_whole = values.shape[1] // step * step
    whole, rest = (
        values[:, :n_whole].reshape(len(values), -1, step),
        values[:, np.newaxis, n_whole:],
    )
    parts = [part for part in (whole, rest) if part.size]
    reduced = [finite_reduced(part, 2, reduce, decibels=decibels) for part in parts]
    return np.concatenate(reduced, axis=1)


def _webp(indices: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(indices).convert("RGB").save(file, "WEBP", quality=80, method=4)
    return file.getvalue()
