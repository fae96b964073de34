"""Draw the pictures of the README and the landing page: `python docs/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

import patchviz as pv

STATIC = Path(__file__).with_name("_static")


def main() -> None:
    """Write ``_static/mosaic.png``."""
    patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
    figure = Figure(figsize=(8.4, 4.4), layout="constrained")
    pv.plot_mosaic(patches, n=3, ax=figure)
    figure.savefig(STATIC / "mosaic.png", dpi=200)


if __name__ == "__main__":
    main()
