"""The script of a page, compressed: text that unpacks itself, and runs.

Every page of a player brings its whole script along, and a notebook with each of its outputs, live
or saved. Compressed it takes two fifths, or as bytes three tenths; browsers that show the picture
can unpack it (``static/unpack.js``).
"""

from __future__ import annotations

import base64
import functools
import re
import zlib

__all__ = ["compressed", "pack", "unpack"]

_PLACE = '"@packed"'
_PACKED = re.compile(r'\("([A-Za-z0-9+/]+=*)", document\.currentScript\);')


@functools.cache
def compressed(script: str) -> bytes:
    """Return a script as bytes that browsers know as ``"deflate"``."""
    return zlib.compress(script.encode(), 9)


def pack(script: str, loader: str) -> str:
    """Return a script that runs `script`: the loader, with what it is to run."""
    packed = base64.b64encode(compressed(script)).decode()
    return loader.replace(_PLACE, f'"{packed}"')


def unpack(script: str) -> str | None:
    """Return the script that a packed one runs; None of any other."""
    found = _PACKED.search(script)
    return found and zlib.decompress(base64.b64decode(found[1])).decode()
