"""What a notebook needs besides widgets: to know when a cell runs again, and what to save."""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from .page import compact, data_uri, static_text

if TYPE_CHECKING:
    from .player import Player

__all__ = [
    "VIEW_TYPE",
    "after_every_cell",
    "publish",
    "saved_figure",
    "saved_player",
    "when_cell_runs_again",
]

_STILL_WIDTH = 1280  # pixels

VIEW_TYPE = "application/vnd.jupyter.widget-view+json"


def _shell() -> Any:
    """Return IPython's shell if this process has one."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def _running_cell(shell: Any) -> str | None:
    """Return the id of the cell that is running, if the notebook tells."""
    get_parent = getattr(shell, "get_parent", None)
    parent = get_parent() if get_parent is not None else None
    return ((parent or {}).get("metadata") or {}).get("cellId")


def when_cell_runs_again(callback: Callable[[], object]) -> Callable[[], None]:
    """Call a function as soon as the cell that is running now is run again.

    Its outputs are cleared then, and what it displayed can be seen no longer. Where a notebook
    does not say which cell it runs, the function is never called.

    Parameters
    ----------
    callback : callable
        Called without arguments.

    Returns
    -------
    callable
        Call it, without arguments, to forget about it.
    """
    shell = _shell()
    cell = _running_cell(shell)
    if cell is None:
        return lambda: None

    def check(info: Any) -> None:
        if info.cell_id == cell:
            callback()

    return _register(shell, "pre_run_cell", check)


def after_every_cell(callback: Callable[[], object]) -> Callable[[], None]:
    """Call a function whenever a cell has run; return what ends that."""
    shell = _shell()
    return _register(shell, "post_execute", callback) if shell is not None else lambda: None


def _register(shell: Any, event: str, callback: Callable[..., object]) -> Callable[[], None]:
    shell.events.register(event, callback)

    def forget() -> None:
        if callback in shell.events.callbacks[event]:
            shell.events.unregister(event, callback)

    return forget


def publish(bundle: Mapping[str, Any]) -> None:
    """Show a mimebundle in the output of the running cell."""
    from IPython.display import publish_display_data

    publish_display_data(dict(bundle))  # type: ignore[no-untyped-call]


def saved_player(player: Player, index: int, model_id: str) -> dict[str, str]:
    """Return what is shown of a scrubber where no kernel runs, by media type.

    Parameters
    ----------
    player : Player
    index : int
        The patch to begin with.
    model_id : str
        The widget's: where that is seen, this is not.
    """
    state = {**player.state, "options": {**player.state["options"], "index": index}}
    now = type(player)(
        player.patches, state, player.tiles, player.sound, scale=player.scale, max_width=None
    )
    fragment = now.to_html()
    content, _, script = fragment.rpartition("\n<script>\n")
    # The script waits until it is needed.
    content = f'{content}\n<script type="text/plain">\n{script}'
    return {"text/html": _guarded(content, model_id), "image/png": _base64(_still(player))}


def saved_figure(png: bytes, text: str, model_id: str) -> dict[str, str]:
    """Return the same for a figure, as the PNG file that it is now."""
    image = f'<img src="{data_uri(png, "image/png")}" alt="{html.escape(text)}">'
    return {"text/html": _guarded(image, model_id), "image/png": _base64(png)}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _guarded(content: str, model_id: str) -> str:
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
