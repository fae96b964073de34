"""
Mel, constant-Q or plain STFT: what does each show of the same patches?
=======================================================================

A front end decides what a model can tell apart. Mel bands follow hearing, a constant-Q transform
follows music, a plain STFT keeps every hertz. The patches stay where they are; what is in them
changes.
"""

# %%
# One patch, three front ends
# ---------------------------
# A front end is an argument. Each axis is right for what it shows: mel bands are as high as the
# next, octaves of the constant-Q transform as well, and the STFT's rows are as far apart as they
# are in hertz.
import matplotlib.pyplot as plt

import patchviz as pv

kinds = {
    "mel": "mel: 128 bands",
    "cqt": "constant-Q: 84 pitches",
    "stft": "STFT: 1025 frequencies",
}
patches = {}
for kind in kinds:
    spec = pv.Spectrogram.example(kind=kind)
    patches[kind] = spec.patches(duration=3.0, hop_duration=0.5)
fig, axs = plt.subplots(3, figsize=(6, 8), sharex=True, layout="constrained")
for ax, (kind, text) in zip(axs, kinds.items(), strict=True):
    view = pv.PatchView(patches[kind], ax=ax, index=5)
    view.title.set_text(text)
    ax.label_outer()
fig.colorbar(view.mesh, ax=axs, label="Level relative to the maximum (dB)")

# %%
# The harmonics of the voice are evenly spaced lines in the STFT, crowd together towards the top of
# the mel spectrogram, and keep one shape at every pitch in the constant-Q transform, where an
# octave is an octave.
#
# The same place in time
# ----------------------
# Front ends with one hop length have their frames at the same times, so patch 5 is the same three
# seconds of sound in each:
for kind, carved in patches.items():
    start, end = carved.time(5)
    print(f"{kind:5} {start:.3f}-{end:.3f} s, shape {carved[5].shape}")

# %%
# Side by side on one index
# -------------------------
# Every view has one index. Tie the others to the first, and all move together: here one assignment
# takes both views to patch 12. In Jupyter, ``pv.scrub(mel)`` puts a slider under this figure, and
# ``pv.animate(mel).save("both.mp4")`` makes a film of it.
fig, axs = plt.subplots(2, figsize=(6, 6), sharex=True, layout="constrained")
mel = pv.PatchView(patches["mel"], ax=axs[0])
cqt = pv.PatchView(patches["cqt"], ax=axs[1])


def follow(index):
    cqt.index = index


mel.on_index(follow)
mel.index = 12
axs[0].label_outer()
fig.colorbar(cqt.mesh, ax=axs, label="Level relative to the maximum (dB)")
