"""See what your model sees: a spectrogram's overlapping patches, drawn, played and walked through.

A patch is a view: in memory, in the figure and on the page.
"""

import lazy_loader as _lazy

__version__ = "0.2.0"

# The public names are listed once, in __init__.pyi.
__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)


def _get_sg_image_scraper():  # type: ignore[no-untyped-def]
    """Return the scraper that ``image_scrapers = ("matplotlib", "patchviz")`` names."""
    from .sphinxext.scraper import image_scraper

    return image_scraper()
