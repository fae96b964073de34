"""What a page's player is told: the state that player.js reads."""

from __future__ import annotations

import base64
import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from .._util.reductions import powers_of
from .._util.text import isolated, plain, plural
from ..core.batch import batch_of
from ..core.captions import times_of
from ..core.patches import Patches
from ..errors import Argument, InvalidValueError, Setting
from ..plot.axis import FrequencyAxis
from ..plot.color import ColorScale
from ..plot.times import TimeAxis
from .known import known_of
from .options import PlayerOptions
from .texture import MEDIA_TYPES, Quantizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.spectrogram import Spectrogram

__all__ = ["check_columns", "longest_column", "make_state", "still_caption", "write_times_as"]


def _describe(patches: Patches) -> str:
    """Describe patches to those who do not see them."""
    spec, n = patches.spectrogram, len(patches)
    of = f" of {isolated(spec.name)}" if spec.name else ""
    of += f", {spec.n_channels} channels" if spec.n_channels > 1 else ""
    if batch_of(patches):
        return f"Spectrograms of {plural(n, 'item')} side by side"
    even = patches.framing.is_even
    spacing = f"one every {patches.hop_duration:.3f} s" if even else "at starts of their own"
    return (
        f"Spectrogram{of}, {spec.duration:.1f} s, carved into {n} "
        f"{'patch' if n == 1 else 'patches'} of {patches.duration:.3f} s, {spacing}"
    )


def _column_note(patches: Patches, step: int) -> str:
    """Say how long a column of the picture is, where it is more than a frame; else nothing."""
    return f"1 column = {step * patches.spectrogram.frame_duration:.3g} s" if step > 1 else ""


def _note(patches: Patches, options: PlayerOptions) -> str:
    """Say how long columns of the picture are, and what pixels show in place of maxima."""
    shown = "" if options.reduce == "max" else f"pixels show the {options.reduce}"
    return " · ".join(filter(None, [_column_note(patches, options.column_step), shown]))


def longest_column(patches: Patches) -> int:
    """Return of how many frames columns may be, so that all patches have whole ones."""
    return (patches.frame_length + 1) // 2


