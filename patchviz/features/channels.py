"""Channels that are analysed alike, one by one, and shown one above the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..audio.part import decoded_together
from ..errors import Argument, InvalidValueError, Text, shown
from .base import Features, Signal, differing

if TYPE_CHECKING:
    from ..audio.source import Audio

__all__ = ["loudest", "remarks_on", "rows_of", "side_by_side", "signals_of", "stacked"]


def signals_of(audio: Audio, sr: float, progress: bool, *, each: bool) -> list[Signal]:
    """Return the signals to analyse: that of each channel, or the mean of all."""
    if not each or audio.n_channels == 1:
        return [Signal(audio, sr, progress)]
    channels = range(audio.n_channels)
    return [Signal(audio.part(channel=channel), sr, progress) for channel in channels]


def rows_of(channel: int, n_channels: int, n_rows: int) -> slice:
    """Return which of all rows are those of a channel: the last channel has the lowest."""
    first = (n_channels - 1 - channel) * n_rows
    return slice(first, first + n_rows)


def side_by_side(signals: Sequence[Signal]) -> list[Signal]:
    """Return signals that are read together: a file is decoded once, and one of them says how far.

    Their levels and their gaps are those of the signals.
    """
    audios = decoded_together([signal.audio for signal in signals])
    return [
        dataclasses.replace(
            signal,
            audio=audio,
            progress=signal.progress and not channel,
            n_together=1 if signal.is_in_memory else len(signals),
        )
        for channel, (signal, audio) in enumerate(zip(signals, audios, strict=True))
    ]


def loudest(signals: Sequence[Signal]) -> Signal:
    """Return the signal with the highest peak, once all have been read."""
    return max(signals, key=lambda signal: signal.levels.analysed.peak)


def remarks_on(signals: Sequence[Signal]) -> Iterator[Text]:
    """Yield what a person should know of signals that have been read; of channels once."""
    silent = [k for k, signal in enumerate(signals) if not signal.levels.decoded.peak]
    if silent and len(silent) < len(signals):
        name = signals[0].audio.name
        which = ", ".join(map(str, silent[:20])) + (", ..." if len(silent) > 20 else "")
        yield (
            f"{'Channel' if len(silent) == 1 else 'Channels'} {which} of "
            f"{shown(name) if name else 'the sound'} {'is' if len(silent) == 1 else 'are'} silent: "
            "all samples are 0."
        )
    yield from loudest(signals).remarks()


def stacked(channels: Sequence[Features]) -> Features:
    """Return the features of channels as those of all of them, if they mean the same."""
    first = channels[0]
    if len(channels) == 1:
        return first
    for number, other in enumerate(channels):
        if name := differing(other, first):
            raise InvalidValueError(
                "The front end returns ",
                Argument(name, getattr(other, name)),
                f" for channel {number}, and {getattr(first, name)!r} for channel 0. Channels that "
                "are shown together must have the same.",
            )
        if other.values.shape != first.values.shape:
            raise InvalidValueError(
                f"The front end returns values of the shape {other.values.shape} for channel "
                f"{number}, and {first.values.shape} for channel 0. Channels that are shown "
                "together must have the same."
            )
    values = np.concatenate([channel.values for channel in reversed(channels)])
    return dataclasses.replace(first, values=values, n_channels=len(channels))
