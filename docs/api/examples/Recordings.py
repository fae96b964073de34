from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

import patchviz as pv

# Three short recordings of a tone that falls, each lower than the one before.
t = np.arange(3 * 8000) / 8000
with TemporaryDirectory() as folder:
    for k, hertz in enumerate((1800, 1200, 700)):
        tone = 0.5 * np.sin(2 * np.pi * hertz * np.exp(-t / 4) * t)
        soundfile.write(Path(folder) / f"dusk{k}.wav", tone, 8000)
    recordings = pv.Recordings(folder, sr=None, duration=1.0, hop_duration=0.5)
    print(recordings)
    chosen = recordings[[1, 6, 11]]  # one of each file
    for row in range(3):
        print(chosen.files.n_patches[row], "of", Path(chosen.files.file[row]).name)
    pv.plot_spectrogram(recordings.patches(2), mark=[1])
