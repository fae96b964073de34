"""One recording: read, carved, and written as a page, a picture or a film."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._util.files import written
from .arguments import FRONT_END, PICTURES, VIDEOS
from .checks import STDIN, computing, given
from .messages import tell, warnings_said
from .mistakes import are_asked, write_mistakes

if TYPE_CHECKING:
    from ..core.patches import Patches
    from ..core.spectrogram import Spectrogram

__all__ = ["carve", "write"]


def carve(options: argparse.Namespace) -> Patches:
    """Return the patches that the arguments ask for, with what is known about them."""
    from ..core.windows import carved_as_usual

    # These are librosa's, which compiles when it is first imported.
    wait = (
        " (the first time, compiling takes some 20 seconds)"
        if options.kind in ("cqt", "chroma", "pcen")
        else ""
    )
    name = "standard input" if options.file in STDIN else options.file or "the embedded clip"
    tell(f"reading {name}{wait} ...")
    with warnings_said():
        spec = _spectrogram(options)
    rate = spec.audio.sr if spec.audio is not None else spec.sr
    resampled = f"resampled from {rate:.10g} Hz to {spec.sr:.10g} Hz"
    if rate > spec.sr:
        tell(f"{resampled}: nothing above {spec.sr / 2:.10g} Hz is seen; --sr native keeps all")
    elif rate < spec.sr:
        tell(f"{resampled}: there is nothing above {rate / 2:.10g} Hz; --sr native leaves that out")
    with warnings_said():
        if options.labels is not None:
            spec = spec.with_labels(options.labels)
        return carved_as_usual(
            spec, scores=options.scores, duration=options.duration, hop=options.hop,
            tail=options.tail, missing=options.missing,
        )  # fmt: skip


def _spectrogram(options: argparse.Namespace) -> Spectrogram:
    from ..core.spectrogram import Spectrogram

    how = computing(options)
    if options.file is None:
        # Options of what a file alone has were refused.
        own = ("kind", "level", "sensitivity", "unit", *FRONT_END)
        return Spectrogram.example(**{name: how[name] for name in own if name in how})
    if options.file in STDIN:
        return Spectrogram.from_file(sys.stdin.buffer, name="stdin", **how)
    return Spectrogram.from_file(options.file, **how)


def write(patches: Patches, out: Path, options: argparse.Namespace) -> None:
    """Write them as what the ending of the name says."""
    ending = out.suffix.lower()
    if are_asked(options):
        write_mistakes(patches, out, options)
        return
    audio = not options.no_audio
    look: dict[str, Any] = {
        "cmap": options.cmap, "clim": options.clim, "flim": options.flim,
        "reduce": options.reduce,
    }  # fmt: skip
    if ending == ".html":
        from ..web.making import player

        with warnings_said():
            player(patches, audio=audio, tlim=options.tlim, **look, **given(options)).save(out)
        return
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 6.0), dpi=150, layout="constrained")
    if ending in PICTURES:
        from ..plot.mosaic import plot_mosaic

        told = {"truth": options.truth, "threshold": options.threshold}
        plot_mosaic(patches, options.n, ax=figure, **told, **look)
        with written(out) as path:
            figure.savefig(path)
        return
    from ..animation.animate import animate
    from ..plot.view import PatchView

    figure.set_size_inches(6.4, 4.8)
    view = PatchView(patches, ax=figure.add_subplot(), colorbar=True, truth=options.truth, **look)
    tell(f"drawing {len(patches)} frames ...")
    animation = animate(
        view, speed=options.speed or 1.0
    )  # matplotlib warns of an animation that nobody holds
    with warnings_said():
        animation.save(out, dpi=100, audio=audio and ending in VIDEOS)
