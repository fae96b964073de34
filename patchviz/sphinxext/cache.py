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
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import matplotlib.style
from docutils import nodes
from matplotlib.figure import Figure

import patchviz

from .._util.files import write_whole
from .._util.text import isolated
from .._util.warn import is_ours, said
from ..audio.part import part_from
from ..core.patches import Patches
from ..core.spectrogram import Spectrogram
from ..core.windows import carved_as_usual
from ..errors import Argument
from ..io.scores import read_scores
from ..plot.mosaic import plot_mosaic
from ..plot.overview import plot_spectrogram
from ..web.beside import Beside
from ..web.html import embedded, player_module
from ..web.making import player
from .still import draw_still

__all__ = ["FOLDER", "OF_FRONT_END", "CachedView"]

# Options of the front end.
OF_FRONT_END = (
    *("level", "sensitivity", "unit"),
    *("n-fft", "hop-length", "n-mels", "fmin", "fmax"),
)

WIDTH, DPI = 8.0, 200  # of pictures, in inches

FOLDER = "_static/patchviz"  # of files beside the pages, in what is built


class CachedView(NamedTuple):
    """What is shown: files that Sphinx may take as they are, and what to say about them."""

    html: Path | None
    still: Path
    alt: str
    remarks: list[str]
    files: list[str]  # names of those that the HTML needs, which lie where it does

    @classmethod
    def of(
        cls,
        file: Path | None,
        view: str,
        options: dict[str, Any],
        folder: Path,
        spell: Callable[[Argument], str] = str,
    ) -> CachedView:
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
        spell : callable, optional
            Returns how an argument is called in what is said of it.
        """
        name = "example" if file is None else file.name
        facts = [view, options, name, patchviz.__version__, player_module()]
        key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
        for shown in (file, options.get("labels"), options.get("scores")):
            if shown is not None:
                with open(shown, "rb") as opened:
                    key.update(hashlib.file_digest(opened, "sha256").digest())
        word = nodes.make_id(Path(name).stem) or "clip"  # so that a saved picture tells what it is
        stem = folder / f"{word}-{key.hexdigest()[:20]}"
        kept = cls._kept(stem)
        if kept is None:
            folder.mkdir(parents=True, exist_ok=True)
            _make(file, view, options, stem, spell)
            kept = cls._kept(stem)
        assert kept is not None
        return kept

    @classmethod
    def _kept(cls, stem: Path) -> CachedView | None:
        """Return what has been made under a name, if it is complete."""
        try:
            facts = json.loads(stem.with_suffix(".json").read_text("utf-8"))
        except (FileNotFoundError, ValueError):  # or damaged
            return None
        html = stem.with_suffix(".html") if facts["live"] else None
        still, files = stem.with_suffix(".png"), facts.get("files", [])
        needed = [still, *filter(None, [html]), *(stem.parent / name for name in files)]
        if not all(file.is_file() for file in needed):
            return None
        return cls(html, still, facts["alt"], facts["remarks"], files)


def _make(
    file: Path | None,
    view: str,
    options: dict[str, Any],
    stem: Path,
    spell: Callable[[Argument], str],
) -> None:
    """Compute what a directive shows, and write it into files whose names begin with `stem`."""
    kind = options.get("kind", "mel")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        own: Any = {
            name.replace("-", "_"): options[name] for name in OF_FRONT_END if name in options
        }
        if file is None:
            spec = Spectrogram.example(kind=kind, **own)
        else:
            names: tuple[str, ...] = (
                "sr",
                "on-damage",
                "mono",
                "channel",
                "channels",
                "start",
                "pool",
            )
            if "pool" in options:
                names += ("reduce",)  # without, it is what pixels show
            how: dict[str, Any] = {
                name.replace("-", "_"): options[name] for name in names if name in options
            }
            how |= part_from(options.get("from"), options.get("to"))
            spec = Spectrogram.from_file(file, kind=kind, progress=False, **own, **how)
        if "labels" in options:
            spec = spec.with_labels(options["labels"])
        picture = io.BytesIO()
        # What other pages did to matplotlib's settings must not show, least of all in what is kept.
        with matplotlib.style.context("default"):
            figure, alt, html, files = _DRAW[view](spec, options)
            figure.savefig(picture, format="png", dpi=DPI)
    for warning in caught:
        if not is_ours(warning.message):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    remarks = [said(each.message, spell) for each in caught if is_ours(each.message)]
    facts = {"remarks": [*dict.fromkeys(remarks)], "alt": alt, "live": html is not None}
    facts["files"] = list(files)
    write_whole(stem.with_suffix(".png"), picture.getvalue())
    if html is not None:
        write_whole(stem.with_suffix(".html"), html.encode())
    for name, data in files.items():
        write_whole(stem.parent / name, data)
    write_whole(stem.with_suffix(".json"), json.dumps(facts).encode())


class _Drawn(NamedTuple):
    figure: Figure
    alt: str
    html: str | None = None
    files: Mapping[str, bytes] = MappingProxyType({})


def _draw_player(spec: Spectrogram, options: dict[str, Any]) -> _Drawn:
    names = (
        "title",
        "cmap",
        "clim",
        "flim",
        "reduce",
        "audio",
        "index",
        "loop",
        "time",
        *("tlim", "speed", "pitch", "gain-db", "threshold", "stops", "truth", "mark"),
        *("height", "image-format", "column-step", "max-bytes", "assets", "alt"),
    )
    given = {name.replace("-", "_"): options[name] for name in names if name in options}
    made = player(_patches(spec, options), **given)
    beside = Beside(Path("page.html"), FOLDER)
    html = str(made._fragment(beside if made._assets == "folder" else embedded))
    return _Drawn(draw_still(made, (WIDTH, 0.7 * WIDTH)), made.state["alt"], html, beside.files)


def _draw_mosaic(spec: Spectrogram, options: dict[str, Any]) -> _Drawn:
    patches = _patches(spec, options)
    n = options.get("n")
    n_panels = 3 if n is None else n
    height = 0.6 * WIDTH if n_panels <= 4 else 0.9 * WIDTH if n_panels <= 12 else 1.2 * WIDTH
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    said: dict[str, Any] = {name: options.get(name) for name in ("title", "truth")}
    plot_mosaic(patches, n, ax=figure, **said, **_look(options))
    shown = "three patches"
    if n is not None:
        shown = "the first patch" if n == 1 else f"the first {n} patches"
    return _Drawn(figure, options.get("alt", f"{_describe(spec)}, and {shown} of it below"))


def _draw_overview(spec: Spectrogram, options: dict[str, Any]) -> _Drawn:
    figure = Figure(figsize=(WIDTH, 0.4 * WIDTH), layout="constrained")
    plot_spectrogram(
        spec,
        ax=figure.add_subplot(),
        colorbar=True,
        title=options.get("title"),
        **_look(options),
    )
    return _Drawn(figure, options.get("alt", _describe(spec)))


_DRAW: dict[str, Callable[[Spectrogram, dict[str, Any]], _Drawn]] = {
    "player": _draw_player,
    "mosaic": _draw_mosaic,
    "overview": _draw_overview,
}


def _look(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in ("cmap", "clim", "flim", "reduce") if name in options}


def _describe(spec: Spectrogram) -> str:
    return f"Spectrogram of {isolated(spec.name)}, {spec.duration:.1f} s"


def _patches(spec: Spectrogram, options: dict[str, Any]) -> Patches:
    """Carve patches, with their scores."""
    how = {
        name: options[name] for name in ("duration", "hop", "tail", "missing") if name in options
    }
    scores = read_scores(options["scores"]) if "scores" in options else None
    return carved_as_usual(spec, scores=scores, **how)
