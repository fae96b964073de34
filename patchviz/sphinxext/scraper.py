"""Sphinx-Gallery: what an example shows becomes players, each with a still picture.

Sphinx-Gallery asks for the scrapers after each block of an example, before the first of them
looks at pyplot's figures. That is when the figure of an animation is taken off pyplot's list:
the player shows it, so that nobody else may save it as a picture, or frame by frame.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

import matplotlib

from .._util.files import written
from .._util.made import living
from ..animation.animate import PatchAnimation
from ..plot.figures import forget_figure
from ..web.player import Player
from .still import draw_still

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..jupyter.scrubber import Scrubber
    from ..jupyter.sheet import Sheet
    from ..plot.view import PatchView

    Shown = Player | PatchAnimation | Scrubber | Sheet

__all__ = ["PlayerScraper", "html_of", "image_scraper", "reset"]

# Sphinx-Gallery keeps the value of a block's last expression under this name.
_LAST = "___"

# Under this name the scraper keeps what an example has shown, from block to block.
_SHOWN = "patchviz_shown"

# What has been embedded, in whichever example.
_embedded: WeakSet[Shown] = WeakSet()

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

    What `player`, `scrub`, `animate` and `sheet` have made and the example still holds, however
    deep, becomes a player on its page, or a sheet, in the order in which it was made and once each.
    Scrubbers and sheets are held by ipywidgets until they are closed.
    Builders that play nothing, such as LaTeX's and epub's, get the still picture, which is the
    thumbnail as well.

    Examples
    --------
    >>> PlayerScraper()
    PlayerScraper()
    """

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
        shown = block_vars.setdefault(_SHOWN, [])
        new = take_new()
        if isinstance(names.get(_LAST), _shown_kinds()):
            last = cast("Shown", names[_LAST])
            # Made elsewhere, as by another example, it is shown here too.
            if not _is_closed(last) and not any(last is value for value in (*shown, *new)):
                new.append(last)
            names[_LAST] = None  # or Sphinx-Gallery would embed it once more
        shown += new
        return "".join(_embed(value, block_vars, gallery_conf) for value in new)


def image_scraper() -> PlayerScraper:
    """Return the scraper for the block that has just run, and keep other scrapers off players.

    Returns
    -------
    PlayerScraper
    """
    forget_figures()
    return PlayerScraper()


def take_new() -> list[Shown]:
    """Return what has been made since the last call and is still held, in that order."""
    forget_figures()
    held = cast("list[Shown]", living())
    new = [value for value in held if value not in _embedded and not _is_closed(value)]
    _embedded.update(new)
    return new


def forget_figures() -> None:
    """Take the figures of animations off pyplot's list: nobody else is to save them."""
    # An animation that nobody holds any more refers to itself, as nothing else does: its figure
    # stays a picture. To look for such takes half a second of a large build.
    if any(isinstance(value, PatchAnimation) and value not in _embedded for value in living()):
        gc.collect()
    for value in living():
        if isinstance(value, PatchAnimation):
            figure = value.view.ax.get_figure(root=True)
            if figure is not None:
                forget_figure(figure)


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
    take_new()
    for value in living():
        if not isinstance(value, (Player, PatchAnimation)):
            cast("Scrubber | Sheet", value).close()


def _shown_kinds() -> tuple[type, ...]:
    """Return what becomes a player; ipywidgets is loaded for those who use it."""
    widgets = [("patchviz.jupyter.scrubber", "Scrubber"), ("patchviz.jupyter.sheet", "Sheet")]
    loaded = [(sys.modules[module], name) for module, name in widgets if module in sys.modules]
    return Player, PatchAnimation, *(getattr(module, name) for module, name in loaded)


def _is_closed(value: Shown) -> bool:
    """Return whether it is a scrubber that shows nothing any more."""
    return getattr(value, "comm", value) is None


def _embed(
    value: Shown,
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
    fragment = f'<div style="margin:1em 0">\n{html_of(value)}\n</div>'
    return _RST.format(
        html=indent(fragment, " " * 8),
        uri=Path(os.path.relpath(sharpest, gallery_conf["src_dir"])).as_posix(),
        alt=" ".join(made.state["alt"].split()),
        width=width,
    )


def html_of(value: Shown) -> str:
    """Return what a page has of it: a sheet itself, else a player."""
    whole = value if hasattr(value, "to_html") else value._to_player()
    html: str = whole.to_html()
    return html


def _view_of(value: Shown) -> PatchView | None:
    if isinstance(value, Player):
        return None
    if isinstance(value, PatchAnimation):
        return value.view
    return None if hasattr(value, "to_html") else value._now.view


def _save_still(figure: Figure, path: Path, gallery_conf: Mapping[str, Any]) -> tuple[Path, int]:
    """Save a picture in all its resolutions; return the sharpest file and the width in pixels."""
    dpi = matplotlib.rcParams["savefig.dpi"]
    dpi = figure.dpi if dpi == "figure" else dpi
    files = [(1.0, path)]
    for factor in gallery_conf["image_srcset"]:
        name = f"{factor:.2f}".replace(".", "_")
        files.append((float(factor), path.with_name(f"{path.stem}_{name}x{path.suffix}")))
    for factor, file in files:
        with written(file) as path:
            figure.savefig(path, dpi=factor * dpi)
        if "images" in gallery_conf["compress_images"]:
            from sphinx_gallery.utils import optipng

            optipng(file, gallery_conf["compress_images_args"])
    return max(files)[1], round(figure.get_figwidth() * dpi)
