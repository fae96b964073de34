project = "A project with sounds"
author = copyright = "its people"
version = release = "1"
extensions = ["myst_parser", "patchviz.sphinxext"]
html_theme = "alabaster"
numfig = True
