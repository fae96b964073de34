"""From a click on a timeline to the patches that are heard there, as matplotlib picks."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .clocks import MINUTE

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.backend_bases import MouseEvent
    from numpy.typing import NDArray

    from .clocks import Clocks
    from .mesh import PatchMesh

__all__ = ["Clicks"]

_HOUR = 60 * MINUTE


@dataclasses.dataclass(frozen=True, eq=False)
class Clicks:
    """What `Artist.set_picker` takes: whether a click is on the bars, and which patches are there.

    Attributes
    ----------
    clocks : Clocks
        Of which the first row is the day 0.
    edges : ndarray of float, shape (n_rows + 1,)
        Where rows begin and end on the axis.
    values : ndarray of float, shape (n_patches,), or None
        What colours show the largest of, if they are patches'.
    """

    clocks: Clocks
    edges: NDArray[np.float64]
    values: NDArray[np.float64] | None

    def __call__(self, bars: Artist, event: MouseEvent) -> tuple[bool, dict[str, Any]]:
        """Return the positions of the patches near a click, in its row: first that it means."""
        ax, figure = event.inaxes, bars.get_figure(root=True)
        if ax is None or ax is not bars.axes or figure is None:
            return False, {}
        radius = cast("PatchMesh", bars).get_pickradius() * figure.dpi / 72
        places = [(event.x + by, event.y) for by in (-radius, 0, radius)]
        points = ax.transData.inverted().transform(places)
        row = int(np.searchsorted(self.edges, points[1, 1], side="right")) - 1
        # A row ends with its day: what is beyond is seen elsewhere.
        hours = 24 * row + np.clip(points[:, 0], 0, 24)
        begin, at, end = (float(moment) for moment in np.sort(hours * _HOUR))
        # Whole minutes are marked, however short what is heard in them.
        begin, end = begin // MINUTE * MINUTE, -(-end // MINUTE) * MINUTE
        found = self.clocks.heard(begin, end)
        rows, begins, ends = self.clocks.of_positions(found)
        away = np.abs((begins + ends) / 2 - at)
        order = np.argsort(away, kind="stable")
        if self.values is not None:
            shown = np.nan_to_num(self.values[found], nan=-np.inf)
            # A bar of a schedule is wide enough to be meant itself, not the best one near it.
            is_near = self.clocks.are_scheduled[rows] & ((begins > at) | (ends <= at))
            order = np.lexsort((away, -shown, is_near))
        return found.size > 0, {"ind": found[order]}
