"""For other people's documentation: players in Sphinx-Gallery, and in any Sphinx page.

Sphinx-Gallery needs one word in its configuration::

    sphinx_gallery_conf = {"image_scrapers": ("matplotlib", "patchviz")}

The directive is an extension of Sphinx::

    extensions = ["patchviz.sphinxext"]

and then one line of a page embeds a recording::

    .. patchviz:: clip.ogg
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import patchviz

from .scraper import PlayerScraper, reset

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["PlayerScraper", "reset", "setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the ``patchviz`` directive to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx

    Returns
    -------
    dict
        What Sphinx wants to know: the version, and that pages may be read and written in parallel.
    """
    from .beside import put_beside
    from .directive import PatchvizDirective

    app.connect("builder-inited", _add_style)
    app.connect("doctree-resolved", put_beside)
    app.add_directive("patchviz", PatchvizDirective)
    return {
        "version": patchviz.__version__,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _add_style(app: Sphinx) -> None:
    """Have pages show what a notebook put out as it is, also in dark themes."""
    if app.builder.format == "html":
        app.config.html_static_path.append(str(Path(__file__).parent / "static"))
        app.add_css_file("patchviz-outputs.css")
