"""Windows and mel bands, value for value those of librosa, without importing it."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._util.mel import hz_to_mel, mel_to_hz
from .._util.validation import check_array
from ..errors import Argument, Code, InvalidValueError, shown
from .options import Window

__all__ = ["Bank", "mel_bands", "window_values"]

MAX_PEAK = 1e6  # of a window: single precision holds the squares of what comes after it

# Neighbouring bands whose sums are taken together: over few bins, and not one by one.
_TOGETHER = 8

# Products that are left to BLAS at a time. It takes them in the thread that asks: of more it would
# make threads of its own, for which those who work side by side wait in turns.
_PRODUCTS = 1 << 18


def window_values(window: Window, length: int) -> NDArray[np.float64]:
    """Return a periodic window's values, as :func:`librosa.filters.get_window` does."""
    if isinstance(window, str) and window == "hann" and length > 1:
        # The default, without the most of a second that importing scipy.signal takes.
        return 0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, length + 1))[:-1]
    if isinstance(window, str | float | int | tuple | np.number) and not isinstance(window, bool):
        from scipy.signal import get_window

        try:
            with np.errstate(all="ignore"):
                values = np.asarray(get_window(window, length, fftbins=True), dtype=np.float64)
        except Exception as error:  # a tuple of anything raises anything
            raise InvalidValueError(
                Argument("window", window),
                f" is no window that scipy.signal.get_window knows ({shown(error, str)})",
                remedy="Give its name, a tuple of name and parameters, or its values.",
            ) from error
        return _finite(values, window)
    allowed = f"the name of a window, or {length} real numbers"
    values = check_array("window", window, allowed=allowed)
    if values.shape != (length,) or values.dtype.kind not in "fiu":
        raise InvalidValueError(
            f"window has the shape {values.shape} and the dtype {values.dtype}. Its values must be "
            f"{length} real numbers, one for each sample of the window."
        )
    return _finite(values.astype(np.float64), Code("an array"))


def _finite(values: NDArray[np.float64], window: object) -> NDArray[np.float64]:
    """Return the values of a window that lets something by."""
    if not np.isfinite(values).all() or np.abs(values).max(initial=0) > MAX_PEAK:
        raise InvalidValueError(
            Argument("window", window),
            " has values that are not finite, or beyond 1e6",
            remedy="Choose other parameters.",
        )
    return values


@functools.lru_cache(maxsize=4)  # a front end looks at them before it uses them
def mel_bands(
    *, sr: float, n_fft: int, n_mels: int, fmin: float, fmax: float, htk: bool, slaney: bool
) -> NDArray[np.float32]:
    """Return the weights of mel bands, shape (n_mels, 1 + n_fft // 2).

    Neighbouring bands overlap by half; a band is a triangle over the FFT's frequencies, of height
    1 or, with `slaney`, of area 1 (in Hz).
    """
    lowest, highest = hz_to_mel(np.array([fmin, fmax]), htk=htk)
    corners = mel_to_hz(np.linspace(lowest, highest, n_mels + 2), htk=htk)
    distances = np.subtract.outer(corners, np.fft.rfftfreq(n_fft, 1.0 / sr))
    widths = np.diff(corners)[:, np.newaxis]
    rising, falling = -distances[:-2] / widths[:-1], distances[2:] / widths[1:]
    weights: NDArray[np.float32] = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    if slaney:
        weights *= (2.0 / (corners[2:] - corners[:-2]))[:, np.newaxis]
    weights.flags.writeable = False
    return weights


class Bank:
    """Bands of which each covers few bins, and neighbours almost the same ones, as mel bands do.

    ``bank(powers)`` is ``powers @ bands.T``: its sums are taken in another order, and without most
    of the products with zeros.

    Parameters
    ----------
    bands : ndarray, shape (n_bands, n_bins)
        The weights.
    """

    def __init__(self, bands: NDArray[np.float32]) -> None:
        self._groups, self._n_bands = [], len(bands)
        for first in range(0, len(bands), _TOGETHER):
            rows = slice(first, first + _TOGETHER)
            covered = np.flatnonzero(bands[rows].any(axis=0))
            bins = slice(covered[0], covered[-1] + 1) if covered.size else slice(0)
            self._groups.append((rows, bins, np.ascontiguousarray(bands[rows, bins].T)))

    def __call__(self, powers: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        """Return the sums over the bands, shape (n_frames, n_bands)."""
        sums = np.empty((len(powers), self._n_bands), powers.dtype)
        for rows, bins, weights in self._groups:
            n_frames = max(1, _PRODUCTS // max(1, weights.size))
            for at in range(0, len(powers), n_frames):
                few = slice(at, at + n_frames)
                np.matmul(powers[few, bins], weights, out=sums[few, rows])
        return sums
