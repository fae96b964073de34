"""
Players
=======

A figure first, then three players in two blocks.
"""

import patchviz as pv

spec = pv.Spectrogram.example()
ax = pv.plot_spectrogram(spec)

# %%
# In a list, and again under a name of its own.

long, short = (spec.patches(duration=duration, hop_duration=0.1) for duration in (5.0, 1.0))
in_a_list = [pv.player(long, title="of five seconds", index=7)]
again = in_a_list[0]
named = pv.player(short, title="of one second")

# %%
# The last expression of a block has no name at all.

# sphinx_gallery_thumbnail_number = 3

pv.player(short, title='last <of> "all"', cmap="viridis")

# %%
# Shown once each.

again  # noqa: B018
