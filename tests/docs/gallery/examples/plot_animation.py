"""
An animation
============

It is held by an object's attribute, where Sphinx-Gallery alone would not find it.
"""

import patchviz as pv


class Result:
    pass


patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.1)
result = Result()
result.animation = pv.animate(patches)
