"""Groups of patches as a shell or a page of documentation names them."""

from __future__ import annotations

from ..errors import Argument, InvalidValueError

__all__ = ["marks_from"]

_MOST = 10_000_000  # patches in a span: a typing error is told before it fills the memory


def marks_from(text: str) -> dict[str, list[int]]:
    """Return groups by name, from text such as ``train=0:80; test=90,95:107``.

    A span has its first patch and ends before its last number, as a slice of Python does.
    """
    groups: dict[str, list[int]] = {}
    for part in text.split(";"):
        name, is_there, listed = (word.strip() for word in part.rpartition("="))
        try:
            if not (name and is_there) or name in groups:
                raise ValueError
            groups[name] = [index for one in listed.split(",") for index in _positions(one)]
        except (ValueError, OverflowError):
            raise InvalidValueError(
                Argument("mark", text),
                " is not allowed",
                allowed="names, each once, with positions of patches or spans of them, such as "
                "train=0:80; test=90,95:107",
            ) from None
    return groups


def _positions(text: str) -> range:
    first, is_span, stop = text.partition(":")
    found = range(int(first), int(stop) if is_span else int(first) + 1)
    if not 0 < len(found) <= _MOST:
        raise ValueError
    return found
