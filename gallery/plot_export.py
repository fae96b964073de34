"""
How do I get this into slides, a paper, a page?
===============================================

A film with sound for a talk, a GIF where nothing else is allowed, a picture for print, a page that
plays: each is one line, and each is as exact as the figure on the screen.
"""

# %%
# What will be saved
# ------------------
import patchviz as pv

spec = pv.Spectrogram.example()
patches = spec.patches(duration=5.0, hop_duration=0.5)
anim = pv.animate(patches)
anim

# %%
# Films
# -----
# The ending decides. A film holds every patch, and its rate is the true one: a patch every 488 ms,
# not every half second. ``audio=True`` puts the sound into an MP4, in sync. GIF, WebP and
# APNG need nothing installed; MP4 needs ffmpeg, the system's or that of the extra ``ffmpeg``.
import tempfile
from pathlib import Path

folder = tempfile.TemporaryDirectory()
out = Path(folder.name)
anim.save(out / "patches.gif", dpi=60)
anim.save(out / "patches.webp", dpi=60)
try:
    anim.save(out / "patches.mp4", dpi=60, audio=True)
except pv.PatchvizError as error:  # no ffmpeg on this machine
    print(error)

# %%
# Pictures
# --------
# Matplotlib saves figures in every format that it knows. In PDF and SVG the text and lines stay
# vectors and each spectrogram is one embedded image: sharp in print, and small.
mosaic = pv.plot_mosaic(patches, n=3)
mosaic.figure.savefig(out / "mosaic.png", dpi=200)
mosaic.figure.savefig(out / "mosaic.pdf")

# %%
# A page
# ------
# A player holds one picture of the spectrogram and moves a crop over it, so that all patches
# together are smaller than a single film.
player = pv.player(patches, audio=True)
player.save(out / "patches.html")

for path in sorted(out.iterdir()):
    print(f"{path.name:14} {path.stat().st_size / 1000:7.0f} kB")

# %%
# In a page of your own, ``player.to_html()`` gives the same as a fragment. It brings its own style
# and lets everything else on the page alone:
player
# sphinx_gallery_thumbnail_number = 3

# %%
folder.cleanup()
