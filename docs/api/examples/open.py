from pathlib import Path
from tempfile import TemporaryDirectory

import patchviz as pv

with TemporaryDirectory() as folder:
    pv.Spectrogram.example().save(Path(folder) / "sonnet1.npz")
    spec = pv.open(Path(folder) / "sonnet1.npz")
    ax = pv.plot_spectrogram(spec)
