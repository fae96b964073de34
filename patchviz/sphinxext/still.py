"""The picture that stands for a player where nothing moves: in print, and as a thumbnail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from ..plot.brackets import mark_extents
from ..plot.figures import add_colorbar
from ..plot.overview import draw_overview, set_title
from ..plot.view import PatchView

if TYPE_CHECKING:
    from ..web.player import Player

__all__ = ["draw_still"]


def draw_still(player: Player, figsize: tuple[float, float] | None = None) -> Figure:
    """Return what a player shows at first: the overview, and below it the patch.

    Parameters
    ----------
    player : Player
    figsize : (float, float), optional
        In inches; by default ``rcParams["figure.figsize"]``.
    """
    figure = Figure(figsize=figsize, layout="constrained")
    overview, patch = figure.subplots(2, 1, height_ratios=(1, 2.5))
    reduce = player.state["image"]["reduce"]
    look: Any = {"cmap": player.scale.cmap, "norm": player.scale.norm, "reduce": reduce}
    index = player.state["options"]["index"]
    draw_overview(overview, player.patches.spectrogram, player.scale, reduce=reduce)
    height = mark_extents(overview, player.patches, [index])
    set_title(overview, player.state["title"], height, literal=True)  # as on the page
    view = PatchView(player.patches, ax=patch, index=index, **look)
    figure.align_ylabels()
    add_colorbar(view.mesh, [overview, patch], player.scale)
    return figure
