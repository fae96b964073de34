"""What went wrong, said where people look: of what a click leads to, nobody else shows it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from ..errors import said_by, shorten, shown

__all__ = ["Teller", "failed"]


class Teller:
    """Shows errors until what they are about goes well.

    Parameters
    ----------
    show : callable
        Called with the texts of all that is wrong, whenever that changes.
    """

    def __init__(self, show: Callable[[list[str]], object]) -> None:
        self._show = show
        self._said: dict[str, str] = {}
        self._within = 0  # how many contexts
        self._failed: tuple[Exception, str] | None = None  # on its way out of them; about what

    def say(self, text: str, about: str = "") -> None:
        """Say what went wrong about something, or with an empty text that nothing did."""
        if self._said.get(about, "") == text:
            return
        self._said[about] = text
        self._show([*filter(None, self._said.values())])

    @contextlib.contextmanager
    def telling(self, before: str = "", after: str = "", *, about: str = "") -> Iterator[None]:
        """Show an error of this context too, but of one within it, which has said what of."""
        self._within += 1
        try:
            yield
        except Exception as error:
            if self._failed is None or self._failed[0] is not error:
                self._failed = error, about
                self.say(before + shorten(said_by(error)) + after, about)
            elif self._failed[1] != about:
                self.say("", about)
            raise
        else:
            self.say("", about)
        finally:
            self._within -= 1
            if not self._within:
                self._failed = None  # which would hold all that it went through


def failed(name: str, value: object) -> str:
    """Say that of a new value somebody was told, and failed; what went wrong follows."""
    what = f"patch {value}" if name == "index" else f"{name}={shown(value)}"
    return f"Of {what} somebody was told, and failed: "
