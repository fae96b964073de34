"""What the axes of a spectrogram are: edges of its cells, scales, ticks and labels."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.scale import FuncTransform, SymmetricalLogTransform
from matplotlib.ticker import Formatter, FuncFormatter, MaxNLocator, NullLocator

from .._util.mel import C1, hz_to_mel, mel_to_hz
from .._util.text import one_line
from ..core.batch import batch_of
from ..core.times import format_span, longest_time
from ..features.rows import linear_rows
from .text import write
from .ticker import (
    ROUND_STEPS,
    CountLocator,
    HertzFormatter,
    HertzLocator,
    NoteLocator,
    PitchClassLocator,
    TimeFormatter,
    TimeLocator,
    format_number,
    note_name,
    pitch_class_name,
    short_hertz,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform
    from numpy.typing import ArrayLike, NDArray

    from ..core.patches import Patches
    from ..core.spectrogram import Spectrogram
    from .ticker import RowLocator

__all__ = ["FrequencyAxis", "TimeAxis"]


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
    _kind: Literal["bent hertz", "hertz", "notes", "pitch classes", "rows"]
    _bins_per_octave: int = 12

    @classmethod
    def of(cls, spectrogram: Spectrogram) -> FrequencyAxis:
        """Return the axis that the rows of a spectrogram have.

        Mel bands lie where their filters are centred, each as high as the next; rows of an STFT
        around their frequencies; rows of a constant-Q transform around their pitches.
        """
        spec, n_bins = spectrogram, spectrogram.n_bins
        borders = np.asarray(np.arange(n_bins + 1) - 0.5, dtype=np.float64)
        named = one_line(spec.y_label or "")
        hz = named or "Frequency (Hz)"
        if spec.y_axis == "mel":
            borders_hz = [spec.fmin or 0.0, spec.fmax or spec.sr / 2]
            lowest, highest = hz_to_mel(borders_hz, htk=spec.htk)
            # n_bins triangles share n_bins + 2 points, so the first centre is one step up.
            step = (highest - lowest) / (n_bins + 1)
            edges = mel_to_hz(lowest + (borders + 1) * step, htk=spec.htk)
            return cls(edges, hz, "mel_htk" if spec.htk else "mel", "bent hertz")
        if spec.y_axis in ("linear", "log"):
            first, step = linear_rows(spec)
            edges = first + borders * step
            if spec.y_axis == "linear":
                return cls(edges, hz, "linear", "hertz")
            return cls(edges, hz, "symlog", "bent hertz")
        if spec.y_axis in ("cqt_hz", "cqt_note"):
            edges = np.asarray((spec.fmin or C1) * 2.0 ** (borders / spec.bins_per_octave))
            if spec.y_axis == "cqt_hz":
                return cls(edges, hz, "log", "bent hertz")
            return cls(edges, named or "Note", "log", "notes")
        if spec.y_axis == "chroma":
            label = named or "Pitch class"
            return cls(borders, label, "linear", "pitch classes", spec.bins_per_octave)
        return cls(borders, named or "Bin", "linear", "rows")

    @property
    def is_hertz(self) -> bool:
        """Whether rows have frequencies, so that a range of these has a place on the axis."""
        return self._kind in ("bent hertz", "hertz", "notes")

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

    def fractions(self, hertz: NDArray[np.float64], unknown: float) -> NDArray[np.float64]:
        """Return how high frequencies lie, from 0 to 1; NaN, and rows without any, `unknown`."""
        if not self.is_hertz:
            return np.full(len(hertz), unknown)
        within = np.clip(np.nan_to_num(hertz, nan=self.edges[0]), self.edges[0], self.edges[-1])
        return np.where(np.isnan(hertz), unknown, self._fractions(within))

    @functools.cached_property
    def positions(self) -> NDArray[np.float64]:
        """The edges as fractions of the axis' height, shape (n_bins + 1,)."""
        return self._fractions(self.edges)

    def apply(self, ax: Axes, *, short: bool = False) -> None:
        """Give an axes this vertical axis: scale, limits, ticks and label.

        Axes that share it and show something keep their rows within its limits.

        With `short`, frequencies read 2k in place of 2000 even where there is room.
        """
        low, high = self.edges[0], self.edges[-1]
        before = ax.get_yscale()
        limits = ax.get_ylim() if _drawn_beside(ax, "y") else ()
        if self._scale == "symlog":
            ax.set_yscale("symlog", **_SYMLOG)
        elif self._scale == "log":
            ax.set_yscale("log", base=2)
        elif self._scale == "linear":
            ax.set_yscale("linear")
        else:
            ax.set_yscale("function", functions=_MEL[self._scale == "mel_htk"])
        if limits and ax.get_yscale() == before:
            low, high = min(low, *limits), max(high, *limits)
        ax.set_ylim(low, high)
        ax.yaxis.set_major_locator(self._locator())
        ax.yaxis.set_major_formatter(self._formatter(short))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set_ylabel(self.label)
        write(ax.yaxis.label, self.label)

    def _locator(self) -> RowLocator | MaxNLocator:
        if self._kind == "bent hertz":
            return HertzLocator()
        if self._kind == "notes":
            return NoteLocator()
        if self._kind == "pitch classes":
            return PitchClassLocator(self._bins_per_octave)
        # Rows are counted: between two of them there is nothing to mark.
        is_counted = self._kind == "rows"
        return MaxNLocator(
            "auto",
            steps=ROUND_STEPS,
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
        write = (
            short_hertz if self._kind in ("bent hertz", "hertz") else self._formatter(short=True)
        )
        return [(float(f), write(v)) for f, v in zip(self._fractions(values), values, strict=True)]

    def row_names(self) -> list[str] | None:
        """Return what the rows are called, from the bottom; None where only numbers tell."""
        if self._kind == "notes":
            return [note_name(hz) for hz in np.sqrt(self.edges[:-1] * self.edges[1:])]
        if self._kind == "pitch classes":
            n_bins = len(self.edges) - 1
            return [pitch_class_name(self._bins_per_octave, row) for row in range(n_bins)]
        return None


def _drawn_beside(ax: Axes, name: Literal["x", "y"]) -> list[Axes]:
    """Return the other axes that share an axis and show something: their limits are kept."""
    shared = ax.get_shared_x_axes() if name == "x" else ax.get_shared_y_axes()
    return [other for other in shared.get_siblings(ax) if other is not ax and other.has_data()]


_MEL = {
    htk: (functools.partial(hz_to_mel, htk=htk), functools.partial(mel_to_hz, htk=htk))
    for htk in (False, True)
}

# An STFT has a row at 0 Hz, which a logarithm cannot show: straight up to C2.
_SYMLOG = {"base": 2, "linthresh": 2 * C1, "linscale": 0.5}


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
    unit : float
        What is counted in place of seconds, such as items: how long each is.
    zero : float
        Where they are counted from, in seconds.
    """

    start: float
    end: float
    name: str = "Time"
    longest: float = 0.0
    unit: float = 0.0
    zero: float = 0.0

    def __post_init__(self) -> None:
        longest = max(abs(self.start), abs(self.end), self.longest)
        object.__setattr__(self, "longest", longest)

    @classmethod
    def of(cls, spectrogram: Spectrogram, span: tuple[float, float] | None = None) -> TimeAxis:
        """Return the axis of a whole spectrogram, or of a span of its time in seconds."""
        start, end = span or (spectrogram.start, spectrogram.end)
        if (batch := batch_of(spectrogram)) is not None:
            return cls(start, end, name="Item", unit=batch.duration)
        return cls(start, end, longest=longest_time(spectrogram))

    @classmethod
    def within(cls, patches: Patches) -> TimeAxis:
        """Return the axis of any patch, from its own start."""
        batch = batch_of(patches)
        if batch is None or batch.has_times:
            return cls(0.0, patches.duration, name="Time in item" if batch else "Time in patch")
        return cls(0.0, patches.duration, name="Frame", unit=patches.spectrogram.frame_duration)

    @property
    def label(self) -> str:
        """Name and unit."""
        longest = self.longest
        if self.unit:
            return self.name
        unit = "s" if longest < 60 else "min:s" if longest < 3600 else "h:min:s"
        return f"{self.name} ({unit})"

    def apply(self, ax: Axes) -> None:
        """Give an axes this horizontal axis: limits, ticks and label.

        Axes that share it and show something keep their times within its limits.
        """
        others, written = _drawn_beside(ax, "x"), ax.xaxis.get_major_formatter()
        limits = (self.start, self.end, *(ax.get_xlim() if others else ()))
        longest = self.longest
        if others and isinstance(written, TimeFormatter):
            longest = max(longest, written.longest)
        ax.set_xscale("linear")
        ax.set_xlim(min(limits), max(limits))
        if self.unit:
            ax.xaxis.set_major_locator(CountLocator(self.unit, self.zero))
            ax.xaxis.set_major_formatter(lambda x, _: f"{(x - self.zero) / self.unit:.6g}")
            ax.set_xlabel(self.name)
            return
        ax.xaxis.set_major_locator(TimeLocator(longest))
        ax.xaxis.set_major_formatter(TimeFormatter(longest))
        label = dataclasses.replace(self, longest=longest).label
        for other in others:  # whose ticks are these now
            if other.get_xlabel().startswith(f"{self.name} ("):
                other.set_xlabel(label)
        ax.set_xlabel(label)

    def span(self, decimals: int = 3) -> str:
        """Write the times: ``0.650-5.642 s``, or ``1:02.650-1:07.642`` from a minute on."""
        if self.unit:
            return f"{(self.end - self.start) / self.unit:.6g} {self.name.lower()}s"
        return format_span(self.start, self.end, self.longest, decimals)
