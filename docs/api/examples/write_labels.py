from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import patchviz as pv

patches = pv.Spectrogram.example().patches(duration=1.0, hop_duration=0.1)
loudest = np.sort(patches.choose(3, by="loudest"))
table = patches[loudest].to_frame().reset_index()[["start_time", "end_time"]].assign(label="loud")

with TemporaryDirectory() as folder:
    file = pv.write_labels(table, Path(folder) / "loud.selections.txt")
    print(file.read_text())

ax = pv.plot_spectrogram(patches, mark=loudest)
