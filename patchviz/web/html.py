"""HTML that carries a player: one fragment for anywhere, one page of its own."""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import resources
from typing import Any, TypeAlias

from ..audio.encode import Sound
from .packed import pack, unpack
from .texture import TILE_WIDTH

__all__ = [
    "Embed",
    "Fragment",
    "compact",
    "data_uri",
    "embedded",
    "fragment",
    "page",
    "page_script",
    "player_module",
    "recordings_fragment",
    "script_json",
    "scrubber_module",
    "sheet_fragment",
    "sheet_script",
    "source",
    "static_text",
    "widget_module",
]

# In the order in which they need one another.
_MODULES = (
    *(
        "framing.js",
        "cells.js",
        "view.js",
        "axis.js",
        "files.js",
        "clock.js",
        "time.js",
        "keys.js",
        "events.js",
    ),
    *(
        "links.js",
        "padding.js",
        "parts.js",
        "theme.js",
        "captions.js",
        "contrast.js",
        "known.js",
        "apart.js",
        "lanes.js",
    ),
    *(
        "display.js",
        "gestures.js",
        "zoom.js",
        "copy.js",
        "room.js",
        "measure.js",
        "lanegestures.js",
    ),
    *(
        "table.js",
        "samples.js",
        "wav.js",
        "picture.js",
        "take.js",
        "graph.js",
        "sound.js",
        "tuning.js",
        "region.js",
        "mixing.js",
    ),
    *("buttons.js", "player.js"),
    "pagekeys.js",
    "told.js",
    "element.js",
)

# Players of which one is chosen.
_CHOOSING_MODULES = (*_MODULES, "choosing.js")

# A sheet opens its patches in players.
_SHEET_MODULES = (
    *_MODULES,
    *(
        "namekeys.js",
        "picks.js",
        "order.js",
        "tilecaptions.js",
        "tiles.js",
        "recording.js",
        "opened.js",
        "sheetparts.js",
        "sheet.js",
    ),
    "sheetelement.js",
)

# A page has any of them.
_PAGE_MODULES = (*_SHEET_MODULES, "choosing.js", "linked.js", "page.js")

# Of the player.
_STYLES = ("player.css", "lanes.css", "tuning.css", "zoom.css", "contrast.css", "room.css")

# Tells the MathJax of notebooks and documentation that a $ in a name is no mathematics.
_LITERAL = "tex2jax_ignore mathjax_ignore"

# What a saved page may do: run what is in it, and load nothing at all.
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; style-src-attr {attributes}; "
    "img-src data:{own}; media-src data:{heard}{fetched}"
)


def static_text(name: str) -> str:
    """Return one of the scripts and stylesheets."""
    return resources.files(__package__).joinpath("static", name).read_text("utf-8")


# In our own scripts and stylesheets, where none of these stands in a text: /* ... */ anywhere
# (types, as JSDoc has them, are such comments), and // on a line of its own or after a statement.
_COMMENT = re.compile(
    r"/\*\*?\s.*?\*/ ?|(?:^|(?<=[;,{])) *//(?: [^\n]*)?$", re.DOTALL | re.MULTILINE
)

# A name that has a type is in brackets.
_CAST = re.compile(r"/\*\* @type (?:(?!\*/)[^\n])*\*/ \(([\w.#$]+)\)")


def compact(text: str) -> str:
    """Leave out comments, indents and blank lines.

    Markdown would take an indented line for code, and a blank one for the end of the HTML.
    """
    text = _COMMENT.sub("", _CAST.sub(r"\1", text))
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


@functools.cache
def _joined(modules: tuple[str, ...] = _MODULES) -> tuple[str, str]:
    """Return the code of modules, stylesheets included, and the names that it gives others."""
    joined = "\n".join(static_text(name) for name in modules)
    names = re.findall(r"^export (\{.*\});$", joined, re.MULTILINE)[-1]
    code = compact(re.sub(r"^(import|export) .*;$", "", joined, flags=re.MULTILINE))
    return re.sub(r'"@(\w+\.css)"', lambda found: json.dumps(_style(found[1])), code), names


@functools.cache
def _style(name: str) -> str:
    """Return a stylesheet that a script puts onto a page; even its spaces count."""
    names = _STYLES if name == _STYLES[0] else (name,)
    style = "\n".join(compact(static_text(name)) for name in names)
    return re.sub(r"\s*([{};])\s*|(?<=:) +", r"\1", style).replace("\n", " ")


@functools.cache
def _module(modules: tuple[str, ...]) -> str:
    code, names = _joined(modules)
    return f"const {names} = (() => {{\n{code}\nreturn {names};\n}})();\nexport {names};\n"


# What connects widgets of Jupyter with Python, and its last names with whoever loads it.
_SCRUBBER_MODULES = (
    *_MODULES,
    *("namekeys.js", "picks.js", "picked.js", "triage.js", "scrubber.js"),
)
_WIDGET_MODULES = (*_SHEET_MODULES, "picked.js", "sheetwidget.js")


