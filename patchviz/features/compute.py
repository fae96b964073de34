"""From a sound and a front end to values."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from .._util.validation import check_bool, check_choice
from .._util.warn import warn_user
from ..audio.resample import check_rate
from ..audio.source import Audio
from ..errors import Argument, Code, InvalidTypeError, InvalidValueError, Setting, shown
from .base import Features, Signal
from .channels import remarks_on, rows_of, signals_of, stacked
from .constantq import Cqt
from .custom import custom_features, name_of
from .frontend import BlockwiseFrontEnd, FrontEndLike
from .options import FrontEndOptions
from .pcen import Pcen
from .pooling import Pooling
from .spectral import Chroma, Mel, Mfcc, Stft

__all__ = ["FRONT_ENDS", "compute", "front_end_of"]


def compute(
    audio: Audio,
    *,
    sr: float | None = None,
    kind: FrontEndLike = "mel",
    mono: bool = False,
    channels: str | None = None,
    pooling: Pooling = Pooling(),  # noqa: B008 - it is frozen
    progress: bool = True,
    **options: Unpack[FrontEndOptions],
) -> Features:
    """Compute the features of a sound of any length; memory holds the result and one block.

    Those of a front end of patchviz's own are the values of librosa's function for the whole
    sound, and do not depend on whether it is in memory or in a file.

    Parameters
    ----------
    audio : Audio
        The sound.
    sr : float, optional
        Sampling rate in Hz to resample to; by default the sound's own.
    kind : {"mel", "stft", "cqt", "chroma", "mfcc", "pcen"}, FrontEnd or callable
        The front end: its name, an object, or ``f(y, sr)`` that returns values or `Features`.
    mono : bool, default: False
        Whether several channels are mixed to one, their mean.
    channels : {"all"}, optional
        All channels, each analysed alike, one above the other.
    pooling : Pooling, optional
        How many frames become one column; by default each is one.
    progress : bool, default: True
        Whether work that takes longer than a second shows a progress bar, in a terminal or a
        notebook.
    **options
        Fields of the front end that `kind` names; for a callable that returns an array,
        `hop_length`.

    Returns
    -------
    Features
        float32; float64 where `audio` holds float64 samples.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If an option is not one of `kind`, or out of range; if the sound has several channels and
        `mono` is False; if a callable returns what cannot be values of the sound.
    AudioFileError
        If the sound cannot be decoded to its end.

    Warns
    -----
    UserWarning
        If the sound is shorter than a frame, or mel bands are so narrow that they stay empty; if it
        is silent, if mixing its channels cancels it, or if most of its power lies above half the
        rate of the analysis.

    Examples
    --------
    >>> from patchviz.audio.example import example_audio
    >>> compute(example_audio(), kind="mel").values.shape
    (128, 640)
    """
    rate = audio.sr if sr is None else check_rate("sr", sr, audio.sr)
    mono, progress = check_bool("mono", mono), check_bool("progress", progress)
    if channels is None and audio.n_channels > 1 and not mono:
        named = shown(audio.name) if audio.name else "The sound"
        raise InvalidValueError(
            f"{named} has {audio.n_channels} channels, and a spectrogram shows one",
            remedy=(
                "Mix them: ",
                Setting("mono", True),
                f"; choose one of 0 to {audio.n_channels - 1}: ",
                Setting("channel", 0),
                "; or show each: ",
                Setting("channels", "all"),
                ".",
            ),
        )
    signals = signals_of(audio, rate, progress, each=channels is not None)
    front_end = front_end_of(kind, options)
    if isinstance(front_end, BlockwiseFrontEnd):
        features = front_end._features(signals, pooling)
    else:
        hop_length = options.get("hop_length")
        features = stacked(custom_features(front_end, signals, hop_length, pooling))
        for remark in remarks_on(signals):
            warn_user(remark)
    has_gaps = any(signal.gaps for signal in signals)
    return _with_gaps(features, signals, pooling) if has_gaps else features


def front_end_of(
    kind: FrontEndLike, options: FrontEndOptions
) -> BlockwiseFrontEnd | Callable[[NDArray[Any], float], Any]:
    """Return the front end that is meant, or say why there is none with these options."""
    if isinstance(kind, str):
        return _named(kind, options)
    _check_object(kind, options)
    return kind


def _with_gaps(features: Features, signals: Sequence[Signal], pooling: Pooling) -> Features:
    """Return features with NaN in the columns whose windows hold samples that are not finite."""
    dtype = features.values.dtype
    # Whole numbers have no NaN.
    values = features.values.astype(dtype if dtype.kind == "f" else np.result_type(dtype, "f4"))
    hop_length = features.hop_length // pooling.size  # of a frame
    hop, reach = hop_length / features.sr, (features.n_fft or hop_length) / 2 / features.sr
    middle = signals[0].audio.start + features.middle / features.sr  # of the first window
    for channel, signal in enumerate(signals):
        own = values[rows_of(channel, features.n_channels, features.bins_per_channel)]
        for begin, end in signal.gaps:
            first = math.ceil((begin - middle - reach) / hop)
            last = math.floor((end - middle + reach) / hop)
            if first <= last:
                columns = slice(max(0, first) // pooling.size, max(-1, last) // pooling.size + 1)
                own[:, columns] = np.nan
    return dataclasses.replace(features, values=values)


def _named(kind: str, options: Mapping[str, Any]) -> BlockwiseFrontEnd:
    """Return the front end of a name, with its options; an option of another one is refused."""
    chosen = FRONT_ENDS[check_choice("kind", kind, FRONT_ENDS)]
    own = _options_of(chosen)
    for name in options:
        if name in own:
            continue
        if name in ("level", "sensitivity", "unit"):
            raise InvalidValueError(
                Argument(name, options[name]),
                " cannot be promised by ",
                Argument("kind", kind),
                f": {chosen.no_level}",
                remedy=("Choose ", Setting("kind", "stft"), ", or leave it out."),
            )
        others = [repr(other) for other in FRONT_ENDS if name in _options_of(FRONT_ENDS[other])]
        near = difflib.get_close_matches(name, own, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Its options are {', '.join(own)}."
        raise InvalidTypeError(
            Argument(name),
            " is no option of ",
            Argument("kind", kind),
            *(("; it is one of ", Argument("kind"), " " + " or ".join(others)) if others else ()),
            remedy="Leave it out." if others else hint,
        )
    return chosen(**options)


def _check_object(kind: object, options: Mapping[str, Any]) -> None:
    """Refuse what is no front end, and options beside an object, which has its own."""
    if isinstance(kind, type) and issubclass(kind, BlockwiseFrontEnd):
        raise InvalidTypeError(
            Argument("kind"),
            f" is the class {kind.__name__}",
            allowed=(
                "a front end: ",
                Argument("kind", Code(f"{kind.__name__}()")),
                ", with its options in the brackets",
            ),
        )
    if not callable(kind):
        names = ", ".join(repr(name) for name in FRONT_ENDS)
        raise InvalidTypeError(
            Argument("kind", kind),
            f" is of type {type(kind).__name__}",
            allowed=f"one of {names}, a front end such as Mel(n_mels=64), or a function f(y, sr)",
        )
    is_own = isinstance(kind, BlockwiseFrontEnd)
    for name, value in options.items():
        if is_own or name != "hop_length":
            called = name_of(kind)
            given = Argument(name, value)
            raise InvalidTypeError(
                given,
                " is given beside ",
                Argument("kind", Code(called)),
                ', and options go with a name such as "mel" only',
                remedy="Give it to the front end itself: "
                + (f"{called}({given})." if is_own else f"functools.partial({called}, {given})."),
            )


def _options_of(front_end: type[BlockwiseFrontEnd]) -> list[str]:
    names = {field.name for field in dataclasses.fields(front_end)}
    return [name for name in FrontEndOptions.__annotations__ if name in names]


FRONT_ENDS: Mapping[str, type[BlockwiseFrontEnd]] = {
    "mel": Mel,
    "stft": Stft,
    "cqt": Cqt,
    "chroma": Chroma,
    "mfcc": Mfcc,
    "pcen": Pcen,
}
