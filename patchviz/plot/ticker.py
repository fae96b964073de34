"""Ticks that read well: where they stand and what is written at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.ticker import Formatter, Locator, MaxNLocator

from .._util.mel import C1
from ..core.times import TimeFormat, decimals_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["format_number", "note_name", "pitch_class_name", "short_hertz"]

NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


def _length_and_font_size(axis: Any) -> tuple[float, float]:
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
        length, size = _length_and_font_size(axis)
        ticks = self.choose(low, high, axis.get_transform().transform, _LINE * size / length)
        return list(ticks)

    def __call__(self) -> Sequence[float]:
        axis: Any = self.axis
        return self.tick_values(*axis.get_view_interval())


# Steps that people count in; what is between them is guessed at a glance.
ROUND_STEPS = (1, 2, 5, 10)


class HertzLocator(RowLocator):
    """Ticks at 1, 2 and 5 of every power of ten; where few of them are, in steps of these."""

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], apart: float
    ) -> NDArray[np.float64]:
        ticks = _round_numbers(low, high)
        if len(ticks):  # not where a mel or symlog axis is straight: there they crowd
            octaves = forward(2 * ticks) - forward(ticks)
            ticks = ticks[octaves >= octaves.max() / 4]
        ticks = ticks[_most_important(_fractions(ticks, low, high, forward), apart)]
        if len(ticks) > 3:
            return np.sort(ticks)
        for most in range(9, 0, -1):
            even = np.asarray(MaxNLocator(most, steps=ROUND_STEPS).tick_values(low, high))
            even = even[(even >= low) & (even <= high)]
            if len(even) > len(ticks) and _are_apart(_fractions(even, low, high, forward), apart):
                return even
        return np.sort(ticks)


class NoteLocator(RowLocator):
    """Ticks at each C, or at every few; within two octaves at semitones."""

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], apart: float
    ) -> NDArray[np.float64]:
        ticks = _powers(low, high, C1, 1)
        if len(ticks) < 3:
            for per_octave in (12, 6, 4, 3, 2, 1):
                ticks = _powers(low, high, C1, per_octave)
                if _are_apart(_fractions(ticks, low, high, forward), apart):
                    break
        return ticks[_spread(_fractions(ticks, low, high, forward), apart)]


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
            if _are_apart(_fractions(ticks, low, high, forward), apart):
                break
        return ticks


class ChannelLocator(RowLocator):
    """Ticks of channels that lie one above the other, each as high as 1.

    Parameters
    ----------
    marks : callable
        Returns ticks that lie a fraction of the height of all apart, as (fraction, text): those
        beside the picture, and further away the names of what these are of.
    n_channels : int
    named : bool, default: False
        Whether these names are meant.
    """

    def __init__(
        self,
        marks: Callable[[float], tuple[list[tuple[float, str]], list[tuple[float, str]]]],
        n_channels: int,
        *,
        named: bool = False,
    ) -> None:
        self._marks = marks
        self._n_channels = n_channels
        self._named = named
        self.texts: dict[float, str] = {}  # of the ticks, for their formatter

    def choose(
        self, low: float, high: float, forward: Callable[..., Any], apart: float
    ) -> NDArray[np.float64]:
        marks = self._marks(apart * (high - low) / self._n_channels)[self._named]
        self.texts = {at * self._n_channels: text for at, text in marks}
        return np.array([at for at in sorted(self.texts) if low <= at <= high])


class MarkFormatter(Formatter):
    """Writes at the ticks of a `ChannelLocator` what they are."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        axis: Any = self.axis
        is_major = axis.get_major_formatter() is self
        locator = axis.get_major_locator() if is_major else axis.get_minor_locator()
        return str(locator.texts.get(float(x), "")) if isinstance(locator, ChannelLocator) else ""


def _round_numbers(low: float, high: float) -> NDArray[np.float64]:
    """Return 1, 2 and 5 of every power of ten within a range: the powers first, then 5, then 2."""
    lowest = max(low, high / 1000)
    if high <= 0:
        return np.array([])
    exponents = np.arange(np.floor(np.log10(high)), np.floor(np.log10(lowest)) - 1, -1)
    numbers: NDArray[np.float64] = np.multiply.outer([1.0, 5.0, 2.0], 10.0**exponents).ravel()
    return numbers[(numbers >= lowest) & (numbers <= high)]


