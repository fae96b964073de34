"""The ``patchviz`` command: what it does, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
import warnings
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from .._util.files import check_writable
from .._util.text import one_line
from ..errors import PatchvizError
from .arguments import parsed, say, spell
from .checks import check, output_of
from .folder import write_site
from .messages import fail
from .mistakes import are_asked, write_mistakes_of_many
from .recording import carve, write
from .tables import read_known
from .together import write_together

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the ``patchviz`` command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        Exit code: 0 when the output was written, 1 if it could not be, 2 for bad input, 128 and the
        number of the signal when it was stopped.
    """
    doing, name = "write", "standard output"
    try:
        options = parsed(sys.argv[1:] if arguments is None else arguments)
        options.file = options.files[0] if options.files else None
        is_folder = len(options.files) == 1 and os.path.isdir(options.file)
        is_site = is_folder and not are_asked(options)
        if is_folder or len(options.files) > 1:
            name = str(options.out)
            if are_asked(options):
                out = write_mistakes_of_many(options)
            else:
                out = write_site(options) if is_folder else write_together(options)
        else:
            out = output_of(options)
            name = str(out)
            check_writable(out)
            check(options, out.suffix.lower())
            read_known(options)
            doing, name = "read", options.file or "the embedded clip"
            patches = carve(options)
            doing, name = "write", str(out)
            say(str(patches), sys.stdout)
            write(patches, out, options)
        if not is_site:  # which has said how many pages it has
            say(_wrote(out), sys.stdout)
    except PatchvizError as error:
        return fail(error.render(spell), 2)
    except OSError as error:
        return fail(f"cannot {doing} {error.filename or name}: {error.strerror or error}", 1)
    except KeyboardInterrupt as stop:  # by Ctrl-C, or by the signal that it names
        warnings.simplefilter("ignore")  # what is left half done has nothing to say
        return fail("stopped", 128 + int(stop.args[0] if stop.args else signal.SIGINT))
    if options.open and not webbrowser.open(out.resolve().as_uri()):
        return fail(f"found no program to open it with; open {out} in a browser", 1)
    return 0


def _wrote(out: Path) -> str:
    return one_line(f"wrote {out} ({out.stat().st_size / 1000:,.0f} kB)")
