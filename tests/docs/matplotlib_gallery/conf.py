project = "A project without an extension"
extensions = ["sphinx_gallery.gen_gallery"]
html_theme = "alabaster"
exclude_patterns = ["examples"]
sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "auto_examples",
    "matplotlib_animations": True,
    "abort_on_example_error": True,
    "show_memory": False,
    "write_computation_times": False,
}
