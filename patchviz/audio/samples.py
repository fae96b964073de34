"""Samples in memory: what is a sound, and what is none."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from .._util.validation import check_array
from ..errors import InvalidTypeError, InvalidValueError
from .levels import check_loudness
from .resample import Samples

__all__ = ["checked_samples"]


def checked_samples(y: ArrayLike, sr: float) -> Samples:
    """Return `y` as a read-only view of shape (n_channels, n), or say why it is no sound."""
    if isinstance(y, np.ma.MaskedArray):
        raise InvalidTypeError(
            "y is a masked array, and a sound has no gaps. Fill them: y.filled(0.0)."
        )
    allowed = "floating-point samples of shape (n,), or (n_channels, n)"
    samples = check_array("y", y, allowed=allowed)
    if samples.dtype.kind in "iu":
        zero = f" - {2 ** (8 * samples.itemsize - 1)}" if samples.dtype.kind == "u" else ""
        y_zeroed = f"(y.astype(np.float32){zero})" if zero else "y.astype(np.float32)"
        how = f"{y_zeroed} / {2 ** (8 * samples.itemsize - 1)}"
        if samples.itemsize == 8:  # as lists become: no recorder has so many bits
            how = "np.float32(y) / 32768, if they are of 16 bits"
        raise InvalidTypeError(
            f"y holds integers ({samples.dtype}). It must hold floating-point samples, as a rule "
            f"between -1 and 1: give {how}."
        )
    if samples.dtype.kind != "f":
        remedy = " Give y.real." if samples.dtype.kind == "c" else ""
        raise InvalidTypeError(
            f"y has the dtype {samples.dtype}. It must hold floating-point samples, as a rule "
            f"between -1 and 1.{remedy}"
        )
    if samples.ndim not in (1, 2):
        raise InvalidValueError(
            f"y has the shape {samples.shape}, {samples.ndim}-D. It must be (n,) samples, or "
            "(n_channels, n)."
        )
    if not samples.size:
        raise InvalidValueError(
            f"y is empty: shape {samples.shape}. It must hold at least one sample."
        )
    samples = np.atleast_2d(samples)
    if samples.shape[0] > samples.shape[1]:
        raise InvalidValueError(
            f"y has the shape {samples.shape}: {samples.shape[0]} channels of "
            f"{samples.shape[1]} samples. Channels come first, as in librosa: give y.T."
        )
    finite = np.isfinite(samples)
    if not finite.all():
        first = int(np.argmin(finite.all(axis=0)))
        raise InvalidValueError(
            f"y is not finite everywhere: {finite.size - np.count_nonzero(finite)} of "
            f"{finite.size} samples are NaN or infinite, the first at {first / sr:.3f} s (sample "
            f"{first}). Mend them, for example np.nan_to_num(y)."
        )
    precision = np.float64 if samples.dtype.itemsize >= 8 else np.float32
    samples = samples.astype(precision, copy=False)
    check_loudness(samples, sr)
    view = samples.view()
    view.flags.writeable = False
    return cast(Samples, view)
