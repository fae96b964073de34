"""Which frequencies the rows of values have, and what cannot be so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._util.mel import C1, hz_to_mel, mel_to_hz
from .._util.text import plural
from .._util.validation import check_field, check_number
from ..errors import Argument, InvalidValueError, Setting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .base import Features

__all__ = ["check_channels", "check_rows", "hertz_of_rows"]

_NEARLY = 1 + 1e-6  # frequencies that differ by less are the same


def hertz_of_rows(features: Features, rows: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the frequencies of rows of a channel, or between two of them; None if they have none.

    Mel bands lie where their filters are centred, rows of an STFT at its frequencies, rows of a
    constant-Q transform at their pitches.
    """
    if features.y_axis == "mel":
        ends = hz_to_mel([features.fmin or 0.0, features.fmax or features.sr / 2], htk=features.htk)
        # n_bins triangles share n_bins + 2 points, so the first centre is one step up.
        step = (ends[1] - ends[0]) / (features.bins_per_channel + 1)
        return mel_to_hz(ends[0] + (rows + 1) * step, htk=features.htk)
    if features.y_axis in ("linear", "log"):
        first, step = _linear_rows(features)
        return first + rows * step
    if features.y_axis.startswith("cqt"):
        octaves = rows / features.bins_per_octave
        return np.asarray((features.fmin or C1) * 2.0**octaves)
    return None


def _linear_rows(features: Features) -> tuple[float, float]:
    """Return the frequency of the first row, and from one row to the next, of evenly spaced ones.

    They are those of an STFT: all, from 0 on, or some, of which `fmin` is the first and `fmax` the
    last. One row alone reaches from `fmin` to `fmax`.
    """
    n_bins, sr, fmin, fmax = features.bins_per_channel, features.sr, features.fmin, features.fmax
    if fmin is None and fmax is None:
        return 0.0, sr / (features.n_fft or max(1, 2 * (n_bins - 1)))
    if features.n_fft is not None:
        step = sr / features.n_fft
        return (fmin if fmin is not None else (fmax or 0.0) - (n_bins - 1) * step), step
    low, high = fmin or 0.0, sr / 2 if fmax is None else fmax
    return (low, (high - low) / (n_bins - 1)) if n_bins > 1 else ((low + high) / 2, high - low)


def check_channels(features: Features) -> None:
    """Refuse rows that so many channels cannot have."""
    n_rows, n_channels = len(features.values), features.n_channels
    if n_rows % n_channels:
        raise InvalidValueError(
            Argument("n_channels", n_channels),
            f" is no divisor of {n_rows}, the number of rows of the values",
            remedy="Each channel has as many rows as the next: np.concatenate(channels[::-1]).",
        )


def check_rows(features: Features) -> None:
    """Refuse rows that cannot have the frequencies that they are said to have."""
    y_axis = features.y_axis
    is_cqt = y_axis.startswith("cqt")
    check_field(
        features,
        "fmin",
        check_number,
        optional=True,
        unit="Hz",
        **({"above": 0} if is_cqt else {"minimum": 0}),
    )
    check_field(features, "fmax", check_number, optional=True, above=features.fmin or 0, unit="Hz")
    _check_use(features)
    if y_axis == "chroma":
        _check_octaves(features)
    elif is_cqt:
        _check_top_of_cqt(features)
    elif y_axis != "none":
        _check_range(features)
        if y_axis != "mel" and features.n_fft is not None:
            _check_n_fft(features, features.n_fft)


def _check_use(features: Features) -> None:
    """Refuse a frequency that says nothing about rows of a kind."""
    y_axis = features.y_axis
    counted = {"none": "numbers", "chroma": "pitch classes"}.get(y_axis)
    for name in ("fmin", "fmax"):
        value = getattr(features, name)
        if value is None:
            continue
        if counted is not None:
            raise InvalidValueError(
                Argument(name, value, "Hz"),
                " has no use with ",
                Argument("y_axis", y_axis),
                f", whose rows are {counted}",
                remedy=(
                    "Leave it out, or choose ",
                    Setting("y_axis", "linear"),
                    " for rows that are evenly spaced in Hz.",
                ),
            )
        if name == "fmax" and y_axis.startswith("cqt"):
            raise InvalidValueError(
                Argument(name, value, "Hz"),
                " has no use with ",
                Argument("y_axis", y_axis),
                ": ",
                Argument("fmin"),
                " and ",
                Argument("bins_per_octave", features.bins_per_octave),
                f" put the last row at {_top_of_cqt(features):.6g} Hz",
                remedy="Leave it out.",
            )


