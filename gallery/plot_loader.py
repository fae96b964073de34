"""
What does my data loader feed the model?
========================================

Between the file and the model stands a loader: it pads, it normalises, it augments. What comes out
has no times any more, and nobody looks at it. ``Patches.from_batch`` takes a batch as it is, and
shows it in every picture. Faults that cost people weeks are seen in a second.
"""

# %%
# A loader
# --------
# It takes clips of a spoken verse, of up to a second and a half, pads them to one length,
# normalises, and masks bands and moments, as SpecAugment does. It has faults.
from dataclasses import replace

import numpy as np

import patchviz as pv

rng = np.random.default_rng(4)
spec = pv.Spectrogram.example(n_mels=64)
patches = spec.patches(duration=1.5, hop_duration=0.4)
scale = replace(spec, quantity="Standardised level", unit="")
n_frames = patches.frame_length


def load(number, *, pad_value, masks):
    x = patches[number].copy()
    n = n_frames if number % 3 else int(0.6 * n_frames)  # some are short
    x[:, n:] = pad_value
    x = (x - x[:, :n].mean()) / x[:, :n].std()
    for _ in range(masks):
        band, moment = rng.integers(0, 48), rng.integers(0, n_frames - 12)
        x[band : band + rng.integers(4, 16)] = 0
        x[:, moment : moment + rng.integers(4, 12)] = 0
    return x, n


def batch(**options):
    chosen = range(0, 24, 2)
    x, lengths = zip(*(load(k, **options) for k in chosen), strict=True)
    names = [f"clip{k:02}" for k in chosen]
    return pv.Patches.from_batch(
        np.stack(x), names=names, lengths=lengths, like=scale
    )


# %%
# The first look
# --------------
# Short clips are padded with zeros: before the normalisation, where 0 dB is the loudest there is.
# The right part of every third item is brighter than any voice. That is the first fault.
pv.plot_mosaic(batch(pad_value=0, masks=2), 12, overview=False)

# %%
# Padded with silence
# -------------------
# The padding is now as dark as the quietest cell. What the loader says is no sound is hatched, so
# it cannot be taken for a quiet second.
quiet = float(spec.values.min())
mended = batch(pad_value=quiet, masks=2)
pv.plot_mosaic(mended, 12, overview=False)

# %%
# Too much of a good thing
# ------------------------
# Two bands and two moments masked are an augmentation. Twelve leave nothing to learn from:
pv.plot_mosaic(batch(pad_value=quiet, masks=12), 12, overview=False)

# %%
# Is each item what it was?
# -------------------------
# An item is a patch: the same numbers, not a picture of them. Here a loader that is asked twice
# returns other masks, and should:
again = batch(pad_value=quiet, masks=2)
same = [np.array_equal(a, b) for a, b in zip(mended, again, strict=True)]
print(sum(same), "of", len(same), "items are the same the second time")

# %%
# And their scale, item by item, without masks. What is not 0 and 1 was normalised with its padding:
plain = batch(pad_value=quiet, masks=0)
for number, share in enumerate(plain.filled[:4]):
    kept = plain[number][:, : round(share * n_frames)]
    print(
        f"item {number}: mean {kept.mean():+.2f}, deviation {kept.std():.2f}"
    )
# sphinx_gallery_thumbnail_number = 1
