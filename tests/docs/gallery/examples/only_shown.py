"""
Not run
=======

A file that is not run shows its code; Sphinx's doctests run what is in its text.

>>> import patchviz as pv
>>> pv.player(pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1))
Player(107 patches from 128 × 640 cells, ... kB, no sound)
"""

print("this is not run")
