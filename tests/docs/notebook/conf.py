project = "A project with notebooks"
extensions = ["myst_nb"]
html_theme = "alabaster"
nb_execution_mode = "force"
nb_execution_raise_on_error = True
# A scrubber offers a widget, which needs Python, and HTML, which does not.
nb_mime_priority_overrides = [("html", "text/html", 0)]
nb_ipywidgets_js = {}
