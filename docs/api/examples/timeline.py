import numpy as np
import pandas as pd

import patchviz as pv

# Ten minutes, every quarter of an hour, at dawn and at dusk. A table that says
# what headers would say is believed: no file is opened.
times = pd.date_range("2024-04-20 04:00", "2024-05-31 21:00", freq="15min")
times = times[times.hour.isin([4, 5, 6, 7, 19, 20])]
times = times[abs(times.day_of_year - 135) > 2]  # nobody changed the batteries
season = pd.DataFrame(
    {
        "file": [f"{time:%Y%m%d_%H%M}.wav" for time in times],
        "sr": 22050,
        "n_channels": 1,
        "n_samples": 600 * 22050,
        "size": 600 * 44100,
        "modified": 0,
        "start": times,
        "error": "",
    }
)
recordings = pv.Recordings(season, duration=5.0)

# Loudest at sunrise, which comes earlier from day to day.
minutes = times.hour * 60 + times.minute + 1.4 * times.day_of_year
loudness = -50 + 20 * np.exp(-(((minutes - 520) / 60) ** 2))
pv.timeline(recordings, loudness, label="Loudness (dB)")
