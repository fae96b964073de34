"""A recording whose columns spell their numbers in binary: a picture tells which patch it shows."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

import patchviz as pv


def recording(n_frames: int = 640, n_bits: int = 10, **fields: Any) -> pv.Spectrogram:
    """Return a spectrogram in which column i is i in binary, the last digit at the bottom."""
    bits = np.arange(n_frames) >> np.arange(n_bits)[:, np.newaxis] & 1
    values = np.repeat(80.0 * bits - 80.0, 120 // n_bits, axis=0).astype(np.float32)
    return pv.Spectrogram(values, sr=22050, hop_length=512, y_axis="none", unit="dB", **fields)


# The same as code for a kernel, and 107 patches of it.
SETUP = f"""\
from typing import Any
import numpy as np
import patchviz as pv

{inspect.getsource(recording)}
patches = recording(name="numbers").patches(frame_length=215, hop_length=4)
"""

# The same for a page: which patch the n-th scrubber (or other element) in a part of it shows.
READING = """
Object.assign(globalThis, {
  scope: document, selector: ".patchviz-scrubber", nBits: 10, frameLength: 215, hopLength: 4,
  pictureOf(n = 0) {
    const root = scope.querySelectorAll(selector)[n];
    const host = [...(root?.querySelectorAll("div, [class^=patchviz-player]") ?? [])]
      .find((node) => node.shadowRoot);
    return host?.shadowRoot.querySelector(".patch canvas") ?? root?.querySelector("img");
  },
  shownIndex(n = 0) {
    const picture = pictureOf(n);
    if (!picture) return null;
    const width = picture.naturalWidth ?? picture.width; // of an image, of a canvas
    const height = picture.naturalHeight ?? picture.height;
    if (picture.complete === false || !width || !height) return null;
    // The first column alone, on a canvas that is made to be read.
    const context = new OffscreenCanvas(1, height).getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, Math.floor(width / frameLength / 2), 0, 1, height, 0, 0, 1, height);
    const column = context.getImageData(0, 0, 1, height).data;
    if (column[3] === 0) return null; // nothing is drawn yet
    let frame = 0;
    for (let bit = 0; bit < nBits; bit++) {
      const y = Math.floor(height * (1 - (bit + 0.5) / nBits));
      if (column[4 * y] + column[4 * y + 1] + column[4 * y + 2] > 384) frame += 2 ** bit;
    }
    return frame / hopLength;
  },
});
"""
