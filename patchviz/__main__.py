"""``python -m patchviz`` and the ``patchviz`` command: they can be stopped at any time."""

import contextlib
import signal
import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> int:
    """Run the command; who stops it, also while it is being imported, is told so in a line.

    Returns
    -------
    int
        Exit code: that of `patchviz.cli.main`, or 128 and the number of the signal.
    """
    for name in ("SIGTERM", "SIGHUP"):  # by themselves they leave ffmpeg and half a file behind
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)
    try:
        from .cli import main

        return main()
    except KeyboardInterrupt as stop:
        with contextlib.suppress(OSError, AttributeError):  # nobody may be there to be told
            print("patchviz: stopped", file=sys.stderr, flush=True)
        return 128 + int(stop.args[0] if stop.args else signal.SIGINT)


def _stop(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)


if __name__ == "__main__":
    sys.exit(main())
