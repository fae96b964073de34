"""Scrubbers in boxes of other widgets: what is saved of them where no kernel runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import ipywidgets

from .notebook import VIEW_TYPE, publish, shell

__all__ = ["publish_view", "save_boxes"]


class _Saved(Protocol):
    """A box that says, by media type, what is shown of it where no kernel runs."""

    def saved(self) -> dict[str, Any]: ...


def save_boxes(kind: type[ipywidgets.Box]) -> None:
    """Have IPython save with a box what is to be saved of those in it, of one kind.

    ipywidgets saves nothing but the number of a widget that is gone by then.
    """
    running = shell()
    if running is None:
        return
    formatter = running.display_formatter.mimebundle_formatter

    def bundle_of(box: ipywidgets.Box) -> dict[str, Any]:
        return _bundle(box, [*_within(box, kind)])

    if formatter.for_type(ipywidgets.Box) is None:  # else it is somebody's own, or stands already
        formatter.for_type(ipywidgets.Box, bundle_of)


def _within(box: ipywidgets.Box, kind: type[ipywidgets.Box]) -> Iterator[_Saved]:
    for child in box.children:
        if isinstance(child, kind):
            if child.comm is not None:  # closed
                yield child
        elif isinstance(child, ipywidgets.Box):
            yield from _within(child, kind)


def _bundle(box: ipywidgets.Box, found: list[_Saved]) -> dict[str, Any]:
    bundle: dict[str, Any] = box._repr_mimebundle_()
    if not found or VIEW_TYPE not in bundle:
        return bundle
    publish_view(bundle.pop(VIEW_TYPE))
    saved = [part.saved() for part in found]
    row = "display:flex;flex-wrap:wrap;gap:16px" if isinstance(box, ipywidgets.HBox) else ""
    content = "\n".join(
        f'<div style="flex:1 1 20em">\n{part["text/html"]}\n</div>' for part in saved
    )
    return {**bundle, **saved[0], "text/html": f'<div style="{row}">\n{content}\n</div>'}


def publish_view(view: dict[str, Any]) -> None:
    """Show a widget in an output of its own, before that which has what is saved of it.

    Of the types in one output notebooks choose the widget, even where there is none. The empty
    texts are for those that know no widgets, which would complain.
    """
    publish({VIEW_TYPE: view, "text/html": "", "text/plain": ""})
