"""The controls of a scrubber, and how they share its index."""

from __future__ import annotations

import contextlib
import dataclasses
import html
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from ..core.captions import known_text, patch_title
from ..errors import PatchvizError

if TYPE_CHECKING:
    from ..core.patches import Patches
    from .scrubber import Scrubber

__all__ = ["Controls", "close_parts"]


@dataclasses.dataclass(frozen=True)
class Controls:
    """The widgets around the picture, beside the player's own. :meth:`of` makes them.

    The scrubber's index, and whether it plays, is what browser and Python tell each other, once
    (static/scrubber.js). The same in these controls is linked to it on either side, and not
    told: a second message about one thing could only come late, and undo what has happened since.

    Attributes
    ----------
    play : ipywidgets.Play
    slider : ipywidgets.IntSlider
    readout, title : ipywidgets.HTML
    message : ipywidgets.HTML
        What went wrong, if anything did.
    """

    play: ipywidgets.Play
    slider: ipywidgets.IntSlider
    readout: ipywidgets.HTML
    title: ipywidgets.HTML
    message: ipywidgets.HTML

    @classmethod
    def of(cls, patches: Patches, index: int) -> Controls:
        """Return the controls for some patches."""
        layout = ipywidgets.Layout
        controls = cls(
            play=ipywidgets.Play(show_repeat=False),
            slider=ipywidgets.IntSlider(
                readout=False, layout=layout(flex="1 1 10em", width="auto")
            ),
            readout=ipywidgets.HTML(layout=layout(margin="0 0 0 auto")),
            title=ipywidgets.HTML(),
            message=ipywidgets.HTML(layout=layout(display="none")),
        )
        for control in (controls.play, controls.slider, controls.readout):
            control.keys = [key for key in control.keys if key not in ("value", "playing")]
        controls.message.add_class("patchviz-message")
        controls.readout.add_class("patchviz-readout")
        controls.title.add_class("patchviz-title")
        controls.fit(patches, index)
        return controls

    def fit(self, patches: Patches, index: int) -> None:
        """Make room for some patches, and show which of them it is."""
        last = len(patches) - 1
        for control in (self.play, self.slider):
            control.max = last
            control.value = index
        self.write(patches, index)

    def write(self, patches: Patches, index: int) -> None:
        """Write which patch it is and when it sounds."""
        texts = patch_title(patches, index), known_text(patches, index)
        self.readout.value = html.escape(" · ".join(filter(None, texts)))

    def link(self, scrubber: Scrubber) -> Callable[[], None]:
        """Keep a scrubber's traits and the controls equal, until what is returned is called."""
        links = [
            traitlets.link((scrubber, "index"), (self.slider, "value")),
            traitlets.link((scrubber, "index"), (self.play, "value")),
            traitlets.link((scrubber, "playing"), (self.play, "playing")),
            traitlets.link((scrubber, "loop"), (self.play, "repeat")),
        ]

        def unlink() -> None:
            for link in links:
                link.unlink()

        return unlink

    def set_title(self, title: str) -> None:
        """Show a title; text from people is never markup."""
        self.title.value = html.escape(title)

    def say(self, text: str) -> None:
        """Say what went wrong, or with an empty text that nothing did."""
        self.message.value = f'<span role="alert">{html.escape(text)}</span>' if text else ""
        self.message.layout.display = None if text else "none"

    @contextlib.contextmanager
    def telling(self, before: str = "", after: str = "") -> Iterator[None]:
        """Show an error in the notebook too: of what a click leads to, nobody else shows it."""
        try:
            yield
        except Exception as error:
            kind = "" if isinstance(error, PatchvizError) else f"{type(error).__name__}: "
            self.say(f"{before}{kind}{error}{after}")
            raise
        self.say("")

    def rows(self, width: str) -> tuple[ipywidgets.HBox, ipywidgets.HBox]:
        """Return what stands above and below the picture, as wide as that is."""

        def row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
            layout = ipywidgets.Layout(
                flex_flow="row wrap", align_items="center", width="auto", max_width=width
            )
            return ipywidgets.HBox(widgets, layout=layout)

        below = row(self.play, self.slider)
        return row(self.title, self.readout), below


def close_parts(widget: ipywidgets.Widget) -> None:
    """Close what is in a widget, and the layout and the style that were made for it."""
    for child in getattr(widget, "children", ()):
        close_parts(child)
        child.close()
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if part is not None:
            part.close()
