"""What the axes of a spectrogram are: edges of its cells, scales, ticks and labels."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.scale import FuncTransform, SymmetricalLogTransform
from matplotlib.ticker import Formatter, FuncFormatter, Locator, MaxNLocator, NullLocator

from .mels import hz_to_mel, mel_to_hz
from .times import decimals_for, format_span, format_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform
    from numpy.typing import ArrayLike, NDArray

    from .spectrogram import Spectrogram

__all__ = ["FrequencyAxis", "TimeAxis"]

C1 = 440.0 * 2 ** (-45 / 12)
NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


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
    _kind: Literal["octaves", "hertz", "notes", "pitch classes", "rows"]
    _bins_per_octave: int = 12

    @classmethod
    def of(cls, spectrogram: Spectrogram) -> FrequencyAxis:
        """Return the axis that the rows of a spectrogram have.

        Mel bands lie where their filters are centred, each as high as the next; rows of an STFT
        around their frequencies; rows of a constant-Q transform around their pitches.
        """
        spec, n_bins = spectrogram, spectrogram.n_bins
        borders = np.asarray(np.arange(n_bins + 1) - 0.5, dtype=np.float64)
        hz = spec.y_label or "Frequency (Hz)"
        if spec.y_axis == "mel":
            borders_hz = [spec.fmin or 0.0, spec.fmax or spec.sr / 2]
            lowest, highest = hz_to_mel(borders_hz, htk=spec.htk)
            # n_bins triangles share n_bins + 2 points, so the first centre is one step up.
            step = (highest - lowest) / (n_bins + 1)
            edges = mel_to_hz(lowest + (borders + 1) * step, htk=spec.htk)
            return cls(edges, hz, "mel_htk" if spec.htk else "mel", "octaves")
        if spec.y_axis in ("linear", "log"):
            n_fft = spec.n_fft or max(1, 2 * (n_bins - 1))
            edges = borders * spec.sr / n_fft
            if spec.y_axis == "linear":
                return cls(edges, hz, "linear", "hertz")
            return cls(edges, hz, "symlog", "octaves")
        if spec.y_axis in ("cqt_hz", "cqt_note"):
            edges = np.asarray((spec.fmin or C1) * 2.0 ** (borders / spec.bins_per_octave))
            if spec.y_axis == "cqt_hz":
                return cls(edges, hz, "log", "octaves")
            return cls(edges, spec.y_label or "Note", "log", "notes")
        if spec.y_axis == "chroma":
            label = spec.y_label or "Pitch class"
            return cls(borders, label, "linear", "pitch classes", spec.bins_per_octave)
        return cls(borders, spec.y_label or "Bin", "linear", "rows")

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

    def _fractions(self, values: ArrayLike) -> NDArray[np.float64]:
        low, high = self.forward(self.edges[[0, -1]])
        return np.asarray((self.forward(values) - low) / (high - low))

    @functools.cached_property
    def positions(self) -> NDArray[np.float64]:
        """The edges as fractions of the axis' height, shape (n_bins + 1,)."""
        return self._fractions(self.edges)

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
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set_ylabel(self.label)

    def _locator(self) -> RowLocator | MaxNLocator:
        if self._kind == "octaves":
            return OctaveLocator()
        if self._kind == "notes":
            return NoteLocator()
        if self._kind == "pitch classes":
            return PitchClassLocator(self._bins_per_octave)
        # Rows are counted: between two of them there is nothing to mark.
        is_counted = self._kind == "rows"
        return MaxNLocator(
            "auto",
            steps=[1, 2, 2.5, 5, 10],
            integer=is_counted,
            min_n_ticks=1 if is_counted else 2,
        )

    def _formatter(self, short: bool) -> Formatter:
        if self._kind == "notes":
            return FuncFormatter(note_name)
        if self._kind == "pitch classes":
            return FuncFormatter(functools.partial(pitch_class_name, self._bins_per_octave))
        return FuncFormatter(format_number) if self._kind == "rows" else HertzFormatter(short)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return about `most` ticks or fewer, as (fraction of the height, text) from the bottom."""
        low, high = self.edges[0], self.edges[-1]
        locator = self._locator()
        if isinstance(locator, MaxNLocator):
            locator.set_params(nbins=most)
            values = np.asarray(locator.tick_values(low, high))
        else:
            values = locator.choose(low, high, self.forward, 1 / most)
        values = values[(values >= low) & (values <= high)]
        write = short_hertz if self._kind in ("octaves", "hertz") else self._formatter(short=True)
        return [(float(f), write(v)) for f, v in zip(self._fractions(values), values, strict=True)]

    def row_names(self) -> list[str] | None:
        """Return what the rows are called, from the bottom; None where only numbers tell."""
        if self._kind == "notes":
            return [note_name(hz) for hz in np.sqrt(self.edges[:-1] * self.edges[1:])]
        if self._kind == "pitch classes":
            n_bins = len(self.edges) - 1
            return [pitch_class_name(self._bins_per_octave, row) for row in range(n_bins)]
        return None


_MEL = {
    htk: (functools.partial(hz_to_mel, htk=htk), functools.partial(mel_to_hz, htk=htk))
    for htk in (False, True)
}
# An STFT has a row at 0 Hz, which a logarithm cannot show: straight up to C2.
_SYMLOG = {"base": 2, "linthresh": 2 * C1, "linscale": 0.5}


def _room(axis: Any) -> tuple[float, float]:
    """Return the length of a matplotlib axis and the size of its tick labels, in points."""
    box = axis.axes.bbox
    length = box.width if axis.axis_name == "x" else box.height
    size = axis.get_major_ticks(numticks=1)[0].label1.get_fontsize()
    return length * 72 / axis.get_figure(root=True).dpi, size


# Labels of a vertical axis are this far apart at least, in their own size: a line of text and air.
_LINE = 1.4


class RowLocator(Locator):
    """Ticks of a vertical axis: where `choose` has them, as many as there is room for."""

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], apart: float
    ) -> NDArray[np.float64]:
        """Return ticks from `low` to `high` that lie `apart` (a fraction of the height) or more.

        `forward` maps them to where the axis is straight.
        """
        raise NotImplementedError

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        axis: Any = self.axis
        low, high = sorted((vmin, vmax))
        length, size = _room(axis)
        ticks = self.choose(low, high, axis.get_transform().transform, _LINE * size / length)
        return list(ticks)

    def __call__(self) -> Sequence[float]:
        axis: Any = self.axis
        return self.tick_values(*axis.get_view_interval())


class OctaveLocator(RowLocator):
    """Ticks at powers of two, an octave or several apart; within an octave at round numbers."""

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], apart: float
    ) -> NDArray[np.float64]:
        lowest = max(low, high / 200)  # below, a mel or symlog axis is straight and has no room
        octaves = _powers(lowest, high, 1.0, 1)
        if len(octaves) > 1:
            return octaves[_spread(_straight(octaves, low, high, forward), apart)]
        for most in (5, 3, 2, 1):
            ticks = np.asarray(MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high))
            ticks = ticks[(ticks >= low) & (ticks <= high)]
            if _are_apart(_straight(ticks, low, high, forward), apart):
                break
        return ticks


class NoteLocator(RowLocator):
    """Ticks at each C, or at every few; within two octaves at semitones."""

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], apart: float
    ) -> NDArray[np.float64]:
        ticks = _powers(low, high, C1, 1)
        if len(ticks) < 3:
            for per_octave in (12, 6, 4, 3, 2, 1):
                ticks = _powers(low, high, C1, per_octave)
                if _are_apart(_straight(ticks, low, high, forward), apart):
                    break
        return ticks[_spread(_straight(ticks, low, high, forward), apart)]


class PitchClassLocator(RowLocator):
    """Ticks at all twelve pitch classes, or at C D E G A, C E G, C G or C, as there is room."""

    def __init__(self, bins_per_octave: int) -> None:
        self.bins_per_octave = bins_per_octave

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], apart: float
    ) -> NDArray[np.float64]:
        per_octave = self.bins_per_octave
        octaves = np.arange(low // per_octave, high // per_octave + 1) * per_octave
        for classes in (range(12), (0, 2, 4, 7, 9), (0, 4, 7), (0, 7), (0,)):
            offsets = np.array(classes) * per_octave / 12
            ticks = np.asarray(np.add.outer(octaves, offsets).ravel(), dtype=np.float64)
            ticks = ticks[(ticks >= low) & (ticks <= high)]
            if _are_apart(_straight(ticks, low, high, forward), apart):
                break
        return ticks


def _powers(low: float, high: float, reference: float, per_octave: int) -> NDArray[np.float64]:
    """Return the values ``reference * 2**(k / per_octave)`` from `low` to `high`."""
    if low <= 0:
        return np.array([])
    first, last = per_octave * np.log2(np.array([low, high]) / reference)
    return np.asarray(reference * 2 ** (np.arange(np.ceil(first), last + 1e-9) / per_octave))


def _straight(
    values: NDArray[np.float64], low: float, high: float, forward: Callable[..., Any]
) -> NDArray[np.float64]:
    """Return where values lie on an axis from `low` to `high`, as fractions of its length."""
    start, end = forward(np.array([low, high]))
    return np.asarray((forward(values) - start) / (end - start))


def _are_apart(fractions: NDArray[np.float64], apart: float) -> bool:
    return bool((np.diff(fractions) >= apart).all())


def _spread(fractions: NDArray[np.float64], apart: float) -> list[int]:
    """Return which of some rising fractions to keep, from the top, so that they lie apart."""
    kept, last = [], np.inf
    for i in range(len(fractions) - 1, -1, -1):
        if last - fractions[i] >= apart:
            kept.append(i)
            last = fractions[i]
    return kept[::-1]


def format_number(value: float, _position: int | None = None) -> str:
    return f"{round(value, 2) + 0.0:.10g}"  # + 0.0: no -0


def short_hertz(value: float) -> str:
    """Write 1024 as 1k and 2500 as 2.5k."""
    if abs(value) < 1000:
        return format_number(value)
    kilo = value / (1024 if np.log2(abs(value)).is_integer() else 1000)
    return f"{kilo:.4g}k"


class HertzFormatter(Formatter):
    """Frequencies in full (2048), or in short (2k): when asked, and on an axis with little room.

    Parameters
    ----------
    short : bool
    """

    def __init__(self, short: bool) -> None:
        self.short = short

    def __call__(self, x: float, pos: int | None = None) -> str:
        length, size = _room(self.axis)
        return short_hertz(x) if self.short or length < 12 * size else format_number(x)


def note_name(frequency: float, _position: int | None = None) -> str:
    number = round(12 * np.log2(frequency / C1))
    return f"{NOTES[number % 12]}{1 + number // 12}"


def pitch_class_name(bins_per_octave: int, value: float, _position: int | None = None) -> str:
    return NOTES[round(value * 12 / bins_per_octave) % 12]


# -- time --------------------------------------------------------------------------------------

# Steps that people count time in: 1, 2, 5 of seconds, minutes and hours, and their quarters.
_STEPS = (
    *(m / 10**e for e in range(6, -1, -1) for m in (1, 2, 5)),
    *(10.0, 15.0, 30.0),
    *(60.0 * m for m in (1, 2, 5, 10, 15, 30)),
    *(3600.0 * h for h in (1, 2, 3, 6, 12, 24, 48, 120, 240)),
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
    longest : float
        The time furthest from 0 in the recording, in seconds, so that all of its panels write
        times alike: seconds as 5 or 2.5, from a minute on as 1:05, from an hour on as 1:02:05.
    """

    start: float
    end: float
    name: str = "Time"
    longest: float = 0.0

    def __post_init__(self) -> None:
        longest = max(abs(self.start), abs(self.end), self.longest)
        object.__setattr__(self, "longest", longest)

    @classmethod
    def of(cls, spectrogram: Spectrogram, span: tuple[float, float] | None = None) -> TimeAxis:
        """Return the axis of a whole spectrogram, or of a span of its time in seconds."""
        whole = spectrogram.start, spectrogram.end
        return cls(*(span or whole), longest=max(map(abs, whole)))

    @property
    def label(self) -> str:
        """Name and unit."""
        longest = self.longest
        unit = "s" if longest < 60 else "min:s" if longest < 3600 else "h:min:s"
        return f"{self.name} ({unit})"

    def apply(self, ax: Axes) -> None:
        """Give an axes this horizontal axis: limits, ticks and label."""
        ax.set_xscale("linear")
        ax.set_xlim(self.start, self.end)
        ax.xaxis.set_major_locator(TimeLocator(self.longest))
        ax.xaxis.set_major_formatter(TimeFormatter(self.longest))
        ax.set_xlabel(self.label)

    def span(self, decimals: int = 3) -> str:
        """Write the times: ``0.650-5.642 s``, or ``1:02.650-1:07.642`` from a minute on."""
        return format_span(self.start, self.end, self.longest, decimals)


