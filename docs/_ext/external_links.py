"""Links into other projects' documentation, from a table kept here: no network at build time.

``external_links.toml`` has one section for each project: the address of its documentation, and
for each page of it the names that are explained there. A name that is in no section stays a
Sphinx warning, as any broken reference.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

TABLE = Path(__file__).with_name("external_links.toml")


def addresses() -> dict[str, str]:
    """Return the address of every name in the table."""
    found = {}
    for project in tomllib.loads(TABLE.read_text(encoding="utf-8")).values():
        for page, names in project["pages"].items():
            for name in names:
                found[name] = project["url"] + page.format(name=name)
    return found


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.Element
) -> nodes.reference | None:
    """Give a reference that Sphinx did not find the address in the table, if it has one."""
    address = addresses().get(node.get("reftarget", ""))
    if address is None:
        return None
    return nodes.reference("", "", contnode, internal=False, refuri=address)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
