"""
What if it is not sound?
========================

Whatever has rows, and columns in time, can be carved, drawn and played: the channels of an
electroencephalogram, the sensors of a machine, the temperatures of a year. Nothing is converted and
nothing is copied; the array only needs to be told how fast its columns go by.
"""

# %%
# A year of temperatures, hour by hour
# ------------------------------------
# Every row is an hour of the day, every column a day. The numbers are made up of a season, a day's
# course and some weather.
import numpy as np

import patchviz as pv

rng = np.random.default_rng(2026)
day, hour = np.meshgrid(np.arange(365), np.arange(24))
weather = np.convolve(rng.normal(0, 3, 365 + 6), np.ones(7) / 7**0.5, "valid")
temperature = (
    10
    - 9 * np.cos(2 * np.pi * (day - 20) / 365)
    - 4 * np.cos(2 * np.pi * (hour - 3) / 24)
    + weather[day]
)
temperature[:, 200:203] = np.nan  # the sensor failed for three days

year = pv.Spectrogram(
    temperature, sr=1, hop_length=1, y_label="Hour of the day",
    quantity="Temperature", unit="°C", name="One year",
)  # fmt: skip
year

# %%
# One column is one second as far as patchviz knows, so a week has a duration of 7. Gaps are shown
# as gaps, and counted.
weeks = year.patches(duration=7, hop_duration=7)
mosaic = pv.plot_mosaic(weeks, n=6, cmap="cividis")
mosaic.overview.set_xlabel("Day of the year")
for panel in mosaic.panels[3:]:
    panel.set_xlabel("Day of the year")

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