def _powers(low: float, high: float, reference: float, per_octave: int) -> NDArray[np.float64]:
    """Return the values ``reference * 2**(k / per_octave)`` from `low` to `high`."""
    if low <= 0:
        return np.array([])
    first, last = per_octave * np.log2(np.array([low, high]) / reference)
    return np.asarray(reference * 2 ** (np.arange(np.ceil(first), last + 1e-9) / per_octave))


def _fractions(
    values: NDArray[np.float64], low: float, high: float, forward: Callable[..., Any]
) -> NDArray[np.float64]:
    """Return where values lie on an axis from `low` to `high`, as fractions of its length."""
    start, end = forward(np.array([low, high]))
    return np.asarray((forward(values) - start) / (end - start))


def _are_apart(fractions: NDArray[np.float64], apart: float) -> bool:
    return bool((np.diff(fractions) >= apart).all())


def _most_important(fractions: NDArray[np.float64], apart: float) -> list[int]:
    """Return which of some fractions to keep, the first ones rather, so that all lie apart."""
    kept: list[int] = []
    for i, fraction in enumerate(fractions):
        if (np.abs(fractions[kept] - fraction) >= apart).all():
            kept.append(i)
    return kept


def _spread(fractions: NDArray[np.float64], apart: float) -> list[int]:
    """Return which of some rising fractions to keep, from the top, so that they lie apart."""
    kept, last = [], np.inf
    for i in range(len(fractions) - 1, -1, -1):
        if last - fractions[i] >= apart:
            kept.append(i)
            last = fractions[i]
    return kept[::-1]


def format_number(value: float, _position: int | None = None, *, unit: float = 1.0) -> str:
    """Write a number, in some unit, without more decimals than it needs."""
    return f"{round(value / unit, 9) + 0.0:.10g}"  # + 0.0: no -0


def short_hertz(value: float, _position: int | None = None) -> str:
    """Write 1000 as 1k and 2500 as 2.5k."""
    return format_number(value) if abs(value) < 1000 else f"{format_number(value / 1000)}k"


def note_name(frequency: float, _position: int | None = None) -> str:
    """Write a frequency in Hz as the nearest note."""
    number = round(12 * np.log2(frequency / C1))
    return f"{NOTES[number % 12]}{1 + number // 12}"


def pitch_class_name(bins_per_octave: int, value: float, _position: int | None = None) -> str:
    """Write a row of a chromagram as the nearest pitch class."""
    return NOTES[round(value * 12 / bins_per_octave) % 12]


# Steps that people count time in: 1, 2, 5 of seconds, minutes and hours, and their quarters.
_STEPS = (
    *(m / 10**e for e in range(6, -1, -1) for m in (1, 2, 5)),
    *(10.0, 15.0, 30.0),
    *(60.0 * m for m in (1, 2, 5, 10, 15, 30)),
    *(3600.0 * h for h in (1, 2, 3, 6, 12, 24, 48, 120, 240)),
)

_HOURS = (1 / 4, 1 / 2, 1.0, 2.0, 3.0, 6.0, 12.0)  # of what is drawn by minutes


class CountLocator(MaxNLocator):
    """Ticks at whole numbers of something that has a length.

    Parameters
    ----------
    unit : float
        How long it is.
    zero : float
        Where it is counted from.
    """

    def __init__(self, unit: float, zero: float) -> None:
        super().__init__(integer=True, steps=[1, 2, 5, 10], nbins="auto")
        self.unit, self.zero = unit, zero

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        # Less than a millionth of one is of how times were computed, and no reason for other ticks.
        low, high = (round((end - self.zero) / self.unit, 6) for end in (vmin, vmax))
        return [self.zero + tick * self.unit for tick in super().tick_values(low, high)]


