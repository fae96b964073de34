"""Drawing a patch: how long a step takes, and that the pixels are the same."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh

import patchviz as pv
from patchviz._util.mel import hz_to_mel, mel_to_hz
from patchviz.plot.axis import FrequencyAxis

from .example import example_patches, specshow_of
from .measure import Outcome, Settings, faster, in_turns, seconds

TITLE = "Drawing a patch"


def one_step(settings: Settings) -> list[Outcome]:
    """Move to the next patch and draw the mesh."""
    patches = example_patches()
    n = settings.pick(len(patches), 3)
    view = pv.PatchView(patches)
    ax, mesh = specshow_of(patches[0], patches)
    for drawn in (view.ax, ax):
        drawn.figure.canvas.draw()

    def ours() -> None:
        for index in range(n):
            view.index = index
            view.ax.draw_artist(view.mesh)

    def theirs() -> None:
        for index in range(n):
            mesh.set_array(patches[index])
            ax.draw_artist(mesh)

    def theirs_in_full() -> None:
        for index in range(n):
            mesh.set_array(patches[index])
            ax.figure.canvas.draw()

    step, blitted = in_turns(ours, theirs, settings.repeats)
    step_again, in_full = in_turns(ours, theirs_in_full, settings.repeats)
    plt.close("all")
    figure = "`view.index = k`, and the mesh drawn"
    return [
        faster(figure, "specshow's mesh: `set_array`, `draw_artist`", step / n, blitted / n, 8),
        faster(figure, "specshow: `set_array`, `canvas.draw`", step_again / n, in_full / n, 30),
    ]


def grid(settings: Settings) -> list[Outcome]:
    """Put a view into each axes of a figure that is laid out when it is drawn."""
    patches = example_patches()
    n = settings.pick(20, 2)

    def axes() -> list[Axes]:
        plt.close("all")
        _, axes = plt.subplots(n // 2, 2, figsize=(8, n), layout="constrained")
        return list(axes.flat)

    def ours() -> None:
        for index, ax in enumerate(axes()):
            pv.PatchView(patches, ax=ax, index=index)
        ax.figure.canvas.draw()

    def theirs() -> None:
        for index, ax in enumerate(axes()):
            ax.pcolormesh(patches[index])
        ax.figure.canvas.draw()

    views, meshes = in_turns(ours, theirs, settings.repeats)
    plt.close("all")
    return [
        Outcome(
            f"{n} views in a figure with a constrained layout, drawn once", "`pcolormesh`",
            seconds(views), seconds(meshes), views / meshes, 2, "× the time", at_least=False,
        )
    ]  # fmt: skip


def pixels(settings: Settings) -> list[Outcome]:
    """Count the pixels that are those of matplotlib's own mesh."""
    patches = example_patches()
    values, rows = patches[53], patches.spectrogram.n_bins
    times = np.linspace(0, patches.duration, patches.frame_length + 1)
    mels = FrequencyAxis.of(patches.spectrogram).edges
    axes = {
        "linear": (np.linspace(0, 11025, rows + 1), {}),
        "log": (np.geomspace(32, 11025, rows + 1), {"value": "log", "base": 2}),
        "mel": (mels, {"value": "function", "functions": (hz_to_mel, mel_to_hz)}),
    }
    zooms = [(0, patches.duration), (patches.duration, 0), (1.0, 1.7), (2.2, 2.23)]
    same = []
    for edges, axis_scale in axes.values():
        for dpi in settings.pick([72, 100, 133, 200], [72]):
            sides = _both_meshes(values, times, edges, dpi, axis_scale)
            for zoom in settings.pick(zooms, zooms[:2]):
                pictures = []
                for ax in sides:
                    ax.set_xlim(zoom)
                    pictures.append(_inside(ax))
                same.append((np.abs(pictures[0] - pictures[1]).max(axis=-1) <= 3).mean())
            plt.close("all")
    return [
        Outcome(
            "pixels within 3/255, on linear, log, mel and inverted axes, "
            f"{len(same)} combinations with dpi and zoom",
            "the same `QuadMesh` drawn by Agg",
            f"{100 * np.median(same):.3f} % (median)", "100 %",
            100 * min(same), 99.9, "% (worst)",
        )
    ]  # fmt: skip


def _inside(ax: Axes) -> np.ndarray:
    """Draw, and return the pixels within the axes."""
    ax.figure.canvas.draw()
    picture = np.asarray(ax.figure.canvas.buffer_rgba()).astype(int)
    (left, bottom), (right, top) = ax.bbox.get_points().astype(int)
    return picture[picture.shape[0] - top : picture.shape[0] - bottom, left:right]


def _both_meshes(
    values: np.ndarray, times: np.ndarray, edges: np.ndarray, dpi: float, axis_scale: dict
) -> list[Axes]:
    """Draw the same cells as patchviz's mesh and as matplotlib's."""
    from patchviz.plot.mesh import PatchMesh

    sides = []
    for is_ours in (True, False):
        _, ax = plt.subplots(dpi=dpi)
        look = {"cmap": "magma", "norm": plt.Normalize(-80, 0)}
        if is_ours:
            ax.add_collection(PatchMesh(values, times, edges, **look))
        else:
            corners = np.stack(np.meshgrid(times, edges), axis=-1)
            ax.add_collection(QuadMesh(corners, array=values, antialiased=False, **look))
        if axis_scale:
            ax.set_yscale(**axis_scale)
        ax.set_ylim(edges[0], edges[-1])
        sides.append(ax)
    return sides


FIGURES = [one_step, grid, pixels]
