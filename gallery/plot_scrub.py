"""
How do I keep what I notice while I scrub?
==========================================

One walks through a recording, sees something, and wants it in Python: which patch, what time, what
values. A scrubber's index goes both ways. The slider sets it and Python reads it; Python sets it
and the picture follows.
"""

# %%
# Scrub
# -----
# In Jupyter this is a widget with a kernel behind it; on this page it is the player that a
# scrubber carries along. Drag the window, or use the arrow keys.
import patchviz as pv

spec = pv.Spectrogram.example()
patches = spec.patches(duration=1.0, hop_duration=0.5)
scrubber = pv.scrub(patches, index=8)
scrubber

# %%
# What is shown
# -------------
# The patch that is shown is at hand as the array that a model would get: a view, as always.
start, end = scrubber.interval
print(f"patch {scrubber.index} from {start:.2f} to {end:.2f} s")
print(scrubber.patch.shape, f"mean {scrubber.patch.mean():.1f} dB")

# %%
# Follow
# ------
# A function of ours is called with the index whenever another patch is shown, whoever moved it.
# Here it notes the loudness of what was looked at. Three steps in Python stand for a hand on the
# slider. (``scrubber.on_patch`` calls with the patch itself, but not more often than one can see:
# for a score that takes its time, or a plot.)
noted = {}


def note(change):
    noted[change.new] = patches[change.new].mean()


scrubber.observe(note, "index")
for index in (5, 13, 20):
    scrubber.index = index
for index, level in noted.items():
    print(f"patch {index:2}: {level:.1f} dB")

# %%
# Keep
# ----
# What was noted are numbers of patches, and numbers of patches can be drawn:
pv.plot_spectrogram(patches, mark=list(noted), title="What was looked at")
# sphinx_gallery_thumbnail_number = 2
