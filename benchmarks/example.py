"""librosa's patch generation example on the embedded clip, in both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation

import patchviz as pv

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from numpy.typing import NDArray


def example_patches() -> pv.Patches:
    """Return the patches: 107 of (128, 215), 4.992 s every 92.88 ms."""
    return pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)


def specshow_of(values: NDArray[np.float32], patches: pv.Patches) -> tuple[Axes, QuadMesh]:
    """Draw a patch as librosa does, with what a `PatchView` shows: axes, title, colour bar."""
    import librosa.display

    spec = patches.spectrogram
    figure, ax = plt.subplots()
    low, high = spec.finite_range
    mesh = librosa.display.specshow(
        values, sr=spec.sr, hop_length=spec.hop_length, x_axis="time", y_axis="mel", ax=ax,
        vmin=low, vmax=high, cmap="magma",
    )  # fmt: skip
    figure.colorbar(mesh, ax=ax, format="%+2.f dB")
    ax.set_title("patch 0")
    return ax, mesh


def librosa_animation(patches: pv.Patches, n: int) -> FuncAnimation:
    """Return matplotlib's animation of the first `n` patches over librosa's drawing."""
    ax, mesh = specshow_of(patches[0], patches)

    def show(index: int) -> tuple[QuadMesh]:
        mesh.set_array(patches[index])
        ax.set_title(f"patch {index}")
        return (mesh,)

    interval = 1000 * patches.hop_duration
    return FuncAnimation(ax.figure, show, frames=n, interval=interval, blit=True)
