"""Draw the picture of the README: `python docs/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

import patchviz as pv

PICTURES = Path(__file__).with_name("pictures")


def main() -> None:
    """Write ``pictures/mosaic.png``."""
    patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    figure = Figure(figsize=(8.4, 4.4), layout="constrained")
    pv.plot_mosaic(patches, n=3, ax=figure)
    figure.savefig(PICTURES / "mosaic.png", dpi=200)


if __name__ == "__main__":
    main()
