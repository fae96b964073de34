"""Draw the picture of the README: `python docs/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import patchviz as pv

PICTURES = Path(__file__).with_name("pictures")

# The lines of the verse, as somebody heard them.
LINES = [(2.4, 5.1, "line 1"), (5.6, 8.3, "line 2"), (8.9, 11.3, "line 3"), (11.6, 14.0, "line 4")]


def main() -> None:
    """Write ``pictures/mosaic.png``: the patches that hiss most, of a verse with its lines."""
    spec = pv.Spectrogram.example().with_labels(LINES)
    patches = spec.patches(duration=1.0, hop_duration=0.1)
    hiss = np.array([np.mean(patch[spec.frequencies > 4000] > -40) for patch in patches])
    patches = patches.with_scores(hiss / hiss.max(), classes=["hiss"])
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    chosen = patches.choose(4, by="highest", of="hiss")
    pv.plot_mosaic(patches, chosen, of="hiss", labels=True, ax=figure)
    figure.savefig(PICTURES / "mosaic.png", dpi=140)


if __name__ == "__main__":
    main()
