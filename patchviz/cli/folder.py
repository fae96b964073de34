"""A folder of recordings: a site with a page for each."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._util.text import one_line, plural
from .._util.validation import check_int
from ..errors import InvalidValueError, NoRecordingError, Part, parts_of, said_by
from .arguments import NO_FOLDER, PICTURES, TABLE, say, spell
from .checks import check, given
from .many import recordings_of, refuse_numbered_stops, refuse_options
from .messages import tell, warnings_said

if TYPE_CHECKING:
    from ..recordings.recordings import Recordings

__all__ = ["write_site"]

# What is of one recording, or of pictures and films.
_OF_ONE = ("-n", "--tlim", "--mark", "--from", "--to", "--assets", "--max-bytes")


def write_site(options: argparse.Namespace) -> Path:
    """Write the site that the arguments ask for, and return its index."""
    folder = _output_of(options)
    refuse_options(options, _OF_ONE, "a folder, of which each recording has a page")
    refuse_numbered_stops(options, "a folder's recordings")
    if options.jobs is not None:
        check_int("jobs", options.jobs, minimum=1)
        if options.dask is not None:
            raise InvalidValueError(
                f"--jobs {options.jobs} has no use with --dask, whose workers say how many work at "
                "once. Leave it out."
            )
    check(options, ".html")

    from ..web.site import Site

    tell(f"reading {options.file} ...")
    recordings, why = _recordings_of(options)
    look = {"cmap": options.cmap, "clim": options.clim, "flim": options.flim}
    player = {name: value for name, value in look.items() if value is not None}
    player |= {"reduce": options.reduce, "audio": not options.no_audio, **given(options)}
    with warnings_said():
        site = Site(recordings, Path(options.file), folder, player, spell)
        with _client(options.dask) as client:
            made = site.write(jobs=options.jobs, client=client)
    if not made.n_made + made.n_kept:
        raise InvalidValueError(*why, f" {shlex.quote(str(made.index))} says why of each.")
    failed = f", {made.n_failed:,} failed" if made.n_failed else ""
    removed = ""
    if made.n_removed:
        removed = f", {made.n_removed:,} removed, of recordings that are not there any more"
    pages = f"{plural(made.n_made, 'page')} made, {made.n_kept:,} kept{failed}{removed}"
    say(one_line(f"wrote {made.index}: {pages}"), sys.stdout)
    return made.index


def _recordings_of(options: argparse.Namespace) -> tuple[Recordings, tuple[Part, ...]]:
    """Return the recordings, and what is said where none of them has a page."""
    try:
        with warnings_said():
            recordings = recordings_of(options, options.file)
    except NoRecordingError as error:
        return error.recordings, parts_of(said_by(error))
    say(str(recordings), sys.stdout)
    return recordings, ("all recordings failed.",)


def _output_of(options: argparse.Namespace) -> Path:
    """Return the folder to write to."""
    if options.out is None:
        raise InvalidValueError(
            f"FILE {shlex.quote(options.file)} is a folder. Say where its site is to be, such as "
            "--out site, or name a sound file in it."
        )
    out = Path(options.out)
    if os.path.exists(out) and not os.path.isdir(out):
        raise InvalidValueError(
            f"--out {shlex.quote(options.out)} is a file, and a folder of recordings becomes a "
            "site. Name a folder, such as --out site."
        )
    if out.suffix.lower() in NO_FOLDER and not os.path.exists(out):
        raise InvalidValueError(
            f"--out {shlex.quote(options.out)} is called as a file is, and a folder of recordings "
            "becomes a site. Name a folder, such as --out site, or one recording; with --stops "
            f"mistakes those of all become a picture or a table: {', '.join((*PICTURES, TABLE))}."
        )
    source, target = Path(options.file).resolve(), out.resolve()
    if target == source or source in target.parents:
        raise InvalidValueError(
            f"--out {shlex.quote(options.out)} lies in the folder of the recordings, where its "
            "sounds would be found the next time. Name another, such as --out "
            f"{shlex.quote(os.path.relpath(source.parent / (source.name + '-site')))}."
        )
    return out


@contextlib.contextmanager
def _client(address: str | None) -> Iterator[Any]:
    """Yield the client of a scheduler, if one is named."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise InvalidValueError(
            f"--dask {shlex.quote(address)} needs Dask, which is not installed. "
            'pip install "patchviz-audio[dask]" brings it.'
        ) from error
    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        raise InvalidValueError(
            f"--dask {shlex.quote(address)}: there is no scheduler ({one_line(str(error))}). "
            "Start one: dask scheduler."
        ) from error
    with client:
        yield client
