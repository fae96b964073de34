"""The options of all front ends, by their types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

from numpy.typing import NDArray

__all__ = ["FrontEndOptions", "Window"]

Window = str | float | tuple[Any, ...] | NDArray[Any]


class FrontEndOptions(TypedDict, total=False):
    """Fields of :class:`Mel` and the other front ends that have a name.

    For type checkers: which of them a front end has, what they mean and what they are when left
    out stands with each.
    """

    hop_length: int
    n_fft: int
    win_length: int | None
    window: Window
    center: bool
    pad_mode: str
    power: float
    n_mels: int
    fmin: float | None
    fmax: float | None
    htk: bool
    norm: str | float | None
    mel_norm: str | float | None
    n_bins: int
    bins_per_octave: int
    filter_scale: float
    sparsity: float
    tuning: float | None
    n_chroma: int
    ctroct: float
    octwidth: float | None
    n_mfcc: int
    dct_type: int
    lifter: float
    mel_power: float
    scale: float
    gain: float
    bias: float
    time_constant: float
    eps: float
    b: float | None
    max_size: int
    ref: float | Callable[..., Any]
    amin: float
    top_db: float | None
    level: str
    sensitivity: float | None
    unit: str | None