class TimeLocator(Locator):
    """Ticks at round seconds, minutes and hours, as many as the axis has room for.

    Parameters
    ----------
    longest : float
        The time furthest from 0 in the recording, in seconds: it decides how labels are written.
    """

    def __init__(self, longest: float) -> None:
        self.longest = longest

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = sorted((vmin, vmax))
        length, size = _room(self.axis)
        ticks: list[float] = []
        for step in _STEPS:
            if step < (high - low) / 8:
                continue
            decimals = decimals_for(step, 0)
            letters = max(len(format_time(time, self.longest, decimals)) for time in (low, high))
            # A figure is about 0.62 as wide as its size; labels are a little more apart.
            if (0.62 * letters + 0.8) * size <= step / (high - low) * length:
                ticks = _multiples(step, low, high)
                break
        if not ticks:  # a narrow axis still gets the roundest time that it has
            found = (_multiples(step, low, high) for step in reversed(_STEPS))
            ticks = next((times[:1] for times in found if times), [])
        return ticks

    def __call__(self) -> Sequence[float]:
        axis: Any = self.axis
        return self.tick_values(*axis.get_view_interval())


def _multiples(step: float, low: float, high: float) -> list[float]:
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(k * step) for k in np.arange(first, last + 1)]


class TimeFormatter(Formatter):
    """Times with as many decimals as their ticks need.

    Parameters
    ----------
    longest : float
        The time furthest from 0 in the recording, in seconds: it decides how labels are written.
    """

    def __init__(self, longest: float) -> None:
        self.longest = longest
        self.decimals = 0

    def set_locs(self, locs: Any) -> None:
        super().set_locs(locs)
        exact = (d for d in range(6) if np.allclose(np.round(locs, d), locs, 1e-13, 1e-9))
        self.decimals = next(exact, 6)

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.fix_minus(format_time(x, self.longest, self.decimals))

    def format_data_short(self, value: float) -> str:
        """Write the time under the mouse."""
        return format_time(value, self.longest, 3)
