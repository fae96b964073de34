"""The options of all features, listed and explained once."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any, TypedDict, TypeVar

from numpy.typing import NDArray

__all__ = ["FeatureOptions", "Window", "with_feature_options"]

Window = str | float | tuple[Any, ...] | NDArray[Any]

_Function = TypeVar("_Function", bound=Callable[..., Any])


class FeatureOptions(TypedDict, total=False):
    """Options of the features, by librosa's names; what is left out has librosa's default.

    hop_length : int
        Samples from one frame to the next: 512; for ``"stft"``, a quarter of `win_length`.
    n_fft : int
        Samples in a window, padded with zeros: 2048. Not for ``"cqt"``.
    win_length : int or None
        Samples in a window before padding; None, the default, is `n_fft`. Not for ``"cqt"``.
    window : str, tuple, float or ndarray
        As in :func:`scipy.signal.get_window`: ``"hann"``; or the window's values.
    center : bool
        Whether frame *k* is centred on sample ``k * hop_length``, the sound being padded at its
        ends (True), or begins there. Not for ``"cqt"``.
    pad_mode : {"constant", "edge", "reflect", "symmetric"}
        What a centred frame sees beyond the sound's ends: zeros, by default.
    power : float
        For ``"mel"`` and ``"mfcc"``: exponent of the magnitudes, 2.0.
    n_mels : int
        For ``"mel"`` and ``"mfcc"``: number of mel bands, 128.
    fmin : float or None
        Lowest frequency in Hz: 0.0 for ``"mel"`` and ``"mfcc"``, C1 (32.70 Hz) for ``"cqt"``.
    fmax : float or None
        For ``"mel"`` and ``"mfcc"``: highest frequency in Hz; None, the default, is ``sr / 2``.
    htk : bool
        For ``"mel"`` and ``"mfcc"``: the HTK formula in place of Slaney's, False.
    norm : str, float or None
        ``"mel"``: how each band is normalised, ``"slaney"``. ``"cqt"``: the norm of a filter, 1.
        ``"chroma"``: the norm of a frame, infinity. ``"mfcc"``: the norm of the DCT, ``"ortho"``.
    mel_norm : str, float or None
        For ``"mfcc"``: how each mel band is normalised, ``"slaney"``.
    n_bins : int
        For ``"cqt"``: number of bins, 84.
    bins_per_octave : int
        For ``"cqt"``: bins in an octave, 12.
    filter_scale : float
        For ``"cqt"``: factor of the filters' lengths, 1.0.
    sparsity : float
        For ``"cqt"``: part of a filter's energy that may be dropped, 0.01.
    tuning : float or None
        Deviation from A = 440 Hz in bins: 0.0 for ``"cqt"``; None, the default for ``"chroma"``,
        has it estimated from the whole sound, which reads it once more.
    n_chroma : int
        For ``"chroma"``: number of pitch classes, 12.
    ctroct, octwidth : float
        For ``"chroma"``: the octave that counts most, 5.0 (above A0, 27.5 Hz), and the width of
        the octaves that count in octaves, 2.0, or None for all alike.
    n_mfcc : int
        For ``"mfcc"``: number of coefficients, 20.
    dct_type : {1, 2, 3}
        For ``"mfcc"``: type of the discrete cosine transform, 2.
    lifter : float
        For ``"mfcc"``: strength of liftering, 0.0 for none.
    ref : float or callable
        For ``"mel"``, ``"stft"`` and ``"cqt"``: what becomes 0 dB, or a function of all values
        that says so: :data:`numpy.max`.
    amin : float
        For these three: the least value told from 0: 1e-10, for ``"stft"`` and ``"cqt"`` 1e-5.
    top_db : float or None
        For these three: dB below the loudest value at which values are clipped, 80.0; None clips
        nothing.
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
    ref: float | Callable[..., Any]
    amin: float
    top_db: float | None


def with_feature_options(function: _Function) -> _Function:
    """Spell ``**options: Unpack[FeatureOptions]`` out, in a function's signature and docstring.

    So that people who ask for help, and completion in notebooks, find every option by its name.
    The options' defaults, which depend on the kind of feature, appear as ``...``.
    """
    signature = inspect.signature(function)
    *parameters, bag = signature.parameters.values()
    assert bag.kind is bag.VAR_KEYWORD
    options = [
        inspect.Parameter(name, bag.KEYWORD_ONLY, default=..., annotation=annotation)
        for name, annotation in FeatureOptions.__annotations__.items()
    ]
    function.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*parameters, *options]
    )
    if function.__doc__ and FeatureOptions.__doc__:
        explained = inspect.cleandoc(FeatureOptions.__doc__).split("\n\n", 1)[1]
        function.__doc__ = re.sub(
            r"^( *)\*\*options\b.*\n(?:\1 +.*\n)*",
            lambda entry: textwrap.indent(explained, entry[1]) + "\n",
            function.__doc__,
            flags=re.MULTILINE,
        )
    return function