class HourLocator(Locator):
    """Ticks at round hours of a day: eight of what is shown, or fewer where there is no room."""

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = sorted((vmin, vmax))
        length, size = _length_and_font_size(self.axis)
        least = max((high - low) / 8, (high - low) * 3.6 * size / length)  # "00:00" and air
        step = next((step for step in _HOURS if step >= least), 24.0)
        return _multiples(step, low, high, 0.0)

    def __call__(self) -> Sequence[float]:
        assert self.axis is not None
        return self.tick_values(*self.axis.get_view_interval())


class TimeLocator(Locator):
    """Ticks at round seconds, minutes and hours, as many as the axis has room for.

    Parameters
    ----------
    times : TimeFormat
        How labels are written; what is round is so in the time of day, where that is known.
    inside : bool, default: False
        Whether labels at the ends of the axis lie within it.
    """

    def __init__(self, times: TimeFormat, *, inside: bool = False) -> None:
        self.times, self.inside = times, inside

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = sorted((vmin, vmax))
        room = _Room.of(self.axis, self.times, inside=self.inside)
        step = room.step(low, high, short=False)
        if _FEW * step > high - low:
            step = min(step, room.step(low, high, short=True))
        ticks = _multiples(step, low, high, self.times.zero) if step < np.inf else []
        if not ticks:  # a narrow axis still gets the roundest time that it has
            found = (_multiples(step, low, high, self.times.zero) for step in reversed(_STEPS))
            ticks = next((times[:1] for times in found if times), [])
        return ticks

    def __call__(self) -> Sequence[float]:
        axis: Any = self.axis
        return self.tick_values(*axis.get_view_interval())


_FEW = 2.5  # ticks; where fewer have room, they are written short

# A figure is about 0.62 as wide as its size; two labels have two between them.
_FIGURE, _BETWEEN = 0.62, 1.3

_EDGE = 1e-6  # of an axis: a tick so far beyond its end is at it, and is drawn
_OVER = 0.35  # of a label beyond an end of an axis that it should lie within: half a figure


class _Room(NamedTuple):
    """How much room times have on an axis, wherever its ticks are: panels have them alike."""

    length: float  # of the axis, in the size of its labels
    times: TimeFormat
    inside: bool

    @classmethod
    def of(cls, axis: Any, times: TimeFormat, *, inside: bool) -> _Room:
        length, size = _length_and_font_size(axis)
        return cls(length / size, times, inside)

    def step(self, low: float, high: float, *, short: bool) -> float:
        """Return the least step of an axis between two times whose labels have room, or inf."""
        steps = (step for step in _STEPS if step >= (high - low) / 8)
        fitting = (step for step in steps if self.has(step, low, high, short=short))
        return next(fitting, np.inf)

    def has(self, step: float, low: float, high: float, *, short: bool) -> bool:
        """Return whether labels so far apart have room, and `short` ones a use."""
        whole = letters = self._letters(step, low, high)
        if short:
            has_minutes = self.times.began is not None or self.times.longest >= 3600
            if step >= 60 or low < 0 or not has_minutes:
                return False
            decimals = decimals_for(step, 0)
            letters = 3 + bool(decimals) + decimals  # :05
        if self.inside:  # at an end one lies beside its tick
            apart = _FIGURE * letters + max(0.0, _FIGURE * letters / 2 - _OVER) + 1.0
        else:
            apart = _FIGURE * (whole + letters) / 2 + _BETWEEN
        return apart <= step / (high - low) * self.length

    def _letters(self, step: float, low: float, high: float) -> int:
        """Return how many letters the widest label has, of ticks so far apart."""
        times, decimals = self.times, decimals_for(step, 0)
        if times.began is None:
            return max(len(times.time(time, decimals)) for time in (low, high))
        whole = None if step >= 60 else decimals
        (first, _), (last, text) = (times.clock(time, whole) for time in (low, high))
        return max(len(text), len(times.date(last)) if first != last else 0)

    def side(self, at: float, low: float, high: float, text: str) -> str:
        """Return how a label is aligned to lie on the axis."""
        width = _FIGURE * max(map(len, text.split("\n")))
        place = (at - low) / (high - low) * self.length
        before, after = (_OVER + gap < width / 2 for gap in (place, self.length - place))
        return "left" if before else "right" if after else "center"


