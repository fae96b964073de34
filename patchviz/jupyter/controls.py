"""The controls of a scrubber, and how they share its index."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import html
from collections.abc import Callable, Iterable, Iterator
from operator import not_
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from ..core.captions import patch_title
from ..errors import PatchvizError

if TYPE_CHECKING:
    from ..core.patches import Patches
    from .scrubber import Scrubber

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
    message : ipywidgets.HTML
        What went wrong, if anything did.
    """

    play: ipywidgets.Play
    slider: ipywidgets.IntSlider
    speed: ipywidgets.Dropdown
    hear: ipywidgets.ToggleButton
    sound: ipywidgets.ToggleButton
    readout: ipywidgets.HTML
    title: ipywidgets.HTML
    message: ipywidgets.HTML

    @classmethod
    def of(
        cls, patches: Patches, index: int, loop: bool, speed: float, *, sounding: bool
    ) -> Controls:
        """Return the controls for some patches."""
        layout = ipywidgets.Layout
        display = None if sounding else "none"
        controls = cls(
            # Its own clock stands still: that of the canvas keeps time.
            play=_Play(step=0, interval=2**31 - 1, repeat=loop),
            slider=_Slider(readout=False, layout=layout(flex="1 1 10em", width="auto")),
            speed=ipywidgets.Dropdown(
                options=_labelled({*_SPEEDS, speed}),
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
            message=ipywidgets.HTML(layout=layout(display="none")),
        )
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
        self.readout.value = html.escape(patch_title(patches, index))

    def link(self, scrubber: Scrubber) -> Callable[[], None]:
        """Keep a scrubber's traits and the controls equal, until what is returned is called."""
        links = [
            traitlets.link((scrubber, "index"), (self.slider, "value")),
            traitlets.link((scrubber, "index"), (self.play, "value")),
            traitlets.link((self.play, "playing"), (scrubber, "playing")),
            traitlets.link((self.play, "repeat"), (scrubber, "loop")),
            traitlets.link((self.sound, "value"), (scrubber, "muted"), transform=(not_, not_)),
        ]
        scrubber.speed = self.speed.value
        scrubber.observe(self._show_speed, "speed")
        choose = functools.partial(self._choose_speed, scrubber)
        self.speed.observe(choose, "value")

        def unlink() -> None:
            for link in links:
                link.unlink()
            self.speed.unobserve(choose, "value")
            scrubber.unobserve(self._show_speed, "speed")

        return unlink

    def _choose_speed(self, scrubber: Scrubber, change: Any) -> None:
        if change.new is not None:
            scrubber.speed = change.new

    def _show_speed(self, change: Any) -> None:
        """Show a speed: one of those offered, or beside them."""
        if change.new == self.speed.value:
            return
        if change.new not in (number for _, number in self.speed.options):
            # The page forgets its choice too, or would not see that the same place has another.
            self.speed.value = None
            self.speed.options = _labelled({*_SPEEDS, change.new})
        self.speed.value = change.new

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

        below = row(self.play, self.slider, self.speed, self.hear, self.sound)
        return row(self.title, self.readout), below


def _labelled(speeds: Iterable[float]) -> list[tuple[str, float]]:
    """Return speeds as a menu has them, rising."""
    return [(f"{number:g}×", number) for number in sorted(speeds)]


def close_parts(widget: ipywidgets.Widget) -> None:
    """Close what is in a widget, and the layout and the style that were made for it."""
    for child in getattr(widget, "children", ()):
        close_parts(child)
        child.close()
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if part is not None:
            part.close()
