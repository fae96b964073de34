"""Sphinx-Gallery: what an example shows becomes players, each with a still picture.

Sphinx-Gallery asks for the scrapers after each block of an example, before the first of them
looks at pyplot's figures. That is when the figure of an animation is taken off pyplot's list:
the player shows it, so that nobody else may save it as a picture, or frame by frame.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import indent
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np

from ..animation.animate import PatchAnimation
from ..plot.figures import forget_figure, pyplot_figures
from ..web.player import Player
from .still import draw_still

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..jupyter.scrubber import Scrubber
    from ..plot.view import PatchView

__all__ = ["PlayerScraper", "image_scraper", "reset"]

# How far from an example's names to look: results["speech"][0].anim is three steps away.
MOST_STEPS = 4

# Sphinx-Gallery keeps the value of a block's last expression under this name.
_LAST = "___"

# Under this name the scraper keeps what an example has shown, from block to block.
_SHOWN = "patchviz_shown"

_LEAVES = (
    *(str, bytes, bytearray, int, float, complex, type(None), type, ModuleType),
    *(FunctionType, BuiltinFunctionType, MethodType, np.ndarray, np.generic),
)

_CONTAINERS = (list, tuple, set, frozenset, deque)

# Objects of these packages are many, and hold no player.
_FOREIGN = ("matplotlib", "numpy", "sphinx", "sphinx_gallery")

_RST = """
.. only:: html and not epub

    .. raw:: html

{html}

.. only:: not html or epub

    .. image:: /{uri}
        :alt: {alt}
        :width: {width}px
        :class: sphx-glr-single-img

