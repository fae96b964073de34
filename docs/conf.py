"""The documentation: `sphinx-build docs docs/_build/html`. Nothing here needs a network."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from numpydoc.xref import DEFAULT_LINKS

import patchviz

# The kernels of the notebook pages would draw to nowhere with a backend of the shell's.
os.environ.pop("MPLBACKEND", None)
sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "patchviz"
author = "patchviz developers"
copyright = f"2026, {author}"
version = release = patchviz.__version__

extensions = [
    "api_examples",
    "external_links",
    "light_pictures",
    "myst_nb",
    "numpydoc",
    "patchviz.sphinxext",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = [
    "_build",
    # What the gallery offers for download, beside the pages made of it.
    "auto_gallery/*.ipynb",
    "auto_gallery/*.py",
]
nitpicky = True
default_role = "code"  # in docstrings `name` is a parameter, in the gallery a bit of code

# -- API reference -------------------------------------------------------------------------------

templates_path = ["_templates"]
# Beside patchviz.Player, also where file names do not tell capitals from small letters.
autosummary_filename_map = {"patchviz.player": "patchviz.player-function"}
autodoc_typehints = "none"  # numpydoc's Parameters say the types, in words
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # the class template lists them
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"  # only the aliases below are links; the rest are words and shapes
numpydoc_xref_aliases = {word: word for word in DEFAULT_LINKS} | {  # nobody needs a link to int
    "Axes": "matplotlib.axes.Axes",
    "Colormap": "matplotlib.colors.Colormap",
    "Features": "patchviz.Features",
    "Figure": "matplotlib.figure.Figure",
    "FrontEnd": "patchviz.FrontEnd",
    "Normalize": "matplotlib.colors.Normalize",
    "Patches": "patchviz.Patches",
    "PatchAnimation": "patchviz.PatchAnimation",
    "PatchView": "patchviz.PatchView",
    "Player": "patchviz.Player",
    "QuadMesh": "matplotlib.collections.QuadMesh",
    "Scrubber": "patchviz.Scrubber",
    "Spectrogram": "patchviz.Spectrogram",
    "SubFigure": "matplotlib.figure.SubFigure",
    "ndarray": "numpy.ndarray",
}

# -- pages and notebooks -------------------------------------------------------------------------

smartquotes = False  # the quotes in docstrings belong to Python
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_timeout = 300  # seconds; librosa compiles for many when it is first imported
nb_execution_mode = "cache"  # a notebook whose code is unchanged is not run again
nb_execution_raise_on_error = True
nb_ipywidgets_js = {}  # scripts from elsewhere, for widgets that need a kernel anyway

# -- gallery -------------------------------------------------------------------------------------

sphinx_gallery_conf = {
    "examples_dirs": "../gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"/plot_",
    "doc_module": ("patchviz",),
    "backreferences_dir": "auto_gallery/backreferences",
    "reference_url": {"patchviz": None},
    "image_scrapers": ("matplotlib", "patchviz"),
    "reset_modules": ("matplotlib", "patchviz.sphinxext.reset"),
    "remove_config_comments": True,
    "capture_repr": ("_repr_html_",),  # what has no picture of itself is printed where wanted
    "abort_on_example_error": True,
    "show_memory": False,
    "write_computation_times": False,  # its page would load scripts from elsewhere
    "show_signature": False,
    "download_all_examples": False,
    "within_subsection_order": "gallery_order.order",
}

# -- looks ---------------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "patchviz documentation"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"  # a recording and two patches of it
html_css_files = ["patchviz.css"]
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system has it
html_theme_options = {
    "logo": {"text": "patchviz"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "pygments_light_style": "github-light",
    "pygments_dark_style": "github-dark",
}
# Pages without neighbours need no list of them at their side.
html_sidebars = {page: [] for page in ("index", "get_started", "tutorials/*", "auto_gallery/*")}