def player_module() -> str:
    """Return the player as one ES module, stylesheet included.

    It exports ``mount``, ``audioFromBytes``, ``definePlayer`` and ``PatchvizPlayer`` (see
    ``static/player.js`` and ``element.js``), and has no other names: code can be appended to it.
    """
    return _module(_MODULES)


def scrubber_module() -> str:
    """Return the player, and what connects it to a scrubber in Python (``static/scrubber.js``)."""
    return _module(_SCRUBBER_MODULES)


def widget_module() -> str:
    """Return the sheet, and what connects it to one in Python (``static/sheetwidget.js``)."""
    return _module(_WIDGET_MODULES)


def _packed(code: str) -> str:
    # A classic script, because some viewers run no modules.
    return pack(f'(() => {{\n"use strict";\n{code}\n}})();', compact(static_text("unpack.js")))


def _named(kind: str, code: str) -> str:
    # Pages may hold players of several versions: what differs has another name.
    return f"patchviz-{kind}-{hashlib.sha256(code.encode()).hexdigest()[:8]}"


@functools.cache
def _script() -> tuple[str, str]:
    """Return the name of the player's element and the script that defines it."""
    code, _ = _joined()
    name = _named("player", code)
    return name, _packed(f'{code}\ndefinePlayer("{name}");')


@functools.cache
def _choosing_script() -> tuple[str, str]:
    """Return the name of the element that has several players, and what defines it and these."""
    code, _ = _joined(_CHOOSING_MODULES)
    player, name = _script()[0], _named("recordings", code)
    return name, _packed(f'{code}\ndefinePlayer("{player}");\ndefineChoosing("{name}");')


@functools.cache
def _sheet_script() -> tuple[str, str]:
    """Return the name of the sheet's element, and the script that defines it and the player's."""
    code, _ = _joined(_SHEET_MODULES)
    player, name = _script()[0], _named("sheet", code)
    return name, _packed(f'{code}\ndefinePlayer("{player}");\ndefineSheet("{name}");')


@functools.cache
def page_script() -> str:
    """Return the script of a page that holds players, sheets and what links them."""
    code, _ = _joined(_PAGE_MODULES)
    names = _script()[0], _choosing_script()[0], _sheet_script()[0]
    return _packed(f"{code}\ndefineAll({', '.join(map(json.dumps, names))});")


def least_size() -> int:
    """Return how many bytes a player takes at least: its script."""
    return len(_script()[1].encode())


def data_uri(data: bytes, media_type: str) -> str:
    """Return bytes as a URI that holds them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


# Returns the attribute of an element that shows or plays some bytes of a media type.
Embed: TypeAlias = Callable[[bytes, str], str]


def embedded(data: bytes, media_type: str) -> str:
    """Return the attribute of an element that holds what it shows or plays."""
    return f'src="{data_uri(data, media_type)}"'


def script_json(value: Any) -> str:
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
    sound: Sound | None,
    *,
    caption: str,
    max_width: int | None,
    embed: Embed = embedded,
    preload: str = "auto",
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
    sound : Sound, optional
    caption : str
        What stands under the still picture.
    max_width : int, optional
        In CSS pixels.
    embed : callable
        How bytes come onto the page.
    preload : {"auto", "metadata"}
        How much of the sound is loaded before it plays.
    """
    name, script = _script()
    style = "display:block" + (f";max-width:{max_width}px" if max_width else "")
    content = source(state, tiles, sound, caption=caption, embed=embed, preload=preload)
    markup = f'<{name} class="patchviz-player {_LITERAL}" style="{style}">\n{content}</{name}>'
    return Fragment(markup, script)


def source(
    state: Mapping[str, Any],
    tiles: Sequence[bytes],
    sound: Sound | None,
    *,
    caption: str,
    embed: Embed = embedded,
    preload: str = "auto",
) -> str:
    """Return a still picture, its sound and what is said of them: what players and sheets need."""
    image = state["image"]
    widths = [min(TILE_WIDTH, image["width"] - k * TILE_WIDTH) for k in range(len(tiles))]
    alt = html.escape(state["alt"])
    images = "".join(
        f'<img {embed(tile, image["type"])} width="{width}" height="{image["height"]}" '
        f'alt="{alt if i == 0 else ""}" style="flex:{width} 1 0;width:100%;min-width:0;height:100%;'
        'max-width:none;margin:0;image-rendering:pixelated">'
        for i, (tile, width) in enumerate(zip(tiles, widths, strict=True))
    )
    audio = ""
    if sound is not None:
        bytes_of = embed(sound.data, sound.media_type)
        audio = f'<audio controls preload="{preload}" {bytes_of}></audio>\n'
    return (
        '<figure style="margin:0">\n'
        f'<div style="display:flex;height:240px">{images}</div>\n'
        f"<figcaption>{html.escape(caption)}</figcaption>\n</figure>\n{audio}"
        f'<script type="application/json">{script_json(state)}</script>\n'
    )


