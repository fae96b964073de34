"""What the horizontal axis of a spectrogram is: its limits, ticks and label."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ..core.batch import batch_of
from ..core.times import TimeFormat, time_format
from .figures import axes_width, drawn_beside
from .text import fitting_label, size_for, text_width
from .ticker import CountLocator, TimeFormatter, TimeLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..core.patches import Patches
    from ..core.spectrogram import Spectrogram

__all__ = ["TimeAxis"]

_PLAIN = TimeFormat()

LEAST = 72.0  # points, of a date


@dataclasses.dataclass(frozen=True)
class TimeAxis:
    """The horizontal axis of a spectrogram, or of a patch of it.

    Attributes
    ----------
    start, end : float
        In seconds.
    name : str
        What the label says before its unit.
    times : TimeFormat
        How all panels of the recording write times alike: seconds as 5 or 2.5, from a minute on
        as 1:05, from an hour on as 1:02:05; or the time of day.
    unit : float
        What is counted in place of seconds, such as items: how long each is.
    zero : float
        Where they are counted from, in seconds.
    """

    start: float
    end: float
    name: str = "Time"
    times: TimeFormat = _PLAIN
    unit: float = 0.0
    zero: float = 0.0

    def __post_init__(self) -> None:
        longest = max(abs(self.start), abs(self.end), self.times.longest)
        object.__setattr__(self, "times", dataclasses.replace(self.times, longest=longest))

    @classmethod
    def of(cls, spectrogram: Spectrogram, span: tuple[float, float] | None = None) -> TimeAxis:
        """Return the axis of a whole spectrogram, or of a span of its time in seconds."""
        start, end = span or (spectrogram.start, spectrogram.end)
        if (batch := batch_of(spectrogram)) is not None:
            return cls(start, end, name="Item", unit=batch.duration)
        return cls(start, end, times=time_format(spectrogram))

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
        times = self.times
        if self.unit:
            return self.name
        if times.began is None:
            return f"{self.name} ({times.unit})"
        (first, _), (last, _) = (times.clock(time, 3) for time in (self.start, self.end))
        date = ("" if first == last else "from ") + times.date(first)
        return f"{self.name} of day ({', '.join(filter(None, (date, times.zone)))})"

    def apply(self, ax: Axes, *, inside: bool = False) -> None:
        """Give an axes this horizontal axis: limits, ticks and label.

        Labels of ticks lie `inside` of it, where neighbours are to the left and to the right.
        Axes that share it and show something keep their times within its limits.
        """
        others, written = drawn_beside(ax, "x"), ax.xaxis.get_major_formatter()
        limits = (self.start, self.end, *(ax.get_xlim() if others else ()))
        times = self.times
        if others and isinstance(written, TimeFormatter) and written.times.began == times.began:
            longest = max(times.longest, written.times.longest)
            times = dataclasses.replace(times, longest=longest)
        ax.set_xscale("linear")
        ax.set_xlim(min(limits), max(limits))
        if self.unit:
            ax.xaxis.set_major_locator(CountLocator(self.unit, self.zero))
            ax.xaxis.set_major_formatter(lambda x, _: f"{(x - self.zero) / self.unit:.6g}")
            ax.set_xlabel(self.name)
            return
        shown = dataclasses.replace(self, start=min(limits), end=max(limits), times=times)
        ax.xaxis.set_major_locator(TimeLocator(times, inside=inside))
        ax.xaxis.set_major_formatter(TimeFormatter(times, shown.start, inside=inside))
        label = shown.label
        for other in others:  # whose ticks are these now
            if other.get_xlabel().startswith((f"{self.name} (", f"{self.name} of day (")):
                other.set_xlabel(label)
        ax.set_xlabel(label)
        if times.began is not None:
            _fit_date(ax)

    def span(self, decimals: int = 3) -> str:
        """Write the times: ``0.650-5.642 s``, or ``1:02.650-1:07.642`` from a minute on."""
        if self.unit:
            return f"{(self.end - self.start) / self.unit:.6g} {self.name.lower()}s"
        return self.times.span(self.start, self.end, decimals)


def _fit_date(ax: Axes) -> None:
    """Leave the date alone of a label on narrow axes, in letters that are as small as it takes."""
    label, room = ax.xaxis.label, max(axes_width(ax), LEAST)
    text, size = label.get_text(), label.get_fontsize()
    if text_width(text, size) > room:
        text = text.partition("(")[2].rstrip(")")
        size = size_for(text, room, size)
        if text_width(text, size) > room:  # a day that is cut is none
            text = text.partition(",")[0]
            size = size_for(text, room, size)
        label.set_fontsize(size)
    ax.set_xlabel(fitting_label(text, room, label.get_fontsize()))
