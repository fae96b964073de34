"""Padding is hatched wherever it is shown: it is no sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from ..core.batch import batch_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..core.patches import Patches

__all__ = ["Padding", "has_padding", "padding_of"]


class Padding(Rectangle):
    """What is padding in an axes, hatched over its whole height."""

    def __init__(self, ax: Axes, start: float = 0.0, end: float = 0.0) -> None:
        super().__init__(
            (start, 0.0), end - start, 1.0, transform=ax.get_xaxis_transform(), fill=False,
            hatch="////", edgecolor=(1.0, 1.0, 1.0, 0.4), linewidth=0.0, label="_padding",
            zorder=2.5,
        )  # fmt: skip
        ax.add_artist(self)

    def show(self, start: float, end: float) -> None:
        """Hatch another span of the time axis; nothing where it has no duration."""
        self.set_x(start)
        self.set_width(end - start)
        self.set_visible(end > start)


def has_padding(patches: Patches) -> bool:
    """Whether some patch is partly padding."""
    batch = batch_of(patches)
    return bool(patches.n_padded) or (batch is not None and batch.lengths is not None)


def padding_of(patches: Patches, index: int) -> tuple[float, float]:
    """Return which times of the recording are padding at the end of a patch, in seconds."""
    start, stop = patches.framing.frames(index)
    batch = batch_of(patches)
    if batch is not None and batch.lengths is not None:
        filled = start + int(batch.lengths[patches.framing.number(index)])
    else:
        filled = min(stop, patches.framing.n_frames)
    origin, frame = patches.framing.origin, patches.framing.frame_duration
    return origin + max(filled, start) * frame, origin + stop * frame
