"""
How do I feed patches to a model without copying them?
======================================================

A model takes a batch: patch, channel, frequency, time. The patches are a view, and a batch can be
one too. What is copied, and when, is then decided by whoever trains the model.
"""

# %%
# What the model will see
# -----------------------
import numpy as np

import patchviz as pv

spec = pv.Spectrogram.example()
patches = spec.patches(duration=1.0, hop_duration=0.5)
pv.plot_mosaic(patches, n=8)

# %%
# A batch is a view
# -----------------
# ``patches.values`` has the patch as its last axis, as :func:`librosa.util.frame` does. Models want
# it first. Moving an axis moves no data:
batch = np.moveaxis(patches.values, -1, 0)[:, np.newaxis]
print(batch.shape, "shares memory:", np.shares_memory(batch, spec.values))

# %%
# PyTorch
# -------
# ``torch.from_numpy`` takes the view as it is, strides and all. It warns of read-only arrays, since
# a tensor could be written to; a writeable view of an array of one's own avoids that.
# This page runs without torch too.
values = np.array(spec.values)  # the one copy: the spectrogram itself
own = pv.Spectrogram(
    values, sr=spec.sr, hop_length=spec.hop_length, y_axis="mel"
)
carved = own.patches(duration=1.0, hop_duration=0.5)
writeable = np.lib.stride_tricks.as_strided(
    values,
    shape=(len(carved), 1, own.n_bins, carved.frame_length),
    strides=(carved.hop_length * values.strides[1], 0, *values.strides),
)
assert np.array_equal(
    writeable, np.moveaxis(carved.values, -1, 0)[:, np.newaxis]
)

try:
    import torch
except ModuleNotFoundError:
    print("torch is not installed; with it: torch.from_numpy(writeable)")
else:
    tensor = torch.from_numpy(writeable)
    shared = tensor.data_ptr() == values.ctypes.data
    print(tuple(tensor.shape), "shares memory:", shared)

# %%
# Normalise the spectrogram, not the patches
# ------------------------------------------
# What a model is fed is often scaled to zero mean and unit variance. Done once for the spectrogram,
# it is still a view for every patch; done for each patch, it is a copy of each, and a quiet patch
# looks as loud as a loud one.
normal = pv.Spectrogram(
    (spec.values - spec.values.mean()) / spec.values.std(),
    sr=spec.sr,
    hop_length=spec.hop_length,
    y_axis="mel",
    quantity="Standardised level",
)
fed = normal.patches(duration=1.0, hop_duration=0.5)
for i in (3, 4):
    print(f"patch {i}: mean {fed[i].mean():+.2f}")

# %%
# What one patch costs
# --------------------
# Only what leaves the view is copied, one batch at a time:
one_batch = np.ascontiguousarray(batch[:16])
for what, array in {
    "the spectrogram": spec.values,
    "one batch of 16": one_batch,
    "all patches, copied": patches.values,
}.items():
    print(f"{what:20} {array.nbytes / 1e6:.2f} MB")
