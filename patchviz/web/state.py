"""What a page's player is told: the state that player.js reads."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from .._util.text import isolated, plain
from ..core.batch import batch_of
from ..core.captions import plural
from ..core.patches import Patches
from ..errors import Argument, InvalidValueError, Setting
from ..plot.axis import FrequencyAxis, TimeAxis
from ..plot.color import ColorScale
from .known import known_of
from .options import PlayerOptions
from .texture import MEDIA_TYPES, Quantizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.spectrogram import Spectrogram

__all__ = ["check_columns", "longest_column", "make_state", "still_caption"]


def _describe(patches: Patches) -> str:
    """Describe patches to those who do not see them."""
    spec, n = patches.spectrogram, len(patches)
    of = f" of {isolated(spec.name)}" if spec.name else ""
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
    parts.append(TimeAxis.of(spec).span(2))
    lowest, highest = (
        f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
        for value in (rows["values"][0], rows["values"][-1])
    )
    parts.append(f"{lowest}-{highest} {rows['unit']}")
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
    axis = FrequencyAxis.of(spec)
    return {
        "title": plain(spec.name) if options.title is None else options.title,
        "alt": _describe(patches) if options.alt is None else options.alt,
        "image": {
            "type": MEDIA_TYPES[options.image_format],
            "width": math.ceil(spec.n_frames / options.column_step),
            "height": spec.n_bins,
        },
        "columns": {
            "count": spec.n_frames,
            "step": options.column_step,
            "note": _column_note(patches, options.column_step),
            "start": spec.start,
            "duration": spec.frame_duration,
        },
        "rows": _rows(spec, axis),
        "frequency": {
            "label": plain(axis.label),
            "ticks": [[round(at, 5), plain(text)] for at, text in axis.ticks(10)],
        },
        "color": {
            "palette": base64.b64encode(quantizer.palette.tobytes()).decode(),
            "first": quantizer.first,
            "last": quantizer.last,
            "bad": quantizer.has_gaps,
            "vmin": scale.vmin,
            "vmax": scale.vmax,
            "label": plain(scale.label),
            "unit": plain(spec.unit),
            "values": _short(quantizer.values),
            "ticks": _scale_ticks(scale),
        },
        "patches": _carving(patches),
        "known": known_of(patches, options),
        "audio": None,
        "options": {
            "index": index,
            "loop": options.loop,
            "speed": options.speed,
            "time": options.time,
            "autoplay": options.autoplay,
        },
    }


def _carving(patches: Patches) -> dict[str, Any]:
    framing, batch = patches.framing, batch_of(patches)
    return {
        "count": len(patches),
        "length": patches.frame_length,
        "hop": framing.least_hop,
        "starts": None if framing.is_even and not framing.first else framing.starts.tolist(),
        "numbers": None if framing.numbers is None else framing.numbers.tolist(),
        "last": framing.last_number,
        "items": None
        if batch is None
        else [plain(batch.text(number)) for number in patches.numbers.tolist()],
        "tail": patches.n_tail,
        "padded": patches.n_padded,
        "filled": None if batch is None or batch.lengths is None else batch.lengths.tolist(),
    }


def _rows(spec: Spectrogram, axis: FrequencyAxis) -> dict[str, Any]:
    positions = axis.positions
    equal = np.allclose(positions, np.linspace(0, 1, len(positions)), atol=1e-6)
    low, high = axis.edges[:-1], axis.edges[1:]
    # A row of a constant-Q transform lies in the middle of its pitches.
    middles = np.sqrt(low * high) if spec.y_axis.startswith("cqt") else (low + high) / 2
    return {
        "positions": None if equal else [round(float(p), 6) for p in positions],
        "values": _short(middles),
        "unit": "bin" if spec.y_axis in ("none", "chroma") else "Hz",
        "names": axis.row_names(),
    }


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
