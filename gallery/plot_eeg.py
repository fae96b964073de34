"""
What if it is nothing that one hears? Spindles in a sleeping brain
==================================================================

An electroencephalogram is sampled a hundred times a second and measured in microvolts; what matters
lies below 20 Hz. A spectrogram of it has patches as any other, and its axes are in hertz and in
units of what was measured. The question stays: which does my detector miss?
"""

# %%
# Ten minutes of sleep
# --------------------
# Made by hand: a background that falls with frequency, as that of a brain does, slow waves, and
# spindles, which are half a second to two of 11 to 15 Hz. Somebody has marked them. The mains hum
# at 50 Hz, and an electrode moves once.
import numpy as np
import pandas as pd
from scipy.signal import butter, sosfilt

import patchviz as pv

rng, sr = np.random.default_rng(7), 200
t = np.arange(600 * sr) / sr
noise = rng.normal(size=len(t))
slow = butter(1, 2, fs=sr, output="sos")
y = 100 * sosfilt(slow, noise) + rng.normal(0, 2, len(t))  # µV
y += 4 * np.sin(2 * np.pi * 50 * t)
y[300 * sr : 301 * sr] += 300 * np.exp(-t[:sr] / 0.2)
marked = []
for at in np.sort(rng.uniform(2, 595, 70)):
    lasts, hz = rng.uniform(0.6, 1.8), rng.uniform(11, 15)
    since = t[: int(lasts * sr)]
    spindle = np.hanning(len(since)) * np.sin(2 * np.pi * hz * since)
    y[int(at * sr) :][: len(since)] += rng.uniform(6, 25) * spindle
    marked.append(
        {
            "start_time": at,
            "end_time": at + lasts,
            "label": "spindle",
            "low_f": 10.5,
            "high_f": 15.5,
        }
    )

# %%
# Microvolts and hertz
# --------------------
# Samples are in millivolts here. 1 µV is 0.001 of them, which is -60 dB: ``sensitivity`` says so,
# and ``level="psd"`` asks for a density. Windows of a second and a quarter tell frequencies 0.8 Hz
# apart, and move by 50 ms. ``flim`` is what to show: the mains are still there, no row is lost.
spec = pv.Spectrogram.from_audio(
    y / 1000,
    sr=sr,
    kind="stft",
    n_fft=256,
    hop_length=10,
    level="psd",
    sensitivity=-60,
    unit="µV",
    name="Cz",
)
spec = spec.with_labels(pd.DataFrame(marked))
print(spec)
pv.plot_spectrogram(spec, flim=(0.5, 60), clim="robust")

# %%
# Patches, and a detector
# -----------------------
# Two seconds, every half second. The classic detector asks how much of the power lies in the
# spindles' band.
patches = spec.patches(duration=2.0, hop_duration=0.5)
hz = spec.frequencies
band, around = (hz > 11) & (hz < 15), (hz > 5) & (hz < 25)
power = 10 ** (patches.values / 10)
loud = (power[band].mean(axis=0) / power[around].mean(axis=0)).max(axis=0)
scored = patches.with_scores(np.clip(loud / 6, 0, 1), classes=["spindle"])

# %%
# Where it is wrong
# -----------------
# What somebody marked and the detector missed most clearly, and what it heard that nobody marked;
# those that share a moment with one that is chosen are passed over. Most are faint, or cut by the
# end of the patch, which is an argument for patches that overlap more.
truth = {"min_overlap": 0.5}
wrong = scored.choose(6, by="disagree", of="spindle", truth=truth)
pv.plot_mosaic(
    scored, wrong, of="spindle", truth=truth, flim=(0.5, 25), clim="robust"
)

# %%
# How far may one trust it?
# -------------------------
is_spindle = scored.targets(**truth)[:, 0]
for threshold in (0.4, 0.5, 0.6):
    said = scored.scores[:, 0] >= threshold
    print(
        f"from {threshold} on: {np.mean(is_spindle[said]):.0%} are spindles, "
        f"{np.mean(said[is_spindle]):.0%} of all spindles are found"
    )

# %%
# Walk through it
# ---------------
# The same player; without ``audio`` it is silent. N and P go from mistake to mistake.
pv.player(
    scored, stops=wrong, truth=truth, flim=(0.5, 25), clim="robust", index=40
)
# sphinx_gallery_thumbnail_number = 2