def _check_range(features: Features) -> None:
    """Refuse frequencies above half the sampling rate, where no sound is."""
    fmin, fmax, half = features.fmin, features.fmax, features.sr / 2
    if fmax is not None and fmax > half * _NEARLY:
        raise InvalidValueError(
            Argument("fmax", fmax, "Hz"),
            f" is above half the sampling rate, {half:g} Hz",
            remedy=(
                "Give the ",
                Argument("sr"),
                " that the values were computed at, or a lower ",
                Argument("fmax"),
                ".",
            ),
        )
    if fmax is None and fmin is not None and fmin >= half:
        raise InvalidValueError(
            Argument("fmin", fmin, "Hz"),
            f" is not below half the sampling rate, {half:g} Hz, which is ",
            Argument("fmax"),
            " unless given",
            remedy=("Choose a lower ", Argument("fmin"), ", or give ", Argument("fmax"), "."),
        )


def _check_n_fft(features: Features, n_fft: int) -> None:
    """Refuse another number of rows than a window and a range of frequencies mean."""
    n_bins, fmin, fmax = features.bins_per_channel, features.fmin, features.fmax
    step = features.sr / n_fft
    if fmin is None and fmax is None:
        expected = 1 + n_fft // 2
        if n_bins == expected:
            return
        raise InvalidValueError(
            f"values have {plural(n_bins, 'row')}, and ",
            Argument("y_axis", features.y_axis),
            " with ",
            Argument("n_fft", n_fft),
            f" means {expected}",
            remedy=(
                "Give the n_fft that the values were computed with; or, if they are some of its "
                "rows, ",
                Argument("fmin"),
                f", the frequency of the first one: rows are {step:.6g} Hz apart.",
            ),
        )
    first, _ = _linear_rows(features)
    last = first + (n_bins - 1) * step
    if fmin is not None and fmax is not None and abs(last - fmax) > step / 2:
        raise InvalidValueError(
            f"values have {plural(n_bins, 'row')}, and ",
            Argument("fmin", fmin, "Hz"),
            " to ",
            Argument("fmax", fmax, "Hz"),
            " with ",
            Argument("n_fft", n_fft),
            f" means {1 + round((fmax - fmin) / step)}, {step:.6g} Hz apart",
            remedy=(
                "Give the frequencies of the first and the last row, or leave ",
                Argument("n_fft"),
                " out.",
            ),
        )
    if first < -step / 2 or last > features.sr / 2 + step / 2:
        raise InvalidValueError(
            f"values have {plural(n_bins, 'row')}, {step:.6g} Hz apart with ",
            Argument("n_fft", n_fft),
            f", and would reach from {first:.6g} Hz to {last:.6g} Hz: the sound is between 0 and "
            f"{features.sr / 2:g} Hz, half the sampling rate",
            remedy=("Give the frequency of the first row as ", Argument("fmin"), "."),
        )


def _top_of_cqt(features: Features) -> float:
    octaves = (features.bins_per_channel - 1) / features.bins_per_octave
    return float((features.fmin or C1) * 2.0 ** min(octaves, 500.0))


def _check_top_of_cqt(features: Features) -> None:
    top = _top_of_cqt(features)
    if top > features.sr / 2 * _NEARLY:
        raise InvalidValueError(
            f"values have {plural(features.bins_per_channel, 'row')}, which from ",
            Argument("fmin", features.fmin or round(C1, 2), "Hz"),
            " on with ",
            Argument("bins_per_octave", features.bins_per_octave),
            f" reach {top:.6g} Hz, beyond half the sampling rate, {features.sr / 2:g} Hz",
            remedy=(
                "Give the ",
                Argument("bins_per_octave"),
                ", ",
                Argument("fmin"),
                " and ",
                Argument("sr"),
                " that they were computed with.",
            ),
        )


def _check_octaves(features: Features) -> None:
    n_bins, per_octave = features.bins_per_channel, features.bins_per_octave
    if n_bins % per_octave:
        raise InvalidValueError(
            f"values have {plural(n_bins, 'row')}; ",
            Setting("y_axis", "chroma"),
            " needs whole octaves of ",
            Argument("bins_per_octave", per_octave),
            remedy="Give the bins_per_octave that they have.",
        )
