"""What is saved of widgets where no kernel runs, alone and in boxes of other widgets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets

from .notebook import VIEW_TYPE, publish, shell

__all__ = ["Saved", "beside_others", "save_boxes"]


class Saved:
    """A widget that says, by media type, what is shown of it where no kernel runs."""

    model_id: str
    comm: object

    def saved(self) -> dict[str, str]:
        """Return what notebooks save of it, and show where no kernel runs."""
        raise NotImplementedError

    def _publish_now(self) -> None:
        """Show, before all else, what will change of what is saved."""

    def _ipython_display_(self) -> None:
        self._publish_now()
        bundle = self._repr_mimebundle_()
        _publish_view(bundle.pop(VIEW_TYPE))
        publish(bundle)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"text/plain": repr(self), **self.saved(), VIEW_TYPE: view}


def beside_others() -> ipywidgets.Layout:
    """Return a layout that is as wide as others in a box leave it, whatever the texts in it are."""
    return ipywidgets.Layout(flex="1 1 0%", min_width="18em", padding="0 4px")


def save_boxes() -> None:
    """Have IPython save with a box what is to be saved of those in it.

    ipywidgets saves nothing but the number of a widget that is gone by then.
    """
    running = shell()
    if running is None:
        return
    formatter = running.display_formatter.mimebundle_formatter

    def bundle_of(box: ipywidgets.Box) -> dict[str, Any]:
        return _bundle(box, [*_within(box)])

    if formatter.for_type(ipywidgets.Box) is None:  # else it is somebody's own, or stands already
        formatter.for_type(ipywidgets.Box, bundle_of)


def _within(box: ipywidgets.Box) -> Iterator[Saved]:
    for child in box.children:
        if isinstance(child, Saved):
            if child.comm is not None:  # closed
                yield child
        elif isinstance(child, ipywidgets.Box):
            yield from _within(child)


def _bundle(box: ipywidgets.Box, found: list[Saved]) -> dict[str, Any]:
    bundle: dict[str, Any] = box._repr_mimebundle_()
    if not found or VIEW_TYPE not in bundle:
        return bundle
    for part in found:
        part._publish_now()
    _publish_view(bundle.pop(VIEW_TYPE))
    saved = [part.saved() for part in found]
    row = "display:flex;flex-wrap:wrap;gap:16px" if isinstance(box, ipywidgets.HBox) else ""
    content = "\n".join(
        f'<div style="flex:1 1 20em">\n{part["text/html"]}\n</div>' for part in saved
    )
    return {**bundle, **saved[0], "text/html": f'<div style="{row}">\n{content}\n</div>'}


def _publish_view(view: dict[str, Any]) -> None:
    """Show a widget in an output of its own, before that which has what is saved of it.

    Of the types in one output notebooks choose the widget, even where there is none. The empty
    texts are for those that know no widgets, which would complain.
    """
    publish({VIEW_TYPE: view, "text/html": "", "text/plain": ""})
