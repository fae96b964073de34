"""``python -m patchviz`` and the ``patchviz`` command: they can be stopped at any time."""

import _thread
import contextlib
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

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
    before, sys.unraisablehook = sys.unraisablehook, _not_lost
    try:
        from .cli import main

        return main()
    except KeyboardInterrupt as stop:
        with contextlib.suppress(OSError, AttributeError):  # nobody may be there to be told
            print("patchviz: stopped", file=sys.stderr, flush=True)
        return 128 + int(stop.args[0] if stop.args else signal.SIGINT)
    finally:
        sys.unraisablehook = before


def _stop(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)


def _not_lost(ignored: "UnraisableHookArgs") -> None:
    """Interrupt once more where Python ignores it, as while an object is deleted."""
    stop = ignored.exc_value
    if isinstance(stop, KeyboardInterrupt):
        number = int(stop.args[0] if stop.args else signal.SIGINT)
        # Not at once, or it comes within this call and is ignored as well.
        again = threading.Timer(0.05, _interrupt, (number,))
        again.daemon = True  # who is done by then has nothing left to stop
        again.start()
    else:
        sys.__unraisablehook__(ignored)


def _interrupt(number: int) -> None:
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)  # which ends its waiting, too
    else:
        _thread.interrupt_main(signal.Signals(number))


if __name__ == "__main__":
    sys.exit(main())
