"""What a ``patchviz`` directive shows, kept until the clip or the options change.

It lies beside Sphinx's doctrees, under a name that is made of the recording's bytes, the options
and the version: a clip that has not changed is never computed again, and pages may be read by any
number of processes at a time.
"""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.style
from docutils import nodes
from matplotlib.figure import Figure

import patchviz

from .._util.files import write_whole
from .._util.text import isolated
from ..core.patches import Patches
from ..core.spectrogram import Spectrogram
from ..plot.mosaic import plot_mosaic
from ..plot.overview import plot_spectrogram
from ..web.html import player_module
from ..web.player import player
from .still import draw_still

__all__ = ["CachedView"]

WIDTH, DPI = 8.0, 200  # of pictures, in inches


class CachedView(NamedTuple):
    """What is shown: files that Sphinx may take as they are, and what to say about them."""

    html: Path | None
    still: Path
    alt: str
    remarks: list[str]

    @classmethod
    def of(cls, file: Path | None, view: str, options: dict[str, Any], folder: Path) -> CachedView:
        """Return what a directive shows, computing it only if the folder does not have it.

        Parameters
        ----------
        file : Path or None
            The recording; None stands for the embedded clip.
        view : {"player", "mosaic", "overview"}
        options : dict
            Those of the directive that make a difference.
        folder : Path
            Where it is kept.
        """
        name = "example" if file is None else file.name
        facts = [view, options, name, patchviz.__version__, player_module()]
        key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
        if file is not None:
            with file.open("rb") as opened:
                key.update(hashlib.file_digest(opened, "sha256").digest())
        word = nodes.make_id(Path(name).stem) or "clip"  # so that a saved picture tells what it is
        stem = folder / f"{word}-{key.hexdigest()[:20]}"
        kept = cls._kept(stem)
        if kept is None:
            folder.mkdir(parents=True, exist_ok=True)
            _make(file, view, options, stem)
            kept = cls._kept(stem)
        assert kept is not None
        return kept

    @classmethod
    def _kept(cls, stem: Path) -> CachedView | None:
        """Return what has been made under a name, if it is complete."""
        try:
            facts = json.loads(stem.with_suffix(".json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        html = stem.with_suffix(".html") if facts["live"] else None
        made = cls(html, stem.with_suffix(".png"), facts["alt"], facts["remarks"])
        return made if all(file is None or file.is_file() for file in made[:2]) else None


def _make(file: Path | None, view: str, options: dict[str, Any], stem: Path) -> None:
    """Compute what a directive shows, and write it into files whose names begin with `stem`."""
    kind = options.get("kind", "mel")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        if file is None:
            spec = Spectrogram.example(kind=kind)
        else:
            how = {name: options[name] for name in ("sr", "mono") if name in options}
            spec = Spectrogram.from_file(file, kind=kind, progress=False, **how)
    remarks = [warning for warning in caught if warning.category is UserWarning]
    for warning in caught:
        if warning not in remarks:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    facts: dict[str, Any] = {"remarks": [str(remark.message) for remark in remarks]}
    picture = io.BytesIO()
    # What other pages did to matplotlib's settings must not show, least of all in what is kept.
    with matplotlib.style.context("default"):
        figure, facts["alt"], html = _DRAW[view](spec, options)
        figure.savefig(picture, format="png", dpi=DPI)
    facts["live"] = html is not None
    write_whole(stem.with_suffix(".png"), picture.getvalue())
    if html is not None:
        write_whole(stem.with_suffix(".html"), html.encode())
    write_whole(stem.with_suffix(".json"), json.dumps(facts).encode())


def _draw_player(spec: Spectrogram, options: dict[str, Any]) -> tuple[Figure, str, str | None]:
    names = ("title", "cmap", "audio", "index", "loop", "time", "image-format", "column-step")
    given = {
        name.replace("-", "_"): options[name]
        for name in (*names, "max-bytes", "alt")
        if name in options
    }
    made = player(_patches(spec, options), **given)
    return draw_still(made, (WIDTH, 0.7 * WIDTH)), made.state["alt"], made.to_html()


def _draw_mosaic(spec: Spectrogram, options: dict[str, Any]) -> tuple[Figure, str, str | None]:
    patches = _patches(spec, options)
    n = options.get("n", 3)
    height = 0.6 * WIDTH if n <= 4 else 0.9 * WIDTH if n <= 12 else 1.2 * WIDTH
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    plot_mosaic(patches, n, ax=figure, cmap=options.get("cmap"), title=options.get("title"))
    shown = f"the first {n} patches" if n > 1 else "the first patch"
    return figure, options.get("alt", f"{_describe(spec)}, and {shown} of it below"), None


def _draw_overview(spec: Spectrogram, options: dict[str, Any]) -> tuple[Figure, str, str | None]:
    figure = Figure(figsize=(WIDTH, 0.4 * WIDTH), layout="constrained")
    plot_spectrogram(
        spec,
        ax=figure.add_subplot(),
        colorbar=True,
        cmap=options.get("cmap"),
        title=options.get("title"),
    )
    return figure, options.get("alt", _describe(spec)), None


_DRAW: dict[str, Callable[[Spectrogram, dict[str, Any]], tuple[Figure, str, str | None]]] = {
    "player": _draw_player,
    "mosaic": _draw_mosaic,
    "overview": _draw_overview,
}


def _describe(spec: Spectrogram) -> str:
    return f"Spectrogram of {isolated(spec.name)}, {spec.duration:.1f} s"


def _patches(spec: Spectrogram, options: dict[str, Any]) -> Patches:
    """Carve patches; of five seconds where no duration is given, or as long as a short clip."""
    length: Any = {"duration": options.get("duration", 5.0)}
    if "duration" not in options and spec.duration < 5.0:
        length = {"frame_length": spec.n_frames}
    return spec.patches(
        **length, hop_duration=options.get("hop", 0.1), tail=options.get("tail", "drop")
    )
