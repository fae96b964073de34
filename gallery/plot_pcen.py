"""
PCEN or decibels: which shows the faint call in the wind?
=========================================================

A model sees what its front end leaves. Decibels keep every level, wind included; per-channel energy
normalization divides each band by what it has been of late, so that what is steady fades and what
begins stands out. The patches stay where they are, and one sees which of the two to train on.
"""

# %%
# A call, and the same call in the wind
# -------------------------------------
# A bird whistles every two seconds, as loud each time. From the sixth second on there are gusts.
# The sound is made up; yours is a file.
import matplotlib.pyplot as plt
import numpy as np
from scipy.signal import butter, sosfilt

import patchviz as pv

rng, sr = np.random.default_rng(3), 22050
t = np.arange(12 * sr) / sr
low = butter(2, 900, fs=sr, output="sos")
gusts = np.interp(t, [0, 5.5, 7, 8, 9.5, 12], [0.05, 0.05, 1, 0.5, 1.2, 0.8])
y = gusts * sosfilt(low, rng.normal(0, 0.4, len(t)))
y += rng.normal(0, 0.002, len(t))
whistles = [(at, at + 0.6, "whistle") for at in np.arange(0.7, 12, 2)]
for start, end, _ in whistles:
    part = (t >= start) & (t < end)
    since = t[part] - start
    fading = np.sin(np.pi * since / 0.6)
    y[part] += 0.1 * fading * np.sin(2 * np.pi * (1400 + 600 * since) * since)

# %%
# Two front ends, one clock
# -------------------------
# Both have the same hop, so patch *i* is the same second and a half of sound in each.
patches = {}
for kind in ("mel", "pcen"):
    spec = pv.Spectrogram.from_audio(y, sr=sr, kind=kind, n_mels=64)
    spec = spec.with_labels(whistles)
    patches[kind] = spec.patches(duration=1.5, hop_duration=0.5)
fig, axs = plt.subplots(2, figsize=(10, 6), layout="constrained", sharex=True)
limits = {"mel": None, "pcen": (0, 1.5)}
for ax, (kind, carved) in zip(axs, patches.items(), strict=True):
    pv.plot_spectrogram(carved, ax=ax, title=kind, clim=limits[kind])
    ax.label_outer()

# %%
# In decibels the wind is brighter than the whistle, all along. PCEN lets it fade within a second:
# the whistle is dimmer than without wind, and still the brightest there is. The price is seen, too:
# a flash where the recording begins, and a shadow behind each whistle. How far a whistle stands out
# of its patch in numbers, as standard deviations of that patch above its median:
for kind, carved in patches.items():
    has = carved.targets(min_overlap=0.5)[:, 0]
    band = (np.arange(64) > 20) & (np.arange(64) < 34)
    out = [
        (patch[band].max() - np.median(patch)) / patch.std()
        for patch, whistled in zip(carved, has, strict=True)
        if whistled
    ]
    print(
        f"{kind:5} {out[0]:.1f} without wind, {np.min(out[6:]):.1f} at least in it"
    )

# %%
# The same patch in both
# ----------------------
# Every view has an index; tied to each other, both go along. In Jupyter ``pv.scrub(mel)`` puts a
# slider below, and ``pv.page([...], "both.html", link=True)`` writes two linked players.
fig, axs = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
mel = pv.PatchView(patches["mel"], ax=axs[0], colorbar=True)
pcen = pv.PatchView(patches["pcen"], ax=axs[1], colorbar=True)
mel.on_index(lambda index: setattr(pcen, "index", index))
mel.index = 17
