"""
Is one of my eight microphones broken?
======================================

An array hears one sound eight times. Shown one above the other, on one clock and one scale of
colours, channels show what no table does: the one that is too quiet, the one that hums, and from
which side a sound came.
"""

# %%
# Eight microphones on a line
# ---------------------------
# They are four metres apart, and a car passes from left to right. The recording is made up: noise
# of tyres, which each microphone hears later and less, the farther away it is. The third has lost
# most of its gain, and the sixth picks up the mains. Yours is a file of eight channels.
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import soundfile

import patchviz as pv

rng, sr, seconds = np.random.default_rng(8), 16_000, 8
t = np.arange(seconds * sr) / sr
tyres = np.convolve(rng.normal(size=len(t)), np.ones(4) / 4, "same")
car = 8 * (t - 4) + 14  # metres along the road
y = np.empty((len(t), 8))
for k in range(8):
    distance = np.hypot(car - 4 * k, 3)
    heard = np.interp(t - distance / 343, t, tyres)
    y[:, k] = heard / distance**2 + rng.normal(0, 2e-4, len(t))
y[:, 2] *= 0.05
y[:, 5] += 0.01 * np.sign(np.sin(2 * np.pi * 50 * t))

# %%
# All of them at once
# -------------------
# A file of several channels is refused until somebody says which: ``channel=2``, ``mono=True``, or
# all of them. The third is dark, and the sixth has the mains' harmonics all along.
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "road.wav")
    soundfile.write(path, y / np.abs(y).max(), sr)
    array = pv.Spectrogram.from_file(
        path, sr=None, channels="all", n_mels=32, name="A car passes"
    )
fig, ax = plt.subplots(figsize=(10, 7), layout="constrained")
pv.plot_spectrogram(array, ax=ax)

# %%
# Which way?
# ----------
# A patch has all channels, and so has a mosaic: the loudest moment moves from one microphone to the
# next.
patches = array.patches(duration=1.5, hop_duration=0.5)
fig = plt.figure(figsize=(10, 8), layout="constrained")
pv.plot_mosaic(patches, [2, 5, 8], ax=fig, overview=False)

# %%
# In numbers
# ----------
# ``channel(k)`` is the spectrogram of one, a view of the same array. Levels are comparable, as all
# are relative to the loudest cell of all.
for k in range(8):
    levels = array.channel(k).values
    when = levels.mean(axis=0).argmax() * array.frame_duration
    print(
        f"channel {k}: loudest at {when:.1f} s, floor {np.median(levels):.0f} dB"
    )
