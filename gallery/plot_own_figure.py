"""
How do I put a patch beside a figure of my own?
===============================================

A ``PatchView`` draws into any axes and has one number that moves it. Whatever else is in the figure
can follow that number: here, the levels that the patch holds, and where it lies in the recording.
"""

# %%
# A figure of three
# -----------------
# The overview and the patch are patchviz's, the histogram is matplotlib's. All of them are drawn
# once; from then on, only what the index changes.
import matplotlib.pyplot as plt
import numpy as np

import patchviz as pv

spec = pv.Spectrogram.example()
patches = spec.patches(duration=2.0, hop_duration=0.25)

fig, axs = plt.subplot_mosaic(
    "o;p;h", figsize=(7, 7), height_ratios=(2, 3, 2), layout="constrained"
)
pv.plot_spectrogram(spec, ax=axs["o"])
view = pv.PatchView(patches, ax=axs["p"], index=18)
window = axs["o"].axvspan(*patches.time(18), facecolor="white", alpha=0.25)

levels = np.linspace(*spec.finite_range, 41)
shares, _ = np.histogram(patches[18], levels, density=True)
bars = axs["h"].stairs(shares, levels, fill=True)
axs["h"].set(xlabel="Level (dB)", ylabel="Share of cells per dB")
axs["h"].set_ylim(0, 0.08)
fig.colorbar(view.mesh, ax=[axs["o"], axs["p"]], label="Level (dB)")


# %%
# One index moves everything
# --------------------------
# The view calls a function of ours with each new index. The artists that it changes are added to
# ``view.artists``: then an animation or a scrubber knows that these, and nothing else, have to be
# painted again.
def follow(index):
    window.set_x(patches.time(index)[0])
    shares, _ = np.histogram(patches[index], levels, density=True)
    bars.set_data(shares)


view.on_index(follow)
view.artists += [window, bars]

view.index = 24
print(f"{view.title.get_text()}; the window starts at {window.get_x():.3f} s")

# %%
# From here
# ---------
# In Jupyter, ``pv.scrub(view)`` puts a slider under this figure. A film holds the whole figure,
# frame by frame, at the cost of what moves in it. Without Python, as on this page, an animation
# shows itself as a player, which holds the patches only: the histogram is what our function draws.
import tempfile
from pathlib import Path

anim = pv.animate(view)
with tempfile.TemporaryDirectory() as folder:
    anim.save(Path(folder, "levels.gif"), dpi=60)
print(f"{len(patches)} frames saved")
plt.close(fig)
