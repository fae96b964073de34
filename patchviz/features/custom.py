"""Front ends of the user's own: what they return is checked, and long sounds come in pieces."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._util.validation import check_int
from ..errors import Argument, Code, InvalidTypeError, InvalidValueError
from .base import Features, Signal
from .clock import likely_cause, window
from .streaming import SampleBuffer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["custom_features", "name_of"]

# Samples that are given to a front end at a time, if it says how little more it needs.
_PIECE = 1 << 21


def name_of(front_end: object) -> str:
    """Return what people call a front end: a function's name, or the class of an object."""
    return getattr(front_end, "__name__", None) or type(front_end).__name__


def _kind(front_end: object) -> Argument:
    return Argument("kind", Code(name_of(front_end)))


def custom_features(
    front_end: Callable[[NDArray[Any], float], Any], signal: Signal, hop_length: int | None
) -> Features:
    """Return what a callable makes of a signal, in pieces if it has a `context`.

    Parameters
    ----------
    front_end : callable
        Called as ``front_end(y, sr)``.
    signal : Signal
        The sound.
    hop_length : int, optional
        Samples from one frame to the next, for a callable that returns a plain array.
    """
    context = getattr(front_end, "context", None)
    if context is not None:
        context = check_int("context", context, minimum=0, unit="samples")
        piece = max(_PIECE, 4 * context)
        if signal.n_samples > piece + context:
            return _in_pieces(front_end, signal, hop_length, context, piece)
    y = np.concatenate(list(signal.blocks(name_of(front_end))))
    features = _called(front_end, y, signal.sr, hop_length)
    _check_duration(features, signal, front_end)
    return features


def _in_pieces(
    front_end: Callable[[NDArray[Any], float], Any],
    signal: Signal,
    hop_length: int | None,
    context: int,
    piece: int,
) -> Features:
    """Call a front end for one piece after the other, each with its context (overlap-save)."""
    buffer, n_samples = SampleBuffer(signal.blocks(name_of(front_end))), signal.n_samples
    features = _called(front_end, buffer.take(0, piece + context), signal.sr, hop_length)
    hop = features.hop_length
    n_kept = piece // hop
    if features.sr != signal.sr or not n_kept:
        raise InvalidValueError(
            _kind(front_end),
            f" returns frames of {hop} samples at {features.sr:g} Hz, and is given pieces of "
            f"{piece} samples at {signal.sr:g} Hz, since it has a context. "
            "The rates must be the same and a frame shorter: leave out its context.",
        )
    n_before = -(-context // hop)
    kept = [_kept(features, features, 0, n_kept)]
    for first in range(n_kept, n_samples // hop + 1, n_kept):
        stop = (first + n_kept) * hop + context
        y = buffer.take((first - n_before) * hop, min(stop, n_samples))
        part = _called(front_end, y, signal.sr, hop_length)
        if stop >= n_samples:
            kept.append(_kept(part, features, n_before, None))
            break
        kept.append(_kept(part, features, n_before, n_kept))
    features = dataclasses.replace(features, values=np.concatenate(kept).T)
    _check_duration(features, signal, front_end)
    return features


def _kept(part: Features, first: Features, n_before: int, n_kept: int | None) -> NDArray[Any]:
    """Return a piece's own frames, shape (n_frames, n_bins), if they mean what the first's do."""
    for field in dataclasses.fields(Features)[1:]:
        mine, others = getattr(part, field.name), getattr(first, field.name)
        if mine != others:
            raise InvalidValueError(
                "The front end returns ",
                Argument(field.name, mine),
                f" for a piece of the sound, and {others!r} for the first one. They must be the "
                "same, or its context None.",
            )
    frames = part.values.T[n_before : None if n_kept is None else n_before + n_kept]
    if frames.shape[1] != len(first.values) or (n_kept is not None and len(frames) != n_kept):
        raise InvalidValueError(
            f"The front end returns values of the shape {part.values.shape} for a piece of the "
            f"sound, of which {n_kept or 'the last'} frames from {n_before} on are needed with "
            f"{len(first.values)} bins. Frame k must begin or be centred at sample k * hop_length, "
            "or its context be None."
        )
    return frames


def _called(
    front_end: Callable[[NDArray[Any], float], Any],
    y: NDArray[Any],
    sr: float,
    hop_length: int | None,
) -> Features:
    result = front_end(y, sr)
    if isinstance(result, Features):
        if hop_length is not None:
            raise InvalidTypeError(
                Argument("hop_length", hop_length),
                " is given, and ",
                _kind(front_end),
                f" returns Features with hop_length={result.hop_length}",
                remedy="Leave it out.",
            )
        return result
    return Features(result, sr=sr, hop_length=_hop_length(front_end, hop_length))


def _hop_length(front_end: Callable[..., Any], given: int | None) -> int:
    """Return the hop of a plain array: as given, or what the callable says is its own."""
    if given is None:
        given = getattr(front_end, "hop_length", None)
    if given is None:
        try:
            parameter = inspect.signature(front_end).parameters.get("hop_length")
        except (TypeError, ValueError):  # a callable written in C
            parameter = None
        if parameter is not None and parameter.default is not parameter.empty:
            given = parameter.default
    if given is None:
        raise InvalidTypeError(
            _kind(front_end),
            " returns an array, and nothing says how many samples lie between its frames",
            remedy=(
                "Give ",
                Argument("hop_length", Code("...")),
                ", or return patchviz.Features(values, sr=sr, hop_length=...).",
            ),
        )
    return check_int("hop_length", given, minimum=1, unit="samples")


def _check_duration(features: Features, signal: Signal, front_end: object) -> None:
    """Refuse values that cannot be those of the sound, such as a transposed array."""
    duration = features.values.shape[1] * features.hop_length / features.sr
    expected = signal.n_samples / signal.sr
    # A model may leave out what its first and last frames would have to look at.
    if abs(duration - expected) > max(window(features), min(1.0, expected / 10)):
        raise InvalidValueError(
            _kind(front_end),
            f" returns values of the shape {features.values.shape}, which with ",
            Argument("hop_length", features.hop_length),
            " and ",
            Argument("sr", features.sr, "Hz"),
            f" last {duration:.3f} s; the sound has {expected:.3f} s",
            remedy=likely_cause(features, signal.n_samples, signal.sr),
        )
