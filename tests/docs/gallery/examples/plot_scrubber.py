"""
A scrubber
==========

It lives in Jupyter; here it plays without Python.
"""

import patchviz as pv

patches = pv.Spectrogram.example().patches(duration=2.0, hop_duration=0.5)
scrubber = pv.scrub(patches)
scrubber.index = 3
