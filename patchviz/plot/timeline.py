"""A season by the clock: a row for each day, and along it what was recorded when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.ticker import FuncFormatter

from .._util.order import check_order, check_rows
from .._util.reductions import FiniteRange, finite_range
from .._util.text import one_line, plural
from .._util.validation import as_floats, check_array, check_choice, check_number, check_text
from ..core.truth import within_unit
from ..errors import Argument, InvalidTypeError, InvalidValueError, listed
from ..recordings.recordings import Recordings
from .cells import painted
from .clicks import Clicks
from .clocks import MINUTE, SHORTEST, Clocks
from .color import ColorScale
from .days import Days, Sites
from .figures import add_colorbar, axes_or_new, axes_width, wide_size
from .mesh import draw_mesh
from .overview import set_title
from .text import points, size_for, text_width
from .ticker import HourLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from numpy.typing import ArrayLike, NDArray

__all__ = ["timeline"]

_COLUMNS = 24 * 60  # more than a figure has pixels

_NEAR = 5.0  # points from a click, matplotlib's own

_BAR, _WITHOUT = "#4477aa", "#c8c8c8"
_CMAP = "viridis"  # the ends of which stand out from paper and from dark ground


def timeline(
    recordings: Recordings,
    values: str | ArrayLike | None = None,
    *,
    by: str | None = None,
    ax: Axes | None = None,
    interval: float | None = None,
    reduce: Literal["max", "mean"] = "max",
    cmap: str | Colormap | None = None,
    clim: tuple[float, float] | None = None,
    label: str | None = None,
    title: str | None = None,
) -> Axes:
    """Show when there are recordings: a row for each day, from midnight to midnight.

    Times are those of the recordings' own clocks. What was recorded is a bar, across midnight too;
    what was not is a gap. A recording of less than ten minutes is drawn ten minutes long, or up to
    the next one, and shows one value of all of it, which could not be seen otherwise; the title
    says so. However many recordings there are, a minute of a day is one cell, and where several
    share a pixel the largest value is seen. Where clocks were put back, an hour of a day shows two.

    Parameters
    ----------
    recordings : Recordings
        Those that do not say when they began are counted in a warning and left out.
    values : str or array_like, optional
        What colours show: a class that is scored; the name of a column of ``recordings.files``; or
        a number for each patch or for each file. Where there are as many patches as files, an array
        is of patches. Where it is not finite, bars are grey. By default bars have one colour.
    by : str, optional
        What parts sites: a column of the files, such as ``"site"``, or ``"folder"``, the folder
        that each is in. Each has a block of rows of its own, with the same days, under its name; of
        a single day one row, beside its name.
    ax : Axes, optional
        Where to draw. By default a new pyplot figure is made, higher for more days.
    interval : float, optional
        Minutes from one recording to the next, of a recorder that works by a schedule: a minute in
        each quarter of an hour is ``interval=15``. Each bar is as long, up to the next recording,
        and shows one value of its recording. What the schedule lacks is a gap. The title says so.
        By default shorter bars are ten minutes long; with ``interval=1`` they are as long as they
        are, in whole minutes.
    reduce : {"max", "mean"}, default: "max"
        What a minute shows of several values, or a recording of its patches', with `interval`.
    cmap : str or Colormap, default: "viridis"
        A matplotlib colormap, or its name.
    clim : (float, float), optional
        Values of the lowest and the highest colour. By default 0 and 1 of a class whose scores are
        all within them, so that seasons and classes compare, and else those of all minutes.
    label : str, optional
        What the values are, beside the colour bar; by default ``Highest score of robin`` or the
        like, the name of the column, or that which they have, as a column of a frame has one; of
        an array ``Value``.
    title : str, optional
        By default how many files there are, and from when to when.

    Returns
    -------
    matplotlib.axes.Axes
        Hours are on its x axis, from 0 to 24, days on its y axis, as matplotlib counts them; with
        `by` rows, from the top.
        A click near a bar is a ``pick_event`` of matplotlib. Its ``ind`` are the positions of the
        patches that are heard there, in the row, within the ``pickradius`` of the first collection
        of the axes: the nearest first, or the highest where colours show the largest value of
        several patches. ``recordings[event.ind[0]]`` is one.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If `recordings` are none, none says when it began, they span more than 4,000 days, all sites
        together, an argument is not what it must be, or says how to colour values where there are
        none; or if a file has no value in the column `by`.

    Warns
    -----
    UserWarning
        If some recordings do not say when they began, some began while another was recorded, as
        those of two sites do without `by`, or some say by a clock of a known zone and others by one
        of which nothing says where it is.

    Examples
    --------
    >>> import patchviz as pv
    >>> from importlib.resources import files
    >>> import pandas as pd
    >>> clip = files("patchviz") / "data" / "sonnet1.ogg"
    >>> table = pd.DataFrame({"file": [clip], "start": [pd.Timestamp("2024-05-12 06:30")]})
    >>> recordings = pv.Recordings(table, duration=2.0)
    >>> ax = pv.timeline(recordings)
    >>> ax.get_xlabel()
    'Time of day'

    In a window, or a notebook with ipympl, a click tells which patch it is on:

    >>> def clicked(event):
    ...     print(recordings.find(event.ind[0]))
    >>> connection = ax.figure.canvas.mpl_connect("pick_event", clicked)
    """
    _check_recordings(recordings)
    check_choice("reduce", reduce, ("max", "mean"))
    if interval is not None:
        interval = check_number("interval", interval, above=0, maximum=_COLUMNS, unit="minutes")
    if title is not None:
        check_text("title", title)
    if label is not None:
        check_text("label", label)
    if values is None:
        _refuse({"cmap": cmap, "clim": clim, "label": label})
    numbers, are_of_files = (None, True) if values is None else _numbers(recordings, values)
    clocks = Clocks.of(recordings, Sites.of(recordings, by), interval)
    days = Days.of(clocks)
    clocks = days.stacked(clocks)
    shape = days.n_rows, _COLUMNS
    recorded = painted(clocks.of_files(np.ones(len(clocks.began))), shape, "max", unit=MINUTE)
    most = 9.0 if by is None else 11.0  # a page
    ax = axes_or_new(ax, wide_size(min(most, max(2.4, 1.2 + 0.16 * days.n_rows))))
    edges, hours = days.edges(ax), np.linspace(0, 24, _COLUMNS + 1)
    plain = ListedColormap([_BAR if numbers is None else _WITHOUT])
    bars = draw_mesh(ax, recorded, hours, edges, ColorScale(plain, Normalize(0, 1), ""))
    ranked = None if are_of_files or reduce != "max" else numbers
    bars.set_picker(Clicks(clocks, edges, ranked))
    bars.set_pickradius(_NEAR)
    if numbers is not None:
        spans = clocks.of_files(numbers) if are_of_files else clocks.of_patches(numbers)
        cells = painted(spans, shape, reduce, unit=MINUTE)
        name = _name_of(recordings, values, reduce) if label is None else label
        limits = _range_of(recordings, values, cells)
        scale = ColorScale.of_range(limits, label=one_line(name), cmap=cmap or _CMAP, clim=clim)
        mesh = draw_mesh(ax, cells, hours, edges, scale, reduce=reduce)
        add_colorbar(mesh, ax, scale)
    _label_hours(ax, clocks.zone())
    days.label(ax, edges)
    if title is not None:
        set_title(ax, title, 0.0, literal=False)
    else:
        usual, size = _usual_title(ax, clocks, days, interval)
        ax.set_title(usual, loc="left", fontsize=size).set_label(usual)
    return ax


def _name_of(recordings: Recordings, values: object, reduce: str) -> str:
    """Return what values are called, as a column of a frame may be; of scores, which is seen."""
    if isinstance(values, str) and values in recordings._score_classes:
        return f"{'Highest' if reduce == 'max' else 'Mean'} score of {values}"
    name = values if isinstance(values, str) else getattr(values, "name", None)
    return name if isinstance(name, str) and name else "Value"


def _range_of(recordings: Recordings, values: object, cells: NDArray[np.float64]) -> FiniteRange:
    """Return what colours span: 0 and 1 of a class whose scores lie within these."""
    name = values if isinstance(values, str) else getattr(values, "name", None)
    if recordings.scores is not None and name in recordings._score_classes:
        scores = recordings.scores[:, recordings._score_classes.index(name)]
        if within_unit(np.fmin.reduce(scores), np.fmax.reduce(scores)):
            return FiniteRange(0.0, 1.0)
    return finite_range(cells)


def _usual_title(ax: Axes, clocks: Clocks, days: Days, interval: float | None) -> tuple[str, float]:
    """Return how many files there are, from when to when, and how long they are drawn.

    And in which size: no word of it is cut.
    """
    first, last = (np.datetime64(days.first + k, "D") for k in (0, days.n_days - 1))
    files = plural(int(clocks.are_known.sum()), "file")
    if clocks.n_beside:
        files += f" ({clocks.n_beside:,} beside others)"
    if days.sites.names:
        files += f" of {plural(len(days.sites), 'site')}"
    said = [files, f"{first}" if first == last else f"{first} to {last}"]
    if interval is not None:
        said.append(f"each drawn {interval:g} min long")
    elif clocks.are_scheduled.any():
        said.append(f"each drawn at least {SHORTEST} min long")
    # A colour bar is beside it by now, and is no wider once the figure is laid out.
    whole, most = points(matplotlib.rcParams["axes.titlesize"]), 0.9 * axes_width(ax)
    size = min(whole, max(points("small"), size_for(said, most, whole)))
    lines = [said[0]]
    for part in said[1:]:
        together = text_width(f"{lines[-1]}, {part}", size) <= most
        lines = [*lines[:-1], f"{lines[-1]}, {part}"] if together else [*lines, part]
    return "\n".join(line for some in lines for line in _broken(some, most, size)), size


def _broken(text: str, width: float, size: float) -> list[str]:
    """Return the lines of a text that is broken between words."""
    first, *rest = text.split(" ")
    lines = [first]
    for word in rest:
        line = f"{lines[-1]} {word}"
        lines = [*lines[:-1], line] if text_width(line, size) <= width else [*lines, word]
    return lines


def _check_recordings(recordings: object) -> None:
    if not isinstance(recordings, Recordings):
        raise InvalidTypeError(
            Argument("recordings"),
            f" is of type {type(recordings).__name__}",
            allowed="Recordings, as patchviz.Recordings(folder, duration=...) makes them",
        )


def _refuse(coloured: Mapping[str, object]) -> None:
    """Refuse what says how values are shown where there are none."""
    for name, value in coloured.items():
        if value is not None:
            raise InvalidValueError(
                Argument(name, value),
                " has no use without values: bars have one colour",
                remedy="Give values, a number for each file or patch.",
            )


def _numbers(recordings: Recordings, values: str | ArrayLike) -> tuple[NDArray[np.float64], bool]:
    """Return what is shown, and whether that is a number for each file, not for each patch."""
    n_files, n_patches = len(recordings._table), len(recordings)
    allowed = f"a number for each of {plural(n_files, 'file')}, or of {n_patches:,} patches"
    scores = recordings.scores
    if isinstance(values, str) and scores is not None and values in recordings._score_classes:
        return as_floats(scores[:, recordings._score_classes.index(values)]), False
    are_of_files = isinstance(values, str)
    if isinstance(values, str):
        files = recordings.files
        columns = [name for name in files.columns if files[name].dtype.kind in "iufb"]
        if values not in columns:
            raise InvalidValueError(
                Argument("values", values),
                " is no column of numbers, and no class that is scored",
                allowed=f"one of {listed([*recordings._score_classes, *columns])}",
            )
        values = files[values].to_numpy(np.float64, na_value=np.nan)
    array = check_array("values", values, allowed=allowed)
    if array.shape not in ((n_files,), (n_patches,)) or array.dtype.kind not in "iufb":
        raise InvalidValueError(
            Argument("values"),
            f" have the shape {array.shape} and the type {array.dtype}",
            allowed=allowed,
        )
    are_of_files = are_of_files or len(array) != n_patches
    if are_of_files:
        check_order("values", values, n_files, list(recordings._table.paths), called="their paths")
    else:
        check_rows("values", values, recordings)
    return as_floats(array), are_of_files


def _hour(hour: float, _position: int | None = None) -> str:
    minutes = round(60 * hour)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _label_hours(ax: Axes, zone: str) -> None:
    ax.set_xlim(0, 24)
    ax.xaxis.set_major_locator(HourLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(_hour))
    ax.set_xlabel(f"Time of day ({zone})" if zone else "Time of day")