def sheet_fragment(state: Mapping[str, Any], sources: Sequence[str]) -> Fragment:
    """Return a sheet as HTML, of what `source` returned and what ``static/sheet.js`` is told."""
    name, script = _sheet_script()
    content = "".join(f"<div>\n{one}</div>\n" for one in sources)
    return Fragment(
        f'<{name} class="patchviz-sheet {_LITERAL}" style="display:block">\n{content}'
        f'<script type="application/json">{script_json(state)}</script>\n</{name}>',
        script,
    )


def recordings_fragment(
    told: Mapping[str, Any], sources: Sequence[str], *, max_width: int | None
) -> Fragment:
    """Return players as HTML of which one is chosen, of what `source` returned for each.

    Without the script all of them are still pictures, one below the other.
    """
    name, script = _choosing_script()
    style = "display:flex;flex-direction:column"
    style += f";max-width:{max_width}px" if max_width else ""
    content = "".join(f"<div>\n{one}</div>\n" for one in sources)
    told = {**told, "player": _script()[0]}
    return Fragment(
        f'<{name} class="patchviz-recordings {_LITERAL}" style="{style}">\n{content}'
        f'<script type="application/json">{script_json(told)}</script>\n</{name}>',
        script,
    )


def sheet_script() -> str:
    """Return the script of a sheet."""
    return _sheet_script()[1]


def _hashes(texts: Iterable[str]) -> str:
    """Return what a Content-Security-Policy calls these scripts or styles."""
    digests = (hashlib.sha256(text.encode()).digest() for text in dict.fromkeys(texts))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _policy(content: str, beside: bool) -> str:
    """Return the Content-Security-Policy of a page: its own scripts and styles, by their hashes."""
    scripts = re.findall(r"<script>(.*?)</script>", content, re.DOTALL)
    scripts += [inner for text in scripts if (inner := unpack(text)) is not None]
    markup = re.sub(r"<script.*?</script>", "", content, flags=re.DOTALL)
    attributes = [html.unescape(text) for text in re.findall(r' style="([^"]*)"', markup)]
    # Those that scripts put onto the page.
    of_player, of_sheet = _style(_STYLES[0]), _style("sheet.css")
    # Files beside the page; and of a sound a part is fetched, or all of it is, and held.
    own = " 'self'" if beside else ""
    has_sheet = any(json.dumps(of_sheet) in script for script in scripts)
    styles = [_PAGE_STYLE, of_player, of_player + _style("choosing.css")]
    styles += [of_player + of_sheet] * has_sheet
    styles += re.findall(r"<style>(.*?)</style>", markup, re.DOTALL)
    return _POLICY.format(
        scripts=(_hashes(scripts) or "'none'") + own,
        own=own,
        heard=f"{own} blob:" if beside else "",
        fetched="; connect-src 'self'" if beside else "",
        styles=_hashes(styles),
        attributes=f"'unsafe-hashes' {_hashes(attributes)}" if attributes else "'none'",
    )


_PAGE_STYLE = """
:root { color-scheme: light dark; --ground: #fff; }
body { margin: 0 auto; padding: 16px; max-width: 1200px; background: var(--ground); color: #1d2127;
  font: 14px/1.4 system-ui, sans-serif; }
h1 { margin: 0 0 16px; font-size: 20px; unicode-bidi: isolate; overflow-wrap: anywhere; }
.alone { box-sizing: border-box; max-width: max(1200px, 170vh); min-height: 100vh;
  --patchviz-hint: block; }
.alone main { display: flex; flex-direction: column; height: calc(100vh - 32px); }
.alone main > p { margin: 0 0 8px; }
.alone .patchviz-player, .alone .patchviz-recordings { flex: 1 0 auto; --patchviz-least: 160px; }
.alone .patchviz-sheet { flex: 1 1 0; min-height: 400px;
  --patchviz-rest: 1 1 0; --patchviz-room: none; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; } body { color: #e8eaed; } }
@media print { :root { color-scheme: light; --ground: none; } body { color: #000; }
  .alone main { height: auto; } audio { display: none; } }
"""


def page(title: str, content: str, *, alone: bool = False, beside: bool = False) -> str:
    """Return a whole page that shows `content`, an HTML fragment.

    A player that is `alone` on it, but for a line above it, is as high as the window, and says its
    main keys; so is a sheet. Some of it may lie in files `beside` it.
    """
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(content, beside)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="patchviz">
<title>{html.escape(title)}</title>
<style>{_PAGE_STYLE}</style>
</head>
<body class="patchviz-page{" alone" if alone else ""}">
<main>
{content}
</main>
</body>
</html>
"""
