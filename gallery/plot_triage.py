"""
A hundred detections: which are true?
=====================================

A detector has listened to five minutes and reports a hundred moments. Somebody has to look at
them. A sheet shows them all at once, best first, and a hand on the keyboard sorts them: Space
hears one, ``K`` keeps it, ``X`` rejects it, and what was decided is a table.
"""

# %%
# A detector that is easily excited
# ---------------------------------
# A cicada clicks, a bird trills, and the detector takes some of the one for the other. The sound is
# made up here; yours is a file, and the scores are your model's.
import numpy as np

import patchviz as pv

rng, sr = np.random.default_rng(12), 11_025
y = rng.normal(0, 0.01, 300 * sr).astype("float32")
t = np.arange(sr // 2) / sr
trills = np.sort(rng.uniform(0, 299, 60))
for at in trills:
    pitch = rng.uniform(2500, 3000) + 400 * np.sign(np.sin(2 * np.pi * 14 * t))
    trill = np.hanning(len(t)) * np.sin(2 * np.pi * np.cumsum(pitch) / sr)
    y[int(at * sr) :][: len(t)] += rng.uniform(0.01, 0.1) * trill
for at in rng.uniform(0, 299, 250):
    click = rng.normal(size=200) * np.hanning(200)
    y[int(at * sr) :][:200] += rng.uniform(0.02, 0.15) * click

# %%
# The detector sees the loudest second of each band between 2 and 4 kHz.
spec = pv.Spectrogram.from_audio(
    y, sr=sr, n_fft=512, hop_length=256, n_mels=48, name="Five minutes"
)
patches = spec.patches(duration=1.0, hop_duration=0.5)
band = patches.values[24:36].mean(axis=0)
score = 1 / (1 + np.exp(-(np.sort(band, axis=0)[-8] + 48) / 4))
patches = patches.with_scores(score, classes=["trill"])

# %%
# The best hundred, each of another moment
# ----------------------------------------
# Patches overlap; ``choose`` passes over those that share frames with one that is chosen.
best = patches.choose(100, by="highest", of="trill")
pv.plot_mosaic(patches, best[[0, 20, 40, 60, 80, 99]], of="trill")

# %%
# The sheet
# ---------
# Tiles are crops of one picture and spans of one sound: nothing is there twice. Try it: click a
# tile, then arrows, Space, ``K``, ``X``, and ``?`` for the rest. The buttons *CSV* and *Raven*
# write what you decided as tables, and the browser keeps it.
sheet = pv.sheet(patches, best, height=520)
sheet

# %%
# What somebody decided
# ---------------------
# In Jupyter ``sheet.picked`` and ``sheet.rejected`` follow the page. Here the truth plays that
# person. Precision among what the detector was surest of, and what it costs to go further down:
start = patches.times[best, 0]
is_true = [
    bool(((trills > at - 0.2) & (trills < at + 0.7)).any()) for at in start
]
for n in (25, 50, 100):
    print(f"the best {n:3}: {np.mean(is_true[:n]):.0%} are trills")
sheet.picked = best[np.array(is_true)]
sheet.rejected = best[~np.array(is_true)]
print(sheet.to_frame().head())
