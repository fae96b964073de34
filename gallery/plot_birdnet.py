"""
From a detector's table to a page for a colleague
=================================================

BirdNET has listened, and its table says when it heard what, and how sure it is. A colleague should
judge, who has neither Python nor the recording. One page is enough, and it is one file.
"""

# %%
# The table
# ---------
# BirdNET hears three seconds at a time. This table was made by hand, in its format, for the spoken
# verse that comes with patchviz: no bird is in it, so that one can tell what a detector is worth.
import tempfile
from pathlib import Path

import numpy as np

import patchviz as pv

TABLE = """\
Start (s),End (s),Scientific name,Common name,Confidence
0.0,3.0,Strix aluco,Tawny Owl,0.31
3.0,6.0,Strix aluco,Tawny Owl,0.12
6.0,9.0,Strix aluco,Tawny Owl,0.58
9.0,12.0,Strix aluco,Tawny Owl,0.83
9.0,12.0,Homo sapiens,Human,0.97
6.0,9.0,Homo sapiens,Human,0.91
3.0,6.0,Homo sapiens,Human,0.94
12.0,15.0,Homo sapiens,Human,0.71
"""
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "verse.BirdNET.results.csv")
    path.write_text(TABLE)
    table = pv.read_labels(path)
print(table[["start_time", "end_time", "label", "score"]])

# %%
# Its windows become patches
# --------------------------
# BirdNET's windows begin every three seconds. It writes no row of one in which it finds nothing:
# so the patches are all windows, and what no row says scores 0. The last goes on after the sound,
# and is padded, which its picture shows. In a shell all of this page is one line:
# ``patchviz verse.ogg --scores verse.BirdNET.results.csv --missing 0 -o verse.html``.
spec = pv.Spectrogram.example()
starts = np.arange(0, spec.audio.end, 3.0)
patches = spec.patches(duration=3.0, starts=starts, tail="pad")
patches = patches.with_scores(table, missing=0.0)
owl = "Tawny Owl"
pv.plot_mosaic(patches, len(patches), of=owl)

# %%
# What there is to judge
# ----------------------
# Where it is surest of an owl, and what else it heard there:
best = patches.choose(2, by="highest", of=owl)
print(patches.to_frame().iloc[best].T)

# %%
# The page
# --------
# A lane for each name, with a line at the threshold; drag over it with Alt and hear just that. The
# two buttons before the speed stop where an owl was heard. ``player.save("verse.html")`` writes it
# as a page of its own: sound, picture and script are in it, and it asks for nothing.
player = pv.player(patches, audio=True, threshold=0.5, stops=best)
print(f"{player.nbytes / 1000:.0f} kB")
player
