"""
Can I see a click in a long recording?
======================================

An hour has 155,000 columns and a screen some hundreds of pixels. Most ways of drawing pick one
column for each pixel and lose the rest, and with them the short events that one is looking for.
patchviz shows the maximum of what shares a pixel.
"""

# %%
# Ten minutes, and three clicks in it
# -----------------------------------
# Background noise goes on for ten minutes, with a single click of 2 ms after two, five and nine.
import numpy as np

import patchviz as pv

sr = 8000
rng = np.random.default_rng(0)
y = rng.normal(0, 0.01, 600 * sr).astype(np.float32)
clicks = [120, 300, 540]
for second in clicks:
    y[second * sr : second * sr + 16] += 0.8
spec = pv.Spectrogram.from_audio(
    y, sr=sr, n_fft=512, hop_length=256, n_mels=64, name="Ten minutes"
)
print(spec)
ax = pv.plot_spectrogram(spec)

# %%
# Maximum, mean, or whichever comes first
# ---------------------------------------
# Each pixel of this figure stands for some forty columns. Of one column in forty, a click has a
# small chance to be the one; the mean buries it in the noise; the maximum keeps it.
import matplotlib.pyplot as plt

fig, axs = plt.subplots(3, figsize=(7, 6), sharex=True, layout="constrained")
pv.plot_spectrogram(spec, ax=axs[0], title="the maximum (patchviz)")
pv.plot_spectrogram(
    spec, ax=axs[1], reduce="mean", title='the mean (reduce="mean")'
)
every_40th = pv.Spectrogram(
    spec.values[:, ::40], sr=sr, hop_length=256 * 40, y_axis="mel", unit="dB"
)
pv.plot_spectrogram(
    every_40th, ax=axs[2], clim=spec.finite_range, title="one column in forty"
)
for ax in axs:
    ax.label_outer()
# sphinx_gallery_thumbnail_number = 2

# %%
# Zooming in
# ----------
# At every zoom the same holds, and drawing costs what the pixels cost. Limits are in seconds:
ax = pv.plot_spectrogram(spec, title="Two seconds around the first click")
ax.set_xlim(119, 121)

# %%
# Longer than memory
# ------------------
# ``Spectrogram.from_file`` decodes and transforms block by block: memory holds the result and one
# block, and 24 hours of sound become 2 GB of spectrogram. If even that is too much, an array on
# disk (:class:`numpy.memmap`) is drawn from there. Its patches are views all the same:
patches = spec.patches(duration=10.0, hop_duration=1.0)
print(patches)
loudest = patches.values.max(axis=(0, 1))
found = np.flatnonzero(loudest > loudest.max() - 6)
first = found[0]
print(f"{found.size} patches with a click")
print(f"patch {first} starts at {patches.time(first)[0]:.2f} s")
