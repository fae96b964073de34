"""Levels that compare from one recording to the next: relative to full scale, or to a unit."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .._util.validation import check_choice, check_field, check_number, check_text
from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError, Part, Setting
from . import streaming
from .filters import window_values
from .framed import Framed, InDecibels

if TYPE_CHECKING:
    from .base import Signal

__all__ = ["LEVELS", "Calibrated"]

LEVELS = ("relative", "dbfs", "psd")

# The power that silence is given, in that of full scale: less than any converter tells from 0.
_SILENCE_DB = -300.0

# A peak that no recording has where 1 is full scale: what is decoded and resampled reaches 1.5.
_LOUD = 4.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Calibrated(InDecibels, Framed):
    """A front end whose decibels may be those of the sound, whatever its window and its hop.

    A window *w* adds up the samples of a tone, so a tone's power is divided by ``sum(w)**2``, its
    coherent gain; it adds up the powers of noise, which are divided by ``sum(w**2)``. Their ratio
    is the equivalent noise bandwidth (Harris, "On the use of windows for harmonic analysis with
    the discrete Fourier transform", Proceedings of the IEEE 66, 1978).
    """

    level: str = "relative"
    sensitivity: float | None = None
    unit: str | None = None

    no_tones: ClassVar[tuple[Part, ...]] = ()  # why a tone has no level of its own in these rows

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice("level", self.level, LEVELS)
        check_field(self, "sensitivity", check_number, optional=True, unit="dB", most=250)
        if self.unit is not None:
            check_text("unit", self.unit)
        if self.level == "relative":
            self._check_relative()
        else:
            self._check_absolute()

    def _check_relative(self) -> None:
        for name in ("sensitivity", "unit"):
            if getattr(self, name) is not None:
                raise InvalidValueError(
                    Argument(name, getattr(self, name), "dB" if name == "sensitivity" else ""),
                    " is given, and levels are relative to ",
                    Argument("ref"),
                    remedy=("Choose ", Setting("level", "dbfs"), " for tones, or ",
                            Setting("level", "psd"), " for noise."),
                )  # fmt: skip

    def _check_absolute(self) -> None:
        level = Argument("level", self.level)
        if self.level == "dbfs" and self.no_tones:
            raise InvalidValueError(level, " cannot be promised: ", *self.no_tones)
        for name in ("ref", "amin", "top_db"):
            # Nothing is cut off where nothing is relative to the loudest value.
            if getattr(self, name) not in (getattr(type(self), name), None):
                raise InvalidValueError(
                    Argument(name, getattr(self, name)),
                    " is given beside ",
                    level,
                    ", whose 0 dB is fixed and which cuts nothing off",
                    remedy=("Leave it out; ", Argument("clim"), " sets what a picture shows."),
                )
        if self.unit is not None and self.sensitivity is None:
            raise InvalidValueError(
                Argument("unit", self.unit),
                " is given without ",
                Argument("sensitivity"),
                ", the samples that one of it makes",
                remedy=("Give it in dB; where samples are in that unit, ",
                        Setting("sensitivity", 0.0), "."),
            )  # fmt: skip
        coherent, noise = self._gains
        if not coherent > 1e-6 * noise:
            raise InvalidValueError(
                Argument("window"),
                f" has values whose sum is {math.sqrt(coherent):.3g}, and ",
                level,
                " divides by it",
                remedy="Choose one whose values are not negative, such as hann.",
            )

    @property
    def _gains(self) -> tuple[float, float]:
        """What the window makes of the power of a tone, and of the powers of noise."""
        window = window_values(self.window, self._window_length)
        return float(window.sum()) ** 2, float((window**2).sum())

    @property
    def _unit_power(self) -> float:
        """The power of a sound of 0 dB, in that of full scale."""
        if self.sensitivity is None:
            return 1.0
        # A sine has half the mean square of a constant: of one `unit`, and not of full scale.
        one: float = 10.0 ** (self.sensitivity / 10)
        return 2.0 * one if self.level == "dbfs" else one

    def _context(self) -> int | None:
        return super()._context() if self.level == "relative" else Framed._context(self)

    def _halve_ends(self, amplitudes: NDArray[Any]) -> None:
        """Halve in place the powers at 0 Hz and at half the rate: no negative frequency has more.

        Parameters
        ----------
        amplitudes : ndarray, shape (1 + n_fft // 2, n_frames)
        """
        if self.level != "relative":
            amplitudes[0] *= math.sqrt(0.5)
            if self.n_fft % 2 == 0:
                amplitudes[-1] *= math.sqrt(0.5)

    def _finish(self, values: NDArray[Any], signal: Signal) -> None:
        if self.level == "relative":
            super()._finish(values, signal)
            return
        peak = signal.levels.analysed.peak
        if self.sensitivity is None and peak > _LOUD:
            warn_user(
                (
                    f"Samples reach {peak:.3g}, and full scale is 1: levels are "
                    f"{20 * math.log10(peak):.0f} dB above it. Divide samples by what full scale "
                    "is, such as 32768 of 16 bits; or where they are in a unit, give ",
                    Argument("sensitivity"),
                    ".",
                )
            )
        coherent, noise = self._gains
        # Of the two halves of a spectrum one is seen: |X|**2 is a quarter of a sine's, with its
        # amplitude in place of its mean square, and half of a density.
        full_scale = coherent / 4 if self.level == "dbfs" else signal.sr * noise / 2
        least = max(full_scale * 10 ** (_SILENCE_DB / 10), float(np.finfo(values.dtype).tiny))
        reference = full_scale * self._unit_power
        if self.of_amplitudes:
            least, reference = math.sqrt(least), math.sqrt(reference)
        streaming.to_decibels(
            values, ref=reference, amin=least, top_db=None, amplitudes=self.of_amplitudes
        )

    def _meaning(self, sr: float) -> dict[str, Any]:
        meaning = super()._meaning(sr)
        if self.level == "relative":
            return meaning
        quantity = "Level" if self.level == "dbfs" else "Spectral density"
        return {**meaning, "quantity": quantity, "unit": f"dB re {self._reference()}"}

    def _reference(self) -> str:
        """Say what 0 dB is: "full scale", "1 µPa²/Hz"."""
        if self.sensitivity is None:
            return "full scale" if self.level == "dbfs" else "full scale²/Hz"
        unit = "µPa" if self.unit is None else self.unit
        is_number = unit[:1].isdigit()  # "20 µPa", to which levels in air are relative
        if self.level == "dbfs":
            return unit if is_number else f"1 {unit}"
        squared = f"({unit})²" if is_number or not unit.isalpha() else f"{unit}²"
        return f"{squared}/Hz" if is_number else f"1 {squared}/Hz"

    def _floor(self) -> float | None:
        if self.level == "relative":
            return super()._floor()
        return _SILENCE_DB - 10 * math.log10(self._unit_power)
