"""What patchviz promises about speed and size, measured beside librosa and matplotlib alone.

``python -m benchmarks`` at the root of the repository measures everything and prints a table;
``--help`` says more. A group of figures is a module here with two names: `TITLE`, and `FIGURES`,
functions that take `measure.Settings` and return a list of `measure.Outcome`. It is listed in
`report.GROUPS`, and its table goes between its marks in ``docs/benchmarks.md``.
"""
