"""What the axes of a spectrogram are: edges of its cells, scales, ticks and labels."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.scale import FuncTransform, SymmetricalLogTransform
from matplotlib.ticker import FixedLocator, Formatter, FuncFormatter, Locator, MaxNLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform
    from numpy.typing import ArrayLike, NDArray

    from .spectrogram import Spectrogram

__all__ = ["FrequencyAxis", "TimeAxis", "format_span", "hz_to_mel", "mel_to_hz"]

C1 = 440.0 * 2 ** (-45 / 12)
NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")

# Slaney's mel scale (Auditory Toolbox, 1998): linear to 1 kHz, logarithmic above.
_MEL_PER_HZ, _MEL_BREAK, _MEL_LOG_STEP = 3 / 200, 1000.0, np.log(6.4) / 27


def hz_to_mel(frequency: ArrayLike) -> NDArray[np.float64]:
    """Convert Hz to mels by Slaney's formula; negative frequencies continue the straight part."""
    hz = np.asarray(frequency, dtype=float)
    above = np.log(np.maximum(hz, _MEL_BREAK) / _MEL_BREAK) / _MEL_LOG_STEP
    return np.minimum(hz, _MEL_BREAK) * _MEL_PER_HZ + above


def mel_to_hz(mels: ArrayLike) -> NDArray[np.float64]:
    """Convert mels to Hz by Slaney's formula."""
    mel = np.asarray(mels, dtype=float)
    at_break = _MEL_BREAK * _MEL_PER_HZ
    above = np.exp(np.maximum(mel - at_break, 0) * _MEL_LOG_STEP)
    return np.minimum(mel, at_break) / _MEL_PER_HZ * above


def _hz_to_mel_htk(frequency: ArrayLike) -> NDArray[np.float64]:
    hz = np.asarray(frequency, dtype=float)
    return np.sign(hz) * 2595.0 * np.log10(1 + np.abs(hz) / 700)


def _mel_to_hz_htk(mels: ArrayLike) -> NDArray[np.float64]:
    mel = np.asarray(mels, dtype=float)
    return np.sign(mel) * 700.0 * (10 ** (np.abs(mel) / 2595) - 1)


