"""
What does a model of sound see?
===============================

Many models of sound do not take a recording whole. They take overlapping *patches* of its
spectrogram: a few seconds each, each starting a little after the one before. Here such patches are
carved from a spoken verse, without a copy, and shown: three of them side by side, then all of them.

librosa's gallery tells the same story in `Efficient patch generation
<https://librosa.org/doc/latest/auto_examples/plot_patch_generation.html>`_; the last section says
where this page arrives at other numbers, and why.
"""

# %%
# From a recording to its patches
# -------------------------------
# The clip that comes with patchviz is the beginning of Shakespeare's first sonnet. Its spectrogram
# is what librosa computes by default: 128 mel bands in dB relative to the loudest, one column (a
# *frame*) every 512 samples. We ask for patches of 5 seconds, one every tenth of a second.
import patchviz as pv

spec = pv.Spectrogram.example()
patches = spec.patches(duration=5.0, hop_duration=0.1)

pv.plot_mosaic(patches, n=3)

# %%
# The brackets above the overview say where each patch lies: almost in the same place, since
# neighbours share all but four of their 215 columns. A colour means the same in every panel,
# because there is one scale for all, that of the whole spectrogram.
#
# How long is a patch?
# --------------------
# A patch has a whole number of columns, so durations are rounded down to frames, as
# :func:`librosa.time_to_frames` does. 5 seconds become 215 frames, a tenth of a second becomes 4:
for what, frames, seconds in [
    ("a patch", patches.frame_length, patches.duration),
    ("from one to the next", patches.hop_length, patches.hop_duration),
    ("the tail", patches.n_tail, patches.n_tail * spec.frame_duration),
]:
    print(f"{what:20} {frames:3d} frames  {seconds:.4f} s")

# %%
# A patch is a view
# -----------------
# 107 patches of 128 by 215 cells hold 2.9 million values, 36 times as many as the spectrogram. Yet
# they take no memory: each is a view of the spectrogram's array. The view is read-only, so that
# nobody changes a patch and, unknowingly, its neighbours.
import numpy as np

print("shape      ", patches.values.shape)
print("a view     ", np.shares_memory(patches.values, spec.values))
print("bytes added", patches.nbytes_added)
print("writeable  ", patches.values.flags.writeable)

# %%
# They are the patches of :func:`librosa.util.frame`, number for number:
import librosa

framed = librosa.util.frame(spec.values, frame_length=215, hop_length=4)
print(np.array_equal(patches.values, framed))

# %%
# All 107 of them
# ---------------
# To show another patch, patchviz changes the array of one mesh; axes, ticks and colour bar stay as
# they are. The animation keeps the time of the sound: a patch every 92.88 ms.
anim = pv.animate(patches)
# sphinx_gallery_thumbnail_number = 2
print(anim)

# %%
# What differs from librosa's page
# --------------------------------
# Words
#     That page calls its patches one second long. They last five, exactly 4.992 s.
# Speed
#     Its animation shows a patch every 100 ms, but four frames last 92.88 ms: it plays 7.7 % slow.
# Colour
#     There, each panel takes the range of its own patch, and the animation keeps the range of the
#     first. One colour then stands for several levels. The loudest cell of each patch tells how
#     far apart they lie, here:
loudest = patches.values.max(axis=(0, 1))
print(f"from {loudest.min():.1f} to {loudest.max():.1f} dB")
