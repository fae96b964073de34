"""The controls of a scrubber, and how they share its index."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from .._util.each import all_of
from ..core.captions import known_text, patch_title
from ..core.said import scored_class
from ..core.truth import as_truth
from ..web.mistakes import Mistakes
from .telling import Teller

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..core.patches import Patches
    from ..web.options import PlayerOptions
    from .scrubber import Scrubber

__all__ = ["Controls", "close_parts"]


@dataclasses.dataclass(eq=False)
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
    truth : ndarray of bool or None
        What the readout says in place of labels, where mistakes are looked for.
    wrong : ndarray of int or None
        Which classes are mistakes in each patch, where one goes to these.
    chosen_for : mapping of int to str
        Which class each of the stops was chosen for, where somebody gave them.
    """

    play: ipywidgets.Play
    slider: ipywidgets.IntSlider
    readout: ipywidgets.HTML
    title: ipywidgets.HTML
    message: ipywidgets.HTML
    truth: NDArray[np.bool_] | None = None
    wrong: NDArray[np.int64] | None = None
    chosen_for: Mapping[int, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, patches: Patches, index: int, options: PlayerOptions) -> Controls:
        """Return the controls for some patches."""
        layout = ipywidgets.Layout
        controls = cls(
            play=ipywidgets.Play(show_repeat=False),
            slider=ipywidgets.IntSlider(
                readout=False, layout=layout(flex="1 1 10em", width="auto")
            ),
            # However long they are, the picture stands as high and is as wide as that beside it.
            readout=ipywidgets.HTML(layout=layout(max_width="100%", margin="0 0 0 auto")),
            title=ipywidgets.HTML(layout=layout(flex="1 1 8em", min_width="0")),
            message=ipywidgets.HTML(layout=layout(display="none")),
        )
        for control in (controls.play, controls.slider, controls.readout):
            control.keys = [key for key in control.keys if key not in ("value", "playing")]
        controls.message.add_class("patchviz-message")
        controls.readout.add_class("patchviz-readout")
        controls.title.add_class("patchviz-title")
        controls.fit(patches, index, options)
        return controls

    def fit(self, patches: Patches, index: int, options: PlayerOptions) -> None:
        """Make room for some patches, and show which of them it is."""
        self.truth = None if options.truth is None else as_truth(patches, options.truth)
        mistakes = Mistakes.of(patches, options)
        self.wrong = None if mistakes is None else mistakes.said
        self.chosen_for = options.chosen_for or {}
        last = len(patches) - 1

        def fit(control: ipywidgets.Play | ipywidgets.IntSlider) -> None:
            # First within both ends: a control moves what is beyond its new one by itself.
            all_of(
                lambda: control.set_trait("value", min(index, control.max)),
                lambda: control.set_trait("max", last),
                lambda: control.set_trait("value", index),
            )

        all_of(
            lambda: fit(self.play),
            lambda: fit(self.slider),
            lambda: self.write(patches, index, options),
        )

    def write(self, patches: Patches, index: int, options: PlayerOptions) -> None:
        """Write which patch it is and when it sounds."""
        known = known_text(
            patches, index, labels=options.labels, scores=options.scores, truth=self.truth,
            wrong=self.wrong, of=scored_class(patches, index, self.chosen_for.get(index)),
        )  # fmt: skip
        texts = patch_title(patches, index), known
        self.readout.value = html.escape(" · ".join(filter(None, texts)))

    @property
    def moved(self) -> dict[str, ipywidgets.Widget]:
        """Those that the picture moves, by name."""
        return {"slider": self.slider, "play": self.play, "readout": self.readout}

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
        """Show a title, all of it to the pointer; text from people is never markup."""
        text = html.escape(title)
        self.title.value = f'<span title="{text}">{text}</span>' if title else ""

    @cached_property
    def teller(self) -> Teller:
        """What shows errors in the message."""
        return Teller(self._show_message)

    def _show_message(self, texts: list[str]) -> None:
        said = "<br>".join(map(html.escape, texts))
        self.message.value = f'<span role="alert">{said}</span>' if texts else ""
        self.message.layout.display = None if texts else "none"

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
