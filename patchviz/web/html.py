"""HTML that carries a player: one fragment for anywhere, one page of its own."""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from ..audio.encode import Sound

__all__ = [
    "Fragment",
    "compact",
    "data_uri",
    "fragment",
    "page",
    "player_module",
    "static_text",
]

# In the order in which they need one another.
_MODULES = (
    *("cells.js", "clock.js", "framing.js", "time.js", "parts.js", "theme.js"),
    *("captions.js", "known.js", "display.js", "gestures.js", "player.js", "element.js"),
)

# Tells the MathJax of notebooks and documentation that a $ in a name is no mathematics.
_LITERAL = "tex2jax_ignore mathjax_ignore"

# What a saved page may do: run what is in it, and load nothing at all.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; media-src data:"
)


def static_text(name: str) -> str:
    """Return one of the scripts and stylesheets."""
    return resources.files(__package__).joinpath("static", name).read_text("utf-8")


# In our own scripts and stylesheets, where none of these stands in a text: /* ... */ anywhere
# (types, as JSDoc has them, are such comments), and // on a line of its own or after a statement.
_COMMENT = re.compile(
    r"/\*\*?\s.*?\*/ ?|(?:^|(?<=[;,{])) *//(?: [^\n]*)?$", re.DOTALL | re.MULTILINE
)


def compact(text: str) -> str:
    """Leave out comments, indents and blank lines.

    Markdown would take an indented line for code, and a blank one for the end of the HTML.
    """
    lines = (line.strip() for line in _COMMENT.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)


@functools.cache
def _player() -> tuple[str, str]:
    """Return the player's code, stylesheet included, and the names that it gives others."""
    joined = "\n".join(static_text(name) for name in _MODULES)
    names = re.findall(r"^export (\{.*\});$", joined, re.MULTILINE)[-1]
    code = re.sub(r"^(import|export) .*;$", "", joined, flags=re.MULTILINE)
    style = compact(static_text("player.css"))  # of which even spaces count
    style = re.sub(r"\s*([{};])\s*|(?<=:) +", r"\1", style).replace("\n", " ")
    return compact(code).replace('"@player.css"', json.dumps(style)), names


def player_module() -> str:
    """Return the player as one ES module, stylesheet included.

    It exports ``mount``, ``audioFromBytes``, ``definePlayer`` and ``PatchvizPlayer`` (see
    ``static/player.js`` and ``element.js``), and has no other names: code can be appended to it.
    """
    code, names = _player()
    return f"const {names} = (() => {{\n{code}\nreturn {names};\n}})();\nexport {names};\n"


@functools.cache
def _script() -> tuple[str, str]:
    """Return the name of the player's element and the script that defines it."""
    code, _ = _player()
    # Pages may hold players of several versions: what differs has another name.
    name = f"patchviz-player-{hashlib.sha256(code.encode()).hexdigest()[:8]}"
    # A classic script, because some viewers run no modules.
    return name, f'(() => {{\n"use strict";\n{code}\ndefinePlayer("{name}");\n}})();'


def least_size() -> int:
    """Return how many bytes a player takes at least: its script."""
    return len(_script()[1].encode())


def data_uri(data: bytes, media_type: str) -> str:
    """Return bytes as a URI that holds them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _script_json(value: Any) -> str:
    """Return JSON that cannot end the script element it lies in."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)  # ASCII only
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@dataclasses.dataclass(frozen=True)
class Fragment:
    """A player as HTML that can stand anywhere in a page, any number of times.

    Attributes
    ----------
    markup : str
        The player's element; without the script it is a still picture, and the sound.
    script : str
        What brings it to life.
    """

    markup: str
    script: str

    def __str__(self) -> str:
        return f"{self.markup}\n<script>\n{self.script}\n</script>"


def fragment(
    state: Mapping[str, Any],
    tiles: Sequence[bytes],
    tile_widths: Sequence[int],
    sound: Sound | None,
    *,
    caption: str,
    max_width: int | None,
) -> Fragment:
    """Return a player as HTML.

    The picture lies in it as ordinary images, so that viewers that run no scripts show it; the
    script takes the same images for its texture.

    Parameters
    ----------
    state : mapping
        What ``static/player.js`` needs to know (see `patchviz.player`).
    tiles : sequence of bytes
        The picture's files from left to right.
    tile_widths : sequence of int
        Their widths in pixels.
    sound : Sound, optional
    caption : str
        What stands under the still picture.
    max_width : int, optional
        In CSS pixels.
    """
    name, script = _script()
    image = state["image"]
    alt = html.escape(state["alt"])
    images = "".join(
        f'<img src="{data_uri(tile, image["type"])}" width="{width}" height="{image["height"]}" '
        f'alt="{alt if i == 0 else ""}" style="flex:{width} 1 0;width:100%;min-width:0;height:100%;'
        'max-width:none;margin:0;image-rendering:pixelated">'
        for i, (tile, width) in enumerate(zip(tiles, tile_widths, strict=True))
    )
    audio = ""
    if sound is not None:
        source = data_uri(sound.data, sound.media_type)
        audio = f'<audio controls preload="auto" src="{source}"></audio>\n'
    style = "display:block" + (f";max-width:{max_width}px" if max_width else "")
    return Fragment(
        f'<{name} class="patchviz-player {_LITERAL}" style="{style}">\n'
        '<figure style="margin:0">\n'
        f'<div style="display:flex;height:240px">{images}</div>\n'
        f"<figcaption>{html.escape(caption)}</figcaption>\n</figure>\n{audio}"
        f'<script type="application/json">{_script_json(state)}</script>\n'
        f"</{name}>",
        script,
    )


def page(title: str, content: str) -> str:
    """Return a whole page that shows `content`, an HTML fragment."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="patchviz">
<title>{html.escape(title)}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; padding: 16px; max-width: 1200px; background: #fff; color: #1d2127;
  font: 14px/1.4 system-ui, sans-serif; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #14171b; color: #e8eaed; }} }}
@media print {{ :root {{ color-scheme: light; }} body {{ background: none; color: #000; }} }}
</style>
</head>
<body>
<main>
{content}
</main>
</body>
</html>
"""