@dataclasses.dataclass(frozen=True, eq=False)
class FrequencyAxis:
    """The vertical axis of a spectrogram.

    Attributes
    ----------
    edges : ndarray, shape (n_bins + 1,)
        Rising edges of the rows, in the axis' unit (Hz, pitch class or bin).
    label : str
        With the unit.
    positions : ndarray, shape (n_bins + 1,)
        The edges as fractions of the axis' height, from 0 at the bottom to 1 at the top.
    """

    edges: NDArray[np.float64]
    label: str
    _scale: Literal["mel", "mel_htk", "symlog", "log", "linear"]
    _kind: Literal["octaves", "notes", "pitch classes", "numbers"]
    _bins_per_octave: int = 12

    @classmethod
    def of(cls, spectrogram: Spectrogram) -> FrequencyAxis:
        """Return the axis that the rows of a spectrogram have.

        Mel bands lie where their filters are centred, each as high as the next; rows of an STFT
        around their frequencies; rows of a constant-Q transform around their pitches.
        """
        spec, n_bins = spectrogram, spectrogram.n_bins
        borders = np.arange(n_bins + 1) - 0.5
        hz = spec.y_label or "Frequency (Hz)"
        if spec.y_axis == "mel":
            to_mel, to_hz = _MEL[spec.htk]
            lowest, highest = to_mel([spec.fmin or 0.0, spec.fmax or spec.sr / 2])
            # n_bins triangles share n_bins + 2 points, so the first centre is one step up.
            step = (highest - lowest) / (n_bins + 1)
            edges = to_hz(lowest + (borders + 1) * step)
            return cls(edges, hz, "mel_htk" if spec.htk else "mel", "octaves")
        if spec.y_axis in ("linear", "log"):
            n_fft = spec.n_fft or max(1, 2 * (n_bins - 1))
            edges = borders * spec.sr / n_fft
            if spec.y_axis == "linear":
                return cls(edges, hz, "linear", "numbers")
            return cls(edges, hz, "symlog", "octaves")
        if spec.y_axis in ("cqt_hz", "cqt_note"):
            edges = (spec.fmin or C1) * 2.0 ** (borders / spec.bins_per_octave)
            if spec.y_axis == "cqt_hz":
                return cls(edges, hz, "log", "octaves")
            return cls(edges, spec.y_label or "Note", "log", "notes")
        if spec.y_axis == "chroma":
            label = spec.y_label or "Pitch class"
            return cls(borders, label, "linear", "pitch classes", spec.bins_per_octave)
        return cls(borders, spec.y_label or "Bin", "linear", "numbers")

    @property
    def _transform(self) -> Transform | None:
        """What makes the axis straight, as matplotlib's own transform; None if it is."""
        if self._scale == "linear":
            return None
        if self._scale == "symlog":
            return SymmetricalLogTransform(**_SYMLOG)
        if self._scale == "log":
            return FuncTransform(np.log2, np.exp2)
        return FuncTransform(*_MEL[self._scale == "mel_htk"])

    def forward(self, values: ArrayLike) -> NDArray[np.float64]:
        """Map values of the axis to the coordinate in which it is drawn straight."""
        values = np.asarray(values, dtype=float)
        transform = self._transform
        return values if transform is None else np.asarray(transform.transform(values))

    @functools.cached_property
    def positions(self) -> NDArray[np.float64]:
        straight = self.forward(self.edges)
        return (straight - straight[0]) / (straight[-1] - straight[0])

    def apply(self, ax: Axes, *, short: bool = False) -> None:
        """Give an axes this vertical axis: scale, limits, ticks and label.

        With `short`, frequencies read 2k in place of 2048 even where there is room.
        """
        if self._scale == "symlog":
            ax.set_yscale("symlog", **_SYMLOG)
        elif self._scale == "log":
            ax.set_yscale("log", base=2)
        elif self._scale == "linear":
            ax.set_yscale("linear")
        else:
            ax.set_yscale("function", functions=_MEL[self._scale == "mel_htk"])
        ax.set_ylim(self.edges[0], self.edges[-1])
        ax.yaxis.set_major_locator(self._locator())
        ax.yaxis.set_major_formatter(self._formatter(short))
        ax.yaxis.set_minor_locator(FixedLocator([]))
        ax.set_ylabel(self.label)

    def _locator(self) -> Locator:
        if self._kind == "octaves":
            return OctaveLocator(reference=1.0)
        if self._kind == "notes":
            return OctaveLocator(reference=C1)
        if self._kind == "pitch classes":
            return PitchClassLocator(self._bins_per_octave)
        # The offset and "bin 12.5" that the automatic locator brings have no place here.
        return MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=self.label == "Bin")

    def _formatter(self, short: bool = False) -> Formatter:
        if self._kind == "octaves":
            return HertzFormatter(short)
        if self._kind == "notes":
            return FuncFormatter(_note_name)
        if self._kind == "pitch classes":
            return FuncFormatter(functools.partial(_pitch_class, self._bins_per_octave))
        return HertzFormatter(short) if "Hz" in self.label else FuncFormatter(_plain_number)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return at most about `most` ticks as (fraction of the height, text), from the bottom."""
        low, high = self.edges[0], self.edges[-1]
        locator = self._locator()
        if isinstance(locator, MaxNLocator):
            locator.set_params(nbins=max(1, most))
            values = locator.tick_values(low, high)
        else:
            assert isinstance(locator, (OctaveLocator, PitchClassLocator))
            values = locator.choose(low, high, self.forward, most)
        values = values[(values >= low) & (values <= high)]
        ends = self.forward([low, high])
        fractions = (self.forward(values) - ends[0]) / (ends[1] - ends[0])
        text = _short_hertz if "Hz" in self.label else self._formatter()
        return [(float(f), text(v)) for f, v in zip(fractions, values, strict=True)]


_MEL: dict[bool, tuple[Callable[..., Any], Callable[..., Any]]] = {
    False: (hz_to_mel, mel_to_hz),
    True: (_hz_to_mel_htk, _mel_to_hz_htk),
}
# An STFT has a row at 0 Hz, which a logarithm cannot show: straight up to C2.
_SYMLOG = {"base": 2, "linthresh": 2 * C1, "linscale": 0.5}


def _spread(fractions: NDArray[np.float64], most: int) -> list[int]:
    """Return which of some rising positions (0 to 1) to keep, from the top, so that they fit."""
    apart, kept, last = 1 / max(1, most), [], np.inf
    for i in range(len(fractions) - 1, -1, -1):
        if last - fractions[i] >= apart:
            kept.append(i)
            last = fractions[i]
    return kept[::-1]


def _tick_space(axis: Any) -> int:
    # matplotlib's estimate is rounded down and leaves a label's height between labels; a fifth
    # of that reads well.
    return max(1, int(1.7 * (axis.get_tick_space() + 0.5)))


class OctaveLocator(Locator):
    """Ticks an octave (or several) apart, as many as the axis has room for.

    Parameters
    ----------
    reference : float
        Ticks are at ``reference * 2**k``.
    """

    def __init__(self, reference: float) -> None:
        self.reference = reference

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], most: int
    ) -> NDArray[np.float64]:
        lowest = max(low, high / 200)  # below, a mel or symlog axis is straight and has no room
        first = int(np.ceil(np.log2(lowest / self.reference) - 1e-9))
        last = int(np.floor(np.log2(max(high, lowest) / self.reference) + 1e-9))
        octaves = self.reference * 2.0 ** np.arange(first, last + 1)
        if len(octaves) < 2:  # zoomed into less than two octaves
            return np.asarray(MaxNLocator(max(1, most)).tick_values(low, high))
        ends = forward(np.array([low, high]))
        return octaves[_spread((forward(octaves) - ends[0]) / (ends[1] - ends[0]), most)]

    def tick_values(self, vmin: float, vmax: float) -> NDArray[np.float64]:
        low, high = sorted((vmin, vmax))
        forward = self.axis.get_transform().transform
        return self.choose(low, high, forward, _tick_space(self.axis))

    def __call__(self) -> NDArray[np.float64]:
        return self.tick_values(*self.axis.get_view_interval())


class PitchClassLocator(Locator):
    """Ticks at pitch classes: all twelve, the seven naturals, or C alone, as there is room."""

    def __init__(self, bins_per_octave: int) -> None:
        self.bins_per_octave = bins_per_octave

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], most: int
    ) -> NDArray[np.float64]:
        per_semitone = self.bins_per_octave / 12
        octaves = np.arange(np.floor(low / self.bins_per_octave), high // self.bins_per_octave + 1)
        for classes in (range(12), (0, 2, 4, 5, 7, 9, 11), (0, 4, 7), (0,)):
            offsets = np.array(classes) * per_semitone
            values = np.add.outer(octaves * self.bins_per_octave, offsets).ravel()
            values = values[(values >= low) & (values <= high)]
            if len(values) <= most or len(classes) == 1:
                break
        return values

    def tick_values(self, vmin: float, vmax: float) -> NDArray[np.float64]:
        low, high = sorted((vmin, vmax))
        return self.choose(low, high, np.asarray, _tick_space(self.axis))

    def __call__(self) -> NDArray[np.float64]:
        return self.tick_values(*self.axis.get_view_interval())


def _plain_number(value: float, _position: int | None = None) -> str:
    return f"{value:.10g}"


def _short_hertz(value: float, _position: int | None = None) -> str:
    """Write 1024 as 1k and 2500 as 2.5k."""
    if abs(value) < 1000:
        return _plain_number(round(value, 2))
    kilo = value / (1024 if np.log2(abs(value)).is_integer() else 1000)
    return f"{kilo:.4g}k"


class HertzFormatter(Formatter):
    """Frequencies in full (2048), or in short (2k): when asked, and on an axis with little room.

    Parameters
    ----------
    short : bool
    """

    def __init__(self, short: bool = False) -> None:
        self.short = short

    def __call__(self, x: float, pos: int | None = None) -> str:
        short = self.short or self.axis.get_tick_space() < 6
        return (_short_hertz if short else _plain_number)(round(x, 2))


def _note_name(frequency: float, _position: int | None = None) -> str:
    number = round(12 * np.log2(frequency / C1))
    return f"{NOTES[number % 12]}{1 + number // 12}"


def _pitch_class(bins_per_octave: int, value: float, _position: int | None = None) -> str:
    return NOTES[round(value * 12 / bins_per_octave) % 12]


# -- time --------------------------------------------------------------------------------------

# Steps that people count time in: 1, 2, 5 of seconds, minutes and hours, and their quarters.
_STEPS = np.array(
    [m * 10.0**e for e in range(-6, 1) for m in (1, 2, 5)]
    + [10, 15, 30]
    + [60 * m for m in (1, 2, 5, 10, 15, 30)]
    + [3600 * h for h in (1, 2, 3, 6, 12, 24, 48, 120, 240)]
)


@dataclasses.dataclass(frozen=True)
class TimeAxis:
    """The horizontal axis of a spectrogram, or of a patch of it.

    Attributes
    ----------
    start, end : float
        In seconds.
    name : str
        What the label says before its unit.
    """

    start: float
    end: float
    name: str = "Time"
    longest: float | None = None

    @classmethod
    def of(cls, spectrogram: Spectrogram) -> TimeAxis:
        """Return the axis of a whole spectrogram."""
        return cls(spectrogram.start, spectrogram.end)

    @property
    def label(self) -> str:
        return f"{self.name} ({_time_unit(self._longest)})"

    @property
    def _longest(self) -> float:
        """The latest time of the recording, so that all its panels write times alike."""
        return self.end if self.longest is None else self.longest

    def apply(self, ax: Axes) -> None:
        """Give an axes this horizontal axis: limits, ticks and label."""
        ax.set_xscale("linear")
        ax.set_xlim(self.start, self.end)
        ax.xaxis.set_major_locator(TimeLocator(self._longest))
        ax.xaxis.set_major_formatter(TimeFormatter(self._longest))
        ax.set_xlabel(self.label)


def _time_unit(longest: float) -> str:
    return "s" if longest < 60 else "min:s" if longest < 3600 else "h:min:s"


class TimeLocator(Locator):
    """Ticks at round seconds, minutes and hours, as many as the axis has room for.

    Parameters
    ----------
    longest : float
        The latest time of the recording, in seconds: it decides how wide the labels are.
    """

    def __init__(self, longest: float) -> None:
        self.longest = longest

    def tick_values(self, vmin: float, vmax: float) -> NDArray[np.float64]:
        low, high = sorted((vmin, vmax))
        # matplotlib's estimate makes room for numbers of four or five digits.
        room = {"s": 1.2, "min:s": 0.9, "h:min:s": 0.6}[_time_unit(self.longest)]
        most = max(1, min(10, int(room * (self.axis.get_tick_space() + 0.5))))
        wide_enough = _STEPS >= (high - low) / most
        step = _STEPS[np.argmax(wide_enough)] if wide_enough.any() else (high - low) / most
        first = np.ceil(low / step - 1e-9)
        return np.arange(first, np.floor(high / step + 1e-9) + 1) * step + 0.0  # no -0

    def __call__(self) -> NDArray[np.float64]:
        return self.tick_values(*self.axis.get_view_interval())


class TimeFormatter(Formatter):
    """Seconds as 5 or 2.5, from a minute on as 1:05, from an hour on as 1:02:05.

    Parameters
    ----------
    longest : float
        The latest time of the recording, in seconds: it decides which of the three.
    """

    def __init__(self, longest: float) -> None:
        self.longest = longest

    def __call__(self, x: float, pos: int | None = None) -> str:
        ticks = self.axis.get_majorticklocs() if self.axis is not None else np.array([])
        step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
        decimals = max(0, int(np.ceil(-np.log10(step) - 1e-9)))
        return format_time(x, self.longest, decimals)


def format_time(time: float, longest: float, decimals: int) -> str:
    """Write a time of a recording whose latest time is `longest`, both in seconds."""
    if longest < 60:
        return f"{time:.{decimals}f}"
    sign = "-" if time < 0 else ""
    # In units of the last decimal, so that 59.9996 s does not become 0:60.000.
    units = round(abs(time) * 10**decimals)
    seconds, fraction = divmod(units, 10**decimals)
    minutes, seconds = divmod(seconds, 60)
    text = f"{minutes}:{seconds:02d}"
    if longest >= 3600:
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}:{minutes:02d}:{seconds:02d}"
    return f"{sign}{text}" + (f".{fraction:0{decimals}d}" if decimals else "")


def format_span(start: float, end: float, longest: float, decimals: int = 3) -> str:
    """Write a patch's time: ``0.650-5.642 s``, or ``1:02.650-1:07.642`` from a minute on."""
    span = "-".join(format_time(time, longest, decimals) for time in (start, end))
    return f"{span} s" if longest < 60 else span
