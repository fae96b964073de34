"""The player's own module as a Jupyter widget: the picture of a scrubber, and its clock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from ..web.html import scrubber_module
from ..web.packed import compressed

if TYPE_CHECKING:
    from ..web.player import Player

__all__ = ["LOADER", "MESSAGE", "Canvas", "sound_of"]

# anywidget imports a module for every widget, and a page never forgets a module. So a widget's
# own module is only this, and the page imports what it needs once, of what each brings along
# compressed (web/packed.py): whichever the page shows first, it waits for no other and no kernel.
LOADER = """
const key = Symbol.for("patchviz-%s");
async function library(model) {
  const packed = new Blob([model.get("library")]).stream();
  const unpacked = packed.pipeThrough(new DecompressionStream("deflate"));
  const code = await new Response(unpacked).text();
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return import(url).finally(() => URL.revokeObjectURL(url));
}
export default () => {
  let scrubber;
  return {
    async initialize({ model }) {
      const { connect } = await (globalThis[key] ??= library(model));
      scrubber = await connect(model);
      return () => scrubber.destroy();
    },
    render: ({ el }) => scrubber.addView(el),
  };
};
"""

MESSAGE = """
.patchviz-message { color: var(--jp-error-color1, #b3261e); }
:is(.patchviz-scrubber, .patchviz-sheet-widget) :is(.patchviz-message, .patchviz-message *) {
  line-height: 1.4; white-space: pre-wrap; overflow-wrap: anywhere;
}
"""

_STYLE = """
.patchviz-scrubber .patchviz-readout { font-variant-numeric: tabular-nums; }
.patchviz-scrubber .patchviz-title { font-weight: 600; }
.patchviz-scrubber :is(.patchviz-readout, .patchviz-title) .widget-html-content {
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
@media (max-width: 640px) { /* two lines, full or not: the picture stays in place */
  .patchviz-scrubber .patchviz-readout .widget-html-content {
    min-height: 2.8em; height: auto; line-height: 1.4;
    white-space: normal; overflow-wrap: anywhere;
  }
  .patchviz-scrubber .patchviz-readout { height: auto; }
}
"""


class Canvas(anywidget.AnyWidget):
    """The picture of a scrubber, drawn by the browser from one texture.

    Parameters
    ----------
    player : Player
        What it plays.
    parts : mapping of str to ipywidgets.Widget
        What it moves and is moved by: the ``box`` that has the traits, ``slider``, ``play`` and
        ``readout``. They must be there before it is.
    shown : bool
        Whether it has a picture; without, it is a clock and its buttons.
    width : str
        The most it takes, in CSS units.
    """

    _esm = LOADER % hashlib.sha256(scrubber_module().encode()).hexdigest()[:8]
    _css = _STYLE + MESSAGE
    library = traitlets.Bytes().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    tiles = traitlets.List(traitlets.Bytes()).tag(sync=True)
    sound = traitlets.Dict().tag(sync=True)
    parts = traitlets.Dict().tag(sync=True, **ipywidgets.widget_serialization)
    shown = traitlets.Bool().tag(sync=True)

    def __init__(
        self, player: Player, parts: Mapping[str, ipywidgets.Widget], *, shown: bool, width: str
    ) -> None:
        super().__init__(
            library=compressed(scrubber_module()),
            parts=dict(parts),
            shown=shown,
            layout=ipywidgets.Layout(
                width="auto", max_width=width, height="auto", margin="0", overflow="hidden"
            ),
            state=player.state,
            tiles=list(player.tiles),
            sound=sound_of(player),
        )

    def show(self, player: Player) -> None:
        """Show another player's picture; the browser gets what is new in it."""
        with self.hold_sync():
            self.state = player.state
            self.sound = sound_of(player)
            tiles = list(player.tiles)
            if tiles != self.tiles and [*map(_cells, player.tiles)] != [*map(_cells, self.tiles)]:
                self.tiles = tiles

    @property
    def nbytes(self) -> int:
        """What the browser gets, once: texture, sound and script, in bytes."""
        return sum(map(len, self.tiles)) + len(self.sound.get("data", b"")) + len(self.library)


def sound_of(player: Player) -> dict[str, Any]:
    """Return the sound of a player as its page gets it; empty without one."""
    sound = player.sound
    return {} if sound is None else {"type": sound.media_type, "data": sound.data}


def _cells(tile: bytes) -> bytes:
    """Return what a tile says about cells: all of it but the palette, which is in the state."""
    return tile[tile.find(b"IDAT") :]
