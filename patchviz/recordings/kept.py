"""What was computed last, as far as some bytes allow."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.patches import Patches

__all__ = ["Kept"]

MOST = 1 << 28  # bytes; of a recording that alone has more, the last one is kept


class Kept:
    """Patches that were looked at last; several threads may ask at once."""

    def __init__(self) -> None:
        self._patches: OrderedDict[int, Patches] = OrderedDict()
        self._n_bytes = 0
        self._lock = threading.Lock()

    def get(self, key: int, make: Callable[[], Patches], *, keep: bool = True) -> Patches:
        """Return what is kept, or make it and keep it, if it is to be."""
        with self._lock:
            if key in self._patches:
                self._patches.move_to_end(key)
                return self._patches[key]
        patches = make()
        if not keep:
            return patches
        with self._lock:
            if key not in self._patches:
                self._patches[key] = patches
                self._n_bytes += patches.spectrogram.values.nbytes
            while self._n_bytes > MOST and len(self._patches) > 1:
                _, oldest = self._patches.popitem(last=False)
                self._n_bytes -= oldest.spectrogram.values.nbytes
        return patches

    def __getstate__(self) -> dict[str, object]:
        return {}  # another process computes its own

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__init__()  # type: ignore[misc]
