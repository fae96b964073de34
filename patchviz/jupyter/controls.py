"""The controls of a scrubber, and how they share its index."""

from __future__ import annotations

import dataclasses
import html
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from ..core.captions import patch_title

if TYPE_CHECKING:
    from ..core.patches import Patches

__all__ = ["Controls", "close_parts"]

_SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class _Driven(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets ships no types
    """A control whose value the browser keeps equal to the scrubber's index.

    The index is what browser and Python tell each other, once (static/scrubber.js). A second
    message about the same thing could only come late, and undo what has happened meanwhile.
    """

    def set_state(self, sync_data: dict[str, Any]) -> None:
        super().set_state({name: sync_data[name] for name in sync_data if name != "value"})

    def send_state(self, key: Any = None) -> None:
        if key != "value":
            super().send_state(key)


class _Slider(_Driven, ipywidgets.IntSlider):  # type: ignore[misc]
    pass


class _Readout(_Driven, ipywidgets.HTML):  # type: ignore[misc]
    pass


class _Play(_Driven, ipywidgets.Play):  # type: ignore[misc]
    # Only the page in which somebody pressed the button plays; others show what it shows.
    playing = traitlets.Bool().tag(sync=True, echo_update=False)


@dataclasses.dataclass(frozen=True)
class Controls:
    """The widgets around the picture. :meth:`of` makes them.

    Attributes
    ----------
    play : ipywidgets.Play
    slider : ipywidgets.IntSlider
    speed : ipywidgets.Dropdown
    hear, sound : ipywidgets.ToggleButton
    readout, title : ipywidgets.HTML
    """

    play: ipywidgets.Play
    slider: ipywidgets.IntSlider
    speed: ipywidgets.Dropdown
    hear: ipywidgets.ToggleButton
    sound: ipywidgets.ToggleButton
    readout: ipywidgets.HTML
    title: ipywidgets.HTML

    @classmethod
    def of(
        cls, patches: Patches, index: int, loop: bool, speed: float, *, sounding: bool
    ) -> Controls:
        """Return the controls for some patches."""
        layout = ipywidgets.Layout
        display = None if sounding else "none"
        speeds = sorted({*_SPEEDS, speed})
        controls = cls(
            # Its own clock stands still: that of the canvas keeps time.
            play=_Play(step=0, interval=2**31 - 1, repeat=loop),
            slider=_Slider(readout=False, layout=layout(flex="1 1 10em", width="auto")),
            speed=ipywidgets.Dropdown(
                options=[(f"{number:g}×", number) for number in speeds],
                value=speed,
                layout=layout(width="5em"),
            ),
            hear=ipywidgets.ToggleButton(
                icon="headphones",
                tooltip="Hear this patch",
                layout=layout(width="auto", display=display),
            ),
            sound=ipywidgets.ToggleButton(
                value=True,
                icon="volume-up",
                tooltip="Sound",
                layout=layout(width="auto", display=display),
            ),
            readout=_Readout(layout=layout(margin="0 0 0 auto")),
            title=ipywidgets.HTML(),
        )
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
        self.readout.value = patch_title(patches, index)

    def set_title(self, title: str) -> None:
        """Show a title; text from people is never markup."""
        self.title.value = html.escape(title)

    def rows(self, width: str) -> tuple[ipywidgets.HBox, ipywidgets.HBox]:
        """Return what stands above and below the picture, as wide as that is."""

        def row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
            layout = ipywidgets.Layout(
                flex_flow="row wrap", align_items="center", width="auto", max_width=width
            )
            return ipywidgets.HBox(widgets, layout=layout)

        below = row(self.play, self.slider, self.speed, self.hear, self.sound)
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
