"""
Which patches does my model get wrong, and may I trust its score?
=================================================================

A classifier of bird songs, trained on overlapping patches of an hour at dawn, scores well: too
well. Here is how to see what its split leaks and how to mend that; and then how to find the
mistakes that are left, to see them and to hear them.
"""

# %%
# An hour at dawn
# ---------------
# Three species sing, each song one second long, some of them near and some far. Every ten minutes
# other individuals take over, each at a pitch of its own. This page makes its sound and its labels;
# yours come from :meth:`Spectrogram.from_file <patchviz.Spectrogram.from_file>` and
# :func:`read_labels <patchviz.read_labels>`.
import numpy as np

import patchviz as pv

rng, sr, labels = np.random.default_rng(1), 8000, []
y = rng.normal(0, 0.005, 3600 * sr).astype("float32")
t = np.arange(sr) / sr
birds = {"cuckoo": (1, 660), "warbler": (5, 2100), "wren": (11, 2600)}
for name, (rate, hertz) in birds.items():
    pitch = hertz * rng.uniform(0.8, 1.2, 6)  # of six individuals
    for at in rng.uniform(0, 3599, 120):
        tone = pitch[int(at // 600)] * np.where(t * rate % 1 < 0.5, 1, 0.8)
        song = np.sin(np.pi * t) * np.sin(2 * np.pi * np.cumsum(tone) / sr)
        y[int(at * sr) :][:sr] += rng.uniform(0.001, 0.03) * song
        labels.append((at, at + 1, name))

# %%
# Patches, and what is in them
# ----------------------------
# Two seconds, every half second. There is a wren in a patch if half a second of its song is: what
# is true is said once, and the same everywhere below.
spec = pv.Spectrogram.from_audio(
    y, sr=sr, n_fft=512, hop_length=200, n_mels=40
)
patches = spec.with_labels(labels).patches(duration=2.0, hop_duration=0.5)
truth = {"min_overlap": 0.5}
wren = patches.targets(**truth)[:, patches.classes.index("wren")]
pv.plot_mosaic(patches, patches.choose(6, of="wren"), title="An hour at dawn")

# %%
# A small classifier
# ------------------
# A forest is shown the loudest value of each band. It is tested on a fifth of the patches, drawn at
# random, and its average precision is high. But it is not the forest that is so good:
# :meth:`Patches.leaks <patchviz.Patches.leaks>` tells that all these patches are heard in training,
# too.
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score

loudest = patches.values.max(axis=1).T
forest = RandomForestClassifier(50, random_state=0)


def tested(train, test):
    forest.fit(loudest[train], wren[train])
    score = np.where(test, forest.predict_proba(loudest)[:, 1], np.nan)
    print(round(average_precision_score(wren[test], score[test]), 2))
    print(len(patches.leaks(train, test)), "of", sum(test), "leak")
    return patches.with_scores(score, classes=["wren"])


test = rng.random(len(patches)) < 0.2
leaky = tested(~test, test)

# %%
# What the split leaks
# --------------------
# Patches overlap, and the neighbours of one that is tested are in training. Red is what both sides
# hear, all through the hour: the forest is asked for songs that it has learned by heart.
pv.plot_coverage(patches, {"train": ~test, "test": test})

# %%
# Blocks do not leak
# ------------------
# :meth:`Patches.blocks <patchviz.Patches.blocks>` parts the hour into six blocks that share no
# frame, and leaves out the patches across their borders. The first block is kept for the test. Its
# wren is one that the forest has never heard, as it will be in the field, and this is the score to
# report.
block = patches.blocks(6)
train, test = block > 0, block == 0
scored = tested(train, test)

# %%
# Nothing is shared any more:
pv.plot_coverage(patches, {"train": train, "test": test})

# %%
# The mistakes that are left
# --------------------------
# Where score and label disagree most, each an event of its own: patches that share frames with one
# that is chosen are passed over. Captions say what somebody wrote down, and what the forest said.
pv.plot_mosaic(scored, scored.choose(6, by="disagree", truth=truth))
# sphinx_gallery_thumbnail_number = 2

# %%
# Hear them
# ---------
# A page of an hour is large; :meth:`Patches.trim <patchviz.Patches.trim>` takes three minutes of
# it, from one of these patches on. The two buttons before the speed, or the keys N and P, go from
# mistake to mistake; the one after it plays the patch. The lane below the overview shows what the
# forest said, and a dotted line from where on that means a wren.
pv.player(scored.trim(45, 225), stops="mistakes", truth=truth, audio=True)

# %%
# Some of these songs are far away, or cut by the end of the patch. Others are clear, and missed all
# the same: this individual's pitch is one that the forest has not learned. It needs more wrens, not
# more patches, which a random split would never have told. Which block is the test may change in
# turn: ``block`` is what scikit-learn's ``GroupKFold`` takes as groups, where it is not -1.
