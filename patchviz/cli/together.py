"""Several recordings: a page with a player for each, one below the other."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import Any

from .._util.files import are_one, check_writable
from .._util.text import plain
from .._util.validation import check_file
from ..errors import InvalidValueError
from .arguments import say
from .checks import check, given
from .many import (
    recordings_of,
    refuse_numbered_stops,
    refuse_options,
    refuse_unread,
    refuse_what_is_no_file,
)
from .messages import tell, warnings_said

__all__ = ["write_together"]

# What is of one recording, or of pictures, films and sites.
_OF_ONE = ("-n", "--tlim", "--mark", "--from", "--to", "--jobs", "--dask")


def write_together(options: argparse.Namespace) -> Path:
    """Write the page that the arguments ask for."""
    files: list[str] = options.files
    out = _output_of(options)
    refuse_options(options, _OF_ONE, f"{len(files)} recordings")
    refuse_numbered_stops(options, f"{len(files)} recordings")
    check(options, ".html")

    from ..recordings.names import unique_ends
    from ..web.making import player
    from ..web.page import page

    tell(f"reading {len(files)} recordings ...")
    with warnings_said():
        recordings = recordings_of(options, files)
        refuse_unread(recordings)
        say(str(recordings), sys.stdout)
        look: dict[str, Any] = {"cmap": options.cmap, "clim": options.clim, "flim": options.flim}
        look |= {"reduce": options.reduce, "audio": not options.no_audio, **given(options)}
        players = [
            player(recordings.patches(row), title=plain(name), **look)
            for row, name in enumerate(unique_ends(recordings._table.paths))
        ]
        return page(players, out)


def _output_of(options: argparse.Namespace) -> Path:
    """Return the page to write, checked before anything slow begins."""
    refuse_what_is_no_file(options.files)
    if options.out is None:
        raise InvalidValueError(
            f"{len(options.files)} recordings come onto one page. Say where it is to be, such as "
            "--out page.html."
        )
    out = check_file("out", options.out, example="page.html")
    if out.suffix.lower() != ".html":
        raise InvalidValueError(
            f"--out {shlex.quote(str(out))}: {len(options.files)} recordings come onto one page. "
            "Name an .html, or one recording."
        )
    for file in options.files:
        if are_one(file, out):
            raise InvalidValueError(f"--out {out} is a recording itself. Give another name.")
    check_writable(out)
    return out
