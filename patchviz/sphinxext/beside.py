"""Puts the files that players have beside their pages into what Sphinx builds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.osutil import relative_uri

from .._util.files import write_whole
from .cache import FOLDER

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["FILES", "put_beside"]

FILES = "patchviz_files"  # which an element of a page needs


def put_beside(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Copy the files that a page needs, and name them as they are seen from there.

    Their names say what is in them: what is there has not changed.
    """
    for raw in doctree.findall(nodes.raw):
        html = raw.astext()
        for name in raw.get(FILES, ()):
            target = Path(app.outdir, FOLDER, name)
            if not target.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                write_whole(target, Path(app.doctreedir, "patchviz", name).read_bytes())
            seen = relative_uri(app.builder.get_target_uri(docname), f"{FOLDER}/{name}")
            html = html.replace(f'="{FOLDER}/{name}"', f'="{seen}"')
        raw.children = [nodes.Text(html)]
