project = "A project with a gallery"
author = copyright = "its people"
version = release = "1"
extensions = ["sphinx.ext.doctest", "sphinx_gallery.gen_gallery"]
html_theme = "alabaster"
doctest_default_flags = 8 | 4  # ELLIPSIS | NORMALIZE_WHITESPACE
exclude_patterns = ["examples"]
sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "auto_examples",
    "image_scrapers": ("matplotlib", "patchviz"),
    "reset_modules": ("matplotlib", "patchviz.sphinxext.reset"),
    "image_srcset": ["2x"],
    "abort_on_example_error": True,
    "show_memory": False,
    "parallel": 2,
    "write_computation_times": False,
}
