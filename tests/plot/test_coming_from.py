"""What the page beside librosa says of `specshow` is so, in the one installed."""

from __future__ import annotations

import librosa.display
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

import patchviz as pv

LEVELS = -80 * np.random.default_rng(0).random((128, 100))


def height(ax: Axes, hertz: float) -> float:
    return float((ax.transData.transform([(0, hertz)])[0, 1] - ax.bbox.y0) / ax.bbox.height)


def test_what_specshow_draws_elsewhere() -> None:
    _, ax = plt.subplots()
    theirs = librosa.display.specshow(
        LEVELS, x_axis="time", y_axis="mel", sr=22050, fmax=11025, ax=ax
    )
    ours = pv.plot_spectrogram(pv.Spectrogram(LEVELS, y_axis="mel"))
    page = f"{height(ours, 1000):.3f} of the height here, at {height(ax, 1000):.3f} there"
    assert page == "0.299 of the height here, at 0.368 there"
    filters = librosa.mel_frequencies(130, fmin=0, fmax=11025)[1:-1]
    rows, edges = [
        (np.searchsorted(mesh.get_coordinates()[:, 0, 1], filters) - 1, mesh.get_coordinates())
        for mesh in (theirs, ours.collections[0])
    ]
    assert (rows[0][0], rows[0][-1]) == (1, 126)  # its neighbour's row: a whole band off
    assert (edges[0] == np.arange(128)).all()
    assert theirs.get_coordinates()[0, 0, 0] == pytest.approx(-256 / 22050)
    assert edges[1][0, 0, 0] == 0
    plt.close("all")


def test_what_specshow_writes_at_half_seconds() -> None:
    fig, ax = plt.subplots()
    librosa.display.specshow(LEVELS, x_axis="time", sr=640, hop_length=100, ax=ax)  # 15.6 s
    ax.set_xticks([9, 10.5, 12, 13.5])
    fig.canvas.draw()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["9", "10", "12", "14"]
    plt.close("all")


@pytest.mark.parametrize(
    ("values", "name"),
    [(LEVELS, "magma"), (LEVELS + 40, "coolwarm"), (LEVELS < -40, "gray_r")],
)
def test_what_specshow_colours_otherwise(values: np.ndarray, name: str) -> None:
    _, ax = plt.subplots()
    assert librosa.display.specshow(values, ax=ax).get_cmap().name == name
    ours = pv.plot_spectrogram(pv.Spectrogram(values))
    assert ours.collections[0].get_cmap().name == "magma"
    plt.close("all")
