"""What the example of each public name shows, below that example: a figure or a live player.

The example is the one in the docstring, run as a doctest is. Where that one draws nothing,
``api/examples/<name>.py`` is shown and run as well.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from sphinx.application import Sphinx

import patchviz
from patchviz.sphinxext.scraper import html_of, reset, take_new
from patchviz.sphinxext.still import draw_still

DPI = 120
SIZE = (7.0, 4.4)  # of figures, in inches

# What the figures show.
ALT = {
    "Chroma": "15 s of speech as a chromagram: the power in each of twelve pitch classes",
    "Cqt": "15 s of speech as a constant-Q spectrogram of five octaves",
    "Features": "15 s of speech as a spectrogram with linear frequencies",
    "FrontEnd": "The loudness of 15 s of speech as a spectrogram of one row",
    "Mel": "15 s of speech as a spectrogram of 64 mel bands",
    "Mfcc": "15 s of speech as thirteen mel-frequency cepstral coefficients",
    "Mosaic": "A mosaic of three patches; a white line crosses the first at 2.5 s",
    "PatchView": "Patch 7 of 107, five seconds of speech as a spectrogram, with its colour bar",
    "Patches": "A spectrogram with the extents of eight patches of 3 s stacked above it",
    "Pcen": "15 s of speech in 64 mel bands, with faint sounds as bright as loud ones",
    "PatchvizError": "One patch of 20 s: 15 s of speech, then silence",
    "Recordings": "The third of three recordings, with the extent of one of its patches above it",
    "Spectrogram": "15 s of speech as a mel spectrogram, with its colour bar in dB",
    "Stft": "15 s of speech as a spectrogram with linear frequencies, in dB",
    "open": "15 s of speech as a mel spectrogram, with its colour bar in dB",
    "plot_coverage": "How many patches see each moment of 15 s of speech, and which of two groups",
    "plot_mosaic": "A whole spectrogram with three patches marked, and the three patches below it",
    "plot_spectrogram": "A spectrogram with the extents of patches 0, 50 and 106 above it",
    "read_labels": "15 s of speech as a spectrogram, with the four lines of a verse marked on it",
    "timeline": "Six weeks of recordings at dawn and dusk, a row for each day, with a gap in May",
    "write_labels": "A spectrogram with the extents of its three loudest seconds above it",
}

LIVE = """
.. only:: html and not epub

   .. raw:: html

{html}

.. only:: not html or epub

   .. image:: /{still}
      :alt: {alt}
"""

STILL = """
.. image:: /{still}
   :alt: {alt}
   :width: {width}px
"""


def lines_of_code(docstring: str) -> Iterator[str]:
    """Yield what a docstring's example runs, but for what is skipped or ends the show."""
    for example in doctest.DocTestParser().get_examples(docstring):
        closes = example.source.rstrip().endswith(".close()")
        if not example.options.get(doctest.SKIP) and not closes:
            yield example.source


def run(code: str, names: dict[str, Any]) -> None:
    """Run code; the value of its last line, if it has one, is called ``_``."""
    tree = ast.parse(code)
    if isinstance(tree.body[-1], ast.Expr):
        last = ast.Name("_", ast.Store())
        tree.body[-1] = ast.Assign([last], tree.body[-1].value)
    exec(compile(ast.fix_missing_locations(tree), "<example>", "exec"), names)


@cache  # a docstring is asked for more than once
def shown(name: str, docstring: str, folder: Path) -> list[str]:
    """Run a name's example; return what it shows as reStructuredText.

    Parameters
    ----------
    name : str
        Of something public, without the module.
    docstring : str
    folder : Path
        That of ``conf.py``.
    """
    file = folder / "api" / "examples" / f"{name}.py"
    text = []
    if file.is_file():
        code = file.read_text(encoding="utf-8")
        text += [".. code-block:: python", "", *indent(code, "   ").splitlines(), ""]
    else:
        code = "".join(lines_of_code(docstring))
    printed = io.StringIO()
    names: dict[str, Any] = {}
    with (
        matplotlib.rc_context({**matplotlib.rcParamsDefault, "figure.figsize": SIZE}),
        contextlib.redirect_stdout(printed),
    ):
        run(code, names)
        players = take_new()
        pictures = folder / "api" / "generated" / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        kind = "function" if name[0].islower() else "class"  # player and Player are two files
        still = pictures / f"api-{kind}-{name}.png"
        uri = still.relative_to(folder).as_posix()
        if players:
            value = players[-1]
            made = value if isinstance(value, patchviz.Player) else value._to_player()
            draw_still(made).savefig(still, dpi=DPI)
            html = indent(html_of(value), "      ")
            picture = LIVE.format(html=html, still=uri, alt=made.state["alt"])
        else:
            figure = plt.figure(plt.get_fignums()[-1])
            figure.savefig(still, dpi=DPI, pil_kwargs={"optimize": True})
            width = round(100 * figure.get_figwidth())
            picture = STILL.format(still=uri, alt=ALT[name], width=width)
        plt.close("all")
    reset({}, None)
    if said := printed.getvalue():
        text += [".. code-block:: none", "", *indent(said, "   ").splitlines(), ""]
    return [*text, *picture.splitlines()]


def add_example(
    app: Sphinx, what: str, name: str, value: object, options: Any, lines: list[str]
) -> None:
    """Put below the docstring of a public name what its example shows."""
    short = name.removeprefix("patchviz.")
    if short in patchviz.__all__:
        folder = Path(app.srcdir)
        lines += ["", *shown(short, value.__doc__ or "", folder), ""]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", add_example, priority=900)  # after numpydoc
    return {"parallel_read_safe": True, "parallel_write_safe": True}
