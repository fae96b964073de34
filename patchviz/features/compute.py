"""From a sound and the name of a front end to values."""

from __future__ import annotations

import collections
import dataclasses
import difflib
import math
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from .._util.validation import check_choice, check_number
from ..audio.source import Audio
from ..errors import InPython, InvalidTypeError, InvalidValueError, Setting, shown
from .base import Features, Signal
from .constantq import Cqt
from .options import FeatureOptions
from .spectral import Chroma, Mel, Mfcc, Stft

if TYPE_CHECKING:
    from .base import Kind

__all__ = ["KINDS", "compute"]


def compute(
    audio: Audio,
    *,
    sr: float | None = None,
    kind: str = "mel",
    mono: bool = False,
    progress: bool = True,
    **options: Unpack[FeatureOptions],
) -> Features:
    """Compute a feature of a sound of any length; memory holds the result and one block.

    The values are those of librosa's function for the whole sound, and do not depend on whether
    it is in memory or in a file.

    Parameters
    ----------
    audio : Audio
        The sound.
    sr : float, optional
        Sampling rate in Hz to resample to; by default the sound's own.
    kind : {"mel", "stft", "cqt", "chroma", "mfcc"}
        ``power_to_db(melspectrogram(y, sr), ref=np.max)``, ``amplitude_to_db(abs(stft(y)),
        ref=np.max)``, ``amplitude_to_db(abs(cqt(y, sr)), ref=np.max)``, ``chroma_stft(y, sr)``
        or ``mfcc(y, sr)``.
    mono : bool, default: False
        Whether several channels are mixed to one, their mean.
    progress : bool, default: True
        Whether work that takes longer than a second shows a progress bar, in a terminal or a
        notebook.
    **options
        Options of the feature.

    Returns
    -------
    Features
        float32; float64 where `audio` holds float64 samples.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is not one of `kind`, or out of range; if the sound has several channels and
        `mono` is False.
    AudioFileError
        If the sound cannot be decoded to its end.

    Warns
    -----
    UserWarning
        If the sound is shorter than a frame, or mel bands are so narrow that they stay empty.

    Examples
    --------
    >>> from patchviz.audio.source import example_audio
    >>> compute(example_audio(), kind="mel").values.shape
    (128, 640)
    """
    if sr is not None:
        check_number("sr", sr, above=0, unit="Hz")
    if audio.n_channels > 1 and not mono:
        named = shown(audio.name) if audio.name else "The sound"
        raise InvalidValueError(
            f"{named} has {audio.n_channels} channels, and a spectrogram shows one",
            remedy=(
                "Mix them: ",
                Setting("mono", True),
                InPython(
                    "; or choose one and give its samples: Spectrogram.from_audio(y[0], sr=sr)"
                ),
                ".",
            ),
        )
    signal = Signal(audio, audio.sr if sr is None else sr, progress)
    feature = _chosen(kind, signal.sr, options)
    for remark in feature.remarks(signal.n_samples):
        warnings.warn(remark, UserWarning, stacklevel=3)
    feature = feature.surveyed(signal)
    values = _values(feature, signal)
    feature.finish(values)
    return Features(values=values, sr=signal.sr, **feature.meaning())


def _chosen(kind: str, sr: float, options: Mapping[str, Any]) -> Kind:
    """Return the feature of a name, with its options; an option of another kind is refused."""
    chosen = KINDS[check_choice("kind", kind, KINDS)]
    own = _options_of(chosen)
    for name in options:
        if name in own:
            continue
        others = [repr(other) for other in KINDS if name in _options_of(KINDS[other])]
        near = difflib.get_close_matches(name, own, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Its options are {', '.join(own)}."
        raise InvalidTypeError(
            f"{name} is no option of kind={kind!r}"
            + (f"; it is one of kind={', '.join(others)}. Leave it out." if others else f". {hint}")
        )
    return chosen(sr=sr, **options)


def _options_of(kind: type[Kind]) -> list[str]:
    names = {field.name for field in dataclasses.fields(kind)}
    return [name for name in FeatureOptions.__annotations__ if name in names]


def _values(feature: Kind, signal: Signal) -> NDArray[Any]:
    """Allocate a feature's values and fill them, part by part as they come."""
    shape = (feature.n_frames(signal.n_samples), feature.n_rows)
    try:
        frames = np.empty(shape, signal.audio.dtype)
    except MemoryError as error:
        size = math.prod(shape) * signal.audio.dtype.itemsize / 1e9
        raise InvalidValueError(
            f"The {feature.title} of {signal.audio!r} has {shape[1]} x {shape[0]} values, "
            f"{size:.1f} GB, more than there is memory for",
            remedy=(
                "Choose ",
                InPython("a longer hop_length, fewer bins, "),
                Setting("kind", "mel"),
                ", or a part of the sound.",
            ),
        ) from error
    filled: collections.Counter[int] = collections.Counter()
    for rows, part in feature.parts(signal):
        first = filled[rows.start]
        filled[rows.start] = last = min(first + len(part), len(frames))
        frames[first:last, rows] = part[: last - first]
    return frames.T


KINDS: Mapping[str, type[Kind]] = {
    "mel": Mel,
    "stft": Stft,
    "cqt": Cqt,
    "chroma": Chroma,
    "mfcc": Mfcc,
}
