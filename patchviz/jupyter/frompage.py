"""What pages say of a scrubber, which may be late: of patches that are not shown any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import traitlets

from .changeable import LATE
from .picks import DECIDED, Picks

__all__ = ["FromPage"]

_LATE = (
    "What was picked while other patches were on their way to the page is left out, as it may be "
    "of those or of these. Pick it again."
)


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
