"""
When in the season do they sing, and where are my gaps?
=======================================================

A recorder hung in a wood from April to June. Some hundred files later, two questions come before
any model: does the chorus begin earlier as the days grow longer, and what is missing? One axis of
clock time answers both.
"""

# %%
# A wood from April to June
# -------------------------
# Two seconds each quarter of an hour, from two until eight, every second morning. The name of a
# file says when it began, as recorders write it. The sound is made here: birds that begin half an
# hour before the sun, a cuckoo that arrives in May, rain on some mornings, a battery that was empty
# for a week, and one file that was cut off while it was written.
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import soundfile

import patchviz as pv

rng, sr = np.random.default_rng(8), 8000
t = np.arange(2 * sr) / sr
within = t % 1  # two notes a second
cuckoo = np.sin(2 * np.pi * np.where(within < 0.3, 660, 550) * within)
cuckoo *= (within < 0.6) * np.abs(np.sin(np.pi * within / 0.3))


def birds(density):
    y = np.zeros(len(t))
    song = t[: sr // 2]
    for at in rng.integers(0, len(t) - len(song), rng.poisson(12 * density)):
        wave = rng.uniform(2200, 3500) * song + 6 * np.sin(60 * song)
        shape = rng.uniform(0.01, 0.06) * np.hanning(len(song))
        y[at:][: len(song)] += shape * np.sin(2 * np.pi * wave)
    return y


folder = Path(tempfile.mkdtemp())
for day in [*range(0, 34, 2), *range(42, 80, 2)]:
    sunrise = 6.5 - 1.6 * np.sin(np.pi * day / 190)  # by the clock
    rain = rng.choice([0, 0.015], p=[0.85, 0.15])
    for hour in np.arange(2, 8, 0.25):
        after = hour - (sunrise - 0.5)
        y = birds(np.exp(-after / 2) if after > 0 else 0)
        y += rng.normal(0, 0.001 + rain, len(t))
        if day > 40 and after > 0 and rng.random() < 0.5:
            y += rng.uniform(0.02, 0.1) * cuckoo
        start = datetime(2024, 4, 10) + timedelta(days=day, hours=hour)
        soundfile.write(folder / f"{start:%Y%m%d_%H%M%S}.wav", y, sr)
cut_off = folder / "20240418_033000.wav"
cut_off.write_bytes(cut_off.read_bytes()[:20])

# %%
# All of them are one object
# --------------------------
# Only headers are read. What cannot be read is told, and is a row with its error. The level is that
# of full scale, not of each file's own maximum, so that files compare.
recordings = pv.Recordings(
    folder,
    duration=2.0,
    start="filename",
    sr=None,
    kind="stft",
    n_fft=512,
    level="dbfs",
)
print(recordings)
print(recordings.files.query("error != ''")["error"])

# %%
# How much is sung, and by whom
# -----------------------------
# One function is run over all: here how far the birds' band rises above what is always there, and
# the cuckoo's. Yours is your model.
hz = recordings[0].spectrogram.frequencies


def singing(patches):
    rises = [patch - np.median(patch, axis=0) for patch in patches]
    song, call = (hz > 2000) & (hz < 3700), (hz > 500) & (hz < 700)
    return {
        "birds": [np.percentile(x[song], 90) for x in rises],
        "cuckoo": [np.percentile(x[call].max(axis=0), 80) for x in rises],
    }


table = recordings.map(singing)

# %%
# The season
# ----------
# A row for each day, hours along it. ``interval`` draws each recording as long as its quarter of an
# hour. The chorus creeps into the night as the year goes on; a week is missing in May, and a
# quarter of an hour on 18 April. On dark mornings it rained: little rises above that.
ax = pv.timeline(
    recordings, table.birds, interval=15, label="Birds (dB above median)"
)
ax.set_xlim(1.5, 8.5)

# %%
# And the cuckoo
# --------------
# It came while the battery was empty: on which day, nobody can say, and here one sees why. In a
# notebook with ipympl a click on a bar is an event that says which patches it shows.
ax = pv.timeline(
    recordings, table.cuckoo, interval=15, label="Cuckoo (dB above median)"
)
ax.set_xlim(1.5, 8.5)

# %%
# Look before you believe
# -----------------------
# The six that are highest, from all mornings; only these are computed, and each says which file it
# is of. ``pv.sheet(scored, chosen)`` lets one hear them.
scored = recordings.with_scores(table[["birds", "cuckoo"]])
chosen = scored.choose(6, by="highest", of="cuckoo")
pv.plot_mosaic(scored, chosen, of="cuckoo", flim=(0, 4000))
# sphinx_gallery_thumbnail_number = 1