def check_columns(patches: Patches, step: int) -> None:
    """Refuse columns of `step` frames that are so long that a patch has no whole one."""
    framing, n_frames = patches.framing, patches.spectrogram.n_frames
    starts = framing.starts
    column = -(-starts // step) * step  # the first one that begins in the patch
    ends = np.minimum(column + step, n_frames)
    without = (column >= n_frames) | (ends > starts + framing.frame_length)
    if step > 1 and without.any():
        index = int(without.argmax())
        first, last = framing.frames(index)
        raise InvalidValueError(
            Argument("column_step", step, "frames"),
            f": {_column_note(patches, step)}, and patch {index}, of frames {first} to {last}, has "
            "no whole one",
            remedy=("Choose ", Setting("column_step", longest_column(patches)), " at most."),
        )


def still_caption(patches: Patches, state: dict[str, Any]) -> str:
    """Say what the axes of the still picture are."""
    spec, color, rows = patches.spectrogram, state["color"], state["rows"]
    parts = [isolated(state["title"])] if state["title"] else []
    axis = TimeAxis.of(spec)
    dated = dataclasses.replace(axis.times, dated=True)  # nothing else says the date
    parts.append(dataclasses.replace(axis, times=dated).span(2))
    lowest, highest = (
        f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
        for value in (rows["values"][0], rows["values"][-1])
    )
    parts.append(f"{lowest}-{highest} {rows['unit']}")
    if spec.n_channels > 1:
        parts.append(f"{spec.n_channels} channels")
    parts.append(f"{color['vmin']:.4g} to {color['vmax']:.4g} {color['unit']}".rstrip())
    if state["columns"]["note"]:
        parts.append(state["columns"]["note"])
    return " · ".join(parts)


def make_state(
    patches: Patches,
    scale: ColorScale,
    quantizer: Quantizer,
    options: PlayerOptions,
    index: int,
) -> dict[str, Any]:
    """Return what the script of a silent player is told; player.py lists the keys."""
    spec = patches.spectrogram
    axis = FrequencyAxis.of(spec, options.flim)
    return {
        "title": plain(spec.name) if options.title is None else options.title,
        "alt": _describe(patches) if options.alt is None else options.alt,
        "image": {
            "type": MEDIA_TYPES[options.image_format],
            "width": math.ceil(spec.n_frames / options.column_step),
            "height": spec.n_bins,
            "reduce": options.reduce,
        },
        "columns": {
            "count": spec.n_frames,
            "step": options.column_step,
            "note": _note(patches, options),
            "start": spec.start,
            "duration": spec.frame_duration,
            "clock": _clock(patches),
        },
        "rows": _rows(spec, axis),
        "frequency": {
            "label": plain(axis.label),
            "ticks": [[round(at, 5), plain(text)] for at, text in axis.ticks(10)],
            "channels": [[round(at, 5), text] for at, text in axis.channel_names()],
            **axis.straight,
        },
        "color": _color(spec, scale, quantizer, options),
        "patches": _carving(patches),
        "view": {"time": None, "stretch": None, **(options.seen or {})},
        "known": known_of(patches, options),
        "audio": None,
        "options": {
            "index": index,
            "loop": options.loop,
            "speed": options.speed,
            "pitch": options.pitch,
            "gain": options.gain_db,
            "time": options.time,
            "autoplay": options.autoplay,
            "height": options.height,
            "stop": options.stops_called or "event",
        },
    }


def write_times_as(state: dict[str, Any], whole: Patches) -> None:
    """Have the times of a part written as those of the whole recording are."""
    columns, times = state["columns"], times_of(whole)
    columns["longest"] = times.longest
    if columns["clock"]:
        columns["clock"]["dated"] = times.dated


def _carving(patches: Patches) -> dict[str, Any]:
    framing, batch = patches.framing, batch_of(patches)
    return {
        "count": len(patches),
        "length": patches.frame_length,
        "hop": framing.least_hop,
        "starts": None if framing.is_even and not framing.first else framing.starts.tolist(),
        "asked": None if framing.asked is None else framing.table_times.tolist(),
        "numbers": None if framing.numbers is None else framing.numbers.tolist(),
        "last": framing.last_number,
        "items": None
        if batch is None
        else [plain(batch.text(number)) for number in patches.numbers.tolist()],
        "tail": patches.n_tail,
        "padded": patches.n_padded,
        "beyond": _beyond(patches),
        "filled": None if batch is None or batch.lengths is None else batch.lengths.tolist(),
    }


def _beyond(patches: Patches) -> float:
    """Return how much of the last frame of sound, 0 to 1, lies where padding is already."""
    spec = patches.spectrogram
    end = (patches._filled_end - spec.start) / spec.frame_duration
    return round(max(0.0, spec.n_frames - patches.n_padded - end), 4) if patches.n_padded else 0.0


def _clock(patches: Patches) -> dict[str, Any] | None:
    """Return what times of day are written from, if they are known."""
    times = times_of(patches)
    if times.began is None:
        return None
    zero, zone = times.zero, times.zone
    return {"date": times.date(0), "zero": zero, "zone": zone, "dated": times.dated}


def _rows(spec: Spectrogram, axis: FrequencyAxis) -> dict[str, Any]:
    positions = axis.positions
    equal = np.allclose(positions, np.linspace(0, 1, len(positions)), atol=1e-6)
    return {
        "positions": None if equal else [round(float(p), 6) for p in positions],
        "values": _short(axis.middles),
        "unit": "bin" if spec.y_axis in ("none", "chroma") else "Hz",
        "names": axis.row_names(),
    }


def _color(
    spec: Spectrogram, scale: ColorScale, quantizer: Quantizer, options: PlayerOptions
) -> dict[str, Any]:
    return {
        "palette": base64.b64encode(quantizer.palette.tobytes()).decode(),
        "first": quantizer.first,
        "last": quantizer.last,
        "bad": quantizer.has_gaps,
        "vmin": scale.vmin,
        "vmax": scale.vmax,
        "label": plain(scale.label),
        "unit": plain(spec.unit),
        "values": _short(quantizer.values),
        "mean": _mean(quantizer, scale) if options.reduce == "mean" else None,
        "ticks": _scale_ticks(scale),
    }


def _mean(quantizer: Quantizer, scale: ColorScale) -> dict[str, Any]:
    """Return what means of palette entries, gaps aside, are of: values, or powers of levels.

    And from where on a mean has the first level of the scale, the next one, and so on.
    """
    n_levels = quantizer.last - quantizer.first + 1
    values = quantizer.values
    if values is None:
        values = scale.vmin + (np.arange(n_levels) + 0.5) / n_levels * (scale.vmax - scale.vmin)
    edges = np.append(values[0], (values[:-1] + values[1:]) / 2)
    n_below, n_above = quantizer.first - quantizer.has_gaps, len(quantizer.palette) - quantizer.last
    values = np.concatenate([n_below * [scale.vmin], values, (n_above - 1) * [scale.vmax]])
    if quantizer.decibels:
        values, edges = powers_of(values), powers_of(edges)
    of, starts = ([float(f"{value:.6g}") for value in each] for each in (values, edges))
    return {"of": of, "edges": starts, "first": quantizer.first}


def _short(values: NDArray[np.float64] | None) -> list[float] | None:
    """Return numbers to five digits, which is more than a pointer can read."""
    return None if values is None else [float(f"{value:.5g}") for value in values]


def _scale_ticks(scale: ColorScale) -> list[list[Any]]:
    """Return ticks of the colour bar as [position, text]."""
    low, high = scale.vmin, scale.vmax
    if type(scale.norm) is Normalize:
        locator = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10])
        values = np.asarray(locator.tick_values(low, high))
        values = values[(values >= low) & (values <= high)]
        positions = (values - low) / (high - low)
    else:
        positions = np.linspace(0, 1, 5)
        try:
            values = np.asarray(scale.norm.inverse(positions), float)
        except (ValueError, NotImplementedError):  # as BoundaryNorm
            positions, values = np.array([0.0, 1.0]), np.array([low, high])
    return [
        [round(float(at), 5), f"{value:.4g}".replace("-", "−")]
        for at, value in zip(positions, values, strict=True)
    ]
