"""
Can I see a short sound in a long recording?
============================================

An hour has 155,000 columns and a screen some hundreds of pixels. Most ways of drawing pick one
column for each pixel and lose the rest, and with them the short events that one is looking for.
patchviz shows the maximum of what shares a pixel.
"""

# %%
# Ten minutes, and three syllables in it
# --------------------------------------
# The sound is that of the clip that comes with patchviz, arranged: the hum of the room, from a
# pause between two words, goes on for ten minutes, and after two, five and nine minutes somebody
# speaks for a tenth of a second.
import numpy as np

import patchviz as pv

verse = pv.Spectrogram.example().audio
sr = int(verse.sr)
room = verse.read(1.0, 1.7, mono=True)[0]
syllable = verse.read(2.6, 2.7, mono=True)[0]
there_and_back = np.concatenate([room, room[::-1]])  # no clicks at the seams
y = np.resize(there_and_back, 600 * sr)
for second in (120, 300, 540):
    y[second * sr : second * sr + syllable.size] = syllable
spec = pv.Spectrogram.from_audio(y, sr=sr, name="Ten minutes")
pv.plot_spectrogram(spec)

# %%
# Maximum, mean, or whichever comes first
# ---------------------------------------
# Each pixel of this figure stands for some forty columns, and a syllable lasts five. Of one column
# in forty, it has a small chance to be hit; the mean buries it in the hum; the maximum keeps it.
import matplotlib.pyplot as plt

fig, axs = plt.subplots(3, figsize=(7, 6), sharex=True, layout="constrained")
pv.plot_spectrogram(spec, ax=axs[0], title="the maximum (patchviz)")
pv.plot_spectrogram(spec, ax=axs[1], reduce="mean", title="the mean")
every_40th = pv.Spectrogram(
    spec.values[:, ::40], sr=sr, hop_length=512 * 40, y_axis="mel"
)
pv.plot_spectrogram(
    every_40th, ax=axs[2], clim=spec.finite_range, title="one column in forty"
)
for ax in axs:
    ax.label_outer()
mesh = axs[0].collections[0]
fig.colorbar(mesh, ax=axs, label="Level relative to the maximum (dB)")
# sphinx_gallery_thumbnail_number = 2

# %%
# Zooming in
# ----------
# At every zoom the same holds, and drawing costs what the pixels cost. Limits are in seconds:
ax = pv.plot_spectrogram(spec, title="Two seconds around the first syllable")
ax.set_xlim(119, 121)

# %%
# Longer than memory
# ------------------
# ``Spectrogram.from_file`` decodes and transforms block by block: memory holds the result and one
# block, and 24 hours of sound become 2 GB of spectrogram. If even that is too much, an array on
# disk (:class:`numpy.memmap`) is drawn from there. Its patches are views all the same:
patches = spec.patches(duration=10.0, hop_duration=10.0)
print(patches)
loudest = patches.values.max(axis=(0, 1))
for i in np.flatnonzero(loudest > -6):
    start, end = patches.time(i)
    print(f"somebody speaks in patch {i}, {start:.0f}-{end:.0f} s")
