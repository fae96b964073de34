"""The small overviews in the index of a site: many recordings in a few pictures."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.files import write_whole
from .._util.png import indexed_png
from ..plot.axis import FrequencyAxis
from ..plot.color import ColorScale, find_cmap

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

    from ..core.patches import Patches

__all__ = ["PER_PICTURE", "overview_of", "write_overviews"]

WIDTH, HEIGHT = 240, 40  # of an overview, in pixels
PER_PICTURE = 200  # overviews; browsers draw no picture of any height


def overview_of(patches: Patches, options: Mapping[str, Any]) -> str:
    """Return a recording in few pixels, as entries of a palette, shape (HEIGHT, WIDTH), in base64.

    The largest value of each is seen: what is short has its mark.
    """
    spec = patches.spectrogram
    scale = ColorScale.of(
        spec, cmap=options.get("cmap"), clim=options.get("clim"), n_columns=WIDTH, reduce="max"
    )
    # Without padding, and without rows that no view shows: what was resampled has none up there.
    heights = np.diff(np.clip(FrequencyAxis.of(spec, options.get("flim")).positions, 0, 1))
    values = spec.values[heights > 0, : patches.framing.n_frames]
    for axis, size in ((1, WIDTH), (0, HEIGHT)):
        at = np.arange(size) * values.shape[axis] // size
        few = values.shape[axis] < size
        values = np.take(values, at, axis) if few else np.fmax.reduceat(values, at, axis)
    share = np.clip(np.asarray(scale.norm(np.nan_to_num(values, nan=scale.vmin))), 0, 1)
    return base64.b64encode(np.round(255 * share[::-1]).astype(np.uint8).tobytes()).decode()


def write_overviews(
    folder: Path, overviews: Sequence[str], cmap: str | Colormap | None
) -> list[str]:
    """Write overviews into a few pictures, one under the other, and return their names."""
    colors = find_cmap(cmap)(np.linspace(0, 1, 256))
    palette = np.round(255 * colors).astype(np.uint8)
    names = []
    for at in range(0, len(overviews), PER_PICTURE):
        texts = overviews[at : at + PER_PICTURE]
        cells = np.frombuffer(b"".join(map(base64.b64decode, texts)), np.uint8)
        data = indexed_png(cells.reshape(-1, WIDTH), palette)
        names.append(f"overviews-{hashlib.sha256(data).hexdigest()[:16]}.png")
        write_whole(folder / names[-1], data)
    return names
