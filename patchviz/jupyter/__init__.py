"""Live in Jupyter: the scrubber and what is saved of it."""
