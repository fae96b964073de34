"""What stands in a saved notebook where no kernel runs."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ..web.html import compact, data_uri, script_json, static_text

if TYPE_CHECKING:
    from ..web.html import Fragment
    from ..web.player import Player

__all__ = ["saved_figure", "saved_fragment", "saved_now", "saved_player"]

_STILL_WIDTH = 1280  # pixels


def saved_player(
    player: Player, model_id: str, note: str = "", **options: object
) -> dict[str, str]:
    """Return what is shown of a scrubber where no kernel runs, by media type.

    Parameters
    ----------
    player : Player
    model_id : str
        The widget's: where that is seen, this is not.
    note : str
        What is said above it.
    **options
        What has changed since the player was made: ``index``, ``loop``, ``speed``.
    """
    # No other recording can be chosen there.
    state = {**player.state, "elsewhere": False, "options": {**player.state["options"], **options}}
    now = type(player)(
        player.patches, state, player.tiles, player.sound, scale=player.scale, max_width=None
    )
    saved = saved_fragment(now.fragment, model_id, note)
    return saved | {"image/png": _base64(_still(player))}


def saved_fragment(fragment: Fragment, model_id: str, note: str = "") -> dict[str, str]:
    """Return what is shown of a widget where no kernel runs, its page, by media type."""
    said = f"<p>{html.escape(note)}</p>\n" if note else ""
    # The script waits until it is needed.
    script = f'<script type="text/plain">\n{fragment.script}\n</script>'
    content = f"{said}{fragment.markup}\n{script}"
    return {"text/html": _with_script(content, model_id)}


def saved_now(state: Mapping[str, object], model_id: str) -> dict[str, str]:
    """Return what has changed since of what is saved of a widget, for an output of its own."""
    content = script_json(state)
    script = f'<script type="application/json" data-now="{model_id}">{content}</script>'
    return {"text/html": script, "text/plain": ""}


def saved_figure(png: bytes, text: str, model_id: str) -> dict[str, str]:
    """Return the same for a figure, as the PNG file that it is now."""
    image = f'<img src="{data_uri(png, "image/png")}" alt="{html.escape(text)}">'
    return {"text/html": _with_script(image, model_id), "image/png": _base64(png)}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _with_script(content: str, model_id: str) -> str:
    return (
        f'<div class="patchviz-saved" data-scrubber="{model_id}">\n{content}\n</div>\n'
        f"<script>\n{compact(static_text('saved.js'))}\n</script>"
    )


def _still(player: Player) -> bytes:
    """Return the whole spectrogram as one PNG file of moderate width."""
    if len(player.tiles) == 1 and player.state["image"]["type"] == "image/png":
        return player.tiles[0]
    step = -(-player.state["image"]["width"] // _STILL_WIDTH)
    tiles = []
    for tile in player.tiles:
        with Image.open(io.BytesIO(tile)) as image:
            # A lossy tile holds the entries of the palette as shades of grey.
            indices = np.asarray(image if image.mode == "P" else image.convert("L"))
            tiles.append(indices[:, ::step])
    still = Image.fromarray(np.concatenate(tiles, axis=1))
    palette = base64.b64decode(player.state["color"]["palette"])
    still.putpalette(palette, "RGBA")
    file = io.BytesIO()
    still.save(file, "PNG")
    return file.getvalue()
