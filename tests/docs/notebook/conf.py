project = "A project with notebooks"
extensions = ["myst_nb"]
html_theme = "alabaster"
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_ipywidgets_js = {}