"""


class PlayerScraper:
    """A scraper for Sphinx-Gallery: ``image_scrapers = ("matplotlib", "patchviz")``.

    Players, scrubbers and animations that an example holds, also inside of lists, dictionaries
    and attributes, become players on its page, in the order of their names and once each.
    Builders that play nothing, such as LaTeX's and epub's, get the still picture, which is the
    thumbnail as well.

    Parameters
    ----------
    animations : iterable of PatchAnimation, default: ()
        Animations to show besides those that the example's names lead to.

    Examples
    --------
    >>> PlayerScraper()
    PlayerScraper()
    """

    def __init__(self, animations: Iterable[PatchAnimation] = ()) -> None:
        self._animations = tuple(animations)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"  # without an address: a configuration must not change

    def __call__(
        self, block: object, block_vars: dict[str, Any], gallery_conf: Mapping[str, Any]
    ) -> str:
        """Return the reStructuredText of what a block has added.

        Parameters
        ----------
        block : tuple
            The block that was run.
        block_vars : dict
            Sphinx-Gallery's variables of the example.
        gallery_conf : mapping
            Sphinx-Gallery's configuration.

        Returns
        -------
        str
            Empty if there is nothing new.
        """
        names = block_vars["example_globals"]
        values = [value for name, value in names.items() if not name.startswith("__")]
        found = [*find_shown([*values, names.get(_LAST)]), *self._animations, *take_animations()]
        shown = block_vars.setdefault(_SHOWN, [])
        new: list[Player | PatchAnimation | Scrubber] = []
        for value in found:
            closed = getattr(value, "comm", value) is None  # a scrubber that shows nothing
            if not closed and not any(value is other for other in shown):
                shown.append(value)
                new.append(value)
        if any(names.get(_LAST) is value for value in shown):
            names[_LAST] = None  # or Sphinx-Gallery would embed it once more
        return "".join(_embed(value, block_vars, gallery_conf) for value in new)


def image_scraper() -> PlayerScraper:
    """Return the scraper for the block that has just run, and keep other scrapers off players.

    Returns
    -------
    PlayerScraper
    """
    return PlayerScraper(take_animations())


def take_animations() -> list[PatchAnimation]:
    """Take the animations whose figures pyplot holds, which forgets these figures."""
    taken: list[PatchAnimation] = []
    for figure in pyplot_figures():
        # An animation waits for its figure to be closed: the only way from a figure to it.
        waiting = figure.canvas.callbacks.callbacks.get("close_event", {})
        owners = [getattr(reference(), "__self__", None) for reference in waiting.values()]
        animations = [owner for owner in owners if isinstance(owner, PatchAnimation)]
        if animations:
            forget_figure(figure)
            taken += animations
    return taken


def reset(gallery_conf: Mapping[str, Any], fname: str | None, when: str = "before") -> None:
    """Forget what an example has left: for Sphinx-Gallery's ``reset_modules``.

    ipywidgets keeps every widget until it is closed, and so a scrubber its recording; an
    animation's figure that no scraper has seen would come up in the next example.

    Parameters
    ----------
    gallery_conf : mapping
        Sphinx-Gallery's configuration.
    fname : str or None
        The example's file.
    when : {"before", "after"}
        Whether the example is going to be run or has been.
    """
    take_animations()
    widget = sys.modules.get("patchviz.jupyter.scrubber")
    if widget is not None:
        from ipywidgets import Widget

        # The registry is private, but no other way leads to all widgets.
        instances: dict[str, object] = sys.modules[Widget.__module__]._instances
        for instance in list(instances.values()):
            if isinstance(instance, widget.Scrubber):
                instance.close()


def find_shown(values: Iterable[object]) -> Iterator[Player | PatchAnimation | Scrubber]:
    """Yield the players, animations and scrubbers that some values are, hold or lead to.

    Parameters
    ----------
    values : iterable

    Yields
    ------
    Player, PatchAnimation or Scrubber
        Some perhaps more than once.
    """
    kinds: list[type] = [Player, PatchAnimation]
    if "patchviz.jupyter.scrubber" in sys.modules:  # ipywidgets is loaded for those who use it
        kinds.append(sys.modules["patchviz.jupyter.scrubber"].Scrubber)
    searched: dict[int, int] = {}  # how many steps were left where an object was met

    def search(value: object, steps: int) -> Iterator[Any]:
        if isinstance(value, tuple(kinds)):
            yield value
        elif steps > searched.get(id(value), 0):
            searched[id(value)] = steps
            for part in _parts(value):
                yield from search(part, steps - 1)

    for value in values:
        if not isinstance(value, _LEAVES):
            yield from search(value, MOST_STEPS)


def _parts(value: object) -> list[object]:
    """Return what a container or an object holds, but for plain data."""
    parts: Iterable[object] = ()
    if isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, _CONTAINERS):
        parts = value
    elif type(value).__module__.partition(".")[0] not in _FOREIGN:
        attributes = _attribute(value, "__dict__")
        slots = (kind.__dict__.get("__slots__", ()) for kind in type(value).__mro__)
        names = (name for some in slots for name in ([some] if isinstance(some, str) else some))
        parts = [
            *(attributes.values() if isinstance(attributes, dict) else ()),
            *(_attribute(value, name) for name in names),
        ]
    return [part for part in parts if not isinstance(part, _LEAVES)]


def _attribute(value: object, name: str) -> object:
    """Return what an object holds under a name, without running code of its own."""
    try:
        return object.__getattribute__(value, name)
    except AttributeError:
        return None


def _embed(
    value: Player | PatchAnimation | Scrubber,
    block_vars: Mapping[str, Any],
    gallery_conf: Mapping[str, Any],
) -> str:
    """Return the reStructuredText of a player, having saved its still picture."""
    made = value if isinstance(value, Player) else value._to_player()
    view = _view_of(value)
    figure = None if view is None else view.ax.get_figure(root=True)  # as its author composed it
    if figure is None:
        figure = draw_still(made)
    path = Path(next(block_vars["image_path_iterator"]))
    sharpest, width = _save_still(figure, path, gallery_conf)
    fragment = f'<div style="margin:1em 0">\n{made.to_html()}\n</div>'
    return _RST.format(
        html=indent(fragment, " " * 8),
        uri=Path(os.path.relpath(sharpest, gallery_conf["src_dir"])).as_posix(),
        alt=" ".join(made.state["alt"].split()),
        width=width,
    )


def _view_of(value: Player | PatchAnimation | Scrubber) -> PatchView | None:
    if isinstance(value, Player):
        return None
    return value.view if isinstance(value, PatchAnimation) else value._now.view


def _save_still(figure: Figure, path: Path, gallery_conf: Mapping[str, Any]) -> tuple[Path, int]:
    """Save a picture in all its resolutions; return the sharpest file and the width in pixels."""
    dpi = matplotlib.rcParams["savefig.dpi"]
    dpi = figure.dpi if dpi == "figure" else dpi
    files = [(1.0, path)]
    for factor in gallery_conf["image_srcset"]:
        name = f"{factor:.2f}".replace(".", "_")
        files.append((float(factor), path.with_name(f"{path.stem}_{name}x{path.suffix}")))
    for factor, file in files:
        figure.savefig(file, dpi=factor * dpi)
        if "images" in gallery_conf["compress_images"]:
            from sphinx_gallery.utils import optipng

            optipng(file, gallery_conf["compress_images_args"])
    return max(files)[1], round(figure.get_figwidth() * dpi)
