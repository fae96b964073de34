"""
What if it is not sound?
========================

Whatever has rows, and columns in time, can be carved, drawn and played: the channels of an
electroencephalogram, the sensors of a machine, a fibre along a road. Nothing is converted and
nothing is copied; the array only needs to be told how fast its columns go by.
"""

# %%
# A road that listens
# -------------------
# Sixty-four sensors lie along a road and report ten times a second how much it shakes. The numbers
# here are made up of noise and of five vehicles. Each draws a slanted line, the steeper the faster.
import numpy as np

import patchviz as pv

rng = np.random.default_rng(2026)
sensor, column = np.mgrid[:64, :500]
shaking = rng.gamma(2, 0.4, sensor.shape)
for start, speed in [(2, 4), (9, 6), (16, -5), (27, 9), (31, -3)]:
    place = speed * (column / 10 - start) + (0 if speed > 0 else 63)
    shaking += 8 * np.exp(-(((sensor - place) / 1.5) ** 2))
shaking[40:43, 200:] = np.nan  # three sensors fail

road = pv.Spectrogram(
    shaking,
    sr=10,
    hop_length=1,
    y_label="Sensor",
    quantity="Acceleration",
    unit="mm/s²",
    name="A road for 50 seconds",
)
pv.plot_spectrogram(road, cmap="cividis")

# %%
# Gaps are shown as gaps, and counted:
print(road)

# %%
# Ten columns are a second, so durations are seconds here too:
patches = road.patches(duration=9, hop_duration=8.2)
pv.plot_mosaic(patches, n=6, cmap="cividis")

# %%
# An array with its sound
# -----------------------
# Values of your own can be heard, too, if you say what belongs to them: a
# :class:`patchviz.Audio`, made of samples or of a file. Here it is a bell that is struck twice, and
# the values are the energy in its partials.
sr, hop = 22050, 256
t = np.arange(344 * hop) / sr
partials = np.array([[330], [660], [790], [990], [1320], [1760]])
ringing = np.zeros((len(partials), len(t)))
for strike in (0.3, 2.2):
    since = np.maximum(t - strike, 0)
    fading = np.exp(-partials * since / 600)
    ringing += np.sin(2 * np.pi * partials * since) * fading
energy = np.square(ringing).reshape(len(partials), -1, hop).mean(axis=2)
bell = ringing.mean(axis=0)

struck = pv.Spectrogram(
    10 * np.log10(energy + 1e-6),
    sr=sr,
    hop_length=hop,
    y_label="Partial",
    quantity="Energy",
    unit="dB",
    name="A bell",
    audio=pv.Audio.from_array(bell, sr),
)
pv.player(struck.patches(duration=1.0, hop_duration=0.1), audio=True)

# %%
# No copy, however large
# ----------------------
# An array on disk stays there. The patches of a :class:`numpy.memmap` are views of the file, a
# million of them as well as six:
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "sensors.dat")
    on_disk = np.memmap(file, np.float32, "w+", shape=(16, 1_000_100))
    sensors = pv.Spectrogram(on_disk, sr=1000, hop_length=1, name="16 sensors")
    patches = sensors.patches(frame_length=100, hop_length=1)
    print(patches)
    print("views of the file:", np.shares_memory(patches.values, on_disk))
    del on_disk, sensors, patches

# %%
# What it refuses
# ---------------
# Complex numbers, text and arrays of other dimensions are refused with a word about the remedy,
# instead of being drawn as something that they are not.
try:
    pv.Spectrogram(np.ones((4, 100)) * 1j)
except pv.PatchvizError as error:
    print(error)
