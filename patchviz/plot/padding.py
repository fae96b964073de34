"""Padding is hatched wherever it is shown: it is no sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import PathPatch, Rectangle

from ..core.batch import batch_of
from .frames import outlines
from .mesh import PatchMesh

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ..core.patches import Patches

__all__ = ["Padding", "has_padding", "hatch_items", "padding_of"]

# Opaque, since PDF and SVG know no alpha of hatches; grey, which black and white show both.
LOOK: dict[str, Any] = {
    "fill": False, "hatch": "//", "hatch_linewidth": 0.9, "color": "#808080", "linewidth": 0.0,
    "label": "_padding", "zorder": 2.5,
}  # fmt: skip

HATCHED = (
    12.0  # points: where none is as wide, hatching is no pattern, and hides what is not padded
)

GRASS = 0.06  # of the height


class Padding(Rectangle):
    """What is padding in an axes, hatched over its whole height.

    It begins where the sound ends, within a column: what the mesh shows of that behind it has the
    colour of padding too.
    """

    def __init__(self, ax: Axes, start: float = 0.0, end: float = 0.0) -> None:
        super().__init__((start, 0.0), end - start, 1.0, transform=ax.get_xaxis_transform(), **LOOK)
        ax.add_artist(self)

    def show(self, start: float, end: float) -> None:
        """Hatch another span of the time axis; nothing where it has no duration."""
        self.set_x(start)
        self.set_width(end - start)
        self.set_visible(end > start)

    def draw(self, renderer: Any) -> None:
        """Draw it, in the colour that the mesh has there now."""
        assert self.axes is not None
        meshes = (one for one in self.axes.collections if isinstance(one, PatchMesh))
        for mesh in meshes if self.get_visible() else ():
            cells = mesh.get_array()
            assert cells is not None
            ((ground,),) = mesh.to_rgba(cells[:1, -1:])
            if mesh.get_alpha() is None and ground[3] == 1:
                self.set_fill(True)
                self.set_facecolor(ground)
        super().draw(renderer)


def hatch_items(ax: Axes, patches: Patches) -> None:
    """Hatch what is padding of the items of a batch, side by side; nothing where none is."""
    batch, framing = batch_of(patches), patches.framing
    if batch is None or batch.lengths is None:
        return
    ends = framing.frame_length * np.arange(1, len(batch.lengths) + 1)
    starts = ends - framing.frame_length + batch.lengths
    spans = framing.origin + np.c_[starts, ends][starts < ends] * framing.frame_duration
    boxes = np.insert(spans, [1, 2], [0.0, 1.0], axis=1)
    ax.add_artist(_Items(ax, boxes))


class _Items(PathPatch):
    """What is padding of items side by side: hatched, or where they are thin as grass below."""

    def __init__(self, ax: Axes, boxes: NDArray[np.float64]) -> None:
        super().__init__(outlines(boxes), transform=ax.get_xaxis_transform(), **LOOK)
        self._boxes = boxes
        self._widest = float(np.ptp(boxes[:, 0::2], axis=1).max(initial=0.0))

    def draw(self, renderer: Any) -> None:
        """Draw it as wide as it is now."""
        assert self.axes is not None
        share = self._widest / abs(np.ptp(self.axes.get_xlim()))
        is_narrow = share * self.axes.bbox.width < HATCHED * renderer.points_to_pixels(1.0)
        if is_narrow != self.get_fill():
            self.set_fill(is_narrow)
            self.set_hatch("" if is_narrow else LOOK["hatch"])
            self.set_path(outlines(self._boxes * [1.0, 1.0, 1.0, GRASS if is_narrow else 1.0]))
        super().draw(renderer)


def has_padding(patches: Patches) -> bool:
    """Whether some patch is partly padding."""
    batch = batch_of(patches)
    return bool(patches.n_padded) or (batch is not None and batch.lengths is not None)


def padding_of(patches: Patches, index: int) -> tuple[float, float]:
    """Return which times of the recording are padding at the end of a patch, in seconds."""
    start, stop = patches.framing.frames(index)
    batch = batch_of(patches)
    origin, frame = patches.framing.origin, patches.framing.frame_duration
    end = origin + stop * frame
    if batch is not None and batch.lengths is not None:
        filled = start + int(batch.lengths[patches.framing.number(index)])
        return origin + filled * frame, end
    is_padded = stop > patches.framing.n_frames
    return max(origin + start * frame, patches._filled_end) if is_padded else end, end
