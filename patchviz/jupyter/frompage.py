"""What pages say of a scrubber, which may be late: of patches that are not shown any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import traitlets

from ..errors import Argument, InvalidTypeError
from .changeable import LATE
from .picks import DECIDED, Picks

__all__ = ["FromPage"]

_LATE = (
    "What was picked while other patches were on their way to the page is left out, as it may be "
    "of those or of these. Pick it again."
)


def _are_numbers(value: Any, n: int) -> bool:
    is_list = isinstance(value, list) and len(value) == n
    return is_list and all(type(one) in (int, float) for one in value)


def _is_decided(value: Any) -> bool:
    is_list = isinstance(value, list) and len(value) == 2 + len(DECIDED)
    return is_list and _are_numbers(value[:2], 2)


# What pages say of what they show and decide, none of which anybody sets.
_SAID: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "_index_of": ("two numbers, or none", lambda said: said == [] or _are_numbers(said, 2)),
    "_decided_of": (
        f"a list of lists: two numbers, {', '.join(DECIDED)}",
        lambda said: isinstance(said, list) and all(map(_is_decided, said)),
    ),
    "_beyond": (
        "1 or -1 and two numbers, or none",
        lambda said: said == [] or (_are_numbers(said, 3) and said[0] in (1, -1)),
    ),
}


class FromPage(Picks):
    """A widget in which patches are picked, and whose patches may be others by and by."""

    # How often other patches have come; of which the page shows one, with a number of its own; and
    # of which it decided, each with such a number and all that is decided of them.
    _patches_of = traitlets.Int().tag(sync=True)
    _index_of: traitlets.List[Any] = traitlets.List().tag(sync=True, echo_update=False)
    _decided_of: traitlets.List[Any] = traitlets.List().tag(sync=True, echo_update=False)
    _heard: frozenset[float] = frozenset()  # which decisions of a page
    send_state: Callable[[Iterable[str]], None]

    def _take(self, sync_data: dict[str, Any]) -> None:
        for name, (allowed, is_right) in _SAID.items():
            if name in sync_data and not is_right(sync_data[name]):
                raise InvalidTypeError(
                    Argument(name, sync_data[name]), " is nothing that a page says", allowed=allowed
                )
        # Which patch the page shows, and what it decided, would otherwise be of others here.
        said = sync_data.get("_decided_of", [])
        kept: dict[str, Any] = {}
        if said:  # as a whole: what pages tell while a kernel works is merged, trait by trait
            of, _, *decided = said[-1]
            if of == self._patches_of:
                kept = dict(zip(DECIDED, decided, strict=True))
            sync_data = {
                name: kept.get(name, value)
                for name, value in sync_data.items()
                if name in kept or name not in DECIDED
            }
        is_late = any(of != self._patches_of for of, one, *_ in said if one not in self._heard)
        self._heard |= {one for _, one, *_ in said}
        left_out: list[str] = []
        if sync_data.get("_index_of", [self._patches_of])[:1] != [self._patches_of]:
            left_out = ["index"] if "index" in sync_data else []
            sync_data = {name: sync_data[name] for name in {*sync_data} - {"index"}}
        left_out += DECIDED if said and not kept else ()
        try:
            super()._take(sync_data)
        finally:  # whoever of those who are told fails
            if is_late and self._teller is not None:
                self._teller.say(_LATE, LATE)  # until others come: who is that quick reads it later
            if left_out:  # as they are here, which the page is not told where they stay so
                self.send_state(left_out)
