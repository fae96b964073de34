"""The mel scale, Slaney's (Auditory Toolbox, 1998) and HTK's, as in librosa; and the note C1."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["C1", "hz_to_mel", "mel_to_hz"]

C1 = 440.0 * 2 ** (-45 / 12)  # Hz, the note at which constant-Q begins

# Slaney's is linear up to 1 kHz, logarithmic above.
_HZ_PER_MEL = 200.0 / 3

_BREAK_HZ = 1000.0

_BREAK_MEL = _BREAK_HZ / _HZ_PER_MEL

_LOG_STEP = np.log(6.4) / 27.0


def hz_to_mel(frequency: ArrayLike, *, htk: bool = False) -> NDArray[np.float64]:
    """Convert Hz to mels. Below 0 Hz, where axes may reach, the scale goes on."""
    hz = np.asarray(frequency, dtype=float)
    if htk:
        return np.asarray(np.sign(hz) * 2595.0 * np.log10(1.0 + np.abs(hz) / 700.0))
    above = _BREAK_MEL + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz >= _BREAK_HZ, above, hz / _HZ_PER_MEL)


def mel_to_hz(mels: ArrayLike, *, htk: bool = False) -> NDArray[np.float64]:
    """Convert mels to Hz."""
    mel = np.asarray(mels, dtype=float)
    if htk:
        return np.asarray(np.sign(mel) * 700.0 * (10.0 ** (np.abs(mel) / 2595.0) - 1.0))
    above = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel >= _BREAK_MEL, above, _HZ_PER_MEL * mel)