def _shortened(texts: Sequence[str], *, all_of_them: bool) -> list[str]:
    """Leave out of times what is as in the one before: 05:00:04, :06, :08; or out of all."""
    parts = [text.rpartition(":") for text in texts]
    is_whole = [k == 0 or part[0] != parts[k - 1][0] for k, part in enumerate(parts)]
    if all_of_them:
        is_whole = [False] * len(parts)
    elif is_whole[1:2] == [True]:  # beside it there is no room for another
        is_whole[0] = False
    return [
        text if whole or "\n" in text else colon + seconds
        for text, whole, (_, colon, seconds) in zip(texts, is_whole, parts, strict=True)
    ]


def _multiples(step: float, low: float, high: float, zero: float = 0.0) -> list[float]:
    """Return times from `low` to `high` that are multiples of a step once `zero` is added."""
    first, last = np.ceil((low + zero) / step - 1e-9), np.floor((high + zero) / step + 1e-9)
    return [float(k * step - zero) for k in np.arange(first, last + 1)]


class TimeFormatter(Formatter):
    """Times with as many decimals as their ticks need, and dates below where these change.

    Where whole times have no room beside one another, those that only differ by seconds from
    the one before have these alone: 05:00:04, :06, :08; in a panel, whose title says the rest, all.

    Parameters
    ----------
    times : TimeFormat
        How they are written.
    start : float
        The time at which the axis starts, whose date its label says.
    inside : bool, default: False
        Whether labels at the ends of the axis lie within it.
    """

    def __init__(self, times: TimeFormat, start: float = 0.0, *, inside: bool = False) -> None:
        self.times, self.start, self.inside = times, start, inside
        self.decimals: int | None = 0
        self._texts: dict[float, str] = {}  # of ticks

    def set_locs(self, locs: Any) -> None:
        super().set_locs(locs)
        times = self.times
        shown = np.asarray(locs, dtype=float) + times.zero
        exact = (d for d in range(6) if np.allclose(np.round(shown, d), shown, 1e-13, 1e-9))
        self.decimals = next(exact, 6)
        if times.began is not None and np.allclose(np.round(shown / 60), shown / 60, 1e-13, 1e-9):
            self.decimals = None  # to the minute
        low, high = sorted(self.axis.get_view_interval()) if self.axis else (-np.inf, np.inf)
        before = times.clock(self.start, 3)[0]
        edge = _EDGE * (high - low)
        seen = [float(loc) for loc in locs if low - edge <= loc <= high + edge]
        texts = [self._text(loc) for loc in seen]
        for k, loc in enumerate(seen if times.began is not None else []):
            day = times.clock(loc, self.decimals)[0]
            if day != before:
                texts[k], before = f"{texts[k]}\n{times.date(day)}", day
        if len(seen) > 1 and low >= 0 and texts[0].count(":") == 2:
            room = _Room.of(self.axis, times, inside=self.inside)
            if not room.has(min(np.diff(seen)), low, high, short=False):
                texts = _shortened(texts, all_of_them=self.inside)
        self._texts = dict(zip(seen, texts, strict=True))

    def _text(self, time: float) -> str:
        if self.times.began is None:
            return self.fix_minus(self.times.time(time, self.decimals or 0))
        return self.times.clock(time, self.decimals)[1]

    def format_ticks(self, values: Any) -> list[str]:
        """Write labels; one that would reach beyond an end of the axis is aligned to lie on it."""
        texts = super().format_ticks(values)
        if self.inside and self.axis:
            axis: Any = self.axis
            low, high = sorted(axis.get_view_interval())
            room = _Room.of(axis, self.times, inside=True)
            ticks = axis.get_major_ticks(len(values))
            for tick, value, text in zip(ticks, values, texts, strict=True):
                tick.label1.set_horizontalalignment(room.side(value, low, high, text))
        return texts

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self._texts.get(float(x)) or self._text(x)

    def format_data_short(self, value: float) -> str:
        """Write the time under the mouse."""
        return self.times.moment(value, 3) if self.times.began else self.times.time(value, 3)
