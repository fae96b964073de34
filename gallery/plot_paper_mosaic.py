"""
How do I make a mosaic for a paper?
===================================

One journal column is 3.5 inches wide, two are 7, and text in a figure should be as large as the
caption. The mosaic arranges itself in whatever width there is; the rest is matplotlib's.
"""

# %%
# Two columns wide
# ----------------
# Size and fonts are set where they always are. The grid follows from the number of patches, and
# no label meets another at any number from 1 to 24. The width is kept, and the height where the
# panels have room in it; where they have not, the figure becomes higher. A figure of your own
# (below) keeps both.
import matplotlib.pyplot as plt

import patchviz as pv

patches = pv.Spectrogram.example().patches(duration=3.0, hop_duration=1.0)
wide = {"figure.figsize": (7.0, 4.2), "font.size": 9, "font.family": "serif"}
with plt.rc_context(wide):
    pv.plot_mosaic(patches, n=6, title="")

# %%
# One column wide
# ---------------
# The same in half the width, in grey for print:
narrow = {"figure.figsize": (3.5, 3.4), "font.size": 7}
# sphinx_gallery_thumbnail_number = 2
with plt.rc_context(narrow):
    pv.plot_mosaic(patches, n=4, title="", cmap="gray_r")

# %%
# ``mosaic.save("figure_2.pdf")`` writes it, as ``mosaic.figure.savefig`` does. Journals that want
# text as TrueType get it with ``"pdf.fonttype": 42`` among the settings.

# %%
# Change what you like
# --------------------
# The parts of a :class:`patchviz.Mosaic` are ordinary axes. Here the third patch gets an arrow, and
# the colour bar a shorter label.
mosaic = pv.plot_mosaic(patches, n=3)
arrow = {"arrowstyle": "->", "color": "white"}
mosaic.panels[2].annotate(
    "harmonics", (2.75, 700), (2.1, 5000), color="white", arrowprops=arrow
)
mosaic.colorbar.set_label("dB")

# %%
# Beside other things
# -------------------
# A mosaic takes the place of any axes of a grid, or a whole subfigure.
fig, axs = plt.subplots(
    2, figsize=(7, 7), height_ratios=(5, 2), layout="constrained"
)
pv.plot_mosaic(patches, n=4, ax=axs[0])
axs[1].plot(patches.values.mean(axis=(0, 1)), marker="o")
axs[1].set(xlabel="Patch", ylabel="Mean level (dB)")

# %%
# All panels and the overview have one colour scale; to compare two recordings, give both mosaics
# the same ``clim``.
