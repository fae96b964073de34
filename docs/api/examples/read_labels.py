from pathlib import Path
from tempfile import TemporaryDirectory

import patchviz as pv

with TemporaryDirectory() as folder:
    track = Path(folder) / "track.txt"  # as Audacity exports it
    track.write_text("0.6\t3.2\tline 1\n3.6\t6.3\tline 2\n6.8\t9.9\tline 3\n10.4\t14.2\tline 4\n")
    labels = pv.read_labels(track)

print(labels[["start_time", "end_time", "label"]])
ax = pv.plot_spectrogram(pv.Spectrogram.example().with_labels(labels))
