import numpy as np

import patchviz as pv

# Four partials of a bell that is struck each second, and its sound.
sr, hop_length = 22050, 256
t = np.arange(344 * hop_length) / sr
partials = np.array([[330], [660], [990], [1320]])
ringing = np.sin(2 * np.pi * partials * t) * np.exp(-partials * (t % 1) / 200)
energy = np.square(ringing).reshape(4, -1, hop_length).mean(axis=2)

spec = pv.Spectrogram(
    10 * np.log10(energy + 1e-6),
    hop_length=hop_length,
    y_label="Partial",
    quantity="Energy",
    unit="dB",
    name="A bell",
    audio=pv.Audio.from_array(ringing.mean(axis=0), sr),
)
pv.player(spec.patches(duration=1.0, hop_duration=0.1), audio=True)
