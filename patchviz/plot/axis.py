"""What the vertical axis of a spectrogram is: edges of its rows, scale, ticks and label."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import matplotlib
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.font_manager import FontProperties
from matplotlib.scale import FuncTransform, SymmetricalLogTransform
from matplotlib.ticker import Formatter, FuncFormatter, MaxNLocator, NullLocator

from .._util.mel import C1, hz_to_mel, mel_to_hz
from .._util.text import one_line
from .._util.warn import warn_user
from ..errors import Argument, InvalidValueError, Setting
from ..features.rows import hertz_of_rows
from .band import check_band, no_row
from .figures import drawn_beside
from .text import write
from .ticker import (
    ROUND_STEPS,
    ChannelLocator,
    HertzLocator,
    MarkFormatter,
    NoteLocator,
    PitchClassLocator,
    format_number,
    note_name,
    pitch_class_name,
    short_hertz,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform
    from numpy.typing import ArrayLike, NDArray

    from ..core.spectrogram import Spectrogram
    from .band import FrequencyLimits
    from .ticker import RowLocator

__all__ = ["ChannelsAxis", "FrequencyAxis", "shared_band"]

_HERTZ = "Frequency (Hz)"


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
        The edges as fractions of the axis' height, from 0 at the bottom to 1 at the top; of rows
        that are not shown beyond these.
    """

    edges: NDArray[np.float64]
    label: str
    _scale: Literal["mel", "mel_htk", "symlog", "log", "linear"]
    _kind: Literal["bent hertz", "hertz", "notes", "pitch classes", "rows", "channels"]
    _bins_per_octave: int = 12
    _shown: tuple[float, float] | None = None
    _unit: float = 1.0  # Hz, or 1000 where the label says kHz

    @classmethod
    def of(cls, spectrogram: Spectrogram, flim: FrequencyLimits | None = None) -> FrequencyAxis:
        """Return the axis that the rows of a spectrogram have, those of several channels too.

        `flim` are the frequencies to show, as far as there are rows: by default those that the
        sound can have.
        """
        one = cls._of_channel(spectrogram)
        # By all rows: figures of one recording have one unit, whatever each of them shows.
        if one.label == _HERTZ and not spectrogram.y_label and one.limits[0] >= 1000:
            one = dataclasses.replace(one, label="Frequency (kHz)", _unit=1000.0)
        if flim is None and one.is_hertz and one.limits[0] < _heard(spectrogram) < one.limits[1]:
            flim = (None, _heard(spectrogram))
        if flim is not None:
            one = one._between(flim, spectrogram)
        return one if spectrogram.n_channels == 1 else ChannelsAxis.of_each(one, spectrogram)

    @property
    def limits(self) -> tuple[float, float]:
        """The lowest and the highest of what is shown, in the axis' unit."""
        low, high = (float(edge) for edge in self.edges[[0, -1]])
        return self._shown or (low, high)

    def _between(self, flim: FrequencyLimits, spectrogram: Spectrogram) -> FrequencyAxis:
        """Return the axis that shows some frequencies, and the same rows."""
        low, high = check_band(flim)
        first, last = self.limits
        if not self.is_hertz:
            raise InvalidValueError(
                Argument("flim", flim),
                " needs rows that have frequencies; these are of ",
                Argument("y_axis", spectrogram.y_axis),
                remedy="Leave it out.",
            )
        if low >= last or high <= first:
            raise no_row(flim, (first, last), spectrogram)
        return dataclasses.replace(self, _shown=(max(low, first), min(high, last)))

    @classmethod
    def _of_channel(cls, spectrogram: Spectrogram) -> FrequencyAxis:
        """Return the axis that the rows of one channel have, each around its frequency."""
        spec = spectrogram
        borders = np.asarray(np.arange(spec.bins_per_channel + 1) - 0.5, dtype=np.float64)
        named = one_line(spec.y_label or "")
        edges = hertz_of_rows(spec, borders)
        if edges is None:
            if spec.y_axis == "chroma":
                label = named or "Pitch class"
                return cls(borders, label, "linear", "pitch classes", spec.bins_per_octave)
            return cls(borders, named or "Bin", "linear", "rows")
        hz = named or _HERTZ
        if spec.y_axis == "mel":
            return cls(edges, hz, "mel_htk" if spec.htk else "mel", "bent hertz")
        if spec.y_axis == "linear":
            return cls(edges, hz, "linear", "hertz")
        if spec.y_axis == "log":
            return cls(edges, hz, "symlog", "bent hertz")
        if spec.y_axis == "cqt_hz":
            return cls(edges, hz, "log", "bent hertz")
        return cls(edges, named or "Note", "log", "notes")

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
        low, high = self.forward(self.limits)
        return np.asarray((self.forward(values) - low) / (high - low))

    def fractions(self, hertz: NDArray[np.float64], unknown: float) -> NDArray[np.float64]:
        """Return how high frequencies lie, from 0 to 1; NaN, and rows without any, `unknown`."""
        if not self.is_hertz:
            return np.full(len(hertz), unknown)
        low, high = self.limits
        within = np.clip(np.nan_to_num(hertz, nan=low), low, high)
        return np.where(np.isnan(hertz), unknown, self._fractions(within))

    def beyond(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which ranges of frequencies (NaN: without an end) are not shown at all."""
        if not self.is_hertz:
            return np.zeros(len(low), bool)
        first, last = self.limits
        return np.asarray((low >= last) | (high <= first))

    @functools.cached_property
    def positions(self) -> NDArray[np.float64]:
        """The edges as fractions of the axis' height, below 0 and above 1 where none is shown."""
        return self._fractions(self.edges)

    @property
    def straight(self) -> dict[str, Any]:
        """How the axis is drawn straight, for a page: its scale, its limits, the unit of ticks."""
        return {"scale": self._scale, "limits": list(self.limits), "unit": self._unit}

    def apply(self, ax: Axes) -> None:
        """Give an axes this vertical axis: scale, limits, ticks and label.

        Axes that share it and show something keep their rows within its limits.
        """
        low, high = self.limits
        before = ax.get_yscale()
        limits = ax.get_ylim() if drawn_beside(ax, "y") else ()
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
        ax.yaxis.set_major_formatter(self._formatter())
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

    def _formatter(self) -> Formatter:
        if self._kind == "notes":
            return FuncFormatter(note_name)
        if self._kind == "pitch classes":
            return FuncFormatter(functools.partial(pitch_class_name, self._bins_per_octave))
        if self._kind == "rows" or self._unit != 1:
            return FuncFormatter(functools.partial(format_number, unit=self._unit))
        return FuncFormatter(short_hertz)

    def ticks(self, most: float) -> list[tuple[float, str]]:
        """Return about `most` ticks or fewer, as (fraction of the height, text) from the bottom."""
        low, high = self.limits
        locator = self._locator()
        if isinstance(locator, MaxNLocator):
            locator.set_params(nbins=max(1, int(most)))
            values = np.asarray(locator.tick_values(low, high))
        else:
            values = locator.choose(low, high, self.forward, 1 / most)
        values = values[(values >= low) & (values <= high)]
        write = self._formatter()
        return [(float(f), write(v)) for f, v in zip(self._fractions(values), values, strict=True)]

    @property
    def middles(self) -> NDArray[np.float64]:
        """Where each row lies, in the axis' unit: `Spectrogram.frequencies` where it has one."""
        low, high = self.edges[:-1], self.edges[1:]
        if self._scale == "log":
            return np.asarray(np.sqrt(low * high))
        if self._scale.startswith("mel"):
            forward, back = _MEL[self._scale == "mel_htk"]
            return np.asarray(back((forward(low) + forward(high)) / 2))
        return np.asarray((low + high) / 2)

    def channel_names(self) -> list[tuple[float, str]]:
        """Return where channels lie, as (fraction of the height, name); none where there is one."""
        return []

    def row_names(self) -> list[str] | None:
        """Return what the rows are called, from the bottom; None where only numbers tell."""
        if self._kind == "notes":
            return [note_name(hz) for hz in np.sqrt(self.edges[:-1] * self.edges[1:])]
        if self._kind == "pitch classes":
            n_bins = len(self.edges) - 1
            return [pitch_class_name(self._bins_per_octave, row) for row in range(n_bins)]
        return None


@dataclasses.dataclass(frozen=True, eq=False)
class ChannelsAxis(FrequencyAxis):
    """The vertical axis of several channels, one above the other, the first at the top.

    In it, each channel is as high as 1; its rows lie as they do in a channel alone.

    Attributes
    ----------
    each : FrequencyAxis
        That of a channel alone.
    n_channels : int
    """

    each: FrequencyAxis = dataclasses.field(kw_only=True)
    n_channels: int = dataclasses.field(kw_only=True)

    @classmethod
    def of_each(cls, each: FrequencyAxis, spectrogram: Spectrogram) -> ChannelsAxis:
        """Return the axis of all channels, of which each has the same.

        Rows that are not shown have no height. Where there is room for the channels' names alone,
        the label says what is between them.
        """
        n, n_rows = spectrogram.n_channels, len(each.middles)
        edges = np.add.outer(np.arange(n), np.clip(each.positions[:-1], 0, 1)).ravel()
        between = f"{n_rows} rows"
        if each.is_hertz:
            low, high = each.limits
            if each._shown is None:
                # Half a row around the first and the last has no name; mel bands reach further.
                is_mel = spectrogram.y_axis == "mel"
                low = (spectrogram.fmin or 0.0) if is_mel else each.middles[0]
                high = (spectrogram.fmax or spectrogram.sr / 2) if is_mel else each.middles[-1]
            first, last = (_in_unit(hertz, each._unit) for hertz in (low, high))
            between = f"{first}-{last} {'Hz' if each._unit == 1 else 'kHz'}"
        if each._kind == "hertz":  # of few ticks 10k and 20k tell more than 0 and 20k
            each = dataclasses.replace(each, _kind="bent hertz")
        label = one_line(spectrogram.y_label or "")
        label = label or f"{each.label.partition(' (')[0]} in each channel ({between})"
        return cls(np.append(edges, n), label, "linear", "channels", each=each, n_channels=n)

    @property
    def middles(self) -> NDArray[np.float64]:
        """Where the middle of each row lies, in the unit of each channel's axis."""
        return np.tile(self.each.middles, self.n_channels)

    def channel_names(self) -> list[tuple[float, str]]:
        """Return where channels lie, from the top, as (fraction of the height, name)."""
        n = self.n_channels
        return [((n - channel - 0.5) / n, f"ch {channel}") for channel in range(n)]

    def fractions(self, hertz: NDArray[np.float64], unknown: float) -> NDArray[np.float64]:
        """Return how high frequencies lie in each channel, from 0 to 1."""
        return self.each.fractions(hertz, unknown)

    def beyond(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which ranges of frequencies are not shown, in any channel."""
        return self.each.beyond(low, high)

    def ticks(self, most: float) -> list[tuple[float, str]]:
        """Return the ticks of each channel alone, from the bottom of all.

        They are alike in all channels, and as far apart where two channels meet.
        """
        n, own = self.n_channels, self.each.ticks(most)
        while len(own) > 1 and own[0][0] + 1 - own[-1][0] < 1 / most:
            own = own[1:]
        return [((k + at) / n, text) for k in range(n) for at, text in own]

    def marks(self, apart: float) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """Return what is written beside the picture and, further away, what these are of.

        Both are (fraction of the height, text), and lie `apart` or more: ticks and names of
        channels, or these names alone where a channel is too low for a tick.
        """
        n = self.n_channels
        names = self.channel_names()[:: max(1, math.ceil(n * apart))]
        ticks = self.ticks(1 / (apart * n)) if apart * n < 1 else []
        return (ticks, names) if ticks else (names, [])

    @property
    def straight(self) -> dict[str, Any]:
        """How the axis of each channel is drawn straight."""
        return self.each.straight

    def row_names(self) -> list[str]:
        """Return which channel each row is of, and what it is there, from the bottom."""
        names = self.each.row_names()
        if names is None:
            write = _read_hertz if self.each.is_hertz else "bin {:.0f}".format
            names = [write(value) for value in self.each.middles]
        channels = reversed(range(self.n_channels))
        return [f"channel {channel} · {name}" for channel in channels for name in names]

    def apply(self, ax: Axes) -> None:
        """Give an axes this vertical axis, and a line between neighbouring channels."""
        super().apply(ax)
        ax.yaxis.set_minor_locator(ChannelLocator(self.marks, self.n_channels, named=True))
        ax.yaxis.set_minor_formatter(MarkFormatter())
        ax.yaxis.remove_overlapping_locs = False  # they are beside one another
        letters = max((len(text) for _, text in self.each.ticks(2)), default=0)
        size = FontProperties(size=matplotlib.rcParams["ytick.labelsize"]).get_size_in_points()
        ax.tick_params(axis="y", which="minor", length=0, pad=(0.62 * letters + 1.4) * size)
        for drawn in [lines for lines in ax.collections if lines.get_label() == _BORDERS]:
            drawn.remove()
        borders = [[(0.0, y), (1.0, y)] for y in range(1, self.n_channels)]
        lines = LineCollection(
            borders, colors="#a0a0a0", linewidths=0.8, zorder=2.5, label=_BORDERS,
            transform=ax.get_yaxis_transform(),
        )  # fmt: skip
        ax.add_collection(lines, autolim=False)

    def _locator(self) -> ChannelLocator:
        return ChannelLocator(self.marks, self.n_channels)

    def _formatter(self) -> Formatter:
        return MarkFormatter()


def _heard(spectrogram: Spectrogram) -> float:
    """Return above which frequency there is no sound: what was resampled has more rows than that.

    Infinite where that is no less than the rows have.
    """
    audio = spectrogram.audio
    return math.inf if audio is None or audio.sr >= spectrogram.sr else audio.sr / 2


def shared_band(
    spectrograms: Iterable[Spectrogram], *, has_ticks: bool = True
) -> FrequencyLimits | None:
    """Return what several recordings show on one scale; None where each shows that by itself.

    Where their axes differ all the same, and have no ticks, that is told.
    """
    specs = [*spectrograms]
    tops = {_heard(spec) for spec in specs}
    ends = sorted({spec.fmax or spec.sr / 2 for spec in specs})
    if len(ends) > 1 and not has_ticks:
        warn_user((
            f"the recordings are not on one axis: their rows end at {ends[0]:,.6g} to "
            f"{ends[-1]:,.6g} Hz, and what is equally high is of other frequencies. They have one "
            "at one rate: ", Setting("sr", round(2 * ends[-1])), ".",
        ))  # fmt: skip
    if len(tops) == 1 or not all(FrequencyAxis._of_channel(spec).is_hertz for spec in specs):
        return None
    return (None, None if math.inf in tops else max(tops))


def _in_unit(hertz: float, unit: float) -> str:
    """Write a frequency, to four digits, in the unit of an axis."""
    rounded = float(f"{hertz:.4g}")
    return short_hertz(rounded) if unit == 1 else format_number(rounded, unit=unit)


def _read_hertz(value: float) -> str:
    """Write a frequency as the page's pointer reads it."""
    return f"{value:.4g} Hz" if value < 1000 else f"{value / 1000:.2f} kHz"


_BORDERS = "_borders of channels"


_MEL = {
    htk: (functools.partial(hz_to_mel, htk=htk), functools.partial(mel_to_hz, htk=htk))
    for htk in (False, True)
}

# An STFT has a row at 0 Hz, which a logarithm cannot show: straight up to C2.
_SYMLOG = {"base": 2, "linthresh": 2 * C1, "linscale": 0.5}
