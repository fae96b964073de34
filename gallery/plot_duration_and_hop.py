"""
How long should a patch be, and how far apart?
==============================================

Two numbers decide what a model gets to see: how long a patch lasts, and how far one is from the
next. Both are asked for in seconds and come true in frames. Here one spoken verse is carved in four
ways, and each way says what it costs.
"""

# %%
# One way
# -------
# A bracket above the spectrogram shows where a patch lies. Here each patch lasts two seconds, and
# the next one starts when half of it is over.
import patchviz as pv

spec = pv.Spectrogram.example()
patches = spec.patches(duration=2.0, hop_duration=1.0)
pv.plot_spectrogram(patches, mark=len(patches))

# %%
# Four ways to carve one recording
# --------------------------------
# Patches that follow one another without overlap stand in one line; patches that overlap are
# stacked.
import matplotlib.pyplot as plt

ways = {
    "2 s, side by side": spec.patches(duration=2.0),
    "2 s, half overlapping": spec.patches(duration=2.0, hop_duration=1.0),
    "5 s, every 2.5 s": spec.patches(duration=5.0, hop_duration=2.5),
    "1 s, every 3 s": spec.patches(duration=1.0, hop_duration=3.0),
}
fig, axs = plt.subplots(4, figsize=(7, 8), sharex=True, layout="constrained")
for ax, (name, patches) in zip(axs, ways.items(), strict=True):
    pv.plot_spectrogram(patches, ax=ax, mark=len(patches), title=name)
    ax.label_outer()
mesh = axs[0].collections[0]
fig.colorbar(mesh, ax=axs, label="Level relative to the maximum (dB)")
# sphinx_gallery_thumbnail_number = 2

# %%
# What each way means
# -------------------
# Patches describe themselves in one line: how many there are, how long they truly are, what share
# of a patch the next one repeats, and how many frames at the end belong to none. Nothing is lost
# without a word.
for name, patches in ways.items():
    print(f"{name}:\n    {patches}")

# %%
# The last way leaves gaps of two seconds: what is said in them, the model never hears.
#
# The tail
# --------
# The clip's length is seldom a whole number of hops, and so there is a tail. A model that must see
# the end of each recording gets it by padding, which is the only thing here that copies: once, the
# whole spectrogram and never the patches.
padded = spec.patches(duration=4.0, tail="pad")
print(padded)

# %%
# The padding has the spectrogram's smallest value, here -80 dB: silence. The last patch shows what
# the model would be fed.
view = pv.PatchView(padded, index=-1)

# %%
# Neighbours and test sets
# ------------------------
# Patches that overlap share data. If they are divided into a training and a test set one by one,
# the test set is no test: with a hop of 0.1 s, every patch of 5 s has 98 % of its neighbour's
# columns. Divide recordings, or leave a gap of a whole patch between the two sets:
import math

patches = spec.patches(duration=1.0, hop_duration=0.1)
apart = math.ceil(patches.frame_length / patches.hop_length)
train, test = range(70), range(70 + apart - 1, len(patches))
print(f"patch {train[-1]} ends before frame {patches.frames(train[-1])[1]}")
print(f"patch {test[0]} starts at frame {patches.frames(test[0])[0]}")
