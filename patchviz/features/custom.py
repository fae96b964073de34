"""Front ends of the user's own: what they return is checked, and long sounds come in pieces."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .._util.reductions import finite_range
from .._util.validation import check_int, detached
from .._util.warn import warn_user
from ..errors import Argument, Code, InvalidTypeError, InvalidValueError
from .base import Features, Signal, differing
from .channels import side_by_side
from .clock import likely_cause, window
from .pooling import Pooler, Pooling
from .streaming import SampleBuffer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["called", "custom_features", "name_of"]

Part: TypeAlias = "tuple[Features, NDArray[Any]] | None"  # None: it is still read

# Samples that are given to a front end at a time, if it says how little more it needs.
_PIECE = 1 << 21

# Samples in bytes that are given at once without a word: an hour and a half at 44.1 kHz.
_LARGE = 1_000_000_000


def name_of(function: object) -> str:
    """Return what people call something that is called: its name, or the class of an object."""
    return getattr(function, "__name__", None) or type(function).__name__


def _kind(front_end: object) -> Argument:
    return Argument("kind", Code(name_of(front_end)))


def custom_features(
    front_end: Callable[[NDArray[Any], float], Any],
    signals: Sequence[Signal],
    hop_length: int | None,
    pooling: Pooling,
) -> list[Features]:
    """Return what a callable makes of signals, in pieces if it has a `context`.

    Parameters
    ----------
    front_end : callable
        Called as ``front_end(y, sr)``.
    signals : sequence of Signal
        Channels of a sound, which are read side by side unless all of them were too much at once.
    hop_length : int, optional
        Samples from one frame to the next, for a callable that returns a plain array.
    pooling : Pooling
        How many frames become one column.
    """
    context = getattr(front_end, "context", None)
    n_samples, n_before, n_behind = signals[0].n_samples, 0, 0
    if context is not None:
        context = check_int("context", context, minimum=0, unit="samples")
        signals, n_before, n_behind = _in_context(front_end, signals, hop_length, context)
    if context is not None or len(signals) * _size(signals[0]) <= _LARGE:
        signals = side_by_side(signals)

    def made(signal: Signal) -> Generator[None, None, Features]:
        parts = _parts(front_end, signal, hop_length, context)
        between = _between(parts, n_before, n_behind)
        return _pooled(front_end, between, pooling, f"{n_samples} samples at {signal.sr:g} Hz")

    return _in_step([made(signal) for signal in signals])


def _in_step(all_steps: list[Generator[None, None, Features]]) -> list[Features]:
    """Return what each makes, a step of each in turn, so that none is read far ahead of others."""
    found: dict[int, Features] = {}
    while len(found) < len(all_steps):
        for k, steps in enumerate(all_steps):
            if k in found:
                continue
            try:
                next(steps)
            except StopIteration as end:
                found[k] = end.value
    return [found[k] for k in range(len(all_steps))]


def _size(signal: Signal) -> int:
    """Return how many bytes all of its samples take."""
    return signal.n_samples * signal.audio.dtype.itemsize


def _parts(
    front_end: Callable[[NDArray[Any], float], Any],
    signal: Signal,
    hop_length: int | None,
    context: int | None,
) -> Iterator[Part]:
    """Yield what a front end makes, with its frames of shape (n_frames, n_bins).

    And None, while it is still read.
    """
    piece = max(_PIECE, 4 * (context or 0))
    if context is None or signal.n_samples <= piece + context:
        return _of_the_whole(front_end, signal, hop_length)
    return _in_pieces(front_end, signal, hop_length, context, piece)


def _pooled(
    front_end: object, parts: Iterator[Part], pooling: Pooling, sound: str
) -> Generator[None, None, Features]:
    """Return parts as one, with so many frames in a column; yield after each."""
    pooler, columns, n_values, n_odd = Pooler(pooling), [], 0, 0
    for part in parts:
        yield
        if part is None:
            continue
        features, frames = part
        pooling.column_length(features.hop_length)  # refuses before there is more work
        n_values += frames.size
        n_odd += frames.size - int(np.count_nonzero(np.isfinite(frames)))
        columns.append(pooler.add(frames))
    pooling.warn_of(max(1, n_values // len(features.values)))
    rest = pooler.rest()
    columns += [] if rest is None else [rest]
    if n_odd:
        warn_user(
            (
                _kind(front_end),
                f" returns {n_odd:,} of {n_values:,} values that are not finite; they are drawn as "
                "gaps. Where it takes the logarithm of 0, let it take that of at least 1e-10: "
                "np.log(np.maximum(x, 1e-10)).",
            )
        )
    together = columns[0] if len(columns) == 1 else np.concatenate(columns)
    if not len(together):
        raise InvalidValueError(
            _kind(front_end),
            f" has no frame that lies within the part, of {sound}",
            remedy="Choose a longer part.",
        )
    return pooling.pooled(features, together)


def _in_context(
    front_end: Callable[[NDArray[Any], float], Any],
    signals: Sequence[Signal],
    hop_length: int | None,
    context: int,
) -> tuple[Sequence[Signal], int, int]:
    """Return a part of a recording with what is around it, and how many frames that has.

    Those at its ends are then what they are in the whole. All channels have the same.
    """
    first = signals[0]
    wider = first.widened(context)[0]
    if wider is first:
        return signals, 0, 0
    # How long a frame is, a few of them tell.
    wanted, y = 4 * context + 4096, np.empty(0, first.audio.dtype)
    for block in dataclasses.replace(wider, progress=False).blocks(""):
        y = np.concatenate([y, block])
        if len(y) >= wanted:
            break
    hop = called(front_end, y[:wanted], first.sr, hop_length).hop_length
    led = [signal.led(context, hop) for signal in signals]
    wider, n_before = led[0]
    n_behind = (wider.n_samples - n_before * hop) // hop - first.n_samples // hop
    return [signal for signal, _ in led], n_before, n_behind


def _between(parts: Iterator[Part], n_before: int, n_behind: int) -> Iterator[Part]:
    """Yield frames but for the first and the last ones."""
    held: list[NDArray[Any]] = []
    for part in parts:
        if part is None:
            yield None
            continue
        features, frames = part
        left_out = min(n_before, len(frames))
        n_before -= left_out
        together = np.concatenate([*held, frames[left_out:]]) if held else frames[left_out:]
        n_kept = max(0, len(together) - n_behind)
        held = [together[n_kept:]] if n_behind else []
        yield features, together[:n_kept]


def _of_the_whole(
    front_end: Callable[[NDArray[Any], float], Any], signal: Signal, hop_length: int | None
) -> Iterator[Part]:
    """Call a front end once, with all that there is."""
    name, size = name_of(front_end), _size(signal)
    if size > _LARGE:
        seconds = signal.n_samples / signal.sr
        warn_user(
            (
                _kind(front_end),
                f" is given all {seconds:,.0f} s of the sound at once, {size / 1e9:.1f} GB of "
                "samples, since nothing says how little of it a frame needs. If frame k needs n "
                "samples before and behind sample k * hop_length, set its attribute context to n: "
                "it is then given piece by piece.",
            )
        )
    try:
        y = np.empty(signal.n_samples, signal.audio.dtype)
    except MemoryError as error:
        raise InvalidValueError(
            _kind(front_end),
            f" needs all of the sound at once, {size / 1e9:.1f} GB of samples, more than there is "
            "memory for",
            remedy="Set its attribute context to the samples that a frame needs around it, such "
            "as 1024: it is then given piece by piece.",
        ) from error
    filled = 0
    for block in signal.blocks(name):
        y[filled : filled + len(block)] = block
        filled += len(block)
        yield None
    features = called(front_end, y, signal.sr, hop_length)
    _check_duration(features, signal.n_samples, signal.sr, front_end)
    yield features, features.values.T


def _in_pieces(
    front_end: Callable[[NDArray[Any], float], Any],
    signal: Signal,
    hop_length: int | None,
    context: int,
    piece: int,
) -> Iterator[Part]:
    """Call a front end for one piece after the other, each with its context (overlap-save)."""
    buffer, n_samples = SampleBuffer(signal.blocks(name_of(front_end))), signal.n_samples

    def take(start: int, stop: int) -> NDArray[Any]:
        return buffer.take(start, stop).copy()  # it may work in place, and pieces overlap

    features = called(front_end, take(0, piece + context), signal.sr, hop_length)
    hop = features.hop_length
    n_kept = piece // hop
    if features.sr != signal.sr or not n_kept:
        raise InvalidValueError(
            _kind(front_end),
            f" returns frames of {hop} samples at {features.sr:g} Hz, and is given pieces of "
            f"{piece} samples at {signal.sr:g} Hz, since it has a context. "
            "The rates must be the same and a frame shorter: leave out its context.",
        )
    _check_duration(features, piece + context, signal.sr, front_end)
    n_before = -(-context // hop)
    low, high = finite_range(features.values)[:2]
    allowed = 0.01 * (high - low) if np.isfinite(high - low) else 0.0
    following = features.values[:, n_kept : n_kept + 1].copy()  # the next piece's first frame
    yield features, _kept(features, features, 0, n_kept)
    for first in range(n_kept, n_samples // hop + 1, n_kept):
        start, stop = (first - n_before) * hop, min((first + n_kept) * hop + context, n_samples)
        part = called(front_end, take(start, stop), signal.sr, hop_length)
        _check_duration(part, stop - start, signal.sr, front_end)
        is_last = stop == n_samples
        frames = _kept(part, features, n_before, None if is_last else n_kept)
        _check_seam(following, frames[:1].T, allowed, context, front_end)
        following = part.values[:, n_before + n_kept :][:, :1].copy()
        yield features, frames
        if is_last:
            break


def _check_seam(
    before: NDArray[Any],
    after: NDArray[Any],
    allowed: float,
    context: int,
    front_end: object,
) -> None:
    """Refuse values of one frame that differ from piece to piece: they would from file to file."""
    if not before.size or not after.size:
        return
    differs = ~np.isclose(before, after, rtol=1e-3, atol=allowed, equal_nan=True)
    if differs.any():
        at = int(np.argmax(differs))
        raise InvalidValueError(
            _kind(front_end),
            f" gives the same frame {before.flat[at]:.5g} in one piece of the sound and "
            f"{after.flat[at]:.5g} in the next: it depends on more than ",
            Argument("context", context, "samples"),
            " around it, such as on the maximum of all that it is given",
            remedy="Give it a larger context, or None, which gives it the whole sound at once.",
        )


def _kept(part: Features, first: Features, n_before: int, n_kept: int | None) -> NDArray[Any]:
    """Return a piece's own frames, shape (n_frames, n_bins), if they mean what the first's do."""
    if name := differing(part, first):
        raise InvalidValueError(
            "The front end returns ",
            Argument(name, getattr(part, name)),
            f" for a piece of the sound, and {getattr(first, name)!r} for the first one. They must "
            "be the same, or its context None.",
        )
    frames = part.values.T[n_before : None if n_kept is None else n_before + n_kept]
    if frames.shape[1] != len(first.values) or (n_kept is not None and len(frames) != n_kept):
        raise InvalidValueError(
            f"The front end returns values of the shape {part.values.shape} for a piece of the "
            f"sound, of which {n_kept or 'the last'} frames from {n_before} on are needed with "
            f"{len(first.values)} bins. Frame k must begin or be centred at sample k * hop_length, "
            "or its context be None."
        )
    return frames.copy()  # the front end may write into its array again


def called(
    front_end: Callable[[NDArray[Any], float], Any],
    y: NDArray[Any],
    sr: float,
    hop_length: int | None,
) -> Features:
    """Return what a front end makes of samples."""
    result = _result(front_end, y, sr)
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


def _result(front_end: Callable[[NDArray[Any], float], Any], y: NDArray[Any], sr: float) -> Any:
    """Call a front end; return what may be values, or say what it returned instead."""
    try:
        inspect.signature(front_end).bind(y, sr)
    except ValueError:  # it has no signature that Python knows
        pass
    except TypeError as error:
        raise InvalidTypeError(
            _kind(front_end),
            f" cannot be called with samples and their rate ({error})",
            allowed="a function of two arguments, f(y, sr)",
        ) from error
    result: Any = detached(front_end(y, sr))
    advice: dict[type, str] = {
        type(None): "Let it end with return, and the array.",
        tuple: "Let it return one of them: kind=lambda y, sr: f(y, sr)[0].",
        dict: 'Let it return what is under one of its keys: kind=lambda y, sr: f(y, sr)["..."].',
    }
    remedy = next((text for kind, text in advice.items() if isinstance(result, kind)), None)
    if remedy is not None:
        what = "None" if result is None else f"a {type(result).__name__} of {len(result)}"
        raise InvalidTypeError(
            _kind(front_end),
            f" returns {what}",
            allowed="an array of shape (n_bins, n_frames), or Features",
            remedy=remedy,
        )
    # A batch of one item, of one channel, is what most models take.
    shape: tuple[int, ...] = getattr(result, "shape", ())
    while len(shape) > 2 and shape[0] == 1:
        result = result[0]
        shape = result.shape
    return result


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


def _check_duration(features: Features, n_samples: int, sr: float, front_end: object) -> None:
    """Refuse values that cannot be those of so many samples, such as a transposed array."""
    duration = features.values.shape[1] * features.hop_length / features.sr
    expected = n_samples / sr
    # A model may leave out what its first and last frames would have to look at.
    if abs(duration - expected) > max(window(features), min(1.0, expected / 10)):
        raise InvalidValueError(
            _kind(front_end),
            f" returns values of the shape {features.values.shape}, which with ",
            Argument("hop_length", features.hop_length),
            " and ",
            Argument("sr", features.sr, "Hz"),
            f" last {duration:.3f} s; the sound has {expected:.3f} s",
            remedy=likely_cause(features, n_samples, sr),
        )
