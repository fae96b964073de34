"""
An animation
============

Sphinx-Gallery takes it for any animation of matplotlib's.
"""

import patchviz as pv

patches = pv.Spectrogram.example().patches(duration=5.0, hop_duration=0.5)
animation = pv.animate(patches)
