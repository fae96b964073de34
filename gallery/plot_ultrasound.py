"""
What do I not hear? Bats, ten times slower
==========================================

A bat calls above everything that people hear. Its calls can be seen if the recording's own rate is
kept, and heard if it is played slowly: pitch and time together, as on a tape.
"""

# %%
# Four seconds under a street lamp
# --------------------------------
# Two bats hunt: one sweeps down to 45 kHz ten times a second; the other one, larger, calls at
# 22 kHz, less often. A bush cricket sings below. The sound is made up here, of sweeps that fade in
# and out; yours is ``pv.Spectrogram.from_file("night.wav", sr=None)``, where ``None`` keeps its
# rate.
import numpy as np
from scipy.signal import chirp

import patchviz as pv

rng, sr = np.random.default_rng(5), 250_000
y = rng.normal(0, 0.0005, 4 * sr)
calls = []


def call(at, seconds, top, bottom, loudness, name):
    t = np.arange(int(seconds * sr)) / sr
    sweep = chirp(t, top, seconds, bottom, method="hyperbolic")
    y[int(at * sr) :][: len(t)] += loudness * np.hanning(len(t)) * sweep
    calls.append(
        {
            "start_time": at,
            "end_time": at + seconds,
            "label": name,
            "low_f": bottom - 2e3,
            "high_f": top + 2e3,
        }
    )


for at in np.arange(0.2, 3.9, 0.1):
    near = np.exp(-(((at - 1.5) / 0.8) ** 2))  # it flies by
    call(at, 0.005, 80e3, 45e3, 0.5 * near + 0.01, "pipistrelle")
for at in np.arange(0.6, 3.9, 0.31):
    call(at, 0.016, 25e3, 22e3, 0.1 * at / 4, "noctule")
for at in np.arange(0, 3.98, 0.02):
    call(at, 0.003, 12e3, 11e3, 0.05, "bush cricket")

# %%
# See what is there
# -----------------
# ``flim`` shows the frequencies that matter, in every picture and on the page. Nothing is computed
# anew and nothing is lost: the cricket is still below.
spec = pv.Spectrogram.from_audio(
    y, sr=sr, kind="stft", n_fft=1024, hop_length=256, name="Street lamp"
)
pv.plot_spectrogram(spec, flim=(8e3, 120e3), clim=(-60, 0))

# %%
# One patch for each call
# -----------------------
# Patches of 50 ms, and those with a noctule in them, which was labelled. Its calls are long and
# nearly flat: a bat of open skies. The pipistrelle's are short and steep.
bats = [row for row in calls if row["label"] != "bush cricket"]
patches = spec.with_labels(bats).patches(duration=0.05, hop_duration=0.025)
noctule = patches.targets()[:, patches.classes.index("noctule")]
pv.plot_mosaic(
    patches,
    np.flatnonzero(noctule)[::5][:6],
    flim=(8e3, 120e3),
    clim=(-60, 0),
)

# %%
# Hear it
# -------
# At a tenth of the speed 45 kHz are heard at 4.5 kHz. Browsers play nothing above 96 kHz, so the
# page has the sound at a rate that they do play, and its clock knows. ``H`` mixes down at full
# speed instead, from the pointer's frequency, as a bat detector does.
pv.player(
    patches.trim(1.2, 2.0),
    audio=True,
    speed=0.1,
    flim=(8e3, 120e3),
    clim=(-60, 0),
)
# sphinx_gallery_thumbnail_number = 1
